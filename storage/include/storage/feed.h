/* SPDX-License-Identifier: Apache-2.0
 * feed.h: the feeds as held: their entries, the signatures that ended their runs, their trees; what a cutoff set
 * aside; fork proofs and anchors. docs/PROTOCOL.md 3, 4. Whether a signature is right is the caller's, by run.h,
 * outside any transaction; that a run still fits is checked here. */
#ifndef STORAGE_FEED_H
#define STORAGE_FEED_H

#include "log/anchor.h"
#include "log/fork.h"
#include "log/proof.h"
#include "log/run.h"
#include "storage/txn.h"

struct feed_info {
	struct feed_id id;
	struct member_no member;
	enum feed_state state;
	struct head head;      /* held, up to the cutoff. size 0: root is that of the empty tree */
	uint64_t last_time_ms; /* of the last entry held; 0: none */
	struct head
	        cutoff; /* FEED_CUT: up to which it counts; of a registrar's also where an anchor ends it */
	bool is_staged; /* what was held was not on the cutoff's branch: pulled anew from 0, head.size is 0. Of a registrar's
	                 * feed the roster is still that of the old branch, until the other one is whole */
	uint64_t next; /* where the next run must begin: head.size, or the entries staged */
};
/* False: no such feed in the roster. */
bool feed_info(struct txn *txn, struct feed_no no, struct feed_info *out);
/* What the roster is made of, of a registrar's feed: as feed_info's head, but also while is_staged. False: no such feed. */
bool feed_roster_head(struct txn *txn, struct feed_no no, struct head *out);
/* The heads (as feed_info's) of feeds FIRST, FIRST + 1, ...: up to COUNT; returns how many there are. */
uint32_t feed_heads(struct txn *txn, struct feed_no first, uint32_t count, struct head *out);
/* What the next run extends; a staged feed's own staged tree. *tree is filled. False as above. */
bool feed_base(struct txn *txn, struct feed_no no, struct tree *tree, uint64_t *last_time_ms);

/* Take a checked run: the entries, the signature, the tree, and what they do to roster, feeds and views, all in this
 * transaction. effect: of run_verify() (or run_extend() and one's own signature) on the feed's base.
 * Feed 0 may be accepted while the roster is empty: its entry 0 must have the network's id (own_network()), or sets
 * it where none is set.
 * Nothing changed and the transaction is good as before on: ERR_UNKNOWN_FEED; ERR_NOT_NEXT (the base is no longer
 * that); ERR_FORKED (held: a fork proof is known, nothing more is taken); ERR_OUT_OF_RANGE (beyond the cutoff, or a
 * void feed); ERR_BAD_ROOT (it ends at the cutoff with another root: call feed_restage() to pull the other branch);
 * ERR_WRONG_NETWORK. Other errors are the store's and sticky. */
MUST_USE enum err feed_accept(
        struct txn *txn, struct feed_no no, const struct run *run, const struct run_effect *effect);
/* A cut feed whose entries turned out to be off the cutoff's branch: set them aside and begin at 0, staged.
 * ERR_OUT_OF_RANGE: the feed is not cut. */
MUST_USE enum err feed_restage(struct txn *txn, struct feed_no no);

/* Take back own entries that never left: the feed ends at SIZE, and every view is as if they had never been; of a
 * registrar's feed the roster too, and nothing borrowed from it lives. The caller has kept what was in them.
 * ERR_OUT_OF_RANGE: it is shorter, is cut, or no signature is kept at SIZE. */
MUST_USE enum err feed_withdraw(struct txn *txn, struct feed_no no, uint64_t size);

/* One entry as kept. */
struct entry_ref {
	struct place place;
	enum audience audience;
	uint16_t kind; /* the header's */
	uint64_t time_ms;
	uint8_t id[REFERENCE_ID_BYTES]; /* the first bytes of its id */
	struct bytes payload;           /* borrowed */
};
bool feed_entry(struct txn *txn, struct place place, struct entry_ref *out);
/* Its header, made again (hashes the payload), from which entry_id() gives the whole id. */
bool feed_header(struct txn *txn, const struct entry_ref *entry, struct entry_header *out);
struct reference feed_reference(const struct entry_ref *entry);

/* A run to serve, from the entry FROM on: as many kept runs as may be joined and as begin before TO; at least one.
 * It ends at a kept signature, or at a cutoff (zeros then: its root is what counts). items: RUN_ENTRIES_MAX, filled,
 * payloads borrowed. False: FROM is not below the feed's size. */
bool feed_run(struct txn *txn, struct feed_no no, uint64_t from, uint64_t to, struct run_item *items,
        struct run *out);

/* The first kept signature at SIZE or later, with the root there. feed_info's size as SIZE: the newest. False: none,
 * or it is the unsigned end at a cutoff. */
bool feed_checkpoint(struct txn *txn, struct feed_no no, uint64_t size, struct checkpoint *out);
/* The tree and the root as they were at SIZE. False: not held so far. */
bool feed_tree_at(struct txn *txn, struct feed_no no, uint64_t size, struct tree *out);
/* Is that head on the history that is held? False: it has another root there, or less is held. Size 0 is. */
bool feed_has_head(struct txn *txn, struct feed_no no, const struct head *head);
/* For proofs (log/proof.h). memory outlives the use. */
struct feed_proof {
	struct txn *txn;
	struct feed_no no;
};
struct proof_source feed_proof_source(struct feed_proof *memory);

/* Runs that a cutoff set aside, each call the next. at: zero to begin. Payloads borrowed. */
struct feed_aside {
	uint64_t from;
	uint32_t count;
	struct run_item items[RUN_ENTRIES_MAX];
	uint8_t signature[64];
};
struct feed_aside_at {
	uint8_t len;
	uint8_t key[28];
};
bool feed_aside_next(struct txn *txn, struct feed_no no, struct feed_aside_at *at, struct feed_aside *out);

/* Keep a fork proof that was found here (fork_verify()ed): the feed is held from now on, unless it is cut.
 * ERR_EXISTS: one is kept already. ERR_UNKNOWN_FEED. */
MUST_USE enum err feed_hold(struct txn *txn, const struct fork *fork);
/* The fork proof known of the feed, found here or published. */
bool feed_fork(struct txn *txn, struct feed_no no, struct fork *out);
/* One that no entry publishes but those of feeds that are held themselves, of which nobody takes any more. */
bool feed_fork_unsaid(struct txn *txn, struct feed_no no, struct fork *out);

/* The newest anchor known; false: none. */
bool feed_anchor(struct txn *txn, struct anchor *out);
/* Take an anchor whose signature was verified (anchor_verify()) with the network's recovery key, if it wins over the
 * one known: the roster is made anew. Where the registrar's entries held are not on the branch it names, it is kept,
 * and that branch is to be pulled from 0, staged; then it is in force. ERR_EXISTS: it does not win. */
MUST_USE enum err feed_anchor_accept(struct txn *txn, const struct anchor *anchor);
/* How far what is held follows the newest anchor known. */
enum feed_anchored {
	FEED_ANCHOR_NONE,
	FEED_ANCHOR_FOLLOWED,
	FEED_ANCHOR_AWAITS, /* not all of a prefix that it lets stand is held yet */
	FEED_ANCHOR_LEAVES, /* held is another branch of a registrar's feed; the anchor's is being pulled */
	FEED_ANCHOR_BARRED /* the successor's keys cannot enter: nobody is the registrar until a higher anchor comes */
};
enum feed_anchored feed_anchored(struct txn *txn);

#endif
