/*
 * dns_zone_parse: one line of a zone file (RFC 1035 5.1, names absolute).
 *
 *	name [TTL] [IN] TYPE RDATA      ; comment
 *
 * Words end at a space, a quote or a comment; a quoted string may hold any
 * octet.  Inside both, \DDD is an octet and \X is X.  Linear in the line; a
 * line that cannot be read gives false and the reason.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <arpa/inet.h>

#include "dns_zone_parse.h"

struct word {
	struct str text; /* as written, without the quotes */
	bool quoted;
	bool end; /* there was no more word */
};

static const struct type_name {
	const char *text;
	unsigned type;
} type_names[] = {
    {"A", DNS_A},
    {"AAAA", DNS_AAAA},
    {"ANY", DNS_ANY},
    {"CNAME", DNS_CNAME},
    {"MX", DNS_MX},
    {"NS", DNS_NS},
    {"PTR", DNS_PTR},
    {"SOA", DNS_SOA},
    {"SPF", DNS_SPF},
    {"TXT", DNS_TXT},
};

static const struct status_name {
	const char *text;
	enum dns_status status;
} status_names[] = {
    {"!nodata", DNS_NODATA},
    {"!servfail", DNS_SERVFAIL},
    {"!timeout", DNS_TIMEOUT},
};

/* Index of the first octet that is not escaped and is in `ends`. */
static size_t
find_plain(struct str s, const char *ends)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (s.data[i] == '\\')
			i++;
		else if (s.data[i] && strchr(ends, s.data[i]))
			break;
	}
	return i < s.len ? i : s.len;
}

static void
skip_space(struct str *rest)
{
	while (rest->len > 0 && ascii_is_space(rest->data[0]))
		*rest = str_from(*rest, 1);
}

/* The next word; false only when a quoted string does not end. */
static bool
word_next(struct str *rest, struct word *word, struct error *err)
{
	size_t len;

	skip_space(rest);
	*word = (struct word) {.text = str_c("")};
	word->end = rest->len == 0 || rest->data[0] == ';';
	if (word->end)
		return true;
	word->quoted = rest->data[0] == '"';
	if (word->quoted)
		*rest = str_from(*rest, 1);
	len = find_plain(*rest, word->quoted ? "\"" : " \t\r\";");
	if (word->quoted && len == rest->len)
		return error_set(err, "a quoted string does not end");
	word->text = str_head(*rest, len);
	*rest = str_from(*rest, word->quoted ? len + 1 : len);
	return true;
}

/* `what` and the octets at fault, cut to fit a line. */
static bool
fail(struct error *err, const char *what, struct str at)
{
	at = str_head(at, 60);
	return error_set(
	    err, "%s%s%.*s", what, at.len ? ": " : "", (int)at.len, at.data);
}

static bool
line_ends(struct str rest, struct error *err)
{
	struct word word;

	if (!word_next(&rest, &word, err))
		return false;
	return word.end ||
	    fail(err, "nothing more is expected here", word.text);
}

static bool
name_next(struct str *rest, unsigned char *wire, size_t *len, struct error *err)
{
	struct word word;

	if (!word_next(rest, &word, err))
		return false;
	if (word.text.len == 0 || word.quoted)
		return fail(err, "a name is missing", word.text);
	if (!dns_name_parse(word.text, wire, len))
		return fail(err, "not a domain name", word.text);
	dns_name_lower(wire, *len);
	return true;
}

static bool
number_next(struct str *rest, uint64_t max, uint64_t *out, struct error *err)
{
	struct word word;

	if (!word_next(rest, &word, err))
		return false;
	return str_to_uint(word.text, max, out) ||
	    fail(err, "a number is missing or too large", word.text);
}

static bool
rdata_name(
    struct str *rest, struct arena *arena, struct str *out, struct error *err)
{
	unsigned char wire[DNS_WIRE_ROOM];
	size_t len;

	if (!name_next(rest, wire, &len, err))
		return false;
	*out = dns_name_text(wire, arena);
	return true;
}

static bool
rdata_mx(struct str *rest, struct arena *arena, struct dns_record *record,
    struct error *err)
{
	uint64_t preference;

	if (!number_next(rest, UINT16_MAX, &preference, err))
		return false;
	record->preference = (unsigned)preference;
	return rdata_name(rest, arena, &record->data, err);
}

/* The mailbox and the five numbers are read, and left. */
static bool
rdata_soa(
    struct str *rest, struct arena *arena, struct str *out, struct error *err)
{
	unsigned char mailbox[DNS_WIRE_ROOM];
	uint64_t number;
	size_t len;
	int i;

	if (!rdata_name(rest, arena, out, err) ||
	    !name_next(rest, mailbox, &len, err))
		return false;
	for (i = 0; i < 5; i++)
		if (!number_next(rest, UINT32_MAX, &number, err))
			return false;
	return true;
}

