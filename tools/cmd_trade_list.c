/* SPDX-License-Identifier: Apache-2.0
 * cmd_trade_list.c: trades as lists and one by one, with what is open of each. */
#include <string.h>

#include "cmd_int.h"
#include "storage/query.h"
#include "tools/body.h"
#include "tools/conflicts.h"
#include "tools/lang.h"
#include "tools/objects.h"
#include "tools/pairs.h"
#include "tools/row.h"
#include "tools/table.h"

/* The state as people say it: one word for state, cover and dispute together. */
static const char *shown_state(
        const struct ctx *ctx, const struct balance_trade *t, const struct policy *policy)
{
	static const char *const covers[] = {
	        [COVER_NONE] = "agreed", [COVER_PART] = "part_paid", [COVER_SETTLED] = "settled"};
	const struct trade_record *r = &t->record;

	if (r->state == TRADE_PROPOSED && r->date.n + (int32_t)policy->offer_days < ctx_today(ctx).n)
		return "expired";
	if (r->state != TRADE_AGREED)
		return trade_state_code(r->state);
	return r->disputed ? "disputed" : covers[trade_kind_counts(r->kind) ? balance_cover(t) : COVER_NONE];
}

/* conflict: void entries touched it, or it is void itself; NULL: nothing of the kind. */
static json_t *row_of(struct ctx *ctx, const struct balance_trade *t, struct member_no self,
        const struct conflict *conflict)
{
	const struct trade_record *r = &t->record;
	bool is_void = conflict && conflict->opening;
	struct policy policy;
	json_t *row = row_new();

	query_policy(ctx->txn, date_parts(r->date).year, &policy);
	row_reference(row, "entry", ctx, &r->ref);
	row_member(row, "partner", ctx, r->seller.n == self.n ? r->buyer : r->seller);
	row_string(row, "role", r->seller.n == self.n ? "seller" : "buyer");
	row_yes(row, "offered_by_us", (r->offered_by == TRADE_SELLER) == (r->seller.n == self.n));
	row_string(row, "kind", trade_kind_code(r->kind));
	row_string(row, "state", is_void ? "conflicting" : trade_state_code(r->state));
	row_yes(row, "disputed", r->disputed);
	row_yes(row, "conflicting", conflict != NULL);
	row_string(row, "shown", conflict ? "conflicting" : shown_state(ctx, t, &policy));
	row_date(row, "date", ctx, r->date);
	row_date(row, "due", ctx, r->due);
	row_text(row, "invoice", BYTES(r->invoice, r->invoice_bytes));
	row_money(row, "total", r->total);
	row_money(row, "open", t->open);
	if (r->has_refers)
		row_reference(row, "refers", ctx, &r->refers);
	else
		row_null(row, "refers");
	return row;
}

static const struct column columns[] = {
        {"entry", N_("Entry"), CELL_TEXT},
        {"date", N_("Date"), CELL_TEXT},
        {"partner", N_("Partner"), CELL_TEXT},
        {"role", N_("We are"), CELL_CODE},
        {"kind", N_("Kind"), CELL_CODE},
        {"invoice", N_("Invoice"), CELL_TEXT},
        {"total", N_("Total"), CELL_MONEY},
        {"open", N_("Open"), CELL_MONEY},
        {"due", N_("Due"), CELL_TEXT},
        {"shown", N_("State"), CELL_CODE},
};

/* --state, --from, --to */
struct filter {
	const char *state;
	bool has_from, has_to;
	struct day from, to;
};

static struct filter read_filter(struct ctx *ctx)
{
	struct filter f = {.state = args_get(ctx->args, OPT_STATE)};

	f.has_from = args_has(ctx->args, OPT_FROM);
	f.has_to = args_has(ctx->args, OPT_TO);
	if (f.has_from)
		f.from = field_date(&ctx->trouble, args_field(ctx->args, OPT_FROM));
	if (f.has_to)
		f.to = field_date(&ctx->trouble, args_field(ctx->args, OPT_TO));
	return f;
}

static bool passes(const struct filter *f, const struct trade_record *r, const json_t *row)
{
	const char *shown = json_string_value(json_object_get(row, "shown"));
	const char *state = json_string_value(json_object_get(row, "state"));

	if ((f->has_from && r->date.n < f->from.n) || (f->has_to && r->date.n > f->to.n))
		return false;
	return !f->state || strcmp(f->state, shown) == 0 || strcmp(f->state, state) == 0;
}

static void add_row(json_t *rows, const struct filter *f, const struct trade_record *r, json_t *row)
{
	if (row && passes(f, r, row))
		row_add(rows, row);
	else
		json_decref(row);
}

/* A trade whose offer is void: what it came to, with nothing open of it, since it counts nowhere. */
static json_t *void_row(struct ctx *ctx, const struct conflicts *conflicts, const struct conflict *which,
        struct member_no self, struct trade_record *record)
{
	struct balance_trade t = {.open = {0}};
	struct object_view view;

	if (!conflicts_view(ctx, conflicts, which, &view) ||
	        !ctx_ok(ctx, trade_record_read(BYTES(view.record, view.record_bytes), record), "trade"))
		return NULL;
	t.record = *record;
	return row_of(ctx, &t, self, which);
}

