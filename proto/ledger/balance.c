/* SPDX-License-Identifier: Apache-2.0
 * balance.c: cover, per pair and direction. docs/LEDGER.md 6. In order: what each trade is used as, returns onto the
 * trades that they name, allocations onto theirs, the pool onto what is still open, and the sums. Every order is a
 * total one, ties decided by reference, so the result depends on the sets alone. */
#include "ledger/balance.h"

#include "base/limits.h"
#include "order_int.h"

#define DAYS_A_BUCKET 30

/* A side is the sales of one member: 0 of self, 1 of the partner. */
struct cover {
	const struct balance_ask *ask;
	uint32_t *by_reference, *by_turn, *payments; /* indices */
	int64_t pool[2];                             /* what still pays for the sales of a side */
};

size_t balance_scratch(size_t trades_count, size_t payments_count)
{
	return 2 * trades_count + payments_count;
}

static size_t side_of(const struct cover *c, struct member_no seller)
{
	bool self = seller.n == c->ask->self.n;
	must(self || seller.n == c->ask->partner.n);
	return self ? 0 : 1;
}

static bool in_time(const struct balance_ask *ask, struct day date)
{
	return !ask->has_as_of || date.n <= ask->as_of.n;
}

static int by_reference(const void *items, uint32_t a, uint32_t b)
{
	const struct balance_trade *t = items;
	return place_compare(t[a].record.ref.place, t[b].record.ref.place);
}

static int by_date(const void *items, uint32_t a, uint32_t b)
{
	const struct balance_trade *t = items;
	int32_t x = t[a].record.date.n, y = t[b].record.date.n;
	return x != y ? (x < y ? -1 : 1) : by_reference(items, a, b);
}

/* Whom the pool pays first: not disputed, due first, dated first. */
static int by_pool_turn(const void *items, uint32_t a, uint32_t b)
{
	const struct balance_trade *t = items;
	const struct trade_record *x = &t[a].record, *y = &t[b].record;
	if (x->disputed != y->disputed) {
		return x->disputed ? 1 : -1;
	}
	return x->due.n != y->due.n ? (x->due.n < y->due.n ? -1 : 1) : by_date(items, a, b);
}

static int payment_by_date(const void *items, uint32_t a, uint32_t b)
{
	const struct payment_view *p = items;
	int32_t x = p[a].date.n, y = p[b].date.n;
	return x != y ? (x < y ? -1 : 1) : place_compare(p[a].ref.place, p[b].ref.place);
}

