/*
 * check_message: fields laid over a mail (RFC 5322 2.2, 4.5).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/message.h"
#include "postern/strbuf.h"

#include "check_mime.h"

/* "name=value;" for each field, "|", the body. */
struct message_case {
	const char *label;
	const char *mail;
	const char *want;
};

static const struct message_case messages[] = {
    {"empty", "", "|"},
    {"only the empty line", "\r\n", "|"},
    {"no header", "\r\nbody", "|body"},
    {"one field", "A: b\r\n\r\nc", "A= b;|c"},
    {"no body", "A: b\r\n", "A= b;|"},
    {"no line end", "A: b", "A= b;|"},
    {"only CR", "A: b\r", "A= b;|"},
    {"no value", "A:\r\nB:", "A=;B=;|"},
    {"folded", "A: b\r\n c\r\n\td\r\n\r\nx", "A= b\r\n c\r\n\td;|x"},
    {"folded with blanks only", "A: b\r\n  \r\n c\r\n\r\nx",
	"A= b\r\n  \r\n c;|x"},
    {"starts folded", " A: b\r\n\r\nc", "| A: b\r\n\r\nc"},
    {"space before colon", "Subject : x\r\n\r\n", "Subject= x;|"},
    {"tabs before colon", "A\t \t:x\r\n\r\n", "A=x;|"},
    {"space in name", "A: 1\r\nB c: 2\r\n\r\nx", "A= 1;|B c: 2\r\n\r\nx"},
    {"no colon", "A: 1\r\nno colon\r\nB: 2\r\n", "A= 1;|no colon\r\nB: 2\r\n"},
    {"name only at the end", "A: 1\r\nB", "A= 1;|B"},
    {"name and blanks at the end", "A: 1\r\nB  ", "A= 1;|B  "},
    {"empty name", ": x\r\n\r\ny", "|: x\r\n\r\ny"},
    {"8-bit name", "\xc3\xa4: x\r\n\r\n", "|\xc3\xa4: x\r\n\r\n"},
    {"control in name", "A\x01: x\r\n", "|A\x01: x\r\n"},
    {"DEL in name", "A\x7f: x\r\n", "|A\x7f: x\r\n"},
    {"odd name", "!#$%&'*+-/=?^_`{|}~\"()<>@,;[]\\: x\r\n\r\n",
	"!#$%&'*+-/=?^_`{|}~\"()<>@,;[]\\= x;|"},
    {"8-bit value", "A: \xff\xfe\r\n\r\n", "A= \xff\xfe;|"},
    {"colon in value", "A: b: c\r\n\r\n", "A= b: c;|"},
    {"bare LF", "A: b\nB: c\n\nbody\n", "A= b;B= c;|body\n"},
    {"bare LF, folded", "A: b\n c\r\nB: d\r\n\nx", "A= b\n c;B= d;|x"},
    {"bare CR", "A: b\rB: c\r\n\r\nx", "A= b\rB: c;|x"},
    {"CR CR LF", "A: b\r\n\r\r\nx", "A= b;|\r\r\nx"},
    {"many empty lines", "A: b\r\n\r\n\r\nx", "A= b;|\r\nx"},
    {"mailbox line", "From a@b Mon\r\nA: b\r\n\r\nc", "A= b;|c"},
    {"quoted mailbox line", ">From a@b 10:20:30\r\nA: b\r\n\r\nc", "A= b;|c"},
    {"field called From", "From : b\r\n\r\nc", "From= b;|c"},
    {"two mailbox lines", "From a\r\nFrom b\r\nA: b\r\n",
	"|From a\r\nFrom b\r\nA: b\r\n"},
    {"a letter's first words", "From here on\r\nall is well\r\n",
	"|From here on\r\nall is well\r\n"},
};

static struct strbuf
message_dump(const struct message *m)
{
	struct strbuf out;
	size_t i;

	strbuf_init(&out);
	for (i = 0; i < m->field_count; i++) {
		strbuf_add(&out, m->fields[i].name);
		strbuf_putc(&out, '=');
		strbuf_add(&out, m->fields[i].value);
		strbuf_putc(&out, ';');
	}
	strbuf_putc(&out, '|');
	strbuf_add(&out, m->body);
	return out;
}

/* The raw spans are the head, one behind the other. */
static void
expect_tiles(const char *label, const struct message *m)
{
	const char *at = m->head.data;
	bool tiles = true;
	size_t i;

	/* One assertion: Check writes down each that holds. */
	for (i = 0; i < m->field_count; i++) {
		tiles &= m->fields[i].raw.data == at;
		at += m->fields[i].raw.len;
	}
	ck_assert_msg(tiles && at == m->head.data + m->head.len, "%s", label);
	ck_assert_msg(
	    m->body.data + m->body.len == m->bytes.data + m->bytes.len, "%s",
	    label);
}

