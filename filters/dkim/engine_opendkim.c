/*
 * engine_opendkim: libopendkim computes and verifies the header signature.
 *
 * Debian's library writes past an array when h= names every field of a mail
 * and one more; a field that no h= can name goes first and keeps it in bounds.
 * It gets one signature at a time, a key record that is written here, and
 * neither body nor DNS.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/types.h>

#include <netinet/in.h>
#include <openssl/evp.h>
#include <opendkim/dkim.h>

#include "postern/strbuf.h"
#include "postern/xalloc.h"

#include "engine.h"
#include "opendkim_key.h"

enum {
	IDENTITY_MAX = 200,
	NAMES_TEXT_MAX = 4000,
	WORK_MAX = 100000,  /* it compares each name with each field */
	CLOCK_SLACK = 86400 /* seconds: it has a clock of its own for x= */
};

struct opendkim_library {
	DKIM_LIB *lib;
};

static int
no_init(void **service)
{
	*service = NULL;
	return 0;
}

static void
no_close(void *service)
{
	(void)service;
}

static int
no_start(void *service, int type, unsigned char *query, unsigned char *buf,
    size_t len, void **handle)
{
	(void)service;
	(void)type;
	(void)query;
	(void)buf;
	(void)len;
	*handle = NULL;
	return -1;
}

static int
no_cancel(void *service, void *handle)
{
	(void)service;
	(void)handle;
	return 0;
}

static int
no_reply(void *service, void *handle, struct timeval *timeout, size_t *len,
    int *error, int *secure)
{
	(void)service;
	(void)handle;
	(void)timeout;
	(void)len;
	(void)error;
	(void)secure;
	return DKIM_DNS_ERROR;
}

/* The record was put into the handle's context before. */
static DKIM_CBSTAT
give_key(DKIM *dkim, DKIM_SIGINFO *sig, u_char *buf, size_t len)
{
	const char *record = dkim_get_user_context(dkim);

	(void)sig;
	if (!record || strlen(record) >= len)
		return DKIM_CBSTAT_NOTFOUND;
	memcpy(buf, record, strlen(record) + 1);
	return DKIM_CBSTAT_CONTINUE;
}

struct opendkim_library *
engine_opendkim_open(void)
{
	struct opendkim_library *self = xcalloc(1, sizeof(*self));
	unsigned flags = DKIM_LIBFLAGS_BADSIGHANDLES;

	self->lib = dkim_init(NULL, NULL);
	if (!self->lib) {
		free(self);
		return NULL;
	}
	dkim_options(
	    self->lib, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags, sizeof(flags));
	dkim_set_key_lookup(self->lib, give_key);
	dkim_dns_set_init(self->lib, no_init);
	dkim_dns_set_close(self->lib, no_close);
	dkim_dns_set_query_start(self->lib, no_start);
	dkim_dns_set_query_cancel(self->lib, no_cancel);
	dkim_dns_set_query_waitreply(self->lib, no_reply);
	return self;
}

void
engine_opendkim_close(struct opendkim_library *self)
{
	if (!self)
		return;
	dkim_close(self->lib);
	free(self);
}

static bool
is_plain(struct str text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] > 0x7e || text.data[i] == '\0')
			return false;
	return true;
}

/* "b =" and other tags that end in b confuse the library's search for b=. */
static bool
has_plain_b(const struct signature *sig)
{
	struct str name;
	size_t i;

	for (i = 0; i < sig->tags->count; i++) {
		name = sig->tags->tags[i].name;
		if (ascii_lower(name.data[name.len - 1]) != 'b')
			continue;
		if (!str_is(name, "b") || name.data[1] != '=')
			return false;
	}
	return true;
}

static bool
names_signature(const struct signature *sig)
{
	size_t i;

	for (i = 0; i < sig->name_count; i++)
		if (str_case_is(sig->names[i], "DKIM-Signature"))
			return true;
	return false;
}

/* Its own clock judges x= and t=. */
static bool
is_timely(const struct signature *sig)
{
	uint64_t now = (uint64_t)time(NULL), value = 0;
	const struct tag *x = taglist_find(sig->tags, "x");
	const struct tag *t = taglist_find(sig->tags, "t");

	if (x &&
	    (!str_to_uint(x->value, UINT64_MAX, &value) ||
		value < now + CLOCK_SLACK))
		return false;
	return !t ||
	    (str_to_uint(t->value, UINT64_MAX, &value) && value > 300 &&
		value + CLOCK_SLACK < now + 2 * CLOCK_SLACK);
}

