/* SPDX-License-Identifier: Apache-2.0
 * body.c: see body.h. A table of the kinds that have something for people, each with what unpacks it into a row. */
#include "tools/body.h"

#include <stdio.h>

#include "ledger/closing.h"
#include "ledger/kinds.h"
#include "ledger/partnership.h"
#include "ledger/payment.h"
#include "ledger/rat.h"
#include "tools/lang.h"
#include "tools/row.h"
#include "tools/table.h"

json_t *body_lines(struct ctx *ctx, const struct trade_offer *offer)
{
	json_t *lines = json_array();

	for (uint32_t i = 0; i < offer->lines_count; i++) {
		const struct trade_line *l = &offer->lines[i];
		json_t *row = row_new();
		struct rupiah amount = {0};
		row_text(row, "item", l->item);
		row_text(row, "unit", l->unit);
		row_decimal(row, "quantity", ctx, l->price.quantity_milli, 3);
		row_decimal(row, "unit_price", ctx, l->price.unit_price_sen, 2);
		row_decimal(row, "discount_percent", ctx, l->price.discount_bp, 2);
		if (money_line(&l->price, &amount) == ERR_OK)
			row_money(row, "amount", amount);
		row_add(lines, row);
	}
	return lines;
}

json_t *body_charges(const struct trade_offer *offer)
{
	static const char *const kinds[] = {"freight", "weighing", "loading", "other"};
	json_t *charges = json_array();

	for (uint32_t i = 0; i < offer->charges_count; i++) {
		json_t *row = row_new();
		row_string(row, "kind", kinds[offer->charges[i].kind]);
		row_text(row, "label", offer->charges[i].label);
		row_money(row, "amount", offer->charges[i].amount);
		row_add(charges, row);
	}
	return charges;
}

static const struct column line_columns[] = {
        {"item", N_("Item"), CELL_TEXT},
        {"quantity", N_("Quantity"), CELL_COUNT},
        {"unit", N_("Unit"), CELL_TEXT},
        {"unit_price", N_("Price"), CELL_COUNT},
        {"discount_percent", N_("Discount %"), CELL_COUNT},
        {"amount", N_("Amount"), CELL_MONEY},
};

static const struct column charge_columns[] = {
        {"label", N_("Charge"), CELL_TEXT},
        {"amount", N_("Amount"), CELL_MONEY},
};

void body_print_lines(const json_t *row)
{
	const json_t *lines = json_object_get(row, "lines"), *charges = json_object_get(row, "charges");

	if (json_array_size(lines) > 0) {
		(void)putchar('\n');
		table_rows(lines, COLUMNS(line_columns), "");
	}
	if (json_array_size(charges) > 0) {
		(void)putchar('\n');
		table_rows(charges, COLUMNS(charge_columns), "");
	}
}

/* A body on its way into a row. */
struct reading {
	struct ctx *ctx;
	uint16_t kind;
	struct member_no author;
	struct bytes body;
};

static enum err put_trade(const struct reading *r, json_t *row)
{
	struct trade_parts *parts = arena_take(&r->ctx->arena, sizeof *parts);
	struct trade_offer o;
	enum err e = trade_offer_unpack(r->body, parts, &o);

	if (e != ERR_OK)
		return e;
	row_count(row, "seller_number", o.role == TRADE_SELLER ? r->author.n : o.partner.n);
	row_count(row, "buyer_number", o.role == TRADE_SELLER ? o.partner.n : r->author.n);
	row_string(row, "kind", trade_kind_code(o.kind));
	row_date(row, "date", r->ctx, o.date);
	row_date(row, "due", r->ctx, o.due);
	row_text(row, "invoice", o.invoice);
	row_text(row, "delivery_note", o.delivery_note);
	row_money(row, "tax", o.tax);
	row_money(row, "total", o.total);
	if (o.has_refers)
		row_reference(row, "about", r->ctx, &o.refers);
	row_text(row, "note", o.note);
	row_json(row, "lines", body_lines(r->ctx, &o));
	row_json(row, "charges", body_charges(&o));
	return ERR_OK;
}

