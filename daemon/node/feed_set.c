/* SPDX-License-Identifier: Apache-2.0
 * feed_set.c: see feed_set_int.h. A bit a feed, so that there is nothing to allocate and the order is given. */
#include "feed_set_int.h"

void feed_set_add(struct feed_set *set, uint32_t n)
{
	uint64_t bit = UINT64_C(1) << n % 64;
	set->count += (set->words[n / 64] & bit) == 0;
	set->words[n / 64] |= bit;
}

void feed_set_remove(struct feed_set *set, uint32_t n)
{
	uint64_t bit = UINT64_C(1) << n % 64;
	set->count -= (set->words[n / 64] & bit) != 0;
	set->words[n / 64] &= ~bit;
}

uint32_t feed_set_next(const struct feed_set *set, uint32_t from)
{
	while (set->count > 0 && from < FEEDS_MAX) {
		uint64_t rest = set->words[from / 64] >> from % 64;
		if (rest & 1)
			return from;
		from = rest ? from + 1 : (from / 64 + 1) * 64;
	}
	return FEEDS_MAX;
}
