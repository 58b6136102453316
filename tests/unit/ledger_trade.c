/* SPDX-License-Identifier: Apache-2.0
 * ledger_trade.c: the bodies of trade.*, every rule that refuses one, every state, and that a state is a function of
 * the set of statements alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ledger/trade.h"
#include "support/bodies.h"
#include "support/statements.h"

#define DAY_2018 17532
/* members of the scripts, and their two feeds each */
enum { DINAS, SELLER, BUYER, STRANGER, MEMBERS };
enum { S1 = 2 * SELLER, S2, B1, B2, X1 };

static uint8_t memory[65536], other[65536];

static struct bytes text(const char *t)
{
	return bytes_text(t);
}

/* 2,000 kg at Rp 2,907.81 less 2.5 %, and 1 sak; freight taken off. */
static struct trade_offer good(struct trade_parts *parts)
{
	parts->lines[0] = (struct trade_line){
	        .item = text("TBS sawit"), .unit = text("kg"), .price = {2000000, 290781, 250}};
	parts->lines[1] =
	        (struct trade_line){.item = text("NPK"), .unit = text("sak"), .price = {1000, 9200000, 0}};
	parts->charges[0] = (struct trade_charge){.kind = CHARGE_WEIGHING, .amount = {-12500}};
	parts->charges[1] =
	        (struct trade_charge){.kind = CHARGE_OTHER, .amount = {25000}, .label = text("sewa terpal")};
	struct trade_offer o = {
	        .role = TRADE_SELLER,
	        .partner = {BUYER},
	        .kind = TRADE_SALE,
	        .date = {DAY_2018},
	        .invoice = text("N-1"),
	        .delivery_note = text("SJ-1"),
	        .lines = parts->lines,
	        .lines_count = 2,
	        .charges = parts->charges,
	        .charges_count = 2,
	        .tax = {11000},
	        .terms = TERMS_DAYS,
	        .days = 30,
	        .due = {DAY_2018 + 30},
	        .has_refers = true,
	        .refers = {.place = {{3}, 4}, .id = {9}},
	        .note = text("panen raya"),
	};
	assert_int_equal(trade_offer_total(&o, &o.total), ERR_OK);
	return o;
}

static struct bytes packed(const struct trade_offer *o)
{
	struct mp_out m = mp_out(memory, sizeof memory);
	trade_offer_pack(&m, o);
	assert_int_equal(mp_out_end(&m), ERR_OK);
	return mp_written(&m);
}

static enum err decode_offer(struct bytes body)
{
	struct trade_parts parts;
	struct trade_offer with, without;
	enum err e = trade_offer_unpack(body, &parts, &with);
	assert_int_equal(trade_offer_unpack(body, NULL, &without), e);
	return e;
}

static enum err decode_accept(struct bytes body)
{
	struct trade_accept a;
	return trade_accept_unpack(body, &a);
}

static enum err decode_clear(struct bytes body)
{
	struct trade_clear c;
	return trade_clear_unpack(body, &c);
}

static void amounts(void **state)
{
	(void)state;
	struct trade_parts parts;
	struct trade_offer o = good(&parts);
	/* 2,000 x 2,907.81 x 0.975 = 5,670,229.5, half up; 92,000; -12,500 + 25,000 + 11,000 */
	assert_int_equal(o.total.n, 5670230 + 92000 - 12500 + 25000 + 11000);
}

