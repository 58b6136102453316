/* SPDX-License-Identifier: Apache-2.0
 * mp.c: reading the strict profile of msgpack. All reading passes head(), which takes the first bytes of a value
 * and refuses what the profile has not; the bytes of a string are taken by whoever asked for them.
 *
 * The twist: one value has one form. A non-negative integer is always in its unsigned form, since from 2^31 on
 * a signed form can be as short, and hashes are over bytes. Counts are checked against the bytes left, a value
 * being at least one byte, so that the length of the input bounds the work it can ask for. Writing: mp_put.c. */
#include "base/limits.h"
#include "base/mp.h"
#include "base/text.h"

/* The long forms, c0 to df: their type, the bytes of the number that follows, and the least number (of a negative
 * one: the least magnitude) for which no shorter form exists. Ext, float and c1 are MP_NONE. */
static const struct form {
	enum mp_type type;
	unsigned width;
	uint64_t least;
} FORMS[32] = {
        [0xc0 - 0xc0] = {MP_NIL, 0, 0},
        [0xc2 - 0xc0] = {MP_BOOL, 0, 0},
        [0xc3 - 0xc0] = {MP_BOOL, 0, 0},
        [0xc4 - 0xc0] = {MP_BIN, 1, 0},
        [0xc5 - 0xc0] = {MP_BIN, 2, 1u << 8},
        [0xc6 - 0xc0] = {MP_BIN, 4, 1u << 16},
        [0xcc - 0xc0] = {MP_UINT, 1, 1u << 7},
        [0xcd - 0xc0] = {MP_UINT, 2, 1u << 8},
        [0xce - 0xc0] = {MP_UINT, 4, 1u << 16},
        [0xcf - 0xc0] = {MP_UINT, 8, UINT64_C(1) << 32},
        [0xd0 - 0xc0] = {MP_INT, 1, 32 + 1},
        [0xd1 - 0xc0] = {MP_INT, 2, (1u << 7) + 1},
        [0xd2 - 0xc0] = {MP_INT, 4, (1u << 15) + 1},
        [0xd3 - 0xc0] = {MP_INT, 8, (UINT64_C(1) << 31) + 1},
        [0xd9 - 0xc0] = {MP_TEXT, 1, 1u << 5},
        [0xda - 0xc0] = {MP_TEXT, 2, 1u << 8},
        [0xdb - 0xc0] = {MP_TEXT, 4, 1u << 16},
        [0xdc - 0xc0] = {MP_ARRAY, 2, 1u << 4},
        [0xdd - 0xc0] = {MP_ARRAY, 4, 1u << 16},
        [0xde - 0xc0] = {MP_MAP, 2, 1u << 4},
        [0xdf - 0xc0] = {MP_MAP, 4, 1u << 16},
};

struct head {
	enum mp_type type; /* MP_NONE after an error */
	uint64_t n;        /* 0 or 1, the integer (two's complement), the bytes of a string, items, pairs */
};

struct mp_in mp_in(struct bytes b)
{
	return (struct mp_in){.in = bytes_in(b)};
}

void mp_fail(struct mp_in *m, enum err e)
{
	must(e != ERR_OK);
	if (m->in.err == ERR_OK)
		m->in.err = e;
}

enum err mp_error(const struct mp_in *m)
{
	return m->in.err;
}

enum err mp_end(const struct mp_in *m)
{
	if (m->in.err == ERR_OK && m->depth != 0)
		return ERR_BUG;
	return bytes_in_end(&m->in);
}

/* The type that the first byte says; of a short form also the number that it holds. */
static struct head head_of_first(uint8_t first)
{
	if (first < 0x80)
		return (struct head){MP_UINT, first};
	if (first < 0x90)
		return (struct head){MP_MAP, first & 0x0fu};
	if (first < 0xa0)
		return (struct head){MP_ARRAY, first & 0x0fu};
	if (first < 0xc0)
		return (struct head){MP_TEXT, first & 0x1fu};
	if (first < 0xe0)
		return (struct head){FORMS[first - 0xc0].type, first & 1u}; /* c2 false, c3 true */
	return (struct head){MP_INT, UINT64_MAX << 8 | first};
}

enum mp_type mp_peek(const struct mp_in *m)
{
	return bytes_left(&m->in) == 0 ? MP_NONE : head_of_first(m->in.data[m->in.at]).type;
}

