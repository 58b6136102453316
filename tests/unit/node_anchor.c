/* SPDX-License-Identifier: Apache-2.0
 * node_anchor.c: the registrar's key is lost, or in the wrong hands: the recovery key names another, and whole nodes go
 * over to it, wherever the anchor comes in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "log/kinds.h"
#include "support/hostile.h"

#define FEED(n) ((struct feed_no){(n)})
#define SUCCESSOR 3u /* its feed's number: after those of the roster at the anchor */

static struct net *net;
static uint32_t a, b, next;
static struct anchor anchor;

static int setup(void **state)
{
	(void)state;
	net = net_new();
	net_found(net);
	a = net_member(net, "a");
	b = net_member(net, "b");
	next = net_add(net);
	for (uint32_t i = a; i <= b; i++)
		net_link(net, i, 0);
	net_run(net, 500);
	net_say(net, a, "satu", 10);
	net_say(net, b, "dua", 10);
	net_run(net, 500);
	memset(&anchor, 0, sizeof anchor);
	anchor.number = 1;
	anchor.feeds_count = 1;
	anchor.feeds[0] = (struct anchor_feed){
	        .keys = net->nodes[0].keys.public, .head = net_feed(net, 0, FEED(0)).head};
	anchor.successor = net->nodes[next].keys.public;
	anchor_sign(&anchor, net->recovery.feed);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

/* As a person gives it to a node that is stopped. */
static void give_anchor(uint32_t index)
{
	struct txn *txn;
	net_crash(net, index);
	net_open(net, index);
	assert_int_equal(txn_write(net->nodes[index].store, &txn), ERR_OK);
	assert_int_equal(feed_anchor_accept(txn, &anchor), ERR_OK);
	assert_int_equal(txn_commit(txn), ERR_OK);
	net_start(net, index);
}

/* The old registrar is gone. One node is given the anchor; the successor comes with nothing but its seed. */
static void test_succeeds(void **state)
{
	(void)state;
	net_crash(net, 0);
	give_anchor(a);
	net_link(net, b, a);
	net_run(net, 500);
	assert_true(net_feed(net, b, FEED(SUCCESSOR)).state == FEED_OPEN);
	net_start(net, next);
	net_link(net, next, a);
	net_run(net, 1000);
	assert_int_equal(net_held(net, next, FEED(b)), 10);
	assert_true(node_publishing(net->nodes[next].node));
	assert_true(net_held(net, b, FEED(SUCCESSOR)) > 0); /* it stated by itself what it saw */
	net_admit_member(net, next, "c");
	uint32_t c = net_add(net);
	net_add_feed(net, next, (struct member_no){3}, c, ROLE_OFFICER);
	net_run(net, 1000);
	assert_int_equal(net_held(net, b, FEED(SUCCESSOR + 1)), 0); /* c's feed is known at b */
	net_start(net, c);
	net_link(net, c, b);
	net_run(net, 2000);
	net_say(net, c, "tiga", 1);
	net_run(net, 1000);
	assert_int_equal(net_held(net, next, FEED(SUCCESSOR + 1)), 1);
	net_run(net, 130000);
	assert_string_equal(net_peer_state(net, b, FEED(a)), "in step");
	assert_string_equal(net_peer_state(net, c, FEED(b)), "in step");
	struct hash rows = net_rows(net, a), these = net_rows(net, b);
	assert_true(hash_equal(&rows, &these));
	net_verify(net, b);
}

/* The old registrar, or who has its key, goes on: it is told, what it wrote after the anchor is void, nobody follows it. */
static void test_old_registrar(void **state)
{
	(void)state;
	net_crash(net, 0);
	net_start(net, 0);
	net_admit_member(net, 0, "palsu");
	uint32_t x = net_add(net);
	net_add_feed(net, 0, (struct member_no){3}, x,
	        ROLE_OFFICER); /* takes the number that the successor gets */
	uint64_t size = anchor.feeds[0].head.size;
	assert_true(net_held(net, 0, FEED(0)) > size);
	give_anchor(a);
	net_link(net, 0, a);
	net_run(net, 2000);
	assert_int_equal(net_held(net, a, FEED(0)), size);
	assert_int_equal(net_held(net, 0, FEED(0)), size);
	const struct feed_info there = net_feed(net, 0, FEED(SUCCESSOR)),
	                       here = net_feed(net, a, FEED(SUCCESSOR));
	assert_memory_equal(there.id.bytes, here.id.bytes, sizeof here.id.bytes);
	struct reference ref;
	assert_int_not_equal(net_append(net, 0, KIND_MEMBER_ADMIT, BYTES("\x80", 1), &ref), ERR_OK);
	net_start(net, next);
	net_link(net, next, a);
	net_run(net, 1000);
	net_admit_member(net, next, "c");
	net_run(net, 130000);
	/* told the registrars' feeds */
	assert_int_equal(net_held(net, 0, FEED(SUCCESSOR)), net_held(net, next, FEED(SUCCESSOR)));
}

/* The anchor named the wrong one: the next lets nothing of it stand, wherever some of it is held. */
static void test_mended(void **state)
{
	(void)state;
	net_crash(net, 0);
	give_anchor(a);
	net_start(net, next);
	net_link(net, next, a);
	net_run(net, 1000);
	net_admit_member(net, next, "c");
	net_run(net, 1000);
	assert_true(net_held(net, a, FEED(SUCCESSOR)) > 0);
	net_crash(net, next);
	uint32_t right = net_add(net);
	anchor.number = 2;
	anchor.feeds_count = 2;
	anchor.feeds[1] = (struct anchor_feed){
	        .keys = anchor.successor, .head = {.size = 0, .root = hash_of(BYTES(NULL, 0))}};
	anchor.successor = net->nodes[right].keys.public;
	anchor_sign(&anchor, net->recovery.feed);
	give_anchor(a);
	net_link(net, b, a);
	net_start(net, right);
	net_link(net, right, a);
	net_run(net, 2000);
	for (uint32_t i = a; i <= b; i++) {
		assert_int_equal(net_held(net, i, FEED(SUCCESSOR)), 0);
		assert_true(net_held(net, i, FEED(SUCCESSOR + 1)) > 0);
		net_verify(net, i);
	}
}

/* A new member hears of it before it has any roster to verify it by. */
static void test_empty_node(void **state)
{
	(void)state;
	give_anchor(a);
	net_link(net, b, a);
	net_run(net, 500);
	net_crash(net, b);
	net_lose(net, b);
	net_start(net, b);
	net_link(net, b, a);
	net_run(net, 2000);
	assert_true(net_feed(net, b, FEED(SUCCESSOR)).state == FEED_OPEN);
	assert_int_equal(net_held(net, b, FEED(a)), 10);
	assert_int_equal(net_held(net, b, FEED(b)), 10);
}

/* Signed by anybody else it is a fault; the same again and again changes nothing. */
static void test_false_anchor(void **state)
{
	(void)state;
	static struct hostile h;
	uint8_t packed[ANCHOR_BYTES_MAX];
	net_crash(net, b);
	hostile_init(&h, net, b);
	uint32_t link = hostile_meet(&h, net, a, LINK_ACCEPTED);
	net_run(net, 100);
	for (int i = 0; i < 50; i++) {
		struct mp_out m = mp_out(packed, sizeof packed);
		anchor_pack(&m, &anchor);
		message_pack_anchor(hostile_say(&h), mp_written(&m));
		hostile_said(&h);
	}
	net_run(net, 500);
	assert_true(h.live);
	assert_true(net_feed(net, a, FEED(SUCCESSOR)).state == FEED_OPEN);
	anchor.number = 2;
	anchor_sign(&anchor, net->nodes[b].keys.feed);
	struct mp_out m = mp_out(packed, sizeof packed);
	anchor_pack(&m, &anchor);
	message_pack_anchor(hostile_say(&h), mp_written(&m));
	hostile_said(&h);
	net_run(net, 500);
	assert_int_equal(h.bye, BYE_FAULT);
	net_cut(net, link);
}

static void say(struct hostile *h, struct bytes packed)
{
	message_pack_anchor(hostile_say(h), packed);
	hostile_said(h);
	net_run(net, 100);
}

static struct bytes packed_anchor(const struct anchor *made)
{
	static uint8_t packed[ANCHOR_BYTES_MAX];
	struct mp_out m = mp_out(packed, sizeof packed);
	anchor_pack(&m, made);
	return mp_written(&m);
}

/* What is no anchor at all is the sender's fault at once, whatever is wrong with it. */
static void test_malformed(void **state)
{
	(void)state;
	static struct hostile h;
	static uint8_t bytes[ANCHOR_BYTES_MAX];
	struct bytes good = packed_anchor(&anchor);
	net_crash(net, b);
	for (unsigned i = 1; i < 6; i++) {
		struct bytes bad = BYTES(bytes, good.len);
		memcpy(bytes, good.data, good.len);
		if (i == 1)
			bad.len--;
		if (i == 2)
			bytes[0] = 0x95;
		if (i == 3)
			bytes[1] = 0; /* its number */
		if (i == 4)
			bad.len = sizeof bytes; /* a tail */
		if (i == 5)
			bytes[good.len - 1] ^= 1u;
		hostile_init(&h, net, b);
		uint32_t link = hostile_meet(&h, net, a, LINK_ACCEPTED);
		net_run(net, 100);
		assert_true(h.live);
		say(&h, bad);
		assert_int_equal(h.bye, BYE_FAULT);
		net_cut(net, link);
		net_run(net, 2 * PEER_SHUNNED_MS);
	}
	assert_int_equal(net_feed(net, a, FEED(0)).state, FEED_OPEN);
	net_verify(net, a);
}

/* The true anchor again and again costs a check each: more than so many, and the link ends. */
static void test_flood(void **state)
{
	(void)state;
	static struct hostile h;
	net_crash(net, b);
	hostile_init(&h, net, b);
	uint32_t link = hostile_meet(&h, net, a, LINK_ACCEPTED);
	net_run(net, 100);
	for (uint32_t i = 0; i < ANCHORS_HEARD_MAX; i++)
		say(&h, packed_anchor(&anchor));
	assert_true(h.live);
	say(&h, packed_anchor(&anchor));
	assert_int_equal(h.bye, BYE_TOO_MUCH);
	assert_int_equal(net_feed(net, a, FEED(SUCCESSOR)).state, FEED_OPEN);
	net_cut(net, link);
}

/* A node without a roster cannot verify: what a liar writes over the true anchor does not keep that away. */
static void test_written_over(void **state)
{
	(void)state;
	static struct hostile h;
	give_anchor(b);
	net_crash(net, a);
	net_lose(net, a);
	net_start(net, a);
	net_crash(net, next);
	hostile_init(&h, net, next); /* answers, and is linked first */
	uint32_t link = hostile_meet(&h, net, a, LINK_DIALLED);
	net_run(net, 100);
	assert_true(h.live);
	net->dials = true;
	net->latency_ms = 200; /* what the honest one says takes its time */
	const struct dial honest = net_dial(net, b);
	assert_int_equal(node_peer_add(net->nodes[a].node, &honest), ERR_OK);
	struct anchor lie = anchor;
	lie.number = 1000;
	anchor_sign(&lie, net->nodes[b].keys.feed);
	for (int i = 0; i < 60 && h.live; i++) {
		message_pack_anchor(hostile_say(&h), packed_anchor(&lie));
		hostile_said(&h);
		net_run(net, 50);
	}
	net_run(net, 60000);
	assert_true(net_feed(net, a, FEED(SUCCESSOR)).state == FEED_OPEN);
	net_cut(net, link);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_succeeds, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_old_registrar, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_mended, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_empty_node, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_false_anchor, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_malformed, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_flood, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_written_over, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
