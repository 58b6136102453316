/* SPDX-License-Identifier: Apache-2.0
 * node_rebase.c: a store that went back in time, with entries made in it since that never left: what others hold of its
 * feed comes back, those follow with new references that can be traced, no fork comes of it, and every view is as if the
 * entries had been made there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "ledger/kinds.h"
#include "ledger/payment.h"
#include "ledger/trade.h"
#include "log/kinds.h"
#include "node/rewrites.h"
#include "storage/view.h"
#include "support/net.h"

#define FEED(n) ((struct feed_no){(n)})

static struct net *net;
enum { a = 1, b, c };

static int setup(void **state)
{
	(void)state;
	net = net_star(3, false);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

static void back_up(uint32_t index)
{
	net_crash(net, index);
	net_backup(net, index);
	net_start(net, index);
}

static void restore(uint32_t index)
{
	net_crash(net, index);
	net_restore(net, index);
	net_start(net, index);
}

static void assert_same(uint32_t feed, uint32_t index)
{
	const struct feed_info ours = net_feed(net, 0, FEED(feed)), theirs = net_feed(net, index, FEED(feed));
	assert_int_equal(theirs.state, FEED_OPEN);
	assert_int_equal(theirs.head.size, ours.head.size);
	assert_true(hash_equal(&theirs.head.root, &ours.head.root));
}

/* Everybody holds the same, nobody has seen a fork, and every store agrees with itself. */
static void assert_whole(void)
{
	for (uint32_t i = 0; i < net->count; i++) {
		if (!net->nodes[i].node)
			continue;
		net_verify(net, i);
		assert_true(node_publishing(net->nodes[i].node));
		for (uint32_t n = 0; n < net->count; n++)
			assert_same(n, i);
	}
}

static struct rewrite rewritten(uint32_t index, const struct reference *was)
{
	struct txn *txn;
	struct rewrite r = {.what = REWRITE_DROPPED};
	assert_int_equal(txn_read(net->nodes[index].store, &txn), ERR_OK);
	assert_true(rewrites_find(txn, was, &r));
	txn_abort(txn);
	assert_true(reference_equal(&r.was, was));
	return r;
}

static uint32_t count_rewrites(uint32_t index)
{
	struct txn *txn;
	struct rewrite r;
	struct own_at at = {0};
	uint32_t count = 0;
	assert_int_equal(txn_read(net->nodes[index].store, &txn), ERR_OK);
	while (rewrites_next(txn, &at, &r))
		count++;
	txn_abort(txn);
	return count;
}

static struct reference said(uint32_t index)
{
	assert_true(net->nodes[index].references_count > 0);
	return net->nodes[index].references[0];
}

static bool holds(uint32_t index, const struct reference *ref)
{
	struct txn *txn;
	struct entry_ref entry;
	assert_int_equal(txn_read(net->nodes[index].store, &txn), ERR_OK);
	bool found = feed_entry(txn, ref->place, &entry);
	const struct reference there = found ? feed_reference(&entry) : (struct reference){0};
	txn_abort(txn);
	return found && reference_equal(&there, ref);
}

static struct reference offer(uint32_t index, uint32_t partner)
{
	struct reference ref;
	assert_int_equal(net_offer(net, index, partner, 650000, &ref), ERR_OK);
	return ref;
}

static struct reference reply(uint32_t index, uint16_t kind, const struct reference *about)
{
	uint8_t body[128];
	struct mp_out m = mp_out(body, sizeof body);
	struct reference out;
	const struct answer x = {.about = *about};
	answer_pack(&m, &x);
	assert_int_equal(net_append(net, index, kind, mp_written(&m), &out), ERR_OK);
	return out;
}

static bool trade_at(uint32_t index, struct place place, struct trade_record *out)
{
	struct txn *txn;
	struct view_object object;
	assert_int_equal(txn_read(net->nodes[index].store, &txn), ERR_OK);
	bool found = view_object(txn, place, &object) && trade_record_read(object.record, out) == ERR_OK;
	txn_abort(txn);
	return found;
}

/* "satu" is in the backup, "dua" was let out after it, and the store is the backup again, linked to nobody. */
static void go_back(void)
{
	net_say(net, a, "satu", 1);
	back_up(a);
	net_link(net, a, 0);
	net_run(net, 500);
	net_say(net, a, "dua", 1);
	net_run(net, 500);
	restore(a);
}

static void meet(void)
{
	net_link(net, a, 0);
	net_run(net, 2000);
}

