/* SPDX-License-Identifier: Apache-2.0
 * joining_record.c: the forms of joining.h's records, msgpack arrays. */
#include <string.h>

#include "node/joining.h"

void joining_key(const uint8_t secret[JOINING_SECRET_BYTES], uint8_t out[JOINING_KEY_BYTES])
{
	const struct hash h = hash_of(BYTES(secret, JOINING_SECRET_BYTES));
	memcpy(out, h.bytes, JOINING_KEY_BYTES);
}

void joining_invite_pack(struct mp_out *m, const struct joining_invite *i)
{
	mp_put_array(m, 5);
	mp_put_bin(m, BYTES_OF(i->secret));
	mp_put_uint(m, i->made_s);
	mp_put_uint(m, i->expires_s);
	mp_put_uint(m, i->state);
	short_text_pack(m, &i->note);
}

enum err joining_invite_unpack(struct bytes value, struct joining_invite *out)
{
	struct mp_in m = mp_in(value);
	struct joining_invite i;
	mp_array_fixed(&m, 5);
	mp_bin_fixed(&m, i.secret, sizeof i.secret);
	i.made_s = mp_uint(&m, UINT64_MAX);
	i.expires_s = mp_uint(&m, UINT64_MAX);
	i.state = (enum joining_state)mp_uint(&m, JOINING_REVOKED);
	short_text_unpack(&m, NAME_BYTES_MAX, &i.note);
	mp_array_end(&m);
	enum err e = mp_end(&m);
	if (!e)
		*out = i;
	return e;
}

void joining_request_pack(struct mp_out *m, const struct joining_request *r)
{
	mp_put_array(m, 4);
	keys_pack(m, &r->keys);
	short_text_pack(m, &r->name);
	mp_put_uint(m, r->time_s);
	mp_put_bin(m, BYTES_OF(r->invite));
}

enum err joining_request_unpack(struct bytes value, struct joining_request *out)
{
	struct mp_in m = mp_in(value);
	struct joining_request r;
	mp_array_fixed(&m, 4);
	keys_unpack(&m, &r.keys);
	short_text_unpack(&m, NAME_BYTES_MAX, &r.name);
	r.time_s = mp_uint(&m, UINT64_MAX);
	mp_bin_fixed(&m, r.invite, sizeof r.invite);
	mp_array_end(&m);
	enum err e = mp_end(&m);
	if (!e)
		*out = r;
	return e;
}
