/*
 * doctor: reads the Postfix beside us and says which lines to change.
 *
 * It looks only, and says what it did not look at.  78 when there is something
 * to change, 66 when there is no Postfix to look at.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "postern/strbuf.h"

#include "cmd.h"
#include "postfix_conf.h"

struct doctor {
	struct postfix_conf postfix;
	const char *folder;
	const struct listener_conf *listener; /* looked at now */
	const struct postfix_service *behind; /* of its backend */
	unsigned found;
};

static bool
read_file(struct doctor *d, const char *name, struct str *out)
{
	struct str path =
	    arena_printf(d->postfix.arena, "%s/%s", d->folder, name);
	FILE *in = fopen(path.data, "r");
	char piece[4096];
	struct strbuf text;
	size_t got;

	if (!in) {
		fprintf(stderr, "postern doctor: %s: %s\n", path.data,
		    strerror(errno));
		return false;
	}
	strbuf_init(&text);
	while ((got = fread(piece, 1, sizeof(piece), in)) > 0)
		strbuf_add(&text, str_of(piece, got));
	fclose(in);
	*out = arena_copy(d->postfix.arena, strbuf_str(&text));
	strbuf_clear(&text);
	return true;
}

/* "/etc/postfix/master.cf:12: listener mx: ..." */
static void __attribute__((format(printf, 2, 3)))
advise(struct doctor *d, const char *fmt, ...)
{
	va_list args;

	d->found++;
	printf("%s/master.cf", d->folder);
	if (d->behind)
		printf(":%u", d->behind->line);
	printf(": listener \"%s\": ", d->listener->title);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

static struct str
get(const struct doctor *d, const char *name, const char *otherwise)
{
	return postfix_get(&d->postfix, d->behind, name, otherwise);
}

/* The address that Postfix sees us come from, where that is known. */
static const char *
our_address(const struct endpoint *backend)
{
	if (backend->host && strcmp(backend->host, "::1") == 0)
		return "[::1]";
	return "127.0.0.1";
}

static bool
lists_us(struct str list, const struct endpoint *backend)
{
	return postfix_lists(list, our_address(backend)) ||
	    postfix_lists(list, "127.0.0.0/8") ||
	    postfix_lists(list, "[::1]/128") || postfix_lists(list, "::1");
}

/* Settings that hold addresses of hosts that are believed. */
static void
check_believed(struct doctor *d, const struct endpoint *backend,
    const char *setting, const char *word)
{
	if (!lists_us(get(d, setting, ""), backend))
		advise(d, "identity = %s needs -o %s=%s, or nobody is served",
		    word, setting, our_address(backend));
}

static void
check_identity(struct doctor *d, const struct endpoint *backend)
{
	int identity = d->listener->identity;
	bool proxied =
	    identity == IDENTITY_PROXY_V1 || identity == IDENTITY_PROXY_V2;
	struct str upstream = get(d, "smtpd_upstream_proxy_protocol", "");

	if (identity == IDENTITY_XCLIENT)
		check_believed(
		    d, backend, "smtpd_authorized_xclient_hosts", "xclient");
	if (identity == IDENTITY_XFORWARD)
		check_believed(
		    d, backend, "smtpd_authorized_xforward_hosts", "xforward");
	if (proxied && !str_is(upstream, "haproxy"))
		advise(d,
		    "identity = proxy-v1 or -v2 needs "
		    "-o smtpd_upstream_proxy_protocol=haproxy");
	if (!proxied && upstream.len > 0)
		advise(d,
		    "it waits for a PROXY header: identity = proxy-v2 sends "
		    "one, or take smtpd_upstream_proxy_protocol away");
	if (identity != IDENTITY_NONE &&
	    str_is(get(d, "inet_protocols", "all"), "ipv4"))
		advise(d,
		    "inet_protocols = ipv4: mail of IPv6 clients will be "
		    "deferred; set inet_protocols = all");
}

static void
check_trust(struct doctor *d, const struct endpoint *backend)
{
	struct str relay = get(d, "smtpd_relay_restrictions",
	    "permit_mynetworks permit_sasl_authenticated "
	    "defer_unauth_destination");
	struct str recipient = get(d, "smtpd_recipient_restrictions", "");

	if (!postfix_lists(relay, "reject_unauth_destination") &&
	    !postfix_lists(relay, "reject") &&
	    !postfix_lists(recipient, "reject_unauth_destination"))
		advise(d,
		    "relaying is not refused for good, so nobody is served: "
		    "-o smtpd_relay_restrictions=permit_mynetworks,"
		    "permit_sasl_authenticated,reject_unauth_destination");
	if (d->listener->identity == IDENTITY_NONE &&
	    lists_us(get(d, "mynetworks", "127.0.0.0/8"), backend) &&
	    postfix_lists(relay, "permit_mynetworks") &&
	    !listener_is_private(d->listener))
		advise(d,
		    "mynetworks has our address, and identity = none: it would "
		    "relay for everybody; set identity = xclient here and "
		    "-o smtpd_authorized_xclient_hosts=%s there",
		    our_address(backend));
}

static void
check_content(struct doctor *d)
{
	struct str rewrite =
	    get(d, "local_header_rewrite_clients", "permit_inet_interfaces");
	struct str limit = get(d, "message_size_limit", "10240000");
	uint64_t size;

	if (rewrite.len > 0)
		advise(d,
		    "headers of strangers are rewritten, which breaks DKIM: "
		    "-o local_header_rewrite_clients=");
	if (get(d, "smtpd_milters", "").len > 0 &&
	    !postfix_lists(
		get(d, "receive_override_options", ""), "no_milters"))
		advise(d,
		    "its milters judge the mail again: "
		    "-o receive_override_options=no_milters");
	if (str_to_uint(limit, UINT64_MAX, &size) && size > 0 &&
	    size < d->listener->message_size_limit)
		advise(d,
		    "message_size_limit is %llu there and %zu here: the "
		    "smaller one is offered; set both",
		    (unsigned long long)size, d->listener->message_size_limit);
}

static void
check_processes(struct doctor *d)
{
	struct str text = d->behind->processes;
	uint64_t processes;

	if (str_is(text, "-"))
		text = get(d, "default_process_limit", "100");
	if (str_to_uint(text, UINT32_MAX, &processes) && processes > 0 &&
	    processes < 100)
		advise(d,
		    "%llu processes serve as many mails at a time; the others "
		    "wait (the column before smtpd)",
		    (unsigned long long)processes);
}

static bool
is_here(const struct endpoint *backend)
{
	struct ip ip;

	return backend->family != ENDPOINT_UNIX && backend->host &&
	    (strcmp(backend->host, "localhost") == 0 ||
		(ip_parse(str_c(backend->host), &ip) && ip_is_loopback(&ip)));
}

static void
check_backend(struct doctor *d, const struct endpoint *backend)
{
	struct str shown = endpoint_format(backend, d->postfix.arena);

	d->behind = NULL;
	if (!is_here(backend) || d->listener->protocol == PROTOCOL_LMTP) {
		printf("listener \"%s\": backend %s is not looked at\n",
		    d->listener->title, shown.data);
		return;
	}
	d->behind = postfix_find(&d->postfix, backend->port);
	if (!d->behind) {
		advise(d, "no smtpd listens on %s; add one (see postern(8))",
		    shown.data);
		return;
	}
	if (!str_is(d->behind->command, "smtpd")) {
		advise(d, "%.*s listens on %s, not smtpd",
		    (int)d->behind->command.len, d->behind->command.data,
		    shown.data);
		return;
	}
	check_identity(d, backend);
	check_trust(d, backend);
	check_content(d);
	check_processes(d);
}

/* Two cannot have one port. */
static void
check_port(struct doctor *d)
{
	const struct endpoint *at = &d->listener->address;

	if (at->family == ENDPOINT_UNIX)
		return;
	d->behind = postfix_find(&d->postfix, at->port);
	if (d->behind)
		advise(d, "Postfix listens on port %u itself: comment it out",
		    at->port);
}

static int
examine(struct doctor *d, const struct config *config)
{
	struct str text;
	size_t i, k;

	if (!read_file(d, "main.cf", &text))
		return EX_NOINPUT;
	postfix_read_main(&d->postfix, text);
	if (!read_file(d, "master.cf", &text))
		return EX_NOINPUT;
	postfix_read_master(&d->postfix, text);
	for (i = 0; i < config->listener_count; i++) {
		d->listener = &config->listeners[i];
		check_port(d);
		for (k = 0; k < d->listener->backend.count; k++)
			check_backend(d, &d->listener->backend.at[k]);
	}
	if (config->listener_count == 0)
		printf("there is no listener: nothing to look at\n");
	if (d->found == 0)
		printf("%s: nothing to change\n", d->folder);
	return d->found ? EX_CONFIG : EX_OK;
}

static int
doctor(int argc, char **argv)
{
	struct doctor d = {.folder = "/etc/postfix"};
	const char *path = NULL;
	struct config *config;
	int c, code;

	while ((c = getopt(argc, argv, "c:p:")) != -1)
		if (c == 'c')
			path = optarg;
		else if (c == 'p')
			d.folder = optarg;
		else
			return cmd_usage(&cmd_doctor);
	if (optind < argc)
		return cmd_usage(&cmd_doctor);
	config = cmd_load(path, CONFIG_LOOK, NULL, true);
	if (!config)
		return EX_CONFIG;
	d.postfix.arena = arena_new();
	code = examine(&d, config);
	arena_free(d.postfix.arena);
	config_free(config);
	return code;
}

const struct cmd cmd_doctor = {
    "doctor",
    "say what to change in the Postfix beside us",
    "[-c FILE] [-p FOLDER]\n"
    "  -c FILE    configuration\n"
    "  -p FOLDER  where main.cf and master.cf are; /etc/postfix",
    doctor,
};
