/*
 * config: reads postern.conf, checks it whole and opens the chain.
 *
 * Fails by noting problems; nothing is started before there are none.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "postern/dns_zone.h"
#include "postern/xalloc.h"

#include "config.h"
#include "config_rules.h"
#include "privileges.h"

const char config_default_path[] = SYSCONFDIR "/postern.conf";

/* Sections that may stand at the top level. */
static const char *const section_words[] = {
    "actions", "filter", "listener", "milter"};
enum { SECTION_WORDS = 4 };

static void
check_section_name(const struct conf_node *node, struct problems *problems)
{
	const char *near;
	size_t i;

	for (i = 0; i < SECTION_WORDS; i++)
		if (strcmp(node->name, section_words[i]) == 0)
			return;
	near = word_nearest(section_words, SECTION_WORDS, node->name);
	problem_add(problems, node->file, node->line,
	    "unknown section \"%s\"%s%s%s", node->name,
	    near ? "; did you mean \"" : "", near ? near : "",
	    near ? "\"?" : "");
}

/* The host's fully qualified name, or NULL. */
static const char *
host_fqdn(struct arena *arena)
{
	struct addrinfo hints = {.ai_flags = AI_CANONNAME}, *list = NULL;
	const char *name = NULL;
	char host[256] = "";

	if (gethostname(host, sizeof(host) - 1) != 0)
		return NULL;
	if (strchr(host, '.'))
		return arena_text(arena, str_c(host));
	if (getaddrinfo(host, NULL, &hints, &list) != 0)
		return NULL;
	if (list->ai_canonname && strchr(list->ai_canonname, '.'))
		name = arena_text(arena, str_c(list->ai_canonname));
	freeaddrinfo(list);
	return name;
}

