/* SPDX-License-Identifier: Apache-2.0
 * node_branches.c: the registrar's feed has two histories, and numbers mean different feeds on each. Nobody on either
 * side is at fault for that; an anchor settles it, and whoever is on the other side goes over, or stays where it is
 * until the anchor's branch is whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/kinds.h"
#include "support/hostile.h"

#define FEED(n) ((struct feed_no){(n)})
#define LATER 3u /* the number that both branches gave to a feed of theirs */

static struct net *net;
static uint32_t a, b, left, right, next;
static struct anchor anchor;
static uint64_t left_size, right_size; /* of the registrar's feed, as A and B hold it */

static void admit_at(uint32_t registrar, const char *alias, uint32_t index)
{
	net_admit_member(net, registrar, alias);
	net_add_feed(net, registrar, (struct member_no){3}, index, ROLE_OFFICER);
}

/* The registrar's machine is set back to a copy, and nobody who knows better is asked: LEFT is member 3 at A and feed 3,
 * RIGHT is both at B. */
static int setup(void **state)
{
	(void)state;
	net = net_new();
	net_found(net);
	a = net_member(net, "a");
	b = net_member(net, "b");
	left = net_add(net);
	right = net_add(net);
	next = net_add(net);
	uint32_t link_a, link_b = net_link(net, b, 0);
	net_link(net, a, 0);
	net_run(net, 1000);
	net_cut(net, link_b);
	net_crash(net, 0);
	net_backup(net, 0);
	net_start(net, 0);
	link_a = net_link(net, a, 0);
	net_run(net, 500);
	admit_at(0, "kiri", left);
	net_run(net, 1000);
	net_cut(net, link_a);
	net_crash(net, 0);
	net_restore(net, 0);
	net_start(net, 0);
	link_b = net_link(net, b, 0);
	net_run(net, 500);
	admit_at(0, "kanan", right);
	admit_at(0, "kanan-jauh", next);
	net_run(net, 1000);
	net_cut(net, link_b);
	net_crash(net, 0);
	left_size = net_held(net, a, FEED(0));
	right_size = net_held(net, b, FEED(0));
	assert_true(left_size < right_size);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

/* The anchor lets stand what INDEX holds of the registrar's feed, up to SIZE. */
static void sign_anchor(uint64_t number, uint32_t index, uint64_t size, uint32_t successor)
{
	struct txn *txn;
	struct tree tree;
	memset(&anchor, 0, sizeof anchor);
	anchor.number = number;
	anchor.feeds_count = 1;
	anchor.feeds[0].keys = net->nodes[0].keys.public;
	assert_int_equal(txn_read(net->nodes[index].store, &txn), ERR_OK);
	assert_true(feed_tree_at(txn, FEED(0), size, &tree));
	txn_abort(txn);
	anchor.feeds[0].head = (struct head){.size = size, .root = tree_root(&tree)};
	anchor.successor = net->nodes[successor].keys.public;
	anchor_sign(&anchor, net->recovery.feed);
}

static void give_anchor(uint32_t index)
{
	uint8_t packed[ANCHOR_BYTES_MAX];
	struct mp_out m = mp_out(packed, sizeof packed);
	anchor_pack(&m, &anchor);
	assert_int_equal(net_anchor(net, index, mp_written(&m)), ERR_OK);
}

static enum feed_anchored anchored(uint32_t index)
{
	struct txn *txn;
	assert_int_equal(txn_read(net->nodes[index].store, &txn), ERR_OK);
	enum feed_anchored how = feed_anchored(txn);
	txn_abort(txn);
	return how;
}

static struct head roster_head(uint32_t index)
{
	struct txn *txn;
	struct head head;
	assert_int_equal(txn_read(net->nodes[index].store, &txn), ERR_OK);
	assert_true(feed_roster_head(txn, FEED(0), &head));
	txn_abort(txn);
	return head;
}

static uint32_t number_of(uint32_t at, uint32_t index)
{
	struct txn *txn;
	struct feed_no no = {UINT32_MAX};
	assert_int_equal(txn_read(net->nodes[at].store, &txn), ERR_OK);
	(void)txn_find_feed(txn, &net->nodes[index].keys.public.feed, &no);
	txn_abort(txn);
	return no.n;
}

static void assert_same(uint32_t x, uint32_t y)
{
	struct hash rows = net_rows(net, x), these = net_rows(net, y);
	assert_true(hash_equal(&rows, &these));
	net_verify(net, x);
	net_verify(net, y);
}

/* Both sides know of both, and go on with all that they have in common. Feed 3 is another on each side. */
static void test_two_branches(void **state)
{
	(void)state;
	net_start(net, left);
	net_start(net, right);
	net_link(net, left, a);
	net_link(net, right, b);
	net_run(net, 1000);
	net_say(net, left, "kiri", 5);
	net_say(net, right, "kanan", 5);
	net_run(net, 1000);
	assert_int_equal(net_held(net, a, FEED(LATER)), 5);
	assert_int_equal(net_held(net, b, FEED(LATER)), 5);
	net_link(net, a, b);
	net_run(net, 200000);
	assert_int_equal(net_feed(net, a, FEED(0)).state, FEED_HELD);
	assert_int_equal(net_feed(net, b, FEED(0)).state, FEED_HELD);
	net_say(net, a, "satu", 7);
	net_say(net, b, "dua", 7);
	net_run(net, 200000);
	assert_int_equal(net_held(net, b, FEED(a)), net_held(net, a, FEED(a)));
	assert_int_equal(net_held(net, a, FEED(b)), net_held(net, b, FEED(b)));
	assert_string_equal(
	        net_peer_state(net, a, FEED(b)), "catching up"); /* still there, and honest about it */
	uint64_t bytes = net->bytes;
	net_run(net, 600000);
	assert_true(net->bytes - bytes < 40000); /* what cannot be reconciled is not tried all the time */
	assert_int_equal(net_feed(net, a, FEED(LATER)).state, FEED_OPEN);
	assert_int_equal(net_feed(net, b, FEED(LATER)).state, FEED_OPEN);
}

/* The anchor names A's branch: B goes over, what was admitted on its own is gone, what it had of others is there. */
static void test_goes_over(void **state)
{
	(void)state;
	net_say(net, a, "satu", 10);
	net_say(net, b, "dua", 10);
	sign_anchor(1, a, left_size, right);
	give_anchor(a);
	assert_int_equal(anchored(a), FEED_ANCHOR_FOLLOWED);
	give_anchor(b);
	assert_int_equal(anchored(b), FEED_ANCHOR_LEAVES);
	assert_int_equal(number_of(b, right), LATER); /* the roster is as it was, until the other is whole */
	net_verify(net, b);
	net_crash(net, b);
	net_start(net, b);
	net_link(net, a, b);
	net_run(net, 3000);
	assert_int_equal(anchored(b), FEED_ANCHOR_FOLLOWED);
	assert_int_equal(number_of(b, left), LATER);
	assert_int_equal(number_of(b, right), LATER + 1);
	net_run(net, 130000);
	assert_string_equal(net_peer_state(net, a, FEED(b)), "in step");
	assert_int_equal(net_held(net, a, FEED(a)), 10);
	assert_int_equal(net_held(net, b, FEED(a)), 10);
	assert_same(a, b);
}

/* The same when a fork is known before the anchor comes, and it comes over the link. */
static void test_after_fork(void **state)
{
	(void)state;
	net_link(net, a, b);
	net_run(net, 200000);
	assert_int_equal(net_feed(net, a, FEED(0)).state, FEED_HELD);
	sign_anchor(1, a, left_size, next);
	give_anchor(a);
	net_run(net, 5000);
	assert_int_equal(anchored(b), FEED_ANCHOR_FOLLOWED);
	assert_int_equal(number_of(b, left), LATER);
	net_run(net, 130000);
	assert_string_equal(net_peer_state(net, b, FEED(a)), "in step");
	assert_same(a, b);
}

/* The old registrar's own machine is on the branch that is not let stand. It publishes nothing, and follows too. */
static void test_own_machine(void **state)
{
	(void)state;
	struct reference ref;
	sign_anchor(1, a, left_size, next);
	give_anchor(a);
	net_start(net, 0);
	give_anchor(0);
	assert_int_equal(anchored(0), FEED_ANCHOR_LEAVES);
	assert_int_not_equal(net_append(net, 0, KIND_MEMBER_ADMIT, BYTES("\x80", 1), &ref), ERR_OK);
	net_link(net, 0, a);
	net_run(net, 5000);
	assert_int_equal(anchored(0), FEED_ANCHOR_FOLLOWED);
	assert_int_equal(number_of(0, left), LATER);
	net_verify(net, 0);
}

/* A node that is behind and on the other branch: it learns that only when it reaches the anchor's head. */
static void test_shorter(void **state)
{
	(void)state;
	sign_anchor(1, b, right_size, left);
	give_anchor(a); /* holds two of its own branch; four are let stand */
	assert_int_equal(anchored(a), FEED_ANCHOR_AWAITS);
	give_anchor(b);
	net_link(net, a, b);
	net_run(net, 130000);
	assert_int_equal(anchored(a), FEED_ANCHOR_FOLLOWED);
	assert_int_equal(number_of(a, right), LATER);
	net_run(net, 130000);
	assert_string_equal(net_peer_state(net, a, FEED(b)), "in step");
	assert_same(a, b);
}

/* Nobody has the branch that the anchor names: nobody loses anything, and a better one is followed at once. */
static void test_wrong_head(void **state)
{
	(void)state;
	net_link(net, a, b);
	sign_anchor(1, b, right_size, left);
	anchor.feeds[0].head.root.bytes[0] ^= 1u;
	anchor_sign(&anchor, net->recovery.feed);
	give_anchor(b);
	assert_int_equal(anchored(b), FEED_ANCHOR_LEAVES);
	net_run(net, 200000);
	assert_int_equal(number_of(b, right), LATER);
	net_verify(net, b);
	for (uint32_t i = a; i <= b; i++)
		assert_int_equal(
		        roster_head(i).size, i == a ? left_size : right_size); /* of which the next is made */
	sign_anchor(2, b, right_size, left);
	give_anchor(b);
	assert_int_equal(anchored(b), FEED_ANCHOR_FOLLOWED);
	net_run(net, 200000);
	assert_int_equal(anchored(a), FEED_ANCHOR_FOLLOWED);
	assert_same(a, b);
}

/* The successor's keys are a member's already: the history ends at the prefix, and a higher anchor mends it. */
static void test_taken_keys(void **state)
{
	(void)state;
	net_link(net, a, b);
	sign_anchor(1, b, right_size, a);
	give_anchor(b);
	assert_int_equal(anchored(b), FEED_ANCHOR_BARRED);
	net_run(net, 130000);
	assert_int_equal(anchored(a), FEED_ANCHOR_BARRED);
	net_say(net, a, "satu", 3);
	net_run(net, 1000);
	assert_int_equal(net_held(net, b, FEED(a)), net_held(net, a, FEED(a)));
	sign_anchor(2, b, right_size, left);
	give_anchor(a);
	net_run(net, 130000);
	assert_int_equal(anchored(a), FEED_ANCHOR_FOLLOWED);
	assert_int_equal(anchored(b), FEED_ANCHOR_FOLLOWED);
	net_run(net, 130000);
	assert_same(a, b);
}

/* --- by chance --- */

#define SOME 5u  /* members */
#define SPARE 4u /* nodes for the branches, and to be successors */

struct chance {
	uint32_t members[SOME], spares[SPARE], faults;
	uint64_t sizes[2]; /* of the branches */
	uint32_t holders[2];
	struct anchor anchors[3];
};
static struct chance chance;

static void on_fault(void *context, uint32_t index, const struct node_event *e)
{
	(void)context;
	(void)index;
	if (e->type == NODE_LOG && strstr(e->text, "is at fault"))
		chance.faults++;
}

/* The registrar goes on for some of the members, and is then set back. */
static void grow_branch(unsigned which)
{
	uint32_t count = 1 + (uint32_t)net_draw(net, 3);
	net_start(net, 0);
	for (uint32_t i = which; i < SOME; i += 2)
		net_link(net, chance.members[i], 0);
	net_run(net, 1000);
	for (uint32_t i = 0; i < count; i++) {
		char alias[16];
		(void)snprintf(alias, sizeof alias, "b%u-%u", which, i);
		admit_at(0, alias, chance.spares[(which + i) % SPARE]);
	}
	net_run(net, 1000);
	chance.holders[which] = chance.members[which];
	chance.sizes[which] = net_held(net, chance.members[which], FEED(0));
	net_crash(net, 0);
}

static void make_branches(uint64_t seed)
{
	net = net_new();
	net->random = seed;
	net->hooks.event = on_fault;
	memset(&chance, 0, sizeof chance);
	net_found(net);
	for (uint32_t i = 0; i < SOME; i++) {
		char alias[16];
		(void)snprintf(alias, sizeof alias, "m%u", i);
		chance.members[i] = net_member(net, alias);
	}
	for (uint32_t i = 0; i < SPARE; i++)
		chance.spares[i] = net_add(net);
	for (uint32_t i = 0; i < SOME; i++)
		net_link(net, chance.members[i], 0);
	net_run(net, 1000);
	net_crash(net, 0);
	net_backup(net, 0);
	grow_branch(0);
	net_restore(net, 0);
	grow_branch(1);
}

/* Any prefix of any branch, any spare node; the last of them is good. */
static void sign_by_chance(uint32_t i)
{
	unsigned which = (unsigned)net_draw(net, 2);
	uint64_t size = chance.sizes[which] - net_draw(net, 3);
	sign_anchor(i + 1, chance.holders[which], size, chance.spares[net_draw(net, SPARE)]);
	if (i < 2 && net_draw(net, 4) == 0) {
		anchor.feeds[0].head.root.bytes[5] ^= 8u;
		anchor_sign(&anchor, net->recovery.feed);
	}
	chance.anchors[i] = anchor;
}

static void do_something(void)
{
	uint32_t who = chance.members[net_draw(net, SOME)], other = chance.members[net_draw(net, SOME)];
	switch (net_draw(net, 6)) {
	case 0:
	case 1:
		if (who != other)
			net_link(net, who, other);
		break;
	case 2:
		anchor = chance.anchors[net_draw(net, 3)];
		uint8_t packed[ANCHOR_BYTES_MAX];
		struct mp_out m = mp_out(packed, sizeof packed);
		anchor_pack(&m, &anchor);
		enum err e = net_anchor(net, who, mp_written(&m));
		assert_true(e == ERR_OK || e == ERR_EXISTS);
		break;
	case 3:
		net_crash(net, who);
		net_start(net, who);
		break;
	case 4:
		net_say(net, who, "sesuatu", 1 + (uint32_t)net_draw(net, 3));
		break;
	default:
		net_run(net, net_draw(net, 20000));
	}
}

/* All that was said before counts in the end: everybody is where the highest anchor says, and nobody was at fault. */
static void settle(void)
{
	anchor = chance.anchors[2];
	uint8_t packed[ANCHOR_BYTES_MAX];
	struct mp_out m = mp_out(packed, sizeof packed);
	anchor_pack(&m, &anchor);
	enum err e = net_anchor(net, chance.members[0], mp_written(&m));
	assert_true(e == ERR_OK || e == ERR_EXISTS);
	for (uint32_t i = 0; i < SOME; i++)
		for (uint32_t j = 0; j < i; j++)
			net_link(net, chance.members[i], chance.members[j]);
	net_run(net, 600000);
	struct hash rows = net_rows(net, chance.members[0]);
	for (uint32_t i = 0; i < SOME; i++) {
		struct hash these = net_rows(net, chance.members[i]);
		enum feed_anchored how = anchored(chance.members[i]);
		assert_true(how == FEED_ANCHOR_FOLLOWED || how == FEED_ANCHOR_BARRED);
		assert_true(hash_equal(&rows, &these));
		net_verify(net, chance.members[i]);
		for (uint32_t j = 0; j < SOME; j++)
			assert_int_equal(net_held(net, chance.members[i], FEED(j + 1)),
			        net_held(net, chance.members[j], FEED(j + 1)));
	}
	assert_int_equal(chance.faults, 0);
}

static void test_by_chance(void **state)
{
	(void)state;
	const char *only = getenv("SEED");
	for (uint64_t seed = 1; seed <= 12; seed++) {
		if (only && strtoull(only, NULL, 10) != seed)
			continue;
		print_message("seed %llu\n", (unsigned long long)seed);
		make_branches(seed);
		for (uint32_t i = 0; i < 3; i++)
			sign_by_chance(i);
		for (unsigned i = 0; i < 40; i++)
			do_something();
		settle();
		net_free(net);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_two_branches, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_goes_over, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_after_fork, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_own_machine, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_shorter, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_wrong_head, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_taken_keys, setup, teardown),
	        cmocka_unit_test(test_by_chance),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
