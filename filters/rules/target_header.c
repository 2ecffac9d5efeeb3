/*
 * target_header: header fields as rules read them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/header.h"
#include "postern/mailbox.h"
#include "postern/strbuf.h"

#include "target.h"

static void
add_part(struct strbuf *out, const struct field *f, unsigned part,
    struct arena *arena)
{
	struct mailboxes boxes;

	part &= ~(unsigned)(PART_FIRST | PART_LAST);
	if (part == PART_RAW) {
		strbuf_add(out, target_to_lf(f->value, arena));
		return;
	}
	if (part == PART_DECODED) {
		strbuf_add(out, str_trim(header_decode(f->value, arena)));
		return;
	}
	mailbox_parse(f->value, arena, &boxes);
	if (boxes.count == 0)
		return;
	if (part & (PART_HOST | PART_DOMAIN))
		strbuf_add(out, boxes.at[0].domain);
	else
		strbuf_add(out,
		    part & PART_ADDR ? boxes.at[0].address :
				       header_decode(boxes.at[0].name, arena));
}

/* ToCc, MESSAGEID: several fields under one name. */
static bool
is_wanted(const char *wanted, struct str name)
{
	if (strcmp(wanted, "ToCc") == 0)
		return str_case_is(name, "To") || str_case_is(name, "Cc");
	if (strcmp(wanted, "MESSAGEID") == 0)
		return str_case_is(name, "Message-ID") ||
		    str_case_is(name, "X-Message-ID") ||
		    str_case_is(name, "X-Original-Message-ID") ||
		    str_case_is(name, "Resent-Message-ID");
	return str_case_is(name, wanted);
}

struct str
target_header(struct targets *t, const struct rule *rule, bool *absent)
{
	const struct message *m = t->scan->message;
	struct arena *arena = t->scan->arena;
	struct strbuf all;
	struct str value;
	size_t i;

	*absent = false;
	if (strcmp(rule->field, "ALL") == 0)
		return target_to_lf(m->head, arena);
	if (strcmp(rule->field, "EnvelopeFrom") == 0)
		return str_c(t->scan->envelope->sender);
	*absent = true;
	strbuf_init(&all);
	for (i = 0; i < m->field_count; i++) {
		if (!is_wanted(rule->field, m->fields[i].name))
			continue;
		if (rule->part & PART_LAST)
			strbuf_reset(&all);
		add_part(&all, &m->fields[i], rule->part, arena);
		strbuf_putc(&all, '\n');
		*absent = false;
		if (rule->part & PART_FIRST)
			break;
	}
	value = arena_copy(arena, strbuf_str(&all));
	strbuf_clear(&all);
	return value;
}
