/* SPDX-License-Identifier: Apache-2.0
 * trade_record.c: the fold of a trade and its record. docs/LEDGER.md 4.
 * An accept that had seen no withdrawal makes the trade agreed, else a decline makes it declined, else a withdrawal
 * withdrawn. Only the least `seen` of the accepts and the first withdrawal in the offer's own feed matter: if that
 * accept had seen the withdrawal, every accept had. A withdrawal in another feed of the offerer has been seen by
 * none. Disputes and clears meet at the end, for a clear may stand in a feed of a lower number. */
#include "ledger/trade.h"
#include "object_int.h"
#include "trade_int.h"

#include <string.h>

struct trade_dispute {
	struct reference ref;
	struct member_no party;
};
struct trade_fold {
	struct object_fold base;
	struct trade_record record;
	struct answered answered;
	bool any_accept, any_decline, any_withdraw, withdrawn_in_feed;
	uint64_t least_seen, first_withdraw;
	uint32_t disputes_count, clears_count;
	/* clears: ref is the dispute that it names */
	struct trade_dispute disputes[TRADE_DISPUTES_COUNTED_MAX], clears[TRADE_DISPUTES_COUNTED_MAX];
};
_Static_assert(sizeof(struct trade_fold) <= OBJECT_FOLD_BYTES, "the fold fits its memory");

static void trade_begin(struct object_fold *base)
{
	struct trade_fold *f = (struct trade_fold *)base;
	struct trade_offer o;
	trade_offer_head(base->opening.body, &o);
	bool sells = o.role == TRADE_SELLER;
	f->record = (struct trade_record){
	        .ref = base->opening.ref,
	        .seller = sells ? base->opening.author : o.partner,
	        .buyer = sells ? o.partner : base->opening.author,
	        .offered_by = o.role,
	        .kind = o.kind,
	        .date = o.date,
	        .due = o.due,
	        .total = o.total,
	        .has_refers = o.has_refers,
	        .refers = o.refers,
	        .invoice_bytes = (uint8_t)o.invoice.len,
	};
	if (o.invoice.len != 0) {
		memcpy(f->record.invoice, o.invoice.data, o.invoice.len);
	}
	f->answered = (struct answered){0};
	f->any_accept = f->any_decline = f->any_withdraw = f->withdrawn_in_feed = false;
	f->least_seen = f->first_withdraw = UINT64_MAX;
	f->disputes_count = f->clears_count = 0;
}

static bool is_party(const struct trade_fold *f, const struct statement *s)
{
	return s->author.n == f->record.seller.n || s->author.n == f->record.buyer.n;
}

static bool is_offerer(const struct trade_fold *f, const struct statement *s)
{
	return s->author.n == f->base.opening.author.n;
}

static enum err add_accept(struct trade_fold *f, const struct statement *s)
{
	struct trade_accept a;
	must(trade_accept_unpack(s->body, &a) == ERR_OK);
	if (object_answered(&f->answered, s)) {
		return ERR_ANSWERED;
	}
	f->any_accept = true;
	f->least_seen = a.seen < f->least_seen ? a.seen : f->least_seen;
	return ERR_OK;
}

static enum err add_decline(struct trade_fold *f, const struct statement *s)
{
	if (object_answered(&f->answered, s)) {
		return ERR_ANSWERED;
	}
	f->any_decline = true;
	return ERR_OK;
}

static enum err add_withdraw(struct trade_fold *f, const struct statement *s)
{
	const struct place *offer = &f->base.opening.ref.place;
	f->any_withdraw = true;
	if (s->ref.place.feed.n == offer->feed.n && s->ref.place.seq < f->first_withdraw) {
		f->withdrawn_in_feed = true;
		f->first_withdraw = s->ref.place.seq;
	}
	return ERR_OK;
}

static enum err add_dispute(struct trade_fold *f, const struct statement *s)
{
	if (f->disputes_count == TRADE_DISPUTES_COUNTED_MAX) {
		return ERR_TOO_MANY;
	}
	f->disputes[f->disputes_count++] = (struct trade_dispute){.ref = s->ref, .party = s->author};
	return ERR_OK;
}

static enum err add_clear(struct trade_fold *f, const struct statement *s)
{
	struct trade_clear c;
	must(trade_clear_unpack(s->body, &c) == ERR_OK);
	if (f->clears_count == TRADE_DISPUTES_COUNTED_MAX) {
		return ERR_TOO_MANY;
	}
	f->clears[f->clears_count++] = (struct trade_dispute){.ref = c.dispute, .party = s->author};
	return ERR_OK;
}

