/*
 * judge: the end of a message, and what its verdict becomes.
 *
 * A mail that passes is answered with CONTINUE, never ACCEPT: libmilter would
 * then not listen to what follows on a connection that is used again.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/log.h"
#include "postern/loop.h"

#include "answer.h"
#include "edit.h"
#include "judge.h"
#include "mail.h"

sfsistat
judge_refuse(struct guest *g, const char *verb, const struct verdict *verdict)
{
	struct report report = mail_report(g, verb, verdict, str_c(""));
	struct str text = report_refusal(&report, g->tx.arena);

	return answer_refusal(g->ctx, verdict->code, verdict->enhanced, text);
}

/* What no filter has to see, or may. */
static sfsistat
refuse(struct guest *g, unsigned code, const char *enhanced, const char *text)
{
	enum action action = code < 500 ? ACTION_DEFER : ACTION_REJECT;
	struct verdict verdict = {
	    .action = action,
	    .would = action,
	    .code = code,
	    .enhanced = enhanced,
	    .text = text,
	    .source = "milter",
	};

	return judge_refuse(g, "DATA", &verdict);
}

static void
log_passage(struct guest *g, const struct verdict *verdict)
{
	struct report report =
	    mail_report(g, "DATA", verdict, str_c("250 2.0.0 Ok"));

	report_log(&report);
}

static sfsistat
pass(struct guest *g, const struct verdict *verdict)
{
	const char *mark = g->door->config->tag_subject;
	bool subject = verdict->action == ACTION_TAG && mark != NULL;
	char reason[64];

	if (!edit_message(g, verdict, subject)) {
		log_error(
		    "%s: the mail server does not take changes", g->tx.id);
		return refuse(g, 451, "4.3.0",
		    "Message cannot be marked now, try again later");
	}
	snprintf(reason, sizeof(reason), "postern %s", g->tx.id);
	if (verdict->action == ACTION_QUARANTINE &&
	    smfi_quarantine(g->ctx, reason) != MI_SUCCESS)
		return refuse(g, 451, "4.3.0",
		    "Message cannot be put aside now, try again later");
	log_passage(g, verdict);
	return SMFIS_CONTINUE;
}

static sfsistat
carry_out(struct guest *g, const struct verdict *verdict)
{
	if (verdict->action >= ACTION_DEFER)
		return judge_refuse(g, "DATA", verdict);
	if (verdict->action == ACTION_DISCARD) {
		log_passage(g, verdict);
		return SMFIS_DISCARD;
	}
	return pass(g, verdict);
}

static sfsistat
judge(struct guest *g)
{
	struct mail *m = &g->mail;
	struct verdict verdict;

	if (!mail_read(g) && m->too_large)
		return refuse(
		    g, 552, "5.3.4", "Message size exceeds the limit");
	if (m->lost)
		return refuse(g, 452, "4.3.1", "Insufficient system storage");
	if (g->tx.message.overfull || edit_plan(m, false) > EDIT_DELETED_MAX)
		return refuse(g, 554, "5.6.0", "Too many header fields");
	mail_check(g, STAGE_MESSAGE, STAGE_MESSAGE, &verdict);
	return carry_out(g, &verdict);
}

sfsistat
judge_end_of_message(struct guest *g)
{
	sfsistat answer;

	mail_learn_id(g);
	mail_end_head(g);
	g->ending = true;
	g->heard = clock_ms();
	answer = judge(g);
	g->ending = false;
	mail_end(g);
	return answer;
}
