/* SPDX-License-Identifier: Apache-2.0
 * frontier.h: what a node holds, in few bytes: one fingerprint of 8 bytes for each block of FEED_BLOCK feeds, over
 * their sizes and roots; and which blocks of two nodes differ. docs/PROTOCOL.md 6. Fingerprints are hints: equal
 * ones mean "in step", and nothing is ever taken or refused because of one. */
#ifndef LINK_FRONTIER_H
#define LINK_FRONTIER_H

#include "base/limits.h"
#include "link/message.h"

/* The fingerprints of all blocks of a roster, as they travel. */
struct frontier {
	uint32_t feeds; /* of the roster; a block past them is not there */
	uint8_t fingerprints[8u * FRONTIER_BLOCKS_MAX];
};

/* A feed of which nothing is held, or that is void: size 0 and the empty tree's root. */
struct head frontier_head_empty(void);
/* A feed of which a fork proof is known and that is not cut: size FEED_SIZE_HELD and a zero root. */
struct head frontier_head_held(void);

/* The first 8 bytes of SHA-256 over size (8 bytes, big-endian) and root of the block's feeds, in order of their
 * numbers; count 1..FEED_BLOCK, fewer only in the roster's last block. */
uint64_t frontier_fingerprint(const struct head *heads, uint32_t count);

void frontier_init(struct frontier *f);
/* The roster grew: the new blocks have no fingerprint until frontier_set(). feeds never shrinks. */
void frontier_grow(struct frontier *f, uint32_t feeds);
uint32_t frontier_blocks(const struct frontier *f);
/* How many feeds the block has. */
uint32_t frontier_block_feeds(const struct frontier *f, uint32_t block);
/* heads: frontier_block_feeds() of them, the block's. */
void frontier_set(struct frontier *f, uint32_t block, const struct head *heads);
/* As HELLO and FRONTIER carry it; borrowed from f. */
struct bytes frontier_fingerprints(const struct frontier *f);

/* The first block of ours, from FROM on, that differs from theirs or that they have not; frontier_blocks() when
 * none. Blocks that they alone have say that their roster is longer: pull the registrar's feed. */
uint32_t frontier_next_difference(const struct frontier *f, struct bytes theirs, uint32_t from);
/* The SIZES of a block. */
void frontier_pack_sizes(
        struct mp_out *m, const struct frontier *f, uint32_t block, const struct head *heads);

#endif
