/* SPDX-License-Identifier: Apache-2.0
 * cmd_policy.c: the registrar's deadlines by book year. A policy is a whole: what is not said is taken over from the
 * one that holds for the year. */
#include <string.h>

#include "base/text.h"
#include "cmd_int.h"
#include "ledger/kinds.h"
#include "ledger/policy.h"
#include "storage/query.h"
#include "tools/client.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/table.h"

#define MONTHS_MAX 24

/* "3,6": two numbers for primer and sekunder; one is for both. */
static void two_months(struct ctx *ctx, struct policy *p)
{
	struct field f = args_field(ctx->args, OPT_DUE_MONTHS);
	struct bytes rest = f.text, first = text_split(&rest, ',');

	p->due_months_primer = (uint8_t)field_count(&ctx->trouble, field_of(f.name, first), MONTHS_MAX);
	p->due_months_sekunder = p->due_months_primer;
	if (rest.len > 0)
		p->due_months_sekunder =
		        (uint8_t)field_count(&ctx->trouble, field_of(f.name, rest), MONTHS_MAX);
}

/* "04-30" of the year after the book year. */
static struct policy_day month_day(struct ctx *ctx, struct field f)
{
	char text[16];
	struct bytes_out o = bytes_out(text, sizeof text);
	struct day_parts parts;

	bytes_put_text(&o, "2001-");
	bytes_put(&o, f.text.data, f.text.len);
	parts = date_parts(field_date(&ctx->trouble, field_of(f.name, bytes_written(&o))));
	return (struct policy_day){1, (uint8_t)parts.month, (uint8_t)parts.day};
}

static void report_days(struct ctx *ctx, struct policy *p)
{
	struct field f = args_field(ctx->args, OPT_REPORT);
	struct bytes rest = f.text, first = text_split(&rest, ',');

	p->has_report = true;
	p->report_primer = p->report_sekunder = month_day(ctx, field_of(f.name, first));
	if (rest.len > 0)
		p->report_sekunder = month_day(ctx, field_of(f.name, rest));
}

/* MEMBER=DATE, for the year of the policy. */
static void exceptions(struct ctx *ctx, struct policy *p)
{
	struct bytes reason =
	        field_text(&ctx->trouble, args_field(ctx->args, OPT_REASON), &ctx->arena, TEXT_BYTES_MAX);
	unsigned at = 0;
	const char *text;

	while ((text = args_each(ctx->args, OPT_EXCEPTION, &at)) && !trouble_is(&ctx->trouble)) {
		struct bytes rest = bytes_text(text);
		struct field who = field_of(args_name(OPT_EXCEPTION), text_split(&rest, '='));
		struct policy_exception e = {.member = names_member(ctx, who),
		        .year = p->from_year,
		        .has_due = true,
		        .reason = reason};
		e.due = field_date(&ctx->trouble, field_of(who.name, rest));
		field_need(&ctx->trouble, field_of(args_name(OPT_REASON), reason));
		if (p->exceptions_count == POLICY_EXCEPTIONS_MAX)
			trouble_field(&ctx->trouble, ERR_TOO_MANY, who.name, "%s", text);
		else
			p->exceptions[p->exceptions_count++] = e;
	}
}

enum exit_code cmd_policy_set(struct ctx *ctx)
{
	struct policy *p = arena_take(&ctx->arena, sizeof *p);
	struct trouble *t = &ctx->trouble;
	struct mp_out body;
	struct draft draft;
	int32_t year = (int32_t)field_count(t, args_field(ctx->args, OPT_FROM_YEAR), BOOK_YEAR_MAX);

	field_need(t, args_field(ctx->args, OPT_FROM_YEAR));
	if (trouble_is(t))
		return ctx_end(ctx);
	query_policy(ctx->txn, year, p);
	p->from_year = year;
	if (args_has(ctx->args, OPT_DUE_MONTHS))
		two_months(ctx, p);
	if (args_has(ctx->args, OPT_LEGAL_MONTHS))
		p->legal_months =
		        (uint8_t)field_count(t, args_field(ctx->args, OPT_LEGAL_MONTHS), MONTHS_MAX);
	if (args_has(ctx->args, OPT_REPORT))
		report_days(ctx, p);
	if (args_has(ctx->args, OPT_OFFER_DAYS))
		p->offer_days = (uint32_t)field_count(t, args_field(ctx->args, OPT_OFFER_DAYS), 3650);
	exceptions(ctx, p);
	if (trouble_is(t))
		return ctx_end(ctx);
	body = client_body();
	policy_pack(&body, p);
	draft = client_draft(ctx, KIND_POLICY_SET, &body);
	return client_finish(ctx, &draft, 1);
}

static json_t *exceptions_json(struct ctx *ctx, const struct policy *p)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < p->exceptions_count; i++) {
		const struct policy_exception *e = &p->exceptions[i];
		json_t *row = row_new();
		row_member(row, "member", ctx, e->member);
		row_integer(row, "year", e->year);
		row_string(row, "due", e->has_due ? names_date(ctx, e->due) : NULL);
		row_string(row, "report", e->has_report ? names_date(ctx, e->report) : NULL);
		row_text(row, "reason", e->reason);
		row_add(list, row);
	}
	return list;
}

/* The dates that it gives for a book year that ends with the calendar year. */
static void put_dates(
        struct ctx *ctx, json_t *row, const struct policy *p, int32_t year, enum member_form form)
{
	struct profile profile = {.form = form, .closing_month = 12, .closing_day = 31};
	struct policy_dates d = policy_dates(p, &profile, (struct member_no){UINT32_MAX}, year);
	bool primer = form == FORM_PRIMER;

	row_date(row, primer ? "due_primer" : "due_sekunder", ctx, d.due);
	row_date(row, primer ? "report_primer" : "report_sekunder", ctx, d.report);
	row_date(row, "legal_limit", ctx, d.legal);
}

static const struct column columns[] = {
        {"year", N_("Book year"), CELL_COUNT},
        {"from_year", N_("Policy from"), CELL_COUNT},
        {"due_primer", N_("Due, primary"), CELL_TEXT},
        {"due_sekunder", N_("Due, secondary"), CELL_TEXT},
        {"report_primer", N_("Report, primary"), CELL_TEXT},
        {"report_sekunder", N_("Report, secondary"), CELL_TEXT},
        {"legal_limit", N_("Legal limit"), CELL_TEXT},
        {"offer_days", N_("Days until a proposal expires"), CELL_COUNT},
};

enum exit_code cmd_policy_show(struct ctx *ctx)
{
	struct policy *p = arena_take(&ctx->arena, sizeof *p);
	struct field f = args_field(ctx->args, OPT_YEAR);
	int32_t year = date_parts(ctx_today(ctx)).year - 1;
	json_t *row;

	if (field_given(f))
		year = (int32_t)field_count(&ctx->trouble, f, BOOK_YEAR_MAX);
	if (!trouble_is(&ctx->trouble) && year < BOOK_YEAR_MIN)
		trouble_field(&ctx->trouble, ERR_BAD_NUMBER, f.name, "%d", (int)year);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	query_policy(ctx->txn, year, p);
	row = row_new();
	row_integer(row, "year", year);
	row_integer(row, "from_year", p->from_year);
	put_dates(ctx, row, p, year, FORM_SEKUNDER);
	put_dates(ctx, row, p, year, FORM_PRIMER);
	row_count(row, "offer_days", p->offer_days);
	row_json(row, "exceptions", exceptions_json(ctx, p));
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, row);
	table_object(row, COLUMNS(columns));
	json_decref(row);
	return ctx_end(ctx);
}
