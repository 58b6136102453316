/* SPDX-License-Identifier: Apache-2.0 */
/* settle.c: judging again only notes what it touches, so the order below is the only one there is. */
#include "settle_int.h"

#include "db_int.h"
#include "judge_int.h"
#include "refold_int.h"
#include "share_int.h"
#include "sums_int.h"
#include "tip_int.h"
#include "txn_int.h"

void settle_roles(struct txn *t, struct feed_no feed, uint64_t from)
{
	struct rejudge *again = map_at(&t->work->rejudge, (struct place){.feed = feed});
	if (again == NULL)
		txn_fail(t, ERR_NO_MEMORY);
	else if (again->from_plus_1 == 0 || from < again->from_plus_1 - 1)
		again->from_plus_1 = from < UINT64_MAX ? from + 1 : from;
}

void settle_grown(struct txn *t)
{
	t->work->grown = true;
}

static void judge_feed(struct txn *t, struct feed_no feed, uint64_t from)
{
	uint64_t size = tip_head(t, feed).size;
	for (uint64_t seq = from; seq < size && t->err == ERR_OK; seq++)
		judge_again(t, (struct place){.feed = feed, .seq = seq});
}

static void judge_roles(struct txn *t)
{
	struct map *map = &t->work->rejudge;
	map_sort(map);
	for (uint32_t i = 0; i < map->count; i++) {
		struct place feed;
		const struct rejudge *again = map_item(map, i, &feed);
		judge_feed(t, feed.feed, again->from_plus_1 - 1);
	}
	map_clear(map);
}

static void judge_unknown(struct txn *t)
{
	struct key all = {.len = 0}, at = {.len = 0};
	struct row row;
	while (t->work->grown && db_next_under(t, TABLE_UNKNOWN, &all, &at, &row))
		judge_again(t, keys_get_place(row.key, 0));
	t->work->grown = false;
}

void settle_all(struct txn *t)
{
	judge_roles(t);
	judge_unknown(t);
	share_settle(t);
	refold_all(t);
	sums_flush(t);
}
