/* SPDX-License-Identifier: Apache-2.0
 * trade_form.c: reading a nota from its rows. What stands in every row of it must be the same in all. */
#include "tools/trade_form.h"

#include <string.h>

#include "base/limits.h"
#include "tools/lang.h"

const char *const trade_form_columns[] = {
        "nota", "tanggal", "penjual", "pembeli", "barang", "satuan", "jumlah", "harga_satuan", NULL};

#define DAYS_MAX 3650

static enum trade_kind read_kind(struct trouble *t, struct field f)
{
	static const char *const kinds[] = {
	        "jual_beli", "jasa", "titip_jual", "retur", "koreksi", "pinjam_barang", NULL};

	return field_given(f) ? (enum trade_kind)field_choice(t, f, kinds) : TRADE_SALE;
}

static void read_due(struct trade_offer *offer, const struct csv *c, struct trouble *t)
{
	struct field due = csv_field(c, "jatuh_tempo");

	offer->days = (uint32_t)field_count(t, csv_field(c, "tempo_hari"), DAYS_MAX);
	offer->terms = offer->days > 0 ? TERMS_DAYS : TERMS_CASH;
	offer->due =
	        field_given(due) ? field_date(t, due) : (struct day){offer->date.n + (int32_t)offer->days};
}

bool trade_form_continues(const struct trade_form *form, const struct csv *c)
{
	return form->nota.len > 0 && bytes_equal(form->nota, csv_field(c, "nota").text);
}

void trade_form_begin(struct trade_form *form, const struct csv *c, struct trouble *t, struct arena *arena)
{
	struct trade_offer *offer = &form->offer;

	*form = (struct trade_form){.row = c->row, .parts = arena_take(arena, sizeof *form->parts)};
	form->nota = csv_field(c, "nota").text;
	form->seller = csv_field(c, "penjual").text;
	form->buyer = csv_field(c, "pembeli").text;
	form->proposer = csv_field(c, "pengusul").text;
	form->refers = csv_field(c, "merujuk").text;
	form->status = csv_field(c, "status").text;
	offer->lines = form->parts->lines;
	offer->charges = form->parts->charges;
	field_need(t, csv_field(c, "nota"));
	field_need(t, csv_field(c, "penjual"));
	field_need(t, csv_field(c, "pembeli"));
	offer->kind = read_kind(t, csv_field(c, "jenis"));
	offer->date = field_date(t, csv_field(c, "tanggal"));
	offer->invoice = field_text(t, csv_field(c, "nota"), arena, TRADE_NUMBER_BYTES_MAX);
	offer->note = field_text(t, csv_field(c, "catatan"), arena, TEXT_BYTES_MAX);
	read_due(offer, c, t);
	if (form->refers.len == 0 && (offer->kind == TRADE_RETURN || offer->kind == TRADE_CORRECTION))
		trouble_field(t, ERR_MISSING_FIELD, "merujuk", "%s",
		        _("a return or correction names the trade that it is about"));
}

static void same(struct trouble *t, const struct csv *c, const char *column, struct bytes before)
{
	struct field f = csv_field(c, column);

	if (!bytes_equal(f.text, before))
		trouble_field(t, ERR_BAD_TEXT, column,
		        _("\"%.*s\": the rows before it of this nota say \"%.*s\""), (int)f.text.len,
		        (const char *)f.text.data, (int)before.len, (const char *)before.data);
}

static void same_head(const struct trade_form *form, const struct csv *c, struct trouble *t)
{
	struct field date = csv_field(c, "tanggal");

	same(t, c, "penjual", form->seller);
	same(t, c, "pembeli", form->buyer);
	same(t, c, "pengusul", form->proposer);
	same(t, c, "merujuk", form->refers);
	same(t, c, "status", form->status);
	if (!trouble_is(t) && field_date(t, date).n != form->offer.date.n)
		trouble_field(t, ERR_BAD_DATE, "tanggal", "%s",
		        _("the rows before it of this nota have another date"));
}

static void add_charge(struct trade_form *form, const struct csv *c, struct trouble *t, struct arena *arena)
{
	struct field name = csv_field(c, "nama_biaya");
	struct trade_charge charge = {.kind = CHARGE_OTHER, .amount = field_rupiah(t, csv_field(c, "biaya"))};

	if (trouble_is(t) || charge.amount.n == 0)
		return;
	if (form->offer.charges_count == TRADE_CHARGES_MAX) {
		trouble_field(t, ERR_TOO_MANY, "biaya", _("at most %u"), TRADE_CHARGES_MAX);
		return;
	}
	charge.label = field_text(t, name, arena, NAME_BYTES_MAX);
	if (bytes_equal(name.text, bytes_text("angkut")))
		charge.kind = CHARGE_FREIGHT;
	else if (bytes_equal(name.text, bytes_text("timbang")))
		charge.kind = CHARGE_WEIGHING;
	else if (bytes_equal(name.text, bytes_text("bongkar muat")))
		charge.kind = CHARGE_LOADING;
	form->parts->charges[form->offer.charges_count++] = charge;
}

void trade_form_add(struct trade_form *form, const struct csv *c, struct trouble *t, struct arena *arena)
{
	struct trade_line line = {0};

	same_head(form, c, t);
	field_need(t, csv_field(c, "barang"));
	field_need(t, csv_field(c, "satuan"));
	field_need(t, csv_field(c, "jumlah"));
	field_need(t, csv_field(c, "harga_satuan"));
	line.item = field_text(t, csv_field(c, "barang"), arena, NAME_BYTES_MAX);
	line.unit = field_text(t, csv_field(c, "satuan"), arena, UNIT_BYTES_MAX);
	line.price.quantity_milli = field_decimal(t, csv_field(c, "jumlah"), 3);
	line.price.unit_price_sen = field_decimal(t, csv_field(c, "harga_satuan"), 2);
	line.price.discount_bp = field_decimal(t, csv_field(c, "potongan_persen"), 2);
	if (!trouble_is(t) && form->offer.lines_count == TRADE_LINES_MAX)
		trouble_field(t, ERR_TRADE_NO_LINES, "barang", "%s", "");
	if (!trouble_is(t))
		form->parts->lines[form->offer.lines_count++] = line;
	add_charge(form, c, t, arena);
}

void trade_form_end(struct trade_form *form, struct trouble *t)
{
	enum err e;

	if (trouble_is(t))
		return;
	e = trade_offer_total(&form->offer, &form->offer.total);
	if (e != ERR_OK)
		trouble_field(t, e, "jumlah", "%s", "");
}
