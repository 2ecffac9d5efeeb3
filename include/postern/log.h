/*
 * log: where the program speaks to its admin.
 *
 * The only global of the program.  A line never holds an octet below space
 * nor DEL: what comes from outside is written as \xHH.  Writing never blocks:
 * a stuck syslog socket loses lines and counts them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_LOG_H
#define POSTERN_LOG_H

#include <stdarg.h>

#include "postern/str.h"

enum log_level {
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_INFO,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_ERROR
};

/*
 * Where lines go from now on.  "stderr", "syslog", or an absolute path that
 * is appended to.  ident is the program part of a syslog line, for example
 * "postern/smtpd".  May be called again, after fork or for USR1.
 * False when the file or socket cannot be opened; the old one then stays.
 */
bool log_open(const char *target, const char *ident);

/* Closes and opens the same target again (USR1, log rotation). */
void log_reopen(void);

/* Lines below `least` are not written.  Starts at INFO. */
void log_set_level(enum log_level least);

void log_line(enum log_level level, struct str text);
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Lines that could not be written since the start. */
unsigned long log_lost(void);

/* A bug in the program: says where, and aborts. */
_Noreturn void
panic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A start-up problem: says it and exits with a code of sysexits.h. */
_Noreturn void
fatal(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
