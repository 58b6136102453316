/* SPDX-License-Identifier: Apache-2.0 */
/* branch.c: growth first, then what cutoffs do. A cutoff may fall inside a kept run: the whole run goes aside, so that
 * its signature stays of use, and the part before the cutoff stays, ended by a kept row without a signature. Lifting a
 * cutoff drops that part again and takes the runs that were set aside, checked as if they came from a peer. Lifting,
 * staging and setting aside are rare, so they allocate. */
#include "branch_int.h"

#include <stdlib.h>
#include <string.h>

#include "anchored_int.h"
#include "aside_int.h"
#include "base/bug.h"
#include "db_int.h"
#include "entries_int.h"
#include "judge_int.h"
#include "kept_int.h"
#include "log/kinds.h"
#include "own_int.h"
#include "packed_int.h"
#include "refold_int.h"
#include "settle_int.h"
#include "share_int.h"
#include "txn_int.h"

/* Memory to take stored runs again. */
struct replay {
	struct bytes_out value; /* a copy, since appending moves what lies in the store */
	struct run run;
	struct run_item items[RUN_ENTRIES_MAX];
	struct run_effect effect;
	uint8_t bytes[RUN_ENTRIES_MAX * 32u + RUN_BYTES_MAX + ENTRY_PAYLOAD_BYTES_MAX];
};

static struct replay *replay_new(struct txn *t)
{
	struct replay *r = malloc(sizeof *r);
	if (r == NULL)
		txn_fail(t, ERR_NO_MEMORY);
	return r;
}

static bool replay_read(struct txn *t, struct replay *r, const struct row *row)
{
	r->value = bytes_out(r->bytes, sizeof r->bytes);
	bytes_put(&r->value, row->value.data, row->value.len);
	r->run.from = keys_get_u64(row->key, 4);
	if (bytes_out_end(&r->value) == ERR_OK)
		return packed_read(t, bytes_written(&r->value), r->items, &r->run);
	txn_fail(t, ERR_STORE_DAMAGED);
	return false;
}

/* What the roster made of an entry of the registrar just stored. */
static void told(struct txn *t, const struct entry_ref *stored, enum err verdict)
{
	struct entry_ref entry = *stored;
	if (stored->payload.len > 0)
		memcpy(t->work->judged, stored->payload.data, stored->payload.len);
	entry.payload = BYTES(t->work->judged, stored->payload.len);
	judge_roster(t, &entry, verdict);
}

void branch_follow(struct txn *t)
{
	muster_follow(t->muster, t, told);
}

struct roster_sizes {
	uint32_t members, feeds, changes, registrars;
};
static struct roster_sizes sizes_of(const struct roster *r)
{
	return (struct roster_sizes){.members = r->members_count,
	        .feeds = r->feeds_count,
	        .changes = r->changes_count,
	        .registrars = r->registrars_count};
}

/* Changes of roles are for settling, cutoffs for now: what comes next in this batch may depend on them. */
static void roster_changed(struct txn *t, const struct roster_sizes *before)
{
	const struct roster *r = &t->muster->roster;
	if (r->members_count != before->members || r->feeds_count != before->feeds)
		settle_grown(t);
	for (uint32_t i = before->feeds; i < r->feeds_count; i++)
		branch_take_back(t, (struct feed_no){.n = i});
	for (uint32_t i = before->changes; i < r->changes_count; i++)
		if (r->changes[i].what == CHANGE_ROLES && r->changes[i].feed.n < before->feeds)
			settle_roles(t, r->changes[i].feed, r->changes[i].from_size);
}

static bool may_cut(const struct run *run)
{
	for (uint32_t i = 0; i < run->count; i++)
		if (run->items[i].kind == KIND_FEED_CUT || run->items[i].kind == KIND_FEED_RESOLVE ||
		        run->items[i].kind == KIND_FORK_PROOF)
			return true;
	return false;
}

static void follow_roster(struct txn *t, const struct run *run)
{
	struct roster_sizes before = sizes_of(&t->muster->roster);
	branch_follow(t);
	roster_changed(t, &before);
	bool cuts = may_cut(run) || t->muster->roster.registrars_count != before.registrars;
	for (uint32_t i = 0; cuts && i < t->muster->roster.feeds_count && t->err == ERR_OK; i++)
		branch_cutoff(t, (struct feed_no){.n = i});
}

