/*
 * engine_native: header canonicalization and verification in our own words
 * (RFC 6376 3.4.1, 3.4.2, 3.7, 5.4.2).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <openssl/err.h>

#include "postern/log.h"
#include "postern/strbuf.h"

#include "engine.h"

/* White space runs to one space, none at the ends, folding undone. */
static void
add_relaxed_value(struct strbuf *out, struct str value)
{
	bool space = false, any = false;
	size_t i;

	for (i = 0; i < value.len; i++) {
		if (ascii_is_space(value.data[i])) {
			space = any;
			continue;
		}
		if (space)
			strbuf_putc(out, ' ');
		space = false;
		any = true;
		strbuf_putc(out, value.data[i]);
	}
}

static void
add_relaxed(struct strbuf *out, struct str name, struct str value)
{
	size_t i;

	for (i = 0; i < name.len; i++)
		strbuf_putc(out, ascii_lower(name.data[i]));
	strbuf_putc(out, ':');
	add_relaxed_value(out, value);
	strbuf_puts(out, "\r\n");
}

static void
add_field(
    struct strbuf *out, const struct signature *sig, const struct field *field)
{
	if (sig->relaxed_header)
		add_relaxed(out, field->name, field->value);
	else
		strbuf_add(out, field->raw);
}

/* The next field of the name from below `*from`, or NULL; *from moves up. */
static const struct field *
next_up(const struct message *message, struct str name, size_t *from)
{
	const struct field *field;

	while (*from > 0) {
		field = &message->fields[--*from];
		if (str_case_eq(field->name, name))
			return field;
	}
	return NULL;
}

/* Each name takes the lowest instance that was not taken yet. */
static void
add_signed_fields(struct strbuf *out, const struct message *message,
    const struct signature *sig, struct arena *arena)
{
	size_t *from = arena_array(arena, sig->name_count, sizeof(*from));
	const struct field *field;
	size_t i, k;

	for (i = 0; i < sig->name_count; i++) {
		from[i] = message->field_count;
		for (k = i; k > 0; k--) {
			if (!str_case_eq(sig->names[k - 1], sig->names[i]))
				continue;
			from[i] = from[k - 1];
			break;
		}
		field = next_up(message, sig->names[i], &from[i]);
		if (field)
			add_field(out, sig, field);
	}
}

/* The signature's own field, without the value of b= and without CRLF. */
static void
add_own_field(struct strbuf *out, const struct signature *sig)
{
	const struct field *f = sig->field;
	size_t before = (size_t)(sig->b_whole.data - f->value.data);
	struct strbuf value;

	strbuf_init(&value);
	strbuf_add(&value, str_head(f->value, before));
	strbuf_add(&value, str_from(f->value, before + sig->b_whole.len));
	if (sig->relaxed_header) {
		add_relaxed(out, f->name, strbuf_str(&value));
		strbuf_truncate(out, out->len - 2);
	} else {
		strbuf_add(out,
		    str_of(f->raw.data, (size_t)(f->value.data - f->raw.data)));
		strbuf_add(out, strbuf_str(&value));
	}
	strbuf_clear(&value);
}

/* RSA signs the SHA-256 hash; ed25519 signs the hash as its message. */
static bool
verify(struct str text, struct str signed_by, const struct keyrecord *key)
{
	const unsigned char *sig = (const unsigned char *)signed_by.data;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	unsigned char hash[32];
	int good;

	if (!md)
		panic("no memory for a hash");
	if (key->rsa) {
		good = EVP_DigestVerifyInit(
			   md, NULL, EVP_sha256(), NULL, key->key) == 1 &&
		    EVP_DigestVerify(md, sig, signed_by.len,
			(const unsigned char *)text.data, text.len) == 1;
	} else {
		EVP_Digest(text.data, text.len, hash, NULL, EVP_sha256(), NULL);
		good =
		    EVP_DigestVerifyInit(md, NULL, NULL, NULL, key->key) == 1 &&
		    EVP_DigestVerify(
			md, sig, signed_by.len, hash, sizeof(hash)) == 1;
	}
	EVP_MD_CTX_free(md);
	ERR_clear_error();
	return good;
}

bool
engine_native(const struct message *message, const struct signature *sig,
    const struct keyrecord *key, struct arena *arena)
{
	struct strbuf text;
	bool good;

	strbuf_init(&text);
	add_signed_fields(&text, message, sig, arena);
	add_own_field(&text, sig);
	good = verify(strbuf_str(&text), sig->b, key);
	strbuf_clear(&text);
	return good;
}
