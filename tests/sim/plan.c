/* SPDX-License-Identifier: Apache-2.0
 * plan.c: what a seed is like. Each kind of trouble is there or not by chance, and much or little, so that seeds differ
 * in what they try: where everything goes wrong at once, little is reached. */
#include <stdio.h>

#include "sim.h"
#include "support/random.h"

static uint32_t draw(struct sim *sim, uint32_t bound)
{
	return (uint32_t)sim_draw(sim, SIM_PLAN, bound);
}

/* Small ones are the most. */
static uint32_t draw_nodes(struct sim *sim)
{
	uint32_t of_ten = draw(sim, 20);
	if (of_ten < 15)
		return 3 + draw(sim, 6);
	return of_ten < 19 ? 9 + draw(sim, 8) : 17 + draw(sim, 24);
}

/* There in one seed of two, and then anything up to MOST. */
static uint32_t draw_rate(struct sim *sim, uint32_t most)
{
	bool there = draw(sim, 2) == 0;
	uint32_t rate = 1 + draw(sim, most);
	return there ? rate : 0;
}

/* Of a million chunks at most; one that is lost, doubled, swapped or damaged ends its link. */
static void draw_chunks(struct sim *sim)
{
	struct plan *p = &sim->plan;
	p->chunk_faults[SIM_DELAYED] = draw_rate(sim, 300000);
	p->chunk_faults[SIM_DROPPED] = draw_rate(sim, 5000);
	p->chunk_faults[SIM_REPEATED] = draw_rate(sim, 5000);
	p->chunk_faults[SIM_SWAPPED] = draw_rate(sim, 20000);
	p->chunk_faults[SIM_DAMAGED] = draw_rate(sim, 5000);
	p->chunk_faults[SIM_CUT] = draw_rate(sim, 5000);
	p->dial_faults[0] = draw_rate(sim, 300000);
	p->dial_faults[1] = draw_rate(sim, 500000);
}

/* Of a node in a day at most. */
static void draw_days(struct sim *sim)
{
	struct plan *p = &sim->plan;
	p->day_faults[SIM_CLOGGED] = draw_rate(sim, 400);
	p->day_faults[SIM_STALLED] = draw_rate(sim, 400);
	p->day_faults[SIM_PARTED] = draw_rate(sim, 20);
	p->day_faults[SIM_CRASHED] = draw_rate(sim, 100);
	p->day_faults[SIM_UNCOPIED] = draw_rate(sim, 50);
	p->day_faults[SIM_UNWRITTEN] = draw_rate(sim, 40);
	p->day_faults[SIM_CLOCK] = draw_rate(sim, 10);
	p->day_faults[SIM_RESTORED] = draw_rate(sim, 20);
	p->day_faults[SIM_CLONED] = draw(sim, 6) ? 0 : draw_rate(sim, 3);
	p->day_faults[SIM_LOST] = draw_rate(sim, 5);
	p->day_faults[SIM_UNMARKED] = draw_rate(sim, 5);
}

/* In one seed of eight. By a stream of its own, so that the others are as they were before there was this: by 35 also those
 * that are kept. */
static void draw_loss(struct sim *sim, bool wanted)
{
	struct plan_loss *l = &sim->plan.loss;
	uint64_t stream = ~sim->seed * 35, part = sim->plan.lasts_ms / 8;
	bool drawn = random_below(&stream, 8) == 0;
	if (!drawn && !wanted)
		return;
	l->after_ms = part + random_below(&stream, 2 * part);
	l->anchored_ms[0] = 1 + random_below(&stream, 2 * part);
	l->anchored_ms[1] = random_below(&stream, 3) == 0 ? 1 + random_below(&stream, 2 * part) : 0;
	l->returns_ms = random_below(&stream, 3) == 0 ? 1 + random_below(&stream, 2 * part) : 0;
	l->apart_ms = random_below(&stream, 2) == 0 ? 1 + random_below(&stream, part) : 0;
	l->forks = l->apart_ms > 0 && random_below(&stream, 3) == 0;
	l->misses = l->anchored_ms[1] > 0 && random_below(&stream, 3) == 0;
}

void plan_draw(struct sim *sim, const struct plan *limits)
{
	struct plan *p = &sim->plan;
	p->nodes = draw_nodes(sim);
	p->lasts_ms = SIM_HOUR_MS / 2 + sim_draw(sim, SIM_PLAN, 3 * SIM_HOUR_MS);
	p->joiners = draw(sim, 3);
	p->liars = draw(sim, 3) == 0 ? 1 + draw(sim, p->nodes > 12 ? 4 : 2) : 0;
	p->auditors = draw(sim, 2);
	p->supervisors = draw(sim, 2);
	p->witnesses = draw(sim, 2);
	p->latency_ms = draw(sim, 2) ? draw(sim, 50) : draw(sim, 600);
	p->jitter_ms = draw(sim, p->latency_ms + 1);
	p->job_ms = draw(sim, 3) ? draw(sim, 200) : 0;
	p->appends_day = 20 + draw(sim, draw(sim, 3) ? 300 : 3000);
	draw_chunks(sim);
	draw_days(sim);
	for (uint32_t i = 0; i < SIM_FAULT_KINDS; i++)
		if (limits->day_faults[i])
			p->day_faults[i] = limits->day_faults[i];
	if (limits->liars)
		p->liars = limits->liars;
	if (limits->appends_day)
		p->appends_day = limits->appends_day;
	if (limits->nodes)
		p->nodes = limits->nodes;
	if (limits->lasts_ms)
		p->lasts_ms = limits->lasts_ms;
	draw_loss(sim, limits->loss.after_ms > 0);
}

void plan_print(const struct sim *sim)
{
	const struct plan *p = &sim->plan;
	(void)printf("seed %llu: %u nodes, %u joiners, %u liars, %llu minutes, latency %u + %u ms, jobs %u "
	             "ms, %u appends a "
	             "day, dials refused %u ppm, slow %u ppm\n",
	        (unsigned long long)sim->seed, p->nodes, p->joiners, p->liars,
	        (unsigned long long)(p->lasts_ms / SIM_MINUTE_MS), p->latency_ms, p->jitter_ms, p->job_ms,
	        p->appends_day, p->dial_faults[0], p->dial_faults[1]);
	const struct plan_loss *l = &p->loss;
	if (l->after_ms > 0)
		(void)printf(
		        "  the registrar is lost after %llu minutes, %llu later another is named%s%s%s%s%s\n",
		        (unsigned long long)(l->after_ms / SIM_MINUTE_MS),
		        (unsigned long long)(l->anchored_ms[0] / SIM_MINUTE_MS),
		        l->misses ? ", by mistake" : "", l->anchored_ms[1] ? ", then another" : "",
		        l->apart_ms ? ", apart before" : "", l->forks ? " with a copy beside it" : "",
		        l->returns_ms ? ", comes back" : "");
	for (uint32_t i = 0; i < SIM_FAULT_KINDS; i++)
		if (p->chunk_faults[i] || p->day_faults[i])
			(void)printf("  %s %u a million chunks, %u a node and day\n",
			        sim_fault_info((enum sim_fault)i)->name, p->chunk_faults[i],
			        p->day_faults[i]);
}
