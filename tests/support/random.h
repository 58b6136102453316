/* SPDX-License-Identifier: Apache-2.0
 * random.h: splitmix64: numbers that look random and are the same in every run. */
#ifndef SUPPORT_RANDOM_H
#define SUPPORT_RANDOM_H

#include <stdint.h>

static inline uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* 0 <= x < bound */
static inline uint64_t random_below(uint64_t *state, uint64_t bound)
{
	return random_next(state) % bound;
}

/* Any number of up to 64 bits, the short ones as often as the long ones. */
static inline uint64_t random_of_any_size(uint64_t *state)
{
	uint64_t n = random_next(state);
	return n >> random_below(state, 64);
}

#endif
