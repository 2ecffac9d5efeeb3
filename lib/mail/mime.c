/*
 * mime: a message as a tree of parts (RFC 2045, 2046), nothing copied.
 *
 * One walk over the lines with a stack of the parts that are open.  A line
 * "--boundary" is looked for from the innermost multipart outwards and ends
 * all parts inside the one it belongs to, so that a final boundary may be
 * missing anywhere.  Once no boundary is awaited the walk is over, so a plain
 * message costs its header only.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/header.h"
#include "postern/mime.h"

#include "mime_param.h"

struct open_part {
	struct mime_part *part;
	struct mime_part *last; /* its youngest child */
	struct str boundary;    /* "" when none is awaited (any more) */
};

struct walk {
	struct arena *arena;
	struct mime_tree *tree;
	struct str bytes;
	struct open_part open[MIME_DEPTH_MAX];
	size_t depth;
	size_t awaited; /* how many of open have a boundary */
};

/* The last field of each kind, unfolded; "" when absent. */
struct content {
	struct str type;
	struct str encoding;
	struct str disposition;
};

static void
content_collect(const struct message *m, struct arena *arena, struct content *c)
{
	const struct field *f, *end = m->fields + m->field_count;
	struct str *place;

	*c = (struct content) {str_c(""), str_c(""), str_c("")};
	for (f = m->fields; f < end; f++) {
		if (!str_case_starts(f->name, "content-"))
			continue;
		if (str_case_is(f->name, "content-type"))
			place = &c->type;
		else if (str_case_is(f->name, "content-transfer-encoding"))
			place = &c->encoding;
		else if (str_case_is(f->name, "content-disposition"))
			place = &c->disposition;
		else
			continue;
		*place = header_unfold(f->value, arena);
	}
}

static enum mime_encoding
encoding_by_name(struct str word)
{
	if (str_case_is(word, "quoted-printable"))
		return MIME_QUOTED_PRINTABLE;
	if (str_case_is(word, "base64"))
		return MIME_BASE64;
	if (str_case_is(word, "x-uuencode") || str_case_is(word, "uuencode") ||
	    str_case_is(word, "x-uue"))
		return MIME_UUENCODE;
	return MIME_IDENTITY;
}

/* Does the first line that is not empty look like base64? */
static bool
starts_like_base64(struct str body)
{
	struct str line = str_c("");
	size_t i = 0;

	while (str_cut_line(&body, &line) && line.len == 0)
		continue;
	while (i < line.len &&
	    (ascii_is_alnum(line.data[i]) ||
		ascii_is_one_of(line.data[i], "+/=")))
		i++;
	return i == line.len;
}

/* What some readers take for base64 and others do not, such as "base64;" or
 * "(a comment) base64", is it when the text is. */
static enum mime_encoding
encoding_of(struct str value, struct str body)
{
	enum mime_encoding encoding = encoding_by_name(mime_param_word(value));

	if (encoding == MIME_BASE64 &&
	    !str_case_is(str_trim(value), "base64") &&
	    !starts_like_base64(body))
		return MIME_IDENTITY;
	return encoding;
}

/* RFC 2045 5.2 and, in a digest, RFC 2046 5.1.5. */
static void
type_set(struct mime_part *part, struct str value, struct arena *arena)
{
	const struct mime_part *parent = part->parent;

	if (mime_param_type(value, arena, &part->type, &part->subtype))
		return;
	part->type = str_c("text");
	part->subtype = str_c("plain");
	if (value.len == 0 && parent && str_is(parent->type, "multipart") &&
	    str_is(parent->subtype, "digest")) {
		part->type = str_c("message");
		part->subtype = str_c("rfc822");
	}
}

static bool
is_message_type(const struct mime_part *part)
{
	return str_is(part->type, "message") &&
	    (str_is(part->subtype, "rfc822") ||
		str_is(part->subtype, "global"));
}

static void
part_fill(struct mime_part *part, const struct content *c, struct arena *arena)
{
	struct mime_param p;

	type_set(part, c->type, arena);
	part->charset = str_c("");
	if (mime_param_find(c->type, "charset", arena, &p))
		part->charset = p.octets;
	part->name = mime_param_text(c->disposition, "filename", arena);
	if (part->name.len == 0)
		part->name = mime_param_text(c->type, "name", arena);
	part->attachment =
	    str_case_is(mime_param_word(c->disposition), "attachment");
	part->encoding = encoding_of(c->encoding, part->body);
	if (is_message_type(part) &&
	    (part->encoding != MIME_BASE64 || !starts_like_base64(part->body)))
		part->encoding = MIME_IDENTITY;
}

