/*
 * eval_freemail: evals about addresses of free mail services.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "filters/rules/text/domain.h"
#include "eval_html.h"
#include "eval_util.h"

enum {
	MAILTOS_MAX = 20,
	EMAILS_MAX = 40,  /* looked at in a body */
	ALL_TOO_MANY = 5, /* different addresses: a body says nothing */
	FREE_TOO_MANY = 3,
	USER_MAX = 64
};

static bool
is_hex(struct str s, size_t len)
{
	size_t i;

	if (s.len < len)
		return false;
	for (i = 0; i < len; i++)
		if (ascii_hex_value(s.data[i]) < 0)
			return false;
	return true;
}

/* "abcdef01.abcdef01", "abcdef01-abcd-...": Message-IDs of Gmail. */
static bool
is_gmail_id(struct str user)
{
	static const unsigned char lengths[] = {4, 4, 4, 12};
	struct str rest = str_from(user, 8);
	size_t i;

	if (!is_hex(user, 8))
		return false;
	if (str_starts(rest, "."))
		return rest.len == 9 && is_hex(str_from(rest, 1), 8);
	for (i = 0; i < sizeof(lengths); i++) {
		if (!str_starts(rest, "-") ||
		    !is_hex(str_from(rest, 1), lengths[i]))
			return false;
		rest = str_from(rest, 1 + (size_t)lengths[i]);
	}
	return rest.len == 0;
}

/* Two "=" with something around each. */
static bool
is_forwarder(struct str user)
{
	size_t first = str_find(str_from(user, 1), '=') + 1, second;

	if (first >= user.len)
		return false;
	second = str_find(str_from(user, first + 2), '=') + first + 2;
	return second + 1 < user.len;
}

/* Nobody's own address. */
static bool
is_role(struct str user)
{
	static const char *const names[] = {"abuse", "support", "sales", "info",
	    "helpdesk", "contact", "kontakt", "postmaster", "hostmaster",
	    "domainmaster", "bounce-", "bounced-"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_case_is(user, names[i]))
			return true;
	if (str_case_starts(user, "request-") && user.len == 24 &&
	    is_hex(str_from(user, 8), 16))
		return true;
	return str_case_starts(user, "undisclosed") || is_gmail_id(user) ||
	    is_forwarder(user);
}

static bool
is_free(struct eval_context *c, struct str email)
{
	const struct lists *lists = eval_lists(c);
	const struct list *welcome = lists_find(lists, "freemail_welcomelist");
	struct str domain = str_from(email, str_find_last(email, '@') + 1);

	return email.len > 0 && !list_has(welcome, email) &&
	    !list_has(welcome, domain) &&
	    !is_role(str_head(email, str_find(email, '@'))) &&
	    list_fits(lists_find(lists, "freemail_domains"), domain, '.');
}

static bool
is_free_hit(struct eval_context *c, struct str email)
{
	email = domain_lower(email, c->scan->arena);
	return is_free(c, email) && (!c->rule->regex || eval_matches(c, email));
}

static bool
any_is_hit(struct eval_context *c, const struct target_texts *emails)
{
	size_t i;

	for (i = 0; i < emails->count; i++)
		if (is_free_hit(c, emails->at[i]))
			return true;
	return false;
}

/* check_freemail_header(field[, regex]) */
static unsigned
freemail_header(struct eval_context *c)
{
	char *field = arena_text(c->scan->arena, eval_arg(c, 0));
	struct target_texts emails;

	field[str_find(str_c(field), ':')] = '\0';
	emails = target_fields(c->targets, field, PART_ADDR);
	return any_is_hit(c, &emails);
}

/* check_freemail_from([regex]) */
static unsigned
freemail_from(struct eval_context *c)
{
	struct target_texts emails = eval_senders(c);

	return any_is_hit(c, &emails);
}

/* --- addresses in the body --- */

static bool
is_user_octet(char ch)
{
	return ascii_is_alnum(ch) || ascii_is_one_of(ch, "!#$%&'*+/=?^_`{|}~-");
}

/* Where the user part before "@" at `at` begins; `at`: nowhere. */
static size_t
user_start(struct str s, size_t at)
{
	size_t start = at;

	while (start > 0 && at - start < USER_MAX &&
	    (is_user_octet(s.data[start - 1]) ||
		(s.data[start - 1] == '.' && start < at &&
		    is_user_octet(s.data[start]))))
		start--;
	while (start < at && s.data[start] == '.')
		start++;
	return start > 0 && is_user_octet(s.data[start - 1]) ? at : start;
}

