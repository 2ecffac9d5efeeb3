/*
 * scan: what filters leave behind, appended and never changed.
 *
 * Everything lives in the scan's arena, so appending cannot fail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdarg.h>

#include "postern/scan.h"

void
scan_add_finding(struct scan *scan, const struct finding *finding)
{
	scan->findings = arena_push(
	    scan->arena, scan->findings, scan->finding_count, sizeof(*finding));
	scan->findings[scan->finding_count++] = *finding;
}

void
scan_add_hit(struct scan *scan, const struct hit *hit)
{
	scan->hits =
	    arena_push(scan->arena, scan->hits, scan->hit_count, sizeof(*hit));
	scan->hits[scan->hit_count++] = *hit;
}

void
scan_add_wish(struct scan *scan, const struct wish *wish)
{
	scan->wishes = arena_push(
	    scan->arena, scan->wishes, scan->wish_count, sizeof(*wish));
	scan->wishes[scan->wish_count++] = *wish;
}

struct scan_mark
scan_mark(const struct scan *scan)
{
	return (struct scan_mark) {
	    .hits = scan->hit_count,
	    .wishes = scan->wish_count,
	    .points = scan->points_count,
	};
}

void
scan_rewind(struct scan *scan, const struct scan_mark *mark)
{
	scan->hit_count = mark->hits;
	scan->wish_count = mark->wishes;
	scan->points_count = mark->points;
}

void
scan_add_points(struct scan *scan, int score, const char *source)
{
	scan->points = arena_push(scan->arena, scan->points, scan->points_count,
	    sizeof(*scan->points));
	scan->points[scan->points_count++] = (struct points) {score, source};
}

/* "filter: words", appended to a list of texts. */
static const char **
add_text(struct arena *arena, const char **list, size_t *count,
    const char *filter, struct str words)
{
	list = arena_push(arena, list, *count, sizeof(*list));
	list[(*count)++] =
	    arena_printf(arena, "%s: %.*s", filter, (int)words.len, words.data)
		.data;
	return list;
}

void
scan_add_undecided(struct scan *scan, const char *filter, const char *fmt, ...)
{
	struct str words;
	va_list args;

	va_start(args, fmt);
	words = arena_vprintf(scan->arena, fmt, args);
	va_end(args);
	scan->undecided = add_text(scan->arena, scan->undecided,
	    &scan->undecided_count, filter, words);
}

void
scan_add_unchecked(struct scan *scan, const char *filter, const char *fmt, ...)
{
	struct str words;
	va_list args;

	va_start(args, fmt);
	words = arena_vprintf(scan->arena, fmt, args);
	va_end(args);
	scan->unchecked = add_text(scan->arena, scan->unchecked,
	    &scan->unchecked_count, filter, words);
}

const struct finding *
scan_find(const struct scan *scan, const char *method)
{
	size_t i;

	for (i = 0; i < scan->finding_count; i++)
		if (strcmp(scan->findings[i].method, method) == 0)
			return &scan->findings[i];
	return NULL;
}
