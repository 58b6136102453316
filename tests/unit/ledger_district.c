/* SPDX-License-Identifier: Apache-2.0
 * ledger_district.c: the trades and payments of a whole district, from CSV through the real bodies, checks, folds and
 * sums, without a store, must give every number of every expected/balances*.csv. Skipped when there is no district. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ledger/balance.h"
#include "support/district.h"

static struct district d;
static struct district_names trades;
static struct reference *trade_refs;
static uint8_t memory[65536];

/* --- trades */
struct offer {
	char nota[DISTRICT_NAME_MAX], status[DISTRICT_NAME_MAX], refers[DISTRICT_NAME_MAX];
	struct trade_offer body;
	struct trade_line lines[TRADE_LINES_MAX];
	struct trade_charge charges[TRADE_CHARGES_MAX];
	char items[TRADE_LINES_MAX][DISTRICT_NAME_MAX], units[TRADE_LINES_MAX][DISTRICT_NAME_MAX];
	uint32_t author, partner; /* feeds */
};

static struct bytes keep(char room[DISTRICT_NAME_MAX], struct bytes text)
{
	assert_true(text.len < DISTRICT_NAME_MAX);
	memset(room, 0, DISTRICT_NAME_MAX);
	if (text.len != 0)
		memcpy(room, text.data, text.len);
	return BYTES(room, text.len);
}

static void offer_begin(struct offer *o, const struct district_csv *c)
{
	static const char *const kinds[] = {
	        "jual_beli", "jasa", "titip_jual", "retur", "koreksi", "pinjam_barang", NULL};
	struct member_no seller = district_member(&d, district_get(c, "penjual")),
	                 buyer = district_member(&d, district_get(c, "pembeli"));
	bool sells = bytes_equal(district_get(c, "pengusul"), district_get(c, "penjual"));
	o->author = district_feed(sells ? seller : buyer);
	o->partner = district_feed(sells ? buyer : seller);
	keep(o->status, district_get(c, "status"));
	keep(o->refers, district_get(c, "merujuk"));
	o->body = (struct trade_offer){
	        .role = sells ? TRADE_SELLER : TRADE_BUYER,
	        .partner = sells ? buyer : seller,
	        .kind = (enum trade_kind)district_choice(c, "jenis", kinds),
	        .date = district_day(c, "tanggal"),
	        .invoice = keep(o->nota, district_get(c, "nota")),
	        .lines = o->lines,
	        .charges = o->charges,
	        .terms = TERMS_DAYS,
	        .days = (uint32_t)district_number(c, "tempo_hari", 0),
	        .due = district_day(c, "jatuh_tempo"),
	};
}

static void offer_add_row(struct offer *o, const struct district_csv *c)
{
	uint32_t n = o->body.lines_count++;
	assert_true(n < TRADE_LINES_MAX);
	o->lines[n] = (struct trade_line){
	        .item = keep(o->items[n], district_get(c, "barang")),
	        .unit = keep(o->units[n], district_get(c, "satuan")),
	        .price = {.quantity_milli = district_number(c, "jumlah", 3),
	                .unit_price_sen = district_number(c, "harga_satuan", 2),
	                .discount_bp = district_number(c, "potongan_persen", 2)},
	};
	struct rupiah charge = {district_number(c, "biaya", 0)};
	if (charge.n != 0)
		o->charges[o->body.charges_count++] =
		        (struct trade_charge){.kind = CHARGE_OTHER, .amount = charge};
}

static void say_accept(const struct offer *o, const struct reference *ref, uint64_t seen)
{
	struct mp_out m = mp_out(memory, sizeof memory);
	trade_accept_pack(&m, &(struct trade_accept){.about = *ref, .seen = seen});
	statements_say(&d.set, o->partner, KIND_TRADE_ACCEPT, &m, o->body.date);
}

