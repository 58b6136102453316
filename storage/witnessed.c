/* SPDX-License-Identifier: Apache-2.0 */
/* witnessed.c: the registrar's statements as rows. An entry is received at the time of the first statement that covers
 * it, but never before the statement before that one: times are raised to the greatest so far, which is kept in a row
 * of a feed that cannot be. */
#include "witnessed_int.h"

#include <string.h>

#include "db_int.h"
#include "entries_int.h"
#include "log/kinds.h"
#include "log/witness.h"
#include "txn_int.h"

struct seen {
	uint64_t time_ms;
	struct head head;
	struct place statement;
};

static void put_seen(struct txn *t, struct feed_no feed, const struct seen *seen)
{
	struct key key = keys_feed_n(feed, seen->head.size);
	uint8_t value[8 + 32 + 12];
	struct bytes_out o = bytes_out(value, sizeof value);
	bytes_put_u64(&o, seen->time_ms);
	bytes_put(&o, seen->head.root.bytes, sizeof seen->head.root.bytes);
	bytes_put_u32(&o, seen->statement.feed.n);
	bytes_put_u64(&o, seen->statement.seq);
	must(bytes_out_end(&o) == ERR_OK);
	db_put(t, TABLE_SEEN, &key, bytes_written(&o));
}

static bool read_seen(const struct row *row, struct feed_no feed, struct seen *out)
{
	struct key prefix = keys_feed(feed);
	if (!keys_under(row->key, &prefix))
		return false;
	struct bytes_in in = bytes_in(row->value);
	out->head.size = keys_get_u64(row->key, 4);
	out->time_ms = bytes_get_u64(&in);
	bytes_get(&in, out->head.root.bytes, sizeof out->head.root.bytes);
	out->statement.feed.n = bytes_get_u32(&in);
	out->statement.seq = bytes_get_u64(&in);
	return bytes_in_end(&in) == ERR_OK;
}

static bool newest_seen(struct txn *t, struct feed_no feed, struct seen *out)
{
	struct key prefix = keys_feed(feed);
	struct row row;
	return db_last_under(t, TABLE_SEEN, &prefix, &row) && read_seen(&row, feed, out);
}

static uint64_t raise_time(struct txn *t, uint64_t time_ms, struct place statement)
{
	struct seen newest;
	if (newest_seen(t, FEED_NONE, &newest) && newest.time_ms >= time_ms)
		return newest.time_ms;
	put_seen(t, FEED_NONE, &(struct seen){.time_ms = time_ms, .statement = statement});
	return time_ms;
}

static bool is_living(const struct txn *t, struct feed_no no)
{
	const struct roster_feed *feed = roster_feed(&t->muster->roster, no);
	return feed != NULL && !feed->is_void;
}

static enum err seen_rows(struct txn *t, const struct entry_ref *entry)
{
	struct witness_seen statement;
	struct witness_row row;
	enum err e = witness_seen_unpack(entry->payload, &statement);
	if (e != ERR_OK)
		return e;
	uint64_t time_ms = raise_time(t, statement.time_s * 1000, entry->place);
	while (witness_seen_next(&statement, &row)) {
		struct seen newest;
		if (!is_living(t, row.feed))
			continue;
		if (newest_seen(t, row.feed, &newest) && newest.head.size >= row.checkpoint.head.size)
			continue;
		put_seen(t, row.feed,
		        &(struct seen){
		                .time_ms = time_ms, .head = row.checkpoint.head, .statement = entry->place});
	}
	return ERR_OK;
}

static enum err heard_rows(struct txn *t, const struct entry_ref *entry)
{
	struct witness_heard statement;
	struct feed_no feed;
	enum err e = witness_heard_unpack(entry->payload, &statement);
	if (e != ERR_OK)
		return e;
	struct day day = date_of_ms(statement.time_s * 1000, t->muster->roster.network.zone_minutes);
	while (witness_heard_next(&statement, &feed)) {
		struct key key = keys_heard(feed, day);
		if (is_living(t, feed))
			db_put(t, TABLE_HEARD, &key, BYTES(NULL, 0));
	}
	return ERR_OK;
}

enum err witnessed_registrar(struct txn *t, const struct entry_ref *entry)
{
	switch (entry->kind) {
	case KIND_WITNESS_SEEN:
		return seen_rows(t, entry);
	case KIND_WITNESS_HEARD:
		return heard_rows(t, entry);
	case KIND_FORK_PROOF:
		return witnessed_fork(t, entry->place, entry->payload, WITNESSED_ADD);
	default:
		return ERR_OK;
	}
}

enum err witnessed_check(const struct statement *s)
{
	struct witness_seen seen;
	struct witness_heard heard;
	if ((s->roles & (ROLE_WITNESS | ROLE_REGISTRAR)) == 0)
		return ERR_NO_RIGHT;
	return s->kind == KIND_WITNESS_SEEN ? witness_seen_unpack(s->body, &seen)
	                                    : witness_heard_unpack(s->body, &heard);
}

