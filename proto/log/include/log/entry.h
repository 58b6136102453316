/* SPDX-License-Identifier: Apache-2.0
 * entry.h: one record of a feed: its fixed header of 88 bytes, its id, and how one entry names another.
 * docs/PROTOCOL.md 2. Feeds and members are known by number (docs/PROTOCOL.md 4), so the store needs no index by
 * random hash; numbers that must not mix are structs of one field. */
#ifndef LOG_ENTRY_H
#define LOG_ENTRY_H

#include "base/bytes.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/mp.h"

struct feed_id {
	uint8_t bytes[32]; /* Ed25519 public key */
};
struct network_id {
	uint8_t bytes[32]; /* id of the registrar's entry 0 */
};
struct feed_no {
	uint32_t n;
};
struct member_no {
	uint32_t n;
};

enum audience { AUDIENCE_NETWORK = 0, AUDIENCE_SEALED = 1 };
#define KIND_SEALED 1u /* the header's kind of every sealed entry; the true kind is inside */

struct entry_header {
	enum audience audience;
	uint16_t kind;
	uint64_t seq;
	uint64_t time_ms; /* by the author's clock, at least the previous entry's */
	uint32_t payload_bytes;
	struct feed_id feed;
	struct hash payload; /* SHA-256 of the payload */
};

/* What a header may say of itself: a known audience, and kind 1 exactly when sealed. */
bool entry_form_ok(enum audience audience, uint16_t kind);
void entry_encode(const struct entry_header *h, uint8_t out[ENTRY_HEADER_BYTES]);
/* ERR_BAD_VERSION, ERR_MALFORMED (entry_form_ok() is false), ERR_TOO_LONG (payload). */
MUST_USE enum err entry_decode(const uint8_t in[ENTRY_HEADER_BYTES], struct entry_header *out);
/* The leaf hash, SHA-256(0x00 || header). */
struct hash entry_id(const struct entry_header *h);

/* Where an entry stands. */
struct place {
	struct feed_no feed;
	uint64_t seq;
};
/* How one entry names another: found by its place, checked by its hash. */
#define REFERENCE_ID_BYTES 16u
struct reference {
	struct place place;
	uint8_t id[REFERENCE_ID_BYTES]; /* the first 16 bytes of the id */
};

int place_compare(struct place a, struct place b);
bool reference_equal(const struct reference *a, const struct reference *b);
struct reference reference_of(struct place place, const struct hash *id);
bool reference_names(const struct reference *r, const struct hash *id); /* do the 16 bytes agree? */
/* msgpack: [feed number, seq, bin 16]. */
void reference_pack(struct mp_out *m, const struct reference *r);
void reference_unpack(struct mp_in *m, struct reference *out);
/* Text: 12.345-9f3a2b1c5d6e7f80, 8 bytes of the id shown. */
void reference_put(struct bytes_out *o, const struct reference *r);
/* Any prefix of that form that has at least the feed and the seq ("12.345", "12.345-9f3a"): the place, and how many
 * hex digits of the id were given, in id (rest zero). ERR_BAD_TEXT. */
MUST_USE enum err reference_parse(struct bytes text, struct reference *out, unsigned *digits);

#endif
