/*
 * relays: the hops of one mail, the nearest first.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/strbuf.h"

#include "relays.h"
#include "filters/rules/text/shape.h"
#include "target.h"

/* The passage from the nearest hop to the farthest. */
struct chain {
	struct targets *t;
	struct relays *relays;
	const struct list *trusted_nets; /* NULL: inferred */
	const struct list *internal_nets;
	const struct list *msa_nets;
	bool in_trusted, in_internal;
	bool found_msa;
	bool may_fetch; /* a line of a fetcher starts the chain anew */
	struct str handed;
};

/* "192.168", "10.": an address of which only the first octets are there. */
static bool
octets_parse(struct str text, struct ip *ip, unsigned *prefix)
{
	struct str octet;
	uint64_t value;

	*ip = (struct ip) {.bits = 32};
	*prefix = 0;
	if (str_ends(text, "."))
		text.len--;
	while (str_cut(&text, '.', &octet)) {
		if (*prefix == 32 || !str_to_uint(octet, 255, &value))
			return false;
		ip->octets[*prefix / 8] = (unsigned char)value;
		*prefix += 8;
	}
	return true;
}

/* Host bits of a network need not be zero: "10.1.2.3/8"; "10.1/16" will do. */
bool
relays_net_parse(struct str word, struct ip_net *net)
{
	size_t slash = str_find(word, '/');
	uint64_t given;
	unsigned prefix;
	struct ip ip;

	if (ip_parse(str_head(word, slash), &ip))
		prefix = ip.bits;
	else if (!octets_parse(str_head(word, slash), &ip, &prefix))
		return false;
	if (slash < word.len) {
		if (!str_to_uint(str_from(word, slash + 1), ip.bits, &given))
			return false;
		prefix = (unsigned)given;
	}
	net->base = ip_mask(&ip, prefix);
	net->prefix = prefix;
	return true;
}

/* The first that has it decides; "!" in front: it has not. */
static bool
nets_have(const struct list *nets, const struct ip *ip)
{
	struct ip_net net;
	struct str word;
	size_t i;
	bool no;

	for (i = 0; nets && i < nets->word_count; i++) {
		word = nets->words[i];
		no = str_starts(word, "!");
		if (no)
			word = str_from(word, 1);
		if (relays_net_parse(word, &net) && ip_net_has(&net, ip))
			return !no;
	}
	return false;
}

/* Our own host is always ours, unless a list says no. */
static bool
has(const struct list *nets, const struct relay *r)
{
	if (r->ip.bits == 0)
		return false;
	return nets_have(nets, &r->ip) || ip_is_loopback(&r->ip);
}

/* No networks are set: private addresses and who proved himself are ours. */
static void
infer(struct chain *c, const struct relay *r)
{
	if (r->is_private || r->auth.len > 0)
		return;
	c->in_trusted = false;
	c->in_internal = false;
}

static void
look_up(struct chain *c, struct relay *r)
{
	if (r->auth.len == 0 && !has(c->trusted_nets, r)) {
		c->in_trusted = false;
		c->in_internal = false;
		return;
	}
	if (c->in_internal && r->auth.len == 0 && !has(c->internal_nets, r))
		c->in_internal = false;
	if (r->ip.bits > 0 && nets_have(c->msa_nets, &r->ip)) {
		c->found_msa = true;
		r->msa = true;
	}
}

static void
list_add(struct arena *arena, struct relay_list *list, size_t index)
{
	list->at = arena_push(arena, list->at, list->count, sizeof(*list->at));
	list->at[list->count++] = index;
}

static void
add(struct chain *c, const struct relay *relay)
{
	struct relays *all = c->relays;
	struct arena *arena = c->t->scan->arena;
	size_t index = all->count;
	struct relay *r;

	all->at = arena_push(arena, all->at, all->count, sizeof(*all->at));
	r = &all->at[all->count++];
	*r = *relay;
	if (c->in_trusted && !c->found_msa) {
		if (c->trusted_nets)
			look_up(c, r);
		else
			infer(c, r);
	}
	r->trusted = c->in_trusted;
	r->internal = c->in_internal;
	c->may_fetch = r->trusted;
	list_add(arena, r->trusted ? &all->trusted : &all->untrusted, index);
	list_add(arena, r->internal ? &all->internal : &all->external, index);
	all->trusted_lines += r->trusted;
	all->internal_lines += r->internal;
}

/* What was above told how it was fetched, not how it came. */
static void
start_anew(struct chain *c)
{
	if (!c->may_fetch)
		return;
	c->relays->trusted.count = 0;
	c->relays->trusted.at = NULL;
	c->relays->internal.count = 0;
	c->relays->internal.at = NULL;
	c->relays->external.count = 0;
	c->relays->external.at = NULL;
}

