/* SPDX-License-Identifier: Apache-2.0
 * district_author.c: the district's entries, each appended once by the code that lontar and lontard append with, with
 * the CSV's days as the clock. Its twist: all feeds are written in one store, the dinas', which as an auditor's opens
 * everything; district_runs.c opens it, reads the runs out and takes it away again. */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "district_int.h"
#include "ledger/kinds.h"
#include "log/kinds.h"
#include "log/roster_body.h"
#include "log/short_text.h"
#include "log/witness.h"
#include "node/witnessing.h"
#include "storage/feed.h"

#define HOUR_MS 3600000u
#define MORNING_HOUR 6u /* so that the last thing of a day is before its end */

static bool ok(struct district_author *a, enum err e, const char *file, unsigned row)
{
	if (e == ERR_OK)
		return true;
	trouble_at(&a->d->trouble, file, row);
	trouble_set(&a->d->trouble, e, "%s", "");
	return false;
}

/* What is appended: by whom, when, and where it is said in the CSV. */
struct act {
	uint32_t author;
	uint16_t kind;
	const struct district_event *event;
	const char *file;
	unsigned row;
};

static uint64_t time_of(const struct district_event *e)
{
	return date_start_ms(e->day, DISTRICT_ZONE_MINUTES) + (e->what + MORNING_HOUR) * (uint64_t)HOUR_MS;
}

static struct mp_out body(struct district_author *a)
{
	return mp_out(a->room, sizeof a->room);
}

static bool append(
        struct district_author *a, const struct act *act, const struct mp_out *m, struct reference *ref)
{
	struct append by = {.txn = a->txn,
	        .feed = {act->author},
	        .keys = &a->d->members[act->author].keys,
	        .time_ms = time_of(act->event),
	        .random = a->random};
	struct draft draft = {act->kind, mp_written(m)};
	struct reference ignored;

	return ok(a, mp_out_end(m), act->file, act->row) &&
	       ok(a, append_drafts(&by, &draft, 1, ref ? ref : &ignored, NULL), act->file, act->row);
}

static bool answer(struct district_author *a, const struct act *act, const struct reference *about)
{
	struct answer answer = {.about = *about};
	struct mp_out m = body(a);

	answer_pack(&m, &answer);
	return append(a, act, &m, NULL);
}

static bool policy(struct district_author *a, const struct district_event *e)
{
	struct act act = {0, KIND_POLICY_SET, e, "policy.csv", 0};
	struct mp_out m = body(a);

	policy_pack(&m, &a->d->policies[e->index]);
	return append(a, &act, &m, NULL);
}

static bool partnership(struct district_author *a, const struct district_event *e)
{
	struct district_partnership *p = &a->d->partnerships[e->index];
	struct act act = {p->offerer, KIND_PARTNERSHIP_OFFER, e, "partnerships.csv", p->entry.row};
	struct mp_out m = body(a);

	p->offer.partner.n = p->partner;
	partnership_offer_pack(&m, &p->offer);
	return append(a, &act, &m, &p->entry.ref);
}

static bool partnership_answer(struct district_author *a, const struct district_event *e)
{
	const struct district_partnership *p = &a->d->partnerships[e->index];
	bool accepts = district_data_is(p->status, "setuju");
	struct act act = {p->partner, accepts ? KIND_PARTNERSHIP_ACCEPT : KIND_PARTNERSHIP_DECLINE, e,
	        "partnerships.csv", p->entry.row};

	return answer(a, &act, &p->entry.ref);
}

static bool trade(struct district_author *a, const struct district_event *e)
{
	struct district_trade *t = &a->d->trades[e->index];
	struct trade_offer *offer = &t->form.offer;
	struct act act = {t->proposer, KIND_TRADE_OFFER, e, "trades.csv", t->entry.row};
	struct mp_out m = body(a);

	offer->role = t->proposer == t->seller ? TRADE_SELLER : TRADE_BUYER;
	offer->partner.n = t->proposer == t->seller ? t->buyer : t->seller;
	offer->has_refers = t->refers != DISTRICT_NONE;
	if (offer->has_refers)
		offer->refers = a->d->trades[t->refers].entry.ref;
	trade_offer_pack(&m, offer);
	return append(a, &act, &m, &t->entry.ref);
}

/* An accept that had seen so much of the offerer's feed. */
static bool accept(
        struct district_author *a, const struct act *act, const struct reference *about, uint64_t seen)
{
	struct trade_accept accept = {*about, seen};
	struct mp_out m = body(a);

	trade_accept_pack(&m, &accept);
	return append(a, act, &m, NULL);
}

