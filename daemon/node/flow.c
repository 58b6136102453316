/* SPDX-License-Identifier: Apache-2.0
 * flow.c: runs on their way to the disk. A run waits in its feed's queue, is checked with its neighbours in one job, and
 * waits with everybody's for the one transaction under way (writes.c). What did not fit or was wrong is dropped, and
 * the feed begins again where the store stands, once all that is under way for it has ended.
 * Its twist: only what goes on from what is under way is taken, so a queue never has a gap. */
#include <stdlib.h>
#include <string.h>

#include "log/kinds.h"
#include "log/roster_body.h"
#include "node_int.h"

#define CHECK_RUNS_MAX 64u

void flow_ready(struct node *node, struct job *job)
{
	job->next = NULL;
	*node->ready_end = job;
	node->ready_end = &job->next;
}

/* It comes to nothing, so nothing of the quota was used. */
static void refund(struct node_feed *f, const struct intake *in)
{
	uint64_t bytes = run_bytes(&in->run);
	f->taken_bytes -= bytes < f->taken_bytes ? bytes : f->taken_bytes;
}

static void forget(struct node *node, struct intake *in)
{
	node->intake_bytes -= in->bytes;
	intake_free(in);
	links_resume(node);
}

static void settle_restart(struct node *node, struct node_feed *f)
{
	if (!f->draining || f->under_way > 0 || f->checking)
		return;
	f->draining = false;
	f->tip = f->stored;
	pulls_consider(node, (uint32_t)(f - node->feeds));
	forks_drained(node, f);
}

void flow_restart(struct node *node, struct node_feed *f)
{
	for (struct intake *in = f->queue, *next; in; in = next) {
		next = in->next;
		refund(f, in);
		forget(node, in);
	}
	f->queue = NULL;
	f->queue_end = &f->queue;
	f->draining = true;
	pulls_done(node, f);
	settle_restart(node, f);
}

void flow_finish(struct node *node, struct intake *in)
{
	struct node_feed *f = &node->feeds[in->feed.n];
	node->runs_under_way--;
	must(f->under_way > 0);
	f->under_way--;
	if (f->under_way == 0 && !f->checking) {
		free(f->chain);
		f->chain = NULL;
	}
	if (in->err)
		refund(f, in);
	forget(node, in);
	settle_restart(node, f);
}

static bool may_take(const struct node *node, const struct peer *p, struct feed_no no)
{
	const struct node_feed *f = &node->feeds[no.n];
	if (f->draining || f->proven || f->state == FEED_HELD || f->state == FEED_VOID ||
	        forks_suspects(f, p))
		return false;
	bool only_pulled = f->state == FEED_CUT || feeds_is_own(node, no);
	return !only_pulled || f->puller == p;
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

/* A cut feed counts up to its cutoff, whose root is all that is checked there. */
static bool trim_end(struct run *run, const struct node_feed *f)
{
	if (f->state != FEED_CUT)
		return false;
	if (run->from >= f->cutoff.size)
		run->count = 0;
	else if (run->from + run->count > f->cutoff.size)
		run->count = (uint32_t)(f->cutoff.size - run->from);
	return run->from + run->count == f->cutoff.size;
}

/* What is left of a run that goes on from what is held, and may be taken now. */
static bool fits(struct node *node, struct peer *p, const struct message_run *m, struct run *run)
{
	struct node_feed *f = &node->feeds[m->feed.n];
	if (!trim(run, f->tip))
		return false;
	if (!trim_end(run, f) && !m->has_signature) {
		pulls_doubt(node, p, m->feed); /* it knows of a cutoff that we do not: our roster is behind */
		return false;
	}
	if (run->count > 0 && run_bytes(run) <= pulls_room(node, m->feed.n))
		return true;
	pulls_done(node, f);
	return false;
}

static void enqueue(struct node *node, struct node_feed *f, struct intake *in)
{
	feed_set_add(&node->waiting, in->feed.n);
	*f->queue_end = in;
	f->queue_end = &in->next;
	f->tip += in->run.count;
	f->taken_bytes += run_bytes(&in->run);
	node->intake_bytes += in->bytes;
}

/* Whose feed is it? The roster says; of feed 0 before there is one, entry 0 itself, which the runs behind it follow
 * before it is on the disk. Whether it is our network's is seen when it is committed. */
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
		node->founder = found.keys.feed;
	}
	*out = node->founder;
	return true;
}

