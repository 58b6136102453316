/* SPDX-License-Identifier: Apache-2.0
 * link_session.c: two sessions talk through a pipe that gives bytes in pieces of any size: the handshake and what it
 * costs, messages in order across changes of key, queues and their limits, deadlines, BYE and JOIN. What a bad peer
 * may say is link_session_bad.c's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/ends.h"
#include "support/link.h"
#include "support/random.h"

static struct ends ends;

static void open_link(size_t piece_bytes_max)
{
	ends_init(&ends, ENDS_GOOD);
	ends.piece_bytes_max = piece_bytes_max;
	ends_run(&ends);
	assert_true(session_is_open(&ends.dials.session) && session_is_open(&ends.answers.session));
}

static void write_ping_like(struct end *end, uint64_t n)
{
	struct message_feed_size feed = {.size = n + 1};
	message_pack_have(session_message(&end->session, SESSION_CONTROL), &feed, 1);
	session_commit(&end->session);
}

static void the_handshake(void **state)
{
	static const size_t pieces[] = {0, 1, 2, 7, 47, 48, 49, 1000};
	struct link_keys dials = link_keys_of(1), answers = link_keys_of(2);
	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		open_link(pieces[i]);
		/* dialling: GREET, then HELLO; answering: PEER with HELLO */
		assert_int_equal(ends.dials.events_count, 2);
		assert_int_equal(ends.dials.events[0].type, SESSION_GREET);
		assert_int_equal(ends.dials.events[1].type, SESSION_MESSAGE);
		assert_int_equal(ends.dials.events[1].message, MESSAGE_HELLO);
		assert_int_equal(ends.answers.events_count, 1);
		assert_int_equal(ends.answers.events[0].type, SESSION_PEER);
		assert_int_equal(ends.answers.events[0].message, MESSAGE_HELLO);
		assert_memory_equal(session_remote_key(&ends.dials.session), answers.public, 32);
		assert_memory_equal(session_remote_key(&ends.answers.session), dials.public, 32);
		struct hash a = session_handshake_hash(&ends.dials.session);
		struct hash b = session_handshake_hash(&ends.answers.session);
		assert_true(hash_equal(&a, &b) && !hash_is_zero(&a));
	}
}

/* docs/PROTOCOL.md 5: 157 feeds in step, learned in the handshake. */
static void what_being_in_step_costs(void **state)
{
	(void)state;
	open_link(0);
	struct session_numbers a = session_numbers(&ends.dials.session),
	                       b = session_numbers(&ends.answers.session);
	uint64_t both = a.bytes_out + b.bytes_out, handshake = 48 + 48 + 2 + 64;
	printf("157 feeds in step: %llu bytes there, %llu back; %llu after the handshake's own %llu\n",
	        (unsigned long long)a.bytes_out, (unsigned long long)b.bytes_out,
	        (unsigned long long)(both - handshake), (unsigned long long)handshake);
	assert_true(both - handshake < 400);
	assert_true(a.bytes_in == b.bytes_out && b.bytes_in == a.bytes_out);
}

static void nothing_is_sent_and_nothing_told_without_cause(void **state)
{
	struct session_event event;
	uint8_t byte;
	(void)state;
	open_link(0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(session_send(&ends.dials.session, &byte, 1), 0);
		assert_false(session_next_event(&ends.dials.session, &event));
		assert_int_equal(session_receive(&ends.dials.session, BYTES(&byte, 0), ends.now), 0);
	}
}

static void three_thousand_frames_across_keys(void **state)
{
	(void)state;
	open_link(0);
	for (uint32_t i = 0; i < 3100; i++) {
		write_ping_like(&ends.dials, i);
		write_ping_like(&ends.answers, i);
		ends_run(&ends);
	}
	assert_int_equal(ends.dials.messages, 3101);
	assert_int_equal(ends.answers.messages, 3100);
	assert_int_equal(session_numbers(&ends.answers.session).frames_in, 3100);
	assert_true(session_is_open(&ends.dials.session) && session_is_open(&ends.answers.session));
}

