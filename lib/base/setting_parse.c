/*
 * setting_parse: one value, as the admin wrote it, into its place.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <limits.h>

#include "postern/setting.h"

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit size_units[] = {
    {"", 1}, {"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {NULL, 0}};
static const struct unit time_units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000},
    {"h", 3600000}, {"d", 86400000}, {NULL, 0}};

/* A number and one of the units behind it. */
static bool
parse_units(
    struct str text, const struct unit *units, uint64_t max, uint64_t *out)
{
	size_t digits = 0;
	struct str unit;

	while (digits < text.len && ascii_is_digit(text.data[digits]))
		digits++;
	unit = str_from(text, digits);
	for (; units->name; units++)
		if (str_case_is(unit, units->name))
			break;
	if (!units->name ||
	    !str_to_uint(str_head(text, digits), max / units->factor, out))
		return false;
	*out *= units->factor;
	return true;
}

/* Digits, and at most three behind a point, to thousandths. */
bool
score_parse(struct str text, int *out)
{
	bool negative = text.len > 0 && text.data[0] == '-';
	bool sign = negative || (text.len > 0 && text.data[0] == '+');
	struct str body = sign ? str_from(text, 1) : text;
	size_t point = str_find(body, '.'), i;
	struct str decimals = str_from(body, point + 1);
	uint64_t whole = 0, part = 0;

	if (body.len == 0 || str_is(body, ".") || decimals.len > 3)
		return false;
	if (point > 0 && !str_to_uint(str_head(body, point), 1000000, &whole))
		return false;
	if (decimals.len > 0 && !str_to_uint(decimals, 999, &part))
		return false;
	for (i = decimals.len; i < 3; i++)
		part *= 10;
	*out = (int)(whole * 1000 + part) * (negative ? -1 : 1);
	return true;
}

static bool
parse_bool(struct str text, bool *out, struct error *err)
{
	static const char *const yes[] = {"yes", "true", "on"};
	static const char *const no[] = {"no", "false", "off"};
	size_t i;

	for (i = 0; i < 3; i++) {
		if (str_case_is(text, yes[i]) || str_case_is(text, no[i])) {
			*out = str_case_is(text, yes[i]);
			return true;
		}
	}
	return error_set(
	    err, "\"%.*s\" is neither yes nor no", (int)text.len, text.data);
}

static bool
parse_count(struct str text, unsigned *out, struct error *err)
{
	uint64_t value;

	if (!str_to_uint(text, UINT_MAX, &value))
		return error_set(err, "\"%.*s\" is not a whole number",
		    (int)text.len, text.data);
	*out = (unsigned)value;
	return true;
}

static bool
parse_size(struct str text, size_t *out, struct error *err)
{
	uint64_t value;

	if (!parse_units(text, size_units, SIZE_MAX, &value))
		return error_set(err,
		    "\"%.*s\" is not a size such as 256K or 30M", (int)text.len,
		    text.data);
	*out = (size_t)value;
	return true;
}

static bool
parse_duration(struct str text, int64_t *out, struct error *err)
{
	uint64_t value;

	if (!parse_units(text, time_units, INT64_MAX / 4, &value))
		return error_set(err,
		    "\"%.*s\" is not a duration such as 10s, 5m or 1h",
		    (int)text.len, text.data);
	*out = (int64_t)value;
	return true;
}

static bool
parse_score(struct str text, int *out, struct error *err)
{
	return score_parse(text, out) ||
	    error_set(err,
		"\"%.*s\" is not a number of points such as 5 or 3.5",
		(int)text.len, text.data);
}

static bool
parse_reaction(struct str text, struct reaction *out, struct error *err)
{
	*out = (struct reaction) {.kind = REACTION_SCORE};
	if (str_case_is(text, "ignore"))
		out->kind = REACTION_IGNORE;
	else if (str_case_is(text, "defer"))
		out->kind = REACTION_DEFER;
	else if (str_case_is(text, "reject"))
		out->kind = REACTION_REJECT;
	else if (!score_parse(text, &out->score))
		return error_set(err,
		    "\"%.*s\" is not ignore, defer, reject or a number of "
		    "points such as 3.0",
		    (int)text.len, text.data);
	return true;
}

static bool
parse_word(
    const struct setting *row, struct str text, int *out, struct error *err)
{
	char list[256] = "";
	size_t i;

	for (i = 0; row->words[i]; i++) {
		if (str_case_is(text, row->words[i])) {
			*out = (int)i;
			return true;
		}
		strncat(list, i ? ", " : "", sizeof(list) - strlen(list) - 1);
		strncat(list, row->words[i], sizeof(list) - strlen(list) - 1);
	}
	return error_set(
	    err, "\"%.*s\" is none of %s", (int)text.len, text.data, list);
}

static bool
parse_nets(const struct texts *values, struct ip_nets *out, struct arena *arena,
    struct error *err)
{
	size_t i;

	*out = (struct ip_nets) {
	    .at = arena_array(arena, values->count + 1, sizeof(*out->at))};
	for (i = 0; i < values->count; i++)
		if (!ip_net_parse(str_c(values->at[i]), &out->at[out->count++]))
			return error_set(err,
			    "\"%s\" is not a network such as 10.0.0.0/8 or "
			    "2001:db8::/32 (bits behind the prefix must be 0)",
			    values->at[i]);
	return true;
}

static bool
parse_endpoints(const struct texts *values, struct endpoints *out,
    struct arena *arena, struct error *err)
{
	size_t i;

	*out = (struct endpoints) {
	    .at = arena_array(arena, values->count + 1, sizeof(*out->at))};
	for (i = 0; i < values->count; i++)
		if (!endpoint_parse(str_c(values->at[i]), arena,
			&out->at[out->count++], err))
			return false;
	return true;
}

static void
copy_texts(const struct texts *values, struct texts *out, struct arena *arena)
{
	size_t i;

	out->at = arena_array(arena, values->count + 1, sizeof(*out->at));
	for (i = 0; i < values->count; i++)
		out->at[i] = arena_text(arena, str_c(values->at[i]));
	out->count = values->count;
}

static bool
parse_one(const struct setting *row, struct str text, void *place,
    struct arena *arena, struct error *err)
{
	switch (row->kind) {
	case SETTING_BOOL:
		return parse_bool(text, place, err);
	case SETTING_COUNT:
		return parse_count(text, place, err);
	case SETTING_SIZE:
		return parse_size(text, place, err);
	case SETTING_DURATION:
		return parse_duration(text, place, err);
	case SETTING_SCORE:
		return parse_score(text, place, err);
	case SETTING_REACTION:
		return parse_reaction(text, place, err);
	case SETTING_WORD:
		return parse_word(row, text, place, err);
	case SETTING_ENDPOINT:
		return endpoint_parse(text, arena, place, err);
	default:
		*(const char **)place =
		    text.len ? arena_text(arena, text) : NULL;
		return true;
	}
}

bool
setting_parse(const struct setting *row, const struct texts *values,
    void *config, struct arena *arena, struct error *err)
{
	void *place = (char *)config + row->offset;

	if (row->kind == SETTING_NETS)
		return parse_nets(values, place, arena, err);
	if (row->kind == SETTING_ENDPOINTS)
		return parse_endpoints(values, place, arena, err);
	if (row->kind == SETTING_TEXTS) {
		copy_texts(values, place, arena);
		return true;
	}
	if (values->count != 1)
		return error_set(
		    err, "takes one value, not %zu", values->count);
	return parse_one(row, str_c(values->at[0]), place, arena, err);
}
