/* SPDX-License-Identifier: Apache-2.0 */
/* feed.c: what others may ask of a feed, and the door through which runs come in. A run was checked outside the
 * transaction, maybe long before, so here its ids are put onto the tree that is stored now: if that does not give the
 * root that was checked, the run is no longer next. */
#include "storage/feed.h"

#include <string.h>

#include "anchored_int.h"
#include "branch_int.h"
#include "db_int.h"
#include "entries_int.h"
#include "kept_int.h"
#include "log/roster_body.h"
#include "own_int.h"
#include "packed_int.h"
#include "rebuild_int.h"
#include "tip_int.h"
#include "txn_int.h"
#include "witnessed_int.h"

static bool is_held(struct txn *t, struct feed_no no)
{
	struct key key = keys_feed(no), at = {.len = 0};
	struct bytes proof;
	struct row row;
	return db_get(t, TABLE_HOLD, &key, &proof) || db_next_under(t, TABLE_FORK, &key, &at, &row);
}

static enum feed_state state_of(
        struct txn *t, struct feed_no no, const struct roster_feed *feed, bool bounded)
{
	if (feed->is_void)
		return FEED_VOID;
	if (bounded)
		return FEED_CUT;
	return is_held(t, no) ? FEED_HELD : FEED_OPEN;
}

/* A branch that is pulled anew shows nothing before it is whole, also where another one is still held meanwhile. */
static struct head shown(const struct tip *tip)
{
	if (tip->is_staged)
		return (struct head){.size = 0, .root = hash_of(BYTES(NULL, 0))};
	return (struct head){.size = tip->tree.size, .root = tip->root};
}

bool feed_info(struct txn *txn, struct feed_no no, struct feed_info *out)
{
	const struct roster_feed *feed = roster_feed(txn_roster(txn), no);
	struct tip tip;
	if (feed == NULL)
		return false;
	tip_get(txn, no, &tip);
	struct head cutoff = {.size = 0};
	bool bounded = muster_cutoff(txn->muster, no, &cutoff);
	*out = (struct feed_info){.id = feed->keys.feed,
	        .member = feed->member,
	        .state = state_of(txn, no, feed, bounded),
	        .head = shown(&tip),
	        .last_time_ms = tip.last_time_ms,
	        .cutoff = cutoff,
	        .is_staged = tip.is_staged,
	        .next = tip.is_staged ? tip.staged.size : tip.tree.size};
	return txn->err == ERR_OK;
}

bool feed_roster_head(struct txn *txn, struct feed_no no, struct head *out)
{
	if (roster_feed(txn_roster(txn), no) == NULL)
		return false;
	*out = tip_head(txn, no);
	return txn->err == ERR_OK;
}

uint32_t feed_heads(struct txn *txn, struct feed_no first, uint32_t count, struct head *out)
{
	uint32_t all = txn_roster(txn)->feeds_count;
	uint32_t there = first.n >= all ? 0 : all - first.n < count ? all - first.n : count;
	struct tip tip;
	for (uint32_t i = 0; i < there; i++) {
		tip_get(txn, (struct feed_no){.n = first.n + i}, &tip);
		out[i] = shown(&tip);
	}
	return there;
}

static void base_of(const struct tip *tip, struct tree *tree, uint64_t *last_time_ms)
{
	*tree = tip->is_staged ? tip->staged : tip->tree;
	*last_time_ms = tip->is_staged ? tip->staged_time_ms : tip->last_time_ms;
}

bool feed_base(struct txn *txn, struct feed_no no, struct tree *tree, uint64_t *last_time_ms)
{
	struct tip tip;
	if (no.n != 0 && roster_feed(txn_roster(txn), no) == NULL)
		return false;
	tip_get(txn, no, &tip);
	base_of(&tip, tree, last_time_ms);
	return txn->err == ERR_OK;
}

