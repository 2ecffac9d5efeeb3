/*
 * spf_record: the text of an SPF record, checked whole.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "spf_macro.h"
#include "spf_record.h"

static const char version[] = "v=spf1";

bool
spf_record_is_spf(struct str text)
{
	return str_case_starts(text, version) &&
	    (text.len == sizeof(version) - 1 ||
		text.data[sizeof(version) - 1] == ' ');
}

static bool
bad(struct error *err, const char *what, struct str text)
{
	return error_set(err, "%s in \"%.*s\"", what,
	    (int)str_head(text, 80).len, text.data);
}

/* "0" to max, without leading zeros. */
static bool
parse_prefix(struct str text, unsigned max, unsigned *out)
{
	uint64_t value;

	if (!str_to_uint(text, max, &value) ||
	    (text.len > 1 && text.data[0] == '0'))
		return false;
	*out = (unsigned)value;
	return true;
}

/* Takes "/24" (or "//64") off the end of *text; *has says whether it was
 * there.  False when it is out of range. */
static bool
cut_prefix(struct str *text, const char *slashes, unsigned max, unsigned *out,
    bool *has)
{
	size_t start = text->len, len = strlen(slashes);

	while (start > 0 && ascii_is_digit(text->data[start - 1]))
		start--;
	*has = start < text->len && start >= len &&
	    str_ends(str_head(*text, start), slashes);
	if (!*has)
		return true;
	if (!parse_prefix(str_from(*text, start), max, out))
		return false;
	*text = str_head(*text, start - len);
	return true;
}

/* "", "/24", "//64" or "/24//64" at the end; a domain-spec may hold slashes
 * too. */
static bool
cut_dual_cidr(struct str *text, struct spf_term *term)
{
	bool six, four;

	term->prefix4 = 32;
	term->prefix6 = 128;
	return cut_prefix(text, "//", 128, &term->prefix6, &six) &&
	    cut_prefix(text, "/", 32, &term->prefix4, &four);
}

/* a, mx: [":" domain-spec] [dual-cidr-length] */
static bool
parse_address_term(struct str rest, struct spf_term *term)
{
	if (!cut_dual_cidr(&rest, term))
		return false;
	if (rest.len == 0)
		return true;
	term->domain = str_from(rest, 1);
	return rest.data[0] == ':' && spf_macro_is_domain(term->domain);
}

/* include, exists: ":" domain-spec;  ptr: the same, optional. */
static bool
parse_domain_term(struct str rest, bool optional, struct spf_term *term)
{
	if (rest.len == 0)
		return optional;
	term->domain = str_from(rest, 1);
	return rest.data[0] == ':' && spf_macro_is_domain(term->domain);
}

static bool
has_only(struct str text, const char *octets)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (!ascii_is_one_of(text.data[i], octets))
			return false;
	return true;
}

/* ip4, ip6: ":" network ["/" length].  Host bits are masked away. */
static bool
parse_ip_term(struct str rest, struct spf_term *term)
{
	bool four = term->kind == SPF_IP4;
	size_t slash = str_find(rest, '/');
	struct str address = str_from(str_head(rest, slash), 1);
	unsigned prefix = four ? 32 : 128;
	struct ip ip;

	if (rest.len == 0 || rest.data[0] != ':' ||
	    (four && !has_only(address, "0123456789.")) ||
	    (!four && str_find(address, ':') == address.len) ||
	    !ip_parse(address, &ip))
		return false;
	if (slash < rest.len &&
	    !parse_prefix(str_from(rest, slash + 1), prefix, &prefix))
		return false;
	if (!four && ip_is_v4(&ip)) { /* ::ffff:0:0/96 is IPv4 here */
		if (prefix < 96) {
			term->net = (struct ip_net) {.prefix = 0};
			return true;
		}
		prefix -= 96;
	}
	term->net.base = ip_mask(&ip, prefix);
	term->net.prefix = prefix;
	return true;
}

