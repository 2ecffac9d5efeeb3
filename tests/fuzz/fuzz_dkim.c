/*
 * fuzz_dkim: the parsers and canonical forms of DKIM beside plain slow models.
 *
 * dkim_tags and dkim_key take the text; dkim_header a message whose first
 * line is h=, dkim_body a body behind an octet: 1 relaxed, 2 with l= (then one
 * more octet).  dkim_engines: dkim_engines.c.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* the model reads keys by d2i_ */
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "postern/strbuf.h"

#include "filters/dkim/bodyhash.h"
#include "filters/dkim/digest.h"
#include "filters/dkim/headercanon.h"
#include "filters/dkim/keyrecord.h"
#include "fuzz.h"
#include "fuzz_dkim.h"

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* White space or a fold at i: its length, or 0. */
static size_t
slow_space(struct str s, size_t i)
{
	if (i < s.len && is_blank(s.data[i]))
		return 1;
	return i + 2 < s.len && s.data[i] == '\r' && s.data[i + 1] == '\n' &&
		is_blank(s.data[i + 2]) ?
	    3 :
	    0;
}

/* --- tag lists: RFC 6376 3.2, an octet at a time --- */

enum state { BEFORE_NAME, IN_NAME, BEHIND_NAME, IN_VALUE };

struct slow_list {
	struct str names[TAGLIST_MAX + 1];
	struct str values[TAGLIST_MAX + 1]; /* with white space around */
	size_t count;
};

/* What follows that octet; false when it may not stand there. */
static bool
slow_octet(struct slow_list *l, enum state *state, struct str s, size_t i)
{
	char c = s.data[i];

	if (*state == IN_VALUE && c == ';') {
		*state = BEFORE_NAME;
	} else if (*state == IN_VALUE) {
		l->values[l->count - 1].len++;
		return !ascii_is_control(c);
	} else if (*state == BEFORE_NAME && ascii_is_alpha(c)) {
		if (l->count > TAGLIST_MAX)
			return false;
		l->names[l->count++] = str_of(s.data + i, 1);
		*state = IN_NAME;
	} else if (*state == IN_NAME && (ascii_is_alnum(c) || c == '_')) {
		l->names[l->count - 1].len++;
	} else if (*state != BEFORE_NAME && c == '=') {
		l->values[l->count - 1] = str_of(s.data + i + 1, 0);
		*state = IN_VALUE;
	} else {
		return false;
	}
	return true;
}

static bool
slow_parse(struct str s, struct slow_list *l)
{
	enum state state = BEFORE_NAME;
	size_t i, k, space;

	l->count = 0;
	for (i = 0; i < s.len; i += space ? space : 1) {
		space = slow_space(s, i);
		if (!space && !slow_octet(l, &state, s, i))
			return false;
		if (space && state == IN_VALUE)
			l->values[l->count - 1].len += space;
		if (space && state == IN_NAME)
			state = BEHIND_NAME;
	}
	if (state == IN_NAME || state == BEHIND_NAME || l->count == 0 ||
	    l->count > TAGLIST_MAX)
		return false;
	for (i = 0; i < l->count; i++)
		for (k = 0; k < i; k++)
			if (str_eq(l->names[i], l->names[k]))
				return false;
	return true;
}

static void
run_tags(struct str input)
{
	struct slow_list slow;
	struct taglist list;
	struct error error;
	bool good = taglist_parse(input, &list, &error);
	size_t i;

	must(good == slow_parse(input, &slow));
	must(!good || list.count == slow.count);
	for (i = 0; good && i < list.count; i++) {
		must(str_eq(list.tags[i].name, slow.names[i]));
		must(str_eq(list.tags[i].whole, slow.values[i]));
		must(str_eq(list.tags[i].value, str_trim(slow.values[i])));
	}
}

/* --- key records: RFC 6376 3.6.1, the key by OpenSSL's own decoder --- */

static struct str
slow_value(const struct slow_list *l, const char *name, const char *otherwise)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		if (str_is(l->names[i], name))
			return str_trim(l->values[i]);
	return str_c(otherwise);
}

static bool
slow_has(const struct slow_list *l, const char *name, const char *otherwise,
    const char *word)
{
	struct str rest = slow_value(l, name, otherwise), member;
	bool found = false;

	while (str_cut(&rest, ':', &member))
		found |= str_case_is(str_trim(member), word);
	return found;
}

/* Octets of strict base64 with white space in it, or -1. */
static int
slow_base64(struct str text, unsigned char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t i, count = 0, padding = 0;
	unsigned value = 0;
	int len = 0;
	const char *at;

	for (i = 0; i < text.len; i++) {
		if (ascii_is_space(text.data[i]))
			continue;
		at = text.data[i] ? strchr(digits, text.data[i]) : NULL;
		if (text.data[i] == '=')
			padding++;
		else if (!at || padding)
			return -1;
		value = value << 6 | (at ? (unsigned)(at - digits) : 0);
		if (++count % 4 != 0)
			continue;
		out[len++] = (unsigned char)(value >> 16);
		out[len++] = (unsigned char)(value >> 8);
		out[len++] = (unsigned char)value;
	}
	if (count == 0 || count % 4 != 0 || padding > 2)
		return -1;
	return len - (int)padding;
}

