/* SPDX-License-Identifier: Apache-2.0
 * net_run.c: time passes in a net: it goes at once to the next moment at which something is due. A node that something
 * came for is ticked, then asked for all that it wants, until it wants nothing more now, as the daemon's loop does. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "support/net_int.h"
#include "support/random.h"

void net_at(struct net *net, uint64_t due_ms, enum net_timer what, uint32_t a, uint64_t b)
{
	net_leave(net);
	timers_set(&net->timers, &(struct timer){.due_ms = due_ms, .what = what, .a = a, .b = b});
}

void net_touch(struct net *net, uint32_t index)
{
	struct net_node *n = &net->nodes[index];
	if (n->touched || !n->node)
		return;
	n->touched = true;
	net->touched[(net->touched_first + net->touched_count++) % NET_NODES_MAX] = index;
}

struct node_time net_time_of(const struct net *net, const struct net_node *n)
{
	return (struct node_time){
	        .wall_ms = (uint64_t)((int64_t)net->wall_ms + n->clock_ms), .steady_ms = net->steady_ms};
}

struct node *net_enter(struct net *net, uint32_t index)
{
	struct net_node *n = &net->nodes[index];
	if (n->node && n->crash_in && --n->crash_in == 0) {
		net_crash(net, index);
		if (net->hooks.crashed)
			net->hooks.crashed(net->hooks.context, index);
	}
	net->turn = index;
	return n->node;
}

void net_leave(struct net *net)
{
	net->turn = NET_STRANGER;
}

struct node *net_door(struct net *net, uint32_t index)
{
	struct net_node *n = &net->nodes[index];
	struct node *node = net_enter(net, index);
	if (node && n->ticked_ms < net->steady_ms) {
		n->ticked_ms = net->steady_ms;
		(void)node_tick(node, net_time_of(net, n));
		node = net_enter(net, index);
	}
	net_touch(net, index);
	return node;
}

static void dial(struct net *net, uint32_t index, const struct dial *dial)
{
	const char *number = dial->address + strlen("10.0.0.");
	uint32_t to = (uint32_t)strtoul(number, NULL, 10);
	const struct net_hooks *hooks = &net->hooks;
	struct hostile *hostile = NULL;
	/* a liar may publish the address of another, even ours: there its key does not answer */
	bool reached = to < net->count && to != index &&
	               !memcmp(dial->link_key, net->nodes[to].keys.public.link, sizeof dial->link_key) &&
	               (!hooks->reaches || hooks->reaches(hooks->context, index, to));
	if (reached && !net_node_at(net, to) && hooks->dialled) {
		net_leave(net);
		hostile = hooks->dialled(hooks->context, index, to);
	}
	if (!reached || (!net_door(net, to) && !hostile)) {
		node_dial_failed(net_node_at(net, index), dial);
		return;
	}
	uint32_t link =
	        hostile ? net_link_hostile(net, hostile, index, LINK_DIALLED) : net_link(net, index, to);
	if (net->break_bytes)
		net->links[link].break_at = 1 + random_below(&net->wire, net->break_bytes);
	net_leave(net);
	if (hooks->opened && net->links[link].open)
		hooks->opened(hooks->context, link);
}

/* Names are resolved, streams are opened. */
static void dial_all(struct net *net, uint32_t index)
{
	struct dial wanted;
	while (net_enter(net, index) && node_next_dial(net->nodes[index].node, &wanted))
		dial(net, index, &wanted);
}

/* The disk takes no more than it has, and the transaction is given up. */
static void run_in_vain(struct net *net, struct job *job)
{
	struct rlimit before, none;
	(void)signal(SIGXFSZ, SIG_IGN);
	must(getrlimit(RLIMIT_FSIZE, &before) == 0);
	none = before;
	none.rlim_cur = 4096;
	must(setrlimit(RLIMIT_FSIZE, &none) == 0);
	job_run(job);
	must(setrlimit(RLIMIT_FSIZE, &before) == 0);
	net->unwritten++;
}

static void run_job(struct net *net, uint32_t index, struct net_job *j)
{
	j->ran = true;
	net->turn = index;
	if (net->nodes[index].disk_full && job_type(j->job) == JOB_COMMIT)
		run_in_vain(net, j->job);
	else
		job_run(j->job);
	net_leave(net);
	if (net->hooks.ran)
		net->hooks.ran(net->hooks.context, index, job_type(j->job));
}

static void take_jobs(struct net *net, uint32_t index)
{
	struct net_node *n = &net->nodes[index];
	struct job *job;
	while (n->jobs_count < NET_JOBS_MAX && net_enter(net, index) && (job = node_next_job(n->node))) {
		struct net_job *j = &n->jobs[n->jobs_count++];
		*j = (struct net_job){.job = job, .due_ms = net->steady_ms};
		if (net->job_steps)
			j->due_ms += random_below(&net->wire, net->job_steps + 1) * NET_STEP_MS;
		if (!net->job_steps || random_below(&net->wire, 2) == 0)
			run_job(net, index, j);
		if (j->due_ms > net->steady_ms)
			net_at(net, j->due_ms, NET_JOB, index, 0);
	}
}

