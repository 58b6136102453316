/* SPDX-License-Identifier: Apache-2.0
 * ledger_trade_states.c: every state of a trade, its record and sums, and that they are a function of the set of
 * statements alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ledger/trade.h"
#include "support/statements.h"

#define DAY_2018 17532
/* members of the scripts, and their two feeds each */
enum { DINAS, SELLER, BUYER, STRANGER, MEMBERS };
enum { S1 = 2 * SELLER, S2, B1, B2, X1 };

static uint8_t memory[65536];

static struct trade_offer good(struct trade_parts *parts)
{
	parts->lines[0] = (struct trade_line){
	        .item = bytes_text("TBS sawit"), .unit = bytes_text("kg"), .price = {2000000, 290781, 250}};
	struct trade_offer o = {
	        .role = TRADE_SELLER,
	        .partner = {BUYER},
	        .date = {DAY_2018},
	        .invoice = bytes_text("N-1"),
	        .lines = parts->lines,
	        .lines_count = 1,
	        .terms = TERMS_DAYS,
	        .days = 30,
	        .due = {DAY_2018 + 30},
	        .has_refers = true,
	        .refers = {.place = {{3}, 4}, .id = {9}},
	};
	assert_int_equal(trade_offer_total(&o, &o.total), ERR_OK);
	return o;
}

/* --- states. A script: statements by feed, in the order of each feed. */
enum act { END, OFFER, ACCEPT_SEEN, ACCEPT_CROSSED, DECLINE, WITHDRAW, DISPUTE, CLEAR, CLEAR_OTHER };
struct step {
	enum act act;
	uint32_t feed;
	enum err why;
};
struct script {
	const char *name;
	struct step steps[10];
	enum trade_state state;
	bool disputed;
};

struct world {
	struct statements set;
	struct reference offer, dispute;
};

static void world_init(struct world *w, enum trade_kind kind)
{
	struct trade_parts parts;
	struct trade_offer o = good(&parts);
	o.kind = kind;
	statements_init(&w->set, MEMBERS);
	memset(&w->dispute, 0, sizeof w->dispute);
	struct mp_out m = mp_out(memory, sizeof memory);
	trade_offer_pack(&m, &o);
	w->offer = statements_say(&w->set, S1, KIND_TRADE_OFFER, &m, o.date);
}

static void say_accept(struct world *w, uint32_t feed, uint64_t seen)
{
	struct mp_out m = mp_out(memory, sizeof memory);
	trade_accept_pack(&m, &(struct trade_accept){.about = w->offer, .seen = seen});
	statements_say(&w->set, feed, KIND_TRADE_ACCEPT, &m, (struct day){DAY_2018});
}

static void say_clear(struct world *w, uint32_t feed, const struct reference *dispute)
{
	struct mp_out m = mp_out(memory, sizeof memory);
	trade_clear_pack(&m, &(struct trade_clear){.about = w->offer, .dispute = *dispute});
	statements_say(&w->set, feed, KIND_TRADE_CLEAR, &m, (struct day){DAY_2018});
}

static void act(struct world *w, const struct step *s)
{
	switch (s->act) {
	case ACCEPT_SEEN:
		say_accept(w, s->feed, 100);
		break;
	case ACCEPT_CROSSED:
		say_accept(w, s->feed, w->offer.place.seq + 1);
		break;
	case DECLINE:
		statements_answer(&w->set, s->feed, KIND_TRADE_DECLINE, &w->offer);
		break;
	case WITHDRAW:
		statements_answer(&w->set, s->feed, KIND_TRADE_WITHDRAW, &w->offer);
		break;
	case DISPUTE:
		w->dispute = statements_answer(&w->set, s->feed, KIND_TRADE_DISPUTE, &w->offer);
		break;
	case CLEAR:
		say_clear(w, s->feed, &w->dispute);
		break;
	case CLEAR_OTHER:
		say_clear(w, s->feed, &w->offer);
		break;
	case OFFER:
	case END:
		break;
	}
}

