/*
 * target_header: header fields as rules and evals read them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <strings.h>

#include "postern/charset.h"
#include "postern/header.h"
#include "postern/strbuf.h"

#include "filters/rules/text/address.h"
#include "filters/rules/text/domain.h"
#include "relays.h"
#include "filters/rules/text/shape.h"
#include "target_header.h"

enum {
	VALUE_MAX = 8192, /* octets of one field */
	CACHE_SLOTS = 128
};

struct cached {
	struct cached *next;
	const char *field;
	unsigned part;
	struct target_texts texts;
	bool joined;
	struct str text;
};

struct header_cache {
	struct cached *slots[CACHE_SLOTS];
};

/* --- one value --- */

/* These hold no encoded words, whatever they look like. */
static bool
is_never_encoded(struct str name)
{
	static const char *const names[] = {"Received", "Message-ID", "Date",
	    "Resent-Message-ID", "Resent-Date", "MIME-Version", "References",
	    "In-Reply-To"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_case_is(name, names[i]))
			return true;
	return str_case_starts(name, "List-");
}

/* Cut where it is too long for any rule: line ends count for one octet. */
static struct str
bounded(struct str value, struct arena *arena)
{
	if (value.len <= VALUE_MAX)
		return value;
	return str_head(target_to_lf(value, arena), VALUE_MAX);
}

/* A line end with the space behind it is one space, in place. */
static struct str
unfold(struct str value, struct arena *arena, bool any_space)
{
	size_t i, len = 0;
	char *out;

	if (str_find(value, '\n') == value.len)
		return value;
	out = arena_alloc(arena, value.len + 1);
	for (i = 0; i < value.len;) {
		if (value.data[i] == '\r' && i + 1 < value.len &&
		    value.data[i + 1] == '\n')
			i++;
		if (value.data[i] != '\n' || i + 1 == value.len) {
			out[len++] = value.data[i++];
			continue;
		}
		out[len++] = ' ';
		for (i++; i < value.len &&
		     (value.data[i] == ' ' || value.data[i] == '\t' ||
			 (any_space && ascii_is_space(value.data[i])));
		     i++)
			;
	}
	return str_of(out, len);
}

static bool
is_ascii(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if ((unsigned char)s.data[i] > 127)
			return false;
	return true;
}

struct str
target_decode(struct str name, struct str value, struct arena *arena)
{
	struct str text = str_trim(unfold(bounded(value, arena), arena, false));

	if (is_ascii(text) &&
	    (is_never_encoded(name) ||
		str_find_str(text, str_c("=?")) == text.len))
		return text;
	if (is_never_encoded(name))
		return charset_to_utf8(str_c(""), text, arena);
	return header_decode(text, arena);
}

struct str
target_line(struct str text, struct arena *arena)
{
	char *out = arena_alloc(arena, text.len + 2);

	memcpy(out, text.data, text.len);
	out[text.len] = '\n';
	return str_of(out, text.len + 1);
}

static void
push_field(struct targets *t, const struct field *f, unsigned part,
    bool unfolded, struct target_texts *out)
{
	struct arena *arena = t->scan->arena;
	struct str text = bounded(f->value, arena);

	if (part & (PART_RAW | PART_ADDR | PART_NAME)) {
		text = target_to_lf(text, arena);
		if (unfolded)
			text = unfold(text, arena, true);
	} else {
		text = target_decode(f->name, f->value, arena);
	}
	target_push(arena, out, target_line(text, arena));
}

/* --- fields --- */

/* Most of the fields that rules ask for are in no mail. */
static uint64_t
trait(struct str name)
{
	unsigned first = name.len > 0 ? (unsigned char)name.data[0] | 0x20 : 0;

	return (uint64_t)1 << ((first + 11 * name.len) & 63);
}

static bool
may_have(struct targets *t, const struct message *m, struct str name)
{
	size_t i;

	for (i = 0; !t->have_traits && i < m->field_count; i++)
		t->field_traits |= trait(m->fields[i].name);
	t->have_traits = true;
	return t->field_traits & trait(name);
}

static void
push_all(struct targets *t, const char *name, unsigned part, bool unfolded,
    struct target_texts *out)
{
	const struct message *m = t->scan->message;
	struct str wanted = str_c(name);
	size_t i;

	/* Before DATA there is no message, and no field. */
	if (!m || !may_have(t, m, wanted))
		return;
	for (i = 0; i < m->field_count; i++)
		if (str_case_eq(m->fields[i].name, wanted))
			push_field(t, &m->fields[i], part, unfolded, out);
}

