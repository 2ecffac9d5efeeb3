/*
 * cf_plugin: what plugin(), can() and has() would say in SpamAssassin 4.0.1 as
 * Debian sets it up.
 *
 * So a file takes here the branches that it takes there; evals of a plugin that
 * cannot be answered are told one by one, by the rules that use them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "cf.h"

static const char prefix[] = "Mail::SpamAssassin::Plugin::";

/* Those of Debian's *.pre files. */
static const char *const loaded[] = {
    "AskDNS",
    "AutoLearnThreshold",
    "Bayes",
    "BodyEval",
    "Check",
    "DKIM",
    "DMARC",
    "DNSEval",
    "FreeMail",
    "HTMLEval",
    "HTTPSMismatch",
    "HashBL",
    "HeaderEval",
    "ImageInfo",
    "MIMEEval",
    "MIMEHeader",
    "Pyzor",
    "Razor2",
    "RelayEval",
    "ReplaceTags",
    "SPF",
    "SpamCop",
    "URIDNSBL",
    "URIDetail",
    "URIEval",
    "VBounce",
    "WLBLEval",
    "WelcomeListSubject",
};

/* Names that changed, and one that is always said to be there. */
static const struct {
	const char *old;
	const char *now;
} renamed[] = {
    {"Dmarc", "DMARC"},
    {"WhiteListSubject", "WelcomeListSubject"},
    {"RaciallyCharged", "Check"},
};

static const char *const features[] = {
    "Mail::SpamAssassin::Conf::compat_welcomelist_blocklist",
    "Mail::SpamAssassin::Conf::feature_bayes_auto_learn_on_error",
    "Mail::SpamAssassin::Conf::feature_bayes_stopwords",
    "Mail::SpamAssassin::Conf::feature_blocklist_welcomelist",
    "Mail::SpamAssassin::Conf::feature_bug6558_free",
    "Mail::SpamAssassin::Conf::feature_capture_rules",
    "Mail::SpamAssassin::Conf::feature_compile_regexp",
    "Mail::SpamAssassin::Conf::feature_dns_block_rule",
    "Mail::SpamAssassin::Conf::feature_dns_local_ports_permit_avoid",
    "Mail::SpamAssassin::Conf::feature_dns_query_restriction",
    "Mail::SpamAssassin::Conf::feature_edns",
    "Mail::SpamAssassin::Conf::feature_geodb",
    "Mail::SpamAssassin::Conf::feature_get_host",
    "Mail::SpamAssassin::Conf::feature_header_address_parser",
    "Mail::SpamAssassin::Conf::feature_header_first_last",
    "Mail::SpamAssassin::Conf::feature_header_match_many",
    "Mail::SpamAssassin::Conf::feature_local_tests_only",
    "Mail::SpamAssassin::Conf::feature_meta_rules_matching",
    "Mail::SpamAssassin::Conf::feature_originating_ip_headers",
    "Mail::SpamAssassin::Conf::feature_registryboundaries",
    "Mail::SpamAssassin::Conf::feature_subjprefix",
    "Mail::SpamAssassin::Conf::feature_uri_host_listed",
    "Mail::SpamAssassin::Conf::feature_welcomelist_blocklist",
    "Mail::SpamAssassin::Conf::feature_yesno_takes_args",
    "Mail::SpamAssassin::Conf::has_tflags_nolog",
    "Mail::SpamAssassin::Conf::has_tflags_nosubject",
    "Mail::SpamAssassin::Conf::perl_min_version_5010000",
    "Mail::SpamAssassin::Plugin::AskDNS::has_tag_header",
    "Mail::SpamAssassin::Plugin::BodyEval::has_check_body_length",
    "Mail::SpamAssassin::Plugin::BodyEval::has_plaintext_body_sig_ratio",
    "Mail::SpamAssassin::Plugin::DKIM::has_arc",
    "Mail::SpamAssassin::Plugin::DNSEval::has_tflags_domains_only",
    "Mail::SpamAssassin::Plugin::DNSEval::has_tflags_ips_only",
    "Mail::SpamAssassin::Plugin::HashBL::has_hashbl_attachments",
    "Mail::SpamAssassin::Plugin::HashBL::has_hashbl_bodyre",
    "Mail::SpamAssassin::Plugin::HashBL::has_hashbl_bodyre_num",
    "Mail::SpamAssassin::Plugin::HashBL::has_hashbl_email_domain",
    "Mail::SpamAssassin::Plugin::HashBL::has_hashbl_email_domain_alias",
    "Mail::SpamAssassin::Plugin::HashBL::has_hashbl_email_regex",
    "Mail::SpamAssassin::Plugin::HashBL::has_hashbl_email_welcomelist",
    "Mail::SpamAssassin::Plugin::HashBL::has_hashbl_email_whitelist",
    "Mail::SpamAssassin::Plugin::HashBL::has_hashbl_emails",
    "Mail::SpamAssassin::Plugin::HashBL::has_hashbl_ignore",
    "Mail::SpamAssassin::Plugin::HashBL::has_hashbl_sha256",
    "Mail::SpamAssassin::Plugin::HashBL::has_hashbl_tag",
    "Mail::SpamAssassin::Plugin::HashBL::has_hashbl_uris",
    "Mail::SpamAssassin::Plugin::MIMEEval::has_check_abundant_unicode_ratio",
    "Mail::SpamAssassin::Plugin::MIMEEval::has_check_for_ascii_text_illegal",
    "Mail::SpamAssassin::Plugin::MIMEEval::has_check_qp_ratio",
    "Mail::SpamAssassin::Plugin::MIMEHeader::has_all_header",
    "Mail::SpamAssassin::Plugin::MIMEHeader::has_capture_rules",
    "Mail::SpamAssassin::Plugin::MIMEHeader::has_tflags_concat",
    "Mail::SpamAssassin::Plugin::MIMEHeader::has_tflags_multiple",
    "Mail::SpamAssassin::Plugin::MIMEHeader::has_tflags_range",
    "Mail::SpamAssassin::Plugin::Pyzor::has_fork",
    "Mail::SpamAssassin::Plugin::Pyzor::has_perl",
    "Mail::SpamAssassin::Plugin::Razor2::has_fork",
    "Mail::SpamAssassin::Plugin::SPF::has_check_for_spf_errors",
    "Mail::SpamAssassin::Plugin::SPF::has_check_spf_skipped_noenvfrom",
    "Mail::SpamAssassin::Plugin::URIDNSBL::has_subtest_for_ranges",
    "Mail::SpamAssassin::Plugin::URIDNSBL::has_tflags_domains_only",
    "Mail::SpamAssassin::Plugin::URIDNSBL::has_tflags_notrim",
    "Mail::SpamAssassin::Plugin::URIDNSBL::has_uridnsbl_a_ns",
    "Mail::SpamAssassin::Plugin::URIDNSBL::has_uridnsbl_for_a",
    "Mail::SpamAssassin::Plugin::URIDNSBL::has_uridnsbl_skip_mailto",
    "Mail::SpamAssassin::Plugin::URIDetail::has_host_key",
    "Postern::action",
    "Postern::stage",
};

