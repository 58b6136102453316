/* SPDX-License-Identifier: Apache-2.0
 * ledger_rat.c: the bodies of rat.*, every rule that refuses one, whose statement counts, and the records. What a
 * record comes to at a day: ledger_status.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ledger/rat.h"
#include "support/bodies.h"
#include "support/statements.h"

#define DAY_2018_12_31 17896
#define HELD 17960
enum { DINAS, COOP, OTHER, MEMBERS };
enum { D1 = 2 * DINAS, D2, C1, C2, O1, O2 };

static uint8_t memory[16384];
static struct rat_document documents[RAT_DOCUMENTS_MAX + 1];
static struct reference replaced[RAT_REPLACES_MAX + 1];

static struct rat_attest good(void)
{
	for (uint32_t i = 0; i <= RAT_DOCUMENTS_MAX; i++)
		documents[i] = (struct rat_document){.kind = (enum rat_document_kind)(i % RAT_DOCUMENT_KINDS),
		        .sha256 = {{(uint8_t)i}},
		        .size_bytes = 1000 + i,
		        .pages = i};
	for (uint32_t i = 0; i <= RAT_REPLACES_MAX; i++)
		replaced[i] = (struct reference){.place = {{C1}, 500 + i}, .id = {7}};
	return (struct rat_attest){
	        .year = 2018,
	        .closing = {DAY_2018_12_31},
	        .held = {HELD},
	        .number = 12,
	        .place = bytes_text("Malili"),
	        .mode = RAT_HYBRID,
	        .members_total = 100,
	        .has_split = true,
	        .members_men = 60,
	        .members_women = 40,
	        .present = 50,
	        .online = 30,
	        .represented = 20,
	        .quorum = 51,
	        .clause = bytes_text("AD pasal 12"),
	        .officers_present = 3,
	        .supervisors_present = 2,
	        .own_capital = {700},
	        .outside_capital = {300},
	        .assets = {1000},
	        .turnover = {5000},
	        .surplus = {-62},
	        .employees = 4,
	        .managers = 1,
	        .decisions = RAT_ACCOUNT_ACCEPTED | RAT_STATEMENTS_APPROVED,
	        .documents = documents,
	        .documents_count = 3,
	        .replaces = replaced,
	        .replaces_count = 2,
	        .note = bytes_text("catatan"),
	};
}

static struct bytes packed(const struct rat_attest *a)
{
	struct mp_out m = mp_out(memory, sizeof memory);
	rat_attest_pack(&m, a);
	assert_int_equal(mp_out_end(&m), ERR_OK);
	return mp_written(&m);
}

static enum err decode_attest(struct bytes body)
{
	struct rat_parts parts;
	struct rat_attest with, without;
	enum err e = rat_attest_unpack(KIND_RAT_ATTEST, body, &parts, &with);
	assert_int_equal(rat_attest_unpack(KIND_RAT_ATTEST, body, NULL, &without), e);
	return e;
}

static enum err decode_record(struct bytes body)
{
	struct rat_attest a;
	return rat_attest_unpack(KIND_RAT_RECORD, body, NULL, &a);
}

static enum err decode_endorse(struct bytes body)
{
	struct rat_endorse e;
	return rat_endorse_unpack(body, &e);
}

static enum err decode_verdict(struct bytes body)
{
	struct rat_verdict v;
	return rat_verdict_unpack(body, &v);
}

static enum err decode_notice(struct bytes body)
{
	struct rat_notice n;
	return rat_notice_unpack(body, &n);
}

static void round_trip(void **state)
{
	(void)state;
	struct rat_parts parts;
	struct rat_attest a = good(), got;
	static uint8_t again[16384];
	struct bytes body = packed(&a);
	assert_int_equal(rat_attest_unpack(KIND_RAT_ATTEST, body, &parts, &got), ERR_OK);
	struct mp_out m = mp_out(again, sizeof again);
	rat_attest_pack(&m, &got);
	assert_true(bytes_equal(mp_written(&m), body));
	assert_true(got.surplus.n == -62 && got.online == 30 && rat_attendance(&got) == 100);
	assert_true(got.documents_count == 3 && got.documents_kinds == 7 && got.documents[2].pages == 2);
	assert_true(got.replaces_count == 2 && reference_equal(&got.replaces[1], &replaced[1]));
	assert_false(got.has_member);
}

static void shapes(void **state)
{
	(void)state;
	static const int attest_keys[] = {0, 1, 2, 5, 6, 9, -1}, record_keys[] = {0, 1, 2, 5, 6, 9, 27, -1},
	                 two[] = {0, 1, -1}, five[] = {0, 1, 2, 3, 4, -1};
	struct rat_attest a = good();
	a.has_split = false;
	bodies_prove(packed(&a), decode_attest, attest_keys);
	a.has_member = true;
	a.member.n = COOP;
	bodies_prove(packed(&a), decode_record, record_keys);
	struct mp_out m = mp_out(memory, sizeof memory);
	rat_endorse_pack(&m, &(struct rat_endorse){replaced[0], RAT_AS_SUPERVISOR, bytes_text("Ibu Sari")});
	bodies_prove(mp_written(&m), decode_endorse, two);
	m = mp_out(memory, sizeof memory);
	rat_verdict_pack(&m, &(struct rat_verdict){.about = replaced[0],
	                             .ruling = RAT_RETURNED,
	                             .reason = bytes_text("neraca"),
	                             .replaces_count = 1,
	                             .replaces = {replaced[1]}});
	bodies_prove(mp_written(&m), decode_verdict, two);
	m = mp_out(memory, sizeof memory);
	rat_notice_pack(&m, &(struct rat_notice){.member = {COOP},
	                            .year = 2018,
	                            .level = 1,
	                            .number = bytes_text("SP/1"),
	                            .date = {HELD},
	                            .reason = bytes_text("belum RAT"),
	                            .has_scan = true});
	bodies_prove(mp_written(&m), decode_notice, five);
}

struct bad_attest {
	const char *name;
	enum err expected;
	void (*spoil)(struct rat_attest *a);
};
#define SPOIL(name) static void name(struct rat_attest *a)
SPOIL(none)
{
	(void)a;
}
SPOIL(closing_before)
{
	a->closing.n = DAY_2018_12_31 - 365;
}
SPOIL(closing_after)
{
	a->closing.n = DAY_2018_12_31 + 1;
}
SPOIL(closing_first_day)
{
	a->closing.n = DAY_2018_12_31 - 364;
}
SPOIL(held_on_closing)
{
	a->held.n = a->closing.n;
}
SPOIL(held_before)
{
	a->held.n = a->closing.n - 1;
}
SPOIL(held_next_day)
{
	a->held.n = a->closing.n + 1;
}
SPOIL(split_wrong)
{
	a->members_women++;
}
SPOIL(no_split)
{
	a->has_split = false;
}
SPOIL(too_many_present)
{
	a->present++;
}
SPOIL(too_many_online)
{
	a->online++;
}
SPOIL(too_many_represented)
{
	a->represented++;
}
SPOIL(below_quorum)
{
	a->quorum = 101;
}
SPOIL(assets_negative)
{
	a->assets.n = -1;
}
SPOIL(own_capital_negative)
{
	a->own_capital.n = -1;
}
SPOIL(assets_over)
{
	a->assets.n = RAT_MONEY_MAX + 1;
}
SPOIL(year_early)
{
	a->year = BOOK_YEAR_MIN - 1;
}
SPOIL(count_over)
{
	a->employees = RAT_COUNT_MAX + 1;
}
SPOIL(mode_unknown)
{
	a->mode = (enum rat_mode)RAT_MODES;
}
SPOIL(decisions_unknown)
{
	a->decisions = RAT_DECISIONS_ALL + 1;
}
SPOIL(documents_most)
{
	a->documents_count = RAT_DOCUMENTS_MAX;
}
SPOIL(documents_over)
{
	a->documents_count = RAT_DOCUMENTS_MAX + 1;
}
SPOIL(replaces_over)
{
	a->replaces_count = RAT_REPLACES_MAX + 1;
}

static void refusals(void **state)
{
	(void)state;
	static const struct bad_attest cases[] = {
	        {"good", ERR_OK, none},
	        {"closing the year before", ERR_RAT_CLOSING, closing_before},
	        {"closing the year after", ERR_RAT_CLOSING, closing_after},
	        {"closing on 1 January", ERR_OK, closing_first_day},
	        {"held on the closing day", ERR_RAT_HELD, held_on_closing},
	        {"held before", ERR_RAT_HELD, held_before},
	        {"held the day after", ERR_OK, held_next_day},
	        {"men and women", ERR_RAT_MEMBERS, split_wrong},
	        {"no split", ERR_OK, no_split},
	        {"present", ERR_RAT_PRESENT, too_many_present},
	        {"online", ERR_RAT_PRESENT, too_many_online},
	        {"represented", ERR_RAT_PRESENT, too_many_represented},
	        {"below quorum only warns", ERR_OK, below_quorum},
	        {"assets negative", ERR_RAT_NEGATIVE, assets_negative},
	        {"own capital may be negative", ERR_OK, own_capital_negative},
	        {"assets over", ERR_AMOUNT_RANGE, assets_over},
	        {"year", ERR_DATE_RANGE, year_early},
	        {"a count over", ERR_OUT_OF_RANGE, count_over},
	        {"mode", ERR_OUT_OF_RANGE, mode_unknown},
	        {"decisions", ERR_OUT_OF_RANGE, decisions_unknown},
	        {"as many documents as may be", ERR_OK, documents_most},
	        {"documents", ERR_TOO_MANY, documents_over},
	        {"replaces", ERR_TOO_MANY, replaces_over},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct rat_attest a = good();
		cases[i].spoil(&a);
		enum err e = decode_attest(packed(&a));
		if (e != cases[i].expected)
			fail_msg("%s: %s", cases[i].name, err_code(e));
	}
}

/* A count that is negative in the bytes: every key that holds one. */
static void negative_counts(void **state)
{
	(void)state;
	static const uint32_t keys[] = {3, 6, 7, 8, 9, 10, 11, 12, 14, 15, 21, 22};
	static uint8_t room[16384];
	struct rat_attest a = good();
	uint8_t minus_one = 0xff;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		struct bytes body = bodies_with(packed(&a), keys[i], BYTES(&minus_one, 1), room, sizeof room);
		assert_int_equal(decode_attest(body), ERR_RAT_NEGATIVE);
	}
}

