/* SPDX-License-Identifier: Apache-2.0
 * ledger_status.c: every status of a RAT at a day, in the order of its rules; verification, letters, warnings, grade;
 * policies and the dates that they give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ledger/status.h"

enum { COOP = 5, YEAR = 2018, VERSIONS = 4 };

static struct day d(int year, int month, int day)
{
	struct day out = {0};
	assert_int_equal(date_of((struct day_parts){year, month, day}, &out), ERR_OK);
	return out;
}

/* A member founded in 2000, the default policy with a report date of 30 April / 30 June, letters SP1-3. */
struct desk {
	struct profile profile;
	struct policy policy;
	struct rat_record records[VERSIONS];
	struct rat_item items[VERSIONS];
	struct day withdrawn[VERSIONS];
	struct rat_notice_record notices[4];
	struct rat_question q;
};

static void desk_init(struct desk *k)
{
	memset(k, 0, sizeof *k);
	k->profile = (struct profile){.form = FORM_PRIMER,
	        .has_founded = true,
	        .founded = d(2000, 5, 1),
	        .closing_month = 12,
	        .closing_day = 31};
	policy_default(&k->policy);
	k->policy.has_report = true;
	k->policy.report_primer = (struct policy_day){1, 4, 30};
	k->policy.report_sekunder = (struct policy_day){1, 6, 30};
	k->q = (struct rat_question){.member = {COOP},
	        .year = YEAR,
	        .as_of = d(2019, 12, 31),
	        .profile = &k->profile,
	        .policy = &k->policy,
	        .items = k->items,
	        .notices = k->notices};
}

/* Another version: held, received; with a quorum that is met. */
static struct rat_record *attest(struct desk *k, struct day held, struct day received)
{
	size_t i = k->q.items_count++;
	struct rat_record *r = &k->records[i];
	*r = (struct rat_record){.ref = {.place = {{9}, i}, .id = {(uint8_t)(i + 1)}},
	        .member = {COOP},
	        .year = YEAR,
	        .closing = d(YEAR, 12, 31),
	        .held = held,
	        .members_total = 100,
	        .attendance = 60,
	        .quorum = 51};
	k->items[i] = (struct rat_item){.record = r, .has_received = true, .received = received};
	return r;
}

static void replace(struct rat_record *r, const struct rat_record *what)
{
	r->replaces[r->replaces_count++] = what->ref;
}

static struct rat_ruled *rule(struct rat_record *r, enum rat_ruling ruling, struct day made)
{
	struct rat_ruled *v = &r->rulings[r->rulings_count++];
	*v = (struct rat_ruled){.ruling = ruling, .made = made, .replaced_on = {DAY_MAX + 1}};
	return v;
}

static enum rat_status status_at(struct desk *k, struct day day)
{
	struct rat_answer a;
	k->q.as_of = day;
	status_of(&k->q, &a);
	return a.status;
}

static struct rat_answer answer(struct desk *k)
{
	struct rat_answer a;
	status_of(&k->q, &a);
	return a;
}

#define EXPECT(desk, day, status) assert_string_equal(status_code(status_at((desk), (day))), (status))

static void silence(void **state)
{
	(void)state;
	struct desk k;
	desk_init(&k);
	EXPECT(&k, d(2019, 3, 31), "not_yet_due");
	EXPECT(&k, d(2019, 4, 1), "not_reached"); /* never heard */
	k.q.has_heard = true;
	k.q.heard = d(2019, 3, 31);
	EXPECT(&k, d(2019, 4, 1), "not_reached"); /* heard on the due day: it may hold it that evening */
	k.q.heard = d(2019, 4, 1);
	EXPECT(&k, d(2019, 4, 1), "not_reported");
	k.profile.form = FORM_SEKUNDER;
	EXPECT(&k, d(2019, 6, 30), "not_yet_due");
	EXPECT(&k, d(2019, 7, 1), "not_reached");
}

static void obliged(void **state)
{
	(void)state;
	struct desk k;
	desk_init(&k);
	k.profile.founded = d(2018, 1, 1); /* a whole book year on 31 December */
	EXPECT(&k, d(2019, 5, 1), "not_reached");
	k.profile.founded = d(2018, 1, 2);
	EXPECT(&k, d(2019, 5, 1), "not_yet_obliged");
	attest(&k, d(2019, 2, 1), d(2019, 2, 3)); /* even when it attests */
	EXPECT(&k, d(2019, 5, 1), "not_yet_obliged");
	k.profile.has_founded = false;
	EXPECT(&k, d(2019, 5, 1), "on_time");
}

