/* SPDX-License-Identifier: Apache-2.0
 * net.h: several nodes in one thread with real stores and virtual time: jobs run at once, links are queues in memory.
 * For tests of daemon/node. Nodes are found by index; every failure of the harness itself is must(). */
#ifndef TESTS_SUPPORT_NET_H
#define TESTS_SUPPORT_NET_H

#include "log/roster_body.h"
#include "node/node.h"
#include "storage/feed.h"

#define NET_NODES_MAX 8u
#define NET_LINKS_MAX 32u

struct net_node {
	char home[64];
	struct seed seed;
	struct secret_keys keys;
	struct store *store;
	struct node *node; /* NULL: stopped */
	uint64_t ticket;
	/* the last answer */
	bool answered;
	enum err err;
	uint32_t references_count;
	struct reference references[16];
};

struct net_link {
	bool open;
	uint32_t from, to; /* indices: from dialled */
};

struct net {
	char dir[32];
	uint64_t wall_ms, steady_ms;
	struct net_node nodes[NET_NODES_MAX];
	uint32_t count;
	struct net_link links[NET_LINKS_MAX];
	uint32_t links_count;
	struct network_id network;
	uint64_t bytes; /* carried by all links so far */
	uint64_t random;
};

struct net *net_new(void); /* a fresh directory, in memory where there is /dev/shm */
void net_free(struct net *net);

/* Make node 0, which founds the network. */
void net_found(struct net *net);
/* Make another node that knows the network's id only; returns its index. */
uint32_t net_add(struct net *net);
/* The registrar admits it: member.admit and feed.add. */
void net_admit(struct net *net, uint32_t index, const char *alias, uint32_t roles);

void net_start(struct net *net, uint32_t index);
void net_crash(struct net *net, uint32_t index); /* its links break; nothing more of it is written */

/* Copy the stopped node's store aside, or put the copy back in its place: an old backup restored. */
void net_backup(struct net *net, uint32_t index);
void net_restore(struct net *net, uint32_t index);

uint32_t net_link(struct net *net, uint32_t from, uint32_t to); /* from dials to */
void net_cut(struct net *net, uint32_t link);

/* Append through the node and run until it is answered. */
enum err net_append(struct net *net, uint32_t index, uint16_t kind, struct bytes body, struct reference *out);
/* Let everybody work for so long. */
void net_run(struct net *net, uint64_t ms);
/* Entries of the feed held there; UINT64_MAX: no such feed. */
uint64_t net_held(struct net *net, uint32_t index, struct feed_no feed);

#endif
