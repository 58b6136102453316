/* SPDX-License-Identifier: Apache-2.0
 * profile_form.h: what the registrar says of a member, from options or from a row of members.csv. */
#ifndef TOOLS_PROFILE_FORM_H
#define TOOLS_PROFILE_FORM_H

#include "log/roster_body.h"
#include "tools/csv.h"
#include "tools/ctx.h"

extern const char *const profile_form_columns[]; /* that must be there; ends with NULL */

/* Options that are given change *out; the others leave it. */
void profile_form_of_args(struct ctx *ctx, struct profile *out);
void profile_form_of_row(const struct csv *c, struct trouble *t, struct arena *arena, struct profile *out);
/* Small letters, digits and "-", so that it can be typed and be a file's name. */
void profile_form_alias(struct trouble *t, struct field f, struct short_text *out);
/* Before anything is said: primer, book year to 31 December. */
struct profile profile_form_new(void);

#endif
