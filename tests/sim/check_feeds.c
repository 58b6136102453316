/* SPDX-License-Identifier: Apache-2.0
 * check_feeds.c: one tree a feed. Whatever any honest node holds of a feed of another is held against the one tree that
 * was seen before. I1: an honest feed has no second one. I5: a second one is proven on every honest node. And what others
 * hold of a feed is durable at its own node, with the mark above it.
 * Its twist: what a node's own store has of its own feed only has to agree: what never left may become another. */
#include <stdlib.h>
#include <string.h>

#include "check_int.h"

static struct feed_model *model_of(struct sim *sim, const struct feed_id *id)
{
	struct check *c = sim->check;
	for (uint32_t i = 0; i < c->feeds_count; i++)
		if (!memcmp(c->feeds[i].id.bytes, id->bytes, sizeof id->bytes))
			return &c->feeds[i];
	must(c->feeds_count < CHECK_FEEDS_MAX);
	struct feed_model *f = &c->feeds[c->feeds_count++];
	uint32_t author = check_author(sim, id);
	*f = (struct feed_model){.id = *id, .author = author};
	if (author != NET_STRANGER && sim->nodes[author].liar)
		f->author = NET_STRANGER;
	tree_init(&f->tree);
	f->cap = 64;
	f->roots = calloc(f->cap, sizeof *f->roots);
	must(f->roots);
	f->roots[0] = tree_root(&f->tree);
	return f;
}

void check_feeds_free(struct check *c)
{
	for (uint32_t i = 0; i < c->feeds_count; i++)
		free(c->feeds[i].roots);
}

static void add_leaf(struct feed_model *f, const struct hash *id)
{
	struct hash subtree;
	(void)tree_append(&f->tree, id, &subtree);
	if (f->tree.size >= f->cap) {
		f->cap *= 2;
		f->roots = realloc(f->roots, f->cap * sizeof *f->roots);
		must(f->roots);
	}
	f->roots[f->tree.size] = tree_root(&f->tree);
}

/* The entries of that store go on from what was seen. */
static void extend(struct sim *sim, uint32_t index, struct txn *txn, struct feed_no no, struct feed_model *f,
        uint64_t size)
{
	while (f->tree.size < size) {
		const struct place place = {.feed = no, .seq = f->tree.size};
		struct entry_ref entry;
		struct entry_header header;
		if (!feed_entry(txn, place, &entry) || !feed_header(txn, &entry, &header))
			sim_fail(sim, "store", "node %u does not have entry %llu of feed %u", index,
			        (unsigned long long)place.seq, no.n);
		struct hash id = entry_id(&header);
		add_leaf(f, &id);
	}
}

static void conflict(struct sim *sim, uint32_t index, struct feed_no no, struct feed_model *f, uint64_t size)
{
	f->forked = true;
	sim_trace(sim, "feed %u forks, seen at node %u, size %llu", no.n, index, (unsigned long long)size);
	if (f->author == NET_STRANGER || sim->nodes[f->author].may_fork)
		return;
	sim_fail(sim, "I1",
	        "the honest feed %u of node %u has two histories; the second is at node %u, size %llu", no.n,
	        f->author, index, (unsigned long long)size);
}

/* Does what is held there go on from the tree that was seen? */
static bool goes_on(
        struct sim *sim, uint32_t index, struct txn *txn, struct feed_no no, const struct feed_model *f)
{
	struct tree tree;
	if (!feed_tree_at(txn, no, f->tree.size, &tree))
		sim_fail(sim, "store", "node %u does not have the tree of feed %u at %llu", index, no.n,
		        (unsigned long long)f->tree.size);
	struct hash root = tree_root(&tree);
	return hash_equal(&root, &f->roots[f->tree.size]);
}

