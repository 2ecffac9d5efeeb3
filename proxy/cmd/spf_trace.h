/*
 * spf_trace: the steps of an SPF evaluation, kept and told.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_SPF_TRACE_H
#define PROXY_SPF_TRACE_H

#include <jansson.h>
#include <stdio.h>

#include "filters/spf/spf_check.h"

struct spf_trace {
	struct arena *arena; /* must outlive the trace */
	unsigned limit;      /* of look-ups */
	struct spf_event *events;
	size_t count;
};

/* For spf_query.told; context is the trace. */
void spf_trace_add(void *trace, const struct spf_event *event);

/* Record by record, what was asked and which terms matched; printable only. */
void spf_trace_print(const struct spf_trace *trace, FILE *out);

/* The steps as an array of objects; the caller's. */
json_t *spf_trace_json(const struct spf_trace *trace);

#endif
