/*
 * keyrecord: a public key in DNS (RFC 6376 3.6.1, RFC 8463).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef DKIM_KEYRECORD_H
#define DKIM_KEYRECORD_H

#include <openssl/evp.h>

#include "signature.h"

struct keyrecord {
	EVP_PKEY *key; /* free it with EVP_PKEY_free */
	bool rsa;      /* otherwise ed25519 */
	bool strict;   /* t=s: i= must be exactly in d= */
	unsigned bits; /* of an RSA modulus; 256 for ed25519 */
};

/*
 * Reads the text of a TXT record for this signature; false when it cannot
 * serve it, with the reason.  On true the key is the caller's.
 */
bool keyrecord_parse(struct str text, const struct signature *sig,
    struct arena *arena, struct keyrecord *out, struct error *err);

#endif
