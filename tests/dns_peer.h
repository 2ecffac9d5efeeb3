/*
 * dns_peer: a real name server (NSD) on loopback for one test.
 *
 * Serves two zones, "peer.example" as given and, where ldns can sign,
 * "signed.example", which is signed and then spoiled in one record.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TESTS_DNS_PEER_H
#define TESTS_DNS_PEER_H

#include <stdbool.h>
#include <sys/types.h>

struct dns_peer {
	char folder[64];
	unsigned port; /* on 127.0.0.1 */
	pid_t pid;
	bool is_signed;
	char anchor[128]; /* the file that validation begins with */
};

/* Why there can be no peer here, or NULL. */
const char *dns_peer_missing(void);

/* Why it cannot sign a zone, or NULL. */
const char *dns_peer_unsigned(void);

/* zone: master-file lines, "$ORIGIN peer.example." before them. */
void dns_peer_start(struct dns_peer *peer, const char *zone);
void dns_peer_stop(struct dns_peer *peer);

#endif
