/* SPDX-License-Identifier: Apache-2.0
 * district_data.c: the folder of CSV, read whole and checked: a row that cannot be read stops the work and is named.
 * members.csv must be there, the others may be absent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "district_int.h"
#include "tools/lang.h"
#include "tools/profile_form.h"

/* A file being read. */
struct file {
	struct district *d;
	struct csv csv;
	bool open;
};

bool district_data_is(struct bytes status, const char *word)
{
	return bytes_equal(status, bytes_text(word));
}

static bool open_file(struct district *d, const char *name, const char *const *columns, struct file *f)
{
	char path[4096];

	*f = (struct file){.d = d};
	(void)snprintf(path, sizeof path, "%s/%s", d->data, name);
	if (trouble_is(&d->trouble) || (strcmp(name, "members.csv") != 0 && access(path, F_OK) != 0))
		return false;
	f->open = csv_open(&f->csv, path, &d->trouble) == ERR_OK &&
	          csv_need(&f->csv, columns, &d->trouble) == ERR_OK;
	must(d->texts_count < sizeof d->texts / sizeof d->texts[0]);
	d->texts[d->texts_count++] = f->csv.text;
	return f->open;
}

/* The next row; false at the end and on a trouble. The text of the file lives on: fields are borrowed for good. */
static bool next(struct file *f)
{
	enum csv_row got = trouble_is(&f->d->trouble) ? CSV_BAD : csv_next(&f->csv, &f->d->trouble);

	if (got == CSV_END)
		trouble_at(&f->d->trouble, NULL, 0);
	return got == CSV_ROW;
}

/* Room for one more in a table that doubles. The old one stays in the arena. */
static void *grow(struct district *d, void *table, uint32_t count, size_t size)
{
	void *bigger;

	if (count > 0 && (count & (count - 1)) != 0)
		return table;
	bigger = arena_take(&d->arena, (size_t)(count ? count * 2 : 1) * size);
	if (count > 0)
		memcpy(bigger, table, count * size);
	return bigger;
}

/* Index of the member; DISTRICT_NONE where it is left out by --only. An alias that no row of members.csv has is a
 * trouble. */
static uint32_t member(struct file *f, const char *column)
{
	struct district *d = f->d;
	struct field field = csv_field(&f->csv, column);

	for (uint32_t i = 0; i < d->members_count; i++) {
		if (bytes_equal(field.text, bytes_text(d->members[i].alias)))
			return d->only > 0 && i > d->only ? DISTRICT_NONE : i;
	}
	trouble_field(&d->trouble, ERR_NO_SUCH_MEMBER, column, "\"%.*s\"", (int)field.text.len,
	        (const char *)field.text.data);
	return DISTRICT_NONE;
}

static void read_members(struct district *d)
{
	struct file f;

	d->members = grow(d, NULL, 0, sizeof *d->members);
	d->members[0].alias = "dinas";
	d->members_count = 1;
	if (!open_file(d, "members.csv", profile_form_columns, &f))
		return;
	while (next(&f)) {
		struct district_member *m;
		d->members = grow(d, d->members, d->members_count, sizeof *d->members);
		m = &d->members[d->members_count];
		profile_form_of_row(&f.csv, &d->trouble, &d->arena, &m->profile);
		m->alias = arena_text(&d->arena, csv_field(&f.csv, "alias").text);
		for (uint32_t i = 0; i < d->members_count && !trouble_is(&d->trouble); i++) {
			if (strcmp(d->members[i].alias, m->alias) == 0)
				trouble_field(&d->trouble, ERR_EXISTS, "alias", "\"%s\"", m->alias);
		}
		d->members_count++;
	}
}

