/* SPDX-License-Identifier: Apache-2.0
 * liar_peer.c: one outside on its links: it serves its own feed, and what an honest node holds of others; withholds; says
 * again what was true once; sends what is wrong. What it sends of others it reads in an honest store, as one that kept
 * everything would have it. */
#include <string.h>

#include "liar_int.h"

/* A run that it is about to send: of its own feed from memory, of others from a store, while TXN is open. */
struct sending {
	struct txn *txn;
	struct run run;
	struct run_item items[RUN_ENTRIES_MAX];
};

/* As much of the branch as one run may have, ended by a signature. */
static bool own_run(const struct author *f, uint64_t from, uint64_t to, struct sending *s)
{
	size_t bytes = 0;
	uint32_t count = 0, end = 0;
	s->run = (struct run){.feed = f->keys.public.feed, .from = from, .items = s->items};
	while (end < f->ends_count && f->ends[end] <= from)
		end++;
	for (; end < f->ends_count && (s->run.count == 0 || f->ends[end] <= to); end++) {
		for (; from + count < f->ends[end] && count < RUN_ENTRIES_MAX; count++) {
			s->items[count] = f->entries[from + count].item;
			bytes += ENTRY_HEADER_BYTES + s->items[count].payload.len;
		}
		if (from + count < f->ends[end] || (count > 1 && bytes > RUN_BYTES_MAX))
			break;
		s->run.count = count;
		memcpy(s->run.signature, f->signatures[end], sizeof s->run.signature);
	}
	return s->run.count > 0;
}

static bool others_run(struct liar *l, struct feed_no feed, uint64_t from, uint64_t to, struct sending *s)
{
	struct store *store = liar_store(l);
	struct feed_info info;
	if (!store || txn_read(store, &s->txn))
		return false;
	return liar_may_know(s->txn, feed) && feed_info(s->txn, feed, &info) &&
	       feed_run(s->txn, feed, from, to, s->items, &s->run);
}

static void send(struct liar_link *k, struct feed_no feed, const struct run *run)
{
	static const uint8_t none[64];
	bool at_cutoff = !memcmp(run->signature, none, sizeof none);
	struct mp_out *m = session_message(&k->h.session, SESSION_BULK);
	message_pack_run(m, feed, run, at_cutoff ? MESSAGE_RUN_AT_CUTOFF : MESSAGE_RUN_SIGNED);
	session_commit(&k->h.session);
}

static bool can_run(const struct liar_link *k)
{
	return liar_link_takes(k) && session_can_send(&k->h.session, SESSION_BULK);
}

static bool serve_one(struct liar *l, struct liar_link *k)
{
	static struct sending s; /* one thread; sent at once */
	s.txn = NULL;
	uint64_t to = k->manner == DRIPS ? k->next + 1 : k->to;
	bool found = k->feed.n == l->own.n ? own_run(&l->weave.authors.feeds[k->branch], k->next, to, &s)
	                                   : others_run(l, k->feed, k->next, to, &s);
	if (found) {
		send(k, k->feed, &s.run);
		k->next += s.run.count;
	}
	txn_abort(s.txn);
	return found;
}

void liar_pump(struct liar *l, struct liar_link *k)
{
	while (k->next < k->to && k->manner != MEAN && can_run(k)) {
		if (!serve_one(l, k))
			k->to = 0;
		if (k->manner == DRIPS)
			return;
	}
}

static void say_have(struct liar_link *k, uint32_t feed, uint64_t size)
{
	const struct message_feed_size f = {.feed = {feed}, .size = size};
	message_pack_have(hostile_say(&k->h), &f, 1);
	hostile_said(&k->h);
}

void liar_offer(struct liar *l, struct liar_link *k)
{
	const struct author *f = &l->weave.authors.feeds[k->branch];
	static struct sending s; /* likewise */
	if (k->offered >= f->entries_count)
		return;
	if (k->manner == GENEROUS && liar_chance(l, 2) && can_run(k) &&
	        own_run(f, k->offered, UINT64_MAX, &s))
		send(k, l->own, &s.run);
	else
		say_have(k, l->own.n, f->entries_count);
	k->offered = f->entries_count;
}

