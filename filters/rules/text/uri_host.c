/*
 * uri_host: the host of a web address, and what can be wrong with it.
 *
 * "0x7f.1.0.1", "017.0.0.1", "2130706433" and "0x7f000001" are addresses, too.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "uri_host.h"

static size_t
length_without(struct str s, const char *stops)
{
	size_t i = 0;

	while (i < s.len && !ascii_is_one_of(s.data[i], stops))
		i++;
	return i;
}

bool
uri_host_parse(struct str uri, struct uri_host *out)
{
	size_t start = str_case_starts(uri, "http://") ? 7 :
	    str_case_starts(uri, "https://")           ? 8 :
							 0;
	struct str rest = str_from(uri, start);
	size_t user = length_without(rest, "@/?#"), end = 0;

	if (start == 0)
		return false;
	*out = (struct uri_host) {.scheme = str_head(uri, start)};
	out->has_user = user < rest.len && rest.data[user] == '@';
	if (out->has_user)
		rest = str_from(rest, user + 1);
	end = length_without(rest, "/?#:");
	if (end == 0 || str_find(rest, '\n') < rest.len)
		return false;
	out->host = str_head(rest, end);
	out->rest = str_from(rest, end);
	out->port = str_c("");
	if (str_starts(out->rest, ":")) {
		for (end = 1; end < out->rest.len &&
		     ascii_is_digit(out->rest.data[end]);)
			end++;
		out->port = str_head(str_from(out->rest, 1), end - 1);
	}
	return true;
}

bool
uri_host_drop_controls(struct uri_host *h, struct arena *arena)
{
	char *out = arena_alloc(arena, h->host.len + 1);
	size_t i, len = 0;

	for (i = 0; i < h->host.len; i++)
		if ((unsigned char)h->host.data[i] > ' ')
			out[len++] = h->host.data[i];
	if (len == h->host.len)
		return false;
	h->host = str_of(out, len);
	return true;
}

bool
uri_host_drop_user(struct uri_host *h)
{
	size_t at = str_find(h->host, '@');

	if (at == 0 || at == h->host.len)
		return false;
	h->host = str_from(h->host, at + 1);
	return true;
}

bool
uri_host_drop_tail(struct uri_host *h)
{
	size_t len = h->host.len;

	while (h->host.len && !ascii_is_alnum(h->host.data[h->host.len - 1]))
		h->host.len--;
	return h->host.len < len;
}

static bool
is_hex(struct str s)
{
	size_t i;

	if (!str_case_starts(s, "0x") || s.len == 2)
		return false;
	for (i = 2; i < s.len; i++)
		if (ascii_hex_value(s.data[i]) < 0)
			return false;
	return true;
}

static bool
is_decimal(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!ascii_is_digit(s.data[i]))
			return false;
	return s.len > 0;
}

/* A number in base 8, 10 or 16, as far as it fits. */
static uint64_t
number(struct str s, unsigned base)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (value > (UINT64_MAX - 15) / base)
			return UINT64_MAX;
		value = value * base + (unsigned)ascii_hex_value(s.data[i]);
	}
	return value;
}

static bool
is_octal(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.data[i] > '7')
			return false;
	return s.len > 0 && s.len <= 3 && (s.len < 3 || s.data[0] <= '3');
}

/* One part of a dotted quad, in decimal. */
static struct str
part(struct str s, struct arena *arena)
{
	struct str digits = s;

	if (is_hex(s))
		return arena_printf(arena, "%llu",
		    (unsigned long long)number(str_from(s, 2), 16));
	while (str_starts(digits, "0"))
		digits = str_from(digits, 1);
	if (digits.len < s.len && is_octal(digits))
		return arena_printf(
		    arena, "%llu", (unsigned long long)number(digits, 8));
	return digits;
}

static struct str
quad(struct str host, struct arena *arena)
{
	struct str parts[4], one;
	size_t count = 0;

	while (str_cut(&host, '.', &one)) {
		if (count == 4 || (!is_hex(one) && !is_decimal(one)))
			return str_c("");
		parts[count++] = part(one, arena);
	}
	if (count < 4)
		return str_c("");
	return arena_printf(arena, "%.*s.%.*s.%.*s.%.*s", (int)parts[0].len,
	    parts[0].data, (int)parts[1].len, parts[1].data, (int)parts[2].len,
	    parts[2].data, (int)parts[3].len, parts[3].data);
}

struct str
uri_host_address(struct str host, struct arena *arena)
{
	uint64_t value;

	if (is_hex(host))
		value = number(
		    str_from(host, host.len > 10 ? host.len - 8 : 2), 16);
	else if (is_decimal(host))
		value = number(host, 10);
	else
		return quad(host, arena);
	while (value > UINT32_MAX)
		value >>= 4; /* its first eight digits */
	return arena_printf(arena, "%u.%u.%u.%u", (unsigned)(value >> 24),
	    (unsigned)(value >> 16 & 0xff), (unsigned)(value >> 8 & 0xff),
	    (unsigned)(value & 0xff));
}