static enum err verdict_of(enum rat_ruling ruling, const char *reason, bool has_received, uint32_t replaces)
{
	struct rat_verdict v = {.about = replaced[0],
	        .ruling = ruling,
	        .reason = bytes_text(reason),
	        .has_received = has_received,
	        .received_on = {HELD},
	        .replaces_count = replaces};
	struct mp_out m = mp_out(memory, sizeof memory);
	rat_verdict_pack(&m, &v);
	return decode_verdict(mp_written(&m));
}

static void verdict_rules(void **state)
{
	(void)state;
	assert_int_equal(verdict_of(RAT_VERIFIED, "", false, 0), ERR_OK);
	assert_int_equal(verdict_of(RAT_REJECTED, "", false, RAT_REPLACES_MAX), ERR_OK);
	assert_int_equal(verdict_of(RAT_VERIFIED, "dibawa sendiri", true, 0), ERR_OK);
	assert_int_equal(verdict_of(RAT_VERIFIED, "", true, 0), ERR_NO_REASON);
	assert_int_equal(verdict_of((enum rat_ruling)RAT_RULINGS, "", false, 0), ERR_OUT_OF_RANGE);
}

/* --- whose statement counts, and the record */
struct world {
	struct statements set;
	struct reference attest;
};

static struct reference say_attest(
        struct statements *set, uint32_t feed, uint16_t kind, int32_t year, const struct reference *replaces)
{
	struct rat_attest a = good();
	a.year = year;
	a.closing.n = DAY_2018_12_31 + (year - 2018) * 365;
	a.held.n = a.closing.n + 60;
	a.replaces_count = replaces != NULL ? 1 : 0;
	a.replaces = replaces;
	a.has_member = kind == KIND_RAT_RECORD;
	a.member.n = COOP;
	struct mp_out m = mp_out(memory, sizeof memory);
	rat_attest_pack(&m, &a);
	return statements_say(set, feed, kind, &m, a.held);
}

