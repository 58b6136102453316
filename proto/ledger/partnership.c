/* SPDX-License-Identifier: Apache-2.0
 * partnership.c: the bodies of partnership.*, the fold and the record. docs/LEDGER.md 3.
 * An end by either side ends it, accepted or not; it may name a last day, and of several ends the earliest holds. */
#include "ledger/partnership.h"
#include "object_int.h"

enum offer_key {
	OFFER_PARTNER,
	OFFER_LIMIT_PARTNER,
	OFFER_LIMIT_SELF,
	OFFER_DAYS,
	OFFER_FROM,
	OFFER_TO,
	OFFER_GOODS
};

void partnership_offer_pack(struct mp_out *m, const struct partnership_offer *o)
{
	mp_put_map(m, 5u + body_one(o->has_to) + body_has(o->goods));
	body_put_uint(m, OFFER_PARTNER, o->partner.n);
	body_put_int(m, OFFER_LIMIT_PARTNER, o->limit_partner.n);
	body_put_int(m, OFFER_LIMIT_SELF, o->limit_self.n);
	body_put_uint(m, OFFER_DAYS, o->days);
	body_put_int(m, OFFER_FROM, o->from.n);
	if (o->has_to) {
		body_put_int(m, OFFER_TO, o->to.n);
	}
	body_put_text(m, OFFER_GOODS, o->goods);
}

static void offer_fields(struct mp_in *m, struct mp_map *map, struct partnership_offer *o)
{
	if (mp_need(m, map, OFFER_PARTNER)) {
		o->partner = body_member(m);
	}
	if (mp_need(m, map, OFFER_LIMIT_PARTNER)) {
		o->limit_partner = body_money(m, 0, MONEY_MAX);
	}
	if (mp_need(m, map, OFFER_LIMIT_SELF)) {
		o->limit_self = body_money(m, 0, MONEY_MAX);
	}
	if (mp_need(m, map, OFFER_DAYS)) {
		o->days = body_u32(m, TERM_DAYS_MAX);
	}
	if (mp_need(m, map, OFFER_FROM)) {
		o->from = body_day(m);
	}
	if (mp_key(m, map, OFFER_TO)) {
		o->has_to = true;
		o->to = body_day(m);
	}
	o->goods = body_text(m, map, OFFER_GOODS, TEXT_BYTES_MAX);
}

enum err partnership_offer_unpack(struct bytes body, struct partnership_offer *out)
{
	struct partnership_offer o = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	offer_fields(&m, &map, &o);
	mp_map_end(&m, &map);
	if (o.has_to && o.to.n < o.from.n) {
		mp_fail(&m, ERR_DATE_ORDER);
	}
	enum err e = mp_end(&m);
	if (e == ERR_OK) {
		*out = o;
	}
	return e;
}

enum err partnership_offer_check(
        const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)about;
	struct partnership_offer o;
	enum err e = partnership_offer_unpack(s->body, &o);
	e = e != ERR_OK ? e : object_check_officer(s);
	return e != ERR_OK ? e : object_check_partner(ctx, s, o.partner);
}

void partnership_end_pack(struct mp_out *m, const struct partnership_end *e)
{
	mp_put_map(m, 1u + body_has(e->answer.reason) + body_one(e->has_last));
	body_put_reference(m, 0, &e->answer.about);
	body_put_text(m, 1, e->answer.reason);
	if (e->has_last) {
		body_put_int(m, 2, e->last.n);
	}
}

enum err partnership_end_unpack(struct bytes body, struct partnership_end *out)
{
	struct partnership_end end = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	if (mp_need(&m, &map, 0)) {
		end.answer.about = body_reference(&m);
	}
	end.answer.reason = body_text(&m, &map, 1, TEXT_BYTES_MAX);
	if (mp_key(&m, &map, 2)) {
		end.has_last = true;
		end.last = body_day(&m);
	}
	mp_map_end(&m, &map);
	enum err e = mp_end(&m);
	if (e == ERR_OK) {
		*out = end;
	}
	return e;
}

enum err partnership_end_check(
        const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)ctx;
	struct partnership_end end;
	enum err e = partnership_end_unpack(s->body, &end);
	if (e != ERR_OK) {
		return e;
	}
	*about = end.answer.about;
	return object_check_officer(s);
}

struct partnership_fold {
	struct object_fold base;
	struct partnership_record record; /* to: of the offer and the ends so far */
	struct answered answered;
	bool any_accept, any_decline, over; /* over: an end without a last day */
};

static void begin(struct object_fold *base)
{
	struct partnership_fold *f = (struct partnership_fold *)base;
	struct partnership_offer o;
	must(partnership_offer_unpack(base->opening.body, &o) == ERR_OK);
	f->record = (struct partnership_record){
	        .ref = base->opening.ref,
	        .offerer = base->opening.author,
	        .partner = o.partner,
	        .limit_partner = o.limit_partner,
	        .limit_offerer = o.limit_self,
	        .days = o.days,
	        .from = o.from,
	        .to = o.has_to ? o.to : (struct day){DAY_MAX},
	};
	f->answered = (struct answered){0};
	f->any_accept = f->any_decline = f->over = false;
}

