/*
 * problem: everything that is wrong with what the admin wrote, in one run.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/log.h"
#include "postern/problem.h"

void
problems_init(struct problems *p, struct arena *arena)
{
	*p = (struct problems) {.arena = arena};
}

static void
add(struct problems *p, bool warning, const char *file, unsigned line,
    struct str text)
{
	p->list = arena_push(p->arena, p->list, p->count, sizeof(*p->list));
	p->list[p->count++] = (struct problem) {
	    .file = file ? arena_text(p->arena, str_c(file)) : NULL,
	    .line = line,
	    .warning = warning,
	    .text = text.data,
	};
	if (!warning)
		p->errors++;
}

void
problem_add(
    struct problems *p, const char *file, unsigned line, const char *fmt, ...)
{
	struct str text;
	va_list args;

	va_start(args, fmt);
	text = arena_vprintf(p->arena, fmt, args);
	va_end(args);
	add(p, false, file, line, text);
}

void
problem_warn(
    struct problems *p, const char *file, unsigned line, const char *fmt, ...)
{
	struct str text;
	va_list args;

	va_start(args, fmt);
	text = arena_vprintf(p->arena, fmt, args);
	va_end(args);
	add(p, true, file, line, text);
}

void
problems_print(const struct problems *p, FILE *out)
{
	problems_print_some(p, out, SIZE_MAX);
}

void
problems_print_some(const struct problems *p, FILE *out, size_t warnings)
{
	const struct problem *each;
	size_t i, seen = 0;

	for (i = 0; i < p->count; i++) {
		each = &p->list[i];
		if (each->warning && ++seen > warnings)
			continue;
		if (each->file)
			fprintf(out, "%s:", each->file);
		if (each->file && each->line)
			fprintf(out, "%u:", each->line);
		fprintf(out, "%s%s: %s\n", each->file ? " " : "",
		    each->warning ? "warning" : "error", each->text);
	}
	if (seen > warnings)
		fprintf(out, "%zu more warnings: postern check tells them\n",
		    seen - warnings);
}

void
problems_log(const struct problems *p, size_t warnings)
{
	const struct problem *one;
	size_t i, seen = 0;

	for (i = 0; i < p->count; i++) {
		one = &p->list[i];
		if (one->warning && ++seen > warnings)
			continue;
		log_line(one->warning ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR,
		    arena_printf(p->arena, "%s:%u: %s",
			one->file ? one->file : "configuration", one->line,
			one->text));
	}
	if (seen > warnings)
		log_warning("%zu more warnings: postern check tells them",
		    seen - warnings);
}
