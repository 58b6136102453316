/* SPDX-License-Identifier: Apache-2.0
 * liars.c: the liars of one simulation: what each is given to is drawn from the seed, and from then on each lives by its
 * own stream of chance. Every act is counted as a fault. */
#include <stdio.h>
#include <stdlib.h>

#include "liar.h"
#include "sim.h"

#define PACE_MIN_MS 2000u
#define PACE_STEPS 8u     /* the slowest moves once in some minutes */
#define INSIDE_SLOWER 10u /* each of its moments is a start of its node */
#define FIRST_MS 30000u

struct liars {
	uint32_t count;
	struct liar *all[SIM_NODES_MAX];
};

static void tick(struct sim *sim, void *context)
{
	struct liar *l = context;
	uint64_t before = liar_done_in_all(l), due = liar_tick(l), done = liar_done_in_all(l) - before;
	if (sim->settling)
		return;
	sim_count(sim, SIM_LIE, done);
	if (done > 0)
		sim_trace(sim, "liar %u: %llu acts", liar_index(l), (unsigned long long)done);
	sim_after(sim, due > sim_now_ms(sim) ? due - sim_now_ms(sim) : 1, tick, l);
}

/* Half of them are given to everything. */
static uint32_t habits(struct sim *sim, enum liar_seat seat)
{
	uint32_t drawn = LIAR_ALL;
	if (sim_draw(sim, SIM_LIES, 2) == 0)
		drawn = (uint32_t)sim_draw(sim, SIM_LIES, LIAR_ALL + 1);
	drawn |= 1u << LIAR_STATES;
	return seat == LIAR_INSIDE ? drawn & LIAR_INSIDE_HABITS : drawn;
}

static struct liar *make(struct sim *sim, uint32_t index)
{
	bool inside = sim_draw(sim, SIM_LIES, 3) == 0;
	struct liar_options options = {.index = index,
	        .seed = sim_draw(sim, SIM_LIES, UINT64_MAX),
	        .seat = inside ? LIAR_INSIDE : LIAR_OUTSIDE,
	        .pace_ms = (uint64_t)PACE_MIN_MS << sim_draw(sim, SIM_LIES, PACE_STEPS)};
	options.habits = habits(sim, options.seat);
	if (inside) {
		options.pace_ms *= INSIDE_SLOWER;
		net_start(sim->net, index);
	}
	return liar_new(sim->net, &options);
}

void liars_begin(struct sim *sim)
{
	struct liars *liars = calloc(1, sizeof *liars);
	must(liars);
	sim->liars = liars;
	for (uint32_t i = 0; i < sim->net->count; i++) {
		if (!sim->nodes[i].liar)
			continue;
		liars->all[liars->count] = make(sim, i);
		sim_after(sim, sim_draw(sim, SIM_LIES, FIRST_MS), tick, liars->all[liars->count++]);
	}
}

struct hostile *liars_dialled(struct sim *sim, uint32_t index, uint32_t to)
{
	struct liars *liars = sim->liars;
	for (uint32_t i = 0; liars && i < liars->count; i++)
		if (liar_index(liars->all[i]) == to)
			return liar_dialled(liars->all[i], index);
	return NULL;
}

void liars_settle(struct sim *sim)
{
	for (uint32_t i = 0; i < sim->liars->count; i++)
		liar_calm(sim->liars->all[i]);
}

static void print(const struct liars *liars)
{
	for (uint32_t act = 0; act < LIAR_ACT_KINDS; act++) {
		uint64_t done = 0;
		for (uint32_t i = 0; i < liars->count; i++)
			done += liar_done(liars->all[i], (enum liar_act)act);
		if (done > 0)
			(void)printf("%10llu lies: %s\n", (unsigned long long)done,
			        liar_act_text((enum liar_act)act));
	}
}

void liars_end(struct sim *sim)
{
	struct liars *liars = sim->liars;
	if (!liars)
		return;
	if (sim->verbose)
		print(liars);
	for (uint32_t i = 0; i < liars->count; i++)
		liar_free(liars->all[i]);
	free(liars);
	sim->liars = NULL;
}
