/*
 * offer: what was agreed with a mail server when it connected.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_OFFER_H
#define PROXY_OFFER_H

#include <stdbool.h>

#include <libmilter/mfapi.h>

struct offer {
	unsigned long actions; /* SMFIF_ bits that may be used */
	unsigned long steps;   /* SMFIP_ bits that are in force */
};

/* Of what is offered, that which we want; never anything else.  local: over a
 * unix socket. */
struct offer
offer_choose(unsigned long actions, unsigned long steps, bool local);

/* Asks for the macros that the envelope is filled from. */
void offer_ask_macros(SMFICTX *ctx, const struct offer *offer);

/*
 * A mail server may end a session and begin another on the same connection
 * (SMFIC_QUIT_NC) without a word about options: those of the connection stay.
 */
void offer_remember(const SMFICTX *ctx, const struct offer *offer);
struct offer offer_recall(const SMFICTX *ctx);

#endif
