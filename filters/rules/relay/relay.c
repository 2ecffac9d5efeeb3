/*
 * relay: one hop of a mail, as a Received field tells it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/strbuf.h"

#include "relay.h"
#include "relay_auth.h"
#include "relay_formats.h"
#include "relay_line.h"

static bool
is_in(struct str s, const char *text)
{
	return str_find_str(s, str_c(text)) < s.len;
}

struct reading {
	struct relay *relay;
	struct str *handed;
	struct shape_parts parts;
	unsigned flags; /* of the format */
};

static bool
is_qmail_tail(struct str tail)
{
	struct str rest = tail;
	size_t at, smtp, qmqp;

	at = str_find_str(rest, str_c(" with "));
	if (at >= rest.len || (at > 0 && !str_starts(rest, " (")))
		return false;
	rest = str_from(rest, at + 5);
	while (rest.len > 0) {
		smtp = str_find_str(rest, str_c(" SMTP"));
		qmqp = str_find_str(rest, str_c(" QMQP"));
		at = smtp < qmqp ? smtp : qmqp;
		rest = str_from(rest, at + 5);
		if (at < rest.len + at + 5 && rest.data != tail.data &&
		    (smtp != qmqp) && !str_starts(rest, " id "))
			return true;
	}
	return false;
}

static bool
is_qmail_ldap(struct str line)
{
	size_t at = str_find_str(line, str_c(" (qmail-"));

	return at < line.len && is_in(relay_line_word(line, at + 1), ")") &&
	    str_starts(
		str_from(line, at + 1 + relay_line_word(line, at + 1).len),
		" with ");
}

static bool
fits(struct str line, const struct format *f, struct shape_parts *parts)
{
	struct shape_parts tried = *parts;
	size_t at = 0;

	if (f->needle && !is_in(line, f->needle))
		return false;
	if ((f->flags & FORMAT_NOT_QMAIL_LDAP) && is_qmail_ldap(line))
		return false;
	while (!shape_match(f->shape, str_from(line, at), &tried)) {
		if (!(f->flags & FORMAT_ANYWHERE) || at >= line.len)
			return false;
		at++;
	}
	if ((f->flags & FORMAT_QMAIL) && !is_qmail_tail(tried.tail))
		return false;
	if ((f->flags & FORMAT_DOTTED) && !is_in(tried.rdns, "."))
		return false;
	if (f->by_end && !str_ends(tried.by, f->by_end))
		return false;
	*parts = tried;
	return true;
}

static const struct format *
find_format(
    struct str line, const struct format *formats, struct shape_parts *parts)
{
	for (; formats->shape; formats++)
		if (fits(line, formats, parts))
			return formats;
	return NULL;
}

static const struct format *
find_any_format(struct str line, struct shape_parts *parts)
{
	const struct format_group *g = format_groups;
	const struct format *f;

	for (; g < format_groups + format_group_count; g++) {
		if (!is_in(line, g->mark) &&
		    !(g->mark_too && is_in(line, g->mark_too)))
			continue;
		f = find_format(line, g->formats, parts);
		if (f)
			return f;
	}
	return find_format(line, formats_common, parts);
}

static void
take_options(struct shape_parts *parts)
{
	size_t at = str_find_str(parts->rest, str_c("helo="));
	struct str word;

	if (at < parts->rest.len) {
		word = relay_line_word(parts->rest, at + 5);
		if (word.len > 0)
			parts->helo = word;
	}
	at = str_find_str(parts->rest, str_c("ident="));
	if (at < parts->rest.len)
		parts->ident = relay_line_word(parts->rest, at + 6);
}

static void
split_ident(struct shape_parts *parts)
{
	struct str rdns = parts->rdns;
	size_t at = str_find(rdns, '@');

	if (at == rdns.len)
		return;
	parts->rdns = str_from(rdns, at + 1);
	rdns = str_head(rdns, at);
	parts->ident = str_starts(rdns, "IDENT:") ? str_from(rdns, 6) : rdns;
}

