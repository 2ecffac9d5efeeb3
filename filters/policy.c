/*
 * policy: the admin's decisions, folded from what filters found.
 *
 * The strongest wish wins; the score is one more wish.  Exemptions and the
 * monitor mode are applied here and nowhere else.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/scan.h"

#include "policy.h"

enum { SCORE_MOST = 1000000000 }; /* a million points */

static bool
entry_matches(struct str entry, struct str address)
{
	size_t at = str_find_last(address, '@');

	if (entry.len > 0 && entry.data[0] == '@')
		return str_case_eq(
		    str_from(entry, 1), str_from(address, at + 1));
	if (str_find(entry, '@') == entry.len)
		return str_case_eq(entry, str_head(address, at));
	return str_case_eq(entry, address);
}

bool
policy_exempts(const struct policy_conf *policy, const char *address)
{
	size_t i;

	for (i = 0; i < policy->bypass_recipients.count; i++)
		if (entry_matches(
			str_c(policy->bypass_recipients.at[i]), str_c(address)))
			return true;
	return false;
}

static bool
all_exempt(const struct policy_conf *policy, const struct envelope *envelope)
{
	size_t i;

	for (i = 0; i < envelope->recipient_count; i++)
		if (!policy_exempts(policy, envelope->recipients[i].address))
			return false;
	return envelope->recipient_count > 0;
}

const char *
policy_bypass(const struct policy_conf *policy, const struct scan *scan)
{
	if (ip_nets_have(&policy->trusted_networks, &scan->envelope->client))
		return "trusted_networks";
	if (all_exempt(policy, scan->envelope))
		return "bypass_recipients";
	return NULL;
}

static int
total_score(const struct scan *scan)
{
	int64_t score = 0;
	size_t i;

	for (i = 0; i < scan->hit_count; i++)
		score += scan->hits[i].score;
	for (i = 0; i < scan->points_count; i++)
		score += scan->points[i].score;
	if (score > SCORE_MOST || score < -SCORE_MOST)
		return score > 0 ? SCORE_MOST : -SCORE_MOST;
	return (int)score;
}

static struct wish
score_wish(const struct policy_conf *policy, int score)
{
	struct wish wish = {.source = "score"};

	if (score >= policy->reject)
		wish.action = ACTION_REJECT;
	else if (policy->quarantine && score >= policy->quarantine)
		wish.action = ACTION_QUARANTINE;
	else if (score >= policy->tag)
		wish.action = ACTION_TAG;
	return wish;
}

/*
 * What cannot be carried out becomes the nearest thing that loses no mail:
 * without allow_discard the sender is told; a door that cannot put mail aside
 * delivers it marked.
 */
static enum action
feasible(const struct policy_conf *policy, const struct scan *scan,
    enum action action)
{
	if (action == ACTION_DISCARD && !policy->allow_discard)
		return ACTION_REJECT;
	if (action == ACTION_QUARANTINE && !scan->quarantines)
		return ACTION_TAG;
	return action;
}

static void
fold(const struct policy_conf *policy, const struct scan *scan,
    const struct wish *wish, struct verdict *verdict)
{
	enum action action = feasible(policy, scan, wish->action);

	if (action <= verdict->would)
		return;
	verdict->would = action;
	verdict->source = wish->source;
	verdict->code = wish->code;
	verdict->enhanced = wish->enhanced;
	verdict->text = wish->text;
}

static void
fill_reply(const struct policy_conf *policy, const struct scan *scan,
    struct verdict *verdict)
{
	bool defer = verdict->would == ACTION_DEFER;

	if (verdict->would < ACTION_DEFER)
		return;
	if (verdict->code / 100 != (defer ? 4u : 5u)) {
		verdict->code = defer ? 451 : 550;
		verdict->enhanced = defer ? "4.7.1" : "5.7.1";
	}
	if (!verdict->text)
		verdict->text = defer ?
		    "Message cannot be judged now, try again later" :
		    "Message refused by local policy";
	if (policy->reject_detail)
		verdict->text = arena_printf(
		    scan->arena, "%s (%s)", verdict->text, verdict->source)
				    .data;
}

/* In monitor mode mail is marked but never held up. */
static enum action
permitted(const struct policy_conf *policy, const struct verdict *verdict)
{
	if (policy->mode == MODE_ENFORCE || verdict->would <= ACTION_TAG)
		return verdict->would;
	return verdict->score >= policy->tag ? ACTION_TAG : ACTION_NONE;
}

static const struct wish undecided_wish = {
    .action = ACTION_DEFER,
    .code = 451,
    .enhanced = "4.4.3",
    .text = "Message cannot be judged now, try again later",
    .source = "undecided",
};

void
policy_decide(const struct policy_conf *policy, const struct scan *scan,
    struct verdict *verdict)
{
	struct wish wish;
	size_t i;

	*verdict = (struct verdict) {.source = ""};
	verdict->bypass = policy_bypass(policy, scan);
	if (verdict->bypass)
		return;
	verdict->score = total_score(scan);
	wish = score_wish(policy, verdict->score);
	fold(policy, scan, &wish, verdict);
	for (i = 0; i < scan->wish_count; i++)
		fold(policy, scan, &scan->wishes[i], verdict);
	if (scan->undecided_count && policy->on_undecided == UNDECIDED_DEFER)
		fold(policy, scan, &undecided_wish, verdict);
	fill_reply(policy, scan, verdict);
	verdict->action = permitted(policy, verdict);
}
