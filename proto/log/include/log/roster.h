/* SPDX-License-Identifier: Apache-2.0
 * roster.h: who the members are and which feeds are theirs: a pure fold over the registrar's entries, in their
 * order. docs/PROTOCOL.md 4. The caller owns the memory; roster_apply() says ERR_NO_SPACE when an array is full and
 * changes nothing, so the caller grows it and calls again.
 * Its twist: rights are judged out of time (a role holds from the size that feed.roles names, whenever that entry
 * came), but who is due as a reader of a channel is judged at a position of the registrar's history, so every change
 * carries both. The bodies are roster_body.h's. */
#ifndef LOG_ROSTER_H
#define LOG_ROSTER_H

#include "base/date.h"
#include "log/anchor.h"
#include "log/checkpoint.h"
#include "log/keys.h"
#include "log/short_text.h"

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

/* What is said of a member, as one admit or update says it. */
struct profile {
	struct short_text name, alias, legal_no, nik, type, kecamatan, desa;
	enum member_form form;
	bool has_founded;
	struct day founded;
	uint8_t closing_month, closing_day; /* book-year end; 12, 31 */
};

#define ROSTER_NONE UINT32_MAX /* no index, no member */

struct roster_profile {
	struct member_no member;
	uint32_t before;   /* index of the member's profile before this one, or ROSTER_NONE */
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

/* What the registrar's history says of a feed's rights, in its order. */
enum role_change_what { CHANGE_ROLES, CHANGE_CUT, CHANGE_RESOLVED };
struct role_change {
	enum role_change_what what;
	struct feed_no feed;
	uint32_t roles; /* CHANGE_ROLES */
	uint64_t
	        from_size; /* CHANGE_ROLES: the feed's entries from this seq on have them; of several the last said holds */
	uint64_t at;     /* position in the registrar's history that says so */
	uint32_t before; /* index of the feed's change before this one, or ROSTER_NONE */
};

struct roster_feed {
	struct member_no member; /* ROSTER_NONE when void */
	struct feed_keys keys;   /* zeros when void */
	bool is_void;            /* an invalid feed.add took this number: void for ever */
	uint64_t added_at;
	bool is_cut;
	bool has_fork;      /* the registrar published a fork proof: feed.resolve lifts nothing any more */
	struct head cutoff; /* while is_cut */
	uint64_t cut_at, cutoff_at; /* since when it is cut; where the history says the cutoff of now */
	struct head seen;           /* the newest that a registrar's witness.seen covered */
	uint32_t newest_change, changes_count; /* index into changes; how many are not cuts */
};

/* A feed whose entries make the roster: feed 0, then the successors that anchors named. */
struct roster_registrar {
	struct feed_no feed;
	uint64_t start; /* position of its entry 0 in the registrar's history */
};

struct network {
	struct network_id id;
	struct short_text name, dinas;
	char currency[4];     /* "IDR" */
	int32_t zone_minutes; /* east of UTC: 480 for WITA */
	uint8_t recovery[32]; /* Ed25519, on paper only */
};

struct roster {
	bool founded;
	struct network network;
	uint64_t size;          /* entries of the registrar's history applied: the position of the next */
	uint64_t anchor_number; /* of the anchor applied, 0: none */
	uint32_t registrars_count;
	struct roster_registrar registrars[REGISTRAR_FEEDS_MAX + 1];
	struct roster_member *members;
	struct roster_feed *feeds;
	struct roster_profile *profiles;
	struct role_change *changes;
	uint32_t members_count, members_cap, feeds_count, feeds_cap;
	uint32_t profiles_count, profiles_cap, changes_count, changes_cap;
};

/* An entry of the registrar's history. */
struct roster_entry {
	struct place place; /* feed: the registrar's in force; seq: the next */
	uint64_t time_ms;
	uint16_t kind;
	struct bytes body;
	struct hash id;
	bool keys_good; /* of a feed.add: keys_check() accepted them before, so they are not checked again */
};

/* Start empty over the caller's arrays (set the arrays and the *_cap fields in *r before the call). */
void roster_init(struct roster *r);
/* Apply the next entry of the registrar's history. Kinds that are not the roster's only advance size.
 * ERR_OK: it counts (or is not the roster's). ERR_NO_SPACE: nothing changed, not even size: grow every array whose
 * count is its cap and call again. Any other error: it is void (size advanced; a void feed.add still took its number);
 * but of the very first entry: this founds no network, and nothing changed. */
MUST_USE enum err roster_apply(struct roster *r, const struct roster_entry *e);
/* Go on from the registrar in force to the next that the anchor names. To fold a roster with an anchor that
 * anchor_verify() accepted: roster_init(); then for each of anchor->feeds, in order: apply that feed's entries 0 up to
 * its head's size, call this. The registrar before is cut there, the next takes the next feed number and the
 * registrar's roles; after the last call it is the successor, whose entries follow.
 * Nothing changed on error: ERR_NO_SPACE as above; ERR_NOT_NEXT: what was applied is not the prefix that the anchor
 * names; ERR_KEY_TAKEN, ERR_BAD_KEY, ERR_TOO_MANY: the anchor cannot be applied. */
MUST_USE enum err roster_succeed(struct roster *r, const struct anchor *anchor);
/* The feed whose entries roster_apply() takes next. The roster is founded. */
struct feed_no roster_registrar(const struct roster *r);
/* Is it the feed of a registrar, the one in force or one before? roster_roles_at() knows no roles of a feed that ended. */
bool roster_is_registrar(const struct roster *r, struct feed_no feed);

const struct roster_feed *roster_feed(const struct roster *r, struct feed_no no);       /* NULL: not there */
const struct roster_member *roster_member(const struct roster *r, struct member_no no); /* NULL: not there */
/* The profile that holds for the book year: of updates with from_year <= year the last in the feed. */
const struct profile *roster_profile(const struct roster *r, struct member_no no, int32_t year);
/* The newest, for display. */
const struct profile *roster_shown(const struct roster *r, struct member_no no);
/* False when no feed of the roster has that id. Linear; callers that need speed keep an index. */
bool roster_find_feed(const struct roster *r, const struct feed_id *id, struct feed_no *out);
bool roster_find_link(const struct roster *r, const uint8_t link[32], struct feed_no *out);
/* By alias (ASCII case folded), else by legal number (that, and runs of spaces as one), else by at least 8 hex digits
 * that begin a feed id. ERR_NOT_FOUND, ERR_TOO_MANY when several members match. */
MUST_USE enum err roster_find_member(const struct roster *r, struct bytes name, struct member_no *out);
/* The roles of an entry of the feed at seq: 0 for a void feed or an entry beyond a cutoff. */
uint32_t roster_roles(const struct roster *r, struct place place);
/* The roles in force at a position of the registrar's history, that is, after its first AT entries, whatever size they
 * hold from: for choosing readers. 0 for a feed that is void, not yet added or cut there. */
uint32_t roster_roles_at(const struct roster *r, struct feed_no feed, uint64_t at);
/* All roles that it had from that position on, at any time. */
uint32_t roster_roles_since(const struct roster *r, struct feed_no feed, uint64_t at);
/* The size up to which the feed counts: UINT64_MAX when not cut, 0 when void. */
uint64_t roster_limit(const struct roster *r, struct feed_no feed);

/* Who must be able to read a channel of AUTHOR between the parties, at position AT of the registrar's history: the
 * author's feed (even if cut), every officer feed of every party (the author's member included), every auditor feed;
 * not cut at AT, in feed order. Fills up to cap, returns how many are due (may exceed cap). */
struct roster_readers {
	struct feed_no author;
	const struct member_no *parties;
	uint32_t parties_count;
	uint64_t at;
};
uint32_t roster_readers(
        const struct roster *r, const struct roster_readers *ask, struct feed_no *out, uint32_t cap);

#endif
