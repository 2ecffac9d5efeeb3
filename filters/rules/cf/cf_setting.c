/*
 * cf_setting: the lines that belong to no rule.
 *
 * Lists are kept for the evals that read them; what is of no use in front of a
 * mail server is ignored on purpose, and told so to whoever asks.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/setting.h"
#include "postern/strbuf.h"

#include "cf.h"

/* Kept word for word, under their own name. */
static const char *const lists[] = {
    "all_spam_to",
    "blocklist_from",
    "blocklist_subject",
    "blocklist_to",
    "body_part_scan_size",
    "def_welcomelist_auth",
    "def_welcomelist_from_dkim",
    "def_welcomelist_from_rcvd",
    "def_welcomelist_from_spf",
    "freemail_add_describe_email",
    "freemail_domains",
    "freemail_import_def_welcomelist_auth",
    "freemail_import_welcomelist_auth",
    "freemail_max_body_emails",
    "freemail_max_body_freemails",
    "freemail_skip_bulk_envfrom",
    "freemail_skip_when_over_max",
    "freemail_welcomelist",
    "internal_networks",
    "more_spam_to",
    "msa_networks",
    "ok_locales",
    "originating_ip_headers",
    "rawbody_part_scan_size",
    "redirector_pattern",
    "trusted_networks",
    "url_shortener",
    "url_shortener_get",
    "util_rb_2tld",
    "util_rb_3tld",
    "util_rb_tld",
    "welcomelist_allows_relays",
    "welcomelist_auth",
    "welcomelist_bounce_relays",
    "welcomelist_from",
    "welcomelist_from_dkim",
    "welcomelist_from_rcvd",
    "welcomelist_from_spf",
    "welcomelist_subject",
    "welcomelist_to",
};

static const struct {
	const char *word;
	const char *list; /* what it takes words out of, or empties */
} removers[] =
    {
	{"unblocklist_from", "blocklist_from"},
	{"unwelcomelist_auth", "welcomelist_auth"},
	{"unwelcomelist_from", "welcomelist_from"},
	{"unwelcomelist_from_dkim", "welcomelist_from_dkim"},
	{"unwelcomelist_from_rcvd", "welcomelist_from_rcvd"},
	{"unwelcomelist_from_spf", "welcomelist_from_spf"},
},
  clearers[] = {
      {"clear_internal_networks", "internal_networks"},
      {"clear_msa_networks", "msa_networks"},
      {"clear_originating_ip_headers", "originating_ip_headers"},
      {"clear_trusted_networks", "trusted_networks"},
      {"clear_url_shortener", "url_shortener"},
      {"clear_util_rb", "util_rb_tld"},
      {"clear_util_rb", "util_rb_2tld"},
      {"clear_util_rb", "util_rb_3tld"},
};

/* Words, or with a dash at the end the beginning of words. */
static const struct {
	const char *reason;
	const char *words[40];
} ignored[] = {
    {"rules do not write reports, headers or subjects here",
	{"add_header", "clear_headers", "clear_report_template",
	    "clear_unsafe_report_template", "fold_headers", "lang",
	    "normalize_charset", "remove_header", "report", "report_charset",
	    "report_contact", "report_hostname", "report_safe",
	    "report_safe_copy_headers", "report_wrap_width", "rewrite_header",
	    "subjprefix", "subject_tag", "unsafe_report", "version_tag"}},
    {"nothing is learnt from mail",
	{"auto_learn", "bayes_-", "use_bayes", "use_bayes_rules", "use_hapaxes",
	    "use_learner"}},
    {"nothing is remembered of senders",
	{"auto_welcomelist_-", "txrep_-", "use_auto_welcomelist", "use_txrep",
	    "user_awl_-"}},
    {"rules belong to the mail server, not to its users",
	{"allow_user_rules", "user_scores_-"}},
    {"no network tests are made by rules",
	{"asn_-", "clear_asn_lookups", "clear_dns_query_restriction",
	    "clear_dns_query_restrictions", "clear_dns_servers",
	    "clear_uridnsbl_skip_domain", "dcc_-", "dccifd_-", "dns_-",
	    "geodb_-", "hashbl_-", "pyzor_-", "razor_-", "rbl_-",
	    "skip_rbl_checks", "skip_uribl_checks", "spamcop_-", "uridnsbl_-",
	    "url_shortener_-", "use_dcc", "use_dcc_rep", "use_pyzor",
	    "use_razor1", "use_razor2"}},
    {"SPF, DKIM and DMARC have filters of their own",
	{"adsp_override", "authres_-", "dkim_-", "dmarc_-",
	    "do_not_use_mail_spf", "do_not_use_mail_spf_query",
	    "ignore_received_spf_header", "spf_-", "unadsp_override",
	    "use_newest_received_spf_header"}},
    {"the envelope is known from the session",
	{"always_trust_envelope_sender", "envelope_sender_header"}},
    {"every mail is judged whole, within the limits of postern.conf",
	{"parse_dkim_uris", "shortcircuit", "shortcircuit_-", "time_limit"}},
    {"of use to those who measure rules alone",
	{"reuse", "run_reuse_tests_only"}},
    {"how SpamAssassin itself runs",
	{"enable_compat", "inactive_languages", "lock_method",
	    "mbox_format_from_regex", "ignore_always_matching_regexps"}},
    {"belongs to a plugin that is not here",
	{"country_db_path", "country_db_type", "extracttext_-", "fns_-",
	    "max_short_url_redirections", "max_short_urls", "ok_languages",
	    "olemacro_-", "pdfinfo_-", "phishing_-", "textcat_-", "trigger_-",
	    "uri_block_-", "uri_country_db_-", "replace_once"}},
};

