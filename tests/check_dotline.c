/*
 * check_dotline: DATA read and written (RFC 5321 4.5.2).
 *
 * The reader is compared with a second one, which has the whole input and
 * searches it for the end: for every short input over the octets that matter,
 * and for long lines with each trouble at each offset.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/dotline.h"
#include "postern/strbuf.h"

#include "check_mail.h"

struct outcome {
	struct strbuf content;
	struct dotline d;
	size_t taken;
	size_t room;   /* octets that the sink takes */
	size_t pieces; /* calls of the sink */
};

/* ck_assert writes to a file even when all is well; too slow for loops. */
static void
hold(bool holds, const char *otherwise)
{
	if (!holds)
		ck_abort_msg("%s", otherwise);
}

static bool
collect(void *context, struct str octets)
{
	struct outcome *o = context;

	hold(octets.len > 0, "an empty piece");
	strbuf_add(&o->content, octets);
	o->pieces++;
	return o->content.len <= o->room;
}

static void
outcome_init(struct outcome *o)
{
	strbuf_init(&o->content);
	dotline_init(&o->d);
	o->taken = 0;
	o->room = SIZE_MAX;
	o->pieces = 0;
}

static void
feed(struct outcome *o, struct str in)
{
	bool stopped;
	size_t taken = dotline_read(&o->d, in, collect, o, &stopped);

	hold(!stopped, "stopped by itself");
	hold(taken == in.len || o->d.done, "octets left");
	o->taken += taken;
}

/* --- the second reader --- */

/* Octets of the message with its end, 0 when there is no end. */
static size_t
model_end(struct str in)
{
	size_t end;

	if (str_starts(in, ".\r\n"))
		return 3;
	end = str_find_str(in, str_c("\r\n.\r\n"));
	return end < in.len ? end + 5 : 0;
}

static bool
model_is_line_start(struct str in, size_t i)
{
	return i == 0 || (i >= 2 && memcmp(in.data + i - 2, "\r\n", 2) == 0);
}

/* Fills o as if all of `in` had been read; its last octets may be a dot or
 * dot CR at a line start, which are not yet known. */
static void
model_read(struct str in, struct outcome *o)
{
	size_t end = model_end(in), content, i;

	outcome_init(o);
	o->d.done = end > 0;
	o->taken = end ? end : in.len;
	content = end ? end - 3 : in.len;
	if (!end && str_ends(in, ".\r") && model_is_line_start(in, in.len - 2))
		content--;
	for (i = 0; i < content; i++) {
		if (in.data[i] == '.' && model_is_line_start(in, i))
			continue;
		strbuf_putc(&o->content, in.data[i]);
		o->d.nul += in.data[i] == '\0';
		o->d.bare_cr += in.data[i] == '\r' && i + 1 < in.len &&
		    in.data[i + 1] != '\n';
		o->d.bare_lf +=
		    in.data[i] == '\n' && (i == 0 || in.data[i - 1] != '\r');
	}
	o->d.size = o->content.len;
}

static bool
outcome_eq(const struct outcome *a, const struct outcome *b)
{
	return str_eq(strbuf_str(&a->content), strbuf_str(&b->content)) &&
	    a->taken == b->taken && a->d.done == b->d.done &&
	    a->d.size == b->d.size && a->d.bare_cr == b->d.bare_cr &&
	    a->d.bare_lf == b->d.bare_lf && a->d.nul == b->d.nul;
}

static void
compare(const struct outcome *got, const struct outcome *want, struct str in,
    const char *how)
{
	char shown[1024];
	size_t i;

	if (outcome_eq(got, want))
		return;
	for (i = 0; i < in.len && i < sizeof(shown) - 1; i++)
		shown[i] = in.data[i] == '\r' ? 'R' :
		    in.data[i] == '\n'        ? 'N' :
		    in.data[i] == '\0'        ? '0' :
						in.data[i];
	shown[i] = '\0';
	ck_abort_msg("%s differs: %s (taken %zu, want %zu; size %zu, want %zu)",
	    how, shown, got->taken, want->taken, (size_t)got->d.size,
	    (size_t)want->d.size);
}

static void
check_split(struct str in, size_t at, const struct outcome *want)
{
	struct outcome o;

	outcome_init(&o);
	feed(&o, str_head(in, at));
	feed(&o, str_from(in, at));
	compare(&o, want, in, "split");
	strbuf_clear(&o.content);
}

static void
check_octets(struct str in, const struct outcome *want)
{
	struct outcome o;
	size_t i;

	outcome_init(&o);
	for (i = 0; i < in.len; i++)
		feed(&o, str_of(in.data + i, 1));
	compare(&o, want, in, "byte by byte");
	strbuf_clear(&o.content);
}

static void
check_all_ways(struct str in, size_t split_step)
{
	struct outcome want;
	size_t at;

	model_read(in, &want);
	for (at = 0; at <= in.len; at += split_step)
		check_split(in, at, &want);
	check_octets(in, &want);
	strbuf_clear(&want.content);
}

