/* SPDX-License-Identifier: Apache-2.0
 * hostile.h: a peer that keeps the link's rules and no others: a real session with keys of the roster, which says what a
 * test wants and counts what it hears, or bytes without a session. It is moved by net.h. */
#ifndef TESTS_SUPPORT_HOSTILE_H
#define TESTS_SUPPORT_HOSTILE_H

#include "link/session.h"
#include "log/run.h"
#include "support/net.h"

struct hostile {
	struct session session;
	struct session_memory memory;
	const struct secret_keys *keys;
	struct network_id network;
	struct message_hello hello; /* what it will say; registrar and fingerprints borrowed */
	const struct join *join;    /* instead of HELLO, signed when it is said; NULL: HELLO */
	uint8_t invite_secret[16];
	bool live, closed;
	enum session_end end;
	uint32_t bye;                        /* as heard */
	uint32_t heard[MESSAGE_UNKNOWN + 1]; /* messages by type */
	struct message_pull pull;            /* the last one heard */
	struct message_prove prove;
	struct checkpoint view;     /* of its own feed, as HELLO or HEADS showed it */
	uint64_t run_from, run_end; /* of the last RUN heard */
	/* Hears each message too, and may say something; NULL: nobody does. */
	void (*on_message)(struct hostile *h, struct message *m);
	void *context; /* its */
	bool is_raw;   /* no session: it says RAW, hears nothing */
	struct bytes raw;
};

/* As the node INDEX of the net, which must not run. */
void hostile_init(struct hostile *h, struct net *net, uint32_t index);
/* It dials the node, or the node has dialled it. */
uint32_t hostile_meet(struct hostile *h, struct net *net, uint32_t index, enum link_side side);
/* Make it ready to answer whoever dials it; who links it is somebody else. */
void hostile_answer(struct hostile *h, struct net *net);
/* Without a session: it dials, says these bytes (borrowed), and stays. */
uint32_t hostile_meet_raw(struct hostile *h, struct net *net, uint32_t index, struct bytes raw);
/* Say a message: pack, then hostile_said(). The link is live. */
struct mp_out *hostile_say(struct hostile *h);
void hostile_said(struct hostile *h);

/* Entries of its own making, signed by KEYS from where TREE stands, which they extend. A feed can have as many of these as
 * a test wants. */
struct branch {
	const struct secret_keys *keys;
	struct network_id network;
	struct tree tree;
	uint64_t time_ms;
};
void branch_init(struct branch *b, const struct secret_keys *keys, const struct network_id *network);
/* COUNT entries whose bodies say TEXT; the run is filled, and good until the next call. */
void branch_write(struct branch *b, const char *text, uint32_t count, struct run *out);
/* The signed head as it stands. */
struct checkpoint branch_head(const struct branch *b);
void hostile_send_run(struct hostile *h, struct feed_no feed, const struct run *run);
/* As the node AUTHOR, which must not run: an entry more of its feed than the node TO holds, which TO takes. */
void hostile_write(
        struct hostile *h, struct net *net, uint32_t author, uint32_t to, const struct run_item *item);

/* net.c's: */
void hostile_receive(struct hostile *h, struct bytes b, struct session_time now);
size_t hostile_send(struct hostile *h, void *out, size_t cap);
uint64_t hostile_tick(
        struct hostile *h, struct session_time now); /* when to call it again; UINT64_MAX: never */

#endif
