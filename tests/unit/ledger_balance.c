/* SPDX-License-Identifier: Apache-2.0
 * ledger_balance.c: cover by hand-reckoned cases, and what must hold of any ledger of a pair, on random ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "ledger/balance.h"
#include "support/statements.h"

enum { US = 3, THEM = 7 };
#define ITEMS_HERE 64
#define TODAY 1000

/* A pair's ledger: records as the folds leave them, payments with their allocations packed. */
struct ledger {
	struct balance_trade trades[ITEMS_HERE];
	struct payment_view payments[ITEMS_HERE];
	size_t trades_count, payments_count;
	uint8_t allocations[ITEMS_HERE][8 * 36];
	uint32_t scratch[3 * ITEMS_HERE];
};

static struct reference ref(uint32_t feed, uint64_t seq)
{
	return (struct reference){.place = {{feed}, seq}, .id = {(uint8_t)(seq + 1)}};
}

struct sale {
	uint32_t seller;
	int32_t date, due;
	int64_t total;
	enum trade_kind kind;
	int refers; /* index of another, -1 none */
	enum trade_state state;
	bool disputed;
};

static void add_sale(struct ledger *l, struct sale s)
{
	struct trade_record *r = &l->trades[l->trades_count].record;
	*r = (struct trade_record){
	        .ref = ref(s.seller, l->trades_count),
	        .seller = {s.seller},
	        .buyer = {s.seller == US ? THEM : US},
	        .kind = s.kind,
	        .state = s.state,
	        .disputed = s.disputed,
	        .date = {s.date},
	        .due = {s.due},
	        .total = {s.total},
	        .has_refers = s.refers >= 0,
	};
	if (s.refers >= 0)
		r->refers = l->trades[s.refers].record.ref;
	l->trades_count++;
}

static void sell(struct ledger *l, uint32_t seller, int32_t date, int32_t due, int64_t total)
{
	add_sale(l, (struct sale){seller, date, due, total, TRADE_SALE, -1, TRADE_AGREED, false});
}

struct part {
	int trade; /* index; -1: the reference of nothing */
	int64_t amount;
};

static void pay(struct ledger *l, uint32_t payer, int32_t date, int64_t amount, const struct part *parts,
        uint32_t count)
{
	struct payment_view *p = &l->payments[l->payments_count];
	struct bytes_out o = bytes_out(l->allocations[l->payments_count], sizeof l->allocations[0]);
	for (uint32_t i = 0; i < count; i++) {
		struct reference named =
		        parts[i].trade >= 0 ? l->trades[parts[i].trade].record.ref : ref(99, 99);
		bytes_put_u32(&o, named.place.feed.n);
		bytes_put_u64(&o, named.place.seq);
		bytes_put(&o, named.id, sizeof named.id);
		bytes_put_u64(&o, (uint64_t)parts[i].amount);
	}
	*p = (struct payment_view){
	        .ref = ref(payer, 1000 + l->payments_count),
	        .payer = {payer},
	        .payee = {payer == US ? THEM : US},
	        .state = PAYMENT_COUNTS,
	        .date = {date},
	        .amount = {amount},
	        .allocations_count = count,
	        .allocations = bytes_written(&o),
	};
	assert_int_equal(bytes_out_end(&o), ERR_OK);
	l->payments_count++;
}

static struct balance reckon(struct ledger *l, uint32_t self, const int32_t *as_of)
{
	struct balance b;
	struct balance_ask ask = {
	        .self = {self},
	        .partner = {self == US ? THEM : US},
	        .has_as_of = as_of != NULL,
	        .overdue_on = {as_of != NULL ? *as_of : TODAY},
	        .trades = l->trades,
	        .trades_count = l->trades_count,
	        .payments = l->payments,
	        .payments_count = l->payments_count,
	        .scratch = l->scratch,
	};
	if (as_of != NULL)
		ask.as_of.n = *as_of;
	assert_true(balance_scratch(ITEMS_HERE, ITEMS_HERE) == 3 * ITEMS_HERE);
	assert_int_equal(balance_of(&ask, &b), ERR_OK);
	return b;
}

