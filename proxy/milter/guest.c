/*
 * guest: one session of a mail server.
 *
 * Callbacks may come in any order, with any macro missing; what is not known
 * is empty.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/xalloc.h"

#include "guest.h"
#include "mail.h"

enum { TEXT_MAX = 2000 };

const char *
guest_text(const char *text, struct arena *arena)
{
	struct str in = str_head(str_c(text), TEXT_MAX);
	char *out = arena_text(arena, in);
	size_t i;

	for (i = 0; i < in.len; i++)
		if (ascii_is_control(out[i]))
			out[i] = '?';
	return out;
}

const char *
guest_macro(const struct guest *g, const char *name)
{
	char key[32];
	const char *value;

	snprintf(key, sizeof(key), "%s", name);
	value = smfi_getsymval(g->ctx, key);
	return value ? value : "";
}

struct guest *
guest_get(struct milter_door *door, SMFICTX *ctx)
{
	struct guest *g = smfi_getpriv(ctx);

	if (g)
		return g;
	g = xcalloc(1, sizeof(*g));
	g->door = door;
	g->ctx = ctx;
	g->offer = offer_recall(ctx);
	g->arena = arena_new();
	strbuf_init(&g->helo);
	atomic_fetch_add(&door->guests, 1);
	smfi_setpriv(ctx, g);
	guest_connect(g, NULL, NULL);
	return g;
}

void
guest_free(struct guest *g)
{
	mail_end(g);
	atomic_fetch_sub(&g->door->guests, 1);
	strbuf_clear(&g->helo);
	arena_free(g->arena);
	free(g);
}

/* Whoever it is, not by SMTP: Postfix says 127.0.0.1 without a port for mail
 * of its own machine, Sendmail says nothing. */
static bool
is_local(const struct ip *ip, unsigned port)
{
	return ip->bits == 0 || (ip_is_loopback(ip) && port == 0);
}

/* A name that was confirmed: neither "unknown" nor "[192.0.2.1]". */
static const char *
confirmed_name(struct guest *g, const char *name)
{
	const char *resolved = guest_macro(g, "{client_resolve}");

	if (!name || name[0] == '[' || strcmp(name, "unknown") == 0)
		return NULL;
	if (resolved[0] && strcmp(resolved, "OK") != 0)
		return NULL;
	return guest_text(name, g->arena);
}

static void
set_server(struct guest *g)
{
	const char *address = guest_macro(g, "{daemon_addr}");
	uint64_t port = 0;

	if (!ip_parse(str_c(address), &g->peer.server))
		ip_parse(str_c(guest_macro(g, "{if_addr}")), &g->peer.server);
	if (str_to_uint(str_c(guest_macro(g, "{daemon_port}")), 65535, &port))
		g->peer.server_port = (unsigned)port;
}

static bool
is_qualified(const char *name)
{
	size_t len = strspn(name,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.-");

	return strchr(name, '.') && name[len] == '\0' && len < 256;
}

/* Where the admin said nothing, the mail server's own name. */
static const char *
choose_authserv_id(struct guest *g)
{
	const struct config *config = g->door->config;
	const char *j = guest_macro(g, "j");

	if (config_origin(config, "authserv_id")->file || !is_qualified(j))
		return config->authserv_id;
	return guest_text(j, g->arena);
}

/* Whatever SPF would say of 127.0.0.1, it says of no stranger. */
static void
set_local(struct guest *g)
{
	g->local = true;
	g->peer.client = (struct ip) {.bits = 0};
}

void
guest_connect(struct guest *g, const char *name, const struct sockaddr *sa)
{
	struct ip ip = {.bits = 0};
	unsigned port = 0;

	mail_end(g);
	arena_reset(g->arena);
	strbuf_reset(&g->helo);
	if (sa)
		ip_from_sockaddr(sa, &ip, &port);
	g->peer = (struct envelope) {
	    .client_port = port,
	    .client_name = confirmed_name(g, name),
	    .client_name_failed =
		strcmp(guest_macro(g, "{client_resolve}"), "TEMP") == 0,
	    .helo = "",
	    .protocol = "ESMTP",
	    .listener = g->door->conf->title,
	    .sender = "",
	    .receiver = g->door->config->hostname,
	};
	g->local = false;
	g->peer.client = ip;
	if (is_local(&ip, port))
		set_local(g);
	set_server(g);
	g->authserv_id = choose_authserv_id(g);
}

/* What Sendmail's submission program (sendmail -t) does: it comes from the
 * machine itself and greets with the server's own name. */
static bool
is_own_program(const struct guest *g)
{
	const char *j = guest_macro(g, "j");

	return ip_is_loopback(&g->peer.client) && is_qualified(j) &&
	    str_case_is(str_c(g->peer.helo), j);
}

void
guest_helo(struct guest *g, const char *name)
{
	struct str text = str_head(str_c(name), TEXT_MAX);
	size_t i;

	mail_end(g);
	strbuf_reset(&g->helo);
	for (i = 0; i < text.len; i++)
		strbuf_putc(&g->helo,
		    ascii_is_control(text.data[i]) ? '?' : text.data[i]);
	g->peer.helo = g->helo.data;
	if (is_own_program(g))
		set_local(g);
}
