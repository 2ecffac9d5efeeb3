/*
 * relay_line: a Received field as one line, and words in it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/charset.h"

#include "relay.h"
#include "relay_line.h"

/* One white space for each run, none at the ends, no ";" at the end. */
struct str
relay_line_straighten(struct str value, struct arena *arena)
{
	char *out;
	size_t i, len = 0;
	char c;

	value = str_trim(str_head(value, RELAY_LINE_MAX));
	out = arena_alloc(arena, value.len + 1);
	for (i = 0; i < value.len; i++) {
		c = value.data[i];
		if (!ascii_is_space(c) && c != '\f' && c != '\v')
			out[len++] = c;
		else if (len > 0 && out[len - 1] != ' ')
			out[len++] = ' ';
	}
	while (len > 0 && (out[len - 1] == ';' || out[len - 1] == ' '))
		len--;
	return charset_to_utf8(str_c(""), str_of(out, len), arena);
}

static bool
is_name_octet(char c)
{
	return ascii_is_alnum(c) || ascii_is_one_of(c, "-.^+_&:=?!@%*$\\/");
}

static bool
is_word_octet(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

struct str
relay_line_word(struct str s, size_t at)
{
	size_t end = at;

	while (end < s.len && s.data[end] != ' ')
		end++;
	return str_of(s.data + at, end - at);
}

/* The run of name octets behind the first `mark` that stands alone. */
static struct str
name_behind(struct str line, const char *mark)
{
	size_t at = 0, length = strlen(mark), end;

	for (;; at++) {
		at += str_find_str(str_from(line, at), str_c(mark));
		if (at >= line.len)
			return str_c("");
		if (at > 0 && is_word_octet(line.data[at - 1]))
			continue;
		end = at + length;
		while (end < line.len && is_name_octet(line.data[end]))
			end++;
		if (end > at + length)
			return str_of(
			    line.data + at + length, end - at - length);
	}
}

struct str
relay_line_helo(struct str line)
{
	struct str helo = name_behind(line, "helo=");
	struct str ehlo;

	if (helo.len > 0)
		return helo;
	helo = name_behind(line, "HELO ");
	ehlo = name_behind(line, "EHLO ");
	if (helo.len == 0 || (ehlo.len > 0 && ehlo.data < helo.data))
		return ehlo;
	return helo;
}

struct str
relay_line_id(struct str line)
{
	size_t at = 0, end;

	for (;; at++) {
		at += str_find_str(str_from(line, at), str_c(" id "));
		if (at >= line.len)
			return str_c("");
		end = at + 4;
		if (end < line.len && line.data[end] == '<')
			end++;
		line = str_from(line, end);
		at = 0;
		for (end = 0;
		     end < line.len && !ascii_is_one_of(line.data[end], " <>;");
		     end++)
			;
		if (end >= 3)
			return str_head(line, end);
	}
}

struct str
relay_line_by(struct str line)
{
	size_t at = str_find_str(line, str_c(" by "));

	return at < line.len ? relay_line_word(line, at + 4) : str_c("");
}

/* Back from `to` to where a word begins or ends; `from` when there is none. */
size_t
relay_line_word_edge(struct str line, size_t from, size_t to)
{
	while (to > from &&
	    is_word_octet(line.data[to - 1]) ==
		(to < line.len && is_word_octet(line.data[to])))
		to--;
	return to;
}

/* "envelope-from <a@b>", "return-path: a@b", ... */
bool
relay_line_sender(struct str line, struct str *out)
{
	static const char *const marks[] = {"return-path:", "return-path ",
	    "envelope-sender ", "envelope-sender=", "envelope-from ",
	    "envelope-from="};
	size_t i, k, at, edge;
	char first;

	for (i = 0; i < line.len; i++) {
		first = ascii_lower(line.data[i]);
		if (first != 'r' && first != 'e')
			continue;
		for (k = 0; k < sizeof(marks) / sizeof(marks[0]); k++) {
			if (!str_case_starts(str_from(line, i), marks[k]))
				continue;
			at = i + strlen(marks[k]);
			if (k == 0 && at < line.len && line.data[at] == ' ')
				at++;
			edge = relay_line_word_edge(
			    line, at, at + relay_line_word(line, at).len);
			if (edge == at)
				continue;
			*out = str_of(line.data + at, edge - at);
			return true;
		}
	}
	return false;
}

/* "from a.example by b.example ; date": nothing about the peer. */
bool
relay_line_is_bare(struct str line)
{
	struct str peer, rest = str_from(line, 5), word;
	size_t i;

	peer = relay_line_word(rest, 0);
	rest = str_from(rest, peer.len);
	if (!str_case_starts(rest, " by "))
		return false;
	rest = str_from(rest, 4);
	word = str_head(rest, str_find(relay_line_word(rest, 0), ';'));
	rest = str_from(rest, word.len);
	if (word.len == 0 || !(str_starts(rest, ";") || str_starts(rest, " ;")))
		return false;
	if (peer.len < 3 || peer.data[0] != '[' ||
	    peer.data[peer.len - 1] != ']')
		return true;
	for (i = 1; i + 1 < peer.len; i++)
		if (!ascii_is_digit(peer.data[i]) && peer.data[i] != '.')
			return true;
	return false;
}

static size_t
digits_before(struct str s, size_t end)
{
	while (end > 0 && ascii_is_digit(s.data[end - 1]))
		end--;
	return end;
}

/* The line without "; Thu, 13 Mar 2003 15:23:15 -0500" at its end. */
struct str
relay_line_without_date(struct str line)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static const char days[] = "MonTueWedThuFriSatSun";
	size_t zone = str_find_last(line, ' '), time, year, month, day, i;
	struct str word;

	if (zone == line.len || zone == 0)
		return line;
	time = str_find_last(str_head(line, zone), ' ');
	if (time >= zone || time == 0)
		return line;
	word = str_of(line.data + time + 1, zone - time - 1);
	for (i = 0; i < word.len; i++)
		if (!ascii_is_digit(word.data[i]) && word.data[i] != ':')
			return line;
	year = digits_before(line, time);
	if (str_find(word, ':') == word.len || year == time || year < 5 ||
	    line.data[year - 1] != ' ' || line.data[year - 5] != ' ')
		return line;
	word = str_of(line.data + year - 4, 3);
	month = str_find_str(str_c(months), word);
	if (month >= sizeof(months) - 1 || month % 3 != 0)
		return line;
	day = digits_before(line, year - 5);
	if (day == year - 5)
		return line;
	if (day >= 5 && line.data[day - 1] == ' ' &&
	    line.data[day - 2] == ',') {
		word = str_of(line.data + day - 5, 3);
		month = str_find_str(str_c(days), word);
		if (month < sizeof(days) - 1 && month % 3 == 0)
			day -= 5;
	}
	i = day;
	while (i > 0 && ascii_is_one_of(line.data[i - 1], " ;"))
		i--;
	return i < day ? str_head(line, i) : line;
}

/* ")by " is written by a few. */
struct str
relay_line_split_by(struct str line, struct arena *arena)
{
	size_t at = str_find_str(line, str_c(")by "));

	if (at >= line.len)
		return line;
	return arena_printf(arena, "%.*s %.*s", (int)at + 1, line.data,
	    (int)(line.len - at - 1), line.data + at + 1);
}
