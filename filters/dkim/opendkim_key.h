/*
 * opendkim_key: the key that libopendkim decodes next is one we hold already.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef DKIM_OPENDKIM_KEY_H
#define DKIM_OPENDKIM_KEY_H

#include <openssl/evp.h>

/* From now on in this thread, until NULL is said. */
void opendkim_key_supply(EVP_PKEY *key);

/* How often in this thread a key was supplied instead of decoded. */
unsigned long opendkim_key_supplied(void);

#endif
