/* SPDX-License-Identifier: Apache-2.0
 * node_int.h: what the node's files share. One thread; jobs run elsewhere and own what they touch.
 *
 * node.c: the doors, time, events. links.c: streams that come and go. peer.c: one link and its messages. feeds.c: what
 * is held, as the loop sees it. catchup.c: who has more; pulls.c: what to pull from whom, and for how long. serve.c:
 * what others pulled. flow.c: runs on their way through their checks; writes.c: what waits for the disk. live.c: what
 * is new goes out. guard.c: whether own entries may leave. forks.c: two histories. witnessing.c: a witness's
 * statements. sharing.c: secrets for feeds that came later. dialler.c: whom to dial. joining.c: strangers, and being one. */
#ifndef NODE_INT_H
#define NODE_INT_H

#include "commit_int.h"
#include "feed_set_int.h"
#include "job_int.h"
#include "link/frontier.h"
#include "link/session.h"
#include "log/short_text.h"
#include "node/joining.h"
#include "node/node.h"
#include "storage/feed.h"
#include "storage/own.h"
#include "storage/view.h"

#define EVENTS_MAX 256u
#define STORE_RETRY_MS 10000u

/* In which order feeds are pulled; the registrar's first feed comes before all. */
enum feed_rank { RANK_WITNESS /* and other registrars' */, RANK_OWN, RANK_PARTNER, RANK_REST, RANKS };

/* A run was wrong. When all that was under way before it is stored, its sender is asked for a proof. */
struct suspect {
	enum { SUSPECT_NONE, SUSPECT_WAITS, SUSPECT_ASKED } state;
	struct link_id from;
	uint64_t base, size; /* where the run began, and where it ended */
	uint64_t due_ms;
};

