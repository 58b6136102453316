/* SPDX-License-Identifier: Apache-2.0
 * guard.c: whether own entries may leave. An honest node forks in one way only: its store went back in time. So every
 * peer shows what it holds of our feed, and that is compared before an own entry goes to it; and nothing goes at all
 * from a store that may be an old copy, until the registrar's node or those of two other members have shown nothing
 * that the store lacks. docs/PROTOCOL.md 8.
 * Its twist: what others hold beyond the mark is taken back as of any feed, and what was appended here and never left
 * makes way for it (rebase.c). So the mark rises only when there is somebody to send to. */
#include <string.h>

#include "base/bug.h"
#include "node/fence.h"
#include "node_int.h"
#include "storage/query.h"

void guard_load(struct node *node, struct txn *txn)
{
	struct bytes value;
	node->guard = own_trust(txn) == OWN_RESTORED ? GUARD_RESTORED : GUARD_SETTLED;
	if (node->guard != GUARD_RESTORED || !own_get(txn, OWN_NOTES, bytes_text(SHOWN_NOTE), &value))
		return;
	struct bytes_in in = bytes_in(value);
	node->shown = bytes_get_u64(&in);
}

/* What others were seen to have is not forgotten over a restart, until it is here or a person decides. */
static void keep_shown(struct node *node, uint64_t size)
{
	struct local local = {
	        .type = LOCAL_PUT, .drawer = OWN_NOTES, .key_bytes = sizeof SHOWN_NOTE - 1, .value_bytes = 8};
	struct bytes_out o = bytes_out(local.value, 8);
	if (node->shown >= size)
		return;
	node->shown = size;
	memcpy(local.key, SHOWN_NOTE, local.key_bytes);
	bytes_put_u64(&o, size);
	writes_local(node, &local);
}

bool guard_publishes(const struct node *node)
{
	return node->has_own && node->guard == GUARD_SETTLED;
}

/* What nobody can have been sent has not left: the mark stays, and others' entries may still come first. */
bool guard_lets_out(const struct node *node)
{
	if (node->copy_due_ms)
		return false; /* first the copy of the mark must be there */
	for (const struct peer *p = node->peers; p && guard_publishes(node); p = p->next)
		if (peer_is_live(p) && p->compared && !p->is_limited)
			return true;
	return false;
}

void guard_publish(struct node *node)
{
	const struct local local = {.type = LOCAL_PUBLISH};
	if (node->own_head.size > node->mark.size && !node->committing && !node->locals && !node->requests &&
	        guard_lets_out(node))
		writes_local(node, &local);
}

bool guard_base(struct txn *txn, struct feed_no own, struct tree *tree, uint64_t *last_time_ms)
{
	struct head mark;
	struct entry_ref last;
	own_mark(txn, &mark);
	if (!feed_tree_at(txn, own, mark.size, tree))
		return false;
	*last_time_ms = 0;
	if (mark.size > 0 && feed_entry(txn, (struct place){.feed = own, .seq = mark.size - 1}, &last))
		*last_time_ms = last.time_ms;
	return true;
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
	node->copy_due_ms = 0; /* it is written when this is settled */
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
	if (theirs->size == 0 || BUG(SKIP_COMPARE))
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

/* False: it shows what we did not let out, and not by our signature. */
static bool known(struct node *node, struct peer *p)
{
	const struct local local = {.type = LOCAL_MARK, .mark = p->view.head};
	bool is_more = node->has_own && p->view.head.size > node->mark.size;
	if (is_more && checkpoint_verify(&node->network, &node->options.keys->public.feed, &p->view))
		return false;
	p->compared = true;
	if (is_more)
		writes_local(node, &local);
	vouch(node, p);
	return true;
}

static void unknown(struct node *node, struct peer *p, enum standing standing)
{
	uint64_t size = p->view.head.size;
	p->compared = false;
	keep_shown(node, size);
	if (node->has_own)
		peer_knows(node, p, node->own, size);
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
		return known(node, p);
	case STANDS_AHEAD:
	case STANDS_OTHER:
		break;
	}
	if (checkpoint_verify(&node->network, &node->options.keys->public.feed, &p->view))
		return false;
	unknown(node, p, standing);
	return true;
}

