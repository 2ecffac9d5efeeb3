/*
 * signature: one DKIM-Signature field, checked before anything is verified.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "signature.h"

enum {
	NUMBER_MAX = 76, /* digits, as many as the ABNF of l= allows */
	NAME_MAX_OCTETS = 253,
	B_START = 8 /* octets of b= that tell signatures apart */
};

void
signature_settle(struct signature *sig, enum result result, const char *reason)
{
	if (sig->result != RESULT_NONE)
		return;
	sig->result = result;
	sig->reason = str_c(reason);
}

static bool
bad(struct signature *sig, const char *reason)
{
	signature_settle(sig, RESULT_PERMERROR, reason);
	return false;
}

/* Letters, digits, hyphens, underscores and dots between labels. */
static bool
is_domain(struct str name, bool dots_needed)
{
	struct str rest = name, label;
	size_t labels = 0, i;

	if (name.len == 0 || name.len > NAME_MAX_OCTETS)
		return false;
	while (str_cut(&rest, '.', &label)) {
		if (label.len == 0 || label.len > 63)
			return false;
		for (i = 0; i < label.len; i++)
			if (!ascii_is_alnum(label.data[i]) &&
			    label.data[i] != '-' && label.data[i] != '_' &&
			    (unsigned char)label.data[i] < 0x80)
				return false;
		labels++;
	}
	return labels > 1 || !dots_needed;
}

static bool
check_algorithm(struct signature *sig)
{
	sig->rsa = str_case_is(sig->algorithm, "rsa-sha256");
	if (sig->rsa || str_case_is(sig->algorithm, "ed25519-sha256"))
		return true;
	if (str_case_is(sig->algorithm, "rsa-sha1"))
		return bad(sig, "rsa-sha1 is no longer valid (RFC 8301)");
	return bad(sig, "unknown algorithm");
}

static bool
set_canon(struct str word, bool *relaxed)
{
	*relaxed = str_case_is(word, "relaxed");
	return *relaxed || str_case_is(word, "simple");
}

static bool
check_canon(struct signature *sig)
{
	struct str c = taglist_get(sig->tags, "c", "simple/simple");
	size_t slash = str_find(c, '/');
	struct str body =
	    slash < c.len ? str_from(c, slash + 1) : str_c("simple");

	return (set_canon(str_head(c, slash), &sig->relaxed_header) &&
		   set_canon(body, &sig->relaxed_body)) ||
	    bad(sig, "unknown canonicalization");
}

/* The three behind each other, and NUL. */
static struct str
join(struct str a, const char *b, struct str c, struct arena *arena)
{
	size_t b_len = strlen(b);
	char *text = arena_alloc(arena, a.len + b_len + c.len + 1);

	memcpy(text, a.data, a.len);
	memcpy(text + a.len, b, b_len);
	memcpy(text + a.len + b_len, c.data, c.len);
	return str_of(text, a.len + b_len + c.len);
}

/* i= must lie within d= (RFC 6376 3.5). */
static bool
check_identity(struct signature *sig, struct arena *arena)
{
	const struct tag *i = taglist_find(sig->tags, "i");
	struct str domain, name;
	size_t at;

	if (!is_domain(sig->domain, true))
		return bad(sig, "d= is no domain");
	if (!is_domain(sig->selector, false))
		return bad(sig, "s= is no selector");
	name = join(sig->selector, "._domainkey.", sig->domain, arena);
	if (name.len > NAME_MAX_OCTETS)
		return bad(sig, "s= and d= make too long a name");
	sig->key_name = name.data;
	if (!i)
		sig->identity = join(str_c(""), "@", sig->domain, arena);
	at = str_find_last(sig->identity, '@');
	if (at == sig->identity.len)
		return bad(sig, "i= has no @");
	domain = str_from(sig->identity, at + 1);
	if (domain.len == sig->domain.len && str_case_eq(domain, sig->domain))
		return true;
	if (domain.len > sig->domain.len + 1 &&
	    domain.data[domain.len - sig->domain.len - 1] == '.' &&
	    str_case_eq(
		str_from(domain, domain.len - sig->domain.len), sig->domain))
		return true;
	return bad(sig, "i= is not within d=");
}

static bool
is_field_name(struct str name)
{
	size_t i;

	for (i = 0; i < name.len; i++)
		if (name.data[i] <= ' ' || name.data[i] >= 0x7f)
			return false;
	return name.len > 0;
}

