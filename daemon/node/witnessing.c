/* SPDX-License-Identifier: Apache-2.0
 * witnessing.c: what this node states as a witness: which checkpoints it verified (witness.seen, when any feed grew by
 * more than witnesses' statements), and whose own nodes it was in step with (witness.heard, a feed once a day), so that
 * silence and absence are told apart. A witness whose clock is behind its own feed states nothing and says so. */
#include "node/witnessing.h"

#include <string.h>

#include "ledger/address.h"
#include "ledger/kinds.h"
#include "log/cosignature.h"
#include "log/kinds.h"
#include "node_int.h"
#include "storage/query.h"
#include "storage/view.h"

bool witnessing_row(const struct witnessing *w, struct feed_no feed, struct witness_row *out)
{
	struct feed_info info;
	uint8_t text[CHECKPOINT_TEXT_BYTES_MAX];
	struct bytes_out o = bytes_out(text, sizeof text);
	struct cosignature c;
	if (!feed_info(w->txn, feed, &info) || info.head.size == 0 || info.state == FEED_HELD)
		return false;
	if (!feed_checkpoint(w->txn, feed, info.head.size, &out->checkpoint))
		return false;
	out->feed = feed;
	checkpoint_put_text(&o, &w->network, &info.id, &out->checkpoint.head);
	cosignature_sign(&c, w->time_s, bytes_written(&o), w->keys->cosigner);
	memcpy(out->cosignature, c.signature, sizeof out->cosignature);
	return true;
}

/* Did the feed grow by anything but witnesses' statements since FROM? */
static bool grew(struct txn *txn, struct feed_no no, uint64_t from, uint64_t size)
{
	for (uint64_t seq = from; seq < size; seq++) {
		struct entry_ref entry;
		const struct place place = {.feed = no, .seq = seq};
		if (!feed_entry(txn, place, &entry))
			return false;
		if (entry.kind != KIND_WITNESS_SEEN && entry.kind != KIND_WITNESS_HEARD)
			return true;
	}
	return false;
}

/* By a kind other than witness.*: at once. By those alone: once a day, or statements would cause each other. */
static bool is_due(
        struct txn *txn, const struct node_feed *f, struct feed_no no, uint64_t size, struct day today)
{
	if (size == FEED_SIZE_HELD || size <= f->witnessed)
		return false;
	return f->seen_day.n != today.n || grew(txn, no, f->witnessed, size);
}

/* Rows for at most one entry, from feed *NEXT on. */
static uint32_t collect_rows(struct node *node, const struct witnessing *w, struct day today,
        struct witness_row *rows, uint32_t *next)
{
	uint32_t count = 0;
	for (; *next < node->feeds_count && count < WITNESS_ROWS_MAX; ++*next) {
		const struct feed_no no = {*next};
		struct node_feed *f = &node->feeds[no.n];
		if (!is_due(w->txn, f, no, node->heads[no.n].size, today))
			continue;
		if (!witnessing_row(w, no, &rows[count]))
			continue;
		f->witnessed = rows[count++].checkpoint.head.size;
		f->seen_day = today;
	}
	return count;
}

static void state_seen(struct node *node, struct txn *txn, struct day today, uint64_t time_ms)
{
	static struct witness_row rows[WITNESS_ROWS_MAX]; /* one thread */
	static uint8_t body[ENTRY_PAYLOAD_BYTES_MAX];
	const struct witnessing w = {
	        .txn = txn, .network = node->network, .keys = node->options.keys, .time_s = time_ms / 1000};
	uint32_t next = 0, count;
	while ((count = collect_rows(node, &w, today, rows, &next)) > 0) {
		struct mp_out m = mp_out(body, sizeof body);
		witness_seen_pack(&m, w.time_s, rows, count);
		must(mp_out_end(&m) == ERR_OK);
		writes_append(node, KIND_WITNESS_SEEN, mp_written(&m));
	}
}

static struct day day_of(const struct roster *r, uint64_t wall_ms)
{
	return date_of_ms(wall_ms, r->network.zone_minutes);
}

/* Whose node showed its feed to us today, and that is not stated yet? As many as one entry holds. */
static void state_heard(struct node *node, const struct roster *r, struct day today)
{
	static struct feed_no feeds[FEEDS_MAX];
	static uint8_t body[ENTRY_PAYLOAD_BYTES_MAX];
	uint32_t count = 0, max = (sizeof body - 32) / 5;
	for (uint32_t n = 0; n < node->feeds_count && count < max; n++) {
		struct node_feed *f = &node->feeds[n];
		if (!f->heard_wall_ms || day_of(r, f->heard_wall_ms).n != today.n ||
		        f->heard_day.n == today.n)
			continue;
		f->heard_day = today;
		feeds[count++] = (struct feed_no){n};
	}
	if (count == 0)
		return;
	struct mp_out m = mp_out(body, sizeof body);
	witness_heard_pack(&m, node->now.wall_ms / 1000, feeds, count);
	must(mp_out_end(&m) == ERR_OK);
	writes_append(node, KIND_WITNESS_HEARD, mp_written(&m));
}

