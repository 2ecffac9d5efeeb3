/*
 * postfix_conf: main.cf and master.cf, as far as they tell what stands behind.
 *
 * A line that begins with white space continues the one before; comments and
 * empty lines end nothing.  What cannot be read is left out: Postfix itself
 * will complain.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postfix_conf.h"

enum {
	DEPTH_MAX = 8, /* of $name in $name */
	VALUE_MAX = 65536
};

static bool
is_blank(char c)
{
	return ascii_is_space(c);
}

/* The next logical line, joined; *number is where it begins. */
static bool
cut_logical(struct str *rest, unsigned *at, struct arena *arena,
    struct str *out, unsigned *number)
{
	struct str line, peek, joined = str_of("", 0);
	bool begun = false;

	for (;;) {
		peek = *rest;
		if (!str_cut_line(&peek, &line))
			break;
		if (str_trim(line).len == 0 ||
		    str_starts(str_trim(line), "#")) {
			*rest = peek;
			(*at)++;
			continue;
		}
		if (begun && !is_blank(line.data[0]))
			break;
		*rest = peek;
		(*at)++;
		if (!begun)
			*number = *at;
		begun = true;
		joined = arena_printf(arena, "%.*s %.*s", (int)joined.len,
		    joined.data, (int)line.len, line.data);
	}
	*out = str_trim(joined);
	return begun;
}

static void
add_value(struct postfix_value **list, size_t *count, struct arena *arena,
    struct str pair, unsigned line)
{
	size_t equals = str_find(pair, '=');

	if (equals == pair.len)
		return;
	*list = arena_push(arena, *list, *count, sizeof(**list));
	(*list)[(*count)++] = (struct postfix_value) {
	    .name = str_trim(str_head(pair, equals)),
	    .value = str_trim(str_from(pair, equals + 1)),
	    .line = line,
	};
}

void
postfix_read_main(struct postfix_conf *conf, struct str text)
{
	unsigned at = 0, number = 0;
	struct str line;

	while (cut_logical(&text, &at, conf->arena, &line, &number))
		add_value(&conf->values, &conf->value_count, conf->arena, line,
		    number);
}

/* "name=value", or "{ name = value }" with spaces in it. */
static bool
cut_option(struct str *rest, struct str *pair)
{
	size_t end;

	*rest = str_trim(*rest);
	if (!str_starts(*rest, "{"))
		return str_cut_word(rest, pair);
	end = str_find(*rest, '}');
	*pair = str_trim(str_from(str_head(*rest, end), 1));
	*rest = str_from(*rest, end + 1);
	return true;
}

static void
read_service(struct postfix_conf *conf, struct str line, unsigned number)
{
	struct postfix_service s = {.line = number};
	struct str fields[8], word, pair;
	size_t i;

	for (i = 0; i < 8; i++)
		if (!str_cut_word(&line, &fields[i]))
			return;
	s.name = fields[0];
	s.type = fields[1];
	s.processes = fields[6];
	s.command = fields[7];
	while (str_cut_word(&line, &word))
		if (str_is(word, "-o") && cut_option(&line, &pair))
			add_value(&s.options, &s.option_count, conf->arena,
			    pair, number);
	conf->services = arena_push(conf->arena, conf->services,
	    conf->service_count, sizeof(*conf->services));
	conf->services[conf->service_count++] = s;
}

void
postfix_read_master(struct postfix_conf *conf, struct str text)
{
	unsigned at = 0, number = 0;
	struct str line;

	while (cut_logical(&text, &at, conf->arena, &line, &number))
		read_service(conf, line, number);
}

/* The last one counts, as it does for Postfix. */
static const struct postfix_value *
find_value(const struct postfix_value *list, size_t count, struct str name)
{
	while (count > 0)
		if (str_eq(list[--count].name, name))
			return &list[count];
	return NULL;
}

static size_t
name_length(struct str s)
{
	size_t i = 0;

	while (i < s.len && (ascii_is_alnum(s.data[i]) || s.data[i] == '_'))
		i++;
	return i;
}

static struct str
expand(const struct postfix_conf *conf, struct str value, unsigned depth)
{
	const struct postfix_value *found;
	struct str out = str_of("", 0), name, inner;
	size_t dollar, open;

	if (depth == DEPTH_MAX)
		return value;
	while ((dollar = str_find(value, '$')) < value.len) {
		open = dollar + 1 +
		    (str_starts(str_from(value, dollar), "${") ||
			str_starts(str_from(value, dollar), "$("));
		name = str_from(value, open);
		name = str_head(name, name_length(name));
		found = find_value(conf->values, conf->value_count, name);
		inner = found ? expand(conf, found->value, depth + 1) :
				str_of("", 0);
		out = arena_printf(conf->arena, "%.*s%.*s%.*s", (int)out.len,
		    out.data, (int)dollar, value.data, (int)inner.len,
		    inner.data);
		if (out.len > VALUE_MAX)
			return out;
		value = str_from(value, open + name.len + (open > dollar + 1));
	}
	return arena_printf(conf->arena, "%.*s%.*s", (int)out.len, out.data,
	    (int)value.len, value.data);
}

struct str
postfix_get(const struct postfix_conf *conf,
    const struct postfix_service *service, const char *name,
    const char *otherwise)
{
	const struct postfix_value *v = NULL;

	if (service)
		v = find_value(
		    service->options, service->option_count, str_c(name));
	if (!v)
		v = find_value(conf->values, conf->value_count, str_c(name));
	return v ? expand(conf, v->value, 0) : str_c(otherwise);
}

static unsigned
service_port(struct str name)
{
	static const struct {
		const char *name;
		unsigned port;
	} known[] = {{"smtp", 25}, {"submission", 587}, {"smtps", 465},
	    {"submissions", 465}};
	struct str port = str_from(name, str_find_last(name, ':') + 1);
	uint64_t number;
	size_t i;

	if (str_find(name, ':') == name.len)
		port = name;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_is(port, known[i].name))
			return known[i].port;
	return str_to_uint(port, 65535, &number) ? (unsigned)number : 0;
}

const struct postfix_service *
postfix_find(const struct postfix_conf *conf, unsigned port)
{
	size_t i;

	for (i = 0; i < conf->service_count; i++)
		if (str_is(conf->services[i].type, "inet") &&
		    service_port(conf->services[i].name) == port)
			return &conf->services[i];
	return NULL;
}

bool
postfix_lists(struct str list, const char *word)
{
	struct str part, each;

	while (str_cut(&list, ',', &part))
		while (str_cut_word(&part, &each))
			if (str_is(each, word))
				return true;
	return false;
}
