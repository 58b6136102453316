/* SPDX-License-Identifier: Apache-2.0
 * row.c: values of ours as JSON. */
#include "tools/row.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/text.h"

json_t *row_new(void)
{
	json_t *row = json_object();

	must(row);
	return row;
}

void row_json(json_t *row, const char *key, json_t *value)
{
	must(json_object_set_new(row, key, value) == 0);
}

void row_null(json_t *row, const char *key)
{
	row_json(row, key, json_null());
}

/* What people wrote in other encodings, or what was cut in the middle of a character, is shown with U+FFFD in the place
 * of what is no UTF-8: reports are made of it. */
static json_t *mended(struct bytes text)
{
	static const char sign[] = "\xef\xbf\xbd";
	json_t *value;
	size_t used = 0;
	char *out = malloc(text.len * (sizeof sign - 1));

	must(out);
	for (size_t i = 0; i < text.len;) {
		utf8proc_int32_t point;
		utf8proc_ssize_t n =
		        utf8proc_iterate(text.data + i, (utf8proc_ssize_t)(text.len - i), &point);
		const void *from = n > 0 ? (const void *)(text.data + i) : (const void *)sign;
		size_t bytes = n > 0 ? (size_t)n : sizeof sign - 1;
		memcpy(out + used, from, bytes);
		used += bytes;
		i += n > 0 ? (size_t)n : 1;
	}
	value = json_stringn(out, used);
	free(out);
	return value;
}

void row_text(json_t *row, const char *key, struct bytes text)
{
	json_t *value;

	if (text.len == 0) {
		row_null(row, key);
		return;
	}
	value = json_stringn((const char *)text.data, text.len);
	row_json(row, key, value ? value : mended(text));
}

void row_string(json_t *row, const char *key, const char *text)
{
	row_text(row, key, bytes_text(text ? text : ""));
}

void row_integer(json_t *row, const char *key, int64_t n)
{
	row_json(row, key, json_integer(n));
}

void row_money(json_t *row, const char *key, struct rupiah amount)
{
	row_integer(row, key, amount.n);
}

void row_count(json_t *row, const char *key, uint64_t n)
{
	must(n <= INT64_MAX);
	row_integer(row, key, (int64_t)n);
}

void row_yes(json_t *row, const char *key, bool yes)
{
	row_json(row, key, json_boolean(yes));
}

void row_date(json_t *row, const char *key, struct ctx *ctx, struct day d)
{
	row_string(row, key, names_date(ctx, d));
}

void row_member(json_t *row, const char *key, struct ctx *ctx, struct member_no no)
{
	row_string(row, key, names_alias(ctx, no));
}

void row_reference(json_t *row, const char *key, struct ctx *ctx, const struct reference *r)
{
	row_string(row, key, names_reference(ctx, r));
}

void row_decimal(json_t *row, const char *key, struct ctx *ctx, int64_t value, unsigned places)
{
	uint64_t scale = 1, size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char *text = arena_take(&ctx->arena, 48);

	for (unsigned i = 0; i < places; i++)
		scale *= 10;
	must(places > 0);
	(void)snprintf(text, 48, "%s%llu.%0*llu", value < 0 ? "-" : "", (unsigned long long)(size / scale),
	        (int)places, (unsigned long long)(size % scale));
	for (size_t len = strlen(text); text[len - 1] == '0'; len--)
		text[len - 1] = '\0';
	if (text[strlen(text) - 1] == '.')
		text[strlen(text) - 1] = '\0';
	row_string(row, key, text);
}

void row_hex(json_t *row, const char *key, struct ctx *ctx, struct bytes b)
{
	row_string(row, key, names_hex(ctx, b));
}

void row_base64(json_t *row, const char *key, struct ctx *ctx, struct bytes b)
{
	size_t cap = (b.len + 2) / 3 * 4;
	char *text = arena_take(&ctx->arena, cap + 1);
	struct bytes_out o = bytes_out(text, cap);

	text_put_base64(&o, b);
	must(bytes_out_end(&o) == ERR_OK);
	row_json(row, key, json_string(text));
}

void row_add(json_t *list, json_t *row)
{
	must(json_array_append_new(list, row) == 0);
}

void row_say(json_t *list, const char *code, const char *way_out, const char *format, ...)
{
	char text[1024];
	va_list ap;
	json_t *row = row_new();

	va_start(ap, format);
	(void)vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	row_string(row, "code", code);
	row_string(row, "text", text);
	row_string(row, "way_out", way_out);
	row_add(list, row);
}
