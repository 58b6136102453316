/* SPDX-License-Identifier: Apache-2.0
 * rat_notice.c: rat.notice, a letter of the district office to a member about a book year: body, fold, record.
 * The program only suggests letters; a named officer issues each, and none is ever deleted. */
#include "ledger/rat.h"
#include "object_int.h"

#include <string.h>

enum notice_key {
	NOTICE_MEMBER,
	NOTICE_YEAR,
	NOTICE_LEVEL,
	NOTICE_NUMBER,
	NOTICE_DATE,
	NOTICE_REASON,
	NOTICE_SCAN
};

void rat_notice_pack(struct mp_out *m, const struct rat_notice *n)
{
	mp_put_map(m, 5u + body_has(n->reason) + body_one(n->has_scan));
	body_put_uint(m, NOTICE_MEMBER, n->member.n);
	body_put_int(m, NOTICE_YEAR, n->year);
	body_put_uint(m, NOTICE_LEVEL, n->level);
	mp_put_uint(m, NOTICE_NUMBER);
	mp_put_text(m, n->number);
	body_put_int(m, NOTICE_DATE, n->date.n);
	body_put_text(m, NOTICE_REASON, n->reason);
	if (n->has_scan) {
		mp_put_uint(m, NOTICE_SCAN);
		mp_put_bin(m, BYTES_OF(n->scan.bytes));
	}
}

static uint32_t level_of(struct mp_in *m)
{
	uint32_t level = body_u32(m, RAT_NOTICE_LEVEL_MAX);
	if (level == 0) {
		mp_fail(m, ERR_OUT_OF_RANGE);
	}
	return level;
}

static void fields(struct mp_in *m, struct mp_map *map, struct rat_notice *n)
{
	if (mp_need(m, map, NOTICE_MEMBER)) {
		n->member = body_member(m);
	}
	if (mp_need(m, map, NOTICE_YEAR)) {
		n->year = body_year(m);
	}
	if (mp_need(m, map, NOTICE_LEVEL)) {
		n->level = level_of(m);
	}
	if (mp_need(m, map, NOTICE_NUMBER)) {
		n->number = body_needed_text(m, NAME_BYTES_MAX);
	}
	if (mp_need(m, map, NOTICE_DATE)) {
		n->date = body_day(m);
	}
	n->reason = body_text(m, map, NOTICE_REASON, TEXT_BYTES_MAX);
	if (mp_key(m, map, NOTICE_SCAN)) {
		n->has_scan = true;
		mp_bin_fixed(m, n->scan.bytes, sizeof n->scan.bytes);
	}
}

enum err rat_notice_unpack(struct bytes body, struct rat_notice *out)
{
	struct rat_notice n = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	fields(&m, &map, &n);
	mp_map_end(&m, &map);
	enum err e = mp_end(&m);
	if (e == ERR_OK) {
		*out = n;
	}
	return e;
}

enum err rat_notice_check(
        const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)about;
	struct rat_notice n;
	enum err e = rat_notice_unpack(s->body, &n);
	if (e != ERR_OK) {
		return e;
	}
	if ((s->roles & (ROLE_REGISTRAR | ROLE_AUDITOR)) == 0) {
		return ERR_NO_RIGHT;
	}
	return roster_member(ctx->roster, n.member) == NULL ? ERR_NO_SUCH_MEMBER : ERR_OK;
}

struct notice_fold {
	struct object_fold base;
	struct rat_notice notice;
};

static void begin(struct object_fold *base)
{
	struct notice_fold *f = (struct notice_fold *)base;
	must(rat_notice_unpack(base->opening.body, &f->notice) == ERR_OK);
}

static enum err add(struct object_fold *base, const struct statement *s)
{
	(void)base;
	(void)s;
	return ERR_NO_SUCH_OBJECT; /* nothing is said about a letter */
}

static void end(const struct object_fold *base, struct bytes_out *o, struct object_view *out)
{
	const struct rat_notice *n = &((const struct notice_fold *)base)->notice;
	bytes_put_u8(o, OBJECT_NOTICE);
	record_put_reference(o, &base->opening.ref);
	bytes_put_u32(o, n->member.n);
	bytes_put_u32(o, (uint32_t)n->year);
	bytes_put_u8(o, (uint8_t)n->level);
	record_put_day(o, n->date);
	record_put_day(o, object_day(base, &base->opening));
	record_put_text(o, n->number);
	out->by_year = true;
	out->a = n->member;
	out->year = n->year;
}

const struct fold_steps rat_notice_steps = {
        .bytes = sizeof(struct notice_fold), .begin = begin, .add = add, .end = end};

enum err rat_notice_record_read(struct bytes record, struct rat_notice_record *out)
{
	struct rat_notice_record r;
	struct bytes_in in = bytes_in(record);
	if (bytes_get_u8(&in) != OBJECT_NOTICE) {
		record_fail(&in);
	}
	r.ref = record_get_reference(&in);
	r.member.n = bytes_get_u32(&in);
	r.year = record_get_i32(&in);
	r.level = record_get_choice(&in, RAT_NOTICE_LEVEL_MAX + 1);
	r.date = record_get_day(&in);
	r.made = record_get_day(&in);
	r.number_bytes = record_get_text(&in, r.number, sizeof r.number);
	enum err e = bytes_in_end(&in);
	if (e == ERR_OK) {
		*out = r;
	}
	return e;
}
