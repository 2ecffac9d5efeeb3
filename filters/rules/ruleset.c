/*
 * ruleset: the rules of the directories, parsed and compiled.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "postern/strbuf.h"
#include "postern/xalloc.h"

#include "cf.h"
#include "metas.h"
#include "ruleset.h"

enum { FILE_MAX = 64 << 20 };

const char *
rule_type_word(enum rule_type type)
{
	static const char *const words[] = {"header", "body", "rawbody", "full",
	    "uri", "mimeheader", "meta", "eval", "unsupported"};

	return words[type];
}

static size_t
hash(struct str name)
{
	size_t value = 5381, i;

	for (i = 0; i < name.len; i++)
		value = value * 33 + (unsigned char)name.data[i];
	return value;
}

static size_t
slot_of(const struct ruleset *set, struct str name)
{
	size_t i = hash(name) & (set->index_room - 1);

	while (
	    set->index[i] && !str_is(name, set->rules[set->index[i] - 1].name))
		i = (i + 1) & (set->index_room - 1);
	return i;
}

struct rule *
ruleset_find(const struct ruleset *set, struct str name)
{
	size_t slot = slot_of(set, name);

	return set->index[slot] ? &set->rules[set->index[slot] - 1] : NULL;
}

static void
grow_index(struct ruleset *set)
{
	size_t i;

	free(set->index);
	set->index_room = set->index_room ? 2 * set->index_room : 1024;
	set->index = xcalloc(set->index_room, sizeof(*set->index));
	for (i = 0; i < set->count; i++)
		set->index[slot_of(set, str_c(set->rules[i].name))] = i + 1;
}

static int
default_score(struct str name)
{
	if (str_starts(name, "__"))
		return 0;
	return str_starts(name, "T_") ? 10 : 1000;
}

struct rule *
ruleset_define(struct ruleset *set, struct str name)
{
	struct rule *rule = ruleset_find(set, name);

	if (rule) {
		/* A later definition replaces the earlier; its score stays. */
		*rule = (struct rule) {.type = RULE_UNSUPPORTED,
		    .name = rule->name,
		    .replaced = rule->where,
		    .describe = rule->describe,
		    .score = rule->score,
		    .scored = rule->scored,
		    .subrule = rule->subrule,
		    .stage = rule->stage,
		    .tflags = rule->tflags,
		    .multiple = rule->multiple,
		    .max_hits = rule->max_hits,
		    .nosubject = rule->nosubject,
		    .action = rule->action,
		    .action_text = rule->action_text};
		return rule;
	}
	if (2 * (set->count + 1) > set->index_room)
		grow_index(set);
	set->rules =
	    arena_push(set->arena, set->rules, set->count, sizeof(*set->rules));
	rule = &set->rules[set->count++];
	rule->name = arena_text(set->arena, name);
	rule->type = RULE_UNSUPPORTED;
	rule->unsupported = "not defined";
	rule->subrule = str_starts(name, "__");
	rule->score = default_score(name);
	rule->describe = "";
	rule->stage = STAGE_MESSAGE;
	set->index[slot_of(set, name)] = set->count;
	return rule;
}

static bool
read_file(const char *path, struct strbuf *out)
{
	FILE *in = fopen(path, "rb");
	size_t got;

	if (!in)
		return false;
	do {
		got = fread(strbuf_grow(out, 65536), 1, 65536, in);
		strbuf_grew(out, got);
	} while (got > 0 && out->len < FILE_MAX);
	fclose(in);
	return true;
}

static void
load_file(struct cf *cf, const char *path, struct problems *problems)
{
	struct strbuf text;

	strbuf_init(&text);
	if (read_file(path, &text)) {
		cf->set->files++;
		cf_parse(cf, path, strbuf_str(&text));
	} else {
		problem_add(problems, path, 0, "%s", strerror(errno));
	}
	strbuf_clear(&text);
}

static void
load_directory(struct cf *cf, const char *dir, struct problems *problems)
{
	char pattern[4096];
	struct stat st;
	glob_t found;
	size_t i;

	if (stat(dir, &st) != 0) {
		problem_add(problems, NULL, 0, "rules directory %s: %s", dir,
		    strerror(errno));
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		load_file(cf, dir, problems);
		return;
	}
	snprintf(pattern, sizeof(pattern), "%s/*.cf", dir);
	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (i = 0; i < found.gl_pathc; i++)
		load_file(cf, found.gl_pathv[i], problems);
	globfree(&found);
}

void
ruleset_withdraw(struct ruleset *set, struct rule *rule,
    struct problems *problems, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	rule->type = RULE_UNSUPPORTED;
	rule->unsupported = arena_vprintf(set->arena, fmt, args).data;
	va_end(args);
	problem_warn(problems, rule->file, rule->line, "%s %s", rule->name,
	    rule->unsupported);
}

static void
check_undefined(struct ruleset *set, struct problems *problems)
{
	const struct rule *rule;
	size_t i;

	for (i = 0; i < set->count; i++) {
		rule = &set->rules[i];
		if (!rule->where)
			problem_warn(problems, rule->file, rule->line,
			    "%s has a score, a description or an action, but "
			    "no definition",
			    rule->name);
	}
}

struct ruleset *
ruleset_load(const struct texts *directories, struct problems *problems)
{
	struct ruleset *set = xcalloc(1, sizeof(*set));
	struct cf cf = {.set = set, .problems = problems};
	size_t i;

	set->arena = arena_new();
	grow_index(set);
	for (i = 0; i < directories->count; i++)
		load_directory(&cf, directories->at[i], problems);
	check_undefined(set, problems);
	metas_settle(set, problems);
	return set;
}

void
ruleset_free(struct ruleset *set)
{
	size_t i;

	if (!set)
		return;
	for (i = 0; i < set->regex_count; i++)
		regex_free(set->regexes[i]);
	free(set->index);
	arena_free(set->arena);
	free(set);
}
