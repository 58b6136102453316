/* SPDX-License-Identifier: Apache-2.0
 * trade.c: the bodies of trade.*: written, read strictly, and checked as far as the body alone allows.
 * The total is recomputed while the lines are read, so that a check needs no memory for them. */
#include "ledger/trade.h"
#include "object_int.h"
#include "trade_int.h"

/* What a fold needs comes first, so that it need not walk the lines again. */
enum offer_key {
	OFFER_ROLE,
	OFFER_PARTNER,
	OFFER_KIND,
	OFFER_DATE,
	OFFER_DUE,
	OFFER_TOTAL,
	OFFER_INVOICE,
	OFFER_REFERS,
	OFFER_TERMS,
	OFFER_DAYS,
	OFFER_DELIVERY_NOTE,
	OFFER_TAX,
	OFFER_CHARGES,
	OFFER_LINES,
	OFFER_NOTE
};
/* Further values of a line or charge are ignored, as unknown keys are. */
#define LINE_VALUES 5u
#define CHARGE_VALUES 2u
#define VALUES_MAX 16u

static void line_pack(struct mp_out *m, const struct trade_line *line)
{
	mp_put_array(m, LINE_VALUES);
	mp_put_text(m, line->item);
	mp_put_text(m, line->unit);
	mp_put_int(m, line->price.quantity_milli);
	mp_put_int(m, line->price.unit_price_sen);
	mp_put_int(m, line->price.discount_bp);
}

static void charge_pack(struct mp_out *m, const struct trade_charge *charge)
{
	mp_put_array(m, CHARGE_VALUES + body_has(charge->label));
	mp_put_uint(m, charge->kind);
	mp_put_int(m, charge->amount.n);
	if (charge->label.len != 0) {
		mp_put_text(m, charge->label);
	}
}

static void lines_pack(struct mp_out *m, const struct trade_offer *o)
{
	mp_put_uint(m, OFFER_LINES);
	mp_put_array(m, o->lines_count);
	for (uint32_t i = 0; i < o->lines_count; i++) {
		line_pack(m, &o->lines[i]);
	}
}

static void charges_pack(struct mp_out *m, const struct trade_offer *o)
{
	if (o->charges_count == 0) {
		return;
	}
	mp_put_uint(m, OFFER_CHARGES);
	mp_put_array(m, o->charges_count);
	for (uint32_t i = 0; i < o->charges_count; i++) {
		charge_pack(m, &o->charges[i]);
	}
}

static uint32_t offer_pairs(const struct trade_offer *o)
{
	return 8u + body_one(o->days != 0) + body_one(o->charges_count != 0) + body_one(o->tax.n != 0) +
	       body_has(o->invoice) + body_has(o->delivery_note) + body_one(o->has_refers) +
	       body_has(o->note);
}

void trade_offer_pack(struct mp_out *m, const struct trade_offer *o)
{
	mp_put_map(m, offer_pairs(o));
	body_put_uint(m, OFFER_ROLE, o->role);
	body_put_uint(m, OFFER_PARTNER, o->partner.n);
	body_put_uint(m, OFFER_KIND, o->kind);
	body_put_int(m, OFFER_DATE, o->date.n);
	body_put_int(m, OFFER_DUE, o->due.n);
	body_put_int(m, OFFER_TOTAL, o->total.n);
	body_put_text(m, OFFER_INVOICE, o->invoice);
	if (o->has_refers) {
		body_put_reference(m, OFFER_REFERS, &o->refers);
	}
	body_put_uint(m, OFFER_TERMS, o->terms);
	if (o->days != 0) {
		body_put_uint(m, OFFER_DAYS, o->days);
	}
	body_put_text(m, OFFER_DELIVERY_NOTE, o->delivery_note);
	body_put_amount(m, OFFER_TAX, o->tax);
	charges_pack(m, o);
	lines_pack(m, o);
	body_put_text(m, OFFER_NOTE, o->note);
}

static void values_end(struct mp_in *m, uint32_t count, uint32_t known)
{
	if (count < known) {
		mp_fail(m, ERR_MISSING_FIELD);
	}
	for (uint32_t i = known; i < count && mp_error(m) == ERR_OK; i++) {
		mp_skip(m);
	}
	mp_array_end(m);
}

static void sum_add(struct mp_in *m, struct rupiah *sum, struct rupiah amount)
{
	if (money_add(*sum, amount, sum) != ERR_OK) {
		mp_fail(m, ERR_AMOUNT_RANGE);
	}
}

