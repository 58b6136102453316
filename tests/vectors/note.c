/* SPDX-License-Identifier: Apache-2.0 */
/* note.c: notes, checkpoints, cosignatures and tlog-proofs of others, and the requests of a witness's transcripts as
 * far as they are notes and proofs. Where ours is the stricter rule, it is said here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/text.h"
#include "log/cosignature.h"
#include "log/tlogproof.h"
#include "vectors.h"

static struct note_key key_of(const char *text)
{
	struct note_key key;
	if (note_key_parse(bytes_text(text), &key) != ERR_OK)
		fail_msg("not a verifier key: %s", text);
	return key;
}

/* --- golang/mod's notes --- */

#define KEYS_MAX 8u

static uint32_t keys_named(const json_t *vkeys, const json_t *names, struct note_key *keys)
{
	uint32_t count = (uint32_t)json_array_size(names);
	assert_true(count <= KEYS_MAX);
	for (uint32_t i = 0; i < count; i++)
		keys[i] = key_of(vectors_text(vkeys, json_string_value(json_array_get(names, i))));
	return count;
}

static void check_valid(const json_t *vkeys, const json_t *c)
{
	struct note note;
	struct note_key keys[KEYS_MAX];
	struct note_seen seen[KEYS_MAX];
	uint32_t count = keys_named(vkeys, vectors_array(c, "verify_with"), keys);
	assert_int_equal(note_parse(vectors_bytes(c, "msg"), &note), ERR_OK);
	assert_int_equal(note_verify(&note, keys, count, seen), ERR_OK);
	for (uint32_t i = 0; i < count; i++)
		assert_true(seen[i].signed_it);
}

static void notes_valid(void **state)
{
	(void)state;
	json_t *d = vectors_load("c2sp/note-vectors.json");
	const json_t *vkeys = json_object_get(d, "vkeys"), *list = vectors_array(d, "valid");
	for (size_t i = 0; i < json_array_size(list); i++)
		check_valid(vkeys, json_array_get(list, i));
	check_valid(vkeys, json_object_get(d, "valid_dups_collapse"));
	printf("notes valid: %zu\n", json_array_size(list) + 1);
	assert_true(json_array_size(list) > 0);
	json_decref(d);
}

static struct bytes message_of(const json_t *c, uint8_t *buffer, size_t cap)
{
	if (!json_object_get(c, "msg_b64"))
		return vectors_bytes(c, "msg");
	return BYTES(buffer, vectors_base64(vectors_text(c, "msg_b64"), buffer, cap));
}

static void notes_invalid(void **state)
{
	(void)state;
	static uint8_t buffer[65536];
	struct note note;
	struct note_key keys[2];
	struct note_seen seen[2];
	json_t *d = vectors_load("c2sp/note-vectors.json");
	const json_t *vkeys = json_object_get(d, "vkeys"), *list = vectors_array(d, "malformed");
	keys[0] = key_of(vectors_text(vkeys, "PeterNeumann"));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *c = json_array_get(list, i);
		if (note_parse(message_of(c, buffer, sizeof buffer), &note) == ERR_OK)
			fail_msg("taken: %s", vectors_text(c, "why"));
	}
	unsigned count = (unsigned)json_array_size(list);
	const json_t *bad = json_array_get(vectors_array(d, "invalid_signature"), 0);
	assert_int_equal(note_parse(vectors_bytes(bad, "msg"), &note), ERR_OK);
	assert_int_equal(note_verify(&note, keys, 1, seen), ERR_BAD_SIGNATURE);
	const json_t *unknown = json_array_get(vectors_array(d, "unverified_only"), 0);
	assert_int_equal(note_parse(vectors_bytes(unknown, "msg"), &note), ERR_OK);
	assert_int_equal(note_verify(&note, keys, 0, seen), ERR_BAD_SIGNATURE);
	printf("notes refused: %u\n", count + 2);
	assert_true(count > 0);
	json_decref(d);
}

