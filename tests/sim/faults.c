/* SPDX-License-Identifier: Apache-2.0
 * faults.c: breaks links and clocks and ends nodes, at times and in ways that the seed draws; counts what it did.
 * What befalls stores is faults_store.c's. */
#include "faults_int.h"

#include <stdlib.h>

#define CRASH_CALLS_MAX 400u
#define YEAR_MS (365 * SIM_DAY_MS)

uint64_t faults_span(struct sim *sim, uint64_t most_ms)
{
	uint64_t most = 1 + sim_draw(sim, SIM_FAULTS_WHICH, most_ms);
	return 1 + sim_draw(sim, SIM_FAULTS_WHICH, most); /* short ones are the most */
}

static enum net_fate fate(void *context, uint32_t link, unsigned way, struct bytes chunk)
{
	static const struct {
		enum sim_fault fault;
		enum net_fate fate;
	} kinds[] = {{SIM_DELAYED, NET_DELAYED}, {SIM_DROPPED, NET_DROPPED}, {SIM_REPEATED, NET_REPEATED},
	        {SIM_SWAPPED, NET_SWAPPED}, {SIM_DAMAGED, NET_DAMAGED}, {SIM_CUT, NET_CUT}};
	struct sim *sim = context;
	sim_trace_bytes(sim, "chunk", link, way, chunk);
	if (sim->settling)
		return NET_ARRIVES;
	uint64_t at = sim_draw(sim, SIM_FAULTS_WHICH, 1000000);
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		uint32_t rate = sim->plan.chunk_faults[kinds[i].fault];
		if (at < rate)
			return kinds[i].fate;
		at -= rate;
	}
	return NET_ARRIVES;
}

static bool reaches(void *context, uint32_t index, uint32_t to)
{
	struct sim *sim = context;
	if (sim->net->nodes[index].part != sim->net->nodes[to].part)
		return false;
	if (sim->settling || !sim_chance(sim, SIM_FAULTS_WHICH, sim->plan.dial_faults[0]))
		return true;
	sim_count(sim, SIM_REFUSED, 1);
	return false;
}

static void opened(void *context, uint32_t link)
{
	struct sim *sim = context;
	if (sim->settling || !sim_chance(sim, SIM_FAULTS_WHICH, sim->plan.dial_faults[1]))
		return;
	sim->net->links[link].rate = 20 + (uint32_t)sim_draw(sim, SIM_FAULTS_WHICH, 620);
	sim_count(sim, SIM_SLOWED, 1);
}

static void ran(void *context, uint32_t index, enum job_type type)
{
	sim_trace(context, "node %u ran %u", index, type);
}

static void come_back(struct sim *sim, void *context)
{
	struct sim_node *n = context;
	uint32_t index = (uint32_t)(n - sim->nodes);
	if (n->up_at_ms == 0 || n->up_at_ms > sim_now_ms(sim))
		return;
	n->up_at_ms = 0;
	sim_start(sim, index);
	check_started(sim, index);
}

void faults_went_down(struct sim *sim, uint32_t index)
{
	struct sim_node *n = &sim->nodes[index];
	uint64_t ms = faults_span(sim, 20 * SIM_MINUTE_MS);
	n->up_at_ms = sim_now_ms(sim) + ms;
	sim_after(sim, ms, come_back, n);
	sim_trace(sim, "node %u down", index);
}

static void crashed(void *context, uint32_t index)
{
	struct sim *sim = context;
	sim_count(sim, SIM_CRASHED, 1);
	if (!sim->nodes[index].clone)
		faults_went_down(sim, index);
}

/* Any link that is open now; NET_STRANGER: none is. */
static uint32_t some_link(struct sim *sim, uint32_t index)
{
	uint32_t chosen = NET_STRANGER, seen = 0;
	for (uint32_t i = 0; i < sim->net->links_count; i++) {
		const struct net_link *l = &sim->net->links[i];
		if (l->open && (l->from == index || l->to == index) &&
		        sim_draw(sim, SIM_FAULTS_WHICH, ++seen) == 0)
			chosen = i;
	}
	return chosen;
}

/* All its links, one after the other, and free again in another order. */
static void swizzle(struct sim *sim, uint32_t index)
{
	for (uint32_t i = 0; i < sim->net->links_count; i++) {
		const struct net_link *l = &sim->net->links[i];
		if (!l->open || (l->from != index && l->to != index))
			continue;
		uint64_t ms = faults_span(sim, 2 * SIM_MINUTE_MS);
		net_block(sim->net, i, 0, ms);
		net_block(sim->net, i, 1, ms);
		sim_count(sim, SIM_CLOGGED, 1);
	}
}

