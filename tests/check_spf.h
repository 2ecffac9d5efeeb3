/*
 * check_spf: SPF in a zone made of text, asked through a resolver that counts
 * and that fails where it is told to.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef CHECK_SPF_H
#define CHECK_SPF_H

#include <check.h>

#include "postern/dns_zone.h"
#include "postern/strbuf.h"

#include "filters/spf/spf_check.h"

/* In front of a zone. */
struct probe {
	struct dns dns; /* first */
	struct dns *zone;
	unsigned asked;
	unsigned txt;
	size_t longest;         /* name asked for */
	unsigned fail_at;       /* this question (from 1); 0: none */
	enum dns_status status; /* is answered so; a timeout takes its time */
	enum dns_type failed;   /* the type it had */
	bool secure;            /* every answer is validated */
	unsigned insecure_at;   /* but this one */
	bool bogus;             /* what fails, fails for that */
};

struct spf_test {
	struct arena *arena;
	struct strbuf zone; /* filled by the test, read by test_ask */
	struct spf_conf conf;
	struct probe probe;
	struct spf_query query; /* 192.0.2.1, a@example.org, helo.example */
	struct spf_result result;
	int64_t took; /* ms on the resolver's clock */
};

extern struct spf_test t;

/* A zone line, as printf makes it, without line end. */
void zone_add(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A TXT record of any octets and length. */
void zone_add_text(const char *name, struct str text);

/*
 * The answer about t.query with one engine, in a fresh probe that keeps what
 * the test set in t.probe.
 */
void test_ask(enum spf_engine engine);

/* With both engines, which must agree; NULL term or problem: not looked at. */
void test_expect(enum result result, const char *term, const char *problem);

TCase *spf_terms_case(void);
TCase *spf_hostile_case(void);
TCase *spf_dns_case(void);
TCase *spf_filter_case(void);
TCase *spf_wait_case(void);

#endif
