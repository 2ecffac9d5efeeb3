/*
 * cf_rule: the lines that define rules.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "cf.h"
#include "eval.h"

static struct rule *
define(struct cf *cf, struct str name, struct str rest)
{
	struct rule *rule = ruleset_define(cf->set, name);

	rule->file = cf->file;
	rule->line = cf->line;
	rule->where =
	    arena_printf(cf->set->arena, "%s:%u", cf->file, cf->line).data;
	rule->pattern = arena_text(cf->set->arena, rest);
	rule->unsupported = "malformed";
	return rule;
}

static void
unsupported(struct cf *cf, struct rule *rule, const char *why)
{
	rule->type = RULE_UNSUPPORTED;
	rule->unsupported = why;
	cf_warn(cf, "%s: %s", rule->name, why);
}

/* The regex and nothing behind it but what *tail gets. */
static bool
take_regex(struct cf *cf, struct rule *rule, struct str text, struct str *tail)
{
	struct error error;
	size_t used;

	struct ruleset *set = cf->set;

	rule->regex = regex_new(text, &used, &error);
	if (!rule->regex) {
		cf_error(cf, "%s: %s", rule->name, error.text);
		return false;
	}
	set->regexes = arena_push(
	    set->arena, set->regexes, set->regex_count, sizeof(struct regex *));
	rule->regex_index = set->regex_count;
	set->regexes[set->regex_count++] = rule->regex;
	*tail = str_trim(str_from(text, used));
	return true;
}

/* One argument: quoted, or a bare word of letters, digits, ".", ":", "-". */
static bool
take_argument(struct str *rest, struct str *arg)
{
	size_t len = 0;

	*rest = str_trim(*rest);
	if (str_starts(*rest, "'") || str_starts(*rest, "\"")) {
		len = str_find(str_from(*rest, 1), rest->data[0]);
		*arg = str_head(str_from(*rest, 1), len);
		if (len + 2 > rest->len)
			return false;
		*rest = str_trim(str_from(*rest, len + 2));
	} else {
		while (len < rest->len &&
		    (ascii_is_alnum(rest->data[len]) ||
			ascii_is_one_of(rest->data[len], ".:-_")))
			len++;
		*arg = str_head(*rest, len);
		*rest = str_trim(str_from(*rest, len));
	}
	if (rest->len == 0)
		return true;
	if (rest->data[0] != ',')
		return false;
	*rest = str_from(*rest, 1);
	return true;
}

/* "name(arg, 'arg')" */
static void
take_eval(struct cf *cf, struct rule *rule, enum rule_type on, struct str text)
{
	size_t open = str_find(text, '('), close = str_find_last(text, ')');
	struct str name = str_trim(str_head(text, open)), rest, arg;
	const char *why = eval_unanswered(name);
	struct arena *arena = cf->set->arena;

	if (close >= text.len || close < open) {
		cf_error(cf, "%s: eval:name(...) is expected", rule->name);
		return;
	}
	rest = str_trim(str_of(text.data + open + 1, close - open - 1));
	while (rest.len > 0) {
		if (!take_argument(&rest, &arg)) {
			cf_error(cf, "%s: malformed arguments", rule->name);
			return;
		}
		rule->args = arena_push(
		    arena, rule->args, rule->arg_count, sizeof(*rule->args));
		rule->args[rule->arg_count++] = arena_copy(arena, arg);
	}
	rule->on = on;
	rule->eval = eval_find(name);
	if (rule->eval && rule->arg_count >= rule->eval->args_min &&
	    rule->arg_count <= rule->eval->args_max)
		rule->type = RULE_EVAL;
	else if (rule->eval)
		cf_error(cf, "%s: %.*s takes %u to %u arguments", rule->name,
		    (int)name.len, name.data, rule->eval->args_min,
		    rule->eval->args_max);
	else
		unsupported(cf, rule,
		    arena_printf(arena, "%.*s: %s", (int)name.len, name.data,
			why ? why : "no such eval")
			.data);
}

void
cf_text(struct cf *cf, enum rule_type type, struct str name, struct str rest)
{
	struct rule *rule = define(cf, name, rest);
	struct str tail;

	if (str_starts(rest, "eval:")) {
		take_eval(cf, rule, type, str_from(rest, 5));
		return;
	}
	if (!take_regex(cf, rule, rest, &tail))
		return;
	if (tail.len)
		cf_error(cf, "%s: \"%.*s\" behind the regex", rule->name,
		    (int)str_head(tail, 40).len, tail.data);
	else
		rule->type = type;
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
};

/* ":addr"; 0 when there is no such part. */
static unsigned
find_part(struct str suffix)
{
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (str_is(suffix, parts[i].suffix))
			return parts[i].part;
	return 0;
}

/* "From:addr", "Received:first:raw" */
static bool
take_field(struct cf *cf, struct rule *rule, struct str field)
{
	size_t end, colon = str_find(field, ':');
	struct str rest = str_from(field, colon);
	unsigned part;

	if (colon == 0) {
		cf_error(cf, "%s: a header's name is missing", rule->name);
		return false;
	}
	rule->field = arena_text(cf->set->arena, str_head(field, colon));
	while (rest.len > 1) {
		end = 1 + str_find(str_from(rest, 1), ':');
		part = find_part(str_head(rest, end));
		if (!part) {
			cf_error(cf, "%s: \"%.*s\" is no part of a header",
			    rule->name, (int)end, rest.data);
			return false;
		}
		rule->part |= part;
		rest = str_from(rest, end);
	}
	return true;
}

