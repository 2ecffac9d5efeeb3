/*
 * html_writer: text as a reader sees it: white space runs are one space, block
 * elements start new lines.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_HTML_WRITER_H
#define POSTERN_HTML_WRITER_H

#include "postern/arena.h"

struct html_writer {
	char *data;
	size_t len;
	size_t room;
	size_t breaks; /* line ends owed before the next octet */
	bool space;    /* a space owed, unless breaks are */
	unsigned pre;  /* how many <pre> are open */
};

/* Holds at most `room` octets; what is beyond is lost. */
void html_writer_init(struct html_writer *w, size_t room, struct arena *arena);

void html_writer_text(struct html_writer *w, struct str text);

/* At least so many line ends before the next text, unless it is the first. */
void html_writer_block(struct html_writer *w, size_t breaks);

/* One line end more. */
void html_writer_break(struct html_writer *w);

void html_writer_space(struct html_writer *w);

struct str html_writer_str(const struct html_writer *w);

#endif
