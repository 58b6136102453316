/* SPDX-License-Identifier: Apache-2.0
 * message.h: what two nodes say to each other: one table of types, one struct a type, packed into the caller's
 * buffer and read from borrowed bytes. docs/PROTOCOL.md 5 has the layouts.
 * Nothing here knows what is held or who asks: only what has the form. A message has one form: what is read and
 * packed again gives the same bytes. */
#ifndef LINK_MESSAGE_H
#define LINK_MESSAGE_H

#include "base/mp.h"
#include "log/anchor.h"
#include "log/checkpoint.h"
#include "log/join.h"
#include "log/proof.h"
#include "log/run.h"

#define PROTOCOL_VERSION 1u

/* number, NAME, name, who may send it, where it may stand, bytes at most */
#define MESSAGE_TABLE(X) \
	X(0, HELLO, hello, BOTH, OPENS, HANDSHAKE_PAYLOAD_BYTES_MAX) \
	X(1, FRONTIER, frontier, BOTH, FOLLOWS, 64u + 8u * FRONTIER_BLOCKS_MAX) \
	X(2, SIZES, sizes, BOTH, FOLLOWS, 16u + 9u * FEED_BLOCK) \
	X(3, HEADS, heads, BOTH, FOLLOWS, 16u + 112u * FEED_BLOCK) \
	X(4, HAVE, have, BOTH, FOLLOWS, 16u + 14u * HAVE_FEEDS_MAX) \
	X(5, PULL, pull, BOTH, FOLLOWS, 32u) \
	X(6, RUN, run, BOTH, FOLLOWS, RUN_BYTES_MAX + 128u) \
	X(7, PROVE, prove, BOTH, FOLLOWS, 32u) \
	X(8, PROOF, proof, BOTH, FOLLOWS, 160u + 34u * PROOF_HASHES_MAX) \
	X(9, ANCHOR, anchor, BOTH, FOLLOWS, 16u + ANCHOR_BYTES_MAX) \
	X(10, BLOB_PULL, blob_pull, BOTH, FOLLOWS, 48u) \
	X(11, BLOB, blob, BOTH, FOLLOWS, 64u + BLOB_PART_BYTES) \
	X(12, PING, ping, BOTH, FOLLOWS, 16u) \
	X(13, PONG, pong, BOTH, FOLLOWS, 24u) \
	X(14, BYE, bye, BOTH, ENDS, 16u + BYE_TEXT_BYTES_MAX) \
	X(15, JOIN, join, DIALLER, OPENS, HANDSHAKE_PAYLOAD_BYTES_MAX)

#define X(number, name, lower, sender, place, max) MESSAGE_##name = number,
enum message_type { MESSAGE_TABLE(X) MESSAGE_UNKNOWN /* of a later version */ };
#undef X

enum message_sender { MESSAGE_BY_BOTH, MESSAGE_BY_DIALLER };
/* OPENS: each side's first, and only there. ENDS: the last that is looked at; may also be the first. */
enum message_place { MESSAGE_OPENS, MESSAGE_FOLLOWS, MESSAGE_ENDS };
/* The table's columns, of a known type. */
const char *message_name(enum message_type type); /* "HELLO" */
enum message_sender message_sender(enum message_type type);
enum message_place message_place(enum message_type type);
size_t message_bytes_max(enum message_type type);

/* Size that a held feed shows in SIZES and fingerprints (frontier.h). Real sizes are below. */
#define FEED_SIZE_HELD UINT64_MAX

struct message_hello {
	struct bytes agent; /* UTF-8, "lontar/0.1"; borrowed */
	uint64_t anchor_number;
	struct head registrar;
	struct bytes fingerprints; /* 8 bytes a block, in order (frontier.h); borrowed */
	struct checkpoint
	        yours; /* the reader's own feed as the sender holds it; size 0: nothing, the rest zero */
};
struct message_frontier {
	struct head registrar;
	struct bytes fingerprints; /* likewise */
};
struct message_pull {
	struct feed_no feed;
	uint64_t from, to; /* entries from..to-1; from < to */
};
struct message_prove {
	struct feed_no feed;
	uint64_t old_size, new_size; /* 0 < old < new */
};
struct message_proof {
	struct feed_no feed;
	uint64_t old_size;
	struct checkpoint newer;
	struct proof path; /* PROOF_FIRST_EXPLICIT */
};
struct message_anchor {
	struct bytes anchor; /* for anchor_unpack(); of the strict profile, no more is checked; borrowed */
};
struct message_blob_pull {
	struct hash document; /* its SHA-256 */
	uint32_t part;        /* of BLOB_PART_BYTES, from 0 */
};
struct message_blob {
	struct hash document;
	uint64_t size_bytes; /* of the whole; 0: not here, or not for you, and part and data are empty */
	uint32_t part;
	struct bytes data; /* BLOB_PART_BYTES, the last part what is left; borrowed */
};
struct message_ping {
	uint64_t time_ms; /* the sender's clock */
};
struct message_pong {
	uint64_t ping_ms; /* as the PING said */
	uint64_t time_ms; /* the answerer's clock */
};

