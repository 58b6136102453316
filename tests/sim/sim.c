/* SPDX-License-Identifier: Apache-2.0
 * sim.c: the district is founded, lives by its plan, and is let settle; timers of virtual time. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>

#include "memory.h"
#include "storage/own.h"
#include "support/random.h"

#define ARRIVES_S 5u

uint64_t sim_draw(struct sim *sim, enum sim_stream stream, uint64_t bound)
{
	return random_below(&sim->streams[stream], bound);
}

bool sim_chance(struct sim *sim, enum sim_stream stream, uint32_t per_million)
{
	return sim_draw(sim, stream, 1000000) < per_million;
}

const struct sim_fault_info *sim_fault_info(enum sim_fault fault)
{
	enum { HAPPENS, STRIKES };
	static const struct sim_fault_info infos[] = {
#define X(name, how, text) {#name, text, (how) == STRIKES},
	        SIM_FAULTS(X)
#undef X
	};
	return &infos[fault];
}

void sim_count(struct sim *sim, enum sim_fault fault, uint64_t count)
{
	sim->tally[fault] += count;
}

uint64_t sim_now_ms(const struct sim *sim)
{
	return sim->net->steady_ms;
}

bool sim_runs(const struct sim *sim, uint32_t index)
{
	return index < sim->net->count && sim->nodes[index].used && !sim->nodes[index].liar &&
	       sim->net->nodes[index].node;
}

uint32_t sim_some_node(struct sim *sim, enum sim_stream stream)
{
	uint32_t chosen = NET_STRANGER, seen = 0;
	for (uint32_t i = 0; i < sim->net->count; i++)
		if (sim_runs(sim, i) && sim_draw(sim, stream, ++seen) == 0)
			chosen = i;
	return chosen;
}

void sim_after(struct sim *sim, uint64_t ms, sim_act *act, void *context)
{
	const struct timer timer = {
	        .due_ms = sim_now_ms(sim) + ms, .act = (void (*)(void))act, .context = context};
	timers_set(&sim->timers, &timer);
}

/* Timers and the net in turn. */
static void run_until(struct sim *sim, uint64_t end_ms)
{
	while (timers_next_ms(&sim->timers) <= end_ms) {
		struct timer timer = timers_take(&sim->timers);
		if (timer.due_ms > sim_now_ms(sim))
			net_go(sim->net, timer.due_ms - sim_now_ms(sim));
		net_leave(sim->net);
		((sim_act *)timer.act)(sim, timer.context);
	}
	net_go(sim->net, end_ms - sim_now_ms(sim));
}

static void each_minute(struct sim *sim, void *context)
{
	check_minute(sim);
	sim_after(sim, SIM_MINUTE_MS, each_minute, context);
}

enum err sim_append(
        struct sim *sim, uint32_t index, const struct draft *drafts, uint32_t count, uint64_t *ticket)
{
	struct net_node *n = &sim->net->nodes[index];
	must(sim_runs(sim, index) && count <= SIM_DRAFTS_MAX);
	struct node *node = net_door(sim->net, index);
	enum err e = node ? node_append(node, n->ticket + 1, drafts, count) : ERR_REFUSED;
	net_leave(sim->net);
	if (e)
		return e;
	*ticket = ++n->ticket;
	return ERR_OK;
}

static void on_event(void *context, uint32_t index, const struct node_event *e)
{
	struct sim *sim = context;
	sim_trace(sim, "node %u event %u %llu %u %s", index, e->type, (unsigned long long)e->ticket, e->count,
	        e->text);
	check_event(sim, index, e);
	if (e->type == NODE_APPENDED || e->type == NODE_REFUSED)
		work_answered(sim, index, e);
}

static void on_served(void *context, uint32_t index)
{
	check_served(context, index);
}

static struct hostile *on_dialled(void *context, uint32_t index, uint32_t to)
{
	struct sim *sim = context;
	return sim->nodes[to].liar ? liars_dialled(sim, index, to) : NULL;
}

/* A new node, which knows the network and where the registrar's is; some day it is admitted, or not. */
static void join(struct sim *sim, void *context)
{
	(void)context;
	if (sim->net->count >= SIM_NODES_MAX)
		return;
	uint32_t index = net_add(sim->net);
	sim_use(sim, index, &(struct sim_node){.of = index});
	sim_start(sim, index);
	check_started(sim, index);
}

static uint32_t roles_of(const struct plan *plan, uint32_t index)
{
	uint32_t roles = ROLE_OFFICER, at = index;
	if (at <= plan->auditors)
		return roles | ROLE_AUDITOR;
	at -= plan->auditors;
	if (at <= plan->supervisors)
		return roles | ROLE_SUPERVISOR;
	at -= plan->supervisors;
	return at <= plan->witnesses ? roles | ROLE_WITNESS : roles;
}

void sim_use(struct sim *sim, uint32_t index, const struct sim_node *node)
{
	must(index < SIM_NODES_MAX);
	sim->nodes[index] = *node;
	sim->nodes[index].used = true;
}

