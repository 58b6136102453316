/* SPDX-License-Identifier: Apache-2.0
 * link.h: fixed keys and random numbers that are always the same, for the tests of a link's two ends. */
#ifndef SUPPORT_LINK_H
#define SUPPORT_LINK_H

#include "link/noise.h"

/* A key pair made from one byte; different bytes, different keys. */
struct link_keys {
	uint8_t secret[32], public[32];
};
struct link_keys link_keys_of(uint8_t seed);

/* SplitMix64: small, even, and the same everywhere. */
struct link_random {
	uint64_t state;
};
uint64_t link_random(struct link_random *r);
size_t link_random_below(struct link_random *r, size_t bound); /* bound > 0 */

#endif
