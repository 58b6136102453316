/* SPDX-License-Identifier: Apache-2.0
 * district_plan.c: in which order it all happened: by day; within a day what names something comes after it. A
 * statement is appended on the later of its own day and the day of what it names. */
#include <stdlib.h>
#include <string.h>

#include "district_int.h"

struct planning {
	struct district *d;
	struct district_plan *plan;
	size_t cap;
};

static void add(struct planning *p, struct day day, enum district_what what, uint32_t index)
{
	struct district_plan *plan = p->plan;

	if (plan->count == p->cap) {
		size_t cap = p->cap ? p->cap * 2 : 1024;
		struct district_event *more = arena_take(&p->d->arena, cap * sizeof *more);
		if (plan->count > 0)
			memcpy(more, plan->events, plan->count * sizeof *more);
		plan->events = more;
		p->cap = cap;
	}
	plan->events[plan->count] = (struct district_event){day, what, index, (uint32_t)plan->count};
	plan->count++;
}

static struct day later(struct day a, struct day b)
{
	return a.n > b.n ? a : b;
}

static void plan_trades(struct planning *p)
{
	struct district *d = p->d;

	for (uint32_t i = 0; i < d->trades_count; i++) {
		struct district_trade *t = &d->trades[i];
		bool names = t->refers != DISTRICT_NONE;
		if (names)
			t->entry.day = later(t->entry.day, d->trades[t->refers].entry.day);
		add(p, t->entry.day, names ? HAPPENS_RETURN : HAPPENS_TRADE, i);
		if (!district_data_is(t->form.status, "usul"))
			add(p, t->entry.day, names ? HAPPENS_RETURN_ANSWER : HAPPENS_TRADE_ANSWER, i);
		if (district_data_is(t->form.status, "sanggah"))
			add(p, t->entry.day, HAPPENS_DISPUTE, i);
	}
}

static void plan_payments(struct planning *p)
{
	struct district *d = p->d;

	for (uint32_t i = 0; i < d->payments_count; i++) {
		struct district_payment *q = &d->payments[i];
		bool answered = !q->form->by_payee && !district_data_is(q->form->status, "usul");
		for (uint32_t k = 0; k < q->form->parts_count; k++)
			q->entry.day = later(q->entry.day, d->trades[q->trades[k]].entry.day);
		add(p, q->entry.day, HAPPENS_PAYMENT, i);
		if (answered)
			add(p, q->entry.day, HAPPENS_PAYMENT_ANSWER, i);
	}
}

static void plan_partnerships(struct planning *p)
{
	for (uint32_t i = 0; i < p->d->partnerships_count; i++) {
		const struct district_partnership *q = &p->d->partnerships[i];
		add(p, q->entry.day, HAPPENS_PARTNERSHIP, i);
		if (!district_data_is(q->status, "usul"))
			add(p, q->entry.day, HAPPENS_PARTNERSHIP_ANSWER, i);
	}
}

static void plan_rats(struct planning *p)
{
	struct district *d = p->d;

	for (uint32_t i = 0; i < d->rats_count; i++) {
		struct district_rat *r = &d->rats[i];
		if (r->replaces != DISTRICT_NONE)
			r->entry.day = later(r->entry.day, d->rats[r->replaces].entry.day);
		add(p, r->entry.day, HAPPENS_RAT, i);
	}
	for (uint32_t i = 0; i < d->verdicts_count; i++) {
		struct district_verdict *v = &d->verdicts[i];
		for (uint32_t k = 0; k < i; k++) {
			if (d->verdicts[k].rat == v->rat)
				v->before = k;
		}
		v->entry.day = later(v->entry.day, d->rats[v->rat].entry.day);
		if (v->before != DISTRICT_NONE)
			v->entry.day = later(v->entry.day, d->verdicts[v->before].entry.day);
		add(p, v->entry.day, HAPPENS_VERDICT, i);
	}
}

static int by_day(const void *a, const void *b)
{
	const struct district_event *x = a, *y = b;

	if (x->day.n != y->day.n)
		return x->day.n < y->day.n ? -1 : 1;
	if (x->what != y->what)
		return x->what < y->what ? -1 : 1;
	return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

static int by_heard_day(const void *a, const void *b)
{
	const struct district_heard *x = a, *y = b;

	if (x->day.n != y->day.n)
		return x->day.n < y->day.n ? -1 : 1;
	return x->member < y->member ? -1 : x->member > y->member;
}

/* One statement of the registrar a day. */
static void plan_witness(struct planning *p)
{
	struct district *d = p->d;
	size_t planned = p->plan->count;

	if (d->heard_count > 0)
		qsort(d->heard, d->heard_count, sizeof *d->heard, by_heard_day);
	for (uint32_t i = 0; i < d->heard_count; i++) {
		if (i == 0 || d->heard[i].day.n != d->heard[i - 1].day.n)
			add(p, d->heard[i].day, HAPPENS_HEARD, i);
	}
	for (size_t i = 0; i < planned; i++) {
		bool first = p->plan->events[i].what == HAPPENS_RAT;
		for (size_t k = 0; k < i && first; k++)
			first = p->plan->events[k].what != HAPPENS_RAT ||
			        p->plan->events[k].day.n != p->plan->events[i].day.n;
		if (first)
			add(p, p->plan->events[i].day, HAPPENS_SEEN, p->plan->events[i].index);
	}
}

void district_plan_make(struct district *d, struct district_plan *out)
{
	struct planning p = {d, out, 0};

	*out = (struct district_plan){0};
	plan_partnerships(&p);
	plan_trades(&p);
	plan_payments(&p);
	plan_rats(&p);
	plan_witness(&p);
	out->first = out->last = (struct day){out->count > 0 ? out->events[0].day.n : 17167 /* 2017-01-01 */};
	for (size_t i = 0; i < out->count; i++) {
		if (out->events[i].day.n < out->first.n)
			out->first = out->events[i].day;
		out->last = later(out->last, out->events[i].day);
	}
	for (uint32_t i = 0; i < d->policies_count; i++)
		add(&p, out->first, HAPPENS_POLICY, i);
	add(&p, out->last, HAPPENS_LAST, 0);
	qsort(out->events, out->count, sizeof *out->events, by_day);
}
