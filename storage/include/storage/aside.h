/* SPDX-License-Identifier: Apache-2.0
 * aside.h: what cutoffs set aside, read as statements: for showing conflicting records, never for computing with them.
 * docs/PROTOCOL.md 3.4. Only what this node itself held before is here; another node may hold more, less or other
 * entries of the same feed. */
#ifndef STORAGE_ASIDE_H
#define STORAGE_ASIDE_H

#include "ledger/object.h"
#include "storage/feed.h"

/* A void entry that is not held. */
struct aside_item {
	struct statement statement; /* attributed without roles; kind and body where it is opened */
	enum err opened;            /* ERR_OK; ERR_NOT_FOR_US; else it opens for nobody */
	enum object_type opens;     /* the type of the object that it opened; OBJECT_NONE: none */
	struct reference *objects;  /* that it was about; what it opened itself is the first */
	uint32_t objects_count;
};
struct aside_link; /* from an object to an item */
struct aside {
	struct aside_item *items; /* by place, then id; each once */
	size_t count;
	struct aside_link *links;
	size_t links_count;
};
/* All of it, opened where that is possible. Borrows from the transaction. ERR_NO_MEMORY, or the transaction's error. */
MUST_USE enum err aside_open(struct txn *txn, struct aside **out);
void aside_close(struct aside *aside); /* NULL is fine */

/* The void entry itself; NULL: it is not there. */
const struct aside_item *aside_find(const struct aside *aside, const struct reference *ref);
/* The next item that was about that object, by place. from: 0 to begin. NULL: no more. */
const struct aside_item *aside_about(const struct aside *aside, const struct reference *object, size_t *from);
/* What a void opening would come to with all that was said about it, void or not. ERR_NO_MEMORY. */
MUST_USE enum err aside_object(struct txn *txn, const struct aside *aside, const struct aside_item *opening,
        struct object_view *out);

/* The roots at SIZE of the branches of a feed that were set aside: of each that reaches so far from what is held. Fills up
 * to cap, each once; returns how many. */
uint32_t aside_heads(struct txn *txn, struct feed_no feed, uint64_t size, struct head *out, uint32_t cap);
/* Does a branch that was set aside reach that head? Then *stay of the entries held are of it too. */
bool aside_reaches(struct txn *txn, struct feed_no feed, const struct head *head, uint64_t *stay);

#endif