/* What the format's flags say of the parts. */
static void
apply(struct reading *r, struct str line, const struct format *f)
{
	struct shape_parts *parts = &r->parts;
	size_t at;

	r->flags = f->flags;
	if (f->flags & FORMAT_SAME_NAME)
		parts->helo = parts->rdns;
	if (f->flags & FORMAT_OPTIONS)
		take_options(parts);
	if (f->flags & FORMAT_IDENT)
		split_ident(parts);
	if (f->flags & FORMAT_NO_ID)
		parts->id = str_c("");
	if (f->flags & FORMAT_SOFT_ERROR)
		parts->by.len =
		    relay_line_word_edge(parts->by, 0, parts->by.len);
	if ((f->flags & FORMAT_SOFT_ERROR) &&
	    str_is(parts->rdns, "softdnserr")) {
		parts->rdns = str_c("");
		r->flags &= ~(unsigned)FORMAT_LOOKED_UP;
	}
	if (f->flags & FORMAT_QMAIL) {
		if (str_is(parts->rdns, "unknown"))
			parts->rdns = str_c("");
		else
			r->flags |= FORMAT_LOOKED_UP;
	}
	at = str_find_str(line, str_c(" from <"));
	if ((f->flags & FORMAT_SENDER) && at < line.len) {
		r->relay->envfrom = relay_line_word(line, at + 6);
		r->relay->envfrom.len = str_find_last(r->relay->envfrom, '>');
		r->relay->has_envfrom = true;
	}
}

/* The name that begins the line: a last guess at HELO. */
static void
guess_helo(struct str line, struct shape_parts *parts)
{
	size_t end = relay_line_word(line, 0).len;

	if (parts->helo.len > 0 || end == 0)
		return;
	if (end == line.len)
		while (end > 1 &&
		    (ascii_is_alnum(line.data[end - 1]) ||
			ascii_is_one_of(line.data[end - 1], "-.")))
			end--;
	parts->helo = str_head(line, end == line.len ? 0 : end);
}

static const struct format *
read_line(struct str line, struct reading *r)
{
	const struct format *f = NULL;
	struct str rest;

	if (str_starts(line, "from ")) {
		rest = str_from(line, 5);
		f = find_any_format(rest, &r->parts);
		if (!f)
			guess_helo(rest, &r->parts);
	} else if (str_starts(line, "FROM ")) {
		f = find_format(str_from(line, 5), formats_upper, &r->parts);
	} else if (str_starts(line, "(from ")) {
		f = find_format(str_from(line, 6), formats_bracket, &r->parts);
	}
	return f;
}

/* "[192.0.2.1]" anywhere. */
static struct str
bracketed_ip(struct str line)
{
	size_t i, length;

	for (i = 0; i < line.len; i++) {
		if (line.data[i] != '[')
			continue;
		length = shape_ip_length(line, i + 1);
		if (length > 0 && i + 1 + length < line.len &&
		    line.data[i + 1 + length] == ']')
			return str_of(line.data + i + 1, length);
	}
	return str_c("");
}

/* --- what was read --- */

static void
clean(struct str *text, struct arena *arena)
{
	char *out;
	size_t i;

	for (i = 0; i < text->len; i++)
		if (ascii_is_space(text->data[i]) || text->data[i] == '\0' ||
		    ascii_is_one_of(text->data[i], "#[]()<>|"))
			break;
	if (i == text->len)
		return;
	out = arena_text(arena, *text);
	for (i = 0; i < text->len; i++)
		if (ascii_is_space(out[i]) || out[i] == '\0' ||
		    ascii_is_one_of(out[i], "#[]()<>|"))
			out[i] = '!';
	text->data = out;
}

static void
clean_envfrom(struct relay *r)
{
	struct str from = str_trim(r->envfrom);

	while (from.len > 0 && from.data[0] == '<')
		from = str_from(from, 1);
	while (from.len > 0 && from.data[from.len - 1] == '>')
		from.len--;
	r->envfrom = from;
}

static void
clean_ip(struct relay *r)
{
	struct str ip = r->ip_text, v4;

	if (str_case_starts(ip, "IPv6:"))
		ip = str_from(ip, 5);
	ip = str_head(ip, str_find(ip, '%'));
	v4 = str_from(ip, str_find_last(ip, ':') + 1);
	if (ip_parse(ip, &r->ip) && ip_is_v4(&r->ip) &&
	    str_find(ip, ':') < ip.len && str_find(v4, '.') < v4.len)
		ip = v4;
	r->ip_text = ip;
}

static void
clean_rdns(struct relay *r)
{
	while (str_ends(r->rdns, "."))
		r->rdns.len--;
	if (str_case_is(r->rdns, "unknown") || str_starts(r->rdns, "["))
		r->rdns = str_c("");
}

void
relay_finish(struct relay *r, struct arena *arena)
{
	clean_rdns(r);
	clean_ip(r);
	if (str_ends(r->by, ";"))
		r->by.len--;
	clean_envfrom(r);
	clean(&r->ip_text, arena);
	clean(&r->rdns, arena);
	clean(&r->helo, arena);
	clean(&r->by, arena);
	clean(&r->ident, arena);
	clean(&r->envfrom, arena);
	r->is_private = relay_is_private(&r->ip);
}

