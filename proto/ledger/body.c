/* SPDX-License-Identifier: Apache-2.0
 * body.c: the fields of bodies, see body_int.h.
 * Ranges that a rule of docs/LEDGER.md names have that rule's error; all else is malformed input of a peer. */
#include "body_int.h"

struct rupiah body_money(struct mp_in *m, int64_t min, int64_t max)
{
	int64_t n = mp_int(m, INT64_MIN, INT64_MAX);
	if (n < min || n > max) {
		mp_fail(m, ERR_AMOUNT_RANGE);
		n = 0;
	}
	return (struct rupiah){n};
}

struct day body_day(struct mp_in *m)
{
	int64_t n = mp_int(m, INT64_MIN, INT64_MAX);
	if (n < DAY_MIN || n > DAY_MAX) {
		mp_fail(m, ERR_DATE_RANGE);
		n = 0;
	}
	return (struct day){(int32_t)n};
}

int32_t body_year(struct mp_in *m)
{
	int64_t n = mp_int(m, INT64_MIN, INT64_MAX);
	if (n < BOOK_YEAR_MIN || n > BOOK_YEAR_MAX) {
		mp_fail(m, ERR_DATE_RANGE);
		n = 0;
	}
	return (int32_t)n;
}

struct member_no body_member(struct mp_in *m)
{
	return (struct member_no){body_u32(m, UINT32_MAX)};
}

uint32_t body_u32(struct mp_in *m, uint32_t max)
{
	return (uint32_t)mp_uint(m, max);
}

struct reference body_reference(struct mp_in *m)
{
	struct reference r = {0};
	reference_unpack(m, &r);
	return r;
}

struct bytes body_needed_text(struct mp_in *m, size_t max)
{
	struct bytes text = mp_text(m, max);
	if (text.len == 0) {
		mp_fail(m, ERR_MISSING_FIELD);
	}
	return text;
}

struct bytes body_text(struct mp_in *m, struct mp_map *map, uint32_t key, size_t max)
{
	return mp_key(m, map, key) ? mp_text(m, max) : (struct bytes){0};
}

struct rupiah body_amount(struct mp_in *m, struct mp_map *map, uint32_t key, int64_t max)
{
	return mp_key(m, map, key) ? body_money(m, -max, max) : (struct rupiah){0};
}

uint32_t body_has(struct bytes text)
{
	return body_one(text.len != 0);
}

uint32_t body_one(bool there)
{
	return there ? 1u : 0u;
}

void body_put_text(struct mp_out *m, uint32_t key, struct bytes text)
{
	if (text.len == 0) {
		return;
	}
	mp_put_uint(m, key);
	mp_put_text(m, text);
}

void body_put_amount(struct mp_out *m, uint32_t key, struct rupiah amount)
{
	if (amount.n == 0) {
		return;
	}
	body_put_int(m, key, amount.n);
}

void body_put_uint(struct mp_out *m, uint32_t key, uint64_t v)
{
	mp_put_uint(m, key);
	mp_put_uint(m, v);
}

void body_put_int(struct mp_out *m, uint32_t key, int64_t v)
{
	mp_put_uint(m, key);
	mp_put_int(m, v);
}

void body_put_reference(struct mp_out *m, uint32_t key, const struct reference *r)
{
	mp_put_uint(m, key);
	reference_pack(m, r);
}
