/* SPDX-License-Identifier: Apache-2.0 */
/* proof.c: RFC 9162 2.1.3 and 2.1.4, made and checked. Where the hashes come from is the caller's affair.
 * Making walks down from the root towards one place and notes the subtree that it leaves aside at each step.
 * Its twist: such a subtree is a run of whole stored subtrees of 256 and at most one ragged end of leaves, so it is
 * folded by the same arithmetic as appending (tree.c), and nothing is recomputed from the entries. */
#include "log/proof.h"

#include <string.h>

#include "base/text.h"

/* The leaves from..to-1 of a tree, as one of its subtrees. */
struct range {
	uint64_t from, to;
};

static enum err append_subtrees(const struct proof_source *source, struct range r, struct tree *t)
{
	struct hash read[SUBTREE_LEAVES];
	while (r.from < r.to) {
		uint64_t left = r.to - r.from;
		uint32_t count = left < SUBTREE_LEAVES ? (uint32_t)left : SUBTREE_LEAVES;
		enum err e = source->read(source->context, PROOF_SUBTREES, r.from, count, read);
		if (e != ERR_OK)
			return e;
		for (uint32_t i = 0; i < count; i++)
			tree_append_subtree(t, &read[i]);
		r.from += count;
	}
	return ERR_OK;
}

static enum err append_leaves(const struct proof_source *source, struct range r, struct tree *t)
{
	struct hash read[SUBTREE_LEAVES], subtree;
	must(r.to - r.from < SUBTREE_LEAVES);
	uint32_t count = (uint32_t)(r.to - r.from);
	if (count == 0)
		return ERR_OK;
	enum err e = source->read(source->context, PROOF_LEAVES, r.from, count, read);
	if (e != ERR_OK)
		return e;
	for (uint32_t i = 0; i < count; i++)
		(void)tree_append(t, &read[i], &subtree);
	return ERR_OK;
}

/* A tree over the range alone. A subtree of 256 leaves or more begins at a multiple of 256, a smaller one lies
 * between two such multiples. */
static enum err range_tree(const struct proof_source *source, struct range r, struct tree *t)
{
	tree_init(t);
	uint64_t whole = (r.to - r.from) / SUBTREE_LEAVES;
	if (whole > 0) {
		must(r.from % SUBTREE_LEAVES == 0);
		uint64_t first = r.from / SUBTREE_LEAVES;
		enum err e = append_subtrees(source, (struct range){first, first + whole}, t);
		if (e != ERR_OK)
			return e;
	}
	return append_leaves(source, (struct range){r.from + whole * SUBTREE_LEAVES, r.to}, t);
}

static enum err range_root(const struct proof_source *source, struct range r, struct hash *out)
{
	struct tree t;
	enum err e = range_tree(source, r, &t);
	if (e == ERR_OK)
		*out = tree_root(&t);
	return e;
}

/* Where the range divides: the largest power of two below its length. */
static uint64_t split(struct range r)
{
	uint64_t k = 1;
	while (k < r.to - r.from - k)
		k <<= 1;
	return r.from + k;
}

/* One step down: r becomes its left or its right half, and the other one, left aside, is returned. */
static struct range step(struct range *r, bool left)
{
	uint64_t middle = split(*r);
	struct range aside = left ? (struct range){middle, r->to} : (struct range){r->from, middle};
	*r = left ? (struct range){r->from, middle} : (struct range){middle, r->to};
	return aside;
}

/* A walk notes from the root down; a proof is written from the leaves up. */
struct walk {
	uint32_t count;
	struct range ranges[PROOF_HASHES_MAX];
};

static void walk_note(struct walk *w, struct range r)
{
	must(w->count < PROOF_HASHES_MAX);
	w->ranges[w->count++] = r;
}

static enum err walk_hashes(const struct proof_source *source, const struct walk *w, struct proof *out)
{
	struct proof p = {.count = w->count};
	for (uint32_t i = 0; i < w->count; i++) {
		enum err e = range_root(source, w->ranges[i], &p.hashes[w->count - 1 - i]);
		if (e != ERR_OK)
			return e;
	}
	*out = p;
	return ERR_OK;
}

