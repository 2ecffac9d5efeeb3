/*
 * lexeme: what the header fields' syntaxes share (RFC 5322 3.2).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef MAIL_LEXEME_H
#define MAIL_LEXEME_H

#include "postern/strbuf.h"

/* Octets of the comment, nested ones included, or of the quoted string that s
 * begins with; 0 when it begins with none or with one that is not closed. */
size_t lexeme_comment(struct str s);
size_t lexeme_quoted(struct str s);

/* Appends the text of a comment or quoted string: without delimiters and
 * controls, quoted pairs undone, a tab as a space. */
void lexeme_text(struct str token, struct strbuf *out);

/* Well-formed UTF-8 without C1 controls (U+0080 to U+009F), which steer
 * terminals as the ASCII ones do; those are not looked at. */
bool lexeme_is_utf8(struct str s);

#endif
