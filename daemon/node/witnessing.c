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

static void request_one(struct node *node, uint16_t kind, struct bytes body)
{
	const struct draft draft = {.kind = kind, .body = body};
	struct request *request = request_new(0, &draft, 1);
	if (request)
		flow_request(node, request);
}

/* Rows for at most one entry, from feed *NEXT on. */
static uint32_t collect_rows(
        struct node *node, const struct witnessing *w, struct witness_row *rows, uint32_t *next)
{
	uint32_t count = 0;
	for (; *next < node->feeds_count && count < WITNESS_ROWS_MAX; ++*next) {
		const struct feed_no no = {*next};
		struct node_feed *f = &node->feeds[no.n];
		uint64_t size = node->heads[no.n].size;
		if (size == FEED_SIZE_HELD || size <= f->witnessed || !grew(w->txn, no, f->witnessed, size))
			continue;
		if (witnessing_row(w, no, &rows[count])) {
			f->witnessed = rows[count].checkpoint.head.size;
			count++;
		}
	}
	return count;
}

static void state_seen(struct node *node, struct txn *txn)
{
	static struct witness_row rows[WITNESS_ROWS_MAX]; /* one thread */
	static uint8_t body[ENTRY_PAYLOAD_BYTES_MAX];
	const struct witnessing w = {.txn = txn,
	        .network = node->network,
	        .keys = node->options.keys,
	        .time_s = node->now.wall_ms / 1000};
	uint32_t next = 0, count;
	while ((count = collect_rows(node, &w, rows, &next)) > 0) {
		struct mp_out m = mp_out(body, sizeof body);
		witness_seen_pack(&m, w.time_s, rows, count);
		must(mp_out_end(&m) == ERR_OK);
		request_one(node, KIND_WITNESS_SEEN, mp_written(&m));
	}
}

static void state_heard(struct node *node, struct day today)
{
	static struct feed_no feeds[FEEDS_MAX];
	static uint8_t body[ENTRY_PAYLOAD_BYTES_MAX];
	uint32_t count = 0;
	for (uint32_t n = 0; n < node->feeds_count; n++) {
		struct node_feed *f = &node->feeds[n];
		if (!f->heard || f->heard_day.n == today.n)
			continue;
		f->heard = false;
		f->heard_day = today;
		feeds[count++] = (struct feed_no){n};
	}
	if (count == 0)
		return;
	struct mp_out m = mp_out(body, sizeof body);
	witness_heard_pack(&m, node->now.wall_ms / 1000, feeds, count);
	if (mp_out_end(&m) == ERR_OK)
		request_one(node, KIND_WITNESS_HEARD, mp_written(&m));
}

/* Where the statements that are in the log already stand. */
static void load(struct node *node, struct txn *txn)
{
	for (uint32_t n = 0; n < node->feeds_count; n++) {
		struct head covered;
		if (node->feeds[n].witnessed == 0 && query_covered(txn, (struct feed_no){n}, &covered))
			node->feeds[n].witnessed = covered.size;
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
	if (!(roles & (ROLE_REGISTRAR | ROLE_WITNESS)))
		return;
	if (info.last_time_ms > node->now.wall_ms + 1000) {
		node_say(node, 4,
		        "this machine's clock is behind our own newest entry: nothing is stated as a "
		        "witness");
		return;
	}
	if (!node->witness_loaded)
		load(node, txn);
	state_seen(node, txn);
	state_heard(node, date_of_ms(node->now.wall_ms, r->network.zone_minutes));
}

/* Where we can be dialled, when that changed: said once a start. */
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
	node->address_said = true;
	if (view_said_next(txn, &which, VIEW_NEWEST_FIRST, &at, &entry) &&
	        bytes_equal(entry.payload, mp_written(&m)))
		return;
	request_one(node, KIND_NODE_ADDRESS, mp_written(&m));
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
