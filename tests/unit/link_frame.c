/* SPDX-License-Identifier: Apache-2.0
 * link_frame.c: frames of every kind of size, across changes of key; frames spoilt, cut, dropped, replayed and
 * reordered; the bytes against libsodium's own AEAD. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "link/frame.h"

static const uint8_t key[32] = {3, 1, 4, 1, 5};

static struct frame_cipher cipher_new(void)
{
	struct noise_cipher c;
	struct frame_cipher f;
	noise_cipher_init(&c, key);
	frame_init(&f, &c);
	return f;
}

/* ERR_OK and the body, or the first error. */
static enum err open_frame(struct frame_cipher *c, uint8_t *frame, size_t len, struct bytes *body)
{
	size_t sealed;
	assert_true(len >= FRAME_HEAD_BYTES);
	enum err e = frame_open_head(c, frame, &sealed);
	if (e != ERR_OK)
		return e;
	if (sealed > len - FRAME_HEAD_BYTES)
		return ERR_TRUNCATED;
	return frame_open_body(c, frame + FRAME_HEAD_BYTES, sealed, body);
}

static uint8_t frame[FRAME_BYTES_MAX], plain[FRAME_PLAINTEXT_BYTES_MAX];

static void sizes(void **state)
{
	static const size_t table[] = {
	        1, 2, 15, 16, 17, 255, 256, 257, 4096, 65518, FRAME_PLAINTEXT_BYTES_MAX};
	struct frame_cipher send = cipher_new(), receive = cipher_new();
	struct bytes body;
	(void)state;
	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (uint8_t)(i * 7);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		frame_seal(&send, BYTES(plain, table[i]), frame);
		assert_int_equal(open_frame(&receive, frame, table[i] + FRAME_OVERHEAD_BYTES, &body), ERR_OK);
		assert_true(bytes_equal(body, BYTES(plain, table[i])));
		/* and from where it stands */
		memcpy(frame + FRAME_HEAD_BYTES, plain, table[i]);
		frame_seal(&send, BYTES(frame + FRAME_HEAD_BYTES, table[i]), frame);
		assert_int_equal(open_frame(&receive, frame, table[i] + FRAME_OVERHEAD_BYTES, &body), ERR_OK);
		assert_true(bytes_equal(body, BYTES(plain, table[i])));
	}
}

static void bytes_are_the_aead_with_running_nonces(void **state)
{
	struct frame_cipher send = cipher_new();
	uint8_t expected[18 + 21], nonce[12] = {0};
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		nonce[4] = (uint8_t)(2 * i);
		crypto_aead_chacha20poly1305_ietf_encrypt(
		        expected, NULL, (const uint8_t[]){0, 5}, 2, NULL, 0, NULL, nonce, key);
		nonce[4] = (uint8_t)(2 * i + 1);
		crypto_aead_chacha20poly1305_ietf_encrypt(
		        expected + 18, NULL, (const uint8_t *)"hello", 5, NULL, 0, NULL, nonce, key);
		frame_seal(&send, BYTES("hello", 5), frame);
		assert_memory_equal(frame, expected, sizeof expected);
	}
}

