/* SPDX-License-Identifier: Apache-2.0 */
/* view.c: reading the views. A position is the last key that was given, so every step finds its place by itself. */
#include "storage/view.h"

#include <string.h>

#include "channel_int.h"
#include "db_int.h"
#include "entries_int.h"
#include "refold_int.h"
#include "rejected_int.h"
#include "share_int.h"
#include "sums_int.h"
#include "unseal_int.h"

static struct key key_at(const struct view_at *at)
{
	return keys_of(BYTES(at->key, at->len));
}

static void set_at(struct view_at *at, const struct key *key)
{
	must(key->len <= sizeof at->key);
	at->len = key->len;
	memcpy(at->key, key->bytes, key->len);
}

/* The next row under the prefix; the position follows. */
static bool next_row(
        struct txn *t, enum table table, const struct key *prefix, struct view_at *at, struct row *out)
{
	struct key last = key_at(at);
	txn_settle(t);
	if (!db_next_under(t, table, prefix, &last, out))
		return false;
	set_at(at, &last);
	return true;
}

enum err view_statement(struct txn *txn, struct place place, struct bytes_out *scratch, struct statement *out)
{
	return unseal_at(txn, place, scratch, out);
}

bool view_object(struct txn *txn, struct place place, struct view_object *out)
{
	struct key key = keys_place(place);
	struct object_view index;
	struct bytes value, record;
	txn_settle(txn);
	if (!db_get(txn, TABLE_OBJECT, &key, &value) || !refold_read(txn, value, &index, &record))
		return false;
	*out = (struct view_object){.type = index.type,
	        .place = place,
	        .record = record,
	        .by_pair = index.by_pair,
	        .a = index.a,
	        .b = index.b};
	return true;
}

bool view_pair_next(
        struct txn *txn, const struct view_pair *which, struct view_at *at, struct view_object *out)
{
	bool in_order = which->a.n < which->b.n;
	struct member_no a = in_order ? which->a : which->b, b = in_order ? which->b : which->a;
	struct key prefix = which->type == OBJECT_NONE ? keys_pair(a, b) : keys_pair_type(a, b, which->type);
	struct row row;
	return next_row(txn, TABLE_PAIR, &prefix, at, &row) &&
	       view_object(txn, keys_get_place(row.key, 9), out);
}

bool view_year_next(
        struct txn *txn, const struct view_year *which, struct view_at *at, struct view_object *out)
{
	struct key prefix = keys_year(which->member, which->year);
	struct row row;
	return next_row(txn, TABLE_YEAR, &prefix, at, &row) &&
	       view_object(txn, keys_get_place(row.key, 8), out);
}

bool view_sum(struct txn *txn, struct member_no member, struct member_no partner, struct view_sum *out)
{
	struct key key = keys_pair(member, partner);
	struct bytes value;
	txn_settle(txn);
	out->partner = partner;
	return db_get(txn, TABLE_SUM, &key, &value) && sums_read(value, out);
}

bool view_sum_next(struct txn *txn, struct member_no member, struct view_at *at, struct view_sum *out)
{
	struct key prefix = keys_member(member);
	struct row row;
	if (!next_row(txn, TABLE_SUM, &prefix, at, &row))
		return false;
	out->partner.n = keys_get_u32(row.key, 4);
	return sums_read(row.value, out);
}

bool view_about_next(struct txn *txn, struct place object, struct view_at *at, struct view_about *out)
{
	struct key last = key_at(at);
	struct refold_about about;
	struct entry_ref entry;
	txn_settle(txn);
	if (!refold_about_next(txn, object, &last, &about) || !entries_get(txn, about.statement, &entry))
		return false;
	set_at(at, &last);
	*out = (struct view_about){.statement = feed_reference(&entry), .kind = about.kind};
	if (about.status == REFOLD_REJECTED)
		out->err = rejected_get(txn, about.statement, object);
	return true;
}

enum err view_rejected(struct txn *txn, struct place place)
{
	txn_settle(txn);
	return rejected_any(txn, place);
}

bool view_rejected_next(struct txn *txn, struct view_at *at, struct view_rejected *out)
{
	struct key last = key_at(at);
	txn_settle(txn);
	if (!rejected_next(txn, &last, out))
		return false;
	set_at(at, &last);
	return true;
}

bool view_waiting_next(struct txn *txn, struct view_at *at, struct view_waiting *out)
{
	struct key all = {.len = 0};
	struct row row;
	if (!next_row(txn, TABLE_WAITING, &all, at, &row))
		return false;
	*out = (struct view_waiting){
	        .place = keys_get_place(row.key, 0), .about = keys_get_place(row.key, 12)};
	return true;
}

static bool said_before(struct txn *t, const struct key *prefix, struct view_at *at, struct row *out)
{
	struct key last = key_at(at);
	bool found = at->len == 0 ? db_last_under(t, TABLE_SAID, prefix, out)
	                          : db_before(t, TABLE_SAID, &last, out) && keys_under(out->key, prefix);
	if (found) {
		last = keys_of(out->key);
		set_at(at, &last);
	}
	return found;
}