/* A boundary does not end in white space (RFC 2046 5.1.1). */
static struct str
boundary_of(const struct mime_part *part, struct str type, struct arena *arena)
{
	struct mime_param p;

	if (!str_is(part->type, "multipart") ||
	    !mime_param_find(type, "boundary", arena, &p))
		return str_c("");
	while (p.octets.len && ascii_is_space(p.octets.data[p.octets.len - 1]))
		p.octets.len--;
	return p.octets;
}

/* An encoded message is against RFC 2046 5.2.1; one in base64 stays a leaf. */
static bool
is_message(const struct mime_part *part)
{
	return is_message_type(part) && part->encoding == MIME_IDENTITY;
}

/* Which open part that line is a boundary of, or w->depth. */
static size_t
boundary_find(const struct walk *w, struct str line, bool *final)
{
	size_t level;
	struct str rest;

	line = str_from(line, 2);
	for (level = w->depth; level-- > 0;) {
		rest = w->open[level].boundary;
		if (rest.len == 0 || line.len < rest.len ||
		    memcmp(line.data, rest.data, rest.len) != 0)
			continue;
		rest = str_from(line, rest.len);
		*final = str_starts(rest, "--");
		if (str_trim(str_from(rest, *final ? 2 : 0)).len == 0)
			return level;
	}
	return w->depth;
}

/*
 * How much of s a header at its start may be made of: a boundary that comes
 * before an empty line ends it, even when it has a colon and so looks like a
 * field.  To find out afterwards would be quadratic.
 */
static size_t
header_room(const struct walk *w, struct str s)
{
	struct str rest = s, line;
	bool final;

	while (rest.len) {
		line = str_head(rest, str_find(rest, '\n') + 1);
		if (str_is(line, "\r\n") || str_is(line, "\n"))
			break;
		if (str_starts(line, "--") &&
		    boundary_find(w, line, &final) < w->depth)
			break;
		rest = str_from(rest, line.len);
	}
	return s.len - rest.len;
}

/* A line that a field may begin with. */
static bool
is_field(struct str line)
{
	size_t i = 0;

	while (i < line.len && line.data[i] > ' ' && line.data[i] < 0x7f &&
	    line.data[i] != ':')
		i++;
	line = str_trim(str_from(line, i));
	return i > 0 && str_starts(line, ":");
}

/* A header without the lines that belong to no field; *content says whether
 * fields of MIME stand behind the first of those, or what such a line would
 * spoil is announced before it: base64, or a message. */
static struct str
only_fields(struct str head, struct arena *arena, bool *content)
{
	char *out = arena_alloc(arena, head.len + 1);
	struct str line;
	bool field, keep = false, lost = false, frail = false;
	size_t len = 0;

	*content = false;
	for (; head.len; head = str_from(head, line.len)) {
		line = str_head(head, str_find(head, '\n') + 1);
		field = is_field(line);
		keep = field || (keep && ascii_is_one_of(line.data[0], " \t"));
		lost |= !keep;
		*content |= lost &&
		    (frail || (field && str_case_starts(line, "content-")));
		frail |= keep &&
		    (str_case_find_str(line, str_c("base64")) < line.len ||
			str_case_find_str(line, str_c("message/")) < line.len);
		if (!keep)
			continue;
		memcpy(out + len, line.data, line.len);
		len += line.len;
	}
	return str_of(out, len);
}

static struct str
skip_empty_line(struct str s)
{
	return str_from(s, str_starts(s, "\r\n") ? 2 : str_starts(s, "\n"));
}

/*
 * The message or part at the start of s, its body open to the end of s.  A
 * line that is no field begins the body, as in a message; but mail readers
 * pass over it in a part, so it may not hide the fields that say how to decode
 * the rest.
 */
static struct message
message_read(const struct walk *w, struct str s)
{
	struct str head = str_head(s, header_room(w, s)), fields;
	struct message m;
	size_t used;
	bool content = false;

	message_parse(head, w->arena, &m);
	used = (size_t)(m.body.data - s.data);
	if (used < head.len && !m.overfull) {
		fields = only_fields(head, w->arena, &content);
		if (content) {
			message_parse(fields, w->arena, &m);
			used = head.len;
		}
	}
	m.body = str_from(s, used);
	if (used == head.len)
		m.body = skip_empty_line(m.body);
	return m;
}

