/* SPDX-License-Identifier: Apache-2.0
 * link_session_bad.c: what a bad peer, a bad line or a stranger can do to a session: every bit of every handshake
 * message flipped, other networks and keys, frames spoilt, lost, repeated and swapped, and tables of messages that
 * have no place where they stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/ends.h"
#include "support/hex.h"
#include "support/link.h"
#include "support/random.h"

static struct ends ends;
static struct session_memory memory;

/* Both ends before message AT of the handshake is received; it is in the pipe of the one returned. */
static struct end *before_message(unsigned at)
{
	ends_init(&ends, ENDS_GOOD);
	for (unsigned i = 0;; i++) {
		struct end *from = i % 2 ? &ends.answers : &ends.dials, *to = ends_other(&ends, from);
		assert_true(ends_send(&ends, from) > 0);
		if (i == at)
			return to;
		ends_receive(&ends, to);
	}
}

/* END heard something wrong: it is closed, at once or when its time is over, and has said and told nothing else. */
static void must_be_silent(struct end *end, uint32_t events_before)
{
	uint8_t bytes[256];
	ends_receive(&ends, end);
	ends_pass(&ends, HANDSHAKE_TIMEOUT_MS);
	(void)session_tick(&end->session, ends.now);
	ends_pull(end);
	assert_int_equal(end->events_count, events_before + 1);
	assert_int_equal(ends_last(end).type, SESSION_CLOSED);
	assert_true(ends_last(end).end == SESSION_END_HANDSHAKE || ends_last(end).end == SESSION_END_SILENT);
	assert_int_equal(session_send(&end->session, bytes, sizeof bytes), 0);
	assert_false(session_is_open(&end->session));
}

static void every_bit_of_the_handshake(void **state)
{
	(void)state;
	for (unsigned at = 0; at < 3; at++) {
		struct end *end = before_message(at);
		size_t len = end->to;
		for (size_t bit = 0; bit < 8 * len; bit++) {
			end = before_message(at);
			assert_int_equal(end->to, len);
			end->pipe[bit / 8] ^= (uint8_t)(1u << bit % 8);
			must_be_silent(end, 0);
		}
	}
}

static void message_1_begins_a_handshake(void **state)
{
	(void)state;
	struct end *end = before_message(0);
	assert_false(session_has_begun(&end->session));
	end->to--;
	ends_receive(&ends, end);
	assert_false(session_has_begun(&end->session));
	end->to++;
	ends_receive(&ends, end);
	assert_true(session_has_begun(&end->session));
}

static void every_cut_of_the_handshake(void **state)
{
	(void)state;
	for (unsigned at = 0; at < 3; at++) {
		size_t len = before_message(at)->to;
		for (size_t cut = 0; cut < len; cut++) {
			struct end *end = before_message(at);
			end->to = cut;
			must_be_silent(end, 0);
		}
	}
}

static void strangers_get_silence(void **state)
{
	static const struct ends_options table[] = {
	        {.network_dials = 1, .key_expected = 2},
	        {.network_answers = 1, .key_expected = 2},
	        {.key_expected = 3},
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		ends_init(&ends, table[i]);
		ends_run(&ends);
		assert_int_equal(ends.answers.events_count, 1);
		assert_int_equal(ends_last(&ends.answers).end, SESSION_END_HANDSHAKE);
		assert_int_equal(ends_last(&ends.answers).err, ERR_NOT_DECRYPTED);
		assert_int_equal(session_numbers(&ends.answers.session).bytes_out, 0);
		assert_int_equal(ends.dials.events_count, 0);
	}
}

static void garbage_gets_silence(void **state)
{
	uint64_t random = 3;
	(void)state;
	for (int i = 0; i < 200; i++) {
		ends_init(&ends, ENDS_GOOD);
		for (size_t n = 0; n < 3000; n++)
			ends.answers.pipe[ends.answers.to++] = (uint8_t)random_next(&random);
		must_be_silent(&ends.answers, 0);
		assert_int_equal(session_numbers(&ends.answers.session).bytes_in, 3000);
	}
}