/* The number of a long form, sign-extended when the type is MP_INT. */
static uint64_t long_number(struct mp_in *m, const struct form *form)
{
	struct bytes b = bytes_take(&m->in, form->width);
	bool below_zero = form->type == MP_INT && b.len > 0 && b.data[0] >= 0x80;
	uint64_t n = below_zero ? UINT64_MAX : 0;
	for (size_t i = 0; i < b.len; i++)
		n = n << 8 | b.data[i];
	uint64_t magnitude = below_zero ? ~n + 1 : n;
	if (magnitude < form->least || (form->type == MP_INT && !below_zero))
		mp_fail(m, ERR_NOT_SHORTEST);
	return n;
}

/* How many bytes must at least follow a head. */
static uint64_t bytes_after(struct head h)
{
	switch (h.type) {
	case MP_BIN:
	case MP_TEXT:
	case MP_ARRAY:
		return h.n;
	case MP_MAP:
		return 2 * h.n;
	case MP_NONE:
	case MP_NIL:
	case MP_BOOL:
	case MP_UINT:
	case MP_INT:
		return 0;
	}
	return 0;
}

static struct head head(struct mp_in *m)
{
	uint8_t first = bytes_get_u8(&m->in);
	struct head h = head_of_first(first);
	if (h.type == MP_NONE)
		mp_fail(m, ERR_MALFORMED);
	else if (first >= 0xc0 && first < 0xe0 && FORMS[first - 0xc0].width > 0)
		h.n = long_number(m, &FORMS[first - 0xc0]);
	if (m->in.err == ERR_OK && bytes_after(h) > bytes_left(&m->in))
		mp_fail(m, ERR_TRUNCATED);
	return m->in.err == ERR_OK ? h : (struct head){.type = MP_NONE};
}

/* The number in the head of a value that must be of TYPE. */
static uint64_t expect(struct mp_in *m, enum mp_type type)
{
	struct head h = head(m);
	if (h.type == type)
		return h.n;
	mp_fail(m, ERR_MALFORMED);
	return 0;
}

/* N, or 0 and an error when it is above MAX. */
static uint64_t at_most(struct mp_in *m, uint64_t n, uint64_t max, enum err too_much)
{
	if (n <= max)
		return n;
	mp_fail(m, too_much);
	return 0;
}

bool mp_bool(struct mp_in *m)
{
	return expect(m, MP_BOOL) == 1;
}

uint64_t mp_uint(struct mp_in *m, uint64_t max)
{
	return at_most(m, expect(m, MP_UINT), max, ERR_OUT_OF_RANGE);
}

int64_t mp_int(struct mp_in *m, int64_t min, int64_t max)
{
	struct head h = head(m);
	bool positive = h.type == MP_UINT, whole = positive || h.type == MP_INT;
	if (!whole)
		mp_fail(m, ERR_MALFORMED);
	/* no conversion of what does not fit: ISO C leaves that to the compiler */
	int64_t n = h.n <= INT64_MAX ? (int64_t)h.n : -1 - (int64_t)~h.n;
	if (whole && ((positive && h.n > INT64_MAX) || n < min || n > max))
		mp_fail(m, ERR_OUT_OF_RANGE);
	return m->in.err == ERR_OK ? n : 0;
}

struct bytes mp_bin(struct mp_in *m, size_t max)
{
	return bytes_take(&m->in, (size_t)at_most(m, expect(m, MP_BIN), max, ERR_TOO_LONG));
}

void mp_bin_fixed(struct mp_in *m, void *out, size_t len)
{
	if (expect(m, MP_BIN) != len)
		mp_fail(m, ERR_MALFORMED);
	bytes_get(&m->in, out, len);
}

static struct bytes text_bytes(struct mp_in *m, uint64_t len)
{
	struct bytes text = bytes_take(&m->in, (size_t)len);
	if (text_is_utf8(text))
		return text;
	mp_fail(m, ERR_NOT_UTF8);
	return (struct bytes){0};
}

struct bytes mp_text(struct mp_in *m, size_t max)
{
	return text_bytes(m, at_most(m, expect(m, MP_TEXT), max, ERR_TOO_LONG));
}

static void container_open(struct mp_in *m)
{
	if (m->depth >= MP_DEPTH_MAX)
		mp_fail(m, ERR_TOO_DEEP);
	if (m->in.err == ERR_OK)
		m->depth++;
}

