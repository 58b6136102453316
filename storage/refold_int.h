/* SPDX-License-Identifier: Apache-2.0 */
/* refold_int.h: objects computed anew from all the statements about them. Judging only notes which objects were touched;
 * each is computed once, when the transaction settles, however many statements came. */
#ifndef STORAGE_REFOLD_INT_H
#define STORAGE_REFOLD_INT_H

#include "ledger/statement.h"
#include "txn_int.h"

void refold_touch(struct txn *t, struct place object, enum opening opening);
/* Entries [from, to) of a feed come or go: whatever was said about them stands differently now. */
void refold_touch_range(struct txn *t, struct feed_no feed, uint64_t from, uint64_t to);
/* A statement names an object; it stands with the others about it until it is removed. */
void refold_about_put(struct txn *t, const struct reference *named, const struct statement *s);
void refold_about_remove(struct txn *t, struct place object, struct place statement);
/* Compute every object that was touched. */
void refold_all(struct txn *t);

/* One row of what was said about an object. */
struct refold_about {
	struct place object, statement;
	uint8_t id[REFERENCE_ID_BYTES]; /* named by the statement */
	uint8_t status;                 /* enum refold_status */
	uint16_t kind;
};
enum refold_status { REFOLD_COUNTS = 0, REFOLD_REJECTED = 1, REFOLD_WAITS = 2 };
bool refold_about_next(struct txn *t, struct place object, struct key *at, struct refold_about *out);
/* A stored object: its index fields and record. */
bool refold_read(struct txn *t, struct bytes value, struct object_view *index, struct bytes *record);

#endif
