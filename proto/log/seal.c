/* SPDX-License-Identifier: Apache-2.0
 * seal.c: sealed payloads: sealing an entry under its channel's secret and opening it. docs/PROTOCOL.md 9.
 * Channels themselves are seal_channel.c's. Every entry has a key of its own, K; the check lets a reader see that K is
 * right before it decrypts, because the cipher would open under other keys too.
 * Opening is what an auditor does to every entry: straight into the caller's memory, no copy. */
#include <string.h>

#include <sodium.h>

#include "log/seal.h"

static const char ENTRY_KEY[] = "lontar entry v1";
static const char CHECK[] = "lontar open v1";
static const uint8_t ZERO_NONCE[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];

#define PAD_BYTES 32u
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES

/* feed id || seq: what binds a payload to its place. */
struct place_text {
	uint8_t bytes[32 + 8];
};

static struct place_text place_text_of(const struct seal_context *ctx)
{
	struct place_text p;
	struct bytes_out o = bytes_out(p.bytes, sizeof p.bytes);
	bytes_put(&o, ctx->feed->bytes, sizeof ctx->feed->bytes);
	bytes_put_u64(&o, ctx->seq);
	return p;
}

struct hash seal_entry_key(const struct seal_context *ctx, const uint8_t salt[SEAL_SALT_BYTES])
{
	struct place_text place = place_text_of(ctx);
	return hash_hmac3(BYTES_OF(ctx->secret->bytes), bytes_text(ENTRY_KEY), BYTES_OF(place.bytes),
	        BYTES(salt, SEAL_SALT_BYTES));
}

static struct hash check_of(const struct hash *key)
{
	return hash_of2(bytes_text(CHECK), BYTES_OF(key->bytes));
}

enum err seal_payload_unpack(struct bytes payload, struct sealed *out)
{
	struct sealed s = {0};
	struct mp_in m = mp_in(payload);
	mp_array_fixed(&m, 4);
	s.channel_seq = mp_uint(&m, UINT64_MAX);
	struct bytes salt = mp_bin(&m, SEAL_SALT_BYTES), check = mp_bin(&m, sizeof(struct hash));
	s.ciphertext = mp_bin(&m, ENTRY_PAYLOAD_BYTES_MAX);
	if (salt.len != SEAL_SALT_BYTES || check.len != sizeof(struct hash))
		mp_fail(&m, ERR_MALFORMED);
	if (s.ciphertext.len < TAG_BYTES + PAD_BYTES || (s.ciphertext.len - TAG_BYTES) % PAD_BYTES != 0)
		mp_fail(&m, ERR_MALFORMED);
	s.salt = salt.data;
	s.check = check.data;
	mp_array_end(&m);
	enum err e = mp_end(&m);
	if (e == ERR_OK)
		*out = s;
	return e;
}

/* [kind, body], padded, in memory of CAP bytes; ERR_TOO_LONG. */
static enum err plain_text(const struct seal_plain *plain, uint8_t *memory, size_t cap, size_t *len)
{
	struct mp_out m = mp_out(memory, cap);
	must(plain->kind > KIND_SEALED);
	mp_put_array(&m, 2);
	mp_put_uint(&m, plain->kind);
	mp_put_raw(&m, plain->body);
	bool fits = mp_out_end(&m) == ERR_OK && sodium_pad(len, memory, m.out.len, PAD_BYTES, cap) == 0;
	return fits ? ERR_OK : ERR_TOO_LONG;
}

enum err seal_payload_pack(struct mp_out *m, const struct seal_context *ctx, uint64_t channel_seq,
        const uint8_t salt[SEAL_SALT_BYTES], const struct seal_plain *plain)
{
	uint8_t text[ENTRY_PAYLOAD_BYTES_MAX + TAG_BYTES];
	size_t len = 0, start = m->out.len;
	enum err e = plain_text(plain, text, ENTRY_PAYLOAD_BYTES_MAX, &len);
	if (e != ERR_OK)
		return e;
	struct place_text place = place_text_of(ctx);
	struct hash key = seal_entry_key(ctx, salt), check = check_of(&key);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	        text, NULL, text, len, place.bytes, sizeof place.bytes, NULL, ZERO_NONCE, key.bytes);
	sodium_memzero(&key, sizeof key);
	mp_put_array(m, 4);
	mp_put_uint(m, channel_seq);
	mp_put_bin(m, BYTES(salt, SEAL_SALT_BYTES));
	mp_put_bin(m, BYTES_OF(check.bytes));
	mp_put_bin(m, BYTES(text, len + TAG_BYTES));
	e = mp_out_end(m);
	return e == ERR_OK && m->out.len - start > ENTRY_PAYLOAD_BYTES_MAX ? ERR_TOO_LONG : e;
}

static enum err read_plain(struct bytes padded, struct seal_plain *out)
{
	size_t len;
	if (sodium_unpad(&len, padded.data, padded.len, PAD_BYTES) != 0)
		return ERR_MALFORMED;
	struct mp_in m = mp_in(BYTES(padded.data, len));
	mp_array_fixed(&m, 2);
	uint64_t kind = mp_uint(&m, UINT16_MAX);
	struct bytes body = mp_raw(&m);
	mp_array_end(&m);
	if (kind <= KIND_SEALED)
		mp_fail(&m, ERR_OUT_OF_RANGE);
	enum err e = mp_end(&m);
	if (e == ERR_OK)
		*out = (struct seal_plain){.kind = (uint16_t)kind, .body = body};
	return e;
}

enum err seal_payload_open_key(const struct sealed *s, const struct seal_context *ctx, const struct hash *key,
        struct bytes_out *scratch, struct seal_plain *out)
{
	struct hash check = check_of(key);
	if (sodium_memcmp(check.bytes, s->check, sizeof check.bytes) != 0)
		return ERR_NOT_DECRYPTED;
	size_t len = s->ciphertext.len - TAG_BYTES;
	if (scratch->err != ERR_OK || len > scratch->cap - scratch->len)
		return ERR_NO_SPACE;
	uint8_t *text = scratch->data + scratch->len;
	struct place_text place = place_text_of(ctx);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(text, NULL, NULL, s->ciphertext.data,
	            s->ciphertext.len, place.bytes, sizeof place.bytes, ZERO_NONCE, key->bytes) != 0)
		return ERR_NOT_DECRYPTED;
	enum err e = read_plain(BYTES(text, len), out);
	if (e == ERR_OK)
		scratch->len += len;
	return e;
}

enum err seal_payload_open(const struct sealed *s, const struct seal_context *ctx, struct bytes_out *scratch,
        struct seal_plain *out)
{
	struct hash key = seal_entry_key(ctx, s->salt);
	enum err e = seal_payload_open_key(s, ctx, &key, scratch, out);
	sodium_memzero(&key, sizeof key);
	return e;
}
