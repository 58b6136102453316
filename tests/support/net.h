/* SPDX-License-Identifier: Apache-2.0
 * net.h: several nodes in one thread with real stores and virtual time: links are queues in memory, which can be slow,
 * break, stall or be damaged; jobs run at once, or end later and out of order; nodes end between any two calls. For
 * tests of daemon/node. Always the same by its seed. Nodes are found by index; every failure of the harness itself is
 * must(). Its twist: nothing is polled, a node is called only when something came for it or its own time has come. */
#ifndef TESTS_SUPPORT_NET_H
#define TESTS_SUPPORT_NET_H

#include "log/roster_body.h"
#include "node/node.h"
#include "storage/feed.h"
#include "support/timers.h"

#define NET_NODES_MAX 1024u
#define NET_LINKS_MAX 8192u /* open at once; ended ones are used again when so many were open */
#define NET_JOBS_MAX 128u
#define NET_STRANGER UINT32_MAX /* as a link's end: a hostile peer */
#define NET_STEP_MS 10u

/* The copy of the mark, which outlives everything but its own loss. */
struct net_mark {
	bool kept;
	uint64_t generation;
	struct head head;
};

struct net_node {
	char home[96];
	struct dial dial; /* where it is dialled */
	struct seed seed;
	struct secret_keys keys;
	struct store *store;
	struct node *node; /* NULL: stopped */
	uint64_t ticket;
	uint64_t due_ms;    /* of its next tick */
	uint64_t ticked_ms; /* its last */
	bool touched;       /* it is to be ticked and asked what it wants */
	int64_t clock_ms;   /* its wall clock is off by so much */
	uint32_t part;      /* links join nodes of the same part only */
	struct net *net;
	struct net_mark mark;
	uint32_t place;     /* the machine and directory that it runs on; its index, unless a test moves it */
	uint64_t crash_in;  /* it ends before so many more calls; 0: it does not */
	bool disk_full;     /* its commits fail */
	bool crash_at_copy; /* it ends instead of writing the copy of the mark */
	bool copy_fails;    /* the copy of the mark cannot be written */
	struct net_job {
		struct job *job;
		bool ran;
		uint64_t due_ms;
	} jobs[NET_JOBS_MAX]; /* not yet handed back */
	uint32_t jobs_count;
	/* the last answer */
	bool answered;
	enum err err;
	uint32_t references_count;
	struct reference references[16];
};

struct net_chunk {
	struct net_chunk *next;
	uint64_t due_ms;
	size_t len;
	uint8_t bytes[];
};
/* One direction of a link. */
struct net_way {
	struct net_chunk *first, **end;
	size_t bytes;        /* in it */
	uint64_t free_ms;    /* when the wire takes the next chunk */
	uint64_t blocked_ms; /* nothing arrives before */
	uint64_t wake_ms;    /* when it is looked at; 0: not of itself */
	bool held;           /* its first chunk waits: the receiver does not read, or is in another part */
	bool over;           /* its sender has closed; what is in it still arrives */
};

struct hostile;
struct net_link {
	bool open;
	uint32_t id;                    /* as the nodes know it */
	uint32_t from, to;              /* indices: from dialled */
	struct hostile *hostile;        /* at the end NET_STRANGER */
	uint32_t rate;                  /* bytes each way in a step of 10 ms; 0: any */
	uint32_t latency_ms, jitter_ms; /* of a chunk */
	struct net_way ways[2];         /* what FROM says, what TO says */
	uint64_t carried;               /* bytes both ways */
	uint64_t break_at;              /* after so many bytes it breaks; 0: never */
	uint64_t damage_at;             /* the chunk with this byte is damaged; 0: none */
};

/* What may happen to a chunk on its way. */
enum net_fate {
	NET_ARRIVES,
	NET_DELAYED,  /* with all behind it, as behind a lost packet */
	NET_DROPPED,  /* the stream goes on without it */
	NET_REPEATED, /* it comes twice */
	NET_SWAPPED,  /* before the one before it, if that is still on its way */
	NET_DAMAGED,  /* a bit of it is turned */
	NET_CUT,      /* and so ends the link */
	NET_FATES
};

