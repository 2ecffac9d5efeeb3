/*
 * rules_audit: what may well be wrong with rules that could be read.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/strbuf.h"

#include "filters/rules/match/literal.h"
#include "rules_audit.h"
#include "rules_pump.h"

enum {
	LIMIT = 100000, /* as the setting match_limit says by default */
	HEAP = 8 << 20,
	LONGEST = 2000, /* octets; a body's line has at most 2,048 */
	SHORT = 300,    /* octets on which only growth without bound is slow */
	SHOWN = 32,
	FREQUENT = 30000 /* in a million octets: as plan.c looks for none */
};

static void
audit_score(const struct audit *a, const struct rule *r)
{
	if (r->subrule || r->action != ACTION_NONE)
		return;
	if (!r->scored && !str_starts(str_c(r->name), "T_"))
		problem_warn(a->problems, r->file, r->line,
		    "%s has no score: it counts 1 point", r->name);
	if (r->scored && r->score == 0)
		problem_warn(a->notes, r->file, r->line,
		    "%s has score 0: it is off", r->name);
	if (r->describe[0] == '\0')
		problem_warn(a->notes, r->file, r->line,
		    "%s has no description", r->name);
}

static void
audit_atoms(const struct audit *a, const struct rule *r)
{
	struct str name;
	size_t i;

	for (i = 0; i < meta_name_count(r->meta); i++) {
		name = meta_name(r->meta, i);
		if (!ruleset_find(a->set, name))
			problem_warn(a->problems, r->file, r->line,
			    "%s: there is no rule %.*s; it counts as 0",
			    r->name, (int)name.len, name.data);
	}
}

static bool
same_rule(const struct rule *a, const struct rule *b)
{
	return a->pattern && b->pattern && a->type == b->type &&
	    strcmp(a->pattern, b->pattern) == 0;
}

/* Two names for the same test count it twice. */
static void
audit_twins(const struct audit *a, size_t index)
{
	const struct rule *r = &a->set->rules[index], *other;
	size_t i;

	if (!r->regex || r->subrule)
		return;
	for (i = 0; i < index; i++) {
		other = &a->set->rules[i];
		if (!other->regex || other->subrule || !same_rule(r, other))
			continue;
		problem_warn(a->notes, r->file, r->line,
		    "%s tests the same as %s (%s)", r->name, other->name,
		    other->where);
		return;
	}
}

void
audit_names(const struct audit *a)
{
	const struct rule *r;
	size_t i;

	for (i = 0; i < a->set->count; i++) {
		r = &a->set->rules[i];
		if (r->replaced)
			problem_warn(a->problems, r->file, r->line,
			    "%s replaces the rule of that name in %s", r->name,
			    r->replaced);
		if (r->type == RULE_UNSUPPORTED)
			continue;
		audit_score(a, r);
		if (r->type == RULE_META)
			audit_atoms(a, r);
		audit_twins(a, i);
	}
}

/* The engine looks for literals first; a regex without one is always tried. */
static void
audit_literals(const struct audit *a, const struct rule *r)
{
	struct arena *arena = arena_new();
	const struct node *tree =
	    regex_tree(regex_pattern(r->regex), regex_flags(r->regex), arena);
	struct literals found = {.count = 0};

	if (tree)
		literals_find(tree, &found);
	if (found.count == 0 || found.frequency >= FREQUENT)
		problem_warn(a->notes, r->file, r->line,
		    "%s: no rare literal is in every match: it is tried on "
		    "every text",
		    r->name);
	arena_free(arena);
}

/* "aaaa..." (2000 octets), without controls. */
static const char *
show(struct str text, struct arena *arena)
{
	struct strbuf out;
	const char *shown;
	size_t i;

	strbuf_init(&out);
	for (i = 0; i < text.len && i < SHOWN; i++)
		if (ascii_is_control(text.data[i]) || text.data[i] & 0x80)
			strbuf_printf(
			    &out, "\\x%02x", (unsigned char)text.data[i]);
		else
			strbuf_putc(&out, text.data[i]);
	if (text.len > SHOWN)
		strbuf_puts(&out, "...");
	shown = arena_text(arena, strbuf_str(&out));
	strbuf_clear(&out);
	return shown;
}

static void
tell_slow(const struct audit *a, const struct rule *r,
    const struct redos_attack *attack, struct str text)
{
	const char *why =
	    attack ? redos_kind_text(attack->kind) : "the engine gives up";

	problem_warn(a->problems, r->file, r->line,
	    "%s backtracks: %s: %s on %zu octets such as \"%s\"", r->name, why,
	    text.len < SHORT ? "it grows without bound, seen" : "too slow",
	    text.len, show(text, a->problems->arena));
}

/* What is bad enough to tell although no text was found that shows it. */
static bool
is_plain(const struct rule *r, const struct redos_attack *attack)
{
	switch (attack->kind) {
	case REDOS_START:
		return attack->exact && r->type == RULE_FULL;
	case REDOS_LEADING:
		return r->type == RULE_FULL;
	case REDOS_BACKREF:
	case REDOS_RECURSION:
		return true;
	case REDOS_ADJACENT: /* a run of one octet; others stay short */
		return attack->exact && attack->pump.len == 1;
	default:
		return attack->exact;
	}
}

static void
note_rest(
    const struct audit *a, const struct rule *r, const struct redos *found)
{
	const struct redos_attack *attack;
	size_t i;

	for (i = 0; i < found->count; i++) {
		attack = &found->attacks[i];
		if (attack->kind != REDOS_LEADING &&
		    (attack->kind != REDOS_ADJACENT || !attack->exact))
			continue;
		problem_warn(a->notes, r->file, r->line, "%s: %s", r->name,
		    redos_kind_text(attack->kind));
		break;
	}
	if (!found->judged)
		problem_warn(a->notes, r->file, r->line,
		    "%s: the regex is too large to be judged whole", r->name);
}

/* The attack that makes it slow, tried or at least plain. */
static void
audit_slowness(
    const struct audit *a, const struct rule *r, const struct pump *pump)
{
	struct arena *arena = a->problems->arena;
	struct redos found;
	struct str text;
	size_t i;

	redos_check(
	    regex_pattern(r->regex), regex_flags(r->regex), arena, &found);
	for (i = 0; i < found.count; i++)
		if (pump_try(pump, r->regex, &found.attacks[i], arena, &text)) {
			tell_slow(a, r, &found.attacks[i], text);
			return;
		}
	if (!found.judged && pump_blindly(pump, r->regex, arena, &text)) {
		tell_slow(a, r, NULL, text);
		return;
	}
	for (i = 0; i < found.count; i++)
		if (is_plain(r, &found.attacks[i])) {
			problem_warn(a->problems, r->file, r->line,
			    "%s may backtrack: %s", r->name,
			    redos_kind_text(found.attacks[i].kind));
			return;
		}
	note_rest(a, r, &found);
}

void
audit_regexes(const struct audit *a)
{
	struct pump pump = {matcher_new(LIMIT, HEAP), LONGEST};
	const struct rule *r;
	size_t i;

	for (i = 0; i < a->set->count; i++) {
		r = &a->set->rules[i];
		if (!r->regex)
			continue;
		audit_slowness(a, r, &pump);
		audit_literals(a, r);
	}
	matcher_free(pump.matcher);
}
