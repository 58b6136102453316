/* SPDX-License-Identifier: Apache-2.0
 * status.h: where a member stands with its RAT of one book year at one day: the district's desk.
 * docs/LEDGER.md 8. Pure: what was received when, and who was heard when, is told by the caller
 * (docs/PROTOCOL.md 10). The order of the rules is the meaning: the first that holds is the status. */
#ifndef LEDGER_STATUS_H
#define LEDGER_STATUS_H

#include "ledger/policy.h"
#include "ledger/rat.h"

enum rat_status {
	STATUS_NOT_YET_OBLIGED,
	STATUS_NOT_YET_DUE,
	STATUS_ON_TIME,
	STATUS_ON_TIME_REPORTED_LATE,
	STATUS_LATE,
	STATUS_PAST_LEGAL_LIMIT,
	STATUS_NOT_REPORTED,
	STATUS_NOT_REACHED,
	STATUS_NEEDS_INSPECTION,
	STATUS_REJECTED,
	STATUS_COUNT
};
enum rat_verification {
	VERIFICATION_NONE, /* no attestation */
	VERIFICATION_ISSUED,
	VERIFICATION_RECEIVED,
	VERIFICATION_RETURNED,
	VERIFICATION_VERIFIED,
	VERIFICATION_REJECTED,
	VERIFICATION_COUNT
};
/* Why a person should look; bits by position. X(NAME, "code") */
#define RAT_WARNINGS(X) \
	X(SEVERAL_HEADS, "several_heads") \
	X(BELOW_QUORUM, "below_quorum") \
	X(HELD_CHANGED, "held_changed") \
	X(HELD_AFTER_RECEIVED, "held_after_received") \
	X(CLOSING_DIFFERS, "closing_differs") \
	X(NUMBER_NOT_NEXT, "number_not_next") \
	X(FEW_MEMBERS, "few_members") \
	X(GROUP_TOO_SMALL, "group_too_small") \
	X(REPRESENTED_NOT_GROUP, "represented_not_group") \
	X(NO_QUORUM_GIVEN, "no_quorum_given") \
	X(NO_OFFICERS, "no_officers") \
	X(NO_SUPERVISORS, "no_supervisors") \
	X(CAPITAL_NOT_ASSETS, "capital_not_assets") \
	X(DECISIONS_MISSING, "decisions_missing") \
	X(DOCUMENTS_MISSING, "documents_missing") \
	X(FEW_ENDORSEMENTS, "few_endorsements") \
	X(NOT_RECEIVED, "not_received") \
	X(REGISTERED_ON_PAPER, "registered_on_paper")
#define X(name, code) RAT_WARN_##name,
enum rat_warning { RAT_WARNINGS(X) RAT_WARNINGS_COUNT };
#undef X

/* One attestation of the member and year, with what the caller knows of its arrival. */
struct rat_item {
	const struct rat_record *record;
	bool has_received;
	struct day received; /* of the entry, docs/PROTOCOL.md 10 */
	/* for each of record->withdrawals the day it was received, DAY_MAX + 1: not yet; NULL: all count */
	const struct day *withdrawals_received;
};
struct rat_question {
	struct member_no member;
	int32_t year;
	struct day as_of;
	const struct profile *profile; /* that holds for the year */
	const struct policy *policy;   /* likewise */
	/* of the member and year, in ascending order of reference; only the first STATUS_ITEMS_MAX are looked at */
	const struct rat_item *items;
	size_t items_count;
	const struct rat_notice_record *notices; /* of the member and year, in any order */
	size_t notices_count;
	bool has_heard;
	struct day heard;         /* the latest day up to as_of, of its uncut officer feeds */
	uint32_t previous_number; /* of the RAT of the year before; 0: not known */
	bool own;                 /* asked of one's own node: what is not received yet shows as issued */
};
struct rat_answer {
	enum rat_status status;
	enum rat_verification verification;
	struct policy_dates dates;
	const struct rat_item *head; /* the attestation that the status rests on; NULL: none */
	bool has_received;
	struct day received; /* by which it was judged */
	uint32_t heads;      /* received, not rejected */
	uint32_t endorsements;
	uint32_t notices;     /* made by as_of */
	uint32_t next_notice; /* the level of the letter that is suggested; 0: none */
	uint64_t warnings;    /* bits 1 << enum rat_warning */
};
void status_of(const struct rat_question *q, struct rat_answer *out);
/* Does this answer count as reported? */
bool status_reported(const struct rat_answer *a);

/* NIK grade: of the last three book years whose report date passed by the day. */
enum nik_grade { GRADE_A, GRADE_B, GRADE_C1, GRADE_C2, GRADE_D, GRADE_D_STAR, GRADE_COUNT };
struct nik_question {
	bool reported[3]; /* status_reported(); [2]: the newest of the three years */
	bool has_founded;
	struct day founded, as_of;
};
enum nik_grade status_grade(const struct nik_question *q);

const char *status_code(enum rat_status s); /* "not_yet_obliged" */
const char *status_verification_code(enum rat_verification v);
const char *status_warning_code(enum rat_warning w);
const char *status_grade_code(enum nik_grade g); /* "A", "D*" */

#endif
