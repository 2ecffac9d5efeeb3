/*
 * sasl: what a relay of AUTH knows of mechanisms.
 *
 * The exchange itself is the backend's business.  Who logs in is read from the
 * client's responses for the log, as far as the mechanism shows it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/mime.h"

#include "sasl.h"

enum { RESPONSE_MAX = 12288 };

bool
sasl_is_relayed(struct str mechanism)
{
	static const char *const bound[] = {"EXTERNAL", "GSSAPI", "GSS-SPNEGO",
	    "DIGEST-MD5", "KERBEROS_V4", "NTLM"};
	size_t i;

	if (mechanism.len == 0 || mechanism.len > SASL_MECHANISM_MAX ||
	    str_case_ends(mechanism, "-PLUS") ||
	    str_case_starts(mechanism, "GS2-"))
		return false;
	for (i = 0; i < mechanism.len; i++)
		if (!ascii_is_alnum(mechanism.data[i]) &&
		    !ascii_is_one_of(mechanism.data[i], "-_"))
			return false;
	for (i = 0; i < sizeof(bound) / sizeof(bound[0]); i++)
		if (str_case_is(mechanism, bound[i]))
			return false;
	return true;
}

bool
sasl_is_offered(const char *offer, struct str mechanism)
{
	struct str rest = str_c(offer), word;

	while (str_cut_word(&rest, &word))
		if (str_case_eq(word, mechanism))
			return true;
	return false;
}

void
sasl_filter(struct str words, char *out, size_t room)
{
	size_t len = 0;
	struct str word;

	out[0] = '\0';
	while (str_cut_word(&words, &word)) {
		if (!sasl_is_relayed(word) || sasl_is_offered(out, word) ||
		    len + word.len + 2 > room)
			continue;
		if (len > 0)
			out[len++] = ' ';
		memcpy(out + len, word.data, word.len);
		len += word.len;
		out[len] = '\0';
	}
}

void
sasl_start(struct sasl *sasl, struct str mechanism)
{
	size_t i;

	*sasl = (struct sasl) {.responses = 0};
	mechanism = str_head(mechanism, SASL_MECHANISM_MAX);
	for (i = 0; i < mechanism.len; i++)
		sasl->mechanism[i] = (char)(mechanism.data[i] -
		    (mechanism.data[i] >= 'a' && mechanism.data[i] <= 'z' ?
			    'a' - 'A' :
			    0));
}

static void
set_login(struct sasl *sasl, struct str name)
{
	name = str_head(name, SASL_LOGIN_MAX);
	memcpy(sasl->login, name.data, name.len);
	sasl->login[name.len] = '\0';
}

/* "key=value" among parts that a separator ends. */
static struct str
find_part(struct str text, char separator, const char *key)
{
	struct str part;

	while (str_cut(&text, separator, &part))
		if (str_starts(part, key))
			return str_from(part, strlen(key));
	return str_c("");
}

/* RFC 4616: authorization NUL authentication NUL password. */
static struct str
plain_login(struct str text)
{
	struct str part;

	if (!str_cut(&text, '\0', &part) || !str_cut(&text, '\0', &part))
		return str_c("");
	return part;
}

static struct str
login_of(const struct sasl *sasl, struct str text)
{
	struct str mechanism = str_c(sasl->mechanism);

	if (str_is(mechanism, "PLAIN"))
		return plain_login(text);
	if (str_is(mechanism, "LOGIN"))
		return text;
	if (str_is(mechanism, "CRAM-MD5"))
		return str_head(text, str_find_last(text, ' '));
	if (str_starts(mechanism, "SCRAM-"))
		return find_part(text, ',', "n=");
	if (str_is(mechanism, "XOAUTH2"))
		return find_part(text, '\1', "user=");
	if (str_is(mechanism, "OAUTHBEARER"))
		return find_part(text, ',', "a=");
	return str_c("");
}

void
sasl_see(struct sasl *sasl, struct str response)
{
	struct arena *arena;
	struct str text;

	if (sasl->responses++ > 0 || str_is(response, "=") || response.len == 0)
		return;
	arena = arena_new();
	text = mime_decode_base64(response, RESPONSE_MAX, arena);
	set_login(sasl, login_of(sasl, text));
	explicit_bzero((void *)text.data, text.len);
	arena_free(arena);
}
