/* SPDX-License-Identifier: Apache-2.0
 * liar_flood.c: more than anybody needs, and what is no message: storms of every cheap question, lists without end,
 * garbage in frames that are encrypted as they should be. */
#include <string.h>

#include "liar_int.h"

#define STORM 700u

typedef void storm_one(struct liar *l, struct mp_out *m, uint64_t i);

static bool storm(struct liar *l, storm_one *one)
{
	struct liar_link *k = liar_some_link(l);
	if (!k || !liar_chance(l, 3))
		return false;
	for (uint64_t i = liar_below(l, STORM); i > 0 && liar_link_takes(k); i--) {
		one(l, hostile_say(&k->h), i);
		hostile_said(&k->h);
	}
	return true;
}

static void pull(struct liar *l, struct mp_out *m, uint64_t i)
{
	const struct message_pull p = {.feed = {(uint32_t)liar_below(l, i % 7 == 0 ? FEEDS_MAX : 8)},
	        .from = i % 3,
	        .to = UINT64_MAX - 2};
	message_pack_pull(m, &p);
}

bool liar_many_pulls(struct liar *l)
{
	return storm(l, pull);
}

static void prove(struct liar *l, struct mp_out *m, uint64_t i)
{
	const struct message_prove p = {.feed = {(uint32_t)liar_below(l, 16)},
	        .old_size = 1 + i % 5,
	        .new_size = i % 2 ? UINT64_MAX - 2 : 6 + liar_below(l, 100)};
	message_pack_prove(m, &p);
}

bool liar_many_proves(struct liar *l)
{
	return storm(l, prove);
}

static void frontier(struct liar *l, struct mp_out *m, uint64_t i)
{
	uint8_t fingerprints[8u * FRONTIER_BLOCKS_MAX];
	struct message_frontier f = {.registrar = {.size = i}};
	liar_fill(l, f.registrar.root.bytes, 8);
	memset(fingerprints, (int)(i % 256), sizeof fingerprints);
	f.fingerprints = BYTES(fingerprints, 8 * liar_below(l, FRONTIER_BLOCKS_MAX + 1));
	message_pack_frontier(m, &f);
}

bool liar_many_frontiers(struct liar *l)
{
	return storm(l, frontier);
}

static void ping(struct liar *l, struct mp_out *m, uint64_t i)
{
	struct message_blob_pull blob = {.part = (uint32_t)(i % (BLOB_BYTES_MAX / BLOB_PART_BYTES))};
	liar_fill(l, blob.document.bytes, sizeof blob.document.bytes);
	if (i % 2 == 0)
		message_pack_ping(m, &(struct message_ping){.time_ms = liar_below(l, UINT64_MAX)});
	else
		message_pack_blob_pull(m, &blob);
}

bool liar_many_pings(struct liar *l)
{
	return storm(l, ping);
}

/* The same node, again and again: of two links between the same nodes one goes. */
bool liar_many_links(struct liar *l)
{
	struct liar_link *k = liar_some_link(l);
	if (!k || !liar_chance(l, 3))
		return false;
	for (uint64_t n = 1 + liar_below(l, 6); n > 0; n--) {
		struct hostile *h = liar_intruder(l);
		hostile_init(h, l->net, l->options.index);
		(void)hostile_meet(h, l->net, k->victim, LINK_ACCEPTED);
	}
	return true;
}

bool liar_garbage(struct liar *l)
{
	struct liar_link *k = liar_some_link(l);
	uint8_t bytes[400];
	if (!k)
		return false;
	size_t len = 1 + liar_below(l, sizeof bytes);
	liar_fill(l, bytes, len);
	if (liar_chance(l, 2))
		bytes[0] = (uint8_t)(0x90 | liar_below(l, 16)); /* an array, at least */
	if (liar_chance(l, 2))
		bytes[1 % len] = (uint8_t)liar_below(l, MESSAGE_UNKNOWN + 3);
	mp_put_raw(hostile_say(&k->h), BYTES(bytes, len));
	hostile_said(&k->h);
	return true;
}

static void too_many(struct mp_out *m, uint32_t type, uint32_t count)
{
	mp_put_array(m, 1 + count);
	mp_put_uint(m, type);
	for (uint32_t i = 0; i < count; i++)
		mp_put_uint(m, 1);
}

bool liar_bad_list(struct liar *l)
{
	static const uint8_t huge_array[] = {0xdd, 0x7f, 0xff, 0xff, 0xff, 0x04};
	struct liar_link *k = liar_some_link(l);
	if (!k)
		return false;
	struct mp_out *m = hostile_say(&k->h);
	switch (liar_below(l, 5)) {
	case 0:
		too_many(m, MESSAGE_HAVE, 2 * (HAVE_FEEDS_MAX + 1));
		break;
	case 1:
		too_many(m, MESSAGE_SIZES, FEED_BLOCK + 2);
		break;
	case 2:
		mp_put_raw(m, BYTES_OF(huge_array));
		break;
	case 3: /* a PULL of nothing, of a feed that cannot be */
		mp_put_array(m, 4);
		mp_put_uint(m, MESSAGE_PULL);
		mp_put_uint(m, FEEDS_MAX);
		mp_put_uint(m, 5);
		mp_put_uint(m, 5);
		break;
	default: /* of a type to come: no fault */
		mp_put_array(m, 2);
		mp_put_uint(m, 16 + liar_below(l, 1000));
		mp_put_nil(m);
		break;
	}
	hostile_said(&k->h);
	return true;
}
