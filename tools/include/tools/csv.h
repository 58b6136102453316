/* SPDX-License-Identifier: Apache-2.0
 * csv.h: comma-separated values as programs and people write them: RFC 4180 quotes, CRLF or LF, a byte order mark,
 * "," or ";" (whichever the first line has more of). The first row names the columns; the order of columns is free.
 * A row keeps the number that a spreadsheet shows for it: the heading is row 1. */
#ifndef TOOLS_CSV_H
#define TOOLS_CSV_H

#include "tools/field.h"

#define CSV_COLUMNS_MAX 64u
#define CSV_BYTES_MAX (256u * 1024u * 1024u)

struct csv {
	char *text; /* owned */
	size_t len, at;
	char delimiter;
	unsigned row; /* of the row last read */
	unsigned columns_count, fields_count;
	struct bytes columns[CSV_COLUMNS_MAX], fields[CSV_COLUMNS_MAX];
	char file[256];
};

/* Read PATH ("-": standard input) and its heading. ERR_NOT_FOUND, ERR_IO, ERR_BAD_TEXT, said in the trouble. */
MUST_USE enum err csv_open(struct csv *c, const char *path, struct trouble *t);
/* The same over bytes, copied; NAME is what errors call it. */
MUST_USE enum err csv_init(struct csv *c, const char *name, struct bytes text, struct trouble *t);
void csv_close(struct csv *c);

enum csv_row {
	CSV_ROW,
	CSV_BAD, /* this row cannot be read (said in the trouble); the next one may be */
	CSV_END
};
/* The next row that is not blank. Sets the trouble's place to it. */
enum csv_row csv_next(struct csv *c, struct trouble *t);
/* Is there such a column? */
bool csv_has(const struct csv *c, const char *column);
/* Every name (list ends with NULL) must be a column: ERR_MISSING_FIELD says which is not. */
MUST_USE enum err csv_need(const struct csv *c, const char *const *columns, struct trouble *t);
/* The field of the row last read; empty when there is no such column. Dies with the csv. */
struct field csv_field(const struct csv *c, const char *column);

#endif
