/* SPDX-License-Identifier: Apache-2.0 */
/* muster.c: the memory behind roster.h. Arrays double when roster_apply() says that one is full. Feeds never leave a
 * roster, so the index only grows with it; void feeds are not in it, since their keys are not theirs. */
#include "muster_int.h"

#include <stdlib.h>
#include <string.h>

#include "entries_int.h"
#include "log/kinds.h"
#include "own_int.h"
#include "rejected_int.h"
#include "txn_int.h"

#define ARRAY_FIRST 64u

struct muster *muster_new(struct txn *t)
{
	struct muster *m = calloc(1, sizeof *m);
	if (m == NULL) {
		txn_fail(t, ERR_NO_MEMORY);
		return NULL;
	}
	m->epoch = own_epoch(t);
	roster_init(&m->roster);
	struct bytes packed;
	m->has_anchor = own_anchor(t, &packed);
	if (m->has_anchor && anchor_unpack(packed, &m->anchor) != ERR_OK)
		txn_fail(t, ERR_STORE_DAMAGED);
	muster_leave(m, t);
	return m;
}

void muster_leave(struct muster *m, struct txn *t)
{
	struct own_leaving leaving;
	m->is_leaving = own_leaving(t, &leaving);
	if (!m->is_leaving)
		return;
	m->leaving = leaving.feed;
	m->leaving_end = leaving.end;
}

bool muster_leaves(const struct muster *m, struct feed_no feed)
{
	return m->is_leaving && m->leaving.n == feed.n;
}

void muster_free(struct muster *m)
{
	if (m == NULL)
		return;
	free(m->roster.members);
	free(m->roster.feeds);
	free(m->roster.profiles);
	free(m->roster.changes);
	free(m->index);
	free(m);
}

/* Twice the room where an array is full. */
static bool grow(void *array, uint32_t count, uint32_t *cap, size_t bytes)
{
	if (count < *cap)
		return true;
	uint32_t larger = *cap == 0 ? ARRAY_FIRST : *cap * 2;
	void *old;
	memcpy(&old, array, sizeof old);
	void *moved = realloc(old, larger * bytes);
	if (moved == NULL)
		return false;
	memcpy(array, &moved, sizeof moved);
	*cap = larger;
	return true;
}

static bool grow_all(struct roster *r)
{
	return grow(&r->members, r->members_count, &r->members_cap, sizeof *r->members) &&
	       grow(&r->feeds, r->feeds_count, &r->feeds_cap, sizeof *r->feeds) &&
	       grow(&r->profiles, r->profiles_count, &r->profiles_cap, sizeof *r->profiles) &&
	       grow(&r->changes, r->changes_count + 1, &r->changes_cap, sizeof *r->changes);
}

static uint32_t slot_of(const struct muster *m, const struct feed_id *id)
{
	uint32_t at;
	memcpy(&at, id->bytes, sizeof at); /* keys are as good as random */
	at &= m->index_cap - 1;
	while (m->index[at] != 0 &&
	        memcmp(m->roster.feeds[m->index[at] - 1].keys.feed.bytes, id->bytes, sizeof id->bytes) != 0)
		at = (at + 1) & (m->index_cap - 1);
	return at;
}

static bool grow_index(struct muster *m)
{
	uint32_t cap = m->index_cap == 0 ? 2 * ARRAY_FIRST : m->index_cap * 2;
	uint32_t *index = calloc(cap, sizeof *index);
	if (index == NULL)
		return false;
	free(m->index);
	m->index = index;
	m->index_cap = cap;
	m->indexed = 0;
	return true;
}

static bool follow_index(struct muster *m)
{
	if (m->roster.feeds_count * 2 > m->index_cap && !grow_index(m))
		return false;
	for (; m->indexed < m->roster.feeds_count; m->indexed++) {
		const struct roster_feed *feed = &m->roster.feeds[m->indexed];
		if (!feed->is_void)
			m->index[slot_of(m, &feed->keys.feed)] = m->indexed + 1;
	}
	return true;
}

static enum err apply(struct muster *m, const struct roster_entry *e)
{
	enum err err = roster_apply(&m->roster, e);
	while (err == ERR_NO_SPACE) {
		if (!grow_all(&m->roster))
			return ERR_NO_MEMORY;
		err = roster_apply(&m->roster, e);
	}
	return follow_index(m) ? err : ERR_NO_MEMORY;
}

