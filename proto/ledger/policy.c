/* SPDX-License-Identifier: Apache-2.0
 * policy.c: policy.set, which policy holds for a book year, and the dates it gives a member. docs/LEDGER.md 7. */
#include "ledger/policy.h"
#include "object_int.h"

enum policy_key {
	POLICY_FROM_YEAR,
	POLICY_DUE_PRIMER,
	POLICY_DUE_SEKUNDER,
	POLICY_LEGAL,
	POLICY_REPORT_PRIMER,
	POLICY_REPORT_SEKUNDER,
	POLICY_OFFER_DAYS,
	POLICY_STEPS,
	POLICY_LETTERS_FROM_DUE,
	POLICY_FEED_BYTES,
	POLICY_EXCEPTIONS
};
#define MONTHS_MAX 36u
#define OFFER_DAYS_MAX 3650u
#define STEP_DAYS_MAX 3650u
#define YEARS_AFTER_MAX 5u
#define REPORT_DAYS_AFTER_DUE 30
#define EXCEPTION_VALUES 5u

void policy_default(struct policy *out)
{
	*out = (struct policy){
	        .from_year = BOOK_YEAR_MIN,
	        .due_months_primer = 3,
	        .due_months_sekunder = 6,
	        .legal_months = 6,
	        .offer_days = 14,
	        .steps_count = 3,
	        .steps = {{.level = 1, .days = 1}, {.level = 2, .days = 30}, {.level = 3, .days = 30}},
	};
}

static void report_pack(struct mp_out *m, uint32_t key, const struct policy_day *d)
{
	mp_put_uint(m, key);
	mp_put_array(m, 3);
	mp_put_uint(m, d->years_after);
	mp_put_uint(m, d->month);
	mp_put_uint(m, d->day);
}

static void steps_pack(struct mp_out *m, const struct policy *p)
{
	if (p->steps_count == 0) {
		return;
	}
	mp_put_uint(m, POLICY_STEPS);
	mp_put_array(m, p->steps_count);
	for (uint32_t i = 0; i < p->steps_count; i++) {
		mp_put_array(m, 2);
		mp_put_uint(m, p->steps[i].level);
		mp_put_uint(m, p->steps[i].days);
	}
}

static void optional_day_pack(struct mp_out *m, bool there, struct day d)
{
	if (there) {
		mp_put_int(m, d.n);
	} else {
		mp_put_nil(m);
	}
}

static void exceptions_pack(struct mp_out *m, const struct policy *p)
{
	if (p->exceptions_count == 0) {
		return;
	}
	mp_put_uint(m, POLICY_EXCEPTIONS);
	mp_put_array(m, p->exceptions_count);
	for (uint32_t i = 0; i < p->exceptions_count; i++) {
		const struct policy_exception *e = &p->exceptions[i];
		mp_put_array(m, EXCEPTION_VALUES);
		mp_put_uint(m, e->member.n);
		mp_put_int(m, e->year);
		optional_day_pack(m, e->has_due, e->due);
		optional_day_pack(m, e->has_report, e->report);
		mp_put_text(m, e->reason);
	}
}

void policy_pack(struct mp_out *m, const struct policy *p)
{
	mp_put_map(m, 5u + (p->has_report ? 2u : 0u) + body_one(p->steps_count != 0) +
	                      body_one(p->letters_from_due) + body_one(p->feed_bytes_a_day != 0) +
	                      body_one(p->exceptions_count != 0));
	body_put_int(m, POLICY_FROM_YEAR, p->from_year);
	body_put_uint(m, POLICY_DUE_PRIMER, p->due_months_primer);
	body_put_uint(m, POLICY_DUE_SEKUNDER, p->due_months_sekunder);
	body_put_uint(m, POLICY_LEGAL, p->legal_months);
	if (p->has_report) {
		report_pack(m, POLICY_REPORT_PRIMER, &p->report_primer);
		report_pack(m, POLICY_REPORT_SEKUNDER, &p->report_sekunder);
	}
	body_put_uint(m, POLICY_OFFER_DAYS, p->offer_days);
	steps_pack(m, p);
	if (p->letters_from_due) {
		mp_put_uint(m, POLICY_LETTERS_FROM_DUE);
		mp_put_bool(m, true);
	}
	if (p->feed_bytes_a_day != 0) {
		body_put_uint(m, POLICY_FEED_BYTES, p->feed_bytes_a_day);
	}
	exceptions_pack(m, p);
}

