/* SPDX-License-Identifier: Apache-2.0
 * seal.h: channels and sealed payloads: who may read what, so that everybody can carry and prove it.
 * docs/PROTOCOL.md 9. Deterministic: random bytes come in as arguments. */
#ifndef LOG_SEAL_H
#define LOG_SEAL_H

#include "log/keys.h"

struct channel_secret {
	uint8_t bytes[32]; /* C */
};

#define SEAL_WRAP_BYTES 48u
#define SEAL_WRAPS_STEP 4u /* wraps are filled up to a multiple of this, so that their number says little */
/* Random bytes that opening a channel takes: filler wraps, and the order of all. */
#define SEAL_RANDOM_BYTES ((SEAL_WRAPS_STEP - 1) * SEAL_WRAP_BYTES + CHANNEL_WRAPS_MAX * 2u)

/* channel.open, to be built: msgpack [bin 32 commitment, registrar's size, bin 32 E, [bin 48 wrap, ...]]. */
struct seal_channel {
	const struct feed_id *feed; /* its author */
	uint64_t seq;               /* of the entry that will carry it */
	uint64_t registrar_size;
	const struct channel_secret *secret;
	const uint8_t *const
	        *readers;       /* seal public keys, 32 bytes each, the author's among them, each once */
	uint32_t readers_count; /* 1..CHANNEL_WRAPS_MAX */
	const uint8_t *random;  /* SEAL_RANDOM_BYTES */
};
void seal_channel_pack(struct mp_out *m, const struct seal_channel *c);

/* channel.open, read. Borrowed from the body. */
struct channel_open {
	const uint8_t *commitment; /* 32 */
	uint64_t registrar_size;
	const uint8_t *e_public; /* 32 */
	uint32_t wraps_count;    /* a multiple of SEAL_WRAPS_STEP, at most CHANNEL_WRAPS_MAX, not 0 */
	const uint8_t *wraps[CHANNEL_WRAPS_MAX]; /* SEAL_WRAP_BYTES each */
};
/* Any error of mp.h. */
MUST_USE enum err seal_channel_unpack(struct bytes body, struct channel_open *out);
/* Is it the secret that the channel committed to? */
bool seal_channel_is_committed(const struct channel_open *c, const struct channel_secret *secret);
/* Try every wrap with our seal secret. ERR_NOT_FOR_US; ERR_BAD_COMMITMENT: a wrap opens, and what is in it is not what
 * the channel committed to: nothing may be opened with it. */
MUST_USE enum err seal_channel_try(
        const struct channel_open *c, const struct secret_keys *reader, struct channel_secret *out);
/* Is every reader due there? Remakes the wraps from the secret. ERR_READER_MISSING: sign nothing back;
 * ERR_BAD_COMMITMENT: the secret is not this channel's. */
struct seal_audit {
	const struct channel_open *channel;
	const struct feed_id *feed; /* its author */
	uint64_t seq;               /* of the channel.open */
	const struct channel_secret *secret;
};
MUST_USE enum err seal_channel_audit(
        const struct seal_audit *a, const uint8_t *const *due, uint32_t due_count);

/* A sealed payload: msgpack [channel's seq, bin 16 salt, bin 32 check, ciphertext] of msgpack [kind, body]. */
struct sealed {
	uint64_t channel_seq;
	const uint8_t *salt;  /* SEAL_SALT_BYTES, borrowed */
	const uint8_t *check; /* 32, borrowed */
	struct bytes ciphertext;
};
#define SEAL_SALT_BYTES 16u
struct seal_context {
	const struct feed_id *feed;
	uint64_t seq;                        /* of the sealed entry */
	const struct channel_secret *secret; /* seal_payload_open_key() does not look at it */
};
struct seal_plain {
	uint16_t kind;     /* the true kind: not KIND_SEALED, not 0 */
	struct bytes body; /* one msgpack value; on opening borrowed from the scratch memory */
};
/* Any error of mp.h. */
MUST_USE enum err seal_payload_unpack(struct bytes payload, struct sealed *out);
/* Seal. The salt is new and random at every append. ERR_TOO_LONG: the payload would be over
 * ENTRY_PAYLOAD_BYTES_MAX. */
MUST_USE enum err seal_payload_pack(struct mp_out *m, const struct seal_context *ctx, uint64_t channel_seq,
        const uint8_t salt[SEAL_SALT_BYTES], const struct seal_plain *plain);
/* K of one entry, which opens this entry alone for a third party. */
struct hash seal_entry_key(const struct seal_context *ctx, const uint8_t salt[SEAL_SALT_BYTES]);
/* Open with the channel's secret, behind what is in scratch already: ciphertext.len bytes of room are enough,
 * ERR_NO_SPACE else. ERR_NOT_DECRYPTED: check or tag fails; ERR_MALFORMED and the like: what is inside is not padded
 * [kind, body]. Scratch is as before after an error. */
MUST_USE enum err seal_payload_open(const struct sealed *s, const struct seal_context *ctx,
        struct bytes_out *scratch, struct seal_plain *out);
/* Open with K alone (proof files). */
MUST_USE enum err seal_payload_open_key(const struct sealed *s, const struct seal_context *ctx,
        const struct hash *key, struct bytes_out *scratch, struct seal_plain *out);

#endif
