/* SPDX-License-Identifier: Apache-2.0
 * ledger_policy.c: policy.set, which one holds for a year, the dates it gives; and the small bodies: profile.set,
 * node.address, document.note; and the table of kinds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ledger/address.h"
#include "ledger/document.h"
#include "ledger/policy.h"
#include "ledger/profile.h"
#include "support/bodies.h"
#include "support/statements.h"

enum { DINAS, COOP, MEMBERS };
enum { D1, D2, C1, C2 };

static uint8_t memory[65536];

static struct day d(int year, int month, int day)
{
	struct day out = {0};
	assert_int_equal(date_of((struct day_parts){year, month, day}, &out), ERR_OK);
	return out;
}

static struct policy good(void)
{
	struct policy p;
	policy_default(&p);
	p.from_year = 2018;
	p.has_report = true;
	p.report_primer = (struct policy_day){1, 4, 30};
	p.report_sekunder = (struct policy_day){1, 6, 30};
	p.letters_from_due = true;
	p.feed_bytes_a_day = 1000;
	p.exceptions_count = 2;
	p.exceptions[0] = (struct policy_exception){.member = {COOP},
	        .year = 2018,
	        .has_due = true,
	        .due = d(2019, 6, 30),
	        .reason = bytes_text("RUPS")};
	p.exceptions[1] = (struct policy_exception){.member = {COOP},
	        .year = 2019,
	        .has_report = true,
	        .report = d(2020, 9, 1),
	        .reason = bytes_text("banjir")};
	return p;
}

static struct bytes packed(const struct policy *p)
{
	struct mp_out m = mp_out(memory, sizeof memory);
	policy_pack(&m, p);
	assert_int_equal(mp_out_end(&m), ERR_OK);
	return mp_written(&m);
}

static enum err decode_policy(struct bytes body)
{
	struct policy p;
	return policy_unpack(body, &p);
}

static enum err decode_profile(struct bytes body)
{
	struct profile_set p;
	return profile_set_unpack(body, &p);
}

static enum err decode_address(struct bytes body)
{
	struct address_list a;
	return address_unpack(body, &a);
}

static enum err decode_document(struct bytes body)
{
	struct document_note n;
	return document_note_unpack(body, &n);
}

static void shapes(void **state)
{
	(void)state;
	/* 5 is needed once 4 is there */
	static const int policy_keys[] = {0, 1, 2, 3, 5, 6, -1}, none[] = {-1}, zero[] = {0, -1},
	                 note[] = {0, 1, 3, -1};
	struct policy p = good(), got;
	struct bytes body = packed(&p);
	bodies_prove(body, decode_policy, policy_keys);
	assert_int_equal(policy_unpack(body, &got), ERR_OK);
	static uint8_t again[8192];
	struct mp_out m = mp_out(again, sizeof again);
	policy_pack(&m, &got);
	assert_true(bytes_equal(mp_written(&m), body));
	m = mp_out(memory, sizeof memory);
	struct bytes t = bytes_text("Pak Budi");
	profile_set_pack(&m, &(struct profile_set){t, t, t, t});
	bodies_prove(mp_written(&m), decode_profile, none);
	m = mp_out(memory, sizeof memory);
	address_pack(&m, &(struct address_list){2, {bytes_text("10.0.0.1:7000"), bytes_text("[fe80::1]:1")}});
	bodies_prove(mp_written(&m), decode_address, zero);
	m = mp_out(memory, sizeof memory);
	document_note_pack(&m, &(struct document_note){.size_bytes = 5, .type = t, .title = t});
	bodies_prove(mp_written(&m), decode_document, note);
}

struct bad_policy {
	const char *name;
	enum err expected;
	void (*spoil)(struct policy *p);
};
#define SPOIL(name) static void name(struct policy *p)
SPOIL(none)
{
	(void)p;
}
SPOIL(year)
{
	p->from_year = BOOK_YEAR_MAX + 1;
}
SPOIL(months)
{
	p->due_months_primer = 37;
}
SPOIL(month)
{
	p->report_primer.month = 13;
}
SPOIL(month_zero)
{
	p->report_primer.month = 0;
}
SPOIL(day)
{
	p->report_sekunder.day = 31;
}
SPOIL(leap_day)
{
	p->report_sekunder = (struct policy_day){1, 2, 29};
}
SPOIL(years_after)
{
	p->report_sekunder.years_after = 6;
}
SPOIL(step_zero)
{
	p->steps[0].level = 0;
}
SPOIL(step_order)
{
	p->steps[1].level = 1;
}
SPOIL(no_reason)
{
	p->exceptions[0].reason.len = 0;
}
SPOIL(exception_day)
{
	p->exceptions[0].due.n = DAY_MAX + 1;
}

