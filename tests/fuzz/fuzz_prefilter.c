/*
 * fuzz_prefilter: what the prefilter says of regexes and words is true.
 *
 * automaton: words, one a line, an empty line, and a text; its first octet
 * says where the text is cut.  marks: an octet for the flags, a regex up to
 * the end of the line, and a text: no match may be hidden.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "filters/rules/match/hunt.h"
#include "filters/rules/match/literal.h"
#include "filters/rules/regex/regex.h"
#include "fuzz.h"

enum {
	WORDS_MAX = 32,
	MATCHES_MAX = 8,
	LIMIT = 20000,     /* of PCRE2, steps */
	HEAP = 1024 * 1024 /* octets */
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static bool
stands(struct str word, struct str text, size_t at)
{
	size_t i;

	if (at > text.len || text.len - at < word.len)
		return false;
	for (i = 0; i < word.len; i++)
		if (ascii_lower(text.data[at + i]) != ascii_lower(word.data[i]))
			return false;
	return true;
}

/* Its own block, so that a sanitizer sees a read beyond. */
static struct str
copy(struct str text)
{
	char *own = malloc(text.len + 1);

	must(own != NULL);
	if (text.len > 0)
		memcpy(own, text.data, text.len);
	return str_of(own, text.len);
}

struct finds {
	const struct str *words;
	struct str text;
	size_t offset; /* of the piece */
	size_t count;
};

static void
on_word(void *context, size_t word, size_t end)
{
	struct finds *finds = context;
	size_t len = finds->words[word].len;

	end += finds->offset;
	must(end >= len && end <= finds->text.len);
	must(stands(finds->words[word], finds->text, end - len));
	finds->count++;
}

/* All that is told stands there; as many are told as stand there. */
static void
compare(const struct str *words, size_t count, struct str text, size_t cut)
{
	struct ahocorasick *ac = ahocorasick_new(words, count);
	struct finds finds = {.words = words, .text = text};
	size_t i, at, expected = 0;
	uint32_t state = 0;

	for (i = 0; i < count; i++)
		for (at = 0; at < text.len; at++)
			expected += stands(words[i], text, at);
	ahocorasick_run(ac, &state, str_head(text, cut), on_word, &finds);
	finds.offset = cut;
	ahocorasick_run(ac, &state, str_from(text, cut), on_word, &finds);
	must(finds.count == expected);
	ahocorasick_free(ac);
}

static void
run_automaton(struct str input)
{
	struct str words[WORDS_MAX], line, text;
	size_t count = 0, cut;

	while (count < WORDS_MAX && str_cut_line(&input, &line) && line.len > 0)
		words[count++] = line;
	if (count == 0)
		return;
	cut = input.len > 0 ? (unsigned char)input.data[0] : 0;
	text = copy(input);
	compare(words, count, text, cut < text.len ? cut : text.len);
	free((char *)text.data);
}

/* A regex and what is claimed of the texts that it matches. */
struct claims {
	struct arena *arena;
	struct regex *regex;
	struct matcher *matcher;
	const struct node *tree;
	struct literals literals;
	struct nfa *nfa; /* NULL: has no part */
	struct lazydfa *dfa;
	struct lazydfa *gate; /* NULL: may start anywhere */
	bool moves;           /* \K: a match begins elsewhere than it says */

	/* A plan of this regex alone: by words, and by parts. */
	struct probe probe;
	struct clue clues[LITERALS_MAX];
	struct str words[LITERALS_MAX];
	struct group by_words, by_parts;
};

static void
claim_words(struct claims *c)
{
	const struct literal *one = c->literals.at;
	size_t i;

	for (i = 0; i < c->literals.count; i++, one++) {
		must(one->len > 0 && one->len <= LITERAL_LEN_MAX);
		must(one->before_min <= one->before_max);
		c->clues[i] = (struct clue) {
		    0, one->len, one->before_min, one->before_max};
		c->words[i] = str_of((const char *)one->octets, one->len);
	}
	c->by_words = (struct group) {
	    .probes = &c->probe,
	    .count = 1,
	    .words = ahocorasick_new(c->words, c->literals.count),
	    .clues = c->clues,
	};
}

static void
claim_parts(struct claims *c)
{
	c->nfa = nfa_finish(c->nfa, c->arena);
	c->dfa = lazydfa_new(c->nfa);
	c->by_parts = (struct group) {
	    .probes = &c->probe,
	    .count = 1,
	    .nfas = &c->nfa,
	    .nfa_count = 1,
	};
}

static void
claim_start(struct claims *c)
{
	struct nfa *whole = nfa_new(c->arena, true);

	if (!nfa_add_whole(whole, c->tree))
		return;
	c->gate = lazydfa_new(nfa_finish(whole, c->arena));
}

static bool
claim(struct claims *c)
{
	c->tree = regex_tree(
	    regex_pattern(c->regex), regex_flags(c->regex), c->arena);
	if (!c->tree)
		return false;
	must(c->tree->shortest <= c->tree->longest);
	literals_find(c->tree, &c->literals);
	if (c->literals.count > 0)
		claim_words(c);
	/* Both kinds: which one, the length says. */
	c->nfa = nfa_new(c->arena, regex_pattern(c->regex).len % 2 == 0);
	if (nfa_add(c->nfa, c->tree, 0, 1000000))
		claim_parts(c);
	else
		c->nfa = NULL;
	claim_start(c);
	c->matcher = matcher_new(LIMIT, HEAP);
	return true;
}

