/* SPDX-License-Identifier: Apache-2.0 */
/* branch_int.h: how a feed grows, and how a cutoff cuts it, sets entries aside, pulls another branch anew and gives back
 * what was set aside when it is lifted. docs/PROTOCOL.md 3. */
#ifndef STORAGE_BRANCH_INT_H
#define STORAGE_BRANCH_INT_H

#include "log/run.h"
#include "storage/feed.h"
#include "tip_int.h"

/* The run extends the feed's tree, and counts. The run's payloads are not the transaction's. */
void branch_append(struct txn *t, struct feed_no no, const struct run *run, const struct run_effect *effect);
/* Follow the registrar's history to its end; what the roster makes of each entry goes into the views. */
void branch_follow(struct txn *t);
/* The run extends the staged tree; when it reaches the cutoff, all that is staged counts. */
void branch_stage(struct txn *t, struct feed_no no, const struct run *run, const struct run_effect *effect);
/* Set aside all that is held and begin to stage from 0. */
void branch_restage(struct txn *t, struct feed_no no);
/* What is staged takes the place of what is held, which goes aside; the roster and the views are made anew by the
 * caller. */
void branch_swap(struct txn *t, struct feed_no no);
/* The feed ends at SIZE, where a run ended; what was behind it is gone. */
void branch_withdraw(struct txn *t, struct feed_no no, uint64_t size);
/* Stage the branch that ends there from what was set aside when it was left before. False: not all of it is here. */
bool branch_recall(struct txn *t, struct feed_no no, const struct head *end);
/* The feed loses its number: a new history of the registrar gives it to another or to none. Its signed runs go aside
 * under FEED_NONE, until the roster has the feed again; the views are made anew by the caller. */
void branch_orphan(struct txn *t, struct feed_no no, const struct feed_id *feed);
/* Unless it is cut: take back what was set aside, as far as it goes on from what is held. */
void branch_take_back(struct txn *t, struct feed_no no);
/* Carry out the cutoff that the roster has for the feed, where that is not what was carried out before. */
void branch_cutoff(struct txn *t, struct feed_no no);

#endif
