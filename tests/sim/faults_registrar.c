/* SPDX-License-Identifier: Apache-2.0
 * faults_registrar.c: the registrar's machine is lost for good, and after a while the recovery key names a successor: a
 * draft is made at some member's node, as `lontar network anchor` does, a new machine is started, and people bring the
 * anchor to some nodes, now and then; the others hear of it. Before the loss some nodes may be apart with it, or with a
 * copy of it, so that the anchor lets less stand than some hold, or another branch. It may come back and go on. */
#include "faults_int.h"

#include <string.h>

#include "storage/own.h"

#define AGAIN_MS SIM_MINUTE_MS
#define WITH_IT 2u /* the part of the net in which the registrar is, while some are apart */
#define HANDS 3u   /* one node in so many has it from a person */

/* A member's node at which a draft may be made, and how long a history it holds; 0: it is none. What the district began
 * with is on whatever branch; without it nobody would be a member. */
static uint64_t history_at(const struct sim *sim, uint32_t index)
{
	const struct sim_node *n = &sim->nodes[index];
	struct txn *txn;
	struct feed_no own;
	struct head head;
	if (!sim_runs(sim, index) || n->clone || n->registrar || n->cut || n->left || n->outside)
		return 0;
	must(txn_read(sim->net->nodes[index].store, &txn) == ERR_OK);
	const struct roster *r = txn_roster(txn);
	bool may = r->founded && own_feed(txn, &own) && feed_roster_head(txn, (struct feed_no){0}, &head) &&
	           head.size >= sim->faults->founded;
	uint64_t size = may ? r->size : 0;
	txn_abort(txn);
	return size;
}

/* Often the one that holds the most. */
static uint32_t some_drafter(struct sim *sim)
{
	bool best = sim_draw(sim, SIM_FAULTS_WHICH, 2) == 0;
	uint32_t chosen = NET_STRANGER, seen = 0;
	uint64_t most = 0;
	for (uint32_t i = 0; i < sim->net->count; i++) {
		uint64_t size = history_at(sim, i);
		bool takes = size > 0 && (best ? size > most : sim_draw(sim, SIM_FAULTS_WHICH, ++seen) == 0);
		if (takes) {
			chosen = i;
			most = size;
		}
	}
	return chosen;
}

static void draft(struct sim *sim, uint32_t at, struct anchor *out)
{
	struct txn *txn;
	struct anchor known;
	memset(out, 0, sizeof *out);
	must(txn_read(sim->net->nodes[at].store, &txn) == ERR_OK);
	const struct roster *r = txn_roster(txn);
	out->number = feed_anchor(txn, &known) ? known.number + 1 : 1;
	out->feeds_count = r->registrars_count;
	for (uint32_t i = 0; i < r->registrars_count; i++) {
		const struct roster_feed *f = roster_feed(r, r->registrars[i].feed);
		out->feeds[i] = (struct anchor_feed){.keys = f->keys, .head = f->cutoff};
	}
	must(feed_roster_head(txn, roster_registrar(r), &out->feeds[r->registrars_count - 1].head));
	txn_abort(txn);
}

static void hand(struct sim *sim, uint32_t index, const struct anchor *anchor)
{
	uint8_t packed[ANCHOR_BYTES_MAX];
	struct mp_out m = mp_out(packed, sizeof packed);
	struct node *node = sim_runs(sim, index) ? net_door(sim->net, index) : NULL;
	if (!node)
		return;
	anchor_pack(&m, anchor);
	enum err e = node_anchor(node, sim->net->nodes[index].ticket + 1, mp_written(&m));
	sim_trace(sim, "node %u is brought anchor %llu: %s", index, (unsigned long long)anchor->number,
	        err_code(e));
	must(e == ERR_OK || e == ERR_NOT_FOUND); /* it has no roster yet */
	sim->net->nodes[index].ticket += e == ERR_OK;
	net_leave(sim->net);
}

/* People bring what they have, not always the newest. */
static void hand_some(struct sim *sim, void *context)
{
	const struct sim_node *n = context;
	struct faults *f = sim->faults;
	if (!sim->settling)
		hand(sim, (uint32_t)(n - sim->nodes),
		        &f->anchors[sim_draw(sim, SIM_FAULTS_WHICH, f->anchors_count)]);
}

/* A new machine, with an invite of some member's. */
static uint32_t add_successor(struct sim *sim)
{
	uint32_t index = net_add(sim->net);
	sim_use(sim, index, &(struct sim_node){.of = index, .registrar = true});
	sim_start(sim, index);
	check_started(sim, index);
	return index;
}

static void spread(struct sim *sim, uint32_t first, const struct anchor *anchor)
{
	hand(sim, first, anchor);
	for (uint32_t i = 0; i < sim->net->count; i++) {
		struct sim_node *n = &sim->nodes[i];
		if (!sim_runs(sim, i) || n->clone)
			continue;
		if (sim_draw(sim, SIM_FAULTS_WHICH, HANDS) == 0)
			sim_after(sim, faults_span(sim, SIM_HOUR_MS / 2), hand_some, n);
		sim_tell(sim, i);
	}
}

/* The first may be a mistake, of which who signs the second knows. */
static void fill(struct sim *sim, uint32_t at, struct anchor *a, uint32_t successor)
{
	const struct faults *f = sim->faults;
	draft(sim, at, a);
	if (sim->plan.loss.misses && f->anchors_count == 0)
		a->feeds[a->feeds_count - 1].head.root.bytes[0] ^= 1u;
	else if (sim->plan.loss.misses)
		a->number = f->anchors[0].number + 1;
	a->successor = sim->net->nodes[successor].keys.public;
	anchor_sign(a, sim->net->recovery.feed);
}

