/* SPDX-License-Identifier: Apache-2.0 */
/* log_proof.c: proofs made and checked against RFC 9162's recursive definitions; every bit of them matters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log/proof.h"
#include "support/naive.h"
#include "support/random.h"

#define LEAVES_MAX 40000u
#define SIZES_ALL 600u
static struct hash *leaves;
static struct hash roots[SIZES_ALL + 1];

static int setup(void **state)
{
	(void)state;
	leaves = calloc(LEAVES_MAX, sizeof *leaves);
	if (!leaves)
		return -1;
	naive_leaves(leaves, LEAVES_MAX, 1);
	for (uint64_t n = 0; n <= SIZES_ALL; n++)
		roots[n] = naive_root(leaves, n);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(leaves);
	return 0;
}

static struct head head_of(uint64_t size)
{
	return (struct head){
	        .size = size, .root = size <= SIZES_ALL ? roots[size] : naive_root(leaves, size)};
}

static bool proof_equal(const struct proof *a, const struct proof *b)
{
	return a->count == b->count && memcmp(a->hashes, b->hashes, a->count * sizeof a->hashes[0]) == 0;
}

static void check_inclusion(uint64_t seq, uint64_t size)
{
	struct naive_store store = {.leaves = leaves, .count = size};
	struct proof_source source = naive_source(&store);
	struct proof got, want = naive_path(leaves, seq, size);
	struct head head = head_of(size);
	assert_int_equal(proof_inclusion(&source, seq, size, &got), ERR_OK);
	assert_true(proof_equal(&got, &want));
	assert_int_equal(proof_check_inclusion(&got, seq, &leaves[seq], &head), ERR_OK);
	assert_true(store.leaves_read <= 2 * SUBTREE_LEAVES);
	assert_true(store.subtrees_read <= size / SUBTREE_LEAVES);
}

static void check_consistency(uint64_t m, uint64_t n)
{
	struct naive_store store = {.leaves = leaves, .count = n};
	struct proof_source source = naive_source(&store);
	struct proof rfc, whole, want = naive_consistency(leaves, m, n);
	struct head old = head_of(m), newer = head_of(n);
	assert_int_equal(proof_consistency(&source, m, n, PROOF_FIRST_AS_RFC, &rfc), ERR_OK);
	assert_true(proof_equal(&rfc, &want));
	assert_int_equal(proof_check_consistency(&rfc, &old, &newer), ERR_OK);
	assert_true(store.leaves_read <= 2 * SUBTREE_LEAVES);
	assert_int_equal(proof_consistency(&source, m, n, PROOF_FIRST_EXPLICIT, &whole), ERR_OK);
	if (m == n)
		return;
	struct hash old_root, new_root;
	assert_int_equal(proof_roots(&whole, m, n, &old_root, &new_root), ERR_OK);
	assert_true(hash_equal(&old_root, &old.root) && hash_equal(&new_root, &newer.root));
	assert_int_equal(whole.count, rfc.count + ((m & (m - 1)) == 0));
}

static void small_trees(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= 50; n++) {
		for (uint64_t seq = 0; seq < n; seq++)
			check_inclusion(seq, n);
		for (uint64_t m = 1; m <= n; m++)
			check_consistency(m, n);
	}
}

static void every_size_to_600(void **state)
{
	(void)state;
	uint64_t seed = 3;
	for (uint64_t n = 51; n <= SIZES_ALL; n++) {
		uint64_t at[] = {n - 1, random_below(&seed, n)};
		for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
			check_inclusion(at[i], n);
			check_consistency(at[i] + 1, n);
		}
	}
}

static void large_trees(void **state)
{
	(void)state;
	static const uint64_t sizes[] = {1023, 1024, 1025, 16384, 16385, LEAVES_MAX};
	uint64_t seed = 9;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		uint64_t n = sizes[i], at[] = {0, n - 1, random_below(&seed, n), n & ~(uint64_t)255,
		                               (n & ~(uint64_t)255) - 1};
		for (size_t k = 0; k < sizeof at / sizeof at[0]; k++) {
			if (at[k] >= n)
				continue;
			check_inclusion(at[k], n);
			check_consistency(at[k] + 1, n);
		}
	}
}

static void trees_of_the_past(void **state)
{
	(void)state;
	static const uint64_t sizes[] = {0, 1, 255, 256, 257, 600, 4096, 39999};
	struct naive_store store = {.leaves = leaves, .count = LEAVES_MAX};
	struct proof_source source = naive_source(&store);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct tree t;
		assert_int_equal(proof_tree(&source, sizes[i], &t), ERR_OK);
		struct hash root = tree_root(&t), want = naive_root(leaves, sizes[i]);
		assert_true(t.size == sizes[i] && hash_equal(&root, &want));
	}
}

/* More subtrees than one read takes: a tree of equal leaves needs no memory. */
static enum err read_equal(
        void *context, enum proof_level level, uint64_t from, uint32_t count, struct hash *out)
{
	const struct hash *hashes = context; /* the leaf, and the root of SUBTREE_LEAVES of them */
	(void)from;
	assert_true(count <= SUBTREE_LEAVES);
	for (uint32_t i = 0; i < count; i++)
		out[i] = hashes[level == PROOF_LEAVES ? 0 : 1];
	return ERR_OK;
}