/* Settings of network tests that name a rule each. */
static const char *const network[] = {"uridnsbl", "uridnssub", "urifullnsrhsbl",
    "urifullnsrhssub", "urinsrhsbl", "urinsrhssub", "urirhsbl", "urirhssub"};

static bool
is_among(struct str word, const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (str_is(word, words[i]))
			return true;
	return false;
}

/* "bayes_-" means every word that begins so. */
static bool
fits(struct str word, const char *pattern)
{
	size_t len = strlen(pattern);

	if (pattern[len - 1] != '-')
		return str_is(word, pattern);
	return word.len >= len &&
	    str_eq(str_head(word, len - 1), str_of(pattern, len - 1));
}

static const char *
why_ignored(struct str word)
{
	size_t i, k;

	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		for (k = 0; k < 40 && ignored[i].words[k]; k++)
			if (fits(word, ignored[i].words[k]))
				return ignored[i].reason;
	return NULL;
}

/* The old words: whitelist is welcomelist, blacklist is blocklist. */
static struct str
present_word(struct str word, struct arena *arena)
{
	static const struct {
		const char *old, *now;
	} words[] = {{"whitelist", "welcomelist"}, {"blacklist", "blocklist"}};
	size_t i, at;

	for (i = 0; i < 2; i++) {
		at = str_find_str(word, str_c(words[i].old));
		if (at < word.len)
			return arena_printf(arena, "%.*s%s%.*s", (int)at,
			    word.data, words[i].now,
			    (int)(word.len - at - strlen(words[i].old)),
			    word.data + at + strlen(words[i].old));
	}
	return word;
}

static void
add(struct cf *cf, const char *list, struct str rest)
{
	if (str_trim(rest).len == 0)
		cf_error(cf, "%s: a value is missing", list);
	else
		lists_add(
		    &cf->set->lists, cf->set->arena, list, rest, cf_where(cf));
}

static bool
take_list(struct cf *cf, struct str word, struct str rest)
{
	size_t i;

	if (is_among(word, lists, sizeof(lists) / sizeof(lists[0]))) {
		add(cf, arena_text(cf->set->arena, word), rest);
		return true;
	}
	for (i = 0; i < sizeof(removers) / sizeof(removers[0]); i++) {
		if (str_is(word, removers[i].word)) {
			lists_remove(&cf->set->lists, cf->set->arena,
			    removers[i].list, rest);
			return true;
		}
	}
	return false;
}

static bool
take_clear(struct cf *cf, struct str word)
{
	bool found = false;
	size_t i;

	for (i = 0; i < sizeof(clearers) / sizeof(clearers[0]); i++) {
		if (!str_is(word, clearers[i].word))
			continue;
		lists_clear(&cf->set->lists, clearers[i].list);
		found = true;
	}
	return found;
}

/* "(NAME) value ..." as the list "kind:NAME". */
static const char *
named_list(struct cf *cf, const char *kind, struct str *rest)
{
	size_t end = str_find(*rest, ')');
	struct str name;

	if (!str_starts(*rest, "(") || end == rest->len)
		return NULL;
	name = str_trim(str_of(rest->data + 1, end - 1));
	*rest = str_trim(str_from(*rest, end + 1));
	if (name.len == 0)
		return NULL;
	return arena_printf(
	    cf->set->arena, "%s:%.*s", kind, (int)name.len, name.data)
	    .data;
}

