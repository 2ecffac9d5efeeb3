/*
 * mail: MAIL to the end of the message, as the milter protocol tells it.
 *
 * What cannot be held is dropped at once and remembered as lost or too large;
 * the end of the message says so to the client.
 * SPDX-License-Identifier: BSD-2-Clause
 */
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
	    arena_printf(g->tx.arena, "%s %s", version, cipher).data,
	    g->tx.arena);
}

/* RFC 3848 and RFC 6531; whether it was HELO or EHLO only Sendmail tells. */
static const char *
protocol_text(const struct guest *g, const struct envelope *e)
{
	const char *r = guest_macro(g, "r");
	bool plain = strcmp(r, "SMTP") == 0;

	if (g->local)
		return "local";
	return arena_printf(g->tx.arena, "%s%s%s",
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
	struct arena *arena = g->tx.arena;
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
	struct envelope *e = &g->tx.envelope;
	const char *login = guest_macro(g, "{auth_authen}");

	*e = g->peer;
	if (argv && argv[0])
		e->sender = plain_address(g, "FROM", argv[0]);
	for (; argv && argv[0]; argv++)
		e->smtputf8 |= str_case_is(str_c(argv[0]), "SMTPUTF8");
	e->tls = tls_text(g);
	if (login[0])
		e->login = guest_text(login, g->tx.arena);
	e->protocol = protocol_text(g, e);
}

void
mail_begin(struct guest *g, char **argv)
{
	struct mail *m = &g->mail;

	mail_end(g);
	*m = (struct mail) {.queue_id = "NOQUEUE"};
	transaction_begin(&g->tx, g->door->config, &g->peer);
	atomic_fetch_add(&g->door->mails, 1);
	fill_envelope(g, argv);
	dns_view_init(&m->view, g->door->dns, tell_progress, g);
	transaction_open(&g->tx, &m->view.dns, breathe, g);
	g->tx.scan.quarantines = g->offer.actions & SMFIF_QUARANTINE;
	mail_learn_id(g);
}

void
mail_end(struct guest *g)
{
	if (!g->tx.arena)
		return;
	transaction_end(&g->tx);
	g->mail = (struct mail) {.queue_id = NULL};
	atomic_fetch_sub(&g->door->mails, 1);
}

void
mail_learn_id(struct guest *g)
{
	const char *id = guest_macro(g, "i");

	if (id[0])
		g->mail.queue_id = guest_text(id, g->tx.arena);
}

void
mail_check(
    struct guest *g, enum stage first, enum stage last, struct verdict *verdict)
{
	const struct milter_conf *conf = g->door->conf;
	struct lanes *lanes = lanepool_take(g->door->lanes);

	transaction_check(&g->tx, lanes, first, last,
	    last == STAGE_MESSAGE ? conf->message_timeout :
				    conf->filter_timeout,
	    verdict);
	lanepool_give(g->door->lanes, lanes);
}

struct recipient *
mail_add_recipient(struct guest *g, const char *address)
{
	return transaction_add_recipient(
	    &g->tx, plain_address(g, "TO", address));
}

static void
hold(struct guest *g, struct str octets)
{
	struct mail *m = &g->mail;
	struct spool *spool = &g->tx.spool;
	struct error error;

	if (m->lost || m->too_large)
		return;
	m->too_large =
	    spool_size(spool) + octets.len > g->door->conf->message_size_limit;
	if (!m->too_large && spool_add(spool, octets, &error))
		return;
	if (!m->too_large) {
		log_error("%s: %s", g->tx.id, error.text);
		m->lost = true;
	}
	spool_clear(spool);
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
	s.name = arena_text(g->tx.arena, n);
	s.order = m->suspect_count;
	m->suspects = arena_push(
	    g->tx.arena, m->suspects, m->suspect_count, sizeof(*m->suspects));
	m->suspects[m->suspect_count++] = s;
}

void
mail_add_field(struct guest *g, const char *name, const char *value)
{
	struct strbuf field;

	strbuf_init(&field);
	strbuf_puts(&field, name);
	strbuf_putc(&field, ':');
	if (!(g->offer.steps & SMFIP_HDR_LEADSPC))
		strbuf_putc(&field, ' ');
	add_folded(&field, str_c(value));
	suspect_field(g, name, str_from(strbuf_str(&field), strlen(name) + 1));
	strbuf_puts(&field, "\r\n");
	hold(g, strbuf_str(&field));
	strbuf_clear(&field);
}

void
mail_end_head(struct guest *g)
{
	struct mail *m = &g->mail;

	if (m->head_ended)
		return;
	m->head_ended = true;
	hold(g, str_c("\r\n"));
}

void
mail_add_body(struct guest *g, struct str octets)
{
	mail_end_head(g);
	hold(g, octets);
}

/* What is held, or nothing any more: it is known why, then. */
static bool
read_held(struct guest *g, struct str *octets)
{
	struct mail *m = &g->mail;
	struct error error;

	if (m->lost || m->too_large)
		return false;
	if (spool_read(&g->tx.spool, octets, &error))
		return true;
	log_error("%s: %s", g->tx.id, error.text);
	m->lost = true;
	return false;
}

bool
mail_read(struct guest *g)
{
	struct str octets;

	if (!read_held(g, &octets))
		return false;
	if (!str_ends(octets, "\r\n")) {
		hold(g, str_c("\r\n"));
		if (!read_held(g, &octets)) /* there was no room for that */
			return false;
	}
	transaction_read(&g->tx, octets);
	return true;
}

struct report
mail_report(struct guest *g, const char *verb, const struct verdict *verdict,
    struct str reply)
{
	struct report report = transaction_report(&g->tx, verb, verdict, reply);

	report.authserv_id = g->authserv_id;
	report.queue_id = g->mail.queue_id;
	report.removed_authres = g->mail.removed;
	return report;
}