/* The RSAPublicKey inside, or the octets themselves. */
static struct str
slow_unwrap(const unsigned char *der, int len)
{
	struct str whole = str_of((const char *)der, (size_t)len);
	const unsigned char *at = der, *bits;
	unsigned char *again = NULL;
	X509_PUBKEY *spki = d2i_X509_PUBKEY(NULL, &at, len);
	struct str inner = whole;
	X509_ALGOR *algorithm;
	ASN1_OBJECT *oid;
	int bits_len, type, again_len;

	if (!spki)
		return whole;
	again_len = i2d_X509_PUBKEY(spki, &again);
	X509_PUBKEY_get0_param(&oid, &bits, &bits_len, &algorithm, spki);
	X509_ALGOR_get0(NULL, &type, NULL, algorithm);
	if (at == der + len && again_len == len &&
	    memcmp(again, der, (size_t)len) == 0 &&
	    OBJ_obj2nid(oid) == NID_rsaEncryption && bits_len < len &&
	    (type == V_ASN1_NULL || type == V_ASN1_UNDEF) &&
	    der[len - bits_len - 1] == 0)
		inner = str_from(whole, (size_t)(len - bits_len));
	OPENSSL_free(again);
	X509_PUBKEY_free(spki);
	return inner;
}

static bool
slow_number(const BIGNUM *n, int min, int max)
{
	return BN_is_odd(n) && !BN_is_one(n) && BN_num_bytes(n) >= min &&
	    BN_num_bytes(n) <= max;
}

static bool
slow_rsa(const unsigned char *der, int len, const EVP_PKEY *key)
{
	struct str inner = slow_unwrap(der, len);
	const unsigned char *start = (const unsigned char *)inner.data;
	const unsigned char *at = start;
	RSA *rsa = d2i_RSAPublicKey(NULL, &at, (long)inner.len);
	BIGNUM *n = NULL, *e = NULL;
	unsigned char *again = NULL;
	bool good = false;

	if (rsa)
		good = at == start + inner.len &&
		    i2d_RSAPublicKey(rsa, &again) == (int)inner.len &&
		    memcmp(again, start, inner.len) == 0 &&
		    slow_number(RSA_get0_n(rsa), 32, 2048) &&
		    slow_number(RSA_get0_e(rsa), 1, 8);
	if (good && key) {
		must(EVP_PKEY_get_bn_param(key, "n", &n) == 1);
		must(EVP_PKEY_get_bn_param(key, "e", &e) == 1);
		must(BN_cmp(n, RSA_get0_n(rsa)) == 0);
		must(BN_cmp(e, RSA_get0_e(rsa)) == 0);
	}
	BN_free(n);
	BN_free(e);
	OPENSSL_free(again);
	RSA_free(rsa);
	ERR_clear_error();
	return good;
}

/* Does the text hold a key?  It must be this one. */
static bool
slow_key(struct str text, const struct keyrecord *got)
{
	unsigned char *der = malloc(text.len + 3);
	struct slow_list l;
	struct str kind;
	bool good = false;
	int len;

	if (slow_parse(text, &l)) {
		kind = slow_value(&l, "k", "rsa");
		len = slow_base64(slow_value(&l, "p", ""), der);
		good = str_is(slow_value(&l, "v", "DKIM1"), "DKIM1") &&
		    (str_is(l.names[0], "v") ||
			!slow_value(&l, "v", "\1").len ||
			str_is(slow_value(&l, "v", "\1"), "\1"));
		if (str_case_is(kind, "rsa"))
			good = good && len > 0 && slow_rsa(der, len, got->key);
		else
			good =
			    good && str_case_is(kind, "ed25519") && len == 32;
		must(!good || got->rsa == str_case_is(kind, "rsa"));
		must(!good ||
		    got->has_sha256 == slow_has(&l, "h", "sha256", "sha256"));
		must(!good ||
		    got->for_mail ==
			(slow_has(&l, "s", "*", "*") ||
			    slow_has(&l, "s", "*", "email")));
		must(!good || got->strict == slow_has(&l, "t", "", "s"));
		must(!good || got->testing == slow_has(&l, "t", "", "y"));
	}
	free(der);
	return good;
}

static void
run_key(struct str input)
{
	struct arena *arena = arena_new();
	struct keyrecord key;

	keyrecord_read(input, arena, &key);
	must((key.key == NULL) == (key.problem[0] != '\0'));
	must((key.key != NULL) == slow_key(input, &key));
	keyrecord_clear(&key);
	arena_free(arena);
}

/* --- header: RFC 6376 3.4.1 and 3.4.2 --- */

