/*
 * dns_setup: whom the resolver asks, and how libunbound is told.
 *
 * libunbound's defaults are those of a resolver for a home: they keep private
 * and reserved names from the servers behind, and mistrust the own host.  Here
 * the servers that the admin named know best, so all of that is undone.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include <event2/event.h>
#include <unbound.h>
#include <unbound-event.h>

#include "postern/endpoint.h"

#include "dns_setup.h"

enum { PORT = 53, QUESTIONS_MAX = 2048 };

static const char resolv_conf[] = "/etc/resolv.conf";
static const char root_anchor[] = "/usr/share/dns/root.key"; /* Debian's */

const char dns_setup_own_name[] = "warm-up.postern.invalid";
static const char own_record[] = "warm-up.postern.invalid. A 127.0.0.1";

struct option_value {
	const char *name;
	const char *value;
};

static const struct option_value options[] = {
    {"unblock-lan-zones:", "yes"},
    {"insecure-lan-zones:", "yes"},
    {"do-not-query-localhost:", "no"},
    {NULL, NULL},
};

/*
 * libunbound shuns a server that does not answer, and has many others.  Here
 * there are none: left alone it gives SERVFAIL after 1.6 s of silence, and for
 * a minute after the server is back.
 */
static const struct option_value forward_options[] = {
    {"infra-host-ttl:", "5"},
    {"infra-cache-min-rtt:", "300"},
    {NULL, NULL},
};

/* What libunbound still answers itself then (RFC 6303, RFC 6761 ...). */
static const char *const built_in[] = {
    "localhost.",
    "127.in-addr.arpa.",
    ("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"
     ".ip6.arpa."),
    "home.arpa.",
    "onion.",
    "test.",
    "invalid.",
};

/* Three quarters of the descriptors are for others. */
static size_t
most_sockets(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0 ||
	    files.rlim_cur / 4 > QUESTIONS_MAX)
		return QUESTIONS_MAX;
	return (size_t)files.rlim_cur / 4;
}

static bool
server_add(struct dns_setup *setup, const struct ip *ip, unsigned port)
{
	if (setup->count == DNS_SERVERS_MAX)
		return false;
	setup->servers[setup->count++] = (struct dns_server) {*ip, port};
	return true;
}

void
dns_setup_resolv_conf(struct str text, struct dns_setup *out)
{
	struct str line, word;
	struct ip ip;

	out->count = 0;
	while (str_cut_line(&text, &line))
		if (str_cut_word(&line, &word) && str_is(word, "nameserver") &&
		    str_cut_word(&line, &word) && ip_parse(word, &ip))
			server_add(out, &ip, PORT);
	if (out->count > 0)
		return;
	ip_parse(str_c("127.0.0.1"), &ip);
	server_add(out, &ip, PORT);
}

/* A file that is not there names no server; one that is too long, its first. */
static bool
resolv_conf_read(struct dns_setup *out, struct error *err)
{
	FILE *in = fopen(resolv_conf, "re");
	char text[8192];
	size_t len = 0;

	if (!in && errno != ENOENT)
		return error_set(err, "%s: %s", resolv_conf, strerror(errno));
	if (in) {
		len = fread(text, 1, sizeof(text), in);
		fclose(in);
	}
	dns_setup_resolv_conf(str_of(text, len), out);
	return true;
}

static bool
forwarder_parse(const char *how, struct dns_setup *out, struct error *err)
{
	struct arena *arena = arena_new();
	struct endpoint ep = {.port = PORT, .host = how};
	struct ip ip;
	bool ok;

	ok = ip_parse(str_c(how), &ip) ||
	    (endpoint_parse(str_c(how), arena, &ep, NULL) &&
		ip_parse(str_c(ep.host), &ip) && ep.port > 0);
	if (ok)
		server_add(out, &ip, ep.port);
	arena_free(arena);
	return ok ||
	    error_set(err,
		"%s is neither auto, recurse nor an address of a server", how);
}

bool
dns_setup_parse(const char *how, struct dns_setup *out, struct error *err)
{
	*out = (struct dns_setup) {.most = most_sockets()};
	if (strcmp(how, "auto") == 0)
		return resolv_conf_read(out, err);
	if (strcmp(how, "recurse") != 0)
		return forwarder_parse(how, out, err);
	out->anchor = root_anchor;
	return true;
}

static bool
said(int result, const char *what, struct error *err)
{
	return result == 0 ||
	    error_set(err, "libunbound: %s: %s", what, ub_strerror(result));
}

static bool
sockets_set(
    const struct dns_setup *setup, struct ub_ctx *ctx, struct error *err)
{
	char text[16];

	snprintf(text, sizeof(text), "%zu", setup->most);
	return said(ub_ctx_set_option(ctx, "outgoing-range:", text),
	    "outgoing-range:", err);
}

static bool
options_set(
    struct ub_ctx *ctx, const struct option_value *each, struct error *err)
{
	for (; each->name; each++)
		if (!said(ub_ctx_set_option(ctx, each->name, each->value),
			each->name, err))
			return false;
	return true;
}

static bool
servers_set(
    const struct dns_setup *setup, struct ub_ctx *ctx, struct error *err)
{
	char text[IP_TEXT_MAX + 16], ip[IP_TEXT_MAX];
	size_t i;

	if (setup->count > 0 && !options_set(ctx, forward_options, err))
		return false;
	for (i = 0; i < setup->count; i++) {
		snprintf(text, sizeof(text), "%s@%u",
		    ip_format(&setup->servers[i].ip, ip),
		    setup->servers[i].port);
		if (!said(ub_ctx_set_fwd(ctx, text), text, err))
			return false;
	}
	return true;
}

/* Without an anchor the validator would only cost time. */
static bool
anchor_set(const struct dns_setup *setup, struct ub_ctx *ctx, struct error *err)
{
	if (!setup->anchor)
		return said(
		    ub_ctx_set_option(ctx, "module-config:", "iterator"),
		    "module-config:", err);
	if (access(setup->anchor, R_OK) != 0)
		return error_set(err, "%s: %s (Debian: dns-root-data)",
		    setup->anchor, strerror(errno));
	return said(ub_ctx_add_ta_file(ctx, setup->anchor), setup->anchor, err);
}

/* The first removal ends the configuration and opens what it says. */
static bool
built_in_remove(struct ub_ctx *ctx, struct error *err)
{
	size_t i;

	for (i = 0; i < sizeof(built_in) / sizeof(*built_in); i++)
		if (!said(
			ub_ctx_zone_remove(ctx, built_in[i]), built_in[i], err))
			return false;
	return said(ub_ctx_data_add(ctx, own_record), own_record, err);
}

struct ub_ctx *
dns_setup_context(
    const struct dns_setup *setup, struct event_base *base, struct error *err)
{
	struct ub_ctx *ctx = ub_ctx_create_event(base);

	if (!ctx) {
		error_set(err, "libunbound cannot begin");
		return NULL;
	}
	ub_ctx_debugout(ctx, NULL); /* else it speaks on stderr */
	if (options_set(ctx, options, err) && sockets_set(setup, ctx, err) &&
	    servers_set(setup, ctx, err) && anchor_set(setup, ctx, err) &&
	    built_in_remove(ctx, err))
		return ctx;
	ub_ctx_delete(ctx);
	return NULL;
}