static void take(struct node *node, struct peer *p, const struct message_run *m)
{
	struct node_feed *f = &node->feeds[m->feed.n];
	struct run run = {.from = m->from, .count = m->count, .items = node->items};
	memcpy(run.signature, m->signature, sizeof run.signature);
	message_run_items(m, node->items);
	if (!fits(node, p, m, &run))
		return;
	bool found = find_id(node, m->feed, &run, &run.feed);
	struct intake *in = found ? intake_new(m->feed, p->id, &run) : NULL;
	if (in)
		enqueue(node, f, in);
	else
		pulls_done(node, f); /* asked for again, when there is memory */
}

void flow_run(struct node *node, struct peer *p, const struct message_run *m)
{
	if (m->feed.n >= node->feeds_count) {
		catchup_roster_behind(node, p);
		return;
	}
	struct node_feed *f = &node->feeds[m->feed.n];
	uint64_t before = f->tip;
	pulls_answered(node, p, m);
	if (may_take(node, p, m->feed))
		take(node, p, m);
	pulls_advanced(node, p, f, before);
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
	if (txn_read(node->options.store, &txn))
		return false;
	bool makes_way = feeds_is_own(node, no) && f->state == FEED_OPEN;
	bool found = makes_way ? guard_base(txn, no, &v->tree, &v->last_time_ms)
	                       : feed_base(txn, no, &v->tree, &v->last_time_ms);
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
		flow_restart(node, f);
		return;
	}
	v->network = node->network;
	v->cutoff = f->state == FEED_CUT ? f->cutoff : (struct head){0};
	take_queue(node, f, v);
	f->checking = true;
	*job = (struct job){.type = JOB_VERIFY, .verify = v};
	flow_ready(node, job);
}

static void keep_checked(struct node *node, struct intake *in)
{
	in->next = NULL;
	*node->checked_end = in;
	node->checked_end = &in->next;
}

/* Not next: by our own order of things, so nobody's fault. */
static void blame(struct node *node, const struct intake *in)
{
	bool is_cut = node->feeds[in->feed.n].state == FEED_CUT;
	if (in->err == ERR_BAD_ROOT && is_cut)
		forks_off_cutoff(node, in);
	else if (in->err == ERR_BAD_ROOT)
		forks_suspect(node, in);
	else if (err_blame(in->err) == BLAME_PEER && in->err != ERR_NOT_NEXT)
		forks_fault(node, in->from, in->feed, in->err);
}

void flow_checked(struct node *node, struct verify *v)
{
	struct node_feed *f = &node->feeds[v->runs->feed.n];
	bool bad = false;
	f->checking = false;
	if (f->queue)
		feed_set_add(&node->waiting, v->runs->feed.n);
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
		f->draining = true; /* until the last of them is gone */
		flow_finish(node, in);
	}
	v->runs = NULL;
	if (f->under_way > 0) {
		f->chain = v;
	} else {
		free(v);
	}
	if (bad)
		flow_restart(node, f);
	else
		settle_restart(node, f);
}

void flow_start(struct node *node)
{
	struct feed_set *set = &node->waiting;
	for (uint32_t n = feed_set_next(set, 0); n < FEEDS_MAX; n = feed_set_next(set, n + 1)) {
		feed_set_remove(set, n);
		if (node->feeds[n].queue && !node->feeds[n].checking)
			start_check(node, (struct feed_no){n});
	}
	writes_start(node);
}

static void free_job(struct job *job)
{
	for (struct intake *in = job->verify ? job->verify->runs : NULL, *next; in; in = next) {
		next = in->next;
		intake_free(in);
	}
	free(job->verify);
	writes_free_commit(job->commit);
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
}
