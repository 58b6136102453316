/* SPDX-License-Identifier: Apache-2.0 */
/* log_note.c: checkpoints as C2SP notes, cosignatures on them, and everything that must not pass for either.
 * Notes of others are in tests/vectors/note.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/text.h"
#include "log/cosignature.h"

static struct network_id network;
static struct feed_id feed;
static uint8_t feed_secret[64], cosigner[32], cosigner_secret[64];
static struct checkpoint checkpoint;
static uint8_t name_buffer[CHECKPOINT_TEXT_BYTES_MAX], cosigner_name_buffer[CHECKPOINT_TEXT_BYTES_MAX];
static struct note_key keys[2]; /* the feed's, the cosigner's */

static int setup(void **state)
{
	(void)state;
	uint8_t seed[32] = {1}, seed2[32] = {2};
	memset(network.bytes, 0x5a, sizeof network.bytes);
	(void)crypto_sign_seed_keypair(feed.bytes, feed_secret, seed);
	(void)crypto_sign_seed_keypair(cosigner, cosigner_secret, seed2);
	checkpoint.head = (struct head){.size = 1234, .root = hash_of(bytes_text("root"))};
	checkpoint_sign(&network, &feed, feed_secret, &checkpoint.head, checkpoint.signature);
	struct bytes_out name = bytes_out(name_buffer, sizeof name_buffer);
	checkpoint_put_origin(&name, &network, &feed);
	keys[0] = (struct note_key){.name = bytes_written(&name), .type = NOTE_ED25519};
	memcpy(keys[0].key, feed.bytes, 32);
	name = bytes_out(cosigner_name_buffer, sizeof cosigner_name_buffer);
	cosignature_put_name(&name, &network, &feed);
	keys[1] = (struct note_key){.name = bytes_written(&name), .type = NOTE_COSIGNATURE};
	memcpy(keys[1].key, cosigner, 32);
	return 0;
}

static struct bytes text_of(uint8_t buffer[CHECKPOINT_TEXT_BYTES_MAX])
{
	struct bytes_out o = bytes_out(buffer, CHECKPOINT_TEXT_BYTES_MAX);
	checkpoint_put_text(&o, &network, &feed, &checkpoint.head);
	assert_int_equal(bytes_out_end(&o), ERR_OK);
	return bytes_written(&o);
}

static void put_cosignature(struct bytes_out *o, uint64_t time_s)
{
	uint8_t buffer[CHECKPOINT_TEXT_BYTES_MAX], blob[NOTE_COSIGNATURE_BYTES];
	struct cosignature c;
	cosignature_sign(&c, time_s, text_of(buffer), cosigner_secret);
	cosignature_encode(&c, blob);
	note_put_signature(o, &keys[1], BYTES_OF(blob));
}

/* The checkpoint's note with that many cosignatures, of the times 1700000000, 1699999999, ... */
static struct bytes note_of(uint8_t *buffer, size_t cap, unsigned cosignatures)
{
	struct bytes_out o = bytes_out(buffer, cap);
	checkpoint_put_note(&o, &network, &feed, &checkpoint);
	for (unsigned i = 0; i < cosignatures; i++)
		put_cosignature(&o, 1700000000 - i);
	assert_int_equal(bytes_out_end(&o), ERR_OK);
	return bytes_written(&o);
}

static void note_reads_as_the_specification_shows(void **state)
{
	(void)state;
	uint8_t buffer[1024];
	struct bytes b = note_of(buffer, sizeof buffer, 0), rest = b;
	assert_int_equal(text_split(&rest, '\n').len, 7 + 64 + 1 + 64);
	assert_true(bytes_equal(text_split(&rest, '\n'), bytes_text("1234")));
	assert_int_equal(text_split(&rest, '\n').len, 44);
	assert_int_equal(text_split(&rest, '\n').len, 0);
	assert_memory_equal(rest.data, "\xe2\x80\x94 lontar/5a5a", 14);
	struct note note;
	struct note_seen seen[2];
	assert_int_equal(note_parse(b, &note), ERR_OK);
	assert_int_equal(note.lines_count, 1);
	assert_int_equal(note_verify(&note, keys, 2, seen), ERR_OK);
	assert_true(seen[0].signed_it && !seen[1].signed_it);
}

