/* SPDX-License-Identifier: Apache-2.0
 * session.h: one end of a link, from the first byte of the handshake to BYE, with four doors: bytes in, bytes out,
 * time passes, events out. docs/PROTOCOL.md 5. It moves messages; what they are about is its owner's.
 *
 * A session is small (SESSION_BYTES_MAX) and needs nothing else until the other side is known: then the owner gives
 * it the memory for frames with session_admit(). Events are pulled; what an event borrows dies with the next call of
 * session_next_event(), session_receive() or session_deinit(). One thread. It points into itself: do not move it. */
#ifndef LINK_SESSION_H
#define LINK_SESSION_H

#include "link/frame.h"
#include "link/message.h"

enum session_side { SESSION_DIALS, SESSION_ANSWERS };

struct session_time {
	uint64_t wall_ms, steady_ms; /* the first for people and PING, the second for every deadline */
};

/* For frames; the owner's, given with session_admit(), used until session_deinit(), which wipes what was used of it. Need
 * not be initialised: what no frame needed is never touched, so a quiet link costs a few pages of it. */
#define SESSION_OUT_BYTES (CONTROL_QUEUE_BYTES_MAX + 4u * FRAME_BYTES_MAX)
struct session_memory {
	uint8_t in[FRAME_BYTES_MAX];
	uint8_t out[SESSION_OUT_BYTES];
};

struct session_options {
	enum session_side side;
	struct network_id network;
	const uint8_t *link_secret, *link_public; /* 32 bytes each, our link key; copied */
	const uint8_t *remote_link_key;           /* who must answer, 32 bytes; NULL when answering */
	const uint8_t *random;                    /* 32 fresh random bytes */
	struct session_time now;
};

struct session; /* below */

void session_init(struct session *s, const struct session_options *options);
void session_deinit(struct session *s); /* wipes it and its memory; says nothing */

/* Bytes in. Returns how many it took: fewer than given while an event waits to be pulled or an answer to one is due;
 * then pull events, answer, and give it the rest. */
size_t session_receive(struct session *s, struct bytes in, struct session_time now);

/* Bytes out: up to cap bytes into out. Everything written since the last call goes into as few frames as it can, so
 * call it once after a burst of messages. */
size_t session_send(struct session *s, void *out, size_t cap);
/* Everything that session_send() gave has left this process. */
void session_drained(struct session *s);

/* Time passes. Returns the steady time at which to call it again at the latest; UINT64_MAX: never. */
uint64_t session_tick(struct session *s, struct session_time now);

/* Events out. */
enum session_event_type {
	/* Dialling: the other side is who it must be. Give memory with session_admit(), then write HELLO (or JOIN,
	 * which needs no memory): session_message(s, SESSION_CONTROL), pack, session_commit(). */
	SESSION_GREET,
	/* Answering: this is who dials (session_remote_key()), with message, HELLO or JOIN. Look it up; nothing was
	 * spent on it yet. Then session_admit() and write HELLO, or session_bye(), or session_deinit(). */
	SESSION_PEER,
	/* message came: HELLO first, then any but HELLO, JOIN, PING, PONG, BYE. The whole frame had the form. */
	SESSION_MESSAGE,
	/* What came is not a message or not its turn, says err; a BYE follows by itself, then SESSION_CLOSED. The sender
	 * is at fault, but for ERR_NOT_DECRYPTED (the stream was damaged or forged on its way) and ERR_BAD_VERSION. */
	SESSION_FAULT,
	/* The last event, once: close the stream as soon as nothing is left to send. */
	SESSION_CLOSED
};
enum session_end {
	SESSION_END_NONE,
	SESSION_END_BYE_SAID,  /* by us; bye is its code */
	SESSION_END_BYE_HEARD, /* bye, text */
	SESSION_END_HANDSHAKE, /* it failed, err says how: close without a word */
	SESSION_END_DAMAGED,   /* after SESSION_FAULT with ERR_NOT_DECRYPTED: close without a word */
	SESSION_END_SILENT     /* no answer within the handshake's time, or dead after LINK_DEAD_AFTER_MS */
};
struct session_event {
	enum session_event_type type;
	enum err err;
	struct message message; /* of SESSION_PEER and SESSION_MESSAGE */
	enum session_end end;
	uint32_t bye;
	struct bytes text;
};
bool session_next_event(struct session *s, struct session_event *out);

