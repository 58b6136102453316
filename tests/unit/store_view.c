/* SPDX-License-Identifier: Apache-2.0
 * store_view.c: what the views and the questions over them say of a small district whose numbers are known: balances,
 * waiting and rejected statements, what was received and heard, policies, RATs, sealed entries and their readers.
 * Feeds: 0 dinas; 1 member 1; 2 member 2; 3 an auditor (member 3); 4 a second officer of member 1, added late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/answer.h"
#include "ledger/profile.h"
#include "storage/query.h"
#include "storage/verify.h"
#include "support/authors.h"
#include "support/homes.h"

struct fixture {
	struct home_dir home;
	struct authors a;
	struct store *store;
	struct txn *txn;
};
static struct fixture f;

static void begin(uint32_t viewer)
{
	homes_make(&f.home);
	f.store = homes_store(&f.home, &f.a.feeds[viewer].keys);
	assert_int_equal(txn_write(f.store, &f.txn), ERR_OK);
}

static void end(void)
{
	txn_abort(f.txn);
	store_close(f.store);
	homes_remove(&f.home);
}

static int set_up(void **state)
{
	(void)state;
	authors_init(&f.a, 9);
	authors_admit(&f.a, "satu");
	authors_admit(&f.a, "dua");
	authors_admit(&f.a, "periksa");
	authors_add(&f.a, 1, 1, ROLE_OFFICER);
	authors_add(&f.a, 2, 2, ROLE_OFFICER);
	authors_add(&f.a, 3, 3, ROLE_AUDITOR);
	begin(3);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	end();
	authors_deinit(&f.a);
	return 0;
}

static void deliver(uint32_t feed)
{
	authors_sign(&f.a, feed);
	while (authors_deliver(&f.a, f.txn, feed))
		;
}

static void commit(void)
{
	assert_int_equal(txn_commit(f.txn), ERR_OK);
	f.txn = NULL;
	assert_int_equal(txn_write(f.store, &f.txn), ERR_OK);
}

static struct day day_of(const char *text)
{
	struct day d;
	assert_int_equal(date_parse(bytes_text(text), &d), ERR_OK);
	return d;
}

/* To the dinas, the auditor and the partner's feed. */
static uint32_t channel(uint32_t feed, uint32_t partner)
{
	const uint32_t readers[] = {0, 3, partner};
	return authors_channel(&f.a, feed, f.a.feeds[0].entries_count, readers, 3);
}

static struct reference offer(
        uint32_t feed, uint32_t channel, uint32_t partner, int64_t rupiah, const char *date)
{
	struct trade_line line = {.item = bytes_text("kakao"),
	        .unit = bytes_text("kg"),
	        .price = {.quantity_milli = 1000, .unit_price_sen = rupiah * 100}};
	struct trade_offer o = {.role = TRADE_SELLER,
	        .partner = {partner},
	        .date = day_of(date),
	        .due = day_of(date),
	        .lines = &line,
	        .lines_count = 1,
	        .total = {rupiah}};
	trade_offer_pack(authors_body(&f.a), &o);
	return authors_seal(&f.a, feed, channel, KIND_TRADE_OFFER);
}

static struct reference accept(uint32_t feed, uint32_t channel, const struct reference *about)
{
	struct trade_accept a = {.about = *about, .seen = about->place.seq + 1};
	trade_accept_pack(authors_body(&f.a), &a);
	return authors_seal(&f.a, feed, channel, KIND_TRADE_ACCEPT);
}

static struct reference pay(uint32_t feed, uint32_t channel, uint32_t partner, int64_t rupiah)
{
	struct payment_record_body p = {.role = PAYMENT_PAYEE,
	        .partner = {partner},
	        .amount = {rupiah},
	        .date = day_of("2023-11-20")};
	payment_record_pack(authors_body(&f.a), &p);
	return authors_seal(&f.a, feed, channel, KIND_PAYMENT_RECORD);
}

static struct view_sum sum(uint32_t member, uint32_t partner)
{
	struct view_sum s;
	if (!view_sum(f.txn, (struct member_no){member}, (struct member_no){partner}, &s))
		return (struct view_sum){.partner = {UINT32_MAX}};
	return s;
}

