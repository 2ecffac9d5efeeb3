/*
 * regex: a Perl regex of a rule, compiled by PCRE2 with its JIT.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <stdlib.h>

#include <pcre2.h>

#include "postern/log.h"
#include "postern/xalloc.h"

#include "regex.h"

enum {
	JIT_STACK_FIRST = 32 * 1024,
	JIT_STACK_MOST = 1024 * 1024,
	WINDOW = 2048, /* start offsets of one call on a long subject */
	LONG = 8192    /* octets from which a subject is long */
};

struct regex {
	pcre2_code *code;
};

struct matcher {
	pcre2_match_context *context;
	pcre2_match_data *data;
	pcre2_jit_stack *stack;
};

static char
closing(char open)
{
	switch (open) {
	case '{':
		return '}';
	case '(':
		return ')';
	case '[':
		return ']';
	case '<':
		return '>';
	default:
		return open;
	}
}

/* The pattern between its delimiters; *end is behind the closing one. */
static bool
find_pattern(struct str text, size_t *start, size_t *end)
{
	size_t i = str_starts(text, "m") ? 1 : 0;
	unsigned depth = 0;
	char open, close;

	if (i >= text.len || ascii_is_alnum(text.data[i]) ||
	    ascii_is_space(text.data[i]) || (i == 0 && text.data[0] != '/'))
		return false;
	open = text.data[i];
	close = closing(open);
	*start = ++i;
	for (; i < text.len; i++) {
		if (text.data[i] == '\\')
			i++;
		else if (text.data[i] == close && depth == 0)
			break;
		else if (text.data[i] == close)
			depth--;
		else if (text.data[i] == open)
			depth++;
	}
	*end = i + 1;
	return i < text.len;
}

bool
regex_split(struct str literal, struct str *pattern, struct str *flags)
{
	size_t start, end, last;

	if (!find_pattern(literal, &start, &end))
		return false;
	last = end;
	while (last < literal.len && ascii_is_alpha(literal.data[last]))
		last++;
	*pattern = str_of(literal.data + start, end - 1 - start);
	*flags = str_of(literal.data + end, last - end);
	return true;
}

static bool
read_flags(struct str flags, uint32_t *options, struct error *err)
{
	size_t i;

	for (i = 0; i < flags.len; i++) {
		switch (flags.data[i]) {
		case 'i':
			*options |= PCRE2_CASELESS;
			break;
		case 'm':
			*options |= PCRE2_MULTILINE;
			break;
		case 's':
			*options |= PCRE2_DOTALL;
			break;
		case 'x':
			*options |= PCRE2_EXTENDED;
			break;
		case 'a':
		case 'o':
			break; /* nothing here: octets, compiled once */
		default:
			return error_set(
			    err, "unknown regex flag %c", flags.data[i]);
		}
	}
	return true;
}

static struct regex *
compile(struct str pattern, uint32_t options, struct error *err)
{
	struct regex *regex;
	PCRE2_UCHAR text[200];
	PCRE2_SIZE at;
	int code;
	pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)pattern.data,
	    pattern.len, options | PCRE2_USE_OFFSET_LIMIT, &code, &at, NULL);

	if (!compiled) {
		pcre2_get_error_message(code, text, sizeof(text));
		error_set(err, "regex: %s at offset %zu", (char *)text, at);
		return NULL;
	}
	pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
	regex = xcalloc(1, sizeof(*regex));
	regex->code = compiled;
	return regex;
}

struct regex *
regex_new(struct str literal, size_t *used, struct error *err)
{
	struct str pattern, flags;
	uint32_t options = 0;

	if (!regex_split(literal, &pattern, &flags)) {
		error_set(err, "a regex such as /.../i is expected");
		return NULL;
	}
	*used = (size_t)(flags.data + flags.len - literal.data);
	if (!read_flags(flags, &options, err))
		return NULL;
	return compile(pattern, options, err);
}

void
regex_free(struct regex *regex)
{
	if (!regex)
		return;
	pcre2_code_free(regex->code);
	free(regex);
}

struct matcher *
matcher_new(unsigned limit, size_t heap)
{
	struct matcher *m = xcalloc(1, sizeof(*m));

	m->context = pcre2_match_context_create(NULL);
	m->data = pcre2_match_data_create(1, NULL);
	m->stack =
	    pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MOST, NULL);
	if (!m->context || !m->data || !m->stack)
		panic("no memory to match");
	pcre2_set_match_limit(m->context, limit);
	pcre2_set_heap_limit(m->context, (uint32_t)(heap / 1024));
	pcre2_jit_stack_assign(m->context, NULL, m->stack);
	return m;
}

void
matcher_free(struct matcher *m)
{
	if (!m)
		return;
	pcre2_jit_stack_free(m->stack);
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->context);
	free(m);
}

/* One call of PCRE2: starts from `start` to `last`. */
static enum match_result
match_window(const struct regex *regex, struct matcher *m, struct str subject,
    size_t start, size_t last, size_t *from, size_t *to)
{
	PCRE2_SIZE *at;
	int code;

	pcre2_set_offset_limit(m->context, last);
	code = pcre2_match(regex->code, (PCRE2_SPTR)subject.data, subject.len,
	    start, 0, m->data, m->context);
	if (code == PCRE2_ERROR_NOMATCH)
		return MATCH_NO;
	if (code < 0)
		return MATCH_LIMIT;
	at = pcre2_get_ovector_pointer(m->data);
	*from = at[0] < at[1] ? at[0] : at[1]; /* \K may turn them round */
	*to = at[1];
	return MATCH_YES;
}

enum match_result
regex_match(const struct regex *regex, struct matcher *m, struct str subject,
    size_t start, bool (*budget)(void *context), void *context, size_t *from,
    size_t *to)
{
	size_t step = subject.len < LONG ? subject.len : WINDOW, last;
	enum match_result result;

	for (;;) {
		last = subject.len - start < step ? subject.len : start + step;
		result = match_window(regex, m, subject, start, last, from, to);
		if (result != MATCH_NO || last == subject.len)
			return result;
		if (budget && !budget(context))
			return MATCH_BUDGET;
		start = last + 1;
		if (start > subject.len)
			return MATCH_NO;
	}
}
