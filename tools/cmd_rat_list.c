/* SPDX-License-Identifier: Apache-2.0
 * cmd_rat_list.c: attestations as lists and one by one. What they come to at a day is cmd_audit.c's. */
#include <string.h>

#include "cmd_int.h"
#include "ledger/rat.h"
#include "storage/query.h"
#include "tools/conflicts.h"
#include "tools/lang.h"
#include "tools/objects.h"
#include "tools/row.h"
#include "tools/table.h"

/* conflict: void entries touched it, or it is void itself; NULL: nothing of the kind. */
static json_t *row_of(struct ctx *ctx, const struct rat_record *r, const struct conflict *conflict)
{
	bool is_void = conflict && conflict->opening;
	json_t *row = row_new();
	uint64_t received_ms;

	row_reference(row, "entry", ctx, &r->ref);
	row_member(row, "member", ctx, r->member);
	row_integer(row, "year", r->year);
	row_date(row, "closing", ctx, r->closing);
	row_date(row, "held", ctx, r->held);
	row_string(row, "mode", rat_mode_code(r->mode));
	row_count(row, "members_total", r->members_total);
	row_count(row, "attendance", r->attendance);
	row_count(row, "quorum", r->quorum);
	row_money(row, "own_capital", r->own_capital);
	row_money(row, "outside_capital", r->outside_capital);
	row_money(row, "assets", r->assets);
	row_money(row, "turnover", r->turnover);
	row_money(row, "surplus", r->surplus);
	row_count(row, "employees", r->employees);
	row_count(row, "managers", r->managers);
	row_count(row, "endorsements", r->endorsements);
	row_yes(row, "on_paper", r->by_registrar);
	row_yes(row, "withdrawn", r->withdrawals_count > 0);
	row_yes(row, "conflicting", conflict != NULL);
	row_yes(row, "void", is_void);
	if (!is_void && query_received(ctx->txn, r->ref.place, &received_ms))
		row_date(row, "received", ctx, date_of_ms(received_ms, ctx->roster->network.zone_minutes));
	else
		row_null(row, "received");
	return row;
}

static const struct column columns[] = {
        {"entry", N_("Entry"), CELL_TEXT}, {"member", N_("Member"), CELL_TEXT},
        {"year", N_("Book year"), CELL_COUNT}, {"held", N_("Held"), CELL_TEXT},
        {"received", N_("Received"), CELL_TEXT}, {"members_total", N_("Members"), CELL_COUNT},
        {"attendance", N_("Took part"), CELL_COUNT}, {"assets", N_("Assets"), CELL_MONEY},
        {"surplus", N_("Surplus"), CELL_MONEY}, {"on_paper", N_("On paper"), CELL_YES},
        {"withdrawn", N_("Withdrawn"), CELL_YES},
        {"conflicting", N_("Conflicting records"), CELL_YES}, /* the last: shown where there are any */
};

/* Whose, and of which book years. */
struct range {
	uint32_t from, to; /* [from, to) */
	int32_t first, last;
};

static struct range read_range(struct ctx *ctx)
{
	struct field member = args_field(ctx->args, OPT_MEMBER), year = args_field(ctx->args, OPT_YEAR);
	struct range r = {0, ctx->roster->members_count, BOOK_YEAR_MIN, date_parts(ctx_today(ctx)).year};

	if (field_given(year))
		r.first = r.last = (int32_t)field_count(&ctx->trouble, year, BOOK_YEAR_MAX);
	if (field_given(member) || (!field_given(year) && ctx->has_feed)) {
		r.from = field_given(member) ? names_member(ctx, member).n : ctx->me.n;
		r.to = r.from + 1;
	}
	return r;
}

/* An attestation that is void itself. */
static bool read_void(struct ctx *ctx, const struct conflicts *conflicts, const struct conflict *which,
        struct rat_record *out)
{
	struct object_view *view = arena_take(&ctx->arena, sizeof *view); /* what is read borrows from it */

	return conflicts_view(ctx, conflicts, which, view) &&
	       ctx_ok(ctx, rat_record_read(BYTES(view->record, view->record_bytes), out), "rat.attest");
}

static void add_void(struct ctx *ctx, json_t *rows, const struct conflicts *conflicts,
        struct member_no member, const struct range *range)
{
	const struct conflicts_ask ask = {.member = member, .type = OBJECT_ATTESTATION};
	const struct conflict *next;
	struct rat_record r;
	size_t at = 0;

	while (!trouble_is(&ctx->trouble) && (next = conflicts_next(conflicts, &ask, &at)))
		if (read_void(ctx, conflicts, next, &r) && r.year >= range->first && r.year <= range->last)
			row_add(rows, row_of(ctx, &r, next));
}

static void add_year(struct ctx *ctx, json_t *rows, const struct conflicts *conflicts,
        struct member_no member, int32_t year)
{
	struct view_year which = {member, year};
	struct view_at at = {0};
	struct view_object object;
	struct rat_record r;

	while (view_year_next(ctx->txn, &which, &at, &object)) {
		if (object.type == OBJECT_ATTESTATION &&
		        ctx_ok(ctx, rat_record_read(object.record, &r), "rat.attest"))
			row_add(rows, row_of(ctx, &r, conflicts_of(conflicts, &r.ref)));
	}
}

static void print_rows(const json_t *rows)
{
	size_t count = sizeof columns / sizeof columns[0], i;
	bool any = false;
	const json_t *row;

	json_array_foreach(rows, i, row) any |= json_is_true(json_object_get(row, "conflicting"));
	table_rows(rows, columns, any ? count : count - 1,
	        _("No attestations. Make one with `lontar rat attest`."));
}

enum exit_code cmd_rat_list(struct ctx *ctx)
{
	struct range range = read_range(ctx);
	struct conflicts *conflicts = conflicts_open(ctx);
	json_t *rows = json_array();