static void trades_and_sums(void **state)
{
	(void)state;
	uint32_t one = channel(1, 2), two = channel(2, 1);
	struct reference first = offer(1, one, 2, 500000, "2023-11-16");
	struct reference second = offer(1, one, 2, 70000, "2023-11-18");
	struct reference yes = accept(2, two, &first);
	(void)second;
	pay(1, one, 2, 200000);
	deliver(0);
	deliver(2); /* the accept waits for its offer */
	struct view_at at = {.len = 0};
	struct view_waiting waiting;
	assert_true(view_waiting_next(f.txn, &at, &waiting));
	assert_int_equal(place_compare(waiting.place, yes.place), 0);
	assert_int_equal(place_compare(waiting.about, first.place), 0);
	assert_int_equal(sum(1, 2).partner.n, UINT32_MAX);
	commit();
	deliver(1);
	at = (struct view_at){.len = 0};
	assert_false(view_waiting_next(f.txn, &at, &waiting));
	assert_int_equal(sum(1, 2).sums.position.n, 300000);
	assert_int_equal(sum(2, 1).sums.position.n, -300000);
	assert_int_equal(sum(1, 2).sums.pending.n, 70000);
	assert_int_equal(sum(1, 2).objects[OBJECT_TRADE], 2);
	assert_int_equal(sum(1, 2).objects[OBJECT_PAYMENT], 1);
	struct view_object object;
	struct trade_record record;
	assert_true(view_object(f.txn, first.place, &object));
	assert_int_equal(trade_record_read(object.record, &record), ERR_OK);
	assert_int_equal(record.state, TRADE_AGREED);
	assert_false(view_object(f.txn, yes.place, &object));
	struct view_about about;
	at = (struct view_at){.len = 0};
	assert_true(view_about_next(f.txn, first.place, &at, &about));
	assert_true(reference_equal(&about.statement, &yes));
	assert_int_equal(about.kind, KIND_TRADE_ACCEPT);
	assert_int_equal(about.err, ERR_OK);
	assert_false(view_about_next(f.txn, first.place, &at, &about));
}

static void pairs(void **state)
{
	(void)state;
	uint32_t one = channel(1, 2);
	for (int i = 1; i <= 5; i++)
		offer(1, one, 2, 1000 * i, "2023-11-16");
	pay(1, one, 2, 50);
	deliver(0);
	deliver(1);
	struct view_pair which = {.a = {2}, .b = {1}, .type = OBJECT_TRADE};
	struct view_at at = {.len = 0};
	struct view_object object;
	uint32_t count = 0;
	while (view_pair_next(f.txn, &which, &at, &object))
		count++;
	assert_int_equal(count, 5);
	which.type = OBJECT_NONE;
	at = (struct view_at){.len = 0};
	while (view_pair_next(f.txn, &which, &at, &object))
		count++;
	assert_int_equal(count, 11);
	struct view_sum s;
	at = (struct view_at){.len = 0};
	assert_true(view_sum_next(f.txn, (struct member_no){2}, &at, &s));
	assert_int_equal(s.partner.n, 1);
	assert_false(view_sum_next(f.txn, (struct member_no){2}, &at, &s));
}

static void balance(void **state)
{
	(void)state;
	uint32_t one = channel(1, 2), two = channel(2, 1);
	struct reference first = offer(1, one, 2, 500000, "2023-11-16"),
	                 late = offer(1, one, 2, 9, "2023-12-16");
	accept(2, two, &first);
	accept(2, two, &late);
	pay(1, one, 2, 200000);
	deliver(0);
	deliver(1);
	deliver(2);
	struct query_balance ask = {.self = {1},
	        .partner = {2},
	        .has_as_of = true,
	        .as_of = day_of("2023-12-01"),
	        .overdue_on = day_of("2023-12-01")};
	struct query_pair *pair;
	assert_int_equal(query_pair_open(f.txn, &ask, &pair), ERR_OK);
	assert_int_equal(pair->balance.balance.n, 300000);
	assert_int_equal(pair->trades_count, 2);
	assert_int_equal(pair->payments_count, 1);
	assert_int_equal(pair->balance.ours.overdue[OVERDUE_1_30].n, 300000);
	assert_int_equal(pair->unopened, 0);
	assert_false(pair->has_partnership);
	query_pair_close(pair);
	ask.has_as_of = false;
	ask.self.n = 2;
	ask.partner.n = 1;
	assert_int_equal(query_pair_open(f.txn, &ask, &pair), ERR_OK);
	assert_int_equal(pair->balance.balance.n, -300009);
	query_pair_close(pair);
	ask.partner.n = 77;
	assert_int_equal(query_pair_open(f.txn, &ask, &pair), ERR_NO_SUCH_MEMBER);
}

