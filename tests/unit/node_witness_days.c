/* SPDX-License-Identifier: Apache-2.0
 * node_witness_days.c: witnesses over days of virtual time: what they make each other state ends, and what a registrar
 * of 156 members states in a day stays within bounds. It prints what that costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "log/cosignature.h"
#include "log/kinds.h"
#include "log/witness.h"
#include "storage/query.h"
#include "support/hostile.h"

#define FEED(n) ((struct feed_no){(n)})
#define HOUR_MS (3600u * 1000u)
#define DAY_MS (24u * HOUR_MS)
#define MEMBERS 156u

static struct net *net;
static uint32_t a, first, second, warned;

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

static void link_all(void)
{
	for (uint32_t from = a; from <= second; from++)
		for (uint32_t to = 0; to < from; to++)
			net_link(net, from, to);
}

/* The registrar, a member, and two more witnesses, all linked. */
static int setup(void **state)
{
	(void)state;
	net = net_new();
	net_found(net);
	a = net_member(net, "a");
	first = net_add(net);
	second = net_add(net);
	net_admit(net, first, "saksi-satu", ROLE_WITNESS);
	net_admit(net, second, "saksi-dua", ROLE_WITNESS | ROLE_OFFICER);
	net_start(net, first);
	net_start(net, second);
	for (uint32_t i = a; i <= second; i++)
		net_link(net, i, 0); /* so they know each other */
	net_run(net, 2000);
	link_all();
	net_run(net, 2000);
	return 0;
}

/* Links end at an age of a day. */
static void run_days(uint32_t days)
{
	for (uint32_t i = 0; i < days; i++) {
		net_run(net, DAY_MS / 2);
		link_all();
		net_run(net, DAY_MS / 2);
	}
}

static uint32_t seen(uint32_t feed)
{
	return net_count(net, 0, FEED(feed), KIND_WITNESS_SEEN);
}

/* Statements cause statements only once a day, however many witnesses there are, and their number does not rise. */
static void test_no_loop(void **state)
{
	(void)state;
	net_say(net, a, "satu", 1);
	run_days(1);
	uint32_t before[3] = {seen(0), seen(first), seen(second)};
	run_days(4);
	const uint32_t feeds[3] = {0, first, second};
	for (int i = 0; i < 3; i++) {
		uint32_t more = seen(feeds[i]) - before[i];
		assert_in_range(more, 1, 8); /* twice in the day at most: ours and theirs, at other moments */
		before[i] = seen(feeds[i]);
	}
	run_days(4);
	for (int i = 0; i < 3; i++)
		assert_in_range(seen(feeds[i]) - before[i], 1, 8);
	before[1] = seen(first);
	net_say(net, a, "dua", 1);
	net_run(net, WITNESS_INTERVAL_MS + 1000);
	assert_int_equal(seen(first), before[1] + 1); /* a member's entry is stated at once */
	net_run(net, 4 * HOUR_MS);
	assert_in_range(seen(first), before[1] + 1, before[1] + 2);
}

/* Who is a witness and not the registrar: its cosignatures are good, and they make nothing received. */
static void test_not_the_registrar(void **state)
{
	(void)state;
	struct txn *txn;
	struct entry_ref entry;
	struct witness_seen said;
	struct witness_row row;
	uint32_t rows = 0;
	uint64_t ms;
	net_crash(net, 0);
	net_say(net, a, "satu", 1);
	net_run(net, 2 * WITNESS_INTERVAL_MS);
	assert_int_equal(txn_read(net->nodes[a].store, &txn), ERR_OK);
	assert_false(query_received(txn, (struct place){FEED(a), 0}, &ms));
	for (struct place at = {FEED(second), 0}; feed_entry(txn, at, &entry); at.seq++) {
		if (entry.kind != KIND_WITNESS_SEEN)
			continue;
		assert_int_equal(witness_seen_unpack(entry.payload, &said), ERR_OK);
		while (witness_seen_next(&said, &row)) {
			char text[CHECKPOINT_TEXT_BYTES_MAX];
			struct bytes_out o = bytes_out(text, sizeof text);
			struct cosignature c = {.time_s = said.time_s};
			struct feed_info info;
			assert_true(feed_info(txn, row.feed, &info));
			memcpy(c.signature, row.cosignature, sizeof c.signature);
			checkpoint_put_text(&o, &net->network, &info.id, &row.checkpoint.head);
			assert_int_equal(cosignature_verify(&c, bytes_written(&o),
			                         net->nodes[second].keys.public.cosigner),
			        ERR_OK);
			assert_int_equal(checkpoint_verify(&net->network, &info.id, &row.checkpoint), ERR_OK);
			rows++;
		}
	}
	txn_abort(txn);
	assert_true(rows >= 2); /* of the registrar's feed too */
	net_start(net, 0);
	net_link(net, a, 0);
	net_run(net, 2 * WITNESS_INTERVAL_MS);
	assert_int_equal(txn_read(net->nodes[a].store, &txn), ERR_OK);
	assert_true(query_received(txn, (struct place){FEED(a), 0}, &ms));
	txn_abort(txn);
}

static void on_event(void *context, uint32_t index, const struct node_event *e)
{
	(void)context;
	if (e->type == NODE_LOG && index == second && strstr(e->text, "clock is behind"))
		warned++;
}

