/*
 * mime_shape: what stands around the boundary lines of a multipart.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "mime_shape.h"

enum where { PREAMBLE, HEADER, BODY, EPILOGUE };

/* "Name:" of printable octets. */
static bool
is_field(struct str line, bool space)
{
	size_t i = 0;

	while (i < line.len && line.data[i] > ' ' && line.data[i] < 0x7f &&
	    line.data[i] != ':')
		i++;
	if (i == 0)
		return false;
	while (space && i < line.len &&
	    (line.data[i] == ' ' || line.data[i] == '\t'))
		i++;
	return i < line.len && line.data[i] == ':';
}

/* In the field as it was written: letters count. */
static struct str
boundary_of(const struct mime_part *part)
{
	struct str type = str_c(""), rest;
	size_t i, at;

	for (i = 0; i < part->field_count; i++)
		if (str_case_is(part->fields[i].name, "Content-Type"))
			type = part->fields[i].value;
	at = str_case_find_str(type, str_c("boundary"));
	rest = str_trim(str_from(type, at + 8));
	if (at >= type.len || !str_starts(rest, "="))
		return str_c("");
	rest = str_trim(str_from(rest, 1));
	if (str_starts(rest, "\"")) {
		rest = str_from(rest, 1);
		return str_head(rest, str_find(rest, '"'));
	}
	for (i = 0; i < rest.len && !ascii_is_space(rest.data[i]) &&
	     rest.data[i] != ';';
	     i++)
		;
	return str_head(rest, i);
}

/* 0: no boundary; 1: of a part; 2: the last */
static unsigned
boundary_kind(struct str line, struct str boundary)
{
	if (!str_starts(line, "--") ||
	    !str_eq(str_head(str_from(line, 2), boundary.len), boundary))
		return 0;
	line = str_from(line, 2 + boundary.len);
	if (str_trim(line).len == 0)
		return 1;
	return str_starts(line, "--") && str_trim(str_from(line, 2)).len == 0 ?
	    2 :
	    0;
}

static bool
has_text(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!ascii_is_space(s.data[i]) && s.data[i] != '.')
			return true;
	return false;
}

static unsigned
depth_of(const struct mime_part *part)
{
	unsigned depth = 0;

	for (; part->parent; part = part->parent)
		depth++;
	return depth;
}

static void
read_header_line(
    struct str line, bool *has_field, enum where *where, struct mime_facts *f)
{
	bool folded =
	    line.len > 0 && (line.data[0] == ' ' || line.data[0] == '\t');

	if (is_field(line, true)) {
		*has_field = true;
	} else if (!folded || !*has_field) {
		*where = BODY;
		f->no_separator |= line.len > 0;
	}
}

void
mime_shape_read(const struct mime_part *part, struct mime_facts *f)
{
	struct str boundary = boundary_of(part), rest = part->body, line;
	enum where where = PREAMBLE;
	bool has_field = false;
	unsigned kind;

	if (boundary.len == 0 || depth_of(part) >= MIME_FACTS_DEPTH)
		return;
	while (where != EPILOGUE && str_cut_line(&rest, &line)) {
		kind = boundary_kind(line, boundary);
		if (kind == 2 && where != PREAMBLE) {
			where = EPILOGUE;
		} else if (kind > 0) {
			where = HEADER;
			has_field = false;
			f->no_part_header |= rest.len > 0 &&
			    !is_field(
				str_head(rest, str_find(rest, '\n')), false);
		} else if (where == HEADER) {
			read_header_line(line, &has_field, &where, f);
		}
	}
	f->epilogue |= where == EPILOGUE && has_text(rest);
}
