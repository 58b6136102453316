/* SPDX-License-Identifier: Apache-2.0
 * node_sync.c: whole nodes with real stores, without sockets: catch-up, live push, relay, crash and return, strangers,
 * and what may not leave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "ledger/kinds.h"
#include "ledger/profile.h"
#include "log/kinds.h"
#include "storage/own.h"
#include "support/net.h"

#define OFFICER (ROLE_OFFICER)

static struct net *net;

static int setup(void **state)
{
	(void)state;
	net = net_new();
	net_found(net);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

static uint32_t member(const char *alias)
{
	uint32_t index = net_add(net);
	net_admit(net, index, alias, OFFICER);
	net_start(net, index);
	return index;
}

static void say(uint32_t index, const char *goods)
{
	uint8_t body[512];
	struct mp_out m = mp_out(body, sizeof body);
	struct reference ref;
	const struct profile_set profile = {.goods = bytes_text(goods)};
	profile_set_pack(&m, &profile);
	assert_int_equal(mp_out_end(&m), ERR_OK);
	assert_int_equal(net_append(net, index, KIND_PROFILE_SET, mp_written(&m), &ref), ERR_OK);
}

static void test_catch_up(void **state)
{
	(void)state;
	uint32_t a = member("a");
	net_link(net, a, 0);
	net_run(net, 1000);
	assert_int_equal(net_held(net, a, (struct feed_no){0}), 3);
	assert_int_equal(net_held(net, a, (struct feed_no){1}), 0);
	struct node_peer peers[4];
	assert_int_equal(node_peers(net->nodes[a].node, peers, 4), 1);
	assert_string_equal(peers[0].state, "in step");
	assert_true(peers[0].has_feed && peers[0].feed.n == 0);
}

static void test_live(void **state)
{
	(void)state;
	uint32_t a = member("a"), b = member("b");
	net_link(net, a, 0);
	net_link(net, b, 0);
	net_run(net, 1000);
	say(a, "gabah");
	net_run(net, 100); /* pushed to the registrar, announced to b, pulled */
	assert_int_equal(net_held(net, 0, (struct feed_no){1}), 1);
	assert_int_equal(net_held(net, b, (struct feed_no){1}), 1);
	for (int i = 0; i < 20; i++)
		say(b, "merica");
	net_run(net, 100);
	assert_int_equal(net_held(net, a, (struct feed_no){2}), 20);
}

static void test_crash(void **state)
{
	(void)state;
	uint32_t a = member("a"), b = member("b");
	net_link(net, a, 0);
	net_run(net, 500);
	for (int i = 0; i < 300; i++)
		say(a, "kakao");
	net_crash(net, a);
	net_start(net, a);
	assert_int_equal(net_held(net, a, (struct feed_no){1}), 300);
	net_link(net, b, 0);
	net_run(net, 500);
	assert_int_equal(net_held(net, b, (struct feed_no){1}), 300);
	net_link(net, a, b);
	net_run(net, 500);
	say(a, "kopi");
	net_run(net, 100);
	assert_int_equal(net_held(net, b, (struct feed_no){1}), 301);
}

/* Who is not in the roster is served nothing. */
static void test_stranger(void **state)
{
	(void)state;
	uint32_t s = net_add(net);
	net_start(net, s);
	uint32_t link = net_link(net, s, 0);
	net_run(net, 1000);
	assert_int_equal(net_held(net, s, (struct feed_no){0}), UINT64_MAX);
	assert_false(net->links[link].open);
}

/* A member that left is refused, and an open link to it ends. */
static void test_leave(void **state)
{
	(void)state;
	uint8_t body[64];
	struct mp_out m = mp_out(body, sizeof body);
	struct reference ref;
	uint32_t a = member("a");
	uint32_t link = net_link(net, a, 0);
	net_run(net, 500);
	assert_true(net->links[link].open);
	const struct roster_label leave = {.member = {1}};
	roster_body_label_pack(&m, &leave);
	assert_int_equal(net_append(net, 0, KIND_MEMBER_LEAVE, mp_written(&m), &ref), ERR_OK);
	net_run(net, 500);
	assert_false(net->links[link].open);
}

/* An old copy of a store: another node shows newer entries of ours, and nothing of ours leaves any more, while what
 * people enter is still taken. */
static void test_restored(void **state)
{
	(void)state;
	uint32_t a = member("a");
	net_link(net, a, 0);
	net_run(net, 500);
	say(a, "satu");
	net_crash(net, a);
	net_backup(net, a);
	net_start(net, a);
	net_link(net, a, 0);
	net_run(net, 500);
	say(a, "dua");
	net_run(net, 100);
	assert_int_equal(net_held(net, 0, (struct feed_no){1}), 2);
	net_crash(net, a);
	net_restore(net, a);
	net_start(net, a);
	assert_int_equal(net_held(net, a, (struct feed_no){1}), 1);
	assert_true(node_publishing(net->nodes[a].node));
	net_link(net, a, 0);
	net_run(net, 500);
	assert_false(node_publishing(net->nodes[a].node));
	say(a, "tiga");
	net_run(net, 500);
	assert_int_equal(net_held(net, a, (struct feed_no){1}), 2);
	assert_int_equal(net_held(net, 0, (struct feed_no){1}), 2);
	struct txn *txn;
	struct fork fork;
	assert_int_equal(txn_read(net->nodes[0].store, &txn), ERR_OK);
	assert_false(feed_fork(txn, (struct feed_no){1}, &fork)); /* no fork came of it */
	txn_abort(txn);
}

/* The mark is as far as what was let out, and on the disk before. */
static void test_mark(void **state)
{
	(void)state;
	struct txn *txn;
	struct head mark;
	uint32_t a = member("a");
	net_link(net, a, 0);
	net_run(net, 500);
	say(a, "satu");
	assert_int_equal(txn_read(net->nodes[a].store, &txn), ERR_OK);
	own_mark(txn, &mark);
	txn_abort(txn);
	assert_int_equal(mark.size, 1);
}

/* A reconnect with nothing new costs little. */
static void test_reconnect(void **state)
{
	(void)state;
	uint32_t a = member("a");
	uint32_t link = net_link(net, a, 0);
	net_run(net, 500);
	net_cut(net, link);
	uint64_t before = net->bytes;
	net_link(net, a, 0);
	net_run(net, 100);
	assert_true(net->bytes - before < 1000);
	print_message("a reconnect with nothing new: %u bytes both ways, handshake included\n",
	        (unsigned)(net->bytes - before));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_catch_up, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_live, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_crash, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_stranger, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_leave, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_restored, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_mark, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_reconnect, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
