/* SPDX-License-Identifier: Apache-2.0 */
/* share_int.h: what key.share entries give: secrets of channels, whether these are here yet or not. docs/PROTOCOL.md 9.4.
 * Only a key.share in a channel with a wrap for our own key gives anything, so what we can open never rests on itself,
 * and is the same whatever came first. */
#ifndef STORAGE_SHARE_INT_H
#define STORAGE_SHARE_INT_H

#include "keys_int.h"
#include "ledger/statement.h"
#include "log/seal.h"
#include "storage/view.h"

/* An opened key.share comes: ERR_OK, or what is wrong with its form; each of its secrets by itself is judged when the
 * transaction settles. */
MUST_USE enum err share_learn(struct txn *t, const struct statement *s);
/* It goes. What was said of its secrets is the caller's to take away with all that is said of it. */
void share_forget(struct txn *t, const struct statement *s);
/* Entries [from, to) of a feed come or go: secrets of channels among them stand differently now. */
void share_touch_range(struct txn *t, struct feed_no feed, uint64_t from, uint64_t to);
/* Open and close what was touched, and judge again what is sealed in it. */
void share_settle(struct txn *t);

/* A secret that some key.share gives and that the channel committed to. */
bool share_find(
        struct txn *t, struct place channel, const struct channel_open *open, struct channel_secret *out);
/* The key.share entries that name the channel, in the order of places: share and secret are filled. */
bool share_next(struct txn *t, struct place channel, struct key *at, struct view_shared *out);

#endif
