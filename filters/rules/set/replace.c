/*
 * replace: tags such as <A> in regexes, for words that spammers misspell.
 *
 * A pass is that of SpamAssassin: one <pre>, <post> and <inter> is taken out,
 * the pattern is split at its tags, texts are put around or between, then each
 * tag gives way to what it stands for.  A replacement that has tags itself
 * asks for one more pass, six at most.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/strbuf.h"

#include "replace.h"

enum {
	PASSES_MAX = 6,
	PATTERN_MAX = 1 << 18,
	ELEMENTS_MAX = 10000,
	SHORT = 24 /* octets that are not worth a call */
};

static struct replace_entry *
find(const struct replace *r, enum replace_kind kind, struct str name)
{
	size_t i;

	for (i = 0; i < r->count[kind]; i++)
		if (str_eq(r->entries[kind][i].name, name))
			return &r->entries[kind][i];
	return NULL;
}

void
replace_set(struct replace *r, struct arena *arena, enum replace_kind kind,
    struct str name, struct str text)
{
	struct replace_entry *entry = find(r, kind, name);

	if (!entry) {
		r->entries[kind] = arena_push(
		    arena, r->entries[kind], r->count[kind], sizeof(*entry));
		entry = &r->entries[kind][r->count[kind]++];
		entry->name = arena_copy(arena, name);
	}
	entry->text = arena_copy(arena, text);
}

/* One expansion. */
struct work {
	const struct replace *r;
	enum replace_way way;
	struct arena *arena;
	struct str start, end;
	struct str *elements;
	size_t count;
	bool again;   /* a replacement has tags itself */
	bool changed; /* a tag was replaced */
	struct replace_entry **called;
	size_t called_count;
};

/* The first tag from `from` on: start, at least one octet, end. */
static bool
find_tag(const struct work *w, struct str text, size_t from, size_t *at,
    size_t *length)
{
	struct str rest = str_from(text, from);
	size_t open = str_find_str(rest, w->start), close;

	if (open == rest.len)
		return false;
	close = open + w->start.len + 1;
	close += str_find_str(str_from(rest, close), w->end);
	if (close + w->end.len > rest.len)
		return false;
	*at = from + open;
	*length = close + w->end.len - open;
	return true;
}

/* Without length octets at `at`. */
static struct str
cut_out(struct work *w, struct str text, size_t at, size_t length)
{
	char *out = arena_alloc(w->arena, text.len + 1);

	memcpy(out, text.data, at);
	memcpy(out + at, text.data + at + length, text.len - at - length);
	return str_of(out, text.len - length);
}

/* Takes out "<word NAME>" and says what NAME stands for; "" for nothing. */
static struct str
take_modifier(
    struct work *w, struct str *text, const char *word, enum replace_kind kind)
{
	struct str mark = arena_printf(
	    w->arena, "%.*s%s ", (int)w->start.len, w->start.data, word);
	struct replace_entry *entry;
	size_t at = str_find_str(*text, mark), close;
	struct str name;

	if (at == text->len)
		return str_c("");
	close = at + mark.len + 1;
	close += str_find_str(str_from(*text, close), w->end);
	if (close + w->end.len > text->len)
		return str_c("");
	name = str_of(text->data + at + mark.len, close - at - mark.len);
	entry = find(w->r, kind, name);
	*text = cut_out(w, *text, at, close + w->end.len - at);
	return entry ? entry->text : str_c("");
}

static void
push(struct work *w, struct str element)
{
	w->elements =
	    arena_push(w->arena, w->elements, w->count, sizeof(*w->elements));
	w->elements[w->count++] = element;
}

/* The next "<...>" that holds neither of both; false when there is none. */
static bool
find_angle(struct str text, size_t *at, size_t *length)
{
	size_t i, open = text.len;

	for (i = 0; i < text.len; i++) {
		if (text.data[i] == '<') {
			open = i;
		} else if (text.data[i] == '>' && open < i) {
			if (i > open + 1) {
				*at = open;
				*length = i + 1 - open;
				return true;
			}
			open = text.len;
		}
	}
	return false;
}

/* Text, tag, text, tag ...; the last text is left out when it is empty. */
static void
split(struct work *w, struct str text, bool has_flags)
{
	size_t at, length;

	w->elements = NULL;
	w->count = 0;
	while (w->count < ELEMENTS_MAX && find_angle(text, &at, &length)) {
		/* flags stand in front of the pattern: no empty text then */
		if (at > 0 || w->count > 0 || !has_flags)
			push(w, str_head(text, at));
		push(w, str_of(text.data + at, length));
		text = str_from(text, at + length);
	}
	if (text.len)
		push(w, text);
}

/* Puts text before or behind the tags of every element. */
static void
surround(struct work *w, struct str before, struct str behind, bool all)
{
	size_t i, at, length, from;
	struct strbuf out;

	for (i = 0; i < w->count; i++) {
		struct str e = w->elements[i];

		strbuf_init(&out);
		for (from = 0; find_tag(w, e, from, &at, &length);) {
			strbuf_add(&out, str_of(e.data + from, at - from));
			strbuf_add(&out, before);
			strbuf_add(&out, str_of(e.data + at, length));
			strbuf_add(&out, behind);
			from = at + length;
			if (!all)
				break;
		}
		strbuf_add(&out, str_from(e, from));
		if (from > 0)
			w->elements[i] = arena_copy(w->arena, strbuf_str(&out));
		strbuf_clear(&out);
	}
}

