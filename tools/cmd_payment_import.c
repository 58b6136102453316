/* SPDX-License-Identifier: Apache-2.0
 * cmd_payment_import.c: payments from a file become our records: those that we record (`dicatat_oleh`). A receipt number
 * that is on record with that partner is skipped. */
#include "cmd_int.h"
#include "ledger/kinds.h"
#include "tools/import.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/objects.h"
#include "tools/payment_form.h"

static bool is_known(struct ctx *ctx, struct member_no partner, struct bytes number)
{
	struct view_pair which = {ctx->me, partner, OBJECT_PAYMENT};
	struct view_at at = {0};
	struct view_object object;
	struct payment_view v;

	while (number.len > 0 && view_pair_next(ctx->txn, &which, &at, &object)) {
		if (payment_view_read(object.record, &v) == ERR_OK && v.state != PAYMENT_DENIED &&
		        v.state != PAYMENT_WITHDRAWN && bytes_equal(BYTES(v.number, v.number_bytes), number))
			return true;
	}
	return false;
}

/* The nota numbers as entries. */
static void allocate(struct ctx *ctx, const struct payment_form *form, struct payment_record_body *p)
{
	struct allocation *parts = arena_take(&ctx->arena, (form->parts_count + 1) * sizeof *parts);
	struct trade_record trade;

	for (uint32_t i = 0; i < form->parts_count; i++) {
		if (!objects_trade(ctx, p->partner, form->parts[i].nota, &trade)) {
			trouble_field(&ctx->trouble, ERR_NO_SUCH_OBJECT, "nota", "\"%.*s\"",
			        (int)form->parts[i].nota.len, (const char *)form->parts[i].nota.data);
			return;
		}
		parts[i] = (struct allocation){trade.ref, form->parts[i].amount};
	}
	p->allocations = parts;
	p->allocations_count = form->parts_count;
}

/* False: it is not ours to record, or cannot be; the row says so. */
static bool sides(
        struct import *im, json_t *row, const struct payment_form *form, struct payment_record_body *p)
{
	struct ctx *ctx = im->ctx;
	struct member_no payer = names_member(ctx, field_of("pembayar", form->payer)),
	                 payee = names_member(ctx, field_of("penerima", form->payee));

	if (trouble_is(&ctx->trouble)) {
		import_refuse(im, row);
		return false;
	}
	if (payer.n != ctx->me.n && payee.n != ctx->me.n) {
		import_skip(im, row, _("it is between others"));
		return false;
	}
	if ((form->by_payee ? payee.n : payer.n) != ctx->me.n) {
		import_skip(im, row, _("the partner records it"));
		return false;
	}
	p->role = form->by_payee ? PAYMENT_PAYEE : PAYMENT_PAYER;
	p->partner = form->by_payee ? payer : payee;
	return true;
}

static void one_row(struct import *im, const struct csv *c)
{
	struct ctx *ctx = im->ctx;
	struct payment_form *form = arena_take(&ctx->arena, sizeof *form);
	struct payment_record_body p = {0};
	json_t *row = import_row(im, c->row, csv_field(c, "bukti").text);
	struct mp_out body = client_body();
	struct draft draft;

	payment_form_read(form, c, &ctx->trouble, &ctx->arena);
	if (!sides(im, row, form, &p))
		return;
	if (form->number.len > 0 && !import_seen(im, arena_text(&ctx->arena, form->receipt))) {
		import_refuse(im, row);
		return;
	}
	if (is_known(ctx, p.partner, form->number)) {
		import_skip(im, row, _("a payment of this number with this partner is on record already"));
		return;
	}
	p.amount = form->amount;
	p.date = form->date;
	p.method = form->method;
	p.number = form->number;
	p.note = form->note;
	allocate(ctx, form, &p);
	if (!trouble_is(&ctx->trouble))
		payment_record_pack(&body, &p);
	draft = client_draft(ctx, KIND_PAYMENT_RECORD, &body);
	if (trouble_is(&ctx->trouble))
		import_refuse(im, row);
	else
		import_take(im, row, &draft);
}

enum exit_code cmd_payment_import(struct ctx *ctx)
{
	return import_file(ctx, payment_form_columns, one_row);
}