#define BYE_TABLE(X) \
	X(0, DONE, "done") \
	X(1, VERSION, "version") \
	X(2, REFUSED, "refused") \
	X(3, PENDING, "pending") \
	X(4, FAULT, "fault") \
	X(5, TOO_MUCH, "too much") \
	X(6, GOING_DOWN, "going down") \
	X(7, ADMITTED, "admitted")
#define X(number, name, text) BYE_##name = number,
enum bye_code { BYE_TABLE(X) BYE_CODES };
#undef X
const char *message_bye_text(uint32_t code); /* "unknown" for codes of later versions */

struct message_bye {
	uint32_t code;     /* enum bye_code, or 8..255 of a later version */
	struct bytes text; /* English, for the log; borrowed */
};

/* Lists: read their items one by one. */
struct message_list {
	struct mp_in in;
	uint32_t left;
};
struct message_feed_size {
	struct feed_no feed;
	uint64_t size; /* > 0 */
};
struct message_feed_head {
	struct feed_no feed;
	struct checkpoint checkpoint;
};
struct message_sizes {
	uint32_t block;
	struct message_list sizes; /* 1..FEED_BLOCK, from feed block * FEED_BLOCK on */
};
struct message_heads {
	struct message_list heads; /* 1..FEED_BLOCK */
};
struct message_have {
	struct message_list feeds; /* 1..HAVE_FEEDS_MAX */
};
/* False at the end, *out untouched. */
bool message_next_size(struct message_list *sizes, uint64_t *out);
bool message_next_head(struct message_list *heads, struct message_feed_head *out);
bool message_next_have(struct message_list *feeds, struct message_feed_size *out);

/* A run. A run that ends at a cutoff may lack the signature: its root is the cutoff's. */
struct message_run {
	struct feed_no feed;
	uint64_t from;
	uint32_t count; /* 1..RUN_ENTRIES_MAX */
	bool has_signature;
	uint8_t signature[64];       /* zero when there is none */
	struct message_list entries; /* borrowed */
};
/* The run's entries into out (count of them); payloads are borrowed from the message. */
void message_run_items(const struct message_run *run, struct run_item out[RUN_ENTRIES_MAX]);

struct message {
	enum message_type type; /* MESSAGE_UNKNOWN: skip it */
	struct bytes
	        raw; /* the whole of it, borrowed: copied elsewhere, message_read() reads it again there */
	union {
		struct message_hello hello;
		struct message_frontier frontier;
		struct message_sizes sizes;
		struct message_heads heads;
		struct message_have have;
		struct message_pull pull;
		struct message_run run;
		struct message_prove prove;
		struct message_proof proof;
		struct message_anchor anchor;
		struct message_blob_pull blob_pull;
		struct message_blob blob;
		struct message_ping ping;
		struct message_pong pong;
		struct message_bye bye;
		struct join join; /* log/join.h; binding: session_handshake_hash() */
	};
};

/* Read exactly one message. What it borrows dies with raw. Any error but ERR_BAD_VERSION (a HELLO of another
 * version) is the sender's fault: the link ends. */
MUST_USE enum err message_read(struct bytes raw, struct message *out);
/* Take the first message off *rest, the body of a frame. */
MUST_USE enum err message_take(struct bytes *rest, struct message *out);

/* Pack. What is out of the bounds that this header states is our bug. Texts are one line: who takes one from a person
 * refuses control characters (C0, DEL, C1), as the reader does. */
void message_pack_hello(struct mp_out *m, const struct message_hello *hello);
void message_pack_frontier(struct mp_out *m, const struct message_frontier *frontier);
void message_pack_sizes(struct mp_out *m, uint32_t block, const uint64_t *sizes, uint32_t count);
void message_pack_heads(struct mp_out *m, const struct message_feed_head *heads, uint32_t count);
void message_pack_have(struct mp_out *m, const struct message_feed_size *feeds, uint32_t count);
void message_pack_pull(struct mp_out *m, const struct message_pull *pull);
/* run->feed is not sent. Times never go back, as in any run that was accepted. */
enum message_run_end { MESSAGE_RUN_SIGNED, MESSAGE_RUN_AT_CUTOFF };
void message_pack_run(struct mp_out *m, struct feed_no feed, const struct run *run, enum message_run_end end);
void message_pack_prove(struct mp_out *m, const struct message_prove *prove);
void message_pack_proof(struct mp_out *m, const struct message_proof *proof);
void message_pack_anchor(struct mp_out *m, struct bytes anchor); /* packed, as anchor_pack() does */
void message_pack_blob_pull(struct mp_out *m, const struct message_blob_pull *pull);
void message_pack_blob(struct mp_out *m, const struct message_blob *blob);
void message_pack_ping(struct mp_out *m, const struct message_ping *ping);
void message_pack_pong(struct mp_out *m, const struct message_pong *pong);
void message_pack_bye(struct mp_out *m, uint32_t code, struct bytes text); /* cut to BYE_TEXT_BYTES_MAX */
void message_pack_join(struct mp_out *m, const struct join *join);

#endif
