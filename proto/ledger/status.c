/* SPDX-License-Identifier: Apache-2.0
 * status.c: the status of a member's RAT at a day. docs/LEDGER.md 8. Three steps: what is known of each attestation
 * by that day (facts), which one the answer rests on (the head), and the rules in their order. */
#include "ledger/status.h"

#include "base/limits.h"

#define MEMBERS_FEWEST 9u         /* a primer's founders, by law */
#define GROUP_MEMBERS_FEWEST 500u /* above which a meeting by group is lawful */
#define ENDORSEMENTS_EXPECTED 2u
#define GRADE_YEARS_MONTHS 36
#define DECISIONS_EXPECTED (RAT_ACCOUNT_ACCEPTED | RAT_SUPERVISORS_ACCEPTED | RAT_STATEMENTS_APPROVED)

/* What is known of one attestation by the day asked. */
struct fact {
	const struct rat_item *item;
	bool known; /* received by that day */
	struct day received;
	bool withdrawn, replaced, ruled;
	enum rat_ruling ruling; /* when ruled */
	bool reached;           /* the head, or a version that it replaced */
};
struct facts {
	const struct rat_question *q;
	size_t count;
	struct fact all[STATUS_ITEMS_MAX];
};

/* rejected > returned > verified */
static bool is_stronger(enum rat_ruling a, enum rat_ruling than)
{
	return a > than;
}
_Static_assert(RAT_REJECTED > RAT_RETURNED && RAT_RETURNED > RAT_VERIFIED, "the order of verdicts");

/* The verdicts that stand at the day: the strongest, and the day of receipt that one of them states. */
static void fact_rule(struct fact *f, struct day as_of)
{
	const struct rat_record *r = f->item->record;
	bool stated = false;
	for (uint32_t i = 0; i < r->rulings_count; i++) {
		const struct rat_ruled *v = &r->rulings[i];
		if (v->made.n > as_of.n || v->replaced_on.n <= as_of.n) {
			continue;
		}
		if (!f->ruled || is_stronger(v->ruling, f->ruling)) {
			f->ruling = v->ruling;
		}
		f->ruled = true;
		if (v->has_received && (!stated || v->received_on.n < f->received.n)) {
			stated = true;
			f->received = v->received_on;
		}
	}
	f->known = (f->item->has_received || stated) && f->received.n <= as_of.n;
}

static bool was_withdrawn(const struct rat_item *item, struct day as_of)
{
	for (uint32_t i = 0; i < item->record->withdrawals_count; i++) {
		if (item->withdrawals_received == NULL || item->withdrawals_received[i].n <= as_of.n) {
			return true;
		}
	}
	return false;
}

/* Does `by` replace `it`? By name, or as the member's own attestation beside a record on paper. Paper replaces only
 * paper. */
static bool replaces(const struct fact *by, const struct fact *it)
{
	const struct rat_record *a = by->item->record, *b = it->item->record;
	if (by == it || !by->known || (a->by_registrar && !b->by_registrar)) {
		return false;
	}
	if (b->by_registrar && !a->by_registrar) {
		return true;
	}
	for (uint32_t i = 0; i < a->replaces_count; i++) {
		if (reference_equal(&a->replaces[i], &b->ref)) {
			return true;
		}
	}
	return false;
}

static void facts_collect(struct facts *facts, const struct rat_question *q)
{
	facts->q = q;
	facts->count = q->items_count < STATUS_ITEMS_MAX ? q->items_count : STATUS_ITEMS_MAX;
	for (size_t i = 0; i < facts->count; i++) {
		struct fact *f = &facts->all[i];
		must(i == 0 ||
		        place_compare(f[-1].item->record->ref.place, q->items[i].record->ref.place) < 0);
		*f = (struct fact){.item = &q->items[i], .received = q->items[i].received};
		fact_rule(f, q->as_of);
		f->withdrawn = was_withdrawn(f->item, q->as_of);
	}
	for (size_t i = 0; i < facts->count; i++) {
		for (size_t k = 0; k < facts->count; k++) {
			facts->all[k].replaced |= replaces(&facts->all[i], &facts->all[k]);
		}
	}
}

