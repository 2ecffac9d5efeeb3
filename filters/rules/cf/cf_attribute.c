/*
 * cf_attribute: the lines that say something about a rule.
 *
 * They may stand before the rule's definition, and outlive a new one.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/setting.h"

#include "cf.h"

enum { SCORE_MOST = 1000000000, SCORE_DIGITS = 9 };

struct rule *
cf_mention(struct cf *cf, struct str name)
{
	struct rule *rule = ruleset_find(cf->set, name);

	if (rule)
		return rule;
	rule = ruleset_add(cf->set, name);
	rule->file = cf->file;
	rule->line = cf->line;
	return rule;
}

/* "-1.5", "0.0001": thousandths; what is not 0 does not become 0, which would
 * switch the rule off. */
static bool
read_score(struct str text, int *out)
{
	bool minus = str_starts(text, "-");
	struct str digits = str_from(text, minus), decimals;
	size_t point = str_find(digits, '.');
	uint64_t whole = 0, part = 0;
	size_t i;

	if (!str_to_uint(str_head(digits, point), SCORE_MOST / 1000, &whole))
		return false;
	decimals = str_head(str_from(digits, point + 1), SCORE_DIGITS);
	for (i = point + 1; i < digits.len; i++)
		if (!ascii_is_digit(digits.data[i]))
			return false;
	if (point < digits.len && decimals.len == 0)
		return false;
	for (i = 0; i < SCORE_DIGITS; i++)
		part = part * 10 +
		    (i < decimals.len ? (uint64_t)(decimals.data[i] - '0') : 0);
	/* billionths to thousandths */
	*out = (int)(whole * 1000 + (part + 500000) / 1000000);
	if (*out == 0 && part > 0)
		*out = 1;
	*out = minus ? -*out : *out;
	return true;
}

static bool
read_scores(
    struct cf *cf, struct str rest, int scores[SCORE_SETS], bool *relative)
{
	struct str word;
	int count = 0;

	*relative = false;
	for (; count < SCORE_SETS && str_cut_word(&rest, &word); count++) {
		if (word.len > 2 && str_starts(word, "(") &&
		    str_ends(word, ")")) {
			*relative = true;
			word = str_of(word.data + 1, word.len - 2);
			if (str_starts(word, "+"))
				word = str_from(word, 1);
		}
		if (!read_score(word, &scores[count])) {
			cf_error(cf,
			    "score: \"%.*s\" is not a number of points",
			    (int)str_head(word, 40).len, word.data);
			return false;
		}
	}
	if ((count != 1 && count != SCORE_SETS) || str_trim(rest).len) {
		cf_error(cf, "score: one number or four are expected");
		return false;
	}
	for (; count < SCORE_SETS; count++)
		scores[count] = scores[0];
	return true;
}

void
cf_score(struct cf *cf, struct str name, struct str rest)
{
	int scores[SCORE_SETS], i;
	struct rule *rule;
	bool relative;
	int64_t sum;

	if (!read_scores(cf, rest, scores, &relative))
		return;
	rule = cf_mention(cf, name);
	if (relative && !rule->scored) {
		cf_error(cf, "score %s: a relative score needs an earlier one",
		    rule->name);
		return;
	}
	for (i = 0; i < SCORE_SETS; i++) {
		sum = scores[i] + (relative ? (int64_t)rule->scores[i] : 0);
		if (sum > SCORE_MOST || sum < -SCORE_MOST)
			sum = sum > 0 ? SCORE_MOST : -SCORE_MOST;
		rule->scores[i] = (int)sum;
	}
	rule->scored = true;
}

void
cf_describe(struct cf *cf, struct str name, struct str rest)
{
	cf_mention(cf, name)->describe = arena_text(cf->set->arena, rest);
}

static const struct {
	const char *word;
	unsigned bit;
} tflags[] = {
    {"net", TFLAG_NET},
    {"nice", TFLAG_NICE},
    {"learn", TFLAG_LEARN},
    {"userconf", TFLAG_USERCONF},
    {"multiple", TFLAG_MULTIPLE},
    {"nosubject", TFLAG_NOSUBJECT},
    {"concat", TFLAG_CONCAT},
};

/* "range=1-3", "range=2", "range=-4": of parts, for mimeheader. */
static void
take_range(struct rule *rule, struct str text)
{
	size_t dash = str_find(text, '-');
	uint64_t low = 0, high = RULE_PARTS_MOST;

	str_to_uint(str_head(text, dash), RULE_PARTS_MOST, &low);
	if (dash == text.len)
		high = low;
	else
		str_to_uint(str_from(text, dash + 1), RULE_PARTS_MOST, &high);
	rule->part_min = (unsigned)low;
	rule->part_max = (unsigned)high;
}

