/* SPDX-License-Identifier: Apache-2.0
 * ends.c: see ends.h. */
#include "support/ends.h"

#include <string.h>

#include "link/frontier.h"
#include "support/link.h"
#include "support/random.h"

struct message_hello ends_hello(void)
{
	static struct head heads[FEED_BLOCK];
	static struct frontier f;
	frontier_init(&f);
	frontier_grow(&f, 157);
	for (uint32_t i = 0; i < FEED_BLOCK; i++)
		heads[i] = (struct head){.size = 1000 + i, .root = {{(uint8_t)i}}};
	for (uint32_t b = 0; b < frontier_blocks(&f); b++)
		frontier_set(&f, b, heads);
	return (struct message_hello){
	        .agent = bytes_text("lontar/0.1"),
	        .anchor_number = 0,
	        .registrar = {.size = 4000, .root = {{1}}},
	        .fingerprints = frontier_fingerprints(&f),
	        .yours = {.head = {.size = 1000, .root = {{2}}}, .signature = {3}},
	};
}

static void end_init(struct end *end, enum session_side side, struct ends_options o, struct session_time now)
{
	struct link_keys own = link_keys_of(side == SESSION_DIALS ? 1 : 2),
	                 expected = link_keys_of(o.key_expected);
	struct session_options options = {
	        .side = side,
	        .network.bytes = {side == SESSION_DIALS ? o.network_dials : o.network_answers},
	        .link_secret = own.secret,
	        .link_public = own.public,
	        .remote_link_key = side == SESSION_DIALS ? expected.public : NULL,
	        .random = own.public,
	        .now = now,
	};
	end->from = end->to = 0;
	end->events_count = end->messages = 0;
	end->heard = (struct hash){{0}};
	end->manual = false;
	session_init(&end->session, &options);
}

void ends_init(struct ends *e, struct ends_options options)
{
	e->now = (struct session_time){.wall_ms = 1700000000000, .steady_ms = 5000};
	e->random = 1;
	e->piece_bytes_max = 0;
	end_init(&e->dials, SESSION_DIALS, options, e->now);
	end_init(&e->answers, SESSION_ANSWERS, options, e->now);
}

struct end *ends_other(struct ends *e, struct end *end)
{
	return end == &e->dials ? &e->answers : &e->dials;
}

static void greet(struct end *end)
{
	struct message_hello hello = ends_hello();
	session_admit(&end->session, &end->memory);
	message_pack_hello(session_message(&end->session, SESSION_CONTROL), &hello);
	session_commit(&end->session);
}

static void note(struct end *end, const struct session_event *event)
{
	bool has_message = event->type == SESSION_MESSAGE || event->type == SESSION_PEER;
	end->events[end->events_count++ % ENDS_EVENTS_MAX] = (struct ends_event){
	        .type = event->type,
	        .message = has_message ? event->message.type : MESSAGE_UNKNOWN,
	        .err = event->err,
	        .end = event->end,
	        .bye = event->bye,
	};
	if (event->type != SESSION_MESSAGE)
		return;
	end->messages++;
	end->heard = hash_of2(BYTES_OF(end->heard.bytes), event->message.raw);
}

void ends_pull(struct end *end)
{
	struct session_event event;
	while (session_next_event(&end->session, &event)) {
		note(end, &event);
		if (!end->manual && (event.type == SESSION_GREET || event.type == SESSION_PEER))
			greet(end);
	}
}

struct ends_event ends_last(const struct end *end)
{
	if (end->events_count == 0)
		return (struct ends_event){.type = SESSION_GREET};
	return end->events[(end->events_count - 1) % ENDS_EVENTS_MAX];
}

static size_t piece(struct ends *e, size_t all)
{
	size_t most = e->piece_bytes_max > 0 && e->piece_bytes_max < all ? e->piece_bytes_max : all;
	return e->piece_bytes_max == 0 || most == 0 ? most : 1 + (size_t)random_below(&e->random, most);
}

size_t ends_send(struct ends *e, struct end *from)
{
	struct end *to = ends_other(e, from);
	size_t sent = 0, len;
	if (to->from == to->to)
		to->from = to->to = 0;
	do {
		len = session_send(&from->session, to->pipe + to->to, piece(e, sizeof to->pipe - to->to));
		to->to += len;
		sent += len;
	} while (len > 0);
	session_drained(&from->session);
	return sent;
}

