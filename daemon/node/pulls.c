/* SPDX-License-Identifier: Apache-2.0
 * pulls.c: what to pull from whom, and for how long. docs/PROTOCOL.md 6. Catch-up is pulled, never pushed unasked; each
 * lacking feed comes from one link at a time. Order: the registrar's feed, then other registrars' and witnesses' feeds,
 * the own feed, partners' feeds, the rest.
 * Its twist: nobody is waited for because of what it says. A link that has answered nothing yet gets few pulls; one that
 * does not keep its word gets one, and is asked again for that feed only after a while, or when nobody else has it. */
#include <string.h>

#include "base/bug.h"
#include "node_int.h"

#define DAY_MS (24u * 3600u * 1000u)

static bool is_doubted(const struct peer *p, uint32_t n)
{
	return p->window == 1 || (n < p->feeds_cap && p->feeds[n].retry_ms > 0);
}

static void plan_at(struct node *node, uint64_t ms)
{
	if (!node->plan_due_ms || node->plan_due_ms > ms)
		node->plan_due_ms = ms;
}

void pulls_consider(struct node *node, uint32_t n)
{
	feed_set_add(&node->lacking, n);
	node->plan_due = true;
}

void pulls_done(struct node *node, struct node_feed *f)
{
	uint32_t n = (uint32_t)(f - node->feeds), at = 0;
	if (!f->puller)
		return;
	while (node->pulled[at].n != n)
		at++;
	node->pulled[at] = node->pulled[--node->pulls];
	f->puller->pulls--;
	f->puller = NULL;
	pulls_consider(node, n);
}

void pulls_drop(struct node *node, struct peer *p)
{
	for (uint32_t i = node->pulls; i > 0; i--) {
		struct node_feed *f = &node->feeds[node->pulled[i - 1].n];
		if (f->puller == p)
			pulls_done(node, f);
	}
}

void pulls_doubt(struct node *node, struct peer *p, struct feed_no no)
{
	struct node_feed *f = &node->feeds[no.n];
	if (no.n < p->feeds_cap)
		p->feeds[no.n].retry_ms = node->now.steady_ms + PULL_PATIENCE_MS;
	plan_at(node, node->now.steady_ms + PULL_PATIENCE_MS);
	p->window = 1;
	if (p->has_feed && p->feed.n < node->feeds_count)
		node->feeds[p->feed.n].broke_word = true; /* its next link is no better */
	if (f->puller == p)
		pulls_done(node, f);
}

void pulls_trust(struct node *node, struct link_id link, struct feed_no no)
{
	struct peer *p = links_find(node, link);
	if (p && no.n < p->feeds_cap)
		p->feeds[no.n].retry_ms = 0;
}

static bool has_more(const struct node *node, const struct peer *p, uint32_t n)
{
	return peer_is_live(p) && n < p->feeds_cap && p->feeds[n].size > node->feeds[n].tip;
}

/* Who keeps its word before who does not, then who has the fewest pulls. */
static bool is_better(const struct peer *p, const struct peer *than, uint32_t n)
{
	bool doubted = is_doubted(p, n), than_doubted = is_doubted(than, n);
	return doubted == than_doubted ? p->pulls < than->pulls : than_doubted;
}

/* The link to ask for more of the feed, but not this one. */
static struct peer *choose(struct node *node, uint32_t n, const struct peer *but)
{
	struct peer *best = NULL;
	for (struct peer *p = node->peers; p; p = p->next) {
		if (p == but || !has_more(node, p, n) || p->feeds[n].retry_ms > node->now.steady_ms)
			continue;
		if (p->pulls >= p->window || p->asked >= PULLS_IN_FLIGHT_MAX)
			continue;
		if (!best || is_better(p, best, n))
			best = p;
	}
	return best;
}

/* A quota is a bucket that leaks all day long. */
uint64_t pulls_room(struct node *node, uint32_t n)
{
	struct node_feed *f = &node->feeds[n];
	uint64_t gone_ms = node->now.steady_ms - f->taken_ms;
	if (f->is_registrar || feeds_is_own(node, (struct feed_no){n}))
		return UINT64_MAX;
	uint64_t leaked = gone_ms < DAY_MS ? node->quota_bytes * gone_ms / DAY_MS : f->taken_bytes;
	if (leaked > 0) {
		f->taken_bytes -= leaked < f->taken_bytes ? leaked : f->taken_bytes;
		f->taken_ms = node->now.steady_ms;
	}
	return f->taken_bytes < node->quota_bytes ? node->quota_bytes - f->taken_bytes : 0;
}