static void rejected(void **state)
{
	(void)state;
	uint32_t one = channel(1, 2);
	struct reference trade = offer(1, one, 2, 500, "2023-11-16");
	struct reference own = accept(1, one, &trade); /* nobody answers its own offer */
	struct reference stranger = offer(1, one, 9, 500, "2023-11-16");
	struct reference about_accept = accept(1, one, &own);
	authors_say_raw(&f.a, 1, AUDIENCE_NETWORK, 999, bytes_text("?"));
	deliver(0);
	deliver(1);
	assert_int_equal(view_rejected(f.txn, trade.place), ERR_OK);
	assert_int_equal(view_rejected(f.txn, own.place), ERR_NOT_A_PARTY);
	assert_int_equal(view_rejected(f.txn, stranger.place), ERR_NO_SUCH_MEMBER);
	assert_int_equal(view_rejected(f.txn, about_accept.place), ERR_NO_SUCH_OBJECT);
	struct view_at at = {.len = 0};
	struct view_rejected r;
	assert_true(view_rejected_next(f.txn, &at, &r));
	assert_true(r.has_about && r.err == ERR_NOT_A_PARTY);
	assert_true(view_rejected_next(f.txn, &at, &r));
	assert_true(!r.has_about && r.err == ERR_NO_SUCH_MEMBER);
	assert_true(view_rejected_next(f.txn, &at, &r));
	assert_true(view_rejected_next(f.txn, &at, &r));
	assert_int_equal(r.err, ERR_UNKNOWN_KIND);
	assert_false(view_rejected_next(f.txn, &at, &r));
	commit();
	while (f.a.feeds[0].entries_count < 20)
		authors_admit(&f.a, "baru"); /* the stranger among them */
	deliver(0);
	assert_int_equal(view_rejected(f.txn, stranger.place), ERR_OK);
	assert_int_equal(sum(1, 9).sums.pending.n, 500);
}

/* A role taken away, from a size on, and given back. */
static void roles(void **state)
{
	(void)state;
	uint32_t one = channel(1, 2);
	struct reference before = offer(1, one, 2, 500, "2023-11-16"),
	                 after = offer(1, one, 2, 70, "2023-11-16");
	deliver(0);
	deliver(1);
	assert_int_equal(sum(1, 2).sums.pending.n, 570);
	struct roster_regrant g = {.feed = {1}, .roles = ROLE_RELAY, .from_size = after.place.seq};
	roster_body_regrant_pack(authors_body(&f.a), &g);
	authors_say(&f.a, 0, KIND_FEED_ROLES);
	deliver(0);
	assert_int_equal(sum(1, 2).sums.pending.n, 500);
	assert_int_equal(view_rejected(f.txn, after.place), ERR_NO_RIGHT);
	assert_int_equal(view_rejected(f.txn, before.place), ERR_OK);
	g.roles = ROLE_OFFICER;
	g.from_size = 0;
	roster_body_regrant_pack(authors_body(&f.a), &g);
	authors_say(&f.a, 0, KIND_FEED_ROLES);
	deliver(0);
	assert_int_equal(sum(1, 2).sums.pending.n, 570);
}

static void cut_off(void **state)
{
	(void)state;
	uint32_t one = channel(1, 2), two = channel(2, 1);
	struct reference trade = offer(1, one, 2, 500, "2023-11-16");
	accept(2, two, &trade);
	deliver(0);
	deliver(1);
	deliver(2);
	assert_int_equal(sum(2, 1).sums.position.n, -500);
	authors_cut(&f.a, 2, 0);
	deliver(0);
	assert_int_equal(sum(2, 1).sums.position.n, 0);
	assert_int_equal(sum(1, 2).sums.pending.n, 500);
	authors_cut(&f.a, 1, trade.place.seq);
	authors_resolve(&f.a, 2);
	deliver(0);
	assert_int_equal(sum(1, 2).partner.n, UINT32_MAX);
	struct view_at at = {.len = 0};
	struct view_waiting waiting;
	assert_true(view_waiting_next(f.txn, &at, &waiting));
	authors_resolve(&f.a, 1);
	deliver(0);
	assert_int_equal(sum(2, 1).sums.position.n, -500);
}

