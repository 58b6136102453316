/* SPDX-License-Identifier: Apache-2.0
 * own.h: what a store knows of its own node, and of nobody else: which network and feed are its own, the mark and the
 * generation (docs/PROTOCOL.md 8), and drawers for small local records. None of it is a view. */
#ifndef STORAGE_OWN_H
#define STORAGE_OWN_H

#include "storage/txn.h"

/* The network; false: not yet known (before it is founded or joined). */
bool own_network(struct txn *txn, struct network_id *out);
/* ERR_WRONG_NETWORK: it is another already. */
MUST_USE enum err own_network_set(struct txn *txn, const struct network_id *network);
/* The public keys that the store was made for. */
const struct feed_keys *own_keys(const struct store *store);
/* The number of the own feed; false: not (yet) in the roster. */
bool own_feed(struct txn *txn, struct feed_no *out);

/* The mark: how much of the own feed was ever let out. size 0: nothing. */
void own_mark(struct txn *txn, struct head *out);
/* Durable with the commit, and only then may a byte leave. Never lowered: ERR_OUT_OF_RANGE below the mark or above
 * what is held of the own feed. */
MUST_USE enum err own_mark_set(struct txn *txn, const struct head *mark);
/* The one way back: it was raised for what then did not leave after all. ERR_OUT_OF_RANGE above the mark. */
MUST_USE enum err own_mark_undo(struct txn *txn, const struct head *mark);

/* Raised at each start, here first, then in the copy. */
uint64_t own_generation(struct txn *txn);
uint64_t own_generation_raise(struct txn *txn, uint64_t above); /* beyond ABOVE too; returns the new one */

/* Does the store count as restored (an old copy): nothing of its own is published until that is settled? */
enum own_trust { OWN_SETTLED, OWN_RESTORED };
enum own_trust own_trust(struct txn *txn);
void own_trust_set(struct txn *txn, enum own_trust trust);

/* Drawers of local records, each under a key; form and meaning are their owner's. */
enum own_drawer {
	OWN_INVITES = 1,
	OWN_JOINS = 2, /* join requests that wait */
	OWN_PEERS = 3,
	OWN_NOTES = 4,    /* anything else of the node, by a short name */
	OWN_REWRITES = 5, /* what became of own entries that were withdrawn: node/rewrites.h */
	OWN_ASIDE = 6,    /* secrets of channels that were set aside: aside_int.h's */
	OWN_REFUSED = 7,  /* withdrawn ones that a rule refused when they were to be appended again */
	OWN_TIMES = 8     /* own entries appended again under a later time: when they were made */
};
#define OWN_KEY_BYTES_MAX 64u
#define OWN_VALUE_BYTES_MAX 4096u
#define OWN_ENTRY_BYTES_MAX (ENTRY_PAYLOAD_BYTES_MAX + 128u) /* of a value in OWN_REFUSED */
void own_put(struct txn *txn, enum own_drawer drawer, struct bytes key, struct bytes value);
bool own_get(struct txn *txn, enum own_drawer drawer, struct bytes key, struct bytes *value); /* borrowed */
void own_remove(struct txn *txn, enum own_drawer drawer, struct bytes key);
/* Each call the next, in the order of keys. at: zero to begin. */
struct own_at {
	uint8_t len;
	uint8_t key[OWN_KEY_BYTES_MAX + 1u];
};
bool own_next(
        struct txn *txn, enum own_drawer drawer, struct own_at *at, struct bytes *key, struct bytes *value);

#endif
