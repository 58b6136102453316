/* SPDX-License-Identifier: Apache-2.0 */
/* refold.c: from the rows about an object to its record. Whether its opening counts is known from judging it in this
 * transaction, or else from the object being there. A statement's standing (counts, rejected, waits) is kept in its
 * row and begins as "counts", so that the usual one costs no second write. */
#include "refold_int.h"

#include <string.h>

#include "base/bug.h"
#include "db_int.h"
#include "entries_int.h"
#include "rejected_int.h"
#include "sums_int.h"
#include "unseal_int.h"

void refold_touch(struct txn *t, struct place object, enum opening opening)
{
	struct touched *touched = map_at(&t->work->touched, object);
	if (touched == NULL)
		txn_fail(t, ERR_NO_MEMORY);
	else if (opening != OPENING_AS_BEFORE)
		touched->opening = opening;
}

void refold_touch_range(struct txn *t, struct feed_no feed, uint64_t from, uint64_t to)
{
	struct key at = keys_feed_n(feed, from), end = keys_feed_n(feed, to);
	struct row row;
	while (db_at_least(t, TABLE_ABOUT, &at, &row) && bytes_compare(row.key, keys_bytes(&end)) < 0) {
		struct place object = keys_get_place(row.key, 0);
		refold_touch(t, object, OPENING_AS_BEFORE);
		at = keys_feed_n(feed, object.seq + 1);
	}
}

#define ABOUT_BYTES (REFERENCE_ID_BYTES + 1u + 2u)

static void put_about(struct txn *t, const struct refold_about *about)
{
	struct key key = keys_places(about->object, about->statement);
	uint8_t value[ABOUT_BYTES];
	struct bytes_out o = bytes_out(value, sizeof value);
	bytes_put(&o, about->id, sizeof about->id);
	bytes_put_u8(&o, about->status);
	bytes_put_u16(&o, about->kind);
	must(bytes_out_end(&o) == ERR_OK);
	db_put(t, TABLE_ABOUT, &key, bytes_written(&o));
}

void refold_about_put(struct txn *t, const struct reference *named, const struct statement *s)
{
	struct refold_about about = {
	        .object = named->place, .statement = s->ref.place, .status = REFOLD_COUNTS, .kind = s->kind};
	memcpy(about.id, named->id, sizeof about.id);
	put_about(t, &about);
}

void refold_about_remove(struct txn *t, struct place object, struct place statement)
{
	struct key key = keys_places(object, statement);
	db_remove(t, TABLE_ABOUT, &key);
}

bool refold_about_next(struct txn *t, struct place object, struct key *at, struct refold_about *out)
{
	struct key prefix = keys_place(object);
	struct row row;
	if (!db_next_under(t, TABLE_ABOUT, &prefix, at, &row))
		return false;
	struct bytes_in in = bytes_in(row.value);
	out->object = object;
	out->statement = keys_get_place(row.key, 12);
	bytes_get(&in, out->id, sizeof out->id);
	out->status = bytes_get_u8(&in);
	out->kind = bytes_get_u16(&in);
	if (bytes_in_end(&in) == ERR_OK)
		return true;
	txn_fail(t, ERR_STORE_DAMAGED);
	return false;
}

/* e: ERR_OK counts, ERR_NOT_FOUND waits, else why not. */
static void set_standing(struct txn *t, struct refold_about *about, enum err e)
{
	uint8_t before = about->status;
	struct key key = keys_places(about->statement, about->object);
	about->status = e == ERR_OK ? REFOLD_COUNTS : e == ERR_NOT_FOUND ? REFOLD_WAITS : REFOLD_REJECTED;
	if (about->status == REFOLD_REJECTED)
		rejected_put(t, about->statement, about->object, e);
	if (about->status == before)
		return;
	put_about(t, about);
	if (before == REFOLD_REJECTED)
		rejected_remove(t, about->statement, about->object);
	if (before == REFOLD_WAITS)
		db_remove(t, TABLE_WAITING, &key);
	if (about->status == REFOLD_WAITS)
		db_put(t, TABLE_WAITING, &key, BYTES(NULL, 0));
}

