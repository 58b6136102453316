/* SPDX-License-Identifier: Apache-2.0
 * store_feed.c: what was accepted is served, byte for byte; what does not fit is refused and changes nothing; a cutoff
 * sets aside and gives back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "storage/own.h"
#include "storage/view.h"
#include "support/authors.h"
#include "support/homes.h"
#include "support/random.h"

struct fixture {
	struct home_dir home;
	struct authors authors;
	struct store *store;
	struct txn *txn;
};

/* A registrar, one member with feed 1. */
static int set_up(void **state)
{
	static struct fixture f;
	homes_make(&f.home);
	authors_init(&f.authors, 5);
	authors_admit(&f.authors, "satu");
	authors_add(&f.authors, 1, 1, ROLE_OFFICER);
	f.store = homes_store(&f.home, &f.authors.feeds[1].keys);
	assert_int_equal(txn_write(f.store, &f.txn), ERR_OK);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	txn_abort(f->txn);
	store_close(f->store);
	authors_deinit(&f->authors);
	homes_remove(&f->home);
	return 0;
}

static void commit(struct fixture *f)
{
	assert_int_equal(txn_commit(f->txn), ERR_OK);
	f->txn = NULL;
	assert_int_equal(txn_write(f->store, &f->txn), ERR_OK);
}

static void deliver(struct fixture *f, uint32_t feed)
{
	while (authors_deliver(&f->authors, f->txn, feed))
		;
}

/* COUNT entries of random sizes, signed here and there. */
static void write_some(struct fixture *f, uint32_t feed, uint32_t count)
{
	static uint8_t payload[ENTRY_PAYLOAD_BYTES_MAX];
	struct authors *a = &f->authors;
	size_t room = RUN_BYTES_MAX;
	for (uint32_t i = 0; i < count; i++) {
		size_t len =
		        random_below(&a->random, 20) == 0 ? sizeof payload : random_below(&a->random, 400);
		if (len + ENTRY_HEADER_BYTES > room || random_below(&a->random, 8) == 0) {
			authors_sign(a, feed);
			room = RUN_BYTES_MAX;
		}
		memset(payload, (int)i, len);
		authors_say_raw(a, feed, AUDIENCE_NETWORK, 999, BYTES(payload, len));
		room -= len + ENTRY_HEADER_BYTES;
	}
	authors_sign(a, feed);
}

static void founding(void **state)
{
	struct fixture *f = *state;
	struct network_id other = {{1}}, network;
	struct feed_info info;
	assert_false(authors_deliver(&f->authors, f->txn, 1)); /* unknown yet */
	assert_false(feed_info(f->txn, (struct feed_no){0}, &info));
	deliver(f, 0);
	assert_true(own_network(f->txn, &network));
	assert_memory_equal(&network, &f->authors.network, sizeof network);
	assert_int_equal(own_network_set(f->txn, &other), ERR_WRONG_NETWORK);
	assert_int_equal(txn_roster(f->txn)->feeds_count, 2);
	commit(f);
	struct feed_no own;
	assert_true(own_feed(f->txn, &own));
	assert_int_equal(own.n, 1);
}

static void other_network(void **state)
{
	struct fixture *f = *state;
	struct network_id other = {{1}};
	static struct run_effect effect;
	const struct author *a = &f->authors.feeds[0];
	struct run run = {.feed = a->keys.public.feed, .count = 1, .items = &a->entries[0].item};
	struct tree empty;
	tree_init(&empty);
	struct run_base base = {.tree = &empty};
	assert_int_equal(run_extend(&run, &base, &effect), ERR_OK);
	assert_int_equal(own_network_set(f->txn, &other), ERR_OK);
	assert_int_equal(feed_accept(f->txn, (struct feed_no){0}, &run, &effect), ERR_WRONG_NETWORK);
	assert_int_equal(feed_accept(f->txn, (struct feed_no){1}, &run, &effect), ERR_UNKNOWN_FEED);
	assert_int_equal(txn_error(f->txn), ERR_OK);
}

