/*
 * check_targets: mails and texts, and what SpamAssassin makes of them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef CHECK_TARGETS_H
#define CHECK_TARGETS_H

/* Body and rawbody, "|" between their texts. */
struct text_case {
	const char *mail;
	const char *body;
	const char *rawbody;
};

/* clang-format off */
static const struct text_case texts[] = {
    {"Subject: s\n\na\nb\n\nc\n",
	"s\n|a b\n|c ",
	"a\nb\n\nc\n"},
    {"Subject: s\n\n a  b \011\n \n\n c \n\n\n\n",
	"s\n| a b \n| c \n",
	" a  b \011\n \n\n c \n\n\n\n"},
    {"Subject: s\n\n",
	"s\n",
	""},
    {"Subject: s\n\n\n\na",
	"s\n|\n|a ",
	"\n\na\n"},
    {"Subject:\n\na\n",
	"\n|a ",
	"a\n"},
    {"\na\n",
	"\n|a ",
	"a\n"},
    {"Subject: one\nSubject: two\n\na\n",
	"two\n|a ",
	"a\n"},
    {"Subject: a\n b\n\011c\n\nx\n",
	"a b c\n|x ",
	"x\n"},
    {"Subject: =\?utf-8\?q\?a=0Ab\?=\n\nx\n",
	"a\n|b\n|x ",
	"x\n"},
    {"Subject: s\nContent-Type: text/plain; charset=utf-8\n\na\302\240\342\200\203b\343\200\200\n\302\240\nc\n",
	"s\n|a b \n|c ",
	"a\302\240\342\200\203b\343\200\200\n\302\240\nc\n"},
    {"Subject: s\n\n\351\200\n",
	"s\n|\303\251\342\202\254 ",
	"\351\200\n"},
    {"Subject: s\nContent-Type: text/html\n\n<p>a&eacute;&nbsp;&#160;b<p>c\n",
	"s\n|\n|a\351 \240b\n|c ",
	"<p>a&eacute;&nbsp;&#160;b<p>c\n"},
    {"Subject: s\nContent-Type: text/html\n\n<p>&eacute;&#8364;&#160;b\n",
	"s\n|\n|\303\251\342\202\254 b ",
	"<p>&eacute;&#8364;&#160;b\n"},
    {"Subject: s\nContent-Type: text/html; charset=koi8-r\n\n<b>\301</b>\n",
	"s\n|\320\260 ",
	"<b>\301</b>\n"},
    {"Subject: s\nContent-Type: text/calendar\n\na\n",
	"s\n",
	""},
    {"Subject: s\nContent-Type: text/x-vcard\n\na\n",
	"s\n",
	"a\n"},
    {"Subject: s\nContent-Type: text/enriched\n\n<b>a\n",
	"s\n|<b>a ",
	"<b>a\n"},
    {"Subject: s\nContent-Type: application/x; name=\"a.html\"\n\n<b>a</b>\n",
	"s\n|a ",
	"<b>a</b>\n"},
    {"Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\na\n--b\nContent-Type: text/html\n\n<i>b</i>\n--b--\n",
	"s\n|a b",
	"a|<i>b</i>"},
    {"Subject: s\nContent-Type: multipart/mixed; boundary=b\n\npre\n--b\n\na\n--b\nContent-Type: image/gif\n\nx\n--b\nContent-Type: image/gif\n\nx\n--b\n\nc\n--b--\npost\n",
	"s\n|a\n|c",
	"a|c"},
    {"Subject: s\nContent-Type: multipart/mixed; boundary=b\n\nno boundary\n",
	"s\n|no boundary ",
	"no boundary\n"},
    {"Subject: s\nContent-Type: multipart/mixed\n\nno boundary\n",
	"s\n|no boundary ",
	"no boundary\n"},
    {"Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nSubject: in\n\ninner\n--b--\n",
	"s\n|inner",
	"inner"},
    {"Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nStatus: 5\n--b--\n",
	"s\n",
	"Status: 5"},
    {"Subject: s\nContent-Transfer-Encoding: quoted-printable\n\na=20 \nb=\n=63 =zz =",
	"s\n|a bc =zz ",
	"a \nbc =zz "},
    {"Subject: s\nContent-Transfer-Encoding: quoted-printable\n\na==\nb=3=\nD= \nc=x=41\n",
	"s\n|a=b=c=xA ",
	"a=b=c=xA\n"},
    {"Subject: s\nContent-Transfer-Encoding: base64\n\nYQ==\nYg\n",
	"s\n|ab",
	"ab"},
    {"Subject: s\nContent-Transfer-Encoding: base64\n\nYQ0KYg==\n",
	"s\n|a b",
	"a\nb"},
    {"Subject: s\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n#86)C\nend\n",
	"s\n|begin 644 a #86)C end ",
	"begin 644 a\n#86)C\nend\n"},
    {"Subject: s\nContent-Type: text/plain; charset=nosuch\n\n\351\n",
	"s\n|\303\251 ",
	"\351\n"},
    {"Subject: s\nContent-Type: text/plain; charset=utf-8\n\n\351\n",
	"s\n|\303\251 ",
	"\351\n"},
};

