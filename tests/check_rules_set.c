/*
 * check_rules_set: what is made of rule files: scores, rules, lists.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "postern/strbuf.h"

#include "filters/rules/set/metas.h"

#include "check_rules.h"

START_TEST(scores_are_chosen)
{
	static const struct {
		const char *text;
		int local, network; /* of X, in both sets */
		bool off;           /* in the first */
	} cases[] = {
	    {"body X /x/", 1000, 1000, false},
	    {"body X /x/\ntflags X nice", -1000, -1000, false},
	    {"body X /x/\nscore X 2.5", 2500, 2500, false},
	    {"score X 2.5\nbody X /x/", 2500, 2500, false},
	    {"body X /x/\nscore X 1 2 3 4", 1000, 2000, false},
	    {"body X /x/\nscore X 0 2 0 4", 0, 2000, true},
	    {"body X /x/\nscore X 0", 0, 0, true},
	    {"body X /x/\nscore X 0.0001", 1, 1, false},
	    {"body X /x/\nscore X -0.0001", -1, -1, false},
	    {"body X /x/\nscore X 1.9996", 2000, 2000, false},
	    {"body X /x/\nscore X 1\nscore X (0.25)", 1250, 1250, false},
	    {"body X /x/\nscore X 1\nscore X (-2)", -1000, -1000, false},
	    {"body X /x/\nscore X 1 2 3 4\nscore X (1)", 2000, 3000, false},
	    {"body X /x/\nscore X 1\nscore X bad", 1000, 1000, false},
	    {"body X /x/\nscore X 2\nbody X /y/", 2000, 2000, false},
	};
	static const struct ruleset_options network = {.network_scores = true};
	struct ruleset *set;
	struct problems p;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set = rules_parse(cases[i].text, &p);
		ck_assert_msg(
		    ruleset_find(set, str_c("X"))->score == cases[i].local,
		    "%s", cases[i].text);
		ck_assert_msg(
		    rule_is_off(ruleset_find(set, str_c("X"))) == cases[i].off,
		    "%s", cases[i].text);
		ruleset_free(set);
		set = ruleset_parse(
		    str_c(cases[i].text), "test.cf", &network, &p);
		ck_assert_msg(
		    ruleset_find(set, str_c("X"))->score == cases[i].network,
		    "%s", cases[i].text);
		ruleset_free(set);
	}
	set = rules_parse("body T_X /x/\nbody __X /x/", &p);
	ck_assert_int_eq(ruleset_find(set, str_c("T_X"))->score, 10);
	ck_assert_int_eq(ruleset_find(set, str_c("__X"))->score, 0);
	ck_assert(!rule_is_off(ruleset_find(set, str_c("__X"))));
	ruleset_free(set);
}
END_TEST

START_TEST(redefinitions_replace_what_is_sound)
{
	struct problems p;
	struct ruleset *set = rules_parse("body A /one/\nbody A /(/\n"
					  "header B From =~ /x/ [if-unset: y]\n"
					  "header B From =~ /z/\n"
					  "meta C A\nmeta C A &&\n"
					  "body D /(/\nbody D /d/\n"
					  "tflags E multiple\nbody E /e/\n"
					  "tflags E nosubject\n",
	    &p);
	const struct rule *rule;

	ck_assert_uint_eq(p.errors, 3);
	rule = ruleset_find(set, str_c("A"));
	ck_assert_str_eq(rule->pattern, "/one/");
	ck_assert_int_eq(rule->type, RULE_BODY);
	ck_assert_uint_eq(rule->line, 1);
	rule = ruleset_find(set, str_c("B"));
	ck_assert_ptr_null(rule->unset);
	ck_assert_str_eq(rule->replaced, "test.cf:3");
	ck_assert_int_eq(ruleset_find(set, str_c("C"))->type, RULE_META);
	ck_assert_int_eq(ruleset_find(set, str_c("D"))->type, RULE_BODY);
	rule = ruleset_find(set, str_c("E"));
	ck_assert(!rule->multiple && rule->nosubject);
	ruleset_free(set);
}
END_TEST

START_TEST(equal_regexes_are_compiled_once)
{
	struct problems p;
	struct ruleset *set =
	    rules_parse("body A /x/i\nheader B From =~ /x/i\nbody C /x/\n"
			"body D m{x}i\nbody E /old/\nbody E /x/\n",
		&p);

	ck_assert_uint_eq(set->regex_count, 2);
	ck_assert_ptr_eq(ruleset_find(set, str_c("A"))->regex,
	    ruleset_find(set, str_c("B"))->regex);
	ck_assert_ptr_eq(ruleset_find(set, str_c("A"))->regex,
	    ruleset_find(set, str_c("D"))->regex);
	ck_assert_ptr_eq(ruleset_find(set, str_c("C"))->regex,
	    ruleset_find(set, str_c("E"))->regex);
	ruleset_free(set);
}
END_TEST

