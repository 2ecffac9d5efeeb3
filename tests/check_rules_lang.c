/*
 * check_rules_lang: the language of rule files, by tables.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/strbuf.h"

#include "filters/rules/set/metas.h"

#include "check_rules.h"

/* Every line that needs one has a problem, and no other. */
START_TEST(nothing_is_silent)
{
	struct problems p;
	struct ruleset *set =
	    rules_parse("body GOOD /x/i\n"
			"body BAD /(/\n"                   /* 2: error */
			"boddy GOOD2 /x/\n"                /* 3: error */
			"header EV eval:check_foo()\n"     /* 4: warning */
			"meta NEG !EV\n"                   /* 5: warning */
			"score NOWHERE 3\n"                /* 6: warning */
			"score GOOD many\n"                /* 7: error */
			"use_bayes 1\n"                    /* 8: ignored */
			"urirhssub X multi.example. A 2\n" /* 9: warning */
			"if (can(Mail::X))\nbody OFF /(/\nendif\n"
			"if (can(Postern::action))\n"
			"action GOOD reject \"no thanks\"\nendif\n"
			"body HASH /a\\#b/ # comment\n"
			"lang de describe GOOD gut\n"
			"\n# comment\n",
		&p);
	static const struct {
		unsigned line;
		bool warning;
	} wanted[] = {{2, false}, {3, false}, {4, true}, {7, false}, {9, true},
	    {6, true}, {5, true}};
	static const size_t counts[CF_FATES] = {[CF_BLANK] = 2,
	    [CF_TAKEN] = 8,
	    [CF_IGNORED] = 2,
	    [CF_INACTIVE] = 1,
	    [CF_UNSUPPORTED] = 3,
	    [CF_ERROR] = 3};
	size_t i;

	ck_assert_uint_eq(p.count, 7);
	ck_assert_uint_eq(p.errors, 3);
	ck_assert_uint_eq(p.survivable, 3);
	for (i = 0; i < 7; i++)
		ck_assert_msg(p.list[i].line == wanted[i].line &&
			p.list[i].warning == wanted[i].warning,
		    "%zu: %u %s", i, p.list[i].line, p.list[i].text);
	for (i = 0; i < CF_FATES; i++)
		ck_assert_msg(set->counts[i] == counts[i], "%s: %zu",
		    cf_fate_word((enum cf_fate)i), set->counts[i]);
	ck_assert_int_eq(
	    ruleset_find(set, str_c("NEG"))->type, RULE_UNSUPPORTED);
	ck_assert_int_eq(
	    ruleset_find(set, str_c("GOOD"))->action, ACTION_REJECT);
	ck_assert_str_eq(ruleset_find(set, str_c("HASH"))->pattern, "/a#b/");
	ck_assert_ptr_null(ruleset_find(set, str_c("OFF")));
	ruleset_free(set);
}
END_TEST

/* Lines that are wrong alone, and leave nothing behind. */
START_TEST(malformed_lines_are_errors)
{
	static const char *const lines[] = {
	    "body",
	    "body X",
	    "body 1X /x/",
	    "body X-Y /x/",
	    "body X x",
	    "body X /x",
	    "body X /x/q",
	    "body X /a/b/",
	    "body X m{x",
	    "body X /(?{ 1 })/",
	    "body X /x/ tail",
	    "header X",
	    "header X From",
	    "header X From /x/",
	    "header X From: ~= /x/",
	    "header X =~ /x/",
	    "header X From:what =~ /x/",
	    "header X From =~ x",
	    "header X exists:",
	    "header X exists:From:what",
	    "header X eval:",
	    "header X eval:foo",
	    "header X eval:foo(",
	    "header X eval:foo('a)",
	    "header X eval:foo(a b)",
	    "header X eval:foo() x",
	    "mimeheader X Content-Type:addr =~ /x/",
	    "mimeheader X Content-Type",
	    "uri X eval:foo()",
	    "meta X",
	    "meta X A &&",
	    "meta X (A",
	    "meta X 1 / 0",
	    "score X",
	    "score X many",
	    "score X 1 2",
	    "score X 1 2 3 4 5",
	    "score X 1e3",
	    "score X (1)",
	    "score X 1.",
	    "score X .",
	    "score X 1..2",
	    "score X -",
	    "priority X much",
	    "test X maybe y",
	    "action X shout \"no\"",
	    "action X",
	    "action X reject \"\xc3\xa9\"",
	    "stage X data",
	    "stage X",
	    "endif",
	    "else",
	    "if",
	    "if (version >= )",
	    "if foo(bar)",
	    "ifplugin",
	    "if (version >= 3.0",
	    "welcomelist_from",
	    "enlist_addrlist a@b.example",
	    "enlist_addrlist (A)",
	    "enlist_uri_host () x",
	    "replace_tag",
	    "replace_tag A",
	    "required_score",
	    "required_score -1",
	    "required_score x",
	    "require_version",
	    "include",
	    "include /etc/passwd",
	    "completely unknown",
	};
	struct ruleset *set;
	struct problems p;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		set = rules_parse(lines[i], &p);
		ck_assert_msg(p.errors > 0, "%s", lines[i]);
		ck_assert_uint_eq(p.errors, p.survivable);
		ck_assert_msg(set->counts[CF_ERROR] == 1, "%s", lines[i]);
		ck_assert_uint_eq(set->lists.count, 0);
		ruleset_free(set);
	}
}
END_TEST

