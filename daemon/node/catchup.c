/* SPDX-License-Identifier: Apache-2.0
 * catchup.c: who holds more than we do: fingerprints and sizes, said and heard. docs/PROTOCOL.md 6. What a peer says is
 * believed until it does not keep its word (pulls.c does the pulling).
 * Its twist: a block that two comparisons in a row find different in the same way is not a matter of catching up: then
 * heads are compared, which finds a fork. */
#include <stdio.h>
#include <string.h>

#include "node_int.h"

static void send_sizes(struct node *node, struct peer *p, uint32_t block)
{
	struct mp_out *m = peer_write(p);
	if (!m)
		return;
	frontier_pack_sizes(m, &node->frontier, block, node->heads + block * FEED_BLOCK);
	peer_sent(p);
}

static void send_frontier(struct node *node, struct peer *p)
{
	struct mp_out *m = peer_write(p);
	if (!m)
		return;
	const struct message_frontier frontier = {
	        .registrar = node->registrar, .fingerprints = frontier_fingerprints(&node->frontier)};
	message_pack_frontier(m, &frontier);
	peer_sent(p);
	p->frontier_sent = true;
	p->sees_difference = false;
	p->frontier_sent_ms = node->now.steady_ms;
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
	const struct hash ours = digest(&node->registrar, frontier_fingerprints(&node->frontier));
	return hash_equal(&ours, &p->frontier);
}

/* How much of its own feed its node shows, now. */
static void shows(const struct node *node, struct peer *p, uint64_t size)
{
	p->own_shown = size;
	p->own_shown_wall_ms = node->now.wall_ms;
}

/* When it showed that, we held as much: what a witness may state. */
static void hear(struct node *node, const struct peer *p)
{
	struct node_feed *f = p->has_feed && p->feed.n < node->feeds_count ? &node->feeds[p->feed.n] : NULL;
	if (f && p->own_shown <= f->stored && f->heard_wall_ms < p->own_shown_wall_ms)
		f->heard_wall_ms = p->own_shown_wall_ms;
}

/* Ours, as it stands now, but not all the time. */
static void offer_frontier(struct node *node, struct peer *p)
{
	uint64_t due = p->frontier_sent_ms + FRONTIER_GAP_MS;
	if (p->frontier_sent || p->frontier_due_ms <= due)
		return;
	p->frontier_due_ms = due > node->now.steady_ms ? due : node->now.steady_ms;
	if (p->frontier_due_ms == node->now.steady_ms)
		send_frontier(node, p);
}

static void in_step(struct node *node, struct peer *p)
{
	struct node_event e = {.type = NODE_PEER};
	if (p->state != PEER_IN_STEP) {
		(void)snprintf(e.text, sizeof e.text, "link %u: in step with feed %u", p->id.n, p->feed.n);
		node_emit(node, &e);
	}
	p->state = PEER_IN_STEP;
	dialler_live(node, p->link_key);
	p->in_step_wall_ms = node->now.wall_ms;
	shows(node, p, 0);
	hear(node, p);
	for (uint32_t n = 0; n < node->feeds_count; n++)
		if (node->heads[n].size != FEED_SIZE_HELD)
			peer_knows(node, p, (struct feed_no){n}, node->heads[n].size);
}

void catchup_settled(struct node *node)
{
	bool busy = node->runs_under_way > 0 || node->committing || pulls_outstanding(node);
	guard_settle(node);
	guard_publish(node);
	for (struct peer *p = node->peers; p; p = p->next) {
		if (!peer_is_live(p))
			continue;
		hear(node, p);
		if (p->state == PEER_IN_STEP && !p->sees_difference)
			continue;
		bool same = agrees(node, p);
		if (same && p->state != PEER_IN_STEP)
			in_step(node, p);
		if (same ? p->sees_difference : !busy)
			offer_frontier(node, p);
	}
}

void catchup_tick(struct node *node, struct peer *p, uint64_t *next_ms)
{
	if (node->now.steady_ms >= p->frontier_due_ms)
		send_frontier(node, p);
	if (*next_ms > p->frontier_due_ms)
		*next_ms = p->frontier_due_ms;
}

