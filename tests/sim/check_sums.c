/* SPDX-License-Identifier: Apache-2.0
 * check_sums.c: I7: what A has with B is what B has with A with the other sign, at every node; and what the registrar's
 * and the auditors' nodes show is what docs/LEDGER.md 4 to 6 says of all statements, computed here once more, plainly:
 * every statement of every feed is read into one list, and each trade and payment looks through all of it. */
#include <stdlib.h>
#include <string.h>

#include "check_int.h"
#include "ledger/payment.h"
#include "ledger/trade.h"

struct said {
	struct place place;
	uint8_t id[REFERENCE_ID_BYTES];
	struct member_no author;
	uint16_t kind;
	bool has_right;
	/* what it is about; of those that open, itself */
	struct reference about, other; /* of a clear the dispute, of a confirm the withdrawal */
	bool has_other;
	uint64_t seen;
	/* of those that open */
	struct member_no gives, takes; /* seller and buyer, payer and payee */
	int64_t amount;
	bool counts, by_gives;
};
struct ledger {
	const struct roster *roster;
	struct said *all;
	size_t count, cap;
	struct allocation allocations[PAYMENT_ALLOCATIONS_MAX];
};
struct sums {
	int64_t position, pending, pending_payments, disputed;
};

/* The form is the decoders' business (tests/unit); what it comes to is looked at here. */
static bool read_offer(struct bytes body, struct said *s)
{
	struct trade_offer o;
	if (trade_offer_unpack(body, NULL, &o))
		return false;
	s->by_gives = o.role == TRADE_SELLER;
	s->gives = s->by_gives ? s->author : o.partner;
	s->takes = s->by_gives ? o.partner : s->author;
	s->amount = o.total.n;
	s->counts = o.kind != TRADE_CONSIGNMENT && o.kind != TRADE_LOAN;
	return o.partner.n != s->author.n;
}

static bool read_payment(struct ledger *l, struct bytes body, struct said *s)
{
	struct payment_record_body p;
	if (payment_record_unpack(body, l->allocations, &p))
		return false;
	s->by_gives = p.role == PAYMENT_PAYER;
	s->gives = s->by_gives ? s->author : p.partner;
	s->takes = s->by_gives ? p.partner : s->author;
	s->amount = p.amount.n;
	s->counts = true;
	return p.partner.n != s->author.n;
}

static bool read_accept(struct bytes body, struct said *s)
{
	struct trade_accept a;
	if (trade_accept_unpack(body, &a))
		return false;
	s->about = a.about;
	s->seen = a.seen;
	return true;
}

static bool read_confirm(struct bytes body, struct said *s)
{
	struct payment_confirm c;
	if (payment_confirm_unpack(body, &c))
		return false;
	s->about = c.about;
	s->has_other = c.has_withdraw;
	s->other = c.withdraw;
	return true;
}

static bool read_clear(struct bytes body, struct said *s)
{
	struct trade_clear c;
	if (trade_clear_unpack(body, &c))
		return false;
	s->about = c.about;
	s->other = c.dispute;
	return true;
}

static bool read_answer(struct bytes body, struct said *s)
{
	struct answer a;
	if (answer_unpack(body, &a))
		return false;
	s->about = a.about;
	return true;
}

static bool read_body(struct ledger *l, struct bytes body, struct said *s)
{
	switch (s->kind) {
	case KIND_TRADE_OFFER:
		return read_offer(body, s);
	case KIND_PAYMENT_RECORD:
		return read_payment(l, body, s);
	case KIND_TRADE_ACCEPT:
		return read_accept(body, s);
	case KIND_PAYMENT_CONFIRM:
		return read_confirm(body, s);
	case KIND_TRADE_CLEAR:
		return read_clear(body, s);
	case KIND_TRADE_DECLINE:
	case KIND_TRADE_WITHDRAW:
	case KIND_TRADE_DISPUTE:
	case KIND_PAYMENT_DENY:
	case KIND_PAYMENT_WITHDRAW:
		return read_answer(body, s);
	default:
		return false;
	}
}

static void read_entry(struct ledger *l, struct txn *txn, struct place place)
{
	static uint8_t memory[ENTRY_PAYLOAD_BYTES_MAX];
	struct bytes_out scratch = bytes_out(memory, sizeof memory);
	struct statement st;
	if (view_statement(txn, place, &scratch, &st))
		return;
	struct said s = {.place = place, .author = st.author, .kind = st.kind};
	memcpy(s.id, st.ref.id, sizeof s.id);
	s.has_right = (st.roles & ROLE_OFFICER) != 0 && st.audience == AUDIENCE_SEALED;
	if (!s.has_right || !read_body(l, st.body, &s))
		return;
	if (s.gives.n >= l->roster->members_count || s.takes.n >= l->roster->members_count)
		return;
	if (l->count == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 512;
		l->all = realloc(l->all, l->cap * sizeof *l->all);
		must(l->all);
	}
	l->all[l->count++] = s;
}

