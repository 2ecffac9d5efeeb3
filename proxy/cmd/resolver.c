/*
 * resolver: the DNS that a command asks.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>

#include "postern/coro.h"
#include "postern/dns_event.h"
#include "postern/dns_zone.h"

#include "resolver.h"

struct job {
	struct resolver *resolver;
	void (*fn)(void *arg);
	void *arg;
};

static struct dns *
open_zone(const struct config *config, const char *zone)
{
	struct problems problems;
	struct dns *dns;

	problems_init(&problems, config->arena);
	dns = dns_zone_load(zone, config->arena, &problems);
	problems_print(&problems, stderr);
	return problems.errors ? NULL : dns;
}

static struct dns *
open_live(struct resolver *r, const struct config *config)
{
	struct error error;

	r->live = dns_event_new(r->loop, config->dns, &error);
	if (!r->live)
		fprintf(stderr, "postern: dns: %s\n", error.text);
	return r->live;
}

bool
resolver_open(struct resolver *r, const struct config *config, const char *zone,
    bool offline)
{
	*r = (struct resolver) {.loop = loop_new()};
	if (zone)
		r->dns = open_zone(config, zone);
	else if (offline)
		r->dns = dns_offline_new(config->arena);
	else if (config->zone)
		r->dns = config->zone;
	else
		r->dns = open_live(r, config);
	if (r->dns)
		return true;
	resolver_close(r);
	return false;
}

void
resolver_close(struct resolver *r)
{
	if (r->live)
		dns_event_free(r->live);
	loop_free(r->loop);
}

static void
job_run(void *arg)
{
	struct job *job = arg;

	job->fn(job->arg);
	loop_stop(job->resolver->loop);
}

void
resolver_run(struct resolver *r, void (*fn)(void *arg), void *arg)
{
	struct job job = {r, fn, arg};

	coro_start(r->loop, job_run, &job);
	loop_run(r->loop);
}
