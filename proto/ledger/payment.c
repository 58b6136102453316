/* SPDX-License-Identifier: Apache-2.0
 * payment.c: the bodies of payment.*: written, read strictly, and checked as far as the body alone allows.
 * Whether an allocation names a trade of the pair is seen when cover is computed (balance.c): one that does not
 * covers nothing and its amount falls to the pool. */
#include "ledger/payment.h"
#include "object_int.h"

enum record_key {
	RECORD_ROLE,
	RECORD_PARTNER,
	RECORD_AMOUNT,
	RECORD_DATE,
	RECORD_METHOD,
	RECORD_ALLOCATIONS,
	RECORD_NUMBER,
	RECORD_NOTE
};
#define ALLOCATION_VALUES 2u

static void allocations_pack(struct mp_out *m, const struct payment_record_body *p)
{
	if (p->allocations_count == 0) {
		return;
	}
	mp_put_uint(m, RECORD_ALLOCATIONS);
	mp_put_array(m, p->allocations_count);
	for (uint32_t i = 0; i < p->allocations_count; i++) {
		mp_put_array(m, ALLOCATION_VALUES);
		reference_pack(m, &p->allocations[i].trade);
		mp_put_int(m, p->allocations[i].amount.n);
	}
}

void payment_record_pack(struct mp_out *m, const struct payment_record_body *p)
{
	mp_put_map(m, 5u + body_one(p->allocations_count != 0) + body_has(p->number) + body_has(p->note));
	body_put_uint(m, RECORD_ROLE, p->role);
	body_put_uint(m, RECORD_PARTNER, p->partner.n);
	body_put_int(m, RECORD_AMOUNT, p->amount.n);
	body_put_int(m, RECORD_DATE, p->date.n);
	body_put_uint(m, RECORD_METHOD, p->method);
	allocations_pack(m, p);
	body_put_text(m, RECORD_NUMBER, p->number);
	body_put_text(m, RECORD_NOTE, p->note);
}

static struct allocation allocation_unpack(struct mp_in *m)
{
	struct allocation a;
	mp_array_fixed(m, ALLOCATION_VALUES);
	a.trade = body_reference(m);
	a.amount.n = mp_int(m, INT64_MIN, INT64_MAX);
	mp_array_end(m);
	if (mp_error(m) == ERR_OK && (a.amount.n <= 0 || a.amount.n > MONEY_MAX)) {
		mp_fail(m, ERR_ALLOCATION);
	}
	return a;
}

static bool names_trade(const struct allocation *all, uint32_t count, const struct reference *trade)
{
	for (uint32_t i = 0; i < count; i++) {
		if (place_compare(all[i].trade.place, trade->place) == 0) {
			return true;
		}
	}
	return false;
}

static void allocations_unpack(struct mp_in *m, struct allocation *parts, struct payment_record_body *p)
{
	int64_t sum = 0;
	uint32_t count = mp_array(m, PAYMENT_ALLOCATIONS_MAX);
	for (uint32_t i = 0; i < count && mp_error(m) == ERR_OK; i++) {
		parts[i] = allocation_unpack(m);
		sum += parts[i].amount.n;
		if (mp_error(m) == ERR_OK && names_trade(parts, i, &parts[i].trade)) {
			mp_fail(m, ERR_ALLOCATION);
		}
	}
	mp_array_end(m);
	if (sum > p->amount.n) {
		mp_fail(m, ERR_ALLOCATION);
	}
	p->allocations = parts;
	p->allocations_count = count;
}

static void head_unpack(struct mp_in *m, struct mp_map *map, struct payment_record_body *p)
{
	if (mp_need(m, map, RECORD_ROLE)) {
		p->role = (enum payment_role)body_u32(m, PAYMENT_PAYEE);
	}
	if (mp_need(m, map, RECORD_PARTNER)) {
		p->partner = body_member(m);
	}
	if (mp_need(m, map, RECORD_AMOUNT)) {
		p->amount = body_money(m, 1, MONEY_MAX);
	}
	if (mp_need(m, map, RECORD_DATE)) {
		p->date = body_day(m);
	}
	if (mp_need(m, map, RECORD_METHOD)) {
		p->method = (enum payment_method)body_u32(m, PAYMENT_METHODS - 1);
	}
}

enum err payment_record_unpack(
        struct bytes body, struct allocation parts[PAYMENT_ALLOCATIONS_MAX], struct payment_record_body *out)
{
	struct payment_record_body p = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	head_unpack(&m, &map, &p);
	if (mp_key(&m, &map, RECORD_ALLOCATIONS)) {
		allocations_unpack(&m, parts, &p);
	}
	p.number = body_text(&m, &map, RECORD_NUMBER, TRADE_NUMBER_BYTES_MAX);
	p.note = body_text(&m, &map, RECORD_NOTE, TEXT_BYTES_MAX);
	mp_map_end(&m, &map);
	enum err e = mp_end(&m);
	if (e == ERR_OK) {
		*out = p;
	}
	return e;
}

enum err payment_record_check(
        const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)about;
	struct allocation parts[PAYMENT_ALLOCATIONS_MAX];
	struct payment_record_body p;
	enum err e = payment_record_unpack(s->body, parts, &p);
	e = e != ERR_OK ? e : object_check_officer(s);
	return e != ERR_OK ? e : object_check_partner(ctx, s, p.partner);
}

void payment_confirm_pack(struct mp_out *m, const struct payment_confirm *c)
{
	mp_put_map(m, 1u + body_one(c->has_withdraw));
	body_put_reference(m, 0, &c->about);
	if (c->has_withdraw) {
		body_put_reference(m, 1, &c->withdraw);
	}
}

enum err payment_confirm_unpack(struct bytes body, struct payment_confirm *out)
{
	struct payment_confirm c = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	if (mp_need(&m, &map, 0)) {
		c.about = body_reference(&m);
	}
	if (mp_key(&m, &map, 1)) {
		c.has_withdraw = true;
		c.withdraw = body_reference(&m);
	}
	mp_map_end(&m, &map);
	enum err e = mp_end(&m);
	if (e == ERR_OK) {
		*out = c;
	}
	return e;
}

enum err payment_confirm_check(
        const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)ctx;
	struct payment_confirm c;
	enum err e = payment_confirm_unpack(s->body, &c);
	if (e != ERR_OK) {
		return e;
	}
	*about = c.about;
	return object_check_officer(s);
}

const char *payment_method_code(enum payment_method m)
{
	static const char *const codes[PAYMENT_METHODS] = {"cash", "transfer", "goods"};
	must(m < PAYMENT_METHODS);
	return codes[m];
}

const char *payment_state_code(enum payment_state s)
{
	static const char *const codes[] = {"pending", "counts", "denied", "withdrawn"};
	must(s <= PAYMENT_WITHDRAWN);
	return codes[s];
}