/* Frames of the dialler: which of 0, 1, 2 come, in which order; the last must be the fault. */
static void frames_lost_repeated_swapped(void **state)
{
	static const int table[][4] = {
	        {1, -1}, {0, 0, -1}, {0, 2, -1}, {0, 1, 0, -1}, {0, 1, 1, -1}, {2, -1}};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		uint8_t frames[3][64];
		size_t len = 0;
		ends_init(&ends, ENDS_GOOD);
		ends_run(&ends);
		for (uint64_t f = 0; f < 3; f++) {
			struct message_feed_size feed = {.size = f + 1};
			message_pack_have(session_message(&ends.dials.session, SESSION_CONTROL), &feed, 1);
			session_commit(&ends.dials.session);
			len = session_send(&ends.dials.session, frames[f], sizeof frames[f]);
		}
		ends.answers.from = ends.answers.to = 0;
		uint32_t good = 0;
		for (size_t at = 0; at < 4 && table[i][at] >= 0; at++, good++) {
			memcpy(ends.answers.pipe + ends.answers.to, frames[table[i][at]], len);
			ends.answers.to += len;
		}
		uint32_t events = ends.answers.events_count;
		ends_receive(&ends, &ends.answers);
		assert_int_equal(ends.answers.messages, good - 1);
		assert_int_equal(ends.answers.events_count, events + good - 1 + 2);
		struct ends_event fault = ends.answers.events[ends.answers.events_count - 2];
		assert_true(fault.type == SESSION_FAULT && fault.err == ERR_NOT_DECRYPTED);
		assert_int_equal(ends_last(&ends.answers).type, SESSION_CLOSED);
		assert_int_equal(ends_last(&ends.answers).end, SESSION_END_DAMAGED);
		assert_int_equal(ends_send(&ends, &ends.answers), 0);
	}
}

static void every_bit_of_a_frame(void **state)
{
	(void)state;
	for (size_t bit = 0;; bit++) {
		ends_init(&ends, ENDS_GOOD);
		ends_run(&ends);
		struct message_feed_size feed = {.size = 1};
		message_pack_have(session_message(&ends.dials.session, SESSION_CONTROL), &feed, 1);
		session_commit(&ends.dials.session);
		ends.answers.from = ends.answers.to = 0;
		ends_send(&ends, &ends.dials);
		if (bit == 8 * ends.answers.to)
			break;
		ends.answers.pipe[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ends_receive(&ends, &ends.answers);
		assert_int_equal(ends.answers.messages, 0);
		assert_int_equal(ends_last(&ends.answers).end, SESSION_END_DAMAGED);
	}
}

#define HASH "1111111111111111111111111111111111111111111111111111111111111111"
#define HELLO "99 00 01 a0 00 00 c420" HASH " c400 00 c400 "
#define HAVE "93 04 00 01 "
#define PING "92 0c 01 "
#define BYE "93 0e 00 a0 "
#define SIG HASH HASH
#define JOIN \
	"96 0f 94 c420" HASH " c420" HASH " c420" HASH " c420" HASH " a3416e69 c0 c440" SIG " c420" HASH " "

/* Pull events: how many messages, then the fault and the end, if any. */
struct heard {
	uint32_t messages;
	enum err fault;
	enum session_end end;
	uint32_t bye;
	bool closed;
};
static struct heard hear_all(struct session *s)
{
	struct session_event event;
	struct heard h = {.fault = ERR_OK};
	while (session_next_event(s, &event)) {
		assert_false(h.closed); /* the last */
		h.messages += event.type == SESSION_MESSAGE;
		if (event.type == SESSION_FAULT)
			h.fault = event.err;
		if (event.type == SESSION_CLOSED) {
			h.closed = true;
			h.end = event.end;
			h.bye = event.bye;
		}
	}
	return h;
}

static void session_of(struct session *s, enum session_side side)
{
	struct link_keys own = link_keys_of(2), remote = link_keys_of(3);
	session_init(s, &(struct session_options){.side = side,
	                        .link_secret = own.secret,
	                        .link_public = own.public,
	                        .remote_link_key = side == SESSION_DIALS ? remote.public : NULL,
	                        .random = own.public,
	                        .now = {.wall_ms = 1700000000000, .steady_ms = 5000}});
}

/* A live session, its other end in our hands. */
static void meet(struct session *s, struct raw_end *raw, enum session_side side)
{
	struct hex hello = hex_of(HELLO);
	struct session_event event;
	session_of(s, side);
	assert_true(raw_meet(raw, s, &memory, BYTES(hello.data, hello.len)));
	if (side == SESSION_DIALS)
		return;
	assert_true(session_next_event(s, &event) && event.type == SESSION_PEER);
	session_admit(s, &memory);
	struct message_hello ours = ends_hello();
	message_pack_hello(session_message(s, SESSION_CONTROL), &ours);
	session_commit(s);
}

/* What a session that dialled or answered hears in one frame, and what it makes of it. */
static const struct {
	const char *why, *body;
	enum session_side side;
	uint32_t messages;
	enum err fault;
	uint32_t bye;
} frames[] = {
        {"two messages", HAVE HAVE, SESSION_ANSWERS, 2, ERR_OK, 0},
        {"an unknown one between", HAVE "91 10 " HAVE, SESSION_ANSWERS, 2, ERR_OK, 0},
        {"what follows a BYE is not looked at", HAVE BYE HAVE, SESSION_ANSWERS, 1, ERR_OK, BYE_DONE},
        {"HELLO first", HELLO HAVE, SESSION_DIALS, 2, ERR_OK, 0},
        {"an unknown one before HELLO", "91 10 " HELLO HAVE, SESSION_DIALS, 2, ERR_OK, 0},
        {"BYE instead of HELLO", BYE, SESSION_DIALS, 0, ERR_OK, BYE_DONE},
        {"HELLO twice", HELLO HELLO, SESSION_DIALS, 0, ERR_MALFORMED, BYE_FAULT},
        {"HELLO again", HELLO, SESSION_ANSWERS, 0, ERR_MALFORMED, BYE_FAULT},
        {"HAVE before HELLO", HAVE HELLO, SESSION_DIALS, 0, ERR_MALFORMED, BYE_FAULT},
        {"PING before HELLO", PING, SESSION_DIALS, 0, ERR_MALFORMED, BYE_FAULT},
        {"JOIN of who answers", JOIN, SESSION_DIALS, 0, ERR_MALFORMED, BYE_FAULT},
        {"JOIN later", JOIN, SESSION_ANSWERS, 0, ERR_MALFORMED, BYE_FAULT},
        {"a good one and half a one: none is told", HAVE "93 04 00", SESSION_ANSWERS, 0, ERR_TRUNCATED,
                BYE_FAULT},
        {"a good one and a bad one: none is told", HAVE "93 04 00 00", SESSION_ANSWERS, 0, ERR_OUT_OF_RANGE,
                BYE_FAULT},
        {"not an array", "c0", SESSION_ANSWERS, 0, ERR_MALFORMED, BYE_FAULT},
        {"HELLO of version 2", "94 00 02 a0 c0", SESSION_DIALS, 0, ERR_BAD_VERSION, BYE_VERSION},
        {"reserves 6 GiB elsewhere", "dd 10 00 00 00", SESSION_ANSWERS, 0, ERR_TRUNCATED, BYE_FAULT},
};

static void frames_that_have_no_place(void **state)
{
	static uint8_t room[FRAME_BYTES_MAX];
	(void)state;
	for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
		struct session s;
		struct raw_end raw;
		struct hex body = hex_of(frames[i].body);
		struct message bye;
		meet(&s, &raw, frames[i].side);
		while (raw_hear(&raw, &s, room).len > 0)
			;
		raw_say(&raw, &s, BYTES(body.data, body.len), s.now);
		struct heard h = hear_all(&s);
		if (h.messages != frames[i].messages || h.fault != frames[i].fault)
			fail_msg("%s: %u messages, %s", frames[i].why, h.messages, err_code(h.fault));
		bool ends_link = frames[i].fault != ERR_OK || strstr(frames[i].body, BYE) != NULL;
		assert_true(session_is_open(&s) == !ends_link);
		struct bytes answer = raw_hear(&raw, &s, room);
		assert_true((answer.len > 0) == (frames[i].fault != ERR_OK));
		if (answer.len > 0) {
			assert_int_equal(message_read(answer, &bye), ERR_OK);
			assert_true(bye.type == MESSAGE_BYE && bye.bye.code == frames[i].bye);
			h = hear_all(&s);
		}
		assert_true(h.closed == ends_link);
		session_deinit(&s);
	}
}