static void report_unpack(struct mp_in *m, struct policy_day *out)
{
	mp_array_fixed(m, 3);
	out->years_after = (uint8_t)body_u32(m, YEARS_AFTER_MAX);
	out->month = (uint8_t)body_u32(m, 12);
	out->day = (uint8_t)body_u32(m, 31);
	mp_array_end(m);
	/* a leap year, so that 29 February stands; in other years it is clamped */
	struct day d;
	struct day_parts parts = {.year = 2000, .month = out->month, .day = out->day};
	if (mp_error(m) == ERR_OK && date_of(parts, &d) != ERR_OK) {
		mp_fail(m, ERR_BAD_DATE);
	}
}

static void steps_unpack(struct mp_in *m, struct policy *p)
{
	p->steps_count = mp_array(m, POLICY_STEPS_MAX);
	for (uint32_t i = 0; i < p->steps_count && mp_error(m) == ERR_OK; i++) {
		mp_array_fixed(m, 2);
		p->steps[i].level = (uint8_t)body_u32(m, RAT_NOTICE_LEVEL_MAX);
		p->steps[i].days = (uint16_t)body_u32(m, STEP_DAYS_MAX);
		mp_array_end(m);
		uint8_t before = i == 0 ? 0 : p->steps[i - 1].level;
		if (p->steps[i].level <= before) {
			mp_fail(m, ERR_OUT_OF_RANGE);
		}
	}
	mp_array_end(m);
}

static bool optional_day_unpack(struct mp_in *m, struct day *out)
{
	if (mp_peek(m) == MP_NIL) {
		mp_skip(m);
		return false;
	}
	*out = body_day(m);
	return true;
}

static void exception_unpack(struct mp_in *m, struct policy_exception *e)
{
	mp_array_fixed(m, EXCEPTION_VALUES);
	e->member = body_member(m);
	e->year = body_year(m);
	e->has_due = optional_day_unpack(m, &e->due);
	e->has_report = optional_day_unpack(m, &e->report);
	e->reason = mp_text(m, TEXT_BYTES_MAX);
	mp_array_end(m);
	if (e->reason.len == 0) {
		mp_fail(m, ERR_NO_REASON);
	}
}

static void exceptions_unpack(struct mp_in *m, struct policy *p)
{
	p->exceptions_count = mp_array(m, POLICY_EXCEPTIONS_MAX);
	for (uint32_t i = 0; i < p->exceptions_count && mp_error(m) == ERR_OK; i++) {
		exception_unpack(m, &p->exceptions[i]);
	}
	mp_array_end(m);
}

static void deadlines_unpack(struct mp_in *m, struct mp_map *map, struct policy *p)
{
	if (mp_need(m, map, POLICY_FROM_YEAR)) {
		p->from_year = body_year(m);
	}
	if (mp_need(m, map, POLICY_DUE_PRIMER)) {
		p->due_months_primer = (uint8_t)body_u32(m, MONTHS_MAX);
	}
	if (mp_need(m, map, POLICY_DUE_SEKUNDER)) {
		p->due_months_sekunder = (uint8_t)body_u32(m, MONTHS_MAX);
	}
	if (mp_need(m, map, POLICY_LEGAL)) {
		p->legal_months = (uint8_t)body_u32(m, MONTHS_MAX);
	}
	if (mp_key(m, map, POLICY_REPORT_PRIMER)) {
		p->has_report = true;
		report_unpack(m, &p->report_primer);
	}
	/* both or none */
	if (p->has_report && mp_need(m, map, POLICY_REPORT_SEKUNDER)) {
		report_unpack(m, &p->report_sekunder);
	}
}

