/*
 * conffile: the grammar of postern.conf, and nothing about its meaning.
 *
 *	name = value        name = {a, b}        kind "title" { ... }
 *	include "glob"      # comment
 *
 * Values are bare words or "quoted" (with \" and \\); newline or space
 * separates settings.  There are no variables and no conditions.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_CONFFILE_H
#define POSTERN_CONFFILE_H

#include "postern/problem.h"

struct texts {
	const char **at;
	size_t count;
};

struct conf_node {
	const char *name;
	const char *title; /* sections: NULL when untitled */
	bool section;
	struct texts values;     /* settings: one or more; {} gives none */
	bool list;               /* the value was written in braces */
	struct conf_node *child; /* sections: the first setting inside */
	struct conf_node *next;
	const char *file;
	unsigned line;
};

/*
 * Parses one text.  Pure: an include becomes a setting named "include".
 * Every syntax problem is noted and parsing goes on behind it.  Sections
 * nest at most 8 deep.  The result may be NULL (an empty file).
 */
struct conf_node *conffile_parse(struct str text, const char *file,
    struct arena *arena, struct problems *problems);

/*
 * Reads a file and whatever it includes (relative to its own folder, in
 * name order, at most 8 deep, 16 MB in all).  A pattern without wildcard that
 * names no file is a problem; one with a wildcard may match nothing.
 */
struct conf_node *
conffile_load(const char *path, struct arena *arena, struct problems *problems);

#endif
