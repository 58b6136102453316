/* SPDX-License-Identifier: Apache-2.0
 * feed_set_int.h: some of the feeds, so that the others need not be looked at. Walked in the order of their numbers, which
 * nobody chooses:  for (n = feed_set_next(set, 0); n < FEEDS_MAX; n = feed_set_next(set, n + 1)) */
#ifndef FEED_SET_INT_H
#define FEED_SET_INT_H

#include <stdint.h>

#include "base/limits.h"

/* All zeros: none. */
struct feed_set {
	uint32_t count;
	uint64_t words[FEEDS_MAX / 64];
};
void feed_set_add(struct feed_set *set, uint32_t n);
void feed_set_remove(struct feed_set *set, uint32_t n);
uint32_t feed_set_next(const struct feed_set *set, uint32_t from); /* FEEDS_MAX: no more */

#endif
