/* SPDX-License-Identifier: Apache-2.0 */
/* cosignature.c: a witness's timestamped signature over a checkpoint's text. When a witness states something, and
 * about what, is the witness's affair.
 * Its twist: the signed message begins with a line of its own, "cosignature/v1", so no signature of a checkpoint is
 * ever one of a cosignature. */
#include "log/cosignature.h"

#include <sodium.h>

#define PREFIX_BYTES_MAX 64u

void cosignature_put_name(
        struct bytes_out *o, const struct network_id *network, const struct feed_id *witness)
{
	checkpoint_put_origin(o, network, witness);
	bytes_put_text(o, "/witness");
}

struct message {
	uint8_t buffer[PREFIX_BYTES_MAX + COSIGNED_TEXT_BYTES_MAX];
	struct bytes_out out;
};

static enum err make_message(struct message *m, uint64_t time_s, struct bytes text)
{
	m->out = bytes_out(m->buffer, sizeof m->buffer);
	bytes_put_text(&m->out, "cosignature/v1\ntime ");
	bytes_put_decimal(&m->out, time_s);
	bytes_put_u8(&m->out, '\n');
	must(m->out.len <= PREFIX_BYTES_MAX);
	if (text.len > COSIGNED_TEXT_BYTES_MAX)
		return ERR_TOO_LONG;
	bytes_put(&m->out, text.data, text.len);
	return bytes_out_end(&m->out);
}

void cosignature_sign(struct cosignature *c, uint64_t time_s, struct bytes text, const uint8_t secret[64])
{
	struct message m;
	must(time_s <= COSIGNATURE_TIME_S_MAX && make_message(&m, time_s, text) == ERR_OK);
	c->time_s = time_s;
	must(crypto_sign_detached(c->signature, NULL, m.buffer, m.out.len, secret) == 0);
}

enum err cosignature_verify(const struct cosignature *c, struct bytes text, const uint8_t cosigner[32])
{
	struct message m;
	if (c->time_s > COSIGNATURE_TIME_S_MAX || make_message(&m, c->time_s, text) != ERR_OK)
		return ERR_BAD_SIGNATURE;
	if (crypto_sign_verify_detached(c->signature, m.buffer, m.out.len, cosigner) != 0)
		return ERR_BAD_SIGNATURE;
	return ERR_OK;
}

void cosignature_encode(const struct cosignature *c, uint8_t out[NOTE_COSIGNATURE_BYTES])
{
	struct bytes_out o = bytes_out(out, NOTE_COSIGNATURE_BYTES);
	bytes_put_u64(&o, c->time_s);
	bytes_put(&o, c->signature, sizeof c->signature);
	must(bytes_out_end(&o) == ERR_OK);
}

enum err cosignature_decode(struct bytes b, struct cosignature *out)
{
	if (b.len != NOTE_COSIGNATURE_BYTES)
		return ERR_MALFORMED;
	struct bytes_in in = bytes_in(b);
	struct cosignature c = {.time_s = bytes_get_u64(&in)};
	bytes_get(&in, c.signature, sizeof c.signature);
	must(bytes_in_end(&in) == ERR_OK);
	if (c.time_s > COSIGNATURE_TIME_S_MAX)
		return ERR_OUT_OF_RANGE;
	*out = c;
	return ERR_OK;
}