static void round_trip(void **state)
{
	(void)state;
	struct trade_parts parts, back;
	struct trade_offer o = good(&parts), got;
	struct bytes body = packed(&o);
	assert_int_equal(trade_offer_unpack(body, &back, &got), ERR_OK);
	assert_int_equal(got.role, o.role);
	assert_int_equal(got.partner.n, o.partner.n);
	assert_int_equal(got.kind, o.kind);
	assert_int_equal(got.date.n, o.date.n);
	assert_int_equal(got.due.n, o.due.n);
	assert_int_equal(got.terms, o.terms);
	assert_int_equal(got.days, o.days);
	assert_int_equal(got.total.n, o.total.n);
	assert_int_equal(got.tax.n, o.tax.n);
	assert_true(bytes_equal(got.invoice, o.invoice) && bytes_equal(got.delivery_note, o.delivery_note));
	assert_true(bytes_equal(got.note, o.note) && reference_equal(&got.refers, &o.refers));
	assert_int_equal(got.lines_count, 2);
	assert_true(bytes_equal(got.lines[0].item, o.lines[0].item));
	assert_memory_equal(&got.lines[0].price, &o.lines[0].price, sizeof(struct line_price));
	assert_int_equal(got.charges_count, 2);
	assert_int_equal(got.charges[0].amount.n, -12500);
	assert_true(bytes_equal(got.charges[1].label, o.charges[1].label));
	/* and written again it is the same bytes */
	struct mp_out m = mp_out(other, sizeof other);
	trade_offer_pack(&m, &got);
	assert_true(bytes_equal(mp_written(&m), body));
}

static void shapes(void **state)
{
	(void)state;
	static const int offer_keys[] = {0, 1, 2, 3, 4, 5, 6, 7, -1}, both[] = {0, 1, -1};
	struct trade_parts parts;
	struct trade_offer o = good(&parts);
	/* alone it is a sale of its lines: charges and tax left out may not spoil its total */
	o.charges_count = 0;
	o.tax.n = 0;
	assert_int_equal(trade_offer_total(&o, &o.total), ERR_OK);
	bodies_prove(packed(&o), decode_offer, offer_keys);
	struct mp_out m = mp_out(memory, sizeof memory);
	trade_accept_pack(&m, &(struct trade_accept){.about = o.refers, .seen = 7});
	bodies_prove(mp_written(&m), decode_accept, both);
	m = mp_out(memory, sizeof memory);
	trade_clear_pack(&m, &(struct trade_clear){.about = o.refers, .dispute = o.refers});
	bodies_prove(mp_written(&m), decode_clear, both);
}

