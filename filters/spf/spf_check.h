/*
 * spf_check: who may send mail for a domain (RFC 7208 check_host).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef SPF_CHECK_H
#define SPF_CHECK_H

#include <time.h>

#include "postern/dns.h"
#include "postern/finding.h"
#include "postern/setting.h"

#include "spf_record.h"

/* The most that max_lookups may be: libspf2 goes no deeper. */
enum { SPF_LOOKUPS_MAX = 20 };

enum spf_engine { SPF_ENGINE_LIBSPF2, SPF_ENGINE_INTERNAL };

struct spf_conf {
	struct reaction on_fail;
	struct reaction on_softfail;
	struct reaction on_permerror;
	struct reaction on_temperror;
	struct reaction on_helo_fail;
	bool check_helo;
	int64_t timeout; /* ms */
	int engine;
	unsigned max_lookups;
	unsigned max_voids;
	struct ip_nets skip_networks;
	struct texts skip_domains;
	bool skip_authenticated;
};

extern const struct setting spf_settings[];

enum spf_step {
	SPF_STEP_RECORD,
	SPF_STEP_ASKED,
	SPF_STEP_TERM,
	SPF_STEP_DECIDED
};

/*
 * One step of an evaluation.  RECORD: one was found, not parsed yet.  TERM: it
 * was tried; ip4 and ip6 are told only when they match, include never.
 * DECIDED: a record gave the result, without an error; only exp= may still be
 * asked for.
 */
struct spf_event {
	enum spf_step step;
	unsigned lookups, voids;         /* so far */
	const struct spf_domain *in;     /* RECORD, TERM; ASKED: whose term
					 asks, or NULL */
	const struct spf_term *term;     /* TERM */
	bool matches;                    /* TERM */
	const char *name;                /* ASKED: DNS text */
	enum dns_type type;              /* ASKED */
	const struct dns_answer *answer; /* ASKED */
};

struct spf_query {
	struct ip ip;
	const char *helo;
	const char *sender;   /* without brackets; "" checks postmaster@helo */
	const char *receiver; /* our host name, for %{r} */
	time_t time;

	/* For `postern spf --explain`; may be NULL.  What it is shown lives as
	 * long as the arena. */
	void (*told)(void *context, const struct spf_event *event);
	void *context;
};

struct spf_result {
	enum result result;
	struct str explanation; /* on fail: exp= or our words, one line of
				   printable US-ASCII; else empty */
	bool explained;         /* the words are the domain's own */
	struct str term;        /* the directive that decided; empty: none */
	const char *problem;    /* why an error; "" otherwise */
	unsigned lookups;
	unsigned voids;
	unsigned asked;     /* questions to the resolver */
	bool helo_identity; /* the null sender: HELO was checked */
	struct str domain;  /* that was checked */
	bool secure; /* something was asked, and every answer that counts was
			validated with DNSSEC */
	bool bogus;  /* an answer failed that: a temperror */
};

/* deadline on dns_now(); text in arena. */
void spf_check_host(const struct spf_conf *conf, struct dns *dns,
    int64_t deadline, struct arena *arena, const struct spf_query *query,
    struct spf_result *out) WAITS;

/* "secure", "insecure" or "bogus". */
const char *spf_dnssec_word(const struct spf_result *result);

#endif
