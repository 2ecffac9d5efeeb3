/*
 * edit: what is changed in a mail that passed.
 *
 * Fields are deleted from the last to the first and only then inserted: after
 * a deletion Postfix counts anew and Sendmail does not, and this order is
 * right for both.  They are inserted from the last to the first too, each on
 * top.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/log.h"

#include "edit.h"
#include "mail.h"

static int
by_name(const void *a, const void *b)
{
	const struct suspect *x = a, *y = b;
	int order = str_case_cmp(str_c(x->name), str_c(y->name));

	if (order != 0)
		return order;
	return x->order < y->order ? -1 : 1;
}

static bool
goes(const struct suspect *s, bool subject)
{
	return s->forged || (s->subject && subject);
}

size_t
edit_plan(struct mail *m, bool subject)
{
	struct suspect *s = m->suspects;
	size_t i, count = 0;

	if (m->suspect_count > 1)
		qsort(s, m->suspect_count, sizeof(*s), by_name);
	for (i = 0; i < m->suspect_count; i++) {
		s[i].nth = 1;
		if (i > 0 &&
		    str_case_eq(str_c(s[i].name), str_c(s[i - 1].name)))
			s[i].nth = s[i - 1].nth + 1;
		count += goes(&s[i], subject);
	}
	return count;
}

static bool
delete_forged(struct guest *g, bool subject)
{
	struct mail *m = &g->mail;
	const struct suspect *s;
	size_t i;

	for (i = m->suspect_count; i > 0; i--) {
		s = &m->suspects[i - 1];
		if (!goes(s, subject))
			continue;
		if (smfi_chgheader(g->ctx, (char *)s->name, (int)s->nth,
			NULL) != MI_SUCCESS)
			return false;
		m->removed += s->result;
	}
	return true;
}

bool
edit_cut_field(struct str *rest, bool leading_space, struct arena *arena,
    const char **name, const char **value)
{
	size_t colon = str_find(*rest, ':'), i, len = 0;
	struct str text = str_from(*rest, colon + 1);
	char *out;

	if (colon == rest->len)
		return false;
	*name = arena_text(arena, str_head(*rest, colon));
	out = arena_alloc(arena, text.len + 1);
	for (i = 0; i < text.len; i++) {
		if (text.data[i] == '\r')
			continue;
		if (text.data[i] == '\n' &&
		    (i + 1 == text.len ||
			(text.data[i + 1] != ' ' && text.data[i + 1] != '\t')))
			break;
		if (i > 0 || leading_space || text.data[i] != ' ')
			out[len++] = text.data[i];
	}
	*value = out;
	*rest = str_from(text, i + 1);
	return true;
}

struct line {
	const char *name;
	const char *value;
};

static bool
insert_block(struct guest *g, struct str block)
{
	bool space = g->offer.steps & SMFIP_HDR_LEADSPC;
	struct arena *arena = g->tx.arena;
	struct line *lines = NULL, line;
	size_t count = 0;

	while (edit_cut_field(&block, space, arena, &line.name, &line.value)) {
		lines = arena_push(arena, lines, count, sizeof(*lines));
		lines[count++] = line;
	}
	while (count-- > 0)
		if (smfi_insheader(g->ctx, 0, (char *)lines[count].name,
			(char *)lines[count].value) != MI_SUCCESS)
			return false;
	return true;
}

bool
edit_message(struct guest *g, const struct verdict *verdict, bool subject)
{
	struct report report = mail_report(g, "DATA", verdict, str_c(""));
	struct strbuf block;
	bool ok = true;

	if (edit_plan(&g->mail, subject) > 0)
		ok = delete_forged(g, subject);
	if (!ok || !(g->offer.actions & SMFIF_ADDHDRS))
		return ok;
	strbuf_init(&block);
	report_headers(&report, false, &block);
	ok = insert_block(g, strbuf_str(&block));
	strbuf_clear(&block);
	return ok;
}
