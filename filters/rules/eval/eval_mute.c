/*
 * eval_mute: evals that need what a filter before the queue does not have.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "eval.h"

static const char bayes[] = "needs Bayes";
static const char network[] = "needs a network service";
static const char adsp[] = "ADSP is historic (RFC 5617)";
static const char reputation[] = "needs a memory of senders";
static const char shortcircuit[] = "no rule ends the others here";

const struct eval_mute eval_mute_table[] = {
    {"check_access_database", "needs a database of its own"},
    {"check_bayes", bayes},
    {"check_dcc", network},
    {"check_dcc_reputation_range", network},
    {"check_dkim_adsp", adsp},
    {"check_dkim_signall", adsp},
    {"check_dkim_testing", "the test flag of keys is not handed on"},
    {"check_dns_sender", network},
    {"check_from_in_auto_welcomelist", reputation},
    {"check_from_in_auto_whitelist", reputation},
    {"check_hashbl_attachments", network},
    {"check_hashbl_bodyre", network},
    {"check_hashbl_emails", network},
    {"check_hashbl_tag", network},
    {"check_hashbl_uris", network},
    {"check_language", "needs a model of languages"},
    {"check_pyzor", network},
    {"check_razor2", network},
    {"check_razor2_range", network},
    {"check_rbl", network},
    {"check_rbl_accreditor", network},
    {"check_rbl_envfrom", network},
    {"check_rbl_from_domain", network},
    {"check_rbl_from_host", network},
    {"check_rbl_headers", network},
    {"check_rbl_ns_from", network},
    {"check_rbl_rcvd", network},
    {"check_rbl_results_for", network},
    {"check_rbl_sub", network},
    {"check_rbl_txt", network},
    {"check_senders_reputation", reputation},
    {"check_shortcircuit", shortcircuit},
    {"check_uridnsbl", network},
    {NULL, NULL},
};
