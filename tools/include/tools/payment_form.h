/* SPDX-License-Identifier: Apache-2.0
 * payment_form.h: a payment as a row of CSV (docs/COMMANDS.md, "Files"). Who is who and which trades the nota numbers name
 * is the caller's. */
#ifndef TOOLS_PAYMENT_FORM_H
#define TOOLS_PAYMENT_FORM_H

#include "ledger/payment.h"
#include "tools/csv.h"

extern const char *const payment_form_columns[]; /* that must be there; ends with NULL */

struct payment_form_part {
	struct bytes nota;
	struct rupiah amount;
};
struct payment_form {
	struct bytes receipt, payer, payee, status;
	bool by_payee; /* dicatat_oleh = penerima */
	struct day date;
	struct rupiah amount;
	enum payment_method method;
	struct bytes number, note; /* as entries hold them */
	uint32_t parts_count;
	struct payment_form_part parts[PAYMENT_ALLOCATIONS_MAX]; /* N00001=amount;... */
};
void payment_form_read(
        struct payment_form *form, const struct csv *c, struct trouble *t, struct arena *arena);

#endif