size_t ends_receive(struct ends *e, struct end *end)
{
	size_t before = end->from, len;
	do {
		struct bytes b = BYTES(end->pipe + end->from, piece(e, end->to - end->from));
		len = session_receive(&end->session, b, e->now);
		end->from += len;
		ends_pull(end);
	} while (len > 0 && end->from < end->to);
	return end->from - before;
}

void ends_run(struct ends *e)
{
	size_t moved;
	do {
		moved = ends_send(e, &e->dials) + ends_send(e, &e->answers);
		moved += ends_receive(e, &e->answers) + ends_receive(e, &e->dials);
	} while (moved > 0);
}

void ends_pass(struct ends *e, uint64_t ms)
{
	e->now.wall_ms += ms;
	e->now.steady_ms += ms;
}

void ends_tick(struct ends *e)
{
	(void)session_tick(&e->dials.session, e->now);
	(void)session_tick(&e->answers.session, e->now);
	ends_pull(&e->dials);
	ends_pull(&e->answers);
}

/* The end without a session */

static const struct session_time raw_now = {.wall_ms = 1700000000000, .steady_ms = 5000};

static void raw_init(struct raw_end *r, enum noise_side side)
{
	struct link_keys own = link_keys_of(3), dialled = link_keys_of(2);
	uint8_t prologue[9 + 32] = "lontar/1";
	noise_init(&r->noise, &(struct noise_options){
	                              .pattern = &noise_xk,
	                              .side = side,
	                              .prologue = BYTES_OF(prologue),
	                              .static_secret = own.secret,
	                              .static_public = own.public,
	                              .ephemeral_secret = own.public,
	                              .remote_static = side == NOISE_INITIATOR ? dialled.public : NULL,
	                      });
}

static bool raw_writes(struct raw_end *r, struct session *s, struct bytes payload)
{
	uint8_t message[2 + NOISE_MESSAGE_BYTES_MAX];
	struct bytes_out out = bytes_out(message, sizeof message);
	bool third = r->noise.message == 2;
	if (third)
		bytes_put_u16(&out, (uint16_t)(64 + payload.len));
	must(noise_write(&r->noise, third ? payload : BYTES(NULL, 0), &out) == ERR_OK);
	return session_receive(s, bytes_written(&out), raw_now) == out.len;
}

static bool raw_reads(struct raw_end *r, struct session *s)
{
	uint8_t message[2 + NOISE_MESSAGE_BYTES_MAX];
	struct bytes payload;
	size_t skip = r->noise.message == 2 ? 2 : 0, len = session_send(s, message, sizeof message);
	return len > skip && noise_read(&r->noise, message + skip, len - skip, &payload) == ERR_OK;
}

static void raw_greet(struct session *s, struct session_memory *memory)
{
	struct session_event event;
	struct message_hello hello = ends_hello();
	must(session_next_event(s, &event) && event.type == SESSION_GREET);
	session_admit(s, memory);
	message_pack_hello(session_message(s, SESSION_CONTROL), &hello);
	session_commit(s);
}

bool raw_meet(struct raw_end *r, struct session *s, struct session_memory *memory, struct bytes payload)
{
	bool dials = s->side == SESSION_ANSWERS, ok = true;
	raw_init(r, dials ? NOISE_INITIATOR : NOISE_RESPONDER);
	while (ok && !noise_done(&r->noise)) {
		if (!dials && r->noise.message == 2)
			raw_greet(s, memory);
		ok = noise_writes(&r->noise) ? raw_writes(r, s, payload) : raw_reads(r, s);
	}
	if (!ok)
		return false;
	struct noise_cipher send, receive;
	noise_split(&r->noise, &send, &receive);
	frame_init(&r->send, &send);
	frame_init(&r->receive, &receive);
	return true;
}

void raw_say(struct raw_end *r, struct session *s, struct bytes body, struct session_time now)
{
	static uint8_t frame[FRAME_BYTES_MAX];
	frame_seal(&r->send, body, frame);
	(void)session_receive(s, BYTES(frame, body.len + FRAME_OVERHEAD_BYTES), now);
}

struct bytes raw_hear(struct raw_end *r, struct session *s, uint8_t *room)
{
	size_t sealed, len = session_send(s, room, FRAME_HEAD_BYTES);
	struct bytes body;
	if (len == 0)
		return BYTES(NULL, 0);
	must(len == FRAME_HEAD_BYTES && frame_open_head(&r->receive, room, &sealed) == ERR_OK);
	must(session_send(s, room + FRAME_HEAD_BYTES, sealed) == sealed);
	must(frame_open_body(&r->receive, room + FRAME_HEAD_BYTES, sealed, &body) == ERR_OK);
	return body;
}
