/*
 * dkim_engines: both engines over the same signed header must agree, as it was
 * signed and with one octet changed.
 *
 * The input: an octet (1 relaxed), an octet that says which octet changes, and
 * one that says into what; a line of names for h=; a line for z=; then the
 * mail.  The signature is made here over our own canonical form, so what
 * libopendkim does not verify shows where it reads RFC 6376 differently.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include <openssl/rsa.h>

#include "postern/strbuf.h"

#include "filters/dkim/digest.h"
#include "filters/dkim/engine.h"
#include "filters/dkim/headercanon.h"
#include "fuzz_dkim.h"

enum { HEAD = 3, B_MAX = 256 };

struct shared {
	struct opendkim_library *lib;
	struct keyrecord key;
};

struct job {
	struct shared *shared;
	struct arena *arena;
	struct str names, note, rest;
	bool relaxed;
	struct message message;
	struct signature sig;
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static struct shared *
shared_get(void)
{
	static struct shared shared;

	if (!shared.lib) {
		shared.lib = engine_opendkim_open();
		shared.key = (struct keyrecord) {
		    .key = EVP_RSA_gen(512), .rsa = true, .bits = 512};
	}
	must(shared.lib && shared.key.key);
	return &shared;
}

/* Would the mail go on the signature's own field? */
static bool
is_folded(struct str rest)
{
	return str_starts(rest, " ") || str_starts(rest, "\t");
}

/* The mail with that b=, parsed; false when the signature is malformed. */
static bool
prepare(struct job *j, const char *b)
{
	struct strbuf mail;

	strbuf_init(&mail);
	strbuf_printf(&mail,
	    "DKIM-Signature: v=1; a=rsa-sha256; c=%s/simple; d=a.bc; s=s; "
	    "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; h=from:",
	    j->relaxed ? "relaxed" : "simple");
	strbuf_add(&mail, j->names);
	strbuf_puts(&mail, "; z=");
	strbuf_add(&mail, j->note);
	strbuf_printf(&mail, "; b=%s\r\n", b);
	strbuf_add(&mail, j->rest);
	message_parse(
	    arena_copy(j->arena, strbuf_str(&mail)), j->arena, &j->message);
	strbuf_clear(&mail);
	signature_parse(&j->message.fields[0], 1, j->arena, &j->sig);
	return j->sig.result == RESULT_NONE && !is_folded(j->rest);
}

static const char *
sign(const struct job *j)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(j->shared->key.key, NULL);
	unsigned char hash[DIGEST_SIZE], b[B_MAX];
	char *text = arena_alloc(j->arena, 2 * sizeof(b));
	size_t len = sizeof(b);
	struct strbuf octets;

	strbuf_init(&octets);
	headercanon_add(&j->message, &j->sig, j->arena, &octets);
	digest_compute(strbuf_str(&octets), hash);
	strbuf_clear(&octets);
	must(EVP_PKEY_sign_init(ctx) == 1);
	must(EVP_PKEY_CTX_set_signature_md(ctx, digest_sha256()) == 1);
	must(EVP_PKEY_sign(ctx, b, &len, hash, sizeof(hash)) == 1);
	EVP_PKEY_CTX_free(ctx);
	EVP_EncodeBlock((unsigned char *)text, b, (int)len);
	return text;
}

/* What our engine says; libopendkim must say the same, where it is asked. */
static bool
agreed(struct job *j)
{
	const struct keyrecord *key = &j->shared->key;
	bool ours = engine_native(&j->message, &j->sig, key, j->arena);
	bool theirs;

	if (engine_opendkim_takes(&j->message, &j->sig, key) &&
	    engine_opendkim(
		j->shared->lib, &j->message, &j->sig, key, j->arena, &theirs))
		must(ours == theirs);
	return ours;
}

void
fuzz_dkim_engines(struct str input)
{
	struct job j = {.shared = shared_get(), .arena = arena_new()};
	const char *b;
	char *rest;

	j.relaxed = input.len > 0 && input.data[0] & 1;
	j.rest = str_from(input, HEAD);
	if (input.len > HEAD && str_cut_line(&j.rest, &j.names) &&
	    str_cut_line(&j.rest, &j.note) && prepare(&j, "AAAA")) {
		b = sign(&j);
		must(prepare(&j, b) && agreed(&j));
		rest = arena_text(j.arena, j.rest);
		if (j.rest.len > 0)
			rest[(unsigned char)input.data[1] % j.rest.len] =
			    input.data[2];
		j.rest.data = rest;
		if (prepare(&j, b))
			agreed(&j);
	}
	arena_free(j.arena);
}
