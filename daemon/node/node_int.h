/* SPDX-License-Identifier: Apache-2.0
 * node_int.h: what the node's files share. One thread; jobs run elsewhere and own what they touch.
 *
 * node.c: the doors, time, events. peer.c: one link and its messages. feeds.c: what is held, as the loop sees it.
 * catchup.c: who has more, and what to pull from whom. serve.c: what others pulled. flow.c: runs and appends on their
 * way through jobs. live.c: what is new goes out. guard.c: whether own entries may leave. forks.c: two histories.
 * witnessing.c: a witness's statements. dialler.c: whom to dial. joining.c: strangers, and being one. */
#ifndef NODE_INT_H
#define NODE_INT_H

#include "commit_int.h"
#include "job_int.h"
#include "link/frontier.h"
#include "link/session.h"
#include "log/short_text.h"
#include "node/node.h"
#include "storage/feed.h"
#include "storage/own.h"

#define EVENTS_MAX 256u
#define TARGETS_MAX 512u

/* A feed as the loop sees it. Its visible head is node->heads[no]. */
struct node_feed {
	enum feed_state state;
	struct head cutoff;   /* while cut */
	uint64_t stored;      /* where the next run must begin by the store */
	uint64_t tip;         /* the same behind everything that is under way */
	struct intake *queue; /* came, and not being checked yet; in order */
	struct intake **queue_end;
	uint32_t under_way; /* runs being checked or waiting for the disk */
	bool checking, draining;
	struct verify *chain; /* the tree at the end of what was checked, while anything is under way */
	struct peer *puller;  /* the one link that it is pulled from */
	uint64_t pull_to;
	uint64_t pulled_ms;   /* asked for, or grew by what was asked for */
	bool accused;         /* its fork is on its way to the disk */
	/* of the node that writes it */
	uint32_t broken_words; /* pulls that it took on and left */
	uint64_t shunned_ms;   /* after a fault: no link before */
	uint64_t witnessed;   /* up to where we stated it, as a witness */
	bool heard;           /* its node was in step with us, and that is not stated yet */
	struct day heard_day; /* when that was stated last */
	bool have_due;        /* its growth is to be announced */
};

/* What a peer pulled and did not get yet. */
struct serve {
	struct feed_no feed;
	uint64_t next, to;
};

enum peer_state {
	PEER_HANDSHAKE,
	PEER_CATCHING_UP, /* also comparing */
	PEER_IN_STEP,
	PEER_WAITING, /* to be admitted */
	PEER_CLOSING
};

struct peer {
	struct peer *next;
	struct link_id id;
	enum link_side side;
	enum peer_state state;
	bool has_feed; /* known by the roster */
	struct feed_no feed;
	uint8_t link_key[32];
	uint8_t address_hash[8];
	uint64_t *sizes; /* what it is known to have, by feed number; grown with the roster */
	uint32_t sizes_cap;
	uint32_t pulls; /* feeds that are pulled from it */
	uint32_t left;  /* pulls given up that it may still answer */
	uint32_t proofs_owed;
	struct serve serves[PULLS_IN_FLIGHT_MAX];
	uint32_t serves_count;
	bool compared; /* its view of our own feed was looked at: own entries may go */
	uint64_t heard_ms, frontier_due_ms;
	uint64_t in_step_wall_ms;
	bool frontier_sent;   /* ours, as it stands */
	struct hash frontier; /* theirs, as last said */
	bool touched, wants_close;
	struct session_memory *memory;
	struct session session;
};

enum guard { GUARD_SETTLED, GUARD_RESTORED, GUARD_FORKED };

struct target {
	struct dial dial;
	bool configured; /* by a person or an invite, not by the roster */
	bool dialling;
	uint64_t due_ms, delay_ms;
};

struct node {
	struct node_options options;
	struct network_id network;
	struct drbg random;
	struct node_time now;
	bool has_own;
	struct feed_no own;
	enum guard guard;
	uint64_t anchor_number;
	struct feed_id registrar; /* as entry 0 says that came first, until the roster does */
	/* feeds.c */
	struct node_feed *feeds;
	struct head *heads; /* visible, a whole number of blocks */
	uint32_t feeds_count, feeds_cap;
	struct frontier frontier;
	/* peer.c */
	struct peer *peers;
	uint32_t peers_count, handshakes;
	/* flow.c */
	struct job *ready, **ready_end;
	bool committing;
	struct intake *checked, **checked_end;
	struct request *requests, **requests_end;
	struct local *locals, **locals_end;
	size_t intake_bytes;
	uint32_t runs_under_way;
	uint64_t store_retry_ms; /* after a failed commit: nothing is written before */
	/* live.c, catchup.c */
	uint64_t have_due_ms; /* 0: nothing to announce */
	uint32_t pulls;
	bool plan_due;
	uint64_t registrar_due_ms; /* others wait for the registrar's feed till then; 0: nobody waits */
	/* witness.c, joining.c, dialler.c */
	uint64_t witness_due_ms, targets_due_ms;
	bool witness_loaded, address_said;
	struct target targets[TARGETS_MAX];
	uint32_t targets_count;
	bool invited, admitted;
	uint8_t invite_secret[16];
	struct short_text join_name;
	bool stopping, roster_changed;
	/* events */
	struct node_event events[EVENTS_MAX]; /* a ring; the oldest line is lost first */
	uint32_t events_first, events_count;
	struct request *answered, **answered_end; /* answers somebody waits for: never lost */
	struct request *event_request;            /* whose references the last event borrowed */
	struct run_item items[RUN_ENTRIES_MAX];   /* scratch of one run */
};

