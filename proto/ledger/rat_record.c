/* SPDX-License-Identifier: Apache-2.0
 * rat_record.c: the fold of an attestation and its record. docs/LEDGER.md 8.
 * The record keeps each verdict with the day it was made and the day it was replaced, so that status.c can answer
 * for any day from records alone; what replaces an attestation is told by the records of its successors. */
#include "ledger/rat.h"
#include "object_int.h"

struct ruling {
	struct reference ref;
	struct rat_ruled ruled;
	uint32_t replaces_count;
	struct reference replaces[RAT_REPLACES_MAX];
};
struct rat_fold {
	struct object_fold base;
	struct rat_attest attest;
	struct rat_parts parts;
	struct member_no member;
	bool by_registrar;
	uint32_t endorsements;
	struct answered endorsed;
	uint32_t withdrawals_count, rulings_count;
	struct place withdrawals[RAT_WITHDRAWALS_COUNTED_MAX];
	struct ruling rulings[RAT_RULINGS_COUNTED_MAX];
};
_Static_assert(sizeof(struct rat_fold) <= OBJECT_FOLD_BYTES, "the fold fits its memory");

static void begin(struct object_fold *base)
{
	struct rat_fold *f = (struct rat_fold *)base;
	const struct statement *s = &base->opening;
	must(rat_attest_unpack(s->kind, s->body, &f->parts, &f->attest) == ERR_OK);
	f->by_registrar = s->kind == KIND_RAT_RECORD;
	f->member = f->by_registrar ? f->attest.member : s->author;
	f->endorsements = 0;
	f->endorsed = (struct answered){0};
	f->withdrawals_count = f->rulings_count = 0;
}

static enum err add_withdraw(struct rat_fold *f, const struct statement *s)
{
	bool own = s->author.n == f->member.n && (s->roles & ROLE_OFFICER) != 0;
	bool registrar = (s->roles & ROLE_REGISTRAR) != 0;
	if (f->by_registrar ? !registrar : !own) {
		return ERR_NOT_A_PARTY;
	}
	if (f->withdrawals_count == RAT_WITHDRAWALS_COUNTED_MAX) {
		return ERR_TOO_MANY;
	}
	f->withdrawals[f->withdrawals_count++] = s->ref.place;
	return ERR_OK;
}

static enum err add_endorse(struct rat_fold *f, const struct statement *s)
{
	struct rat_endorse e;
	must(rat_endorse_unpack(s->body, &e) == ERR_OK);
	bool own = s->author.n == f->member.n;
	bool needs_own = e.capacity == RAT_AS_OFFICER || e.capacity == RAT_AS_SUPERVISOR;
	if (own != needs_own) {
		return ERR_NOT_A_PARTY;
	}
	if (s->ref.place.feed.n == f->base.opening.ref.place.feed.n) {
		return ERR_OWN_STATEMENT;
	}
	if (object_answered(&f->endorsed, s)) {
		return ERR_ANSWERED;
	}
	f->endorsements++;
	return ERR_OK;
}

static enum err add_verdict(struct rat_fold *f, const struct statement *s)
{
	struct rat_verdict v;
	must(rat_verdict_unpack(s->body, &v) == ERR_OK);
	if (f->rulings_count == RAT_RULINGS_COUNTED_MAX) {
		return ERR_TOO_MANY;
	}
	struct ruling *r = &f->rulings[f->rulings_count++];
	r->ref = s->ref;
	r->ruled = (struct rat_ruled){
	        .place = s->ref.place,
	        .ruling = v.ruling,
	        .made = object_day(&f->base, s),
	        .replaced_on = {DAY_MAX + 1},
	        .has_received = v.has_received,
	        .received_on = v.received_on,
	};
	r->replaces_count = v.replaces_count;
	for (uint32_t i = 0; i < v.replaces_count; i++) {
		r->replaces[i] = v.replaces[i];
	}
	return ERR_OK;
}

/* Another attestation that names this one in its `replaces`. Its own record says so; here it is only judged. */
static enum err add_successor(struct rat_fold *f, const struct statement *s)
{
	struct rat_attest a;
	must(rat_attest_unpack(s->kind, s->body, NULL, &a) == ERR_OK);
	bool registrar = s->kind == KIND_RAT_RECORD;
	struct member_no member = registrar ? a.member : s->author;
	bool paper_over_own = registrar && !f->by_registrar;
	return member.n == f->member.n && a.year == f->attest.year && !paper_over_own ? ERR_OK : ERR_REPLACES;
}

static enum err add(struct object_fold *base, const struct statement *s)
{
	struct rat_fold *f = (struct rat_fold *)base;
	switch (s->kind) {
	case KIND_RAT_WITHDRAW:
		return add_withdraw(f, s);
	case KIND_RAT_ENDORSE:
		return add_endorse(f, s);
	case KIND_RAT_VERDICT:
		return add_verdict(f, s);
	case KIND_RAT_ATTEST:
	case KIND_RAT_RECORD:
		return add_successor(f, s);
	}
	return ERR_NO_SUCH_OBJECT;
}

static bool names(const struct ruling *by, const struct reference *ref)
{
	for (uint32_t i = 0; i < by->replaces_count; i++) {
		if (reference_equal(&by->replaces[i], ref)) {
			return true;
		}
	}
	return false;
}

static struct day replaced_on(const struct rat_fold *f, const struct ruling *r)
{
	struct day first = r->ruled.replaced_on;
	for (uint32_t i = 0; i < f->rulings_count; i++) {
		const struct ruling *by = &f->rulings[i];
		if (by->ruled.made.n < first.n && names(by, &r->ref)) {
			first = by->ruled.made;
		}
	}
	return first;
}