/* A head of the feed that is held there, or was let out by its own node. */
static void see(struct sim *sim, uint32_t index, struct txn *txn, struct feed_no no, const struct feed_id *id,
        const struct head *head)
{
	struct feed_model *f = model_of(sim, id);
	if (f->forked || head->size == 0)
		return;
	sim->check->looked++;
	if (head->size > f->tree.size && goes_on(sim, index, txn, no, f)) {
		extend(sim, index, txn, no, f, head->size);
		if (!hash_equal(&head->root, &f->roots[head->size]))
			sim_fail(sim, "store", "node %u holds entries of feed %u that do not give its root",
			        index, no.n);
	}
	if (head->size > f->tree.size || !hash_equal(&head->root, &f->roots[head->size]) ||
	        check_spoils(sim, "I1"))
		conflict(sim, index, no, f, head->size);
}

/* A proof that an honest feed forked must have its reason. */
static void see_proof(
        struct sim *sim, uint32_t index, struct txn *txn, struct feed_no no, const struct feed_id *id)
{
	struct feed_model *f = model_of(sim, id);
	struct fork fork;
	if (f->author == NET_STRANGER || sim->nodes[f->author].may_fork || !feed_fork(txn, no, &fork))
		return;
	sim_fail(sim, "I1", "node %u has a proof that the honest feed %u of node %u forked", index, no.n,
	        f->author);
}

/* The feed of this node: what ever left it is here, below the mark, unless somebody took it away. */
static void see_own(
        struct sim *sim, uint32_t index, struct txn *txn, struct feed_no no, const struct feed_info *info)
{
	struct feed_model *f = model_of(sim, &info->id);
	struct node_model *n = &sim->check->nodes[index];
	struct head mark;
	own_mark(txn, &mark);
	if (n->set_backs != sim->nodes[index].restores) {
		n->set_backs = sim->nodes[index].restores;
		n->set_back = true;
	}
	if (mark.size >= f->tree.size)
		n->set_back = false;
	if (n->set_back || f->forked || sim->nodes[index].clone || sim->nodes[index].may_fork ||
	        info->state != FEED_OPEN)
		return;
	if (f->tree.size > mark.size || check_spoils(sim, "durable"))
		sim_fail(sim, "durable", "others hold %llu entries of node %u, whose mark is %llu",
		        (unsigned long long)f->tree.size, index, (unsigned long long)mark.size);
	if (node_publishing(sim->net->nodes[index].node) && !goes_on(sim, index, txn, no, f))
		conflict(sim, index, no, f, f->tree.size);
}

void check_feeds_of(struct sim *sim, uint32_t index)
{
	struct txn *txn = check_read(sim, index);
	struct feed_no own = {ROSTER_NONE};
	struct feed_info info;
	(void)own_feed(txn, &own);
	for (struct feed_no no = {0}; feed_info(txn, no, &info); no.n++) {
		if (info.state == FEED_VOID)
			continue;
		see_proof(sim, index, txn, no, &info.id);
		if (no.n == own.n)
			see_own(sim, index, txn, no, &info);
		else if (!info.is_staged)
			see(sim, index, txn, no, &info.id, &info.head);
	}
	must(txn_error(txn) == ERR_OK);
	txn_abort(txn);
}

static bool is_proven(struct sim *sim, uint32_t index, const struct feed_id *id)
{
	struct txn *txn = check_read(sim, index);
	struct feed_no no;
	struct fork fork;
	struct feed_info info;
	/* what an anchor has no place for is nowhere */
	bool proven = txn_roster(txn)->anchor_number > 0;
	if (txn_find_feed(txn, id, &no))
		proven = feed_info(txn, no, &info) && (info.state == FEED_CUT || feed_fork(txn, no, &fork));
	txn_abort(txn);
	return proven;
}

void check_feeds_last(struct sim *sim)
{
	for (uint32_t i = 0; i < sim->check->feeds_count; i++) {
		const struct feed_model *f = &sim->check->feeds[i];
		bool with_nobody = f->author != NET_STRANGER && sim->nodes[f->author].overrode;
		bool forked = (f->forked && !with_nobody) || check_spoils(sim, "I5");
		for (uint32_t n = 0; n < sim->net->count && forked; n++)
			if (sim->check->nodes[n].is_full && !is_proven(sim, n, &f->id))
				sim_fail(sim, "I5",
				        "two histories of a feed of node %u were seen, and node %u has no "
				        "proof",
				        f->author, n);
	}
}
