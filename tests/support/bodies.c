/* SPDX-License-Identifier: Apache-2.0
 * bodies.c: see bodies.h. Bodies are taken apart and put together again pair by pair. */
#include "support/bodies.h"

#include <stdlib.h>
#include <string.h>

#define KEYS_HERE 64
#define UNKNOWN_KEY 100u

struct pairs {
	uint32_t count;
	uint32_t keys[KEYS_HERE];
	struct bytes values[KEYS_HERE];
};

static struct pairs take_apart(struct bytes body)
{
	struct pairs p = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	for (uint32_t key = 0; key <= UNKNOWN_KEY; key++) {
		if (!mp_key(&m, &map, key))
			continue;
		must(p.count < KEYS_HERE);
		p.keys[p.count] = key;
		p.values[p.count++] = mp_raw(&m);
	}
	mp_map_end(&m, &map);
	must(mp_end(&m) == ERR_OK);
	return p;
}

static struct bytes put_together(const struct pairs *p, void *room, size_t cap)
{
	struct mp_out m = mp_out(room, cap);
	mp_put_map(&m, p->count);
	for (uint32_t i = 0; i < p->count; i++) {
		mp_put_uint(&m, p->keys[i]);
		mp_put_raw(&m, p->values[i]);
	}
	must(mp_out_end(&m) == ERR_OK);
	return mp_written(&m);
}

struct bytes bodies_with(struct bytes body, uint32_t key, struct bytes value, void *room, size_t cap)
{
	struct pairs p = take_apart(body);
	uint32_t at = 0;
	while (at < p.count && p.keys[at] < key)
		at++;
	if (at == p.count || p.keys[at] != key) {
		for (uint32_t i = p.count; i > at; i--) {
			p.keys[i] = p.keys[i - 1];
			p.values[i] = p.values[i - 1];
		}
		p.keys[at] = key;
		p.count++;
	}
	p.values[at] = value;
	return put_together(&p, room, cap);
}

static bool is_required(const int *required, uint32_t key)
{
	for (; *required >= 0; required++)
		if ((uint32_t)*required == key)
			return true;
	return false;
}

static void prove_keys(struct bytes body, bodies_decode *decode, const int *required, void *room, size_t cap)
{
	struct pairs all = take_apart(body);
	uint32_t seen = 0;
	for (uint32_t i = 0; i < all.count; i++) {
		struct pairs some = all;
		some.count--;
		for (uint32_t k = i; k < some.count; k++) {
			some.keys[k] = all.keys[k + 1];
			some.values[k] = all.values[k + 1];
		}
		enum err e = decode(put_together(&some, room, cap));
		bool needed = is_required(required, all.keys[i]);
		seen += needed ? 1 : 0;
		must((e == ERR_MISSING_FIELD) == needed);
	}
	while (*required++ >= 0)
		must(seen-- > 0);
}

void bodies_prove(struct bytes body, bodies_decode *decode, const int *required)
{
	size_t cap = body.len + 256;
	uint8_t *room = malloc(cap), nil = 0xc0;
	must(room != NULL && decode(body) == ERR_OK);
	must(decode(bodies_with(body, UNKNOWN_KEY, BYTES(&nil, 1), room, cap)) == ERR_OK);
	memcpy(room, body.data, body.len);
	for (size_t len = 0; len < body.len; len++)
		must(decode(BYTES(room, len)) != ERR_OK);
	room[body.len] = nil;
	must(decode(BYTES(room, body.len + 1)) == ERR_TRAILING);
	prove_keys(body, decode, required, room, cap);
	free(room);
}