static void check_served(struct fixture *f, uint32_t feed)
{
	const struct author *a = &f->authors.feeds[feed];
	struct run_item items[RUN_ENTRIES_MAX];
	struct run run;
	static struct run_effect effect;
	struct tree tree;
	tree_init(&tree);
	uint64_t last_time_ms = 0, at = 0;
	while (feed_run(
	        f->txn, (struct feed_no){feed}, at, random_below(&f->authors.random, 600), items, &run)) {
		struct run_base base = {.tree = &tree, .last_time_ms = last_time_ms};
		assert_int_equal(run_verify(&f->authors.network, &run, &base, &effect), ERR_OK);
		for (uint32_t i = 0; i < run.count; i++)
			assert_true(bytes_equal(run.items[i].payload, a->entries[at + i].item.payload));
		tree = effect.tree;
		last_time_ms = effect.last_time_ms;
		at += run.count;
	}
	assert_int_equal(at, a->entries_count);
}

static void served(void **state)
{
	struct fixture *f = *state;
	deliver(f, 0);
	write_some(f, 1, 1200);
	while (authors_deliver(&f->authors, f->txn, 1))
		if (random_below(&f->authors.random, 10) == 0)
			commit(f);
	commit(f);
	for (int i = 0; i < 5; i++)
		check_served(f, 1);
	struct run_item items[RUN_ENTRIES_MAX];
	struct run run;
	assert_false(feed_run(f->txn, (struct feed_no){1}, 1200, 2000, items, &run));
	assert_false(feed_run(f->txn, (struct feed_no){7}, 0, 1, items, &run));
}

static void heads_and_proofs(void **state)
{
	struct fixture *f = *state;
	deliver(f, 0);
	write_some(f, 1, 700);
	deliver(f, 1);
	struct feed_no no = {1};
	struct head heads[4];
	struct feed_info info;
	struct checkpoint checkpoint;
	assert_int_equal(feed_heads(f->txn, (struct feed_no){0}, 4, heads), 2);
	assert_true(feed_info(f->txn, no, &info));
	struct head want = authors_head(&f->authors, 1, 700);
	assert_true(hash_equal(&want.root, &heads[1].root) && heads[1].size == 700);
	assert_true(hash_equal(&want.root, &info.head.root) && info.next == 700);
	assert_true(feed_checkpoint(f->txn, no, 700, &checkpoint));
	assert_int_equal(checkpoint_verify(&f->authors.network, &info.id, &checkpoint), ERR_OK);
	assert_false(feed_checkpoint(f->txn, no, 701, &checkpoint));
	for (uint64_t size = 0; size <= 700; size += 99) {
		struct tree tree;
		struct head then = authors_head(&f->authors, 1, size);
		assert_true(feed_tree_at(f->txn, no, size, &tree));
		struct hash root = tree_root(&tree);
		assert_true(hash_equal(&root, &then.root));
	}
	struct feed_proof memory = {.txn = f->txn, .no = no};
	struct proof_source source = feed_proof_source(&memory);
	struct proof proof;
	struct entry_ref entry;
	struct entry_header header;
	assert_int_equal(proof_inclusion(&source, 300, 700, &proof), ERR_OK);
	assert_true(feed_entry(f->txn, (struct place){.feed = no, .seq = 300}, &entry));
	assert_true(feed_header(f->txn, &entry, &header));
	struct hash id = entry_id(&header);
	assert_memory_equal(id.bytes, entry.id, sizeof entry.id);
	assert_int_equal(proof_check_inclusion(&proof, 300, &id, &want), ERR_OK);
}

