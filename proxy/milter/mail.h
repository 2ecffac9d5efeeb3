/*
 * mail: MAIL to the end of the message, as the milter protocol tells it.
 *
 * It fills the same envelope and the same spool as the SMTP door; the message
 * is put together again octet for octet.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_MAIL_H
#define PROXY_MAIL_H

#include "guest.h"

/* argv: the address in its brackets, then parameters; may be NULL. */
void mail_begin(struct guest *g, char **argv);

/* NULL-safe: ends what there is and gives everything back. */
void mail_end(struct guest *g);

/* Asks the chain at these stages, all within one deadline, and folds what is
 * known into a verdict. */
void mail_check(struct guest *g, enum stage first, enum stage last,
    struct verdict *verdict) WAITS;

/* The recipient joins the envelope, not yet accepted; it may leave it again. */
struct recipient *mail_add_recipient(struct guest *g, const char *address);

/* A field as it was told: value is folded with LF, or with CRLF. */
void mail_add_field(struct guest *g, const char *name, const char *value);
void mail_end_head(struct guest *g);
void mail_add_body(struct guest *g, struct str octets);

/* Lays spans over the held octets; false when it is too large or lost. */
bool mail_read(struct guest *g);

/* The record that log and headers are written from. */
struct report mail_report(struct guest *g, const char *verb,
    const struct verdict *verdict, struct str reply);

/* Learns the mail server's queue id as soon as there is one. */
void mail_learn_id(struct guest *g);

#endif
