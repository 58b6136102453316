/* SPDX-License-Identifier: Apache-2.0
 * dialler.c: whom to dial and when. Targets come from people and invites, and from the roster's node.address entries. A
 * few links at a time: one to the registrar or a witness, the others to partners and to members by chance, one of which
 * is given up for another now and then, so that nobody can choose all our links for us. What fails is tried again later,
 * doubling, with jitter, at its next address. Who dials us is not dialled. */
#include <string.h>

#include "ledger/address.h"
#include "ledger/kinds.h"
#include "node_int.h"
#include "storage/view.h"

#define TARGETS_INTERVAL_MS 60000u

static struct target *find(struct node *node, const uint8_t link_key[32])
{
	for (uint32_t i = 0; i < node->targets_count; i++)
		if (!memcmp(node->targets[i].link_key, link_key, 32))
			return &node->targets[i];
	return NULL;
}

static bool is_linked(const struct node *node, const uint8_t link_key[32])
{
	for (const struct peer *p = node->peers; p; p = p->next)
		if (p->state != PEER_CLOSING && !memcmp(p->link_key, link_key, 32))
			return true;
	return false;
}

static bool is_idle(const struct node *node, const struct target *t)
{
	return !t->dialling && !is_linked(node, t->link_key);
}

/* A place in the table: a new one, or, when it is full, that of some member whom we do not need now. */
static struct target *place(struct node *node)
{
	struct target *chosen = NULL;
	uint32_t seen = 0;
	if (node->targets_count < DIAL_TARGETS_MAX)
		return &node->targets[node->targets_count++];
	for (uint32_t i = 0; i < node->targets_count; i++) {
		struct target *t = &node->targets[i];
		if (!t->configured && t->rank == RANK_REST && is_idle(node, t) &&
		        drbg_below(&node->random, ++seen) == 0)
			chosen = t;
	}
	return chosen;
}

static struct target *add_target(struct node *node, const uint8_t link_key[32])
{
	struct target *t = find(node, link_key);
	if (t)
		return t;
	t = place(node);
	if (!t)
		return NULL;
	*t = (struct target){.rank = RANK_REST, .delay_ms = REDIAL_MIN_MS};
	memcpy(t->link_key, link_key, sizeof t->link_key);
	return t;
}

static void set_address(char out[ADDRESS_BYTES_MAX], struct bytes address)
{
	memcpy(out, address.data, address.len);
	out[address.len] = 0;
}

/* The newest known comes first in line; of too many the oldest is forgotten. */
static void add_address(struct target *t, struct bytes address)
{
	for (uint32_t i = 0; i < t->addresses_count; i++)
		if (bytes_equal(bytes_text(t->addresses[i]), address))
			return;
	if (address.len == 0 || address.len >= ADDRESS_BYTES_MAX)
		return;
	if (t->addresses_count == NODE_ADDRESSES_MAX)
		t->addresses_count--;
	memmove(t->addresses[1], t->addresses[0], t->addresses_count * sizeof t->addresses[0]);
	set_address(t->addresses[0], address);
	t->addresses_count++;
	t->address = 0;
}

enum err dialler_add(struct node *node, const struct dial *dial)
{
	if (!memcmp(dial->link_key, node->options.keys->public.link, sizeof dial->link_key))
		return ERR_EXISTS;
	struct target *t = add_target(node, dial->link_key);
	if (!t)
		return ERR_TOO_MANY;
	add_address(t, bytes_text(dial->address));
	t->configured = true;
	t->due_ms = node->now.steady_ms;
	t->delay_ms = REDIAL_MIN_MS;
	return ERR_OK;
}

enum err node_peer_add(struct node *node, const struct dial *dial)
{
	return dialler_add(node, dial);
}

void node_peer_remove(struct node *node, const uint8_t link_key[32])
{
	struct target *t = find(node, link_key);
	if (t)
		*t = node->targets[--node->targets_count];
}

