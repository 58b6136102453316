/* SPDX-License-Identifier: Apache-2.0
 * anchor.h: how the network survives a lost registrar: a successor named by the recovery key. docs/PROTOCOL.md 4.
 * It lives outside all feeds; the highest number wins, of equal numbers the greater SHA-256. */
#ifndef LOG_ANCHOR_H
#define LOG_ANCHOR_H

#include "log/checkpoint.h"
#include "log/keys.h"

struct anchor_feed {
	struct feed_keys
	        keys; /* whole, so that a registrar between the first and this one is known by the anchor alone */
	struct head head; /* as it stands */
};
struct anchor {
	uint64_t number; /* from 1 */
	uint32_t feeds_count;
	struct anchor_feed feeds
	        [REGISTRAR_FEEDS_MAX]; /* every registrar feed so far, in the order in which they followed */
	struct feed_keys successor;
	uint8_t signature[64];
};
#define ANCHOR_BYTES_MAX 4096u
#define ANCHOR_FIELDS_UNSIGNED 3u /* number, feeds, successor */

/* msgpack [number, [[keys, size, root], ...], keys, signature]. */
void anchor_pack(struct mp_out *m, const struct anchor *a);
MUST_USE enum err anchor_unpack(struct bytes b, struct anchor *out);
/* The fields before the signature, flat; sticky. What cannot be an anchor is ERR_MALFORMED. */
void anchor_pack_fields(struct mp_out *m, const struct anchor *a);
void anchor_unpack_fields(struct mp_in *m, struct anchor *out);
/* Over "lontar anchor v1" || 0x0A || msgpack [number, feeds, keys]. recovery_secret: Ed25519, libsodium's form. */
void anchor_sign(struct anchor *a, const uint8_t recovery_secret[64]);
MUST_USE enum err anchor_verify(const struct anchor *a, const uint8_t recovery[32]);
bool anchor_wins(const struct anchor *a, const struct anchor *over); /* over may be NULL */

#endif
