/*
 * html: renders files and says what CPU time each took.
 *
 * usage: html FILE...      prints "milliseconds<TAB>FILE", the best of five
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <time.h>

#include "postern/html.h"
#include "postern/strbuf.h"

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double
render(struct str html)
{
	struct arena *arena = arena_new();
	struct html_text out;
	double start = cpu_ms();

	html_render(html, true, arena, &out);
	start = cpu_ms() - start;
	arena_free(arena);
	return start;
}

static bool
file_read(const char *path, struct strbuf *out)
{
	FILE *in = fopen(path, "rb");
	size_t got;

	if (!in)
		return false;
	while ((got = fread(strbuf_grow(out, 65536), 1, 65536, in)) > 0)
		strbuf_grew(out, got);
	fclose(in);
	return true;
}

int
main(int argc, char **argv)
{
	struct strbuf file;
	double best, took;
	int i, run;

	strbuf_init(&file);
	for (i = 1; i < argc; i++) {
		strbuf_reset(&file);
		if (!file_read(argv[i], &file)) {
			perror(argv[i]);
			return 1;
		}
		best = render(strbuf_str(&file));
		for (run = 1; run < 5; run++) {
			took = render(strbuf_str(&file));
			best = took < best ? took : best;
		}
		printf("%.2f\t%s\n", best, argv[i]);
		fflush(stdout);
	}
	strbuf_clear(&file);
	return 0;
}
