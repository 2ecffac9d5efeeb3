/*
 * check_stream: lines, bodies and spans through a stream.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "postern/stream.h"

#include "check_run.h"

#define TEN "0123456789"

enum { LINE_MAX_HERE = 10, BODY = 1000000 };

static int pair[2];

static void
open_pair(int type)
{
	ck_assert_int_eq(socketpair(AF_UNIX, type, 0, pair), 0);
}

/* What stream_read_line should give; "!" and how the line began is
 * STREAM_LINE_TOO_LONG, and each result ends with "|". */
static const struct {
	const char *input;
	size_t len; /* 0: a C string */
	const char *results;
} lines[] = {
    {"", 0, ""},
    {"\n", 0, "|"},
    {"\r\n", 0, "\r|"},
    {"ab\r\n", 0, "ab\r|"},
    {"ab\ncd\r\n", 0, "ab|cd\r|"},
    {"a\rb\r\n", 0, "a\rb\r|"},
    {TEN "\r\n", 0, TEN "\r|"},
    {TEN "\n", 0, TEN "|"},
    {TEN "x\n", 0, "!0123|"},
    {TEN "x\r\n", 0, "!0123|"},
    {TEN "\r\r\n", 0, "!0123|"},
    {TEN "xy\r\n", 0, "!0123|"},
    {TEN "xyz\r\nab\r\n", 0, "!0123|ab\r|"},
    {TEN TEN TEN TEN TEN "\r\n\r\n" TEN "\r\n", 0, "!0123|\r|" TEN "\r|"},
    {TEN TEN "\r\n" TEN TEN "\r\n", 0, "!0123|!0123|"},
    {"ab", 0, ""},
    {"ab\r\ncd", 0, "ab\r|"},
    {TEN TEN TEN, 0, ""},
    {"a\0b\r\n", 5, "a\0b\r|"},
};

struct line_test {
	struct str input;
	size_t step; /* octets a turn */
	struct strbuf results;
	int last;
};

static void
reads_lines(void *arg)
{
	struct line_test *t = arg;
	struct stream *s = stream_new(pair[1]);
	struct str line;

	for (;;) {
		t->last =
		    stream_read_line(s, LINE_MAX_HERE, in_ms(5000), &line);
		if (t->last == STREAM_LINE_TOO_LONG)
			strbuf_putc(&t->results, '!');
		else if (t->last < 0)
			break;
		strbuf_add(&t->results, line);
		strbuf_putc(&t->results, '|');
	}
	stream_free(s);
}

static void
writes_slowly(void *arg)
{
	struct line_test *t = arg;
	struct str rest = t->input, piece;
	struct stream *s = stream_new(pair[0]);

	while (rest.len > 0) {
		piece = str_head(rest, t->step);
		rest = str_from(rest, piece.len);
		ck_assert_int_eq(stream_write(s, piece, in_ms(5000)), 0);
		ck_assert_int_eq(stream_flush(s, in_ms(5000)), 0);
		ck_assert_int_eq(coro_yield(), 0);
		ck_assert_int_eq(coro_yield(), 0);
	}
	stream_free(s);
}

START_TEST(line_table)
{
	static const size_t steps[] = {1, 2, 3, 7, 1000};
	struct str wanted = str_c(lines[_i].results);
	struct line_test t = {.input = str_c(lines[_i].input)};
	size_t i;

	if (lines[_i].len) {
		t.input.len = lines[_i].len;
		wanted.len = lines[_i].len;
	}
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		open_pair(SOCK_STREAM);
		t.step = steps[i];
		strbuf_init(&t.results);
		coro_start(test_loop(), reads_lines, &t);
		run(writes_slowly, &t);
		ck_assert_uint_eq(t.results.len, wanted.len);
		ck_assert_mem_eq(t.results.data, wanted.data, wanted.len);
		ck_assert_int_eq(t.last, -ECONNRESET);
		strbuf_clear(&t.results);
	}
}
END_TEST

static size_t
heap_used(void)
{
	return mallinfo2().uordblks;
}

static void
writes_endless_line(void *arg)
{
	static char block[50000];
	struct stream *s = stream_new(pair[0]);
	int i;

	(void)arg;
	memset(block, 'x', sizeof(block));
	for (i = 0; i < 200; i++)
		ck_assert_int_eq(
		    stream_write(s, str_of(block, sizeof(block)), in_ms(5000)),
		    0);
	stream_puts(s, "\r\nnext\r\n", in_ms(5000));
	stream_flush(s, in_ms(5000));
	stream_free(s);
}

static size_t most_heap;

static void
reads_endless_line(void *arg)
{
	struct stream *s = stream_new(pair[1]);
	struct str line;

	(void)arg;
	ck_assert_int_eq(stream_read_line(s, 1000, in_ms(20000), &line),
	    STREAM_LINE_TOO_LONG);
	ck_assert_uint_le(stream_pending(s).len, 70000);
	most_heap = heap_used();
	ck_assert_int_eq(stream_read_line(s, 1000, in_ms(5000), &line), 0);
	ck_assert(str_is(line, "next\r"));
	stream_free(s);
}

