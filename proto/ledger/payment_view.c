/* SPDX-License-Identifier: Apache-2.0
 * payment_view.c: the fold of a payment and its record. docs/LEDGER.md 5.
 * Two small machines, by who recorded it. The payer's record: a confirm of the payee makes it count, else a deny
 * makes it denied, else the payer's withdrawal withdrawn. The payee's record counts at once; it is withdrawn when a
 * confirm of the payer names one of the payee's withdrawals. */
#include "ledger/payment.h"
#include "object_int.h"

#include <string.h>

struct payment_fold {
	struct object_fold base;
	struct payment_record_body body;
	struct payment_view view;
	struct answered answered;
	bool any_confirm, any_deny;
	uint32_t withdraws_count, agreed_count;
	struct reference withdraws[PAYMENT_WITHDRAWS_COUNTED_MAX]; /* statements of the recorder */
	struct reference agreed[PAYMENT_WITHDRAWS_COUNTED_MAX];    /* withdrawals that the payer confirms */
	struct allocation allocations[PAYMENT_ALLOCATIONS_MAX];
};
_Static_assert(sizeof(struct payment_fold) <= OBJECT_FOLD_BYTES, "the fold fits its memory");
/* type, reference, payer, payee, three choices, two flags, date, amount, number; then the allocations. */
#define ALLOCATION_BYTES (12u + REFERENCE_ID_BYTES + 8u)
#define HEAD_BYTES_MAX (1u + 28u + 8u + 5u + 4u + 8u + 1u + TRADE_NUMBER_BYTES_MAX + 4u)
_Static_assert(HEAD_BYTES_MAX + PAYMENT_ALLOCATIONS_MAX * ALLOCATION_BYTES <= OBJECT_RECORD_BYTES_MAX,
        "every payment's record fits");

static void begin(struct object_fold *base)
{
	struct payment_fold *f = (struct payment_fold *)base;
	must(payment_record_unpack(base->opening.body, f->allocations, &f->body) == ERR_OK);
	const struct payment_record_body *p = &f->body;
	bool pays = p->role == PAYMENT_PAYER;
	f->view = (struct payment_view){
	        .ref = base->opening.ref,
	        .payer = pays ? base->opening.author : p->partner,
	        .payee = pays ? p->partner : base->opening.author,
	        .recorded_by = p->role,
	        .method = p->method,
	        .date = p->date,
	        .amount = p->amount,
	};
	f->answered = (struct answered){0};
	f->any_confirm = f->any_deny = false;
	f->withdraws_count = f->agreed_count = 0;
}

static enum err add_reference(struct reference *list, uint32_t *count, const struct reference *r)
{
	if (*count == PAYMENT_WITHDRAWS_COUNTED_MAX) {
		return ERR_TOO_MANY;
	}
	list[(*count)++] = *r;
	return ERR_OK;
}

/* The other side about a payer's record: confirm or deny. */
static enum err add_answer(struct payment_fold *f, const struct statement *s)
{
	struct payment_confirm c = {0};
	bool confirms = s->kind == KIND_PAYMENT_CONFIRM;
	if (confirms) {
		must(payment_confirm_unpack(s->body, &c) == ERR_OK);
	}
	if (c.has_withdraw) {
		return ERR_NO_SUCH_OBJECT; /* a payer's withdrawal needs nobody */
	}
	if (object_answered(&f->answered, s)) {
		return ERR_ANSWERED;
	}
	f->any_confirm |= confirms;
	f->any_deny |= !confirms;
	return ERR_OK;
}

/* The payer about a payee's record. */
static enum err add_consent(struct payment_fold *f, const struct statement *s)
{
	if (s->kind == KIND_PAYMENT_DENY) {
		return ERR_PAYMENT_COUNTS;
	}
	struct payment_confirm c;
	must(payment_confirm_unpack(s->body, &c) == ERR_OK);
	if (c.has_withdraw) {
		return add_reference(f->agreed, &f->agreed_count, &c.withdraw);
	}
	f->any_confirm = true;
	return ERR_OK;
}

static enum err add(struct object_fold *base, const struct statement *s)
{
	struct payment_fold *f = (struct payment_fold *)base;
	bool recorder = s->author.n == base->opening.author.n;
	bool other = s->author.n == f->body.partner.n;
	if (s->kind == KIND_PAYMENT_WITHDRAW && recorder) {
		return add_reference(f->withdraws, &f->withdraws_count, &s->ref);
	}
	if (!other || s->kind == KIND_PAYMENT_WITHDRAW) {
		return ERR_NOT_A_PARTY;
	}
	if (s->kind != KIND_PAYMENT_CONFIRM && s->kind != KIND_PAYMENT_DENY) {
		return ERR_NO_SUCH_OBJECT;
	}
	return f->body.role == PAYMENT_PAYER ? add_answer(f, s) : add_consent(f, s);
}

