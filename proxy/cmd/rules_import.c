/*
 * rules_import: what of another filter's rule file is understood here.
 *
 * Every line is told with its fate; nothing is changed unless --output says
 * where the lines that were taken shall go, with the others as comments.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include <jansson.h>

#include "postern/charset.h"

#include "rules_tools.h"
#include "scan_print.h"

enum { SHOWN = 100 };

struct import {
	bool json, verbose;
	const char *output;
	FILE *out;
	struct arena *arena;
	struct told {
		struct told *next;
		struct cf_told line;
	} * first, **last;
};

/* Lines are kept: a later one may withdraw an earlier one. */
static void
keep(void *context, const struct cf_told *told)
{
	struct import *im = context;
	struct told *kept = arena_alloc(im->arena, sizeof(*kept));

	kept->line = *told;
	kept->line.file = arena_text(im->arena, str_c(told->file));
	kept->line.text = arena_copy(im->arena, told->text);
	if (told->reason)
		kept->line.reason = arena_text(im->arena, str_c(told->reason));
	*im->last = kept;
	im->last = &kept->next;
}

/* What the end of all files brought to light about a line. */
static const char *
later_reason(const struct problems *problems, const struct cf_told *line)
{
	const struct problem *p;
	size_t i;

	for (i = 0; i < problems->count; i++) {
		p = &problems->list[i];
		if (p->line == line->line && p->file &&
		    strcmp(p->file, line->file) == 0)
			return p->text;
	}
	return NULL;
}

static void
print_json(struct import *im, const struct cf_told *line, const char *reason)
{
	struct str utf8 =
	    charset_to_utf8(str_c("utf-8"), line->text, im->arena);
	json_t *object = json_object();
	char *text;

	json_object_set_new(object, "file", json_string(line->file));
	json_object_set_new(object, "line", json_integer(line->line));
	json_object_set_new(
	    object, "fate", json_string(cf_fate_word(line->fate)));
	json_object_set_new(object, "text", json_stringn(utf8.data, utf8.len));
	json_object_set_new(object, "reason", json_string(reason));
	text = json_dumps(object, JSON_COMPACT);
	puts(text);
	free(text);
	json_decref(object);
}

/* The begin of a line; a tab is a blank. */
static void
print_begin(struct str text)
{
	struct str begin = str_head(str_trim(text), SHOWN);
	char shown[SHOWN];
	size_t i;

	for (i = 0; i < begin.len; i++)
		shown[i] = begin.data[i] == '\t' ? ' ' : begin.data[i];
	scan_print_safe(str_of(shown, begin.len));
	if (str_trim(text).len > SHOWN)
		printf("...");
}

static void
print_line(const struct cf_told *line, const char *reason)
{
	printf("%s:%u: %s: ", line->file, line->line, cf_fate_word(line->fate));
	print_begin(line->text);
	if (reason[0])
		printf(" (%s)", reason);
	putchar('\n');
}

static bool
is_obeyed(enum cf_fate fate)
{
	return fate == CF_BLANK || fate == CF_TAKEN || fate == CF_IGNORED ||
	    fate == CF_INACTIVE;
}

static void
write_line(FILE *out, const struct cf_told *line, const char *reason)
{
	if (!is_obeyed(line->fate))
		fprintf(out, "# %s: %s\n# ", cf_fate_word(line->fate), reason);
	fwrite(line->text.data, 1, line->text.len, out);
	putc('\n', out);
}

static void
tell_all(struct import *im, const struct problems *problems)
{
	const struct told *each;
	const char *reason;

	for (each = im->first; each; each = each->next) {
		reason = each->line.reason;
		if (!reason && each->line.fate != CF_BLANK)
			reason = later_reason(problems, &each->line);
		if (!reason)
			reason = "";
		if (im->out)
			write_line(im->out, &each->line, reason);
		if (each->line.fate == CF_BLANK && !im->verbose)
			continue;
		if (im->json)
			print_json(im, &each->line, reason);
		else
			print_line(&each->line, reason);
	}
}

static void
print_sums(const struct import *im, const struct ruleset *set)
{
	int fate;

	if (im->json)
		return;
	printf("%zu lines:", set->lines);
	for (fate = CF_BLANK; fate < CF_FATES; fate++)
		printf("%s %zu %s", fate ? "," : "", set->counts[fate],
		    cf_fate_word((enum cf_fate)fate));
	printf("; %zu rules\n", set->count);
}

/* Never over a file that is there. */
static bool
open_output(struct import *im)
{
	if (!im->output)
		return true;
	im->out = fopen(im->output, "wbx");
	if (!im->out)
		fprintf(stderr, "postern rules: %s: %s\n", im->output,
		    strerror(errno));
	return im->out != NULL;
}

static int
import(struct import *im, const struct texts *files)
{
	struct ruleset_options options = {.tell = keep, .context = im};
	struct problems problems;
	struct ruleset *set;
	int code = EX_OK;

	if (!open_output(im))
		return EX_CANTCREAT;
	problems_init(&problems, im->arena);
	set = ruleset_load_with(files, &options, &problems);
	tell_all(im, &problems);
	print_sums(im, set);
	if (set->counts[CF_ERROR] > 0)
		code = EX_DATAERR;
	ruleset_free(set);
	if (im->out && (ferror(im->out) | fclose(im->out))) {
		fprintf(stderr, "postern rules: %s: %s\n", im->output,
		    strerror(errno));
		code = EX_IOERR;
	}
	return code;
}

static const struct option long_options[] = {
    {"json", no_argument, NULL, 'j'},
    {"output", required_argument, NULL, 'o'},
    {NULL, 0, NULL, 0},
};

int
rules_import(int argc, char **argv)
{
	struct import im = {.json = false};
	struct texts files;
	int c, code;

	im.last = &im.first;
	while ((c = getopt_long(argc, argv, "vo:", long_options, NULL)) != -1) {
		if (c == '?')
			return RULES_USAGE;
		im.json |= c == 'j';
		im.verbose |= c == 'v';
		if (c == 'o')
			im.output = optarg;
	}
	if (optind == argc)
		return RULES_USAGE;
	im.arena = arena_new();
	files = rules_named(argc - optind, argv + optind, im.arena);
	code = rules_readable(&files) ? import(&im, &files) : EX_CONFIG;
	arena_free(im.arena);
	return code;
}
