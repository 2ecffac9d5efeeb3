/*
 * callbacks: what libmilter calls.
 *
 * libmilter gives callbacks nothing of ours but a session's pointer, so the
 * door, which is one a process, is kept here.  A callback that comes before
 * those it depends on finds an empty session or mail, never none.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/log.h"

#include "answer.h"
#include "callbacks.h"
#include "judge.h"
#include "mail.h"

static struct milter_door *door;

static struct guest *
guest_with_mail(SMFICTX *ctx)
{
	struct guest *g = guest_get(door, ctx);

	if (!g->tx.arena)
		mail_begin(g, NULL);
	return g;
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps,
    unsigned long f2, unsigned long f3, unsigned long *want_actions,
    unsigned long *want_steps, unsigned long *want2, unsigned long *want3)
{
	bool local = door->conf->address.family == ENDPOINT_UNIX;
	struct offer offer = offer_choose(actions, steps, local);
	struct guest *g;

	(void)f2;
	(void)f3;
	offer_remember(ctx, &offer);
	offer_ask_macros(ctx, &offer);
	g = guest_get(door, ctx);
	g->offer = offer;
	*want_actions = offer.actions;
	*want_steps = offer.steps;
	*want2 = *want3 = 0;
	return SMFIS_CONTINUE;
}

static sfsistat
refuse_connection(SMFICTX *ctx)
{
	log_warning("milter \"%s\": max_sessions: a session is refused",
	    door->conf->title);
	return answer_refusal(
	    ctx, 421, "4.3.2", str_c("Too many sessions, try again later"));
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, struct sockaddr *address)
{
	struct guest *g = guest_get(door, ctx);

	guest_connect(g, name, address);
	if (atomic_load(&door->guests) > door->conf->max_sessions)
		return refuse_connection(ctx);
	return SMFIS_CONTINUE;
}

static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	guest_helo(guest_get(door, ctx), name);
	return SMFIS_CONTINUE;
}

static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	struct guest *g = guest_get(door, ctx);
	struct verdict verdict;
	sfsistat answer;

	mail_begin(g, argv);
	mail_check(g, STAGE_CONNECT, STAGE_MAIL, &verdict);
	g->tx.early = verdict;
	if (verdict.action < ACTION_DEFER || door->conf->delay_reject ||
	    g->local)
		return SMFIS_CONTINUE;
	answer = judge_refuse(g, "MAIL", &verdict);
	mail_end(g);
	return answer;
}

/* What the filters say of this recipient. */
static void
judge_recipient(struct guest *g, const char *address, struct verdict *verdict)
{
	if (!transaction_is_settled(&g->tx, address, verdict))
		mail_check(g, STAGE_RCPT, STAGE_RCPT, verdict);
}

/* Mail that did not come by SMTP has nobody who would hear a refusal here; it
 * waits for the end of the message. */
static sfsistat
on_rcpt(SMFICTX *ctx, char **argv)
{
	struct guest *g = guest_with_mail(ctx);
	struct recipient *recipient;
	struct verdict verdict;
	sfsistat answer;

	mail_learn_id(g);
	recipient = mail_add_recipient(g, argv && argv[0] ? argv[0] : "");
	judge_recipient(g, recipient->address, &verdict);
	recipient->accepted = verdict.action < ACTION_DEFER || g->local;
	if (recipient->accepted)
		return SMFIS_CONTINUE;
	answer = judge_refuse(g, "RCPT", &verdict);
	transaction_drop_recipient(&g->tx);
	return answer;
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	struct guest *g = guest_with_mail(ctx);

	mail_add_field(g, name, value);
	return g->offer.steps & SMFIP_NR_HDR ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static sfsistat
on_end_of_head(SMFICTX *ctx)
{
	struct guest *g = guest_with_mail(ctx);

	mail_end_head(g);
	return g->offer.steps & SMFIP_NR_EOH ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *octets, size_t len)
{
	mail_add_body(guest_with_mail(ctx), str_of((char *)octets, len));
	return SMFIS_CONTINUE;
}

static sfsistat
on_end_of_message(SMFICTX *ctx)
{
	return judge_end_of_message(guest_with_mail(ctx));
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	mail_end(guest_get(door, ctx));
	return SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *ctx)
{
	struct guest *g = smfi_getpriv(ctx);

	if (!g)
		return SMFIS_CONTINUE;
	smfi_setpriv(ctx, NULL);
	guest_free(g);
	return SMFIS_CONTINUE;
}

bool
callbacks_register(struct milter_door *owner)
{
	static char name[] = "postern"; /* libmilter keeps the pointer */
	struct smfiDesc desc = {
	    .xxfi_name = name,
	    .xxfi_version = SMFI_VERSION,
	    .xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE |
		SMFIF_SETSYMLIST,
	    .xxfi_connect = on_connect,
	    .xxfi_helo = on_helo,
	    .xxfi_envfrom = on_mail,
	    .xxfi_envrcpt = on_rcpt,
	    .xxfi_header = on_header,
	    .xxfi_eoh = on_end_of_head,
	    .xxfi_body = on_body,
	    .xxfi_eom = on_end_of_message,
	    .xxfi_abort = on_abort,
	    .xxfi_close = on_close,
	    .xxfi_negotiate = on_negotiate,
	};

	door = owner;
	return smfi_register(desc) == MI_SUCCESS;
}
