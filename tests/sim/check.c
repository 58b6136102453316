/* SPDX-License-Identifier: Apache-2.0
 * check.c: what must hold, and when it is looked at. What is cheap is looked at each minute, of nodes that did anything;
 * the rest now and then, and at the end. An invariant that does not hold ends the run (sim_fail). Excuses come from
 * what was done to a node, never from what it did. */
#include <stdlib.h>
#include <string.h>

#include "check_int.h"

#define VIEWS_PER_MILLION 4000u /* so often in a minute */

bool check_spoils(const struct sim *sim, const char *invariant)
{
	return sim->check->spoils && !strcmp(sim->check->spoils, invariant);
}

struct txn *check_read(const struct sim *sim, uint32_t index)
{
	struct txn *txn;
	sim->net->turn = index; /* its store may keep the roster of this */
	must(txn_read(sim->net->nodes[index].store, &txn) == ERR_OK);
	net_leave(sim->net);
	return txn;
}

uint32_t check_author(const struct sim *sim, const struct feed_id *id)
{
	for (uint32_t i = 0; i < sim->net->count && i < SIM_NODES_MAX; i++)
		if (sim->nodes[i].used && !sim->nodes[i].clone &&
		        !memcmp(sim->net->nodes[i].keys.public.feed.bytes, id->bytes, sizeof id->bytes))
			return i;
	return NET_STRANGER;
}

uint32_t check_registrar(const struct sim *sim)
{
	uint32_t newest = NET_STRANGER;
	uint64_t number = 0;
	for (uint32_t i = 0; i < sim->net->count; i++) {
		struct feed_no own;
		bool found = false;
		if (!sim_runs(sim, i) || sim->nodes[i].clone)
			continue;
		struct txn *txn = check_read(sim, i);
		const struct roster *r = txn_roster(txn);
		if (r->founded && own_feed(txn, &own))
			found = roster_registrar(r).n == own.n &&
			        (newest == NET_STRANGER || r->anchor_number > number || i == sim->office);
		if (found) {
			newest = i;
			number = r->anchor_number;
		}
		txn_abort(txn);
	}
	return newest;
}

bool check_was_of(const struct sim *sim, uint32_t index, struct member_no member)
{
	const uint8_t *readers = sim->check->nodes[index].readers;
	return member.n < CHECK_FEEDS_MAX && ((unsigned)readers[member.n / 8] >> member.n % 8 & 1u) != 0;
}

static void note_reader(struct sim *sim, uint32_t index)
{
	struct node_model *n = &sim->check->nodes[index];
	struct txn *txn = check_read(sim, index);
	const struct roster *r = txn_roster(txn);
	struct feed_no own;
	if (own_feed(txn, &own)) {
		uint32_t member = roster_feed(r, own)->member.n;
		must(member < CHECK_FEEDS_MAX);
		n->readers[member / 8] |= (uint8_t)(1u << member % 8);
		n->was_auditor |= (roster_roles_at(r, own, r->size) & (ROLE_AUDITOR | ROLE_REGISTRAR)) != 0;
	}
	txn_abort(txn);
}

void check_begin(struct sim *sim)
{
	sim->check = calloc(1, sizeof *sim->check);
	must(sim->check);
	sim->check->spoils = getenv("SIM_SPOIL");
	for (uint32_t i = 0; i < SIM_NODES_MAX; i++)
		sim->check->nodes[i].changed = true;
}

/* An honest node finds no fault with another. */
static void look_for_blame(struct sim *sim, uint32_t index, const char *text)
{
	const char *feed = strstr(text, ": feed "), *fault = strstr(text, " is at fault: ");
	struct feed_info info;
	if (!feed || !fault || feed > fault || sim->nodes[index].liar || !sim->net->nodes[index].store)
		return;
	struct txn *txn = check_read(sim, index);
	const struct feed_no no = {(uint32_t)strtoul(feed + strlen(": feed "), NULL, 10)};
	uint32_t other = feed_info(txn, no, &info) ? check_author(sim, &info.id) : NET_STRANGER;
	txn_abort(txn);
	bool deserved = other == NET_STRANGER || sim->nodes[other].liar || sim->nodes[other].may_fork;
	if (deserved && !check_spoils(sim, "blame"))
		return;
	sim_fail(sim, "blame", "node %u finds the honest node %u at fault: %s", index, other, text);
}

