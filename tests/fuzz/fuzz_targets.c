/*
 * fuzz_targets: hostile mail as rules see it, and what must always hold.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "filters/rules/set/ruleset.h"
#include "filters/rules/target/target.h"
#include "filters/rules/text/uri_forms.h"
#include "filters/rules/text/uri_text.h"
#include "postern/uri.h"

#include "fuzz.h"

enum { LINE_MAX_SIZE = 2049, PIECE_MAX_SIZE = 4096 };

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
make_lists(struct lists *lists, struct arena *arena)
{
	*lists = (struct lists) {.count = 0};
	lists_add(lists, arena, "util_rb_tld", str_c("com de example uk"), "");
}

static void
require_forms(struct str uri, const struct lists *lists, struct arena *arena)
{
	struct uri_forms forms;
	size_t i;

	uri_forms_find(uri, lists, NULL, arena, &forms);
	require(forms.count > 0 && forms.count <= URI_FORMS_MAX);
	for (i = 0; i < forms.count; i++)
		require(forms.at[i].len <= URI_SIZE_MAX);
}

/* Running text, and each address in it. */
static void
fuzz_uri(struct str in)
{
	struct arena *arena = arena_new();
	struct lists lists;
	struct uri_search search;
	struct uri_found found;
	const char *last = in.data;
	struct str uri;

	make_lists(&lists, arena);
	uri_search_init(&search, in, &lists);
	while (uri_search_next(&search, &found)) {
		require(found.text.len > 0 && found.text.data >= last);
		require(found.host.len <= found.text.len);
		last = found.text.data + found.text.len;
		require(last <= in.data + in.len);
		uri = uri_text_complete(&found, arena);
		if (uri.len > 0)
			require_forms(uri, &lists, arena);
	}
	require_forms(in, &lists, arena);
	arena_free(arena);
}

/* The first line is the base. */
static void
fuzz_uri_resolve(struct str in)
{
	struct arena *arena = arena_new();
	struct str base = str_head(in, str_find(in, '\n'));
	struct str uri = str_from(in, base.len + 1), out;
	struct uri parts;

	uri_parse(uri, &parts);
	require(parts.scheme.len + parts.authority.len + parts.path.len +
		parts.query.len + parts.fragment.len <=
	    uri.len);
	out = uri_resolve(base, uri, arena);
	require(out.len <= base.len + uri.len + 8);
	arena_free(arena);
}

static void
require_sizes(const struct target_texts *texts, size_t most)
{
	size_t i;

	for (i = 0; i < texts->count; i++)
		require(texts->at[i].len <= most);
}

/* A whole mail; the rules of its set are none. */
static void
fuzz_targets_run(struct str in)
{
	struct arena *arena = arena_new();
	struct envelope envelope = {.helo = "", .sender = ""};
	struct ruleset set = {.count = 0};
	struct message message;
	struct scan scan = {
	    .arena = arena, .envelope = &envelope, .message = &message};
	struct targets t = {.scan = &scan, .set = &set};

	make_lists(&set.lists, arena);
	message_parse(in, arena, &message);
	require(target_body(&t)->count > 0);
	require_sizes(target_body(&t), LINE_MAX_SIZE);
	require_sizes(target_rawbody(&t), PIECE_MAX_SIZE);
	require_sizes(target_uri(&t), URI_SIZE_MAX);
	require(target_full(&t).len <= in.len);
	arena_free(arena);
}

const struct fuzz_target fuzz_targets[] = {
    {"uri", fuzz_uri},
    {"uri_resolve", fuzz_uri_resolve},
    {"targets", fuzz_targets_run},
    {NULL, NULL},
};
