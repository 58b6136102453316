/* SPDX-License-Identifier: Apache-2.0
 * noise.c: every vector of 25519_ChaChaPoly_SHA256 without pre-shared keys, over every pattern of the
 * specification, fundamental and deferred (sections 7.4, 7.5, 18.1): each byte of each message, both ways, the
 * handshake hash, and the messages after it. Each message is also spoilt, which must be noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "link/noise.h"
#include "vectors.h"

#define SUITE "_25519_ChaChaPoly_SHA256"
#define MESSAGE_BYTES 1024

/* Tokens as the specification writes them; messages are separated by spaces. */
static const struct row {
	const char *name;
	enum noise_known known;
	const char *tokens;
} rows[] = {
        {"N", NOISE_KNOWN_RESPONDER, "e,es"},
        {"K", NOISE_KNOWN_BOTH, "e,es,ss"},
        {"X", NOISE_KNOWN_RESPONDER, "e,es,s,ss"},
        {"NN", NOISE_KNOWN_NONE, "e e,ee"},
        {"NK", NOISE_KNOWN_RESPONDER, "e,es e,ee"},
        {"NX", NOISE_KNOWN_NONE, "e e,ee,s,es"},
        {"XN", NOISE_KNOWN_NONE, "e e,ee s,se"},
        {"XK", NOISE_KNOWN_RESPONDER, "e,es e,ee s,se"},
        {"XX", NOISE_KNOWN_NONE, "e e,ee,s,es s,se"},
        {"KN", NOISE_KNOWN_INITIATOR, "e e,ee,se"},
        {"KK", NOISE_KNOWN_BOTH, "e,es,ss e,ee,se"},
        {"KX", NOISE_KNOWN_INITIATOR, "e e,ee,se,s,es"},
        {"IN", NOISE_KNOWN_NONE, "e,s e,ee,se"},
        {"IK", NOISE_KNOWN_RESPONDER, "e,es,s,ss e,ee,se"},
        {"IX", NOISE_KNOWN_NONE, "e,s e,ee,se,s,es"},
        {"NK1", NOISE_KNOWN_RESPONDER, "e e,ee,es"},
        {"NX1", NOISE_KNOWN_NONE, "e e,ee,s es"},
        {"X1N", NOISE_KNOWN_NONE, "e e,ee s se"},
        {"X1K", NOISE_KNOWN_RESPONDER, "e,es e,ee s se"},
        {"XK1", NOISE_KNOWN_RESPONDER, "e e,ee,es s,se"},
        {"X1K1", NOISE_KNOWN_RESPONDER, "e e,ee,es s se"},
        {"X1X", NOISE_KNOWN_NONE, "e e,ee,s,es s se"},
        {"XX1", NOISE_KNOWN_NONE, "e e,ee,s es,s,se"},
        {"X1X1", NOISE_KNOWN_NONE, "e e,ee,s es,s se"},
        {"K1N", NOISE_KNOWN_INITIATOR, "e e,ee se"},
        {"K1K", NOISE_KNOWN_BOTH, "e,es e,ee se"},
        {"KK1", NOISE_KNOWN_BOTH, "e e,ee,se,es"},
        {"K1K1", NOISE_KNOWN_BOTH, "e e,ee,es se"},
        {"K1X", NOISE_KNOWN_INITIATOR, "e e,ee,s,es se"},
        {"KX1", NOISE_KNOWN_INITIATOR, "e e,ee,se,s es"},
        {"K1X1", NOISE_KNOWN_INITIATOR, "e e,ee,s se,es"},
        {"I1N", NOISE_KNOWN_NONE, "e,s e,ee se"},
        {"I1K", NOISE_KNOWN_RESPONDER, "e,es,s e,ee se"},
        {"IK1", NOISE_KNOWN_RESPONDER, "e,s e,ee,se,es"},
        {"I1K1", NOISE_KNOWN_RESPONDER, "e,s e,ee,es se"},
        {"I1X", NOISE_KNOWN_NONE, "e,s e,ee,s,es se"},
        {"IX1", NOISE_KNOWN_NONE, "e,s e,ee,se,s es"},
        {"I1X1", NOISE_KNOWN_NONE, "e,s e,ee,s se,es"},
};

