/* SPDX-License-Identifier: Apache-2.0
 * net_int.h: what the files of the net share. */
#ifndef TESTS_SUPPORT_NET_INT_H
#define TESTS_SUPPORT_NET_INT_H

#include <ftw.h>

#include "support/hostile.h"

/* What a timer of the net means: a node's tick (a: index), a job (a: index), the first chunk of a way (a: slot * 2 + way,
 * b: the link's id), a hostile peer's tick (a: slot, b: id). */
enum net_timer { NET_TICK, NET_JOB, NET_CHUNK, NET_HOSTILE };
void net_at(struct net *net, uint64_t due_ms, enum net_timer what, uint32_t a, uint64_t b);

struct node *net_node_at(const struct net *net, uint32_t index);    /* NULL: stopped, or a hostile peer */
uint32_t net_make(struct net *net, const struct secret_keys *keys); /* NULL: new ones */
void net_make_store(struct net *net, struct net_node *n);
void net_set_network(struct net *net, struct net_node *n);
int net_remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw);
void net_fill(struct net *net, uint8_t *out, size_t len);
struct node_time net_time_of(const struct net *net, const struct net_node *n);

/* The node before a call into it; NULL: it does not run, or has just crashed. Every call counts. */
struct node *net_enter(struct net *net, uint32_t index);

void net_touch(struct net *net, uint32_t index); /* it is to be ticked and asked what it wants */

/* net_link.c */
void net_close_link(struct net *net, uint32_t link); /* at both ends, at once */
void net_link_work(struct net *net, uint32_t link);  /* send what the ends have to say; close what is over */
void net_link_of(struct net *net, struct link_id id);
void net_link_chunk(struct net *net, uint32_t at, uint64_t id);
void net_link_hostile_tick(struct net *net, uint32_t link, uint64_t id);
void net_link_hostile_work(struct net *net);          /* what hostile peers were given to say */
void net_link_crash(struct net *net, uint32_t index); /* of all its links */

/* net_end.c: what the copy of the mark has against the store */
void net_mark_judge(struct net *net, uint32_t index, struct node_options *out);

#endif
