/* SPDX-License-Identifier: Apache-2.0
 * flow.c: runs and appends on their way to the disk. A run waits in its feed's queue, is checked with its neighbours in
 * one job, waits with everybody's for the one transaction under way, and becomes visible when that is on the disk.
 * What did not fit or was wrong is dropped, and the feed begins again where the store stands. */
#include <stdlib.h>
#include <string.h>

#include "log/kinds.h"
#include "log/roster_body.h"
#include "node_int.h"

#define CHECK_RUNS_MAX 64u
#define STORE_RETRY_MS 10000u

static void ready(struct node *node, struct job *job)
{
	job->next = NULL;
	*node->ready_end = job;
	node->ready_end = &job->next;
}

/* Begin again where the store stands; what is under way must end first, and nothing is taken until it has. */
static void settle_restart(struct node *node, struct node_feed *f)
{
	if (!f->draining || f->under_way > 0 || f->checking)
		return;
	f->draining = false;
	f->tip = f->stored;
	node->plan_due = true;
}

static void restart(struct node *node, struct node_feed *f)
{
	for (struct intake *in = f->queue, *next; in; in = next) {
		next = in->next;
		node->intake_bytes -= in->bytes;
		intake_free(in);
	}
	f->queue = NULL;
	f->queue_end = &f->queue;
	f->draining = true;
	catchup_pull_done(node, f);
	settle_restart(node, f);
}

static void finish(struct node *node, struct intake *in)
{
	struct node_feed *f = &node->feeds[in->feed.n];
	node->intake_bytes -= in->bytes;
	node->runs_under_way--;
	must(f->under_way > 0);
	f->under_way--;
	if (f->under_way == 0 && !f->checking) {
		free(f->chain);
		f->chain = NULL;
	}
	settle_restart(node, f);
	intake_free(in);
}

/* Cut off what is held already; false: nothing is left of it, or it does not join on. */
static bool trim(struct run *run, uint64_t tip)
{
	if (run->from > tip || run->from + run->count <= tip)
		return false;
	uint32_t held = (uint32_t)(tip - run->from);
	run->items += held;
	run->count -= held;
	run->from = tip;
	return true;
}

/* A run that begins later than what is held says that there is more to pull. */
static void learn(struct node *node, struct peer *p, const struct message_run *m)
{
	peer_knows(p, m->feed, m->from + m->count);
	if (m->from > node->feeds[m->feed.n].tip)
		node->plan_due = true;
}

static bool may_take(const struct node *node, uint32_t n)
{
	const struct node_feed *f = &node->feeds[n];
	if (f->draining || f->state == FEED_HELD || f->state == FEED_VOID)
		return false;
	return !(node->has_own && n == node->own.n) || f->puller;
}

static void enqueue(struct node *node, struct node_feed *f, struct intake *in)
{
	*f->queue_end = in;
	f->queue_end = &in->next;
	f->tip += in->run.count;
	node->intake_bytes += in->bytes;
	catchup_moved(node, in->feed);
}

/* Whose feed is it? The roster says; of feed 0 before there is one, entry 0 itself, which the runs behind it follow before
 * it is on the disk. Whether it is our network's is seen when it is committed. */
static bool find_id(struct node *node, struct feed_no no, const struct run *run, struct feed_id *out)
{
	struct txn *txn;
	struct feed_info info;
	struct roster_found found;
	if (txn_read(node->options.store, &txn))
		return false;
	bool known = feed_info(txn, no, &info);
	txn_abort(txn);
	if (known) {
		*out = info.id;
		return true;
	}
	if (no.n != 0)
		return false;
	if (run->from == 0) {
		if (run->items[0].kind != KIND_NETWORK_FOUND ||
		        roster_body_found_unpack(run->items[0].payload, &found))
			return false;
		node->registrar = found.keys.feed;
	}
	*out = node->registrar;
	return true;
}

