/*
 * cf_rule: the lines that define rules.
 *
 * A rule is put together beside the set and replaces an earlier one of its
 * name only when it is sound: a broken redefinition keeps the old rule.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "filters/rules/match/captured.h"
#include "cf.h"

static struct rule
begin(struct cf *cf, struct str name, enum rule_type type, struct str rest)
{
	struct arena *arena = cf->set->arena;

	return (struct rule) {
	    .name = arena_text(arena, name),
	    .type = type,
	    .file = cf->file,
	    .line = cf->line,
	    .pattern = arena_text(arena, rest),
	};
}

/* The line was an error or not; whatever was there before stays then. */
static void
finish(struct cf *cf, struct rule *rule)
{
	struct rule *known;

	if (cf->fate != CF_ERROR) {
		rule->where = cf_where(cf);
		ruleset_define(cf->set, rule);
		return;
	}
	known = cf_mention(cf, str_c(rule->name));
	if (known->where)
		return;
	/* it was meant to be: what depends on it must know */
	rule->type = RULE_UNSUPPORTED;
	rule->unsupported = "malformed";
	rule->where = cf_where(cf);
	ruleset_define(cf->set, rule);
}

/* The regex, compiled or shared; false when it is none. */
static bool
take_regex(struct cf *cf, struct rule *rule, struct str text)
{
	struct error error;
	struct perlre re;

	if (!perlre_split(text, &re, &error)) {
		cf_error(cf, "%s: %s", rule->name, error.text);
		return false;
	}
	rule->literal = arena_text(cf->set->arena, text);
	if (perlre_template(re.pattern, 0).len > 0 && !cf->set->captured_text) {
		rule->type = RULE_UNSUPPORTED;
		rule->unsupported = "%{NAME} needs captured_text = yes";
		cf_unsupported(cf, "%s: %s", rule->name, rule->unsupported);
		return true;
	}
	if (perlre_template(re.pattern, 0).len > 0 ?
		captured_define(cf->set, rule, &re, &error) :
		ruleset_compile(cf->set, rule, &re, &error))
		return true;
	cf_error(cf, "%s: %s", rule->name, error.text);
	return false;
}

static void
define_text(
    struct cf *cf, enum rule_type type, struct str name, struct str rest)
{
	struct rule rule = begin(cf, name, type, rest);

	if (str_starts(rest, "eval:") && type != RULE_URI)
		cf_eval(cf, &rule, type, str_from(rest, 5));
	else
		take_regex(cf, &rule, rest);
	finish(cf, &rule);
}

void
cf_body(struct cf *cf, struct str name, struct str rest)
{
	define_text(cf, RULE_BODY, name, rest);
}

void
cf_rawbody(struct cf *cf, struct str name, struct str rest)
{
	define_text(cf, RULE_RAWBODY, name, rest);
}

void
cf_full(struct cf *cf, struct str name, struct str rest)
{
	define_text(cf, RULE_FULL, name, rest);
}

void
cf_uri(struct cf *cf, struct str name, struct str rest)
{
	define_text(cf, RULE_URI, name, rest);
}

static const struct {
	const char *suffix;
	unsigned part;
} parts[] = {
    {":raw", PART_RAW},
    {":addr", PART_ADDR},
    {":name", PART_NAME},
    {":host", PART_HOST},
    {":domain", PART_DOMAIN},
    {":ip", PART_IP},
    {":revip", PART_REVIP},
    {":first", PART_FIRST},
    {":last", PART_LAST},
    {":", 0},
};

enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

static bool
take_part(struct cf *cf, struct rule *rule, struct str suffix)
{
	size_t i;

	for (i = 0; i < PARTS && !str_case_is(suffix, parts[i].suffix); i++)
		continue;
	if (i == PARTS) {
		cf_error(cf, "%s: \"%.*s\" is no part of a header", rule->name,
		    (int)str_head(suffix, 40).len, suffix.data);
		return false;
	}
	rule->part |= parts[i].part;
	return true;
}

