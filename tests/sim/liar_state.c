/* SPDX-License-Identifier: Apache-2.0
 * liar_state.c: statements that the append code would not write: near the truth by weave.h, altered value by value, or
 * without any sense. They refer to what is really there, so the rules are what stops them. */
#include <string.h>

#include "liar_int.h"
#include "support/bodies.h"

#define YEAR_MS UINT64_C(31557600000)

uint16_t liar_some_kind(struct liar *l)
{
#define X(name, number, text, audience, object, part, check) number,
	static const uint16_t kinds[] = {LEDGER_KINDS(X)};
#undef X
	return kinds[liar_below(l, sizeof kinds / sizeof kinds[0])];
}

enum audience liar_audience(uint16_t kind)
{
	const struct kind_info *info = kind_info(kind);
	return info ? info->audience : AUDIENCE_NETWORK;
}

void liar_remember(struct liar *l, struct reference ref, uint16_t kind)
{
	struct weave *w = &l->weave;
	uint32_t at = w->pool_count;
	if (at == WEAVE_POOL)
		at = (uint32_t)liar_below(l, WEAVE_POOL);
	else
		w->pool_count++;
	w->pool[at].ref = ref;
	w->pool[at].kind = kind;
	w->pool[at].partner = 0;
}

static struct author *author(struct liar *l)
{
	return &l->weave.authors.feeds[l->branch];
}

static struct reference numbered(const struct liar *l, struct reference ref)
{
	ref.place.feed = l->own;
	return ref;
}

bool liar_say(struct liar *l, enum audience audience, uint16_t kind, struct bytes body)
{
	struct authors *a = &l->weave.authors;
	struct author *f = author(l);
	if (audience == AUDIENCE_NETWORK) {
		liar_remember(l, numbered(l, authors_say_raw(a, l->branch, audience, kind, body)), kind);
		return true;
	}
	if (f->channels_count == 0)
		(void)liar_fair(l);
	uint32_t channel = (uint32_t)liar_below(l, f->channels_count);
	uint8_t salt[SEAL_SALT_BYTES];
	liar_fill(l, salt, sizeof salt);
	const struct seal_plain plain = {.kind = kind, .body = body};
	const struct seal_context context = {
	        .feed = &f->keys.public.feed, .seq = f->entries_count, .secret = &f->channels[channel]};
	struct mp_out m = mp_out(l->scratch, sizeof l->scratch);
	if (seal_payload_pack(&m, &context, f->channel_seqs[channel], salt, &plain))
		return false;
	liar_remember(
	        l, numbered(l, authors_say_raw(a, l->branch, audience, KIND_SEALED, mp_written(&m))), kind);
	return true;
}

struct bytes liar_body(struct liar *l, uint16_t kind)
{
	weave_body(&l->weave, (uint32_t)liar_below(l, WEAVE_FEEDS), kind);
	struct bytes b = mp_written(&l->weave.authors.body);
	memcpy(l->body, b.data, b.len);
	return BYTES(l->body, b.len);
}

bool liar_nearly(struct liar *l)
{
	uint16_t kind = liar_some_kind(l);
	return liar_say(l, liar_audience(kind), kind, liar_body(l, kind));
}

/* A value that has the form, and no sense where it stands; or not even the form. */
static struct bytes odd_value(struct liar *l, void *room, size_t cap)
{
	static const char bad_text[] = "\xa3\xff\xfe\xfd", long_form[] = "\xcd\x00\x01";
	uint8_t bytes[600];
	struct mp_out m = mp_out(room, cap);
	liar_fill(l, bytes, sizeof bytes);
	switch (liar_below(l, 14)) {
	case 0:
		mp_put_nil(&m);
		break;
	case 1:
		mp_put_int(&m, -1);
		break;
	case 2:
		mp_put_int(&m, INT64_MIN);
		break;
	case 3:
		mp_put_uint(&m, UINT64_MAX);
		break;
	case 4:
		mp_put_uint(&m, (uint64_t)1 << liar_below(l, 64));
		break;
	case 5:
		mp_put_text(&m, bytes_text(""));
		break;
	case 6:
		memset(bytes, 'a', sizeof bytes);
		mp_put_text(&m, BYTES_OF(bytes));
		break;
	case 7:
		mp_put_raw(&m, BYTES(bad_text, 4));
		break;
	case 8:
		mp_put_array(&m, 0);
		break;
	case 9:
		mp_put_bin(&m, BYTES(bytes, liar_below(l, 64)));
		break;
	case 10:
		mp_put_raw(&m, BYTES(long_form, 3));
		break;
	case 11:
		mp_put_bool(&m, true);
		break;
	case 12:
		mp_put_uint(&m, liar_below(l, 20));
		break;
	default:
		reference_pack(&m, &l->weave.pool[liar_below(l, l->weave.pool_count + 1) % WEAVE_POOL].ref);
		break;
	}
	must(mp_out_end(&m) == ERR_OK);
	return mp_written(&m);
}

