/*
 * eval_list: evals that look up what a mail says in the lists of rule files.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "filters/rules/text/domain.h"
#include "eval_util.h"
#include "filters/rules/set/glob_match.h"
#include "filters/rules/target/relays.h"

enum { HOSTS_MAX = 500, LABELS_MAX = 10 };

static const struct list *
find_list(struct eval_context *c, const char *name)
{
	return lists_find(eval_lists(c), name);
}

/* An argument names a list of addresses, or a setting. */
static const struct list *
named_list(struct eval_context *c)
{
	struct str name = eval_arg(c, 0);
	const struct list *list = find_list(c,
	    arena_printf(
		c->scan->arena, "addrlist:%.*s", (int)name.len, name.data)
		.data);

	return list ? list : find_list(c, arena_text(c->scan->arena, name));
}

static bool
any_fits(const struct list *list, const struct target_texts *addresses)
{
	size_t i;

	for (i = 0; list && i < addresses->count; i++)
		if (list_fits(list, addresses->at[i], '\0'))
			return true;
	return false;
}

static bool
from_fits(struct eval_context *c, const struct list *list)
{
	struct target_texts senders;

	if (!list)
		return false;
	senders = eval_senders(c);
	return any_fits(list, &senders);
}

/* Every field that may name a recipient, and the envelope. */
static bool
to_fits(struct eval_context *c, const struct list *list)
{
	static const char *const fields[] = {"To", "Apparently-To",
	    "Delivered-To", "Envelope-Recipients", "Apparently-Resent-To",
	    "X-Envelope-To", "Envelope-To", "X-Delivered-To", "X-Original-To",
	    "X-Rcpt-To", "X-Real-To", "Cc"};
	const struct envelope *e = c->scan->envelope;
	struct target_texts found;
	size_t i;

	if (!list)
		return false;
	for (i = 0; i < e->recipient_count; i++)
		if (list_fits(list, str_c(e->recipients[i].address), '\0'))
			return true;
	found = target_fields(c->targets, "Resent-To", PART_ADDR);
	if (found.count > 0)
		return any_fits(list, &found);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		found = target_fields(c->targets, fields[i], PART_ADDR);
		if (any_fits(list, &found))
			return true;
	}
	return false;
}

static unsigned
from_in_list(struct eval_context *c)
{
	return from_fits(c, named_list(c));
}

static unsigned
to_in_list(struct eval_context *c)
{
	return to_fits(c, named_list(c));
}

static unsigned
replyto_in_list(struct eval_context *c)
{
	struct str address = eval_address(c, "Reply-To");

	return address.len > 0 && list_fits(named_list(c), address, '\0');
}

static unsigned
from_in_blocklist(struct eval_context *c)
{
	return from_fits(c, find_list(c, "blocklist_from"));
}

static unsigned
to_in_blocklist(struct eval_context *c)
{
	return to_fits(c, find_list(c, "blocklist_to"));
}

static unsigned
to_in_welcomelist(struct eval_context *c)
{
	return to_fits(c, find_list(c, "welcomelist_to"));
}

static unsigned
to_in_more_spam(struct eval_context *c)
{
	return to_fits(c, find_list(c, "more_spam_to"));
}

static unsigned
to_in_all_spam(struct eval_context *c)
{
	return to_fits(c, find_list(c, "all_spam_to"));
}

/* --- senders that must come by a certain host --- */

enum rcvd { RCVD_NONE, RCVD_FORGED, RCVD_GOOD };

/* "host.example", "[192.0.2.1]", "[192.0.2]", "[192.0.2.0/24]" */
static bool
is_by_host(const struct relay *r, struct str host)
{
	struct ip_net net;
	struct str text;

	if (!str_starts(host, "["))
		return host.len > 0 && host.len <= r->rdns.len &&
		    str_case_eq(
			str_from(r->rdns, r->rdns.len - host.len), host) &&
		    (host.len == r->rdns.len ||
			r->rdns.data[r->rdns.len - host.len - 1] == '.');
	text = str_from(host, 1);
	text = str_head(text, str_find(text, ']'));
	if (relays_net_parse(text, &net))
		return r->ip.bits > 0 && ip_net_has(&net, &r->ip);
	return false;
}

static bool
came_by(struct eval_context *c, struct str host)
{
	const struct relays *all = targets_relays(c->targets);
	const struct relay *r = relays_get(all, &all->untrusted, 0);
	size_t i;

	if (r)
		return is_by_host(r, host);
	for (i = 0; (r = relays_get(all, &all->trusted, i)); i++)
		if (is_by_host(r, host))
			return true;
	return false;
}

