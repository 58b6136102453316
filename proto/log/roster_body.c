/* SPDX-License-Identifier: Apache-2.0
 * roster_body.c: the bodies of kinds 2..11, see roster_body.h. Each noun has its keys, its pack and its unpack beside
 * each other. Sticky cursors throughout: a value is looked at only after mp_end() said that all of it was there. */
#include "log/roster_body.h"

/* Most bodies are read the same way: all of it, then nothing is left. */
static enum err whole(struct mp_in *m, struct mp_map *map)
{
	mp_map_end(m, map);
	return mp_end(m);
}

static uint32_t number(struct mp_in *m, struct mp_map *map, uint32_t key)
{
	return mp_need(m, map, key) ? (uint32_t)mp_uint(m, UINT32_MAX) : 0;
}

static void put_number(struct mp_out *m, uint32_t key, uint64_t v)
{
	mp_put_uint(m, key);
	mp_put_uint(m, v);
}

/* What may be absent is never there and empty: one meaning has one form. */
static struct bytes reason(struct mp_in *m, struct mp_map *map, uint32_t key)
{
	if (!mp_key(m, map, key))
		return (struct bytes){0};
	struct bytes text = mp_text(m, TEXT_BYTES_MAX);
	if (text.len == 0)
		mp_fail(m, ERR_MALFORMED);
	return text;
}

static uint32_t one(bool there)
{
	return there ? 1 : 0;
}

static void put_reason(struct mp_out *m, uint32_t key, struct bytes text)
{
	if (text.len == 0)
		return;
	mp_put_uint(m, key);
	mp_put_text(m, text);
}

static void needed_text(struct mp_in *m, struct mp_map *map, uint32_t key, size_t max, struct short_text *out)
{
	if (mp_need(m, map, key))
		short_text_unpack(m, max, out);
	if (out->len == 0)
		mp_fail(m, ERR_MISSING_FIELD);
}

static void optional_text(
        struct mp_in *m, struct mp_map *map, uint32_t key, size_t max, struct short_text *out)
{
	if (!mp_key(m, map, key))
		return;
	short_text_unpack(m, max, out);
	if (out->len == 0)
		mp_fail(m, ERR_MALFORMED);
}

static void put_text(struct mp_out *m, uint32_t key, const struct short_text *t)
{
	if (t->len == 0)
		return;
	mp_put_uint(m, key);
	short_text_pack(m, t);
}

/* network.found */

enum {
	FOUND_NAME,
	FOUND_CURRENCY,
	FOUND_ZONE,
	FOUND_DINAS,
	FOUND_ALIAS,
	FOUND_KEYS,
	FOUND_RECOVERY,
	FOUND_PAIRS
};
#define CURRENCY_LETTERS 3u
#define ZONE_MINUTES_MAX (14 * 60)

void roster_body_found_pack(struct mp_out *m, const struct roster_found *f)
{
	mp_put_map(m, FOUND_PAIRS);
	put_text(m, FOUND_NAME, &f->network.name);
	mp_put_uint(m, FOUND_CURRENCY);
	mp_put_text(m, BYTES(f->network.currency, CURRENCY_LETTERS));
	mp_put_uint(m, FOUND_ZONE);
	mp_put_int(m, f->network.zone_minutes);
	put_text(m, FOUND_DINAS, &f->network.dinas);
	put_text(m, FOUND_ALIAS, &f->alias);
	mp_put_uint(m, FOUND_KEYS);
	keys_pack(m, &f->keys);
	mp_put_uint(m, FOUND_RECOVERY);
	mp_put_bin(m, BYTES_OF(f->network.recovery));
}

static void currency(struct mp_in *m, char out[CURRENCY_LETTERS + 1])
{
	struct bytes text = mp_text(m, CURRENCY_LETTERS);
	if (text.len != CURRENCY_LETTERS)
		mp_fail(m, ERR_MALFORMED);
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < 'A' || text.data[i] > 'Z')
			mp_fail(m, ERR_MALFORMED);
		out[i] = (char)text.data[i];
	}
}

enum err roster_body_found_unpack(struct bytes body, struct roster_found *out)
{
	struct roster_found f = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	needed_text(&m, &map, FOUND_NAME, NAME_BYTES_MAX, &f.network.name);
	if (mp_need(&m, &map, FOUND_CURRENCY))
		currency(&m, f.network.currency);
	if (mp_need(&m, &map, FOUND_ZONE))
		f.network.zone_minutes = (int32_t)mp_int(&m, -ZONE_MINUTES_MAX, ZONE_MINUTES_MAX);
	needed_text(&m, &map, FOUND_DINAS, NAME_BYTES_MAX, &f.network.dinas);
	needed_text(&m, &map, FOUND_ALIAS, ALIAS_BYTES_MAX, &f.alias);
	if (mp_need(&m, &map, FOUND_KEYS))
		keys_unpack(&m, &f.keys);
	if (mp_need(&m, &map, FOUND_RECOVERY))
		mp_bin_fixed(&m, f.network.recovery, sizeof f.network.recovery);
	enum err e = whole(&m, &map);
	if (e == ERR_OK)
		*out = f;
	return e;
}

