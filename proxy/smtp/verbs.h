/*
 * verbs: what each SMTP command does and in which phases it may come.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_VERBS_H
#define PROXY_VERBS_H

#include "session.h"

/* Obeys one command; false when the session is over. */
bool verbs_obey(struct session *s, const struct command *command) WAITS;

/* One file each; all return false when the session is over. */
bool verb_hello(struct session *s, const struct command *command) WAITS;
bool verb_mail(struct session *s, const struct command *command) WAITS;
bool verb_rcpt(struct session *s, const struct command *command) WAITS;
bool verb_data(struct session *s, const struct command *command) WAITS;
bool verb_bdat(struct session *s, const struct command *command) WAITS;
bool verb_auth(struct session *s, const struct command *command) WAITS;
bool verb_starttls(struct session *s, const struct command *command) WAITS;
bool verb_xclient(struct session *s, const struct command *command) WAITS;
bool verb_xforward(struct session *s, const struct command *command) WAITS;

#endif
