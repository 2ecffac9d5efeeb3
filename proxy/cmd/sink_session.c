/*
 * sink_session: one client of the sink.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "postern/command.h"
#include "postern/dotline.h"
#include "postern/reply.h"
#include "postern/stream.h"
#include "postern/xalloc.h"

#include "sink.h"

enum {
	PATIENCE = 300000, /* ms for anything */
	LINE_MOST = 4096,
	RECIPIENTS_MOST = 10000,
	SIZE_MOST = 100 << 20
};

struct client {
	struct sink *sink;
	struct stream *stream;
	struct arena *arena; /* of the transaction */
	struct ip peer;
	char shown[300]; /* who the client is, by XCLIENT or by itself */
	bool have_sender;
	struct strbuf envelope; /* "from=<> to=<>,<>" */
	unsigned recipients;
	struct strbuf content;
	bool too_large;
};

static int64_t
deadline(const struct client *c)
{
	return loop_now(c->sink->loop) + PATIENCE;
}

static bool
say(struct client *c, const char *text)
{
	return stream_puts(c->stream, text, deadline(c)) >= 0;
}

static void
reset(struct client *c)
{
	c->have_sender = false;
	c->recipients = 0;
	c->too_large = false;
	strbuf_reset(&c->envelope);
	strbuf_clear(&c->content);
	arena_reset(c->arena);
}

static bool
on_hello(struct client *c, const struct command *command)
{
	reset(c);
	if (command->verb == VERB_HELO)
		return say(c, "250 sink.invalid\r\n");
	return say(c,
	    "250-sink.invalid\r\n250-PIPELINING\r\n250-8BITMIME\r\n"
	    "250-SMTPUTF8\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n"
	    "250-XCLIENT NAME REVERSE_NAME ADDR PORT PROTO HELO\r\n"
	    "250 SIZE 104857600\r\n");
}

static bool
on_mail(struct client *c, const struct command *command)
{
	struct path path;

	if (c->have_sender)
		return say(c, "503 5.5.1 Nested MAIL\r\n");
	if (path_parse(command->argument, "FROM", &path) != PATH_OK)
		return say(c, "501 5.1.7 Bad sender\r\n");
	c->have_sender = true;
	strbuf_printf(&c->envelope, "from=<%.*s>", (int)path.address.len,
	    path.address.data);
	return say(c, "250 2.1.0 Ok\r\n");
}

static bool
listed(const struct texts *list, struct str text)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (str_case_is(text, list->at[i]))
			return true;
	return false;
}

/* Mail for a domain that is not ours would have to be relayed. */
static bool
is_local(const struct client *c, struct str domain)
{
	if (c->sink->domains.count)
		return domain.len == 0 || listed(&c->sink->domains, domain);
	return !str_case_is(domain, "invalid") &&
	    !str_case_ends(domain, ".invalid");
}

static bool
on_rcpt(struct client *c, const struct command *command)
{
	struct path path;

	if (!c->have_sender)
		return say(c, "503 5.5.1 MAIL first\r\n");
	if (path_parse(command->argument, "TO", &path) != PATH_OK)
		return say(c, "501 5.1.3 Bad recipient\r\n");
	if (!is_local(c, path.domain))
		return say(c, "554 5.7.1 Relay access denied\r\n");
	if (listed(&c->sink->refusals, path.address))
		return say(c, "550 5.1.1 No such user here\r\n");
	if (c->recipients >= RECIPIENTS_MOST)
		return say(c, "452 4.5.3 Too many recipients\r\n");
	strbuf_printf(&c->envelope, "%s<%.*s>",
	    c->recipients ? "," : " to=", (int)path.address.len,
	    path.address.data);
	c->recipients++;
	return say(c, "250 2.1.5 Ok\r\n");
}

static bool
collect(void *context, struct str octets)
{
	struct client *c = context;

	c->too_large |= c->content.len + octets.len > SIZE_MOST;
	if (!c->too_large && c->sink->maildir)
		strbuf_add(&c->content, octets);
	return true;
}

