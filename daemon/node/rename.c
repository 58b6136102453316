/* SPDX-License-Identifier: Apache-2.0
 * rename.c: a body in which withdrawn entries are named by what they became. References are found by their form, an
 * array of two numbers and 16 bytes that hash of an entry begins with, so every kind is covered, those to come too.
 * Its twist: in a registrar's feed a withdrawn entry may have given a number to a member or a feed, and those have no form
 * of their own; so the fields that hold one stand in a table. */
#include "ledger/kinds.h"
#include "log/kinds.h"
#include "rewrites_int.h"

enum number { NUMBER_NONE, NUMBER_MEMBER, NUMBER_FEED, NUMBER_MEMBER_ROWS /* arrays that begin with one */ };

static const struct {
	uint16_t kind;
	uint8_t key;
	enum number number;
} fields[] = {
        {KIND_MEMBER_UPDATE, 10, NUMBER_MEMBER},
        {KIND_MEMBER_SUSPEND, 0, NUMBER_MEMBER},
        {KIND_MEMBER_REINSTATE, 0, NUMBER_MEMBER},
        {KIND_MEMBER_LEAVE, 0, NUMBER_MEMBER},
        {KIND_FEED_ADD, 0, NUMBER_MEMBER},
        {KIND_FEED_ROLES, 0, NUMBER_FEED},
        {KIND_FEED_CUT, 0, NUMBER_FEED},
        {KIND_FEED_RESOLVE, 0, NUMBER_FEED},
        {KIND_POLICY_SET, 10, NUMBER_MEMBER_ROWS},
        {KIND_PARTNERSHIP_OFFER, 0, NUMBER_MEMBER},
        {KIND_TRADE_OFFER, 1, NUMBER_MEMBER},
        {KIND_PAYMENT_RECORD, 1, NUMBER_MEMBER},
        {KIND_BALANCE_CLOSE, 0, NUMBER_MEMBER},
        {KIND_RAT_RECORD, 27, NUMBER_MEMBER},
        {KIND_RAT_NOTICE, 0, NUMBER_MEMBER},
};

struct walk {
	const struct rename *r;
	struct mp_in in;
	struct mp_out *out;
	bool changed;
	enum err err;
};

static void walk_value(struct walk *w, unsigned depth);

static enum number number_at(const struct walk *w, uint32_t key, unsigned depth)
{
	for (size_t i = 0; depth == 0 && w->r->numbers && i < sizeof fields / sizeof fields[0]; i++)
		if (fields[i].kind == w->r->kind && fields[i].key == key)
			return fields[i].number;
	return NUMBER_NONE;
}

static uint32_t renumber(uint64_t n, const struct numbers *numbers)
{
	bool moved = n >= numbers->from && n - numbers->from < numbers->count;
	return moved ? numbers->now[n - numbers->from] : (uint32_t)n;
}

static void walk_number(struct walk *w, enum number number)
{
	const struct renumbering *s = w->r->numbers;
	uint64_t n = mp_uint(&w->in, UINT32_MAX);
	uint32_t now = renumber(n, number == NUMBER_FEED ? &s->feeds : &s->members);
	if (now == NUMBER_GONE)
		w->err = number == NUMBER_FEED ? ERR_NO_SUCH_FEED : ERR_NO_SUCH_MEMBER;
	w->changed |= now != n;
	mp_put_uint(w->out, now);
}

static void walk_rows(struct walk *w)
{
	uint32_t rows = mp_array(&w->in, UINT32_MAX);
	mp_put_array(w->out, rows);
	for (uint32_t i = 0; i < rows && !mp_error(&w->in); i++) {
		uint32_t values = mp_array(&w->in, UINT32_MAX);
		mp_put_array(w->out, values);
		for (uint32_t j = 0; j < values && !mp_error(&w->in); j++) {
			if (j == 0)
				walk_number(w, NUMBER_MEMBER);
			else
				mp_put_raw(w->out, mp_raw(&w->in));
		}
		mp_array_end(&w->in);
	}
	mp_array_end(&w->in);
}

static void walk_field(struct walk *w, uint32_t key, unsigned depth)
{
	enum number number = number_at(w, key, depth);
	switch (number) {
	case NUMBER_NONE:
		walk_value(w, depth + 1);
		return;
	case NUMBER_MEMBER:
	case NUMBER_FEED:
		walk_number(w, number);
		return;
	case NUMBER_MEMBER_ROWS:
		walk_rows(w);
		return;
	}
}

static void walk_map(struct walk *w, unsigned depth)
{
	struct mp_map map = mp_map(&w->in);
	mp_put_map(w->out, map.left);
	for (uint32_t key = 0; key <= MP_KEY_MAX && !mp_error(&w->in); key++) {
		if (!mp_key(&w->in, &map, key))
			continue;
		mp_put_uint(w->out, key);
		walk_field(w, key, depth);
	}
	mp_map_end(&w->in, &map);
}

static bool is_reference(const struct walk *w, struct reference *out)
{
	struct mp_in ahead = w->in;
	reference_unpack(&ahead, out);
	return !mp_error(&ahead);
}

static void walk_array(struct walk *w, unsigned depth)
{
	struct reference named;
	struct rewrite rewrite;
	if (is_reference(w, &named)) {
		bool moved = named.place.feed.n == w->r->own.n &&
		             rewrites_find(w->r->txn, &named, &rewrite) && rewrites_has_successor(&rewrite);
		w->changed |= moved;
		mp_skip(&w->in);
		reference_pack(w->out, moved ? &rewrite.now : &named);
		return;
	}
	uint32_t count = mp_array(&w->in, UINT32_MAX);
	mp_put_array(w->out, count);
	for (uint32_t i = 0; i < count && !mp_error(&w->in); i++)
		walk_value(w, depth + 1);
	mp_array_end(&w->in);
}

static void walk_value(struct walk *w, unsigned depth)
{
	switch (mp_peek(&w->in)) {
	case MP_ARRAY:
		walk_array(w, depth);
		return;
	case MP_MAP:
		walk_map(w, depth);
		return;
	case MP_NONE:
	case MP_NIL:
	case MP_BOOL:
	case MP_UINT:
	case MP_INT:
	case MP_BIN:
	case MP_TEXT:
		mp_put_raw(w->out, mp_raw(&w->in));
		return;
	}
}

enum err rename_body(const struct rename *r, struct mp_out *room, struct bytes *out)
{
	struct walk w = {.r = r, .in = mp_in(r->body), .out = room};
	walk_value(&w, 0);
	if (w.err)
		return w.err;
	if (mp_end(&w.in) || (!w.changed && mp_out_end(room) == ERR_OK)) {
		*out = r->body; /* no body of ours, then: for the rules to refuse */
		return ERR_OK;
	}
	if (mp_out_end(room))
		return ERR_TOO_LONG;
	*out = mp_written(room);
	return ERR_OK;
}
