/*
 * judge: mail through the rules alone, without policy, network or door.
 *
 * It asks the filter of the chain, so that a rule hits here where it hits
 * live mail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <time.h>

#include "postern/chain.h"
#include "postern/xalloc.h"

#include "filters/rules/rules_filter.h"
#include "rules_tools.h"

struct judge {
	struct arena *arena;
	void *config;
	void *self;
	void *lane;
};

/* The defaults, but for the directory, and for a budget that a slow machine
 * does not use up. */
static void
fill_config(
    struct judge *judge, const struct texts *dirs, struct problems *problems)
{
	const char *budget = "60s";
	const struct texts long_time = {.at = &budget, .count = 1};
	const struct setting *row;
	const struct texts *value;
	struct error error;

	settings_defaults(rules_filter.settings, judge->config, judge->arena);
	for (row = rules_filter.settings; row->name; row++) {
		if (strcmp(row->name, "directories") == 0)
			value = dirs;
		else if (strcmp(row->name, "budget") == 0)
			value = &long_time;
		else
			continue;
		if (!setting_parse(
			row, value, judge->config, judge->arena, &error))
			problem_add(problems, NULL, 0, "%s", error.text);
	}
}

struct judge *
judge_open(const struct texts *dirs, struct problems *problems)
{
	struct judge *judge = xcalloc(1, sizeof(*judge));

	judge->arena = arena_new();
	judge->config = arena_alloc(judge->arena, rules_filter.config_size);
	fill_config(judge, dirs, problems);
	judge->self = rules_filter.open(judge->config, problems);
	if (!judge->self) {
		arena_free(judge->arena);
		free(judge);
		return NULL;
	}
	judge->lane = rules_filter.lane_open(judge->self);
	return judge;
}

void
judge_close(struct judge *judge)
{
	if (!judge)
		return;
	rules_filter.lane_close(judge->lane);
	rules_filter.close(judge->self);
	arena_free(judge->arena);
	free(judge);
}

int
judge_mail(const struct judge *judge, struct str mail,
    const struct envelope *envelope, struct arena *arena, struct scan *scan)
{
	return judge_with(judge, mail, envelope, NULL, 0, arena, scan);
}

int
judge_with(const struct judge *judge, struct str mail,
    const struct envelope *envelope, const struct finding *findings,
    size_t finding_count, struct arena *arena, struct scan *scan)
{
	struct message *message = arena_alloc(arena, sizeof(*message));
	int64_t score = 0;
	int stage;
	size_t i;

	message_parse(mail, arena, message);
	*scan = (struct scan) {
	    .arena = arena, .envelope = envelope, .time = time(NULL)};
	for (i = 0; i < finding_count; i++)
		scan_add_finding(scan, &findings[i]);
	for (stage = STAGE_CONNECT; stage <= STAGE_MESSAGE; stage++) {
		if (!(rules_filter.stages & (1u << stage)))
			continue;
		if (stage == STAGE_MESSAGE)
			scan->message = message;
		rules_filter.check(
		    judge->self, judge->lane, (enum stage)stage, scan);
	}
	for (i = 0; i < scan->hit_count; i++)
		score += scan->hits[i].score;
	return (int)score;
}
