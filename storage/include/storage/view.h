/* SPDX-License-Identifier: Apache-2.0
 * view.h: what the entries come to: objects by place, by pair of members, by book year; statements about an object;
 * what was rejected and why, and what waits. docs/LEDGER.md. A view is a pure function of the entries held and the
 * channels opened, whatever order they came in.
 *
 * In a write transaction every getter here settles first (txn_settle()). Iterations are calls that give the next item;
 * their position is a plain value of the caller's, zero to begin, and there is nothing to close. Records are borrowed. */
#ifndef STORAGE_VIEW_H
#define STORAGE_VIEW_H

#include "ledger/object.h"
#include "ledger/statement.h"
#include "log/seal.h"
#include "storage/feed.h"

struct view_at {
	uint8_t len;
	uint8_t key[40];
};

/* An entry opened and attributed, as the ledger sees it. scratch: ENTRY_PAYLOAD_BYTES_MAX bytes; the body of a sealed
 * entry lies there afterwards. ERR_NOT_FOUND: not held. ERR_NOT_FOR_US: sealed to others (author, roles and time are
 * filled, kind is KIND_SEALED). ERR_NOT_DECRYPTED and the forms' errors: it does not open for anybody. */
MUST_USE enum err view_statement(
        struct txn *txn, struct place place, struct bytes_out *scratch, struct statement *out);

struct view_object {
	enum object_type type;
	struct place place;  /* of its opening entry */
	struct bytes record; /* read it with the type's *_record_read() */
	bool by_pair;        /* it is between two members, a < b */
	struct member_no a, b;
};
bool view_object(struct txn *txn, struct place place, struct view_object *out);

/* Objects of a pair of members, either way round, by place within a type. type OBJECT_NONE: of every type. */
struct view_pair {
	struct member_no a, b;
	enum object_type type;
};
bool view_pair_next(
        struct txn *txn, const struct view_pair *which, struct view_at *at, struct view_object *out);

/* Attestations and notices of a member and book year. */
struct view_year {
	struct member_no member;
	int32_t year;
};
bool view_year_next(
        struct txn *txn, const struct view_year *which, struct view_at *at, struct view_object *out);

/* What a member has with one partner, seen from the member. */
struct view_sum {
	struct member_no partner;
	struct pair_sums sums;
	uint32_t objects[OBJECT_TYPES]; /* how many of each type */
};
bool view_sum(struct txn *txn, struct member_no member, struct member_no partner, struct view_sum *out);
/* Every partner of a member with whom there is any object, by number. */
bool view_sum_next(struct txn *txn, struct member_no member, struct view_at *at, struct view_sum *out);

/* Statements about an object, in the order of places; those without effect too. */
struct view_about {
	struct reference statement;
	uint16_t kind;
	enum err err; /* ERR_OK, or why it has no effect on this object */
};
bool view_about_next(struct txn *txn, struct place object, struct view_at *at, struct view_about *out);

/* Why an entry has no effect; ERR_OK: it has, or waits, or is not opened. */
enum err view_rejected(struct txn *txn, struct place place);
struct view_rejected {
	struct place place;
	bool has_about;
	struct place about; /* on which object it has no effect; of entries that fail by themselves: none */
	enum err err;
};
bool view_rejected_next(struct txn *txn, struct view_at *at, struct view_rejected *out);

/* Statements whose object is not here (or not opened) yet. */
struct view_waiting {
	struct place place, about;
};
bool view_waiting_next(struct txn *txn, struct view_at *at, struct view_waiting *out);

/* Entries of a kind that is about no object (policy.set, profile.set, node.address, document.note), of one member, by
 * header time, then place: the last is what holds. */
struct view_said {
	struct member_no member;
	uint16_t kind;
};
enum view_order { VIEW_OLDEST_FIRST, VIEW_NEWEST_FIRST };
bool view_said_next(struct txn *txn, const struct view_said *which, enum view_order order, struct view_at *at,
        struct entry_ref *out);

/* Entries of kind fork.proof that prove two histories of that feed, by place. */
bool view_fork_next(struct txn *txn, struct feed_no feed, struct view_at *at, struct entry_ref *out);

/* How many sealed entries of a feed this node has not opened, and why. */
struct view_sealed {
	uint64_t opened, not_for_us, broken;
};
struct view_sealed view_sealed(struct txn *txn, struct feed_no feed);

/* Our secret of the channel that was opened at place. ERR_NOT_FOUND: no channel there. ERR_NOT_FOR_US. */
MUST_USE enum err view_channel(struct txn *txn, struct place place, struct channel_secret *out);
/* Every channel.open held that is well-formed or not, by place. */
bool view_channel_next(struct txn *txn, struct view_at *at, struct place *out);
/* The key.share entries in channels with a wrap for us that name a channel, right or wrong, by their places. */
struct view_shared {
	struct place share, channel; /* the entry, and the channel in which it is sealed */
	struct member_no member;     /* for whose officers it is */
	struct channel_secret secret;
};
bool view_shared_next(struct txn *txn, struct place channel, struct view_at *at, struct view_shared *out);
/* Does the channel of a sealed entry let everybody read who must, for these parties (docs/PROTOCOL.md 9)? Ask before
 * signing anything back. ERR_READER_MISSING; ERR_NOT_FOR_US; ERR_NOT_FOUND. */
MUST_USE enum err view_readers(
        struct txn *txn, struct place sealed, const struct member_no *parties, uint32_t parties_count);

#endif