/* Nothing told that the store was an old copy. */
static void test_silent(void **state)
{
	(void)state;
	go_back();
	net_say(net, a, "tiga", 1);
	const struct reference was = said(a);
	assert_int_equal(was.place.seq, 1);
	meet();
	assert_int_equal(net_held(net, b, FEED(a)), 3);
	const struct rewrite r = rewritten(a, &was);
	assert_int_equal(r.what, REWRITE_AGAIN);
	assert_int_equal(r.now.place.seq, 2);
	assert_true(holds(b, &r.now));
	net_say(net, a, "empat", 1);
	net_run(net, 500);
	assert_int_equal(net_held(net, c, FEED(a)), 4);
	assert_whole();
}

/* Statements of it name each other, and one of a partner's. */
static void test_references(void **state)
{
	struct reference accepted;
	struct trade_record r;
	(void)state;
	const struct reference theirs = offer(b, a);
	net_run(net, 500);
	go_back();
	const struct reference kept = offer(a, b), withdrawn = offer(a, b);
	const struct reference end = reply(a, KIND_TRADE_WITHDRAW, &withdrawn);
	assert_int_equal(net_accept(net, a, &theirs, &accepted), ERR_OK);
	assert_true(trade_at(a, withdrawn.place, &r) && r.state == TRADE_WITHDRAWN);
	meet();
	const struct rewrite kept_now = rewritten(a, &kept), withdrawn_now = rewritten(a, &withdrawn);
	assert_int_equal(rewritten(a, &end).what, REWRITE_AGAIN);
	assert_int_equal(rewritten(a, &accepted).what, REWRITE_AGAIN);
	const uint32_t readers[] = {a, b, 0};
	for (size_t i = 0; i < 3; i++) {
		assert_true(trade_at(readers[i], kept_now.now.place, &r) && r.state == TRADE_PROPOSED);
		assert_true(trade_at(readers[i], withdrawn_now.now.place, &r) && r.state == TRADE_WITHDRAWN);
		assert_true(trade_at(readers[i], theirs.place, &r) && r.state == TRADE_AGREED);
	}
	assert_false(trade_at(c, kept_now.now.place, &r));
	assert_whole();
	/* who still has the old reference can name it by it */
	const struct reference late = reply(a, KIND_TRADE_WITHDRAW, &kept);
	net_run(net, 500);
	assert_true(holds(b, &late));
	assert_true(trade_at(b, kept_now.now.place, &r) && r.state == TRADE_WITHDRAWN);
	assert_whole();
}

/* What was not let out when the backup was made, and was later, is what others hold: nothing of it is appended twice. */
static void test_came_back(void **state)
{
	(void)state;
	net_crash(net, a);
	net_start(net, a);
	const struct reference before = offer(a, b);
	net_say(net, a, "dua", 1);
	const struct reference two = said(a);
	back_up(a);
	net_link(net, a, 0);
	net_run(net, 500);
	net_say(net, a, "tiga", 1);
	net_run(net, 500);
	restore(a);
	net_say(net, a, "empat", 1);
	meet();
	assert_true(holds(b, &before) && holds(b, &two));
	assert_int_equal(net_held(net, b, FEED(a)), 5); /* a channel before the trade */
	assert_int_equal(count_rewrites(a), 1);
	assert_whole();
}

/* The same, after the other copy of the store had to append it again itself: another id, the same entry. */
static void test_came_back_as_another(void **state)
{
	(void)state;
	go_back();
	net_say(net, a, "tiga", 1);
	const struct reference was = said(a);
	const struct reference trade = offer(a, b);
	back_up(a);
	meet();
	const struct rewrite first = rewritten(a, &was), first_trade = rewritten(a, &trade);
	const uint64_t size = net_held(net, a, FEED(a));
	restore(a);
	net_say(net, a, "empat", 1);
	meet();
	const struct rewrite r = rewritten(a, &was), r_trade = rewritten(a, &trade);
	assert_int_equal(r.what, REWRITE_BACK);
	assert_true(reference_equal(&r.now, &first.now));
	assert_int_equal(r_trade.what, REWRITE_BACK);
	assert_true(reference_equal(&r_trade.now, &first_trade.now));
	assert_int_equal(net_held(net, b, FEED(a)), size + 1);
	assert_whole();
}

