/* SPDX-License-Identifier: Apache-2.0
 * nota.c: lines and charges of a trade from the command line. Which values the rules allow is proto/ledger's. */
#include "tools/nota.h"

#include <string.h>

#include "base/limits.h"
#include "tools/lang.h"

/* Where C stands last in the text; its length when it does not. */
static size_t last_of(struct bytes text, char c)
{
	for (size_t i = text.len; i-- > 0;) {
		if (text.data[i] == (uint8_t)c)
			return i;
	}
	return text.len;
}

static struct field part(struct field f, size_t from, size_t to)
{
	return field_of(f.name, BYTES(f.text.data + from, to - from));
}

static void malformed(struct trouble *t, struct field f)
{
	trouble_field(t, ERR_BAD_TEXT, f.name,
	        _("\"%.*s\" is not ITEM: QUANTITY UNIT @ PRICE [- DISCOUNT%%]"),
	        (int)(f.text.len > 120 ? 120 : f.text.len), (const char *)f.text.data);
}

static bool is_numeral(uint8_t c)
{
	return (c >= '0' && c <= '9') || c == '.' || c == ',';
}

static void amount_and_unit(struct trouble *t, struct field f, struct arena *arena, struct trade_line *out)
{
	size_t n = 0;

	while (n < f.text.len && is_numeral(f.text.data[n]))
		n++;
	out->price.quantity_milli = field_quantity(t, part(f, 0, n), 3);
	out->unit = field_text(t, part(f, n, f.text.len), arena, UNIT_BYTES_MAX);
}

static void price_and_discount(struct trouble *t, struct field f, struct trade_line *out)
{
	size_t minus = f.text.len;

	if (f.text.len > 0 && f.text.data[f.text.len - 1] == '%') {
		minus = last_of(f.text, '-');
		if (minus == f.text.len) {
			malformed(t, f);
			return;
		}
		out->price.discount_bp = field_quantity(t, part(f, minus + 1, f.text.len - 1), 2);
	}
	out->price.unit_price_sen = field_price(t, part(f, 0, minus));
}

void nota_line(struct trouble *t, struct field f, struct arena *arena, struct trade_line *out)
{
	size_t at = last_of(f.text, '@'), colon;
	struct trade_line line = {0};

	if (trouble_is(t))
		return;
	colon = at < f.text.len ? last_of(BYTES(f.text.data, at), ':') : at;
	if (at == f.text.len || colon == at) {
		malformed(t, f);
		return;
	}
	line.item = field_text(t, part(f, 0, colon), arena, NAME_BYTES_MAX);
	amount_and_unit(t, part(f, colon + 1, at), arena, &line);
	price_and_discount(t, part(f, at + 1, f.text.len), &line);
	if (!trouble_is(t) && (line.item.len == 0 || line.unit.len == 0))
		malformed(t, f);
	if (!trouble_is(t))
		*out = line;
}

void nota_charge(struct trouble *t, struct field f, struct arena *arena, struct trade_charge *out)
{
	static const char *const kinds[] = {"freight", "weighing", "loading", "other", NULL};
	size_t equals = last_of(f.text, '=');
	struct trade_charge charge = {0};

	if (trouble_is(t))
		return;
	if (equals == f.text.len) {
		trouble_field(t, ERR_BAD_TEXT, f.name, _("\"%.*s\" is not KIND=AMOUNT"),
		        (int)(f.text.len > 120 ? 120 : f.text.len), (const char *)f.text.data);
		return;
	}
	charge.kind = (enum charge_kind)field_choice(t, part(f, 0, equals), kinds);
	charge.amount = field_money(t, part(f, equals + 1, f.text.len));
	charge.label = field_text(t, part(f, 0, equals), arena, NAME_BYTES_MAX);
	if (!trouble_is(t))
		*out = charge;
}
