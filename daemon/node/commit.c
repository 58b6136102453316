/* SPDX-License-Identifier: Apache-2.0
 * commit.c: one transaction of all that waits: peers' runs, own appends, local changes; then the copy of the mark. Only
 * when all of it is on the disk does the node say or send anything of it.
 * Its twist: an append that a rule refuses poisons the transaction, so it is marked, the transaction given up, and the
 * rest done again without it; that ends, since each turn takes one append away. What comes back of the own feed moves
 * what was appended here and never left (rebase.c), before anybody's new entries follow. */
#include "commit_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "node/fence.h"
#include "rewrites_int.h"
#include "storage/feed.h"

/* The mark goes up to the end of the own feed. */
static void raise_mark(struct commit *c, struct txn *txn)
{
	struct feed_no own;
	struct feed_info info;
	struct head mark;
	if (!own_feed(txn, &own) || !feed_info(txn, own, &info))
		return;
	own_mark(txn, &mark);
	if (info.head.size > mark.size && own_mark_set(txn, &info.head) == ERR_OK)
		c->mark_raised = true;
}

static bool is_own(struct txn *txn, struct feed_no feed)
{
	struct feed_no own;
	return own_feed(txn, &own) && feed.n == own.n;
}

/* What came back of the own feed was out already. */
static enum err take_back(struct commit *c, struct txn *txn, struct intake *i)
{
	enum err e = rebase_make_way(&c->rebase, txn, &i->run);
	if (e)
		return e;
	i->err = feed_accept(txn, i->feed, &i->run, i->effect);
	if (txn_error(txn) || i->err)
		return txn_error(txn);
	c->came_back = true;
	rebase_came_back(txn, i->feed, &i->run);
	raise_mark(c, txn);
	return txn_error(txn);
}

/* A run that no longer fits (another link was faster) is only marked; a store's error ends the transaction. */
static enum err take_runs(struct commit *c, struct txn *txn)
{
	enum err e = ERR_OK;
	for (struct intake *i = c->runs; i && !e; i = i->next) {
		if (is_own(txn, i->feed)) {
			e = take_back(c, txn, i);
		} else {
			i->err = feed_accept(txn, i->feed, &i->run, i->effect);
			e = txn_error(txn);
		}
	}
	return e;
}

static void trust(struct commit *c, struct txn *txn, enum own_trust trust)
{
	own_trust_set(txn, trust);
	if (trust != OWN_SETTLED)
		return;
	own_remove(txn, OWN_NOTES, bytes_text(SHOWN_NOTE));
	c->mark_raised = true; /* its copy is written in any case: it may be missing, or ahead */
}

/* The person's word is on the disk with what it lets out. */
static void override(struct commit *c, struct txn *txn, const struct local *l)
{
	struct fence_override o = {.wall_ms = c->wall_ms};
	enum err e = short_text_of(BYTES(l->value, l->value_bytes), NAME_BYTES_MAX, &o.reason);
	must(e == ERR_OK);
	fence_override_put(txn, &o);
	trust(c, txn, OWN_SETTLED);
	c->settled = true;
	c->overridden = true;
}

void commit_tell(struct commit *c, uint64_t ticket, enum err e)
{
	for (struct request *r = c->requests; r && ticket; r = r->next)
		if (r->ticket == ticket)
			r->err = e;
}

/* May the own feed be shown up to that head by hand? What left already may. */
static enum err ask_raise(struct commit *c, struct txn *txn, const struct head *head)
{
	struct feed_no own;
	struct feed_info info;
	struct head mark;
	own_mark(txn, &mark);
	if (!own_feed(txn, &own) || !feed_info(txn, own, &info) || !feed_has_head(txn, own, head))
		return ERR_NOT_FOUND; /* it made way for what came back */
	c->mark_raised = true;        /* its copy may lag behind */
	if (head->size <= mark.size)
		return ERR_OK;
	if (!c->settled || c->came_back)
		return info.state == FEED_HELD ? ERR_FORKED : ERR_RESTORED;
	if (head->size > c->raise.size)
		c->raise = *head;
	return ERR_OK;
}

static enum err change(struct commit *c, struct txn *txn, const struct local *l)
{
	const struct bytes key = BYTES(l->key, l->key_bytes), value = BYTES(l->value, l->value_bytes);
	struct fork fork;
	struct anchor anchor;
	enum err e = ERR_OK;
	switch (l->type) {
	case LOCAL_MARK:
		e = own_mark_set(txn, &l->mark);
		c->mark_raised |= !e;
		break;
	case LOCAL_PUBLISH:
		break; /* it is what publishing is for */
	case LOCAL_RAISE:
		commit_tell(c, l->ticket, ask_raise(c, txn, &l->mark));
		break;
	case LOCAL_MARK_UNDO:
		own_mark(txn, &c->mark);
		if (c->mark.size == l->undo_size)
			e = own_mark_undo(txn, &l->mark);
		c->undone |= c->mark.size == l->undo_size && !e;
		break;
	case LOCAL_TRUST:
		trust(c, txn, l->trust);
		break;
	case LOCAL_ANYWAY:
		override(c, txn, l);
		break;
	case LOCAL_PUT:
		own_put(txn, l->drawer, key, value);
		break;
	case LOCAL_REMOVE:
		own_remove(txn, l->drawer, key);
		break;
	case LOCAL_HOLD:
		e = fork_unpack(value, &fork);
		if (!e)
			e = feed_hold(txn, &fork);
		break;
	case LOCAL_RESTAGE:
		e = feed_restage(txn, l->feed);
		break;
	case LOCAL_ANCHOR:
		e = anchor_unpack(value, &anchor);
		if (!e)
			e = feed_anchor_accept(txn, &anchor);
		commit_tell(c, l->ticket, e);
		break;
	}
	(void)e; /* what does not apply any more changes nothing; the store's own errors are the transaction's */
	return txn_error(txn);
}

