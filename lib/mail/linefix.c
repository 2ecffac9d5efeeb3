/*
 * linefix: lines that end in LF alone, brought to CRLF.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/linefix.h"

enum {
	TEXT,
	CR,       /* behind a CR */
	BARE_END, /* behind an LF without CR */
	BARE_DOT  /* behind a dot after that, held back */
};

/* Before c, and whatever it is: a dot held back goes unless c doubles it. */
static void
release(struct linefix *f, char c, struct strbuf *out)
{
	if (f->state == BARE_DOT && c != '.')
		strbuf_putc(out, '.');
}

static void
add_octet(struct linefix *f, char c, struct strbuf *out)
{
	release(f, c, out);
	if (c == '.' && f->state == BARE_END) {
		f->state = BARE_DOT;
		return;
	}
	if (c == '\n' && f->state != CR) {
		strbuf_puts(out, "\r\n");
		f->state = BARE_END;
		return;
	}
	strbuf_putc(out, c);
	f->state = c == '\r' ? CR : TEXT;
}

void
linefix_add(struct linefix *f, struct str in, struct strbuf *out)
{
	size_t i;

	for (i = 0; i < in.len; i++)
		add_octet(f, in.data[i], out);
}

void
linefix_end(struct linefix *f, struct strbuf *out)
{
	release(f, '\0', out);
	f->state = TEXT;
}