static enum err add_end(struct partnership_fold *f, const struct statement *s)
{
	struct partnership_end end;
	must(partnership_end_unpack(s->body, &end) == ERR_OK);
	if (!end.has_last) {
		f->over = true;
	} else if (end.last.n < f->record.to.n) {
		f->record.to = end.last;
	}
	return ERR_OK;
}

static enum err add(struct object_fold *base, const struct statement *s)
{
	struct partnership_fold *f = (struct partnership_fold *)base;
	bool offerer = s->author.n == f->record.offerer.n;
	bool partner = s->author.n == f->record.partner.n;
	if (s->kind == KIND_PARTNERSHIP_END && (offerer || partner)) {
		return add_end(f, s);
	}
	if (!partner) {
		return ERR_NOT_A_PARTY;
	}
	if (s->kind != KIND_PARTNERSHIP_ACCEPT && s->kind != KIND_PARTNERSHIP_DECLINE) {
		return ERR_NO_SUCH_OBJECT;
	}
	if (object_answered(&f->answered, s)) {
		return ERR_ANSWERED;
	}
	f->any_accept |= s->kind == KIND_PARTNERSHIP_ACCEPT;
	f->any_decline |= s->kind == KIND_PARTNERSHIP_DECLINE;
	return ERR_OK;
}

static enum partnership_state state_of(const struct partnership_fold *f)
{
	if (f->over) {
		return PARTNERSHIP_ENDED;
	}
	if (f->any_accept) {
		return PARTNERSHIP_LIVE;
	}
	return f->any_decline ? PARTNERSHIP_DECLINED : PARTNERSHIP_PROPOSED;
}

static void end(const struct object_fold *base, struct bytes_out *o, struct object_view *out)
{
	const struct partnership_fold *f = (const struct partnership_fold *)base;
	const struct partnership_record *r = &f->record;
	bytes_put_u8(o, OBJECT_PARTNERSHIP);
	record_put_reference(o, &r->ref);
	bytes_put_u32(o, r->offerer.n);
	bytes_put_u32(o, r->partner.n);
	bytes_put_u8(o, (uint8_t)state_of(f));
	record_put_money(o, r->limit_partner);
	record_put_money(o, r->limit_offerer);
	bytes_put_u32(o, r->days);
	record_put_day(o, r->from);
	record_put_day(o, r->to);
	object_pair(out, r->offerer, r->partner);
}

const struct fold_steps partnership_steps = {
        .bytes = sizeof(struct partnership_fold), .begin = begin, .add = add, .end = end};

enum err partnership_record_read(struct bytes record, struct partnership_record *out)
{
	struct partnership_record r;
	struct bytes_in in = bytes_in(record);
	if (bytes_get_u8(&in) != OBJECT_PARTNERSHIP) {
		record_fail(&in);
	}
	r.ref = record_get_reference(&in);
	r.offerer.n = bytes_get_u32(&in);
	r.partner.n = bytes_get_u32(&in);
	r.state = (enum partnership_state)record_get_choice(&in, PARTNERSHIP_ENDED + 1);
	r.limit_partner = record_get_money(&in);
	r.limit_offerer = record_get_money(&in);
	r.days = bytes_get_u32(&in);
	r.from = record_get_day(&in);
	r.to = record_get_day(&in);
	enum err e = bytes_in_end(&in);
	if (e == ERR_OK) {
		*out = r;
	}
	return e;
}

bool partnership_holds(const struct partnership_record *r, struct day day)
{
	return r->state == PARTNERSHIP_LIVE && r->from.n <= day.n && day.n <= r->to.n;
}

static bool is_later(const struct partnership_record *r, const struct partnership_record *than)
{
	if (r->from.n != than->from.n) {
		return r->from.n > than->from.n;
	}
	return place_compare(r->ref.place, than->ref.place) > 0;
}

const struct partnership_record *partnership_of(
        const struct partnership_record *all, size_t count, struct day day)
{
	const struct partnership_record *best = NULL;
	for (size_t i = 0; i < count; i++) {
		if (partnership_holds(&all[i], day) && (best == NULL || is_later(&all[i], best))) {
			best = &all[i];
		}
	}
	return best;
}

struct rupiah partnership_limit(const struct partnership_record *r, struct member_no member)
{
	return member.n == r->offerer.n ? r->limit_partner : r->limit_offerer;
}

const char *partnership_state_code(enum partnership_state s)
{
	static const char *const codes[] = {"proposed", "declined", "live", "ended"};
	must(s <= PARTNERSHIP_ENDED);
	return codes[s];
}