static void hand_back(struct net *net, uint32_t index, uint32_t at)
{
	struct net_node *n = &net->nodes[index];
	if (!n->jobs[at].ran)
		run_job(net, index, &n->jobs[at]);
	struct node *node = net_enter(net, index);
	if (!node)
		return;
	struct net_job j = n->jobs[at];
	n->jobs[at] = n->jobs[--n->jobs_count];
	node_job_done(node, j.job);
}

static bool hand_back_all(struct net *net, uint32_t index)
{
	struct net_node *n = &net->nodes[index];
	bool any = false;
	take_jobs(net, index);
	for (uint32_t i = 0; i < n->jobs_count;) {
		if (n->jobs[i].due_ms > net->steady_ms) {
			i++;
			continue;
		}
		hand_back(net, index, i);
		any = true;
	}
	return any;
}

static void take_events(struct net *net, uint32_t index)
{
	struct net_node *n = &net->nodes[index];
	struct node_event e;
	while (net_enter(net, index) && node_next_event(n->node, &e)) {
		net_leave(net);
		if (net->hooks.event)
			net->hooks.event(net->hooks.context, index, &e);
		if (e.type == NODE_LOG && getenv("NET_LOG"))
			(void)fprintf(stderr, "%s: %s\n", n->home, e.text);
		if (e.type != NODE_APPENDED && e.type != NODE_REFUSED)
			continue;
		n->answered = true;
		n->err = e.err;
		n->references_count = e.count < 16 ? e.count : 16;
		if (e.type == NODE_APPENDED)
			memcpy(n->references, e.references, n->references_count * sizeof *n->references);
	}
}

static void send_all(struct net *net, uint32_t index)
{
	struct link_id id;
	while (net_enter(net, index) && node_next_link(net->nodes[index].node, &id))
		net_link_of(net, id);
}

static void tick(struct net *net, uint32_t index)
{
	struct net_node *n = &net->nodes[index];
	struct node *node = net_enter(net, index);
	if (!node)
		return;
	n->ticked_ms = net->steady_ms;
	n->due_ms = node_tick(node, net_time_of(net, n));
	if (n->due_ms <= net->steady_ms)
		n->due_ms = net->steady_ms + 1;
	net_at(net, n->due_ms, NET_TICK, index, n->due_ms);
}

static void serve(struct net *net, uint32_t index)
{
	do {
		tick(net, index);
		if (net->dials)
			dial_all(net, index);
		send_all(net, index);
		take_events(net, index);
	} while (hand_back_all(net, index) && net->nodes[index].node);
	net_leave(net);
	if (net->hooks.served && net->nodes[index].node)
		net->hooks.served(net->hooks.context, index);
}

static void serve_touched(struct net *net)
{
	while (net->touched_count > 0) {
		uint32_t index = net->touched[net->touched_first];
		net->touched_first = (net->touched_first + 1) % NET_NODES_MAX;
		net->touched_count--;
		net->nodes[index].touched = false;
		if (net->nodes[index].node)
			serve(net, index);
	}
}

static void act(struct net *net, const struct timer *t)
{
	net_leave(net);
	switch ((enum net_timer)t->what) {
	case NET_TICK:
		if (net->nodes[t->a].due_ms == t->b)
			net_touch(net, t->a);
		break;
	case NET_JOB:
		net_touch(net, t->a);
		break;
	case NET_CHUNK:
		net_link_chunk(net, t->a, t->b);
		break;
	case NET_HOSTILE:
		net_link_hostile_tick(net, t->a, t->b);
		break;
	}
}

/* All that is due by now. */
static void work(struct net *net)
{
	uint64_t turns = 0;
	serve_touched(net);
	while (timers_next_ms(&net->timers) <= net->steady_ms) {
		struct timer t = timers_take(&net->timers);
		act(net, &t);
		if (timers_next_ms(&net->timers) > net->steady_ms)
			serve_touched(net);
		must(++turns < 10000000);
	}
}

void net_go(struct net *net, uint64_t ms)
{
	uint64_t end = net->steady_ms + ms;
	net_leave(net);
	net_link_hostile_work(net);
	work(net);
	while (net->steady_ms < end) {
		uint64_t next = timers_next_ms(&net->timers), until = next < end ? next : end;
		net->wall_ms += until - net->steady_ms;
		net->steady_ms = until;
		work(net);
	}
}

static void touch_all(struct net *net)
{
	for (uint32_t i = 0; i < net->count; i++)
		net_touch(net, i);
}

void net_run(struct net *net, uint64_t ms)
{
	touch_all(net);
	net_go(net, ms);
	touch_all(net); /* so that they know what time it is */
	work(net);
}
