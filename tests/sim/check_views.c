/* SPDX-License-Identifier: Apache-2.0
 * check_views.c: what nodes show. I3: equal frontiers and the same channels opened give the same rows, byte for byte, and
 * every store holds against its own log. I4: at the end all have the same heads. I9: and the same states and cutoffs,
 * whatever each held before. Its twist: nodes of one frontier that opened other channels must still agree on every row
 * that no seal hides. */
#include <stdio.h>
#include <string.h>

#include "check_int.h"
#include "storage/verify.h"

/* A node's rows. */
struct shown {
	bool is_there;
	struct hash frontier;  /* of heads, as stored */
	struct hash channels;  /* which are opened */
	struct hash all, open; /* over all rows; over those that follow from the entries for everybody */
};

static void add(struct hash *h, struct bytes a, struct bytes b)
{
	struct hash one = hash_of2(a, b);
	*h = hash_of2(BYTES_OF(h->bytes), BYTES_OF(one.bytes));
}

static bool is_for_all(const char *table)
{
	static const char *const tables[] = {"said", "policy", "seen", "heard", "fork", "year"};
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
		if (!strcmp(table, tables[i]))
			return true;
	return false;
}

static bool add_row(void *context, const char *table, struct bytes key, struct bytes value)
{
	struct shown *s = context;
	add(&s->all, key, value);
	if (!strcmp(table, "channel"))
		add(&s->channels, key, value);
	if (is_for_all(table))
		add(&s->open, key, value);
	return true;
}

static struct shown look(struct sim *sim, uint32_t index)
{
	struct shown s = {.is_there = true};
	struct txn *txn = check_read(sim, index);
	struct feed_info info;
	struct head held;
	uint8_t state[8];
	for (struct feed_no no = {0}; feed_info(txn, no, &info); no.n++) {
		struct bytes_out o = bytes_out(state, sizeof state);
		must(feed_roster_head(
		        txn, no, &held)); /* who leaves a branch of the registrar's still goes by it */
		bytes_put_u64(&o, held.size);
		add(&s.frontier, BYTES_OF(state), BYTES_OF(held.root.bytes));
	}
	verify_rows(txn, add_row, &s);
	must(txn_error(txn) == ERR_OK);
	txn_abort(txn);
	return s;
}

static bool same(const struct hash *a, const struct hash *b)
{
	return hash_equal(a, b);
}

static void compare_rows(struct sim *sim, const struct shown *shown, uint32_t a, uint32_t b)
{
	const struct shown *x = &shown[a], *y = &shown[b];
	if (!x->is_there || !y->is_there || !same(&x->frontier, &y->frontier))
		return;
	sim->check->looked++;
	if (!same(&x->open, &y->open) || check_spoils(sim, "I3"))
		sim_fail(sim, "I3", "nodes %u and %u hold the same and show other rows", a, b);
	if (same(&x->channels, &y->channels) && !same(&x->all, &y->all))
		sim_fail(sim, "I3", "nodes %u and %u hold and open the same and show other rows", a, b);
}

static void compare_all(struct sim *sim)
{
	struct shown shown[SIM_NODES_MAX] = {{.is_there = false}};
	for (uint32_t i = 0; i < sim->net->count; i++)
		if (sim_runs(sim, i))
			shown[i] = look(sim, i);
	for (uint32_t i = 0; i < sim->net->count; i++)
		for (uint32_t k = 0; k < i; k++)
			compare_rows(sim, shown, k, i);
}

static void verify(struct sim *sim, uint32_t index)
{
	static struct verify_report report;
	char scratch[sizeof sim->net->nodes[0].home + 16];
	must(snprintf(scratch, sizeof scratch, "%s/scratch", sim->net->nodes[index].home) > 0);
	const struct verify_options options = {.scratch = scratch};
	enum err e = verify_store(sim->net->nodes[index].store, &options, &report);
	if (e || report.differences > 0)
		sim_fail(sim, "I3",
		        "the store of node %u does not hold against itself: %s, %llu differences, %s, at "
		        "%u.%llu",
		        index, err_code(e), (unsigned long long)report.differences,
		        report.listed[0].table ? report.listed[0].table : "a tree",
		        report.listed[0].place.feed.n, (unsigned long long)report.listed[0].place.seq);
	sim->check->looked++;
}

void check_views_some(struct sim *sim)
{
	uint32_t index = sim_some_node(sim, SIM_CHECKS);
	if (index != NET_STRANGER)
		verify(sim, index);
	compare_all(sim);
}

static void compare_states(struct sim *sim, uint32_t a, uint32_t b, struct feed_no no,
        const struct feed_info *x, const struct feed_info *y)
{
	if (x->state != y->state || check_spoils(sim, "I9"))
		sim_fail(sim, "I9", "feed %u is in state %d at node %u and %d at node %u", no.n,
		        (int)x->state, a, (int)y->state, b);
	if (x->state == FEED_CUT &&
	        (x->cutoff.size != y->cutoff.size || !hash_equal(&x->cutoff.root, &y->cutoff.root)))
		sim_fail(sim, "I9", "feed %u is cut elsewhere at nodes %u and %u", no.n, a, b);
}

