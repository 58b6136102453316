/* SPDX-License-Identifier: Apache-2.0
 * guard.c: whether own entries may leave. An honest node forks in one way only: its store went back in time. So every
 * peer shows what it holds of our feed, and that is compared before an own entry goes to it; and nothing goes at all
 * from a store that may be an old copy, until the registrar's node or those of two other members have shown nothing
 * that the store lacks. docs/PROTOCOL.md 8.
 * Its twist: what others hold beyond a store that has nothing unpublished is simply taken back, as from any feed. */
#include <string.h>

#include "node_int.h"
#include "storage/query.h"

void guard_load(struct node *node, struct txn *txn)
{
	node->guard = own_trust(txn) == OWN_RESTORED ? GUARD_RESTORED : GUARD_SETTLED;
}

bool guard_publishes(const struct node *node)
{
	return node->has_own && node->guard == GUARD_SETTLED;
}

bool guard_takes_back(const struct node *node)
{
	return node->guard == GUARD_RESTORED && node->own_head.size == node->mark.size && !node->requests &&
	       !node->requests_under_way;
}

bool guard_takes_entries(const struct node *node)
{
	const struct node_feed *own = &node->feeds[node->own.n];
	if (node->guard != GUARD_RESTORED)
		return true;
	bool moves = feeds_under_way(own) ||
	             (own->puller && node->now.steady_ms - own->progress_ms < PULL_IDLE_MS);
	return node->own_head.size > 0 && !moves;
}

/* Never from forked back to restored. */
static void distrust(struct node *node, enum guard guard, const char *why)
{
	const struct local local = {.type = LOCAL_TRUST, .trust = OWN_RESTORED};
	if (node->guard >= guard)
		return;
	node->guard = guard;
	node->vouched_registrar = false;
	node->vouched_count = 0;
	writes_local(node, &local);
	node_say(node, 3, "nothing of our own feed is published any more: %s", why);
}

void guard_forked(struct node *node)
{
	distrust(node, GUARD_FORKED, "conflicting records: this feed has two histories");
}

/* How what the other side holds of our feed stands to what is here. */
enum standing { STANDS_KNOWN, STANDS_AHEAD, STANDS_OTHER, STANDS_UNREAD };

static enum standing compare(struct node *node, const struct head *theirs)
{
	struct txn *txn;
	struct tree tree;
	if (theirs->size == 0)
		return STANDS_KNOWN;
	if (!node->has_own || theirs->size > node->own_head.size)
		return STANDS_AHEAD;
	if (txn_read(node->options.store, &txn))
		return STANDS_UNREAD;
	bool held = feed_tree_at(txn, node->own, theirs->size, &tree);
	txn_abort(txn);
	if (!held)
		return STANDS_UNREAD;
	struct hash root = tree_root(&tree);
	return hash_equal(&root, &theirs->root) ? STANDS_KNOWN : STANDS_OTHER;
}

/* It showed nothing that we lack. */
static void vouch(struct node *node, const struct peer *p)
{
	if (!p->has_feed || p->is_limited || (node->has_own && p->member.n == node->own_member.n))
		return;
	node->vouched_registrar |= p->of_registrar;
	for (uint32_t i = 0; i < node->vouched_count; i++)
		if (node->vouched[i].n == p->member.n)
			return;
	if (node->vouched_count < sizeof node->vouched / sizeof node->vouched[0])
		node->vouched[node->vouched_count++] = p->member;
}

static void known(struct node *node, struct peer *p)
{
	const struct local local = {.type = LOCAL_MARK, .mark = p->view.head};
	p->compared = true;
	if (node->has_own && p->view.head.size > node->mark.size)
		writes_local(node, &local);
	vouch(node, p);
}

static void unknown(struct node *node, struct peer *p, enum standing standing)
{
	uint64_t size = p->view.head.size;
	p->compared = false;
	if (node->shown < size)
		node->shown = size;
	if (standing == STANDS_AHEAD) {
		distrust(node, GUARD_RESTORED,
		        "another node holds newer entries of ours than this store; it is an old copy");
	} else if (size > node->mark.size) {
		distrust(node, GUARD_RESTORED,
		        "another node holds other entries of ours than those that wait here to be published");
	} else {
		guard_forked(node);
		forks_conflict(node, p, node->own, &p->view);
		forks_confess(node, p, size);
	}
}

