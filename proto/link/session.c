/* SPDX-License-Identifier: Apache-2.0
 * session.c: see session.h. step() is the state machine: what each state does with the bytes that it waited for; turn()
 * is the only way from one state to another. What a peer says wrong ends in fault(), never in must().
 * The twist: a frame is checked whole before its first message is told, and no more bytes are taken before its last
 * one was pulled; so an owner that stops pulling stops the peer. */
#include "session_int.h"

#include <sodium.h>
#include <string.h>

static void turn(struct session *s, enum session_state to)
{
#define EDGE(state) (1u << SESSION_##state)
	static const unsigned edges[] = {
	        [SESSION_WAITS_1] = EDGE(WAITS_3) | EDGE(OVER),
	        [SESSION_WAITS_2] = EDGE(GREETS) | EDGE(OVER),
	        [SESSION_WAITS_3] = EDGE(ASKS) | EDGE(CLOSING) | EDGE(OVER),
	        [SESSION_GREETS] = EDGE(LIVE) | EDGE(OVER),
	        [SESSION_ASKS] = EDGE(LIVE) | EDGE(CLOSING) | EDGE(OVER),
	        [SESSION_LIVE] = EDGE(CLOSING) | EDGE(OVER),
	        [SESSION_CLOSING] = EDGE(OVER),
	        [SESSION_OVER] = 0,
	};
#undef EDGE
	must(edges[s->state] >> to & 1u);
	s->state = to;
}

/* The end */

static void wipe_secrets(struct session *s)
{
	struct hash h = noise_hash_before_payload(&s->noise);
	uint8_t remote[32];
	memcpy(remote, noise_remote_static(&s->noise), sizeof remote);
	noise_wipe(&s->noise);
	s->noise.hash_before_payload = h;
	memcpy(s->noise.remote_static, remote, sizeof remote);
	frame_wipe(&s->send);
	frame_wipe(&s->receive);
}

void session_over(struct session *s, enum session_end end, enum err e)
{
	turn(s, SESSION_OVER);
	s->end = end;
	s->end_err = e;
	s->rest = (struct bytes){0};
	s->owes_ask = false;
	s->owes_closed = true;
	s->writing = false;
	session_out_drop(&s->out);
	wipe_secrets(s);
}

void session_say_bye(struct session *s, enum bye_code code, struct bytes text)
{
	struct mp_out m = {.out = session_out_room(&s->out)};
	message_pack_bye(&m, code, text);
	must(mp_out_end(&m) == ERR_OK);
	session_out_add(s, m.out.len);
	turn(s, SESSION_CLOSING);
	s->bye = code;
	s->closing_ms = s->now.steady_ms;
	s->rest = (struct bytes){0};
	s->owes_ask = false;
	s->writing = false;
}

void session_bye(struct session *s, enum bye_code code, const char *text)
{
	switch (s->state) {
	case SESSION_WAITS_1:
	case SESSION_WAITS_2:
	case SESSION_WAITS_3:
	case SESSION_GREETS:
		s->bye = code;
		session_over(s, SESSION_END_BYE_SAID, ERR_OK);
		break;
	case SESSION_ASKS:
	case SESSION_LIVE:
		session_say_bye(s, code, bytes_text(text));
		break;
	case SESSION_CLOSING:
	case SESSION_OVER:
		break;
	}
}

/* What came is wrong. Where the stream itself is damaged there is nobody to say BYE to. */
static void fault(struct session *s, enum err e)
{
	s->owes_fault = true;
	s->fault = e;
	if (e == ERR_NOT_DECRYPTED)
		session_over(s, SESSION_END_DAMAGED, e);
	else
		session_say_bye(s, e == ERR_BAD_VERSION ? BYE_VERSION : BYE_FAULT, bytes_text(err_code(e)));
}

/* Begin */

void session_init(struct session *s, const struct session_options *o)
{
	*s = (struct session){
	        .side = o->side,
	        .state = o->side == SESSION_DIALS ? SESSION_WAITS_2 : SESSION_WAITS_1,
	        .now = o->now,
	        .started_ms = o->now.steady_ms,
	        .heard_ms = o->now.steady_ms,
	};
	must((o->side == SESSION_DIALS) == (o->remote_link_key != NULL));
	s->in = (struct session_in){.data = s->small_in, .cap = sizeof s->small_in};
	s->out = (struct session_out){.data = s->small_out, .cap = sizeof s->small_out};
	enum err e = handshake_begin(s, o);
	if (e != ERR_OK)
		session_over(s, SESSION_END_HANDSHAKE, e);
}