void flow_run(struct node *node, struct peer *p, const struct message_run *m)
{
	if (m->feed.n >= node->feeds_count) {
		peer_knows(p, (struct feed_no){0}, node->heads[0].size + 1);
		node->plan_due = true;
		return;
	}
	struct node_feed *f = &node->feeds[m->feed.n];
	struct run run = {.from = m->from, .count = m->count, .items = node->items};
	learn(node, p, m);
	if (!may_take(node, m->feed.n))
		return;
	memcpy(run.signature, m->signature, sizeof run.signature);
	message_run_items(m, node->items);
	if (trim(&run, f->tip) && find_id(node, m->feed, &run, &run.feed)) {
		struct intake *in = intake_new(m->feed, p->id, &run);
		if (in)
			enqueue(node, f, in);
	}
	if (f->puller == p && f->tip >= f->pull_to)
		catchup_pull_done(node, f);
}

/* The tree on which the queue's first run must stand: the end of what is under way, or the store's. */
static bool chain(struct node *node, struct feed_no no, struct verify *v)
{
	struct node_feed *f = &node->feeds[no.n];
	struct txn *txn;
	if (f->chain) {
		v->tree = f->chain->tree;
		v->last_time_ms = f->chain->last_time_ms;
		return true;
	}
	if (no.n == 0 && f->stored == 0) {
		tree_init(&v->tree);
		return true;
	}
	if (txn_read(node->options.store, &txn))
		return false;
	bool found = feed_base(txn, no, &v->tree, &v->last_time_ms);
	txn_abort(txn);
	return found;
}

static void take_queue(struct node *node, struct node_feed *f, struct verify *v)
{
	struct intake **end = &v->runs;
	for (uint32_t i = 0; i < CHECK_RUNS_MAX && f->queue; i++) {
		struct intake *in = f->queue;
		f->queue = in->next;
		in->next = NULL;
		*end = in;
		end = &in->next;
		f->under_way++;
		node->runs_under_way++;
	}
	if (!f->queue)
		f->queue_end = &f->queue;
}

static void start_check(struct node *node, struct feed_no no)
{
	struct node_feed *f = &node->feeds[no.n];
	struct verify *v = calloc(1, sizeof *v);
	struct job *job = calloc(1, sizeof *job);
	if (!v || !job || !chain(node, no, v)) {
		free(v);
		free(job);
		restart(node, f);
		return;
	}
	v->network = node->network;
	v->cutoff = f->state == FEED_CUT ? f->cutoff : (struct head){0};
	take_queue(node, f, v);
	f->checking = true;
	*job = (struct job){.type = JOB_VERIFY, .verify = v};
	ready(node, job);
}

static void keep_checked(struct node *node, struct intake *in)
{
	in->next = NULL;
	*node->checked_end = in;
	node->checked_end = &in->next;
}

static void blame(struct node *node, const struct intake *in)
{
	if (in->err == ERR_BAD_ROOT)
		forks_suspect(node, in);
	else if (err_blame(in->err) == BLAME_PEER)
		peer_fault(node, in->from, in->err);
}

static void done_checking(struct node *node, struct verify *v)
{
	struct node_feed *f = &node->feeds[v->runs->feed.n];
	bool bad = false;
	f->checking = false;
	free(f->chain);
	f->chain = NULL;
	for (struct intake *in = v->runs, *next; in; in = next) {
		next = in->next;
		if (!in->err) {
			keep_checked(node, in);
			continue;
		}
		if (!bad)
			blame(node, in);
		bad = true;
		finish(node, in);
	}
	v->runs = NULL;
	if (f->under_way > 0) {
		f->chain = v;
	} else {
		free(v);
	}
	if (bad)
		restart(node, f);
}

static struct commit *gather(struct node *node)
{
	struct commit *c = calloc(1, sizeof *c);
	uint8_t seed[32];
	if (!c)
		return NULL;
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
	c->requests = node->requests;
	c->locals = node->locals;
	node->requests = NULL;
	node->requests_end = &node->requests;
	node->locals = NULL;
	node->locals_end = &node->locals;
	c->store = node->options.store;
	c->keys = node->options.keys;
	drbg_fill(&node->random, seed, sizeof seed);
	drbg_seed(&c->random, seed);
	c->wall_ms = node->now.wall_ms;
	c->publishing = guard_publishes(node);
	c->mark_copy = node->options.mark_copy;
	c->context = node->options.mark_context;
	return c;
}

static void start_commit(struct node *node)
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
	ready(node, job);
}

void flow_start(struct node *node)
{
	for (uint32_t n = 0; n < node->feeds_count; n++)
		if (node->feeds[n].queue && !node->feeds[n].checking)
			start_check(node, (struct feed_no){n});
	start_commit(node);
}