static void clog_one(struct sim *sim, uint32_t index)
{
	uint32_t link = some_link(sim, index);
	if (sim_draw(sim, SIM_FAULTS_WHICH, 4) == 0) {
		swizzle(sim, index);
	} else if (link != NET_STRANGER) {
		uint64_t ms = faults_span(sim, 3 * SIM_MINUTE_MS);
		net_block(sim->net, link, 0, ms);
		net_block(sim->net, link, 1, ms);
		sim_count(sim, SIM_CLOGGED, 1);
	}
}

static void stall(struct sim *sim, uint32_t index)
{
	uint32_t link = some_link(sim, index);
	if (link == NET_STRANGER)
		return;
	net_block(sim->net, link, (unsigned)sim_draw(sim, SIM_FAULTS_WHICH, 2),
	        faults_span(sim, 3 * SIM_MINUTE_MS));
	sim_count(sim, SIM_STALLED, 1);
}

static void heal(struct sim *sim, void *context)
{
	(void)context;
	for (uint32_t i = 0; i < sim->net->count; i++)
		sim->net->nodes[i].part = 0;
	net_reparted(sim->net);
	sim_trace(sim, "healed");
}

/* Parts of chance; the larger one keeps its number. Healing early or late only makes it odder. */
static void part(struct sim *sim)
{
	uint32_t apart = 0, of = 2 + (uint32_t)sim_draw(sim, SIM_FAULTS_WHICH, 4);
	for (uint32_t i = 0; i < sim->net->count; i++) {
		sim->net->nodes[i].part = sim_draw(sim, SIM_FAULTS_WHICH, of) == 0;
		apart += sim->net->nodes[i].part;
	}
	net_reparted(sim->net);
	sim_count(sim, SIM_PARTED, apart < sim->net->count - apart ? apart : sim->net->count - apart);
	sim_after(sim, faults_span(sim, 40 * SIM_MINUTE_MS), heal, NULL);
	sim_trace(sim, "parted, %u apart", apart);
}

static void clock_right(struct sim *sim, void *context)
{
	struct net_node *n = context;
	if (sim->settling)
		return; /* it is right already */
	n->clock_ms = (int64_t)sim_draw(sim, SIM_FAULTS_WHICH, 4000) - 2000;
	sim_trace(sim, "node %u: the clock is right", (uint32_t)(n - sim->net->nodes));
}

static void jump_clock(struct sim *sim, uint32_t index)
{
	struct net_node *n = &sim->net->nodes[index];
	/* what judges received times jumps less, or nothing would be stated for the rest of the seed */
	uint64_t most = sim->nodes[index].registrar          ? SIM_MINUTE_MS
	                : sim_draw(sim, SIM_FAULTS_WHICH, 2) ? SIM_HOUR_MS
	                                                     : YEAR_MS;
	n->clock_ms = (int64_t)sim_draw(sim, SIM_FAULTS_WHICH, 2 * most) - (int64_t)most;
	sim_count(sim, SIM_CLOCK, 1);
	sim_after(sim, faults_span(sim, SIM_HOUR_MS), clock_right, n);
	sim_trace(sim, "node %u: the clock is off by %lld ms", index, (long long)n->clock_ms);
}

static void empty_disk(struct sim *sim, void *context)
{
	struct net_node *n = context;
	n->disk_full = false;
	(void)sim;
}

static void fill_disk(struct sim *sim, uint32_t index)
{
	struct net_node *n = &sim->net->nodes[index];
	n->disk_full = true;
	sim_trace(sim, "node %u: the disk is full", index);
	sim_after(sim, faults_span(sim, 3 * SIM_MINUTE_MS), empty_disk, n);
}

static void strike(struct sim *sim, uint32_t index, enum sim_fault fault)
{
	struct net_node *n = &sim->net->nodes[index];
	switch (fault) {
	case SIM_CLOGGED:
		clog_one(sim, index);
		break;
	case SIM_STALLED:
		stall(sim, index);
		break;
	case SIM_PARTED:
		part(sim);
		break;
	case SIM_CRASHED:
		n->crash_in = 1 + sim_draw(sim, SIM_FAULTS_WHICH, CRASH_CALLS_MAX);
		break;
	case SIM_UNCOPIED:
		n->crash_at_copy = true;
		break;
	case SIM_UNWRITTEN:
		fill_disk(sim, index);
		break;
	case SIM_CLOCK:
		jump_clock(sim, index);
		break;
	case SIM_RESTORED:
		faults_restore(sim, index);
		break;
	case SIM_CLONED:
		faults_clone(sim, index);
		break;
	case SIM_LOST:
		faults_lose(sim, index);
		break;
	case SIM_UNMARKED:
		faults_unmark(sim, index);
		break;
	case SIM_DELAYED:
	case SIM_DROPPED:
	case SIM_REPEATED:
	case SIM_SWAPPED:
	case SIM_DAMAGED:
	case SIM_CUT:
	case SIM_REFUSED:
	case SIM_SLOWED:
	case SIM_UNRUN:
	case SIM_UNSAID:
	case SIM_BEREFT:
	case SIM_ANCHORED:
	case SIM_RETURNED:
	case SIM_LIE:
	case SIM_FAULT_KINDS:
		must(sim_fault_info(fault)->strikes);
	}
}

