/* SPDX-License-Identifier: Apache-2.0 */
/* tip_int.h: where a feed stands: what the next run extends. Of a feed that is pulled anew (docs/PROTOCOL.md 3) the
 * staged tree stands beside the tree of what counts, which is empty then. */
#ifndef STORAGE_TIP_INT_H
#define STORAGE_TIP_INT_H

#include "log/run.h"
#include "storage/txn.h"

struct tip {
	struct tree tree;
	struct hash root;
	uint64_t last_time_ms;
	bool is_cut; /* the cutoff that was carried out on what is held; the roster's, but while that changes */
	struct head cutoff;
	bool is_staged;
	struct tree staged;
	uint64_t staged_time_ms;
};
/* Empty where nothing is held. */
void tip_get(struct txn *t, struct feed_no feed, struct tip *out);
void tip_put(struct txn *t, struct feed_no feed, const struct tip *tip);
/* Size and root alone, without the tree. */
struct head tip_head(struct txn *t, struct feed_no feed);

#endif
