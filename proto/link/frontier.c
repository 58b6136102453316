/* SPDX-License-Identifier: Apache-2.0
 * frontier.c: see frontier.h. Fingerprints are kept as they travel, so that to say and to compare them is a view of
 * memory. */
#include "link/frontier.h"

#include <string.h>

struct head frontier_head_empty(void)
{
	return (struct head){.size = 0, .root = hash_of(BYTES(NULL, 0))};
}

struct head frontier_head_held(void)
{
	return (struct head){.size = FEED_SIZE_HELD};
}

uint64_t frontier_fingerprint(const struct head *heads, uint32_t count)
{
	uint8_t covered[FEED_BLOCK * (8 + 32)];
	struct bytes_out o = bytes_out(covered, sizeof covered);
	must(count >= 1 && count <= FEED_BLOCK);
	for (uint32_t i = 0; i < count; i++) {
		bytes_put_u64(&o, heads[i].size);
		bytes_put(&o, heads[i].root.bytes, sizeof heads[i].root.bytes);
	}
	struct hash h = hash_of(bytes_written(&o));
	return hash_fingerprint(&h);
}

void frontier_init(struct frontier *f)
{
	*f = (struct frontier){0};
}

void frontier_grow(struct frontier *f, uint32_t feeds)
{
	must(feeds >= f->feeds && feeds <= FEEDS_MAX);
	f->feeds = feeds;
}

uint32_t frontier_blocks(const struct frontier *f)
{
	return (f->feeds + FEED_BLOCK - 1) / FEED_BLOCK;
}

uint32_t frontier_block_feeds(const struct frontier *f, uint32_t block)
{
	must(block < frontier_blocks(f));
	uint32_t left = f->feeds - block * FEED_BLOCK;
	return left < FEED_BLOCK ? left : FEED_BLOCK;
}

void frontier_set(struct frontier *f, uint32_t block, const struct head *heads)
{
	uint64_t fingerprint = frontier_fingerprint(heads, frontier_block_feeds(f, block));
	struct bytes_out o = bytes_out(f->fingerprints + 8 * (size_t)block, 8);
	bytes_put_u64(&o, fingerprint);
}

struct bytes frontier_fingerprints(const struct frontier *f)
{
	return BYTES(f->fingerprints, 8 * (size_t)frontier_blocks(f));
}

uint32_t frontier_next_difference(const struct frontier *f, struct bytes theirs, uint32_t from)
{
	struct bytes ours = frontier_fingerprints(f);
	for (size_t at = 8 * (size_t)from; at < ours.len; at += 8)
		if (at >= theirs.len || memcmp(ours.data + at, theirs.data + at, 8) != 0)
			return (uint32_t)(at / 8);
	return frontier_blocks(f);
}

void frontier_pack_sizes(struct mp_out *m, const struct frontier *f, uint32_t block, const struct head *heads)
{
	uint64_t sizes[FEED_BLOCK];
	uint32_t count = frontier_block_feeds(f, block);
	for (uint32_t i = 0; i < count; i++)
		sizes[i] = heads[i].size;
	message_pack_sizes(m, block, sizes, count);
}
