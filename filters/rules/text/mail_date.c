/*
 * mail_date: dates of header fields (RFC 5322 3.3).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "mail_date.h"

enum { WORDS_MAX = 64, DATE_MAX = 512 };

struct words {
	struct str at[WORDS_MAX];
	size_t count;
};

struct date {
	int64_t year, month, day, hour, minute, second, offset;
};

static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

/* 1 to 12; 0 when it is none. */
static int64_t
month_of(struct str word)
{
	size_t i;

	if (word.len != 3)
		return 0;
	for (i = 0; i < 12; i++)
		if (str_case_eq(word, str_of(months + 3 * i, 3)))
			return (int64_t)i + 1;
	return 0;
}

static bool
number_of(struct str word, size_t least, size_t most, int64_t *out)
{
	uint64_t value;

	if (word.len < least || word.len > most ||
	    !str_to_uint(word, UINT32_MAX, &value))
		return false;
	*out = (int64_t)value;
	return true;
}

/* "20:39:56", "20:39" */
static bool
time_of(struct str word, struct date *d)
{
	struct str part;
	int64_t value[3] = {0, 0, 0};
	size_t n = 0;

	while (str_cut(&word, ':', &part)) {
		if (n == 3 || !number_of(part, n ? 2 : 1, 2, &value[n]))
			return false;
		n++;
	}
	if (n < 2)
		return false;
	d->hour = value[0];
	d->minute = value[1];
	d->second = value[2];
	return true;
}

static void
split(struct str text, struct words *out)
{
	struct str word, part;

	out->count = 0;
	text = str_head(text, DATE_MAX);
	while (str_cut_word(&text, &word))
		while (str_cut(&word, ',', &part))
			if (part.len > 0 && out->count < WORDS_MAX)
				out->at[out->count++] = part;
}

static void
drop(struct words *w, size_t from, size_t count)
{
	for (; from + count < w->count; from++)
		w->at[from] = w->at[from + count];
	w->count -= count;
}

/* "13 Mar 2003", the year of `least` to `most` digits. */
static bool
take_day_first(struct words *w, struct date *d, size_t least, size_t most)
{
	size_t i;

	for (i = 0; i + 2 < w->count; i++) {
		d->month = month_of(w->at[i + 1]);
		if (d->month == 0 || !number_of(w->at[i], 1, 9, &d->day) ||
		    !number_of(w->at[i + 2], least, most, &d->year))
			continue;
		if (w->at[i + 2].len == 2 && d->year < 50)
			d->year += 2000;
		else if (w->at[i + 2].len != 4)
			d->year += 1900;
		drop(w, i, 3);
		return true;
	}
	return false;
}

/* "Mar 13 20:39:56 2003": the time goes with it. */
static bool
take_month_first(struct words *w, struct date *d)
{
	struct date time;
	size_t i;

	for (i = 0; i + 3 < w->count; i++) {
		d->month = month_of(w->at[i]);
		if (d->month == 0 || !number_of(w->at[i + 1], 1, 9, &d->day) ||
		    !time_of(w->at[i + 2], &time) ||
		    !number_of(w->at[i + 3], 4, 4, &d->year))
			continue;
		drop(w, i, 4);
		return true;
	}
	return false;
}

static void
take_time(struct words *w, struct date *d)
{
	size_t i;

	for (i = 0; i < w->count; i++)
		if (time_of(w->at[i], d)) {
			drop(w, i, 1);
			return;
		}
}

static bool
is_offset(struct str word)
{
	int64_t value;

	return word.len == 5 && (word.data[0] == '+' || word.data[0] == '-') &&
	    number_of(str_from(word, 1), 4, 4, &value);
}

static int64_t
offset_of(struct str word)
{
	int64_t hours = (word.data[1] - '0') * 10 + word.data[2] - '0';
	int64_t minutes = (word.data[3] - '0') * 10 + word.data[4] - '0';
	int64_t seconds = (hours * 60 + minutes) * 60;

	return word.data[0] == '-' ? -seconds : seconds;
}

static const struct {
	const char *name;
	const char *offset;
} zones[] = {{"NDT", "-0230"}, {"AST", "-0400"}, {"ADT", "-0300"},
    {"NST", "-0330"}, {"EST", "-0500"}, {"EDT", "-0400"}, {"CST", "-0600"},
    {"CDT", "-0500"}, {"MST", "-0700"}, {"MDT", "-0600"}, {"PST", "-0800"},
    {"PDT", "-0700"}, {"HST", "-1000"}, {"AKST", "-0900"}, {"AKDT", "-0800"},
    {"HADT", "-0900"}, {"HAST", "-1000"}, {"BST", "+0100"}, {"IST", "+0100"},
    {"WEST", "+0100"}, {"CET", "+0100"}, {"CEST", "+0200"}, {"EET", "+0200"},
    {"EEST", "+0300"}, {"MSK", "+0300"}, {"MSD", "+0400"}, {"MET", "+0100"},
    {"MEZ", "+0100"}, {"MEST", "+0200"}, {"MESZ", "+0200"}, {"BRST", "-0200"},
    {"BRT", "-0300"}, {"AEST", "+1000"}, {"AEDT", "+1100"}, {"ACST", "+0930"},
    {"ACDT", "+1030"}, {"AWST", "+0800"}};

