/*
 * charset_iconv: the charsets that mail may name, and the C library's iconv.
 *
 * The sender chooses the name, so only names on our own list reach iconv_open:
 * it loads a shared object for what it is asked.  Where two charsets are
 * confused in practice the larger one stands for both, as browsers do it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <iconv.h>
#include <stdlib.h>

#include "postern/charset.h"

#include "charset_iconv.h"

enum { NAME_MAX_LEN = 24 };

struct alias {
	const char *name; /* lower case, letters and digits only */
	const char *iconv;
};

/* Sorted by name. */
static const struct alias aliases[] = {
    {"ansix341968", "US-ASCII"},
    {"arabic", "ISO-8859-6"},
    {"ascii", "US-ASCII"},
    {"big5", "BIG5-HKSCS"},
    {"big5hkscs", "BIG5-HKSCS"},
    {"cnbig5", "BIG5-HKSCS"},
    {"cp1125", "CP1125"},
    {"cp1250", "CP1250"},
    {"cp1251", "CP1251"},
    {"cp1252", "CP1252"},
    {"cp1253", "CP1253"},
    {"cp1254", "CP1254"},
    {"cp1255", "CP1255"},
    {"cp1256", "CP1256"},
    {"cp1257", "CP1257"},
    {"cp1258", "CP1258"},
    {"cp367", "US-ASCII"},
    {"cp437", "CP437"},
    {"cp819", "CP1252"},
    {"cp850", "CP850"},
    {"cp852", "CP852"},
    {"cp866", "CP866"},
    {"cp874", "CP874"},
    {"cp932", "CP932"},
    {"cp936", "GB18030"},
    {"cp949", "CP949"},
    {"cp950", "BIG5-HKSCS"},
    {"csbig5", "BIG5-HKSCS"},
    {"cseuckr", "CP949"},
    {"csgb2312", "GB18030"},
    {"csiso2022jp", "ISO-2022-JP-2"},
    {"csiso2022kr", "ISO-2022-KR"},
    {"cskoi8r", "KOI8-R"},
    {"csksc56011987", "CP949"},
    {"csshiftjis", "CP932"},
    {"cyrillic", "ISO-8859-5"},
    {"euccn", "GB18030"},
    {"eucjp", "EUC-JP-MS"},
    {"euckr", "CP949"},
    {"euctw", "EUC-TW"},
    {"gb18030", "GB18030"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"greek", "ISO-8859-7"},
    {"hebrew", "ISO-8859-8"},
    {"ibm437", "CP437"},
    {"ibm850", "CP850"},
    {"ibm852", "CP852"},
    {"ibm866", "CP866"},
    {"iso2022cn", "ISO-2022-CN"},
    {"iso2022jp", "ISO-2022-JP-2"},
    {"iso2022jp1", "ISO-2022-JP-2"},
    {"iso2022jp2", "ISO-2022-JP-2"},
    {"iso2022kr", "ISO-2022-KR"},
    {"iso646us", "US-ASCII"},
    {"iso88591", "CP1252"},
    {"iso885910", "ISO-8859-10"},
    {"iso885911", "CP874"},
    {"iso885911987", "CP1252"},
    {"iso885913", "ISO-8859-13"},
    {"iso885914", "ISO-8859-14"},
    {"iso885915", "ISO-8859-15"},
    {"iso885916", "ISO-8859-16"},
    {"iso88592", "ISO-8859-2"},
    {"iso88593", "ISO-8859-3"},
    {"iso88594", "ISO-8859-4"},
    {"iso88595", "ISO-8859-5"},
    {"iso88596", "ISO-8859-6"},
    {"iso88597", "ISO-8859-7"},
    {"iso88598", "ISO-8859-8"},
    {"iso88598e", "ISO-8859-8"},
    {"iso88598i", "ISO-8859-8"},
    {"iso88599", "CP1254"},
    {"koi8", "KOI8-R"},
    {"koi8r", "KOI8-R"},
    {"koi8ru", "KOI8-U"},
    {"koi8u", "KOI8-U"},
    {"ksc5601", "CP949"},
    {"ksc56011987", "CP949"},
    {"l1", "CP1252"},
    {"latin1", "CP1252"},
    {"latin2", "ISO-8859-2"},
    {"latin5", "CP1254"},
    {"latin9", "ISO-8859-15"},
    {"mac", "MACINTOSH"},
    {"maccyrillic", "MAC-CYRILLIC"},
    {"macintosh", "MACINTOSH"},
    {"macroman", "MACINTOSH"},
    {"mskanji", "CP932"},
    {"shiftjis", "CP932"},
    {"sjis", "CP932"},
    {"tis620", "CP874"},
    {"uhc", "CP949"},
    {"unicode11utf7", "UTF-7"},
    {"unicode11utf8", "UTF-8"},
    {"usascii", "US-ASCII"},
    {"utf16", "UTF-16"},
    {"utf16be", "UTF-16BE"},
    {"utf16le", "UTF-16LE"},
    {"utf32", "UTF-32"},
    {"utf32be", "UTF-32BE"},
    {"utf32le", "UTF-32LE"},
    {"utf7", "UTF-7"},
    {"utf8", "UTF-8"},
    {"viscii", "VISCII"},
    {"win1250", "CP1250"},
    {"win1251", "CP1251"},
    {"win1252", "CP1252"},
    {"windows1250", "CP1250"},
    {"windows1251", "CP1251"},
    {"windows1252", "CP1252"},
    {"windows1253", "CP1253"},
    {"windows1254", "CP1254"},
    {"windows1255", "CP1255"},
    {"windows1256", "CP1256"},
    {"windows1257", "CP1257"},
    {"windows1258", "CP1258"},
    {"windows31j", "CP932"},
    {"windows874", "CP874"},
    {"windows936", "GB18030"},
    {"windows949", "CP949"},
    {"xcp1251", "CP1251"},
    {"xcp1252", "CP1252"},
    {"xeucjp", "EUC-JP-MS"},
    {"xgbk", "GB18030"},
    {"xmaccyrillic", "MAC-CYRILLIC"},
    {"xmacroman", "MACINTOSH"},
    {"xsjis", "CP932"},
    {"xutf8", "UTF-8"},
    {"xxbig5", "BIG5-HKSCS"},
};

