/* SPDX-License-Identifier: Apache-2.0
 * nobody.c: nobody works or checks, until those files are there. */
#include "sim.h"

#define WEAK __attribute__((weak))

void WEAK work_begin(struct sim *sim)
{
	(void)sim;
}
void WEAK work_answered(struct sim *sim, uint32_t index, const struct node_event *e)
{
	(void)sim, (void)index, (void)e;
}
void WEAK work_settle(struct sim *sim)
{
	(void)sim;
}
void WEAK work_end(struct sim *sim)
{
	(void)sim;
}
void WEAK check_begin(struct sim *sim)
{
	(void)sim;
}
void WEAK check_event(struct sim *sim, uint32_t index, const struct node_event *e)
{
	(void)sim, (void)index, (void)e;
}
void WEAK check_started(struct sim *sim, uint32_t index)
{
	(void)sim, (void)index;
}
void WEAK check_minute(struct sim *sim)
{
	(void)sim;
}
void WEAK check_settle(struct sim *sim)
{
	(void)sim;
}
void WEAK check_last(struct sim *sim)
{
	(void)sim;
}
void WEAK check_end(struct sim *sim)
{
	(void)sim;
}
