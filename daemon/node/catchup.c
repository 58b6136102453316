/* SPDX-License-Identifier: Apache-2.0
 * catchup.c: who has more than we do, and what to pull from whom. docs/PROTOCOL.md 6. Catch-up is pulled, never pushed
 * unasked; each lacking feed comes from one link at a time, from another when that link falls silent. Order: the
 * registrar's feed alone, then registrars' and witnesses' feeds, the own feed, the rest. */
#include <string.h>

#include "node_int.h"

#define REGISTRAR_LATE 1u /* of registrar_due_ms: nobody waits any more */

static void send_sizes(struct node *node, struct peer *p, uint32_t block)
{
	struct mp_out *m = peer_write(p);
	if (!m)
		return;
	frontier_pack_sizes(m, &node->frontier, block, node->heads + block * FEED_BLOCK);
	peer_sent(p);
}

void catchup_frontier(struct node *node, struct peer *p)
{
	struct mp_out *m = peer_write(p);
	if (!m)
		return;
	const struct message_frontier frontier = {
	        .registrar = node->heads[0], .fingerprints = frontier_fingerprints(&node->frontier)};
	message_pack_frontier(m, &frontier);
	peer_sent(p);
	p->frontier_sent = true;
	p->frontier_due_ms = node->now.steady_ms + node_jitter(node, FRONTIER_INTERVAL_MS);
}

/* What a HELLO or FRONTIER says, in one hash. */
static struct hash digest(const struct head *registrar, struct bytes fingerprints)
{
	uint8_t head[40];
	struct bytes_out o = bytes_out(head, sizeof head);
	bytes_put_u64(&o, registrar->size);
	bytes_put(&o, registrar->root.bytes, sizeof registrar->root.bytes);
	must(bytes_out_end(&o) == ERR_OK);
	return hash_of2(bytes_written(&o), fingerprints);
}

static bool agrees(const struct node *node, const struct peer *p)
{
	const struct hash ours = digest(&node->heads[0], frontier_fingerprints(&node->frontier));
	return hash_equal(&ours, &p->frontier);
}

static void in_step(struct node *node, struct peer *p)
{
	if (p->state != PEER_IN_STEP) {
		const struct node_event e = {.type = NODE_PEER, .text = "a peer is in step"};
		node_emit(node, &e);
	}
	p->state = PEER_IN_STEP;
	dialler_live(node, p->link_key);
	p->in_step_wall_ms = node->now.wall_ms;
	if (p->has_feed && p->feed.n < node->feeds_count)
		node->feeds[p->feed.n].heard = true;
	for (uint32_t n = 0; n < node->feeds_count; n++)
		if (node->heads[n].size != FEED_SIZE_HELD)
			peer_knows(p, (struct feed_no){n}, node->heads[n].size);
	if (!p->frontier_sent)
		catchup_frontier(node, p); /* so that the other side knows it too */
}

/* Nothing is under way: who said before what we hold now is in step; others hear what we hold. */
static void settled(struct node *node)
{
	if (node->pulls > 0 || node->runs_under_way > 0 || node->committing)
		return;
	for (struct peer *p = node->peers; p; p = p->next) {
		if (p->state != PEER_CATCHING_UP)
			continue;
		if (agrees(node, p))
			in_step(node, p);
		else if (!p->frontier_sent)
			catchup_frontier(node, p);
	}
}

void catchup_compare(
        struct node *node, struct peer *p, const struct head *registrar, struct bytes fingerprints)
{
	uint32_t blocks = frontier_blocks(&node->frontier), differing = 0;
	p->frontier = digest(registrar, fingerprints);
	peer_knows(p, (struct feed_no){0}, registrar->size);
	for (uint32_t b = frontier_next_difference(&node->frontier, fingerprints, 0); b < blocks;
	        b = frontier_next_difference(&node->frontier, fingerprints, b + 1)) {
		send_sizes(node, p, b);
		differing++;
	}
	bool same_registrar = registrar->size == node->heads[0].size;
	if (same_registrar && registrar->size && !hash_equal(&registrar->root, &node->heads[0].root))
		forks_send_heads(node, p, 0);
	if (differing == 0 && agrees(node, p))
		in_step(node, p);
	else
		p->state = PEER_CATCHING_UP;
	node->plan_due = true;
}

