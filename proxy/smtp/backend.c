/*
 * backend: our SMTP session with the mail server behind.
 *
 * Every failure ends in backend_lose: the stream is closed there and nowhere
 * else, so that no half-read reply can be taken for the answer to a later
 * command.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "postern/tls.h"

#include "attributes.h"
#include "backend.h"
#include "identity.h"

enum {
	REPLY_LINE_MAX = 4096,
	QUIT_TIMEOUT = 1000 /* ms */
};

void
backend_init(
    struct backend *b, const struct listener_conf *conf, struct dns *dns)
{
	*b = (struct backend) {.conf = conf, .dns = dns};
	reply_init(&b->reply);
	strbuf_init(&b->greeting);
}

void
backend_clear(struct backend *b)
{
	stream_free(b->stream);
	b->stream = NULL;
	strbuf_clear(&b->greeting);
	reply_clear(&b->reply);
}

void
backend_patience(struct backend *b, int64_t ms)
{
	b->until = loop_now(coro_loop()) + ms;
}

int64_t
backend_deadline(const struct backend *b, int64_t timeout)
{
	int64_t deadline = loop_now(coro_loop()) + timeout;

	return b->until != CORO_NEVER && b->until < deadline ? b->until :
							       deadline;
}

bool
backend_lose(struct backend *b, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(b->error.text, sizeof(b->error.text), fmt, args);
	va_end(args);
	stream_free(b->stream);
	b->stream = NULL;
	return false;
}

static bool
lose_on(struct backend *b, int result, const char *doing)
{
	if (result == -ETIMEDOUT)
		return backend_lose(b, "timeout while %s", doing);
	if (result == -ECONNRESET)
		return backend_lose(b, "connection closed while %s", doing);
	if (result == STREAM_LINE_TOO_LONG)
		return backend_lose(b, "overlong reply while %s", doing);
	return backend_lose(b, "%s while %s", strerror(-result), doing);
}

/* A line without its CR is a bare LF: no SMTP line. */
static enum reply_step
take_line(struct reply *reply, struct str line)
{
	if (line.len == 0 || line.data[line.len - 1] != '\r')
		return REPLY_BROKEN;
	return reply_add_line(reply, str_head(line, line.len - 1));
}

bool
backend_read(struct backend *b, int64_t timeout)
{
	int64_t deadline = backend_deadline(b, timeout);
	enum reply_step step;
	struct str line;
	int result;

	reply_reset(&b->reply);
	do {
		result = stream_read_line(
		    b->stream, REPLY_LINE_MAX, deadline, &line);
		if (result < 0) {
			reply_reset(&b->reply);
			return lose_on(b, result, "reading a reply");
		}
		step = take_line(&b->reply, line);
	} while (step == REPLY_MORE);
	if (step == REPLY_DONE)
		return true;
	reply_reset(&b->reply);
	return backend_lose(b, "malformed reply");
}

bool
backend_command(struct backend *b, struct str line, int64_t timeout)
{
	int64_t deadline = backend_deadline(b, timeout);
	int result;

	if (!b->stream)
		return false;
	if (stream_is_readable(b->stream)) {
		reply_reset(&b->reply);
		return backend_lose(b,
		    "closed or unsolicited reply before %.*s",
		    (int)str_find(str_head(line, 8), ' '), line.data);
	}
	stream_owe(b->stream, line);
	stream_owe(b->stream, str_c("\r\n"));
	result = stream_flush(b->stream, deadline);
	if (result < 0) {
		reply_reset(&b->reply);
		return lose_on(b, result, "sending a command");
	}
	return backend_read(b, timeout);
}

static bool
read_greeting(struct backend *b)
{
	if (!backend_read(b, b->conf->backend_greeting_timeout))
		return false;
	strbuf_reset(&b->greeting);
	strbuf_add(&b->greeting, reply_line(&b->reply, 0));
	if (b->reply.code == 220)
		return true;
	return backend_lose(b, "greeting %u", b->reply.code);
}

