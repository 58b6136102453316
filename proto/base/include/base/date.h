/* SPDX-License-Identifier: Apache-2.0
 * date.h: calendar days of the Gregorian calendar, as day numbers. No time zone but the one passed in. */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/bytes.h"

struct day {
	int32_t n; /* days since 1970-01-01; DAY_MIN..DAY_MAX of limits.h are 1900-01-01..2199-12-31 */
};

struct day_parts {
	int year, month, day; /* month and day from 1 */
};

/* ERR_BAD_DATE for 31 February, and outside DAY_MIN..DAY_MAX. */
MUST_USE enum err date_of(struct day_parts parts, struct day *out);
struct day_parts date_parts(struct day d);
/* The day on which the instant falls in a zone that many minutes east of UTC; DAY_MAX for all later instants. */
struct day date_of_ms(uint64_t unix_ms, int32_t zone_minutes);
/* The first instant of the day in that zone; 0 when that is before 1970. */
uint64_t date_start_ms(struct day d, int32_t zone_minutes);
/* D plus months, clamped to the end of the month: 31 December + 3 = 31 March, + 6 = 30 June.
 * Also clamped to DAY_MIN..DAY_MAX. */
struct day date_add_months(struct day d, int months);
MUST_USE enum err date_parse(struct bytes text, struct day *out); /* exactly 2026-03-31 */
void date_put(struct bytes_out *o, struct day d);                 /* 2026-03-31 */

#endif
