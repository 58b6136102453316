/* SPDX-License-Identifier: Apache-2.0
 * rewrites.c: see rewrites.h. Rows of two drawers, each under the old reference. Errors are kept by their code, whose
 * number may change with the program.
 * Its twist: an entry that was withdrawn can come back from others as it was; then its row goes, so no chain is a ring. */
#include "rewrites_int.h"

#include <string.h>

#define CHAIN_MAX 100000u

static void put_reference(struct bytes_out *o, const struct reference *r)
{
	bytes_put_u32(o, r->place.feed.n);
	bytes_put_u64(o, r->place.seq);
	bytes_put(o, r->id, sizeof r->id);
}

static void get_reference(struct bytes_in *in, struct reference *out)
{
	out->place.feed.n = bytes_get_u32(in);
	out->place.seq = bytes_get_u64(in);
	bytes_get(in, out->id, sizeof out->id);
}

void rewrites_key(const struct reference *was, uint8_t out[REWRITE_KEY_BYTES])
{
	struct bytes_out o = bytes_out(out, REWRITE_KEY_BYTES);
	put_reference(&o, was);
	must(bytes_out_end(&o) == ERR_OK);
}

void rewrites_put(struct txn *txn, const struct rewrite *rewrite)
{
	uint8_t key[REWRITE_KEY_BYTES], value[1 + 8 + REWRITE_KEY_BYTES];
	struct bytes_out o = bytes_out(value, sizeof value);
	rewrites_key(&rewrite->was, key);
	bytes_put_u8(&o, (uint8_t)rewrite->what);
	bytes_put_u64(&o, rewrite->wall_ms);
	put_reference(&o, &rewrite->now);
	must(bytes_out_end(&o) == ERR_OK);
	own_put(txn, OWN_REWRITES, BYTES_OF(key), bytes_written(&o));
}

void rewrites_forget(struct txn *txn, const struct reference *live)
{
	uint8_t key[REWRITE_KEY_BYTES];
	rewrites_key(live, key);
	own_remove(txn, OWN_REWRITES, BYTES_OF(key));
	own_remove(txn, OWN_REFUSED, BYTES_OF(key));
}

static bool read_row(struct bytes key, struct bytes value, struct rewrite *out)
{
	struct bytes_in k = bytes_in(key), v = bytes_in(value);
	struct rewrite r = {.what = REWRITE_DROPPED};
	get_reference(&k, &r.was);
	r.what = (enum rewrite_what)bytes_get_u8(&v);
	r.wall_ms = bytes_get_u64(&v);
	get_reference(&v, &r.now);
	if (bytes_in_end(&k) || bytes_in_end(&v))
		return false;
	*out = r;
	return true;
}

bool rewrites_has_successor(const struct rewrite *r)
{
	return r->what == REWRITE_AGAIN || r->what == REWRITE_BACK;
}

static bool one_step(struct txn *txn, const struct reference *was, struct rewrite *out)
{
	uint8_t key[REWRITE_KEY_BYTES];
	struct bytes value;
	rewrites_key(was, key);
	return own_get(txn, OWN_REWRITES, BYTES_OF(key), &value) && read_row(BYTES_OF(key), value, out);
}

bool rewrites_find(struct txn *txn, const struct reference *was, struct rewrite *out)
{
	struct rewrite last;
	if (!one_step(txn, was, &last))
		return false;
	for (uint32_t i = 0; i < CHAIN_MAX && rewrites_has_successor(&last); i++) {
		struct rewrite next;
		if (!one_step(txn, &last.now, &next))
			break;
		last = next;
	}
	last.was = *was;
	*out = last;
	return true;
}

bool rewrites_next(struct txn *txn, struct own_at *at, struct rewrite *out)
{
	struct bytes key, value;
	while (own_next(txn, OWN_REWRITES, at, &key, &value))
		if (read_row(key, value, out))
			return true;
	return false;
}

static enum err err_of_code(struct bytes code)
{
	for (enum err e = ERR_OK; e < ERR_COUNT; e++)
		if (bytes_equal(bytes_text(err_code(e)), code))
			return e;
	return ERR_REFUSED;
}

void rewrites_refuse(struct txn *txn, const struct rewrite_refused *refused)
{
	static uint8_t value[OWN_ENTRY_BYTES_MAX]; /* one thread writes */
	uint8_t key[REWRITE_KEY_BYTES];
	struct bytes_out o = bytes_out(value, sizeof value);
	const struct bytes code = bytes_text(err_code(refused->why));
	rewrites_key(&refused->was, key);
	bytes_put_u64(&o, refused->time_ms);
	bytes_put_u64(&o, refused->wall_ms);
	bytes_put_u16(&o, refused->kind);
	bytes_put_u8(&o, (uint8_t)code.len);
	bytes_put(&o, code.data, code.len);
	bytes_put(&o, refused->body.data, refused->body.len);
	must(bytes_out_end(&o) == ERR_OK);
	own_put(txn, OWN_REFUSED, BYTES_OF(key), bytes_written(&o));
}

static bool read_refused(struct bytes key, struct bytes value, struct rewrite_refused *out)
{
	struct bytes_in k = bytes_in(key), v = bytes_in(value);
	struct rewrite_refused r = {.why = ERR_OK};
	get_reference(&k, &r.was);
	r.time_ms = bytes_get_u64(&v);
	r.wall_ms = bytes_get_u64(&v);
	r.kind = bytes_get_u16(&v);
	r.why = err_of_code(bytes_take(&v, bytes_get_u8(&v)));
	r.body = bytes_take(&v, bytes_left(&v));
	if (bytes_in_end(&k) || bytes_in_end(&v))
		return false;
	*out = r;
	return true;
}

bool rewrites_refused(struct txn *txn, struct own_at *at, struct rewrite_refused *out)
{
	struct bytes key, value;
	while (own_next(txn, OWN_REFUSED, at, &key, &value))
		if (read_refused(key, value, out))
			return true;
	return false;
}
