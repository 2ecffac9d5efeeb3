/*
 * listener: one `listener "title" { }` of postern.conf, a door for SMTP
 * clients and what stands behind it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_LISTENER_H
#define PROXY_LISTENER_H

#include "postern/setting.h"
#include "postern/tls.h"

/* How the backend learns who the client is. */
enum identity {
	IDENTITY_NONE,
	IDENTITY_XCLIENT,
	IDENTITY_PROXY_V1,
	IDENTITY_PROXY_V2,
	IDENTITY_XFORWARD,
	IDENTITY_TRANSPARENT
};

enum tls_use { TLS_OFF, TLS_MAY, TLS_REQUIRE, TLS_IMPLICIT };
enum backend_tls {
	BACKEND_TLS_OFF,
	BACKEND_TLS_MAY,
	BACKEND_TLS_REQUIRE,
	BACKEND_TLS_VERIFY
};
enum bare_lf { BARE_LF_REFUSE, BARE_LF_NORMALISE };
enum backend_protocol { PROTOCOL_SMTP, PROTOCOL_LMTP };
enum backend_connect { CONNECT_AT_MAIL, CONNECT_AT_ACCEPT };

/* Times in ms, sizes in octets. */
struct listener_conf {
	const char *title;
	const struct conf_node *node;
	struct origin *origins;

	/* Who comes in, and how. */
	struct endpoint address;
	struct ip_nets clients;
	struct ip_nets accept_proxy;
	struct ip_nets accept_xclient;
	struct ip_nets accept_xforward;
	int64_t greet_pause;
	bool chunking;
	bool auth;
	bool auth_without_tls;
	int bare_lf;
	struct ip_nets bare_lf_exclusions;

	/* TLS with clients. */
	int tls;
	struct texts tls_certificate;
	struct texts tls_key;
	int tls_minimum;
	const char *tls_ciphers;
	int64_t tls_timeout;
	struct tls *tls_context; /* NULL when tls = off */

	/* What stands behind. */
	struct endpoints backend;
	int protocol;
	int backend_connect;
	int identity;
	int backend_tls;
	bool backend_tls_implicit;
	const char *backend_tls_ca_file;
	const char *backend_tls_name;
	struct tls *backend_tls_context; /* NULL when backend_tls = off */
	bool allow_open_backend;
	const char *probe_recipient;
	int64_t probe_interval;

	/* Limits. */
	bool delay_reject;
	unsigned max_sessions;
	unsigned max_sessions_per_address;
	unsigned max_sessions_per_network;
	struct ip_nets limit_exceptions;
	unsigned max_recipients;
	unsigned max_errors;
	unsigned max_junk_commands;
	unsigned max_hops;
	size_t message_size_limit;
	size_t command_line_limit;
	size_t min_data_rate; /* octets a second */

	/* Times. */
	int64_t command_timeout;
	int64_t data_timeout;
	int64_t session_timeout;
	int64_t filter_timeout;
	int64_t client_name_timeout;
	int64_t backend_connect_timeout;
	int64_t backend_greeting_timeout;
	int64_t backend_command_timeout;
	int64_t backend_mail_timeout; /* these three are never 0 once read */
	int64_t backend_rcpt_timeout;
	int64_t backend_data_start_timeout;
	int64_t backend_data_timeout;
	int64_t backend_end_timeout;
};

extern const struct setting listener_table[];

/*
 * Reads the section into l, which is zeroed, and notes what is wrong with it.
 * open_tls: load certificates and keys too.  Text lives in arena.
 */
void listener_read(struct listener_conf *l, const struct conf_node *node,
    bool open_tls, struct arena *arena, struct problems *problems);

/* Do only listed clients come in, and not half of the internet? */
bool listener_is_private(const struct listener_conf *l);

/* Gives back what is not in the arena. */
void listener_close(struct listener_conf *l);

#endif
