/* SPDX-License-Identifier: Apache-2.0
 * keys.c: the four keys of a feed: made from a seed, checked, packed.
 * Its twist: an X25519 key is checked by comparison, without a scalar multiplication: once the key is canonical, only
 * five of them have small order (the other encodings that lists of such keys name are not canonical). */
#include <string.h>

#include <sodium.h>

#include "log/keys.h"

static const char CONTEXT[crypto_kdf_CONTEXTBYTES + 1] = "lontar-1";
enum subkey { SUBKEY_FEED = 1, SUBKEY_COSIGNER = 2, SUBKEY_LINK = 3, SUBKEY_SEAL = 4 };

static void derive(const struct seed *seed, enum subkey id, uint8_t out[32])
{
	must(crypto_kdf_derive_from_key(out, 32, id, CONTEXT, seed->bytes) == 0);
}

static void derive_signing(const struct seed *seed, enum subkey id, uint8_t public[32], uint8_t secret[64])
{
	uint8_t own[32];
	derive(seed, id, own);
	must(crypto_sign_seed_keypair(public, secret, own) == 0);
	sodium_memzero(own, sizeof own);
}

static void derive_agreement(const struct seed *seed, enum subkey id, uint8_t public[32], uint8_t secret[32])
{
	derive(seed, id, secret);
	must(crypto_scalarmult_base(public, secret) == 0);
}

void keys_derive(const struct seed *seed, struct secret_keys *out)
{
	derive_signing(seed, SUBKEY_FEED, out->public.feed.bytes, out->feed);
	derive_signing(seed, SUBKEY_COSIGNER, out->public.cosigner, out->cosigner);
	derive_agreement(seed, SUBKEY_LINK, out->public.link, out->link);
	derive_agreement(seed, SUBKEY_SEAL, out->public.seal, out->seal);
}

void keys_wipe(struct secret_keys *keys)
{
	sodium_memzero(keys, sizeof *keys);
}

/* Little-endian, as RFC 7748 writes them: 2^255 - 19, and the canonical u-coordinates of small order:
 * 0, 1, the two of order 8, and 2^255 - 20. */
static const uint8_t PRIME[32] = {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0x7f};
static const uint8_t SMALL_ORDER[5][32] = {
        {0},
        {1},
        {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda,
                0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
        {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04,
                0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
        {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
};

static bool is_canonical(const uint8_t x25519[32])
{
	for (size_t i = 32; i-- > 0;)
		if (x25519[i] != PRIME[i])
			return x25519[i] < PRIME[i];
	return false;
}

static bool is_small_order(const uint8_t x25519[32])
{
	for (size_t i = 0; i < 5; i++)
		if (memcmp(x25519, SMALL_ORDER[i], 32) == 0)
			return true;
	return false;
}

enum err keys_check_signing(const uint8_t ed25519[32])
{
	return crypto_core_ed25519_is_valid_point(ed25519) == 1 ? ERR_OK : ERR_BAD_KEY;
}

enum err keys_check_agreement(const uint8_t x25519[32])
{
	return is_canonical(x25519) && !is_small_order(x25519) ? ERR_OK : ERR_BAD_KEY;
}

enum err keys_check(const struct feed_keys *keys)
{
	bool good = keys_check_agreement(keys->link) == ERR_OK &&
	            keys_check_agreement(keys->seal) == ERR_OK &&
	            keys_check_signing(keys->feed.bytes) == ERR_OK &&
	            keys_check_signing(keys->cosigner) == ERR_OK;
	return good ? ERR_OK : ERR_BAD_KEY;
}

/* The first bytes decide nearly always, and in a register: a new feed's keys are compared with those of every other. */
static bool is_same(const uint8_t a[32], const uint8_t b[32])
{
	return memcmp(a, b, 8) == 0 && memcmp(a, b, 32) == 0;
}

bool keys_include(const struct feed_keys *keys, const uint8_t key[32])
{
	return is_same(keys->feed.bytes, key) || is_same(keys->cosigner, key) || is_same(keys->link, key) ||
	       is_same(keys->seal, key);
}

bool keys_clash(const struct feed_keys *a, const struct feed_keys *b)
{
	return keys_include(a, b->feed.bytes) || keys_include(a, b->cosigner) || keys_include(a, b->link) ||
	       keys_include(a, b->seal);
}

bool keys_distinct(const struct feed_keys *keys)
{
	const uint8_t *k[4] = {keys->feed.bytes, keys->cosigner, keys->link, keys->seal};
	for (size_t i = 0; i < 4; i++)
		for (size_t j = 0; j < i; j++)
			if (memcmp(k[i], k[j], 32) == 0)
				return false;
	return true;
}

void keys_pack(struct mp_out *m, const struct feed_keys *keys)
{
	mp_put_array(m, 4);
	mp_put_bin(m, BYTES_OF(keys->feed.bytes));
	mp_put_bin(m, BYTES_OF(keys->cosigner));
	mp_put_bin(m, BYTES_OF(keys->link));
	mp_put_bin(m, BYTES_OF(keys->seal));
}

void keys_unpack(struct mp_in *m, struct feed_keys *out)
{
	mp_array_fixed(m, 4);
	mp_bin_fixed(m, out->feed.bytes, 32);
	mp_bin_fixed(m, out->cosigner, 32);
	mp_bin_fixed(m, out->link, 32);
	mp_bin_fixed(m, out->seal, 32);
	mp_array_end(m);
}
