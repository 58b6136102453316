/* SPDX-License-Identifier: Apache-2.0
 * node_witness.c: what the registrar's node states by itself: which checkpoints it holds, whose nodes it heard, and when;
 * and what "received" and "heard" come to at other nodes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/date.h"
#include "log/kinds.h"
#include "storage/query.h"
#include "support/net.h"

#define FEED(n) ((struct feed_no){(n)})
#define HOUR_MS (3600u * 1000u)
#define ZONE_MINUTES 480

static struct net *net;
static uint32_t a, b;

static int setup(void **state)
{
	(void)state;
	net = net_new();
	net_found(net);
	a = net_member(net, "a");
	b = net_member(net, "b");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

static struct day today(void)
{
	return date_of_ms(net->wall_ms, ZONE_MINUTES);
}

/* When member N was heard last, as a node sees it; DAY_MIN: never. */
static int32_t heard(uint32_t index, uint32_t member)
{
	struct txn *txn;
	struct day day = {DAY_MIN}, far = {DAY_MAX};
	assert_int_equal(txn_read(net->nodes[index].store, &txn), ERR_OK);
	(void)query_heard(txn, (struct member_no){member}, far, &day);
	txn_abort(txn);
	return day.n;
}

static bool received(uint32_t index, struct place place, uint64_t *ms)
{
	struct txn *txn;
	assert_int_equal(txn_read(net->nodes[index].store, &txn), ERR_OK);
	bool found = query_received(txn, place, ms);
	txn_abort(txn);
	return found;
}

static uint32_t statements(uint16_t kind)
{
	return net_count(net, 0, FEED(0), kind);
}

static void test_seen(void **state)
{
	(void)state;
	uint64_t ms = 0;
	const struct place first = {.feed = FEED(a), .seq = 0}, second = {.feed = FEED(a), .seq = 1};
	net_link(net, a, 0);
	net_link(net, b, 0);
	net_run(net, 500);
	net_say(net, a, "satu", 1);
	net_run(net, 500);
	uint64_t written = net->wall_ms;
	assert_false(received(b, first, &ms));
	net_run(net, WITNESS_INTERVAL_MS + 1000);
	assert_true(received(b, first, &ms) && received(a, first, &ms));
	assert_in_range(ms, written - 1000, written + WITNESS_INTERVAL_MS + 1000);
	net_say(net, a, "dua", 1);
	assert_false(received(b, second, &ms));
	net_run(net, WITNESS_INTERVAL_MS + 1000);
	assert_true(received(b, second, &ms));
	uint32_t before = statements(KIND_WITNESS_SEEN);
	net_run(net, HOUR_MS);
	assert_int_equal(statements(KIND_WITNESS_SEEN), before); /* nothing grew but by statements */
	net_run(net, 23 * HOUR_MS);
	assert_in_range(statements(KIND_WITNESS_SEEN), before, before + 2);
}

static void test_heard(void **state)
{
	(void)state;
	assert_int_equal(heard(0, a), DAY_MIN);
	uint32_t link = net_link(net, a, 0);
	net_run(net, WITNESS_INTERVAL_MS + 1000);
	int32_t day = today().n;
	assert_int_equal(heard(0, a), day);
	assert_int_equal(heard(0, b), DAY_MIN); /* absent, not silent */
	net_run(net, WITNESS_INTERVAL_MS + 1000);
	assert_int_equal(heard(a, a), day);
	uint32_t before = statements(KIND_WITNESS_HEARD);
	net_run(net, 4 * HOUR_MS);
	assert_int_equal(statements(KIND_WITNESS_HEARD), before); /* once a day */
	net_cut(net, link);
	net_run(net, 30 * HOUR_MS);
	assert_int_equal(today().n, day + 1);
	assert_int_equal(heard(0, a), day); /* that it was heard yesterday says nothing of today */
	net_link(net, a, 0);
	net_run(net, WITNESS_INTERVAL_MS + 1000);
	assert_int_equal(heard(0, a), today().n);
}

/* Heard is who showed its own feed, whatever else is not equal: here a quota keeps another feed away. */
static void test_heard_out_of_step(void **state)
{
	(void)state;
	net_link(net, a, 0);
	net_link(net, b, 0);
	net_run(net, 500);
	net_link(net, b, a);
	net_run(net, 500);
	net_crash(net, 0);
	net->feed_bytes_a_day = 1;
	net_start(net, 0);
	net_say(net, b, "banyak", 1); /* the registrar does not take it */
	net_run(net, 500);
	assert_int_equal(net_held(net, a, FEED(b)), 1);
	net_link(net, a, 0);
	net_run(net, 2 * WITNESS_INTERVAL_MS);
	assert_int_equal(net_held(net, 0, FEED(b)), 0);
	assert_string_equal(net_peer_state(net, 0, FEED(a)), "catching up");
	assert_int_equal(heard(0, a), today().n);
}

/* After a restart it knows what it stated, and on the same day says nothing twice. */
static void test_restart(void **state)
{
	(void)state;
	net_link(net, a, 0);
	net_run(net, 500);
	net_say(net, a, "satu", 1);
	net_run(net, 2 * WITNESS_INTERVAL_MS);
	uint32_t seen = statements(KIND_WITNESS_SEEN), times = statements(KIND_WITNESS_HEARD);
	net_crash(net, 0);
	net_start(net, 0);
	net_link(net, a, 0);
	net_run(net, 3 * WITNESS_INTERVAL_MS);
	assert_int_equal(statements(KIND_WITNESS_SEEN), seen);
	assert_int_equal(statements(KIND_WITNESS_HEARD), times);
}

/* A clock that fell behind what it stated: nothing more is stated until it has caught up. */
static void test_clock_behind(void **state)
{
	(void)state;
	net_link(net, a, 0);
	net_run(net, 2 * WITNESS_INTERVAL_MS);
	uint32_t before = statements(KIND_WITNESS_SEEN) + statements(KIND_WITNESS_HEARD);
	net->wall_ms -= HOUR_MS;
	net_say(net, a, "satu", 1);
	net_run(net, HOUR_MS / 2);
	assert_int_equal(net_held(net, 0, FEED(a)), 1);
	assert_int_equal(statements(KIND_WITNESS_SEEN) + statements(KIND_WITNESS_HEARD), before);
	net_run(net, HOUR_MS);
	assert_true(statements(KIND_WITNESS_SEEN) + statements(KIND_WITNESS_HEARD) > before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_seen, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_heard, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_heard_out_of_step, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_restart, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_clock_behind, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
