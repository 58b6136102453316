/* SPDX-License-Identifier: Apache-2.0
 * pairs.h: the partners of a member one after another, each with the pair's trades, payments and balance. */
#ifndef TOOLS_PAIRS_H
#define TOOLS_PAIRS_H

#include "storage/query.h"
#include "tools/names.h"

struct pairs {
	struct query_balance ask; /* self, as_of, overdue_on; partner: the current one */
	bool one_partner, done;
	struct view_at at;
	struct query_pair *pair; /* of the current partner; closed by the next call */
};
/* Of every partner, as of --as-of or today. */
struct pairs pairs_of(struct ctx *ctx, struct member_no self);
void pairs_only(struct ctx *ctx, struct pairs *p, struct field partner); /* where the field is given */
/* False: no more, or a trouble. */
bool pairs_next(struct ctx *ctx, struct pairs *p);

#endif
