/*
 * rules_test: do the rules do what they are meant to?
 *
 * First the test lines beside the rules; then, when there is mail to judge,
 * how often each rule hits spam and ham, which ham would be marked, and which
 * verdicts another set of rules would change.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "postern/setting.h"

#include "rules_corpus.h"

enum { NAMES_SHOWN = 20 };

struct options {
	struct corpus_source source;
	struct texts dirs;
	struct texts against;
	int tag;
	bool verbose;
};

static unsigned
per_mille_of(size_t part, size_t whole)
{
	return whole ? (unsigned)((part * 100000 + whole / 2) / whole) : 0;
}

/* Per cent with three decimals: a false positive in 6,000 must show. */
static const char *
percent(size_t part, size_t whole, char out[16])
{
	unsigned value = per_mille_of(part, whole);

	snprintf(out, 16, "%u.%03u", value / 1000, value % 1000);
	return out;
}

/* Share of spam among what it hits, were there as much spam as ham. */
static unsigned
spam_over_all(const struct corpus_rule *r, const struct corpus_result *c)
{
	uint64_t spam =
	    per_mille_of(r->hits[CORPUS_SPAM], c->mails[CORPUS_SPAM]);
	uint64_t ham = per_mille_of(r->hits[CORPUS_HAM], c->mails[CORPUS_HAM]);

	return spam + ham ? (unsigned)(spam * 1000 / (spam + ham)) : 0;
}

static void
print_rule(const struct corpus_rule *r, const struct corpus_result *c)
{
	char spam[16], ham[16], score[16];
	unsigned s_o = spam_over_all(r, c);

	printf("%8s %8s  %u.%03u %7s  %s\n",
	    percent(r->hits[CORPUS_SPAM], c->mails[CORPUS_SPAM], spam),
	    percent(r->hits[CORPUS_HAM], c->mails[CORPUS_HAM], ham), s_o / 1000,
	    s_o % 1000, score_format(r->score, score), r->name);
}

static void
print_names(const char *what, const struct texts *names, bool all)
{
	size_t i, most = all ? names->count : NAMES_SHOWN;

	for (i = 0; i < names->count && i < most; i++)
		printf("  %s: %s\n", what, names->at[i]);
	if (names->count > most)
		printf("  %s: %zu more (-v tells them)\n", what,
		    names->count - most);
}

static void
print_corpus(const struct corpus_result *c, const struct options *o)
{
	static const char *const kinds[] = {"ham", "spam"};
	char share[16], tag[16];
	size_t i;

	printf("   SPAM%%     HAM%%    S/O   SCORE  NAME\n");
	for (i = 0; i < c->rule_count; i++)
		print_rule(&c->rules[i], c);
	printf("%zu ham, %zu spam, %zu mails a second\n", c->mails[CORPUS_HAM],
	    c->mails[CORPUS_SPAM], c->per_second);
	score_format(o->tag, tag);
	for (i = 0; i < 2; i++)
		printf("at %s points: %zu of %zu %s marked (%s%%)\n", tag,
		    c->marked[i], c->mails[i], kinds[i],
		    percent(c->marked[i], c->mails[i], share));
	print_names("false positive", &c->false_positives, o->verbose);
	if (o->verbose)
		print_names("not found", &c->missed, true);
}

static void
print_flips(const struct corpus_result *now, const struct corpus_result *then,
    struct arena *arena)
{
	struct texts flips = {.count = 0};

	corpus_flips(now, then, arena, &flips);
	printf("%zu verdicts differ from the other rules\n", flips.count);
	print_names("flip", &flips, true);
}