enum err witnessed_fork(struct txn *t, struct place place, struct bytes body, enum witnessed what)
{
	struct fork fork;
	struct feed_no feed;
	enum err e = fork_unpack(body, &fork);
	if (e != ERR_OK)
		return e;
	if (!muster_find(t->muster, &fork.feed, &feed))
		return ERR_NO_SUCH_FEED;
	struct key key = keys_fork(feed, place);
	if (what == WITNESSED_REMOVE) {
		db_remove(t, TABLE_FORK, &key);
		return ERR_OK;
	}
	e = fork_verify(&t->muster->roster.network.id, &fork);
	if (e == ERR_OK)
		db_put(t, TABLE_FORK, &key, BYTES(NULL, 0));
	return e;
}

/* Is it a head of the branch that is held? Of a feed with one history it is. Behind a cutoff nobody can tell, which is
 * a doubt where two histories are known only. */
static bool is_ours(struct txn *t, const struct feed_info *info, struct feed_no feed, const struct head *head)
{
	if (info->state == FEED_OPEN)
		return true;
	if (head->size <= info->head.size)
		return feed_has_head(t, feed, head);
	return info->state == FEED_CUT && !t->muster->roster.feeds[feed.n].has_fork;
}

/* Who cuts a feed states the head up to which it counts. */
static bool received_by_cut(
        struct txn *t, const struct feed_info *info, struct feed_no feed, uint64_t *time_ms)
{
	const struct roster *r = &t->muster->roster;
	uint64_t at = r->feeds[feed.n].cutoff_at;
	uint32_t i = r->registrars_count - 1;
	struct entry_ref entry;
	if (info->state != FEED_CUT)
		return false;
	while (i > 0 && r->registrars[i].start > at)
		i--;
	const struct place cut = {.feed = r->registrars[i].feed, .seq = at - r->registrars[i].start};
	if (!entries_get(t, cut, &entry))
		return false;
	*time_ms = entry.time_ms;
	return true;
}

bool witnessed_received(struct txn *t, struct place place, uint64_t *time_ms)
{
	struct key key = keys_feed_n(place.feed, place.seq + 1);
	struct feed_info info;
	struct row row;
	struct seen seen;
	if (!feed_info(t, place.feed, &info))
		return false;
	while (db_at_least(t, TABLE_SEEN, &key, &row) && read_seen(&row, place.feed, &seen)) {
		if (is_ours(t, &info, place.feed, &seen.head)) {
			*time_ms = seen.time_ms;
			return true;
		}
		key = keys_feed_n(place.feed, seen.head.size + 1);
	}
	return place.seq < info.cutoff.size && received_by_cut(t, &info, place.feed, time_ms);
}

bool witnessed_newest(struct txn *t, struct feed_no feed, struct head *out)
{
	struct seen seen;
	if (!newest_seen(t, feed, &seen))
		return false;
	*out = seen.head;
	return true;
}

/* The row of that feed in a statement. */
static bool row_of(struct bytes body, struct feed_no feed, struct witness_row *out)
{
	struct witness_seen statement;
	if (witness_seen_unpack(body, &statement) != ERR_OK)
		return false;
	while (witness_seen_next(&statement, out))
		if (out->feed.n == feed.n)
			return true;
	return false;
}

bool witnessed_stated(struct txn *t, struct feed_no feed, struct checkpoint *out)
{
	struct seen seen;
	struct entry_ref entry;
	struct witness_row row;
	if (!newest_seen(t, feed, &seen) || !entries_get(t, seen.statement, &entry) ||
	        !row_of(entry.payload, feed, &row))
		return false;
	*out = row.checkpoint;
	return true;
}

bool witnessed_heard(struct txn *t, struct feed_no feed, struct day up_to, struct day *out)
{
	struct key prefix = keys_feed(feed), after = keys_heard(feed, (struct day){.n = up_to.n + 1});
	struct row row;
	if (!db_before(t, TABLE_HEARD, &after, &row) || !keys_under(row.key, &prefix))
		return false;
	out->n = keys_get_i32(row.key, 4);
	return true;
}

bool witnessed_fork_said(struct txn *t, struct feed_no feed)
{
	struct key prefix = keys_feed(feed), at = {.len = 0};
	struct feed_info by;
	struct row row;
	while (db_next_under(t, TABLE_FORK, &prefix, &at, &row))
		if (feed_info(t, keys_get_place(row.key, 4).feed, &by) && by.state != FEED_HELD)
			return true;
	return false;
}

bool witnessed_fork_of(struct txn *t, struct feed_no feed, struct fork *out)
{
	struct key prefix = keys_feed(feed), at = {.len = 0};
	struct row row;
	struct entry_ref entry;
	if (!db_next_under(t, TABLE_FORK, &prefix, &at, &row))
		return false;
	return entries_get(t, keys_get_place(row.key, 4), &entry) &&
	       fork_unpack(entry.payload, out) == ERR_OK;
}