/* One change each; the total is made right again unless the case is about it. */
struct bad_offer {
	const char *name;
	enum err expected;
	void (*spoil)(struct trade_offer *o, struct trade_parts *parts);
};
static char long_text[TEXT_BYTES_MAX + 2];
#define SPOIL(name) static void name(struct trade_offer *o, struct trade_parts *parts)
#define UNUSED (void)o, (void)parts
SPOIL(none)
{
	UNUSED;
}
SPOIL(total_over)
{
	UNUSED;
	o->total.n++;
}
SPOIL(total_under)
{
	UNUSED;
	o->total.n--;
}
SPOIL(no_lines)
{
	UNUSED;
	o->lines_count = 0;
}
SPOIL(quantity_zero)
{
	UNUSED;
	parts->lines[0].price.quantity_milli = 0;
}
SPOIL(quantity_negative)
{
	UNUSED;
	parts->lines[0].price.quantity_milli = -1;
}
SPOIL(quantity_over)
{
	UNUSED;
	parts->lines[0].price.quantity_milli = QUANTITY_MILLI_MAX + 1;
}
SPOIL(price_negative)
{
	UNUSED;
	parts->lines[0].price.unit_price_sen = -1;
}
SPOIL(price_over)
{
	UNUSED;
	parts->lines[0].price.unit_price_sen = UNIT_PRICE_SEN_MAX + 1;
}
SPOIL(discount_whole)
{
	UNUSED;
	parts->lines[0].price.discount_bp = 10000;
}
SPOIL(discount_negative)
{
	UNUSED;
	parts->lines[0].price.discount_bp = -1;
}
SPOIL(line_over)
{
	UNUSED;
	parts->lines[0].price = (struct line_price){QUANTITY_MILLI_MAX, UNIT_PRICE_SEN_MAX, 0};
}
SPOIL(charge_over)
{
	UNUSED;
	parts->charges[0].amount.n = MONEY_MAX + 1;
}
SPOIL(charge_under)
{
	UNUSED;
	parts->charges[0].amount.n = -MONEY_MAX - 1;
}
SPOIL(tax_over)
{
	UNUSED;
	o->tax.n = MONEY_MAX + 1;
}
SPOIL(sum_over)
{
	UNUSED;
	o->tax.n = MONEY_MAX;
	parts->charges[0].amount.n = MONEY_MAX;
	o->total.n = MONEY_MAX + 1;
}
SPOIL(date_early)
{
	UNUSED;
	o->date.n = DAY_MIN - 1;
}
SPOIL(due_late)
{
	UNUSED;
	o->due.n = DAY_MAX + 1;
}
SPOIL(return_of_nothing)
{
	UNUSED;
	o->kind = TRADE_RETURN;
	o->has_refers = false;
}
SPOIL(correction_of_nothing)
{
	UNUSED;
	o->kind = TRADE_CORRECTION;
	o->has_refers = false;
}
SPOIL(kind_unknown)
{
	UNUSED;
	o->kind = (enum trade_kind)TRADE_KINDS;
}
SPOIL(role_unknown)
{
	UNUSED;
	o->role = (enum trade_role)2;
}
SPOIL(terms_unknown)
{
	UNUSED;
	o->terms = (enum trade_terms)TRADE_TERMS;
}
SPOIL(days_over)
{
	UNUSED;
	o->days = TERM_DAYS_MAX + 1;
}
SPOIL(note_long)
{
	UNUSED;
	o->note = BYTES(long_text, TEXT_BYTES_MAX + 1);
}
SPOIL(item_empty)
{
	UNUSED;
	parts->lines[0].item.len = 0;
}
SPOIL(unit_long)
{
	UNUSED;
	parts->lines[0].unit = BYTES(long_text, UNIT_BYTES_MAX + 1);
}
SPOIL(item_not_utf8)
{
	UNUSED;
	parts->lines[0].item = BYTES("\xc3\x28", 2);
}
SPOIL(refers_nothing)
{
	UNUSED;
	o->has_refers = false;
}
SPOIL(negative_total)
{
	UNUSED;
	parts->charges[0].amount.n = -99999999;
	assert_int_equal(trade_offer_total(o, &o->total), ERR_OK);
}
#undef UNUSED

static void refusals(void **state)
{
	(void)state;
	static const struct bad_offer cases[] = {
	        {"good", ERR_OK, none},
	        {"refers to nothing", ERR_OK, refers_nothing},
	        {"negative total only warns", ERR_OK, negative_total},
	        {"total too great", ERR_TRADE_TOTAL, total_over},
	        {"total too small", ERR_TRADE_TOTAL, total_under},
	        {"no lines", ERR_TRADE_NO_LINES, no_lines},
	        {"quantity 0", ERR_AMOUNT_RANGE, quantity_zero},
	        {"quantity negative", ERR_AMOUNT_RANGE, quantity_negative},
	        {"quantity over", ERR_AMOUNT_RANGE, quantity_over},
	        {"price negative", ERR_AMOUNT_RANGE, price_negative},
	        {"price over", ERR_AMOUNT_RANGE, price_over},
	        {"discount of all", ERR_AMOUNT_RANGE, discount_whole},
	        {"discount negative", ERR_AMOUNT_RANGE, discount_negative},
	        {"a line over 10^13", ERR_AMOUNT_RANGE, line_over},
	        {"charge over", ERR_AMOUNT_RANGE, charge_over},
	        {"charge under", ERR_AMOUNT_RANGE, charge_under},
	        {"tax over", ERR_AMOUNT_RANGE, tax_over},
	        {"total over", ERR_AMOUNT_RANGE, sum_over},
	        {"date early", ERR_DATE_RANGE, date_early},
	        {"due late", ERR_DATE_RANGE, due_late},
	        {"return names nothing", ERR_TRADE_REFERS, return_of_nothing},
	        {"correction names nothing", ERR_TRADE_REFERS, correction_of_nothing},
	        {"unknown kind", ERR_OUT_OF_RANGE, kind_unknown},
	        {"unknown role", ERR_OUT_OF_RANGE, role_unknown},
	        {"unknown terms", ERR_OUT_OF_RANGE, terms_unknown},
	        {"too many days", ERR_OUT_OF_RANGE, days_over},
	        {"note too long", ERR_TOO_LONG, note_long},
	        {"item empty", ERR_MISSING_FIELD, item_empty},
	        {"unit too long", ERR_TOO_LONG, unit_long},
	        {"item not UTF-8", ERR_NOT_UTF8, item_not_utf8},
	};
	memset(long_text, 'a', sizeof long_text);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct trade_parts parts;
		struct trade_offer o = good(&parts);
		cases[i].spoil(&o, &parts);
		struct mp_out m = mp_out(memory, sizeof memory);
		trade_offer_pack(&m, &o);
		enum err e = mp_out_end(&m); /* the packer checks UTF-8 itself */
		e = e != ERR_OK ? e : decode_offer(mp_written(&m));
		if (e != cases[i].expected)
			fail_msg("%s: %s", cases[i].name, err_code(e));
	}
}

