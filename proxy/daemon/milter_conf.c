/*
 * milter_conf: reads one milter section.
 *
 * Every problem is noted with the line of the setting that causes it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <grp.h>
#include <pwd.h>

#include "postern/problem.h"

#include "milter_conf.h"

enum {
	STAGE_MOST = 5000, /* ms, or Sendmail may give up before we do */
	MODE_MOST = 0777
};

/* Blames the setting of that name, or the section when it was not set. */
static void
blame(const struct milter_conf *m, const char *setting,
    struct problems *problems, const char *why)
{
	const struct origin *at;
	size_t i = 0;

	while (strcmp(milter_table[i].name, setting) != 0)
		i++;
	at = &m->origins[i];
	problem_add(problems, at->file ? at->file : m->node->file,
	    at->file ? at->line : m->node->line, "%s: %s", setting, why);
}

bool
milter_conf_mode(const char *text, mode_t *mode)
{
	size_t i, len = text ? strlen(text) : 0;

	if (len == 0 || len > 4)
		return false;
	*mode = 0;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '7')
			return false;
		*mode = *mode * 8 + (mode_t)(text[i] - '0');
	}
	return *mode <= MODE_MOST;
}

static void
check_socket(const struct milter_conf *m, struct problems *problems)
{
	mode_t mode;

	if (!milter_conf_mode(m->socket_mode, &mode))
		blame(m, "socket_mode", problems,
		    "must be octal, for example 0660");
	if (m->socket_owner && !getpwnam(m->socket_owner))
		blame(m, "socket_owner", problems, "there is no such user");
	if (m->socket_group && !getgrnam(m->socket_group))
		blame(m, "socket_group", problems, "there is no such group");
	if (m->address.family == ENDPOINT_UNIX && m->address.path[0] != '/')
		blame(m, "address", problems,
		    "the path of a socket must begin with /");
}

static void
check_limits(const struct milter_conf *m, struct problems *problems)
{
	if (m->max_sessions == 0)
		blame(m, "max_sessions", problems, "must be above 0");
	if (m->message_size_limit == 0)
		blame(m, "message_size_limit", problems, "must be above 0");
	if (m->filter_timeout <= 0 || m->filter_timeout > STAGE_MOST)
		blame(m, "filter_timeout", problems,
		    "must be above 0 and at most 5s, or the mail server gives "
		    "up first");
	if (m->message_timeout <= 0)
		blame(m, "message_timeout", problems, "must be above 0");
	if (m->idle_timeout < 1000)
		blame(m, "idle_timeout", problems, "must be at least 1s");
}

void
milter_conf_read(struct milter_conf *m, const struct conf_node *node,
    struct arena *arena, struct problems *problems)
{
	m->title = node->title ? node->title : "";
	m->node = node;
	m->origins = arena_array(
	    arena, settings_count(milter_table), sizeof(*m->origins));
	settings_defaults(milter_table, m, arena);
	settings_apply(
	    milter_table, m, node->child, node, arena, problems, m->origins);
	if (!node->title)
		problem_add(problems, node->file, node->line,
		    "a milter needs a title: milter \"main\" { ... }");
	check_socket(m, problems);
	check_limits(m, problems);
}
