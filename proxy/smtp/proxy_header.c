/*
 * proxy_header: the PROXY protocol, versions 1 and 2, in both directions.
 *
 * Pure: octets in, addresses out.  An octet more or less than the protocol
 * allows is no header.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "proxy_header.h"

enum {
	V1_MAX = 107, /* octets of a line with its CRLF */
	V2_FIXED = 16,
	V2_LOCAL = 0x20,
	V2_PROXY = 0x21,
	TCP4 = 0x11,
	TCP6 = 0x21
};

static const char signature[13] = "\r\n\r\n\0\r\nQUIT\n";
enum { SIGNATURE = 12 };

static bool
cut_word(struct str *rest, struct str *word)
{
	return str_cut(rest, ' ', word) && word->len > 0;
}

static bool
parse_address(struct str *rest, unsigned bits, struct ip *out)
{
	struct str word;

	return cut_word(rest, &word) && ip_parse(word, out) &&
	    out->bits == bits;
}

static bool
parse_port(struct str *rest, unsigned *out)
{
	struct str word;
	uint64_t value;

	if (!cut_word(rest, &word) || !str_to_uint(word, 65535, &value))
		return false;
	*out = (unsigned)value;
	return true;
}

/* A line without its CRLF. */
static bool
parse_words(struct str line, struct proxy_header *out)
{
	struct str word;
	unsigned bits;

	if (!cut_word(&line, &word) || !str_is(word, "PROXY") ||
	    !cut_word(&line, &word))
		return false;
	if (str_is(word, "UNKNOWN"))
		return true;
	bits = str_is(word, "TCP4") ? 32 : 128;
	if (bits == 128 && !str_is(word, "TCP6"))
		return false;
	return parse_address(&line, bits, &out->client) &&
	    parse_address(&line, bits, &out->server) &&
	    parse_port(&line, &out->client_port) &&
	    parse_port(&line, &out->server_port) && line.data == NULL;
}

static enum proxy_result
parse_v1(struct str in, struct proxy_header *out, size_t *used)
{
	struct str head = str_head(in, V1_MAX);
	size_t lf = str_find(head, '\n');

	if (lf == head.len)
		return head.len < V1_MAX ? PROXY_MORE : PROXY_BAD;
	if (lf == 0 || head.data[lf - 1] != '\r' ||
	    !parse_words(str_head(head, lf - 1), out))
		return PROXY_BAD;
	*used = lf + 1;
	return PROXY_DONE;
}

static unsigned
two_octets(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* Client, server and both ports, of addresses with `len` octets. */
static bool
take_addresses(
    const unsigned char *p, size_t room, size_t len, struct proxy_header *out)
{
	if (room < 2 * len + 4)
		return false;
	out->client.bits = out->server.bits = (unsigned char)(len * 8);
	memcpy(out->client.octets, p, len);
	memcpy(out->server.octets, p + len, len);
	out->client_port = two_octets(p + 2 * len);
	out->server_port = two_octets(p + 2 * len + 2);
	return true;
}

/* An IPv4 address in IPv6 clothes is the IPv4 address. */
static void
unmap(struct ip *ip)
{
	char text[IP_TEXT_MAX];

	if (ip->bits == 128)
		ip_parse(str_c(ip_format(ip, text)), ip);
}

static enum proxy_result
parse_v2(struct str in, struct proxy_header *out, size_t *used)
{
	const unsigned char *p = (const void *)in.data;
	size_t room;
	bool good = true;

	if (in.len < V2_FIXED)
		return PROXY_MORE;
	room = two_octets(p + 14);
	if ((p[12] != V2_LOCAL && p[12] != V2_PROXY) ||
	    V2_FIXED + room > PROXY_HEADER_MAX)
		return PROXY_BAD;
	if (in.len < V2_FIXED + room)
		return PROXY_MORE;
	*used = V2_FIXED + room;
	if (p[12] == V2_LOCAL)
		return PROXY_DONE;
	if (p[13] == TCP4)
		good = take_addresses(p + V2_FIXED, room, 4, out);
	if (p[13] == TCP6)
		good = take_addresses(p + V2_FIXED, room, 16, out);
	unmap(&out->client);
	unmap(&out->server);
	return good ? PROXY_DONE : PROXY_BAD;
}

enum proxy_result
proxy_header_parse(struct str in, struct proxy_header *out, size_t *used)
{
	size_t known = in.len < SIGNATURE ? in.len : SIGNATURE;

	*out = (struct proxy_header) {.client_port = 0};
	if (in.len == 0)
		return PROXY_MORE;
	if (memcmp(in.data, signature, known) == 0)
		return parse_v2(in, out, used);
	if (memcmp(in.data, "PROXY ", in.len < 6 ? in.len : 6) == 0)
		return parse_v1(in, out, used);
	return PROXY_BAD;
}

/* The server's end in the client's family. */
static struct ip
server_of(const struct proxy_header *h)
{
	struct ip any = {.bits = h->client.bits};

	return h->server.bits == h->client.bits ? h->server : any;
}

static void
format_v1(struct strbuf *out, const struct proxy_header *h)
{
	struct ip server = server_of(h);
	char client_text[IP_TEXT_MAX], server_text[IP_TEXT_MAX];

	if (h->client.bits == 0) {
		strbuf_puts(out, "PROXY UNKNOWN\r\n");
		return;
	}
	strbuf_printf(out, "PROXY %s %s %s %u %u\r\n",
	    ip_is_v4(&h->client) ? "TCP4" : "TCP6",
	    ip_format(&h->client, client_text), ip_format(&server, server_text),
	    h->client_port, h->server_port);
}

static void
put_two(struct strbuf *out, unsigned value)
{
	strbuf_putc(out, (char)(value >> 8));
	strbuf_putc(out, (char)value);
}

static void
format_v2(struct strbuf *out, const struct proxy_header *h)
{
	struct ip server = server_of(h);
	size_t len = h->client.bits / 8;

	strbuf_add(out, str_of(signature, SIGNATURE));
	strbuf_putc(out, (char)(len ? V2_PROXY : V2_LOCAL));
	strbuf_putc(out, (char)(len == 0 ? 0 : len == 4 ? TCP4 : TCP6));
	put_two(out, len ? (unsigned)(2 * len + 4) : 0);
	if (len == 0)
		return;
	strbuf_add(out, str_of((const char *)h->client.octets, len));
	strbuf_add(out, str_of((const char *)server.octets, len));
	put_two(out, h->client_port);
	put_two(out, h->server_port);
}

void
proxy_header_format(
    struct strbuf *out, unsigned version, const struct proxy_header *header)
{
	if (version == 1)
		format_v1(out, header);
	else
		format_v2(out, header);
}
