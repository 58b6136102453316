/* SPDX-License-Identifier: Apache-2.0
 * proof.h: that an entry is in a feed's tree (RFC 9162 2.1.3) and that one tree continues another (2.1.4): made from
 * what the store keeps, and checked. Forks are fork.h's. docs/PROTOCOL.md 3. */
#ifndef LOG_PROOF_H
#define LOG_PROOF_H

#include "log/checkpoint.h"
#include "log/tree.h"

/* Hashes from the leaves' side to the root's side, as RFC 9162 orders them. */
struct proof {
	uint32_t count;
	struct hash hashes[PROOF_HASHES_MAX];
};

/* RFC 9162 leaves the first hash of a consistency proof out when the old size is a power of two, because the
 * verifier's own old root is that hash. Between nodes and in fork proofs it is always there, so that the proof says
 * by itself which old root it leads to. */
enum proof_first { PROOF_FIRST_AS_RFC, PROOF_FIRST_EXPLICIT };

/* What proofs are made from: the ids of the entries, and the roots of the complete subtrees of SUBTREE_LEAVES.
 * read() fills out with the hashes from, from + 1, ... (count of them, at most SUBTREE_LEAVES) of that level; an
 * error of its own stops the making and is returned as it is. */
enum proof_level { PROOF_LEAVES, PROOF_SUBTREES };
struct proof_source {
	void *context;
	enum err (*read)(
	        void *context, enum proof_level level, uint64_t from, uint32_t count, struct hash *out);
};

/* Make. Each costs at most 2 x SUBTREE_LEAVES leaves read and size / SUBTREE_LEAVES subtrees. ERR_OUT_OF_RANGE:
 * seq >= size, or not 0 < old_size <= new_size, or a size over PROOF_SIZE_MAX; else read()'s errors. */
#define PROOF_SIZE_MAX ((uint64_t)1 << 63)
MUST_USE enum err proof_inclusion(
        const struct proof_source *source, uint64_t seq, uint64_t size, struct proof *out);
MUST_USE enum err proof_consistency(const struct proof_source *source, uint64_t old_size, uint64_t new_size,
        enum proof_first first, struct proof *out);
/* The tree as it was at SIZE: for a root in the past, and to go on appending after a roll back. */
MUST_USE enum err proof_tree(const struct proof_source *source, uint64_t size, struct tree *out);

/* Check. All say ERR_BAD_PROOF. */
MUST_USE enum err proof_check_inclusion(
        const struct proof *proof, uint64_t seq, const struct hash *id, const struct head *head);
/* In the form PROOF_FIRST_AS_RFC. Every tree continues the empty one, with an empty proof. */
MUST_USE enum err proof_check_consistency(
        const struct proof *proof, const struct head *old, const struct head *newer);
/* In the form PROOF_FIRST_EXPLICIT: the old root and the new root to which the proof leads. ERR_BAD_PROOF: it has
 * not the form of a proof between these sizes (0 < old_size < new_size). */
MUST_USE enum err proof_roots(const struct proof *proof, uint64_t old_size, uint64_t new_size,
        struct hash *old_root, struct hash *new_root);
/* Likewise, the tree that the newer one had at the old size. */
MUST_USE enum err proof_old_tree(
        const struct proof *proof, uint64_t old_size, uint64_t new_size, struct tree *out);

/* msgpack: [bin 32, ...]. */
void proof_pack(struct mp_out *m, const struct proof *proof);
void proof_unpack(struct mp_in *m, struct proof *out);
/* Text: one base64 hash a line. */
void proof_put(struct bytes_out *o, const struct proof *proof);

#endif
