/* SPDX-License-Identifier: Apache-2.0 */
/* reference.c: how one entry names another, in msgpack and as people type it.
 * Its twist: what people type may be any prefix that still has the place, odd numbers of digits included. */
#include <string.h>

#include "base/text.h"
#include "log/entry.h"

#define REFERENCE_DIGITS_SHOWN 16u

bool reference_equal(const struct reference *a, const struct reference *b)
{
	return place_compare(a->place, b->place) == 0 && memcmp(a->id, b->id, sizeof a->id) == 0;
}

struct reference reference_of(struct place place, const struct hash *id)
{
	struct reference r = {.place = place};
	memcpy(r.id, id->bytes, sizeof r.id);
	return r;
}

bool reference_names(const struct reference *r, const struct hash *id)
{
	return memcmp(r->id, id->bytes, sizeof r->id) == 0;
}

void reference_pack(struct mp_out *m, const struct reference *r)
{
	mp_put_array(m, 3);
	mp_put_uint(m, r->place.feed.n);
	mp_put_uint(m, r->place.seq);
	mp_put_bin(m, BYTES_OF(r->id));
}

void reference_unpack(struct mp_in *m, struct reference *out)
{
	struct reference r = {0};
	mp_array_fixed(m, 3);
	r.place.feed.n = (uint32_t)mp_uint(m, UINT32_MAX);
	r.place.seq = mp_uint(m, UINT64_MAX);
	mp_bin_fixed(m, r.id, sizeof r.id);
	mp_array_end(m);
	if (mp_error(m) == ERR_OK)
		*out = r;
}

void reference_put(struct bytes_out *o, const struct reference *r)
{
	bytes_put_decimal(o, r->place.feed.n);
	bytes_put_u8(o, '.');
	bytes_put_decimal(o, r->place.seq);
	bytes_put_u8(o, '-');
	text_put_hex(o, BYTES(r->id, REFERENCE_DIGITS_SHOWN / 2));
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* Unlike text_hex(): any number of digits up to the whole id, odd ones too. */
static bool id_digits(struct bytes digits, uint8_t id[REFERENCE_ID_BYTES])
{
	if (digits.len > 2 * REFERENCE_ID_BYTES)
		return false;
	memset(id, 0, REFERENCE_ID_BYTES);
	for (size_t i = 0; i < digits.len; i++) {
		int v = hex_digit(digits.data[i]);
		if (v < 0)
			return false;
		id[i / 2] |= (uint8_t)(i % 2 == 0 ? v << 4 : v);
	}
	return true;
}

enum err reference_parse(struct bytes text, struct reference *out, unsigned *digits)
{
	struct reference r;
	uint64_t feed;
	struct bytes id = text;
	struct bytes place = text_split(&id, '-');
	struct bytes seq = place;
	struct bytes number = text_split(&seq, '.');
	if (text_u64(number, UINT32_MAX, &feed) != ERR_OK ||
	        text_u64(seq, UINT64_MAX, &r.place.seq) != ERR_OK)
		return ERR_BAD_TEXT;
	if (!id_digits(id, r.id))
		return ERR_BAD_TEXT;
	r.place.feed.n = (uint32_t)feed;
	*out = r;
	*digits = (unsigned)id.len;
	return ERR_OK;
}
