/* SPDX-License-Identifier: Apache-2.0
 * main.c: the simulator's command line. Each seed lives in a process of its own, so that an assertion, a crash or a
 * sanitizer's report is that seed's failure and no other's; a seed given by --seed alone lives in this one. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

static void usage(FILE *out)
{
	(void)fputs(
	        "sim: many nodes, one thread, one seed, virtual time, and everything that goes wrong\n\n"
	        "  --seeds N      so many seeds (100)\n"
	        "  --first S      from this one on (1)\n"
	        "  --seed S       this one alone, in this process\n"
	        "  --kept FILE    the seeds of this file, one a line\n"
	        "  --nodes N      so many nodes, in place of 3 to 40\n"
	        "  --often FAULT  this befalls every node 60 times a day (RESTORED, CRASHED, STALLED ...)\n"
	        "  --bereft       the registrar is lost, and another is named in its place\n"
	        "  --liars N      so many members that break the rules, 8 at most\n"
	        "  --appends N    so many entries by a node's people a day\n"
	        "  --days D       so many virtual days with faults (a fraction will do)\n"
	        "  --jobs J       so many seeds at once (2)\n"
	        "  --until-fails  end at the first failure; with 0 if there was one\n"
	        "  --same         each seed twice: both must come to the same\n"
	        "  --keep FILE    add seeds that failed to this file\n"
	        "  --verbose, --trace, --json\n\n"
	        "examples: sim --seeds 300    sim --seed 17 --verbose    sim --seeds 100000 --jobs 8\n",
	        out);
}

enum {
	OPT_SEEDS = 1,
	OPT_FIRST,
	OPT_SEED,
	OPT_KEPT,
	OPT_NODES,
	OPT_OFTEN,
	OPT_APPENDS,
	OPT_LIARS,
	OPT_DAYS,
	OPT_BEREFT,
	OPT_JOBS,
	OPT_UNTIL,
	OPT_SAME,
	OPT_KEEP
};

static bool take_fault(struct plan *limits, const char *name)
{
	for (uint32_t i = 0; i < SIM_FAULT_KINDS; i++) {
		const struct sim_fault_info *info = sim_fault_info((enum sim_fault)i);
		if (!info->strikes || strcmp(info->name, name) != 0)
			continue;
		limits->day_faults[i] = 60;
		return true;
	}
	return false;
}

static bool take_option(struct run_options *o, int option)
{
	switch (option) {
	case OPT_SEEDS:
		o->seeds = strtoull(optarg, NULL, 10);
		return true;
	case OPT_FIRST:
		o->first = strtoull(optarg, NULL, 10);
		return true;
	case OPT_SEED:
		o->alone = true;
		o->first = strtoull(optarg, NULL, 10);
		return true;
	case OPT_KEPT:
		o->kept = optarg;
		return true;
	case OPT_KEEP:
		o->keep = optarg;
		return true;
	case OPT_NODES:
		o->limits.nodes = (uint32_t)strtoul(optarg, NULL, 10);
		return o->limits.nodes >= 2 && o->limits.nodes <= RUN_NODES_MAX;
	case OPT_OFTEN:
		return take_fault(&o->limits, optarg);
	case OPT_LIARS:
		o->limits.liars = (uint32_t)strtoul(optarg, NULL, 10);
		return o->limits.liars >= 1 && o->limits.liars <= RUN_LIARS_MAX;
	case OPT_APPENDS:
		o->limits.appends_day = (uint32_t)strtoul(optarg, NULL, 10);
		return o->limits.appends_day > 0;
	case OPT_DAYS:
		o->limits.lasts_ms = (uint64_t)(strtod(optarg, NULL) * (double)SIM_DAY_MS);
		return o->limits.lasts_ms > 0;
	case OPT_BEREFT:
		o->limits.loss.after_ms = 1;
		return true;
	case OPT_JOBS:
		o->jobs = (uint32_t)strtoul(optarg, NULL, 10);
		return o->jobs >= 1 && o->jobs <= RUN_JOBS_MAX;
	case OPT_UNTIL:
		return o->until_fails = true;
	case OPT_SAME:
		return o->same = true;
	default:
		return option == 0;
	}
}

int main(int argc, char **argv)
{
	struct run_options o = {.seeds = 100, .first = 1, .jobs = 2};
	int verbose = 0, trace = 0, json = 0, help = 0, option;
	const struct option options[] = {{"seeds", 1, NULL, OPT_SEEDS}, {"first", 1, NULL, OPT_FIRST},
	        {"seed", 1, NULL, OPT_SEED}, {"kept", 1, NULL, OPT_KEPT}, {"keep", 1, NULL, OPT_KEEP},
	        {"nodes", 1, NULL, OPT_NODES}, {"often", 1, NULL, OPT_OFTEN}, {"liars", 1, NULL, OPT_LIARS},
	        {"appends", 1, NULL, OPT_APPENDS}, {"days", 1, NULL, OPT_DAYS},
	        {"bereft", 0, NULL, OPT_BEREFT}, {"jobs", 1, NULL, OPT_JOBS},
	        {"until-fails", 0, NULL, OPT_UNTIL}, {"same", 0, NULL, OPT_SAME}, {"verbose", 0, &verbose, 1},
	        {"trace", 0, &trace, 1}, {"json", 0, &json, 1}, {"help", 0, &help, 1}, {NULL, 0, NULL, 0}};
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!take_option(&o, option)) {
			usage(stderr);
			return 2;
		}
	if (help || optind < argc) {
		usage(help ? stdout : stderr);
		return help ? 0 : 2;
	}
	o.verbose = verbose;
	o.traces = trace;
	o.json = json;
	run_prepare();
	return o.alone && !o.same ? run_alone(&o) : run_many(&o);
}
