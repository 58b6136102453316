/* SPDX-License-Identifier: Apache-2.0
 * cmd_rat.c: statements about members' meetings (RAT): attesting, recording one on paper, withdrawing, endorsing,
 * verdicts and letters. Lists are cmd_rat_list.c's, files cmd_rat_import.c's. */
#include <string.h>

#include "cmd_int.h"
#include "ledger/kinds.h"
#include "ledger/rat.h"
#include "storage/query.h"
#include "tools/client.h"
#include "tools/csv.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/rat_form.h"

/* A second attestation for the same year must say which one it replaces. */
static void read_replaces(
        struct ctx *ctx, struct member_no member, struct rat_parts *parts, struct rat_attest *a)
{
	struct view_object object;
	struct view_year which = {member, a->year};
	struct view_at at = {0};
	unsigned given = 0;
	const char *text;

	while ((text = args_each(ctx->args, OPT_REPLACES, &given)) && a->replaces_count < RAT_REPLACES_MAX)
		parts->replaces[a->replaces_count++] = names_object(ctx,
		        field_of(args_name(OPT_REPLACES), bytes_text(text)), OBJECT_ATTESTATION, &object);
	a->replaces = parts->replaces;
	while (!trouble_is(&ctx->trouble) && a->replaces_count == 0 &&
	        view_year_next(ctx->txn, &which, &at, &object)) {
		struct rat_record r;
		if (object.type != OBJECT_ATTESTATION || rat_record_read(object.record, &r) != ERR_OK ||
		        r.withdrawals_count > 0)
			continue;
		trouble_set(&ctx->trouble, ERR_EXISTS,
		        _("%s stands for %d already; correct it with --replaces"),
		        names_reference(ctx, &r.ref), (int)a->year);
	}
}

/* The row of --file that is the member's; the only row may leave the member out. */
static void read_file(struct ctx *ctx, struct member_no member, struct rat_attest *a)
{
	struct csv c;
	enum csv_row row = CSV_END;
	bool found = false;

	if (csv_open(&c, args_get(ctx->args, OPT_FILE), &ctx->trouble) == ERR_OK &&
	        csv_need(&c, rat_form_columns, &ctx->trouble) == ERR_OK) {
		while (!found && (row = csv_next(&c, &ctx->trouble)) == CSV_ROW) {
			struct field who = csv_field(&c, "koperasi");
			found = !field_given(who) || names_member(ctx, who).n == member.n;
			if (found)
				rat_form_of_row(&c, &ctx->trouble, &ctx->arena, a);
		}
		if (row == CSV_END)
			trouble_set(
			        &ctx->trouble, ERR_NOT_FOUND, _("no row is of %s"), names_alias(ctx, member));
	}
	csv_close(&c);
}

static enum exit_code attest(struct ctx *ctx, uint16_t kind, struct member_no member)
{
	struct rat_parts *parts = arena_take(&ctx->arena, sizeof *parts);
	struct rat_attest a = {.has_member = kind == KIND_RAT_RECORD, .member = member};
	struct mp_out body = client_body();
	struct draft draft;

	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	if (args_has(ctx->args, OPT_FILE))
		read_file(ctx, member, &a);
	else
		rat_form_of_args(ctx, member, parts, &a);
	if (!trouble_is(&ctx->trouble))
		read_replaces(ctx, member, parts, &a);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	if (rat_attendance(&a) < a.quorum)
		ctx_warn(ctx, "below_quorum", "%s", _("fewer members took part than the quorum asks for"));
	if (a.own_capital.n + a.outside_capital.n != a.assets.n)
		ctx_warn(ctx, "capital_not_assets", "%s",
		        _("own and outside capital do not add up to the assets"));
	rat_attest_pack(&body, &a);
	draft = client_draft(ctx, kind, &body);
	return client_finish(ctx, &draft, 1);
}

enum exit_code cmd_rat_attest(struct ctx *ctx)
{
	return ctx_need_self(ctx) ? attest(ctx, KIND_RAT_ATTEST, ctx->me) : ctx_end(ctx);
}

enum exit_code cmd_rat_record(struct ctx *ctx)
{
	return attest(ctx, KIND_RAT_RECORD, names_member(ctx, names_word(ctx, 0, "MEMBER")));
}

static struct bytes reason(struct ctx *ctx)
{
	return field_text(&ctx->trouble, args_field(ctx->args, OPT_REASON), &ctx->arena, TEXT_BYTES_MAX);
}

static struct reference attestation(struct ctx *ctx)
{
	struct view_object object;

	return names_object(ctx, names_word(ctx, 0, "ENTRY"), OBJECT_ATTESTATION, &object);
}

