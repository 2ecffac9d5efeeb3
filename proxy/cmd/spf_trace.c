/*
 * spf_trace: the steps of an SPF evaluation, kept and told.
 *
 * An engine tells neither which ip4 and ip6 terms do not match nor what became
 * of an include: both follow from the order of the steps.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/strbuf.h"

#include "filters/spf/spf_eval.h"
#include "spf_trace.h"

enum { DEPTH_MAX = SPF_LOOKUPS_MAX + 2, SHOWN_MAX = 8 };

/* A record that is being evaluated. */
struct level {
	const struct spf_term *next, *end; /* terms not told yet */
	const struct spf_term *include;    /* whose record is being evaluated */
	char outcome; /* the qualifier of what matched, or NUL */
};

struct teller {
	const struct spf_trace *trace;
	FILE *out;
	struct level levels[DEPTH_MAX];
	size_t depth; /* levels in use */
};

void
spf_trace_add(void *trace, const struct spf_event *event)
{
	struct spf_trace *t = trace;
	struct dns_answer *answer;

	t->events = arena_push(t->arena, t->events, t->count, sizeof(*event));
	t->events[t->count] = *event;
	if (event->answer) {
		answer = arena_alloc(t->arena, sizeof(*answer));
		*answer = *event->answer;
		t->events[t->count].answer = answer;
	}
	t->count++;
}

static const char *
type_word(enum dns_type type)
{
	switch (type) {
	case DNS_A:
		return "A";
	case DNS_AAAA:
		return "AAAA";
	case DNS_MX:
		return "MX";
	case DNS_PTR:
		return "PTR";
	default:
		return "TXT";
	}
}

static const char *
status_word(const struct dns_answer *answer)
{
	static const char *const words[] = {
	    "ok", "no data", "no such name", "failure", "timeout"};

	return answer->bogus ? "fails DNSSEC" : words[answer->status];
}

/* What a record of the answer holds, in printable words. */
static struct str
data_text(const struct spf_event *e, size_t index, struct arena *arena)
{
	struct str data = e->answer->records[index].data;
	struct ip ip = {.bits = e->type == DNS_A ? 32 : 128};
	char text[IP_TEXT_MAX];

	if (e->type != DNS_A && e->type != DNS_AAAA)
		return spf_printable(data, arena);
	memcpy(ip.octets, data.data, data.len);
	return arena_copy(arena, str_c(ip_format(&ip, text)));
}

static void
indent(const struct teller *t, size_t depth)
{
	fprintf(t->out, "%*s", (int)(4 + 2 * depth), "");
}

static void
tell_term(const struct teller *t, size_t depth, const struct spf_term *term,
    bool matches)
{
	indent(t, depth);
	fprintf(t->out, "%.*s: %s\n", (int)term->text.len, term->text.data,
	    matches ? "match" : "no match");
}

/* The ip4 and ip6 terms that come next: none matched, but for this one. */
static void
tell_addresses(struct teller *t, size_t depth, const struct spf_term *match)
{
	struct level *level = &t->levels[depth];
	const struct spf_term *term;

	for (; level->next < level->end; level->next++) {
		term = level->next;
		if (term == match ||
		    (term->kind != SPF_IP4 && term->kind != SPF_IP6))
			return;
		tell_term(t, depth, term, false);
	}
}

/* The deepest record is done: what does that mean for the one above? */
static void
leave(struct teller *t)
{
	struct level *inner = &t->levels[--t->depth], *outer = inner - 1;
	bool matches = inner->outcome == '+';

	if (!inner->outcome)
		tell_addresses(t, t->depth, NULL);
	if (t->depth == 0)
		return;
	if (!outer->include) { /* a redirect */
		outer->outcome = inner->outcome;
		outer->next = outer->end;
		return;
	}
	tell_term(t, t->depth - 1, outer->include, matches);
	outer->outcome = matches ? outer->include->qualifier : '\0';
	outer->include = NULL;
}

/* Back to a record, and to its next term that is no plain address. */
static void
return_to(struct teller *t, size_t depth, const struct spf_term *match)
{
	while (t->depth > depth + 1)
		leave(t);
	tell_addresses(t, depth, match);
}

/* Which term of the record above leads here?  None: its redirect. */
static void
find_include(struct teller *t, size_t depth)
{
	struct level *level = &t->levels[depth];

	return_to(t, depth, NULL);
	level->include = level->next < level->end ? level->next++ : NULL;
}

