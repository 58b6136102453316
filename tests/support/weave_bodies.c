/* SPDX-License-Identifier: Apache-2.0
 * weave_bodies.c: a random body of each kind of the ledger: mostly right, sometimes wrong. */
#include "ledger/address.h"
#include "ledger/answer.h"
#include "ledger/closing.h"
#include "ledger/document.h"
#include "ledger/partnership.h"
#include "ledger/payment.h"
#include "ledger/policy.h"
#include "ledger/profile.h"
#include "ledger/rat.h"
#include "ledger/trade.h"
#include "support/weave.h"

#define DAY_FIRST 19700 /* some day of 2023 */

/* Sometimes nobody, sometimes oneself. */
static struct member_no partner(struct weave *w)
{
	w->partner = weave_chance(w, 5) ? weave_below(w, WEAVE_MEMBERS + 2) : 1 + weave_below(w, 2);
	if (w->partner == w->speaker && !weave_chance(w, 10))
		w->partner = w->speaker == 1 ? 2 : 1;
	return (struct member_no){w->partner};
}

static struct day day(struct weave *w)
{
	return (struct day){.n = DAY_FIRST + (int32_t)weave_below(w, 300)};
}

static struct rupiah amount(struct weave *w)
{
	return (struct rupiah){.n = weave_chance(w, 40) ? 0 : 1 + weave_below(w, 1000000)};
}

static void trade_offer(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	struct trade_line lines[3];
	struct trade_offer o = {.role = weave_chance(w, 2) ? TRADE_SELLER : TRADE_BUYER,
	        .partner = partner(w),
	        .kind = (enum trade_kind)weave_below(w, TRADE_KINDS),
	        .date = day(w),
	        .invoice = bytes_text("F-1"),
	        .lines = lines,
	        .lines_count = 1 + weave_below(w, 3),
	        .terms = TERMS_CASH,
	        .due = day(w)};
	for (uint32_t i = 0; i < o.lines_count; i++)
		lines[i] = (struct trade_line){.item = bytes_text("beras"),
		        .unit = bytes_text("kg"),
		        .price = {.quantity_milli = 1 + weave_below(w, 100000),
		                .unit_price_sen = weave_below(w, 100000)}};
	o.has_refers = o.kind == TRADE_RETURN || o.kind == TRADE_CORRECTION || weave_chance(w, 9);
	if (o.has_refers)
		o.refers = weave_pick(w, KIND_TRADE_OFFER);
	if (trade_offer_total(&o, &o.total) != ERR_OK || weave_chance(w, 15))
		o.total.n++;
	trade_offer_pack(m, &o);
}

static void payment(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	struct allocation a = {.trade = weave_pick(w, KIND_TRADE_OFFER), .amount = amount(w)};
	struct payment_record_body p = {.role = weave_chance(w, 2) ? PAYMENT_PAYER : PAYMENT_PAYEE,
	        .partner = partner(w),
	        .amount = {.n = 1000000},
	        .date = day(w),
	        .allocations = &a,
	        .allocations_count = weave_below(w, 2)};
	payment_record_pack(m, &p);
}

static void partnership(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	struct partnership_offer o = {.partner = partner(w),
	        .limit_partner = amount(w),
	        .limit_self = amount(w),
	        .days = weave_below(w, 60),
	        .from = day(w),
	        .has_to = weave_chance(w, 2),
	        .to = day(w)};
	partnership_offer_pack(m, &o);
}

static void closing(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	struct closing c = {.partner = partner(w),
	        .period_end = {.n = DAY_FIRST + (int32_t)weave_below(w, 2)},
	        .balance = amount(w),
	        .has_replaces = weave_chance(w, 2),
	        .replaces = weave_pick(w, KIND_BALANCE_CLOSE)};
	closing_pack(m, &c);
}

static struct day day_of(int year, int month, int d)
{
	struct day out;
	must(date_of((struct day_parts){.year = year, .month = month, .day = d}, &out) == ERR_OK);
	return out;
}

static void attest(struct weave *w, struct mp_out *m, bool has_member)
{
	struct reference replaces[2] = {weave_pick(w, KIND_RAT_ATTEST), weave_pick(w, KIND_RAT_RECORD)};
	int32_t year = 2022 + (int32_t)weave_below(w, 2);
	struct rat_attest a = {.has_member = has_member,
	        .member = partner(w),
	        .year = year,
	        .closing = day_of(year + weave_chance(w, 12), 12, 31),
	        .held = day_of(year + 1, 1 + (int)weave_below(w, 12), 3),
	        .number = 1 + weave_below(w, 9),
	        .place = bytes_text("Belopa"),
	        .members_total = 40 + weave_below(w, 3),
	        .present = 20 + weave_below(w, 23),
	        .quorum = 21,
	        .clause = bytes_text("AD 12"),
	        .assets = amount(w),
	        .replaces = replaces,
	        .replaces_count = weave_below(w, 3)};
	rat_attest_pack(m, &a);
}

static void rat_attest(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	attest(w, m, false);
}

static void rat_record(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	attest(w, m, true);
}

static struct reference attestation(struct weave *w)
{
	return weave_pick(w, weave_chance(w, 3) ? KIND_RAT_RECORD : KIND_RAT_ATTEST);
}

static void endorse(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	struct rat_endorse e = {.about = attestation(w),
	        .capacity = (enum rat_capacity)weave_below(w, RAT_CAPACITIES),
	        .name = bytes_text("Andi")};
	rat_endorse_pack(m, &e);
}

