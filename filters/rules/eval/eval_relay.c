/*
 * eval_relay: evals about the hops of a mail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "filters/rules/text/domain.h"
#include "eval_util.h"
#include "filters/rules/target/relays.h"

static unsigned
all_trusted(struct eval_context *c)
{
	const struct relays *r = targets_relays(c->targets);

	return r->trusted.count > 0 && r->untrusted.count == 0 &&
	    r->unreadable == 0;
}

static unsigned
no_relays(struct eval_context *c)
{
	const struct relays *r = targets_relays(c->targets);

	return r->trusted.count == 0 && r->untrusted.count == 0 &&
	    r->unreadable == 0;
}

static unsigned
relays_unparseable(struct eval_context *c)
{
	return targets_relays(c->targets)->unreadable > 0;
}

static bool
is_v4(struct str text, struct ip *out)
{
	return ip_parse(text, out) && ip_is_v4(out) &&
	    str_find(text, ':') == text.len;
}

/* An address as HELO that is on the Internet. */
static bool
has_numeric_helo(const struct relay *r, struct ip *out)
{
	return is_v4(r->helo, out) && !relay_is_private(out);
}

static unsigned
numeric_helo(struct eval_context *c)
{
	const struct relays *all = targets_relays(c->targets);
	const struct relay *r;
	struct ip ip;
	size_t i;

	/* Only the first hop with such a HELO is looked at. */
	for (i = 0; (r = relays_get(all, &all->untrusted, i)); i++)
		if (is_v4(r->helo, &ip))
			return !relay_is_private(&ip);
	return 0;
}

/* HELO is another address, and not of the same /24. */
static unsigned
helo_ip_mismatch(struct eval_context *c)
{
	const struct relays *all = targets_relays(c->targets);
	const struct relay *r;
	struct ip helo;
	size_t i;

	for (i = 0; (r = relays_get(all, &all->untrusted, i)); i++)
		if (has_numeric_helo(r, &helo) && ip_is_v4(&r->ip) &&
		    !r->is_private && memcmp(helo.octets, r->ip.octets, 3) != 0)
			return 1;
	return 0;
}

static unsigned
sender_no_reverse(struct eval_context *c)
{
	const struct relays *all = targets_relays(c->targets);
	const struct relay *r;

	if (all->untrusted.count == 0)
		return 0;
	r = relays_get(all, &all->untrusted, all->untrusted.count - 1);
	return eval_has(r->rdns, ".") && !r->is_private;
}

static bool
is_big_provider(struct str helo)
{
	static const char *const names[] = {"lycos.com", "lycos.co.uk",
	    "hotmail.com", "localhost.com", "excite.com", "caramail.com",
	    "cs.com", "aol.com", "msn.com", "yahoo.com", "drizzle.com"};
	size_t i, len;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		len = strlen(names[i]);
		if (str_case_ends(helo, names[i]) &&
		    (helo.len == len || helo.data[helo.len - len - 1] == '.'))
			return true;
	}
	return false;
}

/* The last hop that has a public address decides. */
static unsigned
no_rdns_dotcom_helo(struct eval_context *c)
{
	const struct relays *all = targets_relays(c->targets);
	const struct relay *r;
	bool found = false;
	size_t i;

	for (i = 0; (r = relays_get(all, &all->untrusted, i)); i++)
		if (!r->is_private)
			found = is_big_provider(r->helo) && r->no_reverse_dns;
	return found;
}

/* --- a chain of names that does not hold --- */

static bool
is_ascii_space(char ch)
{
	return ascii_is_space(ch);
}

/* The last label has three octets without space, or is ie, fr, de. */
static bool
is_short_suffix(struct str label)
{
	size_t i, run = 0;

	for (i = 0; i < label.len; i++) {
		run = is_ascii_space(label.data[i]) ? 0 : run + 1;
		if (run == 3)
			return true;
	}
	return eval_has(label, "ie") || eval_has(label, "fr") ||
	    eval_has(label, "de");
}

static struct str
last_labels(struct str host, size_t count)
{
	size_t at = host.len;

	while (count > 0 && at > 0)
		if (host.data[--at] == '.' && --count == 0)
			return str_from(host, at + 1);
	return host;
}

/* Two labels, or three below a country. */
static struct str
domain_of(struct str host, struct arena *arena)
{
	struct str name = domain_lower(host, arena);
	size_t i, labels = 1;
	bool letters = false;

	for (i = 0; i < name.len; i++) {
		letters |= ascii_is_alpha(name.data[i]);
		labels += name.data[i] == '.';
	}
	if (!letters)
		return name;
	if (labels > 1 && is_short_suffix(last_labels(name, 1)))
		return last_labels(name, 2);
	return labels > 2 ? last_labels(name, 3) : name;
}

/* Labels of letters, digits and "_-", a dot at least, word octets at the
 * ends. */
