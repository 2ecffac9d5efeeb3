/*
 * identity: how the backend learns who the client is.
 *
 * XCLIENT and XFORWARD are Postfix's: NAME=value pairs in xtext, lines below
 * 512 octets.  The PROXY header is haproxy's and goes before everything else.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/net.h"

#include "attributes.h"
#include "identity.h"
#include "proxy_header.h"

enum {
	NAMES_MAX = 5, /* pointers that are checked */
	HOST_MAX = 255 /* octets of a name */
};

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

/* DNS takes any octet; what stands in logs and XCLIENT is a host name. */
static bool
is_host_name(struct str name)
{
	size_t i;

	for (i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.data[i]) &&
		    !ascii_is_one_of(name.data[i], "-_."))
			return false;
	return name.len > 0 && name.len <= HOST_MAX;
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
		if (!is_host_name(str_c(name)))
			continue;
		if (points_back(
			dns, name, &client->client, deadline, arena, &failed)) {
			client->client_name = name;
			return;
		}
	}
	client->client_name_failed = failed;
}

static void
owe_proxy_header(struct backend *b, const struct envelope *client)
{
	unsigned version = b->conf->identity == IDENTITY_PROXY_V1 ? 1 : 2;
	struct proxy_header header = {
	    .client = client->client,
	    .client_port = client->client_port,
	    .server = client->server,
	    .server_port = client->server_port,
	};
	struct strbuf out;

	strbuf_init(&out);
	proxy_header_format(&out, version, &header);
	stream_owe(b->stream, strbuf_str(&out));
	strbuf_clear(&out);
}

bool
identity_connect(
    struct backend *b, const struct envelope *client, int64_t deadline)
{
	int identity = b->conf->identity;
	int fd;

	if (identity == IDENTITY_TRANSPARENT)
		fd = net_connect_from(
		    &client->client, b->at, b->dns, deadline, &b->error);
	else
		fd = net_connect(b->at, b->dns, deadline, &b->error);
	if (fd < 0)
		return false;
	b->stream = stream_new(fd);
	if (identity == IDENTITY_PROXY_V1 || identity == IDENTITY_PROXY_V2)
		owe_proxy_header(b, client);
	return true;
}

/* A command with attributes, sent when the line is full. */
struct teller {
	struct backend *backend;
	const struct envelope *client;
	const char *verb;
	unsigned wanted;   /* attributes that the backend asked for */
	unsigned expected; /* code of the reply */
	struct strbuf line;
	bool ok;
};

static bool
lose_with_reply(struct backend *b, const char *verb)
{
	struct str text = str_head(reply_line(&b->reply, 0), 150);

	return backend_lose(b, "%s answered %u %.*s", verb, b->reply.code,
	    (int)text.len, text.data);
}

static void
send_line(struct teller *t)
{
	struct backend *b = t->backend;

	if (!t->ok || t->line.len <= strlen(t->verb))
		return;
	t->ok = backend_command(
	    b, strbuf_str(&t->line), b->conf->backend_command_timeout);
	if (t->ok && b->reply.code != t->expected)
		t->ok = lose_with_reply(b, t->verb);
	strbuf_truncate(&t->line, strlen(t->verb));
}

static void
tell(struct teller *t, enum attribute which)
{
	size_t before = t->line.len;
	bool forward = t->expected == 250;

	if (!(t->wanted & which))
		return;
	attributes_format(&t->line, which, t->client, forward);
	if (t->line.len <= ATTRIBUTE_LINE_MAX)
		return;
	strbuf_truncate(&t->line, before);
	send_line(t);
	attributes_format(&t->line, which, t->client, forward);
	if (t->line.len > ATTRIBUTE_LINE_MAX) /* no value is that long */
		strbuf_truncate(&t->line, strlen(t->verb));
}

static bool
tell_all(struct teller *t)
{
	unsigned bit;

	t->ok = true;
	strbuf_init(&t->line);
	strbuf_puts(&t->line, t->verb);
	for (bit = 1; bit & (ATTRS_XCLIENT | ATTRS_XFORWARD); bit <<= 1)
		tell(t, (enum attribute)bit);
	send_line(t);
	strbuf_clear(&t->line);
	return t->ok;
}

bool
identity_xclient(struct backend *b, const struct envelope *client)
{
	struct teller t = {
	    .backend = b,
	    .client = client,
	    .verb = "XCLIENT",
	    .wanted = b->caps.xclient,
	    .expected = 220,
	};

	if (!client->login)
		t.wanted &= ~(unsigned)ATTR_LOGIN;
	if (client->helo[0] == '\0')
		t.wanted &= ~(unsigned)(ATTR_HELO | ATTR_PROTO);
	if (client->server.bits == 0)
		t.wanted &= ~(unsigned)(ATTR_DESTADDR | ATTR_DESTPORT);
	return tell_all(&t);
}

bool
identity_xforward(struct backend *b, const struct envelope *client)
{
	struct teller t = {
	    .backend = b,
	    .client = client,
	    .verb = "XFORWARD",
	    .wanted = b->caps.xforward,
	    .expected = 250,
	};

	return tell_all(&t);
}
