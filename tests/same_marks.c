/*
 * same_marks: what matches a text is marked there by the prefilter.
 *
 * usage: same_marks RULES COUNT [SEED]; COUNT texts of at most 512 octets are
 * made of strings of the regexes and handed to a group of rules each.  Every
 * regex of the group that matches must be marked, and must match the same
 * within its mark: asked for those marked and for 40 others.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "filters/rules/match/hunt.h"
#include "filters/rules/match/pass.h"

#include "grow.h"

enum { TEXT_MAX = 512, OTHERS = 40 };

struct marks {
	struct grower grower;
	struct arena *arena;
	struct plan *plan;
	struct pass_lane *lane;
	struct hunt hunt;
	size_t *usable; /* groups that have a prefilter */
	size_t usable_count;
	size_t matches, asked, marked, wrong;
};

static void
open_plan(struct marks *m)
{
	struct plan *plan = plan_new(m->grower.set, true);
	size_t i, most = plan->most_probes + 1;

	m->plan = plan;
	m->lane = pass_lane_new(plan, 100000, 8 << 20);
	m->hunt.dfas = m->lane->dfas;
	m->hunt.through = arena_array(m->arena, most, sizeof(bool));
	m->hunt.marks = arena_array(m->arena, most, sizeof(struct mark));
	m->hunt.marked = arena_array(m->arena, most, sizeof(uint32_t));
	m->usable = arena_array(m->arena, plan->group_count, sizeof(size_t));
	for (i = 0; i < plan->group_count; i++)
		if (plan->groups[i].words || plan->groups[i].nfa_count)
			m->usable[m->usable_count++] = i;
}

static bool
is_always(const struct group *group, size_t probe)
{
	size_t i;

	for (i = 0; i < group->always_count; i++)
		if (group->always[i] == probe)
			return true;
	return false;
}

/* Where it matches it may start, too. */
static bool
may_start(
    const struct marks *m, const struct probe *probe, const struct search *s)
{
	size_t misses = 0;

	return !probe->gate ||
	    lazydfa_start(m->lane->dfas[probe->gate_dfa], s->subject, s->from,
		s->from, &misses) == s->from;
}

/* The first match in the text starts within the mark. */
static void
ask(struct marks *m, size_t index, struct str text)
{
	const struct probe *probe = &m->hunt.group->probes[index];
	const struct mark *mark = &m->hunt.marks[index];
	struct search s = {text, 0, text.len, 0, 0}, all;

	m->asked++;
	if (regex_match(probe->regex, m->lane->matcher, &s, NULL, NULL) !=
	    MATCH_YES)
		return;
	m->matches++;
	if (is_always(m->hunt.group, index) && may_start(m, probe, &s))
		return;
	if (mark->set && text.len >= probe->shortest &&
	    may_start(m, probe, &s)) {
		m->marked++;
		all = s;
		s.first = mark->first;
		s.last = mark->last;
		if (regex_match(probe->regex, m->lane->matcher, &s, NULL,
			NULL) == MATCH_YES &&
		    s.from == all.from && s.to == all.to)
			return;
	}
	if (m->wrong++ < 10)
		printf("%s: not found in \"%.*s\"\n",
		    m->plan->set->rules[probe->rules[0]].name, (int)text.len,
		    text.data);
}

/* Its own block, so that a sanitizer sees a read beyond. */
static void
try_text(struct marks *m, struct str made)
{
	const struct group *group = &m->plan->groups[m->usable[grow_pick(
	    &m->grower, (uint32_t)m->usable_count)]];
	char *copy = malloc(made.len + 1);
	struct str text = str_of(copy, made.len);
	size_t i;

	if (grow_pick(&m->grower, 2) == 0)
		group = &m->plan->groups[m->usable[0]];
	memcpy(copy, made.data, made.len);
	m->hunt.group = group;
	hunt_text(&m->hunt, text, false, NULL, NULL);
	for (i = 0; i < m->hunt.marked_count; i++)
		ask(m, m->hunt.marked[i], text);
	for (i = 0; i < OTHERS; i++)
		ask(m, grow_pick(&m->grower, (uint32_t)group->count), text);
	for (i = 0; i < m->hunt.marked_count; i++)
		m->hunt.marks[m->hunt.marked[i]].set = false;
	free(copy);
}

static int
by_size(const void *a, const void *b, void *context)
{
	const struct marks *m = context;
	size_t x = m->plan->groups[*(const size_t *)a].count;
	size_t y = m->plan->groups[*(const size_t *)b].count;

	return x < y ? 1 : x > y ? -1 : 0;
}

int
main(int argc, char **argv)
{
	struct marks m = {.arena = arena_new()};
	struct strbuf text;
	unsigned long i, count;

	if (argc < 3) {
		fprintf(stderr, "usage: %s RULES COUNT [SEED]\n", argv[0]);
		return 64;
	}
	grow_plant(&m.grower, argv[1],
	    argc > 3 ? strtoull(argv[3], NULL, 10) : 0, m.arena);
	open_plan(&m);
	qsort_r(m.usable, m.usable_count, sizeof(*m.usable), by_size, &m);
	strbuf_init(&text);
	count = strtoul(argv[2], NULL, 10);
	for (i = 0; i < count; i++) {
		grow_text(&m.grower, TEXT_MAX, &text);
		try_text(&m, strbuf_str(&text));
	}
	strbuf_clear(&text);
	printf("%lu texts, %zu regexes asked, %zu matches, %zu of them by "
	       "their marks, %zu wrong\n",
	    count, m.asked, m.matches, m.marked, m.wrong);
	pass_lane_free(m.lane, m.plan);
	plan_free(m.plan);
	ruleset_free(m.grower.set);
	arena_free(m.arena);
	return m.wrong || m.marked == 0 ? 1 : 0;
}
