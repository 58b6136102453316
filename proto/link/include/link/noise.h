/* SPDX-License-Identifier: Apache-2.0
 * noise.h: the Noise Protocol Framework, revision 34, for 25519_ChaChaPoly_SHA256 without pre-shared keys: a
 * handshake is a table of tokens, walked by one side writing and the other reading. docs/PROTOCOL.md 5.
 * Deterministic: the fresh random bytes come in. What travels around the messages (lengths, frames) is others'.
 * After any error the state is wiped and takes nothing more: close the stream, say nothing. */
#ifndef LINK_NOISE_H
#define LINK_NOISE_H

#include "base/hash.h"

#define NOISE_TAG_BYTES 16u
#define NOISE_MESSAGE_BYTES_MAX 65535u
#define NOISE_MESSAGES_MAX 4u
#define NOISE_TOKENS_MAX 5u /* of one message */

/* A key and its nonce. NOISE_CLEAR passes bytes through, as Noise has it before the first key. */
enum noise_key { NOISE_CLEAR, NOISE_KEYED, NOISE_WIPED };
struct noise_cipher {
	enum noise_key state;
	uint8_t key[32];
	uint64_t nonce;
};

void noise_cipher_init(struct noise_cipher *c, const uint8_t key[32]);
/* out: plain.len + NOISE_TAG_BYTES bytes (plain.len when clear); may begin where plain does. Not after a wipe. */
void noise_cipher_encrypt(struct noise_cipher *c, struct bytes ad, struct bytes plain, uint8_t *out);
/* out: sealed.len - NOISE_TAG_BYTES bytes; may begin where sealed does. ERR_NOT_DECRYPTED, ERR_TRUNCATED: the nonce
 * has not advanced, the cipher is wiped. */
MUST_USE enum err noise_cipher_decrypt(
        struct noise_cipher *c, struct bytes ad, struct bytes sealed, uint8_t *out);
void noise_cipher_rekey(struct noise_cipher *c); /* Noise's REKEY; the nonce runs on */
void noise_cipher_wipe(struct noise_cipher *c);

enum noise_token { NOISE_END, NOISE_E, NOISE_S, NOISE_EE, NOISE_ES, NOISE_SE, NOISE_SS };
enum noise_known { NOISE_KNOWN_NONE, NOISE_KNOWN_INITIATOR, NOISE_KNOWN_RESPONDER, NOISE_KNOWN_BOTH };

struct noise_pattern {
	const char *protocol;   /* Noise's name of it, hashed first */
	enum noise_known known; /* whose static key is known to the other side before */
	uint8_t messages;       /* the initiator writes the first, then they alternate */
	uint8_t tokens[NOISE_MESSAGES_MAX][NOISE_TOKENS_MAX];
};
/* XK: the responder is known before, the initiator names itself in message 3. */
extern const struct noise_pattern noise_xk;

enum noise_side { NOISE_INITIATOR, NOISE_RESPONDER };
struct noise_options {
	const struct noise_pattern *pattern; /* outlives the handshake */
	enum noise_side side;
	struct bytes prologue;
	/* 32 bytes each, copied; NULL where the pattern does not use it */
	const uint8_t *static_secret, *static_public;
	const uint8_t *ephemeral_secret; /* fresh random bytes, used once */
	const uint8_t *remote_static;    /* what is known before */
};

struct noise {
	const struct noise_pattern *pattern;
	enum noise_side side;
	unsigned message;    /* the next */
	bool tokens_written; /* of it; its payload is next */
	struct noise_cipher cipher;
	uint8_t chaining_key[32];
	struct hash hash, hash_before_payload;
	uint8_t static_secret[32], static_public[32], ephemeral_secret[32];
	uint8_t ephemeral_public[32], remote_static[32], remote_ephemeral[32];
};

void noise_init(struct noise *n, const struct noise_options *options);
void noise_wipe(struct noise *n);

bool noise_done(const struct noise *n);   /* all messages passed: split */
bool noise_writes(const struct noise *n); /* is the next message ours to write? */

/* The next message, onto out. ERR_BAD_KEY: the shared secret is zero. out has room, or that is our bug. */
MUST_USE enum err noise_write(struct noise *n, struct bytes payload, struct bytes_out *out);
/* The same in two steps, for a payload that holds noise_hash_before_payload(). The payload may lie where it will
 * stand, at out->data + out->len. */
MUST_USE enum err noise_write_tokens(struct noise *n, struct bytes_out *out);
void noise_write_payload(struct noise *n, struct bytes payload, struct bytes_out *out);

/* The next message. The payload comes out in place: *payload_ref points into message, and dies with it.
 * ERR_TRUNCATED, ERR_NOT_DECRYPTED, ERR_BAD_KEY. */
MUST_USE enum err noise_read(struct noise *n, uint8_t *message, size_t len, struct bytes *payload_ref);

/* h just before the payload of the last message written or read was encrypted (docs/PROTOCOL.md 4, join). */
struct hash noise_hash_before_payload(const struct noise *n);
/* h: after noise_done() it names this handshake. */
struct hash noise_hash(const struct noise *n);
/* The other side's static key, once the pattern has shown it. */
const uint8_t *noise_remote_static(const struct noise *n);

/* The two ciphers of what follows; wipes all but the hashes and the remote's static key. After noise_done() only. */
void noise_split(struct noise *n, struct noise_cipher *send, struct noise_cipher *receive);

#endif
