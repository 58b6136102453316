/* SPDX-License-Identifier: Apache-2.0
 * forks.c: two histories of one feed, found by a run whose root its signature does not sign, or by equal sizes under
 * different fingerprints. What proves it is kept, published once, and the feed is held; what proves nothing is the
 * sender's fault. docs/PROTOCOL.md 3. */
#include <stdlib.h>
#include <string.h>

#include "log/kinds.h"
#include "node_int.h"

static struct peer *live_peer(struct node *node, struct link_id id)
{
	struct peer *p = peer_find(node, id);
	return p && peer_is_live(p) ? p : NULL;
}

void forks_suspect(struct node *node, const struct intake *bad)
{
	struct peer *p = live_peer(node, bad->from);
	const struct head *ours = &node->heads[bad->feed.n];
	struct mp_out *m = p && ours->size && p->proofs_owed < PROOFS_OWED_MAX ? peer_write(p) : NULL;
	if (!m) {
		/* with nothing held there is nothing to compare with, and who never proves lies: at fault */
		peer_fault(node, bad->from, ERR_BAD_ROOT);
		return;
	}
	const struct message_prove prove = {
	        .feed = bad->feed, .old_size = ours->size, .new_size = bad->run.from + bad->run.count};
	message_pack_prove(m, &prove);
	peer_sent(p);
	p->proofs_owed++;
}

/* Of the own feed nothing beyond the mark: from a store that may be an old copy that signature would be a fork. */
static bool may_show(const struct node *node, const struct peer *p, struct feed_no feed, uint64_t size)
{
	if (!node->has_own || feed.n != node->own.n)
		return true;
	return p->compared && size <= node->heads[feed.n].size;
}

void forks_prove(struct node *node, struct peer *p, const struct message_prove *prove)
{
	struct message_proof proof = {.feed = prove->feed, .old_size = prove->old_size};
	struct txn *txn;
	if (prove->feed.n >= node->feeds_count || txn_read(node->options.store, &txn))
		return;
	struct feed_proof memory = {.txn = txn, .no = prove->feed};
	const struct proof_source source = feed_proof_source(&memory);
	bool found = feed_checkpoint(txn, prove->feed, prove->new_size, &proof.newer) &&
	             may_show(node, p, prove->feed, proof.newer.head.size) &&
	             prove->old_size < proof.newer.head.size &&
	             !proof_consistency(&source, prove->old_size, proof.newer.head.size, PROOF_FIRST_EXPLICIT,
	                     &proof.path);
	txn_abort(txn);
	struct mp_out *m = found ? peer_write(p) : NULL;
	if (!m)
		return;
	message_pack_proof(m, &proof);
	peer_sent(p);
}

/* Hold the feed here, and say it to all. */
static void publish(struct node *node, struct feed_no feed, const struct fork *fork)
{
	struct local local = {.type = LOCAL_HOLD};
	struct mp_out m = mp_out(local.value, sizeof local.value);
	fork_pack(&m, fork);
	if (mp_out_end(&m))
		return;
	local.value_bytes = (uint16_t)mp_written(&m).len;
	node->feeds[feed.n].accused =
	        true; /* once, however many proofs come before this one is on the disk */
	flow_local(node, &local);
	node_say(node, 2, "conflicting records: feed %u has two histories", feed.n);
	const struct draft draft = {.kind = KIND_FORK_PROOF, .body = BYTES(local.value, local.value_bytes)};
	struct request *request = node->has_own ? request_new(0, &draft, 1) : NULL;
	if (request)
		flow_request(node, request);
}

static bool ours_at(
        struct node *node, struct feed_no feed, uint64_t size, struct feed_id *id, struct checkpoint *out)
{
	struct txn *txn;
	struct feed_info info;
	if (feed.n >= node->feeds_count || node->feeds[feed.n].accused || txn_read(node->options.store, &txn))
		return false;
	bool found = feed_info(txn, feed, &info) && info.state == FEED_OPEN &&
	             feed_checkpoint(txn, feed, size, out);
	*id = info.id;
	txn_abort(txn);
	return found && out->head.size == size;
}

static void judge(struct node *node, struct peer *p, struct feed_no feed, const struct checkpoint *theirs,
        const struct proof *path, uint64_t our_size)
{
	struct checkpoint ours;
	struct feed_id id;
	struct fork *fork = malloc(sizeof *fork);
	if (fork && ours_at(node, feed, our_size, &id, &ours)) {
		enum err e = fork_build(&node->network, &id, &ours, theirs, path, fork);
		if (!e)
			publish(node, feed, fork);
		else
			peer_fault(node, p->id, e);
	}
	free(fork);
}

void forks_proof(struct node *node, struct peer *p, const struct message_proof *proof)
{
	if (p->proofs_owed > 0)
		p->proofs_owed--;
	judge(node, p, proof->feed, &proof->newer, &proof->path, proof->old_size);
}

void forks_heads(struct node *node, struct peer *p, struct message_heads *heads)
{
	static const struct proof empty;
	struct message_feed_head h;
	while (message_next_head(&heads->heads, &h)) {
		if (h.feed.n >= node->feeds_count)
			continue;
		const struct head *ours = &node->heads[h.feed.n];
		if (h.checkpoint.head.size == ours->size && !hash_equal(&h.checkpoint.head.root, &ours->root))
			judge(node, p, h.feed, &h.checkpoint, &empty, ours->size);
	}
}

static uint32_t collect(struct node *node, struct txn *txn, uint32_t block, struct message_feed_head *out)
{
	uint32_t count = 0;
	uint32_t end = block * FEED_BLOCK + frontier_block_feeds(&node->frontier, block);
	for (uint32_t n = block * FEED_BLOCK; n < end; n++) {
		const struct head *head = &node->heads[n];
		struct message_feed_head *h = &out[count];
		h->feed = (struct feed_no){n};
		if (head->size == 0 || head->size == FEED_SIZE_HELD)
			continue;
		if (feed_checkpoint(txn, h->feed, head->size, &h->checkpoint) &&
		        h->checkpoint.head.size == head->size)
			count++;
	}
	return count;
}

void forks_send_heads(struct node *node, struct peer *p, uint32_t block)
{
	static struct message_feed_head list[FEED_BLOCK]; /* one thread; built and sent at once */
	struct txn *txn;
	if (txn_read(node->options.store, &txn))
		return;
	uint32_t count = collect(node, txn, block, list);
	txn_abort(txn);
	struct mp_out *m = count ? peer_write(p) : NULL;
	if (!m)
		return;
	message_pack_heads(m, list, count);
	peer_sent(p);
}
