/* SPDX-License-Identifier: Apache-2.0 */
/* aead.c: Wycheproof's cases for the calls that seal payloads (XChaCha20-Poly1305, HMAC-SHA-256) and frames
 * (ChaCha20-Poly1305), in both directions, and every forged one refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/hash.h"
#include "vectors.h"

#define MESSAGE_BYTES_MAX 4096u
#define TAG_BYTES 16u

struct buffer {
	uint8_t bytes[MESSAGE_BYTES_MAX];
	size_t len;
};

static struct buffer buffer_of(const json_t *test, const char *key)
{
	struct buffer b;
	b.len = vectors_hex(vectors_text(test, key), b.bytes, sizeof b.bytes);
	return b;
}

static bool is_valid(const json_t *test)
{
	return strcmp(vectors_text(test, "result"), "valid") == 0;
}

typedef int encrypt(unsigned char *c, unsigned long long *clen, const unsigned char *m,
        unsigned long long mlen, const unsigned char *ad, unsigned long long adlen, const unsigned char *nsec,
        const unsigned char *npub, const unsigned char *k);
typedef int decrypt(unsigned char *m, unsigned long long *mlen, unsigned char *nsec, const unsigned char *c,
        unsigned long long clen, const unsigned char *ad, unsigned long long adlen, const unsigned char *npub,
        const unsigned char *k);

struct cipher {
	const char *file;
	size_t nonce_bytes;
	encrypt *encrypt;
	decrypt *decrypt;
	size_t count;
};

static void aead_case(const struct cipher *c, const json_t *test)
{
	struct buffer key = buffer_of(test, "key"), nonce = buffer_of(test, "iv"),
	              ad = buffer_of(test, "aad");
	struct buffer msg = buffer_of(test, "msg"), sealed = buffer_of(test, "ct"),
	              tag = buffer_of(test, "tag");
	uint8_t out[MESSAGE_BYTES_MAX];
	assert_int_equal(key.len, 32);
	if (nonce.len != c->nonce_bytes) { /* a nonce that the cipher has not: nothing of ours can say it */
		assert_false(is_valid(test));
		return;
	}
	assert_int_equal(tag.len, TAG_BYTES);
	memcpy(sealed.bytes + sealed.len, tag.bytes, tag.len);
	sealed.len += tag.len;
	int opened = c->decrypt(
	        out, NULL, NULL, sealed.bytes, sealed.len, ad.bytes, ad.len, nonce.bytes, key.bytes);
	assert_int_equal(opened, is_valid(test) ? 0 : -1);
	if (!is_valid(test))
		return;
	assert_memory_equal(out, msg.bytes, msg.len);
	c->encrypt(out, NULL, msg.bytes, msg.len, ad.bytes, ad.len, NULL, nonce.bytes, key.bytes);
	assert_memory_equal(out, sealed.bytes, sealed.len);
	/* and in place, as we do it */
	c->encrypt(msg.bytes, NULL, msg.bytes, msg.len, ad.bytes, ad.len, NULL, nonce.bytes, key.bytes);
	assert_memory_equal(msg.bytes, sealed.bytes, sealed.len);
}

static void ciphers(void **state)
{
	(void)state;
	static const struct cipher CIPHERS[] = {
	        {"wycheproof/xchacha20_poly1305_test.json", 24, crypto_aead_xchacha20poly1305_ietf_encrypt,
	                crypto_aead_xchacha20poly1305_ietf_decrypt, 315},
	        {"wycheproof/chacha20_poly1305_test.json", 12, crypto_aead_chacha20poly1305_ietf_encrypt,
	                crypto_aead_chacha20poly1305_ietf_decrypt, 325},
	};
	for (size_t c = 0; c < 2; c++) {
		json_t *all = vectors_load(CIPHERS[c].file), *group, *test;
		size_t i, j, count = 0;
		json_array_foreach(vectors_array(all, "testGroups"), i, group)
		        json_array_foreach(vectors_array(group, "tests"), j, test)
		{
			aead_case(&CIPHERS[c], test);
			count++;
		}
		assert_int_equal(count, CIPHERS[c].count);
		json_decref(all);
	}
}

/* The message in three parts, as hash_hmac3 takes it, and whole. */
static void hmac_case(const json_t *test)
{
	struct buffer key = buffer_of(test, "key"), msg = buffer_of(test, "msg"),
	              tag = buffer_of(test, "tag");
	size_t third = msg.len / 3;
	struct hash whole = hash_hmac(BYTES(key.bytes, key.len), BYTES(msg.bytes, msg.len));
	struct hash parts = hash_hmac3(BYTES(key.bytes, key.len), BYTES(msg.bytes, third),
	        BYTES(msg.bytes + third, third), BYTES(msg.bytes + 2 * third, msg.len - 2 * third));
	assert_memory_equal(whole.bytes, parts.bytes, sizeof whole.bytes);
	assert_true(tag.len <= sizeof whole.bytes);
	assert_int_equal(memcmp(whole.bytes, tag.bytes, tag.len) == 0, is_valid(test));
}

static void hmac(void **state)
{
	(void)state;
	json_t *all = vectors_load("wycheproof/hmac_sha256_test.json"), *group, *test;
	size_t i, j, count = 0;
	json_array_foreach(vectors_array(all, "testGroups"), i, group)
	        json_array_foreach(vectors_array(group, "tests"), j, test)
	{
		hmac_case(test);
		count++;
	}
	assert_int_equal(count, 174);
	json_decref(all);
}

int main(void)
{
	if (!vectors_there("wycheproof/xchacha20_poly1305_test.json"))
		return vectors_skip("wycheproof/xchacha20_poly1305_test.json");
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(ciphers),
	        cmocka_unit_test(hmac),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
