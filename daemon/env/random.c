/* SPDX-License-Identifier: Apache-2.0
 * random.c: see random.h. */
#include "env/random.h"

#include <sodium.h>

void random_fill(void *out, size_t len)
{
	randombytes_buf(out, len);
}

_Bool random_ready(void)
{
	return sodium_init() >= 0;
}
