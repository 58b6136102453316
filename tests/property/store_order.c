/* SPDX-License-Identifier: Apache-2.0
 * store_order.c: the views are a function of the frontier and of the keys opened, not of the order in which anything
 * came. Random networks are given to stores in random orders across feeds, in random batches, with transactions given up
 * and stores closed in between; every row of every view must be the same.
 * store_order [NETWORKS [ORDERS [SEED]]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/own.h"
#include "storage/verify.h"
#include "storage/view.h"
#include "support/homes.h"
#include "support/random.h"
#include "support/weave.h"

#define STEPS_MAX 160u

/* All rows of a store, as one run of bytes: table, key and value with their lengths. */
struct dump {
	uint8_t *bytes;
	size_t len, cap;
	uint64_t rows;
};

static void dump_put(struct dump *d, struct bytes b)
{
	uint32_t len = (uint32_t)b.len;
	if (d->len + b.len + sizeof len > d->cap) {
		d->cap = (d->cap + b.len + sizeof len) * 2;
		d->bytes = realloc(d->bytes, d->cap);
		must(d->bytes != NULL);
	}
	memcpy(d->bytes + d->len, &len, sizeof len);
	if (b.len > 0)
		memcpy(d->bytes + d->len + sizeof len, b.data, b.len);
	d->len += b.len + sizeof len;
}

static bool dump_row(void *context, const char *table, struct bytes key, struct bytes value)
{
	struct dump *d = context;
	dump_put(d, bytes_text(table));
	dump_put(d, key);
	dump_put(d, value);
	d->rows++;
	return true;
}

static struct bytes dump_next(const struct dump *d, size_t *at)
{
	uint32_t len;
	if (*at >= d->len)
		return BYTES(NULL, 0);
	memcpy(&len, d->bytes + *at, sizeof len);
	struct bytes b = BYTES(d->bytes + *at + sizeof len, len);
	*at += sizeof len + len;
	return b;
}

static void print_hex(const char *what, struct bytes b)
{
	printf(" %s ", what);
	for (size_t i = 0; i < b.len; i++)
		printf("%02x", b.data[i]);
}

static void print_row(const char *what, const struct dump *d, size_t at)
{
	struct bytes table = dump_next(d, &at), key = dump_next(d, &at), value = dump_next(d, &at);
	printf("  %s %.*s", what, (int)table.len, (const char *)table.data);
	print_hex("key", key);
	print_hex("value", value);
	printf("\n");
}

static void print_difference(const struct dump *a, const struct dump *b)
{
	size_t at = 0, here = 0, there = 0;
	while (here < a->len && there < b->len) {
		at = here;
		bool same = true;
		for (int i = 0; i < 3; i++)
			same = bytes_equal(dump_next(a, &here), dump_next(b, &there)) && same;
		if (!same)
			break;
	}
	print_row("expected", a, at);
	print_row("got     ", b, at);
}

struct order {
	struct weave *weave;
	uint32_t viewer; /* whose node it is */
	uint64_t random;
	struct home_dir home;
	struct store *store;
};

static void open_store(struct order *o)
{
	struct store_options options =
	        homes_options(&o->home, STORE_WRITE, &o->weave->authors.feeds[o->viewer].keys);
	must(store_open(&options, &o->store) == ERR_OK);
}

/* Feeds in a random order until none takes any more. in_order: feed by feed instead. */
static bool deliver_some(struct order *o, struct txn *txn, bool in_order)
{
	uint32_t feeds[WEAVE_FEEDS], count = WEAVE_FEEDS;
	for (uint32_t i = 0; i < WEAVE_FEEDS; i++)
		feeds[i] = i;
	while (count > 0) {
		uint32_t at = in_order ? 0 : (uint32_t)random_below(&o->random, count);
		if (authors_deliver(&o->weave->authors, txn, feeds[at]))
			return true;
		memmove(&feeds[at], &feeds[at + 1], (count - at - 1) * sizeof feeds[0]);
		count--;
	}
	return false;
}