/* member.admit, member.update */

enum {
	PROFILE_NAME,
	PROFILE_ALIAS,
	PROFILE_LEGAL_NO,
	PROFILE_NIK,
	PROFILE_TYPE,
	PROFILE_KECAMATAN,
	PROFILE_DESA,
	PROFILE_FORM,
	PROFILE_FOUNDED,
	PROFILE_CLOSING,
	UPDATE_MEMBER,
	UPDATE_FROM_YEAR
};
#define PROFILE_NEEDED 4u /* name, alias, form, closing */
#define CLOSING_MONTH 100u
#define COMMON_YEAR 2001

static uint32_t profile_pairs(const struct profile *p)
{
	return PROFILE_NEEDED + one(p->legal_no.len > 0) + one(p->nik.len > 0) + one(p->type.len > 0) +
	       one(p->kecamatan.len > 0) + one(p->desa.len > 0) + one(p->has_founded);
}

static void put_profile(struct mp_out *m, const struct profile *p)
{
	put_text(m, PROFILE_NAME, &p->name);
	put_text(m, PROFILE_ALIAS, &p->alias);
	put_text(m, PROFILE_LEGAL_NO, &p->legal_no);
	put_text(m, PROFILE_NIK, &p->nik);
	put_text(m, PROFILE_TYPE, &p->type);
	put_text(m, PROFILE_KECAMATAN, &p->kecamatan);
	put_text(m, PROFILE_DESA, &p->desa);
	put_number(m, PROFILE_FORM, p->form);
	if (p->has_founded) {
		mp_put_uint(m, PROFILE_FOUNDED);
		mp_put_int(m, p->founded.n);
	}
	put_number(m, PROFILE_CLOSING, p->closing_month * CLOSING_MONTH + p->closing_day);
}

static void founded(struct mp_in *m, struct profile *p)
{
	int64_t day = mp_int(m, INT64_MIN, INT64_MAX);
	if (day < DAY_MIN || day > DAY_MAX)
		mp_fail(m, ERR_DATE_RANGE);
	else
		p->founded.n = (int32_t)day;
	p->has_founded = true;
}

/* A day that every year has. */
static void closing(struct mp_in *m, struct profile *p)
{
	uint32_t v = (uint32_t)mp_uint(m, UINT16_MAX);
	struct day day;
	struct day_parts parts = {COMMON_YEAR, (int)(v / CLOSING_MONTH), (int)(v % CLOSING_MONTH)};
	if (date_of(parts, &day) != ERR_OK)
		mp_fail(m, ERR_DATE_RANGE);
	p->closing_month = (uint8_t)parts.month;
	p->closing_day = (uint8_t)parts.day;
}

static void profile_fields(struct mp_in *m, struct mp_map *map, struct profile *p)
{
	needed_text(m, map, PROFILE_NAME, NAME_BYTES_MAX, &p->name);
	needed_text(m, map, PROFILE_ALIAS, ALIAS_BYTES_MAX, &p->alias);
	optional_text(m, map, PROFILE_LEGAL_NO, LEGAL_NO_BYTES_MAX, &p->legal_no);
	optional_text(m, map, PROFILE_NIK, NIK_BYTES_MAX, &p->nik);
	optional_text(m, map, PROFILE_TYPE, NAME_BYTES_MAX, &p->type);
	optional_text(m, map, PROFILE_KECAMATAN, NAME_BYTES_MAX, &p->kecamatan);
	optional_text(m, map, PROFILE_DESA, NAME_BYTES_MAX, &p->desa);
	if (mp_need(m, map, PROFILE_FORM))
		p->form = (enum member_form)mp_uint(m, FORM_OTHER);
	if (mp_key(m, map, PROFILE_FOUNDED))
		founded(m, p);
	if (mp_need(m, map, PROFILE_CLOSING))
		closing(m, p);
}

void roster_body_admit_pack(struct mp_out *m, const struct profile *p)
{
	mp_put_map(m, profile_pairs(p));
	put_profile(m, p);
}

enum err roster_body_admit_unpack(struct bytes body, struct profile *out)
{
	struct profile p = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	profile_fields(&m, &map, &p);
	enum err e = whole(&m, &map);
	if (e == ERR_OK)
		*out = p;
	return e;
}

void roster_body_update_pack(struct mp_out *m, const struct roster_update *u)
{
	mp_put_map(m, profile_pairs(&u->profile) + 2);
	put_profile(m, &u->profile);
	put_number(m, UPDATE_MEMBER, u->member.n);
	mp_put_uint(m, UPDATE_FROM_YEAR);
	mp_put_int(m, u->from_year);
}

static int32_t book_year(struct mp_in *m)
{
	int64_t year = mp_int(m, INT64_MIN, INT64_MAX);
	if (year >= BOOK_YEAR_MIN && year <= BOOK_YEAR_MAX)
		return (int32_t)year;
	mp_fail(m, ERR_DATE_RANGE);
	return 0;
}

