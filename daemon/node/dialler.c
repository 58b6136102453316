/* SPDX-License-Identifier: Apache-2.0
 * dialler.c: whom to dial and when. Targets come from the roster (node.address entries) and from people; a few links at
 * a time, the rest by chance; what fails is tried again later, doubling, with jitter. Who dials us is not dialled. */
#include <string.h>

#include "ledger/address.h"
#include "ledger/kinds.h"
#include "node_int.h"
#include "storage/view.h"

#define TARGETS_INTERVAL_MS 60000u

static struct target *find(struct node *node, const uint8_t link_key[32])
{
	for (uint32_t i = 0; i < node->targets_count; i++)
		if (!memcmp(node->targets[i].dial.link_key, link_key, 32))
			return &node->targets[i];
	return NULL;
}

static struct target *add(struct node *node, const struct dial *dial)
{
	struct target *t = find(node, dial->link_key);
	if (!t && node->targets_count == TARGETS_MAX)
		return NULL;
	if (!t) {
		t = &node->targets[node->targets_count++];
		*t = (struct target){.delay_ms = REDIAL_MIN_MS};
	}
	t->dial = *dial;
	return t;
}

enum err node_peer_add(struct node *node, const struct dial *dial)
{
	struct target *t = add(node, dial);
	if (!t)
		return ERR_TOO_MANY;
	t->configured = true;
	t->due_ms = node->now.steady_ms;
	t->delay_ms = REDIAL_MIN_MS;
	return ERR_OK;
}

void node_peer_remove(struct node *node, const uint8_t link_key[32])
{
	struct target *t = find(node, link_key);
	if (t)
		*t = node->targets[--node->targets_count];
}

static bool is_linked(const struct node *node, const uint8_t link_key[32])
{
	for (const struct peer *p = node->peers; p; p = p->next)
		if (p->state != PEER_CLOSING && !memcmp(p->link_key, link_key, 32))
			return true;
	return false;
}

static void add_addresses(struct node *node, const struct roster_feed *feed, struct bytes body)
{
	struct address_list list;
	struct dial dial;
	if (address_unpack(body, &list) || list.count == 0 || list.items[0].len >= sizeof dial.address)
		return;
	memcpy(dial.address, list.items[0].data, list.items[0].len);
	dial.address[list.items[0].len] = 0;
	memcpy(dial.link_key, feed->keys.link, sizeof dial.link_key);
	(void)add(node, &dial);
}

/* Each member's newest addresses. */
static void load_targets(struct node *node)
{
	struct txn *txn;
	if (txn_read(node->options.store, &txn))
		return;
	const struct roster *r = txn_roster(txn);
	for (uint32_t m = 0; m < r->members_count; m++) {
		const struct view_said which = {.member = {m}, .kind = KIND_NODE_ADDRESS};
		struct view_at at = {0};
		struct entry_ref entry;
		if (!view_said_next(txn, &which, VIEW_NEWEST_FIRST, &at, &entry))
			continue;
		const struct roster_feed *feed = roster_feed(r, entry.place.feed);
		if (feed && !(node->has_own && entry.place.feed.n == node->own.n))
			add_addresses(node, feed, entry.payload);
	}
	txn_abort(txn);
}

/* Who only knocks is no link: else a few strangers could keep us from dialling anybody. */
static uint32_t count_links(const struct node *node)
{
	uint32_t count = 0;
	for (const struct peer *p = node->peers; p; p = p->next)
		count += peer_is_live(p) || (p->side == LINK_DIALLED && p->state != PEER_CLOSING);
	for (uint32_t i = 0; i < node->targets_count; i++)
		count += node->targets[i].dialling;
	return count;
}

void dialler_tick(struct node *node, uint64_t *next_ms)
{
	if (node->stopping)
		return;
	if (node->now.steady_ms >= node->targets_due_ms) {
		load_targets(node);
		node->targets_due_ms = node->now.steady_ms + TARGETS_INTERVAL_MS;
	}
	if (*next_ms > node->targets_due_ms)
		*next_ms = node->targets_due_ms;
	bool wants_more = count_links(node) < LINKS_TARGET;
	for (uint32_t i = 0; i < node->targets_count; i++) {
		const struct target *t = &node->targets[i];
		if (!t->dialling && t->due_ms < *next_ms && (t->configured || wants_more) &&
		        !is_linked(node, t->dial.link_key))
			*next_ms = t->due_ms;
	}
}

static bool is_due(const struct node *node, const struct target *t)
{
	return !t->dialling && t->due_ms <= node->now.steady_ms && !is_linked(node, t->dial.link_key);
}

/* Those a person named first; of the others one by chance. */
static struct target *choose(struct node *node)
{
	struct target *chosen = NULL;
	uint32_t due = 0;
	for (uint32_t i = 0; i < node->targets_count; i++) {
		struct target *t = &node->targets[i];
		if (!is_due(node, t))
			continue;
		if (t->configured)
			return t;
		if (drbg_below(&node->random, ++due) == 0)
			chosen = t;
	}
	return count_links(node) < LINKS_TARGET ? chosen : NULL;
}

static void postpone(struct node *node, struct target *t, uint64_t ms)
{
	t->due_ms = node->now.steady_ms + node_jitter(node, ms);
	t->delay_ms = t->delay_ms * 2 < REDIAL_MAX_MS ? t->delay_ms * 2 : REDIAL_MAX_MS;
}

bool node_next_dial(struct node *node, struct dial *out)
{
	struct target *t = node->stopping ? NULL : choose(node);
	if (!t)
		return false;
	t->dialling = true;
	*out = t->dial;
	return true;
}

void node_dial_failed(struct node *node, const struct dial *dial)
{
	struct target *t = find(node, dial->link_key);
	if (!t)
		return;
	t->dialling = false;
	postpone(node, t, t->delay_ms);
}

void dialler_opened(struct node *node, const uint8_t link_key[32])
{
	struct target *t = find(node, link_key);
	if (!t)
		return;
	t->dialling = false;
	postpone(
	        node, t, t->delay_ms); /* a link that comes to nothing is not dialled again while it closes */
}

void dialler_now(struct node *node, const uint8_t link_key[32])
{
	struct target *t = find(node, link_key);
	if (!t)
		return;
	t->delay_ms = REDIAL_MIN_MS;
	t->due_ms =
	        node->now.steady_ms + 1; /* not yet due, so that the end of this link does not postpone it */
}

void dialler_live(struct node *node, const uint8_t link_key[32])
{
	struct target *t = find(node, link_key);
	if (t)
		t->delay_ms = REDIAL_MIN_MS;
}

void dialler_closed(struct node *node, const uint8_t link_key[32])
{
	struct target *t = find(node, link_key);
	if (t && t->due_ms <= node->now.steady_ms)
		postpone(node, t, t->delay_ms);
}

void dialler_postpone(struct node *node, const uint8_t link_key[32], enum dial_end end)
{
	struct target *t = find(node, link_key);
	if (t)
		postpone(node, t, end == DIAL_AFTER_FAULT ? PEER_FAULT_BACKOFF_MS : t->delay_ms);
}
