/* SPDX-License-Identifier: Apache-2.0 */
/* rebuild.c: another history of the registrar may give numbers to other feeds. Those that lose theirs go aside; then all
 * views are emptied, the history is followed from its beginning and every entry is judged as if it had just come. */
#include "rebuild_int.h"

#include <string.h>

#include "branch_int.h"
#include "db_int.h"
#include "judge_int.h"
#include "own_int.h"
#include "tip_int.h"
#include "txn_int.h"

static bool same_feed(const struct roster *a, const struct roster *b, struct feed_no no)
{
	const struct roster_feed *x = roster_feed(a, no), *y = roster_feed(b, no);
	return x != NULL && y != NULL && memcmp(&x->keys.feed, &y->keys.feed, sizeof x->keys.feed) == 0;
}

static void orphan_feeds(struct txn *t, const struct roster *before, const struct roster *after)
{
	for (struct feed_no no = {.n = 0}; no.n < before->feeds_count; no.n++)
		if (!before->feeds[no.n].is_void && !same_feed(before, after, no))
			branch_orphan(t, no, &before->feeds[no.n].keys.feed);
}

static void use_muster(struct txn *t, struct muster *m)
{
	muster_free(t->muster);
	t->muster = m;
	t->store->writing = m;
	t->roster_size = UINT64_MAX; /* if this transaction is given up, so is the roster */
}

static void judge_feed(struct txn *t, struct feed_no no)
{
	uint64_t size = tip_head(t, no).size;
	for (uint64_t seq = 0; seq < size && t->err == ERR_OK; seq++)
		judge_stored(t, (struct place){.feed = no, .seq = seq});
}

static void judge_all(struct txn *t)
{
	for (enum table table = 0; table < TABLES; table++)
		if (keys_table_class(table) == TABLE_CLASS_VIEW)
			db_clear(t, table);
	work_reset(t->work);
	struct muster *m = muster_new(t);
	if (m == NULL)
		return;
	use_muster(t, m);
	branch_follow(t);
	for (struct feed_no no = {.n = 0}; no.n < m->roster.feeds_count && t->err == ERR_OK; no.n++)
		judge_feed(t, no);
}

void rebuild_all(struct txn *t)
{
	own_epoch_raise(t);
	struct muster *after = muster_new(t);
	if (after == NULL)
		return;
	muster_follow(after, t, NULL);
	orphan_feeds(t, &t->muster->roster, &after->roster);
	muster_free(after);
	judge_all(t);
	for (struct feed_no no = {.n = 0}; no.n < t->muster->roster.feeds_count && t->err == ERR_OK; no.n++) {
		branch_cutoff(t, no);
		branch_take_back(t, no);
	}
}
