/* SPDX-License-Identifier: Apache-2.0
 * ledger_district.c: a whole district of CSV through the real bodies, checks, folds and sums, without a store, must
 * give every number of its expected/ folder: balances with aging, and the status of every RAT at every day there.
 * LONTAR_DISTRICT names another folder of the same shape. Skipped when there is none. */
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
#include "ledger/status.h"
#include "support/statements.h"

/* --- a CSV file, rows of fields by column name */
#define COLUMNS_MAX 32
struct csv {
	char *text;
	struct bytes rest, names[COLUMNS_MAX], fields[COLUMNS_MAX];
	char unquoted[COLUMNS_MAX][256];
	int columns;
};
static const char *district;

static bool csv_open(struct csv *c, const char *name)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/%s", district, name);
	FILE *f = fopen(path, "rb");
	memset(c, 0, sizeof *c);
	if (f == NULL)
		return false;
	fseek(f, 0, SEEK_END);
	long len = ftell(f);
	rewind(f);
	c->text = malloc((size_t)len + 1);
	assert_int_equal(fread(c->text, 1, (size_t)len, f), (size_t)len);
	fclose(f);
	c->rest = BYTES(c->text, (size_t)len);
	return true;
}

/* One field off the front of the line; quotes are taken off. */
static struct bytes csv_take(struct bytes *line, char *unquoted, size_t cap)
{
	if (line->len == 0 || line->data[0] != '"')
		return text_split(line, ',');
	size_t n = 0, at = 1;
	for (; at < line->len; at++) {
		if (line->data[at] == '"' && (at + 1 == line->len || line->data[at + 1] != '"'))
			break;
		at += line->data[at] == '"' ? 1 : 0;
		assert_true(n < cap);
		unquoted[n++] = (char)line->data[at];
	}
	*line = BYTES(line->data + at + 1, line->len - at - 1);
	(void)text_split(line, ',');
	return BYTES(unquoted, n);
}

static bool csv_next(struct csv *c)
{
	for (;;) {
		if (c->rest.len == 0) {
			free(c->text);
			return false;
		}
		struct bytes line = text_split(&c->rest, '\n');
		if (line.len > 0 && line.data[line.len - 1] == '\r')
			line.len--;
		bool heading = c->columns == 0;
		int n = 0;
		while (line.len > 0 && n < COLUMNS_MAX) {
			struct bytes field = csv_take(&line, c->unquoted[n], sizeof c->unquoted[n]);
			if (heading)
				c->names[n++] = field;
			else
				c->fields[n++] = field;
		}
		for (; !heading && n < c->columns; n++)
			c->fields[n] = (struct bytes){0};
		if (!heading)
			return true;
		c->columns = n;
	}
}

static struct bytes csv_get(const struct csv *c, const char *name)
{
	for (int i = 0; i < c->columns; i++)
		if (bytes_equal(c->names[i], bytes_text(name)))
			return c->fields[i];
	fail_msg("no column %s", name);
	return (struct bytes){0};
}

static bool csv_is(const struct csv *c, const char *name, const char *value)
{
	return bytes_equal(csv_get(c, name), bytes_text(value));
}

static int64_t csv_number(const struct csv *c, const char *name, unsigned places)
{
	int64_t n = 0;
	struct bytes field = csv_get(c, name);
	if (field.len != 0)
		assert_int_equal(money_parse_decimal(field, places, &n), ERR_OK);
	return n;
}

static struct day csv_day(const struct csv *c, const char *name)
{
	struct day d = {0};
	assert_int_equal(date_parse(csv_get(c, name), &d), ERR_OK);
	return d;
}

/* The place of a value in a list of words; the list ends with NULL. */
static unsigned csv_choice(const struct csv *c, const char *name, const char *const *words)
{
	for (unsigned i = 0; words[i] != NULL; i++)
		if (csv_is(c, name, words[i]))
			return i;
	struct bytes field = csv_get(c, name);
	fail_msg("%s: %.*s", name, (int)field.len, (const char *)field.data);
	return 0;
}

/* --- the district */
#define MEMBERS_HERE_MAX 1024
#define NAMES_MAX 64
struct named {
	char name[NAMES_MAX];
	size_t index;
};
struct names {
	struct named *all;
	size_t count, cap;
};
static struct statements set;
static struct names aliases, trades;
static struct profile *profiles;
static struct reference *trade_refs;
static uint8_t memory[65536];

