/*
 * ruleset: rules by name, and their regexes, each text once.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdarg.h>
#include <stdlib.h>

#include "postern/xalloc.h"

#include "ruleset.h"
#include "uri_redirect.h"

enum { ROOM_FIRST = 1024 };

const char *
rule_type_word(enum rule_type type)
{
	static const char *const words[] = {"header", "body", "rawbody", "full",
	    "uri", "mimeheader", "meta", "eval", "unsupported"};

	return words[type];
}

const char *
cf_fate_word(enum cf_fate fate)
{
	static const char *const words[] = {
	    "blank", "taken", "ignored", "inactive", "unsupported", "error"};

	return words[fate];
}

static size_t
slot_of(const struct ruleset *set, struct str name)
{
	size_t i = str_hash(name) & (set->index_room - 1);

	while (
	    set->index[i] && !str_is(name, set->rules[set->index[i] - 1].name))
		i = (i + 1) & (set->index_room - 1);
	return i;
}

struct rule *
ruleset_find(const struct ruleset *set, struct str name)
{
	size_t slot = slot_of(set, name);

	return set->index[slot] ? &set->rules[set->index[slot] - 1] : NULL;
}

static void
grow_index(struct ruleset *set)
{
	size_t i;

	free(set->index);
	set->index_room = set->index_room ? 2 * set->index_room : ROOM_FIRST;
	set->index = xcalloc(set->index_room, sizeof(*set->index));
	for (i = 0; i < set->count; i++)
		set->index[slot_of(set, str_c(set->rules[i].name))] = i + 1;
}

struct rule *
ruleset_add(struct ruleset *set, struct str name)
{
	struct rule *rule;

	if (2 * (set->count + 1) > set->index_room)
		grow_index(set);
	set->rules =
	    arena_push(set->arena, set->rules, set->count, sizeof(*set->rules));
	rule = &set->rules[set->count++];
	rule->name = arena_text(set->arena, name);
	rule->type = RULE_UNSUPPORTED;
	rule->unsupported = "not defined";
	rule->subrule = str_starts(name, "__");
	rule->describe = "";
	rule->stage = STAGE_MESSAGE;
	rule->part_max = RULE_PARTS_MOST;
	set->index[slot_of(set, name)] = set->count;
	return rule;
}

void
ruleset_define(struct ruleset *set, const struct rule *definition)
{
	struct rule *rule = ruleset_find(set, str_c(definition->name));
	struct rule old;

	if (!rule)
		rule = ruleset_add(set, str_c(definition->name));
	old = *rule;
	*rule = *definition;
	rule->name = old.name;
	rule->replaced = old.where;
	rule->describe = old.describe;
	memcpy(rule->scores, old.scores, sizeof(rule->scores));
	rule->scored = old.scored;
	rule->subrule = old.subrule;
	rule->tflags = old.tflags;
	rule->multiple = old.multiple;
	rule->max_hits = old.max_hits;
	rule->nosubject = old.nosubject;
	rule->part_min = old.part_min;
	rule->part_max = old.part_max;
	rule->priority = old.priority;
	rule->action = old.action;
	rule->action_text = old.action_text;
	rule->action_where = old.action_where;
	rule->stage = old.stage;
	rule->stage_file = old.stage_file;
	rule->stage_line = old.stage_line;
}

static bool
is_same(const struct perlre *a, const struct perlre *b)
{
	return a->flags == b->flags && str_eq(a->pattern, b->pattern);
}

static size_t
regex_slot(const struct ruleset *set, const struct perlre *re)
{
	size_t i = (str_hash(re->pattern) + re->flags) & (set->regex_room - 1);

	while (set->regex_slots[i] &&
	    !is_same(&set->patterns[set->regex_slots[i] - 1], re))
		i = (i + 1) & (set->regex_room - 1);
	return i;
}

static void
grow_regexes(struct ruleset *set)
{
	size_t i;

	free(set->regex_slots);
	set->regex_room = set->regex_room ? 2 * set->regex_room : ROOM_FIRST;
	set->regex_slots = xcalloc(set->regex_room, sizeof(*set->regex_slots));
	for (i = 0; i < set->regex_count; i++)
		set->regex_slots[regex_slot(set, &set->patterns[i])] = i + 1;
}

static void
add_regex(struct ruleset *set, size_t slot, struct regex *regex,
    const struct perlre *re)
{
	struct arena *arena = set->arena;
	struct perlre kept = {
	    .pattern = arena_copy(arena, re->pattern),
	    .flags = re->flags,
	};

	set->regexes = arena_push(
	    arena, set->regexes, set->regex_count, sizeof(struct regex *));
	set->patterns = arena_push(
	    arena, set->patterns, set->regex_count, sizeof(*set->patterns));
	set->regexes[set->regex_count] = regex;
	set->patterns[set->regex_count] = kept;
	set->regex_slots[slot] = ++set->regex_count;
}

bool
ruleset_compile(struct ruleset *set, struct rule *rule, const struct perlre *re,
    struct error *err)
{
	struct perlre pcre = *re;
	struct regex *regex;
	size_t slot;

	perlre_translate(&pcre, set->arena);
	if (2 * (set->regex_count + 1) > set->regex_room)
		grow_regexes(set);
	slot = regex_slot(set, &pcre);
	if (!set->regex_slots[slot]) {
		regex = regex_compile(&pcre, err);
		if (!regex)
			return false;
		add_regex(set, slot, regex, &pcre);
	}
	rule->regex_index = set->regex_slots[slot] - 1;
	rule->regex = set->regexes[rule->regex_index];
	return true;
}

void
ruleset_withdraw(struct ruleset *set, struct rule *rule,
    struct problems *problems, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	rule->type = RULE_UNSUPPORTED;
	rule->unsupported = arena_vprintf(set->arena, fmt, args).data;
	va_end(args);
	problem_warn(problems, rule->file, rule->line, "%s: %s", rule->name,
	    rule->unsupported);
	set->counts[CF_TAKEN]--;
	set->counts[CF_UNSUPPORTED]++;
}

struct ruleset *
ruleset_new(const struct ruleset_options *options)
{
	struct ruleset *set = xcalloc(1, sizeof(*set));

	set->arena = arena_new();
	set->network_scores = options && options->network_scores;
	set->captured_text = options && options->captured_text;
	grow_index(set);
	grow_regexes(set);
	return set;
}

void
ruleset_free(struct ruleset *set)
{
	size_t i;

	if (!set)
		return;
	for (i = 0; i < set->regex_count; i++)
		regex_free(set->regexes[i]);
	for (i = 0; i < set->template_count; i++)
		regex_free(set->templates[i]);
	redirectors_free(set->redirectors);
	free(set->index);
	free(set->regex_slots);
	arena_free(set->arena);
	free(set);
}
