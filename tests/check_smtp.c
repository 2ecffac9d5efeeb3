/*
 * check_smtp: the pure parts of the SMTP door: PROXY headers, attributes,
 * mechanisms, mended lines, and the limits.
 *
 * Headers are read whole and octet by octet, at the end of a heap block.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <check.h>
#include <stdlib.h>

#include "postern/linefix.h"

#include "proxy/daemon/limits.h"
#include "proxy/smtp/attributes.h"
#include "proxy/smtp/proxy_header.h"
#include "proxy/smtp/sasl.h"

static struct arena *arena;

static void
setup(void)
{
	arena = arena_new();
}

static void
teardown(void)
{
	arena_free(arena);
}

#define V2 "\r\n\r\n\0\r\nQUIT\n"

static const struct {
	const char *octets;
	size_t len;
	enum proxy_result result;
	const char *client; /* "unknown" when it is not told */
	unsigned client_port;
	size_t behind; /* octets that are not the header's */
} headers[] = {
    {"PROXY TCP4 192.0.2.1 192.0.2.2 1 65535\r\nEHLO", 44, PROXY_DONE,
	"192.0.2.1", 1, 4},
    {"PROXY TCP6 2001:db8::1 ::1 0 25\r\n", 33, PROXY_DONE, "2001:db8::1", 0,
	0},
    {"PROXY UNKNOWN\r\n", 15, PROXY_DONE, "unknown", 0, 0},
    {"PROXY UNKNOWN what ever 1 2\r\n", 29, PROXY_DONE, "unknown", 0, 0},
    {"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n", 35, PROXY_BAD, NULL, 0, 0},
    {"PROXY TCP4 192.0.2.1 192.0.2.2 1 \r\n", 35, PROXY_BAD, NULL, 0, 0},
    {"PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n", 34, PROXY_BAD, NULL, 0, 0},
    {"PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n", 37, PROXY_BAD, NULL, 0, 0},
    {"PROXY TCP4 2001:db8::1 192.0.2.2 1 2\r\n", 38, PROXY_BAD, NULL, 0, 0},
    {"PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n", 36, PROXY_BAD, NULL, 0, 0},
    {"PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n", 36, PROXY_BAD, NULL, 0, 0},
    {"proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n", 36, PROXY_BAD, NULL, 0, 0},
    {"PROXY \r\n", 8, PROXY_BAD, NULL, 0, 0},
    {"EHLO x\r\n", 8, PROXY_BAD, NULL, 0, 0},
    {V2 "\x21\x11\0\x0c\xc0\0\2\1\xc0\0\2\2\0\1\0\2", 28, PROXY_DONE,
	"192.0.2.1", 1, 0},
    {V2 "\x21\x11\0\x0e\xc0\0\2\1\xc0\0\2\2\0\1\0\2\4\0X", 31, PROXY_DONE,
	"192.0.2.1", 1, 1},
    {V2 "\x20\x11\0\x0c\xc0\0\2\1\xc0\0\2\2\0\1\0\2", 28, PROXY_DONE, "unknown",
	0, 0},
    {V2 "\x20\0\0\0NOOP", 20, PROXY_DONE, "unknown", 0, 4},
    {V2 "\x21\0\0\0", 16, PROXY_DONE, "unknown", 0, 0},
    {V2 "\x21\x31\0\1x", 17, PROXY_DONE, "unknown", 0, 0},
    {V2 "\x21\x21\0\x24\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\1"
	"\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\2\0\1\0\2",
	52, PROXY_DONE, "192.0.2.1", 1, 0},
    {V2 "\x21\x11\0\x0b\xc0\0\2\1\xc0\0\2\2\0\1\0", 27, PROXY_BAD, NULL, 0, 0},
    {V2 "\x22\x11\0\0", 16, PROXY_BAD, NULL, 0, 0},
    {V2 "\x11\x11\0\0", 16, PROXY_BAD, NULL, 0, 0},
    {V2 "\x21\x11\xff\xff", 16, PROXY_BAD, NULL, 0, 0},
    {"\r\n\r\n\1", 5, PROXY_BAD, NULL, 0, 0},
    {V2 "\x21\x11\0\x0c\xc0", 17, PROXY_MORE, NULL, 0, 0},
    {"", 0, PROXY_MORE, NULL, 0, 0},
    {"PRO", 3, PROXY_MORE, NULL, 0, 0},
};

