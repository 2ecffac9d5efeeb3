/*
 * eval_mime: evals about the parts of a mail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "eval_util.h"
#include "mime_facts.h"

enum { FIELD_NAME_MAX = 256, FIELD_VALUE_MAX = 8192, HEADER_MAX = 65536 };

/* check_for_mime(fact) */
static unsigned
check_for_mime(struct eval_context *c)
{
	const struct mime_facts *f = targets_mime_facts(c->targets);
	const struct {
		const char *name;
		bool value;
	} facts[] = {
	    {"mime_ascii_text_illegal", f->ascii_illegal},
	    {"mime_attachment", f->attachments > 0},
	    {"mime_bad_iso_charset", f->bad_iso_charset},
	    {"mime_base64_count", f->base64_parts > 0},
	    {"mime_base64_encoded_text", f->base64_text},
	    {"mime_body_html_count", f->html_parts > 0},
	    {"mime_body_text_count", f->text_parts > 0},
	    {"mime_multipart_alternative", f->alternative},
	    {"mime_multipart_ratio", f->text_to_html > 0},
	    {"mime_qp_count",
		f->qp_octets > 0 ? f->qp_needless > 0 : f->qp_parts > 0},
	    {"mime_qp_long_line", f->qp_long_line},
	    {"mime_qp_ratio", f->qp_needless > 0},
	    {"mime_text_unicode_ratio",
		f->plain_octets > 0 && f->plain_references > 0},
	    {"mimepart_limit_exceeded", c->targets->tree.truncated},
	};
	size_t i;

	for (i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		if (str_is(eval_arg(c, 0), facts[i].name))
			return facts[i].value;
	return 0;
}

static bool
says_html(struct eval_context *c)
{
	return str_case_starts(eval_field(c, "Content-Type"), "text/html");
}

static unsigned
mime_html(struct eval_context *c)
{
	return says_html(c) || targets_mime_facts(c->targets)->html_parts > 0;
}

static unsigned
mime_html_only(struct eval_context *c)
{
	const struct mime_facts *f;

	if (says_html(c))
		return 1;
	f = targets_mime_facts(c->targets);
	return f->html_parts > 0 && f->text_parts == 0;
}

/* check_mime_multipart_ratio(min, max) */
static unsigned
multipart_ratio(struct eval_context *c)
{
	double value = targets_mime_facts(c->targets)->text_to_html, limit;

	if (eval_number(c, 0, &limit) && value < limit)
		return 0;
	return !eval_number(c, 1, &limit) || value < limit;
}

static unsigned
ascii_illegal(struct eval_context *c)
{
	return targets_mime_facts(c->targets)->ascii_illegal;
}

/* check_abundant_unicode_ratio(min) */
static unsigned
abundant_unicode(struct eval_context *c)
{
	const struct mime_facts *f = targets_mime_facts(c->targets);
	double limit;

	if (!eval_number(c, 0, &limit))
		return 0;
	return f->plain_octets == 0 ?
	    limit <= 0 :
	    (double)f->plain_references / (double)f->plain_octets >= limit;
}

/* check_qp_ratio(min) */
static unsigned
qp_ratio(struct eval_context *c)
{
	const struct mime_facts *f = targets_mime_facts(c->targets);
	double limit;

	if (!eval_number(c, 0, &limit))
		return 0;
	return f->qp_octets == 0 ?
	    limit <= 0 :
	    (double)f->qp_needless / (double)f->qp_octets >= limit;
}

/* check_base64_length(min[, max]) */
static unsigned
base64_length(struct eval_context *c)
{
	return eval_in_range(
	    c, 0, (double)targets_mime_facts(c->targets)->base64_line);
}

static bool
is_allowed_alternative(const struct mime_part *part)
{
	return str_is(part->type, "text") ||
	    (str_is(part->type, "application") &&
		str_is(part->subtype, "rtf")) ||
	    (str_is(part->type, "multipart") &&
		str_is(part->subtype, "related"));
}

/* Something else than text is an alternative. */
static unsigned
ma_non_text(struct eval_context *c)
{
	const struct mime_part *part, *child;

	for (part = target_first_part(c->targets); part; part = mime_next(part))
		if (str_is(part->type, "multipart") &&
		    str_is(part->subtype, "alternative"))
			for (child = part->child; child; child = child->next)
				if (!child->child &&
				    !is_allowed_alternative(child))
					return 1;
	return 0;
}

static bool
is_truncated_header(const struct message *m)
{
	size_t i, size = 0;

	for (i = 0; i < m->field_count; i++) {
		size += m->fields[i].name.len + m->fields[i].value.len + 2;
		if (m->fields[i].name.len > FIELD_NAME_MAX ||
		    m->fields[i].value.len > FIELD_VALUE_MAX)
			return true;
	}
	return size > HEADER_MAX;
}

/* Does the body begin right behind the last field? */
static bool
has_no_separator(const struct message *m)
{
	return m->field_count > 0 && m->body.data == m->head.data + m->head.len;
}

/* check_msg_parse_flags(flag) */
static unsigned
parse_flags(struct eval_context *c)
{
	struct str flag = eval_arg(c, 0);

	if (str_is(flag, "missing_head_body_separator"))
		return has_no_separator(c->scan->message);
	if (str_is(flag, "truncated_header"))
		return is_truncated_header(c->scan->message);
	if (str_is(flag, "missing_mime_headers"))
		return targets_mime_facts(c->targets)->no_part_header;
	if (str_is(flag, "missing_mime_head_body_separator"))
		return targets_mime_facts(c->targets)->no_separator;
	if (str_is(flag, "mime_epilogue_exists"))
		return targets_mime_facts(c->targets)->epilogue;
	if (str_is(flag, "mimepart_limit_exceeded"))
		return c->targets->tree.truncated;
	return 0;
}

/* --- capitals --- */

static bool
has_two_words(struct str line)
{
	struct str word;

	return str_cut_word(&line, &word) && str_cut_word(&line, &word);
}

/* Words of 60 to 76 octets of base64, one behind the other. */
static bool
is_base64_word(struct str *line)
{
	size_t i = 0;

	while (i < line->len &&
	    (ascii_is_alnum(line->data[i]) ||
		ascii_is_one_of(line->data[i], "+/=")))
		i++;
	if (i < 60 || i > 76 || i >= line->len || line->data[i] != ' ')
		return false;
	*line = str_from(*line, i + 1);
	return true;
}

static bool
is_base64_text(struct str line)
{
	return is_base64_word(&line) && is_base64_word(&line);
}

/* Capitals among letters and digits, in percent. */
static double
find_uppercase(struct eval_context *c)
{
	const struct target_texts *body = target_body(c->targets);
	size_t all = 0, upper = 0, lower = 0, i, k;
	char ch;

	if (targets_mime_facts(c->targets)->caps_charset)
		return 0;
	for (i = 0; i < body->count; i++) {
		if (!has_two_words(body->at[i]) || is_base64_text(body->at[i]))
			continue;
		all += body->at[i].len;
		for (k = 0; k < body->at[i].len; k++) {
			ch = body->at[i].data[k];
			upper += ch >= 'A' && ch <= 'Z';
			lower += (ch >= 'a' && ch <= 'z') || ascii_is_digit(ch);
		}
	}
	if (all < 200 || upper + lower == 0)
		return 0;
	return 100.0 * (double)upper / (double)(upper + lower);
}

/* check_for_uppercase(min, max) */
static unsigned
uppercase(struct eval_context *c)
{
	struct eval_cache *cache = eval_cache_get(c);
	double min = 0, max = 0;

	if (!cache->have_uppercase)
		cache->uppercase = find_uppercase(c);
	cache->have_uppercase = true;
	eval_number(c, 0, &min);
	eval_number(c, 1, &max);
	return cache->uppercase > min && cache->uppercase <= max;
}

const struct eval eval_mime_table[] = {
    {"check_abundant_unicode_ratio", 1, 1, abundant_unicode, 0},
    {"check_base64_length", 1, 2, base64_length, 0},
    {"check_for_ascii_text_illegal", 0, 0, ascii_illegal, 0},
    {"check_for_mime", 1, 1, check_for_mime, 0},
    {"check_for_mime_html", 0, 0, mime_html, 0},
    {"check_for_mime_html_only", 0, 0, mime_html_only, 0},
    {"check_for_uppercase", 2, 2, uppercase, 0},
    {"check_ma_non_text", 0, 0, ma_non_text, 0},
    {"check_mime_multipart_ratio", 2, 2, multipart_ratio, 0},
    {"check_msg_parse_flags", 1, 1, parse_flags, 0},
    {"check_qp_ratio", 1, 1, qp_ratio, 0},
    {NULL, 0, 0, NULL, 0},
};
