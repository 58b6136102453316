/* SPDX-License-Identifier: Apache-2.0
 * bench.c: what ./dev bench measures inside one process, and the world that its daemons synchronise. Each command
 * prints one JSON object; run.py puts them together. Not a test: it asserts nothing about speed. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "env/clock.h"
#include "env/random.h"
#include "ledger/kinds.h"
#include "node/append.h"
#include "node/node.h"
#include "storage/own.h"
#include "storage/query.h"
#include "world.h"

#define VERIFICATIONS 1000

static void seed_random(struct drbg *out)
{
	uint8_t seed[32];
	random_fill(seed, sizeof seed);
	drbg_seed(out, seed);
}

static double seconds_since(uint64_t began_ms)
{
	return (double)(clock_steady_ms() - began_ms) / 1000;
}

/* One Ed25519 verification of a checkpoint's worth of text, on one core: the best of some, since others use the machine
 * as well. */
static void verify(void)
{
	uint8_t public[32], secret[64], signature[64], text[200] = {1};
	double best_us = 1e9;
	crypto_sign_keypair(public, secret);
	crypto_sign_detached(signature, NULL, text, sizeof text, secret);
	for (int turn = 0; turn < 20; turn++) {
		uint64_t began_ms = clock_steady_ms();
		for (int i = 0; i < VERIFICATIONS; i++)
			must(crypto_sign_verify_detached(signature, text, sizeof text, public) == 0);
		double us = seconds_since(began_ms) * 1e6 / VERIFICATIONS;
		best_us = us < best_us ? us : best_us;
	}
	(void)printf("{\"verification_us\": %.3f}\n", best_us);
}

static void make(const char *dir, uint32_t feeds, uint32_t entries)
{
	struct world w = {.dir = dir, .feeds = feeds, .entries = entries, .roster = 157};
	if (w.roster < WORLD_FIRST + feeds)
		w.roster = WORLD_FIRST + feeds;
	seed_random(&w.random);
	uint64_t began_ms = clock_steady_ms();
	struct world_sums sums = world_make(&w);
	char link[65];
	struct bytes_out o = bytes_out(link, sizeof link - 1);
	text_put_hex(&o, BYTES_OF(sums.source_link));
	link[o.len] = 0;
	(void)printf("{\"entries\": %llu, \"payload_bytes\": %llu, \"roster\": %u, \"link\": \"%s\", "
	             "\"seconds\": %.1f}\n",
	        (unsigned long long)sums.entries, (unsigned long long)sums.payload_bytes, w.roster, link,
	        seconds_since(began_ms));
}

/* Own appends, durable, COUNT times BATCH drafts in a transaction; milliseconds each. */
static double append_ms(struct store *store, const struct secret_keys *keys, uint32_t count, uint32_t batch)
{
	static uint8_t rooms[100][512];
	struct draft drafts[100];
	struct reference refs[100];
	struct drbg random;
	must(batch <= 100);
	seed_random(&random);
	for (uint32_t i = 0; i < batch; i++)
		drafts[i] = (struct draft){.kind = KIND_TRADE_OFFER,
		        .body = world_offer(rooms[i], sizeof rooms[i], (struct member_no){WORLD_FIRST}, i)};
	uint64_t began_ms = clock_steady_ms();
	for (uint32_t i = 0; i < count; i++) {
		struct txn *txn;
		world_need(txn_write(store, &txn), "transaction");
		struct append how = {.txn = txn, .keys = keys, .time_ms = clock_wall_ms(), .random = &random};
		must(own_feed(txn, &how.feed));
		world_need(append_drafts(&how, drafts, batch, refs, NULL), "append");
		world_need(txn_commit(txn), "commit");
	}
	return seconds_since(began_ms) * 1000 / count;
}

static void append(const char *home)
{
	struct secret_keys keys;
	struct store *store = world_open(home, STORE_WRITE, &keys);
	double one = append_ms(store, &keys, 400, 1), hundred = append_ms(store, &keys, 40, 100);
	store_close(store);
	(void)printf("{\"append_1_ms\": %.3f, \"append_100_ms\": %.3f}\n", one, hundred);
}

/* Opening the store, and a node on it: all that a start has to do before links. */
static void start(const char *home)
{
	struct secret_keys keys;
	struct node *node;
	uint64_t began_ms = clock_steady_ms();
	struct store *store = world_open(home, STORE_WRITE, &keys);
	double opened = seconds_since(began_ms);
	struct node_options options = {.store = store,
	        .keys = &keys,
	        .wall_ms = clock_wall_ms(),
	        .steady_ms = clock_steady_ms(),
	        .agent = "bench"};
	random_fill(options.random_seed, sizeof options.random_seed);
	world_need(node_new(&options, &node), "node");
	(void)printf(
	        "{\"open_ms\": %.1f, \"node_ms\": %.1f}\n", opened * 1000, seconds_since(began_ms) * 1000);
	node_free(node);
	store_close(store);
}

static void balance(const char *home)
{
	struct secret_keys keys;
	struct store *store = world_open(home, STORE_READ, &keys);
	const struct query_balance ask = {
	        .self = {WORLD_FIRST}, .partner = {WORLD_FIRST + 1}, .overdue_on = {20100}};
	uint32_t count = 0;
	size_t trades = 0;
	uint64_t began_ms = clock_steady_ms();
	for (; clock_steady_ms() - began_ms < 1000; count++) {
		struct query_pair *pair;
		struct txn *txn;
		world_need(txn_read(store, &txn), "read");
		world_need(query_pair_open(txn, &ask, &pair), "balance");
		trades = pair->trades_count;
		query_pair_close(pair);
		txn_abort(txn);
	}
	(void)printf(
	        "{\"balance_ms\": %.3f, \"trades\": %zu}\n", seconds_since(began_ms) * 1000 / count, trades);
	store_close(store);
}

/* Bodies to append over a control socket, base64, one a line. */
static void offers(uint32_t count)
{
	for (uint32_t n = 0; n < count; n++) {
		uint8_t room[512];
		char text[1024];
		struct bytes_out o = bytes_out(text, sizeof text - 1);
		text_put_base64(&o, world_offer(room, sizeof room, (struct member_no){WORLD_FIRST}, n));
		text[o.len] = 0;
		(void)puts(text);
	}
}

static uint32_t number(const char *text)
{
	uint64_t n;
	world_need(text_u64(bytes_text(text), 1000000, &n), text);
	return (uint32_t)n;
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";
	must(random_ready());
	if (!strcmp(command, "verify") && argc == 2)
		verify();
	else if (!strcmp(command, "make") && argc == 5)
		make(argv[2], number(argv[3]), number(argv[4]));
	else if (!strcmp(command, "append") && argc == 3)
		append(argv[2]);
	else if (!strcmp(command, "start") && argc == 3)
		start(argv[2]);
	else if (!strcmp(command, "balance") && argc == 3)
		balance(argv[2]);
	else if (!strcmp(command, "offers") && argc == 3)
		offers(number(argv[2]));
	else
		return fputs("lontar-bench verify | make DIR FEEDS ENTRIES | append HOME | start HOME | "
		             "balance HOME | "
		             "offers N\n",
		               stderr),
		       2;
	return 0;
}
