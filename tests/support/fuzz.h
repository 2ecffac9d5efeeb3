/*
 * fuzz: one program a room, its targets by name.
 *
 * Built plainly, `fuzz_mail reply FILE...` replays seeds and `fuzz_mail` alone
 * replays every target's folder tests/fuzz/seeds/NAME.  Built with
 * --enable-fuzzing, FUZZ_TARGET=reply fuzz_mail CORPUS is libFuzzer.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_FUZZ_H
#define POSTERN_FUZZ_H

#include "postern/str.h"

struct fuzz_target {
	const char *name;
	void (*run)(struct str input);
};

/* Ends with a target whose name is NULL; each room's file defines it. */
extern const struct fuzz_target fuzz_targets[];

#endif