static enum err put_payment(const struct reading *r, json_t *row)
{
	struct allocation *parts = arena_take(&r->ctx->arena, PAYMENT_ALLOCATIONS_MAX * sizeof *parts);
	struct payment_record_body p;
	enum err e = payment_record_unpack(r->body, parts, &p);

	if (e != ERR_OK)
		return e;
	row_count(row, "payer_number", p.role == PAYMENT_PAYER ? r->author.n : p.partner.n);
	row_count(row, "payee_number", p.role == PAYMENT_PAYER ? p.partner.n : r->author.n);
	row_string(row, "method", payment_method_code(p.method));
	row_date(row, "date", r->ctx, p.date);
	row_money(row, "amount", p.amount);
	row_text(row, "number", p.number);
	row_text(row, "note", p.note);
	return ERR_OK;
}

static enum err put_partnership(const struct reading *r, json_t *row)
{
	struct partnership_offer o;
	enum err e = partnership_offer_unpack(r->body, &o);

	if (e != ERR_OK)
		return e;
	row_count(row, "partner_number", o.partner.n);
	row_money(row, "limit_partner", o.limit_partner);
	row_money(row, "limit_self", o.limit_self);
	row_count(row, "days", o.days);
	row_date(row, "from", r->ctx, o.from);
	if (o.has_to)
		row_date(row, "to", r->ctx, o.to);
	row_text(row, "goods", o.goods);
	return ERR_OK;
}

static enum err put_closing(const struct reading *r, json_t *row)
{
	struct closing c;
	enum err e = closing_unpack(r->body, &c);

	if (e != ERR_OK)
		return e;
	row_count(row, "partner_number", c.partner.n);
	row_date(row, "date", r->ctx, c.period_end);
	row_money(row, "balance", c.balance);
	row_text(row, "note", c.note);
	return ERR_OK;
}

static enum err put_rat(const struct reading *r, json_t *row)
{
	struct rat_parts *parts = arena_take(&r->ctx->arena, sizeof *parts);
	struct rat_attest a;
	enum err e = rat_attest_unpack(r->kind, r->body, parts, &a);

	if (e != ERR_OK)
		return e;
	row_count(row, "of_number", a.has_member ? a.member.n : r->author.n);
	row_integer(row, "year", a.year);
	row_date(row, "closing", r->ctx, a.closing);
	row_date(row, "held", r->ctx, a.held);
	row_count(row, "members_total", a.members_total);
	row_count(row, "attendance", rat_attendance(&a));
	row_money(row, "own_capital", a.own_capital);
	row_money(row, "outside_capital", a.outside_capital);
	row_money(row, "assets", a.assets);
	row_money(row, "turnover", a.turnover);
	row_money(row, "surplus", a.surplus);
	row_text(row, "note", a.note);
	return ERR_OK;
}

static enum err put_accept(const struct reading *r, json_t *row)
{
	struct trade_accept a;
	enum err e = trade_accept_unpack(r->body, &a);

	if (e == ERR_OK)
		row_reference(row, "about", r->ctx, &a.about);
	return e;
}

static enum err put_confirm(const struct reading *r, json_t *row)
{
	struct payment_confirm c;
	enum err e = payment_confirm_unpack(r->body, &c);

	if (e == ERR_OK)
		row_reference(row, "about", r->ctx, &c.about);
	return e;
}

static enum err put_answer(const struct reading *r, json_t *row)
{
	struct answer a;
	enum err e = answer_unpack(r->body, &a);

	if (e != ERR_OK)
		return e;
	row_reference(row, "about", r->ctx, &a.about);
	row_text(row, "reason", a.reason);
	return ERR_OK;
}