static void add_listed(
        struct node *node, const struct roster_feed *feed, enum feed_rank rank, struct bytes body)
{
	struct address_list list;
	if (address_unpack(body, &list) || list.count == 0)
		return;
	struct target *t = add_target(node, feed->keys.link);
	if (!t)
		return;
	for (uint32_t i = list.count; i > 0; i--)
		add_address(t, list.items[i - 1]);
	t->listed = true;
	t->rank = rank;
}

static void add_member(struct node *node, struct txn *txn, struct member_no member)
{
	const struct roster *r = txn_roster(txn);
	const struct view_said which = {.member = member, .kind = KIND_NODE_ADDRESS};
	struct view_at at = {0};
	struct entry_ref entry;
	if (roster_member(r, member)->state == MEMBER_LEFT)
		return;
	if (!view_said_next(txn, &which, VIEW_NEWEST_FIRST, &at, &entry))
		return;
	const struct roster_feed *feed = roster_feed(r, entry.place.feed);
	if (feed && !feed->is_cut && !feeds_is_own(node, entry.place.feed))
		add_listed(node, feed, node->feeds[entry.place.feed.n].rank, entry.payload);
}

/* Each member's newest addresses; who is no longer listed is no longer dialled. */
static void load_targets(struct node *node)
{
	struct txn *txn;
	if (txn_read(node->options.store, &txn))
		return;
	for (uint32_t i = 0; i < node->targets_count; i++)
		node->targets[i].listed = false;
	uint32_t members = txn_roster(txn)->members_count;
	for (uint32_t m = 0; m < members && txn_roster(txn)->feeds_count <= node->feeds_count; m++)
		add_member(node, txn, (struct member_no){m});
	txn_abort(txn);
	for (uint32_t i = node->targets_count; i > 0; i--) {
		struct target *t = &node->targets[i - 1];
		if (!t->listed && !t->configured && !t->dialling)
			*t = node->targets[--node->targets_count];
	}
}

static bool is_due(const struct node *node, const struct target *t)
{
	return t->addresses_count > 0 && t->due_ms <= node->now.steady_ms && is_idle(node, t);
}

struct links_count {
	uint32_t all, witnesses;
};

/* Who only knocks is no link: else a few strangers could keep us from dialling anybody. */
static struct links_count count_links(const struct node *node)
{
	struct links_count n = {0, 0};
	for (const struct peer *p = node->peers; p; p = p->next) {
		if (!peer_is_live(p) && (p->side == LINK_ACCEPTED || p->state == PEER_CLOSING))
			continue;
		n.all++;
		n.witnesses += p->has_feed && p->feed.n < node->feeds_count &&
		               node->feeds[p->feed.n].rank == RANK_WITNESS;
	}
	for (uint32_t i = 0; i < node->targets_count; i++) {
		n.all += node->targets[i].dialling;
		n.witnesses += node->targets[i].dialling && node->targets[i].rank == RANK_WITNESS;
	}
	return n;
}

/* One by chance, of those of a rank up to LAST; NULL: none is due. */
static struct target *draw(struct node *node, enum feed_rank last)
{
	struct target *chosen = NULL;
	uint32_t due = 0;
	for (uint32_t i = 0; i < node->targets_count; i++) {
		struct target *t = &node->targets[i];
		if (t->rank <= last && is_due(node, t) && drbg_below(&node->random, ++due) == 0)
			chosen = t;
	}
	return chosen;
}

static struct target *choose(struct node *node)
{
	const struct links_count links = count_links(node);
	for (uint32_t i = 0; i < node->targets_count; i++)
		if (node->targets[i].configured && is_due(node, &node->targets[i]))
			return &node->targets[i];
	struct target *t = links.witnesses == 0 ? draw(node, RANK_WITNESS) : NULL;
	if (t || links.all >= LINKS_TARGET)
		return t;
	if (drbg_below(&node->random, 2) == 0)
		t = draw(node, RANK_PARTNER);
	return t ? t : draw(node, RANK_REST);
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
	memcpy(out->link_key, t->link_key, sizeof out->link_key);
	memcpy(out->address, t->addresses[t->address % t->addresses_count], sizeof out->address);
	return true;
}