static void
enlist(struct cf *cf, struct str word, const char *kind, struct str rest)
{
	const char *list = named_list(cf, kind, &rest);

	if (list)
		add(cf, list, rest);
	else
		cf_error(cf, "%.*s (NAME) and values are expected",
		    (int)word.len, word.data);
}

/* Without a name: out of every list of hosts. */
static void
delist(struct cf *cf, struct str rest)
{
	const char *list = named_list(cf, "uri_host", &rest);
	struct lists *all = &cf->set->lists;
	size_t i;

	for (i = 0; i < all->count; i++)
		if (list ? strcmp(all->at[i]->name, list) == 0 :
			   str_starts(str_c(all->at[i]->name), "uri_host:"))
			lists_remove(
			    all, cf->set->arena, all->at[i]->name, rest);
}

static bool
take_named_list(struct cf *cf, struct str word, struct str rest)
{
	if (str_is(word, "enlist_addrlist"))
		enlist(cf, word, "addrlist", rest);
	else if (str_is(word, "enlist_uri_host"))
		enlist(cf, word, "uri_host", rest);
	else if (str_is(word, "delist_uri_host"))
		delist(cf, rest);
	else if (str_is(word, "blocklist_uri_host"))
		add(cf, "uri_host:BLOCK", rest);
	else if (str_is(word, "welcomelist_uri_host"))
		add(cf, "uri_host:WELCOME", rest);
	else
		return false;
	return true;
}

static bool
take_replace(struct cf *cf, struct str word, struct str rest)
{
	static const char *const kinds[] = {[REPLACE_TAG] = "replace_tag",
	    [REPLACE_PRE] = "replace_pre",
	    [REPLACE_INTER] = "replace_inter",
	    [REPLACE_POST] = "replace_post"};
	struct replace *replace = &cf->set->replace;
	struct arena *arena = cf->set->arena;
	struct str name = {"", 0};
	int i;

	for (i = 0; i < REPLACE_KINDS && !str_is(word, kinds[i]); i++)
		continue;
	if (i < REPLACE_KINDS) {
		str_cut_word(&rest, &name);
		if (str_trim(rest).len == 0)
			cf_error(
			    cf, "%s: a name and a text are expected", kinds[i]);
		else
			replace_set(replace, arena, (enum replace_kind)i, name,
			    str_trim(rest));
	} else if (str_is(word, "replace_rules")) {
		add(cf, "replace_rules", rest);
	} else if (str_is(word, "replace_start")) {
		replace->start = arena_copy(arena, rest);
	} else if (str_is(word, "replace_end")) {
		replace->end = arena_copy(arena, rest);
	} else {
		return false;
	}
	return true;
}

static void
required_score(struct cf *cf, struct str rest)
{
	int score;

	if (score_parse(rest, &score) && score > 0)
		cf->set->required_score = score;
	else
		cf_error(cf, "required_score: points above 0 are expected");
}

static void
include(struct cf *cf, struct str rest)
{
	const char *path = arena_text(cf->set->arena, rest);

	if (rest.len == 0)
		cf_error(cf, "include: a file is missing");
	else if (!cf->include)
		cf_error(cf, "include is not possible here");
	else
		cf->include(cf, path);
}

static bool
take_own(struct cf *cf, struct str word, struct str rest)
{
	struct str name = {"", 0};

	if (str_is(word, "require_version")) {
		cf_require_version(cf, rest);
	} else if (str_is(word, "required_score") ||
	    str_is(word, "required_hits")) {
		required_score(cf, rest);
	} else if (str_is(word, "include")) {
		include(cf, rest);
	} else if (str_is(word, "loadplugin") || str_is(word, "tryplugin")) {
		str_cut_word(&rest, &name);
		cf_loadplugin(cf, name);
	} else {
		return false;
	}
	return true;
}

bool
cf_setting(struct cf *cf, struct str word, struct str rest)
{
	const char *why;

	word = present_word(word, cf->set->arena);
	if (take_own(cf, word, rest) || take_list(cf, word, rest) ||
	    take_named_list(cf, word, rest) || take_clear(cf, word) ||
	    take_replace(cf, word, rest))
		return true;
	if (is_among(word, network, sizeof(network) / sizeof(network[0]))) {
		cf_unsupported(cf, "%.*s needs a network service",
		    (int)word.len, word.data);
		return true;
	}
	why = why_ignored(word);
	if (why)
		cf_ignore(cf, why);
	return why != NULL;
}
