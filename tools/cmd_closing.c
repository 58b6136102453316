/* SPDX-License-Identifier: Apache-2.0
 * cmd_closing.c: confirming balances at the end of a period: each side states its figure, and figures that differ show.
 * A stated figure moves nothing. */
#include <stdlib.h>
#include <string.h>

#include "cmd_int.h"
#include "ledger/closing.h"
#include "ledger/kinds.h"
#include "tools/client.h"
#include "tools/lang.h"
#include "tools/objects.h"
#include "tools/pairs.h"
#include "tools/row.h"
#include "tools/table.h"

/* The figure of AUTHOR for the partner and day that stands. */
static bool standing(struct ctx *ctx, struct member_no author, struct member_no partner, struct day day,
        struct closing_record *out)
{
	struct view_pair which = {author, partner, OBJECT_CLOSING};
	struct view_at at = {0};
	struct view_object object;
	struct closing_record r;
	bool found = false;

	while (view_pair_next(ctx->txn, &which, &at, &object)) {
		if (closing_record_read(object.record, &r) != ERR_OK || r.author.n != author.n ||
		        r.replaced || r.period_end.n != day.n)
			continue;
		*out = r;
		found = true;
	}
	return found;
}

/* Zero when nothing new is to be said about this partner. */
static uint32_t draft_of(struct ctx *ctx, const struct pairs *p, struct draft *out)
{
	struct closing closing = {
	        .partner = p->ask.partner, .period_end = p->ask.as_of, .balance = p->pair->balance.balance};
	struct closing_record before;
	struct mp_out body = client_body();

	if (closing.balance.n == 0 && p->pair->trades_count == 0 && p->pair->payments_count == 0)
		return 0;
	if (standing(ctx, ctx->me, closing.partner, closing.period_end, &before)) {
		if (before.balance.n == closing.balance.n)
			return 0;
		closing.has_replaces = true;
		closing.replaces = before.ref;
	}
	closing_pack(&body, &closing);
	*out = client_draft(ctx, KIND_BALANCE_CLOSE, &body);
	return trouble_is(&ctx->trouble) ? 0 : 1;
}

enum exit_code cmd_closing_close(struct ctx *ctx)
{
	struct pairs p = pairs_of(ctx, ctx->me);
	struct draft *drafts = arena_take(&ctx->arena, MEMBERS_MAX * sizeof *drafts);
	uint32_t count = 0;

	if (!ctx_need_self(ctx))
		return ctx_end(ctx);
	p.ask.has_as_of = true;
	p.ask.as_of = p.ask.overdue_on = ctx_day(ctx, OPT_DATE);
	if (!trouble_is(&ctx->trouble) && p.ask.as_of.n > ctx_today(ctx).n)
		trouble_field(
		        &ctx->trouble, ERR_DATE_RANGE, args_name(OPT_DATE), "%s", _("it is after today"));
	pairs_only(ctx, &p, args_field(ctx->args, OPT_PARTNER));
	while (count < MEMBERS_MAX && pairs_next(ctx, &p))
		count += draft_of(ctx, &p, &drafts[count]);
	query_pair_close(p.pair);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	if (count > 0)
		return client_finish(ctx, drafts, count);
	say_note(ctx->form, "%s", _("Every balance is stated already."));
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:[], s:[]}", "references", "warnings"));
	return ctx_end(ctx);
}

static json_t *mismatch_row(
        struct ctx *ctx, const struct closing_record *ours, const struct closing_record *theirs)
{
	const struct closing_record *any = ours ? ours : theirs;
	json_t *row = row_new();
	const char *state = "waits";

	row_member(row, "partner", ctx, ours ? ours->partner : theirs->author);
	row_date(row, "period_end", ctx, any->period_end);
	row_null(row, "ours");
	row_null(row, "theirs");
	row_null(row, "difference");
	if (ours)
		row_money(row, "ours", ours->balance);
	if (theirs)
		row_integer(row, "theirs", -theirs->balance.n); /* seen from us */
	if (ours && theirs)
		row_integer(row, "difference", ours->balance.n + theirs->balance.n);
	if (ours && theirs)
		state = ours->balance.n + theirs->balance.n == 0 ? "agrees" : "differs";
	else if (theirs)
		state = "waits_for_us";
	row_string(row, "state", state);
	return row;
}

static const struct column columns[] = {
        {"partner", N_("Partner"), CELL_TEXT},
        {"period_end", N_("Period ends"), CELL_TEXT},
        {"ours", N_("Our figure"), CELL_SIGNED},
        {"theirs", N_("Their figure"), CELL_SIGNED},
        {"difference", N_("Difference"), CELL_SIGNED},
        {"state", N_("State"), CELL_CODE},
};

enum exit_code cmd_closing_mismatches(struct ctx *ctx)
{
	struct member_no self = objects_whose(ctx);
	struct objects all = objects_of(self, OBJECT_CLOSING);
	struct view_object object;
	json_t *rows = json_array();
	bool differs = false;

	objects_only(ctx, &all, args_field(ctx->args, OPT_PARTNER));
	while (!trouble_is(&ctx->trouble) && objects_next(ctx->txn, &all, &object)) {
		struct closing_record r, other;
		bool has_other;
		if (!ctx_ok(ctx, closing_record_read(object.record, &r), "balance.close"))
			break;
		has_other = standing(ctx, r.partner, r.author, r.period_end, &other);
		if (r.replaced || (r.author.n != self.n && has_other))
			continue; /* told with ours */
		if (r.author.n == self.n)
			row_add(rows, mismatch_row(ctx, &r, has_other ? &other : NULL));
		else
			row_add(rows, mismatch_row(ctx, NULL, &r));
		differs |= has_other && r.balance.n + other.balance.n != 0;
	}
	if (ctx->form == SAY_JSON && !trouble_is(&ctx->trouble))
		(void)ctx_print_json(ctx, json_pack("{s:O}", "closings", rows));
	else if (!trouble_is(&ctx->trouble))
		table_rows(rows, COLUMNS(columns),
		        _("No balance was stated yet. State ours with `lontar close-period`."));
	json_decref(rows);
	return trouble_is(&ctx->trouble) ? ctx_end(ctx) : differs ? EXIT_NO : EXIT_DONE;
}