static void world_init(struct world *w, uint16_t kind)
{
	statements_init(&w->set, MEMBERS);
	w->set.roles[C2] = ROLE_OFFICER | ROLE_SUPERVISOR;
	w->attest = say_attest(&w->set, kind == KIND_RAT_ATTEST ? C1 : D1, kind, 2018, NULL);
}

static struct rat_record record_of(struct statements *set, size_t index)
{
	struct object_view view;
	struct rat_record r;
	assert_true(statements_fold(set, index, &view));
	assert_true(view.by_year && !view.by_pair && view.a.n == COOP && view.year == 2018);
	assert_int_equal(rat_record_read(BYTES(view.record, view.record_bytes), &r), ERR_OK);
	for (uint16_t len = 0; len < view.record_bytes; len++) {
		struct rat_record cut;
		assert_int_not_equal(rat_record_read(BYTES(view.record, len), &cut), ERR_OK);
	}
	return r;
}

static void record(void **state)
{
	(void)state;
	struct world w;
	world_init(&w, KIND_RAT_ATTEST);
	struct rat_record r = record_of(&w.set, 0);
	assert_true(reference_equal(&r.ref, &w.attest) && !r.by_registrar && r.member.n == COOP &&
	            r.year == 2018);
	assert_true(r.closing.n == DAY_2018_12_31 && r.held.n == DAY_2018_12_31 + 60 && r.number == 12);
	assert_true(r.members_total == 100 && r.attendance == 100 && r.represented == 20 && r.quorum == 51);
	assert_true(r.own_capital.n == 700 && r.outside_capital.n == 300 && r.assets.n == 1000);
	assert_true(r.turnover.n == 5000 && r.surplus.n == -62 && r.employees == 4 && r.managers == 1);
	assert_true(r.documents == 7 && r.decisions == (RAT_ACCOUNT_ACCEPTED | RAT_STATEMENTS_APPROVED));
	assert_true(r.rulings_count == 0 && r.withdrawals_count == 0 && r.endorsements == 0);
	statements_deinit(&w.set);
}