enum err proof_inclusion(const struct proof_source *source, uint64_t seq, uint64_t size, struct proof *out)
{
	if (seq >= size || size > PROOF_SIZE_MAX)
		return ERR_OUT_OF_RANGE;
	struct walk w = {0};
	struct range r = {0, size};
	while (r.to - r.from > 1)
		walk_note(&w, step(&r, seq < split(r)));
	return walk_hashes(source, &w, out);
}

static bool power_of_two(uint64_t n)
{
	return (n & (n - 1)) == 0;
}

enum err proof_consistency(const struct proof_source *source, uint64_t old_size, uint64_t new_size,
        enum proof_first first, struct proof *out)
{
	if (old_size == 0 || old_size > new_size || new_size > PROOF_SIZE_MAX)
		return ERR_OUT_OF_RANGE;
	struct walk w = {0};
	struct range r = {0, new_size};
	while (r.to != old_size)
		walk_note(&w, step(&r, old_size <= split(r)));
	bool implied = first == PROOF_FIRST_AS_RFC && r.from == 0;
	if (!implied && old_size < new_size)
		walk_note(&w, r);
	return walk_hashes(source, &w, out);
}

enum err proof_tree(const struct proof_source *source, uint64_t size, struct tree *out)
{
	struct tree t;
	if (size > PROOF_SIZE_MAX)
		return ERR_OUT_OF_RANGE;
	enum err e = range_tree(source, (struct range){0, size}, &t);
	if (e == ERR_OK)
		*out = t;
	return e;
}

/* RFC 9162's two counters: the place in the tree of the node reached so far, and of the last node at its level. */
struct climb {
	uint64_t fn, sn;
};

static void rise(struct climb *c)
{
	c->fn >>= 1;
	c->sn >>= 1;
}

/* Is the next hash a left sibling? If so the climb goes up past the levels at which there is no right sibling. */
static bool from_left(struct climb *c)
{
	if (!(c->fn & 1) && c->fn != c->sn)
		return false;
	must(c->fn != 0); /* odd, or equal to sn, which is not 0 while there are hashes to come */
	while (!(c->fn & 1))
		rise(c);
	return true;
}

enum err proof_check_inclusion(
        const struct proof *proof, uint64_t seq, const struct hash *id, const struct head *head)
{
	if (seq >= head->size || proof->count > PROOF_HASHES_MAX)
		return ERR_BAD_PROOF;
	struct climb c = {seq, head->size - 1};
	struct hash r = *id;
	for (uint32_t i = 0; i < proof->count; i++) {
		const struct hash *p = &proof->hashes[i];
		if (c.sn == 0)
			return ERR_BAD_PROOF;
		r = from_left(&c) ? hash_node(p, &r) : hash_node(&r, p);
		rise(&c);
	}
	return c.sn == 0 && hash_equal(&r, &head->root) ? ERR_OK : ERR_BAD_PROOF;
}

enum err proof_roots(const struct proof *proof, uint64_t old_size, uint64_t new_size, struct hash *old_root,
        struct hash *new_root)
{
	if (old_size == 0 || old_size >= new_size || proof->count == 0 || proof->count > PROOF_HASHES_MAX)
		return ERR_BAD_PROOF;
	struct climb c = {old_size - 1, new_size - 1};
	while (c.fn & 1)
		rise(&c);
	struct hash fr = proof->hashes[0], sr = fr;
	for (uint32_t i = 1; i < proof->count; i++) {
		const struct hash *p = &proof->hashes[i];
		if (c.sn == 0)
			return ERR_BAD_PROOF;
		if (from_left(&c)) {
			fr = hash_node(p, &fr);
			sr = hash_node(p, &sr);
		} else {
			sr = hash_node(&sr, p);
		}
		rise(&c);
	}
	if (c.sn != 0)
		return ERR_BAD_PROOF;
	*old_root = fr;
	*new_root = sr;
	return ERR_OK;
}

