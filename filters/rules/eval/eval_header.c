/*
 * eval_header: evals that read header fields.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <strings.h>

#include "postern/charset.h"

#include "filters/rules/text/domain.h"
#include "eval_util.h"
#include "mime_facts.h"

enum { RECIPIENTS_MAX = 256, SORTED_LEAST = 7, SIMILAR_LEAST = 5 };

static unsigned
missing_to(struct eval_context *c)
{
	return eval_field(c, "To").len == 0 &&
	    eval_field(c, "Apparently-To").len == 0;
}

/* Controls but white space, DEL, and what is no ASCII. */
static bool
is_illegal(unsigned char ch)
{
	return ch >= 0x7f ||
	    (ch < 0x20 && ch != '\t' && ch != '\n' && ch != '\r');
}

static bool
is_good_utf8(struct str text)
{
	bool high = false;
	size_t i;

	for (i = 0; i < text.len; i++) {
		high |= (unsigned char)text.data[i] > 0x7f;
		if ((unsigned char)text.data[i] < 0x20 &&
		    is_illegal((unsigned char)text.data[i]))
			return false;
	}
	return high && charset_is_utf8(text);
}

/* check_illegal_chars(field, ratio, count) */
static unsigned
illegal_chars(struct eval_context *c)
{
	char *field = arena_text(c->scan->arena, eval_arg(c, 0));
	double ratio = 0, count = 0;
	size_t illegal = 0, exempt = 0, i;
	struct str text;

	field[str_find(str_c(field), ':')] = '\0';
	text = target_field(c->targets, field, PART_RAW, NULL);
	if (str_trim(text).len == 0 || is_good_utf8(text))
		return 0;
	for (i = 0; i < text.len; i++) {
		illegal += is_illegal((unsigned char)text.data[i]);
		exempt += text.data[i] == '\xa2' || text.data[i] == '\xa3' ||
		    text.data[i] == '\xae';
	}
	/* A single sign of cent, pound or trademark is usual. */
	if (illegal > 0 && exempt == 1 && strcasecmp(field, "Subject") == 0)
		illegal--;
	eval_number(c, 1, &ratio);
	eval_number(c, 2, &count);
	return (double)illegal / (double)text.len >= ratio &&
	    (double)illegal >= count;
}

static struct str
without_reply_marks(struct str subject)
{
	static const char *const marks[] = {"Re:", "Fwd:", "Fw:", "Aw:",
	    "Antwort:", "WG:", "SV:", "VB:", "VS:", "VL:"};
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (str_case_starts(subject, marks[i])) {
			subject = str_trim(str_from(subject, strlen(marks[i])));
			i = SIZE_MAX;
		}
	return subject;
}

/* Is an encoded word in such a charset? */
static bool
has_caps_charset(struct str raw)
{
	struct str name;
	size_t at, end;

	for (;;) {
		at = str_find_str(raw, str_c("=?"));
		if (at >= raw.len)
			return false;
		raw = str_from(raw, at + 2);
		for (end = 0; end < raw.len &&
		     (ascii_is_alnum(raw.data[end]) ||
			 ascii_is_one_of(raw.data[end], "-_"));
		     end++)
			;
		name = str_head(raw, end);
		if (end < raw.len && raw.data[end] == '?' &&
		    mime_is_caps_charset(name))
			return true;
	}
}

static unsigned
subject_is_all_caps(struct eval_context *c)
{
	struct str subject = str_trim(eval_field(c, "Subject"));
	size_t i, letters = 0;
	bool space = false;

	subject = without_reply_marks(subject);
	if (subject.len < 10)
		return 0;
	for (i = 0; i < subject.len; i++) {
		space |= ascii_is_space(subject.data[i]);
		letters += ascii_is_alpha(subject.data[i]);
		if (subject.data[i] >= 'a' && subject.data[i] <= 'z')
			return 0;
	}
	return space && letters > 0 &&
	    !has_caps_charset(
		target_field(c->targets, "Subject", PART_RAW, NULL));
}

/* The text at i stands alone. */
static bool
is_alone(struct str text, size_t i, size_t len)
{
	bool before = i > 0 && eval_is_word(text.data[i - 1]);
	bool behind = i + len < text.len && eval_is_word(text.data[i + len]);

	return before != eval_is_word(text.data[i]) &&
	    behind != eval_is_word(text.data[i + len - 1]);
}

static bool
has_alone(struct str text, struct str part)
{
	size_t at = 0;

	for (; part.len > 0; at++) {
		at += str_case_find_str(str_from(text, at), part);
		if (at >= text.len)
			return false;
		if (is_alone(text, at, part.len))
			return true;
	}
	return false;
}

static bool
starts_with_any(struct str s, struct str user, bool exact)
{
	struct str head = str_head(s, user.len);

	return exact ? str_eq(head, user) : str_case_eq(head, user);
}

