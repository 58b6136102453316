/* SPDX-License-Identifier: Apache-2.0
 * store_cut.c: a cutoff's effect is the same on every node, whatever it held before. Random networks in which one feed has
 * two histories: nodes held some of the one, of the other, or nothing; knew of the fork or not; and then were given all
 * the rest, cutoffs among it, by whoever held whichever branch. In the end they have the same rows, and what they held
 * before is there still: it counts, or it is set aside.
 * store_cut [NETWORKS [NODES [SEED]]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/aside.h"
#include "storage/own.h"
#include "storage/verify.h"
#include "storage/view.h"
#include "support/homes.h"
#include "support/random.h"
#include "support/weave.h"

#define SECOND 40u /* the author of the second history */
#define HELD_MAX 4096u

struct world {
	struct weave weave;
	uint32_t feed; /* with two histories */
	uint64_t common;
	uint64_t before; /* entries of the registrar in force before its decisions */
	struct fork fork;
};

struct node {
	struct world *world;
	uint64_t random;
	uint32_t branch; /* which author's history it held */
	struct home_dir home;
	struct store *store;
	struct reference held[HELD_MAX];
	uint32_t held_count;
};

static struct totals {
	uint64_t nodes, aside, restaged, kept, decisions, opened;
} totals;

/* Every row into one hash. */
static bool hash_row(void *context, const char *table, struct bytes key, struct bytes value)
{
	struct hash *h = context;
	uint8_t lengths[8];
	struct bytes_out o = bytes_out(lengths, sizeof lengths);
	bytes_put_u32(&o, (uint32_t)key.len);
	bytes_put_u32(&o, (uint32_t)value.len);
	*h = hash_of2(BYTES_OF(h->bytes), bytes_text(table));
	*h = hash_of2(BYTES_OF(h->bytes), BYTES_OF(lengths));
	*h = hash_of2(BYTES_OF(h->bytes), key);
	*h = hash_of2(BYTES_OF(h->bytes), value);
	return true;
}

static void say_on_second(struct weave *w, uint32_t feed)
{
	static const uint16_t kinds[] = {KIND_TRADE_OFFER, KIND_TRADE_ACCEPT, KIND_TRADE_DISPUTE,
	        KIND_PAYMENT_RECORD, KIND_PAYMENT_CONFIRM, KIND_PARTNERSHIP_OFFER, KIND_BALANCE_CLOSE};
	const uint32_t readers[] = {0, 1, 2, WEAVE_AUDITOR};
	struct author *second = &w->authors.feeds[SECOND];
	if (weave_chance(w, 5)) {
		weave_body(w, feed, KIND_RAT_ATTEST);
		(void)authors_say(&w->authors, SECOND, KIND_RAT_ATTEST);
		return;
	}
	if (second->channels_count == 0 || weave_chance(w, 8))
		(void)authors_channel(&w->authors, SECOND, w->authors.feeds[0].entries_count, readers, 4);
	uint16_t kind = kinds[weave_below(w, sizeof kinds / sizeof kinds[0])];
	weave_body(w, feed, kind);
	(void)authors_seal(&w->authors, SECOND, weave_below(w, second->channels_count), kind);
	if (weave_chance(w, 3))
		authors_sign(&w->authors, SECOND);
}

/* Others answer what stands on either branch. */
static void answer(struct weave *w, uint32_t feed)
{
	static const uint16_t kinds[] = {KIND_TRADE_ACCEPT, KIND_PAYMENT_CONFIRM, KIND_TRADE_DISPUTE};
	uint32_t author = weave_chance(w, 2) ? SECOND : feed, other = 1 + weave_below(w, WEAVE_FEEDS - 1);
	const struct author *on = &w->authors.feeds[author];
	if (other == feed || on->entries_count == 0 || w->authors.feeds[other].channels_count == 0)
		return;
	w->has_target = true;
	w->target = authors_reference(&w->authors, author, weave_below(w, (uint32_t)on->entries_count));
	w->target.place.feed.n = feed;
	uint16_t kind = kinds[weave_below(w, 3)];
	weave_body(w, other, kind);
	w->has_target = false;
	(void)authors_seal(&w->authors, other, weave_below(w, w->authors.feeds[other].channels_count), kind);
	authors_sign(&w->authors, other);
}

