/*
 * headers: the block that is put above a mail.
 *
 * Text from outside is bounded, quoted and free of controls, so that no sender
 * can add a field of his own to it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <time.h>

#include "postern/authres.h"

#include "filters/spf/spf_received.h"
#include "report.h"

enum { STARS_MAX = 50 };

/* Comment or atom text from outside: printable ASCII without specials. */
static void
add_plain(struct strbuf *out, const char *text)
{
	size_t i;

	for (i = 0; text[i] && i < 255; i++)
		strbuf_putc(out,
		    text[i] > ' ' && text[i] < 0x7f &&
			    !strchr("()\\;<>\"", text[i]) ?
			text[i] :
			'?');
}

static void
add_date(struct strbuf *out, time_t when)
{
	struct tm tm;
	char text[64];

	gmtime_r(&when, &tm);
	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S +0000", &tm);
	strbuf_puts(out, text);
}

/* RFC 5321 4.4. */
static void
add_received(const struct report *r, struct strbuf *out)
{
	const struct envelope *e = r->scan->envelope;
	char ip[IP_TEXT_MAX];

	strbuf_puts(out, "Received: from ");
	add_plain(out, e->helo[0] ? e->helo : "unknown");
	strbuf_puts(out, " (");
	add_plain(out, e->client_name ? e->client_name : "unknown");
	strbuf_printf(out, " [%s%s])\r\n\tby %s (Postern) with %s id %s;\r\n\t",
	    ip_is_v4(&e->client) ? "" : "IPv6:", ip_format(&e->client, ip),
	    r->config->hostname, e->protocol, r->id);
	add_date(out, r->scan->time);
	strbuf_puts(out, "\r\n");
}

static void
add_authres(const struct report *r, struct strbuf *out)
{
	struct str value = authres_format(
	    r->authserv_id ? r->authserv_id : r->config->authserv_id,
	    r->scan->findings, r->scan->finding_count, r->scan->arena);

	strbuf_puts(out, "Authentication-Results: ");
	strbuf_add(out, value);
	strbuf_puts(out, "\r\n");
}

/* One for each identity. */
static void
add_received_spf(const struct report *r, struct strbuf *out)
{
	const struct finding *f = r->scan->findings;
	size_t i;

	for (i = 0; i < r->scan->finding_count; i++) {
		if (!r->config->received_spf || strcmp(f[i].method, "spf") != 0)
			continue;
		strbuf_puts(out, "Received-SPF: ");
		strbuf_add(out,
		    spf_received(&f[i], r->scan->envelope, r->scan->arena));
		strbuf_puts(out, "\r\n");
	}
}

static void
add_verdict(const struct report *r, struct strbuf *out)
{
	char score[16], tag[16], reject[16];

	strbuf_printf(out, "X-Postern-Verdict: %s; score=%s/%s/%s",
	    report_word(r->verdict), score_format(r->verdict->score, score),
	    score_format(r->config->policy.tag, tag),
	    score_format(r->config->policy.reject, reject));
	if (r->verdict->bypass)
		strbuf_printf(out, "; bypass=%s", r->verdict->bypass);
	if (r->scan->hit_count) {
		strbuf_puts(out, ";\r\n\trules=");
		report_rules(r->scan, out);
	}
	strbuf_printf(out, ";\r\n\tref=%s\r\n", r->id);
}

static void
add_spam(const struct report *r, struct strbuf *out)
{
	int stars = r->verdict->score / 1000;
	char score[16], tag[16];

	strbuf_printf(out,
	    "X-Spam-Flag: YES\r\nX-Spam-Status: Yes, score=%s "
	    "required=%s\r\n\ttests=",
	    score_format(r->verdict->score, score),
	    score_format(r->config->policy.tag, tag));
	report_rules(r->scan, out);
	strbuf_puts(out, "\r\n");
	if (stars <= 0)
		return;
	strbuf_puts(out, "X-Spam-Level: ");
	if (stars > STARS_MAX)
		stars = STARS_MAX;
	for (; stars > 0; stars--)
		strbuf_putc(out, '*');
	strbuf_puts(out, "\r\n");
}

static void
add_subject(const struct report *r, struct strbuf *out)
{
	const struct field *subject =
	    message_find(r->scan->message, "Subject", 0);

	strbuf_puts(out, "Subject: ");
	strbuf_add(out, str_trim(str_c(r->config->tag_subject)));
	if (subject) {
		strbuf_putc(out, ' ');
		strbuf_add(out, str_trim(subject->value));
	}
	strbuf_puts(out, "\r\n");
}

void
report_headers(const struct report *r, bool received, struct strbuf *out)
{
	struct str bytes = r->scan->message->bytes;

	if (received)
		add_received(r, out);
	add_authres(r, out);
	add_received_spf(r, out);
	if (r->verdict->action == ACTION_TAG) {
		add_spam(r, out);
		if (r->config->tag_subject)
			add_subject(r, out);
	}
	add_verdict(r, out);
	/* A first line that begins with space would continue our last field
	 * with words of the sender's. */
	if (bytes.len > 0 && (bytes.data[0] == ' ' || bytes.data[0] == '\t'))
		strbuf_puts(out, "X-Postern-Note: first line is indented\r\n");
}