static void refusals(void **state)
{
	(void)state;
	static const struct bad_policy cases[] = {
	        {"good", ERR_OK, none},
	        {"year", ERR_DATE_RANGE, year},
	        {"months", ERR_OUT_OF_RANGE, months},
	        {"month 13", ERR_OUT_OF_RANGE, month},
	        {"month 0", ERR_BAD_DATE, month_zero},
	        {"31 June", ERR_BAD_DATE, day},
	        {"29 February is clamped later", ERR_OK, leap_day},
	        {"years after", ERR_OUT_OF_RANGE, years_after},
	        {"level 0", ERR_OUT_OF_RANGE, step_zero},
	        {"levels not ascending", ERR_OUT_OF_RANGE, step_order},
	        {"an exception without a reason", ERR_NO_REASON, no_reason},
	        {"an exception's day", ERR_DATE_RANGE, exception_day},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct policy p = good();
		cases[i].spoil(&p);
		enum err e = decode_policy(packed(&p));
		if (e != cases[i].expected)
			fail_msg("%s: %s", cases[i].name, err_code(e));
	}
}

static void too_many_steps(void **state)
{
	(void)state;
	static uint8_t room[8192];
	uint8_t list[64];
	struct policy p = good();
	struct mp_out m = mp_out(list, sizeof list);
	mp_put_array(&m, POLICY_STEPS_MAX + 1);
	for (uint32_t i = 0; i <= POLICY_STEPS_MAX; i++) {
		mp_put_array(&m, 2);
		mp_put_uint(&m, i + 1);
		mp_put_uint(&m, 30);
	}
	struct bytes body = bodies_with(packed(&p), 7, mp_written(&m), room, sizeof room);
	assert_int_equal(decode_policy(body), ERR_TOO_MANY);
}

static enum err set_by(uint32_t feed, uint32_t member)
{
	struct statements set;
	struct policy p = good();
	statements_init(&set, MEMBERS);
	p.exceptions[1].member.n = member;
	struct mp_out m = mp_out(memory, sizeof memory);
	policy_pack(&m, &p);
	statements_say(&set, feed, KIND_POLICY_SET, &m, d(2018, 1, 1));
	enum err e = statements_check(&set, 0);
	statements_deinit(&set);
	return e;
}

static void who_may(void **state)
{
	(void)state;
	assert_int_equal(set_by(D1, COOP), ERR_OK);
	assert_int_equal(set_by(C1, COOP), ERR_NO_RIGHT);
	assert_int_equal(set_by(D1, MEMBERS), ERR_NO_SUCH_MEMBER);
}

