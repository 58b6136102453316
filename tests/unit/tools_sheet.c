/* SPDX-License-Identifier: Apache-2.0
 * tools_sheet.c: the dirt of a district's recap sheet: what is read, what is mended with a warning, what refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tools/sheet.h"

static const struct {
	const char *cell;
	enum err err;
	bool given, mended;
	const char *date;
} dates[] = {
        {"29/7/2019", ERR_OK, true, false, "2019-07-29"},
        {"06/08/2015", ERR_OK, true, false, "2015-08-06"},
        {" 4/4/2019 ", ERR_OK, true, false, "2019-04-04"},
        {"24//1/2026", ERR_OK, true, true, "2026-01-24"},
        {"24//5/2019", ERR_OK, true, true, "2019-05-24"},
        {"28/2/21", ERR_OK, true, true, "2021-02-28"},
        {"1/12/96", ERR_OK, true, true, "1996-12-01"},
        {"28-2-2021", ERR_OK, true, true, "2021-02-28"},
        {"28.2.2021", ERR_OK, true, true, "2021-02-28"},
        {"2019-07-29", ERR_OK, true, false, "2019-07-29"},
        {"00/01/1900", ERR_OK, false, false, NULL},
        {"0/1/1900", ERR_OK, false, false, NULL},
        {"-", ERR_OK, false, false, NULL},
        {"", ERR_OK, false, false, NULL},
        {"31/2/2019", ERR_BAD_DATE, false, false, NULL},
        {"29/2/2019", ERR_BAD_DATE, false, false, NULL},
        {"1/13/2019", ERR_BAD_DATE, false, false, NULL},
        {"0/5/2019", ERR_BAD_DATE, false, false, NULL},
        {"Maret 2019", ERR_BAD_DATE, false, false, NULL},
        {"12/2019", ERR_BAD_DATE, false, false, NULL},
        {"1/2/3/2019", ERR_BAD_DATE, false, false, NULL},
        {"1/2/20190", ERR_BAD_DATE, false, false, NULL},
};

static void dates_as_people_write_them(void **state)
{
	const char nuls[] = "29\0007\0002019";
	struct day unused;
	bool flag;
	(void)state;
	assert_int_equal(sheet_date(BYTES(nuls, sizeof nuls - 1), &unused, &flag, &flag), ERR_BAD_DATE);
	for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
		struct day d = {0}, want = {0};
		bool given, mended;
		enum err e = sheet_date(bytes_text(dates[i].cell), &d, &given, &mended);
		assert_int_equal(e, dates[i].err);
		if (e != ERR_OK)
			continue;
		assert_int_equal(given, dates[i].given);
		assert_int_equal(mended, dates[i].mended);
		if (!given)
			continue;
		assert_int_equal(date_parse(bytes_text(dates[i].date), &want), ERR_OK);
		assert_int_equal(d.n, want.n);
	}
}

static const struct {
	const char *cell;
	enum err err;
	int64_t n;
} amounts[] = {
        {"4.853.000.000", ERR_OK, 4853000000},
        {"(10.000.000)", ERR_OK, -10000000},
        {"(11.845.222)", ERR_OK, -11845222},
        {"( 1.000 )", ERR_OK, -1000},
        {"-1.000", ERR_OK, -1000},
        {"Rp 1.500.000", ERR_OK, 1500000},
        {"411", ERR_OK, 411},
        {"0", ERR_OK, 0},
        {"-", ERR_OK, 0},
        {" - ", ERR_OK, 0},
        {"", ERR_OK, 0},
        {"1,5", ERR_BAD_NUMBER, 0},
        {"12.34", ERR_BAD_NUMBER, 0},
        {"#REF!", ERR_BAD_NUMBER, 0},
        {"(1.000", ERR_BAD_NUMBER, 0},
        {"99999999999999999999", ERR_BAD_NUMBER, 0},
};

static void amounts_as_people_write_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
		struct rupiah r = {0};
		enum err e = sheet_amount(bytes_text(amounts[i].cell), &r);
		assert_int_equal(e, amounts[i].err);
		if (e == ERR_OK)
			assert_int_equal(r.n, amounts[i].n);
	}
}

#define HEADING \
	"\xef\xbb\xbf" \
	"idkop;nmkop;kelurahan;kecamatan;nobh;tglbh;aktif;tdkaktif;Anggt;rat;tglrat;Krywn;Mngr;" \
	"modalsendiri;modalluar;volusaha;shu;asset\r\n"

static const struct {
	const char *row;
	enum err err;
	const char *field; /* of the refusal, or of the first warning; NULL: clean */
} rows[] = {
        {"1;A ;X;Y;N1;06/08/2015;1;-;411;1;29/7/2019;14;0;4.000;1.000;2.000;(300);5.000", ERR_OK, NULL},
        {"1;A ;X;Y;N1;06/08/2015;1;-;-;;00/01/1900;-;-;-;-;-;-;-", ERR_OK, NULL},
        {"1;A;X;Y;N1;-;1;-;411;1;24//1/2026;14;0;4.000;1.000;2.000;300;5.000", ERR_OK, "tglrat"},
        {"1;A;X;Y;N1;-;1;-;411;1;24/1/2026;14;0;4.000;1.000;2.000;300;5.001", ERR_OK, "asset"},
        {"1;A;X;Y;N1;-;-;1;411;1;24/1/2026;14;0;4.000;1.000;2.000;300;5.000", ERR_OK, "aktif"},
        {"1;A;X;Y;N1;-;1;-;411;;24/1/2026;-;-;-;-;-;-;-", ERR_OK, "tglrat"},
        {"1;A;X;Y;N1;-;1;-;411;1;31/2/2019;14;0;4.000;1.000;2.000;300;5.000", ERR_BAD_DATE, "tglrat"},
        {"1;A;X;Y;N1;-;1;-;411;1;-;14;0;4.000;1.000;2.000;300;5.000", ERR_MISSING_FIELD, "tglrat"},
        {"1;A;X;Y;N1;-;1;-;411;1;24/1/2026;14;0;4,0;1.000;2.000;300;5.000", ERR_BAD_NUMBER, "modalsendiri"},
        {"1;A;X;Y;N1;-;1;-;(4);1;24/1/2026;14;0;4.000;1.000;2.000;300;5.000", ERR_BAD_NUMBER, "Anggt"},
        {"1;A;X;Y;N1;-;1;-;411;ya;24/1/2026;14;0;4.000;1.000;2.000;300;5.000", ERR_BAD_TEXT, "rat"},
};

static void check_row(size_t i)
{
	struct trouble t = {0};
	struct sheet_row row;
	struct csv c;
	char text[1024];

	(void)snprintf(text, sizeof text, "%s%s\r\n", HEADING, rows[i].row);
	assert_int_equal(csv_init(&c, "rekap.csv", bytes_text(text), &t), ERR_OK);
	assert_int_equal(csv_need(&c, sheet_columns, &t), ERR_OK);
	assert_int_equal(csv_next(&c, &t), CSV_ROW);
	assert_int_equal(sheet_read(&c, &t, &row), rows[i].err);
	if (rows[i].err != ERR_OK)
		assert_string_equal(t.field, rows[i].field);
	else if (rows[i].field)
		assert_memory_equal(row.warnings[0], rows[i].field, strlen(rows[i].field));
	else
		assert_int_equal(row.warnings_count, 0);
	csv_close(&c);
}

static void rows_are_taken_warned_of_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_row(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(dates_as_people_write_them),
	        cmocka_unit_test(amounts_as_people_write_them),
	        cmocka_unit_test(rows_are_taken_warned_of_or_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
