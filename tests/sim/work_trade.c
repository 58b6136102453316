/* SPDX-License-Identifier: Apache-2.0
 * work_trade.c: what partners do with each other: partnerships, trades, payments, closing figures, and the answers to
 * them. All of it is sealed, and every text in it is a marker that only its readers may ever have. */
#include "ledger/closing.h"
#include "ledger/partnership.h"
#include "ledger/payment.h"
#include "ledger/trade.h"
#include "work_int.h"

static bool offer_partnership(const struct seat *s, struct act *act)
{
	struct member_no partner;
	if (!work_partner(s, &partner))
		return false;
	const struct partnership_offer o = {.partner = partner,
	        .limit_partner = {.n = (int64_t)work_below(s, 9000000)},
	        .limit_self = {.n = (int64_t)work_below(s, 9000000)},
	        .days = (uint32_t)work_below(s, 60),
	        .goods = work_marker(s, act, partner),
	        .from = work_day(s, 90),
	        .has_to = work_chance(s, 2),
	        .to = {.n = s->today.n + (int32_t)work_below(s, 300)}};
	act->kind = KIND_PARTNERSHIP_OFFER;
	partnership_offer_pack(&act->m, &o);
	return true;
}

static void answer(const struct seat *s, struct act *act, uint16_t kind, const struct picked *p)
{
	const struct answer a = {.about = p->ref, .reason = work_marker(s, act, p->partner)};
	act->kind = kind;
	answer_pack(&act->m, &a);
}

static bool is_offered_partnership(const struct seat *s, struct bytes record, struct picked *out)
{
	struct partnership_record r;
	if (partnership_record_read(record, &r))
		return false;
	*out = (struct picked){.ref = r.ref, .partner = r.offerer};
	return r.state == PARTNERSHIP_PROPOSED && r.partner.n == s->self.n;
}

static bool answer_partnership(const struct seat *s, struct act *act)
{
	struct picked p;
	if (!work_pick(s, OBJECT_PARTNERSHIP, is_offered_partnership, &p))
		return false;
	answer(s, act, work_chance(s, 4) ? KIND_PARTNERSHIP_DECLINE : KIND_PARTNERSHIP_ACCEPT, &p);
	return true;
}

static bool is_live_partnership(const struct seat *s, struct bytes record, struct picked *out)
{
	struct partnership_record r;
	if (partnership_record_read(record, &r))
		return false;
	*out = (struct picked){.ref = r.ref, .partner = r.offerer.n == s->self.n ? r.partner : r.offerer};
	return r.state == PARTNERSHIP_LIVE;
}

static bool end_partnership(const struct seat *s, struct act *act)
{
	struct picked p;
	if (!work_pick(s, OBJECT_PARTNERSHIP, is_live_partnership, &p))
		return false;
	const struct partnership_end e = {
	        .answer = {.about = p.ref, .reason = work_marker(s, act, p.partner)},
	        .has_last = work_chance(s, 2),
	        .last = {.n = s->today.n + (int32_t)work_below(s, 60)}};
	act->kind = KIND_PARTNERSHIP_END;
	partnership_end_pack(&act->m, &e);
	return true;
}

/* A trade of ours in that state. */
static bool read_trade(const struct seat *s, struct bytes record, struct trade_record *r, struct picked *out)
{
	if (trade_record_read(record, r))
		return false;
	*out = (struct picked){.ref = r->ref,
	        .partner = r->seller.n == s->self.n ? r->buyer : r->seller,
	        .date = r->date,
	        .amount = r->total};
	return true;
}

static bool is_agreed_trade(const struct seat *s, struct bytes record, struct picked *out)
{
	struct trade_record r;
	return read_trade(s, record, &r, out) && r.state == TRADE_AGREED;
}

/* Who buys, as it was offered, and of a kind that is to be paid. */
static bool is_bought(const struct seat *s, struct bytes record, struct picked *out)
{
	struct trade_record r;
	return read_trade(s, record, &r, out) && r.state == TRADE_AGREED && r.total.n > 0 &&
	       r.buyer.n == s->self.n;
}

