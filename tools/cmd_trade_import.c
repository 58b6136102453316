/* SPDX-License-Identifier: Apache-2.0
 * cmd_trade_import.c: trades from a file become our proposals: those we propose (`pengusul`, where the column is there,
 * is us); the partner's side answers them. A nota that is on record with that partner is skipped. */
#include "cmd_int.h"
#include "ledger/kinds.h"
#include "tools/import.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/objects.h"
#include "tools/trade_form.h"

/* Fills role and partner; false: it is not ours to propose, and the row says so. */
static bool sides(struct import *im, json_t *row, struct trade_form *form)
{
	struct ctx *ctx = im->ctx;
	struct member_no seller = names_member(ctx, field_of("penjual", form->seller)),
	                 buyer = names_member(ctx, field_of("pembeli", form->buyer)), proposer = ctx->me;

	if (form->proposer.len > 0)
		proposer = names_member(ctx, field_of("pengusul", form->proposer));
	if (trouble_is(&ctx->trouble)) {
		import_refuse(im, row);
		return false;
	}
	if (seller.n != ctx->me.n && buyer.n != ctx->me.n) {
		import_skip(im, row, _("it is between others"));
		return false;
	}
	if (proposer.n != ctx->me.n) {
		import_skip(im, row, _("the partner proposes it"));
		return false;
	}
	form->offer.role = seller.n == ctx->me.n ? TRADE_SELLER : TRADE_BUYER;
	form->offer.partner = seller.n == ctx->me.n ? buyer : seller;
	return true;
}

static void find_refers(struct import *im, struct trade_form *form)
{
	struct trade_record referred;

	form->offer.has_refers = form->refers.len > 0;
	if (!form->offer.has_refers)
		return;
	if (!import_flush(im))
		return;
	if (objects_trade(im->ctx, form->offer.partner, form->refers, &referred))
		form->offer.refers = referred.ref;
	else
		trouble_field(&im->ctx->trouble, ERR_NO_SUCH_OBJECT, "merujuk", "\"%.*s\"",
		        (int)form->refers.len, (const char *)form->refers.data);
}

/* All rows of the nota are read, and what was wrong with one of them is in the trouble. */
static void finish(struct import *im, struct trade_form *form)
{
	struct ctx *ctx = im->ctx;
	json_t *row = import_row(im, form->row, form->nota);
	struct trade_record before;
	struct mp_out body;
	struct draft draft;

	trade_form_end(form, &ctx->trouble);
	if (!sides(im, row, form))
		return;
	if (!import_seen(im, arena_text(&ctx->arena, form->nota))) {
		import_refuse(im, row);
		return;
	}
	if (objects_trade(ctx, form->offer.partner, form->nota, &before)) {
		import_skip(im, row, _("a trade of this number with this partner is on record already"));
		return;
	}
	if (form->offer.total.n < 0)
		import_warn(row, _("the total is negative"));
	trouble_at(&ctx->trouble, ctx->trouble.file, form->row);
	find_refers(im, form);
	body = client_body();
	if (!trouble_is(&ctx->trouble))
		trade_offer_pack(&body, &form->offer);
	draft = client_draft(ctx, KIND_TRADE_OFFER, &body);
	if (trouble_is(&ctx->trouble))
		import_refuse(im, row);
	else
		import_take(im, row, &draft);
}

static void read_rows(struct import *im, struct csv *c)
{
	struct ctx *ctx = im->ctx;
	struct trade_form form = {0};
	struct trouble kept = {0};
	bool open = false;
	enum csv_row got;

	while (!im->stopped && (got = csv_next(c, &ctx->trouble)) != CSV_END) {
		struct trouble now = ctx->trouble;
		bool more = open && got == CSV_ROW && trade_form_continues(&form, c);
		if (open && !more) {
			ctx->trouble = kept;
			finish(im, &form);
			ctx->trouble = now;
			open = false;
		}
		if (got == CSV_BAD) {
			import_refuse(im, import_row(im, c->row, (struct bytes){0}));
			continue;
		}
		ctx->trouble = more ? kept : now;
		trouble_at(&ctx->trouble, c->file, c->row);
		if (!more)
			trade_form_begin(&form, c, &ctx->trouble, &ctx->arena);
		trade_form_add(&form, c, &ctx->trouble, &ctx->arena);
		open = true;
		kept = ctx->trouble;
		trouble_clear(&ctx->trouble);
	}
	ctx->trouble = open ? kept : ctx->trouble;
	if (open && !im->stopped)
		finish(im, &form);
}

enum exit_code cmd_trade_import(struct ctx *ctx)
{
	struct import im;
	struct csv c = {0};

	if (!ctx_need_self(ctx) || csv_open(&c, ctx->args->words[0], &ctx->trouble) != ERR_OK ||
	        csv_need(&c, trade_form_columns, &ctx->trouble) != ERR_OK) {
		csv_close(&c);
		return ctx_end(ctx);
	}
	import_init(&im, ctx);
	read_rows(&im, &c);
	trouble_at(&ctx->trouble, NULL, 0);
	csv_close(&c);
	return import_end(&im);
}
