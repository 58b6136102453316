/* SPDX-License-Identifier: Apache-2.0 */
/* log_roster.c: what each kind of entry does to a roster, and every way in which one is void. Random histories against
 * a naive model are log_roster_model.c's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "support/registrar.h"

static struct registrar R;
static struct roster *const r = &R.roster;

static uint32_t roles(uint32_t feed, uint64_t seq)
{
	return roster_roles(r, (struct place){{feed}, seq});
}

/* Members: 0 the dinas, 1 "Satu", 2 "Dua". Feeds: 0 the registrar's, 1 of member 1, 2 of member 2, officers. */
static int setup(void **state)
{
	(void)state;
	struct secret_keys one = registrar_keys(1, 0), two = registrar_keys(2, 0);
	registrar_found(&R);
	assert_int_equal(registrar_admit(&R, "Koperasi Satu", "satu"), ERR_OK);
	assert_int_equal(registrar_admit(&R, "Koperasi Dua", "dua"), ERR_OK);
	assert_int_equal(registrar_add(&R, 1, &one.public, ROLE_OFFICER), ERR_OK);
	assert_int_equal(registrar_add(&R, 2, &two.public, ROLE_OFFICER), ERR_OK);
	assert_int_equal(r->size, 5);
	return 0;
}

static void founding(void **state)
{
	(void)state;
	struct feed_no no;
	const uint32_t all = ROLE_REGISTRAR | ROLE_AUDITOR | ROLE_OFFICER | ROLE_WITNESS;
	registrar_found(&R);
	struct hash id = hash_of(mp_written(&R.out));
	assert_true(r->founded);
	assert_int_equal(r->size, 1);
	assert_memory_equal(r->network.id.bytes, id.bytes, 32);
	assert_string_equal(r->network.currency, "IDR");
	assert_int_equal(r->network.zone_minutes, 480);
	assert_int_equal(r->members_count, 1);
	assert_int_equal(r->feeds_count, 1);
	assert_int_equal(roles(0, 0), all);
	assert_int_equal(roles(0, 1000000), all);
	assert_int_equal(roster_registrar(r).n, 0);
	assert_int_equal(roster_shown(r, (struct member_no){0})->form, FORM_OTHER);
	assert_true(roster_find_link(r, registrar_keys(0, 0).public.link, &no));
	assert_int_equal(no.n, 0);
}

/* Changes a founding so that it founds nothing. */
static void of_small_order(struct roster_found *f)
{
	memset(f->keys.feed.bytes, 0, 32);
}
static void recovery_is_no_key(struct roster_found *f)
{
	memset(f->network.recovery, 0xff, 32);
}
static void recovery_is_feed(struct roster_found *f)
{
	memcpy(f->network.recovery, f->keys.feed.bytes, 32);
}
static void one_key_twice(struct roster_found *f)
{
	memcpy(f->keys.cosigner, f->keys.feed.bytes, 32);
}
static void no_name(struct roster_found *f)
{
	f->network.name.len = 0;
}
static void currency_small(struct roster_found *f)
{
	f->network.currency[0] = 'i';
}
static void zone_far(struct roster_found *f)
{
	f->network.zone_minutes = 14 * 60 + 1;
}
static void name_with_escape(struct roster_found *f)
{
	f->network.name.text[0] = 0x1b;
}

static void what_founds_nothing(void **state)
{
	(void)state;
	static void (*const SPOIL[])(struct roster_found *) = {of_small_order, recovery_is_no_key,
	        recovery_is_feed, one_key_twice, no_name, currency_small, zone_far, name_with_escape};
	for (size_t i = 0; i < sizeof SPOIL / sizeof SPOIL[0]; i++) {
		struct roster_found f = registrar_founding();
		SPOIL[i](&f);
		registrar_init(&R);
		roster_body_found_pack(registrar_begin(&R), &f);
		assert_int_not_equal(registrar_apply(&R, KIND_NETWORK_FOUND), ERR_OK);
		assert_false(r->founded);
		assert_int_equal(r->size, 0);
	}
	/* and another kind */
	assert_int_equal(registrar_admit(&R, "Koperasi Satu", "satu"), ERR_WRONG_NETWORK);
	assert_int_equal(r->size, 0);
}

