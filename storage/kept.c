/* SPDX-License-Identifier: Apache-2.0 */
/* kept.c: rows of the table of runs: signature, root. */
#include "kept_int.h"

#include <string.h>

#include "db_int.h"
#include "txn_int.h"

void kept_put(struct txn *t, struct feed_no feed, const struct checkpoint *checkpoint)
{
	struct key key = keys_feed_n(feed, checkpoint->head.size);
	uint8_t value[64 + 32];
	memcpy(value, checkpoint->signature, 64);
	memcpy(value + 64, checkpoint->head.root.bytes, 32);
	db_put(t, TABLE_RUN, &key, BYTES_OF(value));
}

void kept_remove(struct txn *t, struct feed_no feed, uint64_t size)
{
	struct key key = keys_feed_n(feed, size);
	db_remove(t, TABLE_RUN, &key);
}

static bool read(struct txn *t, const struct row *row, struct feed_no feed, struct checkpoint *out)
{
	struct key prefix = keys_feed(feed);
	if (!keys_under(row->key, &prefix))
		return false;
	if (row->value.len != 64 + 32) {
		txn_fail(t, ERR_STORE_DAMAGED);
		return false;
	}
	out->head.size = keys_get_u64(row->key, 4);
	memcpy(out->signature, row->value.data, 64);
	memcpy(out->head.root.bytes, row->value.data + 64, 32);
	return true;
}

bool kept_from(struct txn *t, struct feed_no feed, uint64_t size, struct checkpoint *out)
{
	struct key key = keys_feed_n(feed, size);
	struct row row;
	return db_at_least(t, TABLE_RUN, &key, &row) && read(t, &row, feed, out);
}

bool kept_below(struct txn *t, struct feed_no feed, uint64_t size, struct checkpoint *out)
{
	struct key key = keys_feed_n(feed, size);
	struct row row;
	return db_before(t, TABLE_RUN, &key, &row) && read(t, &row, feed, out);
}

bool kept_is_signed(const struct checkpoint *checkpoint)
{
	static const uint8_t zeros[sizeof checkpoint->signature];
	return memcmp(checkpoint->signature, zeros, sizeof zeros) != 0;
}
