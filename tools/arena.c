/* SPDX-License-Identifier: Apache-2.0
 * arena.c: blocks that are freed together. */
#include "tools/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (256u * 1024u)

struct arena_block {
	struct arena_block *older;
	size_t used, cap;
	alignas(max_align_t) unsigned char data[];
};

static struct arena_block *block_new(struct arena_block *older, size_t bytes)
{
	size_t cap = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
	struct arena_block *block = calloc(1, sizeof *block + cap);

	if (!block) {
		(void)fputs("lontar: out of memory\n", stderr);
		exit(5);
	}
	block->older = older;
	block->cap = cap;
	return block;
}

void *arena_take(struct arena *a, size_t bytes)
{
	const size_t align = alignof(max_align_t);
	size_t rounded = (bytes + align - 1) / align * align;
	void *p;

	must(rounded >= bytes);
	if (!a->newest || a->newest->cap - a->newest->used < rounded)
		a->newest = block_new(a->newest, rounded);
	p = a->newest->data + a->newest->used;
	a->newest->used += rounded;
	return p;
}

struct bytes arena_copy(struct arena *a, struct bytes b)
{
	void *p = arena_take(a, b.len + 1);

	if (b.len > 0)
		memcpy(p, b.data, b.len);
	return BYTES(p, b.len);
}

char *arena_text(struct arena *a, struct bytes b)
{
	char *p = arena_take(a, b.len + 1);

	if (b.len > 0)
		memcpy(p, b.data, b.len);
	return p;
}

void arena_reset(struct arena *a)
{
	while (a->newest && a->newest->older) {
		struct arena_block *block = a->newest;
		a->newest = block->older;
		free(block);
	}
	if (!a->newest)
		return;
	memset(a->newest->data, 0, a->newest->used);
	a->newest->used = 0;
}

void arena_deinit(struct arena *a)
{
	arena_reset(a);
	free(a->newest);
	a->newest = NULL;
}