static void read_partnerships(struct district *d)
{
	static const char *const columns[] = {"pengusul", "mitra", "tanggal", NULL};
	struct file f;

	if (!open_file(d, "partnerships.csv", columns, &f))
		return;
	while (next(&f)) {
		struct district_partnership p = {
		        .offerer = member(&f, "pengusul"), .partner = member(&f, "mitra")};
		p.offer.from = field_date(&d->trouble, csv_field(&f.csv, "tanggal"));
		p.offer.days = (uint32_t)field_count(&d->trouble, csv_field(&f.csv, "tempo_hari"), 3650);
		p.offer.limit_partner = p.offer.limit_self =
		        field_rupiah(&d->trouble, csv_field(&f.csv, "plafon"));
		p.status = csv_field(&f.csv, "status").text;
		p.entry = (struct district_entry){.row = f.csv.row, .day = p.offer.from};
		if (p.offerer == DISTRICT_NONE || p.partner == DISTRICT_NONE) {
			d->skipped++;
			continue;
		}
		d->partnerships = grow(d, d->partnerships, d->partnerships_count, sizeof p);
		d->partnerships[d->partnerships_count++] = p;
	}
}

static void add_trade(struct file *f, struct district_trade *t)
{
	struct district *d = f->d;

	trade_form_end(&t->form, &d->trouble);
	if (t->seller == DISTRICT_NONE || t->buyer == DISTRICT_NONE) {
		d->skipped += t->form.offer.lines_count; /* a row a line */
		return;
	}
	d->trades = grow(d, d->trades, d->trades_count, sizeof *t);
	d->trades[d->trades_count++] = *t;
}

static void read_trades(struct district *d)
{
	struct district_trade t = {0};
	struct file f;
	bool open = false;

	if (!open_file(d, "trades.csv", trade_form_columns, &f))
		return;
	while (next(&f)) {
		bool more = open && trade_form_continues(&t.form, &f.csv);
		if (open && !more)
			add_trade(&f, &t);
		if (!more) {
			trade_form_begin(&t.form, &f.csv, &d->trouble, &d->arena);
			t.seller = member(&f, "penjual");
			t.buyer = member(&f, "pembeli");
			t.proposer = t.form.proposer.len > 0 ? member(&f, "pengusul") : t.seller;
			t.entry = (struct district_entry){.row = t.form.row, .day = t.form.offer.date};
			t.refers = DISTRICT_NONE;
		}
		trade_form_add(&t.form, &f.csv, &d->trouble, &d->arena);
		open = true;
	}
	if (open && !trouble_is(&d->trouble))
		add_trade(&f, &t);
}

/* Trades by their nota. */
struct by_nota {
	struct bytes nota;
	uint32_t index;
};

static int compare_nota(const void *a, const void *b)
{
	return bytes_compare(((const struct by_nota *)a)->nota, ((const struct by_nota *)b)->nota);
}

static struct by_nota *sort_trades(struct district *d)
{
	struct by_nota *sorted = arena_take(&d->arena, (d->trades_count + 1) * sizeof *sorted);

	for (uint32_t i = 0; i < d->trades_count; i++)
		sorted[i] = (struct by_nota){d->trades[i].form.nota, i};
	qsort(sorted, d->trades_count, sizeof *sorted, compare_nota);
	for (uint32_t i = 1; i < d->trades_count; i++) {
		if (compare_nota(&sorted[i - 1], &sorted[i]) == 0) {
			trouble_at(&d->trouble, "trades.csv", d->trades[sorted[i].index].entry.row);
			trouble_field(&d->trouble, ERR_EXISTS, "nota",
			        "\"%.*s\": rows of one nota stand together", (int)sorted[i].nota.len,
			        (const char *)sorted[i].nota.data);
		}
	}
	return sorted;
}

static uint32_t trade_named(
        struct district *d, const struct by_nota *sorted, const char *column, struct bytes nota)
{
	struct by_nota key = {nota, 0};
	const struct by_nota *found = bsearch(&key, sorted, d->trades_count, sizeof *sorted, compare_nota);

	if (!found)
		trouble_field(&d->trouble, ERR_NO_SUCH_OBJECT, column, "\"%.*s\"", (int)nota.len,
		        (const char *)nota.data);
	return found ? found->index : DISTRICT_NONE;
}

