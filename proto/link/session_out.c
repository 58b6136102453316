/* SPDX-License-Identifier: Apache-2.0
 * session_out.c: what goes out: sealed bytes, then one open frame that messages are written into where they will be
 * sealed and sent from. A message that does not fit the open frame is moved behind it, past a tag and a head. A
 * frame is sealed when it is full or when somebody takes it, so messages written together travel together. */
#include "session_int.h"

#include <string.h>

size_t session_out_bytes(const struct session_out *o)
{
	return o->tail - o->head + (o->body > 0 ? o->body + FRAME_OVERHEAD_BYTES : 0);
}

static uint8_t *body_end(const struct session_out *o)
{
	return o->data + o->tail + FRAME_HEAD_BYTES + o->body;
}

/* What a message needs at most behind the open frame: it may have to become a frame of its own. */
static size_t room_after_body(const struct session_out *o)
{
	size_t used = o->tail + FRAME_HEAD_BYTES + o->body + NOISE_TAG_BYTES + FRAME_OVERHEAD_BYTES;
	return used < o->cap ? o->cap - used : 0;
}

struct bytes_out session_out_room(struct session_out *o)
{
	if (o->head > 0 && room_after_body(o) < FRAME_PLAINTEXT_BYTES_MAX) {
		memmove(o->data, o->data + o->head, o->tail - o->head + FRAME_HEAD_BYTES + o->body);
		o->tail -= o->head;
		o->head = 0;
	}
	size_t room = room_after_body(o);
	return bytes_out(body_end(o), room < FRAME_PLAINTEXT_BYTES_MAX ? room : FRAME_PLAINTEXT_BYTES_MAX);
}

static void seal_open_frame(struct session *s)
{
	struct session_out *o = &s->out;
	uint8_t *frame = o->data + o->tail;
	must(o->tail + o->body + FRAME_OVERHEAD_BYTES <= o->cap);
	frame_seal(&s->send, BYTES(frame + FRAME_HEAD_BYTES, o->body), frame);
	o->tail += o->body + FRAME_OVERHEAD_BYTES;
	o->body = 0;
	s->numbers.frames_out++;
}

void session_out_add(struct session *s, size_t len)
{
	struct session_out *o = &s->out;
	must(len > 0 && len <= FRAME_PLAINTEXT_BYTES_MAX);
	if (o->body + len > FRAME_PLAINTEXT_BYTES_MAX) {
		memmove(body_end(o) + FRAME_OVERHEAD_BYTES, body_end(o), len);
		seal_open_frame(s);
	}
	o->body += len;
	size_t used = o->tail + o->body + FRAME_OVERHEAD_BYTES;
	o->used = o->used > used ? o->used : used;
}

size_t session_out_pull(struct session *s, uint8_t *out, size_t cap)
{
	struct session_out *o = &s->out;
	if (o->body > 0 && o->tail - o->head < cap)
		seal_open_frame(s);
	size_t sealed = o->tail - o->head, len = sealed < cap ? sealed : cap;
	if (len == 0)
		return 0;
	memcpy(out, o->data + o->head, len);
	o->head += len;
	if (o->head == o->tail && o->body == 0)
		o->head = o->tail = 0;
	return len;
}

void session_out_move(struct session_out *o, uint8_t *data, size_t cap)
{
	must(cap >= o->cap);
	memcpy(data, o->data, o->cap);
	o->data = data;
	o->used = o->cap;
	o->cap = cap;
}

void session_out_drop(struct session_out *o)
{
	o->head = o->tail = o->body = 0;
}