static bool is_sold(const struct seat *s, struct bytes record, struct picked *out)
{
	struct trade_record r;
	return read_trade(s, record, &r, out) && r.state == TRADE_AGREED && r.total.n > 0 &&
	       r.seller.n == s->self.n;
}

static bool is_offered_by(const struct seat *s, struct bytes record, struct picked *out, bool ours)
{
	struct trade_record r;
	if (!read_trade(s, record, &r, out) || r.state != TRADE_PROPOSED)
		return false;
	struct member_no offerer = r.offered_by == TRADE_SELLER ? r.seller : r.buyer;
	return (offerer.n == s->self.n) == ours;
}

static bool is_offered_to_us(const struct seat *s, struct bytes record, struct picked *out)
{
	return is_offered_by(s, record, out, false);
}

static bool is_offered_by_us(const struct seat *s, struct bytes record, struct picked *out)
{
	return is_offered_by(s, record, out, true);
}

static void fill_lines(const struct seat *s, struct trade_line *lines, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		lines[i] = (struct trade_line){.item = bytes_text("kakao kering"),
		        .unit = bytes_text("kg"),
		        .price = {.quantity_milli = 1 + (int64_t)work_below(s, 900000),
		                .unit_price_sen = (int64_t)work_below(s, 4000000),
		                .discount_bp = work_chance(s, 4) ? (int64_t)work_below(s, 1000) : 0}};
}

static bool offer_of_kind(
        const struct seat *s, struct act *act, enum trade_kind kind, const struct picked *refers)
{
	struct member_no partner = refers->partner;
	struct trade_line lines[4];
	struct trade_charge charge = {
	        .kind = CHARGE_FREIGHT, .amount = {.n = (int64_t)work_below(s, 90000) - 30000}};
	struct trade_offer o = {.role = work_chance(s, 2) ? TRADE_SELLER : TRADE_BUYER,
	        .partner = partner,
	        .kind = kind,
	        .date = work_day(s, 40),
	        .invoice = bytes_text("F-7"),
	        .lines = lines,
	        .lines_count = 1 + (uint32_t)work_below(s, 4),
	        .charges = &charge,
	        .charges_count = (uint32_t)work_below(s, 2),
	        .terms = TERMS_DAYS,
	        .days = 14,
	        .due = {.n = s->today.n + 14},
	        .has_refers = refers->date.n != 0,
	        .refers = refers->ref,
	        .note = work_marker(s, act, partner)};
	fill_lines(s, lines, o.lines_count);
	if (trade_offer_total(&o, &o.total))
		return false;
	act->kind = KIND_TRADE_OFFER;
	trade_offer_pack(&act->m, &o);
	return true;
}

static bool offer_trade(const struct seat *s, struct act *act)
{
	static const enum trade_kind kinds[] = {
	        TRADE_SALE, TRADE_SALE, TRADE_SALE, TRADE_SERVICE, TRADE_CONSIGNMENT, TRADE_LOAN};
	struct picked nothing = {.date = {0}};
	return work_partner(s, &nothing.partner) &&
	       offer_of_kind(s, act, kinds[work_below(s, sizeof kinds / sizeof kinds[0])], &nothing);
}

/* A return, a correction, or a sale out of a consignment. */
static bool refer_trade(const struct seat *s, struct act *act)
{
	static const enum trade_kind kinds[] = {TRADE_RETURN, TRADE_CORRECTION, TRADE_SALE};
	struct picked p;
	return work_pick(s, OBJECT_TRADE, is_agreed_trade, &p) &&
	       offer_of_kind(s, act, kinds[work_below(s, sizeof kinds / sizeof kinds[0])], &p);
}

static bool accept_trade(const struct seat *s, struct act *act)
{
	struct picked p;
	struct feed_info info;
	if (!work_pick(s, OBJECT_TRADE, is_offered_to_us, &p) || !feed_info(s->txn, p.ref.place.feed, &info))
		return false;
	const struct trade_accept a = {.about = p.ref, .seen = info.head.size};
	act->kind = KIND_TRADE_ACCEPT;
	trade_accept_pack(&act->m, &a);
	return true;
}

