/*
 * spf_eval: one evaluation: its limits, its look-ups, its words.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdarg.h>

#include "postern/strbuf.h"

#include "spf_eval.h"

static bool
is_printable(char c)
{
	return c >= 0x20 && c < 0x7f;
}

struct str
spf_printable(struct str text, struct arena *arena)
{
	char *out = arena_text(arena, text);
	size_t i;

	for (i = 0; i < text.len; i++)
		if (!is_printable(out[i]))
			out[i] = '?';
	return str_of(out, text.len);
}

bool
spf_stop(struct spf_eval *e, enum result result, const char *fmt, ...)
{
	va_list args;

	if (e->stopped)
		return false;
	va_start(args, fmt);
	e->problem =
	    spf_printable(arena_vprintf(e->arena, fmt, args), e->arena).data;
	va_end(args);
	e->stopped = true;
	e->result = result;
	return false;
}

unsigned
spf_lookup_limit(const struct spf_eval *e)
{
	return e->conf->max_lookups < SPF_LOOKUPS_MAX ? e->conf->max_lookups :
							SPF_LOOKUPS_MAX;
}

bool
spf_count_lookup(struct spf_eval *e)
{
	if (e->stopped)
		return false;
	if (++e->lookups <= spf_lookup_limit(e))
		return true;
	return spf_stop(e, RESULT_PERMERROR, "more than %u terms that ask DNS",
	    spf_lookup_limit(e));
}

void
spf_tell(const struct spf_eval *e, struct spf_event event)
{
	event.lookups = e->lookups;
	event.voids = e->voids;
	if (e->query->told)
		e->query->told(e->query->context, &event);
}

enum result
spf_qualifier_result(char qualifier)
{
	switch (qualifier) {
	case '-':
		return RESULT_FAIL;
	case '~':
		return RESULT_SOFTFAIL;
	case '?':
		return RESULT_NEUTRAL;
	default:
		return RESULT_PASS;
	}
}

bool
spf_is_domain(struct str name)
{
	struct str label;
	size_t labels = 0;

	if (name.len > 0 && name.data[name.len - 1] == '.')
		name.len--;
	if (name.len == 0 || name.len > SPF_NAME_MAX || name.data[0] == '[')
		return false;
	while (str_cut(&name, '.', &label)) {
		if (label.len == 0 || label.len > 63)
			return false;
		labels++;
	}
	return labels > 1;
}

/* U-labels are not asked: an octet above ASCII is no host's (RFC 7208 4.3). */
static bool
can_be_asked(struct str name)
{
	size_t i;

	for (i = 0; i < name.len; i++)
		if ((unsigned char)name.data[i] >= 0x80)
			return false;
	return name.len > 0;
}

void
spf_lookup(struct spf_eval *e, const char *name, enum dns_type type,
    struct dns_answer *answer)
{
	*answer = (struct dns_answer) {.status = DNS_NXDOMAIN};
	if (!can_be_asked(str_c(name)))
		return;
	dns_lookup(e->dns, name, type, e->deadline, e->arena, answer);
	e->asked++;
	e->insecure |= !answer->secure;
	e->bogus |= answer->bogus;
	spf_tell(e,
	    (struct spf_event) {.step = SPF_STEP_ASKED,
		.in = e->at,
		.name = name,
		.type = type,
		.answer = answer});
}

bool
spf_in_time(struct spf_eval *e)
{
	return dns_now(e->dns) < e->deadline ||
	    spf_stop(e, RESULT_TEMPERROR, "no answer from DNS in time");
}

/* A look-up that decides.  False when it stopped the evaluation. */
static bool
ask(struct spf_eval *e, const char *name, enum dns_type type,
    struct dns_answer *answer)
{
	spf_lookup(e, name, type, answer);
	if (answer->status < DNS_SERVFAIL)
		return true;
	return spf_stop(e, RESULT_TEMPERROR, "DNS %s for %s",
	    answer->bogus                     ? "answer that fails DNSSEC" :
		answer->status == DNS_TIMEOUT ? "timeout" :
						"failure",
	    name);
}

