/* SPDX-License-Identifier: Apache-2.0
 * drbg.h: random bytes for the node from a seed that its owner gives: the operating system's for a daemon, the
 * simulator's own for a simulation. ChaCha20 with a fresh key after every draw (fast key erasure). */
#ifndef NODE_DRBG_H
#define NODE_DRBG_H

#include <stddef.h>
#include <stdint.h>

struct drbg {
	uint8_t key[32];
};
void drbg_seed(struct drbg *d, const uint8_t seed[32]);
void drbg_fill(struct drbg *d, void *out, size_t len);
uint64_t drbg_below(
        struct drbg *d, uint64_t bound); /* 0 <= x < bound; bound > 0; unbiased enough for timers */

#endif
