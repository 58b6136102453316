/* SPDX-License-Identifier: Apache-2.0
 * append.h: how a node's own entries come to be, the same code for the daemon, for a command without a daemon, for
 * the district tool and for the simulator: seal, judge, hash, sign, store; all or nothing in one transaction.
 * What the rules would reject is refused here with the rule's error, and nothing is appended. */
#ifndef NODE_APPEND_H
#define NODE_APPEND_H

#include "ledger/object.h"
#include "log/keys.h"
#include "node/drbg.h"
#include "storage/txn.h"

/* An entry that a person or the node wants. The kinds table says whether it is sealed; who must be able to read it
 * follows from the object it opens or is about. */
struct draft {
	uint16_t kind;
	struct bytes body;
};

struct append {
	struct txn *txn;     /* a write transaction; the caller commits: nothing is said "done" before */
	struct feed_no feed; /* our own */
	const struct secret_keys *keys;
	uint64_t time_ms; /* raised to the newest own entry's where it is below */
	struct drbg *random;
};

/* Append the drafts in order, channel.open entries before them where readers changed, in one or more runs, each
 * signed. On error *failed (may be NULL) is the index of the draft that was refused, and the transaction must be
 * aborted. out: count references, of the drafts' entries. ERR_* of rules, ERR_NO_SUCH_OBJECT when what a draft is
 * about is not here, store errors. */
MUST_USE enum err append_drafts(const struct append *a, const struct draft *drafts, uint32_t count,
        struct reference *out, uint32_t *failed);

/* Found a network: entry 0 by the keys, in an empty store. The body is a network.found of those keys. */
MUST_USE enum err append_found(const struct append *a, struct bytes body, struct network_id *out);

#endif
