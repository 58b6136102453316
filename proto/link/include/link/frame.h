/* SPDX-License-Identifier: Apache-2.0
 * frame.h: how bytes travel after the handshake: the body's length in 2 bytes, encrypted with its tag, then the body
 * with its tag; each takes one nonce of its direction; the key changes after every REKEY_FRAMES-th frame.
 * docs/PROTOCOL.md 5. Both ways work in place: a body is written where it will be sent from, and opened where it
 * came in. */
#ifndef LINK_FRAME_H
#define LINK_FRAME_H

#include "base/limits.h"
#include "link/noise.h"

#define FRAME_HEAD_BYTES (2u + NOISE_TAG_BYTES)
#define FRAME_OVERHEAD_BYTES (FRAME_HEAD_BYTES + NOISE_TAG_BYTES)
#define FRAME_BYTES_MAX (FRAME_PLAINTEXT_BYTES_MAX + FRAME_OVERHEAD_BYTES)

/* One direction of a link. */
struct frame_cipher {
	struct noise_cipher cipher;
	uint32_t frames; /* since the key changed */
};

void frame_init(struct frame_cipher *c, const struct noise_cipher *cipher);
void frame_wipe(struct frame_cipher *c);

/* Seal a body of 1..FRAME_PLAINTEXT_BYTES_MAX bytes into out, FRAME_OVERHEAD_BYTES more than it has. The body may
 * lie where it will stand, at out + FRAME_HEAD_BYTES. */
void frame_seal(struct frame_cipher *c, struct bytes body, uint8_t *out);

/* Open the head: how many bytes of body and tag follow. ERR_NOT_DECRYPTED: not the peer's next frame; ERR_TRUNCATED:
 * an empty body; ERR_TOO_LONG. After an error the direction is dead: close the link. */
MUST_USE enum err frame_open_head(
        struct frame_cipher *c, const uint8_t head[FRAME_HEAD_BYTES], size_t *sealed_bytes);
/* Open what followed, in place. *body_ref points into sealed, and dies with it. ERR_NOT_DECRYPTED. */
MUST_USE enum err frame_open_body(
        struct frame_cipher *c, uint8_t *sealed, size_t sealed_bytes, struct bytes *body_ref);

#endif
