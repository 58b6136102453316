/* SPDX-License-Identifier: Apache-2.0
 * hash.h: SHA-256 values and how they are made. FIPS 180-4 by libsodium. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/bytes.h"

struct hash {
	uint8_t bytes[32];
};

struct hash hash_of(struct bytes b);
struct hash hash_of2(struct bytes a, struct bytes b); /* SHA-256(a || b) */
struct hash hash_leaf(struct bytes b);                /* SHA-256(0x00 || b), RFC 9162 2.1.1 */
struct hash hash_node(const struct hash *left, const struct hash *right); /* SHA-256(0x01 || l || r) */
struct hash hash_hmac(struct bytes key, struct bytes message);            /* HMAC-SHA-256, any key length */
struct hash hash_hmac3(
        struct bytes key, struct bytes a, struct bytes b, struct bytes c); /* HMAC of a || b || c */
bool hash_equal(const struct hash *a, const struct hash *b);               /* constant time */
bool hash_is_zero(const struct hash *a);
uint64_t hash_fingerprint(const struct hash *h); /* the first 8 bytes, big-endian: a hint, never evidence */

#endif