/* What may be in message 3, and how it ends. */
static const struct {
	const char *why, *payload;
	bool asks;
	enum session_end end;
	uint32_t bye;
} thirds[] = {
        {"HELLO", HELLO, true, SESSION_END_NONE, 0},
        {"JOIN", JOIN, true, SESSION_END_NONE, 0},
        {"HELLO of version 2", "94 00 02 a0 c0", false, SESSION_END_BYE_SAID, BYE_VERSION},
        {"HAVE", HAVE, false, SESSION_END_HANDSHAKE, 0},
        {"BYE", BYE, false, SESSION_END_HANDSHAKE, 0},
        {"an unknown one", "91 10", false, SESSION_END_HANDSHAKE, 0},
        {"HELLO twice", HELLO HELLO, false, SESSION_END_HANDSHAKE, 0},
        {"half a HELLO", "99 00 01 a0", false, SESSION_END_HANDSHAKE, 0},
        {"no msgpack", "c1", false, SESSION_END_HANDSHAKE, 0},
};

static void payloads_of_message_3(void **state)
{
	static uint8_t room[FRAME_BYTES_MAX];
	(void)state;
	for (size_t i = 0; i < sizeof thirds / sizeof *thirds; i++) {
		struct session s;
		struct raw_end raw;
		struct session_event event;
		struct hex payload = hex_of(thirds[i].payload);
		session_of(&s, SESSION_ANSWERS);
		assert_true(raw_meet(&raw, &s, &memory, BYTES(payload.data, payload.len)));
		if (thirds[i].asks) {
			assert_true(session_next_event(&s, &event) && event.type == SESSION_PEER);
			assert_memory_equal(session_remote_key(&s), link_keys_of(3).public, 32);
			session_bye(&s, BYE_REFUSED, "who are you?");
		}
		struct bytes answer = raw_hear(&raw, &s, room);
		struct heard h = hear_all(&s);
		if (!h.closed || (answer.len > 0) != (h.end == SESSION_END_BYE_SAID))
			fail_msg("%s: said %zu bytes, ended %d", thirds[i].why, answer.len, (int)h.end);
		if (!thirds[i].asks)
			assert_true(h.end == thirds[i].end && h.bye == thirds[i].bye);
		assert_int_equal(h.messages, 0);
	}
}