static bool choose_feed(struct world *world)
{
	struct weave *w = &world->weave;
	uint32_t from = weave_below(w, WEAVE_FEEDS);
	for (uint32_t i = 0; i < WEAVE_FEEDS; i++) {
		uint32_t feed = (from + i) % WEAVE_FEEDS;
		if (feed == 0 || feed == w->authors.registrar || w->cut[feed] || w->forked[feed] ||
		        w->authors.feeds[feed].entries_count < 3)
			continue;
		world->feed = feed;
		return true;
	}
	return false;
}

/* Two heads just behind the parting. */
static void make_fork(struct world *world)
{
	struct authors *a = &world->weave.authors;
	const struct author *f = &a->feeds[world->feed];
	uint64_t size = world->common + 1;
	struct checkpoint x = {.head = authors_head(a, world->feed, size)},
	                  y = {.head = authors_head(a, SECOND, size)};
	struct proof none = {0};
	checkpoint_sign(&a->network, &f->keys.public.feed, f->keys.feed, &x.head, x.signature);
	checkpoint_sign(&a->network, &f->keys.public.feed, f->keys.feed, &y.head, y.signature);
	must(fork_build(&a->network, &f->keys.public.feed, &x, &y, &none, &world->fork) == ERR_OK);
}

static void publish(struct world *world, uint32_t feed)
{
	fork_pack(authors_body(&world->weave.authors), &world->fork);
	(void)authors_say(&world->weave.authors, feed, KIND_FORK_PROOF);
	authors_sign(&world->weave.authors, feed);
}

static void cut(struct world *world)
{
	struct authors *a = &world->weave.authors;
	uint32_t author = weave_chance(&world->weave, 2) ? SECOND : world->feed;
	uint64_t size = weave_below(&world->weave, (uint32_t)a->feeds[author].entries_count + 1);
	struct roster_cut c = {.feed = {world->feed}, .head = authors_head(a, author, size)};
	roster_body_cut_pack(authors_body(a), &c);
	(void)authors_say(a, a->registrar, KIND_FEED_CUT);
	authors_sign(a, a->registrar);
	totals.decisions++;
}

/* Some cutoffs one after the other, lifted in between or proven, the last of which stays. */
static void decide(struct world *world)
{
	struct weave *w = &world->weave;
	uint32_t changes = weave_below(w, 3);
	for (uint32_t i = 0; i < changes; i++) {
		cut(world);
		if (weave_chance(w, 3))
			authors_resolve(&w->authors, world->feed);
		if (weave_chance(w, 4))
			publish(world, w->authors.registrar);
	}
	cut(world);
}

static bool make_world(struct world *world, uint64_t seed)
{
	struct weave *w = &world->weave;
	weave_init(w, seed, 20 + (uint32_t)(seed * 37 % 120));
	if (!choose_feed(world))
		return false;
	uint64_t count = w->authors.feeds[world->feed].entries_count;
	world->common = weave_below(w, (uint32_t)count);
	authors_branch(&w->authors, world->feed, SECOND, world->common);
	for (uint32_t i = 2 + weave_below(w, 30); i > 0; i--)
		say_on_second(w, world->feed);
	authors_sign(&w->authors, SECOND);
	for (uint32_t i = 0; i < 12; i++)
		answer(w, world->feed);
	make_fork(world);
	if (weave_chance(w, 2))
		publish(world, world->feed == 1 ? 2 : 1);
	world->before = w->authors.feeds[w->authors.registrar].entries_count;
	decide(world);
	return true;
}

