/* SPDX-License-Identifier: Apache-2.0
 * ledger_trade.c: the bodies of trade.*, and every rule that refuses one. Its states: ledger_trade_states.c. */
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
	static const int offer_keys[] = {0, 1, 2, 3, 4, 5, 8, 13, -1}, both[] = {0, 1, -1};
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
	struct bytes body = bodies_with(packed(&o), 13, mp_written(&m), other, sizeof other);
	assert_int_equal(decode_offer(body), ERR_OK);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(amounts),
	        cmocka_unit_test(round_trip),
	        cmocka_unit_test(shapes),
	        cmocka_unit_test(refusals),
	        cmocka_unit_test(counts_of_lists),
	        cmocka_unit_test(longer_lines),
	        cmocka_unit_test(who_may),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
