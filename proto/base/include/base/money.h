/* SPDX-License-Identifier: Apache-2.0
 * money.h: whole rupiah, and the one formula by which a line of a trade is priced. */
#ifndef BASE_MONEY_H
#define BASE_MONEY_H

#include "base/bytes.h"

struct rupiah {
	int64_t n;
};

/* One line: quantity in thousandths, price in sen (1/100 rupiah), discount in basis points. */
struct line_price {
	int64_t quantity_milli; /* 0 < q <= 10^12 */
	int64_t unit_price_sen; /* 0 <= p <= 10^13 */
	int64_t discount_bp;    /* 0 <= d < 10,000 */
};

/* (q x (10000 - d) x p + 500,000,000) / 1,000,000,000 in 128 bits, half up. ERR_AMOUNT_RANGE outside the ranges
 * above or when the result is over MONEY_MAX. */
MUST_USE enum err money_line(const struct line_price *line, struct rupiah *out);
/* a + b; ERR_AMOUNT_RANGE when the sum does not fit. */
MUST_USE enum err money_add(struct rupiah a, struct rupiah b, struct rupiah *out);

/* Amounts as people type them: 1500000, 1.500.000, Rp1.500.000, Rp 1.500.000, with a minus before or brackets
 * around for a negative. No number may begin with needless zeros. ERR_BAD_NUMBER, also when it does not fit. */
MUST_USE enum err money_parse(struct bytes text, struct rupiah *out);
/* A decimal with a dot and at most PLACES digits after it, no grouping (CSV): "2978.694", 3 -> 2978694.
 * A minus may stand before it; PLACES is at most 18 here and below. */
MUST_USE enum err money_parse_decimal(struct bytes text, unsigned places, int64_t *out);
/* As above, for a person: a comma is a decimal comma, and dots before it are grouping. ERR_AMBIGUOUS_NUMBER for one
 * dot and exactly three digits ("1.500"), unless there are fewer than three PLACES: then it can only be grouping. */
MUST_USE enum err money_parse_quantity(struct bytes text, unsigned places, int64_t *out);
/* "1.500.000", "-1.500.000". */
void money_put_grouped(struct bytes_out *o, struct rupiah amount);
/* value / 10^places with a decimal comma, trailing zeros dropped: 2978694, 3 -> "2.978,694". */
void money_put_quantity(struct bytes_out *o, int64_t value, unsigned places);

#endif
