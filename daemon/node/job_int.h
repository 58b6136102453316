/* SPDX-License-Identifier: Apache-2.0
 * job_int.h: work that the node hands out: checking runs (any thread), and the transaction that stores them (one at a
 * time). A job owns all that it touches but the store, so the node may go on meanwhile. */
#ifndef JOB_INT_H
#define JOB_INT_H

#include "log/run.h"
#include "node/node.h"

/* One run on its way into the store. Owned: items and payloads lie behind it in the same memory. */
struct intake {
	struct intake *next;
	struct feed_no feed;
	struct link_id from; /* whose fault it is when it is wrong */
	struct run run;
	struct run_effect *effect; /* of the check; owned */
	enum err err;
	size_t bytes; /* what it costs while it is under way */
};
struct intake *intake_new(
        struct feed_no feed, struct link_id from, const struct run *run); /* NULL: no memory */
void intake_free(struct intake *i);

struct verify {
	struct network_id network;
	struct intake *runs; /* consecutive runs of one feed */
	struct tree tree;    /* before the first; after the last good one when done */
	uint64_t last_time_ms;
	struct head cutoff; /* size 0: none. A run that ends there needs its root only */
};
void verify_run(struct verify *v);

struct commit;
struct job {
	enum job_type type;
	struct job *next;
	struct verify *verify;
	struct commit *commit;
};

#endif
