/* SPDX-License-Identifier: Apache-2.0
 * store.c: what accepting costs, with every view: sealed trade offers and accepts of about 300 bytes, the node an auditor
 * that opens them all; also one own entry at a time. Each figure also as a multiple of one Ed25519 verification.
 * bench_store [FEEDS [ENTRIES A FEED [DIRECTORY]]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ledger/trade.h"
#include "storage/own.h"
#include "storage/query.h"
#include "storage/verify.h"
#include "support/authors.h"
#include "support/homes.h"

#define RUN_ENTRIES 64u
#define AUDITOR 1u

static struct authors authors;
static uint32_t feeds = 50, entries = 1000;

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct reference say_offer(uint32_t feed, uint32_t partner)
{
	struct trade_line lines[3];
	struct trade_offer o = {.partner = {partner},
	        .date = {19700},
	        .due = {19730},
	        .invoice = bytes_text("INV/2023/000123"),
	        .lines = lines,
	        .lines_count = 3,
	        .note = bytes_text("diantar ke gudang, sopir Pak Amir")};
	for (int i = 0; i < 3; i++)
		lines[i] = (struct trade_line){.item = bytes_text("kakao kering fermentasi"),
		        .unit = bytes_text("kg"),
		        .price = {.quantity_milli = 12500, .unit_price_sen = 3500000}};
	must(trade_offer_total(&o, &o.total) == ERR_OK);
	trade_offer_pack(authors_body(&authors), &o);
	return authors_seal(&authors, feed, 0, KIND_TRADE_OFFER);
}

static void say_accept(uint32_t feed, const struct reference *about)
{
	struct trade_accept a = {.about = *about, .seen = about->place.seq + 1};
	trade_accept_pack(authors_body(&authors), &a);
	authors_seal(&authors, feed, 0, KIND_TRADE_ACCEPT);
}

/* Feeds 2k and 2k + 1 trade with each other. */
static void write_network(void)
{
	authors_init(&authors, 3);
	authors_admit(&authors, "auditor");
	authors_add(&authors, 1, AUDITOR, ROLE_AUDITOR);
	for (uint32_t feed = 2; feed < feeds + 2; feed++) {
		authors_admit(&authors, "koperasi");
		authors_add(&authors, feed, feed, ROLE_OFFICER);
		const uint32_t readers[] = {0, AUDITOR, feed ^ 1u};
		authors_channel(&authors, feed, 1, readers, 3);
	}
	for (uint32_t i = 0; i < entries / 2; i++)
		for (uint32_t feed = 2; feed < feeds + 2; feed++) {
			struct reference offer = say_offer(feed, feed ^ 1u);
			say_accept(feed ^ 1u, &offer);
			if (i * 2 % RUN_ENTRIES == 0)
				authors_sign(&authors, feed);
		}
	for (uint32_t feed = 2; feed < feeds + 2; feed++)
		authors_sign(&authors, feed);
}

/* Runs checked beforehand, as the verifying threads would. */
struct checked {
	struct feed_no no;
	struct run run;
	struct run_item items[RUN_ENTRIES_MAX];
	struct run_effect effect;
};
static struct checked *checked;
static uint32_t checked_count;

static void check_feed(uint32_t feed)
{
	const struct author *f = &authors.feeds[feed];
	struct tree tree;
	uint64_t from = 0, last_time_ms = 0;
	tree_init(&tree);
	for (uint32_t i = 0; i < f->ends_count; i++) {
		struct checked *c = &checked[checked_count++];
		c->no.n = feed;
		c->run = (struct run){
		        .feed = f->keys.public.feed, .from = from, .count = (uint32_t)(f->ends[i] - from)};
		for (uint32_t k = 0; k < c->run.count; k++)
			c->items[k] = f->entries[from + k].item;
		c->run.items = c->items;
		memcpy(c->run.signature, f->signatures[i], sizeof c->run.signature);
		struct run_base base = {.tree = &tree, .last_time_ms = last_time_ms};
		must(run_verify(&authors.network, &c->run, &base, &c->effect) == ERR_OK);
		tree = c->effect.tree;
		last_time_ms = c->effect.last_time_ms;
		from = f->ends[i];
	}
}

static double check_all(void)
{
	double start = now_s();
	checked = malloc((feeds * (entries / RUN_ENTRIES + 4) + feeds * 2 + 8) * sizeof *checked);
	must(checked != NULL);
	for (uint32_t feed = 0; feed < feeds + 2; feed++)
		check_feed(feed);
	return now_s() - start;
}

