/*
 * dns_fake: a name server inside a test's own loop, honest or not.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "postern/dns_name.h"
#include "postern/log.h"
#include "postern/xalloc.h"

#include "dns_fake.h"
#include "dns_wire.h"

enum { HEADER_LEN = 12, WIRE_MUTE = 0 };

struct question {
	struct dns_fake *fake;
	struct sockaddr_in from;
	unsigned char octets[512];
	size_t len;
};

static const char address[] = "\306\63\144\1";

static bool
verb_is(const char *name, const char *verb)
{
	return strncmp(name, verb, strlen(verb)) == 0 &&
	    (name[strlen(verb)] == '-' || name[strlen(verb)] == '.');
}

static void
add_records(struct strbuf *b, const char *name, unsigned type)
{
	struct strbuf text;

	if (type == DNS_A)
		wire_record(b, name, type, 300, str_of(address, 4));
	if (type == DNS_PTR)
		wire_alias(b, name, type, name);
	if (type != DNS_TXT)
		return;
	strbuf_init(&text);
	wire_text(&text, str_c("fake"));
	wire_record(b, name, type, 300, strbuf_str(&text));
	strbuf_clear(&text);
}

static void
add_alias(struct strbuf *b, const char *name, unsigned type)
{
	char to[DNS_TEXT_ROOM];

	snprintf(to, sizeof(to), "a%s", strchr(name, '.'));
	wire_alias(b, name, DNS_CNAME, to);
	add_records(b, to, type);
}

static void
build(struct strbuf *b, const char *name, unsigned type)
{
	unsigned flags = WIRE_OK;

	if (verb_is(name, "nx"))
		flags = WIRE_NXDOMAIN;
	if (verb_is(name, "fail"))
		flags = WIRE_SERVFAIL;
	wire_start(b, flags, name, type);
	if (verb_is(name, "alias"))
		add_alias(b, name, type);
	else if (verb_is(name, "loop"))
		wire_alias(b, name, DNS_CNAME, name);
	else if (flags == WIRE_OK && !verb_is(name, "no"))
		add_records(b, name, type);
}

static void
answer(const struct question *q, const char *name, unsigned type)
{
	struct strbuf b;

	strbuf_init(&b);
	build(&b, name, type);
	memcpy(b.data, q->octets, 2);
	if (verb_is(name, "other"))
		b.data[1] ^= 1;
	if (verb_is(name, "cut"))
		strbuf_truncate(&b, b.len - 3);
	sendto(q->fake->fd, b.data, b.len, 0, (const struct sockaddr *)&q->from,
	    sizeof(q->from));
	strbuf_clear(&b);
}

static void
serve(void *arg)
{
	struct question *q = arg;
	struct arena *arena = arena_new();
	const unsigned char *name = q->octets + HEADER_LEN, *end = name;
	int64_t wait = 0;
	struct str text;

	while (*end)
		end += 1 + *end;
	text = dns_name_text(name, arena);
	if (verb_is(text.data, "slow"))
		wait = FAKE_SLOW_MS;
	if (verb_is(text.data, "late"))
		wait = FAKE_LATE_MS;
	if (!verb_is(text.data, "mute") && !q->fake->mute &&
	    (wait == 0 || coro_sleep(loop_now(q->fake->loop) + wait) == 0))
		answer(q, text.data, end[1] * 256u + end[2]);
	arena_free(arena);
	free(q);
}

static void
fake_run(void *arg)
{
	struct dns_fake *fake = arg;
	struct question *q;
	socklen_t len;
	ssize_t got;

	while (coro_wait_fd(fake->fd, CORO_READ, CORO_NEVER) == 0) {
		q = xcalloc(1, sizeof(*q));
		q->fake = fake;
		len = sizeof(q->from);
		got = recvfrom(fake->fd, q->octets, sizeof(q->octets),
		    MSG_DONTWAIT, (struct sockaddr *)&q->from, &len);
		if (got <= HEADER_LEN) {
			free(q);
			continue;
		}
		q->len = (size_t)got;
		fake->asked++;
		coro_start(fake->loop, serve, q);
	}
	fake->coro = NULL;
}

void
dns_fake_start(struct dns_fake *fake, struct loop *loop)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*fake = (struct dns_fake) {.loop = loop};
	fake->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fake->fd < 0 ||
	    bind(fake->fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    getsockname(fake->fd, (struct sockaddr *)&at, &len) != 0)
		panic("no socket on 127.0.0.1");
	fake->port = ntohs(at.sin_port);
	fake->coro = coro_start(loop, fake_run, fake);
}

void
dns_fake_stop(struct dns_fake *fake)
{
	coro_cancel(fake->coro);
	while (fake->coro)
		loop_turn(fake->loop, 10);
	close(fake->fd);
}
