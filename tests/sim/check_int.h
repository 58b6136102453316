/* SPDX-License-Identifier: Apache-2.0
 * check_int.h: what the checks share: what is known of every feed, and of every node, for the checks' excuses. */
#ifndef SIM_CHECK_INT_H
#define SIM_CHECK_INT_H

#include "work_int.h"

#define CHECK_FEEDS_MAX 256u

/* All that was ever seen of a feed outside its own node: the roots of the one tree that all of it must be of. */
struct feed_model {
	struct feed_id id;
	uint32_t author; /* index of its honest node; NET_STRANGER: a liar's */
	struct tree tree;
	struct hash *roots; /* by size, up to tree.size */
	uint64_t cap;
	bool forked; /* two heads that no one tree has */
};

struct node_model {
	bool changed;  /* it said something since it was looked at */
	bool set_back; /* its store went back in time and has not caught up yet */
	uint32_t set_backs;
	uint64_t memory_peak,
	        allowance; /* the most that it had this minute, and might have, when looked at */
	uint8_t readers[CHECK_FEEDS_MAX /
	                8]; /* members whose node it was, a bit each; an anchor may change that */
	bool was_auditor;
	bool is_full; /* in the second phase: it runs, and must hold what all hold */
};

struct check {
	struct feed_model feeds[CHECK_FEEDS_MAX];
	uint32_t feeds_count;
	struct node_model nodes[SIM_NODES_MAX];
	const char *spoils; /* an invariant that is broken on purpose: its check must say so */
	uint64_t looked;    /* how many things were compared, so that a check that looks at nothing is seen */
};

/* Is this the invariant that the checks themselves are tried with? */
bool check_spoils(const struct sim *sim, const char *invariant);
/* A read transaction of a node whose store is open; dies when there is none to be had. */
struct txn *check_read(const struct sim *sim, uint32_t index);
/* The registrar in force, by the newest anchor that any follows: an index; NET_STRANGER: it does not run. */
uint32_t check_registrar(const struct sim *sim);
/* Was node INDEX ever this member's, so that it may have read what is sealed to it? */
bool check_was_of(const struct sim *sim, uint32_t index, struct member_no member);
/* Which of the net's nodes has that feed: NET_STRANGER: none. Of clones the first. */
uint32_t check_author(const struct sim *sim, const struct feed_id *id);

/* check_feeds.c: I1, I5, and that nothing leaves before it is durable. */
void check_feeds_of(struct sim *sim, uint32_t index);
void check_feeds_last(struct sim *sim);
void check_feeds_free(struct check *c);
/* check_said.c: I2, and that a refusal leaves nothing behind. */
void check_said_of(struct sim *sim, uint32_t index);
void check_said_last(struct sim *sim);
/* check_views.c: I3, I4, I9. */
bool check_views_in_step(struct sim *sim); /* all full nodes have the same heads */
void check_views_some(struct sim *sim);
void check_views_last(struct sim *sim);
/* check_load.c: I6. */
void check_load_of(struct sim *sim, uint32_t index);
void check_load_memory(struct sim *sim, uint32_t index); /* when it had more than when it was looked at */
void check_load_again(struct sim *sim, uint32_t index);  /* each minute it is looked at, whatever it has */
/* check_sums.c: I7. check_times.c: when entries were received. check_seals.c: I8, and that who must read can. */
void check_sums_last(struct sim *sim);
void check_times_last(struct sim *sim);
void check_seals_last(struct sim *sim);

#endif
