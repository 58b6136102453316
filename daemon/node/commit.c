/* SPDX-License-Identifier: Apache-2.0
 * commit.c: one transaction of all that waits: peers' runs, own appends, local changes; then the copy of the mark. Only
 * when all of it is on the disk does the node say or send anything of it.
 * Its twist: an append that a rule refuses poisons the transaction, so it is marked, the transaction given up, and the
 * rest done again without it; that ends, since each turn takes one append away. */
#include "commit_int.h"

#include <stdlib.h>
#include <string.h>

#include "node/fence.h"
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

/* A run that no longer fits (another link was faster) is only marked; a store's error ends the transaction. What came
 * back of the own feed was out already. */
static enum err take_runs(struct commit *c, struct txn *txn)
{
	struct feed_no own;
	bool own_taken = false;
	for (struct intake *i = c->runs; i; i = i->next) {
		i->err = feed_accept(txn, i->feed, &i->run, i->effect);
		if (txn_error(txn))
			return txn_error(txn);
		own_taken |= !i->err && own_feed(txn, &own) && i->feed.n == own.n;
	}
	if (own_taken)
		raise_mark(c, txn);
	return txn_error(txn);
}

/* The person's word is on the disk with what it lets out. */
static void override(struct commit *c, struct txn *txn, const struct local *l)
{
	struct fence_override o = {.wall_ms = c->wall_ms};
	enum err e = short_text_of(BYTES(l->value, l->value_bytes), NAME_BYTES_MAX, &o.reason);
	must(e == ERR_OK);
	fence_override_put(txn, &o);
	own_trust_set(txn, OWN_SETTLED);
	c->publishing = true;
	c->mark_raised = true; /* the copy is written in any case: it may be missing, or ahead */
	c->overridden = true;
}

/* Who waits for it hears what became of it. */
static void tell(struct commit *c, uint64_t ticket, enum err e)
{
	for (struct request *r = c->requests; r && ticket; r = r->next)
		if (r->ticket == ticket)
			r->err = e;
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
	case LOCAL_TRUST:
		own_trust_set(txn, l->trust);
		c->mark_raised |= l->trust == OWN_SETTLED; /* its copy may be missing */
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
		tell(c, l->ticket, e);
		break;
	}
	(void)e; /* what does not apply any more changes nothing; the store's own errors are the transaction's */
	return txn_error(txn);
}

static enum err append_one(struct commit *c, struct txn *txn, struct request *r)
{
	struct append a = {.txn = txn, .keys = c->keys, .time_ms = c->wall_ms, .random = &c->random};
	if (r->count == 0)
		return ERR_OK; /* its local change stands beside it */
	if (!own_feed(txn, &a.feed))
		return ERR_UNKNOWN_FEED;
	return append_drafts(&a, r->drafts, r->count, r->references, &r->failed);
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

/* Not while the store counts as an old copy: the copy of the mark may know more than the store. */
static enum err copy_mark(struct commit *c, uint64_t generation)
{
	c->copy_due = c->mark_raised && c->publishing;
	return c->copy_due && c->mark_copy ? c->mark_copy(c->context, generation, &c->mark) : ERR_OK;
}

enum turn { TURN_DONE, TURN_AGAIN };

static enum turn turn(struct commit *c)
{
	struct txn *txn;
	c->mark_raised = false;
	c->err = txn_write(c->store, &txn);
	if (c->err)
		return TURN_DONE;
	c->err = take_runs(c, txn);
	for (struct local *l = c->locals; l && !c->err; l = l->next)
		c->err = change(c, txn, l);
	if (!c->err && append_all(c, txn)) {
		txn_abort(txn);
		return TURN_AGAIN;
	}
	if (!c->err && c->publishing)
		raise_mark(c, txn); /* what was appended may leave after this commit */
	own_mark(txn, &c->mark);
	uint64_t generation = own_generation(txn);
	c->err = txn_commit(txn);
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
}
