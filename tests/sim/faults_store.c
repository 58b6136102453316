/* SPDX-License-Identifier: Apache-2.0
 * faults_store.c: what befalls a node's files: an old copy put back, a copy run beside it, all lost but the seed, the copy
 * of the mark lost. Says of each what a checker must then excuse. */
#include "faults_int.h"
#include "storage/own.h"

#define APART 2u /* a part of the net by itself */

static bool may_strike(const struct sim *sim, uint32_t index)
{
	return sim_runs(sim, index) && !sim->nodes[index].clone;
}

/* Entries of its own feed that its store holds; 0: it is not in the roster. */
static uint64_t own_size(const struct sim *sim, uint32_t index, struct feed_no *out)
{
	struct txn *txn;
	struct feed_info info;
	must(txn_read(sim->net->nodes[index].store, &txn) == ERR_OK);
	bool found = own_feed(txn, out) && feed_info(txn, *out, &info);
	txn_abort(txn);
	return found ? info.head.size : 0;
}

/* Does everybody who may answer it hold all of its feed? Then it must not fork, whatever it lost. */
static bool all_hold(const struct sim *sim, uint32_t index)
{
	struct feed_no own;
	uint64_t size = own_size(sim, index, &own);
	for (uint32_t i = 0; i < sim->net->count; i++) {
		if (i == index || !sim->nodes[i].used || sim->nodes[i].liar)
			continue;
		if (!sim_runs(sim, i) || sim->nodes[i].clone || (size && net_held(sim->net, i, own) != size))
			return false;
	}
	return true;
}

/* Who counts on others to know what it lost, may find that they lost it too. */
static void excuse_who_asks(struct sim *sim)
{
	for (uint32_t i = 0; i < sim->net->count; i++) {
		bool asks = sim->nodes[i].used && sim->nodes[i].restores > 0 &&
		            (!sim_runs(sim, i) || !node_publishing(sim->net->nodes[i].node));
		if (asks)
			sim->nodes[i].may_fork = "its store went back, and those of others that it asks, too";
	}
}

/* What was said there after its store's time is gone from its disk. */
static void forget_since(struct sim *sim, uint32_t index, uint64_t ms)
{
	for (uint32_t i = 0; i < sim->said_count; i++)
		if (sim->said[i].node == index && sim->said[i].at_ms >= ms)
			sim->said[i].lost = true;
}

void faults_save_some(struct sim *sim, void *context)
{
	(void)context;
	uint32_t rate = sim->plan.day_faults[SIM_RESTORED] + sim->plan.day_faults[SIM_CLONED];
	uint32_t index = sim_some_node(sim, SIM_FAULTS_WHICH);
	if (sim->settling || rate == 0)
		return;
	if (index != NET_STRANGER && may_strike(sim, index)) {
		net_backup(sim->net, index);
		sim->nodes[index].saved_at_ms = sim_now_ms(sim);
		sim_trace(sim, "node %u saved", index);
	}
	uint64_t mean = SIM_DAY_MS / (2 * rate * sim->plan.nodes);
	sim_after(sim, 1 + sim_draw(sim, SIM_FAULTS_WHEN, 2 * mean), faults_save_some, NULL);
}

static void reconnect(struct sim *sim, void *context)
{
	struct net_node *n = context;
	n->part = 0;
	net_reparted(sim->net);
	sim_trace(sim, "node %u is on the net again", (uint32_t)(n - sim->net->nodes));
}

/* Its people write there before anybody can be asked. */
static void disconnect(struct sim *sim, uint32_t index)
{
	struct net_node *n = &sim->net->nodes[index];
	n->part = APART;
	sim_count(sim, SIM_PARTED, 1);
	sim_after(sim, faults_span(sim, SIM_HOUR_MS), reconnect, n);
}

