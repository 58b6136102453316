/* SPDX-License-Identifier: Apache-2.0
 * liar.c: see liar.h. Which act comes next is drawn from the table; what it writes goes into its own store while its node
 * is stopped, or onto the links of one that has no node. */
#include "liar_int.h"

#include <stdlib.h>
#include <string.h>

#include "storage/own.h"
#include "storage/view.h"
#include "support/random.h"

#define ACTS_A_MOMENT 4u
#define WRITTEN_BYTES_MAX (2u << 20) /* well below what is taken of a feed in a day: that has its own tests */
#define WRITING (1u << LIAR_STATES | 1u << LIAR_SEALS | 1u << LIAR_USURPS)

static const struct {
	uint32_t habit;
	bool (*act)(struct liar *l);
	const char *text;
} acts[] = {
#define X(name, habit, function, text) {1u << LIAR_##habit, liar_##function, text},
        LIAR_ACTS(X)
#undef X
};

const char *liar_act_text(enum liar_act act)
{
	return acts[act].text;
}

uint64_t liar_below(struct liar *l, uint64_t bound)
{
	return random_below(&l->random, bound);
}

bool liar_chance(struct liar *l, uint32_t n)
{
	return liar_below(l, n) == 0;
}

void liar_fill(struct liar *l, void *out, size_t len)
{
	uint8_t *bytes = out;
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)liar_below(l, 256);
}

uint32_t liar_victim(struct liar *l)
{
	uint32_t chosen = NET_STRANGER, seen = 0;
	for (uint32_t i = 0; i < l->net->count; i++)
		if (i != l->options.index && l->net->nodes[i].node && liar_below(l, ++seen) == 0)
			chosen = i;
	return chosen;
}

struct store *liar_store(struct liar *l)
{
	uint32_t other = l->options.seat == LIAR_INSIDE ? l->options.index : liar_victim(l);
	return other == NET_STRANGER ? NULL : l->net->nodes[other].store;
}

bool liar_may_know(struct txn *txn, struct feed_no feed)
{
	struct feed_no own;
	return !own_feed(txn, &own) || own.n != feed.n;
}

bool liar_link_takes(const struct liar_link *k)
{
	return k->used && k->h.live && !k->h.closed && session_can_send(&k->h.session, SESSION_CONTROL);
}

struct liar_link *liar_some_link(struct liar *l)
{
	struct liar_link *chosen = NULL;
	uint32_t seen = 0;
	for (uint32_t i = 0; i < LIAR_LINKS; i++)
		if (liar_link_takes(&l->links[i]) && liar_below(l, ++seen) == 0)
			chosen = &l->links[i];
	return chosen;
}

/* Its link, if there is one, ends. */
static void hang_up(struct liar *l, struct hostile *h)
{
	for (uint32_t i = 0; i < l->net->links_count; i++)
		if (l->net->links[i].open && l->net->links[i].hostile == h)
			net_cut(l->net, i);
	if (!h->is_raw)
		session_deinit(&h->session);
	memset(h, 0, sizeof *h);
}

struct hostile *liar_intruder(struct liar *l)
{
	struct hostile *h = &l->intruders[liar_below(l, LIAR_INTRUDERS)];
	hang_up(l, h);
	return h;
}

/* What others say is known to it, kind by kind, opened where that store can open it. */
static void look_at(struct liar *l, struct txn *txn, struct place place)
{
	struct bytes_out scratch = bytes_out(l->scratch, sizeof l->scratch);
	struct entry_ref entry;
	struct statement s;
	if (feed_entry(txn, place, &entry) && entry.kind == KIND_CHANNEL_OPEN)
		liar_share_learn(l, place);
	if (!view_statement(txn, place, &scratch, &s))
		liar_remember(l, s.ref, s.kind);
}

