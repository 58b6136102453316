/* SPDX-License-Identifier: Apache-2.0
 * writes.c: what waits for the disk: checked runs, own appends, changes of the node's own records. One commit at a time
 * takes all that is there; when it is on the disk, and not before, it counts, is answered and goes out.
 * Its twist: a commit that fails loses nothing of what came from others: it is done again after a while. Who waits for
 * an answer hears the error at once. */
#include <stdlib.h>
#include <string.h>

#include "log/kinds.h"
#include "node_int.h"

void writes_request(struct node *node, struct request *request)
{
	request->next = NULL;
	*node->requests_end = request;
	node->requests_end = &request->next;
}

void writes_append(struct node *node, uint16_t kind, struct bytes body)
{
	const struct draft draft = {.kind = kind, .body = body};
	struct request *request = request_new(0, &draft, 1);
	if (request)
		writes_request(node, request);
}

void writes_local(struct node *node, const struct local *local)
{
	struct local *l = malloc(sizeof *l);
	if (!l)
		return; /* what it says will be found again: nothing depends on it alone */
	*l = *local;
	l->next = NULL;
	*node->locals_end = l;
	node->locals_end = &l->next;
}

static void take_runs(struct node *node, struct commit *c)
{
	struct intake **end = &c->runs;
	uint32_t entries = 0;
	while (node->checked && entries < COMMIT_ENTRIES_MAX) {
		struct intake *in = node->checked;
		node->checked = in->next;
		in->next = NULL;
		*end = in;
		end = &in->next;
		entries += in->run.count;
	}
	if (!node->checked)
		node->checked_end = &node->checked;
}

static void take_rest(struct node *node, struct commit *c)
{
	c->requests = node->requests;
	c->locals = node->locals;
	node->requests = NULL;
	node->requests_end = &node->requests;
	node->locals = NULL;
	node->locals_end = &node->locals;
	for (const struct request *r = c->requests; r; r = r->next)
		node->requests_under_way++;
}

static struct commit *gather(struct node *node)
{
	struct commit *c = calloc(1, sizeof *c);
	uint8_t seed[32];
	if (!c)
		return NULL;
	take_runs(node, c);
	take_rest(node, c);
	c->store = node->options.store;
	c->keys = node->options.keys;
	drbg_fill(&node->random, seed, sizeof seed);
	drbg_seed(&c->random, seed);
	c->number = ++node->commits;
	c->wall_ms = node->now.wall_ms;
	c->settled = guard_publishes(node);
	c->publishing = guard_lets_out(node);
	c->mark_copy = node->options.mark_copy;
	c->context = node->options.mark_context;
	return c;
}

void writes_start(struct node *node)
{
	if (node->committing || node->now.steady_ms < node->store_retry_ms)
		return;
	if (!node->checked && !node->requests && !node->locals)
		return;
	struct job *job = calloc(1, sizeof *job);
	struct commit *c = job ? gather(node) : NULL;
	if (!c) {
		free(job);
		return;
	}
	*job = (struct job){.type = JOB_COMMIT, .commit = c};
	node->committing = true;
	flow_ready(node, job);
}

/* What the rules refuse of a witness's statements is made again, from what the store holds then. */
static void answer(struct node *node, struct request *r)
{
	node->requests_under_way--;
	if (r->ticket) {
		r->next = NULL;
		*node->answered_end = r;
		node->answered_end = &r->next;
		return;
	}
	if (r->err)
		node_say(node, 4, "an entry of the node's own was refused: %s", err_text(r->err));
	if (r->count > 0 && r->drafts[0].kind == KIND_KEY_SHARE)
		sharing_answered(node, r->err);
	else if (r->err)
		node->witness_loaded = false;
	request_free(r);
}

/* Can what was written change feeds other than those written to? The registrar's entries are told by the roster. */
static bool changes_others(const struct commit *c)
{
	bool changes = false;
	for (const struct intake *in = c->runs; in; in = in->next)
		for (uint32_t i = 0; i < in->run.count; i++)
			changes |= in->run.items[i].kind == KIND_FORK_PROOF;
	for (const struct request *r = c->requests; r; r = r->next)
		for (uint32_t i = 0; i < r->count; i++)
			changes |= r->drafts[i].kind == KIND_FORK_PROOF;
	for (const struct local *l = c->locals; l; l = l->next)
		changes |= l->type == LOCAL_HOLD || l->type == LOCAL_RESTAGE || l->type == LOCAL_ANCHOR;
	return changes || c->rebase.begun;
}

static enum err follow(struct node *node, struct txn *txn, const struct commit *c)
{
	enum err e = changes_others(c) ? feeds_reload(node, txn) : feeds_follow(node, txn);
	for (const struct intake *in = c->runs; in && !e; in = in->next) {
		feeds_refresh(node, txn, in->feed);
		node->review_due |= feeds_is_own(node, in->feed);
	}
	if (node->has_own && !e)
		feeds_refresh(node, txn, node->own);
	return e;
}

static void refresh(struct node *node, const struct commit *c)
{
	struct txn *txn;
	enum err e = txn_read(node->options.store, &txn);
	if (!e) {
		e = follow(node, txn, c);
		txn_abort(txn);
	}
	if (e) {
		node->reload_due = true;
		node_say(node, 3, "what is held cannot be read: %s", err_text(e));
	} else if (node->review_due) {
		guard_review(node);
	}
}

/* The map is full and nothing else is open here now: enlarge it and do the same again. */
static bool grown(struct node *node, struct job *job)
{
	if (job->commit->err != ERR_MAP_FULL)
		return false;
	uint64_t bytes = store_size(node->options.store).map_bytes * 2;
	if (store_grow(node->options.store, bytes))
		return false;
	for (struct request *r = job->commit->requests; r; r = r->next)
		if (r->err == ERR_MAP_FULL)
			r->err = ERR_OK;
	flow_ready(node, job);
	return true;
}

