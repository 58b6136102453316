/* SPDX-License-Identifier: Apache-2.0 */
/* share.c: rows of the table of shares. A secret waits until its channel is here, counts when the channel committed to
 * it, and else is listed as rejected, about that channel. When a channel turns, the entries sealed in it are undone with
 * what opened them before and judged with what opens them now; they are found by a walk over their feed, since
 * that is rare. Such an entry may be a key.share itself, but then it gives nothing, so nothing here comes round. */
#include "share_int.h"

#include <string.h>

#include "channel_int.h"
#include "db_int.h"
#include "entries_int.h"
#include "judge_int.h"
#include "log/key_share.h"
#include "refold_int.h"
#include "rejected_int.h"
#include "tip_int.h"
#include "txn_int.h"

struct share_row {
	struct member_no member; /* for whose officers the key.share is */
	struct channel_secret secret;
};
#define SHARE_ROW_BYTES (4u + sizeof(struct channel_secret))

static void put_row(struct txn *t, const struct key *key, const struct share_row *row)
{
	uint8_t value[SHARE_ROW_BYTES];
	struct bytes_out o = bytes_out(value, sizeof value);
	bytes_put_u32(&o, row->member.n);
	bytes_put(&o, row->secret.bytes, sizeof row->secret.bytes);
	must(bytes_out_end(&o) == ERR_OK);
	db_put(t, TABLE_SHARE, key, bytes_written(&o));
	bytes_wipe(value, sizeof value);
}

static struct share_turn *touch(struct txn *t, struct place channel)
{
	struct share_turn *turn = map_at(&t->work->shares, channel);
	if (turn == NULL)
		txn_fail(t, ERR_NO_MEMORY);
	return turn;
}

void share_touch_range(struct txn *t, struct feed_no feed, uint64_t from, uint64_t to)
{
	struct key at = keys_feed_n(feed, from), end = keys_feed_n(feed, to);
	struct row row;
	while (db_at_least(t, TABLE_SHARE, &at, &row) && bytes_compare(row.key, keys_bytes(&end)) < 0) {
		struct place channel = keys_get_place(row.key, 0);
		struct share_turn *turn = touch(t, channel);
		if (turn != NULL)
			turn->comes_or_goes = true;
		at = keys_feed_n(feed, channel.seq + 1);
	}
}

static void stand(struct txn *t, struct place share, struct place channel, enum err e)
{
	struct key key = keys_places(share, channel);
	if (e == ERR_NOT_FOUND)
		db_put(t, TABLE_WAITING, &key, BYTES(NULL, 0));
	else
		db_remove(t, TABLE_WAITING, &key);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		rejected_put(t, share, channel, e);
	else
		rejected_remove(t, share, channel);
}

/* Is it sealed in a channel with a wrap for us? */
static bool is_for_us(struct txn *t, struct place share)
{
	struct entry_ref entry;
	struct sealed sealed;
	return entries_get(t, share, &entry) && seal_payload_unpack(entry.payload, &sealed) == ERR_OK &&
	       channel_is_own(t, (struct place){.feed = share.feed, .seq = sealed.channel_seq});
}

/* What a channel committed to, as it stands now. */
struct committed {
	enum err there; /* ERR_OK: it is here and well-formed */
	struct channel_open open;
	uint8_t commitment[sizeof(struct hash)]; /* a copy: what is borrowed dies with the first write */
};

static void committed_at(struct txn *t, struct place channel, struct committed *out)
{
	out->there = channel_at(t, channel, &out->open);
	if (out->there != ERR_OK)
		return;
	memcpy(out->commitment, out->open.commitment, sizeof out->commitment);
	out->open.commitment = out->commitment;
}

static enum err judge_secret(const struct committed *c, const struct channel_secret *secret)
{
	if (c->there != ERR_OK)
		return c->there;
	return seal_channel_is_committed(&c->open, secret) ? ERR_OK : ERR_BAD_COMMITMENT;
}

/* One more secret: those before it stand as they do, and a channel that is open stays open. */
static void learn(struct txn *t, struct place share, const struct share_row *row, struct place channel)
{
	struct key key = keys_places(channel, share);
	struct committed committed;
	put_row(t, &key, row);
	committed_at(t, channel, &committed);
	enum err e = judge_secret(&committed, &row->secret);
	stand(t, share, channel, e);
	if (e == ERR_OK && !channel_is_open(t, channel))
		(void)touch(t, channel);
}

enum err share_learn(struct txn *t, const struct statement *s)
{
	struct key_share share;
	struct key_share_row row;
	enum err e = key_share_unpack(s->body, &share);
	if (e != ERR_OK || !is_for_us(t, s->ref.place))
		return e;
	while (key_share_next(&share, &row)) {
		struct share_row learned = {.member = share.member, .secret = row.secret};
		learn(t, s->ref.place, &learned, row.channel);
		bytes_wipe(&learned, sizeof learned);
	}
	bytes_wipe(&row, sizeof row);
	return ERR_OK;
}

void share_forget(struct txn *t, const struct statement *s)
{
	struct key_share share;
	struct key_share_row row;
	if (key_share_unpack(s->body, &share) != ERR_OK || !is_for_us(t, s->ref.place))
		return;
	while (key_share_next(&share, &row)) {
		struct key key = keys_places(row.channel, s->ref.place);
		db_remove(t, TABLE_SHARE, &key);
		(void)touch(t, row.channel);
	}
	bytes_wipe(&row, sizeof row);
}