/* A document's part, of any size: big and small messages mixed. */
static size_t write_blob(struct end *end, size_t len, uint64_t seed)
{
	static uint8_t data[BLOB_PART_BYTES];
	memset(data, (int)(seed & 0xff), len);
	struct message_blob blob = {
	        .size_bytes = len, .data = BYTES(data, len), .document = {{(uint8_t)seed}}};
	struct mp_out *m = session_message(&end->session, SESSION_BULK);
	message_pack_blob(m, &blob);
	assert_int_equal(mp_out_end(m), ERR_OK);
	end->heard = hash_of2(BYTES_OF(end->heard.bytes), mp_written(m));
	size_t written = m->out.len;
	session_commit(&end->session);
	return written;
}

static void messages_of_all_sizes_in_order(void **state)
{
	static const size_t pieces[] = {0, 1, 50, 5000, 200000};
	uint64_t random = 7;
	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		open_link(pieces[i]);
		struct end *from = &ends.dials, *to = &ends.answers;
		uint32_t written = 0, rounds = pieces[i] == 1 ? 30 : 300;
		from->heard = to->heard = (struct hash){{0}};
		for (uint32_t n = 0; n < rounds; n++) {
			while (session_can_send(&from->session, SESSION_BULK) &&
			        random_below(&random, 4) > 0) {
				uint64_t size = random_below(&random, 3) ? random_below(&random, 200)
				                                         : BLOB_PART_BYTES;
				write_blob(from, (size_t)size, random);
				written++;
			}
			/* only a little of it goes */
			size_t cap = (size_t)random_below(&random, 100000);
			size_t len = session_send(&from->session, to->pipe + to->to, cap);
			to->to += len;
			ends_receive(&ends, to);
			if (to->from == to->to)
				to->from = to->to = 0;
		}
		ends_run(&ends);
		assert_int_equal(to->messages, written);
		assert_true(hash_equal(&from->heard, &to->heard));
	}
}

static void messages_written_together_travel_together(void **state)
{
	(void)state;
	open_link(0);
	uint64_t before = session_numbers(&ends.dials.session).frames_out;
	for (uint64_t i = 0; i < 50; i++)
		write_ping_like(&ends.dials, i);
	ends_run(&ends);
	assert_int_equal(session_numbers(&ends.dials.session).frames_out, before + 1);
	assert_int_equal(ends.answers.messages, 50);
}

/* No bytes are taken while messages wait to be pulled. */
static void an_owner_that_stops_pulling_stops_the_peer(void **state)
{
	struct session_event event;
	uint8_t bytes[4096];
	(void)state;
	open_link(0);
	for (uint64_t i = 0; i < 2; i++) {
		write_ping_like(&ends.dials, i);
		write_ping_like(&ends.dials, i);
		size_t len = session_send(&ends.dials.session, bytes + 2048 * i, 2048);
		assert_true(len > 0);
		assert_int_equal(
		        session_receive(&ends.answers.session, BYTES(bytes + 2048 * i, len), ends.now),
		        i == 0 ? len : 0);
	}
	struct session *s = &ends.answers.session;
	assert_true(session_next_event(s, &event) && event.type == SESSION_MESSAGE);
	assert_int_equal(session_receive(s, BYTES(bytes + 2048, 1), ends.now), 0);
	assert_true(session_next_event(s, &event) && event.type == SESSION_MESSAGE);
	assert_int_equal(session_receive(s, BYTES(bytes + 2048, 1), ends.now), 1);
}

static void bulk_waits_for_the_queue(void **state)
{
	static uint8_t out[2u << 20];
	size_t pulled = 0;
	(void)state;
	open_link(0);
	struct session *s = &ends.dials.session;
	/* nobody pulls: a frame or two wait here */
	while (session_can_send(s, SESSION_BULK))
		write_blob(&ends.dials, BLOB_PART_BYTES, 1);
	assert_in_range(session_numbers(s).queued_bytes, FRAME_BYTES_MAX, 2u * FRAME_BYTES_MAX);
	/* the owner pulls, and the socket does not take it: a mebibyte is on its way */
	for (int i = 0; i < 1000; i++) {
		pulled += session_send(s, out, sizeof out);
		while (session_can_send(s, SESSION_BULK))
			write_blob(&ends.dials, BLOB_PART_BYTES, 1);
	}
	assert_in_range(session_numbers(s).queued_bytes, SEND_QUEUE_BYTES_MAX,
	        SEND_QUEUE_BYTES_MAX + 2u * FRAME_BYTES_MAX);
	assert_true(session_can_send(s, SESSION_CONTROL));
	session_drained(s);
	pulled += session_send(s, out, sizeof out);
	session_drained(s);
	assert_int_equal(session_numbers(s).queued_bytes, 0);
	assert_true(session_can_send(s, SESSION_BULK));
	assert_true(pulled > SEND_QUEUE_BYTES_MAX);
}