/* The first run of a network: its entry 0 names the keys of its own feed. */
static enum err check_founding(
        struct txn *t, struct feed_no no, const struct run *run, const struct run_effect *effect)
{
	struct roster_found found;
	struct network_id known;
	if (no.n != 0)
		return ERR_UNKNOWN_FEED;
	if (run->from != 0)
		return ERR_NOT_NEXT;
	if (own_network(t, &known) && memcmp(known.bytes, effect->ids[0].bytes, sizeof known.bytes) != 0)
		return ERR_WRONG_NETWORK;
	struct roster_entry entry = {.time_ms = run->items[0].time_ms,
	        .kind = run->items[0].kind,
	        .body = run->items[0].payload,
	        .id = effect->ids[0]};
	enum err e = muster_founds(t, &entry);
	if (e == ERR_OK)
		e = roster_body_found_unpack(run->items[0].payload, &found);
	if (e == ERR_NO_MEMORY)
		return e;
	if (e != ERR_OK || memcmp(found.keys.feed.bytes, run->feed.bytes, sizeof run->feed.bytes) != 0)
		return ERR_WRONG_NETWORK;
	return ERR_OK;
}

static enum err found(struct txn *t, const struct run_effect *effect)
{
	struct network_id network;
	memcpy(network.bytes, effect->ids[0].bytes, sizeof network.bytes);
	return own_network_set(t, &network);
}

static enum err check_feed(struct txn *t, struct feed_no no, const struct run *run)
{
	const struct roster_feed *feed = roster_feed(txn_roster(t), no);
	struct head cutoff;
	if (feed == NULL)
		return ERR_UNKNOWN_FEED;
	if (feed->is_void)
		return ERR_OUT_OF_RANGE;
	if (memcmp(feed->keys.feed.bytes, run->feed.bytes, sizeof run->feed.bytes) != 0)
		return ERR_UNKNOWN_FEED;
	return !muster_cutoff(t->muster, no, &cutoff) && is_held(t, no) ? ERR_FORKED : ERR_OK;
}

static enum err check_fit(const struct tip *tip, const struct run *run, const struct run_effect *effect)
{
	struct tree tree;
	struct hash unused;
	uint64_t last_time_ms;
	base_of(tip, &tree, &last_time_ms);
	must(run->count >= 1 && run->count <= RUN_ENTRIES_MAX);
	if (run->from != tree.size || run->items[0].time_ms < last_time_ms)
		return ERR_NOT_NEXT;
	for (uint32_t i = 0; i < run->count; i++)
		(void)tree_append(&tree, &effect->ids[i], &unused);
	struct hash root = tree_root(&tree);
	return hash_equal(&root, &effect->root) ? ERR_OK : ERR_NOT_NEXT;
}

static enum err check_cutoff(const struct muster *m, struct feed_no no, const struct run_effect *effect)
{
	struct head cutoff;
	if (!muster_cutoff(m, no, &cutoff) || effect->tree.size < cutoff.size)
		return ERR_OK;
	if (effect->tree.size > cutoff.size)
		return ERR_OUT_OF_RANGE;
	return hash_equal(&effect->root, &cutoff.root) ? ERR_OK : ERR_BAD_ROOT;
}

enum err feed_accept(
        struct txn *txn, struct feed_no no, const struct run *run, const struct run_effect *effect)
{
	struct tip tip;
	if (txn->err != ERR_OK)
		return txn->err;
	enum err e =
	        txn_roster(txn)->founded ? check_feed(txn, no, run) : check_founding(txn, no, run, effect);
	if (e != ERR_OK)
		return e;
	tip_get(txn, no, &tip);
	e = check_fit(&tip, run, effect);
	if (e == ERR_OK)
		e = check_cutoff(txn->muster, no, effect);
	if (e == ERR_OK && !txn_roster(txn)->founded)
		e = found(txn, effect);
	if (e != ERR_OK)
		return txn->err != ERR_OK ? txn->err : e;
	if (tip.is_staged)
		branch_stage(txn, no, run, effect);
	else
		branch_append(txn, no, run, effect);
	return txn->err;
}

enum err feed_restage(struct txn *txn, struct feed_no no)
{
	struct head cutoff;
	if (!muster_cutoff(txn->muster, no, &cutoff))
		return ERR_OUT_OF_RANGE;
	branch_restage(txn, no);
	if (muster_is_registrar(txn->muster, no) && branch_recall(txn, no, &cutoff))
		anchored_arrived(txn, no);
	return txn->err;
}