static bool
take_operator(struct cf *cf, struct rule *rule, struct str *rest)
{
	*rest = str_trim(*rest);
	if (!str_starts(*rest, "=~") && !str_starts(*rest, "!~")) {
		cf_error(cf, "%s: =~ or !~ is expected", rule->name);
		return false;
	}
	rule->negated = rest->data[0] == '!';
	*rest = str_trim(str_from(*rest, 2));
	return true;
}

static bool
take_unset(struct cf *cf, struct rule *rule, struct str tail)
{
	static const char mark[] = "[if-unset:";

	if (tail.len == 0)
		return true;
	if (!str_starts(tail, mark) || tail.data[tail.len - 1] != ']') {
		cf_error(cf, "%s: \"%.*s\" behind the regex", rule->name,
		    (int)str_head(tail, 40).len, tail.data);
		return false;
	}
	tail =
	    str_head(str_from(tail, sizeof(mark) - 1), tail.len - sizeof(mark));
	rule->unset = arena_text(cf->set->arena, str_trim(tail));
	return true;
}

/* Headers that SpamAssassin makes up and this version does not. */
static bool
is_pseudo(struct str field)
{
	return str_case_starts(field, "X-Spam-Relays-") ||
	    str_case_is(field, "X-Spam-Relay-Countries");
}

void
cf_header(struct cf *cf, struct str name, struct str rest)
{
	struct rule *rule = define(cf, name, rest);
	struct str field, tail;
	size_t end = 0;

	if (str_starts(rest, "eval:")) {
		take_eval(cf, rule, RULE_HEADER, str_from(rest, 5));
		return;
	}
	if (str_starts(rest, "exists:")) {
		rule->exists = true;
		if (take_field(cf, rule, str_trim(str_from(rest, 7))))
			rule->type = RULE_HEADER;
		return;
	}
	while (end < rest.len && !ascii_is_space(rest.data[end]) &&
	    rest.data[end] != '=' && rest.data[end] != '!')
		end++;
	field = str_head(rest, end);
	rest = str_from(rest, end);
	if (!take_field(cf, rule, field) || !take_operator(cf, rule, &rest) ||
	    !take_regex(cf, rule, rest, &tail) || !take_unset(cf, rule, tail))
		return;
	if (is_pseudo(field))
		unsupported(cf, rule, "this pseudo-header is not supported");
	else
		rule->type = RULE_HEADER;
}

void
cf_mimeheader(struct cf *cf, struct str name, struct str rest)
{
	cf_header(cf, name, rest);
	if (ruleset_find(cf->set, name)->type == RULE_HEADER)
		ruleset_find(cf->set, name)->type = RULE_MIMEHEADER;
}

void
cf_meta(struct cf *cf, struct str name, struct str rest)
{
	struct rule *rule = define(cf, name, rest);
	struct error error;

	if (str_find_str(rest, str_c("rules_matching(")) < rest.len) {
		unsupported(cf, rule, "rules_matching() is not supported");
		return;
	}
	rule->meta = meta_parse(rest, cf->set->arena, &error);
	if (rule->meta)
		rule->type = RULE_META;
	else
		cf_error(cf, "%s: %s", rule->name, error.text);
}

/*
 * "can(Name)", "has(Name)", "plugin(Name)", "(version >= 4.0)", with ! before
 * and && or || between, read from left to right.
 */
static bool
atom_is_true(struct cf *cf, struct str atom)
{
	bool wanted = true, value;
	struct str version;

	atom = str_trim(atom);
	while (str_starts(atom, "!")) {
		wanted = !wanted;
		atom = str_trim(str_from(atom, 1));
	}
	while (str_starts(atom, "(") && str_ends(atom, ")"))
		atom = str_trim(str_of(atom.data + 1, atom.len - 2));
	if (str_starts(atom, "can(") || str_starts(atom, "can ")) {
		value = str_case_find_str(atom, str_c("Postern::action")) <
		    atom.len;
	} else if (str_starts(atom, "version")) {
		version = str_trim(str_from(atom, 7));
		value = str_starts(version, ">"); /* we are the newest */
	} else if (str_starts(atom, "has(") || str_starts(atom, "has ") ||
	    str_starts(atom, "plugin(") || str_starts(atom, "plugin ")) {
		value = false;
	} else {
		cf_warn(cf, "condition \"%.*s\" is taken for false",
		    (int)str_head(atom, 60).len, atom.data);
		value = false;
	}
	return value == wanted;
}

bool
cf_condition(struct cf *cf, struct str words)
{
	struct str rest = words;
	bool value = true, is_or = false;
	size_t and, or, end;

	while (rest.len > 0) {
		and = str_find_str(rest, str_c("&&"));
		or = str_find_str(rest, str_c("||"));
		end = and < or ? and : or ;
		if (is_or)
			value |= atom_is_true(cf, str_head(rest, end));
		else
			value &= atom_is_true(cf, str_head(rest, end));
		is_or = or < and;
		rest = str_from(rest, end + 2);
	}
	return value;
}
