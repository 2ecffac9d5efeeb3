/*
 * fuzz_dkim: the parsers and canonical forms of DKIM beside plain slow models.
 *
 * dkim_tags and dkim_key take the text; dkim_header a message whose first
 * line is h=, dkim_body a body behind an octet: 1 relaxed, 2 with l= (then one
 * more octet).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/strbuf.h"

#include "filters/dkim/bodyhash.h"
#include "filters/dkim/digest.h"
#include "filters/dkim/headercanon.h"
#include "filters/dkim/keyrecord.h"
#include "fuzz.h"

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

/* --- tag lists: RFC 6376 3.2, an octet at a time --- */

enum state { BEFORE_NAME, IN_NAME, BEHIND_NAME, IN_VALUE };

/* How many tags, or -1. */
static int
slow_tags(struct str s)
{
	enum state state = BEFORE_NAME;
	struct str names[TAGLIST_MAX + 1];
	size_t i, count = 0, k;
	bool last_empty = true;

	for (i = 0; i < s.len; i++) {
		char c = s.data[i];

		if (state == IN_VALUE && c == ';') {
			state = BEFORE_NAME;
			last_empty = true;
		} else if (state == IN_VALUE) {
			if (c == '\r' && i + 2 < s.len &&
			    s.data[i + 1] == '\n' && is_blank(s.data[i + 2]))
				i++;
			else if (ascii_is_control(c) && c != '\t')
				return -1;
		} else if (state == BEFORE_NAME && ascii_is_space(c)) {
			continue;
		} else if (state == BEFORE_NAME && ascii_is_alpha(c)) {
			if (count > TAGLIST_MAX)
				return -1;
			names[count++] = str_of(s.data + i, 1);
			state = IN_NAME;
			last_empty = false;
		} else if (state == IN_NAME &&
		    (ascii_is_alnum(c) || c == '_')) {
			names[count - 1].len++;
		} else if (state == IN_NAME && ascii_is_space(c)) {
			state = BEHIND_NAME;
		} else if (state == BEHIND_NAME && ascii_is_space(c)) {
			continue;
		} else if ((state == IN_NAME || state == BEHIND_NAME) &&
		    c == '=') {
			state = IN_VALUE;
		} else {
			return -1;
		}
	}
	if ((state != IN_VALUE && !last_empty) || count == 0 ||
	    count > TAGLIST_MAX)
		return -1;
	for (i = 0; i < count; i++)
		for (k = 0; k < i; k++)
			if (str_eq(names[i], names[k]))
				return -1;
	return (int)count;
}

static void
run_tags(struct str input)
{
	struct arena *arena = arena_new();
	struct taglist list;
	struct error error;
	bool good = taglist_parse(input, &list, &error);

	must((good ? (int)list.count : -1) == slow_tags(input));
	arena_free(arena);
}

/* --- key records: what is read can be written and read again --- */

static void
run_key(struct str input)
{
	struct arena *arena = arena_new();
	unsigned char *der = NULL;
	struct keyrecord key, again;
	struct strbuf text;
	char *base64;
	int len;

	keyrecord_read(input, arena, &key);
	must((key.key == NULL) == (key.problem[0] != '\0'));
	if (key.key && key.rsa) {
		must(key.bits >= 248);
		len = i2d_PublicKey(key.key, &der);
		must(len > 0);
		base64 = arena_alloc(arena, (size_t)len * 2 + 8);
		EVP_EncodeBlock((unsigned char *)base64, der, len);
		strbuf_init(&text);
		strbuf_printf(&text, "v=DKIM1;k=rsa;p=%s", base64);
		keyrecord_read(strbuf_str(&text), arena, &again);
		must(again.key && EVP_PKEY_eq(key.key, again.key) == 1);
		keyrecord_clear(&again);
		strbuf_clear(&text);
		OPENSSL_free(der);
	}
	keyrecord_clear(&key);
	arena_free(arena);
}

/* --- header: RFC 6376 3.4.1 and 3.4.2 --- */

static void
slow_field(struct strbuf *out, const struct field *f, bool relaxed)
{
	bool space = false, any = false;
	size_t i;

	for (i = 0; !relaxed && i < f->raw.len; i++)
		strbuf_putc(out, f->raw.data[i]);
	for (i = 0; relaxed && i < f->name.len; i++)
		strbuf_putc(out, ascii_lower(f->name.data[i]));
	for (i = 0; relaxed && i < f->value.len; i++) {
		if (i == 0)
			strbuf_putc(out, ':');
		if (ascii_is_space(f->value.data[i])) {
			space = true;
			continue;
		}
		if (space && any)
			strbuf_putc(out, ' ');
		space = false;
		any = true;
		strbuf_putc(out, f->value.data[i]);
	}
	if (relaxed && f->value.len == 0)
		strbuf_putc(out, ':');
	if (relaxed || !str_ends(f->raw, "\r\n"))
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
    {NULL, NULL},
};