#undef V2

/* At the end of a heap block, so that a read beyond it is seen. */
static enum proxy_result
parse_exact(
    const char *octets, size_t len, struct proxy_header *out, size_t *used)
{
	char *copy = malloc(len ? len : 1);
	enum proxy_result result;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, octets, len);
	result = proxy_header_parse(str_of(copy, len), out, used);
	free(copy);
	return result;
}

START_TEST(headers_whole_and_cut)
{
	struct proxy_header header;
	char text[IP_TEXT_MAX];
	size_t used = 0, len = headers[_i].len, cut;
	enum proxy_result result = PROXY_MORE;

	for (cut = 0; cut <= len && result == PROXY_MORE; cut++)
		result = parse_exact(headers[_i].octets, cut, &header, &used);
	ck_assert_int_eq(result, headers[_i].result);
	ck_assert_int_eq(
	    parse_exact(headers[_i].octets, len, &header, &used), result);
	if (result != PROXY_DONE)
		return;
	ck_assert_str_eq(ip_format(&header.client, text), headers[_i].client);
	ck_assert_uint_eq(header.client_port, headers[_i].client_port);
	ck_assert_uint_eq(len - used, headers[_i].behind);
}
END_TEST

START_TEST(headers_come_back)
{
	static const char *const clients[] = {"192.0.2.1", "2001:db8::1"};
	struct proxy_header header = {.client_port = 4711, .server_port = 25};
	struct proxy_header back;
	struct strbuf out;
	size_t used = 0;

	strbuf_init(&out);
	ip_parse(str_c(clients[_i / 2]), &header.client);
	ip_parse(str_c("192.0.2.9"), &header.server);
	proxy_header_format(&out, 1 + _i % 2, &header);
	ck_assert_int_eq(
	    proxy_header_parse(strbuf_str(&out), &back, &used), PROXY_DONE);
	ck_assert_uint_eq(used, out.len);
	ck_assert(ip_eq(&back.client, &header.client));
	ck_assert_uint_eq(back.client_port, 4711);
	ck_assert_uint_eq(back.server_port, 25);
	strbuf_clear(&out);
}
END_TEST

START_TEST(a_header_without_client)
{
	struct proxy_header header = {.client_port = 0};
	struct strbuf out;

	strbuf_init(&out);
	proxy_header_format(&out, 1, &header);
	ck_assert_str_eq(out.data, "PROXY UNKNOWN\r\n");
	strbuf_reset(&out);
	proxy_header_format(&out, 2, &header);
	ck_assert_uint_eq(out.len, 16);
	ck_assert_int_eq(out.data[12], 0x20);
	strbuf_clear(&out);
}
END_TEST

static const struct {
	const char *arguments;
	const char *result; /* client, port, name, helo; NULL: refused */
} tellings[] = {
    {"ADDR=192.0.2.1", "192.0.2.1 0 - "},
    {"addr=192.0.2.1 Port=25", "192.0.2.1 25 - "},
    {"ADDR=IPV6:2001:db8::1", "2001:db8::1 0 - "},
    {"ADDR=2001:db8::1", "2001:db8::1 0 - "},
    {"ADDR=IPV6:::ffff:192.0.2.1", "192.0.2.1 0 - "},
    {"ADDR=[UNAVAILABLE]", "unknown 0 - "},
    {"NAME=mx.example HELO=h+2Dx", "unknown 0 mx.example h-x"},
    {"NAME=[TEMPUNAVAIL] HELO=[UNAVAILABLE]", "unknown 0 - "},
    {"PROTO=SMTP PORT=[UNAVAILABLE]", "unknown 0 - "},
    {"LOGIN=tim DESTADDR=192.0.2.2 DESTPORT=25", "unknown 0 - "},
    {"", NULL},
    {"ADDR", ""},
    {"ADDR=192.0.2", NULL},
    {"ADDR=IPV6:", NULL},
    {"PORT=99999", NULL},
    {"PORT=-1", NULL},
    {"PROTO=LMTP", NULL},
    {"NAME=a+0D+0Ab", NULL},
    {"NAME=a+7Fb", NULL},
    {"NAME=a+2", NULL},
    {"NAME=a+", NULL},
    {"NAME=a+XY", NULL},
    {"FROB=1", NULL},
    {"IDENT=4ABC", NULL}, /* XFORWARD's, not XCLIENT's */
    {"ADDR=192.0.2.1 FROB=1", NULL},
};

