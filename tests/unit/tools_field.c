/* SPDX-License-Identifier: Apache-2.0
 * tools_field.c: values as people type them: amounts, quantities, prices, dates, texts; and that the first one that
 * cannot be read is the one that is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tools/field.h"

static struct field f(const char *text)
{
	return field_of("--x", bytes_text(text));
}

static const struct {
	const char *text;
	enum err err;
	int64_t want;
} money[] =
        {
                {"1500000", ERR_OK, 1500000},
                {"1.500.000", ERR_OK, 1500000},
                {"Rp1.500.000", ERR_OK, 1500000},
                {" Rp 1.500.000 ", ERR_OK, 1500000},
                {"(1.500)", ERR_OK, -1500},
                {"1,5", ERR_BAD_NUMBER, 0},
                {"", ERR_BAD_NUMBER, 0},
},
  quantities[] =
          {
                  {"1500", ERR_OK, 1500000},
                  {"1,5", ERR_OK, 1500},
                  {"2.978,694", ERR_OK, 2978694},
                  {"1.5", ERR_OK, 1500},
                  {"1.500", ERR_AMBIGUOUS_NUMBER, 0},
                  {"abc", ERR_BAD_NUMBER, 0},
},
  prices[] = {
          {"6500", ERR_OK, 650000},
          {"6.500", ERR_OK, 650000},
          {"Rp6.500", ERR_OK, 650000},
          {"2.907,81", ERR_OK, 290781},
          {"Rp2.907,81", ERR_OK, 290781},
          {"0", ERR_OK, 0},
          {"-5", ERR_BAD_NUMBER, 0},
};

static void numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof money / sizeof money[0]; i++) {
		struct trouble t = {0};
		assert_int_equal(field_money(&t, f(money[i].text)).n, money[i].want);
		assert_int_equal(t.err, money[i].err);
	}
	for (size_t i = 0; i < sizeof quantities / sizeof quantities[0]; i++) {
		struct trouble t = {0};
		assert_int_equal(field_quantity(&t, f(quantities[i].text), 3), quantities[i].want);
		assert_int_equal(t.err, quantities[i].err);
	}
	for (size_t i = 0; i < sizeof prices / sizeof prices[0]; i++) {
		struct trouble t = {0};
		int64_t got = field_price(&t, f(prices[i].text));
		assert_int_equal(t.err, prices[i].err);
		if (t.err == ERR_OK)
			assert_int_equal(got, prices[i].want);
	}
}

static void csv_numbers_have_a_dot_and_no_grouping(void **state)
{
	struct trouble t = {0};

	(void)state;
	assert_int_equal(field_decimal(&t, f("2978.694"), 3), 2978694);
	assert_int_equal(field_decimal(&t, f("2.5"), 2), 250);
	assert_int_equal(field_decimal(&t, f(""), 3), 0);
	assert_int_equal(field_rupiah(&t, f("-12500")).n, -12500);
	assert_false(trouble_is(&t));
	(void)field_decimal(&t, f("1,5"), 3);
	assert_int_equal(t.err, ERR_BAD_NUMBER);
}

static void text_is_normalised_and_bounded(void **state)
{
	struct trouble t = {0};
	struct arena arena = {0};
	struct bytes b;

	(void)state;
	b = field_text(&t, f(" cafe\xcc\x81 "), &arena, 20);
	assert_true(bytes_equal(b, bytes_text("caf\xc3\xa9")));
	(void)field_text(&t, f("\xff"), &arena, 20);
	assert_int_equal(t.err, ERR_BAD_TEXT);
	trouble_clear(&t);
	(void)field_text(&t, f("too long"), &arena, 3);
	assert_int_equal(t.err, ERR_BAD_TEXT);
	trouble_clear(&t);
	(void)field_text(&t, f("a\nb"), &arena, 20);
	assert_int_equal(t.err, ERR_BAD_TEXT);
	arena_deinit(&arena);
}

static void the_first_trouble_is_kept(void **state)
{
	static const char *const choices[] = {"cash", "transfer", NULL};
	struct trouble t = {0};

	(void)state;
	assert_int_equal(field_choice(&t, field_of("cara", bytes_text("transfer")), choices), 1);
	(void)field_date(&t, field_of("tanggal", bytes_text("2019-02-29")));
	(void)field_choice(&t, field_of("cara", bytes_text("cek")), choices);
	assert_int_equal(t.err, ERR_BAD_DATE);
	assert_string_equal(t.field, "tanggal");
	assert_non_null(strstr(t.detail, "2019-02-29"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(numbers),
	        cmocka_unit_test(csv_numbers_have_a_dot_and_no_grouping),
	        cmocka_unit_test(text_is_normalised_and_bounded),
	        cmocka_unit_test(the_first_trouble_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
