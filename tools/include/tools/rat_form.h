/* SPDX-License-Identifier: Apache-2.0
 * rat_form.h: the form of a members' meeting, as options of a command and as a row of CSV (docs/COMMANDS.md, "Files").
 * Whose it is and what it replaces is the caller's. */
#ifndef TOOLS_RAT_FORM_H
#define TOOLS_RAT_FORM_H

#include "ledger/rat.h"
#include "tools/csv.h"
#include "tools/ctx.h"

extern const char *const rat_form_columns[]; /* that must be there; ends with NULL */

/* From --year, --held and so on. closing of a book year where --closing is not said: the member's own. */
void rat_form_of_args(
        struct ctx *ctx, struct member_no member, struct rat_parts *parts, struct rat_attest *out);
/* From the row last read. Texts are kept in the arena. */
void rat_form_of_row(const struct csv *c, struct trouble *t, struct arena *arena, struct rat_attest *out);

#endif
