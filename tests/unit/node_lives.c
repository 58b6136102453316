/* SPDX-License-Identifier: Apache-2.0
 * node_lives.c: the lives of keys by whole nodes: a member's second feed, a new auditor and a successor of the registrar
 * get what came before them, once; nobody signs back to what lacks a reader; labels and roles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "ledger/answer.h"
#include "ledger/kinds.h"
#include "ledger/trade.h"
#include "log/key_share.h"
#include "log/kinds.h"
#include "storage/view.h"
#include "support/net.h"

#define FEED(n) ((struct feed_no){(n)})
#define SELLER 1u /* members, and the numbers of their first feeds */
#define BUYER 2u
#define PRICE 650000

static struct net *net;
static uint32_t seller, buyer;

static enum err offer(uint32_t who, uint32_t partner, struct reference *out)
{
	return net_offer(net, who, partner, PRICE, out);
}

static enum err accept(uint32_t who, const struct reference *about)
{
	struct reference ref;
	return net_accept(net, who, about, &ref);
}

static enum err decline(uint32_t who, const struct reference *about)
{
	uint8_t body[128];
	struct reference ref;
	struct mp_out m = mp_out(body, sizeof body);
	const struct answer a = {.about = *about};
	answer_pack(&m, &a);
	return net_append(net, who, KIND_TRADE_DECLINE, mp_written(&m), &ref);
}

static void trade(void)
{
	struct reference ref;
	assert_int_equal(offer(seller, BUYER, &ref), ERR_OK);
	net_run(net, 500);
	assert_int_equal(accept(buyer, &ref), ERR_OK);
	net_run(net, 500);
}

/* What the seller has with the buyer, as the node sees it. */
static int64_t position(uint32_t index)
{
	struct txn *txn;
	struct view_sum sum = {.sums = {.position = {0}}};
	must(txn_read(net->nodes[index].store, &txn) == ERR_OK);
	bool found = view_sum(txn, (struct member_no){SELLER}, (struct member_no){BUYER}, &sum);
	txn_abort(txn);
	return found ? sum.sums.position.n : -1;
}

/* key.share entries of the feed, as a node sees that can open them. */
static uint32_t shares(uint32_t index, uint32_t feed)
{
	static uint8_t room[ENTRY_PAYLOAD_BYTES_MAX];
	struct txn *txn;
	struct entry_ref entry;
	uint32_t count = 0;
	must(txn_read(net->nodes[index].store, &txn) == ERR_OK);
	for (struct place place = {.feed = {feed}}; feed_entry(txn, place, &entry); place.seq++) {
		struct bytes_out scratch = bytes_out(room, sizeof room);
		struct statement s;
		count += view_statement(txn, place, &scratch, &s) == ERR_OK && s.kind == KIND_KEY_SHARE;
	}
	txn_abort(txn);
	return count;
}

static uint32_t all_shares(uint32_t index)
{
	struct txn *txn;
	uint32_t count = 0;
	must(txn_read(net->nodes[index].store, &txn) == ERR_OK);
	uint32_t feeds = txn_roster(txn)->feeds_count;
	txn_abort(txn);
	for (uint32_t feed = 0; feed < feeds; feed++)
		count += shares(index, feed);
	return count;
}

static void registrar_says(uint32_t registrar, uint16_t kind, const struct mp_out *m)
{
	struct reference ref;
	must(mp_out_end(m) == ERR_OK);
	assert_int_equal(net_append(net, registrar, kind, mp_written(m), &ref), ERR_OK);
}

/* A node with another key for the member; it dials the registrar. */
static uint32_t another(uint32_t member, uint32_t roles)
{
	uint8_t body[512];
	struct mp_out m = mp_out(body, sizeof body);
	uint32_t index = net_add(net);
	const struct roster_add add = {
	        .member = {member}, .keys = net->nodes[index].keys.public, .roles = roles};
	roster_body_add_pack(&m, &add);
	registrar_says(0, KIND_FEED_ADD, &m);
	net_start(net, index);
	net_link(net, index, 0);
	return index;
}

static void grant(uint32_t feed, uint32_t roles, uint64_t from_size)
{
	uint8_t body[64];
	struct mp_out m = mp_out(body, sizeof body);
	const struct roster_regrant g = {.feed = {feed}, .roles = roles, .from_size = from_size};
	roster_body_regrant_pack(&m, &g);
	registrar_says(0, KIND_FEED_ROLES, &m);
}