static void
fill_between(struct work *w, struct str text)
{
	size_t i;

	for (i = 0; i < w->count; i++)
		if (w->elements[i].len == 0)
			w->elements[i] = text;
}

/* One class or one group that catches nothing: a call can stand for it. */
static bool
is_one_atom(struct str text)
{
	bool class = text.len && text.data[0] == '[', in_class = false;
	size_t i, depth = 0;

	if (!class && !str_starts(text, "(?:"))
		return false;
	for (i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (c == '\\') {
			i++;
			/* \1, \g and \k mean groups by their place */
			if (i < text.len && !in_class &&
			    (ascii_is_digit(text.data[i]) ||
				ascii_is_one_of(text.data[i], "gkK")))
				return false;
			continue;
		}
		if (in_class) {
			in_class = c != ']' || i == 1;
		} else if (c == '[') {
			in_class = true;
		} else if (c == '(') {
			if (!str_starts(str_from(text, i), "(?:"))
				return false;
			depth++;
		} else if (c == ')' && depth > 0) {
			depth--;
		}
		if (depth == 0 && !in_class)
			return i + 1 == text.len;
	}
	return false;
}

/* The number of its group, or SIZE_MAX when it goes in plainly. */
static size_t
group_of(struct work *w, struct replace_entry *entry)
{
	size_t i, at, length;

	if (w->way == REPLACE_PLAIN || entry->text.len <= SHORT ||
	    find_angle(entry->text, &at, &length) || !is_one_atom(entry->text))
		return SIZE_MAX;
	for (i = 0; i < w->called_count; i++)
		if (w->called[i] == entry)
			return i;
	w->called = arena_push(w->arena, w->called, w->called_count,
	    sizeof(struct replace_entry *));
	w->called[w->called_count] = entry;
	return w->called_count++;
}

static struct str
stand_in(struct work *w, struct replace_entry *entry)
{
	size_t group = group_of(w, entry);

	if (group == SIZE_MAX)
		return entry->text;
	return arena_printf(w->arena, "(?&tag_%zu)", group);
}

/* Every place of the element's first tag gives way. */
static void
replace_tags(struct work *w, struct str *element, struct strbuf *out)
{
	size_t at, length, from = 0, inner, next;
	struct replace_entry *entry;
	struct str tag, text;

	if (!find_tag(w, *element, 0, &at, &length)) {
		strbuf_add(out, *element);
		return;
	}
	tag = str_of(element->data + at, length);
	entry = find(w->r, REPLACE_TAG,
	    str_head(str_from(tag, w->start.len),
		tag.len - w->start.len - w->end.len));
	if (!entry || entry->text.len == 0) {
		strbuf_add(out, *element);
		return;
	}
	text = stand_in(w, entry);
	w->changed = true;
	w->again |= find_angle(entry->text, &inner, &next);
	for (;;) {
		next = str_find_str(str_from(*element, from), tag);
		strbuf_add(out, str_head(str_from(*element, from), next));
		from += next;
		if (from >= element->len)
			return;
		strbuf_add(out, text);
		from += tag.len;
	}
}

static bool
run_pass(struct work *w, struct str *text, bool has_flags)
{
	struct str pre = take_modifier(w, text, "pre", REPLACE_PRE);
	struct str post = take_modifier(w, text, "post", REPLACE_POST);
	struct str inter = take_modifier(w, text, "inter", REPLACE_INTER);
	struct strbuf out;
	size_t i;

	split(w, *text, has_flags);
	if (pre.len)
		surround(w, pre, str_c(""), false);
	if (post.len)
		surround(w, str_c(""), post, true);
	if (inter.len)
		fill_between(w, inter);
	strbuf_init(&out);
	w->again = false;
	for (i = 0; i < w->count && out.len <= PATTERN_MAX; i++)
		replace_tags(w, &w->elements[i], &out);
	*text = arena_copy(w->arena, strbuf_str(&out));
	strbuf_clear(&out);
	return text->len <= PATTERN_MAX;
}

/* Behind the pattern, so that its own groups keep their numbers. */
static struct str
add_groups(const struct work *w, struct str text)
{
	struct strbuf out;
	struct str whole;
	size_t i;

	strbuf_init(&out);
	strbuf_add(&out, text);
	if (w->called_count)
		strbuf_puts(&out, "(?(DEFINE)");
	for (i = 0; i < w->called_count; i++) {
		strbuf_printf(&out, "(?<tag_%zu>", i);
		strbuf_add(&out, w->called[i]->text);
		strbuf_putc(&out, ')');
	}
	if (w->called_count)
		strbuf_putc(&out, ')');
	whole = arena_copy(w->arena, strbuf_str(&out));
	strbuf_clear(&out);
	return whole;
}

bool
replace_expand(const struct replace *r, enum replace_way way,
    struct arena *arena, struct perlre *re)
{
	struct work w = {.r = r, .way = way, .arena = arena};
	struct str text = re->pattern;
	int pass;

	w.start = r->start.len ? r->start : str_c("<");
	w.end = r->end.len ? r->end : str_c(">");
	w.again = true;
	for (pass = 0; pass < PASSES_MAX && w.again; pass++)
		if (!run_pass(&w, &text, re->flags != 0))
			return false;
	if (!w.changed && str_eq(text, re->pattern))
		return false;
	re->pattern = add_groups(&w, text);
	return true;
}