/* An anchor comes by itself, at any time after the network was founded. */
static bool deliver_anchor(struct order *o, struct txn *txn)
{
	struct anchor known;
	if (!o->weave->has_anchor || !txn_roster(txn)->founded || feed_anchor(txn, &known))
		return false;
	must(feed_anchor_accept(txn, &o->weave->anchor) == ERR_OK);
	return true;
}

static bool batch(struct order *o, bool in_order)
{
	struct txn *txn;
	uint64_t runs = in_order ? UINT64_MAX : 1 + random_of_any_size(&o->random) % 64;
	bool more = true;
	must(txn_write(o->store, &txn) == ERR_OK);
	for (uint64_t i = 0; i < runs && more; i++) {
		more = random_below(&o->random, 80) == 0 && deliver_anchor(o, txn);
		more = more || deliver_some(o, txn, in_order) || deliver_anchor(o, txn);
		if (!in_order && random_below(&o->random, 20) == 0)
			txn_settle(txn);
	}
	if (!in_order && random_below(&o->random, 15) == 0) {
		txn_abort(txn);
		return true;
	}
	must(txn_commit(txn) == ERR_OK);
	return more;
}

static void run_order(struct order *o, bool in_order, struct dump *out)
{
	struct txn *txn;
	homes_make(&o->home);
	o->store = homes_store(&o->home, &o->weave->authors.feeds[o->viewer].keys);
	while (batch(o, in_order)) {
		if (random_below(&o->random, 30) != 0)
			continue;
		store_close(o->store);
		open_store(o);
	}
	must(txn_read(o->store, &txn) == ERR_OK);
	*out = (struct dump){.len = 0};
	verify_rows(txn, dump_row, out);
	must(txn_error(txn) == ERR_OK);
	txn_abort(txn);
}

/* The store holds against its own log. */
static bool verified(struct order *o)
{
	char scratch[512];
	static struct verify_report report;
	homes_path(&o->home, "scratch", scratch);
	struct verify_options options = {.scratch = scratch};
	enum err e = verify_store(o->store, &options, &report);
	if (e == ERR_OK && report.differences == 0)
		return true;
	printf("verify: %s, %llu differences, first: %d %s feed %u seq %llu", err_code(e),
	        (unsigned long long)report.differences, report.listed[0].what,
	        report.listed[0].table != NULL ? report.listed[0].table : "", report.listed[0].place.feed.n,
	        (unsigned long long)report.listed[0].place.seq);
	print_hex("key", BYTES(report.listed[0].key, report.listed[0].key_bytes));
	printf("\n");
	return false;
}

static void end_order(struct order *o)
{
	store_close(o->store);
	homes_remove(&o->home);
}

/* What the networks led to, lest they become tame: rows by table, rejected ones by their code too. */
#define SEEN_MAX 128u
struct totals {
	uint64_t orders, rows, entries;
	struct {
		char name[48];
		uint64_t count;
	} seen[SEEN_MAX];
	uint32_t seen_count;
};

static void count_row(struct totals *totals, struct bytes table, struct bytes code)
{
	char name[48];
	int len = snprintf(name, sizeof name, "%.*s%s%.*s", (int)table.len, (const char *)table.data,
	        code.len > 0 ? " " : "", (int)code.len, (const char *)code.data);
	must(len > 0 && (size_t)len < sizeof name);
	uint32_t i = 0;
	while (i < totals->seen_count && strcmp(totals->seen[i].name, name) != 0)
		i++;
	must(i < SEEN_MAX);
	if (i == totals->seen_count)
		memcpy(totals->seen[totals->seen_count++].name, name, sizeof name);
	totals->seen[i].count++;
}

