/* SPDX-License-Identifier: Apache-2.0
 * date.c: the Gregorian calendar. Years are counted from March, so that the leap day is the last of its year and
 * the days before a month are (153 m + 2) / 5; eras of 400 years have 146,097 days. */
#include "base/date.h"
#include "base/limits.h"
#include "base/text.h"

#define DAY_MS 86400000
#define MINUTE_MS 60000
#define DAYS_OF_ERA 146097
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t clamp(int64_t n, int64_t min, int64_t max)
{
	return n < min ? min : n > max ? max : n;
}

static int64_t days_before(int64_t year, int64_t month)
{
	int64_t from_march = (month + 9) % 12;
	int64_t y = year - (month <= 2);
	int64_t era = floor_div(y, 400), of_era = y - 400 * era;
	return DAYS_OF_ERA * era + 365 * of_era + of_era / 4 - of_era / 100 + (153 * from_march + 2) / 5 -
	       DAYS_TO_1970;
}

static int64_t days_in(int64_t year, int64_t month)
{
	return days_before(year + month / 12, month % 12 + 1) - days_before(year, month);
}

enum err date_of(struct day_parts parts, struct day *out)
{
	if (parts.month < 1 || parts.month > 12 || parts.day < 1 ||
	        parts.day > days_in(parts.year, parts.month))
		return ERR_BAD_DATE;
	int64_t n = days_before(parts.year, parts.month) + parts.day - 1;
	if (n < DAY_MIN || n > DAY_MAX)
		return ERR_BAD_DATE;
	out->n = (int32_t)n;
	return ERR_OK;
}

struct day_parts date_parts(struct day d)
{
	int64_t n = (int64_t)d.n + DAYS_TO_1970;
	int64_t era = floor_div(n, DAYS_OF_ERA), of_era = n - DAYS_OF_ERA * era;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	int64_t from_march = (5 * of_year + 2) / 153;
	struct day_parts parts = {
	        .year = (int)(400 * era + y + (from_march >= 10)),
	        .month = (int)((from_march + 2) % 12 + 1),
	        .day = (int)(of_year - (153 * from_march + 2) / 5 + 1),
	};
	return parts;
}

struct day date_of_ms(uint64_t unix_ms, int32_t zone_minutes)
{
	uint64_t ms =
	        unix_ms < INT64_MAX / 2 ? unix_ms : INT64_MAX / 2; /* room for the zone; far beyond DAY_MAX */
	int64_t n = floor_div((int64_t)ms + (int64_t)zone_minutes * MINUTE_MS, DAY_MS);
	return (struct day){.n = (int32_t)clamp(n, DAY_MIN, DAY_MAX)};
}

uint64_t date_start_ms(struct day d, int32_t zone_minutes)
{
	return (uint64_t)clamp((int64_t)d.n * DAY_MS - (int64_t)zone_minutes * MINUTE_MS, 0, INT64_MAX);
}

struct day date_add_months(struct day d, int months)
{
	struct day_parts p = date_parts(d);
	int64_t month = 12 * (int64_t)p.year + p.month - 1 + months; /* from the year 0 */
	int64_t year = floor_div(month, 12);
	month = month - 12 * year + 1;
	int64_t last = days_in(year, month);
	int64_t n = days_before(year, month) + (p.day < last ? p.day : last) - 1;
	return (struct day){.n = (int32_t)clamp(n, DAY_MIN, DAY_MAX)};
}

/* The digits of a field of exactly LEN characters; false when there are others. */
static bool field(struct bytes text, size_t len, int *out)
{
	int n = 0;
	if (text.len != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		n = 10 * n + text.data[i] - '0';
	}
	*out = n;
	return true;
}

enum err date_parse(struct bytes text, struct day *out)
{
	struct day_parts parts = {0};
	struct bytes rest = text, year = text_split(&rest, '-'), month = text_split(&rest, '-');
	if (field(year, 4, &parts.year) && field(month, 2, &parts.month) && field(rest, 2, &parts.day))
		return date_of(parts, out);
	return ERR_BAD_DATE;
}

static void put_padded(struct bytes_out *o, uint64_t n, uint64_t least_with_all_digits)
{
	for (uint64_t least = least_with_all_digits; least > 1 && n < least; least /= 10)
		bytes_put_u8(o, '0');
	bytes_put_decimal(o, n);
}

void date_put(struct bytes_out *o, struct day d)
{
	struct day_parts p = date_parts(d);
	bytes_put_text(o, p.year < 0 ? "-" : "");
	put_padded(o, (uint64_t)(p.year < 0 ? -p.year : p.year), 1000);
	bytes_put_text(o, "-");
	put_padded(o, (uint64_t)p.month, 10);
	bytes_put_text(o, "-");
	put_padded(o, (uint64_t)p.day, 10);
}
