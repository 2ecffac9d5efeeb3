/*
 * config_rules: where a command without a configuration finds its rules.
 *
 * Works on the parsed configuration, before anything is made of it, so that
 * the rules filter sees nothing special.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <unistd.h>

#include "config_rules.h"

static struct conf_node *
node_new(struct config *config, const char *name)
{
	struct conf_node *node = arena_alloc(config->arena, sizeof(*node));

	node->name = name;
	node->file = "--rules";
	return node;
}

static bool
is_rules_section(const struct conf_node *node)
{
	return node->section && strcmp(node->name, "filter") == 0 &&
	    node->title && strcmp(node->title, "rules") == 0;
}

static struct conf_node *
rules_section(struct config *config)
{
	struct conf_node **at;

	for (at = &config->nodes; *at; at = &(*at)->next)
		if (is_rules_section(*at))
			return *at;
	*at = node_new(config, "filter");
	(*at)->title = "rules";
	(*at)->section = true;
	return *at;
}

void
config_override_rules(struct config *config, const char *dir)
{
	struct conf_node *section = rules_section(config);
	struct conf_node **at = &section->child;

	while (*at && strcmp((*at)->name, "directories") != 0)
		at = &(*at)->next;
	if (!*at)
		*at = node_new(config, "directories");
	(*at)->values.at = arena_alloc(config->arena, sizeof(char *));
	(*at)->values.at[0] = dir;
	(*at)->values.count = 1;
}

void
config_find_rules(struct config *config, struct problems *problems)
{
	static const char installed[] = PKGDATADIR "/rules";
	size_t i, kept = 0;

	if (access(installed, R_OK) == 0) {
		config_override_rules(config, installed);
		return;
	}
	for (i = 0; i < config->filters.count; i++)
		if (strcmp(config->filters.at[i], "rules") != 0)
			config->filters.at[kept++] = config->filters.at[i];
	config->filters.count = kept;
	problem_warn(problems, NULL, 0,
	    "no configuration and no %s: rules are not checked (use --rules)",
	    installed);
}

static bool
is_tag_set(const struct config *config)
{
	size_t i = 0;

	if (!config->action_origins)
		return false;
	while (strcmp(action_table[i].name, "tag") != 0)
		i++;
	return config->action_origins[i].file != NULL;
}

void
config_adopt_tag_score(struct config *config, struct problems *problems)
{
	int score;

	if (!config->chain || is_tag_set(config))
		return;
	score = chain_tag_score(config->chain);
	if (score == 0)
		return;
	if (score > config->policy.reject) {
		problem_warn(problems, NULL, 0,
		    "required_score of the rule files is above the reject "
		    "threshold and does not count; set actions { tag }");
		return;
	}
	config->policy.tag = score;
	chain_set_tag(config->chain, score);
}
