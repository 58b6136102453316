/* SPDX-License-Identifier: Apache-2.0 */
/* channel.c: rows of the table of channels: what came of it u8, the secret (zeros when there is none). A transaction
 * remembers the channels it met, since most entries in a row are sealed to the same few. */
#include "channel_int.h"

#include <string.h>

#include "db_int.h"
#include "txn_int.h"

enum outcome { OUTCOME_OPENED = 0, OUTCOME_NOT_FOR_US = 1, OUTCOME_BROKEN = 2 };

static enum err err_of(enum outcome outcome)
{
	switch (outcome) {
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

/* verify.c's second store opens nothing itself: it takes the first one's secrets, held against the commitment. */
static enum err borrow(
        struct txn *secrets, const struct channel_open *open, struct place place, struct channel_secret *out)
{
	struct channel_secret secret;
	enum err e = channel_secret(secrets, place, &secret);
	if (e != ERR_OK)
		return ERR_NOT_FOR_US;
	struct hash commitment = hash_of2(bytes_text("lontar channel v1"), BYTES_OF(secret.bytes));
	e = memcmp(commitment.bytes, open->commitment, sizeof commitment.bytes) == 0 ? ERR_OK
	                                                                             : ERR_BAD_COMMITMENT;
	if (e == ERR_OK)
		*out = secret;
	bytes_wipe(&secret, sizeof secret);
	return e;
}

static enum err try_open(struct txn *t, struct place place, struct bytes body, struct channel_secret *out)
{
	struct channel_open open;
	enum err e = seal_channel_unpack(body, &open);
	if (e != ERR_OK)
		return e;
	if (t->store->secrets != NULL)
		return borrow(t->store->secrets, &open, place, out);
	return t->store->keys != NULL ? seal_channel_try(&open, t->store->keys, out) : ERR_NOT_FOR_US;
}

enum err channel_learn(struct txn *t, struct place place, struct bytes body)
{
	struct channel_secret secret = {{0}};
	enum err e = try_open(t, place, body, &secret);
	enum outcome outcome = e == ERR_OK           ? OUTCOME_OPENED
	                       : e == ERR_NOT_FOR_US ? OUTCOME_NOT_FOR_US
	                                             : OUTCOME_BROKEN;
	uint8_t value[1 + sizeof secret.bytes];
	value[0] = (uint8_t)outcome;
	memcpy(value + 1, secret.bytes, sizeof secret.bytes);
	struct key key = keys_place(place);
	db_put(t, TABLE_CHANNEL, &key, BYTES_OF(value));
	bytes_wipe(value, sizeof value);
	bytes_wipe(&secret, sizeof secret);
	return outcome == OUTCOME_BROKEN ? e : ERR_OK;
}

void channel_forget(struct txn *t, struct place place)
{
	struct key key = keys_place(place);
	db_remove(t, TABLE_CHANNEL, &key);
	struct channel_slot *kept = slot(t, place);
	if (kept != NULL && kept->used && place_compare(kept->place, place) == 0)
		bytes_wipe(kept, sizeof *kept);
}

static enum err read(struct txn *t, struct place place, struct channel_secret *out)
{
	struct key key = keys_place(place);
	struct bytes value;
	if (!db_get(t, TABLE_CHANNEL, &key, &value))
		return t->err != ERR_OK ? t->err : ERR_NOT_FOUND;
	enum err e = ERR_STORE_DAMAGED;
	if (value.len == 1 + sizeof out->bytes && value.data[0] <= OUTCOME_BROKEN)
		e = err_of((enum outcome)value.data[0]);
	if (e == ERR_OK)
		memcpy(out->bytes, value.data + 1, sizeof out->bytes);
	if (e == ERR_STORE_DAMAGED)
		txn_fail(t, e);
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
