/* SPDX-License-Identifier: Apache-2.0
 * base_mp_random.c: the msgpack reader and msgpack-c's packer against each other, over random values, values with
 * mistakes in them, and bytes. The same in every run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mp.h"
#include "support/again.h"
#include "support/random.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define ROOM_BYTES 65536u

static uint8_t room[ROOM_BYTES], again[ROOM_BYTES];

/* A random value is a sequence of draws, made once to write it and once more to compare what is read. */
struct draw {
	enum mp_type type;
	uint64_t n; /* the number; bytes of a string; items, pairs */
};

static struct draw draw(uint64_t *random, unsigned depth)
{
	static const enum mp_type types[] = {
	        MP_NIL, MP_BOOL, MP_UINT, MP_INT, MP_BIN, MP_TEXT, MP_ARRAY, MP_MAP};
	struct draw d = {.type = types[random_below(random, depth < MP_DEPTH_MAX ? 8 : 6)]};
	uint64_t small = random_below(random, random_below(random, 16) == 0 ? 300 : 20);
	bool number = d.type == MP_UINT || d.type == MP_INT;
	d.n = number ? random_of_any_size(random) : small;
	if (d.type == MP_BOOL)
		d.n %= 2;
	else if (d.type == MP_INT)
		d.n |= UINT64_C(1) << 63;
	else if (d.type == MP_ARRAY || d.type == MP_MAP)
		d.n %= depth < 3 ? 20 : 3;
	return d;
}

static struct bytes string_of(uint64_t *random, const struct draw *d, uint8_t content[300])
{
	for (size_t i = 0; i < d->n; i++)
		content[i] = (uint8_t)(d->type == MP_BIN ? random_below(random, 256)
		                                         : 1 + random_below(random, 127));
	return BYTES(content, d->n);
}

/* Negative numbers of all sizes. */
static int64_t below_zero(const struct draw *d)
{
	return -1 - (int64_t)((d->n & INT64_MAX) >> (d->n % 63));
}

static void write_value(uint64_t *random, unsigned depth, struct mp_out *m)
{
	uint8_t content[300];
	struct draw d = draw(random, depth);
	if (d.type == MP_NIL)
		mp_put_nil(m);
	else if (d.type == MP_BOOL)
		mp_put_bool(m, d.n == 1);
	else if (d.type == MP_UINT)
		mp_put_uint(m, d.n);
	else if (d.type == MP_INT)
		mp_put_int(m, below_zero(&d));
	else if (d.type == MP_BIN)
		mp_put_bin(m, string_of(random, &d, content));
	else if (d.type == MP_TEXT)
		mp_put_text(m, string_of(random, &d, content));
	else if (d.type == MP_ARRAY)
		mp_put_array(m, (uint32_t)d.n);
	else
		mp_put_map(m, (uint32_t)d.n);
	for (uint64_t i = 0; (d.type == MP_ARRAY || d.type == MP_MAP) && i < d.n; i++) {
		if (d.type == MP_MAP)
			mp_put_uint(m, i * i / 4 + i); /* ascending, with gaps */
		write_value(random, depth + 1, m);
	}
}

static void read_value(uint64_t *random, unsigned depth, struct mp_in *m);

static void read_items(uint64_t *random, unsigned depth, struct mp_in *m, uint64_t count)
{
	assert_int_equal(mp_array(m, UINT32_MAX), count);
	for (uint64_t i = 0; i < count; i++)
		read_value(random, depth + 1, m);
	mp_array_end(m);
}

static void read_pairs(uint64_t *random, unsigned depth, struct mp_in *m, uint64_t count)
{
	struct mp_map map = mp_map(m);
	assert_int_equal(map.left, count);
	for (uint64_t i = 0; i < count; i++) {
		assert_true(mp_need(m, &map, (uint32_t)(i * i / 4 + i)));
		read_value(random, depth + 1, m);
	}
	mp_map_end(m, &map);
}