/* Lines that load with no word said. */
START_TEST(good_lines_are_taken)
{
	static const char *const lines[] = {
	    "body X /x/",
	    "body X m{x}i",
	    "body X m'x\"y'",
	    "body X m!a\\!b!x",
	    "body X m,x,",
	    "body X m<x>",
	    "body X m(x)",
	    "body X m[x]",
	    "body X qr/x/",
	    "body X /\\/x\\//",
	    "body X /x/aimsx",
	    "body X /\\x{41}\\x{263a}[\\x{80}-\\x{ffff}]\\h\\R\\K/",
	    "body X /a{,3}b{ 1, 2 }/",
	    "body X /(?<n>a)|(?<n>b)/",
	    "body X /(?^i:x)/n",
	    "rawbody X /x/",
	    "full X /x/",
	    "uri X m|^https?://|",
	    "header X From =~ /x/",
	    "header X From=~/x/",
	    "header X From !~ /x/",
	    "header X From: =~ /x/",
	    "header X From:addr =~ /x/",
	    "header X From:name:first =~ /x/",
	    "header X Received:last:raw =~ /x/",
	    "header X From:addr:domain =~ /x/",
	    "header X From:Addr =~ /x/",
	    "header X From =~ /x/ [if-unset: y]",
	    "header X From =~ /x/i  [if-unset: y z]",
	    "header X exists:From",
	    "header X ALL =~ /x/m",
	    "header X eval:check_for_missing_to_header()",
	    "mimeheader X Content-Type =~ /x/",
	    "mimeheader X Content-Type:raw !~ /x/ [if-unset: y]",
	    "meta X (A && !B) || C + 2 > 3",
	    "meta X rules_matching(__A*) > 2",
	    "meta X ()",
	    "META X A",
	    "body X /x/\nscore X 1",
	    "body X /x/\nscore X -0.5 1 2 3",
	    "body X /x/\nscore X 1\nscore X (0.5)",
	    "body X /x/\nscore X 1\nscore X (-0.5)",
	    "body X /x/\nscore X 0.0001",
	    "body X /x/\ndescribe X text # of it",
	    "body X /x/\ntflags X multiple maxhits=3 nosubject",
	    "body X /x/\npriority X -100",
	    "body X /x/\ntest X ok text",
	    "body X /x/\ntest X fail text",
	    "replace_tag A [a@]",
	    "replace-start <",
	    "required_score 6",
	    "required_hits 6",
	    "require_version 4.000001",
	    "require_version @@VERSION@@",
	    "whitelist_from a@b.example *@c.example",
	    "unwhitelist_from a@b.example",
	    "blacklist_from a@b.example",
	    "trusted_networks 10/8 !10.1/16",
	    "clear_trusted_networks",
	    "enlist_addrlist (A) a@b.example",
	    "freemail_domains x.example y.example",
	    "util_rb_2tld co.example",
	    "redirector_pattern /^http:\\/\\/x/i",
	    "report_safe 0",
	    "rewrite_header Subject ***SPAM***",
	    "use_bayes 1",
	    "bayes_path /x",
	    "add_header all Level _STARS(*)_",
	    "lock_method flock",
	    "\xef\xbb\xbf"
	    "body X /x/",
	    "body X /x/\r\nscore X 1\r\n",
	    "  body  X  /x/  ",
	};
	struct ruleset *set;
	struct problems p;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		set = rules_parse(lines[i], &p);
		ck_assert_msg(p.count == 0, "%s: %s", lines[i], p.list[0].text);
		ruleset_free(set);
	}
}
END_TEST