static bool
match(const struct claims *c, struct search *s)
{
	return regex_match(c->regex, c->matcher, s, NULL, NULL) == MATCH_YES;
}

/* What the prefilter leaves to be tried has the match, too. */
static void
check_mark(
    const struct claims *c, const struct mark *mark, const struct search *found)
{
	struct search s = *found;

	must(mark->set);
	if (s.first < mark->first)
		s.first = mark->first;
	s.last = mark->last;
	must(s.first <= s.last && match(c, &s));
	must(s.from == found->from && s.to == found->to);
}

/* One of the literals stands in the match, where it is said to. */
static void
check_literals(const struct claims *c, const struct search *found)
{
	struct str matched = str_head(found->subject, found->to);
	const struct literal *one;
	size_t i, at;

	for (i = 0; i < c->literals.count; i++) {
		one = &c->literals.at[i];
		at = found->from + one->before_min;
		for (; at <= matched.len && at - found->from <= one->before_max;
		     at++)
			if (stands(c->words[i], matched, at))
				return;
	}
	abort();
}

struct parts {
	const struct claims *claims;
	const struct search *found;
	size_t ends; /* in the match */
	size_t last;
	unsigned least;
	bool begins; /* one of them says that the match begins there */
};

static void
on_part(void *context, size_t which, size_t index, size_t end)
{
	struct parts *parts = context;
	const struct nfa_part *part = &parts->claims->nfa->parts[index];
	size_t from = parts->found->from;

	must(which == 0 && index < parts->claims->nfa->part_count);
	must(end >= parts->last && end <= parts->found->subject.len);
	if (end <= from || end > parts->found->to)
		return;
	if (parts->ends == 0 || part->least < parts->least)
		parts->least = part->least;
	parts->ends += end != parts->last;
	parts->last = end;
	parts->begins |= end - from >= part->reach_min &&
	    (part->reach_max >= REGEX_UNLIMITED ||
		end - from <= part->reach_max);
}

static void
check_parts(const struct claims *c, const struct search *found)
{
	struct parts parts = {.claims = c, .found = found};

	if (lazydfa_run(&c->dfa, 1, found->subject, on_part, &parts))
		return; /* given up: nothing is claimed */
	must(parts.begins && parts.ends >= parts.least);
}

static void
check_stretch(const struct claims *c, const struct search *found)
{
	struct stretch stretch;

	stretch_find(c->tree, &stretch);
	must(stretch.least == 0 ||
	    stretch_start(&stretch, found->subject, 0) <= found->from);
	must(stretch.least == 0 ||
	    stretch_start(&stretch, found->subject, found->from) ==
		found->from);
}

static void
check_start(const struct claims *c, const struct search *found)
{
	size_t misses = 0;

	must(lazydfa_start(c->gate, found->subject, found->from, found->from,
		 &misses) == found->from);
}

static void
check_match(const struct claims *c, const struct mark *by_words,
    const struct mark *by_parts, const struct search *found)
{
	size_t len = found->to - found->from;

	must(found->subject.len >= c->tree->shortest);
	if (c->literals.count > 0)
		check_mark(c, by_words, found);
	if (c->nfa)
		check_mark(c, by_parts, found);
	if (c->moves)
		return;
	if (c->gate)
		check_start(c, found);
	check_stretch(c, found);
	must(len >= c->tree->shortest);
	must(c->tree->longest >= REGEX_UNLIMITED || len <= c->tree->longest);
	if (c->literals.count > 0)
		check_literals(c, found);
	if (c->nfa)
		check_parts(c, found);
}

static void
hunt(struct claims *c, const struct group *group, struct str text,
    struct mark *mark)
{
	uint32_t marked[1];
	bool through = false;
	struct hunt hunt = {
	    .group = group,
	    .dfas = &c->dfa,
	    .through = &through,
	    .marks = mark,
	    .marked = marked,
	};

	hunt_text(&hunt, text, false, NULL, NULL);
	must(hunt.marked_count == mark->set);
}

static void
check_text(struct claims *c, struct str text)
{
	struct mark by_words = {0}, by_parts = {0};
	struct search s = {.subject = text, .last = text.len};
	int i;

	hunt(c, &c->by_words, text, &by_words);
	hunt(c, &c->by_parts, text, &by_parts);
	for (i = 0; i < MATCHES_MAX && s.first <= s.last && match(c, &s); i++) {
		check_match(c, &by_words, &by_parts, &s);
		s.first = s.to > s.first ? s.to : s.first + 1;
	}
}

static void
run_marks(struct str input)
{
	struct perlre re = {.flags = 0};
	struct claims c = {.arena = arena_new()};
	struct error error;
	struct str text;

	if (str_cut_line(&input, &re.pattern) && re.pattern.len > 0) {
		re.flags = (unsigned char)re.pattern.data[0] & 63;
		re.pattern = str_from(re.pattern, 1);
		c.moves =
		    str_find_str(re.pattern, str_c("\\K")) < re.pattern.len;
		perlre_translate(&re, c.arena);
		c.regex = regex_compile(&re, &error);
	}
	text = copy(input);
	if (c.regex && claim(&c))
		check_text(&c, text);
	free((char *)text.data);
	ahocorasick_free(c.by_words.words);
	lazydfa_free(c.dfa);
	lazydfa_free(c.gate);
	matcher_free(c.matcher);
	regex_free(c.regex);
	arena_free(c.arena);
}

const struct fuzz_target fuzz_targets[] = {
    {"automaton", run_automaton},
    {"marks", run_marks},
    {NULL, NULL},
};
