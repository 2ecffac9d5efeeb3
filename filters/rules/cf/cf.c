/*
 * cf: rule files in the language of SpamAssassin, a line at a time.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/setting.h"

#include "cf.h"

static bool
is_rule_name(struct str name)
{
	size_t i;

	for (i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.data[i]) && name.data[i] != '_')
			return false;
	return name.len > 0 && name.len <= RULE_NAME_MAX &&
	    !ascii_is_digit(name.data[0]);
}

static const struct directive {
	const char *word;
	void (*run)(struct cf *cf, struct str name, struct str rest);
} directives[] = {
    {"header", cf_header},
    {"body", cf_body},
    {"rawbody", cf_rawbody},
    {"full", cf_full},
    {"uri", cf_uri},
    {"mimeheader", cf_mimeheader},
    {"meta", cf_meta},
    {"askdns", cf_network_rule},
    {"uri_detail", cf_uri_detail},
    {"score", cf_score},
    {"describe", cf_describe},
    {"tflags", cf_tflags},
    {"priority", cf_priority},
    {"test", cf_test},
    {"action", cf_action},
    {"stage", cf_stage},
};

enum { DIRECTIVES = sizeof(directives) / sizeof(directives[0]) };

static void
complain(struct cf *cf, struct str word)
{
	const char *words[DIRECTIVES], *near;
	const char *text = arena_text(cf->problems->arena, str_head(word, 60));
	const char *plugin = cf_foreign_plugin(cf);
	size_t i;

	if (plugin) {
		cf_unsupported(cf,
		    "%s is not known here; it may be of a plugin such as %s, "
		    "whose code is not run",
		    text, plugin);
		return;
	}
	for (i = 0; i < DIRECTIVES; i++)
		words[i] = directives[i].word;
	near = word_nearest(words, DIRECTIVES, text);
	cf_error(cf, "unknown directive \"%s\"%s%s%s", text,
	    near ? "; did you mean \"" : "", near ? near : "",
	    near ? "\"?" : "");
}

static void
run(struct cf *cf, struct str word, struct str rest)
{
	struct str name = {"", 0};
	size_t i;

	for (i = 0; i < DIRECTIVES; i++)
		if (str_is(word, directives[i].word))
			break;
	if (i == DIRECTIVES) {
		if (!cf_setting(cf, word, rest))
			complain(cf, word);
		return;
	}
	str_cut_word(&rest, &name);
	if (is_rule_name(name))
		directives[i].run(cf, name, str_trim(rest));
	else
		cf_error(cf, "%s: \"%.*s\" is no rule name", directives[i].word,
		    (int)str_head(name, 60).len, name.data);
}

/* Without its comment: from a # that has no backslash before it. */
static struct str
strip_comment(struct str line, struct arena *arena)
{
	char *out;
	size_t i, len = 0;

	if (str_find(line, '#') == line.len)
		return str_trim(line);
	out = arena_alloc(arena, line.len + 1);
	for (i = 0; i < line.len; i++) {
		if (line.data[i] == '#')
			break;
		if (line.data[i] == '\\' && i + 1 < line.len &&
		    line.data[i + 1] == '#')
			i++;
		out[len++] = line.data[i];
	}
	return str_trim(str_of(out, len));
}

static bool
is_active(const struct cf *cf)
{
	unsigned i;

	for (i = 0; i < cf->depth && i < CF_NESTING_MAX; i++)
		if (!cf->conditions[i])
			return false;
	return !cf->refused && cf->depth <= CF_NESTING_MAX;
}

static void
open_condition(struct cf *cf, struct str word, struct str rest)
{
	bool holds = false;

	if (rest.len == 0)
		cf_error(cf, "%.*s: a condition is missing", (int)word.len,
		    word.data);
	else if (cf->depth >= CF_NESTING_MAX)
		cf_error(cf, "conditions are nested too deep");
	else if (!is_active(cf))
		cf->fate = CF_INACTIVE;
	else if (str_is(word, "ifplugin"))
		holds = cf_plugin_loaded(cf, rest);
	else
		holds = cf_condition(cf, rest);
	if (cf->depth < CF_NESTING_MAX)
		cf->conditions[cf->depth] = holds;
	cf->depth++; /* so that its endif closes it, whatever it was */
}

