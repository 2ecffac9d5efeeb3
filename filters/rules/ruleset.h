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

#include "meta.h"
#include "regex.h"

enum rule_type {
	RULE_HEADER,
	RULE_BODY,
	RULE_RAWBODY,
	RULE_FULL,
	RULE_META,
	RULE_UNSUPPORTED /* kept by name, never hits */
};

enum header_part { PART_DECODED, PART_RAW, PART_ADDR, PART_NAME };

struct rule {
	const char *name;
	enum rule_type type;
	const char *where; /* "rules/20_body.cf:12" */
	const char *file;
	unsigned line;
	const char *pattern; /* as written, for `rules list -v` */
	const char *describe;
	int score;     /* thousandths */
	bool scored;   /* by a score line */
	bool subrule;  /* __NAME */
	bool multiple; /* tflags multiple: count every hit */
	unsigned max_hits;
	bool nosubject;
	const char *unsupported; /* why, for RULE_UNSUPPORTED */

	/* header */
	const char *field;
	enum header_part part;
	bool exists;         /* exists:Field */
	bool negated;        /* !~ */
	const char *unset;   /* [if-unset: text], or NULL */
	struct regex *regex; /* all but meta and exists */

	/* meta */
	struct meta *meta;
	size_t *atoms; /* index in the ruleset of each name; SIZE_MAX: none */

	/* action NAME reject "text" */
	enum action action; /* ACTION_NONE: none */
	const char *action_text;
};

struct ruleset {
	struct arena *arena;
	struct rule *rules;
	size_t count;
	size_t *index; /* hash table of names: rule number + 1 */
	size_t index_room;
	size_t files;
};

/*
 * Loads every *.cf of the directories (or single files), in name order.  What
 * is wrong is a problem with its file and line; what is merely not supported
 * is a warning, and the rule is kept as RULE_UNSUPPORTED.  Never NULL.
 */
struct ruleset *
ruleset_load(const struct texts *directories, struct problems *problems);
void ruleset_free(struct ruleset *set);

struct rule *ruleset_find(const struct ruleset *set, struct str name);

/* "header", "body", ... */
const char *rule_type_word(enum rule_type type);

/* Finds or makes the rule of that name, emptied for a new definition. */
struct rule *ruleset_define(struct ruleset *set, struct str name);

#endif