/* The next run as its author's node would serve it, checked as a node checks it. False: it is not taken. */
static bool give(struct node *n, struct txn *txn, uint32_t author)
{
	static struct run_effect effect;
	struct run_item items[RUN_ENTRIES_MAX];
	const struct author *f = &n->world->weave.authors.feeds[author];
	struct feed_no no = {n->world->feed};
	struct feed_info info;
	struct tree tree;
	uint64_t last_time_ms, end = 0;
	uint32_t i = 0;
	if (!feed_info(txn, no, &info) || !feed_base(txn, no, &tree, &last_time_ms))
		return false;
	while (i < f->ends_count && (end = f->ends[i]) <= info.next)
		i++;
	bool cut = info.state == FEED_CUT;
	if (end <= info.next || (cut && info.next >= info.cutoff.size))
		return false;
	bool ends = cut && end >= info.cutoff.size;
	end = ends ? info.cutoff.size : end;
	struct run run = {.feed = f->keys.public.feed, .from = info.next, .items = items};
	run.count = (uint32_t)(end - info.next);
	for (uint32_t k = 0; k < run.count; k++)
		items[k] = f->entries[run.from + k].item;
	if (!ends)
		memcpy(run.signature, f->signatures[i], sizeof run.signature);
	struct run_base base = {.tree = &tree};
	enum err e = ends ? run_extend(&run, &base, &effect)
	                  : run_verify(&n->world->weave.authors.network, &run, &base, &effect);
	if (e == ERR_OK && run.items[0].time_ms < last_time_ms)
		e = ERR_BAD_ROOT;
	if (e == ERR_OK)
		e = feed_accept(txn, no, &run, &effect);
	if (e == ERR_BAD_ROOT && cut && info.next > 0) {
		must(feed_restage(txn, no) == ERR_OK);
		totals.restaged++;
	}
	return e == ERR_OK;
}

static bool give_other(struct node *n, struct txn *txn)
{
	uint32_t from = (uint32_t)random_below(&n->random, WEAVE_FEEDS);
	for (uint32_t i = 0; i < WEAVE_FEEDS; i++) {
		uint32_t feed = (from + i) % WEAVE_FEEDS;
		if (feed != n->world->feed && authors_deliver(&n->world->weave.authors, txn, feed))
			return true;
	}
	return false;
}

static bool give_anchor(struct node *n, struct txn *txn)
{
	struct anchor known;
	if (!n->world->weave.has_anchor || !txn_roster(txn)->founded || feed_anchor(txn, &known))
		return false;
	must(feed_anchor_accept(txn, &n->world->weave.anchor) == ERR_OK);
	return true;
}

/* The registrar's decisions are kept back. */
static bool is_early(const struct node *n, struct txn *txn)
{
	struct feed_info info;
	struct feed_no registrar = {n->world->weave.authors.registrar};
	return !feed_info(txn, registrar, &info) || info.head.size + 1 < n->world->before;
}

static void remember(struct node *n, struct txn *txn)
{
	struct entry_ref entry;
	struct place place = {.feed = {n->world->feed}, .seq = 0};
	for (; feed_entry(txn, place, &entry) && n->held_count < HELD_MAX; place.seq++)
		n->held[n->held_count++] = feed_reference(&entry);
}

static uint32_t other_branch(const struct node *n)
{
	return n->branch == SECOND ? n->world->feed : SECOND;
}

/* What it came to hold before anybody decided. */
static void live_before(struct node *n)
{
	struct txn *txn;
	uint64_t steps = random_below(&n->random, 300);
	must(txn_write(n->store, &txn) == ERR_OK);
	for (uint64_t i = 0; i < steps && (i < 3 || is_early(n, txn)); i++) {
		if (random_below(&n->random, 40) == 0)
			(void)give_anchor(n, txn);
		if (!give_other(n, txn) || random_below(&n->random, 3) == 0)
			(void)give(n, txn, n->branch);
	}
	for (uint64_t i = random_below(&n->random, 20); i > 0; i--)
		(void)give(n, txn, n->branch);
	struct feed_no known;
	if (random_below(&n->random, 3) == 0 && txn_find_feed(txn, &n->world->fork.feed, &known))
		must(feed_hold(txn, &n->world->fork) == ERR_OK);
	remember(n, txn);
	must(txn_commit(txn) == ERR_OK);
}

static bool is_settled(struct node *n, struct txn *txn)
{
	struct feed_info info;
	return feed_info(txn, (struct feed_no){n->world->feed}, &info) && info.state == FEED_CUT &&
	       !info.is_staged && info.head.size == info.cutoff.size;
}

/* All the rest, of the forked feed now from the one, now from the other. */
static bool batch(struct node *n)
{
	struct txn *txn;
	must(txn_write(n->store, &txn) == ERR_OK);
	bool more = true;
	for (uint64_t i = 1 + random_below(&n->random, 60); i > 0 && more; i--) {
		bool other = give_other(n, txn) || give_anchor(n, txn);
		(void)give(n, txn, random_below(&n->random, 3) == 0 ? other_branch(n) : n->branch);
		more = other || !is_settled(n, txn);
		if (random_below(&n->random, 12) == 0) /* who serves it changes */
			n->branch = other_branch(n);
	}
	if (random_below(&n->random, 15) == 0) {
		txn_abort(txn);
		return true;
	}
	must(txn_commit(txn) == ERR_OK);
	return more;
}

