/* SPDX-License-Identifier: Apache-2.0 */
/* settle_int.h: the end of a batch: what the roster's changes ask to be judged again, then the objects touched, then the
 * sums. */
#ifndef STORAGE_SETTLE_INT_H
#define STORAGE_SETTLE_INT_H

#include "log/roster.h"
#include "storage/txn.h"

/* Note for settling: a feed's roles from that seq on are others; there are members or feeds that were not there. */
void settle_roles(struct txn *t, struct feed_no feed, uint64_t from);
void settle_grown(struct txn *t);
void settle_all(struct txn *t);

#endif