/* What the simulator decides or wants to know; each may be NULL. None of them runs the net. */
struct net_hooks {
	void *context;
	void (*event)(void *context, uint32_t index, const struct node_event *e);
	/* Node INDEX dials node TO, which does not run: a hostile peer made ready to answer, or NULL: nobody is there. */
	struct hostile *(*dialled)(void *context, uint32_t index, uint32_t to);
	/* May node INDEX reach node TO now? */
	bool (*reaches)(void *context, uint32_t index, uint32_t to);
	void (*opened)(void *context, uint32_t link); /* a link that a node dialled */
	enum net_fate (*fate)(void *context, uint32_t link, unsigned way, struct bytes chunk);
	/* Node INDEX has ended by crash_in or crash_at_copy. */
	void (*crashed)(void *context, uint32_t index);
	void (*ran)(void *context, uint32_t index, enum job_type type); /* a job was run */
	void (*served)(void *context, uint32_t index); /* a node has done what it could now */
};

struct net {
	char dir[64];
	struct net_hooks hooks;
	uint64_t wall_ms, steady_ms;
	uint32_t turn; /* which node is called now, for who counts memory; NET_STRANGER: none */
	struct net_node nodes[NET_NODES_MAX];
	uint32_t count;
	struct net_link links[NET_LINKS_MAX];
	uint32_t links_count;                                    /* slots that were ever used */
	uint32_t ended[NET_LINKS_MAX], ended_first, ended_count; /* slots to use again, a ring */
	struct timers timers;
	uint32_t touched[NET_NODES_MAX], touched_first, touched_count; /* nodes, a ring */
	struct network_id network;
	struct secret_keys recovery;
	uint64_t bytes, chunks;      /* carried by all links so far */
	uint64_t fates[NET_FATES];   /* chunks that fared so */
	uint64_t unrun, unsaid;      /* jobs of nodes that crashed: not run; run, and not handed back */
	uint64_t unwritten;          /* commits that failed */
	uint64_t uncopied;           /* copies of the mark that a crash kept from being written */
	uint64_t random, keys, wire; /* streams of chance: a test's, of keys and nodes, of jobs and links */
	uint32_t job_steps;          /* jobs end after up to so many steps; 0: at once */
	uint32_t latency_ms, jitter_ms; /* of links opened from now on */
	bool hostile;                   /* there ever was a link of a hostile peer */
	bool dials;           /* nodes dial whom they want to; else links are made by net_link() alone */
	bool copies_marks;    /* nodes started from now on keep a copy of the mark */
	uint64_t break_bytes; /* links that nodes dial break after up to so many bytes; 0: never */
	bool advertises;      /* nodes started from now on publish where they can be dialled */
	uint64_t witness_interval_ms, feed_bytes_a_day; /* of nodes started from now on; 0: as usual */
	uint64_t map_bytes;                             /* of stores opened from now on */
};

struct net *net_new(void); /* a fresh directory, in NET_DIR or in memory where there is /dev/shm */
void net_seed(struct net *net, uint64_t seed);
void net_free(struct net *net);
uint64_t net_draw(struct net *net, uint64_t bound); /* 0..bound-1, by the seed */

/* Make node 0, which founds the network. */
void net_found(struct net *net);
/* Make another node that knows the network's id only; returns its index. */
uint32_t net_add(struct net *net);
/* The same with given keys, of a network that was founded elsewhere. */
uint32_t net_add_as(struct net *net, const struct secret_keys *keys, const struct network_id *network);
/* The registrar admits it: member.admit and feed.add. */
void net_admit(struct net *net, uint32_t index, const char *alias, uint32_t roles);
/* Each of the two by itself, at any node that is a registrar. */
void net_admit_member(struct net *net, uint32_t registrar, const char *alias);
void net_add_feed(
        struct net *net, uint32_t registrar, struct member_no member, uint32_t index, uint32_t roles);

