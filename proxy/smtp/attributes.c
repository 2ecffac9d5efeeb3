/*
 * attributes: NAME=value pairs of XCLIENT and XFORWARD.
 *
 * Values come from hosts that the admin trusts, and are checked all the same:
 * a control octet or an address that is none is refused.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/command.h"

#include "attributes.h"

enum { TEXT_MAX = 255 };

static const struct {
	const char *name;
	enum attribute bit;
} names[] = {
    {"NAME", ATTR_NAME},
    {"REVERSE_NAME", ATTR_REVERSE_NAME},
    {"ADDR", ATTR_ADDR},
    {"PORT", ATTR_PORT},
    {"PROTO", ATTR_PROTO},
    {"HELO", ATTR_HELO},
    {"LOGIN", ATTR_LOGIN},
    {"DESTADDR", ATTR_DESTADDR},
    {"DESTPORT", ATTR_DESTPORT},
    {"IDENT", ATTR_IDENT},
    {"SOURCE", ATTR_SOURCE},
};

enum { NAMES = sizeof(names) / sizeof(names[0]) };

static unsigned
find_bit(struct str name)
{
	size_t i;

	for (i = 0; i < NAMES; i++)
		if (str_case_is(name, names[i].name))
			return names[i].bit;
	return 0;
}

unsigned
attributes_parse_names(struct str words)
{
	unsigned bits = 0;
	struct str word;

	while (str_cut_word(&words, &word))
		bits |= find_bit(word);
	return bits;
}

void
attributes_format_names(struct strbuf *out, unsigned bits)
{
	size_t i;

	for (i = 0; i < NAMES; i++)
		if (bits & names[i].bit)
			strbuf_printf(out, " %s", names[i].name);
}

void
xtext_encode(struct strbuf *out, const char *text)
{
	for (; *text; text++)
		if (*text > ' ' && *text < 0x7f && *text != '+' && *text != '=')
			strbuf_putc(out, *text);
		else
			strbuf_printf(out, "+%02X", (unsigned char)*text);
}

/* Decoded controls are refused: no name, address or login has any. */
bool
xtext_decode(struct str in, struct arena *arena, struct str *out)
{
	char *to = arena_alloc(arena, in.len + 1);
	int high, low;
	size_t i, len = 0;

	for (i = 0; i < in.len; i++) {
		to[len] = in.data[i];
		if (in.data[i] == '+') {
			if (i + 2 >= in.len)
				return false;
			high = ascii_hex_value(in.data[i + 1]);
			low = ascii_hex_value(in.data[i + 2]);
			if (high < 0 || low < 0)
				return false;
			to[len] = (char)(high * 16 + low);
			i += 2;
		}
		if (ascii_is_control(to[len++]))
			return false;
	}
	to[len] = '\0';
	*out = str_of(to, len);
	return true;
}

static bool
is_unknown(struct str value)
{
	return str_case_is(value, "[UNAVAILABLE]") ||
	    str_case_is(value, "[TEMPUNAVAIL]") || value.len == 0;
}

static bool
set_address(struct str value, struct ip *out)
{
	*out = (struct ip) {.bits = 0};
	if (is_unknown(value))
		return true;
	if (str_case_starts(value, "IPV6:"))
		value = str_from(value, 5);
	return ip_parse(value, out);
}

static bool
set_port(struct str value, unsigned *out)
{
	uint64_t port = 0;

	if (!is_unknown(value) && !str_to_uint(value, 65535, &port))
		return false;
	*out = (unsigned)port;
	return true;
}

static bool
set_name(struct str value, struct envelope *client, struct arena *arena)
{
	client->client_name_failed = str_case_is(value, "[TEMPUNAVAIL]");
	client->client_name = NULL;
	if (is_unknown(value))
		return true;
	client->client_name = arena_text(arena, value);
	return helo_is_acceptable(value);
}

static bool
set_helo(struct str value, struct envelope *client, struct arena *arena)
{
	if (is_unknown(value))
		value = str_c("");
	client->helo = arena_text(arena, value);
	return value.len == 0 || helo_is_acceptable(value);
}

