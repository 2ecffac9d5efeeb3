/*
 * budget: by how much a hostile mail overruns what one regex may have of the
 * CPU budget of the rules, which is a quarter.
 *
 * usage: bench/budget [MS]; MS is that share, default 250.  A line for each of
 * some regexes that never end on a text made for them: CPU time of the whole
 * pass, and what is above the share.  One call of PCRE2 cannot be stopped, so
 * there is some.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "postern/strbuf.h"

#include "filters/rules/match/pass.h"

static const struct {
	const char *rule, *text;
	size_t count;
} cases[] = {
    {"full R /(?:[a-z]+\\s+){2,900}[a-z]*[!?]/s", "abc de ", 32000},
    {"full R /\\w[^!]*\\w[^!]*\\w[^!]*[!?](?=x)/", "word\r\n", 37000},
    {"full R /\\s*\\n\\s*\\n\\s*[!?]/", "\r\n", 500000},
    {"full R /(?:.*\\n)*x[!?]/", "\r\n", 1000000},
    {"full R /(?:a?){30}a{30}[!?]/", "aaaaaaaa\r\n", 100000},
    {"full R /(?:\\w+\\W?)+[!?]/", "words of mail ", 70000},
    {"full R /(?:a|a|aa)+[!?]/", "aaaaaaaaaaaaaaaa", 60000},
    {"full R /[ab]{1,40}[ab]{1,40}[ab]{1,40}[!?]/", "abababab", 125000},
    {"full R /(?:x+x+)+y[!?]/", "xxxxxxxxxxxx ", 70000},
    {"full R /.*.*.*=[!?]/s", "x=x ", 250000},
    /* whose start is looked for by an automaton */
    {"full R /[ab]?(?:[a-m][ac]){12}(?:[a-m][ac]){12}(?:[a-m][ac]){12}"
     "(?:[a-m][ac]){12}[a-z]{0,900}z9[!]x/",
	"aaaaaaaaaa", 100000},
    {"full R /[ab]?(?:[a-m][ac]){12}(?:[a-m][ac]){12}(?:[a-m][ac]){12}"
     "(?:[a-m][ac]){12}[^x]{0,900}z9[!]x/",
	"aaaaaaaaaa", 100000},
    {"rawbody R /(?:[ab]+){3,}[!?]/", "abababab\r\n", 40000},
    {"body R /(?:\\S+\\s){3,9}(?:\\S+\\s){3,9}[!?]/", "on and on ", 5000},
    {"uri R /(?:\\w+[.\\/-]?)+[!?]/", "http://a.example/bb-cc/dd-ee/ff ", 2000},
};

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
make_mail(struct strbuf *mail, const char *text, size_t count)
{
	strbuf_init(mail);
	strbuf_puts(mail, "Subject: hello\r\nFrom: a@example.org\r\n\r\n");
	while (count-- > 0)
		strbuf_puts(mail, text);
	strbuf_puts(mail, "9!\r\n");
}

/* CPU time of one pass. */
static double
take(const struct ruleset *set, struct str mail, int64_t budget, bool *spent)
{
	static struct envelope envelope = {
	    .helo = "", .sender = "", .protocol = "SMTP", .receiver = ""};
	struct arena *arena = arena_new();
	struct scan scan = {.arena = arena, .envelope = &envelope};
	struct plan *plan = plan_new(set, true);
	struct pass_lane *lane = pass_lane_new(plan, 100000, 8 << 20);
	struct message message;
	struct pass pass;
	double begun;

	message_parse(mail, arena, &message);
	scan.message = &message;
	begun = cpu_ms();
	pass_run(&pass, plan, lane, &scan, 4 * budget);
	begun = cpu_ms() - begun;
	*spent = pass.limited_count > 0;
	pass_lane_free(lane, plan);
	plan_free(plan);
	arena_free(arena);
	return begun;
}

int
main(int argc, char **argv)
{
	int64_t budget = argc > 1 ? atoi(argv[1]) : 250;
	struct arena *arena = arena_new();
	struct problems problems;
	struct ruleset *set;
	struct strbuf mail;
	double took, most = 0;
	bool spent;
	size_t i;

	problems_init(&problems, arena);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set = ruleset_parse(
		    str_c(cases[i].rule), "bench.cf", NULL, &problems);
		make_mail(&mail, cases[i].text, cases[i].count);
		took = take(set, strbuf_str(&mail), budget, &spent);
		if (took - (double)budget > most)
			most = took - (double)budget;
		printf("%8.1f ms %s %8.1f ms over  %s\n", took,
		    spent ? "stopped " : "finished",
		    took > (double)budget ? took - (double)budget : 0,
		    cases[i].rule);
		strbuf_clear(&mail);
		ruleset_free(set);
	}
	printf("share_ms %d\nmost_over_ms %.1f\n", (int)budget, most);
	arena_free(arena);
	return 0;
}
