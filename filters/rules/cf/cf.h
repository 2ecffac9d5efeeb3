/*
 * cf: rule files in the language of SpamAssassin, a line at a time.
 *
 * Every line has a fate, and the fates are counted: nothing is dropped in
 * silence.  A malformed line is an error that leaves what was there before; a
 * line that is understood but cannot be obeyed is a warning with its file,
 * line and reason.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_CF_H
#define RULES_CF_H

#include "filters/rules/set/ruleset.h"

enum { CF_NESTING_MAX = 64, CF_INCLUDE_MAX = 8 };

struct cf {
	struct ruleset *set;
	struct problems *problems;
	struct str line_text; /* the line as it stands, comment included */
	const char *file;
	unsigned line;
	enum cf_fate fate;  /* of the line, as far as it is known */
	const char *reason; /* why it is not obeyed, or NULL */

	/* Conditions that are open in this file, and whether each holds; once
	 * require_version does not fit, the rest of the file is inactive. */
	bool conditions[CF_NESTING_MAX];
	unsigned depth;
	bool refused;

	/* Files that include one another, the outermost first. */
	const char *including[CF_INCLUDE_MAX];
	unsigned include_depth;
	void (*include)(struct cf *cf, const char *path); /* NULL: refused */

	void (*tell)(void *context, const struct cf_told *told);
	void *context;
};

/* Reads a whole file; conditions must be closed at its end. */
void cf_parse(struct cf *cf, const char *file, struct str text);

/* cf_fate.c: what becomes of the present line. */
void cf_error(struct cf *cf, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void cf_unsupported(struct cf *cf, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void cf_ignore(struct cf *cf, const char *why);

/* Taken, but something about it should be known. */
void cf_warn(struct cf *cf, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* "rules/local.cf:3" of the present line. */
const char *cf_where(const struct cf *cf);

/* cf_condition.c: if; is it true here?  ifplugin NAME is "plugin(NAME)". */
bool cf_condition(struct cf *cf, struct str words);

/* ... and require_version. */
void cf_require_version(struct cf *cf, struct str rest);

/* cf_plugin.c: what SpamAssassin, as Debian sets it up, would say. */
bool cf_plugin_loaded(const struct cf *cf, struct str name);
bool cf_feature(const struct cf *cf, struct str name);
void cf_loadplugin(struct cf *cf, struct str name);

/* A plugin that is not Debian's and that a file loaded, or NULL. */
const char *cf_foreign_plugin(const struct cf *cf);

/*
 * The directives; name is a rule's where the directive has one.  cf_rule.c:
 * those that define rules; cf_attribute.c: those that speak of them;
 * cf_setting.c: those of no rule, false when the word is unknown.
 */
void cf_body(struct cf *cf, struct str name, struct str rest);
void cf_rawbody(struct cf *cf, struct str name, struct str rest);
void cf_full(struct cf *cf, struct str name, struct str rest);
void cf_uri(struct cf *cf, struct str name, struct str rest);
void cf_header(struct cf *cf, struct str name, struct str rest);
void cf_mimeheader(struct cf *cf, struct str name, struct str rest);
void cf_meta(struct cf *cf, struct str name, struct str rest);
void cf_network_rule(struct cf *cf, struct str name, struct str rest);
void cf_uri_detail(struct cf *cf, struct str name, struct str rest);
void cf_score(struct cf *cf, struct str name, struct str rest);
void cf_describe(struct cf *cf, struct str name, struct str rest);
void cf_tflags(struct cf *cf, struct str name, struct str rest);
void cf_priority(struct cf *cf, struct str name, struct str rest);
void cf_test(struct cf *cf, struct str name, struct str rest);
void cf_action(struct cf *cf, struct str name, struct str rest);
void cf_stage(struct cf *cf, struct str name, struct str rest);
bool cf_setting(struct cf *cf, struct str word, struct str rest);

/* cf_eval.c: "name(arg, 'arg')" into the rule; what is wrong is told. */
void
cf_eval(struct cf *cf, struct rule *rule, enum rule_type on, struct str text);

/* A rule that a score, a description or the like speaks of. */
struct rule *cf_mention(struct cf *cf, struct str name);

#endif
