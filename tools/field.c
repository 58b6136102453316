/* SPDX-License-Identifier: Apache-2.0
 * field.c: reading values that people typed. The forms of numbers and dates are proto/base's; here is the naming of
 * what was wrong, and the one place where text is normalised (NFC), so that what is signed is what was meant. */
#include "tools/field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/limits.h"
#include "base/text.h"
#include "tools/lang.h"

struct field field_of(const char *name, struct bytes text)
{
	return (struct field){.name = name, .text = text_trim(text)};
}

bool field_given(struct field f)
{
	return f.text.len > 0;
}

/* Keep the error with the value as it was written. */
static void refuse(struct trouble *t, enum err e, struct field f)
{
	int shown = f.text.len > 120 ? 120 : (int)f.text.len;

	if (f.text.len == 0)
		trouble_field(t, e, f.name, "%s", _("it is empty"));
	else
		trouble_field(t, e, f.name, "\"%.*s\"", shown, (const char *)f.text.data);
}

struct day field_date(struct trouble *t, struct field f)
{
	struct day d = {0};
	enum err e;

	if (trouble_is(t))
		return d;
	e = date_parse(f.text, &d);
	if (e != ERR_OK)
		refuse(t, e, f);
	return d;
}

struct rupiah field_money(struct trouble *t, struct field f)
{
	struct rupiah amount = {0};
	enum err e;

	if (trouble_is(t))
		return amount;
	e = money_parse(f.text, &amount);
	if (e != ERR_OK)
		refuse(t, e, f);
	return amount;
}

int64_t field_quantity(struct trouble *t, struct field f, unsigned places)
{
	int64_t value = 0;
	enum err e;

	if (trouble_is(t))
		return 0;
	e = money_parse_quantity(f.text, places, &value);
	if (e != ERR_OK)
		refuse(t, e, f);
	return value;
}

#define SEN_PER_RUPIAH 100

int64_t field_price(struct trouble *t, struct field f)
{
	struct rupiah whole = {0};
	int64_t sen;

	if (trouble_is(t))
		return 0;
	if (money_parse(f.text, &whole) == ERR_OK && whole.n >= 0 && whole.n <= MONEY_MAX / SEN_PER_RUPIAH)
		return whole.n * SEN_PER_RUPIAH;
	if (f.text.len > 2 && memcmp(f.text.data, "Rp", 2) == 0)
		f = field_of(f.name, BYTES(f.text.data + 2, f.text.len - 2));
	sen = field_quantity(t, f, 2);
	if (sen < 0)
		refuse(t, ERR_BAD_NUMBER, f);
	return sen;
}

int64_t field_decimal(struct trouble *t, struct field f, unsigned places)
{
	int64_t value = 0;
	enum err e;

	if (trouble_is(t) || !field_given(f))
		return 0;
	e = money_parse_decimal(f.text, places, &value);
	if (e != ERR_OK)
		refuse(t, e, f);
	return value;
}

struct rupiah field_rupiah(struct trouble *t, struct field f)
{
	return (struct rupiah){field_decimal(t, f, 0)};
}

uint64_t field_count(struct trouble *t, struct field f, uint64_t max)
{
	uint64_t value = 0;
	enum err e;

	if (trouble_is(t) || !field_given(f))
		return 0;
	e = text_u64(f.text, max, &value);
	if (e != ERR_OK)
		refuse(t, e, f);
	return value;
}

static bool has_control(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++) {
		if (b.data[i] < 0x20 || b.data[i] == 0x7f)
			return true;
	}
	return false;
}

struct bytes field_text(struct trouble *t, struct field f, struct arena *arena, size_t max)
{
	struct bytes kept = {0};
	utf8proc_uint8_t *normal = NULL;
	utf8proc_ssize_t len;

	if (trouble_is(t) || !field_given(f))
		return kept;
	len = utf8proc_map(f.text.data, (utf8proc_ssize_t)f.text.len, &normal,
	        (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_IGNORE));
	if (len < 0)
		trouble_field(t, ERR_BAD_TEXT, f.name, "%s", _("it is not valid UTF-8"));
	else if (has_control(BYTES(normal, (size_t)len)))
		trouble_field(t, ERR_BAD_TEXT, f.name, "%s", _("it holds a control character"));
	else if ((size_t)len > max)
		trouble_field(t, ERR_BAD_TEXT, f.name, _("it has %zu bytes, at most %zu are allowed"),
		        (size_t)len, max);
	else
		kept = arena_copy(arena, BYTES(normal, (size_t)len));
	free(normal);
	return kept;
}

unsigned field_choice(struct trouble *t, struct field f, const char *const *choices)
{
	char all[256];
	size_t used = 0;

	if (trouble_is(t))
		return 0;
	for (unsigned i = 0; choices[i]; i++) {
		if (bytes_equal(f.text, bytes_text(choices[i])))
			return i;
	}
	all[0] = '\0';
	for (unsigned i = 0; choices[i] && used < sizeof all; i++)
		used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", choices[i]);
	trouble_field(t, ERR_BAD_TEXT, f.name, _("\"%.*s\" is none of: %s"),
	        (int)(f.text.len > 60 ? 60 : f.text.len), (const char *)f.text.data, all);
	return 0;
}

void field_need(struct trouble *t, struct field f)
{
	if (!trouble_is(t) && !field_given(f))
		trouble_field(t, ERR_MISSING_FIELD, f.name, "%s", _("it is empty"));
}
