/* SPDX-License-Identifier: Apache-2.0
 * cmd_audit.c: the district's desk: where every member stands with its members' meeting of a book year at a day,
 * and its grade over three years. The rules are proto/ledger's (status.h). */
#include <stdio.h>
#include <string.h>

#include "cmd_int.h"
#include "storage/query.h"
#include "tools/conflicts.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/table.h"

struct desk {
	int32_t year;
	struct day as_of;
	struct bytes kecamatan; /* empty: all */
	const struct conflicts *conflicts;
};

static struct bytes short_of(const struct short_text *t)
{
	return BYTES(t->text, t->len);
}

static const char *form_code(enum member_form form)
{
	static const char *const codes[] = {
	        [FORM_PRIMER] = "primer", [FORM_SEKUNDER] = "sekunder", [FORM_OTHER] = "other"};

	return codes[form];
}

static json_t *warnings_json(uint64_t warnings)
{
	json_t *list = json_array();

	for (unsigned w = 0; w < RAT_WARNINGS_COUNT; w++) {
		if (warnings & (UINT64_C(1) << w))
			must(json_array_append_new(
			             list, json_string(status_warning_code((enum rat_warning)w))) == 0);
	}
	return list;
}

static json_t *notices_json(struct ctx *ctx, const struct query_rat *rat, struct day as_of)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rat->notices_count; i++) {
		const struct rat_notice_record *n = &rat->notices[i];
		json_t *row;
		if (n->made.n > as_of.n)
			continue;
		row = row_new();
		row_count(row, "level", n->level);
		row_text(row, "number", BYTES(n->number, n->number_bytes));
		row_date(row, "date", ctx, n->date);
		row_reference(row, "entry", ctx, &n->ref);
		row_add(list, row);
	}
	return list;
}

static void put_answer(struct ctx *ctx, json_t *row, const struct query_rat *rat)
{
	const struct rat_answer *a = &rat->answer;

	row_string(row, "status", status_code(a->status));
	if (a->verification == VERIFICATION_NONE)
		row_null(row, "verification");
	else
		row_string(row, "verification", status_verification_code(a->verification));
	row_string(row, "held", a->head ? names_date(ctx, a->head->record->held) : NULL);
	row_string(row, "received", a->has_received ? names_date(ctx, a->received) : NULL);
	row_string(row, "heard", rat->has_heard ? names_date(ctx, rat->heard) : NULL);
	row_count(row, "endorsements", a->endorsements);
	if (a->next_notice > 0)
		row_count(row, "next_notice", a->next_notice);
	else
		row_null(row, "next_notice");
	row_json(row, "warnings", warnings_json(a->warnings));
	row_string(row, "entry", a->head ? names_reference(ctx, &a->head->record->ref) : NULL);
	row_date(row, "due", ctx, a->dates.due);
	row_date(row, "report_due", ctx, a->dates.report);
	row_date(row, "legal_limit", ctx, a->dates.legal);
}

/* Did the member attest the year, in what a cutoff made void? */
static bool has_void(struct ctx *ctx, const struct desk *desk, struct member_no no)
{
	const struct conflicts_ask ask = {.member = no, .type = OBJECT_ATTESTATION};
	const struct conflict *next;
	struct object_view view;
	size_t at = 0;

	while ((next = conflicts_next(desk->conflicts, &ask, &at))) {
		if (conflicts_view(ctx, desk->conflicts, next, &view) && view.year == desk->year)
			return true;
	}
	return false;
}

