/* SPDX-License-Identifier: Apache-2.0
 * liar_share.c: key.share entries that give what is not there to give: secrets of channels that it is not in, wrong ones,
 * the same again and again, for members that nobody is, in forms that are none. True ones among them are of its own
 * channels: what others sealed to it, it does not give away, or nothing that it reads were theirs to keep. */
#include <string.h>

#include "liar_int.h"
#include "log/key_share.h"

#define ROWS_FEW 8u

void liar_share_learn(struct liar *l, struct place channel)
{
	l->channels[l->channels_count++ % LIAR_CHANNELS] = channel;
}

/* Its own member's, a partner's, or nobody's. */
static struct member_no some_member(struct liar *l)
{
	const uint32_t far[] = {MEMBERS_MAX - 1, MEMBERS_MAX, UINT32_MAX};
	if (liar_chance(l, 4))
		return (struct member_no){far[liar_below(l, 3)]};
	return (struct member_no){(uint32_t)liar_below(l, 1 + LIAR_PARTNERS)};
}

/* A channel of somebody, or a place where none is. */
static struct place some_place(struct liar *l)
{
	uint64_t count = l->channels_count < LIAR_CHANNELS ? l->channels_count : LIAR_CHANNELS;
	if (count > 0 && !liar_chance(l, 3))
		return l->channels[liar_below(l, count)];
	return (struct place){.feed = {(uint32_t)liar_below(l, liar_chance(l, 2) ? 12 : FEEDS_MAX)},
	        .seq = liar_below(l, liar_chance(l, 2) ? 60 : UINT64_MAX)};
}

/* Into the order of places, each once; returns how many are left. */
static uint32_t sort(struct key_share_row *rows, uint32_t count)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < count; i++) {
		const struct key_share_row row = rows[i];
		uint32_t at = kept;
		while (at > 0 && place_compare(rows[at - 1].channel, row.channel) > 0)
			at--;
		if (at > 0 && place_compare(rows[at - 1].channel, row.channel) == 0)
			continue;
		memmove(rows + at + 1, rows + at, (kept - at) * sizeof *rows);
		rows[at] = row;
		kept++;
	}
	return kept;
}

/* As key_share_pack() would, but for what it insists on. */
static bool say(struct liar *l, const struct key_share_row *rows, uint32_t count)
{
	struct mp_out m = mp_out(l->body, sizeof l->body);
	mp_put_array(&m, 2);
	mp_put_uint(&m, some_member(l).n);
	mp_put_array(&m, count);
	for (uint32_t i = 0; i < count; i++) {
		mp_put_array(&m, 3);
		mp_put_uint(&m, rows[i].channel.feed.n);
		mp_put_uint(&m, rows[i].channel.seq);
		mp_put_bin(&m, BYTES_OF(rows[i].secret.bytes));
	}
	must(mp_out_end(&m) == ERR_OK);
	return liar_say(
	        l, liar_chance(l, 20) ? AUDIENCE_NETWORK : AUDIENCE_SEALED, KIND_KEY_SHARE, mp_written(&m));
}

static uint32_t false_rows(struct liar *l, struct key_share_row *rows, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		rows[i].channel = some_place(l);
		liar_fill(l, rows[i].secret.bytes, sizeof rows[i].secret.bytes);
	}
	return sort(rows, count);
}

bool liar_share_false(struct liar *l)
{
	struct key_share_row rows[ROWS_FEW];
	return say(l, rows, false_rows(l, rows, 1 + (uint32_t)liar_below(l, ROWS_FEW)));
}

bool liar_share_many(struct liar *l)
{
	static struct key_share_row rows[KEY_SHARE_ROWS_MAX]; /* one thread; used up at once */
	if (!liar_chance(l, 8))
		return false;
	return say(l, rows, false_rows(l, rows, KEY_SHARE_ROWS_MAX));
}

/* Of its own channels, as they are, but for one bit now and then. */
bool liar_share_own(struct liar *l)
{
	const struct author *f = &l->weave.authors.feeds[l->branch];
	struct key_share_row rows[ROWS_FEW];
	uint32_t count = f->channels_count < ROWS_FEW ? f->channels_count : ROWS_FEW;
	if (count == 0)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = (uint32_t)liar_below(l, f->channels_count);
		rows[i].channel = (struct place){.feed = l->own, .seq = f->channel_seqs[at]};
		rows[i].secret = f->channels[at];
		if (liar_chance(l, 4))
			rows[i].secret.bytes[liar_below(l, sizeof rows[i].secret.bytes)] ^= 1;
	}
	return say(l, rows, sort(rows, count));
}

/* Two of one place, out of order, none at all, more than there may be. */
bool liar_share_ill(struct liar *l)
{
	static struct key_share_row rows[KEY_SHARE_ROWS_MAX + 1]; /* as above */
	uint32_t count = 2;
	memset(rows, 0, sizeof rows);
	(void)false_rows(l, rows, 1);
	rows[1] = rows[0];
	switch (liar_below(l, 4)) {
	case 0:
		break;
	case 1:
		rows[0].channel.seq |= 1;
		rows[1].channel.seq = rows[0].channel.seq - 1;
		break;
	case 2:
		count = 0;
		break;
	default:
		count = KEY_SHARE_ROWS_MAX + 1;
		for (uint32_t i = 0; i < count; i++)
			rows[i].channel = (struct place){.feed = {1}, .seq = i};
		break;
	}
	return say(l, rows, count);
}