void session_deinit(struct session *s)
{
	if (!s)
		return;
	if (s->has_memory) {
		sodium_memzero(s->in.data, s->in.used);
		sodium_memzero(s->out.data, s->out.used);
	}
	sodium_memzero(s, sizeof *s);
}

static void go_live(struct session *s)
{
	turn(s, SESSION_LIVE);
	s->opened_ms = s->now.steady_ms;
	s->ping_due_ms = s->now.steady_ms + PING_INTERVAL_MS;
}

void session_admit(struct session *s, struct session_memory *memory)
{
	must((s->state == SESSION_GREETS || s->state == SESSION_ASKS) && !s->owes_ask && !s->has_memory);
	session_out_move(&s->out, memory->out, sizeof memory->out);
	s->in.data = memory->in;
	s->in.cap = sizeof memory->in;
	s->has_memory = true;
	if (s->state == SESSION_ASKS)
		go_live(s);
}

/* Bytes in */

/* Message 3 is here and was opened: does its payload begin a link? */
static void meet(struct session *s)
{
	struct message message;
	enum err e = message_read(s->rest, &message);
	if (e == ERR_OK && (message.type == MESSAGE_UNKNOWN || message_place(message.type) != MESSAGE_OPENS))
		e = ERR_MALFORMED;
	s->hello_heard = true;
	if (e == ERR_BAD_VERSION) {
		session_say_bye(s, BYE_VERSION, bytes_text(err_code(e)));
	} else if (e != ERR_OK) {
		session_over(s, SESSION_END_HANDSHAKE, e);
	} else {
		turn(s, SESSION_ASKS);
		s->owes_ask = true;
	}
}

static void open_head(struct session *s)
{
	size_t sealed;
	enum err e = frame_open_head(&s->receive, s->in.data, &sealed);
	if (e == ERR_OK && sealed > s->in.cap - FRAME_HEAD_BYTES)
		e = ERR_TOO_LONG;
	if (e == ERR_OK)
		s->in.need = FRAME_HEAD_BYTES + sealed;
	else
		fault(s, e);
}

/* May this message stand here? */
static bool in_place(const struct session *s, const struct message *m, bool hello_heard)
{
	if (m->type == MESSAGE_UNKNOWN)
		return true;
	if (message_sender(m->type) == MESSAGE_BY_DIALLER && s->side == SESSION_DIALS)
		return false;
	switch (message_place(m->type)) {
	case MESSAGE_OPENS:
		return !hello_heard;
	case MESSAGE_FOLLOWS:
		return hello_heard;
	case MESSAGE_ENDS:
		return true;
	}
	return false;
}

static enum err check_frame(struct session *s, struct bytes body)
{
	struct message message;
	bool hello_heard = s->hello_heard;
	while (body.len > 0) {
		enum err e = message_take(&body, &message);
		if (e != ERR_OK)
			return e;
		if (!in_place(s, &message, hello_heard))
			return ERR_MALFORMED;
		hello_heard = hello_heard || message.type == MESSAGE_HELLO;
	}
	s->hello_heard = hello_heard;
	return ERR_OK;
}

static void open_body(struct session *s)
{
	struct bytes body = {0};
	enum err e = frame_open_body(
	        &s->receive, s->in.data + FRAME_HEAD_BYTES, s->in.have - FRAME_HEAD_BYTES, &body);
	if (e == ERR_OK)
		e = check_frame(s, body);
	if (e != ERR_OK) {
		fault(s, e);
		return;
	}
	s->numbers.frames_in++;
	s->rest = body;
	s->in.have = 0;
	s->in.need = FRAME_HEAD_BYTES;
}

static void advance(struct session *s, enum err e, enum session_state to)
{
	if (e == ERR_OK)
		turn(s, to);
	else
		session_over(s, SESSION_END_HANDSHAKE, e);
}