static bool may_pull(struct node *node, uint32_t n)
{
	const struct node_feed *f = &node->feeds[n];
	if (f->draining || f->proven || f->state == FEED_HELD || f->state == FEED_VOID)
		return false;
	if (f->state == FEED_CUT && f->tip >= f->cutoff.size)
		return false;
	return !feeds_is_own(node, (struct feed_no){n}) || !node->mark_undone;
}

static bool has_room(const struct node *node)
{
	return node->pulls < PULLS_IN_FLIGHT_MAX && node->intake_bytes < PULL_BYTES_IN_FLIGHT_MAX;
}

static void ask(struct node *node, struct peer *p, uint32_t n)
{
	struct node_feed *f = &node->feeds[n];
	struct peer_feed *theirs = &p->feeds[n];
	struct mp_out *m = peer_write(p);
	if (!m)
		return;
	struct message_pull pull = {.feed = {n}, .from = f->tip, .to = theirs->size};
	if (f->state == FEED_CUT && pull.to > f->cutoff.size)
		pull.to = f->cutoff.size;
	if (pull.to - pull.from > PULL_ENTRIES_MAX)
		pull.to = pull.from + PULL_ENTRIES_MAX;
	message_pack_pull(m, &pull);
	peer_sent(p);
	p->asked += theirs->asked_to == 0;
	theirs->asked_to = pull.to;
	f->puller = p;
	f->pull_to = pull.to;
	f->pull_no = ++node->pull_no;
	f->pull_began_ms = f->progress_ms = node->now.steady_ms;
	p->pulls++;
	node->pulled[node->pulls++] = (struct feed_no){n};
	if (!node->stall_due_ms)
		node->stall_due_ms = node->now.steady_ms + PULL_STALLED_MS;
}

static void pull(struct node *node, uint32_t n)
{
	struct node_feed *f = &node->feeds[n];
	if (!may_pull(node, n) || (f->puller && !is_doubted(f->puller, n)))
		return;
	struct peer *p = choose(node, n, f->puller);
	if (!p || (f->puller && is_doubted(p, n)))
		return;
	if (pulls_room(node, n) < RUN_BYTES_MAX) {
		plan_at(node, node->now.steady_ms + FRONTIER_INTERVAL_MS);
		return;
	}
	pulls_done(node, f);
	ask(node, p, n);
}

static bool somebody_has_more(const struct node *node, uint32_t n)
{
	for (const struct peer *p = node->peers; p; p = p->next)
		if (has_more(node, p, n))
			return true;
	return false;
}

bool pulls_behind(const struct node *node, uint32_t n)
{
	for (const struct peer *p = node->peers; p; p = p->next)
		if (has_more(node, p, n) && !is_doubted(p, n))
			return true;
	return false;
}

bool pulls_outstanding(const struct node *node)
{
	for (uint32_t i = 0; i < node->pulls; i++)
		if (!is_doubted(node->feeds[node->pulled[i].n].puller, node->pulled[i].n))
			return true;
	return false;
}

/* Entries of feeds that the roster does not know yet are of no use, so the others wait; but not for one that stands
 * still. */
static bool registrar_comes_first(struct node *node)
{
	const struct node_feed *f = &node->feeds[0];
	uint64_t until = f->progress_ms + PULL_IDLE_MS;
	if (feeds_under_way(f))
		return true;
	if (!f->puller || is_doubted(f->puller, 0) || node->now.steady_ms >= until)
		return false;
	plan_at(node, until);
	return true;
}

/* Of what we hold as much as anybody has there is nothing to plan, until somebody says that it has more. */
static void forget_held(struct node *node)
{
	struct feed_set *set = &node->lacking;
	for (uint32_t n = feed_set_next(set, 0); n < node->feeds_count; n = feed_set_next(set, n + 1))
		if (!somebody_has_more(node, n))
			feed_set_remove(set, n);
}

