/*
 * eval_date: evals about the date of a mail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "eval_util.h"
#include "filters/rules/text/mail_date.h"

enum { TIMES_MAX = 200, SECONDS_OF_YEAR = 31556952 };

struct times {
	int64_t at[TIMES_MAX]; /* of Received lines, the nearest first */
	size_t count;
	int64_t fetched; /* when a local program fetched it; 0: not */
};

/* Resent-Date goes before Date. */
static bool
sent_at(struct eval_context *c, int64_t *out)
{
	static const char *const fields[] = {"Resent-Date", "Date"};
	struct target_texts all;
	size_t i, k;

	for (i = 0; i < 2; i++) {
		all = target_fields(c->targets, fields[i], PART_DECODED);
		for (k = 0; k < all.count; k++)
			if (mail_date_parse(all.at[k], out))
				return true;
	}
	return false;
}

static bool
is_local(struct str line)
{
	return eval_finds(line, "from localhost ", NULL) ||
	    (eval_has(line, "from ") && eval_has(line, "127.0.0.1")) ||
	    eval_finds(line, "qmail %n invoked by uid %n", NULL);
}

static bool
is_fetch(struct str line)
{
	return eval_finds(line, "by localhost with %w (fetchmail-", NULL);
}

/* Lines of a local fetcher tell when it fetched. */
static size_t
fetch_lines(const struct target_texts *lines)
{
	bool local = lines->count > 0 && is_local(lines->at[0]);
	size_t next = local ? 1 : 0;

	if (lines->count > next && is_fetch(lines->at[next]))
		return next + 1;
	return 0;
}

static void
find_times(struct eval_context *c, struct times *out)
{
	struct target_texts lines =
	    target_fields(c->targets, "Received", PART_DECODED);
	size_t local = fetch_lines(&lines), i;
	struct str date;
	int64_t when;

	out->count = 0;
	out->fetched = 0;
	for (i = 0; i < lines.count && out->count < TIMES_MAX; i++) {
		date = mail_date_find(lines.at[i]);
		if (date.len == 0 || !mail_date_parse(date, &when))
			continue;
		if (i >= local)
			out->at[out->count++] = when;
		else if (when <= c->scan->time && when > out->fetched)
			out->fetched = when;
	}
}

/* How far Date is from the Received line that is nearest to it. */
static int64_t
date_shift(struct eval_context *c, int64_t sent)
{
	struct times *times = arena_alloc(c->scan->arena, sizeof(*times));
	int64_t shift, best = 0;
	size_t i;

	find_times(c, times);
	if (times->count > 1 && times->at[times->count - 1] == sent)
		times->count--;
	for (i = 0; i < times->count; i++) {
		shift = sent - times->at[i];
		if (i == 0 || llabs(shift) < llabs(best))
			best = shift;
	}
	return best;
}

/* check_for_shifted_date(min, max): hours */
static unsigned
shifted_date(struct eval_context *c)
{
	struct eval_cache *cache = eval_cache_get(c);
	int64_t sent, shift;
	double limit;

	if (!cache->have_shift && sent_at(c, &sent))
		cache->shift = date_shift(c, sent);
	cache->have_shift = true;
	shift = cache->shift;
	if (eval_number(c, 0, &limit) && (double)shift < 3600 * limit)
		return 0;
	return !eval_number(c, 1, &limit) || (double)shift < 3600 * limit;
}

static int64_t
median(int64_t *at, size_t count)
{
	size_t i, k;
	int64_t swap;

	for (i = 1; i < count; i++)
		for (k = i; k > 0 && at[k - 1] < at[k]; k--) {
			swap = at[k];
			at[k] = at[k - 1];
			at[k - 1] = swap;
		}
	return count > 0 ? at[(count - 1) / 2] : 0;
}

/* received_within_months(min, max) */
static unsigned
within_months(struct eval_context *c)
{
	struct times *times = arena_alloc(c->scan->arena, sizeof(*times));
	int64_t dates[4], sent = 0;
	double age, limit;
	size_t count = 0;
	bool has_sent = sent_at(c, &sent);

	find_times(c, times);
	if (has_sent)
		dates[count++] = sent;
	if (times->count > 0)
		dates[count++] = times->at[0];
	if (times->fetched > 0)
		dates[count++] = times->fetched;
	if (has_sent && times->count > 0)
		dates[count++] = sent - date_shift(c, sent);
	age = (double)(c->scan->time - median(dates, count));
	if (eval_number(c, 0, &limit) && age < SECONDS_OF_YEAR * (limit / 12))
		return 0;
	return !eval_number(c, 1, &limit) ||
	    age < SECONDS_OF_YEAR * (limit / 12);
}

/* "<abcd12345678$12345678$12345678@": the time is in the first 12. */
static bool
outlook_token(struct str id, int64_t *out)
{
	size_t i;
	int value;

	*out = 0;
	if (id.len < 32 || id.data[0] != '<' || id.data[13] != '$' ||
	    id.data[22] != '$' || id.data[31] != '@')
		return false;
	for (i = 1; i < 31; i++) {
		if (i == 13 || i == 22)
			continue;
		value = id.data[i] >= 'A' && id.data[i] <= 'F' ?
		    -1 :
		    ascii_hex_value(id.data[i]);
		if (value < 0)
			return false;
		if (i > 4 && i < 13)
			*out = *out * 16 + value;
	}
	return true;
}

static bool
is_far(int64_t token, int64_t when)
{
	int64_t expected =
	    (int64_t)((double)when * 0.0023283064365387 + 27111902.8329849);

	return llabs(token - expected) >= 250;
}

/* Outlook writes the time into its Message-IDs. */
static unsigned
outlook_message_id(struct eval_context *c)
{
	struct str line = eval_field(c, "Received");
	int64_t token, when;

	if (!outlook_token(eval_field(c, "MESSAGEID"), &token))
		return 0;
	if (!mail_date_parse(eval_field(c, "Date"), &when))
		when = 0;
	if (!is_far(token, when))
		return 0;
	if (!mail_date_parse(line, &when))
		when = 0;
	return is_far(token, when);
}

const struct eval eval_date_table[] = {
    {"check_for_shifted_date", 2, 2, shifted_date, 0},
    {"check_outlook_message_id", 0, 0, outlook_message_id, 0},
    {"received_within_months", 2, 2, within_months, 0},
    {NULL, 0, 0, NULL, 0},
};