/* if, ifplugin, else, endif; false when the line is none of them. */
static bool
take_condition(struct cf *cf, struct str word, struct str rest)
{
	bool ends = str_is(word, "endif"), turns = str_is(word, "else");

	if (str_is(word, "if") || str_is(word, "ifplugin")) {
		open_condition(cf, word, rest);
		return true;
	}
	if (!ends && !turns)
		return false;
	if (rest.len)
		cf_error(
		    cf, "%s stands alone on its line", ends ? "endif" : "else");
	if (cf->depth == 0) {
		cf_error(cf, "%s without if", ends ? "endif" : "else");
	} else if (turns) {
		if (cf->depth <= CF_NESTING_MAX)
			cf->conditions[cf->depth - 1] ^= true;
	} else {
		cf->depth--;
	}
	return true;
}

/* Words may be in any case, and have dashes for underscores. */
static struct str
plain_word(struct str word, struct arena *arena)
{
	char *out;
	size_t i;

	for (i = 0; i < word.len; i++)
		if (word.data[i] == '-' ||
		    ascii_lower(word.data[i]) != word.data[i])
			break;
	if (i == word.len)
		return word;
	out = arena_alloc(arena, word.len + 1);
	for (i = 0; i < word.len; i++)
		out[i] = word.data[i] == '-' ? '_' : ascii_lower(word.data[i]);
	return str_of(out, word.len);
}

static void
take_line(struct cf *cf, struct str line, struct arena *arena)
{
	struct str word;

	line = strip_comment(line, arena);
	cf->fate = CF_BLANK;
	cf->reason = NULL;
	if (!str_cut_word(&line, &word))
		return;
	cf->fate = CF_TAKEN;
	word = plain_word(word, arena);
	line = str_trim(line);
	if (take_condition(cf, word, line))
		return;
	if (!is_active(cf))
		cf->fate = CF_INACTIVE;
	else if (str_is(word, "lang"))
		cf_ignore(cf, "texts in other languages are not used");
	else
		run(cf, word, line);
}

static void
tell(struct cf *cf)
{
	struct cf_told told = {
	    .file = cf->file,
	    .line = cf->line,
	    .text = cf->line_text,
	    .fate = cf->fate,
	    .reason = cf->reason,
	};

	cf->set->counts[cf->fate]++;
	cf->set->lines++;
	if (cf->tell)
		cf->tell(cf->context, &told);
}

void
cf_parse(struct cf *cf, const char *file, struct str text)
{
	struct arena *lines = arena_new();
	struct cf saved = *cf;
	struct str line;
	unsigned number = 0;

	cf->file = arena_text(cf->set->arena, str_c(file));
	cf->depth = 0;
	cf->refused = false;
	if (str_starts(text, "\xef\xbb\xbf"))
		text = str_from(text, 3);
	while (str_cut_line(&text, &line)) {
		cf->line = ++number;
		cf->line_text = line;
		arena_reset(lines);
		take_line(cf, line, lines);
		cf->line = number;
		tell(cf);
	}
	if (cf->depth > 0)
		cf_error(
		    cf, "%u conditions are not closed with endif", cf->depth);
	arena_free(lines);
	/* whoever included this file goes on where it was */
	cf->file = saved.file;
	cf->line = saved.line;
	cf->line_text = saved.line_text;
	cf->fate = saved.fate;
	cf->reason = saved.reason;
	cf->depth = saved.depth;
	cf->refused = saved.refused;
	memcpy(cf->conditions, saved.conditions, sizeof(cf->conditions));
}
