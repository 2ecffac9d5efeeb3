/*
 * chain: the filters in their order, and the policy that folds what they
 * find into one verdict.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_CHAIN_H
#define POSTERN_CHAIN_H

#include "postern/filter.h"

struct chain;

/* Per worker or thread: the lanes of all filters. */
struct lanes;

/* What decides; part of the configuration, see policy.c for the table. */
struct policy_conf {
	int tag;        /* thousandths of a point, from actions { } */
	int quarantine; /* 0: never */
	int reject;
	int mode;         /* enum policy_mode */
	int on_undecided; /* enum undecided_reaction */
	bool allow_discard;
	bool reject_detail; /* tell the client the rule's name */
	struct ip_nets trusted_networks;
	struct texts bypass_recipients;
};

enum policy_mode { MODE_ENFORCE, MODE_MONITOR };
enum undecided_reaction { UNDECIDED_IGNORE, UNDECIDED_DEFER };

/*
 * filters: the names of `filters = {...}`, set at `where`; sections: the
 * `filter "name"` sections of the configuration, found below `first`.  NULL
 * when there are errors.  Everything lives until chain_close; the arena is the
 * chain's own.
 */
struct chain *chain_open(const struct texts *filters,
    const struct origin *where, const struct conf_node *first,
    const struct policy_conf *policy, struct problems *problems);
void chain_close(struct chain *chain);

/* What a filter's files want for actions { tag }; 0: none says. */
int chain_tag_score(const struct chain *chain);
void chain_set_tag(struct chain *chain, int score);

/* Every filter that both have logs what a reload changed. */
void chain_compare(const struct chain *chain, const struct chain *replaced);

/* Lets the filters keep counters in files of this directory; what fails is
 * logged, and then they keep none. */
void chain_publish(struct chain *chain, const char *directory);

struct lanes *lanes_open(const struct chain *chain);
void lanes_close(struct lanes *lanes);

/* Asks every filter that wants this stage.  WAITS. */
void chain_check(const struct chain *chain, struct lanes *lanes,
    enum stage stage, struct scan *scan);

/* Folds what was found so far. Text lives in the scan's arena. */
void chain_decide(const struct chain *chain, const struct scan *scan,
    struct verdict *verdict);

/* Is mail for this recipient exempt (bypass_recipients)? */
bool chain_exempts(const struct chain *chain, const char *recipient);

/* Every filter there is, in registry order, NULL-terminated. */
extern const struct filter *const registry[];

#endif
