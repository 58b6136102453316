/* SPDX-License-Identifier: Apache-2.0
 * store_aside.c: what a fork proof voids (nothing), what the registrar's cutoff voids (what it had not covered), and what
 * is then still shown of it. The attack of docs/PROTOCOL.md 3.4: a debtor signs a false head of its own feed, so that its
 * accepts go away. Feeds: 0 dinas; 1 the seller; 2 the debtor; 3 an auditor, whose node it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/trade.h"
#include "storage/aside.h"
#include "storage/own.h"
#include "storage/view.h"
#include "support/authors.h"
#include "support/homes.h"

#define PADI 1u
#define KOPI 2u
#define FEED(number) ((struct feed_no){(number)})

struct fixture {
	struct home_dir home;
	struct authors a;
	struct store *store;
	struct txn *txn;
	uint32_t ours, theirs; /* channels */
	struct reference trade, accepted;
};
static struct fixture f;

static void deliver(uint32_t feed)
{
	authors_sign(&f.a, feed);
	while (authors_deliver(&f.a, f.txn, feed))
		;
}

static struct reference offer(uint32_t feed, uint32_t channel, uint32_t partner, int64_t rupiah)
{
	struct trade_line line = {.item = bytes_text("kakao"),
	        .unit = bytes_text("kg"),
	        .price = {.quantity_milli = 1000, .unit_price_sen = rupiah * 100}};
	struct trade_offer o = {.role = TRADE_SELLER,
	        .partner = {partner},
	        .date = {19677},
	        .due = {19677},
	        .lines = &line,
	        .lines_count = 1,
	        .total = {rupiah}};
	trade_offer_pack(authors_body(&f.a), &o);
	return authors_seal(&f.a, feed, channel, KIND_TRADE_OFFER);
}

static struct reference accept(uint32_t feed, uint32_t channel, const struct reference *about)
{
	struct trade_accept a = {.about = *about, .seen = about->place.seq + 1};
	trade_accept_pack(authors_body(&f.a), &a);
	return authors_seal(&f.a, feed, channel, KIND_TRADE_ACCEPT);
}

/* A trade of 500, offered by the seller and accepted by the debtor; everything is held. */
static int set_up(void **state)
{
	const uint32_t readers[] = {0, 3, PADI, KOPI};
	(void)state;
	memset(&f, 0, sizeof f);
	authors_init(&f.a, 9);
	authors_admit(&f.a, "satu");
	authors_admit(&f.a, "dua");
	authors_admit(&f.a, "periksa");
	authors_add(&f.a, 1, PADI, ROLE_OFFICER);
	authors_add(&f.a, 2, KOPI, ROLE_OFFICER);
	authors_add(&f.a, 3, 3, ROLE_AUDITOR);
	f.ours = authors_channel(&f.a, PADI, 7, readers, 4);
	f.theirs = authors_channel(&f.a, KOPI, 7, readers, 4);
	f.trade = offer(PADI, f.ours, KOPI, 500);
	f.accepted = accept(KOPI, f.theirs, &f.trade);
	homes_make(&f.home);
	f.store = homes_store(&f.home, &f.a.feeds[3].keys);
	assert_int_equal(txn_write(f.store, &f.txn), ERR_OK);
	for (uint32_t feed = 0; feed <= KOPI; feed++)
		deliver(feed);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	txn_abort(f.txn);
	store_close(f.store);
	homes_remove(&f.home);
	authors_deinit(&f.a);
	return 0;
}

static int64_t owed(void)
{
	struct view_sum s;
	if (!view_sum(f.txn, (struct member_no){PADI}, (struct member_no){KOPI}, &s))
		return INT64_MIN;
	return s.sums.position.n;
}

static struct feed_info debtor(void)
{
	struct feed_info info;
	assert_true(feed_info(f.txn, FEED(KOPI), &info));
	return info;
}

/* The debtor signs a head of one entry that it never wrote. */
static void false_head(struct fork *fork)
{
	const struct secret_keys *keys = &f.a.feeds[KOPI].keys;
	struct checkpoint right = {.head = authors_head(&f.a, KOPI, 1)}, wrong = {.head = {.size = 1}};
	struct proof none = {0};
	checkpoint_sign(&f.a.network, &keys->public.feed, keys->feed, &right.head, right.signature);
	checkpoint_sign(&f.a.network, &keys->public.feed, keys->feed, &wrong.head, wrong.signature);
	assert_int_equal(fork_build(&f.a.network, &keys->public.feed, &right, &wrong, &none, fork), ERR_OK);
}

static void publish(uint32_t feed, const struct fork *fork)
{
	fork_pack(authors_body(&f.a), fork);
	authors_say(&f.a, feed, KIND_FORK_PROOF);
	deliver(feed);
}

static void cover(uint64_t size)
{
	struct witness_row row = {.feed = FEED(KOPI), .checkpoint = {.head = authors_head(&f.a, KOPI, size)}};
	witness_seen_pack(authors_body(&f.a), 1700100000, &row, 1);
	authors_say(&f.a, 0, KIND_WITNESS_SEEN);
	deliver(0);
}

