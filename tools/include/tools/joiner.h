/* SPDX-License-Identifier: Apache-2.0
 * joiner.h: requests to join, as they wait in the store or as somebody pasted one: "lontarjoin1...". */
#ifndef TOOLS_JOINER_H
#define TOOLS_JOINER_H

#include "log/roster_body.h"
#include "node/joining.h"
#include "tools/ctx.h"

struct joiner {
	struct joining_request joining;
	bool waits;      /* in the drawer; else pasted */
	bool has_invite; /* it proves to know this invite of ours */
};
/* FIELD: the line, or the start of a waiting request's feed id. */
void joiner_find(struct ctx *ctx, struct field f, struct joiner *out);
/* The keys of --request, or of --keys. False: neither was given. */
bool joiner_keys(struct ctx *ctx, struct feed_keys *keys, struct joiner *out);
/* The keys and roles for a feed.add: of --request, or of --keys. False: neither was given. */
bool joiner_node(struct ctx *ctx, struct roster_add *add, struct joiner *out);
/* Before it is admitted: is it safe to? A request whose invite is no longer open, or is not the only one by its invite, may
 * be a thief's: a person is asked, a program must have said --yes for the first and is warned of the second. */
void joiner_check(struct ctx *ctx, const struct joiner *r);
/* "waiting", "used", "revoked", "expired"; of a request whose invite is not known here: "unknown". */
const char *joiner_invite_state(const struct ctx *ctx, const struct joining_invite *i);
const char *joiner_state(struct ctx *ctx, const struct joining_request *r);
/* It was admitted: forget it, and the invite is used up. */
void joiner_done(struct ctx *ctx, const struct joiner *r);

#endif