static void refused(void **state)
{
	struct fixture *f = *state;
	static struct run_effect effect, second;
	deliver(f, 0);
	write_some(f, 1, 5);
	const struct author *a = &f->authors.feeds[1];
	struct run_item items[5];
	for (int i = 0; i < 5; i++)
		items[i] = a->entries[i].item;
	struct run run = {.feed = a->keys.public.feed, .count = 2, .items = items};
	struct tree tree;
	uint64_t last_time_ms;
	assert_true(feed_base(f->txn, (struct feed_no){1}, &tree, &last_time_ms));
	struct run_base base = {.tree = &tree, .last_time_ms = last_time_ms};
	assert_int_equal(run_extend(&run, &base, &effect), ERR_OK);
	run.items = items + 1; /* another first entry: another branch */
	assert_int_equal(run_extend(&run, &base, &second), ERR_OK);
	run.items = items;
	assert_int_equal(feed_accept(f->txn, (struct feed_no){1}, &run, &effect), ERR_OK);
	assert_int_equal(feed_accept(f->txn, (struct feed_no){1}, &run, &effect), ERR_NOT_NEXT);
	struct run_base wrong = {.tree = &second.tree, .last_time_ms = second.last_time_ms};
	struct run next = {.feed = run.feed, .from = 2, .count = 2, .items = items + 3};
	assert_int_equal(run_extend(&next, &wrong, &second), ERR_OK);
	assert_int_equal(feed_accept(f->txn, (struct feed_no){1}, &next, &second), ERR_NOT_NEXT);
	assert_int_equal(feed_accept(f->txn, (struct feed_no){2}, &run, &effect), ERR_UNKNOWN_FEED);
	struct feed_info info;
	assert_true(feed_info(f->txn, (struct feed_no){1}, &info));
	assert_int_equal(info.head.size, 2);
	assert_int_equal(txn_error(f->txn), ERR_OK);
}

static void given_up(void **state)
{
	struct fixture *f = *state;
	deliver(f, 0);
	commit(f);
	authors_admit(&f->authors, "dua");
	deliver(f, 0);
	assert_int_equal(txn_roster(f->txn)->members_count, 3);
	txn_abort(f->txn);
	assert_int_equal(txn_write(f->store, &f->txn), ERR_OK);
	assert_int_equal(txn_roster(f->txn)->members_count, 2);
	struct txn *before, *after;
	assert_int_equal(txn_read(f->store, &before), ERR_OK);
	deliver(f, 0);
	commit(f);
	assert_int_equal(txn_read(f->store, &after), ERR_OK);
	assert_int_equal(txn_roster(before)->members_count, 2);
	assert_int_equal(txn_roster(after)->members_count, 3);
	txn_abort(before);
	txn_abort(after);
}

static void mark(void **state)
{
	struct fixture *f = *state;
	struct head head, kept;
	deliver(f, 0);
	write_some(f, 1, 5);
	deliver(f, 1);
	own_mark(f->txn, &kept);
	assert_int_equal(kept.size, 0);
	head = authors_head(&f->authors, 1, 4);
	assert_int_equal(own_mark_set(f->txn, &head), ERR_OK);
	commit(f);
	own_mark(f->txn, &kept);
	assert_memory_equal(&kept, &head, sizeof kept);
	head.size = 3;
	assert_int_equal(own_mark_set(f->txn, &head), ERR_OUT_OF_RANGE);
	head.size = 6;
	assert_int_equal(own_mark_set(f->txn, &head), ERR_OUT_OF_RANGE);
	assert_int_equal(own_generation(f->txn), 0);
	assert_int_equal(own_generation_raise(f->txn, 0), 1);
	assert_int_equal(own_generation_raise(f->txn, 7), 8);
	assert_int_equal(own_generation_raise(f->txn, 7), 9);
	assert_int_equal(own_generation(f->txn), 9);
	assert_int_equal(own_trust(f->txn), OWN_SETTLED);
	own_trust_set(f->txn, OWN_RESTORED);
	assert_int_equal(own_trust(f->txn), OWN_RESTORED);
}

static void drawers(void **state)
{
	struct fixture *f = *state;
	struct own_at at = {.len = 0};
	struct bytes key, value;
	own_put(f->txn, OWN_INVITES, bytes_text("b"), bytes_text("two"));
	own_put(f->txn, OWN_INVITES, bytes_text("a"), bytes_text("one"));
	own_put(f->txn, OWN_JOINS, bytes_text("a"), bytes_text("other"));
	assert_true(own_next(f->txn, OWN_INVITES, &at, &key, &value));
	assert_true(bytes_equal(key, bytes_text("a")) && bytes_equal(value, bytes_text("one")));
	assert_true(own_next(f->txn, OWN_INVITES, &at, &key, &value));
	assert_true(bytes_equal(key, bytes_text("b")));
	assert_false(own_next(f->txn, OWN_INVITES, &at, &key, &value));
	own_remove(f->txn, OWN_INVITES, bytes_text("a"));
	assert_false(own_get(f->txn, OWN_INVITES, bytes_text("a"), &value));
	assert_true(own_get(f->txn, OWN_JOINS, bytes_text("a"), &value));
}

