/*
 * chain: the filters in the admin's order, opened once, asked often.
 *
 * Opening notes every problem of every filter before it gives up, so that the
 * admin sees all of them in one run.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/chain.h"
#include "postern/log.h"
#include "postern/xalloc.h"

#include "policy.h"

struct link {
	const struct filter *filter;
	void *config;
	void *self;
	bool opened;
};

struct chain {
	struct arena *arena;
	struct policy_conf policy;
	struct link *links;
	size_t count;
};

struct lanes {
	const struct chain *chain;
	void *at[]; /* one for each link */
};

static const struct filter *
filter_find(const char *name)
{
	size_t i;

	for (i = 0; registry[i]; i++)
		if (strcmp(registry[i]->name, name) == 0)
			return registry[i];
	return NULL;
}

static const char *
filter_nearest(struct arena *arena, const char *name)
{
	const char **names = NULL;
	size_t count;

	for (count = 0; registry[count]; count++) {
		names = arena_push(arena, names, count, sizeof(*names));
		names[count] = registry[count]->name;
	}
	return word_nearest(names, count, name);
}

static const struct conf_node *
section_find(const struct conf_node *first, const char *name)
{
	const struct conf_node *node;

	for (node = first; node; node = node->next)
		if (node->section && strcmp(node->name, "filter") == 0 &&
		    node->title && strcmp(node->title, name) == 0)
			return node;
	return NULL;
}

static void
link_open(struct chain *chain, struct link *link, const struct conf_node *first,
    struct problems *problems)
{
	const struct filter *filter = link->filter;
	const struct conf_node *section = section_find(first, filter->name);
	size_t before = problems->errors;

	link->config = arena_alloc(chain->arena, filter->config_size);
	settings_defaults(filter->settings, link->config, chain->arena);
	settings_apply(filter->settings, link->config,
	    section ? section->child : NULL, section, chain->arena, problems,
	    NULL);
	if (problems->errors > before)
		return;
	link->self =
	    filter->open ? filter->open(link->config, problems) : link->config;
	link->opened = link->self != NULL;
}

/* The filters asked for, each once; what is misspelt is a problem. */
static void
choose(struct chain *chain, const struct texts *filters,
    const struct origin *where, struct problems *problems)
{
	const char *name, *near;
	size_t i, k;

	chain->links = arena_array(
	    chain->arena, filters->count + 1, sizeof(*chain->links));
	for (i = 0; i < filters->count; i++) {
		name = filters->at[i];
		for (k = 0; k < i && strcmp(filters->at[k], name) != 0; k++)
			continue;
		if (k < i) {
			problem_add(problems, where->file, where->line,
			    "filters: \"%s\" is named twice", name);
			continue;
		}
		chain->links[chain->count].filter = filter_find(name);
		if (chain->links[chain->count].filter) {
			chain->count++;
			continue;
		}
		near = filter_nearest(chain->arena, name);
		problem_add(problems, where->file, where->line,
		    "filters: there is no filter \"%s\"%s%s%s", name,
		    near ? "; did you mean \"" : "", near ? near : "",
		    near ? "\"?" : "");
	}
}

static bool
in_use(const struct chain *chain, const struct filter *filter)
{
	size_t i;

	for (i = 0; i < chain->count; i++)
		if (chain->links[i].filter == filter)
			return true;
	return false;
}

/* Sections for filters that do not exist are mistakes; for those that are
 * merely not in use they are checked all the same. */
static void
check_sections(struct chain *chain, const struct conf_node *first,
    struct problems *problems)
{
	const struct conf_node *node;
	const struct filter *filter;
	void *config;

	for (node = first; node; node = node->next) {
		if (!node->section || strcmp(node->name, "filter") != 0)
			continue;
		filter = node->title ? filter_find(node->title) : NULL;
		if (!filter) {
			problem_add(problems, node->file, node->line,
			    "there is no filter \"%s\"",
			    node->title ? node->title : "");
			continue;
		}
		if (section_find(first, node->title) != node)
			problem_add(problems, node->file, node->line,
			    "filter \"%s\" has a section already, at line %u",
			    node->title,
			    section_find(first, node->title)->line);
		if (in_use(chain, filter))
			continue;
		config = arena_alloc(chain->arena, filter->config_size);
		settings_defaults(filter->settings, config, chain->arena);
		settings_apply(filter->settings, config, node->child, node,
		    chain->arena, problems, NULL);
	}
}