static void label(uint16_t kind, uint32_t member)
{
	uint8_t body[64];
	struct mp_out m = mp_out(body, sizeof body);
	const struct roster_label l = {.member = {member}};
	roster_body_label_pack(&m, &l);
	registrar_says(0, kind, &m);
}

static int setup(void **state)
{
	(void)state;
	net = net_new();
	net_found(net);
	seller = net_member(net, "penjual");
	buyer = net_member(net, "pembeli");
	net_link(net, seller, 0);
	net_link(net, buyer, 0);
	net_run(net, 500);
	trade();
	trade();
	assert_int_equal(all_shares(0), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_free(net);
	return 0;
}

static void test_second_feed(void **state)
{
	struct reference open, later;
	(void)state;
	assert_int_equal(offer(buyer, SELLER, &open), ERR_OK);
	net_run(net, 500);
	uint32_t second = another(SELLER, ROLE_OFFICER);
	net_run(net, 2000);
	assert_int_equal(position(second), 2 * PRICE);
	assert_int_equal(shares(second, SELLER), 1);
	assert_int_equal(all_shares(0), 1);
	/* either may answer; the accept wins over the other's decline */
	assert_int_equal(decline(seller, &open), ERR_OK);
	net_run(net, 500);
	assert_int_equal(accept(second, &open), ERR_OK);
	net_run(net, 500);
	const uint32_t all[] = {0, seller, buyer, second};
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(position(all[i]), PRICE);
	assert_int_equal(accept(second, &open), ERR_ANSWERED);
	/* a new channel has it among its readers */
	assert_int_equal(offer(buyer, SELLER, &later), ERR_OK);
	net_run(net, 500);
	assert_int_equal(accept(second, &later), ERR_OK);
	net_run(net, 500);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(position(all[i]), 0);
		net_verify(net, all[i]);
	}
}

/* What was given is known by the log alone. */
static void test_once(void **state)
{
	(void)state;
	uint32_t second = another(SELLER, ROLE_OFFICER);
	net_run(net, 2000);
	assert_int_equal(all_shares(second), 1);
	net_crash(net, seller);
	net_start(net, seller);
	net_link(net, seller, 0);
	trade();
	net_run(net, SHARING_PATIENCE_MS + 2 * SHARING_INTERVAL_MS);
	assert_int_equal(position(second), 3 * PRICE);
	assert_int_equal(all_shares(second), 1);
}

/* The feed whose turn it is does not come back; that the registrar says other things meanwhile changes nothing. */
static void test_first_is_gone(void **state)
{
	(void)state;
	uint32_t second = another(SELLER, ROLE_OFFICER);
	net_run(net, 2000);
	net_crash(net, seller);
	uint32_t third = another(SELLER, ROLE_OFFICER);
	for (uint32_t i = 0; i < 5; i++) {
		assert_int_equal(position(third), -1);
		net_run(net, SHARING_PATIENCE_MS / 5);
		net_say(net, 0, "lain-lain", 1);
	}
	net_run(net, SHARING_INTERVAL_MS);
	assert_int_equal(position(third), 2 * PRICE);
	assert_int_equal(all_shares(second), 2);
}

/* Its only machine is stolen: nobody of the member is left who has it, so the registrar gives what is the member's, and
 * nothing else. */
static void test_only_feed_is_cut(void **state)
{
	uint8_t body[128];
	struct mp_out m = mp_out(body, sizeof body);
	struct roster_cut cut = {.feed = {SELLER}};
	uint32_t stranger = net_member(net, "lain");
	struct reference ref;
	(void)state;
	net_link(net, stranger, 0);
	net_run(net, 500);
	assert_int_equal(offer(buyer, 3, &ref), ERR_OK);
	net_run(net, 500);
	assert_int_equal(accept(stranger, &ref), ERR_OK);
	net_crash(net, seller);
	uint32_t fresh = another(SELLER, ROLE_OFFICER);
	net_run(net, SHARING_PATIENCE_MS + SHARING_INTERVAL_MS);
	assert_int_equal(position(fresh), -1); /* the machine may come back */
	cut.head = net_feed(net, 0, FEED(SELLER)).head;
	roster_body_cut_pack(&m, &cut);
	registrar_says(0, KIND_FEED_CUT, &m);
	net_run(net, 2000);
	assert_int_equal(position(fresh), 2 * PRICE);
	assert_int_equal(shares(fresh, 0), 1);
	assert_int_equal(all_shares(0), 1);
	assert_int_equal(all_shares(buyer), 0);
	struct txn *txn;
	struct view_object object;
	must(txn_read(net->nodes[fresh].store, &txn) == ERR_OK);
	assert_false(view_object(txn, ref.place, &object));
	txn_abort(txn);
	net_run(net, SHARING_PATIENCE_MS + SHARING_INTERVAL_MS);
	assert_int_equal(all_shares(0), 1);
	net_verify(net, fresh);
}

