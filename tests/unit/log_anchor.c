/* SPDX-License-Identifier: Apache-2.0 */
/* log_anchor.c: anchors: signed, read, which one wins, and how a roster goes on under a successor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "log/anchor_line.h"
#include "support/registrar.h"

static struct registrar R;
static struct roster *const r = &R.roster;
static uint8_t packed[ANCHOR_BYTES_MAX];

/* FEEDS registrars so far, each with a head of three entries, and a successor. */
static struct anchor some_anchor(uint64_t number, uint32_t feeds)
{
	struct anchor a = {.number = number, .feeds_count = feeds};
	for (uint32_t i = 0; i < feeds; i++) {
		a.feeds[i].keys = registrar_keys(0, (uint8_t)i).public;
		a.feeds[i].head = registrar_head(3);
	}
	a.successor = registrar_keys(0, (uint8_t)feeds).public;
	struct secret_keys recovery = registrar_keys(255, 255);
	anchor_sign(&a, recovery.feed);
	return a;
}

static const uint8_t *recovery_key(void)
{
	static uint8_t key[32];
	memcpy(key, registrar_keys(255, 255).public.feed.bytes, 32);
	return key;
}

static struct bytes pack(const struct anchor *a)
{
	struct mp_out m = mp_out(packed, sizeof packed);
	anchor_pack(&m, a);
	assert_int_equal(mp_out_end(&m), ERR_OK);
	return mp_written(&m);
}

static void round_trips(void **state)
{
	(void)state;
	static const uint32_t FEEDS[] = {1, 2, REGISTRAR_FEEDS_MAX};
	for (size_t i = 0; i < 3; i++) {
		struct anchor a = some_anchor(i + 1, FEEDS[i]), back;
		assert_int_equal(anchor_unpack(pack(&a), &back), ERR_OK);
		assert_memory_equal(&a, &back, sizeof a);
		assert_int_equal(anchor_verify(&back, recovery_key()), ERR_OK);
		assert_int_equal(
		        anchor_verify(&back, registrar_keys(1, 1).public.feed.bytes), ERR_BAD_SIGNATURE);
	}
}

static char typed[ANCHOR_LINE_BYTES_MAX];

static void as_a_line(void **state)
{
	(void)state;
	static const uint32_t FEEDS[] = {1, 2, REGISTRAR_FEEDS_MAX};
	for (size_t i = 0; i < 3; i++) {
		struct anchor a = some_anchor(i + 1, FEEDS[i]), back;
		struct bytes_out o = bytes_out(typed, sizeof typed);
		anchor_line_put(&o, &a);
		assert_int_equal(bytes_out_end(&o), ERR_OK);
		assert_int_equal(anchor_line_parse(bytes_written(&o), &back), ERR_OK);
		assert_memory_equal(&a, &back, sizeof a);
		for (size_t at = 13; at < o.len; at += 7) { /* a slip of the pen */
			char was = typed[at];
			typed[at] = was == 'q' ? 'p' : 'q';
			assert_int_equal(anchor_line_parse(bytes_written(&o), &back), ERR_BAD_CHECKSUM);
			typed[at] = was;
		}
	}
}

static void draft_as_a_line(void **state)
{
	(void)state;
	struct anchor_draft d = {.network = {{1, 2, 3}}, .recovery = {4, 5, 6}, .time_s = 1790000000}, back;
	struct anchor unsigned_anchor;
	assert_int_equal(short_text_of(bytes_text("Koperasi Luwu Timur"), NAME_BYTES_MAX, &d.name), ERR_OK);
	d.anchor = some_anchor(3, REGISTRAR_FEEDS_MAX);
	memset(d.anchor.signature, 0, sizeof d.anchor.signature);
	struct bytes_out o = bytes_out(typed, sizeof typed);
	anchor_line_put_draft(&o, &d);
	assert_int_equal(bytes_out_end(&o), ERR_OK);
	assert_int_equal(anchor_line_parse_draft(bytes_written(&o), &back), ERR_OK);
	assert_memory_equal(&d.anchor, &back.anchor, sizeof d.anchor);
	assert_memory_equal(&d.network, &back.network, sizeof d.network);
	assert_memory_equal(d.recovery, back.recovery, sizeof d.recovery);
	assert_int_equal(back.time_s, d.time_s);
	assert_int_equal(back.name.len, d.name.len);
	assert_int_equal(anchor_line_parse(bytes_written(&o), &unsigned_anchor), ERR_BAD_PREFIX);
	d.anchor.number = 0;
	o = bytes_out(typed, sizeof typed);
	anchor_line_put_draft(&o, &d);
	assert_int_equal(anchor_line_parse_draft(bytes_written(&o), &back), ERR_MALFORMED);
}

