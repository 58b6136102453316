/* SPDX-License-Identifier: Apache-2.0 */
/* channel.c: rows of the table of channels: what came of our own wrap u8, whether a key.share opens it u8, the secret
 * (zeros when there is none). A transaction remembers the channels it met, since most entries in a row are sealed to the
 * same few. What a key.share gives later turns a channel only when the transaction settles (share.c), so that entries
 * are undone with the secret they were judged with. */
#include "channel_int.h"

#include <string.h>

#include "db_int.h"
#include "entries_int.h"
#include "log/kinds.h"
#include "share_int.h"
#include "txn_int.h"

enum outcome { OUTCOME_OPENED = 0, OUTCOME_NOT_FOR_US = 1, OUTCOME_BROKEN = 2 };

struct state {
	enum outcome own;
	bool is_shared;
	struct channel_secret secret;
};
#define STATE_BYTES (2u + sizeof(struct channel_secret))

static enum err err_of(const struct state *s)
{
	if (s->is_shared)
		return ERR_OK;
	switch (s->own) {
	case OUTCOME_OPENED:
		return ERR_OK;
	case OUTCOME_NOT_FOR_US:
		return ERR_NOT_FOR_US;
	case OUTCOME_BROKEN:
		return ERR_NOT_DECRYPTED;
	}
	return ERR_STORE_DAMAGED;
}

static struct channel_slot *slot(struct txn *t, struct place place)
{
	uint64_t h = (place.seq + 1) * 0x9E3779B97F4A7C15u ^ (uint64_t)place.feed.n * 0xC2B2AE3D27D4EB4Fu;
	return t->work != NULL ? &t->work->channels[(h >> 40) % CHANNEL_SLOTS] : NULL;
}

static void forget_slot(struct txn *t, struct place place)
{
	struct channel_slot *kept = slot(t, place);
	if (kept != NULL && kept->used && place_compare(kept->place, place) == 0)
		bytes_wipe(kept, sizeof *kept);
}

static void put_state(struct txn *t, struct place place, const struct state *s)
{
	uint8_t value[STATE_BYTES] = {(uint8_t)s->own, s->is_shared};
	struct key key = keys_place(place);
	if (err_of(s) == ERR_OK)
		memcpy(value + 2, s->secret.bytes, sizeof s->secret.bytes);
	db_put(t, TABLE_CHANNEL, &key, BYTES_OF(value));
	forget_slot(t, place);
	bytes_wipe(value, sizeof value);
}

static bool get_state(struct txn *t, struct place place, struct state *out)
{
	struct key key = keys_place(place);
	struct bytes value;
	if (!db_get(t, TABLE_CHANNEL, &key, &value))
		return false;
	if (value.len != STATE_BYTES || value.data[0] > OUTCOME_BROKEN || value.data[1] > 1) {
		txn_fail(t, ERR_STORE_DAMAGED);
		return false;
	}
	out->own = (enum outcome)value.data[0];
	out->is_shared = value.data[1] != 0;
	memcpy(out->secret.bytes, value.data + 2, sizeof out->secret.bytes);
	return true;
}

/* verify.c's second store opens nothing itself: it takes what our own key opened in the first one, held against the
 * commitment. What key.share entries open it opens by these. */
static enum err borrow(
        struct txn *secrets, const struct channel_open *open, struct place place, struct channel_secret *out)
{
	struct state first;
	if (!get_state(secrets, place, &first))
		return ERR_NOT_FOR_US;
	enum err e = first.own == OUTCOME_NOT_FOR_US ? ERR_NOT_FOR_US : ERR_BAD_COMMITMENT;
	if (first.own == OUTCOME_OPENED && seal_channel_is_committed(open, &first.secret)) {
		*out = first.secret;
		e = ERR_OK;
	}
	bytes_wipe(&first, sizeof first);
	return e;
}