static bool
set_text(struct str value, const char **out, struct arena *arena)
{
	*out = is_unknown(value) ? NULL : arena_text(arena, value);
	return value.len <= TEXT_MAX;
}

static bool
set_protocol(struct str value)
{
	return is_unknown(value) || str_case_is(value, "SMTP") ||
	    str_case_is(value, "ESMTP");
}

static bool
set(unsigned bit, struct str value, struct envelope *client,
    struct arena *arena)
{
	switch (bit) {
	case ATTR_NAME:
		return set_name(value, client, arena);
	case ATTR_ADDR:
		return set_address(value, &client->client);
	case ATTR_PORT:
		return set_port(value, &client->client_port);
	case ATTR_HELO:
		return set_helo(value, client, arena);
	case ATTR_LOGIN:
		return set_text(value, &client->login, arena);
	case ATTR_DESTADDR:
		return set_address(value, &client->server);
	case ATTR_DESTPORT:
		return set_port(value, &client->server_port);
	case ATTR_PROTO:
		return set_protocol(value);
	case ATTR_IDENT:
		return set_text(value, &client->ident, arena);
	default: /* REVERSE_NAME and SOURCE change nothing here */
		return true;
	}
}

bool
attributes_apply(struct str arguments, unsigned allowed,
    struct envelope *client, unsigned *told, struct arena *arena)
{
	struct str key, value;
	unsigned bit;

	*told = 0;
	while (param_cut(&arguments, &key, &value)) {
		bit = find_bit(key);
		if (!(bit & allowed) || !xtext_decode(value, arena, &value) ||
		    !set(bit, value, client, arena))
			return false;
		*told |= bit;
	}
	return *told != 0;
}

static const char *
name_or_why(const struct envelope *client)
{
	if (client->client_name)
		return client->client_name;
	return client->client_name_failed ? "[TEMPUNAVAIL]" : "[UNAVAILABLE]";
}

static void
add_address(struct strbuf *out, const struct ip *ip)
{
	char text[IP_TEXT_MAX];

	if (ip->bits == 0)
		strbuf_puts(out, "[UNAVAILABLE]");
	else
		strbuf_printf(out, "%s%s",
		    ip_is_v4(ip) ? "" : "IPV6:", ip_format(ip, text));
}

static void
add_port(struct strbuf *out, unsigned port)
{
	if (port == 0)
		strbuf_puts(out, "[UNAVAILABLE]");
	else
		strbuf_printf(out, "%u", port);
}

static void
add_text(struct strbuf *out, const char *text)
{
	xtext_encode(out, text && text[0] ? text : "[UNAVAILABLE]");
}

static const char *
attribute_name(enum attribute which)
{
	size_t i = 0;

	while (names[i].bit != which)
		i++;
	return names[i].name;
}

void
attributes_format(struct strbuf *out, enum attribute which,
    const struct envelope *client, bool forward)
{
	strbuf_printf(out, " %s=", attribute_name(which));
	if (which == ATTR_NAME || which == ATTR_REVERSE_NAME)
		xtext_encode(out, name_or_why(client));
	else if (which == ATTR_ADDR)
		add_address(out, &client->client);
	else if (which == ATTR_DESTADDR)
		add_address(out, &client->server);
	else if (which == ATTR_PORT)
		add_port(out, client->client_port);
	else if (which == ATTR_DESTPORT)
		add_port(out, client->server_port);
	else if (which == ATTR_PROTO)
		strbuf_puts(out,
		    strcmp(client->protocol, "SMTP") == 0 ? "SMTP" : "ESMTP");
	else if (which == ATTR_HELO)
		forward ? add_text(out, client->helo) :
			  xtext_encode(out, client->helo);
	else if (which == ATTR_SOURCE)
		strbuf_puts(out, "REMOTE");
	else
		add_text(
		    out, which == ATTR_LOGIN ? client->login : client->ident);
}