static void founded_once(void **state)
{
	(void)state;
	struct roster_found f = registrar_founding();
	roster_body_found_pack(registrar_begin(&R), &f);
	assert_int_equal(registrar_apply(&R, KIND_NETWORK_FOUND), ERR_NO_RIGHT);
	assert_int_equal(r->size, 6);
	assert_int_equal(r->feeds_count, 3);
}

static void unknown_kinds_advance(void **state)
{
	(void)state;
	static const uint16_t KINDS[] = {
	        0, 1, KIND_CHANNEL_OPEN, KIND_KEY_SHARE, KIND_WITNESS_HEARD, 17, 31, 32, 65535};
	struct roster before = *r;
	for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
		assert_int_equal(registrar_apply_body(&R, KINDS[i], BYTES("x", 1)), ERR_OK);
	assert_int_equal(r->size, before.size + sizeof KINDS / sizeof KINDS[0]);
	before.size = r->size;
	assert_memory_equal(&before, r, sizeof before);
}

/* Every kind with a body that is no body: void, and only a feed.add leaves a number behind. */
static void malformed_bodies_are_void(void **state)
{
	(void)state;
	static const char *BODIES[] = {"", "x", "\x80", "\x81\x00\xc0", "\xc1", "\x82\x00\x00"};
	static const size_t LENS[] = {0, 1, 1, 3, 1, 3};
	static const enum log_kind KINDS[] = {KIND_MEMBER_ADMIT, KIND_MEMBER_UPDATE, KIND_MEMBER_SUSPEND,
	        KIND_MEMBER_REINSTATE, KIND_MEMBER_LEAVE, KIND_FEED_ADD, KIND_FEED_ROLES, KIND_FEED_CUT,
	        KIND_FEED_RESOLVE, KIND_WITNESS_SEEN, KIND_FORK_PROOF};
	for (size_t k = 0; k < sizeof KINDS / sizeof KINDS[0]; k++)
		for (size_t b = 0; b < 6; b++) {
			struct roster before = *r;
			enum err e = registrar_apply_body(&R, (uint16_t)KINDS[k], BYTES(BODIES[b], LENS[b]));
			assert_int_not_equal(e, ERR_OK);
			assert_int_equal(err_blame(e), BLAME_PEER);
			before.size++;
			before.feeds_count += KINDS[k] == KIND_FEED_ADD ? 1 : 0;
			assert_memory_equal(&before, r, sizeof before);
		}
}

static void room_is_asked_for(void **state)
{
	(void)state;
	uint32_t *caps[] = {&r->members_cap, &r->feeds_cap, &r->profiles_cap, &r->changes_cap};
	const uint32_t *counts[] = {
	        &r->members_count, &r->feeds_count, &r->profiles_count, &r->changes_count};
	for (size_t i = 0; i < 4; i++) {
		*caps[i] = *counts[i];
		struct roster before = *r;
		assert_int_equal(registrar_admit(&R, "Koperasi Tiga", "tiga"), ERR_NO_SPACE);
		assert_memory_equal(&before, r, sizeof before);
		*caps[i] = REGISTRAR_ROOM;
	}
	assert_int_equal(registrar_admit(&R, "Koperasi Tiga", "tiga"), ERR_OK);
}

/* A key that is there already, as any of the four; the number is taken all the same. */
static void a_key_enters_once(void **state)
{
	(void)state;
	struct feed_keys there = registrar_keys(1, 0).public, fresh = registrar_keys(3, 0).public, mixed;
	struct feed_no no;
	uint8_t *fields[4] = {mixed.feed.bytes, mixed.cosigner, mixed.link, mixed.seal};
	const uint8_t *taken[4] = {there.feed.bytes, there.cosigner, there.link, there.seal};
	uint32_t number = 3;
	for (size_t f = 0; f < 4; f++)
		for (size_t t = 0; t < 4; t++, number++) {
			mixed = fresh;
			memcpy(fields[f], taken[t], 32);
			assert_int_equal(registrar_add(&R, 2, &mixed, ROLE_OFFICER), ERR_KEY_TAKEN);
			assert_int_equal(r->feeds_count, number + 1);
			assert_true(roster_feed(r, (struct feed_no){number})->is_void);
			assert_int_equal(roles(number, 0), 0);
			assert_int_equal(roster_limit(r, (struct feed_no){number}), 0);
		}
	mixed = fresh;
	memcpy(mixed.link, mixed.seal, 32);
	assert_int_equal(registrar_add(&R, 2, &mixed, ROLE_OFFICER), ERR_KEY_TAKEN);
	mixed = fresh;
	memcpy(mixed.cosigner, r->network.recovery, 32);
	assert_int_equal(registrar_add(&R, 2, &mixed, ROLE_OFFICER), ERR_KEY_TAKEN);
	/* what a void entry named is still free */
	assert_false(roster_find_feed(r, &fresh.feed, &no));
	assert_int_equal(registrar_add(&R, 2, &fresh, ROLE_OFFICER), ERR_OK);
	assert_true(roster_find_feed(r, &fresh.feed, &no));
	assert_int_equal(no.n, number + 2);
}

