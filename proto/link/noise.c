/* SPDX-License-Identifier: Apache-2.0
 * noise.c: see noise.h. Names follow the specification (noiseprotocol.org, revision 34, section 5): the cipher
 * state, then the symmetric state (mix_key, mix_hash), then the handshake state with one function a token.
 * Writing and reading a message are the same walk over its tokens; only e and s differ. */
#include "link/noise.h"

#include <sodium.h>
#include <string.h>

const struct noise_pattern noise_xk = {
        .protocol = "Noise_XK_25519_ChaChaPoly_SHA256",
        .known = NOISE_KNOWN_RESPONDER,
        .messages = 3,
        .tokens = {{NOISE_E, NOISE_ES}, {NOISE_E, NOISE_EE}, {NOISE_S, NOISE_SE}},
};

/* Cipher state */

void noise_cipher_init(struct noise_cipher *c, const uint8_t key[32])
{
	*c = (struct noise_cipher){.state = NOISE_KEYED};
	memcpy(c->key, key, sizeof c->key);
}

void noise_cipher_wipe(struct noise_cipher *c)
{
	sodium_memzero(c, sizeof *c);
	c->state = NOISE_WIPED;
}

/* 4 zero bytes, then the number in little-endian. */
static void put_nonce(uint8_t out[12], uint64_t nonce)
{
	memset(out, 0, 4);
	for (unsigned i = 0; i < 8; i++)
		out[4 + i] = (uint8_t)(nonce >> 8 * i);
}

static void seal(const uint8_t key[32], uint64_t nonce, struct bytes ad, struct bytes plain, uint8_t *out)
{
	uint8_t n[12];
	put_nonce(n, nonce);
	crypto_aead_chacha20poly1305_ietf_encrypt(
	        out, NULL, plain.data, plain.len, ad.data, ad.len, NULL, n, key);
}

void noise_cipher_encrypt(struct noise_cipher *c, struct bytes ad, struct bytes plain, uint8_t *out)
{
	must(c->state != NOISE_WIPED);
	if (c->state == NOISE_CLEAR) {
		if (plain.len)
			memmove(out, plain.data, plain.len);
		return;
	}
	must(c->nonce < UINT64_MAX); /* the last is REKEY's */
	seal(c->key, c->nonce++, ad, plain, out);
}

static enum err unseal(struct noise_cipher *c, struct bytes ad, struct bytes sealed, uint8_t *out)
{
	uint8_t n[12];
	if (sealed.len < NOISE_TAG_BYTES)
		return ERR_TRUNCATED;
	if (c->nonce == UINT64_MAX)
		return ERR_NOT_DECRYPTED;
	put_nonce(n, c->nonce);
	if (crypto_aead_chacha20poly1305_ietf_decrypt(
	            out, NULL, NULL, sealed.data, sealed.len, ad.data, ad.len, n, c->key) != 0)
		return ERR_NOT_DECRYPTED;
	c->nonce++;
	return ERR_OK;
}

enum err noise_cipher_decrypt(struct noise_cipher *c, struct bytes ad, struct bytes sealed, uint8_t *out)
{
	switch (c->state) {
	case NOISE_WIPED:
		return ERR_NOT_DECRYPTED;
	case NOISE_CLEAR:
		if (sealed.len)
			memmove(out, sealed.data, sealed.len);
		return ERR_OK;
	case NOISE_KEYED:
		break;
	}
	enum err e = unseal(c, ad, sealed, out);
	if (e != ERR_OK)
		noise_cipher_wipe(c);
	return e;
}

void noise_cipher_rekey(struct noise_cipher *c)
{
	static const uint8_t zeros[32];
	uint8_t sealed[32 + NOISE_TAG_BYTES];
	must(c->state == NOISE_KEYED);
	seal(c->key, UINT64_MAX, BYTES(NULL, 0), BYTES_OF(zeros), sealed);
	memcpy(c->key, sealed, sizeof c->key);
	sodium_memzero(sealed, sizeof sealed);
}

/* Symmetric state */

/* HKDF of two outputs, RFC 5869 with the chaining key as salt and no info. */
static void hkdf(const uint8_t chaining_key[32], struct bytes input, uint8_t one[32], uint8_t two[32])
{
	static const uint8_t first = 1, second = 2;
	struct hash t = hash_hmac(BYTES(chaining_key, 32), input);
	struct hash o1 = hash_hmac(BYTES_OF(t.bytes), BYTES(&first, 1));
	struct hash o2 = hash_hmac3(BYTES_OF(t.bytes), BYTES_OF(o1.bytes), BYTES(&second, 1), BYTES(NULL, 0));
	memcpy(one, o1.bytes, 32);
	memcpy(two, o2.bytes, 32);
	sodium_memzero(&t, sizeof t);
	sodium_memzero(&o1, sizeof o1);
	sodium_memzero(&o2, sizeof o2);
}