static struct aside *asides(void)
{
	struct aside *aside = NULL;
	assert_int_equal(aside_open(f.txn, &aside), ERR_OK);
	return aside;
}

/* Members' proofs hold the feed and void nothing. The registrar's cuts at what it covered, and that counts on. */
static void a_false_head_voids_nothing(void **state)
{
	(void)state;
	struct fork fork;
	uint64_t size = f.a.feeds[KOPI].entries_count;
	assert_int_equal(owed(), 500);
	cover(size);
	false_head(&fork);
	assert_int_equal(feed_hold(f.txn, &fork), ERR_OK);
	publish(PADI, &fork);
	publish(3, &fork);
	assert_int_equal(debtor().state, FEED_HELD);
	assert_int_equal(debtor().head.size, size);
	assert_int_equal(owed(), 500);
	publish(0, &fork);
	assert_int_equal(debtor().state, FEED_CUT);
	assert_int_equal(debtor().cutoff.size, size);
	assert_int_equal(owed(), 500);
	struct aside *aside = asides();
	assert_int_equal(aside->count, 0);
	aside_close(aside);
}

/* What no statement covered falls; it is shown, and a cutoff further on gives it back. */
static void not_covered(void **state)
{
	(void)state;
	struct fork fork;
	struct view_object object;
	struct head whole = authors_head(&f.a, KOPI, f.a.feeds[KOPI].entries_count);
	size_t from = 0;
	cover(1); /* the channel alone */
	false_head(&fork);
	publish(0, &fork);
	assert_int_equal(debtor().head.size, 1);
	assert_int_equal(owed(), 0); /* proposed, and nothing more */
	assert_true(view_object(f.txn, f.trade.place, &object));
	struct aside *aside = asides();
	assert_int_equal(aside->count, 1);
	const struct aside_item *item = aside_about(aside, &f.trade, &from);
	assert_non_null(item);
	assert_int_equal(item->opened, ERR_OK);
	assert_int_equal(item->statement.kind, KIND_TRADE_ACCEPT);
	assert_int_equal(item->statement.author.n, 2);
	assert_true(reference_equal(&item->statement.ref, &f.accepted));
	assert_null(aside_about(aside, &f.trade, &from));
	aside_close(aside);
	struct head heads[2];
	assert_int_equal(aside_heads(f.txn, FEED(KOPI), whole.size, heads, 2), 1);
	assert_true(hash_equal(&heads[0].root, &whole.root));
	assert_int_equal(aside_heads(f.txn, FEED(KOPI), whole.size + 1, heads, 2), 0);
	authors_resolve(&f.a, KOPI);
	deliver(0);
	assert_int_equal(debtor().state, FEED_CUT); /* nothing lifts it any more */
	struct roster_cut cut = {.feed = FEED(KOPI), .head = whole};
	roster_body_cut_pack(authors_body(&f.a), &cut);
	authors_say(&f.a, 0, KIND_FEED_CUT);
	deliver(0);
	assert_int_equal(debtor().head.size, whole.size);
	assert_int_equal(owed(), 500);
	aside = asides();
	assert_int_equal(aside->count, 0);
	aside_close(aside);
}

/* An offer that is void, with its channel: the object is gone, and still it can be read what it was, with the accept that
 * now waits for it. */
static void void_offer(void **state)
{
	(void)state;
	struct object_view view;
	struct trade_record record;
	struct view_object object;
	size_t from = 0;
	authors_cut(&f.a, PADI, 0);
	deliver(0);
	assert_int_equal(owed(), INT64_MIN);
	assert_false(view_object(f.txn, f.trade.place, &object));
	struct aside *aside = asides();
	assert_int_equal(aside->count, 2);
	assert_int_equal(aside->items[0].statement.kind, KIND_CHANNEL_OPEN);
	assert_int_equal(aside->items[0].objects_count, 0);
	const struct aside_item *item = aside_about(aside, &f.trade, &from);
	assert_non_null(item);
	assert_int_equal(item->opens, OBJECT_TRADE);
	assert_int_equal(aside_object(f.txn, aside, item, &view), ERR_OK);
	assert_int_equal(trade_record_read(BYTES(view.record, view.record_bytes), &record), ERR_OK);
	assert_int_equal(record.total.n, 500);
	assert_int_equal(record.state, TRADE_AGREED);
	aside_close(aside);
	authors_resolve(&f.a, PADI);
	deliver(0);
	assert_int_equal(owed(), 500);
}

/* Both sides' entries are void: what was agreed between them is shown from both. Cutoffs again and again leave each entry
 * in the list once. */