/* What was waited for is here. */
static void step(struct session *s)
{
	enum err e;
	switch (s->state) {
	case SESSION_WAITS_1:
		advance(s, handshake_answer(s), SESSION_WAITS_3);
		break;
	case SESSION_WAITS_2:
		advance(s, handshake_reply(s), SESSION_GREETS);
		s->owes_ask = s->state == SESSION_GREETS;
		break;
	case SESSION_WAITS_3:
		e = s->in.have == 2 ? handshake_length(s) : handshake_accept(s);
		if (e != ERR_OK)
			session_over(s, SESSION_END_HANDSHAKE, e);
		else if (s->rest.len > 0)
			meet(s);
		break;
	case SESSION_LIVE:
		if (s->in.have == FRAME_HEAD_BYTES)
			open_head(s);
		else
			open_body(s);
		break;
	case SESSION_GREETS:
	case SESSION_ASKS:
	case SESSION_CLOSING:
	case SESSION_OVER:
		must(false); /* takes_bytes() */
	}
}

static bool takes_bytes(const struct session *s)
{
	return s->state == SESSION_WAITS_1 || s->state == SESSION_WAITS_2 || s->state == SESSION_WAITS_3 ||
	       (s->state == SESSION_LIVE && s->rest.len == 0);
}

static size_t fill(struct session_in *in, struct bytes from)
{
	size_t want = in->need - in->have, len = from.len < want ? from.len : want;
	must(in->need <= in->cap);
	memcpy(in->data + in->have, from.data, len);
	in->have += len;
	if (in->used < in->have)
		in->used = in->have;
	return len;
}

size_t session_receive(struct session *s, struct bytes in, struct session_time now)
{
	size_t taken = 0;
	session_time_set(s, now);
	while (taken < in.len && takes_bytes(s)) {
		taken += fill(&s->in, BYTES(in.data + taken, in.len - taken));
		if (s->in.have == s->in.need)
			step(s);
	}
	if (s->state == SESSION_CLOSING || s->state == SESSION_OVER)
		taken = in.len; /* nobody listens any more */
	if (in.len > 0)
		s->heard_ms = s->now.steady_ms;
	s->numbers.bytes_in += taken;
	return taken;
}

/* Bytes out */

size_t session_send(struct session *s, void *out, size_t cap)
{
	must(!s->writing);
	size_t len = session_out_pull(s, out, cap);
	s->undrained_bytes += len;
	s->numbers.bytes_out += len;
	if (s->state == SESSION_CLOSING && session_out_bytes(&s->out) == 0)
		session_over(s, SESSION_END_BYE_SAID, ERR_OK);
	return len;
}

void session_drained(struct session *s)
{
	size_t waiting = session_out_bytes(&s->out);
	s->undrained_bytes = 0;
	if (s->control_bytes > waiting)
		s->control_bytes = waiting;
}

static size_t queued(const struct session *s)
{
	return s->undrained_bytes + session_out_bytes(&s->out);
}

bool session_can_send(const struct session *s, enum session_class class)
{
	if (s->state == SESSION_GREETS)
		return class == SESSION_CONTROL && !s->owes_ask;
	if (s->state != SESSION_LIVE || !s->has_memory)
		return false;
	switch (class) {
	case SESSION_CONTROL:
		return true;
	case SESSION_BULK:
		return s->greeted && queued(s) < SEND_QUEUE_BYTES_MAX &&
		       session_out_bytes(&s->out) < FRAME_BYTES_MAX;
	}
	return false;
}

struct mp_out *session_message(struct session *s, enum session_class class)
{
	must(session_can_send(s, class) && !s->writing);
	s->writing = true;
	s->class = class;
	if (s->state == SESSION_GREETS)
		s->writer = mp_out(handshake_payload(s), HANDSHAKE_PAYLOAD_BYTES_MAX);
	else
		s->writer = (struct mp_out){.out = session_out_room(&s->out)};
	must(s->state == SESSION_GREETS || s->writer.out.cap == FRAME_PLAINTEXT_BYTES_MAX);
	return &s->writer;
}

/* Our first message opens the link, or we have a bug. */
static void must_open(struct session *s)
{
	struct message message;
	must(message_read(mp_written(&s->writer), &message) == ERR_OK);
	must(message.type == MESSAGE_HELLO || (message.type == MESSAGE_JOIN && s->side == SESSION_DIALS));
	s->greeted = true;
}