/* "From:addr", "Received:first:raw" */
static bool
take_field(struct cf *cf, struct rule *rule, struct str field)
{
	size_t i, end, colon = str_find(field, ':');
	struct str rest = str_from(field, colon);

	for (i = 0; i < colon; i++)
		if ((unsigned char)field.data[i] <= ' ' ||
		    (unsigned char)field.data[i] > '~')
			break;
	if (colon == 0 || i < colon) {
		cf_error(cf, "%s: a header's name is expected", rule->name);
		return false;
	}
	rule->field = arena_text(cf->set->arena, str_head(field, colon));
	while (rest.len > 0) {
		end = 1 + str_find(str_from(rest, 1), ':');
		if (!take_part(cf, rule, str_head(rest, end)))
			return false;
		rest = str_from(rest, end);
	}
	return true;
}

/* "[if-unset: text]" at the end of *text, behind a space. */
static void
take_unset(struct cf *cf, struct rule *rule, struct str *text)
{
	static const char mark[] = "[if-unset:";
	size_t at = str_find_str(*text, str_c(mark));
	struct str value;

	if (!str_ends(*text, "]") || at == text->len || at == 0 ||
	    !ascii_is_space(text->data[at - 1]))
		return;
	value = str_from(*text, at + sizeof(mark) - 1);
	value = str_trim(str_head(value, value.len - 1));
	if (value.len == 0)
		return;
	rule->unset = arena_text(cf->set->arena, value);
	*text = str_trim(str_head(*text, at));
}

/* "Field:part =~ /regex/ [if-unset: text]" */
static void
take_match(struct cf *cf, struct rule *rule, struct str rest)
{
	struct str field;
	size_t end = 0;

	while (end < rest.len && !ascii_is_space(rest.data[end]) &&
	    rest.data[end] != '=' && rest.data[end] != '!')
		end++;
	field = str_head(rest, end);
	rest = str_trim(str_from(rest, end));
	if (!take_field(cf, rule, field))
		return;
	if (!str_starts(rest, "=~") && !str_starts(rest, "!~")) {
		cf_error(cf, "%s: =~ or !~ is expected", rule->name);
		return;
	}
	rule->negated = rest.data[0] == '!';
	rest = str_trim(str_from(rest, 2));
	take_unset(cf, rule, &rest);
	take_regex(cf, rule, rest);
}

void
cf_header(struct cf *cf, struct str name, struct str rest)
{
	struct rule rule = begin(cf, name, RULE_HEADER, rest);

	if (str_starts(rest, "eval:") || str_starts(rest, "rbleval:")) {
		rest = str_from(rest, str_find(rest, ':') + 1);
		cf_eval(cf, &rule, RULE_HEADER, rest);
	} else if (str_starts(rest, "exists:")) {
		rule.exists = true;
		take_field(cf, &rule, str_trim(str_from(rest, 7)));
	} else {
		take_match(cf, &rule, rest);
	}
	finish(cf, &rule);
}

void
cf_mimeheader(struct cf *cf, struct str name, struct str rest)
{
	struct rule rule = begin(cf, name, RULE_MIMEHEADER, rest);

	take_match(cf, &rule, rest);
	if (rule.part & ~(unsigned)PART_RAW)
		cf_error(
		    cf, "%s: only :raw is a part of a MIME header", rule.name);
	finish(cf, &rule);
}

void
cf_meta(struct cf *cf, struct str name, struct str rest)
{
	struct rule rule = begin(cf, name, RULE_META, rest);
	struct error error;

	rule.meta = meta_parse(rest, cf->set->arena, &error);
	if (!rule.meta)
		cf_error(cf, "%s: %s", rule.name, error.text);
	finish(cf, &rule);
}

/* Kept by name. */
static void
define_unsupported(
    struct cf *cf, struct str name, struct str rest, const char *why)
{
	struct rule rule = begin(cf, name, RULE_UNSUPPORTED, rest);

	rule.unsupported = why;
	cf_unsupported(cf, "%s: %s", rule.name, why);
	finish(cf, &rule);
}

void
cf_network_rule(struct cf *cf, struct str name, struct str rest)
{
	define_unsupported(cf, name, rest, "needs a network service");
}

void
cf_uri_detail(struct cf *cf, struct str name, struct str rest)
{
	define_unsupported(cf, name, rest, "uri_detail is not known here");
}
