/*
 * eval_forged: mail that says it came through a large provider, and did not.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "eval_forged.h"
#include "filters/rules/target/relays.h"

/* Lists and groups of this kind leave out Received lines. */
bool
eval_forged_is_gated(struct eval_context *c)
{
	struct str list = eval_field(c, "Mailing-List");
	bool absent;
	struct str received =
	    target_field(c->targets, "Received", PART_DECODED, &absent);

	if (absent ||
	    eval_finds(received, "from groups.msn.com (%w.msn.com ", NULL))
		return true;
	return eval_finds(list, "contact %w@%w; run by ezmlm", NULL) &&
	    eval_finds(
		eval_field(c, "Delivered-To"), "mailing list %w@%w", NULL) &&
	    (eval_finds(
		 received, "qmail %n invoked from network); %n ", NULL) ||
		eval_finds(received, "qmail %n invoked by %x); %n ", NULL));
}

static unsigned
gated(struct eval_context *c)
{
	return eval_forged_is_gated(c);
}

/* " rly-xw01." and nothing that AOL itself would write. */
static unsigned
fake_aol_relay(struct eval_context *c)
{
	struct str received = eval_field(c, "Received"), rest;
	size_t at;

	if (!eval_case_has(received, "rly-"))
		return 0;
	received = eval_spaced(received, c->scan->arena);
	rest = received;
	while ((at = str_case_find_str(rest, str_c(" rly-"))) < rest.len) {
		rest = str_from(rest, at + 5);
		if (rest.len > 5 && ascii_is_alpha(rest.data[0]) &&
		    ascii_is_alpha(rest.data[1]) &&
		    ascii_is_digit(rest.data[2]) &&
		    ascii_is_digit(rest.data[3]) && rest.data[4] == '.')
			return !eval_finds(received, "/AOL-%n.%n.%n)", NULL) &&
			    !eval_has(received, "ESMTP id RELAY") &&
			    !eval_has(received, "ESMTP id MAILRELAY") &&
			    !eval_has(received, "ESMTP id MAILIN");
	}
	return 0;
}

/* --- Hotmail --- */

/* "<name@groups.msn.com>" */
static bool
is_msn_group(struct eval_context *c)
{
	struct str to = eval_field(c, "To"), id, sender;
	struct shape_parts parts = {.rest = str_c("")};
	size_t end = str_case_find_str(to, str_c("@groups.msn.com>"));
	size_t start = str_find_last(str_head(to, end), '<');
	struct str name;

	if (end >= to.len || start >= end)
		return false;
	name = str_of(to.data + start + 1, end - start - 1);
	if (!eval_finds(eval_field(c, "Received"),
		"from mail pickup service by p%n.groups.msn.com", &parts))
		return false;
	id = eval_field(c, "Message-Id");
	if (str_is(name, "notifications"))
		return eval_has(id, ".groups.msn.com>");
	sender = eval_address(c, "EnvelopeFrom");
	return str_starts(str_from(id, 1),
		   arena_printf(
		       c->scan->arena, "%.*s-", (int)name.len, name.data)
		       .data) &&
	    eval_has(id, "@groups.msn.com>") &&
	    eval_has(sender,
		arena_printf(c->scan->arena, "%.*s-bounce@groups.msn.com",
		    (int)name.len, name.data)
		    .data);
}

static bool
came_from_hotmail(struct str received, bool ip, bool outlook)
{
	struct shape_parts parts = {.by = str_c("")};

	if (ip &&
	    (eval_finds(received, "hotmail.com (%w.hotmail.com)", NULL) ||
		eval_finds(received, "hotmail.com (%w.hotmail.com ", NULL) ||
		eval_finds(
		    received, "hotmail.com (%w.hotmail.msn.com)", NULL) ||
		eval_finds(
		    received, "hotmail.com (%w.hotmail.msn.com ", NULL) ||
		eval_finds(received, ".hotmail.com ([%J]", NULL) ||
		eval_finds(
		    received, "from %w by %w.hotmail.com with HTTP;", NULL) ||
		eval_finds(received, "from %w by %w.hotmail.msn.com with HTTP;",
		    NULL) ||
		eval_finds(received, "from [66.218.%w] by %w.yahoo.com", NULL)))
		return true;
	if (!outlook)
		return false;
	if (eval_finds(received,
		".outbound.protection.outlook.com "
		"(%w.outbound.protection.outlook.com",
		&parts))
		return true;
	return eval_finds(received, "eurprd%n.prod.outlook.com (%J)", NULL) ||
	    eval_finds(received, "namprd%n.prod.outlook.com (%J)", NULL);
}

