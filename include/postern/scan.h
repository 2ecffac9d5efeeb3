/*
 * scan: one mail's passage through the chain.
 *
 * The door makes it, the filters read it and append to it through the calls
 * below, the policy folds it into a verdict.  Everything under it lives in its
 * arena.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_SCAN_H
#define POSTERN_SCAN_H

#include <time.h>

#include "postern/dns.h"
#include "postern/envelope.h"
#include "postern/finding.h"
#include "postern/message.h"
#include "postern/verdict.h"

enum stage { STAGE_CONNECT, STAGE_HELO, STAGE_MAIL, STAGE_RCPT, STAGE_MESSAGE };

/* A rule that hit. */
struct hit {
	const char *name;
	int score;         /* thousandths; added once */
	const char *where; /* "rules/20_body.cf:12" */
	unsigned hits;
	struct str evidence;  /* matched text, raw and bounded; may be empty */
	const char *describe; /* may be "" */
};

/* What a filter asks for; the policy decides. */
struct wish {
	enum action action; /* above ACTION_NONE */
	unsigned code;      /* DEFER 4xx, REJECT 5xx; 0 otherwise */
	const char *enhanced;
	const char *text;   /* US-ASCII, one line; may be NULL: our words */
	const char *source; /* filter or rule */
};

/* Points that do not come from a rule: on_fail = 3.0 and its like. */
struct points {
	int score;
	const char *source; /* "spf fail" */
};

struct scan {
	struct arena *arena;
	const struct envelope *envelope;
	const struct message *message; /* NULL before STAGE_MESSAGE */
	struct dns *dns;
	int64_t deadline;   /* on dns_now(); no check waits beyond it */
	time_t time;        /* the wall clock, for signatures that expire */
	bool authenticated; /* SASL said who it is */
	bool quarantines;   /* the door can put mail aside */
	bool all_hits;      /* whoever asks wants those of __subrules, too */

	/* Called by long loops once for every 64 KB; WAITS. */
	void (*breathe)(struct scan *scan);
	void *door; /* of whoever supplied breathe */

	/* What filters leave; read it, append with the calls below. */
	struct finding *findings;
	size_t finding_count;
	struct hit *hits;
	size_t hit_count;
	struct wish *wishes;
	size_t wish_count;
	struct points *points;
	size_t points_count;
	const char **undecided; /* "spf: DNS timeout for example.org" */
	size_t undecided_count;
	int64_t early_spent;    /* ns of CPU, rules before STAGE_MESSAGE */
	bool early_gaps;        /* some of them could not be asked */
	const char **unchecked; /* what was left out, and why: "dkim: 21st and
				   later signatures" */
	size_t unchecked_count;
};

/* The finding's text must live as long as the scan. */
void scan_add_finding(struct scan *scan, const struct finding *finding);
void scan_add_hit(struct scan *scan, const struct hit *hit);
void scan_add_wish(struct scan *scan, const struct wish *wish);
void scan_add_points(struct scan *scan, int score, const char *source);

/* The filter cannot say: the chain applies on_undecided. */
void scan_add_undecided(struct scan *scan, const char *filter, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* Something was left out; told in JSON and log, changes nothing. */
void scan_add_unchecked(struct scan *scan, const char *filter, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* Lets others run if the door has others.  WAITS. */
static inline void
scan_breathe(struct scan *scan) WAITS
{
	if (scan->breathe)
		scan->breathe(scan);
}

/* How much was found by now. */
struct scan_mark {
	size_t hits, wishes, points;
};

struct scan_mark scan_mark(const struct scan *scan);

/* Forgets hits, wishes and points since then: they were about a recipient that
 * the mail no longer has. */
void scan_rewind(struct scan *scan, const struct scan_mark *mark);

/* The first finding of that method, or NULL. */
const struct finding *scan_find(const struct scan *scan, const char *method);

#endif