static void store_run(
        struct txn *t, struct feed_no no, const struct run *run, const struct run_effect *effect)
{
	for (uint32_t i = 0; i < run->count; i++) {
		struct place place = {.feed = no, .seq = run->from + i};
		entries_put(t, place, &run->items[i], &effect->ids[i]);
	}
	if (effect->has_subtree) {
		struct key key = keys_feed_n(no, effect->subtree_index);
		db_put(t, TABLE_SUBTREE, &key, BYTES_OF(effect->subtree.bytes));
	}
	struct checkpoint end = {.head = {.size = effect->tree.size, .root = effect->root}};
	memcpy(end.signature, run->signature, sizeof end.signature);
	kept_put(t, no, &end);
}

void branch_append(struct txn *t, struct feed_no no, const struct run *run, const struct run_effect *effect)
{
	struct tip tip;
	tip_get(t, no, &tip);
	store_run(t, no, run, effect);
	tip.tree = effect->tree;
	tip.root = effect->root;
	tip.last_time_ms = effect->last_time_ms;
	tip_put(t, no, &tip);
	if (muster_is_registrar(t->muster, no))
		follow_roster(t, run);
	refold_touch_range(t, no, run->from, effect->tree.size);
	share_touch_range(t, no, run->from, effect->tree.size);
	for (uint32_t i = 0; i < run->count && t->err == ERR_OK; i++) {
		struct entry_ref entry = entries_of_run(run, no, i);
		memcpy(entry.id, effect->ids[i].bytes, sizeof entry.id);
		judge_entry(t, &entry);
	}
}

/* All that is staged counts now. */
static void unstage(struct txn *t, struct feed_no no)
{
	struct replay *r = replay_new(t);
	struct key prefix = keys_feed(no), at = {.len = 0};
	struct row row;
	struct tip tip;
	while (r != NULL && db_next_under(t, TABLE_STAGE, &prefix, &at, &row) && replay_read(t, r, &row)) {
		tip_get(t, no, &tip);
		struct run_base base = {.tree = &tip.tree, .last_time_ms = tip.last_time_ms};
		if (run_extend(&r->run, &base, &r->effect) != ERR_OK)
			txn_fail(t, ERR_STORE_DAMAGED);
		else
			branch_append(t, no, &r->run, &r->effect);
	}
	free(r);
	db_remove_under(t, TABLE_STAGE, &prefix);
	aside_drop_held(t, no);
}

void branch_stage(struct txn *t, struct feed_no no, const struct run *run, const struct run_effect *effect)
{
	struct key key = keys_feed_n(no, run->from);
	struct tip tip;
	packed_put(t, TABLE_STAGE, &key, run);
	tip_get(t, no, &tip);
	must(tip.is_cut && tip.is_staged);
	bool whole = effect->tree.size == tip.cutoff.size;
	tip.is_staged = !whole;
	tip.staged = effect->tree;
	tip.staged_time_ms = effect->last_time_ms;
	tip_put(t, no, &tip);
	if (whole && muster_is_registrar(t->muster, no))
		anchored_arrived(t, no);
	else if (whole)
		unstage(t, no);
}

/* Where runs are set aside: under the feed's number or, when it has none any more, under FEED_NONE. */
struct shelf {
	struct feed_no under;
	struct feed_id feed;
};
static struct shelf shelf_of(const struct txn *t, struct feed_no no)
{
	return (struct shelf){.under = no, .feed = roster_feed(&t->muster->roster, no)->keys.feed};
}

/* What was sealed to us stays readable. */
static void keep_channels(struct txn *t, struct place from, uint64_t end)
{
	struct entry_ref entry;
	for (struct place at = from; at.seq < end; at.seq++)
		if (entries_get(t, at, &entry))
			aside_keep_channel(t, &entry);
}

/* Is there a run aside that begins with all of this one? One that a cutoff ended has no signature of its own: mostly it
 * is a part of one that was there before the cutoff, but not if the feed was pulled no further. */
