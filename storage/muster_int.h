/* SPDX-License-Identifier: Apache-2.0 */
/* muster_int.h: the roster in memory, in arrays that grow, with an index from feed ids to numbers. A writer has one, a
 * reader has one; each follows the registrar's entries of its own snapshot. */
#ifndef STORAGE_MUSTER_INT_H
#define STORAGE_MUSTER_INT_H

#include "log/roster.h"
#include "storage/feed.h"

struct muster {
	struct roster roster;
	uint32_t *index; /* open addressing: feed number + 1, 0: free */
	uint32_t index_cap, indexed;
	uint64_t epoch; /* how often the registrar's history was replaced when this was made */
	uint32_t users; /* read transactions */
	bool has_anchor;
	struct anchor anchor;
	/* A newer anchor waits until another branch of this registrar's feed is held, up to there. */
	bool is_leaving;
	struct feed_no leaving;
	struct head leaving_end;
};
/* For what the transaction's snapshot has; empty, muster_follow() it. NULL: the transaction failed. */
struct muster *muster_new(struct txn *t);
void muster_free(struct muster *m);
/* The branch that this transaction means to leave is another now. */
void muster_leave(struct muster *m, struct txn *t);
/* Is it this feed's? The roster hangs on what is held of that, so it stays as it is. */
bool muster_leaves(const struct muster *m, struct feed_no feed);

/* Apply what the snapshot has of the registrar's history and the muster has not. Failures are the transaction's.
 * told: what became of each entry, may be NULL. */
typedef void muster_told(struct txn *t, const struct entry_ref *entry, enum err verdict);
void muster_follow(struct muster *m, struct txn *t, muster_told *told);
/* The same of what a writer of this store followed when it came: of feeds that it let in the keys are not checked again,
 * which is nearly all that making a roster costs. */
void muster_follow_again(struct muster *m, struct txn *t);
/* Does the snapshot have entries that the muster has not? */
bool muster_is_behind(const struct muster *m, struct txn *t);
/* Would this entry found a network? ERR_OK or why not. */
MUST_USE enum err muster_founds(struct txn *t, const struct roster_entry *e);
bool muster_find(const struct muster *m, const struct feed_id *id, struct feed_no *out);
/* Is the feed a registrar's, whose entries are the roster's history? Feed 0 is, even of an empty roster. */
bool muster_is_registrar(const struct muster *m, struct feed_no feed);
/* Is all of the history there that the anchor in force lets stand? */
bool muster_is_complete(const struct muster *m);
/* Up to where the feed counts: by the roster, or, of a registrar's, by the anchor. False: no bound. */
bool muster_cutoff(const struct muster *m, struct feed_no feed, struct head *out);

#endif
