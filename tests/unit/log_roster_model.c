/* SPDX-License-Identifier: Apache-2.0 */
/* log_roster_model.c: random histories, valid and invalid entries mixed, against a model that only remembers what was
 * said and answers every question by reading all of it again from the start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support/random.h"
#include "support/registrar.h"

#define HISTORIES 300u
#define ENTRIES 120u
#define POOL 24u /* feeds whose keys may turn up */
#define NUMBERS 14u

/* One entry as the model understands it. */
struct said {
	enum { ADMIT, UPDATE, ADD, REGRANT, CUT, RESOLVE, SEEN, FORK, NOTHING, SORTS } sort;
	uint32_t subject; /* member or feed */
	uint32_t roles;
	uint64_t size; /* or from size */
	int32_t year;
	unsigned pool;   /* ADD, FORK */
	bool broken_key; /* ADD */
	bool counted;    /* the model's verdict */
};

static struct registrar R;
static struct secret_keys pool[POOL];
static struct said history[ENTRIES];
static uint32_t said_count;
static uint64_t state_of_random;

static uint32_t below(uint32_t n)
{
	return (uint32_t)random_below(&state_of_random, n);
}

/* The model. Feed 0 and member 0 are the founding's; position 0 too, so history[i] stands at position i + 1. */

static uint32_t members_before(uint32_t end)
{
	uint32_t n = 1;
	for (uint32_t i = 0; i < end; i++)
		n += history[i].sort == ADMIT ? 1 : 0;
	return n;
}

/* The entry that took the feed's number; NULL: none. Feed 0 has none. */
static const struct said *adding(uint32_t feed, uint32_t end)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < end; i++)
		if (history[i].sort == ADD && ++n == feed)
			return &history[i];
	return NULL;
}

static bool alive(uint32_t feed, uint32_t end)
{
	const struct said *s = adding(feed, end);
	return feed == 0 || (s && s->counted);
}

static uint32_t feed_of_pool(unsigned keys, uint32_t end)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < end; i++) {
		n += history[i].sort == ADD ? 1 : 0;
		if (history[i].sort == ADD && history[i].counted && history[i].pool == keys)
			return n;
	}
	return 0;
}

struct cut_state {
	bool cut, forked;
	uint64_t size, seen;
};

static struct cut_state cut_state(uint32_t feed, uint32_t end)
{
	struct cut_state c = {0};
	for (uint32_t i = 0; i < end; i++) {
		const struct said *s = &history[i];
		if (!s->counted)
			continue;
		if (s->sort == SEEN && s->subject == feed && alive(feed, i) && s->size > c.seen)
			c.seen = s->size;
		if (s->sort == CUT && s->subject == feed)
			c = (struct cut_state){true, c.forked, s->size, c.seen};
		if (s->sort == RESOLVE && s->subject == feed)
			c.cut = false;
		if (s->sort == FORK && feed_of_pool(s->pool, i) == feed && feed != 0)
			c = (struct cut_state){true, true, c.cut ? c.size : c.seen, c.seen};
	}
	return c;
}

static uint32_t changes_before(uint32_t feed, uint32_t end)
{
	uint32_t n = 1;
	for (uint32_t i = 0; i < end; i++)
		n += history[i].counted && history[i].subject == feed &&
		                     (history[i].sort == REGRANT || history[i].sort == RESOLVE)
		             ? 1
		             : 0;
	return n;
}

static bool counts(const struct said *s, uint32_t end)
{
	switch (s->sort) {
	case ADMIT:
	case SEEN:
	case NOTHING:
		return true;
	case UPDATE:
		return s->subject < members_before(end);
	case ADD:
		return s->subject < members_before(end) && (s->roles & ROLE_REGISTRAR) == 0 &&
		       !s->broken_key && feed_of_pool(s->pool, end) == 0;
	case REGRANT:
		return alive(s->subject, end) && (s->subject == 0) == ((s->roles & ROLE_REGISTRAR) != 0) &&
		       changes_before(s->subject, end) < ROLES_CHANGES_MAX;
	case CUT:
		return s->subject != 0 && alive(s->subject, end);
	case RESOLVE:
		return s->subject != 0 && alive(s->subject, end) && cut_state(s->subject, end).cut &&
		       !cut_state(s->subject, end).forked &&
		       changes_before(s->subject, end) < ROLES_CHANGES_MAX;
	case FORK:
		return feed_of_pool(s->pool, end) != 0;
	case SORTS:
		break;
	}
	return false;
}