static void line_unpack(struct mp_in *m, struct trade_line *out, struct rupiah *sum)
{
	uint32_t count = mp_array(m, VALUES_MAX);
	if (count >= LINE_VALUES) {
		out->item = body_needed_text(m, NAME_BYTES_MAX);
		out->unit = body_needed_text(m, UNIT_BYTES_MAX);
		out->price.quantity_milli = body_money(m, 1, QUANTITY_MILLI_MAX).n;
		out->price.unit_price_sen = body_money(m, 0, UNIT_PRICE_SEN_MAX).n;
		out->price.discount_bp = body_money(m, 0, DISCOUNT_BP_MAX).n;
	}
	values_end(m, count, LINE_VALUES);
	struct rupiah amount = {0};
	if (mp_error(m) == ERR_OK && money_line(&out->price, &amount) != ERR_OK) {
		mp_fail(m, ERR_AMOUNT_RANGE);
	}
	sum_add(m, sum, amount);
}

static void charge_unpack(struct mp_in *m, struct trade_charge *out, struct rupiah *sum)
{
	uint32_t count = mp_array(m, VALUES_MAX);
	*out = (struct trade_charge){0};
	if (count >= CHARGE_VALUES) {
		out->kind = (enum charge_kind)body_u32(m, CHARGE_KINDS - 1);
		out->amount = body_money(m, -MONEY_MAX, MONEY_MAX);
	}
	if (count > CHARGE_VALUES) {
		out->label = mp_text(m, NAME_BYTES_MAX);
	}
	values_end(m, count, count > CHARGE_VALUES ? CHARGE_VALUES + 1 : CHARGE_VALUES);
	sum_add(m, sum, out->amount);
}

static void lines_unpack(
        struct mp_in *m, struct trade_parts *parts, struct trade_offer *o, struct rupiah *sum)
{
	struct trade_line one;
	o->lines_count = mp_array(m, UINT32_MAX);
	if (o->lines_count == 0 || o->lines_count > TRADE_LINES_MAX) {
		mp_fail(m, ERR_TRADE_NO_LINES);
	}
	for (uint32_t i = 0; i < o->lines_count && mp_error(m) == ERR_OK; i++) {
		line_unpack(m, parts != NULL ? &parts->lines[i] : &one, sum);
	}
	mp_array_end(m);
	o->lines = parts != NULL ? parts->lines : NULL;
}

static void charges_unpack(
        struct mp_in *m, struct trade_parts *parts, struct trade_offer *o, struct rupiah *sum)
{
	struct trade_charge one;
	o->charges_count = mp_array(m, TRADE_CHARGES_MAX);
	for (uint32_t i = 0; i < o->charges_count && mp_error(m) == ERR_OK; i++) {
		charge_unpack(m, parts != NULL ? &parts->charges[i] : &one, sum);
	}
	mp_array_end(m);
	o->charges = parts != NULL ? parts->charges : NULL;
}

static void head_unpack(struct mp_in *m, struct mp_map *map, struct trade_offer *o)
{
	if (mp_need(m, map, OFFER_ROLE)) {
		o->role = (enum trade_role)body_u32(m, TRADE_BUYER);
	}
	if (mp_need(m, map, OFFER_PARTNER)) {
		o->partner = body_member(m);
	}
	if (mp_need(m, map, OFFER_KIND)) {
		o->kind = (enum trade_kind)body_u32(m, TRADE_KINDS - 1);
	}
	if (mp_need(m, map, OFFER_DATE)) {
		o->date = body_day(m);
	}
	if (mp_need(m, map, OFFER_DUE)) {
		o->due = body_day(m);
	}
	if (mp_need(m, map, OFFER_TOTAL)) {
		o->total = body_money(m, -MONEY_MAX, MONEY_MAX);
	}
	o->invoice = body_text(m, map, OFFER_INVOICE, TRADE_NUMBER_BYTES_MAX);
	if (mp_key(m, map, OFFER_REFERS)) {
		o->has_refers = true;
		o->refers = body_reference(m);
	}
}

static void terms_unpack(struct mp_in *m, struct mp_map *map, struct trade_offer *o)
{
	if (mp_need(m, map, OFFER_TERMS)) {
		o->terms = (enum trade_terms)body_u32(m, TRADE_TERMS - 1);
	}
	if (mp_key(m, map, OFFER_DAYS)) {
		o->days = body_u32(m, TERM_DAYS_MAX);
	}
	o->delivery_note = body_text(m, map, OFFER_DELIVERY_NOTE, TRADE_NUMBER_BYTES_MAX);
}

static void amounts_unpack(
        struct mp_in *m, struct mp_map *map, struct trade_parts *parts, struct trade_offer *o)
{
	o->tax = body_amount(m, map, OFFER_TAX, MONEY_MAX);
	struct rupiah sum = o->tax;
	if (mp_key(m, map, OFFER_CHARGES)) {
		charges_unpack(m, parts, o, &sum);
	}
	if (mp_need(m, map, OFFER_LINES)) {
		lines_unpack(m, parts, o, &sum);
	}
	if (sum.n != o->total.n) {
		mp_fail(m, ERR_TRADE_TOTAL);
	}
}