static void a_tree_of_many_subtrees(void **state)
{
	(void)state;
	const uint64_t size = 1000 * SUBTREE_LEAVES + 77;
	struct hash same[SUBTREE_LEAVES], hashes[2], unused;
	struct proof_source source = {.context = hashes, .read = read_equal};
	struct tree t;
	struct proof p;
	for (unsigned i = 0; i < SUBTREE_LEAVES; i++)
		same[i] = leaves[0];
	hashes[0] = same[0];
	hashes[1] = naive_root(same, SUBTREE_LEAVES);
	tree_init(&t);
	for (uint64_t i = 0; i < size; i++)
		(void)tree_append(&t, &same[0], &unused);
	struct head head = {.size = size, .root = tree_root(&t)};
	static const uint64_t places[] = {0, 255, 256, 131071, 131072, 255999, 256000, 256076};
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		assert_int_equal(proof_inclusion(&source, places[i], size, &p), ERR_OK);
		assert_int_equal(proof_check_inclusion(&p, places[i], &same[0], &head), ERR_OK);
	}
	assert_int_equal(proof_tree(&source, size, &t), ERR_OK);
	struct hash root = tree_root(&t);
	assert_true(hash_equal(&root, &head.root));
}

static void out_of_range(void **state)
{
	(void)state;
	struct naive_store store = {.leaves = leaves, .count = 10};
	struct proof_source source = naive_source(&store);
	struct proof p;
	struct tree t;
	assert_int_equal(proof_inclusion(&source, 10, 10, &p), ERR_OUT_OF_RANGE);
	assert_int_equal(proof_inclusion(&source, 0, 0, &p), ERR_OUT_OF_RANGE);
	assert_int_equal(proof_inclusion(&source, 0, PROOF_SIZE_MAX + 1, &p), ERR_OUT_OF_RANGE);
	assert_int_equal(proof_consistency(&source, 0, 10, PROOF_FIRST_AS_RFC, &p), ERR_OUT_OF_RANGE);
	assert_int_equal(proof_consistency(&source, 10, 9, PROOF_FIRST_AS_RFC, &p), ERR_OUT_OF_RANGE);
	assert_int_equal(
	        proof_consistency(&source, 1, UINT64_MAX, PROOF_FIRST_EXPLICIT, &p), ERR_OUT_OF_RANGE);
	assert_int_equal(proof_tree(&source, UINT64_MAX, &t), ERR_OUT_OF_RANGE);
	/* what the store says comes through */
	assert_int_equal(proof_inclusion(&source, 0, 11, &p), ERR_NOT_FOUND);
	assert_int_equal(proof_consistency(&source, 3, 11, PROOF_FIRST_EXPLICIT, &p), ERR_NOT_FOUND);
	assert_int_equal(proof_tree(&source, 11, &t), ERR_NOT_FOUND);
	assert_int_equal(proof_tree(&source, 256, &t), ERR_NOT_FOUND);
	assert_int_equal(proof_inclusion(&source, 0, 600, &p), ERR_NOT_FOUND);
}