static struct str
plain_name(struct str name)
{
	size_t i;

	if (!str_starts(name, prefix))
		return str_c("");
	name = str_from(name, sizeof(prefix) - 1);
	for (i = 0; i < sizeof(renamed) / sizeof(renamed[0]); i++)
		if (str_is(name, renamed[i].old))
			return str_c(renamed[i].now);
	return name;
}

bool
cf_plugin_loaded(const struct cf *cf, struct str name)
{
	struct str plain = plain_name(name);
	size_t i;

	for (i = 0; i < sizeof(loaded) / sizeof(loaded[0]); i++)
		if (str_is(plain, loaded[i]))
			return true;
	return name.len > 0 &&
	    list_has(lists_find(&cf->set->lists, "loadplugin"), name);
}

const char *
cf_foreign_plugin(const struct cf *cf)
{
	const struct list *list = lists_find(&cf->set->lists, "loadplugin");

	return list ? arena_text(cf->problems->arena, list->words[0]) : NULL;
}

bool
cf_feature(const struct cf *cf, struct str name)
{
	size_t i;

	(void)cf;
	for (i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		if (str_is(name, features[i]))
			return true;
	return false;
}

/*
 * From here on its ifplugin blocks are read: their rules are then told as
 * unsupported by name, which is better than not to know of them.
 */
void
cf_loadplugin(struct cf *cf, struct str name)
{
	if (cf_plugin_loaded(cf, name)) {
		cf_ignore(cf, "the plugin's rules are read anyway");
		return;
	}
	if (name.len)
		lists_add(&cf->set->lists, cf->set->arena, "loadplugin", name,
		    cf_where(cf));
	cf_unsupported(cf, "loadplugin %.*s: no code of plugins is run",
	    (int)str_head(name, 80).len, name.data);
}
