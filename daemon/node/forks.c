/* SPDX-License-Identifier: Apache-2.0
 * forks.c: two histories of one feed: found by a run whose root its signature does not sign, by heads of a size that we
 * hold, by what a peer holds of our own feed, or by what a witness stated. What proves it is kept, published once, and
 * the feed is held; what proves nothing is the sender's fault. docs/PROTOCOL.md 3, 6.
 * Its twist: a run may be wrong only because of what others sent before it. So its sender is asked to prove it when
 * all of that is stored, from the very size at which its run began; if that is no longer where the feed stands, nobody
 * is asked. */
#include <stdlib.h>
#include <string.h>

#include "log/kinds.h"
#include "log/witness.h"
#include "node_int.h"
#include "storage/query.h"

static struct peer *live_peer(struct node *node, struct link_id id)
{
	struct peer *p = links_find(node, id);
	return p && peer_is_live(p) ? p : NULL;
}

static struct feed_no number_of(const struct node *node, const struct node_feed *f)
{
	return (struct feed_no){(uint32_t)(f - node->feeds)};
}

bool forks_suspects(const struct node_feed *f, const struct peer *p)
{
	return f->suspect.state != SUSPECT_NONE && f->suspect.from.n == p->id.n;
}

static void clear(struct node *node, struct node_feed *f)
{
	node->suspects -= f->suspect.state != SUSPECT_NONE;
	f->suspect.state = SUSPECT_NONE;
}

/* Does a number mean the same feed to both? Perhaps not while two branches of the registrar's feed are known, or while
 * an anchor is on its way through the network: what is under way was said by another roster. */
static bool same_numbers(const struct node *node, const struct peer *p)
{
	if (node->feeds[node->in_force.n].state == FEED_HELD)
		return false;
	return node->anchor_number == 0 || p->same_registrar;
}

void forks_fault(struct node *node, struct link_id from, struct feed_no no, enum err e)
{
	struct peer *p = links_find(node, from);
	if (!p || same_numbers(node, p))
		peer_fault(node, from, e);
	else if (peer_is_patient(node, p, &p->doubts, DOUBTS_MAX))
		pulls_doubt(node, p, no);
}

void forks_suspect(struct node *node, const struct intake *bad)
{
	struct node_feed *f = &node->feeds[bad->feed.n];
	if (f->suspect.state != SUSPECT_NONE || !live_peer(node, bad->from))
		return;
	f->suspect = (struct suspect){.state = SUSPECT_WAITS,
	        .from = bad->from,
	        .base = bad->run.from,
	        .size = bad->run.from + bad->run.count};
	node->suspects++;
}

void forks_drained(struct node *node, struct node_feed *f)
{
	struct suspect *s = &f->suspect;
	if (s->state != SUSPECT_WAITS)
		return;
	struct peer *p = live_peer(node, s->from);
	bool stands = p && f->state == FEED_OPEN && f->stored == s->base;
	struct mp_out *m = stands && s->base > 0 ? peer_write(p) : NULL;
	if (stands && s->base == 0)
		forks_fault(node, s->from, number_of(node, f),
		        ERR_BAD_ROOT); /* with nothing held there is nothing to compare */
	if (!m) {
		clear(node, f);
		return;
	}
	const struct message_prove prove = {
	        .feed = number_of(node, f), .old_size = s->base, .new_size = s->size};
	message_pack_prove(m, &prove);
	peer_sent(p);
	s->state = SUSPECT_ASKED;
	s->due_ms = node->now.steady_ms + PULL_STALLED_MS;
}

void forks_forget(struct node *node, const struct peer *p)
{
	for (uint32_t n = 0; n < node->feeds_cap && node->suspects > 0; n++)
		if (forks_suspects(&node->feeds[n], p))
			clear(node, &node->feeds[n]);
}

