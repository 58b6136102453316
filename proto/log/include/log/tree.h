/* SPDX-License-Identifier: Apache-2.0
 * tree.h: the Merkle tree of a feed, as the roots of the perfect subtrees of its size's binary digits.
 * RFC 9162 2.1; enough to append and to have the root in O(log n). Proofs are proof.h's. */
#ifndef LOG_TREE_H
#define LOG_TREE_H

#include "base/hash.h"
#include "base/limits.h"

struct tree {
	uint64_t size;
	struct hash peaks
	        [TREE_PEAKS_MAX]; /* [i]: root of the perfect subtree of 2^i leaves, where bit i of size is set */
};

void tree_init(struct tree *t);
/* True when this leaf completed a subtree of SUBTREE_LEAVES (its index is size / SUBTREE_LEAVES - 1 after the
 * call): its root is in *subtree then. */
bool tree_append(struct tree *t, const struct hash *leaf, struct hash *subtree);
/* Append a whole subtree of SUBTREE_LEAVES leaves by its root. The size must be a multiple of SUBTREE_LEAVES. */
void tree_append_subtree(struct tree *t, const struct hash *subtree);
struct hash tree_root(const struct tree *t);
/* Size (u64) and the peaks that are set, lowest first. */
void tree_put(struct bytes_out *o, const struct tree *t);
void tree_get(struct bytes_in *in, struct tree *t);

#endif
