/* SPDX-License-Identifier: Apache-2.0
 * rat_form.c: reading an attestation. Numbers of a CSV are plain (no grouping); on the command line amounts are as
 * people write them. */
#include "tools/rat_form.h"

#include <string.h>

#include "base/text.h"
#include "tools/document.h"
#include "tools/lang.h"
#include "tools/names.h"

#define COUNT_MAX 100000000u

const char *const rat_form_columns[] = {"koperasi", "tahun_buku", "tutup_buku", "tanggal_rat",
        "anggota_total", "hadir", "modal_sendiri", "modal_luar", "total_aset", "volume_usaha", "shu", NULL};

static const char *const modes_id[] = {"luring", "daring", "hibrida", "tertulis", "kelompok", NULL};
static const char *const modes_en[] = {"in_person", "online", "hybrid", "written", "by_group", NULL};
static const char *const decisions[] = {
        "account", "supervisors", "statements", "plan", "surplus", "officers", "articles", NULL};

static uint32_t read_decisions(struct trouble *t, struct field f)
{
	struct bytes rest = f.text;
	uint32_t bits = 0;

	while (rest.len > 0 && !trouble_is(t))
		bits |= 1u << field_choice(t, field_of(f.name, text_split(&rest, ',')), decisions);
	return bits;
}

/* FILE's hash and size; a copy of it is kept beside the store. */
static void read_documents(struct ctx *ctx, struct rat_parts *parts, struct rat_attest *out)
{
	static const char *const kinds[] = {"minutes", "attendance", "account", "supervisors",
	        "balance_sheet", "income", "invitation", "cash_flow", "promotion", "notes", "plan", "surplus",
	        "audit", "photo", "other", NULL};
	unsigned at = 0;
	const char *text;

	while ((text = args_each(ctx->args, OPT_DOCUMENT, &at)) && !trouble_is(&ctx->trouble)) {
		struct bytes rest = bytes_text(text);
		struct field kind = field_of(args_name(OPT_DOCUMENT), text_split(&rest, '='));
		struct rat_document *d = &parts->documents[out->documents_count];
		if (out->documents_count == RAT_DOCUMENTS_MAX) {
			trouble_field(&ctx->trouble, ERR_TOO_MANY, kind.name, "%s", text);
			return;
		}
		d->kind = (enum rat_document_kind)field_choice(&ctx->trouble, kind, kinds);
		document_keep(ctx, field_of(kind.name, rest), &d->sha256, &d->size_bytes);
		out->documents_count++;
	}
	out->documents = parts->documents;
}

static uint32_t count(struct ctx *ctx, enum opt opt)
{
	return (uint32_t)field_count(&ctx->trouble, args_field(ctx->args, opt), COUNT_MAX);
}

static struct rupiah amount(struct ctx *ctx, enum opt opt)
{
	struct field f = args_field(ctx->args, opt);

	return field_given(f) ? field_money(&ctx->trouble, f) : (struct rupiah){0};
}

/* The last day of the member's book year, by what the roster says of it for that year. */
static struct day usual_closing(struct ctx *ctx, struct member_no member, int32_t year)
{
	const struct profile *p = roster_profile(ctx->roster, member, year);
	struct day d = {0};
	struct day_parts parts = {year, p ? p->closing_month : 12, p ? p->closing_day : 31};

	(void)ctx_ok(ctx, date_of(parts, &d), args_name(OPT_CLOSING));
	return d;
}

static void read_meeting(struct ctx *ctx, struct rat_attest *out)
{
	struct trouble *t = &ctx->trouble;

	field_need(t, args_field(ctx->args, OPT_HELD));
	out->held = field_date(t, args_field(ctx->args, OPT_HELD));
	out->number = count(ctx, OPT_RAT_NUMBER);
	out->place = field_text(t, args_field(ctx->args, OPT_PLACE), &ctx->arena, NAME_BYTES_MAX);
	if (args_has(ctx->args, OPT_MODE))
		out->mode = (enum rat_mode)field_choice(t, args_field(ctx->args, OPT_MODE), modes_en);
	field_need(t, args_field(ctx->args, OPT_MEMBERS));
	out->members_total = count(ctx, OPT_MEMBERS);
	out->has_split = args_has(ctx->args, OPT_MEN) || args_has(ctx->args, OPT_WOMEN);
	out->members_men = count(ctx, OPT_MEN);
	out->members_women = count(ctx, OPT_WOMEN);
	out->present = count(ctx, OPT_PRESENT);
	out->online = count(ctx, OPT_ONLINE);
	out->represented = count(ctx, OPT_REPRESENTED);
	out->quorum = count(ctx, OPT_QUORUM);
	out->clause = field_text(t, args_field(ctx->args, OPT_CLAUSE), &ctx->arena, NAME_BYTES_MAX);
	out->officers_present = count(ctx, OPT_OFFICERS);
	out->supervisors_present = count(ctx, OPT_SUPERVISORS);
	if (!trouble_is(t) && out->held.n > ctx_today(ctx).n)
		trouble_field(t, ERR_DATE_RANGE, args_name(OPT_HELD), "%s", _("it is after today"));
}