enum exit_code cmd_rat_withdraw(struct ctx *ctx)
{
	struct answer answer = {.about = attestation(ctx), .reason = reason(ctx)};
	struct mp_out body = client_body();
	struct draft draft;

	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	answer_pack(&body, &answer);
	draft = client_draft(ctx, KIND_RAT_WITHDRAW, &body);
	return client_finish(ctx, &draft, 1);
}

enum exit_code cmd_rat_endorse(struct ctx *ctx)
{
	static const char *const capacities[] = {"officer", "supervisor", "member", "dinas", NULL};
	struct rat_endorse e = {.about = attestation(ctx)};
	struct mp_out body = client_body();
	struct draft draft;

	if (args_has(ctx->args, OPT_AS))
		e.capacity = (enum rat_capacity)field_choice(
		        &ctx->trouble, args_field(ctx->args, OPT_AS), capacities);
	e.name = field_text(&ctx->trouble, args_field(ctx->args, OPT_PERSON), &ctx->arena, NAME_BYTES_MAX);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	rat_endorse_pack(&body, &e);
	draft = client_draft(ctx, KIND_RAT_ENDORSE, &body);
	return client_finish(ctx, &draft, 1);
}

/* A new verdict takes the place of the earlier ones, unless --replaces names some. */
static void replace_verdicts(struct ctx *ctx, struct rat_verdict *v)
{
	struct view_at at = {0};
	struct view_about about;
	unsigned given = 0;
	const char *text;

	while ((text = args_each(ctx->args, OPT_REPLACES, &given)) && v->replaces_count < RAT_REPLACES_MAX)
		v->replaces[v->replaces_count++] =
		        names_entry(ctx, field_of(args_name(OPT_REPLACES), bytes_text(text)));
	if (given > 0 && v->replaces_count > 0)
		return;
	while (v->replaces_count < RAT_REPLACES_MAX &&
	        view_about_next(ctx->txn, v->about.place, &at, &about)) {
		if (about.kind == KIND_RAT_VERDICT && about.err == ERR_OK)
			v->replaces[v->replaces_count++] = about.statement;
	}
}

enum exit_code cmd_rat_verdict(struct ctx *ctx)
{
	bool verified = args_has(ctx->args, OPT_VERIFIED), returned = args_has(ctx->args, OPT_RETURNED),
	     rejected = args_has(ctx->args, OPT_REJECTED);
	struct field received = args_field(ctx->args, OPT_RECEIVED_ON);
	struct rat_verdict v = {.about = attestation(ctx), .reason = reason(ctx)};
	struct mp_out body = client_body();
	struct draft draft;

	if (verified + returned + rejected != 1)
		trouble_set(
		        &ctx->trouble, ERR_USAGE, "%s", _("say one of --verified, --returned, --rejected"));
	v.ruling = verified ? RAT_VERIFIED : returned ? RAT_RETURNED : RAT_REJECTED;
	v.has_received = field_given(received);
	if (v.has_received)
		v.received_on = field_date(&ctx->trouble, received);
	if (!verified || v.has_received)
		field_need(&ctx->trouble, args_field(ctx->args, OPT_REASON));
	if (!trouble_is(&ctx->trouble))
		replace_verdicts(ctx, &v);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	rat_verdict_pack(&body, &v);
	draft = client_draft(ctx, KIND_RAT_VERDICT, &body);
	return client_finish(ctx, &draft, 1);
}

#define LEVEL_MAX 9

enum exit_code cmd_rat_notice(struct ctx *ctx)
{
	struct rat_notice n = {
	        .member = names_member(ctx, names_word(ctx, 0, "MEMBER")), .reason = reason(ctx)};
	struct trouble *t = &ctx->trouble;
	struct mp_out body = client_body();
	struct draft draft;

	field_need(t, args_field(ctx->args, OPT_YEAR));
	field_need(t, args_field(ctx->args, OPT_LEVEL));
	field_need(t, args_field(ctx->args, OPT_NUMBER));
	n.year = (int32_t)field_count(t, args_field(ctx->args, OPT_YEAR), BOOK_YEAR_MAX);
	n.level = (uint32_t)field_count(t, args_field(ctx->args, OPT_LEVEL), LEVEL_MAX);
	n.number = field_text(t, args_field(ctx->args, OPT_NUMBER), &ctx->arena, NAME_BYTES_MAX);
	n.date = ctx_day(ctx, OPT_DATE);
	if (trouble_is(t))
		return ctx_end(ctx);
	rat_notice_pack(&body, &n);
	draft = client_draft(ctx, KIND_RAT_NOTICE, &body);
	return client_finish(ctx, &draft, 1);
}
