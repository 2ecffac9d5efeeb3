/*
 * target_mimeheader: a field of every part of a mail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/strbuf.h"

#include "target_header.h"

static struct str
all_fields(const struct mime_part *part, unsigned how, struct arena *arena)
{
	struct strbuf all;
	struct str text, value;
	size_t i;

	strbuf_init(&all);
	for (i = 0; i < part->field_count; i++) {
		if (how & PART_RAW) {
			strbuf_add(
			    &all, target_to_lf(part->fields[i].raw, arena));
			continue;
		}
		value = target_decode(
		    part->fields[i].name, part->fields[i].value, arena);
		strbuf_add(&all, part->fields[i].name);
		strbuf_puts(&all, ": ");
		strbuf_add(&all, target_line(value, arena));
	}
	text = arena_copy(arena, strbuf_str(&all));
	strbuf_clear(&all);
	return text;
}

/* The lowest of that name counts. */
static bool
one_field(const struct mime_part *part, const struct rule *rule,
    struct arena *arena, struct str *out)
{
	const struct field *f;
	struct str value;
	size_t i;

	for (i = part->field_count; i > 0; i--) {
		f = &part->fields[i - 1];
		if (!str_case_is(f->name, rule->field))
			continue;
		value = f->value;
		if (rule->part & PART_RAW) {
			value = target_to_lf(value, arena);
			while (part->parent && value.len > 0 &&
			    ascii_is_space(value.data[0]))
				value = str_from(value, 1);
		} else {
			value = target_decode(f->name, value, arena);
		}
		*out = target_line(value, arena);
		return true;
	}
	return false;
}

struct target_texts
target_mimeheader(struct targets *t, const struct rule *rule)
{
	struct arena *arena = t->scan->arena;
	struct target_texts texts = {.count = 0};
	const struct mime_part *part;
	struct str text;

	for (part = target_first_part(t); part; part = mime_next(part)) {
		if (strcmp(rule->field, "ALL") == 0)
			text = all_fields(part, rule->part, arena);
		else if (!one_field(part, rule, arena, &text))
			text = str_c(rule->unset);
		target_push(arena, &texts, text);
	}
	return texts;
}