static void counts_of_lists(void **state)
{
	(void)state;
	struct trade_parts parts;
	struct trade_offer o = good(&parts);
	for (uint32_t i = 0; i < TRADE_LINES_MAX; i++)
		parts.lines[i] = parts.lines[i % 2];
	for (uint32_t i = 0; i < TRADE_CHARGES_MAX; i++)
		parts.charges[i] = parts.charges[0];
	o.lines_count = TRADE_LINES_MAX;
	o.charges_count = TRADE_CHARGES_MAX;
	assert_int_equal(trade_offer_total(&o, &o.total), ERR_OK);
	assert_int_equal(decode_offer(packed(&o)), ERR_OK);
	struct trade_line more[TRADE_LINES_MAX + 1];
	for (uint32_t i = 0; i <= TRADE_LINES_MAX; i++)
		more[i] = parts.lines[0];
	o.lines = more;
	o.lines_count = TRADE_LINES_MAX + 1;
	assert_int_equal(decode_offer(packed(&o)), ERR_TRADE_NO_LINES);
}

/* A line may hold more than this version knows. */
static void longer_lines(void **state)
{
	(void)state;
	struct trade_parts parts;
	struct trade_offer o = good(&parts);
	uint8_t room[256];
	struct mp_out m = mp_out(room, sizeof room);
	mp_put_array(&m, 1);
	mp_put_array(&m, 7);
	mp_put_text(&m, text("Merica"));
	mp_put_text(&m, text("kg"));
	mp_put_int(&m, 1000);
	mp_put_int(&m, 100);
	mp_put_int(&m, 0);
	mp_put_text(&m, text("kadar air 12"));
	mp_put_array(&m, 0);
	o.total.n = 1 - 12500 + 25000 + 11000;
	struct bytes body = bodies_with(packed(&o), 4, mp_written(&m), other, sizeof other);
	assert_int_equal(decode_offer(body), ERR_OK);
}

/* --- states. A script: statements by feed, in the order of each feed. */
enum act { END, OFFER, ACCEPT_SEEN, ACCEPT_CROSSED, DECLINE, WITHDRAW, DISPUTE, CLEAR, CLEAR_OTHER };
struct step {
	enum act act;
	uint32_t feed;
	enum err why;
};
struct script {
	const char *name;
	struct step steps[10];
	enum trade_state state;
	bool disputed;
};

struct world {
	struct statements set;
	struct reference offer, dispute;
};

static void world_init(struct world *w, enum trade_kind kind)
{
	struct trade_parts parts;
	struct trade_offer o = good(&parts);
	o.kind = kind;
	statements_init(&w->set, MEMBERS);
	memset(&w->dispute, 0, sizeof w->dispute);
	(void)packed(&o);
	struct mp_out m = mp_out(memory, sizeof memory);
	trade_offer_pack(&m, &o);
	w->offer = statements_say(&w->set, S1, KIND_TRADE_OFFER, &m, o.date);
}

