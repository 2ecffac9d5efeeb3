/*
 * fuzz_filters: the parsers of the configuration and of the filters.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <openssl/evp.h>
#include <stdlib.h>

#include "postern/setting.h"

#include "filters/dkim/bodyhash.h"
#include "filters/dkim/keyrecord.h"
#include "filters/rules/set/meta.h"
#include "filters/spf/spf_macro.h"
#include "filters/spf/spf_record.h"
#include "fuzz.h"

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
run_conffile(struct str input)
{
	struct arena *arena = arena_new();
	struct problems problems;

	problems_init(&problems, arena);
	conffile_parse(input, "fuzz", arena, &problems);
	must(problems.errors == problems.count);
	arena_free(arena);
}

static void
run_values(struct str input)
{
	struct arena *arena = arena_new();
	struct endpoint ep, again;
	struct error error;
	struct ip_net net;
	char text[16];
	int score, same;

	if (endpoint_parse(input, arena, &ep, &error))
		must(endpoint_parse(
		    endpoint_format(&ep, arena), arena, &again, &error));
	if (ip_net_parse(input, &net))
		must(ip_net_has(&net, &net.base));
	if (score_parse(input, &score))
		must(score_parse(str_c(score_format(score, text)), &same) &&
		    same == score);
	arena_free(arena);
}

static struct str
no_name(void *context)
{
	(void)context;
	return str_c("unknown");
}

static void
run_spf(struct str input)
{
	struct spf_macros m = {.sender = str_c("a.b-c@d.example"),
	    .local = str_c("a.b-c"),
	    .origin = str_c("d.example"),
	    .domain = str_c("d.example"),
	    .helo = str_c("h"),
	    .receiver = str_c("r"),
	    .validated = no_name};
	struct arena *arena = arena_new();
	struct spf_record record;
	struct error error;
	struct str name;
	size_t i;

	ip_parse(str_c("2001:db8::1"), &m.ip);
	if (spf_record_is_spf(input) &&
	    spf_record_parse(input, arena, &record, &error)) {
		for (i = 0; i < record.count; i++) {
			name =
			    spf_macro_name(record.terms[i].domain, &m, arena);
			must(name.len <= SPF_NAME_MAX);
		}
	}
	if (spf_macro_is_valid(input, true))
		must(spf_macro_expand(input, &m, arena).len <= SPF_TEXT_MAX);
	arena_free(arena);
}

static void
run_dkim(struct str input)
{
	struct field field = {input, {"DKIM-Signature", 14}, input};
	struct arena *arena = arena_new();
	struct signature sig;
	struct keyrecord key;
	struct error error;

	signature_parse(&field, 1000, arena, &sig);
	if (sig.result == RESULT_NONE)
		must(sig.bh.len == 32 && sig.name_count > 0);
	sig.rsa = input.len % 2;
	if (keyrecord_parse(input, &sig, arena, &key, &error)) {
		must(key.bits > 0);
		keyrecord_clear(&key);
	}
	arena_free(arena);
}

/* The first octet chooses; a body and the same with an empty line more. */
static void
run_body(struct str input)
{
	struct arena *arena = arena_new();
	struct str body = str_from(input, 1), longer;
	struct bodyhash one = {.relaxed = input.len && input.data[0] & 1};
	struct bodyhash two = one;

	if (!str_ends(body, "\r\n"))
		body = arena_printf(
		    arena, "%.*s\r\n", (int)str_find(body, '\0'), body.data);
	longer = arena_copy(arena, body);
	longer = arena_printf(
	    arena, "%.*s\r\n", (int)str_find(longer, '\0'), longer.data);
	if (str_find(body, '\0') == body.len) {
		bodyhash_compute(&one, body, NULL, NULL);
		bodyhash_compute(&two, longer, NULL, NULL);
		must(memcmp(one.digest, two.digest, 32) == 0);
	}
	arena_free(arena);
}

static void
run_meta(struct str input)
{
	static const double values[] = {0, 1, 2, 0.5};
	static const size_t rules[] = {0, 1, 2, 3, 1, 2};
	struct arena *arena = arena_new();
	struct error error;
	struct meta *meta = meta_parse(input, arena, &error);
	double first;
	size_t i;

	if (meta) {
		for (i = 0; i < meta_name_count(meta); i++)
			meta_bind(meta, i, rules + i % 4, 1 + i % 3);
		first = meta_run(meta, values);
		must(first == meta_run(meta, values) || first != first);
	}
	arena_free(arena);
}

const struct fuzz_target fuzz_targets[] = {
    {"conffile", run_conffile},
    {"values", run_values},
    {"spf", run_spf},
    {"dkim", run_dkim},
    {"body", run_body},
    {"meta", run_meta},
    {NULL, NULL},
};
