/*
 * offer: what was agreed with a mail server when it connected.
 *
 * The memory of past agreements is a table of fixed size by connection; an
 * entry that was overwritten is replaced by the agreement made last, which is
 * the same wherever one mail server is served.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

#include "offer.h"

enum { ENTRIES = 4096 };

static const unsigned long wanted_actions =
    SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE | SMFIF_SETSYMLIST;

static const unsigned long wanted_steps =
    SMFIP_NOUNKNOWN | SMFIP_NODATA | SMFIP_HDR_LEADSPC;

/*
 * No reply to header fields saves a round trip for each.  Over TCP it costs
 * more: the server's next packet then waits for an acknowledgement that our
 * kernel holds back, 40 ms.  Replies to the body stay, because the end of a
 * message may bring octets too and must have one.
 */
static const unsigned long mute_steps = SMFIP_NR_HDR | SMFIP_NR_EOH;

struct entry {
	const SMFICTX *ctx;
	struct offer offer;
};

static struct {
	pthread_mutex_t lock;
	struct entry entries[ENTRIES];
	struct offer last;
} memory = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct offer
offer_choose(unsigned long actions, unsigned long steps, bool local)
{
	unsigned long wanted = wanted_steps | (local ? mute_steps : 0);

	return (struct offer) {
	    .actions = actions & wanted_actions,
	    .steps = steps & wanted,
	};
}

/* libmilter keeps a copy. */
static void
ask(SMFICTX *ctx, int where, const char *names)
{
	char text[256];

	snprintf(text, sizeof(text), "%s", names);
	smfi_setsymlist(ctx, where, text);
}

void
offer_ask_macros(SMFICTX *ctx, const struct offer *offer)
{
	if (!(offer->actions & SMFIF_SETSYMLIST))
		return;
	ask(ctx, SMFIM_CONNECT,
	    "j _ {client_addr} {client_name} {client_port} {client_ptr} "
	    "{client_resolve} {daemon_name} {daemon_addr} {daemon_port} "
	    "{if_addr}");
	ask(ctx, SMFIM_HELO, "r {tls_version} {cipher}");
	ask(ctx, SMFIM_ENVFROM,
	    "i r {auth_authen} {auth_type} {tls_version} {cipher} "
	    "{mail_addr} {mail_mailer}");
	ask(ctx, SMFIM_ENVRCPT, "i {rcpt_addr} {rcpt_mailer}");
	ask(ctx, SMFIM_EOH, "i");
	ask(ctx, SMFIM_EOM, "i");
}

static struct entry *
entry_of(const SMFICTX *ctx)
{
	uint64_t hash = (uint64_t)(uintptr_t)ctx * 0x9e3779b97f4a7c15;

	return &memory.entries[hash >> 52];
}

void
offer_remember(const SMFICTX *ctx, const struct offer *offer)
{
	pthread_mutex_lock(&memory.lock);
	*entry_of(ctx) = (struct entry) {ctx, *offer};
	memory.last = *offer;
	pthread_mutex_unlock(&memory.lock);
}

struct offer
offer_recall(const SMFICTX *ctx)
{
	const struct entry *entry = entry_of(ctx);
	struct offer offer;

	pthread_mutex_lock(&memory.lock);
	offer = entry->ctx == ctx ? entry->offer : memory.last;
	pthread_mutex_unlock(&memory.lock);
	return offer;
}