static int
run_corpus(const struct options *o, struct problems *problems)
{
	struct corpus_result now = {.tag = o->tag}, then = {.tag = o->tag};

	if (!corpus_run(&o->source, &o->dirs, problems, &now))
		return EX_DATAERR;
	if (now.mails[CORPUS_HAM] + now.mails[CORPUS_SPAM] == 0)
		return EX_NOINPUT;
	print_corpus(&now, o);
	if (o->against.count == 0)
		return EX_OK;
	if (!corpus_run(&o->source, &o->against, problems, &then))
		return EX_DATAERR;
	print_flips(&now, &then, problems->arena);
	return EX_OK;
}

static int
run_cases(const struct options *o, struct problems *problems)
{
	struct rules_cases cases = {.count = 0};
	size_t i, ran, errors = problems->errors;
	struct problems quiet;
	struct ruleset *set;
	struct judge *judge;

	problems_init(&quiet, problems->arena);
	for (i = 0; i < o->dirs.count; i++)
		rules_cases_read(o->dirs.at[i], &cases, problems);
	set = ruleset_load(&o->dirs, &quiet);
	judge = judge_open(&o->dirs, &quiet);
	if (!judge) {
		problems_print(&quiet, stderr);
		ruleset_free(set);
		return EX_DATAERR;
	}
	ran = rules_cases_run(&cases, set, judge, problems);
	printf("%zu of %zu tests ran, %zu failed\n", ran, cases.count,
	    problems->errors - errors);
	judge_close(judge);
	ruleset_free(set);
	return problems->errors ? EX_DATAERR : EX_OK;
}

static int
run(const struct options *o)
{
	struct arena *arena = arena_new();
	struct problems problems;
	int code, corpus_code = EX_OK;

	problems_init(&problems, arena);
	code = run_cases(o, &problems);
	fflush(stdout);
	problems_print(&problems, stderr);
	if (code == EX_OK &&
	    o->source.dirs[CORPUS_HAM].count +
		    o->source.dirs[CORPUS_SPAM].count >
		0) {
		problems_init(&problems, arena);
		corpus_code = run_corpus(o, &problems);
		if (corpus_code != EX_OK)
			problems_print(&problems, stderr);
	}
	arena_free(arena);
	return code != EX_OK ? code : corpus_code;
}

static const struct option long_options[] = {
    {"ham", required_argument, NULL, 'h'},
    {"spam", required_argument, NULL, 's'},
    {"against", required_argument, NULL, 'a'},
    {"match", required_argument, NULL, 'm'},
    {"tag", required_argument, NULL, 't'},
    {NULL, 0, NULL, 0},
};

static bool
take_option(struct options *o, int option)
{
	struct corpus_source *s = &o->source;

	switch (option) {
	case 'h':
		s->dirs[CORPUS_HAM].at[s->dirs[CORPUS_HAM].count++] = optarg;
		return true;
	case 's':
		s->dirs[CORPUS_SPAM].at[s->dirs[CORPUS_SPAM].count++] = optarg;
		return true;
	case 'a':
		o->against.at[o->against.count++] = optarg;
		return true;
	case 'm':
		s->match = optarg;
		return true;
	case 't':
		return score_parse(str_c(optarg), &o->tag);
	case 'v':
		return o->verbose = true;
	default:
		return false;
	}
}

int
rules_test(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct options o = {.tag = 5000};
	size_t room = (size_t)argc + 1;
	int c, code = EX_OK;

	o.source.dirs[CORPUS_HAM].at = arena_array(arena, room, sizeof(char *));
	o.source.dirs[CORPUS_SPAM].at =
	    arena_array(arena, room, sizeof(char *));
	o.against.at = arena_array(arena, room, sizeof(char *));
	while ((c = getopt_long(argc, argv, "v", long_options, NULL)) != -1)
		if (!take_option(&o, c))
			code = RULES_USAGE;
	o.dirs = rules_named(argc - optind, argv + optind, arena);
	if (o.dirs.count == 0)
		code = RULES_USAGE;
	if (code == EX_OK)
		code = rules_readable(&o.dirs) ? run(&o) : EX_CONFIG;
	arena_free(arena);
	return code;
}