static void both_void(void **state)
{
	(void)state;
	struct object_view view;
	struct trade_record record;
	size_t from = 0;
	for (int i = 0; i < 3; i++) {
		authors_cut(&f.a, PADI, 1);
		authors_cut(&f.a, KOPI, 1);
		deliver(0);
		authors_cut(&f.a, PADI, 0);
		authors_cut(&f.a, KOPI, 0);
		deliver(0);
	}
	struct aside *aside = asides();
	assert_int_equal(aside->count, 4);
	const struct aside_item *item = aside_about(aside, &f.trade, &from);
	assert_non_null(item);
	assert_int_equal(aside_object(f.txn, aside, item, &view), ERR_OK);
	assert_int_equal(trade_record_read(BYTES(view.record, view.record_bytes), &record), ERR_OK);
	assert_int_equal(record.state, TRADE_AGREED);
	aside_close(aside);
}

/* Sealed to others: there, and not read. */
static void not_for_us(void **state)
{
	(void)state;
	const uint32_t readers[] = {0, KOPI};
	uint32_t closed = authors_channel(&f.a, PADI, 7, readers, 2);
	(void)offer(PADI, closed, KOPI, 70);
	deliver(PADI);
	authors_cut(&f.a, PADI, 2);
	deliver(0);
	struct aside *aside = asides();
	assert_int_equal(aside->count, 2);
	assert_int_equal(aside->items[1].opened, ERR_NOT_FOR_US);
	assert_int_equal(aside->items[1].objects_count, 0);
	assert_int_equal(aside->items[1].statement.body.len, 0);
	aside_close(aside);
}

static uint32_t runs_aside(uint32_t feed)
{
	static struct feed_aside aside;
	struct feed_aside_at at = {.len = 0};
	uint32_t count = 0;
	while (feed_aside_next(f.txn, FEED(feed), &at, &aside))
		count++;
	return count;
}

static uint32_t secrets_aside(void)
{
	struct own_at at = {.len = 0};
	struct bytes key, value;
	uint32_t count = 0;
	while (own_next(f.txn, OWN_ASIDE, &at, &key, &value))
		count++;
	return count;
}

/* A cutoff inside a run, then one below it: the part that was held last is still read, by the channel in it. */
static void nothing_stays_behind(void **state)
{
	(void)state;
	authors_cut(&f.a, PADI, 1); /* the channel and the offer are one run */
	deliver(0);
	assert_int_equal(runs_aside(PADI), 1);
	authors_resolve(&f.a, PADI);
	deliver(0);
	assert_int_equal(runs_aside(PADI) + secrets_aside(), 0);
	authors_cut(&f.a, PADI, 1);
	deliver(0);
	authors_cut(&f.a, PADI, 0);
	deliver(0);
	assert_int_equal(runs_aside(PADI), 1);
	assert_int_equal(secrets_aside(), 1);
	struct aside *aside = asides();
	assert_int_equal(aside->count, 2);
	assert_int_equal(aside->items[1].opened, ERR_OK);
	aside_close(aside);
	authors_resolve(&f.a, PADI);
	deliver(0);
	assert_int_equal(runs_aside(PADI) + secrets_aside(), 0);
	assert_int_equal(owed(), 500);
}

static void anchor(uint32_t number, const struct head *end)
{
	struct anchor anchor = {.number = number, .feeds_count = 1, .successor = f.a.feeds[9].keys.public};
	anchor.feeds[0].keys = f.a.feeds[0].keys.public;
	anchor.feeds[0].head = *end;
	authors_anchor(&f.a, &anchor);
	assert_int_equal(feed_anchor_accept(f.txn, &anchor), ERR_OK);
}

/* From the registrar's branch to another one, and back by what was set aside and what both have in common: set aside is
 * only what is not held, and no secret for what has no place any more. */
static void there_and_back(void **state)
{
	(void)state;
	static struct authors other;
	const uint32_t readers[] = {3};
	struct head ours, theirs;
	(void)authors_channel(&f.a, 0, 7, readers, 1);
	deliver(0);
	authors_init(&other, 9);
	authors_admit(&other, "lain");
	authors_admit(&other, "lagi");
	ours = authors_head(&f.a, 0, f.a.feeds[0].entries_count);
	theirs = authors_head(&other, 0, other.feeds[0].entries_count);
	for (uint32_t number = 1; number < 6; number += 2) {
		anchor(number, &theirs);
		while (authors_deliver(&other, f.txn, 0))
			;
		assert_int_equal(feed_anchored(f.txn), FEED_ANCHOR_FOLLOWED);
		assert_int_equal(runs_aside(0), f.a.feeds[0].ends_count - 1);
		assert_int_equal(
		        secrets_aside(), 1); /* of feed 0; the others' come again with their entries */
		anchor(number + 1, &ours);
		assert_int_equal(feed_anchored(f.txn), FEED_ANCHOR_FOLLOWED);
		assert_int_equal(runs_aside(0), 2);
		assert_int_equal(secrets_aside(), 0);
		assert_int_equal(owed(), 500);
	}
	authors_deinit(&other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(a_false_head_voids_nothing),
	        TEST(not_covered),
	        TEST(void_offer),
	        TEST(both_void),
	        TEST(not_for_us),
	        TEST(nothing_stays_behind),
	        TEST(there_and_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
