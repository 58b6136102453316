/* SPDX-License-Identifier: Apache-2.0
 * ledger_payment.c: the bodies of payment.*, every rule that refuses one, every state by who recorded it, and that a
 * state is a function of the set of statements alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ledger/payment.h"
#include "support/bodies.h"
#include "support/statements.h"

#define DAY_2018 17532
enum { DINAS, PAYER, PAYEE, STRANGER, MEMBERS };
enum { P1 = 2 * PAYER, P2, E1, E2, X1 };

static uint8_t memory[65536];
static struct allocation allocations[PAYMENT_ALLOCATIONS_MAX + 1];

/* 1,000,000 of which 600,000 + 400,000 are allocated. */
static struct payment_record_body good(enum payment_role role)
{
	for (uint32_t i = 0; i <= PAYMENT_ALLOCATIONS_MAX; i++)
		allocations[i] = (struct allocation){.trade = {.place = {{2}, i}, .id = {1}}, .amount = {1}};
	allocations[0].amount.n = 600000;
	allocations[1].amount.n = 400000;
	return (struct payment_record_body){
	        .role = role,
	        .partner = {role == PAYMENT_PAYER ? PAYEE : PAYER},
	        .amount = {1000000},
	        .date = {DAY_2018},
	        .method = PAYMENT_TRANSFER,
	        .number = bytes_text("P-1"),
	        .note = bytes_text("lunas"),
	        .allocations = allocations,
	        .allocations_count = 2,
	};
}

static struct bytes packed(const struct payment_record_body *p)
{
	struct mp_out m = mp_out(memory, sizeof memory);
	payment_record_pack(&m, p);
	assert_int_equal(mp_out_end(&m), ERR_OK);
	return mp_written(&m);
}

static enum err decode_record(struct bytes body)
{
	static struct allocation parts[PAYMENT_ALLOCATIONS_MAX];
	struct payment_record_body p;
	return payment_record_unpack(body, parts, &p);
}

static enum err decode_confirm(struct bytes body)
{
	struct payment_confirm c;
	return payment_confirm_unpack(body, &c);
}

static void round_trip(void **state)
{
	(void)state;
	static struct allocation parts[PAYMENT_ALLOCATIONS_MAX];
	struct payment_record_body p = good(PAYMENT_PAYER), got;
	assert_int_equal(payment_record_unpack(packed(&p), parts, &got), ERR_OK);
	assert_true(got.role == p.role && got.partner.n == p.partner.n && got.amount.n == p.amount.n);
	assert_true(got.date.n == p.date.n && got.method == p.method && got.allocations_count == 2);
	assert_true(bytes_equal(got.number, p.number) && bytes_equal(got.note, p.note));
	assert_memory_equal(got.allocations, p.allocations, 2 * sizeof(struct allocation));
}

static void shapes(void **state)
{
	(void)state;
	static const int record_keys[] = {0, 1, 2, 3, 4, -1}, first[] = {0, -1};
	struct payment_record_body p = good(PAYMENT_PAYER);
	bodies_prove(packed(&p), decode_record, record_keys);
	struct mp_out m = mp_out(memory, sizeof memory);
	payment_confirm_pack(&m, &(struct payment_confirm){.about = allocations[0].trade,
	                                 .has_withdraw = true,
	                                 .withdraw = allocations[1].trade});
	bodies_prove(mp_written(&m), decode_confirm, first);
}

struct bad_record {
	const char *name;
	enum err expected;
	int64_t amount, first, second;
	bool same_trade;
	uint32_t count;
	int32_t day;
	unsigned role, method;
};