static void text_reads_back(void **state)
{
	(void)state;
	uint8_t buffer[CHECKPOINT_TEXT_BYTES_MAX];
	struct bytes origin;
	struct head head;
	struct network_id n;
	struct feed_id f;
	assert_int_equal(checkpoint_parse_text(text_of(buffer), &origin, &head), ERR_OK);
	assert_true(head.size == 1234 && hash_equal(&head.root, &checkpoint.head.root));
	assert_int_equal(checkpoint_parse_origin(origin, &n, &f), ERR_OK);
	assert_memory_equal(n.bytes, network.bytes, 32);
	assert_memory_equal(f.bytes, feed.bytes, 32);
}

#define ROOT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
static void texts_that_are_no_checkpoints(void **state)
{
	(void)state;
	static const char *const good[] = {
	        "o\n0\n" ROOT "\n", "o\n18446744073709551615\n" ROOT "\n", "a b+c\n1\n" ROOT "\n"};
	static const char *const bad[] = {"", "\n", "o\n", "o\n1\n", "o\n1\n" ROOT,
	        "o\n1\n" ROOT "\nextension\n", "o\n1\n" ROOT "\n\n", "\n1\n" ROOT "\n", "o\n01\n" ROOT "\n",
	        "o\n\n" ROOT "\n", "o\n-1\n" ROOT "\n", "o\n+1\n" ROOT "\n", "o\n1 \n" ROOT "\n",
	        "o\n0x1\n" ROOT "\n", "o\n18446744073709551616\n" ROOT "\n", "o\n1\nAAAA\n", "o\n1\n\n",
	        "o\n1\n" ROOT ROOT "\n", "o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
	        "o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	        "o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-_=\n", "o\r\n1\r\n" ROOT "\r\n",
	        "cosignature/v1\n1\n" ROOT "\n"};
	struct bytes origin;
	struct head head;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_int_equal(checkpoint_parse_text(bytes_text(good[i]), &origin, &head), ERR_OK);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (checkpoint_parse_text(bytes_text(bad[i]), &origin, &head) != ERR_MALFORMED)
			fail_msg("taken: %s", bad[i]);
}

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
static void origins_that_are_not_ours(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "lontar", "lontar/", "lontar/" HEX64, "lontar/" HEX64 "/",
	        "lontar/" HEX64 "/" HEX64 "/", "lontar/" HEX64 "/" HEX64 "/witness", "lontar//" HEX64,
	        "Lontar/" HEX64 "/" HEX64, " lontar/" HEX64 "/" HEX64,
	        "lontar/0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef/" HEX64,
	        "lontar/" HEX64 "0/" HEX64, "lontar/" HEX64 "/" HEX64 " "};
	struct network_id n;
	struct feed_id f;
	assert_int_equal(checkpoint_parse_origin(bytes_text("lontar/" HEX64 "/" HEX64), &n, &f), ERR_OK);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (checkpoint_parse_origin(bytes_text(bad[i]), &n, &f) != ERR_MALFORMED)
			fail_msg("taken: %s", bad[i]);
}

static void signature_binds_network_feed_size_and_root(void **state)
{
	(void)state;
	assert_int_equal(checkpoint_verify(&network, &feed, &checkpoint), ERR_OK);
	for (unsigned bit = 0; bit < 256; bit++) {
		struct network_id n = network;
		struct feed_id f = feed;
		struct checkpoint root = checkpoint, size = checkpoint;
		n.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		f.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		root.head.root.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		size.head.size ^= (uint64_t)1 << bit % 64;
		assert_int_equal(checkpoint_verify(&n, &feed, &checkpoint), ERR_BAD_SIGNATURE);
		assert_int_equal(checkpoint_verify(&network, &f, &checkpoint), ERR_BAD_SIGNATURE);
		assert_int_equal(checkpoint_verify(&network, &feed, &root), ERR_BAD_SIGNATURE);
		assert_int_equal(checkpoint_verify(&network, &feed, &size), ERR_BAD_SIGNATURE);
	}
}