enum err guard_stated(struct node *node, const struct checkpoint *theirs)
{
	const struct local local = {.type = LOCAL_MARK, .mark = theirs->head};
	enum standing standing = compare(node, &theirs->head);
	enum err e = standing == STANDS_UNREAD
	                     ? ERR_OK
	                     : checkpoint_verify(&node->network, &node->options.keys->public.feed, theirs);
	if (e || standing == STANDS_UNREAD)
		return e;
	if (standing == STANDS_KNOWN) {
		writes_local(node, &local);
		return ERR_OK;
	}
	keep_shown(node, theirs->head.size);
	distrust(node, GUARD_RESTORED,
	        "a witness stated newer entries of ours than this store has; it is an old copy");
	return ERR_OK;
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
	if (txn_read(node->options.store, &txn))
		return false;
	bool fits = !query_covered(txn, node->own, &covered) ||
	            (covered.size <= node->mark.size && feed_has_head(txn, node->own, &covered));
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
	/* what was appended here meanwhile does not count: it stands where others may hold something else */
	if (node->mark.size < node->shown || node->mark.size < node->options.mark_copy_size)
		return;
	if (own->puller || feeds_under_way(own) || pulls_behind(node, 0) || pulls_behind(node, node->own.n))
		return;
	if (!covers_statement(node))
		return;
	node->guard = GUARD_SETTLED;
	node->shown = 0;
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
static void overridden(struct node *node)
{
	if (node->guard != GUARD_RESTORED)
		return;
	node->guard = GUARD_SETTLED;
	node->shown = 0;
	node_say(node, 4, "a person decided that our own feed is published as it is here");
	guard_review(node);
}

/* Somebody held entries of ours that were not here, though nothing had told so before. */
static void came_back(struct node *node, const struct commit *c)
{
	const struct rebase *b = &c->rebase;
	distrust(node, GUARD_RESTORED,
	        "another node held newer entries of ours than this store; it was an old copy");
	if (b->withdrawn > 0)
		node_say(node, 4,
		        "entries of ours came back; of %u that had not left %u follow them, %u were among "
		        "them",
		        b->withdrawn, b->again, b->back);
	if (b->refused > 0)
		node_say(node, 3, "%u entries could not be appended again, and are kept with the reason",
		        b->refused);
	node->witness_loaded = false;
}

/* It rose for what did not leave: the copy of it could not be written, or somebody showed meanwhile that nothing of
 * ours may. */
static void undo_mark(struct node *node, const struct commit *c)
{
	const struct local undo = {
	        .type = LOCAL_MARK_UNDO, .mark = c->mark_before, .undo_size = c->mark.size};
	if (c->mark.size <= c->mark_before.size)
		return;
	node->mark_undone = true;
	node->mark = c->mark_before;
	writes_local(node, &undo);
}

/* Each start raises the copy's generation beyond what is there: so of two stores the one that started last goes on. */
static void found_twin(struct node *node)
{
	const struct local note = {.type = LOCAL_PUT,
	        .drawer = OWN_NOTES,
	        .key = FENCE_TWIN_NOTE,
	        .key_bytes = sizeof FENCE_TWIN_NOTE - 1,
	        .value = {1},
	        .value_bytes = 1};
	writes_local(node, &note);
	distrust(node, GUARD_RESTORED,
	        "another store with our key started on this machine since, and has the copy of the mark");
}

static void copied(struct node *node, const struct commit *c)
{
	const struct local again = {.type = LOCAL_MARK, .mark = c->mark_before};
	bool failed_before = node->copy_due_ms != 0;
	if (!c->copy_due)
		return;
	node->copy_due_ms = 0;
	if (!c->copy_err) {
		node->mark_out = c->mark;
		return;
	}
	if (c->copy_err == ERR_RESTORED) {
		found_twin(node);
		undo_mark(node, c);
		return;
	}
	if (!failed_before)
		node_say(node, 3,
		        "the copy of the mark could not be written, and nothing new of ours leaves: %s",
		        err_text(c->copy_err));
	node->copy_due_ms = node->now.steady_ms + STORE_RETRY_MS;
	node->copy_again = again;
	undo_mark(node, c);
}

/* Who wanted to take entries along by hand hears that they are not to leave. */
static void keep_back(struct node *node, struct commit *c)
{
	for (const struct local *l = c->locals; l; l = l->next)
		if (l->type == LOCAL_RAISE && l->mark.size > c->mark_before.size)
			commit_tell(c, l->ticket, node->guard == GUARD_FORKED ? ERR_FORKED : ERR_RESTORED);
}

void guard_written(struct node *node, struct commit *c)
{
	for (const struct local *l = c->locals; l; l = l->next)
		node->mark_undone &= l->type != LOCAL_MARK_UNDO;
	if (c->overridden)
		overridden(node);
	if (c->came_back)
		came_back(node, c);
	if (guard_publishes(node)) {
		copied(node, c);
	} else {
		undo_mark(node, c);
		keep_back(node, c);
	}
}

static void copy_tick(struct node *node, uint64_t *next_ms)
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

/* Again and again, since links come and what peers hold grows; not at once: mostly somebody's proof is on its way. */
static void confess_tick(struct node *node, uint64_t *next_ms)
{
	bool held = node->has_own && node->feeds[node->own.n].state == FEED_HELD;
	if (!held || !node->peers)
		return; /* a cut one is told by its cutoff */
	if (node->confess_due_ms && node->now.steady_ms >= node->confess_due_ms)
		forks_tell_own(node);
	if (node->now.steady_ms >= node->confess_due_ms)
		node->confess_due_ms = node->now.steady_ms + node_jitter(node, FRONTIER_INTERVAL_MS);
	if (*next_ms > node->confess_due_ms)
		*next_ms = node->confess_due_ms;
}

void guard_tick(struct node *node, uint64_t *next_ms)
{
	copy_tick(node, next_ms);
	confess_tick(node, next_ms);
}