/* A feed as the loop sees it. Its visible head is node->heads[no]. */
struct node_feed {
	enum feed_state state;
	enum feed_rank rank;
	bool is_registrar;
	bool is_staged;       /* cut, and pulled anew from 0 */
	struct head cutoff;   /* while cut */
	uint64_t stored;      /* where the next run must begin by the store */
	uint64_t tip;         /* the same behind everything that is under way */
	struct intake *queue; /* came, and not being checked yet; in order */
	struct intake **queue_end;
	uint32_t under_way; /* runs being checked or waiting for the disk */
	bool checking, draining;
	struct verify *chain; /* the tree at the end of what was checked, while anything is under way */
	struct peer *puller;  /* the one link that it is pulled from */
	uint64_t pull_to, pull_no, pull_began_ms, progress_ms;
	uint64_t taken_bytes, taken_ms; /* of the quota, as of then */
	struct suspect suspect;
	struct checkpoint stated; /* by a witness, of more than is held; size 0: none */
	bool proven;              /* a fork proof was made here and is on its way to the disk, or there */
	bool broke_word;          /* of the node that writes it: the last pull from it came to nothing */
	uint64_t witnessed;       /* up to where we stated it, as a witness */
	struct day seen_day;      /* when we did that last */
	uint64_t heard_wall_ms;   /* when its node showed no more of it than we hold */
	struct day heard_day;     /* when that was stated last */
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

/* What a peer says and does about a feed. */
struct peer_feed {
	uint64_t size;     /* what it is known to have, or says that it has */
	uint64_t asked_to; /* up to where it was asked, and has not answered; 0: nothing */
	uint64_t
	        retry_ms; /* it did not keep its word: last choice, and not asked again before. 0: believed */
};
/* A block of feeds at the last comparison that found a difference. */
struct peer_block {
	uint64_t theirs, ours; /* fingerprints */
};

struct peer {
	struct peer *next;
	struct link_id id;
	enum link_side side;
	enum peer_state state;
	bool has_feed; /* known by the roster */
	struct feed_no feed;
	struct member_no member;
	bool of_registrar;
	bool is_limited; /* its feed is cut: it is told the registrar's feeds and nothing else */
	uint8_t link_key[32];
	uint8_t address_hash[8];
	uint64_t opened_ms, heard_ms;
	/* catchup.c, pulls.c */
	struct peer_feed *feeds; /* by feed number, and blocks by theirs; grown with the roster */
	struct peer_block *blocks;
	uint32_t feeds_cap;
	uint32_t pulls;                /* feeds that are pulled from it */
	uint32_t asked;                /* feeds with asked_to: given up ones count until answered */
	uint32_t window;               /* how many pulls it may have; grows with what it answers */
	uint64_t turn_ms, answered_ms; /* its oldest pull was done; any run that was asked for came */
	uint64_t own_shown,
	        own_shown_wall_ms; /* size of its own feed as its node showed it; UINT64_MAX: not yet */
	uint64_t frontier_due_ms, frontier_sent_ms, in_step_wall_ms;
	bool frontier_sent; /* ours, as it stands */
	bool sees_difference; /* it answered what we said last with SIZES: for it we are not in step until we say more */
	struct hash frontier; /* theirs, as last said */
	uint64_t window_ms;   /* since when the messages are counted that cost us much */
	uint32_t frontiers_heard, proves_heard, anchors_heard, doubts;
	/* serve.c */
	struct serve serves[SERVES_MAX];
	uint32_t serves_count;
	/* guard.c */
	uint64_t anchor_number;  /* of the anchor that it has */
	bool has_view, compared; /* its view of our own feed is known; it was compared: own entries may go */
	struct checkpoint view;
	bool same_registrar; /* the head of feed 0 that it showed last, since an anchor changed the roster, is ours */
	uint32_t strikes; /* forks.c */
	bool touched, wants_close;
	struct session_memory *memory;
	struct session session;
};

enum guard { GUARD_SETTLED, GUARD_RESTORED, GUARD_FORKED };

/* Whom we may dial. */
struct target {
	uint8_t link_key[32];
	char addresses[NODE_ADDRESSES_MAX][ADDRESS_BYTES_MAX];
	uint32_t addresses_count, address, dialled; /* which is next, which was last */
	bool configured;                            /* by a person or an invite */
	bool listed;                                /* by the roster */
	bool dialling;
	enum feed_rank rank;
	uint64_t due_ms, delay_ms;
};

struct faulted {
	uint8_t link_key[32];
	uint64_t until_ms;
};

struct node {
	struct node_options options;
	struct network_id network;
	struct drbg random;
	struct node_time now;
	bool has_own;
	struct feed_no own;
	/* peer.c */
	uint64_t anchor_number;      /* in force */
	uint64_t anchor_commit;      /* takes one that is on its way to the disk; 0: none ever was */
	uint32_t anchor_waits_bytes; /* one that came before the roster did, to be verified then */
	uint8_t anchor_waits[ANCHOR_BYTES_MAX];
	struct feed_id founder; /* as entry 0 says that came first, until the roster does */
	/* feeds.c */
	struct node_feed *feeds;
	struct head *heads; /* visible, a whole number of blocks */
	uint32_t feeds_count, feeds_cap;
	struct frontier frontier;
	struct feed_no in_force;    /* the registrar whose entries go on */
	struct head registrar;      /* of feed 0, as stored */
	struct head own_head, mark; /* of the own feed, as stored */
	struct head mark_out;       /* the mark whose copy is written: up to there own entries may leave */
	uint64_t roster_size, roster_anchor;
	uint64_t quota_bytes; /* of a feed a day */
	bool loaded, reload_due;
	/* guard.c */
	enum guard guard;
	bool review_due; /* the own feed is another, or known now */
	uint64_t shown;  /* the largest size of the own feed that a peer showed, signed */
	bool vouched_registrar;
	struct member_no vouched[2]; /* other members whose nodes compared heads */
	uint32_t vouched_count;
	struct member_no own_member;
	bool mark_undone; /* is about to be in the store, which says more than left; mark says it already */
	uint64_t copy_due_ms; /* the mark's copy is to be written again; 0: it is written */
	struct local copy_again;
	uint64_t confess_due_ms; /* while our feed has two histories: when that is told again */
	/* links.c */
	struct peer *peers;
	uint32_t peers_count;
	bool paused; /* too much is under way: nothing is read */
	struct faulted faulted[FAULTED_MAX];
	uint32_t faulted_next;
	/* flow.c, writes.c */
	struct feed_set waiting; /* feeds that may have a queue and nothing that is being checked */
	struct job *ready, **ready_end;
	bool committing;
	uint64_t commits; /* begun so far */
	struct intake *checked, **checked_end;
	struct request *requests, **requests_end;
	struct local *locals, **locals_end;
	size_t intake_bytes;
	uint32_t runs_under_way, requests_under_way;
	uint64_t store_retry_ms; /* after a failed commit: nothing is written before */
	/* live.c, catchup.c, pulls.c, forks.c */
	struct feed_set news; /* their growth is to be announced */
	uint64_t have_due_ms; /* 0: there are none */
	struct feed_set
	        lacking; /* feeds of which somebody may have more, also ones that the roster does not name yet */
	struct feed_no pulled[PULLS_IN_FLIGHT_MAX]; /* those that have a puller */
	uint32_t pulls, suspects;
	uint64_t accuse_due_ms; /* when to look for proofs that nobody published */
	uint64_t pull_no;
	uint64_t stall_due_ms,
	        plan_due_ms; /* when pulls are looked at, and planned, again; 0: not of itself */
	bool plan_due;
	/* witnessing.c, joining.c, dialler.c */
	uint64_t witness_due_ms, targets_due_ms, change_due_ms;
	bool witness_loaded, address_said;
	struct target targets[DIAL_TARGETS_MAX];
	uint32_t targets_count;
	/* sharing.c */
	uint64_t sharing_due_ms;
	bool sharing_anew;      /* the roster is another than when channels were looked at */
	uint64_t sharing_roles; /* a sum over the roles of all feeds when that was done from the first */
	struct member_no sharing_member; /* for whom, and from which channel on, it is looked next */
	struct view_at sharing_at;
	bool sharing_waits; /* a key.share is on its way to the disk */
	bool invited, admitted;
	bool join_refused; /* as the note of it on the disk, or on its way there */
	uint8_t invite_secret[16];
	struct short_text join_name;
	uint64_t joining_commit; /* keeps a request that is on its way to the disk; 0: none is */
	bool stopping;
	/* events */
	struct node_event events[EVENTS_MAX]; /* a ring; the oldest line is lost first */
	uint32_t events_first, events_count;
	struct request *answered, **answered_end; /* answers somebody waits for: never lost */
	struct request *event_request;            /* whose references the last event borrowed */
	struct run_item items[RUN_ENTRIES_MAX];   /* scratch of one run */
};

/* node.c */
void node_say(struct node *node, int level, const char *format, ...) __attribute__((format(printf, 3, 4)));
void node_work(struct node *node); /* after anything came: pull, compare, start jobs */
void node_emit(struct node *node, const struct node_event *event);
/* ms plus or minus a fifth */
uint64_t node_jitter(struct node *node, uint64_t ms);

/* feeds.c */
MUST_USE enum err feeds_load(struct node *node); /* all of them; the roster may be another */
void feeds_refresh(struct node *node, struct txn *txn, struct feed_no no);
MUST_USE enum err feeds_reload(struct node *node, struct txn *txn);
MUST_USE enum err feeds_follow(struct node *node, struct txn *txn); /* all, where the roster is another */
bool feeds_is_own(const struct node *node, struct feed_no no);
bool feeds_under_way(const struct node_feed *f);
void feeds_free(struct node *node);

/* links.c */
struct peer *links_find(const struct node *node, struct link_id id);
struct session_time links_now(const struct node *node);
void links_free(struct node *node);
void links_resume(struct node *node); /* less is under way than was */
void links_blame(struct node *node, const uint8_t link_key[32]);
bool links_is_blamed(const struct node *node, const uint8_t link_key[32]);
/* A place for one more admitted link; false: none can be made. */
bool links_make_room(struct node *node);

/* peer.c */
bool peer_is_live(const struct peer *p); /* greeted both ways, no BYE */
/* False: it did too often what costs us much, and hears BYE. */
bool peer_is_patient(struct node *node, struct peer *p, uint32_t *heard, uint32_t max);
void peer_bye(struct node *node, struct peer *p, enum bye_code code, const char *text);
/* A message to write, or NULL when the link cannot take one. Then peer_sent(). */
struct mp_out *peer_write(struct peer *p);
void peer_sent(struct peer *p);
bool peer_events(struct node *node, struct peer *p); /* all that its session has; false: there were none */
void peer_tick(struct node *node, struct peer *p, uint64_t *next_ms);
MUST_USE enum err peer_grow(struct peer *p, uint32_t feeds);
void peer_fault(struct node *node, struct link_id id, enum err err);
void peer_knows(
        struct node *node, struct peer *p, struct feed_no feed, uint64_t size); /* it has at least that */
enum err peer_check_anchor(
        struct node *node, struct bytes packed);                 /* ERR_NOT_FOUND: there is no roster yet */
void peer_tell_anchor(struct node *node);                        /* ours, to whom has not got it */
void peer_try_anchor(struct node *node, const struct roster *r); /* that waits for the roster */
/* What the roster says of all links now: who is known, who is limited, who must go. */
void peer_follow_roster(struct node *node, struct txn *txn);

/* catchup.c */
void catchup_compare(
        struct node *node, struct peer *p, const struct head *registrar, struct bytes fingerprints);
void catchup_sizes(struct node *node, struct peer *p, struct message_sizes *sizes);
void catchup_have(struct node *node, struct peer *p, struct message_have *have);
void catchup_roster_behind(struct node *node, struct peer *p); /* it named a feed that we do not know */
void catchup_settled(struct node *node);
void catchup_tick(struct node *node, struct peer *p, uint64_t *next_ms);

/* pulls.c */
void pulls_plan(struct node *node);
void pulls_consider(struct node *node, uint32_t n); /* somebody may have more of it, or we have less */
void pulls_tick(struct node *node, uint64_t *next_ms);
void pulls_drop(struct node *node, struct peer *p); /* what was pulled from it is pulled elsewhere */
void pulls_done(struct node *node, struct node_feed *f);
void pulls_answered(
        struct node *node, struct peer *p, const struct message_run *m); /* before it is looked at */
void pulls_advanced(struct node *node, struct peer *p, struct node_feed *f, uint64_t tip_before);
void pulls_doubt(struct node *node, struct peer *p, struct feed_no no);      /* it did not keep its word */
void pulls_trust(struct node *node, struct link_id link, struct feed_no no); /* it did */
bool pulls_behind(const struct node *node, uint32_t n); /* a link that keeps its word has more of it */
bool pulls_outstanding(const struct node *node);        /* of links that keep their word */
uint64_t pulls_room(struct node *node, uint32_t n);     /* bytes that the quota leaves */

/* serve.c */
void serve_add(struct node *node, struct peer *p, const struct message_pull *pull);
void serve_push(struct node *node, struct peer *p, uint64_t from); /* own entries, unasked */
void serve_fill(struct node *node, struct peer *p);

/* flow.c */
void flow_run(struct node *node, struct peer *p, const struct message_run *m);
void flow_start(struct node *node); /* make jobs of what waits */
void flow_ready(struct node *node, struct job *job);
void flow_checked(struct node *node, struct verify *v);
void flow_restart(struct node *node, struct node_feed *f); /* begin again where the store stands */
void flow_finish(struct node *node, struct intake *in);    /* it is stored, or it is not to be */
void flow_free(struct node *node);

/* writes.c */
void writes_request(struct node *node, struct request *request);         /* takes it */
void writes_local(struct node *node, const struct local *local);         /* copies it */
void writes_append(struct node *node, uint16_t kind, struct bytes body); /* an entry of the node's own wish */
void writes_start(struct node *node);
void writes_done(struct node *node, struct job *job);
void writes_free(struct node *node);
void writes_free_commit(struct commit *c);

/* live.c */
void live_grew(struct node *node, struct feed_no no, uint64_t before); /* visible now, after a commit */
void live_tick(struct node *node, uint64_t *next_ms);

/* guard.c */
void guard_load(struct node *node, struct txn *txn);
/* Look at what peers hold of our own feed: one of them, or all. False: p's signature is not ours. */
MUST_USE bool guard_compare(struct node *node, struct peer *p);
void guard_review(struct node *node); /* outside any transaction */
/* A witness states that of our own feed, beyond the mark. ERR_BAD_SIGNATURE: we never signed it. */
MUST_USE enum err guard_stated(struct node *node, const struct checkpoint *theirs);
bool guard_publishes(const struct node *node);
bool guard_lets_out(const struct node *node); /* and somebody is there to whom */
void guard_forked(struct node *node);
MUST_USE enum err guard_may_override(const struct node *node);
void guard_settle(struct node *node); /* may a store that counted as an old copy publish again? */
/* A commit is on the disk, but maybe not the copy of the mark. Before anything of it is shown to anybody. */
void guard_written(struct node *node, struct commit *c);
/* Own entries wait to leave, and may. */
void guard_publish(struct node *node);
/* Where the next run of the own feed must begin: what lies behind the mark makes way for it. */
MUST_USE bool guard_base(struct txn *txn, struct feed_no own, struct tree *tree, uint64_t *last_time_ms);
void guard_tick(struct node *node, uint64_t *next_ms);

/* forks.c */
/* A run whose root its signature does not sign; the feed is restarted by the caller. */
/* What FROM says of the feed does not verify: its fault, but while the registrar's feed has two histories, under which
 * a number may be another feed's on the other side. */
void forks_fault(struct node *node, struct link_id from, struct feed_no no, enum err e);
void forks_suspect(struct node *node, const struct intake *bad);
void forks_drained(struct node *node, struct node_feed *f);
void forks_off_cutoff(struct node *node, const struct intake *bad);
bool forks_suspects(const struct node_feed *f, const struct peer *p);
void forks_forget(struct node *node, const struct peer *p);
/* A run is on the disk: it may be what a witness stated of this feed before, or state something of others. */
void forks_stored(struct node *node, const struct intake *in);
void forks_review(struct node *node); /* what the registrar stated of all feeds; outside any transaction */
void forks_tick(struct node *node, uint64_t *next_ms);
void forks_prove(struct node *node, struct peer *p, const struct message_prove *prove);
void forks_proof(struct node *node, struct peer *p, const struct message_proof *proof);
void forks_heads(struct node *node, struct peer *p, struct message_heads *heads);
void forks_send_heads(struct node *node, struct peer *p, uint32_t block);
void forks_send_head(struct node *node, struct peer *p, struct feed_no no);
/* Of our own feed, which forked at or before that size: what proves it. */
void forks_confess(struct node *node, struct peer *p, uint64_t size);
/* Tell all who are linked of both branches: nobody else may be able to, since a feed that forked says
 * nothing, and neither does a copy of its node. */
void forks_tell_own(struct node *node);
/* A signed head of the feed that is not on our history, of a size that we hold. */
void forks_conflict(struct node *node, struct peer *p, struct feed_no no, const struct checkpoint *theirs);

/* dialler.c */
MUST_USE enum err dialler_add(struct node *node, const struct dial *dial);
void dialler_tick(struct node *node, uint64_t *next_ms);
void dialler_opened(struct node *node, const uint8_t link_key[32]);
void dialler_now(struct node *node, const uint8_t link_key[32]);
void dialler_live(struct node *node, const uint8_t link_key[32]);
void dialler_closed(struct node *node, const uint8_t link_key[32]);
void dialler_after_fault(struct node *node, const uint8_t link_key[32]);

/* witnessing.c */
void witnessing_tick(struct node *node, uint64_t *next_ms);

/* sharing.c */
void sharing_tick(struct node *node, uint64_t *next_ms);
void sharing_answered(struct node *node, enum err err); /* our key.share is on the disk, or was refused */

/* joining.c */
MUST_USE enum err joining_load(struct node *node);
bool joining_wanted(const struct node *node);
void joining_ask(struct node *node, struct peer *p);
void joining_answer(struct node *node, struct peer *p, const struct join *join, enum err known);
void joining_kept(struct node *node, uint64_t commit, enum err err); /* it is on the disk, or failed */
void joining_bye(struct node *node, struct peer *p, uint32_t code);

#endif