/* Answer to SESSION_GREET and SESSION_PEER. */
void session_admit(struct session *s, struct session_memory *memory);
/* Say BYE, once everything written before has gone. Nothing can be written after it. Does nothing when the session
 * is closing or closed; before the handshake is done it only closes. text may be "". */
void session_bye(struct session *s, enum bye_code code, const char *text);

/* Messages out. BULK is what can wait (RUN, BLOB): only while less than SEND_QUEUE_BYTES_MAX is on its way and less
 * than a frame waits here. CONTROL always while the link is open; when more than CONTROL_QUEUE_BYTES_MAX of it are on
 * their way the session says BYE by itself. Write one message between session_message() and session_commit(). */
enum session_class { SESSION_CONTROL, SESSION_BULK };
bool session_can_send(const struct session *s, enum session_class class);
struct mp_out *session_message(struct session *s, enum session_class class); /* session_can_send() first */
void session_commit(struct session *s);

/* What is known of it. */
struct session_numbers {
	uint64_t bytes_in, bytes_out; /* of the stream */
	uint64_t frames_in, frames_out;
	size_t queued_bytes; /* written and not yet known to have left, session_drained() */
	bool has_rtt;
	uint32_t rtt_ms;
	int64_t clock_difference_ms; /* theirs less ours */
};
struct session_numbers session_numbers(const struct session *s);
bool session_is_open(const struct session *s); /* both sides know each other, and no BYE was said */
/* Answering: was message 1 good? Of half-open ones, those that have not begun are dropped first. */
bool session_has_begun(const struct session *s);
/* From SESSION_GREET or SESSION_PEER on: */
const uint8_t *session_remote_key(const struct session *s);
/* Noise's h just before message 3's payload was encrypted: what JOIN signs. */
struct hash session_handshake_hash(const struct session *s);

/* Private from here on. */

enum session_state {
	SESSION_WAITS_1, /* answering: for message 1 */
	SESSION_WAITS_2, /* dialling: for message 2 */
	SESSION_WAITS_3, /* answering: for message 3 */
	SESSION_GREETS,  /* dialling: for the owner's HELLO or JOIN */
	SESSION_ASKS,    /* answering: for the owner's word on who dials */
	SESSION_LIVE,
	SESSION_CLOSING, /* BYE is on its way out */
	SESSION_OVER
};

#define SESSION_SMALL_IN_BYTES (2u + 64u + HANDSHAKE_PAYLOAD_BYTES_MAX) /* message 3 with its length */
/* A message that has not gone, message 3, and a frame with a BYE. */
#define SESSION_SMALL_OUT_BYTES \
	(48u + SESSION_SMALL_IN_BYTES + 2u * FRAME_OVERHEAD_BYTES + 16u + BYE_TEXT_BYTES_MAX)
#define SESSION_BYTES_MAX 4608u

/* What comes in, up to the end of what is waited for: a handshake message, a frame's head, a frame. used: the most that
 * was in it. */
struct session_in {
	uint8_t *data;
	size_t cap, have, need, used;
};
/* What goes out: [head, tail) is sealed; at tail the open frame begins, of which body bytes are written. */
struct session_out {
	uint8_t *data;
	size_t cap, head, tail, body, used;
};

struct session {
	enum session_side side;
	enum session_state state;
	struct session_time now;
	uint64_t started_ms, heard_ms, opened_ms, closing_ms, ping_due_ms; /* steady */
	struct noise noise;
	struct frame_cipher send, receive;
	struct session_in in;
	struct session_out out;
	struct bytes rest;                      /* messages that came and were not yet pulled */
	bool has_memory, greeted, hello_heard;  /* greeted: our HELLO or JOIN is written */
	bool owes_ask, owes_fault, owes_closed; /* events */
	enum err fault, end_err;
	enum session_end end;
	uint32_t bye;
	struct bytes bye_text;
	struct mp_out writer;
	bool writing;
	enum session_class class;
	size_t control_bytes, undrained_bytes;
	bool ping_waits; /* for its PONG */
	struct session_time ping_sent;
	struct session_numbers numbers;
	uint8_t small_in[SESSION_SMALL_IN_BYTES], small_out[SESSION_SMALL_OUT_BYTES];
};
_Static_assert(sizeof(struct session) <= SESSION_BYTES_MAX, "a session is small until it is admitted");

#endif
