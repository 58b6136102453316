/* SPDX-License-Identifier: Apache-2.0
 * profile_form.c: reading a member's profile. What only warns (a NIK that has not 13 digits) is the caller's. */
#include "tools/profile_form.h"

#include <string.h>

#include "base/text.h"
#include "log/short_text.h"
#include "tools/lang.h"

const char *const profile_form_columns[] = {"alias", "nama", "bentuk", NULL};

static const char *const forms[] = {"primer", "sekunder", "other", NULL};

struct profile profile_form_new(void)
{
	return (struct profile){.form = FORM_PRIMER, .closing_month = 12, .closing_day = 31};
}

static void text(struct trouble *t, struct arena *arena, struct field f, struct short_text *out)
{
	struct bytes b = field_text(t, f, arena, NAME_BYTES_MAX);
	enum err e;

	if (trouble_is(t))
		return;
	e = short_text_of(b, NAME_BYTES_MAX, out);
	if (e != ERR_OK)
		trouble_field(t, e, f.name, "%s", "");
}

void profile_form_alias(struct trouble *t, struct field f, struct short_text *out)
{
	enum err e;

	field_need(t, f);
	for (size_t i = 0; i < f.text.len && !trouble_is(t); i++) {
		uint8_t c = f.text.data[i];
		bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i > 0);
		if (!good)
			trouble_field(t, ERR_BAD_TEXT, f.name,
			        _("\"%.*s\": an alias has small letters, digits and -"),
			        (int)(f.text.len > 60 ? 60 : f.text.len), (const char *)f.text.data);
	}
	if (trouble_is(t))
		return;
	e = short_text_of(f.text, ALIAS_BYTES_MAX, out);
	if (e != ERR_OK)
		trouble_field(t, e, f.name, _("at most %u bytes"), ALIAS_BYTES_MAX);
}

/* MM-DD */
static void book_year_end(struct trouble *t, struct field f, struct profile *out)
{
	struct bytes rest = f.text, month = text_split(&rest, '-');
	struct day_parts parts = {2001, 0, 0};
	struct day d;

	if (trouble_is(t))
		return;
	if (month.len == 2 && rest.len == 2) {
		parts.month = (month.data[0] - '0') * 10 + month.data[1] - '0';
		parts.day = (rest.data[0] - '0') * 10 + rest.data[1] - '0';
	}
	if (date_of(parts, &d) != ERR_OK) {
		trouble_field(
		        t, ERR_BAD_DATE, f.name, "\"%.*s\"", (int)f.text.len, (const char *)f.text.data);
		return;
	}
	out->closing_month = (uint8_t)parts.month;
	out->closing_day = (uint8_t)parts.day;
}

/* A source of fields: the options of a command or the columns of a row. */
struct source {
	const struct args *args;
	const struct csv *csv;
};

static struct field get(const struct source *s, enum opt opt, const char *column)
{
	return s->csv ? csv_field(s->csv, column) : args_field(s->args, opt);
}

static void read_from(const struct source *s, struct trouble *t, struct arena *arena, struct profile *out)
{
	const struct {
		struct field f;
		struct short_text *to;
	} texts[] = {
	        {get(s, OPT_NAME, "nama"), &out->name},
	        {get(s, OPT_LEGAL_NO, "badan_hukum"), &out->legal_no},
	        {get(s, OPT_NIK, "nik"), &out->nik},
	        {get(s, OPT_TYPE, "jenis"), &out->type},
	        {get(s, OPT_KECAMATAN, "kecamatan"), &out->kecamatan},
	        {get(s, OPT_DESA, "desa"), &out->desa},
	};
	struct field form = get(s, OPT_FORM, "bentuk"), founded = get(s, OPT_FOUNDED, "tanggal_berdiri"),
	             end = get(s, OPT_BOOK_YEAR_END, "tutup_buku");

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		if (field_given(texts[i].f))
			text(t, arena, texts[i].f, texts[i].to);
	}
	if (field_given(form))
		out->form = (enum member_form)field_choice(t, form, forms);
	if (field_given(founded)) {
		out->has_founded = true;
		out->founded = field_date(t, founded);
	}
	if (field_given(end))
		book_year_end(t, end, out);
}

void profile_form_of_args(struct ctx *ctx, struct profile *out)
{
	struct source s = {.args = ctx->args};
	struct field alias = args_field(ctx->args, OPT_ALIAS);

	if (field_given(alias))
		profile_form_alias(&ctx->trouble, alias, &out->alias);
	read_from(&s, &ctx->trouble, &ctx->arena, out);
}

void profile_form_of_row(const struct csv *c, struct trouble *t, struct arena *arena, struct profile *out)
{
	struct source s = {.csv = c};

	*out = profile_form_new();
	profile_form_alias(t, csv_field(c, "alias"), &out->alias);
	field_need(t, csv_field(c, "nama"));
	read_from(&s, t, arena, out);
}
