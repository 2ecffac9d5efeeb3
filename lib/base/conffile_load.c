/*
 * conffile_load: a configuration file and whatever it includes.
 *
 * What is included takes the place of the include line, so that the order of
 * the file is the order of the settings.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "postern/conffile.h"
#include "postern/strbuf.h"

enum { DEPTH_MAX = 8, SIZE_MAX_OCTETS = 16 << 20 };

struct loader {
	struct arena *arena;
	struct problems *problems;
	size_t left; /* octets that may still be read */
};

static struct conf_node *
load(struct loader *l, const char *path, unsigned depth);

static bool
read_all(struct loader *l, int fd, struct strbuf *out)
{
	ssize_t got;

	do {
		got = read(fd, strbuf_grow(out, 65536), 65536);
		if (got > 0)
			strbuf_grew(out, (size_t)got);
		if (out->len > l->left) {
			errno = EFBIG;
			return false;
		}
	} while (got > 0);
	l->left -= out->len;
	return got == 0;
}

static bool
read_file(struct loader *l, const char *path, struct strbuf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && read_all(l, fd, out);

	if (!ok)
		problem_add(l->problems, path, 0, "%s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

/* Relative patterns are meant from the folder of the including file. */
static const char *
resolve(struct loader *l, const struct conf_node *node, const char *pattern)
{
	struct str file = str_c(node->file);
	size_t slash = str_find_last(file, '/');

	if (pattern[0] == '/' || slash == file.len)
		return pattern;
	return arena_printf(l->arena, "%.*s/%s", (int)slash, file.data, pattern)
	    .data;
}

static struct conf_node *
include(struct loader *l, const struct conf_node *node, unsigned depth)
{
	struct conf_node *first = NULL, **end = &first;
	const char *pattern;
	glob_t found;
	size_t i;

	if (node->values.count != 1) {
		problem_add(l->problems, node->file, node->line,
		    "include takes one file name or pattern");
		return NULL;
	}
	pattern = resolve(l, node, node->values.at[0]);
	if (glob(pattern, 0, NULL, &found) != 0) {
		if (!strpbrk(pattern, "*?["))
			problem_add(l->problems, node->file, node->line,
			    "include: there is no file %s", pattern);
		return NULL;
	}
	for (i = 0; i < found.gl_pathc; i++) {
		*end = load(l, found.gl_pathv[i], depth + 1);
		while (*end)
			end = &(*end)->next;
	}
	globfree(&found);
	return first;
}

/* Puts what is included in the place of each include line. */
static void
expand(struct loader *l, struct conf_node **at, unsigned depth)
{
	struct conf_node *node, *tail;

	while ((node = *at) != NULL) {
		if (node->section)
			expand(l, &node->child, depth);
		if (node->section || strcmp(node->name, "include") != 0) {
			at = &node->next;
			continue;
		}
		tail = node->next;
		*at = include(l, node, depth);
		while (*at)
			at = &(*at)->next;
		*at = tail;
	}
}

static struct conf_node *
load(struct loader *l, const char *path, unsigned depth)
{
	struct conf_node *first = NULL;
	struct strbuf text;

	if (depth > DEPTH_MAX) {
		problem_add(l->problems, path, 0,
		    "files include each other more than %d deep", DEPTH_MAX);
		return NULL;
	}
	strbuf_init(&text);
	if (read_file(l, path, &text))
		first = conffile_parse(
		    strbuf_str(&text), path, l->arena, l->problems);
	strbuf_clear(&text);
	expand(l, &first, depth);
	return first;
}

struct conf_node *
conffile_load(const char *path, struct arena *arena, struct problems *problems)
{
	struct loader l = {arena, problems, SIZE_MAX_OCTETS};

	return load(&l, path, 0);
}
