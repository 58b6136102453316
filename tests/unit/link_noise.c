/* SPDX-License-Identifier: Apache-2.0
 * link_noise.c: XK between two sides of ours: sizes, spoilt messages, keys of small order, REKEY, the wipe after a
 * failure. The bytes are held by vectors/noise.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "support/link.h"

#define MESSAGES 3

static struct noise side_of(enum noise_side side, uint8_t own, const uint8_t *remote, const char *prologue)
{
	struct link_keys keys = link_keys_of(own);
	uint8_t ephemeral[32];
	memset(ephemeral, own + 100, sizeof ephemeral);
	struct noise n;
	noise_init(&n, &(struct noise_options){
	                       .pattern = &noise_xk,
	                       .side = side,
	                       .prologue = bytes_text(prologue),
	                       .static_secret = keys.secret,
	                       .static_public = keys.public,
	                       .ephemeral_secret = ephemeral,
	                       .remote_static = remote,
	               });
	return n;
}

/* Both sides before message AT, and the message. */
struct scene {
	struct noise sides[2];
	uint8_t message[128];
	size_t len;
};

static struct scene scene_at(unsigned at)
{
	struct link_keys responder = link_keys_of(2);
	struct scene s = {.sides = {side_of(NOISE_INITIATOR, 1, responder.public, "p"),
	                          side_of(NOISE_RESPONDER, 2, NULL, "p")}};
	struct bytes payload;
	for (unsigned i = 0; i <= at; i++) {
		struct bytes_out out = bytes_out(s.message, sizeof s.message);
		assert_int_equal(noise_write(&s.sides[i % 2], BYTES(NULL, 0), &out), ERR_OK);
		s.len = out.len;
		if (i < at)
			assert_int_equal(noise_read(&s.sides[1 - i % 2], s.message, s.len, &payload), ERR_OK);
	}
	return s;
}

static void sizes(void **state)
{
	static const size_t expected[MESSAGES] = {48, 48, 64};
	(void)state;
	for (unsigned i = 0; i < MESSAGES; i++)
		assert_int_equal(scene_at(i).len, expected[i]);
}

static void the_initiator_is_named_in_message_3(void **state)
{
	struct scene s = scene_at(2);
	struct link_keys initiator = link_keys_of(1);
	struct bytes payload;
	(void)state;
	assert_int_equal(noise_read(&s.sides[1], s.message, s.len, &payload), ERR_OK);
	assert_int_equal(payload.len, 0);
	assert_memory_equal(noise_remote_static(&s.sides[1]), initiator.public, 32);
	assert_true(noise_done(&s.sides[0]) && noise_done(&s.sides[1]));
}

static void must_fail(struct noise *n, uint8_t *message, size_t len, enum err expected)
{
	struct bytes payload;
	assert_int_equal(noise_read(n, message, len, &payload), expected);
	/* wiped, and dead */
	assert_true(sodium_is_zero(n->static_secret, 32) && sodium_is_zero(n->chaining_key, 32));
	assert_false(noise_writes(n) || noise_done(n));
	assert_int_equal(noise_read(n, message, len, &payload), ERR_NOT_DECRYPTED);
}

static void every_bit_and_every_length(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MESSAGES; i++) {
		struct scene good = scene_at(i);
		for (size_t bit = 0; bit < 8 * good.len; bit++) {
			struct scene s = good;
			s.message[bit / 8] ^= (uint8_t)(1u << bit % 8);
			must_fail(&s.sides[1 - i % 2], s.message, s.len, ERR_NOT_DECRYPTED);
		}
		for (size_t len = 0; len < good.len; len++) {
			struct scene s = good;
			bool tagless = i == 2 ? len < 48 || (len >= 48 && len < 64) : len < 48;
			must_fail(&s.sides[1 - i % 2], s.message, len,
			        tagless ? ERR_TRUNCATED : ERR_NOT_DECRYPTED);
		}
		struct scene s = good;
		s.message[s.len++] = 0;
		must_fail(&s.sides[1 - i % 2], s.message, s.len, ERR_NOT_DECRYPTED);
	}
}