static bool decline_trade(const struct seat *s, struct act *act)
{
	struct picked p;
	if (!work_pick(s, OBJECT_TRADE, is_offered_to_us, &p))
		return false;
	answer(s, act, KIND_TRADE_DECLINE, &p);
	return true;
}

static bool withdraw_trade(const struct seat *s, struct act *act)
{
	struct picked p;
	if (!work_pick(s, OBJECT_TRADE, is_offered_by_us, &p))
		return false;
	answer(s, act, KIND_TRADE_WITHDRAW, &p);
	return true;
}

static bool dispute_trade(const struct seat *s, struct act *act)
{
	struct picked p;
	if (!work_pick(s, OBJECT_TRADE, is_agreed_trade, &p))
		return false;
	answer(s, act, KIND_TRADE_DISPUTE, &p);
	return true;
}

static bool is_disputed(const struct seat *s, struct bytes record, struct picked *out)
{
	struct trade_record r;
	return read_trade(s, record, &r, out) && r.disputed;
}

/* A statement of that kind about the object, of one of that member's feeds. */
static bool find_statement(
        const struct seat *s, struct place object, uint16_t kind, struct member_no by, struct reference *out)
{
	struct view_at at = {0};
	struct view_about about;
	while (view_about_next(s->txn, object, &at, &about)) {
		const struct roster_feed *f = roster_feed(s->roster, about.statement.place.feed);
		if (about.err || about.kind != kind || !f || f->member.n != by.n)
			continue;
		*out = about.statement;
		return true;
	}
	return false;
}

static bool clear_trade(const struct seat *s, struct act *act)
{
	struct picked p;
	struct trade_clear c;
	if (!work_pick(s, OBJECT_TRADE, is_disputed, &p) ||
	        !find_statement(s, p.ref.place, KIND_TRADE_DISPUTE, s->self, &c.dispute))
		return false;
	c.about = p.ref;
	act->kind = KIND_TRADE_CLEAR;
	trade_clear_pack(&act->m, &c);
	return true;
}

static bool record_payment(const struct seat *s, struct act *act)
{
	struct picked p;
	bool pays = work_chance(s, 2), named = work_pick(s, OBJECT_TRADE, pays ? is_bought : is_sold, &p);
	if (!named && !work_partner(s, &p.partner))
		return false;
	int64_t amount = named && work_chance(s, 2) ? p.amount.n : 1 + (int64_t)work_below(s, 3000000);
	const struct allocation a = {.trade = named ? p.ref : (struct reference){.id = {0}},
	        .amount = {.n = 1 + (int64_t)work_below(s, (uint64_t)amount)}};
	const struct payment_record_body body = {.role = pays ? PAYMENT_PAYER : PAYMENT_PAYEE,
	        .partner = p.partner,
	        .amount = {.n = amount},
	        .date = work_day(s, 20),
	        .method = PAYMENT_TRANSFER,
	        .number = bytes_text("K-3"),
	        .note = work_marker(s, act, p.partner),
	        .allocations = &a,
	        .allocations_count = named};
	act->kind = KIND_PAYMENT_RECORD;
	payment_record_pack(&act->m, &body);
	return true;
}

static bool read_payment(
        const struct seat *s, struct bytes record, struct payment_view *v, struct picked *out)
{
	if (payment_view_read(record, v))
		return false;
	*out = (struct picked){
	        .ref = v->ref, .partner = v->payer.n == s->self.n ? v->payee : v->payer, .amount = v->amount};
	return true;
}

static bool is_pending_to_us(const struct seat *s, struct bytes record, struct picked *out)
{
	struct payment_view v;
	return read_payment(s, record, &v, out) && v.state == PAYMENT_PENDING && v.payee.n == s->self.n;
}

static bool is_recorded_by_us(const struct seat *s, struct bytes record, struct picked *out)
{
	struct payment_view v;
	if (!read_payment(s, record, &v, out) || v.state == PAYMENT_WITHDRAWN || v.state == PAYMENT_DENIED)
		return false;
	struct member_no by = v.recorded_by == PAYMENT_PAYER ? v.payer : v.payee;
	return by.n == s->self.n && (v.recorded_by == PAYMENT_PAYEE || v.state == PAYMENT_PENDING);
}

