/* SPDX-License-Identifier: Apache-2.0
 * tools_row.c: texts of others, shown: what is no UTF-8 does not end the command, and nothing commands the terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tools/row.h"
#include "tools/table.h"

static const struct {
	const char *text, *json, *cell;
} texts[] = {
        {"Koperasi \xc3\x89", "Koperasi \xc3\x89", "Koperasi \xc3\x89"},
        {"\xff\xfeX", "\xef\xbf\xbd\xef\xbf\xbdX", "\xef\xbf\xbd\xef\xbf\xbdX"},
        {"cut \xc3", "cut \xef\xbf\xbd", "cut \xef\xbf\xbd"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\033[2Jgone", "\033[2Jgone", "?[2Jgone"},
        {"a\nb\rc\x7f", "a\nb\rc\x7f", "a?b?c?"},
        {"\xc2\x9b"
         "31m",
                "\xc2\x9b"
                "31m",
                "?31m"},
        {"1\xe2\x80\xae"
         "000",
                "1\xe2\x80\xae"
                "000",
                "1?000"},
};

static void shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		json_t *row = row_new();
		char cell[64];
		row_string(row, "text", texts[i].text);
		assert_string_equal(json_string_value(json_object_get(row, "text")), texts[i].json);
		table_cell(json_object_get(row, "text"), CELL_TEXT, cell, sizeof cell);
		assert_string_equal(cell, texts[i].cell);
		json_decref(row);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