static void mix_key(struct noise *n, const uint8_t input[32])
{
	uint8_t key[32];
	hkdf(n->chaining_key, BYTES(input, 32), n->chaining_key, key);
	noise_cipher_init(&n->cipher, key);
	sodium_memzero(key, sizeof key);
}

static void mix_hash(struct noise *n, struct bytes data)
{
	n->hash = hash_of2(BYTES_OF(n->hash.bytes), data);
}

static size_t sealed_bytes(const struct noise *n, size_t plain)
{
	return n->cipher.state == NOISE_KEYED ? plain + NOISE_TAG_BYTES : plain;
}

static void encrypt_and_hash(struct noise *n, struct bytes plain, struct bytes_out *out)
{
	size_t len = sealed_bytes(n, plain.len);
	must(out->err == ERR_OK && out->cap - out->len >= len);
	uint8_t *at = out->data + out->len;
	noise_cipher_encrypt(&n->cipher, BYTES_OF(n->hash.bytes), plain, at);
	out->len += len;
	mix_hash(n, BYTES(at, len));
}

/* The hash is of what came, so it is taken before the bytes are decrypted in place. */
static enum err decrypt_and_hash(struct noise *n, struct bytes sealed, uint8_t *out)
{
	struct hash before = n->hash;
	mix_hash(n, sealed);
	return noise_cipher_decrypt(&n->cipher, BYTES_OF(before.bytes), sealed, out);
}

/* Handshake state */

static void copy_key(uint8_t out[32], const uint8_t *key)
{
	if (key)
		memcpy(out, key, 32);
}

void noise_init(struct noise *n, const struct noise_options *o)
{
	size_t len = strlen(o->pattern->protocol);
	*n = (struct noise){.pattern = o->pattern, .side = o->side};
	copy_key(n->static_secret, o->static_secret);
	copy_key(n->static_public, o->static_public);
	copy_key(n->ephemeral_secret, o->ephemeral_secret);
	copy_key(n->remote_static, o->remote_static);
	if (len <= sizeof n->hash.bytes)
		memcpy(n->hash.bytes, o->pattern->protocol, len);
	else
		n->hash = hash_of(BYTES(o->pattern->protocol, len));
	memcpy(n->chaining_key, n->hash.bytes, sizeof n->chaining_key);
	mix_hash(n, o->prologue);
	bool initiator = o->side == NOISE_INITIATOR;
	if (o->pattern->known & NOISE_KNOWN_INITIATOR)
		mix_hash(n, BYTES(initiator ? n->static_public : n->remote_static, 32));
	if (o->pattern->known & NOISE_KNOWN_RESPONDER)
		mix_hash(n, BYTES(initiator ? n->remote_static : n->static_public, 32));
}

void noise_wipe(struct noise *n)
{
	sodium_memzero(n, sizeof *n);
	n->cipher.state = NOISE_WIPED;
}

bool noise_done(const struct noise *n)
{
	return n->pattern && n->message == n->pattern->messages;
}

bool noise_writes(const struct noise *n)
{
	return n->pattern && !noise_done(n) && (n->message % 2 == 0) == (n->side == NOISE_INITIATOR);
}

/* ee, es, se, ss: the first letter is the initiator's key, the second the responder's. */
static enum err mix_shared(struct noise *n, enum noise_token token)
{
	bool initiator = n->side == NOISE_INITIATOR;
	bool ours_static = token == NOISE_SS || token == (initiator ? NOISE_SE : NOISE_ES);
	bool theirs_static = token == NOISE_SS || token == (initiator ? NOISE_ES : NOISE_SE);
	uint8_t shared[32];
	int bad = crypto_scalarmult(shared, ours_static ? n->static_secret : n->ephemeral_secret,
	        theirs_static ? n->remote_static : n->remote_ephemeral);
	if (bad == 0)
		mix_key(n, shared);
	sodium_memzero(shared, sizeof shared);
	return bad == 0 ? ERR_OK : ERR_BAD_KEY;
}

static enum err write_token(struct noise *n, enum noise_token token, struct bytes_out *out)
{
	switch (token) {
	case NOISE_E:
		if (crypto_scalarmult_base(n->ephemeral_public, n->ephemeral_secret) != 0)
			return ERR_BAD_KEY;
		bytes_put(out, n->ephemeral_public, 32);
		mix_hash(n, BYTES_OF(n->ephemeral_public));
		return ERR_OK;
	case NOISE_S:
		encrypt_and_hash(n, BYTES_OF(n->static_public), out);
		return ERR_OK;
	case NOISE_EE:
	case NOISE_ES:
	case NOISE_SE:
	case NOISE_SS:
		return mix_shared(n, token);
	case NOISE_END:
		break;
	}
	return ERR_BUG;
}

