/* SPDX-License-Identifier: Apache-2.0
 * node.h: the whole node without sockets, threads or clocks: peers, catch-up, live push, own-feed guard, witness.
 * Its owner (the daemon with libuv, the simulator without) moves bytes, runs jobs and tells the time. Nothing calls
 * back: what the node wants is pulled (dials, bytes, jobs, events), so nothing re-enters.
 * One thread calls these functions. Jobs run elsewhere and touch the node only through node_job_done(). */
#ifndef NODE_NODE_H
#define NODE_NODE_H

#include "link/session.h"
#include "node/append.h"
#include "storage/own.h"
#include "storage/store.h"

struct node;

struct node_options {
	struct store *store;            /* open for writing; outlives the node */
	const struct secret_keys *keys; /* outlives the node */
	uint8_t random_seed[32];
	uint64_t wall_ms, steady_ms; /* now */
	const char *agent;           /* "lontar/0.1", outlives the node */
	const char *
	        advertise; /* "host:port" where others can dial us, published as node.address; NULL: nowhere */
	/* Called in COMMIT jobs, on their thread: write the copy of the mark durably; nothing of the own feed leaves before
	 * it has returned. ERR_RESTORED: it is of a later start than this generation, and was left so. NULL: no copy is kept. */
	enum err (*mark_copy)(void *context, uint64_t generation, const struct head *mark);
	void *mark_context;
	uint64_t
	        mark_copy_size; /* what the copy says: a store that counts as restored is not settled below it */
	uint64_t witness_interval_ms; /* 0: WITNESS_INTERVAL_MS */
	uint64_t feed_bytes_a_day;    /* 0: as the registrar's policy has it, else FEED_BYTES_A_DAY_MAX */
};
/* ERR_NO_MEMORY, store errors; ERR_NO_STORE: the store knows no network yet. */
MUST_USE enum err node_new(const struct node_options *options, struct node **out);
void node_free(struct node *node);

/* Time. Both clocks are given; returns the steady time of the next deadline. */
struct node_time {
	uint64_t wall_ms, steady_ms;
};
uint64_t node_tick(struct node *node, struct node_time now);

/* Links. A link is a byte stream that the owner opened or accepted; its id is the owner's, never reused. */
struct link_id {
	uint32_t n;
};
enum link_side { LINK_DIALLED, LINK_ACCEPTED };
struct link_open {
	struct link_id id;
	enum link_side side;
	uint8_t remote_link_key[32]; /* dialled: who must answer */
	uint8_t address_hash[8];     /* accepted: of the peer's address, for the limit an address */
};
/* ERR_TOO_MANY: close the stream at once, say nothing. */
MUST_USE enum err node_link_open(struct node *node, const struct link_open *open);
/* Bytes came. The node may want to close (node_link_wants_close). */
void node_link_receive(struct node *node, struct link_id id, struct bytes b);
/* Bytes to send: fills out with up to cap bytes and returns how many. Call when writable and after every other call. */
size_t node_link_send(struct node *node, struct link_id id, void *out, size_t cap);
/* Every byte given by node_link_send() up to now has left the process; paces bulk. */
void node_link_drained(struct node *node, struct link_id id);
bool node_link_wants_close(const struct node *node, struct link_id id);
/* Should the owner stop reading this stream for now? */
bool node_link_paused(const struct node *node, struct link_id id);
void node_link_closed(struct node *node, struct link_id id);
/* The next link with something to do (bytes to send, or to close), each once after a change; false: none. */
bool node_next_link(struct node *node, struct link_id *out);

/* Dials wanted by the node now (roster addresses, configured peers, with back-off). The owner resolves and connects,
 * then node_link_open(), or node_dial_failed(). */
struct dial {
	char address[ADDRESS_BYTES_MAX]; /* host:port */
	uint8_t link_key[32];
};
bool node_next_dial(struct node *node, struct dial *out);
void node_dial_failed(struct node *node, const struct dial *dial);
/* Dial this beside the roster's, from now on (configuration, invites, a person's command). */
MUST_USE enum err node_peer_add(struct node *node, const struct dial *dial);
void node_peer_remove(struct node *node, const uint8_t link_key[32]);

/* Jobs. VERIFY is pure computing, any number at once on any thread; COMMIT writes the store: one at a time, the node
 * never offers a second before the first is done. */
enum job_type { JOB_VERIFY, JOB_COMMIT };
struct job;
struct job *node_next_job(
        struct node *node); /* NULL: none. Owned by the node; run it, then node_job_done(). */
enum job_type job_type(const struct job *job);
void job_run(struct job *job); /* on any thread */
void node_job_done(struct node *node, struct job *job);

/* Own appends by people. The answer comes as NODE_APPENDED or NODE_REFUSED with the same ticket, after the commit.
 * Bodies are copied. */
MUST_USE enum err node_append(struct node *node, uint64_t ticket, const struct draft *drafts, uint32_t count);

/* Keep a small local record (an invite, a peer), or with an empty value forget it. Answered as an append is, with no
 * references. ERR_MISSING_FIELD (no key), ERR_TOO_LONG, ERR_NO_MEMORY. */
