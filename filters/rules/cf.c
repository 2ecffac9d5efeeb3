/*
 * cf: rule files in the language of SpamAssassin, a line at a time.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdarg.h>

#include "postern/setting.h"

#include "cf.h"

void
cf_error(struct cf *cf, const char *fmt, ...)
{
	struct str text;
	va_list args;

	va_start(args, fmt);
	text = arena_vprintf(cf->problems->arena, fmt, args);
	va_end(args);
	problem_add(cf->problems, cf->file, cf->line, "%s", text.data);
}

void
cf_warn(struct cf *cf, const char *fmt, ...)
{
	struct str text;
	va_list args;

	va_start(args, fmt);
	text = arena_vprintf(cf->problems->arena, fmt, args);
	va_end(args);
	problem_warn(cf->problems, cf->file, cf->line, "%s", text.data);
}

static bool
is_rule_name(struct str name)
{
	size_t i;

	for (i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.data[i]) && name.data[i] != '_')
			return false;
	return name.len > 0 && !ascii_is_digit(name.data[0]);
}

/* A rule that a score, a description or the like speaks of. */
static struct rule *
mention(struct cf *cf, struct str name)
{
	struct rule *rule = ruleset_find(cf->set, name);

	if (rule)
		return rule;
	rule = ruleset_define(cf->set, name);
	rule->file = cf->file;
	rule->line = cf->line;
	return rule;
}

/* One value or four; the first set (no network, no Bayes) counts.  "(+1)" is
 * relative. */
static void
on_score(struct cf *cf, struct str name, struct str rest)
{
	struct rule *rule = mention(cf, name);
	struct str word;
	bool relative;
	int score;

	if (!str_cut_word(&rest, &word)) {
		cf_error(cf, "score %s: a number is missing", rule->name);
		return;
	}
	relative = word.len > 2 && word.data[0] == '(' &&
	    word.data[word.len - 1] == ')';
	if (relative)
		word = str_of(word.data + 1, word.len - 2);
	if (!score_parse(word, &score)) {
		cf_error(cf, "score %s: \"%.*s\" is not a number of points",
		    rule->name, (int)word.len, word.data);
		return;
	}
	rule->score = relative ? rule->score + score : score;
	rule->scored = true;
	if (rule->score > 1000000000 || rule->score < -1000000000)
		rule->score = 0;
}

static void
on_describe(struct cf *cf, struct str name, struct str rest)
{
	struct rule *rule = mention(cf, name);

	rule->describe = arena_text(cf->set->arena, rest);
}

/* A later tflags replaces the earlier one. */
static void
on_tflags(struct cf *cf, struct str name, struct str rest)
{
	struct rule *rule = mention(cf, name);
	struct str word;
	uint64_t most;

	rule->tflags = 0;
	rule->multiple = rule->nosubject = false;
	rule->max_hits = 0;
	while (str_cut_word(&rest, &word)) {
		rule->multiple |= str_is(word, "multiple");
		rule->nosubject |= str_is(word, "nosubject");
		if (str_starts(word, "maxhits=") &&
		    str_to_uint(str_from(word, 8), 1000000, &most))
			rule->max_hits = (unsigned)most;
	}
}

static const struct {
	const char *word;
	enum action action;
} actions[] = {
    {"reject", ACTION_REJECT},
    {"defer", ACTION_DEFER},
    {"quarantine", ACTION_QUARANTINE},
    {"tag", ACTION_TAG},
    {"discard", ACTION_DISCARD},
};

/* action NAME reject "text": an extension, inside if can(Postern::action). */
static void
on_action(struct cf *cf, struct str name, struct str rest)
{
	struct rule *rule = mention(cf, name);
	struct str word;
	size_t i;

	str_cut_word(&rest, &word);
	for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (str_is(word, actions[i].word))
			rule->action = actions[i].action;
	if (rule->action == ACTION_NONE)
		cf_error(cf,
		    "action %s: \"%.*s\" is none of reject, defer, "
		    "quarantine, tag, discard",
		    rule->name, (int)word.len, word.data);
	rest = str_trim(rest);
	if (rest.len > 1 && rest.data[0] == '"' &&
	    rest.data[rest.len - 1] == '"')
		rest = str_of(rest.data + 1, rest.len - 2);
	if (rest.len)
		rule->action_text = arena_text(cf->set->arena, rest);
}

static void
on_body(struct cf *cf, struct str name, struct str rest)
{
	cf_text(cf, RULE_BODY, name, rest);
}

static void
on_rawbody(struct cf *cf, struct str name, struct str rest)
{
	cf_text(cf, RULE_RAWBODY, name, rest);
}

static void
on_full(struct cf *cf, struct str name, struct str rest)
{
	cf_text(cf, RULE_FULL, name, rest);
}

static void
on_uri(struct cf *cf, struct str name, struct str rest)
{
	cf_text(cf, RULE_URI, name, rest);
}

/* Known, but of no use to a filter in front of a mail server. */
static void
on_ignored(struct cf *cf, struct str name, struct str rest)
{
	(void)cf;
	(void)name;
	(void)rest;
}