static void link_trades(struct district *d, const struct by_nota *sorted)
{
	for (uint32_t i = 0; i < d->trades_count; i++) {
		struct district_trade *t = &d->trades[i];
		if (t->form.refers.len == 0)
			continue;
		trouble_at(&d->trouble, "trades.csv", t->entry.row);
		t->refers = trade_named(d, sorted, "merujuk", t->form.refers);
	}
	trouble_at(&d->trouble, NULL, 0);
}

static void read_payments(struct district *d, const struct by_nota *sorted)
{
	struct file f;

	if (!open_file(d, "payments.csv", payment_form_columns, &f))
		return;
	while (next(&f)) {
		struct district_payment p = {
		        .payer = member(&f, "pembayar"), .payee = member(&f, "penerima")};
		if (p.payer == DISTRICT_NONE || p.payee == DISTRICT_NONE) {
			d->skipped++;
			continue;
		}
		p.form = arena_take(&d->arena, sizeof *p.form);
		payment_form_read(p.form, &f.csv, &d->trouble, &d->arena);
		p.entry = (struct district_entry){.row = f.csv.row, .day = p.form->date};
		p.trades = arena_take(&d->arena, (p.form->parts_count + 1) * sizeof *p.trades);
		for (uint32_t i = 0; i < p.form->parts_count; i++)
			p.trades[i] = trade_named(d, sorted, "nota", p.form->parts[i].nota);
		d->payments = grow(d, d->payments, d->payments_count, sizeof p);
		d->payments[d->payments_count++] = p;
	}
}

static uint32_t rat_of(struct district *d, uint32_t member_index, int32_t year, uint32_t version)
{
	for (uint32_t i = 0; i < d->rats_count; i++) {
		const struct district_rat *r = &d->rats[i];
		if (r->member == member_index && r->attest.year == year && r->version == version)
			return i;
	}
	return DISTRICT_NONE;
}

static uint32_t version_of(struct file *f, const char *column)
{
	return (uint32_t)field_count(&f->d->trouble, csv_field(&f->csv, column), 10000);
}

static void read_rats(struct district *d)
{
	struct file f;

	if (!open_file(d, "rat.csv", rat_form_columns, &f))
		return;
	while (next(&f)) {
		struct district_rat r = {.member = member(&f, "koperasi"), .replaces = DISTRICT_NONE};
		if (r.member == DISTRICT_NONE || !field_given(csv_field(&f.csv, "diterima"))) {
			d->skipped++; /* the dinas never received it: nobody but its member knows of it */
			continue;
		}
		rat_form_of_row(&f.csv, &d->trouble, &d->arena, &r.attest);
		r.version = csv_has(&f.csv, "versi") ? version_of(&f, "versi") : 1;
		r.entry = (struct district_entry){
		        .row = f.csv.row, .day = field_date(&d->trouble, csv_field(&f.csv, "diterima"))};
		if (field_given(csv_field(&f.csv, "menggantikan"))) {
			r.replaces = rat_of(d, r.member, r.attest.year, version_of(&f, "menggantikan"));
			if (r.replaces == DISTRICT_NONE)
				trouble_field(&d->trouble, ERR_NO_SUCH_OBJECT, "menggantikan", "%s",
				        _("no earlier row has this version"));
		}
		d->rats = grow(d, d->rats, d->rats_count, sizeof r);
		d->rats[d->rats_count++] = r;
	}
}