/* What the registrar decided about nodes. */
static void follow_roster(struct sim *sim)
{
	uint32_t registrar = check_registrar(sim);
	if (registrar == NET_STRANGER)
		return;
	struct txn *txn = check_read(sim, registrar);
	const struct roster *r = txn_roster(txn);
	for (uint32_t i = 0; i < sim->net->count && i < SIM_NODES_MAX; i++) {
		sim->nodes[i].outside = true;
		sim->nodes[i].cut = sim->nodes[i].left = false;
	}
	for (uint32_t n = 0; n < r->feeds_count; n++) {
		const struct roster_feed *f = &r->feeds[n];
		uint32_t index = f->is_void ? NET_STRANGER : check_author(sim, &f->keys.feed);
		if (index == NET_STRANGER)
			continue;
		struct sim_node *node = &sim->nodes[index];
		node->outside = false;
		node->cut = f->is_cut;
		if (f->is_cut && (!node->was_cut || f->cutoff.size < node->cut_at))
			node->cut_at = f->cutoff.size;
		node->was_cut |= f->is_cut;
		node->left = r->members[f->member.n].state == MEMBER_LEFT;
	}
	txn_abort(txn);
}

/* A cutoff may be lifted before the next minute. */
static void look_for_cutoffs(struct sim *sim, uint32_t index)
{
	if (sim_runs(sim, index) && index == check_registrar(sim))
		follow_roster(sim);
}

void check_event(struct sim *sim, uint32_t index, const struct node_event *e)
{
	if (!sim->check || index >= SIM_NODES_MAX)
		return;
	if (e->type == NODE_LOG)
		look_for_blame(sim, index, e->text);
	if (e->type == NODE_APPENDED)
		look_for_cutoffs(sim, index);
	sim->check->nodes[index].changed = true;
}

static void look_at(struct sim *sim, uint32_t index)
{
	struct node_model *n = &sim->check->nodes[index];
	n->changed = false;
	note_reader(sim, index);
	check_feeds_of(sim, index);
	check_load_of(sim, index);
}

void check_started(struct sim *sim, uint32_t index)
{
	if (!sim->check || index >= SIM_NODES_MAX)
		return;
	follow_roster(sim);
	for (uint32_t i = 0; i < sim->net->count && i < SIM_NODES_MAX; i++)
		if (sim_runs(sim, i) && i != index && sim->check->nodes[i].changed)
			look_at(sim, i);
	look_at(sim, index);
	check_said_of(sim, index);
}

/* Whose store must hold what all hold: it runs, is in the roster, and its feed is neither cut nor of somebody who left. */
static bool must_be_full(struct sim *sim, uint32_t index)
{
	const struct sim_node *n = &sim->nodes[index];
	return sim_runs(sim, index) && !n->clone && !n->cut && !n->left && !n->outside;
}

static void find_full(struct sim *sim)
{
	for (uint32_t i = 0; i < sim->net->count && i < SIM_NODES_MAX; i++)
		sim->check->nodes[i].is_full = must_be_full(sim, i);
}

/* How long it took after the last fault. */
static void look_whether_in_step(struct sim *sim)
{
	find_full(sim);
	if (!check_views_in_step(sim))
		sim->converged_ms = 0;
	else if (sim->converged_ms == 0)
		sim->converged_ms = 1 + sim_now_ms(sim) - sim->settled_ms;
}

void check_served(struct sim *sim, uint32_t index)
{
	if (sim->check && index < SIM_NODES_MAX && sim_runs(sim, index))
		check_load_memory(sim, index);
}

void check_minute(struct sim *sim)
{
	follow_roster(sim);
	for (uint32_t i = 0; i < sim->net->count && i < SIM_NODES_MAX; i++)
		if (sim_runs(sim, i))
			check_load_again(sim, i);
	for (uint32_t i = 0; i < sim->net->count && i < SIM_NODES_MAX; i++)
		if (sim_runs(sim, i) && sim->check->nodes[i].changed)
			look_at(sim, i);
	if (sim_chance(sim, SIM_CHECKS, VIEWS_PER_MILLION))
		check_views_some(sim);
	if (sim->settling)
		look_whether_in_step(sim);
}

uint64_t check_last(struct sim *sim)
{
	follow_roster(sim);
	find_full(sim);
	for (uint32_t i = 0; i < sim->net->count && i < SIM_NODES_MAX; i++)
		if (sim_runs(sim, i))
			look_at(sim, i);
	uint64_t before = sim->check->looked;
	check_views_last(sim);
	check_feeds_last(sim);
	check_said_last(sim);
	check_sums_last(sim);
	check_times_last(sim);
	check_seals_last(sim);
	sim_trace(sim, "checked %llu", (unsigned long long)sim->check->looked);
	return sim->check->looked - before;
}

void check_end(struct sim *sim)
{
	if (sim->check)
		check_feeds_free(sim->check);
	free(sim->check);
	sim->check = NULL;
}
