/*
 * tls_private: what tls, tls_ticket and stream_tls know of each other.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RUN_TLS_PRIVATE_H
#define RUN_TLS_PRIVATE_H

#include <openssl/ssl.h>

#include "postern/tls.h"

struct tls {
	SSL_CTX **at; /* the first is for whoever asks for no name */
	size_t count;
};

#endif