static const struct directive {
	const char *word;
	void (*run)(struct cf *cf, struct str name, struct str rest);
	bool names_rule;
} directives[] = {
    {"header", cf_header, true},
    {"body", on_body, true},
    {"rawbody", on_rawbody, true},
    {"full", on_full, true},
    {"meta", cf_meta, true},
    {"uri", on_uri, true},
    {"mimeheader", cf_mimeheader, true},
    {"score", on_score, true},
    {"describe", on_describe, true},
    {"tflags", on_tflags, true},
    {"action", on_action, true},
    {"priority", on_ignored, false},
    {"test", on_ignored, false},
    {"lang", on_ignored, false},
    {"require_version", on_ignored, false},
    {"required_score", on_ignored, false},
    {"version_tag", on_ignored, false},
    {"report", on_ignored, false},
    {"unsafe_report", on_ignored, false},
    {"report_safe", on_ignored, false},
    {"report_contact", on_ignored, false},
    {"clear_report_template", on_ignored, false},
    {"clear_unsafe_report_template", on_ignored, false},
    {"reuse", on_ignored, false},
};

enum { DIRECTIVES = sizeof(directives) / sizeof(directives[0]) };

/* Words of SpamAssassin that this version does not act on. */
static const char *const known[] = {"add_", "adsp_", "askdns", "asn_", "auto_",
    "autolearn_", "bayes_", "blacklist_", "blocklist_", "clear_", "dcc_",
    "def_", "dkim_", "dns_", "endif", "enlist_", "envelope_", "fold_",
    "freemail_", "fns_", "geodb_", "hashbl_", "header_", "if_", "include",
    "internal_", "loadplugin", "mimeheader", "module_", "msa_", "normalize_",
    "ok_", "originating_", "parse_", "phishing_", "pyzor_", "razor_",
    "redirector_", "remove_", "replace_", "report_", "required_", "rewrite_",
    "shortcircuit", "skip_", "spf_", "subject_", "textcat_", "time_",
    "trusted_", "tryplugin", "txrep_", "unblacklist_", "unblocklist_",
    "unwelcomelist_", "unwhitelist_", "uri_", "uridnsbl", "url_", "urirhs",
    "use_", "user_", "util_", "welcomelist_", "whitelist_"};

static bool
is_known(struct str word)
{
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_starts(word, known[i]))
			return true;
	return false;
}

static void
complain(struct cf *cf, struct str word)
{
	const char *words[DIRECTIVES], *near;
	const char *text = arena_text(cf->problems->arena, word);
	size_t i;

	if (is_known(word)) {
		cf_warn(cf, "%s is not supported", text);
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

	for (i = 0; i < DIRECTIVES; i++) {
		if (!str_is(word, directives[i].word))
			continue;
		if (directives[i].names_rule) {
			str_cut_word(&rest, &name);
			rest = str_trim(rest);
			if (!is_rule_name(name)) {
				cf_error(cf, "%.*s: \"%.*s\" is no rule name",
				    (int)word.len, word.data, (int)name.len,
				    name.data);
				return;
			}
		}
		directives[i].run(cf, name, rest);
		return;
	}
	complain(cf, word);
}

/* Without its comment: from a # that has no backslash before it. */
static struct str
strip_comment(struct str line, struct arena *arena)
{
	char *out = arena_alloc(arena, line.len + 1);
	size_t i, len = 0;

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

	for (i = 0; i < cf->depth; i++)
		if (!cf->conditions[i])
			return false;
	return true;
}

/* if, ifplugin, else, endif; false when the line is none of them. */
static bool
take_condition(struct cf *cf, struct str word, struct str rest)
{
	bool opens = str_is(word, "if") || str_is(word, "ifplugin");

	if (opens && cf->depth < CF_NESTING_MAX)
		cf->conditions[cf->depth++] =
		    str_is(word, "if") && cf_condition(cf, rest);
	else if (opens)
		cf_error(cf, "conditions are nested too deep");
	else if (str_is(word, "else") && cf->depth > 0)
		cf->conditions[cf->depth - 1] ^= true;
	else if (str_is(word, "endif") && cf->depth > 0)
		cf->depth--;
	else if (str_is(word, "else") || str_is(word, "endif"))
		cf_error(cf, "%.*s without if", (int)word.len, word.data);
	else
		return false;
	return true;
}

void
cf_parse(struct cf *cf, const char *file, struct str text)
{
	struct arena *lines = arena_new();
	struct str line, word;

	cf->file = arena_text(cf->set->arena, str_c(file));
	cf->line = 0;
	cf->depth = 0;
	while (str_cut_line(&text, &line)) {
		cf->line++;
		arena_reset(lines);
		line = strip_comment(line, lines);
		if (!str_cut_word(&line, &word))
			continue;
		line = str_trim(line);
		if (!take_condition(cf, word, line) && is_active(cf))
			run(cf, word, line);
	}
	if (cf->depth > 0)
		cf_error(
		    cf, "%u conditions are not closed with endif", cf->depth);
	arena_free(lines);
}