static bool is_head(const struct fact *f)
{
	return f->known && !f->replaced && !f->withdrawn;
}

static bool is_rejected(const struct fact *f)
{
	return f->ruled && f->ruling == RAT_REJECTED;
}

static bool is_verified(const struct fact *f)
{
	return f->ruled && f->ruling == RAT_VERIFIED;
}

/* Which of two heads the answer rests on: not rejected, then verified, then received first, then the lesser
 * reference (they come in that order). */
static bool is_preferred(const struct fact *f, const struct fact *to)
{
	if (is_rejected(f) != is_rejected(to)) {
		return is_rejected(to);
	}
	if (is_verified(f) != is_verified(to)) {
		return is_verified(f);
	}
	return f->received.n < to->received.n;
}

static struct fact *head_find(struct facts *facts, uint32_t *live)
{
	struct fact *head = NULL;
	*live = 0;
	for (size_t i = 0; i < facts->count; i++) {
		struct fact *f = &facts->all[i];
		if (!is_head(f)) {
			continue;
		}
		*live += is_rejected(f) ? 0 : 1;
		if (head == NULL || is_preferred(f, head)) {
			head = f;
		}
	}
	return head;
}

/* Mark the head and every version that it replaced, near or far. */
static void versions_reach(struct facts *facts, struct fact *head)
{
	bool more = true;
	head->reached = true;
	while (more) {
		more = false;
		for (size_t i = 0; i < facts->count * facts->count; i++) {
			const struct fact *by = &facts->all[i / facts->count];
			struct fact *it = &facts->all[i % facts->count];
			if (by->reached && !it->reached && it->known && replaces(by, it)) {
				it->reached = more = true;
			}
		}
	}
}

static bool held_changed(const struct facts *facts, const struct fact *head)
{
	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *f = &facts->all[i];
		if (f->reached && f->item->record->held.n != head->item->record->held.n) {
			return true;
		}
	}
	return false;
}

/* Of the versions that are not rejected and say the same date: when the first was received. */
static struct day first_received(const struct facts *facts, const struct fact *head)
{
	struct day first = head->received;
	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *f = &facts->all[i];
		bool same =
		        f->known && !is_rejected(f) && f->item->record->held.n == head->item->record->held.n;
		if (same && f->received.n < first.n) {
			first = f->received;
		}
	}
	return first;
}

static bool below_quorum(const struct rat_record *r)
{
	return r->attendance < r->quorum;
}

static uint64_t warn(enum rat_warning w, bool holds)
{
	return holds ? 1ull << w : 0;
}

static uint64_t record_warnings(const struct rat_record *r, const struct rat_question *q, struct day closing)
{
	uint32_t expected = (1u << RAT_DOCUMENTS_EXPECTED) - 1;
	bool primer = q->profile->form == FORM_PRIMER;
	bool numbered = q->previous_number != 0 && r->number != 0;
	return warn(RAT_WARN_CLOSING_DIFFERS, r->closing.n != closing.n) |
	       warn(RAT_WARN_NUMBER_NOT_NEXT, numbered && r->number != q->previous_number + 1) |
	       warn(RAT_WARN_FEW_MEMBERS, primer && r->members_total < MEMBERS_FEWEST) |
	       warn(RAT_WARN_GROUP_TOO_SMALL,
	               r->mode == RAT_BY_GROUP && r->members_total <= GROUP_MEMBERS_FEWEST) |
	       warn(RAT_WARN_REPRESENTED_NOT_GROUP, r->represented != 0 && r->mode != RAT_BY_GROUP) |
	       warn(RAT_WARN_NO_QUORUM_GIVEN, r->quorum == 0) |
	       warn(RAT_WARN_NO_OFFICERS, r->officers_present == 0) |
	       warn(RAT_WARN_NO_SUPERVISORS, r->supervisors_present == 0) |
	       warn(RAT_WARN_CAPITAL_NOT_ASSETS, r->own_capital.n + r->outside_capital.n != r->assets.n) |
	       warn(RAT_WARN_DECISIONS_MISSING, (r->decisions & DECISIONS_EXPECTED) != DECISIONS_EXPECTED) |
	       warn(RAT_WARN_DOCUMENTS_MISSING, (r->documents & expected) != expected) |
	       warn(RAT_WARN_FEW_ENDORSEMENTS, r->endorsements < ENDORSEMENTS_EXPECTED) |
	       warn(RAT_WARN_REGISTERED_ON_PAPER, r->by_registrar) |
	       warn(RAT_WARN_BELOW_QUORUM, below_quorum(r));
}

