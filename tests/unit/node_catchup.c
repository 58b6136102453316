/* SPDX-License-Identifier: Apache-2.0
 * node_catchup.c: many feeds over few relays while links break, bytes are damaged, jobs end late, nodes crash, the roster
 * grows, the map is full and the disk fails: everybody ends with the same rows, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "ledger/profile.h"
#include "storage/own.h"
#include "support/authors.h"
#include "support/net.h"

#define FEED(n) ((struct feed_no){(n)})
#define NODES 8u  /* feeds 0..7: the registrar's, three relays', four others' */
#define RELAYS 3u /* 1..3 */
#define FEEDS 20u /* 8..27: of members whose nodes do not run */
#define ENTRIES 300u

static struct net *net;
static struct authors authors;
static uint32_t written; /* by running nodes */

static int setup(void **state)
{
	(void)state;
	net = net_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

static void say(uint32_t feed, uint32_t count)
{
	char text[64];
	for (uint32_t i = 0; i < count; i++) {
		(void)snprintf(text, sizeof text, "hasil %u dari %u", i, feed);
		const struct profile_set profile = {.goods = bytes_text(text)};
		profile_set_pack(authors_body(&authors), &profile);
		authors_say(&authors, feed, KIND_PROFILE_SET);
		if (i % 20 == 19)
			authors_sign(&authors, feed);
	}
	authors_sign(&authors, feed);
}

static void deliver(uint32_t index, uint32_t feed)
{
	struct txn *txn;
	assert_int_equal(txn_write(net->nodes[index].store, &txn), ERR_OK);
	while (authors_deliver(&authors, txn, feed))
		;
	assert_int_equal(txn_commit(txn), ERR_OK);
}

/* The registrar and the relays know the roster; each feed is at one relay. */
static void make_district(void)
{
	authors_init(&authors, 5);
	for (uint32_t feed = 1; feed < NODES + FEEDS; feed++) {
		char alias[8];
		(void)snprintf(alias, sizeof alias, "k%u", feed);
		authors_admit(&authors, alias);
		authors_add(&authors, feed, feed, ROLE_OFFICER);
	}
	for (uint32_t i = 0; i < NODES; i++) {
		net_add_as(net, &authors.feeds[i].keys, &authors.network);
		if (i <= RELAYS)
			deliver(i, 0);
	}
	for (uint32_t feed = NODES; feed < NODES + FEEDS; feed++) {
		say(feed, ENTRIES);
		deliver(1 + feed % RELAYS, feed);
	}
	authors_deinit(&authors);
}

static void start(uint32_t index)
{
	net_start(net, index);
	for (uint32_t relay = 1; relay <= RELAYS; relay++) {
		const struct dial dial = net_dial(net, relay);
		if (relay != index)
			assert_int_equal(node_peer_add(net->nodes[index].node, &dial), ERR_OK);
	}
}

static bool all_equal(void)
{
	const struct hash first = net_rows(net, 0);
	for (uint32_t i = 1; i < NODES; i++) {
		const struct hash rows = net_rows(net, i);
		if (!hash_equal(&first, &rows))
			return false;
	}
	return net_held(net, 0, FEED(NODES)) == ENTRIES;
}

/* Some node writes, if it knows the roster by now. */
static void write_some(void)
{
	uint8_t body[128];
	struct mp_out m = mp_out(body, sizeof body);
	struct reference ref;
	const struct profile_set profile = {.goods = bytes_text("di tengah badai")};
	profile_set_pack(&m, &profile);
	written += net_append(net, (uint32_t)net_draw(net, NODES), KIND_PROFILE_SET, mp_written(&m), &ref) ==
	           ERR_OK;
}

static void trouble(void)
{
	uint32_t index = (uint32_t)net_draw(net, NODES);
	for (uint64_t i = net_draw(net, 5); i > 0; i--)
		write_some();
	net_run(net, 100 + net_draw(net, 8000));
	net_crash(net, index);
	start(index);
}

static void damage_some(void)
{
	for (uint32_t i = 0; i < net->links_count; i++)
		if (net->links[i].open && net_draw(net, 20) == 0)
			net->links[i].damage_at = net->links[i].carried + 1 + net_draw(net, 5000);
}

static uint32_t count_written(void)
{
	uint32_t count = 0;
	for (uint32_t feed = 0; feed < NODES; feed++)
		count += net_count(net, NODES - 1, FEED(feed), KIND_PROFILE_SET);
	return count;
}

static void storm(uint64_t seed)
{
	written = 0;
	net_seed(net, seed);
	net->dials = true;
	net->job_steps = 5;
	net->break_bytes = 60000;
	make_district();
	for (uint32_t i = 0; i < NODES; i++)
		start(i);
	for (int i = 0; i < 25; i++) {
		trouble();
		damage_some();
	}
	net->break_bytes = 0;
	int rounds = 0;
	for (; rounds < 60 && !all_equal(); rounds++)
		net_run(net, 60000);
	assert_true(rounds < 60);
	assert_int_equal(count_written(), written); /* what was answered with done is everywhere */
	net_verify(net, 0);
	net_verify(net, NODES - 1);
	for (uint32_t i = 0; i < NODES; i++)
		assert_int_equal(net_feed(net, i, FEED(NODES)).state, FEED_OPEN);
	print_message("seed %u: %u links, %u own entries, %u minutes, %u kB\n", (unsigned)seed,
	        net->links_count, written, (unsigned)((net->steady_ms - 1000) / 60000),
	        (unsigned)(net->bytes / 1000));
}

static void test_storm_1(void **state)
{
	(void)state;
	storm(1);
}

static void test_storm_2(void **state)
{
	(void)state;
	storm(2);
}

static void test_storm_3(void **state)
{
	(void)state;
	storm(3);
}

/* The roster grows by one feed after another while a node that is behind catches up over a slow link: not a byte twice,
 * and the link stays. */
static void test_roster_grows(void **state)
{
	(void)state;
	net_found(net);
	net->job_steps = 3;
	uint32_t a = net_member(net, "a"), b = net_member(net, "b");
	uint32_t first = net_link(net, a, 0);
	net_run(net, 500);
	for (int i = 0; i < 4; i++)
		net_say(net, a, "panjang", 100);
	net_run(net, 1000);
	net_cut(net, first);
	uint32_t link = net_link(net, b, 0);
	net->links[link].rate = 100;
	for (uint32_t i = 0; i < 20; i++) {
		char alias[8];
		(void)snprintf(alias, sizeof alias, "k%u", i);
		net_admit(net, net_add(net), alias, ROLE_OFFICER);
		net_run(net, 50);
	}
	net_run(net, 20000);
	assert_true(net->links[link].open);
	assert_int_equal(net_held(net, b, FEED(0)), net_held(net, 0, FEED(0)));
	assert_int_equal(net_held(net, b, FEED(a)), 400);
	uint64_t carried = net->links[link].carried;
	print_message("%u bytes over the slow link\n", (unsigned)carried);
	assert_true(carried < 60000);
}

/* Both stores have room for almost nothing: they grow, and what was being written is written. */
static void test_map_full(void **state)
{
	(void)state;
	net->map_bytes = 1u << 18;
	net_found(net);
	uint32_t a = net_member(net, "a");
	net_link(net, a, 0);
	net_run(net, 500);
	for (int i = 0; i < 30; i++)
		net_say(net, a, "panjang sekali, supaya peta cepat penuh", 100);
	net_run(net, 1000);
	assert_int_equal(net_held(net, a, FEED(a)), 3000);
	assert_int_equal(net_held(net, 0, FEED(a)), 3000);
	assert_true(store_size(net->nodes[0].store).map_bytes > net->map_bytes);
}

/* A disk that takes nothing for a while: who asks hears it at once, what came from others is kept and not asked for
 * again, and all of it is there in the end. */
static void test_disk_fails(void **state)
{
	(void)state;
	struct rlimit before, none;
	struct reference ref;
	net_found(net);
	uint32_t a = net_member(net, "a"), b = net_member(net, "b");
	net_link(net, a, 0);
	net_link(net, b, 0);
	net_run(net, 500);
	net_crash(net, b);
	for (int i = 0; i < 10; i++)
		net_say(net, a, "panjang", 100);
	net_start(net, b);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = before;
	none.rlim_cur = 4096;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	uint32_t link = net_link(net, b, 0);
	net_run(net, 1000);
	uint64_t carried = net->links[link].carried;
	assert_int_not_equal(net_append(net, a, KIND_PROFILE_SET, BYTES("\x80", 1), &ref), ERR_OK);
	net_run(net, 120000);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	net_run(net, 30000);
	assert_int_equal(net_held(net, b, FEED(a)), 1000);
	assert_true(net->links[link].carried < carried + 20000);
	net_say(net, a, "lagi", 1);
	net_run(net, 1000);
	assert_int_equal(net_held(net, b, FEED(a)), 1001);
}

/* Nobody takes more of a feed in a day than its quota, but for the registrar's; the rest comes later. */
static void test_quota(void **state)
{
	(void)state;
	net->feed_bytes_a_day = 200000;
	net_found(net);
	uint32_t a = net_member(net, "a");
	net_link(net, a, 0);
	net_run(net, 500);
	for (int i = 0; i < 40; i++)
		net_say(net, a, "sepanjang kuota sehari, dan lebih", 100);
	net_run(net, 10000);
	uint64_t held = net_held(net, 0, FEED(a));
	assert_in_range(held, 1000, 2000);
	net_run(net, 12 * 3600 * 1000);
	uint64_t later = net_held(net, 0, FEED(a));
	assert_in_range(later, held + 250, held + 1000);
	net_run(net, 48 * 3600 * 1000);
	net_link(net, a, 0);
	net_run(net, 1000);
	assert_int_equal(net_held(net, 0, FEED(a)), 4000);
}

/* Everybody knows the registrar's node only; addresses travel in the log. */
static void test_dialling(void **state)
{
	(void)state;
	struct node_peer peers[NET_NODES_MAX];
	net->dials = true;
	net->advertises = true;
	net_found(net);
	for (uint32_t i = 1; i <= 12; i++) {
		char alias[8];
		(void)snprintf(alias, sizeof alias, "k%u", i);
		uint32_t index = net_member(net, alias);
		const struct dial dial = net_dial(net, 0);
		assert_int_equal(node_peer_add(net->nodes[index].node, &dial), ERR_OK);
	}
	net_run(net, 1000000);
	for (uint32_t i = 0; i <= 12; i++) {
		uint32_t count = node_peers(net->nodes[i].node, peers, NET_NODES_MAX);
		assert_in_range(count, LINKS_TARGET, 12);
		assert_true(i == 0 || net_peer_state(net, i, FEED(0))[0]);
	}
	uint32_t links = net->links_count;
	net_run(net, 6000000);
	assert_in_range(
	        net->links_count, links + 5, links + 13 * 2 * 12); /* some were changed, not all the time */
	net_crash(net, 0);
	net_say(net, 1, "tanpa dinas", 1);
	net_run(net, 1000);
	assert_int_equal(net_held(net, 12, FEED(1)), net_held(net, 1, FEED(1)));
}

/* With a number: the storm of that seed alone, to look for what three do not show. */
int main(int argc, char **argv)
{
	if (argc > 1) {
		(void)setup(NULL);
		storm(strtoull(argv[1], NULL, 10));
		return teardown(NULL);
	}
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_storm_1, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_storm_2, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_storm_3, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_roster_grows, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_map_full, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_disk_fails, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_quota, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_dialling, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