/* Does it run and know itself to be in the roster? Who does not, refuses everybody. */
static bool is_in(const struct sim *sim, uint32_t index)
{
	struct txn *txn;
	struct feed_no own;
	if (!sim_runs(sim, index) || sim->nodes[index].clone)
		return false;
	must(txn_read(sim->net->nodes[index].store, &txn) == ERR_OK);
	bool found = own_feed(txn, &own);
	txn_abort(txn);
	return found;
}

static uint32_t some_member(struct sim *sim, uint32_t but)
{
	uint32_t chosen = NET_STRANGER, seen = 0;
	for (uint32_t i = 0; i < sim->net->count; i++) {
		const struct sim_node *n = &sim->nodes[i];
		if (n->of != but && !n->cut && !n->left && !n->outside && is_in(sim, i) &&
		        sim_draw(sim, SIM_FAULTS_WHICH, ++seen) == 0)
			chosen = i;
	}
	return chosen;
}

void sim_tell(struct sim *sim, uint32_t index)
{
	uint32_t to = sim->office;
	if (to == 0 && sim->nodes[index].of == 0)
		return;
	if (to != 0 && (sim->nodes[index].of == to || !is_in(sim, to)))
		to = some_member(sim, sim->nodes[index].of);
	struct node *node = to == NET_STRANGER ? NULL : net_door(sim->net, index);
	if (!node)
		return;
	const struct dial dial = net_dial(sim->net, to);
	must(node_peer_add(node, &dial) == ERR_OK);
	net_leave(sim->net);
}

void sim_start(struct sim *sim, uint32_t index)
{
	net_start(sim->net, index);
	sim_tell(sim, index);
	sim_trace(sim, "node %u up", index);
}

static void build(struct sim *sim)
{
	const struct plan *plan = &sim->plan;
	char alias[16];
	net_found(sim->net);
	sim_use(sim, 0, &(struct sim_node){.of = 0, .registrar = true});
	for (uint32_t i = 1; i < plan->nodes + plan->liars; i++) {
		must(snprintf(alias, sizeof alias, "k%u", i) > 0);
		must(net_add(sim->net) == i);
		sim_use(sim, i, &(struct sim_node){.of = i, .liar = i >= plan->nodes});
		net_admit(sim->net, i, alias, roles_of(plan, i));
	}
	for (uint32_t i = 1; i < plan->nodes; i++)
		sim_start(sim, i);
}

struct sim *sim_new(uint64_t seed, const struct plan *limits)
{
	struct sim *sim = calloc(1, sizeof *sim);
	must(sim);
	sim->seed = seed;
	for (uint32_t i = 0; i < SIM_STREAMS; i++)
		sim->streams[i] = seed * SIM_STREAMS + i;
	for (uint32_t i = 0; i < SIM_STREAMS; i++) /* neighbours are far apart after one draw */
		sim->streams[i] = random_next(&sim->streams[i]);
	plan_draw(sim, limits);
	sim->net = net_new();
	net_seed(sim->net, seed);
	sim->net->dials = sim->net->advertises = sim->net->copies_marks = true;
	sim->net->hooks = (struct net_hooks){
	        .context = sim, .event = on_event, .dialled = on_dialled, .served = on_served};
	memory_follow(&sim->net->turn);
	build(sim);
	return sim;
}

/* What a node says by itself in the last moment, a witness most of all, is on its way. */
static void let_arrive(struct sim *sim)
{
	check_minute(sim);
	for (uint32_t s = 0; s < ARRIVES_S && sim->converged_ms == 0; s++) {
		run_until(sim, sim_now_ms(sim) + 1000);
		check_minute(sim);
	}
}

void sim_run(struct sim *sim)
{
	sim->begun_ms = sim_now_ms(sim);
	sim_after(sim, SIM_MINUTE_MS, each_minute, NULL);
	for (uint32_t i = 0; i < sim->plan.joiners; i++)
		sim_after(sim, sim_draw(sim, SIM_PLAN, sim->plan.lasts_ms), join, NULL);
	check_begin(sim);
	work_begin(sim);
	liars_begin(sim);
	faults_begin(sim);
	run_until(sim, sim->begun_ms + sim->plan.lasts_ms);
	sim->settling = true;
	sim->settled_ms = sim_now_ms(sim);
	liars_settle(sim);
	faults_settle(sim);
	check_minute(sim);
	run_until(sim, sim->settled_ms + SIM_SETTLE_MS);
	let_arrive(sim);
	faults_tally(sim);
	sim->looked = check_last(sim);
	if (sim->looked == 0)
		sim_fail(sim, "checked", "the checks looked at nothing");
}

void sim_free(struct sim *sim)
{
	work_end(sim);
	liars_end(sim);
	check_end(sim);
	faults_end(sim);
	net_free(sim->net);
	timers_free(&sim->timers);
	free(sim->said);
	free(sim);
	memory_follow(NULL);
}
