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
#include "rule.h"

struct ruleset {
	struct arena *arena;
	struct rule *rules;
	size_t count;
	size_t *index; /* hash table of names: rule number + 1 */
	size_t index_room;
	size_t files;
	struct regex **regexes; /* each text once, in order of first use */
	size_t regex_count;
	struct lists lists;
	size_t *metas; /* rule numbers, each behind what it depends on */
	size_t meta_count;
	bool network_scores; /* score set 1: network tests are made */
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

/* Finds or makes the rule of that name, emptied for a new definition. */
struct rule *ruleset_define(struct ruleset *set, struct str name);

/* The rule stays by name and never hits; told as a warning. */
void ruleset_withdraw(struct ruleset *set, struct rule *rule,
    struct problems *problems, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
