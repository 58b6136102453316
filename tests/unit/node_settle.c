/* SPDX-License-Identifier: Apache-2.0
 * node_settle.c: how long a store that may be an old copy publishes nothing: each condition of docs/PROTOCOL.md 8.4 by
 * itself, and what ends it when nobody can. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "log/kinds.h"
#include "node/fence.h"
#include "storage/query.h"
#include "support/net.h"

#define FEED(n) ((struct feed_no){(n)})

static struct net *net;
enum { a = 1, b, c, d };

static int setup(void **state)
{
	(void)state;
	net = net_star(4, true);
	net_say(net, a, "satu", 1);
	net_run(net, 500);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

static bool publishes(void)
{
	return node_publishing(net->nodes[a].node);
}

static void count_as_restored(void)
{
	net_crash(net, a);
	net->nodes[a].place += 1000; /* another machine */
	net_start(net, a);
	assert_false(publishes());
}

static void meet(uint32_t index)
{
	net_link(net, a, index);
	net_run(net, 500);
}

static enum err publish_anyway(const char *reason)
{
	struct net_node *n = &net->nodes[a];
	n->answered = false;
	enum err e = node_publish_anyway(net_door(net, a), ++n->ticket, bytes_text(reason));
	for (int i = 0; i < 100 && !e && !n->answered; i++)
		net_run(net, 10);
	assert_true(e || n->answered);
	return e ? e : n->err;
}

static void test_registrar_alone(void **state)
{
	(void)state;
	count_as_restored();
	net_say(net, a, "dua", 1);
	net_run(net, 500);
	assert_false(publishes());
	meet(0);
	assert_true(publishes());
	assert_int_equal(net_held(net, b, FEED(a)), 2);
	net_restart(net, a);
	assert_true(publishes()); /* the copy of the mark was written */
}

static void test_two_others(void **state)
{
	(void)state;
	count_as_restored();
	meet(b);
	assert_false(publishes());
	meet(b); /* the same member again */
	assert_false(publishes());
	meet(c);
	assert_true(publishes());
}

/* Another feed of the own member is no other member. */
static void test_own_member(void **state)
{
	uint8_t body[1024];
	struct mp_out m = mp_out(body, sizeof body);
	struct reference ref;
	(void)state;
	uint32_t second = net_add(net);
	const struct roster_add add = {
	        .member = {a}, .keys = net->nodes[second].keys.public, .roles = ROLE_OFFICER};
	roster_body_add_pack(&m, &add);
	assert_int_equal(net_append(net, 0, KIND_FEED_ADD, mp_written(&m), &ref), ERR_OK);
	net_start(net, second);
	net_link(net, second, 0);
	net_run(net, 500);
	count_as_restored();
	meet(second);
	meet(b);
	assert_false(publishes());
	meet(c);
	assert_true(publishes());
}

/* Nor is a node whose feed was cut. */
static void test_cut_member(void **state)
{
	uint8_t body[256];
	struct mp_out m = mp_out(body, sizeof body);
	struct reference ref;
	(void)state;
	const struct roster_cut cut = {.feed = FEED(b), .head = {.root = hash_of(BYTES(NULL, 0))}};
	roster_body_cut_pack(&m, &cut);
	assert_int_equal(net_append(net, 0, KIND_FEED_CUT, mp_written(&m), &ref), ERR_OK);
	net_run(net, 500);
	count_as_restored();
	meet(b);
	meet(c);
	assert_false(publishes());
	meet(d);
	assert_true(publishes());
}

/* The store goes back by "dua", which only some nodes have; the copy of the mark is gone too where KEEPS is false. */
static void go_back(bool keeps)
{
	net_crash(net, a);
	net_backup(net, a);
	net_start(net, a);
	meet(b); /* not the registrar's */
	net_crash(net, 0);
	net_crash(net, c);
	net_crash(net, d);
	net_say(net, a, "dua", 1);
	net_run(net, 500);
	assert_int_equal(net_held(net, b, FEED(a)), 2);
	net_crash(net, a);
	net_crash(net, b);
	net_restore(net, a);
	net->nodes[a].mark.kept &= keeps;
	net_start(net, 0);
	net_start(net, c);
	net_start(net, d);
	net_start(net, a);
	assert_false(publishes());
}

/* The copy knows of more than anybody who answers: neither they nor time settle it, but who has the rest, */
static void test_copy_ahead(void **state)
{
	(void)state;
	go_back(true);
	net_say(net, a, "lain", 3); /* what is entered here stands for nothing of it */
	meet(0);
	meet(c);
	meet(d);
	net_run(net, 200000);
	assert_false(publishes());
	net_restart(net, a);
	meet(0);
	meet(c);
	assert_false(publishes());
	assert_int_equal(net_held(net, c, FEED(a)), 1);
	net_start(net, b);
	meet(b);
	assert_true(publishes());
	net_run(net, 1000);
	assert_int_equal(net_held(net, c, FEED(a)), 5);
	assert_false(net_has_fork(net, 0, FEED(a)));
}