START_TEST(test_every_short_input)
{
	static const char alphabet[] = {'\r', '\n', '.', 'a', '\0'};
	size_t count = 1, digits, length, n, i;
	struct str in;

	for (length = 0; length <= 7; length++, count *= 5) {
		in = exact(str_of("aaaaaaa", length));
		for (n = 0; n < count; n++) {
			digits = n;
			for (i = 0; i < length; i++, digits /= 5)
				((char *)in.data)[i] = alphabet[digits % 5];
			check_all_ways(in, 1);
		}
		free((void *)in.data);
	}
}
END_TEST

static const struct str troubles[] = {
    {"\r\n.\r\n", 5},
    {"\r\n..\r\n", 6},
    {"\r\n.a\r\n", 6},
    {"\r\n.\r\r\n", 6},
    {"\r\n.\n", 4},
    {"\n.\n", 3},
    {"\n.\r\n", 4},
    {"\r.\r\n", 4},
    {"\r\n.\r", 4},
    {"\r\n\0.\r\n", 6},
    {"\r\r\n.\r\n", 6},
    {"\r\n\n.\r\n", 6},
    {"\0", 1},
    {"\r", 1},
    {"\n", 1},
    {"\n\r", 2},
    {"\r\n", 2},
    {"\r\n.", 3},
    {"\r\n\r\n", 4},
};

/* The trouble at each offset of a long text, also right at its end. */
static void
check_trouble(struct str trouble, const char *text, size_t size)
{
	struct strbuf in;
	struct str copy;
	size_t at;

	strbuf_init(&in);
	for (at = 0; at <= size; at++) {
		strbuf_reset(&in);
		strbuf_add(&in, str_of(text, at));
		strbuf_add(&in, trouble);
		strbuf_add(&in, str_of(text + at, size - at));
		copy = exact(strbuf_str(&in));
		check_all_ways(copy, 7);
		free((void *)copy.data);
	}
	strbuf_clear(&in);
}

START_TEST(test_troubles_in_long_text)
{
	char plain[200], lines[200];
	size_t i;

	memset(plain, 'x', sizeof(plain));
	memset(lines, '.', sizeof(lines));
	for (i = 10; i + 1 < sizeof(lines); i += 23)
		memcpy(lines + i, "\r\n", 2);
	check_trouble(troubles[_i], plain, sizeof(plain));
	check_trouble(troubles[_i], lines, sizeof(lines));
}
END_TEST

struct end_case {
	const char *in;
	const char *content; /* NULL: no end */
	const char *rest;
};

static const struct end_case ends[] = {
    {".\r\n", "", ""},
    {".\r\nQUIT\r\n", "", "QUIT\r\n"},
    {"a\r\n.\r\n", "a\r\n", ""},
    {"a\r\n.\r\n.\r\n", "a\r\n", ".\r\n"},
    {"..\r\n.\r\n", ".\r\n", ""},
    {"...\r\n.\r\n", "..\r\n", ""},
    {".a\r\n.\r\n", "a\r\n", ""},
    {"a.\r\n.\r\n", "a.\r\n", ""},
    {"\r\n.\r\n", "\r\n", ""},
    {"\r\r\n.\r\n", "\r\r\n", ""},
    {".\r\r\n.\r\n", "\r\r\n", ""},
    {"a\n.\n", NULL, ""},
    {"a\n.\r\n", NULL, ""},
    {"a\r\n.\n", NULL, ""},
    {"a\r.\r\n", NULL, ""},
    {"a\r\n.\r", NULL, ""},
    {"a\r\n.", NULL, ""},
    {"a\r\n.\r\r\n", NULL, ""},
    {"a.\r\n", NULL, ""},
};

START_TEST(test_ends)
{
	const struct end_case *c = &ends[_i];
	struct str in = exact(str_c(c->in));
	struct outcome o;

	outcome_init(&o);
	feed(&o, in);
	ck_assert_msg(o.d.done == (c->content != NULL), "%s", c->in);
	if (c->content)
		expect(c->in, strbuf_str(&o.content), str_c(c->content));
	expect(c->in, str_from(in, o.taken), str_c(c->rest));
	check_all_ways(in, 1);
	strbuf_clear(&o.content);
	free((void *)in.data);
}
END_TEST

START_TEST(test_cleanness)
{
	struct outcome o;

	outcome_init(&o);
	feed(&o, str_c("a\r\n..\r\n"));
	ck_assert(dotline_is_clean(&o.d));
	feed(&o, str_c("b\r"));
	ck_assert(dotline_is_clean(&o.d));
	feed(&o, str_c("c\nd"));
	feed(&o, str_of("\0", 1));
	ck_assert(!dotline_is_clean(&o.d));
	ck_assert_uint_eq(o.d.bare_cr, 1);
	ck_assert_uint_eq(o.d.bare_lf, 1);
	ck_assert_uint_eq(o.d.nul, 1);
	strbuf_clear(&o.content);
}
END_TEST