/* The length before message 3 is not secret, nor trusted. */
static void lengths_of_message_3(void **state)
{
	static const struct {
		uint16_t length;
		bool waits;
	} table[] = {{0, false}, {64, false}, {65, true}, {64 + HANDSHAKE_PAYLOAD_BYTES_MAX, true},
	        {65 + HANDSHAKE_PAYLOAD_BYTES_MAX, false}, {65535, false}};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct end *end = before_message(2);
		end->pipe[0] = (uint8_t)(table[i].length >> 8);
		end->pipe[1] = (uint8_t)table[i].length;
		end->to = 2;
		ends_receive(&ends, end);
		assert_int_equal(end->events_count, table[i].waits ? 0 : 1);
		must_be_silent(end, 0);
	}
}

static void a_frame_too_long_for_who_has_no_memory(void **state)
{
	static uint8_t data[4000];
	struct join join = {.name = {3, "Ani"}};
	struct message_blob blob = {.size_bytes = sizeof data, .data = BYTES_OF(data)};
	(void)state;
	ends_init(&ends, ENDS_GOOD);
	ends.dials.manual = true;
	ends_run(&ends);
	/* it asks to join without being admitted, and the answerer's owner is foolish enough to tell it a lot */
	message_pack_join(session_message(&ends.dials.session, SESSION_CONTROL), &join);
	session_commit(&ends.dials.session);
	ends_run(&ends);
	message_pack_blob(session_message(&ends.answers.session, SESSION_CONTROL), &blob);
	session_commit(&ends.answers.session);
	ends_run(&ends);
	assert_int_equal(ends.dials.events[2].type, SESSION_FAULT);
	assert_int_equal(ends.dials.events[2].err, ERR_TOO_LONG);
	assert_int_equal(ends_last(&ends.dials).type, SESSION_CLOSED);
	assert_int_equal(ends_last(&ends.answers).bye, BYE_FAULT);
}

static void pings_without_end_end_the_link(void **state)
{
	static uint8_t body[FRAME_PLAINTEXT_BYTES_MAX];
	struct session s;
	struct raw_end raw;
	struct bytes_out o = bytes_out(body, sizeof body);
	struct heard h;
	(void)state;
	meet(&s, &raw, SESSION_ANSWERS);
	while (o.cap - o.len >= 3)
		bytes_put(&o, (const uint8_t[]){0x92, 0x0c, 0x01}, 3);
	raw_say(&raw, &s, bytes_written(&o), s.now);
	h = hear_all(&s);
	assert_int_equal(h.messages, 0);
	assert_int_equal(h.fault, ERR_OK);
	assert_false(session_is_open(&s));
	assert_true(session_numbers(&s).queued_bytes < SESSION_OUT_BYTES);
	while (session_send(&s, body, sizeof body) > 0)
		;
	h = hear_all(&s);
	assert_true(h.end == SESSION_END_BYE_SAID && h.bye == BYE_TOO_MUCH);
}

static void a_pong_that_was_not_asked_for(void **state)
{
	struct session s;
	struct raw_end raw;
	struct hex body = hex_of("93 0d 05 06");
	(void)state;
	meet(&s, &raw, SESSION_ANSWERS);
	raw_say(&raw, &s, BYTES(body.data, body.len), s.now);
	struct heard h = hear_all(&s);
	assert_true(h.messages == 0 && h.fault == ERR_OK && session_is_open(&s));
	assert_false(session_numbers(&s).has_rtt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_bit_of_the_handshake),
	        cmocka_unit_test(message_1_begins_a_handshake),
	        cmocka_unit_test(every_cut_of_the_handshake),
	        cmocka_unit_test(strangers_get_silence),
	        cmocka_unit_test(garbage_gets_silence),
	        cmocka_unit_test(frames_lost_repeated_swapped),
	        cmocka_unit_test(every_bit_of_a_frame),
	        cmocka_unit_test(frames_that_have_no_place),
	        cmocka_unit_test(payloads_of_message_3),
	        cmocka_unit_test(lengths_of_message_3),
	        cmocka_unit_test(a_frame_too_long_for_who_has_no_memory),
	        cmocka_unit_test(pings_without_end_end_the_link),
	        cmocka_unit_test(a_pong_that_was_not_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
