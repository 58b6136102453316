/* SPDX-License-Identifier: Apache-2.0
 * node_sync.c: whole nodes with real stores, without sockets: catch-up, live push, relay, crash and return, strangers,
 * and what may not leave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "log/kinds.h"
#include "storage/own.h"
#include "support/net.h"

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
	return net_member(net, alias);
}

static void say(uint32_t index, const char *goods)
{
	net_say(net, index, goods, 1);
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

static void assert_in_step(uint32_t one, uint32_t other)
{
	assert_string_equal(net_peer_state(net, one, (struct feed_no){other}), "in step");
	assert_string_equal(net_peer_state(net, other, (struct feed_no){one}), "in step");
}

/* Who had more hears at once that the other has it now, and not when FRONTIERs are due; also when one crosses an entry. */
static void test_both_in_step(void **state)
{
	(void)state;
	uint32_t a = member("a"), b = member("b");
	net->latency_ms = 200;
	net_link(net, a, 0);
	net_run(net, 2000);
	for (int i = 0; i < 20; i++)
		say(a, "padi");
	net_link(net, b, a);
	net_run(net, 3000);
	assert_int_equal(net_held(net, b, (struct feed_no){1}), 20);
	assert_in_step(a, b);
	for (int i = 0; i < 150; i++) {
		say(a, "jagung");
		say(b, "kedelai");
		net_run(net, 500);
	}
	net_run(net, 2000);
	assert_int_equal(net_held(net, 0, (struct feed_no){2}), 150);
	assert_in_step(a, b);
	assert_in_step(a, 0);
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

/* The store goes back to a copy that lacks the newest entry. */
static uint32_t restored_member(void)
{
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
	return a;
}

static bool has_fork(uint32_t index, uint32_t feed)
{
	struct txn *txn;
	struct fork fork;
	assert_int_equal(txn_read(net->nodes[index].store, &txn), ERR_OK);
	bool found = feed_fork(txn, (struct feed_no){feed}, &fork);
	txn_abort(txn);
	return found;
}

/* An old copy of a store to which nothing was added: what others hold of its feed is taken back, and as the registrar
 * shows no more than that, it publishes again. */
static void test_restored(void **state)
{
	(void)state;
	uint32_t a = restored_member();
	net_start(net, a);
	assert_int_equal(net_held(net, a, (struct feed_no){1}), 1);
	net_link(net, a, 0);
	net_run(net, 500);
	assert_int_equal(net_held(net, a, (struct feed_no){1}), 2);
	assert_true(node_publishing(net->nodes[a].node));
	say(a, "tiga");
	net_run(net, 500);
	assert_int_equal(net_held(net, 0, (struct feed_no){1}), 3);
	assert_false(has_fork(0, 1));
}

static void count_as_restored(uint32_t index)
{
	struct txn *txn;
	net_open(net, index);
	assert_int_equal(txn_write(net->nodes[index].store, &txn), ERR_OK);
	own_trust_set(txn, OWN_RESTORED);
	assert_int_equal(txn_commit(txn), ERR_OK);
}

/* One to which something was added while it counted as an old copy: what others hold comes first, and that follows. */
static void test_restored_and_used(void **state)
{
	(void)state;
	uint32_t a = restored_member();
	count_as_restored(a);
	net_start(net, a);
	say(a, "tiga");
	net_link(net, a, 0);
	assert_int_equal(net_held(net, 0, (struct feed_no){1}), 2);
	net_run(net, 1000);
	assert_true(node_publishing(net->nodes[a].node));
	say(a, "empat");
	net_run(net, 500);
	assert_int_equal(net_held(net, a, (struct feed_no){1}), 4);
	assert_int_equal(net_held(net, 0, (struct feed_no){1}), 4);
	assert_false(has_fork(0, 1));
	assert_false(has_fork(a, 1));
}

/* A store that counts as restored for another reason, and lacks nothing: the registrar's node says so, or two others. */
static void test_restored_and_settled(void **state)
{
	(void)state;
	uint32_t a = member("a"), b = member("b"), c = member("c");
	net_link(net, a, 0);
	net_link(net, b, 0);
	net_link(net, c, 0);
	net_run(net, 500);
	say(a, "satu");
	net_run(net, 500);
	net_crash(net, a);
	count_as_restored(a);
	net_start(net, a);
	say(a, "dua");
	assert_false(node_publishing(net->nodes[a].node));
	net_link(net, a, b);
	net_run(net, 500);
	assert_false(node_publishing(net->nodes[a].node));
	assert_int_equal(net_held(net, b, (struct feed_no){1}), 1);
	net_link(net, a, c);
	net_run(net, 500);
	assert_true(node_publishing(net->nodes[a].node));
	assert_int_equal(net_held(net, b, (struct feed_no){1}), 2);
	assert_int_equal(net_held(net, 0, (struct feed_no){1}), 2);
}

/* A seed and a network id, and nothing else: the node gets the roster and its own feed back, and goes on with it. */
static void test_recover(void **state)
{
	(void)state;
	uint32_t a = member("a"), b = member("b");
	net_link(net, a, 0);
	net_link(net, b, 0);
	net_run(net, 500);
	for (int i = 0; i < 300; i++)
		say(a, "kakao");
	net_run(net, 500);
	net_crash(net, a);
	net_lose(net, a);
	count_as_restored(a);
	net_start(net, a);
	net_link(net, a, b); /* not the registrar's: it alone does not settle it */
	net_run(net, 1000);
	assert_int_equal(net_held(net, a, (struct feed_no){1}), 300);
	assert_false(node_publishing(net->nodes[a].node));
	net_link(net, a, 0);
	net_run(net, 1000);
	assert_true(node_publishing(net->nodes[a].node));
	say(a, "kopi");
	net_run(net, 500);
	assert_int_equal(net_held(net, b, (struct feed_no){1}), 301);
	assert_false(has_fork(b, 1));
}

/* The same with a store that nobody marked as restored. */
static void test_recover_unmarked(void **state)
{
	(void)state;
	uint32_t a = member("a");
	net_link(net, a, 0);
	net_run(net, 500);
	say(a, "satu");
	net_run(net, 500);
	net_crash(net, a);
	net_lose(net, a);
	net_start(net, a);
	net_link(net, a, 0);
	net_run(net, 1000);
	assert_int_equal(net_held(net, a, (struct feed_no){1}), 1);
	say(a, "dua");
	net_run(net, 500);
	assert_int_equal(net_held(net, 0, (struct feed_no){1}), 2);
	assert_false(has_fork(0, 1));
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
	        cmocka_unit_test_setup_teardown(test_both_in_step, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_live, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_crash, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_stranger, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_leave, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_restored, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_restored_and_used, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_restored_and_settled, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_recover, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_recover_unmarked, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_mark, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_reconnect, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
