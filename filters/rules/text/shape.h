/*
 * shape: a line of mail taken apart by a pattern that looks like the line.
 *
 * Steps are counted: a line costs at most STEPS times its length for one
 * shape, however it is made, and counts as not matching beyond that.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_SHAPE_H
#define RULES_SHAPE_H

#include "postern/str.h"

/*
 * A shape is text to be met as it stands, with these signs in it:
 *
 *	%b %h %r	a word (no space in it): by, helo, rdns
 *	%H		a word or nothing: helo
 *	%e		a word without brackets, or nothing: helo
 *	%d		what may be a word: ident
 *	%i %J		an address: ip, or not kept
 *	%I		a word, without angle brackets: id
 *	%s		as little as possible: rest (options of the peer)
 *	%S		what is in a bracket: rest
 *	%w %W		a word; a word or nothing
 *	%L		a name or address of the local host
 *	%E		HELO or EHLO
 *	%n		digits
 *	%x %o		what is in a bracket: all before ")"; or nothing
 *	%z		nothing, or the zone of an address: "%eth0"
 *	%p		nothing, or a port: ":25", ".25"
 *	%v		nothing, or " (envelope-sender <...>)"
 *	%[ %]		nothing, or "[" and "]"
 *	%. %*		anything, as little or as much as possible
 *	%q		the same, 10 to 80 octets
 *	%$		the line's end
 */

struct shape_parts {
	struct str ip;
	struct str rdns;
	struct str helo;
	struct str by;
	struct str id;
	struct str ident;
	struct str rest;
	struct str tail; /* behind the shape */
};

/*
 * Does the line begin with that shape?  Parts that the shape names are set in
 * *parts, the others stay; when it does not match nothing is changed.
 */
bool shape_match(const char *shape, struct str line, struct shape_parts *parts);

/* The length of an address at s.data[at] with nothing grown onto it: 0: none.
 * "IPv6:" may stand before it. */
size_t shape_ip_length(struct str s, size_t at);

/* The first address in s; empty when there is none. */
struct str shape_ip_find(struct str s);

#endif