static struct feed_info info_of(struct fixture *f, uint32_t feed)
{
	struct feed_info info;
	assert_true(feed_info(f->txn, (struct feed_no){feed}, &info));
	return info;
}

static uint32_t aside_entries(struct fixture *f, uint32_t feed)
{
	struct feed_aside_at at = {.len = 0};
	static struct feed_aside aside;
	uint32_t count = 0;
	while (feed_aside_next(f->txn, (struct feed_no){feed}, &at, &aside))
		count += aside.count;
	return count;
}

/* A cutoff inside a run, then lifted: everything is there again, and served with its signatures. */
static void cut_and_lifted(void **state)
{
	struct fixture *f = *state;
	deliver(f, 0);
	write_some(f, 1, 600);
	deliver(f, 1);
	for (uint64_t size = 599; size > 0; size = size * 2 / 3) {
		authors_cut(&f->authors, 1, size);
		deliver(f, 0);
		struct feed_info info = info_of(f, 1);
		struct head want = authors_head(&f->authors, 1, size);
		assert_int_equal(info.state, FEED_CUT);
		assert_int_equal(info.head.size, size);
		assert_true(hash_equal(&info.head.root, &want.root));
		assert_false(info.is_staged);
		assert_true(aside_entries(f, 1) >= 600 - size);
		assert_false(authors_deliver(&f->authors, f->txn, 1));
		if (size % 2 == 0) /* else the next cutoff replaces this one */
			authors_resolve(&f->authors, 1);
		commit(f);
	}
	authors_cut(&f->authors, 1, 0);
	authors_resolve(&f->authors, 1);
	deliver(f, 0);
	assert_int_equal(info_of(f, 1).state, FEED_OPEN);
	assert_int_equal(info_of(f, 1).head.size, 600);
	assert_int_equal(aside_entries(f, 1), 0);
	check_served(f, 1);
	assert_int_equal(txn_error(f->txn), ERR_OK);
}

/* The cutoff comes first: runs are taken up to it. */
static void cut_before(void **state)
{
	struct fixture *f = *state;
	write_some(f, 1, 300);
	authors_cut(&f->authors, 1, 150);
	deliver(f, 0);
	deliver(f, 1);
	assert_int_equal(info_of(f, 1).head.size, 150);
	assert_int_equal(info_of(f, 1).next, 150);
	authors_resolve(&f->authors, 1);
	deliver(f, 0);
	deliver(f, 1);
	assert_int_equal(info_of(f, 1).head.size, 300);
	check_served(f, 1);
}

/* Another branch of feed 1, by the same key. */
static void write_branch(struct authors *other, const struct authors *a, uint32_t count)
{
	authors_init(other, 5);
	other->network = a->network;
	for (uint32_t i = 0; i < count; i++) {
		authors_say_raw(other, 1, AUDIENCE_NETWORK, 999, bytes_text("another branch"));
		if (i % 7 == 0)
			authors_sign(other, 1);
	}
	authors_sign(other, 1);
}

static void off_the_branch(void **state)
{
	struct fixture *f = *state;
	static struct authors other;
	deliver(f, 0);
	write_some(f, 1, 300);
	write_branch(&other, &f->authors, 40);
	deliver(f, 1);
	struct roster_cut cut = {.feed = {1}, .head = authors_head(&other, 1, 30)};
	roster_body_cut_pack(authors_body(&f->authors), &cut);
	authors_say(&f->authors, 0, KIND_FEED_CUT);
	authors_sign(&f->authors, 0);
	deliver(f, 0);
	struct feed_info info = info_of(f, 1);
	assert_true(info.is_staged && info.head.size == 0 && info.next == 0);
	assert_int_equal(aside_entries(f, 1), 300);
	commit(f);
	assert_true(authors_deliver(&other, f->txn, 1));
	info = info_of(f, 1);
	assert_true(info.is_staged && info.head.size == 0 && info.next == 1);
	assert_int_equal(feed_restage(f->txn, (struct feed_no){1}), ERR_OK);
	assert_int_equal(info_of(f, 1).next, 0);
	while (authors_deliver(&other, f->txn, 1))
		;
	info = info_of(f, 1);
	assert_true(!info.is_staged && info.head.size == 30 && info.next == 30);
	assert_true(hash_equal(&info.head.root, &cut.head.root));
	assert_int_equal(feed_restage(f->txn, (struct feed_no){0}), ERR_OUT_OF_RANGE);
	authors_deinit(&other);
}