static void expect_open(const struct ledger *l, const int64_t *open)
{
	for (size_t i = 0; i < l->trades_count; i++)
		assert_int_equal(l->trades[i].open.n, open[i]);
}

static void nothing(void **state)
{
	(void)state;
	struct ledger l = {0};
	struct balance b = reckon(&l, US, NULL);
	assert_true(b.balance.n == 0 && b.ours.open.n == 0 && b.theirs.advances.n == 0 && b.trades == 0);
}

/* An allocation takes no more than is open; what is left goes to the pool: due first, then dated first. */
static void allocations_and_pool(void **state)
{
	(void)state;
	struct ledger l = {0};
	sell(&l, US, 10, 40, 100);
	sell(&l, US, 11, 30, 100);
	sell(&l, US, 9, 40, 100);
	pay(&l, THEM, 50, 180, (struct part[]){{0, 150}}, 1);
	struct balance b = reckon(&l, US, NULL);
	expect_open(&l, (int64_t[]){0, 20, 100}); /* 100 of the 150; 80 to the one due on 30 */
	assert_int_equal(b.balance.n, 120);
	assert_int_equal(balance_cover(&l.trades[0]), COVER_SETTLED);
	assert_int_equal(balance_cover(&l.trades[1]), COVER_PART);
	assert_int_equal(balance_cover(&l.trades[2]), COVER_NONE);
	pay(&l, THEM, 51, 30, NULL, 0);
	(void)reckon(&l, US, NULL);
	expect_open(&l,
	        (int64_t[]){0, 0, 90}); /* both are due on 40: the one dated 9 would come before that of 10 */
	pay(&l, THEM, 52, 190, NULL, 0);
	b = reckon(&l, US, NULL);
	expect_open(&l, (int64_t[]){0, 0, 0});
	assert_int_equal(b.ours.advances.n, 100);
	assert_int_equal(b.balance.n, -100);
	assert_true(balance_receivable(&b).n == 0 && balance_payable(&b).n == 100);
}

/* The first payment by date takes first, whatever its place; an equal date is decided by the reference. */
static void payments_in_order(void **state)
{
	(void)state;
	struct ledger l = {0};
	sell(&l, US, 1, 1, 100);
	sell(&l, US, 1, 2, 100);
	pay(&l, THEM, 60, 100, (struct part[]){{0, 100}}, 1);
	pay(&l, THEM, 50, 70, (struct part[]){{0, 70}}, 1);
	struct balance b = reckon(&l, US, NULL);
	/* 70 of the earlier, 30 of the later; its other 70 go to the pool */
	expect_open(&l, (int64_t[]){0, 30});
	assert_int_equal(b.balance.n, 30);
}

static void disputed_last(void **state)
{
	(void)state;
	struct ledger l = {0};
	add_sale(&l, (struct sale){US, 1, 1, 100, TRADE_SALE, -1, TRADE_AGREED, true});
	sell(&l, US, 5, 500, 100);
	pay(&l, THEM, 6, 150, NULL, 0);
	struct balance b = reckon(&l, US, NULL);
	expect_open(&l, (int64_t[]){50, 0});
	assert_int_equal(b.disputed.n, 100); /* its full total, though half is paid */
	assert_int_equal(b.balance.n, 50);
}

static void advances_do_not_cross(void **state)
{
	(void)state;
	struct ledger l = {0};
	sell(&l, US, 1, 1, 100);
	sell(&l, THEM, 1, 1, 70);
	pay(&l, THEM, 2, 130, NULL, 0);
	struct balance b = reckon(&l, US, NULL);
	expect_open(&l, (int64_t[]){0, 70});
	assert_int_equal(b.ours.advances.n, 30);
	assert_int_equal(b.theirs.open.n, 70);
	assert_int_equal(b.balance.n, -30 - 70);
}

