/*
 * grow: texts that regexes of a rule set may match, whole and broken.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "grow.h"

enum { DEPTH_MAX = 30, LONG = 512 };

uint32_t
grow_pick(struct grower *g, uint32_t below)
{
	g->random ^= g->random << 13;
	g->random ^= g->random >> 7;
	g->random ^= g->random << 17;
	return (uint32_t)(g->random >> 32) % below;
}

void
grow_plant(
    struct grower *g, const char *rules, uint64_t seed, struct arena *arena)
{
	const struct texts directories = {.at = &rules, .count = 1};
	const struct rule *rule;
	struct problems problems;
	const struct node *tree;
	size_t i;

	problems_init(&problems, arena);
	g->set = ruleset_load(&directories, &problems);
	g->random = 88172645463325252u ^ seed << 8;
	g->trees = arena_array(arena, g->set->count + 1, sizeof(struct node *));
	for (i = 0; i < g->set->count; i++) {
		rule = &g->set->rules[i];
		if (!rule->regex)
			continue;
		tree = regex_tree(regex_pattern(rule->regex),
		    regex_flags(rule->regex), arena);
		if (tree)
			g->trees[g->tree_count++] = tree;
	}
}

static void
grow_octet(struct grower *g, const struct octets *octets, struct strbuf *out)
{
	unsigned char c = (unsigned char)grow_pick(g, 128);
	unsigned tries;

	/* Printable ones are preferred. */
	for (tries = 0; tries < 40;
	     tries++, c = (unsigned char)grow_pick(g, 128))
		if (octets_has(octets, c) && c >= ' ' && c < 127)
			break;
	for (tries = 0; tries < 256 && !octets_has(octets, c); tries++)
		c++;
	if (octets_has(octets, c))
		strbuf_putc(out, (char)c);
}

/* A string of the tree. */
static void
grow(struct grower *g, const struct node *node, struct strbuf *out,
    unsigned depth)
{
	const struct node *child;
	unsigned i, count;

	if (!node || depth > DEPTH_MAX || out->len > LONG)
		return;
	switch (node->kind) {
	case NODE_SET:
		grow_octet(g, &node->set, out);
		return;
	case NODE_ALT:
		for (count = 0, child = node->first; child; child = child->next)
			count++;
		child = node->first;
		for (i = grow_pick(g, count); i > 0; i--)
			child = child->next;
		grow(g, child, out, depth + 1);
		return;
	case NODE_REPEAT:
		count = node->min;
		if (node->max > node->min)
			count += grow_pick(g,
			    node->max - node->min < 4 ?
				node->max - node->min + 1 :
				4);
		for (i = 0; i < count; i++)
			grow(g, node->first, out, depth + 1);
		return;
	case NODE_CALL:
		grow(g, node->def, out, depth + 1);
		return;
	default:
		for (child = node->first; child; child = child->next)
			grow(g, child, out, depth + 1);
	}
}

static const char *const words[] = {" ", "\r\n", "\r\n\r\n", ". ", "the ",
    "your account ", "http://example.com/", "$1,000 ", "click here ", "-",
    "<b>", "=3D", "\xc3\xa9", "viagra ", "Subject: ", "A", "1", "!", "aaaaaaaa",
    "free ", "dear ", "@example.org ", "\xf0\x9d\x90\x80", "\t", "(", ">"};

static void
spoil(struct grower *g, struct strbuf *text, size_t from)
{
	size_t i;

	for (i = from; i < text->len; i++) {
		switch (grow_pick(g, 40)) {
		case 0:
			text->data[i] = (char)grow_pick(g, 256);
			break;
		case 1:
			text->data[i] ^= 0x20;
			break;
		default:
			break;
		}
	}
}

void
grow_text(struct grower *g, size_t most, struct strbuf *out)
{
	unsigned pieces = 1 + grow_pick(g, 8);
	size_t from;

	strbuf_reset(out);
	while (pieces-- > 0 && out->len < most) {
		from = out->len;
		if (grow_pick(g, 3) > 0)
			grow(g, g->trees[grow_pick(g, (uint32_t)g->tree_count)],
			    out, 0);
		else
			strbuf_puts(out,
			    words[grow_pick(
				g, sizeof(words) / sizeof(words[0]))]);
		if (grow_pick(g, 4) == 0)
			spoil(g, out, from);
	}
	while (out->len > most)
		out->len--;
}
