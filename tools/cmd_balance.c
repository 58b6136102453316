/* SPDX-License-Identifier: Apache-2.0
 * cmd_balance.c: what each partner owes and is owed, with what is overdue. The figures are storage's and the
 * ledger's; here they get their names. For people a balance is "they owe us" or "we owe them", never a bare minus. */
#include <stdio.h>

#include "cmd_int.h"
#include "tools/conflicts.h"
#include "tools/lang.h"
#include "tools/objects.h"
#include "tools/pairs.h"
#include "tools/row.h"
#include "tools/table.h"

static const char *const buckets[OVERDUE_BUCKETS] = {"not_due", "d1_30", "d31_60", "d61_90", "d90_plus"};

/* Everything of one partner, or of all: the order of keys is that of the JSON. */
struct figures {
	struct rupiah balance, receivable, payable, pending, disputed, pending_payments;
	struct balance_side ours, theirs;
	uint64_t unopened, conflicting;
};

static struct figures figures_of(const struct query_pair *pair)
{
	const struct balance *b = &pair->balance;

	return (struct figures){.balance = b->balance,
	        .receivable = balance_receivable(b),
	        .payable = balance_payable(b),
	        .pending = b->pending,
	        .disputed = b->disputed,
	        .pending_payments = b->pending_payments,
	        .ours = b->ours,
	        .theirs = b->theirs,
	        .unopened = pair->unopened};
}

static void add_to(struct ctx *ctx, struct rupiah *sum, struct rupiah n)
{
	(void)ctx_ok(ctx, money_add(*sum, n, sum), _("the sum over all partners"));
}

static void add_side(struct ctx *ctx, struct balance_side *sum, const struct balance_side *side)
{
	add_to(ctx, &sum->open, side->open);
	add_to(ctx, &sum->advances, side->advances);
	for (size_t i = 0; i < OVERDUE_BUCKETS; i++)
		add_to(ctx, &sum->overdue[i], side->overdue[i]);
}

static void add_figures(struct ctx *ctx, struct figures *sum, const struct figures *f)
{
	add_to(ctx, &sum->balance, f->balance);
	add_to(ctx, &sum->receivable, f->receivable);
	add_to(ctx, &sum->payable, f->payable);
	add_to(ctx, &sum->pending, f->pending);
	add_to(ctx, &sum->disputed, f->disputed);
	add_to(ctx, &sum->pending_payments, f->pending_payments);
	add_side(ctx, &sum->ours, &f->ours);
	add_side(ctx, &sum->theirs, &f->theirs);
	sum->unopened += f->unopened;
}

static json_t *overdue_json(const struct balance_side *side)
{
	json_t *o = row_new();

	for (size_t i = 0; i < OVERDUE_BUCKETS; i++)
		row_money(o, buckets[i], side->overdue[i]);
	return o;
}

static void put_figures(json_t *row, const struct figures *f)
{
	row_money(row, "balance", f->balance);
	row_money(row, "receivable", f->receivable);
	row_money(row, "payable", f->payable);
	row_money(row, "pending", f->pending);
	row_money(row, "disputed", f->disputed);
	row_money(row, "pending_payments", f->pending_payments);
	row_json(row, "overdue", overdue_json(&f->ours));
	row_json(row, "overdue_by_us", overdue_json(&f->theirs));
	row_money(row, "advance", f->ours.advances);
	row_money(row, "advance_by_us", f->theirs.advances);
	row_money(row, "credit_used", f->receivable);
	row_count(row, "unopened", f->unopened);
	row_count(row, "conflicting", f->conflicting);
}

static json_t *partner_row(struct ctx *ctx, const struct pairs *p, const struct figures *f)
{
	json_t *row = row_new();

	row_member(row, "partner", ctx, p->ask.partner);
	row_string(row, "name", names_full(ctx, p->ask.partner));
	put_figures(row, f);
	if (p->pair->has_partnership)
		row_money(row, "credit_limit", partnership_limit(&p->pair->partnership, p->ask.self));
	else
		row_null(row, "credit_limit");
	return row;
}

/* For people: what is late in one figure. */
static void add_late(json_t *row, const struct figures *f)
{
	struct rupiah late = {0}, late_by_us = {0};

	for (size_t i = OVERDUE_1_30; i < OVERDUE_BUCKETS; i++) {
		late.n += f->ours.overdue[i].n;
		late_by_us.n += f->theirs.overdue[i].n;
	}
	row_money(row, "late", late);
	row_money(row, "late_by_us", late_by_us);
}

static const struct column columns[] = {
        {"partner", N_("Partner"), CELL_TEXT},
        {"receivable", N_("They owe us"), CELL_MONEY},
        {"payable", N_("We owe them"), CELL_MONEY},
        {"late", N_("Overdue to us"), CELL_MONEY},
        {"late_by_us", N_("Overdue by us"), CELL_MONEY},
        {"pending", N_("Proposed"), CELL_SIGNED},
        {"disputed", N_("Disputed"), CELL_SIGNED},
};

/* The total as a last row of the people's table. */
static json_t *total_row(const struct figures *total)
{
	json_t *row = row_new();

	row_string(row, "partner", _("Total"));
	put_figures(row, total);
	add_late(row, total);
	return row;
}

static enum exit_code print(struct ctx *ctx, const struct pairs *p, json_t *rows, const struct figures *total)
{
	json_t *sums = row_new();