static void returns(void **state)
{
	(void)state;
	struct ledger l = {0};
	sell(&l, US, 1, 10, 100);
	sell(&l, US, 2, 5, 100);
	add_sale(&l, (struct sale){THEM, 3, 3, 30, TRADE_RETURN, 0, TRADE_AGREED, false});
	pay(&l, THEM, 4, 100, (struct part[]){{0, 100}}, 1);
	struct balance b = reckon(&l, US, NULL);
	/* the return takes 30 off the first, though the other is due before; the payment 70, and 30 of it the other */
	expect_open(&l, (int64_t[]){0, 70, 0});
	assert_int_equal(l.trades[2].use, BALANCE_CREDIT);
	assert_int_equal(b.balance.n, 70);
	assert_int_equal(b.theirs.open.n, 0);
	/* more is returned than was sold: the rest pays the other */
	add_sale(&l, (struct sale){THEM, 4, 4, 90, TRADE_RETURN, 0, TRADE_AGREED, false});
	b = reckon(&l, US, NULL);
	expect_open(&l, (int64_t[]){0, 0, 0, 0});
	assert_int_equal(b.balance.n, 200 - 30 - 100 - 90);
	assert_int_equal(b.ours.advances.n, 20);
}

/* What a return names may be unknown, of the same side, not agreed, or of a kind that does not count. */
static void odd_returns(void **state)
{
	(void)state;
	struct ledger l = {0};
	sell(&l, US, 1, 10, 100);
	add_sale(&l, (struct sale){US, 1, 1, 500, TRADE_CONSIGNMENT, -1, TRADE_AGREED, false});
	add_sale(&l, (struct sale){THEM, 3, 3, 30, TRADE_RETURN, 1, TRADE_AGREED, false});
	struct balance b = reckon(&l, US, NULL);
	expect_open(&l, (int64_t[]){70, 0, 0});
	assert_int_equal(b.balance.n, 70);
	/* a correction that gives more of the same: a sale of its own */
	add_sale(&l, (struct sale){US, 4, 8, 25, TRADE_CORRECTION, 0, TRADE_AGREED, false});
	b = reckon(&l, US, NULL);
	assert_int_equal(l.trades[3].use, BALANCE_SALE);
	assert_int_equal(b.balance.n, 95);
	assert_int_equal(b.ours.open.n, 95);
}

static void negative_totals(void **state)
{
	(void)state;
	struct ledger l = {0};
	sell(&l, US, 1, 10, 100);
	sell(&l, US, 2, 20, -40);
	struct balance b = reckon(&l, US, NULL);
	expect_open(&l, (int64_t[]){60, 0});
	assert_int_equal(b.balance.n, 60);
}

/* Pending payments, denied ones, offers, declined ones; allocations to what the payer did not buy. */
static void what_does_not_count(void **state)
{
	(void)state;
	struct ledger l = {0};
	sell(&l, US, 1, 10, 100);
	sell(&l, THEM, 1, 10, 50);
	add_sale(&l, (struct sale){US, 1, 1, 40, TRADE_SALE, -1, TRADE_PROPOSED, false});
	add_sale(&l, (struct sale){THEM, 1, 1, 7, TRADE_SALE, -1, TRADE_PROPOSED, false});
	add_sale(&l, (struct sale){US, 1, 1, 1000, TRADE_SALE, -1, TRADE_DECLINED, false});
	add_sale(&l, (struct sale){US, 1, 1, 1000, TRADE_LOAN, -1, TRADE_PROPOSED, false});
	pay(&l, THEM, 2, 20, (struct part[]){{1, 5}, {2, 5}, {-1, 5}},
	        3); /* their own sale, an offer, nothing */
	pay(&l, THEM, 2, 9, NULL, 0);
	l.payments[1].state = PAYMENT_PENDING;
	pay(&l, THEM, 2, 1000, NULL, 0);
	l.payments[2].state = PAYMENT_DENIED;
	pay(&l, US, 2, 3, NULL, 0);
	l.payments[3].state = PAYMENT_PENDING;
	struct balance b = reckon(&l, US, NULL);
	expect_open(&l, (int64_t[]){80, 50, 0, 0, 0, 0});
	assert_int_equal(b.balance.n, 100 - 50 - 20);
	assert_int_equal(b.pending.n, 40 - 7);
	assert_int_equal(b.pending_payments.n, -9 + 3);
}

