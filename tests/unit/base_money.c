/* SPDX-License-Identifier: Apache-2.0
 * base_money.c: the price of a line, sums, and numbers as people and CSV files write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/money.h"
#include "support/random.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define KEPT 99

static void lines(void **state)
{
	(void)state;
	static const struct {
		struct line_price line;
		int64_t amount;
	} cases[] = {
	        {{1000, 150000000, 0}, 1500000},   /* 1 at Rp1.500.000 */
	        {{2978694, 1250000, 0}, 37233675}, /* 2,978.694 kg at Rp12.500 */
	        {{1000, 150, 0}, 2},               /* 1.50 rounds half up */
	        {{1000, 149, 0}, 1},
	        {{1, 1, 0}, 0},
	        {{500, 100, 0}, 1}, /* exactly half a rupiah */
	        {{499, 100, 0}, 0},
	        {{1000, 10000, 9999}, 0},       /* 0.01 */
	        {{1000, 500000, 9999}, 1},      /* 0.5 */
	        {{3000, 1000000, 1250}, 26250}, /* 12.5 % off */
	        {{1000, 0, 0}, 0},              /* a gift */
	        {{1000, UNIT_PRICE_SEN_MAX, 0}, 100000000000},
	        {{QUANTITY_MILLI_MAX, 1000000, 0}, MONEY_MAX},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rupiah got = {KEPT};
		assert_int_equal(money_line(&cases[i].line, &got), ERR_OK);
		assert_true(got.n == cases[i].amount);
	}
}

static void lines_out_of_range(void **state)
{
	(void)state;
	static const struct line_price bad[] = {
	        {0, 100, 0},
	        {-1, 100, 0},
	        {QUANTITY_MILLI_MAX + 1, 0, 0},
	        {1000, -1, 0},
	        {1, UNIT_PRICE_SEN_MAX + 1, 0},
	        {1000, 100, -1},
	        {1000, 100, 10000},
	        {QUANTITY_MILLI_MAX, 1000001, 0},            /* over 10^13 */
	        {QUANTITY_MILLI_MAX, UNIT_PRICE_SEN_MAX, 0}, /* 10^20 */
	        {INT64_MAX, INT64_MAX, INT64_MAX},
	        {INT64_MIN, INT64_MIN, INT64_MIN},
	};
	struct rupiah got = {KEPT};
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(money_line(&bad[i], &got), ERR_AMOUNT_RANGE);
	assert_int_equal(got.n, KEPT);
}

/* Long multiplication in base 10^9, against the 128-bit formula. */
static uint64_t line_slowly(uint64_t q, uint64_t p, uint64_t keep)
{
	enum { LIMB = 1000000000 };
	uint64_t a[2] = {q % LIMB, q / LIMB}, b[2] = {p % LIMB, p / LIMB}, limbs[6] = {0};
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < 2; j++) {
			uint64_t product = a[i] * b[j];
			limbs[i + j] += product % LIMB;
			limbs[i + j + 1] += product / LIMB;
		}
	for (size_t i = 0; i < 6; i++)
		limbs[i] *= keep;
	limbs[0] += LIMB / 2;
	for (size_t i = 0; i < 5; i++) {
		limbs[i + 1] += limbs[i] / LIMB;
		limbs[i] %= LIMB;
	}
	return limbs[3] > 0 || limbs[2] >= LIMB ? UINT64_MAX : limbs[2] * LIMB + limbs[1];
}

