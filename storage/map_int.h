/* SPDX-License-Identifier: Apache-2.0 */
/* map_int.h: a hash map in memory from a place (or two numbers written as one) to a small value, for what one
 * transaction collects: objects touched, sums to add. Filled, then sorted and read once, then cleared; its memory is
 * kept for the next transaction. */
#ifndef STORAGE_MAP_INT_H
#define STORAGE_MAP_INT_H

#include "log/entry.h"

struct map {
	uint8_t *slots;
	size_t value_bytes, slot_bytes;
	uint32_t count, cap; /* cap: a power of two, or 0 */
	bool sorted;
};
void map_init(struct map *map, size_t value_bytes);
void map_deinit(struct map *map);
/* The value at key, zeros when it is new; aligned as uint64_t. Valid until the next map_at(). NULL: no memory. */
void *map_at(struct map *map, struct place key);
/* Put the items in the order of keys; after it only map_item() and map_clear(). */
void map_sort(struct map *map);
void *map_item(struct map *map, uint32_t index, struct place *key);
void map_clear(struct map *map);

#endif