START_TEST(test_messages)
{
	const struct message_case *c = &messages[_i];
	struct str bytes = exact(str_c(c->mail));
	struct arena *arena = arena_new();
	struct strbuf dump;
	struct message m;

	message_parse(bytes, arena, &m);
	expect_tiles(c->label, &m);
	dump = message_dump(&m);
	expect(c->label, strbuf_str(&dump), str_c(c->want));
	strbuf_clear(&dump);
	arena_free(arena);
	free((void *)bytes.data);
}
END_TEST

/* A mail may end anywhere. */
START_TEST(test_beginnings)
{
	const struct message_case *c = &messages[_i];
	struct arena *arena = arena_new();
	struct message m;
	struct str bytes;
	size_t len;

	for (len = 0; len <= strlen(c->mail); len++) {
		bytes = exact(str_of(c->mail, len));
		message_parse(bytes, arena, &m);
		expect_tiles(c->label, &m);
		free((void *)bytes.data);
	}
	arena_free(arena);
}
END_TEST

START_TEST(test_nul)
{
	struct arena *arena = arena_new();
	struct message m;

	message_parse(str_of("A: \0b\r\nC\0: d\r\n\r\n", 16), arena, &m);
	ck_assert_uint_eq(m.field_count, 1);
	expect("value", m.fields[0].value, str_of(" \0b", 3));
	expect("body", m.body, str_of("C\0: d\r\n\r\n", 9));
	arena_free(arena);
}
END_TEST

START_TEST(test_find)
{
	struct arena *arena = arena_new();
	struct message m;

	message_parse(str_c("A: 1\r\nb: 2\r\na : 3\r\nAB: 4\r\n"), arena, &m);
	ck_assert_uint_eq(message_count(&m, "a"), 2);
	ck_assert_uint_eq(message_count(&m, "B"), 1);
	ck_assert_uint_eq(message_count(&m, "c"), 0);
	ck_assert_ptr_eq(message_find(&m, "a", 0), &m.fields[0]);
	ck_assert_ptr_eq(message_find(&m, "A", 1), &m.fields[2]);
	ck_assert_ptr_null(message_find(&m, "A", 2));
	ck_assert_ptr_eq(message_find(&m, "ab", 0), &m.fields[3]);
	ck_assert_ptr_null(message_find(&m, "", 0));
	arena_free(arena);
}
END_TEST

static void
parse(struct str in)
{
	struct arena *arena = arena_new();
	struct message m;

	message_parse(in, arena, &m);
	expect_tiles("linear", &m);
	arena_free(arena);
}

static struct str
make_short_fields(size_t count)
{
	return repeated("a:\r\n", count);
}

static struct str
make_folds(size_t count)
{
	return repeated(" \r\n", count);
}

static struct str
make_no_colon(size_t count)
{
	return repeated("a", count);
}

START_TEST(test_linear)
{
	expect_linear("short fields", make_short_fields, parse, 65536);
	expect_linear("folds", make_folds, parse, 65536);
	expect_linear("no colon", make_no_colon, parse, 1000000);
}
END_TEST

/* Nobody's mail: what is too much stands in the body, and is told of. */
START_TEST(test_too_many_fields)
{
	struct str bytes = repeated("a:\r\n", 1000000);
	struct arena *arena = arena_new();
	struct message m;

	message_parse(str_head(bytes, 4 * FIELDS_MAX), arena, &m);
	ck_assert_uint_eq(m.field_count, FIELDS_MAX);
	ck_assert(!m.overfull);
	ck_assert_uint_eq(m.body.len, 0);
	message_parse(bytes, arena, &m);
	ck_assert_uint_eq(message_count(&m, "A"), FIELDS_MAX);
	ck_assert(m.overfull);
	ck_assert_uint_eq(m.head.len + m.body.len, bytes.len);
	ck_assert_uint_lt(
	    arena_size(arena), 2 * FIELDS_MAX * sizeof(struct field) + 100000);
	arena_free(arena);
	free((void *)bytes.data);
}
END_TEST

Suite *
message_suite(void)
{
	Suite *suite = suite_create("message");
	TCase *tc = tcase_create("message");
	const int count = sizeof(messages) / sizeof(messages[0]);

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_messages, 0, count);
	tcase_add_loop_test(tc, test_beginnings, 0, count);
	tcase_add_test(tc, test_nul);
	tcase_add_test(tc, test_find);
	tcase_add_test(tc, test_linear);
	tcase_add_test(tc, test_too_many_fields);
	suite_add_tcase(suite, tc);
	return suite;
}
