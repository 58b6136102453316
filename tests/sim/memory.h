/* SPDX-License-Identifier: Apache-2.0
 * memory.h: the heap, by whose it is. Every block that this program's own code takes is that node's whose turn it is then
 * (net.h), or, between turns, nobody's: the harness's; it stays so until it is given back, whoever does that. The linker
 * sends malloc and its kin here (--wrap), so LMDB and libc, which are shared objects, are not counted. */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include <stdint.h>

struct memory_use {
	uint64_t bytes, blocks;
	uint64_t peak; /* the most bytes since memory_again() */
};
/* From now on it is *TURN's, an index or NET_STRANGER; before, and with NULL, nobody's. */
void memory_follow(const uint32_t *turn);
struct memory_use memory_of(uint32_t index);
void memory_again(uint32_t index);
/* Everybody's and nobody's. */
struct memory_use memory_of_all(void);

#endif
