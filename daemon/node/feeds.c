/* SPDX-License-Identifier: Apache-2.0
 * feeds.c: what is held of every feed, as the loop sees it: a copy of the store's numbers that follows each commit, and
 * the fingerprints over it. Of the own feed others see the mark only, and nothing while the guard is not settled: what
 * may not leave counts in no message.
 * Its twist: an entry of the registrar, or a fork proof, can change any feed; then what is under way for a feed that
 * became another is given up. */
#include <stdlib.h>
#include <string.h>

#include "ledger/policy.h"
#include "node_int.h"
#include "storage/query.h"
#include "storage/view.h"

bool feeds_is_own(const struct node *node, struct feed_no no)
{
	return node->has_own && no.n == node->own.n;
}

bool feeds_under_way(const struct node_feed *f)
{
	return f->under_way > 0 || f->checking || f->queue;
}

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

static struct head visible_own(const struct node *node)
{
	return guard_publishes(node) && node->mark_out.size ? node->mark_out : frontier_head_empty();
}

static struct head visible(const struct node *node, struct feed_no no, const struct feed_info *info)
{
	const struct head head = info->head;
	if (info->state == FEED_HELD)
		return frontier_head_held();
	if (feeds_is_own(node, no))
		return visible_own(node);
	return head.size ? head : frontier_head_empty();
}

/* Where the next run must begin. Of the own feed behind the mark: what never left makes way. */
static uint64_t next_of(const struct node *node, struct feed_no no, const struct feed_info *info)
{
	bool makes_way = feeds_is_own(node, no) && info->state == FEED_OPEN && info->next > node->mark.size;
	return makes_way ? node->mark.size : info->next;
}

static bool moved(const struct node_feed *f, const struct feed_info *info, uint64_t next)
{
	if (f->state != info->state || next < f->stored)
		return true;
	return info->state == FEED_CUT &&
	       (f->cutoff.size != info->cutoff.size || !hash_equal(&f->cutoff.root, &info->cutoff.root));
}

static void take_own(struct node *node, struct txn *txn, const struct feed_info *info)
{
	node->own_head = info->head;
	if (!node->mark_undone)
		own_mark(txn, &node->mark);
	if (!node->loaded)
		node->mark_out = node->mark;
	if (info->state == FEED_HELD)
		guard_forked(node);
}

/* Copy the store's numbers; without the fingerprint. */
static void take(struct node *node, struct txn *txn, struct feed_no no)
{
	struct node_feed *f = &node->feeds[no.n];
	struct feed_info info;
	uint64_t before = node->heads[no.n].size;
	if (!feed_info(txn, no, &info))
		return;
	if (feeds_is_own(node, no))
		take_own(node, txn, &info);
	uint64_t next = next_of(node, no, &info);
	bool other = moved(f, &info, next);
	f->state = info.state;
	f->cutoff = info.cutoff;
	f->stored = next;
	f->is_staged = info.is_staged;
	node->heads[no.n] = visible(node, no, &info);
	if (no.n == 0)
		node->registrar = feeds_is_own(node, no) ? visible_own(node) : info.head;
	if (other) {
		f->proven = false;
		flow_restart(node, f);
	}
	if (!feeds_under_way(f) && f->tip != next) {
		f->tip = next;
		pulls_consider(node, no.n);
	}
	if (other && info.state == FEED_CUT && !feeds_is_own(node, no))
		before = 0; /* who holds it up to there says so at once: others begin anew */
	if (node->loaded)
		live_grew(node, no, before);
}

static void changed(struct node *node)
{
	for (struct peer *p = node->peers; p; p = p->next)
		p->frontier_sent = false;
}

void feeds_refresh(struct node *node, struct txn *txn, struct feed_no no)
{
	if (no.n >= node->feeds_count)
		return; /* an anchor took it away */
	take(node, txn, no);
	uint32_t block = no.n / FEED_BLOCK;
	frontier_set(&node->frontier, block, node->heads + block * FEED_BLOCK);
	changed(node);
}

/* With whom does our member have anything to do? partners: a bit a member. */
static void find_partners(
        struct node *node, struct txn *txn, const struct roster *r, uint8_t partners[MEMBERS_MAX / 8])
{
	const struct roster_feed *own = node->has_own ? roster_feed(r, node->own) : NULL;
	struct view_at at = {0};
	struct view_sum sum;
	memset(partners, 0, MEMBERS_MAX / 8);
	while (own && view_sum_next(txn, own->member, &at, &sum))
		if (sum.partner.n < MEMBERS_MAX)
			partners[sum.partner.n / 8] |= (uint8_t)(1u << sum.partner.n % 8);
}

static bool is_partner(const uint8_t partners[MEMBERS_MAX / 8], struct member_no member)
{
	return member.n < MEMBERS_MAX && ((unsigned)partners[member.n / 8] >> member.n % 8 & 1u);
}