void flow_request(struct node *node, struct request *request)
{
	request->next = NULL;
	*node->requests_end = request;
	node->requests_end = &request->next;
}

void flow_local(struct node *node, const struct local *local)
{
	struct local *l = malloc(sizeof *l);
	if (!l)
		return; /* what it says will be found again: nothing depends on it alone */
	*l = *local;
	l->next = NULL;
	*node->locals_end = l;
	node->locals_end = &l->next;
}

static void answer(struct node *node, struct request *r)
{
	if (r->err && !r->ticket)
		node_say(node, 4, "an entry of the node's own was refused: %s", err_text(r->err));
	if (!r->ticket) {
		request_free(r);
		return;
	}
	r->next = NULL;
	*node->answered_end = r;
	node->answered_end = &r->next;
}

/* The feeds that a commit may have changed: those of its runs, the own one, and all when the roster did. */
static void refresh(struct node *node, const struct commit *c)
{
	struct txn *txn;
	bool roster = false;
	if (txn_read(node->options.store, &txn))
		return;
	for (const struct intake *in = c->runs; in; in = in->next) {
		uint64_t before = node->heads[in->feed.n].size;
		roster |= in->feed.n == 0;
		feeds_refresh(node, txn, in->feed);
		live_grew(node, in->feed, before);
	}
	if (node->has_own) {
		uint64_t before = node->heads[node->own.n].size;
		feeds_refresh(node, txn, node->own);
		roster |= node->own.n == 0 && node->heads[0].size != before;
		live_grew(node, node->own, before);
	}
	for (const struct local *l = c->locals; l; l = l->next)
		roster |= l->type == LOCAL_HOLD;
	txn_abort(txn);
	if (roster && feeds_load(node))
		node_say(node, 3, "the roster cannot be read");
	node->roster_changed |= roster;
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
	ready(node, job);
	return true;
}

static void drop_runs(struct node *node, struct commit *c)
{
	for (struct intake *in = c->runs, *next; in; in = next) {
		struct node_feed *f = &node->feeds[in->feed.n];
		bool failed = c->err || in->err;
		next = in->next;
		finish(node, in);
		if (failed)
			restart(node, f);
	}
}

static void done_committing(struct node *node, struct job *job)
{
	struct commit *c = job->commit;
	node->committing = false;
	if (c->err) {
		node->store_retry_ms = node->now.steady_ms + STORE_RETRY_MS;
		node_say(node, 3, "the store could not be written: %s", err_text(c->err));
		feeds_commit_failed(node);
	} else {
		refresh(node, c);
		joining_kept(node);
	}
	if (c->copy_err)
		guard_copy_failed(node, c->copy_err);
	drop_runs(node, c);
	for (struct request *r = c->requests, *next; r; r = next) {
		next = r->next;
		answer(node, r);
	}
	for (struct local *l = c->locals, *next; l; l = next) {
		next = l->next;
		free(l);
	}
	node->plan_due = true;
	free(c);
	free(job);
}

void flow_done(struct node *node, struct job *job)
{
	if (job->type == JOB_VERIFY) {
		done_checking(node, job->verify);
		free(job);
	} else if (!grown(node, job)) {
		done_committing(node, job);
	}
}

static void free_job(struct job *job)
{
	for (struct intake *in = job->verify ? job->verify->runs : job->commit->runs, *next; in; in = next) {
		next = in->next;
		intake_free(in);
	}
	for (struct request *r = job->commit ? job->commit->requests : NULL, *next; r; r = next) {
		next = r->next;
		request_free(r);
	}
	for (struct local *l = job->commit ? job->commit->locals : NULL, *next; l; l = next) {
		next = l->next;
		free(l);
	}
	free(job->verify);
	free(job->commit);
	free(job);
}

void flow_free(struct node *node)
{
	for (struct job *job = node->ready, *next; job; job = next) {
		next = job->next;
		free_job(job);
	}
	for (struct intake *in = node->checked, *next; in; in = next) {
		next = in->next;
		intake_free(in);
	}
	for (struct request *r = node->requests, *next; r; r = next) {
		next = r->next;
		request_free(r);
	}
	for (struct local *l = node->locals, *next; l; l = next) {
		next = l->next;
		free(l);
	}
}
