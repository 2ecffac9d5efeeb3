/*
 * plan: how the regexes of a rule set are matched.
 *
 * Rules that read the same target are a group; the same regex in a group is
 * one probe.  A probe that has required literals is tried only where one of
 * them stands.  Immutable once made, shared by every worker.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_PLAN_H
#define RULES_PLAN_H

#include "ahocorasick.h"
#include "nfa.h"
#include "stretch.h"
#include "filters/rules/set/ruleset.h"

enum { HITS_MAX = 1000 }; /* of a rule with `multiple` and no maxhits */

struct probe {
	const struct regex *regex;
	uint32_t *rules; /* indices in the rule set */
	size_t rule_count;
	unsigned most; /* hits, after which it is through */
	bool nosubject;
	bool on_empty;     /* it matches the empty text */
	bool substituted;  /* a rule of it has if-unset */
	unsigned shortest; /* no text below this many octets can match */
	struct stretch stretch;
	struct nfa *gate; /* where it may start; NULL: there is none */
	size_t gate_dfa;  /* of a lane */
};

/* What a word of the automaton says. */
struct clue {
	uint32_t probe;
	uint32_t len;
	uint32_t before_min, before_max; /* as of a struct literal */
};

struct group {
	enum rule_type type;
	const struct rule *like; /* one of its rules: field and part */
	struct probe *probes;
	size_t count;
	uint32_t *always; /* probes without literals */
	size_t always_count;
	struct ahocorasick *words; /* NULL: no probe has literals */
	struct clue *clues;        /* by word */
	struct nfa **nfas;         /* of probes without good literals */
	size_t nfa_count;
	size_t first_dfa;  /* of a lane: those of its nfas */
	uint32_t *negated; /* rules that hit where the regex does not match */
	size_t negated_count;
	uint32_t *exists; /* rules that ask whether there is one */
	size_t exists_count;
};

struct plan {
	struct arena *arena;
	const struct ruleset *set;
	struct group *groups;
	size_t group_count;
	size_t most_probes; /* of a group */
	size_t nfa_count;
	uint32_t *evals; /* rules */
	size_t eval_count;
};

/* Keeps `set`.  Without the prefilter every probe is tried everywhere. */
struct plan *plan_new(const struct ruleset *set, bool prefilter);
void plan_free(struct plan *plan);

#endif