/* The first run of 2 to 4 capital letters that stands alone in the word. */
static bool
zone_name(struct str word, struct str *out)
{
	size_t i = 0, end;

	for (; i < word.len; i = end + 1) {
		for (end = i; end < word.len &&
		     (ascii_is_alnum(word.data[end]) || word.data[end] == '_');
		     end++)
			;
		*out = str_of(word.data + i, end - i);
		for (; i < end && word.data[i] >= 'A' && word.data[i] <= 'Z';
		     i++)
			;
		if (i == end && out->len >= 2 && out->len <= 4)
			return true;
	}
	return false;
}

static void
take_zone(struct words *w, struct date *d)
{
	struct str name;
	size_t i, k;

	for (i = 0; i < w->count; i++)
		if (is_offset(w->at[i])) {
			d->offset = offset_of(w->at[i]);
			return;
		}
	for (i = 0; i < w->count; i++) {
		if (!zone_name(w->at[i], &name))
			continue;
		for (k = 0; k < sizeof(zones) / sizeof(zones[0]); k++)
			if (str_is(name, zones[k].name))
				d->offset = offset_of(str_c(zones[k].offset));
		return;
	}
}

static bool
is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t
days_in(int64_t month, int64_t year)
{
	static const unsigned char days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* What is out of range is brought into it. */
static void
confine(struct date *d)
{
	if (d->second > 59)
		d->second = 59;
	if (d->minute > 59)
		d->minute = 59;
	if (d->hour > 23)
		d->hour = 23;
	if (d->day > days_in(d->month, d->year)) {
		d->day = 1;
		d->month++;
	}
	if (d->month > 12) {
		d->month = 1;
		d->year++;
	}
	if (d->year > 2037)
		d->year = 2037;
	if (d->year < 1970)
		d->year = 1970;
}

static int64_t
seconds_of(const struct date *d)
{
	int64_t days = d->day - 1, i;

	for (i = 1970; i < d->year; i++)
		days += 365 + is_leap(i);
	for (i = 1; i < d->month; i++)
		days += days_in(i, d->year);
	return ((days * 24 + d->hour) * 60 + d->minute) * 60 + d->second;
}

bool
mail_date_parse(struct str text, int64_t *out)
{
	struct date d = {.offset = 0};
	struct words w;

	split(text, &w);
	if (!take_day_first(&w, &d, 4, 4) && !take_month_first(&w, &d) &&
	    !take_day_first(&w, &d, 2, 3))
		return false;
	take_time(&w, &d);
	take_zone(&w, &d);
	if (d.day == 0)
		return false;
	confine(&d);
	*out = seconds_of(&d) - d.offset;
	if (d.offset > 0 && *out < 0)
		*out = 0;
	return true;
}

static size_t
digits_at(struct str s, size_t i)
{
	size_t start = i;

	while (i < s.len && ascii_is_digit(s.data[i]))
		i++;
	return i - start;
}

/* "20:39:56 -0800" at i: its end, or 0. */
static size_t
time_end(struct str s, size_t i)
{
	size_t n, part;

	for (part = 0; part < 3; part++) {
		n = digits_at(s, i);
		i += n;
		if (n == 0 || i >= s.len || s.data[i] != (part < 2 ? ':' : ' '))
			return 0;
		i++;
	}
	if (i >= s.len || ascii_is_space(s.data[i]))
		return 0;
	while (i < s.len && !ascii_is_space(s.data[i]))
		i++;
	return i;
}

struct str
mail_date_find(struct str line)
{
	size_t i, at, n;

	for (i = 0; i + 1 < line.len; i++) {
		if (!ascii_is_space(line.data[i]))
			continue;
		at = i + 1;
		n = digits_at(line, at);
		if (n == 0 && line.data[at] != '\n') {
			at++;
			n = digits_at(line, at);
		}
		at += n;
		if (n == 0 || at + 5 >= line.len || line.data[at] != ' ' ||
		    line.data[at + 4] != ' ')
			continue;
		at += 5;
		n = digits_at(line, at);
		at += n;
		if (n == 0 || at >= line.len || line.data[at] != ' ')
			continue;
		at = time_end(line, at + 1);
		if (at > 0)
			return str_of(line.data + i, at - i);
	}
	return str_c("");
}
