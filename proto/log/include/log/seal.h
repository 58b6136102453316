/* SPDX-License-Identifier: Apache-2.0
 * seal.h: channels and sealed payloads: who may read what, so that everybody can carry and prove it.
 * docs/PROTOCOL.md 9. Deterministic: random bytes come in as arguments. */
#ifndef LOG_SEAL_H
#define LOG_SEAL_H

#include "log/keys.h"

struct channel_secret {
	uint8_t bytes[32]; /* C */
};

/* channel.open, built. readers: seal keys of all readers; random order and filler come from `shuffle`. */
struct seal_channel {
	struct place place;         /* the entry that will carry it; place.feed unused */
	const struct feed_id *feed; /* its author */
	uint64_t registrar_size;
	const struct channel_secret *secret;
	const uint8_t (*readers)[32]; /* seal public keys */
	uint32_t readers_count;       /* 1..CHANNEL_WRAPS_MAX */
	const uint8_t *random;        /* random_bytes bytes: filler wraps and order */
	size_t random_bytes;          /* at least SEAL_RANDOM_BYTES */
};
#define SEAL_RANDOM_BYTES (4u * 48u + CHANNEL_WRAPS_MAX * 2u)
void seal_channel_pack(struct mp_out *m, const struct seal_channel *c);

/* channel.open, read. Borrowed from the body. */
struct channel_open {
	uint8_t commitment[32];
	uint64_t registrar_size;
	uint8_t e_public[32];
	uint32_t wraps_count;                    /* a multiple of 4, at most CHANNEL_WRAPS_MAX */
	const uint8_t *wraps[CHANNEL_WRAPS_MAX]; /* 48 bytes each */
};
MUST_USE enum err seal_channel_unpack(struct bytes body, struct channel_open *out);
/* Try every wrap with our seal secret. ERR_NOT_FOR_US, ERR_BAD_COMMITMENT. */
MUST_USE enum err seal_channel_try(
        const struct channel_open *c, const struct secret_keys *reader, struct channel_secret *out);
/* Is every reader due there? Remakes the wraps from the secret. ERR_READER_MISSING. */
struct seal_audit {
	const struct channel_open *channel;
	const struct feed_id *feed;
	uint64_t seq; /* of the channel.open */
	const struct channel_secret *secret;
};
MUST_USE enum err seal_channel_audit(
        const struct seal_audit *a, const uint8_t (*due)[32], uint32_t due_count);

/* A sealed payload: msgpack [channel's seq, salt, check, ciphertext] of msgpack [kind, body]. */
struct sealed {
	uint64_t channel_seq;
	const uint8_t *salt;  /* 16, borrowed */
	const uint8_t *check; /* 32, borrowed */
	struct bytes ciphertext;
};
struct seal_context {
	const struct feed_id *feed;
	uint64_t seq; /* of the sealed entry */
	const struct channel_secret *secret;
};
struct seal_plain {
	uint16_t kind;
	struct bytes body; /* borrowed from the scratch memory on opening */
};
MUST_USE enum err seal_payload_unpack(struct bytes payload, struct sealed *out);
/* Seal. scratch: at least ENTRY_PAYLOAD_BYTES_MAX bytes. */
MUST_USE enum err seal_payload_pack(struct bytes_out *o, const struct seal_context *ctx, uint64_t channel_seq,
        const uint8_t salt[16], const struct seal_plain *plain);
/* K of one entry, which opens this entry alone for a third party. */
struct hash seal_entry_key(const struct seal_context *ctx, const uint8_t salt[16]);
/* Open with the channel's secret, into scratch (>= ciphertext length). ERR_NOT_DECRYPTED: check or tag fails;
 * ERR_MALFORMED and the like: what is inside is not [kind, body]. */
MUST_USE enum err seal_payload_open(const struct sealed *s, const struct seal_context *ctx,
        struct bytes_out *scratch, struct seal_plain *out);
/* Open with K alone (proof files). */
MUST_USE enum err seal_payload_open_key(const struct sealed *s, const struct seal_context *ctx,
        const struct hash *key, struct bytes_out *scratch, struct seal_plain *out);

#endif
