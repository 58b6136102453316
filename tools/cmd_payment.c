/* SPDX-License-Identifier: Apache-2.0
 * cmd_payment.c: payments: recording, answering, listing. A record of an amount that stands already within a week is
 * asked about first, because a nota is easily typed twice. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cmd_int.h"
#include "ledger/kinds.h"
#include "ledger/payment.h"
#include "tools/client.h"
#include "tools/conflicts.h"
#include "tools/lang.h"
#include "tools/objects.h"
#include "tools/row.h"
#include "tools/table.h"

#define DUPLICATE_DAYS 7

static const char *const methods[] = {"cash", "transfer", "goods", NULL};

static void read_allocations(struct ctx *ctx, struct payment_record_body *p, struct allocation *parts)
{
	unsigned at = 0;
	const char *text;
	struct view_object object;

	p->allocations = parts;
	while ((text = args_each(ctx->args, OPT_ALLOCATE, &at)) && !trouble_is(&ctx->trouble)) {
		struct bytes rest = bytes_text(text);
		struct field entry = field_of(args_name(OPT_ALLOCATE), text_split(&rest, '='));
		struct field amount = field_of(args_name(OPT_ALLOCATE), rest);
		if (p->allocations_count == PAYMENT_ALLOCATIONS_MAX) {
			trouble_field(&ctx->trouble, ERR_ALLOCATION, entry.name, "%s", text);
			return;
		}
		parts[p->allocations_count].trade = names_object(ctx, entry, OBJECT_TRADE, &object);
		parts[p->allocations_count++].amount = field_money(&ctx->trouble, amount);
	}
}

/* Does an equal payment stand within some days? Asks the person, or refuses. */
static void ask_about_twin(struct ctx *ctx, const struct payment_record_body *p)
{
	struct objects all = objects_of(ctx->me, OBJECT_PAYMENT);
	struct view_object object;
	struct payment_view v;
	char question[256];

	all.one_partner = all.inside = true;
	all.partner = p->partner;
	while (!trouble_is(&ctx->trouble) && objects_next(ctx->txn, &all, &object)) {
		int32_t apart;
		if (!ctx_ok(ctx, payment_view_read(object.record, &v), "payment"))
			return;
		apart = v.date.n - p->date.n;
		if (v.amount.n != p->amount.n || apart > DUPLICATE_DAYS || apart < -DUPLICATE_DAYS ||
		        (v.payer.n == ctx->me.n) != (p->role == PAYMENT_PAYER) || v.state == PAYMENT_DENIED ||
		        v.state == PAYMENT_WITHDRAWN)
			continue;
		(void)snprintf(question, sizeof question,
		        _("%s of %s has the same amount. Record this one too?"), names_reference(ctx, &v.ref),
		        names_date(ctx, v.date));
		if (ctx_is_person(ctx) && say_ask(question))
			return;
		trouble_set(&ctx->trouble, ERR_EXISTS,
		        _("%s of %s has the same amount; --yes records this one too"),
		        names_reference(ctx, &v.ref), names_date(ctx, v.date));
	}
}

enum exit_code cmd_payment_record(struct ctx *ctx)
{
	struct payment_record_body p = {0};
	struct allocation *parts = arena_take(&ctx->arena, PAYMENT_ALLOCATIONS_MAX * sizeof *parts);
	struct trouble *t = &ctx->trouble;
	struct mp_out body = client_body();
	struct draft draft;

	if (!ctx_need_self(ctx))
		return ctx_end(ctx);
	if (args_has(ctx->args, OPT_PAID) == args_has(ctx->args, OPT_GOT))
		trouble_set(t, ERR_USAGE, "%s", _("say whether we paid (--paid) or received (--received)"));
	p.role = args_has(ctx->args, OPT_PAID) ? PAYMENT_PAYER : PAYMENT_PAYEE;
	p.partner = names_partner(ctx, names_word(ctx, 0, "PARTNER"));
	p.amount = field_money(t, names_word(ctx, 1, "AMOUNT"));
	p.date = ctx_day(ctx, OPT_DATE);
	if (args_has(ctx->args, OPT_METHOD))
		p.method = (enum payment_method)field_choice(t, args_field(ctx->args, OPT_METHOD), methods);
	p.number = field_text(t, args_field(ctx->args, OPT_NUMBER), &ctx->arena, TRADE_NUMBER_BYTES_MAX);
	p.note = field_text(t, args_field(ctx->args, OPT_NOTE), &ctx->arena, TEXT_BYTES_MAX);
	read_allocations(ctx, &p, parts);
	if (!trouble_is(t) && p.date.n > ctx_today(ctx).n)
		trouble_field(t, ERR_DATE_RANGE, args_name(OPT_DATE), "%s", _("it is after today"));
	if (!trouble_is(t) && !args_has(ctx->args, OPT_YES))
		ask_about_twin(ctx, &p);
	if (trouble_is(t))
		return ctx_end(ctx);
	payment_record_pack(&body, &p);
	draft = client_draft(ctx, KIND_PAYMENT_RECORD, &body);
	return client_finish(ctx, &draft, 1);
}

