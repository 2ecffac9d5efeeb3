/*
 * rules_pump: is a regex as slow as it looks?
 *
 * It is matched by the engine of live mail under the limits of live mail: a
 * text on which it gives up here is one on which it gives up there.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <time.h>

#include "postern/strbuf.h"

#include "rules_pump.h"

enum { SLOW = 100 }; /* ms of CPU for one text; a mail has 250 */

static const size_t lengths[] = {24, 40, 80, 200, 500, 1000, 2000, 4000};

static bool
gives_up(const struct pump *p, const struct regex *regex, struct str text)
{
	struct search s = {text, 0, text.len, 0, 0};
	clock_t begin = clock();

	return regex_match(regex, p->matcher, &s, NULL, NULL) == MATCH_LIMIT ||
	    clock() - begin > SLOW * (CLOCKS_PER_SEC / 1000);
}

static bool
try_end(const struct pump *p, const struct regex *regex,
    const struct redos_attack *a, struct str end, struct strbuf *text)
{
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		if (lengths[i] > p->longest)
			return false;
		strbuf_reset(text);
		strbuf_add(text, a->prefix);
		while (text->len < lengths[i])
			strbuf_add(text, a->pump);
		strbuf_add(text, end);
		if (gives_up(p, regex, strbuf_str(text)))
			return true;
	}
	return false;
}

bool
pump_try(const struct pump *p, const struct regex *regex,
    const struct redos_attack *attack, struct arena *arena, struct str *text)
{
	static const char *const wrong[] = {"!", "", "\n", "\001"};
	struct strbuf whole, end;
	bool found = false;
	size_t i;

	strbuf_init(&whole);
	strbuf_init(&end);
	for (i = 0; i < 2 * sizeof(wrong) / sizeof(wrong[0]) && !found; i++) {
		strbuf_reset(&end);
		strbuf_puts(&end, wrong[i / 2]);
		if (i % 2 == 0) /* what the regex looks for before it starts */
			strbuf_add(&end, attack->tail);
		found = try_end(p, regex, attack, strbuf_str(&end), &whole);
	}
	if (found)
		*text = arena_copy(arena, strbuf_str(&whole));
	strbuf_clear(&end);
	strbuf_clear(&whole);
	return found;
}

bool
pump_blindly(const struct pump *p, const struct regex *regex,
    struct arena *arena, struct str *text)
{
	static const char *const runs[] = {
	    "a", " ", "1", ".", "A", "a ", "a.", "a1", "<a ", "x\n", "=", "-"};
	struct redos_attack attack = {.prefix = {"", 0}, .tail = {"", 0}};
	size_t i;

	for (i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		attack.pump = str_c(runs[i]);
		if (pump_try(p, regex, &attack, arena, text))
			return true;
	}
	return false;
}
