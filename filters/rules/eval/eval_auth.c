/*
 * eval_auth: evals about what SPF, DKIM, ARC and DMARC found.
 *
 * The filters before this one have left their findings; where such a filter is
 * not in the chain nothing is known, and nothing hits.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "eval_util.h"
#include "filters/rules/set/glob_match.h"

static struct str
property_of(const struct finding *f, const char *ptype, const char *name)
{
	size_t i;

	for (i = 0; i < f->property_count; i++)
		if (strcmp(f->properties[i].ptype, ptype) == 0 &&
		    strcmp(f->properties[i].name, name) == 0)
			return f->properties[i].value;
	return str_c("");
}

static struct str
detail_of(const struct finding *f, const char *name)
{
	size_t i;

	for (i = 0; i < f->detail_count; i++)
		if (strcmp(f->details[i].name, name) == 0 &&
		    f->details[i].text.data)
			return f->details[i].text;
	return str_c("");
}

/* The nth finding (from 0) of that method. */
static const struct finding *
find(struct eval_context *c, const char *method, size_t n)
{
	size_t i;

	for (i = 0; i < c->scan->finding_count; i++)
		if (strcmp(c->scan->findings[i].method, method) == 0 &&
		    n-- == 0)
			return &c->scan->findings[i];
	return NULL;
}

/* --- SPF --- */

static bool
spf_is(struct eval_context *c, bool helo, enum result wanted)
{
	const struct finding *f;
	size_t i;

	for (i = 0; (f = find(c, "spf", i)); i++)
		if ((property_of(f, "smtp", "helo").len > 0) == helo)
			return f->result == wanted;
	return false;
}

static unsigned
spf_fail(struct eval_context *c)
{
	return spf_is(c, false, RESULT_FAIL);
}

static unsigned
spf_neutral(struct eval_context *c)
{
	return spf_is(c, false, RESULT_NEUTRAL);
}

static unsigned
spf_none(struct eval_context *c)
{
	return spf_is(c, false, RESULT_NONE);
}

static unsigned
spf_pass(struct eval_context *c)
{
	return spf_is(c, false, RESULT_PASS);
}

static unsigned
spf_permerror(struct eval_context *c)
{
	return spf_is(c, false, RESULT_PERMERROR);
}

static unsigned
spf_softfail(struct eval_context *c)
{
	return spf_is(c, false, RESULT_SOFTFAIL);
}

static unsigned
spf_temperror(struct eval_context *c)
{
	return spf_is(c, false, RESULT_TEMPERROR);
}

static unsigned
spf_helo_fail(struct eval_context *c)
{
	return spf_is(c, true, RESULT_FAIL);
}

static unsigned
spf_helo_neutral(struct eval_context *c)
{
	return spf_is(c, true, RESULT_NEUTRAL);
}

static unsigned
spf_helo_none(struct eval_context *c)
{
	return spf_is(c, true, RESULT_NONE);
}

static unsigned
spf_helo_pass(struct eval_context *c)
{
	return spf_is(c, true, RESULT_PASS);
}

static unsigned
spf_helo_permerror(struct eval_context *c)
{
	return spf_is(c, true, RESULT_PERMERROR);
}

static unsigned
spf_helo_softfail(struct eval_context *c)
{
	return spf_is(c, true, RESULT_SOFTFAIL);
}

static unsigned
spf_helo_temperror(struct eval_context *c)
{
	return spf_is(c, true, RESULT_TEMPERROR);
}

static unsigned
spf_no_sender(struct eval_context *c)
{
	struct str sender;

	return !target_sender(c->targets, &sender);
}

/* --- senders that are welcome when authenticated --- */

static bool
is_listed(struct eval_context *c, const char *one, const char *two)
{
	const struct list *first = lists_find(eval_lists(c), one);
	const struct list *second = lists_find(eval_lists(c), two);
	struct target_texts senders;
	size_t i;

	if (!first && !second)
		return false;
	senders = eval_senders(c);
	for (i = 0; i < senders.count; i++)
		if (list_fits(first, senders.at[i], '\0') ||
		    list_fits(second, senders.at[i], '\0'))
			return true;
	return false;
}

static unsigned
spf_welcomelist(struct eval_context *c)
{
	return spf_is(c, false, RESULT_PASS) &&
	    is_listed(c, "welcomelist_from_spf", "welcomelist_auth");
}

static unsigned
def_spf_welcomelist(struct eval_context *c)
{
	return spf_is(c, false, RESULT_PASS) &&
	    is_listed(c, "def_welcomelist_from_spf", "def_welcomelist_auth");
}

/* --- DKIM --- */

/* The domain of i=, else d=. */
static struct str
signer(const struct finding *f)
{
	struct str i = property_of(f, "header", "i");
	size_t at = str_find_last(i, '@');

	return at < i.len ? str_from(i, at + 1) : property_of(f, "header", "d");
}