/* The next address in s from *from on; *from is then behind it. */
static bool
next_email(
    const struct lists *lists, struct str s, size_t *from, struct str *out)
{
	struct str host;
	size_t at, start, end;

	for (;;) {
		at = *from + str_find(str_from(s, *from), '@');
		if (at >= s.len)
			return false;
		*from = at + 1;
		start = user_start(s, at);
		for (end = at + 1; end < s.len && end - at < 254 &&
		     (ascii_is_alnum(s.data[end]) || s.data[end] == '.' ||
			 s.data[end] == '-');
		     end++)
			;
		host = str_of(s.data + at + 1, end - at - 1);
		while (host.len > 0 && !ascii_is_alnum(host.data[host.len - 1]))
			host.len--;
		if (start == at || !domain_has_tld(lists, host) ||
		    !domain_is_host(host))
			continue;
		*from = at + 1 + host.len;
		*out = str_of(s.data + start, at + 1 + host.len - start);
		return true;
	}
}

/* "<a@b>", "a@b wrote:": somebody else is meant; "fax: a@b" is not. */
static bool
is_quoted(struct str s, struct str email)
{
	static const char *const not_words[] = {
	    "fax", "facsi", "tel", "phone", "email", "e-mail", "mail"};
	size_t at = (size_t)(email.data - s.data) + email.len, i, n;
	struct str rest = str_from(s, at), word;

	if (str_starts(rest, ">"))
		return true;
	for (i = 0; i < rest.len && i < 10 && rest.data[i] == ' '; i++)
		;
	if (i == 0)
		return false;
	word = str_from(rest, i);
	for (n = 0; n < word.len && ascii_is_alpha(word.data[n]); n++)
		;
	if (n < 2 || n > 11 || n >= word.len || word.data[n] != ':')
		return false;
	for (i = 0; i < sizeof(not_words) / sizeof(not_words[0]); i++)
		if (str_case_starts(word, not_words[i]))
			return false;
	return true;
}

/* Part of a web address: "http://x/?a@b". */
static bool
is_in_uri(struct str s, struct str email)
{
	size_t at = (size_t)(email.data - s.data), start = at;

	while (
	    start > 0 && at - start < 255 && !ascii_is_space(s.data[start - 1]))
		start--;
	s = str_of(s.data + start, at - start);
	return eval_case_has(s, "http://") || eval_case_has(s, "https://");
}

static void
add_email(struct target_texts *out, struct str email, struct arena *arena)
{
	size_t i;

	email = domain_lower(email, arena);
	for (i = 0; i < out->count; i++)
		if (str_eq(out->at[i], email))
			return;
	if (out->count < EMAILS_MAX)
		target_push(arena, out, email);
}

static void
add_emails(struct eval_context *c, struct str text, struct target_texts *out)
{
	struct str email;
	size_t from = 0;

	while (out->count < EMAILS_MAX &&
	    next_email(eval_lists(c), text, &from, &email)) {
		if (email.data > text.data && email.data[-1] == '<' &&
		    is_quoted(text, email))
			continue;
		if (!is_quoted(text, email) && !is_in_uri(text, email))
			add_email(out, email, c->scan->arena);
	}
}

static bool
is_in_texts(const struct target_texts *texts, struct str part)
{
	size_t i;

	for (i = 0; i < texts->count; i++)
		if (str_find_str(texts->at[i], part) < texts->at[i].len)
			return true;
	return false;
}

/* <a href="mailto:...">, where the text does not show the address. */
static void
add_mailtos(struct eval_context *c, const struct target_texts *body,
    struct target_texts *out)
{
	const struct html_text *html;
	struct str uri, email;
	size_t n = 0, i, from;

	while ((html = eval_html_next(c, &n))) {
		for (i = 0; i < html->link_count && out->count < MAILTOS_MAX;
		     i++) {
			uri = html->links[i].uri;
			from = 7;
			if (strcmp(html->links[i].tag, "a") == 0 &&
			    str_case_starts(uri, "mailto:") &&
			    next_email(eval_lists(c), uri, &from, &email) &&
			    email.data == uri.data + 7 &&
			    !is_in_texts(body, email))
				add_email(out, email, c->scan->arena);
		}
	}
}

/* A setting of the rule files that is a number. */
static size_t
setting(struct eval_context *c, const char *name, size_t otherwise)
{
	const struct list *list = lists_find(eval_lists(c), name);
	uint64_t value;

	if (!list || list->word_count == 0 ||
	    !str_to_uint(list->words[list->word_count - 1], 1000, &value))
		return otherwise;
	return (size_t)value;
}