void pulls_plan(struct node *node)
{
	if (node->stopping || !node->plan_due || !has_room(node))
		return;
	node->plan_due = false;
	pull(node, 0);
	if (registrar_comes_first(node))
		return;
	forget_held(node);
	for (enum feed_rank rank = 0; rank < RANKS; rank++)
		for (uint32_t n = feed_set_next(&node->lacking, 1); n < node->feeds_count && has_room(node);
		        n = feed_set_next(&node->lacking, n + 1))
			if (node->feeds[n].rank == rank)
				pull(node, n);
}

void pulls_answered(struct node *node, struct peer *p, const struct message_run *m)
{
	uint64_t end = m->from + m->count;
	peer_knows(node, p, m->feed, end);
	if (m->feed.n < p->feeds_cap && p->feeds[m->feed.n].asked_to && end >= p->feeds[m->feed.n].asked_to) {
		p->feeds[m->feed.n].asked_to = 0;
		p->asked--;
	}
	if (m->from > node->feeds[m->feed.n].tip)
		node->plan_due = true; /* there is something before it that we lack */
}

static bool is_oldest(const struct node *node, const struct node_feed *f)
{
	for (uint32_t i = 0; i < node->pulls; i++) {
		const struct node_feed *other = &node->feeds[node->pulled[i].n];
		if (other->puller == f->puller && other->pull_no < f->pull_no)
			return false;
	}
	return true;
}

static void keeps_word(struct node *node, struct peer *p)
{
	p->window += p->window < PULLS_IN_FLIGHT_MAX;
	if (p->has_feed && p->feed.n < node->feeds_count)
		node->feeds[p->feed.n].broke_word = false;
}

void pulls_advanced(struct node *node, struct peer *p, struct node_feed *f, uint64_t tip_before)
{
	bool asked = f->puller == p;
	if (asked && f->tip > tip_before) {
		f->progress_ms = node->now.steady_ms;
		p->answered_ms = node->now.steady_ms;
	}
	if (!f->puller || f->tip < f->pull_to)
		return;
	if (asked && is_oldest(node, f))
		p->turn_ms = node->now.steady_ms;
	if (asked)
		keeps_word(node, p);
	pulls_done(node, f);
}

/* PULLs are answered in their order: who is not the first in line waits while the others are answered. */
static uint64_t waits_since(const struct node *node, const struct node_feed *f)
{
	uint64_t line_ms = is_oldest(node, f) ? f->puller->turn_ms : f->puller->answered_ms;
	return f->progress_ms > line_ms ? f->progress_ms : line_ms;
}

/* Should another link be asked? due: when to look again if not. */
static bool is_stalled(struct node *node, uint32_t n, uint64_t *due)
{
	const struct node_feed *f = &node->feeds[n];
	const struct peer *p = f->puller;
	uint64_t now = node->now.steady_ms, since = waits_since(node, f);
	struct peer *other = choose(node, n, p);
	bool slow = now - f->pull_began_ms >= PULL_PATIENCE_MS;
	*due = since + PULL_STALLED_MS;
	if (BUG(LOST_PULL))
		return false;
	if (now < *due)
		return slow && other && !is_doubted(other, n);
	*due = now + PULL_STALLED_MS / 10; /* nobody else has it: wait on, and see */
	return other || now - p->heard_ms >= PULL_STALLED_MS || now - since >= PULL_PATIENCE_MS;
}

void pulls_tick(struct node *node, uint64_t *next_ms)
{
	uint64_t now = node->now.steady_ms, due, least = 0;
	if (node->plan_due_ms && now >= node->plan_due_ms) {
		node->plan_due_ms = 0;
		node->plan_due = true;
	}
	if (node->plan_due_ms && *next_ms > node->plan_due_ms)
		*next_ms = node->plan_due_ms;
	for (uint32_t i = node->pulls; i > 0 && node->stall_due_ms && now >= node->stall_due_ms; i--) {
		uint32_t n = node->pulled[i - 1].n;
		if (is_stalled(node, n, &due))
			pulls_doubt(node, node->feeds[n].puller, (struct feed_no){n});
		else if (!least || due < least)
			least = due;
	}
	if (node->stall_due_ms && now >= node->stall_due_ms)
		node->stall_due_ms = least;
	if (node->stall_due_ms && *next_ms > node->stall_due_ms)
		*next_ms = node->stall_due_ms;
}
