/*
 * digest: SHA-256, looked up once instead of for every hash.
 *
 * EVP_sha256() makes OpenSSL 3 search its providers each time.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pthread.h>

#include "postern/log.h"

#include "digest.h"

static EVP_MD *sha256;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
fetch(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!sha256)
		panic("no SHA-256");
}

const EVP_MD *
digest_sha256(void)
{
	pthread_once(&once, fetch);
	return sha256;
}

void
digest_compute(struct str octets, unsigned char out[DIGEST_SIZE])
{
	if (!EVP_Digest(
		octets.data, octets.len, out, NULL, digest_sha256(), NULL))
		panic("SHA-256 failed");
}
