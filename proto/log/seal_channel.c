/* SPDX-License-Identifier: Apache-2.0
 * seal_channel.c: channel.open: a secret wrapped for each of its readers, in a way that whoever has the secret can make
 * again and so audit. docs/PROTOCOL.md 9. Who is due as a reader is the roster's to say (roster_readers).
 * Its twist: the agreement's secret half comes from the channel's secret and its place, so nothing but filler and order
 * is random. */
#include <string.h>

#include <sodium.h>

#include "log/seal.h"

static const char COMMITMENT[] = "lontar channel v1";
static const char AGREEMENT[] = "lontar wrap v1";
static const char WRAP_KEY[] = "lontar wrap key v1";
static const uint8_t ZERO_NONCE[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];

#define FILLER_MAX (SEAL_WRAPS_STEP - 1)

struct agreement {
	uint8_t secret[32]; /* e */
	uint8_t public[32]; /* E */
};

static void hash_text(crypto_hash_sha256_state *s, const char *text)
{
	crypto_hash_sha256_init(s);
	crypto_hash_sha256_update(s, (const uint8_t *)text, strlen(text));
}

static struct hash commitment_of(const struct channel_secret *secret)
{
	return hash_of2(bytes_text(COMMITMENT), BYTES_OF(secret->bytes));
}

static struct agreement agreement_of(
        const struct channel_secret *secret, const struct feed_id *feed, uint64_t seq)
{
	uint8_t place[32 + 8];
	struct agreement a;
	struct bytes_out o = bytes_out(place, sizeof place);
	bytes_put(&o, feed->bytes, sizeof feed->bytes);
	bytes_put_u64(&o, seq);
	struct hash e =
	        hash_hmac3(BYTES_OF(secret->bytes), bytes_text(AGREEMENT), bytes_written(&o), BYTES(NULL, 0));
	memcpy(a.secret, e.bytes, sizeof a.secret);
	must(crypto_scalarmult_base(a.public, a.secret) == 0);
	sodium_memzero(&e, sizeof e);
	return a;
}

/* SHA-256(text || agreed || E || reader's seal key), which both sides can make. */
static struct hash wrap_key(const uint8_t agreed[32], const uint8_t e_public[32], const uint8_t reader[32])
{
	crypto_hash_sha256_state s;
	struct hash key;
	hash_text(&s, WRAP_KEY);
	crypto_hash_sha256_update(&s, agreed, 32);
	crypto_hash_sha256_update(&s, e_public, 32);
	crypto_hash_sha256_update(&s, reader, 32);
	crypto_hash_sha256_final(&s, key.bytes);
	sodium_memzero(&s, sizeof s);
	return key;
}

struct wrap {
	uint8_t bytes[SEAL_WRAP_BYTES];
};

/* False when the key is of small order, which no key of a roster is. */
static bool wrap_for(const struct agreement *a, const struct channel_secret *secret,
        const struct hash *commitment, const uint8_t reader[32], struct wrap *out)
{
	uint8_t agreed[32];
	if (crypto_scalarmult(agreed, a->secret, reader) != 0)
		return false;
	struct hash key = wrap_key(agreed, a->public, reader);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out->bytes, NULL, secret->bytes, sizeof secret->bytes,
	        commitment->bytes, sizeof commitment->bytes, NULL, ZERO_NONCE, key.bytes);
	sodium_memzero(agreed, sizeof agreed);
	sodium_memzero(&key, sizeof key);
	return true;
}

/* Fisher and Yates; 16 random bits for a choice among at most 64. */
static void shuffle(struct wrap *wraps, uint32_t count, const uint8_t *random)
{
	for (uint32_t i = count; i > 1; i--, random += 2) {
		uint32_t j = ((uint32_t)random[0] << 8 | random[1]) % i;
		struct wrap w = wraps[i - 1];
		wraps[i - 1] = wraps[j];
		wraps[j] = w;
	}
}

/* All wraps, in the order of the readers, filled up; how many. */
static uint32_t make_wraps(const struct seal_channel *c, const struct agreement *a,
        const struct hash *commitment, struct wrap wraps[CHANNEL_WRAPS_MAX])
{
	must(c->readers_count >= 1 && c->readers_count <= CHANNEL_WRAPS_MAX);
	uint32_t count = (c->readers_count + FILLER_MAX) / SEAL_WRAPS_STEP * SEAL_WRAPS_STEP;
	for (uint32_t i = 0; i < c->readers_count; i++)
		must(wrap_for(a, c->secret, commitment, c->readers[i], &wraps[i]));
	memcpy(&wraps[c->readers_count], c->random, (count - c->readers_count) * sizeof wraps[0]);
	shuffle(wraps, count, c->random + FILLER_MAX * SEAL_WRAP_BYTES);
	return count;
}