static void states(void **state)
{
	(void)state;
	static const struct script scripts[] = {
	        {"offered", {{END, 0, 0}}, TRADE_PROPOSED, false},
	        {"declined", {{DECLINE, B1, 0}}, TRADE_DECLINED, false},
	        {"withdrawn", {{WITHDRAW, S1, 0}}, TRADE_WITHDRAWN, false},
	        {"withdrawn by another feed of the offerer", {{WITHDRAW, S2, 0}}, TRADE_WITHDRAWN, false},
	        {"agreed", {{ACCEPT_CROSSED, B1, 0}}, TRADE_AGREED, false},
	        {"a crossed withdraw loses", {{WITHDRAW, S1, 0}, {ACCEPT_CROSSED, B1, 0}}, TRADE_AGREED,
	                false},
	        {"a withdraw that was seen wins", {{WITHDRAW, S1, 0}, {ACCEPT_SEEN, B1, 0}}, TRADE_WITHDRAWN,
	                false},
	        {"another feed's withdraw is never seen", {{WITHDRAW, S2, 0}, {ACCEPT_SEEN, B1, 0}},
	                TRADE_AGREED, false},
	        {"one accept that had not seen it is enough",
	                {{WITHDRAW, S1, 0}, {ACCEPT_SEEN, B1, 0}, {ACCEPT_CROSSED, B2, 0}}, TRADE_AGREED,
	                false},
	        {"any accept beats a decline", {{DECLINE, B1, 0}, {ACCEPT_SEEN, B2, 0}}, TRADE_AGREED, false},
	        {"a feed's first answer counts: no", {{DECLINE, B1, 0}, {ACCEPT_SEEN, B1, ERR_ANSWERED}},
	                TRADE_DECLINED, false},
	        {"a feed's first answer counts: yes", {{ACCEPT_SEEN, B1, 0}, {DECLINE, B1, ERR_ANSWERED}},
	                TRADE_AGREED, false},
	        {"decline beats withdraw", {{DECLINE, B1, 0}, {WITHDRAW, S1, 0}}, TRADE_DECLINED, false},
	        {"an accept that had seen it, and a decline",
	                {{WITHDRAW, S1, 0}, {ACCEPT_SEEN, B1, 0}, {DECLINE, B2, 0}}, TRADE_DECLINED, false},
	        {"nobody answers itself",
	                {{ACCEPT_SEEN, S2, ERR_NOT_A_PARTY}, {DECLINE, S1, ERR_NOT_A_PARTY}}, TRADE_PROPOSED,
	                false},
	        {"the other side does not withdraw", {{WITHDRAW, B1, ERR_NOT_A_PARTY}}, TRADE_PROPOSED,
	                false},
	        {"strangers", {{ACCEPT_SEEN, X1, ERR_NOT_A_PARTY}, {DISPUTE, X1, ERR_NOT_A_PARTY}},
	                TRADE_PROPOSED, false},
	        {"disputed by the buyer", {{ACCEPT_SEEN, B1, 0}, {DISPUTE, B1, 0}}, TRADE_AGREED, true},
	        {"disputed by the seller", {{ACCEPT_SEEN, B1, 0}, {DISPUTE, S2, 0}}, TRADE_AGREED, true},
	        {"a dispute of what is not agreed waits", {{DISPUTE, B1, 0}}, TRADE_PROPOSED, false},
	        {"cleared", {{ACCEPT_SEEN, B1, 0}, {DISPUTE, B1, 0}, {CLEAR, B1, 0}}, TRADE_AGREED, false},
	        {"cleared by another feed of lower number",
	                {{ACCEPT_SEEN, B1, 0}, {DISPUTE, B2, 0}, {CLEAR, B1, 0}}, TRADE_AGREED, false},
	        {"the other side does not clear it", {{ACCEPT_SEEN, B1, 0}, {DISPUTE, B1, 0}, {CLEAR, S1, 0}},
	                TRADE_AGREED, true},
	        {"a clear must name the dispute",
	                {{ACCEPT_SEEN, B1, 0}, {DISPUTE, B1, 0}, {CLEAR_OTHER, B1, 0}}, TRADE_AGREED, true},
	        {"one dispute of two is cleared",
	                {{ACCEPT_SEEN, B1, 0}, {DISPUTE, S1, 0}, {DISPUTE, B1, 0}, {CLEAR, B1, 0}},
	                TRADE_AGREED, true},
	};
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		struct world w;
		struct object_view view;
		struct trade_record r;
		const struct script *s = &scripts[i];
		world_init(&w, TRADE_SALE);
		for (size_t k = 0; s->steps[k].act != END; k++)
			act(&w, &s->steps[k]);
		assert_true(statements_fold(&w.set, 0, &view));
		assert_int_equal(trade_record_read(BYTES(view.record, view.record_bytes), &r), ERR_OK);
		if (r.state != s->state || r.disputed != s->disputed)
			fail_msg("%s: %s", s->name, trade_state_code(r.state));
		for (size_t k = 0; s->steps[k].act != END; k++)
			if (w.set.why[k + 1] != s->steps[k].why)
				fail_msg("%s: step %zu: %s", s->name, k, err_code(w.set.why[k + 1]));
		statements_deinit(&w.set);
	}
}

