/* SPDX-License-Identifier: Apache-2.0 */
/* link.c: see link.h. */
#include "support/link.h"

#include <sodium.h>
#include <string.h>

struct link_keys link_keys_of(uint8_t seed)
{
	struct link_keys keys;
	memset(keys.secret, seed, sizeof keys.secret);
	must(crypto_scalarmult_base(keys.public, keys.secret) == 0);
	return keys;
}

uint64_t link_random(struct link_random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

size_t link_random_below(struct link_random *r, size_t bound)
{
	return (size_t)(link_random(r) % bound);
}