static void refusals(void **state)
{
	(void)state;
	static const struct bad_record cases[] = {
	        {"good", ERR_OK, 1000000, 600000, 400000, false, 2, DAY_2018, 0, 1},
	        {"not all allocated", ERR_OK, 1000000, 600000, 1, false, 2, DAY_2018, 1, 2},
	        {"unallocated", ERR_OK, 1, 0, 0, false, 0, DAY_2018, 0, 0},
	        {"the greatest", ERR_OK, MONEY_MAX, 1, 1, false, 2, DAY_2018, 0, 0},
	        {"nothing", ERR_AMOUNT_RANGE, 0, 0, 0, false, 0, DAY_2018, 0, 0},
	        {"negative", ERR_AMOUNT_RANGE, -5, 0, 0, false, 0, DAY_2018, 0, 0},
	        {"over", ERR_AMOUNT_RANGE, MONEY_MAX + 1, 1, 1, false, 2, DAY_2018, 0, 0},
	        {"allocation 0", ERR_ALLOCATION, 1000000, 0, 1, false, 2, DAY_2018, 0, 0},
	        {"allocation negative", ERR_ALLOCATION, 1000000, -1, 1, false, 2, DAY_2018, 0, 0},
	        {"allocations over the amount", ERR_ALLOCATION, 1000000, 600000, 400001, false, 2, DAY_2018,
	                0, 0},
	        {"a trade twice", ERR_ALLOCATION, 1000000, 1, 1, true, 2, DAY_2018, 0, 0},
	        {"as many as may be", ERR_OK, 1000000, 1, 1, false, PAYMENT_ALLOCATIONS_MAX, DAY_2018, 0, 0},
	        {"one more", ERR_TOO_MANY, 1000000, 1, 1, false, PAYMENT_ALLOCATIONS_MAX + 1, DAY_2018, 0, 0},
	        {"day early", ERR_DATE_RANGE, 1, 0, 0, false, 0, DAY_MIN - 1, 0, 0},
	        {"day late", ERR_DATE_RANGE, 1, 0, 0, false, 0, DAY_MAX + 1, 0, 0},
	        {"role", ERR_OUT_OF_RANGE, 1, 0, 0, false, 0, DAY_2018, 2, 0},
	        {"method", ERR_OUT_OF_RANGE, 1, 0, 0, false, 0, DAY_2018, 0, PAYMENT_METHODS},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct bad_record *c = &cases[i];
		struct payment_record_body p = good((enum payment_role)c->role);
		p.amount.n = c->amount;
		p.date.n = c->day;
		p.method = (enum payment_method)c->method;
		allocations[0].amount.n = c->first;
		allocations[1].amount.n = c->second;
		if (c->same_trade)
			allocations[1].trade = allocations[0].trade;
		p.allocations_count = c->count;
		enum err e = decode_record(packed(&p));
		if (e != c->expected)
			fail_msg("%s: %s", c->name, err_code(e));
	}
}

/* --- states */
enum act { END, CONFIRM, DENY, WITHDRAW, CONSENT, CONSENT_OTHER };
struct step {
	enum act act;
	uint32_t feed;
	enum err why;
};
struct script {
	const char *name;
	enum payment_role by;
	struct step steps[6];
	enum payment_state state;
	bool confirmed, asked;
};
struct world {
	struct statements set;
	struct reference record, withdraw;
};

static void world_init(struct world *w, enum payment_role by, uint32_t feed)
{
	struct payment_record_body p = good(by);
	memset(&w->withdraw, 0, sizeof w->withdraw);
	(void)packed(&p);
	struct mp_out m = mp_out(memory, sizeof memory);
	payment_record_pack(&m, &p);
	w->record = statements_say(&w->set, feed, KIND_PAYMENT_RECORD, &m, p.date);
}

static void say_confirm(struct world *w, uint32_t feed, const struct reference *withdraw)
{
	struct payment_confirm c = {.about = w->record, .has_withdraw = withdraw != NULL};
	if (withdraw != NULL)
		c.withdraw = *withdraw;
	struct mp_out m = mp_out(memory, sizeof memory);
	payment_confirm_pack(&m, &c);
	statements_say(&w->set, feed, KIND_PAYMENT_CONFIRM, &m, (struct day){DAY_2018});
}

static void act(struct world *w, enum act what, uint32_t feed)
{
	switch (what) {
	case CONFIRM:
		say_confirm(w, feed, NULL);
		break;
	case DENY:
		statements_answer(&w->set, feed, KIND_PAYMENT_DENY, &w->record);
		break;
	case WITHDRAW:
		w->withdraw = statements_answer(&w->set, feed, KIND_PAYMENT_WITHDRAW, &w->record);
		break;
	case CONSENT:
		say_confirm(w, feed, &w->withdraw);
		break;
	case CONSENT_OTHER:
		say_confirm(w, feed, &w->record);
		break;
	case END:
		break;
	}
}