static enum rat_verification verification_of(const struct fact *head)
{
	if (!head->ruled) {
		return VERIFICATION_RECEIVED;
	}
	switch (head->ruling) {
	case RAT_VERIFIED:
		return VERIFICATION_VERIFIED;
	case RAT_RETURNED:
		return VERIFICATION_RETURNED;
	case RAT_REJECTED:
		break;
	}
	return VERIFICATION_REJECTED;
}

/* Rules 3 and 4: there is a head that is not rejected. */
static enum rat_status judge_head(const struct rat_answer *a, const struct fact *head)
{
	uint64_t doubts = 1ull << RAT_WARN_SEVERAL_HEADS | 1ull << RAT_WARN_BELOW_QUORUM |
	                  1ull << RAT_WARN_HELD_CHANGED | 1ull << RAT_WARN_HELD_AFTER_RECEIVED;
	if (!is_verified(head) && (a->warnings & doubts) != 0) {
		return STATUS_NEEDS_INSPECTION;
	}
	struct day held = head->item->record->held;
	if (held.n <= a->dates.due.n) {
		return a->received.n <= a->dates.report.n ? STATUS_ON_TIME : STATUS_ON_TIME_REPORTED_LATE;
	}
	return held.n <= a->dates.legal.n ? STATUS_LATE : STATUS_PAST_LEGAL_LIMIT;
}

/* Rule 5: there is none. */
static enum rat_status judge_silence(const struct rat_question *q, const struct rat_answer *a)
{
	if (q->as_of.n <= a->dates.due.n) {
		return STATUS_NOT_YET_DUE;
	}
	return q->has_heard && q->heard.n > a->dates.due.n ? STATUS_NOT_REPORTED : STATUS_NOT_REACHED;
}

static bool is_obliged(const struct rat_question *q, struct day closing)
{
	return !q->profile->has_founded || date_add_months(q->profile->founded, 12).n <= closing.n + 1;
}

static void describe_head(struct facts *facts, struct fact *head, struct rat_answer *out)
{
	versions_reach(facts, head);
	const struct rat_record *r = head->item->record;
	out->head = head->item;
	out->verification = verification_of(head);
	out->endorsements = r->endorsements;
	out->has_received = true;
	out->received = first_received(facts, head);
	out->warnings = record_warnings(r, facts->q, out->dates.closing) |
	                warn(RAT_WARN_SEVERAL_HEADS, out->heads > 1) |
	                warn(RAT_WARN_HELD_CHANGED, held_changed(facts, head)) |
	                warn(RAT_WARN_HELD_AFTER_RECEIVED, r->held.n > head->received.n);
}

/* One's own newest attestation that the registrar has not stated yet. */
static void describe_issued(const struct facts *facts, struct rat_answer *out)
{
	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *f = &facts->all[i];
		if (!f->known && !f->withdrawn) {
			out->head = f->item;
			out->verification = VERIFICATION_ISSUED;
			out->endorsements = f->item->record->endorsements;
			out->warnings = record_warnings(f->item->record, facts->q, out->dates.closing) |
			                warn(RAT_WARN_NOT_RECEIVED, true);
		}
	}
}