void net_open(struct net *net, uint32_t index); /* the store alone */
void net_start(struct net *net, uint32_t index);
/* Its links break; jobs that were not run never are, and of none does it hear the end. */
void net_crash(struct net *net, uint32_t index);

/* Copy the node's store aside, or put the copy back in the place of the stopped node's: an old backup restored. */
void net_backup(struct net *net, uint32_t index);
void net_restore(struct net *net, uint32_t index);
/* Of the stopped node only the seed and the network's id are left. */
void net_lose(struct net *net, uint32_t index);
/* Another node, not started, with the same keys and a copy of the store, on a machine of its own and without a copy of
 * the mark; its index. */
uint32_t net_clone(struct net *net, uint32_t index);

/* From dials to; returns the link: its index until others have used its slot, long after it ended. */
uint32_t net_link(struct net *net, uint32_t from, uint32_t to);
/* The end FROM is a hostile peer, or, where it is dialled, TO is. */
uint32_t net_link_hostile(struct net *net, struct hostile *hostile, uint32_t index, enum link_side side);
void net_cut(struct net *net, uint32_t link);
/* Nothing arrives on that way of the link for so long. */
void net_block(struct net *net, uint32_t link, unsigned way, uint64_t ms);
void net_unblock(struct net *net, uint32_t link);
/* After nodes' parts changed: what waited between nodes that now are of one part goes on. */
void net_reparted(struct net *net);
/* The node, told what time it is, for something to be done to it by its own doors; it will be asked what it wants then.
 * NULL: it does not run. */
struct node *net_door(struct net *net, uint32_t index);
/* It was done: what is allocated now is no node's. */
void net_leave(struct net *net);
/* Where node INDEX is dialled: an address and its key. */
struct dial net_dial(const struct net *net, uint32_t index);

/* A person brings an anchor to the node, which runs. */
enum err net_anchor(struct net *net, uint32_t index, struct bytes packed);
/* Append through the node and run until it is answered. */
enum err net_append(struct net *net, uint32_t index, uint16_t kind, struct bytes body, struct reference *out);
/* Admitted as an officer's node, and started. */
uint32_t net_member(struct net *net, const char *alias);
/* net_trade.c: 100 kg of paddy, sold to member PARTNER; the rules want a TOTAL of 650000. And its acceptance. */
enum err net_offer(struct net *net, uint32_t seller, uint32_t partner, int64_t total, struct reference *out);
enum err net_accept(struct net *net, uint32_t index, const struct reference *about, struct reference *out);
/* COUNT entries for everybody, in one append. */
void net_say(struct net *net, uint32_t index, const char *text, uint32_t count);
/* Let everybody work for so long. */
void net_run(struct net *net, uint64_t ms);
/* The same, when whoever did something to a node did so by net_door(). */
void net_go(struct net *net, uint64_t ms);
/* Entries of the feed held there; UINT64_MAX: no such feed. */
uint64_t net_held(struct net *net, uint32_t index, struct feed_no feed);
struct feed_info net_feed(struct net *net, uint32_t index, struct feed_no feed);
/* How many entries of the feed held there are of that kind. */
uint32_t net_count(struct net *net, uint32_t index, struct feed_no feed, uint16_t kind);
/* "in step" and so on, as the node says of its link to that feed's node; "" when there is none. */
const char *net_peer_state(struct net *net, uint32_t index, struct feed_no feed);
/* Over every row that nodes with equal frontiers have in common. */
struct hash net_rows(struct net *net, uint32_t index);
/* The store against itself; dies when it differs. */
void net_verify(struct net *net, uint32_t index);

/* A network of the registrar and so many members, "a" and on, each linked to the registrar; all is settled. */
struct net *net_star(uint32_t members, bool copies_marks);
void net_restart(struct net *net, uint32_t index);
/* Does the node know a fork proof of the feed? */
bool net_has_fork(struct net *net, uint32_t index, struct feed_no feed);

#endif