static bool withdrawal_agreed(const struct payment_fold *f)
{
	for (uint32_t i = 0; i < f->withdraws_count; i++) {
		for (uint32_t k = 0; k < f->agreed_count; k++) {
			if (reference_equal(&f->withdraws[i], &f->agreed[k])) {
				return true;
			}
		}
	}
	return false;
}

static enum payment_state state_of(const struct payment_fold *f)
{
	if (f->body.role == PAYMENT_PAYEE) {
		return withdrawal_agreed(f) ? PAYMENT_WITHDRAWN : PAYMENT_COUNTS;
	}
	if (f->any_confirm) {
		return PAYMENT_COUNTS;
	}
	if (f->any_deny) {
		return PAYMENT_DENIED;
	}
	return f->withdraws_count != 0 ? PAYMENT_WITHDRAWN : PAYMENT_PENDING;
}

static void allocations_put(struct bytes_out *o, const struct payment_fold *f)
{
	bytes_put_u32(o, f->body.allocations_count);
	for (uint32_t i = 0; i < f->body.allocations_count; i++) {
		record_put_reference(o, &f->allocations[i].trade);
		record_put_money(o, f->allocations[i].amount);
	}
}

static void end(const struct object_fold *base, struct bytes_out *o, struct object_view *out)
{
	const struct payment_fold *f = (const struct payment_fold *)base;
	const struct payment_view *v = &f->view;
	enum payment_state state = state_of(f);
	bool asked = v->recorded_by == PAYMENT_PAYEE && state == PAYMENT_COUNTS && f->withdraws_count != 0;
	bytes_put_u8(o, OBJECT_PAYMENT);
	record_put_reference(o, &v->ref);
	bytes_put_u32(o, v->payer.n);
	bytes_put_u32(o, v->payee.n);
	bytes_put_u8(o, (uint8_t)v->recorded_by);
	bytes_put_u8(o, (uint8_t)v->method);
	bytes_put_u8(o, (uint8_t)state);
	bytes_put_u8(o, f->any_confirm ? 1 : 0);
	bytes_put_u8(o, asked ? 1 : 0);
	record_put_day(o, v->date);
	record_put_money(o, v->amount);
	record_put_text(o, f->body.number);
	allocations_put(o, f);
	int64_t signed_amount = object_pair(out, v->payer, v->payee) * v->amount.n;
	out->sums.position.n = state == PAYMENT_COUNTS ? signed_amount : 0;
	out->sums.pending_payments.n = state == PAYMENT_PENDING ? signed_amount : 0;
}

const struct fold_steps payment_steps = {
        .bytes = sizeof(struct payment_fold), .begin = begin, .add = add, .end = end};

static void allocations_get(struct bytes_in *in, struct payment_view *v)
{
	v->allocations_count = bytes_get_u32(in);
	if (v->allocations_count > PAYMENT_ALLOCATIONS_MAX) {
		record_fail(in);
		return;
	}
	v->allocations = bytes_take(in, (size_t)v->allocations_count * ALLOCATION_BYTES);
}

enum err payment_view_read(struct bytes record, struct payment_view *out)
{
	struct payment_view v;
	struct bytes_in in = bytes_in(record);
	if (bytes_get_u8(&in) != OBJECT_PAYMENT) {
		record_fail(&in);
	}
	v.ref = record_get_reference(&in);
	v.payer.n = bytes_get_u32(&in);
	v.payee.n = bytes_get_u32(&in);
	v.recorded_by = (enum payment_role)record_get_choice(&in, PAYMENT_PAYEE + 1);
	v.method = (enum payment_method)record_get_choice(&in, PAYMENT_METHODS);
	v.state = (enum payment_state)record_get_choice(&in, PAYMENT_WITHDRAWN + 1);
	v.confirmed = record_get_choice(&in, 2) == 1;
	v.withdraw_asked = record_get_choice(&in, 2) == 1;
	v.date = record_get_day(&in);
	v.amount = record_get_money(&in);
	v.number_bytes = record_get_text(&in, v.number, sizeof v.number);
	allocations_get(&in, &v);
	enum err e = bytes_in_end(&in);
	if (e == ERR_OK) {
		*out = v;
	}
	return e;
}

struct allocation payment_allocation(const struct payment_view *p, uint32_t i)
{
	must(i < p->allocations_count);
	struct bytes_in in =
	        bytes_in(BYTES(p->allocations.data + (size_t)i * ALLOCATION_BYTES, ALLOCATION_BYTES));
	struct allocation a = {.trade = record_get_reference(&in)};
	a.amount = record_get_money(&in);
	return a;
}