static const struct {
	uint16_t kind;
	enum err (*put)(const struct reading *r, json_t *row);
} readers[] = {
        {KIND_TRADE_OFFER, put_trade},
        {KIND_TRADE_ACCEPT, put_accept},
        {KIND_TRADE_DECLINE, put_answer},
        {KIND_TRADE_WITHDRAW, put_answer},
        {KIND_TRADE_DISPUTE, put_answer},
        {KIND_PAYMENT_RECORD, put_payment},
        {KIND_PAYMENT_CONFIRM, put_confirm},
        {KIND_PAYMENT_DENY, put_answer},
        {KIND_PAYMENT_WITHDRAW, put_answer},
        {KIND_PARTNERSHIP_OFFER, put_partnership},
        {KIND_PARTNERSHIP_ACCEPT, put_answer},
        {KIND_PARTNERSHIP_DECLINE, put_answer},
        {KIND_BALANCE_CLOSE, put_closing},
        {KIND_RAT_ATTEST, put_rat},
        {KIND_RAT_RECORD, put_rat},
        {KIND_RAT_WITHDRAW, put_answer},
};

json_t *body_json(struct ctx *ctx, uint16_t kind, struct member_no author, struct bytes body)
{
	const struct reading r = {ctx, kind, author, body};

	for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
		json_t *row;
		if (readers[i].kind != kind)
			continue;
		row = row_new();
		if (readers[i].put(&r, row) == ERR_OK)
			return row;
		json_decref(row);
		return NULL;
	}
	return NULL;
}

static const struct column columns[] = {
        {"about", N_("About"), CELL_TEXT},
        {"reason", N_("Reason"), CELL_TEXT},
        {"seller_number", N_("Seller (member number)"), CELL_COUNT},
        {"buyer_number", N_("Buyer (member number)"), CELL_COUNT},
        {"payer_number", N_("Payer (member number)"), CELL_COUNT},
        {"payee_number", N_("Payee (member number)"), CELL_COUNT},
        {"partner_number", N_("Partner (member number)"), CELL_COUNT},
        {"of_number", N_("Meeting of member number"), CELL_COUNT},
        {"kind", N_("Kind"), CELL_CODE},
        {"method", N_("Method"), CELL_CODE},
        {"year", N_("Book year"), CELL_COUNT},
        {"closing", N_("Closing date"), CELL_TEXT},
        {"held", N_("Held"), CELL_TEXT},
        {"date", N_("Date"), CELL_TEXT},
        {"due", N_("Due"), CELL_TEXT},
        {"invoice", N_("Invoice"), CELL_TEXT},
        {"delivery_note", N_("Delivery note"), CELL_TEXT},
        {"number", N_("Receipt"), CELL_TEXT},
        {"tax", N_("Tax"), CELL_MONEY},
        {"total", N_("Total"), CELL_MONEY},
        {"amount", N_("Amount"), CELL_MONEY},
        {"balance", N_("The partner owes the author"), CELL_SIGNED},
        {"limit_partner", N_("Most that the partner may owe"), CELL_MONEY},
        {"limit_self", N_("Most that the author may owe"), CELL_MONEY},
        {"days", N_("Days until due"), CELL_COUNT},
        {"from", N_("From"), CELL_TEXT},
        {"to", N_("To"), CELL_TEXT},
        {"goods", N_("Goods"), CELL_TEXT},
        {"members_total", N_("Members"), CELL_COUNT},
        {"attendance", N_("Took part"), CELL_COUNT},
        {"own_capital", N_("Own capital"), CELL_MONEY},
        {"outside_capital", N_("Outside capital"), CELL_MONEY},
        {"assets", N_("Assets"), CELL_MONEY},
        {"turnover", N_("Turnover"), CELL_MONEY},
        {"surplus", N_("Surplus"), CELL_MONEY},
        {"note", N_("Note"), CELL_TEXT},
};

void body_print(const json_t *said)
{
	table_object(said, COLUMNS(columns));
	body_print_lines(said);
}
