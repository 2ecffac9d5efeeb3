/*
 * mail: MAIL to the end of the message, as the milter protocol tells it.
 *
 * What cannot be held is dropped at once and remembered as lost or too large;
 * the end of the message says so to the client.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <time.h>

#include "postern/command.h"
#include "postern/log.h"
#include "postern/loop.h"

#include "mail.h"
#include "proxy/report/strip.h"

enum { PROGRESS = 1000 /* ms between two signs of life */ };

/* The mail server waits for the end of the message: work goes on. */
static void
tell_progress(void *context)
{
	struct guest *g = context;
	int64_t now = clock_ms();

	if (!g->ending || now - g->heard < PROGRESS)
		return;
	g->heard = now;
	smfi_progress(g->ctx);
}

static void
breathe(struct scan *scan)
{
	tell_progress(scan->door);
}

static const char *
tls_text(struct guest *g)
{
	const char *version = guest_macro(g, "{tls_version}");
	const char *cipher = guest_macro(g, "{cipher}");

	if (!version[0] || !cipher[0])
		return NULL;
	return guest_text(
	    arena_printf(g->mail.arena, "%s %s", version, cipher).data,
	    g->mail.arena);
}

/* RFC 3848 and RFC 6531; whether it was HELO or EHLO only Sendmail tells. */
static const char *
protocol_text(const struct guest *g, const struct envelope *e)
{
	const char *r = guest_macro(g, "r");
	bool plain = strcmp(r, "SMTP") == 0;

	if (g->local)
		return "local";
	return arena_printf(g->mail.arena, "%s%s%s",
	    e->smtputf8 ? "UTF8SMTP" :
		plain   ? "SMTP" :
			  "ESMTP",
	    e->tls ? "S" : "", e->login ? "A" : "")
	    .data;
}

/* "<a@b>", with a source route perhaps; whatever else there may be stays. */
static const char *
plain_address(struct guest *g, const char *keyword, const char *text)
{
	struct arena *arena = g->mail.arena;
	struct str raw = str_trim(str_c(guest_text(text, arena)));
	struct path path;

	if (path_parse(arena_printf(arena, "%s:%s", keyword, raw.data), keyword,
		&path) == PATH_OK)
		return arena_text(arena, path.address);
	if (raw.len >= 2 && raw.data[0] == '<' && str_ends(raw, ">"))
		raw = str_of(raw.data + 1, raw.len - 2);
	return arena_text(arena, raw);
}

static void
fill_envelope(struct guest *g, char **argv)
{
	struct envelope *e = &g->mail.envelope;
	const char *login = guest_macro(g, "{auth_authen}");

	*e = g->peer;
	if (argv && argv[0])
		e->sender = plain_address(g, "FROM", argv[0]);
	for (; argv && argv[0]; argv++)
		e->smtputf8 |= str_case_is(str_c(argv[0]), "SMTPUTF8");
	e->tls = tls_text(g);
	if (login[0])
		e->login = guest_text(login, g->mail.arena);
	e->protocol = protocol_text(g, e);
}

void
mail_begin(struct guest *g, char **argv)
{
	const struct config *config = g->door->config;
	struct mail *m = &g->mail;

	mail_end(g);
	*m = (struct mail) {.arena = arena_new(), .queue_id = "NOQUEUE"};
	atomic_fetch_add(&g->door->mails, 1);
	report_id(m->id);
	fill_envelope(g, argv);
	dns_view_init(&m->view, g->door->dns, tell_progress, g);
	meter_init(&m->meter, &m->view.dns);
	spool_init(&m->spool, config->spool_directory, config->spool_memory);
	m->scan = (struct scan) {
	    .arena = m->arena,
	    .envelope = &m->envelope,
	    .dns = &m->meter.dns,
	    .time = time(NULL),
	    .authenticated = m->envelope.login != NULL,
	    .quarantines = g->offer.actions & SMFIF_QUARANTINE,
	    .breathe = breathe,
	    .door = g,
	};
	mail_learn_id(g);
}

void
mail_end(struct guest *g)
{
	struct mail *m = &g->mail;

	if (!m->arena)
		return;
	spool_clear(&m->spool);
	arena_free(m->arena);
	*m = (struct mail) {.arena = NULL};
	atomic_fetch_sub(&g->door->mails, 1);
}

void
mail_learn_id(struct guest *g)
{
	const char *id = guest_macro(g, "i");

	if (id[0])
		g->mail.queue_id = guest_text(id, g->mail.arena);
}

void
mail_check(
    struct guest *g, enum stage first, enum stage last, struct verdict *verdict)
{
	const struct milter_conf *conf = g->door->conf;
	const struct chain *chain = g->door->config->chain;
	struct mail *m = &g->mail;
	struct lanes *lanes = lanepool_take(g->door->lanes);
	int64_t start = clock_ms();
	int stage;

