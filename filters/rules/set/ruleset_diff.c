/*
 * ruleset_diff: what a reload changed, by name.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/log.h"
#include "postern/strbuf.h"

#include "ruleset.h"

enum { NAMES_MAX = 20 };

/* "3 added (A, B, C)"; names beyond the limit are only counted. */
struct names {
	struct strbuf text;
	size_t count;
};

static void
add(struct names *names, const char *name)
{
	if (names->count++ >= NAMES_MAX)
		return;
	if (names->count > 1)
		strbuf_puts(&names->text, ", ");
	strbuf_puts(&names->text, name);
}

static void
put(struct strbuf *out, struct names *names, const char *what)
{
	strbuf_printf(
	    out, "%s%zu %s", out->len ? ", " : "", names->count, what);
	if (names->count)
		strbuf_printf(out, " (%s", names->text.data);
	if (names->count > NAMES_MAX)
		strbuf_printf(out, " and %zu more", names->count - NAMES_MAX);
	if (names->count)
		strbuf_putc(out, ')');
	strbuf_clear(&names->text);
}

static bool
same_text(const char *a, const char *b)
{
	return str_eq(str_c(a), str_c(b));
}

static bool
is_same(const struct rule *a, const struct rule *b)
{
	return a->type == b->type && a->score == b->score &&
	    a->tflags == b->tflags && a->max_hits == b->max_hits &&
	    a->action == b->action && a->stage == b->stage &&
	    same_text(a->action_text, b->action_text) &&
	    same_text(a->pattern, b->pattern);
}

static const struct rule *
find_defined(const struct ruleset *set, const struct rule *rule)
{
	const struct rule *found = ruleset_find(set, str_c(rule->name));

	return found && found->where ? found : NULL;
}

static void
compare_rules(
    const struct ruleset *old, const struct ruleset *new, struct strbuf *out)
{
	struct names added = {.count = 0}, removed = added, changed = added;
	const struct rule *rule, *other;
	size_t i;

	strbuf_init(&added.text);
	strbuf_init(&removed.text);
	strbuf_init(&changed.text);
	for (i = 0; i < new->count; i++) {
		rule = &new->rules[i];
		other = find_defined(old, rule);
		if (rule->where && !other)
			add(&added, rule->name);
		else if (rule->where && !is_same(rule, other))
			add(&changed, rule->name);
	}
	for (i = 0; i < old->count; i++)
		if (old->rules[i].where && !find_defined(new, &old->rules[i]))
			add(&removed, old->rules[i].name);
	put(out, &added, "added");
	put(out, &removed, "removed");
	put(out, &changed, "changed");
}

static bool
same_list(const struct list *a, const struct list *b)
{
	size_t i;

	if (!a || !b || a->line_count != b->line_count)
		return false;
	for (i = 0; i < a->line_count; i++)
		if (!str_eq(a->lines[i].text, b->lines[i].text))
			return false;
	return true;
}

static void
compare_lists(
    const struct lists *old, const struct lists *new, struct strbuf *out)
{
	struct names changed = {.count = 0};
	size_t i;

	strbuf_init(&changed.text);
	for (i = 0; i < new->count; i++)
		if (!same_list(new->at[i], lists_find(old, new->at[i]->name)))
			add(&changed, new->at[i]->name);
	for (i = 0; i < old->count; i++)
		if (!lists_find(new, old->at[i]->name))
			add(&changed, old->at[i]->name);
	if (changed.count)
		put(out, &changed, "lists changed");
	else
		strbuf_clear(&changed.text);
}

void
ruleset_log_difference(const struct ruleset *old, const struct ruleset *new)
{
	struct strbuf out;

	strbuf_init(&out);
	compare_rules(old, new, &out);
	compare_lists(&old->lists, &new->lists, &out);
	log_info("rules: %s", out.data);
	strbuf_clear(&out);
}