/* The letter to write next: the first step above the highest level sent, when its days have passed. */
static uint32_t next_notice(const struct rat_question *q, const struct policy_dates *dates)
{
	const struct policy *p = q->policy;
	struct day since = p->letters_from_due ? dates->due : dates->report;
	uint32_t sent = 0;
	for (size_t i = 0; i < q->notices_count; i++) {
		const struct rat_notice_record *n = &q->notices[i];
		bool later = n->level > sent || (n->level == sent && n->date.n > since.n);
		if (n->made.n <= q->as_of.n && later) {
			sent = n->level;
			since = n->date;
		}
	}
	for (uint32_t i = 0; i < p->steps_count; i++) {
		if (p->steps[i].level > sent) {
			return q->as_of.n >= since.n + p->steps[i].days ? p->steps[i].level : 0;
		}
	}
	return 0;
}

static uint32_t notices_made(const struct rat_question *q)
{
	uint32_t count = 0;
	for (size_t i = 0; i < q->notices_count; i++) {
		count += q->notices[i].made.n <= q->as_of.n ? 1 : 0;
	}
	return count;
}

void status_of(const struct rat_question *q, struct rat_answer *out)
{
	struct facts facts;
	struct rat_answer a = {.verification = VERIFICATION_NONE, .notices = notices_made(q)};
	a.dates = policy_dates(q->policy, q->profile, q->member, q->year);
	facts_collect(&facts, q);
	struct fact *head = head_find(&facts, &a.heads);
	if (head != NULL) {
		describe_head(&facts, head, &a);
	} else if (q->own) {
		describe_issued(&facts, &a);
	}
	if (!is_obliged(q, a.dates.closing)) {
		a.status = STATUS_NOT_YET_OBLIGED;
	} else if (head != NULL && a.heads == 0) {
		a.status = STATUS_REJECTED;
	} else if (head != NULL) {
		a.status = judge_head(&a, head);
	} else {
		a.status = judge_silence(q, &a);
	}
	if (a.status == STATUS_NOT_REPORTED) {
		a.next_notice = next_notice(q, &a.dates);
	}
	*out = a;
}

bool status_reported(const struct rat_answer *a)
{
	return a->has_received && a->heads > 0;
}

enum nik_grade status_grade(const struct nik_question *q)
{
	int reports = 0;
	for (size_t i = 0; i < 3; i++) {
		reports += q->reported[i] ? 1 : 0;
	}
	if (reports >= 2) {
		return reports == 3 ? GRADE_A : GRADE_B;
	}
	if (reports == 0) {
		return GRADE_D;
	}
	if (q->has_founded && date_add_months(q->founded, GRADE_YEARS_MONTHS).n > q->as_of.n) {
		return GRADE_C1;
	}
	return q->reported[2] ? GRADE_C2 : GRADE_D_STAR;
}

const char *status_code(enum rat_status s)
{
	static const char *const codes[STATUS_COUNT] = {"not_yet_obliged", "not_yet_due", "on_time",
	        "on_time_reported_late", "late", "past_legal_limit", "not_reported", "not_reached",
	        "needs_inspection", "rejected"};
	must(s < STATUS_COUNT);
	return codes[s];
}

const char *status_verification_code(enum rat_verification v)
{
	static const char *const codes[VERIFICATION_COUNT] = {
	        "none", "issued", "received", "returned", "verified", "rejected"};
	must(v < VERIFICATION_COUNT);
	return codes[v];
}

const char *status_warning_code(enum rat_warning w)
{
#define X(name, code) code,
	static const char *const codes[RAT_WARNINGS_COUNT] = {RAT_WARNINGS(X)};
#undef X
	must(w < RAT_WARNINGS_COUNT);
	return codes[w];
}

const char *status_grade_code(enum nik_grade g)
{
	static const char *const codes[GRADE_COUNT] = {"A", "B", "C1", "C2", "D", "D*"};
	must(g < GRADE_COUNT);
	return codes[g];
}
