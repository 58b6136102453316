/* SPDX-License-Identifier: Apache-2.0 */
/* keys.c: the keys of keys_int.h as bytes. */
#include "keys_int.h"

#include <string.h>

#define SIGN_BIT 0x80000000u

#define X(name, text, class) [TABLE_##name] = text,
static const char *const names[TABLES] = {STORE_TABLES(X)};
#undef X
#define X(name, text, class) [TABLE_##name] = TABLE_CLASS_##class,
static const enum table_class classes[TABLES] = {STORE_TABLES(X)};
#undef X

const char *keys_table_name(enum table table)
{
	return names[table];
}

enum table_class keys_table_class(enum table table)
{
	return classes[table];
}

static void add(struct key *key, const void *data, size_t len)
{
	must(key->len + len <= KEY_BYTES_MAX);
	if (len > 0)
		memcpy(key->bytes + key->len, data, len);
	key->len = (uint8_t)(key->len + len);
}

static void add_n(struct key *key, uint64_t v, unsigned len)
{
	must(key->len + len <= KEY_BYTES_MAX);
	for (unsigned i = 0; i < len; i++)
		key->bytes[key->len + i] = (uint8_t)(v >> 8 * (len - 1 - i));
	key->len = (uint8_t)(key->len + len);
}

static void add_place(struct key *key, struct place place)
{
	add_n(key, place.feed.n, 4);
	add_n(key, place.seq, 8);
}

struct key keys_name(const char *name)
{
	struct key key = {.len = 0};
	add(&key, name, strlen(name));
	return key;
}

struct key keys_drawer(uint8_t drawer, struct bytes key)
{
	struct key whole = {.len = 0};
	add_n(&whole, drawer, 1);
	add(&whole, key.data, key.len);
	return whole;
}

struct key keys_feed(struct feed_no feed)
{
	struct key key = {.len = 0};
	add_n(&key, feed.n, 4);
	return key;
}

struct key keys_feed_n(struct feed_no feed, uint64_t n)
{
	struct key key = keys_feed(feed);
	add_n(&key, n, 8);
	return key;
}

struct key keys_aside(struct feed_no feed, uint64_t from, const uint8_t id[REFERENCE_ID_BYTES])
{
	struct key key = keys_feed_n(feed, from);
	add(&key, id, REFERENCE_ID_BYTES);
	return key;
}

struct key keys_place(struct place place)
{
	return keys_feed_n(place.feed, place.seq);
}

struct key keys_places(struct place first, struct place second)
{
	struct key key = keys_place(first);
	add_place(&key, second);
	return key;
}

struct key keys_member(struct member_no member)
{
	struct key key = {.len = 0};
	add_n(&key, member.n, 4);
	return key;
}

struct key keys_pair(struct member_no a, struct member_no b)
{
	struct key key = keys_member(a);
	add_n(&key, b.n, 4);
	return key;
}

struct key keys_pair_type(struct member_no a, struct member_no b, enum object_type type)
{
	struct key key = keys_pair(a, b);
	add_n(&key, (uint64_t)type, 1);
	return key;
}

struct key keys_pair_object(struct member_no a, struct member_no b, enum object_type type, struct place place)
{
	struct key key = keys_pair_type(a, b, type);
	add_place(&key, place);
	return key;
}

struct key keys_year(struct member_no member, int32_t year)
{
	struct key key = keys_member(member);
	add_n(&key, (uint32_t)year ^ SIGN_BIT, 4);
	return key;
}

struct key keys_year_object(struct member_no member, int32_t year, struct place place)
{
	struct key key = keys_year(member, year);
	add_place(&key, place);
	return key;
}

struct key keys_said_kind(struct member_no member, uint16_t kind)
{
	struct key key = keys_member(member);
	add_n(&key, kind, 2);
	return key;
}

struct key keys_said(struct member_no member, uint16_t kind, uint64_t time_ms, struct place place)
{
	struct key key = keys_said_kind(member, kind);
	add_n(&key, time_ms, 8);
	add_place(&key, place);
	return key;
}

struct key keys_policy(int32_t from_year, struct place place)
{
	struct key key = {.len = 0};
	add_n(&key, (uint32_t)from_year ^ SIGN_BIT, 4);
	add_place(&key, place);
	return key;
}

struct key keys_heard(struct feed_no feed, struct day day)
{
	struct key key = keys_feed(feed);
	add_n(&key, (uint32_t)day.n ^ SIGN_BIT, 4);
	return key;
}

struct key keys_fork(struct feed_no feed, struct place place)
{
	struct key key = keys_feed(feed);
	add_place(&key, place);
	return key;
}

struct bytes keys_bytes(const struct key *key)
{
	return BYTES(key->bytes, key->len);
}

struct key keys_of(struct bytes b)
{
	struct key key = {.len = 0};
	add(&key, b.data, b.len);
	return key;
}

bool keys_under(struct bytes key, const struct key *prefix)
{
	return key.len >= prefix->len && memcmp(key.data, prefix->bytes, prefix->len) == 0;
}

static uint64_t get_n(struct bytes key, size_t at, unsigned len)
{
	uint64_t v = 0;
	for (unsigned i = 0; i < len && at + i < key.len; i++)
		v = v << 8 | key.data[at + i];
	return v;
}

uint64_t keys_get_u64(struct bytes key, size_t at)
{
	return get_n(key, at, 8);
}

uint32_t keys_get_u32(struct bytes key, size_t at)
{
	return (uint32_t)get_n(key, at, 4);
}

int32_t keys_get_i32(struct bytes key, size_t at)
{
	return (int32_t)(keys_get_u32(key, at) ^ SIGN_BIT);
}

struct place keys_get_place(struct bytes key, size_t at)
{
	return (struct place){.feed = {.n = keys_get_u32(key, at)}, .seq = keys_get_u64(key, at + 4)};
}
