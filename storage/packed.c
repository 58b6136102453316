/* SPDX-License-Identifier: Apache-2.0 */
/* packed.c: runs as one value each. */
#include "packed_int.h"

#include "db_int.h"
#include "txn_int.h"

#define ITEM_BYTES (1u + 2u + 8u + 4u)

static size_t packed_bytes(const struct run *run)
{
	size_t len = sizeof run->feed.bytes + sizeof run->signature;
	for (uint32_t i = 0; i < run->count; i++)
		len += ITEM_BYTES + run->items[i].payload.len;
	return len;
}

void packed_put(struct txn *t, enum table table, const struct key *key, const struct run *run)
{
	size_t len = packed_bytes(run);
	void *room = db_reserve(t, table, key, len);
	if (room == NULL)
		return;
	struct bytes_out o = bytes_out(room, len);
	bytes_put(&o, run->feed.bytes, sizeof run->feed.bytes);
	bytes_put(&o, run->signature, sizeof run->signature);
	for (uint32_t i = 0; i < run->count; i++) {
		const struct run_item *item = &run->items[i];
		bytes_put_u8(&o, (uint8_t)item->audience);
		bytes_put_u16(&o, item->kind);
		bytes_put_u64(&o, item->time_ms);
		bytes_put_u32(&o, (uint32_t)item->payload.len);
		bytes_put(&o, item->payload.data, item->payload.len);
	}
	must(bytes_out_end(&o) == ERR_OK);
}

bool packed_read(struct txn *t, struct bytes value, struct run_item *items, struct run *out)
{
	struct bytes_in in = bytes_in(value);
	bytes_get(&in, out->feed.bytes, sizeof out->feed.bytes);
	bytes_get(&in, out->signature, sizeof out->signature);
	uint32_t count = 0;
	while (bytes_left(&in) > 0 && count < RUN_ENTRIES_MAX && in.err == ERR_OK) {
		struct run_item *item = &items[count++];
		item->audience = bytes_get_u8(&in) == AUDIENCE_SEALED ? AUDIENCE_SEALED : AUDIENCE_NETWORK;
		item->kind = bytes_get_u16(&in);
		item->time_ms = bytes_get_u64(&in);
		item->payload = bytes_take(&in, bytes_get_u32(&in));
	}
	if (bytes_in_end(&in) != ERR_OK || count == 0) {
		txn_fail(t, ERR_STORE_DAMAGED);
		return false;
	}
	out->items = items;
	out->count = count;
	return true;
}