/* No proof came. It may have its reasons, once. */
static void strike(struct node *node, struct node_feed *f)
{
	struct peer *p = live_peer(node, f->suspect.from);
	clear(node, f);
	if (!p)
		return;
	pulls_doubt(node, p, number_of(node, f));
	if (++p->strikes >= LINK_STRIKES_MAX)
		forks_fault(node, p->id, number_of(node, f), ERR_BAD_ROOT);
}

/* A proof that was found when nothing of ours might leave, or just before the process ended, is published now. */
static void accuse(struct node *node)
{
	struct txn *txn;
	struct fork fork;
	uint8_t body[FORK_PROOF_BYTES_MAX];
	for (uint32_t n = 0; n < node->feeds_count; n++) {
		const struct feed_no no = {n};
		if (node->feeds[n].state != FEED_HELD || feeds_is_own(node, no))
			continue;
		if (txn_read(node->options.store, &txn))
			return;
		bool unsaid = feed_fork_unsaid(txn, no, &fork);
		txn_abort(txn);
		struct mp_out m = mp_out(body, sizeof body);
		if (!unsaid)
			continue;
		fork_pack(&m, &fork);
		must(mp_out_end(&m) == ERR_OK);
		writes_append(node, KIND_FORK_PROOF, mp_written(&m));
	}
}

void forks_tick(struct node *node, uint64_t *next_ms)
{
	if (node->now.steady_ms >= node->accuse_due_ms && guard_publishes(node)) {
		node->accuse_due_ms = node->now.steady_ms + FRONTIER_INTERVAL_MS;
		accuse(node);
	}
	for (uint32_t n = 0; n < node->feeds_count && node->suspects > 0; n++) {
		struct node_feed *f = &node->feeds[n];
		if (f->suspect.state != SUSPECT_ASKED)
			continue;
		if (node->now.steady_ms >= f->suspect.due_ms)
			strike(node, f);
		else if (*next_ms > f->suspect.due_ms)
			*next_ms = f->suspect.due_ms;
	}
}

void forks_off_cutoff(struct node *node, const struct intake *bad)
{
	const struct node_feed *f = &node->feeds[bad->feed.n];
	struct peer *p = links_find(node, bad->from);
	const struct local restage = {.type = LOCAL_RESTAGE, .feed = bad->feed};
	bool ours = f->stored > 0 && !f->is_staged; /* what was held before the cutoff may be what is wrong */
	if (p && !ours)
		pulls_doubt(node, p, bad->feed);
	if (f->stored > 0)
		writes_local(node, &restage);
}

