/* SPDX-License-Identifier: Apache-2.0
 * ledger_partnership.c: the bodies of partnership.* and balance.close, their rules, states, records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ledger/closing.h"
#include "ledger/partnership.h"
#include "support/bodies.h"
#include "support/statements.h"

#define DAY_2018 17532
enum { DINAS, OFFERER, PARTNER, STRANGER, MEMBERS };
enum { O1 = 2 * OFFERER, O2, P1, P2, X1 };

static uint8_t memory[4096];

static struct partnership_offer good(void)
{
	return (struct partnership_offer){
	        .partner = {PARTNER},
	        .limit_partner = {50000000},
	        .limit_self = {10000000},
	        .days = 30,
	        .goods = bytes_text("gabah, pupuk"),
	        .from = {DAY_2018},
	        .has_to = true,
	        .to = {DAY_2018 + 365},
	};
}

static struct bytes packed(const struct partnership_offer *o)
{
	struct mp_out m = mp_out(memory, sizeof memory);
	partnership_offer_pack(&m, o);
	assert_int_equal(mp_out_end(&m), ERR_OK);
	return mp_written(&m);
}

static enum err decode_offer(struct bytes body)
{
	struct partnership_offer o;
	return partnership_offer_unpack(body, &o);
}

static enum err decode_end(struct bytes body)
{
	struct partnership_end e;
	return partnership_end_unpack(body, &e);
}

static enum err decode_answer(struct bytes body)
{
	struct answer a;
	return answer_unpack(body, &a);
}

static enum err decode_closing(struct bytes body)
{
	struct closing c;
	return closing_unpack(body, &c);
}

static void shapes(void **state)
{
	(void)state;
	static const int offer_keys[] = {0, 1, 2, 3, 4, -1}, first[] = {0, -1}, close_keys[] = {0, 1, 2, -1};
	struct reference r = {.place = {{1}, 2}, .id = {3}};
	struct partnership_offer o = good(), got;
	bodies_prove(packed(&o), decode_offer, offer_keys);
	assert_int_equal(partnership_offer_unpack(packed(&o), &got), ERR_OK);
	assert_true(got.partner.n == o.partner.n && got.limit_partner.n == o.limit_partner.n);
	assert_true(got.limit_self.n == o.limit_self.n && got.days == 30 && got.from.n == o.from.n);
	assert_true(got.has_to && got.to.n == o.to.n && bytes_equal(got.goods, o.goods));
	struct mp_out m = mp_out(memory, sizeof memory);
	partnership_end_pack(
	        &m, &(struct partnership_end){
	                    .answer = {r, bytes_text("bubar")}, .has_last = true, .last = {DAY_2018}});
	bodies_prove(mp_written(&m), decode_end, first);
	m = mp_out(memory, sizeof memory);
	answer_pack(&m, &(struct answer){r, bytes_text("tidak sesuai")});
	bodies_prove(mp_written(&m), decode_answer, first);
	m = mp_out(memory, sizeof memory);
	closing_pack(&m, &(struct closing){.partner = {PARTNER},
	                         .period_end = {DAY_2018},
	                         .balance = {-5},
	                         .note = bytes_text("akhir tahun"),
	                         .has_replaces = true,
	                         .replaces = r});
	bodies_prove(mp_written(&m), decode_closing, close_keys);
}

static void refusals(void **state)
{
	(void)state;
	struct partnership_offer o = good();
	o.to.n = o.from.n;
	assert_int_equal(decode_offer(packed(&o)), ERR_OK);
	o.to.n = o.from.n - 1;
	assert_int_equal(decode_offer(packed(&o)), ERR_DATE_ORDER);
	o = good();
	o.limit_partner.n = -1;
	assert_int_equal(decode_offer(packed(&o)), ERR_AMOUNT_RANGE);
	o = good();
	o.limit_self.n = MONEY_MAX + 1;
	assert_int_equal(decode_offer(packed(&o)), ERR_AMOUNT_RANGE);
	o = good();
	o.days = TERM_DAYS_MAX + 1;
	assert_int_equal(decode_offer(packed(&o)), ERR_OUT_OF_RANGE);
	o = good();
	o.from.n = DAY_MIN - 1;
	assert_int_equal(decode_offer(packed(&o)), ERR_DATE_RANGE);
}

enum act { END, ACCEPT, DECLINE, OVER, LAST_100, LAST_50, LAST_400 };
struct step {
	enum act act;
	uint32_t feed;
	enum err why;
};
struct script {
	const char *name;
	struct step steps[5];
	enum partnership_state state;
	int32_t to;
};

static void say_end(struct statements *set, uint32_t feed, const struct reference *offer, int32_t last)
{
	struct partnership_end e = {
	        .answer = {.about = *offer}, .has_last = last != 0, .last = {DAY_2018 + last}};
	struct mp_out m = mp_out(memory, sizeof memory);
	partnership_end_pack(&m, &e);
	statements_say(set, feed, KIND_PARTNERSHIP_END, &m, (struct day){DAY_2018});
}

static void act(struct statements *set, const struct reference *offer, const struct step *s)
{
	switch (s->act) {
	case ACCEPT:
		statements_answer(set, s->feed, KIND_PARTNERSHIP_ACCEPT, offer);
		break;
	case DECLINE:
		statements_answer(set, s->feed, KIND_PARTNERSHIP_DECLINE, offer);
		break;
	case OVER:
		say_end(set, s->feed, offer, 0);
		break;
	case LAST_100:
		say_end(set, s->feed, offer, 100);
		break;
	case LAST_50:
		say_end(set, s->feed, offer, 50);
		break;
	case LAST_400:
		say_end(set, s->feed, offer, 400);
		break;
	case END:
		break;
	}
}

static void states(void **state)
{
	(void)state;
	static const struct script scripts[] = {
	        {"proposed", {{END, 0, 0}}, PARTNERSHIP_PROPOSED, 365},
	        {"live", {{ACCEPT, P1, 0}}, PARTNERSHIP_LIVE, 365},
	        {"declined", {{DECLINE, P1, 0}}, PARTNERSHIP_DECLINED, 365},
	        {"any accept wins", {{DECLINE, P1, 0}, {ACCEPT, P2, 0}}, PARTNERSHIP_LIVE, 365},
	        {"first answer", {{DECLINE, P1, 0}, {ACCEPT, P1, ERR_ANSWERED}}, PARTNERSHIP_DECLINED, 365},
	        {"not oneself", {{ACCEPT, O2, ERR_NOT_A_PARTY}}, PARTNERSHIP_PROPOSED, 365},
	        {"strangers", {{ACCEPT, X1, ERR_NOT_A_PARTY}, {OVER, X1, ERR_NOT_A_PARTY}},
	                PARTNERSHIP_PROPOSED, 365},
	        {"ended by either", {{ACCEPT, P1, 0}, {OVER, P2, 0}}, PARTNERSHIP_ENDED, 365},
	        {"ended by the offerer", {{OVER, O2, 0}, {ACCEPT, P1, 0}}, PARTNERSHIP_ENDED, 365},
	        {"ends on a day", {{ACCEPT, P1, 0}, {LAST_100, O1, 0}}, PARTNERSHIP_LIVE, 100},
	        {"the earliest day", {{ACCEPT, P1, 0}, {LAST_100, O1, 0}, {LAST_50, P1, 0}}, PARTNERSHIP_LIVE,
	                50},
	        {"never later than offered", {{ACCEPT, P1, 0}, {LAST_400, O1, 0}}, PARTNERSHIP_LIVE, 365},
	};
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		struct statements set;
		struct object_view view;
		struct partnership_record r;
		struct partnership_offer o = good();
		const struct script *s = &scripts[i];
		statements_init(&set, MEMBERS);
		struct mp_out m = mp_out(memory, sizeof memory);
		partnership_offer_pack(&m, &o);
		struct reference offer = statements_say(&set, O1, KIND_PARTNERSHIP_OFFER, &m, o.from);
		for (size_t k = 0; s->steps[k].act != END; k++)
			act(&set, &offer, &s->steps[k]);
		assert_true(statements_fold(&set, 0, &view));
		assert_int_equal(partnership_record_read(BYTES(view.record, view.record_bytes), &r), ERR_OK);
		if (r.state != s->state || r.to.n != DAY_2018 + s->to)
			fail_msg("%s: %s to %d", s->name, partnership_state_code(r.state), r.to.n - DAY_2018);
		for (size_t k = 0; s->steps[k].act != END; k++)
			if (set.why[k + 1] != s->steps[k].why)
				fail_msg("%s: step %zu: %s", s->name, k, err_code(set.why[k + 1]));
		assert_true(view.by_pair && view.a.n == OFFERER && view.b.n == PARTNER);
		assert_int_equal(partnership_limit(&r, (struct member_no){OFFERER}).n, 50000000);
		assert_int_equal(partnership_limit(&r, (struct member_no){PARTNER}).n, 10000000);
		for (uint16_t len = 0; len < view.record_bytes; len++)
			assert_int_not_equal(partnership_record_read(BYTES(view.record, len), &r), ERR_OK);
		statements_deinit(&set);
	}
}

static struct partnership_record live(uint64_t seq, int32_t from, int32_t to)
{
	return (struct partnership_record){.ref = {.place = {{2}, seq}},
	        .offerer = {OFFERER},
	        .partner = {PARTNER},
	        .state = PARTNERSHIP_LIVE,
	        .from = {from},
	        .to = {to}};
}

static void which_holds(void **state)
{
	(void)state;
	struct partnership_record all[] = {
	        live(0, 100, DAY_MAX), live(1, 200, 300), live(2, 200, 250), live(3, 150, 400)};
	static const struct {
		int32_t day, index;
	} cases[] = {
	        {99, -1}, {100, 0}, {150, 3}, {200, 2}, {250, 2}, {251, 1}, {300, 1}, {301, 3}, {401, 0}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct partnership_record *r = partnership_of(all, 4, (struct day){cases[i].day});
		assert_ptr_equal(r, cases[i].index < 0 ? NULL : &all[cases[i].index]);
	}
	all[0].state = PARTNERSHIP_ENDED;
	assert_null(partnership_of(all, 1, (struct day){100}));
}

/* --- balance.close */
static struct reference say_close(struct statements *set, uint32_t feed, uint32_t partner, int32_t day,
        const struct reference *replaces)
{
	struct closing c = {.partner = {partner}, .period_end = {day}, .balance = {1000 + day}};
	c.has_replaces = replaces != NULL;
	if (replaces != NULL)
		c.replaces = *replaces;
	struct mp_out m = mp_out(memory, sizeof memory);
	closing_pack(&m, &c);
	return statements_say(set, feed, KIND_BALANCE_CLOSE, &m, (struct day){day});
}

