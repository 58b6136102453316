/* SPDX-License-Identifier: Apache-2.0 */
/* judge_int.h: what one entry does to the views, and how that is taken back. What depends on other entries (is its
 * object there, does it have an effect on it) is left to refold_int.h, for the objects that were touched here. */
#ifndef STORAGE_JUDGE_INT_H
#define STORAGE_JUDGE_INT_H

#include "storage/feed.h"

/* A new entry, after those before it in its feed. Its payload outlives writing, here and below. */
void judge_entry(struct txn *t, const struct entry_ref *entry);
/* The same for an entry that is stored. */
void judge_stored(struct txn *t, struct place place);
/* What the roster made of an entry of the registrar; before or after judge_entry(). */
void judge_roster(struct txn *t, const struct entry_ref *entry, enum err verdict);
/* The roster changed in a way that may matter to it. */
void judge_again(struct txn *t, struct place place);
/* It leaves the feed; after those behind it. */
void judge_undo(struct txn *t, struct place place);

#endif
