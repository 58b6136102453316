/* SPDX-License-Identifier: Apache-2.0
 * sim_int.h: what the simulator's core shares with itself alone. */
#ifndef SIM_SIM_INT_H
#define SIM_SIM_INT_H

#include "sim.h"

/* A heap by due time, then by the order in which they were set. */
struct timer {
	uint64_t due_ms, no;
	sim_act *act;
	void *context;
};
struct timers {
	struct timer *items;
	uint32_t count, cap;
	uint64_t no;
};

#endif