/* CONTROL of more than its limit, pulled or not, beside as much bulk as there may be. */
static void control_that_nobody_reads_ends_the_link(void **state)
{
	static uint8_t out[4096];
	(void)state;
	for (size_t cap = 0; cap <= sizeof out; cap += 512) {
		open_link(0);
		struct session *s = &ends.dials.session;
		uint64_t written = 0;
		uint32_t before = ends.answers.messages;
		while (session_can_send(s, SESSION_CONTROL)) {
			while (session_can_send(s, SESSION_BULK))
				write_blob(&ends.dials, 20000, 1);
			write_ping_like(&ends.dials, written++);
			size_t len = session_send(s, ends.answers.pipe + ends.answers.to, cap);
			ends.answers.to += len;
		}
		assert_true(written * 7 > CONTROL_QUEUE_BYTES_MAX - 20 &&
		            written * 4 <= CONTROL_QUEUE_BYTES_MAX + 20);
		assert_false(session_is_open(s));
		ends_run(&ends);
		assert_true(ends.answers.messages > before + written);
		assert_int_equal(ends_last(&ends.answers).type, SESSION_CLOSED);
		assert_int_equal(ends_last(&ends.answers).end, SESSION_END_BYE_HEARD);
		assert_int_equal(ends_last(&ends.answers).bye, BYE_TOO_MUCH);
		assert_int_equal(ends_last(&ends.dials).end, SESSION_END_BYE_SAID);
	}
}

static void deadlines_of_the_handshake(void **state)
{
	uint8_t bytes[2048];
	(void)state;
	for (int stage = 0; stage < 4; stage++) {
		ends_init(&ends, ENDS_GOOD);
		ends.answers.manual = stage == 3;
		for (int i = 0; i < stage; i++) {
			ends_send(&ends, i % 2 ? &ends.answers : &ends.dials);
			ends_receive(&ends, i % 2 ? &ends.dials : &ends.answers);
		}
		uint64_t due = session_tick(&ends.answers.session, ends.now);
		assert_int_equal(due, ends.now.steady_ms + HANDSHAKE_TIMEOUT_MS);
		assert_int_equal(session_tick(&ends.dials.session, ends.now), due);
		ends_pass(&ends, HANDSHAKE_TIMEOUT_MS - 1);
		ends_tick(&ends);
		assert_int_not_equal(ends_last(&ends.dials).type, SESSION_CLOSED);
		assert_int_not_equal(ends_last(&ends.answers).type, SESSION_CLOSED);
		ends_pass(&ends, 1);
		ends_tick(&ends);
		for (int side = 0; side < 2; side++) {
			struct end *end = side ? &ends.dials : &ends.answers;
			assert_int_equal(ends_last(end).type, SESSION_CLOSED);
			assert_int_equal(ends_last(end).end, SESSION_END_SILENT);
			assert_int_equal(session_send(&end->session, bytes, sizeof bytes), 0);
			assert_int_equal(session_tick(&end->session, ends.now), UINT64_MAX);
		}
	}
}

static void ping_pong(void **state)
{
	(void)state;
	open_link(0);
	/* the answerer's clock is an hour ahead; the way there takes 30 ms, the way back 50 ms */
	const uint64_t hour_ms = 3600000;
	ends_pass(&ends, PING_INTERVAL_MS);
	assert_int_equal(session_tick(&ends.dials.session, ends.now), ends.now.steady_ms + PING_INTERVAL_MS);
	ends_send(&ends, &ends.dials);
	ends_pass(&ends, 30);
	ends.now.wall_ms += hour_ms;
	ends_receive(&ends, &ends.answers);
	ends_send(&ends, &ends.answers);
	ends.now.wall_ms -= hour_ms;
	ends_pass(&ends, 50);
	ends_receive(&ends, &ends.dials);
	struct session_numbers n = session_numbers(&ends.dials.session);
	assert_true(n.has_rtt);
	assert_int_equal(n.rtt_ms, 80);
	assert_int_equal(n.clock_difference_ms, hour_ms - 10);
	/* none of it is told */
	assert_int_equal(ends.answers.messages, 0);
	assert_false(session_numbers(&ends.answers.session).has_rtt);
}

