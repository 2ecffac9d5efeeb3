/*
 * target_sender: the sender of the envelope.
 *
 * Where there was a session it is known.  For a saved mail it is guessed from
 * what servers and programs write down, unless something says that they wrote
 * of another delivery.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "relays.h"
#include "target_header.h"

static bool
is_usable(struct str sender)
{
	size_t at = str_find(sender, '@');

	return sender.len == 0 || (at > 0 && at < sender.len);
}

/* By the hop that brought it here: the first that is not ours. */
static bool
by_relay(struct targets *t, struct str *out)
{
	const struct relays *all = targets_relays(t);
	const struct relay *r = relays_get(all, &all->untrusted, 0);

	if (!r && all->trusted.count > 0)
		r = relays_get(all, &all->trusted, all->trusted.count - 1);
	if (!r || !r->has_envfrom || !is_usable(r->envfrom))
		return false;
	*out = r->envfrom;
	return true;
}

/* Fetchmail takes X-Sender, which lists write, for the sender. */
static bool
is_fetched_from_list(struct targets *t)
{
	struct str sender = target_first(t, "X-Sender", PART_ADDR | PART_FIRST);
	struct str received;

	if (str_find(sender, '@') == sender.len)
		return false;
	received = target_field(t, "Received", PART_DECODED, NULL);
	return str_find_str(received, str_c("(fetchmail")) < received.len;
}

/* A field below a Received line is of a delivery before. */
static bool
is_below_received(const struct message *m, const char *name)
{
	bool received = false;
	size_t i;

	for (i = 0; i < m->field_count; i++) {
		if (received && str_case_is(m->fields[i].name, name))
			return true;
		received |= str_case_is(m->fields[i].name, "Received");
	}
	return false;
}

static bool
by_fields(struct targets *t, struct str *out)
{
	static const char *const names[] = {
	    "X-Envelope-From", "Envelope-Sender", "Return-Path"};
	struct target_texts texts;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		texts = target_fields(t, names[i], PART_ADDR | PART_FIRST);
		if (texts.count == 0)
			continue;
		if (!is_below_received(t->scan->message, names[i])) {
			*out = texts.at[0];
			return true;
		}
		if (i == 0)
			return false;
	}
	return false;
}

bool
target_sender(struct targets *t, struct str *out)
{
	const struct envelope *e = t->scan->envelope;

	if (!e->sender_from_mail && e->sender) {
		*out = str_c(e->sender);
		return true;
	}
	return by_relay(t, out) ||
	    (!is_fetched_from_list(t) && by_fields(t, out));
}
