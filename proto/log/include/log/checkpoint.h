/* SPDX-License-Identifier: Apache-2.0
 * checkpoint.h: the signed head of a feed: the C2SP tlog-checkpoint text, signed and checked. Only the 64 bytes of
 * the signature travel and are stored; the note (note.h) is remade from size and root. docs/PROTOCOL.md 3. */
#ifndef LOG_CHECKPOINT_H
#define LOG_CHECKPOINT_H

#include "base/hash.h"
#include "log/entry.h"

struct head {
	uint64_t size;
	struct hash root;
};
struct checkpoint {
	struct head head;
	uint8_t signature[64];
};

#define CHECKPOINT_TEXT_BYTES_MAX 256u

/* lontar/<network id>/<feed id>, the origin and the key's name. */
void checkpoint_put_origin(struct bytes_out *o, const struct network_id *network, const struct feed_id *feed);
/* The three lines that are signed. */
void checkpoint_put_text(struct bytes_out *o, const struct network_id *network, const struct feed_id *feed,
        const struct head *head);
/* secret: Ed25519 secret key, 64 bytes, libsodium's form. */
void checkpoint_sign(const struct network_id *network, const struct feed_id *feed, const uint8_t secret[64],
        const struct head *head, uint8_t signature[64]);
MUST_USE enum err checkpoint_verify(
        const struct network_id *network, const struct feed_id *feed, const struct checkpoint *checkpoint);
/* The whole note: text, blank line, signature line. */
void checkpoint_put_note(struct bytes_out *o, const struct network_id *network, const struct feed_id *feed,
        const struct checkpoint *checkpoint);
/* A checkpoint's text, strictly: origin (not empty, not "cosignature/v1"), size, root, no extension lines. The origin
 * is borrowed. ERR_MALFORMED. */
MUST_USE enum err checkpoint_parse_text(struct bytes text, struct bytes *origin, struct head *out);
/* An origin of ours: which feed of which network it names. ERR_MALFORMED. */
MUST_USE enum err checkpoint_parse_origin(
        struct bytes origin, struct network_id *network, struct feed_id *feed);

#endif