static void the_key_changes_after_every_1000th_frame(void **state)
{
	struct frame_cipher send = cipher_new(), receive = cipher_new();
	struct noise_cipher expected = send.cipher;
	struct bytes body;
	(void)state;
	for (uint32_t i = 1; i <= 3 * REKEY_FRAMES; i++) {
		const uint8_t text[4] = {
		        (uint8_t)(i >> 24), (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};
		frame_seal(&send, BYTES_OF(text), frame);
		assert_int_equal(open_frame(&receive, frame, 4 + FRAME_OVERHEAD_BYTES, &body), ERR_OK);
		assert_true(bytes_equal(body, BYTES_OF(text)));
		if (i % REKEY_FRAMES == 0)
			noise_cipher_rekey(&expected);
		assert_memory_equal(send.cipher.key, expected.key, 32);
		assert_memory_equal(receive.cipher.key, expected.key, 32);
		assert_int_equal(send.cipher.nonce, 2 * (uint64_t)i);
		assert_int_equal(receive.cipher.nonce, 2 * (uint64_t)i);
	}
}

static void every_bit_and_every_length(void **state)
{
	struct frame_cipher send = cipher_new();
	uint8_t good[5 + FRAME_OVERHEAD_BYTES], bad[sizeof good];
	struct bytes body;
	(void)state;
	frame_seal(&send, BYTES("hello", 5), good);
	for (size_t bit = 0; bit < 8 * sizeof good; bit++) {
		struct frame_cipher receive = cipher_new();
		memcpy(bad, good, sizeof good);
		bad[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(open_frame(&receive, bad, sizeof bad, &body), ERR_NOT_DECRYPTED);
		assert_int_equal(receive.cipher.state, NOISE_WIPED);
		/* a dead direction stays dead */
		assert_int_equal(open_frame(&receive, good, sizeof good, &body), ERR_NOT_DECRYPTED);
	}
	for (size_t len = 0; len < 5 + NOISE_TAG_BYTES; len++) {
		struct frame_cipher receive = cipher_new();
		size_t sealed;
		memcpy(bad, good, sizeof good);
		assert_int_equal(frame_open_head(&receive, bad, &sealed), ERR_OK);
		assert_int_equal(frame_open_body(&receive, bad + FRAME_HEAD_BYTES, len, &body),
		        len < NOISE_TAG_BYTES ? ERR_TRUNCATED : ERR_NOT_DECRYPTED);
	}
}

/* Which of the frames 0, 1, 2 arrive, in which order; -1 ends. The last must fail. */
static void out_of_order(void **state)
{
	static const int table[][4] = {
	        {1, -1}, {0, 0, -1}, {0, 2, -1}, {0, 1, 0, -1}, {0, 1, 1, -1}, {2, -1}};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct frame_cipher send = cipher_new(), receive = cipher_new();
		uint8_t frames[3][3 + FRAME_OVERHEAD_BYTES], copy[sizeof frames[0]];
		struct bytes body;
		for (size_t f = 0; f < 3; f++)
			frame_seal(&send, BYTES("abc", 3), frames[f]);
		for (size_t at = 0; at < 4 && table[i][at] >= 0; at++) {
			bool last = at == 3 || table[i][at + 1] < 0;
			memcpy(copy, frames[table[i][at]], sizeof copy);
			assert_int_equal(open_frame(&receive, copy, sizeof copy, &body),
			        last ? ERR_NOT_DECRYPTED : ERR_OK);
		}
	}
}

static void lengths_that_no_frame_has(void **state)
{
	static const struct {
		uint8_t length[2];
		enum err expected;
	} table[] = {{{0, 0}, ERR_TRUNCATED}, {{0xff, 0xf0}, ERR_TOO_LONG}, {{0xff, 0xff}, ERR_TOO_LONG}};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct frame_cipher send = cipher_new(), receive = cipher_new();
		uint8_t head[FRAME_HEAD_BYTES];
		size_t sealed = 77;
		noise_cipher_encrypt(&send.cipher, BYTES(NULL, 0), BYTES_OF(table[i].length), head);
		assert_int_equal(frame_open_head(&receive, head, &sealed), table[i].expected);
		assert_int_equal(sealed, 77);
		assert_int_equal(receive.cipher.state, NOISE_WIPED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(sizes),
	        cmocka_unit_test(bytes_are_the_aead_with_running_nonces),
	        cmocka_unit_test(the_key_changes_after_every_1000th_frame),
	        cmocka_unit_test(every_bit_and_every_length),
	        cmocka_unit_test(out_of_order),
	        cmocka_unit_test(lengths_that_no_frame_has),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
