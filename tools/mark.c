/* SPDX-License-Identifier: Apache-2.0
 * mark.c: raising the mark from a command. Without a daemon the command is what starts on this store, so it first asks
 * as a daemon does whether the store is an old copy: it would write over the copy of the mark that tells. */
#include "tools/mark.h"

#include "node/fence.h"
#include "storage/feed.h"
#include "storage/own.h"
#include "tools/client.h"
#include "tools/control.h"
#include "tools/lang.h"
#include "tools/names.h"

struct raising {
	struct head head;
	char id[STORE_ID_TEXT_BYTES];
	enum err copy; /* what reading the copy of the mark said */
	struct home_mark seen;
};

static void read_copy(struct ctx *ctx, const struct store *store, struct raising *r)
{
	store_id_text(store, r->id);
	r->copy = ctx->config.fence ? home_mark_read(&ctx->home, &ctx->config, r->id, &r->seen) : ERR_OK;
}

/* It left already, and the copy says so. */
static bool is_below(struct ctx *ctx, const struct raising *r)
{
	struct head mark;

	own_mark(ctx->txn, &mark);
	return mark.size >= r->head.size &&
	       (!ctx->config.fence || (r->copy == ERR_OK && r->seen.head.size >= r->head.size));
}

static enum err judge(struct ctx *ctx, struct store *store, const struct raising *r, struct fence_answer *out)
{
	struct fence_seen seen = {.copy = FENCE_COPY_OFF};

	if (!ctx->config.fence)
		return fence_judge(store, &seen, out);
	seen.copy = fence_copy_of(r->copy);
	seen.generation = r->seen.generation;
	seen.mark = r->seen.head;
	seen.place = home_place(&ctx->home);
	return fence_judge(store, &seen, out);
}

static enum err may_leave(struct txn *txn, const struct head *head)
{
	struct feed_no own;
	struct feed_info info;

	if (!own_feed(txn, &own) || !feed_info(txn, own, &info) || !feed_has_head(txn, own, head))
		return ERR_NOT_FOUND;
	if (info.state == FEED_HELD)
		return ERR_FORKED;
	return own_trust(txn) == OWN_RESTORED ? ERR_RESTORED : ERR_OK;
}

static enum err set_mark(struct store *store, const struct head *head, struct head *out)
{
	struct txn *txn;
	enum err e = txn_write(store, &txn);

	if (e != ERR_OK)
		return e;
	e = may_leave(txn, head);
	own_mark(txn, out);
	if (e == ERR_OK && head->size > out->size) {
		e = own_mark_set(txn, head);
		*out = *head;
	}
	if (e == ERR_OK)
		return txn_commit(txn);
	txn_abort(txn);
	return e;
}

static enum err raise_here(struct ctx *ctx, struct store *store, void *argument)
{
	struct raising *r = argument;
	struct fence_answer answer;
	struct home_mark copy;
	enum err e;

	read_copy(ctx, store, r);
	if (r->copy != ERR_OK && r->copy != ERR_NOT_FOUND && r->copy != ERR_BAD_TEXT)
		return r->copy;
	e = judge(ctx, store, r, &answer);
	if (e == ERR_OK)
		e = set_mark(store, &r->head, &copy.head);
	if (e != ERR_OK || !answer.writes)
		return e;
	copy.generation = answer.generation;
	e = home_mark_write(&ctx->home, &ctx->config, r->id, &copy);
	if (e == ERR_OK)
		return fence_written(store);
	trouble_set(&ctx->trouble, e, "%s", _("the copy of the mark"));
	return e;
}

static void raise_there(struct ctx *ctx, struct control *daemon, const struct head *head)
{
	json_t *params = json_pack("{s:I, s:s}", "size", (json_int_t)head->size, "root",
	        names_hex(ctx, BYTES_OF(head->root.bytes)));

	json_decref(control_call(ctx, daemon, "raise_mark", params, NULL));
}

enum err mark_raise(struct ctx *ctx, const struct head *head)
{
	struct raising r = {.head = *head};
	struct control *daemon = control_open(ctx);

	if (daemon) {
		raise_there(ctx, daemon, head);
		control_close(daemon);
		return ctx->trouble.err;
	}
	read_copy(ctx, ctx->store, &r);
	if (!is_below(ctx, &r))
		(void)client_store(ctx, raise_here, &r);
	return ctx->trouble.err;
}