static void container_close(struct mp_in *m)
{
	if (m->in.err != ERR_OK)
		return;
	must(m->depth > 0);
	m->depth--;
}

uint32_t mp_array(struct mp_in *m, uint32_t max)
{
	uint32_t count = (uint32_t)at_most(m, expect(m, MP_ARRAY), max, ERR_TOO_MANY);
	container_open(m);
	return m->in.err == ERR_OK ? count : 0;
}

void mp_array_fixed(struct mp_in *m, uint32_t count)
{
	if (expect(m, MP_ARRAY) != count)
		mp_fail(m, ERR_MALFORMED);
	container_open(m);
}

void mp_array_end(struct mp_in *m)
{
	container_close(m);
}

/* The next key of a map; LAST is the one before, -1 at the first. */
static uint8_t key_above(struct mp_in *m, int last)
{
	uint8_t key = bytes_get_u8(&m->in);
	if (key > MP_KEY_MAX || key <= last)
		mp_fail(m, ERR_KEY_ORDER);
	return key;
}

/* An array or a map that a walk is inside of. */
struct level {
	uint64_t left; /* items or pairs not yet begun */
	enum mp_type type;
	int last_key;
};

/* Takes the next value but for what an array or a map contains, with its key when it stands in a map. */
static struct head walk_one(struct mp_in *m, struct level *inside)
{
	if (inside)
		inside->left--;
	if (inside && inside->type == MP_MAP)
		inside->last_key = key_above(m, inside->last_key);
	struct head h = head(m);
	if (h.type == MP_TEXT)
		(void)text_bytes(m, h.n);
	else if (h.type == MP_BIN)
		(void)bytes_take(&m->in, (size_t)h.n);
	return h;
}

/* Takes one whole value. Not recursive, and each round takes at least a byte. */
static void walk(struct mp_in *m)
{
	struct level levels[MP_DEPTH_MAX];
	size_t open = 0;
	do {
		struct head h = walk_one(m, open > 0 ? &levels[open - 1] : NULL);
		bool opens = h.type == MP_ARRAY || h.type == MP_MAP;
		if (opens && m->depth + open >= MP_DEPTH_MAX)
			mp_fail(m, ERR_TOO_DEEP);
		else if (opens)
			levels[open++] = (struct level){.left = h.n, .type = h.type, .last_key = -1};
		while (open > 0 && levels[open - 1].left == 0)
			open--;
	} while (open > 0 && m->in.err == ERR_OK);
}

struct bytes mp_raw(struct mp_in *m)
{
	size_t start = m->in.at;
	walk(m);
	if (m->in.err != ERR_OK)
		return (struct bytes){0};
	return BYTES(m->in.data + start, m->in.at - start);
}

void mp_skip(struct mp_in *m)
{
	walk(m);
}

enum err mp_check(struct bytes b)
{
	struct mp_in m = mp_in(b);
	walk(&m);
	return mp_end(&m);
}

struct mp_map mp_map(struct mp_in *m)
{
	uint32_t pairs = (uint32_t)expect(m, MP_MAP);
	container_open(m);
	return (struct mp_map){.left = m->in.err == ERR_OK ? pairs : 0};
}

static void next_key(struct mp_in *m, struct mp_map *map)
{
	map->key = key_above(m, map->started ? (int)map->last : -1);
	map->last = map->key;
	map->left--;
	map->started = map->pending = true;
}

bool mp_key(struct mp_in *m, struct mp_map *map, uint32_t key)
{
	while (m->in.err == ERR_OK && (map->pending || map->left > 0)) {
		if (!map->pending)
			next_key(m, map);
		if (m->in.err != ERR_OK || map->key > key)
			return false;
		map->pending = false;
		if (map->key == key)
			return true;
		mp_skip(m);
	}
	return false;
}

bool mp_need(struct mp_in *m, struct mp_map *map, uint32_t key)
{
	bool there = mp_key(m, map, key);
	if (!there)
		mp_fail(m, ERR_MISSING_FIELD);
	return there;
}

void mp_map_end(struct mp_in *m, struct mp_map *map)
{
	(void)mp_key(m, map, MP_KEY_MAX + 1); /* no key is that high: skips what is left */
	container_close(m);
}
