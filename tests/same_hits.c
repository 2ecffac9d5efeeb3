/*
 * same_hits: a rule set hits the same with and without the prefilter.
 *
 * usage: same_hits RULES LIST COUNT [SEED]; LIST names mails, one a line, or
 * is "-".  COUNT mails of at most 512 octets of text are made up besides:
 * strings that regexes of the set may match, whole and broken, among words.
 * Prints what differs and ends with 1 then.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "postern/strbuf.h"

#include "filters/rules/rules_filter.h"
#include "proxy/cmd/saved.h"

#include "grow.h"

enum { TEXT_MAX = 512, SHOWN = 20 };

/* The same rules, with and without. */
struct side {
	void *config;
	void *self;
	void *lane;
	struct arena *arena; /* of the scan at hand */
	struct scan scan;
};

struct same {
	struct arena *arena;
	struct side sides[2];
	struct grower grower;
	size_t mails, hits, different;
};

static void
set(struct side *side, struct arena *arena, const char *name, const char *value)
{
	const struct texts texts = {.at = &value, .count = 1};
	const struct setting *row = rules_filter.settings;
	struct error error;

	while (strcmp(row->name, name) != 0)
		row++;
	if (!setting_parse(row, &texts, side->config, arena, &error)) {
		fprintf(stderr, "%s: %s\n", name, error.text);
		exit(64);
	}
}

static void
open_side(
    struct same *s, struct side *side, const char *rules, const char *prefilter)
{
	struct problems problems;

	side->arena = arena_new();
	side->config = arena_alloc(s->arena, rules_filter.config_size);
	settings_defaults(rules_filter.settings, side->config, s->arena);
	set(side, s->arena, "directories", rules);
	set(side, s->arena, "prefilter", prefilter);
	set(side, s->arena, "budget", "1h");
	problems_init(&problems, s->arena);
	side->self = rules_filter.open(side->config, &problems);
	if (!side->self) {
		problems_print(&problems, stderr);
		exit(78);
	}
	side->lane = rules_filter.lane_open(side->self);
}

static void
scan(struct side *side, struct str mail)
{
	struct envelope envelope = {
	    .helo = "", .protocol = "SMTP", .listener = "", .receiver = ""};
	struct message message;

	arena_reset(side->arena);
	message_parse(mail, side->arena, &message);
	saved_guess(&message, &envelope, side->arena);
	side->scan = (struct scan) {
	    .arena = side->arena,
	    .envelope = &envelope,
	    .message = &message,
	    .all_hits = true,
	    .time = 1000000000,
	};
	rules_filter.check(side->self, side->lane, STAGE_MESSAGE, &side->scan);
}

static bool
is_same(const struct hit *a, const struct hit *b)
{
	return strcmp(a->name, b->name) == 0 && a->hits == b->hits &&
	    str_eq(a->evidence, b->evidence);
}

static void
show(const char *title, const struct hit *hit, struct str mail)
{
	printf("%s: %s %u \"%.*s\" in a mail of %zu octets\n", title, hit->name,
	    hit->hits, (int)hit->evidence.len, hit->evidence.data, mail.len);
}

/* Hits come in the order of the rules. */
static void
compare(struct same *s, const char *title, struct str mail)
{
	const struct scan *a = &s->sides[0].scan, *b = &s->sides[1].scan;
	size_t i;

	scan(&s->sides[0], mail);
	scan(&s->sides[1], mail);
	s->mails++;
	s->hits += b->hit_count;
	for (i = 0; i < a->hit_count && i < b->hit_count; i++)
		if (!is_same(&a->hits[i], &b->hits[i]))
			break;
	if (i == a->hit_count && i == b->hit_count)
		return;
	if (s->different++ >= SHOWN)
		return;
	if (i < a->hit_count)
		show(title, &a->hits[i], mail);
	if (i < b->hit_count)
		show("  without prefilter", &b->hits[i], mail);
}

static void
compare_files(struct same *s, const char *list)
{
	FILE *in = fopen(list, "r");
	char name[4096];
	struct strbuf mail;
	struct error error;

	if (!in) {
		perror(list);
		exit(66);
	}
	strbuf_init(&mail);
	while (fgets(name, sizeof(name), in)) {
		name[strcspn(name, "\n")] = '\0';
		strbuf_reset(&mail);
		if (saved_read(name, &mail, &error))
			compare(s, name, strbuf_str(&mail));
	}
	strbuf_clear(&mail);
	fclose(in);
}

/* "Name: text" with the text in the body, too. */
static void
make_mail(struct same *s, struct strbuf *text, struct strbuf *mail)
{
	static const char *const names[] = {"Subject", "From", "To", "Received",
	    "X-Mailer", "Message-ID", "Content-Type", "Reply-To", "Date",
	    "X-Spam-Test"};
	struct str line, rest;

	grow_text(&s->grower, TEXT_MAX, text);
	rest = str_head(strbuf_str(text), TEXT_MAX);
	strbuf_reset(mail);
	line = str_head(rest, str_find(rest, '\n'));
	strbuf_puts(mail,
	    names[grow_pick(&s->grower, sizeof(names) / sizeof(names[0]))]);
	strbuf_puts(mail, ": ");
	strbuf_add(mail, str_head(line, str_find(line, '\r')));
	strbuf_puts(mail,
	    grow_pick(&s->grower, 4) ? "\r\n\r\n" :
				       "\r\nContent-Type: text/html\r\n\r\n");
	strbuf_add(mail, rest);
	strbuf_puts(mail, "\r\n");
}

static void
compare_made(struct same *s, unsigned long count)
{
	struct strbuf text, mail;
	char title[40];
	unsigned long i;

	strbuf_init(&text);
	strbuf_init(&mail);
	for (i = 0; i < count; i++) {
		make_mail(s, &text, &mail);
		snprintf(title, sizeof(title), "made %lu", i);
		compare(s, title, strbuf_str(&mail));
	}
	strbuf_clear(&text);
	strbuf_clear(&mail);
}

int
main(int argc, char **argv)
{
	struct same s = {.arena = arena_new()};
	uint64_t seed = 0;
	int i;

	if (argc < 4) {
		fprintf(stderr, "usage: %s RULES LIST COUNT [SEED]\n", argv[0]);
		return 64;
	}
	if (argc > 4)
		seed = strtoull(argv[4], NULL, 10);
	open_side(&s, &s.sides[0], argv[1], "yes");
	open_side(&s, &s.sides[1], argv[1], "no");
	grow_plant(&s.grower, argv[1], seed, s.arena);
	if (strcmp(argv[2], "-") != 0)
		compare_files(&s, argv[2]);
	compare_made(&s, strtoul(argv[3], NULL, 10));
	printf("%zu mails, %zu hits, %zu mails differ\n", s.mails, s.hits,
	    s.different);
	for (i = 0; i < 2; i++) {
		rules_filter.lane_close(s.sides[i].lane);
		rules_filter.close(s.sides[i].self);
		arena_free(s.sides[i].arena);
	}
	ruleset_free(s.grower.set);
	arena_free(s.arena);
	return s.different ? 1 : 0;
}