/* Text, and its addresses: sorted, a line each. */
struct uri_case {
	const char *text;
	const char *want;
};

static const struct uri_case uris[] = {
    {"see http://www.a.com/b\?c=d.",
	"http://www.a.com/b\?c=d\n"},
    {"(http://a.com/x) [http://b.com] <http://c.com>",
	"http://a.com/x\n"
	"http://b.com\n"
	"http://c.com\n"},
    {"http://a.com/(x) http://b.com/x)",
	"http://a.com/(x\n"
	"http://b.com/x\n"},
    {"www.a.com www2.b.com. www123.c.com ftp.d.com ftp2.e.com",
	"ftp://ftp.d.com\n"
	"http://ftp2.e.com\n"
	"http://www.a.com\n"
	"http://www123.c.com\n"
	"http://www2.b.com\n"},
    {"a.com b.de/x c.com:80/y d.com/ e.com. f.com, g.qqq",
	"http://a.com\n"
	"http://b.de/x\n"
	"http://c.com/y\n"
	"http://c.com:80/y\n"
	"http://e.com\n"},
    {"foo.com_bar foo.com- foo.com.: foo.com:123456",
	""},
    {"joe@a.com <joe@b.com> joe@c.com, (joe@d.com) joe@e",
	"mailto:joe@a.com\n"
	"mailto:joe@b.com\n"
	"mailto:joe@c.com\n"
	"mailto:joe@d.com\n"},
    {"mailto:joe@a.com\?subject=x&y mailto:a%40b.com mailto:x",
	"mailto:joe@a.com\n"
	"mailto:joe@a.com\?subject=x&y\n"},
    {"email:joe@a.com skype:::x@b.com :c@d.com",
	"mailto:c@d.com\n"
	"mailto:joe@a.com\n"
	"mailto:x@b.com\n"},
    {"x/y@a.com a/b@c.com/d",
	"http://a/b@c.com/d\n"
	"http://www.a.com/b@c.com/d\n"
	"http://www.x.com/y@a.com\n"
	"http://x/y@a.com\n"},
    {"http:// https:// ftp://x",
	""},
    {"[cid:image001.png@01D4986E.com] mid:x@a.com",
	""},
    {"http://%77ww.a.com/%2e%41%20b",
	"http://%77ww.a.com/%2e%41%20b\n"
	"http://www.a.com/.A%20b\n"},
    {"http:\\\\a.com\\b",
	""},
    {"HTTP://A.com/B https:a.com",
	"HTTP://A.com/B\n"
	"http://a.com\n"},
    {"http://a.com\?x=1 http://b.com#y",
	"http://a.com/\?x=1\n"
	"http://a.com\?x=1\n"
	"http://b.com#y\n"
	"http://b.com/#y\n"},
    {"http://a&#46;com/&#x41;",
	""},
    {"http://user:pw@a.com/ http://a@b@c.com/",
	"http://a@b@c.com/\n"
	"http://c.com/\n"
	"http://user:pw@a.com/\n"},
    {"http://a.com:80/x http://b.com:8080/ https://c.com:443",
	"http://a.com/x\n"
	"http://a.com:80/x\n"
	"http://b.com:8080/\n"
	"https://c.com\n"
	"https://c.com:443\n"},
    {"http://a.com!!! http://b.com-/x",
	"http://a.com\n"
	"http://b.com-/x\n"
	"http://b.com/x\n"},
    {"http://1.2.3.4/ http://0x7f.0.0.1/x http://017.0.0.01/ http://2130706433/ http://0x7f000001/",
	"http://0x7f000001/\n"
	"http://1.2.3.4/\n"
	"http://127.0.0.1/\n"
	"http://2130706433/\n"},
    {"http://shop/ http://www.shop/ http://localhost/x",
	"http://shop/\n"
	"http://www.shop.com/\n"
	"http://www.shop/\n"},
    {"http://a.com/\?u=http://b.com/x&c=1 http://c.com/r/https:/d.com",
	"http://a.com/\?u=http://b.com/x&c=1\n"
	"http://b.com/x\n"
	"http://c.com/r/https:/d.com\n"
	"https://d.com\n"
	"https:/d.com\n"},
    {"http://a.com/redirect.php\?x=1&goto=www.b.com&y",
	"http://a.com/redirect.php\?x=1&goto=www.b.com&y\n"
	"http://www.b.com\n"
	"www.b.com\n"},
    {"http://www.google.com/url\?sa=t&q=b.com/x",
	"b.com/x\n"
	"http://b.com/x\n"
	"http://www.google.com/url\?sa=t&q=b.com/x\n"},
    {"x\303\244y@a.com http://\303\244.com/ \302\240http://b.com\302\240",
	"http://b.com\n"
	"mailto:y@a.com\n"},
    {"joe's.com 'a.com' b.com's",
	"http://s.com\n"},
    {"nothing to see. here.there e.g. this",
	""},
    {"a.com,b.com;c.com|d.com",
	"http://c.com\n"
	"http://d.com\n"},
    {"http://a.com,http://b.com",
	""},
    {"joe@a.com:joe@b.com a@b@c.com",
	""},
    {"-a.com _a.com a_b.com x.a_b.com",
	""},
};
/* clang-format on */

#endif
