/* SPDX-License-Identifier: Apache-2.0
 * rat.h: the annual members' meeting (RAT): what a cooperative attests, what others say of it, and the record
 * of each. docs/LEDGER.md 8. What it comes to at a day is status.h's. Its twist: little is refused and much
 * is warned of, because a wrong attestation on record is worth more to the district office than none. */
#ifndef LEDGER_RAT_H
#define LEDGER_RAT_H

#include "ledger/answer.h"
#include "ledger/object.h"

enum rat_mode { RAT_IN_PERSON = 0, RAT_ONLINE = 1, RAT_HYBRID = 2, RAT_WRITTEN = 3, RAT_BY_GROUP = 4 };
#define RAT_MODES 5u
/* bits of rat_attest.decisions */
enum rat_decision {
	RAT_ACCOUNT_ACCEPTED = 1,
	RAT_SUPERVISORS_ACCEPTED = 2,
	RAT_STATEMENTS_APPROVED = 4,
	RAT_PLAN_APPROVED = 8,
	RAT_SURPLUS_SHARED = 16,
	RAT_OFFICERS_ELECTED = 32,
	RAT_ARTICLES_CHANGED = 64,
};
#define RAT_DECISIONS_ALL 127u
enum rat_document_kind {
	RAT_DOC_MINUTES = 0,
	RAT_DOC_ATTENDANCE =
	        1, /* count and hash only: names are personal data and stay with the cooperative */
	RAT_DOC_ACCOUNT = 2,
	RAT_DOC_SUPERVISORS = 3,
	RAT_DOC_BALANCE_SHEET = 4,
	RAT_DOC_INCOME = 5, /* the first six are expected */
	RAT_DOC_INVITATION = 6,
	RAT_DOC_CASH_FLOW = 7,
	RAT_DOC_PROMOTION = 8,
	RAT_DOC_NOTES = 9,
	RAT_DOC_PLAN = 10,
	RAT_DOC_SURPLUS = 11,
	RAT_DOC_AUDIT = 12,
	RAT_DOC_PHOTO = 13,
	RAT_DOC_OTHER = 14,
};
#define RAT_DOCUMENT_KINDS 15u
#define RAT_DOCUMENTS_EXPECTED 6u
struct rat_document {
	enum rat_document_kind kind;
	struct hash sha256;
	uint64_t size_bytes;
	uint32_t pages;
};
struct rat_parts {
	struct rat_document documents[RAT_DOCUMENTS_MAX];
	struct reference replaces[RAT_REPLACES_MAX];
};

/* rat.attest and rat.record. */
struct rat_attest {
	bool has_member; /* rat.record only: whose meeting it was */
	struct member_no member;
	int32_t year; /* the book year */
	struct day closing, held;
	uint32_t number; /* of the RAT, from 1; 0 not given */
	struct bytes place;
	enum rat_mode mode;
	uint32_t members_total;
	bool has_split;
	uint32_t members_men, members_women;
	/* attendance: disjoint; their sum is compared with total and quorum */
	uint32_t present, online, represented;
	uint32_t quorum;     /* 0: not given */
	struct bytes clause; /* that sets the quorum */
	uint32_t officers_present, supervisors_present;
	struct rupiah own_capital, outside_capital, assets, turnover, surplus;
	uint32_t employees, managers;
	uint32_t decisions; /* bits of enum rat_decision */
	struct bytes note;
	const struct rat_document *documents;
	uint32_t documents_count;
	uint32_t documents_kinds; /* bits by rat_document_kind; filled on reading */
	const struct reference *replaces;
	uint32_t replaces_count;
};
void rat_attest_pack(struct mp_out *m, const struct rat_attest *a);
/* kind: KIND_RAT_ATTEST or KIND_RAT_RECORD. parts may be NULL: all is checked, the lists are NULL with
 * counts. */
MUST_USE enum err rat_attest_unpack(
        uint16_t kind, struct bytes body, struct rat_parts *parts, struct rat_attest *out);
/* present + online + represented */
uint32_t rat_attendance(const struct rat_attest *a);

/* rat.withdraw: struct answer. */

enum rat_capacity { RAT_AS_OFFICER = 0, RAT_AS_SUPERVISOR = 1, RAT_AS_MEMBER_PRESENT = 2, RAT_AS_DINAS = 3 };
#define RAT_CAPACITIES 4u
struct rat_endorse {
	struct reference about;
	enum rat_capacity capacity;
	struct bytes name; /* of the person; at most NAME_BYTES_MAX */
};
void rat_endorse_pack(struct mp_out *m, const struct rat_endorse *e);
MUST_USE enum err rat_endorse_unpack(struct bytes body, struct rat_endorse *out);

enum rat_ruling { RAT_VERIFIED = 0, RAT_RETURNED = 1, RAT_REJECTED = 2 };
#define RAT_RULINGS 3u
struct rat_verdict {
	struct reference about;
	enum rat_ruling ruling;
	struct bytes reason;
	bool has_received; /* needs a reason */
	struct day received_on;
	uint32_t replaces_count;
	struct reference replaces[RAT_REPLACES_MAX]; /* earlier verdicts */
};
void rat_verdict_pack(struct mp_out *m, const struct rat_verdict *v);
MUST_USE enum err rat_verdict_unpack(struct bytes body, struct rat_verdict *out);

struct rat_notice {
	struct member_no member;
	int32_t year;
	uint32_t level;      /* 1..RAT_NOTICE_LEVEL_MAX */
	struct bytes number; /* of the letter, 1..NAME_BYTES_MAX */
	struct day date;     /* of the letter */
	struct bytes reason;
	bool has_scan;
	struct hash scan;
};
void rat_notice_pack(struct mp_out *m, const struct rat_notice *n);
MUST_USE enum err rat_notice_unpack(struct bytes body, struct rat_notice *out);

/* One verdict in a record. */
struct rat_ruled {
	struct place place;
	enum rat_ruling ruling;
	struct day made;        /* of its header time */
	struct day replaced_on; /* made of the first verdict that replaces it; DAY_MAX + 1: none */
	bool has_received;
	struct day received_on;
};
/* The record of one attestation. */
struct rat_record {
	struct reference ref;
	bool by_registrar; /* rat.record */
	struct member_no member;
	int32_t year;
	struct day closing, held;
	uint32_t number;
	enum rat_mode mode;
	uint32_t members_total;
	uint32_t attendance; /* rat_attendance() */
	uint32_t represented, quorum, officers_present, supervisors_present;
	struct rupiah own_capital, outside_capital, assets, turnover, surplus;
	uint32_t employees, managers, decisions;
	uint32_t documents;    /* bits by rat_document_kind */
	uint32_t endorsements; /* distinct feeds */
	uint32_t replaces_count, rulings_count, withdrawals_count;
	struct reference replaces[RAT_REPLACES_MAX];
	struct rat_ruled rulings[RAT_RULINGS_COUNTED_MAX];
	struct place withdrawals[RAT_WITHDRAWALS_COUNTED_MAX]; /* where each stands, in place order */
};
MUST_USE enum err rat_record_read(struct bytes record, struct rat_record *out);

struct rat_notice_record {
	struct reference ref;
	struct member_no member;
	int32_t year;
	uint32_t level;
	struct day date, made; /* of the letter; of the entry's header time */
	uint8_t number_bytes;
	char number[NAME_BYTES_MAX];
};
MUST_USE enum err rat_notice_record_read(struct bytes record, struct rat_notice_record *out);

const char *rat_mode_code(enum rat_mode m);
const char *rat_ruling_code(enum rat_ruling r);

#endif
