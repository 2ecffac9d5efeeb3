/*
 * setting: tables of settings applied to what the admin wrote.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/log.h"
#include "postern/setting.h"

enum { NAME_MAX_OCTETS = 64 };

size_t
settings_count(const struct setting *table)
{
	size_t count = 0;

	while (table[count].name)
		count++;
	return count;
}

/* "a, b" to its members; "" has none. */
static struct texts
split_initial(const struct setting *row, struct arena *arena)
{
	struct str rest = str_c(row->initial), member;
	struct texts out = {.count = 0};
	bool many = row->kind == SETTING_TEXTS || row->kind == SETTING_NETS ||
	    row->kind == SETTING_ENDPOINTS;

	if (many && rest.len == 0)
		return out;
	while (rest.data) {
		if (many)
			str_cut(&rest, ',', &member);
		else {
			member = rest;
			rest.data = NULL;
		}
		out.at = arena_push(arena, out.at, out.count, sizeof(*out.at));
		out.at[out.count++] = arena_text(arena, str_trim(member));
	}
	return out;
}

void
settings_defaults(
    const struct setting *table, void *config, struct arena *arena)
{
	struct error error;
	struct texts values;

	for (; table->name; table++) {
		if (!table->initial)
			continue;
		values = split_initial(table, arena);
		if (!setting_parse(table, &values, config, arena, &error))
			panic("default of %s: %s", table->name, error.text);
	}
}

/* Edits (a letter more, less, other, or two swapped) from a to b. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned char d[NAME_MAX_OCTETS + 1][NAME_MAX_OCTETS + 1];
	size_t la = strlen(a), lb = strlen(b), i, k;
	unsigned least;

	if (la > NAME_MAX_OCTETS || lb > NAME_MAX_OCTETS)
		return NAME_MAX_OCTETS;
	for (i = 0; i <= la; i++)
		d[i][0] = (unsigned char)i;
	for (k = 0; k <= lb; k++)
		d[0][k] = (unsigned char)k;
	for (i = 1; i <= la; i++) {
		for (k = 1; k <= lb; k++) {
			least = d[i - 1][k - 1] + (a[i - 1] != b[k - 1]);
			if (d[i - 1][k] + 1u < least)
				least = d[i - 1][k] + 1u;
			if (d[i][k - 1] + 1u < least)
				least = d[i][k - 1] + 1u;
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] &&
			    a[i - 2] == b[k - 1] &&
			    d[i - 2][k - 2] + 1u < least)
				least = d[i - 2][k - 2] + 1u;
			d[i][k] = (unsigned char)least;
		}
	}
	return d[la][lb];
}

static bool
is_nearer(const char *candidate, const char *name, unsigned *least)
{
	unsigned far = distance(candidate, name);
	unsigned most = (unsigned)strlen(name) / 3;

	if (far > (most > 2 ? most : 2) || far >= *least || far >= strlen(name))
		return false;
	*least = far;
	return true;
}

const char *
word_nearest(const char *const *words, size_t count, const char *name)
{
	unsigned least = NAME_MAX_OCTETS;
	const char *best = NULL;
	size_t i;

	for (i = 0; i < count; i++)
		if (is_nearer(words[i], name, &least))
			best = words[i];
	return best;
}

const char *
setting_nearest(const struct setting *table, const char *name)
{
	unsigned least = NAME_MAX_OCTETS;
	const char *best = NULL;

	for (; table->name; table++)
		if (is_nearer(table->name, name, &least))
			best = table->name;
	return best;
}

static void
complain_unknown(const struct setting *table, const struct conf_node *node,
    struct problems *problems)
{
	const char *near = setting_nearest(table, node->name);

	if (near)
		problem_add(problems, node->file, node->line,
		    "unknown setting \"%s\"; did you mean \"%s\"?", node->name,
		    near);
	else
		problem_add(problems, node->file, node->line,
		    "unknown setting \"%s\"", node->name);
}

/* The setting of that name before `node`, or NULL. */
static const struct conf_node *
earlier(const struct conf_node *first, const struct conf_node *node)
{
	for (; first != node; first = first->next)
		if (!first->section && strcmp(first->name, node->name) == 0)
			return first;
	return NULL;
}

static size_t
row_index(const struct setting *table, const char *name)
{
	size_t i = 0;

	while (table[i].name && strcmp(table[i].name, name) != 0)
		i++;
	return i;
}

static void
complain_missing(const struct setting *table, const struct conf_node *first,
    const struct conf_node *where, struct problems *problems)
{
	const struct conf_node *node;

	for (; table->name; table++) {
		for (node = first; node; node = node->next)
			if (!node->section &&
			    strcmp(node->name, table->name) == 0)
				break;
		if (!table->initial && !node)
			problem_add(problems, where ? where->file : NULL,
			    where ? where->line : 0, "%s must be set",
			    table->name);
	}
}

void
settings_apply(const struct setting *table, void *config,
    const struct conf_node *first, const struct conf_node *where,
    struct arena *arena, struct problems *problems, struct origin *origins)
{
	const struct conf_node *node, *before;
	struct error error;
	size_t i;

	for (node = first; node; node = node->next) {
		if (node->section)
			continue;
		i = row_index(table, node->name);
		before = earlier(first, node);
		if (!table[i].name)
			complain_unknown(table, node, problems);
		else if (before)
			problem_add(problems, node->file, node->line,
			    "%s is set already, at %s:%u", node->name,
			    before->file, before->line);
		else if (!setting_parse(
			     &table[i], &node->values, config, arena, &error))
			problem_add(problems, node->file, node->line, "%s: %s",
			    node->name, error.text);
		else if (origins)
			origins[i] = (struct origin) {node->file, node->line};
	}
	complain_missing(table, first, where, problems);
}