static void states(void **state)
{
	(void)state;
	static const struct script scripts[] = {
	        {"the payer's waits", PAYMENT_PAYER, {{END, 0, 0}}, PAYMENT_PENDING, false, false},
	        {"confirmed", PAYMENT_PAYER, {{CONFIRM, E1, 0}}, PAYMENT_COUNTS, true, false},
	        {"denied", PAYMENT_PAYER, {{DENY, E1, 0}}, PAYMENT_DENIED, false, false},
	        {"any confirm wins", PAYMENT_PAYER, {{DENY, E1, 0}, {CONFIRM, E2, 0}}, PAYMENT_COUNTS, true,
	                false},
	        {"a feed's first answer", PAYMENT_PAYER, {{DENY, E1, 0}, {CONFIRM, E1, ERR_ANSWERED}},
	                PAYMENT_DENIED, false, false},
	        {"withdrawn while it waits", PAYMENT_PAYER, {{WITHDRAW, P2, 0}}, PAYMENT_WITHDRAWN, false,
	                false},
	        {"not once confirmed", PAYMENT_PAYER, {{CONFIRM, E1, 0}, {WITHDRAW, P1, 0}}, PAYMENT_COUNTS,
	                true, false},
	        {"deny before withdraw", PAYMENT_PAYER, {{WITHDRAW, P1, 0}, {DENY, E1, 0}}, PAYMENT_DENIED,
	                false, false},
	        {"nobody confirms itself", PAYMENT_PAYER, {{CONFIRM, P1, ERR_NOT_A_PARTY}}, PAYMENT_PENDING,
	                false, false},
	        {"nobody withdraws another's", PAYMENT_PAYER, {{WITHDRAW, E1, ERR_NOT_A_PARTY}},
	                PAYMENT_PENDING, false, false},
	        {"strangers", PAYMENT_PAYER, {{CONFIRM, X1, ERR_NOT_A_PARTY}, {DENY, X1, ERR_NOT_A_PARTY}},
	                PAYMENT_PENDING, false, false},
	        {"a payer's withdrawal needs no consent", PAYMENT_PAYER,
	                {{WITHDRAW, P1, 0}, {CONSENT, E1, ERR_NO_SUCH_OBJECT}}, PAYMENT_WITHDRAWN, false,
	                false},
	        {"the payee's counts at once", PAYMENT_PAYEE, {{END, 0, 0}}, PAYMENT_COUNTS, false, false},
	        {"and may be confirmed", PAYMENT_PAYEE, {{CONFIRM, P1, 0}}, PAYMENT_COUNTS, true, false},
	        {"but not denied", PAYMENT_PAYEE, {{DENY, P1, ERR_PAYMENT_COUNTS}}, PAYMENT_COUNTS, false,
	                false},
	        {"its withdrawal waits", PAYMENT_PAYEE, {{WITHDRAW, E1, 0}}, PAYMENT_COUNTS, false, true},
	        {"for the payer", PAYMENT_PAYEE, {{WITHDRAW, E1, 0}, {CONSENT, P1, 0}}, PAYMENT_WITHDRAWN,
	                false, false},
	        {"who must name it", PAYMENT_PAYEE, {{WITHDRAW, E1, 0}, {CONSENT_OTHER, P1, 0}},
	                PAYMENT_COUNTS, false, true},
	        {"a plain confirm is no consent", PAYMENT_PAYEE, {{WITHDRAW, E1, 0}, {CONFIRM, P1, 0}},
	                PAYMENT_COUNTS, true, true},
	        {"the payee does not consent to itself", PAYMENT_PAYEE,
	                {{WITHDRAW, E1, 0}, {CONSENT, E2, ERR_NOT_A_PARTY}}, PAYMENT_COUNTS, false, true},
	        {"a payer cannot withdraw the payee's", PAYMENT_PAYEE, {{WITHDRAW, P1, ERR_NOT_A_PARTY}},
	                PAYMENT_COUNTS, false, false},
	};
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		struct world w;
		struct object_view view;
		struct payment_view v;
		const struct script *s = &scripts[i];
		statements_init(&w.set, MEMBERS);
		world_init(&w, s->by, s->by == PAYMENT_PAYER ? P1 : E1);
		for (size_t k = 0; s->steps[k].act != END; k++)
			act(&w, s->steps[k].act, s->steps[k].feed);
		assert_true(statements_fold(&w.set, 0, &view));
		assert_int_equal(payment_view_read(BYTES(view.record, view.record_bytes), &v), ERR_OK);
		if (v.state != s->state || v.confirmed != s->confirmed || v.withdraw_asked != s->asked)
			fail_msg("%s: %s %d %d", s->name, payment_state_code(v.state), v.confirmed,
			        v.withdraw_asked);
		for (size_t k = 0; s->steps[k].act != END; k++)
			if (w.set.why[k + 1] != s->steps[k].why)
				fail_msg("%s: step %zu: %s", s->name, k, err_code(w.set.why[k + 1]));
		/* A payment lowers what the payer owes: it raises the payer's position. */
		assert_int_equal(view.sums.position.n, v.state == PAYMENT_COUNTS ? 1000000 : 0);
		assert_int_equal(view.sums.pending_payments.n, v.state == PAYMENT_PENDING ? 1000000 : 0);
		statements_deinit(&w.set);
	}
}

