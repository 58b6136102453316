/* SPDX-License-Identifier: Apache-2.0
 * run.c: one seed in this process. */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "memory.h"
#include "support/no_random.h"

void run_prepare(void)
{
	struct rlimit files;
	no_random_from_now_on();
	must(getrlimit(RLIMIT_NOFILE, &files) == 0);
	files.rlim_cur = files.rlim_max;
	must(setrlimit(RLIMIT_NOFILE, &files) == 0);
}

/* Everybody has given back what it had. */
static void check_leaks(uint64_t seed, const struct memory_use *before)
{
	const struct memory_use after = memory_of_all();
	if (after.bytes == before->bytes && after.blocks == before->blocks)
		return;
	(void)fprintf(stderr,
	        "seed %llu, at its end: I6 does not hold: %llu bytes in %llu blocks were not given back\n",
	        (unsigned long long)seed, (unsigned long long)(after.bytes - before->bytes),
	        (unsigned long long)(after.blocks - before->blocks));
	exit(1);
}

void run_seed(const struct run_options *o, uint64_t seed, struct run_result *out)
{
	const struct memory_use before = memory_of_all();
	struct sim *sim = sim_new(seed, &o->limits);
	sim->verbose = o->verbose;
	sim->traces = o->traces;
	if (o->verbose)
		plan_print(sim);
	sim_run(sim);
	*out = (struct run_result){.nodes = sim->net->count,
	        .virtual_ms = sim_now_ms(sim) - sim->begun_ms,
	        .settled_ms = sim->converged_ms,
	        .entries = sim->said_count,
	        .chunks = sim->net->chunks,
	        .looked = sim->looked,
	        .trace = sim->trace};
	for (uint32_t i = 0; i < SIM_FAULT_KINDS; i++)
		out->tally[i] = sim->tally[i];
	sim_free(sim);
	check_leaks(seed, &before);
}

int run_alone(const struct run_options *o)
{
	struct run_result r;
	run_dir_begin();
	run_seed(o, o->first, &r);
	for (uint32_t i = 0; o->verbose && i < SIM_FAULT_KINDS; i++)
		if (r.tally[i])
			(void)printf("%8llu %s\n", (unsigned long long)r.tally[i],
			        sim_fault_info((enum sim_fault)i)->text);
	(void)printf("seed %llu: %llu nodes, %llu entries said, %llu chunks, trace %016llx\n",
	        (unsigned long long)o->first, (unsigned long long)r.nodes, (unsigned long long)r.entries,
	        (unsigned long long)r.chunks, (unsigned long long)r.trace);
	return 0;
}
