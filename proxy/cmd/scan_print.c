/*
 * scan_print: a judged file for a human or a program.
 *
 * What comes from the mail is printed without controls: a terminal is as
 * worth attacking as a log.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "scan_print.h"

static void
put_safe(struct str text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (ascii_is_control(text.data[i]))
			printf("\\x%02x", (unsigned char)text.data[i]);
		else
			putchar(text.data[i]);
}

static void
print_finding(const struct finding *f)
{
	size_t i;

	printf("  %s=%s", f->method, result_word(f->result));
	for (i = 0; i < f->property_count; i++) {
		if (f->properties[i].value.len == 0)
			continue;
		printf(
		    " %s.%s=", f->properties[i].ptype, f->properties[i].name);
		put_safe(f->properties[i].value);
	}
	if (f->comment.len) {
		printf(" (");
		put_safe(f->comment);
		printf(")");
	}
	if (f->reason.len) {
		printf(": ");
		put_safe(f->reason);
	}
	putchar('\n');
}

static void
print_hit(const struct hit *h, bool explain)
{
	char score[16];

	printf("  %6s %-28s %s", score_format(h->score, score), h->name,
	    h->describe ? h->describe : "");
	if (explain) {
		printf("\n         %s, %u hit(s)", h->where, h->hits);
		if (h->evidence.len) {
			printf(": \"");
			put_safe(h->evidence);
			printf("\"");
		}
	}
	putchar('\n');
}

static void
print_lines(const char *what, const char **list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		printf("  %s: ", what);
		put_safe(str_c(list[i]));
		putchar('\n');
	}
}

static void
print_text(const struct report *r, bool explain)
{
	const struct scan *scan = r->scan;
	char score[16], tag[16], reject[16];
	size_t i;

	put_safe(str_c(r->file));
	printf(": %s score=%s (tag %s, reject %s)", report_word(r->verdict),
	    score_format(r->verdict->score, score),
	    score_format(r->config->policy.tag, tag),
	    score_format(r->config->policy.reject, reject));
	if (r->verdict->bypass)
		printf(" bypass=%s", r->verdict->bypass);
	if (r->reply.len) {
		printf(" ");
		put_safe(r->reply);
	}
	putchar('\n');
	for (i = 0; i < scan->finding_count; i++)
		print_finding(&scan->findings[i]);
	for (i = 0; i < scan->hit_count; i++)
		if (explain || scan->hits[i].score != 0)
			print_hit(&scan->hits[i], explain);
	print_lines("undecided", scan->undecided, scan->undecided_count);
	print_lines("unchecked", scan->unchecked, scan->unchecked_count);
}

void
scan_print(const struct report *r, const struct scan_style *style)
{
	struct strbuf block;
	char *json;

	if (style->json) {
		json = report_json(r);
		puts(json);
		free(json);
	} else if (!style->headers) {
		print_text(r, style->explain);
	}
	if (style->headers) {
		strbuf_init(&block);
		report_headers(r, false, &block);
		fwrite(block.data, 1, block.len, stdout);
		strbuf_clear(&block);
	}
	fflush(stdout);
}

void
scan_print_guess(const char *file, const struct envelope *e)
{
	char ip[IP_TEXT_MAX];

	fprintf(stderr,
	    "%s: envelope taken from the mail: client %s, sender <%s>\n", file,
	    ip_format(&e->client, ip), e->sender);
}
