/*
 * milter_conf: one `milter "title" { }` of postern.conf, a door for mail
 * servers that speak the milter protocol.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_MILTER_CONF_H
#define PROXY_MILTER_CONF_H

#include <sys/stat.h>

#include "postern/setting.h"

/* Times in ms, sizes in octets. */
struct milter_conf {
	const char *title;
	const struct conf_node *node;
	struct origin *origins;

	struct endpoint address;
	const char *socket_owner;
	const char *socket_group;
	const char *socket_mode; /* octal */
	const char *log_ident;
	bool delay_reject;
	unsigned max_sessions;
	size_t message_size_limit;
	int64_t filter_timeout;
	int64_t message_timeout;
	int64_t idle_timeout;
	int64_t retire_timeout;
};

extern const struct setting milter_table[];

/* Reads the section into m, which is zeroed, and notes what is wrong with it.
 * Text lives in arena. */
void milter_conf_read(struct milter_conf *m, const struct conf_node *node,
    struct arena *arena, struct problems *problems);

/* "0660" -> the bits; false for what is no mode of a socket. */
bool milter_conf_mode(const char *text, mode_t *mode);

#endif
