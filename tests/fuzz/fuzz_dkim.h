/*
 * fuzz_dkim: what the files of this fuzz program share.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef FUZZ_DKIM_H
#define FUZZ_DKIM_H

#include "postern/str.h"

void fuzz_dkim_engines(struct str input);

#endif