static void test_auditor(void **state)
{
	struct reference ref;
	(void)state;
	uint32_t auditor = net_add(net);
	net_admit(net, auditor, "periksa", ROLE_AUDITOR);
	net_start(net, auditor);
	net_link(net, auditor, 0);
	net_run(net, 2000);
	assert_int_equal(position(auditor), 2 * PRICE);
	assert_int_equal(shares(auditor, 0), 1); /* by the registrar, and nobody else */
	assert_int_equal(all_shares(auditor), 1);
	assert_int_equal(offer(seller, BUYER, &ref), ERR_OK);
	net_run(net, 500);
	assert_int_equal(accept(buyer, &ref), ERR_OK);
	net_run(net, SHARING_PATIENCE_MS + SHARING_INTERVAL_MS);
	assert_int_equal(position(auditor), 3 * PRICE);
	assert_int_equal(all_shares(auditor), 1);
	/* an officer of the auditor's member is given what is that member's, which is nothing here */
	uint32_t fellow = another(3, ROLE_OFFICER);
	net_run(net, SHARING_PATIENCE_MS + SHARING_INTERVAL_MS);
	assert_int_equal(position(fellow), -1);
	assert_int_equal(all_shares(auditor), 1);
	net_verify(net, auditor);
}

static bool sees(uint32_t index, const struct reference *ref)
{
	struct txn *txn;
	struct view_object object;
	must(txn_read(net->nodes[index].store, &txn) == ERR_OK);
	bool found = view_object(txn, ref->place, &object);
	txn_abort(txn);
	return found;
}

/* What somebody has with two members whose readers are auditors is in one channel: each member's later feed is given it. */
static void test_auditors_business(void **state)
{
	struct reference office, audited;
	(void)state;
	uint32_t auditor = net_add(net);
	net_admit(net, auditor, "periksa", ROLE_OFFICER | ROLE_AUDITOR);
	net_start(net, auditor);
	net_link(net, auditor, 0);
	net_run(net, 2000);
	assert_int_equal(offer(seller, 0, &office), ERR_OK);
	assert_int_equal(offer(seller, 3, &audited), ERR_OK);
	net_run(net, 2000);
	uint32_t fellow = another(3, ROLE_OFFICER), clerk = another(0, ROLE_OFFICER);
	net_run(net, 5000);
	assert_true(sees(fellow, &audited) && sees(clerk, &office));
	assert_int_equal(position(fellow), -1);
	net_verify(net, fellow);
}

/* A role that a feed gets later makes a reader of it like a feed that comes later. */
static void test_later_role(void **state)
{
	uint32_t third = net_member(net, "lain");
	struct reference ref;
	struct txn *txn;
	struct view_object object;
	(void)state;
	net_link(net, third, 0);
	net_run(net, 500);
	assert_int_equal(offer(seller, 3, &ref), ERR_OK);
	net_run(net, 500);
	assert_int_equal(accept(third, &ref), ERR_OK);
	net_run(net, 500);
	must(txn_read(net->nodes[buyer].store, &txn) == ERR_OK);
	assert_false(view_object(txn, ref.place, &object));
	txn_abort(txn);
	grant(BUYER, ROLE_OFFICER | ROLE_AUDITOR, 0);
	net_run(net, 2000);
	must(txn_read(net->nodes[buyer].store, &txn) == ERR_OK);
	assert_true(view_object(txn, ref.place, &object));
	txn_abort(txn);
	assert_int_equal(shares(buyer, 0), 1);
	net_verify(net, buyer);
}

static void give_anchor(uint32_t index, const struct anchor *anchor)
{
	struct txn *txn;
	net_crash(net, index);
	net_open(net, index);
	assert_int_equal(txn_write(net->nodes[index].store, &txn), ERR_OK);
	assert_int_equal(feed_anchor_accept(txn, anchor), ERR_OK);
	assert_int_equal(txn_commit(txn), ERR_OK);
	net_start(net, index);
}

