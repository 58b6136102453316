/* SPDX-License-Identifier: Apache-2.0
 * plan.c: what a seed is like. */
#include <stdio.h>

#include "sim.h"

void plan_draw(struct sim *sim, const struct plan *limits)
{
	struct plan *p = &sim->plan;
	p->nodes = limits->nodes ? limits->nodes : 3 + (uint32_t)sim_draw(sim, SIM_PLAN, 8);
	p->lasts_ms = limits->lasts_ms ? limits->lasts_ms : SIM_HOUR_MS;
	p->auditors = (uint32_t)sim_draw(sim, SIM_PLAN, 2);
	p->appends_day = 100;
}

void plan_print(const struct sim *sim)
{
	const struct plan *p = &sim->plan;
	(void)printf("seed %llu: %u nodes, %u liars, %llu minutes\n", (unsigned long long)sim->seed, p->nodes,
	        p->liars, (unsigned long long)(p->lasts_ms / SIM_MINUTE_MS));
}
