/* SPDX-License-Identifier: Apache-2.0
 * world.c: see world.h. A pair is authored in two stores of its own, as two nodes would, and its feeds are then taken by
 * the source, which is how they come to a node that holds everything. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "env/clock.h"
#include "env/home.h"
#include "env/random.h"
#include "ledger/kinds.h"
#include "ledger/trade.h"
#include "log/kinds.h"
#include "log/roster_body.h"
#include "node/append.h"
#include "storage/feed.h"
#include "storage/own.h"

#define BATCH 250u /* drafts a transaction */

void world_need(enum err e, const char *what)
{
	if (!e)
		return;
	(void)fprintf(stderr, "lontar-bench: %s: %s\n", what, err_text(e));
	exit(1);
}

static struct short_text text_of(const char *name, uint32_t n)
{
	char text[64];
	struct short_text out;
	(void)snprintf(text, sizeof text, "%s%u", name, n);
	world_need(short_text_of(bytes_text(text), NAME_BYTES_MAX, &out), text);
	return out;
}

static void seed_of(uint32_t feed, struct seed *out)
{
	memset(out, 0, sizeof *out);
	memcpy(out->bytes, &feed, sizeof feed);
	out->bytes[31] = 1;
}

static void keys_of(uint32_t feed, struct secret_keys *out)
{
	struct seed seed;
	seed_of(feed, &seed);
	keys_derive(&seed, out);
}

struct store *world_open(const char *home, enum store_mode mode, struct secret_keys *keys)
{
	struct home h;
	struct seed seed;
	struct store *store;
	world_need(home_choose(home, &h), home);
	world_need(home_seed_read(&h, NULL, &seed), home);
	keys_derive(&seed, keys);
	const struct store_options options = {.home = h.dir, .mode = mode, .keys = keys};
	world_need(store_open(&options, &store), home);
	return store;
}

/* A home with a seed and an empty store, for the feed with that number. */
static void make_home(struct world *w, const char *name, uint32_t feed, char path[HOME_PATH_BYTES_MAX])
{
	struct home h;
	struct seed seed;
	struct secret_keys keys;
	uint8_t id[STORE_ID_BYTES];
	const uint8_t no_salt[16] = {0};
	(void)snprintf(path, HOME_PATH_BYTES_MAX, "%s/%s", w->dir, name);
	world_need(home_choose(path, &h), path);
	world_need(home_make(&h), path);
	seed_of(feed, &seed);
	world_need(home_seed_write(&h, &seed, NULL, no_salt), path);
	keys_derive(&seed, &keys);
	drbg_fill(&w->random, id, sizeof id);
	const struct store_options options = {.home = h.dir, .mode = STORE_WRITE, .keys = &keys};
	world_need(store_create(&options, id), path);
}

struct author {
	struct store *store;
	struct secret_keys keys;
	struct feed_no feed;
	struct world *world;
};

/* In place: the store keeps using the keys. */
static void author_open(struct author *a, struct world *w, const char *name, uint32_t feed)
{
	char path[HOME_PATH_BYTES_MAX];
	a->world = w;
	a->feed.n = feed;
	make_home(w, name, feed, path);
	a->store = world_open(path, STORE_WRITE, &a->keys);
}

static void append(struct author *a, const struct draft *drafts, uint32_t count, struct reference *refs)
{
	struct txn *txn;
	world_need(txn_write(a->store, &txn), "transaction");
	const struct append how = {.txn = txn,
	        .feed = a->feed,
	        .keys = &a->keys,
	        .time_ms = clock_wall_ms(),
	        .random = &a->world->random};
	world_need(append_drafts(&how, drafts, count, refs, NULL), "append");
	world_need(txn_commit(txn), "commit");
}