/* A word that ends in "hotmail.com", behind "from ", "HELO " or "helo=". */
static bool
says_hotmail(struct str received)
{
	size_t at = 0, start;
	struct str mark;

	for (;; at++) {
		at +=
		    str_find_str(str_from(received, at), str_c("hotmail.com"));
		if (at >= received.len)
			return false;
		if (at + 11 < received.len &&
		    eval_is_word(received.data[at + 11]))
			continue;
		for (start = at; start > 0 && received.data[start - 1] != ' ';
		     start--)
			;
		mark = str_of(received.data + start, at - start);
		if (eval_has(mark, "helo="))
			return true;
		if (start >= 5) {
			mark = str_of(received.data + start - 5, 5);
			if (str_is(mark, "from ") || str_is(mark, "HELO "))
				return true;
		}
	}
}

enum hotmail { HOTMAIL_GOOD, HOTMAIL_FORGED, HOTMAIL_NOT };

static enum hotmail
judge_hotmail(struct eval_context *c)
{
	struct str received = eval_field(c, "Received"), org;
	bool ip, outlook;

	/* Nothing below is found without the name. */
	if (!eval_has(received, "hotmail") &&
	    !eval_ends_word(eval_address(c, "From"), "hotmail.com"))
		return HOTMAIL_GOOD;
	received = eval_spaced(received, c->scan->arena);
	if (eval_has(received,
		"from mail pickup service by hotmail.com with Microsoft "
		"SMTPSVC;") ||
	    is_msn_group(c))
		return HOTMAIL_GOOD;
	ip = eval_has_ip(eval_field(c, "X-Originating-Ip"));
	org = eval_field(c, "X-OriginatorOrg");
	outlook =
	    eval_has(org, "hotmail.com") || eval_has(org, "msonline-outlook");
	if (eval_forged_is_gated(c) || came_from_hotmail(received, ip, outlook))
		return HOTMAIL_GOOD;
	if (says_hotmail(received))
		return HOTMAIL_FORGED;
	return eval_ends_word(eval_address(c, "From"), "hotmail.com") ?
	    HOTMAIL_NOT :
	    HOTMAIL_GOOD;
}

static unsigned
forged_hotmail(struct eval_context *c)
{
	return judge_hotmail(c) == HOTMAIL_FORGED;
}

static unsigned
no_hotmail(struct eval_context *c)
{
	return judge_hotmail(c) == HOTMAIL_NOT;
}

/* --- others --- */

static unsigned
forged_eudoramail(struct eval_context *c)
{
	if (!eval_ends_word(eval_address(c, "From"), "eudoramail.com") ||
	    eval_forged_is_gated(c))
		return 0;
	return !(eval_finds(eval_field_spaced(c, "Received"),
		     "by %Wwhowhere.com;", NULL) &&
	    eval_has_ip(eval_field(c, "X-Sender-Ip")));
}

static bool
came_by_yahoo_relay(struct eval_context *c)
{
	const struct relays *relays = targets_relays(c->targets);
	struct str first = relays->untrusted_text;
	struct shape_parts parts = {.rdns = str_c("")};

	first = str_head(first, str_find(first, ']'));
	return eval_finds(
		   relays->trusted_text, " rdns=%r.yahoo.com ", &parts) ||
	    eval_finds(first, " rdns=%r.yahoo.com ", &parts);
}

static bool
came_from_yahoo(struct str received, struct str from)
{
	static const char *const shapes[] = {
	    "by web%w.mail%W.yahoo.com via HTTP",
	    "by sonic%w.consmr.mail%W.yahoo.com with HTTP",
	    "by smtp%w.yahoo.com with SMTP",
	    "from [%J] by %w.groups.yahoo.com with NNFMP",
	    "from [%J] by %w.scd.yahoo.com with NNFMP",
	    "from [%J] by %w.dcn.yahoo.com with NNFMP",
	    "by %w.%w.yahoo.com (%n.%n.%n/%n.%n.%n) with ESMTP id ",
	    "by %w.%w.yahoo.com (%n.%n.%n/%n.%n.%n) id "};
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (eval_finds(received, shapes[i], NULL))
			return true;
	return eval_finds(received, "mailer%n.bulk.scd.yahoo.com", NULL) &&
	    str_case_ends(from, "@reply.yahoo.com");
}

