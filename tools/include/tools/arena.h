/* SPDX-License-Identifier: Apache-2.0
 * arena.h: memory that lives as long as a command, or as long as a row of an import. Never returns NULL: a command
 * that is out of memory says so and ends. */
#ifndef TOOLS_ARENA_H
#define TOOLS_ARENA_H

#include "base/bytes.h"

struct arena_block;
struct arena {
	struct arena_block *newest; /* NULL: empty; zero-initialise */
};
void *arena_take(struct arena *a, size_t bytes); /* zeroed, aligned for anything */
struct bytes arena_copy(struct arena *a, struct bytes b);
char *arena_text(struct arena *a, struct bytes b); /* with a NUL */
void arena_reset(struct arena *a); /* forgets what was taken; keeps a block for the next row */
void arena_deinit(struct arena *a);

#endif