static void as_of(void **state)
{
	(void)state;
	struct ledger l = {0};
	sell(&l, US, 10, 40, 100);
	sell(&l, US, 20, 30, 100);
	pay(&l, THEM, 15, 130, NULL, 0);
	int32_t day = 9;
	assert_int_equal(reckon(&l, US, &day).balance.n, 0);
	day = 10;
	assert_int_equal(reckon(&l, US, &day).balance.n, 100);
	day = 15;
	struct balance b = reckon(&l, US, &day);
	assert_true(b.balance.n == -30 && b.ours.advances.n == 30 && b.trades == 1 && b.payments == 1);
	day = 20;
	assert_int_equal(reckon(&l, US, &day).balance.n, 70);
	expect_open(&l, (int64_t[]){70, 0}); /* now the one due on 30 is paid first */
}

static void overdue(void **state)
{
	(void)state;
	static const struct {
		int32_t late;
		enum overdue_bucket bucket;
	} cases[] = {{-1, OVERDUE_NOT_DUE}, {0, OVERDUE_NOT_DUE}, {1, OVERDUE_1_30}, {30, OVERDUE_1_30},
	        {31, OVERDUE_31_60}, {60, OVERDUE_31_60}, {61, OVERDUE_61_90}, {90, OVERDUE_61_90},
	        {91, OVERDUE_OVER_90}, {5000, OVERDUE_OVER_90}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct ledger l = {0};
		sell(&l, US, 1, TODAY - cases[i].late, 100);
		sell(&l, THEM, 1, TODAY - cases[i].late, 30);
		struct balance b = reckon(&l, US, NULL);
		assert_int_equal(b.ours.overdue[cases[i].bucket].n, 100);
		assert_int_equal(b.theirs.overdue[cases[i].bucket].n, 30);
	}
}

/* --- what must hold of any ledger */
static void random_ledger(struct ledger *l, uint64_t *random)
{
	static const enum trade_state states[] = {
	        TRADE_AGREED, TRADE_AGREED, TRADE_AGREED, TRADE_PROPOSED, TRADE_DECLINED};
	size_t trades = statements_below(random, 20), payments = statements_below(random, 15);
	for (size_t i = 0; i < trades; i++) {
		int32_t date = (int32_t)statements_below(random, 900);
		struct sale s = {.seller = statements_below(random, 2) == 0 ? US : THEM,
		        .date = date,
		        .due = date + (int32_t)statements_below(random, 60),
		        .total = (int64_t)statements_below(random, 1000) - 50,
		        .kind = (enum trade_kind)statements_below(random, TRADE_KINDS),
		        .refers = i == 0 ? -1 : (int)statements_below(random, (uint32_t)i + 1) - 1,
		        .state = states[statements_below(random, 5)]};
		s.disputed = s.state == TRADE_AGREED && statements_below(random, 6) == 0;
		add_sale(l, s);
	}
	for (size_t i = 0; i < payments; i++) {
		struct part parts[4];
		int64_t amount = 1 + statements_below(random, 1500), left = amount;
		uint32_t n = 0;
		for (; n < 4 && trades > 0 && left > 0 && statements_below(random, 3) != 0; n++) {
			int64_t some = 1 + (int64_t)(statements_random(random) % (uint64_t)left);
			parts[n] = (struct part){(int)statements_below(random, (uint32_t)trades), some};
			left -= some;
		}
		pay(l, statements_below(random, 2) == 0 ? US : THEM, (int32_t)statements_below(random, 900),
		        amount, parts, n);
		if (statements_below(random, 5) == 0)
			l->payments[i].state = PAYMENT_PENDING;
	}
}

/* The position, by its definition alone. */
static int64_t position(const struct ledger *l, uint32_t self, const int32_t *day)
{
	int64_t sum = 0;
	for (size_t i = 0; i < l->trades_count; i++) {
		const struct trade_record *r = &l->trades[i].record;
		if (r->state == TRADE_AGREED && trade_kind_counts(r->kind) &&
		        (day == NULL || r->date.n <= *day))
			sum += r->seller.n == self ? r->total.n : -r->total.n;
	}
	for (size_t i = 0; i < l->payments_count; i++) {
		const struct payment_view *p = &l->payments[i];
		if (p->state == PAYMENT_COUNTS && (day == NULL || p->date.n <= *day))
			sum += p->payer.n == self ? p->amount.n : -p->amount.n;
	}
	return sum;
}