static uint64_t fingerprint_at(struct bytes fingerprints, uint32_t block)
{
	if (8 * (size_t)block + 8 > fingerprints.len)
		return 0;
	struct bytes_in in = bytes_in(BYTES(fingerprints.data + 8 * (size_t)block, 8));
	return bytes_get_u64(&in);
}

/* Say what we hold of a block; and when nothing moved since the last comparison, its heads. */
static void differs(struct node *node, struct peer *p, struct bytes fingerprints, uint32_t block)
{
	const struct peer_block now = {.theirs = fingerprint_at(fingerprints, block),
	        .ours = fingerprint_at(frontier_fingerprints(&node->frontier), block)};
	if (block >= p->feeds_cap / FEED_BLOCK)
		return; /* there was no memory to grow */
	struct peer_block *before = &p->blocks[block];
	send_sizes(node, p, block);
	if (before->theirs == now.theirs && before->ours == now.ours)
		forks_send_heads(node, p, block);
	*before = now;
	if (p->has_feed && p->feed.n / FEED_BLOCK == block)
		shows(node, p, UINT64_MAX); /* until its SIZES say */
}

void catchup_compare(
        struct node *node, struct peer *p, const struct head *registrar, struct bytes fingerprints)
{
	uint32_t blocks = frontier_blocks(&node->frontier);
	p->frontier = digest(registrar, fingerprints);
	shows(node, p, 0);
	peer_knows(node, p, (struct feed_no){0}, registrar->size);
	for (uint32_t b = frontier_next_difference(&node->frontier, fingerprints, 0);
	        b < blocks && !p->is_limited;
	        b = frontier_next_difference(&node->frontier, fingerprints, b + 1))
		differs(node, p, fingerprints, b);
	bool same_size = registrar->size == node->registrar.size && registrar->size > 0;
	p->same_registrar = same_size && hash_equal(&registrar->root, &node->registrar.root);
	if (same_size && !p->same_registrar)
		forks_send_head(node, p, (struct feed_no){0});
	if (agrees(node, p))
		in_step(node, p);
	else
		p->state = PEER_CATCHING_UP;
	node->plan_due = true;
}

/* A peer's size of a feed as of now; it may be less than what it said before. */
static void set_size(struct node *node, struct peer *p, uint32_t n, uint64_t size)
{
	struct peer_feed *f = &p->feeds[n];
	f->size = 0;
	peer_knows(node, p, (struct feed_no){n}, size == FEED_SIZE_HELD ? 0 : size);
	if (f->asked_to > f->size) { /* so much of it will never come */
		f->asked_to = 0;
		p->asked--;
	}
}

void catchup_sizes(struct node *node, struct peer *p, struct message_sizes *sizes)
{
	bool same = true;
	uint64_t size;
	p->sees_difference = true;
	uint32_t n = sizes->block * FEED_BLOCK;
	for (; message_next_size(&sizes->sizes, &size); n++) {
		same &= n < node->feeds_count && size == node->heads[n].size;
		if (p->has_feed && p->feed.n == n)
			shows(node, p, size);
		if (n < p->feeds_cap)
			set_size(node, p, n, size);
	}
	/* equal sizes under another fingerprint: two histories; but not when ours grew since we said it */
	if (same && p->frontier_sent && sizes->block < frontier_blocks(&node->frontier))
		forks_send_heads(node, p, sizes->block);
	node->plan_due = true;
}

void catchup_roster_behind(struct node *node, struct peer *p)
{
	peer_knows(node, p, node->in_force, node->feeds[node->in_force.n].stored + 1);
	node->plan_due = true;
}

void catchup_have(struct node *node, struct peer *p, struct message_have *have)
{
	struct message_feed_size f;
	while (message_next_have(&have->feeds, &f)) {
		if (f.feed.n < node->feeds_count)
			peer_knows(node, p, f.feed, f.size);
		else
			catchup_roster_behind(node, p);
	}
	node->plan_due = true;
}
