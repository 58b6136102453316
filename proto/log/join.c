/* SPDX-License-Identifier: Apache-2.0
 * join.c: see join.h. Signature and HMAC are over one text: "lontar join v1", a line end, h, and msgpack
 * [keys, name, profile or nil]. */
#include <string.h>

#include <sodium.h>

#include "log/join.h"
#include "log/line.h"

static const char SIGNED[] = "lontar join v1\n";
static const char PREFIX[] = "lontarjoin";
#define SIGNED_FIELDS 3u

struct text {
	uint8_t bytes[JOIN_BYTES_MAX];
};

static void put_signed_fields(struct mp_out *m, const struct join *j)
{
	keys_pack(m, &j->keys);
	short_text_pack(m, &j->name);
	if (j->has_profile)
		roster_body_admit_pack(m, &j->profile);
	else
		mp_put_nil(m);
}

static struct bytes signed_text(const struct join *j, const struct join_binding *binding, struct text *memory)
{
	struct mp_out m = mp_out(memory->bytes, sizeof memory->bytes);
	bytes_put_text(&m.out, SIGNED);
	bytes_put(&m.out, binding->h, sizeof binding->h);
	mp_put_array(&m, SIGNED_FIELDS);
	put_signed_fields(&m, j);
	must(mp_out_end(&m) == ERR_OK);
	return mp_written(&m);
}

void join_sign(struct join *j, const struct secret_keys *keys, const uint8_t secret[INVITE_SECRET_BYTES],
        const struct join_binding *binding)
{
	struct text memory;
	j->keys = keys->public;
	struct bytes text = signed_text(j, binding, &memory);
	must(crypto_sign_detached(j->signature, NULL, text.data, text.len, keys->feed) == 0);
	j->mac = hash_hmac(BYTES(secret, INVITE_SECRET_BYTES), text);
}

enum err join_verify(const struct join *j, const struct join_binding *binding)
{
	struct text memory;
	struct bytes text = signed_text(j, binding, &memory);
	if (!keys_distinct(&j->keys) || keys_check(&j->keys) != ERR_OK)
		return ERR_BAD_KEY;
	if (crypto_sign_verify_detached(j->signature, text.data, text.len, j->keys.feed.bytes) != 0)
		return ERR_BAD_SIGNATURE;
	return ERR_OK;
}

bool join_has_secret(
        const struct join *j, const uint8_t secret[INVITE_SECRET_BYTES], const struct join_binding *binding)
{
	struct text memory;
	struct hash mac = hash_hmac(BYTES(secret, INVITE_SECRET_BYTES), signed_text(j, binding, &memory));
	return hash_equal(&mac, &j->mac);
}

void join_pack_fields(struct mp_out *m, const struct join *j)
{
	put_signed_fields(m, j);
	mp_put_bin(m, BYTES_OF(j->signature));
	mp_put_bin(m, BYTES_OF(j->mac.bytes));
}

/* What was signed is packed again to be verified, so a profile that has another form (keys of a later version, empty
 * texts) is refused here. */
static bool packs_as(const struct profile *p, struct bytes raw)
{
	struct text memory;
	struct mp_out m = mp_out(memory.bytes, sizeof memory.bytes);
	roster_body_admit_pack(&m, p);
	return mp_out_end(&m) == ERR_OK && bytes_equal(mp_written(&m), raw);
}

static void take_profile(struct mp_in *m, struct join *j)
{
	struct bytes raw = mp_raw(m);
	if (mp_error(m) != ERR_OK || (raw.len == 1 && raw.data[0] == 0xc0)) /* nil */
		return;
	enum err e = roster_body_admit_unpack(raw, &j->profile);
	j->has_profile = e == ERR_OK;
	if (e != ERR_OK || !packs_as(&j->profile, raw))
		mp_fail(m, e != ERR_OK ? e : ERR_MALFORMED);
}

void join_unpack_fields(struct mp_in *m, struct join *out)
{
	*out = (struct join){0};
	keys_unpack(m, &out->keys);
	short_text_unpack(m, NAME_BYTES_MAX, &out->name);
	if (out->name.len == 0)
		mp_fail(m, ERR_MISSING_FIELD);
	take_profile(m, out);
	mp_bin_fixed(m, out->signature, sizeof out->signature);
	mp_bin_fixed(m, out->mac.bytes, sizeof out->mac.bytes);
}

void join_put(struct bytes_out *o, const struct join *j)
{
	struct text memory;
	struct mp_out m = mp_out(memory.bytes, sizeof memory.bytes);
	mp_put_array(&m, JOIN_FIELDS);
	join_pack_fields(&m, j);
	must(mp_out_end(&m) == ERR_OK);
	line_put(o, PREFIX, mp_written(&m));
}

enum err join_parse(struct bytes text, struct join *out)
{
	struct text memory;
	struct join j;
	size_t len = 0;
	enum err e = line_parse(text, PREFIX, memory.bytes, sizeof memory.bytes, &len);
	if (e != ERR_OK)
		return e;
	struct mp_in m = mp_in(BYTES(memory.bytes, len));
	mp_array_fixed(&m, JOIN_FIELDS);
	join_unpack_fields(&m, &j);
	mp_array_end(&m);
	e = mp_end(&m);
	if (e == ERR_OK)
		*out = j;
	return e;
}