static json_t *member_row(struct ctx *ctx, const struct desk *desk, struct member_no no)
{
	const struct profile *p = roster_profile(ctx->roster, no, desk->year);
	struct query_year ask = {.member = no,
	        .year = desk->year,
	        .as_of = desk->as_of,
	        .own = ctx->has_feed && ctx->me.n == no.n};
	struct query_rat *rat = NULL;
	json_t *row;

	if (!ctx_ok(ctx, query_rat_open(ctx->txn, &ask, &rat), names_alias(ctx, no)))
		return NULL;
	row = row_new();
	row_member(row, "member", ctx, no);
	row_string(row, "name", names_full(ctx, no));
	row_text(row, "kecamatan", short_of(&p->kecamatan));
	row_string(row, "form", form_code(p->form));
	put_answer(ctx, row, rat);
	if (!rat->answer.head && has_void(ctx, desk, no))
		must(json_array_append_new(
		             json_object_get(row, "warnings"), json_string("void_attestation")) == 0);
	row_json(row, "notices", notices_json(ctx, rat, desk->as_of));
	query_rat_close(rat);
	return row;
}

/* Every cooperative; the dinas and auditors hold no such meeting. */
static bool is_on_desk(struct ctx *ctx, const struct desk *desk, struct member_no no)
{
	const struct profile *p = roster_profile(ctx->roster, no, desk->year);

	if (!p || p->form == FORM_OTHER)
		return false;
	return desk->kecamatan.len == 0 || names_alike(desk->kecamatan, short_of(&p->kecamatan));
}

static json_t *summary_of(const json_t *rows)
{
	json_t *summary = row_new();
	const json_t *row;
	size_t i;

	for (int s = 0; s < STATUS_COUNT; s++)
		row_integer(summary, status_code((enum rat_status)s), 0);
	json_array_foreach(rows, i, row)
	{
		const char *status = json_string_value(json_object_get(row, "status"));
		row_integer(summary, status, json_integer_value(json_object_get(summary, status)) + 1);
	}
	return summary;
}

/* What the table has no column for. */
static void print_void(const json_t *rows)
{
	const json_t *row, *warning;
	size_t i, k;

	json_array_foreach(rows, i, row)
	{
		json_array_foreach(json_object_get(row, "warnings"), k, warning)
		{
			if (strcmp(json_string_value(warning), "void_attestation") == 0)
				(void)printf(_("! %s attested this year, but that is void: its feed was cut. "
				               "It attests "
				               "it again.\n"),
				        json_string_value(json_object_get(row, "member")));
		}
	}
}

static const struct column columns[] = {
        {"member", N_("Member"), CELL_TEXT},
        {"kecamatan", N_("Kecamatan"), CELL_TEXT},
        {"status", N_("Status"), CELL_CODE},
        {"verification", N_("Verification"), CELL_CODE},
        {"held", N_("Held"), CELL_TEXT},
        {"received", N_("Received"), CELL_TEXT},
        {"heard", N_("Heard"), CELL_TEXT},
        {"next_notice", N_("Next letter"), CELL_COUNT},
};

static void print_summary(const struct desk *desk, struct ctx *ctx, json_t *summary)
{
	const char *status;
	json_t *count;

	(void)printf(_("Book year %d, as of %s\n"), (int)desk->year, names_date(ctx, desk->as_of));
	json_object_foreach(summary, status, count)
	{
		if (json_integer_value(count) > 0)
			(void)printf("%6lld  %s\n", (long long)json_integer_value(count), lang_code(status));
	}
}

static struct desk read_desk(struct ctx *ctx)
{
	struct field year = args_field(ctx->args, OPT_YEAR);
	struct desk desk = {
	        .as_of = ctx_day(ctx, OPT_AS_OF), .kecamatan = args_field(ctx->args, OPT_KECAMATAN).text};

	desk.year = date_parts(desk.as_of).year - 1;
	if (field_given(year))
		desk.year = (int32_t)field_count(&ctx->trouble, year, BOOK_YEAR_MAX);
	if (!trouble_is(&ctx->trouble) && desk.year < BOOK_YEAR_MIN)
		trouble_field(&ctx->trouble, ERR_BAD_NUMBER, year.name, "%d", (int)desk.year);
	return desk;
}

enum exit_code cmd_audit_rat(struct ctx *ctx)
{
	struct desk desk = read_desk(ctx);
	struct conflicts *conflicts = conflicts_open(ctx);
	json_t *rows = json_array(), *summary;