/* Round robin over the feeds, as catch-up brings them. */
static double accept_all(struct store *store, uint64_t *total)
{
	double start = now_s();
	struct txn *txn;
	uint64_t batch = 0;
	uint32_t *at = calloc(feeds + 2, sizeof *at), done = 0, first = 0;
	must(at != NULL && txn_write(store, &txn) == ERR_OK);
	for (uint32_t feed = 0; feed < feeds + 2; feed++) {
		at[feed] = first;
		first += authors.feeds[feed].ends_count;
	}
	for (uint32_t turn = 0; done < checked_count; turn++) {
		uint32_t feed = turn % (feeds + 2);
		for (uint32_t n = feed == 0 ? UINT32_MAX : 2;
		        n > 0 && at[feed] < checked_count && checked[at[feed]].no.n == feed; n--) {
			struct checked *c = &checked[at[feed]++];
			must(feed_accept(txn, c->no, &c->run, &c->effect) == ERR_OK);
			batch += c->run.count;
			*total += c->run.count;
			done++;
		}
		if (batch < COMMIT_ENTRIES_MAX / 2)
			continue;
		must(txn_commit(txn) == ERR_OK && txn_write(store, &txn) == ERR_OK);
		batch = 0;
	}
	must(txn_commit(txn) == ERR_OK);
	free(at);
	return now_s() - start;
}

static double verification_s(void)
{
	const struct author *f = &authors.feeds[2];
	struct checkpoint c = {.head = authors_head(&authors, 2, f->ends[0])};
	memcpy(c.signature, f->signatures[0], sizeof c.signature);
	double start = now_s();
	for (int i = 0; i < 2000; i++)
		must(checkpoint_verify(&authors.network, &f->keys.public.feed, &c) == ERR_OK);
	return (now_s() - start) / 2000;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* One entry a transaction: seconds each, sorted. */
static void append_singly(struct store *store, double *seconds, int count)
{
	for (int i = 0; i < count; i++) {
		struct txn *txn;
		say_offer(2, 3);
		authors_sign(&authors, 2);
		double start = now_s();
		must(txn_write(store, &txn) == ERR_OK && authors_deliver(&authors, txn, 2));
		must(txn_commit(txn) == ERR_OK);
		seconds[i] = now_s() - start;
	}
	qsort(seconds, (size_t)count, sizeof *seconds, compare);
}

static void query(struct store *store, double unit)
{
	struct query_balance ask = {.self = {2}, .partner = {3}, .overdue_on = {19800}};
	struct query_pair *pair;
	struct txn *txn;
	must(txn_read(store, &txn) == ERR_OK);
	double start = now_s();
	must(query_pair_open(txn, &ask, &pair) == ERR_OK);
	double took = now_s() - start;
	printf("balance of a pair       %8.1f us over %zu trades (%.2f)\n", took * 1e6, pair->trades_count,
	        took / unit);
	query_pair_close(pair);
	txn_abort(txn);
}

static double open_again(const struct home_dir *home, struct store **store)
{
	struct store_options options = homes_options(home, STORE_WRITE, &authors.feeds[AUDITOR].keys);
	struct txn *txn;
	options.map_bytes = 0;
	store_close(*store);
	double start = now_s();
	must(store_open(&options, store) == ERR_OK && txn_read(*store, &txn) == ERR_OK);
	double took = now_s() - start;
	txn_abort(txn);
	return took;
}

int main(int argc, char **argv)
{
	struct home_dir home;
	double single[200];
	uint64_t total = 0;
	if (argc > 1)
		feeds = (uint32_t)strtoul(argv[1], NULL, 10) & ~1u;
	if (argc > 2)
		entries = (uint32_t)strtoul(argv[2], NULL, 10);
	must(feeds + 2 <= AUTHORS_FEEDS_MAX);
	homes_make_in(&home, argc > 3 ? argv[3] : NULL);
	write_network();
	double unit = verification_s(), verifying = check_all();
	struct store *store = homes_store(&home, &authors.feeds[AUDITOR].keys);
	(void)open_again(&home, &store); /* with a map of the usual size */
	double took = accept_all(store, &total);
	printf("one Ed25519 verification %7.1f us\n", unit * 1e6);
	printf("hash and verify runs    %8.1f us an entry (%.3f)\n", verifying / (double)total * 1e6,
	        verifying / (double)total / unit);
	printf("accept with all views   %8.1f us an entry (%.3f), %.0f entries/s, %llu entries\n",
	        took / (double)total * 1e6, took / (double)total / unit, (double)total / took,
	        (unsigned long long)total);
	printf("store                   %8.1f bytes an entry\n",
	        (double)store_size(store).bytes / (double)total);
	append_singly(store, single, 200);
	printf("one entry, durable      %8.1f us median, %.1f us p99 (%.1f)\n", single[100] * 1e6,
	        single[198] * 1e6, single[100] / unit);
	query(store, unit);
	printf("open and first snapshot %8.1f us\n", open_again(&home, &store) * 1e6);
	store_close(store);
	homes_remove(&home);
	free(checked);
	authors_deinit(&authors);
	return 0;
}