static void read_value(uint64_t *random, unsigned depth, struct mp_in *m)
{
	uint8_t content[300];
	struct draw d = draw(random, depth);
	assert_int_equal(mp_peek(m), d.type);
	if (d.type == MP_NIL)
		assert_int_equal(mp_raw(m).len, 1);
	else if (d.type == MP_BOOL)
		assert_int_equal(mp_bool(m), d.n == 1);
	else if (d.type == MP_UINT)
		assert_true(mp_uint(m, UINT64_MAX) == d.n);
	else if (d.type == MP_INT)
		assert_true(mp_int(m, INT64_MIN, -1) == below_zero(&d));
	else if (d.type == MP_BIN)
		assert_true(bytes_equal(mp_bin(m, 300), string_of(random, &d, content)));
	else if (d.type == MP_TEXT)
		assert_true(bytes_equal(mp_text(m, 300), string_of(random, &d, content)));
	else if (d.type == MP_ARRAY)
		read_items(random, depth, m, d.n);
	else
		read_pairs(random, depth, m, d.n);
}

static void packed_values_read_equal(void **state)
{
	(void)state;
	size_t written = 0;
	for (uint64_t seed = 1; seed <= 5000; seed++) {
		uint64_t random = seed, same = seed;
		struct mp_out out = mp_out(room, sizeof room);
		write_value(&random, 0, &out);
		if (mp_out_end(&out) == ERR_NO_SPACE)
			continue;
		assert_int_equal(again_property(mp_written(&out), again), ERR_OK);
		struct mp_in in = mp_in(mp_written(&out));
		read_value(&same, 0, &in);
		assert_int_equal(mp_end(&in), ERR_OK);
		written++;
	}
	assert_true(written > 4500);
}

/* A packed value with one to four mistakes. */
static void mistaken_values_are_never_misread(void **state)
{
	(void)state;
	unsigned accepted = 0, errors[ERR_COUNT] = {0};
	for (uint64_t seed = 1; seed <= 20000; seed++) {
		uint64_t random = seed;
		struct mp_out out = mp_out(room, 2048);
		write_value(&random, 0, &out);
		size_t len = mp_written(&out).len;
		for (uint64_t i = random_below(&random, 4) + 1; i > 0 && len > 0; i--)
			room[random_below(&random, len)] = (uint8_t)random_next(&random);
		enum err e = again_property(BYTES(room, len), again);
		accepted += e == ERR_OK;
		errors[e]++;
	}
	assert_true(accepted > 1000);
	static const enum err met[] = {ERR_TRUNCATED, ERR_TRAILING, ERR_MALFORMED, ERR_NOT_SHORTEST,
	        ERR_KEY_ORDER, ERR_TOO_DEEP, ERR_NOT_UTF8};
	for (size_t i = 0; i < COUNT(met); i++)
		assert_true(errors[met[i]] > 0);
}

static void every_short_input(void **state)
{
	(void)state;
	unsigned accepted = 0;
	for (uint32_t n = 0; n < 1u << 16; n++) {
		uint8_t b[2] = {(uint8_t)(n >> 8), (uint8_t)n};
		accepted += again_property(BYTES_OF(b), again) == ERR_OK;
	}
	/* cc80-ff; d080-df; a1 and a character of one byte but NUL; c400; 91 and a value of one byte (fixint 128,
	 * negative 32, nil, two bools, empty text, array, map) */
	assert_int_equal(accepted, 128 + 96 + 127 + 1 + 166);
}

static void random_inputs(void **state)
{
	(void)state;
	uint64_t random = 4;
	for (unsigned i = 0; i < 300000; i++) {
		uint8_t b[24];
		size_t len = random_below(&random, sizeof b + 1);
		for (size_t j = 0; j < len; j++)
			b[j] = (uint8_t)(random_below(&random, 2) ? random_next(&random)
			                                          : 0x80 + random_below(&random, 32));
		(void)again_property(BYTES(b, len), again);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(packed_values_read_equal),
	        cmocka_unit_test(mistaken_values_are_never_misread),
	        cmocka_unit_test(every_short_input),
	        cmocka_unit_test(random_inputs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
