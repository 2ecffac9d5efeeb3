/*
 * fuzz_main: replays seeds, or is driven by libFuzzer.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

static const struct fuzz_target *
target_find(const char *name)
{
	const struct fuzz_target *t;

	for (t = fuzz_targets; name && t->name; t++)
		if (strcmp(t->name, name) == 0)
			return t;
	fprintf(stderr, "no such fuzz target: %s\n", name ? name : "(none)");
	exit(64);
}

#ifdef FUZZING_BUILD

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_target *target;

	if (!target)
		target = target_find(getenv("FUZZ_TARGET"));
	target->run(str_of((const char *)data, size));
	return 0;
}

#else

enum { SEED_MAX = 1 << 20 };

/* The seed stands at the end of its own heap block, so that ASan sees a read
 * beyond it. */
static bool
replay_file(const struct fuzz_target *target, const char *path)
{
	FILE *in = fopen(path, "rb");
	char *whole, *exact;
	size_t len;

	if (!in) {
		perror(path);
		return false;
	}
	whole = malloc(SEED_MAX);
	len = fread(whole, 1, SEED_MAX, in);
	fclose(in);
	exact = malloc(len ? len : 1);
	memcpy(exact, whole, len);
	free(whole);
	target->run(str_of(exact, len));
	free(exact);
	return true;
}

static size_t
replay_folder(const struct fuzz_target *target)
{
	char path[4096];
	struct dirent *entry;
	size_t count = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/fuzz/seeds/%s", TESTDIR, target->name);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/fuzz/seeds/%s/%s", TESTDIR,
		    target->name, entry->d_name);
		count += replay_file(target, path);
	}
	if (dir)
		closedir(dir);
	printf("%s: %zu seeds replayed\n", target->name, count);
	return count;
}

int
main(int argc, char **argv)
{
	const struct fuzz_target *t;
	bool ok = true;
	int i;

	for (i = 2; i < argc; i++)
		ok &= replay_file(target_find(argv[1]), argv[i]);
	for (t = fuzz_targets; argc < 2 && t->name; t++)
		ok &= replay_folder(t) > 0;
	return ok ? 0 : 1;
}

#endif
