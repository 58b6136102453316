/* SPDX-License-Identifier: Apache-2.0
 * base_mp.c: the calls of the msgpack reader and writer: values, limits, every error, and that the first one stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mp.h"
#include "support/hex.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct mp_in reading(struct hex *h, const char *hex)
{
	*h = hex_of(hex);
	return mp_in(BYTES(h->data, h->len));
}

static void peeking(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		enum mp_type type;
	} cases[] = {
	        {"", MP_NONE},
	        {"c0", MP_NIL},
	        {"c1", MP_NONE},
	        {"c2", MP_BOOL},
	        {"c3", MP_BOOL},
	        {"00", MP_UINT},
	        {"cf", MP_UINT},
	        {"ff", MP_INT},
	        {"d0", MP_INT},
	        {"c4", MP_BIN},
	        {"c7", MP_NONE},
	        {"ca", MP_NONE},
	        {"d8", MP_NONE},
	        {"a0", MP_TEXT},
	        {"db", MP_TEXT},
	        {"9f", MP_ARRAY},
	        {"dd", MP_ARRAY},
	        {"80", MP_MAP},
	        {"df", MP_MAP},
	};
	struct hex h;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct mp_in m = reading(&h, cases[i].hex);
		assert_int_equal(mp_peek(&m), cases[i].type);
		mp_fail(&m, ERR_BUG);
		assert_int_equal(mp_peek(&m), MP_NONE);
	}
}

static void integers_in_range(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		int64_t min, max, n;
		enum err err;
	} cases[] = {
	        {"05", 0, 5, 5, ERR_OK},
	        {"05", 5, 5, 5, ERR_OK},
	        {"05", 6, 9, 0, ERR_OUT_OF_RANGE},
	        {"05", 0, 4, 0, ERR_OUT_OF_RANGE},
	        {"ff", -1, 0, -1, ERR_OK},
	        {"ff", 0, 9, 0, ERR_OUT_OF_RANGE},
	        {"d38000000000000000", INT64_MIN, INT64_MAX, INT64_MIN, ERR_OK},
	        {"cf7fffffffffffffff", INT64_MIN, INT64_MAX, INT64_MAX, ERR_OK},
	        {"cf8000000000000000", INT64_MIN, INT64_MAX, 0, ERR_OUT_OF_RANGE},
	        {"cfffffffffffffffff", INT64_MIN, INT64_MAX, 0, ERR_OUT_OF_RANGE},
	        {"c0", INT64_MIN, INT64_MAX, 0, ERR_MALFORMED},
	        {"c2", INT64_MIN, INT64_MAX, 0, ERR_MALFORMED},
	        {"a0", INT64_MIN, INT64_MAX, 0, ERR_MALFORMED},
	        {"d001", INT64_MIN, INT64_MAX, 0, ERR_NOT_SHORTEST},
	        {"", INT64_MIN, INT64_MAX, 0, ERR_TRUNCATED},
	};
	struct hex h;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct mp_in m = reading(&h, cases[i].hex);
		assert_true(mp_int(&m, cases[i].min, cases[i].max) == cases[i].n);
		assert_int_equal(mp_end(&m), cases[i].err);
	}
}

/* One call on one value: what the call is, and the error that it must give. */
enum call { UINT5, BOOL, BIN2, BIN_FIXED2, TEXT2, ARRAY2, ARRAY_FIXED2, MAP, NEED1 };

static void make(struct mp_in *m, enum call call)
{
	uint8_t two[2];
	struct mp_map map;
	switch (call) {
	case UINT5:
		(void)mp_uint(m, 5);
		break;
	case BOOL:
		(void)mp_bool(m);
		break;
	case BIN2:
		(void)mp_bin(m, 2);
		break;
	case BIN_FIXED2:
		mp_bin_fixed(m, two, 2);
		break;
	case TEXT2:
		(void)mp_text(m, 2);
		break;
	case ARRAY2:
		(void)mp_array(m, 2);
		break;
	case ARRAY_FIXED2:
		mp_array_fixed(m, 2);
		break;
	case MAP:
		(void)mp_map(m);
		break;
	case NEED1:
		map = mp_map(m);
		if (mp_need(m, &map, 1))
			mp_skip(m);
		break;
	}
}