static void look_around(struct liar *l, struct txn *txn)
{
	uint32_t left = LIAR_TAKEN_MAX;
	struct feed_info info;
	for (uint32_t n = 0; n < LIAR_OTHER; n++) {
		if (!feed_info(txn, (struct feed_no){n}, &info))
			return;
		bool may = n == l->own.n || liar_may_know(txn, (struct feed_no){n});
		for (; may && l->seen[n] < info.head.size && left > 0; l->seen[n]++, left--)
			look_at(l, txn, (struct place){.feed = {n}, .seq = l->seen[n]});
	}
}

static void learn_keys(struct liar *l, const struct roster *r)
{
	struct author *feeds = l->weave.authors.feeds;
	for (uint32_t n = 0; n < LIAR_OTHER && n < r->feeds_count; n++)
		feeds[n].keys.public = roster_feed(r, (struct feed_no){n})->keys;
	feeds[l->own.n].keys = l->net->nodes[l->options.index].keys;
	feeds[LIAR_OTHER].keys = l->net->nodes[l->options.index].keys;
}

static void learn_readers(struct liar *l, const struct roster *r)
{
	struct feed_no due[LIAR_DUE_MAX];
	struct member_no parties[2] = {roster_feed(r, l->own)->member};
	l->roster_size = r->size;
	for (uint32_t i = 0; i < LIAR_PARTNERS; i++) {
		parties[1].n = i + 1;
		const struct roster_readers ask = {
		        .author = l->own, .parties = parties, .parties_count = 2, .at = r->size};
		uint32_t count = roster_readers(r, &ask, due, LIAR_DUE_MAX);
		l->due[i].count = 0;
		for (uint32_t k = 0; k < count && k < LIAR_DUE_MAX; k++)
			if (due[k].n != l->own.n && due[k].n < LIAR_OTHER)
				l->due[i].feeds[l->due[i].count++] = due[k].n;
	}
}

/* Its feed may have an honest past. */
static void begin(struct liar *l, struct txn *txn)
{
	struct store *own = l->net->nodes[l->options.index].store;
	struct txn *past;
	if (own && l->options.seat == LIAR_OUTSIDE && !txn_read(own, &past)) {
		authors_take(&l->weave.authors, past, l->own.n);
		txn_abort(past);
	}
	authors_take(&l->weave.authors, txn, l->own.n);
	l->began = true;
}

static void refresh(struct liar *l)
{
	struct store *store = liar_store(l);
	struct txn *txn;
	struct feed_no no;
	if (!store || txn_read(store, &txn))
		return;
	const struct feed_id *id = &l->net->nodes[l->options.index].keys.public.feed;
	if (txn_find_feed(txn, id, &no) && no.n < LIAR_OTHER) {
		l->own = no;
		l->known = true;
		l->weave.authors.network = l->net->network;
		l->weave.authors.clock_ms =
		        liar_chance(l, 4) ? 1 : l->net->wall_ms; /* or as late as it was */
		learn_keys(l, txn_roster(txn));
		learn_readers(l, txn_roster(txn));
		if (!l->began)
			begin(l, txn);
		look_around(l, txn);
	}
	txn_abort(txn);
}

static void act(struct liar *l, uint32_t habits)
{
	uint32_t chosen = LIAR_ACT_KINDS, seen = 0;
	for (uint32_t i = 0; i < LIAR_ACT_KINDS; i++)
		if ((acts[i].habit & habits & l->options.habits) && liar_below(l, ++seen) == 0)
			chosen = i;
	if (chosen == LIAR_ACT_KINDS)
		return;
	l->branch = l->is_split && liar_chance(l, 2) ? LIAR_OTHER : l->own.n;
	if ((acts[chosen].habit & WRITING) && l->weave.authors.bytes > WRITTEN_BYTES_MAX)
		return;
	l->done[chosen] += acts[chosen].act(l);
	authors_sign(&l->weave.authors, l->branch);
}

static bool deliver(struct liar *l, struct txn *txn)
{
	struct authors *a = &l->weave.authors;
	struct feed_info info;
	if (!feed_info(txn, l->own, &info) || info.state != FEED_OPEN || info.is_staged)
		return false;
	authors_take(a, txn, l->own.n);
	if (a->feeds[l->own.n].entries_count != info.head.size)
		return false; /* its store went back */
	for (uint64_t n = 1 + liar_below(l, ACTS_A_MOMENT); n > 0; n--)
		act(l, LIAR_INSIDE_HABITS & ~(1u << LIAR_INTRUDES));
	while (authors_deliver(a, txn, l->own.n))
		;
	return true;
}