void session_commit(struct session *s)
{
	must(s->writing && mp_out_end(&s->writer) == ERR_OK);
	s->writing = false;
	if (!s->greeted)
		must_open(s);
	if (s->state == SESSION_GREETS) {
		handshake_finish(s, s->writer.out.len);
		go_live(s);
		return;
	}
	session_out_add(s, s->writer.out.len);
	s->control_bytes += s->class == SESSION_CONTROL ? s->writer.out.len : 0;
	if (s->control_bytes > CONTROL_QUEUE_BYTES_MAX)
		session_say_bye(s, BYE_TOO_MUCH, bytes_text("you do not read"));
}

/* Events */

static bool tell_ask(struct session *s, struct session_event *out)
{
	s->owes_ask = false;
	out->type = s->state == SESSION_ASKS ? SESSION_PEER : SESSION_GREET;
	if (s->state == SESSION_ASKS)
		must(message_read(s->rest, &out->message) == ERR_OK); /* meet() did */
	s->rest = (struct bytes){0};
	return true;
}

/* What the session answers by itself. True: the message is for the owner. */
static bool is_for_owner(struct session *s, const struct message *m)
{
	switch (m->type) {
	case MESSAGE_UNKNOWN:
		return false;
	case MESSAGE_PING:
		session_time_pong(s, &m->ping);
		return false;
	case MESSAGE_PONG:
		session_time_measure(s, &m->pong);
		return false;
	case MESSAGE_BYE:
		s->bye = m->bye.code;
		s->bye_text = m->bye.text;
		session_over(s, SESSION_END_BYE_HEARD, ERR_OK);
		return false;
	case MESSAGE_HELLO:
	case MESSAGE_FRONTIER:
	case MESSAGE_SIZES:
	case MESSAGE_HEADS:
	case MESSAGE_HAVE:
	case MESSAGE_PULL:
	case MESSAGE_RUN:
	case MESSAGE_PROVE:
	case MESSAGE_PROOF:
	case MESSAGE_ANCHOR:
	case MESSAGE_BLOB_PULL:
	case MESSAGE_BLOB:
	case MESSAGE_JOIN:
		return true;
	}
	return false;
}

static bool tell_message(struct session *s, struct session_event *out)
{
	while (s->rest.len > 0) {
		must(message_take(&s->rest, &out->message) == ERR_OK); /* check_frame() did */
		out->type = SESSION_MESSAGE;
		if (is_for_owner(s, &out->message))
			return true;
	}
	return false;
}

static bool tell_fault(struct session *s, struct session_event *out)
{
	s->owes_fault = false;
	out->type = SESSION_FAULT;
	out->err = s->fault;
	return true;
}

static bool tell_closed(struct session *s, struct session_event *out)
{
	s->owes_closed = false;
	out->type = SESSION_CLOSED;
	out->err = s->end_err;
	out->end = s->end;
	out->bye = s->bye;
	out->text = s->bye_text;
	return true;
}

bool session_next_event(struct session *s, struct session_event *out)
{
	must(!s->writing);
	out->err = ERR_OK;
	out->end = SESSION_END_NONE;
	out->bye = 0;
	out->text = BYTES(NULL, 0);
	if (s->owes_ask)
		return tell_ask(s, out);
	if (tell_message(s, out))
		return true;
	if (s->owes_fault)
		return tell_fault(s, out);
	return s->owes_closed && tell_closed(s, out);
}

/* Facts */

struct session_numbers session_numbers(const struct session *s)
{
	struct session_numbers numbers = s->numbers;
	numbers.queued_bytes = queued(s);
	return numbers;
}

bool session_is_open(const struct session *s)
{
	return s->state == SESSION_LIVE && s->greeted && s->hello_heard;
}

bool session_has_begun(const struct session *s)
{
	return s->state != SESSION_WAITS_1;
}

const uint8_t *session_remote_key(const struct session *s)
{
	return noise_remote_static(&s->noise);
}

struct hash session_handshake_hash(const struct session *s)
{
	return noise_hash_before_payload(&s->noise);
}
