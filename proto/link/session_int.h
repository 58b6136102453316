/* SPDX-License-Identifier: Apache-2.0
 * session_int.h: what session.c is made of: the handshake, message by message, and the queue of what goes out. */
#ifndef LINK_SESSION_INT_H
#define LINK_SESSION_INT_H

#include "link/session.h"

/* handshake.c. Errors: the handshake failed, the noise is wiped, nothing was written. */
/* Begin; dialling: message 1 goes out. ERR_BAD_KEY: the key dialled is of small order. */
MUST_USE enum err handshake_begin(struct session *s, const struct session_options *options);
/* Answering: message 1 came in, message 2 goes out. */
MUST_USE enum err handshake_answer(struct session *s);
/* Dialling: message 2 came in; message 3 stands in the queue up to where its payload begins. */
MUST_USE enum err handshake_reply(struct session *s);
/* Dialling: where message 3's payload is written; and it is, len bytes of it: it goes out, frames follow. */
uint8_t *handshake_payload(struct session *s);
void handshake_finish(struct session *s, size_t len);
/* Answering: the length of message 3 came in: wait for so much. ERR_TOO_LONG, ERR_TRUNCATED. */
MUST_USE enum err handshake_length(struct session *s);
/* Answering: message 3 came in; its payload is s->rest, frames follow. */
MUST_USE enum err handshake_accept(struct session *s);

/* session.c. The two ends of a session: at once, or once BYE has gone. */
void session_over(struct session *s, enum session_end end, enum err e);
void session_say_bye(struct session *s, enum bye_code code, struct bytes text);

/* session_time.c. */
void session_time_set(struct session *s, struct session_time now); /* never goes back */
void session_time_pong(struct session *s, const struct message_ping *ping);
void session_time_measure(struct session *s, const struct message_pong *pong);

/* session_out.c. */
size_t session_out_bytes(const struct session_out *o); /* what waits here, the open frame included */
/* Where the next message may be written, and how much of it, at most. */
struct bytes_out session_out_room(struct session_out *o);
/* len bytes were written there: they join the open frame, or begin the next. */
void session_out_add(struct session *s, size_t len);
/* Up to cap bytes out. */
size_t session_out_pull(struct session *s, uint8_t *out, size_t cap);
/* Move what waits to another, larger place. */
void session_out_move(struct session_out *o, uint8_t *data, size_t cap);
void session_out_drop(struct session_out *o);

#endif
