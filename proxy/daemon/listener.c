/*
 * listener: reads one listener section and opens its certificates.
 *
 * Every problem is noted with the line of the setting that causes it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/problem.h"

#include "listener.h"

/* 10.0.0.0/8 and fc00::/7 are private; what is wider is no list of ours. */
enum { WIDEST_4 = 8, WIDEST_6 = 7 };

/* Blames the setting of that name, or the section when it was not set. */
static void
blame(const struct listener_conf *l, const char *setting,
    struct problems *problems, const char *why)
{
	const struct origin *at;
	size_t i = 0;

	while (strcmp(listener_table[i].name, setting) != 0)
		i++;
	at = &l->origins[i];
	problem_add(problems, at->file ? at->file : l->node->file,
	    at->file ? at->line : l->node->line, "%s: %s", setting, why);
}

static void
check_numbers(const struct listener_conf *l, struct problems *problems)
{
	if (l->message_size_limit == 0)
		blame(l, "message_size_limit", problems, "must be above 0");
	if (l->command_line_limit < 512)
		blame(l, "command_line_limit", problems,
		    "must be at least 512 (RFC 5321)");
	if (l->max_sessions == 0)
		blame(l, "max_sessions", problems, "must be above 0");
	if (l->backend.count == 0)
		blame(l, "backend", problems, "names no backend");
}

/* A wait of no time would end every session, or lose every mail. */
static void
check_times(const struct listener_conf *l, struct problems *problems)
{
	const struct {
		const char *setting;
		int64_t ms;
	} times[] = {
	    {"tls_timeout", l->tls_timeout},
	    {"command_timeout", l->command_timeout},
	    {"data_timeout", l->data_timeout},
	    {"session_timeout", l->session_timeout},
	    {"backend_connect_timeout", l->backend_connect_timeout},
	    {"backend_greeting_timeout", l->backend_greeting_timeout},
	    {"backend_command_timeout", l->backend_command_timeout},
	    {"backend_data_timeout", l->backend_data_timeout},
	    {"backend_end_timeout", l->backend_end_timeout},
	};
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(*times); i++)
		if (times[i].ms == 0)
			blame(l, times[i].setting, problems, "must be above 0");
}

/* What was not set waits as long as for any other command. */
static void
fill_times(struct listener_conf *l)
{
	int64_t *const times[] = {&l->backend_mail_timeout,
	    &l->backend_rcpt_timeout, &l->backend_data_start_timeout};
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(*times); i++)
		if (*times[i] == 0)
			*times[i] = l->backend_command_timeout;
}

static void
check_tls(const struct listener_conf *l, struct problems *problems)
{
	if (l->tls != TLS_OFF && l->tls_certificate.count == 0)
		blame(l, "tls", problems, "needs tls_certificate");
	if (l->tls == TLS_OFF && l->auth && !l->auth_without_tls)
		problem_warn(problems, l->node->file, l->node->line,
		    "auth: is never offered, because tls is off; set tls, or "
		    "auth_without_tls");
	if (l->tls_key.count > 0 &&
	    l->tls_key.count != l->tls_certificate.count)
		blame(l, "tls_key", problems,
		    "must name as many files as tls_certificate");
	if (l->backend_tls_implicit && l->backend_tls == BACKEND_TLS_OFF)
		blame(l, "backend_tls_implicit", problems,
		    "needs backend_tls = require or verify");
}

static void
check_protocol(const struct listener_conf *l, struct problems *problems)
{
	if (l->protocol == PROTOCOL_LMTP && l->auth)
		blame(l, "auth", problems, "an LMTP backend has no AUTH");
	if (l->protocol == PROTOCOL_LMTP &&
	    l->backend_connect == CONNECT_AT_ACCEPT)
		blame(l, "backend_connect", problems,
		    "accept needs protocol = smtp");
}

static void
open_contexts(struct listener_conf *l, struct problems *problems)
{
	struct error error;

	if (l->tls != TLS_OFF && l->tls_certificate.count > 0) {
		l->tls_context = tls_server_new(&l->tls_certificate,
		    &l->tls_key, l->tls_minimum, l->tls_ciphers, &error);
		if (!l->tls_context)
			blame(l, "tls_certificate", problems, error.text);
	}
	if (l->backend_tls == BACKEND_TLS_OFF)
		return;
	l->backend_tls_context =
	    tls_client_new(l->tls_minimum, l->backend_tls == BACKEND_TLS_VERIFY,
		l->backend_tls_ca_file, &error);
	if (!l->backend_tls_context)
		blame(l, "backend_tls_ca_file", problems, error.text);
}

void
listener_read(struct listener_conf *l, const struct conf_node *node,
    bool open_tls, struct arena *arena, struct problems *problems)
{
	size_t before = problems->errors;

	l->title = node->title ? node->title : "";
	l->node = node;
	l->origins = arena_array(
	    arena, settings_count(listener_table), sizeof(*l->origins));
	settings_defaults(listener_table, l, arena);
	settings_apply(
	    listener_table, l, node->child, node, arena, problems, l->origins);
	if (!node->title)
		problem_add(problems, node->file, node->line,
		    "a listener needs a title: listener \"mx\" { ... }");
	check_numbers(l, problems);
	check_times(l, problems);
	fill_times(l);
	check_tls(l, problems);
	check_protocol(l, problems);
	if (open_tls && problems->errors == before)
		open_contexts(l, problems);
}

bool
listener_is_private(const struct listener_conf *l)
{
	const struct ip_net *net;
	size_t i;

	for (i = 0; i < l->clients.count; i++) {
		net = &l->clients.at[i];
		if (net->prefix < (ip_is_v4(&net->base) ? WIDEST_4 : WIDEST_6))
			return false;
	}
	return l->clients.count > 0;
}

void
listener_close(struct listener_conf *l)
{
	tls_free(l->tls_context);
	tls_free(l->backend_tls_context);
}
