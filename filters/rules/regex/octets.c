/*
 * octets: a set of octets.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "octets.h"

void
octets_fill(struct octets *set)
{
	memset(set->bits, 0xff, sizeof(set->bits));
}

void
octets_add_range(struct octets *set, unsigned from, unsigned to)
{
	for (; from <= to && from < 256; from++)
		octets_add(set, (unsigned char)from);
}

void
octets_add_all(struct octets *set, const struct octets *more)
{
	size_t i;

	for (i = 0; i < 4; i++)
		set->bits[i] |= more->bits[i];
}

void
octets_invert(struct octets *set)
{
	size_t i;

	for (i = 0; i < 4; i++)
		set->bits[i] = ~set->bits[i];
}

void
octets_fold(struct octets *set)
{
	static const uint64_t upper = 0x7fffffe; /* A to Z, of octets 64 on */
	uint64_t letters = set->bits[1] | set->bits[1] >> 32;

	letters &= upper;
	set->bits[1] |= letters | letters << 32;
}

unsigned
octets_count(const struct octets *set)
{
	unsigned count = 0;
	size_t i;

	for (i = 0; i < 4; i++)
		count += (unsigned)__builtin_popcountll(set->bits[i]);
	return count;
}

double
octet_share(unsigned char octet)
{
	static const char common[] = " etaoinsrhldcumfpgwybv";
	static const unsigned char in_thousand[] = {160, 85, 65, 60, 58, 52, 52,
	    50, 45, 32, 31, 30, 25, 22, 22, 17, 17, 16, 14, 14, 13, 8};
	const char *found = octet ? strchr(common, octet) : NULL;

	if (found)
		return in_thousand[found - common] / 1000.0;
	if (ascii_is_digit((char)octet) || ascii_is_one_of((char)octet, ".,-/"))
		return 0.010;
	if (ascii_is_one_of((char)octet, "=<>:\"'\n"))
		return 0.008;
	return octet > 127 ? 0.002 : 0.003;
}

double
octets_share(const struct octets *set)
{
	static const double upper = 0.1; /* of its letter in lower case */
	double sum = 0;
	unsigned word, c;
	uint64_t bits;

	for (word = 0; word < 4; word++) {
		for (bits = set->bits[word]; bits; bits &= bits - 1) {
			c = word * 64 + (unsigned)__builtin_ctzll(bits);
			sum += c >= 'A' && c <= 'Z' ?
			    upper *
				octet_share((unsigned char)(c - 'A' + 'a')) :
			    octet_share((unsigned char)c);
		}
	}
	return sum < 1 ? sum : 1;
}