static enum noise_token token_of(const char *text, size_t len)
{
	static const char *const names[] = {"", "e", "s", "ee", "es", "se", "ss"};
	for (unsigned i = 1; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i]) == len && memcmp(names[i], text, len) == 0)
			return (enum noise_token)i;
	fail_msg("no token %s", text);
	return NOISE_END;
}

static void pattern_of(const struct row *row, const char *protocol, struct noise_pattern *out)
{
	*out = (struct noise_pattern){.protocol = protocol, .known = row->known, .messages = 1};
	unsigned token = 0;
	for (const char *at = row->tokens; *at;) {
		size_t len = strcspn(at, ", ");
		out->tokens[out->messages - 1][token++] = (uint8_t)token_of(at, len);
		if (at[len] == ' ') {
			out->messages++;
			token = 0;
		}
		at += len + (at[len] != '\0');
	}
}

static const struct row *row_of(const char *protocol)
{
	size_t prefix = strlen("Noise_"), suite = strlen(SUITE), len = strlen(protocol);
	if (len < prefix + suite || strcmp(protocol + len - suite, SUITE) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strlen(rows[i].name) == len - prefix - suite &&
		        memcmp(rows[i].name, protocol + prefix, len - prefix - suite) == 0)
			return &rows[i];
	return NULL;
}

/* One side of a vector: its keys in memory, its handshake, its two ciphers. */
struct side {
	uint8_t own[32], own_public[32], ephemeral[32], remote[32], prologue[128];
	struct noise noise;
	struct noise_cipher send, receive;
};

static const uint8_t *key_of(const json_t *vector, const char *side, const char *name, uint8_t out[32])
{
	char key[32];
	snprintf(key, sizeof key, "%s_%s", side, name);
	if (!json_object_get(vector, key))
		return NULL;
	assert_int_equal(vectors_hex(vectors_text(vector, key), out, 32), 32);
	return out;
}

static void side_init(
        struct side *s, const json_t *vector, enum noise_side which, const struct noise_pattern *pattern)
{
	const char *name = which == NOISE_INITIATOR ? "init" : "resp";
	char key[32];
	snprintf(key, sizeof key, "%s_prologue", name);
	size_t prologue = vectors_hex(vectors_text(vector, key), s->prologue, sizeof s->prologue);
	struct noise_options options = {
	        .pattern = pattern,
	        .side = which,
	        .prologue = BYTES(s->prologue, prologue),
	        .static_secret = key_of(vector, name, "static", s->own),
	        .ephemeral_secret = key_of(vector, name, "ephemeral", s->ephemeral),
	        .remote_static = key_of(vector, name, "remote_static", s->remote),
	};
	if (options.static_secret) {
		assert_int_equal(crypto_scalarmult_base(s->own_public, s->own), 0);
		options.static_public = s->own_public;
	}
	noise_init(&s->noise, &options);
}

/* A bit of each byte flipped, and each length cut, must be noticed: at once, or in that the two handshakes differ.
 * (Every bit of XK's messages is flipped in unit/link_noise.c.) */
static void spoil(const struct noise *reader, const struct noise *writer, const uint8_t *message, size_t len)
{
	uint8_t copy[MESSAGE_BYTES];
	struct bytes payload;
	for (size_t i = 0; i < len; i++) {
		struct noise n = *reader;
		memcpy(copy, message, len);
		copy[i] ^= (uint8_t)(1u << i % 8);
		if (noise_read(&n, copy, len, &payload) != ERR_OK)
			continue;
		struct hash a = noise_hash(&n), b = noise_hash(writer);
		assert_false(hash_equal(&a, &b));
	}
	for (size_t cut = 0; cut < len; cut++) {
		struct noise n = *reader;
		memcpy(copy, message, cut);
		struct hash b = noise_hash(writer);
		enum err e = noise_read(&n, copy, cut, &payload);
		struct hash a = noise_hash(&n);
		assert_true(e != ERR_OK || !hash_equal(&a, &b));
	}
}