static void rank_feeds(struct node *node, struct txn *txn)
{
	const struct roster *r = txn_roster(txn);
	uint8_t partners[MEMBERS_MAX / 8];
	find_partners(node, txn, r, partners);
	for (uint32_t n = 0; n < r->feeds_count; n++) {
		struct node_feed *f = &node->feeds[n];
		uint32_t roles = roster_roles_at(r, (struct feed_no){n}, r->size);
		f->is_registrar = n == 0 || (roles & ROLE_REGISTRAR) != 0;
		f->rank = is_partner(partners, r->feeds[n].member) ? RANK_PARTNER : RANK_REST;
		if (feeds_is_own(node, (struct feed_no){n}))
			f->rank = RANK_OWN;
		if (roles & (ROLE_REGISTRAR | ROLE_WITNESS))
			f->rank = RANK_WITNESS;
	}
	for (uint32_t i = 0; i < r->registrars_count; i++)
		node->feeds[r->registrars[i].feed.n].is_registrar = true;
}

static void find_quota(struct node *node, struct txn *txn)
{
	struct policy policy;
	int year = date_parts(date_of_ms(node->now.wall_ms, txn_roster(txn)->network.zone_minutes)).year;
	query_policy(txn, year, &policy);
	node->quota_bytes = policy.feed_bytes_a_day ? policy.feed_bytes_a_day : FEED_BYTES_A_DAY_MAX;
	if (node->options.feed_bytes_a_day)
		node->quota_bytes = node->options.feed_bytes_a_day;
}

/* The roster can become shorter, and its numbers mean other feeds, by an anchor only. */
static void forget_all(struct node *node)
{
	for (uint32_t n = 0; n < node->feeds_count; n++) {
		struct node_feed *f = &node->feeds[n];
		f->state = FEED_VOID;
		f->stored = 0;
		f->witnessed = 0;
		f->stated = (struct checkpoint){.head = {.size = 0}};
		f->heard_wall_ms = 0;
		node->heads[n] = frontier_head_empty();
		flow_restart(node, f);
	}
	for (struct peer *p = node->peers; p; p = p->next) {
		p->same_registrar = false;
		for (uint32_t n = 0; n < p->feeds_cap; n++)
			p->feeds[n].size = 0;
	}
	node->witness_loaded = false;
	frontier_init(&node->frontier);
}

static enum err follow_count(struct node *node, struct txn *txn)
{
	const struct roster *r = txn_roster(txn);
	uint32_t count = r->feeds_count;
	enum err e = grow(node, count ? count : 1);
	if (e)
		return e;
	if (count < node->feeds_count || r->anchor_number != node->roster_anchor)
		forget_all(node);
	node->roster_anchor = r->anchor_number;
	node->roster_size = r->size;
	/* before the roster is known there is one feed to pull: the registrar's */
	node->feeds_count = count ? count : 1;
	frontier_grow(&node->frontier, node->feeds_count);
	for (struct peer *p = node->peers; p && !e; p = p->next)
		e = p->feeds ? peer_grow(p, node->feeds_count) : ERR_OK;
	return e;
}

/* A block has a fingerprint when all its feeds have heads: so heads first, then blocks. */
enum err feeds_reload(struct node *node, struct txn *txn)
{
	bool had_own = node->has_own;
	struct anchor anchor;
	enum err e = follow_count(node, txn);
	if (e)
		return e;
	node->has_own = own_feed(txn, &node->own);
	if (node->has_own)
		node->own_member = roster_feed(txn_roster(txn), node->own)->member;
	node->anchor_number = feed_anchor(txn, &anchor) ? anchor.number : 0;
	if (!node->loaded)
		guard_load(node, txn);
	for (uint32_t n = 0; n < node->feeds_count; n++)
		take(node, txn, (struct feed_no){n});
	for (uint32_t b = 0; b < frontier_blocks(&node->frontier); b++)
		frontier_set(&node->frontier, b, node->heads + b * FEED_BLOCK);
	rank_feeds(node, txn);
	find_quota(node, txn);
	if (txn_roster(txn)->founded) {
		node->in_force = roster_registrar(txn_roster(txn));
		peer_try_anchor(node, txn_roster(txn));
	}
	changed(node);
	peer_follow_roster(node, txn);
	node->plan_due = true;
	node->sharing_anew = true;
	node->review_due |= node->has_own && !had_own;
	return ERR_OK;
}

enum err feeds_follow(struct node *node, struct txn *txn)
{
	const struct roster *r = txn_roster(txn);
	bool same = r->size == node->roster_size && r->anchor_number == node->roster_anchor;
	return same ? ERR_OK : feeds_reload(node, txn);
}

enum err feeds_load(struct node *node)
{
	struct txn *txn;
	enum err e = txn_read(node->options.store, &txn);
	if (e)
		return e;
	e = feeds_reload(node, txn);
	txn_abort(txn);
	node->reload_due = e != ERR_OK;
	if (e)
		return e;
	node->loaded = true;
	guard_review(node);
	forks_review(node);
	return ERR_OK;
}

void feeds_free(struct node *node)
{
	for (uint32_t i = 0; i < node->feeds_cap; i++) {
		free(node->feeds[i].chain);
		for (struct intake *in = node->feeds[i].queue, *next; in; in = next) {
			next = in->next;
			intake_free(in);
		}
	}
	free(node->feeds);
	free(node->heads);
}