static void send_proof(struct node *node, struct peer *p, const struct message_prove *prove)
{
	struct message_proof proof = {.feed = prove->feed, .old_size = prove->old_size};
	struct txn *txn;
	if (txn_read(node->options.store, &txn))
		return;
	struct feed_proof memory = {.txn = txn, .no = prove->feed};
	const struct proof_source source = feed_proof_source(&memory);
	bool found = feed_checkpoint(txn, prove->feed, prove->new_size, &proof.newer) &&
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

void forks_prove(struct node *node, struct peer *p, const struct message_prove *prove)
{
	bool known = prove->feed.n < node->feeds_count;
	if (known && feeds_is_own(node, prove->feed))
		known = guard_publishes(node) && prove->new_size <= node->heads[prove->feed.n].size;
	if (known && (!p->is_limited || node->feeds[prove->feed.n].is_registrar))
		send_proof(node, p, prove);
}

/* Hold the feed here, and say it to all; of our own we can only hold it. */
static void publish(struct node *node, struct feed_no no, const struct fork *fork)
{
	struct local hold = {.type = LOCAL_HOLD};
	struct mp_out m = mp_out(hold.value, sizeof hold.value);
	if (node->feeds[no.n].proven)
		return;
	fork_pack(&m, fork);
	must(mp_out_end(&m) == ERR_OK);
	hold.value_bytes = (uint16_t)mp_written(&m).len;
	writes_local(node, &hold);
	node->feeds[no.n].proven = true;
	node->accuse_due_ms = node->now.steady_ms + FRONTIER_INTERVAL_MS;
	node_say(node, 2, "conflicting records: feed %u has two histories", no.n);
	if (feeds_is_own(node, no))
		guard_forked(node);
	else if (guard_publishes(node))
		writes_append(node, KIND_FORK_PROOF, mp_written(&m));
}

/* Our own signed head at exactly that size, of a feed that is not held yet. */
static bool ours_at(
        struct node *node, struct feed_no no, uint64_t size, struct feed_id *id, struct checkpoint *out)
{
	struct txn *txn;
	struct feed_info info;
	if (txn_read(node->options.store, &txn))
		return false;
	bool found = feed_info(txn, no, &info) && info.state == FEED_OPEN &&
	             feed_checkpoint(txn, no, size, out) && out->head.size == size;
	*id = info.id;
	txn_abort(txn);
	return found;
}

void forks_proof(struct node *node, struct peer *p, const struct message_proof *proof)
{
	struct checkpoint ours;
	struct feed_id id;
	struct fork fork;
	if (proof->feed.n >= node->feeds_count)
		return;
	struct node_feed *f = &node->feeds[proof->feed.n];
	if (forks_suspects(f, p) && f->suspect.base == proof->old_size)
		clear(node, f);
	if (feeds_is_own(node, proof->feed) && (node->mark_undone || proof->old_size > node->mark.size))
		return; /* what never left proves nothing */
	if (!ours_at(node, proof->feed, proof->old_size, &id, &ours))
		return; /* held already, or a size at which we cannot judge */
	enum err e = fork_build(&node->network, &id, &ours, &proof->newer, &proof->path, &fork);
	if (e)
		forks_fault(node, p->id, proof->feed, e);
	else
		publish(node, proof->feed, &fork);
}

/* Our signed head at that size or behind it, and the path to it. False: it agrees, or nothing can be said. */
static bool contradicts(struct txn *txn, struct feed_no no, const struct head *theirs,
        struct checkpoint *ours, struct proof *path)
{
	struct feed_proof memory = {.txn = txn, .no = no};
	const struct proof_source source = feed_proof_source(&memory);
	struct tree tree;
	path->count = 0;
	if (!feed_checkpoint(txn, no, theirs->size, ours))
		return false;
	if (ours->head.size == theirs->size)
		return !hash_equal(&ours->head.root, &theirs->root);
	if (!feed_tree_at(txn, no, theirs->size, &tree))
		return false;
	struct hash root = tree_root(&tree);
	return !hash_equal(&root, &theirs->root) &&
	       !proof_consistency(&source, theirs->size, ours->head.size, PROOF_FIRST_EXPLICIT, path);
}

/* Is it in the list of those that ended a run? Nearly always, and then there is nothing to compute. */
static bool is_kept(struct txn *txn, struct feed_no no, const struct head *head)
{
	struct checkpoint kept;
	return feed_checkpoint(txn, no, head->size, &kept) && kept.head.size == head->size &&
	       hash_equal(&kept.head.root, &head->root);
}

/* Is a head that somebody shows on another branch than ours? Then it is proven, and published. An error: it was not
 * signed by the feed, and who showed it is at fault. */
static enum err confront(struct node *node, struct feed_no no, const struct checkpoint *theirs)
{
	struct txn *txn;
	struct feed_info info;
	struct checkpoint ours;
	struct proof path;
	struct fork fork;
	enum err e = ERR_OK;
	if (txn_read(node->options.store, &txn))
		return ERR_OK;
	bool other = feed_info(txn, no, &info) && info.state == FEED_OPEN && !is_kept(txn, no, &theirs->head);
	if (other)
		e = checkpoint_verify(&node->network, &info.id, theirs); /* before the tree costs anything */
	other = other && !e && contradicts(txn, no, &theirs->head, &ours, &path);
	txn_abort(txn);
	if (other)
		e = fork_build(&node->network, &info.id, &ours, theirs, &path, &fork);
	if (other && !e)
		publish(node, no, &fork);
	return e;
}

void forks_conflict(struct node *node, struct peer *p, struct feed_no no, const struct checkpoint *theirs)
{
	enum err e = confront(node, no, theirs);
	if (e)
		forks_fault(node, p->id, no, e);
}

/* Of our own feed we prove nothing beyond the mark; what lies there is for the comparison with nodes. */
static enum err judge_stated(struct node *node, const struct witness_row *row)
{
	if (row->feed.n >= node->feeds_count)
		return ERR_OK;
	struct node_feed *f = &node->feeds[row->feed.n];
	bool own = feeds_is_own(node, row->feed);
	if (f->state != FEED_OPEN || f->proven)
		return ERR_OK;
	if (own && row->checkpoint.head.size > node->mark.size)
		return guard_stated(node, &row->checkpoint);
	if (row->checkpoint.head.size <= f->stored)
		return confront(node, row->feed, &row->checkpoint);
	if (row->checkpoint.head.size > f->stated.head.size)
		f->stated = row->checkpoint; /* until we hold as much */
	return ERR_OK;
}

static void hear_statement(struct node *node, struct bytes body)
{
	struct witness_seen seen;
	struct witness_row row;
	enum err wrong = witness_seen_unpack(body, &seen);
	if (wrong)
		return; /* the rules refuse it as well */
	while (witness_seen_next(&seen, &row)) {
		enum err e = judge_stated(node, &row);
		wrong = e ? e : wrong; /* one wrong row says nothing of the others */
	}
	if (wrong)
		node_say(node, 4, "a witness stated what nobody signed: %s", err_text(wrong));
}

static void reached(struct node *node, struct feed_no no)
{
	struct node_feed *f = &node->feeds[no.n];
	const struct witness_row row = {.feed = no, .checkpoint = f->stated};
	if (f->stated.head.size == 0 || f->stated.head.size > f->stored)
		return;
	f->stated = (struct checkpoint){.head = {.size = 0}};
	enum err e = judge_stated(node, &row);
	if (e)
		node_say(node, 4, "a witness stated what nobody signed: %s", err_text(e));
}

void forks_stored(struct node *node, const struct intake *in)
{
	if (in->err || in->feed.n >= node->feeds_count)
		return;
	reached(node, in->feed);
	if (node->feeds[in->feed.n].rank != RANK_WITNESS && !node->feeds[in->feed.n].is_registrar)
		return;
	for (uint32_t i = 0; i < in->run.count; i++) {
		const struct run_item *item = &in->run.items[i];
		if (item->kind == KIND_WITNESS_SEEN && item->audience == AUDIENCE_NETWORK)
			hear_statement(node, item->payload);
	}
}

void forks_review(struct node *node)
{
	for (uint32_t n = 0; n < node->feeds_count; n++) {
		struct witness_row row = {.feed = {n}};
		struct txn *txn;
		if (node->feeds[n].state != FEED_OPEN || txn_read(node->options.store, &txn))
			continue;
		bool stated = query_stated(txn, row.feed, &row.checkpoint);
		txn_abort(txn);
		enum err unimportant = stated ? judge_stated(node, &row) : ERR_OK;
		(void)unimportant; /* it was said when the statement came */
	}
}

static void judge_head(struct node *node, struct peer *p, const struct message_feed_head *h)
{
	bool is_own = feeds_is_own(node, h->feed);
	if (is_own && !same_numbers(node, p) &&
	        checkpoint_verify(&node->network, &node->options.keys->public.feed, &h->checkpoint))
		return; /* by its roster the number is another's */
	if (is_own) {
		p->view = h->checkpoint;
		p->has_view = true;
		if (!guard_compare(node, p))
			peer_fault(node, p->id, ERR_BAD_SIGNATURE);
	} else if (h->checkpoint.head.size > node->heads[h->feed.n].size) {
		peer_knows(node, p, h->feed, h->checkpoint.head.size);
	} else {
		forks_conflict(node, p, h->feed, &h->checkpoint);
	}
}

void forks_heads(struct node *node, struct peer *p, struct message_heads *heads)
{
	struct message_feed_head h;
	while (message_next_head(&heads->heads, &h))
		if (h.feed.n < node->feeds_count && peer_is_live(p))
			judge_head(node, p, &h);
}

static void send_list(struct peer *p, const struct message_feed_head *list, uint32_t count)
{
	struct mp_out *m = count ? peer_write(p) : NULL;
	if (!m)
		return;
	message_pack_heads(m, list, count);
	peer_sent(p);
}

/* Signed, and of exactly that size. */
static bool head_at(struct txn *txn, struct feed_no no, uint64_t size, struct message_feed_head *out)
{
	out->feed = no;
	return size > 0 && size != FEED_SIZE_HELD && feed_checkpoint(txn, no, size, &out->checkpoint) &&
	       out->checkpoint.head.size == size;
}

void forks_send_heads(struct node *node, struct peer *p, uint32_t block)
{
	static struct message_feed_head list[FEED_BLOCK]; /* one thread; built and sent at once */
	struct txn *txn;
	uint32_t count = 0, first = block * FEED_BLOCK;
	if (p->is_limited || txn_read(node->options.store, &txn))
		return;
	for (uint32_t n = first; n < first + frontier_block_feeds(&node->frontier, block); n++)
		count += head_at(txn, (struct feed_no){n}, node->heads[n].size, &list[count]);
	txn_abort(txn);
	send_list(p, list, count);
}

void forks_send_head(struct node *node, struct peer *p, struct feed_no no)
{
	struct message_feed_head head;
	struct txn *txn;
	uint64_t size = feeds_is_own(node, no) ? node->mark.size : node->feeds[no.n].stored;
	if (txn_read(node->options.store, &txn))
		return;
	bool found = head_at(txn, no, size, &head);
	txn_abort(txn);
	if (found)
		send_list(p, &head, 1);
}

void forks_confess(struct node *node, struct peer *p, uint64_t size)
{
	const struct message_prove prove = {.feed = node->own, .old_size = size, .new_size = node->mark.size};
	if (size < node->mark.size)
		send_proof(node, p, &prove);
	else
		forks_send_head(node, p, node->own);
}

/* Both heads, of which one contradicts what it holds, whichever that is. Who holds the older one, and less than the newer
 * one's size, can judge by the path alone. */
static void tell_own(struct node *node, struct peer *p, const struct fork *fork, bool older_is_ours)
{
	const struct message_feed_head heads[] = {{.feed = node->own, .checkpoint = fork->older},
	        {.feed = node->own, .checkpoint = fork->newer}};
	const struct message_proof proof = {.feed = node->own,
	        .old_size = fork->older.head.size,
	        .newer = fork->newer,
	        .path = fork->path};
	uint64_t size = p->feeds[node->own.n].size, older = proof.old_size, newer = proof.newer.head.size;
	bool holds_older = p->view.head.size >= older && p->compared == older_is_ours;
	send_list(p, heads, (uint32_t)(size >= older) + (uint32_t)(size >= newer));
	struct mp_out *m = holds_older && size < newer && older < newer ? peer_write(p) : NULL;
	if (!m)
		return;
	message_pack_proof(m, &proof);
	peer_sent(p);
}

void forks_tell_own(struct node *node)
{
	struct txn *txn;
	struct fork fork;
	if (txn_read(node->options.store, &txn))
		return;
	bool found = feed_fork(txn, node->own, &fork);
	bool older_is_ours = found && feed_has_head(txn, node->own, &fork.older.head);
	txn_abort(txn);
	for (struct peer *p = node->peers; p && found; p = p->next)
		if (peer_is_live(p) && !p->is_limited && p->feeds_cap > node->own.n)
			tell_own(node, p, &fork, older_is_ours);
}
