/*
 * spf_record: the text of an SPF record, checked whole (RFC 7208 4.6, 5, 6).
 *
 * Pure and linear.  Nothing is evaluated of a record that has one mistake.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef SPF_RECORD_H
#define SPF_RECORD_H

#include "postern/arena.h"
#include "postern/error.h"
#include "postern/ip.h"

enum { SPF_RECORD_MAX = 16384 }; /* octets; more is a permerror */

enum spf_kind {
	SPF_ALL,
	SPF_INCLUDE,
	SPF_A,
	SPF_MX,
	SPF_PTR,
	SPF_IP4,
	SPF_IP6,
	SPF_EXISTS
};

struct spf_term {
	enum spf_kind kind;
	char qualifier;    /* + - ~ ? */
	struct str text;   /* as written, with its qualifier */
	struct str domain; /* domain-spec, unexpanded; empty when not given */
	struct ip_net net; /* ip4, ip6 */
	unsigned prefix4;  /* a, mx */
	unsigned prefix6;
};

struct spf_record {
	struct spf_term *terms;
	size_t count;
	struct str redirect; /* domain-spec, or empty */
	struct str redirect_text;
	struct str exp;
};

/* A domain whose record was fetched and parsed. */
struct spf_domain {
	struct str name;
	struct str text; /* as published */
	struct spf_record record;
	unsigned depth; /* includes and redirects above it */
};

/* Does a TXT record begin with the version section? */
bool spf_record_is_spf(struct str text);

/* Terms live in arena, spans in text.  False with the reason for permerror. */
bool spf_record_parse(struct str text, struct arena *arena,
    struct spf_record *out, struct error *err);

#endif
