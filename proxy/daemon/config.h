/*
 * config: postern.conf as the program uses it.
 *
 * Read once in the master (or by a command), checked whole, and read-only
 * from then on.  A reload makes a new one.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_CONFIG_H
#define PROXY_CONFIG_H

#include "postern/chain.h"
#include "postern/setting.h"

#include "listener.h"
#include "milter_conf.h"

enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

struct config {
	struct arena *arena;
	struct conf_node *nodes; /* as parsed; NULL for the defaults alone */
	struct origin *origins;  /* of the main table */
	struct origin *action_origins;

	/* Top level of the file. */
	const char *user;
	unsigned workers;
	const char *hostname;
	const char *authserv_id;
	const char *dns;
	const char *spool_directory;
	const char *runtime_directory;
	size_t spool_memory;
	const char *log;
	const char *log_ident;
	int log_format;
	struct texts filters;
	int mode;
	int on_undecided;
	bool allow_discard;
	int reject_detail;
	struct ip_nets trusted_networks;
	struct texts bypass_recipients;
	bool received_spf;
	const char *tag_subject;
	int64_t drain_timeout;
	int64_t tls_ticket_rotation;

	struct policy_conf policy; /* actions { } and what concerns it */
	struct listener_conf *listeners;
	size_t listener_count;
	struct milter_conf *milters;
	size_t milter_count;
	struct chain *chain;
	struct dns *zone; /* when dns = zone:FILE; NULL otherwise */
};

enum config_use {
	CONFIG_SERVE, /* everything must be there */
	CONFIG_TOOL,  /* scan: defaults and a missing host name will do */
	CONFIG_LOOK   /* spf, conf: the same, and no filter is opened */
};

extern const struct setting config_table[];
extern const struct setting action_table[];

/*
 * path NULL: the default file, which a tool may lack.  Opens the chain.  Every
 * problem is noted; the result is never NULL, but it is only good for use when
 * there are no errors.  rules: a directory instead of the configured ones, or
 * NULL.
 */
struct config *config_load(const char *path, enum config_use use,
    const char *rules, struct problems *problems);

/* What only a server needs: the user, the spool directory, a door. */
void config_check_server(
    const struct config *config, const char *path, struct problems *problems);
void config_free(struct config *config);

/* Where a setting of the top level was set. */
const struct origin *
config_origin(const struct config *config, const char *name);

/* Below SYSCONFDIR. */
extern const char config_default_path[];

#endif