void catchup_sizes(struct node *node, struct peer *p, struct message_sizes *sizes)
{
	bool same = true;
	uint64_t size;
	uint32_t n = sizes->block * FEED_BLOCK;
	for (; message_next_size(&sizes->sizes, &size); n++) {
		if (n >= node->feeds_count)
			continue;
		same &= size == node->heads[n].size;
		if (size != FEED_SIZE_HELD)
			peer_knows(p, (struct feed_no){n}, size);
	}
	/* equal sizes under another fingerprint: two histories */
	if (same && sizes->block < frontier_blocks(&node->frontier))
		forks_send_heads(node, p, sizes->block);
	node->plan_due = true;
}

void catchup_have(struct node *node, struct peer *p, struct message_have *have)
{
	struct message_feed_size f;
	while (message_next_have(&have->feeds, &f)) {
		if (f.feed.n < node->feeds_count)
			peer_knows(p, f.feed, f.size);
		else if (p->sizes) /* a feed that we do not know: our roster is behind */
			peer_knows(p, (struct feed_no){0}, node->heads[0].size + 1);
	}
	node->plan_due = true;
}

void catchup_pull_done(struct node *node, struct node_feed *f)
{
	if (!f->puller)
		return;
	f->puller->pulls--;
	node->pulls--;
	f->puller = NULL;
	if (f == &node->feeds[0] && f->tip >= f->pull_to)
		node->registrar_due_ms = 0;
	node->plan_due = true;
}

void catchup_drop(struct node *node, struct peer *p)
{
	for (uint32_t n = 0; n < node->feeds_count && p->pulls > 0; n++)
		if (node->feeds[n].puller == p)
			catchup_pull_done(node, &node->feeds[n]);
}

static uint32_t broken_words(const struct node *node, const struct peer *p)
{
	return p->has_feed && p->feed.n < node->feeds_count ? node->feeds[p->feed.n].broken_words : 0;
}

/* Who kept its word, then who has less to do. */
static bool is_better(const struct node *node, const struct peer *p, const struct peer *than)
{
	uint32_t a = broken_words(node, p), b = broken_words(node, than);
	return a != b ? a < b : p->pulls < than->pulls;
}

/* The best live link that has more of the feed than is under way here, and that it is not pulled from. */
static struct peer *choose(struct node *node, uint32_t n)
{
	struct peer *best = NULL;
	for (struct peer *p = node->peers; p; p = p->next) {
		if (!peer_is_live(p) || n >= p->sizes_cap || p->sizes[n] <= node->feeds[n].tip)
			continue;
		if (p == node->feeds[n].puller || p->pulls + p->left >= PULLS_IN_FLIGHT_MAX)
			continue;
		if (!best || is_better(node, p, best))
			best = p;
	}
	return best;
}

static bool may_pull(const struct node *node, uint32_t n)
{
	const struct node_feed *f = &node->feeds[n];
	if (f->puller || f->draining || f->state == FEED_HELD || f->state == FEED_VOID)
		return false;
	if (f->state == FEED_CUT && f->tip >= f->cutoff.size)
		return false;
	/* the own feed comes back only to a store that has nothing of it: else that is the guard's to settle */
	return !(node->has_own && n == node->own.n) || f->stored == 0;
}