static void
slow_field(struct strbuf *out, const struct field *f, bool relaxed)
{
	struct str value = str_from(f->raw, str_find(f->raw, ':') + 1);
	bool space = false, any = false;
	size_t i, length;

	if (str_ends(value, "\r\n"))
		value.len -= 2;
	if (!relaxed) {
		strbuf_add(out, f->raw);
		if (!str_ends(f->raw, "\r\n"))
			strbuf_puts(out, "\r\n");
		return;
	}
	for (i = 0; i < f->name.len; i++)
		strbuf_putc(out, ascii_lower(f->name.data[i]));
	strbuf_putc(out, ':');
	for (i = 0; i < value.len; i += length ? length : 1) {
		length = slow_space(value, i);
		space |= length > 0;
		if (length > 0)
			continue;
		if (space && any)
			strbuf_putc(out, ' ');
		space = false;
		any = true;
		strbuf_putc(out, value.data[i]);
	}
	strbuf_puts(out, "\r\n");
}

static void
slow_header(struct strbuf *out, const struct message *m,
    const struct signature *sig, struct arena *arena)
{
	bool *taken = arena_array(arena, m->field_count + 1, sizeof(*taken));
	size_t i, k;

	for (i = 0; i < sig->name_count; i++)
		for (k = m->field_count; k > 0; k--) {
			if (taken[k - 1] ||
			    !str_case_eq(m->fields[k - 1].name, sig->names[i]))
				continue;
			taken[k - 1] = true;
			slow_field(out, &m->fields[k - 1], sig->relaxed_header);
			break;
		}
}

static void
run_header(struct str input)
{
	static const char own[] = "DKIM-Signature: b=x; a=1\r\n";
	struct field field = {
	    str_of(own, 26), str_of(own, 14), str_of(own + 15, 9)};
	struct arena *arena = arena_new();
	struct signature sig = {.field = &field};
	struct message message;
	struct strbuf fast, slow;
	struct str names, name;

	sig.b_whole = str_of(own + 18, 1);
	if (!str_cut_line(&input, &names) || input.data == NULL)
		input = names = str_c("");
	sig.relaxed_header = names.len % 2;
	while (taglist_cut(&names, &name)) {
		sig.names = arena_push(
		    arena, sig.names, sig.name_count, sizeof(*sig.names));
		sig.names[sig.name_count++] = name;
	}
	message_parse(input, arena, &message);
	strbuf_init(&fast);
	strbuf_init(&slow);
	headercanon_add(&message, &sig, arena, &fast);
	slow_header(&slow, &message, &sig, arena);
	strbuf_puts(&slow,
	    sig.relaxed_header ? "dkim-signature:b=; a=1" :
				 "DKIM-Signature: b=; a=1");
	must(str_eq(strbuf_str(&fast), strbuf_str(&slow)));
	strbuf_clear(&fast);
	strbuf_clear(&slow);
	arena_free(arena);
}

/* --- body: RFC 6376 3.4.3 and 3.4.4, a line at a time --- */

static void
slow_line(struct strbuf *out, struct str line, bool relaxed)
{
	bool space = false;
	size_t i;

	for (i = 0; i < line.len; i++) {
		if (relaxed && is_blank(line.data[i])) {
			space = true;
			continue;
		}
		if (space)
			strbuf_putc(out, ' ');
		space = false;
		strbuf_putc(out, line.data[i]);
	}
}

static void
slow_body(struct strbuf *out, struct str body, bool relaxed)
{
	size_t end;

	while (body.len > 0) {
		end = str_find_str(body, str_c("\r\n"));
		slow_line(out, str_head(body, end), relaxed);
		strbuf_puts(out, "\r\n");
		body = str_from(body, end + 2);
	}
	while (out->len > 2 && str_ends(strbuf_str(out), "\r\n\r\n"))
		strbuf_truncate(out, out->len - 2);
	if (str_is(strbuf_str(out), "\r\n"))
		strbuf_reset(out);
	if (out->len == 0 && !relaxed)
		strbuf_puts(out, "\r\n");
}

static void
run_body(struct str input)
{
	unsigned char want[DIGEST_SIZE];
	struct bodyhash h = {.relaxed = input.len > 0 && input.data[0] & 1};
	struct strbuf slow;
	struct str rest = str_from(input, 1), canon;

	if (input.len > 1 && input.data[0] & 2) {
		h.has_limit = true;
		h.limit = (unsigned char)input.data[1];
		rest = str_from(input, 2);
	}
	strbuf_init(&slow);
	slow_body(&slow, rest, h.relaxed);
	canon = strbuf_str(&slow);
	bodyhash_compute(&h, rest, NULL, NULL);
	must(h.size == canon.len);
	if (h.has_limit)
		canon = str_head(canon, (size_t)h.limit);
	digest_compute(canon, want);
	must(memcmp(want, h.digest, sizeof(want)) == 0);
	strbuf_clear(&slow);
}

const struct fuzz_target fuzz_targets[] = {
    {"dkim_tags", run_tags},
    {"dkim_key", run_key},
    {"dkim_header", run_header},
    {"dkim_body", run_body},
    {"dkim_engines", fuzz_dkim_engines},
    {NULL, NULL},
};