/* The lowest bit of the size that is set at LEVEL or above. */
static unsigned peak_from(uint64_t size, unsigned level)
{
	must(level < TREE_PEAKS_MAX && size >> level != 0);
	while (!(size >> level & 1))
		level++;
	return level;
}

/* The first hash is the tree's lowest peak, and every left sibling the next one above. */
enum err proof_old_tree(const struct proof *proof, uint64_t old_size, uint64_t new_size, struct tree *out)
{
	struct hash old_root, new_root;
	enum err e = proof_roots(proof, old_size, new_size, &old_root, &new_root);
	if (e != ERR_OK)
		return e;
	struct climb c = {old_size - 1, new_size - 1};
	unsigned level = peak_from(old_size, 0);
	struct tree tree = {.size = old_size};
	while (c.fn & 1)
		rise(&c);
	tree.peaks[level] = proof->hashes[0];
	for (uint32_t i = 1; i < proof->count; i++) {
		if (from_left(&c)) {
			level = peak_from(old_size, level + 1);
			tree.peaks[level] = proof->hashes[i];
		}
		rise(&c);
	}
	*out = tree;
	return ERR_OK;
}

/* The proof with the verifier's own old root as its first hash. */
static enum err make_explicit(const struct proof *proof, const struct hash *old_root, struct proof *out)
{
	if (proof->count >= PROOF_HASHES_MAX)
		return ERR_BAD_PROOF;
	out->count = proof->count + 1;
	out->hashes[0] = *old_root;
	memcpy(out->hashes + 1, proof->hashes, proof->count * sizeof proof->hashes[0]);
	return ERR_OK;
}

static enum err check_trivial(const struct proof *proof, bool holds)
{
	return proof->count == 0 && holds ? ERR_OK : ERR_BAD_PROOF;
}

static bool empty_root_ok(const struct head *head)
{
	struct hash empty = hash_of(BYTES(NULL, 0));
	return head->size > 0 || hash_equal(&head->root, &empty);
}

enum err proof_check_consistency(const struct proof *proof, const struct head *old, const struct head *newer)
{
	struct proof whole;
	struct hash old_root, new_root;
	if (!empty_root_ok(old))
		return ERR_BAD_PROOF;
	if (old->size == newer->size)
		return check_trivial(proof, hash_equal(&old->root, &newer->root));
	if (old->size == 0)
		return check_trivial(proof, true);
	if (proof->count == 0)
		return ERR_BAD_PROOF;
	if (power_of_two(old->size)) {
		enum err e = make_explicit(proof, &old->root, &whole);
		if (e != ERR_OK)
			return e;
		proof = &whole;
	}
	enum err e = proof_roots(proof, old->size, newer->size, &old_root, &new_root);
	if (e != ERR_OK)
		return e;
	bool holds = hash_equal(&old_root, &old->root) && hash_equal(&new_root, &newer->root);
	return holds ? ERR_OK : ERR_BAD_PROOF;
}

void proof_pack(struct mp_out *m, const struct proof *proof)
{
	must(proof->count <= PROOF_HASHES_MAX);
	mp_put_array(m, proof->count);
	for (uint32_t i = 0; i < proof->count; i++)
		mp_put_bin(m, BYTES_OF(proof->hashes[i].bytes));
}

void proof_unpack(struct mp_in *m, struct proof *out)
{
	out->count = mp_array(m, PROOF_HASHES_MAX);
	for (uint32_t i = 0; i < out->count; i++)
		mp_bin_fixed(m, out->hashes[i].bytes, sizeof out->hashes[i].bytes);
	mp_array_end(m);
}

void proof_put(struct bytes_out *o, const struct proof *proof)
{
	for (uint32_t i = 0; i < proof->count; i++) {
		text_put_base64(o, BYTES_OF(proof->hashes[i].bytes));
		bytes_put_u8(o, '\n');
	}
}