static void add_void(struct ctx *ctx, json_t *rows, const struct conflicts *conflicts,
        const struct pairs *pairs, const struct filter *f)
{
	struct conflicts_ask ask = {pairs->ask.self, pairs->one_partner, pairs->ask.partner, OBJECT_TRADE};
	const struct conflict *next;
	size_t at = 0;

	while (!trouble_is(&ctx->trouble) && (next = conflicts_next(conflicts, &ask, &at))) {
		struct trade_record record;
		json_t *row = void_row(ctx, conflicts, next, ask.member, &record);
		add_row(rows, f, &record, row);
	}
}

static json_t *list(struct ctx *ctx, const struct conflicts *conflicts)
{
	struct member_no self = objects_whose(ctx);
	struct pairs pairs = pairs_of(ctx, self);
	struct filter filter = read_filter(ctx);
	json_t *rows = json_array();

	pairs_only(ctx, &pairs, args_field(ctx->args, OPT_PARTNER));
	while (pairs_next(ctx, &pairs)) {
		for (size_t i = 0; i < pairs.pair->trades_count; i++) {
			const struct balance_trade *t = &pairs.pair->trades[i];
			add_row(rows, &filter, &t->record,
			        row_of(ctx, t, self, conflicts_of(conflicts, &t->record.ref)));
		}
	}
	add_void(ctx, rows, conflicts, &pairs, &filter);
	return rows;
}

enum exit_code cmd_trade_list(struct ctx *ctx)
{
	struct conflicts *conflicts = conflicts_open(ctx);
	json_t *rows = list(ctx, conflicts);

	conflicts_close(conflicts);
	if (!trouble_is(&ctx->trouble) && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:o}", "trades", rows));
	if (!trouble_is(&ctx->trouble))
		table_rows(rows, COLUMNS(columns), _("No trades. Offer one with `lontar trade offer`."));
	json_decref(rows);
	return ctx_end(ctx);
}

/* What the offer itself says, into the row. */
static void add_offer(struct ctx *ctx, struct bytes body, json_t *row)
{
	struct trade_parts *parts = arena_take(&ctx->arena, sizeof *parts);
	struct trade_offer offer;

	if (!ctx_ok(ctx, trade_offer_unpack(body, parts, &offer), "trade.offer"))
		return;
	row_json(row, "lines", body_lines(ctx, &offer));
	row_json(row, "charges", body_charges(&offer));
	row_money(row, "tax", offer.tax);
	row_text(row, "delivery_note", offer.delivery_note);
	row_text(row, "note", offer.note);
}

static struct member_no side_of(const struct ctx *ctx, const struct trade_record *record)
{
	return ctx->has_feed && record->buyer.n == ctx->me.n ? record->buyer : record->seller;
}

/* The trade with its cover, which only the whole pair gives. */
static json_t *trade_row(
        struct ctx *ctx, const struct trade_record *record, const struct conflicts *conflicts)
{
	struct member_no self = side_of(ctx, record);
	struct pairs pairs = pairs_of(ctx, self);
	json_t *row = NULL;

	pairs.one_partner = true;
	pairs.ask.partner = self.n == record->seller.n ? record->buyer : record->seller;
	while (pairs_next(ctx, &pairs)) {
		for (size_t i = 0; i < pairs.pair->trades_count; i++) {
			if (reference_equal(&pairs.pair->trades[i].record.ref, &record->ref))
				row = row_of(ctx, &pairs.pair->trades[i], self,
				        conflicts_of(conflicts, &record->ref));
		}
	}
	return row;
}

/* One that counts, with its offer. */
static json_t *held_trade(struct ctx *ctx, struct field f, const struct conflicts *conflicts)
{
	struct bytes_out scratch =
	        bytes_out(arena_take(&ctx->arena, ENTRY_PAYLOAD_BYTES_MAX), ENTRY_PAYLOAD_BYTES_MAX);
	struct view_object object;
	struct trade_record record;
	struct statement s;
	json_t *row = NULL;

	(void)names_object(ctx, f, OBJECT_TRADE, &object);
	if (!trouble_is(&ctx->trouble) && ctx_ok(ctx, trade_record_read(object.record, &record), "trade"))
		row = trade_row(ctx, &record, conflicts);
	if (row && ctx_ok(ctx, view_statement(ctx->txn, record.ref.place, &scratch, &s), "trade.offer"))
		add_offer(ctx, s.body, row);
	if (row)
		row_json(row, "statements", objects_statements(ctx, conflicts, &record.ref));
	return row;
}

static json_t *void_trade(struct ctx *ctx, const struct conflict *which, const struct conflicts *conflicts)
{
	struct member_no self = ctx->has_feed && which->b.n == ctx->me.n ? which->b : which->a;
	struct trade_record record;
	json_t *row = void_row(ctx, conflicts, which, self, &record);

	if (row) {
		add_offer(ctx, which->opening->statement.body, row);
		row_json(row, "statements", objects_statements(ctx, conflicts, &record.ref));
	}
	return row;
}

enum exit_code cmd_trade_show(struct ctx *ctx)
{
	struct field f = names_word(ctx, 0, "ENTRY");
	struct conflicts *conflicts = conflicts_open(ctx);
	const struct conflict *which = conflicts_named(conflicts, f, OBJECT_TRADE);
	json_t *row = which ? void_trade(ctx, which, conflicts) : held_trade(ctx, f, conflicts);

	conflicts_close(conflicts);
	if (!trouble_is(&ctx->trouble) && row && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, row);
	if (!trouble_is(&ctx->trouble) && row) {
		table_object(row, COLUMNS(columns));
		body_print_lines(row);
		objects_print_statements(json_object_get(row, "statements"));
	}
	json_decref(row);
	return ctx_end(ctx);
}
