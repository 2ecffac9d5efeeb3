/*
 * rsakey: an RSA public key from the octets of p=.
 *
 * Two INTEGERs in a SEQUENCE, which may be wrapped once.  OpenSSL's own
 * decoder takes 25 times as long, tries every format it knows and lets more
 * pass.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "rsakey.h"

enum {
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_SEQUENCE = 0x30,
	MODULUS_MAX = 2048, /* octets */
	EXPONENT_MAX = 8    /* likewise: a long one costs time to verify */
};

/*
 * SEQUENCE { OID rsaEncryption, NULL } of RFC 3279 2.3.1, without its head.
 * Without the NULL it must be accepted as well (RFC 4055 1.2).
 */
static const char rsa_encryption[] =
    "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";

/* The length behind a tag: up to three octets, in its shortest form. */
static bool
cut_length(struct str *rest, size_t *length)
{
	size_t octets, i;

	if (rest->len == 0)
		return false;
	*length = (unsigned char)rest->data[0];
	*rest = str_from(*rest, 1);
	if (*length < 0x80)
		return true;
	octets = *length - 0x80;
	if (octets == 0 || octets > 2 || octets > rest->len)
		return false;
	*length = 0;
	for (i = 0; i < octets; i++)
		*length = *length << 8 | (unsigned char)rest->data[i];
	*rest = str_from(*rest, octets);
	return *length >= (octets == 1 ? 0x80u : 0x100u);
}

/* Takes one value of that tag off the front of *rest. */
static bool
cut_value(struct str *rest, unsigned char tag, struct str *value)
{
	size_t length;

	if (rest->len == 0 || (unsigned char)rest->data[0] != tag)
		return false;
	*rest = str_from(*rest, 1);
	if (!cut_length(rest, &length) || length > rest->len)
		return false;
	*value = str_head(*rest, length);
	*rest = str_from(*rest, length);
	return true;
}

/* An odd positive INTEGER in its shortest form. */
static bool
cut_number(struct str *rest, size_t max, struct str *number)
{
	if (!cut_value(rest, DER_INTEGER, number) || number->len == 0 ||
	    (number->data[0] & 0x80))
		return false;
	if (number->data[0] == 0) {
		*number = str_from(*number, 1);
		if (number->len == 0 || !(number->data[0] & 0x80))
			return false;
	}
	return number->len <= max && (number->data[number->len - 1] & 1);
}

/* *key becomes what is inside a SubjectPublicKeyInfo. */
static bool
unwrap(struct str der, struct str *key)
{
	struct str rsa = str_of(rsa_encryption, sizeof(rsa_encryption) - 1);
	struct str inside, algorithm, bits;

	if (!cut_value(&der, DER_SEQUENCE, &inside) || der.len > 0 ||
	    !cut_value(&inside, DER_SEQUENCE, &algorithm) ||
	    (!str_eq(algorithm, rsa) &&
		!str_eq(algorithm, str_head(rsa, rsa.len - 2))) ||
	    !cut_value(&inside, DER_BIT_STRING, &bits) || inside.len > 0 ||
	    bits.len == 0 || bits.data[0] != 0)
		return false;
	*key = str_from(bits, 1);
	return true;
}

static BIGNUM *
number_of(struct str s)
{
	return BN_bin2bn((const unsigned char *)s.data, (int)s.len, NULL);
}

static EVP_PKEY *
build(struct str modulus, struct str exponent)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM_BLD *list = OSSL_PARAM_BLD_new();
	BIGNUM *n = number_of(modulus), *e = number_of(exponent);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	if (ctx && list && n && e &&
	    OSSL_PARAM_BLD_push_BN(list, OSSL_PKEY_PARAM_RSA_N, n) &&
	    OSSL_PARAM_BLD_push_BN(list, OSSL_PKEY_PARAM_RSA_E, e))
		params = OSSL_PARAM_BLD_to_param(list);
	if (params && EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
	OSSL_PARAM_free(params);
	BN_free(n);
	BN_free(e);
	OSSL_PARAM_BLD_free(list);
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return key;
}

EVP_PKEY *
rsakey_parse(struct str der)
{
	struct str key = der, inside, modulus, exponent;

	unwrap(der, &key);
	if (!cut_value(&key, DER_SEQUENCE, &inside) || key.len > 0 ||
	    !cut_number(&inside, MODULUS_MAX, &modulus) ||
	    !cut_number(&inside, EXPONENT_MAX, &exponent) || inside.len > 0 ||
	    modulus.len < 32 || str_is(exponent, "\x01"))
		return NULL;
	return build(modulus, exponent);
}
