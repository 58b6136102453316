/* SPDX-License-Identifier: Apache-2.0
 * frame.c: see frame.h. A frame is counted when its body passed, on both sides, so both change keys at the same
 * place of the stream; an error in between ends the direction anyway. */
#include "link/frame.h"

void frame_init(struct frame_cipher *c, const struct noise_cipher *cipher)
{
	must(cipher->state == NOISE_KEYED);
	*c = (struct frame_cipher){.cipher = *cipher};
}

void frame_wipe(struct frame_cipher *c)
{
	noise_cipher_wipe(&c->cipher);
}

static void count_frame(struct frame_cipher *c)
{
	if (++c->frames < REKEY_FRAMES)
		return;
	noise_cipher_rekey(&c->cipher);
	c->frames = 0;
}

void frame_seal(struct frame_cipher *c, struct bytes body, uint8_t *out)
{
	must(body.len > 0 && body.len <= FRAME_PLAINTEXT_BYTES_MAX);
	const uint8_t length[2] = {(uint8_t)(body.len >> 8), (uint8_t)body.len};
	noise_cipher_encrypt(&c->cipher, BYTES(NULL, 0), BYTES_OF(length), out);
	noise_cipher_encrypt(&c->cipher, BYTES(NULL, 0), body, out + FRAME_HEAD_BYTES);
	count_frame(c);
}

enum err frame_open_head(struct frame_cipher *c, const uint8_t head[FRAME_HEAD_BYTES], size_t *sealed_bytes)
{
	uint8_t length[2];
	enum err e = noise_cipher_decrypt(&c->cipher, BYTES(NULL, 0), BYTES(head, FRAME_HEAD_BYTES), length);
	if (e != ERR_OK)
		return e;
	size_t len = (size_t)length[0] << 8 | length[1];
	if (len == 0 || len > FRAME_PLAINTEXT_BYTES_MAX) {
		frame_wipe(c);
		return len == 0 ? ERR_TRUNCATED : ERR_TOO_LONG;
	}
	*sealed_bytes = len + NOISE_TAG_BYTES;
	return ERR_OK;
}

enum err frame_open_body(struct frame_cipher *c, uint8_t *sealed, size_t sealed_bytes, struct bytes *body_ref)
{
	enum err e = noise_cipher_decrypt(&c->cipher, BYTES(NULL, 0), BYTES(sealed, sealed_bytes), sealed);
	if (e != ERR_OK)
		return e;
	*body_ref = BYTES(sealed, sealed_bytes - NOISE_TAG_BYTES);
	count_frame(c);
	return ERR_OK;
}
