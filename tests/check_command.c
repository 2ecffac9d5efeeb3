/*
 * check_command: command lines, paths and parameters (RFC 5321 4.1).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "postern/command.h"

#include "check_mail.h"

struct line_case {
	const char *line;
	enum verb verb;
	const char *argument;
};

static const struct line_case lines[] = {
    {"HELO a", VERB_HELO, "a"},
    {"ehlo [192.0.2.1]", VERB_EHLO, "[192.0.2.1]"},
    {"LhLo a", VERB_LHLO, "a"},
    {"MAIL FROM:<a@b>", VERB_MAIL, "FROM:<a@b>"},
    {"mail from: <a@b> SIZE=1 ", VERB_MAIL, "from: <a@b> SIZE=1"},
    {"RCPT  TO:<a@b>", VERB_RCPT, "TO:<a@b>"},
    {"DATA", VERB_DATA, ""},
    {"DATA ", VERB_DATA, ""},
    {"data \t ", VERB_DATA, ""},
    {"data\t", VERB_DATA, ""},
    {"BDAT 10 LAST", VERB_BDAT, "10 LAST"},
    {"RSET", VERB_RSET, ""},
    {"NOOP a b", VERB_NOOP, "a b"},
    {"QUIT", VERB_QUIT, ""},
    {"VRFY a", VERB_VRFY, "a"},
    {"EXPN a", VERB_EXPN, "a"},
    {"HELP", VERB_HELP, ""},
    {"AUTH PLAIN =", VERB_AUTH, "PLAIN ="},
    {"StartTLS", VERB_STARTTLS, ""},
    {"XCLIENT NAME=a", VERB_XCLIENT, "NAME=a"},
    {"XFORWARD NAME=a", VERB_XFORWARD, "NAME=a"},
    {"ETRN a", VERB_ETRN, "a"},
    {"TURN", VERB_TURN, ""},
    {"", VERB_UNKNOWN, ""},
    {" ", VERB_UNKNOWN, ""},
    {" DATA", VERB_UNKNOWN, "DATA"},
    {"\tDATA", VERB_UNKNOWN, ""},
    {"MAIL\tFROM:<a@b>", VERB_UNKNOWN, ""},
    {"MAIL\t FROM:<a@b>", VERB_UNKNOWN, "FROM:<a@b>"},
    {"MAILFROM:<a@b>", VERB_UNKNOWN, ""},
    {"MAIL:", VERB_UNKNOWN, ""},
    {"DAT", VERB_UNKNOWN, ""},
    {"DATAA", VERB_UNKNOWN, ""},
    {"DATA\rRSET", VERB_UNKNOWN, ""},
    {"NOOP \nDATA", VERB_UNKNOWN, "\nDATA"},
    {"QUIT\r", VERB_UNKNOWN, ""},
    {"GET / HTTP/1.1", VERB_HTTP, "/ HTTP/1.1"},
    {"get http://a/ HTTP/1.0", VERB_HTTP, "http://a/ HTTP/1.0"},
    {"CONNECT a:25 HTTP/1.0", VERB_HTTP, "a:25 HTTP/1.0"},
    {"OPTIONS * HTTP/1.1", VERB_HTTP, "* HTTP/1.1"},
    {"GET", VERB_UNKNOWN, ""},
    {"GET me", VERB_UNKNOWN, "me"},
    {"Host: a", VERB_HTTP, "a"},
    {"host:a:25", VERB_HTTP, ""},
    {"Subject: x", VERB_HTTP, "x"},
    {"FROM:<a@b>", VERB_HTTP, ""},
    {"X-Odd: x", VERB_UNKNOWN, "x"},
    {": x", VERB_UNKNOWN, "x"},
};

START_TEST(test_lines)
{
	const struct line_case *c = &lines[_i];
	struct str line = exact(str_c(c->line));
	struct command command;

	command_parse(line, &command);
	ck_assert_msg(command.verb == c->verb, "%s: %s", c->line,
	    verb_name(command.verb));
	if (!strpbrk(c->line, "\r"))
		expect(c->line, command.argument, str_c(c->argument));
	free((void *)line.data);
}
END_TEST

START_TEST(test_line_with_nul)
{
	struct command command;

	command_parse(str_of("NOOP a\0b", 8), &command);
	ck_assert_int_eq(command.verb, VERB_UNKNOWN);
	command_parse(str_of("QUIT\0", 5), &command);
	ck_assert_int_eq(command.verb, VERB_UNKNOWN);
}
END_TEST

START_TEST(test_verb_names)
{
	struct command command;
	int verb;

	ck_assert_str_eq(verb_name(VERB_UNKNOWN), "UNKNOWN");
	ck_assert_str_eq(verb_name(VERB_HTTP), "HTTP");
	for (verb = VERB_HELO; verb < VERB_HTTP; verb++) {
		command_parse(str_c(verb_name(verb)), &command);
		ck_assert_int_eq(command.verb, verb);
	}
}
END_TEST

struct path_case {
	const char *argument; /* of MAIL, or of RCPT when it begins with TO */
	const char *address;
	const char *domain;
	const char *params;
};

