/*
 * listener_table: the settings of a listener.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "listener.h"

static const char *const identity_words[] = {
    "none", "xclient", "proxy-v1", "proxy-v2", "xforward", "transparent", NULL};
static const char *const tls_words[] = {
    "off", "may", "require", "implicit", NULL};
static const char *const backend_tls_words[] = {
    "off", "may", "require", "verify", NULL};
static const char *const version_words[] = {"1.2", "1.3", NULL};
static const char *const bare_lf_words[] = {"refuse", "normalise", NULL};
static const char *const protocol_words[] = {"smtp", "lmtp", NULL};
static const char *const connect_words[] = {"mail", "accept", NULL};

/* clang-format off */
const struct setting listener_table[] = {
	SETTING(listener_conf, address, SETTING_ENDPOINT, "127.0.0.1:10025",
	    "Where clients connect.", NULL),
	SETTING(listener_conf, clients, SETTING_NETS, "",
	    "The only networks that may connect, and that PROXY and XCLIENT "
	    "may speak of; empty means everybody.",
	    NULL),
	SETTING(listener_conf, accept_proxy, SETTING_NETS, "",
	    "Load balancers: connections from these networks must begin with "
	    "a PROXY header (version 1 or 2), which names the client.", NULL),
	SETTING(listener_conf, accept_xclient, SETTING_NETS, "",
	    "Networks whose XCLIENT is believed; refused from others.", NULL),
	SETTING(listener_conf, accept_xforward, SETTING_NETS, "",
	    "Networks whose XFORWARD is believed, such as a Postfix in front "
	    "with smtpd_proxy_filter; refused from others.", NULL),
	SETTING(listener_conf, greet_pause, SETTING_DURATION, "0s",
	    "Wait before the greeting; whoever speaks meanwhile is refused. "
	    "0 is off.", NULL),
	SETTING(listener_conf, chunking, SETTING_BOOL, "no",
	    "Offer CHUNKING (BDAT); the backend gets DATA.", NULL),
	SETTING(listener_conf, auth, SETTING_BOOL, "no",
	    "Offer the backend's AUTH and relay it.", NULL),
	SETTING(listener_conf, auth_without_tls, SETTING_BOOL, "no",
	    "Offer AUTH in the clear, too.  Passwords can then be read.",
	    NULL),
	SETTING(listener_conf, bare_lf, SETTING_WORD, "refuse",
	    "What becomes of a message with lines that end in LF alone: "
	    "refuse, or normalise to CRLF.", bare_lf_words),
	SETTING(listener_conf, bare_lf_exclusions, SETTING_NETS, "",
	    "Clients for which bare_lf is normalise.", NULL),

	SETTING(listener_conf, tls, SETTING_WORD, "off",
	    "TLS with clients: off, may (STARTTLS is offered), require (no "
	    "mail without it), or implicit (from the first octet, port 465).",
	    tls_words),
	SETTING(listener_conf, tls_certificate, SETTING_TEXTS, "",
	    "PEM files, each a certificate with its chain; the one that has "
	    "the name the client asks for is shown, else the first.", NULL),
	SETTING(listener_conf, tls_key, SETTING_TEXTS, "",
	    "PEM files with the keys, in the same order; empty means that "
	    "they stand in the certificates' files.", NULL),
	SETTING(listener_conf, tls_minimum, SETTING_WORD, "1.2",
	    "Oldest TLS version, also towards the backend.", version_words),
	SETTING(listener_conf, tls_ciphers, SETTING_TEXT, "",
	    "OpenSSL cipher list for TLS 1.2; empty means OpenSSL's own.",
	    NULL),
	SETTING(listener_conf, tls_timeout, SETTING_DURATION, "1m",
	    "Longest TLS handshake, on either side.", NULL),

	SETTING(listener_conf, backend, SETTING_ENDPOINTS, "127.0.0.1:10026",
	    "The mail servers behind; the first one that is well is used.",
	    NULL),
	SETTING(listener_conf, protocol, SETTING_WORD, "smtp",
	    "What the backend speaks: smtp or lmtp.", protocol_words),
	SETTING(listener_conf, backend_connect, SETTING_WORD, "mail",
	    "When the backend is connected: at the first mail (or VRFY or "
	    "AUTH), or accept: at once, its greeting and offer relayed.",
	    connect_words),
	SETTING(listener_conf, identity, SETTING_WORD, "none",
	    "How the backend learns who the client is: xclient, proxy-v1, "
	    "proxy-v2, xforward, transparent (the client's own address is "
	    "bound), or none.", identity_words),
	SETTING(listener_conf, backend_tls, SETTING_WORD, "off",
	    "TLS with the backend: off, may, require, or verify (its "
	    "certificate and name).", backend_tls_words),
	SETTING(listener_conf, backend_tls_implicit, SETTING_BOOL, "no",
	    "TLS with the backend from the first octet, without STARTTLS.",
	    NULL),
	SETTING(listener_conf, backend_tls_ca_file, SETTING_TEXT, "",
	    "PEM file of trusted authorities; empty means the system's.",
	    NULL),
	SETTING(listener_conf, backend_tls_name, SETTING_TEXT, "",
	    "Name that the backend's certificate must have; empty means the "
	    "host of backend.", NULL),
	SETTING(listener_conf, allow_open_backend, SETTING_BOOL, "no",
	    "Serve although the backend relays for strangers.  Dangerous.",
	    NULL),
	SETTING(listener_conf, probe_recipient, SETTING_TEXT,
	    "postern-probe@relay-test.invalid",
	    "Foreign recipient that a safe backend refuses for good.", NULL),
	SETTING(listener_conf, probe_interval, SETTING_DURATION, "5m",
	    "Time between two probes of a backend that is safe.", NULL),

	SETTING(listener_conf, delay_reject, SETTING_BOOL, "yes",
	    "Speak a refusal due at connect, HELO or MAIL only at RCPT, so that "
	    "the recipient is logged.", NULL),
	SETTING(listener_conf, max_sessions, SETTING_COUNT, "10000",
	    "Sessions of this listener at a time, over all workers; more get "
	    "421.", NULL),
	SETTING(listener_conf, max_sessions_per_address, SETTING_COUNT, "50",
	    "Sessions of one IPv4 address or IPv6 /64 at a time; 0: any.",
	    NULL),
	SETTING(listener_conf, max_sessions_per_network, SETTING_COUNT, "500",
	    "Sessions of one IPv4 /24 or IPv6 /48 at a time; 0: any.", NULL),
	SETTING(listener_conf, limit_exceptions, SETTING_NETS,
	    "127.0.0.0/8, ::1",
	    "Clients that the two limits above do not concern.", NULL),
	SETTING(listener_conf, max_recipients, SETTING_COUNT, "1000",
	    "Recipients of one message; more get 452.", NULL),
	SETTING(listener_conf, max_errors, SETTING_COUNT, "20",
	    "Bad commands after which a session is ended.", NULL),
	SETTING(listener_conf, max_junk_commands, SETTING_COUNT, "100",
	    "Commands between two messages that bring no mail forward (NOOP, "
	    "RSET, VRFY, HELO and their like), after which each is an error.",
	    NULL),
	SETTING(listener_conf, max_hops, SETTING_COUNT, "50",
	    "Received fields above which mail is taken for looping.", NULL),
	SETTING(listener_conf, message_size_limit, SETTING_SIZE, "50M",
	    "Largest message; never offered above the backend's own limit.",
	    NULL),
	SETTING(listener_conf, command_line_limit, SETTING_SIZE, "4K",
	    "Longest command line; longer ones are refused and skipped.",
	    NULL),
	SETTING(listener_conf, min_data_rate, SETTING_SIZE, "50",
	    "Octets a second that a message must bring on average, counted "
	    "after its first minute; 0: any.", NULL),

	SETTING(listener_conf, command_timeout, SETTING_DURATION, "5m",
	    "Wait for a command of the client.", NULL),
	SETTING(listener_conf, data_timeout, SETTING_DURATION, "3m",
	    "Wait for the next octets of a message.", NULL),
	SETTING(listener_conf, session_timeout, SETTING_DURATION, "2h",
	    "Longest session.", NULL),
	SETTING(listener_conf, filter_timeout, SETTING_DURATION, "20s",
	    "Longest time the filters may take at one stage: half of what the "
	    "client's patience leaves at most.", NULL),
	SETTING(listener_conf, client_name_timeout, SETTING_DURATION, "5s",
	    "Longest look-up of the client's name in DNS.", NULL),
	SETTING(listener_conf, backend_connect_timeout, SETTING_DURATION,
	    "10s", "Wait for the connection to the backend.", NULL),
	SETTING(listener_conf, backend_greeting_timeout, SETTING_DURATION,
	    "1m", "Wait for the backend's greeting.", NULL),
	SETTING(listener_conf, backend_command_timeout, SETTING_DURATION,
	    "4m", "Wait for the backend's reply to a command, and for all that "
	    "a command of the client waits for together: below the five "
	    "minutes of RFC 5321, so that the client is told 451 before it "
	    "gives up.", NULL),
	SETTING(listener_conf, backend_mail_timeout, SETTING_DURATION, "0s",
	    "The same for MAIL; 0s: as backend_command_timeout.", NULL),
	SETTING(listener_conf, backend_rcpt_timeout, SETTING_DURATION, "0s",
	    "The same for RCPT; 0s: as backend_command_timeout.", NULL),
	SETTING(listener_conf, backend_data_start_timeout, SETTING_DURATION,
	    "0s", "The same for DATA, up to its 354 (RFC 5321 asks for two "
	    "minutes at least); 0s: as backend_command_timeout.", NULL),
	SETTING(listener_conf, backend_data_timeout, SETTING_DURATION, "3m",
	    "Wait for the backend to take more octets of a message.", NULL),
	SETTING(listener_conf, backend_end_timeout, SETTING_DURATION, "9m",
	    "From the end of a message to the backend's reply, filters and "
	    "all other waits included: below the ten minutes of RFC 5321, as "
	    "a client that gives up sends the mail again.", NULL),
	{.name = NULL},
};
/* clang-format on */
