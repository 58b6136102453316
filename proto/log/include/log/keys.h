/* SPDX-License-Identifier: Apache-2.0
 * keys.h: the four keys of a feed, derived from one seed of 32 bytes. docs/PROTOCOL.md 5. No key serves two
 * purposes; the seed is what is stored, sealed and printed on paper. */
#ifndef LOG_KEYS_H
#define LOG_KEYS_H

#include "log/entry.h"

struct seed {
	uint8_t bytes[32];
};
/* The public halves, as the roster has them. */
struct feed_keys {
	struct feed_id feed;
	uint8_t cosigner[32]; /* Ed25519 */
	uint8_t link[32];     /* X25519 */
	uint8_t seal[32];     /* X25519 */
};
/* The secret halves. Wipe with keys_wipe(). */
struct secret_keys {
	uint8_t feed[64];     /* Ed25519 secret, libsodium's form */
	uint8_t cosigner[64]; /* likewise */
	uint8_t link[32];     /* X25519 scalar */
	uint8_t seal[32];
	struct feed_keys public;
};

void keys_derive(const struct seed *seed, struct secret_keys *out);
void keys_wipe(struct secret_keys *keys);
/* What may enter a roster: Ed25519 keys that crypto_core_ed25519_is_valid_point accepts, X25519 keys that are
 * canonical and not of small order. ERR_BAD_KEY. */
MUST_USE enum err keys_check(const struct feed_keys *keys);
MUST_USE enum err keys_check_signing(const uint8_t ed25519[32]);
MUST_USE enum err keys_check_agreement(const uint8_t x25519[32]);
bool keys_include(const struct feed_keys *keys, const uint8_t key[32]); /* is it one of the four? */
bool keys_clash(const struct feed_keys *a, const struct feed_keys *b);  /* have they one in common? */
bool keys_distinct(const struct feed_keys *keys);
/* msgpack: [bin 32 feed, bin 32 cosigner, bin 32 link, bin 32 seal]. */
void keys_pack(struct mp_out *m, const struct feed_keys *keys);
void keys_unpack(struct mp_in *m, struct feed_keys *out);

#endif