static void record_and_sums(void **state)
{
	(void)state;
	struct world w;
	struct object_view view;
	struct trade_record r;
	world_init(&w, TRADE_SALE);
	assert_true(statements_fold(&w.set, 0, &view));
	assert_int_equal(view.type, OBJECT_TRADE);
	assert_true(view.by_pair && !view.by_year && view.a.n == SELLER && view.b.n == BUYER);
	assert_true(view.sums.pending.n > 0 && view.sums.position.n == 0);
	int64_t total = view.sums.pending.n;
	say_accept(&w, B1, 1);
	w.dispute = statements_answer(&w.set, B1, KIND_TRADE_DISPUTE, &w.offer);
	assert_true(statements_fold(&w.set, 0, &view));
	assert_int_equal(view.sums.position.n, total);
	assert_int_equal(view.sums.disputed.n, total);
	assert_int_equal(view.sums.pending.n, 0);
	assert_int_equal(trade_record_read(BYTES(view.record, view.record_bytes), &r), ERR_OK);
	assert_true(reference_equal(&r.ref, &w.offer) && r.has_refers && r.refers.place.seq == 4);
	assert_true(r.seller.n == SELLER && r.buyer.n == BUYER && r.offered_by == TRADE_SELLER);
	assert_int_equal(r.total.n, total);
	assert_int_equal(r.invoice_bytes, 3);
	assert_memory_equal(r.invoice, "N-1", 3);
	/* a record that is cut or longer is not one */
	for (uint16_t len = 0; len < view.record_bytes; len++)
		assert_int_not_equal(trade_record_read(BYTES(view.record, len), &r), ERR_OK);
	assert_int_equal(trade_record_read(BYTES(view.record, view.record_bytes + 1u), &r), ERR_TRAILING);
	statements_deinit(&w.set);
}

static void kinds_that_count(void **state)
{
	(void)state;
	for (uint32_t k = 0; k < TRADE_KINDS; k++) {
		struct world w;
		struct object_view view;
		enum trade_kind kind = (enum trade_kind)k;
		world_init(&w, kind);
		assert_true(statements_fold(&w.set, 0, &view));
		assert_int_equal(view.sums.pending.n != 0, trade_kind_counts(kind));
		say_accept(&w, B1, 1);
		assert_true(statements_fold(&w.set, 0, &view));
		assert_int_equal(view.sums.position.n != 0, trade_kind_counts(kind));
		assert_int_equal(trade_kind_counts(kind), kind != TRADE_CONSIGNMENT && kind != TRADE_LOAN);
		statements_deinit(&w.set);
	}
}

/* --- the state is a function of the set: random sets against the rules written down once more over sets, with the
 * feeds of both sides numbered in every order. */
struct model_answer {
	bool answered, accepts;
	uint64_t seen;
};
struct model {
	struct model_answer first[2];
	bool withdrawn;
	uint64_t withdrawn_at; /* in the offer's feed */
	int disputes, cleared;
};

static enum trade_state model_state(const struct model *m)
{
	bool decline = false;
	for (int i = 0; i < 2; i++) {
		const struct model_answer *a = &m->first[i];
		if (a->answered && a->accepts && a->seen <= m->withdrawn_at)
			return TRADE_AGREED;
		decline |= a->answered && !a->accepts;
	}
	return decline ? TRADE_DECLINED : m->withdrawn ? TRADE_WITHDRAWN : TRADE_PROPOSED;
}

static void random_step(struct world *w, struct model *m, uint64_t *random, const uint32_t feeds[4])
{
	uint32_t who = statements_below(random, 2);
	struct model_answer *a = &m->first[who];
	switch (statements_below(random, 6)) {
	case 0: {
		uint64_t seen = statements_below(random, 6);
		say_accept(w, feeds[2 + who], seen);
		if (!a->answered)
			*a = (struct model_answer){true, true, seen};
		break;
	}
	case 1:
		statements_answer(&w->set, feeds[2 + who], KIND_TRADE_DECLINE, &w->offer);
		if (!a->answered)
			*a = (struct model_answer){true, false, 0};
		break;
	case 2: {
		uint64_t at = w->set.next_seq[feeds[who]];
		statements_answer(&w->set, feeds[who], KIND_TRADE_WITHDRAW, &w->offer);
		m->withdrawn = true;
		if (who == 0 && at < m->withdrawn_at)
			m->withdrawn_at = at;
		break;
	}
	case 3: {
		struct reference d =
		        statements_answer(&w->set, feeds[2 + who], KIND_TRADE_DISPUTE, &w->offer);
		m->disputes++;
		if (statements_below(random, 2) == 0) {
			say_clear(w, feeds[3 - who], &d);
			m->cleared++;
		}
		break;
	}
	default:
		w->set.next_seq[feeds[statements_below(random, 4)]]++;
		break;
	}
}

