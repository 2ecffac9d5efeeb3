/*
 * check_dns: the suites of the DNS room.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TESTS_CHECK_DNS_H
#define TESTS_CHECK_DNS_H

#include <check.h>

TCase *dns_name_case(void);
TCase *dns_packet_case(void);
TCase *dns_zone_case(void);
TCase *dns_setup_case(void);
TCase *dns_event_case(void);
TCase *dns_peer_case(void);

#endif