static bool is_aside(struct txn *t, const struct shelf *shelf, const struct run *run)
{
	struct key prefix = keys_feed_n(shelf->under, run->from), at = {.len = 0};
	struct row row;
	struct replay *r = replay_new(t);
	bool found = false;
	while (r != NULL && !found && db_next_under(t, TABLE_ASIDE, &prefix, &at, &row) &&
	        replay_read(t, r, &row)) {
		found = r->run.count >= run->count &&
		        memcmp(r->run.feed.bytes, run->feed.bytes, sizeof run->feed.bytes) == 0;
		for (uint32_t i = 0; i < run->count && found; i++)
			found = run_item_equal(&r->run.items[i], &run->items[i]);
	}
	free(r);
	return found;
}

/* Keep the run [from, end's size) aside. */
static void set_aside(
        struct txn *t, const struct shelf *shelf, struct place from, const struct checkpoint *end)
{
	uint64_t count = end->head.size - from.seq;
	if (shelf->under.n == from.feed.n)
		keep_channels(t, from, end->head.size);
	if (count > RUN_ENTRIES_MAX)
		return;
	struct run_item *items = calloc(RUN_ENTRIES_MAX, sizeof *items);
	struct run run = {.feed = shelf->feed, .from = from.seq, .count = (uint32_t)count, .items = items};
	struct entry_ref entry = {.kind = 0};
	memcpy(run.signature, end->signature, sizeof run.signature);
	for (uint32_t i = 0; i < count && items != NULL; i++) {
		if (!entries_get(t, (struct place){.feed = from.feed, .seq = from.seq + i}, &entry))
			txn_fail(t, ERR_STORE_DAMAGED);
		items[i] = entries_item(&entry);
	}
	if (items == NULL)
		txn_fail(t, ERR_NO_MEMORY);
	struct key key = keys_aside(shelf->under, from.seq, entry.id);
	if (t->err == ERR_OK && (kept_is_signed(end) || !is_aside(t, shelf, &run)))
		packed_put(t, TABLE_ASIDE, &key, &run);
	free(items);
}

/* Take the runs that end behind SIZE out of the table of kept ones, the last first, setting each aside where there is
 * a shelf. */
static void drop_runs(struct txn *t, struct feed_no no, uint64_t size, const struct shelf *shelf)
{
	struct checkpoint end, before;
	while (t->err == ERR_OK && kept_below(t, no, UINT64_MAX, &end) && end.head.size > size) {
		struct place from = {.feed = no};
		if (kept_below(t, no, end.head.size, &before))
			from.seq = before.head.size;
		if (shelf != NULL)
			set_aside(t, shelf, from, &end);
		kept_remove(t, no, end.head.size);
	}
}

void branch_swap(struct txn *t, struct feed_no no)
{
	static const enum table tables[] = {TABLE_ENTRY, TABLE_SUBTREE, TABLE_RUN};
	struct shelf shelf = shelf_of(t, no);
	struct key prefix = keys_feed(no), at = {.len = 0};
	struct row row;
	struct tip tip, before;
	tip_get(t, no, &before);
	drop_runs(t, no, 0, &shelf);
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
		db_remove_under(t, tables[i], &prefix);
	db_remove_under(t, TABLE_FEED, &prefix);
	tip_get(t, no, &tip); /* empty */
	tip.is_cut = before.is_cut;
	tip.cutoff = before.cutoff;
	struct replay *r = replay_new(t);
	while (r != NULL && db_next_under(t, TABLE_STAGE, &prefix, &at, &row) && replay_read(t, r, &row)) {
		struct run_base base = {.tree = &tip.tree, .last_time_ms = tip.last_time_ms};
		if (run_extend(&r->run, &base, &r->effect) != ERR_OK) {
			txn_fail(t, ERR_STORE_DAMAGED);
			break;
		}
		store_run(t, no, &r->run, &r->effect);
		tip.tree = r->effect.tree;
		tip.root = r->effect.root;
		tip.last_time_ms = r->effect.last_time_ms;
	}
	free(r);
	db_remove_under(t, TABLE_STAGE, &prefix);
	tip_put(t, no, &tip);
	aside_drop_held(t, no);
}