static void restart(struct net *net, uint32_t index)
{
	const struct dial registrar = net_dial(net, 0);
	net_start(net, index);
	if (net->dials)
		must(node_peer_add(net->nodes[index].node, &registrar) == ERR_OK);
}

/* As a command writes while no daemon runs. */
static void live_inside(struct liar *l)
{
	struct net *net = l->net;
	struct txn *txn;
	act(l, 1u << LIAR_INTRUDES);
	if (!net->nodes[l->options.index].node)
		return;
	net_crash(net, l->options.index);
	net_open(net, l->options.index);
	must(txn_write(net->nodes[l->options.index].store, &txn) == ERR_OK);
	if (deliver(l, txn))
		must(txn_commit(txn) == ERR_OK);
	else
		txn_abort(txn);
	restart(net, l->options.index);
}

/* What it says first: mostly what somebody said before. */
static void greet(struct liar *l, struct liar_link *k)
{
	struct store *store = liar_store(l);
	struct txn *txn;
	struct feed_no no;
	struct feed_info info;
	const struct feed_id *id = &l->net->nodes[k->victim].keys.public.feed;
	k->h.hello.registrar = l->old_registrar;
	k->h.hello.fingerprints = BYTES(l->old_fingerprints, l->old_fingerprints_bytes);
	if (!store || liar_chance(l, 3) || txn_read(store, &txn))
		return;
	if (txn_find_feed(txn, id, &no) && liar_may_know(txn, no) && feed_info(txn, no, &info) &&
	        info.head.size > 0)
		(void)feed_checkpoint(
		        txn, no, 1 + liar_below(l, info.head.size), &k->h.hello.yours); /* an old head */
	txn_abort(txn);
}

static struct liar_link *new_link(struct liar *l, uint32_t victim)
{
	struct liar_link *k = NULL;
	for (uint32_t i = 0; i < LIAR_LINKS; i++) {
		if (l->links[i].used && l->links[i].victim == victim)
			return NULL;
		if (!l->links[i].used)
			k = &l->links[i];
	}
	if (!k)
		return NULL;
	memset(k, 0, sizeof *k);
	hostile_init(&k->h, l->net, l->options.index);
	k->h.on_message = liar_hears;
	k->h.context = k;
	k->liar = l;
	k->used = true;
	k->victim = victim;
	k->branch = l->is_split && liar_chance(l, 2) ? LIAR_OTHER : l->own.n;
	greet(l, k);
	return k;
}

static void meet(struct liar *l)
{
	uint32_t victim = liar_victim(l);
	struct liar_link *k = victim == NET_STRANGER ? NULL : new_link(l, victim);
	if (k)
		(void)hostile_meet(&k->h, l->net, victim, LINK_ACCEPTED);
}

static void drop(struct liar *l, struct liar_link *k)
{
	hang_up(l, &k->h);
	k->used = false;
}

static void live_outside(struct liar *l)
{
	for (uint32_t i = 0; i < LIAR_LINKS; i++)
		if (l->links[i].used && l->links[i].h.closed)
			drop(l, &l->links[i]);
	if (liar_chance(l, 2))
		meet(l);
	for (uint64_t n = 1 + liar_below(l, ACTS_A_MOMENT); n > 0; n--)
		act(l, LIAR_ALL);
	for (uint32_t i = 0; i < LIAR_LINKS; i++) {
		struct liar_link *k = &l->links[i];
		if (!liar_link_takes(k))
			continue;
		liar_offer(l, k);
		liar_pump(l, k);
	}
}