/* Why nothing at that place is an object: ERR_NOT_FOUND when it may still become one. */
static enum err why_no_object(struct txn *t, struct place place)
{
	struct bytes_out scratch = bytes_out(t->work->statement, sizeof t->work->statement);
	struct entry_ref entry;
	struct statement s;
	if (!entries_get(t, place, &entry))
		return ERR_NOT_FOUND;
	return unseal_entry(t, &entry, &scratch, &s) == ERR_NOT_FOR_US ? ERR_NOT_FOUND : ERR_NO_SUCH_OBJECT;
}

static enum err add_statement(struct txn *t, struct object_fold *fold, const struct refold_about *about)
{
	struct bytes_out scratch = bytes_out(t->work->statement, sizeof t->work->statement);
	struct statement s;
	if (unseal_at(t, about->statement, &scratch, &s) != ERR_OK) {
		txn_fail(t, ERR_STORE_DAMAGED); /* it was judged, so it opens */
		return ERR_STORE_DAMAGED;
	}
	return object_add(fold, &s);
}

/* Fold the statements about an object into work->view. */
static void fold_object(struct txn *t, struct place place)
{
	struct bytes_out scratch = bytes_out(t->work->opening, sizeof t->work->opening);
	struct ledger_context context = {.roster = &t->muster->roster};
	struct statement opening;
	if (unseal_at(t, place, &scratch, &opening) != ERR_OK) {
		txn_fail(t, ERR_STORE_DAMAGED);
		return;
	}
	struct object_fold *fold = object_begin(t->work->fold, &context, &opening);
	struct key at = {.len = 0};
	struct refold_about about;
	while (refold_about_next(t, place, &at, &about)) {
		if (BUG(ARRIVAL_ORDER) && about.status == REFOLD_WAITS)
			continue;
		bool named = memcmp(about.id, opening.ref.id, sizeof about.id) == 0;
		enum err e = named ? add_statement(t, fold, &about) : ERR_NO_SUCH_OBJECT;
		if (t->err == ERR_OK)
			set_standing(t, &about, e);
	}
	object_end(fold, &t->work->view);
}

static void no_object(struct txn *t, struct place place)
{
	enum err why = why_no_object(t, place);
	struct key at = {.len = 0};
	struct refold_about about;
	while (refold_about_next(t, place, &at, &about))
		set_standing(t, &about, why);
}

/* The value: type u8, flags u8, a u32, b u32, year i32, sums 4 x i64, the record. */
#define INDEX_BYTES (1u + 1u + 3u * 4u + 4u * 8u)
enum { FLAG_PAIR = 1, FLAG_YEAR = 2 };

static struct bytes pack_view(
        const struct object_view *view, uint8_t value[INDEX_BYTES + OBJECT_RECORD_BYTES_MAX])
{
	struct bytes_out o = bytes_out(value, INDEX_BYTES + OBJECT_RECORD_BYTES_MAX);
	bytes_put_u8(&o, (uint8_t)view->type);
	bytes_put_u8(&o, (uint8_t)((view->by_pair ? FLAG_PAIR : 0) | (view->by_year ? FLAG_YEAR : 0)));
	bytes_put_u32(&o, view->a.n);
	bytes_put_u32(&o, view->b.n);
	bytes_put_u32(&o, (uint32_t)view->year);
	bytes_put_u64(&o, (uint64_t)view->sums.position.n);
	bytes_put_u64(&o, (uint64_t)view->sums.pending.n);
	bytes_put_u64(&o, (uint64_t)view->sums.pending_payments.n);
	bytes_put_u64(&o, (uint64_t)view->sums.disputed.n);
	bytes_put(&o, view->record, view->record_bytes);
	must(bytes_out_end(&o) == ERR_OK);
	return bytes_written(&o);
}

