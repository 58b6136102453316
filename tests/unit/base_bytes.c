/* SPDX-License-Identifier: Apache-2.0
 * base_bytes.c: views, the writer and the reader: values, edges, and that the first error stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "support/hex.h"

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void comparing(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		int order;
	} cases[] = {
	        {"", "", 0},
	        {"", "a", -1},
	        {"a", "a", 0},
	        {"a", "b", -1},
	        {"a", "aa", -1},
	        {"ab", "b", -1},
	        {"\xff", "a", 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct bytes a = bytes_text(cases[i].a), b = bytes_text(cases[i].b);
		assert_int_equal(sign(bytes_compare(a, b)), cases[i].order);
		assert_int_equal(sign(bytes_compare(b, a)), -cases[i].order);
		assert_int_equal(bytes_equal(a, b), cases[i].order == 0);
	}
	assert_true(bytes_equal(BYTES(NULL, 0), bytes_text("")));
	assert_int_equal(bytes_compare(BYTES(NULL, 0), BYTES(NULL, 0)), 0);
}

static void integers_at_every_alignment(void **state)
{
	(void)state;
	for (size_t shift = 0; shift < 8; shift++) {
		uint8_t room[8 + 15];
		struct bytes_out o = bytes_out(room + shift, 15);
		bytes_put_u8(&o, 0xfe);
		bytes_put_u16(&o, 0xfd01);
		bytes_put_u32(&o, 0xfc020304);
		bytes_put_u64(&o, UINT64_C(0xfb05060708090a0b));
		assert_int_equal(bytes_out_end(&o), ERR_OK);
		assert_true(hex_equal(bytes_written(&o), "fe fd01 fc020304 fb05060708090a0b"));
		struct bytes_in in = bytes_in(bytes_written(&o));
		assert_int_equal(bytes_get_u8(&in), 0xfe);
		assert_int_equal(bytes_get_u16(&in), 0xfd01);
		assert_int_equal(bytes_get_u32(&in), 0xfc020304);
		assert_true(bytes_get_u64(&in) == UINT64_C(0xfb05060708090a0b));
		assert_int_equal(bytes_in_end(&in), ERR_OK);
	}
}

static void decimals(void **state)
{
	(void)state;
	static const struct {
		uint64_t n;
		const char *text;
	} cases[] = {{0, "0"}, {9, "9"}, {10, "10"}, {12345, "12345"}, {UINT64_MAX, "18446744073709551615"}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char room[20];
		struct bytes_out o = bytes_out(room, sizeof room);
		bytes_put_decimal(&o, cases[i].n);
		assert_int_equal(bytes_out_end(&o), ERR_OK);
		assert_true(bytes_equal(bytes_written(&o), bytes_text(cases[i].text)));
	}
}

static void writer_keeps_its_first_error(void **state)
{
	(void)state;
	char room[5] = "....";
	struct bytes_out o = bytes_out(room, 4);
	bytes_put_text(&o, "abc");
	bytes_put(&o, NULL, 0);
	assert_int_equal(bytes_out_end(&o), ERR_OK);
	bytes_put_u16(&o, 0x7878); /* one byte too many: none of it is written */
	bytes_put_u8(&o, 'x');     /* would fit */
	bytes_put(&o, room, SIZE_MAX);
	assert_int_equal(bytes_out_end(&o), ERR_NO_SPACE);
	assert_true(bytes_equal(bytes_written(&o), bytes_text("abc")));
	assert_string_equal(room, "abc.");
}

static void writer_fills_to_the_last_byte(void **state)
{
	(void)state;
	char room[3];
	struct bytes_out o = bytes_out(room, sizeof room), none = bytes_out(NULL, 0);
	bytes_put_text(&o, "abc");
	assert_int_equal(bytes_out_end(&o), ERR_OK);
	bytes_put_text(&none, "");
	assert_int_equal(bytes_out_end(&none), ERR_OK);
	bytes_put_u8(&none, 0);
	assert_int_equal(bytes_out_end(&none), ERR_NO_SPACE);
}

static void reader_keeps_its_first_error(void **state)
{
	(void)state;
	uint8_t out[4] = {1, 2, 3, 4};
	static const uint8_t zeros[4] = {0};
	struct bytes_in in = bytes_in(bytes_text("abc"));
	assert_int_equal(bytes_get_u16(&in), 0x6162);
	assert_int_equal(bytes_left(&in), 1);
	assert_int_equal(bytes_in_end(&in), ERR_TRAILING);
	assert_int_equal(bytes_get_u32(&in), 0);
	assert_int_equal(bytes_left(&in), 0);
	assert_int_equal(bytes_get_u8(&in), 0); /* would be there */
	bytes_get(&in, out, sizeof out);
	assert_memory_equal(out, zeros, sizeof out);
	assert_int_equal(bytes_take(&in, 0).len, 0);
	assert_int_equal(bytes_in_end(&in), ERR_TRUNCATED);
}

static void taking(void **state)
{
	(void)state;
	struct bytes_in in = bytes_in(bytes_text("abcdef"));
	assert_int_equal(bytes_take(&in, 0).len, 0);
	assert_true(bytes_equal(bytes_take(&in, 2), bytes_text("ab")));
	assert_true(bytes_equal(bytes_take(&in, 4), bytes_text("cdef")));
	assert_int_equal(bytes_in_end(&in), ERR_OK);
	assert_int_equal(bytes_take(&in, SIZE_MAX).len, 0);
	assert_int_equal(bytes_in_end(&in), ERR_TRUNCATED);
	struct bytes_in none = bytes_in(BYTES(NULL, 0));
	assert_int_equal(bytes_in_end(&none), ERR_OK);
	assert_int_equal(bytes_get_u8(&none), 0);
	assert_int_equal(bytes_in_end(&none), ERR_TRUNCATED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(comparing),
	        cmocka_unit_test(integers_at_every_alignment),
	        cmocka_unit_test(decimals),
	        cmocka_unit_test(writer_keeps_its_first_error),
	        cmocka_unit_test(writer_fills_to_the_last_byte),
	        cmocka_unit_test(reader_keeps_its_first_error),
	        cmocka_unit_test(taking),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