	for (uint32_t m = range.from; m < range.to && !trouble_is(&ctx->trouble); m++) {
		for (int32_t y = range.first; y <= range.last; y++)
			add_year(ctx, rows, conflicts, (struct member_no){m}, y);
		add_void(ctx, rows, conflicts, (struct member_no){m}, &range);
	}
	conflicts_close(conflicts);
	if (!trouble_is(&ctx->trouble) && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:o}", "attestations", rows));
	if (!trouble_is(&ctx->trouble))
		print_rows(rows);
	json_decref(rows);
	return ctx_end(ctx);
}

static json_t *documents_json(struct ctx *ctx, const struct rat_attest *a)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < a->documents_count; i++) {
		json_t *row = row_new();
		row_count(row, "kind", a->documents[i].kind);
		row_hex(row, "sha256", ctx, BYTES_OF(a->documents[i].sha256.bytes));
		row_count(row, "bytes", a->documents[i].size_bytes);
		row_add(list, row);
	}
	return list;
}

static json_t *replaces_json(struct ctx *ctx, const struct rat_attest *a)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < a->replaces_count; i++)
		must(json_array_append_new(list, json_string(names_reference(ctx, &a->replaces[i]))) == 0);
	return list;
}

/* What only the body has. */
static void add_body(struct ctx *ctx, uint16_t kind, struct bytes body, json_t *row)
{
	struct rat_parts *parts = arena_take(&ctx->arena, sizeof *parts);
	struct rat_attest a;

	if (!ctx_ok(ctx, rat_attest_unpack(kind, body, parts, &a), "rat.attest"))
		return;
	row_text(row, "place", a.place);
	row_text(row, "clause", a.clause);
	row_count(row, "present", a.present);
	row_count(row, "online", a.online);
	row_count(row, "represented", a.represented);
	row_count(row, "officers_present", a.officers_present);
	row_count(row, "supervisors_present", a.supervisors_present);
	row_count(row, "decisions", a.decisions);
	row_text(row, "note", a.note);
	row_json(row, "documents", documents_json(ctx, &a));
	row_json(row, "replaces", replaces_json(ctx, &a));
}

static const struct column show_columns[] = {
        {"entry", N_("Entry"), CELL_TEXT},
        {"member", N_("Member"), CELL_TEXT},
        {"year", N_("Book year"), CELL_COUNT},
        {"closing", N_("Closing date"), CELL_TEXT},
        {"held", N_("Held"), CELL_TEXT},
        {"received", N_("Received"), CELL_TEXT},
        {"place", N_("Place"), CELL_TEXT},
        {"members_total", N_("Members"), CELL_COUNT},
        {"attendance", N_("Took part"), CELL_COUNT},
        {"quorum", N_("Quorum"), CELL_COUNT},
        {"own_capital", N_("Own capital"), CELL_MONEY},
        {"outside_capital", N_("Outside capital"), CELL_MONEY},
        {"assets", N_("Assets"), CELL_MONEY},
        {"turnover", N_("Turnover"), CELL_MONEY},
        {"surplus", N_("Surplus"), CELL_MONEY},
        {"endorsements", N_("Endorsements"), CELL_COUNT},
        {"on_paper", N_("On paper"), CELL_YES},
        {"withdrawn", N_("Withdrawn"), CELL_YES},
        {"conflicting", N_("Conflicting records"), CELL_YES},
        {"void", N_("Void"), CELL_YES},
        {"note", N_("Note"), CELL_TEXT},
};

static json_t *held_attestation(struct ctx *ctx, struct field f, const struct conflicts *conflicts)
{
	struct bytes_out scratch =
	        bytes_out(arena_take(&ctx->arena, ENTRY_PAYLOAD_BYTES_MAX), ENTRY_PAYLOAD_BYTES_MAX);
	struct view_object object;
	struct rat_record r;
	struct statement s;
	json_t *row;

	(void)names_object(ctx, f, OBJECT_ATTESTATION, &object);
	if (trouble_is(&ctx->trouble) || !ctx_ok(ctx, rat_record_read(object.record, &r), "rat.attest"))
		return NULL;
	row = row_of(ctx, &r, conflicts_of(conflicts, &r.ref));
	if (ctx_ok(ctx, view_statement(ctx->txn, r.ref.place, &scratch, &s), "rat.attest"))
		add_body(ctx, s.kind, s.body, row);
	row_json(row, "statements", objects_statements(ctx, conflicts, &r.ref));
	return row;
}

static json_t *void_attestation(
        struct ctx *ctx, const struct conflict *which, const struct conflicts *conflicts)
{
	const struct statement *s = &which->opening->statement;
	struct rat_record r;
	json_t *row;

	if (!read_void(ctx, conflicts, which, &r))
		return NULL;
	row = row_of(ctx, &r, which);
	add_body(ctx, s->kind, s->body, row);
	row_json(row, "statements", objects_statements(ctx, conflicts, &r.ref));
	return row;
}

enum exit_code cmd_rat_show(struct ctx *ctx)
{
	struct field f = names_word(ctx, 0, "ENTRY");
	struct conflicts *conflicts = conflicts_open(ctx);
	const struct conflict *which = conflicts_named(conflicts, f, OBJECT_ATTESTATION);
	json_t *row = which ? void_attestation(ctx, which, conflicts) : held_attestation(ctx, f, conflicts);

	conflicts_close(conflicts);
	if (!trouble_is(&ctx->trouble) && row && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, row);
	if (!trouble_is(&ctx->trouble) && row) {
		table_object(row, COLUMNS(show_columns));
		objects_print_statements(json_object_get(row, "statements"));
	}
	json_decref(row);
	return ctx_end(ctx);
}
