/* SPDX-License-Identifier: Apache-2.0 */
/* log_seal.c: channels and sealed payloads: the values of support/golden.py, who can open what, and every bit that
 * may not change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "log/seal.h"
#include "support/golden.h"

#define READERS 5u
#define CHANNEL_SEQ 300u
#define ENTRY_SEQ 301u
#define REGISTRAR_SIZE 70000u

static struct secret_keys reader[READERS], stranger;
static uint8_t seal_keys[CHANNEL_WRAPS_MAX][32];
static const uint8_t *readers[CHANNEL_WRAPS_MAX];
static struct channel_secret secret;
static uint8_t random_bytes[SEAL_RANDOM_BYTES];
static uint8_t channel_body[8192], payload[ENTRY_PAYLOAD_BYTES_MAX], memory[ENTRY_PAYLOAD_BYTES_MAX];
static struct bytes channel, sealed;

static struct seal_channel channel_of(uint32_t count)
{
	return (struct seal_channel){.feed = &reader[0].public.feed,
	        .seq = CHANNEL_SEQ,
	        .registrar_size = REGISTRAR_SIZE,
	        .secret = &secret,
	        .readers = readers,
	        .readers_count = count,
	        .random = random_bytes};
}

static struct bytes pack_channel(const struct seal_channel *c)
{
	struct mp_out m = mp_out(channel_body, sizeof channel_body);
	seal_channel_pack(&m, c);
	assert_int_equal(mp_out_end(&m), ERR_OK);
	return mp_written(&m);
}

static struct seal_context context(void)
{
	return (struct seal_context){&reader[0].public.feed, ENTRY_SEQ, &secret};
}

static struct bytes pack_payload(const struct seal_plain *plain)
{
	uint8_t salt[SEAL_SALT_BYTES];
	struct seal_context ctx = context();
	struct mp_out m = mp_out(payload, sizeof payload);
	for (size_t i = 0; i < sizeof salt; i++)
		salt[i] = (uint8_t)(200 + i);
	assert_int_equal(seal_payload_pack(&m, &ctx, CHANNEL_SEQ, salt, plain), ERR_OK);
	return mp_written(&m);
}

static int setup(void **state)
{
	(void)state;
	struct seed seed;
	for (uint8_t i = 0; i < READERS; i++) {
		for (uint8_t j = 0; j < 32; j++)
			seed.bytes[j] = (uint8_t)(32 * i + j);
		keys_derive(&seed, &reader[i]);
		memcpy(seal_keys[i], reader[i].public.seal, 32);
	}
	for (size_t i = 0; i < CHANNEL_WRAPS_MAX; i++)
		readers[i] = seal_keys[i];
	memset(seed.bytes, 0x77, 32);
	keys_derive(&seed, &stranger);
	memcpy(secret.bytes, GOLDEN_SECRET, 32);
	for (size_t i = 0; i < sizeof random_bytes; i++)
		random_bytes[i] = (uint8_t)(i * 151 + (i >> 3));
	struct seal_channel c = channel_of(READERS);
	channel = pack_channel(&c);
	sealed = pack_payload(&(struct seal_plain){48, BYTES_OF(GOLDEN_BODY)});
	return 0;
}

static struct channel_open open_channel(void)
{
	struct channel_open c;
	assert_int_equal(seal_channel_unpack(channel, &c), ERR_OK);
	return c;
}

static void golden_keys(void **state)
{
	(void)state;
	assert_memory_equal(reader[0].public.feed.bytes, GOLDEN_FEED, 32);
	assert_memory_equal(reader[0].public.cosigner, GOLDEN_COSIGNER, 32);
	assert_memory_equal(reader[0].public.link, GOLDEN_LINK, 32);
	assert_memory_equal(reader[0].public.seal, GOLDEN_SEAL, 32);
}

static bool among(const struct channel_open *c, const uint8_t *wrap)
{
	for (uint32_t i = 0; i < c->wraps_count; i++)
		if (memcmp(c->wraps[i], wrap, SEAL_WRAP_BYTES) == 0)
			return true;
	return false;
}

static void golden_channel(void **state)
{
	(void)state;
	struct channel_open c = open_channel();
	assert_int_equal(c.registrar_size, REGISTRAR_SIZE);
	assert_memory_equal(c.commitment, GOLDEN_COMMITMENT, 32);
	assert_memory_equal(c.e_public, GOLDEN_E, 32);
	assert_int_equal(c.wraps_count, 8);
	for (size_t i = 0; i < READERS; i++)
		assert_true(among(&c, GOLDEN_WRAPS + i * SEAL_WRAP_BYTES));
	for (size_t i = 0; i < 3; i++)
		assert_true(among(&c, random_bytes + i * SEAL_WRAP_BYTES));
}

static void golden_payload(void **state)
{
	(void)state;
	struct sealed s;
	struct seal_context ctx = context();
	assert_int_equal(sealed.len, sizeof GOLDEN_PAYLOAD);
	assert_memory_equal(sealed.data, GOLDEN_PAYLOAD, sizeof GOLDEN_PAYLOAD);
	assert_int_equal(seal_payload_unpack(sealed, &s), ERR_OK);
	assert_memory_equal(seal_entry_key(&ctx, s.salt).bytes, GOLDEN_K, 32);
}

static void every_reader_opens_and_no_stranger(void **state)
{
	(void)state;
	struct channel_open c = open_channel();
	struct channel_secret out;
	for (size_t i = 0; i < READERS; i++) {
		memset(&out, 0, sizeof out);
		assert_int_equal(seal_channel_try(&c, &reader[i], &out), ERR_OK);
		assert_memory_equal(&out, &secret, sizeof out);
	}
	memset(&out, 0x55, sizeof out);
	assert_int_equal(seal_channel_try(&c, &stranger, &out), ERR_NOT_FOR_US);
	assert_int_equal(out.bytes[0], 0x55);
	static const uint8_t ZERO[32];
	c.e_public = ZERO; /* of small order: nobody's */
	assert_int_equal(seal_channel_try(&c, &reader[0], &out), ERR_NOT_FOR_US);
}

