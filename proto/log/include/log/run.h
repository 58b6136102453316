/* SPDX-License-Identifier: Apache-2.0
 * run.h: consecutive entries of one feed, ended by the signature of the checkpoint at its end; how a run is checked
 * against the tree it extends, and how one's own entries become a run. docs/PROTOCOL.md 3.
 * Pure: what comes out is all that the store writes. */
#ifndef LOG_RUN_H
#define LOG_RUN_H

#include "log/checkpoint.h"
#include "log/entry.h"
#include "log/tree.h"

struct run_item {
	enum audience audience;
	uint16_t kind;
	uint64_t time_ms;
	struct bytes payload; /* borrowed */
};
bool run_item_equal(const struct run_item *a, const struct run_item *b);

/* Borrowed as a whole: items live in the frame or the transaction that they were read from. */
struct run {
	struct feed_id feed;
	uint64_t from;
	uint32_t count; /* 1..RUN_ENTRIES_MAX */
	const struct run_item *items;
	uint8_t signature[64];
};

/* What a checked run changes. */
struct run_effect {
	struct tree tree;      /* after the run */
	struct hash root;      /* of that tree */
	uint64_t last_time_ms; /* of its last entry */
	bool has_subtree;      /* did it complete a subtree of SUBTREE_LEAVES? */
	uint64_t subtree_index;
	struct hash subtree;
	struct hash ids[RUN_ENTRIES_MAX]; /* of its entries */
};

/* Where the feed stands before a run. */
struct run_base {
	const struct tree *tree;
	uint64_t last_time_ms; /* of the last entry, 0 when there is none */
};

/* Hash the entries onto the tree; no signature is checked. ERR_NOT_NEXT (from is not the tree's size), ERR_TOO_MANY,
 * ERR_TOO_LONG, ERR_TIME_BACK, ERR_MALFORMED. *out is written only on ERR_OK. */
MUST_USE enum err run_extend(const struct run *run, const struct run_base *base, struct run_effect *out);
/* run_extend, then the one signature: ERR_BAD_ROOT when the signature does not sign the root that the entries give
 * (the caller PROVEs who is at fault). */
MUST_USE enum err run_verify(const struct network_id *network, const struct run *run,
        const struct run_base *base, struct run_effect *out);
/* Total payload and header bytes by which RUN_BYTES_MAX counts. */
size_t run_bytes(const struct run *run);

#endif