/* "user", "user,", "re: user", "re: word user", ", user!" */
static bool
greets(struct str subject, struct str user)
{
	struct str rest = subject, word;
	char next;

	if (starts_with_any(rest, user, true)) {
		word = str_from(rest, user.len);
		while (word.len > 0 && ascii_is_space(word.data[0]))
			word = str_from(word, 1);
		next = word.len > 1 ? word.data[1] : '\n';
		if (word.len > 0 && ascii_is_one_of(word.data[0], ",:;!?-") &&
		    ascii_is_space(next))
			return true;
	}
	if (str_case_eq(rest, user))
		return true;
	if (str_starts(rest, ",")) {
		rest = str_trim(str_from(rest, 1));
		return starts_with_any(rest, user, false) &&
		    rest.len == user.len + 1 &&
		    ascii_is_one_of(rest.data[user.len], ",:;!?-");
	}
	if (!str_case_starts(rest, "re:") && !str_case_starts(rest, "fw:"))
		return false;
	rest = str_trim(str_from(rest, 3));
	if (str_case_eq(rest, user))
		return true;
	return str_cut_word(&rest, &word) && str_case_eq(str_trim(rest), user);
}

/* check_for_to_in_subject('address' | 'user') */
static unsigned
to_in_subject(struct eval_context *c)
{
	struct str to = eval_address(c, "To"), subject;

	if (to.len == 0)
		return 0;
	subject = eval_field(c, "Subject");
	if (str_is(eval_arg(c, 0), "address"))
		return has_alone(subject, to);
	to = str_head(to, str_find(to, '@'));
	if (str_ends(subject, "\n"))
		subject.len--;
	return str_is(eval_arg(c, 0), "user") && to.len > 0 &&
	    greets(subject, to);
}

/* check_header_count_range(field, min, max): different ones count */
static unsigned
header_count_range(struct eval_context *c)
{
	const char *field = arena_text(c->scan->arena, eval_arg(c, 0));
	struct target_texts all = target_fields(c->targets, field, 0);
	size_t i, k, count = 0;

	for (i = 0; i < all.count && i < RECIPIENTS_MAX; i++) {
		for (k = 0; k < i && !str_eq(all.at[i], all.at[k]); k++)
			;
		count += k == i;
	}
	return eval_in_range(c, 1, (double)count);
}

static bool
may_have_percent(struct str line)
{
	static const char *const names[] = {
	    "X-VMS-To:", "X-UIDL:", "X-Face:", "To:", "Cc:", "From:",
	    "Subject:", "References:", "In-Reply-To:", "Message-Id:",
	    "X-Message-Id:", "Resent-Message-Id:", "X-Original-Message-Id:"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_case_starts(line, names[i]))
			return true;
	return false;
}

/* "%NAME" that a program should have replaced. */
static bool
has_template(struct str line)
{
	size_t i;
	char a, b;

	for (i = 0; i + 2 < line.len; i++) {
		if (line.data[i] != '%')
			continue;
		a = line.data[i + 1];
		b = line.data[i + 2];
		if (a >= 'A' && a <= 'Z' &&
		    ((b >= 'A' && b <= 'Z') || b == '_' || b == '-'))
			return true;
	}
	return false;
}

static unsigned
unresolved_template(struct eval_context *c)
{
	struct str all = eval_field(c, "ALL"), line;

	while (str_cut(&all, '\n', &line))
		if (has_template(line) && !may_have_percent(line))
			return 1;
	return 0;
}

/* The 28 capitals of a Message-ID, and From with what follows them. */
static unsigned
ratware_name_id(struct eval_context *c)
{
	struct str id = eval_field(c, "MESSAGEID"), from, rest;
	size_t i, at, caps;

	for (at = 0; at < id.len; at++) {
		if (id.data[at] != '<')
			continue;
		for (caps = 0, i = at + 1;
		     i < id.len && id.data[i] >= 'A' && id.data[i] <= 'Z'; i++)
			caps++;
		if (caps != 28 || i >= id.len || id.data[i] != '.')
			continue;
		rest = str_from(id, i + 1);
		rest = str_head(rest, str_find(rest, '>') + 1);
		from = eval_field(c, "From");
		at = str_find_str(from,
		    arena_printf(
			c->scan->arena, "<%.*s", (int)rest.len, rest.data));
		from = str_trim(str_head(from, at));
		return rest.len > 1 && str_ends(from, "\"") &&
		    str_find(from, '"') + 2 < from.len;
	}
	return 0;
}