bool view_said_next(struct txn *txn, const struct view_said *which, enum view_order order, struct view_at *at,
        struct entry_ref *out)
{
	struct key prefix = keys_said_kind(which->member, which->kind);
	struct row row;
	txn_settle(txn);
	bool found = order == VIEW_OLDEST_FIRST ? next_row(txn, TABLE_SAID, &prefix, at, &row)
	                                        : said_before(txn, &prefix, at, &row);
	return found && entries_get(txn, keys_get_place(row.key, 4 + 2 + 8), out);
}

bool view_fork_next(struct txn *txn, struct feed_no feed, struct view_at *at, struct entry_ref *out)
{
	struct key prefix = keys_feed(feed);
	struct row row;
	return next_row(txn, TABLE_FORK, &prefix, at, &row) &&
	       entries_get(txn, keys_get_place(row.key, 4), out);
}

struct view_sealed view_sealed(struct txn *txn, struct feed_no feed)
{
	txn_settle(txn);
	return sums_sealed_get(txn, feed);
}

enum err view_channel(struct txn *txn, struct place place, struct channel_secret *out)
{
	return channel_secret(txn, place, out);
}

bool view_channel_next(struct txn *txn, struct view_at *at, struct place *out)
{
	struct key all = {.len = 0};
	struct row row;
	if (!next_row(txn, TABLE_CHANNEL, &all, at, &row))
		return false;
	*out = keys_get_place(row.key, 0);
	return true;
}

bool view_shared_next(struct txn *txn, struct place channel, struct view_at *at, struct view_shared *out)
{
	struct key last = key_at(at);
	struct entry_ref entry;
	struct sealed sealed;
	txn_settle(txn);
	if (!share_next(txn, channel, &last, out) || !entries_get(txn, out->share, &entry) ||
	        seal_payload_unpack(entry.payload, &sealed) != ERR_OK)
		return false;
	set_at(at, &last);
	out->channel = (struct place){.feed = out->share.feed, .seq = sealed.channel_seq};
	return true;
}

/* The position of the registrar's history at which the readers of a channel are due: never below that of an earlier
 * channel of the feed. */
static uint64_t due_at(struct txn *t, struct place channel, uint64_t registrar_size)
{
	struct key prefix = keys_feed(channel.feed), at = {.len = 0};
	struct row row;
	while (db_next_under(t, TABLE_CHANNEL, &prefix, &at, &row)) {
		struct place place = keys_get_place(row.key, 0);
		struct channel_open open;
		struct entry_ref entry;
		if (place.seq >= channel.seq)
			break;
		if (entries_get(t, place, &entry) && seal_channel_unpack(entry.payload, &open) == ERR_OK &&
		        open.registrar_size > registrar_size)
			registrar_size = open.registrar_size;
	}
	return registrar_size;
}

static enum err audit(
        struct txn *t, const struct seal_audit *audit, struct roster_readers *ask, struct place channel)
{
	const struct roster *r = txn_roster(t);
	struct feed_no due[CHANNEL_WRAPS_MAX];
	const uint8_t *keys[CHANNEL_WRAPS_MAX];
	ask->at = due_at(t, channel, audit->channel->registrar_size);
	uint32_t count = roster_readers(r, ask, due, CHANNEL_WRAPS_MAX);
	if (count > CHANNEL_WRAPS_MAX || ask->at > r->size)
		return ERR_READER_MISSING;
	for (uint32_t i = 0; i < count; i++)
		keys[i] = roster_feed(r, due[i])->keys.seal;
	return seal_channel_audit(audit, keys, count);
}

enum err view_readers(
        struct txn *txn, struct place sealed, const struct member_no *parties, uint32_t parties_count)
{
	struct entry_ref entry;
	struct sealed payload;
	struct channel_open open;
	struct channel_secret secret;
	if (!feed_entry(txn, sealed, &entry) || seal_payload_unpack(entry.payload, &payload) != ERR_OK)
		return txn_error(txn) != ERR_OK ? txn_error(txn) : ERR_NOT_FOUND;
	struct place channel = {.feed = sealed.feed, .seq = payload.channel_seq};
	enum err e = channel_secret(txn, channel, &secret);
	if (e != ERR_OK)
		return e;
	if (!feed_entry(txn, channel, &entry) || seal_channel_unpack(entry.payload, &open) != ERR_OK)
		return ERR_NOT_FOUND;
	const struct roster_feed *feed = roster_feed(txn_roster(txn), channel.feed);
	struct seal_audit what = {
	        .channel = &open, .feed = &feed->keys.feed, .seq = channel.seq, .secret = &secret};
	struct roster_readers ask = {
	        .author = channel.feed, .parties = parties, .parties_count = parties_count};
	e = audit(txn, &what, &ask, channel);
	bytes_wipe(&secret, sizeof secret);
	return e;
}