START_TEST(lists_are_kept)
{
	struct problems p;
	struct ruleset *set =
	    rules_parse("whitelist_from a@x.example  B@x.example\n"
			"welcomelist_from *@y.example\n"
			"unwhitelist_from b@X.example\n"
			"welcomelist_from_rcvd a@x.example x.example\n"
			"enlist_addrlist (NAME) c@x.example\n"
			"enlist_addrlist (NAME) d@x.example\n"
			"enlist_uri_host (H) one.example two.example\n"
			"delist_uri_host (H) two.example\n"
			"blacklist_uri_host bad.example\n"
			"trusted_networks 10/8\nclear_trusted_networks\n"
			"trusted_networks 192.0.2/24\n",
		&p);
	const struct list *list = lists_find(&set->lists, "welcomelist_from");

	ck_assert_uint_eq(p.count, 0);
	ck_assert_uint_eq(list->line_count, 2);
	ck_assert_uint_eq(list->word_count, 2);
	ck_assert(list_has(list, str_c("A@X.example")));
	ck_assert(!list_has(list, str_c("b@x.example")));
	ck_assert_str_eq(list->lines[1].where, "test.cf:2");
	list = lists_find(&set->lists, "addrlist:NAME");
	ck_assert_uint_eq(list->word_count, 2);
	list = lists_find(&set->lists, "uri_host:H");
	ck_assert_uint_eq(list->word_count, 1);
	ck_assert(list_has(
	    lists_find(&set->lists, "uri_host:BLOCK"), str_c("bad.example")));
	list = lists_find(&set->lists, "trusted_networks");
	ck_assert_uint_eq(list->word_count, 1);
	ck_assert(!list_has(NULL, str_c("x")));
	ruleset_free(set);
}
END_TEST

/* A folder of files, of which a.cf is the first. */
static void
write_file(const char *dir, const char *name, const char *text)
{
	char path[256];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
}

static void
remove_file(const char *dir, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
}

START_TEST(files_load_in_order_and_include_others)
{
	static const char *const names[] = {
	    "b.cf", "a.cf", "sub.inc", "loop.inc", "ignored.pre"};
	static const char *const texts[] = {"body X /from b/\n",
	    "body X /from a/\nif 1\ninclude sub.inc\nbody AFTER /x/\nendif\n"
	    "include /nonexistent.inc\ninclude loop.inc\n",
	    "body SUB /sub/\nif 0\nbody OFF /x/\n", "include loop.inc\n",
	    "body PRE /x/\n"};
	char dir[] = "/tmp/rulesXXXXXX";
	const char *list[] = {dir};
	struct texts dirs = {list, 1};
	struct problems p;
	struct ruleset *set;
	size_t i;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	for (i = 0; i < 5; i++)
		write_file(dir, names[i], texts[i]);
	problems_init(&p, arena);
	set = ruleset_load(&dirs, &p);
	for (i = 0; i < 5; i++)
		remove_file(dir, names[i]);
	rmdir(dir);
	/* an open if, a file that is not there, one that includes itself */
	ck_assert_uint_eq(p.errors, 3);
	ck_assert_uint_eq(p.survivable, 3);
	ck_assert_str_eq(ruleset_find(set, str_c("X"))->pattern, "/from b/");
	ck_assert_ptr_nonnull(ruleset_find(set, str_c("SUB")));
	ck_assert_ptr_nonnull(ruleset_find(set, str_c("AFTER")));
	ck_assert_ptr_null(ruleset_find(set, str_c("OFF")));
	ck_assert_ptr_null(ruleset_find(set, str_c("PRE")));
	ck_assert_uint_eq(set->lines, 1 + 7 + 3 + 1);
	ruleset_free(set);
}
END_TEST

START_TEST(includes_end)
{
	char dir[] = "/tmp/rulesXXXXXX", name[32], text[64];
	const char *list[] = {dir};
	struct texts dirs = {list, 1};
	struct problems p;
	struct ruleset *set;
	int i;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	write_file(dir, "a.cf", "include 1.inc\n");
	for (i = 1; i < 20; i++) {
		snprintf(name, sizeof(name), "%d.inc", i);
		snprintf(text, sizeof(text), "body R%d /x/\ninclude %d.inc\n",
		    i, i + 1);
		write_file(dir, name, text);
	}
	problems_init(&p, arena);
	set = ruleset_load(&dirs, &p);
	remove_file(dir, "a.cf");
	for (i = 1; i < 20; i++) {
		snprintf(name, sizeof(name), "%d.inc", i);
		remove_file(dir, name);
	}
	rmdir(dir);
	ck_assert_uint_eq(p.errors, 1);
	ck_assert_uint_eq(set->count, 7);
	ruleset_free(set);
}
END_TEST

