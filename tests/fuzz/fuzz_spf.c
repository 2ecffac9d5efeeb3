/*
 * fuzz_spf: both engines over the same hostile world must agree in all that
 * they report and in every question that they ask.
 *
 * spf_zone: the first line is "address|helo|sender", each further one the TXT
 * record of d0.x, d1.x ...; octet 1 parts several records of a name.
 * spf_tree: each octet chooses a term, so that any input is a tree of records.
 * What else a name has follows from its hash.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "postern/strbuf.h"

#include "filters/spf/spf_check.h"
#include "fuzz.h"

enum {
	RECORDS_MAX = 32,
	ASKED_MAX = 1 + 10 * 11 + 11 + 1, /* start, terms, names of p, exp= */
	TIME = 1000
};

struct world {
	struct dns dns; /* first */
	struct str records[RECORDS_MAX];
	size_t count;
	struct spf_query query;
	int64_t now;
	uint64_t seen; /* hash of every question and every step */
	unsigned asked;
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static uint64_t
hash(uint64_t start, const char *text)
{
	for (; *text; text++)
		start = (start ^ (unsigned char)*text) * 0x100000001b3;
	return start ^ start >> 29;
}

static void
add_record(struct dns_answer *answer, struct arena *arena, struct str data)
{
	answer->records = arena_push(
	    arena, answer->records, answer->count, sizeof(*answer->records));
	answer->records[answer->count++].data = arena_copy(arena, data);
	answer->status = DNS_OK;
}

/* The text of "d3.x" is its own; one name in eight has somebody's. */
static void
answer_txt(const struct world *w, const char *name, uint64_t h,
    struct arena *arena, struct dns_answer *answer)
{
	size_t index = w->count;
	struct str rest, text;

	if (name[0] == 'd' && ascii_is_digit(name[1]) && name[2] == '.')
		index = (size_t)(name[1] - '0');
	else if (h % 8 == 0 && w->count)
		index = h / 8 % w->count;
	if (index >= w->count)
		return;
	rest = w->records[index];
	while (str_cut(&rest, '\1', &text))
		add_record(answer, arena, text);
}

static void
answer_address(const struct world *w, uint64_t h, enum dns_type type,
    struct arena *arena, struct dns_answer *answer)
{
	struct str address = {(const char *)w->query.ip.octets, 4};
	size_t i;

	address.len = type == DNS_A ? 4 : 16;
	for (i = 0; i < h % 3; i++) {
		add_record(answer, arena, address);
		if (h / 3 % 4 != 0)
			((char *)answer->records[i].data.data)[h / 12 % 4] ^=
			    (char)(1 + i);
	}
}

static void
answer_names(uint64_t h, struct arena *arena, struct dns_answer *answer)
{
	size_t i, count = h % 16 == 0 ? 12 : h % 5;

	for (i = 0; i < count; i++)
		add_record(answer, arena,
		    h / 16 % 32 == i ?
			str_c("") :
			arena_printf(arena, "%c%u.x", "dm"[i % 2],
			    (unsigned)(h / 512 % 10 + i) % 10));
}

static void
lookup(struct dns *dns, const char *name, enum dns_type type, int64_t deadline,
    struct arena *arena, struct dns_answer *answer)
{
	struct world *w = (struct world *)dns;
	uint64_t h = hash(0xcbf29ce484222325 + type, name);

	must(name[0] && strlen(name) <= 4 * 253);
	w->seen = hash(w->seen + type, name);
	w->asked++;
	answer->status = h / 7 % 2 ? DNS_NODATA : DNS_NXDOMAIN;
	answer->secure = h / 11 % 4 != 0;
	if (h / 13 % 64 == 0)
		answer->status = DNS_SERVFAIL;
	if (h / 13 % 64 == 1) {
		answer->status = DNS_TIMEOUT;
		w->now = h / 17 % 2 ? deadline : w->now;
	}
	if (answer->status >= DNS_SERVFAIL)
		return;
	if (type == DNS_TXT)
		answer_txt(w, name, h, arena, answer);
	else if (type == DNS_A || type == DNS_AAAA)
		answer_address(w, h, type, arena, answer);
	else
		answer_names(h, arena, answer);
}

static void
prefetch(struct dns *dns, const char *name, enum dns_type type)
{
	(void)dns;
	(void)name;
	(void)type;
}

static int64_t
now(struct dns *dns)
{
	return ((struct world *)dns)->now;
}

static void
told(void *context, const struct spf_event *event)
{
	struct world *w = context;

	w->seen = w->seen * 31 + event->step + event->matches * 7 +
	    event->lookups * 11 + event->voids * 13;
	if (event->in)
		w->seen = w->seen * 31 + event->in->depth;
	if (event->term)
		w->seen = w->seen * 31 + event->term->text.len;
}

static void
is_plain(struct str text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		must(text.data[i] >= 0x20 && text.data[i] < 0x7f);
}

static void
evaluate(struct world *w, enum spf_engine engine, struct arena *arena,
    struct spf_result *out)
{
	struct spf_conf conf = {
	    .engine = (int)engine, .max_lookups = 10, .max_voids = 2};

