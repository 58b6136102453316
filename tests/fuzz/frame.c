/* SPDX-License-Identifier: Apache-2.0
 * frame.c: any bytes as a stream of frames. They never open (nobody can make the tags); as bodies, sealed by the
 * other side, each opens to what it was, whatever its size, and the two sides stay together. */
#include "fuzz.h"

#include <string.h>

#include "link/frame.h"

static struct frame_cipher cipher_new(void)
{
	static const uint8_t key[32] = {1, 2, 3};
	struct noise_cipher c;
	struct frame_cipher f;
	noise_cipher_init(&c, key);
	frame_init(&f, &c);
	return f;
}

static void raw(const uint8_t *data, size_t len)
{
	struct frame_cipher c = cipher_new();
	size_t sealed = 0;
	if (len < FRAME_HEAD_BYTES)
		return;
	must(frame_open_head(&c, data, &sealed) == ERR_NOT_DECRYPTED && sealed == 0);
	must(c.cipher.state == NOISE_WIPED);
}

/* The first byte of what is left is the next body's size. */
static void bodies(const uint8_t *data, size_t len)
{
	struct frame_cipher send = cipher_new(), receive = cipher_new();
	while (len > 1) {
		uint8_t frame[255 + FRAME_OVERHEAD_BYTES];
		size_t body_len = data[0] < len - 1 ? data[0] : len - 1, sealed;
		struct bytes body = BYTES(data + 1, body_len), opened;
		data += 1 + body_len;
		len -= 1 + body_len;
		if (body_len == 0)
			continue;
		frame_seal(&send, body, frame);
		must(frame_open_head(&receive, frame, &sealed) == ERR_OK);
		must(frame_open_body(&receive, frame + FRAME_HEAD_BYTES, sealed, &opened) == ERR_OK);
		must(bytes_equal(opened, body));
	}
	must(memcmp(&send.cipher.key, &receive.cipher.key, 32) == 0 &&
	        send.cipher.nonce == receive.cipher.nonce);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	raw(data, len);
	bodies(data, len);
	return 0;
}
