/*
 * str: a span of octets that belongs to somebody else.
 *
 * A str is not NUL-terminated and may hold any octet; whoever made it says
 * how long it lives.  Case is ASCII case only: mail syntax knows no other.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_STR_H
#define POSTERN_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *data;
	size_t len;
};

static inline struct str
str_of(const char *data, size_t len)
{
	return (struct str) {data, len};
}

/* The span of a C string; NULL gives the empty span. */
static inline struct str
str_c(const char *text)
{
	return text ? str_of(text, strlen(text)) : str_of("", 0);
}

/* What is left from octet `from` on; empty when there is none. */
static inline struct str
str_from(struct str s, size_t from)
{
	return from < s.len ? str_of(s.data + from, s.len - from) :
			      str_of(s.data + s.len, 0);
}

/* The first `len` octets, or all when there are fewer. */
static inline struct str
str_head(struct str s, size_t len)
{
	return str_of(s.data, len < s.len ? len : s.len);
}

static inline bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
ascii_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
ascii_is_alnum(char c)
{
	return ascii_is_digit(c) || ascii_is_alpha(c);
}

/* Space, tab, CR or LF. */
static inline bool
ascii_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Octets below space, and DEL. */
static inline bool
ascii_is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

static inline char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Is c one of these octets?  NUL never is, unlike with strchr. */
static inline bool
ascii_is_one_of(char c, const char *octets)
{
	return c != '\0' && strchr(octets, c) != NULL;
}

static inline bool
str_starts(struct str s, const char *prefix)
{
	size_t len = strlen(prefix);

	return s.len >= len && (len == 0 || memcmp(s.data, prefix, len) == 0);
}

static inline bool
str_is(struct str a, const char *text)
{
	return a.len == strlen(text) && str_starts(a, text);
}

/* 0 to 15, or -1. */
int ascii_hex_value(char c);
bool str_eq(struct str a, struct str b);
bool str_case_eq(struct str a, struct str b);
bool str_case_is(struct str a, const char *text);
bool str_case_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
bool str_case_ends(struct str s, const char *suffix);

/* Octet order; shorter first when one is the start of the other. */
int str_cmp(struct str a, struct str b);
int str_case_cmp(struct str a, struct str b);

/* For tables; one is the same for both cases. */
size_t str_hash(struct str s);
size_t str_case_hash(struct str s);

/* Index of the first `c`, of the last `c`, of `needle`; s.len if absent. */
size_t str_find(struct str s, char c);
size_t str_find_last(struct str s, char c);
size_t str_find_str(struct str s, struct str needle);
size_t str_case_find_str(struct str s, struct str needle);

/* Without ascii_is_space octets at both ends. */
struct str str_trim(struct str s);

/*
 * Takes the octets before the next `sep` off the front of *rest, and the
 * separator with them.  False when *rest was already used up (its data is
 * then NULL), so that "a,,b" gives three tokens and "" gives one.
 */
bool str_cut(struct str *rest, char sep, struct str *token);

/* The next line of *rest without its LF or CRLF; false at the end. */
bool str_cut_line(struct str *rest, struct str *line);

/* The next run of non-space octets; false when only space is left. */
bool str_cut_word(struct str *rest, struct str *word);

/* Decimal digits only, all of them, at most `max`. */
bool str_to_uint(struct str s, uint64_t max, uint64_t *out);

#endif
