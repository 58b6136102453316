/* SPDX-License-Identifier: Apache-2.0
 * roster.h: who the members are and which feeds are theirs: a pure fold over the registrar's entries, in their
 * order. docs/PROTOCOL.md 4. The caller owns the memory; roster_apply() says ERR_NO_SPACE when an array is full and
 * changes nothing, so the caller grows it and calls again.
 * Its twist: rights are judged out of time (a role holds from the size that feed.roles names, whenever that entry
 * came), but who is due as a reader of a channel is judged at a position of the registrar's history, so every change
 * carries both. */
#ifndef LOG_ROSTER_H
#define LOG_ROSTER_H

#include "base/date.h"
#include "log/anchor.h"
#include "log/checkpoint.h"
#include "log/keys.h"

enum role {
	ROLE_REGISTRAR = 1,
	ROLE_OFFICER = 2,
	ROLE_SUPERVISOR = 4,
	ROLE_AUDITOR = 8,
	ROLE_WITNESS = 16,
	ROLE_RELAY = 32,
	ROLE_ALL = 63
};

enum member_form { FORM_PRIMER = 0, FORM_SEKUNDER = 1, FORM_OTHER = 2 /* dinas, auditor: no RAT */ };
enum member_state { MEMBER_ACTIVE, MEMBER_SUSPENDED, MEMBER_LEFT };

struct short_text {
	uint8_t len;
	char text[NAME_BYTES_MAX];
};

/* What is said of a member, as one admit or update says it. */
struct profile {
	struct short_text name, alias, legal_no, nik, type, kecamatan, desa;
	enum member_form form;
	bool has_founded;
	struct day founded;
	uint8_t closing_month, closing_day; /* book-year end; 12, 31 */
};

struct roster_profile {
	struct member_no member;
	int32_t from_year; /* the book year from which it holds; of admit: INT32_MIN */
	uint64_t at;       /* position in the registrar's history */
	struct profile profile;
};

struct roster_member {
	enum member_state state;
	uint64_t admitted_at;
	uint32_t newest_profile; /* index into profiles: the last in the feed, for display */
};

enum feed_state { FEED_OPEN, FEED_HELD /* a fork proof is known */, FEED_CUT, FEED_VOID };

struct role_change {
	struct feed_no feed;
	uint32_t roles;
	uint64_t from_size; /* the feed's entries from this seq on have them */
	uint64_t at;        /* position in the registrar's history that says so */
};

struct roster_feed {
	struct member_no member;
	struct feed_keys keys;
	bool is_void; /* an invalid feed.add took this number: void for ever */
	uint64_t added_at;
	bool is_cut;
	struct head cutoff; /* while is_cut */
	uint64_t cut_at;
};

struct network {
	struct network_id id;
	struct short_text name, dinas;
	char currency[4]; /* "IDR" */
	int32_t zone_minutes; /* east of UTC: 480 for WITA */
	uint8_t recovery[32]; /* Ed25519, on paper only */
};

struct roster {
	bool founded;
	struct network network;
	uint64_t size; /* entries of the registrar's history applied */
	uint64_t anchor_number;
	struct roster_member *members;
	struct roster_feed *feeds;
	struct roster_profile *profiles;
	struct role_change *changes;
	uint32_t members_count, members_cap, feeds_count, feeds_cap;
	uint32_t profiles_count, profiles_cap, changes_count, changes_cap;
};

/* An entry of the registrar's history. */
struct roster_entry {
	struct place place;
	uint64_t time_ms;
	uint16_t kind;
	struct bytes body;
	struct hash id;
};

/* Start empty over the caller's arrays (set the arrays and the *_cap fields in *r before the call). */
void roster_init(struct roster *r);
/* Apply the next entry of the registrar's history. Kinds that are not the roster's only advance size.
 * ERR_OK: it counts (or is not the roster's). ERR_NO_SPACE: nothing changed, not even size: grow and call again.
 * Any error with blame RULE or PEER: it is void (size advanced; a void feed.add still took its number). */
MUST_USE enum err roster_apply(struct roster *r, const struct roster_entry *e);

const struct roster_feed *roster_feed(const struct roster *r, struct feed_no no);       /* NULL: not there */
const struct roster_member *roster_member(const struct roster *r, struct member_no no); /* NULL: not there */
/* The profile that holds for the book year: of updates with from_year <= year the last in the feed. */
const struct profile *roster_profile(const struct roster *r, struct member_no no, int32_t year);
/* The newest, for display. */
const struct profile *roster_shown(const struct roster *r, struct member_no no);
/* False when no feed of the roster has that id. Linear; callers that need speed keep an index. */
bool roster_find_feed(const struct roster *r, const struct feed_id *id, struct feed_no *out);
bool roster_find_link(const struct roster *r, const uint8_t link[32], struct feed_no *out);
/* By alias, legal number (case and spaces folded) or at least 8 hex digits that begin a feed id. ERR_NOT_FOUND,
 * ERR_TOO_MANY when several match. */
MUST_USE enum err roster_find_member(const struct roster *r, struct bytes name, struct member_no *out);
/* The roles of an entry of the feed at seq: 0 for a void feed or an entry beyond a cutoff. */
uint32_t roster_roles(const struct roster *r, struct place place);
/* The roles in force at a position of the registrar's history: for choosing readers. */
uint32_t roster_roles_at(const struct roster *r, struct feed_no feed, uint64_t at);
/* The size up to which the feed counts: UINT64_MAX when not cut. */
uint64_t roster_limit(const struct roster *r, struct feed_no feed);

/* Who must be able to read a channel of AUTHOR between the parties, at position AT of the registrar's history: the
 * author's feed, every officer feed of every party (the author's member included), every auditor feed; uncut, in
 * feed order. Fills up to cap, returns how many are due (may exceed cap). */
struct roster_readers {
	struct feed_no author;
	const struct member_no *parties;
	uint32_t parties_count;
	uint64_t at;
};
uint32_t roster_readers(const struct roster *r, const struct roster_readers *ask, struct feed_no *out, uint32_t cap);

#endif