	put_figures(sums, total);
	if (ctx->form == SAY_JSON) {
		json_t *object = row_new();
		row_member(object, "member", ctx, p->ask.self);
		row_date(object, "as_of", ctx, p->ask.overdue_on);
		row_string(object, "currency", ctx->roster->network.currency);
		row_json(object, "partners", rows);
		row_json(object, "total", sums);
		return ctx_print_json(ctx, object);
	}
	if (json_array_size(rows) > 1)
		row_add(rows, total_row(total));
	table_rows(rows, COLUMNS(columns), _("Nothing with any partner yet."));
	if (total->unopened > 0)
		say_note(ctx->form, _("%llu entries that may concern these figures could not be opened here"),
		        (unsigned long long)total->unopened);
	conflicts_note(ctx, total->conflicting);
	json_decref(sums);
	json_decref(rows);
	return ctx_end(ctx);
}

/* How many trades and payments with one partner, or with all of them, void entries touched. */
static uint64_t conflicting(const struct conflicts *conflicts, const struct pairs *p, bool one)
{
	const struct conflicts_ask ask = {p->ask.self, one, p->ask.partner, OBJECT_NONE};

	return conflicts_count(conflicts, &ask);
}

enum exit_code cmd_balance(struct ctx *ctx)
{
	struct member_no self = objects_whose(ctx);
	struct pairs p = pairs_of(ctx, self);
	struct conflicts *conflicts = conflicts_open(ctx);
	struct figures total = {0};
	json_t *rows = json_array();

	pairs_only(ctx, &p, names_word(ctx, 0, "PARTNER"));
	total.conflicting = conflicting(conflicts, &p, p.one_partner);
	while (pairs_next(ctx, &p)) {
		struct figures f = figures_of(p.pair);
		json_t *row;
		f.conflicting = conflicting(conflicts, &p, true);
		row = partner_row(ctx, &p, &f);
		if (ctx->form == SAY_WORDS)
			add_late(row, &f);
		row_add(rows, row);
		add_figures(ctx, &total, &f);
	}
	conflicts_close(conflicts);
	if (!trouble_is(&ctx->trouble))
		return print(ctx, &p, rows, &total);
	json_decref(rows);
	return ctx_end(ctx);
}

static const struct column aging_columns[] = {
        {"partner", N_("Partner"), CELL_TEXT},
        {"not_due", N_("Not due"), CELL_MONEY},
        {"d1_30", N_("1-30 days"), CELL_MONEY},
        {"d31_60", N_("31-60"), CELL_MONEY},
        {"d61_90", N_("61-90"), CELL_MONEY},
        {"d90_plus", N_("over 90"), CELL_MONEY},
};

/* One side of the aging as rows "partner, buckets". */
static void aging_row(struct ctx *ctx, json_t *rows, const struct pairs *p, const struct balance_side *side)
{
	json_t *row;

	if (side->open.n == 0)
		return;
	row = overdue_json(side);
	row_member(row, "partner", ctx, p->ask.partner);
	row_add(rows, row);
}

static void print_aging(const struct ctx *ctx, json_t *to_us, json_t *by_us, const struct figures *total)
{
	json_t *ours = overdue_json(&total->ours), *theirs = overdue_json(&total->theirs);

	row_string(ours, "partner", _("Total"));
	row_string(theirs, "partner", _("Total"));
	row_add(to_us, ours);
	row_add(by_us, theirs);
	(void)printf("%s\n", _("They owe us"));
	table_rows(to_us, COLUMNS(aging_columns), "");
	(void)printf("\n%s\n", _("We owe them"));
	table_rows(by_us, COLUMNS(aging_columns), "");
	conflicts_note(ctx, total->conflicting);
}

static json_t *aging_total(const struct figures *total)
{
	json_t *row = row_new();

	row_json(row, "overdue", overdue_json(&total->ours));
	row_json(row, "overdue_by_us", overdue_json(&total->theirs));
	row_count(row, "conflicting", total->conflicting);
	return row;
}

enum exit_code cmd_balance_aging(struct ctx *ctx)
{
	struct member_no self = objects_whose(ctx);
	struct pairs p = pairs_of(ctx, self);
	struct conflicts *conflicts = conflicts_open(ctx);
	struct figures total = {.conflicting = conflicting(conflicts, &p, false)};
	json_t *to_us = json_array(), *by_us = json_array(), *rows = json_array();

	while (pairs_next(ctx, &p)) {
		struct figures f = figures_of(p.pair);
		json_t *row = row_new();
		row_member(row, "partner", ctx, p.ask.partner);
		row_json(row, "overdue", overdue_json(&f.ours));
		row_json(row, "overdue_by_us", overdue_json(&f.theirs));
		row_count(row, "conflicting", conflicting(conflicts, &p, true));
		row_add(rows, row);
		aging_row(ctx, to_us, &p, &f.ours);
		aging_row(ctx, by_us, &p, &f.theirs);
		add_figures(ctx, &total, &f);
	}
	conflicts_close(conflicts);
	if (!trouble_is(&ctx->trouble) && ctx->form == SAY_WORDS)
		print_aging(ctx, to_us, by_us, &total);
	json_decref(to_us);
	json_decref(by_us);
	if (!trouble_is(&ctx->trouble) && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:s, s:s, s:o, s:o}", "member", names_alias(ctx, self),
		                                   "as_of", names_date(ctx, p.ask.overdue_on), "partners",
		                                   rows, "total", aging_total(&total)));
	json_decref(rows);
	return ctx_end(ctx);
}