	m->scan.deadline = dns_now(&m->meter.dns) +
	    (last == STAGE_MESSAGE ? conf->message_timeout :
				     conf->filter_timeout);
	for (stage = (int)first; stage <= (int)last; stage++)
		chain_check(chain, lanes, (enum stage)stage, &m->scan);
	lanepool_give(g->door->lanes, lanes);
	m->scan_ms += clock_ms() - start;
	chain_decide(chain, &m->scan, verdict);
}

void
mail_add_recipient(struct guest *g, const char *address)
{
	struct envelope *e = &g->mail.envelope;
	struct recipient *more;

	if (e->recipient_count == g->mail.recipient_room) {
		g->mail.recipient_room = 2 * g->mail.recipient_room + 4;
		more = arena_array(
		    g->mail.arena, g->mail.recipient_room, sizeof(*more));
		if (e->recipient_count)
			memcpy(more, e->recipients,
			    e->recipient_count * sizeof(*more));
		e->recipients = more;
	}
	g->mail.before = scan_mark(&g->mail.scan);
	e->recipients[e->recipient_count++] = (struct recipient) {
	    .address = plain_address(g, "TO", address),
	    .accepted = true,
	};
}

void
mail_drop_recipient(struct guest *g)
{
	g->mail.envelope.recipient_count--;
	scan_rewind(&g->mail.scan, &g->mail.before);
}

static void
hold(struct mail *m, const struct milter_conf *conf, struct str octets)
{
	struct error error;

	if (m->lost || m->too_large)
		return;
	m->too_large =
	    spool_size(&m->spool) + octets.len > conf->message_size_limit;
	if (!m->too_large && spool_add(&m->spool, octets, &error))
		return;
	if (!m->too_large) {
		log_error("%s: %s", m->id, error.text);
		m->lost = true;
	}
	spool_clear(&m->spool);
}

/* LF alone, as folds are told, becomes the CRLF that it was. */
static void
add_folded(struct strbuf *out, struct str value)
{
	size_t i;

	for (i = 0; i < value.len; i++) {
		if (value.data[i] == '\n' &&
		    (i == 0 || value.data[i - 1] != '\r'))
			strbuf_putc(out, '\r');
		strbuf_putc(out, value.data[i]);
	}
}

static void
suspect_field(struct guest *g, const char *name, struct str value)
{
	struct mail *m = &g->mail;
	struct str n = str_c(name);
	struct suspect s = {
	    .result = strip_is_result(n),
	    .subject = str_case_is(n, "Subject"),
	    .forged = strip_wants(n, value, g->authserv_id, false),
	};

	if (!s.result && !s.subject && !s.forged)
		return;
	s.name = arena_text(m->arena, n);
	s.order = m->suspect_count;
	m->suspects = arena_push(
	    m->arena, m->suspects, m->suspect_count, sizeof(*m->suspects));
	m->suspects[m->suspect_count++] = s;
}

void
mail_add_field(struct guest *g, const char *name, const char *value)
{
	struct mail *m = &g->mail;
	struct strbuf field;

	strbuf_init(&field);
	strbuf_puts(&field, name);
	strbuf_putc(&field, ':');
	if (!(g->offer.steps & SMFIP_HDR_LEADSPC))
		strbuf_putc(&field, ' ');
	add_folded(&field, str_c(value));
	suspect_field(g, name, str_from(strbuf_str(&field), strlen(name) + 1));
	strbuf_puts(&field, "\r\n");
	hold(m, g->door->conf, strbuf_str(&field));
	strbuf_clear(&field);
}

void
mail_end_head(struct guest *g)
{
	struct mail *m = &g->mail;

	if (m->head_ended)
		return;
	m->head_ended = true;
	hold(m, g->door->conf, str_c("\r\n"));
}

void
mail_add_body(struct guest *g, struct str octets)
{
	mail_end_head(g);
	hold(&g->mail, g->door->conf, octets);
}

bool
mail_read(struct guest *g, struct error *err)
{
	struct mail *m = &g->mail;
	struct str octets;

	if (!spool_read(&m->spool, &octets, err))
		return false;
	if (!str_ends(octets, "\r\n")) {
		hold(m, g->door->conf, str_c("\r\n"));
		if (!spool_read(&m->spool, &octets, err))
			return false;
	}
	message_parse(octets, m->arena, &m->message);
	m->scan.message = &m->message;
	return true;
}

struct report
mail_report(struct guest *g, const char *verb, const struct verdict *verdict,
    struct str reply)
{
	struct mail *m = &g->mail;

	return (struct report) {
	    .config = g->door->config,
	    .authserv_id = g->authserv_id,
	    .id = m->id,
	    .verb = verb,
	    .scan = &m->scan,
	    .verdict = verdict,
	    .reply = reply,
	    .queue_id = m->queue_id,
	    .size = m->message.bytes.len,
	    .removed_authres = m->removed,
	    .dns_ms = m->meter.spent,
	    .scan_ms = m->scan_ms,
	};
}