static unsigned
forged_yahoo(struct eval_context *c)
{
	struct str from = eval_address(c, "From"), received;

	if (!eval_ends_word(from, "yahoo.com"))
		return 0;
	received = eval_field_spaced(c, "Received");
	if (eval_field(c, "Resent-From").len > 0 &&
	    eval_field(c, "Resent-To").len > 0 &&
	    eval_field(c, "X-Received").len > 0)
		received = eval_field_spaced(c, "X-Received");
	return !eval_forged_is_gated(c) && !came_by_yahoo_relay(c) &&
	    !came_from_yahoo(received, from);
}

/* New mail of Juno has X-Originating-IP. */
static bool
is_new_juno(struct str line, struct str mailer)
{
	bool known =
	    (eval_has(line, "juno.com") || eval_has(line, "untd.com")) &&
	    (eval_finds(line, "[%J]%.by", NULL) ||
		eval_finds(line, "(%J)%.by", NULL));

	return (known || eval_has(line, " cookie.juno.com ") ||
		   eval_has(line, " cookie.untd.com ")) &&
	    eval_has(mailer, "Juno ");
}

static unsigned
forged_juno(struct eval_context *c)
{
	struct str origin, mailer, received, line;

	if (!eval_ends_word(eval_address(c, "From"), "juno.com") ||
	    eval_forged_is_gated(c))
		return 0;
	origin = eval_field(c, "X-Originating-IP");
	if (origin.len == 0)
		return 1; /* old mail of Juno had one, too */
	mailer = eval_field(c, "X-Mailer");
	received = eval_field(c, "Received");
	while (str_cut(&received, '\n', &line))
		if (eval_has(line, "from") && is_new_juno(line, mailer))
			return 0;
	return 1;
}

static unsigned
forged_gmail(struct eval_context *c)
{
	struct str received;

	if (!eval_ends_word(eval_address(c, "From"), "gmail.com"))
		return 0;
	received = eval_field(c, "X-Received");
	if (eval_finds(received, "by 10.%w with SMTP id %w", NULL) ||
	    eval_finds(received, "by 2002:a%n:%w:%w with SMTP id %w", NULL) ||
	    eval_finds(eval_field(c, "Received"),
		"by smtp.googlemail.com with ESMTPSA id %w", NULL))
		return 0;
	return !(eval_field(c, "X-Gm-Message-State").len >= 60 &&
	    eval_field(c, "X-Google-Smtp-Source").len >= 60);
}

/* "from a by gw05 with ESMTP; date": the last line, and "by" has no dot. */
static unsigned
forged_gw05(struct eval_context *c)
{
	struct str received = eval_field(c, "Received");
	struct shape_parts parts = {.by = str_c("")};
	size_t start;

	if (str_ends(received, "\n"))
		received.len--;
	start = str_find_last(received, '\n');
	if (start >= received.len ||
	    !shape_match("from %h by %b with ESMTP; ",
		str_from(received, start + 1), &parts))
		return 0;
	return str_find(parts.by, '.') == parts.by.len;
}

static unsigned
messageid_not_usable(struct eval_context *c)
{
	struct str text = str_trim(eval_field(c, "List-Unsubscribe"));

	if (eval_case_has(text, "<mailto:leave-") ||
	    (eval_case_has(text, "<mailto:") &&
		eval_case_has(text, "-unsubscribe@")))
		return str_ends(text, ">");
	if (eval_forged_is_gated(c))
		return 1;
	text = eval_field(c, "Received");
	return eval_has(text, "/CWT/DCE)") ||
	    eval_has(text, "iPlanet Messaging Server");
}

const struct eval eval_forged_table[] = {
    {"check_for_fake_aol_relay_in_rcvd", 0, 0, fake_aol_relay, 0},
    {"check_for_forged_eudoramail_received_headers", 0, 0, forged_eudoramail,
	0},
    {"check_for_forged_gmail_received_headers", 0, 0, forged_gmail, 0},
    {"check_for_forged_gw05_received_headers", 0, 0, forged_gw05, 0},
    {"check_for_forged_hotmail_received_headers", 0, 0, forged_hotmail, 0},
    {"check_for_forged_juno_received_headers", 0, 0, forged_juno, 0},
    {"check_for_forged_yahoo_received_headers", 0, 0, forged_yahoo, 0},
    {"check_for_no_hotmail_received_headers", 0, 0, no_hotmail, 0},
    {"check_messageid_not_usable", 0, 0, messageid_not_usable, 0},
    {"gated_through_received_hdr_remover", 0, 0, gated, 0},
    {NULL, 0, 0, NULL, 0},
};
