/*
 * keyrecord: a public key in DNS (RFC 6376 3.6.1, RFC 8463).
 *
 * Reading does not know the signature, so that a record that was read once
 * serves every signature that names it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef DKIM_KEYRECORD_H
#define DKIM_KEYRECORD_H

#include <openssl/evp.h>

#include "signature.h"

struct keyrecord {
	EVP_PKEY *key;   /* NULL: the record serves nobody, see problem */
	bool rsa;        /* otherwise ed25519 */
	bool strict;     /* t=s: i= must be exactly in d= */
	bool testing;    /* t=y */
	bool has_sha256; /* h= allows it */
	bool for_mail;   /* s= allows it */
	unsigned bits;   /* of an RSA modulus; 256 for ed25519 */
	char problem[96];
};

/* Reads the text of a TXT record; clear it afterwards. */
void
keyrecord_read(struct str text, struct arena *arena, struct keyrecord *out);
void keyrecord_clear(struct keyrecord *record);

/* Another holder of the same key. */
void keyrecord_copy(const struct keyrecord *record, struct keyrecord *out);

/* May it verify this signature?  False with the reason in *err. */
bool keyrecord_serves(const struct keyrecord *record,
    const struct signature *sig, struct error *err);

/* Both in one; on true the key is the caller's. */
bool keyrecord_parse(struct str text, const struct signature *sig,
    struct arena *arena, struct keyrecord *out, struct error *err);

#endif
