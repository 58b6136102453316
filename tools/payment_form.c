/* SPDX-License-Identifier: Apache-2.0
 * payment_form.c: reading a payment from its row. */
#include "tools/payment_form.h"

#include <string.h>

#include "base/text.h"
#include "tools/lang.h"

const char *const payment_form_columns[] = {"bukti", "tanggal", "pembayar", "penerima", "jumlah", NULL};

/* N00001=6279264;N00002=100 */
static void read_parts(struct payment_form *form, struct field f, struct trouble *t)
{
	struct bytes rest = f.text;

	while (rest.len > 0 && !trouble_is(t)) {
		struct bytes amount = text_split(&rest, ';');
		struct field nota = field_of(f.name, text_split(&amount, '='));
		if (nota.text.len == 0)
			continue;
		if (form->parts_count == PAYMENT_ALLOCATIONS_MAX) {
			trouble_field(t, ERR_ALLOCATION, f.name, _("at most %u"), PAYMENT_ALLOCATIONS_MAX);
			return;
		}
		field_need(t, field_of(f.name, amount));
		form->parts[form->parts_count].nota = nota.text;
		form->parts[form->parts_count++].amount = field_rupiah(t, field_of(f.name, amount));
	}
}

void payment_form_read(struct payment_form *form, const struct csv *c, struct trouble *t, struct arena *arena)
{
	static const char *const methods[] = {"tunai", "transfer", "barang", NULL};
	static const char *const recorders[] = {"pembayar", "penerima", NULL};
	struct field recorder = csv_field(c, "dicatat_oleh"), method = csv_field(c, "cara");

	memset(form, 0, sizeof *form);
	form->receipt = csv_field(c, "bukti").text;
	form->payer = csv_field(c, "pembayar").text;
	form->payee = csv_field(c, "penerima").text;
	form->status = csv_field(c, "status").text;
	field_need(t, csv_field(c, "pembayar"));
	field_need(t, csv_field(c, "penerima"));
	field_need(t, csv_field(c, "jumlah"));
	if (field_given(recorder))
		form->by_payee = field_choice(t, recorder, recorders) == 1;
	if (field_given(method))
		form->method = (enum payment_method)field_choice(t, method, methods);
	form->date = field_date(t, csv_field(c, "tanggal"));
	form->amount = field_rupiah(t, csv_field(c, "jumlah"));
	form->number = field_text(t, csv_field(c, "bukti"), arena, TRADE_NUMBER_BYTES_MAX);
	form->note = field_text(t, csv_field(c, "catatan"), arena, TEXT_BYTES_MAX);
	read_parts(form, csv_field(c, "nota"), t);
}