/* Many runs come back, one by one, and people go on meanwhile. */
static void test_in_many_runs(void **state)
{
	struct reference refs[12];
	struct trade_record r;
	(void)state;
	back_up(a);
	uint32_t link = net_link(net, a, 0);
	net_run(net, 500);
	for (int i = 0; i < 30; i++)
		net_say(net, a, "banyak sekali, supaya tidak masuk ke dalam satu potong saja", 60);
	net_run(net, 1000);
	net_cut(net, link);
	restore(a);
	net->job_steps = 3;
	link = net_link(net, a, 0);
	net->links[link].rate = 400;
	for (int i = 0; i < 12; i++) {
		refs[i] = offer(a, b);
		if (i % 2)
			(void)reply(a, KIND_TRADE_WITHDRAW, &refs[i]);
		net_run(net, 700);
	}
	net_run(net, 60000);
	assert_int_equal(net_held(net, b, FEED(a)), net_held(net, a, FEED(a)));
	for (int i = 0; i < 12; i++) {
		struct reference now = refs[i];
		if (!holds(a, &now))
			now = rewritten(a, &refs[i]).now;
		assert_true(holds(b, &now));
		assert_true(trade_at(b, now.place, &r));
		assert_int_equal(r.state, i % 2 ? TRADE_WITHDRAWN : TRADE_PROPOSED);
	}
	assert_true(count_rewrites(a) > 0);
	assert_whole();
}

/* The process ends at any moment: nothing that was answered is lost. */
static void test_crashes(void **state)
{
	(void)state;
	go_back();
	net->job_steps = 4;
	const struct reference trade = offer(a, b);
	const struct reference end = reply(a, KIND_TRADE_WITHDRAW, &trade);
	for (uint64_t ms = 0; ms < 600; ms += 10) {
		net_link(net, a, 0);
		net_run(net, ms);
		net_crash(net, a);
		net_start(net, a);
		assert_true(holds(a, &trade) || rewritten(a, &trade).what == REWRITE_AGAIN);
		assert_true(holds(a, &end) || rewritten(a, &end).what == REWRITE_AGAIN);
	}
	meet();
	assert_int_equal(net_count(net, b, FEED(a), KIND_SEALED), 2);
	assert_int_equal(net_held(net, b, FEED(a)), 5);
	assert_whole();
}

/* Its object was answered meanwhile, by the entry that was lost. */
static void test_refused(void **state)
{
	struct reference accepted;
	struct txn *txn;
	struct own_at at = {0};
	struct rewrite_refused refused;
	struct trade_record r;
	(void)state;
	const struct reference theirs = offer(b, a);
	net_run(net, 500);
	back_up(a);
	net_link(net, a, 0);
	net_run(net, 500);
	(void)reply(a, KIND_TRADE_DECLINE, &theirs);
	net_run(net, 500);
	restore(a);
	assert_int_equal(net_accept(net, a, &theirs, &accepted), ERR_OK);
	net_say(net, a, "tiga", 1);
	meet();
	assert_true(trade_at(b, theirs.place, &r) && r.state == TRADE_DECLINED);
	assert_int_equal(rewritten(a, &accepted).what, REWRITE_REFUSED);
	assert_int_equal(txn_write(net->nodes[a].store, &txn), ERR_OK);
	own_put(txn, OWN_REFUSED, BYTES("", 1), bytes_text("?")); /* unreadable: it hides none behind it */
	assert_true(rewrites_refused(txn, &at, &refused));
	assert_true(reference_equal(&refused.was, &accepted));
	assert_int_equal(refused.kind, KIND_TRADE_ACCEPT);
	assert_int_equal(refused.why, ERR_ANSWERED);
	assert_int_equal(refused.time_ms / 100000, net->wall_ms / 100000);
	assert_false(rewrites_refused(txn, &at, &refused));
	txn_abort(txn);
	assert_whole();
}

/* Another node learns of our newer entries while it is linked to us. */
static void test_told_later(void **state)
{
	(void)state;
	net_say(net, a, "satu", 1);
	back_up(a);
	net_crash(net, b); /* it does not hear of it */
	net_link(net, a, 0);
	net_run(net, 500);
	net_say(net, a, "dua", 1);
	net_run(net, 500);
	restore(a);
	net_start(net, b);
	net_link(net, a, b);
	net_run(net, 500);
	assert_true(node_publishing(net->nodes[a].node));
	net_link(net, b, 0);
	net_link(net, b, c);
	net_run(net, 2000);
	assert_int_equal(net_held(net, a, FEED(a)), 2);
	assert_false(node_publishing(net->nodes[a].node)); /* the registrar's node has not been met */
	net_link(net, a, 0);
	net_run(net, 1000);
	net_say(net, a, "tiga", 1);
	net_run(net, 500);
	assert_whole();
}

