/*
 * config_table: the settings of the top level and of actions.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "config.h"

static const char *const format_words[] = {"text", "json", NULL};
static const char *const mode_words[] = {"enforce", "monitor", NULL};
static const char *const undecided_words[] = {"ignore", "defer", NULL};
static const char *const detail_words[] = {"none", "full", NULL};

/* clang-format off */
const struct setting config_table[] = {
	SETTING(config, user, SETTING_TEXT, "postern",
	    "User that workers become when started as root.", NULL),
	SETTING(config, workers, SETTING_COUNT, "0",
	    "Worker processes; 0 means one for each processor.", NULL),
	SETTING(config, hostname, SETTING_TEXT, "",
	    "Name in greetings and towards the backend; empty means the "
	    "machine's own fully qualified name.", NULL),
	SETTING(config, authserv_id, SETTING_TEXT, "",
	    "Who signs Authentication-Results (RFC 8601); empty means the "
	    "host name.", NULL),
	SETTING(config, dns, SETTING_TEXT, "auto",
	    "Where DNS is asked: auto (resolv.conf), recurse, address:port, or "
	    "zone:FILE.", NULL),
	SETTING(config, spool_directory, SETTING_TEXT, LOCALSTATEDIR,
	    "Where mail above spool_memory is held while it is judged.", NULL),
	SETTING(config, runtime_directory, SETTING_TEXT, RUNSTATEDIR,
	    "Where a server keeps what its tools read, such as the counters of "
	    "rules; without it there are none.", NULL),
	SETTING(config, spool_memory, SETTING_SIZE, "256K",
	    "Mail up to this size is held in memory.", NULL),
	SETTING(config, log, SETTING_TEXT, "syslog",
	    "syslog, stderr, or the path of a file.", NULL),
	SETTING(config, log_ident, SETTING_TEXT, "postern/smtpd",
	    "Program name in syslog lines.", NULL),
	SETTING(config, log_format, SETTING_WORD, "text",
	    "text (in the shape of Postfix) or json: one object for each mail "
	    "and each refusal, also of a connection, with the keys of "
	    "scan --json.", format_words),
	SETTING(config, filters, SETTING_TEXTS, "spf, dkim, rules",
	    "The filters, in the order in which they are asked.", NULL),
	SETTING(config, mode, SETTING_WORD, "enforce",
	    "enforce, or monitor: log and mark, refuse nothing.", mode_words),
	SETTING(config, on_undecided, SETTING_WORD, "ignore",
	    "What follows when a filter cannot say: ignore or defer.",
	    undecided_words),
	SETTING(config, allow_discard, SETTING_BOOL, "no",
	    "Whether a rule may drop mail silently; no makes it a refusal.",
	    NULL),
	SETTING(config, reject_detail, SETTING_WORD, "none",
	    "full tells the client which rule or filter refused the mail.",
	    detail_words),
	SETTING(config, trusted_networks, SETTING_NETS, "",
	    "Clients whose mail is not judged (logged as bypass=).", NULL),
	SETTING(config, bypass_recipients, SETTING_TEXTS, "",
	    "Recipients whose mail is not judged: user@domain, @domain, or "
	    "postmaster.", NULL),
	SETTING(config, received_spf, SETTING_BOOL, "no",
	    "Whether to add Received-SPF (RFC 7208) as well.", NULL),
	SETTING(config, tag_subject, SETTING_TEXT, "",
	    "Text to put before the Subject of tagged mail; empty leaves it "
	    "alone.", NULL),
	SETTING(config, drain_timeout, SETTING_DURATION, "1m",
	    "How long transactions may finish after TERM, and how long sessions "
	    "may go on with the old configuration after a reload.", NULL),
	SETTING(config, tls_ticket_rotation, SETTING_DURATION, "4h",
	    "How long TLS session tickets are made with one key, in all "
	    "workers; for as long again they are still taken.", NULL),
	{.name = NULL},
};

const struct setting action_table[] = {
	SETTING(policy_conf, tag, SETTING_SCORE, "5",
	    "Score from which mail is marked as spam.", NULL),
	SETTING(policy_conf, quarantine, SETTING_SCORE, "0",
	    "Score from which mail is put aside; 0 means never.", NULL),
	SETTING(policy_conf, reject, SETTING_SCORE, "15",
	    "Score from which mail is refused.", NULL),
	{.name = NULL},
};
/* clang-format on */
