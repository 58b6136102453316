/* SPDX-License-Identifier: Apache-2.0
 * money.c: the price of a line, and amounts and quantities as text. Reading goes in two steps: the forms that
 * people use are brought to digits without grouping, then one strict reader makes the number. */
#include <string.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/text.h"

__extension__ typedef __int128 wide;

enum err money_line(const struct line_price *line, struct rupiah *out)
{
	int64_t q = line->quantity_milli, p = line->unit_price_sen, d = line->discount_bp;
	if (q <= 0 || q > QUANTITY_MILLI_MAX || p < 0 || p > UNIT_PRICE_SEN_MAX || d < 0 ||
	        d > DISCOUNT_BP_MAX)
		return ERR_AMOUNT_RANGE;
	wide billionths = (wide)q * (10000 - d) * p; /* at most 10^29 */
	wide amount = (billionths + 500000000) / 1000000000;
	if (amount > MONEY_MAX)
		return ERR_AMOUNT_RANGE;
	out->n = (int64_t)amount;
	return ERR_OK;
}

enum err money_add(struct rupiah a, struct rupiah b, struct rupiah *out)
{
	wide sum = (wide)a.n + b.n;
	if (sum > INT64_MAX || sum < INT64_MIN)
		return ERR_AMOUNT_RANGE;
	out->n = (int64_t)sum;
	return ERR_OK;
}

#define DIGITS_MAX 24u /* longer than what fits into 64 bits */
#define PLACES_MAX 18u

/* *n x 10^len + DIGITS; false when that does not fit or they are no digits. */
static bool append(int64_t *n, struct bytes digits)
{
	for (size_t i = 0; i < digits.len; i++) {
		int digit = digits.data[i] - '0';
		if (digit < 0 || digit > 9 || *n > (INT64_MAX - digit) / 10)
			return false;
		*n = 10 * *n + digit;
	}
	return true;
}

/* WHOLE and FRACTION, digits only, as a number of 10^-places. */
static enum err scaled(struct bytes whole, struct bytes fraction, unsigned places, int64_t *out)
{
	int64_t n = 0;
	must(places <= PLACES_MAX);
	if (whole.len == 0 || (whole.len > 1 && whole.data[0] == '0') || fraction.len > places)
		return ERR_BAD_NUMBER;
	if (!append(&n, whole) || !append(&n, fraction))
		return ERR_BAD_NUMBER;
	for (size_t i = fraction.len; i < places; i++)
		if (!append(&n, bytes_text("0")))
			return ERR_BAD_NUMBER;
	*out = n;
	return ERR_OK;
}

static bool holds(struct bytes text, char c)
{
	return text.len > 0 && memchr(text.data, c, text.len) != NULL;
}

static bool starts(struct bytes text, const char *with)
{
	size_t len = strlen(with);
	return text.len >= len && memcmp(text.data, with, len) == 0;
}

/* Takes WITH off the front of the text; false when it does not start so. */
static bool take(struct bytes *text, const char *with)
{
	size_t len = strlen(with);
	bool there = starts(*text, with);
	if (there)
		*text = BYTES(text->data + len, text->len - len);
	return there;
}

/* 1.500.000: a group of one to three digits, then groups of three, into DIGITS without the dots. */
static enum err ungroup(struct bytes text, struct bytes_out *digits)
{
	struct bytes rest = text, group = text_split(&rest, '.');
	bool good = group.len >= 1 && group.len <= 3;
	bytes_put(digits, group.data, group.len);
	while (good && group.data + group.len < text.data + text.len) {
		group = text_split(&rest, '.');
		good = group.len == 3;
		bytes_put(digits, group.data, group.len);
	}
	return good && bytes_out_end(digits) == ERR_OK ? ERR_OK : ERR_BAD_NUMBER;
}