bool liar_altered(struct liar *l)
{
	uint8_t value[700];
	uint16_t kind = liar_some_kind(l);
	struct bytes body = liar_body(l, kind), odd = odd_value(l, value, sizeof value);
	static uint8_t room[ENTRY_PAYLOAD_BYTES_MAX]; /* one thread; used up at once */
	return liar_say(l, liar_audience(kind), kind,
	        bodies_with(body, (uint32_t)liar_below(l, 20), odd, room, sizeof room));
}

bool liar_cropped(struct liar *l)
{
	uint16_t kind = liar_some_kind(l);
	struct bytes body = liar_body(l, kind);
	if (liar_chance(l, 3))
		l->body[body.len++] = 0xc0;
	else
		body.len = liar_below(l, body.len);
	return liar_say(l, liar_audience(kind), kind, body);
}

bool liar_noise(struct liar *l)
{
	size_t len = liar_below(l, 300);
	bool any = liar_chance(l, 2);
	uint16_t kind = any ? (uint16_t)(2 + liar_below(l, 100)) : liar_some_kind(l);
	liar_fill(l, l->body, len);
	return liar_say(l, liar_audience(kind), kind, BYTES(l->body, len));
}

bool liar_unknown(struct liar *l)
{
	struct mp_out m = mp_out(l->body, sizeof l->body);
	uint16_t kind = (uint16_t)(86 + liar_below(l, UINT16_MAX - 86));
	mp_put_map(&m, 1);
	mp_put_uint(&m, 0);
	mp_put_uint(&m, liar_below(l, UINT64_MAX));
	return liar_say(l, liar_chance(l, 2) ? AUDIENCE_SEALED : AUDIENCE_NETWORK, kind, mp_written(&m));
}

bool liar_uncovered(struct liar *l)
{
	uint16_t kind = liar_some_kind(l);
	enum audience other = liar_audience(kind) == AUDIENCE_SEALED ? AUDIENCE_NETWORK : AUDIENCE_SEALED;
	return liar_say(l, other, kind, liar_body(l, kind));
}

bool liar_ill_text(struct liar *l)
{
	static const char *const texts[] = {"\xc3\x28", "\xed\xa0\x80", "\xf5\x80\x80\x80", "a\x01z",
	        "\x1b[2J", "\xc0\xaf", "\xe2\x80\xae", "\x7f"};
	const char *text = texts[liar_below(l, sizeof texts / sizeof texts[0])];
	struct mp_out m = mp_out(l->body, sizeof l->body);
	uint8_t head = (uint8_t)(0xa0 | strlen(text));
	mp_put_map(&m, 1);
	mp_put_uint(&m, liar_below(l, 4));
	mp_put_raw(&m, BYTES(&head, 1));
	mp_put_raw(&m, BYTES(text, strlen(text)));
	uint16_t kind = liar_chance(l, 2) ? KIND_PROFILE_SET : liar_some_kind(l);
	return liar_say(l, liar_audience(kind), kind, mp_written(&m));
}

bool liar_overlong(struct liar *l)
{
	size_t len = ENTRY_PAYLOAD_BYTES_MAX - liar_below(l, 2) * liar_below(l, 1000);
	uint16_t kind = liar_chance(l, 2) ? KIND_PROFILE_SET : liar_some_kind(l);
	memset(l->body, (int)liar_below(l, 256), len);
	return liar_say(l, AUDIENCE_NETWORK, kind, BYTES(l->body, len));
}

/* Times never go back within a feed: so this is for good. */
bool liar_far_time(struct liar *l)
{
	static const uint64_t far_ms[] = {YEAR_MS, 100 * YEAR_MS, 300 * YEAR_MS, UINT64_C(1) << 53,
	        INT64_MAX - UINT64_C(1000000), UINT64_MAX - UINT64_C(1000000)};
	uint64_t ahead = far_ms[liar_below(l, sizeof far_ms / sizeof far_ms[0])];
	if (!liar_chance(l, 8) || author(l)->time_ms > UINT64_MAX - ahead)
		return false;
	author(l)->time_ms += ahead;
	return liar_nearly(l);
}

bool liar_copied(struct liar *l)
{
	const struct author *f = author(l);
	for (uint64_t left = f->entries_count < 50 ? f->entries_count : 50; left > 0; left--) {
		const struct run_item *item = &f->entries[liar_below(l, f->entries_count)].item;
		if (item->audience != AUDIENCE_SEALED)
			continue;
		(void)authors_say_raw(
		        &l->weave.authors, l->branch, AUDIENCE_SEALED, KIND_SEALED, item->payload);
		return true;
	}
	return false;
}