static void held(void **state)
{
	struct fixture *f = *state;
	static struct authors other;
	struct fork fork, known;
	struct proof none = {0};
	deliver(f, 0);
	write_some(f, 1, 20);
	write_branch(&other, &f->authors, 20);
	struct author *mine = &f->authors.feeds[1], *theirs = &other.feeds[1];
	struct checkpoint a = {.head = authors_head(&f->authors, 1, 20)},
	                  b = {.head = authors_head(&other, 1, 20)};
	memcpy(a.signature, mine->signatures[mine->ends_count - 1], 64);
	memcpy(b.signature, theirs->signatures[theirs->ends_count - 1], 64);
	assert_int_equal(
	        fork_build(&f->authors.network, &mine->keys.public.feed, &a, &b, &none, &fork), ERR_OK);
	assert_true(authors_deliver(&f->authors, f->txn, 1));
	assert_int_equal(feed_hold(f->txn, &fork), ERR_OK);
	assert_int_equal(feed_hold(f->txn, &fork), ERR_EXISTS);
	assert_int_equal(info_of(f, 1).state, FEED_HELD);
	assert_true(feed_fork(f->txn, (struct feed_no){1}, &known));
	assert_memory_equal(&known.feed, &fork.feed, sizeof known.feed);
	assert_false(authors_deliver(&f->authors, f->txn, 1));
	/* the registrar publishes it: cut at what it covered before, here nothing */
	fork_pack(authors_body(&f->authors), &fork);
	authors_say(&f->authors, 0, KIND_FORK_PROOF);
	authors_sign(&f->authors, 0);
	deliver(f, 0);
	assert_int_equal(info_of(f, 1).state, FEED_CUT);
	assert_int_equal(info_of(f, 1).head.size, 0);
	authors_deinit(&other);
}

/* The recovery key names a successor after the old registrar added feed 2, and a thief feed 3. */
static void succession(void **state)
{
	struct fixture *f = *state;
	struct authors *a = &f->authors;
	struct anchor anchor = {.number = 2, .feeds_count = 1, .successor = a->feeds[9].keys.public}, known;
	anchor.feeds[0].keys = a->feeds[0].keys.public;
	anchor.feeds[0].head = authors_head(a, 0, a->feeds[0].entries_count);
	authors_anchor(a, &anchor);
	authors_add(a, 1, 2, ROLE_OFFICER); /* beyond what the anchor lets stand */
	write_some(f, 2, 30);
	deliver(f, 0);
	deliver(f, 2);
	commit(f);
	assert_int_equal(info_of(f, 2).head.size, 30);
	assert_false(feed_anchor(f->txn, &known));
	struct anchor other = anchor; /* on a branch that is not here: nothing is lost for it */
	other.number = 1;
	other.feeds[0].head.root.bytes[0] ^= 1;
	assert_int_equal(feed_anchor_accept(f->txn, &other), ERR_OK);
	commit(f);
	assert_int_equal(feed_anchored(f->txn), FEED_ANCHOR_LEAVES);
	assert_int_equal(info_of(f, 2).head.size, 30);
	assert_true(info_of(f, 0).is_staged);
	assert_int_equal(info_of(f, 0).head.size, 0); /* it is neither shown nor grown */
	assert_int_equal(feed_anchor_accept(f->txn, &anchor), ERR_OK);
	assert_int_equal(feed_anchor_accept(f->txn, &anchor), ERR_EXISTS);
	commit(f);
	const struct roster *r = txn_roster(f->txn);
	assert_int_equal(r->feeds_count, 3);
	assert_int_equal(roster_registrar(r).n, 2);
	assert_memory_equal(&r->feeds[2].keys, &a->feeds[9].keys.public, sizeof r->feeds[2].keys);
	assert_int_equal(info_of(f, 0).head.size, anchor.feeds[0].head.size);
	assert_int_equal(info_of(f, 0).state, FEED_CUT);
	assert_int_equal(info_of(f, 2).head.size, 0);
	assert_true(feed_anchor(f->txn, &known));
	assert_int_equal(known.number, 2);
	assert_int_equal(feed_anchored(f->txn), FEED_ANCHOR_FOLLOWED);
	/* the successor adds the feed again: its entries are still here */
	a->feeds[3].keys = a->feeds[2].keys;
	a->feeds[2].keys = a->feeds[9].keys;
	struct author thirty = a->feeds[2];
	a->feeds[2] = (struct author){.keys = a->feeds[9].keys, .time_ms = thirty.time_ms};
	a->registrar = 2;
	authors_add(a, 1, 3, ROLE_OFFICER);
	deliver(f, 2);
	assert_int_equal(txn_roster(f->txn)->feeds_count, 4);
	assert_int_equal(info_of(f, 3).head.size, 30);
	thirty.keys = a->feeds[3].keys;
	a->feeds[3] = thirty;
	check_served(f, 3);
}

