/*
 * rsakey: an RSA public key from the octets of p= (RFC 6376 3.6.1).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef DKIM_RSAKEY_H
#define DKIM_RSAKEY_H

#include <openssl/evp.h>

#include "postern/str.h"

/*
 * Reads a SubjectPublicKeyInfo or a bare RSAPublicKey in DER, nothing behind
 * it.  The key is the caller's (EVP_PKEY_free); NULL when it is malformed.
 */
EVP_PKEY *rsakey_parse(struct str der);

#endif