#define FOUNDER (ROLE_REGISTRAR | ROLE_AUDITOR | ROLE_OFFICER | ROLE_WITNESS)

static uint32_t roles_said(uint32_t feed, uint32_t end, uint64_t seq)
{
	const struct said *add = adding(feed, end);
	uint32_t roles = feed == 0 ? FOUNDER : add && add->counted ? add->roles & ROLE_ALL : 0;
	for (uint32_t i = 0; i < end; i++)
		if (history[i].sort == REGRANT && history[i].counted && history[i].subject == feed &&
		        history[i].size <= seq)
			roles = history[i].roles & ROLE_ALL;
	return roles;
}

static uint32_t roles_of(uint32_t feed, uint64_t seq)
{
	struct cut_state c = cut_state(feed, said_count);
	return c.cut && seq >= c.size ? 0 : roles_said(feed, said_count, seq);
}

/* After the first AT entries of the history, the founding being the first. */
static uint32_t roles_then(uint32_t feed, uint64_t at)
{
	if (at == 0)
		return 0;
	uint32_t end = (uint32_t)at - 1;
	if (!alive(feed, end) || cut_state(feed, end).cut)
		return 0;
	return roles_said(feed, end, UINT64_MAX);
}

/* Random entries. */

static struct said some_entry(void)
{
	struct said s = {.sort = below(SORTS),
	        .subject = below(NUMBERS),
	        .roles = below(ROLE_ALL + 1) & (below(4) == 0 ? ROLE_ALL : ROLE_ALL & ~1u),
	        .size = below(40),
	        .year = 2000 + (int32_t)below(30),
	        .pool = below(POOL),
	        .broken_key = below(6) == 0};
	if (s.sort == REGRANT && s.subject == 0 && below(2) == 0)
		s.roles |= ROLE_REGISTRAR;
	return s;
}

static enum err say_update(const struct said *s)
{
	char alias[] = "m00";
	alias[1] = (char)('0' + (said_count / 10) % 10);
	alias[2] = (char)('0' + said_count % 10);
	struct roster_update u = {.profile = registrar_profile("Koperasi", alias),
	        .member = {s->subject},
	        .from_year = s->year};
	roster_body_update_pack(registrar_begin(&R), &u);
	return registrar_apply(&R, KIND_MEMBER_UPDATE);
}

static enum err say_add(const struct said *s)
{
	struct feed_keys keys = pool[s->pool].public;
	if (s->broken_key && s->size % 2 == 0)
		memset(keys.seal, 0xff, sizeof keys.seal);
	else if (s->broken_key)
		memcpy(keys.cosigner, R.feeds[0].keys.seal, 32); /* taken, whatever else is right */
	return registrar_add(&R, s->subject, &keys, s->roles);
}

static enum err say(const struct said *s)
{
	switch (s->sort) {
	case ADMIT:
		return registrar_admit(&R, "Koperasi", "kop");
	case UPDATE:
		return say_update(s);
	case ADD:
		return say_add(s);
	case REGRANT:
		return registrar_regrant(&R, s->subject, s->roles, s->size);
	case CUT:
		return registrar_cut(&R, s->subject, s->size);
	case RESOLVE:
		return registrar_resolve(&R, s->subject);
	case SEEN:
		return registrar_seen(&R, s->subject, s->size);
	case FORK:
		return registrar_fork(&R, &pool[s->pool]);
	case NOTHING:
	case SORTS:
		break;
	}
	return registrar_apply_body(&R, (uint16_t)(17 + s->size), BYTES("?", 1));
}

/* Every question, at the end. */

