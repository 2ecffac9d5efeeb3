/*
 * net: sockets that are bound, accepted and connected.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_NET_H
#define POSTERN_NET_H

#include "postern/coro.h"
#include "postern/endpoint.h"
#include "postern/error.h"
#include "postern/ip.h"

/*
 * A listening, non-blocking, close-on-exec socket.  *:port binds both families
 * on one socket.  host may be an address or a name of /etc/hosts (this runs
 * in the master at start and may block).  reuse: SO_REUSEPORT.  A unix path
 * that nobody answers on is removed first; any other file there is an error.
 * -1 on error.
 */
int net_listen(const struct endpoint *ep, bool reuse, struct error *err);

/* The port a listening socket got (for port 0); 0 for unix. */
unsigned net_port(int fd);

/* A non-blocking connection, or -1 when none is waiting (errno says). */
int net_accept(int fd, struct ip *peer, unsigned *port);

/*
 * Connects within the deadline.  Names are looked up in /etc/hosts (read once
 * a minute) and then in dns (A and AAAA); each address is tried in turn.
 * dns may be NULL when only addresses are wanted.  Returns the descriptor or
 * -1.
 */
int net_connect(const struct endpoint *ep, struct dns *dns, int64_t deadline,
    struct error *err) WAITS;

/* The same from an address that need not be ours (IP_TRANSPARENT; needs
 * CAP_NET_ADMIN, and routes that lead the answers back). */
int net_connect_from(const struct ip *from, const struct endpoint *ep,
    struct dns *dns, int64_t deadline, struct error *err) WAITS;

/* Our end of a connection; no address for unix. */
void net_local(int fd, struct ip *ip, unsigned *port);

#endif
