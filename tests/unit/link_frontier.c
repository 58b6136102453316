/* SPDX-License-Identifier: Apache-2.0
 * link_frontier.c: the bytes that a fingerprint covers, rosters of every size against each other, SIZES. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "link/frontier.h"
#include "support/hex.h"

static struct head heads[FEEDS_MAX];

static void heads_init(void)
{
	const struct head empty = frontier_head_empty();
	for (uint32_t i = 0; i < FEEDS_MAX; i++)
		heads[i] = empty;
}

static struct frontier frontier_of(uint32_t feeds)
{
	struct frontier f;
	frontier_init(&f);
	frontier_grow(&f, feeds);
	for (uint32_t b = 0; b < frontier_blocks(&f); b++)
		frontier_set(&f, b, heads + (size_t)b * FEED_BLOCK);
	return f;
}

static void bytes_covered(void **state)
{
	struct head h[2] = {{.size = 0x0102030405060708, .root = {{0xaa}}}, frontier_head_held()};
	struct hex covered =
	        hex_of("0102030405060708 aa00000000000000000000000000000000000000000000000000000000000000"
	               " ffffffffffffffff 0000000000000000000000000000000000000000000000000000000000000000");
	(void)state;
	for (uint32_t n = 1; n <= 2; n++) {
		struct hash expected = hash_of(BYTES(covered.data, 40 * (size_t)n));
		struct frontier f;
		assert_int_equal(frontier_fingerprint(h, n), hash_fingerprint(&expected));
		frontier_init(&f);
		frontier_grow(&f, n);
		frontier_set(&f, 0, h);
		assert_true(bytes_equal(frontier_fingerprints(&f), BYTES(expected.bytes, 8)));
	}
}

/* SHA-256 of size 0 and SHA-256(""), by another program. */
static void an_empty_feed(void **state)
{
	struct head h = frontier_head_empty();
	(void)state;
	assert_true(hex_equal(
	        BYTES_OF(h.root.bytes), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	assert_int_equal(frontier_fingerprint(&h, 1), UINT64_C(0x9a0be4ec109b7ca5));
}

static void blocks_of_a_roster(void **state)
{
	static const struct {
		uint32_t feeds, blocks, last;
	} table[] = {{0, 0, 0}, {1, 1, 1}, {63, 1, 63}, {64, 1, 64}, {65, 2, 1}, {157, 3, 29},
	        {FEEDS_MAX, 128, 64}};
	(void)state;
	heads_init();
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct frontier f = frontier_of(table[i].feeds);
		assert_int_equal(frontier_blocks(&f), table[i].blocks);
		assert_int_equal(frontier_fingerprints(&f).len, 8 * table[i].blocks);
		if (table[i].blocks > 0)
			assert_int_equal(frontier_block_feeds(&f, table[i].blocks - 1), table[i].last);
	}
}

static void the_blocks_that_differ(void **state)
{
	(void)state;
	heads_init();
	struct frontier ours = frontier_of(200), same = frontier_of(200);
	assert_int_equal(frontier_next_difference(&ours, frontier_fingerprints(&same), 0), 4);
	heads[0].size = 1;
	heads[130].root.bytes[31] ^= 1;
	struct frontier theirs = frontier_of(200);
	assert_int_equal(frontier_next_difference(&ours, frontier_fingerprints(&theirs), 0), 0);
	assert_int_equal(frontier_next_difference(&ours, frontier_fingerprints(&theirs), 1), 2);
	assert_int_equal(frontier_next_difference(&ours, frontier_fingerprints(&theirs), 3), 4);
	/* a shorter roster: the blocks it has not, and its last */
	heads_init();
	struct frontier shorter = frontier_of(100);
	assert_int_equal(frontier_next_difference(&ours, frontier_fingerprints(&shorter), 0), 1);
	assert_int_equal(frontier_next_difference(&ours, frontier_fingerprints(&shorter), 2), 2);
	assert_int_equal(frontier_next_difference(&ours, BYTES(NULL, 0), 0), 0);
	/* a longer one: what we share */
	struct frontier longer = frontier_of(500);
	assert_int_equal(frontier_next_difference(&shorter, frontier_fingerprints(&longer), 0), 1);
	assert_int_equal(frontier_next_difference(&shorter, frontier_fingerprints(&longer), 2), 2);
}

static void any_feed_changes_its_block_alone(void **state)
{
	(void)state;
	heads_init();
	struct frontier before = frontier_of(157);
	for (uint32_t feed = 0; feed < 157; feed++) {
		for (int what = 0; what < 2; what++) {
			heads_init();
			if (what == 0)
				heads[feed].size++;
			else
				heads[feed] = frontier_head_held();
			struct frontier after = frontier_of(157);
			struct bytes b = frontier_fingerprints(&after);
			assert_int_equal(frontier_next_difference(&before, b, 0), feed / 64);
			assert_int_equal(frontier_next_difference(&before, b, feed / 64 + 1), 3);
		}
	}
}

static void sizes_of_a_block(void **state)
{
	uint8_t bytes[700];
	struct mp_out m = mp_out(bytes, sizeof bytes);
	(void)state;
	heads_init();
	struct frontier f = frontier_of(66);
	heads[64].size = 300;
	heads[65] = frontier_head_held();
	frontier_pack_sizes(&m, &f, 1, heads + 64);
	assert_true(hex_equal(mp_written(&m), "94 02 01 cd012c cfffffffffffffffff"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(bytes_covered),
	        cmocka_unit_test(an_empty_feed),
	        cmocka_unit_test(blocks_of_a_roster),
	        cmocka_unit_test(the_blocks_that_differ),
	        cmocka_unit_test(any_feed_changes_its_block_alone),
	        cmocka_unit_test(sizes_of_a_block),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