/* Wraps are a multiple of four, whatever the readers, and their order follows the random bytes. */
static void filled_and_shuffled(void **state)
{
	(void)state;
	uint8_t first[CHANNEL_WRAPS_MAX] = {0};
	for (uint32_t i = READERS; i < CHANNEL_WRAPS_MAX; i++) {
		struct seed seed = {{(uint8_t)i, 9}};
		struct secret_keys keys;
		keys_derive(&seed, &keys);
		memcpy(seal_keys[i], keys.public.seal, 32);
	}
	for (uint32_t n = 1; n <= CHANNEL_WRAPS_MAX; n++) {
		struct seal_channel c = channel_of(n);
		channel = pack_channel(&c);
		assert_int_equal(open_channel().wraps_count, (n + 3) / 4 * 4);
	}
	for (unsigned round = 0; round < 200; round++) {
		struct seal_channel c = channel_of(READERS);
		for (size_t i = 0; i < sizeof random_bytes; i++)
			random_bytes[i] = (uint8_t)(i * 37 + round * 101 + (i * round >> 2));
		channel = pack_channel(&c);
		struct channel_open o = open_channel();
		for (uint32_t i = 0; i < o.wraps_count; i++)
			if (memcmp(o.wraps[i], GOLDEN_WRAPS, SEAL_WRAP_BYTES) == 0)
				first[i]++;
	}
	for (size_t i = 0; i < 8; i++) /* the author's wrap was everywhere */
		assert_true(first[i] > 0);
}

static enum err audit(const struct channel_open *c, uint64_t seq, uint32_t due)
{
	struct seal_audit a = {c, &reader[0].public.feed, seq, &secret};
	return seal_channel_audit(&a, readers, due);
}

static void audits(void **state)
{
	(void)state;
	struct channel_open c = open_channel();
	uint8_t wrong[SEAL_WRAP_BYTES];
	assert_int_equal(audit(&c, CHANNEL_SEQ, 0), ERR_OK);
	assert_int_equal(audit(&c, CHANNEL_SEQ, READERS), ERR_OK);
	memcpy(seal_keys[READERS], stranger.public.seal, 32);
	assert_int_equal(audit(&c, CHANNEL_SEQ, READERS + 1), ERR_READER_MISSING);
	assert_int_equal(audit(&c, CHANNEL_SEQ + 1, READERS), ERR_READER_MISSING); /* opened elsewhere */
	for (uint32_t i = 0; i < c.wraps_count; i++) { /* each wrap spoiled in turn; filler is nobody's */
		const uint8_t *right = c.wraps[i];
		bool filler =
		        !among(&(struct channel_open){.wraps_count = 1, .wraps = {right}}, GOLDEN_WRAPS) &&
		        (memcmp(right, random_bytes, 48) == 0 || memcmp(right, random_bytes + 48, 48) == 0 ||
		                memcmp(right, random_bytes + 96, 48) == 0);
		memcpy(wrong, right, sizeof wrong);
		wrong[i % sizeof wrong] ^= 1;
		c.wraps[i] = wrong;
		assert_int_equal(audit(&c, CHANNEL_SEQ, READERS), filler ? ERR_OK : ERR_READER_MISSING);
		c.wraps[i] = right;
	}
	secret.bytes[0] ^= 1;
	assert_int_equal(audit(&c, CHANNEL_SEQ, READERS), ERR_BAD_COMMITMENT);
}

