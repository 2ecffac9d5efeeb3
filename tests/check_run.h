/*
 * check_run: the suites of the runtime, and what they share.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TESTS_CHECK_RUN_H
#define TESTS_CHECK_RUN_H

#include <check.h>

#include "postern/coro.h"

TCase *run_loop_case(void);
TCase *run_coro_case(void);
TCase *run_stack_case(void);
TCase *run_stream_case(void);
TCase *run_peer_case(void);
TCase *run_net_case(void);
TCase *run_hosts_case(void);
TCase *run_spool_case(void);
TCase *run_tls_ticket_case(void);

/* A case whose tests each have a loop of their own. */
TCase *case_with_loop(const char *name);
struct loop *test_loop(void);

/* Starts fn(arg) and turns the loop until no coroutine lives. */
void run(void (*fn)(void *arg), void *arg);
void run_all(void);

/* A deadline that many milliseconds from now. */
int64_t in_ms(int64_t ms);

/* A slow checker watches; figures of time and memory mean nothing. */
bool is_instrumented(void);

/* Tests that end in a signal need a process of their own. */
bool can_fork(void);

#endif