static void record(void **state)
{
	(void)state;
	struct world w;
	struct object_view view;
	struct payment_view v;
	statements_init(&w.set, MEMBERS);
	world_init(&w, PAYMENT_PAYEE, E1);
	assert_true(statements_fold(&w.set, 0, &view));
	assert_int_equal(payment_view_read(BYTES(view.record, view.record_bytes), &v), ERR_OK);
	assert_true(reference_equal(&v.ref, &w.record) && v.payer.n == PAYER && v.payee.n == PAYEE);
	assert_true(v.recorded_by == PAYMENT_PAYEE && v.method == PAYMENT_TRANSFER && v.date.n == DAY_2018);
	assert_true(v.number_bytes == 3 && memcmp(v.number, "P-1", 3) == 0);
	assert_int_equal(v.allocations_count, 2);
	struct allocation second = payment_allocation(&v, 1);
	assert_int_equal(second.amount.n, 400000);
	assert_true(reference_equal(&second.trade, &allocations[1].trade));
	for (uint16_t len = 0; len < view.record_bytes; len++)
		assert_int_not_equal(payment_view_read(BYTES(view.record, len), &v), ERR_OK);
	statements_deinit(&w.set);
}

static void longest_record(void **state)
{
	(void)state;
	struct statements set;
	struct object_view view;
	struct payment_view v;
	struct payment_record_body p = good(PAYMENT_PAYEE);
	p.allocations_count = PAYMENT_ALLOCATIONS_MAX;
	p.amount.n += PAYMENT_ALLOCATIONS_MAX;
	statements_init(&set, MEMBERS);
	struct mp_out m = mp_out(memory, sizeof memory);
	payment_record_pack(&m, &p);
	statements_say(&set, E1, KIND_PAYMENT_RECORD, &m, p.date);
	assert_true(statements_fold(&set, 0, &view));
	assert_int_equal(payment_view_read(BYTES(view.record, view.record_bytes), &v), ERR_OK);
	assert_int_equal(v.allocations_count, PAYMENT_ALLOCATIONS_MAX);
	assert_int_equal(payment_allocation(&v, PAYMENT_ALLOCATIONS_MAX - 1).amount.n, 1);
	statements_deinit(&set);
}

/* The same acts with the feeds numbered otherwise: the same state and sums. */
static void function_of_the_set(void **state)
{
	(void)state;
	static const uint32_t orders[][4] = {
	        {P1, P2, E1, E2}, {P2, P1, E2, E1}, {E1, E2, P1, P2}, {E2, P1, P2, E1}};
	for (uint64_t seed = 1; seed <= 2000; seed++) {
		struct payment_view first = {0};
		struct object_view view;
		for (size_t order = 0; order < 4; order++) {
			struct world w;
			struct payment_view v;
			uint64_t random = seed;
			const uint32_t *feeds = orders[order];
			enum payment_role by = (enum payment_role)statements_below(&random, 2);
			statements_init(&w.set, MEMBERS);
			for (int i = 0; i < 4; i++)
				w.set.member_of[feeds[i]].n = i < 2 ? PAYER : PAYEE;
			world_init(&w, by, feeds[by == PAYMENT_PAYER ? 0 : 2]);
			for (uint32_t n = statements_below(&random, 7); n > 0; n--)
				act(&w, (enum act)(1 + statements_below(&random, 5)),
				        feeds[statements_below(&random, 4)]);
			statements_shuffle(&w.set, seed + order);
			assert_true(statements_fold(&w.set, statements_find(&w.set, &w.record), &view));
			assert_int_equal(
			        payment_view_read(BYTES(view.record, view.record_bytes), &v), ERR_OK);
			if (order == 0)
				first = v;
			assert_int_equal(v.state, first.state);
			assert_int_equal(v.confirmed, first.confirmed);
			assert_int_equal(v.withdraw_asked, first.withdraw_asked);
			statements_deinit(&w.set);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(round_trip),
	        cmocka_unit_test(shapes),
	        cmocka_unit_test(refusals),
	        cmocka_unit_test(states),
	        cmocka_unit_test(record),
	        cmocka_unit_test(longest_record),
	        cmocka_unit_test(function_of_the_set),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
