/* SPDX-License-Identifier: Apache-2.0 */
/* log_tree.c: appending against the recursive definition, the known roots of RFC 6962's reference tree, subtrees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "log/tree.h"
#include "support/naive.h"
#include "support/random.h"

#define SIZES_ALL 600u
#define SIZES_RANDOM 24u
#define SIZE_MAX_RANDOM 20000u

static struct tree tree_of(const struct hash *leaves, uint64_t count)
{
	struct tree t;
	struct hash subtree;
	tree_init(&t);
	for (uint64_t i = 0; i < count; i++)
		(void)tree_append(&t, &leaves[i], &subtree);
	return t;
}

/* The leaves and roots that certificate-transparency's own tests use. */
static void reference_tree(void **state)
{
	(void)state;
	static const struct {
		const char *leaf, *root;
	} steps[] = {
	        {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
	        {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
	        {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
	        {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
	        {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
	        {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
	        {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
	        {"606162636465666768696a6b6c6d6e6f",
	                "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
	};
	struct tree t;
	struct hash subtree, want, root;
	tree_init(&t);
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		uint8_t data[16];
		size_t len = strlen(steps[i].leaf) / 2;
		assert_int_equal(text_hex(bytes_text(steps[i].leaf), data, len), ERR_OK);
		struct hash leaf = hash_leaf(BYTES(data, len));
		assert_false(tree_append(&t, &leaf, &subtree));
		root = tree_root(&t);
		assert_int_equal(text_hex(bytes_text(steps[i].root), want.bytes, sizeof want.bytes), ERR_OK);
		assert_memory_equal(root.bytes, want.bytes, sizeof want.bytes);
	}
}

static void empty_tree(void **state)
{
	(void)state;
	struct tree t;
	struct hash want;
	tree_init(&t);
	struct hash root = tree_root(&t);
	assert_int_equal(
	        text_hex(bytes_text("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
	                want.bytes, sizeof want.bytes),
	        ERR_OK);
	assert_memory_equal(root.bytes, want.bytes, sizeof want.bytes);
}

static void every_size_agrees_with_the_definition(void **state)
{
	(void)state;
	static struct hash leaves[SIZES_ALL];
	naive_leaves(leaves, SIZES_ALL, 1);
	struct tree t;
	tree_init(&t);
	for (uint64_t n = 0; n < SIZES_ALL; n++) {
		struct hash root = tree_root(&t), want = naive_root(leaves, n), subtree;
		assert_true(hash_equal(&root, &want));
		bool completed = tree_append(&t, &leaves[n], &subtree);
		assert_true(completed == ((n + 1) % SUBTREE_LEAVES == 0));
		if (!completed)
			continue;
		want = naive_root(leaves + n + 1 - SUBTREE_LEAVES, SUBTREE_LEAVES);
		assert_true(hash_equal(&subtree, &want));
	}
}

static void random_sizes_agree_with_the_definition(void **state)
{
	(void)state;
	uint64_t seed = 7;
	struct hash *leaves = calloc(SIZE_MAX_RANDOM, sizeof *leaves);
	assert_non_null(leaves);
	for (unsigned i = 0; i < SIZES_RANDOM; i++) {
		uint64_t n = random_below(&seed, SIZE_MAX_RANDOM);
		naive_leaves(leaves, n, seed);
		struct tree t = tree_of(leaves, n);
		struct hash root = tree_root(&t), want = naive_root(leaves, n);
		assert_true(t.size == n && hash_equal(&root, &want));
	}
	free(leaves);
}

/* The peaks are the roots of the perfect subtrees of the size's digits: a compact range. */
static void peaks_are_a_compact_range(void **state)
{
	(void)state;
	static struct hash leaves[SIZES_ALL];
	naive_leaves(leaves, SIZES_ALL, 2);
	for (uint64_t n = 1; n < SIZES_ALL; n += 13) {
		struct tree t = tree_of(leaves, n);
		uint64_t from = 0;
		for (unsigned level = TREE_PEAKS_MAX; level-- > 0;) {
			uint64_t width = (uint64_t)1 << level;
			if (!(n & width))
				continue;
			struct hash want = naive_root(leaves + from, width);
			assert_true(hash_equal(&t.peaks[level], &want));
			from += width;
		}
		assert_true(from == n);
	}
}

static void stored_and_read_back(void **state)
{
	(void)state;
	static struct hash leaves[SIZES_ALL];
	uint8_t buffer[8 + TREE_PEAKS_MAX * 32], again[sizeof buffer];
	naive_leaves(leaves, SIZES_ALL, 3);
	for (uint64_t n = 0; n < SIZES_ALL; n += 7) {
		struct tree t = tree_of(leaves, n), back;
		struct bytes_out o = bytes_out(buffer, sizeof buffer), o2 = bytes_out(again, sizeof again);
		tree_put(&o, &t);
		struct bytes_in in = bytes_in(bytes_written(&o));
		tree_get(&in, &back);
		assert_int_equal(bytes_in_end(&in), ERR_OK);
		tree_put(&o2, &back);
		assert_true(bytes_equal(bytes_written(&o), bytes_written(&o2)));
		struct hash a = tree_root(&t), b = tree_root(&back);
		assert_true(hash_equal(&a, &b));
	}
}

static void truncated_tree_is_an_error(void **state)
{
	(void)state;
	uint8_t buffer[8 + 2 * 32];
	struct hash leaves[3];
	naive_leaves(leaves, 3, 4);
	struct tree t = tree_of(leaves, 3), back;
	struct bytes_out o = bytes_out(buffer, sizeof buffer);
	tree_put(&o, &t);
	assert_int_equal(o.len, sizeof buffer);
	for (size_t len = 0; len < o.len; len++) {
		struct bytes_in in = bytes_in(BYTES(buffer, len));
		tree_get(&in, &back);
		assert_int_equal(bytes_in_end(&in), ERR_TRUNCATED);
	}
}

static void whole_subtrees_append_as_their_leaves_do(void **state)
{
	(void)state;
	enum { SUBTREES = 9, REST = 5, COUNT = SUBTREES * SUBTREE_LEAVES + REST };
	static struct hash leaves[COUNT];
	struct hash subtree;
	struct tree t;
	naive_leaves(leaves, COUNT, 5);
	tree_init(&t);
	for (unsigned i = 0; i < SUBTREES; i++) {
		subtree = naive_root(leaves + i * SUBTREE_LEAVES, SUBTREE_LEAVES);
		tree_append_subtree(&t, &subtree);
	}
	for (unsigned i = 0; i < REST; i++)
		assert_false(tree_append(&t, &leaves[SUBTREES * SUBTREE_LEAVES + i], &subtree));
	struct hash root = tree_root(&t), want = naive_root(leaves, COUNT);
	assert_true(t.size == COUNT && hash_equal(&root, &want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(reference_tree),
	        cmocka_unit_test(empty_tree),
	        cmocka_unit_test(every_size_agrees_with_the_definition),
	        cmocka_unit_test(random_sizes_agree_with_the_definition),
	        cmocka_unit_test(peaks_are_a_compact_range),
	        cmocka_unit_test(stored_and_read_back),
	        cmocka_unit_test(truncated_tree_is_an_error),
	        cmocka_unit_test(whole_subtrees_append_as_their_leaves_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
