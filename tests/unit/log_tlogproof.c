/* SPDX-License-Identifier: Apache-2.0 */
/* log_tlogproof.c: C2SP's text of an inclusion proof: its forms, and what does not verify. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "log/tlogproof.h"
#include "support/naive.h"

#define HASH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define FIRST "c2sp.org/tlog-proof@v1\n"

static void forms(void **state)
{
	(void)state;
	static const char *const good[] = {FIRST "index 0\n\n", FIRST "index 0\n\nx",
	        FIRST "index 7\n" HASH "\n\nx\n\ny\n", FIRST "index 18446744073709551615\n\nx\n",
	        FIRST "extra AAAA\nindex 0\n\nx\n"};
	uint8_t room[512];
	struct tlogproof p;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct bytes_out o = bytes_out(room, sizeof room);
		assert_int_equal(tlogproof_parse(bytes_text(good[i]), &p), ERR_OK);
		tlogproof_put(&o, &p);
		assert_true(bytes_equal(bytes_written(&o), bytes_text(good[i])));
	}
}

static void no_forms(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "\n", "c2sp.org/tlog-proof@v1", FIRST, FIRST "\n",
	        FIRST "index 0", FIRST "index 0\n", FIRST "index 0\nx", FIRST "index \n\n",
	        FIRST "index -1\n\n", FIRST "index 00\n\n", FIRST "index 18446744073709551616\n\n",
	        FIRST "Index 0\n\n", FIRST "index  0\n\n", FIRST "index 0 \n\n", " " FIRST "index 0\n\n",
	        "c2sp.org/tlog-proof@v2\nindex 0\n\n", FIRST "index 0\n" HASH "\n", FIRST "index 0\n" HASH,
	        FIRST "index 0\nAAAA\n\n", FIRST "index 0\n" HASH HASH "\n\n", FIRST "index 0\n" HASH " \n\n",
	        FIRST "extra \nindex 0\n\n", FIRST "extra A\nindex 0\n\n", FIRST "extra AAAA\n",
	        FIRST "extra AAAA", FIRST "extra AAAA\n\n", FIRST "extra AAAA\nextra AAAA\nindex 0\n\n",
	        FIRST "index 0\nextra AAAA\n\n"};
	struct tlogproof p;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (tlogproof_parse(bytes_text(bad[i]), &p) != ERR_MALFORMED)
			fail_msg("%zu: %s", i, bad[i]);
}

static void limits(void **state)
{
	(void)state;
	static uint8_t text[8192];
	struct tlogproof p;
	for (unsigned more = 0; more < 2; more++) {
		struct bytes_out o = bytes_out(text, sizeof text);
		bytes_put_text(&o, FIRST "index 0\n");
		for (unsigned i = 0; i < PROOF_HASHES_MAX + more; i++)
			bytes_put_text(&o, HASH "\n");
		bytes_put_u8(&o, '\n');
		assert_int_equal(tlogproof_parse(bytes_written(&o), &p), more ? ERR_TOO_MANY : ERR_OK);
		o = bytes_out(text, sizeof text);
		bytes_put_text(&o, FIRST "extra ");
		for (unsigned i = 0; i < 341 + more; i++) /* 3 bytes each, 1024 at most */
			bytes_put_text(&o, "AAAA");
		bytes_put_text(&o, "\nindex 0\n\n");
		assert_int_equal(tlogproof_parse(bytes_written(&o), &p), more ? ERR_TOO_LONG : ERR_OK);
	}
}

/* --- checking: a log of 11 entries --- */

#define LOG "example.com/log"
static uint8_t secret[64], note_room[1024];
static struct note_key keys[2];
static struct hash leaves[11];

static int setup(void **state)
{
	(void)state;
	uint8_t seed[32] = {8};
	naive_leaves(leaves, 11, 8);
	keys[0] = (struct note_key){.name = bytes_text(LOG), .type = NOTE_ED25519};
	keys[1] = (struct note_key){.name = bytes_text("example.com/witness"), .type = NOTE_COSIGNATURE};
	return crypto_sign_seed_keypair(keys[0].key, secret, seed);
}