static void compare_feed(uint32_t feed)
{
	struct feed_no no = {feed};
	struct cut_state c = cut_state(feed, said_count);
	const struct roster_feed *f = roster_feed(&R.roster, no);
	assert_int_equal(f->is_void, !alive(feed, said_count));
	assert_int_equal(roster_limit(&R.roster, no), f->is_void ? 0 : c.cut ? c.size : UINT64_MAX);
	assert_int_equal(f->has_fork, c.forked);
	struct head cutoff = registrar_head(c.size);
	assert_true(!c.cut || memcmp(&f->cutoff, &cutoff, sizeof cutoff) == 0);
	for (uint64_t seq = 0; seq < 45; seq++)
		assert_int_equal(roster_roles(&R.roster, (struct place){no, seq}), roles_of(feed, seq));
	for (uint64_t at = 0; at <= said_count + 1; at++)
		assert_int_equal(roster_roles_at(&R.roster, no, at), roles_then(feed, at));
}

static void compare_readers(uint32_t feeds)
{
	uint32_t author = below(feeds), want = 0;
	struct member_no parties[] = {{below(NUMBERS)}, {below(NUMBERS)}};
	struct roster_readers ask = {{author}, parties, 2, below(said_count + 2)};
	struct feed_no out[ENTRIES];
	uint32_t due = roster_readers(&R.roster, &ask, out, ENTRIES);
	uint32_t home = author == 0 ? 0 : adding(author, said_count)->subject;
	for (uint32_t feed = 0; feed < feeds; feed++) {
		uint32_t roles = roles_then(feed, ask.at);
		const struct said *add = adding(feed, said_count);
		uint32_t member = feed == 0 ? 0 : add->subject;
		bool party = member == parties[0].n || member == parties[1].n ||
		             (member == home && alive(author, said_count));
		bool is_due = (roles & ROLE_AUDITOR) != 0 || ((roles & ROLE_OFFICER) != 0 && party) ||
		              feed == author;
		if (!is_due || !alive(feed, said_count))
			continue;
		assert_true(want < due);
		assert_int_equal(out[want++].n, feed);
	}
	assert_int_equal(due, want);
}

static void compare_profiles(void)
{
	for (uint32_t member = 0; member < R.roster.members_count; member++)
		for (int32_t year = 1999; year < 2032; year++) {
			uint32_t want = UINT32_MAX; /* as admitted */
			for (uint32_t i = 0; i < said_count; i++)
				if (history[i].sort == UPDATE && history[i].counted &&
				        history[i].subject == member && history[i].year <= year)
					want = i;
			const struct profile *p = roster_profile(&R.roster, (struct member_no){member}, year);
			bool updated = p->alias.text[0] == 'm';
			assert_int_equal(updated, want != UINT32_MAX);
			if (updated)
				assert_int_equal(
				        (p->alias.text[1] - '0') * 10 + p->alias.text[2] - '0', want % 100);
		}
}

static void random_histories(void **state)
{
	(void)state;
	uint32_t counted[SORTS] = {0}, refused[SORTS] = {0};
	for (unsigned i = 0; i < POOL; i++)
		pool[i] = registrar_keys(3, (uint8_t)i);
	for (uint64_t seed = 1; seed <= HISTORIES; seed++) {
		state_of_random = seed;
		registrar_found(&R);
		for (said_count = 0; said_count < ENTRIES; said_count++) {
			struct said *s = &history[said_count];
			*s = some_entry();
			s->counted = counts(s, said_count);
			assert_int_equal(say(s) == ERR_OK, s->counted);
			(s->counted ? counted : refused)[s->sort]++;
		}
		assert_int_equal(R.roster.size, ENTRIES + 1);
		assert_int_equal(R.roster.members_count, members_before(ENTRIES));
		for (uint32_t feed = 0; feed < R.roster.feeds_count; feed++)
			compare_feed(feed);
		for (unsigned i = 0; i < 50; i++)
			compare_readers(R.roster.feeds_count);
		compare_profiles();
	}
	/* the histories were worth something: each sort that can be refused was, and each counted */
	for (unsigned sort = 0; sort < SORTS; sort++) {
		assert_true(counted[sort] > 20);
		assert_true(refused[sort] > 20 || sort == ADMIT || sort == SEEN || sort == NOTHING);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(random_histories)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
