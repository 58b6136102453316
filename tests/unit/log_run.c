/* SPDX-License-Identifier: Apache-2.0 */
/* log_run.c: runs that are taken, and every way in which one is refused and changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "log/run.h"
#include "support/naive.h"

static struct network_id network;
static uint8_t secret[64];
static struct feed_id feed;
static uint8_t payloads[RUN_ENTRIES_MAX + 1][8];
static uint8_t long_payload[ENTRY_PAYLOAD_BYTES_MAX + 1];

static int setup(void **state)
{
	(void)state;
	uint8_t seed[32] = {42};
	memset(network.bytes, 0x11, sizeof network.bytes);
	for (unsigned i = 0; i <= RUN_ENTRIES_MAX; i++)
		memset(payloads[i], (int)i, sizeof payloads[i]);
	return crypto_sign_seed_keypair(feed.bytes, secret, seed);
}

struct fixture {
	struct run_item items[RUN_ENTRIES_MAX + 1];
	struct run run;
	struct tree tree;
	struct run_base base;
	struct run_effect effect;
};

static void make(struct fixture *f, uint64_t from, uint32_t count)
{
	struct hash leaf = {{0}}, subtree;
	memset(f, 0, sizeof *f);
	for (uint64_t i = 0; i < from; i++)
		(void)tree_append(&f->tree, &leaf, &subtree);
	for (uint32_t i = 0; i < count; i++)
		f->items[i] = (struct run_item){.audience = AUDIENCE_NETWORK,
		        .kind = 7,
		        .time_ms = 1000 + i,
		        .payload = BYTES_OF(payloads[i])};
	f->run = (struct run){.feed = feed, .from = from, .count = count, .items = f->items};
	f->base = (struct run_base){.tree = &f->tree, .last_time_ms = from > 0 ? 1000 : 0};
}

static void sign(struct fixture *f)
{
	assert_int_equal(run_extend(&f->run, &f->base, &f->effect), ERR_OK);
	struct head head = {.size = f->effect.tree.size, .root = f->effect.root};
	checkpoint_sign(&network, &feed, secret, &head, f->run.signature);
	memset(&f->effect, 0, sizeof f->effect);
}

static void taken_as_the_entries_one_by_one(void **state)
{
	(void)state;
	static const struct {
		uint64_t from;
		uint32_t count;
	} cases[] = {{0, 1}, {0, 2}, {0, 255}, {0, 256}, {1, 1}, {1, 256}, {100, 155}, {100, 156}, {100, 157},
	        {255, 1}, {256, 1}, {256, 256}, {511, 1}, {511, 2}, {513, 200}};
	static struct fixture f;
	for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
		make(&f, cases[c].from, cases[c].count);
		sign(&f);
		assert_int_equal(run_verify(&network, &f.run, &f.base, &f.effect), ERR_OK);
		struct tree want = f.tree;
		struct hash subtree = {{0}};
		bool completed = false;
		for (uint32_t i = 0; i < f.run.count; i++) {
			struct entry_header h = {.kind = 7,
			        .seq = cases[c].from + i,
			        .time_ms = 1000 + i,
			        .payload_bytes = 8,
			        .feed = feed,
			        .payload = hash_of(BYTES_OF(payloads[i]))};
			struct hash id = entry_id(&h);
			assert_true(hash_equal(&id, &f.effect.ids[i]));
			if (tree_append(&want, &id, &subtree)) {
				completed = true;
				assert_true(f.effect.subtree_index ==
				            (cases[c].from + i + 1) / SUBTREE_LEAVES - 1);
			}
		}
		struct hash root = tree_root(&want);
		assert_true(hash_equal(&root, &f.effect.root));
		assert_true(f.effect.tree.size == cases[c].from + cases[c].count);
		assert_true(f.effect.last_time_ms == 1000 + cases[c].count - 1);
		assert_true(f.effect.has_subtree == completed);
		if (completed)
			assert_true(hash_equal(&f.effect.subtree, &subtree));
	}
}

/* Each breaks a run that was good, and says what is said of it. */
static void from_behind(struct fixture *f)
{
	f->run.from--;
}
static void from_ahead(struct fixture *f)
{
	f->run.from++;
}
static void nothing(struct fixture *f)
{
	f->run.count = 0;
}
static void too_many(struct fixture *f)
{
	f->run.count = RUN_ENTRIES_MAX + 1;
}
static void bad_audience(struct fixture *f)
{
	f->items[1].audience = (enum audience)2;
}
static void sealed_with_a_kind(struct fixture *f)
{
	f->items[1].audience = AUDIENCE_SEALED;
}
static void open_with_the_sealed_kind(struct fixture *f)
{
	f->items[1].kind = KIND_SEALED;
}
static void time_back_inside(struct fixture *f)
{
	f->items[1].time_ms = 999;
}
static void time_back_at_the_base(struct fixture *f)
{
	f->base.last_time_ms = 1001;
}
static void long_item(struct fixture *f)
{
	f->items[1].payload = BYTES_OF(long_payload);
}
static void long_run(struct fixture *f)
{
	f->items[0].payload = f->items[1].payload = BYTES(long_payload, 25000);
}
static void other_payload(struct fixture *f)
{
	f->items[2].payload = BYTES_OF(payloads[9]);
}
static void other_kind(struct fixture *f)
{
	f->items[2].kind++;
}
static void other_time(struct fixture *f)
{
	f->items[2].time_ms++;
}
static void one_less(struct fixture *f)
{
	f->run.count--;
}
static void other_feed(struct fixture *f)
{
	f->run.feed.bytes[0] ^= 1;
}
static void other_signature(struct fixture *f)
{
	f->run.signature[40] ^= 1;
}