static void shuffle(struct ledger *l, uint64_t *random)
{
	for (size_t i = l->trades_count; i > 1; i--) {
		size_t k = statements_below(random, (uint32_t)i);
		struct balance_trade kept = l->trades[i - 1];
		l->trades[i - 1] = l->trades[k];
		l->trades[k] = kept;
	}
	for (size_t i = l->payments_count; i > 1; i--) {
		size_t k = statements_below(random, (uint32_t)i);
		struct payment_view kept = l->payments[i - 1];
		l->payments[i - 1] = l->payments[k];
		l->payments[k] = kept;
	}
}

static void sides_hold(const struct ledger *l, const struct balance *b)
{
	int64_t open[2] = {0, 0};
	for (size_t i = 0; i < l->trades_count; i++) {
		const struct balance_trade *t = &l->trades[i];
		assert_true(t->open.n >= 0 && t->covered.n >= 0);
		if (t->use == BALANCE_SALE)
			assert_int_equal(t->open.n + t->covered.n, t->record.total.n);
		else
			assert_int_equal(t->open.n + t->covered.n, 0);
		open[t->record.seller.n == US ? 0 : 1] += t->open.n;
	}
	const struct balance_side *sides[2] = {&b->ours, &b->theirs};
	for (int s = 0; s < 2; s++) {
		int64_t overdue = 0;
		for (int i = 0; i < OVERDUE_BUCKETS; i++)
			overdue += sides[s]->overdue[i].n;
		assert_int_equal(sides[s]->open.n, open[s]);
		assert_int_equal(overdue, open[s]);
		assert_true(sides[s]->advances.n >= 0);
		assert_true(
		        sides[s]->advances.n == 0 || open[s] == 0); /* the pool pays while anything is open */
	}
	assert_int_equal(
	        b->balance.n, b->ours.open.n - b->ours.advances.n - b->theirs.open.n + b->theirs.advances.n);
}

static void any_ledger(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 5000; seed++) {
		struct ledger l = {0};
		uint64_t random = seed;
		random_ledger(&l, &random);
		int32_t date = (int32_t)statements_below(&random, 900), *day = seed % 2 == 0 ? &date : NULL;
		struct balance b = reckon(&l, US, day);
		sides_hold(&l, &b);
		assert_int_equal(b.balance.n, position(&l, US, day));
		struct balance_trade before[ITEMS_HERE];
		memcpy(before, l.trades, sizeof before);
		struct balance back = reckon(&l, THEM, day);
		assert_int_equal(back.balance.n, -b.balance.n);
		assert_int_equal(back.pending.n, -b.pending.n);
		assert_int_equal(back.pending_payments.n, -b.pending_payments.n);
		assert_int_equal(back.disputed.n, -b.disputed.n);
		assert_memory_equal(&back.ours, &b.theirs, sizeof b.ours);
		assert_memory_equal(&back.theirs, &b.ours, sizeof b.ours);
		shuffle(&l, &random);
		struct balance again = reckon(&l, US, day);
		assert_memory_equal(&again, &b, sizeof b);
		for (size_t i = 0; i < l.trades_count; i++)
			for (size_t k = 0; k < l.trades_count; k++)
				if (reference_equal(&before[k].record.ref, &l.trades[i].record.ref))
					assert_int_equal(before[k].open.n, l.trades[i].open.n);
	}
}

static void too_many(void **state)
{
	(void)state;
	struct balance b;
	struct balance_ask ask = {.self = {US}, .partner = {THEM}, .trades_count = BALANCE_ITEMS_MAX + 1};
	assert_int_equal(balance_of(&ask, &b), ERR_TOO_MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(nothing),
	        cmocka_unit_test(allocations_and_pool),
	        cmocka_unit_test(payments_in_order),
	        cmocka_unit_test(disputed_last),
	        cmocka_unit_test(advances_do_not_cross),
	        cmocka_unit_test(returns),
	        cmocka_unit_test(odd_returns),
	        cmocka_unit_test(negative_totals),
	        cmocka_unit_test(what_does_not_count),
	        cmocka_unit_test(as_of),
	        cmocka_unit_test(overdue),
	        cmocka_unit_test(any_ledger),
	        cmocka_unit_test(too_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
