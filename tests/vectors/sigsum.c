/* SPDX-License-Identifier: Apache-2.0 */
/* sigsum.c: proofs of a live sigsum log with its witnesses' cosignatures, and of sigsum-go's tests, put into the form of
 * a tlog-proof and checked as one. Then every byte of each is changed once. */
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

#define KEYS_MAX 8u

/* The keys that may sign: [0] the log's. Their hashes are how sigsum names them. */
struct keys {
	struct note_key key[KEYS_MAX];
	uint8_t hash[KEYS_MAX][32];
	uint32_t count;
	uint8_t origin[128];
};

static void add_key(struct keys *k, const uint8_t key[32], struct bytes name)
{
	assert_true(k->count < KEYS_MAX);
	struct note_key *n = &k->key[k->count];
	*n = (struct note_key){.name = name, .type = k->count == 0 ? NOTE_ED25519 : NOTE_COSIGNATURE};
	memcpy(n->key, key, 32);
	struct hash h = hash_of(BYTES(key, 32));
	memcpy(k->hash[k->count++], h.bytes, 32);
}

static void set_log(struct keys *k, const uint8_t key[32])
{
	struct bytes_out o = bytes_out(k->origin, sizeof k->origin);
	struct hash h = hash_of(BYTES(key, 32));
	bytes_put_text(&o, "sigsum.org/v1/tree/");
	text_put_hex(&o, BYTES_OF(h.bytes));
	k->count = 0;
	add_key(k, key, bytes_written(&o));
}

/* What a sigsum proof says, line by line: "key=value value value". */
struct said {
	struct hash leaf_id;
	struct tlogproof proof;
	uint64_t size;
	uint8_t text[512], note[4096];
	struct bytes_out note_out;
	unsigned cosignatures;
};

static void take_hex(struct bytes *value, void *out, size_t len)
{
	struct bytes word = text_split(value, ' ');
	assert_int_equal(text_hex(word, out, len), ERR_OK);
}

/* checksum || signature || key hash */
static void say_leaf(struct said *s, struct bytes value, const struct hash *checksum)
{
	uint8_t leaf[32 + 64 + 32];
	struct bytes first = value;
	if (text_split(&first, ' ').len == 4) /* version 1: the checksum's first bytes */
		value = first;
	memcpy(leaf, checksum->bytes, 32);
	take_hex(&value, leaf + 96, 32);
	take_hex(&value, leaf + 32, 64);
	s->leaf_id = hash_leaf(BYTES_OF(leaf));
}

static void say_root(struct said *s, struct bytes value, const struct keys *k)
{
	uint8_t root[32];
	struct bytes_out *o = &s->note_out;
	take_hex(&value, root, sizeof root);
	*o = bytes_out(s->note, sizeof s->note);
	bytes_put(o, k->key[0].name.data, k->key[0].name.len);
	bytes_put_u8(o, '\n');
	bytes_put_decimal(o, s->size);
	bytes_put_u8(o, '\n');
	text_put_base64(o, BYTES_OF(root));
	bytes_put_u8(o, '\n');
	bytes_put_u8(o, '\n');
}

static void say_signature(struct said *s, struct bytes value, const struct keys *k)
{
	uint8_t signature[64];
	take_hex(&value, signature, sizeof signature);
	note_put_signature(&s->note_out, &k->key[0], BYTES_OF(signature));
}

/* Lines of witnesses that the policy does not have are left out: their keys are not known here. */
static void say_cosignature(struct said *s, struct bytes value, const struct keys *k)
{
	uint8_t hash[32], blob[NOTE_COSIGNATURE_BYTES];
	struct cosignature c;
	take_hex(&value, hash, sizeof hash);
	struct bytes time = text_split(&value, ' ');
	assert_int_equal(text_u64(time, UINT64_MAX, &c.time_s), ERR_OK);
	take_hex(&value, c.signature, sizeof c.signature);
	cosignature_encode(&c, blob);
	for (uint32_t i = 1; i < k->count; i++) {
		if (memcmp(k->hash[i], hash, sizeof hash) != 0)
			continue;
		note_put_signature(&s->note_out, &k->key[i], BYTES_OF(blob));
		s->cosignatures++;
	}
}

