/* SPDX-License-Identifier: Apache-2.0
 * naive.h: RFC 9162 2.1 written down as its recursive definitions over all leaves, to hold proto/log's arithmetic
 * against. Slow and plain on purpose; it shares nothing with tree.c and proof.c but the two hashes. */
#ifndef SUPPORT_NAIVE_H
#define SUPPORT_NAIVE_H

#include "log/proof.h"

/* MTH(D[0:n]). */
struct hash naive_root(const struct hash *leaves, uint64_t n);
/* PATH(m, D[0:n]). */
struct proof naive_path(const struct hash *leaves, uint64_t m, uint64_t n);
/* PROOF(m, D[0:n]). */
struct proof naive_consistency(const struct hash *leaves, uint64_t m, uint64_t n);

/* count leaves that depend on the salt and their place. */
void naive_leaves(struct hash *leaves, uint64_t count, uint64_t salt);

/* Leaves and the roots of their complete subtrees, as a store keeps them; reads are counted. */
struct naive_store {
	const struct hash *leaves;
	uint64_t count;
	uint64_t leaves_read, subtrees_read;
};
struct proof_source naive_source(struct naive_store *store);

#endif