static struct closing_record closed(struct statements *set, size_t index)
{
	struct object_view view;
	struct closing_record r;
	assert_true(statements_fold(set, index, &view));
	assert_true(view.by_pair && view.type == OBJECT_CLOSING && view.sums.position.n == 0);
	assert_int_equal(closing_record_read(BYTES(view.record, view.record_bytes), &r), ERR_OK);
	return r;
}

static void closings(void **state)
{
	(void)state;
	struct statements set;
	statements_init(&set, MEMBERS);
	struct reference first = say_close(&set, O2, PARTNER, DAY_2018, NULL);
	struct closing_record r = closed(&set, 0);
	assert_true(r.author.n == OFFERER && r.partner.n == PARTNER && r.period_end.n == DAY_2018);
	assert_int_equal(r.balance.n, 1000 + DAY_2018);
	assert_false(r.replaced);
	say_close(&set, P1, OFFERER, DAY_2018, &first);     /* another's figure replaces nothing */
	say_close(&set, O1, STRANGER, DAY_2018, &first);    /* nor one about somebody else */
	say_close(&set, O1, PARTNER, DAY_2018 + 1, &first); /* nor of another day */
	assert_false(closed(&set, 0).replaced);
	for (size_t i = 1; i <= 3; i++)
		assert_int_equal(set.why[i], ERR_REPLACES);
	say_close(&set, O1, PARTNER, DAY_2018, &first); /* a feed of lower number, later */
	assert_true(closed(&set, 0).replaced);
	assert_int_equal(set.why[4], ERR_OK);
	assert_false(closed(&set, 4).replaced);
	say_close(&set, O1, OFFERER, DAY_2018, NULL);
	assert_int_equal(statements_check(&set, 5), ERR_SAME_PARTY);
	statements_deinit(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(shapes), cmocka_unit_test(refusals),
	        cmocka_unit_test(states), cmocka_unit_test(which_holds), cmocka_unit_test(closings)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