/* A reference has 21 bytes at least, and its numbers grow by 12 at most. */
static size_t room_of(const struct draft *d)
{
	return 2 * d->body.len + 16;
}

/* Who asked may not know yet that what they name was withdrawn and appended again. *out: NULL where nothing ever was;
 * else theirs to free, the bodies with it. */
static enum err rename_drafts(const struct append *a, const struct request *r, struct draft **out)
{
	struct own_at at = {0};
	struct rewrite any;
	if (!rewrites_next(a->txn, &at, &any))
		return ERR_OK;
	size_t bytes = r->count * sizeof(struct draft);
	for (uint32_t i = 0; i < r->count; i++)
		bytes += room_of(&r->drafts[i]);
	struct draft *drafts = malloc(bytes);
	enum err e = ERR_OK;
	if (!drafts)
		return ERR_NO_MEMORY;
	uint8_t *room = (uint8_t *)(drafts + r->count);
	for (uint32_t i = 0; i < r->count && !e; room += room_of(&r->drafts[i++])) {
		struct mp_out m = mp_out(room, room_of(&r->drafts[i]));
		const struct rename rename = {
		        .txn = a->txn, .own = a->feed, .kind = r->drafts[i].kind, .body = r->drafts[i].body};
		drafts[i].kind = r->drafts[i].kind;
		e = rename_body(&rename, &m, &drafts[i].body);
	}
	*out = drafts;
	return e;
}

static enum err append_one(struct commit *c, struct txn *txn, struct request *r)
{
	struct append a = {.txn = txn, .keys = c->keys, .time_ms = c->wall_ms, .random = &c->random};
	if (r->count == 0)
		return ERR_OK; /* its local change stands beside it */
	if (!own_feed(txn, &a.feed))
		return ERR_UNKNOWN_FEED;
	struct draft *drafts = NULL;
	enum err e = rename_drafts(&a, r, &drafts);
	if (!e)
		e = append_drafts(&a, drafts ? drafts : r->drafts, r->count, r->references, &r->failed);
	free(drafts);
	return e;
}

/* True when an append was refused: the transaction must be given up and the rest done again. */
static bool append_all(struct commit *c, struct txn *txn)
{
	for (struct request *r = c->requests; r && !txn_error(txn); r = r->next) {
		enum err e = r->err ? ERR_OK : append_one(c, txn, r);
		if (!e || txn_error(txn))
			continue;
		r->err = e;
		return true;
	}
	return false;
}

/* Not while the store counts as an old copy: the copy of the mark may know more than the store. But what is undone was
 * written there by this process, when it did not count as one. */
static enum err copy_mark(struct commit *c, uint64_t generation)
{
	c->copy_due = (c->mark_raised && c->settled && !c->came_back) || c->undone;
	return c->copy_due && c->mark_copy ? c->mark_copy(c->context, generation, &c->mark) : ERR_OK;
}

enum turn { TURN_DONE, TURN_AGAIN };

/* True when one that was to be appended again was refused. */
static bool rebase_all(struct commit *c, struct txn *txn)
{
	struct append a = {.txn = txn, .keys = c->keys, .time_ms = c->wall_ms, .random = &c->random};
	if (!c->rebase.begun)
		return false;
	a.feed = c->rebase.own;
	c->err = rebase_end(&c->rebase, &a);
	return c->rebase.poisoned;
}

static enum err change_all(struct commit *c, struct txn *txn)
{
	enum err e = ERR_OK;
	for (struct local *l = c->locals; l && !e; l = l->next)
		e = change(c, txn, l);
	return e;
}

/* What is there may leave after this commit: not what came back a moment ago, since then there may be more. */
static void let_out(struct commit *c, struct txn *txn)
{
	own_mark(txn, &c->mark_before);
	if (c->publishing && !c->came_back)
		raise_mark(c, txn);
	own_mark(txn, &c->mark);
	if (c->raise.size <= c->mark.size)
		return;
	enum err e = own_mark_set(txn, &c->raise);
	must(e == ERR_OK || e == txn_error(txn));
	c->mark = c->raise;
}

static enum turn turn(struct commit *c)
{
	struct txn *txn;
	c->mark_raised = c->came_back = c->undone = false;
	c->raise.size = 0;
	rebase_again(&c->rebase);
	c->err = txn_write(c->store, &txn);
	if (c->err)
		return TURN_DONE;
	c->err = take_runs(c, txn);
	if (!c->err)
		c->err = change_all(c, txn);
	if (!c->err && (rebase_all(c, txn) || (!c->err && append_all(c, txn)))) {
		txn_abort(txn);
		return TURN_AGAIN;
	}
	if (!c->err)
		let_out(c, txn);
	uint64_t generation = own_generation(txn);
	if (c->err)
		txn_abort(txn);
	else
		c->err = txn_commit(txn);
	if (BUG(SEND_BEFORE_COMMIT))
		c->err = ERR_OK;
	if (!c->err)
		c->copy_err = copy_mark(c, generation);
	return TURN_DONE;
}

void commit_run(struct commit *c)
{
	while (turn(c) == TURN_AGAIN)
		;
	for (struct request *r = c->requests; r; r = r->next)
		if (c->err && !r->err)
			r->err = c->err;
	for (const struct local *l = c->locals; l && !c->err && c->copy_err; l = l->next)
		if (l->type == LOCAL_RAISE)
			commit_tell(c, l->ticket, c->copy_err);
}
