/*
 * milter_table: the settings of a milter section.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "milter_conf.h"

/* clang-format off */
const struct setting milter_table[] = {
	SETTING(milter_conf, address, SETTING_ENDPOINT, "inet:8897@127.0.0.1",
	    "Where the mail server connects: inet:port@host, inet6:port@host "
	    "or unix:/path.", NULL),
	SETTING(milter_conf, socket_owner, SETTING_TEXT, "",
	    "Owner of a unix socket; empty means whoever started the program.",
	    NULL),
	SETTING(milter_conf, socket_group, SETTING_TEXT, "",
	    "Group of a unix socket, for example postfix.", NULL),
	SETTING(milter_conf, socket_mode, SETTING_TEXT, "0660",
	    "Permissions of a unix socket, in octal.", NULL),
	SETTING(milter_conf, log_ident, SETTING_TEXT, "postern/milter",
	    "Program name in syslog lines.", NULL),
	SETTING(milter_conf, delay_reject, SETTING_BOOL, "yes",
	    "Whether a refusal due at MAIL is spoken at RCPT, where the "
	    "recipient is known.", NULL),
	SETTING(milter_conf, max_sessions, SETTING_COUNT, "1000",
	    "Sessions of the mail server at once; a further one is refused "
	    "for now.", NULL),
	SETTING(milter_conf, message_size_limit, SETTING_SIZE, "100M",
	    "Larger mail is refused; keep it above the mail server's own "
	    "limit.", NULL),
	SETTING(milter_conf, filter_timeout, SETTING_DURATION, "4s",
	    "Longest wait for DNS at MAIL and at each RCPT; Sendmail gives up "
	    "after 10 seconds.", NULL),
	SETTING(milter_conf, message_timeout, SETTING_DURATION, "20s",
	    "Longest wait for DNS at the end of a message; the mail server is "
	    "told every second that work goes on.", NULL),
	SETTING(milter_conf, idle_timeout, SETTING_DURATION, "2h",
	    "How long the mail server may take over one packet, or be silent "
	    "between two, which is looked at every ten minutes.", NULL),
	SETTING(milter_conf, retire_timeout, SETTING_DURATION, "1h",
	    "How long sessions that began before a reload may go on with the "
	    "old configuration.", NULL),
	{.name = NULL},
};
/* clang-format on */
