/* SPDX-License-Identifier: Apache-2.0
 * note.h: c2sp.org/signed-note: a text and the signature lines under it. What the text says is checkpoint.h's; what
 * a cosignature covers is cosignature.h's. */
#ifndef LOG_NOTE_H
#define LOG_NOTE_H

#include "base/bytes.h"
#include "base/limits.h"

/* The signature types of C2SP that we know. */
enum note_type { NOTE_ED25519 = 0x01, NOTE_COSIGNATURE = 0x04 };

#define NOTE_KEY_ID_BYTES 4u
#define NOTE_ED25519_BYTES 64u     /* the signature */
#define NOTE_COSIGNATURE_BYTES 72u /* time (u64, seconds) and the signature */

/* A verifier. The name is borrowed. */
struct note_key {
	struct bytes name; /* not empty, at most NOTE_NAME_BYTES_MAX bytes, no Unicode space, no '+' */
	enum note_type type;
	uint8_t key[32]; /* Ed25519 public key */
};

/* The first 4 bytes of SHA-256(name || 0x0A || type || key). A hint, not a check. */
void note_key_id(const struct note_key *key, uint8_t id[NOTE_KEY_ID_BYTES]);
/* A C2SP verifier key, "name+hex of the id+base64(type || key)", for other programs' configurations. */
void note_key_put(struct bytes_out *o, const struct note_key *key);
/* ERR_BAD_KEY: not of that form, another id than the key has, or a type that we do not know. */
MUST_USE enum err note_key_parse(struct bytes text, struct note_key *out);

/* A signature line, borrowed from the note. */
struct note_line {
	struct bytes name;
	uint8_t key_id[NOTE_KEY_ID_BYTES];
	struct bytes
	        blob; /* base64 of id and signature; valid base64 of more than 4 bytes, whatever the type */
};
struct note {
	struct bytes text; /* with its last newline; borrowed */
	uint32_t lines_count;
	struct note_line lines[NOTE_SIGNATURES_MAX];
};

/* Strict: UTF-8, no control character but newline, split at the last blank line, at least one signature line and
 * nothing else after it. ERR_TOO_LONG, ERR_TOO_MANY, ERR_NOT_UTF8, ERR_MALFORMED. No signature is checked: the text
 * means nothing before note_verify(). */
MUST_USE enum err note_parse(struct bytes b, struct note *out);

/* What a known key said in the note. */
struct note_seen {
	bool signed_it;
	uint64_t time_s; /* of a cosignature, the earliest when there are several; else 0 */
};
/* Check every line whose name and id are those of a known key; lines of others are ignored, as C2SP has it.
 * seen: keys_count elements, [i] says what keys[i] signed, meaningful on ERR_OK only.
 * ERR_BAD_SIGNATURE: a known key's line does not verify, or no known key signed: reject the whole note. */
MUST_USE enum err note_verify(
        const struct note *note, const struct note_key *keys, uint32_t keys_count, struct note_seen *seen);

/* One signature line with its newline. signature: as long as the key's type says. */
void note_put_signature(struct bytes_out *o, const struct note_key *key, struct bytes signature);

#endif
