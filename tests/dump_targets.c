/*
 * dump_targets: what rules see of saved mails, one JSON object a line in the
 * form of tests/support/parity_judge.pl.  Asked by check_parity.py.
 *
 * usage: dump_targets RULES < list of files
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "filters/rules/set/ruleset.h"
#include "filters/rules/target/target.h"
#include "postern/strbuf.h"

static void
put_text(struct str s)
{
	size_t i;
	unsigned char c;

	putchar('"');
	for (i = 0; i < s.len; i++) {
		c = (unsigned char)s.data[i];
		if (c < ' ' || c == '"' || c == '\\' || c >= 0x7f)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void
put_texts(const char *name, const struct target_texts *texts)
{
	size_t i;

	printf(",\"%s\":[", name);
	for (i = 0; i < texts->count; i++) {
		if (i > 0)
			putchar(',');
		put_text(texts->at[i]);
	}
	putchar(']');
}

/* As `postern scan` reads it: no mailbox line, line ends CRLF. */
static bool
read_mail(const char *path, struct strbuf *out)
{
	FILE *in = fopen(path, "rb");
	struct strbuf raw;
	struct str text, line;
	size_t got;

	if (!in)
		return false;
	strbuf_init(&raw);
	while ((got = fread(strbuf_grow(&raw, 65536), 1, 65536, in)) > 0)
		strbuf_grew(&raw, got);
	fclose(in);
	text = strbuf_str(&raw);
	if (str_starts(text, "From "))
		text = str_from(text, str_find(text, '\n') + 1);
	while (str_cut_line(&text, &line)) {
		strbuf_add(out, line);
		strbuf_puts(out, "\r\n");
	}
	strbuf_clear(&raw);
	return true;
}

static void
dump(const char *path, struct str mail, const struct ruleset *set)
{
	struct arena *arena = arena_new();
	struct envelope envelope = {.helo = "", .sender = ""};
	struct message message;
	struct scan scan = {
	    .arena = arena, .envelope = &envelope, .message = &message};
	struct targets t = {.scan = &scan, .set = set};

	message_parse(mail, arena, &message);
	printf("{\"file\":");
	put_text(str_c(path));
	put_texts("body", target_body(&t));
	put_texts("rawbody", target_rawbody(&t));
	put_texts("uri", target_uri(&t));
	puts("}");
	arena_free(arena);
}

int
main(int argc, char **argv)
{
	const char *directory[] = {argc > 1 ? argv[1] : "", NULL};
	struct texts directories = {directory, 1};
	struct arena *arena = arena_new();
	struct problems problems;
	struct ruleset *set;
	struct strbuf mail;
	char path[4096];

	problems_init(&problems, arena);
	set = ruleset_load(&directories, &problems);
	while (fgets(path, sizeof(path), stdin)) {
		path[strcspn(path, "\n")] = '\0';
		strbuf_init(&mail);
		if (!read_mail(path, &mail)) {
			fprintf(stderr, "%s cannot be read\n", path);
			return 1;
		}
		dump(path, strbuf_str(&mail), set);
		strbuf_clear(&mail);
	}
	ruleset_free(set);
	arena_free(arena);
	return 0;
}
