/* SPDX-License-Identifier: Apache-2.0
 * joiner.h: requests to join, as they wait in the store or as somebody pasted one: "lontarjoin1...". */
#ifndef TOOLS_JOINER_H
#define TOOLS_JOINER_H

#include "node/joining.h"
#include "tools/ctx.h"

struct joiner {
	struct joining_request joining;
	bool waits;      /* in the drawer; else pasted */
	bool has_invite; /* it proves to know this invite of ours */
};
/* FIELD: the line, or the start of a waiting request's feed id. */
void joiner_find(struct ctx *ctx, struct field f, struct joiner *out);
/* It was admitted: forget it, and the invite is used up. */
void joiner_done(struct ctx *ctx, const struct joiner *r);

#endif
