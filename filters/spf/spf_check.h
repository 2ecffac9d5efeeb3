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

enum spf_engine { SPF_ENGINE_LIBSPF2, SPF_ENGINE_INTERNAL };

struct spf_conf {
	struct reaction on_fail;
	struct reaction on_softfail;
	struct reaction on_permerror;
	struct reaction on_temperror;
	int64_t timeout; /* ms */
	int engine;
	unsigned max_lookups;
	unsigned max_voids;
	struct ip_nets skip_networks;
	struct texts skip_domains;
	bool skip_authenticated;
};

extern const struct setting spf_settings[];

struct spf_query {
	struct ip ip;
	const char *helo;
	const char *sender;   /* without brackets; "" checks postmaster@helo */
	const char *receiver; /* our host name, for %{r} */
	time_t time;
};

struct spf_result {
	enum result result;
	struct str explanation; /* on fail: exp= or our words, one line of
				   printable US-ASCII; else empty */
	struct str term;        /* the directive that decided; empty: none */
	const char *problem;    /* why an error; "" otherwise */
	unsigned lookups;
	unsigned voids;
	bool helo_identity; /* the null sender: HELO was checked */
	struct str domain;  /* that was checked */
	bool secure;        /* every answer was validated with DNSSEC */
};

/* deadline on dns_now(); text in arena. */
void spf_check_host(const struct spf_conf *conf, struct dns *dns,
    int64_t deadline, struct arena *arena, const struct spf_query *query,
    struct spf_result *out) WAITS;

#endif