static bool
rdata_address(struct str *rest, int family, struct arena *arena,
    struct str *out, struct error *err)
{
	size_t size = family == AF_INET ? 4 : 16;
	char octets[16], text[INET6_ADDRSTRLEN] = "";
	struct word word;

	if (!word_next(rest, &word, err))
		return false;
	if (word.text.len < sizeof(text) && word.text.len > 0)
		memcpy(text, word.text.data, word.text.len);
	if (!str_is(word.text, text) || inet_pton(family, text, octets) != 1)
		return fail(err,
		    size == 4 ? "not an IPv4 address" : "not an IPv6 address",
		    word.text);
	*out = arena_copy(arena, str_of(octets, size));
	return true;
}

static bool
word_decode(struct str word, char *out, size_t *used, struct error *err)
{
	unsigned char octet;
	size_t at = 0;

	while (at < word.len) {
		if (!dns_name_octet(word, &at, &octet))
			return fail(
			    err, "an escape that is none", str_from(word, at));
		out[(*used)++] = (char)octet;
	}
	return true;
}

/* Strings joined without anything between them. */
static bool
rdata_text(struct str *rest, struct arena *arena, struct dns_zone_line *line,
    struct error *err)
{
	char *text = arena_alloc(arena, rest->len + 1);
	unsigned words = 0, bare = 0;
	struct word word;
	size_t used = 0;

	for (;;) {
		if (!word_next(rest, &word, err))
			return false;
		if (word.end)
			break;
		if (!word_decode(word.text, text, &used, err))
			return false;
		words++;
		bare += !word.quoted;
	}
	if (words == 0)
		return error_set(err, "a text is missing");
	if (bare > 1)
		line->doubt = "words without quotes are joined without a space";
	line->record.data = str_of(text, used);
	return true;
}

static bool
rdata_parse(struct str *rest, struct arena *arena, struct dns_zone_line *line,
    struct error *err)
{
	struct dns_record *record = &line->record;

	switch (line->type) {
	case DNS_A:
		return rdata_address(rest, AF_INET, arena, &record->data, err);
	case DNS_AAAA:
		return rdata_address(rest, AF_INET6, arena, &record->data, err);
	case DNS_TXT:
	case DNS_SPF:
		return rdata_text(rest, arena, line, err);
	case DNS_MX:
		return rdata_mx(rest, arena, record, err);
	case DNS_SOA:
		return rdata_soa(rest, arena, &record->data, err);
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		return rdata_name(rest, arena, &record->data, err);
	default:
		return error_set(
		    err, "ANY takes only !nodata, !servfail and !timeout");
	}
}

/* "!servfail" and its like, without quotes. */
static bool
status_parse(struct str word, enum dns_status *status, struct error *err)
{
	size_t i;

	for (i = 0; i < sizeof(status_names) / sizeof(*status_names); i++) {
		if (!str_case_is(word, status_names[i].text))
			continue;
		*status = status_names[i].status;
		return true;
	}
	return fail(err, "not !nodata, !servfail or !timeout", word);
}

static bool
type_parse(struct str word, unsigned *type, struct error *err)
{
	size_t i;

	for (i = 0; i < sizeof(type_names) / sizeof(*type_names); i++) {
		if (!str_case_is(word, type_names[i].text))
			continue;
		*type = type_names[i].type;
		return true;
	}
	return fail(err, "a type that is not known here", word);
}

/* [TTL] [IN] TYPE, the first two in either order. */
static bool
type_next(struct str *rest, struct dns_zone_line *line, struct error *err)
{
	bool has_ttl = false, has_class = false;
	struct word word;
	uint64_t ttl;

	for (;;) {
		if (!word_next(rest, &word, err))
			return false;
		if (!has_ttl && str_to_uint(word.text, INT32_MAX, &ttl)) {
			line->ttl = (uint32_t)ttl;
			has_ttl = true;
		} else if (!has_class && str_case_is(word.text, "IN")) {
			has_class = true;
		} else {
			break;
		}
	}
	if (word.text.len == 0 || word.quoted)
		return fail(err, "a type is missing", word.text);
	return type_parse(word.text, &line->type, err);
}

bool
dns_zone_parse(struct str text, struct arena *arena, struct dns_zone_line *line,
    struct error *err)
{
	struct str rest = text, ahead;
	struct word word;

	*line = (struct dns_zone_line) {.status = DNS_OK};
	if (!word_next(&rest, &word, err))
		return false;
	if (word.end)
		return true;
	if (str_is(word.text, "@"))
		return error_set(err, "@ has no meaning: names are absolute");
	rest = text;
	if (!name_next(&rest, line->owner, &line->owner_len, err) ||
	    !type_next(&rest, line, err))
		return false;
	ahead = rest;
	if (!word_next(&ahead, &word, err))
		return false;
	if (word.quoted || !str_starts(word.text, "!"))
		return rdata_parse(&rest, arena, line, err) &&
		    line_ends(rest, err);
	return status_parse(word.text, &line->status, err) &&
	    line_ends(ahead, err);
}