static const struct path_case good_paths[] = {
    {"FROM:<>", "", "", ""},
    {"FROM: <>", "", "", ""},
    {"FROM:<> BODY=8BITMIME", "", "", "BODY=8BITMIME"},
    {"from:<a@b.example>", "a@b.example", "b.example", ""},
    {"FroM:   <a@b>  SIZE=1   X", "a@b", "b", "SIZE=1   X"},
    {"TO:<postmaster>", "postmaster", "", ""},
    {"TO:<PostMaster> NOTIFY=NEVER", "PostMaster", "", "NOTIFY=NEVER"},
    {"TO:postmaster", "postmaster", "", ""},
    {"TO:<Postmaster@b>", "Postmaster@b", "b", ""},
    {"TO:<\"a b\"@c>", "\"a b\"@c", "c", ""},
    {"TO:<\"a@b\"@c>", "\"a@b\"@c", "c", ""},
    {"TO:<\"a\\\"b\"@c>", "\"a\\\"b\"@c", "c", ""},
    {"TO:<\"a\\\\\"@c>", "\"a\\\\\"@c", "c", ""},
    {"TO:<\"a>b <c@d>\"@e> X=1", "\"a>b <c@d>\"@e", "e", "X=1"},
    {"TO:<\"\"@c>", "\"\"@c", "c", ""},
    {"TO:<\"(x),:;\"@c>", "\"(x),:;\"@c", "c", ""},
    {"TO:<a@[192.0.2.1]>", "a@[192.0.2.1]", "[192.0.2.1]", ""},
    {"TO:<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]",
	""},
    {"TO:<@a,@b:user@c>", "user@c", "c", ""},
    {"TO:<@a.example:\"u v\"@c>", "\"u v\"@c", "c", ""},
    {"TO:<@[192.0.2.1]:u@c>", "u@c", "c", ""},
    {"TO:<@a:postmaster@b>", "postmaster@b", "b", ""},
    {"TO:<!#$%&'*+-/=?^_`{|}~@c>", "!#$%&'*+-/=?^_`{|}~@c", "c", ""},
    {"TO:<a%b@c>", "a%b@c", "c", ""},
    {"TO:<a..b.@c>", "a..b.@c", "c", ""},
    {"TO:<.a@c>", ".a@c", "c", ""},
    {"TO:<a@b_c-d.e>", "a@b_c-d.e", "b_c-d.e", ""},
    {"TO:<\xc3\xa4@\xc3\xb6.example> SMTPUTF8", "\xc3\xa4@\xc3\xb6.example",
	"\xc3\xb6.example", "SMTPUTF8"},
    {"TO:<\"\xc3\xa4 \xf0\x9f\x93\xac\"@c>", "\"\xc3\xa4 \xf0\x9f\x93\xac\"@c",
	"c", ""},
    {"TO:a@b", "a@b", "b", ""},
    {"TO: a@b NOTIFY=SUCCESS,FAILURE", "a@b", "b", "NOTIFY=SUCCESS,FAILURE"},
    {"TO:<a@b> ORCPT=rfc822;a+3Db@c", "a@b", "b", "ORCPT=rfc822;a+3Db@c"},
    {"TO:<a@b> ORCPT=utf-8;\xc3\xa4@c", "a@b", "b", "ORCPT=utf-8;\xc3\xa4@c"},
    {"FROM:<a@b> AUTH=<> X-Y=<c@d>", "a@b", "b", "AUTH=<> X-Y=<c@d>"},
};