/* Each line is a pattern and a host. */
static enum rcvd
judge_rcvd(struct eval_context *c, const struct list *list, struct str address)
{
	enum rcvd found = RCVD_NONE;
	struct str pattern, host, line;
	size_t i;

	for (i = 0; list && i < list->line_count; i++) {
		line = list->lines[i].text;
		if (!str_cut_word(&line, &pattern) ||
		    !str_cut_word(&line, &host) ||
		    !glob_match(pattern, address, '\0'))
			continue;
		if (came_by(c, host))
			return RCVD_GOOD;
		found = RCVD_FORGED;
	}
	if (found == RCVD_FORGED &&
	    list_fits(find_list(c, "welcomelist_allows_relays"), address, '\0'))
		return RCVD_NONE;
	return found;
}

static enum rcvd
judge_senders(
    struct eval_context *c, const struct list *plain, const struct list *rcvd)
{
	enum rcvd best = RCVD_NONE, one;
	struct target_texts senders;
	size_t i;

	if (!plain && !rcvd)
		return RCVD_NONE;
	senders = eval_senders(c);
	for (i = 0; i < senders.count; i++) {
		if (list_fits(plain, senders.at[i], '\0'))
			return RCVD_GOOD;
		one = judge_rcvd(c, rcvd, senders.at[i]);
		if (one > best)
			best = one;
	}
	return best;
}

static enum rcvd
judge_welcomelist(struct eval_context *c)
{
	return judge_senders(c, find_list(c, "welcomelist_from"),
	    find_list(c, "welcomelist_from_rcvd"));
}

static enum rcvd
judge_default(struct eval_context *c)
{
	return judge_senders(
	    c, NULL, find_list(c, "def_welcomelist_from_rcvd"));
}

static unsigned
from_in_welcomelist(struct eval_context *c)
{
	return judge_welcomelist(c) == RCVD_GOOD;
}

static unsigned
from_in_default(struct eval_context *c)
{
	return judge_default(c) == RCVD_GOOD;
}

static unsigned
forged_in_welcomelist(struct eval_context *c)
{
	return judge_welcomelist(c) == RCVD_FORGED &&
	    judge_default(c) == RCVD_NONE;
}

static unsigned
forged_in_default(struct eval_context *c)
{
	return judge_default(c) == RCVD_FORGED &&
	    judge_welcomelist(c) == RCVD_NONE;
}

/* --- hosts of URIs --- */

/* The longest name that the list has decides; "!" in front: no. */
static bool
host_is_in(const struct list *list, struct str host, struct arena *arena)
{
	size_t i;

	for (i = 0; i < LABELS_MAX && host.len > 0; i++) {
		if (list_has(list, host))
			return true;
		if (list_has(list,
			arena_printf(arena, "!%.*s", (int)host.len, host.data)))
			return false;
		host = str_from(host, str_find(host, '.') + 1);
	}
	return false;
}

static unsigned
uri_host_in(struct eval_context *c, struct str name)
{
	struct arena *arena = c->scan->arena;
	const struct list *list = find_list(c,
	    arena_printf(arena, "uri_host:%.*s", (int)name.len, name.data)
		.data);
	const struct target_texts *uris;
	struct str host;
	size_t i;

	if (!list)
		return 0;
	uris = target_uri(c->targets);
	for (i = 0; i < uris->count && i < HOSTS_MAX; i++) {
		if (str_case_starts(uris->at[i], "mailto:"))
			continue;
		host = domain_uri_host(eval_lists(c), uris->at[i], arena);
		if (host.len > 0 && host_is_in(list, host, arena))
			return 1;
	}
	return 0;
}

static unsigned
uri_host_listed(struct eval_context *c)
{
	return uri_host_in(c, eval_arg(c, 0));
}

static unsigned
uri_host_in_blocklist(struct eval_context *c)
{
	return uri_host_in(c, str_c("BLOCK"));
}

static unsigned
uri_host_in_welcomelist(struct eval_context *c)
{
	return uri_host_in(c, str_c("WELCOME"));
}

/* --- subjects and bounces --- */

/* A line of the list is in the subject. */
static unsigned
subject_in(struct eval_context *c, const char *name)
{
	const struct list *list = find_list(c, name);
	struct str subject, pattern;
	size_t i;

	if (!list)
		return 0;
	subject = eval_field(c, "Subject");
	for (i = 0; i < list->line_count && subject.len > 0; i++) {
		pattern = arena_printf(c->scan->arena, "*%.*s*",
		    (int)list->lines[i].text.len, list->lines[i].text.data);
		if (glob_match(pattern, subject, '\0'))
			return 1;
	}
	return 0;
}

