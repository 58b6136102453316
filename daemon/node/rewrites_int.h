/* SPDX-License-Identifier: Apache-2.0
 * rewrites_int.h: writing what rewrites.h reads, and bodies in which withdrawn entries are named by what they became. */
#ifndef REWRITES_INT_H
#define REWRITES_INT_H

#include "node/rewrites.h"

void rewrites_put(struct txn *txn, const struct rewrite *rewrite);
void rewrites_refuse(struct txn *txn, const struct rewrite_refused *refused);
/* The entry counts (again): nothing else became of it, also not that it was refused. */
void rewrites_forget(struct txn *txn, const struct reference *live);

/* Of a registrar's feed that was withdrawn from: numbers that its entries gave, and give now. */
#define NUMBER_GONE UINT32_MAX
struct numbers {
	uint32_t from, count; /* those that withdrawn entries gave */
	uint32_t *now;        /* of each the new one, or NUMBER_GONE */
};
struct renumbering {
	struct numbers members, feeds;
};

struct rename {
	struct txn *txn;
	struct feed_no own;
	const struct renumbering *numbers; /* NULL: they stand */
	uint16_t kind;
	struct bytes body;
};
/* The body with references to withdrawn own entries, and numbers given by them, replaced: BODY itself, or in ROOM. What
 * has no successor stays as it is. ERR_TOO_LONG: it does not fit any more. ERR_NO_SUCH_MEMBER, ERR_NO_SUCH_FEED: what
 * gave a number that it names is gone. */
MUST_USE enum err rename_body(const struct rename *r, struct mp_out *room, struct bytes *out);

#endif