static void offer_answer(const struct offer *o, const struct reference *ref)
{
	static const char *const words[] = {
	        "setuju", "usul", "tolak", "tarik", "tarik+setuju", "sanggah", NULL};
	unsigned w = 0;
	while (words[w] != NULL && strcmp(words[w], o->status) != 0)
		w++;
	assert_non_null(words[w]);
	if (w == 2)
		statements_answer(&d.set, o->partner, KIND_TRADE_DECLINE, ref);
	if (w == 3 || w == 4)
		statements_answer(&d.set, o->author, KIND_TRADE_WITHDRAW, ref);
	if (w == 0 || w == 4 || w == 5)
		say_accept(o, ref, ref->place.seq + 1);
	if (w == 5)
		statements_answer(&d.set,
		        district_feed(
		                o->body.role == TRADE_BUYER ? d.set.member_of[o->author] : o->body.partner),
		        KIND_TRADE_DISPUTE, ref);
}

static void offer_say(struct offer *o)
{
	if (o->body.lines_count == 0)
		return;
	if (o->refers[0] != '\0') {
		for (size_t i = 0; i < trades.count; i++)
			if (strcmp(trades.all[i].name, o->refers) == 0) {
				o->body.has_refers = true;
				o->body.refers = trade_refs[i];
			}
		assert_true(o->body.has_refers);
	}
	assert_int_equal(trade_offer_total(&o->body, &o->body.total), ERR_OK);
	struct mp_out m = mp_out(memory, sizeof memory);
	trade_offer_pack(&m, &o->body);
	struct reference ref = statements_say(&d.set, o->author, KIND_TRADE_OFFER, &m, o->body.date);
	if (statements_check(&d.set, d.set.count - 1) != ERR_OK)
		fail_msg("%s: %s", o->nota, err_code(statements_check(&d.set, d.set.count - 1)));
	district_add(&trades, bytes_text(o->nota));
	trade_refs = realloc(trade_refs, trades.count * sizeof *trade_refs);
	trade_refs[trades.count - 1] = ref;
	offer_answer(o, &ref);
	o->body.lines_count = 0;
}

/* Rows that refer to another trade come in a second pass, for they may stand before it. */
static void load_trades(bool referring)
{
	static struct offer o;
	struct district_csv c;
	assert_true(district_open(&c, "trades.csv"));
	while (district_next(&c)) {
		if ((district_get(&c, "merujuk").len != 0) != referring)
			continue;
		if (o.body.lines_count != 0 && !district_is(&c, "nota", o.nota))
			offer_say(&o);
		if (o.body.lines_count == 0)
			offer_begin(&o, &c);
		offer_add_row(&o, &c);
	}
	offer_say(&o);
}

/* --- payments */
static uint32_t allocations_of(struct bytes list, struct allocation *out)
{
	uint32_t n = 0;
	while (list.len != 0) {
		struct bytes one = text_split(&list, ';');
		struct bytes nota = text_split(&one, '=');
		out[n].trade = trade_refs[district_search(&trades, nota)];
		assert_int_equal(money_parse_decimal(one, 0, &out[n].amount.n), ERR_OK);
		n++;
	}
	return n;
}

static void payment_answer(
        const struct district_csv *c, bool payer_records, const struct reference *ref, uint32_t feed)
{
	struct mp_out m = mp_out(memory, sizeof memory);
	payment_confirm_pack(&m, &(struct payment_confirm){.about = *ref});
	if (district_is(c, "status", "sah") && payer_records)
		statements_say(&d.set, feed, KIND_PAYMENT_CONFIRM, &m, district_day(c, "tanggal"));
	else if (district_is(c, "status", "tolak"))
		statements_answer(&d.set, feed, KIND_PAYMENT_DENY, ref);
}

