/* SPDX-License-Identifier: Apache-2.0 */
/* ed25519.c: signatures of others through note_verify(), the check that all of ours go through: wycheproof, CCTV and
 * the twelve cases on which implementations differ. Which keys may enter a roster is tested in log_keys.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/text.h"
#include "log/note.h"
#include "vectors.h"

#define MESSAGE_BYTES_MAX 4096u

struct signed_message {
	struct bytes text;
	uint8_t key[32];
	struct bytes signature; /* of any length */
};

/* A note whose signature line has exactly this blob after the key id. The text need not be one that note_parse() would
 * take: what is tested is the signature. */
static bool verifies(const struct signed_message *m)
{
	uint8_t blob[256], base64[512];
	struct note_seen seen;
	struct note_key key = {.name = bytes_text("k"), .type = NOTE_ED25519};
	struct note note = {.text = m->text, .lines_count = 1};
	memcpy(key.key, m->key, sizeof key.key);
	assert_true(m->signature.len + NOTE_KEY_ID_BYTES <= sizeof blob);
	note_key_id(&key, blob);
	memcpy(note.lines[0].key_id, blob, NOTE_KEY_ID_BYTES);
	if (m->signature.len > 0)
		memcpy(blob + NOTE_KEY_ID_BYTES, m->signature.data, m->signature.len);
	struct bytes_out o = bytes_out(base64, sizeof base64);
	text_put_base64(&o, BYTES(blob, NOTE_KEY_ID_BYTES + m->signature.len));
	note.lines[0].name = key.name;
	note.lines[0].blob = bytes_written(&o);
	return note_verify(&note, &key, 1, &seen) == ERR_OK;
}

static bool verifies_hex(const char *message, const char *key, const char *signature)
{
	static uint8_t text[MESSAGE_BYTES_MAX];
	uint8_t sig[128];
	struct signed_message m = {.text = BYTES(text, vectors_hex(message, text, sizeof text)),
	        .signature = BYTES(sig, vectors_hex(signature, sig, sizeof sig))};
	assert_int_equal(vectors_hex(key, m.key, sizeof m.key), 32);
	return verifies(&m);
}

static void wycheproof(void **state)
{
	(void)state;
	unsigned valid = 0, invalid = 0;
	json_t *d = vectors_load("wycheproof/ed25519_test.json");
	const json_t *groups = vectors_array(d, "testGroups");
	for (size_t g = 0; g < json_array_size(groups); g++) {
		const json_t *group = json_array_get(groups, g), *tests = vectors_array(group, "tests");
		const char *key = vectors_text(json_object_get(group, "publicKey"), "pk");
		for (size_t i = 0; i < json_array_size(tests); i++) {
			const json_t *t = json_array_get(tests, i);
			bool want = strcmp(vectors_text(t, "result"), "valid") == 0;
			if (verifies_hex(vectors_text(t, "msg"), key, vectors_text(t, "sig")) != want)
				fail_msg("tcId %u", (unsigned)vectors_number(t, "tcId"));
			*(want ? &valid : &invalid) += 1;
		}
	}
	printf("wycheproof: %u valid, %u invalid\n", valid, invalid);
	assert_int_equal(valid + invalid, vectors_number(d, "numberOfTests"));
	assert_true(valid > 0 && invalid > 0);
	json_decref(d);
}

static bool has_flag(const json_t *c, const char *flag)
{
	const json_t *flags = json_object_get(c, "flags");
	for (size_t i = 0; i < json_array_size(flags); i++)
		if (strcmp(json_string_value(json_array_get(flags, i)), flag) == 0)
			return true;
	return false;
}

/* Small or non-canonical keys and R, and equations that hold only with the cofactor, are refused. A key with a part of
 * small order can sign for everybody or for some, which is why such keys may not enter a roster. */
static bool must_be_refused(const json_t *c)
{
	static const char *const flags[] = {
	        "low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue"};
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (has_flag(c, flags[i]))
			return true;
	return false;
}

static void cctv(void **state)
{
	(void)state;
	unsigned refused = 0, taken = 0, taken_of_valid_keys = 0;
	json_t *list = vectors_load("ed25519-cctv/ed25519vectors.json");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *c = json_array_get(list, i);
		uint8_t sig[64];
		struct signed_message m = {.text = vectors_bytes(c, "msg"),
		        .signature = BYTES(sig, vectors_hex(vectors_text(c, "sig"), sig, sizeof sig))};
		assert_int_equal(vectors_hex(vectors_text(c, "key"), m.key, sizeof m.key), 32);
		if (!verifies(&m)) {
			refused++;
			continue;
		}
		taken++;
		if (must_be_refused(c))
			fail_msg("case %zu was taken", i);
		bool valid = crypto_core_ed25519_is_valid_point(m.key) == 1;
		assert_true(!valid || json_array_size(json_object_get(c, "flags")) == 0);
		taken_of_valid_keys += valid;
	}
	printf("cctv: %u refused; %u taken, %u of them of a key that may enter a roster\n", refused, taken,
	        taken_of_valid_keys);
	assert_true(refused > 0 && taken > 0 && taken_of_valid_keys <= 1);
	json_decref(list);
}

/* The published row of libsodium: only case 3 verifies. */
static void speccheck(void **state)
{
	(void)state;
	json_t *list = vectors_load("ed25519-speccheck/cases.json");
	assert_int_equal(json_array_size(list), 12);
	for (size_t i = 0; i < 12; i++) {
		const json_t *c = json_array_get(list, i);
		bool got = verifies_hex(
		        vectors_text(c, "message"), vectors_text(c, "pub_key"), vectors_text(c, "signature"));
		if (got != (i == 3))
			fail_msg("case %zu", i);
	}
	printf("speccheck: 12 cases, 1 taken\n");
	json_decref(list);
}

int main(void)
{
	if (!vectors_there("wycheproof/ed25519_test.json"))
		return vectors_skip("wycheproof/ed25519_test.json");
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(wycheproof),
	        cmocka_unit_test(cctv),
	        cmocka_unit_test(speccheck),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