void faults_restore(struct sim *sim, uint32_t index)
{
	struct sim_node *n = &sim->nodes[index];
	if (!may_strike(sim, index) || n->saved_at_ms == 0)
		return;
	bool unmark = !n->registrar && sim_draw(sim, SIM_FAULTS_WHICH, 4) == 0, held = all_hold(sim, index);
	net_crash(sim->net, index);
	net_restore(sim->net, index);
	excuse_who_asks(sim);
	n->restores++;
	forget_since(sim, index, n->saved_at_ms);
	sim_count(sim, SIM_RESTORED, 1);
	if (unmark) {
		sim->net->nodes[index].mark.kept = false;
		if (!held)
			n->may_fork = "its store went back and the copy of its mark was lost";
		sim_count(sim, SIM_UNMARKED, 1);
	}
	if (sim_draw(sim, SIM_FAULTS_WHICH, 2) == 0)
		disconnect(sim, index);
	sim_trace(sim, "node %u restored as of %llu", index, (unsigned long long)n->saved_at_ms);
	faults_went_down(sim, index);
}

static void end_clone(struct sim *sim, void *context)
{
	struct sim_node *n = context;
	uint32_t index = (uint32_t)(n - sim->nodes);
	if (sim->net->nodes[index].node)
		net_crash(sim->net, index);
}

void faults_clone(struct sim *sim, uint32_t index)
{
	if (!may_strike(sim, index) || sim->net->count >= SIM_NODES_MAX)
		return;
	if (sim->nodes[index].registrar && sim->tally[SIM_BEREFT] > 0)
		return; /* the paper was taken out already: who would name one more? */
	uint32_t clone = faults_copy(sim, index, sim_draw(sim, SIM_FAULTS_WHICH, 2) == 0);
	sim_after(sim, faults_span(sim, SIM_HOUR_MS), end_clone, &sim->nodes[clone]);
}

uint32_t faults_copy(struct sim *sim, uint32_t index, bool whole)
{
	uint32_t clone = net_clone(sim->net, index);
	if (whole) {
		sim->net->nodes[clone].mark = sim->net->nodes[index].mark;
		sim->net->nodes[clone].place = index;
	}
	sim->nodes[index].may_fork = "a copy of it ran beside it";
	sim_use(sim, clone,
	        &(struct sim_node){.clone = true, .of = sim->nodes[index].of, .may_fork = "it is a copy"});
	sim_count(sim, SIM_CLONED, 1);
	sim_trace(sim, "node %u is a copy of %u", clone, index);
	sim_start(sim, clone);
	check_started(sim, clone);
	return clone;
}

void faults_lose(struct sim *sim, uint32_t index)
{
	struct sim_node *n = &sim->nodes[index];
	if (!may_strike(sim, index) || n->registrar)
		return;
	bool held = all_hold(sim, index);
	net_crash(sim->net, index);
	net_lose(sim->net, index);
	n->saved_at_ms = 0;
	excuse_who_asks(sim);
	n->restores++;
	if (!held)
		n->may_fork = "its store and the copy of its mark were lost";
	forget_since(sim, index, 0);
	sim_count(sim, SIM_LOST, 1);
	sim_trace(sim, "node %u lost all but its seed", index);
	faults_went_down(sim, index);
}

void faults_unmark(struct sim *sim, uint32_t index)
{
	struct sim_node *n = &sim->nodes[index];
	if (!may_strike(sim, index) || (n->registrar && n->restores > 0))
		return; /* a registrar with two histories ends the network as it was, until it is anchored */
	if (n->restores > 0 && !node_publishing(sim->net->nodes[index].node))
		n->may_fork = "its store went back, and before it had settled the copy of its mark was lost";
	net_crash(sim->net, index);
	sim->net->nodes[index].mark.kept = false;
	sim_count(sim, SIM_UNMARKED, 1);
	sim_trace(sim, "node %u lost the copy of its mark", index);
	faults_went_down(sim, index);
}

/* What was let out and reached nobody is with nobody: only its person can say that it may go on. */
static void override(struct sim *sim, uint32_t index)
{
	struct net_node *n = &sim->net->nodes[index];
	struct node *node = net_door(sim->net, index);
	if (!node || node_publish_anyway(node, n->ticket + 1, bytes_text("tidak ada yang tahu")))
		return;
	n->ticket++;
	sim->nodes[index].may_fork = "a person overrode the warning";
	sim->nodes[index].overrode = true;
	sim_trace(sim, "node %u: its person publishes anyway", index);
}

void faults_override_all(struct sim *sim, void *context)
{
	(void)context;
	for (uint32_t i = 0; i < sim->net->count; i++)
		if (may_strike(sim, i) && sim->nodes[i].restores > 0 &&
		        !node_publishing(sim->net->nodes[i].node))
			override(sim, i);
}
