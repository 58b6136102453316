/* SPDX-License-Identifier: Apache-2.0 */
/* naive.c: see naive.h. */
#include "support/naive.h"

static uint64_t split(uint64_t n)
{
	uint64_t k = 1;
	while (k * 2 < n)
		k *= 2;
	return k;
}

struct hash naive_root(const struct hash *leaves, uint64_t n)
{
	if (n == 0)
		return hash_of(BYTES(NULL, 0));
	if (n == 1)
		return leaves[0];
	uint64_t k = split(n);
	struct hash left = naive_root(leaves, k), right = naive_root(leaves + k, n - k);
	return hash_node(&left, &right);
}

static void push(struct proof *p, struct hash h)
{
	must(p->count < PROOF_HASHES_MAX);
	p->hashes[p->count++] = h;
}

struct proof naive_path(const struct hash *leaves, uint64_t m, uint64_t n)
{
	if (n == 1)
		return (struct proof){0};
	uint64_t k = split(n);
	struct proof p = m < k ? naive_path(leaves, m, k) : naive_path(leaves + k, m - k, n - k);
	push(&p, m < k ? naive_root(leaves + k, n - k) : naive_root(leaves, k));
	return p;
}

static struct proof subproof(const struct hash *leaves, uint64_t m, uint64_t n, bool whole)
{
	struct proof p = {0};
	if (m == n) {
		if (!whole)
			push(&p, naive_root(leaves, n));
		return p;
	}
	uint64_t k = split(n);
	if (m <= k) {
		p = subproof(leaves, m, k, whole);
		push(&p, naive_root(leaves + k, n - k));
	} else {
		p = subproof(leaves + k, m - k, n - k, false);
		push(&p, naive_root(leaves, k));
	}
	return p;
}

struct proof naive_consistency(const struct hash *leaves, uint64_t m, uint64_t n)
{
	return subproof(leaves, m, n, true);
}

void naive_leaves(struct hash *leaves, uint64_t count, uint64_t salt)
{
	for (uint64_t i = 0; i < count; i++) {
		uint64_t parts[2] = {salt, i};
		leaves[i] = hash_leaf(BYTES(parts, sizeof parts));
	}
}

static enum err read(void *context, enum proof_level level, uint64_t from, uint32_t count, struct hash *out)
{
	struct naive_store *s = context;
	uint64_t width = level == PROOF_LEAVES ? 1 : SUBTREE_LEAVES;
	if (count > SUBTREE_LEAVES || (from + count) * width > s->count)
		return ERR_NOT_FOUND;
	*(level == PROOF_LEAVES ? &s->leaves_read : &s->subtrees_read) += count;
	for (uint32_t i = 0; i < count; i++)
		out[i] = naive_root(s->leaves + (from + i) * width, width);
	return ERR_OK;
}

struct proof_source naive_source(struct naive_store *store)
{
	return (struct proof_source){.context = store, .read = read};
}
