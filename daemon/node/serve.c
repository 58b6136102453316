/* SPDX-License-Identifier: Apache-2.0
 * serve.c: what others pulled: runs straight from the store's map into frames, as the link takes them. What is on its way
 * is bounded by the session (SEND_QUEUE_BYTES_MAX); what is asked for by PULLS_IN_FLIGHT_MAX. */
#include <string.h>

#include "node_int.h"

void serve_add(struct node *node, struct peer *p, const struct message_pull *pull)
{
	if (pull->feed.n >= node->feeds_count)
		return; /* it knows a newer roster than we do */
	const struct head *head = &node->heads[pull->feed.n];
	bool own = node->has_own && pull->feed.n == node->own.n;
	if (head->size == FEED_SIZE_HELD || pull->from >= head->size || (own && !p->compared))
		return;
	if (p->serves_count == PULLS_IN_FLIGHT_MAX) {
		peer_bye(node, p, BYE_TOO_MUCH, "too many pulls at once");
		return;
	}
	p->serves[p->serves_count++] = (struct serve){
	        .feed = pull->feed, .next = pull->from, .to = pull->to < head->size ? pull->to : head->size};
	p->touched = true;
}

static void drop_first(struct peer *p)
{
	p->serves_count--;
	memmove(p->serves, p->serves + 1, p->serves_count * sizeof *p->serves);
}

static void send_one(struct node *node, struct peer *p, struct txn *txn)
{
	struct serve *s = &p->serves[0];
	struct run run;
	if (s->next >= s->to || !feed_run(txn, s->feed, s->next, s->to, node->items, &run)) {
		drop_first(p);
		return;
	}
	static const uint8_t none[64];
	bool at_cutoff = memcmp(run.signature, none, sizeof none) == 0;
	struct mp_out *m = session_message(&p->session, SESSION_BULK);
	message_pack_run(m, s->feed, &run, at_cutoff ? MESSAGE_RUN_AT_CUTOFF : MESSAGE_RUN_SIGNED);
	session_commit(&p->session);
	s->next += run.count;
	peer_knows(p, s->feed, s->next);
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
