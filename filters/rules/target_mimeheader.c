/*
 * target_mimeheader: a field of every part of a mail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/header.h"

#include "target.h"

struct target_texts
target_mimeheader(struct targets *t, const struct rule *rule)
{
	struct arena *arena = t->scan->arena;
	struct target_texts texts = {.count = 0};
	const struct mime_part *part;
	const struct field *f;
	size_t i;

	for (part = target_first_part(t); part; part = mime_next(part)) {
		for (i = 0; i < part->field_count; i++) {
			f = &part->fields[i];
			if (!str_case_is(f->name, rule->field))
				continue;
			target_push(arena, &texts,
			    rule->part & PART_RAW ?
				f->value :
				str_trim(header_decode(f->value, arena)));
			break;
		}
	}
	return texts;
}
