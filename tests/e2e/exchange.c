/* SPDX-License-Identifier: Apache-2.0
 * exchange.c: exchange FROM TO: the home TO takes what it lacks from the home FROM, as over a link but without one:
 * runs are verified and accepted as a stranger's. For tests of commands; nodes do this themselves. */
#include <stdio.h>
#include <stdlib.h>

#include "env/home.h"
#include "env/random.h"
#include "storage/feed.h"
#include "storage/own.h"

struct side {
	struct home home;
	struct secret_keys keys;
	struct store *store;
	struct txn *txn;
};

static void need(enum err e, const char *what)
{
	if (e == ERR_OK)
		return;
	(void)fprintf(stderr, "exchange: %s: %s\n", what, err_text(e));
	exit(1);
}

static void open_side(struct side *s, const char *dir, enum store_mode mode)
{
	struct store_options options = {.mode = mode};
	struct seed seed;

	need(home_choose(dir, &s->home), dir);
	options.home = s->home.dir;
	if (mode == STORE_WRITE) {
		need(home_seed_read(&s->home, NULL, &seed), dir);
		keys_derive(&seed, &s->keys);
		options.keys = &s->keys;
	}
	need(store_open(&options, &s->store), dir);
	need(mode == STORE_WRITE ? txn_write(s->store, &s->txn) : txn_read(s->store, &s->txn), dir);
}

/* False: nothing more to take of this feed. */
static bool take_run(struct side *from, struct side *to, const struct network_id *network, struct feed_no no)
{
	static struct run_item items[RUN_ENTRIES_MAX];
	static struct run_effect effect;
	struct tree tree;
	struct run_base base = {.tree = &tree};
	struct run run;
	struct feed_info theirs;

	if (!feed_info(from->txn, no, &theirs))
		return false;
	if (!feed_base(to->txn, no, &tree, &base.last_time_ms))
		tree_init(&tree); /* the registrar's feed, before there is a roster */
	if (tree.size >= theirs.head.size ||
	        !feed_run(from->txn, no, tree.size, theirs.head.size, items, &run))
		return false;
	need(run_verify(network, &run, &base, &effect), "run");
	need(feed_accept(to->txn, no, &run, &effect), "accept");
	return true;
}

int main(int argc, char **argv)
{
	struct side from = {0}, to = {0};
	struct network_id network;

	if (argc != 3 || !random_ready())
		return 2;
	open_side(&from, argv[1], STORE_READ);
	open_side(&to, argv[2], STORE_WRITE);
	need(own_network(from.txn, &network) ? ERR_OK : ERR_NO_STORE, argv[1]);
	need(own_network_set(to.txn, &network), argv[2]);
	for (uint32_t i = 0; i < txn_roster(from.txn)->feeds_count; i++) {
		while (take_run(&from, &to, &network, (struct feed_no){i}))
			;
	}
	need(txn_commit(to.txn), "commit");
	txn_abort(from.txn);
	store_close(to.store);
	store_close(from.store);
	return 0;
}