static void say_accept(struct world *w, uint32_t feed, uint64_t seen)
{
	struct mp_out m = mp_out(memory, sizeof memory);
	trade_accept_pack(&m, &(struct trade_accept){.about = w->offer, .seen = seen});
	statements_say(&w->set, feed, KIND_TRADE_ACCEPT, &m, (struct day){DAY_2018});
}

static void say_clear(struct world *w, uint32_t feed, const struct reference *dispute)
{
	struct mp_out m = mp_out(memory, sizeof memory);
	trade_clear_pack(&m, &(struct trade_clear){.about = w->offer, .dispute = *dispute});
	statements_say(&w->set, feed, KIND_TRADE_CLEAR, &m, (struct day){DAY_2018});
}

static void act(struct world *w, const struct step *s)
{
	switch (s->act) {
	case ACCEPT_SEEN:
		say_accept(w, s->feed, 100);
		break;
	case ACCEPT_CROSSED:
		say_accept(w, s->feed, w->offer.place.seq + 1);
		break;
	case DECLINE:
		statements_answer(&w->set, s->feed, KIND_TRADE_DECLINE, &w->offer);
		break;
	case WITHDRAW:
		statements_answer(&w->set, s->feed, KIND_TRADE_WITHDRAW, &w->offer);
		break;
	case DISPUTE:
		w->dispute = statements_answer(&w->set, s->feed, KIND_TRADE_DISPUTE, &w->offer);
		break;
	case CLEAR:
		say_clear(w, s->feed, &w->dispute);
		break;
	case CLEAR_OTHER:
		say_clear(w, s->feed, &w->offer);
		break;
	case OFFER:
	case END:
		break;
	}
}