static bool names(const struct reference *ref, const struct said *s)
{
	return place_compare(ref->place, s->place) == 0 && !memcmp(ref->id, s->id, sizeof s->id);
}

/* The next statement about the object after *AT, of a party, in the order of places. */
static const struct said *next_about(const struct ledger *l, const struct said *object, size_t *at)
{
	while (*at < l->count) {
		const struct said *s = &l->all[(*at)++];
		bool opens = s->kind == KIND_TRADE_OFFER || s->kind == KIND_PAYMENT_RECORD;
		bool party = s->author.n == object->gives.n || s->author.n == object->takes.n;
		if (!opens && party && names(&s->about, object))
			return s;
	}
	return NULL;
}

/* The size at which a withdrawal stands in the offer's own feed; UINT64_MAX: none does. */
static uint64_t withdrawn_at(const struct ledger *l, const struct said *offer)
{
	size_t at = 0;
	for (const struct said *s; (s = next_about(l, offer, &at));)
		if (s->kind == KIND_TRADE_WITHDRAW && s->place.feed.n == offer->place.feed.n &&
		        s->author.n == offer->author.n)
			return s->place.seq;
	return UINT64_MAX;
}

/* Is S the first answer of its feed, of those that may answer so? */
static bool is_first(const struct ledger *l, const struct said *object, const struct said *s)
{
	size_t at = 0;
	for (const struct said *o; (o = next_about(l, object, &at)) && o != s;) {
		bool answers = o->kind == KIND_TRADE_ACCEPT || o->kind == KIND_TRADE_DECLINE ||
		               o->kind == KIND_PAYMENT_DENY ||
		               (o->kind == KIND_PAYMENT_CONFIRM && !o->has_other);
		if (answers && o->place.feed.n == s->place.feed.n && o->author.n != object->author.n)
			return false;
	}
	return true;
}

static bool has_standing_dispute(const struct ledger *l, const struct said *offer)
{
	size_t at = 0;
	for (const struct said *d; (d = next_about(l, offer, &at));) {
		bool cleared = false;
		size_t k = 0;
		if (d->kind != KIND_TRADE_DISPUTE)
			continue;
		for (const struct said *c; (c = next_about(l, offer, &k));)
			cleared |= c->kind == KIND_TRADE_CLEAR && c->author.n == d->author.n &&
			           names(&c->other, d);
		if (!cleared)
			return true;
	}
	return false;
}

static void sum_trade(const struct ledger *l, const struct said *offer, int64_t sign, struct sums *out)
{
	bool accepted = false, declined = false, withdrawn = false;
	uint64_t withdrawal = withdrawn_at(l, offer);
	size_t at = 0;
	for (const struct said *s; (s = next_about(l, offer, &at));) {
		bool other = s->author.n != offer->author.n && is_first(l, offer, s);
		accepted |= other && s->kind == KIND_TRADE_ACCEPT && withdrawal >= s->seen;
		declined |= other && s->kind == KIND_TRADE_DECLINE;
		withdrawn |= s->kind == KIND_TRADE_WITHDRAW && s->author.n == offer->author.n;
	}
	int64_t amount = sign * offer->amount;
	if (accepted) {
		out->position += offer->counts ? amount : 0;
		out->disputed += offer->counts && has_standing_dispute(l, offer) ? amount : 0;
	} else if (!declined && !withdrawn) {
		out->pending += offer->counts ? amount : 0;
	}
}

/* The payee's record of it was taken back, and the payer agreed. */
static bool is_agreed_back(const struct ledger *l, const struct said *payment)
{
	size_t at = 0;
	for (const struct said *w; (w = next_about(l, payment, &at));) {
		size_t k = 0;
		if (w->kind != KIND_PAYMENT_WITHDRAW || w->author.n != payment->takes.n)
			continue;
		for (const struct said *c; (c = next_about(l, payment, &k));)
			if (c->kind == KIND_PAYMENT_CONFIRM && c->has_other &&
			        c->author.n == payment->gives.n && names(&c->other, w))
				return true;
	}
	return false;
}