static void calls_on_values(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		enum call call;
		enum err err;
	} cases[] = {
	        {"05", UINT5, ERR_OK}, {"06", UINT5, ERR_OUT_OF_RANGE}, {"ff", UINT5, ERR_MALFORMED},
	        {"c0", UINT5, ERR_MALFORMED}, {"cc05", UINT5, ERR_NOT_SHORTEST}, {"", UINT5, ERR_TRUNCATED},
	        {"c2", BOOL, ERR_OK}, {"c3", BOOL, ERR_OK}, {"01", BOOL, ERR_MALFORMED},
	        {"c0", BOOL, ERR_MALFORMED}, {"c4020000", BIN2, ERR_OK}, {"c400", BIN2, ERR_OK},
	        {"c403000000", BIN2, ERR_TOO_LONG}, {"a0", BIN2, ERR_MALFORMED},
	        {"c40200", BIN2, ERR_TRUNCATED}, {"c4020000", BIN_FIXED2, ERR_OK},
	        {"c40100", BIN_FIXED2, ERR_MALFORMED}, {"c403000000", BIN_FIXED2, ERR_MALFORMED},
	        {"a26161", BIN_FIXED2, ERR_MALFORMED}, {"a26161", TEXT2, ERR_OK},
	        {"a3616161", TEXT2, ERR_TOO_LONG}, {"a1ff", TEXT2, ERR_NOT_UTF8},
	        {"c400", TEXT2, ERR_MALFORMED}, {"90", ARRAY2, ERR_OK}, {"920000", ARRAY2, ERR_OK},
	        {"93000000", ARRAY2, ERR_TOO_MANY}, {"80", ARRAY2, ERR_MALFORMED},
	        {"dd10000000", ARRAY2, ERR_TRUNCATED}, {"920000", ARRAY_FIXED2, ERR_OK},
	        {"92c0", ARRAY2, ERR_TRUNCATED}, /* before the first item is read */
	        {"9100", ARRAY_FIXED2, ERR_MALFORMED}, {"93000000", ARRAY_FIXED2, ERR_MALFORMED},
	        {"90", ARRAY_FIXED2, ERR_MALFORMED}, {"80", MAP, ERR_OK}, {"90", MAP, ERR_MALFORMED},
	        {"df10000000", MAP, ERR_TRUNCATED}, {"8101c0", NEED1, ERR_OK},
	        {"8200c001", MAP, ERR_TRUNCATED}, /* before the first pair is read */
	        {"80", NEED1, ERR_MISSING_FIELD}, {"8100c0", NEED1, ERR_MISSING_FIELD},
	        {"8102c0", NEED1, ERR_MISSING_FIELD}, {"90", NEED1, ERR_MALFORMED},
	        {"82 01c0 a161", NEED1, ERR_OK}, /* what comes after is not looked at yet */
	};
	struct hex h;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct mp_in m = reading(&h, cases[i].hex);
		make(&m, cases[i].call);
		if (mp_error(&m) != cases[i].err)
			fail_msg("%s: not %s", cases[i].hex, err_code(cases[i].err));
	}
}

static void values_read(void **state)
{
	(void)state;
	struct hex h;
	uint8_t two[2] = {0};
	struct mp_in m = reading(&h, "9a c0 c3 c2 7f ce00010000 c4020102 c4020304 a26162 9105 d0df");
	mp_array_fixed(&m, 10);
	assert_true(hex_equal(mp_raw(&m), "c0"));
	assert_true(mp_bool(&m));
	assert_false(mp_bool(&m));
	assert_int_equal(mp_uint(&m, 127), 127);
	assert_int_equal(mp_uint(&m, UINT64_MAX), 65536);
	assert_true(hex_equal(mp_bin(&m, 2), "0102"));
	mp_bin_fixed(&m, two, sizeof two);
	assert_true(hex_equal(BYTES_OF(two), "0304"));
	assert_true(bytes_equal(mp_text(&m, 2), bytes_text("ab")));
	assert_true(hex_equal(mp_raw(&m), "9105"));
	assert_int_equal(mp_int(&m, -33, 0), -33);
	assert_int_equal(mp_end(&m), ERR_BUG); /* the array is open */
	mp_array_end(&m);
	assert_int_equal(mp_end(&m), ERR_OK);
}

static void first_error_stays(void **state)
{
	(void)state;
	struct hex h;
	uint8_t two[2] = {1, 2};
	struct mp_in m = reading(&h, "98 06 c3 c4020102 a161 9100 8100c0 c0 05");
	assert_int_equal(mp_array(&m, 8), 8);
	assert_int_equal(mp_uint(&m, 5), 0);
	assert_false(mp_bool(&m));
	assert_int_equal(mp_uint(&m, UINT64_MAX), 0);
	assert_int_equal(mp_int(&m, 1, 9), 0);
	assert_int_equal(mp_bin(&m, 9).len, 0);
	mp_bin_fixed(&m, two, sizeof two);
	assert_true(hex_equal(BYTES_OF(two), "0000"));
	assert_int_equal(mp_text(&m, 9).len, 0);
	assert_int_equal(mp_array(&m, 9), 0);
	mp_array_fixed(&m, 1);
	struct mp_map map = mp_map(&m);
	assert_int_equal(map.left, 0);
	assert_false(mp_key(&m, &map, 0));
	assert_false(mp_need(&m, &map, 0));
	mp_map_end(&m, &map);
	mp_array_end(&m);
	assert_int_equal(mp_raw(&m).len, 0);
	mp_skip(&m);
	mp_fail(&m, ERR_BUG);
	assert_int_equal(mp_error(&m), ERR_OUT_OF_RANGE);
	assert_int_equal(mp_end(&m), ERR_OUT_OF_RANGE);
}

