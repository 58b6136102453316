/* SPDX-License-Identifier: Apache-2.0
 * closing.c: balance.close: its body, fold and record. docs/LEDGER.md 6. A later figure names the one it replaces. */
#include "ledger/closing.h"
#include "object_int.h"

enum closing_key { CLOSE_PARTNER, CLOSE_END, CLOSE_BALANCE, CLOSE_NOTE, CLOSE_REPLACES };
#define POSITION_MAX (INT64_MAX / 2)

void closing_pack(struct mp_out *m, const struct closing *c)
{
	mp_put_map(m, 3u + body_has(c->note) + body_one(c->has_replaces));
	body_put_uint(m, CLOSE_PARTNER, c->partner.n);
	body_put_int(m, CLOSE_END, c->period_end.n);
	body_put_int(m, CLOSE_BALANCE, c->balance.n);
	body_put_text(m, CLOSE_NOTE, c->note);
	if (c->has_replaces) {
		body_put_reference(m, CLOSE_REPLACES, &c->replaces);
	}
}

enum err closing_unpack(struct bytes body, struct closing *out)
{
	struct closing c = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	if (mp_need(&m, &map, CLOSE_PARTNER)) {
		c.partner = body_member(&m);
	}
	if (mp_need(&m, &map, CLOSE_END)) {
		c.period_end = body_day(&m);
	}
	if (mp_need(&m, &map, CLOSE_BALANCE)) {
		c.balance = body_money(&m, -POSITION_MAX, POSITION_MAX);
	}
	c.note = body_text(&m, &map, CLOSE_NOTE, TEXT_BYTES_MAX);
	if (mp_key(&m, &map, CLOSE_REPLACES)) {
		c.has_replaces = true;
		c.replaces = body_reference(&m);
	}
	mp_map_end(&m, &map);
	enum err e = mp_end(&m);
	if (e == ERR_OK) {
		*out = c;
	}
	return e;
}

enum err closing_check(const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)about;
	struct closing c;
	enum err e = closing_unpack(s->body, &c);
	e = e != ERR_OK ? e : object_check_officer(s);
	return e != ERR_OK ? e : object_check_partner(ctx, s, c.partner);
}

uint32_t closing_also(const struct statement *s, struct reference *out, uint32_t cap)
{
	struct closing c;
	if (closing_unpack(s->body, &c) != ERR_OK || !c.has_replaces || cap == 0) {
		return 0;
	}
	out[0] = c.replaces;
	return 1;
}

struct closing_fold {
	struct object_fold base;
	struct closing_record record;
};

static void begin(struct object_fold *base)
{
	struct closing_fold *f = (struct closing_fold *)base;
	struct closing c;
	must(closing_unpack(base->opening.body, &c) == ERR_OK);
	f->record = (struct closing_record){
	        .ref = base->opening.ref,
	        .author = base->opening.author,
	        .partner = c.partner,
	        .period_end = c.period_end,
	        .balance = c.balance,
	};
}

static enum err add(struct object_fold *base, const struct statement *s)
{
	struct closing_fold *f = (struct closing_fold *)base;
	struct closing c;
	must(closing_unpack(s->body, &c) == ERR_OK);
	if (s->author.n != f->record.author.n || c.partner.n != f->record.partner.n ||
	        c.period_end.n != f->record.period_end.n) {
		return ERR_REPLACES;
	}
	f->record.replaced = true;
	return ERR_OK;
}

static void end(const struct object_fold *base, struct bytes_out *o, struct object_view *out)
{
	const struct closing_record *r = &((const struct closing_fold *)base)->record;
	bytes_put_u8(o, OBJECT_CLOSING);
	record_put_reference(o, &r->ref);
	bytes_put_u32(o, r->author.n);
	bytes_put_u32(o, r->partner.n);
	record_put_day(o, r->period_end);
	record_put_money(o, r->balance);
	bytes_put_u8(o, r->replaced ? 1 : 0);
	object_pair(out, r->author, r->partner);
}

const struct fold_steps closing_steps = {
        .bytes = sizeof(struct closing_fold), .begin = begin, .add = add, .end = end};

enum err closing_record_read(struct bytes record, struct closing_record *out)
{
	struct closing_record r;
	struct bytes_in in = bytes_in(record);
	if (bytes_get_u8(&in) != OBJECT_CLOSING) {
		record_fail(&in);
	}
	r.ref = record_get_reference(&in);
	r.author.n = bytes_get_u32(&in);
	r.partner.n = bytes_get_u32(&in);
	r.period_end = record_get_day(&in);
	r.balance = record_get_money(&in);
	r.replaced = record_get_choice(&in, 2) == 1;
	enum err e = bytes_in_end(&in);
	if (e == ERR_OK) {
		*out = r;
	}
	return e;
}