static void load_payments(void)
{
	static const char *const methods[] = {"tunai", "transfer", "barang", NULL};
	struct allocation allocations[PAYMENT_ALLOCATIONS_MAX];
	struct district_csv c;
	assert_true(district_open(&c, "payments.csv"));
	while (district_next(&c)) {
		struct member_no payer = district_member(&d, district_get(&c, "pembayar")),
		                 payee = district_member(&d, district_get(&c, "penerima"));
		bool payer_records = district_is(&c, "dicatat_oleh", "pembayar");
		struct payment_record_body p = {
		        .role = payer_records ? PAYMENT_PAYER : PAYMENT_PAYEE,
		        .partner = payer_records ? payee : payer,
		        .amount = {district_number(&c, "jumlah", 0)},
		        .date = district_day(&c, "tanggal"),
		        .method = (enum payment_method)district_choice(&c, "cara", methods),
		        .number = district_get(&c, "bukti"),
		        .allocations = allocations,
		        .allocations_count = allocations_of(district_get(&c, "nota"), allocations),
		};
		struct mp_out m = mp_out(memory, sizeof memory);
		payment_record_pack(&m, &p);
		uint32_t feed = district_feed(payer_records ? payer : payee);
		struct reference ref = statements_say(&d.set, feed, KIND_PAYMENT_RECORD, &m, p.date);
		assert_int_equal(statements_check(&d.set, d.set.count - 1), ERR_OK);
		payment_answer(&c, payer_records, &ref, district_feed(p.partner));
	}
}

/* --- the views of all objects */
struct trade_row {
	struct member_no a, b;
	struct balance_trade trade;
};
struct payment_row {
	struct member_no a, b;
	struct payment_view payment;
};
static struct trade_row *trade_rows;
static struct payment_row *payment_rows;
static uint8_t (*payment_records)[OBJECT_RECORD_BYTES_MAX];
static size_t trade_rows_count, payment_rows_count;

static void view_keep(const struct object_view *v)
{
	struct bytes record = BYTES(v->record, v->record_bytes);
	if (v->type == OBJECT_TRADE) {
		struct trade_row *row = &trade_rows[trade_rows_count++];
		row->a = v->a;
		row->b = v->b;
		assert_int_equal(trade_record_read(record, &row->trade.record), ERR_OK);
	} else if (v->type == OBJECT_PAYMENT) {
		struct payment_row *row = &payment_rows[payment_rows_count];
		memcpy(payment_records[payment_rows_count], v->record, v->record_bytes);
		row->a = v->a;
		row->b = v->b;
		record.data = payment_records[payment_rows_count++];
		assert_int_equal(payment_view_read(record, &row->payment), ERR_OK);
	}
}

static void fold_all(void)
{
	struct object_view view;
	size_t payments = 0;
	for (size_t i = 0; i < d.set.count; i++)
		payments += d.set.all[i].kind == KIND_PAYMENT_RECORD ? 1 : 0;
	trade_rows = calloc(d.set.count + 1, sizeof *trade_rows);
	payment_rows = calloc(d.set.count + 1, sizeof *payment_rows);
	payment_records = calloc(payments + 1, sizeof *payment_records);
	for (size_t i = 0; i < d.set.count; i++)
		if (statements_fold(&d.set, i, &view))
			view_keep(&view);
	for (size_t i = 0; i < d.set.count; i++)
		if (d.set.why[i] != ERR_OK)
			fail_msg(
			        "statement %zu of kind %u: %s", i, d.set.all[i].kind, err_code(d.set.why[i]));
}

/* --- balances */
static size_t balances_compared;

static void balance_between(struct member_no self, struct member_no partner, const struct day *as_of,
        struct day overdue_on, struct balance *out)
{
	struct balance_trade *t = calloc(trade_rows_count + 1, sizeof *t);
	struct payment_view *p = calloc(payment_rows_count + 1, sizeof *p);
	uint32_t *scratch =
	        calloc(balance_scratch(trade_rows_count, payment_rows_count) + 1, sizeof *scratch);
	struct balance_ask ask = {.self = self,
	        .partner = partner,
	        .has_as_of = as_of != NULL,
	        .as_of = as_of != NULL ? *as_of : (struct day){0},
	        .overdue_on = overdue_on,
	        .trades = t,
	        .payments = p,
	        .scratch = scratch};
	struct member_no a = self.n < partner.n ? self : partner, b = self.n < partner.n ? partner : self;
	for (size_t i = 0; i < trade_rows_count; i++)
		if (trade_rows[i].a.n == a.n && trade_rows[i].b.n == b.n)
			t[ask.trades_count++] = trade_rows[i].trade;
	for (size_t i = 0; i < payment_rows_count; i++)
		if (payment_rows[i].a.n == a.n && payment_rows[i].b.n == b.n)
			p[ask.payments_count++] = payment_rows[i].payment;
	assert_int_equal(balance_of(&ask, out), ERR_OK);
	free(t);
	free(p);
	free(scratch);
}

