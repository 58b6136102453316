/* SPDX-License-Identifier: Apache-2.0
 * clock.h: the one clock. Nothing else in the program asks what time it is. */
#ifndef ENV_CLOCK_H
#define ENV_CLOCK_H

#include <stdint.h>

uint64_t clock_wall_ms(void);   /* Unix milliseconds, by this machine: evidence, never an order */
uint64_t clock_steady_ms(void); /* only for differences; never goes back */

#endif
