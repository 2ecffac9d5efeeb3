/*
 * check_spool: a held mail in memory, in a file, and where neither has room.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "postern/spool.h"

#include "check_run.h"

enum { MOST = 400000, MEMORY = 1000 };

static char folder[32];
static char *octets;
static struct error error;

static void
setup(void)
{
	size_t i;

	strcpy(folder, "/tmp/check_spool.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	octets = malloc(MOST);
	for (i = 0; i < MOST; i++)
		octets[i] = (char)(i * 31 % 251);
	error.text[0] = '\0';
}

/* Nothing is left in the folder, or rmdir fails. */
static void
teardown(void)
{
	ck_assert_int_eq(rmdir(folder), 0);
	free(octets);
}

static void
add(struct spool *spool, size_t from, size_t len)
{
	ck_assert_msg(spool_add(spool, str_of(octets + from, len), &error),
	    "%s", error.text);
}

static void
check_holds(struct spool *spool, size_t size)
{
	struct str all;

	ck_assert_uint_eq(spool_size(spool), size);
	ck_assert_msg(spool_read(spool, &all, &error), "%s", error.text);
	ck_assert_uint_eq(all.len, size);
	if (size > 0)
		ck_assert_mem_eq(all.data, octets, size);
	ck_assert_uint_eq(spool_size(spool), size);
}

static const size_t sizes[] = {
    0, 1, 999, 1000, 1001, 65535, 65536, 65537, 66536, 131072, MOST};
static const size_t steps[] = {1, 777, 1000, 1001, 65535, 65536, 100000, MOST};

START_TEST(spool_holds_what_was_added)
{
	size_t size = sizes[_i], step, i, at;
	struct spool spool;

	spool_init(&spool, folder, MEMORY);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		for (at = 0; at < size; at += step) {
			step = steps[i] < size - at ? steps[i] : size - at;
			add(&spool, at, step);
		}
		check_holds(&spool, size);
		check_holds(&spool, size);
		ck_assert_int_eq(spool.fd >= 0, size > MEMORY);
		spool_clear(&spool);
		ck_assert_uint_eq(spool_size(&spool), 0);
	}
}
END_TEST

/* Reading is no end. */
START_TEST(spool_grows_after_it_was_read)
{
	struct spool spool;
	size_t at;

	spool_init(&spool, folder, MEMORY);
	for (at = 0; at + 333 < 5000; at += 333) {
		check_holds(&spool, at);
		add(&spool, at, 333);
	}
	check_holds(&spool, at);
	spool_clear(&spool);
	spool_clear(&spool);
}
END_TEST

START_TEST(spool_without_memory)
{
	struct spool spool;

	spool_init(&spool, folder, 0);
	add(&spool, 0, 0);
	check_holds(&spool, 0);
	add(&spool, 0, 1);
	add(&spool, 1, 0);
	check_holds(&spool, 1);
	spool_clear(&spool);
}
END_TEST

START_TEST(spool_leaves_no_name)
{
	struct spool spool;
	struct dirent *entry;
	DIR *dir;

	spool_init(&spool, folder, MEMORY);
	add(&spool, 0, MOST);
	check_holds(&spool, MOST);
	dir = opendir(folder);
	while ((entry = readdir(dir)) != NULL)
		ck_assert_int_eq(entry->d_name[0], '.');
	closedir(dir);
	spool_clear(&spool);
}
END_TEST

START_TEST(spool_says_when_there_is_no_folder)
{
	struct spool spool;

	spool_init(&spool, "/nonexistent/folder", 10);
	ck_assert(spool_add(&spool, str_c("0123456789"), &error));
	ck_assert(!spool_add(&spool, str_c("x"), &error));
	ck_assert_str_eq(error.text,
	    "holding mail in /nonexistent/folder: No such file or directory");
	spool_clear(&spool);
	ck_assert(spool_add(&spool, str_c("0123456789"), NULL));
	spool_clear(&spool);
}
END_TEST

/* Adds until it fails; at most `room` octets are held by then. */
static void
check_fills_up(const char *dir, size_t step, size_t room, const char *why)
{
	struct spool spool;
	char wanted[100];
	size_t at = 0;

	spool_init(&spool, dir, MEMORY);
	while (spool_add(&spool, str_of(octets, step), &error)) {
		at += step;
		ck_assert_uint_le(at, room + 65536);
	}
	snprintf(
	    wanted, sizeof(wanted), "writing held mail in %s: %s", dir, why);
	ck_assert_str_eq(error.text, wanted);
	spool_clear(&spool);
	add(&spool, 0, 500);
	check_holds(&spool, 500);
	spool_clear(&spool);
}

START_TEST(spool_says_when_a_file_may_not_grow)
{
	struct rlimit limit, old;

	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 200000;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	check_fills_up(folder, 700, 200000, "File too large");
	check_fills_up(folder, 100000, 200000, "File too large");
	setrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, SIG_DFL);
}
END_TEST

START_TEST(spool_says_when_the_disk_is_full)
{
	if (!can_fork() || unshare(CLONE_NEWNS) != 0 ||
	    mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", folder, "tmpfs", 0, "size=128k") != 0) {
		printf("skipped: a full disk: %s\n",
		    can_fork() ? strerror(errno) : "CK_FORK=no");
		return;
	}
	check_fills_up(folder, 700, 131072, "No space left on device");
	check_fills_up(folder, 100000, 131072, "No space left on device");
	ck_assert_int_eq(umount(folder), 0);
}
END_TEST

TCase *
run_spool_case(void)
{
	TCase *tc = tcase_create("spool");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, spool_holds_what_was_added, 0,
	    sizeof(sizes) / sizeof(sizes[0]));
	tcase_add_test(tc, spool_grows_after_it_was_read);
	tcase_add_test(tc, spool_without_memory);
	tcase_add_test(tc, spool_leaves_no_name);
	tcase_add_test(tc, spool_says_when_there_is_no_folder);
	tcase_add_test(tc, spool_says_when_a_file_may_not_grow);
	tcase_add_test(tc, spool_says_when_the_disk_is_full);
	return tc;
}
