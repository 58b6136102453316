/* SPDX-License-Identifier: Apache-2.0
 * sheet.c: reading the district's recap sheet. Which member a row is about, and what becomes of it, is cmd_rat_import.c's. */
#include "tools/sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tools/lang.h"

const char *const sheet_columns[] = {"nmkop", "nobh", "aktif", "Anggt", "rat", "tglrat", "Krywn", "Mngr",
        "modalsendiri", "modalluar", "volusaha", "shu", "asset", NULL};

static bool is_none(struct bytes cell)
{
	return cell.len == 0 || bytes_equal(cell, bytes_text("-")) || bytes_equal(cell, bytes_text("--"));
}

enum err sheet_amount(struct bytes cell, struct rupiah *out)
{
	char packed[64];
	size_t used = 0;

	cell = text_trim(cell);
	if (is_none(cell)) {
		out->n = 0;
		return ERR_OK;
	}
	/* people put spaces inside: "( 1.000 )", "Rp 1.000" */
	for (size_t i = 0; i < cell.len; i++) {
		if (cell.data[i] == ' ')
			continue;
		if (used == sizeof packed)
			return ERR_BAD_NUMBER;
		packed[used++] = (char)cell.data[i];
	}
	return money_parse(BYTES(packed, used), out);
}

struct date_cell {
	uint64_t part[3];
	size_t digits[3];
	unsigned count;
	bool mended;
};

/* Up to three numbers with anything of "/-. " between them. */
static bool split_date(struct bytes cell, struct date_cell *out)
{
	struct bytes rest = cell;

	memset(out, 0, sizeof *out);
	while (rest.len > 0) {
		size_t n = 0, gap = 0;
		while (n < rest.len && rest.data[n] >= '0' && rest.data[n] <= '9')
			n++;
		if (n == 0 || n > 4 || out->count == 3)
			return false;
		if (text_u64(BYTES(rest.data, n), 9999, &out->part[out->count]) != ERR_OK) {
			/* leading zeros: "06" */
			out->part[out->count] = 0;
			for (size_t i = 0; i < n; i++)
				out->part[out->count] =
				        out->part[out->count] * 10 + (uint64_t)(rest.data[i] - '0');
		}
		out->digits[out->count++] = n;
		while (n + gap < rest.len && memchr("/-. ", rest.data[n + gap], 4)) /* never a NUL */
			gap++;
		if (gap == 0 && n < rest.len)
			return false;
		if (gap > 1 || (gap == 1 && rest.data[n] != '/'))
			out->mended = true;
		rest = BYTES(rest.data + n + gap, rest.len - n - gap);
	}
	return out->count == 3;
}

enum err sheet_date(struct bytes cell, struct day *out, bool *given, bool *mended)
{
	struct date_cell d;
	struct day_parts parts;
	enum err e;

	*given = *mended = false;
	cell = text_trim(cell);
	if (is_none(cell))
		return ERR_OK;
	if (!split_date(cell, &d))
		return ERR_BAD_DATE;
	if (d.digits[0] == 4) { /* 2019-07-29 */
		parts = (struct day_parts){(int)d.part[0], (int)d.part[1], (int)d.part[2]};
		d.mended = false;
	} else {
		parts = (struct day_parts){(int)d.part[2], (int)d.part[1], (int)d.part[0]};
	}
	if (parts.year == 1900 && (parts.day == 0 || parts.month == 0))
		return ERR_OK; /* how a spreadsheet shows an empty date */
	if (d.digits[2] == 2 && d.digits[0] != 4) {
		parts.year += parts.year < 70 ? 2000 : 1900;
		d.mended = true;
	}
	e = date_of(parts, out);
	if (e != ERR_OK)
		return ERR_BAD_DATE;
	*given = true;
	*mended = d.mended;
	return ERR_OK;
}

