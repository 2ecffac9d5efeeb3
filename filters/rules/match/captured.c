/*
 * captured: rules whose regex holds text that another rule has caught.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "captured.h"
#include "filters/rules/eval/eval.h"

enum { CATCHERS_MAX = 16 };

/* One %{NAME}, and the rules that catch it, by number. */
struct slot {
	const char *name;
	size_t catchers[CATCHERS_MAX];
	size_t count;
};

struct template
{
	struct regex *regex;
	struct slot slots[TEMPLATES_MAX];
	size_t count;
};

static struct target_texts
texts_of(struct targets *t, const struct rule *rule, enum rule_type type)
{
	struct target_texts one = {.count = 0};
	bool absent;

	switch (type) {
	case RULE_BODY:
		return *target_body(t);
	case RULE_RAWBODY:
		return *target_rawbody(t);
	case RULE_URI:
		return *target_uri(t);
	case RULE_FULL:
		target_push(t->scan->arena, &one, target_full(t));
		return one;
	case RULE_HEADER:
		target_push(
		    t->scan->arena, &one, target_header(t, rule, &absent));
		return one;
	default:
		return one;
	}
}

/* What the catchers of a slot have caught in this mail. */
static void
find_values(struct eval_context *c, const struct slot *slot,
    struct captured *out, struct str values[CATCHERS_MAX])
{
	const struct rule *catcher;
	struct target_texts texts;
	struct str value;
	size_t i, k;

	out->values = values;
	out->count = 0;
	for (i = 0; i < slot->count; i++) {
		catcher = &c->set->rules[slot->catchers[i]];
		if (rule_is_off(catcher))
			continue;
		texts = texts_of(c->targets, catcher, catcher->type);
		value = str_of("", 0);
		for (k = 0; k < texts.count && value.len == 0; k++)
			value = regex_group(catcher->regex, c->matcher,
			    texts.at[k], slot->name);
		if (value.len > 0 && value.len <= CAPTURED_MOST)
			values[out->count++] = value;
	}
}

/* Is one of the values there at all?  Most texts end here. */
static bool
has_value(struct str text, const struct captured *c)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		if (str_case_find_str(text, c->values[i]) < text.len)
			return true;
	return false;
}

static enum match_result
match(struct eval_context *c, struct str text, const struct captured *captured)
{
	const struct template *t = c->rule->template;
	struct search search = {.subject = text, .last = text.len};
	size_t i;

	for (i = 0; i < t->count; i++)
		if (!has_value(text, &captured[i]))
			return MATCH_NO;
	return regex_match_captured(t->regex, c->matcher, &search, c->budget,
	    c->budget_context, captured);
}

static unsigned
run(struct eval_context *c)
{
	const struct template *t = c->rule->template;
	struct str values[TEMPLATES_MAX][CATCHERS_MAX];
	struct captured captured[TEMPLATES_MAX];
	struct target_texts texts;
	enum match_result result = MATCH_NO;
	size_t i;

	for (i = 0; i < t->count; i++) {
		find_values(c, &t->slots[i], &captured[i], values[i]);
		if (captured[i].count == 0)
			return 0;
	}
	texts = texts_of(c->targets, c->rule, c->rule->on);
	for (i = 0; i < texts.count && result == MATCH_NO; i++)
		result = match(c, texts.at[i], captured);
	c->unknown |= result > MATCH_YES;
	return (result == MATCH_YES) != c->rule->negated;
}

static const struct eval captured_eval = {
    .name = "%{NAME}",
    .run = run,
};

static bool
take_slots(struct ruleset *set, struct template *t, struct str pattern,
    struct error *err)
{
	struct str name;

	for (;;) {
		name = perlre_template(pattern, t->count);
		if (name.len == 0)
			return true;
		if (t->count == TEMPLATES_MAX)
			return error_set(
			    err, "more than %d of %%{NAME}", TEMPLATES_MAX);
		t->slots[t->count++].name = arena_text(set->arena, name);
	}
}

bool
captured_define(struct ruleset *set, struct rule *rule, const struct perlre *re,
    struct error *err)
{
	struct template *t = arena_alloc(set->arena, sizeof(*t));
	struct perlre pcre = *re;

	if (!take_slots(set, t, re->pattern, err))
		return false;
	perlre_templates(&pcre, CAPTURED_MOST, set->arena);
	perlre_translate(&pcre, set->arena);
	t->regex = regex_compile(&pcre, err);
	if (!t->regex)
		return false;
	set->templates = arena_push(set->arena, set->templates,
	    set->template_count, sizeof(struct regex *));
	set->templates[set->template_count++] = t->regex;
	rule->template = t;
	rule->on = rule->type;
	rule->type = RULE_EVAL;
	rule->eval = &captured_eval;
	return true;
}

/* Has the rule's regex a group of that name? */
static bool
catches(const struct rule *rule, const char *name, struct arena *arena)
{
	const struct str text = str_c(rule->literal);
	const struct str forms[] = {arena_printf(arena, "(?<%s>", name),
	    arena_printf(arena, "(?P<%s>", name),
	    arena_printf(arena, "(?'%s'", name)};
	size_t i;

	if (!rule->regex || rule->type > RULE_URI)
		return false;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (str_find_str(text, forms[i]) < text.len)
			return true;
	return false;
}

static void
find_catchers(const struct ruleset *set, struct slot *slot)
{
	struct arena *work = arena_new();
	size_t i;

	for (i = 0; i < set->count && slot->count < CATCHERS_MAX; i++)
		if (catches(&set->rules[i], slot->name, work))
			slot->catchers[slot->count++] = i;
	arena_free(work);
}

static void
settle(struct ruleset *set, struct rule *rule, struct problems *problems)
{
	struct template *t = rule->template;
	size_t i;

	for (i = 0; i < t->count; i++) {
		find_catchers(set, &t->slots[i]);
		if (t->slots[i].count == 0) {
			ruleset_withdraw(set, rule, problems,
			    "no rule catches %%{%s}", t->slots[i].name);
			return;
		}
	}
}

void
captured_settle(struct ruleset *set, struct problems *problems)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->rules[i].template)
			settle(set, &set->rules[i], problems);
}
