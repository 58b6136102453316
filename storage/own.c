/* SPDX-License-Identifier: Apache-2.0 */
/* own.c: what the node knows of itself: rows of META by short names, and the drawers. */
#include "own_int.h"

#include <string.h>

#include "base/bug.h"
#include "db_int.h"
#include "log/anchor.h"
#include "tip_int.h"
#include "txn_int.h"

static bool get(struct txn *t, const char *name, size_t len, struct bytes *out)
{
	struct key key = keys_name(name);
	if (!db_get(t, TABLE_META, &key, out))
		return false;
	if (out->len == len)
		return true;
	txn_fail(t, ERR_STORE_DAMAGED);
	return false;
}

static void put(struct txn *t, const char *name, struct bytes value)
{
	struct key key = keys_name(name);
	db_put(t, TABLE_META, &key, value);
}

static uint64_t get_u64(struct txn *t, const char *name)
{
	struct bytes value;
	if (!get(t, name, 8, &value))
		return 0;
	struct bytes_in in = bytes_in(value);
	return bytes_get_u64(&in);
}

static void put_u64(struct txn *t, const char *name, uint64_t v)
{
	uint8_t value[8];
	struct bytes_out o = bytes_out(value, sizeof value);
	bytes_put_u64(&o, v);
	put(t, name, bytes_written(&o));
}

bool own_network(struct txn *txn, struct network_id *out)
{
	struct bytes value;
	if (!get(txn, "network", sizeof out->bytes, &value))
		return false;
	memcpy(out->bytes, value.data, sizeof out->bytes);
	return true;
}

enum err own_network_set(struct txn *txn, const struct network_id *network)
{
	struct network_id known;
	if (own_network(txn, &known))
		return memcmp(&known, network, sizeof known) == 0 ? ERR_OK : ERR_WRONG_NETWORK;
	put(txn, "network", BYTES_OF(network->bytes));
	return txn->err;
}

const struct feed_keys *own_keys(const struct store *store)
{
	return &store->own;
}

bool own_feed(struct txn *txn, struct feed_no *out)
{
	return txn_find_feed(txn, &txn->store->own.feed, out);
}

void own_mark(struct txn *txn, struct head *out)
{
	struct bytes value;
	*out = (struct head){.root = hash_of(BYTES(NULL, 0))};
	if (!get(txn, "mark", 8 + sizeof out->root.bytes, &value))
		return;
	struct bytes_in in = bytes_in(value);
	out->size = bytes_get_u64(&in);
	bytes_get(&in, out->root.bytes, sizeof out->root.bytes);
}

static enum err put_mark(struct txn *txn, const struct head *mark)
{
	uint8_t value[8 + sizeof mark->root.bytes];
	struct bytes_out o = bytes_out(value, sizeof value);
	bytes_put_u64(&o, mark->size);
	bytes_put(&o, mark->root.bytes, sizeof mark->root.bytes);
	put(txn, "mark", bytes_written(&o));
	return txn->err;
}

enum err own_mark_set(struct txn *txn, const struct head *mark)
{
	struct head before;
	struct feed_no own;
	own_mark(txn, &before);
	if (mark->size < before.size || !own_feed(txn, &own) || mark->size > tip_head(txn, own).size)
		return txn->err != ERR_OK ? txn->err : ERR_OUT_OF_RANGE;
	return put_mark(txn, mark);
}

enum err own_mark_undo(struct txn *txn, const struct head *mark)
{
	struct head before;
	own_mark(txn, &before);
	if (mark->size > before.size)
		return txn->err != ERR_OK ? txn->err : ERR_OUT_OF_RANGE;
	return put_mark(txn, mark);
}

uint64_t own_generation(struct txn *txn)
{
	return get_u64(txn, "generation");
}

uint64_t own_generation_raise(struct txn *txn, uint64_t above)
{
	uint64_t before = own_generation(txn), raised = (before > above ? before : above) + 1;
	put_u64(txn, "generation", raised);
	if (BUG(MARK_NOT_DURABLE))
		(void)put_mark(txn, &(struct head){.root = hash_of(BYTES(NULL, 0))});
	return raised;
}