static bool
is_qualified(const char *name)
{
	size_t valid = strspn(name,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.-_");

	return strchr(name, '.') && name[valid] == '\0';
}

static void
check_host_name(const struct config *config, const char *setting,
    const char *name, struct problems *problems)
{
	const struct origin *at = config_origin(config, setting);

	if (!name)
		problem_add(problems, at->file, at->line,
		    "%s: this machine has no fully qualified name; set it, "
		    "for example %s = mx.example.net",
		    setting, setting);
	else if (!is_qualified(name))
		problem_add(problems, at->file, at->line,
		    "%s: \"%s\" is not a fully qualified name", setting, name);
}

static void
name_host(struct config *config, enum config_use use, struct problems *problems)
{
	const char *fqdn = NULL;

	if (!config->hostname || !config->authserv_id)
		fqdn = host_fqdn(config->arena);
	if (!fqdn && use != CONFIG_SERVE)
		fqdn = "localhost.localdomain";
	if (!config->hostname)
		config->hostname = fqdn ? fqdn : config->authserv_id;
	if (!config->authserv_id)
		config->authserv_id = config->hostname;
	check_host_name(config, "authserv_id", config->authserv_id, problems);
	if (config->hostname)
		check_host_name(config, "hostname", config->hostname, problems);
}

/* Two listeners of one title would share their log lines. */
static void
check_title(const struct config *config, const struct listener_conf *l,
    struct problems *problems)
{
	size_t i;

	for (i = 0; i + 1 < config->listener_count; i++)
		if (strcmp(config->listeners[i].title, l->title) == 0)
			problem_add(problems, l->node->file, l->node->line,
			    "listener \"%s\" is defined already, at line %u",
			    l->title, config->listeners[i].node->line);
}

static void
read_listener(struct config *config, const struct conf_node *node,
    enum config_use use, struct problems *problems)
{
	struct listener_conf *l;

	config->listeners = arena_push(config->arena, config->listeners,
	    config->listener_count, sizeof(*config->listeners));
	l = &config->listeners[config->listener_count++];
	listener_read(l, node, use == CONFIG_SERVE, config->arena, problems);
	check_title(config, l, problems);
}

/* Two doors of one title would share their log lines. */
static void
read_milter(struct config *config, const struct conf_node *node,
    struct problems *problems)
{
	struct milter_conf *m;
	size_t i;

	config->milters = arena_push(config->arena, config->milters,
	    config->milter_count, sizeof(*config->milters));
	m = &config->milters[config->milter_count++];
	milter_conf_read(m, node, config->arena, problems);
	for (i = 0; i + 1 < config->milter_count; i++)
		if (strcmp(config->milters[i].title, m->title) == 0)
			problem_add(problems, node->file, node->line,
			    "milter \"%s\" is defined already, at line %u",
			    m->title, config->milters[i].node->line);
}

static struct str
listener_address(const struct config *config, size_t i)
{
	return endpoint_format(&config->listeners[i].address, config->arena);
}

static struct str
milter_address(const struct config *config, size_t i)
{
	return endpoint_format(&config->milters[i].address, config->arena);
}

/* Nobody can speak two protocols, or for two milters, on one socket. */
static void
check_addresses(const struct config *config, struct problems *problems)
{
	const struct conf_node *node;
	struct str mine;
	size_t i, k;
	bool taken;

	for (i = 0; i < config->milter_count; i++) {
		mine = milter_address(config, i);
		taken = false;
		for (k = 0; k < config->listener_count; k++)
			taken |= str_eq(mine, listener_address(config, k));
		for (k = 0; k < i; k++)
			taken |= str_eq(mine, milter_address(config, k));
		node = config->milters[i].node;
		if (taken && config->milters[i].address.port != 0)
			problem_add(problems, node->file, node->line,
			    "milter \"%s\": another section has the address "
			    "%s",
			    config->milters[i].title, mine.data);
	}
}

/* The mail server behind a milter puts mail aside; a proxy has nowhere to. */
static void
check_quarantine(const struct config *config, struct problems *problems)
{
	const struct origin *at = config->action_origins;
	size_t i;

	if (!config->policy.quarantine || config->milter_count > 0)
		return;
	for (i = 0; strcmp(action_table[i].name, "quarantine") != 0; i++)
		continue;
	problem_add(problems, at[i].file, at[i].line,
	    "quarantine: only a milter can put mail aside, and there is none");
}

static void
read_actions(struct config *config, const struct conf_node *node,
    struct problems *problems)
{
	if (config->action_origins) {
		problem_add(problems, node->file, node->line,
		    "actions is defined already");
		return;
	}
	config->action_origins = arena_array(
	    config->arena, settings_count(action_table), sizeof(struct origin));
	settings_apply(action_table, &config->policy, node->child, node,
	    config->arena, problems, config->action_origins);
	if (config->policy.tag > config->policy.reject)
		problem_add(problems, node->file, node->line,
		    "the reject threshold is below the tag threshold");
}

static void
read_sections(
    struct config *config, enum config_use use, struct problems *problems)
{
	const struct conf_node *node;

	for (node = config->nodes; node; node = node->next) {
		if (!node->section)
			continue;
		check_section_name(node, problems);
		if (strcmp(node->name, "listener") == 0)
			read_listener(config, node, use, problems);
		if (strcmp(node->name, "milter") == 0)
			read_milter(config, node, problems);
		if (strcmp(node->name, "actions") == 0)
			read_actions(config, node, problems);
	}
	check_addresses(config, problems);
	check_quarantine(config, problems);
}

static void
fill_policy(struct config *config)
{
	struct policy_conf *policy = &config->policy;

	policy->mode = config->mode;
	policy->on_undecided = config->on_undecided;
	policy->allow_discard = config->allow_discard;
	policy->reject_detail = config->reject_detail == 1;
	policy->trusted_networks = config->trusted_networks;
	policy->bypass_recipients = config->bypass_recipients;
}

const struct origin *
config_origin(const struct config *config, const char *name)
{
	size_t i = 0;

	while (strcmp(config_table[i].name, name) != 0)
		i++;
	return &config->origins[i];
}

static const char *
find_file(const char *path, enum config_use use)
{
	if (path)
		return path;
	if (use != CONFIG_SERVE && access(config_default_path, R_OK) != 0)
		return NULL;
	return config_default_path;
}

static void
check_rotation(const struct config *config, struct problems *problems)
{
	const struct origin *at = config_origin(config, "tls_ticket_rotation");

	if (config->tls_ticket_rotation < 1000)
		problem_add(problems, at->file, at->line,
		    "tls_ticket_rotation: must be at least 1s");
}

static void
read_file(struct config *config, const char *path, enum config_use use,
    struct problems *problems)
{
	if (path)
		config->nodes = conffile_load(path, config->arena, problems);
	settings_apply(config_table, config, config->nodes, NULL, config->arena,
	    problems, config->origins);
	check_rotation(config, problems);
	read_sections(config, use, problems);
}

/* A directory that is there and can be written by whoever workers are. */
static void
check_spool(
    const struct config *config, const char *path, struct problems *problems)
{
	const struct origin *at = config_origin(config, "spool_directory");
	const char *file = at->file ? at->file : path;
	const char *dir = config->spool_directory;
	struct stat st;

	if (!dir || stat(dir, &st) != 0)
		problem_add(problems, file, at->line, "spool_directory: %s: %s",
		    dir ? dir : "\"\"", dir ? strerror(errno) : "must be set");
	else if (!S_ISDIR(st.st_mode))
		problem_add(problems, file, at->line,
		    "spool_directory: %s is not a directory", dir);
	else if (!privileges_may_write(config->user, &st))
		problem_add(problems, file, at->line,
		    "spool_directory: user %s may not write in %s",
		    config->user, dir);
}

void
config_check_server(
    const struct config *config, const char *path, struct problems *problems)
{
	const struct origin *at = config_origin(config, "user");

	if (config->listener_count + config->milter_count == 0)
		problem_add(problems, path, 0,
		    "there is no listener; add listener \"mx\" { ... }, or "
		    "milter \"main\" { ... }");
	if (!privileges_known(config->user))
		problem_add(problems, at->file ? at->file : path, at->line,
		    "user: there is no user \"%s\"",
		    config->user ? config->user : "");
	check_spool(config, path, problems);
}

static void
load_zone(struct config *config, struct problems *problems)
{
	static const char prefix[] = "zone:";

	const struct origin *at = config_origin(config, "dns");

	if (!config->dns) {
		problem_add(problems, at->file, at->line,
		    "dns must be auto, recurse, address:port or zone:FILE");
		return;
	}
	if (str_starts(str_c(config->dns), prefix))
		config->zone = dns_zone_load(
		    config->dns + strlen(prefix), config->arena, problems);
}

struct config *
config_load(const char *path, enum config_use use, const char *rules,
    struct problems *problems)
{
	static const struct texts nothing;
	struct config *config = xcalloc(1, sizeof(*config));

	path = find_file(path, use);
	config->arena = arena_new();
	config->origins = arena_array(config->arena,
	    settings_count(config_table), sizeof(*config->origins));
	settings_defaults(config_table, config, config->arena);
	settings_defaults(action_table, &config->policy, config->arena);
	read_file(config, path, use, problems);
	name_host(config, use, problems);
	fill_policy(config);
	if (use == CONFIG_SERVE)
		config_check_server(config, path, problems);
	load_zone(config, problems);
	if (rules)
		config_override_rules(config, rules);
	else if (!path && use != CONFIG_LOOK)
		config_find_rules(config, problems);
	config->chain =
	    chain_open(use == CONFIG_LOOK ? &nothing : &config->filters,
		config_origin(config, "filters"), config->nodes,
		&config->policy, problems);
	config_adopt_tag_score(config, problems);
	return config;
}

void
config_free(struct config *config)
{
	size_t i;

	if (!config)
		return;
	for (i = 0; i < config->listener_count; i++)
		listener_close(&config->listeners[i]);
	chain_close(config->chain);
	arena_free(config->arena);
	free(config);
}