static enum err try_open(
        struct txn *t, struct place place, const struct channel_open *open, struct channel_secret *out)
{
	if (t->store->secrets != NULL)
		return borrow(t->store->secrets, open, place, out);
	return t->store->keys != NULL ? seal_channel_try(open, t->store->keys, out) : ERR_NOT_FOR_US;
}

enum err channel_learn(struct txn *t, struct place place, struct bytes body)
{
	struct state s = {.own = OUTCOME_BROKEN};
	struct channel_open open;
	enum err e = seal_channel_unpack(body, &open);
	bool formed = e == ERR_OK;
	if (formed)
		e = try_open(t, place, &open, &s.secret);
	if (e == ERR_OK || e == ERR_NOT_FOR_US)
		s.own = e == ERR_OK ? OUTCOME_OPENED : OUTCOME_NOT_FOR_US;
	s.is_shared = formed && e != ERR_OK && share_find(t, place, &open, &s.secret);
	put_state(t, place, &s);
	bytes_wipe(&s, sizeof s);
	return s.own == OUTCOME_BROKEN ? e : ERR_OK;
}

void channel_forget(struct txn *t, struct place place)
{
	struct key key = keys_place(place);
	db_remove(t, TABLE_CHANNEL, &key);
	forget_slot(t, place);
}

static enum err read(struct txn *t, struct place place, struct channel_secret *out)
{
	struct state s;
	if (!get_state(t, place, &s))
		return t->err != ERR_OK ? t->err : ERR_NOT_FOUND;
	enum err e = err_of(&s);
	if (e == ERR_OK)
		*out = s.secret;
	bytes_wipe(&s, sizeof s);
	return e;
}

enum err channel_secret(struct txn *t, struct place place, struct channel_secret *out)
{
	struct channel_slot *kept = slot(t, place);
	if (kept == NULL)
		return read(t, place, out);
	if (!kept->used || place_compare(kept->place, place) != 0) {
		kept->err = read(t, place, &kept->secret);
		kept->place = place;
		kept->used = kept->err == ERR_OK || kept->err == ERR_NOT_FOR_US;
	}
	if (kept->err == ERR_OK)
		*out = kept->secret;
	return kept->err;
}

bool channel_is_own(struct txn *t, struct place place)
{
	struct state s;
	bool is_own = get_state(t, place, &s) && s.own == OUTCOME_OPENED;
	bytes_wipe(&s, sizeof s);
	return is_own;
}

bool channel_is_open(struct txn *t, struct place place)
{
	struct state s;
	bool is_open = get_state(t, place, &s) && err_of(&s) == ERR_OK;
	bytes_wipe(&s, sizeof s);
	return is_open;
}

enum err channel_at(struct txn *t, struct place place, struct channel_open *out)
{
	struct entry_ref entry;
	if (!entries_get(t, place, &entry))
		return ERR_NOT_FOUND;
	if (entry.audience != AUDIENCE_NETWORK || entry.kind != KIND_CHANNEL_OPEN ||
	        seal_channel_unpack(entry.payload, out) != ERR_OK)
		return ERR_NO_SUCH_OBJECT;
	return ERR_OK;
}

/* Its state as the key.share entries held now make it. */
static bool share_state(struct txn *t, struct place place, struct state *s)
{
	struct channel_open open;
	if (!get_state(t, place, s) || s->own == OUTCOME_OPENED || channel_at(t, place, &open) != ERR_OK)
		return false;
	bool was = s->is_shared;
	s->is_shared = share_find(t, place, &open, &s->secret);
	return was != s->is_shared;
}

bool channel_turns(struct txn *t, struct place place)
{
	struct state s;
	bool turns = share_state(t, place, &s);
	bytes_wipe(&s, sizeof s);
	return turns;
}

void channel_turn(struct txn *t, struct place place)
{
	struct state s;
	if (share_state(t, place, &s))
		put_state(t, place, &s);
	bytes_wipe(&s, sizeof s);
}
