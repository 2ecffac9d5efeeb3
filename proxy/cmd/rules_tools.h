/*
 * rules_tools: what the subcommands of `postern rules` share.
 *
 * Each takes its own arguments (argv[0] is its name) and returns an exit code
 * of sysexits.h; RULES_USAGE asks the caller to print the usage.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_RULES_TOOLS_H
#define PROXY_RULES_TOOLS_H

#include "filters/rules/set/ruleset.h"

enum { RULES_USAGE = -1 };

int rules_lint(int argc, char **argv);
int rules_list(int argc, char **argv);
int rules_test(int argc, char **argv);
int rules_import(int argc, char **argv);
int rules_stats(int argc, char **argv);

/* The directories or files that were named. */
struct texts rules_named(int argc, char **argv, struct arena *arena);

/* Is there a rule file in each?  What is wrong is told on stderr. */
bool rules_readable(const struct texts *dirs);

/*
 * judge: mail through the rules alone, without policy, network or door.
 */
struct judge;

/* NULL when the rules have errors. */
struct judge *judge_open(const struct texts *dirs, struct problems *problems);
void judge_close(struct judge *judge);

/*
 * Judges one mail (lines end in CRLF) that `envelope` brought.  Hits live in
 * the arena; returns the score in thousandths.
 */
int judge_mail(const struct judge *judge, struct str mail,
    const struct envelope *envelope, struct arena *arena, struct scan *scan);

/* The same behind filters that left these findings. */
int judge_with(const struct judge *judge, struct str mail,
    const struct envelope *envelope, const struct finding *findings,
    size_t finding_count, struct arena *arena, struct scan *scan);

/*
 * rules_case: `test NAME ok|fail TEXT`, the lines beside a rule that say what
 * it must hit and what it must leave alone.
 */
struct rules_case {
	const char *file;
	unsigned line;
	const char *rule;
	bool wanted; /* ok: the rule must hit */
	const char *text;
};

struct rules_cases {
	struct rules_case *at;
	size_t count;
};

/* Reads the test lines of a directory's *.cf, or of one file. */
void rules_cases_read(
    const char *dir, struct rules_cases *out, struct problems *problems);

/* What came, with what and with which findings of other filters. */
struct case_mail {
	struct str bytes;
	struct envelope envelope;
	struct recipient recipient;
	struct finding findings[8];
	size_t finding_count;
};

/*
 * The mail that the case's text stands for, by the kind of its rule: for a
 * header rule the field's value, for body and rawbody the text, for uri the
 * address of a link, for mimeheader the field of a part, for every other rule
 * a whole mail.  \n ends a line, \t is a tab, \xHH an octet, \\ a backslash.
 * For any rule, "mail: ..." is a whole mail, "text: ..." and "html: ..." the
 * body of one that has plain fields, and "text(helo=x spf=fail): ..." says how
 * it came.
 */
bool rules_case_mail(const struct rules_case *one, const struct rule *rule,
    struct arena *arena, struct case_mail *out, struct error *err);

/* Runs them all; every one that fails is a problem.  Returns how many ran. */
size_t
rules_cases_run(const struct rules_cases *cases, const struct ruleset *set,
    const struct judge *judge, struct problems *problems);

#endif
