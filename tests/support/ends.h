/* SPDX-License-Identifier: Apache-2.0
 * ends.h: two sessions and a pipe between them, whose bytes arrive in pieces of any size; and an end made of noise and
 * frames alone, which can say what no session would. Owners do the least: admit, write HELLO, count what comes. */
#ifndef SUPPORT_ENDS_H
#define SUPPORT_ENDS_H

#include "link/session.h"

#define ENDS_PIPE_BYTES (4u << 20)
#define ENDS_EVENTS_MAX 64u

/* A HELLO as a node of 157 feeds in step says it. */
struct message_hello ends_hello(void);

struct ends_event {
	enum session_event_type type;
	enum message_type message;
	enum err err;
	enum session_end end;
	uint32_t bye;
};
/* One end, its owner, and the pipe that leads to it. */
struct end {
	struct session session;
	struct session_memory memory;
	uint8_t pipe[ENDS_PIPE_BYTES];
	size_t from, to;                           /* of what is in the pipe */
	struct ends_event events[ENDS_EVENTS_MAX]; /* the last of them, a ring */
	uint32_t events_count, messages;
	struct hash heard; /* a hash over all messages told, in order */
	bool manual;       /* events are kept, but not answered */
};
struct ends {
	struct end dials, answers;
	struct session_time now;
	uint64_t random;
	size_t piece_bytes_max; /* pieces of 1..this; 0: all at once */
};

struct ends_options {
	uint8_t network_dials, network_answers; /* equal: the same network */
	uint8_t key_expected;                   /* who the dialler thinks answers: 2 is right */
};
#define ENDS_GOOD ((struct ends_options){.key_expected = 2})
void ends_init(struct ends *e, struct ends_options options);
/* Move bytes and pull events both ways until nothing moves. */
void ends_run(struct ends *e);
/* What END has to say goes into the other end's pipe. Returns how much. */
size_t ends_send(struct ends *e, struct end *from);
/* What is in END's pipe is received, events are pulled. Returns how much was taken. */
size_t ends_receive(struct ends *e, struct end *end);
void ends_pull(struct end *end); /* events */
void ends_pass(struct ends *e, uint64_t ms);
void ends_tick(struct ends *e); /* both */
struct end *ends_other(struct ends *e, struct end *end);
/* The last event, of any type; its type is SESSION_GREET when there was none. */
struct ends_event ends_last(const struct end *end);

/* An end without a session. */
struct raw_end {
	struct noise noise;
	struct frame_cipher send, receive;
};
/* The other side of S's handshake, to its end. S answers: PAYLOAD goes into message 3. S dials: it is admitted and says
 * HELLO. S's events stay to be pulled. False: S did not go along. */
bool raw_meet(struct raw_end *r, struct session *s, struct session_memory *memory, struct bytes payload);
/* Seal BODY and let S receive it, pulling no event. */
void raw_say(struct raw_end *r, struct session *s, struct bytes body, struct session_time now);
/* The next frame's body of S, in place in ROOM (FRAME_BYTES_MAX bytes); empty when S has nothing to say. */
struct bytes raw_hear(struct raw_end *r, struct session *s, uint8_t *room);

#endif