START_TEST(what_attributes_tell)
{
	struct envelope client = {.helo = "", .sender = ""};
	char ip[IP_TEXT_MAX], got[200];
	unsigned told;
	bool good = attributes_apply(str_c(tellings[_i].arguments),
	    ATTRS_XCLIENT, &client, &told, arena);

	if (tellings[_i].result && !tellings[_i].result[0]) { /* nothing told */
		ck_assert(good && client.client.bits == 0);
		return;
	}
	ck_assert_int_eq(good, tellings[_i].result != NULL);
	if (!good)
		return;
	snprintf(got, sizeof(got), "%s %u %s %s", ip_format(&client.client, ip),
	    client.client_port, client.client_name ? client.client_name : "-",
	    client.helo);
	ck_assert_str_eq(got, tellings[_i].result);
}
END_TEST

START_TEST(xtext_comes_back)
{
	char all[256];
	struct strbuf out;
	struct str back;
	int c;

	for (c = 1; c < 256; c++)
		all[c - 1] = (char)(c < 0x20 || c == 0x7f ? 'x' : c);
	all[255] = '\0';
	strbuf_init(&out);
	xtext_encode(&out, all);
	ck_assert(xtext_decode(strbuf_str(&out), arena, &back));
	ck_assert(str_is(back, all));
	strbuf_clear(&out);
}
END_TEST

START_TEST(mechanisms_that_are_relayed)
{
	char out[40];

	sasl_filter(str_c("PLAIN login EXTERNAL SCRAM-SHA-256 "
			  "SCRAM-SHA-256-PLUS GSSAPI PLAIN DIGEST-MD5 b@d "
			  "XOAUTH2 ANAMETHATISTOOLONGFORIT"),
	    out, sizeof(out));
	ck_assert_str_eq(out, "PLAIN login SCRAM-SHA-256 XOAUTH2");
	ck_assert(sasl_is_offered(out, str_c("plain")));
	ck_assert(!sasl_is_offered(out, str_c("PLAI")));
	sasl_filter(str_c("AAAAAAAAAA BBBBBBBBBB CCCCCCCCCC DDDDDDDDDD"), out,
	    sizeof(out));
	ck_assert_str_eq(out, "AAAAAAAAAA BBBBBBBBBB CCCCCCCCCC");
}
END_TEST

static const struct {
	const char *mechanism;
	const char *response;
	const char *login;
} logins[] = {
    {"PLAIN", "AHRpbQBzZWNyZXQ=", "tim"},
    {"plain", "YWRtaW4AdGltAHNlY3JldA==", "tim"},
    {"PLAIN", "=", ""},
    {"PLAIN", "dGlt", ""},
    {"LOGIN", "dGlt", "tim"},
    {"CRAM-MD5", "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw", "tim"},
    {"SCRAM-SHA-1", "bixhPWFkbWluLG49dGltLHI9ZnlrbytkMmxiYg==", "tim"},
    {"XOAUTH2", "dXNlcj10aW1AZXhhbXBsZQFhdXRoPUJlYXJlciB4AQE=", "tim@example"},
    {"OAUTHBEARER",
	"bixhPXRpbUBleGFtcGxlLAFhdXRoPUJlYXJlciB4AQE=", "tim@example"},
    {"FUTURE-1", "dGlt", ""},
    {"LOGIN", "!!!!", ""},
};