static void handshake_message(struct side *from, struct side *to, struct bytes payload, struct bytes expected)
{
	uint8_t message[MESSAGE_BYTES];
	struct bytes_out out = bytes_out(message, sizeof message);
	struct bytes got;
	assert_true(noise_writes(&from->noise) && !noise_writes(&to->noise));
	assert_int_equal(noise_write(&from->noise, payload, &out), ERR_OK);
	assert_true(bytes_equal(bytes_written(&out), expected));
	spoil(&to->noise, &from->noise, message, out.len);
	assert_int_equal(noise_read(&to->noise, message, out.len, &got), ERR_OK);
	assert_true(bytes_equal(got, payload));
	assert_memory_equal(&from->noise.hash, &to->noise.hash, sizeof(struct hash));
	assert_memory_equal(
	        &from->noise.hash_before_payload, &to->noise.hash_before_payload, sizeof(struct hash));
}

static void transport_message(struct side *from, struct side *to, struct bytes payload, struct bytes expected)
{
	uint8_t message[MESSAGE_BYTES];
	const struct bytes none = BYTES(NULL, 0);
	noise_cipher_encrypt(&from->send, none, payload, message);
	assert_int_equal(payload.len + NOISE_TAG_BYTES, expected.len);
	assert_memory_equal(message, expected.data, expected.len);
	for (size_t bit = 0; bit < 8 * expected.len; bit++) {
		struct noise_cipher c = to->receive;
		message[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(noise_cipher_decrypt(&c, none, BYTES(message, expected.len), message),
		        ERR_NOT_DECRYPTED);
		assert_int_equal(c.state, NOISE_WIPED);
		memcpy(message, expected.data, expected.len);
	}
	assert_int_equal(noise_cipher_decrypt(&to->receive, none, expected, message), ERR_OK);
	assert_memory_equal(message, payload.data, payload.len);
}

static void check_hash(const json_t *vector, const struct side *s)
{
	uint8_t expected[32];
	if (!json_object_get(vector, "handshake_hash"))
		return;
	assert_int_equal(vectors_hex(vectors_text(vector, "handshake_hash"), expected, 32), 32);
	struct hash h = noise_hash(&s->noise);
	assert_memory_equal(h.bytes, expected, 32);
}

static void run_vector(const json_t *vector, const struct noise_pattern *pattern)
{
	struct side sides[2] = {0};
	side_init(&sides[0], vector, NOISE_INITIATOR, pattern);
	side_init(&sides[1], vector, NOISE_RESPONDER, pattern);
	json_t *messages = vectors_array(vector, "messages");
	assert_true(json_array_size(messages) > pattern->messages);
	for (size_t i = 0; i < json_array_size(messages); i++) {
		const json_t *m = json_array_get(messages, i);
		uint8_t payload[MESSAGE_BYTES], sealed[MESSAGE_BYTES];
		size_t payload_len = vectors_hex(vectors_text(m, "payload"), payload, sizeof payload);
		size_t sealed_len = vectors_hex(vectors_text(m, "ciphertext"), sealed, sizeof sealed);
		/* in a one-way pattern only the initiator speaks */
		size_t from = pattern->messages == 1 ? 0 : i % 2;
		(i < pattern->messages ? handshake_message : transport_message)(&sides[from],
		        &sides[1 - from], BYTES(payload, payload_len), BYTES(sealed, sealed_len));
		if (i + 1 != pattern->messages)
			continue;
		for (size_t side = 0; side < 2; side++) {
			assert_true(noise_done(&sides[side].noise));
			check_hash(vector, &sides[side]);
			noise_split(&sides[side].noise, &sides[side].send, &sides[side].receive);
		}
	}
}

static unsigned run_file(const char *file)
{
	unsigned count = 0;
	json_t *document = vectors_load(file);
	json_t *vectors = vectors_array(document, "vectors");
	for (size_t i = 0; i < json_array_size(vectors); i++) {
		const json_t *vector = json_array_get(vectors, i);
		const char *protocol = vectors_text(vector, "protocol_name");
		const struct row *row = row_of(protocol);
		struct noise_pattern pattern;
		if (!row)
			continue;
		pattern_of(row, protocol, &pattern);
		run_vector(vector, strcmp(row->name, "XK") == 0 ? &noise_xk : &pattern);
		count++;
	}
	json_decref(document);
	printf("%s: %u\n", file, count);
	return count;
}

static void all_patterns(void **state)
{
	(void)state;
	assert_int_equal(run_file("noise/snow.txt"), 38);
	assert_int_equal(run_file("noise/selected-25519-chachapoly.json"), 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_patterns)};
	if (!vectors_there("noise"))
		return vectors_skip("noise");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
