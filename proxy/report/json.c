/*
 * json: a judged mail as one JSON object; the keys are a contract.
 *
 * Octets that are no UTF-8 are read as windows-1252, so that every string is
 * valid.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <time.h>

#include <jansson.h>

#include "postern/charset.h"

#include "report.h"

/* No text at all is an empty one: the keys are always the same. */
static json_t *
text(struct str s, struct arena *arena)
{
	struct str utf8 = charset_to_utf8(str_c("utf-8"), s, arena);

	return json_stringn(utf8.data ? utf8.data : "", utf8.len);
}

static json_t *
ctext(const char *s, struct arena *arena)
{
	return text(str_c(s), arena);
}

/* Thousandths as a number that prints without noise: 8.4. */
static json_t *
points(int score)
{
	return json_real(score / 1000.0);
}

static void
add_properties(json_t *object, const struct finding *f, struct arena *arena)
{
	const struct property *p;
	json_t *group;
	size_t i;

	for (i = 0; i < f->property_count; i++) {
		p = &f->properties[i];
		group = json_object_get(object, p->ptype);
		if (!group) {
			group = json_object();
			json_object_set_new(object, p->ptype, group);
		}
		json_object_set_new(group, p->name, text(p->value, arena));
	}
}

static json_t *
finding_json(const struct finding *f, struct arena *arena)
{
	json_t *object = json_object();
	const struct detail *d;
	size_t i;

	json_object_set_new(object, "method", ctext(f->method, arena));
	json_object_set_new(
	    object, "result", ctext(result_word(f->result), arena));
	add_properties(object, f, arena);
	for (i = 0; i < f->detail_count; i++) {
		d = &f->details[i];
		json_object_set_new(object, d->name,
		    d->text.data ? text(d->text, arena) :
				   json_integer(d->number));
	}
	if (f->reason.len && !json_object_get(object, "reason"))
		json_object_set_new(object, "reason", text(f->reason, arena));
	return object;
}

static json_t *
findings_json(const struct scan *scan)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < scan->finding_count; i++)
		json_array_append_new(
		    array, finding_json(&scan->findings[i], scan->arena));
	return array;
}

static json_t *
rules_json(const struct scan *scan)
{
	json_t *array = json_array(), *rule;
	const struct hit *h;
	size_t i;

	for (i = 0; i < scan->hit_count; i++) {
		h = &scan->hits[i];
		rule = json_object();
		json_object_set_new(rule, "name", ctext(h->name, scan->arena));
		json_object_set_new(rule, "score", points(h->score));
		json_object_set_new(
		    rule, "where", ctext(h->where, scan->arena));
		json_object_set_new(rule, "hits", json_integer(h->hits));
		json_object_set_new(
		    rule, "evidence", text(h->evidence, scan->arena));
		json_array_append_new(array, rule);
	}
	return array;
}

static json_t *
texts_json(const char **list, size_t count, struct arena *arena)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < count; i++)
		json_array_append_new(array, ctext(list[i], arena));
	return array;
}

static void
add_envelope(json_t *object, const struct report *r)
{
	const struct envelope *e = r->scan->envelope;
	struct arena *arena = r->scan->arena;
	json_t *rcpts = json_array();
	char ip[IP_TEXT_MAX] = "";
	size_t i;

	if (e->client.bits)
		ip_format(&e->client, ip);
	for (i = report_first_recipient(r); i < e->recipient_count; i++)
		json_array_append_new(
		    rcpts, ctext(e->recipients[i].address, arena));
	json_object_set_new(object, "client", ctext(ip, arena));
	json_object_set_new(object, "ptr", ctext(e->client_name, arena));
	json_object_set_new(object, "helo", ctext(e->helo, arena));
	json_object_set_new(object, "from", ctext(e->sender, arena));
	json_object_set_new(object, "rcpts", rcpts);
	json_object_set_new(object, "tls", ctext(e->tls, arena));
	json_object_set_new(object, "auth", ctext(e->login, arena));
	json_object_set_new(object, "listener", ctext(e->listener, arena));
}

static void
add_verdict(json_t *object, const struct report *r)
{
	const struct verdict *v = r->verdict;
	struct arena *arena = r->scan->arena;
	json_t *limits = json_object();

	json_object_set_new(
	    object, "action", ctext(action_word(v->action), arena));
	json_object_set_new(object, "score", points(v->score));
	json_object_set_new(limits, "tag", points(r->config->policy.tag));
	json_object_set_new(limits, "reject", points(r->config->policy.reject));
	json_object_set_new(object, "thresholds", limits);
	json_object_set_new(object, "reply", text(r->reply, arena));
	json_object_set_new(object, "would",
	    ctext(v->would == v->action ? "" : action_word(v->would), arena));
	if (v->bypass)
		json_object_set_new(object, "bypass", ctext(v->bypass, arena));
}

static void
add_facts(json_t *object, const struct report *r)
{
	const struct scan *scan = r->scan;
	char when[32];
	struct tm tm;

	gmtime_r(&scan->time, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	json_object_set_new(object, "time", json_string(when));
	add_envelope(object, r);
	json_object_set_new(
	    object, "backend_reply", text(r->backend_reply, scan->arena));
	json_object_set_new(
	    object, "queue_id", ctext(r->queue_id, scan->arena));
	json_object_set_new(object, "size", json_integer((json_int_t)r->size));
	json_object_set_new(
	    object, "removed_authres", json_integer(r->removed_authres));
	json_object_set_new(object, "dns_ms", json_integer(r->dns_ms));
	json_object_set_new(object, "scan_ms", json_integer(r->scan_ms));
	json_object_set_new(object, "unchecked",
	    texts_json(scan->unchecked, scan->unchecked_count, scan->arena));
	json_object_set_new(object, "undecided",
	    texts_json(scan->undecided, scan->undecided_count, scan->arena));
}

char *
report_json(const struct report *r)
{
	json_t *object = json_object();
	char *line;

	if (r->file)
		json_object_set_new(
		    object, "file", ctext(r->file, r->scan->arena));
	json_object_set_new(object, "id", ctext(r->id, r->scan->arena));
	if (r->verb)
		json_object_set_new(
		    object, "verb", ctext(r->verb, r->scan->arena));
	add_verdict(object, r);
	json_object_set_new(object, "findings", findings_json(r->scan));
	json_object_set_new(object, "rules", rules_json(r->scan));
	add_facts(object, r);
	line = json_dumps(object,
	    JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(10));
	json_decref(object);
	return line;
}