static void
add_line(struct chain *c, struct str value)
{
	struct str handed = c->handed;
	struct relay relay;

	c->handed = str_c("");
	switch (relay_read(value, c->t->scan->arena, &relay, &c->handed)) {
	case RELAY_READ:
		if (handed.len > 0) {
			relay.envfrom = handed;
			relay.has_envfrom = true;
		}
		add(c, &relay);
		return;
	case RELAY_FETCHED:
		start_anew(c);
		break;
	case RELAY_UNREADABLE:
		c->relays->unreadable++;
		break;
	case RELAY_IGNORED:
		break;
	}
	c->relays->trusted_lines += c->in_trusted;
	c->relays->internal_lines += c->in_internal;
}

/* What the session knows needs no reading. */
static void
add_session(struct chain *c)
{
	const struct envelope *e = c->t->scan->envelope;
	struct arena *arena = c->t->scan->arena;
	struct relay relay;
	char text[IP_TEXT_MAX];

	if (e->client.bits == 0 || e->client_from_mail)
		return;
	relay_init(&relay);
	relay.ip_text = arena_copy(arena, str_c(ip_format(&e->client, text)));
	relay.rdns = str_c(e->client_name);
	relay.helo = str_c(e->helo);
	relay.by = str_c(e->receiver);
	relay.envfrom = str_c(e->sender);
	relay.has_envfrom = true;
	relay.id = str_c(e->ident);
	if (c->t->scan->authenticated || e->login)
		relay.auth = str_c(e->protocol ? e->protocol : "ESMTPA");
	relay_finish(&relay, arena);
	relay.no_reverse_dns = !e->client_name && !e->client_name_failed;
	relay.rdns_not_looked_up = e->client_name_failed;
	c->relays->session = true;
	add(c, &relay);
}

/* The address of one-line fields like X-Originating-IP is a hop, too. */
static void
add_origins(struct chain *c, const struct list *fields)
{
	const struct message *m = c->t->scan->message;
	struct arena *arena = c->t->scan->arena;
	const struct field *f;
	struct str ip;
	size_t i, k;

	for (i = 0; fields && i < fields->word_count; i++) {
		for (k = m->field_count; k > 0; k--)
			if (str_case_eq(
				m->fields[k - 1].name, fields->words[i]))
				break;
		if (k == 0)
			continue;
		f = &m->fields[k - 1];
		ip = shape_ip_find(f->value);
		if (ip.len > 0)
			add_line(c,
			    arena_printf(arena, "from X-Originating-IP: %.*s",
				(int)ip.len, ip.data));
	}
}

static struct str
text_of(const struct relays *all, const struct relay_list *list,
    struct arena *arena)
{
	struct strbuf out;
	struct str text;
	size_t i;

	strbuf_init(&out);
	for (i = 0; i < list->count; i++) {
		if (i > 0)
			strbuf_putc(&out, ' ');
		strbuf_add(&out, relay_format(&all->at[list->at[i]], arena));
	}
	text = arena_copy(arena, strbuf_str(&out));
	strbuf_clear(&out);
	return text;
}

static void
find_nets(struct chain *c)
{
	const struct lists *lists = &c->t->set->lists;

	c->trusted_nets = lists_find(lists, "trusted_networks");
	c->internal_nets = lists_find(lists, "internal_networks");
	c->msa_nets = lists_find(lists, "msa_networks");
	if (!c->internal_nets)
		c->internal_nets = c->trusted_nets;
	if (!c->trusted_nets)
		c->trusted_nets = c->internal_nets;
}

const struct relays *
targets_relays(struct targets *t)
{
	struct arena *arena = t->scan->arena;
	const struct message *m = t->scan->message;
	struct relays *all;
	struct chain c = {.t = t,
	    .in_trusted = true,
	    .in_internal = true,
	    .may_fetch = true,
	    .handed = str_c("")};
	size_t i, lines = 0;

	if (t->relays)
		return t->relays;
	t->relays = arena_alloc(arena, sizeof(*t->relays));
	c.relays = all = t->relays;
	if (t->set)
		find_nets(&c);
	add_session(&c);
	for (i = 0; m && i < m->field_count && lines < RELAYS_MAX; i++) {
		if (!str_case_is(m->fields[i].name, "Received"))
			continue;
		add_line(&c, m->fields[i].value);
		lines++;
	}
	if (m && t->set)
		add_origins(
		    &c, lists_find(&t->set->lists, "originating_ip_headers"));
	all->trusted_text = text_of(all, &all->trusted, arena);
	all->untrusted_text = text_of(all, &all->untrusted, arena);
	all->internal_text = text_of(all, &all->internal, arena);
	all->external_text = text_of(all, &all->external, arena);
	return all;
}

const struct relay *
relays_get(const struct relays *relays, const struct relay_list *list, size_t n)
{
	return n < list->count ? &relays->at[list->at[n]] : NULL;
}