uint64_t liar_tick(struct liar *l)
{
	if (l->net->steady_ms < l->due_ms)
		return l->due_ms;
	l->due_ms = l->net->steady_ms + 1 + liar_below(l, 2 * l->options.pace_ms);
	if (!l->calm)
		refresh(l);
	if (l->known && !l->calm) {
		if (l->options.seat == LIAR_INSIDE)
			live_inside(l);
		else
			live_outside(l);
	}
	return l->due_ms;
}

struct liar *liar_new(struct net *net, const struct liar_options *options)
{
	struct liar *l = calloc(1, sizeof *l);
	struct seed seed;
	must(l && options->pace_ms > 0);
	l->net = net;
	l->options = *options;
	l->random = options->seed;
	l->weave.random = options->seed ^ 1;
	l->weave.authors.random = options->seed ^ 2;
	for (uint32_t n = 0; n < AUTHORS_FEEDS_MAX; n++)
		tree_init(&l->weave.authors.feeds[n].tree);
	liar_fill(l, seed.bytes, sizeof seed.bytes);
	keys_derive(&seed, &l->stranger);
	l->old_registrar = (struct head){.root = hash_of(BYTES(NULL, 0))};
	return l;
}

void liar_calm(struct liar *l)
{
	l->calm = true;
	for (uint32_t i = 0; i < LIAR_LINKS; i++)
		l->links[i].manner = MEAN;
}

void liar_free(struct liar *l)
{
	if (!l)
		return;
	for (uint32_t i = 0; i < LIAR_LINKS; i++)
		if (l->links[i].used)
			drop(l, &l->links[i]);
	for (uint32_t i = 0; i < LIAR_INTRUDERS; i++)
		hang_up(l, &l->intruders[i]);
	weave_deinit(&l->weave);
	free(l);
}

struct hostile *liar_dialled(struct liar *l, uint32_t index)
{
	bool answers = l->options.seat == LIAR_OUTSIDE && l->known && !l->calm && !liar_chance(l, 4);
	struct liar_link *k = answers ? new_link(l, index) : NULL;
	if (k)
		hostile_answer(&k->h, l->net);
	return k ? &k->h : NULL;
}

uint32_t liar_index(const struct liar *l)
{
	return l->options.index;
}

uint64_t liar_done(const struct liar *l, enum liar_act act)
{
	return l->done[act];
}

uint64_t liar_done_in_all(const struct liar *l)
{
	uint64_t all = 0;
	for (uint32_t i = 0; i < LIAR_ACT_KINDS; i++)
		all += l->done[i];
	return all;
}

/* What one store holds of the feed, as its tree was at that size. */
static bool root_at(struct txn *txn, struct feed_no feed, uint64_t size, struct hash *out)
{
	struct tree tree;
	if (!feed_tree_at(txn, feed, size, &tree))
		return false;
	*out = tree_root(&tree);
	return true;
}

static bool differ(struct store *a, struct store *b, struct feed_no feed)
{
	struct txn *one, *two;
	struct feed_info first, second;
	struct hash x, y;
	must(txn_read(a, &one) == ERR_OK && txn_read(b, &two) == ERR_OK);
	bool differs = feed_info(one, feed, &first) && feed_info(two, feed, &second);
	uint64_t size = differs && first.head.size < second.head.size ? first.head.size : second.head.size;
	differs = differs && size > 0 && root_at(one, feed, size, &x) && root_at(two, feed, size, &y) &&
	          !hash_equal(&x, &y);
	txn_abort(one);
	txn_abort(two);
	return differs;
}

static bool knows_proof(struct store *store, struct feed_no feed)
{
	struct txn *txn;
	struct fork fork;
	must(txn_read(store, &txn) == ERR_OK);
	bool known = feed_fork(txn, feed, &fork);
	txn_abort(txn);
	return known;
}

bool liar_is_exposed(struct net *net, struct feed_no feed, const uint32_t *nodes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct store *one = net->nodes[nodes[i]].store;
		if (knows_proof(one, feed))
			return true;
		for (uint32_t k = 0; k < i; k++)
			if (differ(one, net->nodes[nodes[k]].store, feed))
				return true;
	}
	return false;
}
