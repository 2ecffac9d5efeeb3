/*
 * rules_corpus: folders of sorted mail, judged by a set of rules.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_RULES_CORPUS_H
#define PROXY_RULES_CORPUS_H

#include "rules_tools.h"

enum corpus_kind { CORPUS_HAM, CORPUS_SPAM };

struct corpus_source {
	struct texts dirs[2]; /* by enum corpus_kind */
	const char *match;    /* a glob for file names, or NULL */
};

struct corpus_rule {
	const char *name;
	int score;
	size_t hits[2]; /* mails */
};

struct corpus_mail {
	const char *file;
	int score;
};

struct corpus_result {
	int tag;                   /* in: points from which a mail is marked */
	struct corpus_rule *rules; /* those that hit, worst ham share first */
	size_t rule_count;
	struct corpus_mail *each;
	size_t each_count;
	size_t mails[2];
	size_t marked[2];
	struct texts false_positives; /* with their scores and rules */
	struct texts missed;
	size_t per_second;
};

/*
 * Judges every file below the folders, sorted by path; names that begin with
 * a dot are left out.  The result lives in the problems' arena.  False when
 * the rules have errors or a folder cannot be read.
 */
bool corpus_run(const struct corpus_source *source, const struct texts *rules,
    struct problems *problems, struct corpus_result *result);

/* Mail that one of two results marks and the other does not. */
void corpus_flips(const struct corpus_result *now,
    const struct corpus_result *then, struct arena *arena, struct texts *out);

#endif
