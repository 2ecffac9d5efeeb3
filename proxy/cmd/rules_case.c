/*
 * rules_case: `test NAME ok|fail TEXT`, the lines beside a rule that say what
 * it must hit and what it must leave alone.
 *
 * rules_case_mail says what mail the text stands for.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>

#include "postern/strbuf.h"

#include "rules_tools.h"
#include "saved.h"

static void
take_line(const char *file, unsigned number, struct str line,
    struct rules_cases *out, struct problems *problems)
{
	struct str rest = line, word, name, wanted;
	struct rules_case *one;

	if (!str_cut_word(&rest, &word) || !str_is(word, "test"))
		return;
	if (!str_cut_word(&rest, &name) || !str_cut_word(&rest, &wanted) ||
	    (!str_is(wanted, "ok") && !str_is(wanted, "fail"))) {
		problem_add(problems, file, number,
		    "test: a rule's name, ok or fail, and a text are expected");
		return;
	}
	out->at =
	    arena_push(problems->arena, out->at, out->count, sizeof(*out->at));
	one = &out->at[out->count++];
	one->file = arena_text(problems->arena, str_c(file));
	one->line = number;
	one->rule = arena_text(problems->arena, name);
	one->wanted = str_is(wanted, "ok");
	one->text = arena_text(problems->arena, str_trim(rest));
}

static void
read_file(const char *path, struct rules_cases *out, struct problems *problems)
{
	struct strbuf text;
	struct str rest, line;
	struct error error;
	unsigned number = 0;

	strbuf_init(&text);
	if (!saved_read(path, &text, &error))
		problem_add(problems, path, 0, "%s", error.text);
	rest = strbuf_str(&text);
	while (str_cut_line(&rest, &line))
		take_line(path, ++number, line, out, problems);
	strbuf_clear(&text);
}

void
rules_cases_read(
    const char *dir, struct rules_cases *out, struct problems *problems)
{
	char pattern[4096];
	struct stat st;
	glob_t found;
	size_t i;

	if (stat(dir, &st) == 0 && !S_ISDIR(st.st_mode)) {
		read_file(dir, out, problems);
		return;
	}
	snprintf(pattern, sizeof(pattern), "%s/*.cf", dir);
	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (i = 0; i < found.gl_pathc; i++)
		read_file(found.gl_pathv[i], out, problems);
	globfree(&found);
}

static bool
has_hit(const struct scan *scan, const char *name)
{
	size_t i;

	for (i = 0; i < scan->hit_count; i++)
		if (strcmp(scan->hits[i].name, name) == 0)
			return true;
	return false;
}

static void
run_case(const struct rules_case *one, const struct rule *rule,
    const struct judge *judge, struct problems *problems)
{
	struct arena *arena = arena_new();
	struct case_mail mail;
	struct error error;
	struct scan scan;

	if (!rules_case_mail(one, rule, arena, &mail, &error)) {
		problem_add(problems, one->file, one->line, "test: %s %s",
		    one->rule, error.text);
		arena_free(arena);
		return;
	}
	judge_with(judge, mail.bytes, &mail.envelope, mail.findings,
	    mail.finding_count, arena, &scan);
	if (has_hit(&scan, one->rule) != one->wanted)
		problem_add(problems, one->file, one->line,
		    "test: %s %s \"%s\"", one->rule,
		    one->wanted ? "does not hit" : "hits", one->text);
	arena_free(arena);
}

size_t
rules_cases_run(const struct rules_cases *cases, const struct ruleset *set,
    const struct judge *judge, struct problems *problems)
{
	const struct rules_case *one;
	const struct rule *rule;
	size_t i, ran = 0;

	for (i = 0; i < cases->count; i++) {
		one = &cases->at[i];
		rule = ruleset_find(set, str_c(one->rule));
		if (!rule || rule->type == RULE_UNSUPPORTED) {
			problem_warn(problems, one->file, one->line,
			    "test: %s is %s", one->rule,
			    rule ? "not supported" : "not defined");
			continue;
		}
		if (rule->subrule || (rule->scored && rule->score == 0)) {
			problem_warn(problems, one->file, one->line,
			    "test: %s does not score: test a rule that uses it",
			    one->rule);
			continue;
		}
		run_case(one, rule, judge, problems);
		ran++;
	}
	return ran;
}