static void feeds_that_are_void(void **state)
{
	(void)state;
	struct feed_keys keys = registrar_keys(3, 0).public, bad = keys;
	memset(bad.seal, 0, 32);
	assert_int_equal(registrar_add(&R, 3, &keys, ROLE_OFFICER), ERR_NO_SUCH_MEMBER);
	assert_int_equal(registrar_add(&R, 1, &bad, ROLE_OFFICER), ERR_BAD_KEY);
	assert_int_equal(registrar_add(&R, 1, &keys, ROLE_OFFICER | ROLE_REGISTRAR), ERR_NO_RIGHT);
	assert_int_equal(r->feeds_count, 6);
	for (uint32_t n = 3; n < 6; n++) { /* for ever: nothing concerns them */
		assert_int_equal(registrar_regrant(&R, n, ROLE_OFFICER, 0), ERR_NO_SUCH_FEED);
		assert_int_equal(registrar_cut(&R, n, 0), ERR_NO_SUCH_FEED);
		assert_int_equal(registrar_resolve(&R, n), ERR_NO_SUCH_FEED);
		assert_int_equal(registrar_seen(&R, n, 5), ERR_OK);
		assert_int_equal(roster_feed(r, (struct feed_no){n})->seen.size, 0);
		assert_int_equal(roster_feed(r, (struct feed_no){n})->member.n, ROSTER_NONE);
	}
}

static void unknown_role_bits_count_for_nothing(void **state)
{
	(void)state;
	struct feed_keys keys = registrar_keys(3, 0).public;
	assert_int_equal(registrar_add(&R, 1, &keys, 0xffffff00u | ROLE_WITNESS), ERR_OK);
	assert_int_equal(roles(3, 0), ROLE_WITNESS);
}

/* Of several changes that reach a seq, the one said last holds. */
static void roles_hold_from_a_size(void **state)
{
	(void)state;
	assert_int_equal(registrar_regrant(&R, 1, ROLE_AUDITOR, 100), ERR_OK);
	assert_int_equal(registrar_regrant(&R, 1, ROLE_WITNESS, 50), ERR_OK);
	assert_int_equal(registrar_regrant(&R, 1, 0, 200), ERR_OK);
	assert_int_equal(roles(1, 49), ROLE_OFFICER);
	assert_int_equal(roles(1, 50), ROLE_WITNESS);
	assert_int_equal(roles(1, 120), ROLE_WITNESS);
	assert_int_equal(roles(1, 200), 0);
	const struct feed_no one = {1};
	const uint32_t at[] = {0, 0, 0, 0, ROLE_OFFICER, ROLE_OFFICER, ROLE_AUDITOR, ROLE_WITNESS, 0};
	for (uint64_t i = 0; i < sizeof at / sizeof at[0]; i++)
		assert_int_equal(roster_roles_at(r, one, i), at[i]);
}