static void load_seen(struct node *node, struct bytes body, struct day day)
{
	struct witness_seen seen;
	struct witness_row row;
	if (witness_seen_unpack(body, &seen))
		return;
	while (witness_seen_next(&seen, &row)) {
		struct node_feed *f = row.feed.n < node->feeds_count ? &node->feeds[row.feed.n] : NULL;
		if (!f || f->witnessed > row.checkpoint.head.size || f->seen_day.n >= day.n)
			continue;
		f->witnessed = row.checkpoint.head.size;
		f->seen_day = day;
	}
}

static void load_heard(struct node *node, struct bytes body, struct day day)
{
	struct witness_heard heard;
	struct feed_no no;
	if (witness_heard_unpack(body, &heard))
		return;
	while (witness_heard_next(&heard, &no))
		if (no.n < node->feeds_count && node->feeds[no.n].heard_day.n < day.n)
			node->feeds[no.n].heard_day = day;
}

/* Where our statements stand that are in the log already: of the newest entries; of older ones by the registrar's
 * view where we are the registrar. What is found nowhere is stated again, which is true as well. */
static void load(struct node *node, struct txn *txn, const struct roster *r)
{
	uint64_t size = node->own_head.size;
	for (uint32_t n = 0; n < node->feeds_count; n++) {
		struct node_feed *f = &node->feeds[n];
		struct head covered;
		f->witnessed = 0;
		f->heard_day = f->seen_day = (struct day){INT32_MIN};
		if (node->feeds[node->own.n].is_registrar &&
		        query_covered(txn, (struct feed_no){n}, &covered))
			f->witnessed = covered.size;
	}
	for (uint64_t seq = size; seq > 0 && size - seq < WITNESS_SCAN_MAX; seq--) {
		const struct place place = {.feed = node->own, .seq = seq - 1};
		struct entry_ref entry;
		if (!feed_entry(txn, place, &entry))
			return;
		if (entry.kind == KIND_WITNESS_SEEN)
			load_seen(node, entry.payload, day_of(r, entry.time_ms));
		else if (entry.kind == KIND_WITNESS_HEARD)
			load_heard(node, entry.payload, day_of(r, entry.time_ms));
	}
	node->witness_loaded = true;
}

static void state(struct node *node, struct txn *txn)
{
	const struct roster *r = txn_roster(txn);
	struct feed_info info;
	if (!feed_info(txn, node->own, &info) || !roster_feed(r, node->own))
		return;
	uint32_t roles = roster_roles_at(r, node->own, r->size);
	/* a registrar that an anchor named has roles from its first entry on, and this may be the first */
	if (!(roles & (ROLE_REGISTRAR | ROLE_WITNESS)) && roster_registrar(r).n != node->own.n)
		return;
	if (info.last_time_ms > node->now.wall_ms + 1000) {
		node_say(node, 4,
		        "this machine's clock is behind our own newest entry: nothing is stated as a "
		        "witness");
		return;
	}
	if (!node->witness_loaded)
		load(node, txn, r);
	struct day today = day_of(r, node->now.wall_ms);
	/* a statement's time is never below that of the one before */
	state_seen(node, txn, today,
	        info.last_time_ms > node->now.wall_ms ? info.last_time_ms : node->now.wall_ms);
	state_heard(node, r, today);
}

/* Where we can be dialled, when that changed, and hourly at most. */
static void say_address(struct node *node, struct txn *txn)
{
	const struct roster *r = txn_roster(txn);
	const struct view_said which = {
	        .member = roster_feed(r, node->own)->member, .kind = KIND_NODE_ADDRESS};
	struct view_at at = {0};
	struct entry_ref entry;
	uint8_t body[ADDRESS_BYTES_MAX + 16];
	struct mp_out m = mp_out(body, sizeof body);
	const struct address_list list = {.count = 1, .items = {bytes_text(node->options.advertise)}};
	address_pack(&m, &list);
	must(mp_out_end(&m) == ERR_OK);
	bool said = view_said_next(txn, &which, VIEW_NEWEST_FIRST, &at, &entry);
	if (said && !bytes_equal(entry.payload, mp_written(&m)) &&
	        node->now.wall_ms < entry.time_ms + NODE_ADDRESS_INTERVAL_MS)
		return; /* later */
	node->address_said = true;
	if (!said || !bytes_equal(entry.payload, mp_written(&m)))
		writes_append(node, KIND_NODE_ADDRESS, mp_written(&m));
}

void witnessing_tick(struct node *node, uint64_t *next_ms)
{
	struct txn *txn;
	if (!guard_publishes(node) || node->stopping)
		return;
	if (node->now.steady_ms >= node->witness_due_ms && !txn_read(node->options.store, &txn)) {
		node->witness_due_ms = node->now.steady_ms + node->options.witness_interval_ms;
		if (node->options.advertise && !node->address_said)
			say_address(node, txn);
		state(node, txn);
		txn_abort(txn);
	}
	if (*next_ms > node->witness_due_ms)
		*next_ms = node->witness_due_ms;
}
