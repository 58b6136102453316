/* SPDX-License-Identifier: Apache-2.0
 * drbg.c: see drbg.h. The key that made an output is overwritten before the output is used, so a later theft of the
 * state tells nothing of earlier draws. */
#include "node/drbg.h"

#include <sodium.h>
#include <string.h>

#include "base/err.h"

static const uint8_t rekey_nonce[crypto_stream_chacha20_ietf_NONCEBYTES] = {0};
static const uint8_t output_nonce[crypto_stream_chacha20_ietf_NONCEBYTES] = {1};

void drbg_seed(struct drbg *d, const uint8_t seed[32])
{
	memcpy(d->key, seed, sizeof d->key);
}

void drbg_fill(struct drbg *d, void *out, size_t len)
{
	uint8_t next[32];
	crypto_stream_chacha20_ietf(next, sizeof next, rekey_nonce, d->key);
	crypto_stream_chacha20_ietf(out, len, output_nonce, d->key);
	memcpy(d->key, next, sizeof next);
	sodium_memzero(next, sizeof next);
}

uint64_t drbg_below(struct drbg *d, uint64_t bound)
{
	must(bound > 0);
	uint64_t x;
	drbg_fill(d, &x, sizeof x);
	return x % bound;
}