/* 10 MB without a line end are not held, and whoever sends them as fast as it
 * can is read at 64 KB in 20 ms at most. */
START_TEST(an_endless_line_takes_no_memory)
{
	size_t before = heap_used();
	int64_t begin = loop_now(test_loop());

	open_pair(SOCK_STREAM);
	coro_start(test_loop(), reads_endless_line, NULL);
	run(writes_endless_line, NULL);
	ck_assert_int_ge(loop_now(test_loop()) - begin, 10000000 / 65536 * 20);
	ck_assert_uint_lt(most_heap, before + 300000);
}
END_TEST

static void
answers_each_line(void *arg)
{
	struct stream *s = stream_new(pair[1]);
	struct str line;

	(void)arg;
	while (stream_read_line(s, 100, in_ms(5000), &line) == 0) {
		stream_owe(s, line);
		stream_owe(s, str_c("\n"));
	}
	stream_free(s);
}

/* Every send is a packet here: one for the whole burst, before the wait. */
START_TEST(a_burst_is_answered_at_once)
{
	char got[100];
	int i;

	open_pair(SOCK_SEQPACKET);
	coro_start(test_loop(), answers_each_line, NULL);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(send(pair[0], "a\nbc\ndef\ng", 10, 0), 10);
		loop_turn(test_loop(), 1000);
		loop_turn(test_loop(), 0);
		ck_assert_int_eq(
		    recv(pair[0], got, sizeof(got), 0), i == 0 ? 9 : 10);
		ck_assert_mem_eq(got, i == 0 ? "a\nbc\ndef\n" : "ga\nbc\ndef\n",
		    i == 0 ? 9 : 10);
		ck_assert_int_lt(
		    recv(pair[0], got, sizeof(got), MSG_DONTWAIT), 0);
	}
	close(pair[0]);
	run_all();
}
END_TEST

struct body_test {
	char *octets;
	unsigned seed;
	int spans;  /* of one write */
	int buffer; /* octets in the kernel, 0 for its own choice */
	size_t got;
};

static struct body_test
new_body(int round)
{
	struct body_test t = {.octets = malloc(BODY), .seed = (unsigned)round};
	size_t i;

	for (i = 0; i < BODY; i++)
		t.octets[i] = (char)(i * 7 % 251);
	t.spans = round == 0 ? 1 : 1500;
	t.buffer = round < 2 ? 0 : 2048;
	return t;
}

/* Owed octets first, then spans of every length, empty ones among them. */
static void
writes_body(void *arg)
{
	struct body_test *t = arg;
	struct stream *s = stream_new(pair[0]);
	struct iovec *iov = calloc((size_t)t->spans, sizeof(*iov));
	size_t at = 0, len;
	int i;

	if (t->buffer)
		setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &t->buffer,
		    sizeof(t->buffer));
	while (at < BODY) {
		len = (size_t)rand_r(&t->seed) % 3000;
		len = len < BODY - at ? len : BODY - at;
		stream_owe(s, str_of(t->octets + at, len));
		at += len;
		for (i = 0; i < t->spans; i++) {
			len = (size_t)rand_r(&t->seed) % 300;
			len = len < BODY - at ? len : BODY - at;
			iov[i] = (struct iovec) {t->octets + at, len};
			at += len;
		}
		ck_assert_int_eq(
		    stream_writev(s, iov, t->spans, in_ms(20000)), 0);
	}
	stream_free(s);
	free(iov);
}

/* Now a line's worth, now whatever there is. */
static void
reads_body(void *arg)
{
	struct body_test *t = arg;
	struct stream *s = stream_new(pair[1]);
	struct str octets;
	int result;

	for (;;) {
		result = stream_fill(s, in_ms(20000), &octets);
		if (result < 0)
			break;
		ck_assert_uint_gt(octets.len, 0);
		ck_assert_uint_le(octets.len, 65536);
		ck_assert_uint_le(t->got + octets.len, BODY);
		ck_assert_mem_eq(octets.data, t->octets + t->got, octets.len);
		if (rand_r(&t->seed) % 2)
			octets.len = octets.len / 2 + 1;
		stream_take(s, octets.len);
		t->got += octets.len;
	}
	ck_assert_int_eq(result, -ECONNRESET);
	stream_free(s);
}

START_TEST(a_body_arrives_whole)
{
	struct body_test t = new_body(_i), reader;

	reader = t;
	open_pair(SOCK_STREAM);
	coro_start(test_loop(), reads_body, &reader);
	run(writes_body, &t);
	ck_assert_uint_eq(reader.got, BODY);
	free(t.octets);
}
END_TEST