static void
take_tflag(struct rule *rule, struct str word)
{
	uint64_t most;
	size_t i;

	for (i = 0; i < sizeof(tflags) / sizeof(tflags[0]); i++)
		if (str_is(word, tflags[i].word))
			rule->tflags |= tflags[i].bit;
	if (str_starts(word, "maxhits=") &&
	    str_to_uint(str_from(word, 8), 1000000, &most))
		rule->max_hits = (unsigned)most;
	if (str_starts(word, "range="))
		take_range(rule, str_from(word, 6));
}

/* A later tflags replaces the earlier one. */
void
cf_tflags(struct cf *cf, struct str name, struct str rest)
{
	struct rule *rule = cf_mention(cf, name);
	struct str word;

	rule->tflags = 0;
	rule->max_hits = 0;
	rule->part_min = 0;
	rule->part_max = RULE_PARTS_MOST;
	while (str_cut_word(&rest, &word))
		take_tflag(rule, word);
	rule->multiple = rule->tflags & TFLAG_MULTIPLE;
	rule->nosubject = rule->tflags & TFLAG_NOSUBJECT;
}

void
cf_priority(struct cf *cf, struct str name, struct str rest)
{
	bool minus = str_starts(rest, "-");
	uint64_t value;

	if (str_to_uint(str_from(rest, minus), 1000000, &value))
		cf_mention(cf, name)->priority =
		    minus ? -(int)value : (int)value;
	else
		cf_error(cf, "priority: a whole number is expected");
}

/* Its text is for `postern rules test`, which reads the files itself. */
void
cf_test(struct cf *cf, struct str name, struct str rest)
{
	struct str word;

	(void)name;
	if (!str_cut_word(&rest, &word) ||
	    (!str_is(word, "ok") && !str_is(word, "fail")))
		cf_error(cf, "test NAME ok TEXT, or fail, is expected");
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

/* What a client is told: printable US-ASCII, not too long for a reply. */
static bool
is_reply_text(struct str text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.data[i] < ' ' || text.data[i] > '~')
			return false;
	return text.len <= RULE_REPLY_MAX;
}

/* action NAME reject "text": an extension, inside if (can(Postern::action)) */
void
cf_action(struct cf *cf, struct str name, struct str rest)
{
	struct rule *rule;
	struct str word = {"", 0};
	size_t i, count = sizeof(actions) / sizeof(actions[0]);

	str_cut_word(&rest, &word);
	for (i = 0; i < count && !str_is(word, actions[i].word); i++)
		continue;
	rest = str_trim(rest);
	if (rest.len > 1 && str_starts(rest, "\"") && str_ends(rest, "\""))
		rest = str_of(rest.data + 1, rest.len - 2);
	if (i == count) {
		cf_error(cf,
		    "action: \"%.*s\" is none of reject, defer, quarantine, "
		    "tag, discard",
		    (int)str_head(word, 40).len, word.data);
	} else if (!is_reply_text(rest)) {
		cf_error(cf,
		    "action: the text must be printable US-ASCII of at most "
		    "%d octets",
		    RULE_REPLY_MAX);
	} else {
		rule = cf_mention(cf, name);
		rule->action = actions[i].action;
		rule->action_text =
		    rest.len ? arena_text(cf->set->arena, rest) : NULL;
		rule->action_where = cf_where(cf);
	}
}

static const char *const stages[] = {
    [STAGE_CONNECT] = "connect",
    [STAGE_HELO] = "helo",
    [STAGE_MAIL] = "mail",
    [STAGE_RCPT] = "rcpt",
    [STAGE_MESSAGE] = "message",
};

/* stage NAME rcpt: when the rule is asked. */
void
cf_stage(struct cf *cf, struct str name, struct str rest)
{
	struct rule *rule;
	size_t i;

	for (i = STAGE_CONNECT; i <= STAGE_MESSAGE; i++) {
		if (!str_is(rest, stages[i]))
			continue;
		rule = cf_mention(cf, name);
		rule->stage = (enum stage)i;
		rule->stage_line = cf->line;
		rule->stage_file = cf->file;
		return;
	}
	cf_error(cf,
	    "stage: \"%.*s\" is none of connect, helo, mail, rcpt, message",
	    (int)str_head(rest, 40).len, rest.data);
}
