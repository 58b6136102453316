/* SPDX-License-Identifier: Apache-2.0
 * net.h: several nodes in one thread with real stores and virtual time: links are queues in memory, which can be slow,
 * break or be damaged; jobs run at once, or end later and out of order. For tests of daemon/node. Always the same by
 * its seed. Nodes are found by index; every failure of the harness itself is must(). */
#ifndef TESTS_SUPPORT_NET_H
#define TESTS_SUPPORT_NET_H

#include "log/roster_body.h"
#include "node/node.h"
#include "storage/feed.h"

#define NET_NODES_MAX 32u
#define NET_LINKS_MAX 4096u
#define NET_JOBS_MAX 128u
#define NET_STRANGER UINT32_MAX /* as a link's end: a hostile peer */

struct net_node {
	char home[64];
	struct dial dial; /* where it is dialled */
	struct seed seed;
	struct secret_keys keys;
	struct store *store;
	struct node *node; /* NULL: stopped */
	uint64_t ticket;
	uint64_t due_ms; /* of its next tick */
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

struct hostile;
struct net_link {
	bool open;
	uint32_t from, to;       /* indices: from dialled */
	struct hostile *hostile; /* at the end NET_STRANGER */
	uint32_t rate;           /* bytes each way in a step of 10 ms; 0: any */
	uint32_t left[2];        /* of it in this step */
	uint64_t carried;        /* bytes both ways */
	uint64_t break_at;       /* after so many bytes it breaks; 0: never */
	uint64_t damage_at;      /* the chunk with this byte is damaged; 0: none */
};

/* What the simulator wants to know; each may be NULL. None of them runs the net. */
struct net_hooks {
	void *context;
	void (*event)(void *context, uint32_t index, const struct node_event *e);
	/* Node INDEX dials node TO, which does not run: a hostile peer made ready to answer, or NULL: nobody is there. */
	struct hostile *(*dialled)(void *context, uint32_t index, uint32_t to);
};

struct net {
	char dir[32];
	struct net_hooks hooks;
	uint64_t wall_ms, steady_ms;
	struct net_node nodes[NET_NODES_MAX];
	uint32_t count;
	struct net_link links[NET_LINKS_MAX]; /* an index is a link's id */
	uint32_t links_count;
	struct network_id network;
	struct secret_keys recovery;
	uint64_t bytes; /* carried by all links so far */
	uint64_t random;
	uint32_t job_steps;   /* jobs end after up to so many steps; 0: at once */
	bool dials;           /* nodes dial whom they want to; else links are made by net_link() alone */
	uint64_t break_bytes; /* links that nodes dial break after up to so many bytes; 0: never */
	bool advertises;      /* nodes started from now on publish where they can be dialled */
	uint64_t witness_interval_ms, feed_bytes_a_day; /* of nodes started from now on; 0: as usual */
	uint64_t map_bytes;                             /* of stores opened from now on */
};

struct net *net_new(void); /* a fresh directory, in memory where there is /dev/shm */
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

void net_open(struct net *net, uint32_t index); /* the store alone */
void net_start(struct net *net, uint32_t index);
void net_crash(struct net *net, uint32_t index); /* its links break; nothing more of it is written */

/* Copy the stopped node's store aside, or put the copy back in its place: an old backup restored. */
void net_backup(struct net *net, uint32_t index);
void net_restore(struct net *net, uint32_t index);
/* Of the stopped node only the seed and the network's id are left. */
void net_lose(struct net *net, uint32_t index);

uint32_t net_link(struct net *net, uint32_t from, uint32_t to); /* from dials to; returns the link */
/* The end FROM is a hostile peer, or, where it is dialled, TO is. */
uint32_t net_link_hostile(struct net *net, struct hostile *hostile, uint32_t index, enum link_side side);
void net_cut(struct net *net, uint32_t link);
/* Where node INDEX is dialled: an address and its key. */
struct dial net_dial(const struct net *net, uint32_t index);

/* Append through the node and run until it is answered. */
enum err net_append(struct net *net, uint32_t index, uint16_t kind, struct bytes body, struct reference *out);
/* Admitted as an officer's node, and started. */
uint32_t net_member(struct net *net, const char *alias);
/* COUNT entries for everybody, in one append. */
void net_say(struct net *net, uint32_t index, const char *text, uint32_t count);
/* Let everybody work for so long. */
void net_run(struct net *net, uint64_t ms);
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

#endif