static void
check_rebuild(const struct path_case *c, const struct path *path)
{
	char again[1200];

	ck_assert_uint_eq(path->raw.len,
	    path->route.len + path->address.len +
		(str_starts(path->raw, "<") ? 2 : 0));
	snprintf(again, sizeof(again), "%.*s%.*s",
	    str_starts(path->raw, "<") ? 1 : 0, "<", (int)path->route.len,
	    path->route.data);
	ck_assert_msg(str_starts(path->raw, again), "%s", c->argument);
}

START_TEST(test_good_paths)
{
	const struct path_case *c = &good_paths[_i];
	struct str argument = exact(str_c(c->argument));
	const char *keyword = str_starts(argument, "T") ? "TO" : "FROM";
	enum path_error error;
	struct path path;

	error = path_parse(argument, keyword, &path);
	ck_assert_msg(error == PATH_OK, "%s: %d", c->argument, error);
	expect(c->argument, path.address, str_c(c->address));
	expect(c->argument, path.domain, str_c(c->domain));
	expect(c->argument, path.params, str_c(c->params));
	check_rebuild(c, &path);
	free((void *)argument.data);
}
END_TEST

START_TEST(test_route_is_apart)
{
	struct path path;

	ck_assert_int_eq(
	    path_parse(str_c("TO:<@a,@b:c@d> X"), "TO", &path), PATH_OK);
	expect("route", path.route, str_c("@a,@b:"));
	expect("raw", path.raw, str_c("<@a,@b:c@d>"));
}
END_TEST

struct bad_case {
	const char *argument;
	enum path_error error;
};

