/*
 * ruleset_load: the files of the directories, in name order.
 *
 * A file may include others, relative to its own folder, at most 8 deep and
 * never itself.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "postern/strbuf.h"

#include "cf.h"

enum { FILE_MAX = 64 << 20, FILES_MAX = 10000 };

static bool
read_file(const char *path, struct strbuf *out, struct error *err)
{
	FILE *in = fopen(path, "rb");
	size_t got;
	bool good;

	if (!in)
		return error_set(err, "%s", strerror(errno));
	do {
		got = fread(strbuf_grow(out, 65536), 1, 65536, in);
		strbuf_grew(out, got);
	} while (got > 0 && out->len <= FILE_MAX);
	good = !ferror(in) || error_set(err, "%s", strerror(errno));
	fclose(in);
	if (good && out->len > FILE_MAX)
		return error_set(err, "larger than %d octets", FILE_MAX);
	return good;
}

/* The text of one more file; false with the reason. */
static bool
open_file(
    struct cf *cf, const char *path, struct strbuf *text, struct error *err)
{
	if (cf->set->files == FILES_MAX)
		return error_set(err, "more than %d files", FILES_MAX);
	cf->set->files++;
	return read_file(path, text, err);
}

static void
load_file(struct cf *cf, const char *path)
{
	struct strbuf text;
	struct error error;

	strbuf_init(&text);
	if (open_file(cf, path, &text, &error)) {
		cf->including[0] = path;
		cf->include_depth = 1;
		cf_parse(cf, path, strbuf_str(&text));
	} else {
		problem_add(cf->problems, path, 0, "%s", error.text);
	}
	strbuf_clear(&text);
}

/* Relative to the folder of the file that includes it. */
static const char *
beside(struct cf *cf, const char *path)
{
	size_t slash = str_find_last(str_c(cf->file), '/');

	if (path[0] == '/' || slash == strlen(cf->file))
		return path;
	return arena_printf(
	    cf->set->arena, "%.*s/%s", (int)slash, cf->file, path)
	    .data;
}

static bool
is_open(const struct cf *cf, const char *path)
{
	char mine[PATH_MAX], other[PATH_MAX];
	unsigned i;

	if (!realpath(path, mine))
		return false;
	for (i = 0; i < cf->include_depth; i++)
		if (realpath(cf->including[i], other) &&
		    strcmp(mine, other) == 0)
			return true;
	return false;
}

static void
include(struct cf *cf, const char *path)
{
	struct strbuf text;
	struct error error;

	path = beside(cf, path);
	if (cf->include_depth == CF_INCLUDE_MAX) {
		cf_error(cf, "include: nested too deep");
		return;
	}
	if (is_open(cf, path)) {
		cf_error(cf, "include: %s includes itself", path);
		return;
	}
	strbuf_init(&text);
	if (open_file(cf, path, &text, &error)) {
		cf->including[cf->include_depth++] = path;
		cf_parse(cf, path, strbuf_str(&text));
		cf->include_depth--;
	} else {
		cf_error(cf, "include %s: %s", path, error.text);
	}
	strbuf_clear(&text);
}

static void
load_directory(struct cf *cf, const char *dir)
{
	char pattern[PATH_MAX];
	struct stat st;
	glob_t found;
	size_t i;

	if (stat(dir, &st) != 0) {
		problem_add(cf->problems, NULL, 0, "rules directory %s: %s",
		    dir, strerror(errno));
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		load_file(cf, dir);
		return;
	}
	snprintf(pattern, sizeof(pattern), "%s/*.cf", dir);
	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (i = 0; i < found.gl_pathc; i++)
		load_file(cf, found.gl_pathv[i]);
	globfree(&found);
}

static struct cf
begin(const struct ruleset_options *options, struct problems *problems)
{
	struct cf cf = {.set = ruleset_new(options), .problems = problems};

	if (options) {
		cf.tell = options->tell;
		cf.context = options->context;
	}
	return cf;
}

struct ruleset *
ruleset_load_with(const struct texts *directories,
    const struct ruleset_options *options, struct problems *problems)
{
	struct cf cf = begin(options, problems);
	size_t i;

	cf.include = include;
	for (i = 0; i < directories->count; i++)
		load_directory(&cf, directories->at[i]);
	ruleset_settle(cf.set, problems);
	return cf.set;
}

struct ruleset *
ruleset_load(const struct texts *directories, struct problems *problems)
{
	return ruleset_load_with(directories, NULL, problems);
}

struct ruleset *
ruleset_parse(struct str text, const char *file,
    const struct ruleset_options *options, struct problems *problems)
{
	struct cf cf = begin(options, problems);

	cf.set->files = 1;
	cf_parse(&cf, file, text);
	ruleset_settle(cf.set, problems);
	return cf.set;
}