/*
 * No NUL, and no white space that only isspace(3) knows: a bare CR or LF, VT
 * and FF would be as good as a space to it.
 */
static bool
has_plain_space(struct str head)
{
	struct str line;
	size_t lf;

	if (str_find(head, '\0') < head.len ||
	    str_find(head, '\v') < head.len || str_find(head, '\f') < head.len)
		return false;
	while ((lf = str_find(head, '\n')) < head.len) {
		line = str_head(head, lf);
		if (str_find(line, '\r') + 1 != line.len)
			return false;
		head = str_from(head, lf + 1);
	}
	return str_find(head, '\r') == head.len;
}

bool
engine_opendkim_takes(const struct message *message,
    const struct signature *sig, const struct keyrecord *key)
{
	struct str names = taglist_get(sig->tags, "h", "");

	if (!is_plain(sig->field->raw) || !has_plain_b(sig) ||
	    names_signature(sig) || !is_timely(sig) ||
	    !has_plain_space(message->head))
		return false;
	if (sig->identity.len > IDENTITY_MAX ||
	    sig->identity.data[sig->identity.len - 1] == '=' ||
	    names.len > NAMES_TEXT_MAX || key->bits > 4096)
		return false;
	return sig->name_count * message->field_count <= WORK_MAX;
}

/* An RSA key is supplied as it is (opendkim_key.h), so p= says nothing. */
static const char *
write_record(const struct keyrecord *key, struct arena *arena)
{
	unsigned char raw[32];
	size_t len = sizeof(raw);
	char text[64];

	if (key->rsa)
		return "v=DKIM1;k=rsa;p=AAAA";
	EVP_PKEY_get_raw_public_key(key->key, raw, &len);
	EVP_EncodeBlock((unsigned char *)text, raw, (int)len);
	return arena_printf(arena, "v=DKIM1;k=ed25519;p=%s", text).data;
}

static bool
give_field(DKIM *dkim, struct str raw)
{
	if (str_ends(raw, "\r\n"))
		raw.len -= 2;
	return dkim_header(dkim, (u_char *)raw.data, raw.len) == DKIM_STAT_OK;
}

static bool
is_named(const struct signature *sig, struct str name)
{
	size_t i;

	for (i = 0; i < sig->name_count; i++)
		if (str_case_eq(sig->names[i], name))
			return true;
	return false;
}

/* The guard, the fields that are signed, and this signature. */
static bool
give_fields(
    DKIM *dkim, const struct message *message, const struct signature *sig)
{
	const struct field *f;
	size_t i;

	if (!give_field(dkim, str_c("P G: x")))
		return false;
	for (i = 0; i < message->field_count; i++) {
		f = &message->fields[i];
		if (f != sig->field && !is_named(sig, f->name))
			continue;
		if (!give_field(dkim, f->raw))
			return false;
	}
	return true;
}

/* False when the library took no key from us: what it says is then void. */
static bool
verify_header(DKIM *dkim, const struct keyrecord *key)
{
	unsigned long before = opendkim_key_supplied();

	opendkim_key_supply(key->rsa ? key->key : NULL);
	dkim_eoh(dkim);
	opendkim_key_supply(NULL);
	return !key->rsa || opendkim_key_supplied() == before + 1;
}

bool
engine_opendkim(struct opendkim_library *self, const struct message *message,
    const struct signature *sig, const struct keyrecord *key,
    struct arena *arena, bool *passed)
{
	DKIM_SIGINFO **list = NULL;
	DKIM_STAT status;
	bool answered;
	int count = 0;
	DKIM *dkim;

	dkim =
	    dkim_verify(self->lib, (const unsigned char *)"-", NULL, &status);
	if (!dkim)
		return false;
	dkim_set_user_context(dkim, (void *)write_record(key, arena));
	answered = give_fields(dkim, message, sig) &&
	    verify_header(dkim, key) &&
	    dkim_getsiglist(dkim, &list, &count) == DKIM_STAT_OK && count == 1;
	if (answered)
		*passed = dkim_sig_getflags(list[0]) & DKIM_SIGFLAG_PASSED;
	dkim_free(dkim);
	return answered;
}