/* The free ones; false when there are too many to mean anything. */
static bool
find_in_body(struct eval_context *c, struct target_texts *out)
{
	const struct target_texts *body = target_body(c->targets);
	size_t most = setting(c, "freemail_max_body_emails", ALL_TOO_MANY);
	size_t most_free =
	    setting(c, "freemail_max_body_freemails", FREE_TOO_MANY);
	bool skip = setting(c, "freemail_skip_when_over_max", 1) != 0;
	struct target_texts all = {.count = 0};
	size_t i;

	out->count = 0;
	out->at = NULL;
	add_mailtos(c, body, &all);
	for (i = 0; i < body->count; i++)
		add_emails(c, body->at[i], &all);
	for (i = 0; i < all.count; i++) {
		if (i + 1 == most && skip)
			return false;
		if (!is_free(c, all.at[i]))
			continue;
		if (out->count + 1 == most_free && skip)
			return false;
		target_push(c->scan->arena, out, all.at[i]);
	}
	return true;
}

/* check_freemail_body([regex]) */
static unsigned
freemail_body(struct eval_context *c)
{
	struct target_texts emails;
	size_t i;

	if (!find_in_body(c, &emails))
		return 0;
	for (i = 0; i < emails.count; i++)
		if (!c->rule->regex || eval_matches(c, emails.at[i]))
			return 1;
	return 0;
}

/* --- replies that go elsewhere --- */

/* Senders of lists and bounces. */
static bool
is_bulk_sender(struct str sender)
{
	static const char *const starts[] = {
	    "postmaster", "hostmaster", "domainmaster", "double-bounce"};
	static const char *const prefixes[] = {"sentto-", "owner-", "return-",
	    "bounce-", "bounced-", "grbounce-", "grbounced-"};
	static const char *const ends[] = {
	    "-request", "-bounce", "-bounces", "-admin", "-owner"};
	struct str user = str_head(sender, str_find_last(sender, '@')), rest;
	size_t i;

	if (user.len == sender.len)
		return false;
	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (str_case_is(user, starts[i]))
			return true;
	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (str_case_starts(user, prefixes[i]) &&
		    user.len > strlen(prefixes[i]))
			return true;
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (str_case_ends(user, ends[i]))
			return true;
	i = str_find(str_from(user, 1), '=') + 1;
	if (i + 1 < user.len)
		return true;
	rest = user.len >= 7 ? str_from(user, user.len - 7) : user;
	return str_case_ends(user, "noreply") ||
	    str_case_ends(user, "noreplies") ||
	    (str_case_ends(user, "reply") && str_case_starts(rest, "no"));
}

static bool
is_among(const struct target_texts *texts, struct str text)
{
	size_t i;

	for (i = 0; i < texts->count; i++)
		if (str_case_eq(texts->at[i], text))
			return true;
	return false;
}

static bool
any_is_free(struct eval_context *c, const struct target_texts *emails)
{
	size_t i;

	for (i = 0; i < emails->count; i++)
		if (is_free(c, domain_lower(emails->at[i], c->scan->arena)))
			return true;
	return false;
}

static bool
differ(const struct target_texts *a, const struct target_texts *b)
{
	size_t i, k;

	for (i = 0; i < a->count; i++)
		for (k = 0; k < b->count; k++)
			if (!str_case_eq(a->at[i], b->at[k]))
				return true;
	return false;
}

/* check_freemail_replyto(['replyto' | 'reply']) */
static unsigned
freemail_replyto(struct eval_context *c)
{
	bool reply = str_is(eval_arg(c, 0), "reply");
	struct target_texts from, replyto, body;
	bool from_free, replyto_free, apart = true;
	size_t i;

	if (setting(c, "freemail_skip_bulk_envfrom", 1) != 0 &&
	    is_bulk_sender(target_first(c->targets, "EnvelopeFrom", 0)))
		return 0;
	from = target_fields(c->targets, "From", PART_ADDR);
	replyto = target_fields(c->targets, "Reply-To", PART_ADDR);
	from_free = any_is_free(c, &from);
	replyto_free = any_is_free(c, &replyto);
	for (i = 0; i < from.count; i++)
		apart &= !is_among(&replyto, from.at[i]);
	if (from_free && replyto_free && apart)
		return 1;
	if (!reply && !replyto_free)
		return 0;
	if (reply && ((replyto.count > 0 && !replyto_free) || !from_free))
		return 0;
	if (!find_in_body(c, &body))
		return 0;
	return differ(&body, !reply || replyto_free ? &replyto : &from);
}

const struct eval eval_freemail_table[] = {
    {"check_freemail_body", 0, 1, freemail_body, 1},
    {"check_freemail_from", 0, 1, freemail_from, 1},
    {"check_freemail_header", 1, 2, freemail_header, 2},
    {"check_freemail_replyto", 0, 1, freemail_replyto, 0},
    {NULL, 0, 0, NULL, 0},
};