enum err policy_unpack(struct bytes body, struct policy *out)
{
	struct policy p = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	deadlines_unpack(&m, &map, &p);
	if (mp_need(&m, &map, POLICY_OFFER_DAYS)) {
		p.offer_days = body_u32(&m, OFFER_DAYS_MAX);
	}
	if (mp_key(&m, &map, POLICY_STEPS)) {
		steps_unpack(&m, &p);
	}
	if (mp_key(&m, &map, POLICY_LETTERS_FROM_DUE)) {
		p.letters_from_due = mp_bool(&m);
	}
	if (mp_key(&m, &map, POLICY_FEED_BYTES)) {
		p.feed_bytes_a_day = body_u32(&m, UINT32_MAX);
	}
	if (mp_key(&m, &map, POLICY_EXCEPTIONS)) {
		exceptions_unpack(&m, &p);
	}
	mp_map_end(&m, &map);
	enum err e = mp_end(&m);
	if (e == ERR_OK) {
		*out = p;
	}
	return e;
}

enum err policy_check(const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)about;
	struct policy p;
	enum err e = policy_unpack(s->body, &p);
	if (e != ERR_OK) {
		return e;
	}
	for (uint32_t i = 0; i < p.exceptions_count; i++) {
		if (roster_member(ctx->roster, p.exceptions[i].member) == NULL) {
			return ERR_NO_SUCH_MEMBER;
		}
	}
	return (s->roles & ROLE_REGISTRAR) != 0 ? ERR_OK : ERR_NO_RIGHT;
}

static bool is_better(const struct policy_entry *e, const struct policy_entry *than)
{
	if (e->from_year != than->from_year) {
		return e->from_year > than->from_year;
	}
	return place_compare(e->place, than->place) > 0;
}

ptrdiff_t policy_for(const struct policy_entry *all, size_t count, int32_t year)
{
	ptrdiff_t best = -1;
	for (size_t i = 0; i < count; i++) {
		if (all[i].from_year <= year && (best < 0 || is_better(&all[i], &all[best]))) {
			best = (ptrdiff_t)i;
		}
	}
	return best;
}

/* The day of a month, clamped to the month's end. */
static struct day clamped(int year, unsigned month, unsigned day)
{
	struct day first;
	struct day_parts parts = {.year = year, .month = (int)month, .day = 1};
	must(date_of(parts, &first) == ERR_OK);
	struct day end = date_add_months(first, 1);
	int32_t n = first.n + (int32_t)day - 1;
	return (struct day){n < end.n ? n : end.n - 1};
}

static const struct policy_exception *exception_of(
        const struct policy *p, struct member_no member, int32_t year)
{
	const struct policy_exception *found = NULL;
	for (uint32_t i = 0; i < p->exceptions_count; i++) {
		if (p->exceptions[i].member.n == member.n && p->exceptions[i].year == year) {
			found = &p->exceptions[i];
		}
	}
	return found;
}

struct policy_dates policy_dates(
        const struct policy *p, const struct profile *profile, struct member_no member, int32_t year)
{
	bool sekunder = profile->form == FORM_SEKUNDER;
	const struct policy_day *report = sekunder ? &p->report_sekunder : &p->report_primer;
	struct policy_dates d;
	d.closing = clamped(year, profile->closing_month, profile->closing_day);
	d.due = date_add_months(d.closing, sekunder ? p->due_months_sekunder : p->due_months_primer);
	d.legal = date_add_months(d.closing, p->legal_months);
	d.exception = exception_of(p, member, year);
	if (d.exception != NULL && d.exception->has_due) {
		d.due = d.exception->due;
	}
	d.report = p->has_report ? clamped(year + report->years_after, report->month, report->day)
	                         : (struct day){d.due.n + REPORT_DAYS_AFTER_DUE};
	if (d.exception != NULL && d.exception->has_report) {
		d.report = d.exception->report;
	} else if (d.exception != NULL && d.report.n < d.due.n) {
		d.report.n = d.due.n + REPORT_DAYS_AFTER_DUE; /* an exception went beyond the report date */
	}
	return d;
}