static void verdict(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	struct rat_verdict v = {.about = attestation(w),
	        .ruling = (enum rat_ruling)weave_below(w, RAT_RULINGS),
	        .reason = bytes_text("lengkap"),
	        .has_received = weave_chance(w, 4),
	        .received_on = day(w),
	        .replaces_count = weave_below(w, 2)};
	v.replaces[0] = weave_pick(w, KIND_RAT_VERDICT);
	rat_verdict_pack(m, &v);
}

static void notice(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	struct rat_notice n = {.member = partner(w),
	        .year = 2022 + (int32_t)weave_below(w, 2),
	        .level = 1 + weave_below(w, 3),
	        .number = bytes_text("SP/1"),
	        .date = day(w)};
	rat_notice_pack(m, &n);
}

static void policy(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	struct policy p;
	policy_default(&p);
	p.from_year = 2021 + (int32_t)weave_below(w, 3);
	p.offer_days = 5 + weave_below(w, 20);
	p.exceptions_count = weave_below(w, 2);
	p.exceptions[0] = (struct policy_exception){.member = partner(w),
	        .year = p.from_year,
	        .has_due = true,
	        .due = day(w),
	        .reason = bytes_text("banjir")};
	policy_pack(m, &p);
}

static void address(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	struct address_list a = {.count = weave_below(w, 2), .items = {bytes_text("10.0.0.1:7300")}};
	address_pack(m, &a);
}

static void profile(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)w;
	(void)feed;
	struct profile_set p = {.contact = bytes_text("Bu Siti"), .goods = bytes_text("kakao")};
	profile_set_pack(m, &p);
}

static void document(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	struct document_note d = {.size_bytes = 1 + weave_below(w, 100),
	        .type = bytes_text("application/pdf"),
	        .title = bytes_text("Berita acara")};
	document_note_pack(m, &d);
}

static void accept(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	struct trade_accept a = {.about = weave_pick(w, KIND_TRADE_OFFER)};
	uint64_t held = w->authors.feeds[a.about.place.feed.n % WEAVE_FEEDS].entries_count;
	a.seen = a.about.place.seq + 1 + weave_below(w, (uint32_t)held + 1);
	trade_accept_pack(m, &a);
}

static void clear(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	struct trade_clear c = {
	        .about = weave_pick(w, KIND_TRADE_OFFER), .dispute = weave_pick(w, KIND_TRADE_DISPUTE)};
	trade_clear_pack(m, &c);
}

static void confirm(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	struct payment_confirm c = {.about = weave_pick(w, KIND_PAYMENT_RECORD),
	        .has_withdraw = weave_chance(w, 3),
	        .withdraw = weave_pick(w, KIND_PAYMENT_WITHDRAW)};
	payment_confirm_pack(m, &c);
}

static void end(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	struct partnership_end e = {.answer = {.about = weave_pick(w, KIND_PARTNERSHIP_OFFER)},
	        .has_last = weave_chance(w, 2),
	        .last = day(w)};
	partnership_end_pack(m, &e);
}

static void answer_to(struct weave *w, uint16_t kind, struct mp_out *m)
{
	struct answer a = {.about = weave_pick(w, kind), .reason = bytes_text("sebab")};
	answer_pack(m, &a);
}

static void answer_partnership(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	answer_to(w, KIND_PARTNERSHIP_OFFER, m);
}

static void answer_trade(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	answer_to(w, KIND_TRADE_OFFER, m);
}

static void answer_payment(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	answer_to(w, KIND_PAYMENT_RECORD, m);
}

static void rat_withdraw(struct weave *w, uint32_t feed, struct mp_out *m)
{
	(void)feed;
	answer_to(w, weave_chance(w, 3) ? KIND_RAT_RECORD : KIND_RAT_ATTEST, m);
}

typedef void weave_pack(struct weave *w, uint32_t feed, struct mp_out *m);
static const struct {
	uint16_t kind;
	weave_pack *pack;
} packs[] = {
        {KIND_POLICY_SET, policy},
        {KIND_NODE_ADDRESS, address},
        {KIND_PROFILE_SET, profile},
        {KIND_DOCUMENT_NOTE, document},
        {KIND_PARTNERSHIP_OFFER, partnership},
        {KIND_PARTNERSHIP_ACCEPT, answer_partnership},
        {KIND_PARTNERSHIP_DECLINE, answer_partnership},
        {KIND_PARTNERSHIP_END, end},
        {KIND_TRADE_OFFER, trade_offer},
        {KIND_TRADE_ACCEPT, accept},
        {KIND_TRADE_DECLINE, answer_trade},
        {KIND_TRADE_WITHDRAW, answer_trade},
        {KIND_TRADE_DISPUTE, answer_trade},
        {KIND_TRADE_CLEAR, clear},
        {KIND_PAYMENT_RECORD, payment},
        {KIND_PAYMENT_CONFIRM, confirm},
        {KIND_PAYMENT_DENY, answer_payment},
        {KIND_PAYMENT_WITHDRAW, answer_payment},
        {KIND_BALANCE_CLOSE, closing},
        {KIND_RAT_ATTEST, rat_attest},
        {KIND_RAT_WITHDRAW, rat_withdraw},
        {KIND_RAT_ENDORSE, endorse},
        {KIND_RAT_RECORD, rat_record},
        {KIND_RAT_VERDICT, verdict},
        {KIND_RAT_NOTICE, notice},
};

void weave_body(struct weave *w, uint32_t feed, uint16_t kind)
{
	struct mp_out *m = authors_body(&w->authors);
	w->speaker = weave_member(feed);
	for (size_t i = 0; i < sizeof packs / sizeof packs[0]; i++)
		if (packs[i].kind == kind)
			packs[i].pack(w, feed, m);
	must(mp_written(m).len > 0);
}