static void warn(struct sheet_row *row, const char *field, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
static void warn(struct sheet_row *row, const char *field, const char *format, ...)
{
	char *line;
	int used;
	va_list ap;

	if (row->warnings_count == SHEET_WARNINGS_MAX)
		return;
	line = row->warnings[row->warnings_count++];
	used = snprintf(line, SHEET_WARNING_BYTES, "%s: ", field);
	must(used > 0 && (unsigned)used < SHEET_WARNING_BYTES);
	va_start(ap, format);
	(void)vsnprintf(line + used, SHEET_WARNING_BYTES - (size_t)used, format, ap);
	va_end(ap);
}

static struct rupiah amount(const struct csv *c, struct trouble *t, const char *column)
{
	struct field f = csv_field(c, column);
	struct rupiah value = {0};
	enum err e = sheet_amount(f.text, &value);

	if (e != ERR_OK)
		trouble_field(t, e, column, "\"%.*s\"", (int)(f.text.len > 60 ? 60 : f.text.len),
		        (const char *)f.text.data);
	return value;
}

#define COUNT_MAX 10000000

static uint32_t count(const struct csv *c, struct trouble *t, const char *column)
{
	struct rupiah value = amount(c, t, column);

	if (value.n < 0 || value.n > COUNT_MAX) {
		trouble_field(t, ERR_BAD_NUMBER, column, "%lld", (long long)value.n);
		return 0;
	}
	return (uint32_t)value.n;
}

static bool flag(const struct csv *c, struct trouble *t, const char *column)
{
	struct field f = csv_field(c, column);

	if (is_none(f.text) || bytes_equal(f.text, bytes_text("0")))
		return false;
	if (bytes_equal(f.text, bytes_text("1")))
		return true;
	trouble_field(t, ERR_BAD_TEXT, column, _("\"%.*s\" is neither 1 nor -"),
	        (int)(f.text.len > 60 ? 60 : f.text.len), (const char *)f.text.data);
	return false;
}

static void read_held(const struct csv *c, struct trouble *t, struct sheet_row *row)
{
	struct field f = csv_field(c, "tglrat");
	bool mended = false;
	enum err e = sheet_date(f.text, &row->held, &row->has_held, &mended);
	struct day_parts d;

	if (e != ERR_OK && row->held_rat) {
		trouble_field(t, e, "tglrat", "\"%.*s\"", (int)(f.text.len > 60 ? 60 : f.text.len),
		        (const char *)f.text.data);
		return;
	}
	if (row->held_rat && !row->has_held)
		trouble_field(
		        t, ERR_MISSING_FIELD, "tglrat", "%s", _("a meeting is marked, but no date is given"));
	if (!row->held_rat && (e != ERR_OK || row->has_held))
		warn(row, "tglrat", "%s", _("a date is given, but no meeting is marked"));
	if (!mended)
		return;
	d = date_parts(row->held);
	warn(row, "tglrat", _("\"%.*s\" read as %04d-%02d-%02d"), (int)f.text.len, (const char *)f.text.data,
	        d.year, d.month, d.day);
}

static void compare(struct sheet_row *row)
{
	struct rupiah sum;

	if (!row->held_rat)
		return;
	if (money_add(row->own_capital, row->outside_capital, &sum) != ERR_OK || sum.n != row->assets.n)
		warn(row, "asset", "%s", _("own and outside capital do not add up to the assets"));
	if (row->members == 0)
		warn(row, "Anggt", "%s", _("no members are given"));
	if (!row->active)
		warn(row, "aktif", "%s", _("a meeting is marked, but the cooperative as not active"));
}

enum err sheet_read(const struct csv *c, struct trouble *t, struct sheet_row *out)
{
	struct sheet_row row = {0};

	row.legal_no = csv_field(c, "nobh").text;
	row.name = csv_field(c, "nmkop").text;
	row.active = flag(c, t, "aktif");
	row.held_rat = flag(c, t, "rat");
	read_held(c, t, &row);
	row.members = count(c, t, "Anggt");
	row.employees = count(c, t, "Krywn");
	row.managers = count(c, t, "Mngr");
	row.own_capital = amount(c, t, "modalsendiri");
	row.outside_capital = amount(c, t, "modalluar");
	row.turnover = amount(c, t, "volusaha");
	row.surplus = amount(c, t, "shu");
	row.assets = amount(c, t, "asset");
	compare(&row);
	if (!trouble_is(t))
		*out = row;
	return t->err;
}
