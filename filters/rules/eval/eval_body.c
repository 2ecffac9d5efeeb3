/*
 * eval_body: evals about the text of a mail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "eval_util.h"

/* check_body_length(most): octets behind the header, a line end is one */
static unsigned
body_length(struct eval_context *c)
{
	struct str body = c->scan->message->body;
	size_t i, length = body.len;
	double most;

	if (!eval_number(c, 0, &most))
		return 0;
	if (length > 2 * most + 2)
		return 0;
	for (i = 0; i + 1 < body.len; i++)
		length -= body.data[i] == '\r' && body.data[i + 1] == '\n';
	return (double)length <= most;
}

/* check_blank_line_ratio(min, max[, lines]): percent */
static unsigned
blank_line_ratio(struct eval_context *c)
{
	const struct target_texts *raw = target_rawbody(c->targets);
	double min = 0, max = 0, least = 1, value;
	size_t i, lines = 0, blank = 0, end;
	struct str rest;

	eval_number(c, 0, &min);
	eval_number(c, 1, &max);
	if (!eval_number(c, 2, &least) || least < 1)
		least = 1;
	for (i = 0; i < raw->count; i++) {
		for (rest = raw->at[i]; rest.len > 0;
		     rest = str_from(rest, end + 1)) {
			end = str_find(rest, '\n');
			lines++;
			blank += text_part_is_blank(str_head(rest, end));
		}
	}
	value =
	    (double)lines < least ? -1 : 100.0 * (double)blank / (double)lines;
	return (min == 0 && value <= max) || (value > min && value <= max);
}

/* Spaces for other octets, in percent. */
static int
space_percent(struct str line)
{
	size_t i, spaces = 0;

	for (i = 0; i < line.len; i++)
		spaces += line.data[i] == ' ';
	if (spaces > line.len - spaces || spaces == line.len)
		return 100;
	return (int)(100 * spaces / (line.len - spaces));
}

/* tvd_vertical_words(min, max) */
static unsigned
vertical_words(struct eval_context *c)
{
	const struct target_texts *body = target_body(c->targets);
	int value = -1, percent;
	double min = 0, max = 0;
	size_t i;

	for (i = 0; i < body->count; i++) {
		if (body->at[i].len <= 5)
			continue;
		percent = space_percent(body->at[i]);
		if (percent > value)
			value = percent;
	}
	eval_number(c, 0, &min);
	eval_number(c, 1, &max);
	if (max >= 100)
		max = 101;
	return value >= min && value < max;
}

/* --- signatures of plain text --- */

struct signature_sizes {
	double body, signature;
	bool known;
};

/* "-- " alone on a line, and not the last one. */
static bool
is_mark(struct str line)
{
	return str_is(line, "--") || str_is(line, "-- ");
}

static struct signature_sizes
find_signature(struct eval_context *c)
{
	struct signature_sizes sizes = {.known = false};
	const struct mime_part *part = target_first_part(c->targets);
	struct str text, rest, line;

	while (part &&
	    !(str_is(part->type, "text") && str_is(part->subtype, "plain")))
		part = mime_next(part);
	if (!part || part->child)
		return sizes;
	text = target_to_lf(
	    mime_decode(part, 1 << 20, c->scan->arena), c->scan->arena);
	sizes.known = true;
	sizes.body = (double)text.len;
	rest = text;
	while (str_cut_line(&rest, &line)) {
		if (!is_mark(line) || rest.len + 1 <= 4)
			continue;
		sizes.body = (double)(line.data - text.data);
		sizes.signature = (double)rest.len + 1;
	}
	return sizes;
}

/* plaintext_body_length(min[, max]) */
static unsigned
plain_body_length(struct eval_context *c)
{
	struct signature_sizes s = find_signature(c);

	return s.known && eval_in_range(c, 0, s.body);
}

/* plaintext_sig_length(min[, max]) */
static unsigned
plain_sig_length(struct eval_context *c)
{
	struct signature_sizes s = find_signature(c);

	return s.known && eval_in_range(c, 0, s.signature);
}

/* plaintext_body_sig_ratio(min[, max]) */
static unsigned
plain_sig_ratio(struct eval_context *c)
{
	struct signature_sizes s = find_signature(c);

	return s.known &&
	    eval_in_range(c, 0, s.signature > 0 ? s.body / s.signature : 1e6);
}

const struct eval eval_body_table[] = {
    {"check_blank_line_ratio", 2, 3, blank_line_ratio, 0},
    {"check_body_length", 1, 1, body_length, 0},
    {"plaintext_body_length", 1, 2, plain_body_length, 0},
    {"plaintext_body_sig_ratio", 1, 2, plain_sig_ratio, 0},
    {"plaintext_sig_length", 1, 2, plain_sig_length, 0},
    {"tvd_vertical_words", 2, 2, vertical_words, 0},
    {NULL, 0, 0, NULL, 0},
};
