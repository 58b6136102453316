/* SPDX-License-Identifier: Apache-2.0 */
/* entries.c: entries as rows. */
#include "entries_int.h"

#include <string.h>

#include "db_int.h"
#include "txn_int.h"

#define HEAD_BYTES (1u + 2u + 8u + REFERENCE_ID_BYTES)

bool entries_get(struct txn *t, struct place place, struct entry_ref *out)
{
	struct key key = keys_place(place);
	struct bytes value;
	if (!db_get(t, TABLE_ENTRY, &key, &value))
		return false;
	struct bytes_in in = bytes_in(value);
	struct entry_ref entry = {.place = place};
	entry.audience = bytes_get_u8(&in) == AUDIENCE_SEALED ? AUDIENCE_SEALED : AUDIENCE_NETWORK;
	entry.kind = bytes_get_u16(&in);
	entry.time_ms = bytes_get_u64(&in);
	bytes_get(&in, entry.id, sizeof entry.id);
	entry.payload = bytes_take(&in, bytes_left(&in));
	if (bytes_in_end(&in) != ERR_OK) {
		txn_fail(t, ERR_STORE_DAMAGED);
		return false;
	}
	*out = entry;
	return true;
}

void entries_put(struct txn *t, struct place place, const struct run_item *item, const struct hash *id)
{
	must(item->payload.len <= ENTRY_PAYLOAD_BYTES_MAX);
	struct key key = keys_place(place);
	size_t len = HEAD_BYTES + item->payload.len;
	void *room = db_reserve(t, TABLE_ENTRY, &key, len);
	if (room == NULL)
		return;
	struct bytes_out o = bytes_out(room, len);
	bytes_put_u8(&o, (uint8_t)item->audience);
	bytes_put_u16(&o, item->kind);
	bytes_put_u64(&o, item->time_ms);
	bytes_put(&o, id->bytes, REFERENCE_ID_BYTES);
	bytes_put(&o, item->payload.data, item->payload.len);
	must(bytes_out_end(&o) == ERR_OK);
}

void entries_remove(struct txn *t, struct place place)
{
	struct key key = keys_place(place);
	db_remove(t, TABLE_ENTRY, &key);
}

struct run_item entries_item(const struct entry_ref *entry)
{
	return (struct run_item){.audience = entry->audience,
	        .kind = entry->kind,
	        .time_ms = entry->time_ms,
	        .payload = entry->payload};
}

struct entry_ref entries_of_run(const struct run *run, struct feed_no no, uint32_t i)
{
	const struct run_item *item = &run->items[i];
	return (struct entry_ref){.place = {.feed = no, .seq = run->from + i},
	        .audience = item->audience,
	        .kind = item->kind,
	        .time_ms = item->time_ms,
	        .payload = item->payload};
}

struct entry_header entries_header(const struct feed_id *feed, const struct entry_ref *entry)
{
	return (struct entry_header){.audience = entry->audience,
	        .kind = entry->kind,
	        .seq = entry->place.seq,
	        .time_ms = entry->time_ms,
	        .payload_bytes = (uint32_t)entry->payload.len,
	        .feed = *feed,
	        .payload = hash_of(entry->payload)};
}

struct hash entries_id(const struct feed_id *feed, const struct entry_ref *entry)
{
	struct entry_header header = entries_header(feed, entry);
	return entry_id(&header);
}