/* A run that goes on from BASE towards END: signed, or up to the very end. */
static bool leads_on(const struct network_id *network, struct replay *r, const struct run_base *base,
        const struct head *end)
{
	if (r->run.from + r->run.count > end->size) {
		r->run.count = (uint32_t)(end->size - r->run.from);
		memset(r->run.signature, 0, sizeof r->run.signature);
		return run_extend(&r->run, base, &r->effect) == ERR_OK &&
		       hash_equal(&r->effect.root, &end->root);
	}
	bool ends = r->run.from + r->run.count == end->size &&
	            run_extend(&r->run, base, &r->effect) == ERR_OK &&
	            hash_equal(&r->effect.root, &end->root);
	return ends || run_verify(network, &r->run, base, &r->effect) == ERR_OK;
}

/* What is held from there on, up to where a run ended. */
static bool replay_held(struct txn *t, struct replay *r, struct feed_no no, uint64_t from)
{
	if (!feed_run(t, no, from, from + 1, r->items, &r->run))
		return false;
	r->value = bytes_out(r->bytes, sizeof r->bytes);
	for (uint32_t i = 0; i < r->run.count; i++) {
		struct bytes *payload = &r->items[i].payload;
		uint8_t *copy = r->bytes + r->value.len;
		bytes_put(&r->value, payload->data, payload->len);
		*payload = BYTES(copy, payload->len);
	}
	return bytes_out_end(&r->value) == ERR_OK;
}

/* How many runs lead on, of those set aside and of what is held, which may be the same branch so far; stops at number
 * PICK, which R then has. */
static uint32_t ways_on(struct txn *t, struct feed_no no, struct replay *r, const struct run_base *base,
        const struct head *end, uint32_t pick)
{
	const struct feed_id feed = roster_feed(&t->muster->roster, no)->keys.feed;
	struct key prefix = keys_feed_n(no, base->tree->size), at = {.len = 0};
	struct network_id network;
	struct row row;
	uint32_t ways = 0;
	if (!own_network(t, &network))
		return 0;
	while (db_next_under(t, TABLE_ASIDE, &prefix, &at, &row) && replay_read(t, r, &row)) {
		if (memcmp(r->run.feed.bytes, feed.bytes, sizeof feed.bytes) != 0 ||
		        !leads_on(&network, r, base, end))
			continue;
		if (ways++ == pick)
			return ways;
	}
	bool held = replay_held(t, r, no, base->tree->size) && leads_on(&network, r, base, end);
	return ways + (held ? 1 : 0);
}

/* One way through what is set aside, from 0. WAY says which run to take where several lead on. */
static bool walk(struct txn *t, struct feed_no no, const struct head *end, uint32_t way, struct replay *r)
{
	struct tree tree;
	uint64_t time_ms = 0;
	tree_init(&tree);
	while (tree.size < end->size) {
		const struct run_base base = {.tree = &tree, .last_time_ms = time_ms};
		uint32_t ways = ways_on(t, no, r, &base, end, UINT32_MAX);
		if (ways == 0)
			return false;
		(void)ways_on(t, no, r, &base, end, way % ways);
		way /= ways;
		tree = r->effect.tree;
		time_ms = r->effect.last_time_ms;
		struct key key = keys_feed_n(no, r->run.from);
		packed_put(t, TABLE_STAGE, &key, &r->run);
	}
	struct hash root = tree_root(&tree);
	return t->err == ERR_OK && hash_equal(&root, &end->root);
}

/* What was pulled so far is gone with it. */
static void empty_stage(struct txn *t, struct feed_no no)
{
	struct key prefix = keys_feed(no);
	struct tip tip;
	db_remove_under(t, TABLE_STAGE, &prefix);
	tip_get(t, no, &tip);
	if (!tip.is_staged)
		return;
	tip.staged_time_ms = 0;
	tree_init(&tip.staged);
	tip_put(t, no, &tip);
}