/* or a person, when nobody has: once, and for good. */
static void test_copy_ahead_overridden(void **state)
{
	struct txn *txn;
	struct fence_override o;
	(void)state;
	go_back(true);
	net_say(net, a, "lain", 1);
	meet(0);
	meet(c);
	assert_int_equal(publish_anyway("laptop lama hilang"), ERR_OK);
	assert_true(publishes());
	net_run(net, 500);
	assert_int_equal(net_held(net, c, FEED(a)), 2);
	assert_int_equal(publish_anyway(""), ERR_NOT_FOUND);
	net_restart(net, a);
	assert_true(publishes());
	assert_int_equal(txn_read(net->nodes[a].store, &txn), ERR_OK);
	assert_true(fence_override(txn, &o));
	txn_abort(txn);
	/* and who has the rest comes after all: two histories, said to everybody, and no word of a person undoes that */
	net_start(net, b);
	meet(b);
	net_run(net, 1000);
	assert_false(publishes());
	assert_int_equal(publish_anyway(""), ERR_FORKED);
}

/* B shows what it holds of ours, and then nothing of it arrives. */
static uint32_t meet_silent(void)
{
	net_start(net, b);
	net->latency_ms = 100;
	uint32_t link = net_link(net, a, b);
	for (int i = 0; i < 300 && strcmp(net_peer_state(net, a, FEED(b)), "catching up") != 0; i++)
		net_run(net, 10);
	net->latency_ms = 0;
	net_run(net, 230); /* its HELLO is here, our PULL on its way */
	net_block(net, link, 1, 60000);
	net_run(net, 500);
	assert_string_equal(net_peer_state(net, a, FEED(b)), "catching up");
	assert_int_equal(net_held(net, a, FEED(a)), 1);
	return link;
}

/* A linked node shows entries of ours that are not here: no word of a person is needed. */
static void test_override_in_vain(void **state)
{
	(void)state;
	go_back(false);
	uint32_t link = meet_silent();
	assert_int_equal(publish_anyway(""), ERR_RESTORED);
	net_cut(net, link);
	assert_int_equal(publish_anyway(""), ERR_OK); /* it is gone, and a person may know more */
}

/* Somebody showed more, and went before it was taken back: that is not forgotten over a restart. */
static void test_shown(void **state)
{
	(void)state;
	go_back(false);
	(void)meet_silent();
	net_crash(net, b);
	net_restart(net, a);
	meet(0);
	meet(c);
	net_run(net, 70000);
	assert_false(publishes());
	net_start(net, b);
	meet(b);
	assert_true(publishes());
	assert_int_equal(net_held(net, a, FEED(a)), 2);
}

/* The registrar's statement says that there is more, which those who answer do not hold. COPY: nothing else says so. */
static void go_back_behind_statement(bool copy)
{
	struct txn *txn;
	struct head covered;
	net_crash(net, a);
	net_backup(net, a);
	struct net_mark before = net->nodes[a].mark;
	net->feed_bytes_a_day = 1; /* they take the registrar's feed, and nothing else */
	net_restart(net, c);
	net_restart(net, d);
	net->feed_bytes_a_day = 0;
	net_link(net, c, 0);
	net_link(net, d, 0);
	net->witness_interval_ms = 1000;
	net_restart(net, 0);
	net_start(net, a);
	meet(0);
	net_link(net, c, 0);
	net_link(net, d, 0);
	net_say(net, a, "dua", 1);
	net_run(net, 5000);
	assert_int_equal(net_held(net, c, FEED(a)), 1);
	net_crash(net, 0);
	net_crash(net, a);
	net_restore(net, a);
	before.kept = copy;
	net->nodes[a].mark = before;
	net_start(net, a);
	assert_int_equal(publishes(), copy);
	meet(c);
	meet(d);
	net_run(net, 70000);
	assert_int_equal(txn_read(net->nodes[a].store, &txn), ERR_OK);
	assert_true(query_covered(txn, FEED(a), &covered));
	txn_abort(txn);
	assert_int_equal(covered.size, 2);
}

static void assert_settles_by_registrar(uint64_t size)
{
	assert_false(publishes());
	net_start(net, 0);
	meet(0);
	net_run(net, 1000);
	assert_true(publishes());
	assert_int_equal(net_held(net, a, FEED(a)), size);
}

static void test_statement(void **state)
{
	(void)state;
	go_back_behind_statement(false);
	assert_settles_by_registrar(2);
}

/* The whole disk went back, and the copy with it. */
static void test_statement_alone(void **state)
{
	(void)state;
	go_back_behind_statement(true);
	net_say(net, a, "lain", 1);
	assert_settles_by_registrar(3);
}

/* A seed from paper and any peer: the feed is back, and when another one was met it is published. */
static void test_seed_alone(void **state)
{
	(void)state;
	net_say(net, a, "dua", 1);
	net_run(net, 500);
	net_crash(net, a);
	net_lose(net, a);
	net_start(net, a);
	assert_false(publishes());
	meet(b);
	net_run(net, 1000);
	assert_int_equal(net_held(net, a, FEED(a)), 2);
	net_say(net, a, "tiga", 1);
	assert_false(publishes());
	net_restart(net, a);
	assert_false(publishes());
	meet(b);
	meet(c);
	assert_true(publishes());
	net_run(net, 1000);
	assert_int_equal(net_held(net, 0, FEED(a)), 3); /* from c */
	net_restart(net, a);
	assert_true(publishes());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_registrar_alone, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_two_others, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_own_member, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_cut_member, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_copy_ahead, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_copy_ahead_overridden, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_override_in_vain, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_shown, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_statement, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_statement_alone, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_seed_alone, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
