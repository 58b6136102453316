/* SPDX-License-Identifier: Apache-2.0
 * cmd_partner.c: partnerships: two members agree to trade on account. */
#include <string.h>

#include "cmd_int.h"
#include "ledger/kinds.h"
#include "ledger/partnership.h"
#include "tools/client.h"
#include "tools/lang.h"
#include "tools/objects.h"
#include "tools/row.h"
#include "tools/table.h"

#define DAYS_DEFAULT 30
#define DAYS_MAX 3650

static struct rupiah limit_of(struct ctx *ctx, enum opt opt)
{
	struct field f = args_field(ctx->args, opt);

	return field_given(f) ? field_money(&ctx->trouble, f) : (struct rupiah){0};
}

enum exit_code cmd_partner_offer(struct ctx *ctx)
{
	struct field to = args_field(ctx->args, OPT_TO), from = args_field(ctx->args, OPT_FROM);
	struct partnership_offer offer = {.days = DAYS_DEFAULT};
	struct mp_out body = client_body();
	struct draft draft;

	if (!ctx_need_self(ctx))
		return ctx_end(ctx);
	offer.partner = names_partner(ctx, names_word(ctx, 0, "PARTNER"));
	offer.limit_partner = limit_of(ctx, OPT_LIMIT);
	offer.limit_self = limit_of(ctx, OPT_LIMIT_US);
	if (args_has(ctx->args, OPT_DAYS))
		offer.days = (uint32_t)field_count(&ctx->trouble, args_field(ctx->args, OPT_DAYS), DAYS_MAX);
	offer.goods =
	        field_text(&ctx->trouble, args_field(ctx->args, OPT_GOODS), &ctx->arena, TEXT_BYTES_MAX);
	offer.from = field_given(from) ? field_date(&ctx->trouble, from) : ctx_today(ctx);
	offer.has_to = field_given(to);
	if (offer.has_to)
		offer.to = field_date(&ctx->trouble, to);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	partnership_offer_pack(&body, &offer);
	draft = client_draft(ctx, KIND_PARTNERSHIP_OFFER, &body);
	return client_finish(ctx, &draft, 1);
}

/* The partnership named first on the command line. */
static struct reference subject(struct ctx *ctx, struct partnership_record *record)
{
	struct view_object object;
	struct reference ref = {0};

	if (!ctx_need_self(ctx))
		return ref;
	ref = names_object(ctx, names_word(ctx, 0, "ENTRY"), OBJECT_PARTNERSHIP, &object);
	if (!trouble_is(&ctx->trouble))
		(void)ctx_ok(ctx, partnership_record_read(object.record, record), names_reference(ctx, &ref));
	return ref;
}

static enum exit_code answer_with(struct ctx *ctx, uint16_t kind)
{
	struct partnership_record record;
	struct answer answer = {.about = subject(ctx, &record)};
	struct mp_out body = client_body();
	struct draft draft;

	answer.reason =
	        field_text(&ctx->trouble, args_field(ctx->args, OPT_REASON), &ctx->arena, TEXT_BYTES_MAX);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	answer_pack(&body, &answer);
	draft = client_draft(ctx, kind, &body);
	return client_finish(ctx, &draft, 1);
}

enum exit_code cmd_partner_accept(struct ctx *ctx)
{
	return answer_with(ctx, KIND_PARTNERSHIP_ACCEPT);
}

enum exit_code cmd_partner_decline(struct ctx *ctx)
{
	return answer_with(ctx, KIND_PARTNERSHIP_DECLINE);
}

enum exit_code cmd_partner_end(struct ctx *ctx)
{
	struct partnership_record record;
	struct partnership_end end = {.answer = {.about = subject(ctx, &record)}};
	struct field last = args_field(ctx->args, OPT_TO);
	struct mp_out body = client_body();
	struct draft draft;

	end.answer.reason =
	        field_text(&ctx->trouble, args_field(ctx->args, OPT_REASON), &ctx->arena, TEXT_BYTES_MAX);
	end.has_last = field_given(last);
	if (end.has_last)
		end.last = field_date(&ctx->trouble, last);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	partnership_end_pack(&body, &end);
	draft = client_draft(ctx, KIND_PARTNERSHIP_END, &body);
	return client_finish(ctx, &draft, 1);
}