static bool read_view(struct ctx *ctx, struct payment_view *out)
{
	struct view_object object;

	(void)names_object(ctx, names_word(ctx, 0, "ENTRY"), OBJECT_PAYMENT, &object);
	return !trouble_is(&ctx->trouble) && ctx_ok(ctx, payment_view_read(object.record, out), "payment");
}

enum exit_code cmd_payment_confirm(struct ctx *ctx)
{
	struct payment_confirm confirm = {0};
	struct payment_view v;
	struct mp_out body = client_body();
	struct draft draft;

	if (!ctx_need_self(ctx) || !read_view(ctx, &v))
		return ctx_end(ctx);
	confirm.about = v.ref;
	if (v.withdraw_asked && v.payer.n == ctx->me.n)
		confirm.has_withdraw =
		        objects_find(ctx, v.ref.place, KIND_PAYMENT_WITHDRAW, v.payee, &confirm.withdraw);
	payment_confirm_pack(&body, &confirm);
	draft = client_draft(ctx, KIND_PAYMENT_CONFIRM, &body);
	return client_finish(ctx, &draft, 1);
}

static enum exit_code answer_with(struct ctx *ctx, uint16_t kind)
{
	struct payment_view v;
	struct answer answer = {0};
	struct mp_out body = client_body();
	struct draft draft;

	if (!ctx_need_self(ctx) || !read_view(ctx, &v))
		return ctx_end(ctx);
	answer.about = v.ref;
	answer.reason =
	        field_text(&ctx->trouble, args_field(ctx->args, OPT_REASON), &ctx->arena, TEXT_BYTES_MAX);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	answer_pack(&body, &answer);
	draft = client_draft(ctx, kind, &body);
	return client_finish(ctx, &draft, 1);
}

enum exit_code cmd_payment_deny(struct ctx *ctx)
{
	return answer_with(ctx, KIND_PAYMENT_DENY);
}

enum exit_code cmd_payment_withdraw(struct ctx *ctx)
{
	return answer_with(ctx, KIND_PAYMENT_WITHDRAW);
}

static json_t *allocations_json(struct ctx *ctx, const struct payment_view *v)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < v->allocations_count; i++) {
		struct allocation a = payment_allocation(v, i);
		json_t *row = row_new();
		row_reference(row, "trade", ctx, &a.trade);
		row_money(row, "amount", a.amount);
		row_add(list, row);
	}
	return list;
}

/* conflict: void entries touched it, or it is void itself; NULL: nothing of the kind. */
static json_t *row_of(
        struct ctx *ctx, const struct payment_view *v, struct member_no self, const struct conflict *conflict)
{
	bool is_void = conflict && conflict->opening;
	json_t *row = row_new();

	row_reference(row, "entry", ctx, &v->ref);
	row_member(row, "partner", ctx, v->payer.n == self.n ? v->payee : v->payer);
	row_string(row, "role", v->payer.n == self.n ? "payer" : "payee");
	row_yes(row, "recorded_by_us", (v->recorded_by == PAYMENT_PAYER) == (v->payer.n == self.n));
	row_string(row, "method", payment_method_code(v->method));
	row_string(row, "state", is_void ? "conflicting" : payment_state_code(v->state));
	row_yes(row, "conflicting", conflict != NULL);
	row_string(row, "shown", conflict ? "conflicting" : payment_state_code(v->state));
	row_yes(row, "confirmed", v->confirmed);
	row_yes(row, "withdraw_asked", v->withdraw_asked);
	row_date(row, "date", ctx, v->date);
	row_text(row, "number", BYTES(v->number, v->number_bytes));
	row_money(row, "amount", v->amount);
	row_json(row, "allocations", allocations_json(ctx, v));
	return row;
}

