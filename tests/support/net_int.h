/* SPDX-License-Identifier: Apache-2.0
 * net_int.h: what net.c and net_run.c share. */
#ifndef TESTS_SUPPORT_NET_INT_H
#define TESTS_SUPPORT_NET_INT_H

#include "support/hostile.h"

#define NET_STEP_MS 10u

struct node *net_node_at(const struct net *net, uint32_t index); /* NULL: stopped, or a hostile peer */
void net_close_link(struct net *net, uint32_t link);
void net_hand_back(struct net_node *n, uint32_t at); /* a job that was run, or is run now */

#endif