/* A new part inside the innermost open one, and open itself. */
static struct open_part *
part_open(struct walk *w)
{
	struct open_part *outer = w->depth ? &w->open[w->depth - 1] : NULL;
	struct mime_part *part = arena_alloc(w->arena, sizeof(*part));

	if (!outer)
		w->tree->root = part;
	else if (outer->last)
		outer->last->next = part;
	else
		outer->part->child = part;
	if (outer) {
		part->parent = outer->part;
		outer->last = part;
	}
	w->tree->count++;
	w->open[w->depth] = (struct open_part) {part, NULL, str_c("")};
	return &w->open[w->depth++];
}

static bool
has_room(struct walk *w)
{
	if (w->depth < MIME_DEPTH_MAX && w->tree->count < MIME_PARTS_MAX - 1)
		return true;
	w->tree->truncated = true;
	return false;
}

/* Opens a part, and the messages right inside it; returns where the body of
 * the innermost begins. */
static struct str
message_open(struct walk *w, struct message m)
{
	struct open_part *open;
	struct content content;

	for (;;) {
		open = part_open(w);
		open->part->fields = m.fields;
		open->part->field_count = m.field_count;
		open->part->body = m.body;
		content_collect(&m, w->arena, &content);
		part_fill(open->part, &content, w->arena);
		open->boundary =
		    boundary_of(open->part, content.type, w->arena);
		if (open->boundary.len && !has_room(w))
			open->boundary = str_c("");
		w->awaited += open->boundary.len > 0;
		if (!is_message(open->part) || !has_room(w))
			return m.body;
		m = message_read(w, m.body);
	}
}

/* A body that begins behind `end` has only the boundary's line end. */
static void
body_close(struct str *body, const char *end)
{
	if (body->data > end)
		body->data = end;
	body->len = (size_t)(end - body->data);
}

/* Ends the parts inside open[level] before the line at `line`, whose line
 * end belongs to the boundary (RFC 2046 5.1.1). */
static void
parts_close(struct walk *w, size_t level, const char *line)
{
	struct open_part *open;
	const char *end = line;

	if (end > w->bytes.data && end[-1] == '\n')
		end--;
	if (end > w->bytes.data && end < line && end[-1] == '\r')
		end--;
	while (w->depth > level + 1) {
		open = &w->open[--w->depth];
		w->awaited -= open->boundary.len > 0;
		body_close(&open->part->body, end);
	}
}

/* The rest of the message as one leaf that nobody looks into. */
static struct str
opaque_open(struct walk *w, struct str rest)
{
	struct mime_part *part = part_open(w)->part;

	part->type = str_c("application");
	part->subtype = str_c("octet-stream");
	part->charset = part->name = str_c("");
	part->body = rest;
	w->awaited = 0;
	return str_from(rest, rest.len);
}

/* Returns where the walk goes on.  A final boundary before any part says
 * nothing: readers go on to look for the first. */
static struct str
line_read(struct walk *w, struct str rest)
{
	struct str line = str_head(rest, str_find(rest, '\n') + 1);
	size_t level;
	bool final;

	rest = str_from(rest, line.len);
	if (!str_starts(line, "--"))
		return rest;
	level = boundary_find(w, line, &final);
	if (level == w->depth || (final && !w->open[level].last))
		return rest;
	parts_close(w, level, line.data);
	if (final) {
		w->open[level].boundary = str_c("");
		w->awaited--;
		return rest;
	}
	if (!has_room(w))
		return opaque_open(w, rest);
	return message_open(w, message_read(w, rest));
}

void
mime_parse(
    const struct message *message, struct arena *arena, struct mime_tree *out)
{
	struct walk w = {.arena = arena, .tree = out, .bytes = message->bytes};
	struct str rest;

	*out = (struct mime_tree) {0};
	rest = message_open(&w, *message);
	while (w.awaited && rest.len)
		rest = line_read(&w, rest);
}

const struct mime_part *
mime_next(const struct mime_part *part)
{
	if (part->child)
		return part->child;
	while (part && !part->next)
		part = part->parent;
	return part ? part->next : NULL;
}