/* "a.example" is itself, ".a.example" and "*.a.example" what is below, too. */
static bool
domain_fits(struct str wanted, struct str domain)
{
	if (str_starts(wanted, "*."))
		wanted = str_from(wanted, 1);
	if (!str_starts(wanted, "."))
		return str_case_eq(wanted, domain);
	return str_case_eq(str_from(wanted, 1), domain) ||
	    (domain.len > wanted.len &&
		str_case_eq(str_from(domain, domain.len - wanted.len), wanted));
}

static bool
is_author(struct eval_context *c, struct str domain)
{
	struct target_texts from = target_fields(c->targets, "From", PART_ADDR);
	size_t i, at;

	for (i = 0; i < from.count; i++) {
		at = str_find_last(from.at[i], '@');
		if (str_case_eq(str_trim(str_from(from.at[i], at + 1)), domain))
			return true;
	}
	return false;
}

static bool
is_acceptable(struct eval_context *c, struct str domain)
{
	size_t i;

	for (i = 0; i < c->rule->arg_count; i++)
		if (domain_fits(c->rule->args[i], domain))
			return true;
	return c->rule->arg_count == 0;
}

/* check_dkim_signed([domain...]) */
static unsigned
dkim_signed(struct eval_context *c)
{
	const struct finding *f;
	size_t i;

	for (i = 0; (f = find(c, "dkim", i)); i++)
		if (f->result != RESULT_NONE && is_acceptable(c, signer(f)))
			return 1;
	return 0;
}

/* check_dkim_valid([domain...]) */
static unsigned
dkim_valid(struct eval_context *c)
{
	const struct finding *f;
	size_t i;

	for (i = 0; (f = find(c, "dkim", i)); i++)
		if (f->result == RESULT_PASS && is_acceptable(c, signer(f)))
			return 1;
	return 0;
}

/* check_dkim_valid_author_sig([domain...]) */
static unsigned
dkim_valid_author(struct eval_context *c)
{
	const struct finding *f;
	size_t i;

	for (i = 0; (f = find(c, "dkim", i)); i++)
		if (f->result == RESULT_PASS && is_author(c, signer(f)) &&
		    is_acceptable(c, signer(f)))
			return 1;
	return 0;
}

/* Was said of every domain under ADSP: it means nothing. */
static unsigned
dkim_signsome(struct eval_context *c)
{
	(void)c;
	return 0;
}

static unsigned
dkim_valid_sender(struct eval_context *c)
{
	struct str sender = eval_address(c, "EnvelopeFrom");
	struct str domain = str_from(sender, str_find_last(sender, '@') + 1);
	const struct finding *f;
	size_t i;

	for (i = 0; domain.len > 0 && (f = find(c, "dkim", i)); i++)
		if (f->result == RESULT_PASS && str_case_eq(signer(f), domain))
			return 1;
	return 0;
}

/* No resolver failed: a signature that is not valid is so for good. */
static unsigned
dkim_dependable(struct eval_context *c)
{
	const struct finding *f;
	size_t i;

	for (i = 0; (f = find(c, "dkim", i)); i++)
		if (f->result == RESULT_TEMPERROR)
			return 0;
	return i > 0;
}

/* A line is a sender and, if it is not the sender's own, a signing domain. */
static bool
is_signed_as_listed(struct eval_context *c, const char *name)
{
	const struct list *list = lists_find(eval_lists(c), name);
	struct target_texts from;
	struct str line, pattern, domain;
	const struct finding *f;
	size_t i, k, n;

	if (!list)
		return false;
	from = target_fields(c->targets, "From", PART_ADDR);
	for (i = 0; i < list->line_count; i++) {
		line = list->lines[i].text;
		if (!str_cut_word(&line, &pattern))
			continue;
		if (!str_cut_word(&line, &domain))
			domain = str_c("");
		for (k = 0; k < from.count; k++) {
			if (!glob_match(pattern, from.at[k], '\0'))
				continue;
			for (n = 0; (f = find(c, "dkim", n)); n++)
				if (f->result == RESULT_PASS &&
				    (domain.len > 0 ?
					    str_case_eq(signer(f), domain) :
					    is_author(c, signer(f))))
					return true;
		}
	}
	return false;
}

/* Each word of the list is a sender, signed by its own domain. */
static bool
is_author_listed(struct eval_context *c, const char *name)
{
	const struct list *list = lists_find(eval_lists(c), name);
	struct target_texts from;
	const struct finding *f;
	size_t i, n;

	if (!list)
		return false;
	from = target_fields(c->targets, "From", PART_ADDR);
	for (n = 0; (f = find(c, "dkim", n)); n++) {
		if (f->result != RESULT_PASS || !is_author(c, signer(f)))
			continue;
		for (i = 0; i < from.count; i++)
			if (list_fits(list, from.at[i], '\0'))
				return true;
	}
	return false;
}

static bool
is_signed(struct eval_context *c)
{
	const struct finding *f;
	size_t i;

	for (i = 0; (f = find(c, "dkim", i)); i++)
		if (f->result == RESULT_PASS)
			return true;
	return false;
}

