/*
 * check_hosts: names of /etc/hosts.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check_run.h"
#include "lib/run/hosts.h"

static char folder[40];

static void
setup(void)
{
	strcpy(folder, "/tmp/check_hosts.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void
teardown(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/s", folder);
	unlink(path);
	rmdir(folder);
}

static const char hosts_text[] = "# comment 192.0.2.9 here\n"
				 "192.0.2.1\tone.example one # 192.0.2.9 nine\n"
				 "\n"
				 "   2001:db8::1   ONE.example\n"
				 "nonsense one\n"
				 "192.0.2.2 two one\r\n"
				 "192.0.2.3 three #one\n"
				 "::ffff:192.0.2.4 mapped\n"
				 "192.0.2.5 last";

static const struct {
	const char *name;
	unsigned bits;
	size_t most;
	const char *found; /* each address followed by a space */
} hosts_cases[] = {
    {"one", 0, 9, "192.0.2.1 192.0.2.2 "},
    {"one", 0, 1, "192.0.2.1 "},
    {"one", 0, 0, ""},
    {"one.example", 0, 9, "192.0.2.1 2001:db8::1 "},
    {"One.Example.", 0, 9, "192.0.2.1 2001:db8::1 "},
    {"one.example", 32, 9, "192.0.2.1 "},
    {"one.example", 128, 9, "2001:db8::1 "},
    {"three", 0, 9, "192.0.2.3 "},
    {"mapped", 32, 9, "192.0.2.4 "},
    {"last", 0, 9, "192.0.2.5 "},
    {"nine", 0, 9, ""},
    {"comment", 0, 9, ""},
    {"192.0.2.1", 0, 9, ""},
    {"on", 0, 9, ""},
    {"", 0, 9, ""},
};

static void
write_hosts(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
}

static void
check_hosts(struct hosts *hosts, const char *name, unsigned bits, int64_t now,
    size_t most, const char *wanted)
{
	char found[200] = "", text[IP_TEXT_MAX];
	struct ip ips[9];
	size_t i, count = hosts_find(hosts, name, bits, now, ips, most);

	for (i = 0; i < count; i++) {
		strcat(found, ip_format(&ips[i], text));
		strcat(found, " ");
	}
	ck_assert_str_eq(found, wanted);
}

START_TEST(hosts_table)
{
	struct hosts hosts;
	char path[64];

	snprintf(path, sizeof(path), "%s/s", folder);
	write_hosts(path, hosts_text);
	hosts_init(&hosts, path);
	check_hosts(&hosts, hosts_cases[_i].name, hosts_cases[_i].bits, 1,
	    hosts_cases[_i].most, hosts_cases[_i].found);
	hosts_clear(&hosts);
}
END_TEST

START_TEST(hosts_are_read_once_a_minute)
{
	struct hosts hosts;
	char path[64];

	snprintf(path, sizeof(path), "%s/s", folder);
	hosts_init(&hosts, path);
	check_hosts(&hosts, "a", 0, 5000, 9, "");
	write_hosts(path, "192.0.2.1 a\n");
	check_hosts(&hosts, "a", 0, 64999, 9, "");
	check_hosts(&hosts, "a", 0, 65000, 9, "192.0.2.1 ");
	write_hosts(path, "192.0.2.2 a\n");
	check_hosts(&hosts, "a", 0, 124999, 9, "192.0.2.1 ");
	check_hosts(&hosts, "a", 0, 125000, 9, "192.0.2.2 ");
	hosts_clear(&hosts);
}
END_TEST

TCase *
run_hosts_case(void)
{
	TCase *tc = case_with_loop("hosts");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
	    tc, hosts_table, 0, sizeof(hosts_cases) / sizeof(hosts_cases[0]));
	tcase_add_test(tc, hosts_are_read_once_a_minute);
	return tc;
}
