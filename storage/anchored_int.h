/* SPDX-License-Identifier: Apache-2.0 */
/* anchored_int.h: which anchor is in force, and how a node that holds another branch of a registrar's feed than the
 * newest one names gets to that. docs/PROTOCOL.md 4.6. */
#ifndef STORAGE_ANCHORED_INT_H
#define STORAGE_ANCHORED_INT_H

#include "log/anchor.h"
#include "storage/txn.h"

/* The newest known, in force or not. */
bool anchored_newest(struct txn *t, struct anchor *out);
/* It wins over that: in force now, or as soon as the branch that it names is held. Failures are the transaction's. */
void anchored_take(struct txn *t, const struct anchor *anchor);
/* The branch of this registrar's feed that was staged is whole. */
void anchored_arrived(struct txn *t, struct feed_no no);

#endif
