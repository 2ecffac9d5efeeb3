/*
 * fuzz_evals: hops, addresses and header targets of rules.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "filters/rules/text/address.h"
#include "filters/rules/text/domain.h"
#include "filters/rules/eval/eval.h"
#include "filters/rules/relay/relay.h"
#include "filters/rules/target/target_header.h"
#include "fuzz.h"

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static bool
is_clean(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.data[i] == '\0' || ascii_is_one_of(s.data[i], " []<>()"))
			return false;
	return true;
}

static void
run_relay(struct str input)
{
	struct arena *arena = arena_new();
	struct str handed = str_c("");
	struct relay relay;

	if (relay_read(input, arena, &relay, &handed) == RELAY_READ) {
		must(is_clean(relay.ip_text) && is_clean(relay.rdns));
		must(is_clean(relay.helo) && is_clean(relay.by));
		must(is_clean(relay.envfrom) && is_clean(relay.ident));
		must(relay_format(&relay, arena).len > 60);
	}
	must(is_clean(handed));
	arena_free(arena);
}

static void
run_address(struct str input)
{
	struct arena *arena = arena_new();
	struct lists none = {.count = 0};
	struct addresses found;
	size_t i;

	address_parse(input, arena, &found);
	for (i = 0; i < found.count; i++)
		must(found.at[i].address.len == 0 ||
		    str_find(found.at[i].address, '@') <
			found.at[i].address.len);
	domain_registered(&none, input, arena);
	domain_uri_host(&none, input, arena);
	arena_free(arena);
}

static const char *const fields[] = {"From", "Subject", "ToCc", "MESSAGEID",
    "Received", "ALL", "ALL-TRUSTED", "ALL-EXTERNAL", "EnvelopeFrom",
    "X-Spam-Relays-Untrusted"};
static const unsigned parts[] = {PART_DECODED, PART_RAW, PART_ADDR, PART_NAME,
    PART_HOST, PART_HOST | PART_DOMAIN, PART_IP | PART_REVIP, PART_LAST};

/* A mail: every field in every part, twice the same. */
static void
run_fields(struct str input)
{
	struct arena *arena = arena_new();
	struct ruleset set = {.arena = arena};
	struct envelope envelope = {
	    .helo = "", .client_from_mail = true, .sender_from_mail = true};
	struct message message;
	struct scan scan = {
	    .arena = arena, .envelope = &envelope, .message = &message};
	struct targets targets = {.scan = &scan, .set = &set};
	struct str one, two;
	size_t i, k;

	message_parse(input, arena, &message);
	lists_add(&set.lists, arena, "util_rb_tld", str_c("com example"), "");
	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		for (k = 0; k < sizeof(parts) / sizeof(*parts); k++) {
			one = target_field(&targets, fields[i], parts[k], NULL);
			two = target_field(&targets, fields[i], parts[k], NULL);
			must(one.data == two.data && one.len == two.len);
		}
	}
	arena_free(arena);
}

static const char *const evals[] = {"check_all_trusted", "check_base64_length",
    "check_blank_line_ratio", "check_body_length", "check_equal_from_domains",
    "check_for_fake_aol_relay_in_rcvd", "check_for_faraway_charset",
    "check_for_faraway_charset_in_headers",
    "check_for_forged_gmail_received_headers",
    "check_for_forged_gw05_received_headers",
    "check_for_forged_hotmail_received_headers",
    "check_for_forged_juno_received_headers", "check_for_forged_received_trail",
    "check_for_forged_yahoo_received_headers", "check_for_http_redirector",
    "check_for_mime", "check_for_shifted_date", "check_for_to_in_subject",
    "check_for_uppercase", "check_freemail_body", "check_freemail_from",
    "check_freemail_replyto", "check_header_count_range",
    "check_https_http_mismatch", "check_https_ip_mismatch",
    "check_illegal_chars", "check_ma_non_text", "check_mailfrom_matches_rcvd",
    "check_messageid_not_usable", "check_outlook_message_id",
    "check_ratware_envelope_from", "check_ratware_name_id", "check_stock_info",
    "check_to_in_blocklist", "check_unresolved_template",
    "check_uri_host_in_blocklist", "check_welcomelist_bounce_relays",
    "gated_through_received_hdr_remover", "helo_ip_mismatch",
    "html_charset_faraway", "html_eval", "html_image_ratio", "html_range",
    "html_title_subject_ratio", "image_count", "image_size_range",
    "image_to_text_ratio", "multipart_alternative_difference",
    "plaintext_body_sig_ratio", "received_within_months", "similar_recipients",
    "sorted_recipients", "subject_is_all_caps", "tvd_vertical_words"};

/* A mail: every eval, with arguments that lead somewhere. */
static void
run_evals(struct str input)
{
	struct str args[] = {str_c("1"), str_c("2"), str_c("3")};
	struct arena *arena = arena_new();
	struct ruleset set = {.arena = arena};
	struct envelope envelope = {
	    .helo = "", .client_from_mail = true, .sender_from_mail = true};
	struct message message;
	struct scan scan = {
	    .arena = arena, .envelope = &envelope, .message = &message};
	struct targets targets = {.scan = &scan, .set = &set};
	struct rule rule = {.args = args, .arg_count = 3};
	struct eval_context c = {
	    .scan = &scan, .targets = &targets, .set = &set, .rule = &rule};
	size_t i;

	message_parse(input, arena, &message);
	lists_add(&set.lists, arena, "util_rb_tld", str_c("com example"), "");
	lists_add(&set.lists, arena, "freemail_domains", str_c("*.com b"), "");
	lists_add(&set.lists, arena, "ok_locales", str_c("en"), "");
	lists_add(&set.lists, arena, "blocklist_to", str_c("*a*@*b*"), "");
	lists_add(&set.lists, arena, "uri_host:BLOCK", str_c("a.com"), "");
	lists_add(&set.lists, arena, "welcomelist_bounce_relays",
	    str_c("*.b.example"), "");
	for (i = 0; i < sizeof(evals) / sizeof(*evals); i++) {
		rule.eval = eval_find(str_c(evals[i]));
		must(rule.eval != NULL && rule.eval->regex_arg != 3);
		rule.eval->run(&c);
	}
	arena_free(arena);
}

const struct fuzz_target fuzz_targets[] = {
    {"evals", run_evals},
    {"relay", run_relay},
    {"address", run_address},
    {"fields", run_fields},
    {NULL, NULL},
};
