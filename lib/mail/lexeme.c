/*
 * lexeme: what the header fields' syntaxes share (RFC 5322 3.2).
 *
 * Linear in the token's length; no recursion, so nesting costs nothing.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/charset.h"

#include "lexeme.h"

size_t
lexeme_comment(struct str s)
{
	size_t depth = 0, i;

	for (i = 0; i < s.len; i++) {
		if (s.data[i] == '(')
			depth++;
		else if (s.data[i] == ')')
			depth--;
		else if (s.data[i] == '\\')
			i++;
		if (depth == 0)
			return i > 0 ? i + 1 : 0;
	}
	return 0;
}

size_t
lexeme_quoted(struct str s)
{
	size_t i;

	if (s.len == 0 || *s.data != '"')
		return 0;
	for (i = 1; i < s.len; i++) {
		if (s.data[i] == '"')
			return i + 1;
		if (s.data[i] == '\\')
			i++;
	}
	return 0;
}

void
lexeme_text(struct str token, struct strbuf *out)
{
	size_t i;
	char c;

	for (i = 1; i + 1 < token.len; i++) {
		if (token.data[i] == '\\' && i + 2 < token.len)
			i++;
		c = token.data[i] == '\t' ? ' ' : token.data[i];
		if (!ascii_is_control(c))
			strbuf_putc(out, c);
	}
}

bool
lexeme_is_utf8(struct str s)
{
	size_t i;

	for (i = 0; i + 1 < s.len; i++)
		if ((unsigned char)s.data[i] == 0xc2 &&
		    (unsigned char)s.data[i + 1] < 0xa0)
			return false;
	return charset_is_utf8(s);
}