static void lines_against_long_multiplication(void **state)
{
	(void)state;
	uint64_t random = 2;
	unsigned fitted = 0;
	for (unsigned i = 0; i < 100000; i++) {
		struct line_price line = {
		        .quantity_milli = 1 + (int64_t)(random_of_any_size(&random) % QUANTITY_MILLI_MAX),
		        .unit_price_sen = (int64_t)(random_of_any_size(&random) % UNIT_PRICE_SEN_MAX),
		        .discount_bp = (int64_t)random_below(&random, 10000),
		};
		uint64_t want = line_slowly((uint64_t)line.quantity_milli, (uint64_t)line.unit_price_sen,
		        (uint64_t)(10000 - line.discount_bp));
		struct rupiah got = {KEPT};
		enum err e = money_line(&line, &got);
		assert_int_equal(e, want > MONEY_MAX ? ERR_AMOUNT_RANGE : ERR_OK);
		if (e == ERR_OK)
			assert_true((uint64_t)got.n == want);
		fitted += e == ERR_OK;
	}
	assert_true(fitted > 10000);
}

static void sums(void **state)
{
	(void)state;
	struct rupiah got = {KEPT}, most = {INT64_MAX}, least = {INT64_MIN}, one = {1}, minus = {-1};
	assert_int_equal(money_add(most, one, &got), ERR_AMOUNT_RANGE);
	assert_int_equal(money_add(least, minus, &got), ERR_AMOUNT_RANGE);
	assert_int_equal(got.n, KEPT);
	assert_int_equal(money_add(most, least, &got), ERR_OK);
	assert_int_equal(got.n, -1);
	assert_int_equal(money_add(most, minus, &got), ERR_OK);
	assert_true(got.n == INT64_MAX - 1);
}

static void amounts(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t n;
	} good[] = {
	        {"0", 0},
	        {"1500000", 1500000},
	        {"1.500.000", 1500000},
	        {"1.500", 1500},
	        {"Rp1.500.000", 1500000},
	        {"Rp 1.500.000", 1500000},
	        {"rp 1500000", 1500000},
	        {"-1.500.000", -1500000},
	        {"-Rp1.500.000", -1500000},
	        {"-Rp 1500000", -1500000},
	        {"(1.500.000)", -1500000},
	        {"(Rp 1.500.000)", -1500000},
	        {"-0", 0},
	        {"9.223.372.036.854.775.807", INT64_MAX},
	        {"-9223372036854775807", -INT64_MAX},
	};
	static const char *const bad[] = {"", "-", "()", "Rp", "Rp ", "(", ")", "-(5)", "(-5)", "(5", "5)",
	        "((5))", "--5", "+5", "1.50", "1.5000", "1500.000", ".500", "1.", "1..500", "1.500.", "1,500",
	        "1.500.000,00", "1 500", "01", "00", "0.500", "000.500", "5a", "a", "Rp  5", "RpRp5", "5Rp",
	        "Rp-5", " 5", "5 ", "1e3", "\302\2405", "9.223.372.036.854.775.808", "9223372036854775808",
	        "99999999999999999999999999", "1.000.000.000.000.000.000.000.000.000"};
	struct rupiah got = {KEPT};
	for (size_t i = 0; i < COUNT(bad); i++)
		if (money_parse(bytes_text(bad[i]), &got) != ERR_BAD_NUMBER)
			fail_msg("%s", bad[i]);
	assert_int_equal(money_parse(BYTES("5\0", 2), &got), ERR_BAD_NUMBER);
	assert_int_equal(got.n, KEPT);
	for (size_t i = 0; i < COUNT(good); i++) {
		if (money_parse(bytes_text(good[i].text), &got) != ERR_OK || got.n != good[i].n)
			fail_msg("%s", good[i].text);
	}
}

struct number_case {
	const char *text;
	unsigned places;
	enum err err;
	int64_t n;
};

typedef enum err reader(struct bytes text, unsigned places, int64_t *out);

static void read_all(reader *read, const struct number_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t got = KEPT, want = cases[i].err == ERR_OK ? cases[i].n : KEPT;
		if (read(bytes_text(cases[i].text), cases[i].places, &got) != cases[i].err || got != want)
			fail_msg("%s with %u places", cases[i].text, cases[i].places);
	}
}