static void say_line(struct said *s, struct bytes line, const struct keys *k, const struct hash *checksum)
{
	if (text_prefix(&line, "leaf="))
		say_leaf(s, line, checksum);
	else if (text_prefix(&line, "size="))
		assert_int_equal(text_u64(line, UINT64_MAX, &s->size), ERR_OK);
	else if (text_prefix(&line, "root_hash="))
		say_root(s, line, k);
	else if (text_prefix(&line, "signature="))
		say_signature(s, line, k);
	else if (text_prefix(&line, "cosignature="))
		say_cosignature(s, line, k);
	else if (text_prefix(&line, "leaf_index="))
		assert_int_equal(text_u64(line, UINT64_MAX, &s->proof.index), ERR_OK);
	else if (text_prefix(&line, "node_hash="))
		take_hex(&line, s->proof.path.hashes[s->proof.path.count++].bytes, 32);
}

static void read_said(struct said *s, struct bytes proof, const struct keys *k, const struct hash *checksum)
{
	struct bytes rest = proof, line;
	memset(s, 0, sizeof *s);
	while (text_line(&rest, &line))
		say_line(s, line, k, checksum);
	s->proof.checkpoint = bytes_written(&s->note_out);
}

/* As one text, read back and checked. */
static enum err check(const struct said *s, struct bytes text, const struct keys *k, struct note_seen *seen)
{
	struct tlogproof p;
	enum err e = tlogproof_parse(text, &p);
	return e != ERR_OK ? e : tlogproof_verify(&p, &s->leaf_id, k->key, k->count, seen, NULL);
}

static unsigned changed, ignored;

static void must_fail_when_changed(const struct said *s, const struct keys *k)
{
	static uint8_t buffer[8192];
	struct note_seen seen[KEYS_MAX];
	struct bytes_out o = bytes_out(buffer, sizeof buffer);
	tlogproof_put(&o, &s->proof);
	struct bytes text = bytes_written(&o);
	assert_int_equal(check(s, text, k, seen), ERR_OK);
	for (size_t i = 0; i < text.len; i++, changed++) {
		uint8_t was = buffer[i];
		buffer[i] ^= 1;
		if (check(s, text, k, seen) == ERR_OK) {
			/* a cosigner's name or id was hit: its line is a stranger's then, and it has not signed */
			unsigned signers = 0;
			for (uint32_t j = 1; j < k->count; j++)
				signers += seen[j].signed_it;
			assert_true(signers < s->cosignatures);
			ignored++;
		}
		buffer[i] = was;
	}
}

static void check_case(
        struct bytes proof, const struct keys *k, const struct hash *checksum, unsigned cosigners)
{
	static struct said s;
	struct note_seen seen[KEYS_MAX];
	unsigned signers = 0;
	read_said(&s, proof, k, checksum);
	assert_int_equal(tlogproof_verify(&s.proof, &s.leaf_id, k->key, k->count, seen, NULL), ERR_OK);
	for (uint32_t i = 1; i < k->count; i++)
		signers += seen[i].signed_it && seen[i].time_s > 1600000000;
	assert_int_equal(signers, cosigners);
	must_fail_when_changed(&s, k);
}

static void policy_keys(const char *policy, struct keys *k)
{
	struct bytes rest = bytes_text(policy), line;
	uint8_t key[32];
	while (text_line(&rest, &line)) {
		bool log = text_prefix(&line, "log ");
		if (!log && !text_prefix(&line, "witness "))
			continue;
		struct bytes name = log ? line : text_split(&line, ' ');
		take_hex(&line, key, sizeof key);
		if (log)
			set_log(k, key);
		else
			add_key(k, key, name);
	}
}