static void flip(void *bytes, unsigned bit)
{
	((uint8_t *)bytes)[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

static unsigned long flipped;

static void flip_inclusion(uint64_t seq, uint64_t n)
{
	struct proof p = naive_path(leaves, seq, n);
	struct head head = head_of(n);
	struct hash id = leaves[seq];
	for (unsigned bit = 0; bit < p.count * 256; bit++, flipped++) {
		flip(p.hashes, bit);
		assert_int_equal(proof_check_inclusion(&p, seq, &id, &head), ERR_BAD_PROOF);
		flip(p.hashes, bit);
	}
	for (unsigned bit = 0; bit < 256; bit++, flipped += 2) {
		flip(&id, bit);
		assert_int_equal(proof_check_inclusion(&p, seq, &id, &head), ERR_BAD_PROOF);
		flip(&id, bit);
		flip(&head.root, bit);
		assert_int_equal(proof_check_inclusion(&p, seq, &id, &head), ERR_BAD_PROOF);
		flip(&head.root, bit);
	}
	for (unsigned bit = 0; bit < 64; bit++, flipped++)
		assert_int_equal(
		        proof_check_inclusion(&p, seq ^ (uint64_t)1 << bit, &id, &head), ERR_BAD_PROOF);
	assert_int_equal(proof_check_inclusion(&p, seq, &id, &head), ERR_OK);
}

static void flip_consistency(uint64_t m, uint64_t n)
{
	struct proof p = naive_consistency(leaves, m, n);
	struct head old = head_of(m), newer = head_of(n);
	for (unsigned bit = 0; bit < p.count * 256; bit++, flipped++) {
		flip(p.hashes, bit);
		assert_int_equal(proof_check_consistency(&p, &old, &newer), ERR_BAD_PROOF);
		flip(p.hashes, bit);
	}
	for (unsigned bit = 0; bit < 256; bit++, flipped += 2) {
		flip(&old.root, bit);
		assert_int_equal(proof_check_consistency(&p, &old, &newer), ERR_BAD_PROOF);
		flip(&old.root, bit);
		flip(&newer.root, bit);
		assert_int_equal(proof_check_consistency(&p, &old, &newer), ERR_BAD_PROOF);
		flip(&newer.root, bit);
	}
	for (unsigned bit = 0; bit < 64; bit++, flipped++) {
		struct head other = {.size = old.size ^ (uint64_t)1 << bit, .root = old.root};
		if (other.size != 0)
			assert_int_equal(proof_check_consistency(&p, &other, &newer), ERR_BAD_PROOF);
	}
	assert_int_equal(proof_check_consistency(&p, &old, &newer), ERR_OK);
}

static void every_bit_matters(void **state)
{
	(void)state;
	static const uint64_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 11, 16, 21, 255, 256, 257, 1000, 4097};
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		uint64_t n = sizes[i];
		flip_inclusion(n / 3, n);
		flip_inclusion(n - 1, n);
		if (n < 2)
			continue;
		flip_consistency(n / 2, n);
		flip_consistency(n - 1, n);
	}
	printf("bits flipped: %lu, all refused\n", flipped);
}

static void length_matters(void **state)
{
	(void)state;
	for (uint64_t n = 2; n < 40; n++) {
		struct head head = head_of(n), old = head_of(n / 2);
		struct proof p = naive_path(leaves, n / 2, n), c = naive_consistency(leaves, n / 2, n);
		p.count--;
		assert_int_equal(proof_check_inclusion(&p, n / 2, &leaves[n / 2], &head), ERR_BAD_PROOF);
		p.count += 2;
		assert_int_equal(proof_check_inclusion(&p, n / 2, &leaves[n / 2], &head), ERR_BAD_PROOF);
		p.count = PROOF_HASHES_MAX + 1;
		assert_int_equal(proof_check_inclusion(&p, n / 2, &leaves[n / 2], &head), ERR_BAD_PROOF);
		c.count--;
		assert_int_equal(proof_check_consistency(&c, &old, &head), ERR_BAD_PROOF);
		c.count += 2;
		assert_int_equal(proof_check_consistency(&c, &old, &head), ERR_BAD_PROOF);
		c.count = PROOF_HASHES_MAX + 1;
		assert_int_equal(proof_check_consistency(&c, &old, &head), ERR_BAD_PROOF);
		c.count = 0;
		assert_int_equal(proof_check_consistency(&c, &old, &head), ERR_BAD_PROOF);
	}
}