/* What a line read left behind belongs to the body, and the other way. */
static void
mixes(void *arg)
{
	struct stream *s = stream_new(pair[1]);
	struct str octets;

	(void)arg;
	ck_assert_int_eq(stream_pending(s).len, 0);
	ck_assert_int_eq(stream_read_line(s, 100, in_ms(5000), &octets), 0);
	ck_assert(str_is(octets, "DATA\r"));
	ck_assert(str_is(stream_pending(s), "body\r\n.\r\nQUIT\r\n"));
	ck_assert_int_eq(stream_fill(s, in_ms(5000), &octets), 0);
	ck_assert(str_is(octets, "body\r\n.\r\nQUIT\r\n"));
	stream_take(s, 9);
	ck_assert_int_eq(stream_read_line(s, 100, in_ms(5000), &octets), 0);
	ck_assert(str_is(octets, "QUIT\r"));
	ck_assert_int_eq(stream_fill(s, in_ms(20), &octets), -ETIMEDOUT);
	ck_assert_uint_eq(octets.len, 0);
	stream_free(s);
}

START_TEST(lines_and_bodies_mix)
{
	open_pair(SOCK_STREAM);
	ck_assert_int_eq(
	    write(pair[0], "DATA\r\nbody\r\n.\r\nQUIT\r\n", 21), 21);
	run(mixes, NULL);
	close(pair[0]);
}
END_TEST

static void
owes_without_end(void *arg)
{
	static char block[100000];
	struct stream *s = stream_new(pair[0]);

	(void)arg;
	stream_owe(s, str_of(block, sizeof(block)));
	stream_owe(s, str_of(block, sizeof(block)));
	ck_assert_int_eq(stream_puts(s, "x", in_ms(5000)), 0);
	stream_free(s);
}

static void
counts_octets(void *arg)
{
	struct stream *s = stream_new(pair[1]);
	struct str octets;

	while (stream_fill(s, in_ms(5000), &octets) == 0) {
		*(size_t *)arg += octets.len;
		stream_take(s, octets.len);
	}
	stream_free(s);
}

/* Owing never waits; the next write that finds too much sends it all. */
START_TEST(owed_octets_have_no_bound)
{
	size_t count = 0;

	open_pair(SOCK_STREAM);
	coro_start(test_loop(), counts_octets, &count);
	run(owes_without_end, NULL);
	ck_assert_uint_eq(count, 200001);
}
END_TEST

static int turns;
static bool reading;

static void
counts_turns(void *arg)
{
	(void)arg;
	while (reading) {
		turns++;
		coro_yield();
	}
}

static void
reads_all_there_is(void *arg)
{
	struct stream *s = stream_new(pair[1]);
	size_t *count = arg;
	struct str octets;

	while (stream_fill(s, in_ms(5000), &octets) == 0) {
		*count += octets.len;
		stream_take(s, octets.len);
	}
	reading = false;
	stream_free(s);
}

/* A socket that is never empty does not keep the loop to itself. */
START_TEST(a_full_socket_leaves_turns_to_others)
{
	static char block[150000];
	size_t sent = 0, count = 0;
	int size = 1 << 20;
	ssize_t put;

	open_pair(SOCK_STREAM);
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	while ((put = send(pair[0], block, sizeof(block), MSG_DONTWAIT)) > 0)
		sent += (size_t)put;
	ck_assert_uint_gt(sent, 200000);
	close(pair[0]);
	reading = true;
	turns = 0;
	coro_start(test_loop(), counts_turns, NULL);
	run(reads_all_there_is, &count);
	ck_assert_uint_eq(count, sent);
	ck_assert_uint_ge((size_t)turns, sent / 65536);
}
END_TEST

static void
fills_late(void *arg)
{
	struct stream *s = stream_new(pair[1]);
	int64_t deadline = in_ms(30);
	struct str octets;
	int result;

	(void)arg;
	do {
		result = stream_fill(s, deadline, &octets);
		stream_take(s, octets.len);
		usleep(2000);
	} while (result == 0);
	ck_assert_int_eq(result, -ETIMEDOUT);
	stream_free(s);
}

static void
writes_for_ever(void *arg)
{
	static char block[60000];
	struct stream *s = stream_new(pair[0]);

	(void)arg;
	while (stream_write(s, str_of(block, sizeof(block)), in_ms(5000)) >= 0)
		;
	stream_free(s);
}

/* The deadline holds although there is always something to read. */
START_TEST(a_busy_peer_does_not_move_the_deadline)
{
	open_pair(SOCK_STREAM);
	coro_start(test_loop(), writes_for_ever, NULL);
	run(fills_late, NULL);
}
END_TEST

TCase *
run_stream_case(void)
{
	TCase *tc = case_with_loop("stream");

	tcase_add_loop_test(
	    tc, line_table, 0, sizeof(lines) / sizeof(lines[0]));
	tcase_add_test(tc, an_endless_line_takes_no_memory);
	tcase_add_test(tc, a_burst_is_answered_at_once);
	tcase_add_loop_test(tc, a_body_arrives_whole, 0, 3);
	tcase_add_test(tc, lines_and_bodies_mix);
	tcase_add_test(tc, owed_octets_have_no_bound);
	tcase_add_test(tc, a_full_socket_leaves_turns_to_others);
	tcase_add_test(tc, a_busy_peer_does_not_move_the_deadline);
	return tc;
}