static void states(void **state)
{
	(void)state;
	static const struct script scripts[] = {
	        {"offered", {{END, 0, 0}}, TRADE_PROPOSED, false},
	        {"declined", {{DECLINE, B1, 0}}, TRADE_DECLINED, false},
	        {"withdrawn", {{WITHDRAW, S1, 0}}, TRADE_WITHDRAWN, false},
	        {"withdrawn by another feed of the offerer", {{WITHDRAW, S2, 0}}, TRADE_WITHDRAWN, false},
	        {"agreed", {{ACCEPT_CROSSED, B1, 0}}, TRADE_AGREED, false},
	        {"a crossed withdraw loses", {{WITHDRAW, S1, 0}, {ACCEPT_CROSSED, B1, 0}}, TRADE_AGREED,
	                false},
	        {"a withdraw that was seen wins", {{WITHDRAW, S1, 0}, {ACCEPT_SEEN, B1, 0}}, TRADE_WITHDRAWN,
	                false},
	        {"another feed's withdraw is never seen", {{WITHDRAW, S2, 0}, {ACCEPT_SEEN, B1, 0}},
	                TRADE_AGREED, false},
	        {"one accept that had not seen it is enough",
	                {{WITHDRAW, S1, 0}, {ACCEPT_SEEN, B1, 0}, {ACCEPT_CROSSED, B2, 0}}, TRADE_AGREED,
	                false},
	        {"any accept beats a decline", {{DECLINE, B1, 0}, {ACCEPT_SEEN, B2, 0}}, TRADE_AGREED, false},
	        {"a feed's first answer counts: no", {{DECLINE, B1, 0}, {ACCEPT_SEEN, B1, ERR_ANSWERED}},
	                TRADE_DECLINED, false},
	        {"a feed's first answer counts: yes", {{ACCEPT_SEEN, B1, 0}, {DECLINE, B1, ERR_ANSWERED}},
	                TRADE_AGREED, false},
	        {"decline beats withdraw", {{DECLINE, B1, 0}, {WITHDRAW, S1, 0}}, TRADE_DECLINED, false},
	        {"an accept that had seen it, and a decline",
	                {{WITHDRAW, S1, 0}, {ACCEPT_SEEN, B1, 0}, {DECLINE, B2, 0}}, TRADE_DECLINED, false},
	        {"nobody answers itself",
	                {{ACCEPT_SEEN, S2, ERR_NOT_A_PARTY}, {DECLINE, S1, ERR_NOT_A_PARTY}}, TRADE_PROPOSED,
	                false},
	        {"the other side does not withdraw", {{WITHDRAW, B1, ERR_NOT_A_PARTY}}, TRADE_PROPOSED,
	                false},
	        {"strangers", {{ACCEPT_SEEN, X1, ERR_NOT_A_PARTY}, {DISPUTE, X1, ERR_NOT_A_PARTY}},
	                TRADE_PROPOSED, false},
	        {"disputed by the buyer", {{ACCEPT_SEEN, B1, 0}, {DISPUTE, B1, 0}}, TRADE_AGREED, true},
	        {"disputed by the seller", {{ACCEPT_SEEN, B1, 0}, {DISPUTE, S2, 0}}, TRADE_AGREED, true},
	        {"a dispute of what is not agreed waits", {{DISPUTE, B1, 0}}, TRADE_PROPOSED, false},
	        {"cleared", {{ACCEPT_SEEN, B1, 0}, {DISPUTE, B1, 0}, {CLEAR, B1, 0}}, TRADE_AGREED, false},
	        {"cleared by another feed of lower number",
	                {{ACCEPT_SEEN, B1, 0}, {DISPUTE, B2, 0}, {CLEAR, B1, 0}}, TRADE_AGREED, false},
	        {"the other side does not clear it", {{ACCEPT_SEEN, B1, 0}, {DISPUTE, B1, 0}, {CLEAR, S1, 0}},
	                TRADE_AGREED, true},
	        {"a clear must name the dispute",
	                {{ACCEPT_SEEN, B1, 0}, {DISPUTE, B1, 0}, {CLEAR_OTHER, B1, 0}}, TRADE_AGREED, true},
	        {"one dispute of two is cleared",
	                {{ACCEPT_SEEN, B1, 0}, {DISPUTE, S1, 0}, {DISPUTE, B1, 0}, {CLEAR, B1, 0}},
	                TRADE_AGREED, true},
	};
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		struct world w;
		struct object_view view;
		struct trade_record r;
		const struct script *s = &scripts[i];
		world_init(&w, TRADE_SALE);
		for (size_t k = 0; s->steps[k].act != END; k++)
			act(&w, &s->steps[k]);
		assert_true(statements_fold(&w.set, 0, &view));
		assert_int_equal(trade_record_read(BYTES(view.record, view.record_bytes), &r), ERR_OK);
		if (r.state != s->state || r.disputed != s->disputed)
			fail_msg("%s: %s", s->name, trade_state_code(r.state));
		for (size_t k = 0; s->steps[k].act != END; k++)
			if (w.set.why[k + 1] != s->steps[k].why)
				fail_msg("%s: step %zu: %s", s->name, k, err_code(w.set.why[k + 1]));
		statements_deinit(&w.set);
	}
}

static void record_and_sums(void **state)
{
	(void)state;
	struct world w;
	struct object_view view;
	struct trade_record r;
	world_init(&w, TRADE_SALE);
	assert_true(statements_fold(&w.set, 0, &view));
	assert_int_equal(view.type, OBJECT_TRADE);
	assert_true(view.by_pair && !view.by_year && view.a.n == SELLER && view.b.n == BUYER);
	assert_true(view.sums.pending.n > 0 && view.sums.position.n == 0);
	int64_t total = view.sums.pending.n;
	say_accept(&w, B1, 1);
	w.dispute = statements_answer(&w.set, B1, KIND_TRADE_DISPUTE, &w.offer);
	assert_true(statements_fold(&w.set, 0, &view));
	assert_int_equal(view.sums.position.n, total);
	assert_int_equal(view.sums.disputed.n, total);
	assert_int_equal(view.sums.pending.n, 0);
	assert_int_equal(trade_record_read(BYTES(view.record, view.record_bytes), &r), ERR_OK);
	assert_true(reference_equal(&r.ref, &w.offer) && r.has_refers && r.refers.place.seq == 4);
	assert_true(r.seller.n == SELLER && r.buyer.n == BUYER && r.offered_by == TRADE_SELLER);
	assert_int_equal(r.total.n, total);
	assert_int_equal(r.invoice_bytes, 3);
	assert_memory_equal(r.invoice, "N-1", 3);
	/* a record that is cut or longer is not one */
	for (uint16_t len = 0; len < view.record_bytes; len++)
		assert_int_not_equal(trade_record_read(BYTES(view.record, len), &r), ERR_OK);
	assert_int_equal(trade_record_read(BYTES(view.record, view.record_bytes + 1u), &r), ERR_TRAILING);
	statements_deinit(&w.set);
}

