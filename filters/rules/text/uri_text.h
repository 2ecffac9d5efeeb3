/*
 * uri_text: addresses in running text, as mail readers would link them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_URI_TEXT_H
#define RULES_URI_TEXT_H

#include "filters/rules/set/lists.h"

enum uri_kind {
	URI_SCHEME, /* http://, https://, ftp://, www., ftp. */
	URI_MAIL,   /* mailto:, local@domain */
	URI_BARE    /* a host with a top-level domain */
};

struct uri_found {
	enum uri_kind kind;
	struct str text; /* as it stands there */
	struct str host; /* of URI_BARE */
};

/* Walks over one text. */
struct uri_search {
	struct str text;
	size_t at;
	const struct lists *lists; /* for util_rb_tld */
	size_t stop; /* the next octet that ends any address, from at on */
	size_t mail; /* the next that ends the local part, "@" included */
	size_t mail_at, mail_end; /* where the address with that "@" ends */
	size_t host;              /* the end of the run of host octets */
	size_t dot; /* the dot before its top-level domain; 0: none */
	size_t end; /* where the address behind that dot ends */
};

void uri_search_init(
    struct uri_search *s, struct str text, const struct lists *lists);

/* False when there is none any more.  Linear over all calls. */
bool uri_search_next(struct uri_search *s, struct uri_found *out);

/* An address as found, with its scheme and without what is not part of it;
 * "" when it is none after all. */
struct str
uri_text_complete(const struct uri_found *found, struct arena *arena);

#endif
