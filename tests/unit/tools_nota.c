/* SPDX-License-Identifier: Apache-2.0
 * tools_nota.c: lines and charges of a trade as people type them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tools/nota.h"

static const struct {
	const char *text, *item, *unit;
	int64_t quantity_milli, unit_price_sen, discount_bp;
} lines[] = {
        {"Beras: 1500 kg @ 12300", "Beras", "kg", 1500000, 1230000, 0},
        {"Gabah kering panen: 1500 kg @ 6.500 - 2,5%", "Gabah kering panen", "kg", 1500000, 650000, 250},
        {"TBS sawit:2.151,267kg@2.907,81-1,25%", "TBS sawit", "kg", 2151267, 290781, 125},
        {"Pupuk: NPK 15-15-15: 27 sak @ Rp98.714", "Pupuk: NPK 15-15-15", "sak", 27000, 9871400, 0},
        {"Jasa jemur: 0,5 ton @ 0", "Jasa jemur", "ton", 500, 0, 0},
        {"Telur @ rak: 16 rak besar @ 57389 - 100%", "Telur @ rak", "rak besar", 16000, 5738900, 10000},
};

static void a_line_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct trouble t = {0};
		struct arena arena = {0};
		struct trade_line line = {0};
		nota_line(&t, field_of("--line", bytes_text(lines[i].text)), &arena, &line);
		assert_false(trouble_is(&t));
		assert_true(bytes_equal(line.item, bytes_text(lines[i].item)));
		assert_true(bytes_equal(line.unit, bytes_text(lines[i].unit)));
		assert_int_equal(line.price.quantity_milli, lines[i].quantity_milli);
		assert_int_equal(line.price.unit_price_sen, lines[i].unit_price_sen);
		assert_int_equal(line.price.discount_bp, lines[i].discount_bp);
		arena_deinit(&arena);
	}
}

static const struct {
	const char *text;
	enum err err;
} refused[] = {
        {"", ERR_BAD_TEXT},
        {"Beras", ERR_BAD_TEXT},
        {"Beras: 15 kg", ERR_BAD_TEXT},
        {"Beras 15 kg @ 3", ERR_BAD_TEXT},
        {": 15 kg @ 3", ERR_BAD_TEXT},
        {"Beras: 15 @ 3", ERR_BAD_TEXT},
        {"Beras: kg @ 3", ERR_BAD_NUMBER},
        {"Beras: 1.500 kg @ 3", ERR_AMBIGUOUS_NUMBER},
        {"Beras: 15 kg @", ERR_BAD_NUMBER},
        {"Beras: 15 kg @ -3", ERR_BAD_NUMBER},
        {"Beras: 15 kg @ 3 2%", ERR_BAD_TEXT},
        {"Beras: 15 kg @ 3 - 2,555%", ERR_BAD_NUMBER},
};

static void what_cannot_be_read_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		struct trouble t = {0};
		struct arena arena = {0};
		struct trade_line line = {0};
		nota_line(&t, field_of("--line", bytes_text(refused[i].text)), &arena, &line);
		assert_int_equal(t.err, refused[i].err);
		assert_string_equal(t.field, "--line");
		assert_int_equal(line.price.quantity_milli, 0);
		arena_deinit(&arena);
	}
}

static void charges(void **state)
{
	struct trouble t = {0};
	struct arena arena = {0};
	struct trade_charge charge = {0};

	(void)state;
	nota_charge(&t, field_of("--charge", bytes_text("weighing=-12500")), &arena, &charge);
	assert_false(trouble_is(&t));
	assert_int_equal(charge.kind, CHARGE_WEIGHING);
	assert_int_equal(charge.amount.n, -12500);
	nota_charge(&t, field_of("--charge", bytes_text("gift=1")), &arena, &charge);
	assert_int_equal(t.err, ERR_BAD_TEXT);
	trouble_clear(&t);
	nota_charge(&t, field_of("--charge", bytes_text("freight")), &arena, &charge);
	assert_int_equal(t.err, ERR_BAD_TEXT);
	arena_deinit(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_line_is_read),
	        cmocka_unit_test(what_cannot_be_read_is_refused),
	        cmocka_unit_test(charges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
