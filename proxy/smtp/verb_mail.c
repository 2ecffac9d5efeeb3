/*
 * verb_mail: MAIL FROM (RFC 5321 4.1.1.2).
 *
 * The filters see the sender before the backend does.  What is handed on is
 * built from what was parsed, so that both read the same command.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "identity.h"
#include "upstream.h"
#include "verbs.h"

static bool
bad_path(struct session *s, enum path_error error)
{
	if (error == PATH_NO_KEYWORD)
		return session_error(
		    s, 501, "5.5.4", "Syntax: MAIL FROM:<address> (%s)", s->id);
	if (error == PATH_BAD_PARAM)
		return session_error(
		    s, 501, "5.5.4", "Bad parameter (%s)", s->id);
	return session_error(
	    s, 501, "5.1.7", "Bad sender address syntax (%s)", s->id);
}

/* More octets than either end takes; logged as a mail of its own. */
static bool
too_large(struct session *s, const struct path *path)
{
	static const char text[] = "Message size exceeds the limit";
	bool keep;

	course_begin(s, path->address, false);
	course_log(s, "MAIL", arena_printf(s->tx.arena, "552 5.3.4 %s", text));
	keep = session_reply(s, 552, "5.3.4", "%s (%s)", text, s->tx.id);
	course_end(s);
	return keep;
}

/* False when a refusal was said; *keep is then what it returned. */
static bool
params_are_good(
    struct session *s, const struct path *path, bool *smtputf8, bool *keep)
{
	struct str params = path->params;
	uint64_t size, most;
	struct str key, value;

	most = ehlo_size_limit(&s->offered, s->conf->message_size_limit);
	while (param_cut(&params, &key, &value)) {
		if (!ehlo_allows_mail(&s->offered, key, value)) {
			*keep = session_error(s, 555, "5.5.4",
			    "Parameter not supported (%s)", s->id);
			return false;
		}
		*smtputf8 |= str_case_is(key, "SMTPUTF8");
		if (!str_case_is(key, "SIZE"))
			continue;
		if (!str_to_uint(value, UINT64_MAX, &size)) {
			*keep = session_error(
			    s, 501, "5.5.4", "Bad SIZE (%s)", s->id);
			return false;
		}
		if (size > most) {
			*keep = too_large(s, path);
			return false;
		}
	}
	return true;
}

/* SIZE is ours to offer; a backend that does not know it is not told. */
static void
add_params(struct strbuf *line, const struct session *s, struct str params)
{
	const struct capabilities *caps = &s->backend.caps;
	struct str key, value;

	while (caps->esmtp && param_cut(&params, &key, &value)) {
		if (str_case_is(key, "SIZE") && !caps->size)
			continue;
		strbuf_putc(line, ' ');
		strbuf_add(line, key);
		if (value.data == NULL || value.len == 0)
			continue;
		strbuf_putc(line, '=');
		strbuf_add(line, value);
	}
}

static bool
hand_on(struct session *s, const struct path *path)
{
	struct strbuf line;
	bool ok;

	strbuf_init(&line);
	strbuf_puts(&line, "MAIL FROM:");
	strbuf_add(&line, path->raw);
	add_params(&line, s, path->params);
	ok = (s->conf->identity != IDENTITY_XFORWARD ||
		 identity_xforward(&s->backend, &s->peer)) &&
	    upstream_envelope(s, strbuf_str(&line));
	strbuf_clear(&line);
	return ok;
}

static bool
finish(struct session *s)
{
	bool taken = reply_is(&s->backend.reply, 2);
	bool never = reply_is(&s->backend.reply, 5);
	bool keep;

	session_log_refusal(s, "MAIL");
	keep = session_relay(s);
	s->backend.in_transaction = taken;
	if (taken || s->course.lost)
		s->phase = PHASE_MAIL;
	else
		course_end(s);
	return keep && (!never || session_count_error(s));
}

static bool
begin(struct session *s, const struct path *path, bool smtputf8)
{
	struct verdict verdict;
	bool keep;

	course_begin(s, path->address, smtputf8);
	course_check(s, STAGE_CONNECT, STAGE_MAIL, &verdict);
	s->tx.early = verdict;
	if (verdict.action >= ACTION_DEFER && !s->conf->delay_reject) {
		keep = course_refuse(s, "MAIL", &verdict);
		course_end(s);
		return keep;
	}
	if (hand_on(s, path))
		return finish(s);
	s->phase = PHASE_MAIL;
	return session_backend_lost(s);
}

/* The recipients that a client has sent already are temporary failures too. */
static void
begin_lost(struct session *s, const struct path *path)
{
	course_begin(s, path->address, false);
	s->course.lost = true;
	s->phase = PHASE_MAIL;
}

bool
verb_mail(struct session *s, const struct command *command)
{
	bool smtputf8 = false, keep = true;
	enum path_error error;
	struct path path;

	error = path_parse(command->argument, "FROM", &path);
	if (error != PATH_OK)
		return bad_path(s, error);
	if (session_lacks_utf8(s, path.raw))
		return session_error(
		    s, 553, "5.6.7", "SMTPUTF8 is not offered (%s)", s->id);
	if (!params_are_good(s, &path, &smtputf8, &keep))
		return keep;
	if (session_need_backend(s, &keep))
		return begin(s, &path, smtputf8);
	begin_lost(s, &path);
	return keep;
}