static void sum_payment(const struct ledger *l, const struct said *payment, int64_t sign, struct sums *out)
{
	bool confirmed = false, denied = false, withdrawn = false;
	size_t at = 0;
	for (const struct said *s; (s = next_about(l, payment, &at));) {
		bool other = s->author.n != payment->author.n && is_first(l, payment, s);
		confirmed |= other && s->kind == KIND_PAYMENT_CONFIRM && !s->has_other;
		denied |= other && s->kind == KIND_PAYMENT_DENY;
		withdrawn |= s->kind == KIND_PAYMENT_WITHDRAW && s->author.n == payment->author.n;
	}
	int64_t amount = sign * payment->amount;
	if (payment->by_gives ? confirmed : !is_agreed_back(l, payment))
		out->position += amount;
	else if (payment->by_gives && !denied && !withdrawn)
		out->pending_payments += amount;
}

/* What A has with B, by all statements: what B owes A is above 0. */
static struct sums sums_of(const struct ledger *l, struct member_no a, struct member_no b)
{
	struct sums sums = {0};
	for (size_t i = 0; i < l->count; i++) {
		const struct said *s = &l->all[i];
		bool gives = s->gives.n == a.n && s->takes.n == b.n,
		     takes = s->gives.n == b.n && s->takes.n == a.n;
		if (!gives && !takes)
			continue;
		if (s->kind == KIND_TRADE_OFFER)
			sum_trade(l, s, gives ? 1 : -1, &sums);
		else if (s->kind == KIND_PAYMENT_RECORD)
			sum_payment(l, s, gives ? 1 : -1, &sums);
	}
	return sums;
}

static void compare(struct sim *sim, uint32_t index, const struct view_sum *shown, struct member_no a,
        const struct sums *want)
{
	const struct pair_sums *s = &shown->sums;
	sim->check->looked++;
	if (s->position.n == want->position && s->pending.n == want->pending &&
	        s->pending_payments.n == want->pending_payments && s->disputed.n == want->disputed &&
	        !check_spoils(sim, "I7"))
		return;
	sim_fail(sim, "I7",
	        "node %u shows between members %u and %u %lld, pending %lld and %lld, disputed %lld; the "
	        "statements give %lld, %lld, %lld, %lld",
	        index, a.n, shown->partner.n, (long long)s->position.n, (long long)s->pending.n,
	        (long long)s->pending_payments.n, (long long)s->disputed.n, (long long)want->position,
	        (long long)want->pending, (long long)want->pending_payments, (long long)want->disputed);
}

/* Of one node, by its own store. */
static void compare_model(struct sim *sim, uint32_t index, struct txn *txn)
{
	struct ledger l = {.roster = txn_roster(txn)};
	struct feed_info info;
	for (struct place place = {.seq = 0}; feed_info(txn, place.feed, &info); place.feed.n++)
		for (place.seq = 0; place.seq < info.head.size; place.seq++)
			read_entry(&l, txn, place);
	for (struct member_no a = {0}; a.n < l.roster->members_count; a.n++)
		for (struct member_no b = {0}; b.n < a.n; b.n++) {
			struct view_sum shown = {.partner = b};
			const struct sums want = sums_of(&l, a, b);
			(void)view_sum(txn, a, b, &shown);
			compare(sim, index, &shown, a, &want);
		}
	free(l.all);
}

/* Both ways round, and all of it together comes to nothing. */
static void compare_signs(struct sim *sim, uint32_t index, struct txn *txn)
{
	int64_t all = 0;
	uint32_t members = txn_roster(txn)->members_count;
	for (struct member_no a = {0}; a.n < members; a.n++) {
		struct view_at at = {0};
		struct view_sum sum, back;
		while (view_sum_next(txn, a, &at, &sum)) {
			if (!view_sum(txn, sum.partner, a, &back) ||
			        back.sums.position.n != -sum.sums.position.n)
				sim_fail(sim, "I7",
				        "node %u shows %lld between members %u and %u, and not the same the "
				        "other way",
				        index, (long long)sum.sums.position.n, a.n, sum.partner.n);
			all += sum.sums.position.n;
			sim->check->looked++;
		}
	}
	if (all != 0)
		sim_fail(sim, "I7", "at node %u all positions together are %lld", index, (long long)all);
}

void check_sums_last(struct sim *sim)
{
	for (uint32_t i = 0; i < sim->net->count; i++) {
		struct feed_no own;
		if (!sim_runs(sim, i))
			continue;
		struct txn *txn = check_read(sim, i);
		compare_signs(sim, i, txn);
		bool all =
		        own_feed(txn, &own) && (roster_roles_at(txn_roster(txn), own, txn_roster(txn)->size) &
		                                       (ROLE_REGISTRAR | ROLE_AUDITOR)) != 0;
		if (all || sim_draw(sim, SIM_CHECKS, 8) == 0)
			compare_model(sim, i, txn);
		must(txn_error(txn) == ERR_OK);
		txn_abort(txn);
	}
}
