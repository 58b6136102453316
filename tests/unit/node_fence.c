/* SPDX-License-Identifier: Apache-2.0
 * node_fence.c: when a store counts as an old copy of itself, and the person's word that ends it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "node/fence.h"
#include "support/net.h"

#define HERE ((struct hash){{1}})
#define ELSEWHERE ((struct hash){{2}})

static struct net *net;
static uint32_t a;
static struct fence_answer answer; /* the last */

static int setup(void **state)
{
	(void)state;
	net = net_new();
	net_found(net);
	a = net_member(net, "a");
	net_link(net, a, 0);
	net_run(net, 500);
	net_say(net, a, "satu", 1);
	net_say(net, a, "dua", 1);
	net_run(net, 500);
	net_crash(net, a);
	net_open(net, a);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

static void see(const struct fence_seen *seen)
{
	assert_int_equal(fence_judge(net->nodes[a].store, seen, &answer), ERR_OK);
}

/* What the copy says now. */
static struct fence_seen copied(void)
{
	return (struct fence_seen){
	        .copy = FENCE_COPY_READ, .generation = answer.generation, .mark = answer.mark, .place = HERE};
}

static enum own_trust trust(void)
{
	struct txn *txn;
	assert_int_equal(txn_read(net->nodes[a].store, &txn), ERR_OK);
	enum own_trust t = own_trust(txn);
	txn_abort(txn);
	return t;
}

static void first_start(void)
{
	see(&(struct fence_seen){.copy = FENCE_COPY_MISSING, .place = HERE});
	assert_int_equal(answer.verdict, FENCE_FITS);
	assert_true(answer.writes);
	assert_int_equal(answer.mark.size, 2);
	assert_int_equal(fence_written(net->nodes[a].store), ERR_OK);
}

static void assert_restored(enum fence_verdict verdict)
{
	assert_int_equal(answer.verdict, verdict);
	assert_false(answer.writes);
	assert_int_equal(trust(), OWN_RESTORED);
	assert_true(strlen(fence_text(verdict)) > 0);
}

static void test_fits(void **state)
{
	(void)state;
	uint64_t before;
	struct fence_seen seen = {.copy = FENCE_COPY_MISSING, .place = HERE};
	see(&seen);
	see(&seen); /* the first start ended before the copy was written, when nothing had left */
	assert_int_equal(answer.verdict, FENCE_FITS);
	assert_int_equal(fence_written(net->nodes[a].store), ERR_OK);
	for (int i = 0; i < 3; i++) {
		before = answer.generation;
		seen = copied();
		see(&seen);
		assert_int_equal(answer.verdict, FENCE_FITS);
		assert_true(answer.writes && answer.generation == before + 1);
		assert_int_equal(answer.copy_size, 2);
	}
	seen = copied();
	seen.generation--; /* the store was written, the copy was not: the process ended in between */
	see(&seen);
	assert_int_equal(answer.verdict, FENCE_FITS);
	see(&(struct fence_seen){.copy = FENCE_COPY_OFF});
	assert_int_equal(answer.verdict, FENCE_FITS);
	assert_false(answer.writes);
}

static void test_missing(void **state)
{
	(void)state;
	first_start();
	see(&(struct fence_seen){.copy = FENCE_COPY_MISSING, .place = HERE});
	assert_restored(FENCE_MISSING);
}

static void test_damaged(void **state)
{
	(void)state;
	first_start();
	see(&(struct fence_seen){.copy = FENCE_COPY_DAMAGED, .place = HERE});
	assert_restored(FENCE_DAMAGED);
}

static void test_ahead(void **state)
{
	(void)state;
	first_start();
	struct fence_seen seen = copied();
	seen.generation += 5;
	see(&seen);
	assert_restored(FENCE_AHEAD);
	assert_int_equal(answer.generation, seen.generation + 1); /* a clone finds this one ahead then */
}

static void test_ahead_in_size(void **state)
{
	(void)state;
	first_start();
	struct fence_seen seen = copied();
	seen.mark.size++;
	see(&seen);
	assert_restored(FENCE_AHEAD);
	assert_int_equal(answer.copy_size, 3);
}

/* Smaller than the store's mark, and of another history all the same. */
static void test_other(void **state)
{
	(void)state;
	first_start();
	struct fence_seen seen = copied();
	seen.mark.size--;
	see(&seen);
	assert_restored(FENCE_OTHER);
}

/* The mark rose, and the process ended before its copy did: nothing beyond the copy left. */
static void test_behind(void **state)
{
	(void)state;
	struct txn *txn;
	struct head mark, one;
	struct tree tree;
	first_start();
	assert_int_equal(txn_read(net->nodes[a].store, &txn), ERR_OK);
	assert_true(feed_tree_at(txn, (struct feed_no){1}, 1, &tree));
	txn_abort(txn);
	one = (struct head){.size = 1, .root = tree_root(&tree)};
	struct fence_seen seen = copied();
	seen.mark = one;
	see(&seen);
	assert_int_equal(answer.verdict, FENCE_FITS);
	assert_true(answer.mark.size == 1 && answer.writes);
	/* what another start than the last one wrote says nothing of what left since */
	assert_int_equal(txn_write(net->nodes[a].store, &txn), ERR_OK);
	assert_true(feed_tree_at(txn, (struct feed_no){1}, 2, &tree));
	mark = (struct head){.size = 2, .root = tree_root(&tree)};
	assert_int_equal(own_mark_set(txn, &mark), ERR_OK);
	assert_int_equal(txn_commit(txn), ERR_OK);
	seen = copied();
	seen.generation--;
	see(&seen);
	assert_int_equal(answer.verdict, FENCE_FITS);
	assert_int_equal(answer.mark.size, 2);
}

/* It is said once; the store stays restored until that is settled. */
static void test_moved(void **state)
{
	(void)state;
	first_start();
	struct fence_seen seen = copied();
	seen.place = ELSEWHERE;
	see(&seen);
	assert_restored(FENCE_MOVED);
	see(&seen);
	assert_int_equal(answer.verdict, FENCE_FITS);
	assert_false(answer.writes);
	assert_int_equal(trust(), OWN_RESTORED);
}

/* Moved, with the copy left behind: when that is settled, the next start finds nothing more. */
static void test_moved_and_missing(void **state)
{
	(void)state;
	first_start();
	struct fence_seen seen = {.copy = FENCE_COPY_MISSING, .place = ELSEWHERE};
	see(&seen);
	assert_restored(FENCE_MISSING);
	seen = copied();
	seen.place = ELSEWHERE;
	see(&seen);
	assert_int_equal(answer.verdict, FENCE_FITS);
}

static enum err publish_anyway(const char *reason)
{
	struct net_node *n = &net->nodes[a];
	n->answered = false;
	enum err e = node_publish_anyway(n->node, ++n->ticket, bytes_text(reason));
	for (int i = 0; i < 100 && !e && !n->answered; i++)
		net_run(net, 10);
	assert_true(e || n->answered);
	return e ? e : n->err;
}

/* Whatever the reason was, a person can end it. */
static void test_override(void **state)
{
	(void)state;
	struct txn *txn;
	struct fence_override o;
	assert_int_equal(txn_write(net->nodes[a].store, &txn), ERR_OK);
	own_trust_set(txn, OWN_RESTORED);
	assert_false(fence_override(txn, &o));
	assert_int_equal(txn_commit(txn), ERR_OK);
	net_start(net, a);
	net_say(net, a, "tiga", 1);
	assert_false(node_publishing(net->nodes[a].node));
	assert_int_equal(publish_anyway("a\nb"), ERR_BAD_TEXT);
	assert_int_equal(publish_anyway("komputer lama terbakar"), ERR_OK);
	assert_true(node_publishing(net->nodes[a].node));
	assert_int_equal(trust(), OWN_SETTLED);
	assert_int_equal(publish_anyway(""), ERR_NOT_FOUND);
	assert_int_equal(txn_read(net->nodes[a].store, &txn), ERR_OK);
	assert_true(fence_override(txn, &o));
	txn_abort(txn);
	assert_int_equal(o.wall_ms / 1000, net->wall_ms / 1000);
	assert_memory_equal(o.reason.text, "komputer lama terbakar", o.reason.len);
	net_link(net, a, 0);
	net_run(net, 500);
	assert_int_equal(net_held(net, 0, (struct feed_no){1}), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_fits, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_missing, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_damaged, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_ahead, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_ahead_in_size, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_other, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_behind, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_moved, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_moved_and_missing, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_override, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