/* Each of these is read as something else by some server, or by none. */
static const struct bad_case bad_paths[] = {
    {"", PATH_NO_KEYWORD},
    {"FROM", PATH_NO_KEYWORD},
    {"<a@b>", PATH_NO_KEYWORD},
    {"TOO:<a@b>", PATH_NO_KEYWORD},
    {"TO :<a@b>", PATH_NO_KEYWORD},
    {"TO<a@b>", PATH_NO_KEYWORD},
    {"TO:", PATH_BAD_SYNTAX},
    {"TO: ", PATH_BAD_SYNTAX},
    {"TO:<>", PATH_BAD_SYNTAX},
    {"TO:<", PATH_BAD_SYNTAX},
    {"TO:>", PATH_BAD_SYNTAX},
    {"TO:< >", PATH_BAD_SYNTAX},
    {"TO:<bob>", PATH_BAD_SYNTAX},
    {"TO:bob", PATH_BAD_SYNTAX},
    {"FROM:<postmaster>", PATH_BAD_SYNTAX},
    {"FROM:", PATH_BAD_SYNTAX},
    {"FROM:SIZE=1", PATH_BAD_SYNTAX},
    {"FROM:<@a:>", PATH_BAD_SYNTAX},
    {"TO:<@a:postmaster>", PATH_BAD_SYNTAX},
    {"TO:<a@b", PATH_BAD_SYNTAX},
    {"TO:a@b>", PATH_BAD_SYNTAX},
    {"TO:<a@b>>", PATH_BAD_SYNTAX},
    {"TO:<<a@b>>", PATH_BAD_SYNTAX},
    {"TO:<a@b>c", PATH_BAD_SYNTAX},
    {"TO:<a@b>,<c@d>", PATH_BAD_SYNTAX},
    {"TO:<a@b>SIZE=1", PATH_BAD_SYNTAX},
    {"TO:<a@b> <c@d>", PATH_BAD_PARAM},
    {"TO:a@b <c@d>", PATH_BAD_PARAM},
    {"TO:a@b c@d", PATH_BAD_PARAM},
    {"TO:a@b,c@d", PATH_BAD_SYNTAX},
    {"TO:<a@b,c@d>", PATH_BAD_SYNTAX},
    {"TO:<a@b@c>", PATH_BAD_SYNTAX},
    {"TO:<a@b c@d>", PATH_BAD_SYNTAX},
    {"TO:<a b@c>", PATH_BAD_SYNTAX},
    {"TO:< a@b>", PATH_BAD_SYNTAX},
    {"TO:<a@b >", PATH_BAD_SYNTAX},
    {"TO:<a@ b>", PATH_BAD_SYNTAX},
    {"TO:<@b>", PATH_BAD_SYNTAX},
    {"TO:<a@>", PATH_BAD_SYNTAX},
    {"TO:<a(c)@b>", PATH_BAD_SYNTAX},
    {"TO:<a@b(c)>", PATH_BAD_SYNTAX},
    {"TO:(c)<a@b>", PATH_BAD_SYNTAX},
    {"TO:Bob <a@b>", PATH_BAD_SYNTAX},
    {"TO:\"Bob\" <a@b>", PATH_BAD_SYNTAX},
    {"TO:\"a b\"@c", PATH_BAD_SYNTAX},
    {"TO:\"<a@b>\"@c", PATH_BAD_SYNTAX},
    {"TO:<\"a@b>", PATH_BAD_SYNTAX},
    {"TO:<\"a\\\"@b>", PATH_BAD_SYNTAX},
    {"TO:<\"a\"b\"@c>", PATH_BAD_SYNTAX},
    {"TO:<a\"b\"@c>", PATH_BAD_SYNTAX},
    {"TO:<\"a\"b@c>", PATH_BAD_SYNTAX},
    {"TO:<\"a\".\"b\"@c>", PATH_BAD_SYNTAX},
    {"TO:<\"a\">", PATH_BAD_SYNTAX},
    {"TO:<a\\@b@c>", PATH_BAD_SYNTAX},
    {"TO:<a@\"b\">", PATH_BAD_SYNTAX},
    {"TO:<a@b\\>", PATH_BAD_SYNTAX},
    {"TO:<a:b@c>", PATH_BAD_SYNTAX},
    {"TO:<a;b@c>", PATH_BAD_SYNTAX},
    {"TO:<a@b..c>", PATH_BAD_SYNTAX},
    {"TO:<a@.b>", PATH_BAD_SYNTAX},
    {"TO:<a@b.>", PATH_BAD_SYNTAX},
    {"TO:<a@[192.0.2.1>", PATH_BAD_SYNTAX},
    {"TO:<a@[192.0.2.1]x>", PATH_BAD_SYNTAX},
    {"TO:<a@[]>", PATH_BAD_SYNTAX},
    {"TO:<a@[x>]>", PATH_BAD_SYNTAX},
    {"TO:<@a,b:c@d>", PATH_BAD_SYNTAX},
    {"TO:<@a,:c@d>", PATH_BAD_SYNTAX},
    {"TO:<@a:@b:c@d>", PATH_BAD_SYNTAX},
    {"TO:<@a@b:c@d>", PATH_BAD_SYNTAX},
    {"TO:@a:c@d>", PATH_BAD_SYNTAX},
    {"TO:@a:c@d", PATH_BAD_SYNTAX},
    {"TO:<a\x01@b>", PATH_BAD_SYNTAX},
    {"TO:<a@b>\r\nRCPT TO:<c@d>", PATH_BAD_SYNTAX},
    {"TO:<a@b>\rX", PATH_BAD_SYNTAX},
    {"TO:<\"a\nb\"@c>", PATH_BAD_SYNTAX},
    {"TO:<a@b>\tX", PATH_BAD_SYNTAX},
    {"TO:\t<a@b>", PATH_BAD_SYNTAX},
    {"TO:<a@b> X=\x7f", PATH_BAD_SYNTAX},
    {"TO:<\xe4@c>", PATH_BAD_SYNTAX},
    {"TO:<\xc0\xbe@c>", PATH_BAD_SYNTAX},
    {"TO:<a\xc2\x85@c>", PATH_BAD_SYNTAX},
    {"TO:<a@b> X=", PATH_BAD_PARAM},
    {"TO:<a@b> =X", PATH_BAD_PARAM},
    {"TO:<a@b> X==Y", PATH_BAD_PARAM},
    {"TO:<a@b> X=Y=Z", PATH_BAD_PARAM},
    {"TO:<a@b> -X=Y", PATH_BAD_PARAM},
    {"TO:<a@b> X_Y=Z", PATH_BAD_PARAM},
    {"TO:<a@b> X\xc3\xa4=Z", PATH_BAD_PARAM},
    {"TO:<a@b> SIZE=1 size=2", PATH_BAD_PARAM},
};

START_TEST(test_bad_paths)
{
	const struct bad_case *c = &bad_paths[_i];
	struct str argument = exact(str_c(c->argument));
	const char *keyword = str_starts(argument, "F") ? "FROM" : "TO";
	enum path_error error;
	struct path path;

	error = path_parse(argument, keyword, &path);
	ck_assert_msg(error == c->error, "%s: %d", c->argument, error);
	free((void *)argument.data);
}
END_TEST