/* node.c */
void node_say(struct node *node, int level, const char *format, ...) __attribute__((format(printf, 3, 4)));
void node_emit(struct node *node, const struct node_event *event);
/* ms plus or minus a fifth */
uint64_t node_jitter(struct node *node, uint64_t ms);

/* feeds.c */
MUST_USE enum err feeds_load(struct node *node); /* the roster may have grown */
void feeds_refresh(struct node *node, struct txn *txn, struct feed_no no);
void feeds_commit_failed(struct node *node); /* what was said of them in it was not said */
void feeds_free(struct node *node);

/* peer.c */
struct peer *peer_find(const struct node *node, struct link_id id);
bool peer_is_live(const struct peer *p); /* greeted both ways, no BYE */
void peer_bye(struct node *node, struct peer *p, enum bye_code code, const char *text);
/* A message to write, or NULL when the link cannot take one. Then peer_sent(). */
struct mp_out *peer_write(struct peer *p);
void peer_sent(struct peer *p);
void peer_tick(struct node *node, struct peer *p, uint64_t *next_ms);
void peer_free(struct node *node, struct peer *p);
MUST_USE enum err peer_grow(struct peer *p, uint32_t feeds);
void peer_fault(struct node *node, struct link_id id, enum err err);
void peer_hello(struct node *node, struct peer *p);
void peer_knows(struct peer *p, struct feed_no feed, uint64_t size); /* it has at least that */

/* catchup.c */
void catchup_compare(
        struct node *node, struct peer *p, const struct head *registrar, struct bytes fingerprints);
void catchup_sizes(struct node *node, struct peer *p, struct message_sizes *sizes);
void catchup_have(struct node *node, struct peer *p, struct message_have *have);
void catchup_frontier(struct node *node, struct peer *p); /* send ours */
void catchup_plan(struct node *node);
void catchup_drop(struct node *node, struct peer *p); /* what was pulled from it is pulled elsewhere */
void catchup_pull_done(struct node *node, struct node_feed *f);
void catchup_moved(struct node *node, struct feed_no no); /* it grew by a run */
void catchup_tick(struct node *node, uint64_t *next_ms);

/* serve.c */
void serve_add(struct node *node, struct peer *p, const struct message_pull *pull);
void serve_fill(struct node *node, struct peer *p);

/* flow.c */
void flow_run(struct node *node, struct peer *p, const struct message_run *m);
void flow_request(struct node *node, struct request *request); /* takes it */
void flow_local(struct node *node, const struct local *local); /* copies it */
void flow_start(struct node *node);                            /* make jobs of what waits */
void flow_done(struct node *node, struct job *job);
void flow_free(struct node *node);

/* live.c */
void live_grew(struct node *node, struct feed_no no, uint64_t before); /* visible now, after a commit */
void live_tick(struct node *node, uint64_t *next_ms);

/* guard.c */
MUST_USE enum err guard_load(struct node *node);
/* The other side's view of our own feed. False: it is at fault, say BYE. */
bool guard_compare(struct node *node, struct peer *p, const struct checkpoint *theirs);
bool guard_publishes(const struct node *node);
void guard_copy_failed(struct node *node, enum err err);

/* forks.c */
void forks_suspect(
        struct node *node, const struct intake *bad); /* a run whose root its signature does not sign */
void forks_prove(struct node *node, struct peer *p, const struct message_prove *prove);
void forks_proof(struct node *node, struct peer *p, const struct message_proof *proof);
void forks_heads(struct node *node, struct peer *p, struct message_heads *heads);
void forks_send_heads(struct node *node, struct peer *p, uint32_t block);

/* dialler.c */
enum dial_end { DIAL_LATER, DIAL_AFTER_FAULT };
void dialler_postpone(struct node *node, const uint8_t link_key[32], enum dial_end end);
void dialler_tick(struct node *node, uint64_t *next_ms);
void dialler_opened(struct node *node, const uint8_t link_key[32]);
void dialler_now(struct node *node, const uint8_t link_key[32]);
void dialler_live(struct node *node, const uint8_t link_key[32]);
void dialler_closed(struct node *node, const uint8_t link_key[32]);
/* witnessing.c */
void witnessing_tick(struct node *node, uint64_t *next_ms);

/* joining.c */
MUST_USE enum err joining_load(struct node *node);
bool joining_wanted(const struct node *node);
void joining_ask(struct node *node, struct peer *p);
void joining_answer(struct node *node, struct peer *p, const struct join *join, bool known);
void joining_kept(struct node *node); /* a commit is on the disk */
void joining_bye(struct node *node, struct peer *p, uint32_t code);

#endif
