/* SPDX-License-Identifier: Apache-2.0 */
/* log_fork.c: over thousands of random trees, every fork is proven, no honest growth ever is, and no bit of a proof
 * can be changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "log/fork.h"
#include "support/naive.h"
#include "support/random.h"

#define LEAVES_MAX 600u
#define TREES 3000u

static struct network_id network;
static struct feed_id feed;
static uint8_t secret[64];
static struct hash trunk[LEAVES_MAX], branch[LEAVES_MAX];

static int setup(void **state)
{
	(void)state;
	uint8_t seed[32] = {3};
	memset(network.bytes, 0x77, sizeof network.bytes);
	return crypto_sign_seed_keypair(feed.bytes, secret, seed);
}

static struct checkpoint head_of(const struct hash *leaves, uint64_t size)
{
	struct checkpoint c = {.head = {.size = size, .root = naive_root(leaves, size)}};
	checkpoint_sign(&network, &feed, secret, &c.head, c.signature);
	return c;
}

static struct proof path_of(const struct hash *leaves, uint64_t m, uint64_t n)
{
	struct naive_store store = {.leaves = leaves, .count = LEAVES_MAX};
	struct proof_source source = naive_source(&store);
	struct proof p;
	assert_int_equal(proof_consistency(&source, m, n, PROOF_FIRST_EXPLICIT, &p), ERR_OK);
	return p;
}

static enum err build(
        const struct checkpoint *a, const struct checkpoint *b, const struct proof *path, struct fork *f)
{
	return fork_build(&network, &feed, a, b, path, f);
}

static struct bytes pack(const struct fork *f, uint8_t buffer[FORK_PROOF_BYTES_MAX])
{
	struct mp_out m = mp_out(buffer, FORK_PROOF_BYTES_MAX);
	fork_pack(&m, f);
	assert_int_equal(mp_out_end(&m), ERR_OK);
	return mp_written(&m);
}

/* Both branches share the first common entries. m on one, n on the other. */
struct split {
	uint64_t common, m, n;
};

static struct split make_split(uint64_t *seed)
{
	/* most trees are small: that is where the shapes differ */
	uint64_t max = random_below(seed, 40) == 0 ? LEAVES_MAX : 70;
	struct split s = {.common = random_below(seed, max - 2)};
	naive_leaves(trunk, LEAVES_MAX, random_next(seed));
	naive_leaves(branch, LEAVES_MAX, random_next(seed));
	memcpy(branch, trunk, s.common * sizeof trunk[0]);
	s.m = s.common + 1 + random_below(seed, max - s.common - 1);
	s.n = s.m + random_below(seed, max - s.m + 1);
	return s;
}

static void forks_are_proven_and_growth_never(void **state)
{
	(void)state;
	uint64_t seed = 11;
	uint8_t buffer[FORK_PROOF_BYTES_MAX];
	unsigned equal_sizes = 0;
	size_t longest = 0;
	for (unsigned i = 0; i < TREES; i++) {
		struct split s = make_split(&seed);
		struct checkpoint a = head_of(trunk, s.m), b = head_of(branch, s.n),
		                  grown = head_of(trunk, s.n);
		struct proof path = path_of(branch, s.m, s.n), honest = path_of(trunk, s.m, s.n);
		struct fork f, back;
		equal_sizes += s.m == s.n;
		assert_int_equal(build(&a, &b, &path, &f), ERR_OK);
		assert_int_equal(build(&b, &a, &path, &f), ERR_OK);
		struct bytes packed = pack(&f, buffer);
		longest = packed.len > longest ? packed.len : longest;
		assert_int_equal(fork_unpack(packed, &back), ERR_OK);
		assert_int_equal(fork_verify(&network, &back), ERR_OK);
		/* the same author, the same sizes, no fork: nothing that can be said shows one */
		assert_int_equal(build(&a, &grown, &honest, &f), ERR_BAD_PROOF);
		assert_int_equal(build(&a, &grown, &path, &f), ERR_BAD_PROOF);
		if (s.m == s.n)
			continue;
		/* heads that do contradict, but the path of the other branch: nothing is shown */
		assert_int_equal(build(&a, &b, &honest, &f), ERR_BAD_PROOF);
		/* below the common size both branches are one history */
		if (s.common == 0)
			continue;
		struct checkpoint old = head_of(trunk, s.common);
		struct proof agreed = path_of(branch, s.common, s.n);
		assert_int_equal(build(&old, &b, &agreed, &f), ERR_BAD_PROOF);
	}
	printf("trees: %u, of equal sizes: %u, longest proof: %zu bytes\n", TREES, equal_sizes, longest);
	assert_true(equal_sizes > 0 && longest < FORK_PROOF_BYTES_MAX);
}

static struct tree tree_of(const struct hash *leaves, uint64_t size)
{
	struct tree tree;
	struct hash unused;
	tree_init(&tree);
	for (uint64_t i = 0; i < size; i++)
		(void)tree_append(&tree, &leaves[i], &unused);
	return tree;
}

/* As many whole subtrees of the older tree as lie before the parting. */
static uint64_t whole_subtrees(struct split s)
{
	uint64_t common = 0;
	for (unsigned level = 10; level-- > 0;) {
		if (!(s.m >> level & 1))
			continue;
		if (common + ((uint64_t)1 << level) > s.common)
			break;
		common += (uint64_t)1 << level;
	}
	return common;
}