	desk.conflicts = conflicts;

	for (uint32_t i = 0; i < ctx->roster->members_count && !trouble_is(&ctx->trouble); i++) {
		json_t *row = is_on_desk(ctx, &desk, (struct member_no){i})
		                      ? member_row(ctx, &desk, (struct member_no){i})
		                      : NULL;
		if (row)
			row_add(rows, row);
	}
	conflicts_close(conflicts);
	if (trouble_is(&ctx->trouble)) {
		json_decref(rows);
		return ctx_end(ctx);
	}
	summary = summary_of(rows);
	if (ctx->form == SAY_JSON)
		return ctx_print_json(
		        ctx, json_pack("{s:i, s:s, s:o, s:o}", "year", (int)desk.year, "as_of",
		                     names_date(ctx, desk.as_of), "summary", summary, "members", rows));
	table_rows(rows, COLUMNS(columns), _("No cooperative is in the roster."));
	print_void(rows);
	(void)putchar('\n');
	print_summary(&desk, ctx, summary);
	json_decref(summary);
	json_decref(rows);
	return ctx_end(ctx);
}

/* The newest book year whose report date has passed for the member. */
static int32_t newest_year(struct ctx *ctx, struct member_no no, struct day as_of)
{
	int32_t year = date_parts(as_of).year - 1;
	struct policy policy;

	for (int tries = 0; tries < 3; tries++, year--) {
		const struct profile *p = roster_profile(ctx->roster, no, year);
		query_policy(ctx->txn, year, &policy);
		if (p && policy_dates(&policy, p, no, year).report.n < as_of.n)
			break;
	}
	return year;
}

static json_t *grade_row(struct ctx *ctx, struct member_no no, struct day as_of)
{
	int32_t newest = newest_year(ctx, no, as_of);
	const struct profile *p = roster_profile(ctx->roster, no, newest);
	struct nik_question q = {.has_founded = p->has_founded, .founded = p->founded, .as_of = as_of};
	json_t *row = row_new(), *years = json_array();

	for (int i = 0; i < 3; i++) {
		struct query_year ask = {.member = no, .year = newest - 2 + i, .as_of = as_of};
		struct query_rat *rat = NULL;
		if (!ctx_ok(ctx, query_rat_open(ctx->txn, &ask, &rat), names_alias(ctx, no)))
			break;
		q.reported[i] = status_reported(&rat->answer);
		row_add(years,
		        json_pack("{s:i, s:b}", "year", (int)ask.year, "reported", (int)q.reported[i]));
		query_rat_close(rat);
	}
	row_member(row, "member", ctx, no);
	row_string(row, "name", names_full(ctx, no));
	row_string(row, "grade", status_grade_code(status_grade(&q)));
	row_json(row, "years", years);
	return row;
}

static const struct column grade_columns[] = {
        {"member", N_("Member"), CELL_TEXT},
        {"name", N_("Name"), CELL_TEXT},
        {"grade", N_("Grade"), CELL_TEXT},
};

enum exit_code cmd_audit_grades(struct ctx *ctx)
{
	struct desk desk = read_desk(ctx);
	json_t *rows = json_array();

	for (uint32_t i = 0; i < ctx->roster->members_count && !trouble_is(&ctx->trouble); i++) {
		if (is_on_desk(ctx, &desk, (struct member_no){i}))
			row_add(rows, grade_row(ctx, (struct member_no){i}, desk.as_of));
	}
	if (!trouble_is(&ctx->trouble) && ctx->form == SAY_JSON)
		return ctx_print_json(
		        ctx, json_pack("{s:s, s:o}", "as_of", names_date(ctx, desk.as_of), "members", rows));
	if (!trouble_is(&ctx->trouble))
		table_rows(rows, COLUMNS(grade_columns), _("No cooperative is in the roster."));
	json_decref(rows);
	return ctx_end(ctx);
}