struct chain *
chain_open(const struct texts *filters, const struct origin *where,
    const struct conf_node *first, const struct policy_conf *policy,
    struct problems *problems)
{
	struct chain *chain = xcalloc(1, sizeof(*chain));
	size_t before = problems->errors - problems->survivable;
	size_t i;

	chain->arena = arena_new();
	chain->policy = *policy;
	choose(chain, filters, where, problems);
	check_sections(chain, first, problems);
	for (i = 0; i < chain->count; i++)
		link_open(chain, &chain->links[i], first, problems);
	if (problems->errors - problems->survivable == before)
		return chain;
	chain_close(chain);
	return NULL;
}

void
chain_publish(struct chain *chain, const char *directory)
{
	struct error error;
	struct link *link;
	size_t i;

	for (i = 0; directory && i < chain->count; i++) {
		link = &chain->links[i];
		if (link->filter->publish &&
		    !link->filter->publish(link->self, directory, &error))
			log_info("%s keeps no statistics: %s",
			    link->filter->name, error.text);
	}
}

void
chain_close(struct chain *chain)
{
	size_t i;

	if (!chain)
		return;
	for (i = 0; i < chain->count; i++)
		if (chain->links[i].opened && chain->links[i].filter->close)
			chain->links[i].filter->close(chain->links[i].self);
	arena_free(chain->arena);
	free(chain);
}

int
chain_tag_score(const struct chain *chain)
{
	const struct link *link;
	int score = 0;
	size_t i;

	for (i = 0; i < chain->count && score == 0; i++) {
		link = &chain->links[i];
		if (link->filter->tag_score)
			score = link->filter->tag_score(link->self);
	}
	return score;
}

void
chain_set_tag(struct chain *chain, int score)
{
	chain->policy.tag = score;
}

void
chain_compare(const struct chain *chain, const struct chain *replaced)
{
	const struct link *link;
	size_t i, k;

	for (i = 0; i < chain->count; i++) {
		link = &chain->links[i];
		for (k = 0; k < replaced->count && link->filter->compare; k++)
			if (replaced->links[k].filter == link->filter)
				link->filter->compare(
				    link->self, replaced->links[k].self);
	}
}

struct lanes *
lanes_open(const struct chain *chain)
{
	struct lanes *lanes =
	    xcalloc(1, sizeof(*lanes) + chain->count * sizeof(void *));
	const struct link *link;
	size_t i;

	lanes->chain = chain;
	for (i = 0; i < chain->count; i++) {
		link = &chain->links[i];
		if (link->filter->lane_open)
			lanes->at[i] = link->filter->lane_open(link->self);
	}
	return lanes;
}

void
lanes_close(struct lanes *lanes)
{
	const struct filter *filter;
	size_t i;

	if (!lanes)
		return;
	for (i = 0; i < lanes->chain->count; i++) {
		filter = lanes->chain->links[i].filter;
		if (filter->lane_close)
			filter->lane_close(lanes->at[i]);
	}
	free(lanes);
}

void
chain_check(const struct chain *chain, struct lanes *lanes, enum stage stage,
    struct scan *scan)
{
	const struct link *link;
	size_t i;

	if (policy_bypass(&chain->policy, scan))
		return;
	for (i = 0; i < chain->count; i++) {
		link = &chain->links[i];
		if (link->filter->stages & (1u << stage))
			link->filter->check(
			    link->self, lanes->at[i], stage, scan);
	}
}

void
chain_decide(
    const struct chain *chain, const struct scan *scan, struct verdict *verdict)
{
	policy_decide(&chain->policy, scan, verdict);
}

bool
chain_exempts(const struct chain *chain, const char *recipient)
{
	return policy_exempts(&chain->policy, recipient);
}
