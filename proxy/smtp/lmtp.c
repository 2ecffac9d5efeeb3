/*
 * lmtp: the end of a message at an LMTP backend.
 *
 * Each recipient's answer is logged when they differ, because SMTP has no way
 * to tell them all.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>

#include "postern/log.h"

#include "lmtp.h"

enum { NAMED_MAX = 300 /* octets of addresses in a reply */ };

struct outcome {
	unsigned delivered, later, never;
	struct strbuf first[3]; /* raw reply of each kind */
	struct strbuf refused;  /* addresses that never get it */
};

static void
note(struct session *s, struct outcome *o, const struct recipient *r)
{
	const struct reply *reply = &s->backend.reply;
	unsigned kind = reply_is(reply, 2) ? 0 : reply_is(reply, 4) ? 1 : 2;
	struct str text = str_head(reply_text(reply), 200);

	if (o->first[kind].len == 0)
		strbuf_add(&o->first[kind], strbuf_str(&reply->raw));
	o->delivered += kind == 0;
	o->later += kind == 1;
	o->never += kind == 2;
	if (kind == 2 && o->refused.len < NAMED_MAX)
		strbuf_printf(&o->refused, " <%.100s>", r->address);
	if (kind > 0)
		log_info("%s: to=<%s>: %u %.*s", s->tx.id, r->address,
		    reply->code, (int)text.len, text.data);
}

/* These lines become the backend's reply. */
static void
set_reply(struct reply *reply, struct str raw)
{
	struct str line;

	reply_reset(reply);
	while (str_cut_line(&raw, &line) && line.len > 0)
		reply_add_line(reply, line);
}

static void
say(struct session *s, unsigned code, const char *enhanced, const char *text)
{
	struct strbuf raw;

	strbuf_init(&raw);
	reply_format(&raw, code, enhanced, str_c(text));
	set_reply(&s->backend.reply, strbuf_str(&raw));
	strbuf_clear(&raw);
}

static void
combine(struct session *s, struct outcome *o)
{
	unsigned kinds = (o->delivered > 0) + (o->later > 0) + (o->never > 0);
	unsigned kind = o->delivered ? 0 : o->later ? 1 : 2;
	char text[NAMED_MAX + 300];

	if (kinds == 1) {
		set_reply(&s->backend.reply, strbuf_str(&o->first[kind]));
		return;
	}
	if (o->later > 0) {
		snprintf(text, sizeof(text),
		    "%u recipients have this mail, %u not yet, %u were "
		    "refused (%s)",
		    o->delivered, o->later, o->never, s->tx.id);
		say(s, 451, "4.2.0", text);
		return;
	}
	snprintf(text, sizeof(text), "Delivered, but refused for%s (%s)",
	    o->refused.data, s->tx.id);
	say(s, 554, "5.2.0", text);
}

static bool
read_all(struct session *s, struct outcome *o)
{
	struct backend *b = &s->backend;
	const struct envelope *e = &s->tx.envelope;
	size_t i;

	for (i = 0; i < e->recipient_count; i++) {
		if (!backend_read(b, s->conf->backend_end_timeout))
			return false;
		if (b->reply.code < 400 && !reply_is(&b->reply, 2))
			return backend_lose(
			    b, "end of message answered %u", b->reply.code);
		note(s, o, &e->recipients[i]);
	}
	return true;
}

bool
lmtp_read_end(struct session *s)
{
	struct outcome o = {.delivered = 0};
	size_t i;
	bool ok;

	strbuf_init(&o.refused);
	for (i = 0; i < 3; i++)
		strbuf_init(&o.first[i]);
	ok = read_all(s, &o);
	if (ok)
		combine(s, &o);
	else if (o.delivered > 0)
		log_warning("%s: backend lost after %u recipients got the mail",
		    s->tx.id, o.delivered);
	for (i = 0; i < 3; i++)
		strbuf_clear(&o.first[i]);
	strbuf_clear(&o.refused);
	return ok;
}
