/*
 * eval_util: what evals have in common.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "filters/rules/text/domain.h"
#include "eval_util.h"

enum { SENDERS_MAX = 1000 };

struct eval_cache *
eval_cache_get(struct eval_context *c)
{
	struct targets *t = c->targets;

	if (!t->evals)
		t->evals = arena_alloc(c->scan->arena, sizeof(*t->evals));
	return t->evals;
}

struct str
eval_field(struct eval_context *c, const char *field)
{
	return target_field(c->targets, field, PART_DECODED, NULL);
}

struct str
eval_spaced(struct str text, struct arena *arena)
{
	char *out = arena_alloc(arena, text.len + 1);
	size_t i, len = 0;

	for (i = 0; i < text.len; i++) {
		if (!ascii_is_space(text.data[i]) && text.data[i] != '\f')
			out[len++] = text.data[i];
		else if (len == 0 || out[len - 1] != ' ')
			out[len++] = ' ';
	}
	return str_of(out, len);
}

struct str
eval_field_spaced(struct eval_context *c, const char *field)
{
	return eval_spaced(eval_field(c, field), c->scan->arena);
}

struct str
eval_address(struct eval_context *c, const char *field)
{
	return target_first(c->targets, field, PART_ADDR);
}

bool
eval_has(struct str text, const char *part)
{
	return str_find_str(text, str_c(part)) < text.len;
}

bool
eval_case_has(struct str text, const char *part)
{
	return str_case_find_str(text, str_c(part)) < text.len;
}

bool
eval_finds(struct str text, const char *shape, struct shape_parts *parts)
{
	struct shape_parts none = {.tail = str_c("")};
	size_t i;

	if (!parts)
		parts = &none;
	for (i = 0; i < text.len; i++) {
		if (*shape != '%' && text.data[i] != *shape)
			continue;
		if (shape_match(shape, str_from(text, i), parts))
			return true;
	}
	return false;
}

bool
eval_has_ip(struct str text)
{
	return shape_ip_find(text).len > 0;
}

struct str
eval_arg(const struct eval_context *c, size_t n)
{
	return n < c->rule->arg_count ? c->rule->args[n] : str_c("");
}

bool
eval_number(const struct eval_context *c, size_t n, double *out)
{
	struct str arg = eval_arg(c, n);
	char text[32], *end;

	if (arg.len == 0 || arg.len >= sizeof(text) ||
	    str_case_is(arg, "undef") || str_case_is(arg, "inf"))
		return false;
	memcpy(text, arg.data, arg.len);
	text[arg.len] = '\0';
	*out = strtod(text, &end);
	return true;
}

bool
eval_in_range(const struct eval_context *c, size_t min_arg, double value)
{
	double limit;

	if (eval_number(c, min_arg, &limit) && value < limit)
		return false;
	return !eval_number(c, min_arg + 1, &limit) || value <= limit;
}

bool
eval_is_word(char ch)
{
	return ascii_is_alnum(ch) || ch == '_';
}

bool
eval_ends_word(struct str text, const char *word)
{
	size_t len = strlen(word);

	return str_case_ends(text, word) &&
	    (text.len == len || !eval_is_word(text.data[text.len - len - 1]));
}

const struct lists *
eval_lists(const struct eval_context *c)
{
	return &c->set->lists;
}

bool
eval_matches(struct eval_context *c, struct str text)
{
	struct search search = {.subject = text, .last = text.len};
	enum match_result result = MATCH_NO;

	if (c->rule->regex && !c->unknown)
		result = regex_match(c->rule->regex, c->matcher, &search,
		    c->budget, c->budget_context);
	c->unknown |= result > MATCH_YES;
	return result == MATCH_YES;
}

static void
add_sender(struct target_texts *out, struct str address, struct arena *arena)
{
	char *text = arena_text(arena, address);
	size_t i, len = 0;

	for (i = 0; i < address.len; i++)
		if (text[i] != '.' || len == 0 || text[len - 1] != '.')
			text[len++] = ascii_lower(text[i]);
	for (i = 0; i < out->count; i++)
		if (str_eq(out->at[i], str_of(text, len)))
			return;
	if (len > 0 && out->count < SENDERS_MAX)
		target_push(arena, out, str_of(text, len));
}

static struct target_texts
find_senders(struct eval_context *c)
{
	static const char *const fields[] = {"From", "Envelope-Sender",
	    "Resent-Sender", "X-Envelope-From", "EnvelopeFrom"};
	struct target_texts out = {.count = 0}, found;
	struct arena *arena = c->scan->arena;
	size_t i, k;

	found =
	    target_fields(c->targets, "Resent-From", PART_ADDR | PART_FIRST);
	for (k = 0; k < found.count; k++)
		add_sender(&out, found.at[k], arena);
	if (found.count > 0)
		return out;
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		found = target_fields(c->targets, fields[i], PART_ADDR);
		for (k = 0; k < found.count; k++)
			add_sender(&out, found.at[k], arena);
	}
	return out;
}

struct target_texts
eval_senders(struct eval_context *c)
{
	struct eval_cache *cache = eval_cache_get(c);

	if (!cache->have_senders)
		cache->senders = find_senders(c);
	cache->have_senders = true;
	return cache->senders;
}