bool
spf_ask(struct spf_eval *e, const char *name, enum dns_type type,
    struct dns_answer *answer)
{
	if (!ask(e, name, type, answer))
		return false;
	if (answer->status == DNS_OK || ++e->voids <= e->conf->max_voids)
		return true;
	return spf_stop(e, RESULT_PERMERROR,
	    "more than %u look-ups that find nothing", e->conf->max_voids);
}

const char *
spf_question(struct spf_eval *e, struct str name)
{
	struct strbuf out;
	const char *text;
	size_t i;

	if (str_find(name, '\\') == name.len)
		return arena_text(e->arena, name);
	strbuf_init(&out);
	for (i = 0; i < name.len; i++)
		if (name.data[i] == '\\')
			strbuf_puts(&out, "\\092");
		else
			strbuf_putc(&out, name.data[i]);
	text = arena_text(e->arena, strbuf_str(&out));
	strbuf_clear(&out);
	return text;
}

/* The one TXT record that is an SPF record, or NULL. */
static const struct str *
choose(struct spf_eval *e, struct str name, const struct dns_answer *answer)
{
	const struct str *found = NULL;
	size_t i;

	for (i = 0; i < answer->count; i++) {
		if (!spf_record_is_spf(answer->records[i].data))
			continue;
		if (found) {
			spf_stop(e, RESULT_PERMERROR,
			    "%.*s has several SPF records", (int)name.len,
			    name.data);
			return NULL;
		}
		found = &answer->records[i].data;
	}
	return found;
}

bool
spf_fetch(
    struct spf_eval *e, struct str name, unsigned depth, struct spf_domain *out)
{
	struct dns_answer answer;
	struct error error;
	const struct str *text;

	if (!ask(e, spf_question(e, name), DNS_TXT, &answer))
		return false;
	text = choose(e, name, &answer);
	if (!text)
		return false;
	*out =
	    (struct spf_domain) {.name = name, .text = *text, .depth = depth};
	spf_tell(e, (struct spf_event) {.step = SPF_STEP_RECORD, .in = out});
	return spf_record_parse(*text, e->arena, &out->record, &error) ||
	    spf_stop(e, RESULT_PERMERROR, "%.*s: %s", (int)name.len, name.data,
		error.text);
}

static void
set_domain(struct spf_eval *e, struct str domain)
{
	e->macros.domain = domain;
	e->macros.validated = spf_validated_name;
	e->macros.context = e;
}

bool
spf_target(struct spf_eval *e, const struct spf_domain *in, struct str spec,
    struct str *out)
{
	*out = in->name;
	e->at = in;
	if (spec.len == 0)
		return true;
	if (!e->names_known && spf_macro_has(spec, 'p') && !spf_count_lookup(e))
		return false;
	set_domain(e, in->name);
	*out = spf_macro_name(spec, &e->macros, e->arena);
	return !e->stopped;
}

static bool
is_text(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!is_printable(s.data[i]))
			return false;
	return true;
}

struct str
spf_explain(struct spf_eval *e)
{
	const struct spf_domain *in = e->decided;
	struct dns_answer answer;
	struct str name, text;

	if (!in || in->record.exp.len == 0)
		return str_c("");
	e->at = NULL;
	set_domain(e, in->name);
	name = spf_macro_name(in->record.exp, &e->macros, e->arena);
	spf_lookup(e, spf_question(e, name), DNS_TXT, &answer);
	if (answer.status != DNS_OK || answer.count != 1)
		return str_c("");
	text = answer.records[0].data;
	if (text.len > SPF_TEXT_MAX || !is_text(text) ||
	    !spf_macro_is_valid(text, true))
		return str_c("");
	text = spf_macro_expand(text, &e->macros, e->arena);
	return is_text(text) ? text : str_c("");
}