static void decimals(void **state)
{
	(void)state;
	static const struct number_case cases[] = {
	        {"2978.694", 3, ERR_OK, 2978694},
	        {"1", 3, ERR_OK, 1000},
	        {"1.5", 3, ERR_OK, 1500},
	        {"1.500", 3, ERR_OK, 1500},
	        {"0.001", 3, ERR_OK, 1},
	        {"0", 3, ERR_OK, 0},
	        {"-1.25", 2, ERR_OK, -125},
	        {"7", 0, ERR_OK, 7},
	        {"9223372036854775.807", 3, ERR_OK, INT64_MAX},
	        {"9.223372036854775807", 18, ERR_OK, INT64_MAX},
	        {"9223372036854775.808", 3, ERR_BAD_NUMBER, 0},
	        {"9223372036854775807", 1, ERR_BAD_NUMBER, 0},
	        {"10", 18, ERR_BAD_NUMBER, 0},
	        {"1.2345", 3, ERR_BAD_NUMBER, 0},
	        {"1.5", 0, ERR_BAD_NUMBER, 0},
	        {"1.", 3, ERR_BAD_NUMBER, 0},
	        {".5", 3, ERR_BAD_NUMBER, 0},
	        {".", 3, ERR_BAD_NUMBER, 0},
	        {"", 3, ERR_BAD_NUMBER, 0},
	        {"-", 3, ERR_BAD_NUMBER, 0},
	        {"--1", 3, ERR_BAD_NUMBER, 0},
	        {"1-", 3, ERR_BAD_NUMBER, 0},
	        {"1.-5", 3, ERR_BAD_NUMBER, 0},
	        {"01.5", 3, ERR_BAD_NUMBER, 0},
	        {"1.500.000", 9, ERR_BAD_NUMBER, 0},
	        {"1,5", 3, ERR_BAD_NUMBER, 0},
	        {"1.5 ", 3, ERR_BAD_NUMBER, 0},
	        {"1.5kg", 5, ERR_BAD_NUMBER, 0},
	};
	read_all(money_parse_decimal, cases, COUNT(cases));
}

static void quantities(void **state)
{
	(void)state;
	static const struct number_case cases[] = {
	        {"1500", 3, ERR_OK, 1500000},
	        {"2.978,694", 3, ERR_OK, 2978694},
	        {"2978,694", 3, ERR_OK, 2978694},
	        {"1,5", 3, ERR_OK, 1500},
	        {"1,500", 3, ERR_OK, 1500},
	        {"0,5", 3, ERR_OK, 500},
	        {"1.5", 3, ERR_OK, 1500},
	        {"2978.69", 3, ERR_OK, 2978690},
	        {"1.500.000", 3, ERR_OK, 1500000000},
	        {"1.500.000,25", 3, ERR_OK, 1500000250},
	        {"-1,5", 3, ERR_OK, -1500},
	        {"1.500", 2, ERR_OK, 150000},
	        {"1.500", 0, ERR_OK, 1500},
	        {"1.500", 3, ERR_AMBIGUOUS_NUMBER, 0},
	        {"-1.500", 3, ERR_AMBIGUOUS_NUMBER, 0},
	        {"0.500", 3, ERR_AMBIGUOUS_NUMBER, 0},
	        {"2978.694", 3, ERR_AMBIGUOUS_NUMBER, 0},
	        {"2978.694", 2, ERR_BAD_NUMBER, 0},
	        {"1.abc", 3, ERR_BAD_NUMBER, 0},
	        {".500", 3, ERR_BAD_NUMBER, 0},
	        {"1.50,5", 3, ERR_BAD_NUMBER, 0},
	        {"1,500.5", 3, ERR_BAD_NUMBER, 0},
	        {"1,5,5", 3, ERR_BAD_NUMBER, 0},
	        {"1,", 3, ERR_BAD_NUMBER, 0},
	        {",5", 3, ERR_BAD_NUMBER, 0},
	        {"1,2345", 3, ERR_BAD_NUMBER, 0},
	        {"1.2345", 3, ERR_BAD_NUMBER, 0},
	        {"1.50.000", 3, ERR_BAD_NUMBER, 0},
	        {"1.500.00", 3, ERR_BAD_NUMBER, 0},
	        {"0.500.000", 3, ERR_BAD_NUMBER, 0},
	        {"", 3, ERR_BAD_NUMBER, 0},
	        {"1.", 3, ERR_BAD_NUMBER, 0},
	        {"9.223.372.036.854.775,808", 3, ERR_BAD_NUMBER, 0},
	};
	read_all(money_parse_quantity, cases, COUNT(cases));
}