static void which_holds(void **state)
{
	(void)state;
	static const struct policy_entry all[] = {
	        {{{0}, 30}, 2018}, {{{0}, 10}, 2016}, {{{0}, 20}, 2018}, {{{1}, 5}, 2016}, {{{0}, 40}, 2017}};
	static const struct {
		int32_t year;
		ptrdiff_t index;
	} cases[] = {{2015, -1}, {2016, 3}, {2017, 4}, {2018, 0}, {2050, 0}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(policy_for(all, 5, cases[i].year), cases[i].index);
	assert_int_equal(policy_for(NULL, 0, 2018), -1);
}

static void expect_dates(const struct policy_dates *got, struct day closing, struct day due, struct day legal,
        struct day report)
{
	assert_int_equal(got->closing.n, closing.n);
	assert_int_equal(got->due.n, due.n);
	assert_int_equal(got->legal.n, legal.n);
	assert_int_equal(got->report.n, report.n);
}

static void dates(void **state)
{
	(void)state;
	struct policy p = good();
	struct profile primer = {.form = FORM_PRIMER, .closing_month = 12, .closing_day = 31};
	struct profile sekunder = {.form = FORM_SEKUNDER, .closing_month = 12, .closing_day = 31};
	struct profile august = {.form = FORM_PRIMER, .closing_month = 8, .closing_day = 31};
	struct profile february = {.form = FORM_PRIMER, .closing_month = 2, .closing_day = 29};
	struct policy_dates got = policy_dates(&p, &primer, (struct member_no){9}, 2018);
	expect_dates(&got, d(2018, 12, 31), d(2019, 3, 31), d(2019, 6, 30), d(2019, 4, 30));
	assert_null(got.exception);
	got = policy_dates(&p, &sekunder, (struct member_no){9}, 2018);
	expect_dates(&got, d(2018, 12, 31), d(2019, 6, 30), d(2019, 6, 30), d(2019, 6, 30));
	/* months are clamped to their ends */
	got = policy_dates(&p, &august, (struct member_no){9}, 2018);
	expect_dates(&got, d(2018, 8, 31), d(2018, 11, 30), d(2019, 2, 28), d(2019, 4, 30));
	got = policy_dates(&p, &february, (struct member_no){9}, 2019);
	expect_dates(&got, d(2019, 2, 28), d(2019, 5, 28), d(2019, 8, 28), d(2020, 4, 30));
	/* an exception beyond the report date takes that with it; one about the report date only that */
	got = policy_dates(&p, &primer, (struct member_no){COOP}, 2018);
	expect_dates(&got, d(2018, 12, 31), d(2019, 6, 30), d(2019, 6, 30), d(2019, 7, 30));
	assert_ptr_equal(got.exception, &p.exceptions[0]);
	got = policy_dates(&p, &primer, (struct member_no){COOP}, 2019);
	expect_dates(&got, d(2019, 12, 31), d(2020, 3, 31), d(2020, 6, 30), d(2020, 9, 1));
	/* without report dates: 30 days after due */
	policy_default(&p);
	got = policy_dates(&p, &primer, (struct member_no){9}, 2018);
	expect_dates(&got, d(2018, 12, 31), d(2019, 3, 31), d(2019, 6, 30), d(2019, 4, 30));
}

static enum err address_of(const char *text)
{
	struct mp_out m = mp_out(memory, sizeof memory);
	address_pack(&m, &(struct address_list){1, {bytes_text(text)}});
	return decode_address(mp_written(&m));
}

static void addresses(void **state)
{
	(void)state;
	assert_int_equal(address_of("dinas.example.org:7325"), ERR_OK);
	assert_int_equal(address_of("a:1"), ERR_OK);
	assert_int_equal(address_of("10.1.2.3"), ERR_BAD_ADDRESS);
	assert_int_equal(address_of(":7325"), ERR_BAD_ADDRESS);
	assert_int_equal(address_of("host:"), ERR_BAD_ADDRESS);
	assert_int_equal(address_of("host:123456"), ERR_BAD_ADDRESS);
	assert_int_equal(address_of("a host:1"), ERR_BAD_ADDRESS);
	assert_int_equal(address_of(""), ERR_BAD_ADDRESS);
}

static void kinds(void **state)
{
	(void)state;
	uint16_t last = 0;
	size_t count = 0;
	for (const struct kind_info *k = kind_at(0); k != NULL; k = kind_at(++count)) {
		assert_true(k->kind > last);
		last = k->kind;
		assert_ptr_equal(kind_info(k->kind), k);
		assert_ptr_equal(kind_named(bytes_text(k->name)), k);
		assert_int_equal(k->part == PART_NONE, k->object == OBJECT_NONE);
	}
	assert_true(count > 25);
	assert_null(kind_info(0));
	assert_null(kind_info(1));
	assert_null(kind_info(last + 1));
	assert_null(kind_named(bytes_text("trade")));
	assert_int_equal(kind_named(bytes_text("trade.offer"))->kind, 48);
}

static void audiences(void **state)
{
	(void)state;
	struct reference about;
	struct statements set;
	statements_init(&set, MEMBERS);
	struct reference none = {0};
	statements_answer(&set, C1, KIND_TRADE_DECLINE, &none);
	statements_answer(&set, C1, KIND_RAT_WITHDRAW, &none);
	assert_int_equal(object_check(&set.ctx, &set.all[0], &about), ERR_OK);
	set.all[0].audience = AUDIENCE_NETWORK;
	assert_int_equal(object_check(&set.ctx, &set.all[0], &about), ERR_WRONG_AUDIENCE);
	set.all[1].audience = AUDIENCE_SEALED;
	assert_int_equal(object_check(&set.ctx, &set.all[1], &about), ERR_WRONG_AUDIENCE);
	set.all[1].kind = 60000;
	assert_int_equal(object_check(&set.ctx, &set.all[1], &about), ERR_UNKNOWN_KIND);
	statements_deinit(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(shapes),
	        cmocka_unit_test(refusals),
	        cmocka_unit_test(too_many_steps),
	        cmocka_unit_test(who_may),
	        cmocka_unit_test(which_holds),
	        cmocka_unit_test(dates),
	        cmocka_unit_test(addresses),
	        cmocka_unit_test(kinds),
	        cmocka_unit_test(audiences),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
