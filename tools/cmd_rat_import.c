/* SPDX-License-Identifier: Apache-2.0
 * cmd_rat_import.c: attestations from a file: the clean form (a row a meeting) or the district's recap sheet. A member
 * attests its own rows; the registrar records every member's on paper. */
#include <stdio.h>
#include <string.h>

#include "cmd_int.h"
#include "ledger/kinds.h"
#include "storage/query.h"
#include "tools/import.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/rat_form.h"
#include "tools/sheet.h"

static bool is_registrar(const struct ctx *ctx)
{
	return roster_roles_at(ctx->roster, ctx->feed, ctx->roster->size) & ROLE_REGISTRAR;
}

/* An attestation that stands for the year already: the same meeting, or another. */
static bool standing(struct ctx *ctx, const struct rat_attest *a, struct rat_record *out)
{
	struct view_year which = {a->member, a->year};
	struct view_at at = {0};
	struct view_object object;
	bool found = false;

	while (view_year_next(ctx->txn, &which, &at, &object))
		found |= object.type == OBJECT_ATTESTATION && rat_record_read(object.record, out) == ERR_OK &&
		         out->withdrawals_count == 0;
	return found;
}

static bool same_meeting(const struct rat_record *r, const struct rat_attest *a)
{
	return r->closing.n == a->closing.n && r->held.n == a->held.n &&
	       r->members_total == a->members_total && r->attendance == rat_attendance(a) &&
	       r->quorum == a->quorum && r->own_capital.n == a->own_capital.n &&
	       r->outside_capital.n == a->outside_capital.n && r->assets.n == a->assets.n &&
	       r->turnover.n == a->turnover.n && r->surplus.n == a->surplus.n &&
	       r->employees == a->employees && r->managers == a->managers;
}

/* Was this very row taken before? Then a file can be given twice, whatever its rows replace. */
static bool on_record(struct ctx *ctx, const struct rat_attest *a)
{
	struct view_year which = {a->member, a->year};
	struct view_at at = {0};
	struct view_object object;
	struct rat_record r;
	bool found = false;

	while (!found && view_year_next(ctx->txn, &which, &at, &object))
		found = object.type == OBJECT_ATTESTATION && rat_record_read(object.record, &r) == ERR_OK &&
		        r.withdrawals_count == 0 && same_meeting(&r, a);
	return found;
}

static struct draft draft_of(struct ctx *ctx, struct rat_attest *a)
{
	struct mp_out body = client_body();

	a->has_member = is_registrar(ctx);
	rat_attest_pack(&body, a);
	return client_draft(ctx, a->has_member ? KIND_RAT_RECORD : KIND_RAT_ATTEST, &body);
}

#define KEY_BYTES 32

static void year_key(const struct rat_attest *a, char out[KEY_BYTES])
{
	(void)snprintf(out, KEY_BYTES, "%u.%d", (unsigned)a->member.n, (int)a->year);
}

/* The attestation of one row becomes an entry, or is told why not. */
static void settle(struct import *im, json_t *row, struct rat_attest *a, bool has_replaces)
{
	struct ctx *ctx = im->ctx;
	struct rat_record before;
	struct draft draft;
	char key[KEY_BYTES];

	year_key(a, key);
	if (trouble_is(&ctx->trouble) || !import_seen(im, key)) {
		import_refuse(im, row);
		return;
	}
	if (!is_registrar(ctx) && a->member.n != ctx->me.n) {
		import_skip(im, row, _("it is another member's"));
		return;
	}
	if (has_replaces ? on_record(ctx, a) : standing(ctx, a, &before)) {
		import_skip(im, row, _("a meeting of this book year is on record already"));
		return;
	}
	draft = draft_of(ctx, a);
	if (trouble_is(&ctx->trouble))
		import_refuse(im, row);
	else
		import_take(im, row, &draft);
}

static void warn_of(json_t *row, const struct rat_attest *a)
{
	if (rat_attendance(a) < a->quorum)
		import_warn(row, _("fewer members took part than the quorum asks for"));
	if (a->own_capital.n + a->outside_capital.n != a->assets.n)
		import_warn(row, _("own and outside capital do not add up to the assets"));
}

/* The meeting of an earlier version in the same file, or on record: what a row with `menggantikan` replaces. */
static bool find_replaced(struct import *im, const struct csv *c, struct rat_attest *a, struct reference *out)
{
	struct rat_record before;
	char key[KEY_BYTES];

	if (!field_given(csv_field(c, "menggantikan")))
		return false;
	if (!import_flush(im))
		return false;
	if (!standing(im->ctx, a, &before)) {
		year_key(a, key);
		if (args_has(im->ctx->args, OPT_DRY_RUN) && json_object_get(im->seen, key))
			return true; /* the row before would be on record by now */
		trouble_field(&im->ctx->trouble, ERR_NO_SUCH_OBJECT, "menggantikan", "%s",
		        _("there is no earlier version on record"));
		return false;
	}
	*out = before.ref;
	a->replaces = out;
	a->replaces_count = 1;
	return true;
}

