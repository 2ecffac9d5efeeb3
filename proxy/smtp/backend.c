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

#include "postern/net.h"

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
}

void
backend_clear(struct backend *b)
{
	stream_free(b->stream);
	b->stream = NULL;
	reply_clear(&b->reply);
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
	int64_t deadline = loop_now(coro_loop()) + timeout;
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
	int64_t deadline = loop_now(coro_loop()) + timeout;
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
	if (b->reply.code == 220)
		return true;
	return backend_lose(b, "greeting %u", b->reply.code);
}

/* EHLO, and HELO when the backend does not know it. */
static bool
say_hello(struct backend *b, const char *helo)
{
	int64_t timeout = b->conf->backend_command_timeout;
	char line[512];

	snprintf(line, sizeof(line), "EHLO %.400s", helo);
	if (!backend_command(b, str_c(line), timeout))
		return false;
	if (b->reply.code == 250) {
		ehlo_parse(&b->reply, &b->caps);
		return true;
	}
	if (!reply_is(&b->reply, 5))
		return backend_lose(b, "EHLO answered %u", b->reply.code);
	snprintf(line, sizeof(line), "HELO %.400s", helo);
	if (!backend_command(b, str_c(line), timeout))
		return false;
	b->caps = (struct capabilities) {.esmtp = false};
	if (b->reply.code == 250)
		return true;
	return backend_lose(b, "HELO answered %u", b->reply.code);
}

static bool
tell_identity(
    struct backend *b, const struct envelope *client, const char *helo)
{
	if (b->conf->identity == IDENTITY_NONE)
		return true;
	if (!(b->caps.xclient & XCLIENT_ADDR)) {
		reply_reset(&b->reply);
		return backend_lose(b,
		    "the backend does not offer XCLIENT to us "
		    "(see smtpd_authorized_xclient_hosts)");
	}
	return identity_xclient(b, client) &&
	    say_hello(b, client->helo[0] ? client->helo : helo);
}

bool
backend_open(struct backend *b, const struct envelope *client, const char *helo)
{
	int64_t deadline =
	    loop_now(coro_loop()) + b->conf->backend_connect_timeout;
	int fd;

	reply_reset(&b->reply);
	b->in_transaction = false;
	fd = net_connect(&b->conf->backend.at[0], b->dns, deadline, &b->error);
	if (fd < 0)
		return false;
	b->stream = stream_new(fd);
	return read_greeting(b) && say_hello(b, helo) &&
	    tell_identity(b, client, helo);
}

void
backend_quit(struct backend *b)
{
	if (!b->stream)
		return;
	backend_command(b, str_c("QUIT"), QUIT_TIMEOUT);
	stream_free(b->stream);
	b->stream = NULL;
}
