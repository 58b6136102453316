/* SPDX-License-Identifier: Apache-2.0
 * main.c: the simulator's command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static uint64_t number_after(int argc, char **argv, const char *option, uint64_t otherwise)
{
	for (int i = 1; i + 1 < argc; i++)
		if (!strcmp(argv[i], option))
			return strtoull(argv[i + 1], NULL, 10);
	return otherwise;
}

int main(int argc, char **argv)
{
	uint64_t seed = number_after(argc, argv, "--seed", 1);
	const struct plan limits = {.nodes = (uint32_t)number_after(argc, argv, "--nodes", 0)};
	struct sim *sim = sim_new(seed, &limits);
	plan_print(sim);
	sim_run(sim);
	sim_free(sim);
	return 0;
}