/* One greeting verb with our name; false when the session was lost. */
static bool
say_name(struct backend *b, const char *verb, const char *helo)
{
	char line[512];

	snprintf(line, sizeof(line), "%s %.400s", verb, helo);
	return backend_command(
	    b, str_c(line), b->conf->backend_command_timeout);
}

/* EHLO, and HELO when the backend does not know it. */
bool
backend_hello(struct backend *b, const char *helo)
{
	bool lmtp = b->conf->protocol == PROTOCOL_LMTP;
	const char *verb = lmtp ? "LHLO" : "EHLO";

	if (!say_name(b, verb, helo))
		return false;
	if (b->reply.code == 250) {
		ehlo_parse(&b->reply, &b->caps);
		return true;
	}
	if (!reply_is(&b->reply, 5) || lmtp)
		return backend_lose(b, "%s answered %u", verb, b->reply.code);
	if (!say_name(b, "HELO", helo))
		return false;
	b->caps = (struct capabilities) {.esmtp = false};
	if (b->reply.code == 250)
		return true;
	return backend_lose(b, "HELO answered %u", b->reply.code);
}

static bool
handshake(struct backend *b)
{
	const struct listener_conf *conf = b->conf;
	const char *name = conf->backend_tls_name;
	struct error error;

	if (!name)
		name = b->at->host ? b->at->host : "localhost";
	if (stream_connect_tls(b->stream, conf->backend_tls_context, name,
		backend_deadline(b, conf->tls_timeout), &error) == 0)
		return true;
	reply_reset(&b->reply);
	return backend_lose(b, "%s", error.text);
}

/* What was offered in the clear is forgotten: EHLO is said again. */
static bool
start_tls(struct backend *b, const char *helo)
{
	int wanted = b->conf->backend_tls;

	if (wanted == BACKEND_TLS_OFF || b->conf->backend_tls_implicit)
		return true;
	if (!b->caps.starttls && wanted == BACKEND_TLS_MAY)
		return true;
	if (!b->caps.starttls) {
		reply_reset(&b->reply);
		return backend_lose(b, "the backend does not offer STARTTLS");
	}
	if (!backend_command(
		b, str_c("STARTTLS"), b->conf->backend_command_timeout))
		return false;
	if (b->reply.code != 220)
		return backend_lose(b, "STARTTLS answered %u", b->reply.code);
	return handshake(b) && backend_hello(b, helo);
}

/* It would take every client for us. */
static bool
deny(struct backend *b, const char *why)
{
	reply_reset(&b->reply);
	b->denied = true;
	return backend_lose(b, "%s", why);
}

static bool
tell_identity(
    struct backend *b, const struct envelope *client, const char *helo)
{
	int identity = b->conf->identity;

	if (identity == IDENTITY_XFORWARD && !b->caps.xforward)
		return deny(b,
		    "the backend does not offer XFORWARD to us "
		    "(see smtpd_authorized_xforward_hosts)");
	if (identity != IDENTITY_XCLIENT)
		return true;
	if (!(b->caps.xclient & ATTR_ADDR))
		return deny(b,
		    "the backend does not offer XCLIENT to us "
		    "(see smtpd_authorized_xclient_hosts)");
	return identity_xclient(b, client) &&
	    backend_hello(b, client->helo[0] ? client->helo : helo);
}

bool
backend_open(struct backend *b, const struct endpoint *at,
    const struct envelope *client, const char *helo)
{
	int64_t deadline =
	    backend_deadline(b, b->conf->backend_connect_timeout);

	reply_reset(&b->reply);
	b->in_transaction = false;
	b->denied = false;
	b->at = at;
	if (!identity_connect(b, client, deadline))
		return false;
	if (b->conf->backend_tls_implicit) {
		stream_flush(b->stream, deadline);
		if (!handshake(b))
			return false;
	}
	return read_greeting(b) && backend_hello(b, helo) &&
	    start_tls(b, helo) && tell_identity(b, client, helo);
}

void
backend_quit(struct backend *b)
{
	int64_t until = b->until;

	if (!b->stream)
		return;
	b->until = CORO_NEVER;
	backend_command(b, str_c("QUIT"), QUIT_TIMEOUT);
	b->until = until;
	stream_free(b->stream);
	b->stream = NULL;
}
