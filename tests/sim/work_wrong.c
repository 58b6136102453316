/* SPDX-License-Identifier: Apache-2.0
 * work_wrong.c: what people try and must be refused, each with nothing appended. */
#include "ledger/payment.h"
#include "ledger/profile.h"
#include "ledger/rat.h"
#include "ledger/trade.h"
#include "log/roster_body.h"
#include "work_int.h"

static bool offer(const struct seat *s, struct act *act, struct member_no partner, int64_t added)
{
	const struct trade_line line = {.item = bytes_text("beras"),
	        .unit = bytes_text("kg"),
	        .price = {.quantity_milli = 1000, .unit_price_sen = 900000}};
	struct trade_offer o = {.partner = partner,
	        .date = s->today,
	        .lines = &line,
	        .lines_count = 1,
	        .due = s->today,
	        .note = work_marker(s, act, partner)};
	if (trade_offer_total(&o, &o.total))
		return false;
	o.total.n += added;
	act->must_fail = true;
	act->kind = KIND_TRADE_OFFER;
	trade_offer_pack(&act->m, &o);
	return true;
}

static bool wrong_total(const struct seat *s, struct act *act)
{
	struct member_no partner;
	return work_partner(s, &partner) && offer(s, act, partner, 1);
}

static bool oneself(const struct seat *s, struct act *act)
{
	return offer(s, act, s->self, 0);
}

static bool nobody(const struct seat *s, struct act *act)
{
	return offer(s, act, (struct member_no){s->roster->members_count + 20}, 0);
}

static bool nothing_there(const struct seat *s, struct act *act)
{
	static const uint16_t kinds[] = {
	        KIND_TRADE_DECLINE, KIND_PAYMENT_DENY, KIND_PARTNERSHIP_ACCEPT, KIND_TRADE_DISPUTE};
	const struct answer a = {.about = {.place = {.feed = s->feed, .seq = 1u << 20}, .id = {7}}};
	act->must_fail = true;
	act->kind = kinds[work_below(s, sizeof kinds / sizeof kinds[0])];
	answer_pack(&act->m, &a);
	return true;
}

static bool usurp(const struct seat *s, struct act *act)
{
	const struct roster_label l = {.member = {1}, .reason = bytes_text("keluar")};
	if (s->roles & ROLE_REGISTRAR)
		return false;
	act->must_fail = true;
	act->kind = work_chance(s, 2) ? KIND_MEMBER_SUSPEND : KIND_MEMBER_LEAVE;
	roster_body_label_pack(&act->m, &l);
	return true;
}

/* Held before the year was over. */
static bool early(const struct seat *s, struct act *act)
{
	int32_t year = date_parts(s->today).year - 1;
	struct rat_attest a = {.year = year, .members_total = 9};
	if (date_of((struct day_parts){year, 12, 31}, &a.closing))
		return false;
	a.held.n = a.closing.n - (int32_t)work_below(s, 3);
	act->must_fail = true;
	act->kind = KIND_RAT_ATTEST;
	rat_attest_pack(&act->m, &a);
	return true;
}

static bool unknown_kind(const struct seat *s, struct act *act)
{
	const struct profile_set p = {.contact = bytes_text("Pak Budi")};
	act->must_fail = true;
	act->kind = (uint16_t)(200 + work_below(s, 1000));
	profile_set_pack(&act->m, &p);
	return true;
}

static bool malformed(const struct seat *s, struct act *act)
{
	static const uint16_t kinds[] = {
	        KIND_TRADE_OFFER, KIND_PROFILE_SET, KIND_RAT_ATTEST, KIND_PAYMENT_RECORD};
	act->must_fail = true;
	act->kind = kinds[work_below(s, sizeof kinds / sizeof kinds[0])];
	mp_put_array(&act->m, 1);
	mp_put_nil(&act->m);
	return true;
}

/* Our own offer accepted by ourselves: it has no effect, so it is refused. */
static bool is_own_offer(const struct seat *s, struct bytes record, struct picked *out)
{
	struct trade_record r;
	if (trade_record_read(record, &r) || r.state != TRADE_PROPOSED)
		return false;
	struct member_no offerer = r.offered_by == TRADE_SELLER ? r.seller : r.buyer;
	*out = (struct picked){.ref = r.ref};
	return offerer.n == s->self.n;
}

static bool accept_own(const struct seat *s, struct act *act)
{
	struct picked p;
	if (!work_pick(s, OBJECT_TRADE, is_own_offer, &p))
		return false;
	const struct trade_accept a = {.about = p.ref, .seen = p.ref.place.seq + 1};
	act->must_fail = true;
	act->kind = KIND_TRADE_ACCEPT;
	trade_accept_pack(&act->m, &a);
	return true;
}

/* What its payee recorded counts, whatever its payer says. */
static bool is_recorded_by_payee(const struct seat *s, struct bytes record, struct picked *out)
{
	struct payment_view v;
	if (payment_view_read(record, &v))
		return false;
	*out = (struct picked){.ref = v.ref};
	return v.recorded_by == PAYMENT_PAYEE && v.payer.n == s->self.n;
}

static bool deny_counted(const struct seat *s, struct act *act)
{
	struct picked p;
	if (!work_pick(s, OBJECT_PAYMENT, is_recorded_by_payee, &p))
		return false;
	const struct answer a = {.about = p.ref};
	act->must_fail = true;
	act->kind = KIND_PAYMENT_DENY;
	answer_pack(&act->m, &a);
	return true;
}

const struct work_choice work_wrongs[] = {
        {10, ROLE_OFFICER, wrong_total},
        {10, ROLE_OFFICER, oneself},
        {10, ROLE_OFFICER, nobody},
        {15, ROLE_OFFICER, nothing_there},
        {10, 0, usurp},
        {10, ROLE_OFFICER, early},
        {10, 0, unknown_kind},
        {10, ROLE_OFFICER, malformed},
        {10, ROLE_OFFICER, accept_own},
        {10, ROLE_OFFICER, deny_counted},
        {0, 0, NULL},
};
