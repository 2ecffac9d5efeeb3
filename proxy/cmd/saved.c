/*
 * saved: a mail in a file, as it would have come over the wire.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <stdio.h>

#include "postern/mailbox.h"

#include "saved.h"

enum { CHUNK = 65536 };

static bool
read_all(FILE *in, struct strbuf *out)
{
	size_t got;

	do {
		got = fread(strbuf_grow(out, CHUNK), 1, CHUNK, in);
		strbuf_grew(out, got);
	} while (got > 0);
	return !ferror(in);
}

static void
add_crlf_lines(struct strbuf *out, struct str text)
{
	struct str line;

	while (str_cut_line(&text, &line)) {
		strbuf_add(out, line);
		strbuf_puts(out, "\r\n");
	}
}

static void
convert(struct strbuf *raw, struct strbuf *out)
{
	struct str text = strbuf_str(raw);
	size_t lf;

	if (str_starts(text, "From "))
		text = str_from(text, str_find(text, '\n') + 1);
	lf = str_find(text, '\n');
	if (lf == text.len || (lf > 0 && text.data[lf - 1] == '\r'))
		strbuf_add(out, text);
	else
		add_crlf_lines(out, text);
}

bool
saved_read(const char *file, struct strbuf *out, struct error *err)
{
	FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "rb");
	struct strbuf raw;
	bool ok;

	if (!in)
		return error_set(err, "%s: %s", file, strerror(errno));
	strbuf_init(&raw);
	ok = read_all(in, &raw);
	if (!ok)
		error_set(err, "%s: %s", file, strerror(errno));
	if (in != stdin)
		fclose(in);
	convert(&raw, out);
	strbuf_clear(&raw);
	return ok;
}

/* The first address in brackets: "from helo (name [192.0.2.1])". */
static bool
find_client(struct str received, struct ip *out)
{
	struct str rest = received, inner;
	size_t at;

	while ((at = str_find(rest, '[')) < rest.len) {
		rest = str_from(rest, at + 1);
		inner = str_head(rest, str_find(rest, ']'));
		if (str_case_starts(inner, "IPv6:"))
			inner = str_from(inner, 5);
		if (ip_parse(inner, out))
			return true;
	}
	return false;
}

static struct str
find_helo(struct str received)
{
	struct str word;

	if (str_cut_word(&received, &word) && str_case_is(word, "from") &&
	    str_cut_word(&received, &word))
		return word;
	return str_c("");
}

static bool
guess_client(const struct field *received, struct envelope *envelope,
    struct arena *arena)
{
	if (!received || envelope->client.bits ||
	    !find_client(received->value, &envelope->client))
		return false;
	envelope->client_from_mail = true;
	if (envelope->helo[0] == '\0')
		envelope->helo = arena_text(
		    arena, str_head(find_helo(received->value), 255));
	return true;
}

bool
saved_guess(const struct message *message, struct envelope *envelope,
    struct arena *arena)
{
	const struct field *path = message_find(message, "Return-Path", 0);
	bool guessed =
	    guess_client(message_find(message, "Received", 0), envelope, arena);
	struct mailboxes boxes;

	if (envelope->sender)
		return guessed;
	envelope->sender = "";
	envelope->sender_from_mail = true;
	if (!path)
		return guessed;
	mailbox_parse(path->value, arena, &boxes);
	if (boxes.count > 0)
		envelope->sender = arena_text(arena, boxes.at[0].address);
	return true;
}
