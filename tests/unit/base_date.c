/* SPDX-License-Identifier: Apache-2.0
 * base_date.c: the calendar, walked day by day with its plain rules, and the edges of zones and months. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/limits.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define DAY_MS 86400000u
#define WITA_MINUTES 480
#define ZONE_MAX_MINUTES 840

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static struct day_parts next(struct day_parts p)
{
	static const int lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int length = p.month == 2 && is_leap(p.year) ? 29 : lengths[p.month - 1];
	if (p.day < length)
		return (struct day_parts){p.year, p.month, p.day + 1};
	return p.month < 12 ? (struct day_parts){p.year, p.month + 1, 1}
	                    : (struct day_parts){p.year + 1, 1, 1};
}

static void every_day(void **state)
{
	(void)state;
	struct day_parts want = {1900, 1, 1};
	for (int32_t n = DAY_MIN; n <= DAY_MAX; n++, want = next(want)) {
		struct day d = {0};
		struct day_parts got = date_parts((struct day){n});
		assert_int_equal(got.year, want.year);
		assert_int_equal(got.month, want.month);
		assert_int_equal(got.day, want.day);
		assert_int_equal(date_of(want, &d), ERR_OK);
		assert_int_equal(d.n, n);
		char room[10];
		struct bytes_out o = bytes_out(room, sizeof room);
		date_put(&o, d);
		assert_int_equal(bytes_out_end(&o), ERR_OK);
		assert_int_equal(date_parse(bytes_written(&o), &d), ERR_OK);
		assert_int_equal(d.n, n);
	}
	assert_int_equal(want.year, 2200);
}

static void known_days(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int32_t n;
	} cases[] = {
	        {"1970-01-01", 0},
	        {"1969-12-31", -1},
	        {"1900-01-01", DAY_MIN},
	        {"2199-12-31", DAY_MAX},
	        {"2000-02-29", 11016},
	        {"2026-03-31", 20543},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct day d = {99};
		assert_int_equal(date_parse(bytes_text(cases[i].text), &d), ERR_OK);
		assert_int_equal(d.n, cases[i].n);
	}
}

static void not_dates(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "2026", "2026-03", "2026-3-31", "2026-03-1", "26-03-31",
	        "2026-03-31 ", " 2026-03-31", "2026-03-31-", "2026-03-31-01", "2026/03/31", "31-03-2026",
	        "2026-00-10", "2026-13-10", "2026-01-00", "2026-02-29", "2026-02-31", "2026-04-31",
	        "1900-02-29", "2100-02-29", "1899-12-31", "2200-01-01", "0000-01-01", "+026-03-31",
	        "-026-03-31", "2026-0a-31", "2026--3-31", "20260331"};
	struct day d = {99};
	for (size_t i = 0; i < COUNT(bad); i++)
		if (date_parse(bytes_text(bad[i]), &d) != ERR_BAD_DATE)
			fail_msg("%s", bad[i]);
	static const struct day_parts parts[] = {{2026, 2, 31}, {2026, 0, 1}, {2026, 13, 1}, {2026, 1, 0},
	        {2026, 1, 32}, {2026, -1, 1}, {2026, 1, -1}, {INT32_MAX, 1, 1}, {INT32_MIN, 12, 31},
	        {2026, INT32_MAX, 1}, {2026, INT32_MIN, 1}, {2026, 1, INT32_MAX}};
	for (size_t i = 0; i < COUNT(parts); i++)
		assert_int_equal(date_of(parts[i], &d), ERR_BAD_DATE);
	assert_int_equal(d.n, 99);
}

static void instants(void **state)
{
	(void)state;
	static const struct {
		uint64_t ms;
		int32_t zone, n;
	} cases[] = {
	        {0, 0, 0},
	        {0, -1, -1},
	        {DAY_MS - 1, 0, 0},
	        {DAY_MS, 0, 1},
	        {57599999, WITA_MINUTES, 0}, /* 23:59:59.999 WITA */
	        {57600000, WITA_MINUTES, 1},
	        {UINT64_MAX, 0, DAY_MAX},
	        {UINT64_MAX, -ZONE_MAX_MINUTES, DAY_MAX},
	        {UINT64_MAX, ZONE_MAX_MINUTES, DAY_MAX},
	        {UINT64_MAX, INT32_MAX, DAY_MAX},
	        {0, INT32_MIN, DAY_MIN},
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(date_of_ms(cases[i].ms, cases[i].zone).n, cases[i].n);
	assert_true(date_start_ms((struct day){1}, WITA_MINUTES) == 57600000);
	assert_true(date_start_ms((struct day){0}, WITA_MINUTES) == 0);
	assert_true(date_start_ms((struct day){DAY_MIN}, 0) == 0);
	for (int32_t n = 1; n <= DAY_MAX; n += 13) {
		uint64_t start = date_start_ms((struct day){n}, WITA_MINUTES);
		assert_int_equal(date_of_ms(start, WITA_MINUTES).n, n);
		assert_int_equal(date_of_ms(start - 1, WITA_MINUTES).n, n - 1);
	}
}

static void months(void **state)
{
	(void)state;
	static const struct {
		const char *from;
		int months;
		const char *to;
	} cases[] = {
	        {"2025-12-31", 3, "2026-03-31"},
	        {"2025-12-31", 6, "2026-06-30"},
	        {"2025-12-31", 2, "2026-02-28"},
	        {"2023-12-31", 2, "2024-02-29"},
	        {"2025-12-31", 12, "2026-12-31"},
	        {"2024-02-29", 12, "2025-02-28"},
	        {"2026-01-15", 0, "2026-01-15"},
	        {"2026-01-31", -1, "2025-12-31"},
	        {"2026-03-31", -1, "2026-02-28"},
	        {"2026-03-31", -15, "2024-12-31"},
	        {"2026-03-31", INT32_MAX, "2199-12-31"},
	        {"2026-03-31", INT32_MIN, "1900-01-01"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct day from = {0}, to = {0};
		assert_int_equal(date_parse(bytes_text(cases[i].from), &from), ERR_OK);
		assert_int_equal(date_parse(bytes_text(cases[i].to), &to), ERR_OK);
		assert_int_equal(date_add_months(from, cases[i].months).n, to.n);
	}
}

/* A day that nobody checked is still written, whatever it is. */
static void days_out_of_range_are_written(void **state)
{
	(void)state;
	static const struct {
		int32_t n;
		const char *text;
	} cases[] = {{-719528, "0000-01-01"}, {-719529, "-0001-12-31"}, {2932897, "10000-01-01"},
	        {INT32_MAX, "5881580-07-11"}};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char room[20];
		struct bytes_out o = bytes_out(room, sizeof room);
		date_put(&o, (struct day){cases[i].n});
		assert_true(bytes_equal(bytes_written(&o), bytes_text(cases[i].text)));
	}
	assert_int_equal(date_add_months((struct day){INT32_MIN}, -1).n, DAY_MIN);
	assert_int_equal(date_add_months((struct day){INT32_MAX}, INT32_MAX).n, DAY_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_day),
	        cmocka_unit_test(known_days),
	        cmocka_unit_test(not_dates),
	        cmocka_unit_test(instants),
	        cmocka_unit_test(months),
	        cmocka_unit_test(days_out_of_range_are_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