static void a_path_shows_what_is_in_common(void **state)
{
	(void)state;
	uint64_t seed = 12;
	unsigned shown = 0;
	for (unsigned i = 0; i < TREES; i++) {
		struct split s = make_split(&seed);
		struct checkpoint a = head_of(trunk, s.m), b = head_of(branch, s.n);
		struct proof path = path_of(branch, s.m, s.n);
		struct tree ours = tree_of(trunk, s.m), theirs = tree_of(branch, s.m);
		struct fork f;
		assert_int_equal(build(&a, &b, &path, &f), ERR_OK);
		uint64_t want = s.m < s.n ? whole_subtrees(s) : 0;
		assert_int_equal(fork_common(&f, &ours), want);
		assert_int_equal(fork_common(&f, &theirs), 0);
		ours = tree_of(trunk, s.m - 1);
		assert_int_equal(fork_common(&f, &ours), 0);
		shown += want > 0;
	}
	assert_true(shown > TREES / 4);
}

static void flip_all(struct split s)
{
	uint8_t buffer[FORK_PROOF_BYTES_MAX];
	struct checkpoint a = head_of(trunk, s.m), b = head_of(branch, s.n);
	struct proof path = path_of(branch, s.m, s.n);
	struct fork f, back;
	assert_int_equal(build(&a, &b, &path, &f), ERR_OK);
	struct bytes packed = pack(&f, buffer);
	for (size_t bit = 0; bit < packed.len * 8; bit++) {
		buffer[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (fork_unpack(packed, &back) == ERR_OK && fork_verify(&network, &back) == ERR_OK)
			fail_msg("bit %zu of %zu does not matter (%u, %u)", bit, packed.len * 8,
			        (unsigned)s.m, (unsigned)s.n);
		buffer[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t len = 0; len < packed.len; len++)
		assert_int_not_equal(fork_unpack(BYTES(buffer, len), &back), ERR_OK);
	printf("sizes %u, %u: %zu bits flipped, all refused\n", (unsigned)s.m, (unsigned)s.n, packed.len * 8);
}

static void every_bit_of_a_proof_matters(void **state)
{
	(void)state;
	static const struct split splits[] = {
	        {0, 1, 1}, {0, 1, 2}, {3, 4, 4}, {3, 4, 9}, {6, 7, 600}, {256, 300, 512}};
	uint64_t seed = 5;
	for (size_t i = 0; i < sizeof splits / sizeof splits[0]; i++) {
		(void)make_split(&seed);
		memcpy(branch, trunk, splits[i].common * sizeof trunk[0]);
		naive_leaves(branch + splits[i].common, LEAVES_MAX - splits[i].common, seed);
		flip_all(splits[i]);
	}
}

static void must_fail(void **state)
{
	(void)state;
	uint64_t seed = 6;
	struct network_id other = network;
	struct fork f, out;
	(void)make_split(&seed);
	naive_leaves(branch, LEAVES_MAX, 1);
	struct checkpoint a = head_of(trunk, 5), b = head_of(branch, 9);
	struct proof path = path_of(branch, 5, 9), none = {0}, one = {.count = 1};
	assert_int_equal(build(&a, &b, &path, &f), ERR_OK);
	other.bytes[0] ^= 1;
	assert_int_equal(fork_verify(&other, &f), ERR_BAD_SIGNATURE);
	out = f;
	out.older = f.newer, out.newer = f.older;
	assert_int_equal(fork_verify(&network, &out), ERR_BAD_PROOF);
	assert_int_equal(build(&a, &b, &none, &out), ERR_BAD_PROOF);
	/* the same checkpoint twice, and equal sizes with a path */
	assert_int_equal(build(&a, &a, &none, &out), ERR_BAD_PROOF);
	struct checkpoint c = head_of(branch, 5);
	assert_int_equal(build(&a, &c, &one, &out), ERR_BAD_PROOF);
	assert_int_equal(build(&a, &c, &none, &out), ERR_OK);
	/* a head of size 0 contradicts nothing */
	struct checkpoint zero = head_of(trunk, 0);
	assert_int_equal(build(&zero, &b, &none, &out), ERR_BAD_PROOF);
	assert_int_equal(build(&zero, &b, &one, &out), ERR_BAD_PROOF);
	/* signed by another */
	uint8_t other_secret[64], other_public[32], other_seed[32] = {9};
	(void)crypto_sign_seed_keypair(other_public, other_secret, other_seed);
	checkpoint_sign(&network, &feed, other_secret, &c.head, c.signature);
	assert_int_equal(build(&a, &c, &none, &out), ERR_BAD_SIGNATURE);
	assert_int_equal(build(&c, &a, &none, &out), ERR_BAD_SIGNATURE);
}

/* A path made up backwards: any n can be signed, but it must be the signed root that the path leads to. */
static void an_invented_path_shows_nothing(void **state)
{
	(void)state;
	uint64_t seed = 8;
	struct fork f;
	(void)make_split(&seed);
	struct checkpoint a = head_of(trunk, 6), b = head_of(trunk, 8);
	struct proof path = path_of(trunk, 6, 8);
	for (unsigned i = 0; i < 500; i++) {
		struct proof invented = path;
		invented.hashes[random_below(&seed, path.count)].bytes[random_below(&seed, 32)] ^=
		        (uint8_t)(1 + random_below(&seed, 255));
		assert_int_equal(build(&a, &b, &invented, &f), ERR_BAD_PROOF);
	}
}

static void longer_than_the_limit_is_not_read(void **state)
{
	(void)state;
	static uint8_t buffer[FORK_PROOF_BYTES_MAX + 1];
	struct fork f;
	assert_int_equal(fork_unpack(BYTES_OF(buffer), &f), ERR_TOO_LONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(forks_are_proven_and_growth_never),
	        cmocka_unit_test(a_path_shows_what_is_in_common),
	        cmocka_unit_test(every_bit_of_a_proof_matters),
	        cmocka_unit_test(must_fail),
	        cmocka_unit_test(an_invented_path_shows_nothing),
	        cmocka_unit_test(longer_than_the_limit_is_not_read),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
