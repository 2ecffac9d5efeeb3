/*
 * fuzz_mail: hostile octets for SMTP's syntax, and what must always hold.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/authres.h"
#include "postern/command.h"
#include "postern/dotline.h"
#include "postern/mailbox.h"
#include "postern/reply.h"
#include "postern/strbuf.h"

#include "fuzz.h"

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static bool
has_control(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (ascii_is_control(s.data[i]))
			return true;
	return false;
}

static bool
is_within(struct str part, struct str whole)
{
	return part.len == 0 ||
	    (part.data >= whole.data &&
		part.data + part.len <= whole.data + whole.len);
}

static void
fuzz_command(struct str in)
{
	struct command c;

	command_parse(in, &c);
	require(is_within(c.name, in) && is_within(c.argument, in));
	require(!str_ends(c.argument, " ") && !str_starts(c.argument, " "));
	if (c.verb == VERB_UNKNOWN)
		return;
	require(str_find(in, '\0') == in.len && str_find(in, '\n') == in.len);
	if (c.verb != VERB_HTTP)
		require(str_case_is(c.name, verb_name(c.verb)));
	if (helo_is_acceptable(c.argument))
		require(!has_control(c.argument) && c.argument.len <= 255);
}

/* What was accepted is accepted again, alike, from its parts. */
static void
path_rebuild(const char *keyword, const struct path *path)
{
	struct strbuf again;
	struct path second;

	strbuf_init(&again);
	strbuf_printf(&again, "%s: ", keyword);
	strbuf_add(&again, path->raw);
	strbuf_putc(&again, ' ');
	strbuf_add(&again, path->params);
	require(path_parse(strbuf_str(&again), keyword, &second) == PATH_OK);
	require(str_eq(second.address, path->address));
	require(str_eq(second.domain, path->domain));
	require(str_eq(second.route, path->route));
	require(str_eq(second.params, path->params));
	strbuf_clear(&again);
}

static void
fuzz_path_as(struct str in, const char *keyword)
{
	struct str params, key, value;
	bool bracketed;
	struct path path;

	if (path_parse(in, keyword, &path) != PATH_OK)
		return;
	bracketed = str_starts(path.raw, "<");
	require(!has_control(str_from(in, strlen(keyword))));
	require(path.raw.len ==
	    path.route.len + path.address.len + (bracketed ? 2 : 0));
	require(str_ends(path.raw, ">") == bracketed);
	require(str_starts(path.address, "\"") ||
	    str_find(path.address, ' ') == path.address.len);
	require(path.domain.len == 0 || path.domain.data[-1] == '@');
	require(is_within(path.domain, path.address));
	params = path.params;
	while (param_cut(&params, &key, &value))
		require(key.len > 0 && str_find(value, ' ') == value.len);
	path_rebuild(keyword, &path);
}

static void
fuzz_path(struct str in)
{
	fuzz_path_as(in, "FROM");
	fuzz_path_as(in, "TO");
}

static void
check_reply(const struct reply *r, struct str line)
{
	struct str raw = strbuf_str(&r->raw);

	require(r->code >= 200 && r->code <= 599);
	require(raw.len <= REPLY_SIZE_MAX && str_ends(raw, "\r\n"));
	raw = str_from(raw, raw.len - line.len - 2);
	require(str_eq(str_head(raw, line.len), line));
	require(str_eq(reply_line(r, r->lines - 1), str_from(line, 4)));
	require(reply_line(r, r->lines).len == 0);
	require(!has_control(reply_text(r)));
	require(!has_control(reply_enhanced(r)));
}

static void
fuzz_reply(struct str in)
{
	struct str line;
	struct reply r;

	reply_init(&r);
	while (str_cut(&in, '\n', &line) && r.lines < 100)
		if (reply_add_line(&r, line) != REPLY_BROKEN)
			check_reply(&r, line);
	reply_clear(&r);
}

/* Any text becomes one reply that our own reader takes. */
static void
fuzz_reply_format(struct str in)
{
	enum reply_step step = REPLY_MORE;
	struct strbuf out;
	struct str rest, line;
	struct reply r;

	strbuf_init(&out);
	reply_init(&r);
	reply_format(&out, 550, "5.7.1", str_head(in, 20000));
	rest = strbuf_str(&out);
	while (str_cut_line(&rest, &line)) {
		require(step == REPLY_MORE && line.len + 2 < 512);
		require(!has_control(line));
		step = reply_add_line(&r, line);
		if (step == REPLY_BROKEN)
			require(r.raw.len + line.len + 2 > REPLY_SIZE_MAX);
		if (step == REPLY_BROKEN)
			break;
	}
	require(step != REPLY_MORE);
	require(str_is(reply_enhanced(&r), "5.7.1"));
	reply_clear(&r);
	strbuf_clear(&out);
}

static bool
collect(void *context, struct str octets)
{
	strbuf_add(context, octets);
	return true;
}

static size_t
dotline_feed(struct dotline *d, struct str in, size_t chunk, struct strbuf *out)
{
	size_t taken = 0, length;
	bool stopped;

	while (taken < in.len && !d->done) {
		length = in.len - taken < chunk ? in.len - taken : chunk;
		taken += dotline_read(
		    d, str_of(in.data + taken, length), collect, out, &stopped);
	}
	return taken;
}