static void
push_relays(struct targets *t, const char *which, struct target_texts *out)
{
	const struct relays *r = targets_relays(t);
	struct str text;

	if (strcasecmp(which, "Untrusted") == 0)
		text = r->untrusted_text;
	else if (strcasecmp(which, "Trusted") == 0)
		text = r->trusted_text;
	else if (strcasecmp(which, "External") == 0)
		text = r->external_text;
	else if (strcasecmp(which, "Internal") == 0)
		text = r->internal_text;
	else
		return;
	target_push(t->scan->arena, out, text);
}

/* At RCPT the one at hand, with the message all of them. */
static void
push_recipients(struct targets *t, struct target_texts *out)
{
	const struct envelope *e = t->scan->envelope;
	size_t i = t->scan->message || e->recipient_count == 0 ?
	    0 :
	    e->recipient_count - 1;

	for (; i < e->recipient_count; i++)
		target_push(
		    t->scan->arena, out, str_c(e->recipients[i].address));
}

static void
push_message_ids(struct targets *t, unsigned part, struct target_texts *out)
{
	push_all(t, "X-Message-Id", part, true, out);
	push_all(t, "Resent-Message-Id", part, true, out);
	push_all(t, "X-Original-Message-ID", part, true, out);
	push_all(t, "Message-Id", part, true, out);
}

static void
gather(struct targets *t, const char *field, unsigned part,
    struct target_texts *out)
{
	struct str text;

	if (strcmp(field, "ALL") == 0 || str_starts(str_c(field), "ALL-")) {
		target_push_all(t, field, part, out);
	} else if (strcasecmp(field, "EnvelopeFrom") == 0) {
		if (target_sender(t, &text))
			target_push(t->scan->arena, out, text);
	} else if (strcasecmp(field, "EnvelopeTo") == 0) {
		push_recipients(t, out);
	} else if (strncasecmp(field, "X-Spam-Relays-", 14) == 0) {
		push_relays(t, field + 14, out);
	} else if (strcasecmp(field, "ToCc") == 0) {
		push_all(t, "To", part & PART_RAW, true, out);
		push_all(t, "Cc", part & PART_RAW, true, out);
	} else if (strcmp(field, "MESSAGEID") == 0) {
		push_message_ids(t, part & PART_RAW, out);
	} else {
		push_all(t, field, part, false, out);
	}
}

/* --- parts --- */

/* White space runs and one pair of single quotes are no part of a name. */
static struct str
tidy_name(struct str raw, struct arena *arena)
{
	struct str name = header_decode(raw, arena), word, rest;
	char *out;
	size_t len = 0;

	if (str_trim(name).len == 0)
		return name;
	out = arena_alloc(arena, name.len + 1);
	rest = name;
	while (str_cut_word(&rest, &word)) {
		if (len)
			out[len++] = ' ';
		memcpy(out + len, word.data, word.len);
		len += word.len;
	}
	name = str_of(out, len);
	if (len > 1 && out[0] == '\'' && out[len - 1] == '\'')
		name = str_of(out + 1, len - 2);
	return name;
}

static struct target_texts
addresses_of(
    struct targets *t, const struct target_texts *fields, unsigned part)
{
	struct arena *arena = t->scan->arena;
	struct target_texts out = {.count = 0};
	struct addresses found;
	size_t i, k;

	for (i = 0; i < fields->count; i++) {
		address_parse(fields->at[i], arena, &found);
		for (k = 0; k < found.count; k++) {
			if (part & PART_ADDR) {
				if (found.at[k].address.len > 0)
					target_push(
					    arena, &out, found.at[k].address);
			} else if (found.at[k].name.data) {
				target_push(arena, &out,
				    part & PART_RAW ?
					found.at[k].name :
					tidy_name(found.at[k].name, arena));
			}
		}
	}
	return out;
}

static struct str
ip_of(struct str text, unsigned part, struct arena *arena)
{
	struct str found = shape_ip_find(text), name;
	struct ip ip;

	/* Not in the middle of something longer. */
	while (found.len > 0 &&
	    (found.data[0] == ':' ||
		(found.data > text.data && found.data[-1] == '.') ||
		str_starts(str_from(text,
			       (size_t)(found.data + found.len - text.data)),
		    "."))) {
		text = str_from(
		    text, (size_t)(found.data + found.len - text.data));
		found = shape_ip_find(text);
	}
	if (!(part & PART_REVIP) || found.len == 0 || !ip_parse(found, &ip))
		return found;
	name = ip_reverse_name(&ip, arena);
	return str_head(name,
	    name.len - strlen(ip_is_v4(&ip) ? ".in-addr.arpa" : ".ip6.arpa"));
}