/* A witness that is not the registrar, and its clock is a month behind what it stated. It says so, and states nothing. */
static void test_clock_behind(void **state)
{
	(void)state;
	net->hooks.event = on_event;
	net_run(net, 2 * WITNESS_INTERVAL_MS);
	uint32_t before = seen(second);
	assert_true(before > 0);
	assert_int_equal(warned, 0);
	net->nodes[second].clock_ms = -30LL * (int64_t)DAY_MS;
	net_say(net, a, "satu", 1);
	net_run(net, 4 * WITNESS_INTERVAL_MS);
	assert_int_equal(seen(second), before);
	assert_in_range(warned, 1, 5);
	assert_int_equal(net_held(net, second, FEED(a)), 1);
	net->nodes[second].clock_ms = 0;
	net_run(net, 2 * WITNESS_INTERVAL_MS);
	assert_int_equal(seen(second), before + 1);
}

/* --- what it costs --- */

static struct secret_keys keys[MEMBERS + 1];
static struct branch branches[MEMBERS + 1];
static struct hostile hostile;

static int setup_many(void **state)
{
	(void)state;
	net = net_new();
	net_found(net);
	a = net_add(net);
	net_admit(net, a, "a", ROLE_OFFICER);
	keys[1] = net->nodes[a].keys;
	for (uint32_t i = 2; i <= MEMBERS; i++) {
		uint8_t body[512];
		struct mp_out m = mp_out(body, sizeof body);
		struct seed seed = {{(uint8_t)i, 77}};
		struct reference ref;
		struct roster_add add = {.member = {1}, .roles = ROLE_OFFICER};
		keys_derive(&seed, &keys[i]);
		add.keys = keys[i].public;
		roster_body_add_pack(&m, &add);
		assert_int_equal(net_append(net, 0, KIND_FEED_ADD, mp_written(&m), &ref), ERR_OK);
	}
	for (uint32_t i = 1; i <= MEMBERS; i++)
		branch_init(&branches[i], &keys[i], &net->network);
	net_run(net, 2 * WITNESS_INTERVAL_MS);
	return 0;
}

/* A member's entry comes to the registrar over the one link. */
static void write_one(uint32_t member)
{
	struct run run;
	branches[member].time_ms = net->wall_ms;
	branch_write(&branches[member], "beras, gabah", 1, &run);
	hostile_send_run(&hostile, FEED(member), &run);
}

static uint64_t stated_bytes(uint64_t from, uint32_t *entries)
{
	struct txn *txn;
	struct entry_ref entry;
	uint64_t bytes = 0;
	*entries = 0;
	assert_int_equal(txn_read(net->nodes[0].store, &txn), ERR_OK);
	for (struct place at = {FEED(0), from}; feed_entry(txn, at, &entry); at.seq++) {
		if (entry.kind != KIND_WITNESS_SEEN && entry.kind != KIND_WITNESS_HEARD)
			continue;
		bytes += ENTRY_HEADER_BYTES + entry.payload.len;
		++*entries;
	}
	txn_abort(txn);
	return bytes;
}

/* A day on which every member writes so many entries, one after the other, between eight and sixteen. */
static uint64_t day(uint32_t entries_each, const char *what)
{
	uint64_t from = net_held(net, 0, FEED(0)), stated;
	uint32_t left = entries_each * MEMBERS, count;
	hostile_init(&hostile, net, a);
	uint32_t link = hostile_meet(&hostile, net, 0, LINK_ACCEPTED);
	net_run(net, 1000);
	uint64_t ends = net->wall_ms + DAY_MS - 1000, gap = left ? 8 * HOUR_MS / left : 0;
	for (; left > 0; left--) {
		write_one(1 + (uint32_t)net_draw(net, MEMBERS));
		net_run(net, gap);
		if (!hostile.live)
			break;
	}
	assert_int_equal(left, 0);
	net_run(net, ends - net->wall_ms);
	net_cut(net, link);
	stated = stated_bytes(from, &count);
	printf("witness: %s: %u statements, %llu bytes a day\n", what, count, (unsigned long long)stated);
	return stated;
}

static uint64_t heard_bytes(void)
{
	static struct feed_no feeds[MEMBERS];
	static uint8_t body[ENTRY_PAYLOAD_BYTES_MAX];
	struct mp_out m = mp_out(body, sizeof body);
	for (uint32_t i = 0; i < MEMBERS; i++)
		feeds[i] = FEED(i + 1);
	witness_heard_pack(&m, net->wall_ms / 1000, feeds, MEMBERS);
	assert_int_equal(mp_out_end(&m), ERR_OK);
	printf("witness: %u nodes heard: %zu bytes a day\n", MEMBERS,
	        ENTRY_HEADER_BYTES + mp_written(&m).len);
	return ENTRY_HEADER_BYTES + mp_written(&m).len;
}

static void test_cost(void **state)
{
	(void)state;
	day(0, "156 members, the first quiet day");
	uint64_t quiet = day(0, "156 members, quiet");
	uint64_t usual = day(1, "156 members, one entry each");
	uint64_t busy = day(10, "156 members, ten entries each");
	assert_true(quiet <= 2000);
	assert_true(usual <= (uint64_t)MEMBERS * 220 + 96 * 110);
	assert_true(busy <= (uint64_t)MEMBERS * 10 * 190 + 97 * 110);
	assert_true(heard_bytes() <= 600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_no_loop, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_not_the_registrar, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_clock_behind, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_cost, setup_many, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
