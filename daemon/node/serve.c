/* SPDX-License-Identifier: Apache-2.0
 * serve.c: what others pulled: runs straight from the store's map into frames, as the link takes them, one PULL after
 * the other in the order in which they came. What is on its way is bounded by the session (SEND_QUEUE_BYTES_MAX), what
 * waits by SERVES_MAX: a PULL of a feed that waits already takes its place. */
#include <string.h>

#include "node_int.h"

static bool may_serve(const struct node *node, const struct peer *p, struct feed_no no)
{
	if (no.n >= node->feeds_count || node->heads[no.n].size == FEED_SIZE_HELD)
		return false;
	if (p->is_limited && !node->feeds[no.n].is_registrar)
		return false;
	return !feeds_is_own(node, no) || (p->compared && guard_publishes(node));
}

static struct serve *find(struct peer *p, struct feed_no no)
{
	for (uint32_t i = 0; i < p->serves_count; i++)
		if (p->serves[i].feed.n == no.n)
			return &p->serves[i];
	return NULL;
}

void serve_add(struct node *node, struct peer *p, const struct message_pull *pull)
{
	if (!may_serve(node, p, pull->feed) || pull->from >= node->heads[pull->feed.n].size)
		return; /* it asks somebody else */
	uint64_t size = node->heads[pull->feed.n].size;
	struct serve *s = find(p, pull->feed);
	if (!s && p->serves_count == SERVES_MAX) {
		peer_bye(node, p, BYE_TOO_MUCH, "too many pulls at once");
		return;
	}
	uint64_t to = pull->to < size ? pull->to : size;
	if (!s) {
		s = &p->serves[p->serves_count++];
		s->to = 0;
	}
	*s = (struct serve){.feed = pull->feed, .next = pull->from, .to = s->to > to ? s->to : to};
	p->touched = true;
}

void serve_push(struct node *node, struct peer *p, uint64_t from)
{
	uint64_t size = node->heads[node->own.n].size;
	const struct message_pull unasked = {.feed = node->own, .from = from, .to = size};
	struct serve *s = find(p, node->own);
	if (s)
		s->to = size;
	else if (p->serves_count < PULLS_IN_FLIGHT_MAX)
		serve_add(node, p, &unasked);
}

static void drop_first(struct peer *p)
{
	p->serves_count--;
	memmove(p->serves, p->serves + 1, p->serves_count * sizeof *p->serves);
}

static bool next_run(struct node *node, struct peer *p, struct txn *txn, struct run *out)
{
	const struct serve *s = &p->serves[0];
	if (s->next >= s->to || !may_serve(node, p, s->feed))
		return false;
	if (!feed_run(txn, s->feed, s->next, s->to, node->items, out))
		return false;
	/* what may not leave lies behind the head that others see; it ends a run, so this is belt and braces */
	return !feeds_is_own(node, s->feed) || out->from + out->count <= node->heads[s->feed.n].size;
}

static void send_one(struct node *node, struct peer *p, struct txn *txn)
{
	static const uint8_t none[64];
	struct serve *s = &p->serves[0];
	struct run run;
	if (!next_run(node, p, txn, &run)) {
		drop_first(p);
		return;
	}
	bool at_cutoff = memcmp(run.signature, none, sizeof none) == 0;
	struct mp_out *m = session_message(&p->session, SESSION_BULK);
	message_pack_run(m, s->feed, &run, at_cutoff ? MESSAGE_RUN_AT_CUTOFF : MESSAGE_RUN_SIGNED);
	session_commit(&p->session);
	s->next += run.count;
	peer_knows(node, p, s->feed, s->next);
}

void serve_fill(struct node *node, struct peer *p)
{
	struct txn *txn;
	if (p->serves_count == 0 || !session_can_send(&p->session, SESSION_BULK))
		return;
	if (txn_read(node->options.store, &txn))
		return; /* asked again by whoever misses it */
	while (p->serves_count > 0 && session_can_send(&p->session, SESSION_BULK))
		send_one(node, p, txn);
	txn_abort(txn);
}
