/* SPDX-License-Identifier: Apache-2.0
 * session.c: any bytes to a session, as the stream it hears, and as what a member says in frames that open. The
 * first byte chooses: the raw stream, or which side the session is; then how it is cut. Whatever comes: no crash, the
 * end comes once and last, only what message_take() reads is told, and what is queued stays within its bounds. */
#include "fuzz.h"

#include "support/ends.h"
#include "support/hex.h"
#include "support/link.h"

static struct session session;
static struct session_memory memory;
static struct session_time now;

static void init(enum session_side side)
{
	static struct link_keys own, remote;
	static bool have_keys;
	if (!have_keys) {
		own = link_keys_of(2);
		remote = link_keys_of(3);
		have_keys = true;
	}
	now = (struct session_time){.wall_ms = 1700000000000, .steady_ms = 5000};
	session_init(&session, &(struct session_options){.side = side,
	                               .link_secret = own.secret,
	                               .link_public = own.public,
	                               .remote_link_key = side == SESSION_DIALS ? remote.public : NULL,
	                               .random = own.public,
	                               .now = now});
}

static void greet(void)
{
	struct message_hello hello = ends_hello();
	session_admit(&session, &memory);
	message_pack_hello(session_message(&session, SESSION_CONTROL), &hello);
	session_commit(&session);
}

/* True when the session told its end. */
static bool pull(void)
{
	struct session_event event;
	bool closed = false;
	while (session_next_event(&session, &event)) {
		must(!closed);
		closed = event.type == SESSION_CLOSED;
		if (event.type == SESSION_MESSAGE)
			must(link_message_property(event.message.raw) == ERR_OK);
		if (event.type == SESSION_PEER)
			greet();
	}
	must(session_numbers(&session).queued_bytes <= SESSION_OUT_BYTES);
	return closed;
}

static void finish(bool closed)
{
	static uint8_t out[FRAME_BYTES_MAX];
	while (session_send(&session, out, sizeof out) > 0)
		session_drained(&session);
	closed = pull() || closed;
	/* an idle link dies, and a dying one ends */
	for (int i = 0; i < 10 && !closed; i++) {
		now.steady_ms += LINK_DEAD_AFTER_MS;
		(void)session_tick(&session, now);
		closed = pull();
	}
	must(closed && !pull());
	session_deinit(&session);
}

/* The stream, in pieces of the size that the byte before says. */
static void stream(const uint8_t *data, size_t len, uint8_t piece)
{
	bool closed = false;
	init(piece & 1 ? SESSION_DIALS : SESSION_ANSWERS);
	for (size_t at = 0; at < len && !closed;) {
		size_t n = len - at < piece / 2u + 1u ? len - at : piece / 2u + 1u;
		at += session_receive(&session, BYTES(data + at, n), now);
		closed = pull();
	}
	finish(closed);
}

/* Frames: two bytes of length, then the body. */
static void frames(const uint8_t *data, size_t len, enum session_side side)
{
	static const char hello[] =
	        "99 00 01 a0 00 00 c420"
	        "1111111111111111111111111111111111111111111111111111111111111111 c400 00 c400";
	struct raw_end raw;
	struct hex h = hex_of(hello);
	struct bytes_in in = bytes_in(BYTES(data, len));
	init(side);
	must(raw_meet(&raw, &session, &memory, BYTES(h.data, h.len)));
	bool closed = pull();
	while (!closed && bytes_left(&in) > 2) {
		size_t n = bytes_get_u16(&in);
		struct bytes body = bytes_take(&in, n < bytes_left(&in) ? n : bytes_left(&in));
		if (body.len == 0 || body.len > FRAME_PLAINTEXT_BYTES_MAX)
			continue;
		now.steady_ms += body.len;
		raw_say(&raw, &session, body, now);
		closed = pull();
		(void)session_tick(&session, now);
		closed = pull() || closed;
	}
	finish(closed);
}

/* Message 3, by somebody who has the network's id and our key. */
static void third(const uint8_t *data, size_t len)
{
	struct raw_end raw;
	if (len == 0 || len > HANDSHAKE_PAYLOAD_BYTES_MAX)
		return;
	init(SESSION_ANSWERS);
	must(raw_meet(&raw, &session, &memory, BYTES(data, len)));
	finish(pull());
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 2)
		return 0;
	switch (data[0] % 4) {
	case 0:
		stream(data + 2, len - 2, data[1]);
		break;
	case 1:
		frames(data + 1, len - 1, SESSION_ANSWERS);
		break;
	case 2:
		frames(data + 1, len - 1, SESSION_DIALS);
		break;
	default:
		third(data + 1, len - 1);
		break;
	}
	return 0;
}