/* Nobody is left who reads everything: each gives its own. */
static void test_successor(void **state)
{
	(void)state;
	uint32_t next = net_add(net);
	struct anchor anchor = {.number = 1, .feeds_count = 1};
	anchor.feeds[0] = (struct anchor_feed){
	        .keys = net->nodes[0].keys.public, .head = net_feed(net, 0, FEED(0)).head};
	anchor.successor = net->nodes[next].keys.public;
	anchor_sign(&anchor, net->recovery.feed);
	net_crash(net, 0);
	give_anchor(seller, &anchor);
	net_link(net, buyer, seller);
	net_run(net, 500);
	net_start(net, next);
	net_link(net, next, seller);
	net_run(net, 3000);
	net_say(net, next, "penerus", 1); /* from its first entry on it is a reader */
	net_run(net, 3000);
	assert_int_equal(position(next), 2 * PRICE);
	assert_int_equal(shares(next, SELLER), 1);
	assert_int_equal(shares(next, BUYER), 1);
	net_run(net, SHARING_PATIENCE_MS + SHARING_INTERVAL_MS);
	assert_int_equal(all_shares(next), 2);
	net_verify(net, next);
}

static void test_wrong_secret(void **state)
{
	uint8_t body[128];
	struct mp_out m = mp_out(body, sizeof body);
	struct reference ref;
	const struct key_share_row row = {.channel = {.feed = {BUYER}, .seq = 0}};
	(void)state;
	uint64_t before = net_held(net, seller, FEED(SELLER));
	key_share_pack(&m, (struct member_no){SELLER}, &row, 1);
	assert_int_equal(net_append(net, seller, KIND_KEY_SHARE, mp_written(&m), &ref), ERR_BAD_COMMITMENT);
	assert_int_equal(net_held(net, seller, FEED(SELLER)), before);
}

/* One entry by the keys of a node that is stopped, past its program. */
static struct reference forge(uint32_t index, enum audience audience, uint16_t kind, struct bytes payload)
{
	static struct run_effect effect;
	const struct net_node *n = &net->nodes[index];
	struct txn *txn;
	struct tree tree;
	struct feed_no own;
	uint64_t last_ms;
	must(txn_write(n->store, &txn) == ERR_OK && own_feed(txn, &own) &&
	        feed_base(txn, own, &tree, &last_ms));
	const struct run_item item = {
	        .audience = audience, .kind = kind, .time_ms = last_ms, .payload = payload};
	struct run run = {.feed = n->keys.public.feed, .from = tree.size, .count = 1, .items = &item};
	const struct run_base base = {.tree = &tree, .last_time_ms = last_ms};
	must(run_extend(&run, &base, &effect) == ERR_OK);
	const struct head head = {.size = effect.tree.size, .root = effect.root};
	checkpoint_sign(&net->network, &run.feed, n->keys.feed, &head, run.signature);
	must(feed_accept(txn, own, &run, &effect) == ERR_OK && txn_commit(txn) == ERR_OK);
	return reference_of((struct place){.feed = own, .seq = run.from}, &effect.ids[0]);
}

/* The seller's program is bent: it leaves the auditor out. */
static struct reference forge_offer(void)
{
	static uint8_t room[ENTRY_PAYLOAD_BYTES_MAX], sealed[ENTRY_PAYLOAD_BYTES_MAX];
	const struct channel_secret secret = {{7}};
	static const uint8_t random[SEAL_RANDOM_BYTES], salt[SEAL_SALT_BYTES];
	const struct secret_keys *keys = &net->nodes[seller].keys;
	const uint8_t *readers[] = {keys->public.seal, net->nodes[buyer].keys.public.seal};
	uint64_t seq = net_held(net, seller, FEED(SELLER));
	struct seal_channel channel = {.feed = &keys->public.feed,
	        .seq = seq,
	        .registrar_size = net_held(net, seller, FEED(0)),
	        .secret = &secret,
	        .readers = readers,
	        .readers_count = 2,
	        .random = random};
	struct mp_out m = mp_out(room, sizeof room);
	seal_channel_pack(&m, &channel);
	forge(seller, AUDIENCE_NETWORK, KIND_CHANNEL_OPEN, mp_written(&m));
	const struct trade_line line = {.item = bytes_text("Gabah"),
	        .unit = bytes_text("kg"),
	        .price = {.quantity_milli = 100000, .unit_price_sen = 650000}};
	const struct trade_offer o = {.partner = {BUYER},
	        .date = {17897},
	        .due = {17897},
	        .lines = &line,
	        .lines_count = 1,
	        .total = {PRICE}};
	m = mp_out(room, sizeof room);
	trade_offer_pack(&m, &o);
	struct seal_plain plain = {.kind = KIND_TRADE_OFFER, .body = mp_written(&m)};
	struct seal_context ctx = {.feed = &keys->public.feed, .seq = seq + 1, .secret = &secret};
	struct mp_out s = mp_out(sealed, sizeof sealed);
	must(seal_payload_pack(&s, &ctx, seq, salt, &plain) == ERR_OK);
	return forge(seller, AUDIENCE_SEALED, KIND_SEALED, mp_written(&s));
}