/* Everything that FROM has of the feed and TO has not, as runs. */
static void take(struct store *from, struct store *to, uint32_t feed)
{
	static struct run_item items[RUN_ENTRIES_MAX];
	static struct run_effect effect;
	const struct feed_no no = {feed};
	struct network_id network;
	struct txn *source, *txn;
	struct feed_info info;
	struct run run;
	world_need(txn_read(from, &source), "read");
	world_need(txn_write(to, &txn), "write");
	if (!own_network(source, &network) || !feed_info(source, no, &info))
		world_need(ERR_UNKNOWN_FEED, "take");
	if (feed == 0 && !own_network(txn, &network))
		world_need(own_network_set(txn, &network), "network");
	for (;;) {
		struct tree tree;
		struct run_base base = {.tree = &tree};
		tree_init(&tree);
		if (!feed_base(txn, no, &tree, &base.last_time_ms) && feed != 0)
			world_need(ERR_UNKNOWN_FEED, "base");
		if (!feed_run(source, no, tree.size, info.head.size, items, &run))
			break;
		world_need(run_verify(&network, &run, &base, &effect), "run");
		world_need(feed_accept(txn, no, &run, &effect), "accept");
	}
	world_need(txn_commit(txn), "commit");
	txn_abort(source);
}

static struct draft draft_of(uint16_t kind, struct mp_out *m)
{
	world_need(mp_out_end(m), "body");
	return (struct draft){.kind = kind, .body = mp_written(m)};
}

static void found(struct author *dinas)
{
	uint8_t room[1024];
	struct mp_out m = mp_out(room, sizeof room);
	struct roster_found body = {.alias = text_of("dinas", 0), .keys = dinas->keys.public};
	struct network_id network;
	struct secret_keys recovery;
	struct txn *txn;
	keys_of(UINT32_MAX, &recovery);
	body.network.name = text_of("Bench ", 1);
	body.network.dinas = text_of("Dinas ", 1);
	memcpy(body.network.currency, "IDR", 4);
	body.network.zone_minutes = 480;
	memcpy(body.network.recovery, recovery.public.feed.bytes, sizeof body.network.recovery);
	roster_body_found_pack(&m, &body);
	world_need(txn_write(dinas->store, &txn), "transaction");
	const struct append how = {.txn = txn,
	        .keys = &dinas->keys,
	        .time_ms = clock_wall_ms(),
	        .random = &dinas->world->random};
	world_need(append_found(&how, draft_of(KIND_NETWORK_FOUND, &m).body, &network), "found");
	world_need(txn_commit(txn), "commit");
}

/* Member N with feed N. */
static void admit(struct author *dinas, uint32_t n, uint32_t roles)
{
	uint8_t rooms[2][1024];
	struct mp_out member = mp_out(rooms[0], sizeof rooms[0]), feed = mp_out(rooms[1], sizeof rooms[1]);
	const struct profile profile = {.name = text_of("Koperasi ", n),
	        .alias = text_of("koperasi-", n),
	        .form = n < WORLD_FIRST ? FORM_OTHER : FORM_PRIMER,
	        .closing_month = 12,
	        .closing_day = 31};
	struct secret_keys keys;
	struct reference refs[2];
	keys_of(n, &keys);
	const struct roster_add add = {.member = {n}, .keys = keys.public, .roles = roles};
	roster_body_admit_pack(&member, &profile);
	roster_body_add_pack(&feed, &add);
	const struct draft drafts[2] = {draft_of(KIND_MEMBER_ADMIT, &member), draft_of(KIND_FEED_ADD, &feed)};
	append(dinas, drafts, 2, refs);
}

struct bytes world_offer(uint8_t *room, size_t cap, struct member_no partner, uint32_t n)
{
	struct mp_out m = mp_out(room, cap);
	char number[32];
	(void)snprintf(number, sizeof number, "N%05u", n);
	const struct trade_line line = {.item = bytes_text("Pupuk organik granul"),
	        .unit = bytes_text("sak"),
	        .price = {.quantity_milli = 1000 + n, .unit_price_sen = 12500000}};
	struct trade_offer offer = {.role = TRADE_SELLER,
	        .partner = partner,
	        .kind = TRADE_SALE,
	        .date = {20000},
	        .invoice = bytes_text(number),
	        .delivery_note = bytes_text("SJ/2026/000123"),
	        .lines = &line,
	        .lines_count = 1,
	        .terms = TERMS_DAYS,
	        .days = 30,
	        .due = {20030},
	        .note = bytes_text(
	                "diantar ke gudang kelompok tani, diterima oleh pengurus pada hari yang sama; karung "
	                "kosong dikembalikan pada pengiriman berikutnya, timbangan disaksikan kedua pihak")};
	world_need(trade_offer_total(&offer, &offer.total), "total");
	trade_offer_pack(&m, &offer);
	return draft_of(KIND_TRADE_OFFER, &m).body;
}

