/* SPDX-License-Identifier: Apache-2.0 */
/* log_keys.c: which public keys may enter a roster, by the collections that C2SP, speccheck and Wycheproof made of
 * the keys on which verifiers disagree. The rule: on a key that we let in, every signature that we take is taken by
 * all of them, and every agreement succeeds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "log/keys.h"
#include "vectors.h"

static bool flagged(const json_t *test, const char *flag)
{
	const json_t *flags = json_object_get(test, "flags"), *f;
	size_t i;
	json_array_foreach(flags, i, f) if (strcmp(json_string_value(f), flag) == 0) return true;
	return false;
}

static bool may_enter(const uint8_t key[32])
{
	return keys_check_signing(key) == ERR_OK;
}

/* Every key with a part of small order, or written otherwise than canonically, stays out; the others enter. */
static void cctv(void **state)
{
	(void)state;
	json_t *all = vectors_load("ed25519-cctv/ed25519vectors.json"), *test;
	size_t i, entered = 0, taken = 0;
	json_array_foreach(all, i, test)
	{
		uint8_t key[32], signature[64];
		assert_int_equal(vectors_hex(vectors_text(test, "key"), key, 32), 32);
		assert_int_equal(vectors_hex(vectors_text(test, "sig"), signature, 64), 64);
		bool contested = flagged(test, "low_order_A") || flagged(test, "low_order_component_A") ||
		                 flagged(test, "non_canonical_A");
		assert_int_equal(may_enter(key), !contested);
		struct bytes msg = vectors_bytes(test, "msg");
		if (!may_enter(key))
			continue;
		entered++;
		if (crypto_sign_verify_detached(signature, msg.data, msg.len, key) != 0)
			continue;
		taken++;
		assert_false(flagged(test, "low_order_residue") || flagged(test, "low_order_R") ||
		             flagged(test, "non_canonical_R"));
	}
	assert_int_equal(i, 914);
	assert_true(entered > 0 && taken > 0);
	json_decref(all);
}

/* Of speccheck's cases none has both a key that may enter and a signature that verifies. */
static void speccheck(void **state)
{
	(void)state;
	static const char *FILES[] = {
	        "ed25519-speccheck/cases.json", "ed25519-speccheck/cases-annotated.json"};
	static const size_t COUNTS[] = {12, 15};
	for (size_t f = 0; f < 2; f++) {
		json_t *all = vectors_load(FILES[f]), *test;
		size_t i;
		json_array_foreach(all, i, test)
		{
			uint8_t key[32], signature[64], message[64];
			size_t len = vectors_hex(vectors_text(test, "message"), message, sizeof message);
			assert_int_equal(vectors_hex(vectors_text(test, "pub_key"), key, 32), 32);
			assert_int_equal(vectors_hex(vectors_text(test, "signature"), signature, 64), 64);
			assert_false(may_enter(key) &&
			             crypto_sign_verify_detached(signature, message, len, key) == 0);
		}
		assert_int_equal(i, COUNTS[f]);
		json_decref(all);
	}
}

static void agreement(const json_t *test)
{
	uint8_t public[32], private[32], shared[32], want[32];
	assert_int_equal(vectors_hex(vectors_text(test, "public"), public, 32), 32);
	assert_int_equal(vectors_hex(vectors_text(test, "private"), private, 32), 32);
	assert_int_equal(vectors_hex(vectors_text(test, "shared"), want, 32), 32);
	bool zero = flagged(test, "ZeroSharedSecret");
	bool refused = flagged(test, "LowOrderPublic") || flagged(test, "NonCanonicalPublic");
	assert_int_equal(keys_check_agreement(public), refused ? ERR_BAD_KEY : ERR_OK);
	assert_int_equal(crypto_scalarmult(shared, private, public), zero ? -1 : 0);
	if (!zero)
		assert_memory_equal(shared, want, 32);
}

static void x25519(void **state)
{
	(void)state;
	json_t *all = vectors_load("wycheproof/x25519_test.json"), *group, *test;
	size_t i, j, count = 0;
	json_array_foreach(vectors_array(all, "testGroups"), i, group)
	        json_array_foreach(vectors_array(group, "tests"), j, test)
	{
		agreement(test);
		count++;
	}
	assert_int_equal(count, 518);
	json_decref(all);
}

int main(void)
{
	if (!vectors_there("ed25519-cctv/ed25519vectors.json"))
		return vectors_skip("ed25519-cctv/ed25519vectors.json");
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(cctv),
	        cmocka_unit_test(speccheck),
	        cmocka_unit_test(x25519),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