static void note_written(void **state)
{
	(void)state;
	uint8_t seed[33], public[32], secret[64], signature[64], buffer[1024];
	json_t *d = vectors_load("c2sp/note-vectors.json");
	const json_t *c = json_object_get(d, "sign_output");
	struct bytes skey = vectors_bytes(c, "skey"); /* PRIVATE+KEY+name+id+base64 of type and seed */
	for (unsigned i = 0; i < 4; i++)
		(void)text_split(&skey, '+');
	assert_int_equal(vectors_base64((const char *)skey.data, seed, sizeof seed), 33);
	assert_int_equal(seed[0], NOTE_ED25519);
	(void)crypto_sign_seed_keypair(public, secret, seed + 1);
	struct bytes text = vectors_bytes(c, "text");
	struct note_key key = key_of(vectors_text(json_object_get(d, "vkeys"), "PeterNeumann"));
	assert_memory_equal(key.key, public, 32);
	(void)crypto_sign_detached(signature, NULL, text.data, text.len, secret);
	struct bytes_out o = bytes_out(buffer, sizeof buffer);
	bytes_put(&o, text.data, text.len);
	bytes_put_u8(&o, '\n');
	note_put_signature(&o, &key, BYTES_OF(signature));
	assert_true(bytes_equal(bytes_written(&o), vectors_bytes(c, "want")));
	json_decref(d);
}

/* --- verifier keys --- */

static void every_part_and_step_of_a_key_is_refused(struct bytes good)
{
	uint8_t text[256];
	struct note_key key;
	assert_true(good.len <= sizeof text);
	for (size_t from = 0; from < good.len; from++)
		for (size_t to = from; to <= good.len; to++)
			if (to - from < good.len)
				assert_int_equal(note_key_parse(BYTES(good.data + from, to - from), &key),
				        ERR_BAD_KEY);
	memcpy(text, good.data, good.len);
	for (size_t i = 0; i < good.len; i++) {
		text[i]++;
		assert_int_equal(note_key_parse(BYTES(text, good.len), &key), ERR_BAD_KEY);
		text[i]--;
	}
}

static void verifier_keys(void **state)
{
	(void)state;
	unsigned bad = 0, good = 0;
	struct note_key key;
	json_t *d = vectors_load("c2sp/note-vectors.json"),
	       *d2 = vectors_load("c2sp/cosignature-v1-vectors.json");
	const json_t *lists[] = {vectors_array(d, "bad_vkeys"), vectors_array(d2, "vkeys_bad")};
	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < json_array_size(lists[l]); i++, bad++)
			assert_int_equal(
			        note_key_parse(
			                bytes_text(json_string_value(json_array_get(lists[l], i))), &key),
			        ERR_BAD_KEY);
	const json_t *ok = vectors_array(d2, "vkeys_ok");
	for (size_t i = 0; i < json_array_size(ok); i++, good++)
		(void)key_of(json_string_value(json_array_get(ok, i)));
	every_part_and_step_of_a_key_is_refused(vectors_bytes(json_object_get(d, "vkeys"), "PeterNeumann"));
	printf("verifier keys: %u good, %u bad\n", good, bad);
	assert_true(good > 0 && bad > 0);
	json_decref(d);
	json_decref(d2);
}

/* --- checkpoints' texts --- */

/* transparency-dev takes hashes of any length and anything after them; C2SP has SHA-256, and we no extension lines. */
static bool only_theirs(const char *what)
{
	return strncmp(what, "valid", 5) == 0;
}

static void checkpoint_texts(void **state)
{
	(void)state;
	struct bytes origin;
	struct head head;
	unsigned refused = 0;
	json_t *d = vectors_load("c2sp/checkpoint-text-vectors.json");
	const json_t *list = vectors_array(d, "cases");
	for (size_t i = 0; i < json_array_size(list); i++, refused++) {
		const json_t *c = json_array_get(list, i);
		assert_true(vectors_bool(c, "wantErr") || only_theirs(vectors_text(c, "desc")));
		assert_int_equal(checkpoint_parse_text(vectors_bytes(c, "m"), &origin, &head), ERR_MALFORMED);
	}
	json_decref(d);
	printf("checkpoint texts refused: %u\n", refused);
	assert_true(refused > 0);
}

