/*
 * check_fake_dns: a resolver for tests of whoever asks one.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <check.h>

#include "check_fake_dns.h"

static void
fake_lookup(struct dns *dns, const char *name, enum dns_type type,
    int64_t deadline, struct arena *to, struct dns_answer *answer)
{
	struct fake_dns *fake = (struct fake_dns *)dns;
	struct str *from = type == DNS_A ? fake->a : fake->aaaa;
	size_t count = 0;

	ck_assert_str_eq(name, "mx.example");
	ck_assert_int_ge(deadline, 1000000);
	fake->asked++;
	while (from[count].len > 0)
		count++;
	answer->status = count ? DNS_OK : DNS_NODATA;
	answer->count = count;
	answer->records =
	    arena_alloc(to, (count + 1) * sizeof(*answer->records));
	while (count-- > 0)
		answer->records[count].data = from[count];
}

static void
fake_prefetch(struct dns *dns, const char *name, enum dns_type type)
{
	(void)dns;
	(void)name;
	(void)type;
}

/* Another clock than the loop's. */
static int64_t
fake_now(struct dns *dns)
{
	(void)dns;
	return 1000000;
}

struct fake_dns
new_fake(void)
{
	return (struct fake_dns) {
	    .dns = {fake_lookup, fake_prefetch, fake_now},
	    .a = {{"\177\0\0\2", 4}, {"\177\0\0\1", 4}},
	};
}