enum err muster_founds(struct txn *t, const struct roster_entry *e)
{
	struct muster *trial = muster_new(t);
	if (trial == NULL)
		return ERR_NO_MEMORY;
	enum err err = apply(trial, e);
	muster_free(trial);
	return err;
}

static enum err succeed(struct muster *m)
{
	enum err err = roster_succeed(&m->roster, &m->anchor);
	while (err == ERR_NO_SPACE) {
		if (!grow_all(&m->roster))
			return ERR_NO_MEMORY;
		err = roster_succeed(&m->roster, &m->anchor);
	}
	return follow_index(m) ? err : ERR_NO_MEMORY;
}

bool muster_find(const struct muster *m, const struct feed_id *id, struct feed_no *out)
{
	if (m->index_cap == 0)
		return false;
	uint32_t found = m->index[slot_of(m, id)];
	if (found == 0)
		return false;
	out->n = found - 1;
	return true;
}

bool muster_is_registrar(const struct muster *m, struct feed_no feed)
{
	return feed.n == 0 || roster_is_registrar(&m->roster, feed);
}

/* Where the anchor says that the registrar in force ends; NULL: it goes on. */
static const struct head *anchored_end(const struct muster *m)
{
	uint32_t count = m->roster.registrars_count;
	if (!m->has_anchor || count == 0 || count > m->anchor.feeds_count)
		return NULL;
	return &m->anchor.feeds[count - 1].head;
}

bool muster_cutoff(const struct muster *m, struct feed_no feed, struct head *out)
{
	const struct roster_feed *f = roster_feed(&m->roster, feed);
	if (f == NULL)
		return false;
	if (muster_leaves(m, feed)) {
		*out = m->leaving_end;
		return true;
	}
	const struct head *end = anchored_end(m);
	if (end != NULL && roster_registrar(&m->roster).n == feed.n) {
		*out = *end;
		return true;
	}
	if (f->is_cut)
		*out = f->cutoff;
	return f->is_cut;
}

static struct place next_place(const struct roster *r)
{
	if (!r->founded)
		return (struct place){.feed = {.n = 0}, .seq = 0};
	const struct roster_registrar *in_force = &r->registrars[r->registrars_count - 1];
	return (struct place){.feed = in_force->feed, .seq = r->size - in_force->start};
}

bool muster_is_complete(const struct muster *m)
{
	const struct head *end = anchored_end(m);
	return end == NULL || next_place(&m->roster).seq >= end->size;
}

bool muster_is_behind(const struct muster *m, struct txn *t)
{
	struct entry_ref entry;
	return entries_get(t, next_place(&m->roster), &entry);
}

/* How entries are followed that the muster has not: for the first time, and who is told; or again. */
struct following {
	muster_told *told;
	bool again;
};

static bool follow_entry(struct muster *m, struct txn *t, struct place place, const struct following *how)
{
	struct entry_ref entry;
	if (!entries_get(t, place, &entry))
		return false;
	struct roster_entry e = {
	        .place = place, .time_ms = entry.time_ms, .kind = entry.kind, .body = entry.payload};
	struct network_id network;
	if (!m->roster.founded && own_network(t, &network)) /* its own id; no other entry's is asked for */
		memcpy(e.id.bytes, network.bytes, sizeof e.id.bytes);
	e.keys_good = how->again && e.kind == KIND_FEED_ADD && rejected_any(t, place) == ERR_OK;
	enum err err = apply(m, &e);
	if (err == ERR_NO_MEMORY || !m->roster.founded)
		txn_fail(t, err == ERR_NO_MEMORY ? err : ERR_STORE_DAMAGED);
	else if (how->told != NULL)
		how->told(t, &entry, err);
	return t->err == ERR_OK;
}

static void follow(struct muster *m, struct txn *t, const struct following *how)
{
	for (bool more = true; more;) {
		const struct head *end = anchored_end(m);
		struct place next = next_place(&m->roster);
		if (end == NULL || next.seq < end->size) {
			more = follow_entry(m, t, next, how);
			continue;
		}
		/* a successor whose keys cannot enter: the history ends here, until a higher anchor comes */
		enum err err = succeed(m);
		if (err == ERR_NO_MEMORY)
			txn_fail(t, err);
		more = err == ERR_OK && t->err == ERR_OK;
	}
}

void muster_follow(struct muster *m, struct txn *t, muster_told *told)
{
	follow(m, t, &(struct following){.told = told});
}

void muster_follow_again(struct muster *m, struct txn *t)
{
	follow(m, t, &(struct following){.again = true});
}