static void pull(struct node *node, uint32_t n)
{
	struct node_feed *f = &node->feeds[n];
	struct peer *p = may_pull(node, n) ? choose(node, n) : NULL;
	struct mp_out *m = p ? peer_write(p) : NULL;
	if (!m)
		return;
	struct message_pull pull = {.feed = {n}, .from = f->tip, .to = p->sizes[n]};
	if (f->state == FEED_CUT && pull.to > f->cutoff.size)
		pull.to = f->cutoff.size;
	message_pack_pull(m, &pull);
	peer_sent(p);
	f->puller = p;
	f->pull_to = pull.to;
	f->pulled_ms = node->now.steady_ms;
	if (n == 0 && !node->registrar_due_ms)
		node->registrar_due_ms = f->pulled_ms + PULL_STALLED_MS;
	p->pulls++;
	node->pulls++;
}

/* All wait for the registrar's feed, but not for a link that only says that it has more of it. */
static bool registrar_behind(const struct node *node)
{
	if (node->registrar_due_ms && node->now.steady_ms >= node->registrar_due_ms)
		return false;
	if (node->feeds[0].puller || node->feeds[0].under_way || node->feeds[0].queue)
		return true;
	for (const struct peer *p = node->peers; p; p = p->next)
		if (peer_is_live(p) && p->sizes_cap && p->sizes[0] > node->feeds[0].tip)
			return true;
	return false;
}

static uint32_t rank(const struct roster *r, const struct node *node, uint32_t n)
{
	uint32_t roles = r->feeds_count > n ? roster_roles_at(r, (struct feed_no){n}, r->size) : 0;
	if (roles & (ROLE_REGISTRAR | ROLE_WITNESS))
		return 0;
	return node->has_own && n == node->own.n ? 1 : 2;
}

static bool has_room(const struct node *node)
{
	return node->pulls < PULLS_IN_FLIGHT_MAX && node->intake_bytes < PULL_BYTES_IN_FLIGHT_MAX;
}

static void pull_ranked(struct node *node, struct txn *txn)
{
	const struct roster *r = txn_roster(txn);
	for (uint32_t want = 0; want <= 2; want++)
		for (uint32_t n = 1; n < node->feeds_count && has_room(node); n++)
			if (rank(r, node, n) == want)
				pull(node, n);
}

static void plan(struct node *node)
{
	struct txn *txn;
	if (!node->plan_due || !has_room(node))
		return;
	node->plan_due = false;
	pull(node, 0);
	if (registrar_behind(node))
		return;
	if (txn_read(node->options.store, &txn))
		return;
	pull_ranked(node, txn);
	txn_abort(txn);
}

void catchup_moved(struct node *node, struct feed_no no)
{
	node->feeds[no.n].pulled_ms = node->now.steady_ms;
	if (no.n == 0)
		node->registrar_due_ms = node->feeds[0].puller ? node->now.steady_ms + PULL_STALLED_MS : 0;
}

/* Pulled from another link, where one has it. What was asked of the first may still come, so it counts there. */
static void give_up(struct node *node, uint32_t n)
{
	struct node_feed *f = &node->feeds[n];
	struct peer *p = f->puller;
	f->pulled_ms = node->now.steady_ms;
	if (!choose(node, n))
		return;
	p->left++;
	p->sizes[n] = 0;
	if (p->has_feed && p->feed.n < node->feeds_count)
		node->feeds[p->feed.n].broken_words++;
	catchup_pull_done(node, f);
}

void catchup_tick(struct node *node, uint64_t *next_ms)
{
	for (uint32_t n = 0; n < node->feeds_count && node->pulls > 0; n++)
		if (node->feeds[n].puller && node->now.steady_ms - node->feeds[n].pulled_ms >= PULL_LEFT_MS)
			give_up(node, n);
	if (node->registrar_due_ms <= REGISTRAR_LATE)
		return;
	if (node->now.steady_ms >= node->registrar_due_ms) {
		node->registrar_due_ms = REGISTRAR_LATE;
		node->plan_due = true;
	} else if (*next_ms > node->registrar_due_ms) {
		*next_ms = node->registrar_due_ms;
	}
}

void catchup_plan(struct node *node)
{
	if (node->stopping)
		return;
	plan(node);
	settled(node);
}
