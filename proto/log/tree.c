/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c: appending to a feed's Merkle tree and its root, from the peaks alone. RFC 9162 2.1; proofs are
 * proof.c's. Its twist: appending is adding one to a binary number. Each carry joins two perfect subtrees of
 * 2^i leaves, so the carry out of bit 7 is the moment at which a subtree of 256 is complete, which is what
 * the store keeps. */
#include "log/tree.h"

_Static_assert(SUBTREE_LEAVES == 1u << 8, "the carry out of bit 7 completes a subtree");

void tree_init(struct tree *t)
{
	*t = (struct tree){0};
}

#define SUBTREE_LEVEL 8u

/* Add a perfect subtree of 2^level leaves. True when a carry made one of 2^SUBTREE_LEVEL, then in *subtree. */
static bool add(struct tree *t, unsigned level, const struct hash *peak, struct hash *subtree)
{
	uint64_t leaves = (uint64_t)1 << level;
	must(t->size <= UINT64_MAX - leaves && t->size % leaves == 0);
	bool completed = false;
	struct hash h = *peak;
	for (; t->size >> level & 1; level++) {
		h = hash_node(&t->peaks[level], &h);
		if (level + 1 == SUBTREE_LEVEL) {
			*subtree = h;
			completed = true;
		}
	}
	t->peaks[level] = h;
	t->size += leaves;
	return completed;
}

bool tree_append(struct tree *t, const struct hash *leaf, struct hash *subtree)
{
	return add(t, 0, leaf, subtree);
}

void tree_append_subtree(struct tree *t, const struct hash *subtree)
{
	struct hash unused;
	(void)add(t, SUBTREE_LEVEL, subtree, &unused);
}

struct hash tree_root(const struct tree *t)
{
	if (t->size == 0)
		return hash_of(BYTES(NULL, 0));
	unsigned level = 0;
	while (!(t->size >> level & 1))
		level++;
	struct hash root = t->peaks[level];
	for (level++; level < TREE_PEAKS_MAX; level++)
		if (t->size >> level & 1)
			root = hash_node(&t->peaks[level], &root);
	return root;
}

void tree_put(struct bytes_out *o, const struct tree *t)
{
	bytes_put_u64(o, t->size);
	for (unsigned level = 0; level < TREE_PEAKS_MAX; level++)
		if (t->size >> level & 1)
			bytes_put(o, t->peaks[level].bytes, sizeof t->peaks[level].bytes);
}

void tree_get(struct bytes_in *in, struct tree *t)
{
	tree_init(t);
	t->size = bytes_get_u64(in);
	for (unsigned level = 0; level < TREE_PEAKS_MAX; level++)
		if (t->size >> level & 1)
			bytes_get(in, t->peaks[level].bytes, sizeof t->peaks[level].bytes);
}