static const struct column columns[] = {
        {"entry", N_("Entry"), CELL_TEXT},
        {"date", N_("Date"), CELL_TEXT},
        {"partner", N_("Partner"), CELL_TEXT},
        {"role", N_("We are"), CELL_CODE},
        {"method", N_("Method"), CELL_CODE},
        {"number", N_("Number"), CELL_TEXT},
        {"amount", N_("Amount"), CELL_MONEY},
        {"shown", N_("State"), CELL_CODE},
        {"withdraw_asked", N_("Withdrawal waits"), CELL_YES},
};

static void add_row(json_t *rows, const char *state, json_t *row)
{
	const char *own = json_string_value(json_object_get(row, "state"));
	const char *shown = json_string_value(json_object_get(row, "shown"));

	if (row && (!state || strcmp(state, own) == 0 || strcmp(state, shown) == 0))
		row_add(rows, row);
	else
		json_decref(row);
}

/* A payment whose record is void. */
static json_t *void_row(struct ctx *ctx, const struct conflicts *conflicts, const struct conflict *which,
        struct member_no self, struct payment_view *v)
{
	struct object_view *view = arena_take(&ctx->arena, sizeof *view); /* what is read borrows from it */

	if (!conflicts_view(ctx, conflicts, which, view) ||
	        !ctx_ok(ctx, payment_view_read(BYTES(view->record, view->record_bytes), v), "payment"))
		return NULL;
	return row_of(ctx, v, self, which);
}

static json_t *list(struct ctx *ctx, const struct conflicts *conflicts)
{
	struct objects all = objects_of(objects_whose(ctx), OBJECT_PAYMENT);
	const char *state = args_get(ctx->args, OPT_STATE);
	struct conflicts_ask ask = {.member = all.self, .type = OBJECT_PAYMENT};
	const struct conflict *next;
	struct view_object object;
	struct payment_view v;
	json_t *rows = json_array();
	size_t at = 0;

	objects_only(ctx, &all, args_field(ctx->args, OPT_PARTNER));
	ask.one_partner = all.one_partner;
	ask.partner = all.partner;
	while (!trouble_is(&ctx->trouble) && objects_next(ctx->txn, &all, &object))
		if (ctx_ok(ctx, payment_view_read(object.record, &v), "payment"))
			add_row(rows, state, row_of(ctx, &v, all.self, conflicts_of(conflicts, &v.ref)));
	while (!trouble_is(&ctx->trouble) && (next = conflicts_next(conflicts, &ask, &at)))
		add_row(rows, state, void_row(ctx, conflicts, next, ask.member, &v));
	return rows;
}

enum exit_code cmd_payment_list(struct ctx *ctx)
{
	struct conflicts *conflicts = conflicts_open(ctx);
	json_t *rows = list(ctx, conflicts);

	conflicts_close(conflicts);
	if (!trouble_is(&ctx->trouble) && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:o}", "payments", rows));
	if (!trouble_is(&ctx->trouble))
		table_rows(
		        rows, COLUMNS(columns), _("No payments. Record one with `lontar payment record`."));
	json_decref(rows);
	return ctx_end(ctx);
}

static const struct column allocation_columns[] = {
        {"trade", N_("Pays for"), CELL_TEXT},
        {"amount", N_("Amount"), CELL_MONEY},
};

static json_t *one_payment(struct ctx *ctx, const struct conflicts *conflicts)
{
	const struct conflict *which =
	        conflicts_named(conflicts, names_word(ctx, 0, "ENTRY"), OBJECT_PAYMENT);
	struct payment_view v;
	json_t *row = NULL;

	if (which)
		row = void_row(ctx, conflicts, which,
		        ctx->has_feed && which->b.n == ctx->me.n ? which->b : which->a, &v);
	else if (read_view(ctx, &v))
		row = row_of(ctx, &v, ctx->has_feed && v.payee.n == ctx->me.n ? v.payee : v.payer,
		        conflicts_of(conflicts, &v.ref));
	if (row)
		row_json(row, "statements", objects_statements(ctx, conflicts, &v.ref));
	return row;
}

enum exit_code cmd_payment_show(struct ctx *ctx)
{
	struct conflicts *conflicts = conflicts_open(ctx);
	json_t *row = one_payment(ctx, conflicts);

	conflicts_close(conflicts);
	if (!trouble_is(&ctx->trouble) && row && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, row);
	if (!trouble_is(&ctx->trouble) && row) {
		table_object(row, COLUMNS(columns));
		if (json_array_size(json_object_get(row, "allocations")) > 0)
			table_rows(json_object_get(row, "allocations"), COLUMNS(allocation_columns), "");
		objects_print_statements(json_object_get(row, "statements"));
	}
	json_decref(row);
	return ctx_end(ctx);
}
