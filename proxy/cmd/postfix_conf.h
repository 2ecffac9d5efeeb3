/*
 * postfix_conf: main.cf and master.cf, as far as they tell what stands behind.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_POSTFIX_CONF_H
#define PROXY_POSTFIX_CONF_H

#include "postern/arena.h"
#include "postern/error.h"

/* "name = value" of main.cf, or "-o name=value" of a service. */
struct postfix_value {
	struct str name, value;
	unsigned line;
};

/* One row of master.cf. */
struct postfix_service {
	struct str name; /* "smtp", "127.0.0.1:10026" */
	struct str type; /* "inet", "pass", "unix" */
	struct str processes;
	struct str command; /* "smtpd", "postscreen" */
	struct postfix_value *options;
	size_t option_count;
	unsigned line;
};

struct postfix_conf {
	struct arena *arena;
	struct postfix_value *values;
	size_t value_count;
	struct postfix_service *services;
	size_t service_count;
};

/* The text of the two files; everything lives in arena, with the texts. */
void postfix_read_main(struct postfix_conf *conf, struct str text);
void postfix_read_master(struct postfix_conf *conf, struct str text);

/*
 * The value that a service goes by, its own option before main.cf, with $name
 * of main.cf put in; the default when neither sets it.
 */
struct str postfix_get(const struct postfix_conf *conf,
    const struct postfix_service *service, const char *name,
    const char *otherwise);

/* The service that listens on this port of inet, or NULL. */
const struct postfix_service *
postfix_find(const struct postfix_conf *conf, unsigned port);

/* Is the word in this list of words, which commas and spaces part? */
bool postfix_lists(struct str list, const char *word);

#endif
