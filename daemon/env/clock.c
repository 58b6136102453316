/* SPDX-License-Identifier: Apache-2.0
 * clock.c: see clock.h. */
#include "env/clock.h"

#include <time.h>

#include "base/err.h"

static uint64_t read_ms(clockid_t id)
{
	struct timespec t;
	must(clock_gettime(id, &t) == 0);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t clock_wall_ms(void)
{
	return read_ms(CLOCK_REALTIME);
}

uint64_t clock_steady_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}
