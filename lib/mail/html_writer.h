/*
 * html_writer: rendered text, where every run of white space is one space and
 * elements add their own.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_HTML_WRITER_H
#define POSTERN_HTML_WRITER_H

#include "postern/arena.h"

struct html_writer {
	char *data;
	size_t len;
	size_t room;
	size_t last;    /* where the last piece begins */
	bool any;       /* there is a last piece */
	bool space;     /* it is an element's white space */
	bool invisible; /* it cannot be read */
};

/* Holds at most `room` octets; what is beyond is lost. */
void html_writer_init(struct html_writer *w, size_t room, struct arena *arena);

/* A text without markup, its character references decoded. */
void html_writer_text(struct html_writer *w, struct str text, bool invisible);

/* What an element adds: " ", "\n", "\n\n". */
void html_writer_space(struct html_writer *w, const char *space);

/* The last piece. */
struct str html_writer_last(const struct html_writer *w);

struct str html_writer_str(const struct html_writer *w);

#endif
