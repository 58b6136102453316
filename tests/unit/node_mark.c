/* SPDX-License-Identifier: Apache-2.0
 * node_mark.c: nothing of the own feed leaves whose mark is not on the disk twice, by a link or by hand; and what never left
 * is no second history, wherever the process ended or the copy could not be written. docs/PROTOCOL.md 8.1. */
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

static void end_at_copy(void)
{
	const struct draft draft = {.kind = 34, .body = bytes_text("\x80")};
	net->nodes[a].crash_at_copy = true;
	assert_int_equal(node_append(net_door(net, a), ++net->nodes[a].ticket, &draft, 1), ERR_OK);
	net_run(net, 500);
	assert_null(net->nodes[a].node);
	assert_int_equal(net->nodes[a].mark.head.size, 1);
	assert_int_equal(net_held(net, 0, FEED(a)), 1);
	net_start(net, a);
	assert_true(publishes());
	assert_int_equal(net_held(net, a, FEED(a)), 2);
}

/* The process ends between the store and the copy: nothing had left, and the next start finds nothing wrong. */
static void test_ends_at_copy(void **state)
{
	struct node_own own;
	(void)state;
	end_at_copy();
	node_own(net->nodes[a].node, &own);
	assert_int_equal(own.mark, 1); /* what its copy says, for nothing else left */
	assert_int_equal(net->nodes[a].mark.head.size, 1);
	meet(0);
	assert_int_equal(net_held(net, 0, FEED(a)), 2);
	assert_int_equal(net->nodes[a].mark.head.size, 2);
}

/* The whole machine went back, the copy with it, and nobody linked can tell: "dua" is with b, which is away. */
static void go_back_unseen(void)
{
	net_crash(net, a);
	net_backup(net, a);
	struct net_mark before = net->nodes[a].mark;
	net_crash(net, 0);
	net_crash(net, c);
	net_crash(net, d);
	net_start(net, a);
	meet(b);
	net_say(net, a, "dua", 1);
	net_run(net, 500);
	assert_int_equal(net_held(net, b, FEED(a)), 2);
	net_crash(net, a);
	net_crash(net, b);
	net_restore(net, a);
	net->nodes[a].mark = before;
	net_start(net, 0);
	net_start(net, a);
	meet(0);
	assert_true(publishes());
}

/* What rose only in the store is no second history: "dua" comes back, and what was made here follows it. */
static void assert_comes_back(void)
{
	if (!net->nodes[b].node)
		net_start(net, b);
	if (!net->nodes[0].node)
		net_start(net, 0);
	meet(b);
	meet(0);
	net_run(net, 12000);
	assert_false(net_has_fork(net, a, FEED(a)) || net_has_fork(net, 0, FEED(a)) ||
	             net_has_fork(net, b, FEED(a)));
	assert_true(publishes());
	assert_int_equal(net_held(net, a, FEED(a)), 3);
	assert_int_equal(net_held(net, 0, FEED(a)), 3);
}

static void test_back_and_ends_at_copy(void **state)
{
	(void)state;
	go_back_unseen();
	end_at_copy();
	assert_comes_back();
}

static void test_back_and_copy_fails(void **state)
{
	(void)state;
	go_back_unseen();
	net->nodes[a].copy_fails = true;
	net_say(net, a, "lain", 1);
	net_run(net, 25000);
	assert_int_equal(net_held(net, 0, FEED(a)), 1);
	net_start(net, b);
	meet(b);
	net->nodes[a].copy_fails = false;
	assert_comes_back();
}

/* The copy cannot be written: people's entries are taken, and leave when it can. */
static void test_copy_fails(void **state)
{
	(void)state;
	net->nodes[a].copy_fails = true;
	net_say(net, a, "dua", 1);
	net_run(net, 25000);
	net_say(net, a, "tiga", 1);
	net_run(net, 25000);
	assert_int_equal(net_held(net, a, FEED(a)), 3);
	assert_int_equal(net_held(net, 0, FEED(a)), 1);
	assert_int_equal(net->nodes[a].mark.head.size, 1);
	net->nodes[a].copy_fails = false;
	net_run(net, 11000);
	assert_int_equal(net->nodes[a].mark.head.size, 3);
	assert_int_equal(net_held(net, b, FEED(a)), 3);
}

static struct head head_of(uint64_t size)
{
	struct txn *txn;
	struct tree tree;
	assert_int_equal(txn_read(net->nodes[a].store, &txn), ERR_OK);
	assert_true(feed_tree_at(txn, FEED(a), size, &tree));
	txn_abort(txn);
	return (struct head){.size = size, .root = tree_root(&tree)};
}

static enum err ask_mark(const struct head *head)
{
	struct net_node *n = &net->nodes[a];
	n->answered = false;
	return node_raise_mark(net_door(net, a), ++n->ticket, head);
}

