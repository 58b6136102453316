/* SPDX-License-Identifier: Apache-2.0
 * fence.h: is this store an old copy of itself? The decision alone, the same for the daemon and the simulator: the owner
 * says what it read of the copy of the mark and where it runs, and writes the copy that it is told. docs/PROTOCOL.md 8.
 * At each start, once, before node_new(). A store made anew from a seed on paper has nothing to compare: whoever makes
 * it marks it with own_trust_set(OWN_RESTORED). */
#ifndef NODE_FENCE_H
#define NODE_FENCE_H

#include "log/short_text.h"
#include "storage/own.h"

enum fence_copy {
	FENCE_COPY_OFF /* none is kept */,
	FENCE_COPY_MISSING,
	FENCE_COPY_DAMAGED,
	FENCE_COPY_READ
};
struct fence_seen {
	enum fence_copy copy;
	uint64_t generation; /* FENCE_COPY_READ: what the copy says */
	struct head mark;
	struct hash
	        place; /* of the machine and the directory; any hash that changes with them. Not with COPY_OFF */
};
/* What reading the copy came to (env/home.h) as what was seen of it. Other errors are the caller's to give on. */
enum fence_copy fence_copy_of(enum err read);
enum fence_verdict {
	FENCE_FITS,
	FENCE_MISSING, /* the rest: the store counts as restored from now on */
	FENCE_DAMAGED,
	FENCE_AHEAD,
	FENCE_OTHER, /* the copy is of another history than the store */
	FENCE_MOVED
};
struct fence_answer {
	enum fence_verdict verdict;
	bool writes;         /* this is to be written as the copy, durably, before node_new(): */
	uint64_t generation; /* raised, in the store */
	struct head mark;
	uint64_t copy_size; /* for node_options.mark_copy_size */
};
/* Judges, raises the generation, keeps the place; all durable in the store when it returns. Store errors. */
MUST_USE enum err fence_judge(struct store *store, const struct fence_seen *seen, struct fence_answer *out);
/* The copy is written: say so before node_new(). From then on a missing copy means something. */
MUST_USE enum err fence_written(struct store *store);
/* Why, in words that go on from "this store counts as an old copy: ". FENCE_FITS: "". */
const char *fence_text(enum fence_verdict verdict);

/* In OWN_NOTES, any value: since this start another store with the same key wrote the copy of the mark. */
#define FENCE_TWIN_NOTE "twin"

/* The last time a person overrode the restored state (node_publish_anyway()). False: never. */
struct fence_override {
	uint64_t wall_ms;
	struct short_text reason; /* empty where none was given */
};
bool fence_override(struct txn *txn, struct fence_override *out);
void fence_override_put(struct txn *txn, const struct fence_override *override);

#endif
