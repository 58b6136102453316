/* SPDX-License-Identifier: Apache-2.0
 * handshake.c: Noise_XK with the prologue that names protocol and network, one step a message.
 *	1  ->  e, es              48 bytes
 *	2  <-  e, ee              48 bytes
 *	3  ->  length, s, se, (HELLO or JOIN)
 * Message 3 is written in two steps, because JOIN signs the hash that its tokens lead to. */
#include "session_int.h"

#define MESSAGE_BYTES (32u + NOISE_TAG_BYTES) /* of 1 and of 2 */
#define LENGTH_BYTES 2u
#define TOKENS_3_BYTES (32u + NOISE_TAG_BYTES)
#define EMPTY_3_BYTES (TOKENS_3_BYTES + NOISE_TAG_BYTES)

static struct bytes_out queue_end(const struct session *s)
{
	return bytes_out(s->out.data + s->out.tail, s->out.cap - s->out.tail);
}

static void wait_for(struct session *s, size_t bytes)
{
	s->in.have = 0;
	s->in.need = bytes;
}

enum err handshake_begin(struct session *s, const struct session_options *o)
{
	uint8_t prologue[9 + 32];
	struct bytes_out p = bytes_out(prologue, sizeof prologue);
	bytes_put_text(&p, "lontar/1");
	bytes_put_u8(&p, 0);
	bytes_put(&p, o->network.bytes, sizeof o->network.bytes);
	must(bytes_out_end(&p) == ERR_OK);
	noise_init(&s->noise, &(struct noise_options){
	                              .pattern = &noise_xk,
	                              .side = o->side == SESSION_DIALS ? NOISE_INITIATOR : NOISE_RESPONDER,
	                              .prologue = bytes_written(&p),
	                              .static_secret = o->link_secret,
	                              .static_public = o->link_public,
	                              .ephemeral_secret = o->random,
	                              .remote_static = o->remote_link_key,
	                      });
	wait_for(s, MESSAGE_BYTES);
	if (o->side == SESSION_ANSWERS)
		return ERR_OK;
	struct bytes_out out = queue_end(s);
	enum err e = noise_write(&s->noise, BYTES(NULL, 0), &out);
	if (e == ERR_OK)
		s->out.tail += out.len;
	return e;
}

/* A message that carries nothing. */
static enum err read_empty(struct session *s)
{
	struct bytes payload;
	enum err e = noise_read(&s->noise, s->in.data, s->in.have, &payload);
	must(e != ERR_OK || payload.len == 0); /* its size was the one waited for */
	return e;
}

enum err handshake_answer(struct session *s)
{
	struct bytes_out out = queue_end(s);
	enum err e = read_empty(s);
	if (e == ERR_OK)
		e = noise_write(&s->noise, BYTES(NULL, 0), &out);
	if (e != ERR_OK)
		return e;
	s->out.tail += out.len;
	wait_for(s, LENGTH_BYTES);
	return ERR_OK;
}

enum err handshake_reply(struct session *s)
{
	struct bytes_out out = queue_end(s);
	enum err e = read_empty(s);
	bytes_put_u16(&out, 0); /* the length, when it is known */
	if (e == ERR_OK)
		e = noise_write_tokens(&s->noise, &out);
	must(e != ERR_OK || out.len == LENGTH_BYTES + TOKENS_3_BYTES);
	return e;
}

uint8_t *handshake_payload(struct session *s)
{
	return s->out.data + s->out.tail + LENGTH_BYTES + TOKENS_3_BYTES;
}

static void begin_frames(struct session *s)
{
	struct noise_cipher send, receive;
	noise_split(&s->noise, &send, &receive);
	frame_init(&s->send, &send);
	frame_init(&s->receive, &receive);
	noise_cipher_wipe(&send);
	noise_cipher_wipe(&receive);
	wait_for(s, FRAME_HEAD_BYTES);
}

void handshake_finish(struct session *s, size_t len)
{
	struct bytes_out out = queue_end(s);
	must(len > 0 && len <= HANDSHAKE_PAYLOAD_BYTES_MAX);
	bytes_put_u16(&out, (uint16_t)(EMPTY_3_BYTES + len));
	out.len += TOKENS_3_BYTES;
	noise_write_payload(&s->noise, BYTES(handshake_payload(s), len), &out);
	s->out.tail += out.len;
	begin_frames(s);
}

enum err handshake_length(struct session *s)
{
	struct bytes_in in = bytes_in(BYTES(s->in.data, LENGTH_BYTES));
	size_t len = bytes_get_u16(&in);
	if (len > EMPTY_3_BYTES + HANDSHAKE_PAYLOAD_BYTES_MAX)
		return ERR_TOO_LONG;
	if (len <= EMPTY_3_BYTES)
		return ERR_TRUNCATED;
	s->in.need = LENGTH_BYTES + len;
	return ERR_OK;
}

enum err handshake_accept(struct session *s)
{
	enum err e = noise_read(&s->noise, s->in.data + LENGTH_BYTES, s->in.have - LENGTH_BYTES, &s->rest);
	if (e == ERR_OK)
		begin_frames(s);
	return e;
}