bool branch_recall(struct txn *t, struct feed_no no, const struct head *end)
{
	struct key prefix = keys_feed(no), at = {.len = 0};
	struct row row;
	if (!db_next_under(t, TABLE_ASIDE, &prefix, &at, &row))
		return false;
	struct replay *r = replay_new(t);
	bool whole = false;
	for (uint32_t way = 0; r != NULL && !whole && way < RECALL_WAYS_MAX; way++) {
		db_remove_under(t, TABLE_STAGE, &prefix);
		whole = walk(t, no, end, way, r);
	}
	free(r);
	if (!whole)
		empty_stage(t, no);
	return whole;
}

void branch_orphan(struct txn *t, struct feed_no no, const struct feed_id *feed)
{
	static const enum table tables[] = {
	        TABLE_ENTRY, TABLE_SUBTREE, TABLE_RUN, TABLE_FEED, TABLE_STAGE, TABLE_ASIDE, TABLE_HOLD};
	struct shelf shelf = {.under = FEED_NONE, .feed = *feed};
	struct key prefix = keys_feed(no);
	drop_runs(t, no, 0, &shelf);
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
		db_remove_under(t, tables[i], &prefix);
	aside_drop_channels(t, no);
}

static void drop_entries(struct txn *t, struct feed_no no, uint64_t size, uint64_t old_size)
{
	for (uint64_t seq = old_size; seq > size && t->err == ERR_OK; seq--) {
		struct place place = {.feed = no, .seq = seq - 1};
		judge_undo(t, place);
		entries_remove(t, place);
	}
	refold_touch_range(t, no, size, old_size);
	share_touch_range(t, no, size, old_size);
	for (uint64_t i = size / SUBTREE_LEAVES; i < old_size / SUBTREE_LEAVES; i++) {
		struct key key = keys_feed_n(no, i);
		db_remove(t, TABLE_SUBTREE, &key);
	}
}

static uint64_t time_before(struct txn *t, struct feed_no no, uint64_t size)
{
	struct entry_ref entry;
	if (size == 0)
		return 0;
	return entries_get(t, (struct place){.feed = no, .seq = size - 1}, &entry) ? entry.time_ms : 0;
}

/* The feed ends at SIZE from now on; what was behind it goes to the shelf, or nowhere. */
static void shorten_to(
        struct txn *t, struct feed_no no, struct tip *tip, uint64_t size, const struct shelf *shelf)
{
	struct tree tree;
	uint64_t old_size = tip->tree.size;
	must(size <= old_size);
	if (!feed_tree_at(t, no, size, &tree)) {
		txn_fail(t, ERR_STORE_DAMAGED);
		return;
	}
	drop_runs(t, no, size, shelf);
	tip->last_time_ms = time_before(t, no, size);
	drop_entries(t, no, size, old_size);
	tip->tree = tree;
	tip->root = tree_root(&tree);
	struct checkpoint end = {.head = {.size = size, .root = tip->root}}, kept;
	if (size > 0 && !(kept_from(t, no, size, &kept) && kept.head.size == size))
		kept_put(t, no, &end);
	tip_put(t, no, tip);
}

static void shorten(struct txn *t, struct feed_no no, struct tip *tip, uint64_t size)
{
	const struct shelf shelf = shelf_of(t, no);
	shorten_to(t, no, tip, size, &shelf);
}

void branch_withdraw(struct txn *t, struct feed_no no, uint64_t size)
{
	struct tip tip;
	tip_get(t, no, &tip);
	shorten_to(t, no, &tip, size, NULL);
}

/* The roster hangs on what is held of a registrar's feed: that stays until the other branch is whole. */
static void begin_stage(struct txn *t, struct feed_no no, struct tip *tip)
{
	struct key prefix = keys_feed(no);
	db_remove_under(t, TABLE_STAGE, &prefix);
	if (tip->tree.size > 0 && !muster_is_registrar(t->muster, no))
		shorten(t, no, tip, 0);
	tip->is_staged = true;
	tip->staged_time_ms = 0;
	tree_init(&tip->staged);
	tip_put(t, no, tip);
}

void branch_restage(struct txn *t, struct feed_no no)
{
	struct tip tip;
	tip_get(t, no, &tip);
	begin_stage(t, no, &tip);
}

