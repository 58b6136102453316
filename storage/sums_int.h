/* SPDX-License-Identifier: Apache-2.0 */
/* sums_int.h: sums that many entries add to, collected in memory and written once a settling: what is between two
 * members, and how many sealed entries of a feed were opened. */
#ifndef STORAGE_SUMS_INT_H
#define STORAGE_SUMS_INT_H

#include "storage/view.h"

/* result: of unseal_entry(). by: 1 or -1. */
void sums_sealed(struct txn *t, struct feed_no feed, enum err result, int by);
/* An object of a pair (a < b) comes, by = 1, or goes, by = -1. */
struct sums_object {
	struct member_no a, b;
	enum object_type type;
	struct pair_sums sums; /* seen from a */
};
void sums_object(struct txn *t, const struct sums_object *object, int by);
/* Write what was collected. */
void sums_flush(struct txn *t);
bool sums_read(struct bytes value, struct view_sum *out); /* but for the partner */
struct view_sealed sums_sealed_get(struct txn *t, struct feed_no feed);

#endif