static void count_rows(struct totals *totals, const struct dump *d)
{
	size_t at = 0;
	while (at < d->len) {
		struct bytes table = dump_next(d, &at), value;
		(void)dump_next(d, &at);
		value = dump_next(d, &at);
		struct bytes code = BYTES(NULL, 0);
		if (bytes_equal(table, bytes_text("rejected")))
			code = value;
		if (bytes_equal(table, bytes_text("about")))
			code = bytes_text(value.data[16] == 0   ? "counts"
			                  : value.data[16] == 1 ? "refused"
			                                        : "waits");
		if (bytes_equal(table, bytes_text("channel")))
			code = bytes_text(value.data[1] != 0   ? "shared"
			                  : value.data[0] == 0 ? "ours"
			                                       : "not ours");
		count_row(totals, table, code);
	}
	totals->rows += d->rows;
}

/* Every view has rows, and the rules that need another entry or the roster refused something. */
static bool was_wild(const struct totals *totals)
{
	static const char *const needed[] = {"anchor", "channel ours", "channel not ours", "channel shared",
	        "share", "about counts", "about refused", "about waits", "object", "pair", "year", "sum",
	        "waiting", "unknown", "said", "policy", "seen", "heard", "fork", "sealed",
	        "rejected no_right", "rejected no_such_object", "rejected no_such_member",
	        "rejected not_a_party", "rejected answered", "rejected not_decrypted",
	        "rejected bad_commitment", "rejected unknown_kind", "rejected wrong_audience",
	        "rejected trade_total", "rejected rat_closing"};
	bool all = true;
	for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
		uint32_t at = 0;
		while (at < totals->seen_count && strcmp(totals->seen[at].name, needed[i]) != 0)
			at++;
		if (at == totals->seen_count)
			printf("the networks never led to: %s\n", needed[i]);
		all = all && at < totals->seen_count;
	}
	return all;
}

static bool check_network(uint64_t seed, uint32_t orders, struct totals *totals)
{
	static struct weave weave;
	struct dump want, got;
	bool ok = true;
	weave_init(&weave, seed, 20 + (uint32_t)(seed * 37 % STEPS_MAX));
	struct order o = {.weave = &weave,
	        .viewer = seed % 3 != 0 ? WEAVE_AUDITOR : 1 + (uint32_t)(seed % 2),
	        .random = seed};
	run_order(&o, true, &want);
	ok = verified(&o);
	end_order(&o);
	for (uint32_t i = 1; i < orders && ok; i++) {
		o.random = seed * 1000003 + i;
		run_order(&o, false, &got);
		ok = got.len == want.len && memcmp(got.bytes, want.bytes, got.len) == 0;
		if (!ok) {
			printf("network %llu, order %u: other rows\n", (unsigned long long)seed, i);
			print_difference(&want, &got);
		}
		if (ok && i == 1)
			ok = verified(&o);
		free(got.bytes);
		end_order(&o);
	}
	totals->orders += orders;
	count_rows(totals, &want);
	if (weave.has_anchor)
		count_row(totals, bytes_text("anchor"), BYTES(NULL, 0));
	for (uint32_t i = 0; i < WEAVE_FEEDS; i++)
		totals->entries += weave.authors.feeds[i].entries_count;
	free(want.bytes);
	weave_deinit(&weave);
	if (!ok)
		printf("network %llu failed\n", (unsigned long long)seed);
	return ok;
}

int main(int argc, char **argv)
{
	uint32_t networks = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 80;
	uint32_t orders = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 30;
	uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
	struct totals totals = {0};
	bool ok = true;
	for (uint32_t i = 0; i < networks && ok; i++)
		ok = check_network(seed + i, orders, &totals);
	printf("%llu orders of %u networks, %llu entries, %llu rows\n", (unsigned long long)totals.orders,
	        networks, (unsigned long long)totals.entries, (unsigned long long)totals.rows);
	for (uint32_t i = 0; i < totals.seen_count; i++)
		printf("  %-32s %llu\n", totals.seen[i].name, (unsigned long long)totals.seen[i].count);
	return ok && (networks < 20 || was_wild(&totals)) ? 0 : 1;
}