static void cut(struct txn *t, struct feed_no no, struct tip *tip, const struct head *cutoff)
{
	struct tree tree;
	tip->is_cut = true;
	tip->cutoff = *cutoff;
	tip_put(t, no, tip);
	if (cutoff->size > tip->tree.size || tip->tree.size == 0 || BUG(IGNORE_CUTOFF))
		return;
	if (cutoff->size > 0 && !feed_tree_at(t, no, cutoff->size, &tree)) {
		txn_fail(t, ERR_STORE_DAMAGED);
		return;
	}
	struct hash root = cutoff->size > 0 ? tree_root(&tree) : cutoff->root;
	if (!hash_equal(&root, &cutoff->root))
		begin_stage(t, no, tip);
	else if (cutoff->size < tip->tree.size)
		shorten(t, no, tip, cutoff->size);
}

/* A run set aside under that number which is the feed's, goes on from what is held, and verifies. */
static bool take_back(struct txn *t, struct feed_no no, struct feed_no under, struct replay *r)
{
	const struct feed_id feed = roster_feed(&t->muster->roster, no)->keys.feed;
	struct tip tip;
	struct network_id network;
	struct row row;
	tip_get(t, no, &tip);
	if (tip.is_cut) /* by what was taken back before */
		return false;
	struct key prefix = keys_feed_n(under, tip.tree.size), at = {.len = 0};
	struct run_base base = {.tree = &tip.tree, .last_time_ms = tip.last_time_ms};
	if (!own_network(t, &network))
		return false;
	while (db_next_under(t, TABLE_ASIDE, &prefix, &at, &row) && replay_read(t, r, &row)) {
		if (memcmp(r->run.feed.bytes, feed.bytes, sizeof feed.bytes) != 0 ||
		        run_verify(&network, &r->run, &base, &r->effect) != ERR_OK)
			continue;
		branch_append(t, no, &r->run, &r->effect);
		if (under.n != no.n)
			db_remove(t, TABLE_ASIDE, &at);
		return t->err == ERR_OK;
	}
	return false;
}

void branch_take_back(struct txn *t, struct feed_no no)
{
	struct key orphans = keys_feed(FEED_NONE), own = keys_feed(no), at = {.len = 0}, at_own = {.len = 0};
	struct row row;
	struct tip tip;
	tip_get(t, no, &tip);
	if (tip.is_cut || roster_feed(&t->muster->roster, no)->is_void ||
	        (!db_next_under(t, TABLE_ASIDE, &own, &at_own, &row) &&
	                !db_next_under(t, TABLE_ASIDE, &orphans, &at, &row)))
		return;
	struct replay *r = replay_new(t);
	bool taken = false;
	while (r != NULL && (take_back(t, no, no, r) || take_back(t, no, FEED_NONE, r)))
		taken = true;
	free(r);
	if (taken)
		aside_drop_held(t, no);
}

/* The cutoff holds no more. */
static void lift(struct txn *t, struct feed_no no, struct tip *tip)
{
	struct key prefix = keys_feed(no);
	struct checkpoint end, before;
	db_remove_under(t, TABLE_STAGE, &prefix);
	tip->is_cut = false;
	tip->is_staged = false;
	tip_put(t, no, tip);
	if (kept_below(t, no, UINT64_MAX, &end) && !kept_is_signed(&end))
		shorten(t, no, tip, kept_below(t, no, end.head.size, &before) ? before.head.size : 0);
	branch_take_back(t, no);
}

void branch_cutoff(struct txn *t, struct feed_no no)
{
	struct tip tip;
	struct head want;
	bool cuts = muster_cutoff(t->muster, no, &want);
	tip_get(t, no, &tip);
	if (tip.is_cut == cuts &&
	        (!cuts || (tip.cutoff.size == want.size && hash_equal(&tip.cutoff.root, &want.root))))
		return;
	if (tip.is_cut && !muster_leaves(t->muster, no))
		lift(t, no, &tip);
	tip_get(t, no, &tip);
	if (cuts)
		cut(t, no, &tip, &want);
}