/* The sender is made of the recipient: "b.example-a@" for a@b.example. */
static unsigned
ratware_envelope_from(struct eval_context *c)
{
	struct str to = eval_address(c, "To");
	struct str from = eval_address(c, "EnvelopeFrom"), user, domain;
	size_t at = str_find(to, '@'), i;

	if (from.len == 0 || at == 0 || at + 1 >= to.len ||
	    (str_case_starts(from, "SRS") && from.len > 4 &&
		ascii_is_digit(from.data[3]) &&
		ascii_is_one_of(from.data[4], "=+-")))
		return 0;
	user = str_head(to, at);
	domain = domain_registered(
	    eval_lists(c), str_from(to, at + 1), c->scan->arena);
	if (!domain_has_tld(eval_lists(c), domain))
		return 0;
	for (i = 0; i + domain.len + user.len + 2 <= from.len; i++)
		if (str_case_eq(
			str_head(str_from(from, i), domain.len), domain) &&
		    (i == 0 || !eval_is_word(from.data[i - 1])) &&
		    str_case_eq(
			str_head(str_from(from, i + domain.len + 1), user.len),
			user) &&
		    from.data[i + domain.len + 1 + user.len] == '@')
			return 1;
	return 0;
}

/* The last two labels behind "@". */
static struct str
second_level(struct str address)
{
	struct str domain = str_from(address, str_find_last(address, '@') + 1);
	size_t last = str_find_last(domain, '.'), second;

	if (str_find(address, '@') == address.len)
		return str_c("");
	second = str_find_last(str_head(domain, last), '.');
	if (last == domain.len || last + 1 == domain.len || second >= last ||
	    second == 0 || second + 1 == last)
		return domain;
	return str_from(domain, second + 1);
}

static unsigned
equal_from_domains(struct eval_context *c)
{
	struct str from = second_level(eval_address(c, "From"));
	struct str sender = second_level(eval_address(c, "EnvelopeFrom"));

	return from.len > 0 && sender.len > 0 && !str_case_eq(from, sender);
}

static unsigned
matching_env_and_hdr_from(struct eval_context *c)
{
	return str_case_eq(
	    eval_address(c, "EnvelopeFrom"), eval_address(c, "From"));
}

/* --- recipients --- */

struct recipients {
	struct str at[RECIPIENTS_MAX];
	size_t count, all;
};

/* Neighbours that are the same are one. */
static void
add_recipients(struct eval_context *c, const char *field, struct recipients *r)
{
	struct target_texts found = target_fields(c->targets, field, PART_ADDR);
	size_t i;

	for (i = 0; i < found.count; i++) {
		r->all++;
		if (r->count == RECIPIENTS_MAX ||
		    (r->count > 0 &&
			str_case_eq(r->at[r->count - 1], found.at[i])))
			continue;
		r->at[r->count++] = found.at[i];
	}
}

static struct recipients *
find_recipients(struct eval_context *c)
{
	struct recipients *r = arena_alloc(c->scan->arena, sizeof(*r));

	add_recipients(c, "ToCc", r);
	if (r->all < SIMILAR_LEAST)
		add_recipients(c, "Bcc", r);
	return r;
}

static unsigned
sorted_recipients(struct eval_context *c)
{
	const struct recipients *r = find_recipients(c);
	size_t i;

	for (i = 1; i < r->count; i++)
		if (str_cmp(r->at[i - 1], r->at[i]) > 0)
			return 0;
	return r->count >= SORTED_LEAST;
}

static struct str
host_of(struct str address)
{
	return str_from(address, str_find(address, '@') + 1);
}

/* similar_recipients(min, max): how many pairs begin alike */
static unsigned
similar_recipients(struct eval_context *c)
{
	const struct recipients *r = find_recipients(c);
	size_t i, k, hits = 0, pairs = 0;
	struct str a, b;
	double limit, value = 0;

	for (i = 0; r->count >= SIMILAR_LEAST && i < r->count; i++) {
		for (k = i + 1; k < r->count; k++) {
			pairs++;
			hits += str_eq(
			    str_head(r->at[i], 2), str_head(r->at[k], 2));
			a = host_of(r->at[i]);
			b = host_of(r->at[k]);
			hits += str_eq(str_head(a, 2), str_head(b, 2)) &&
			    !str_eq(a, b);
		}
	}
	if (pairs > 0)
		value = (double)hits / (double)pairs;
	if (eval_number(c, 0, &limit) && value < limit)
		return 0;
	return !eval_number(c, 1, &limit) || value < limit;
}

const struct eval eval_header_table[] = {
    {"check_equal_from_domains", 0, 0, equal_from_domains, 0},
    {"check_for_matching_env_and_hdr_from", 0, 0, matching_env_and_hdr_from, 0},
    {"check_for_missing_to_header", 0, 0, missing_to, 0},
    {"check_for_to_in_subject", 1, 1, to_in_subject, 0},
    {"check_header_count_range", 3, 3, header_count_range, 0},
    {"check_illegal_chars", 3, 3, illegal_chars, 0},
    {"check_ratware_envelope_from", 0, 0, ratware_envelope_from, 0},
    {"check_ratware_name_id", 0, 0, ratware_name_id, 0},
    {"check_unresolved_template", 0, 0, unresolved_template, 0},
    {"similar_recipients", 2, 2, similar_recipients, 0},
    {"sorted_recipients", 0, 0, sorted_recipients, 0},
    {"subject_is_all_caps", 0, 0, subject_is_all_caps, 0},
    {NULL, 0, 0, NULL, 0},
};