/* It is written while one link is up and leaves when another shows, at that very moment, what was lost: either it was out
 * already, then there are two histories; or it was not, and follows. */
static void meet_while_writing(uint64_t after_ms)
{
	const struct draft draft = {.kind = KIND_PROFILE_SET, .body = bytes_text("\x80")};
	net_say(net, a, "satu", 1);
	net_run(net, 500);
	net_crash(net, c); /* it does not hear of the second */
	back_up(a);
	net_link(net, a, 0);
	net_run(net, 500);
	net_say(net, a, "dua", 1);
	net_run(net, 500);
	restore(a);
	net_crash(net, 0);
	net_start(net, c);
	uint32_t slow = net_link(net, a, c);
	net_run(net, 500);
	net_block(net, slow, 0, 1000000); /* what leaves for it never arrives */
	net->job_steps = 30;
	assert_int_equal(node_append(net_door(net, a), ++net->nodes[a].ticket, &draft, 1), ERR_OK);
	net_run(net, after_ms);
	net_link(net, a, b);
	net_run(net, 3000);
	net->job_steps = 0;
	net_start(net, 0);
	net_link(net, b, 0);
	net_link(net, c, 0);
	net_link(net, a, 0);
	net_run(net, 3000);
}

static void test_while_writing(void **state)
{
	uint32_t whole = 0;
	for (uint64_t ms = 0; ms < 400; ms += 20) {
		assert_int_equal(setup(state), 0);
		meet_while_writing(ms);
		if (net_feed(net, a, FEED(a)).state == FEED_OPEN) {
			assert_int_equal(net_held(net, b, FEED(a)), 3);
			assert_whole();
			whole++;
		}
		net_free(net);
	}
	assert_true(whole > 0 && whole < 20);
}

/* Nothing of the own feed is here. */
static void test_empty(void **state)
{
	(void)state;
	back_up(a);
	net_link(net, a, 0);
	net_run(net, 500);
	const struct reference lost = offer(a, b);
	net_run(net, 500);
	restore(a);
	assert_int_equal(net_held(net, a, FEED(a)), 0);
	const struct reference was = offer(a, b);
	assert_true(place_compare(lost.place, was.place) == 0 && !reference_equal(&lost, &was));
	meet();
	assert_true(holds(b, &lost));
	assert_int_equal(rewritten(a, &was).what, REWRITE_AGAIN);
	assert_whole();
}

/* The registrar's own store: the numbers of members and feeds are given anew. */
static void test_registrar(void **state)
{
	struct txn *txn;
	(void)state;
	uint32_t d = net_add(net), e = net_add(net);
	back_up(0);
	for (uint32_t i = a; i <= c; i++)
		net_link(net, i, 0);
	net_run(net, 500);
	net_admit(net, d, "d", ROLE_OFFICER);
	net_run(net, 500);
	restore(0);
	net_admit(net, e, "e", ROLE_OFFICER);
	assert_int_equal(net_held(net, 0, FEED(4)), 0); /* its number was that of d */
	net_link(net, b, 0);
	net_link(net, c, 0);
	net_run(net, 2000);
	assert_int_equal(txn_read(net->nodes[b].store, &txn), ERR_OK);
	const struct roster *r = txn_roster(txn);
	assert_int_equal(r->members_count, 6);
	assert_int_equal(r->feeds_count, 6);
	assert_int_equal(r->feeds[4].member.n, 4);
	assert_memory_equal(&r->feeds[4].keys, &net->nodes[d].keys.public, sizeof r->feeds[4].keys);
	assert_int_equal(r->feeds[5].member.n, 5);
	assert_memory_equal(&r->feeds[5].keys, &net->nodes[e].keys.public, sizeof r->feeds[5].keys);
	txn_abort(txn);
	net_link(net, a, 0);
	net_start(net, d);
	net_start(net, e);
	net_link(net, d, 0);
	net_link(net, e, 0);
	net_run(net, 1000);
	net_say(net, e, "baru", 1);
	net_run(net, 1000);
	assert_whole();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_silent, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_references, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_came_back, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_came_back_as_another, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_in_many_runs, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_crashes, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_told_later, setup, teardown),
	        cmocka_unit_test(test_while_writing),
	        cmocka_unit_test_setup_teardown(test_empty, setup, teardown),
	        cmocka_unit_test_setup_teardown(test_registrar, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