static void compare_heads(struct sim *sim, uint32_t a, uint32_t b, struct feed_no no,
        const struct feed_info *x, const struct feed_info *y)
{
	if (x->head.size != y->head.size || !hash_equal(&x->head.root, &y->head.root) ||
	        check_spoils(sim, "I4"))
		sim_fail(sim, x->state == FEED_CUT ? "I9" : "I4",
		        "feed %u has %llu entries at node %u and %llu at node %u", no.n,
		        (unsigned long long)x->head.size, a, (unsigned long long)y->head.size, b);
}

/* Of its own feed a node that may not publish shows what left it. */
static struct feed_info shown_of(const struct sim *sim, uint32_t index, struct txn *txn, struct feed_no no,
        const struct feed_info *info)
{
	struct feed_info shown = *info;
	struct feed_no own;
	if (own_feed(txn, &own) && own.n == no.n && info->state == FEED_OPEN && sim->nodes[index].may_fork &&
	        !node_publishing(sim->net->nodes[index].node))
		own_mark(txn, &shown.head);
	return shown;
}

/* A liar's feed of which there is more than a day's quota comes in drops. */
static bool is_over_quota(struct sim *sim, struct txn *txn, struct feed_no no, const struct feed_info *info)
{
	struct place place = {.feed = no};
	struct entry_ref entry;
	uint64_t bytes = 0;
	uint32_t author = check_author(sim, &info->id);
	if (author != NET_STRANGER && !sim->nodes[author].liar)
		return false;
	for (; feed_entry(txn, place, &entry); place.seq++)
		bytes += ENTRY_HEADER_BYTES + entry.payload.len;
	return bytes > FEED_BYTES_A_DAY_MAX / 2;
}

/* The registrar's feed has two histories: until an anchor comes each node keeps the roster of the branch that it holds,
 * and who lost its store gets none. */
static bool is_roster_held(struct txn *txn)
{
	struct feed_info info;
	const struct roster *r = txn_roster(txn);
	return !r->founded || (feed_info(txn, roster_registrar(r), &info) && info.state == FEED_HELD);
}

static void compare_nodes(struct sim *sim, uint32_t a, uint32_t b)
{
	struct txn *here = check_read(sim, a), *there = check_read(sim, b);
	struct feed_info x, y;
	uint32_t feeds = txn_roster(here)->feeds_count;
	bool same_roster = !is_roster_held(here) || !is_roster_held(there);
	if (same_roster && feeds != txn_roster(there)->feeds_count)
		sim_fail(sim, "I4", "node %u knows %u feeds, node %u %u", a, feeds, b,
		        txn_roster(there)->feeds_count);
	for (struct feed_no no = {0}; same_roster && no.n < feeds; no.n++) {
		must(feed_info(here, no, &x) && feed_info(there, no, &y));
		x = shown_of(sim, a, here, no, &x);
		y = shown_of(sim, b, there, no, &y);
		compare_states(sim, a, b, no, &x, &y);
		/* a feed that is held for a fork proof stands where each took it to */
		if (x.state == FEED_CUT || (x.state == FEED_OPEN && !is_over_quota(sim, here, no, &x) &&
		                                   !is_over_quota(sim, there, no, &y)))
			compare_heads(sim, a, b, no, &x, &y);
		sim->check->looked++;
	}
	txn_abort(here);
	txn_abort(there);
}

static struct hash heads_of(struct sim *sim, uint32_t index)
{
	struct hash h = {{0}};
	struct txn *txn = check_read(sim, index);
	struct feed_info info;
	for (struct feed_no no = {0}; feed_info(txn, no, &info); no.n++)
		add(&h, BYTES_OF(info.id.bytes), BYTES_OF(info.head.root.bytes));
	txn_abort(txn);
	return h;
}

bool check_views_in_step(struct sim *sim)
{
	struct hash first, other;
	bool any = false;
	for (uint32_t i = 0; i < sim->net->count; i++) {
		if (!sim->check->nodes[i].is_full)
			continue;
		other = heads_of(sim, i);
		if (any && !hash_equal(&first, &other))
			return false;
		first = other;
		any = true;
	}
	return true;
}

void check_views_last(struct sim *sim)
{
	uint32_t first = NET_STRANGER;
	for (uint32_t i = 0; i < sim->net->count; i++) {
		if (!sim->check->nodes[i].is_full)
			continue;
		if (first != NET_STRANGER)
			compare_nodes(sim, first, i);
		else
			first = i;
	}
	compare_all(sim);
	for (uint32_t tries = 0; tries < 3; tries++) {
		uint32_t index = sim_some_node(sim, SIM_CHECKS);
		if (index != NET_STRANGER)
			verify(sim, index);
	}
}