static void keep(struct liar *l, const struct head *registrar, struct bytes fingerprints)
{
	if (fingerprints.len > sizeof l->old_fingerprints || liar_chance(l, 2))
		return;
	l->old_registrar = *registrar;
	if (fingerprints.len > 0)
		memcpy(l->old_fingerprints, fingerprints.data, fingerprints.len);
	l->old_fingerprints_bytes = (uint32_t)fingerprints.len;
}

void liar_hears(struct hostile *h, struct message *m)
{
	struct liar_link *k = h->context;
	if (m->type == MESSAGE_HELLO)
		keep(k->liar, &m->hello.registrar, m->hello.fingerprints);
	if (m->type == MESSAGE_FRONTIER)
		keep(k->liar, &m->frontier.registrar, m->frontier.fingerprints);
	if (m->type != MESSAGE_PULL)
		return;
	k->feed = m->pull.feed;
	k->next = m->pull.from;
	k->to = m->pull.to;
	liar_pump(k->liar, k);
}

/* Withholding. */
bool liar_claims(struct liar *l)
{
	const uint64_t sizes[] = {
	        1, l->seen[0] + 1, 1 + liar_below(l, 1000), UINT64_C(1) << 60, UINT64_MAX - 2};
	struct liar_link *k = liar_some_link(l);
	if (!k)
		return false;
	uint32_t feed = (uint32_t)(liar_chance(l, 8) ? liar_below(l, FEEDS_MAX) : liar_below(l, 16));
	say_have(k, feed, sizes[liar_below(l, sizeof sizes / sizeof sizes[0])]);
	return true;
}

bool liar_claims_block(struct liar *l)
{
	struct liar_link *k = liar_some_link(l);
	uint64_t sizes[FEED_BLOCK];
	if (!k)
		return false;
	uint32_t count = 1 + (uint32_t)liar_below(l, FEED_BLOCK);
	bool wild = liar_chance(l, 2);
	for (uint32_t i = 0; i < count; i++)
		sizes[i] = wild ? liar_below(l, UINT64_MAX) : l->seen[i] + liar_below(l, 3);
	if (liar_chance(l, 3))
		sizes[liar_below(l, count)] = FEED_SIZE_HELD;
	message_pack_sizes(hostile_say(&k->h), liar_chance(l, 4) ? FRONTIER_BLOCKS_MAX - 1 : 0, sizes, count);
	hostile_said(&k->h);
	return true;
}

bool liar_stingy(struct liar *l)
{
	struct liar_link *k = liar_some_link(l);
	if (!k)
		return false;
	k->manner = liar_chance(l, 2) ? MEAN : DRIPS;
	return true;
}

/* Replaying. */
bool liar_old_frontier(struct liar *l)
{
	struct liar_link *k = liar_some_link(l);
	const struct message_frontier f = {.registrar = l->old_registrar,
	        .fingerprints = BYTES(l->old_fingerprints, l->old_fingerprints_bytes)};
	if (!k)
		return false;
	message_pack_frontier(hostile_say(&k->h), &f);
	hostile_said(&k->h);
	return true;
}

static bool some_head(struct liar *l, struct message_feed_head *out)
{
	struct store *store = liar_store(l);
	struct txn *txn;
	struct feed_info info;
	out->feed.n = (uint32_t)liar_below(l, 16);
	if (!store || txn_read(store, &txn))
		return false;
	bool found = liar_may_know(txn, out->feed) && feed_info(txn, out->feed, &info) &&
	             info.head.size > 0 &&
	             feed_checkpoint(txn, out->feed, 1 + liar_below(l, info.head.size), &out->checkpoint);
	txn_abort(txn);
	return found;
}

bool liar_old_heads(struct liar *l)
{
	struct liar_link *k = liar_some_link(l);
	struct message_feed_head head;
	if (!k || !some_head(l, &head))
		return false;
	message_pack_heads(hostile_say(&k->h), &head, 1);
	hostile_said(&k->h);
	return true;
}

static bool some_run(struct liar *l, uint32_t feed, uint64_t from, struct sending *s)
{
	s->txn = NULL;
	return others_run(l, (struct feed_no){feed}, from, from + 1 + liar_below(l, 50), s);
}