static void clean_row(struct import *im, const struct csv *c, struct arena *arena)
{
	struct field who = csv_field(c, "koperasi");
	json_t *row = import_row(im, c->row, who.text);
	struct rat_attest a = {0};
	struct reference replaced;
	bool has_replaces;

	a.member = names_member(im->ctx, who);
	rat_form_of_row(c, &im->ctx->trouble, arena, &a);
	has_replaces = !trouble_is(&im->ctx->trouble) && find_replaced(im, c, &a, &replaced);
	if (!trouble_is(&im->ctx->trouble))
		warn_of(row, &a);
	settle(im, row, &a, has_replaces);
}

/* A row of the sheet names its member by legal number, else by name. */
static struct member_no sheet_member(struct ctx *ctx, const struct sheet_row *s)
{
	struct member_no no = {0};

	if (s->legal_no.len > 0)
		return names_member(ctx, field_of("nobh", s->legal_no));
	for (uint32_t i = 0; i < ctx->roster->members_count; i++) {
		const struct profile *p = roster_shown(ctx->roster, (struct member_no){i});
		if (p && names_alike(BYTES(p->name.text, p->name.len), s->name))
			return (struct member_no){i};
	}
	trouble_field(&ctx->trouble, ERR_NO_SUCH_MEMBER, "nmkop", "\"%.*s\"",
	        (int)(s->name.len > 80 ? 80 : s->name.len), (const char *)s->name.data);
	return no;
}

/* The name in the sheet and in the roster, told apart only by case and spaces, are the same. */
static void compare_name(struct ctx *ctx, json_t *row, const struct sheet_row *s, struct member_no member)
{
	const struct profile *p = roster_shown(ctx->roster, member);
	char text[256];

	if (!p || s->name.len == 0 || names_alike(s->name, BYTES(p->name.text, p->name.len)))
		return;
	(void)snprintf(
	        text, sizeof text, _("nmkop: the roster calls it \"%.*s\""), (int)p->name.len, p->name.text);
	import_warn(row, text);
}

static void sheet_attest(struct ctx *ctx, const struct sheet_row *s, int32_t year, struct rat_attest *a)
{
	const struct profile *p = roster_profile(ctx->roster, a->member, year);
	struct day_parts closing = {year, p ? p->closing_month : 12, p ? p->closing_day : 31};

	(void)ctx_ok(ctx, date_of(closing, &a->closing), "closing");
	a->year = year;
	a->held = s->held;
	a->members_total = s->members;
	a->employees = s->employees;
	a->managers = s->managers;
	a->own_capital = s->own_capital;
	a->outside_capital = s->outside_capital;
	a->assets = s->assets;
	a->turnover = s->turnover;
	a->surplus = s->surplus;
	a->note = bytes_text("rekap");
}

static void sheet_line(struct import *im, const struct csv *c, int32_t year)
{
	struct ctx *ctx = im->ctx;
	json_t *row = import_row(im, c->row, csv_field(c, "nmkop").text);
	struct rat_attest a = {0};
	struct sheet_row s = {0};

	if (sheet_read(c, &ctx->trouble, &s) == ERR_OK) {
		for (unsigned i = 0; i < s.warnings_count; i++)
			import_warn(row, s.warnings[i]);
		a.member = sheet_member(ctx, &s);
	}
	if (!trouble_is(&ctx->trouble) && !s.held_rat) {
		import_skip(im, row, _("no meeting is marked"));
		return;
	}
	if (!trouble_is(&ctx->trouble)) {
		compare_name(ctx, row, &s, a.member);
		sheet_attest(ctx, &s, year, &a);
	}
	settle(im, row, &a, false);
}

enum exit_code cmd_rat_import(struct ctx *ctx)
{
	struct field year = args_field(ctx->args, OPT_YEAR);
	int32_t sheet_year = (int32_t)field_count(&ctx->trouble, year, BOOK_YEAR_MAX);
	struct import im;
	struct csv c = {0};
	enum csv_row got;
	bool sheet;

	if (!ctx_need_self(ctx) || csv_open(&c, ctx->args->words[0], &ctx->trouble) != ERR_OK)
		goto out;
	sheet = csv_has(&c, "nobh") && csv_has(&c, "tglrat");
	if (csv_need(&c, sheet ? sheet_columns : rat_form_columns, &ctx->trouble) != ERR_OK)
		goto out;
	if (sheet && !field_given(year)) {
		trouble_at(&ctx->trouble, NULL, 0);
		trouble_field(&ctx->trouble, ERR_USAGE, year.name, "%s",
		        _("a recap sheet does not say its book year"));
		goto out;
	}
	import_init(&im, ctx);
	while (!im.stopped && (got = csv_next(&c, &ctx->trouble)) != CSV_END) {
		if (got == CSV_BAD)
			import_refuse(&im, import_row(&im, c.row, (struct bytes){0}));
		else if (sheet)
			sheet_line(&im, &c, sheet_year);
		else
			clean_row(&im, &c, &ctx->arena);
	}
	trouble_at(&ctx->trouble, NULL, 0);
	csv_close(&c);
	return import_end(&im);
out:
	csv_close(&c);
	return ctx_end(ctx);
}