enum err roster_body_update_unpack(struct bytes body, struct roster_update *out)
{
	struct roster_update u = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	profile_fields(&m, &map, &u.profile);
	u.member.n = number(&m, &map, UPDATE_MEMBER);
	if (mp_need(&m, &map, UPDATE_FROM_YEAR))
		u.from_year = book_year(&m);
	enum err e = whole(&m, &map);
	if (e == ERR_OK)
		*out = u;
	return e;
}

/* member.suspend, member.reinstate, member.leave */

enum { LABEL_MEMBER, LABEL_REASON };

void roster_body_label_pack(struct mp_out *m, const struct roster_label *l)
{
	mp_put_map(m, 1 + one(l->reason.len > 0));
	put_number(m, LABEL_MEMBER, l->member.n);
	put_reason(m, LABEL_REASON, l->reason);
}

enum err roster_body_label_unpack(struct bytes body, struct roster_label *out)
{
	struct roster_label l = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	l.member.n = number(&m, &map, LABEL_MEMBER);
	l.reason = reason(&m, &map, LABEL_REASON);
	enum err e = whole(&m, &map);
	if (e == ERR_OK)
		*out = l;
	return e;
}

/* feed.add */

enum { ADD_MEMBER, ADD_KEYS, ADD_ROLES, ADD_PAIRS };

void roster_body_add_pack(struct mp_out *m, const struct roster_add *a)
{
	mp_put_map(m, ADD_PAIRS);
	put_number(m, ADD_MEMBER, a->member.n);
	mp_put_uint(m, ADD_KEYS);
	keys_pack(m, &a->keys);
	put_number(m, ADD_ROLES, a->roles);
}

enum err roster_body_add_unpack(struct bytes body, struct roster_add *out)
{
	struct roster_add a = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	a.member.n = number(&m, &map, ADD_MEMBER);
	if (mp_need(&m, &map, ADD_KEYS))
		keys_unpack(&m, &a.keys);
	a.roles = number(&m, &map, ADD_ROLES);
	enum err e = whole(&m, &map);
	if (e == ERR_OK)
		*out = a;
	return e;
}

/* feed.roles */

enum { REGRANT_FEED, REGRANT_ROLES, REGRANT_FROM_SIZE, REGRANT_PAIRS };

void roster_body_regrant_pack(struct mp_out *m, const struct roster_regrant *g)
{
	mp_put_map(m, REGRANT_PAIRS);
	put_number(m, REGRANT_FEED, g->feed.n);
	put_number(m, REGRANT_ROLES, g->roles);
	put_number(m, REGRANT_FROM_SIZE, g->from_size);
}

enum err roster_body_regrant_unpack(struct bytes body, struct roster_regrant *out)
{
	struct roster_regrant g = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	g.feed.n = number(&m, &map, REGRANT_FEED);
	g.roles = number(&m, &map, REGRANT_ROLES);
	if (mp_need(&m, &map, REGRANT_FROM_SIZE))
		g.from_size = mp_uint(&m, UINT64_MAX);
	enum err e = whole(&m, &map);
	if (e == ERR_OK)
		*out = g;
	return e;
}

/* feed.cut, feed.resolve */

enum { CUT_FEED, CUT_SIZE, CUT_ROOT, CUT_REASON };
#define CUT_NEEDED 3u

void roster_body_cut_pack(struct mp_out *m, const struct roster_cut *c)
{
	mp_put_map(m, CUT_NEEDED + one(c->reason.len > 0));
	put_number(m, CUT_FEED, c->feed.n);
	put_number(m, CUT_SIZE, c->head.size);
	mp_put_uint(m, CUT_ROOT);
	mp_put_bin(m, BYTES_OF(c->head.root.bytes));
	put_reason(m, CUT_REASON, c->reason);
}

enum err roster_body_cut_unpack(struct bytes body, struct roster_cut *out)
{
	struct roster_cut c = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	c.feed.n = number(&m, &map, CUT_FEED);
	if (mp_need(&m, &map, CUT_SIZE))
		c.head.size = mp_uint(&m, UINT64_MAX);
	if (mp_need(&m, &map, CUT_ROOT))
		mp_bin_fixed(&m, c.head.root.bytes, sizeof c.head.root.bytes);
	c.reason = reason(&m, &map, CUT_REASON);
	enum err e = whole(&m, &map);
	if (e == ERR_OK)
		*out = c;
	return e;
}

enum { RESOLVE_FEED, RESOLVE_REASON };

void roster_body_resolve_pack(struct mp_out *m, const struct roster_resolve *c)
{
	mp_put_map(m, 1 + one(c->reason.len > 0));
	put_number(m, RESOLVE_FEED, c->feed.n);
	put_reason(m, RESOLVE_REASON, c->reason);
}

enum err roster_body_resolve_unpack(struct bytes body, struct roster_resolve *out)
{
	struct roster_resolve c = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	c.feed.n = number(&m, &map, RESOLVE_FEED);
	c.reason = reason(&m, &map, RESOLVE_REASON);
	enum err e = whole(&m, &map);
	if (e == ERR_OK)
		*out = c;
	return e;
}