/* The trade that a reference names; NULL when it is not one of the pair's. */
static struct balance_trade *trade_named(const struct cover *c, const struct reference *ref)
{
	size_t low = 0, high = c->ask->trades_count;
	while (low < high) {
		size_t mid = (low + high) / 2;
		const struct balance_trade *t = &c->ask->trades[c->by_reference[mid]];
		if (place_compare(t->record.ref.place, ref->place) < 0) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	if (low == c->ask->trades_count) {
		return NULL;
	}
	struct balance_trade *t = &c->ask->trades[c->by_reference[low]];
	return reference_equal(&t->record.ref, ref) ? t : NULL;
}

/* A return or correction gives back, unless the trade that it names was sold by the same side: then it sells more. */
static bool gives_back(const struct cover *c, const struct trade_record *r)
{
	if ((r->kind != TRADE_RETURN && r->kind != TRADE_CORRECTION) || !r->has_refers) {
		return false;
	}
	const struct balance_trade *named = trade_named(c, &r->refers);
	return named == NULL || named->record.seller.n != r->seller.n;
}

static void trades_classify(struct cover *c)
{
	for (size_t i = 0; i < c->ask->trades_count; i++) {
		struct balance_trade *t = &c->ask->trades[i];
		const struct trade_record *r = &t->record;
		t->use = BALANCE_UNUSED;
		t->open = t->covered = (struct rupiah){0};
		if (r->state != TRADE_AGREED || !trade_kind_counts(r->kind) || !in_time(c->ask, r->date)) {
			continue;
		}
		t->use = r->total.n < 0 || gives_back(c, r) ? BALANCE_CREDIT : BALANCE_SALE;
		if (t->use == BALANCE_SALE) {
			t->open = r->total;
		}
	}
}

/* Cover at most AMOUNT of what is open; returns how much that was. */
static int64_t cover_some(struct balance_trade *t, int64_t amount)
{
	int64_t used = amount < t->open.n ? amount : t->open.n;
	must(used >= 0);
	t->open.n -= used;
	t->covered.n += used;
	must(t->open.n + t->covered.n == t->record.total.n);
	return used;
}

/* Returns cover the trade that they name; what is left of them, and negative totals, go to the pool. */
static void credits_apply(struct cover *c)
{
	const struct balance_trade *all = c->ask->trades;
	order_sort(c->by_turn, c->ask->trades_count, all, by_date);
	for (size_t i = 0; i < c->ask->trades_count; i++) {
		const struct balance_trade *t = &all[c->by_turn[i]];
		const struct trade_record *r = &t->record;
		if (t->use != BALANCE_CREDIT) {
			continue;
		}
		if (r->total.n < 0) {
			c->pool[side_of(c, r->seller)] -= r->total.n;
			continue;
		}
		struct balance_trade *named = trade_named(c, &r->refers);
		int64_t used =
		        named != NULL && named->use == BALANCE_SALE ? cover_some(named, r->total.n) : 0;
		c->pool[side_of(c, r->buyer)] += r->total.n - used;
	}
}

static void payment_apply(struct cover *c, const struct payment_view *p)
{
	int64_t left = p->amount.n;
	for (uint32_t i = 0; i < p->allocations_count; i++) {
		struct allocation a = payment_allocation(p, i);
		struct balance_trade *t = trade_named(c, &a.trade);
		if (t != NULL && t->use == BALANCE_SALE && t->record.seller.n == p->payee.n) {
			left -= cover_some(t, a.amount.n);
		}
	}
	must(left >= 0);
	c->pool[side_of(c, p->payee)] += left;
}

static bool payment_counts(const struct cover *c, const struct payment_view *p)
{
	return p->state == PAYMENT_COUNTS && in_time(c->ask, p->date);
}

static void payments_apply(struct cover *c)
{
	order_init(c->payments, c->ask->payments_count);
	order_sort(c->payments, c->ask->payments_count, c->ask->payments, payment_by_date);
	for (size_t i = 0; i < c->ask->payments_count; i++) {
		const struct payment_view *p = &c->ask->payments[c->payments[i]];
		if (payment_counts(c, p)) {
			payment_apply(c, p);
		}
	}
}

static void pool_apply(struct cover *c)
{
	struct balance_trade *all = c->ask->trades;
	order_sort(c->by_turn, c->ask->trades_count, all, by_pool_turn);
	for (size_t i = 0; i < c->ask->trades_count; i++) {
		struct balance_trade *t = &all[c->by_turn[i]];
		if (t->use == BALANCE_SALE) {
			int64_t *pool = &c->pool[side_of(c, t->record.seller)];
			*pool -= cover_some(t, *pool);
		}
	}
}

static enum overdue_bucket bucket_of(struct day due, struct day on)
{
	int32_t days = on.n - due.n;
	if (days <= 0) {
		return OVERDUE_NOT_DUE;
	}
	int32_t bucket = OVERDUE_1_30 + (days - 1) / DAYS_A_BUCKET;
	return bucket < OVERDUE_OVER_90 ? (enum overdue_bucket)bucket : OVERDUE_OVER_90;
}

static void sum_trade(const struct cover *c, const struct balance_trade *t, struct balance *b)
{
	const struct trade_record *r = &t->record;
	bool ours = side_of(c, r->seller) == 0;
	int64_t total = ours ? r->total.n : -r->total.n;
	if (!in_time(c->ask, r->date)) {
		return;
	}
	b->trades++;
	if (!trade_kind_counts(r->kind)) {
		return;
	}
	b->balance.n += r->state == TRADE_AGREED ? total : 0;
	b->pending.n += r->state == TRADE_PROPOSED ? total : 0;
	b->disputed.n += r->disputed ? total : 0;
	struct balance_side *side = ours ? &b->ours : &b->theirs;
	side->open.n += t->open.n;
	side->overdue[bucket_of(r->due, c->ask->overdue_on)].n += t->open.n;
}

static void sum_payment(const struct cover *c, const struct payment_view *p, struct balance *b)
{
	int64_t amount = side_of(c, p->payee) == 0 ? -p->amount.n : p->amount.n;
	if (!in_time(c->ask, p->date)) {
		return;
	}
	b->payments++;
	b->balance.n += p->state == PAYMENT_COUNTS ? amount : 0;
	b->pending_payments.n += p->state == PAYMENT_PENDING ? amount : 0;
}

enum err balance_of(const struct balance_ask *ask, struct balance *out)
{
	struct balance b = {0};
	struct cover c = {.ask = ask};
	if (ask->trades_count > BALANCE_ITEMS_MAX || ask->payments_count > BALANCE_ITEMS_MAX) {
		return ERR_TOO_MANY;
	}
	c.by_reference = ask->scratch;
	c.by_turn = c.by_reference + ask->trades_count;
	c.payments = c.by_turn + ask->trades_count;
	order_init(c.by_reference, ask->trades_count);
	order_init(c.by_turn, ask->trades_count);
	order_sort(c.by_reference, ask->trades_count, ask->trades, by_reference);
	trades_classify(&c);
	credits_apply(&c);
	payments_apply(&c);
	pool_apply(&c);
	for (size_t i = 0; i < ask->trades_count; i++) {
		sum_trade(&c, &ask->trades[i], &b);
	}
	for (size_t i = 0; i < ask->payments_count; i++) {
		sum_payment(&c, &ask->payments[i], &b);
	}
	b.ours.advances.n = c.pool[0];
	b.theirs.advances.n = c.pool[1];
	/* the two ways to reckon agree: signed sums, and what cover left over */
	must(b.balance.n == b.ours.open.n - b.ours.advances.n - b.theirs.open.n + b.theirs.advances.n);
	*out = b;
	return ERR_OK;
}

struct rupiah balance_receivable(const struct balance *b)
{
	return (struct rupiah){b->balance.n > 0 ? b->balance.n : 0};
}

struct rupiah balance_payable(const struct balance *b)
{
	return (struct rupiah){b->balance.n < 0 ? -b->balance.n : 0};
}

enum trade_cover balance_cover(const struct balance_trade *t)
{
	if (t->use != BALANCE_SALE) {
		return COVER_NONE;
	}
	if (t->open.n == 0) {
		return COVER_SETTLED;
	}
	return t->covered.n != 0 ? COVER_PART : COVER_NONE;
}
