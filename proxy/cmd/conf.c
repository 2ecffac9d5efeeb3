/*
 * conf: the settings in effect, and where each comes from.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd.h"

struct view {
	bool changed_only;
	const char *name; /* only this one, or NULL */
	unsigned shown;
};

static void
show(struct view *view, const struct setting *row, const void *config,
    const struct origin *origin, const char *indent)
{
	struct strbuf line;

	if (view->name && strcmp(view->name, row->name) != 0)
		return;
	if (view->changed_only && (!origin || !origin->file))
		return;
	strbuf_init(&line);
	strbuf_printf(&line, "%s%s = ", indent, row->name);
	setting_format(row, config, &line);
	if (view->changed_only)
		printf(
		    "%-60s # %s:%u\n", line.data, origin->file, origin->line);
	else
		printf("%s\n", line.data);
	strbuf_clear(&line);
	view->shown++;
}

static void
show_table(struct view *view, const struct setting *table, const void *config,
    const struct origin *origins, const char *indent)
{
	size_t i;

	for (i = 0; table[i].name; i++)
		show(view, &table[i], config, origins ? &origins[i] : NULL,
		    indent);
}

static bool
any_changed(const struct setting *table, const struct origin *origins)
{
	size_t i;

	for (i = 0; origins && table[i].name; i++)
		if (origins[i].file)
			return true;
	return false;
}

static void
show_section(struct view *view, const char *kind, const char *title,
    const struct setting *table, const void *config,
    const struct origin *origins)
{
	if (view->changed_only && !any_changed(table, origins))
		return;
	if (!view->name)
		printf("%s%s%s%s {\n", kind, title ? " \"" : "",
		    title ? title : "", title ? "\"" : "");
	show_table(view, table, config, origins, view->name ? "" : "\t");
	if (!view->name)
		printf("}\n");
}

/* A filter's settings are parsed once more, to see where they come from. */
static void
show_filter(struct view *view, const struct config *config,
    const struct filter *filter, struct arena *arena)
{
	struct origin *origins = arena_array(
	    arena, settings_count(filter->settings), sizeof(*origins));
	void *conf = arena_alloc(arena, filter->config_size);
	const struct conf_node *node = config->nodes;
	struct problems problems;

	while (node &&
	    !(node->section && strcmp(node->name, "filter") == 0 &&
		node->title && strcmp(node->title, filter->name) == 0))
		node = node->next;
	problems_init(&problems, arena);
	settings_defaults(filter->settings, conf, arena);
	if (node)
		settings_apply(filter->settings, conf, node->child, node, arena,
		    &problems, origins);
	show_section(
	    view, "filter", filter->name, filter->settings, conf, origins);
}

static void
show_all(struct view *view, const struct config *config)
{
	struct arena *arena = arena_new();
	size_t i;

	show_table(view, config_table, config, config->origins, "");
	show_section(view, "actions", NULL, action_table, &config->policy,
	    config->action_origins);
	for (i = 0; i < config->listener_count; i++)
		show_section(view, "listener", config->listeners[i].title,
		    listener_table, &config->listeners[i],
		    config->listeners[i].origins);
	for (i = 0; i < config->milter_count; i++)
		show_section(view, "milter", config->milters[i].title,
		    milter_table, &config->milters[i],
		    config->milters[i].origins);
	for (i = 0; registry[i]; i++)
		show_filter(view, config, registry[i], arena);
	arena_free(arena);
}

static int
conf(int argc, char **argv)
{
	const char *path = NULL;
	struct view view = {.name = NULL};
	struct config *config;
	int c;

	while ((c = getopt(argc, argv, "c:n")) != -1)
		if (c == 'c')
			path = optarg;
		else if (c == 'n')
			view.changed_only = true;
		else
			return cmd_usage(&cmd_conf);
	if (argc - optind > 1)
		return cmd_usage(&cmd_conf);
	view.name = argv[optind];
	config = cmd_load(path, CONFIG_LOOK, NULL, true);
	if (!config)
		return EX_CONFIG;
	show_all(&view, config);
	config_free(config);
	if (view.name && view.shown == 0 && !view.changed_only) {
		fprintf(
		    stderr, "postern: there is no setting \"%s\"\n", view.name);
		return EX_USAGE;
	}
	return EX_OK;
}

const struct cmd cmd_conf = {
    "conf",
    "the settings in effect",
    "[-c FILE] [-n] [NAME]\n"
    "  -c FILE  configuration\n"
    "  -n       only those that were changed, with the file and line\n"
    "  NAME     only the settings of that name",
    conf,
};