static const struct {
	const char *name;
	enum spf_kind kind;
} mechanisms[] = {
    {"all", SPF_ALL},
    {"include", SPF_INCLUDE},
    {"a", SPF_A},
    {"mx", SPF_MX},
    {"ptr", SPF_PTR},
    {"ip4", SPF_IP4},
    {"ip6", SPF_IP6},
    {"exists", SPF_EXISTS},
};

enum { MECHANISMS = sizeof(mechanisms) / sizeof(mechanisms[0]) };

static bool
find_mechanism(struct str name, enum spf_kind *kind)
{
	size_t i;

	for (i = 0; i < MECHANISMS; i++) {
		if (str_case_is(name, mechanisms[i].name)) {
			*kind = mechanisms[i].kind;
			return true;
		}
	}
	return false;
}

static bool
parse_arguments(struct str rest, struct spf_term *term)
{
	switch (term->kind) {
	case SPF_ALL:
		return rest.len == 0;
	case SPF_A:
	case SPF_MX:
		return parse_address_term(rest, term);
	case SPF_IP4:
	case SPF_IP6:
		return parse_ip_term(rest, term);
	default:
		return parse_domain_term(rest, term->kind == SPF_PTR, term);
	}
}

static bool
parse_directive(struct str text, struct spf_term *term, struct error *err)
{
	struct str rest = text;
	size_t len = 0;

	*term = (struct spf_term) {.qualifier = '+', .text = text};
	if (ascii_is_one_of(text.data[0], "+-~?")) {
		term->qualifier = text.data[0];
		rest = str_from(text, 1);
	}
	while (len < rest.len && ascii_is_alnum(rest.data[len]))
		len++;
	if (!find_mechanism(str_head(rest, len), &term->kind))
		return bad(err, "unknown mechanism", text);
	if (!parse_arguments(str_from(rest, len), term))
		return bad(err, "syntax error", text);
	return true;
}

/* The length of a modifier's name when "=" follows it, or 0. */
static size_t
modifier_name(struct str text)
{
	size_t i;

	if (text.len == 0 || !ascii_is_alpha(text.data[0]))
		return 0;
	for (i = 1; i < text.len; i++)
		if (!ascii_is_alnum(text.data[i]) &&
		    !ascii_is_one_of(text.data[i], "-_."))
			break;
	return i < text.len && text.data[i] == '=' ? i : 0;
}

static bool
set_once(
    struct str *place, struct str value, struct str text, struct error *err)
{
	if (place->data)
		return bad(err, "duplicate modifier", text);
	if (!spf_macro_is_domain(value))
		return bad(err, "syntax error", text);
	*place = value;
	return true;
}

static bool
parse_modifier(
    struct str text, size_t len, struct spf_record *out, struct error *err)
{
	struct str name = str_head(text, len);
	struct str value = str_from(text, len + 1);

	if (str_case_is(name, "redirect")) {
		out->redirect_text = text;
		return set_once(&out->redirect, value, text, err);
	}
	if (str_case_is(name, "exp"))
		return set_once(&out->exp, value, text, err);
	return spf_macro_is_valid(value, false) ||
	    bad(err, "syntax error", text);
}

static bool
parse_term(struct str text, struct arena *arena, struct spf_record *out,
    struct error *err)
{
	size_t modifier = modifier_name(text);

	if (modifier)
		return parse_modifier(text, modifier, out, err);
	out->terms =
	    arena_push(arena, out->terms, out->count, sizeof(*out->terms));
	return parse_directive(text, &out->terms[out->count++], err);
}

bool
spf_record_parse(struct str text, struct arena *arena, struct spf_record *out,
    struct error *err)
{
	struct str rest, term;
	size_t i;

	*out = (struct spf_record) {.count = 0};
	if (text.len > SPF_RECORD_MAX)
		return error_set(err, "the record has %zu octets", text.len);
	for (i = 0; i < text.len; i++)
		if (text.data[i] < 0x20 || text.data[i] > 0x7e)
			return error_set(err, "octet 0x%02x in the record",
			    (unsigned char)text.data[i]);
	rest = str_from(text, sizeof(version) - 1);
	while (str_cut(&rest, ' ', &term))
		if (term.len > 0 && !parse_term(term, arena, out, err))
			return false;
	return true;
}
