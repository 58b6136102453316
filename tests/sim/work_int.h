/* SPDX-License-Identifier: Apache-2.0
 * work_int.h: what the workload's files share: a person's seat at a node, and what it makes up its mind to append. What
 * it chooses follows from what its own node shows, so most of it is what the rules allow. */
#ifndef SIM_WORK_INT_H
#define SIM_WORK_INT_H

#include "ledger/kinds.h"
#include "log/kinds.h"
#include "sim.h"
#include "storage/query.h"
#include "storage/view.h"

#define ACT_BODY_BYTES_MAX 4096u
/* A text that stands nowhere but in this body: its beginning, then 32 digits. */
#define MARKER_PREFIX "~rahasia:"
#define MARKER_BYTES 16u
#define MARKER_TEXT_BYTES (sizeof MARKER_PREFIX - 1 + 2 * MARKER_BYTES)

struct seat {
	struct sim *sim;
	uint32_t index; /* of the node */
	struct txn *txn;
	const struct roster *roster;
	uint64_t roster_size;
	struct feed_id registrar; /* in force */
	uint64_t registrar_start; /* of its entries in the history */
	struct feed_no feed;
	struct member_no self;
	uint32_t roles;
	struct day today; /* as its clock has it */
};

struct act {
	uint16_t kind;
	bool must_fail; /* the rules refuse it */
	bool is_marked; /* its plaintext has the marker, and only these two members and auditors may read it */
	uint8_t marker[MARKER_BYTES];
	struct member_no partner;
	struct mp_out m;
	char text[MARKER_TEXT_BYTES]; /* the marker, as it is written */
	uint8_t body[ACT_BODY_BYTES_MAX];
};

/* What was asked of a node, by one draft. */
enum asked_state { ASKED_OPEN /* or nobody lived to answer */, ASKED_SAID, ASKED_REFUSED };
struct asked {
	uint32_t node;
	uint64_t ticket;
	uint32_t at; /* in its append */
	enum asked_state state;
	uint16_t kind;
	bool must_fail, is_marked;
	uint8_t marker[MARKER_BYTES];
	struct member_no author, partner;
	struct hash body;
	uint64_t roster_size; /* as its node knew it */
	struct feed_id registrar;
	uint64_t registrar_start; /* in its history */
	struct reference ref;     /* ASKED_SAID */
};
struct work {
	struct person {
		struct sim *sim;
		uint32_t index;
	} people[SIM_NODES_MAX];
	struct asked *asked; /* grows */
	uint32_t count, cap;
};

/* One kind of thing to do. False: there is no occasion. It packs into act->m and sets act->kind. */
typedef bool work_make(const struct seat *s, struct act *act);
struct work_choice {
	uint32_t weight;
	uint32_t roles; /* one of which the feed must have; 0: any feed */
	work_make *make;
};
/* Those that can be drawn, by file; each ends with a weight of 0. */
extern const struct work_choice work_trading[], work_reporting[], work_registry[], work_wrongs[];

uint64_t work_below(const struct seat *s, uint64_t bound);
bool work_chance(const struct seat *s, uint32_t one_in);
/* Another member, with whom one may trade. False: there is none. */
bool work_partner(const struct seat *s, struct member_no *out);
struct day work_day(const struct seat *s, uint32_t days_before); /* some day of the last so many */
/* A new marker, to be read by us, the partner and auditors. */
struct bytes work_marker(const struct seat *s, struct act *act, struct member_no partner);

/* What work_pick() looks for: FITS reads the record. */
struct picked {
	struct reference ref;
	struct member_no partner;
	struct day date;
	struct rupiah amount;
};
typedef bool work_fits(const struct seat *s, struct bytes record, struct picked *out);
/* Some object of ours with somebody that fits. False: none. */
bool work_pick(const struct seat *s, enum object_type type, work_fits *fits, struct picked *out);
/* Some attestation of that member in any of the last three book years. */
bool work_attestation(const struct seat *s, struct member_no member, struct picked *out);

#endif