/* "tarik+setuju": the two crossed, so the accept had not seen the withdraw. */
static bool trade_answer(struct district_author *a, const struct district_event *e)
{
	const struct district_trade *t = &a->d->trades[e->index];
	uint32_t other = t->proposer == t->seller ? t->buyer : t->seller;
	struct act by_other = {other, KIND_TRADE_ACCEPT, e, "trades.csv", t->entry.row};
	struct act by_proposer = {t->proposer, KIND_TRADE_WITHDRAW, e, "trades.csv", t->entry.row};
	struct bytes status = t->form.status;
	struct feed_info info;

	if (!feed_info(a->txn, (struct feed_no){t->proposer}, &info))
		return ok(a, ERR_UNKNOWN_FEED, "trades.csv", t->entry.row);
	if (district_data_is(status, "setuju") || district_data_is(status, "sanggah"))
		return accept(a, &by_other, &t->entry.ref, info.head.size);
	if (district_data_is(status, "tarik"))
		return answer(a, &by_proposer, &t->entry.ref);
	if (district_data_is(status, "tarik+setuju"))
		return answer(a, &by_proposer, &t->entry.ref) &&
		       accept(a, &by_other, &t->entry.ref, info.head.size);
	by_other.kind = KIND_TRADE_DECLINE;
	if (district_data_is(status, "tolak"))
		return answer(a, &by_other, &t->entry.ref);
	trouble_at(&a->d->trouble, "trades.csv", t->entry.row);
	trouble_field(&a->d->trouble, ERR_BAD_TEXT, "status", "\"%.*s\"", (int)status.len,
	        (const char *)status.data);
	return false;
}

static bool dispute(struct district_author *a, const struct district_event *e)
{
	const struct district_trade *t = &a->d->trades[e->index];
	struct act act = {t->buyer, KIND_TRADE_DISPUTE, e, "trades.csv", t->entry.row};

	return answer(a, &act, &t->entry.ref);
}

static bool payment(struct district_author *a, const struct district_event *e)
{
	struct district_payment *p = &a->d->payments[e->index];
	const struct payment_form *form = p->form;
	struct allocation parts[PAYMENT_ALLOCATIONS_MAX];
	struct payment_record_body record = {.role = form->by_payee ? PAYMENT_PAYEE : PAYMENT_PAYER,
	        .partner = {form->by_payee ? p->payer : p->payee},
	        .amount = form->amount,
	        .date = form->date,
	        .method = form->method,
	        .number = form->number,
	        .note = form->note,
	        .allocations = parts,
	        .allocations_count = form->parts_count};
	struct act act = {
	        form->by_payee ? p->payee : p->payer, KIND_PAYMENT_RECORD, e, "payments.csv", p->entry.row};
	struct mp_out m = body(a);

	for (uint32_t i = 0; i < form->parts_count; i++)
		parts[i] = (struct allocation){a->d->trades[p->trades[i]].entry.ref, form->parts[i].amount};
	payment_record_pack(&m, &record);
	return append(a, &act, &m, &p->entry.ref);
}

static bool payment_answer(struct district_author *a, const struct district_event *e)
{
	const struct district_payment *p = &a->d->payments[e->index];
	bool confirms = district_data_is(p->form->status, "sah");
	uint32_t other = p->form->by_payee ? p->payer : p->payee;
	struct act act = {
	        other, confirms ? KIND_PAYMENT_CONFIRM : KIND_PAYMENT_DENY, e, "payments.csv", p->entry.row};
	struct payment_confirm confirm = {.about = p->entry.ref};
	struct mp_out m = body(a);

	if (!confirms)
		return answer(a, &act, &p->entry.ref);
	payment_confirm_pack(&m, &confirm);
	return append(a, &act, &m, NULL);
}

static bool rat(struct district_author *a, const struct district_event *e)
{
	struct district_rat *r = &a->d->rats[e->index];
	struct act act = {r->member, KIND_RAT_ATTEST, e, "rat.csv", r->entry.row};
	struct mp_out m = body(a);

	if (r->replaces != DISTRICT_NONE) {
		r->attest.replaces = &a->d->rats[r->replaces].entry.ref;
		r->attest.replaces_count = 1;
	}
	rat_attest_pack(&m, &r->attest);
	return append(a, &act, &m, &r->entry.ref);
}

static bool verdict(struct district_author *a, const struct district_event *e)
{
	struct district_verdict *v = &a->d->verdicts[e->index];
	struct act act = {0, KIND_RAT_VERDICT, e, "verdicts.csv", v->entry.row};
	struct rat_verdict body_of = {
	        .about = a->d->rats[v->rat].entry.ref, .ruling = v->ruling, .reason = v->reason};
	struct mp_out m = body(a);

	if (v->before != DISTRICT_NONE) {
		body_of.replaces_count = 1;
		body_of.replaces[0] = a->d->verdicts[v->before].entry.ref;
	}
	rat_verdict_pack(&m, &body_of);
	return append(a, &act, &m, &v->entry.ref);
}

static bool heard(struct district_author *a, const struct district_event *e)
{
	struct act act = {0, KIND_WITNESS_HEARD, e, "heard.csv", 0};
	struct feed_no *feeds = malloc((a->d->members_count + 1) * sizeof *feeds);
	struct mp_out m = body(a);
	uint32_t count = 0;
	bool good;

	must(feeds);
	for (uint32_t i = e->index; i < a->d->heard_count && a->d->heard[i].day.n == e->day.n; i++) {
		if (count == 0 || feeds[count - 1].n != a->d->heard[i].member)
			feeds[count++].n = a->d->heard[i].member;
	}
	witness_heard_pack(&m, time_of(e) / 1000, feeds, count);
	free(feeds);
	good = append(a, &act, &m, NULL);
	return good;
}