/* A reader to whom another secret was wrapped than the channel commits to sees it before opening anything. */
static void another_secret_for_one_reader(void **state)
{
	(void)state;
	struct channel_open c = open_channel();
	struct channel_secret other = {{0x66}}, out;
	struct hash agreement = hash_of(BYTES("e", 1));
	uint8_t agreed[32], e_public[32], wrap[SEAL_WRAP_BYTES], nonce[24] = {0}, text[18 + 96];
	assert_int_equal(crypto_scalarmult_base(e_public, agreement.bytes), 0);
	assert_int_equal(crypto_scalarmult(agreed, agreement.bytes, reader[1].public.seal), 0);
	memcpy(text, "lontar wrap key v1", 18);
	memcpy(text + 18, agreed, 32);
	memcpy(text + 50, e_public, 32);
	memcpy(text + 82, reader[1].public.seal, 32);
	struct hash key = hash_of(BYTES_OF(text));
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	        wrap, NULL, other.bytes, 32, c.commitment, 32, NULL, nonce, key.bytes);
	c.e_public = e_public;
	c.wraps[2] = wrap;
	assert_int_equal(seal_channel_try(&c, &reader[1], &out), ERR_BAD_COMMITMENT);
	assert_int_equal(audit(&c, CHANNEL_SEQ, READERS), ERR_READER_MISSING);
}

/* What a flipped bit of a channel.open does: it is no channel.open, or a reader or the auditor sees it, or it is in
 * the registrar's size (which decides who is due, and is covered by the entry's hash) or in filler. */
