/* SPDX-License-Identifier: Apache-2.0 */
/* kept_int.h: the signatures kept: each ended a run, and any range can be served from one to the next. The one at a
 * cutoff may be zeros: what counts there is the root. */
#ifndef STORAGE_KEPT_INT_H
#define STORAGE_KEPT_INT_H

#include "log/checkpoint.h"
#include "storage/txn.h"

void kept_put(struct txn *t, struct feed_no feed, const struct checkpoint *checkpoint);
void kept_remove(struct txn *t, struct feed_no feed, uint64_t size);
/* The first at SIZE or later; the last below SIZE. */
bool kept_from(struct txn *t, struct feed_no feed, uint64_t size, struct checkpoint *out);
bool kept_below(struct txn *t, struct feed_no feed, uint64_t size, struct checkpoint *out);
bool kept_is_signed(const struct checkpoint *checkpoint);

#endif