static void trailing(void **state)
{
	(void)state;
	struct hex h;
	struct mp_in m = reading(&h, "0500");
	assert_int_equal(mp_uint(&m, 9), 5);
	assert_int_equal(mp_error(&m), ERR_OK);
	assert_int_equal(mp_end(&m), ERR_TRAILING);
}

static void maps(void **state)
{
	(void)state;
	struct hex h;
	struct mp_in m = reading(&h, "92 85 00 0a 02 8107c0 03 0b 05 91c0 7f 0c 05");
	mp_array_fixed(&m, 2);
	struct mp_map map = mp_map(&m);
	assert_true(mp_need(&m, &map, 0));
	assert_int_equal(mp_uint(&m, 99), 10);
	assert_false(mp_key(&m, &map, 1));
	assert_true(mp_key(&m, &map, 3)); /* skips 2 */
	assert_int_equal(mp_uint(&m, 99), 11);
	assert_false(mp_key(&m, &map, 4));
	mp_map_end(&m, &map); /* skips 5 and 127 */
	assert_int_equal(mp_uint(&m, 99), 5);
	mp_array_end(&m);
	assert_int_equal(mp_end(&m), ERR_OK);
}

/* What nobody asks for is still held to the profile. */
static void unknown_keys_are_checked(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		enum err err;
	} cases[] = {
	        {"82 01c0 0205", ERR_OK},
	        {"82 01c0 02cc05", ERR_NOT_SHORTEST},
	        {"82 01c1 0205", ERR_MALFORMED},
	        {"82 01c0 0105", ERR_KEY_ORDER},
	        {"83 01c0 0205 02c0", ERR_KEY_ORDER},
	        {"83 01c0 0205 03a1ff", ERR_NOT_UTF8},
	        {"83 01c0 0205 03", ERR_TRUNCATED},
	};
	struct hex h;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct mp_in m = reading(&h, cases[i].hex);
		struct mp_map map = mp_map(&m);
		if (mp_key(&m, &map, 2))
			assert_true(mp_uint(&m, 5) == 5 || mp_error(&m) != ERR_OK);
		mp_map_end(&m, &map);
		if (mp_end(&m) != cases[i].err)
			fail_msg("%s: not %s", cases[i].hex, err_code(cases[i].err));
	}
}

static void depth_of_reader_and_skip_are_one(void **state)
{
	(void)state;
	struct hex h;
	struct mp_in m = reading(&h, "91 8105 9191919191 91 c0"); /* eight in all */
	mp_array_fixed(&m, 1);
	struct mp_map map = mp_map(&m);
	assert_true(mp_need(&m, &map, 5));
	struct mp_in skip = m, deeper = m;
	mp_skip(&skip);
	assert_int_equal(mp_error(&skip), ERR_OK);
	for (unsigned i = 2; i < MP_DEPTH_MAX; i++)
		mp_array_fixed(&deeper, 1);
	assert_int_equal(mp_error(&deeper), ERR_OK);
	m = reading(&h, "91 8105 9191919191 91 90"); /* nine */
	mp_array_fixed(&m, 1);
	map = mp_map(&m);
	assert_true(mp_need(&m, &map, 5));
	skip = m;
	mp_skip(&skip);
	assert_int_equal(mp_error(&skip), ERR_TOO_DEEP);
	for (unsigned i = 2; i < MP_DEPTH_MAX + 1; i++)
		(void)mp_array(&m, 1);
	assert_int_equal(mp_error(&m), ERR_TOO_DEEP);
}

static void writer(void **state)
{
	(void)state;
	uint8_t room[4];
	struct mp_out m = mp_out(room, sizeof room);
	mp_put_array(&m, 1);
	mp_put_text(&m, bytes_text("ab"));
	assert_int_equal(mp_out_end(&m), ERR_OK);
	assert_true(hex_equal(mp_written(&m), "91a26162"));
	mp_put_nil(&m);
	assert_int_equal(mp_out_end(&m), ERR_NO_SPACE);
	m = mp_out(room, sizeof room);
	mp_put_bin(&m, bytes_text("abc"));
	mp_put_nil(&m);
	assert_int_equal(mp_out_end(&m), ERR_NO_SPACE);
	m = mp_out(room, sizeof room);
	mp_put_text(&m, bytes_text("\xff"));
	mp_put_array(&m, 100000);
	assert_int_equal(mp_out_end(&m), ERR_NOT_UTF8);
	assert_int_equal(mp_written(&m).len, 0);
	m = mp_out(NULL, 0);
	assert_int_equal(mp_out_end(&m), ERR_OK);
	mp_put_bool(&m, true);
	assert_int_equal(mp_out_end(&m), ERR_NO_SPACE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(peeking),
	        cmocka_unit_test(integers_in_range),
	        cmocka_unit_test(calls_on_values),
	        cmocka_unit_test(values_read),
	        cmocka_unit_test(first_error_stays),
	        cmocka_unit_test(trailing),
	        cmocka_unit_test(maps),
	        cmocka_unit_test(unknown_keys_are_checked),
	        cmocka_unit_test(depth_of_reader_and_skip_are_one),
	        cmocka_unit_test(writer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