static void the_registrar_stays_registrar(void **state)
{
	(void)state;
	assert_int_equal(registrar_regrant(&R, 1, ROLE_REGISTRAR, 0), ERR_NO_RIGHT);
	assert_int_equal(registrar_regrant(&R, 0, ROLE_OFFICER, 0), ERR_NO_RIGHT);
	assert_int_equal(registrar_cut(&R, 0, 1), ERR_NO_RIGHT);
	assert_int_equal(registrar_resolve(&R, 0), ERR_NO_RIGHT);
	struct secret_keys keys = registrar_keys(0, 0);
	assert_int_equal(registrar_fork(&R, &keys), ERR_NO_RIGHT);
	assert_int_equal(registrar_regrant(&R, 0, ROLE_REGISTRAR | ROLE_OFFICER, 5), ERR_OK);
	assert_int_equal(roles(0, 5), ROLE_REGISTRAR | ROLE_OFFICER);
	assert_int_equal(roles(0, 4) & ROLE_WITNESS, ROLE_WITNESS);
}

static void changes_are_bounded(void **state)
{
	(void)state;
	for (uint32_t i = 1; i < ROLES_CHANGES_MAX; i++)
		assert_int_equal(registrar_regrant(&R, 1, i & ROLE_RELAY, i), ERR_OK);
	assert_int_equal(registrar_regrant(&R, 1, 0, 0), ERR_TOO_MANY);
	assert_int_equal(registrar_cut(&R, 1, 9), ERR_OK); /* a cut always counts */
	assert_int_equal(registrar_resolve(&R, 1), ERR_TOO_MANY);
}

static void cut_and_resolve(void **state)
{
	(void)state;
	const struct feed_no one = {1};
	assert_int_equal(registrar_resolve(&R, 1), ERR_NO_SUCH_OBJECT);
	assert_int_equal(registrar_cut(&R, 1, 10), ERR_OK); /* at 6 */
	assert_int_equal(roles(1, 9), ROLE_OFFICER);
	assert_int_equal(roles(1, 10), 0);
	assert_int_equal(roster_limit(r, one), 10);
	assert_memory_equal(
	        &r->feeds[1].cutoff, &(struct head[]){registrar_head(10)}[0], sizeof(struct head));
	assert_int_equal(registrar_cut(&R, 1, 20), ERR_OK); /* the registrar changes its mind */
	assert_int_equal(roster_limit(r, one), 20);
	assert_int_equal(
	        registrar_regrant(&R, 1, ROLE_AUDITOR, 5), ERR_OK); /* gives a cut feed no reader's rights */
	assert_int_equal(roster_roles_at(r, one, r->size), 0);
	assert_int_equal(registrar_resolve(&R, 1), ERR_OK);
	assert_int_equal(roster_limit(r, one), UINT64_MAX);
	assert_int_equal(roles(1, 1000), ROLE_AUDITOR);
	assert_int_equal(roster_roles_at(r, one, 6), ROLE_OFFICER);
	assert_int_equal(roster_roles_at(r, one, 7), 0); /* it was cut then, whatever came after */
	assert_int_equal(roster_roles_at(r, one, 9), 0);
	assert_int_equal(roster_roles_at(r, one, 10), ROLE_AUDITOR);
}

static void a_fork_proof_cuts_at_what_was_seen(void **state)
{
	(void)state;
	struct secret_keys one = registrar_keys(1, 0), two = registrar_keys(2, 0);
	assert_int_equal(registrar_seen(&R, 1, 6), ERR_OK);
	assert_int_equal(registrar_seen(&R, 1, 4), ERR_OK); /* older: the newest stays */
	assert_int_equal(registrar_fork(&R, &one), ERR_OK);
	struct head six = registrar_head(6);
	assert_memory_equal(&r->feeds[1].cutoff, &six, sizeof six);
	assert_int_equal(roles(1, 6), 0);
	assert_int_equal(registrar_resolve(&R, 1), ERR_FORKED);
	assert_int_equal(registrar_seen(&R, 1, 60), ERR_OK); /* later statements move nothing */
	assert_int_equal(registrar_fork(&R, &one), ERR_OK);
	assert_int_equal(roster_limit(r, (struct feed_no){1}), 6);
	assert_int_equal(registrar_cut(&R, 1, 3), ERR_OK); /* but the registrar may */
	assert_int_equal(roster_limit(r, (struct feed_no){1}), 3);
	/* never seen: nothing of it counts */
	assert_int_equal(registrar_fork(&R, &two), ERR_OK);
	assert_int_equal(roster_limit(r, (struct feed_no){2}), 0);
	assert_memory_equal(r->feeds[2].cutoff.root.bytes, hash_of(BYTES(NULL, 0)).bytes, 32);
}