static enum err read_token(struct noise *n, enum noise_token token, struct bytes_in *in)
{
	struct bytes sealed;
	switch (token) {
	case NOISE_E:
		bytes_get(in, n->remote_ephemeral, 32);
		mix_hash(n, BYTES_OF(n->remote_ephemeral));
		return in->err;
	case NOISE_S:
		sealed = bytes_take(in, sealed_bytes(n, 32));
		return in->err != ERR_OK ? in->err : decrypt_and_hash(n, sealed, n->remote_static);
	case NOISE_EE:
	case NOISE_ES:
	case NOISE_SE:
	case NOISE_SS:
		return mix_shared(n, token);
	case NOISE_END:
		break;
	}
	return ERR_BUG;
}

/* The i-th token of the message, NOISE_END after the last. */
static enum noise_token token_at(const struct noise *n, unsigned i)
{
	return i < NOISE_TOKENS_MAX ? (enum noise_token)n->pattern->tokens[n->message][i] : NOISE_END;
}

enum err noise_write_tokens(struct noise *n, struct bytes_out *out)
{
	enum err e = ERR_OK;
	must(noise_writes(n) && !n->tokens_written);
	for (unsigned i = 0; e == ERR_OK && token_at(n, i) != NOISE_END; i++)
		e = write_token(n, token_at(n, i), out);
	must(out->err == ERR_OK);
	n->hash_before_payload = n->hash;
	n->tokens_written = true;
	if (e != ERR_OK)
		noise_wipe(n);
	return e;
}

void noise_write_payload(struct noise *n, struct bytes payload, struct bytes_out *out)
{
	must(n->tokens_written);
	encrypt_and_hash(n, payload, out);
	n->tokens_written = false;
	n->message++;
}

enum err noise_write(struct noise *n, struct bytes payload, struct bytes_out *out)
{
	enum err e = noise_write_tokens(n, out);
	if (e == ERR_OK)
		noise_write_payload(n, payload, out);
	return e;
}

static enum err read_message(struct noise *n, uint8_t *message, size_t len, struct bytes *payload)
{
	struct bytes_in in = bytes_in(BYTES(message, len));
	enum err e = len <= NOISE_MESSAGE_BYTES_MAX ? ERR_OK : ERR_TOO_LONG;
	for (unsigned i = 0; e == ERR_OK && token_at(n, i) != NOISE_END; i++)
		e = read_token(n, token_at(n, i), &in);
	if (e != ERR_OK)
		return e;
	n->hash_before_payload = n->hash;
	uint8_t *at = message + in.at;
	e = decrypt_and_hash(n, BYTES(at, len - in.at), at);
	if (e == ERR_OK)
		*payload = BYTES(at, len - in.at - sealed_bytes(n, 0));
	return e;
}

enum err noise_read(struct noise *n, uint8_t *message, size_t len, struct bytes *payload_ref)
{
	if (n->cipher.state == NOISE_WIPED)
		return ERR_NOT_DECRYPTED;
	must(!noise_done(n) && !noise_writes(n));
	enum err e = read_message(n, message, len, payload_ref);
	n->message++;
	if (e != ERR_OK)
		noise_wipe(n);
	return e;
}

struct hash noise_hash_before_payload(const struct noise *n)
{
	return n->hash_before_payload;
}

struct hash noise_hash(const struct noise *n)
{
	return n->hash;
}

const uint8_t *noise_remote_static(const struct noise *n)
{
	return n->remote_static;
}

void noise_split(struct noise *n, struct noise_cipher *send, struct noise_cipher *receive)
{
	must(noise_done(n));
	uint8_t initiator[32], responder[32];
	hkdf(n->chaining_key, BYTES(NULL, 0), initiator, responder);
	noise_cipher_init(send, n->side == NOISE_INITIATOR ? initiator : responder);
	noise_cipher_init(receive, n->side == NOISE_INITIATOR ? responder : initiator);
	sodium_memzero(initiator, sizeof initiator);
	sodium_memzero(responder, sizeof responder);
	noise_cipher_wipe(&n->cipher);
	sodium_memzero(n->chaining_key, sizeof n->chaining_key);
	sodium_memzero(n->static_secret, sizeof n->static_secret);
	sodium_memzero(n->ephemeral_secret, sizeof n->ephemeral_secret);
}
