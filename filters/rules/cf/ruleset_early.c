/*
 * ruleset_early: the rules that are asked before the message is there.
 *
 * `stage NAME rcpt` asks NAME, and whatever it depends on, at RCPT.  Only what
 * is known then can be read: the envelope and the client.  A rule that needs
 * more is an error, and is asked with the message as all others are.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/xalloc.h"

#include "filters/rules/match/early.h"
#include "filters/rules/eval/eval.h"

/* From when on a header rule's field is known. */
static bool
field_stage(const char *field, enum stage *stage)
{
	struct str name = str_c(field);

	if (str_case_is(name, "EnvelopeFrom"))
		*stage = STAGE_MAIL;
	else if (str_case_is(name, "EnvelopeTo"))
		*stage = STAGE_RCPT;
	else if (str_case_starts(name, "X-Spam-Relays-"))
		*stage = STAGE_CONNECT;
	else
		return false;
	return true;
}

/* From when on the rule can be asked; false: only with the message. */
static bool
earliest(const struct rule *rule, enum stage *stage)
{
	*stage = STAGE_CONNECT;
	if (rule->type == RULE_META)
		return true;
	if (rule->type == RULE_HEADER)
		return field_stage(rule->field, stage);
	*stage = STAGE_MAIL;
	return rule->type == RULE_EVAL &&
	    str_starts(str_c(rule->eval->name), "check_for_spf_");
}

/* Which rule, of those that `index` depends on, stands in the way? */
struct walk {
	const struct ruleset *set;
	unsigned char *seen;
	size_t *stack;
	size_t depth;
};

static void
visit(struct walk *w, size_t index)
{
	if (index >= w->set->count || w->seen[index])
		return;
	w->seen[index] = 1;
	w->stack[w->depth++] = index;
}

static void
visit_atoms(struct walk *w, const struct rule *rule)
{
	const size_t *atoms;
	size_t i, k, count;

	for (i = 0; i < meta_name_count(rule->meta); i++) {
		atoms = meta_bound(rule->meta, i, &count);
		for (k = 0; k < count; k++)
			visit(w, atoms[k]);
	}
}

static const struct rule *
find_obstacle(struct walk *w, size_t index, enum stage stage)
{
	const struct rule *rule;
	enum stage first;

	memset(w->seen, 0, w->set->count + 1);
	w->depth = 0;
	visit(w, index);
	while (w->depth > 0) {
		rule = &w->set->rules[w->stack[--w->depth]];
		if (!earliest(rule, &first) || first > stage)
			return rule;
		if (rule->type == RULE_META)
			visit_atoms(w, rule);
	}
	return NULL;
}

static void
refuse_stage(
    struct rule *rule, const struct rule *obstacle, struct problems *problems)
{
	problem_add(problems, rule->stage_file, rule->stage_line,
	    "stage %s: %s%s cannot be asked before the message: only "
	    "EnvelopeFrom (from mail on), EnvelopeTo (at rcpt), "
	    "X-Spam-Relays-* "
	    "and SPF are known; asked with the message",
	    rule->name, obstacle == rule ? "" : "it depends on ",
	    obstacle == rule ? "it" : obstacle->name);
	problems->survivable++;
	rule->stage = STAGE_MESSAGE;
}

/* Marks, in `needed`, the rules of all stages before the message. */
static void
mark_needed(
    struct ruleset *set, unsigned char *needed, struct problems *problems)
{
	struct walk w = {.set = set};
	const struct rule *obstacle;
	struct rule *rule;
	size_t i, k;

	w.seen = xcalloc(set->count + 1, 1);
	w.stack = xcalloc(set->count + 1, sizeof(*w.stack));
	for (i = 0; i < set->count; i++) {
		rule = &set->rules[i];
		if (rule->stage == STAGE_MESSAGE || rule_is_off(rule))
			continue;
		obstacle = find_obstacle(&w, i, rule->stage);
		if (obstacle) {
			refuse_stage(rule, obstacle, problems);
			continue;
		}
		set->stages |= 1u << rule->stage;
		for (k = 0; k < set->count; k++)
			needed[k] |= w.seen[k];
	}
	free(w.seen);
	free(w.stack);
}

void
ruleset_find_early(struct ruleset *set, struct problems *problems)
{
	unsigned char *needed = xcalloc(set->count + 1, 1);
	size_t i;

	mark_needed(set, needed, problems);
	set->early = arena_array(set->arena, set->count + 1, sizeof(size_t));
	for (i = 0; i < set->count; i++)
		if (needed[i] && set->rules[i].type != RULE_META)
			set->early[set->early_count++] = i;
	for (i = 0; i < set->meta_count; i++)
		if (needed[set->metas[i]])
			set->early[set->early_count++] = set->metas[i];
	free(needed);
}
