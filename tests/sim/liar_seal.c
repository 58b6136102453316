/* SPDX-License-Identifier: Apache-2.0
 * liar_seal.c: channels whose readers are not those that are due, and sealed entries that open for the wrong ones or for
 * nobody. An honest partner must answer none of them, and an honest auditor must miss nothing without knowing it. */
#include <string.h>

#include "liar_int.h"

struct opening {
	uint32_t readers[LIAR_DUE_MAX];
	uint32_t count;
	uint64_t registrar_size;
	uint32_t flip_at; /* a byte of the body, turned; 0: none */
	bool other_key;   /* one reader's wrap is for another key */
};

/* As it should be, for a partner of some statements that will follow. */
static void choose(struct liar *l, struct opening *o)
{
	uint32_t partner = (uint32_t)liar_below(l, LIAR_PARTNERS);
	memset(o, 0, sizeof *o);
	o->registrar_size = l->roster_size;
	o->count = l->due[partner].count;
	memcpy(o->readers, l->due[partner].feeds, sizeof o->readers);
}

static void pack(struct liar *l, const struct opening *o, struct author *f)
{
	const uint8_t *keys[LIAR_DUE_MAX + 1] = {f->keys.public.seal};
	uint8_t random[SEAL_RANDOM_BYTES];
	struct channel_secret *secret = &f->channels[f->channels_count];
	for (uint32_t i = 0; i < o->count; i++)
		keys[i + 1] = l->weave.authors.feeds[o->readers[i]].keys.public.seal;
	if (o->other_key)
		keys[1 + liar_below(l, o->count)] = l->stranger.public.seal;
	liar_fill(l, random, sizeof random);
	liar_fill(l, secret->bytes, sizeof secret->bytes);
	const struct seal_channel c = {.feed = &f->keys.public.feed,
	        .seq = f->entries_count,
	        .registrar_size = o->registrar_size,
	        .secret = secret,
	        .readers = keys,
	        .readers_count = o->count + 1,
	        .random = random};
	seal_channel_pack(authors_body(&l->weave.authors), &c);
}

static bool open_channel(struct liar *l, const struct opening *o)
{
	struct authors *a = &l->weave.authors;
	struct author *f = &a->feeds[l->branch];
	if (f->channels_count == AUTHORS_CHANNELS_MAX)
		return false;
	pack(l, o, f);
	struct bytes body = mp_written(&a->body);
	if (o->flip_at > 0)
		a->scratch[o->flip_at % body.len] ^= (uint8_t)(1u << liar_below(l, 8));
	f->channel_seqs[f->channels_count++] =
	        authors_say_raw(a, l->branch, AUDIENCE_NETWORK, KIND_CHANNEL_OPEN, body).place.seq;
	return true;
}

bool liar_fair(struct liar *l)
{
	struct opening o;
	choose(l, &o);
	return open_channel(l, &o);
}

bool liar_lacking(struct liar *l)
{
	struct opening o;
	choose(l, &o);
	if (o.count == 0)
		return false;
	o.readers[liar_below(l, o.count)] = o.readers[o.count - 1];
	o.count--;
	return open_channel(l, &o);
}

bool liar_other_key(struct liar *l)
{
	struct opening o;
	choose(l, &o);
	o.other_key = o.count > 0;
	return o.other_key && open_channel(l, &o);
}

/* The commitment, E, a wrap, or the form. */
bool liar_broken(struct liar *l)
{
	struct opening o;
	choose(l, &o);
	o.flip_at = liar_chance(l, 2) ? 3 + (uint32_t)liar_below(l, 70) : 1 + (uint32_t)liar_below(l, 1000);
	return open_channel(l, &o);
}

bool liar_outdated(struct liar *l)
{
	const uint64_t sizes[] = {
	        0, 1, 2, l->roster_size / 2, l->roster_size + 1, 1000000, FEEDS_MAX, UINT64_MAX};
	struct opening o;
	choose(l, &o);
	o.registrar_size = sizes[liar_below(l, sizeof sizes / sizeof sizes[0])];
	return open_channel(l, &o);
}

/* Sealed as for another seq, or in the name of another entry than the channel's. */
bool liar_misplaced(struct liar *l)
{
	struct author *f = &l->weave.authors.feeds[l->branch];
	if (f->channels_count == 0)
		return false;
	uint8_t salt[SEAL_SALT_BYTES] = {0}; /* always the same */
	uint32_t at = (uint32_t)liar_below(l, f->channels_count);
	bool other_seq = liar_chance(l, 2);
	uint16_t kind = liar_some_kind(l);
	const struct seal_plain plain = {.kind = kind, .body = liar_body(l, kind)};
	const struct seal_context context = {.feed = &f->keys.public.feed,
	        .seq = f->entries_count + (other_seq ? 1 + liar_below(l, 3) : 0),
	        .secret = &f->channels[at]};
	uint64_t channel = other_seq ? f->channel_seqs[at] : liar_below(l, f->entries_count + 3);
	struct mp_out m = mp_out(l->scratch, sizeof l->scratch);
	if (seal_payload_pack(&m, &context, channel, salt, &plain))
		return false;
	(void)authors_say_raw(&l->weave.authors, l->branch, AUDIENCE_SEALED, KIND_SEALED, mp_written(&m));
	return true;
}

bool liar_shut(struct liar *l)
{
	uint8_t bytes[200];
	struct mp_out m = mp_out(l->scratch, sizeof l->scratch);
	liar_fill(l, bytes, sizeof bytes);
	mp_put_array(&m, 4);
	mp_put_uint(&m, liar_chance(l, 2) ? liar_below(l, UINT64_MAX) : liar_below(l, 20));
	mp_put_bin(&m, BYTES(bytes, 16));
	mp_put_bin(&m, BYTES(bytes + 16, 32));
	mp_put_bin(&m, BYTES(bytes + 48, liar_below(l, 150)));
	(void)authors_say_raw(&l->weave.authors, l->branch, AUDIENCE_SEALED, KIND_SEALED, mp_written(&m));
	return true;
}