static void sumdb_tree_notes(void **state)
{
	(void)state;
	struct bytes origin;
	struct head head;
	json_t *d = vectors_load("c2sp/sumdb-tree-note.json");
	const json_t *good = json_array_get(vectors_array(d, "valid"), 0), *bad = vectors_array(d, "invalid");
	assert_int_equal(checkpoint_parse_text(vectors_bytes(good, "text"), &origin, &head), ERR_OK);
	struct hash want = hash_leaf(vectors_bytes(good, "root_is_leafhash_of"));
	assert_true(bytes_equal(origin, bytes_text("go.sum database tree")));
	assert_true(head.size == vectors_number(good, "size") && hash_equal(&head.root, &want));
	for (size_t i = 0; i < json_array_size(bad); i++) {
		struct bytes text = bytes_text(json_string_value(json_array_get(bad, i)));
		bool ours = checkpoint_parse_text(text, &origin, &head) == ERR_OK;
		assert_false(ours && bytes_equal(origin, bytes_text("go.sum database tree")));
	}
	printf("sumdb tree notes: 1 valid, %zu refused\n", json_array_size(bad));
	assert_true(json_array_size(bad) > 0);
	json_decref(d);
}

/* --- cosignatures --- */

static void cosignature_times(void **state)
{
	(void)state;
	uint8_t blob[NOTE_KEY_ID_BYTES + NOTE_COSIGNATURE_BYTES];
	size_t len;
	struct cosignature c;
	json_t *d = vectors_load("c2sp/cosignature-v1-vectors.json");
	const json_t *good = json_array_get(vectors_array(d, "timestamp"), 0),
	             *bad = vectors_array(d, "timestamp_bad");
	assert_int_equal(text_base64(vectors_bytes(good, "sig_b64"), blob, sizeof blob, &len), ERR_OK);
	assert_int_equal(cosignature_decode(BYTES(blob + 4, len - 4), &c), ERR_OK);
	assert_true(c.time_s == vectors_number(good, "want_unix"));
	for (size_t i = 0; i < json_array_size(bad); i++) {
		struct bytes text = bytes_text(json_string_value(json_array_get(bad, i)));
		enum err e = text_base64(text, blob, sizeof blob, &len);
		assert_true(e != ERR_OK || cosignature_decode(BYTES(blob + 4, len - 4), &c) != ERR_OK);
	}
	printf("cosignatures: 1 read, %zu refused\n", json_array_size(bad));
	assert_true(json_array_size(bad) > 0);
	json_decref(d);
}

/* --- tlog-proofs --- */

static void tlog_proofs(void **state)
{
	(void)state;
	static uint8_t buffer[4096];
	struct tlogproof p;
	json_t *d = vectors_load("c2sp/tlog-proof-format-vectors.json");
	const json_t *good = vectors_array(d, "valid"), *bad = vectors_array(d, "invalid");
	for (size_t i = 0; i < json_array_size(good); i++) {
		struct bytes text = vectors_bytes(json_array_get(good, i), "text");
		assert_int_equal(tlogproof_parse(text, &p), ERR_OK);
		struct bytes_out o = bytes_out(buffer, sizeof buffer);
		tlogproof_put(&o, &p);
		assert_true(bytes_equal(bytes_written(&o), text));
	}
	for (size_t i = 0; i < json_array_size(bad); i++) {
		const json_t *c = json_array_get(bad, i);
		if (tlogproof_parse(vectors_bytes(c, "text"), &p) == ERR_OK)
			fail_msg("taken: %s", vectors_text(c, "name"));
	}
	printf("tlog-proofs: %zu valid, %zu refused\n", json_array_size(good), json_array_size(bad));
	assert_true(json_array_size(good) > 0 && json_array_size(bad) > 0);
	json_decref(d);
}

