/* SPDX-License-Identifier: Apache-2.0
 * no_random.c: see no_random.h. */
#include "support/no_random.h"

#include <sodium.h>

#include "base/err.h"

static bool forbidden;

static uint32_t no_random(void)
{
	must(!forbidden);
	return 4; /* for the library's own beginnings: nothing that is hashed or sent depends on it */
}

static void no_bytes(void *const out, const size_t len)
{
	uint8_t *bytes = out;
	must(!forbidden);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)no_random();
}

static const char *no_name(void)
{
	return "none";
}

void no_random_from_now_on(void)
{
	static struct randombytes_implementation none = {
	        .implementation_name = no_name, .random = no_random, .buf = no_bytes};
	must(randombytes_set_implementation(&none) == 0);
	must(sodium_init() >= 0);
	forbidden = true;
}