static void offer(struct author *a, uint32_t partner, uint32_t count, struct reference *refs)
{
	static uint8_t rooms[BATCH][512];
	struct draft drafts[BATCH];
	for (uint32_t done = 0; done < count;) {
		uint32_t n = 0;
		for (; n < BATCH && done + n < count; n++)
			drafts[n] = (struct draft){.kind = KIND_TRADE_OFFER,
			        .body = world_offer(
			                rooms[n], sizeof rooms[n], (struct member_no){partner}, done + n)};
		append(a, drafts, n, refs + done);
		done += n;
	}
}

static void accept(struct author *a, const struct reference *offers, uint32_t count)
{
	static uint8_t rooms[BATCH][64];
	struct draft drafts[BATCH];
	struct reference refs[BATCH];
	for (uint32_t done = 0; done < count;) {
		uint32_t n = 0;
		for (; n < BATCH && done + n < count; n++) {
			struct mp_out m = mp_out(rooms[n], sizeof rooms[n]);
			const struct trade_accept body = {
			        .about = offers[done + n], .seen = offers[done + n].place.seq + 1};
			trade_accept_pack(&m, &body);
			drafts[n] = draft_of(KIND_TRADE_ACCEPT, &m);
		}
		append(a, drafts, n, refs);
		done += n;
	}
}

static void trade(struct world *w, struct store *source, uint32_t first)
{
	char names[2][32];
	uint32_t half = w->entries / 2;
	struct reference *refs[2];
	struct author pair[2];
	for (uint32_t i = 0; i < 2; i++) {
		(void)snprintf(names[i], sizeof names[i], "pair/%u", first + i);
		author_open(&pair[i], w, names[i], first + i);
		take(source, pair[i].store, 0);
		refs[i] = calloc(half, sizeof *refs[i]);
		must(refs[i]);
		offer(&pair[i], first + 1 - i, half, refs[i]);
	}
	for (uint32_t i = 0; i < 2; i++) {
		take(pair[1 - i].store, pair[i].store, first + 1 - i);
		accept(&pair[i], refs[1 - i], half);
	}
	for (uint32_t i = 0; i < 2; i++) {
		take(pair[i].store, source, first + i);
		store_close(pair[i].store);
		free(refs[i]);
	}
}

static struct world_sums sums_of(const struct world *w, struct store *store)
{
	struct world_sums sums = {0};
	struct txn *txn;
	world_need(txn_read(store, &txn), "read");
	for (uint32_t n = 0; n < w->roster; n++) {
		struct place place = {.feed = {n}};
		struct entry_ref entry;
		for (; feed_entry(txn, place, &entry); place.seq++) {
			sums.entries++;
			sums.payload_bytes += entry.payload.len;
		}
	}
	txn_abort(txn);
	return sums;
}

struct world_sums world_make(struct world *w)
{
	struct author dinas, source, auditor;
	struct network_id network;
	struct txn *txn;
	must(w->feeds % 2 == 0 && w->entries % 2 == 0 && w->roster >= WORLD_FIRST + w->feeds);
	author_open(&dinas, w, "pair/dinas", 0);
	found(&dinas);
	for (uint32_t n = 1; n < w->roster; n++)
		admit(&dinas, n, n == WORLD_AUDITOR ? ROLE_AUDITOR | ROLE_OFFICER : ROLE_OFFICER);
	author_open(&source, w, "source", WORLD_SOURCE);
	author_open(&auditor, w, "auditor", WORLD_AUDITOR);
	take(dinas.store, source.store, 0);
	for (uint32_t n = 0; n < w->feeds; n += 2)
		trade(w, source.store, WORLD_FIRST + n);
	world_need(txn_read(source.store, &txn), "read");
	must(own_network(txn, &network));
	txn_abort(txn);
	world_need(txn_write(auditor.store, &txn), "write");
	world_need(own_network_set(txn, &network), "network");
	world_need(txn_commit(txn), "commit");
	struct world_sums sums = sums_of(w, source.store);
	memcpy(sums.source_link, source.keys.public.link, sizeof sums.source_link);
	store_close(dinas.store);
	store_close(source.store);
	store_close(auditor.store);
	return sums;
}
