/* SPDX-License-Identifier: Apache-2.0 */
/* anchored.c: an anchor takes effect when nothing that is held contradicts it. Where a registrar's feed is held on another
 * branch, the anchor waits beside the one in force, the roster stays as it is, and the other branch is staged; when that
 * is whole it takes the place of the old one, in one transaction. So an anchor with a wrong head takes nobody's roster
 * away. */
#include "anchored_int.h"

#include <string.h>

#include "branch_int.h"
#include "own_int.h"
#include "rebuild_int.h"
#include "txn_int.h"

bool anchored_newest(struct txn *t, struct anchor *out)
{
	struct own_leaving leaving;
	struct bytes packed;
	if (own_leaving(t, &leaving))
		return anchor_unpack(leaving.anchor, out) == ERR_OK;
	return own_anchor(t, &packed) && anchor_unpack(packed, out) == ERR_OK;
}

/* Is this registrar's feed held up to where the anchor ends it, and is the root there another? */
static bool is_off(struct txn *t, const struct anchor_feed *named, struct feed_no *no)
{
	struct tree tree;
	if (!txn_find_feed(t, &named->keys.feed, no) || !muster_is_registrar(t->muster, *no))
		return false;
	if (tip_head(t, *no).size < named->head.size)
		return false;
	if (!feed_tree_at(t, *no, named->head.size, &tree)) {
		txn_fail(t, ERR_STORE_DAMAGED);
		return false;
	}
	struct hash root = tree_root(&tree);
	return !hash_equal(&root, &named->head.root);
}

static bool find_off(struct txn *t, const struct anchor *anchor, struct own_leaving *out)
{
	for (uint32_t i = 0; i < anchor->feeds_count; i++)
		if (is_off(t, &anchor->feeds[i], &out->feed)) {
			out->end = anchor->feeds[i].head;
			return true;
		}
	return false;
}

/* The roster stays, and with it every view; only what is pulled becomes another. */
static void leave(struct txn *t, const struct own_leaving *leaving)
{
	own_leaving_put(t, leaving);
	own_epoch_raise(t); /* readers' rosters do not know of it */
	t->roster_size = UINT64_MAX;
	muster_leave(t->muster, t);
	const struct roster *r = &t->muster->roster;
	for (uint32_t i = 0; i < r->registrars_count; i++)
		branch_cutoff(t, r->registrars[i].feed);
	if (branch_recall(t, leaving->feed, &leaving->end))
		anchored_arrived(t, leaving->feed); /* it was left for this one, by an anchor before */
}

/* Likewise where what is held is too short to tell. */
static void recall_short(struct txn *t, const struct anchor *anchor)
{
	for (uint32_t i = 0; i < anchor->feeds_count; i++) {
		const struct anchor_feed *named = &anchor->feeds[i];
		struct feed_no no;
		if (!txn_find_feed(t, &named->keys.feed, &no) || !muster_is_registrar(t->muster, no))
			continue;
		if (tip_head(t, no).size < named->head.size && branch_recall(t, no, &named->head))
			branch_swap(t, no);
	}
}

void anchored_take(struct txn *t, const struct anchor *anchor)
{
	uint8_t packed[ANCHOR_BYTES_MAX];
	struct own_leaving leaving;
	struct mp_out m = mp_out(packed, sizeof packed);
	anchor_pack(&m, anchor);
	must(mp_out_end(&m) == ERR_OK);
	leaving.anchor = mp_written(&m);
	if (find_off(t, anchor, &leaving)) {
		leave(t, &leaving);
		return;
	}
	recall_short(t, anchor);
	own_anchor_put(t, leaving.anchor);
	own_leaving_remove(t);
	rebuild_all(t);
}

void anchored_arrived(struct txn *t, struct feed_no no)
{
	struct anchor anchor;
	branch_swap(t, no);
	if (t->err != ERR_OK || !t->muster->is_leaving || !anchored_newest(t, &anchor)) {
		rebuild_all(t); /* the anchor in force ends the feed there */
		return;
	}
	anchored_take(t, &anchor);
	if (t->muster->is_leaving)
		rebuild_all(t); /* one more registrar's feed is off its branch */
}