static void say_endorse(struct world *w, uint32_t feed, enum rat_capacity capacity)
{
	struct mp_out m = mp_out(memory, sizeof memory);
	rat_endorse_pack(&m, &(struct rat_endorse){.about = w->attest, .capacity = capacity});
	statements_say(&w->set, feed, KIND_RAT_ENDORSE, &m, (struct day){HELD});
}

static void endorsements(void **state)
{
	(void)state;
	static const struct {
		uint32_t feed;
		enum rat_capacity capacity;
		enum err why;
	} cases[] = {
	        {C2, RAT_AS_SUPERVISOR, ERR_OK},
	        {C2, RAT_AS_OFFICER, ERR_ANSWERED},
	        {C1, RAT_AS_OFFICER, ERR_OWN_STATEMENT},
	        {C1, RAT_AS_SUPERVISOR, ERR_NO_RIGHT},
	        {O1, RAT_AS_MEMBER_PRESENT, ERR_OK},
	        {O2, RAT_AS_OFFICER, ERR_NOT_A_PARTY},
	        {O2, RAT_AS_DINAS, ERR_NO_RIGHT},
	        {C1, RAT_AS_MEMBER_PRESENT, ERR_NOT_A_PARTY},
	        {D1, RAT_AS_DINAS, ERR_OK},
	};
	struct world w;
	world_init(&w, KIND_RAT_ATTEST);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		say_endorse(&w, cases[i].feed, cases[i].capacity);
	assert_int_equal(record_of(&w.set, 0).endorsements, 3);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (w.set.why[i + 1] != cases[i].why)
			fail_msg("case %zu: %s", i, err_code(w.set.why[i + 1]));
	statements_deinit(&w.set);
}

