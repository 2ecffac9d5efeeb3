/*
 * scan_print: a judged file for a human or a program.
 *
 * What comes from the mail is printed without controls: a terminal is as
 * worth attacking as a log.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "scan_flip.h"
#include "scan_print.h"

void
scan_print_safe(struct str text)
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
		scan_print_safe(f->properties[i].value);
	}
	if (f->comment.len) {
		printf(" (");
		scan_print_safe(f->comment);
		printf(")");
	}
	if (f->reason.len) {
		printf(": ");
		scan_print_safe(f->reason);
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
			scan_print_safe(h->evidence);
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
		scan_print_safe(str_c(list[i]));
		putchar('\n');
	}
}

/* "would-tag" is what it would do in enforce mode, too. */
static void
print_flip(const struct report *r)
{
	const struct policy_conf *policy = &r->config->policy;
	char score[16], left[16];
	struct flip flip;
	int next;

	if (r->verdict->bypass)
		return;
	if (scan_flip(r->config->chain, r->scan, r->verdict, &flip)) {
		printf("  without %s (%s) it would be %s, score=%s\n",
		    flip.hit->name, score_format(flip.hit->score, score),
		    action_word(flip.verdict.would),
		    score_format(flip.verdict.score, left));
		return;
	}
	printf("  no single rule decides");
	next = r->verdict->score < policy->tag ? policy->tag : policy->reject;
	if (r->verdict->score < next)
		printf(": %s points more would be %s",
		    score_format(next - r->verdict->score, score),
		    next == policy->tag ? "tag" : "reject");
	putchar('\n');
}

static void
print_text(const struct report *r, const struct scan_style *style)
{
	const struct scan *scan = r->scan;
	char score[16], tag[16], reject[16];
	size_t i;

	scan_print_safe(str_c(r->file));
	printf(": %s score=%s (tag %s, reject %s)", report_word(r->verdict),
	    score_format(r->verdict->score, score),
	    score_format(r->config->policy.tag, tag),
	    score_format(r->config->policy.reject, reject));
	if (r->verdict->bypass)
		printf(" bypass=%s", r->verdict->bypass);
	if (r->reply.len) {
		printf(" ");
		scan_print_safe(r->reply);
	}
	putchar('\n');
	for (i = 0; i < scan->finding_count; i++)
		print_finding(&scan->findings[i]);
	for (i = 0; i < scan->hit_count; i++)
		if (style->explain || scan->hits[i].score != 0)
			print_hit(&scan->hits[i], style->explain);
	if (style->explain)
		print_flip(r);
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
		print_text(r, style);
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