bool guard_compare(struct node *node, struct peer *p)
{
	if (!p->has_view)
		return true;
	enum standing standing = compare(node, &p->view.head);
	switch (standing) {
	case STANDS_UNREAD:
		return true;
	case STANDS_KNOWN:
		known(node, p);
		return true;
	case STANDS_AHEAD:
	case STANDS_OTHER:
		break;
	}
	if (checkpoint_verify(&node->network, &node->options.keys->public.feed, &p->view))
		return false;
	unknown(node, p, standing);
	return true;
}

void guard_review(struct node *node)
{
	node->review_due = false;
	for (struct peer *p = node->peers; p; p = p->next)
		if (peer_is_live(p) && !guard_compare(node, p))
			peer_fault(node, p->id, ERR_BAD_SIGNATURE);
}

/* What the registrar stated of our feed is here. */
static bool covers_statement(struct node *node)
{
	struct txn *txn;
	struct head covered;
	struct tree tree;
	if (txn_read(node->options.store, &txn))
		return false;
	bool fits = true;
	if (query_covered(txn, node->own, &covered)) {
		fits = feed_tree_at(txn, node->own, covered.size, &tree);
		struct hash root = fits ? tree_root(&tree) : covered.root;
		fits = fits && hash_equal(&root, &covered.root);
	}
	txn_abort(txn);
	return fits;
}

void guard_settle(struct node *node)
{
	const struct local local = {.type = LOCAL_TRUST, .trust = OWN_SETTLED};
	if (node->guard != GUARD_RESTORED || !node->has_own)
		return;
	const struct node_feed *own = &node->feeds[node->own.n];
	if (!node->vouched_registrar && node->vouched_count < 2)
		return;
	if (node->own_head.size < node->shown || node->own_head.size < node->options.mark_copy_size)
		return;
	if (own->puller || feeds_under_way(own) || pulls_behind(node, 0) || pulls_behind(node, node->own.n))
		return;
	if (!covers_statement(node))
		return;
	node->guard = GUARD_SETTLED;
	writes_local(node, &local);
	node_say(node, 5, "our own feed is published again: other nodes hold nothing of it that is not here");
}

/* Own entries that are known to be with somebody are taken back, not forked away. */
enum err guard_may_override(const struct node *node)
{
	if (!node->has_own)
		return ERR_UNKNOWN_FEED;
	if (node->guard != GUARD_RESTORED)
		return node->guard == GUARD_FORKED ? ERR_FORKED : ERR_NOT_FOUND;
	for (const struct peer *p = node->peers; p; p = p->next)
		if (peer_is_live(p) && p->has_view && !p->compared)
			return ERR_RESTORED;
	return ERR_OK;
}

/* Who came meanwhile and shows more is compared before anything is shown to anybody. */
void guard_overridden(struct node *node)
{
	if (node->guard != GUARD_RESTORED)
		return;
	node->guard = GUARD_SETTLED;
	node_say(node, 4, "a person decided that our own feed is published as it is here");
	guard_review(node);
}

void guard_copied(struct node *node, const struct commit *c)
{
	const struct local again = {.type = LOCAL_MARK, .mark = c->mark};
	if (!c->copy_due)
		return;
	node->copy_due_ms = 0;
	if (!c->copy_err) {
		node->mark_out = c->mark;
		return;
	}
	node_say(node, 3, "the copy of the mark could not be written, and nothing new of ours leaves: %s",
	        err_text(c->copy_err));
	node->copy_due_ms = node->now.steady_ms + STORE_RETRY_MS;
	node->copy_again = again;
}

void guard_tick(struct node *node, uint64_t *next_ms)
{
	if (!node->copy_due_ms)
		return;
	if (node->now.steady_ms >= node->copy_due_ms) {
		node->copy_due_ms = 0;
		writes_local(node, &node->copy_again);
	} else if (*next_ms > node->copy_due_ms) {
		*next_ms = node->copy_due_ms;
	}
}