/* Member 1's own node: what others seal to each other stays closed. */
static void not_for_us(void **state)
{
	(void)state;
	uint32_t one = channel(1, 2);
	const uint32_t others[] = {0, 3};
	uint32_t closed = authors_channel(&f.a, 2, 1, others, 2);
	struct reference mine = offer(1, one, 2, 500, "2023-11-16"),
	                 theirs = offer(2, closed, 1, 9, "2023-11-16");
	end();
	begin(1);
	deliver(0);
	deliver(1);
	deliver(2);
	static uint8_t room[ENTRY_PAYLOAD_BYTES_MAX];
	struct bytes_out scratch = bytes_out(room, sizeof room);
	struct statement s;
	struct channel_secret secret;
	assert_int_equal(view_statement(f.txn, mine.place, &scratch, &s), ERR_OK);
	assert_int_equal(s.kind, KIND_TRADE_OFFER);
	assert_int_equal(s.author.n, 1);
	scratch = bytes_out(room, sizeof room);
	assert_int_equal(view_statement(f.txn, theirs.place, &scratch, &s), ERR_NOT_FOR_US);
	assert_int_equal(s.kind, KIND_SEALED);
	assert_int_equal(view_statement(f.txn, (struct place){.seq = 99}, &scratch, &s), ERR_NOT_FOUND);
	assert_int_equal(view_sealed(f.txn, (struct feed_no){2}).not_for_us, 1);
	assert_int_equal(view_sealed(f.txn, (struct feed_no){1}).opened, 1);
	assert_int_equal(view_channel(f.txn, (struct place){.feed = {2}, .seq = 0}, &secret), ERR_NOT_FOR_US);
	assert_int_equal(view_channel(f.txn, (struct place){.feed = {1}, .seq = 0}, &secret), ERR_OK);
	assert_int_equal(view_channel(f.txn, (struct place){.feed = {1}, .seq = 1}, &secret), ERR_NOT_FOUND);
	assert_int_equal(sum(1, 2).sums.pending.n, 500);
}

static void readers(void **state)
{
	(void)state;
	const struct member_no parties[] = {{1}, {2}};
	uint32_t whole = channel(1, 2);
	struct reference good = offer(1, whole, 2, 1, "2023-11-16");
	const uint32_t few[] = {2, 3}; /* not to the dinas */
	uint32_t lacking = authors_channel(&f.a, 1, f.a.feeds[0].entries_count, few, 2);
	struct reference bad = offer(1, lacking, 2, 1, "2023-11-16");
	authors_add(&f.a, 1, 4, ROLE_OFFICER);
	uint32_t outdated =
	        authors_channel(&f.a, 1, f.a.feeds[0].entries_count, (const uint32_t[]){0, 3, 2}, 3);
	struct reference late = offer(1, outdated, 2, 1, "2023-11-16");
	deliver(0);
	deliver(1);
	assert_int_equal(view_readers(f.txn, good.place, parties, 2), ERR_OK);
	assert_int_equal(view_readers(f.txn, bad.place, parties, 2), ERR_READER_MISSING);
	assert_int_equal(view_readers(f.txn, late.place, parties, 2), ERR_READER_MISSING);
	assert_int_equal(
	        view_readers(f.txn, (struct place){.feed = {1}, .seq = 99}, parties, 2), ERR_NOT_FOUND);
}

/* Of feed 1; the head is that of the branch kept as FEED. */
static void say_seen(uint64_t time_s, uint32_t feed, uint64_t size)
{
	struct witness_row row = {.feed = {1}, .checkpoint = {.head = authors_head(&f.a, feed, size)}};
	witness_seen_pack(authors_body(&f.a), time_s, &row, 1);
	authors_say(&f.a, 0, KIND_WITNESS_SEEN);
}

static void say_profiles(uint32_t feed, const char *contact, int count)
{
	const struct profile_set p = {.contact = bytes_text(contact)};
	for (int i = 0; i < count; i++) {
		profile_set_pack(authors_body(&f.a), &p);
		authors_say(&f.a, feed, KIND_PROFILE_SET);
	}
}

