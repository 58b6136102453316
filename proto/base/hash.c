/* SPDX-License-Identifier: Apache-2.0
 * hash.c: SHA-256 by libsodium. Parts are fed to the streaming state, never joined first: what is hashed may be
 * large. Only hash_node joins, because its 65 bytes then pass through one update instead of three. */
#include <string.h>

#include <sodium.h>

#include "base/hash.h"

struct hash hash_of(struct bytes b)
{
	struct hash h;
	crypto_hash_sha256(h.bytes, b.data, b.len);
	return h;
}

struct hash hash_of2(struct bytes a, struct bytes b)
{
	crypto_hash_sha256_state s;
	struct hash h;
	crypto_hash_sha256_init(&s);
	crypto_hash_sha256_update(&s, a.data, a.len);
	crypto_hash_sha256_update(&s, b.data, b.len);
	crypto_hash_sha256_final(&s, h.bytes);
	return h;
}

struct hash hash_leaf(struct bytes b)
{
	static const uint8_t LEAF[1] = {0};
	return hash_of2(BYTES_OF(LEAF), b);
}

struct hash hash_node(const struct hash *left, const struct hash *right)
{
	uint8_t both[1 + 2 * sizeof left->bytes] = {1};
	memcpy(both + 1, left->bytes, sizeof left->bytes);
	memcpy(both + 1 + sizeof left->bytes, right->bytes, sizeof right->bytes);
	return hash_of(BYTES_OF(both));
}

struct hash hash_hmac(struct bytes key, struct bytes message)
{
	return hash_hmac3(key, message, BYTES(NULL, 0), BYTES(NULL, 0));
}

struct hash hash_hmac3(struct bytes key, struct bytes a, struct bytes b, struct bytes c)
{
	crypto_auth_hmacsha256_state s;
	struct hash h;
	/* its header forbids NULL, even of length 0 */
	crypto_auth_hmacsha256_init(&s, key.len > 0 ? key.data : h.bytes, key.len);
	crypto_auth_hmacsha256_update(&s, a.data, a.len);
	crypto_auth_hmacsha256_update(&s, b.data, b.len);
	crypto_auth_hmacsha256_update(&s, c.data, c.len);
	crypto_auth_hmacsha256_final(&s, h.bytes);
	return h;
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
	return sodium_memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool hash_is_zero(const struct hash *a)
{
	return sodium_is_zero(a->bytes, sizeof a->bytes) == 1;
}

uint64_t hash_fingerprint(const struct hash *h)
{
	struct bytes_in in = bytes_in(BYTES_OF(h->bytes));
	return bytes_get_u64(&in);
}
