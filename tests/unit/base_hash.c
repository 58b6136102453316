/* SPDX-License-Identifier: Apache-2.0
 * base_hash.c: SHA-256 against FIPS 180-4's examples, HMAC against RFC 4231, leaves and nodes against the tree that
 * the tests of Certificate Transparency use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "support/hex.h"

#define MILLION 1000000u

static bool is(struct hash h, const char *hex)
{
	return hex_equal(BYTES_OF(h.bytes), hex);
}

static void fips_180(void **state)
{
	(void)state;
	static const struct {
		const char *message, *digest;
	} cases[] = {
	        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmn"
	         "opqrsmno"
	         "pqrstnopqrstu",
	                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct bytes m = bytes_text(cases[i].message);
		assert_true(is(hash_of(m), cases[i].digest));
		for (size_t cut = 0; cut <= m.len; cut++)
			assert_true(is(hash_of2(BYTES(m.data, cut), BYTES(m.data + cut, m.len - cut)),
			        cases[i].digest));
	}
	static uint8_t as[MILLION];
	memset(as, 'a', sizeof as);
	assert_true(is(
	        hash_of(BYTES_OF(as)), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
	assert_true(is(hash_of(BYTES(NULL, 0)), cases[0].digest));
	assert_true(is(hash_of2(BYTES(NULL, 0), BYTES(NULL, 0)), cases[0].digest));
}

#define AA20 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define AA131 AA20 AA20 AA20 AA20 AA20 AA20 "aaaaaaaaaaaaaaaaaaaaaa"
#define DD10 "dddddddddddddddddddd"
#define CD10 "cdcdcdcdcdcdcdcdcdcd"

/* RFC 4231, 4.2 to 4.8; the fifth gives the first 128 bits only. */
static const struct {
	const char *key, *message, *mac;
} RFC_4231[] = {
        {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {AA20, DD10 DD10 DD10 DD10 DD10, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {"0102030405060708090a0b0c0d0e0f10111213141516171819", CD10 CD10 CD10 CD10 CD10,
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {"0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c", "546573742057697468205472756e636174696f6e",
                "a3b6167473100ee06e0c796c2955552b"},
        {AA131,
                "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b"
                "657920"
                "4669727374",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {AA131,
                "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a6520"
                "6b6579"
                "20616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e65"
                "656473"
                "20746f20626520686173686564206265666f7265206265696e6720757365642062792074686520484d414320616c"
                "676f72"
                "6974686d2e",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

static void rfc_4231(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof RFC_4231 / sizeof RFC_4231[0]; i++) {
		struct hex key = hex_of(RFC_4231[i].key), message = hex_of(RFC_4231[i].message);
		struct bytes k = BYTES(key.data, key.len), m = BYTES(message.data, message.len);
		struct hash h = hash_hmac(k, m);
		assert_true(hex_equal(BYTES(h.bytes, strlen(RFC_4231[i].mac) / 2), RFC_4231[i].mac));
		for (size_t cut = 0; cut <= m.len; cut++) {
			size_t half = cut / 2;
			struct hash parts = hash_hmac3(k, BYTES(m.data, half),
			        BYTES(m.data + half, cut - half), BYTES(m.data + cut, m.len - cut));
			assert_true(hash_equal(&parts, &h));
		}
	}
}

static void empty_hmac(void **state)
{
	(void)state;
	assert_true(is(hash_hmac(BYTES(NULL, 0), BYTES(NULL, 0)),
	        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
}

static void leaves_and_nodes(void **state)
{
	(void)state;
	static const uint8_t zero[1] = {0};
	struct hash first = hash_leaf(BYTES(NULL, 0)), second = hash_leaf(BYTES_OF(zero));
	assert_true(is(first, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"));
	struct hash node = hash_node(&first, &second);
	assert_true(is(node, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"));
	struct hash swapped = hash_node(&second, &first);
	assert_false(hash_equal(&node, &swapped));
}

static void values(void **state)
{
	(void)state;
	struct hash a = {{0}}, b = {{0}};
	assert_true(hash_is_zero(&a));
	for (size_t i = 0; i < sizeof b.bytes; i++) {
		b.bytes[i] = 1;
		assert_false(hash_equal(&a, &b));
		assert_false(hash_is_zero(&b));
		b.bytes[i] = 0;
	}
	assert_true(hash_equal(&a, &b));
	struct hash empty = hash_of(BYTES(NULL, 0));
	assert_true(hash_fingerprint(&empty) == UINT64_C(0xe3b0c44298fc1c14));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(fips_180),
	        cmocka_unit_test(rfc_4231),
	        cmocka_unit_test(empty_hmac),
	        cmocka_unit_test(leaves_and_nodes),
	        cmocka_unit_test(values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
