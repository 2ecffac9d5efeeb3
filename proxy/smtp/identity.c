/*
 * identity: how the backend learns who the client is.
 *
 * XCLIENT is Postfix's: NAME=value pairs in xtext, lines below 512 octets; the
 * backend answers each line with a new greeting.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>

#include "identity.h"

enum {
	LINE_MAX_OCTETS = 500, /* below 512 with CRLF */
	NAMES_MAX = 5          /* pointers that are checked */
};

void
identity_xtext(struct strbuf *out, const char *text)
{
	for (; *text; text++)
		if (*text > ' ' && *text < 0x7f && *text != '+' && *text != '=')
			strbuf_putc(out, *text);
		else
			strbuf_printf(out, "+%02X", (unsigned char)*text);
}

static bool
points_back(struct dns *dns, const char *name, const struct ip *ip,
    int64_t deadline, struct arena *arena, bool *failed)
{
	bool v4 = ip_is_v4(ip);
	size_t i, len = v4 ? 4 : 16;
	struct dns_answer answer;

	dns_lookup(dns, name, v4 ? DNS_A : DNS_AAAA, deadline, arena, &answer);
	*failed |= answer.status >= DNS_SERVFAIL;
	for (i = 0; i < answer.count; i++)
		if (answer.records[i].data.len == len &&
		    memcmp(answer.records[i].data.data, ip->octets, len) == 0)
			return true;
	return false;
}

void
identity_name(struct envelope *client, struct dns *dns, int64_t deadline,
    struct arena *arena)
{
	struct dns_answer answer;
	const char *name;
	bool failed;
	size_t i;

	if (client->client.bits == 0)
		return;
	name = ip_reverse_name(&client->client, arena).data;
	dns_lookup(dns, name, DNS_PTR, deadline, arena, &answer);
	failed = answer.status >= DNS_SERVFAIL;
	for (i = 0; i < answer.count && i < NAMES_MAX; i++) {
		name = arena_text(arena, answer.records[i].data);
		if (points_back(
			dns, name, &client->client, deadline, arena, &failed)) {
			client->client_name = name;
			return;
		}
	}
	client->client_name_failed = failed;
}

/* The attributes of one XCLIENT command, sent when the line is full. */
struct xclient {
	struct backend *backend;
	struct strbuf line;
	bool ok;
};

static void
send_line(struct xclient *x)
{
	struct backend *b = x->backend;

	if (!x->ok || x->line.len <= strlen("XCLIENT"))
		return;
	x->ok = backend_command(
	    b, strbuf_str(&x->line), b->conf->backend_command_timeout);
	if (x->ok && b->reply.code != 220)
		x->ok = backend_lose(b, "XCLIENT answered %u", b->reply.code);
	strbuf_reset(&x->line);
	strbuf_puts(&x->line, "XCLIENT");
}

static void
add(struct xclient *x, unsigned bit, const char *name, const char *value)
{
	size_t before = x->line.len;

	if (!(x->backend->caps.xclient & bit))
		return;
	strbuf_printf(&x->line, " %s=", name);
	identity_xtext(&x->line, value);
	if (x->line.len <= LINE_MAX_OCTETS)
		return;
	strbuf_truncate(&x->line, before);
	send_line(x);
	strbuf_printf(&x->line, " %s=", name);
	identity_xtext(&x->line, value);
	if (x->line.len > LINE_MAX_OCTETS) /* no value is that long */
		strbuf_truncate(&x->line, strlen("XCLIENT"));
}

static const char *
name_or_why(const struct envelope *client)
{
	if (client->client_name)
		return client->client_name;
	return client->client_name_failed ? "[TEMPUNAVAIL]" : "[UNAVAILABLE]";
}

bool
identity_xclient(struct backend *b, const struct envelope *client)
{
	struct xclient x = {.backend = b, .ok = true};
	char ip[IP_TEXT_MAX], addr[IP_TEXT_MAX + 8], port[16];

	ip_format(&client->client, ip);
	snprintf(addr, sizeof(addr), "%s%s",
	    ip_is_v4(&client->client) ? "" : "IPV6:", ip);
	snprintf(port, sizeof(port), "%u", client->client_port);
	strbuf_init(&x.line);
	strbuf_puts(&x.line, "XCLIENT");
	add(&x, XCLIENT_NAME, "NAME", name_or_why(client));
	add(&x, XCLIENT_REVERSE_NAME, "REVERSE_NAME", name_or_why(client));
	add(&x, XCLIENT_ADDR, "ADDR", addr);
	add(&x, XCLIENT_PORT, "PORT", port);
	add(&x, XCLIENT_PROTO, "PROTO",
	    strcmp(client->protocol, "SMTP") == 0 ? "SMTP" : "ESMTP");
	add(&x, XCLIENT_HELO, "HELO", client->helo);
	send_line(&x);
	strbuf_clear(&x.line);
	return x.ok;
}
