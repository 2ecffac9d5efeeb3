/*
 * target_all: the header as a whole, or what came before or behind our border.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "relays.h"
#include "target_header.h"

enum { ALL_MAX = 65536 };

/* What of the header ALL and its kin are. */
enum extent { WHOLE, UPPER, LOWER };

static enum extent
extent_of(struct targets *t, const char *field, long *border)
{
	const struct relays *relays;
	bool inner = strcmp(field, "ALL-INTERNAL") == 0 ||
	    strcmp(field, "ALL-EXTERNAL") == 0;

	*border = 0;
	if (strcmp(field, "ALL") == 0)
		return WHOLE;
	relays = targets_relays(t);
	*border =
	    (long)(inner ? relays->internal_lines : relays->trusted_lines);
	return strcmp(field, "ALL-TRUSTED") == 0 ||
		strcmp(field, "ALL-INTERNAL") == 0 ?
	    UPPER :
	    LOWER;
}

static struct str
whole_line(struct targets *t, const struct field *f, unsigned part)
{
	struct arena *arena = t->scan->arena;
	struct str value;
	char *out;

	if (part & PART_RAW)
		return target_to_lf(f->raw, arena);
	value = target_decode(f->name, f->value, arena);
	out = arena_alloc(arena, f->name.len + value.len + 3);
	memcpy(out, f->name.data, f->name.len);
	memcpy(out + f->name.len, ": ", 2);
	memcpy(out + f->name.len + 2, value.data, value.len);
	out[f->name.len + 2 + value.len] = '\n';
	return str_of(out, f->name.len + value.len + 3);
}

/*
 * The Received line at the border is the last of the upper part, and the first
 * of the lower one.  That of the session, which the mail has not yet, stands
 * above all.
 */
void
target_push_all(struct targets *t, const char *field, unsigned part,
    struct target_texts *out)
{
	const struct message *m = t->scan->message;
	long border, line;
	enum extent extent = extent_of(t, field, &border);
	bool received, last = false;
	size_t i, size = 0;
	struct str text;

	line = extent != WHOLE && t->relays->session ? 0 : -1;
	for (i = 0; i < m->field_count && !last; i++) {
		received = str_case_is(m->fields[i].name, "Received");
		line += received;
		if (extent == LOWER && line < border)
			continue;
		if (extent == UPPER && line >= border) {
			if (!received || line > border)
				return;
			last = true;
		}
		text = whole_line(t, &m->fields[i], part);
		size += text.len;
		if (size > ALL_MAX && !(part & PART_RAW))
			return;
		target_push(t->scan->arena, out, text);
	}
}
