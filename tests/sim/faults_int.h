/* SPDX-License-Identifier: Apache-2.0
 * faults_int.h: what faults.c and faults_store.c share. */
#ifndef SIM_FAULTS_INT_H
#define SIM_FAULTS_INT_H

#include "log/anchor.h"
#include "sim.h"

struct fault_clock {
	enum sim_fault fault;
	bool begun;
};
struct faults {
	struct fault_clock clocks[SIM_FAULT_KINDS];
	uint64_t founded;               /* entries of the registrar's with which the district began */
	struct anchor anchors[2];       /* that were signed */
	uint32_t anchors_count, newest; /* which of them wins */
};

uint64_t faults_span(struct sim *sim, uint64_t most_ms); /* 1..most */
/* It has just ended, and comes back some time. */
void faults_went_down(struct sim *sim, uint32_t index);

/* faults_store.c: each ends the node, which then comes back. */
void faults_save_some(struct sim *sim, void *context); /* now and then somebody's store is set aside */
void faults_restore(struct sim *sim, uint32_t index);
void faults_clone(struct sim *sim, uint32_t index);
/* A copy runs beside it, WHOLE: with all that is on its machine; its index. */
uint32_t faults_copy(struct sim *sim, uint32_t index, bool whole);
void faults_lose(struct sim *sim, uint32_t index);
void faults_unmark(struct sim *sim, uint32_t index);
/* Whoever still waits for entries of its own that nobody has is told by its person to go on. */
void faults_override_all(struct sim *sim, void *context);

/* faults_registrar.c: the registrar is lost, and others are named in its place, as the plan says. */
void faults_registrar_begin(struct sim *sim);
void faults_registrar_settle(struct sim *sim);

#endif