static bool writes_grouped(int64_t n, const char *want)
{
	char room[32];
	struct bytes_out o = bytes_out(room, sizeof room);
	money_put_grouped(&o, (struct rupiah){n});
	return bytes_equal(bytes_written(&o), bytes_text(want));
}

static bool writes_quantity(int64_t n, unsigned places, const char *want)
{
	char room[32];
	struct bytes_out o = bytes_out(room, sizeof room);
	money_put_quantity(&o, n, places);
	return bytes_equal(bytes_written(&o), bytes_text(want));
}

static void writing(void **state)
{
	(void)state;
	assert_true(writes_grouped(0, "0"));
	assert_true(writes_grouped(999, "999"));
	assert_true(writes_grouped(1000, "1.000"));
	assert_true(writes_grouped(1500000, "1.500.000"));
	assert_true(writes_grouped(-1500000, "-1.500.000"));
	assert_true(writes_grouped(INT64_MAX, "9.223.372.036.854.775.807"));
	assert_true(writes_grouped(INT64_MIN, "-9.223.372.036.854.775.808"));
	assert_true(writes_quantity(2978694, 3, "2.978,694"));
	assert_true(writes_quantity(1500, 3, "1,5"));
	assert_true(writes_quantity(1000, 3, "1"));
	assert_true(writes_quantity(1005, 3, "1,005"));
	assert_true(writes_quantity(-5, 3, "-0,005"));
	assert_true(writes_quantity(0, 3, "0"));
	assert_true(writes_quantity(12345, 0, "12.345"));
	assert_true(writes_quantity(INT64_MIN, 18, "-9,223372036854775808"));
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	uint64_t random = 3;
	for (unsigned i = 0; i < 100000; i++) {
		int64_t n = (int64_t)(random_of_any_size(&random) >> 1) * (random_below(&random, 2) ? 1 : -1),
		        back = 0;
		unsigned places = (unsigned)random_below(&random, 19);
		char room[32];
		struct rupiah amount = {0};
		struct bytes_out o = bytes_out(room, sizeof room);
		money_put_grouped(&o, (struct rupiah){n});
		assert_int_equal(money_parse(bytes_written(&o), &amount), ERR_OK);
		assert_true(amount.n == n);
		o = bytes_out(room, sizeof room);
		money_put_quantity(&o, n, places);
		/* whole thousands are written as 1.500, which a person must not type */
		enum err e = money_parse_quantity(bytes_written(&o), places, &back);
		bool thousands =
		        places >= 3 && o.len >= 5 && room[o.len - 4] == '.' && !memchr(room, ',', o.len);
		assert_true((e == ERR_OK && back == n) || (e == ERR_AMBIGUOUS_NUMBER && thousands));
		assert_int_equal(bytes_out_end(&o), ERR_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(lines),
	        cmocka_unit_test(lines_out_of_range),
	        cmocka_unit_test(lines_against_long_multiplication),
	        cmocka_unit_test(sums),
	        cmocka_unit_test(amounts),
	        cmocka_unit_test(decimals),
	        cmocka_unit_test(quantities),
	        cmocka_unit_test(writing),
	        cmocka_unit_test(what_is_written_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