static int
alias_compare(const void *key, const void *row)
{
	return strcmp(key, ((const struct alias *)row)->name);
}

const char *
charset_iconv_name(struct str charset)
{
	char name[NAME_MAX_LEN + 1];
	const struct alias *found;
	size_t i, len = 0;

	for (i = 0; i < charset.len && len < NAME_MAX_LEN; i++)
		if (ascii_is_alnum(charset.data[i]))
			name[len++] = ascii_lower(charset.data[i]);
	name[len] = '\0';
	if (i < charset.len)
		return NULL;
	found = bsearch(name, aliases, sizeof(aliases) / sizeof(aliases[0]),
	    sizeof(aliases[0]), alias_compare);
	return found ? found->iconv : NULL;
}

/* How many octets to leave out where iconv gives up. */
static size_t
unit_of(const char *name)
{
	if (strncmp(name, "UTF-16", 6) == 0)
		return 2;
	return strncmp(name, "UTF-32", 6) == 0 ? 4 : 1;
}

struct conversion {
	char *in;
	size_t in_left;
	char *out;
	size_t out_left;
};

/* One replacement for one unknown unit; false when nothing is left. */
static bool
replace(struct conversion *c, size_t unit)
{
	if (c->in_left == 0 || c->out_left < 3)
		return false;
	if (unit > c->in_left)
		unit = c->in_left;
	c->in += unit;
	c->in_left -= unit;
	memcpy(c->out, "\xef\xbf\xbd", 3);
	c->out += 3;
	c->out_left -= 3;
	return true;
}

bool
charset_iconv_run(const char *name, struct str text, bool strict,
    struct arena *arena, struct str *out)
{
	iconv_t cd = iconv_open("UTF-8", name);
	size_t room = 4 * text.len;
	char *start;
	struct conversion c;

	if (cd == (iconv_t)-1)
		return false;
	start = arena_alloc(arena, room + 1);
	c = (struct conversion) {(char *)text.data, text.len, start, room};
	while (iconv(cd, &c.in, &c.in_left, &c.out, &c.out_left) == (size_t)-1)
		if (strict || !replace(&c, unit_of(name)))
			break;
	iconv(cd, NULL, NULL, &c.out, &c.out_left);
	iconv_close(cd);
	*out = str_of(start, room - c.out_left);
	return !strict || c.in_left == 0;
}