static const struct lists *
lists_of(const struct targets *t)
{
	static const struct lists none = {.count = 0};

	return t->set ? &t->set->lists : &none;
}

static struct target_texts
hosts_of(struct targets *t, const struct target_texts *texts, unsigned part)
{
	struct target_texts out = {.count = 0};
	struct str host, line;
	size_t i;

	for (i = 0; i < texts->count; i++) {
		line = texts->at[i];
		if (part & (PART_IP | PART_REVIP)) {
			host = ip_of(line, part, t->scan->arena);
		} else if (part & PART_ADDR) {
			line = str_from(line, str_find_last(line, '@') + 1);
			host = str_c("");
			str_cut_word(&line, &host);
		} else {
			host = domain_find_host(lists_of(t), line);
		}
		if (part & PART_DOMAIN)
			host = domain_registered(
			    lists_of(t), host, t->scan->arena);
		if (host.len > 0)
			target_push(t->scan->arena, &out, host);
	}
	return out;
}

/* Known before the message is. */
static bool
is_of_session(const char *field)
{
	return strcasecmp(field, "EnvelopeFrom") == 0 ||
	    strcasecmp(field, "EnvelopeTo") == 0 ||
	    strncasecmp(field, "X-Spam-Relays-", 14) == 0;
}

static struct target_texts
read_fields(struct targets *t, const char *field, unsigned part)
{
	struct target_texts texts = {.count = 0};

	if (!t->scan->message && !is_of_session(field))
		return texts;
	gather(t, field, part, &texts);
	if ((part & PART_FIRST) && texts.count > 1) {
		texts.count = 1;
	} else if ((part & PART_LAST) && texts.count > 1) {
		texts.at += texts.count - 1;
		texts.count = 1;
	}
	if (part & (PART_ADDR | PART_NAME))
		texts = addresses_of(t, &texts, part);
	if (part & (PART_HOST | PART_DOMAIN | PART_IP | PART_REVIP))
		texts = hosts_of(t, &texts, part);
	return texts;
}

/* --- cache --- */

static unsigned
slot_of(const char *field, unsigned part)
{
	unsigned value = part;

	for (; *field; field++)
		value = value * 33 + (unsigned char)*field;
	return value % CACHE_SLOTS;
}

static struct cached *
find(struct targets *t, const char *field, unsigned part)
{
	struct arena *arena = t->scan->arena;
	struct cached *c, **slot;

	if (!t->headers)
		t->headers = arena_alloc(arena, sizeof(*t->headers));
	slot = &t->headers->slots[slot_of(field, part)];
	for (c = *slot; c; c = c->next)
		if (c->part == part && strcmp(c->field, field) == 0)
			return c;
	c = arena_alloc(arena, sizeof(*c));
	c->field = field;
	c->part = part;
	c->texts = read_fields(t, field, part);
	c->next = *slot;
	*slot = c;
	return c;
}

static struct str
join(struct targets *t, const struct target_texts *texts)
{
	struct strbuf all;
	struct str text;
	size_t i;
	bool ended;

	if (texts->count == 0)
		return str_c("");
	if (texts->count == 1)
		return texts->at[0];
	ended = str_ends(texts->at[0], "\n");
	strbuf_init(&all);
	for (i = 0; i < texts->count; i++) {
		if (i > 0 && !ended)
			strbuf_putc(&all, '\n');
		strbuf_add(&all, texts->at[i]);
	}
	text = arena_copy(t->scan->arena, strbuf_str(&all));
	strbuf_clear(&all);
	return text;
}

struct target_texts
target_fields(struct targets *t, const char *field, unsigned part)
{
	return find(t, field, part)->texts;
}

struct str
target_field(struct targets *t, const char *field, unsigned part, bool *absent)
{
	struct cached *c = find(t, field, part);

	if (!c->joined)
		c->text = join(t, &c->texts);
	c->joined = true;
	if (absent)
		*absent = c->texts.count == 0;
	return c->text;
}

struct str
target_first(struct targets *t, const char *field, unsigned part)
{
	struct cached *c = find(t, field, part);
	struct str text = c->texts.count > 0 ? c->texts.at[0] : str_c("");

	if (str_ends(text, "\n"))
		text.len--;
	return text;
}

struct str
target_header(struct targets *t, const struct rule *rule, bool *absent)
{
	return target_field(t, rule->field, rule->part, absent);
}
