/* SPDX-License-Identifier: Apache-2.0
 * session_time.c: a session's clock: deadlines, PING and PONG. Deadlines are of the steady clock; the wall clock is
 * only told to the other side, so that both know how far theirs are apart. */
#include "session_int.h"

void session_time_set(struct session *s, struct session_time now)
{
	if (now.steady_ms >= s->now.steady_ms)
		s->now = now;
}

static void ping(struct session *s)
{
	s->ping_due_ms = s->now.steady_ms + PING_INTERVAL_MS;
	if (!s->greeted || !session_can_send(s, SESSION_CONTROL))
		return;
	message_pack_ping(session_message(s, SESSION_CONTROL), &(struct message_ping){s->now.wall_ms});
	session_commit(s);
	s->ping_waits = true;
	s->ping_sent = s->now;
}

void session_time_pong(struct session *s, const struct message_ping *ping)
{
	if (!s->greeted || !session_can_send(s, SESSION_CONTROL))
		return;
	message_pack_pong(session_message(s, SESSION_CONTROL),
	        &(struct message_pong){.ping_ms = ping->time_ms, .time_ms = s->now.wall_ms});
	session_commit(s);
}

static int64_t difference(uint64_t a, uint64_t b)
{
	uint64_t d = a > b ? a - b : b - a;
	int64_t n = d > INT64_MAX ? INT64_MAX : (int64_t)d;
	return a > b ? n : -n;
}

/* Their clock stood at pong->time_ms half the way ago. */
void session_time_measure(struct session *s, const struct message_pong *pong)
{
	if (!s->ping_waits || pong->ping_ms != s->ping_sent.wall_ms)
		return;
	uint64_t rtt = s->now.steady_ms - s->ping_sent.steady_ms;
	s->ping_waits = false;
	s->numbers.has_rtt = true;
	s->numbers.rtt_ms = rtt < UINT32_MAX ? (uint32_t)rtt : UINT32_MAX;
	s->numbers.clock_difference_ms = difference(pong->time_ms, s->ping_sent.wall_ms + rtt / 2);
}

static uint64_t earliest(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t deadline(const struct session *s)
{
	if (s->state == SESSION_OVER)
		return UINT64_MAX;
	if (s->state == SESSION_CLOSING)
		return s->closing_ms + BYE_FLUSH_MS;
	if (s->state != SESSION_LIVE || !s->hello_heard)
		return s->started_ms + HANDSHAKE_TIMEOUT_MS;
	uint64_t dead = s->heard_ms + LINK_DEAD_AFTER_MS, old = s->opened_ms + LINK_AGE_MAX_MS;
	return earliest(earliest(dead, old), s->ping_due_ms);
}

static void expire(struct session *s)
{
	uint64_t now = s->now.steady_ms;
	if (s->state == SESSION_CLOSING)
		session_over(s, SESSION_END_BYE_SAID, ERR_OK);
	else if (s->state != SESSION_LIVE || !s->hello_heard || now >= s->heard_ms + LINK_DEAD_AFTER_MS)
		session_over(s, SESSION_END_SILENT, ERR_UNREACHABLE);
	else if (now >= s->opened_ms + LINK_AGE_MAX_MS)
		session_say_bye(s, BYE_DONE, bytes_text("old enough: dial again"));
	else
		ping(s);
}

uint64_t session_tick(struct session *s, struct session_time now)
{
	must(!s->writing);
	session_time_set(s, now);
	if (s->now.steady_ms >= deadline(s))
		expire(s);
	return deadline(s);
}