void seal_channel_pack(struct mp_out *m, const struct seal_channel *c)
{
	struct wrap wraps[CHANNEL_WRAPS_MAX];
	struct hash commitment = commitment_of(c->secret);
	struct agreement a = agreement_of(c->secret, c->feed, c->seq);
	uint32_t count = make_wraps(c, &a, &commitment, wraps);
	mp_put_array(m, 4);
	mp_put_bin(m, BYTES_OF(commitment.bytes));
	mp_put_uint(m, c->registrar_size);
	mp_put_bin(m, BYTES_OF(a.public));
	mp_put_array(m, count);
	for (uint32_t i = 0; i < count; i++)
		mp_put_bin(m, BYTES_OF(wraps[i].bytes));
	sodium_memzero(&a, sizeof a);
}

/* A bin of exactly LEN bytes, borrowed; NULL after an error. */
static const uint8_t *take_fixed(struct mp_in *m, size_t len)
{
	struct bytes b = mp_bin(m, len);
	if (b.len != len)
		mp_fail(m, ERR_MALFORMED);
	return b.data;
}

enum err seal_channel_unpack(struct bytes body, struct channel_open *out)
{
	struct channel_open c = {0};
	struct mp_in m = mp_in(body);
	mp_array_fixed(&m, 4);
	c.commitment = take_fixed(&m, 32);
	c.registrar_size = mp_uint(&m, UINT64_MAX);
	c.e_public = take_fixed(&m, 32);
	c.wraps_count = mp_array(&m, CHANNEL_WRAPS_MAX);
	if (c.wraps_count == 0 || c.wraps_count % SEAL_WRAPS_STEP != 0)
		mp_fail(&m, ERR_MALFORMED);
	for (uint32_t i = 0; i < c.wraps_count; i++)
		c.wraps[i] = take_fixed(&m, SEAL_WRAP_BYTES);
	mp_array_end(&m);
	mp_array_end(&m);
	enum err e = mp_end(&m);
	if (e == ERR_OK)
		*out = c;
	return e;
}

static bool unwrap(const struct channel_open *c, const struct hash *key, struct channel_secret *out)
{
	for (uint32_t i = 0; i < c->wraps_count; i++)
		if (crypto_aead_xchacha20poly1305_ietf_decrypt(out->bytes, NULL, NULL, c->wraps[i],
		            SEAL_WRAP_BYTES, c->commitment, 32, ZERO_NONCE, key->bytes) == 0)
			return true;
	return false;
}

bool seal_channel_is_committed(const struct channel_open *c, const struct channel_secret *secret)
{
	struct hash commitment = commitment_of(secret);
	return sodium_memcmp(commitment.bytes, c->commitment, sizeof commitment.bytes) == 0;
}

enum err seal_channel_try(
        const struct channel_open *c, const struct secret_keys *reader, struct channel_secret *out)
{
	uint8_t agreed[32];
	struct channel_secret secret = {{0}};
	if (crypto_scalarmult(agreed, reader->seal, c->e_public) != 0)
		return ERR_NOT_FOR_US;
	struct hash key = wrap_key(agreed, c->e_public, reader->public.seal);
	enum err e = unwrap(c, &key, &secret) ? ERR_OK : ERR_NOT_FOR_US;
	if (e == ERR_OK && !seal_channel_is_committed(c, &secret))
		e = ERR_BAD_COMMITMENT;
	if (e == ERR_OK)
		*out = secret;
	sodium_memzero(agreed, sizeof agreed);
	sodium_memzero(&key, sizeof key);
	sodium_memzero(&secret, sizeof secret);
	return e;
}

static bool has_wrap(const struct channel_open *c, const struct wrap *wrap)
{
	for (uint32_t i = 0; i < c->wraps_count; i++)
		if (memcmp(c->wraps[i], wrap->bytes, SEAL_WRAP_BYTES) == 0)
			return true;
	return false;
}

static bool has_reader(
        const struct seal_audit *a, const struct agreement *agreement, const uint8_t reader[32])
{
	struct wrap wrap;
	struct hash commitment = commitment_of(a->secret);
	return wrap_for(agreement, a->secret, &commitment, reader, &wrap) && has_wrap(a->channel, &wrap);
}

enum err seal_channel_audit(const struct seal_audit *a, const uint8_t *const *due, uint32_t due_count)
{
	if (!seal_channel_is_committed(a->channel, a->secret))
		return ERR_BAD_COMMITMENT;
	struct agreement agreement = agreement_of(a->secret, a->feed, a->seq);
	bool all = memcmp(agreement.public, a->channel->e_public, sizeof agreement.public) == 0;
	for (uint32_t i = 0; all && i < due_count; i++)
		all = has_reader(a, &agreement, due[i]);
	sodium_memzero(&agreement, sizeof agreement);
	return all ? ERR_OK : ERR_READER_MISSING;
}