static void
tell_record(struct teller *t, const struct spf_event *e)
{
	struct str text = spf_printable(e->in->text, t->trace->arena), name;
	const struct spf_record *record = &e->in->record;

	if (e->in->depth > 0)
		find_include(t, e->in->depth - 1);
	t->levels[t->depth] = (struct level) {.next = record->terms};
	if (record->count > 0)
		t->levels[t->depth].end = record->terms + record->count;
	t->depth++;
	name = spf_printable(e->in->name, t->trace->arena);
	fprintf(t->out, "  %*s%.*s \"%.*s\"\n", (int)(2 * e->in->depth), "",
	    (int)name.len, name.data, (int)text.len, text.data);
}

static void
tell_question(struct teller *t, const struct spf_event *e)
{
	struct arena *arena = t->trace->arena;
	struct str data = spf_printable(str_c(e->name), arena);
	size_t i;

	if (e->in)
		return_to(t, e->in->depth, NULL);
	indent(t, e->in ? e->in->depth : 0);
	fprintf(
	    t->out, "%s %.*s ->", type_word(e->type), (int)data.len, data.data);
	if (e->answer->status != DNS_OK)
		fprintf(t->out, " %s", status_word(e->answer));
	else if (e->type == DNS_TXT)
		fprintf(t->out, " %zu", e->answer->count);
	for (i = 0; e->type != DNS_TXT && i < e->answer->count; i++) {
		if (i == SHOWN_MAX) {
			fprintf(t->out, " and %zu more", e->answer->count - i);
			break;
		}
		data = data_text(e, i, arena);
		fprintf(t->out, " %.*s", (int)data.len, data.data);
	}
	fprintf(t->out, "%s  (%u of %u)\n",
	    e->answer->secure ? ", by DNSSEC" : "", e->lookups,
	    t->trace->limit);
}

static void
tell_try(struct teller *t, const struct spf_event *e)
{
	struct level *level = &t->levels[e->in->depth];

	return_to(t, e->in->depth, e->term);
	level->next++;
	if (e->matches)
		level->outcome = e->term->qualifier;
	tell_term(t, e->in->depth, e->term, e->matches);
}

void
spf_trace_print(const struct spf_trace *trace, FILE *out)
{
	struct teller t = {.trace = trace, .out = out};
	const struct spf_event *e;
	size_t i;

	for (i = 0; i < trace->count; i++) {
		e = &trace->events[i];
		if (e->step == SPF_STEP_RECORD)
			tell_record(&t, e);
		else if (e->step == SPF_STEP_ASKED)
			tell_question(&t, e);
		else if (e->step == SPF_STEP_TERM)
			tell_try(&t, e);
		while (e->step == SPF_STEP_DECIDED && t.depth > 0)
			leave(&t);
	}
}

static json_t *
json_text(struct str text, struct arena *arena)
{
	text = spf_printable(text, arena);
	return json_stringn(text.data, text.len);
}

static json_t *
json_question(const struct spf_event *e, struct arena *arena)
{
	json_t *object = json_object(), *data = json_array();
	size_t i;

	json_object_set_new(object, "asked", json_string(type_word(e->type)));
	json_object_set_new(object, "name", json_text(str_c(e->name), arena));
	json_object_set_new(
	    object, "answer", json_string(status_word(e->answer)));
	json_object_set_new(object, "dnssec", json_boolean(e->answer->secure));
	for (i = 0; i < e->answer->count; i++)
		json_array_append_new(
		    data, json_text(data_text(e, i, arena), arena));
	json_object_set_new(object, "data", data);
	return object;
}

static json_t *
json_step(const struct spf_event *e, struct arena *arena)
{
	json_t *object;

	if (e->step == SPF_STEP_ASKED)
		return json_question(e, arena);
	object = json_object();
	json_object_set_new(object, "depth", json_integer(e->in->depth));
	if (e->step == SPF_STEP_RECORD) {
		json_object_set_new(
		    object, "domain", json_text(e->in->name, arena));
		json_object_set_new(
		    object, "record", json_text(e->in->text, arena));
		return object;
	}
	json_object_set_new(object, "term", json_text(e->term->text, arena));
	json_object_set_new(object, "match", json_boolean(e->matches));
	return object;
}

json_t *
spf_trace_json(const struct spf_trace *trace)
{
	const struct spf_event *e = trace->events;
	json_t *steps = json_array(), *step;
	size_t i;

	for (i = 0; i < trace->count; i++) {
		if (e[i].step == SPF_STEP_DECIDED)
			continue;
		step = json_step(&e[i], trace->arena);
		json_object_set_new(
		    step, "lookups", json_integer(e[i].lookups));
		json_object_set_new(step, "void", json_integer(e[i].voids));
		json_array_append_new(steps, step);
	}
	return steps;
}