void node_dial_failed(struct node *node, const struct dial *dial)
{
	struct target *t = find(node, dial->link_key);
	if (!t)
		return;
	t->dialling = false;
	t->address++;
	if (t->addresses_count > 0 && t->address % t->addresses_count > 0)
		t->due_ms =
		        node->now.steady_ms; /* its next address at once, and when all were tried, later */
	else
		postpone(node, t, t->delay_ms);
}

/* A link that comes to nothing is not dialled again while it closes, and the next time elsewhere. */
void dialler_opened(struct node *node, const uint8_t link_key[32])
{
	struct target *t = find(node, link_key);
	if (!t)
		return;
	t->dialling = false;
	t->dialled = t->address++;
	postpone(node, t, t->delay_ms);
}

void dialler_now(struct node *node, const uint8_t link_key[32])
{
	struct target *t = find(node, link_key);
	if (!t)
		return;
	t->address = t->dialled;
	t->delay_ms = REDIAL_MIN_MS;
	t->due_ms = node->now.steady_ms + 1; /* so that the end of this link does not postpone it */
}

void dialler_live(struct node *node, const uint8_t link_key[32])
{
	struct target *t = find(node, link_key);
	if (!t)
		return;
	t->address = t->dialled;
	t->delay_ms = REDIAL_MIN_MS;
}

void dialler_closed(struct node *node, const uint8_t link_key[32])
{
	struct target *t = find(node, link_key);
	if (t && t->due_ms <= node->now.steady_ms)
		postpone(node, t, t->delay_ms);
	if (count_links(node).all == 0)
		node->targets_due_ms = node->now.steady_ms; /* whom the roster names by now */
}

void dialler_after_fault(struct node *node, const uint8_t link_key[32])
{
	struct target *t = find(node, link_key);
	if (t)
		postpone(node, t, PEER_FAULT_BACKOFF_MS);
}

/* Give up one link that we dialled by chance, when there is somebody else. */
static void change_one(struct node *node)
{
	struct peer *chosen = NULL;
	uint32_t seen = 0;
	if (count_links(node).all < LINKS_TARGET || !draw(node, RANK_REST))
		return;
	for (struct peer *p = node->peers; p; p = p->next) {
		const struct target *t = find(node, p->link_key);
		bool by_chance = t && !t->configured && t->rank == RANK_REST && p->side == LINK_DIALLED;
		bool old = node->now.steady_ms - p->opened_ms >= LINKS_CHANGE_MS / 2;
		if (p->state == PEER_IN_STEP && by_chance && old && drbg_below(&node->random, ++seen) == 0)
			chosen = p;
	}
	if (!chosen)
		return;
	postpone(node, find(node, chosen->link_key), LINKS_CHANGE_MS);
	peer_bye(node, chosen, BYE_DONE, "links are changed now and then");
}

void dialler_tick(struct node *node, uint64_t *next_ms)
{
	uint64_t now = node->now.steady_ms;
	if (node->stopping)
		return;
	if (now >= node->targets_due_ms) {
		load_targets(node);
		node->targets_due_ms = now + TARGETS_INTERVAL_MS;
	}
	if (now >= node->change_due_ms) {
		if (node->change_due_ms)
			change_one(node);
		node->change_due_ms = now + node_jitter(node, LINKS_CHANGE_MS);
	}
	if (*next_ms > node->targets_due_ms)
		*next_ms = node->targets_due_ms;
	/* what is due already is dialled by who calls this, as soon as there is room for it */
	for (uint32_t i = 0; i < node->targets_count; i++) {
		const struct target *t = &node->targets[i];
		if (t->due_ms > now && t->due_ms < *next_ms && is_idle(node, t))
			*next_ms = t->due_ms;
	}
}