static void a_fork_proof_after_a_cut(void **state)
{
	(void)state;
	struct secret_keys one = registrar_keys(1, 0), stranger = registrar_keys(9, 9);
	assert_int_equal(registrar_cut(&R, 1, 2), ERR_OK);
	assert_int_equal(registrar_seen(&R, 1, 6), ERR_OK);
	assert_int_equal(registrar_fork(&R, &one), ERR_OK);
	assert_int_equal(roster_limit(r, (struct feed_no){1}), 2);
	assert_int_equal(registrar_resolve(&R, 1), ERR_FORKED);
	assert_int_equal(registrar_fork(&R, &stranger), ERR_NO_SUCH_FEED);
}

static void a_fork_proof_must_prove(void **state)
{
	(void)state;
	struct secret_keys one = registrar_keys(1, 0);
	assert_int_equal(registrar_fork(&R, &one), ERR_OK);
	uint8_t proof[ENTRY_PAYLOAD_BYTES_MAX];
	struct bytes b = mp_written(&R.out);
	memcpy(proof, b.data, b.len);
	for (size_t bit = 0; bit < b.len * 8; bit += 3) {
		setup(NULL);
		proof[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(registrar_apply_body(&R, KIND_FORK_PROOF, BYTES(proof, b.len)), ERR_OK);
		assert_false(r->feeds[1].is_cut || r->feeds[1].has_fork);
		proof[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static enum err label(enum log_kind kind, uint32_t member)
{
	struct roster_label l = {.member = {member}, .reason = bytes_text("atas permintaan sendiri")};
	roster_body_label_pack(registrar_begin(&R), &l);
	return registrar_apply(&R, kind);
}

static void labels_void_nothing(void **state)
{
	(void)state;
	assert_int_equal(label(KIND_MEMBER_SUSPEND, 1), ERR_OK);
	assert_int_equal(r->members[1].state, MEMBER_SUSPENDED);
	assert_int_equal(label(KIND_MEMBER_LEAVE, 1), ERR_OK);
	assert_int_equal(r->members[1].state, MEMBER_LEFT);
	assert_int_equal(roles(1, 5), ROLE_OFFICER);
	assert_int_equal(label(KIND_MEMBER_REINSTATE, 1), ERR_OK);
	assert_int_equal(r->members[1].state, MEMBER_ACTIVE);
	assert_int_equal(label(KIND_MEMBER_LEAVE, 3), ERR_NO_SUCH_MEMBER);
	assert_int_equal(label(KIND_MEMBER_LEAVE, 0), ERR_NO_RIGHT);
}

static enum err update(uint32_t member, const char *alias, int32_t year)
{
	struct roster_update u = {
	        .member = {member}, .from_year = year, .profile = registrar_profile("Koperasi Lain", alias)};
	roster_body_update_pack(registrar_begin(&R), &u);
	return registrar_apply(&R, KIND_MEMBER_UPDATE);
}

static void profiles_hold_from_a_year(void **state)
{
	(void)state;
	static const struct {
		int32_t year;
		const char *alias;
	} WANT[] = {{1950, "satu"}, {2017, "satu"}, {2018, "c"}, {2019, "c"}, {2020, "b"}, {2199, "b"}};
	assert_int_equal(update(1, "a", 2019), ERR_OK);
	assert_int_equal(
	        update(1, "c", 2018), ERR_OK); /* said later, reaches further back: it holds from 2018 on */
	assert_int_equal(update(1, "b", 2020), ERR_OK);
	assert_int_equal(update(3, "x", 2020), ERR_NO_SUCH_MEMBER);
	assert_int_equal(update(1, "x", BOOK_YEAR_MAX + 1), ERR_DATE_RANGE);
	assert_int_equal(update(1, "x", BOOK_YEAR_MIN - 1), ERR_DATE_RANGE);
	for (size_t i = 0; i < sizeof WANT / sizeof WANT[0]; i++) {
		const struct profile *p = roster_profile(r, (struct member_no){1}, WANT[i].year);
		assert_true(bytes_equal(short_text_bytes(&p->alias), bytes_text(WANT[i].alias)));
	}
	assert_null(roster_profile(r, (struct member_no){3}, 2020));
	assert_null(roster_member(r, (struct member_no){3}));
	assert_null(roster_feed(r, (struct feed_no){3}));
}

static void names_find_members(void **state)
{
	(void)state;
	struct profile p = registrar_profile("Koperasi Tiga", "Tiga-K");
	struct feed_keys one = registrar_keys(1, 0).public;
	char id[65];
	sodium_bin2hex(id, sizeof id, one.feed.bytes, 32);
	p.legal_no = registrar_text("91/BH/PAD/KWK  22/III/1996");
	roster_body_admit_pack(registrar_begin(&R), &p);
	assert_int_equal(registrar_apply(&R, KIND_MEMBER_ADMIT), ERR_OK);
	assert_int_equal(registrar_admit(&R, "Koperasi Empat", "kembar"), ERR_OK);
	assert_int_equal(registrar_admit(&R, "Koperasi Lima", "Kembar"), ERR_OK);
	const struct {
		const char *name;
		enum err want;
		uint32_t member;
	} NAMES[] = {
	        {"satu", ERR_OK, 1},
	        {" SATU ", ERR_OK, 1},
	        {"satu x", ERR_NOT_FOUND, 0},
	        {"tiga-k", ERR_OK, 3},
	        {"91/bh/pad/kwk 22/iii/1996", ERR_OK, 3},
	        {"91/bh/pad/kwk   22/iii/1996 ", ERR_OK, 3},
	        {"91/bh/pad/kwk22/iii/1996", ERR_NOT_FOUND, 0},
	        {"91/bh/pad/kwk 22/iii/199", ERR_NOT_FOUND, 0},
	        {"KEMBAR", ERR_TOO_MANY, 0},
	        {"dinas", ERR_OK, 0},
	        {"", ERR_NOT_FOUND, 0},
	        {"  ", ERR_NOT_FOUND, 0},
	};
	for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
		struct member_no no = {77};
		assert_int_equal(roster_find_member(r, bytes_text(NAMES[i].name), &no), NAMES[i].want);
		assert_int_equal(no.n, NAMES[i].want == ERR_OK ? NAMES[i].member : 77);
	}
	struct member_no no;
	assert_int_equal(roster_find_member(r, BYTES(id, 8), &no), ERR_OK);
	assert_int_equal(no.n, 1);
	assert_int_equal(roster_find_member(r, BYTES(id, 64), &no), ERR_OK);
	assert_int_equal(roster_find_member(r, BYTES(id, 7), &no), ERR_NOT_FOUND);
}

/* Officers of the parties and auditors, as they were at a position. */
static void readers(void **state)
{
	(void)state;
	struct feed_keys device = registrar_keys(1, 1).public, auditor = registrar_keys(4, 0).public;
	struct feed_keys relay = registrar_keys(1, 2).public, other = registrar_keys(5, 0).public;
	assert_int_equal(registrar_admit(&R, "Koperasi Tiga", "tiga"), ERR_OK); /* 5 */
	assert_int_equal(registrar_add(&R, 3, &other, ROLE_OFFICER), ERR_OK);   /* 6: feed 3 */
	assert_int_equal(registrar_add(&R, 0, &auditor, ROLE_AUDITOR), ERR_OK); /* 7: feed 4 */
	assert_int_equal(registrar_add(&R, 1, &device, ROLE_OFFICER), ERR_OK);  /* 8: feed 5 */
	assert_int_equal(registrar_add(&R, 1, &relay, ROLE_RELAY), ERR_OK);     /* 9: feed 6 */
	assert_int_equal(registrar_cut(&R, 2, 3), ERR_OK);                      /* 10 */
	const struct member_no parties[] = {{2}};
	static const struct {
		uint32_t author;
		uint64_t at;
		uint32_t want[8], count;
	} CASES[] = {
	        {1, 4, {0, 1}, 2},
	        {1, 5, {0, 1, 2}, 3},
	        {1, 7, {0, 1, 2}, 3},
	        {1, 8, {0, 1, 2, 4}, 4},
	        {1, 10, {0, 1, 2, 4, 5}, 5},
	        {1, 11, {0, 1, 4, 5}, 4},
	        {6, 10, {0, 1, 2, 4, 5, 6}, 6}, /* the author's own feed, whatever its roles */
	        {2, 11, {0, 2, 4}, 3},          /* even cut */
	        {3, 11, {0, 3, 4}, 3},
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		struct roster_readers ask = {.author = {CASES[i].author},
		        .parties = parties,
		        .parties_count = 1,
		        .at = CASES[i].at};
		struct feed_no out[8];
		uint32_t n = roster_readers(r, &ask, out, 8);
		assert_int_equal(n, CASES[i].count);
		for (uint32_t j = 0; j < n; j++)
			assert_int_equal(out[j].n, CASES[i].want[j]);
		assert_int_equal(roster_readers(r, &ask, out, 1), CASES[i].count);
	}
}

/* The limits that no honest network meets: what comes beyond is void, a feed.add then without a number. */
static void limits(void **state)
{
	(void)state;
	struct roster big = *r;
	r->members = calloc(MEMBERS_MAX + 1, sizeof *r->members);
	r->feeds = calloc(FEEDS_MAX + 1, sizeof *r->feeds);
	r->profiles = calloc(PROFILES_MAX + 1, sizeof *r->profiles);
	r->members_cap = MEMBERS_MAX + 1;
	r->feeds_cap = FEEDS_MAX + 1;
	r->profiles_cap = PROFILES_MAX + 1;
	assert_non_null(r->members);
	assert_non_null(r->feeds);
	assert_non_null(r->profiles);
	memcpy(r->members, big.members, big.members_count * sizeof *big.members);
	memcpy(r->feeds, big.feeds, big.feeds_count * sizeof *big.feeds);
	memcpy(r->profiles, big.profiles, big.profiles_count * sizeof *big.profiles);
	while (r->members_count < MEMBERS_MAX)
		assert_int_equal(registrar_admit(&R, "Koperasi", "k"), ERR_OK);
	assert_int_equal(registrar_admit(&R, "Koperasi", "k"), ERR_TOO_MANY);
	while (r->profiles_count < PROFILES_MAX)
		assert_int_equal(update(1, "a", 2019), ERR_OK);
	assert_int_equal(update(1, "a", 2019), ERR_TOO_MANY);
	while (r->feeds_count < FEEDS_MAX)
		assert_int_equal(registrar_apply_body(&R, KIND_FEED_ADD, BYTES("", 0)), ERR_TRUNCATED);
	struct feed_keys keys = registrar_keys(3, 0).public;
	assert_int_equal(registrar_add(&R, 1, &keys, ROLE_OFFICER), ERR_TOO_MANY);
	assert_int_equal(r->feeds_count, FEEDS_MAX);
	free(r->members);
	free(r->feeds);
	free(r->profiles);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup(founding, setup),
	        cmocka_unit_test_setup(what_founds_nothing, setup),
	        cmocka_unit_test_setup(founded_once, setup),
	        cmocka_unit_test_setup(unknown_kinds_advance, setup),
	        cmocka_unit_test_setup(malformed_bodies_are_void, setup),
	        cmocka_unit_test_setup(room_is_asked_for, setup),
	        cmocka_unit_test_setup(a_key_enters_once, setup),
	        cmocka_unit_test_setup(feeds_that_are_void, setup),
	        cmocka_unit_test_setup(unknown_role_bits_count_for_nothing, setup),
	        cmocka_unit_test_setup(roles_hold_from_a_size, setup),
	        cmocka_unit_test_setup(the_registrar_stays_registrar, setup),
	        cmocka_unit_test_setup(changes_are_bounded, setup),
	        cmocka_unit_test_setup(cut_and_resolve, setup),
	        cmocka_unit_test_setup(a_fork_proof_cuts_at_what_was_seen, setup),
	        cmocka_unit_test_setup(a_fork_proof_after_a_cut, setup),
	        cmocka_unit_test_setup(a_fork_proof_must_prove, setup),
	        cmocka_unit_test_setup(labels_void_nothing, setup),
	        cmocka_unit_test_setup(profiles_hold_from_a_year, setup),
	        cmocka_unit_test_setup(names_find_members, setup),
	        cmocka_unit_test_setup(readers, setup),
	        cmocka_unit_test_setup(limits, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