static void refused(void **state)
{
	(void)state;
	static const struct {
		void (*damage)(struct fixture *f);
		enum err want;
	} cases[] = {
	        {from_behind, ERR_NOT_NEXT},
	        {from_ahead, ERR_NOT_NEXT},
	        {nothing, ERR_MALFORMED},
	        {too_many, ERR_TOO_MANY},
	        {bad_audience, ERR_MALFORMED},
	        {sealed_with_a_kind, ERR_MALFORMED},
	        {open_with_the_sealed_kind, ERR_MALFORMED},
	        {time_back_inside, ERR_TIME_BACK},
	        {time_back_at_the_base, ERR_TIME_BACK},
	        {long_item, ERR_TOO_LONG},
	        {long_run, ERR_TOO_LONG},
	        {other_payload, ERR_BAD_ROOT},
	        {other_kind, ERR_BAD_ROOT},
	        {other_time, ERR_BAD_ROOT},
	        {one_less, ERR_BAD_ROOT},
	        {other_feed, ERR_BAD_ROOT},
	        {other_signature, ERR_BAD_ROOT},
	};
	static struct fixture f;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		make(&f, 5, 3);
		sign(&f);
		cases[i].damage(&f);
		static struct run_effect before;
		memset(&f.effect, 0xa5, sizeof f.effect);
		memset(&before, 0xa5, sizeof before);
		assert_int_equal(run_verify(&network, &f.run, &f.base, &f.effect), cases[i].want);
		assert_memory_equal(&f.effect, &before, sizeof before);
	}
}

static void signature_is_for_one_network(void **state)
{
	(void)state;
	static struct fixture f;
	struct network_id other = network;
	other.bytes[31] ^= 1;
	make(&f, 0, 1);
	sign(&f);
	assert_int_equal(run_verify(&other, &f.run, &f.base, &f.effect), ERR_BAD_ROOT);
}

static void every_bit_of_the_signature_matters(void **state)
{
	(void)state;
	static struct fixture f;
	make(&f, 0, 1);
	sign(&f);
	for (unsigned bit = 0; bit < 512; bit++) {
		f.run.signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(run_verify(&network, &f.run, &f.base, &f.effect), ERR_BAD_ROOT);
		f.run.signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void one_entry_may_go_alone_whatever_its_size(void **state)
{
	(void)state;
	static struct fixture f;
	make(&f, 0, 1);
	f.items[0].payload = BYTES(long_payload, ENTRY_PAYLOAD_BYTES_MAX);
	assert_int_equal(run_bytes(&f.run), ENTRY_HEADER_BYTES + ENTRY_PAYLOAD_BYTES_MAX);
	assert_int_equal(run_extend(&f.run, &f.base, &f.effect), ERR_OK);
}

static void equal_times_and_an_empty_payload_are_fine(void **state)
{
	(void)state;
	static struct fixture f;
	make(&f, 3, 2);
	f.items[0].time_ms = f.items[1].time_ms = 1000;
	f.items[0].payload = BYTES(NULL, 0);
	assert_int_equal(run_extend(&f.run, &f.base, &f.effect), ERR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(taken_as_the_entries_one_by_one),
	        cmocka_unit_test(refused),
	        cmocka_unit_test(signature_is_for_one_network),
	        cmocka_unit_test(every_bit_of_the_signature_matters),
	        cmocka_unit_test(one_entry_may_go_alone_whatever_its_size),
	        cmocka_unit_test(equal_times_and_an_empty_payload_are_fine),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
