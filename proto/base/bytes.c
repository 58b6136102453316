/* SPDX-License-Identifier: Apache-2.0
 * bytes.c: views, the bounded writer, the bounded reader. Integers go byte by byte, so neither alignment nor the
 * machine's byte order matters; memcpy and memcmp never see the NULL of an empty view. */
#include <sodium.h>
#include <string.h>

#include "base/bytes.h"

bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

int bytes_compare(struct bytes a, struct bytes b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

struct bytes bytes_text(const char *text)
{
	return BYTES(text, strlen(text));
}

void bytes_wipe(void *data, size_t len)
{
	if (len > 0)
		sodium_memzero(data, len);
}

struct bytes_out bytes_out(void *data, size_t cap)
{
	return (struct bytes_out){.data = data, .cap = cap};
}

void bytes_put(struct bytes_out *o, const void *data, size_t len)
{
	must(o->len <= o->cap);
	if (o->err == ERR_OK && len > o->cap - o->len)
		o->err = ERR_NO_SPACE;
	if (o->err != ERR_OK || len == 0)
		return;
	memcpy(o->data + o->len, data, len);
	o->len += len;
}

static void put_be(struct bytes_out *o, uint64_t v, size_t width)
{
	uint8_t be[8];
	for (size_t i = width; i-- > 0; v >>= 8)
		be[i] = (uint8_t)v;
	bytes_put(o, be, width);
}

void bytes_put_u8(struct bytes_out *o, uint8_t v)
{
	bytes_put(o, &v, 1);
}

void bytes_put_u16(struct bytes_out *o, uint16_t v)
{
	put_be(o, v, 2);
}

void bytes_put_u32(struct bytes_out *o, uint32_t v)
{
	put_be(o, v, 4);
}

void bytes_put_u64(struct bytes_out *o, uint64_t v)
{
	put_be(o, v, 8);
}

void bytes_put_text(struct bytes_out *o, const char *text)
{
	bytes_put(o, text, strlen(text));
}

void bytes_put_decimal(struct bytes_out *o, uint64_t v)
{
	char digits[20]; /* 2^64 has 20 */
	size_t at = sizeof digits;
	do
		digits[--at] = (char)('0' + v % 10);
	while ((v /= 10) != 0);
	bytes_put(o, digits + at, sizeof digits - at);
}

struct bytes bytes_written(const struct bytes_out *o)
{
	return BYTES(o->data, o->len);
}

enum err bytes_out_end(const struct bytes_out *o)
{
	return o->err;
}

struct bytes_in bytes_in(struct bytes b)
{
	return (struct bytes_in){.data = b.data, .len = b.len};
}

size_t bytes_left(const struct bytes_in *in)
{
	must(in->at <= in->len);
	return in->err == ERR_OK ? in->len - in->at : 0;
}

struct bytes bytes_take(struct bytes_in *in, size_t len)
{
	if (len > bytes_left(in) && in->err == ERR_OK)
		in->err = ERR_TRUNCATED;
	if (in->err != ERR_OK || len == 0)
		return (struct bytes){0};
	struct bytes taken = BYTES(in->data + in->at, len);
	in->at += len;
	return taken;
}

void bytes_get(struct bytes_in *in, void *out, size_t len)
{
	if (len == 0)
		return;
	struct bytes b = bytes_take(in, len);
	if (b.len == len)
		memcpy(out, b.data, len);
	else
		memset(out, 0, len);
}

static uint64_t get_be(struct bytes_in *in, size_t width)
{
	struct bytes b = bytes_take(in, width);
	uint64_t v = 0;
	for (size_t i = 0; i < b.len; i++)
		v = v << 8 | b.data[i];
	return v;
}

uint8_t bytes_get_u8(struct bytes_in *in)
{
	return (uint8_t)get_be(in, 1);
}

uint16_t bytes_get_u16(struct bytes_in *in)
{
	return (uint16_t)get_be(in, 2);
}

uint32_t bytes_get_u32(struct bytes_in *in)
{
	return (uint32_t)get_be(in, 4);
}

uint64_t bytes_get_u64(struct bytes_in *in)
{
	return get_be(in, 8);
}

enum err bytes_in_end(const struct bytes_in *in)
{
	if (in->err == ERR_OK && in->at < in->len)
		return ERR_TRAILING;
	return in->err;
}