static void
dotline_write(struct str content, struct strbuf *out)
{
	bool start = true, dot;
	struct str piece;

	while (dotline_cut(&content, &start, &dot, &piece)) {
		if (dot)
			strbuf_putc(out, '.');
		strbuf_add(out, piece);
	}
	strbuf_puts(out, dotline_end(start));
}

/* Clean content that was read is written to the very octets it came as, and
 * octet for octet it is the same as in one. */
static void
fuzz_dotline(struct str in)
{
	struct strbuf whole, single, wire;
	struct dotline a, b;
	size_t taken;

	strbuf_init(&whole);
	strbuf_init(&single);
	strbuf_init(&wire);
	dotline_init(&a);
	dotline_init(&b);
	taken = dotline_feed(&a, in, in.len, &whole);
	require(taken == dotline_feed(&b, in, 1, &single));
	require(str_eq(strbuf_str(&whole), strbuf_str(&single)));
	require(a.done == b.done && a.size == b.size && a.size == whole.len);
	require(a.bare_cr == b.bare_cr && a.bare_lf == b.bare_lf);
	require(a.nul == b.nul && (a.done || taken == in.len));
	if (a.done && dotline_is_clean(&a)) {
		dotline_write(strbuf_str(&whole), &wire);
		require(str_ends(strbuf_str(&wire), "\r\n.\r\n") ||
		    str_is(strbuf_str(&wire), ".\r\n"));
		dotline_init(&b);
		strbuf_reset(&single);
		require(dotline_feed(&b, strbuf_str(&wire), wire.len,
			    &single) == wire.len &&
		    b.done);
		require(str_eq(strbuf_str(&whole), strbuf_str(&single)));
	}
	strbuf_clear(&whole);
	strbuf_clear(&single);
	strbuf_clear(&wire);
}

static bool
is_from_behind(const char *before, struct str in)
{
	struct strbuf value;
	bool yes;

	strbuf_init(&value);
	strbuf_puts(&value, before);
	strbuf_add(&value, in);
	yes = authres_is_from(strbuf_str(&value), "mx.example.net");
	strbuf_clear(&value);
	return yes;
}

static void
fuzz_authres_from(struct str in)
{
	authres_is_from(in, "mx.example.net");
	require(is_from_behind("mx.example.net;", in));
	require(is_from_behind(" \r\n\t(a)MX.example.NET ", in));
	require(!is_from_behind("evil.example;", in));
	require(!is_from_behind("mx.example.net.evil.example;", in));
}

static void
check_field(struct str value)
{
	struct str line, rest = value;
	size_t i;

	require(authres_is_from(value, "mx.example.net"));
	for (i = 0; str_cut_line(&rest, &line); i++) {
		require(line.len < 998 && !has_control(line));
		require(i == 0 ||
		    (line.len > 1 && *line.data == ' ' && line.data[1] != ' '));
	}
}

static void
fuzz_authres_format(struct str in)
{
	struct arena *arena = arena_new();
	struct property property = {"header", "d", in};
	struct finding f = {.method = "dkim",
	    .comment = in,
	    .reason = in,
	    .properties = &property,
	    .property_count = 1};
	struct str value = authres_value(in, arena);

	require(value.len > 0 && value.len <= 514 && !has_control(value));
	require(*value.data != '"' || str_ends(value, "\""));
	require(*value.data == '"' || str_find(value, ' ') == value.len);
	check_field(authres_format("mx.example.net", &f, 1, arena));
	arena_free(arena);
}

/* A plain address is read again as itself. */
static void
check_again(struct str address, struct arena *arena)
{
	struct mailboxes boxes;
	struct strbuf value;
	size_t i;

	for (i = 0; i < address.len; i++)
		if (strchr("()\"\\[]<>,:; ", address.data[i]))
			return;
	strbuf_init(&value);
	strbuf_puts(&value, "<");
	strbuf_add(&value, address);
	strbuf_puts(&value, ">");
	mailbox_parse(strbuf_str(&value), arena, &boxes);
	require(boxes.count == (address.len > 0));
	require(address.len == 0 || str_eq(boxes.at[0].address, address));
	strbuf_clear(&value);
}

static void
fuzz_mailbox(struct str in)
{
	struct arena *arena = arena_new();
	const struct mailbox *m;
	struct mailboxes boxes;
	size_t i;

	mailbox_parse(in, arena, &boxes);
	require(boxes.count <= 10000 && boxes.count <= in.len);
	for (i = 0; i < boxes.count; i++) {
		m = &boxes.at[i];
		require(m->name.len > 0 || m->address.len > 0);
		require(!has_control(m->name) && !has_control(m->address));
		require(is_within(m->domain, m->address));
		require(m->domain.len == 0 || m->domain.data[-1] == '@');
		if (i < 20)
			check_again(m->address, arena);
	}
	arena_free(arena);
}

const struct fuzz_target fuzz_targets[] = {
    {"command", fuzz_command},
    {"path", fuzz_path},
    {"reply", fuzz_reply},
    {"reply_format", fuzz_reply_format},
    {"dotline", fuzz_dotline},
    {"authres_from", fuzz_authres_from},
    {"authres_format", fuzz_authres_format},
    {"mailbox", fuzz_mailbox},
    {NULL, NULL},
};
