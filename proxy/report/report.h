/*
 * report: what every door says about a mail it judged.
 *
 * The log line, the JSON, the header block and the reply are written from this
 * one record, so that they cannot disagree.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_REPORT_H
#define PROXY_REPORT_H

#include "postern/strbuf.h"

#include "proxy/daemon/config.h"

struct report {
	const struct config *config;
	const char *authserv_id; /* NULL: the configuration's */
	const char *id;          /* our reference */
	const char
	    *verb; /* "DATA", "RCPT", "MAIL": where the verdict fell; NULL
			     where there are no commands */
	const char *file; /* scan: the file's name; otherwise NULL */
	const struct scan *scan;
	const struct verdict *verdict;
	struct str reply;         /* what the client is told, without CRLF */
	struct str backend_reply; /* the backend's words; may be empty */
	const char *queue_id;     /* the backend's, or NULL */
	size_t size;              /* octets of the mail; 0 before DATA */
	unsigned removed_authres; /* forged fields left out */
	int64_t dns_ms;
	int64_t scan_ms;
};

enum { REPORT_ID_SIZE = 13 };

/* A reference that is unique over all workers: 12 letters and digits. */
void report_id(char out[REPORT_ID_SIZE]);

/* Which of the workers this process is, for report_id. */
void report_id_worker(unsigned slot);

/*
 * Logs the refusal that the verdict asks for; fills in the reply.  What the
 * client is told: "Text (ref)", for reply_format.
 */
struct str report_refusal(struct report *report, struct arena *arena);

/* accept, tag, ..., or would-reject and its like in monitor mode. */
const char *report_word(const struct verdict *verdict);

/* One line, in the shape of Postfix or as JSON, to the log. */
void report_log(const struct report *report);

/* One JSON object (interfaces.md), without a newline; free() it. */
char *report_json(const struct report *report);

/* The first recipient that it tells: of a refused RCPT, only that one. */
size_t report_first_recipient(const struct report *report);

/* One line for a human. */
void report_text(const struct report *report, struct strbuf *out);

/*
 * The block of header fields that is put above the mail, each line ending in
 * CRLF.  received: a Received field as well, for a backend that cannot learn
 * who the client is.
 */
void
report_headers(const struct report *report, bool received, struct strbuf *out);

/* "rule,rule" of the hits that count, bounded. */
void report_rules(const struct scan *scan, struct strbuf *out);

#endif