static uint64_t received_s(uint64_t seq)
{
	uint64_t time_ms;
	return query_received(f.txn, (struct place){.feed = {1}, .seq = seq}, &time_ms) ? time_ms / 1000 : 0;
}

/* Statements of a branch that a cutoff left cover what both have in common, and nothing else. */
static void received_off_the_branch(void **state)
{
	(void)state;
	struct fork fork;
	struct proof none = {0};
	say_profiles(1, "Bu Siti", 2);
	authors_branch(&f.a, 1, 5, 2);
	say_profiles(5, "Pak Budi", 8);
	say_profiles(1, "Bu Siti", 4);
	say_seen(1000, 5, 2);
	say_seen(2000, 5, 4);
	authors_cut(&f.a, 1, 6);
	uint64_t cut_s = f.a.feeds[0].entries[f.a.feeds[0].entries_count - 1].item.time_ms / 1000;
	deliver(0);
	deliver(1);
	assert_int_equal(received_s(1), 1000);
	assert_int_equal(received_s(2), cut_s);
	say_seen(3000, 1, 5);
	say_seen(4000, 5, 9); /* beyond the cutoff: believed, until two histories are known */
	deliver(0);
	assert_int_equal(received_s(2), 3000);
	assert_int_equal(received_s(5), 4000);
	const struct secret_keys *keys = &f.a.feeds[1].keys;
	struct checkpoint x = {.head = authors_head(&f.a, 5, 4)}, y = {.head = authors_head(&f.a, 1, 4)};
	checkpoint_sign(&f.a.network, &keys->public.feed, keys->feed, &x.head, x.signature);
	checkpoint_sign(&f.a.network, &keys->public.feed, keys->feed, &y.head, y.signature);
	assert_int_equal(fork_build(&f.a.network, &keys->public.feed, &x, &y, &none, &fork), ERR_OK);
	fork_pack(authors_body(&f.a), &fork);
	authors_say(&f.a, 0, KIND_FORK_PROOF);
	deliver(0);
	assert_int_equal(received_s(5), cut_s);
}

static void received(void **state)
{
	(void)state;
	uint64_t time_ms;
	struct head head;
	say_profiles(1, "Bu Siti", 6);
	say_seen(1000, 1, 2);
	say_seen(900, 1, 4);  /* a clock that went back */
	say_seen(2000, 1, 3); /* covers nothing new */
	deliver(0);
	deliver(1);
	assert_int_equal(received_s(1), 1000);
	assert_int_equal(received_s(3), 1000);
	assert_int_equal(received_s(4), 0);
	assert_true(query_covered(f.txn, (struct feed_no){1}, &head));
	assert_int_equal(head.size, 4);
	assert_false(query_covered(f.txn, (struct feed_no){2}, &head));
	assert_true(query_received(f.txn, (struct place){.seq = 1}, &time_ms));
	assert_int_equal(time_ms, f.a.feeds[0].entries[1].item.time_ms);
	struct view_said which = {.member = {1}, .kind = KIND_PROFILE_SET};
	struct view_at at = {.len = 0};
	struct entry_ref entry;
	for (uint64_t seq = 6; seq-- > 0;) {
		assert_true(view_said_next(f.txn, &which, VIEW_NEWEST_FIRST, &at, &entry));
		assert_int_equal(entry.place.seq, seq);
	}
	assert_false(view_said_next(f.txn, &which, VIEW_NEWEST_FIRST, &at, &entry));
	at = (struct view_at){.len = 0};
	assert_true(view_said_next(f.txn, &which, VIEW_OLDEST_FIRST, &at, &entry));
	assert_int_equal(entry.place.seq, 0);
}

static void say_heard(const char *date, uint32_t feed)
{
	struct feed_no feeds[] = {{feed}};
	witness_heard_pack(authors_body(&f.a), date_start_ms(day_of(date), 480) / 1000, feeds, 1);
	authors_say(&f.a, 0, KIND_WITNESS_HEARD);
}

