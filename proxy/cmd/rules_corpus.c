/*
 * rules_corpus: folders of sorted mail, judged by a set of rules.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdlib.h>
#include <time.h>

#include "postern/setting.h"
#include "postern/strbuf.h"

#include "rules_corpus.h"
#include "saved.h"

struct work {
	const struct corpus_source *source;
	const struct judge *judge;
	struct problems *problems;
	struct corpus_result *result;
};

static struct arena *
arena_of(struct work *w)
{
	return w->problems->arena;
}

static struct corpus_rule *
rule_of(struct work *w, const struct hit *hit)
{
	struct corpus_result *r = w->result;
	size_t i;

	for (i = 0; i < r->rule_count; i++)
		if (strcmp(r->rules[i].name, hit->name) == 0)
			return &r->rules[i];
	r->rules =
	    arena_push(arena_of(w), r->rules, r->rule_count, sizeof(*r->rules));
	r->rules[i].name = arena_text(arena_of(w), str_c(hit->name));
	r->rules[i].score = hit->score;
	return &r->rules[r->rule_count++];
}

/* "path score RULE,RULE" */
static const char *
describe(struct work *w, const char *file, int score, const struct scan *scan)
{
	struct strbuf out;
	char points[16];
	const char *text;
	size_t i;

	strbuf_init(&out);
	strbuf_printf(&out, "%s %s", file, score_format(score, points));
	for (i = 0; i < scan->hit_count; i++)
		strbuf_printf(&out, "%c%s", i ? ',' : ' ', scan->hits[i].name);
	text = arena_text(arena_of(w), strbuf_str(&out));
	strbuf_clear(&out);
	return text;
}

static void
push(struct work *w, struct texts *texts, const char *text)
{
	texts->at = arena_push(
	    arena_of(w), texts->at, texts->count, sizeof(*texts->at));
	texts->at[texts->count++] = text;
}

static void
note(struct work *w, enum corpus_kind kind, const char *file, int score,
    const struct scan *scan)
{
	struct corpus_result *r = w->result;
	bool marked = score >= r->tag;
	size_t i;

	for (i = 0; i < scan->hit_count; i++)
		rule_of(w, &scan->hits[i])->hits[kind]++;
	r->each =
	    arena_push(arena_of(w), r->each, r->each_count, sizeof(*r->each));
	r->each[r->each_count++] = (struct corpus_mail) {file, score};
	r->mails[kind]++;
	r->marked[kind] += marked;
	if (marked && kind == CORPUS_HAM)
		push(w, &r->false_positives, describe(w, file, score, scan));
	if (!marked && kind == CORPUS_SPAM)
		push(w, &r->missed, describe(w, file, score, scan));
}

static void
judge_file(struct work *w, enum corpus_kind kind, const char *path)
{
	struct envelope envelope = {.helo = "",
	    .protocol = "ESMTP",
	    .sender = "",
	    .listener = "test",
	    .receiver = "localhost"};
	const char *file = arena_text(arena_of(w), str_c(path));
	struct message message;
	struct arena *arena;
	struct strbuf bytes;
	struct error error;
	struct scan scan;
	int score;

	strbuf_init(&bytes);
	if (!saved_read(path, &bytes, &error)) {
		problem_add(w->problems, path, 0, "%s", error.text);
		strbuf_clear(&bytes);
		return;
	}
	arena = arena_new();
	message_parse(strbuf_str(&bytes), arena, &message);
	saved_guess(&message, &envelope, arena);
	score =
	    judge_mail(w->judge, strbuf_str(&bytes), &envelope, arena, &scan);
	note(w, kind, file, score, &scan);
	arena_free(arena);
	strbuf_clear(&bytes);
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void
walk(struct work *w, enum corpus_kind kind, const char *dir)
{
	char path[4096];
	char *roots[] = {path, NULL};
	const char *match = w->source->match ? w->source->match : "*";
	FTSENT *entry;
	FTS *tree;

	if ((size_t)snprintf(path, sizeof(path), "%s", dir) >= sizeof(path))
		return;
	tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	while (tree && (entry = fts_read(tree)))
		if (entry->fts_info == FTS_F &&
		    fnmatch(match, entry->fts_name, FNM_PERIOD) == 0)
			judge_file(w, kind, entry->fts_path);
		else if (entry->fts_info == FTS_NS ||
		    entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
			problem_add(w->problems, entry->fts_path, 0, "%s",
			    strerror(entry->fts_errno));
	if (tree)
		fts_close(tree);
}

static int
worst_first(const void *a, const void *b)
{
	const struct corpus_rule *x = a, *y = b;

	if (x->hits[CORPUS_HAM] != y->hits[CORPUS_HAM])
		return x->hits[CORPUS_HAM] > y->hits[CORPUS_HAM] ? -1 : 1;
	if (x->hits[CORPUS_SPAM] != y->hits[CORPUS_SPAM])
		return x->hits[CORPUS_SPAM] > y->hits[CORPUS_SPAM] ? -1 : 1;
	return strcmp(x->name, y->name);
}

bool
corpus_run(const struct corpus_source *source, const struct texts *rules,
    struct problems *problems, struct corpus_result *result)
{
	struct work w = {
	    .source = source, .problems = problems, .result = result};
	struct judge *judge = judge_open(rules, problems);
	clock_t begin = clock(), spent;
	int kind;
	size_t i;

	if (!judge)
		return false;
	w.judge = judge;
	for (kind = CORPUS_HAM; kind <= CORPUS_SPAM; kind++)
		for (i = 0; i < source->dirs[kind].count; i++)
			walk(&w, (enum corpus_kind)kind,
			    source->dirs[kind].at[i]);
	spent = clock() - begin;
	result->per_second =
	    spent > 0 ? result->each_count * CLOCKS_PER_SEC / (size_t)spent : 0;
	if (result->rule_count)
		qsort(result->rules, result->rule_count, sizeof(*result->rules),
		    worst_first);
	judge_close(judge);
	return problems->errors == 0;
}

void
corpus_flips(const struct corpus_result *now, const struct corpus_result *then,
    struct arena *arena, struct texts *out)
{
	char one[16], other[16];
	int a, b;
	size_t i;

	for (i = 0; i < now->each_count && i < then->each_count; i++) {
		a = now->each[i].score;
		b = then->each[i].score;
		if ((a >= now->tag) == (b >= then->tag))
			continue;
		out->at =
		    arena_push(arena, out->at, out->count, sizeof(*out->at));
		out->at[out->count++] =
		    arena_printf(arena, "%s %s -> %s", now->each[i].file,
			score_format(b, other), score_format(a, one))
			.data;
	}
}
