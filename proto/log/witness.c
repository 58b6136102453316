/* SPDX-License-Identifier: Apache-2.0
 * witness.c: see witness.h. A body is walked whole when it is unpacked, so that the iterators cannot fail. */
#include "log/witness.h"

enum { KEY_TIME, KEY_ROWS, KEYS };
#define ROW_FIELDS 5u

static void put_head(struct mp_out *m, uint64_t time_s, uint32_t count)
{
	must(time_s <= WITNESS_TIME_S_MAX);
	mp_put_map(m, KEYS);
	mp_put_uint(m, KEY_TIME);
	mp_put_uint(m, time_s);
	mp_put_uint(m, KEY_ROWS);
	mp_put_array(m, count);
}

void witness_seen_pack(struct mp_out *m, uint64_t time_s, const struct witness_row *rows, uint32_t count)
{
	must(count >= 1 && count <= WITNESS_ROWS_MAX);
	put_head(m, time_s, count);
	for (uint32_t i = 0; i < count; i++) {
		must(i == 0 || rows[i - 1].feed.n < rows[i].feed.n);
		mp_put_array(m, ROW_FIELDS);
		mp_put_uint(m, rows[i].feed.n);
		mp_put_uint(m, rows[i].checkpoint.head.size);
		mp_put_bin(m, BYTES_OF(rows[i].checkpoint.head.root.bytes));
		mp_put_bin(m, BYTES_OF(rows[i].checkpoint.signature));
		mp_put_bin(m, BYTES_OF(rows[i].cosignature));
	}
}

static void take_row(struct mp_in *m, struct witness_row *row)
{
	mp_array_fixed(m, ROW_FIELDS);
	row->feed.n = (uint32_t)mp_uint(m, UINT32_MAX);
	row->checkpoint.head.size = mp_uint(m, UINT64_MAX);
	mp_bin_fixed(m, row->checkpoint.head.root.bytes, sizeof row->checkpoint.head.root.bytes);
	mp_bin_fixed(m, row->checkpoint.signature, sizeof row->checkpoint.signature);
	mp_bin_fixed(m, row->cosignature, sizeof row->cosignature);
	mp_array_end(m);
}

bool witness_seen_next(struct witness_seen *s, struct witness_row *out)
{
	if (s->count == 0)
		return false;
	s->count--;
	take_row(&s->rows, out);
	return true;
}

static struct feed_no take_row_feed(struct mp_in *m)
{
	struct witness_row row;
	take_row(m, &row);
	return row.feed;
}

static struct feed_no take_feed(struct mp_in *m)
{
	return (struct feed_no){(uint32_t)mp_uint(m, UINT32_MAX)};
}

bool witness_heard_next(struct witness_heard *h, struct feed_no *out)
{
	if (h->count == 0)
		return false;
	h->count--;
	*out = take_feed(&h->feeds);
	return true;
}

/* Takes COUNT items whose feeds must ascend. */
static void walk(struct mp_in *m, uint32_t count, struct feed_no (*take)(struct mp_in *))
{
	struct feed_no last = {0};
	for (uint32_t i = 0; i < count && mp_error(m) == ERR_OK; i++) {
		struct feed_no feed = take(m);
		if (i > 0 && feed.n <= last.n)
			mp_fail(m, ERR_MALFORMED);
		last = feed;
	}
}

/* The two bodies have one shape; they differ in what an item is and how many there may be. */
struct shape {
	uint32_t min, max;
	struct feed_no (*take)(struct mp_in *);
};

static enum err unpack(struct bytes body, const struct shape *shape, struct witness_seen *out)
{
	struct witness_seen s = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	if (mp_need(&m, &map, KEY_TIME))
		s.time_s = mp_uint(&m, WITNESS_TIME_S_MAX);
	if (mp_need(&m, &map, KEY_ROWS)) {
		s.count = mp_array(&m, shape->max);
		s.rows = m;
		walk(&m, s.count, shape->take);
		mp_array_end(&m);
	}
	if (s.count < shape->min)
		mp_fail(&m, ERR_MALFORMED);
	mp_map_end(&m, &map);
	enum err e = mp_end(&m);
	if (e == ERR_OK)
		*out = s;
	return e;
}

enum err witness_seen_unpack(struct bytes body, struct witness_seen *out)
{
	static const struct shape SEEN = {1, WITNESS_ROWS_MAX, take_row_feed};
	return unpack(body, &SEEN, out);
}

void witness_heard_pack(struct mp_out *m, uint64_t time_s, const struct feed_no *feeds, uint32_t count)
{
	must(count <= FEEDS_MAX);
	put_head(m, time_s, count);
	for (uint32_t i = 0; i < count; i++) {
		must(i == 0 || feeds[i - 1].n < feeds[i].n);
		mp_put_uint(m, feeds[i].n);
	}
}

enum err witness_heard_unpack(struct bytes body, struct witness_heard *out)
{
	static const struct shape HEARD = {0, FEEDS_MAX, take_feed};
	struct witness_seen s;
	enum err e = unpack(body, &HEARD, &s);
	if (e == ERR_OK)
		*out = (struct witness_heard){.time_s = s.time_s, .count = s.count, .feeds = s.rows};
	return e;
}
