/* SPDX-License-Identifier: Apache-2.0
 * feeds.c: what is held of every feed, as the loop sees it: a copy of the store's numbers that follows each commit, and
 * the fingerprints over it. Of the own feed others see the mark only: what may not leave counts in no message. */
#include <stdlib.h>
#include <string.h>

#include "node_int.h"

static enum err grow(struct node *node, uint32_t count)
{
	uint32_t cap = (count + FEED_BLOCK - 1) / FEED_BLOCK * FEED_BLOCK;
	if (cap <= node->feeds_cap)
		return ERR_OK;
	if (count > FEEDS_MAX)
		return ERR_TOO_MANY;
	struct node_feed *feeds = realloc(node->feeds, cap * sizeof *feeds);
	if (!feeds)
		return ERR_NO_MEMORY;
	node->feeds = feeds;
	struct head *heads = realloc(node->heads, cap * sizeof *heads);
	if (!heads)
		return ERR_NO_MEMORY;
	node->heads = heads;
	memset(feeds + node->feeds_cap, 0, (cap - node->feeds_cap) * sizeof *feeds);
	for (uint32_t i = 0; i < cap; i++) {
		feeds[i].queue_end = feeds[i].queue ? feeds[i].queue_end : &feeds[i].queue;
		if (i >= node->feeds_cap)
			heads[i] = frontier_head_empty();
	}
	node->feeds_cap = cap;
	return ERR_OK;
}

static struct head visible(
        struct node *node, struct txn *txn, struct feed_no no, const struct feed_info *info)
{
	struct head head = info->head;
	if (info->state == FEED_HELD)
		return frontier_head_held();
	if (node->has_own && no.n == node->own.n)
		own_mark(txn, &head);
	return head.size ? head : frontier_head_empty();
}

void feeds_refresh(struct node *node, struct txn *txn, struct feed_no no)
{
	struct feed_info info;
	must(no.n < node->feeds_count);
	struct node_feed *f = &node->feeds[no.n];
	if (!feed_info(txn, no, &info))
		return;
	f->state = info.state;
	f->cutoff = info.cutoff;
	f->stored = info.next;
	if (f->under_way == 0 && !f->queue)
		f->tip = info.next;
	node->heads[no.n] = visible(node, txn, no, &info);
	uint32_t block = no.n / FEED_BLOCK;
	frontier_set(&node->frontier, block, node->heads + block * FEED_BLOCK);
	for (struct peer *p = node->peers; p; p = p->next)
		p->frontier_sent = false;
}

/* A block has a fingerprint when all its feeds have heads: so heads first, then blocks. */
static void fill(struct node *node, struct txn *txn, uint32_t from)
{
	for (uint32_t n = from; n < node->feeds_count; n++) {
		struct feed_info info;
		const struct feed_no no = {n};
		if (!feed_info(txn, no, &info))
			continue;
		node->feeds[n].state = info.state;
		node->feeds[n].cutoff = info.cutoff;
		node->feeds[n].stored = info.next;
		if (node->feeds[n].under_way == 0 && !node->feeds[n].queue)
			node->feeds[n].tip = info.next;
		node->feeds[n].accused = false;
		node->heads[n] = visible(node, txn, no, &info);
	}
	for (uint32_t b = from / FEED_BLOCK; b < frontier_blocks(&node->frontier); b++)
		frontier_set(&node->frontier, b, node->heads + b * FEED_BLOCK);
}

static enum err load(struct node *node, struct txn *txn)
{
	uint32_t before = node->feeds_count, count = txn_roster(txn)->feeds_count;
	struct anchor anchor;
	enum err e = grow(node, count ? count : 1);
	if (e)
		return e;
	node->has_own = own_feed(txn, &node->own);
	node->anchor_number = feed_anchor(txn, &anchor) ? anchor.number : 0;
	/* before the roster is known there is one feed to pull: the registrar's */
	node->feeds_count = count ? count : 1;
	frontier_grow(&node->frontier, node->feeds_count);
	for (struct peer *p = node->peers; p && !e; p = p->next)
		e = p->sizes ? peer_grow(p, node->feeds_count) : ERR_OK;
	fill(node, txn, before && node->feeds_count > before ? before : 0);
	return e;
}

enum err feeds_load(struct node *node)
{
	struct txn *txn;
	enum err e = txn_read(node->options.store, &txn);
	if (e)
		return e;
	e = load(node, txn);
	txn_abort(txn);
	return e;
}

/* Fork proofs are found again; a witness states again what it finds not stated. */
void feeds_commit_failed(struct node *node)
{
	for (uint32_t i = 0; i < node->feeds_count; i++) {
		node->feeds[i].accused = false;
		node->feeds[i].witnessed = 0;
		node->feeds[i].heard_day = (struct day){0};
	}
	node->witness_loaded = false;
}

void feeds_free(struct node *node)
{
	for (uint32_t i = 0; i < node->feeds_count; i++) {
		free(node->feeds[i].chain);
		for (struct intake *in = node->feeds[i].queue, *next; in; in = next) {
			next = in->next;
			intake_free(in);
		}
	}
	free(node->feeds);
	free(node->heads);
}