static enum err trade_add(struct object_fold *base, const struct statement *s)
{
	struct trade_fold *f = (struct trade_fold *)base;
	if (!is_party(f, s)) {
		return ERR_NOT_A_PARTY;
	}
	if (s->kind == KIND_TRADE_DISPUTE) {
		return add_dispute(f, s);
	}
	if (s->kind == KIND_TRADE_CLEAR) {
		return add_clear(f, s);
	}
	if (s->kind == KIND_TRADE_WITHDRAW) {
		return is_offerer(f, s) ? add_withdraw(f, s) : ERR_NOT_A_PARTY;
	}
	if (is_offerer(f, s)) {
		return ERR_NOT_A_PARTY; /* nobody answers its own offer */
	}
	if (s->kind == KIND_TRADE_ACCEPT) {
		return add_accept(f, s);
	}
	return s->kind == KIND_TRADE_DECLINE ? add_decline(f, s) : ERR_NO_SUCH_OBJECT;
}

static bool was_cleared(const struct trade_fold *f, const struct trade_dispute *d)
{
	for (uint32_t i = 0; i < f->clears_count; i++) {
		if (reference_equal(&f->clears[i].ref, &d->ref) && f->clears[i].party.n == d->party.n) {
			return true;
		}
	}
	return false;
}

static bool stands_disputed(const struct trade_fold *f)
{
	for (uint32_t i = 0; i < f->disputes_count; i++) {
		if (!was_cleared(f, &f->disputes[i])) {
			return true;
		}
	}
	return false;
}

static enum trade_state state_of(const struct trade_fold *f)
{
	bool all_had_seen = f->withdrawn_in_feed && f->first_withdraw < f->least_seen;
	if (f->any_accept && !all_had_seen) {
		return TRADE_AGREED;
	}
	if (f->any_decline) {
		return TRADE_DECLINED;
	}
	return f->any_withdraw ? TRADE_WITHDRAWN : TRADE_PROPOSED;
}

static void record_put(struct bytes_out *o, const struct trade_record *r)
{
	bytes_put_u8(o, OBJECT_TRADE);
	record_put_reference(o, &r->ref);
	bytes_put_u32(o, r->seller.n);
	bytes_put_u32(o, r->buyer.n);
	bytes_put_u8(o, (uint8_t)r->offered_by);
	bytes_put_u8(o, (uint8_t)r->kind);
	bytes_put_u8(o, (uint8_t)r->state);
	bytes_put_u8(o, r->disputed ? 1 : 0);
	record_put_day(o, r->date);
	record_put_day(o, r->due);
	record_put_money(o, r->total);
	bytes_put_u8(o, r->has_refers ? 1 : 0);
	record_put_reference(o, &r->refers);
	record_put_text(o, BYTES(r->invoice, r->invoice_bytes));
}

enum err trade_record_read(struct bytes record, struct trade_record *out)
{
	struct trade_record r;
	struct bytes_in in = bytes_in(record);
	if (bytes_get_u8(&in) != OBJECT_TRADE) {
		record_fail(&in);
	}
	r.ref = record_get_reference(&in);
	r.seller.n = bytes_get_u32(&in);
	r.buyer.n = bytes_get_u32(&in);
	r.offered_by = (enum trade_role)record_get_choice(&in, 2);
	r.kind = (enum trade_kind)record_get_choice(&in, TRADE_KINDS);
	r.state = (enum trade_state)record_get_choice(&in, TRADE_AGREED + 1);
	r.disputed = record_get_choice(&in, 2) == 1;
	r.date = record_get_day(&in);
	r.due = record_get_day(&in);
	r.total = record_get_money(&in);
	r.has_refers = record_get_choice(&in, 2) == 1;
	r.refers = record_get_reference(&in);
	r.invoice_bytes = record_get_text(&in, r.invoice, sizeof r.invoice);
	enum err e = bytes_in_end(&in);
	if (e == ERR_OK) {
		*out = r;
	}
	return e;
}

static void trade_end(const struct object_fold *base, struct bytes_out *record, struct object_view *out)
{
	const struct trade_fold *f = (const struct trade_fold *)base;
	struct trade_record r = f->record;
	r.state = state_of(f);
	r.disputed = r.state == TRADE_AGREED && stands_disputed(f);
	record_put(record, &r);
	int64_t signed_total = object_pair(out, r.seller, r.buyer) * r.total.n;
	if (!trade_kind_counts(r.kind)) {
		return;
	}
	out->sums.position.n = r.state == TRADE_AGREED ? signed_total : 0;
	out->sums.pending.n = r.state == TRADE_PROPOSED ? signed_total : 0;
	out->sums.disputed.n = r.disputed ? signed_total : 0;
}

const struct fold_steps trade_steps = {
        .bytes = sizeof(struct trade_fold), .begin = trade_begin, .add = trade_add, .end = trade_end};