static int named_compare(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static void names_add(struct names *n, struct bytes name)
{
	assert_true(name.len < NAMES_MAX);
	if (n->count == n->cap) {
		n->cap = n->cap == 0 ? 256 : 2 * n->cap;
		n->all = realloc(n->all, n->cap * sizeof *n->all);
	}
	struct named *at = &n->all[n->count];
	memset(at, 0, sizeof *at);
	memcpy(at->name, name.data, name.len);
	at->index = n->count++;
}

static void names_sort(struct names *n)
{
	qsort(n->all, n->count, sizeof *n->all, named_compare);
}

static size_t names_find(const struct names *n, struct bytes name)
{
	struct named key = {{0}, 0};
	assert_true(name.len < NAMES_MAX);
	memcpy(key.name, name.data, name.len);
	const struct named *found = bsearch(&key, n->all, n->count, sizeof *n->all, named_compare);
	if (found == NULL)
		fail_msg("unknown name %s", key.name);
	return found->index;
}

static const char *alias_of(struct member_no member)
{
	for (size_t i = 0; i < aliases.count; i++)
		if (aliases.all[i].index + 1 == member.n)
			return aliases.all[i].name;
	return "?";
}

/* Member 0 is the dinas; the rows follow. */
static struct member_no member_of(struct bytes alias)
{
	return (struct member_no){(uint32_t)names_find(&aliases, alias) + 1};
}

static uint32_t feed_of(struct member_no m)
{
	return 2 * m.n;
}

static void load_members(void)
{
	static const char *const forms[] = {"primer", "sekunder", NULL};
	struct csv c;
	assert_true(csv_open(&c, "members.csv"));
	profiles = calloc(MEMBERS_HERE_MAX, sizeof *profiles);
	while (csv_next(&c)) {
		names_add(&aliases, csv_get(&c, "alias"));
		assert_true(aliases.count < MEMBERS_HERE_MAX);
		struct profile *p = &profiles[aliases.count];
		p->form = (enum member_form)csv_choice(&c, "bentuk", forms);
		p->has_founded = csv_get(&c, "tanggal_berdiri").len != 0;
		p->founded = p->has_founded ? csv_day(&c, "tanggal_berdiri") : (struct day){0};
		p->closing_month = 12;
		p->closing_day = 31;
	}
	names_sort(&aliases);
	statements_init(&set, (uint32_t)aliases.count + 1);
}

/* --- trades */
struct offer {
	char nota[NAMES_MAX], status[NAMES_MAX], refers[NAMES_MAX];
	struct trade_offer body;
	struct trade_line lines[TRADE_LINES_MAX];
	struct trade_charge charges[TRADE_CHARGES_MAX];
	char items[TRADE_LINES_MAX][NAMES_MAX], units[TRADE_LINES_MAX][NAMES_MAX];
	uint32_t author, partner; /* feeds */
};

static struct bytes keep(char room[NAMES_MAX], struct bytes text)
{
	assert_true(text.len < NAMES_MAX);
	memset(room, 0, NAMES_MAX);
	if (text.len != 0)
		memcpy(room, text.data, text.len);
	return BYTES(room, text.len);
}

static void offer_begin(struct offer *o, const struct csv *c)
{
	static const char *const kinds[] = {
	        "jual_beli", "jasa", "titip_jual", "retur", "koreksi", "pinjam_barang", NULL};
	struct member_no seller = member_of(csv_get(c, "penjual")), buyer = member_of(csv_get(c, "pembeli"));
	bool sells = bytes_equal(csv_get(c, "pengusul"), csv_get(c, "penjual"));
	o->author = feed_of(sells ? seller : buyer);
	o->partner = feed_of(sells ? buyer : seller);
	keep(o->status, csv_get(c, "status"));
	keep(o->refers, csv_get(c, "merujuk"));
	o->body = (struct trade_offer){
	        .role = sells ? TRADE_SELLER : TRADE_BUYER,
	        .partner = sells ? buyer : seller,
	        .kind = (enum trade_kind)csv_choice(c, "jenis", kinds),
	        .date = csv_day(c, "tanggal"),
	        .invoice = keep(o->nota, csv_get(c, "nota")),
	        .lines = o->lines,
	        .charges = o->charges,
	        .terms = TERMS_DAYS,
	        .days = (uint32_t)csv_number(c, "tempo_hari", 0),
	        .due = csv_day(c, "jatuh_tempo"),
	};
}

static void offer_add_row(struct offer *o, const struct csv *c)
{
	uint32_t n = o->body.lines_count++;
	assert_true(n < TRADE_LINES_MAX);
	o->lines[n] = (struct trade_line){
	        .item = keep(o->items[n], csv_get(c, "barang")),
	        .unit = keep(o->units[n], csv_get(c, "satuan")),
	        .price = {.quantity_milli = csv_number(c, "jumlah", 3),
	                .unit_price_sen = csv_number(c, "harga_satuan", 2),
	                .discount_bp = csv_number(c, "potongan_persen", 2)},
	};
	struct rupiah charge = {csv_number(c, "biaya", 0)};
	if (charge.n != 0)
		o->charges[o->body.charges_count++] =
		        (struct trade_charge){.kind = CHARGE_OTHER, .amount = charge};
}

static void say_accept(const struct offer *o, const struct reference *ref, uint64_t seen)
{
	struct mp_out m = mp_out(memory, sizeof memory);
	trade_accept_pack(&m, &(struct trade_accept){.about = *ref, .seen = seen});
	statements_say(&set, o->partner, KIND_TRADE_ACCEPT, &m, o->body.date);
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
		statements_answer(&set, o->partner, KIND_TRADE_DECLINE, ref);
	if (w == 3 || w == 4)
		statements_answer(&set, o->author, KIND_TRADE_WITHDRAW, ref);
	if (w == 0 || w == 4 || w == 5)
		say_accept(o, ref, ref->place.seq + 1);
	if (w == 5)
		statements_answer(&set,
		        feed_of(o->body.role == TRADE_BUYER ? set.member_of[o->author] : o->body.partner),
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
	struct reference ref = statements_say(&set, o->author, KIND_TRADE_OFFER, &m, o->body.date);
	if (statements_check(&set, set.count - 1) != ERR_OK)
		fail_msg("%s: %s", o->nota, err_code(statements_check(&set, set.count - 1)));
	names_add(&trades, bytes_text(o->nota));
	trade_refs = realloc(trade_refs, trades.count * sizeof *trade_refs);
	trade_refs[trades.count - 1] = ref;
	offer_answer(o, &ref);
	o->body.lines_count = 0;
}

/* Rows that refer to another trade come in a second pass, for they may stand before it. */
static void load_trades(bool referring)
{
	static struct offer o;
	struct csv c;
	assert_true(csv_open(&c, "trades.csv"));
	while (csv_next(&c)) {
		if ((csv_get(&c, "merujuk").len != 0) != referring)
			continue;
		if (o.body.lines_count != 0 && !csv_is(&c, "nota", o.nota))
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
		out[n].trade = trade_refs[names_find(&trades, nota)];
		assert_int_equal(money_parse_decimal(one, 0, &out[n].amount.n), ERR_OK);
		n++;
	}
	return n;
}

static void payment_answer(
        const struct csv *c, bool payer_records, const struct reference *ref, uint32_t feed)
{
	struct mp_out m = mp_out(memory, sizeof memory);
	payment_confirm_pack(&m, &(struct payment_confirm){.about = *ref});
	if (csv_is(c, "status", "sah") && payer_records)
		statements_say(&set, feed, KIND_PAYMENT_CONFIRM, &m, csv_day(c, "tanggal"));
	else if (csv_is(c, "status", "tolak"))
		statements_answer(&set, feed, KIND_PAYMENT_DENY, ref);
}

static void load_payments(void)
{
	static const char *const methods[] = {"tunai", "transfer", "barang", NULL};
	struct allocation allocations[PAYMENT_ALLOCATIONS_MAX];
	struct csv c;
	assert_true(csv_open(&c, "payments.csv"));
	while (csv_next(&c)) {
		struct member_no payer = member_of(csv_get(&c, "pembayar")),
		                 payee = member_of(csv_get(&c, "penerima"));
		bool payer_records = csv_is(&c, "dicatat_oleh", "pembayar");
		struct payment_record_body p = {
		        .role = payer_records ? PAYMENT_PAYER : PAYMENT_PAYEE,
		        .partner = payer_records ? payee : payer,
		        .amount = {csv_number(&c, "jumlah", 0)},
		        .date = csv_day(&c, "tanggal"),
		        .method = (enum payment_method)csv_choice(&c, "cara", methods),
		        .number = csv_get(&c, "bukti"),
		        .allocations = allocations,
		        .allocations_count = allocations_of(csv_get(&c, "nota"), allocations),
		};
		struct mp_out m = mp_out(memory, sizeof memory);
		payment_record_pack(&m, &p);
		uint32_t feed = feed_of(payer_records ? payer : payee);
		struct reference ref = statements_say(&set, feed, KIND_PAYMENT_RECORD, &m, p.date);
		assert_int_equal(statements_check(&set, set.count - 1), ERR_OK);
		payment_answer(&c, payer_records, &ref, feed_of(p.partner));
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
static struct rat_record *rat_rows;
static uint8_t (*payment_records)[OBJECT_RECORD_BYTES_MAX];
static size_t trade_rows_count, payment_rows_count, rat_rows_count;

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
	} else if (v->type == OBJECT_ATTESTATION) {
		assert_int_equal(rat_record_read(record, &rat_rows[rat_rows_count++]), ERR_OK);
	}
}

static void fold_all(void)
{
	struct object_view view;
	size_t payments = 0;
	for (size_t i = 0; i < set.count; i++)
		payments += set.all[i].kind == KIND_PAYMENT_RECORD ? 1 : 0;
	trade_rows = calloc(set.count, sizeof *trade_rows);
	payment_rows = calloc(set.count, sizeof *payment_rows);
	rat_rows = calloc(set.count, sizeof *rat_rows);
	payment_records = calloc(payments, sizeof *payment_records);
	for (size_t i = 0; i < set.count; i++)
		if (statements_fold(&set, i, &view))
			view_keep(&view);
	for (size_t i = 0; i < set.count; i++)
		if (set.why[i] != ERR_OK)
			fail_msg("statement %zu of kind %u: %s", i, set.all[i].kind, err_code(set.why[i]));
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

static void compare_row(const struct csv *c, const struct balance *b)
{
	static const char *const buckets[] = {"not_due", "d1_30", "d31_60", "d61_90", "d90_plus"};
	assert_int_equal(b->balance.n, csv_number(c, "saldo", 0));
	assert_int_equal(b->pending.n, csv_number(c, "usulan", 0));
	assert_int_equal(b->disputed.n, csv_number(c, "disanggah", 0));
	int64_t sum = 0;
	for (unsigned i = 0; i < OVERDUE_BUCKETS; i++) {
		assert_int_equal(b->ours.overdue[i].n, csv_number(c, buckets[i], 0));
		sum += b->ours.overdue[i].n;
	}
	assert_int_equal(sum, b->ours.open.n);
}

/* How many ordered pairs have a row: all that traded or paid up to the day. */
static size_t pairs_expected(const struct day *as_of)
{
	size_t pairs = 0;
	uint32_t n = (uint32_t)aliases.count + 1;
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
	struct csv c;
	size_t rows = 0;
	snprintf(path, sizeof path, "expected/%s", name);
	assert_true(csv_open(&c, path));
	while (csv_next(&c)) {
		struct member_no self = member_of(csv_get(&c, "koperasi")),
		                 partner = member_of(csv_get(&c, "mitra"));
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
	snprintf(path, sizeof path, "%s/expected", district);
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

/* --- the year's RAT */
struct version {
	struct member_no member;
	int32_t year;
	int64_t version;
	struct reference ref;
	struct day received;
};
static struct version *versions;
static size_t versions_count;
static uint8_t policy_bodies[16][1024];
static struct policy policies[16];
static struct policy_entry policy_entries[16];
static size_t policies_count;

static struct policy_day after(struct day d, int32_t year)
{
	struct day_parts p = date_parts(d);
	return (struct policy_day){
	        .years_after = (uint8_t)(p.year - year), .month = (uint8_t)p.month, .day = (uint8_t)p.day};
}

static void load_policies(void)
{
	struct csv c;
	assert_true(csv_open(&c, "policy.csv"));
	while (csv_next(&c)) {
		struct policy p;
		policy_default(&p);
		p.from_year = (int32_t)csv_number(&c, "tahun_buku", 0);
		p.due_months_primer = (uint8_t)csv_number(&c, "batas_rat_primer_bulan", 0);
		p.due_months_sekunder = (uint8_t)csv_number(&c, "batas_rat_sekunder_bulan", 0);
		p.legal_months = (uint8_t)csv_number(&c, "batas_hukum_bulan", 0);
		p.has_report = true;
		p.report_primer = after(csv_day(&c, "batas_lapor_primer"), p.from_year);
		p.report_sekunder = after(csv_day(&c, "batas_lapor_sekunder"), p.from_year);
		p.offer_days = (uint32_t)csv_number(&c, "kedaluwarsa_hari", 0);
		size_t i = policies_count++;
		assert_true(i < 16);
		struct mp_out m = mp_out(policy_bodies[i], sizeof policy_bodies[i]);
		policy_pack(&m, &p);
		struct reference ref =
		        statements_say(&set, 0, KIND_POLICY_SET, &m, csv_day(&c, "batas_lapor_primer"));
		assert_int_equal(policy_unpack(mp_written(&m), &policies[i]), ERR_OK);
		policy_entries[i] = (struct policy_entry){.place = ref.place, .from_year = p.from_year};
	}
}

static const struct version *version_find(struct member_no member, int32_t year, int64_t version)
{
	for (size_t i = 0; i < versions_count; i++)
		if (versions[i].member.n == member.n && versions[i].year == year &&
		        versions[i].version == version)
			return &versions[i];
	fail_msg("no version %lld of %u in %d", (long long)version, member.n, year);
	return NULL;
}

static void load_attestation(const struct csv *c)
{
	static const char *const modes[] = {"luring", "daring", "hibrida", "tertulis", "kelompok", NULL};
	struct member_no member = member_of(csv_get(c, "koperasi"));
	struct reference replaces;
	struct rat_attest a = {
	        .year = (int32_t)csv_number(c, "tahun_buku", 0),
	        .closing = csv_day(c, "tutup_buku"),
	        .held = csv_day(c, "tanggal_rat"),
	        .place = csv_get(c, "tempat"),
	        .mode = (enum rat_mode)csv_choice(c, "cara", modes),
	        .members_total = (uint32_t)csv_number(c, "anggota_total", 0),
	        .has_split = true,
	        .members_men = (uint32_t)csv_number(c, "anggota_pria", 0),
	        .members_women = (uint32_t)csv_number(c, "anggota_wanita", 0),
	        .present = (uint32_t)csv_number(c, "hadir", 0),
	        .quorum = (uint32_t)csv_number(c, "kuorum", 0),
	        .clause = csv_get(c, "dasar_kuorum"),
	        .own_capital = {csv_number(c, "modal_sendiri", 0)},
	        .outside_capital = {csv_number(c, "modal_luar", 0)},
	        .assets = {csv_number(c, "total_aset", 0)},
	        .turnover = {csv_number(c, "volume_usaha", 0)},
	        .surplus = {csv_number(c, "shu", 0)},
	        .employees = (uint32_t)csv_number(c, "karyawan", 0),
	        .managers = (uint32_t)csv_number(c, "manajer", 0),
	};
	if (csv_get(c, "menggantikan").len != 0) {
		replaces = version_find(member, a.year, csv_number(c, "menggantikan", 0))->ref;
		a.replaces = &replaces;
		a.replaces_count = 1;
	}
	struct mp_out m = mp_out(memory, sizeof memory);
	rat_attest_pack(&m, &a);
	struct day received = csv_day(c, "diterima");
	struct reference ref = statements_say(&set, feed_of(member), KIND_RAT_ATTEST, &m, received);
	assert_int_equal(statements_check(&set, set.count - 1), ERR_OK);
	versions = realloc(versions, (versions_count + 1) * sizeof *versions);
	versions[versions_count++] = (struct version){.member = member,
	        .year = a.year,
	        .version = csv_number(c, "versi", 0),
	        .ref = ref,
	        .received = received};
}

static void load_rats(void)
{
	static const char *const rulings[] = {"verifikasi", "kembalikan", "tolak", NULL};
	struct csv c;
	assert_true(csv_open(&c, "rat.csv"));
	while (csv_next(&c))
		load_attestation(&c);
	assert_true(csv_open(&c, "verdicts.csv"));
	while (csv_next(&c)) {
		const struct version *of = version_find(member_of(csv_get(&c, "koperasi")),
		        (int32_t)csv_number(&c, "tahun_buku", 0), csv_number(&c, "versi", 0));
		struct rat_verdict v = {.about = of->ref,
		        .ruling = (enum rat_ruling)csv_choice(&c, "putusan", rulings),
		        .reason = csv_get(&c, "alasan")};
		struct mp_out m = mp_out(memory, sizeof memory);
		rat_verdict_pack(&m, &v);
		statements_say(&set, 0, KIND_RAT_VERDICT, &m, csv_day(&c, "tanggal"));
	}
}

struct hearing {
	struct member_no member;
	struct day day;
};
static struct hearing *hearings;
static size_t hearings_count;

static void load_hearings(void)
{
	struct csv c;
	assert_true(csv_open(&c, "heard.csv"));
	while (csv_next(&c)) {
		hearings = realloc(hearings, (hearings_count + 1) * sizeof *hearings);
		hearings[hearings_count++] =
		        (struct hearing){member_of(csv_get(&c, "koperasi")), csv_day(&c, "tanggal")};
	}
}

static size_t items_of(struct member_no member, int32_t year, struct rat_item *out, size_t cap)
{
	size_t n = 0;
	for (size_t i = 0; i < rat_rows_count; i++) {
		if (rat_rows[i].member.n != member.n || rat_rows[i].year != year)
			continue;
		assert_true(n < cap);
		out[n] = (struct rat_item){.record = &rat_rows[i], .has_received = true};
		for (size_t k = 0; k < versions_count; k++)
			if (reference_equal(&versions[k].ref, &rat_rows[i].ref))
				out[n].received = versions[k].received;
		n++;
	}
	return n;
}

static void hear(struct rat_question *q)
{
	for (size_t i = 0; i < hearings_count; i++) {
		bool counts = hearings[i].member.n == q->member.n && hearings[i].day.n <= q->as_of.n;
		if (counts && (!q->has_heard || hearings[i].day.n > q->heard.n)) {
			q->has_heard = true;
			q->heard = hearings[i].day;
		}
	}
}

static void statuses(void **state)
{
	(void)state;
	struct csv c;
	size_t rows = 0;
	assert_true(csv_open(&c, "expected/rat-status.csv"));
	while (csv_next(&c)) {
		struct rat_item items[32];
		struct rat_question q = {.member = member_of(csv_get(&c, "koperasi")),
		        .year = (int32_t)csv_number(&c, "tahun_buku", 0),
		        .as_of = csv_day(&c, "pada"),
		        .items = items};
		ptrdiff_t p = policy_for(policy_entries, policies_count, q.year);
		assert_true(p >= 0);
		q.policy = &policies[p];
		q.profile = &profiles[q.member.n];
		q.items_count = items_of(q.member, q.year, items, 32);
		hear(&q);
		struct rat_answer a;
		status_of(&q, &a);
		if (!csv_is(&c, "status", status_code(a.status)))
			fail_msg("%s %d: %s", alias_of(q.member), q.year, status_code(a.status));
		rows++;
	}
	assert_true(rows > 0);
	print_message("rat-status.csv: %zu rows\n", rows);
}

static int load(void **state)
{
	(void)state;
	load_members();
	load_policies();
	load_trades(false);
	load_trades(true);
	names_sort(&trades);
	load_payments();
	load_rats();
	load_hearings();
	fold_all();
	print_message("%zu statements, %zu trades, %zu payments, %zu attestations\n", set.count,
	        trade_rows_count, payment_rows_count, rat_rows_count);
	return 0;
}

int main(void)
{
	const char *other = getenv("LONTAR_DISTRICT");
	struct csv c;
	district = other != NULL ? other : DISTRICT_DIR;
	if (!csv_open(&c, "members.csv")) {
		puts("skipped: no district in " DISTRICT_DIR);
		return 77;
	}
	free(c.text);
	const struct CMUnitTest tests[] = {cmocka_unit_test(balances), cmocka_unit_test(statuses)};
	return cmocka_run_group_tests(tests, load, NULL);
}
