/* SPDX-License-Identifier: Apache-2.0
 * rebase_int.h: own entries that never left make way for those that come back from others, and are appended again after
 * them: all in the one transaction that stores what came back, so that a crash leaves either the one or the other. */
#ifndef REBASE_INT_H
#define REBASE_INT_H

#include "node/append.h"
#include "rewrites_int.h"
#include "storage/feed.h"

/* Zero to begin. Kept through the turns of a commit: what a rule refused in one is kept out of the next. */
struct rebase {
	bool begun;
	struct feed_no own;
	struct head from; /* the mark: what lies behind it was withdrawn */
	struct rebase_draft *drafts, **drafts_end;
	struct rebase_refusal *refusals;
	struct renumbering numbers;
	bool poisoned;
	uint32_t withdrawn, back, again, refused; /* of those that people wrote; back and again: of them */
};
/* Withdraw all that lies behind the mark, if anything does and the run would begin there. Store errors. */
MUST_USE enum err rebase_make_way(struct rebase *b, struct txn *txn, const struct run *run);
/* The run, accepted: what it brings counts, so nothing else became of it. */
void rebase_came_back(struct txn *txn, struct feed_no own, const struct run *run);
/* Append again what was withdrawn. On an error with poisoned set a rule refused one: give the transaction up,
 * rebase_again(), and do all of it again, that one is left out then. Other errors are the store's. */
MUST_USE enum err rebase_end(struct rebase *b, const struct append *a);
void rebase_again(struct rebase *b); /* the transaction was given up */
void rebase_free(struct rebase *b);

#endif