static void every_bit_of_a_channel(void **state)
{
	(void)state;
	uint8_t body[8192];
	struct channel_open c;
	size_t quiet = 0;
	assert_true(channel.len <= sizeof body);
	for (size_t bit = 0; bit < channel.len * 8; bit++) {
		memcpy(body, channel.data, channel.len);
		body[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (seal_channel_unpack(BYTES(body, channel.len), &c) != ERR_OK)
			continue;
		struct channel_secret out;
		bool seen = audit(&c, CHANNEL_SEQ, READERS) != ERR_OK;
		for (size_t i = 0; !seen && i < READERS; i++)
			seen = seal_channel_try(&c, &reader[i], &out) != ERR_OK;
		quiet += seen ? 0 : 1;
	}
	assert_int_equal(
	        quiet, 3 * SEAL_WRAP_BYTES * 8 + 4 * 8 - 1); /* filler; 70000 in four bytes, 4464 in two */
}

static void channel_lengths(void **state)
{
	(void)state;
	struct channel_open c;
	for (size_t len = 0; len < channel.len; len++)
		assert_int_not_equal(seal_channel_unpack(BYTES(channel.data, len), &c), ERR_OK);
	assert_int_equal(seal_channel_unpack(BYTES(channel.data, channel.len + 1), &c), ERR_TRAILING);
	/* 0, 3, 5 and 68 wraps */
	static const uint32_t COUNTS[] = {0, 3, 5, 68};
	for (size_t i = 0; i < 4; i++) {
		struct mp_out m = mp_out(memory, sizeof memory);
		mp_put_array(&m, 4);
		mp_put_bin(&m, BYTES_OF(GOLDEN_COMMITMENT));
		mp_put_uint(&m, 1);
		mp_put_bin(&m, BYTES_OF(GOLDEN_E));
		mp_put_array(&m, COUNTS[i]);
		for (uint32_t j = 0; j < COUNTS[i]; j++)
			mp_put_bin(&m, BYTES(GOLDEN_WRAPS, SEAL_WRAP_BYTES));
		assert_int_not_equal(seal_channel_unpack(mp_written(&m), &c), ERR_OK);
	}
}

static void payload_opens(void **state)
{
	(void)state;
	struct sealed s;
	struct seal_plain plain;
	struct seal_context ctx = context();
	struct bytes_out scratch = bytes_out(memory, sizeof memory);
	assert_int_equal(seal_payload_unpack(sealed, &s), ERR_OK);
	assert_int_equal(s.channel_seq, CHANNEL_SEQ);
	assert_int_equal(seal_payload_open(&s, &ctx, &scratch, &plain), ERR_OK);
	assert_int_equal(plain.kind, 48);
	assert_true(bytes_equal(plain.body, BYTES_OF(GOLDEN_BODY)));
	/* with K alone, behind the first */
	struct hash key;
	struct seal_plain again;
	memcpy(key.bytes, GOLDEN_K, 32);
	ctx.secret = NULL;
	assert_int_equal(seal_payload_open_key(&s, &ctx, &key, &scratch, &again), ERR_OK);
	assert_true(bytes_equal(again.body, plain.body));
	assert_ptr_not_equal(again.body.data, plain.body.data);
}

static void payload_opens_in_its_place_alone(void **state)
{
	(void)state;
	struct sealed s;
	struct seal_plain plain;
	struct channel_secret other = secret;
	struct bytes_out scratch = bytes_out(memory, sizeof memory);
	assert_int_equal(seal_payload_unpack(sealed, &s), ERR_OK);
	struct seal_context ctx = context();
	ctx.seq++;
	assert_int_equal(seal_payload_open(&s, &ctx, &scratch, &plain), ERR_NOT_DECRYPTED);
	/* even by who knows K */
	struct hash key;
	memcpy(key.bytes, GOLDEN_K, 32);
	assert_int_equal(seal_payload_open_key(&s, &ctx, &key, &scratch, &plain), ERR_NOT_DECRYPTED);
	ctx = context();
	ctx.feed = &reader[1].public.feed;
	assert_int_equal(seal_payload_open(&s, &ctx, &scratch, &plain), ERR_NOT_DECRYPTED);
	ctx = context();
	other.bytes[31] ^= 0x80;
	ctx.secret = &other;
	assert_int_equal(seal_payload_open(&s, &ctx, &scratch, &plain), ERR_NOT_DECRYPTED);
	assert_int_equal(scratch.len, 0);
	/* no room */
	ctx = context();
	scratch = bytes_out(memory, s.ciphertext.len - 17);
	assert_int_equal(seal_payload_open(&s, &ctx, &scratch, &plain), ERR_NO_SPACE);
}

/* Every bit but those of the channel's seq, which names whose secret is tried. */
static void every_bit_of_a_payload(void **state)
{
	(void)state;
	uint8_t body[sizeof payload];
	struct sealed s;
	struct seal_plain plain;
	struct seal_context ctx = context();
	size_t quiet = 0;
	for (size_t bit = 0; bit < sealed.len * 8; bit++) {
		struct bytes_out scratch = bytes_out(memory, sizeof memory);
		memcpy(body, sealed.data, sealed.len);
		body[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (seal_payload_unpack(BYTES(body, sealed.len), &s) == ERR_OK &&
		        seal_payload_open(&s, &ctx, &scratch, &plain) == ERR_OK)
			quiet++;
	}
	assert_int_equal(quiet,
	        2 * 8 - 1); /* 300 in two bytes, less the one flip that makes it 44, not its shortest */
}

static void payload_lengths(void **state)
{
	(void)state;
	struct sealed s;
	for (size_t len = 0; len < sealed.len; len++)
		assert_int_not_equal(seal_payload_unpack(BYTES(sealed.data, len), &s), ERR_OK);
	assert_int_equal(seal_payload_unpack(BYTES(sealed.data, sealed.len + 1), &s), ERR_TRAILING);
}

/* Bodies of every length near the padding's steps, and the largest that fits. */
static void padding(void **state)
{
	(void)state;
	static uint8_t body[ENTRY_PAYLOAD_BYTES_MAX];
	struct seal_context ctx = context();
	for (size_t len = 1; len < 200; len++) {
		struct mp_out b = mp_out(body, sizeof body);
		struct sealed s;
		struct seal_plain plain;
		struct bytes_out scratch = bytes_out(memory, sizeof memory);
		mp_put_bin(&b, BYTES(memory, len));
		sealed = pack_payload(&(struct seal_plain){65535, mp_written(&b)});
		assert_int_equal(seal_payload_unpack(sealed, &s), ERR_OK);
		assert_int_equal((s.ciphertext.len - 16) % 32, 0);
		assert_int_equal((s.ciphertext.len - 16) / 32, (1 + 3 + b.out.len) / 32 + 1);
		assert_int_equal(seal_payload_open(&s, &ctx, &scratch, &plain), ERR_OK);
		assert_true(bytes_equal(plain.body, mp_written(&b)));
	}
}

static void too_long(void **state)
{
	(void)state;
	static uint8_t body[ENTRY_PAYLOAD_BYTES_MAX + 8], data[ENTRY_PAYLOAD_BYTES_MAX], big[2 * sizeof data];
	struct seal_context ctx = context();
	size_t longest = 0;
	for (size_t len = ENTRY_PAYLOAD_BYTES_MAX - 200; len <= ENTRY_PAYLOAD_BYTES_MAX; len++) {
		struct mp_out b = mp_out(body, sizeof body), m = mp_out(big, sizeof big);
		uint8_t salt[SEAL_SALT_BYTES] = {0};
		mp_put_bin(&b, BYTES(data, len));
		struct seal_plain plain = {48, mp_written(&b)};
		enum err e = seal_payload_pack(&m, &ctx, CHANNEL_SEQ, salt, &plain);
		assert_true(e == ERR_OK || e == ERR_TOO_LONG);
		assert_true(e != ERR_OK || m.out.len <= ENTRY_PAYLOAD_BYTES_MAX);
		longest = e == ERR_OK ? len : longest;
	}
	assert_true(longest > ENTRY_PAYLOAD_BYTES_MAX - 200 && longest < ENTRY_PAYLOAD_BYTES_MAX - 75);
}

/* What opens, but is not [kind, body] in its padding, is refused. */
static void what_is_inside(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t len;
		enum err want;
	} CASES[] = {
	        {"\x92\x30\xc0", 3, ERR_OK},
	        {"\x92\xcd\x01\x00\xc0", 5, ERR_OK},
	        {"\x92\x01\xc0", 3, ERR_OUT_OF_RANGE}, /* sealed in sealed */
	        {"\x92\x00\xc0", 3, ERR_OUT_OF_RANGE},
	        {"\x92\xce\x00\x01\x00\x00\xc0", 7, ERR_OUT_OF_RANGE},
	        {"\x92\xcd\x00\x30\xc0", 5, ERR_NOT_SHORTEST},
	        {"\x91\x30", 2, ERR_MALFORMED},
	        {"\x93\x30\xc0\xc0", 4, ERR_MALFORMED},
	        {"\x92\x30\xc0\xc0", 4, ERR_TRAILING},
	        {"\x92\x30\xca\x00\x00\x00\x00", 7, ERR_MALFORMED}, /* a float */
	        {"", 0, ERR_TRUNCATED},
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		uint8_t text[32 + 16] = {0}, salt[16] = {1}, ad[40], nonce[24] = {0};
		struct seal_context ctx = context();
		struct hash key = seal_entry_key(&ctx, salt);
		struct hash check = hash_of2(bytes_text("lontar open v1"), BYTES_OF(key.bytes));
		struct bytes_out a = bytes_out(ad, sizeof ad), scratch = bytes_out(memory, sizeof memory);
		struct seal_plain plain;
		bytes_put(&a, ctx.feed->bytes, 32);
		bytes_put_u64(&a, ctx.seq);
		memcpy(text, CASES[i].text, CASES[i].len);
		text[CASES[i].len] = 0x80;
		crypto_aead_xchacha20poly1305_ietf_encrypt(
		        text, NULL, text, 32, ad, 40, NULL, nonce, key.bytes);
		struct sealed s = {CHANNEL_SEQ, salt, check.bytes, BYTES_OF(text)};
		assert_int_equal(seal_payload_open(&s, &ctx, &scratch, &plain), CASES[i].want);
		assert_int_equal(scratch.len, CASES[i].want == ERR_OK ? 32 : 0);
		/* and without any padding */
		memset(text, 0, sizeof text);
		crypto_aead_xchacha20poly1305_ietf_encrypt(
		        text, NULL, text, 32, ad, 40, NULL, nonce, key.bytes);
		scratch = bytes_out(memory, sizeof memory);
		assert_int_equal(seal_payload_open(&s, &ctx, &scratch, &plain), ERR_MALFORMED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup(golden_keys, setup),
	        cmocka_unit_test_setup(golden_channel, setup),
	        cmocka_unit_test_setup(golden_payload, setup),
	        cmocka_unit_test_setup(every_reader_opens_and_no_stranger, setup),
	        cmocka_unit_test_setup(filled_and_shuffled, setup),
	        cmocka_unit_test_setup(audits, setup),
	        cmocka_unit_test_setup(another_secret_for_one_reader, setup),
	        cmocka_unit_test_setup(every_bit_of_a_channel, setup),
	        cmocka_unit_test_setup(channel_lengths, setup),
	        cmocka_unit_test_setup(payload_opens, setup),
	        cmocka_unit_test_setup(payload_opens_in_its_place_alone, setup),
	        cmocka_unit_test_setup(every_bit_of_a_payload, setup),
	        cmocka_unit_test_setup(payload_lengths, setup),
	        cmocka_unit_test_setup(padding, setup),
	        cmocka_unit_test_setup(too_long, setup),
	        cmocka_unit_test_setup(what_is_inside, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
