/* SPDX-License-Identifier: Apache-2.0
 * net_run.c: time passes in a net: ticks, jobs, bytes, dials, in steps of 10 ms, or at once to the next moment at which
 * a node said that it has something to do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/net_int.h"

#define NET_CHUNK 4096u

/* Names are resolved, streams are opened. */
static bool dial_all(struct net *net, uint32_t index)
{
	struct dial dial;
	bool any = false;
	while (node_next_dial(net->nodes[index].node, &dial)) {
		const char *number = dial.address + strlen("10.0.0.");
		uint32_t to = (uint32_t)strtoul(number, NULL, 10);
		bool known = to < net->count && net_node_at(net, to);
		struct hostile *hostile = known || to >= net->count || !net->hooks.dialled
		                                  ? NULL
		                                  : net->hooks.dialled(net->hooks.context, index, to);
		any = true;
		if (!known && !hostile) {
			node_dial_failed(net->nodes[index].node, &dial);
			continue;
		}
		struct net_link *l = &net->links[hostile ? net_link_hostile(net, hostile, index, LINK_DIALLED)
		                                         : net_link(net, index, to)];
		if (net->break_bytes)
			l->break_at = 1 + net_draw(net, net->break_bytes);
	}
	return any;
}

static struct session_time now(const struct net *net)
{
	return (struct session_time){.wall_ms = net->wall_ms, .steady_ms = net->steady_ms};
}

static size_t send(struct net *net, uint32_t link, uint32_t index, uint8_t *out, size_t cap)
{
	const struct link_id id = {link};
	if (index == NET_STRANGER)
		return hostile_send(net->links[link].hostile, out, cap);
	size_t len = node_link_send(net_node_at(net, index), id, out, cap);
	if (len > 0)
		node_link_drained(net_node_at(net, index), id);
	return len;
}

static void receive(struct net *net, uint32_t link, uint32_t index, struct bytes b)
{
	if (index == NET_STRANGER)
		hostile_receive(net->links[link].hostile, b, now(net));
	else
		node_link_receive(net_node_at(net, index), (struct link_id){link}, b);
}

static bool is_paused(struct net *net, uint32_t link, uint32_t index)
{
	return index != NET_STRANGER && node_link_paused(net_node_at(net, index), (struct link_id){link});
}

/* side: 0 what FROM has to say, 1 what TO has. False: nothing moved. */
static bool carry(struct net *net, uint32_t link, unsigned side)
{
	uint8_t chunk[NET_CHUNK];
	struct net_link *l = &net->links[link];
	uint32_t from = side ? l->to : l->from, to = side ? l->from : l->to;
	size_t cap = l->rate && l->left[side] < sizeof chunk ? l->left[side] : sizeof chunk;
	if (!l->open || cap == 0 || is_paused(net, link, to))
		return false;
	size_t len = send(net, link, from, chunk, cap);
	if (len == 0)
		return false;
	l->left[side] -= l->rate ? (uint32_t)len : 0;
	if (l->damage_at > l->carried && l->damage_at <= l->carried + len)
		chunk[net_draw(net, len)] ^= (uint8_t)(1u << net_draw(net, 8));
	net->bytes += len;
	l->carried += len;
	if (l->break_at && l->carried >= l->break_at)
		net_close_link(net, link); /* and what was on its way is lost */
	else
		receive(net, link, to, BYTES(chunk, len));
	return true;
}

static bool wants_close(const struct net *net, uint32_t link, uint32_t index)
{
	return index == NET_STRANGER ? net->links[link].hostile->closed
	                             : node_link_wants_close(net_node_at(net, index), (struct link_id){link});
}

static bool move_bytes(struct net *net)
{
	bool moved = false;
	for (uint32_t i = 0; i < net->links_count; i++) {
		const struct net_link *l = &net->links[i];
		bool there = carry(net, i, 0), back = carry(net, i, 1), any = there || back;
		moved |= any;
		if (l->open && !any && (wants_close(net, i, l->from) || wants_close(net, i, l->to)))
			net_close_link(net, i);
	}
	return moved;
}

static void take_jobs(struct net *net, struct net_node *n)
{
	struct job *job;
	while (n->jobs_count < NET_JOBS_MAX && (job = node_next_job(n->node))) {
		struct net_job *j = &n->jobs[n->jobs_count++];
		*j = (struct net_job){.job = job, .due_ms = net->steady_ms};
		if (net->job_steps)
			j->due_ms += net_draw(net, net->job_steps + 1) * NET_STEP_MS;
		j->ran = !net->job_steps || net_draw(net, 2) == 0;
		if (j->ran)
			job_run(job);
	}
}

static bool run_jobs(struct net *net, struct net_node *n)
{
	bool any = false;
	take_jobs(net, n);
	for (uint32_t i = 0; i < n->jobs_count;) {
		if (n->jobs[i].due_ms > net->steady_ms) {
			i++;
			continue;
		}
		net_hand_back(n, i);
		any = true;
	}
	return any;
}

static void take_events(struct net *net, struct net_node *n)
{
	struct node_event e;
	while (node_next_event(n->node, &e)) {
		if (net->hooks.event)
			net->hooks.event(net->hooks.context, (uint32_t)(n - net->nodes), &e);
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

static void tick(struct net *net)
{
	for (uint32_t i = 0; i < net->count; i++)
		if (net->nodes[i].node)
			net->nodes[i].due_ms = node_tick(net->nodes[i].node,
			        (struct node_time){.wall_ms = net->wall_ms, .steady_ms = net->steady_ms});
	for (uint32_t i = 0; i < net->links_count; i++) {
		struct net_link *l = &net->links[i];
		l->left[0] = l->left[1] = l->rate;
		if (l->open && l->hostile)
			(void)hostile_tick(l->hostile, now(net));
	}
}

static bool work(struct net *net)
{
	bool busy = false;
	for (uint32_t i = 0; i < net->count; i++) {
		struct net_node *n = &net->nodes[i];
		if (!n->node)
			continue;
		busy |= run_jobs(net, n);
		take_events(net, n);
		if (net->dials)
			busy |= dial_all(net, i);
	}
	return move_bytes(net) || busy;
}

/* True: something happened. */
static bool step(struct net *net, uint64_t ms)
{
	int turns = 0;
	net->wall_ms += ms;
	net->steady_ms += ms;
	tick(net);
	while (work(net))
		must(++turns < 1000000);
	return turns > 0;
}

/* Until when nobody has anything to do; hostile peers and slow links have always. */
static uint64_t quiet_until(const struct net *net)
{
	uint64_t until = UINT64_MAX;
	for (uint32_t i = 0; i < net->count; i++) {
		const struct net_node *n = &net->nodes[i];
		if (n->node && n->due_ms < until)
			until = n->due_ms;
		for (uint32_t k = 0; k < n->jobs_count; k++)
			until = n->jobs[k].due_ms < until ? n->jobs[k].due_ms : until;
	}
	for (uint32_t i = 0; i < net->links_count; i++)
		if (net->links[i].open && (net->links[i].rate || net->links[i].hostile))
			return net->steady_ms;
	return until;
}

void net_run(struct net *net, uint64_t ms)
{
	uint64_t end = net->steady_ms + ms;
	bool busy = true;
	while (net->steady_ms < end) {
		uint64_t quiet = busy ? net->steady_ms : quiet_until(net);
		uint64_t next = quiet > net->steady_ms + NET_STEP_MS ? quiet : net->steady_ms + NET_STEP_MS;
		busy = step(net, (next < end ? next : end) - net->steady_ms);
	}
}