enum err feed_withdraw(struct txn *txn, struct feed_no no, uint64_t size)
{
	struct head cutoff;
	struct checkpoint end;
	bool is_end = size == 0 || (feed_checkpoint(txn, no, size, &end) && end.head.size == size);
	if (txn->err != ERR_OK)
		return txn->err;
	if (!is_end || size > tip_head(txn, no).size || muster_cutoff(txn->muster, no, &cutoff))
		return ERR_OUT_OF_RANGE;
	branch_withdraw(txn, no, size);
	if (muster_is_registrar(txn->muster, no))
		rebuild_all(txn);
	return txn->err;
}

bool feed_entry(struct txn *txn, struct place place, struct entry_ref *out)
{
	return entries_get(txn, place, out);
}

bool feed_header(struct txn *txn, const struct entry_ref *entry, struct entry_header *out)
{
	const struct roster_feed *feed = roster_feed(txn_roster(txn), entry->place.feed);
	if (feed == NULL)
		return false;
	*out = entries_header(&feed->keys.feed, entry);
	return true;
}

struct reference feed_reference(const struct entry_ref *entry)
{
	struct reference reference = {.place = entry->place};
	memcpy(reference.id, entry->id, sizeof reference.id);
	return reference;
}

/* Add the entries up to END to a run, if they fit into one. */
static bool join(struct txn *t, struct feed_no no, struct run_item *items, uint64_t end, struct run *run)
{
	struct run longer = *run;
	for (uint64_t seq = run->from + run->count; seq < end; seq++) {
		struct entry_ref entry;
		if (longer.count == RUN_ENTRIES_MAX ||
		        !entries_get(t, (struct place){.feed = no, .seq = seq}, &entry))
			return false;
		items[longer.count++] = entries_item(&entry);
	}
	if (longer.count > 1 && run_bytes(&longer) > RUN_BYTES_MAX)
		return false;
	run->count = longer.count;
	return true;
}

bool feed_run(struct txn *txn, struct feed_no no, uint64_t from, uint64_t to, struct run_item *items,
        struct run *out)
{
	const struct roster_feed *feed = roster_feed(txn_roster(txn), no);
	struct run run = {.from = from, .items = items};
	struct checkpoint end = {.head = {.size = from}};
	if (feed == NULL)
		return false;
	run.feed = feed->keys.feed;
	do {
		if (!kept_from(txn, no, end.head.size + 1, &end) ||
		        (run.count > 0 && !kept_is_signed(&end)) ||
		        !join(txn, no, items, end.head.size, &run))
			break;
		memcpy(run.signature, end.signature, sizeof run.signature);
	} while (end.head.size < to);
	if (run.count == 0 || txn->err != ERR_OK)
		return false;
	*out = run;
	return true;
}

bool feed_checkpoint(struct txn *txn, struct feed_no no, uint64_t size, struct checkpoint *out)
{
	struct checkpoint found;
	if (!kept_from(txn, no, size, &found) || !kept_is_signed(&found))
		return false;
	*out = found;
	return true;
}

static enum err read_hashes(
        void *context, enum proof_level level, uint64_t from, uint32_t count, struct hash *out)
{
	const struct feed_proof *proof = context;
	const struct roster_feed *feed = roster_feed(txn_roster(proof->txn), proof->no);
	for (uint32_t i = 0; i < count; i++) {
		struct key key = keys_feed_n(proof->no, from + i);
		struct bytes value;
		struct entry_ref entry;
		bool leaf = level == PROOF_LEAVES;
		if (leaf && feed != NULL &&
		        entries_get(proof->txn, keys_get_place(keys_bytes(&key), 0), &entry))
			out[i] = entries_id(&feed->keys.feed, &entry);
		else if (!leaf && db_get(proof->txn, TABLE_SUBTREE, &key, &value) &&
		         value.len == sizeof out->bytes)
			memcpy(out[i].bytes, value.data, sizeof out->bytes);
		else
			return proof->txn->err != ERR_OK ? proof->txn->err : ERR_STORE_DAMAGED;
	}
	return ERR_OK;
}

