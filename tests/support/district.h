/* SPDX-License-Identifier: Apache-2.0
 * district.h: a folder of CSV of a whole district, for the tests that put it through the ledger. Any wrong field fails
 * the test. LONTAR_DISTRICT names another folder of the same shape than DISTRICT_DIR. */
#ifndef SUPPORT_DISTRICT_H
#define SUPPORT_DISTRICT_H

#include "base/date.h"
#include "base/money.h"
#include "support/statements.h"

#define DISTRICT_COLUMNS_MAX 32
#define DISTRICT_NAME_MAX 64

struct district_csv {
	char *text;
	struct bytes rest, names[DISTRICT_COLUMNS_MAX], fields[DISTRICT_COLUMNS_MAX];
	char unquoted[DISTRICT_COLUMNS_MAX][256];
	int columns;
};
/* Find the folder: false when there is none. */
bool district_find(const char *usual);
const char *district_path(void);
/* False when the file is not there. The last district_next() closes it. */
bool district_open(struct district_csv *c, const char *name);
bool district_next(struct district_csv *c);
struct bytes district_get(const struct district_csv *c, const char *name);
bool district_is(const struct district_csv *c, const char *name, const char *value);
int64_t district_number(const struct district_csv *c, const char *name, unsigned places); /* empty: 0 */
struct day district_day(const struct district_csv *c, const char *name);
/* The place of the value in a list of words that ends with NULL. */
unsigned district_choice(const struct district_csv *c, const char *name, const char *const *words);

/* Names and the order in which they were added. */
struct district_names {
	struct district_named {
		char name[DISTRICT_NAME_MAX];
		size_t index;
	} * all;
	size_t count, cap;
};
void district_add(struct district_names *n, struct bytes name);
void district_sort(struct district_names *n); /* before the first search */
size_t district_search(const struct district_names *n, struct bytes name);

/* members.csv: member 0 is the dinas, the rows follow; feed 2m speaks for member m. */
struct district {
	struct statements set;
	struct district_names aliases;
	struct profile *profiles; /* by member */
};
void district_members(struct district *d);
struct member_no district_member(const struct district *d, struct bytes alias);
uint32_t district_feed(struct member_no m);

#endif