/* An anchor ended the registrar's feed inside a run. The next one names another branch of it: what is held stays as it
 * is, neither more nor less, and counts again when an anchor comes back to it. */
static void left_inside_a_run(void **state)
{
	struct fixture *f = *state;
	struct authors *a = &f->authors;
	struct anchor anchor = {.number = 1, .feeds_count = 1, .successor = a->feeds[9].keys.public};
	struct entry_ref entry;
	struct tree tree;
	struct head heads[3];
	authors_say_raw(a, 0, AUDIENCE_NETWORK, 999, bytes_text("a"));
	authors_say_raw(a, 0, AUDIENCE_NETWORK, 999, bytes_text("b"));
	authors_sign(a, 0);
	anchor.feeds[0].keys = a->feeds[0].keys.public;
	anchor.feeds[0].head = authors_head(a, 0, a->feeds[0].entries_count - 1);
	const struct head end = anchor.feeds[0].head;
	authors_anchor(a, &anchor);
	deliver(f, 0);
	assert_int_equal(feed_anchor_accept(f->txn, &anchor), ERR_OK);
	commit(f);
	assert_int_equal(info_of(f, 0).head.size, end.size);
	anchor.number = 2;
	anchor.feeds[0].head.root.bytes[0] ^= 1;
	authors_anchor(a, &anchor);
	assert_int_equal(feed_anchor_accept(f->txn, &anchor), ERR_OK);
	commit(f);
	assert_int_equal(feed_anchored(f->txn), FEED_ANCHOR_LEAVES);
	assert_true(feed_entry(f->txn, (struct place){.seq = end.size - 1}, &entry));
	assert_false(feed_entry(f->txn, (struct place){.seq = end.size}, &entry));
	assert_false(feed_tree_at(f->txn, (struct feed_no){0}, end.size + 1, &tree));
	assert_int_equal(feed_heads(f->txn, (struct feed_no){0}, 3, heads), 3);
	assert_int_equal(heads[0].size, info_of(f, 0).head.size); /* nothing of it is shown, by neither */
	struct feed_info info = info_of(f, 0);
	assert_true(hash_equal(&heads[0].root, &info.head.root));
	anchor.number = 3;
	anchor.feeds[0].head = end;
	authors_anchor(a, &anchor);
	assert_int_equal(feed_anchor_accept(f->txn, &anchor), ERR_OK);
	commit(f);
	assert_int_equal(feed_anchored(f->txn), FEED_ANCHOR_FOLLOWED);
	info = info_of(f, 0);
	assert_false(info.is_staged);
	assert_int_equal(info.head.size, end.size);
	assert_true(hash_equal(&info.head.root, &end.root));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(founding, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(other_network, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(served, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(heads_and_proofs, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(refused, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(given_up, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(mark, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(drawers, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(cut_and_lifted, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(cut_before, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(off_the_branch, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(held, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(succession, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(left_inside_a_run, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
