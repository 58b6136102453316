/* SPDX-License-Identifier: Apache-2.0 */
/* keys_int.h: every table of the store and the layout of every key; the one place where they are said. Integers are
 * big-endian, so the order of keys is the order of feeds and of entries in a feed, and growth is at the end of a feed.
 *
 * Three classes: OWN is the node's and nobody else's; LOG is the entries and what belongs to them; VIEW is computed
 * from LOG, the keys opened and nothing else, and can be made again. ASIDE and STAGE depend on what was met on the
 * way, so they are LOG and never compared. */
#ifndef STORAGE_KEYS_INT_H
#define STORAGE_KEYS_INT_H

#include "base/date.h"
#include "ledger/object.h"
#include "log/entry.h"

/* X(NAME, "name", CLASS): key -> value */
#define STORE_TABLES(X) \
	X(META, "meta", OWN)          /* a short name -> see own.c, schema.c */ \
	X(DRAWER, "drawer", OWN)      /* drawer u8, the owner's key -> the owner's bytes */ \
	X(HOLD, "hold", OWN)          /* feed -> fork proof that was found here */ \
	X(ENTRY, "entry", LOG)        /* place -> entry_int.h */ \
	X(RUN, "run", LOG)            /* feed, size at its end -> signature, root */ \
	X(FEED, "feed", LOG)          /* feed -> tip_int.h */ \
	X(SUBTREE, "subtree", LOG)    /* feed, index u64 -> hash of a complete subtree */ \
	X(ASIDE, "aside", LOG)        /* feed, from u64, id 16 of its last entry -> a packed run */ \
	X(STAGE, "stage", LOG)        /* feed, from u64 -> a packed run */ \
	X(CHANNEL, "channel", VIEW)   /* place -> channel.c */ \
	X(SHARE, "share", VIEW)       /* channel's place, place of a key.share -> member, secret */ \
	X(ABOUT, "about", VIEW)       /* object's place, statement's place -> id 16 named, status, kind */ \
	X(OBJECT, "object", VIEW)     /* place -> index fields, sums, record */ \
	X(PAIR, "pair", VIEW)         /* lower member, higher member, type u8, place -> nothing */ \
	X(YEAR, "year", VIEW)         /* member, book year, place -> nothing */ \
	X(SUM, "sum", VIEW)           /* member, partner -> sums, counts by type; both ways round */ \
	X(REJECTED, "rejected", VIEW) /* statement's place, object's place or FFs -> the error's code */ \
	X(WAITING, "waiting", VIEW)   /* statement's place, object's place -> nothing */ \
	X(UNKNOWN, "unknown", VIEW)   /* place of an entry that names who is not in the roster -> nothing */ \
	X(SAID, "said", VIEW)         /* member, kind u16, time u64, place -> nothing */ \
	X(POLICY, "policy", VIEW)     /* from-year, place -> nothing */ \
	X(SEEN, "seen", VIEW)         /* feed, size u64 -> time u64 (ms), root, place of the statement */ \
	X(HEARD, "heard", VIEW)       /* feed, day -> nothing */ \
	X(FORK, "fork", VIEW)         /* feed, place of a fork.proof -> nothing */ \
	X(SEALED, "sealed", VIEW)     /* feed -> sealed entries opened u64, not for us u64, broken u64 */

#define X(name, text, class) TABLE_##name,
enum table { STORE_TABLES(X) TABLES };
#undef X
enum table_class { TABLE_CLASS_OWN, TABLE_CLASS_LOG, TABLE_CLASS_VIEW };

const char *keys_table_name(enum table table);
enum table_class keys_table_class(enum table table);

#define KEY_BYTES_MAX 68u
struct key {
	uint8_t len;
	uint8_t bytes[KEY_BYTES_MAX];
};

struct key keys_name(const char *name);                   /* META */
struct key keys_drawer(uint8_t drawer, struct bytes key); /* DRAWER */
struct key keys_feed(struct feed_no feed);                /* HOLD, FEED, SEALED; and prefixes */
struct key keys_feed_n(struct feed_no feed, uint64_t n);  /* RUN, SUBTREE, STAGE, SEEN */
struct key keys_aside(struct feed_no feed, uint64_t from, const uint8_t id[REFERENCE_ID_BYTES]);
struct key keys_place(struct place place);                       /* ENTRY, CHANNEL, OBJECT, UNKNOWN */
struct key keys_places(struct place first, struct place second); /* SHARE, ABOUT, REJECTED, WAITING */
struct key keys_pair(struct member_no a, struct member_no b);    /* SUM; prefix of PAIR */
struct key keys_pair_object(
        struct member_no a, struct member_no b, enum object_type type, struct place place);
struct key keys_pair_type(struct member_no a, struct member_no b, enum object_type type); /* prefix */
struct key keys_member(struct member_no member);                                          /* prefix of SUM */
struct key keys_year(struct member_no member, int32_t year);                              /* prefix of YEAR */
struct key keys_year_object(struct member_no member, int32_t year, struct place place);
struct key keys_said_kind(struct member_no member, uint16_t kind); /* prefix of SAID */
struct key keys_said(struct member_no member, uint16_t kind, uint64_t time_ms, struct place place);
struct key keys_policy(int32_t from_year, struct place place);
struct key keys_heard(struct feed_no feed, struct day day);
struct key keys_fork(struct feed_no feed, struct place place);

/* The feed whose aside rows are runs of feeds that lost their number (branch_orphan()). */
#define FEED_NONE ((struct feed_no){.n = UINT32_MAX})
/* No entry stands here: in REJECTED, an entry that fails by itself. */
#define PLACE_NONE ((struct place){.feed = {.n = UINT32_MAX}, .seq = UINT64_MAX})

struct bytes keys_bytes(const struct key *key);
struct key keys_of(struct bytes b);
bool keys_under(struct bytes key, const struct key *prefix); /* does the key begin with it? */

/* Reading keys back: the place, u64, u32, year or day that begins at an offset. */
struct place keys_get_place(struct bytes key, size_t at);
uint64_t keys_get_u64(struct bytes key, size_t at);
uint32_t keys_get_u32(struct bytes key, size_t at);
int32_t keys_get_i32(struct bytes key, size_t at); /* years and days: stored with the sign bit turned */

#endif
