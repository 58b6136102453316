/* SPDX-License-Identifier: Apache-2.0
 * policy.h: the registrar's numbers: deadlines, report dates, letters, quotas, from a book year on.
 * docs/LEDGER.md 7. Every deadline is policy and none is code. An old year is judged by its own policy: for
 * year Y, of the policies with from_year <= Y the greatest from_year, of these the last in the feed. */
#ifndef LEDGER_POLICY_H
#define LEDGER_POLICY_H

#include "ledger/answer.h"
#include "log/roster.h"

/* A day of the calendar, so many years after the book year: 30 April of the next is {1, 4, 30}. */
struct policy_day {
	uint8_t years_after, month, day;
};
struct policy_step {
	uint8_t level; /* 1, 2, 3: SP1, SP2, SP3; 4: candidate for inactive */
	uint16_t days; /* after the letter before it; of the first: after the report date, or the due date */
};
struct policy_exception {
	struct member_no member;
	int32_t year; /* the book year */
	bool has_due, has_report;
	struct day due, report; /* instead of the policy's */
	struct bytes reason;    /* 1..TEXT_BYTES_MAX; borrowed */
};
struct policy {
	int32_t from_year;
	uint8_t due_months_primer, due_months_sekunder; /* after the closing date */
	uint8_t legal_months;
	bool has_report;
	struct policy_day report_primer, report_sekunder; /* absent: due + 30 days */
	uint32_t offer_days;       /* a proposed trade older than this is shown as expired */
	bool letters_from_due;     /* the first letter is reckoned from the due date */
	uint32_t feed_bytes_a_day; /* 0: the program's own */
	uint32_t steps_count;
	struct policy_step steps[POLICY_STEPS_MAX];
	uint32_t exceptions_count;
	struct policy_exception exceptions[POLICY_EXCEPTIONS_MAX];
};
/* 3 and 6 months, legal limit 6, report 30 days later, 14 days, SP1-3 a month apart: what holds where no
 * policy is. */
void policy_default(struct policy *out);
void policy_pack(struct mp_out *m, const struct policy *p);
MUST_USE enum err policy_unpack(struct bytes body, struct policy *out);

/* A policy as an entry: where it stands decides between equal years. */
struct policy_entry {
	struct place place;
	int32_t from_year;
};
/* The index of the one that holds for the year, -1 when there is none. all: in any order. */
ptrdiff_t policy_for(const struct policy_entry *all, size_t count, int32_t year);

/* The dates of one member's book year. */
struct policy_dates {
	struct day closing, due, legal, report;
	const struct policy_exception *exception; /* NULL: none; dies with the policy */
};
struct policy_dates policy_dates(
        const struct policy *p, const struct profile *profile, struct member_no member, int32_t year);

#endif
