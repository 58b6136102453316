/* SPDX-License-Identifier: Apache-2.0
 * mark.c: raising the mark from a command. A store that counts as restored shows no signature of its own. */
#include "tools/mark.h"

#include "storage/own.h"
#include "tools/client.h"
#include "tools/control.h"
#include "tools/lang.h"

struct raising {
	struct head head;
	uint64_t generation;
};

static enum err set_mark(struct ctx *ctx, struct txn *txn, void *argument)
{
	struct raising *r = argument;

	(void)ctx;
	if (own_trust(txn) == OWN_RESTORED)
		return ERR_RESTORED;
	r->generation = own_generation(txn);
	return own_mark_set(txn, &r->head);
}

enum err mark_raise(struct ctx *ctx, const struct head *head)
{
	struct raising r = {.head = *head};
	struct head mark;
	char id[STORE_ID_TEXT_BYTES];
	struct control *daemon;

	own_mark(ctx->txn, &mark);
	if (mark.size >= head->size)
		return ERR_OK;
	daemon = control_open(ctx);
	control_close(daemon);
	if (daemon) {
		trouble_set(&ctx->trouble, ERR_STORE_BUSY, "%s",
		        _("the daemon has let nothing newer out yet, and it alone moves the mark while it "
		          "runs"));
		return ctx->trouble.err;
	}
	store_id_text(ctx->store, id);
	if (!client_write(ctx, set_mark, &r))
		return ctx->trouble.err;
	if (ctx->config.fence) {
		struct home_mark copy = {.generation = r.generation, .head = r.head};
		(void)ctx_ok(
		        ctx, home_mark_write(&ctx->home, &ctx->config, id, &copy), _("the copy of the mark"));
	}
	return ctx->trouble.err;
}