static enum err raise_mark(const struct head *head)
{
	struct net_node *n = &net->nodes[a];
	enum err e = ask_mark(head);
	for (int i = 0; i < 500 && !e && !n->answered; i++)
		net_run(net, 10);
	assert_true(e || n->answered);
	return e ? e : n->err;
}

static uint64_t mark(void)
{
	struct node_own own;
	node_own(net->nodes[a].node, &own);
	return own.mark;
}

/* An entry leaves as a file while nobody is linked: the mark is there first, and in its copy; not beyond. */
static void test_by_hand(void **state)
{
	(void)state;
	net_restart(net, a);
	net_say(net, a, "dua", 1);
	net_say(net, a, "tiga", 1);
	struct head head = head_of(2), other = {.size = 3, .root = head.root};
	assert_int_equal(raise_mark(&head), ERR_OK);
	assert_true(mark() == 2 && net->nodes[a].mark.head.size == 2);
	assert_memory_equal(&net->nodes[a].mark.head.root, &head.root, sizeof head.root);
	assert_int_equal(raise_mark(&other), ERR_NOT_FOUND);
	other.size = 4;
	assert_int_equal(raise_mark(&other), ERR_NOT_FOUND);
	assert_int_equal(mark(), 2);
	head = head_of(3);
	net->nodes[a].copy_fails = true;
	assert_int_equal(raise_mark(&head), ERR_IO);
	net_run(net, 500);
	assert_true(mark() == 2 && net->nodes[a].mark.head.size == 2);
	net->nodes[a].copy_fails = false;
	assert_int_equal(raise_mark(&head), ERR_OK);
	net_restart(net, a);
	assert_true(mark() == 3 && net->nodes[a].mark.head.size == 3);
}

/* What may be another history than what left is shown to nobody; what left may be shown again. */
static void test_by_hand_restored(void **state)
{
	(void)state;
	count_as_restored();
	net_say(net, a, "dua", 1);
	struct head head = head_of(1);
	assert_int_equal(raise_mark(&head), ERR_OK);
	head = head_of(2);
	assert_int_equal(raise_mark(&head), ERR_RESTORED);
	assert_int_equal(mark(), 1);
	meet(0);
	assert_int_equal(raise_mark(&head), ERR_OK);
}

/* Before it is answered somebody shows that this is an old copy: it is not to leave, and the mark is as it was. */
static void test_by_hand_too_late(void **state)
{
	struct net_node *n;
	(void)state;
	go_back_unseen();
	net_crash(net, 0);
	net_restart(net, a);
	n = &net->nodes[a];
	net_say(net, a, "lain", 1);
	const struct head head = head_of(2);
	net_start(net, b);
	net_link(net, a, b);
	net->job_steps = 200;
	assert_int_equal(ask_mark(&head), ERR_OK);
	for (int i = 0; i < 200 && !n->answered; i++)
		net_run(net, 10);
	net->job_steps = 0;
	assert_true(n->answered);
	assert_int_equal(n->err, ERR_RESTORED);
	assert_comes_back();
}

/* Another store with the same key and the same copy started after this one: one of them is too many. */
static void test_twin(void **state)
{
	struct txn *txn;
	struct bytes note;
	(void)state;
	struct net_mark theirs = net->nodes[a].mark;
	theirs.generation += 1;
	net->nodes[a].mark = theirs;
	net_say(net, a, "dua", 1);
	net_run(net, 500);
	assert_false(publishes());
	assert_int_equal(net_held(net, 0, FEED(a)), 1);
	assert_memory_equal(&net->nodes[a].mark, &theirs, sizeof theirs);
	assert_int_equal(txn_read(net->nodes[a].store, &txn), ERR_OK);
	assert_true(own_get(txn, OWN_NOTES, bytes_text(FENCE_TWIN_NOTE), &note));
	txn_abort(txn);
	/* now it is the one that started last; others say whether anything is missing here */
	net_restart(net, a);
	assert_int_equal(txn_read(net->nodes[a].store, &txn), ERR_OK);
	assert_false(own_get(txn, OWN_NOTES, bytes_text(FENCE_TWIN_NOTE), &note));
	txn_abort(txn);
	meet(0);
	assert_true(publishes());
	assert_int_equal(net_held(net, 0, FEED(a)), 2);
}

/* Nobody is linked: nothing can leave, so neither the mark nor its copy says that anything did. */
static void test_alone(void **state)
{
	(void)state;
	net_restart(net, a);
	net_say(net, a, "dua", 2);
	assert_int_equal(net->nodes[a].mark.head.size, 1);
	meet(c);
	assert_int_equal(net->nodes[a].mark.head.size, 3);
	assert_int_equal(net_held(net, c, FEED(a)), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_ends_at_copy, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_back_and_ends_at_copy, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_copy_fails, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_back_and_copy_fails, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_by_hand, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_by_hand_restored, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_by_hand_too_late, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_twin, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_alone, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