static void cosignatures_are_seen_with_the_earliest_time(void **state)
{
	(void)state;
	uint8_t buffer[4096];
	struct note note;
	struct note_seen seen[2];
	assert_int_equal(note_parse(note_of(buffer, sizeof buffer, 3), &note), ERR_OK);
	assert_int_equal(note.lines_count, 4);
	assert_int_equal(note_verify(&note, keys, 2, seen), ERR_OK);
	assert_true(seen[0].signed_it && seen[0].time_s == 0);
	assert_true(seen[1].signed_it && seen[1].time_s == 1699999998);
	/* the feed's key alone known: the cosigner's lines are a stranger's */
	assert_int_equal(note_verify(&note, keys, 1, seen), ERR_OK);
	assert_int_equal(note_verify(&note, keys + 1, 1, seen), ERR_OK);
	assert_int_equal(note_verify(&note, keys, 0, seen), ERR_BAD_SIGNATURE);
}

/* Every bit of a whole note: it is no note any more, or a known key's signature fails, or the line has become a
 * stranger's (name or id changed) and then that key is not said to have signed. */
static void every_bit_of_a_note_matters(void **state)
{
	(void)state;
	uint8_t buffer[4096];
	struct note note;
	struct note_seen seen[2];
	unsigned malformed = 0, bad = 0, stranger = 0;
	struct bytes b = note_of(buffer, sizeof buffer, 1);
	for (size_t bit = 0; bit < b.len * 8; bit++) {
		buffer[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (note_parse(b, &note) != ERR_OK) {
			malformed++;
		} else if (note_verify(&note, keys, 2, seen) != ERR_OK) {
			bad++;
		} else {
			stranger++;
			assert_false(seen[0].signed_it && seen[1].signed_it);
		}
		buffer[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	printf("bits flipped: %u no note, %u bad signature, %u a stranger's line\n", malformed, bad,
	        stranger);
	assert_true(malformed > 0 && bad > 0 && stranger > 0);
}

static void limits_of_notes(void **state)
{
	(void)state;
	static uint8_t buffer[NOTE_BYTES_MAX + 2];
	struct note note;
	struct note_seen seen[2];
	assert_int_equal(note_parse(note_of(buffer, sizeof buffer, 63), &note), ERR_OK);
	assert_int_equal(note.lines_count, NOTE_SIGNATURES_MAX);
	assert_int_equal(note_verify(&note, keys, 2, seen), ERR_OK);
	assert_int_equal(note_parse(note_of(buffer, sizeof buffer, 64), &note), ERR_TOO_MANY);
	struct bytes b = note_of(buffer + 1, 4096, 0);
	memset(buffer, 'x', NOTE_BYTES_MAX - b.len);
	(void)note_of(buffer + NOTE_BYTES_MAX - b.len, b.len, 0);
	assert_int_equal(note_parse(BYTES(buffer, NOTE_BYTES_MAX), &note), ERR_OK);
	assert_int_equal(note_parse(BYTES(buffer, NOTE_BYTES_MAX + 1), &note), ERR_TOO_LONG);
}

#define DASH "\xe2\x80\x94 "
static void notes_that_are_none(void **state)
{
	(void)state;
	static const char *const good[] = {"t\n\n" DASH "n AAAAAAA=\n", "t\n\nu\n\n" DASH "n AAAAAAA=\n",
	        "t\n\n" DASH "n AAAAAAA=\n" DASH "n AAAAAAA=\n", "\xc3\xa9\n\n" DASH "\xc3\xa9/x AAAAAAA=\n"};
	static const char *const bad[] = {"", "\n", "\n\n", "t", "t\n", "t\n\n", "t\n" DASH "n AAAAAAA=\n",
	        "\n" DASH "n AAAAAAA=\n", "t\n\n" DASH "n AAAAAAA=", "t\n\n" DASH "n AAAAAAA=\n\n",
	        "t\n\n" DASH "n AAAAAAA=\nx\n", "t\n\n- n AAAAAAA=\n", "t\n\n\xe2\x80\x93 n AAAAAAA=\n",
	        "t\n\n\xe2\x80\x94n AAAAAAA=\n", "t\n\n" DASH "AAAAAAA=\n", "t\n\n" DASH " AAAAAAA=\n",
	        "t\n\n" DASH "n \n", "t\n\n" DASH "n AAAA\n", "t\n\n" DASH "n AAAAAA==\n",
	        "t\n\n" DASH "n AAAAAAB=\n", "t\n\n" DASH "n AAAAAAA\n", "t\n\n" DASH "n  AAAAAAA=\n",
	        "t\n\n" DASH "n AAAAAAA= \n", "t\n\n" DASH "n m AAAAAAA=\n", "t\n\n" DASH "n+ AAAAAAA=\n",
	        "t\n\n" DASH "n\xc2\xa0 AAAAAAA=\n", "t\n\n" DASH "n\xe3\x80\x80 AAAAAAA=\n",
	        "t\n\n" DASH "n\xe2\x80\x8a AAAAAAA=\n", "t\r\n\r\n" DASH "n AAAAAAA=\r\n",
	        "t\t\n\n" DASH "n AAAAAAA=\n", "\xff\n\n" DASH "n AAAAAAA=\n"};
	struct note note;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		if (note_parse(bytes_text(good[i]), &note) != ERR_OK)
			fail_msg("not taken: %s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (note_parse(bytes_text(bad[i]), &note) == ERR_OK)
			fail_msg("taken: %s", bad[i]);
}

static void long_signatures_of_other_types_are_ignored(void **state)
{
	(void)state;
	static uint8_t buffer[8192], signature[2420];
	struct note note;
	struct note_seen seen[2];
	for (unsigned broken = 0; broken < 2; broken++) {
		size_t len = note_of(buffer, sizeof buffer, 0).len;
		struct bytes_out o = bytes_out(buffer + len, sizeof buffer - len);
		bytes_put_text(&o, DASH "pq.example ");
		size_t start = o.len;
		text_put_base64(&o, BYTES_OF(signature));
		bytes_put_u8(&o, '\n');
		if (broken)
			buffer[len + start + 63] = '=';
		struct bytes b = BYTES(buffer, len + o.len);
		assert_int_equal(note_parse(b, &note), broken ? ERR_MALFORMED : ERR_OK);
		if (!broken)
			assert_int_equal(note_verify(&note, keys, 2, seen), ERR_OK);
	}
}

static void a_known_line_of_another_length_rejects_the_note(void **state)
{
	(void)state;
	uint8_t buffer[1024], blob[80] = {0};
	struct note note;
	struct note_seen seen[2];
	for (size_t len = 1; len <= 76; len++) {
		struct bytes b = note_of(buffer, sizeof buffer, 0);
		struct bytes_out o = bytes_out(buffer + b.len, sizeof buffer - b.len);
		note_key_id(&keys[0], blob);
		bytes_put_text(&o, DASH);
		bytes_put(&o, keys[0].name.data, keys[0].name.len);
		bytes_put_u8(&o, ' ');
		text_put_base64(&o, BYTES(blob, 4 + len));
		bytes_put_u8(&o, '\n');
		assert_int_equal(note_parse(BYTES(buffer, b.len + o.len), &note), ERR_OK);
		assert_int_equal(note_verify(&note, keys, 2, seen), ERR_BAD_SIGNATURE);
	}
}

static void cosignature_binds_time_and_text(void **state)
{
	(void)state;
	uint8_t buffer[CHECKPOINT_TEXT_BYTES_MAX];
	struct bytes text = text_of(buffer);
	struct cosignature c, other;
	cosignature_sign(&c, 1700000000, text, cosigner_secret);
	assert_int_equal(cosignature_verify(&c, text, cosigner), ERR_OK);
	assert_int_equal(cosignature_verify(&c, text, feed.bytes), ERR_BAD_SIGNATURE);
	for (unsigned bit = 0; bit < 64; bit++) {
		other = c;
		other.time_s ^= (uint64_t)1 << bit;
		assert_int_equal(cosignature_verify(&other, text, cosigner), ERR_BAD_SIGNATURE);
	}
	for (size_t bit = 0; bit < text.len * 8; bit++) {
		buffer[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(cosignature_verify(&c, text, cosigner), ERR_BAD_SIGNATURE);
		buffer[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void cosignature_signs_the_text_that_c2sp_shows(void **state)
{
	(void)state;
	static const char text[] =
	        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
	static const char message[] =
	        "cosignature/v1\ntime 1679315147\n"
	        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
	struct cosignature c;
	cosignature_sign(&c, 1679315147, bytes_text(text), cosigner_secret);
	assert_int_equal(crypto_sign_verify_detached(
	                         c.signature, (const uint8_t *)message, sizeof message - 1, cosigner),
	        0);
}

static void cosignature_bytes(void **state)
{
	(void)state;
	uint8_t blob[NOTE_COSIGNATURE_BYTES] = {0};
	struct cosignature c = {.time_s = COSIGNATURE_TIME_S_MAX}, back;
	cosignature_encode(&c, blob);
	assert_int_equal(cosignature_decode(BYTES_OF(blob), &back), ERR_OK);
	assert_true(back.time_s == COSIGNATURE_TIME_S_MAX);
	blob[0] |= 0x80;
	assert_int_equal(cosignature_decode(BYTES_OF(blob), &back), ERR_OUT_OF_RANGE);
	assert_int_equal(cosignature_decode(BYTES(blob, 71), &back), ERR_MALFORMED);
}

static void text_too_long_to_cosign_is_refused(void **state)
{
	(void)state;
	static uint8_t text[COSIGNED_TEXT_BYTES_MAX + 1];
	struct cosignature c;
	cosignature_sign(&c, 1, BYTES(text, COSIGNED_TEXT_BYTES_MAX), cosigner_secret);
	assert_int_equal(cosignature_verify(&c, BYTES(text, COSIGNED_TEXT_BYTES_MAX), cosigner), ERR_OK);
	assert_int_equal(cosignature_verify(&c, BYTES_OF(text), cosigner), ERR_BAD_SIGNATURE);
}

static void verifier_keys_read_back(void **state)
{
	(void)state;
	uint8_t buffer[512];
	for (unsigned i = 0; i < 2; i++) {
		struct bytes_out o = bytes_out(buffer, sizeof buffer);
		struct note_key back;
		note_key_put(&o, &keys[i]);
		assert_int_equal(bytes_out_end(&o), ERR_OK);
		assert_int_equal(note_key_parse(bytes_written(&o), &back), ERR_OK);
		assert_true(bytes_equal(back.name, keys[i].name) && back.type == keys[i].type);
		assert_memory_equal(back.key, keys[i].key, 32);
		for (size_t len = 0; len < o.len; len++)
			assert_int_equal(note_key_parse(BYTES(buffer, len), &back), ERR_BAD_KEY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(note_reads_as_the_specification_shows),
	        cmocka_unit_test(text_reads_back),
	        cmocka_unit_test(texts_that_are_no_checkpoints),
	        cmocka_unit_test(origins_that_are_not_ours),
	        cmocka_unit_test(signature_binds_network_feed_size_and_root),
	        cmocka_unit_test(cosignatures_are_seen_with_the_earliest_time),
	        cmocka_unit_test(every_bit_of_a_note_matters),
	        cmocka_unit_test(limits_of_notes),
	        cmocka_unit_test(notes_that_are_none),
	        cmocka_unit_test(long_signatures_of_other_types_are_ignored),
	        cmocka_unit_test(a_known_line_of_another_length_rejects_the_note),
	        cmocka_unit_test(cosignature_binds_time_and_text),
	        cmocka_unit_test(cosignature_signs_the_text_that_c2sp_shows),
	        cmocka_unit_test(cosignature_bytes),
	        cmocka_unit_test(text_too_long_to_cosign_is_refused),
	        cmocka_unit_test(verifier_keys_read_back),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