static bool next_row(struct txn *t, struct place channel, struct key *at, struct row *out)
{
	struct key prefix = keys_place(channel);
	if (!db_next_under(t, TABLE_SHARE, &prefix, at, out))
		return false;
	if (out->value.len == SHARE_ROW_BYTES)
		return true;
	txn_fail(t, ERR_STORE_DAMAGED);
	return false;
}

static struct channel_secret secret_of(const struct row *row)
{
	struct channel_secret secret;
	memcpy(secret.bytes, row->value.data + 4, sizeof secret.bytes);
	return secret;
}

bool share_find(
        struct txn *t, struct place channel, const struct channel_open *open, struct channel_secret *out)
{
	struct key at = {.len = 0};
	struct row row;
	while (next_row(t, channel, &at, &row)) {
		struct channel_secret secret = secret_of(&row);
		bool fits = seal_channel_is_committed(open, &secret);
		if (fits)
			*out = secret;
		bytes_wipe(&secret, sizeof secret);
		if (fits)
			return true;
	}
	return false;
}

bool share_next(struct txn *t, struct place channel, struct key *at, struct view_shared *out)
{
	struct row row;
	if (!next_row(t, channel, at, &row))
		return false;
	out->share = keys_get_place(row.key, 12);
	struct bytes_in in = bytes_in(row.value);
	out->member.n = bytes_get_u32(&in);
	out->secret = secret_of(&row);
	return true;
}

/* How every secret given for the channel stands now. */
static void stand_all(struct txn *t, struct place channel)
{
	struct key at = {.len = 0};
	struct row row;
	struct committed committed;
	committed_at(t, channel, &committed);
	while (next_row(t, channel, &at, &row)) {
		struct channel_secret secret = secret_of(&row);
		stand(t, keys_get_place(row.key, 12), channel, judge_secret(&committed, &secret));
		bytes_wipe(&secret, sizeof secret);
	}
}

/* The touched channels [first, end) of one feed, in order. */
struct turning {
	struct feed_no feed;
	uint32_t first, end;
	uint64_t from; /* seq of the first that turns; UINT64_MAX: none does */
};

static bool turns_at(struct txn *t, const struct turning *turning, uint64_t seq)
{
	uint32_t low = turning->first, high = turning->end;
	while (low < high) {
		struct place place;
		uint32_t mid = low + (high - low) / 2;
		const struct share_turn *turn = map_item(&t->work->shares, mid, &place);
		if (place.seq == seq)
			return turn->turns;
		if (place.seq < seq)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

static bool is_in_turning(struct txn *t, const struct turning *turning, struct place place)
{
	struct entry_ref entry;
	struct sealed sealed;
	return entries_get(t, place, &entry) && entry.audience == AUDIENCE_SEALED &&
	       seal_payload_unpack(entry.payload, &sealed) == ERR_OK &&
	       turns_at(t, turning, sealed.channel_seq);
}

static void judge_new(struct txn *t, struct place place)
{
	judge_stored(t, place);
	refold_touch_range(
	        t, place.feed, place.seq, place.seq + 1); /* what was said about it waits no more */
}

/* Each entry below SIZE that is sealed in what turns. Returns where the last of them ended: a walk that comes after needs
 * to go no further, and no list of them, which would have no bound. */
static uint64_t for_sealed(struct txn *t, const struct turning *turning, uint64_t size,
        void (*act)(struct txn *t, struct place place))
{
	uint64_t end = 0;
	for (uint64_t seq = turning->from; seq < size && t->err == ERR_OK; seq++) {
		struct place place = {.feed = turning->feed, .seq = seq};
		if (!is_in_turning(t, turning, place))
			continue;
		act(t, place);
		end = seq + 1;
	}
	return end;
}

static void turn(struct txn *t, const struct turning *turning)
{
	uint64_t end = for_sealed(t, turning, tip_head(t, turning->feed).size, judge_undo);
	for (uint32_t i = turning->first; i < turning->end; i++) {
		struct place place;
		const struct share_turn *turn = map_item(&t->work->shares, i, &place);
		if (turn->turns)
			channel_turn(t, place);
	}
	(void)for_sealed(t, turning, end, judge_new);
}

/* Those of the feed whose touched channels begin at FIRST. */
static struct turning turning_of(struct txn *t, uint32_t first)
{
	struct turning turning = {.first = first, .end = first, .from = UINT64_MAX};
	struct map *map = &t->work->shares;
	for (; turning.end < map->count; turning.end++) {
		struct place place;
		struct share_turn *turn = map_item(map, turning.end, &place);
		if (turning.end == first)
			turning.feed = place.feed;
		if (place.feed.n != turning.feed.n)
			break;
		if (turn->comes_or_goes)
			stand_all(t, place);
		turn->turns = channel_turns(t, place);
		if (turn->turns && turning.from == UINT64_MAX)
			turning.from = place.seq;
	}
	return turning;
}

void share_settle(struct txn *t)
{
	struct map *map = &t->work->shares;
	if (map->count == 0)
		return;
	map_sort(map);
	for (uint32_t i = 0; i < map->count && t->err == ERR_OK;) {
		struct turning turning = turning_of(t, i);
		if (turning.from != UINT64_MAX)
			turn(t, &turning);
		i = turning.end;
	}
	map_clear(map);
}