static void
fill(struct reading *r, struct arena *arena)
{
	struct relay *relay = r->relay;

	relay->ip_text = r->parts.ip;
	relay->rdns = r->parts.rdns;
	relay->helo = r->parts.helo;
	relay->by = r->parts.by;
	relay->id = r->parts.id;
	relay->ident = r->parts.ident;
	relay_finish(relay, arena);
	if (relay->rdns.len == 0) {
		relay->no_reverse_dns = r->flags & FORMAT_LOOKED_UP;
		relay->rdns_not_looked_up = !relay->no_reverse_dns;
	}
}

static enum relay_result
ignore(struct reading *r, struct arena *arena)
{
	if (r->flags & FORMAT_FETCHED)
		return RELAY_FETCHED;
	if (r->flags & FORMAT_QMAIL_SCANNER) {
		clean_envfrom(r->relay);
		clean(&r->relay->envfrom, arena);
		*r->handed = r->relay->envfrom;
	}
	return RELAY_IGNORED;
}

void
relay_init(struct relay *r)
{
	struct str none = str_c("");

	*r = (struct relay) {.ip_text = none,
	    .rdns = none,
	    .helo = none,
	    .by = none,
	    .id = none,
	    .ident = none,
	    .envfrom = none,
	    .auth = none};
}

enum relay_result
relay_read(struct str value, struct arena *arena, struct relay *out,
    struct str *handed)
{
	struct str line = relay_line_straighten(value, arena), none = str_c("");
	struct reading r = {.relay = out, .handed = handed};
	const struct format *f;

	relay_init(out);
	if (!str_case_starts(line, "from ") && !str_case_starts(line, "(from "))
		return RELAY_IGNORED;
	if (is_in(line, " with local for ") || relay_line_is_bare(line))
		return RELAY_IGNORED;
	line = relay_line_split_by(relay_line_without_date(line), arena);
	r.parts = (struct shape_parts) {.ip = none,
	    .rdns = none,
	    .helo = relay_line_helo(line),
	    .by = relay_line_by(line),
	    .id = relay_line_id(line),
	    .ident = none,
	    .rest = none};
	out->auth = relay_auth(line, arena);
	if (str_starts(line, "from "))
		out->has_envfrom = relay_line_sender(line, &out->envfrom);
	f = read_line(line, &r);
	if (f)
		apply(&r, line, f);
	if (r.flags & (FORMAT_IGNORE | FORMAT_FETCHED))
		return ignore(&r, arena);
	if (r.parts.ip.len == 0 && !f)
		r.parts.ip = bracketed_ip(line);
	if (!f && (r.parts.ip.len == 0 || r.parts.by.len == 0))
		return RELAY_UNREADABLE;
	fill(&r, arena);
	return RELAY_READ;
}

/* --- */

static bool
is_in_net(const struct ip *ip, const char *text)
{
	struct ip_net net;

	return ip_net_parse(str_c(text), &net) && ip_net_has(&net, ip);
}

bool
relay_is_private(const struct ip *ip)
{
	static const char *const nets[] = {"10.0.0.0/8", "127.0.0.0/8",
	    "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
	    "100.64.0.0/10", "fe80::/10", "::1"};
	size_t i;

	for (i = 0; i < sizeof(nets) / sizeof(nets[0]); i++)
		if (is_in_net(ip, nets[i]))
			return true;
	return false;
}

struct str
relay_format(const struct relay *r, struct arena *arena)
{
	struct strbuf out;
	struct str text;

	strbuf_init(&out);
	strbuf_puts(&out, "[ ip=");
	strbuf_add(&out, r->ip_text);
	strbuf_puts(&out, " rdns=");
	strbuf_add(&out, r->rdns);
	strbuf_puts(&out, " helo=");
	strbuf_add(&out, r->helo);
	strbuf_puts(&out, " by=");
	strbuf_add(&out, r->by);
	strbuf_puts(&out, " ident=");
	strbuf_add(&out, r->ident);
	strbuf_puts(&out, " envfrom=");
	strbuf_add(&out, r->envfrom);
	strbuf_puts(&out, r->internal ? " intl=1 id=" : " intl=0 id=");
	strbuf_add(&out, r->id);
	strbuf_puts(&out, " auth=");
	strbuf_add(&out, r->auth);
	strbuf_puts(&out, r->msa ? " msa=1 ]" : " msa=0 ]");
	text = arena_copy(arena, strbuf_str(&out));
	strbuf_clear(&out);
	return text;
}
