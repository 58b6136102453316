/* SPDX-License-Identifier: Apache-2.0
 * random.h: the one source of randomness: the operating system's, by libsodium. */
#ifndef ENV_RANDOM_H
#define ENV_RANDOM_H

#include <stddef.h>

/* Fills out. Call random_ready() once before, in main. */
void random_fill(void *out, size_t len);
/* sodium_init(); false when the library cannot be used. */
_Bool random_ready(void);

#endif
