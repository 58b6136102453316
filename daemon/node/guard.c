/* SPDX-License-Identifier: Apache-2.0
 * guard.c: whether own entries may leave. An honest node forks in one way only: its store went back in time. So every
 * peer shows what it holds of our feed, and that is compared before an own entry goes to it; and nothing goes at all
 * from a store that may be an old copy. docs/PROTOCOL.md 8. */
#include <string.h>

#include "node_int.h"

enum err guard_load(struct node *node)
{
	struct txn *txn;
	enum err e = txn_read(node->options.store, &txn);
	if (e)
		return e;
	node->guard = own_trust(txn) == OWN_RESTORED ? GUARD_RESTORED : GUARD_SETTLED;
	txn_abort(txn);
	return ERR_OK;
}

bool guard_publishes(const struct node *node)
{
	return node->has_own && node->guard == GUARD_SETTLED;
}

static void distrust(struct node *node, enum guard guard, const char *why)
{
	const struct local local = {.type = LOCAL_TRUST, .trust = OWN_RESTORED};
	if (node->guard == guard)
		return;
	node->guard = guard;
	flow_local(node, &local);
	node_say(node, 3, "nothing of our own feed is published any more: %s", why);
}

/* Our root at a size that we hold; false: not held. */
static bool root_at(struct node *node, uint64_t size, struct hash *root, struct head *mark)
{
	struct txn *txn;
	struct tree tree;
	if (txn_read(node->options.store, &txn))
		return false;
	bool held = feed_tree_at(txn, node->own, size, &tree);
	own_mark(txn, mark);
	txn_abort(txn);
	if (held)
		*root = tree_root(&tree);
	return held;
}

/* They hold a head of ours that we do not: the signature decides whose fault that is. */
static bool settle_difference(struct node *node, const struct checkpoint *theirs, const struct head *mark)
{
	if (checkpoint_verify(&node->network, &node->options.keys->public.feed, theirs))
		return false;
	if (theirs->head.size <= mark->size)
		distrust(node, GUARD_FORKED,
		        "another node holds other entries that we signed; two histories of this feed exist");
	else
		distrust(node, GUARD_RESTORED,
		        "another node holds newer entries of ours than this store; it is an old copy");
	return true;
}

bool guard_compare(struct node *node, struct peer *p, const struct checkpoint *theirs)
{
	struct hash root;
	struct head mark = {0};
	if (theirs->head.size == 0 || !node->has_own) {
		p->compared = true;
		return true;
	}
	if (!root_at(node, theirs->head.size, &root, &mark) || !hash_equal(&root, &theirs->head.root))
		return settle_difference(node, theirs, &mark);
	if (theirs->head.size > mark.size) {
		const struct local local = {.type = LOCAL_MARK, .mark = theirs->head};
		flow_local(node, &local);
	}
	p->compared = true;
	return true;
}

void guard_copy_failed(struct node *node, enum err err)
{
	node_say(node, 3, "the copy of the mark could not be written: %s", err_text(err));
	distrust(node, GUARD_RESTORED, "the copy of the mark could not be written");
}