START_TEST(test_path_with_nul)
{
	struct path path;

	ck_assert_int_eq(
	    path_parse(str_of("TO:<a\0@b>", 9), "TO", &path), PATH_BAD_SYNTAX);
	ck_assert_int_eq(
	    path_parse(str_of("TO:<a@b>\0", 9), "TO", &path), PATH_BAD_SYNTAX);
	ck_assert_int_eq(path_parse(str_of("TO:<\"\\\0\"@b>", 11), "TO", &path),
	    PATH_BAD_SYNTAX);
}
END_TEST

static enum path_error
parse_sized(int local, int domain)
{
	char argument[2048];
	struct path path;

	snprintf(
	    argument, sizeof(argument), "TO:<%0*d@%0*d>", local, 0, domain, 0);
	return path_parse(str_c(argument), "TO", &path);
}

START_TEST(test_path_sizes)
{
	ck_assert_int_eq(parse_sized(64, 189), PATH_OK);
	ck_assert_int_eq(parse_sized(256, 253), PATH_OK);
	ck_assert_int_eq(parse_sized(257, 10), PATH_TOO_LONG);
	ck_assert_int_eq(parse_sized(255, 254), PATH_OK);
	ck_assert_int_eq(parse_sized(255, 255), PATH_TOO_LONG);
}
END_TEST

/* One parameter more than anybody sends is refused, not read in n^2. */
START_TEST(test_many_params)
{
	char argument[1024] = "TO:<a@b>";
	struct path path;
	size_t len;
	int i;

	for (i = 0; i < 33; i++) {
		ck_assert_int_eq(
		    path_parse(str_c(argument), "TO", &path), PATH_OK);
		len = strlen(argument);
		snprintf(argument + len, sizeof(argument) - len, " X%d=y", i);
	}
	ck_assert_int_eq(
	    path_parse(str_c(argument), "TO", &path), PATH_BAD_PARAM);
}
END_TEST

START_TEST(test_params)
{
	struct str params = str_c("SIZE=1  SMTPUTF8 AUTH=<>"), key, value;

	ck_assert(param_cut(&params, &key, &value));
	expect("first", key, str_c("SIZE"));
	expect("first", value, str_c("1"));
	ck_assert(param_cut(&params, &key, &value));
	expect("second", key, str_c("SMTPUTF8"));
	expect("second", value, str_c(""));
	ck_assert(param_cut(&params, &key, &value));
	expect("third", key, str_c("AUTH"));
	expect("third", value, str_c("<>"));
	ck_assert(!param_cut(&params, &key, &value));
}
END_TEST

START_TEST(test_helo)
{
	char name[300];

	memset(name, 'a', sizeof(name));
	ck_assert(helo_is_acceptable(str_of(name, 255)));
	ck_assert(!helo_is_acceptable(str_of(name, 256)));
	ck_assert(helo_is_acceptable(str_c("mx.example")));
	ck_assert(helo_is_acceptable(str_c("[IPv6:2001:db8::1]")));
	ck_assert(helo_is_acceptable(str_c("my_pc")));
	ck_assert(!helo_is_acceptable(str_c("")));
	ck_assert(!helo_is_acceptable(str_c("a b")));
	ck_assert(!helo_is_acceptable(str_c("a\tb")));
	ck_assert(!helo_is_acceptable(str_of("a\0b", 3)));
	ck_assert(!helo_is_acceptable(str_c("a\x7f")));
}
END_TEST

Suite *
command_suite(void)
{
	Suite *suite = suite_create("command");
	TCase *tcase = tcase_create("command");

	tcase_add_loop_test(
	    tcase, test_lines, 0, sizeof(lines) / sizeof(*lines));
	tcase_add_test(tcase, test_line_with_nul);
	tcase_add_test(tcase, test_verb_names);
	tcase_add_loop_test(tcase, test_good_paths, 0,
	    sizeof(good_paths) / sizeof(*good_paths));
	tcase_add_test(tcase, test_route_is_apart);
	tcase_add_loop_test(
	    tcase, test_bad_paths, 0, sizeof(bad_paths) / sizeof(*bad_paths));
	tcase_add_test(tcase, test_path_with_nul);
	tcase_add_test(tcase, test_path_sizes);
	tcase_add_test(tcase, test_many_params);
	tcase_add_test(tcase, test_params);
	tcase_add_test(tcase, test_helo);
	suite_add_tcase(suite, tcase);
	return suite;
}
