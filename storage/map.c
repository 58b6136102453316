/* SPDX-License-Identifier: Apache-2.0 */
/* map.c: open addressing with linear probing, at most half full. Sorting packs the items at the front, which is why
 * nothing can be looked up after it. */
#include "map_int.h"

#include <stdlib.h>
#include <string.h>

struct head_of_slot {
	struct place key;
	uint64_t used;
};
#define MAP_CAP_FIRST 1024u
#define MAP_CAP_KEPT (1u << 16) /* a larger one is given back when cleared */

void map_init(struct map *map, size_t value_bytes)
{
	*map = (struct map){.value_bytes = value_bytes,
	        .slot_bytes = sizeof(struct head_of_slot) + (value_bytes + 7) / 8 * 8};
}

void map_deinit(struct map *map)
{
	free(map->slots);
	map_init(map, map->value_bytes);
}

static struct head_of_slot *slot(const struct map *map, uint32_t index)
{
	return (struct head_of_slot *)(void *)(map->slots + index * map->slot_bytes);
}

static struct head_of_slot *find(const struct map *map, struct place key)
{
	uint64_t h = (key.seq * 0x9E3779B97F4A7C15u) ^ ((uint64_t)key.feed.n * 0xC2B2AE3D27D4EB4Fu);
	uint32_t index = (uint32_t)(h >> 32) & (map->cap - 1);
	struct head_of_slot *s = slot(map, index);
	while (s->used && place_compare(s->key, key) != 0) {
		index = (index + 1) & (map->cap - 1);
		s = slot(map, index);
	}
	return s;
}

static bool grow(struct map *map)
{
	struct map larger = *map;
	larger.cap = map->cap == 0 ? MAP_CAP_FIRST : map->cap * 2;
	larger.slots = calloc(larger.cap, larger.slot_bytes);
	if (larger.slots == NULL)
		return false;
	for (uint32_t i = 0; i < map->cap; i++)
		if (slot(map, i)->used)
			memcpy(find(&larger, slot(map, i)->key), slot(map, i), map->slot_bytes);
	free(map->slots);
	*map = larger;
	return true;
}

void *map_at(struct map *map, struct place key)
{
	must(!map->sorted);
	if (map->count * 2 >= map->cap && !grow(map))
		return NULL;
	struct head_of_slot *s = find(map, key);
	if (!s->used) {
		memset(s, 0, map->slot_bytes);
		*s = (struct head_of_slot){.key = key, .used = 1};
		map->count++;
	}
	return s + 1;
}

static int compare(const void *a, const void *b)
{
	const struct head_of_slot *x = a, *y = b;
	return place_compare(x->key, y->key);
}

void map_sort(struct map *map)
{
	uint32_t at = 0;
	for (uint32_t i = 0; i < map->cap && at < map->count; i++) {
		if (!slot(map, i)->used || i == at++)
			continue;
		memcpy(slot(map, at - 1), slot(map, i), map->slot_bytes);
		slot(map, i)->used = 0;
	}
	map->sorted = true;
	if (map->count > 0)
		qsort(map->slots, map->count, map->slot_bytes, compare);
}

void *map_item(struct map *map, uint32_t index, struct place *key)
{
	must(index < map->count);
	*key = slot(map, index)->key;
	return slot(map, index) + 1;
}

void map_clear(struct map *map)
{
	if (map->cap > MAP_CAP_KEPT) {
		map_deinit(map);
		return;
	}
	uint32_t used = map->sorted ? map->count : map->cap; /* sorted items are at the front */
	if (map->count > 0)
		memset(map->slots, 0, used * map->slot_bytes);
	map->count = 0;
	map->sorted = false;
}