static struct bytes note_of(const char *text, const struct note_key *key)
{
	uint8_t signature[64];
	struct bytes_out o = bytes_out(note_room, sizeof note_room);
	(void)crypto_sign_detached(signature, NULL, (const uint8_t *)text, strlen(text), secret);
	bytes_put_text(&o, text);
	bytes_put_u8(&o, '\n');
	note_put_signature(&o, key, BYTES_OF(signature));
	return bytes_written(&o);
}

/* The checkpoint's text with that first line and those after the root. */
static const char *text_of(const char *origin, const char *after)
{
	static uint8_t room[256];
	struct hash root = naive_root(leaves, 11);
	struct bytes_out o = bytes_out(room, sizeof room);
	bytes_put_text(&o, origin);
	bytes_put_text(&o, "\n11\n");
	proof_put(&o, &(struct proof){.count = 1, .hashes = {root}});
	bytes_put_text(&o, after);
	bytes_put_u8(&o, 0);
	assert_int_equal(bytes_out_end(&o), ERR_OK);
	return (const char *)room;
}

static enum err verify(uint64_t index, struct bytes checkpoint, uint32_t keys_count)
{
	struct note_seen seen[2];
	struct tlogproof p = {.index = index, .path = naive_path(leaves, 4, 11), .checkpoint = checkpoint};
	return tlogproof_verify(&p, &leaves[4], keys, keys_count, seen, NULL);
}

static void verified(void **state)
{
	(void)state;
	struct note_seen seen[2];
	struct head head;
	struct tlogproof p = {.index = 4, .path = naive_path(leaves, 4, 11)};
	p.checkpoint = note_of(text_of(LOG, ""), &keys[0]);
	assert_int_equal(tlogproof_verify(&p, &leaves[4], keys, 2, seen, &head), ERR_OK);
	assert_true(seen[0].signed_it && !seen[1].signed_it && head.size == 11);
	assert_int_equal(verify(4, p.checkpoint, 1), ERR_OK);
}

static void must_fail(void **state)
{
	(void)state;
	struct note_key other = keys[0];
	other.name = bytes_text("example.com/other");
	assert_int_equal(verify(5, note_of(text_of(LOG, ""), &keys[0]), 2), ERR_BAD_PROOF);
	assert_int_equal(verify(11, note_of(text_of(LOG, ""), &keys[0]), 2), ERR_BAD_PROOF);
	/* signed by the log, but about another one; by the log's key under another name; extension lines; no note */
	assert_int_equal(
	        verify(4, note_of(text_of("example.com/other", ""), &keys[0]), 2), ERR_BAD_SIGNATURE);
	assert_int_equal(verify(4, note_of(text_of(LOG, ""), &other), 2), ERR_BAD_SIGNATURE);
	assert_int_equal(verify(4, note_of(text_of(LOG, "more\n"), &keys[0]), 2), ERR_MALFORMED);
	assert_int_equal(verify(4, bytes_text("x"), 2), ERR_MALFORMED);
}

/* A cosigner alone does not make a log's checkpoint. */
static void a_cosigner_is_not_the_log(void **state)
{
	(void)state;
	struct note_key swapped[2] = {keys[1], keys[0]};
	struct note_seen seen[2];
	struct tlogproof p = {.index = 4, .path = naive_path(leaves, 4, 11)};
	p.checkpoint = note_of(text_of(LOG, ""), &keys[0]);
	assert_int_equal(tlogproof_verify(&p, &leaves[4], swapped, 2, seen, NULL), ERR_BAD_SIGNATURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(forms),
	        cmocka_unit_test(no_forms),
	        cmocka_unit_test(limits),
	        cmocka_unit_test(verified),
	        cmocka_unit_test(must_fail),
	        cmocka_unit_test(a_cosigner_is_not_the_log),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
