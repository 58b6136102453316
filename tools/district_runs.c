/* SPDX-License-Identifier: Apache-2.0
 * district_runs.c: the store in which the district is written, and the runs that come out of it. Each run is checked
 * once against its feed's tree and signature here; what it changes is then the same for every home. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "district_int.h"
#include "storage/feed.h"
#include "storage/own.h"
#include "tools/lang.h"
#include "tools/say.h"

#define COMMIT_EVENTS 2000u

struct workshop {
	struct district *d;
	char dir[4096];
	struct store *store;
	struct txn *txn;
};

static bool ok(struct workshop *w, enum err e)
{
	if (e != ERR_OK)
		trouble_set(&w->d->trouble, e, "%s", w->dir);
	return e == ERR_OK;
}

static void remove_in(const struct workshop *w, const char *name)
{
	char path[4200];

	(void)snprintf(path, sizeof path, "%s/%s", w->dir, name);
	if (unlink(path) != 0)
		(void)rmdir(path);
}

static void shut(struct workshop *w)
{
	static const char *const made[] = {"store/data.mdb", "store/lock.mdb", "store", "lock", ""};

	txn_abort(w->txn);
	store_close(w->store);
	for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
		remove_in(w, made[i]);
}

static bool open_shop(struct workshop *w)
{
	struct store_options options = {.home = w->dir, .mode = STORE_WRITE, .keys = &w->d->members[0].keys};
	const uint8_t id[STORE_ID_BYTES] = {1};

	(void)snprintf(w->dir, sizeof w->dir, "%s/.workshop", w->d->out);
	shut(w); /* what an earlier, killed one left */
	if (mkdir(w->dir, 0700) != 0)
		return ok(w, ERR_IO);
	return ok(w, store_create(&options, id)) && ok(w, store_open(&options, &w->store)) &&
	       ok(w, txn_write(w->store, &w->txn));
}

static bool commit(struct workshop *w)
{
	enum err e = txn_commit(w->txn);

	w->txn = NULL;
	return ok(w, e) && ok(w, txn_write(w->store, &w->txn));
}

static bool write_all(struct workshop *w, const struct district_plan *plan, struct drbg *random)
{
	struct district_author *a = calloc(1, sizeof *a);
	bool good;

	must(a);
	*a = (struct district_author){.d = w->d, .random = random, .txn = w->txn};
	good = district_author_found(a, plan->first) && commit(w);
	for (size_t i = 0; i < plan->count && good; i++) {
		a->txn = w->txn;
		good = district_author_event(a, &plan->events[i]);
		if (good && (i % COMMIT_EVENTS == COMMIT_EVENTS - 1 || i + 1 == plan->count))
			good = commit(w);
		say_progress(_("writing entries"), i + 1, plan->count);
	}
	say_progress_end();
	free(a);
	return good;
}

static void keep(struct district *d, struct district_runs *out, const struct district_run *run)
{
	if (out->count == out->cap) {
		size_t cap = out->cap ? out->cap * 2 : 256;
		struct district_run *more = arena_take(&d->arena, cap * sizeof *more);
		if (out->count > 0)
			memcpy(more, out->list, out->count * sizeof *more);
		out->list = more;
		out->cap = cap;
	}
	out->list[out->count++] = *run;
	out->entries += run->run.count;
}

/* The run with its items and payloads in the arena. */
static struct run copy_run(struct district *d, const struct run *run)
{
	struct run_item *items = arena_take(&d->arena, run->count * sizeof *items);
	struct run copy = *run;

	for (uint32_t i = 0; i < run->count; i++) {
		items[i] = run->items[i];
		items[i].payload = arena_copy(&d->arena, run->items[i].payload);
	}
	copy.items = items;
	return copy;
}

static bool read_feed(struct workshop *w, struct feed_no no, struct district_runs *out)
{
	struct run_item items[RUN_ENTRIES_MAX];
	struct feed_info info;
	struct tree tree;
	struct run run;
	uint64_t from = 0, last_ms = 0;

	if (!feed_info(w->txn, no, &info))
		return ok(w, ERR_UNKNOWN_FEED);
	tree_init(&tree);
	while (from < info.head.size && feed_run(w->txn, no, from, info.head.size, items, &run)) {
		struct district_run kept = {
		        .feed = no, .effect = arena_take(&w->d->arena, sizeof *kept.effect)};
		struct run_base base = {&tree, last_ms};
		kept.run = copy_run(w->d, &run);
		if (!ok(w, run_verify(&w->d->network, &kept.run, &base, kept.effect)))
			return false;
		tree = kept.effect->tree;
		last_ms = kept.effect->last_time_ms;
		from += run.count;
		keep(w->d, out, &kept);
	}
	return true;
}

bool district_runs_make(
        struct district *d, const struct district_plan *plan, struct drbg *random, struct district_runs *out)
{
	struct workshop w = {.d = d};
	bool good = open_shop(&w) && write_all(&w, plan, random);

	*out = (struct district_runs){0};
	for (uint32_t i = 0; i < d->members_count && good; i++)
		good = read_feed(&w, (struct feed_no){i}, out);
	shut(&w);
	return good;
}
