/* SPDX-License-Identifier: Apache-2.0
 * field.h: a value as a person or a file gives it, under the name by which it is called there, and its reading.
 * Sticky: the first field that cannot be read is kept in the trouble, every later call returns zeros, and one check
 * at the end is enough. Spaces around a value do not count. */
#ifndef TOOLS_FIELD_H
#define TOOLS_FIELD_H

#include "base/date.h"
#include "base/money.h"
#include "tools/arena.h"
#include "tools/trouble.h"

struct field {
	const char *name;  /* "--date", "tanggal" */
	struct bytes text; /* trimmed */
};
struct field field_of(const char *name, struct bytes text); /* trims */
bool field_given(struct field f);

struct day field_date(struct trouble *t, struct field f);     /* 2026-03-31 */
struct rupiah field_money(struct trouble *t, struct field f); /* 1500000, 1.500.000, Rp1.500.000, (1.500) */
/* For a person: decimal comma, dots group; one dot and three digits is refused as ambiguous. */
int64_t field_quantity(struct trouble *t, struct field f, unsigned places);
/* A price for a person: an amount in rupiah ("6.500"), or with a decimal comma ("2.907,81"); in sen. */
int64_t field_price(struct trouble *t, struct field f);
/* For CSV: decimal dot, no grouping; empty is 0. */
int64_t field_decimal(struct trouble *t, struct field f, unsigned places);
struct rupiah field_rupiah(struct trouble *t, struct field f); /* CSV: whole, no grouping; empty is 0 */
uint64_t field_count(struct trouble *t, struct field f, uint64_t max); /* digits; empty is 0 */
/* Text as entries hold it: NFC, control characters refused, at most max bytes; kept in the arena. */
struct bytes field_text(struct trouble *t, struct field f, struct arena *arena, size_t max);
/* The index of the word in a list that ends with NULL. */
unsigned field_choice(struct trouble *t, struct field f, const char *const *choices);
/* The field must have a value. */
void field_need(struct trouble *t, struct field f);

#endif
