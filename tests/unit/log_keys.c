/* SPDX-License-Identifier: Apache-2.0 */
/* log_keys.c: derivation, packing, and which X25519 points are refused. What others' vectors say of Ed25519 keys is
 * vectors/log_keys.c's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "log/keys.h"

static struct secret_keys derived(uint8_t first)
{
	struct seed seed = {{first}};
	struct secret_keys keys;
	keys_derive(&seed, &keys);
	return keys;
}

/* The derivation as the specification words it, in libsodium's own calls. */
static void derives_as_specified(void **state)
{
	(void)state;
	struct secret_keys keys = derived(1);
	uint8_t seed[32] = {1}, sub[32], public[32], secret[64];
	crypto_kdf_derive_from_key(sub, 32, 1, "lontar-1", seed);
	crypto_sign_seed_keypair(public, secret, sub);
	assert_memory_equal(public, keys.public.feed.bytes, 32);
	assert_memory_equal(secret, keys.feed, 64);
	crypto_kdf_derive_from_key(sub, 32, 2, "lontar-1", seed);
	crypto_sign_seed_keypair(public, secret, sub);
	assert_memory_equal(public, keys.public.cosigner, 32);
	assert_memory_equal(secret, keys.cosigner, 64);
	crypto_kdf_derive_from_key(sub, 32, 3, "lontar-1", seed);
	crypto_scalarmult_base(public, sub);
	assert_memory_equal(public, keys.public.link, 32);
	assert_memory_equal(sub, keys.link, 32);
	crypto_kdf_derive_from_key(sub, 32, 4, "lontar-1", seed);
	crypto_scalarmult_base(public, sub);
	assert_memory_equal(public, keys.public.seal, 32);
	assert_memory_equal(sub, keys.seal, 32);
}

static void what_is_derived_may_enter(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 64; i++) {
		struct secret_keys keys = derived((uint8_t)i);
		assert_int_equal(keys_check(&keys.public), ERR_OK);
		assert_true(keys_distinct(&keys.public));
	}
}

static void wipe_leaves_nothing(void **state)
{
	(void)state;
	struct secret_keys keys = derived(3);
	keys_wipe(&keys);
	assert_true(sodium_is_zero((const uint8_t *)&keys, sizeof keys));
}

/* u-coordinates in hex, little-endian; the lists of such points that others keep are these and their forms with the
 * top bit set, which are not canonical. */
static const struct {
	const char *hex;
	enum err want;
} POINTS[] = {
        {"0000000000000000000000000000000000000000000000000000000000000000", ERR_BAD_KEY},
        {"0100000000000000000000000000000000000000000000000000000000000000", ERR_BAD_KEY},
        {"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", ERR_BAD_KEY},
        {"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157", ERR_BAD_KEY},
        {"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", ERR_BAD_KEY}, /* p - 1 */
        {"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", ERR_BAD_KEY}, /* p */
        {"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", ERR_BAD_KEY}, /* p + 1 */
        {"f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                ERR_BAD_KEY}, /* p + 9, not canonical */
        {"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", ERR_BAD_KEY},
        {"0900000000000000000000000000000000000000000000000000000000000080", ERR_BAD_KEY}, /* top bit */
        {"cdeb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880", ERR_BAD_KEY},
        {"4c9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7", ERR_BAD_KEY},
        {"d9ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", ERR_BAD_KEY},
        {"0900000000000000000000000000000000000000000000000000000000000000", ERR_OK}, /* the base point */
        {"ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", ERR_OK}, /* p - 2 */
        {"0200000000000000000000000000000000000000000000000000000000000000", ERR_OK},
};

static void x25519_points(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof POINTS / sizeof POINTS[0]; i++) {
		uint8_t point[32], out[32], scalar[32] = {8};
		struct feed_keys keys = derived(1).public;
		assert_int_equal(sodium_hex2bin(point, 32, POINTS[i].hex, 64, NULL, NULL, NULL), 0);
		assert_int_equal(keys_check_agreement(point), POINTS[i].want);
		memcpy(keys.link, point, 32);
		assert_int_equal(keys_check(&keys), POINTS[i].want);
		keys = derived(1).public;
		memcpy(keys.seal, point, 32);
		assert_int_equal(keys_check(&keys), POINTS[i].want);
		if (POINTS[i].want == ERR_OK) /* what we let in never makes an agreement fail */
			assert_int_equal(crypto_scalarmult(out, scalar, point), 0);
	}
}

/* Small order, and a key that differs from a good one in its y alone. */
static void ed25519_points(void **state)
{
	(void)state;
	static const char *BAD[] = {
	        "0100000000000000000000000000000000000000000000000000000000000000",
	        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	        "0000000000000000000000000000000000000000000000000000000000000080",
	        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* not canonical */
	        "0200000000000000000000000000000000000000000000000000000000000000", /* not on the curve */
	};
	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
		struct feed_keys keys = derived(1).public;
		sodium_hex2bin(keys.feed.bytes, 32, BAD[i], 64, NULL, NULL, NULL);
		assert_int_equal(keys_check(&keys), ERR_BAD_KEY);
		keys = derived(1).public;
		sodium_hex2bin(keys.cosigner, 32, BAD[i], 64, NULL, NULL, NULL);
		assert_int_equal(keys_check(&keys), ERR_BAD_KEY);
	}
}

static void clashes(void **state)
{
	(void)state;
	struct feed_keys a = derived(1).public, b = derived(2).public;
	assert_false(keys_clash(&a, &b));
	memcpy(b.seal, a.link, 32);
	assert_true(keys_clash(&a, &b));
	assert_true(keys_clash(&b, &a));
	b = derived(2).public;
	memcpy(b.cosigner, b.feed.bytes, 32);
	assert_false(keys_distinct(&b));
}

static void packs(void **state)
{
	(void)state;
	struct feed_keys keys = derived(9).public, back;
	uint8_t buffer[256];
	struct mp_out o = mp_out(buffer, sizeof buffer);
	keys_pack(&o, &keys);
	struct bytes b = mp_written(&o);
	assert_int_equal(b.len, 1 + 4 * 34);
	struct mp_in m = mp_in(b);
	keys_unpack(&m, &back);
	assert_int_equal(mp_end(&m), ERR_OK);
	assert_memory_equal(&keys, &back, sizeof keys);
	for (size_t len = 0; len < b.len; len++) {
		m = mp_in(BYTES(b.data, len));
		keys_unpack(&m, &back);
		assert_int_not_equal(mp_end(&m), ERR_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(derives_as_specified),
	        cmocka_unit_test(what_is_derived_may_enter),
	        cmocka_unit_test(wipe_leaves_nothing),
	        cmocka_unit_test(x25519_points),
	        cmocka_unit_test(ed25519_points),
	        cmocka_unit_test(clashes),
	        cmocka_unit_test(packs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