static bool reduces(enum trade_kind kind)
{
	return kind == TRADE_RETURN || kind == TRADE_CORRECTION;
}

enum err trade_offer_unpack(struct bytes body, struct trade_parts *parts, struct trade_offer *out)
{
	struct trade_offer o = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	head_unpack(&m, &map, &o);
	terms_unpack(&m, &map, &o);
	amounts_unpack(&m, &map, parts, &o);
	o.note = body_text(&m, &map, OFFER_NOTE, TEXT_BYTES_MAX);
	mp_map_end(&m, &map);
	if (reduces(o.kind) && !o.has_refers) {
		mp_fail(&m, ERR_TRADE_REFERS);
	}
	enum err e = mp_end(&m);
	if (e == ERR_OK) {
		*out = o;
	}
	return e;
}

void trade_offer_head(struct bytes body, struct trade_offer *out)
{
	*out = (struct trade_offer){0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	head_unpack(&m, &map, out);
	must(mp_error(&m) == ERR_OK);
}

enum err trade_offer_total(const struct trade_offer *o, struct rupiah *out)
{
	struct rupiah sum = o->tax, amount;
	enum err e = ERR_OK;
	for (uint32_t i = 0; i < o->lines_count && e == ERR_OK; i++) {
		e = money_line(&o->lines[i].price, &amount);
		e = e != ERR_OK ? e : money_add(sum, amount, &sum);
	}
	for (uint32_t i = 0; i < o->charges_count && e == ERR_OK; i++) {
		e = money_add(sum, o->charges[i].amount, &sum);
	}
	if (e == ERR_OK && (sum.n > MONEY_MAX || sum.n < -MONEY_MAX)) {
		e = ERR_AMOUNT_RANGE;
	}
	if (e == ERR_OK) {
		*out = sum;
	}
	return e;
}

enum err trade_offer_check(
        const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)about;
	struct trade_offer o;
	enum err e = trade_offer_unpack(s->body, NULL, &o);
	e = e != ERR_OK ? e : object_check_officer(s);
	return e != ERR_OK ? e : object_check_partner(ctx, s, o.partner);
}

void trade_accept_pack(struct mp_out *m, const struct trade_accept *a)
{
	mp_put_map(m, 2);
	body_put_reference(m, 0, &a->about);
	body_put_uint(m, 1, a->seen);
}

enum err trade_accept_unpack(struct bytes body, struct trade_accept *out)
{
	struct trade_accept a = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	if (mp_need(&m, &map, 0)) {
		a.about = body_reference(&m);
	}
	if (mp_need(&m, &map, 1)) {
		a.seen = mp_uint(&m, UINT64_MAX);
	}
	mp_map_end(&m, &map);
	enum err e = mp_end(&m);
	if (e == ERR_OK) {
		*out = a;
	}
	return e;
}

enum err trade_accept_check(
        const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)ctx;
	struct trade_accept a;
	enum err e = trade_accept_unpack(s->body, &a);
	if (e != ERR_OK) {
		return e;
	}
	*about = a.about;
	return object_check_officer(s);
}

void trade_clear_pack(struct mp_out *m, const struct trade_clear *c)
{
	mp_put_map(m, 2);
	body_put_reference(m, 0, &c->about);
	body_put_reference(m, 1, &c->dispute);
}

enum err trade_clear_unpack(struct bytes body, struct trade_clear *out)
{
	struct trade_clear c = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	if (mp_need(&m, &map, 0)) {
		c.about = body_reference(&m);
	}
	if (mp_need(&m, &map, 1)) {
		c.dispute = body_reference(&m);
	}
	mp_map_end(&m, &map);
	enum err e = mp_end(&m);
	if (e == ERR_OK) {
		*out = c;
	}
	return e;
}

enum err trade_clear_check(
        const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)ctx;
	struct trade_clear c;
	enum err e = trade_clear_unpack(s->body, &c);
	if (e != ERR_OK) {
		return e;
	}
	*about = c.about;
	return object_check_officer(s);
}

bool trade_kind_counts(enum trade_kind kind)
{
	return kind != TRADE_CONSIGNMENT && kind != TRADE_LOAN;
}

const char *trade_kind_code(enum trade_kind k)
{
	static const char *const codes[TRADE_KINDS] = {
	        "sale", "service", "consignment", "return", "correction", "loan"};
	must(k < TRADE_KINDS);
	return codes[k];
}

const char *trade_state_code(enum trade_state s)
{
	static const char *const codes[] = {"proposed", "declined", "withdrawn", "agreed"};
	must(s <= TRADE_AGREED);
	return codes[s];
}
