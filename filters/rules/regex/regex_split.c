/*
 * regex_split: a regex that is too large for PCRE2, in parts that are not.
 *
 * Only the text is looked at, from its begin to its end, once for each group
 * that is opened.  What is not surely plain makes it no list.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/strbuf.h"

#include "regex_split.h"

enum { DEPTH_MAX = 8 };

/* As an offset: something that makes it no list. */
static const size_t ODD = SIZE_MAX;

/* "prefix(" and ")suffix" around alternatives. */
struct list {
	struct str pattern;
	size_t from, to; /* of the pattern: the alternatives */
};

/* Octets of "[:alpha:]", or 1 where none begins. */
static size_t
posix_length(struct str text)
{
	size_t len = 2;

	if (!str_starts(text, "[:"))
		return 1;
	while (len < text.len &&
	    (ascii_is_alpha(text.data[len]) || text.data[len] == '^'))
		len++;
	return str_starts(str_from(text, len), ":]") ? len + 2 : 1;
}

/* Behind "[...]"; ODD where something in it is quoted. */
static size_t
skip_class(struct str text, size_t at)
{
	at++;
	if (at < text.len && text.data[at] == '^')
		at++;
	if (at < text.len && text.data[at] == ']')
		at++;
	while (at < text.len && text.data[at] != ']') {
		if (str_starts(str_from(text, at), "\\Q") ||
		    str_starts(str_from(text, at), "\\E"))
			return ODD;
		if (text.data[at] == '\\')
			at += 2;
		else
			at += posix_length(str_from(text, at));
	}
	return at + 1;
}

/* Does an escape count groups, quote, or move the start of the match? */
static bool
is_odd_escape(char c)
{
	return (c >= '1' && c <= '9') || ascii_is_one_of(c, "cgkQEK");
}

/* "(?:" and lookarounds are plain; flags for what follows, conditions, calls,
 * names and verbs are not. */
static bool
is_odd_group(struct str rest)
{
	if (str_starts(rest, "(*"))
		return true;
	if (!str_starts(rest, "(?"))
		return false;
	return rest.len < 4 || !ascii_is_one_of(rest.data[2], ":=!><") ||
	    (rest.data[2] == '<' && !ascii_is_one_of(rest.data[3], "=!"));
}

/* Behind what stands here, where a parenthesis is one octet; ODD. */
static size_t
step(struct str text, size_t at)
{
	char c = text.data[at];

	if (c == '\\')
		return at + 1 == text.len || is_odd_escape(text.data[at + 1]) ?
		    ODD :
		    at + 2;
	if (c == '[')
		return skip_class(text, at);
	if (c == '(' && is_odd_group(str_from(text, at)))
		return ODD;
	return at + 1;
}

/* Where the group ends that begins here; the text's end, ODD. */
static size_t
group_end(struct str text, size_t at)
{
	unsigned depth = 0;
	size_t next;

	for (; at < text.len; at = next) {
		depth += text.data[at] == '(';
		depth -= text.data[at] == ')' && depth > 0;
		if (depth == 0)
			return at;
		next = step(text, at);
		if (next == ODD)
			return ODD;
	}
	return text.len;
}

/* The inside of "(...)" or "(?:...)" that is not repeated; empty if not. */
static struct list
open_group(struct str pattern, size_t at, size_t end)
{
	struct list list = {.pattern = pattern};
	size_t skip = str_starts(str_from(pattern, at), "(?:") ? 3 : 1;

	if (end >= pattern.len || (skip == 1 && pattern.data[at + 1] == '?'))
		return list;
	if (end + 1 < pattern.len &&
	    ascii_is_one_of(pattern.data[end + 1], "*+?{"))
		return list;
	list.from = at + skip;
	list.to = end;
	return list;
}

/*
 * Looks through one level: true when it has a "|"; else *largest is the group
 * to look into.  *odd when it is no list.
 */
static bool
has_bar(const struct list *level, struct list *largest, bool *odd)
{
	struct str text = str_head(level->pattern, level->to);
	struct list inner;
	size_t next;
	size_t at;

	*largest = (struct list) {.pattern = level->pattern};
	for (at = level->from; at < text.len; at = next) {
		if (text.data[at] == '|')
			return true;
		next =
		    text.data[at] == '(' ? group_end(text, at) : step(text, at);
		*odd |= next == ODD;
		if (*odd)
			return false;
		if (text.data[at] != '(')
			continue;
		inner = open_group(level->pattern, at, next++);
		if (inner.to - inner.from > largest->to - largest->from)
			*largest = inner;
	}
	return false;
}

static bool
find_list(struct str pattern, struct list *list)
{
	struct list largest;
	bool odd = false;
	unsigned depth;

	*list = (struct list) {.pattern = pattern, .to = pattern.len};
	for (depth = 0; depth < DEPTH_MAX && list->to > list->from; depth++) {
		if (has_bar(list, &largest, &odd))
			return true;
		if (odd)
			return false;
		*list = largest;
	}
	return false;
}

/* Where the alternative ends that begins here; ODD. */
static size_t
alternative_end(struct str text, size_t at)
{
	size_t next;

	for (; at < text.len && text.data[at] != '|'; at = next) {
		next =
		    text.data[at] == '(' ? group_end(text, at) : step(text, at);
		if (next == ODD)
			return ODD;
		next += text.data[at] == '(';
	}
	return (at < text.len ? at : text.len);
}

static struct str
part(const struct list *list, size_t from, size_t to, struct arena *arena)
{
	bool whole = list->from == 0;
	struct strbuf out;
	struct str text;

	strbuf_init(&out);
	strbuf_add(&out, str_head(list->pattern, list->from));
	strbuf_puts(&out, whole ? "" : "(?:");
	strbuf_add(&out, str_of(list->pattern.data + from, to - from));
	strbuf_puts(&out, whole ? "" : ")");
	strbuf_add(&out, str_from(list->pattern, list->to));
	text = arena_copy(arena, strbuf_str(&out));
	strbuf_clear(&out);
	return text;
}

size_t
regex_split(const struct perlre *re, size_t most, struct arena *arena,
    struct str **parts)
{
	struct list list;
	struct str text;
	size_t count = 0, from, to;
	size_t end = 0;

	*parts = NULL;
	if (re->flags & (PERLRE_EXTENDED | PERLRE_EXTENDED_MORE) ||
	    !find_list(re->pattern, &list))
		return 0;
	text = str_head(re->pattern, list.to);
	for (from = to = list.from;; to = end + 1) {
		if (to <= text.len)
			end = alternative_end(text, to);
		if (end == ODD)
			return 0;
		if (to > text.len || (end - from > most && to > from)) {
			*parts =
			    arena_push(arena, *parts, count, sizeof(**parts));
			(*parts)[count++] = part(&list, from, to - 1, arena);
			from = to;
		}
		if (to > text.len)
			return count;
	}
}
