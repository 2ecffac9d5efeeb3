/*
 * callbacks: what libmilter calls.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_CALLBACKS_H
#define PROXY_CALLBACKS_H

#include "guest.h"

/* Registers with libmilter; door stays as long as the process. */
bool callbacks_register(struct milter_door *door);

#endif