/* A meta on what is off or needs the network is computed, as SpamAssassin does
 * without network; one on what is not known is not. */
START_TEST(metas_on_what_is_missing)
{
	struct problems p;
	struct ruleset *set = rules_parse(
	    "header NET eval:check_unheard_of()\ntflags NET net\n"
	    "header OFF eval:check_unheard_of()\nscore OFF 0\n"
	    "header GONE eval:check_unheard_of()\n"
	    "meta A !NET\nmeta B !OFF\nmeta C !GONE\nmeta D !NEVER\n"
	    "meta E rules_matching(*O*)\nmeta F G\nmeta G F\n"
	    "meta H F + 1\nmeta I C || 1\n",
	    &p);
	static const struct {
		const char *name;
		bool meta;
	} wanted[] = {{"A", true}, {"B", true}, {"C", false}, {"D", true},
	    {"E", true}, {"F", false}, {"G", false}, {"H", false},
	    {"I", false}};
	size_t i;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		ck_assert_msg((ruleset_find(set, str_c(wanted[i].name))->type ==
				  RULE_META) == wanted[i].meta,
		    "%s", wanted[i].name);
	ck_assert_uint_eq(set->meta_count, 4);
	ruleset_free(set);
}
END_TEST

/* However metas stand in the files, each is computed behind its atoms. */
START_TEST(long_chains_of_metas_are_sorted)
{
	enum { LENGTH = 20000 };
	struct strbuf text;
	struct problems p;
	struct ruleset *set;
	double *values;
	int i;

	strbuf_init(&text);
	for (i = LENGTH; i > 0; i--)
		strbuf_printf(
		    &text, "meta M%d M%d && !M%d\n", i, i - 1, LENGTH + 1);
	strbuf_puts(&text, "body M0 /x/\n");
	set = rules_parse(text.data, &p);
	strbuf_clear(&text);
	ck_assert_uint_eq(set->meta_count, LENGTH);
	values = calloc(set->count + 1, sizeof(*values));
	values[ruleset_find(set, str_c("M0")) - set->rules] = 1;
	metas_run(set, values, set->arena);
	ck_assert(values[ruleset_find(set, str_c("M20000")) - set->rules] == 1);
	free(values);
	ruleset_free(set);
}
END_TEST

/* Whatever hits: those that are not computed are what they would be. */
START_TEST(metas_are_what_they_are_one_by_one)
{
	static const char rules[] =
	    "body A /a/\nheader B X-B =~ /b/\nuri C /c/\nrawbody D /d/\n"
	    "meta IDLE !A\nmeta BOTH IDLE && B\nmeta DEEP BOTH && !C\n"
	    "meta SUM A + B + C > 1\nmeta MANY (A || C) && (B > 0) && !D\n"
	    "meta LESS A + B < 1\nmeta SAME B == 0\nmeta PICK A ? B : C\n"
	    "meta TIMES D * B / 2\nmeta OFF A && UNDEFINED\n"
	    "meta XOR (A ^ B) && local_tests_only\nmeta NEG -C\n"
	    "meta GLOB rules_matching(D*) >= 2 && IDLE\n";
	struct problems p;
	struct ruleset *set = rules_parse(rules, &p);
	double *values = calloc(set->count + 1, sizeof(*values));
	unsigned hits, i;
	size_t k, meta;

	ck_assert_uint_eq(set->meta_count, 13);
	for (hits = 0; hits < 16; hits++) {
		for (i = 0; i < 4; i++)
			values[i] = hits >> i & 1;
		metas_run(set, values, set->arena);
		for (k = 0; k < set->meta_count; k++) {
			meta = set->metas[k];
			ck_assert_msg(values[meta] ==
				metas_value(&set->rules[meta], values),
			    "%s with %x", set->rules[meta].name, hits);
		}
	}
	free(values);
	ruleset_free(set);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
	    scores_are_chosen,
	    redefinitions_replace_what_is_sound,
	    equal_regexes_are_compiled_once,
	    lists_are_kept,
	    files_load_in_order_and_include_others,
	    includes_end,
	    metas_on_what_is_missing,
	    long_chains_of_metas_are_sorted,
	    metas_are_what_they_are_one_by_one,
	};

	return rules_run("rules_set", tests, sizeof(tests) / sizeof(tests[0]));
}
