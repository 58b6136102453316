/* SPDX-License-Identifier: Apache-2.0
 * client.h: how a command's entries come to be: through the daemon of this node where one runs, else straight into the
 * store under the same lock and by the same code (node/append.h). Either way they are on the disk when it returns. */
#ifndef TOOLS_CLIENT_H
#define TOOLS_CLIENT_H

#include "node/append.h"
#include "storage/own.h"
#include "tools/ctx.h"

#define CLIENT_DRAFTS_MAX 64u /* in one call: an object a draft, all or nothing together */

/* Begin a body, then finish it as a draft whose body is kept in the arena. */
struct mp_out client_body(void);
struct draft client_draft(struct ctx *ctx, uint16_t kind, const struct mp_out *body);

/* Append the drafts in order, all or none. What is borrowed from ctx's snapshot is gone afterwards: a new one is open.
 * ERR_OK, or as ctx->trouble says; *failed (may be NULL) is the draft that was refused, or UINT32_MAX. */
MUST_USE enum err client_append(
        struct ctx *ctx, const struct draft *drafts, uint32_t count, struct reference *out, uint32_t *failed);
/* Append any number, as many in a call as fit, then print the references; the exit code. */
enum exit_code client_finish(struct ctx *ctx, const struct draft *drafts, uint32_t count);

/* Keep a local record in a drawer ("invites", "joins"), or with an empty value forget it: by the daemon where one runs,
 * else here. False: said in the trouble. */
bool client_keep(struct ctx *ctx, enum own_drawer drawer, struct bytes key, struct bytes value);

/* do_it runs while the store is open for writing. False: what it returned, said in the trouble (ERR_STORE_BUSY: a daemon
 * runs). */
bool client_store(struct ctx *ctx, enum err (*do_it)(struct ctx *, struct store *, void *), void *argument);
/* A change of the store that is not an entry: do_it runs in a transaction, which is then committed. False: nothing of it
 * was done, said in the trouble. */
bool client_write(struct ctx *ctx, enum err (*do_it)(struct ctx *, struct txn *, void *), void *argument);

#endif
