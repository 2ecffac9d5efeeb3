/*
 * rules_lint: what is wrong with rule files, or may well be.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>

#include <jansson.h>

#include "postern/charset.h"

#include "rules_audit.h"
#include "rules_tools.h"

struct lint {
	bool json, strict, verbose;
	struct arena *arena;
	struct problems problems, notes;
};

static size_t
count_unsupported(const struct ruleset *set)
{
	size_t i, count = 0;

	for (i = 0; i < set->count; i++)
		count += set->rules[i].type == RULE_UNSUPPORTED;
	return count;
}

/* There must be something to read: an empty folder is a wrong path. */
static bool
has_rules(const char *path)
{
	struct dirent *entry;
	struct stat st;
	bool found = false;
	DIR *dir;
	FILE *in;

	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
		in = fopen(path, "rb");
		if (in)
			fclose(in);
		else
			fprintf(stderr, "postern rules: %s: %s\n", path,
			    strerror(errno));
		return in != NULL;
	}
	dir = opendir(path);
	if (!dir) {
		fprintf(
		    stderr, "postern rules: %s: %s\n", path, strerror(errno));
		return false;
	}
	while (!found && (entry = readdir(dir)))
		found = entry->d_name[0] != '.' &&
		    str_ends(str_c(entry->d_name), ".cf");
	closedir(dir);
	if (!found)
		fprintf(stderr,
		    "postern rules: %s: there is no file *.cf in it\n", path);
	return found;
}

bool
rules_readable(const struct texts *dirs)
{
	bool all = true;
	size_t i;

	for (i = 0; i < dirs->count; i++)
		all &= has_rules(dirs->at[i]);
	return all;
}

static json_t *
json_text(const char *text, struct arena *arena)
{
	struct str utf8 = charset_to_utf8(str_c("utf-8"), str_c(text), arena);

	return json_stringn(utf8.data, utf8.len);
}

static void
put_json(json_t *object)
{
	char *line = json_dumps(object, JSON_COMPACT);

	puts(line);
	free(line);
	json_decref(object);
}

static void
print_json(struct lint *l, const struct problems *p, bool note)
{
	const struct problem *each;
	json_t *object;
	size_t i;

	for (i = 0; i < p->count; i++) {
		each = &p->list[i];
		object = json_object();
		json_object_set_new(object, "severity",
		    json_string(note      ? "note" :
			    each->warning ? "warning" :
					    "error"));
		json_object_set_new(object, "file",
		    json_text(each->file ? each->file : "", l->arena));
		json_object_set_new(object, "line", json_integer(each->line));
		json_object_set_new(
		    object, "text", json_text(each->text, l->arena));
		put_json(object);
	}
}

static void
sum_json(const struct lint *l, const struct ruleset *set)
{
	const struct problems *p = &l->problems;

	put_json(json_pack("{s:I,s:I,s:I,s:I,s:I,s:I}", "rules",
	    (json_int_t)set->count, "files", (json_int_t)set->files,
	    "unsupported", (json_int_t)count_unsupported(set), "errors",
	    (json_int_t)p->errors, "warnings",
	    (json_int_t)(p->count - p->errors), "notes",
	    (json_int_t)l->notes.count));
}

/* Notes are told as "note", else like warnings. */
static void
print_notes(const struct problems *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		fprintf(stderr, "%s:%u: note: %s\n", p->list[i].file,
		    p->list[i].line, p->list[i].text);
}

static void
print_text(const struct lint *l, const struct ruleset *set)
{
	const struct problems *p = &l->problems;

	fflush(stdout);
	problems_print(p, stderr);
	if (l->verbose)
		print_notes(&l->notes);
	printf("%zu rules in %zu files, %zu not supported, %zu errors, "
	       "%zu warnings, %zu notes\n",
	    set->count, set->files, count_unsupported(set), p->errors,
	    p->count - p->errors, l->notes.count);
}

static int
lint(struct lint *l, const struct texts *dirs)
{
	struct ruleset *set = ruleset_load(dirs, &l->problems);
	struct audit audit = {set, &l->problems, &l->notes};
	bool bad;

	audit_names(&audit);
	audit_regexes(&audit);
	if (l->json) {
		print_json(l, &l->problems, false);
		print_json(l, &l->notes, true);
		sum_json(l, set);
	} else {
		print_text(l, set);
	}
	ruleset_free(set);
	bad = l->strict ? l->problems.count > 0 : l->problems.errors > 0;
	return bad ? EX_DATAERR : EX_OK;
}

static const struct option long_options[] = {
    {"json", no_argument, NULL, 'j'},
    {"strict", no_argument, NULL, 's'},
    {NULL, 0, NULL, 0},
};

int
rules_lint(int argc, char **argv)
{
	struct lint l = {.json = false};
	struct texts dirs;
	int c, code;

	while ((c = getopt_long(argc, argv, "v", long_options, NULL)) != -1) {
		if (c == '?')
			return RULES_USAGE;
		l.json |= c == 'j';
		l.strict |= c == 's';
		l.verbose |= c == 'v';
	}
	if (optind == argc)
		return RULES_USAGE;
	l.arena = arena_new();
	problems_init(&l.problems, l.arena);
	problems_init(&l.notes, l.arena);
	dirs = rules_named(argc - optind, argv + optind, l.arena);
	code = rules_readable(&dirs) ? lint(&l, &dirs) : EX_CONFIG;
	arena_free(l.arena);
	return code;
}