static unsigned
dkim_welcomelist(struct eval_context *c)
{
	if (!is_signed(c))
		return 0;
	return is_signed_as_listed(c, "welcomelist_from_dkim") ||
	    is_author_listed(c, "welcomelist_auth");
}

static unsigned
def_dkim_welcomelist(struct eval_context *c)
{
	if (!is_signed(c))
		return 0;
	return is_signed_as_listed(c, "def_welcomelist_from_dkim") ||
	    is_author_listed(c, "def_welcomelist_auth");
}

/* --- ARC and DMARC --- */

static unsigned
arc_signed(struct eval_context *c)
{
	const struct finding *f = find(c, "arc", 0);

	return f && f->result != RESULT_NONE;
}

static unsigned
arc_valid(struct eval_context *c)
{
	const struct finding *f = find(c, "arc", 0);

	return f && f->result == RESULT_PASS;
}

static unsigned
dmarc_pass(struct eval_context *c)
{
	const struct finding *f = find(c, "dmarc", 0);

	return f && f->result == RESULT_PASS;
}

static bool
dmarc_failed(struct eval_context *c, const char *policy)
{
	const struct finding *f = find(c, "dmarc", 0);

	return f && f->result == RESULT_FAIL &&
	    str_is(detail_of(f, "policy"), policy);
}

static unsigned
dmarc_reject(struct eval_context *c)
{
	return dmarc_failed(c, "reject");
}

static unsigned
dmarc_quarantine(struct eval_context *c)
{
	return dmarc_failed(c, "quarantine");
}

static unsigned
dmarc_none(struct eval_context *c)
{
	return dmarc_failed(c, "none");
}

static unsigned
dmarc_missing(struct eval_context *c)
{
	const struct finding *f = find(c, "dmarc", 0);

	return f && f->result == RESULT_NONE;
}

const struct eval eval_auth_table[] = {
    {"check_for_spf_fail", 0, 0, spf_fail, 0},
    {"check_for_spf_neutral", 0, 0, spf_neutral, 0},
    {"check_for_spf_none", 0, 0, spf_none, 0},
    {"check_for_spf_pass", 0, 0, spf_pass, 0},
    {"check_for_spf_permerror", 0, 0, spf_permerror, 0},
    {"check_for_spf_softfail", 0, 0, spf_softfail, 0},
    {"check_for_spf_temperror", 0, 0, spf_temperror, 0},
    {"check_for_spf_helo_fail", 0, 0, spf_helo_fail, 0},
    {"check_for_spf_helo_neutral", 0, 0, spf_helo_neutral, 0},
    {"check_for_spf_helo_none", 0, 0, spf_helo_none, 0},
    {"check_for_spf_helo_pass", 0, 0, spf_helo_pass, 0},
    {"check_for_spf_helo_permerror", 0, 0, spf_helo_permerror, 0},
    {"check_for_spf_helo_softfail", 0, 0, spf_helo_softfail, 0},
    {"check_for_spf_helo_temperror", 0, 0, spf_helo_temperror, 0},
    {"check_spf_skipped_noenvfrom", 0, 0, spf_no_sender, 0},
    {"check_for_spf_welcomelist_from", 0, 0, spf_welcomelist, 0},
    {"check_for_spf_whitelist_from", 0, 0, spf_welcomelist, 0},
    {"check_for_def_spf_welcomelist_from", 0, 0, def_spf_welcomelist, 0},
    {"check_for_def_spf_whitelist_from", 0, 0, def_spf_welcomelist, 0},
    {"check_dkim_signed", 0, 100, dkim_signed, 0},
    {"check_dkim_signsome", 0, 0, dkim_signsome, 0},
    {"check_dkim_valid", 0, 100, dkim_valid, 0},
    {"check_dkim_verified", 0, 100, dkim_valid, 0},
    {"check_dkim_valid_author_sig", 0, 100, dkim_valid_author, 0},
    {"check_dkim_valid_envelopefrom", 0, 0, dkim_valid_sender, 0},
    {"check_dkim_dependable", 0, 0, dkim_dependable, 0},
    {"check_for_dkim_welcomelist_from", 0, 0, dkim_welcomelist, 0},
    {"check_for_dkim_whitelist_from", 0, 0, dkim_welcomelist, 0},
    {"check_for_def_dkim_welcomelist_from", 0, 0, def_dkim_welcomelist, 0},
    {"check_for_def_dkim_whitelist_from", 0, 0, def_dkim_welcomelist, 0},
    {"check_arc_signed", 0, 0, arc_signed, 0},
    {"check_arc_valid", 0, 0, arc_valid, 0},
    {"check_dmarc_missing", 0, 0, dmarc_missing, 0},
    {"check_dmarc_none", 0, 0, dmarc_none, 0},
    {"check_dmarc_pass", 0, 0, dmarc_pass, 0},
    {"check_dmarc_quarantine", 0, 0, dmarc_quarantine, 0},
    {"check_dmarc_reject", 0, 0, dmarc_reject, 0},
    {NULL, 0, 0, NULL, 0},
};
