/* SPDX-License-Identifier: Apache-2.0
 * memory.c: see memory.h. Before each block stands how large it is and whose. */
#include "memory.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "support/net.h"

struct block {
	_Alignas(max_align_t) size_t bytes;
	uint32_t owner; /* in uses */
};

/* What the linker calls what it wraps, and what it calls instead. */
void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
void __real_free(void *old);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);
void __wrap_free(void *old);

#define NOBODY NET_NODES_MAX
static struct memory_use uses[NET_NODES_MAX + 1];
static const uint32_t *whose;

void memory_follow(const uint32_t *turn)
{
	whose = turn;
}

struct memory_use memory_of(uint32_t index)
{
	return uses[index];
}

void memory_again(uint32_t index)
{
	uses[index].peak = uses[index].bytes;
}

struct memory_use memory_of_all(void)
{
	struct memory_use all = {0};
	for (uint32_t i = 0; i <= NOBODY; i++) {
		all.bytes += uses[i].bytes;
		all.blocks += uses[i].blocks;
	}
	return all;
}

static void count(uint32_t owner, size_t bytes)
{
	struct memory_use *use = &uses[owner];
	use->blocks++;
	use->bytes += bytes;
	if (use->peak < use->bytes)
		use->peak = use->bytes;
}

static void discount(const struct block *b)
{
	must(uses[b->owner].blocks > 0 && uses[b->owner].bytes >= b->bytes);
	uses[b->owner].blocks--;
	uses[b->owner].bytes -= b->bytes;
}

static void *count_new(struct block *b, size_t bytes)
{
	if (!b)
		return NULL;
	b->bytes = bytes;
	b->owner = whose && *whose < NOBODY ? *whose : NOBODY;
	count(b->owner, bytes);
	return b + 1;
}

void *__wrap_malloc(size_t bytes)
{
	must(bytes < SIZE_MAX - sizeof(struct block));
	return count_new(__real_malloc(sizeof(struct block) + bytes), bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
	must(bytes == 0 || count < (SIZE_MAX - sizeof(struct block)) / bytes);
	return count_new(__real_calloc(1, sizeof(struct block) + count * bytes), count * bytes);
}

/* It stays whose it was. */
void *__wrap_realloc(void *old, size_t bytes)
{
	if (!old)
		return __wrap_malloc(bytes);
	must(bytes > 0 && bytes < SIZE_MAX - sizeof(struct block));
	struct block *b = (struct block *)old - 1;
	const struct block before = *b;
	b = __real_realloc(b, sizeof *b + bytes);
	if (!b)
		return NULL;
	discount(&before);
	b->bytes = bytes;
	count(b->owner, bytes);
	return b + 1;
}

void __wrap_free(void *old)
{
	if (!old)
		return;
	struct block *b = (struct block *)old - 1;
	discount(b);
	__real_free(b);
}