static bool
check_names(struct signature *sig, struct arena *arena)
{
	struct str rest = taglist_get(sig->tags, "h", ""), name;
	bool from = false;

	while (taglist_cut(&rest, &name)) {
		if (!is_field_name(name))
			return bad(sig, "h= is malformed");
		if (sig->name_count == SIGNATURE_NAMES_MAX)
			return bad(sig, "h= has too many names");
		from |= str_case_is(name, "From");
		sig->names = arena_push(
		    arena, sig->names, sig->name_count, sizeof(*sig->names));
		sig->names[sig->name_count++] = name;
	}
	return from || bad(sig, "h= does not sign From");
}

static struct str
start_of(struct str value, struct arena *arena)
{
	char *out = arena_alloc(arena, B_START);
	size_t i, len = 0;

	for (i = 0; i < value.len && len < B_START; i++)
		if (!ascii_is_space(value.data[i]))
			out[len++] = value.data[i];
	return str_of(out, len);
}

/* A report wants them even when the rest is bad. */
static void
take_names(struct signature *sig, struct arena *arena)
{
	sig->domain = taglist_get(sig->tags, "d", "");
	sig->selector = taglist_get(sig->tags, "s", "");
	sig->identity = taglist_get(sig->tags, "i", "");
	sig->algorithm = taglist_get(sig->tags, "a", "");
	sig->b_start = start_of(taglist_get(sig->tags, "b", ""), arena);
}

static bool
check_hashes(struct signature *sig, struct arena *arena)
{
	const struct tag *b = taglist_find(sig->tags, "b");
	const struct tag *bh = taglist_find(sig->tags, "bh");

	if (!b || !bh)
		return bad(sig, "b= or bh= is missing");
	sig->b_whole = b->whole;
	if (!taglist_base64(b->value, arena, &sig->b))
		return bad(sig, "b= is no base64");
	if (!taglist_base64(bh->value, arena, &sig->bh) || sig->bh.len != 32)
		return bad(sig, "bh= is no SHA-256 hash");
	return true;
}

static bool
get_number(struct signature *sig, const char *name, bool *has, uint64_t *out)
{
	const struct tag *tag = taglist_find(sig->tags, name);

	*has = tag != NULL;
	if (!tag)
		return true;
	return (tag->value.len <= NUMBER_MAX &&
		   str_to_uint(tag->value, UINT64_MAX, out)) ||
	    bad(sig, "a number is malformed");
}

static bool
check_numbers(struct signature *sig, time_t now)
{
	uint64_t made = 0, expires = 0;
	bool has_made, has_expires;

	if (!get_number(sig, "l", &sig->has_length, &sig->length) ||
	    !get_number(sig, "t", &has_made, &made) ||
	    !get_number(sig, "x", &has_expires, &expires))
		return false;
	if (has_expires && has_made && expires <= made)
		return bad(sig, "x= is not after t=");
	if (has_expires && (uint64_t)now > expires) {
		signature_settle(sig, RESULT_POLICY, "signature expired");
		return false;
	}
	return true;
}

/* q= may name other ways as well; dns/txt must be among them. */
static bool
check_query(struct signature *sig)
{
	struct str rest = taglist_get(sig->tags, "q", "dns/txt"), way;

	while (taglist_cut(&rest, &way))
		if (str_case_is(way, "dns/txt"))
			return true;
	return bad(sig, "q= does not name dns/txt");
}

static void
check_tags(struct signature *sig, time_t now, struct arena *arena)
{
	if (!check_identity(sig, arena))
		return;
	if (!str_is(taglist_get(sig->tags, "v", ""), "1"))
		bad(sig, "v= is not 1");
	else if (check_algorithm(sig) && check_canon(sig) &&
	    check_names(sig, arena) && check_hashes(sig, arena) &&
	    check_query(sig))
		check_numbers(sig, now);
}

void
signature_parse(const struct field *field, time_t now, struct arena *arena,
    struct signature *out)
{
	struct error error = {.text = ""};
	bool good = false;

	*out = (struct signature) {.field = field};
	out->tags = arena_alloc(arena, sizeof(*out->tags));
	if (field->raw.len > SIGNATURE_FIELD_MAX)
		error_set(&error, "the field is too long");
	else if (str_ends(field->raw, "\n") && !str_ends(field->raw, "\r\n"))
		error_set(&error, "the field ends in a bare LF");
	else
		good = taglist_parse(field->value, out->tags, &error);
	take_names(out, arena);
	if (good)
		check_tags(out, now, arena);
	else
		bad(out, arena_text(arena, str_c(error.text)));
}