/* conflict: void entries touched it, or it is void itself; NULL: nothing of the kind. */
static json_t *row_of(struct ctx *ctx, const struct partnership_record *r, struct member_no self,
        const struct conflict *conflict)
{
	struct member_no partner = r->offerer.n == self.n ? r->partner : r->offerer;
	bool is_void = conflict && conflict->opening;
	json_t *row = row_new();

	row_reference(row, "entry", ctx, &r->ref);
	row_member(row, "partner", ctx, partner);
	row_yes(row, "offered_by_us", r->offerer.n == self.n);
	row_string(row, "state", is_void ? "conflicting" : partnership_state_code(r->state));
	row_yes(row, "conflicting", conflict != NULL);
	row_string(row, "shown", conflict ? "conflicting" : partnership_state_code(r->state));
	row_yes(row, "holds_today", !is_void && partnership_holds(r, ctx_today(ctx)));
	row_money(row, "limit", partnership_limit(r, self));
	row_money(row, "limit_us", partnership_limit(r, partner));
	row_count(row, "days", r->days);
	row_date(row, "from", ctx, r->from);
	if (r->to.n >= DAY_MAX)
		row_null(row, "to");
	else
		row_date(row, "to", ctx, r->to);
	return row;
}

static const struct column columns[] = {
        {"entry", N_("Entry"), CELL_TEXT},
        {"partner", N_("Partner"), CELL_TEXT},
        {"shown", N_("State"), CELL_CODE},
        {"holds_today", N_("Holds today"), CELL_YES},
        {"limit", N_("They may owe us"), CELL_MONEY},
        {"limit_us", N_("We may owe them"), CELL_MONEY},
        {"days", N_("Days"), CELL_COUNT},
        {"from", N_("From"), CELL_TEXT},
        {"to", N_("To"), CELL_TEXT},
};

/* A partnership whose offer is void. */
static json_t *void_row(struct ctx *ctx, const struct conflicts *conflicts, const struct conflict *which,
        struct member_no self)
{
	struct partnership_record record;
	struct object_view view;

	if (!conflicts_view(ctx, conflicts, which, &view) ||
	        !ctx_ok(ctx, partnership_record_read(BYTES(view.record, view.record_bytes), &record),
	                "partnership"))
		return NULL;
	return row_of(ctx, &record, self, which);
}

static json_t *list(struct ctx *ctx, const struct conflicts *conflicts)
{
	struct objects all = objects_of(objects_whose(ctx), OBJECT_PARTNERSHIP);
	struct conflicts_ask ask = {.member = all.self, .type = OBJECT_PARTNERSHIP};
	const struct conflict *next;
	struct view_object object;
	struct partnership_record r;
	json_t *rows = json_array(), *row;
	size_t at = 0;

	objects_only(ctx, &all, args_field(ctx->args, OPT_PARTNER));
	ask.one_partner = all.one_partner;
	ask.partner = all.partner;
	while (!trouble_is(&ctx->trouble) && objects_next(ctx->txn, &all, &object))
		if (ctx_ok(ctx, partnership_record_read(object.record, &r), "partnership"))
			row_add(rows, row_of(ctx, &r, all.self, conflicts_of(conflicts, &r.ref)));
	while (!trouble_is(&ctx->trouble) && (next = conflicts_next(conflicts, &ask, &at)))
		if ((row = void_row(ctx, conflicts, next, ask.member)))
			row_add(rows, row);
	return rows;
}

enum exit_code cmd_partner_list(struct ctx *ctx)
{
	struct conflicts *conflicts = conflicts_open(ctx);
	json_t *rows = list(ctx, conflicts);

	conflicts_close(conflicts);
	if (!trouble_is(&ctx->trouble) && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:o}", "partnerships", rows));
	if (!trouble_is(&ctx->trouble))
		table_rows(rows, COLUMNS(columns),
		        _("No partnerships yet. Offer one with `lontar partner offer`."));
	json_decref(rows);
	return ctx_end(ctx);
}

static json_t *one_partnership(struct ctx *ctx, const struct conflicts *conflicts)
{
	const struct conflict *which =
	        conflicts_named(conflicts, names_word(ctx, 0, "ENTRY"), OBJECT_PARTNERSHIP);
	struct partnership_record record = {0};
	struct reference ref;
	json_t *row;

	if (which) {
		ref = which->object;
		row = void_row(ctx, conflicts, which,
		        ctx->has_feed && which->b.n == ctx->me.n ? which->b : which->a);
	} else {
		ref = subject(ctx, &record);
		row = trouble_is(&ctx->trouble)
		              ? NULL
		              : row_of(ctx, &record,
		                        record.offerer.n == ctx->me.n ? record.offerer : record.partner,
		                        conflicts_of(conflicts, &ref));
	}
	if (row)
		row_json(row, "statements", objects_statements(ctx, conflicts, &ref));
	return row;
}

enum exit_code cmd_partner_show(struct ctx *ctx)
{
	struct conflicts *conflicts = conflicts_open(ctx);
	json_t *row = one_partnership(ctx, conflicts);

	conflicts_close(conflicts);
	if (!trouble_is(&ctx->trouble) && row && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, row);
	if (!trouble_is(&ctx->trouble) && row) {
		table_object(row, COLUMNS(columns));
		objects_print_statements(json_object_get(row, "statements"));
	}
	json_decref(row);
	return ctx_end(ctx);
}
