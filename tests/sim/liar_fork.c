/* SPDX-License-Identifier: Apache-2.0
 * liar_fork.c: a feed with two histories, shown to different nodes, and signed heads of none at all. Whatever of it two
 * honest nodes hold must become a proof with both. */
#include <string.h>

#include "liar_int.h"

#define COMMON_LESS 5u

bool liar_split(struct liar *l)
{
	uint64_t size = l->weave.authors.feeds[l->own.n].entries_count;
	if (l->is_split || size == 0)
		return false;
	uint64_t less = liar_below(l, size < COMMON_LESS ? size : COMMON_LESS);
	authors_branch(&l->weave.authors, l->own.n, LIAR_OTHER, size - less);
	l->is_split = true;
	l->branch = LIAR_OTHER;
	return liar_nearly(l);
}

static bool say_head(struct liar_link *k, const struct checkpoint *c)
{
	const struct message_feed_head head = {.feed = k->liar->own, .checkpoint = *c};
	message_pack_heads(hostile_say(&k->h), &head, 1);
	hostile_said(&k->h);
	return true;
}

/* Mostly of a size that the other side may hold: a debtor that wants its feed void would sign just that. */
bool liar_false_head(struct liar *l)
{
	struct liar_link *k = liar_some_link(l);
	const struct author *f = &l->weave.authors.feeds[l->own.n];
	if (!k || !liar_chance(l, 4))
		return false;
	struct checkpoint c = {.head = {.size = 1 + liar_below(l, f->entries_count + 3)}};
	liar_fill(l, c.head.root.bytes, sizeof c.head.root.bytes);
	checkpoint_sign(&l->net->network, &f->keys.public.feed, f->keys.feed, &c.head, c.signature);
	return say_head(k, &c);
}

bool liar_other_head(struct liar *l)
{
	struct liar_link *k = liar_some_link(l);
	if (!k || !l->is_split)
		return false;
	const struct author *f = &l->weave.authors.feeds[k->branch == l->own.n ? LIAR_OTHER : l->own.n];
	if (f->ends_count == 0)
		return false;
	uint32_t at = f->ends_count - 1 - (uint32_t)liar_below(l, f->ends_count < 4 ? f->ends_count : 4);
	struct checkpoint c = {0};
	c.head = authors_head(&l->weave.authors, (uint32_t)(f - l->weave.authors.feeds), f->ends[at]);
	memcpy(c.signature, f->signatures[at], sizeof c.signature);
	return say_head(k, &c);
}

bool liar_two_faced(struct liar *l)
{
	struct liar_link *k = liar_some_link(l);
	if (!k || !l->is_split)
		return false;
	k->branch = k->branch == LIAR_OTHER ? l->own.n : LIAR_OTHER;
	return true;
}