/* A sink that says no loses nothing: reading goes on where it stopped. */
START_TEST(test_stopping)
{
	struct str in = str_c("a\r\n.b\r\n.\rc\r\n..d\r\n.\r\nRSET\r\n");
	struct outcome o;
	bool stopped;
	size_t taken, stops = 0;

	outcome_init(&o);
	o.room = 0;
	while (!o.d.done) {
		taken = dotline_read(&o.d, in, collect, &o, &stopped);
		in = str_from(in, taken);
		stops += stopped;
		ck_assert(stopped || o.d.done);
	}
	ck_assert_uint_eq(stops, o.pieces);
	expect("all", strbuf_str(&o.content), str_c("a\r\nb\r\n\rc\r\n.d\r\n"));
	expect("rest", in, str_c("RSET\r\n"));
	strbuf_clear(&o.content);
}
END_TEST

/* A plain message comes in one piece for each segment, dots or not. */
START_TEST(test_pieces_are_large)
{
	struct strbuf in;
	struct outcome o;
	int i;

	strbuf_init(&in);
	for (i = 0; i < 1000; i++)
		strbuf_puts(&in, "a line of text. And another. \r\n");
	outcome_init(&o);
	feed(&o, strbuf_str(&in));
	ck_assert_uint_eq(o.pieces, 1);
	strbuf_clear(&o.content);
	strbuf_clear(&in);
}
END_TEST

/* --- the writer --- */

static void
write_all(struct str content, size_t chunk, struct strbuf *out, size_t *pieces)
{
	struct str rest, piece;
	bool start = true, dot;

	*pieces = 0;
	while (content.len > 0) {
		rest = str_head(content, chunk);
		content = str_from(content, chunk);
		while (dotline_cut(&rest, &start, &dot, &piece)) {
			if (dot)
				strbuf_putc(out, '.');
			strbuf_add(out, piece);
			++*pieces;
		}
	}
	strbuf_puts(out, dotline_end(start));
}

static const char *const contents[] = {
    "",
    "\r\n",
    ".\r\n",
    "..\r\n",
    "a\r\n",
    "a\r\n.\r\n",
    ".\r\n.\r\n.\r\n",
    "a.\r\n.b\r\n\r\n..c\r\n",
    "a\r\n\r\n.\r\nQUIT\r\n",
};

START_TEST(test_round_trip)
{
	struct str content = exact(str_c(contents[_i]));
	struct strbuf out;
	struct outcome o;
	size_t chunk, pieces;

	for (chunk = 1; chunk <= content.len + 1; chunk++) {
		strbuf_init(&out);
		outcome_init(&o);
		write_all(content, chunk, &out, &pieces);
		feed(&o, strbuf_str(&out));
		ck_assert(o.d.done);
		ck_assert_uint_eq(o.taken, out.len);
		expect("content", strbuf_str(&o.content), content);
		strbuf_clear(&o.content);
		strbuf_clear(&out);
	}
	free((void *)content.data);
}
END_TEST

struct write_case {
	const char *content;
	const char *wire;
	size_t pieces;
};

static const struct write_case writes[] = {
    {"", ".\r\n", 0},
    {"a", "a\r\n.\r\n", 1},
    {".a", "..a\r\n.\r\n", 1},
    {"a\r\nb.\r\n.c\r\nd\r\n", "a\r\nb.\r\n..c\r\nd\r\n.\r\n", 2},
    {"a\n.\nb\r\n", "a\n..\nb\r\n.\r\n", 2},
};

START_TEST(test_writes)
{
	const struct write_case *c = &writes[_i];
	struct strbuf out;
	size_t pieces;

	strbuf_init(&out);
	write_all(str_c(c->content), SIZE_MAX, &out, &pieces);
	expect(c->content, strbuf_str(&out), str_c(c->wire));
	ck_assert_uint_eq(pieces, c->pieces);
	strbuf_clear(&out);
}
END_TEST

Suite *
dotline_suite(void)
{
	Suite *suite = suite_create("dotline");
	TCase *tcase = tcase_create("dotline");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, test_every_short_input);
	tcase_add_loop_test(tcase, test_troubles_in_long_text, 0,
	    sizeof(troubles) / sizeof(*troubles));
	tcase_add_loop_test(tcase, test_ends, 0, sizeof(ends) / sizeof(*ends));
	tcase_add_test(tcase, test_cleanness);
	tcase_add_test(tcase, test_stopping);
	tcase_add_test(tcase, test_pieces_are_large);
	tcase_add_loop_test(
	    tcase, test_round_trip, 0, sizeof(contents) / sizeof(*contents));
	tcase_add_loop_test(
	    tcase, test_writes, 0, sizeof(writes) / sizeof(*writes));
	suite_add_tcase(suite, tcase);
	return suite;
}