START_TEST(who_logs_in)
{
	struct sasl sasl;

	sasl_start(&sasl, str_c(logins[_i].mechanism));
	sasl_see(&sasl, str_c(logins[_i].response));
	ck_assert_str_eq(sasl.login, logins[_i].login);
	sasl_see(&sasl, str_c("c2VjcmV0"));
	ck_assert_str_eq(sasl.login, logins[_i].login);
}
END_TEST

static const struct {
	const char *in, *out;
} mendings[] = {
    {"a\nb\r\nc\n", "a\r\nb\r\nc\r\n"},
    {"\n\n", "\r\n\r\n"},
    {"a\n.\n..\n...x\n", "a\r\n.\r\n.\r\n..x\r\n"},
    {"a\r\n.\r\n..\r\n", "a\r\n.\r\n..\r\n"}, /* dotline's business */
    {"a\r\r\nb", "a\r\r\nb"},
    {"a\n.", "a\r\n."},
    {"a\n.b.\n", "a\r\n.b.\r\n"},
    {"a\r", "a\r"},
    {"", ""},
};

START_TEST(lines_mended)
{
	struct str in = str_c(mendings[_i].in);
	struct linefix fix;
	struct strbuf out;
	size_t cut;

	strbuf_init(&out);
	for (cut = 0; cut <= in.len; cut++) {
		fix = (struct linefix) {0};
		strbuf_reset(&out);
		linefix_add(&fix, str_head(in, cut), &out);
		linefix_add(&fix, str_from(in, cut), &out);
		linefix_end(&fix, &out);
		ck_assert_str_eq(out.data, mendings[_i].out);
	}
	strbuf_clear(&out);
}
END_TEST

START_TEST(limits_over_workers)
{
	struct listener_conf conf = {.title = "t",
	    .max_sessions = 100,
	    .max_sessions_per_address = 2,
	    .max_sessions_per_network = 3};
	struct listener_conf other = conf;
	struct limits *l = limits_new();
	unsigned a = limits_take_column(l), b;
	struct ip one, two;

	other.title = "u";
	limits_set_owner(l, a, 1001);
	b = limits_take_column(l);
	limits_set_owner(l, b, 1002);
	ck_assert_uint_ne(a, b);
	ip_parse(str_c("2001:db8:0:1::1"), &one);
	ip_parse(str_c("2001:db8:0:1:ffff::"), &two);
	ck_assert_int_eq(limits_enter(l, a, &conf, &one), LIMITS_OK);
	ck_assert_int_eq(limits_enter(l, b, &conf, &two), LIMITS_OK);
	ck_assert_int_eq(limits_enter(l, b, &conf, &one), LIMITS_ADDRESS);
	ck_assert_int_eq(limits_enter(l, b, &other, &one), LIMITS_OK);
	ip_parse(str_c("2001:db8:0:2::"), &two);
	ck_assert_int_eq(limits_enter(l, a, &conf, &two), LIMITS_OK);
	ck_assert_int_eq(limits_enter(l, a, &conf, &two), LIMITS_NETWORK);
	limits_leave(l, a, &conf, &one);
	ck_assert_int_eq(limits_enter(l, b, &conf, &one), LIMITS_OK);
	limits_forget(l, 1002); /* it crashed: two of this net are gone */
	ck_assert_int_eq(limits_enter(l, a, &conf, &one), LIMITS_OK);
	ck_assert_uint_eq(limits_take_column(l), b);
	limits_free(l);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("smtp");
	TCase *tc = tcase_create("smtp");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
	    tc, headers_whole_and_cut, 0, sizeof(headers) / sizeof(headers[0]));
	tcase_add_loop_test(tc, headers_come_back, 0, 4);
	tcase_add_test(tc, a_header_without_client);
	tcase_add_loop_test(tc, what_attributes_tell, 0,
	    sizeof(tellings) / sizeof(tellings[0]));
	tcase_add_test(tc, xtext_comes_back);
	tcase_add_test(tc, mechanisms_that_are_relayed);
	tcase_add_loop_test(
	    tc, who_logs_in, 0, sizeof(logins) / sizeof(logins[0]));
	tcase_add_loop_test(
	    tc, lines_mended, 0, sizeof(mendings) / sizeof(mendings[0]));
	tcase_add_test(tc, limits_over_workers);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