static void withdrawals(void **state)
{
	(void)state;
	struct world w;
	world_init(&w, KIND_RAT_ATTEST);
	statements_answer(&w.set, O1, KIND_RAT_WITHDRAW, &w.attest);
	statements_answer(&w.set, D1, KIND_RAT_WITHDRAW, &w.attest);
	struct reference own = statements_answer(&w.set, C2, KIND_RAT_WITHDRAW, &w.attest);
	struct rat_record r = record_of(&w.set, 0);
	assert_int_equal(r.withdrawals_count, 1);
	assert_int_equal(place_compare(r.withdrawals[0], own.place), 0);
	assert_true(
	        w.set.why[1] == ERR_NOT_A_PARTY && w.set.why[2] == ERR_NOT_A_PARTY && w.set.why[3] == ERR_OK);
	statements_deinit(&w.set);
	/* a record on paper is the registrar's to withdraw */
	world_init(&w, KIND_RAT_RECORD);
	statements_answer(&w.set, C1, KIND_RAT_WITHDRAW, &w.attest);
	statements_answer(&w.set, D1, KIND_RAT_WITHDRAW, &w.attest);
	assert_int_equal(record_of(&w.set, 0).withdrawals_count, 1);
	assert_true(w.set.why[1] == ERR_NOT_A_PARTY && w.set.why[2] == ERR_OK);
	statements_deinit(&w.set);
}

static struct reference say_verdict(
        struct world *w, uint32_t feed, enum rat_ruling ruling, int32_t day, const struct reference *replaces)
{
	struct rat_verdict v = {
	        .about = w->attest, .ruling = ruling, .replaces_count = replaces != NULL ? 1 : 0};
	if (replaces != NULL)
		v.replaces[0] = *replaces;
	struct mp_out m = mp_out(memory, sizeof memory);
	rat_verdict_pack(&m, &v);
	return statements_say(&w->set, feed, KIND_RAT_VERDICT, &m, (struct day){day});
}

static void verdicts(void **state)
{
	(void)state;
	struct world w;
	world_init(&w, KIND_RAT_ATTEST);
	struct reference first = say_verdict(&w, D2, RAT_RETURNED, HELD + 1, NULL);
	say_verdict(&w, D1, RAT_VERIFIED, HELD + 9, &first);
	say_verdict(&w, D1, RAT_REJECTED, HELD + 5, &w.attest); /* replaces what is no verdict */
	say_verdict(&w, D1, RAT_VERIFIED, HELD + 7, &first);
	say_verdict(&w, C2, RAT_VERIFIED, HELD + 2, NULL);
	struct rat_record r = record_of(&w.set, 0);
	assert_int_equal(r.rulings_count, 4);
	assert_int_equal(w.set.why[5], ERR_NO_RIGHT);
	/* by place: feed D1 first */
	assert_true(r.rulings[0].ruling == RAT_VERIFIED && r.rulings[0].made.n == HELD + 9);
	assert_int_equal(r.rulings[0].replaced_on.n, DAY_MAX + 1);
	assert_int_equal(r.rulings[1].replaced_on.n, DAY_MAX + 1);
	assert_true(r.rulings[3].ruling == RAT_RETURNED && r.rulings[3].made.n == HELD + 1);
	assert_int_equal(r.rulings[3].replaced_on.n, HELD + 7); /* the first that replaced it */
	for (uint32_t i = 0; i < RAT_RULINGS_COUNTED_MAX; i++)
		say_verdict(&w, D1, RAT_VERIFIED, HELD + 20, NULL);
	assert_int_equal(record_of(&w.set, 0).rulings_count, RAT_RULINGS_COUNTED_MAX);
	statements_deinit(&w.set);
}