struct proof_source feed_proof_source(struct feed_proof *memory)
{
	return (struct proof_source){.context = memory, .read = read_hashes};
}

bool feed_tree_at(struct txn *txn, struct feed_no no, uint64_t size, struct tree *out)
{
	struct tip tip;
	tip_get(txn, no, &tip);
	if (size > tip.tree.size || txn->err != ERR_OK)
		return false;
	if (size == tip.tree.size) {
		*out = tip.tree;
		return true;
	}
	struct feed_proof memory = {.txn = txn, .no = no};
	struct proof_source source = feed_proof_source(&memory);
	return proof_tree(&source, size, out) == ERR_OK;
}

bool feed_has_head(struct txn *txn, struct feed_no no, const struct head *head)
{
	struct tree tree;
	if (head->size == 0)
		return true;
	if (!feed_tree_at(txn, no, head->size, &tree))
		return false;
	const struct hash root = tree_root(&tree);
	return hash_equal(&root, &head->root);
}

bool feed_aside_next(struct txn *txn, struct feed_no no, struct feed_aside_at *at, struct feed_aside *out)
{
	struct key prefix = keys_feed(no), last = keys_of(BYTES(at->key, at->len));
	struct run run;
	struct row row;
	if (!db_next_under(txn, TABLE_ASIDE, &prefix, &last, &row) ||
	        !packed_read(txn, row.value, out->items, &run))
		return false;
	at->len = last.len;
	memcpy(at->key, last.bytes, last.len);
	out->from = keys_get_u64(row.key, 4);
	out->count = run.count;
	memcpy(out->signature, run.signature, sizeof out->signature);
	return true;
}

enum err feed_hold(struct txn *txn, const struct fork *fork)
{
	struct feed_no no;
	uint8_t packed[FORK_PROOF_BYTES_MAX];
	if (!txn_find_feed(txn, &fork->feed, &no))
		return ERR_UNKNOWN_FEED;
	struct key key = keys_feed(no);
	struct bytes kept;
	if (db_get(txn, TABLE_HOLD, &key, &kept))
		return ERR_EXISTS;
	struct mp_out m = mp_out(packed, sizeof packed);
	fork_pack(&m, fork);
	must(mp_out_end(&m) == ERR_OK);
	db_put(txn, TABLE_HOLD, &key, mp_written(&m));
	return txn->err;
}

bool feed_fork(struct txn *txn, struct feed_no no, struct fork *out)
{
	struct key key = keys_feed(no);
	struct bytes kept;
	if (db_get(txn, TABLE_HOLD, &key, &kept))
		return fork_unpack(kept, out) == ERR_OK;
	return witnessed_fork_of(txn, no, out);
}

bool feed_fork_unsaid(struct txn *txn, struct feed_no no, struct fork *out)
{
	return !witnessed_fork_said(txn, no) && feed_fork(txn, no, out);
}

bool feed_anchor(struct txn *txn, struct anchor *out)
{
	return anchored_newest(txn, out);
}

enum err feed_anchor_accept(struct txn *txn, const struct anchor *anchor)
{
	struct anchor before;
	bool known = anchored_newest(txn, &before);
	if (txn->err != ERR_OK)
		return txn->err;
	if (!anchor_wins(anchor, known ? &before : NULL))
		return ERR_EXISTS;
	anchored_take(txn, anchor);
	return txn->err;
}

enum feed_anchored feed_anchored(struct txn *txn)
{
	struct anchor anchor;
	if (!anchored_newest(txn, &anchor))
		return FEED_ANCHOR_NONE;
	if (txn->muster->is_leaving)
		return FEED_ANCHOR_LEAVES;
	if (txn_roster(txn)->anchor_number == anchor.number)
		return FEED_ANCHOR_FOLLOWED;
	return muster_is_complete(txn->muster) ? FEED_ANCHOR_BARRED : FEED_ANCHOR_AWAITS;
}