static void one_random_trade(uint64_t seed)
{
	static const uint32_t orders[][4] = {
	        {S1, S2, B1, B2}, {S2, S1, B2, B1}, {B1, S1, S2, B2}, {B2, B1, S2, S1}};
	struct object_view views[4];
	for (size_t order = 0; order < 4; order++) {
		struct world w;
		struct model m = {.withdrawn_at = UINT64_MAX};
		struct trade_parts parts;
		struct trade_offer o = good(&parts);
		struct trade_record r;
		uint64_t random = seed;
		const uint32_t *feeds = orders[order];
		statements_init(&w.set, MEMBERS);
		for (int i = 0; i < 4; i++)
			w.set.member_of[feeds[i]].n = i < 2 ? SELLER : BUYER;
		struct mp_out out = mp_out(memory, sizeof memory);
		trade_offer_pack(&out, &o);
		w.offer = statements_say(&w.set, feeds[0], KIND_TRADE_OFFER, &out, o.date);
		for (uint32_t n = statements_below(&random, 9); n > 0; n--)
			random_step(&w, &m, &random, feeds);
		assert_true(statements_fold(&w.set, 0, &views[order]));
		struct object_view again;
		statements_shuffle(&w.set, seed);
		assert_true(statements_fold(&w.set, statements_find(&w.set, &w.offer), &again));
		assert_int_equal(again.record_bytes, views[order].record_bytes);
		assert_memory_equal(again.record, views[order].record, again.record_bytes);
		assert_int_equal(trade_record_read(BYTES(again.record, again.record_bytes), &r), ERR_OK);
		assert_int_equal(r.state, model_state(&m));
		assert_int_equal(r.disputed, r.state == TRADE_AGREED && m.disputes > m.cleared);
		assert_memory_equal(&views[order].sums, &views[0].sums, sizeof views[0].sums);
		statements_deinit(&w.set);
	}
}

static void function_of_the_set(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3000; seed++)
		one_random_trade(seed);
}

/* Statements of another noun, and of a kind that names this trade by another id, have no effect on it. */
static void foreign_statements(void **state)
{
	(void)state;
	struct world w;
	struct object_view view;
	struct trade_record r;
	world_init(&w, TRADE_SALE);
	statements_answer(&w.set, B1, KIND_PAYMENT_DENY, &w.offer);
	statements_answer(&w.set, B1, KIND_PARTNERSHIP_DECLINE, &w.offer);
	struct reference other = w.offer;
	other.id[0] ^= 1;
	statements_answer(&w.set, B1, KIND_TRADE_DECLINE, &other);
	assert_true(statements_fold(&w.set, 0, &view));
	assert_int_equal(trade_record_read(BYTES(view.record, view.record_bytes), &r), ERR_OK);
	assert_int_equal(r.state, TRADE_PROPOSED);
	assert_true(w.set.why[1] == ERR_NO_SUCH_OBJECT && w.set.why[2] == ERR_NO_SUCH_OBJECT);
	statements_deinit(&w.set);
}

static void bounded_disputes(void **state)
{
	(void)state;
	struct world w;
	struct object_view view;
	world_init(&w, TRADE_SALE);
	for (uint32_t i = 0; i <= TRADE_DISPUTES_COUNTED_MAX; i++)
		statements_answer(&w.set, B1, KIND_TRADE_DISPUTE, &w.offer);
	assert_true(statements_fold(&w.set, 0, &view));
	assert_int_equal(w.set.why[TRADE_DISPUTES_COUNTED_MAX], ERR_OK);
	assert_int_equal(w.set.why[TRADE_DISPUTES_COUNTED_MAX + 1], ERR_TOO_MANY);
	statements_deinit(&w.set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(states),
	        cmocka_unit_test(record_and_sums),
	        cmocka_unit_test(kinds_that_count),
	        cmocka_unit_test(function_of_the_set),
	        cmocka_unit_test(foreign_statements),
	        cmocka_unit_test(bounded_disputes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
