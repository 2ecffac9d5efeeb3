/*
 * fuzz_evals: hops, addresses and header targets of rules.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "filters/rules/address.h"
#include "filters/rules/domain.h"
#include "filters/rules/relay.h"
#include "filters/rules/target_header.h"
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

const struct fuzz_target fuzz_targets[] = {
    {"relay", run_relay},
    {"address", run_address},
    {"fields", run_fields},
    {NULL, NULL},
};
