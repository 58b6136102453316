/* SPDX-License-Identifier: Apache-2.0 */
/* witnessed_int.h: what witnesses and fork proofs say of feeds. Only the registrar's statements make rows: when an entry
 * counts as received, and when a node was heard (docs/PROTOCOL.md 10). */
#ifndef STORAGE_WITNESSED_INT_H
#define STORAGE_WITNESSED_INT_H

#include "ledger/statement.h"
#include "storage/feed.h"

/* An entry of the registrar that the roster took; its body outlives writing. ERR_OK or why it has no effect. */
MUST_USE enum err witnessed_registrar(struct txn *t, const struct entry_ref *entry);
/* A witness.seen or witness.heard of anybody else: form and right. */
MUST_USE enum err witnessed_check(const struct statement *s);
/* A fork.proof: the feed is held. */
enum witnessed { WITNESSED_ADD, WITNESSED_REMOVE };
MUST_USE enum err witnessed_fork(struct txn *t, struct place place, struct bytes body, enum witnessed what);

/* The first statement that covers the entry: its time in ms. The newest of a feed: what it covers. */
bool witnessed_received(struct txn *t, struct place place, uint64_t *time_ms);
bool witnessed_newest(struct txn *t, struct feed_no feed, struct head *out);
/* Likewise, with the author's signature as the statement has it. */
bool witnessed_stated(struct txn *t, struct feed_no feed, struct checkpoint *out);
/* The latest day up to D on which the feed was heard. */
bool witnessed_heard(struct txn *t, struct feed_no feed, struct day up_to, struct day *out);
/* The first published proof of the feed's fork. */
bool witnessed_fork_of(struct txn *t, struct feed_no feed, struct fork *out);
/* Does a feed publish one that is not held itself? Of those that are, nobody takes any more. */
bool witnessed_fork_said(struct txn *t, struct feed_no feed);

#endif
