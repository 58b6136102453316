/* SPDX-License-Identifier: Apache-2.0
 * trade_form.h: trades as rows of CSV, a row a line, rows of one nota together (docs/COMMANDS.md, "Files"). Who is who
 * and which entry `merujuk` names is the caller's. */
#ifndef TOOLS_TRADE_FORM_H
#define TOOLS_TRADE_FORM_H

#include "ledger/trade.h"
#include "tools/csv.h"

extern const char *const trade_form_columns[]; /* that must be there; ends with NULL */

struct trade_form {
	unsigned row; /* its first */
	struct bytes nota, seller, buyer, proposer, refers, status;
	struct trade_offer offer; /* all but role, partner, refers */
	struct trade_parts *parts;
};
/* The row last read belongs to this nota. */
bool trade_form_continues(const struct trade_form *form, const struct csv *c);
/* Begin with the row last read, then add it and those after it. */
void trade_form_begin(struct trade_form *form, const struct csv *c, struct trouble *t, struct arena *arena);
void trade_form_add(struct trade_form *form, const struct csv *c, struct trouble *t, struct arena *arena);
/* All rows are there: the total. */
void trade_form_end(struct trade_form *form, struct trouble *t);

#endif
