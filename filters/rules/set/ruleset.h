/*
 * ruleset: the rules of the directories, parsed and compiled.
 *
 * Immutable once loaded; shared by every worker.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_RULESET_H
#define RULES_RULESET_H

#include "postern/conffile.h"
#include "postern/scan.h"

#include "lists.h"
#include "filters/rules/regex/perlre.h"
#include "replace.h"
#include "rule.h"

/* What became of a line. */
enum cf_fate {
	CF_BLANK,       /* empty, or a comment */
	CF_TAKEN,       /* obeyed */
	CF_IGNORED,     /* of no use here, on purpose */
	CF_INACTIVE,    /* its condition is false */
	CF_UNSUPPORTED, /* understood, not obeyed: told with its reason */
	CF_ERROR        /* malformed: told, and nothing changed */
};

enum { CF_FATES = CF_ERROR + 1 };

struct cf_told {
	const char *file;
	unsigned line;
	struct str text; /* valid during the call */
	enum cf_fate fate;
	const char *reason; /* or NULL */
};

struct ruleset {
	struct arena *arena;
	struct rule *rules;
	size_t count;
	size_t *index; /* hash table of names: rule number + 1 */
	size_t index_room;

	/* Each text once, in order of first use. */
	struct regex **regexes;
	struct perlre *patterns; /* what they were compiled from */
	size_t regex_count;
	size_t *regex_slots; /* hash table of patterns: number + 1 */
	size_t regex_room;

	struct regex **templates; /* those of regexes with %{NAME} */
	size_t template_count;

	struct lists lists;
	struct redirectors *redirectors; /* of redirector_pattern */
	struct replace replace;
	size_t *metas; /* rule numbers, each behind what it depends on */
	size_t meta_count;
	struct meta_web *web; /* of metas.c */
	/* Rules that are asked before the message is there, and whatever they
	 * depend on; in an order in which they can be computed. */
	size_t *early;
	size_t early_count;
	unsigned stages; /* bits: 1u << STAGE_RCPT ... at which one is asked */

	int required_score;  /* thousandths; 0: no file says */
	bool network_scores; /* score set 1: network tests are made */
	bool captured_text;  /* %{NAME} is what another rule has caught */
	size_t files;
	size_t lines;
	size_t counts[CF_FATES]; /* of lines; their sum is lines */
};

struct ruleset_options {
	bool network_scores;
	bool captured_text;
	/* Called for every line that was read; may be NULL. */
	void (*tell)(void *context, const struct cf_told *told);
	void *context;
};

/*
 * Loads every *.cf of the directories (or single files), in name order.  What
 * is wrong is a problem with its file and line, survivable when a server may
 * run without that line; what is merely not supported is a warning, and the
 * rule is kept as RULE_UNSUPPORTED.  options may be NULL.  Never NULL.
 */
struct ruleset *
ruleset_load(const struct texts *directories, struct problems *problems);
struct ruleset *ruleset_load_with(const struct texts *directories,
    const struct ruleset_options *options, struct problems *problems);

/* The same of one text, which may include nothing. */
struct ruleset *ruleset_parse(struct str text, const char *file,
    const struct ruleset_options *options, struct problems *problems);
void ruleset_free(struct ruleset *set);

struct rule *ruleset_find(const struct ruleset *set, struct str name);

/* "taken", "ignored" ... */
const char *cf_fate_word(enum cf_fate fate);

/* What follows is for the reader of files. */

struct ruleset *ruleset_new(const struct ruleset_options *options);

/* A rule that is not defined yet. */
struct rule *ruleset_add(struct ruleset *set, struct str name);

/* Puts a definition in the place of whatever has its name; scores, texts,
 * flags, action and stage stay. */
void ruleset_define(struct ruleset *set, const struct rule *rule);

/* Compiles the regex of a rule, or shares one of the same text. */
bool ruleset_compile(struct ruleset *set, struct rule *rule,
    const struct perlre *re, struct error *err);

/* The rule stays by name and never hits; told as a warning. */
void ruleset_withdraw(struct ruleset *set, struct rule *rule,
    struct problems *problems, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* ruleset_settle.c: what can be done only when all files have been read. */
void ruleset_settle(struct ruleset *set, struct problems *problems);

/* ruleset_early.c: the rules that are asked before the message. */
void ruleset_find_early(struct ruleset *set, struct problems *problems);

/* ruleset_diff.c: logs what changed, by name. */
void
ruleset_log_difference(const struct ruleset *old, const struct ruleset *new);

#endif