bool liar_old_runs(struct liar *l)
{
	static struct sending s; /* one thread; sent at once */
	struct liar_link *k = liar_some_link(l);
	uint32_t feed = (uint32_t)liar_below(l, 16);
	if (!k || !can_run(k))
		return false;
	bool found = some_run(l, feed, liar_below(l, l->seen[feed] + 1), &s);
	if (found)
		send(k, (struct feed_no){feed}, &s.run);
	txn_abort(s.txn);
	return found;
}

/* Wrong. */
static void spoil(struct liar *l, struct run *run, struct run_item *items, uint8_t *payload)
{
	struct run_item *item = &items[liar_below(l, run->count)];
	switch (liar_below(l, 4)) {
	case 0:
		if (item->payload.len > 0)
			memcpy(payload, item->payload.data, item->payload.len);
		payload[liar_below(l, item->payload.len + 1)] ^= 1;
		item->payload.data = payload;
		break;
	case 1:
		run->signature[liar_below(l, 64)] ^= 1;
		break;
	case 2:
		run->from += 1 + liar_below(l, 3);
		break;
	default:
		run->count -= run->count > 1;
		items[run->count - 1].time_ms += 1;
		break;
	}
}

/* Where the other side stands, so that it looks at it. */
bool liar_bad_run(struct liar *l)
{
	static struct sending s; /* likewise */
	static uint8_t payload[ENTRY_PAYLOAD_BYTES_MAX + 1];
	struct liar_link *k = liar_some_link(l);
	uint32_t feed = (uint32_t)liar_below(l, 16);
	s.txn = NULL;
	if (!k || !can_run(k) || !l->net->nodes[k->victim].store)
		return false;
	uint64_t held = net_held(l->net, k->victim, (struct feed_no){feed});
	uint64_t back = liar_below(l, 3);
	bool found = held != UINT64_MAX && some_run(l, feed, held > back ? held - back : 0, &s);
	if (found) {
		spoil(l, &s.run, s.items, payload);
		send(k, (struct feed_no){feed}, &s.run);
	}
	txn_abort(s.txn);
	return found;
}

bool liar_bad_heads(struct liar *l)
{
	struct liar_link *k = liar_some_link(l);
	struct message_feed_head head;
	if (!k || !some_head(l, &head))
		return false;
	if (liar_chance(l, 2))
		head.checkpoint.signature[liar_below(l, 64)] ^= 1;
	else
		head.checkpoint.head.root.bytes[0] ^= 1;
	message_pack_heads(hostile_say(&k->h), &head, 1);
	hostile_said(&k->h);
	return true;
}

bool liar_bad_proof(struct liar *l)
{
	struct liar_link *k = liar_some_link(l);
	struct message_feed_head head;
	struct message_proof proof = {.path = {.count = 1 + (uint32_t)liar_below(l, 20)}};
	if (!k || !some_head(l, &head) || head.checkpoint.head.size < 2)
		return false;
	proof.feed = liar_chance(l, 4) ? l->own : head.feed;
	proof.newer = head.checkpoint;
	proof.old_size = 1 + liar_below(l, head.checkpoint.head.size - 1);
	liar_fill(l, proof.path.hashes, proof.path.count * sizeof proof.path.hashes[0]);
	message_pack_proof(hostile_say(&k->h), &proof);
	hostile_said(&k->h);
	return true;
}

bool liar_bad_anchor(struct liar *l)
{
	struct liar_link *k = liar_some_link(l);
	uint8_t packed[ANCHOR_BYTES_MAX];
	struct mp_out m = mp_out(packed, sizeof packed);
	struct anchor anchor = {.number = 1 + liar_below(l, 1000),
	        .feeds_count = 1,
	        .feeds = {{.keys = l->weave.authors.feeds[0].keys.public,
	                .head = {.size = 1 + liar_below(l, l->seen[0] + 1)}}},
	        .successor = l->stranger.public};
	if (!k)
		return false;
	anchor_sign(&anchor, l->stranger.feed);
	anchor_pack(&m, &anchor);
	must(mp_out_end(&m) == ERR_OK);
	message_pack_anchor(hostile_say(&k->h), mp_written(&m));
	hostile_said(&k->h);
	return true;
}