/* A run that was checked and not taken. Mostly nobody's fault: the roster or the feed changed meanwhile. */
static void refused(struct node *node, const struct intake *in)
{
	if (in->err == ERR_BAD_ROOT)
		forks_off_cutoff(node, in);
	else if (in->err == ERR_WRONG_NETWORK)
		peer_fault(node, in->from, in->err);
}

static void end_run(struct node *node, struct intake *in)
{
	struct node_feed *f = &node->feeds[in->feed.n];
	bool bad = in->err != ERR_OK;
	if (bad)
		refused(node, in);
	else
		pulls_trust(node, in->from, in->feed);
	flow_finish(node, in);
	if (bad)
		flow_restart(node, f);
}

static void end_runs(struct node *node, struct commit *c)
{
	for (struct intake *in = c->runs, *next; in; in = next) {
		next = in->next;
		end_run(node, in);
	}
	c->runs = NULL;
}

static void put_back_runs(struct node *node, struct commit *c)
{
	struct intake **runs_end = &c->runs;
	while (*runs_end)
		runs_end = &(*runs_end)->next;
	*runs_end = node->checked;
	if (c->runs && !node->checked)
		node->checked_end = runs_end;
	node->checked = c->runs;
	c->runs = NULL;
}

static void put_back_locals(struct node *node, struct commit *c)
{
	struct local **end = &c->locals;
	while (*end) {
		struct local *l = *end;
		if (l->ticket) {
			*end = l->next;
			free(l);
		} else {
			end = &l->next;
		}
	}
	*end = node->locals;
	if (c->locals && !node->locals)
		node->locals_end = end;
	node->locals = c->locals;
	c->locals = NULL;
}

/* The node's own; who waits for an answer gets it. */
static void put_back_requests(struct node *node, struct commit *c)
{
	struct request *own = NULL, **own_end = &own, *rest = NULL, **rest_end = &rest;
	for (struct request *r = c->requests, *next; r; r = next) {
		struct request ***end = r->ticket ? &rest_end : &own_end;
		next = r->next;
		r->next = NULL;
		**end = r;
		*end = &r->next;
		node->requests_under_way -= r->ticket == 0;
		r->err = r->ticket ? r->err : ERR_OK;
	}
	c->requests = rest;
	*own_end = node->requests;
	if (own && !node->requests)
		node->requests_end = own_end;
	node->requests = own;
}

/* Into their places, before what came meanwhile. */
static void put_back(struct node *node, struct commit *c)
{
	put_back_runs(node, c);
	put_back_locals(node, c);
	put_back_requests(node, c);
}

static void end_rest(struct node *node, struct commit *c)
{
	for (struct request *r = c->requests, *next; r; r = next) {
		next = r->next;
		answer(node, r);
	}
	c->requests = NULL;
}

static bool takes_anchor(const struct commit *c)
{
	for (const struct local *l = c->locals; l; l = l->next)
		if (l->type == LOCAL_ANCHOR)
			return true;
	return false;
}

/* What became of an anchor that came, in words for the journal. */
static void say_anchor(struct node *node)
{
	struct txn *txn;
	if (txn_read(node->options.store, &txn))
		return;
	enum feed_anchored how = feed_anchored(txn);
	txn_abort(txn);
	switch (how) {
	case FEED_ANCHOR_NONE:
		return;
	case FEED_ANCHOR_FOLLOWED:
		node_say(node, 5, "the recovery key names a new registrar, who is followed now");
		return;
	case FEED_ANCHOR_AWAITS:
		node_say(node, 4,
		        "the recovery key names a new registrar; the old one's entries that stand are "
		        "awaited");
		return;
	case FEED_ANCHOR_LEAVES:
		node_say(node, 3,
		        "the recovery key lets another history of the registrar stand than is held here: it "
		        "is pulled, and the old one goes aside when it is whole");
		return;
	case FEED_ANCHOR_BARRED:
		node_say(node, 2,
		        "the recovery key names a registrar whose keys cannot enter: nobody is the registrar "
		        "until a higher anchor comes");
		return;
	}
}

void writes_done(struct node *node, struct job *job)
{
	struct commit *c = job->commit;
	if (grown(node, job))
		return;
	node->committing = false;
	if (c->err) {
		node->store_retry_ms = node->now.steady_ms + STORE_RETRY_MS;
		node_say(node, 3, "the store could not be written: %s", err_text(c->err));
		put_back(node, c);
	} else {
		guard_written(node, c);
		refresh(node, c);
		if (takes_anchor(c))
			say_anchor(node);
	}
	for (const struct intake *in = c->runs; in; in = in->next)
		forks_stored(node, in);
	joining_kept(node, c->number, c->err);
	end_runs(node, c);
	end_rest(node, c);
	node->plan_due = true;
	writes_free_commit(c);
	free(job);
}

void writes_free_commit(struct commit *c)
{
	if (!c)
		return;
	for (struct intake *in = c->runs, *next; in; in = next) {
		next = in->next;
		intake_free(in);
	}
	for (struct request *r = c->requests, *next; r; r = next) {
		next = r->next;
		request_free(r);
	}
	for (struct local *l = c->locals, *next; l; l = next) {
		next = l->next;
		free(l);
	}
	rebase_free(&c->rebase);
	free(c);
}

void writes_free(struct node *node)
{
	struct commit *rest = calloc(1, sizeof *rest);
	if (!rest)
		return; /* the process ends anyway */
	take_rest(node, rest);
	writes_free_commit(rest);
}
