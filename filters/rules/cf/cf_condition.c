/*
 * cf_condition: if and its expressions.
 *
 * plugin(X), can(X::y), has(X::y), version, perl_version and local_tests_only
 * are put in as numbers; what is left is arithmetic, as in a meta.  Names that
 * are none of these are an error, and the condition is false.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/strbuf.h"

#include "cf.h"
#include "filters/rules/set/meta.h"

/* The release of SpamAssassin whose language this is, and a Perl of its
 * time. */
static const char version[] = "4.000001";
static const char perl_version[] = "5.036000";

static bool
is_word_octet(char c)
{
	return ascii_is_alnum(c) || c == '_' || c == ':';
}

/* The argument of plugin, can and has, with or without brackets. */
static struct str
take_argument(struct str *rest)
{
	struct str name;
	size_t len = 0;
	bool open;

	*rest = str_trim(*rest);
	open = str_starts(*rest, "(");
	*rest = str_trim(str_from(*rest, open));
	while (len < rest->len && is_word_octet(rest->data[len]))
		len++;
	name = str_head(*rest, len);
	*rest = str_trim(str_from(*rest, len));
	if (open && str_starts(*rest, ")"))
		*rest = str_from(*rest, 1);
	else if (open)
		name = str_of("", 0);
	return name;
}

/* What the word stands for; false when it is unknown. */
static bool
put_word(struct cf *cf, struct str word, struct str *rest, struct strbuf *out)
{
	bool plugin = str_is(word, "plugin");

	if (plugin || str_is(word, "can") || str_is(word, "has")) {
		struct str name = take_argument(rest);

		if (name.len == 0)
			return false;
		strbuf_puts(out,
		    (plugin ? cf_plugin_loaded(cf, name) :
			      cf_feature(cf, name)) ?
			" 1 " :
			" 0 ");
	} else if (str_is(word, "version")) {
		strbuf_printf(out, " %s ", version);
	} else if (str_is(word, "perl_version")) {
		strbuf_printf(out, " %s ", perl_version);
	} else if (str_is(word, "local_tests_only")) {
		strbuf_puts(out, cf->set->network_scores ? " 0 " : " 1 ");
	} else {
		return false;
	}
	return true;
}

/* The expression with its words as numbers. */
static bool
put_numbers(struct cf *cf, struct str rest, struct strbuf *out)
{
	struct str word;
	size_t len;

	while (rest.len > 0) {
		if (!ascii_is_alpha(rest.data[0]) && rest.data[0] != '_') {
			for (len = 1; len < rest.len &&
			     !ascii_is_alpha(rest.data[len]) &&
			     rest.data[len] != '_';)
				len++;
			strbuf_add(out, str_head(rest, len));
			rest = str_from(rest, len);
			continue;
		}
		for (len = 0; len < rest.len && is_word_octet(rest.data[len]);)
			len++;
		word = str_head(rest, len);
		rest = str_from(rest, len);
		if (!put_word(cf, word, &rest, out)) {
			cf_error(cf,
			    "if: \"%.*s\" is not understood: taken for false",
			    (int)str_head(word, 60).len, word.data);
			return false;
		}
	}
	return true;
}

bool
cf_condition(struct cf *cf, struct str words)
{
	struct arena *arena = arena_new();
	struct strbuf numbers;
	struct error error;
	struct meta *meta;
	bool holds = false;

	strbuf_init(&numbers);
	if (put_numbers(cf, words, &numbers)) {
		meta = meta_parse(strbuf_str(&numbers), arena, &error);
		if (meta)
			holds = meta_run(meta, NULL) != 0;
		else
			cf_error(cf, "if: %s: taken for false", error.text);
	}
	strbuf_clear(&numbers);
	arena_free(arena);
	return holds;
}

/* Another version's file is left out from here on, as SpamAssassin does. */
void
cf_require_version(struct cf *cf, struct str rest)
{
	if (rest.len == 0) {
		cf_error(cf, "require_version: a version is missing");
	} else if (!str_is(rest, version) && !str_is(rest, "@@VERSION@@")) {
		cf->refused = true;
		cf_unsupported(cf,
		    "require_version %.*s: this is the language of %s; the "
		    "rest of the file is left out",
		    (int)str_head(rest, 40).len, rest.data, version);
	}
}