static bool
store(struct client *c, const struct dotline *dots)
{
	const char *name = "nowhere";
	struct error error;
	char line[300];

	if (c->too_large)
		return say(c, "552 5.3.4 Too large\r\n");
	if (c->sink->maildir &&
	    !sink_maildir_store(c->sink->maildir, strbuf_str(&c->content),
		c->arena, &name, &error)) {
		fprintf(stderr, "postern sink: %s\n", error.text);
		return say(c, "452 4.3.1 Cannot store\r\n");
	}
	c->sink->stored++;
	if (!c->sink->quiet) {
		printf("stored %s %s client=%s size=%llu\n", name,
		    c->envelope.data, c->shown, (unsigned long long)dots->size);
		fflush(stdout);
	}
	snprintf(line, sizeof(line), "250 2.0.0 Ok: queued as S%lu\r\n",
	    c->sink->stored);
	return say(c, line);
}

static bool
on_data(struct client *c)
{
	struct dotline dots;
	struct str octets;
	bool stopped, keep;

	if (c->recipients == 0)
		return say(c, "503 5.5.1 RCPT first\r\n");
	if (!say(c, "354 Go ahead\r\n"))
		return false;
	dotline_init(&dots);
	while (!dots.done) {
		if (stream_fill(c->stream, deadline(c), &octets) < 0)
			return false;
		stream_take(c->stream,
		    dotline_read(&dots, octets, collect, c, &stopped));
	}
	keep = store(c, &dots);
	reset(c);
	return keep;
}

/* XCLIENT NAME=... ADDR=...: only shown, and only believed from loopback. */
static bool
on_xclient(struct client *c, const struct command *command)
{
	struct str rest = command->argument, word;
	char ip[IP_TEXT_MAX];

	if (!ip_is_loopback(&c->peer))
		return say(c, "550 5.7.0 Not allowed\r\n");
	reset(c);
	snprintf(c->shown, sizeof(c->shown), "%s", ip_format(&c->peer, ip));
	while (str_cut_word(&rest, &word))
		if (str_case_starts(word, "ADDR="))
			snprintf(c->shown, sizeof(c->shown), "%.*s",
			    (int)str_head(str_from(word, 5), 200).len,
			    word.data + 5);
	return say(c, "220 sink.invalid ESMTP\r\n");
}

static bool
obey(struct client *c, struct str line)
{
	struct command command;

	command_parse(line, &command);
	switch (command.verb) {
	case VERB_HELO:
	case VERB_EHLO:
		return on_hello(c, &command);
	case VERB_MAIL:
		return on_mail(c, &command);
	case VERB_RCPT:
		return on_rcpt(c, &command);
	case VERB_DATA:
		return on_data(c);
	case VERB_XCLIENT:
		return on_xclient(c, &command);
	case VERB_RSET:
		reset(c);
		return say(c, "250 2.0.0 Ok\r\n");
	case VERB_NOOP:
		return say(c, "250 2.0.0 Ok\r\n");
	case VERB_VRFY:
		return say(c, "252 2.0.0 Try it\r\n");
	case VERB_QUIT:
		say(c, "221 2.0.0 Bye\r\n");
		return false;
	default:
		return say(c, "502 5.5.1 Not implemented\r\n");
	}
}

static void
converse(struct client *c)
{
	struct str line;

	if (!say(c, "220 sink.invalid ESMTP\r\n"))
		return;
	for (;;) {
		if (stream_read_line(c->stream, LINE_MOST, deadline(c), &line) <
		    0)
			return;
		if (line.len > 0 && line.data[line.len - 1] == '\r')
			line.len--;
		if (!obey(c, line))
			return;
	}
}

static void
client_run(void *arg)
{
	struct client *c = arg;

	converse(c);
	stream_flush(c->stream, deadline(c));
	stream_free(c->stream);
	strbuf_clear(&c->envelope);
	strbuf_clear(&c->content);
	arena_free(c->arena);
	free(c);
}

void
sink_start(struct sink *sink, int fd, const struct ip *peer)
{
	struct client *c = xcalloc(1, sizeof(*c));

	c->sink = sink;
	c->stream = stream_new(fd);
	c->arena = arena_new();
	c->peer = *peer;
	ip_format(peer, c->shown);
	strbuf_init(&c->envelope);
	strbuf_init(&c->content);
	coro_start(sink->loop, client_run, c);
}
