/*
 * cf_fate: what becomes of a line, and where it stands.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdarg.h>

#include "cf.h"

static struct str
settle(struct cf *cf, enum cf_fate fate, const char *fmt, va_list args)
{
	struct str text = arena_vprintf(cf->problems->arena, fmt, args);

	cf->fate = fate;
	cf->reason = text.data;
	return text;
}

void
cf_error(struct cf *cf, const char *fmt, ...)
{
	struct str text;
	va_list args;

	va_start(args, fmt);
	text = settle(cf, CF_ERROR, fmt, args);
	va_end(args);
	problem_add(cf->problems, cf->file, cf->line, "%s", text.data);
	cf->problems->survivable++;
}

void
cf_unsupported(struct cf *cf, const char *fmt, ...)
{
	struct str text;
	va_list args;

	va_start(args, fmt);
	text = settle(cf, CF_UNSUPPORTED, fmt, args);
	va_end(args);
	problem_warn(cf->problems, cf->file, cf->line, "%s", text.data);
}

void
cf_ignore(struct cf *cf, const char *why)
{
	cf->fate = CF_IGNORED;
	cf->reason = why;
}

void
cf_warn(struct cf *cf, const char *fmt, ...)
{
	struct str text;
	va_list args;

	va_start(args, fmt);
	text = arena_vprintf(cf->problems->arena, fmt, args);
	va_end(args);
	problem_warn(cf->problems, cf->file, cf->line, "%s", text.data);
}

const char *
cf_where(const struct cf *cf)
{
	return arena_printf(cf->set->arena, "%s:%u", cf->file, cf->line).data;
}
