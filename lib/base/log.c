/*
 * log: where the program speaks to its admin.
 *
 * syslog(3) may block on a full socket and so stop a worker; a datagram of our
 * own does not.  A line that cannot be written is counted and lost.  Threads
 * take turns.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "postern/log.h"

enum { LINE_MAX_OCTETS = 8192, FACILITY_MAIL = 2 << 3 };

/* The one global of the program. */
static struct {
	char target[256];
	char ident[64];
	char host[65]; /* "host " where a line names it: in files */
	bool syslog;
	int fd;
	enum log_level least;
	unsigned long lost;
	pthread_mutex_t lock;
} sink = {"stderr", "postern", "", false, STDERR_FILENO, LOG_LEVEL_INFO, 0,
    PTHREAD_MUTEX_INITIALIZER};

static int
open_syslog(void)
{
	struct sockaddr_un to = {AF_UNIX, "/dev/log"};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 &&
	    errno != ENOENT && errno != ECONNREFUSED) {
		close(fd);
		return -1;
	}
	return fd;
}

static int
open_target(const char *target)
{
	if (strcmp(target, "stderr") == 0)
		return STDERR_FILENO;
	if (strcmp(target, "syslog") == 0)
		return open_syslog();
	return open(
	    target, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
}

/* As syslogd would have written it; log readers count on it. */
static void
name_host(bool wanted)
{
	char name[256] = "";

	sink.host[0] = '\0';
	if (!wanted || gethostname(name, sizeof(name) - 1) != 0)
		return;
	name[strcspn(name, ".")] = '\0';
	snprintf(sink.host, sizeof(sink.host), "%.63s ", name);
}

static bool
turn_to(const char *target, const char *ident)
{
	int fd = open_target(target);

	if (fd < 0)
		return false;
	if (sink.fd != STDERR_FILENO)
		close(sink.fd);
	sink.fd = fd;
	sink.syslog = strcmp(target, "syslog") == 0;
	name_host(!sink.syslog && fd != STDERR_FILENO);
	if (target != sink.target)
		snprintf(sink.target, sizeof(sink.target), "%s", target);
	if (ident != sink.ident)
		snprintf(sink.ident, sizeof(sink.ident), "%s", ident);
	return true;
}

bool
log_open(const char *target, const char *ident)
{
	bool opened;

	pthread_mutex_lock(&sink.lock);
	opened = turn_to(target, ident);
	pthread_mutex_unlock(&sink.lock);
	return opened;
}

void
log_reopen(void)
{
	log_open(sink.target, sink.ident);
}

void
log_set_level(enum log_level least)
{
	sink.least = least;
}

unsigned long
log_lost(void)
{
	return sink.lost;
}

/* Copies with controls as \xHH; always leaves room for the newline. */
static size_t
copy_safe(char *out, size_t room, struct str text)
{
	static const char digits[] = "0123456789abcdef";
	size_t i, len = 0;

	for (i = 0; i < text.len && len + 5 < room; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (!ascii_is_control((char)c)) {
			out[len++] = (char)c;
			continue;
		}
		out[len++] = '\\';
		out[len++] = 'x';
		out[len++] = digits[c >> 4];
		out[len++] = digits[c & 15];
	}
	return len;
}

static size_t
prefix(char *out, size_t room, enum log_level level)
{
	static const int severity[] = {7, 6, 4, 3};
	char when[32];
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(when, sizeof(when), "%b %e %H:%M:%S", &tm);
	if (sink.syslog)
		snprintf(out, room,
		    "<%d>%s %s[%ld]: ", FACILITY_MAIL | severity[level], when,
		    sink.ident, (long)getpid());
	else
		snprintf(out, room, "%s %s%s[%ld]: ", when, sink.host,
		    sink.ident, (long)getpid());
	return strlen(out);
}

/* A syslog daemon that was restarted has a new socket. */
static bool
send_line(const char *line, size_t len)
{
	if (!sink.syslog)
		return write(sink.fd, line, len) == (ssize_t)len;
	len--; /* datagrams need no newline */
	if (send(sink.fd, line, len, MSG_NOSIGNAL) == (ssize_t)len)
		return true;
	if (errno == EAGAIN || errno == ENOBUFS)
		return false;
	turn_to(sink.target, sink.ident);
	return send(sink.fd, line, len, MSG_NOSIGNAL) == (ssize_t)len;
}

void
log_line(enum log_level level, struct str text)
{
	static const char *const words[] = {
	    "debug: ", "", "warning: ", "error: "};
	char line[LINE_MAX_OCTETS];
	size_t len;

	if (level < sink.least)
		return;
	pthread_mutex_lock(&sink.lock);
	len = prefix(line, 256, level);
	len += (size_t)snprintf(line + len, 16, "%s", words[level]);
	len += copy_safe(line + len, sizeof(line) - len, text);
	line[len++] = '\n';
	if (!send_line(line, len))
		sink.lost++;
	pthread_mutex_unlock(&sink.lock);
}

static void log_args(enum log_level level, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

static void
log_args(enum log_level level, const char *fmt, va_list args)
{
	char text[LINE_MAX_OCTETS / 2];

	if (level < sink.least)
		return;
	vsnprintf(text, sizeof(text), fmt, args);
	log_line(level, str_c(text));
}

void
log_debug(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_args(LOG_LEVEL_DEBUG, fmt, args);
	va_end(args);
}

void
log_info(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_args(LOG_LEVEL_INFO, fmt, args);
	va_end(args);
}

void
log_warning(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_args(LOG_LEVEL_WARNING, fmt, args);
	va_end(args);
}

void
log_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_args(LOG_LEVEL_ERROR, fmt, args);
	va_end(args);
}

_Noreturn void
panic(const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	log_error("panic: %s", text);
	abort();
}

_Noreturn void
fatal(int code, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (sink.fd != STDERR_FILENO)
		log_error("fatal: %s", text);
	fprintf(stderr, "postern: %s\n", text);
	exit(code);
}