static void read_verdicts(struct district *d)
{
	static const char *const columns[] = {"koperasi", "tahun_buku", "tanggal", "putusan", NULL};
	static const char *const rulings[] = {"verifikasi", "kembalikan", "tolak", NULL};
	struct file f;

	if (!open_file(d, "verdicts.csv", columns, &f))
		return;
	while (next(&f)) {
		struct district_verdict v = {.before = DISTRICT_NONE};
		uint32_t who = member(&f, "koperasi");
		int32_t year =
		        (int32_t)field_count(&d->trouble, csv_field(&f.csv, "tahun_buku"), BOOK_YEAR_MAX);
		if (who == DISTRICT_NONE) {
			d->skipped++;
			continue;
		}
		v.rat = rat_of(d, who, year, csv_has(&f.csv, "versi") ? version_of(&f, "versi") : 1);
		if (v.rat == DISTRICT_NONE)
			trouble_field(&d->trouble, ERR_NO_SUCH_OBJECT, "versi", "%s",
			        _("rat.csv has no such version"));
		v.ruling = (enum rat_ruling)field_choice(&d->trouble, csv_field(&f.csv, "putusan"), rulings);
		v.reason = field_text(&d->trouble, csv_field(&f.csv, "alasan"), &d->arena, TEXT_BYTES_MAX);
		v.entry = (struct district_entry){
		        .row = f.csv.row, .day = field_date(&d->trouble, csv_field(&f.csv, "tanggal"))};
		d->verdicts = grow(d, d->verdicts, d->verdicts_count, sizeof v);
		d->verdicts[d->verdicts_count++] = v;
	}
}

static void read_heard(struct district *d)
{
	static const char *const columns[] = {"koperasi", "tanggal", NULL};
	struct file f;

	if (!open_file(d, "heard.csv", columns, &f))
		return;
	while (next(&f)) {
		struct district_heard h = {.member = member(&f, "koperasi")};
		h.day = field_date(&d->trouble, csv_field(&f.csv, "tanggal"));
		if (h.member == DISTRICT_NONE) {
			d->skipped++;
			continue;
		}
		d->heard = grow(d, d->heard, d->heard_count, sizeof h);
		d->heard[d->heard_count++] = h;
	}
}

/* A date of the policy's own book year on, as a day of the calendar of any year. */
static struct policy_day policy_day(struct file *f, const char *column, int32_t year)
{
	struct day_parts p = date_parts(field_date(&f->d->trouble, csv_field(&f->csv, column)));

	return (struct policy_day){(uint8_t)(p.year - year), (uint8_t)p.month, (uint8_t)p.day};
}

static void read_policies(struct district *d)
{
	static const char *const columns[] = {"tahun_buku", "batas_rat_primer_bulan",
	        "batas_rat_sekunder_bulan", "batas_hukum_bulan", "batas_lapor_primer", "batas_lapor_sekunder",
	        "kedaluwarsa_hari", NULL};
	struct file f;

	if (!open_file(d, "policy.csv", columns, &f))
		return;
	while (next(&f)) {
		struct policy *p;
		d->policies = grow(d, d->policies, d->policies_count, sizeof *p);
		p = &d->policies[d->policies_count++];
		policy_default(p);
		p->from_year =
		        (int32_t)field_count(&d->trouble, csv_field(&f.csv, "tahun_buku"), BOOK_YEAR_MAX);
		p->due_months_primer =
		        (uint8_t)field_count(&d->trouble, csv_field(&f.csv, "batas_rat_primer_bulan"), 60);
		p->due_months_sekunder =
		        (uint8_t)field_count(&d->trouble, csv_field(&f.csv, "batas_rat_sekunder_bulan"), 60);
		p->legal_months =
		        (uint8_t)field_count(&d->trouble, csv_field(&f.csv, "batas_hukum_bulan"), 60);
		p->offer_days =
		        (uint32_t)field_count(&d->trouble, csv_field(&f.csv, "kedaluwarsa_hari"), 3650);
		p->has_report = true;
		p->report_primer = policy_day(&f, "batas_lapor_primer", p->from_year);
		p->report_sekunder = policy_day(&f, "batas_lapor_sekunder", p->from_year);
	}
}

bool district_data_read(struct district *d)
{
	const struct by_nota *sorted;

	read_members(d);
	read_partnerships(d);
	read_trades(d);
	sorted = sort_trades(d);
	link_trades(d, sorted);
	read_payments(d, sorted);
	read_rats(d);
	read_verdicts(d);
	read_heard(d);
	read_policies(d);
	if (d->only > 0 && d->only + 1 < d->members_count)
		d->members_count = d->only + 1;
	return !trouble_is(&d->trouble);
}

void district_data_forget(struct district *d)
{
	while (d->texts_count > 0)
		free(d->texts[--d->texts_count]);
	arena_deinit(&d->arena);
}