static void live_proofs(void **state)
{
	(void)state;
	struct keys k = {0};
	json_t *d = vectors_load("sigsum/proofs-live-cosigned.json");
	const json_t *list = vectors_array(d, "cases");
	policy_keys(vectors_text(d, "policy"), &k);
	assert_int_equal(k.count, 4);
	for (size_t i = 0; i < json_array_size(list); i++) {
		uint8_t message[256];
		const json_t *c = json_array_get(list, i);
		size_t len = vectors_hex(vectors_text(c, "message_hex"), message, sizeof message);
		struct hash h = hash_of(BYTES(message, len)), checksum = hash_of(BYTES_OF(h.bytes));
		check_case(vectors_bytes(c, "proof"), &k, &checksum, 3);
	}
	printf("live: %zu proofs; %u changes, all noticed, %u of them as a stranger's line\n",
	        json_array_size(list), changed, ignored);
	assert_true(json_array_size(list) > 0);
	json_decref(d);
}

/* An SSH public key's blob ends with the 32 bytes of the key. */
static void ssh_key(const json_t *keys, size_t i, uint8_t out[32])
{
	uint8_t blob[128];
	size_t len = vectors_base64(
	        json_string_value(json_array_get(json_array_get(keys, i), 1)), blob, sizeof blob);
	assert_int_equal(len, 51);
	memcpy(out, blob + len - 32, 32);
}

static void sigsum_go_proofs(void **state)
{
	(void)state;
	uint8_t message[64], key[32];
	struct keys k = {0};
	json_t *d = vectors_load("sigsum/proofs-sigsum-go.json");
	const json_t *keys = vectors_array(d, "ssh_ed25519_keys_in_order"),
	             *proofs = vectors_array(d, "proofs");
	size_t len = vectors_hex(vectors_text(d, "message_hex"), message, sizeof message);
	struct hash checksum = hash_of(BYTES(message, len));
	assert_int_equal(json_array_size(proofs), 2);
	ssh_key(keys, 0, key);
	set_log(&k, key);
	check_case(bytes_text(json_string_value(json_array_get(proofs, 0))), &k, &checksum, 0);
	ssh_key(keys, 2, key);
	set_log(&k, key);
	ssh_key(keys, 4, key);
	add_key(&k, key, bytes_text("witness"));
	check_case(bytes_text(json_string_value(json_array_get(proofs, 1))), &k, &checksum, 1);
	printf("sigsum-go: 2 proofs\n");
	json_decref(d);
}

static void sigsum_go_checkpoint(void **state)
{
	(void)state;
	uint8_t seed[32], public[32], secret[64];
	struct note note;
	struct note_seen seen;
	struct bytes origin;
	struct head head;
	json_t *d = vectors_load("sigsum/checkpoint-sigsum-go.json");
	assert_int_equal(vectors_hex(vectors_text(d, "seed_hex"), seed, sizeof seed), 32);
	(void)crypto_sign_seed_keypair(public, secret, seed);
	assert_int_equal(note_parse(vectors_bytes(d, "valid_checkpoint"), &note), ERR_OK);
	assert_int_equal(checkpoint_parse_text(note.text, &origin, &head), ERR_OK);
	struct note_key key = {.name = origin, .type = NOTE_ED25519};
	memcpy(key.key, public, 32);
	assert_int_equal(note_verify(&note, &key, 1, &seen), ERR_OK);
	assert_true(head.size == 10);
	assert_int_equal(note_parse(vectors_bytes(d, "roundtrip_only"), &note), ERR_OK);
	assert_int_equal(note_verify(&note, &key, 1, &seen), ERR_BAD_SIGNATURE);
	json_decref(d);
}

int main(void)
{
	if (!vectors_there("sigsum"))
		return vectors_skip("sigsum");
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(live_proofs),
	        cmocka_unit_test(sigsum_go_proofs),
	        cmocka_unit_test(sigsum_go_checkpoint),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
