/* SPDX-License-Identifier: Apache-2.0
 * live.c: what is new goes out. Own entries are pushed as runs to every link that is up to date with our feed; what was
 * learned from others is announced, coalesced for some milliseconds, the newest size only, and pulled by who lacks it:
 * so a payload arrives once. docs/PROTOCOL.md 7. */
#include <string.h>

#include "node_int.h"

static void push_own(struct node *node, uint64_t before, uint64_t size)
{
	for (struct peer *p = node->peers; p; p = p->next) {
		if (!peer_is_live(p) || !p->compared || p->is_limited || node->own.n >= p->feeds_cap)
			continue;
		uint64_t theirs = p->feeds[node->own.n].size;
		if (theirs >= before && theirs < size) /* else it is behind: it hears of it and pulls */
			serve_push(node, p, theirs);
	}
}

void live_grew(struct node *node, struct feed_no no, uint64_t before)
{
	uint64_t size = node->heads[no.n].size;
	const struct node_event e = {.type = NODE_ENTRIES, .text = "new entries"};
	if (size == FEED_SIZE_HELD || size <= before)
		return;
	if (feeds_is_own(node, no))
		push_own(node, before, size);
	feed_set_add(&node->news, no.n);
	if (!node->have_due_ms)
		node->have_due_ms = node->now.steady_ms + HAVE_DELAY_MIN_MS +
		                    drbg_below(&node->random, HAVE_DELAY_MAX_MS - HAVE_DELAY_MIN_MS + 1);
	node_emit(node, &e);
}

static bool is_news(const struct node *node, const struct peer *p, uint32_t n)
{
	uint64_t size = node->heads[n].size;
	if (size == 0 || size == FEED_SIZE_HELD || n >= p->feeds_cap)
		return false;
	return p->feeds[n].size < size && (!p->is_limited || node->feeds[n].is_registrar);
}

static void send_have(struct peer *p, const struct message_feed_size *list, uint32_t count)
{
	struct mp_out *m = count ? peer_write(p) : NULL;
	if (!m)
		return;
	message_pack_have(m, list, count);
	peer_sent(p);
}

static void announce(struct node *node, struct peer *p)
{
	static struct message_feed_size list[HAVE_FEEDS_MAX]; /* one thread; built and sent at once */
	uint32_t count = 0;
	for (uint32_t n = feed_set_next(&node->news, 0); n < FEEDS_MAX;
	        n = feed_set_next(&node->news, n + 1)) {
		if (!is_news(node, p, n))
			continue;
		list[count++] = (struct message_feed_size){.feed = {n}, .size = node->heads[n].size};
		if (count == HAVE_FEEDS_MAX) {
			send_have(p, list, count);
			count = 0;
		}
	}
	send_have(p, list, count);
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
	node->news = (struct feed_set){0};
}
