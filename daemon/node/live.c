/* SPDX-License-Identifier: Apache-2.0
 * live.c: what is new goes out. Own entries are pushed as runs to every link that is up to date with our feed; what was
 * learned from others is announced, coalesced for some milliseconds, the newest size only, and pulled by who lacks it:
 * so a payload arrives once. docs/PROTOCOL.md 7. */
#include <string.h>

#include "node_int.h"

static void push_own(struct node *node, uint64_t before, uint64_t size)
{
	for (struct peer *p = node->peers; p; p = p->next) {
		if (!peer_is_live(p) || !p->compared || node->own.n >= p->sizes_cap)
			continue;
		if (p->sizes[node->own.n] < before)
			continue; /* it is behind: it hears of it and pulls */
		const struct message_pull unasked = {
		        .feed = node->own, .from = p->sizes[node->own.n], .to = size};
		if (unasked.from < unasked.to && p->serves_count < PULLS_IN_FLIGHT_MAX / 2)
			serve_add(node, p, &unasked);
	}
}

void live_grew(struct node *node, struct feed_no no, uint64_t before)
{
	uint64_t size = node->heads[no.n].size;
	const struct node_event e = {.type = NODE_ENTRIES, .text = "new entries"};
	if (size == FEED_SIZE_HELD || size <= before)
		return;
	if (node->has_own && no.n == node->own.n)
		push_own(node, before, size);
	node->feeds[no.n].have_due = true;
	if (!node->have_due_ms)
		node->have_due_ms = node->now.steady_ms + HAVE_DELAY_MIN_MS +
		                    drbg_below(&node->random, HAVE_DELAY_MAX_MS - HAVE_DELAY_MIN_MS + 1);
	node_emit(node, &e);
}

static void announce(struct node *node, struct peer *p)
{
	static struct message_feed_size list[HAVE_FEEDS_MAX]; /* one thread; built and sent at once */
	uint32_t count = 0;
	for (uint32_t n = 0; n < node->feeds_count && count < HAVE_FEEDS_MAX; n++) {
		uint64_t size = node->heads[n].size;
		if (!node->feeds[n].have_due || size == FEED_SIZE_HELD || n >= p->sizes_cap ||
		        p->sizes[n] >= size)
			continue;
		list[count++] = (struct message_feed_size){.feed = {n}, .size = size};
	}
	struct mp_out *m = count ? peer_write(p) : NULL;
	if (!m)
		return;
	message_pack_have(m, list, count);
	peer_sent(p);
}

void live_tick(struct node *node, uint64_t *next_ms)
{
	if (!node->have_due_ms)
		return;
	if (node->now.steady_ms < node->have_due_ms) {
		if (*next_ms > node->have_due_ms)
			*next_ms = node->have_due_ms;
		return;
	}
	node->have_due_ms = 0;
	for (struct peer *p = node->peers; p; p = p->next)
		if (peer_is_live(p))
			announce(node, p);
	for (uint32_t n = 0; n < node->feeds_count; n++)
		node->feeds[n].have_due = false;
}