/* A whole number, grouped or not, and a fraction. */
static enum err grouped(struct bytes whole, struct bytes fraction, unsigned places, int64_t *out)
{
	uint8_t room[DIGITS_MAX];
	struct bytes_out digits = bytes_out(room, sizeof room);
	if (!holds(whole, '.'))
		return scaled(whole, fraction, places, out);
	enum err e = ungroup(whole, &digits);
	return e != ERR_OK ? e : scaled(bytes_written(&digits), fraction, places, out);
}

/* A number whose fraction, when it has one, is set off by SEP. */
static enum err decimal(struct bytes text, char sep, unsigned places, int64_t *out)
{
	bool has_fraction = holds(text, sep);
	struct bytes fraction = text, whole = text_split(&fraction, sep);
	if (has_fraction && fraction.len == 0)
		return ERR_BAD_NUMBER;
	return grouped(whole, fraction, places, out);
}

/* What was read as N, with its sign; untouched OUT when it was not read. */
static enum err with_sign(enum err e, bool minus, int64_t n, int64_t *out)
{
	if (e == ERR_OK)
		*out = minus ? -n : n;
	return e;
}

enum err money_parse(struct bytes text, struct rupiah *out)
{
	int64_t n = 0;
	bool minus = take(&text, "-"), bracket = !minus && take(&text, "(");
	if (bracket && (text.len == 0 || text.data[text.len - 1] != ')'))
		return ERR_BAD_NUMBER;
	text.len -= bracket;
	if (take(&text, "Rp") || take(&text, "rp") || take(&text, "RP"))
		(void)take(&text, " ");
	enum err e = grouped(text, BYTES(NULL, 0), 0, &n);
	return with_sign(e, minus || bracket, n, &out->n);
}

enum err money_parse_decimal(struct bytes text, unsigned places, int64_t *out)
{
	int64_t n = 0;
	bool minus = take(&text, "-");
	enum err e = decimal(text, '.', places, &n);
	return with_sign(e, minus, n, out);
}

/* No comma: a dot may be a decimal point or set off a thousand. */
static enum err undecided(struct bytes text, unsigned places, int64_t *out)
{
	struct bytes after = text;
	(void)text_split(&after, '.');
	if (holds(after, '.') || (after.len == 3 && places < 3))
		return grouped(text, BYTES(NULL, 0), places, out);
	enum err e = decimal(text, '.', places, out);
	return e == ERR_OK && after.len == 3 ? ERR_AMBIGUOUS_NUMBER : e;
}

enum err money_parse_quantity(struct bytes text, unsigned places, int64_t *out)
{
	int64_t n = 0;
	bool minus = take(&text, "-");
	enum err e = holds(text, ',') ? decimal(text, ',', places, &n) : undecided(text, places, &n);
	return with_sign(e, minus, n, out);
}

static uint64_t magnitude(int64_t n)
{
	return n < 0 ? ~(uint64_t)n + 1 : (uint64_t)n;
}

static void put_grouped(struct bytes_out *o, uint64_t n)
{
	uint8_t room[DIGITS_MAX];
	struct bytes_out digits = bytes_out(room, sizeof room);
	bytes_put_decimal(&digits, n);
	for (size_t i = 0; i < digits.len; i++) {
		if (i > 0 && (digits.len - i) % 3 == 0)
			bytes_put_text(o, ".");
		bytes_put_u8(o, room[i]);
	}
}

void money_put_grouped(struct bytes_out *o, struct rupiah amount)
{
	bytes_put_text(o, amount.n < 0 ? "-" : "");
	put_grouped(o, magnitude(amount.n));
}

void money_put_quantity(struct bytes_out *o, int64_t value, unsigned places)
{
	uint64_t scale = 1;
	must(places <= PLACES_MAX);
	for (unsigned i = 0; i < places; i++)
		scale *= 10;
	bytes_put_text(o, value < 0 ? "-" : "");
	put_grouped(o, magnitude(value) / scale);
	uint64_t rest = magnitude(value) % scale;
	bytes_put_text(o, rest > 0 ? "," : "");
	for (; rest > 0; rest = 10 * rest % scale) /* 10 times 10^18 fits */
		bytes_put_u8(o, (uint8_t)('0' + 10 * rest / scale));
}
