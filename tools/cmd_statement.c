/* SPDX-License-Identifier: Apache-2.0
 * cmd_statement.c: the statement of account with one partner: what counts, by date, with the running balance; and of what
 * counts, what void entries were about. */
#include <stdlib.h>
#include <string.h>

#include "cmd_int.h"
#include "tools/conflicts.h"
#include "tools/lang.h"
#include "tools/objects.h"
#include "tools/pairs.h"
#include "tools/row.h"
#include "tools/table.h"

struct line {
	struct day date;
	struct reference ref;
	const char *what; /* a code */
	struct bytes number;
	int64_t change; /* of the balance, seen from us */
	bool disputed, conflicting;
};

static int by_date(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->date.n != y->date.n)
		return x->date.n < y->date.n ? -1 : 1;
	return place_compare(x->ref.place, y->ref.place);
}

static size_t collect(const struct pairs *p, const struct conflicts *conflicts, struct line *out)
{
	size_t n = 0;

	for (size_t i = 0; i < p->pair->trades_count; i++) {
		const struct trade_record *r = &p->pair->trades[i].record;
		if (r->state != TRADE_AGREED || !trade_kind_counts(r->kind))
			continue;
		out[n++] = (struct line){r->date, r->ref, trade_kind_code(r->kind),
		        BYTES(r->invoice, r->invoice_bytes),
		        r->seller.n == p->ask.self.n ? r->total.n : -r->total.n, r->disputed,
		        conflicts_of(conflicts, &r->ref) != NULL};
	}
	for (size_t i = 0; i < p->pair->payments_count; i++) {
		const struct payment_view *v = &p->pair->payments[i];
		if (v->state != PAYMENT_COUNTS)
			continue;
		out[n++] = (struct line){v->date, v->ref, "payment", BYTES(v->number, v->number_bytes),
		        v->payer.n == p->ask.self.n ? v->amount.n : -v->amount.n, false,
		        conflicts_of(conflicts, &v->ref) != NULL};
	}
	qsort(out, n, sizeof *out, by_date);
	return n;
}

static json_t *line_row(struct ctx *ctx, const struct line *l, int64_t balance)
{
	json_t *row = row_new();

	row_date(row, "date", ctx, l->date);
	row_string(row, "what", l->what);
	row_text(row, "number", l->number);
	row_reference(row, "entry", ctx, &l->ref);
	row_integer(row, "change", l->change);
	row_integer(row, "balance", balance);
	row_yes(row, "disputed", l->disputed);
	row_yes(row, "conflicting", l->conflicting);
	return row;
}

/* For people: two columns in place of a sign. */
static void for_people(json_t *rows)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		json_int_t change = json_integer_value(json_object_get(row, "change"));
		json_int_t balance = json_integer_value(json_object_get(row, "balance"));
		row_integer(row, "plus", change > 0 ? change : 0);
		row_integer(row, "minus", change < 0 ? -change : 0);
		row_integer(row, "they_owe", balance > 0 ? balance : 0);
		row_integer(row, "we_owe", balance < 0 ? -balance : 0);
	}
}

static const struct column columns[] = {
        {"date", N_("Date"), CELL_TEXT}, {"what", N_("What"), CELL_CODE}, {"number", N_("Number"), CELL_TEXT},
        {"plus", N_("In our favour"), CELL_MONEY}, {"minus", N_("In theirs"), CELL_MONEY},
        {"they_owe", N_("They owe us"), CELL_MONEY}, {"we_owe", N_("We owe them"), CELL_MONEY},
        {"conflicting", N_("Conflicting records"), CELL_YES}, /* the last: shown where there are any */
};

/* What is asked for, and what it came to. */
struct account {
	bool has_from;
	struct day from;
	int64_t closing;
	uint64_t conflicting; /* trades and payments with the partner that void entries touched */
};

static json_t *lines_of(
        struct ctx *ctx, const struct pairs *p, const struct conflicts *conflicts, struct account *a)
{
	const struct conflicts_ask ask = {p->ask.self, true, p->ask.partner, OBJECT_NONE};
	size_t cap = p->pair->trades_count + p->pair->payments_count + 1;
	struct line *lines = arena_take(&ctx->arena, cap * sizeof *lines);
	size_t n = collect(p, conflicts, lines);
	struct line opening = {.date = a->from, .what = "opening"};
	json_t *rows = json_array();
	size_t i = 0;

	a->conflicting = conflicts_count(conflicts, &ask);
	while (a->has_from && i < n && lines[i].date.n < a->from.n)
		a->closing += lines[i++].change;
	if (a->has_from) {
		json_t *row = line_row(ctx, &opening, a->closing);
		row_null(row, "entry");
		row_add(rows, row);
	}
	for (; i < n; i++) {
		a->closing += lines[i].change;
		row_add(rows, line_row(ctx, &lines[i], a->closing));
	}
	return rows;
}

static enum exit_code print_lines(struct ctx *ctx, json_t *rows, const struct account *a)
{
	size_t count = sizeof columns / sizeof columns[0];

	for_people(rows);
	table_rows(rows, columns, a->conflicting > 0 ? count : count - 1,
	        _("Nothing that counts in this time."));
	conflicts_note(ctx, a->conflicting);
	json_decref(rows);
	return ctx_end(ctx);
}

enum exit_code cmd_statement(struct ctx *ctx)
{
	struct field from_field = args_field(ctx->args, OPT_FROM), to_field = args_field(ctx->args, OPT_TO);
	struct member_no self = objects_whose(ctx);
	struct pairs p = pairs_of(ctx, self);
	struct account a = {.has_from = field_given(from_field)};
	struct conflicts *conflicts;
	json_t *rows, *object;

	if (a.has_from)
		a.from = field_date(&ctx->trouble, from_field);
	p.ask.has_as_of = field_given(to_field);
	if (p.ask.has_as_of)
		p.ask.as_of = p.ask.overdue_on = field_date(&ctx->trouble, to_field);
	pairs_only(ctx, &p, names_word(ctx, 0, "PARTNER"));
	if (!pairs_next(ctx, &p))
		return ctx_end(ctx);
	conflicts = conflicts_open(ctx);
	rows = lines_of(ctx, &p, conflicts, &a);
	conflicts_close(conflicts);
	object = row_new();
	row_member(object, "member", ctx, self);
	row_member(object, "partner", ctx, p.ask.partner);
	row_string(object, "from", a.has_from ? names_date(ctx, a.from) : NULL);
	row_date(object, "to", ctx, p.ask.overdue_on);
	row_integer(object, "closing", a.closing);
	row_count(object, "conflicting", a.conflicting);
	query_pair_close(p.pair);
	if (ctx->form == SAY_JSON) {
		row_json(object, "lines", rows);
		return ctx_print_json(ctx, object);
	}
	json_decref(object);
	return print_lines(ctx, rows, &a);
}