static void dead_after_90_seconds_without_a_byte(void **state)
{
	(void)state;
	open_link(0);
	/* PINGs keep an idle link alive */
	for (int i = 0; i < 100; i++) {
		ends_pass(&ends, PING_INTERVAL_MS);
		ends_tick(&ends);
		ends_run(&ends);
	}
	assert_true(session_is_open(&ends.dials.session));
	uint64_t heard = ends.now.steady_ms;
	for (uint64_t now = heard; now < heard + LINK_DEAD_AFTER_MS; now = ends.now.steady_ms) {
		assert_int_not_equal(ends_last(&ends.dials).type, SESSION_CLOSED);
		uint64_t due = session_tick(&ends.dials.session, ends.now);
		assert_true(due > now && due <= heard + LINK_DEAD_AFTER_MS);
		ends_pass(&ends, due - now);
	}
	ends_tick(&ends);
	assert_int_equal(ends_last(&ends.dials).type, SESSION_CLOSED);
	assert_int_equal(ends_last(&ends.dials).end, SESSION_END_SILENT);
}

static void a_link_of_24_hours_says_bye(void **state)
{
	(void)state;
	open_link(0);
	for (uint64_t ms = 0; ms < LINK_AGE_MAX_MS; ms += PING_INTERVAL_MS) {
		assert_true(session_is_open(&ends.dials.session));
		ends_pass(&ends, PING_INTERVAL_MS);
		ends_tick(&ends);
		ends_run(&ends);
	}
	assert_int_equal(ends_last(&ends.dials).type, SESSION_CLOSED);
	assert_int_equal(ends_last(&ends.dials).bye, BYE_DONE);
	assert_int_equal(ends_last(&ends.answers).type, SESSION_CLOSED);
}

static void every_bye(void **state)
{
	(void)state;
	for (uint32_t code = 0; code < BYE_CODES; code++) {
		open_link(3);
		write_ping_like(&ends.answers, 1);
		session_bye(&ends.answers.session, (enum bye_code)code, "why not");
		session_bye(&ends.answers.session, BYE_DONE, "once is enough");
		assert_false(session_can_send(&ends.answers.session, SESSION_CONTROL));
		ends_run(&ends);
		/* what was written before came before */
		assert_int_equal(ends.dials.messages, 2);
		struct ends_event heard = ends_last(&ends.dials), said = ends_last(&ends.answers);
		assert_true(heard.type == SESSION_CLOSED && said.type == SESSION_CLOSED);
		assert_true(heard.end == SESSION_END_BYE_HEARD && said.end == SESSION_END_BYE_SAID);
		assert_true(heard.bye == code && said.bye == code);
	}
}

static void a_bye_that_nobody_reads_is_given_up(void **state)
{
	(void)state;
	open_link(0);
	session_bye(&ends.answers.session, BYE_GOING_DOWN, "");
	assert_int_equal(session_tick(&ends.answers.session, ends.now), ends.now.steady_ms + BYE_FLUSH_MS);
	ends_pass(&ends, BYE_FLUSH_MS);
	ends_tick(&ends);
	assert_int_equal(ends_last(&ends.answers).type, SESSION_CLOSED);
	assert_int_equal(ends_send(&ends, &ends.answers), 0);
}

