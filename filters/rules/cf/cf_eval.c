/*
 * cf_eval: eval:name(arguments).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "cf.h"
#include "filters/rules/eval/eval.h"

enum { ARGS_MAX = 64 };

/* One argument: quoted, or a bare word of letters, digits, ".", ":", "-". */
static bool
take_argument(struct str *rest, struct str *arg)
{
	size_t len = 0;

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
	*rest = str_trim(str_from(*rest, 1));
	return true;
}

static bool
take_arguments(struct cf *cf, struct rule *rule, struct str rest)
{
	struct arena *arena = cf->set->arena;
	struct str arg;

	rest = str_trim(rest);
	while (rest.len > 0) {
		if (!take_argument(&rest, &arg) ||
		    rule->arg_count == ARGS_MAX) {
			cf_error(cf, "%s: malformed arguments", rule->name);
			return false;
		}
		rule->args = arena_push(
		    arena, rule->args, rule->arg_count, sizeof(*rule->args));
		rule->args[rule->arg_count++] = arena_copy(arena, arg);
	}
	return true;
}

/* An argument that is a regex is written without delimiters. */
static bool
take_regex(struct cf *cf, struct rule *rule, unsigned n)
{
	struct arena *arena = cf->set->arena;
	struct perlre re;
	struct error error;
	struct str text;

	if (n == 0 || n > rule->arg_count)
		return true;
	text = rule->args[n - 1];
	text = arena_printf(arena, "m\001%.*s\001", (int)text.len, text.data);
	if (perlre_split(text, &re, &error) &&
	    ruleset_compile(cf->set, rule, &re, &error))
		return true;
	cf_error(cf, "%s: %s", rule->name, error.text);
	return false;
}

/* A known eval with a fitting number of arguments; else it is told why not. */
static void
find_eval(struct cf *cf, struct rule *rule, struct str name)
{
	struct arena *arena = cf->set->arena;
	const struct eval *eval = eval_find(name);
	const char *why = eval_unanswered(name);

	if (eval && rule->arg_count >= eval->args_min &&
	    rule->arg_count <= eval->args_max) {
		rule->eval = eval;
		if (take_regex(cf, rule, eval->regex_arg))
			rule->type = RULE_EVAL;
		return;
	}
	name = str_head(name, 80);
	if (eval)
		rule->unsupported = arena_printf(arena,
		    "eval:%.*s takes %u to %u arguments", (int)name.len,
		    name.data, eval->args_min, eval->args_max)
					.data;
	else
		rule->unsupported = arena_printf(arena, "eval:%.*s %s",
		    (int)name.len, name.data, why ? why : "is not known here")
					.data;
	rule->type = RULE_UNSUPPORTED;
	cf_unsupported(cf, "%s: %s", rule->name, rule->unsupported);
}

void
cf_eval(struct cf *cf, struct rule *rule, enum rule_type on, struct str text)
{
	size_t open = str_find(text, '('), close = str_find_last(text, ')');
	struct str name = str_trim(str_head(text, open));

	if (close >= text.len || close < open || name.len == 0 ||
	    str_trim(str_from(text, close + 1)).len > 0) {
		cf_error(
		    cf, "%s: eval:name(arguments) is expected", rule->name);
		return;
	}
	if (!take_arguments(
		cf, rule, str_of(text.data + open + 1, close - open - 1)))
		return;
	rule->on = on;
	find_eval(cf, rule, name);
}
