/* SPDX-License-Identifier: Apache-2.0
 * witnessing.h: making a row of a witness.seen statement (log/witness.h) from what a store holds: the same code for the
 * daemon and for tools that write a witness's feed. docs/PROTOCOL.md 10. */
#ifndef NODE_WITNESSING_H
#define NODE_WITNESSING_H

#include "log/keys.h"
#include "log/witness.h"
#include "storage/txn.h"

struct witnessing {
	struct txn *txn;
	struct network_id network;
	const struct secret_keys *keys; /* the witness's */
	uint64_t time_s;                /* of the statement */
};
/* The feed's newest signed checkpoint, cosigned. False: nothing signed is held of it, or it is held for a fork proof. */
bool witnessing_row(const struct witnessing *w, struct feed_no feed, struct witness_row *out);

#endif
