/* SPDX-License-Identifier: Apache-2.0
 * table.h: JSON rows as a table for people, by libsmartcols: right-aligned amounts, cut to the terminal's width,
 * colours only on one and never with NO_COLOR. */
#ifndef TOOLS_TABLE_H
#define TOOLS_TABLE_H

#include <stddef.h>
#include <jansson.h>

enum cell {
	CELL_TEXT,
	CELL_MONEY,  /* integer rupiah: 1.500.000; 0 is shown as - */
	CELL_SIGNED, /* likewise, with + or - */
	CELL_COUNT,
	CELL_CODE,  /* one of our codes, in words and coloured */
	CELL_CODES, /* an array of codes */
	CELL_BYTES, /* 12,3 MB */
	CELL_YES,   /* a boolean: yes, or nothing */
};

struct column {
	const char *key;   /* in each row */
	const char *title; /* msgid */
	enum cell cell;
};

/* rows: an array of objects. Writes to stdout; nothing but the note when there are no rows. */
void table_rows(const json_t *rows, const struct column *columns, size_t count, const char *when_empty);
/* One object as lines "title: value", for show commands; absent and null keys are left out. */
void table_object(const json_t *object, const struct column *columns, size_t count);
/* The value of one cell as people see it. */
void table_cell(const json_t *value, enum cell cell, char *out, size_t cap);

#define COLUMNS(a) (a), sizeof(a) / sizeof((a)[0])

#endif