static bool is_due(const struct sim *sim)
{
	const struct plan_loss *l = &sim->plan.loss;
	uint32_t count = sim->faults->anchors_count;
	return count == 0 || (count == 1 && l->anchored_ms[1] > 0 && (l->misses || !sim->settling));
}

static void sign(struct sim *sim, void *context)
{
	struct faults *f = sim->faults;
	if (!is_due(sim))
		return;
	uint32_t at = some_drafter(sim), i = f->anchors_count;
	if (at == NET_STRANGER || sim->net->count >= SIM_NODES_MAX) {
		sim_after(sim, AGAIN_MS, sign, context);
		return;
	}
	struct anchor *a = &f->anchors[i];
	uint32_t successor = add_successor(sim);
	fill(sim, at, a, successor);
	f->anchors_count++;
	if (i == 0 || anchor_wins(a, &f->anchors[f->newest])) {
		f->newest = i;
		sim->office = successor;
	}
	sim_count(sim, SIM_ANCHORED, 1);
	sim_trace(sim, "anchor %llu by node %u: %llu entries stand, then node %u",
	        (unsigned long long)a->number, at, (unsigned long long)a->feeds[a->feeds_count - 1].head.size,
	        successor);
	spread(sim, at, a);
	if (i == 0 && sim->plan.loss.anchored_ms[1] > 0)
		sim_after(sim, sim->plan.loss.anchored_ms[1], sign, NULL);
}

static void rejoin(struct sim *sim, void *context)
{
	(void)context;
	for (uint32_t i = 0; i < sim->net->count; i++)
		if (sim->net->nodes[i].part == WITH_IT)
			sim->net->nodes[i].part = 0;
	net_reparted(sim->net);
}

/* The registrar and some others, for a while. */
static void part(struct sim *sim, uint64_t ms)
{
	uint32_t apart = 0;
	for (uint32_t i = 0; i < sim->net->count; i++) {
		bool with_it = i == 0 || sim_draw(sim, SIM_FAULTS_WHICH, 2) == 0;
		sim->net->nodes[i].part = with_it ? WITH_IT : 0;
		apart += with_it;
	}
	net_reparted(sim->net);
	sim_count(sim, SIM_PARTED, apart < sim->net->count - apart ? apart : sim->net->count - apart);
	sim_after(sim, ms, rejoin, NULL);
	sim_trace(sim, "%u are apart with the registrar", apart);
}

static void come_apart(struct sim *sim, void *context)
{
	(void)context;
	part(sim, sim->plan.loss.apart_ms + faults_span(sim, SIM_HOUR_MS / 4));
	if (!sim->plan.loss.forks || !sim_runs(sim, 0) || sim->net->count >= SIM_NODES_MAX)
		return;
	uint32_t copy = faults_copy(sim, 0, true);
	sim->net->nodes[copy].part = 0;
}

static void return_to(struct sim *sim, void *context)
{
	(void)context;
	if (sim->settling)
		return;
	if (sim_draw(sim, SIM_FAULTS_WHICH, 2) == 0)
		part(sim, faults_span(sim, SIM_HOUR_MS / 2));
	sim_start(sim, 0);
	check_started(sim, 0);
	sim_count(sim, SIM_RETURNED, 1);
}

/* As long as a member's node holds what the district began with. */
static void lose(struct sim *sim, void *context)
{
	const struct plan_loss *l = &sim->plan.loss;
	if (sim->settling)
		return;
	uint32_t friend = some_drafter(sim);
	if (friend == NET_STRANGER) {
		sim_after(sim, AGAIN_MS, lose, context);
		return;
	}
	for (uint32_t i = 0; i < sim->net->count; i++)
		if (sim->nodes[i].of == 0 && sim->net->nodes[i].node)
			net_crash(sim->net, i);
	sim->nodes[0].up_at_ms = 0;
	sim->office = friend;
	sim_count(sim, SIM_BEREFT, 1);
	sim_trace(sim, "the registrar is lost");
	sim_after(sim, l->anchored_ms[0], sign, NULL);
	if (l->returns_ms > 0)
		sim_after(sim, l->anchored_ms[0] + l->returns_ms, return_to, NULL);
}

void faults_registrar_begin(struct sim *sim)
{
	const struct plan_loss *l = &sim->plan.loss;
	sim->faults->founded = net_held(sim->net, 0, (struct feed_no){0});
	if (l->after_ms == 0)
		return;
	sim_after(sim, l->after_ms, lose, NULL);
	if (l->apart_ms > 0)
		sim_after(sim, l->after_ms - l->apart_ms, come_apart, NULL);
}

/* Where the node that had it lost it, somebody has it on paper. */
void faults_registrar_settle(struct sim *sim)
{
	if (sim->tally[SIM_BEREFT] == 0)
		return;
	sign(sim, NULL);
	for (uint32_t i = 0; i < sim->net->count; i++)
		if (sim_runs(sim, i)) /* now that all are up */
			sim_tell(sim, i);
	uint32_t at = some_drafter(sim);
	if (sim->faults->anchors_count > 0 && at != NET_STRANGER)
		hand(sim, at, &sim->faults->anchors[sim->faults->newest]);
}