static void every_bit(void **state)
{
	(void)state;
	struct anchor a = some_anchor(7, 2), back;
	struct bytes b = pack(&a);
	for (size_t bit = 0; bit < b.len * 8; bit++) {
		packed[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(
		        anchor_unpack(b, &back) == ERR_OK && anchor_verify(&back, recovery_key()) == ERR_OK);
		packed[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t len = 0; len < b.len; len++)
		assert_int_not_equal(anchor_unpack(BYTES(b.data, len), &back), ERR_OK);
}

static void what_is_no_anchor(void **state)
{
	(void)state;
	struct anchor back, a = some_anchor(0, 1);
	assert_int_equal(anchor_unpack(pack(&a), &back), ERR_MALFORMED);
	a = some_anchor(1, 0);
	assert_int_equal(anchor_unpack(pack(&a), &back), ERR_MALFORMED);
	a = some_anchor(1, 1);
	a.feeds[0].head.size = 0;
	assert_int_equal(anchor_unpack(pack(&a), &back), ERR_MALFORMED);
	a = some_anchor(1, 1);
	memset(a.successor.link, 0, 32);
	struct secret_keys recovery = registrar_keys(255, 255);
	anchor_sign(&a, recovery.feed);
	assert_int_equal(anchor_verify(&a, recovery_key()), ERR_BAD_KEY);
}

static void one_wins(void **state)
{
	(void)state;
	struct anchor one = some_anchor(1, 1), two = some_anchor(2, 1), other = some_anchor(1, 2);
	assert_true(anchor_wins(&one, NULL));
	assert_true(anchor_wins(&two, &one));
	assert_false(anchor_wins(&one, &two));
	assert_false(anchor_wins(&one, &one));
	struct hash a = hash_of(pack(&one)), b = hash_of(pack(&other));
	assert_int_equal(anchor_wins(&one, &other), memcmp(a.bytes, b.bytes, 32) > 0);
	assert_int_equal(anchor_wins(&other, &one), memcmp(a.bytes, b.bytes, 32) < 0);
}

/* Three entries of the first registrar: the founding, a member, its feed. */
static int setup(void **state)
{
	(void)state;
	struct feed_keys keys = registrar_keys(1, 0).public;
	registrar_found(&R);
	assert_int_equal(registrar_admit(&R, "Koperasi Satu", "satu"), ERR_OK);
	assert_int_equal(registrar_add(&R, 1, &keys, ROLE_OFFICER), ERR_OK);
	return 0;
}

static enum err succeed(const struct anchor *a)
{
	enum err e = roster_succeed(r, a);
	if (e == ERR_OK)
		R.seq = 0;
	return e;
}

static void the_successor_goes_on(void **state)
{
	(void)state;
	struct anchor a = some_anchor(1, 1);
	struct feed_keys keys = registrar_keys(2, 0).public;
	struct feed_no no;
	assert_int_equal(succeed(&a), ERR_OK);
	assert_int_equal(r->anchor_number, 1);
	assert_int_equal(r->size, 3); /* an anchor is no entry */
	assert_int_equal(r->feeds_count, 3);
	assert_int_equal(roster_registrar(r).n, 2);
	assert_true(roster_find_feed(r, &a.successor.feed, &no));
	assert_int_equal(no.n, 2);
	assert_int_equal(r->feeds[2].member.n, 0);
	/* the first registrar is cut where the anchor says, and keeps its rights before */
	assert_int_equal(roster_limit(r, (struct feed_no){0}), 3);
	assert_int_not_equal(roster_roles(r, (struct place){{0}, 2}) & ROLE_REGISTRAR, 0);
	assert_int_equal(roster_roles(r, (struct place){{0}, 3}), 0);
	assert_int_not_equal(roster_roles(r, (struct place){{2}, 0}) & ROLE_REGISTRAR, 0);
	/* numbers run on */
	assert_int_equal(registrar_admit(&R, "Koperasi Dua", "dua"), ERR_OK);
	assert_int_equal(registrar_add(&R, 2, &keys, ROLE_OFFICER), ERR_OK);
	assert_int_equal(r->members_count, 3);
	assert_int_equal(r->feeds_count, 4);
	assert_int_equal(r->size, 5);
	/* readers: the old registrar until the successor's first entry, the new one from there */
	struct roster_readers ask = {.author = {1}, .at = 3};
	struct feed_no out[4];
	assert_int_equal(roster_readers(r, &ask, out, 4), 2);
	assert_int_equal(out[0].n, 0);
	ask.at = 4;
	assert_int_equal(roster_readers(r, &ask, out, 4), 2);
	assert_int_equal(out[1].n, 2);
	/* and nobody's entry brings the old one back */
	assert_int_equal(registrar_resolve(&R, 0), ERR_NO_RIGHT);
	assert_int_equal(registrar_cut(&R, 0, 1), ERR_NO_RIGHT);
}

/* The newest anchor alone says who came between. */
static void a_second_succession(void **state)
{
	(void)state;
	struct anchor a = some_anchor(2, 2);
	assert_int_equal(succeed(&a), ERR_OK);
	assert_int_equal(r->anchor_number, 0); /* not yet: this was the one between */
	assert_int_equal(roster_registrar(r).n, 2);
	assert_int_equal(succeed(&a), ERR_NOT_NEXT); /* its three entries come first */
	assert_int_equal(registrar_admit(&R, "Koperasi Dua", "dua"), ERR_OK);
	assert_int_equal(registrar_admit(&R, "Koperasi Tiga", "tiga"), ERR_OK);
	assert_int_equal(registrar_admit(&R, "Koperasi Empat", "empat"), ERR_OK);
	assert_int_equal(succeed(&a), ERR_OK);
	assert_int_equal(r->anchor_number, 2);
	assert_int_equal(roster_registrar(r).n, 3);
	assert_int_equal(roster_limit(r, (struct feed_no){0}), 3);
	assert_int_equal(roster_limit(r, (struct feed_no){2}), 3);
	assert_int_equal(registrar_admit(&R, "Koperasi Lima", "lima"), ERR_OK);
	assert_int_equal(r->members_count, 6);
	assert_int_equal(succeed(&a), ERR_NOT_NEXT); /* nothing comes after the successor */
}

static void anchors_that_do_not_apply(void **state)
{
	(void)state;
	struct anchor a = some_anchor(1, 1);
	struct roster before = *r;
	a.feeds[0].head.size = 2;
	assert_int_equal(succeed(&a), ERR_NOT_NEXT);
	a = some_anchor(1, 1);
	a.feeds[0].keys = registrar_keys(5, 5).public;
	assert_int_equal(succeed(&a), ERR_NOT_NEXT);
	a = some_anchor(1, 1);
	a.successor = registrar_keys(1, 0).public;
	assert_int_equal(succeed(&a), ERR_KEY_TAKEN);
	a = some_anchor(1, 1);
	r->changes_cap = r->changes_count + 1;
	assert_int_equal(succeed(&a), ERR_NO_SPACE);
	r->changes_cap = before.changes_cap;
	assert_memory_equal(&before, r, sizeof before);
	registrar_init(&R);
	assert_int_equal(succeed(&a), ERR_NOT_NEXT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(round_trips),
	        cmocka_unit_test(as_a_line),
	        cmocka_unit_test(draft_as_a_line),
	        cmocka_unit_test(every_bit),
	        cmocka_unit_test(what_is_no_anchor),
	        cmocka_unit_test(one_wins),
	        cmocka_unit_test_setup(the_successor_goes_on, setup),
	        cmocka_unit_test_setup(a_second_succession, setup),
	        cmocka_unit_test_setup(anchors_that_do_not_apply, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