static void successors(void **state)
{
	(void)state;
	struct world w;
	struct reference also[2];
	world_init(&w, KIND_RAT_ATTEST);
	say_attest(&w.set, C2, KIND_RAT_ATTEST, 2018, &w.attest);
	say_attest(&w.set, O1, KIND_RAT_ATTEST, 2018, &w.attest); /* another member */
	say_attest(&w.set, C1, KIND_RAT_ATTEST, 2019, &w.attest); /* another year */
	say_attest(&w.set, D1, KIND_RAT_RECORD, 2018, &w.attest); /* paper over the member's own */
	(void)record_of(&w.set, 0);
	assert_int_equal(w.set.why[1], ERR_OK);
	for (size_t i = 2; i <= 4; i++)
		assert_int_equal(w.set.why[i], ERR_REPLACES);
	assert_int_equal(object_also(&w.set.all[1], also, 2), 1);
	assert_true(reference_equal(&also[0], &w.attest));
	assert_int_equal(object_also(&w.set.all[1], also, 0), 0);
	struct rat_record r = record_of(&w.set, 1);
	assert_true(r.replaces_count == 1 && reference_equal(&r.replaces[0], &w.attest));
	statements_deinit(&w.set);
}

static void who_may(void **state)
{
	(void)state;
	struct statements set;
	statements_init(&set, MEMBERS);
	say_attest(&set, C1, KIND_RAT_RECORD, 2018, NULL);
	assert_int_equal(statements_check(&set, 0), ERR_NO_RIGHT);
	set.roles[C1] = ROLE_SUPERVISOR;
	say_attest(&set, C1, KIND_RAT_ATTEST, 2018, NULL);
	assert_int_equal(statements_check(&set, 1), ERR_NO_RIGHT);
	set.roster.members_count = COOP;
	say_attest(&set, D1, KIND_RAT_RECORD, 2018, NULL);
	assert_int_equal(statements_check(&set, 2), ERR_NO_SUCH_MEMBER);
	statements_deinit(&set);
}

static enum err say_notice(
        struct statements *set, uint32_t feed, uint32_t member, uint32_t level, const char *number)
{
	struct rat_notice n = {.member = {member},
	        .year = 2018,
	        .level = level,
	        .number = bytes_text(number),
	        .date = {HELD},
	        .reason = bytes_text("belum RAT")};
	struct mp_out m = mp_out(memory, sizeof memory);
	rat_notice_pack(&m, &n);
	statements_say(set, feed, KIND_RAT_NOTICE, &m, (struct day){HELD + 1});
	return statements_check(set, set->count - 1);
}

static void notices(void **state)
{
	(void)state;
	struct statements set;
	struct object_view view;
	struct rat_notice_record r;
	statements_init(&set, MEMBERS);
	assert_int_equal(say_notice(&set, D1, COOP, 1, "SP/1/2019"), ERR_OK);
	assert_int_equal(say_notice(&set, D1, COOP, 0, "SP"), ERR_OUT_OF_RANGE);
	assert_int_equal(say_notice(&set, D1, COOP, RAT_NOTICE_LEVEL_MAX + 1, "SP"), ERR_OUT_OF_RANGE);
	assert_int_equal(say_notice(&set, D1, COOP, 1, ""), ERR_MISSING_FIELD);
	assert_int_equal(say_notice(&set, D1, MEMBERS, 1, "SP"), ERR_NO_SUCH_MEMBER);
	assert_int_equal(say_notice(&set, C1, COOP, 1, "SP"), ERR_NO_RIGHT);
	assert_true(statements_fold(&set, 0, &view));
	assert_int_equal(rat_notice_record_read(BYTES(view.record, view.record_bytes), &r), ERR_OK);
	assert_true(r.member.n == COOP && r.year == 2018 && r.level == 1 && r.date.n == HELD &&
	            r.made.n == HELD + 1);
	assert_true(r.number_bytes == 9 && memcmp(r.number, "SP/1/2019", 9) == 0);
	assert_true(view.by_year && view.a.n == COOP && view.year == 2018);
	statements_deinit(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(round_trip),
	        cmocka_unit_test(shapes),
	        cmocka_unit_test(refusals),
	        cmocka_unit_test(negative_counts),
	        cmocka_unit_test(verdict_rules),
	        cmocka_unit_test(record),
	        cmocka_unit_test(endorsements),
	        cmocka_unit_test(withdrawals),
	        cmocka_unit_test(verdicts),
	        cmocka_unit_test(successors),
	        cmocka_unit_test(who_may),
	        cmocka_unit_test(notices),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
