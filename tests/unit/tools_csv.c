/* SPDX-License-Identifier: Apache-2.0
 * tools_csv.c: CSV as programs and people write it: quotes, line ends, byte order mark, delimiters, row numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tools/csv.h"

struct expected {
	const char *text, *want; /* rows as "a|b\n", "!row" for a bad one */
};

static const struct expected cases[] = {
        {"a,b\n1,2\n", "1|2\n"},
        {"a,b\r\n1,2\r\n", "1|2\n"},
        {"a,b\n1,2", "1|2\n"},
        {"\xef\xbb\xbf"
         "a;b\n1;2,5\n",
                "1|2,5\n"},
        {"a,b\n\"x, y\",\"he said \"\"no\"\"\"\n", "x, y|he said \"no\"\n"},
        {"a,b\n\"two\nlines\",2\n3,4\n", "two\nlines|2\n3|4\n"},
        {"a,b\n\n , \n1,2\n", "1|2\n"},
        {"a,b\n  1 ,\t2 \n", "1|2\n"},
        {"a,b\n1\n3,4\n", "!2\n3|4\n"},
        {"a,b\n1,2,3\n3,4\n", "!2\n3|4\n"},
        {"a,b\n\"1,2\n", "!2\n"},
        {"a,b\n\"1\"x,2\n3,4\n", "!2\n3|4\n"},
        {"a,b\n,\n", ""},
        {"b,a\n1,2\n", "2|1\n"},
};

static void read_all(struct csv *c, struct trouble *t, char *out, size_t cap)
{
	size_t used = 0;
	enum csv_row row;

	out[0] = '\0';
	while ((row = csv_next(c, t)) != CSV_END) {
		struct field a = csv_field(c, "a"), b = csv_field(c, "b");
		if (row == CSV_BAD)
			used += (size_t)snprintf(out + used, cap - used, "!%u\n", t->row);
		else
			used += (size_t)snprintf(out + used, cap - used, "%.*s|%.*s\n", (int)a.text.len,
			        (const char *)a.text.data, (int)b.text.len, (const char *)b.text.data);
		trouble_clear(t);
	}
}

static void reads_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct trouble t = {0};
		struct csv c;
		char got[256];
		assert_int_equal(csv_init(&c, "x.csv", bytes_text(cases[i].text), &t), ERR_OK);
		read_all(&c, &t, got, sizeof got);
		assert_string_equal(got, cases[i].want);
		csv_close(&c);
	}
}

static void rows_keep_their_numbers(void **state)
{
	struct trouble t = {0};
	struct csv c;

	(void)state;
	assert_int_equal(csv_init(&c, "x.csv", bytes_text("a,b\n1,\"two\nlines\"\n\n5,6\n"), &t), ERR_OK);
	assert_int_equal(csv_next(&c, &t), CSV_ROW);
	assert_int_equal(t.row, 2);
	assert_string_equal(t.file, "x.csv");
	assert_int_equal(csv_next(&c, &t), CSV_ROW);
	assert_int_equal(t.row, 4); /* blank rows count, as in a spreadsheet */
	assert_int_equal(csv_next(&c, &t), CSV_END);
	csv_close(&c);
}

static void a_heading_must_have_its_columns(void **state)
{
	static const char *const need[] = {"a", "tanggal", NULL};
	struct trouble t = {0};
	struct csv c;

	(void)state;
	assert_int_equal(csv_init(&c, "x.csv", bytes_text("a,b\n"), &t), ERR_OK);
	assert_int_equal(csv_need(&c, need, &t), ERR_MISSING_FIELD);
	assert_string_equal(t.field, "tanggal");
	csv_close(&c);
}

static void nothing_to_read_is_said(void **state)
{
	struct trouble t = {0};
	struct csv c;

	(void)state;
	assert_int_equal(csv_init(&c, "x.csv", bytes_text(""), &t), ERR_BAD_TEXT);
	csv_close(&c);
	trouble_clear(&t);
	assert_int_equal(csv_open(&c, "/nonexistent/x.csv", &t), ERR_NOT_FOUND);
	assert_string_equal(t.file, "/nonexistent/x.csv");
	csv_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(reads_rows),
	        cmocka_unit_test(rows_keep_their_numbers),
	        cmocka_unit_test(a_heading_must_have_its_columns),
	        cmocka_unit_test(nothing_to_read_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
