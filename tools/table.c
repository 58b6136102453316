/* SPDX-License-Identifier: Apache-2.0
 * table.c: tables and lists for people. */
#include "tools/table.h"

#include <libsmartcols/libsmartcols.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <utf8proc.h>

#include "base/money.h"
#include "tools/lang.h"

static bool colours(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no && no[0] != '\0');
}

static void money_text(const json_t *value, const char *plus, char *out, size_t cap)
{
	struct bytes_out o = bytes_out(out, cap - 1);
	struct rupiah amount = {json_integer_value(value)};

	if (amount.n == 0)
		bytes_put_text(&o, "-");
	else {
		bytes_put_text(&o, amount.n > 0 ? plus : "");
		money_put_grouped(&o, amount);
	}
	out[bytes_written(&o).len] = '\0';
}

static void codes_text(const json_t *codes, char *out, size_t cap)
{
	size_t used = 0, i;
	const json_t *code;

	out[0] = '\0';
	json_array_foreach(codes, i, code)
	{
		int n = snprintf(
		        out + used, cap - used, "%s%s", i ? ", " : "", lang_code(json_string_value(code)));
		if (n < 0 || (size_t)n >= cap - used)
			return;
		used += (size_t)n;
	}
}

static void bytes_text_of(json_int_t n, char *out, size_t cap)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	double value = (double)n;
	size_t unit = 0;

	while (value >= 1000 && unit + 1 < sizeof units / sizeof units[0]) {
		value /= 1000;
		unit++;
	}
	(void)snprintf(out, cap, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

static void plain_text(const json_t *value, char *out, size_t cap)
{
	if (json_is_string(value))
		(void)snprintf(out, cap, "%s", json_string_value(value));
	else if (json_is_integer(value))
		(void)snprintf(out, cap, "%lld", (long long)json_integer_value(value));
	else
		out[0] = '\0';
}

static void fill_cell(const json_t *value, enum cell cell, char *out, size_t cap)
{
	switch (cell) {
	case CELL_MONEY:
		money_text(value, "", out, cap);
		return;
	case CELL_SIGNED:
		money_text(value, "+", out, cap);
		return;
	case CELL_CODE:
		(void)snprintf(
		        out, cap, "%s", json_is_string(value) ? lang_code(json_string_value(value)) : "");
		return;
	case CELL_CODES:
		codes_text(value, out, cap);
		return;
	case CELL_BYTES:
		bytes_text_of(json_integer_value(value), out, cap);
		return;
	case CELL_YES:
		(void)snprintf(out, cap, "%s", json_is_true(value) ? _("yes") : "");
		return;
	case CELL_TEXT:
	case CELL_COUNT:
		plain_text(value, out, cap);
		return;
	}
}

/* Texts in entries are other people's: none of them commands the terminal or turns the line around. */
static void disarm(char *text)
{
	size_t len = strlen(text), to = 0;

	for (size_t i = 0; i < len;) {
		utf8proc_int32_t point;
		utf8proc_ssize_t n = utf8proc_iterate(
		        (const utf8proc_uint8_t *)text + i, (utf8proc_ssize_t)(len - i), &point);
		size_t bytes = n > 0 ? (size_t)n : 1;
		bool harmful = n <= 0 || point < 0x20 || (point >= 0x7f && point < 0xa0) ||
		               (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
		if (harmful)
			text[to++] = '?';
		else
			memmove(text + to, text + i, bytes);
		to += harmful ? 0 : bytes;
		i += bytes;
	}
	text[to] = '\0';
}

void table_cell(const json_t *value, enum cell cell, char *out, size_t cap)
{
	must(cap >= 32);
	out[0] = '\0';
	if (!value || json_is_null(value))
		return;
	fill_cell(value, cell, out, cap);
	disarm(out);
}

static bool right_aligned(enum cell cell)
{
	return cell == CELL_MONEY || cell == CELL_SIGNED || cell == CELL_COUNT || cell == CELL_BYTES;
}

static void add_row(
        struct libscols_table *table, const json_t *row, const struct column *columns, size_t count)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	char text[1024];

	must(line);
	for (size_t i = 0; i < count; i++) {
		const json_t *value = json_object_get(row, columns[i].key);
		table_cell(value, columns[i].cell, text, sizeof text);
		must(scols_line_set_data(line, i, text) == 0);
		if (columns[i].cell == CELL_CODE && json_is_string(value) &&
		        lang_code_colour(json_string_value(value)))
			must(scols_cell_set_color(scols_line_get_cell(line, i),
			             lang_code_colour(json_string_value(value))) == 0);
	}
}

#define KEPT_BYTES_MAX 12u

/* On a narrow terminal long texts are cut; a date, an amount, a state or a short name would be another one. */
static int flags_of(const json_t *rows, const struct column *c)
{
	const json_t *row;
	size_t i;

	if (right_aligned(c->cell))
		return SCOLS_FL_RIGHT;
	if (c->cell != CELL_TEXT)
		return 0;
	json_array_foreach(rows, i, row)
	{
		const json_t *value = json_object_get(row, c->key);
		if (json_is_string(value) && json_string_length(value) > KEPT_BYTES_MAX)
			return SCOLS_FL_TRUNC;
	}
	return 0;
}

void table_rows(const json_t *rows, const struct column *columns, size_t count, const char *when_empty)
{
	struct libscols_table *table;
	const json_t *row;
	size_t i;

	if (json_array_size(rows) == 0) {
		(void)puts(when_empty);
		return;
	}
	table = scols_new_table();
	must(table);
	scols_table_enable_colors(table, colours());
	if (!isatty(STDOUT_FILENO))
		scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
	for (i = 0; i < count; i++)
		must(scols_table_new_column(table, _(columns[i].title), 0.05, flags_of(rows, &columns[i])));
	json_array_foreach(rows, i, row) add_row(table, row, columns, count);
	must(scols_print_table(table) == 0);
	scols_unref_table(table);
}

void table_object(const json_t *object, const struct column *columns, size_t count)
{
	char text[1024];

	for (size_t i = 0; i < count; i++) {
		const json_t *value = json_object_get(object, columns[i].key);
		const char *colour = NULL;
		if (!value || json_is_null(value))
			continue;
		table_cell(value, columns[i].cell, text, sizeof text);
		if (text[0] == '\0')
			continue;
		if (columns[i].cell == CELL_CODE && colours() && json_is_string(value))
			colour = lang_code_colour(json_string_value(value));
		(void)printf("%s: %s%s%s\n", _(columns[i].title), colour ? colour : "", text,
		        colour ? "\033[0m" : "");
	}
}