static void kinds_that_count(void **state)
{
	(void)state;
	for (uint32_t k = 0; k < TRADE_KINDS; k++) {
		struct world w;
		struct object_view view;
		enum trade_kind kind = (enum trade_kind)k;
		world_init(&w, kind);
		assert_true(statements_fold(&w.set, 0, &view));
		assert_int_equal(view.sums.pending.n != 0, trade_kind_counts(kind));
		say_accept(&w, B1, 1);
		assert_true(statements_fold(&w.set, 0, &view));
		assert_int_equal(view.sums.position.n != 0, trade_kind_counts(kind));
		assert_int_equal(trade_kind_counts(kind), kind != TRADE_CONSIGNMENT && kind != TRADE_LOAN);
		statements_deinit(&w.set);
	}
}

static enum err checked(uint32_t feed, uint32_t partner, uint32_t roles)
{
	struct statements set;
	struct trade_parts parts;
	struct trade_offer o = good(&parts);
	statements_init(&set, MEMBERS);
	o.partner.n = partner;
	set.roles[feed] = roles;
	struct mp_out m = mp_out(memory, sizeof memory);
	trade_offer_pack(&m, &o);
	statements_say(&set, feed, KIND_TRADE_OFFER, &m, o.date);
	enum err e = statements_check(&set, 0);
	statements_deinit(&set);
	return e;
}

static void who_may(void **state)
{
	(void)state;
	assert_int_equal(checked(S1, BUYER, ROLE_OFFICER), ERR_OK);
	assert_int_equal(checked(S1, SELLER, ROLE_OFFICER), ERR_SAME_PARTY);
	assert_int_equal(checked(S1, MEMBERS, ROLE_OFFICER), ERR_NO_SUCH_MEMBER);
	assert_int_equal(checked(S1, BUYER, ROLE_SUPERVISOR | ROLE_RELAY | ROLE_AUDITOR), ERR_NO_RIGHT);
	assert_int_equal(checked(S1, BUYER, 0), ERR_NO_RIGHT);
}

/* --- the state is a function of the set: random sets against the rules written down once more over sets, with the
 * feeds of both sides numbered in every order. */
struct model_answer {
	bool answered, accepts;
	uint64_t seen;
};
struct model {
	struct model_answer first[2];
	bool withdrawn;
	uint64_t withdrawn_at; /* in the offer's feed */
	int disputes, cleared;
};

static enum trade_state model_state(const struct model *m)
{
	bool decline = false;
	for (int i = 0; i < 2; i++) {
		const struct model_answer *a = &m->first[i];
		if (a->answered && a->accepts && a->seen <= m->withdrawn_at)
			return TRADE_AGREED;
		decline |= a->answered && !a->accepts;
	}
	return decline ? TRADE_DECLINED : m->withdrawn ? TRADE_WITHDRAWN : TRADE_PROPOSED;
}