static unsigned
subject_in_welcomelist(struct eval_context *c)
{
	return subject_in(c, "welcomelist_subject");
}

static unsigned
subject_in_blocklist(struct eval_context *c)
{
	return subject_in(c, "blocklist_subject");
}

static unsigned
have_bounce_relays(struct eval_context *c)
{
	const struct list *list = find_list(c, "welcomelist_bounce_relays");

	return list && list->word_count > 0;
}

/* One of our relays is in a Received line that the body quotes. */
static bool
quotes_relay(const struct list *list, struct str body)
{
	struct str line, word;
	bool received = false;

	while (str_cut_line(&body, &line)) {
		while (str_starts(line, ">") || str_starts(line, "> "))
			line = str_from(line, 1);
		if (line.len == 0 || !ascii_is_space(line.data[0]))
			received = str_case_starts(str_trim(line), "Received:");
		else
			received |=
			    str_case_starts(str_trim(line), "Received:");
		while (received && str_cut_word(&line, &word))
			if (str_find(word, '.') < word.len &&
			    list_fits(list, word, '\0'))
				return true;
	}
	return false;
}

static unsigned
welcomelist_bounce_relays(struct eval_context *c)
{
	const struct list *list = find_list(c, "welcomelist_bounce_relays");
	const struct target_texts *body;
	size_t i;

	if (!have_bounce_relays(c))
		return 0;
	body = target_body(c->targets);
	for (i = 0; i < body->count; i++)
		if (quotes_relay(list, body->at[i]))
			return 1;
	return eval_case_has(c->scan->message->body, "Received:") &&
	    quotes_relay(list, c->scan->message->body);
}

const struct eval eval_list_table[] = {
    {"check_forged_in_default_welcomelist", 0, 0, forged_in_default, 0},
    {"check_forged_in_default_whitelist", 0, 0, forged_in_default, 0},
    {"check_forged_in_welcomelist", 0, 0, forged_in_welcomelist, 0},
    {"check_forged_in_whitelist", 0, 0, forged_in_welcomelist, 0},
    {"check_from_in_blacklist", 0, 0, from_in_blocklist, 0},
    {"check_from_in_blocklist", 0, 0, from_in_blocklist, 0},
    {"check_from_in_default_welcomelist", 0, 0, from_in_default, 0},
    {"check_from_in_default_whitelist", 0, 0, from_in_default, 0},
    {"check_from_in_list", 1, 1, from_in_list, 0},
    {"check_from_in_welcomelist", 0, 0, from_in_welcomelist, 0},
    {"check_from_in_whitelist", 0, 0, from_in_welcomelist, 0},
    {"check_replyto_in_list", 1, 1, replyto_in_list, 0},
    {"check_subject_in_blacklist", 0, 0, subject_in_blocklist, 0},
    {"check_subject_in_blocklist", 0, 0, subject_in_blocklist, 0},
    {"check_subject_in_welcomelist", 0, 0, subject_in_welcomelist, 0},
    {"check_subject_in_whitelist", 0, 0, subject_in_welcomelist, 0},
    {"check_to_in_all_spam", 0, 0, to_in_all_spam, 0},
    {"check_to_in_blacklist", 0, 0, to_in_blocklist, 0},
    {"check_to_in_blocklist", 0, 0, to_in_blocklist, 0},
    {"check_to_in_list", 1, 1, to_in_list, 0},
    {"check_to_in_more_spam", 0, 0, to_in_more_spam, 0},
    {"check_to_in_welcomelist", 0, 0, to_in_welcomelist, 0},
    {"check_to_in_whitelist", 0, 0, to_in_welcomelist, 0},
    {"check_uri_host_in_blacklist", 0, 0, uri_host_in_blocklist, 0},
    {"check_uri_host_in_blocklist", 0, 0, uri_host_in_blocklist, 0},
    {"check_uri_host_in_welcomelist", 0, 0, uri_host_in_welcomelist, 0},
    {"check_uri_host_in_whitelist", 0, 0, uri_host_in_welcomelist, 0},
    {"check_uri_host_listed", 1, 1, uri_host_listed, 0},
    {"check_welcomelist_bounce_relays", 0, 0, welcomelist_bounce_relays, 0},
    {"check_whitelist_bounce_relays", 0, 0, welcomelist_bounce_relays, 0},
    {"have_any_bounce_relays", 0, 0, have_bounce_relays, 0},
    {NULL, 0, 0, NULL, 0},
};