static void edges_of_consistency(void **state)
{
	(void)state;
	struct head empty = {.size = 0, .root = hash_of(BYTES(NULL, 0))}, five = head_of(5), other = five;
	struct proof none = {0}, some = {.count = 1};
	other.root.bytes[0] ^= 1;
	assert_int_equal(proof_check_consistency(&none, &empty, &empty), ERR_OK);
	assert_int_equal(proof_check_consistency(&none, &empty, &five), ERR_OK);
	assert_int_equal(proof_check_consistency(&none, &five, &five), ERR_OK);
	assert_int_equal(proof_check_consistency(&some, &empty, &five), ERR_BAD_PROOF);
	assert_int_equal(proof_check_consistency(&some, &five, &five), ERR_BAD_PROOF);
	assert_int_equal(proof_check_consistency(&none, &five, &other), ERR_BAD_PROOF);
	assert_int_equal(proof_check_consistency(&none, &five, &empty), ERR_BAD_PROOF);
	other = empty;
	other.root.bytes[0] ^= 1;
	assert_int_equal(proof_check_consistency(&none, &other, &five), ERR_BAD_PROOF);
	struct hash a, b;
	assert_int_equal(proof_roots(&some, 0, 1, &a, &b), ERR_BAD_PROOF);
	assert_int_equal(proof_roots(&some, 1, 1, &a, &b), ERR_BAD_PROOF);
	assert_int_equal(proof_roots(&some, 2, 1, &a, &b), ERR_BAD_PROOF);
}

static void packed_and_read_back(void **state)
{
	(void)state;
	uint8_t buffer[PROOF_HASHES_MAX * 34 + 8];
	static const uint32_t counts[] = {0, 1, 15, 16, 63, 64};
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		struct proof p = {.count = counts[i]}, back;
		memcpy(p.hashes, leaves, sizeof p.hashes);
		struct mp_out out = mp_out(buffer, sizeof buffer);
		proof_pack(&out, &p);
		assert_int_equal(mp_out_end(&out), ERR_OK);
		struct mp_in in = mp_in(mp_written(&out));
		proof_unpack(&in, &back);
		assert_int_equal(mp_end(&in), ERR_OK);
		assert_true(proof_equal(&p, &back));
	}
}

static void too_long_a_proof_is_not_read(void **state)
{
	(void)state;
	static uint8_t buffer[(PROOF_HASHES_MAX + 1) * 34 + 8];
	struct mp_out out = mp_out(buffer, sizeof buffer);
	mp_put_array(&out, PROOF_HASHES_MAX + 1);
	for (unsigned i = 0; i <= PROOF_HASHES_MAX; i++)
		mp_put_bin(&out, BYTES_OF(leaves[i].bytes));
	assert_int_equal(mp_out_end(&out), ERR_OK);
	struct proof back;
	struct mp_in in = mp_in(mp_written(&out));
	proof_unpack(&in, &back);
	assert_int_not_equal(mp_end(&in), ERR_OK);
	assert_int_equal(back.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(small_trees),
	        cmocka_unit_test(every_size_to_600),
	        cmocka_unit_test(large_trees),
	        cmocka_unit_test(trees_of_the_past),
	        cmocka_unit_test(a_tree_of_many_subtrees),
	        cmocka_unit_test(out_of_range),
	        cmocka_unit_test(every_bit_matters),
	        cmocka_unit_test(length_matters),
	        cmocka_unit_test(edges_of_consistency),
	        cmocka_unit_test(packed_and_read_back),
	        cmocka_unit_test(too_long_a_proof_is_not_read),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
