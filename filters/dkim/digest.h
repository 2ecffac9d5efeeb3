/*
 * digest: SHA-256, looked up once instead of for every hash.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef DKIM_DIGEST_H
#define DKIM_DIGEST_H

#include <openssl/evp.h>

#include "postern/str.h"

enum { DIGEST_SIZE = 32 };

/* Lives as long as the process. */
const EVP_MD *digest_sha256(void);

void digest_compute(struct str octets, unsigned char out[DIGEST_SIZE]);

#endif
