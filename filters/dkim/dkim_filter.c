/*
 * dkim_filter: the link of the chain that verifies DKIM (RFC 6376).
 *
 * One finding for each signature, in header order.  A bad signature alone is
 * no reason to refuse a mail (RFC 6376 6.3); the settings can give it points.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/log.h"
#include "postern/xalloc.h"

#include "dkim_filter.h"
#include "verify.h"

enum { PROPERTIES = 5 };

struct dkim_self {
	struct dkim_conf conf;
	struct opendkim_library *lib;
};

static const char *const engine_words[] = {"opendkim", "native", NULL};
static const char *const witness_words[] = {"none", "opendkim", "native", NULL};

/* clang-format off */
static const struct setting settings[] = {
	SETTING(dkim_conf, engine, SETTING_WORD, "opendkim",
	    "opendkim (the library, behind a front end) or native.",
	    engine_words),
	SETTING(dkim_conf, witness, SETTING_WORD, "none",
	    "A second engine that changes nothing: differences are logged.",
	    witness_words),
	SETTING(dkim_conf, min_bits, SETTING_COUNT, "1024",
	    "RSA keys with fewer bits give policy (RFC 8301).", NULL),
	SETTING(dkim_conf, max_seen, SETTING_COUNT, "20",
	    "Signatures of one mail that are looked at.", NULL),
	SETTING(dkim_conf, max_verified, SETTING_COUNT, "8",
	    "Signatures of one mail that are verified.", NULL),
	SETTING(dkim_conf, timeout, SETTING_DURATION, "10s",
	    "Longest wait for the keys of one mail.", NULL),
	SETTING(dkim_conf, on_fail, SETTING_REACTION, "ignore",
	    "When there are signatures and none of them passes.", NULL),
	SETTING(dkim_conf, on_none, SETTING_REACTION, "ignore",
	    "When there is no signature.", NULL),
	SETTING(dkim_conf, on_temperror, SETTING_REACTION, "ignore",
	    "When a key could not be looked up and no signature passes.",
	    NULL),
	{.name = NULL},
};
/* clang-format on */

static void *
dkim_open(const void *config, struct problems *problems)
{
	struct dkim_self *self = xcalloc(1, sizeof(*self));

	self->conf = *(const struct dkim_conf *)config;
	self->lib = engine_opendkim_open();
	if (self->lib)
		return self;
	problem_add(problems, NULL, 0, "dkim: libopendkim does not start");
	free(self);
	return NULL;
}

static void
dkim_close_filter(void *arg)
{
	struct dkim_self *self = arg;

	engine_opendkim_close(self->lib);
	free(self);
}

static void *
lane_open(const void *self)
{
	struct verify_lane *lane = xcalloc(1, sizeof(*lane));

	(void)self;
	lane->keys = keycache_new();
	return lane;
}

static void
lane_close(void *arg)
{
	struct verify_lane *lane = arg;

	if (lane->differences)
		log_info("dkim: %lu of %lu signatures judged differently by "
			 "the witness",
		    lane->differences, lane->witnessed);
	keycache_free(lane->keys);
	free(lane);
}

static void
add_finding(struct verify *v, const struct signature *sig)
{
	struct arena *arena = v->scan->arena;
	struct property *props = arena_array(arena, PROPERTIES, sizeof(*props));
	struct detail *details = arena_array(arena, 2, sizeof(*details));
	struct finding f = {
	    .method = "dkim",
	    .result = sig->result,
	    .reason = sig->reason,
	    .properties = props,
	    .property_count = PROPERTIES,
	    .details = details,
	    .detail_count = 2,
	};

	props[0] = (struct property) {"header", "d", sig->domain};
	props[1] = (struct property) {"header", "i", sig->identity};
	props[2] = (struct property) {"header", "a", sig->algorithm};
	props[3] = (struct property) {"header", "s", sig->selector};
	props[4] = (struct property) {"header", "b", sig->b_start};
	details[0] = (struct detail) {"bits", {NULL, 0}, sig->bits};
	details[1] = (struct detail) {
	    "reason", sig->reason.data ? sig->reason : str_c(""), 0};
	if (sig->bits)
		f.comment = arena_printf(arena, "%u-bit key", sig->bits);
	scan_add_finding(v->scan, &f);
}

static bool
any(const struct verify *v, enum result result)
{
	size_t i;

	for (i = 0; i < v->count; i++)
		if (v->sigs[i].result == result)
			return true;
	return false;
}

/* A signature that fails with a test key (t=y) is as if it were not there
 * (RFC 6376 3.6.1). */
static bool
is_signed(const struct verify *v)
{
	size_t i;

	for (i = 0; i < v->count; i++)
		if (!v->sigs[i].testing)
			return true;
	return false;
}

static void
wish(struct scan *scan, bool for_good, bool error)
{
	struct wish w = {
	    .action = for_good ? ACTION_REJECT : ACTION_DEFER,
	    .code = for_good ? 550 : 451,
	    .enhanced = for_good ? "5.7.20" :
		error            ? "4.4.3" :
				   "4.7.20",
	    .text = "No valid DKIM signature",
	    .source = "dkim",
	};

	scan_add_wish(scan, &w);
}

static void
react(struct verify *v)
{
	const struct dkim_conf *conf = v->conf;
	const struct reaction *r = &conf->on_fail;
	bool error = any(v, RESULT_TEMPERROR);

	if (any(v, RESULT_PASS))
		return;
	if (!is_signed(v))
		r = &conf->on_none;
	else if (error)
		r = &conf->on_temperror;
	if (r->kind == REACTION_SCORE)
		scan_add_points(v->scan, r->score, "dkim");
	else if (r->kind != REACTION_IGNORE)
		wish(v->scan, r->kind == REACTION_REJECT, error);
}

static void
check(const void *arg, void *lane, enum stage stage, struct scan *scan)
{
	static const struct finding none = {.method = "dkim"};
	const struct dkim_self *self = arg;
	struct verify v = {
	    .conf = &self->conf, .lib = self->lib, .lane = lane, .scan = scan};
	size_t i;

	(void)stage;
	v.deadline = dns_now(scan->dns) + self->conf.timeout;
	if (v.deadline > scan->deadline)
		v.deadline = scan->deadline;
	verify_run(&v);
	for (i = 0; i < v.count; i++)
		add_finding(&v, &v.sigs[i]);
	if (v.count == 0)
		scan_add_finding(scan, &none);
	react(&v);
}

const struct filter dkim_filter = {
    .name = "dkim",
    .summary = "signatures of the mail's domains (RFC 6376)",
    .stages = 1u << STAGE_MESSAGE,
    .settings = settings,
    .config_size = sizeof(struct dkim_conf),
    .open = dkim_open,
    .lane_open = lane_open,
    .check = check,
    .lane_close = lane_close,
    .close = dkim_close_filter,
};