static void another_network_or_responder(void **state)
{
	struct scene s = scene_at(0);
	struct noise other_network = side_of(NOISE_RESPONDER, 2, NULL, "q");
	struct noise other_key = side_of(NOISE_RESPONDER, 3, NULL, "p");
	struct scene copy = s;
	(void)state;
	must_fail(&other_network, s.message, s.len, ERR_NOT_DECRYPTED);
	must_fail(&other_key, copy.message, copy.len, ERR_NOT_DECRYPTED);
}

/* RFC 7748 6.1: such keys make the shared secret zero. The list is Wycheproof's and libsodium's. */
static void keys_of_small_order(void **state)
{
	static const uint8_t points[][32] = {
	        {0},
	        {1},
	        {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4,
	                0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f,
	                0x49, 0xb8, 0x00},
	        {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef,
	                0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0,
	                0x9f, 0x11, 0x57},
	        {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	                0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	                0xff, 0xff, 0x7f},
	        {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	                0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	                0xff, 0xff, 0x7f},
	        {0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	                0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	                0xff, 0xff, 0x7f},
	};
	(void)state;
	for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
		struct scene s = scene_at(0);
		memcpy(s.message, points[i], 32);
		must_fail(&s.sides[1], s.message, s.len, ERR_BAD_KEY);
		struct noise dialler = side_of(NOISE_INITIATOR, 1, points[i], "p");
		uint8_t message[64];
		struct bytes_out out = bytes_out(message, sizeof message);
		assert_int_equal(noise_write(&dialler, BYTES(NULL, 0), &out), ERR_BAD_KEY);
		assert_true(sodium_is_zero(dialler.static_secret, 32));
	}
}

static void rekey(void **state)
{
	static const uint8_t nonce[12] = {0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255}, zeros[32];
	struct noise_cipher c;
	uint8_t key[32], sealed[48];
	(void)state;
	memset(key, 7, sizeof key);
	noise_cipher_init(&c, key);
	c.nonce = 41;
	noise_cipher_rekey(&c);
	crypto_aead_chacha20poly1305_ietf_encrypt(sealed, NULL, zeros, 32, NULL, 0, NULL, nonce, key);
	assert_memory_equal(c.key, sealed, 32);
	assert_int_equal(c.nonce, 41);
}

static void a_failure_wipes_and_the_last_nonce_is_not_used(void **state)
{
	struct noise_cipher c, d;
	uint8_t key[32] = {1}, sealed[20] = {0};
	const struct bytes none = BYTES(NULL, 0);
	(void)state;
	noise_cipher_init(&c, key);
	c.nonce = 5;
	d = c;
	noise_cipher_encrypt(&c, none, BYTES("abcd", 4), sealed);
	assert_int_equal(c.nonce, 6);
	sealed[0] ^= 1;
	assert_int_equal(noise_cipher_decrypt(&d, none, BYTES_OF(sealed), sealed), ERR_NOT_DECRYPTED);
	assert_true(d.state == NOISE_WIPED && d.nonce == 0 && sodium_is_zero(d.key, 32));
	noise_cipher_init(&d, key);
	d.nonce = UINT64_MAX;
	assert_int_equal(noise_cipher_decrypt(&d, none, BYTES_OF(sealed), sealed), ERR_NOT_DECRYPTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(sizes),
	        cmocka_unit_test(the_initiator_is_named_in_message_3),
	        cmocka_unit_test(every_bit_and_every_length),
	        cmocka_unit_test(another_network_or_responder),
	        cmocka_unit_test(keys_of_small_order),
	        cmocka_unit_test(rekey),
	        cmocka_unit_test(a_failure_wipes_and_the_last_nonce_is_not_used),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