static void meeting_put(struct bytes_out *o, const struct rat_attest *a)
{
	record_put_day(o, a->closing);
	record_put_day(o, a->held);
	bytes_put_u32(o, a->number);
	bytes_put_u8(o, (uint8_t)a->mode);
	bytes_put_u32(o, a->members_total);
	bytes_put_u32(o, rat_attendance(a));
	bytes_put_u32(o, a->represented);
	bytes_put_u32(o, a->quorum);
	bytes_put_u32(o, a->officers_present);
	bytes_put_u32(o, a->supervisors_present);
	record_put_money(o, a->own_capital);
	record_put_money(o, a->outside_capital);
	record_put_money(o, a->assets);
	record_put_money(o, a->turnover);
	record_put_money(o, a->surplus);
	bytes_put_u32(o, a->employees);
	bytes_put_u32(o, a->managers);
	bytes_put_u32(o, a->decisions);
	bytes_put_u32(o, a->documents_kinds);
}

static void ruling_put(struct bytes_out *o, const struct rat_fold *f, const struct ruling *r)
{
	record_put_place(o, r->ruled.place);
	bytes_put_u8(o, (uint8_t)r->ruled.ruling);
	record_put_day(o, r->ruled.made);
	record_put_day(o, replaced_on(f, r));
	bytes_put_u8(o, r->ruled.has_received ? 1 : 0);
	record_put_day(o, r->ruled.received_on);
}

static void end(const struct object_fold *base, struct bytes_out *o, struct object_view *out)
{
	const struct rat_fold *f = (const struct rat_fold *)base;
	bytes_put_u8(o, OBJECT_ATTESTATION);
	record_put_reference(o, &base->opening.ref);
	bytes_put_u8(o, f->by_registrar ? 1 : 0);
	bytes_put_u32(o, f->member.n);
	bytes_put_u32(o, (uint32_t)f->attest.year);
	meeting_put(o, &f->attest);
	bytes_put_u32(o, f->endorsements);
	bytes_put_u8(o, (uint8_t)f->attest.replaces_count);
	for (uint32_t i = 0; i < f->attest.replaces_count; i++) {
		record_put_reference(o, &f->parts.replaces[i]);
	}
	bytes_put_u8(o, (uint8_t)f->withdrawals_count);
	for (uint32_t i = 0; i < f->withdrawals_count; i++) {
		record_put_place(o, f->withdrawals[i]);
	}
	bytes_put_u8(o, (uint8_t)f->rulings_count);
	for (uint32_t i = 0; i < f->rulings_count; i++) {
		ruling_put(o, f, &f->rulings[i]);
	}
	out->by_year = true;
	out->a = f->member;
	out->year = f->attest.year;
}

const struct fold_steps rat_record_steps = {
        .bytes = sizeof(struct rat_fold), .begin = begin, .add = add, .end = end};

static void meeting_get(struct bytes_in *in, struct rat_record *r)
{
	r->closing = record_get_day(in);
	r->held = record_get_day(in);
	r->number = bytes_get_u32(in);
	r->mode = (enum rat_mode)record_get_choice(in, RAT_MODES);
	r->members_total = bytes_get_u32(in);
	r->attendance = bytes_get_u32(in);
	r->represented = bytes_get_u32(in);
	r->quorum = bytes_get_u32(in);
	r->officers_present = bytes_get_u32(in);
	r->supervisors_present = bytes_get_u32(in);
	r->own_capital = record_get_money(in);
	r->outside_capital = record_get_money(in);
	r->assets = record_get_money(in);
	r->turnover = record_get_money(in);
	r->surplus = record_get_money(in);
	r->employees = bytes_get_u32(in);
	r->managers = bytes_get_u32(in);
	r->decisions = bytes_get_u32(in);
	r->documents = bytes_get_u32(in);
}

static struct rat_ruled ruling_get(struct bytes_in *in)
{
	struct rat_ruled r = {.place = record_get_place(in)};
	r.ruling = (enum rat_ruling)record_get_choice(in, RAT_RULINGS);
	r.made = record_get_day(in);
	r.replaced_on = record_get_day(in);
	r.has_received = record_get_choice(in, 2) == 1;
	r.received_on = record_get_day(in);
	return r;
}

static void lists_get(struct bytes_in *in, struct rat_record *r)
{
	r->replaces_count = record_get_choice(in, RAT_REPLACES_MAX + 1);
	for (uint32_t i = 0; i < r->replaces_count; i++) {
		r->replaces[i] = record_get_reference(in);
	}
	r->withdrawals_count = record_get_choice(in, RAT_WITHDRAWALS_COUNTED_MAX + 1);
	for (uint32_t i = 0; i < r->withdrawals_count; i++) {
		r->withdrawals[i] = record_get_place(in);
	}
	r->rulings_count = record_get_choice(in, RAT_RULINGS_COUNTED_MAX + 1);
	for (uint32_t i = 0; i < r->rulings_count; i++) {
		r->rulings[i] = ruling_get(in);
	}
}

enum err rat_record_read(struct bytes record, struct rat_record *out)
{
	struct rat_record r = {0};
	struct bytes_in in = bytes_in(record);
	if (bytes_get_u8(&in) != OBJECT_ATTESTATION) {
		record_fail(&in);
	}
	r.ref = record_get_reference(&in);
	r.by_registrar = record_get_choice(&in, 2) == 1;
	r.member.n = bytes_get_u32(&in);
	r.year = record_get_i32(&in);
	meeting_get(&in, &r);
	r.endorsements = bytes_get_u32(&in);
	lists_get(&in, &r);
	enum err e = bytes_in_end(&in);
	if (e == ERR_OK) {
		*out = r;
	}
	return e;
}
