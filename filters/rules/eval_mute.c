/*
 * eval_mute: evals that need what a filter before the queue does not have.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "eval.h"

static const char bayes[] = "needs Bayes";
static const char network[] = "needs a network service";

const struct eval_mute eval_mute_table[] = {
    {"check_bayes", bayes},
    {"check_dcc", network},
    {"check_dcc_reputation_range", network},
    {"check_pyzor", network},
    {"check_razor2", network},
    {"check_razor2_range", network},
    {"check_rbl", network},
    {"check_rbl_accreditor", network},
    {"check_rbl_envfrom", network},
    {"check_rbl_from_domain", network},
    {"check_rbl_from_host", network},
    {"check_rbl_ns_from", network},
    {"check_rbl_rcvd", network},
    {"check_rbl_sub", network},
    {"check_rbl_txt", network},
    {"check_uridnsbl", network},
    {NULL, NULL},
};
