/*
 * report: references, words and the log line.
 *
 * Text from outside is put into a line as it is; log_line makes controls
 * harmless, whatever the field.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "postern/header.h"
#include "postern/log.h"

#include "report.h"

enum {
	RECIPIENTS_SHOWN = 20,
	RULES_SHOWN = 1000 /* octets */
};

static unsigned worker_slot;

void
report_id_worker(unsigned slot)
{
	worker_slot = slot;
}

/*
 * Ten digits of base 62 of the time in microseconds and two of the worker.  A
 * process never gives the same microsecond twice, whatever thread asks.
 */
void
report_id(char out[REPORT_ID_SIZE])
{
	static const char digits[] = "0123456789"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";
	static _Atomic uint64_t last;
	struct timespec now;
	uint64_t number, before = atomic_load(&last);
	int i;

	clock_gettime(CLOCK_REALTIME, &now);
	number = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	do {
		if (number <= before)
			number = before + 1;
	} while (!atomic_compare_exchange_weak(&last, &before, number));
	out[12] = '\0';
	out[11] = digits[worker_slot % 62];
	out[10] = digits[worker_slot / 62 % 62];
	for (i = 9; i >= 0; i--, number /= 62)
		out[i] = digits[number % 62];
}

const char *
report_word(const struct verdict *verdict)
{
	static const char *const would[] = {"accept", "would-tag",
	    "would-quarantine", "would-discard", "would-defer", "would-reject"};

	return verdict->would == verdict->action ?
	    action_word(verdict->action) :
	    would[verdict->would];
}

void
report_rules(const struct scan *scan, struct strbuf *out)
{
	size_t i, start = out->len;

	for (i = 0; i < scan->hit_count; i++) {
		if (scan->hits[i].score == 0)
			continue;
		if (out->len - start > RULES_SHOWN) {
			strbuf_puts(out, ",...");
			return;
		}
		if (out->len > start)
			strbuf_putc(out, ',');
		strbuf_puts(out, scan->hits[i].name);
	}
}

static void
add_client(const struct envelope *e, struct strbuf *out)
{
	char ip[IP_TEXT_MAX];

	strbuf_printf(out, "%s[%s]",
	    e->client_name ? e->client_name : "unknown",
	    ip_format(&e->client, ip));
}

size_t
report_first_recipient(const struct report *r)
{
	const struct envelope *e = r->scan->envelope;
	size_t last = e->recipient_count ? e->recipient_count - 1 : 0;

	/* A saved message was told by no command. */
	if (!r->verb || strcmp(r->verb, "RCPT") != 0 ||
	    e->recipient_count == 0 || e->recipients[last].accepted)
		return 0;
	return last;
}

static void
add_envelope(const struct report *r, struct strbuf *out)
{
	const struct envelope *e = r->scan->envelope;
	size_t first = report_first_recipient(r), i;
	size_t count = e->recipient_count - first;

	strbuf_printf(out, " from=<%s>", e->sender);
	for (i = 0; i < count && i < RECIPIENTS_SHOWN; i++)
		strbuf_printf(out, "%s<%s>",
		    i ? "," : " to=", e->recipients[first + i].address);
	if (count > RECIPIENTS_SHOWN)
		strbuf_printf(out, ",... nrcpt=%zu", count);
	strbuf_printf(out, " proto=%s helo=<%s>", e->protocol, e->helo);
	if (e->login)
		strbuf_printf(out, " login=<%s>", e->login);
	if (e->tls)
		strbuf_printf(out, " tls=\"%s\"", e->tls);
}

static void
add_findings(const struct scan *scan, struct strbuf *out)
{
	const struct finding *f;
	size_t i;

	for (i = 0; i < scan->finding_count; i++) {
		f = &scan->findings[i];
		if (i > 0 && strcmp(f->method, f[-1].method) == 0)
			strbuf_printf(out, ",%s", result_word(f->result));
		else
			strbuf_printf(
			    out, " %s=%s", f->method, result_word(f->result));
	}
}

static void
add_message(const struct report *r, struct strbuf *out)
{
	const struct message *message = r->scan->message;
	const struct field *field =
	    message ? message_find(message, "Message-ID", 0) : NULL;
	struct str id;

	if (!message)
		return;
	strbuf_printf(out, " size=%zu dns=%lldms scan=%lldms", r->size,
	    (long long)r->dns_ms, (long long)r->scan_ms);
	if (field) {
		id = str_head(str_trim(field->value), 200);
		strbuf_puts(out, " id=");
		strbuf_add(out, id);
	}
}

static void
add_score(const struct report *r, struct strbuf *out)
{
	char score[16], limit[16];

	strbuf_printf(out, " score=%s/%s",
	    score_format(r->verdict->score, score),
	    score_format(r->config->policy.reject, limit));
	add_findings(r->scan, out);
	if (r->scan->hit_count) {
		strbuf_puts(out, " rules=");
		report_rules(r->scan, out);
	}
	if (r->verdict->bypass)
		strbuf_printf(out, " bypass=%s", r->verdict->bypass);
	if (r->scan->undecided_count)
		strbuf_printf(out, " undecided=\"%s\"", r->scan->undecided[0]);
}

void
report_text(const struct report *r, struct strbuf *out)
{
	strbuf_printf(
	    out, "%s: %s: %s from ", r->id, report_word(r->verdict), r->verb);
	add_client(r->scan->envelope, out);
	strbuf_printf(out, ": %.*s;", (int)r->reply.len, r->reply.data);
	add_envelope(r, out);
	add_score(r, out);
	add_message(r, out);
	if (r->queue_id)
		strbuf_printf(out, " backend-id=%s", r->queue_id);
}

void
report_log(const struct report *r)
{
	struct strbuf line;
	char *json;

	if (r->config->log_format == LOG_FORMAT_JSON) {
		json = report_json(r);
		log_line(LOG_LEVEL_INFO, str_c(json));
		free(json);
		return;
	}
	strbuf_init(&line);
	report_text(r, &line);
	log_line(LOG_LEVEL_INFO, strbuf_str(&line));
	strbuf_clear(&line);
}

struct str
report_refusal(struct report *report, struct arena *arena)
{
	const struct verdict *verdict = report->verdict;
	struct str text =
	    arena_printf(arena, "%.300s (%s)", verdict->text, report->id);

	report->reply = arena_printf(arena, "%u %s %.*s", verdict->code,
	    verdict->enhanced, (int)text.len, text.data);
	report_log(report);
	return text;
}
