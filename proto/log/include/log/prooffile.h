/* SPDX-License-Identifier: Apache-2.0
 * prooffile.h: one text file by which anybody, offline and with nothing but the network id, checks that an entry is in
 * a member's feed, who that member is by the registrar's word, and since when it was seen. docs/PROTOCOL.md 11.
 *
 * It proves what was written and when it was seen; not that nothing later took it back: a feed.cut, a newer anchor or
 * an answer to the entry are in no file that was made before them. That the registrar's feed.add counts is the
 * registrar's word as well: a key that was in the roster already makes it void, which only the whole roster shows. */
#ifndef LOG_PROOFFILE_H
#define LOG_PROOFFILE_H

#include "log/anchor.h"
#include "log/roster_body.h"
#include "log/tlogproof.h"

/* An entry with its proof. Borrowed: the payload, and the proof's checkpoint. */
struct prooffile_entry {
	struct entry_header header;
	struct bytes payload;
	struct tlogproof proof; /* for C2SP: index, path, checkpoint with its cosignatures */
	/* In a feed that an anchor ends: the path to the root as it stands, because the signature of a lost key says
	 * nothing any more. */
	bool has_standing;
	struct proof standing;
};

struct prooffile {
	struct network_id network;
	struct prooffile_entry entry;
	bool has_key; /* K opens this one sealed entry (seal.h) */
	struct hash key;
	bool has_feed;               /* not when the entry's author is a registrar's feed */
	struct prooffile_entry feed; /* feed.add of the author's feed */
	struct entry_header found;   /* network.found, the registrar's entry 0, whose id is the network id */
	struct bytes found_payload;
	struct bytes anchor; /* packed, the newest; empty when there is none */
};

void prooffile_put(struct bytes_out *o, const struct prooffile *file);

/* What parsing and opening write into. Big: keep it off the stack. What is parsed or proven borrows from it and from
 * the text. */
struct prooffile_room {
	uint8_t payload[ENTRY_PAYLOAD_BYTES_MAX];
	uint8_t plain[ENTRY_PAYLOAD_BYTES_MAX];
	uint8_t feed_payload[ENTRY_PAYLOAD_BYTES_MAX];
	uint8_t found_payload[ENTRY_PAYLOAD_BYTES_MAX];
	uint8_t anchor[ANCHOR_BYTES_MAX];
};
/* Form only. put(parse(t)) = t. ERR_TOO_LONG over PROOFFILE_BYTES_MAX or in a part, ERR_BAD_VERSION, ERR_MALFORMED, and
 * what entry_decode() and tlogproof_parse() say. */
MUST_USE enum err prooffile_parse(struct bytes text, struct prooffile_room *room, struct prooffile *out);

/* A registrar that says it had seen the checkpoint. */
struct prooffile_witness {
	struct feed_id feed;
	uint64_t time_s; /* Unix seconds; the earliest that it signed in this file */
	bool superseded; /* an anchor has ended this registrar: whoever holds its lost key could have signed any time */
};
/* What a file proved. Borrowed from it and from the room. */
struct prooffile_claims {
	struct network network;  /* as it was founded */
	struct feed_id feed;     /* the author */
	struct member_no member; /* whose it is, by feed.add; 0 for a registrar's */
	uint32_t roles;          /* as feed.add gave them; ROLE_ALL for a registrar's */
	uint64_t seq;
	uint64_t time_ms; /* by the author's clock */
	struct hash id;
	bool opened; /* kind and body are known: not sealed, or opened with K */
	uint16_t kind;
	struct bytes body;
	struct head head; /* the author's checkpoint that covers it */
	uint32_t witnesses_count;
	struct prooffile_witness witnesses[REGISTRAR_FEEDS_MAX + 1];
};
/* ERR_WRONG_NETWORK: the file is not of that network, or its entry 0 is not what the network id names.
 * ERR_BAD_PROOF: a part does not prove what it is there for. ERR_MISSING_FIELD: a part is not there (ERR_TRAILING: one
 * too many). ERR_BAD_KEY, ERR_BAD_SIGNATURE, ERR_NOT_DECRYPTED and the errors of the bodies. */
MUST_USE enum err prooffile_verify(const struct prooffile *file, const struct network_id *network,
        struct prooffile_room *room, struct prooffile_claims *out);

#endif