void rat_form_of_args(
        struct ctx *ctx, struct member_no member, struct rat_parts *parts, struct rat_attest *out)
{
	struct field year = args_field(ctx->args, OPT_YEAR);

	out->year = date_parts(ctx_today(ctx)).year - 1;
	if (field_given(year))
		out->year = (int32_t)field_count(&ctx->trouble, year, BOOK_YEAR_MAX);
	if (args_has(ctx->args, OPT_CLOSING))
		out->closing = field_date(&ctx->trouble, args_field(ctx->args, OPT_CLOSING));
	else if (!trouble_is(&ctx->trouble))
		out->closing = usual_closing(ctx, member, out->year);
	read_meeting(ctx, out);
	out->own_capital = amount(ctx, OPT_OWN_CAPITAL);
	out->outside_capital = amount(ctx, OPT_OUTSIDE_CAPITAL);
	out->assets = amount(ctx, OPT_ASSETS);
	out->turnover = amount(ctx, OPT_TURNOVER);
	out->surplus = amount(ctx, OPT_SURPLUS);
	out->employees = count(ctx, OPT_EMPLOYEES);
	out->managers = count(ctx, OPT_MANAGERS);
	out->decisions = read_decisions(&ctx->trouble, args_field(ctx->args, OPT_DECISIONS));
	out->note = field_text(&ctx->trouble, args_field(ctx->args, OPT_NOTE), &ctx->arena, TEXT_BYTES_MAX);
	read_documents(ctx, parts, out);
}

struct row {
	const struct csv *c;
	struct trouble *t;
	struct arena *arena;
};

static uint32_t row_count_of(const struct row *r, const char *column)
{
	return (uint32_t)field_count(r->t, csv_field(r->c, column), COUNT_MAX);
}

static void row_meeting(const struct row *r, struct rat_attest *out)
{
	struct field mode = csv_field(r->c, "cara");

	out->closing = field_date(r->t, csv_field(r->c, "tutup_buku"));
	out->held = field_date(r->t, csv_field(r->c, "tanggal_rat"));
	out->number = row_count_of(r, "urutan_rat");
	out->place = field_text(r->t, csv_field(r->c, "tempat"), r->arena, NAME_BYTES_MAX);
	if (field_given(mode))
		out->mode = (enum rat_mode)field_choice(r->t, mode, modes_id);
	out->members_total = row_count_of(r, "anggota_total");
	out->has_split = field_given(csv_field(r->c, "anggota_pria")) ||
	                 field_given(csv_field(r->c, "anggota_wanita"));
	out->members_men = row_count_of(r, "anggota_pria");
	out->members_women = row_count_of(r, "anggota_wanita");
	out->present = row_count_of(r, "hadir");
	out->online = row_count_of(r, "hadir_daring");
	out->represented = row_count_of(r, "diwakili");
	out->quorum = row_count_of(r, "kuorum");
	out->clause = field_text(r->t, csv_field(r->c, "dasar_kuorum"), r->arena, NAME_BYTES_MAX);
	out->officers_present = row_count_of(r, "pengurus_hadir");
	out->supervisors_present = row_count_of(r, "pengawas_hadir");
}

void rat_form_of_row(const struct csv *c, struct trouble *t, struct arena *arena, struct rat_attest *out)
{
	struct row r = {c, t, arena};

	field_need(t, csv_field(c, "tahun_buku"));
	out->year = (int32_t)field_count(t, csv_field(c, "tahun_buku"), BOOK_YEAR_MAX);
	row_meeting(&r, out);
	out->own_capital = field_rupiah(t, csv_field(c, "modal_sendiri"));
	out->outside_capital = field_rupiah(t, csv_field(c, "modal_luar"));
	out->assets = field_rupiah(t, csv_field(c, "total_aset"));
	out->turnover = field_rupiah(t, csv_field(c, "volume_usaha"));
	out->surplus = field_rupiah(t, csv_field(c, "shu"));
	out->employees = row_count_of(&r, "karyawan");
	out->managers = row_count_of(&r, "manajer");
	out->note = field_text(t, csv_field(c, "catatan"), arena, TEXT_BYTES_MAX);
	if (csv_has(c, "keputusan"))
		out->decisions = read_decisions(t, csv_field(c, "keputusan"));
}
