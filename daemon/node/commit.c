/* SPDX-License-Identifier: Apache-2.0
 * commit.c: one transaction of all that waits: peers' runs, own appends, local changes; then the copy of the mark. Only
 * when all of it is on the disk does the node say or send anything of it.
 * Its twist: an append that a rule refuses poisons the transaction, so it is marked, the transaction given up, and the
 * rest done again without it; that ends, since each turn takes one append away. */
#include "commit_int.h"

#include <stdlib.h>
#include <string.h>

#include "storage/feed.h"
#include "storage/own.h"

/* A run that no longer fits (another link was faster) is only marked; a store's error ends the transaction. */
static enum err take_runs(struct commit *c, struct txn *txn)
{
	for (struct intake *i = c->runs; i; i = i->next) {
		if (i->err)
			continue;
		i->err = feed_accept(txn, i->feed, &i->run, i->effect);
		if (txn_error(txn))
			return txn_error(txn);
	}
	return ERR_OK;
}

static enum err change(struct commit *c, struct txn *txn, const struct local *l)
{
	const struct bytes key = BYTES(l->key, l->key_bytes), value = BYTES(l->value, l->value_bytes);
	struct fork fork;
	enum err e = ERR_OK;
	switch (l->type) {
	case LOCAL_MARK:
		e = own_mark_set(txn, &l->mark);
		c->mark_raised |= !e;
		break;
	case LOCAL_TRUST:
		own_trust_set(txn, l->trust);
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
	for (struct request *r = c->requests; r; r = r->next) {
		if (r->err)
			continue;
		r->err = append_one(c, txn, r);
		if (r->err && !txn_error(txn))
			return true;
	}
	return false;
}

/* While nothing forbids publishing, what is appended may leave after this commit: the mark is part of it. */
static void raise_mark(struct commit *c, struct txn *txn)
{
	struct feed_no own;
	struct feed_info info;
	struct head mark;
	if (!c->publishing || !own_feed(txn, &own) || !feed_info(txn, own, &info))
		return;
	own_mark(txn, &mark);
	if (info.head.size <= mark.size)
		return;
	if (own_mark_set(txn, &info.head) == ERR_OK)
		c->mark_raised = true;
}

static enum err copy_mark(struct commit *c, uint64_t generation)
{
	if (!c->mark_raised || !c->mark_copy)
		return ERR_OK;
	return c->mark_copy(c->context, generation, &c->mark);
}

enum turn { TURN_DONE, TURN_AGAIN };

static enum turn turn(struct commit *c)
{
	struct txn *txn;
	c->mark_raised = false;
	c->err = txn_write(c->store, &txn);
	if (c->err)
		return TURN_DONE;
	for (struct intake *i = c->runs; i; i = i->next)
		i->err = ERR_OK; /* judged anew in this turn */
	c->err = take_runs(c, txn);
	for (struct local *l = c->locals; l && !c->err; l = l->next)
		c->err = change(c, txn, l);
	if (!c->err && append_all(c, txn)) {
		txn_abort(txn);
		return TURN_AGAIN;
	}
	if (!c->err)
		raise_mark(c, txn);
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