START_TEST(conditions_have_precedence)
{
	static const struct {
		const char *text;
		bool holds;
	} cases[] = {
	    {"version >= 4.000001", true},
	    {"version >= 4.0", true},
	    {"(version >= 4.000000)", true},
	    {"(version > 4.000001)", false},
	    {"(version < 4)", false},
	    {"!((version >= 3.004000))", false},
	    {"(version >= 3.004002) && (version < 4.000002)", true},
	    {"perl_version >= 5.010000", true},
	    {"local_tests_only", true},
	    {"!local_tests_only", false},
	    {"plugin(Mail::SpamAssassin::Plugin::FreeMail)", true},
	    {"plugin (Mail::SpamAssassin::Plugin::FreeMail)", true},
	    {"!plugin(Mail::SpamAssassin::Plugin::DCC)", true},
	    {"plugin(Mail::SpamAssassin::Plugin::Dmarc)", true},
	    {"plugin(FreeMail)", false},
	    {"can(Mail::SpamAssassin::Conf::feature_bug6558_free)", true},
	    {"has(Mail::SpamAssassin::Conf::feature_bug6558_free)", true},
	    {"can(Mail::SpamAssassin::Conf::feature_none)", false},
	    {"can(Mail::SpamAssassin::Plugin::ASN::has_check_asn)", false},
	    {"!(can(Mail::SpamAssassin::Plugin::ASN::has_check_asn))", true},
	    {"can(Postern::action)", true},
	    {"(can(Postern::action))", true},
	    {"1 || 0 && 0", true},
	    {"(1 || 0) && 0", false},
	    {"0 && 0 || 1", true},
	    {"!0 && 1", true},
	    {"!1 || !0", true},
	    {"1 == 2 || 3 > 2", true},
	};
	struct ruleset *set;
	struct problems p;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set = rules_parse(
		    arena_printf(arena,
			"if %s\nbody YES /x/\nelse\nbody NO /x/\nendif",
			cases[i].text)
			.data,
		    &p);
		ck_assert_msg(p.count == 0, "%s: %s", cases[i].text,
		    p.count ? p.list[0].text : "");
		ck_assert_msg(
		    (ruleset_find(set, str_c("YES")) != NULL) == cases[i].holds,
		    "%s", cases[i].text);
		ck_assert(
		    (ruleset_find(set, str_c("NO")) == NULL) == cases[i].holds);
		ruleset_free(set);
	}
}
END_TEST

/* What is open when, and what remains of it. */
START_TEST(conditions_nest)
{
	static const struct {
		const char *text;
		const char *names; /* of the rules there are then */
		size_t errors;
	} cases[] = {
	    {"if 0\nif 1\nbody A /x/\nelse\nbody B /x/\nendif\nendif\n"
	     "body C /x/",
		"C", 0},
	    {"if 1\nif 0\nbody A /x/\nelse\nbody B /x/\nendif\nendif", "B", 0},
	    {"if 0\nbody A /x/\nelse\nif 1\nbody B /x/\nendif\nendif", "B", 0},
	    {"if 0\nbogus line\nendif", "", 0},
	    {"if 0\nif bogus\nendif\nendif\nbody A /x/", "A", 0},
	    {"if 1\nbody A /x/", "A", 1},
	    {"if bogus\nbody A /x/\nendif\nbody B /x/", "B", 1},
	    {"endif\nbody A /x/", "A", 1},
	    {"ifplugin Mail::SpamAssassin::Plugin::TextCat\nbody A /x/\nendif",
		"", 0},
	    {"loadplugin Mail::SpamAssassin::Plugin::TextCat\n"
	     "ifplugin Mail::SpamAssassin::Plugin::TextCat\nbody A /x/\nendif",
		"A", 0},
	    {"loadplugin Own Own.pm\nown_setting x\nifplugin Own\n"
	     "body A /x/\nendif\nifplugin Other\nbody B /x/\nendif",
		"A", 0},
	    {"own_setting x\nloadplugin Own Own.pm", "", 1},
	    {"header A rbleval:check_rbl('x', 'y')", "A", 0},
	    {"require_version 3.004000\nbody A /x/", "", 0},
	    {"if 0\nrequire_version 3.004000\nendif\nbody A /x/", "A", 0},
	};
	struct ruleset *set;
	struct problems p;
	struct str name;
	size_t i, k;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set = rules_parse(cases[i].text, &p);
		ck_assert_msg(p.errors == cases[i].errors, "%s: %zu errors",
		    cases[i].text, p.errors);
		ck_assert_msg(
		    set->count == strlen(cases[i].names), "%s", cases[i].text);
		for (k = 0; k < set->count; k++) {
			name = str_of(cases[i].names + k, 1);
			ck_assert_ptr_nonnull(ruleset_find(set, name));
		}
		ruleset_free(set);
	}
}
END_TEST

START_TEST(deep_nesting_ends)
{
	struct ruleset *set;
	struct strbuf text;
	struct problems p;
	int i;

	strbuf_init(&text);
	for (i = 0; i < 1000; i++)
		strbuf_puts(&text, "if 1\n");
	strbuf_puts(&text, "body A /x/\n");
	for (i = 0; i < 1000; i++)
		strbuf_puts(&text, "endif\n");
	strbuf_puts(&text, "body B /x/\n");
	set = rules_parse(text.data, &p);
	ck_assert(p.errors > 0);
	ck_assert_ptr_null(ruleset_find(set, str_c("A")));
	ck_assert_ptr_nonnull(ruleset_find(set, str_c("B")));
	ruleset_free(set);
	strbuf_clear(&text);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
	    nothing_is_silent,
	    malformed_lines_are_errors,
	    good_lines_are_taken,
	    conditions_have_precedence,
	    conditions_nest,
	    deep_nesting_ends,
	};

	return rules_run("rules_lang", tests, sizeof(tests) / sizeof(tests[0]));
}