static bool
is_dotted(struct str name)
{
	size_t i;
	bool dot = false;

	if (name.len < 4 || !eval_is_word(name.data[0]) ||
	    !eval_is_word(name.data[name.len - 1]))
		return false;
	for (i = 0; i < name.len; i++) {
		if (!eval_is_word(name.data[i]) && name.data[i] != '.' &&
		    name.data[i] != '-')
			return false;
		dot |= name.data[i] == '.' && i > 1;
	}
	return dot;
}

static bool
is_localhost(const struct relay *r, struct str name)
{
	return (str_is(name, "localhost") ||
		   str_is(name, "localhost.localdomain")) &&
	    str_is(r->ip_text, "127.0.0.1");
}

struct mismatches {
	unsigned from;
	unsigned ip_helo;
};

/* HELO is an address of another /16. */
static bool
is_ip_mismatch(const struct relay *r)
{
	struct ip helo;

	return has_numeric_helo(r, &helo) && ip_is_v4(&r->ip) &&
	    memcmp(helo.octets, r->ip.octets, 2) != 0;
}

/* Who received is not who sent it on. */
static struct mismatches
find_mismatches(struct eval_context *c)
{
	const struct relays *all = targets_relays(c->targets);
	struct arena *arena = c->scan->arena;
	struct mismatches m = {0, 0};
	struct str by, from, previous = str_c("");
	const struct relay *r;
	size_t i;

	for (i = 0; (r = relays_get(all, &all->untrusted, i)); i++) {
		by = domain_of(r->by, arena);
		from = domain_of(r->rdns, arena);
		if (is_dotted(by)) {
			if (is_localhost(r, from))
				from = str_c("");
			m.ip_helo += is_ip_mismatch(r);
			if (i > 0 && is_dotted(previous) &&
			    !str_eq(by, previous) &&
			    !(str_is(by, "msn.com") &&
				str_is(previous, "hotmail.com")))
				m.from++;
		}
		previous = from;
	}
	return m;
}

static unsigned
forged_trail(struct eval_context *c)
{
	return find_mismatches(c).from > 1;
}

static unsigned
forged_ip_helo(struct eval_context *c)
{
	return find_mismatches(c).ip_helo > 0;
}

/* check_for_from_domain_in_received_headers(domain, 'true' | 'false') */
static unsigned
from_domain_in_received(struct eval_context *c)
{
	const struct relays *all = targets_relays(c->targets);
	const char *domain = arena_text(c->scan->arena, eval_arg(c, 0));
	bool wanted = str_is(eval_arg(c, 1), "true");
	const struct relay *r;
	size_t i;

	if (!eval_case_has(eval_address(c, "From"), domain))
		return 0;
	for (i = 0; i < all->count; i++) {
		r = &all->at[i];
		if (eval_ends_word(r->rdns, domain) &&
		    eval_ends_word(r->by, domain))
			return wanted;
	}
	return !wanted;
}

/* --- the sender and the hop it came by --- */

static bool
is_same_domain(struct eval_context *c, const struct relay *r, struct str domain)
{
	return r->rdns.len > 0 &&
	    str_eq(domain,
		domain_registered(eval_lists(c), r->rdns, c->scan->arena));
}

static unsigned
mailfrom_matches_rcvd(struct eval_context *c)
{
	const struct relays *all = targets_relays(c->targets);
	struct str sender = eval_address(c, "EnvelopeFrom"), domain;
	size_t at = str_find_last(sender, '@'), dot, i;
	const struct relay *r;

	domain = str_from(sender, at + 1);
	dot = str_find_last(domain, '.');
	if (at >= sender.len || dot == 0 || dot + 1 >= domain.len)
		return 0;
	domain = domain_registered(eval_lists(c), domain, c->scan->arena);
	r = relays_get(all, &all->untrusted, 0);
	if (r)
		return is_same_domain(c, r, domain);
	for (i = 0; (r = relays_get(all, &all->trusted, i)); i++)
		if (is_same_domain(c, r, domain))
			return 1;
	return 0;
}

const struct eval eval_relay_table[] = {
    {"check_all_trusted", 0, 0, all_trusted, 0},
    {"check_for_forged_received_ip_helo", 0, 0, forged_ip_helo, 0},
    {"check_for_forged_received_trail", 0, 0, forged_trail, 0},
    {"check_for_from_domain_in_received_headers", 2, 2, from_domain_in_received,
	0},
    {"check_for_no_rdns_dotcom_helo", 0, 0, no_rdns_dotcom_helo, 0},
    {"check_for_numeric_helo", 0, 0, numeric_helo, 0},
    {"check_for_sender_no_reverse", 0, 0, sender_no_reverse, 0},
    {"check_mailfrom_matches_rcvd", 0, 0, mailfrom_matches_rcvd, 0},
    {"check_no_relays", 0, 0, no_relays, 0},
    {"check_relays_unparseable", 0, 0, relays_unparseable, 0},
    {"helo_ip_mismatch", 0, 0, helo_ip_mismatch, 0},
    {NULL, 0, 0, NULL, 0},
};
