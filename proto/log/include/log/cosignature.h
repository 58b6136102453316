/* SPDX-License-Identifier: Apache-2.0
 * cosignature.h: c2sp.org/tlog-cosignature, version 1 (Ed25519, type 0x04): a witness says that at this time the
 * newest checkpoint of a feed that it verified was this one. docs/PROTOCOL.md 10. It does not bind the cosigner's
 * name, so a key cosigns under one name only: its feed's. */
#ifndef LOG_COSIGNATURE_H
#define LOG_COSIGNATURE_H

#include "log/checkpoint.h"
#include "log/note.h"

struct cosignature {
	uint64_t time_s; /* Unix seconds, at most COSIGNATURE_TIME_S_MAX */
	uint8_t signature[64];
};
#define COSIGNATURE_TIME_S_MAX ((uint64_t)INT64_MAX)

/* lontar/<network id>/<feed id of the witness>/witness: the cosigner's name. At most CHECKPOINT_TEXT_BYTES_MAX. */
void cosignature_put_name(
        struct bytes_out *o, const struct network_id *network, const struct feed_id *witness);

/* text: a checkpoint's text with its last newline, at most COSIGNED_TEXT_BYTES_MAX bytes. secret: the cosigner's
 * Ed25519 secret key, libsodium's form. */
void cosignature_sign(struct cosignature *c, uint64_t time_s, struct bytes text, const uint8_t secret[64]);
/* ERR_BAD_SIGNATURE, also for a text over the limit. */
MUST_USE enum err cosignature_verify(
        const struct cosignature *c, struct bytes text, const uint8_t cosigner[32]);
/* The bytes of a note's line after the key id: time (u64), signature. ERR_MALFORMED, ERR_OUT_OF_RANGE (time). */
void cosignature_encode(const struct cosignature *c, uint8_t out[NOTE_COSIGNATURE_BYTES]);
MUST_USE enum err cosignature_decode(struct bytes b, struct cosignature *out);

#endif