/* witness.seen about those feeds, as many entries as it needs. */
static bool seen(struct district_author *a, const struct district_event *e, const bool *which)
{
	struct act act = {0, KIND_WITNESS_SEEN, e, "rat.csv", 0};
	struct witnessing by = {a->txn, a->d->network, &a->d->members[0].keys, time_of(e) / 1000};
	struct witness_row rows[WITNESS_ROWS_MAX];
	uint32_t count = 0;
	bool good = true;

	for (uint32_t i = 1; i <= a->d->members_count && good; i++) {
		if (i < a->d->members_count && which[i] &&
		        witnessing_row(&by, (struct feed_no){i}, &rows[count]))
			count++;
		if (count == WITNESS_ROWS_MAX || (i == a->d->members_count && count > 0)) {
			struct mp_out m = body(a);
			witness_seen_pack(&m, by.time_s, rows, count);
			good = append(a, &act, &m, NULL);
			count = 0;
		}
	}
	return good;
}

static bool seen_some(struct district_author *a, const struct district_event *e)
{
	bool *which = calloc(a->d->members_count + 1, sizeof *which), good;

	must(which);
	for (uint32_t i = 1; i < a->d->members_count && e->what == HAPPENS_LAST; i++)
		which[i] = true;
	for (uint32_t i = 0; i < a->d->rats_count && e->what == HAPPENS_SEEN; i++)
		which[a->d->rats[i].member] |= a->d->rats[i].entry.day.n == e->day.n;
	good = seen(a, e, which);
	free(which);
	return good;
}

bool district_author_event(struct district_author *a, const struct district_event *e)
{
	switch (e->what) {
	case HAPPENS_POLICY:
		return policy(a, e);
	case HAPPENS_PARTNERSHIP:
		return partnership(a, e);
	case HAPPENS_PARTNERSHIP_ANSWER:
		return partnership_answer(a, e);
	case HAPPENS_TRADE:
	case HAPPENS_RETURN:
		return trade(a, e);
	case HAPPENS_TRADE_ANSWER:
	case HAPPENS_RETURN_ANSWER:
		return trade_answer(a, e);
	case HAPPENS_DISPUTE:
		return dispute(a, e);
	case HAPPENS_PAYMENT:
		return payment(a, e);
	case HAPPENS_PAYMENT_ANSWER:
		return payment_answer(a, e);
	case HAPPENS_RAT:
		return rat(a, e);
	case HAPPENS_VERDICT:
		return verdict(a, e);
	case HAPPENS_HEARD:
		return heard(a, e);
	case HAPPENS_SEEN:
	case HAPPENS_LAST:
		return seen_some(a, e);
	}
	return false;
}

static struct short_text short_of(const char *text)
{
	struct short_text out = {0};

	must(short_text_of(bytes_text(text), NAME_BYTES_MAX, &out) == ERR_OK);
	return out;
}

static void found_body(const struct district *d, struct mp_out *m)
{
	struct roster_found found = {
	        .alias = short_of(d->members[0].alias), .keys = d->members[0].keys.public};
	uint8_t secret[64];

	found.network.name = short_of("Koperasi");
	found.network.dinas = short_of("Dinas Koperasi");
	found.network.zone_minutes = DISTRICT_ZONE_MINUTES;
	memcpy(found.network.currency, "IDR", 4);
	(void)crypto_sign_seed_keypair(found.network.recovery, secret, d->recovery);
	roster_body_found_pack(m, &found);
}

/* Entry 0, then every member and its feed, on the first day. */
bool district_author_found(struct district_author *a, struct day first)
{
	struct district *d = a->d;
	struct district_event start = {.day = first, .what = HAPPENS_POLICY};
	struct append by = {.txn = a->txn,
	        .keys = &d->members[0].keys,
	        .time_ms = date_start_ms(first, DISTRICT_ZONE_MINUTES),
	        .random = a->random};
	struct mp_out m = body(a);

	found_body(d, &m);
	if (!ok(a, mp_out_end(&m), "members.csv", 0) ||
	        !ok(a, append_found(&by, mp_written(&m), &d->network), "members.csv", 0))
		return false;
	for (uint32_t i = 1; i < d->members_count; i++) {
		struct act act = {0, KIND_MEMBER_ADMIT, &start, "members.csv", i + 1};
		struct roster_add add = {
		        .member = {i}, .keys = d->members[i].keys.public, .roles = ROLE_OFFICER};
		m = body(a);
		roster_body_admit_pack(&m, &d->members[i].profile);
		if (!append(a, &act, &m, NULL))
			return false;
		m = body(a);
		roster_body_add_pack(&m, &add);
		act.kind = KIND_FEED_ADD;
		if (!append(a, &act, &m, NULL))
			return false;
	}
	return true;
}
