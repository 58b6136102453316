/* SPDX-License-Identifier: Apache-2.0
 * run.h: seeds, one or many, and what came of them. */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "sim.h"

#define RUN_NODES_MAX 40u
#define RUN_LIARS_MAX 8u
#define RUN_JOBS_MAX 64u

struct run_options {
	uint64_t seeds, first;
	uint32_t jobs;
	bool alone, until_fails, same, verbose, traces, json;
	const char *kept, *keep; /* files of seeds; NULL: none */
	struct plan limits;
};

/* What a seed's process says when every check held. */
struct run_result {
	uint64_t nodes, virtual_ms, entries, chunks;
	uint64_t settled_ms; /* 0: never in step */
	uint64_t looked;     /* things that the checks compared at the end */
	uint64_t tally[SIM_FAULT_KINDS];
	uint64_t trace;
};

void run_prepare(void); /* nothing may draw from the system's randomness from now on */
/* The exit code. */
int run_alone(const struct run_options *o);
int run_many(const struct run_options *o);
/* run_dir.c: where a seed's nodes have their files. OUT is RUN_DIR_BYTES long. */
#define RUN_DIR_BYTES 64u
void run_dir_make(char *out);
void run_dir_remove(const char *dir);
void run_dir_begin(void);       /* of this process, which leaves nothing of it when it exits */
void run_dir_remove_dead(void); /* what was left by processes that are no more */
/* One seed in this process. */
void run_seed(const struct run_options *o, uint64_t seed, struct run_result *out);

#endif
