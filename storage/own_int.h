/* SPDX-License-Identifier: Apache-2.0 */
/* own_int.h: rows of META that other files of this layer need. */
#ifndef STORAGE_OWN_INT_H
#define STORAGE_OWN_INT_H

#include "storage/own.h"

/* How often rosters made before became of no use: an anchor came, or entries of the registrar were withdrawn. */
uint64_t own_epoch(struct txn *t);
void own_epoch_raise(struct txn *t);
/* The packed anchor in force. */
bool own_anchor(struct txn *t, struct bytes *out);
void own_anchor_put(struct txn *t, struct bytes packed);
/* A newer anchor that is kept but not in force, because what is held of a registrar's feed is off its branch: which
 * feed, and where the anchor ends it. Local: what is held decides it. */
struct own_leaving {
	struct feed_no feed;
	struct head end;
	struct bytes anchor; /* packed */
};
bool own_leaving(struct txn *t, struct own_leaving *out);
void own_leaving_put(struct txn *t, const struct own_leaving *leaving);
void own_leaving_remove(struct txn *t);

#endif