static void by_date_held(void **state)
{
	(void)state;
	static const struct {
		int held[2], received[2];
		const char *status;
	} cases[] = {
	        {{3, 31}, {4, 30}, "on_time"},
	        {{3, 31}, {5, 1}, "on_time_reported_late"},
	        {{4, 1}, {4, 2}, "late"},
	        {{6, 30}, {7, 20}, "late"},
	        {{7, 1}, {7, 2}, "past_legal_limit"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct desk k;
		desk_init(&k);
		attest(&k, d(2019, cases[i].held[0], cases[i].held[1]),
		        d(2019, cases[i].received[0], cases[i].received[1]));
		EXPECT(&k, d(2019, 12, 31), cases[i].status);
	}
}

static void received_by_the_day(void **state)
{
	(void)state;
	struct desk k;
	desk_init(&k);
	attest(&k, d(2019, 3, 10), d(2019, 4, 5));
	EXPECT(&k, d(2019, 4, 4), "not_reached");
	EXPECT(&k, d(2019, 4, 5), "on_time");
	k.items[0].has_received = false;
	EXPECT(&k, d(2019, 12, 31), "not_reached");
	k.q.own = true;
	struct rat_answer a = answer(&k);
	assert_int_equal(a.verification, VERIFICATION_ISSUED);
	assert_ptr_equal(a.head, &k.items[0]);
	assert_true((a.warnings & 1ull << RAT_WARN_NOT_RECEIVED) != 0);
	/* a verdict may state the day of receipt */
	struct rat_ruled *v = rule(&k.records[0], RAT_VERIFIED, d(2019, 6, 1));
	v->has_received = true;
	v->received_on = d(2019, 3, 20);
	EXPECT(&k, d(2019, 5, 31), "not_reached"); /* not yet stated */
	EXPECT(&k, d(2019, 6, 1), "on_time");
	k.items[0].has_received = true; /* and goes before the witness's */
	k.items[0].received = d(2019, 5, 5);
	EXPECT(&k, d(2019, 6, 1), "on_time");
	EXPECT(&k, d(2019, 5, 31), "on_time_reported_late");
}

static void inspection(void **state)
{
	(void)state;
	struct desk k;
	desk_init(&k);
	struct rat_record *r = attest(&k, d(2019, 3, 10), d(2019, 3, 12));
	r->attendance = 50;
	EXPECT(&k, d(2019, 5, 1), "needs_inspection");
	rule(r, RAT_RETURNED, d(2019, 5, 2));
	EXPECT(&k, d(2019, 5, 2), "needs_inspection");
	rule(r, RAT_VERIFIED, d(2019, 5, 3));
	EXPECT(&k, d(2019, 5, 3), "needs_inspection"); /* returned is stronger than verified */
	r->rulings[0].replaced_on = d(2019, 5, 4);
	EXPECT(&k, d(2019, 5, 4), "on_time");
	/* held after it was received */
	desk_init(&k);
	attest(&k, d(2019, 3, 10), d(2019, 3, 9));
	EXPECT(&k, d(2019, 5, 1), "needs_inspection");
	/* two heads */
	desk_init(&k);
	r = attest(&k, d(2019, 3, 10), d(2019, 3, 12));
	attest(&k, d(2019, 3, 10), d(2019, 3, 13));
	EXPECT(&k, d(2019, 3, 12), "on_time");
	EXPECT(&k, d(2019, 3, 13), "needs_inspection");
	struct rat_answer a = answer(&k);
	assert_true(a.heads == 2 && (a.warnings & 1ull << RAT_WARN_SEVERAL_HEADS) != 0);
	rule(&k.records[1], RAT_VERIFIED, d(2019, 4, 1));
	EXPECT(&k, d(2019, 4, 1), "on_time");
	assert_ptr_equal(answer(&k).head, &k.items[1]);
	/* or the other is rejected and counts no further */
	k.records[1].rulings[0].ruling = RAT_REJECTED;
	EXPECT(&k, d(2019, 4, 1), "on_time");
	assert_ptr_equal(answer(&k).head, &k.items[0]);
	(void)r;
}

static void corrections(void **state)
{
	(void)state;
	struct desk k;
	desk_init(&k);
	struct rat_record *first = attest(&k, d(2019, 3, 10), d(2019, 3, 12));
	struct rat_record *second = attest(&k, d(2019, 3, 10), d(2019, 5, 12));
	replace(second, first);
	EXPECT(&k, d(2019, 12, 31), "on_time"); /* judged by the first, for it says the same date */
	assert_int_equal(answer(&k).received.n, d(2019, 3, 12).n);
	rule(first, RAT_REJECTED, d(2019, 4, 1));
	EXPECT(&k, d(2019, 4, 1), "rejected");
	EXPECT(&k, d(2019, 12, 31), "on_time_reported_late"); /* the rejected version does not count */
	first->rulings_count = 0;
	second->held = d(2019, 3, 9);
	EXPECT(&k, d(2019, 5, 11), "on_time");
	EXPECT(&k, d(2019, 5, 12), "needs_inspection");
	rule(second, RAT_VERIFIED, d(2019, 6, 1));
	EXPECT(&k, d(2019, 6, 1), "on_time_reported_late");
	/* a date changed and changed back shows in the chain */
	second->rulings_count = 0;
	struct rat_record *third = attest(&k, d(2019, 3, 10), d(2019, 6, 12));
	replace(third, second);
	EXPECT(&k, d(2019, 12, 31), "needs_inspection");
	/* what a withdrawn one replaced stays replaced */
	third->withdrawals_count = 1;
	EXPECT(&k, d(2019, 12, 31), "not_reached");
	k.withdrawn[0] = d(2019, 7, 1);
	k.items[2].withdrawals_received = k.withdrawn;
	EXPECT(&k, d(2019, 6, 30), "needs_inspection");
	EXPECT(&k, d(2019, 7, 1), "not_reached");
}

static void rejected(void **state)
{
	(void)state;
	struct desk k;
	desk_init(&k);
	struct rat_record *r = attest(&k, d(2019, 3, 10), d(2019, 3, 12));
	rule(r, RAT_REJECTED, d(2019, 4, 1));
	EXPECT(&k, d(2019, 3, 31), "on_time");
	EXPECT(&k, d(2019, 4, 1), "rejected");
	struct rat_answer a = answer(&k);
	assert_true(a.verification == VERIFICATION_REJECTED && a.heads == 0 && !status_reported(&a));
	rule(r, RAT_VERIFIED, d(2019, 4, 2)); /* beside it: rejected is stronger */
	EXPECT(&k, d(2019, 4, 2), "rejected");
	r->rulings[0].replaced_on = d(2019, 4, 3);
	EXPECT(&k, d(2019, 4, 3), "on_time");
	assert_int_equal(answer(&k).verification, VERIFICATION_VERIFIED);
	/* verdicts do not pass to a new version */
	replace(attest(&k, d(2019, 3, 10), d(2019, 4, 10)), r);
	EXPECT(&k, d(2019, 4, 10), "on_time");
	assert_int_equal(answer(&k).verification, VERIFICATION_RECEIVED);
	a = answer(&k);
	assert_true(status_reported(&a));
}

static void on_paper(void **state)
{
	(void)state;
	struct desk k;
	desk_init(&k);
	struct rat_record *paper = attest(&k, d(2019, 3, 10), d(2019, 3, 12));
	paper->by_registrar = true;
	EXPECT(&k, d(2019, 3, 12), "on_time");
	assert_true((answer(&k).warnings & 1ull << RAT_WARN_REGISTERED_ON_PAPER) != 0);
	/* the member's own attestation replaces it without naming it */
	struct rat_record *own = attest(&k, d(2019, 3, 10), d(2019, 6, 12));
	EXPECT(&k, d(2019, 12, 31), "on_time");
	assert_true(answer(&k).heads == 1 && answer(&k).head == &k.items[1]);
	/* and paper never replaces it, even by name */
	struct rat_record *late = attest(&k, d(2019, 9, 10), d(2019, 9, 12));
	late->by_registrar = true;
	replace(late, own);
	assert_ptr_equal(answer(&k).head, &k.items[1]);
}

static void letters(void **state)
{
	(void)state;
	struct desk k;
	desk_init(&k);
	k.q.has_heard = true;
	k.q.heard = d(2019, 4, 15);
	EXPECT(&k, d(2019, 4, 30), "not_reported");
	assert_int_equal(answer(&k).next_notice, 0); /* none before the report date */
	k.q.as_of = d(2019, 5, 1);
	assert_int_equal(answer(&k).next_notice, 1);
	k.notices[0] = (struct rat_notice_record){.level = 1, .date = d(2019, 5, 3), .made = d(2019, 5, 4)};
	k.q.notices_count = 1;
	k.q.as_of = d(2019, 5, 3);
	assert_true(answer(&k).next_notice == 1 && answer(&k).notices == 0); /* not made yet */
	k.q.as_of = d(2019, 6, 1);
	assert_true(answer(&k).next_notice == 0 && answer(&k).notices == 1);
	k.q.as_of = d(2019, 6, 2);
	assert_int_equal(answer(&k).next_notice, 2);
	k.notices[1] = (struct rat_notice_record){.level = 3, .date = d(2019, 6, 3), .made = d(2019, 6, 3)};
	k.q.notices_count = 2;
	k.q.as_of = d(2019, 12, 31);
	assert_int_equal(answer(&k).next_notice, 0);
	/* policy may reckon from the due date */
	k.q.notices_count = 0;
	k.policy.letters_from_due = true;
	k.q.as_of = d(2019, 4, 1);
	k.q.heard = d(2019, 4, 1);
	assert_int_equal(answer(&k).next_notice, 1);
	k.q.has_heard = false; /* not reached: silence is no fault */
	assert_int_equal(answer(&k).next_notice, 0);
}

static void warnings(void **state)
{
	(void)state;
	struct desk k;
	desk_init(&k);
	struct rat_record *r = attest(&k, d(2019, 3, 10), d(2019, 3, 12));
	*r = (struct rat_record){.ref = r->ref,
	        .member = r->member,
	        .year = YEAR,
	        .closing = d(2018, 6, 30),
	        .held = r->held,
	        .number = 7,
	        .mode = RAT_BY_GROUP,
	        .members_total = 8,
	        .attendance = 8,
	        .own_capital = {1},
	        .assets = {2}};
	k.q.previous_number = 5;
	uint64_t expected = 0;
	static const enum rat_warning all[] = {RAT_WARN_CLOSING_DIFFERS, RAT_WARN_NUMBER_NOT_NEXT,
	        RAT_WARN_FEW_MEMBERS, RAT_WARN_GROUP_TOO_SMALL, RAT_WARN_NO_QUORUM_GIVEN,
	        RAT_WARN_NO_OFFICERS, RAT_WARN_NO_SUPERVISORS, RAT_WARN_CAPITAL_NOT_ASSETS,
	        RAT_WARN_DECISIONS_MISSING, RAT_WARN_DOCUMENTS_MISSING, RAT_WARN_FEW_ENDORSEMENTS};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		expected |= 1ull << all[i];
	assert_int_equal(answer(&k).warnings, expected);
	*r = (struct rat_record){.ref = r->ref,
	        .member = r->member,
	        .year = YEAR,
	        .closing = d(2018, 12, 31),
	        .held = r->held,
	        .number = 6,
	        .members_total = 9,
	        .attendance = 9,
	        .quorum = 9,
	        .officers_present = 1,
	        .supervisors_present = 1,
	        .own_capital = {1},
	        .outside_capital = {1},
	        .assets = {2},
	        .decisions = RAT_ACCOUNT_ACCEPTED | RAT_SUPERVISORS_ACCEPTED | RAT_STATEMENTS_APPROVED,
	        .documents = 63,
	        .endorsements = 2};
	assert_int_equal(answer(&k).warnings, 0);
	r->represented = 1;
	assert_int_equal(answer(&k).warnings, 1ull << RAT_WARN_REPRESENTED_NOT_GROUP);
}

static void grades(void **state)
{
	(void)state;
	static const struct {
		bool reported[3];
		int founded;
		const char *grade;
	} cases[] = {
	        {{true, true, true}, 2000, "A"},
	        {{true, false, true}, 2000, "B"},
	        {{true, true, false}, 2000, "B"},
	        {{false, false, true}, 2018, "C1"},
	        {{true, false, false}, 2018, "C1"},
	        {{false, false, true}, 2000, "C2"},
	        {{true, false, false}, 2000, "D*"},
	        {{false, true, false}, 2000, "D*"},
	        {{false, false, false}, 2018, "D"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct nik_question q = {
		        .has_founded = true, .founded = d(cases[i].founded, 6, 1), .as_of = d(2019, 12, 31)};
		memcpy(q.reported, cases[i].reported, sizeof q.reported);
		assert_string_equal(status_grade_code(status_grade(&q)), cases[i].grade);
	}
}

static void codes(void **state)
{
	(void)state;
	for (unsigned w = 0; w < RAT_WARNINGS_COUNT; w++)
		assert_non_null(status_warning_code((enum rat_warning)w));
	for (unsigned v = 0; v < VERIFICATION_COUNT; v++)
		assert_non_null(status_verification_code((enum rat_verification)v));
	assert_string_equal(status_warning_code(RAT_WARN_CAPITAL_NOT_ASSETS), "capital_not_assets");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(silence),
	        cmocka_unit_test(obliged),
	        cmocka_unit_test(by_date_held),
	        cmocka_unit_test(received_by_the_day),
	        cmocka_unit_test(inspection),
	        cmocka_unit_test(corrections),
	        cmocka_unit_test(rejected),
	        cmocka_unit_test(on_paper),
	        cmocka_unit_test(letters),
	        cmocka_unit_test(warnings),
	        cmocka_unit_test(grades),
	        cmocka_unit_test(codes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