static void a_bye_before_there_is_a_link_only_closes(void **state)
{
	(void)state;
	for (int stage = 0; stage < 3; stage++) {
		ends_init(&ends, ENDS_GOOD);
		ends.dials.manual = true;
		for (int i = 0; i < stage; i++) {
			ends_send(&ends, i % 2 ? &ends.answers : &ends.dials);
			ends_receive(&ends, i % 2 ? &ends.dials : &ends.answers);
		}
		for (int side = 0; side < 2; side++) {
			struct end *end = side ? &ends.dials : &ends.answers;
			session_bye(&end->session, BYE_GOING_DOWN, "");
			assert_int_equal(ends_send(&ends, end), 0);
			ends_pull(end);
			assert_int_equal(ends_last(end).type, SESSION_CLOSED);
			assert_int_equal(ends_last(end).end, SESSION_END_BYE_SAID);
		}
	}
}

/* The dialler has no memory for frames, and needs none. */
static void a_stranger_joins(void **state)
{
	struct join join = {.name = {18, "Koperasi Tani Maju"}, .signature = {1}, .mac = {{2}}};
	(void)state;
	for (size_t piece = 0; piece < 3; piece++) {
		ends_init(&ends, ENDS_GOOD);
		ends.piece_bytes_max = piece;
		ends.dials.manual = ends.answers.manual = true;
		ends_run(&ends);
		assert_int_equal(ends_last(&ends.dials).type, SESSION_GREET);
		assert_false(session_can_send(&ends.dials.session, SESSION_BULK));
		message_pack_join(session_message(&ends.dials.session, SESSION_CONTROL), &join);
		session_commit(&ends.dials.session);
		assert_false(session_can_send(&ends.dials.session, SESSION_CONTROL));
		ends_run(&ends);
		assert_int_equal(ends_last(&ends.answers).type, SESSION_PEER);
		assert_int_equal(ends_last(&ends.answers).message, MESSAGE_JOIN);
		struct hash a = session_handshake_hash(&ends.dials.session);
		struct hash b = session_handshake_hash(&ends.answers.session);
		assert_true(hash_equal(&a, &b) && !hash_is_zero(&a));
		session_bye(&ends.answers.session, BYE_PENDING, "an officer will look at it");
		ends_run(&ends);
		assert_int_equal(ends_last(&ends.dials).type, SESSION_CLOSED);
		assert_int_equal(ends_last(&ends.dials).bye, BYE_PENDING);
		assert_int_equal(ends_last(&ends.answers).type, SESSION_CLOSED);
	}
}

static void a_dialled_key_of_small_order(void **state)
{
	static const uint8_t zero[32];
	struct link_keys own = link_keys_of(1);
	struct session s;
	struct session_event event;
	uint8_t bytes[64];
	(void)state;
	session_init(&s, &(struct session_options){.side = SESSION_DIALS,
	                         .link_secret = own.secret,
	                         .link_public = own.public,
	                         .remote_link_key = zero,
	                         .random = own.public});
	assert_int_equal(session_send(&s, bytes, sizeof bytes), 0);
	assert_true(session_next_event(&s, &event) && event.type == SESSION_CLOSED);
	assert_true(event.end == SESSION_END_HANDSHAKE && event.err == ERR_BAD_KEY);
	assert_false(session_next_event(&s, &event));
	session_deinit(&s);
	session_deinit(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_handshake),
	        cmocka_unit_test(what_being_in_step_costs),
	        cmocka_unit_test(nothing_is_sent_and_nothing_told_without_cause),
	        cmocka_unit_test(three_thousand_frames_across_keys),
	        cmocka_unit_test(messages_of_all_sizes_in_order),
	        cmocka_unit_test(messages_written_together_travel_together),
	        cmocka_unit_test(an_owner_that_stops_pulling_stops_the_peer),
	        cmocka_unit_test(bulk_waits_for_the_queue),
	        cmocka_unit_test(control_that_nobody_reads_ends_the_link),
	        cmocka_unit_test(deadlines_of_the_handshake),
	        cmocka_unit_test(ping_pong),
	        cmocka_unit_test(dead_after_90_seconds_without_a_byte),
	        cmocka_unit_test(a_link_of_24_hours_says_bye),
	        cmocka_unit_test(every_bye),
	        cmocka_unit_test(a_bye_that_nobody_reads_is_given_up),
	        cmocka_unit_test(a_bye_before_there_is_a_link_only_closes),
	        cmocka_unit_test(a_stranger_joins),
	        cmocka_unit_test(a_dialled_key_of_small_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
