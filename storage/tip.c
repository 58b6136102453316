/* SPDX-License-Identifier: Apache-2.0 */
/* tip.c: rows of the table of feeds: size u64, root, time u64, flags u8, the tree; of a cut feed the cutoff's size u64
 * and root; of a staged feed time u64 and the staged tree. */
#include "tip_int.h"

#include "db_int.h"
#include "txn_int.h"

#define TIP_BYTES_MAX (1u + 2u * (8u + 32u) + 2u * (8u + 8u + TREE_PEAKS_MAX * 32u))
enum { FLAG_CUT = 1, FLAG_STAGED = 2 };

static void empty(struct tip *tip)
{
	tip->last_time_ms = 0;
	tip->is_cut = false;
	tip->is_staged = false;
	tip->staged_time_ms = 0;
	tree_init(&tip->tree);
	tree_init(&tip->staged);
	tip->root = tree_root(&tip->tree);
}

void tip_get(struct txn *t, struct feed_no feed, struct tip *out)
{
	struct key key = keys_feed(feed);
	struct bytes value;
	empty(out);
	if (!db_get(t, TABLE_FEED, &key, &value))
		return;
	struct bytes_in in = bytes_in(value);
	uint64_t size = bytes_get_u64(&in);
	bytes_get(&in, out->root.bytes, sizeof out->root.bytes);
	out->last_time_ms = bytes_get_u64(&in);
	unsigned flags = bytes_get_u8(&in);
	tree_get(&in, &out->tree);
	out->is_cut = (flags & FLAG_CUT) != 0;
	out->is_staged = (flags & FLAG_STAGED) != 0;
	if (out->is_cut) {
		out->cutoff.size = bytes_get_u64(&in);
		bytes_get(&in, out->cutoff.root.bytes, sizeof out->cutoff.root.bytes);
	}
	if (out->is_staged) {
		out->staged_time_ms = bytes_get_u64(&in);
		tree_get(&in, &out->staged);
	}
	if (bytes_in_end(&in) != ERR_OK || size != out->tree.size)
		txn_fail(t, ERR_STORE_DAMAGED);
}

void tip_put(struct txn *t, struct feed_no feed, const struct tip *tip)
{
	struct key key = keys_feed(feed);
	uint8_t value[TIP_BYTES_MAX];
	struct bytes_out o = bytes_out(value, sizeof value);
	bytes_put_u64(&o, tip->tree.size);
	bytes_put(&o, tip->root.bytes, sizeof tip->root.bytes);
	bytes_put_u64(&o, tip->last_time_ms);
	bytes_put_u8(&o, (uint8_t)((tip->is_cut ? FLAG_CUT : 0) | (tip->is_staged ? FLAG_STAGED : 0)));
	tree_put(&o, &tip->tree);
	if (tip->is_cut) {
		bytes_put_u64(&o, tip->cutoff.size);
		bytes_put(&o, tip->cutoff.root.bytes, sizeof tip->cutoff.root.bytes);
	}
	if (tip->is_staged) {
		bytes_put_u64(&o, tip->staged_time_ms);
		tree_put(&o, &tip->staged);
	}
	must(bytes_out_end(&o) == ERR_OK);
	db_put(t, TABLE_FEED, &key, bytes_written(&o));
}

struct head tip_head(struct txn *t, struct feed_no feed)
{
	struct key key = keys_feed(feed);
	struct bytes value;
	struct head head = {.size = 0};
	if (!db_get(t, TABLE_FEED, &key, &value)) {
		head.root = hash_of(BYTES(NULL, 0));
		return head;
	}
	struct bytes_in in = bytes_in(value);
	head.size = bytes_get_u64(&in);
	bytes_get(&in, head.root.bytes, sizeof head.root.bytes);
	return head;
}
