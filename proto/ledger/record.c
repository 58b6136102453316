/* SPDX-License-Identifier: Apache-2.0
 * record.c: the fixed big-endian forms of which the records of objects are made, see record_int.h. */
#include "record_int.h"

#include <string.h>

void record_put_reference(struct bytes_out *o, const struct reference *r)
{
	record_put_place(o, r->place);
	bytes_put(o, r->id, sizeof r->id);
}

void record_put_place(struct bytes_out *o, struct place p)
{
	bytes_put_u32(o, p.feed.n);
	bytes_put_u64(o, p.seq);
}

void record_put_day(struct bytes_out *o, struct day d)
{
	bytes_put_u32(o, (uint32_t)d.n);
}

void record_put_money(struct bytes_out *o, struct rupiah r)
{
	bytes_put_u64(o, (uint64_t)r.n);
}

void record_put_text(struct bytes_out *o, struct bytes text)
{
	must(text.len <= UINT8_MAX);
	bytes_put_u8(o, (uint8_t)text.len);
	bytes_put(o, text.data, text.len);
}

struct reference record_get_reference(struct bytes_in *in)
{
	struct reference r = {.place = record_get_place(in)};
	bytes_get(in, r.id, sizeof r.id);
	return r;
}

struct place record_get_place(struct bytes_in *in)
{
	struct place p;
	p.feed.n = bytes_get_u32(in);
	p.seq = bytes_get_u64(in);
	return p;
}

struct day record_get_day(struct bytes_in *in)
{
	return (struct day){record_get_i32(in)};
}

struct rupiah record_get_money(struct bytes_in *in)
{
	return (struct rupiah){(int64_t)bytes_get_u64(in)};
}

int32_t record_get_i32(struct bytes_in *in)
{
	return (int32_t)bytes_get_u32(in);
}

uint8_t record_get_text(struct bytes_in *in, char *out, size_t cap)
{
	uint8_t len = bytes_get_u8(in);
	if (len > cap) {
		record_fail(in);
		return 0;
	}
	memset(out, 0, cap);
	bytes_get(in, out, len);
	return len;
}

uint8_t record_get_choice(struct bytes_in *in, uint32_t count)
{
	uint8_t v = bytes_get_u8(in);
	if (v >= count) {
		record_fail(in);
		return 0;
	}
	return v;
}

void record_fail(struct bytes_in *in)
{
	if (in->err == ERR_OK) {
		in->err = ERR_MALFORMED;
	}
}