/* Each entry that it held counts, or is set aside and not lost. */
static bool kept_all(struct node *n, struct txn *txn)
{
	struct aside *aside = NULL;
	struct entry_ref entry;
	bool all = true;
	must(aside_open(txn, &aside) == ERR_OK);
	for (uint32_t i = 0; i < n->held_count && all; i++) {
		struct reference *ref = &n->held[i];
		bool held = feed_entry(txn, ref->place, &entry) &&
		            memcmp(entry.id, ref->id, sizeof entry.id) == 0;
		bool is_aside = aside_find(aside, ref) != NULL;
		totals.aside += is_aside;
		totals.kept += held;
		all = held != is_aside;
	}
	for (size_t i = 0; i < aside->count; i++)
		totals.opened +=
		        aside->items[i].opened == ERR_OK && aside->items[i].statement.kind > KIND_LOG_END;
	aside_close(aside);
	return all;
}

static bool verified(struct node *n)
{
	char scratch[512];
	static struct verify_report report;
	homes_path(&n->home, "scratch", scratch);
	struct verify_options options = {.scratch = scratch};
	return verify_store(n->store, &options, &report) == ERR_OK && report.differences == 0;
}

static bool live(struct node *n, struct hash *rows)
{
	struct txn *txn;
	uint32_t viewer = n->world->feed == WEAVE_AUDITOR ? 1 : WEAVE_AUDITOR;
	bool ok;
	homes_make(&n->home);
	n->store = homes_store(&n->home, &n->world->weave.authors.feeds[viewer].keys);
	live_before(n);
	for (uint32_t i = 0; batch(n); i++)
		must(i < 20000);
	must(txn_read(n->store, &txn) == ERR_OK);
	*rows = hash_of(BYTES(NULL, 0));
	verify_rows(txn, hash_row, rows);
	ok = kept_all(n, txn) && txn_error(txn) == ERR_OK;
	txn_abort(txn);
	if (!ok)
		printf("what was held is lost\n");
	if (ok && random_below(&n->random, 4) == 0 && !verified(n)) {
		printf("the store differs from its log\n");
		ok = false;
	}
	store_close(n->store);
	homes_remove(&n->home);
	totals.nodes++;
	return ok;
}

static bool check_network(uint64_t seed, uint32_t nodes)
{
	static struct world world;
	static struct node node;
	struct hash want = {{0}}, got;
	bool ok = true;
	memset(&world, 0, sizeof world);
	if (make_world(&world, seed)) {
		for (uint32_t i = 0; i < nodes && ok; i++) {
			memset(&node, 0, sizeof node);
			node.world = &world;
			node.random = seed * 1000003 + i;
			node.branch = i % 2 == 0 ? world.feed : SECOND;
			ok = live(&node, i == 0 ? &want : &got);
			if (ok && i > 0 && !hash_equal(&want, &got)) {
				printf("other rows than at the first node\n");
				ok = false;
			}
			if (!ok)
				printf("network %llu, node %u failed\n", (unsigned long long)seed, i);
		}
	}
	weave_deinit(&world.weave);
	return ok;
}

int main(int argc, char **argv)
{
	uint32_t networks = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 60;
	uint32_t nodes = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 6;
	uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
	/* pulled up to a cutoff that was lowered then */
	bool ok = check_network(7076, 6);
	for (uint32_t i = 0; i < networks && ok; i++)
		ok = check_network(seed + i, nodes);
	printf("%llu nodes, %llu cutoffs; of what they held %llu counts, %llu is set aside (%llu opened); "
	       "%llu times anew "
	       "from 0\n",
	        (unsigned long long)totals.nodes, (unsigned long long)totals.decisions,
	        (unsigned long long)totals.kept, (unsigned long long)totals.aside,
	        (unsigned long long)totals.opened, (unsigned long long)totals.restaged);
	bool wild = totals.kept > 0 && totals.aside > 0 && totals.opened > 0 && totals.restaged > 0;
	return ok && (networks < 20 || wild) ? 0 : 1;
}
