/*
 * verb_bdat: BDAT (RFC 3030): a message in chunks of known size.
 *
 * The octets of a chunk are read whatever the answer is, also where BDAT was
 * not offered, so that none of them can be taken for a command.  After a chunk
 * that was refused, the rest of the message is refused too, until RSET.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "judge.h"
#include "receive.h"
#include "verbs.h"

enum { SWALLOWED_MOST = 1 << 30 /* octets of a chunk that is not taken */ };

/* "1234" or "1234 LAST". */
static bool
parse(struct str argument, uint64_t *size, bool *last)
{
	struct str word;

	if (!str_cut_word(&argument, &word) ||
	    !str_to_uint(word, UINT64_MAX / 2, size))
		return false;
	*last = str_cut_word(&argument, &word);
	return !*last ||
	    (str_case_is(word, "LAST") && !str_cut_word(&argument, &word));
}

/* Where the next command begins is not known any more. */
static bool
bad_syntax(struct session *s)
{
	session_reply(
	    s, 501, "5.5.4", "Syntax: BDAT size [LAST], closing (%s)", s->id);
	return false;
}

/* Nobody listens to that many octets. */
static bool
is_endless(const struct session *s, uint64_t size)
{
	return size / 4 > s->conf->message_size_limit && size > SWALLOWED_MOST;
}

static bool
too_large(struct session *s)
{
	session_reply(s, 552, "5.3.4",
	    "Chunk size exceeds the limit, closing (%s)", s->id);
	return false;
}

/*
 * Why no chunk is taken now; false when the session is over.  Each chunk is
 * told the same: of several replies a client may go by the last one.
 */
static bool
refuse(struct session *s)
{
	if (s->phase < PHASE_MAIL)
		return session_error(
		    s, 503, "5.5.1", "MAIL must come first (%s)", s->id);
	if (s->course.accepted > 0 && !s->course.lost)
		return session_error(s, 503, "5.5.1",
		    "This message was refused; send RSET (%s)", s->tx.id);
	s->course.chunking = CHUNKS_REFUSED;
	if (s->phase == PHASE_MAIL)
		return session_error(
		    s, 503, "5.5.1", "RCPT must come first (%s)", s->tx.id);
	return judge_no_recipients(s);
}

static bool
take_chunk(struct session *s, uint64_t size, bool last)
{
	enum receive_result received;
	bool keep;

	if (s->course.chunking == CHUNKS_NONE)
		hold_init(&s->course.hold, s);
	s->course.chunking = CHUNKS_TAKEN;
	received = receive_chunk(s, size, last);
	if (received == RECEIVE_GONE)
		return false;
	if (received == RECEIVE_REFUSED) {
		received = receive_refuse(s);
		if (last)
			judge_end(s);
		else
			s->course.chunking = CHUNKS_REFUSED;
		return received != RECEIVE_GONE;
	}
	if (!last)
		return session_reply(s, 250, "2.0.0", "%llu octets taken",
		    (unsigned long long)size);
	keep = judge_message(s);
	judge_end(s);
	return keep;
}

/*
 * A client that looks first is told at once, before its octets; one that does
 * not look has sent them already.  They are text of a mail either way.
 */
static bool
not_offered(struct session *s, struct str argument)
{
	uint64_t size;
	bool last;

	if (parse(argument, &size, &last) && !is_endless(s, size))
		return session_error(s, 502, "5.5.1",
			   "BDAT is not offered (%s)", s->id) &&
		    receive_nothing(s, size);
	session_reply(
	    s, 502, "5.5.1", "BDAT is not offered, closing (%s)", s->id);
	return false;
}

bool
verb_bdat(struct session *s, const struct command *command)
{
	uint64_t size;
	bool last;

	if (!s->conf->chunking)
		return not_offered(s, command->argument);
	if (!parse(command->argument, &size, &last))
		return bad_syntax(s);
	if (is_endless(s, size))
		return too_large(s);
	if (s->phase == PHASE_RCPT && s->course.accepted > 0 &&
	    !s->course.lost && s->course.chunking != CHUNKS_REFUSED)
		return take_chunk(s, size, last);
	return receive_nothing(s, size) && refuse(s);
}