static void random_step(struct world *w, struct model *m, uint64_t *random, const uint32_t feeds[4])
{
	uint32_t who = statements_below(random, 2);
	struct model_answer *a = &m->first[who];
	switch (statements_below(random, 6)) {
	case 0: {
		uint64_t seen = statements_below(random, 6);
		say_accept(w, feeds[2 + who], seen);
		if (!a->answered)
			*a = (struct model_answer){true, true, seen};
		break;
	}
	case 1:
		statements_answer(&w->set, feeds[2 + who], KIND_TRADE_DECLINE, &w->offer);
		if (!a->answered)
			*a = (struct model_answer){true, false, 0};
		break;
	case 2: {
		uint64_t at = w->set.next_seq[feeds[who]];
		statements_answer(&w->set, feeds[who], KIND_TRADE_WITHDRAW, &w->offer);
		m->withdrawn = true;
		if (who == 0 && at < m->withdrawn_at)
			m->withdrawn_at = at;
		break;
	}
	case 3: {
		struct reference d =
		        statements_answer(&w->set, feeds[2 + who], KIND_TRADE_DISPUTE, &w->offer);
		m->disputes++;
		if (statements_below(random, 2) == 0) {
			say_clear(w, feeds[3 - who], &d);
			m->cleared++;
		}
		break;
	}
	default:
		w->set.next_seq[feeds[statements_below(random, 4)]]++;
		break;
	}
}

static void one_random_trade(uint64_t seed)
{
	static const uint32_t orders[][4] = {
	        {S1, S2, B1, B2}, {S2, S1, B2, B1}, {B1, S1, S2, B2}, {B2, B1, S2, S1}};
	struct object_view views[4];
	for (size_t order = 0; order < 4; order++) {
		struct world w;
		struct model m = {.withdrawn_at = UINT64_MAX};
		struct trade_parts parts;
		struct trade_offer o = good(&parts);
		struct trade_record r;
		uint64_t random = seed;
		const uint32_t *feeds = orders[order];
		statements_init(&w.set, MEMBERS);
		for (int i = 0; i < 4; i++)
			w.set.member_of[feeds[i]].n = i < 2 ? SELLER : BUYER;
		struct mp_out out = mp_out(memory, sizeof memory);
		trade_offer_pack(&out, &o);
		w.offer = statements_say(&w.set, feeds[0], KIND_TRADE_OFFER, &out, o.date);
		for (uint32_t n = statements_below(&random, 9); n > 0; n--)
			random_step(&w, &m, &random, feeds);
		assert_true(statements_fold(&w.set, 0, &views[order]));
		struct object_view again;
		statements_shuffle(&w.set, seed);
		assert_true(statements_fold(&w.set, statements_find(&w.set, &w.offer), &again));
		assert_int_equal(again.record_bytes, views[order].record_bytes);
		assert_memory_equal(again.record, views[order].record, again.record_bytes);
		assert_int_equal(trade_record_read(BYTES(again.record, again.record_bytes), &r), ERR_OK);
		assert_int_equal(r.state, model_state(&m));
		assert_int_equal(r.disputed, r.state == TRADE_AGREED && m.disputes > m.cleared);
		assert_memory_equal(&views[order].sums, &views[0].sums, sizeof views[0].sums);
		statements_deinit(&w.set);
	}
}

static void function_of_the_set(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3000; seed++)
		one_random_trade(seed);
}

static void bounded_disputes(void **state)
{
	(void)state;
	struct world w;
	struct object_view view;
	world_init(&w, TRADE_SALE);
	for (uint32_t i = 0; i <= TRADE_DISPUTES_COUNTED_MAX; i++)
		statements_answer(&w.set, B1, KIND_TRADE_DISPUTE, &w.offer);
	assert_true(statements_fold(&w.set, 0, &view));
	assert_int_equal(w.set.why[TRADE_DISPUTES_COUNTED_MAX], ERR_OK);
	assert_int_equal(w.set.why[TRADE_DISPUTES_COUNTED_MAX + 1], ERR_TOO_MANY);
	statements_deinit(&w.set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(amounts),
	        cmocka_unit_test(round_trip),
	        cmocka_unit_test(shapes),
	        cmocka_unit_test(refusals),
	        cmocka_unit_test(counts_of_lists),
	        cmocka_unit_test(longer_lines),
	        cmocka_unit_test(states),
	        cmocka_unit_test(record_and_sums),
	        cmocka_unit_test(kinds_that_count),
	        cmocka_unit_test(who_may),
	        cmocka_unit_test(function_of_the_set),
	        cmocka_unit_test(bounded_disputes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