	w->dns = (struct dns) {lookup, prefetch, now};
	w->query.told = told;
	w->query.context = w;
	w->now = 0;
	w->seen = 1;
	w->asked = 0;
	spf_check_host(&conf, &w->dns, TIME, arena, &w->query, out);
	must(w->asked == out->asked && w->asked <= ASKED_MAX);
	must(out->lookups <= 11 && out->voids <= 3);
	must((out->explanation.len > 0) == (out->result == RESULT_FAIL));
	is_plain(out->explanation);
	is_plain(out->term);
	is_plain(str_c(out->problem));
}

static void
compare(struct world *w, struct arena *arena)
{
	struct spf_result a, b;
	uint64_t seen;

	evaluate(w, SPF_ENGINE_INTERNAL, arena, &a);
	seen = w->seen;
	evaluate(w, SPF_ENGINE_LIBSPF2, arena, &b);
	must(seen == w->seen);
	must(a.result == b.result && a.lookups == b.lookups);
	must(a.voids == b.voids && a.asked == b.asked);
	must(a.secure == b.secure && a.bogus == b.bogus);
	must(a.explained == b.explained);
	must(str_eq(a.explanation, b.explanation) && str_eq(a.term, b.term));
	must(strcmp(a.problem, b.problem) == 0);
}

static const char *
cut_text(struct str *rest, char sep, struct arena *arena)
{
	struct str part = {"", 0};

	str_cut(rest, sep, &part);
	return arena_text(arena, str_head(part, str_find(part, '\0')));
}

static void
run_zone(struct str input)
{
	struct world w = {.query = {.receiver = "mx.example", .time = 1}};
	struct arena *arena = arena_new();
	struct str head, rest = input;

	str_cut(&rest, '\n', &head);
	if (!ip_parse(str_c(cut_text(&head, '|', arena)), &w.query.ip))
		ip_parse(str_c("192.0.2.1"), &w.query.ip);
	w.query.helo = cut_text(&head, '|', arena);
	w.query.sender = cut_text(&head, '|', arena);
	while (
	    w.count < RECORDS_MAX && str_cut(&rest, '\n', &w.records[w.count]))
		w.count++;
	compare(&w, arena);
	arena_free(arena);
}

/* N stands for a digit that follows from the input. */
static const char *const terms[] = {"a", "a:dN.x", "mx", "mx:mN.x/2N", "ptr",
    "ptr:dN.x", "exists:%{i}.dN.x", "exists:%{p}.N.x", "exists:%{lr-}.%{d2}",
    "include:dN.x", "include:dN.x", "include:dN.x", "include:%{d}.%{d}.dN.x",
    "ip4:192.0.2.N", "ip4:192.0.2.0/2N", "ip6:2001:db8::N", "ip6:::/N", "all",
    "redirect=dN.x", "exp=dN.x", "exp=%{o}", "other=%{S}", "a:%{h}.mN.x//6N",
    "nonsense", "mx:dN.x//64", "include:%{l}.dN.x", "ip4:192.0.2.1",
    "exists:mN.x", "a:mN.x/24"};

enum { TERMS = sizeof(terms) / sizeof(terms[0]) };

static void
add_term(struct strbuf *out, unsigned char octet, unsigned char digit)
{
	const char *at = terms[octet % TERMS];

	strbuf_putc(out, ' ');
	if (octet / TERMS % 4 < 3 && !strchr(at, '='))
		strbuf_putc(out, "-?~"[octet / TERMS % 3]);
	for (; *at; at++)
		strbuf_putc(out, *at == 'N' ? (char)('0' + digit % 10) : *at);
}

/*
 * The first octet: who asks.  Then pairs of octets, which term and its digit;
 * 255 begins the next record.
 */
static void
run_tree(struct str input)
{
	static const char *const clients[] = {"192.0.2.1", "2001:db8::1"};
	static const char *const senders[] = {
	    "a-b.c@d0.x", "@d0.x", "", "\"q\\ q\"@d0.x"};
	struct world w = {.query = {.receiver = "mx.example", .helo = "d0.x"}};
	struct arena *arena = arena_new();
	const unsigned char *octets = (const unsigned char *)input.data;
	unsigned who = input.len ? octets[0] : 0;
	struct strbuf text;
	size_t i;

	ip_parse(str_c(clients[who % 2]), &w.query.ip);
	w.query.sender = senders[who / 2 % 4];
	strbuf_init(&text);
	strbuf_puts(&text, "v=spf1");
	for (i = 1; i + 1 < input.len && w.count < 9; i += 2) {
		if (octets[i] != 255) {
			add_term(&text, octets[i], octets[i + 1]);
			continue;
		}
		w.records[w.count++] = arena_copy(arena, strbuf_str(&text));
		strbuf_truncate(&text, 6);
		i--;
	}
	w.records[w.count++] = arena_copy(arena, strbuf_str(&text));
	strbuf_clear(&text);
	compare(&w, arena);
	arena_free(arena);
}

const struct fuzz_target fuzz_targets[] = {
    {"spf_zone", run_zone},
    {"spf_tree", run_tree},
    {NULL, NULL},
};