bool refold_read(struct txn *t, struct bytes value, struct object_view *index, struct bytes *record)
{
	struct bytes_in in = bytes_in(value);
	unsigned type = bytes_get_u8(&in), flags = bytes_get_u8(&in);
	index->type = type < OBJECT_TYPES ? (enum object_type)type : OBJECT_NONE;
	index->by_pair = (flags & FLAG_PAIR) != 0;
	index->by_year = (flags & FLAG_YEAR) != 0;
	index->a.n = bytes_get_u32(&in);
	index->b.n = bytes_get_u32(&in);
	index->year = (int32_t)bytes_get_u32(&in);
	index->sums.position.n = (int64_t)bytes_get_u64(&in);
	index->sums.pending.n = (int64_t)bytes_get_u64(&in);
	index->sums.pending_payments.n = (int64_t)bytes_get_u64(&in);
	index->sums.disputed.n = (int64_t)bytes_get_u64(&in);
	*record = bytes_take(&in, bytes_left(&in));
	if (bytes_in_end(&in) == ERR_OK && index->type != OBJECT_NONE)
		return true;
	txn_fail(t, ERR_STORE_DAMAGED);
	return false;
}

/* An object's rows in the indexes, and its share of the sums, come or go. */
static void index_object(struct txn *t, struct place place, const struct object_view *view, int by)
{
	struct key pair = keys_pair_object(view->a, view->b, view->type, place);
	struct key year = keys_year_object(view->a, view->year, place);
	const bool here[] = {view->by_pair, view->by_year};
	const enum table tables[] = {TABLE_PAIR, TABLE_YEAR};
	const struct key *const keys[] = {&pair, &year};
	for (unsigned i = 0; i < 2; i++) {
		if (here[i] && by > 0)
			db_put(t, tables[i], keys[i], BYTES(NULL, 0));
		else if (here[i])
			db_remove(t, tables[i], keys[i]);
	}
	if (view->by_pair)
		sums_object(t,
		        &(struct sums_object){
		                .a = view->a, .b = view->b, .type = view->type, .sums = view->sums},
		        by);
}

static void sums_differ(struct txn *t, const struct object_view *before, const struct object_view *after)
{
	struct sums_object object = {
	        .a = before->a, .b = before->b, .type = before->type, .sums = before->sums};
	sums_object(t, &object, -1);
	object.sums = after->sums;
	sums_object(t, &object, 1);
}

static bool same_index(const struct object_view *x, const struct object_view *y)
{
	return x->type == y->type && x->by_pair == y->by_pair && x->by_year == y->by_year &&
	       x->a.n == y->a.n && x->b.n == y->b.n && x->year == y->year;
}

static void replace(struct txn *t, struct place place, const struct object_view *view)
{
	uint8_t packed[INDEX_BYTES + OBJECT_RECORD_BYTES_MAX];
	struct key key = keys_place(place);
	struct bytes stored, value = pack_view(view, packed), unused;
	struct object_view before;
	if (!db_get(t, TABLE_OBJECT, &key, &stored)) {
		index_object(t, place, view, 1);
	} else if (bytes_equal(stored, value) || !refold_read(t, stored, &before, &unused)) {
		return;
	} else if (same_index(&before, view)) { /* as nearly always: the opening decides the index */
		if (view->by_pair)
			sums_differ(t, &before, view);
	} else {
		index_object(t, place, &before, -1);
		index_object(t, place, view, 1);
	}
	db_put(t, TABLE_OBJECT, &key, value);
}

static void remove_object(struct txn *t, struct place place)
{
	struct key key = keys_place(place);
	struct bytes stored, unused;
	struct object_view before;
	if (!db_get(t, TABLE_OBJECT, &key, &stored) || !refold_read(t, stored, &before, &unused))
		return;
	index_object(t, place, &before, -1);
	db_remove(t, TABLE_OBJECT, &key);
}

static void refold(struct txn *t, struct place place, enum opening opening)
{
	struct key key = keys_place(place);
	struct bytes stored;
	if (opening == OPENING_AS_BEFORE)
		opening = db_get(t, TABLE_OBJECT, &key, &stored) ? OPENING_COUNTS : OPENING_GONE;
	if (opening == OPENING_COUNTS) {
		fold_object(t, place);
		if (t->err == ERR_OK)
			replace(t, place, &t->work->view);
	} else {
		no_object(t, place);
		remove_object(t, place);
	}
}

void refold_all(struct txn *t)
{
	struct map *touched = &t->work->touched;
	map_sort(touched);
	for (uint32_t i = 0; i < touched->count && t->err == ERR_OK; i++) {
		struct place place;
		const struct touched *what = map_item(touched, i, &place);
		refold(t, place, what->opening);
	}
	map_clear(touched);
}
