/* SPDX-License-Identifier: Apache-2.0
 * trace.c: a hash over all that happened, in order: the same seed must give the same; and what is said when an invariant
 * does not hold. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commit.h"
#include "sim.h"

/* FNV-1a, eight bytes at a time: it is to show differences, not to withstand anybody. */
static void mix(struct sim *sim, struct bytes b)
{
	const uint8_t *data = b.data;
	uint64_t word;
	for (size_t at = 0; at < b.len; at += sizeof word) {
		word = 0;
		memcpy(&word, data + at, b.len - at < sizeof word ? b.len - at : sizeof word);
		sim->trace = (sim->trace ^ word) * UINT64_C(0x100000001b3);
		sim->trace ^= sim->trace >> 29;
	}
}

void sim_trace_bytes(struct sim *sim, const char *what, uint64_t a, uint64_t b, struct bytes bytes)
{
	struct hash h = hash_of(bytes);
	sim_trace(sim, "%s %llu %llu %zu %02x%02x%02x%02x", what, (unsigned long long)a,
	        (unsigned long long)b, bytes.len, h.bytes[0], h.bytes[1], h.bytes[2], h.bytes[3]);
}

void sim_trace(struct sim *sim, const char *format, ...)
{
	char line[512];
	va_list args;
	int at = snprintf(line, sizeof line, "%llu ", (unsigned long long)sim_now_ms(sim));
	must(at > 0);
	va_start(args, format);
	int len = vsnprintf(line + at, sizeof line - (size_t)at, format, args);
	va_end(args);
	must(len >= 0);
	mix(sim, bytes_text(line));
	if (sim->traces)
		(void)puts(line);
}

static void print_time(uint64_t ms)
{
	(void)fprintf(stderr, "day %llu %02llu:%02llu:%02llu.%03llu", (unsigned long long)(ms / SIM_DAY_MS),
	        (unsigned long long)(ms / SIM_HOUR_MS % 24), (unsigned long long)(ms / SIM_MINUTE_MS % 60),
	        (unsigned long long)(ms / 1000 % 60), (unsigned long long)(ms % 1000));
}

_Noreturn void sim_fail(struct sim *sim, const char *invariant, const char *format, ...)
{
	va_list args;
	(void)fprintf(stderr, "seed %llu, commit %s, ", (unsigned long long)sim->seed, SIM_COMMIT);
	print_time(sim_now_ms(sim) - sim->begun_ms);
	(void)fprintf(stderr, "%s: %s does not hold: ", sim->settling ? ", settling" : "", invariant);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
	exit(1);
}
