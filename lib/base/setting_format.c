/*
 * setting_format: a value as the admin would write it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "postern/setting.h"

const char *
score_format(int score, char out[16])
{
	int size = abs(score), len;

	snprintf(out, 16, "%s%d.%03d", score < 0 ? "-" : "", size / 1000,
	    size % 1000);
	len = (int)strlen(out);
	while (out[len - 1] == '0')
		len--;
	out[out[len - 1] == '.' ? len - 1 : len] = '\0';
	return out;
}

static void
add_text(struct strbuf *out, const char *text)
{
	bool quote = text[0] == '\0' || strpbrk(text, " \t\"{},=#\\");

	if (!quote) {
		strbuf_puts(out, text);
		return;
	}
	strbuf_putc(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			strbuf_putc(out, '\\');
		strbuf_putc(out, *text);
	}
	strbuf_putc(out, '"');
}

static void
add_size(struct strbuf *out, size_t size)
{
	static const char units[] = {'\0', 'K', 'M', 'G'};
	size_t i = 0;

	while (i < 3 && size > 0 && size % 1024 == 0) {
		size /= 1024;
		i++;
	}
	strbuf_printf(out, "%zu", size);
	if (units[i])
		strbuf_putc(out, units[i]);
}

static void
add_duration(struct strbuf *out, int64_t ms)
{
	long long value = ms;

	if (ms % 86400000 == 0 && ms)
		strbuf_printf(out, "%lldd", value / 86400000);
	else if (ms % 3600000 == 0 && ms)
		strbuf_printf(out, "%lldh", value / 3600000);
	else if (ms % 60000 == 0 && ms)
		strbuf_printf(out, "%lldm", value / 60000);
	else if (ms % 1000 == 0)
		strbuf_printf(out, "%llds", value / 1000);
	else
		strbuf_printf(out, "%lldms", value);
}

static void
add_score(struct strbuf *out, int score)
{
	char text[16];

	strbuf_puts(out, score_format(score, text));
}

static void
add_reaction(struct strbuf *out, const struct reaction *r)
{
	static const char *const words[] = {"ignore", "", "defer", "reject"};

	if (r->kind == REACTION_SCORE)
		add_score(out, r->score);
	else
		strbuf_puts(out, words[r->kind]);
}

static void
add_texts(struct strbuf *out, const struct texts *texts)
{
	size_t i;

	strbuf_putc(out, '{');
	for (i = 0; i < texts->count; i++) {
		strbuf_puts(out, i ? ", " : "");
		add_text(out, texts->at[i]);
	}
	strbuf_putc(out, '}');
}

static void
add_nets(struct strbuf *out, const struct ip_nets *nets)
{
	struct arena *arena = arena_new();
	size_t i;

	strbuf_putc(out, '{');
	for (i = 0; i < nets->count; i++) {
		strbuf_puts(out, i ? ", " : "");
		strbuf_add(out, ip_net_format(&nets->at[i], arena));
	}
	strbuf_putc(out, '}');
	arena_free(arena);
}

static void
add_endpoint(struct strbuf *out, const struct endpoint *ep)
{
	struct arena *arena = arena_new();

	strbuf_add(out, endpoint_format(ep, arena));
	arena_free(arena);
}

/* One is written without braces, as most admins have one. */
static void
add_endpoints(struct strbuf *out, const struct endpoints *list)
{
	size_t i;

	if (list->count != 1)
		strbuf_putc(out, '{');
	for (i = 0; i < list->count; i++) {
		strbuf_puts(out, i ? ", " : "");
		add_endpoint(out, &list->at[i]);
	}
	if (list->count != 1)
		strbuf_putc(out, '}');
}

void
setting_format(
    const struct setting *row, const void *config, struct strbuf *out)
{
	const void *place = (const char *)config + row->offset;
	const char *text;

	switch (row->kind) {
	case SETTING_BOOL:
		strbuf_puts(out, *(const bool *)place ? "yes" : "no");
		break;
	case SETTING_COUNT:
		strbuf_printf(out, "%u", *(const unsigned *)place);
		break;
	case SETTING_SIZE:
		add_size(out, *(const size_t *)place);
		break;
	case SETTING_DURATION:
		add_duration(out, *(const int64_t *)place);
		break;
	case SETTING_SCORE:
		add_score(out, *(const int *)place);
		break;
	case SETTING_TEXT:
		text = *(const char *const *)place;
		add_text(out, text ? text : "");
		break;
	case SETTING_TEXTS:
		add_texts(out, place);
		break;
	case SETTING_NETS:
		add_nets(out, place);
		break;
	case SETTING_ENDPOINT:
		add_endpoint(out, place);
		break;
	case SETTING_ENDPOINTS:
		add_endpoints(out, place);
		break;
	case SETTING_REACTION:
		add_reaction(out, place);
		break;
	case SETTING_WORD:
		strbuf_puts(out, row->words[*(const int *)place]);
		break;
	}
}