static void heard(void **state)
{
	(void)state;
	struct day day;
	say_heard("2023-03-01", 1);
	say_heard("2023-05-01", 1);
	say_heard("2023-04-01", 3); /* an auditor is no officer */
	deliver(0);
	assert_true(query_heard(f.txn, (struct member_no){1}, day_of("2023-12-31"), &day));
	assert_int_equal(day.n, day_of("2023-05-01").n);
	assert_true(query_heard(f.txn, (struct member_no){1}, day_of("2023-04-30"), &day));
	assert_int_equal(day.n, day_of("2023-03-01").n);
	assert_false(query_heard(f.txn, (struct member_no){1}, day_of("2023-02-28"), &day));
	assert_false(query_heard(f.txn, (struct member_no){3}, day_of("2023-12-31"), &day));
	authors_cut(&f.a, 1, 0);
	deliver(0);
	assert_false(query_heard(f.txn, (struct member_no){1}, day_of("2023-12-31"), &day));
}

static void set_policy(int32_t from_year, uint32_t offer_days)
{
	struct policy p;
	policy_default(&p);
	p.from_year = from_year;
	p.offer_days = offer_days;
	policy_pack(authors_body(&f.a), &p);
	authors_say(&f.a, 0, KIND_POLICY_SET);
}

static void policies(void **state)
{
	(void)state;
	struct policy p, standard;
	policy_default(&standard);
	set_policy(2020, 20);
	set_policy(2022, 22);
	set_policy(2020, 21);
	deliver(0);
	query_policy(f.txn, 2019, &p);
	assert_int_equal(p.offer_days, standard.offer_days);
	query_policy(f.txn, 2021, &p);
	assert_int_equal(p.offer_days, 21);
	query_policy(f.txn, 2030, &p);
	assert_int_equal(p.offer_days, 22);
}

static void rat(void **state)
{
	(void)state;
	struct rat_attest a = {.year = 2022,
	        .closing = day_of("2022-12-31"),
	        .held = day_of("2023-02-10"),
	        .number = 4,
	        .place = bytes_text("Belopa"),
	        .members_total = 40,
	        .present = 30,
	        .quorum = 21,
	        .clause = bytes_text("AD 12")};
	rat_attest_pack(authors_body(&f.a), &a);
	struct reference said = authors_say(&f.a, 1, KIND_RAT_ATTEST);
	deliver(0);
	deliver(1);
	struct query_year ask = {.member = {1}, .year = 2022, .as_of = day_of("2023-03-01")};
	struct query_rat *rat;
	assert_int_equal(query_rat_open(f.txn, &ask, &rat), ERR_OK);
	assert_int_equal(rat->answer.status, STATUS_NOT_YET_DUE);
	assert_int_equal(rat->items_count, 1);
	assert_false(rat->items[0].has_received);
	query_rat_close(rat);
	say_seen(date_start_ms(day_of("2023-02-20"), 480) / 1000, 1, said.place.seq + 1);
	deliver(0);
	assert_int_equal(query_rat_open(f.txn, &ask, &rat), ERR_OK);
	assert_int_equal(rat->answer.status, STATUS_ON_TIME);
	assert_int_equal(rat->answer.received.n, day_of("2023-02-20").n);
	query_rat_close(rat);
	ask.member.n = 99;
	assert_int_equal(query_rat_open(f.txn, &ask, &rat), ERR_NO_SUCH_MEMBER);
}

static enum err verify(struct verify_report *report)
{
	char scratch[512];
	homes_path(&f.home, "scratch", scratch);
	struct verify_options options = {.scratch = scratch};
	commit();
	return verify_store(f.store, &options, report);
}

static void verified(void **state)
{
	(void)state;
	static struct verify_report report;
	uint32_t one = channel(1, 2), two = channel(2, 1);
	struct reference trade = offer(1, one, 2, 500, "2023-11-16");
	accept(2, two, &trade);
	deliver(0);
	deliver(1);
	deliver(2);
	assert_int_equal(verify(&report), ERR_OK);
	assert_int_equal(report.differences, 0);
	assert_int_equal(report.feeds, 4);
	assert_int_equal(report.entries, 7 + 2 + 2);
	assert_int_equal(report.not_for_us, 0);
	assert_true(report.rows > 20);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	        TEST(trades_and_sums),
	        TEST(pairs),
	        TEST(balance),
	        TEST(rejected),
	        TEST(roles),
	        TEST(cut_off),
	        TEST(not_for_us),
	        TEST(readers),
	        TEST(received),
	        TEST(received_off_the_branch),
	        TEST(heard),
	        TEST(policies),
	        TEST(rat),
	        TEST(verified),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
