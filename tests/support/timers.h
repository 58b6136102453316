/* SPDX-License-Identifier: Apache-2.0
 * timers.h: what is due when, in virtual time: a heap by due time, then by the order in which things were set. */
#ifndef SUPPORT_TIMERS_H
#define SUPPORT_TIMERS_H

#include <stdint.h>

/* What a timer means is its owner's. */
struct timer {
	uint64_t due_ms, no;
	uint32_t what, a;
	uint64_t b;
	void (*act)(void);
	void *context;
};
struct timers {
	struct timer *items;
	uint32_t count, cap;
	uint64_t no;
};
void timers_free(struct timers *t);
void timers_set(struct timers *t, const struct timer *timer); /* its NO is given here */
uint64_t timers_next_ms(const struct timers *t);              /* UINT64_MAX: none */
struct timer timers_take(struct timers *t);                   /* the next; there is one */

#endif