enum own_trust own_trust(struct txn *txn)
{
	return get_u64(txn, "restored") != 0 ? OWN_RESTORED : OWN_SETTLED;
}

void own_trust_set(struct txn *txn, enum own_trust trust)
{
	put_u64(txn, "restored", trust == OWN_RESTORED);
}

uint64_t own_epoch(struct txn *t)
{
	return get_u64(t, "epoch");
}

void own_epoch_raise(struct txn *t)
{
	put_u64(t, "epoch", own_epoch(t) + 1);
}

bool own_anchor(struct txn *t, struct bytes *out)
{
	struct key key = keys_name("anchor");
	return db_get(t, TABLE_META, &key, out);
}

void own_anchor_put(struct txn *t, struct bytes packed)
{
	put(t, "anchor", packed);
}

#define LEAVING_HEAD_BYTES (4u + 8u + 32u)

bool own_leaving(struct txn *t, struct own_leaving *out)
{
	struct key key = keys_name("leaving");
	struct bytes value;
	if (!db_get(t, TABLE_META, &key, &value))
		return false;
	struct bytes_in in = bytes_in(value);
	out->feed.n = bytes_get_u32(&in);
	out->end.size = bytes_get_u64(&in);
	bytes_get(&in, out->end.root.bytes, sizeof out->end.root.bytes);
	if (value.len <= LEAVING_HEAD_BYTES) {
		txn_fail(t, ERR_STORE_DAMAGED);
		return false;
	}
	out->anchor = BYTES(value.data + LEAVING_HEAD_BYTES, value.len - LEAVING_HEAD_BYTES);
	return true;
}

void own_leaving_put(struct txn *t, const struct own_leaving *leaving)
{
	uint8_t value[LEAVING_HEAD_BYTES + ANCHOR_BYTES_MAX];
	struct bytes_out o = bytes_out(value, sizeof value);
	bytes_put_u32(&o, leaving->feed.n);
	bytes_put_u64(&o, leaving->end.size);
	bytes_put(&o, leaving->end.root.bytes, sizeof leaving->end.root.bytes);
	bytes_put(&o, leaving->anchor.data, leaving->anchor.len);
	must(bytes_out_end(&o) == ERR_OK);
	put(t, "leaving", bytes_written(&o));
}

void own_leaving_remove(struct txn *t)
{
	struct key key = keys_name("leaving");
	db_remove(t, TABLE_META, &key);
}

void own_put(struct txn *txn, enum own_drawer drawer, struct bytes key, struct bytes value)
{
	size_t max = drawer == OWN_REFUSED ? OWN_ENTRY_BYTES_MAX : OWN_VALUE_BYTES_MAX;
	must(key.len >= 1 && key.len <= OWN_KEY_BYTES_MAX && value.len <= max);
	struct key whole = keys_drawer((uint8_t)drawer, key);
	db_put(txn, TABLE_DRAWER, &whole, value);
}

bool own_get(struct txn *txn, enum own_drawer drawer, struct bytes key, struct bytes *value)
{
	must(key.len >= 1 && key.len <= OWN_KEY_BYTES_MAX);
	struct key whole = keys_drawer((uint8_t)drawer, key);
	return db_get(txn, TABLE_DRAWER, &whole, value);
}

void own_remove(struct txn *txn, enum own_drawer drawer, struct bytes key)
{
	must(key.len >= 1 && key.len <= OWN_KEY_BYTES_MAX);
	struct key whole = keys_drawer((uint8_t)drawer, key);
	db_remove(txn, TABLE_DRAWER, &whole);
}

bool own_next(
        struct txn *txn, enum own_drawer drawer, struct own_at *at, struct bytes *key, struct bytes *value)
{
	struct key prefix = keys_drawer((uint8_t)drawer, BYTES(NULL, 0)),
	           last = keys_of(BYTES(at->key, at->len));
	struct row row;
	if (!db_next_under(txn, TABLE_DRAWER, &prefix, &last, &row))
		return false;
	at->len = last.len;
	memcpy(at->key, last.bytes, last.len);
	*key = BYTES(row.key.data + 1, row.key.len - 1);
	*value = row.value;
	return true;
}