/* One kind strikes some node, then waits as long as its rate says. */
static void strike_next(struct sim *sim, void *context)
{
	struct fault_clock *clock = context;
	uint32_t rate = sim->plan.day_faults[clock->fault];
	if (sim->settling || rate == 0)
		return;
	uint32_t index = clock->begun ? sim_some_node(sim, SIM_FAULTS_WHICH) : NET_STRANGER;
	clock->begun = true;
	if (index != NET_STRANGER && !(sim->nodes[index].clone && clock->fault != SIM_CRASHED))
		strike(sim, index, clock->fault);
	uint64_t nodes = clock->fault == SIM_PARTED ? 1 : sim->plan.nodes, mean = SIM_DAY_MS / (rate * nodes);
	sim_after(sim, 1 + sim_draw(sim, SIM_FAULTS_WHEN, 2 * mean), strike_next, clock);
}

void faults_begin(struct sim *sim)
{
	struct net_hooks *hooks = &sim->net->hooks;
	hooks->fate = fate;
	hooks->reaches = reaches;
	hooks->opened = opened;
	hooks->crashed = crashed;
	hooks->ran = ran;
	sim->net->latency_ms = sim->plan.latency_ms;
	sim->net->jitter_ms = sim->plan.jitter_ms;
	sim->net->job_steps = sim->plan.job_ms / NET_STEP_MS;
	sim->faults = calloc(1, sizeof *sim->faults);
	must(sim->faults);
	for (uint32_t i = 0; i < SIM_FAULT_KINDS; i++) {
		sim->faults->clocks[i].fault = (enum sim_fault)i;
		strike_next(sim, &sim->faults->clocks[i]);
	}
	faults_save_some(sim, NULL);
	faults_registrar_begin(sim);
}

static void free_links(struct sim *sim)
{
	for (uint32_t i = 0; i < sim->net->links_count; i++) {
		struct net_link *l = &sim->net->links[i];
		l->rate = 0;
		if (l->open)
			net_unblock(sim->net, i);
	}
}

void faults_settle(struct sim *sim)
{
	heal(sim, NULL);
	free_links(sim);
	sim_after(sim, 3 * SIM_MINUTE_MS, faults_override_all, NULL);
	for (uint32_t i = 0; i < sim->net->count; i++) {
		struct sim_node *n = &sim->nodes[i];
		struct net_node *node = &sim->net->nodes[i];
		node->crash_in = 0;
		node->crash_at_copy = node->disk_full = false;
		node->clock_ms = 0;
		if (n->clone && node->node)
			net_crash(sim->net, i);
		if (n->up_at_ms) {
			n->up_at_ms = sim_now_ms(sim);
			come_back(sim, n);
		} else if (sim_runs(sim, i)) { /* its way to the world is open again: it tries at once */
			sim_tell(sim, i);
		}
	}
	faults_registrar_settle(sim);
}

void faults_tally(struct sim *sim)
{
	const struct net *net = sim->net;
	sim->tally[SIM_DELAYED] = net->fates[NET_DELAYED];
	sim->tally[SIM_DROPPED] = net->fates[NET_DROPPED];
	sim->tally[SIM_REPEATED] = net->fates[NET_REPEATED];
	sim->tally[SIM_SWAPPED] = net->fates[NET_SWAPPED];
	sim->tally[SIM_DAMAGED] = net->fates[NET_DAMAGED];
	sim->tally[SIM_CUT] = net->fates[NET_CUT];
	sim->tally[SIM_UNRUN] = net->unrun;
	sim->tally[SIM_UNSAID] = net->unsaid;
	sim->tally[SIM_UNWRITTEN] = net->unwritten;
	sim->tally[SIM_UNCOPIED] = net->uncopied;
}

void faults_end(struct sim *sim)
{
	free(sim->faults);
}