static void compare_row(const struct district_csv *c, const struct balance *b)
{
	static const char *const buckets[] = {"not_due", "d1_30", "d31_60", "d61_90", "d90_plus"};
	assert_int_equal(b->balance.n, district_number(c, "saldo", 0));
	assert_int_equal(b->pending.n, district_number(c, "usulan", 0));
	assert_int_equal(b->disputed.n, district_number(c, "disanggah", 0));
	int64_t sum = 0;
	for (unsigned i = 0; i < OVERDUE_BUCKETS; i++) {
		assert_int_equal(b->ours.overdue[i].n, district_number(c, buckets[i], 0));
		sum += b->ours.overdue[i].n;
	}
	assert_int_equal(sum, b->ours.open.n);
}

/* How many ordered pairs have a row: all that traded or paid up to the day. */
static size_t pairs_expected(const struct day *as_of)
{
	size_t pairs = 0;
	uint32_t n = (uint32_t)d.aliases.count + 1;
	bool *seen = calloc((size_t)n * n, sizeof *seen);
	for (size_t i = 0; i < trade_rows_count; i++)
		if (as_of == NULL || trade_rows[i].trade.record.date.n <= as_of->n)
			seen[trade_rows[i].a.n * n + trade_rows[i].b.n] = true;
	for (size_t i = 0; i < payment_rows_count; i++)
		if (as_of == NULL || payment_rows[i].payment.date.n <= as_of->n)
			seen[payment_rows[i].a.n * n + payment_rows[i].b.n] = true;
	for (size_t i = 0; i < (size_t)n * n; i++)
		pairs += seen[i] ? 2 : 0;
	free(seen);
	return pairs;
}

static void compare_file(const char *name, const struct day *as_of, struct day overdue_on)
{
	char path[512];
	struct district_csv c;
	size_t rows = 0;
	snprintf(path, sizeof path, "expected/%s", name);
	assert_true(district_open(&c, path));
	while (district_next(&c)) {
		struct member_no self = district_member(&d, district_get(&c, "koperasi")),
		                 partner = district_member(&d, district_get(&c, "mitra"));
		struct balance b, back;
		balance_between(self, partner, as_of, overdue_on, &b);
		compare_row(&c, &b);
		balance_between(partner, self, as_of, overdue_on, &back);
		assert_int_equal(back.balance.n, -b.balance.n);
		assert_int_equal(back.theirs.open.n, b.ours.open.n);
		rows++;
	}
	assert_int_equal(rows, pairs_expected(as_of));
	balances_compared += rows;
	print_message("%s: %zu rows\n", name, rows);
}

/* balances-2018-09-30.csv is as of that day; balances.csv has no day: all statements, all that is due long past. */
static void balances(void **state)
{
	(void)state;
	char path[1024];
	snprintf(path, sizeof path, "%s/expected", district_path());
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
		struct day day;
		struct bytes name = bytes_text(e->d_name);
		if (strncmp(e->d_name, "balances", 8) != 0)
			continue;
		if (name.len == 23 && date_parse(BYTES(name.data + 9, 10), &day) == ERR_OK)
			compare_file(e->d_name, &day, day);
		else
			compare_file(e->d_name, NULL, (struct day){DAY_MAX});
	}
	closedir(dir);
	assert_true(balances_compared > 0);
}

static int load(void **state)
{
	(void)state;
	district_members(&d);
	load_trades(false);
	load_trades(true);
	district_sort(&trades);
	load_payments();
	fold_all();
	print_message("%zu statements, %zu trades, %zu payments\n", d.set.count, trade_rows_count,
	        payment_rows_count);
	return 0;
}

int main(void)
{
	if (!district_find(DISTRICT_DIR)) {
		puts("skipped: no district in " DISTRICT_DIR);
		return 77;
	}
	const struct CMUnitTest tests[] = {cmocka_unit_test(balances)};
	return cmocka_run_group_tests(tests, load, NULL);
}