/* The channel that a trade opened has the very readers of what is given now, though for another reason: it serves, and
 * what was given in it is given. */
static void test_same_readers(void **state)
{
	struct reference ref;
	(void)state;
	assert_int_equal(offer(0, BUYER, &ref), ERR_OK);
	assert_int_equal(offer(0, SELLER, &ref), ERR_OK);
	net_run(net, 500);
	grant(BUYER, ROLE_OFFICER | ROLE_AUDITOR, 0);
	net_run(net, 2000);
	uint64_t size = net_held(net, 0, FEED(0));
	net_run(net, 2 * SHARING_INTERVAL_MS); /* all is looked at again */
	assert_int_equal(shares(0, 0), 1);
	assert_true(net_held(net, 0, FEED(0)) <= size + 4); /* witness statements */
}

static void test_reader_missing(void **state)
{
	(void)state;
	net_crash(net, seller);
	net_open(net, seller);
	struct reference ref = forge_offer();
	net_start(net, seller);
	net_link(net, seller, 0);
	net_say(net, seller, "apa saja", 1); /* lets out what is there */
	net_run(net, 1000);
	uint64_t before = net_held(net, buyer, FEED(BUYER));
	assert_int_equal(net_held(net, buyer, FEED(SELLER)), ref.place.seq + 2);
	assert_int_equal(accept(buyer, &ref), ERR_READER_MISSING);
	assert_int_equal(decline(buyer, &ref), ERR_READER_MISSING);
	assert_int_equal(net_held(net, buyer, FEED(BUYER)), before);
}

/* Who left is heard no more, and what it said stands; a suspension is a word. */
static void test_labels(void **state)
{
	(void)state;
	label(KIND_MEMBER_SUSPEND, BUYER);
	trade();
	assert_int_equal(position(seller), 3 * PRICE);
	label(KIND_MEMBER_LEAVE, BUYER);
	net_run(net, 1000);
	assert_string_equal(net_peer_state(net, 0, FEED(BUYER)), "");
	assert_int_equal(position(0), 3 * PRICE);
	uint64_t before = net_held(net, 0, FEED(BUYER));
	net_say(net, buyer, "sudah keluar", 1);
	net_link(net, buyer, 0);
	net_link(net, 0, buyer);
	net_run(net, 2000);
	assert_string_equal(net_peer_state(net, 0, FEED(BUYER)), "");
	assert_int_equal(net_held(net, 0, FEED(BUYER)), before);
	label(KIND_MEMBER_REINSTATE, BUYER);
	net_run(net, 100);
	net_link(net, buyer, 0);
	net_run(net, 2000);
	assert_string_equal(net_peer_state(net, 0, FEED(BUYER)), "in step");
	assert_true(net_held(net, 0, FEED(BUYER)) > before);
}

/* A role is taken from a size on: what came before it stands, nothing after it is heard. */
static void test_roles(void **state)
{
	struct reference ref;
	(void)state;
	grant(BUYER, ROLE_RELAY, net_held(net, 0, FEED(BUYER)));
	net_run(net, 500);
	assert_int_equal(offer(seller, BUYER, &ref), ERR_OK);
	net_run(net, 500);
	assert_int_not_equal(accept(buyer, &ref), ERR_OK);
	assert_int_equal(position(0), 2 * PRICE);
	grant(BUYER, ROLE_OFFICER, 0);
	net_run(net, 500);
	assert_int_equal(offer(seller, BUYER, &ref), ERR_OK);
	net_run(net, 500);
	assert_int_equal(accept(buyer, &ref), ERR_OK);
	net_run(net, 500);
	assert_int_equal(position(0), 3 * PRICE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(test_second_feed),
	        TEST(test_once),
	        TEST(test_first_is_gone),
	        TEST(test_only_feed_is_cut),
	        TEST(test_auditor),
	        TEST(test_auditors_business),
	        TEST(test_later_role),
	        TEST(test_successor),
	        TEST(test_wrong_secret),
	        TEST(test_same_readers),
	        TEST(test_reader_missing),
	        TEST(test_labels),
	        TEST(test_roles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
