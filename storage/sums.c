/* SPDX-License-Identifier: Apache-2.0 */
/* sums.c: a pair has two rows, one seen from each side, the second with every sign turned; a row without objects is not
 * there, so that equal sets give equal tables. */
#include "sums_int.h"

#include "db_int.h"
#include "txn_int.h"

static void *collected(struct txn *t, struct map *map, struct place key)
{
	void *value = map_at(map, key);
	if (value == NULL)
		txn_fail(t, ERR_NO_MEMORY);
	return value;
}

void sums_sealed(struct txn *t, struct feed_no feed, enum err result, int by)
{
	struct sealed_change *change = collected(t, &t->work->sealed, (struct place){.feed = feed});
	if (change == NULL)
		return;
	if (result == ERR_OK)
		change->opened += by;
	else if (result == ERR_NOT_FOR_US)
		change->not_for_us += by;
	else
		change->broken += by;
}

static void add(struct pair_sums *to, const struct pair_sums *from, int64_t by)
{
	to->position.n += by * from->position.n;
	to->pending.n += by * from->pending.n;
	to->pending_payments.n += by * from->pending_payments.n;
	to->disputed.n += by * from->disputed.n;
}

void sums_object(struct txn *t, const struct sums_object *object, int by)
{
	must(object->a.n < object->b.n && object->type > OBJECT_NONE && object->type < OBJECT_TYPES);
	struct place pair = {.feed = {.n = object->a.n}, .seq = object->b.n};
	struct sum_change *change = collected(t, &t->work->sums, pair);
	if (change == NULL)
		return;
	add(&change->sums, &object->sums, by);
	change->objects[object->type] += by;
}

#define SUM_BYTES (4u * 8u + (OBJECT_TYPES - 1u) * 4u)

bool sums_read(struct bytes value, struct view_sum *out)
{
	struct bytes_in in = bytes_in(value);
	out->sums.position.n = (int64_t)bytes_get_u64(&in);
	out->sums.pending.n = (int64_t)bytes_get_u64(&in);
	out->sums.pending_payments.n = (int64_t)bytes_get_u64(&in);
	out->sums.disputed.n = (int64_t)bytes_get_u64(&in);
	out->objects[OBJECT_NONE] = 0;
	for (unsigned type = OBJECT_NONE + 1; type < OBJECT_TYPES; type++)
		out->objects[type] = bytes_get_u32(&in);
	return bytes_in_end(&in) == ERR_OK;
}

static void write_sum(struct txn *t, const struct key *key, const struct view_sum *sum)
{
	uint8_t value[SUM_BYTES];
	struct bytes_out o = bytes_out(value, sizeof value);
	uint64_t objects = 0;
	bytes_put_u64(&o, (uint64_t)sum->sums.position.n);
	bytes_put_u64(&o, (uint64_t)sum->sums.pending.n);
	bytes_put_u64(&o, (uint64_t)sum->sums.pending_payments.n);
	bytes_put_u64(&o, (uint64_t)sum->sums.disputed.n);
	for (unsigned type = OBJECT_NONE + 1; type < OBJECT_TYPES; type++) {
		bytes_put_u32(&o, sum->objects[type]);
		objects += sum->objects[type];
	}
	must(bytes_out_end(&o) == ERR_OK);
	if (objects > 0)
		db_put(t, TABLE_SUM, key, bytes_written(&o));
	else
		db_remove(t, TABLE_SUM, key);
}

static void apply(
        struct txn *t, struct member_no self, struct member_no partner, const struct sum_change *change)
{
	struct key key = keys_pair(self, partner);
	struct view_sum sum = {.partner = partner};
	struct bytes value;
	if (db_get(t, TABLE_SUM, &key, &value) && !sums_read(value, &sum)) {
		txn_fail(t, ERR_STORE_DAMAGED);
		return;
	}
	add(&sum.sums, &change->sums, self.n < partner.n ? 1 : -1);
	for (unsigned type = OBJECT_NONE + 1; type < OBJECT_TYPES; type++) {
		int64_t count = (int64_t)sum.objects[type] + change->objects[type];
		if (count < 0 || count > UINT32_MAX) {
			txn_fail(t, ERR_STORE_DAMAGED);
			return;
		}
		sum.objects[type] = (uint32_t)count;
	}
	write_sum(t, &key, &sum);
}

struct view_sealed sums_sealed_get(struct txn *t, struct feed_no feed)
{
	struct key key = keys_feed(feed);
	struct view_sealed sealed = {.opened = 0};
	struct bytes value;
	if (!db_get(t, TABLE_SEALED, &key, &value))
		return sealed;
	struct bytes_in in = bytes_in(value);
	sealed.opened = bytes_get_u64(&in);
	sealed.not_for_us = bytes_get_u64(&in);
	sealed.broken = bytes_get_u64(&in);
	if (bytes_in_end(&in) != ERR_OK)
		txn_fail(t, ERR_STORE_DAMAGED);
	return sealed;
}

static void apply_sealed(struct txn *t, struct feed_no feed, const struct sealed_change *change)
{
	struct key key = keys_feed(feed);
	struct view_sealed sealed = sums_sealed_get(t, feed);
	sealed.opened += (uint64_t)change->opened;
	sealed.not_for_us += (uint64_t)change->not_for_us;
	sealed.broken += (uint64_t)change->broken;
	uint8_t value[3 * 8];
	struct bytes_out o = bytes_out(value, sizeof value);
	bytes_put_u64(&o, sealed.opened);
	bytes_put_u64(&o, sealed.not_for_us);
	bytes_put_u64(&o, sealed.broken);
	if ((sealed.opened | sealed.not_for_us | sealed.broken) != 0)
		db_put(t, TABLE_SEALED, &key, bytes_written(&o));
	else
		db_remove(t, TABLE_SEALED, &key);
}

void sums_flush(struct txn *t)
{
	struct work *work = t->work;
	map_sort(&work->sums);
	for (uint32_t i = 0; i < work->sums.count; i++) {
		struct place pair;
		const struct sum_change *change = map_item(&work->sums, i, &pair);
		struct member_no a = {.n = pair.feed.n}, b = {.n = (uint32_t)pair.seq};
		apply(t, a, b, change);
		apply(t, b, a, change);
	}
	map_clear(&work->sums);
	map_sort(&work->sealed);
	for (uint32_t i = 0; i < work->sealed.count; i++) {
		struct place feed;
		const struct sealed_change *change = map_item(&work->sealed, i, &feed);
		apply_sealed(t, feed.feed, change);
	}
	map_clear(&work->sealed);
}