static bool is_asked_back(const struct seat *s, struct bytes record, struct picked *out)
{
	struct payment_view v;
	return read_payment(s, record, &v, out) && v.withdraw_asked && v.payer.n == s->self.n;
}

static bool confirm_payment(const struct seat *s, struct act *act)
{
	struct picked p;
	if (!work_pick(s, OBJECT_PAYMENT, is_pending_to_us, &p))
		return false;
	const struct payment_confirm c = {.about = p.ref};
	act->kind = KIND_PAYMENT_CONFIRM;
	payment_confirm_pack(&act->m, &c);
	return true;
}

static bool deny_payment(const struct seat *s, struct act *act)
{
	struct picked p;
	if (!work_pick(s, OBJECT_PAYMENT, is_pending_to_us, &p))
		return false;
	answer(s, act, KIND_PAYMENT_DENY, &p);
	return true;
}

static bool withdraw_payment(const struct seat *s, struct act *act)
{
	struct picked p;
	if (!work_pick(s, OBJECT_PAYMENT, is_recorded_by_us, &p))
		return false;
	answer(s, act, KIND_PAYMENT_WITHDRAW, &p);
	return true;
}

/* The payer agrees that what the payee recorded was none. */
static bool agree_withdrawal(const struct seat *s, struct act *act)
{
	struct picked p;
	struct payment_confirm c = {.has_withdraw = true};
	if (!work_pick(s, OBJECT_PAYMENT, is_asked_back, &p) ||
	        !find_statement(s, p.ref.place, KIND_PAYMENT_WITHDRAW, p.partner, &c.withdraw))
		return false;
	c.about = p.ref;
	act->kind = KIND_PAYMENT_CONFIRM;
	payment_confirm_pack(&act->m, &c);
	return true;
}

static bool is_own_closing(const struct seat *s, struct bytes record, struct picked *out)
{
	struct closing_record r;
	if (closing_record_read(record, &r))
		return false;
	*out = (struct picked){.ref = r.ref, .partner = r.partner, .date = r.period_end};
	return r.author.n == s->self.n && !r.replaced;
}

static bool close_balance(const struct seat *s, struct act *act)
{
	struct picked p = {.date = work_day(s, 30)};
	bool again = work_chance(s, 4) && work_pick(s, OBJECT_CLOSING, is_own_closing, &p);
	struct view_sum sum = {.objects = {0}};
	if (!again && !work_partner(s, &p.partner))
		return false;
	(void)view_sum(s->txn, s->self, p.partner, &sum);
	const struct closing c = {.partner = p.partner,
	        .period_end = p.date,
	        .balance = sum.sums.position,
	        .note = work_marker(s, act, p.partner),
	        .has_replaces = again,
	        .replaces = p.ref};
	act->kind = KIND_BALANCE_CLOSE;
	closing_pack(&act->m, &c);
	return true;
}

const struct work_choice work_trading[] = {
        {60, ROLE_OFFICER, offer_partnership},
        {80, ROLE_OFFICER, answer_partnership},
        {15, ROLE_OFFICER, end_partnership},
        {200, ROLE_OFFICER, offer_trade},
        {50, ROLE_OFFICER, refer_trade},
        {220, ROLE_OFFICER, accept_trade},
        {40, ROLE_OFFICER, decline_trade},
        {40, ROLE_OFFICER, withdraw_trade},
        {30, ROLE_OFFICER, dispute_trade},
        {40, ROLE_OFFICER, clear_trade},
        {140, ROLE_OFFICER, record_payment},
        {110, ROLE_OFFICER, confirm_payment},
        {30, ROLE_OFFICER, deny_payment},
        {30, ROLE_OFFICER, withdraw_payment},
        {40, ROLE_OFFICER, agree_withdrawal},
        {30, ROLE_OFFICER, close_balance},
        {0, 0, NULL},
};