/* --- a witness's transcripts: the part that is notes and proofs, with the state a witness keeps --- */

struct request {
	uint64_t old_size;
	struct proof proof;
	struct bytes note;
};

static struct request request_of(struct bytes body)
{
	struct request r = {0};
	struct bytes rest = body, line = text_split(&rest, '\n');
	size_t len;
	assert_memory_equal(line.data, "old ", 4);
	assert_int_equal(text_u64(BYTES(line.data + 4, line.len - 4), UINT64_MAX, &r.old_size), ERR_OK);
	while ((line = text_split(&rest, '\n')).len > 0) {
		struct hash *h = &r.proof.hashes[r.proof.count++];
		assert_int_equal(text_base64(line, h->bytes, sizeof h->bytes, &len), ERR_OK);
	}
	r.note = rest;
	return r;
}

/* The HTTP status that a witness answers. */
static unsigned answer(
        struct head *held, struct bytes body, const struct note_key *key, const char *origin_known)
{
	struct request r = request_of(body);
	struct note note;
	struct note_seen seen;
	struct bytes origin;
	struct head head;
	/* one of the bad signatures has stray bits after its base64, which makes it no note at all to us */
	if (note_parse(r.note, &note) != ERR_OK)
		return 403;
	assert_int_equal(checkpoint_parse_text(note.text, &origin, &head), ERR_OK);
	if (!bytes_equal(origin, bytes_text(origin_known)) || note_verify(&note, key, 1, &seen) != ERR_OK)
		return 403;
	if (r.old_size != held->size)
		return 409;
	if (proof_check_consistency(&r.proof, held, &head) != ERR_OK)
		return 422;
	*held = head;
	return 200;
}

static void transcript(const char *file, const struct note_key *key)
{
	json_t *d = vectors_load(file);
	const json_t *steps = vectors_array(d, "steps");
	struct head held = {.size = 0, .root = hash_of(BYTES(NULL, 0))};
	unsigned taken = 0;
	for (size_t i = 0; i < json_array_size(steps); i++) {
		const json_t *s = json_array_get(steps, i);
		unsigned got =
		        answer(&held, vectors_bytes(s, "request_body"), key, vectors_text(d, "origin"));
		assert_int_equal(got, vectors_number(s, "want_http"));
		taken += got == 200;
	}
	printf("%s: %zu requests, %u taken\n", file, json_array_size(steps), taken);
	assert_true(taken > 0);
	json_decref(d);
}

static void witness_transcripts(void **state)
{
	(void)state;
	json_t *d = vectors_load("c2sp/witness-add-checkpoint-sigsum.json");
	struct note_key key = {.name = vectors_bytes(d, "origin"), .type = NOTE_ED25519};
	assert_int_equal(vectors_hex(vectors_text(d, "log_pubkey_hex"), key.key, sizeof key.key), 32);
	transcript("c2sp/witness-add-checkpoint-sigsum.json", &key);
	json_decref(d);
	d = vectors_load("c2sp/witness-add-checkpoint-sumdb.json");
	key = key_of(vectors_text(d, "log_vkey"));
	transcript("c2sp/witness-add-checkpoint-sumdb.json", &key);
	json_decref(d);
}

int main(void)
{
	if (!vectors_there("c2sp/note-vectors.json"))
		return vectors_skip("c2sp/note-vectors.json");
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(notes_valid),
	        cmocka_unit_test(notes_invalid),
	        cmocka_unit_test(note_written),
	        cmocka_unit_test(verifier_keys),
	        cmocka_unit_test(checkpoint_texts),
	        cmocka_unit_test(sumdb_tree_notes),
	        cmocka_unit_test(cosignature_times),
	        cmocka_unit_test(tlog_proofs),
	        cmocka_unit_test(witness_transcripts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
