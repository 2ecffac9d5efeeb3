/*
 * scan_target: what rules of a kind are matched against.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "postern/charset.h"

#include "scan_print.h"
#include "scan_target.h"

static const struct {
	const char *word;
	enum scan_target_kind kind;
} kinds[] = {
    {"body", SCAN_TARGET_BODY},
    {"rawbody", SCAN_TARGET_RAWBODY},
    {"full", SCAN_TARGET_FULL},
    {"uri", SCAN_TARGET_URI},
    {"relays", SCAN_TARGET_RELAYS},
    {"header", SCAN_TARGET_HEADER},
    {"mimeheader", SCAN_TARGET_MIMEHEADER},
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static bool
take_part(struct str word, unsigned *part)
{
	static const struct {
		const char *word;
		unsigned part;
	} parts[] = {
	    {"raw", PART_RAW},
	    {"addr", PART_ADDR},
	    {"name", PART_NAME},
	    {"host", PART_HOST},
	    {"domain", PART_DOMAIN},
	    {"ip", PART_IP},
	    {"revip", PART_REVIP},
	    {"first", PART_FIRST},
	    {"last", PART_LAST},
	};
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (str_is(word, parts[i].word)) {
			*part |= parts[i].part;
			return true;
		}
	return false;
}

bool
scan_target_parse(
    const char *text, struct arena *arena, struct scan_target *out)
{
	struct str rest = str_c(text), word, name;
	bool needs_name;
	size_t i;

	*out = (struct scan_target) {.kind = SCAN_TARGET_NONE};
	str_cut(&rest, ':', &word);
	for (i = 0; i < KINDS; i++)
		if (str_is(word, kinds[i].word))
			out->kind = kinds[i].kind;
	needs_name = out->kind == SCAN_TARGET_HEADER ||
	    out->kind == SCAN_TARGET_MIMEHEADER;
	if (out->kind == SCAN_TARGET_NONE || needs_name != (rest.data != NULL))
		return false;
	out->rule.type =
	    out->kind == SCAN_TARGET_HEADER ? RULE_HEADER : RULE_MIMEHEADER;
	if (!needs_name)
		return true;
	str_cut(&rest, ':', &name);
	out->rule.field = arena_text(arena, name);
	while (str_cut(&rest, ':', &word))
		if (!take_part(word, &out->rule.part))
			return false;
	return name.len > 0;
}

static void
push_relays(struct targets *t, struct target_texts *out)
{
	const struct relays *r = targets_relays(t);
	const struct {
		const char *name;
		struct str text;
	} lines[] = {
	    {"Trusted", r->trusted_text},
	    {"Untrusted", r->untrusted_text},
	    {"Internal", r->internal_text},
	    {"External", r->external_text},
	};
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		target_push(t->scan->arena, out,
		    arena_printf(t->scan->arena, "X-Spam-Relays-%s: %.*s",
			lines[i].name, (int)lines[i].text.len,
			lines[i].text.data));
}

static struct target_texts
get_texts(const struct scan_target *target, struct targets *t)
{
	struct target_texts texts = {NULL, 0};
	struct arena *arena = t->scan->arena;
	struct str value;
	bool absent;

	switch (target->kind) {
	case SCAN_TARGET_BODY:
		return *target_body(t);
	case SCAN_TARGET_RAWBODY:
		return *target_rawbody(t);
	case SCAN_TARGET_URI:
		return *target_uri(t);
	case SCAN_TARGET_MIMEHEADER:
		return target_mimeheader(t, &target->rule);
	case SCAN_TARGET_FULL:
		target_push(arena, &texts, target_full(t));
		break;
	case SCAN_TARGET_HEADER:
		value = target_header(t, &target->rule, &absent);
		if (!absent)
			target_push(arena, &texts, value);
		break;
	case SCAN_TARGET_RELAYS:
		push_relays(t, &texts);
		break;
	case SCAN_TARGET_NONE:
		break;
	}
	return texts;
}

static void
print_json(const char *file, const char *word, const struct target_texts *texts,
    struct arena *arena)
{
	json_t *array = json_array(), *object;
	struct str utf8;
	char *line;
	size_t i;

	for (i = 0; i < texts->count; i++) {
		utf8 = charset_to_utf8(str_c("utf-8"), texts->at[i], arena);
		json_array_append_new(array, json_stringn(utf8.data, utf8.len));
	}
	utf8 = charset_to_utf8(str_c("utf-8"), str_c(file), arena);
	object = json_object();
	json_object_set_new(object, "file", json_stringn(utf8.data, utf8.len));
	json_object_set_new(object, "target", json_string(word));
	json_object_set_new(object, "texts", array);
	line = json_dumps(object, JSON_COMPACT);
	puts(line);
	free(line);
	json_decref(object);
}

/* Lines of one text stay lines; other controls are written out. */
static void
print_text(struct str text)
{
	struct str line;

	while (str_cut_line(&text, &line)) {
		scan_print_safe(line);
		putchar('\n');
	}
}

void
scan_target_print(const struct scan_target *target, const char *file,
    struct scan *scan, const struct ruleset *set, bool json)
{
	struct targets t = {.scan = scan, .set = set};
	struct target_texts texts = get_texts(target, &t);
	size_t i;

	for (i = 0; i < KINDS; i++)
		if (json && kinds[i].kind == target->kind)
			print_json(file, kinds[i].word, &texts, scan->arena);
	for (i = 0; i < texts.count && !json; i++)
		print_text(texts.at[i]);
	fflush(stdout);
}