struct node_record {
	enum own_drawer drawer;
	struct bytes key, value;
};
MUST_USE enum err node_keep(struct node *node, uint64_t ticket, const struct node_record *record);
/* Take an anchor that a person brings, packed, and tell it to everybody. Answered as an append is, with no references;
 * refused: ERR_EXISTS, it does not win over the one known. At once, and nothing is answered then: ERR_BAD_SIGNATURE, what
 * anchor_unpack() says, ERR_NOT_FOUND (no roster yet to verify it by), ERR_NO_MEMORY. */
MUST_USE enum err node_anchor(struct node *node, uint64_t ticket, struct bytes packed);

/* A person lets the own feed be published although the store counts as an old copy and nobody could settle that: if
 * another node holds what this store lost, the feed gets two histories, for good. Whoever calls has the person's word
 * for it (the command asks for the member's alias). REASON: a line for the record, may be empty. Answered as an append
 * is, with no references, after it is on the disk: then the store counts as settled, own entries leave, and
 * fence_override() finds when and why. Nothing happened on: ERR_NOT_FOUND (the store does not count as restored);
 * ERR_FORKED (there are two histories already: nothing can override that); ERR_RESTORED (a node linked now shows own
 * entries that are not here: they are taken back, wait for that); ERR_UNKNOWN_FEED (the roster does not name the own
 * feed yet: link to somebody first); ERR_REFUSED (stopping); ERR_NO_MEMORY; short_text_of()'s. */
MUST_USE enum err node_publish_anyway(struct node *node, uint64_t ticket, struct bytes reason);

/* Something signed of the own feed is to leave by hand, as a file or on a screen: raise the mark to HEAD, a signed head of
 * it, and the copy of the mark. Answered as an append is, with no references, when both are on the disk; then, and not
 * before, it may be shown. Refused: ERR_RESTORED, ERR_FORKED (nothing of the own feed leaves, and HEAD is beyond what
 * left); ERR_NOT_FOUND (no head of the own feed, or not any more: read again); what writing the copy says. At once:
 * ERR_UNKNOWN_FEED (the roster does not name it), ERR_REFUSED (stopping), ERR_NO_MEMORY. */
MUST_USE enum err node_raise_mark(struct node *node, uint64_t ticket, const struct head *head);

/* What the owner and people may want to know. */
enum node_event_type {
	NODE_APPENDED,
	NODE_REFUSED,
	NODE_ENTRIES /* new entries are visible */,
	NODE_PEER,
	NODE_LOG
};
struct node_event {
	enum node_event_type type;
	uint64_t ticket;
	enum err err;
	uint32_t failed; /* index of the draft refused */
	uint32_t count;
	const struct reference *references; /* NODE_APPENDED: dies with the next node_next_event() */
	char text[160];                     /* NODE_PEER, NODE_LOG: one line, English */
	int level;                          /* NODE_LOG: syslog levels */
};
bool node_next_event(struct node *node, struct node_event *out);

/* For status. */
struct node_peer {
	bool has_feed;
	struct feed_no feed;
	enum link_side side;
	const char *state; /* "handshake", "catching up", "in step", "waiting for admission", "closing" */
	uint64_t in_step_wall_ms; /* 0: never */
	uint32_t rtt_ms;
	int64_t clock_difference_ms;
	uint64_t bytes_in, bytes_out;
};
uint32_t node_peers(const struct node *node, struct node_peer *out, uint32_t cap);
/* What is under way, to be held against base/limits.h. */
struct node_load {
	uint32_t links, admitted; /* all; those that have memory for frames */
	uint32_t pulls;
	uint32_t link_pulls, link_serves; /* the most of one link */
	uint64_t intake_bytes;            /* of runs that came and are not stored yet */
	uint64_t link_queued_bytes;       /* the most of one link */
};
void node_load(const struct node *node, struct node_load *out);
/* May own entries leave? false in the restored state, or before own heads were compared anywhere. */
bool node_publishing(const struct node *node);
/* How the own feed stands, and what is known of it: for status, and for who thinks of node_publish_anyway(). */
enum node_own_state {
	NODE_OWN_UNKNOWN, /* the roster does not name it yet */
	NODE_OWN_SETTLED,
	NODE_OWN_RESTORED,   /* the store counts as an old copy: others must show what they hold */
	NODE_OWN_TAKEN_BACK, /* likewise, and what they hold and is not here is coming back */
	NODE_OWN_FORKED      /* it has two histories: nothing leaves any more */
};
struct node_own {
	enum node_own_state state;
	uint64_t size, mark; /* entries here; how many of them may be with others */
	uint64_t copy;       /* what the copy of the mark said at the start; 0: nothing */
	uint64_t shown; /* the most that anybody was seen to hold of it, while that is not here; 0: nobody */
	bool registrar_compared;   /* the registrar's node showed what it holds, and all of it is here */
	uint32_t members_compared; /* likewise nodes of others than ours: 2 settle it, or the registrar's */
};
void node_own(const struct node *node, struct node_own *out);
/* Say BYE on every link; then the owner waits until nothing is left to send. */
void node_stop(struct node *node);

#endif
