/*
 * judge: the end of a message, and what its verdict becomes.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_MILTER_JUDGE_H
#define PROXY_MILTER_JUDGE_H

#include "guest.h"

/* Answers the end of the message; ends the mail. */
sfsistat judge_end_of_message(struct guest *g) WAITS;

/* Says and logs the refusal that the verdict asks for. */
sfsistat
judge_refuse(struct guest *g, const char *verb, const struct verdict *verdict);

#endif
