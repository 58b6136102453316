/* SPDX-License-Identifier: Apache-2.0
 * sheet.h: the recap sheet of members' meetings as a district office keeps it in a spreadsheet, one row a
 * cooperative: ";" between fields, dots in thousands, "-" or nothing for none, losses in brackets, dates as d/m/yyyy
 * and as people mistype them. What can be understood is taken and said as a warning; what cannot refuses its row.
 * docs/COMMANDS.md, "The recap sheet". */
#ifndef TOOLS_SHEET_H
#define TOOLS_SHEET_H

#include "tools/csv.h"

#define SHEET_WARNINGS_MAX 12u
#define SHEET_WARNING_BYTES 160u

struct sheet_row {
	struct bytes legal_no, name; /* borrowed from the csv */
	bool active, held_rat, has_held;
	struct day held;
	uint32_t members, employees, managers;
	struct rupiah own_capital, outside_capital, turnover, surplus, assets;
	unsigned warnings_count;
	char warnings[SHEET_WARNINGS_MAX][SHEET_WARNING_BYTES];
};

/* The columns of such a sheet, for csv_need(); the list ends with NULL. */
extern const char *const sheet_columns[];
/* The row last read by csv_next(). ERR_OK, or why the row is refused, in the trouble. */
MUST_USE enum err sheet_read(const struct csv *c, struct trouble *t, struct sheet_row *out);
/* One date cell. *given is false for none ("", "-", 00/01/1900); *mended when it had to be guessed at ("24//1/2026",
 * "28-2-2021", "28/2/21"). ERR_BAD_DATE. */
MUST_USE enum err sheet_date(struct bytes cell, struct day *out, bool *given, bool *mended);
/* One amount cell: "1.234.567", "(1.234.567)", "-1.234", "-", "". ERR_BAD_NUMBER. */
MUST_USE enum err sheet_amount(struct bytes cell, struct rupiah *out);

#endif
