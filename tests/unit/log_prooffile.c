/* SPDX-License-Identifier: Apache-2.0 */
/* log_prooffile.c: what proof files prove, everything that makes one prove nothing, and every bit of one changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log/kinds.h"
#include "support/registrar.h"
#include "support/toy.h"

static struct toy toy;
static struct prooffile_room room;
static uint8_t text_room[PROOFFILE_BYTES_MAX];

static int setup(void **state)
{
	(void)state;
	toy_make(&toy);
	return 0;
}

static struct bytes text_of(const struct prooffile *f)
{
	struct bytes_out o = bytes_out(text_room, sizeof text_room);
	prooffile_put(&o, f);
	assert_int_equal(bytes_out_end(&o), ERR_OK);
	return bytes_written(&o);
}

/* By way of the text, as somebody does who has only that. */
static enum err prove(const struct prooffile *f, struct prooffile_claims *out)
{
	struct prooffile read;
	enum err e = prooffile_parse(text_of(f), &room, &read);
	return e != ERR_OK ? e : prooffile_verify(&read, &toy.network, &room, out);
}

static struct prooffile_claims claims_of(enum toy_file which)
{
	struct prooffile f;
	struct prooffile_claims c;
	toy_file(&toy, which, &f);
	assert_int_equal(prove(&f, &c), ERR_OK);
	assert_memory_equal(c.network.id.bytes, toy.network.bytes, 32);
	assert_true(bytes_equal(short_text_bytes(&c.network.name), bytes_text("Kabupaten Contoh")));
	return c;
}

static void an_open_entry(void **state)
{
	(void)state;
	struct prooffile_claims c = claims_of(TOY_OPEN);
	assert_memory_equal(c.feed.bytes, toy.member.keys.public.feed.bytes, 32);
	assert_int_equal(c.member.n, TOY_MEMBER);
	assert_int_equal(c.roles, ROLE_OFFICER);
	assert_true(c.seq == TOY_OPEN_SEQ && c.time_ms == toy.member.headers[TOY_OPEN_SEQ].time_ms);
	assert_true(hash_equal(&c.id, &toy.member.ids[TOY_OPEN_SEQ]));
	assert_true(c.opened && c.kind == TOY_OPEN_KIND);
	assert_true(bytes_equal(c.body, BYTES("\x81\x00\xcd\x01\x2c", 5)));
	assert_true(c.head.size == 512);
	assert_int_equal(c.witnesses_count, 1);
	assert_true(c.witnesses[0].time_s == TOY_SEEN_S && !c.witnesses[0].superseded);
	assert_memory_equal(c.witnesses[0].feed.bytes, toy.registrar.keys.public.feed.bytes, 32);
}

static void a_sealed_entry(void **state)
{
	(void)state;
	struct prooffile_claims c = claims_of(TOY_SEALED);
	assert_true(!c.opened && c.kind == KIND_SEALED && c.body.len == 0 && c.seq == TOY_SEALED_SEQ);
	c = claims_of(TOY_OPENED);
	assert_true(c.opened && c.kind == TOY_SEALED_KIND);
	assert_true(bytes_equal(c.body, BYTES("\x81\x00\xcd\x03\xe8", 5)));
}

static void nobody_saw_it_yet(void **state)
{
	(void)state;
	assert_int_equal(claims_of(TOY_UNSEEN).witnesses_count, 0);
}

static void of_the_registrar_itself(void **state)
{
	(void)state;
	struct prooffile_claims c = claims_of(TOY_REGISTRAR);
	assert_true(c.member.n == 0 && c.roles == ROLE_ALL && c.seq == 100 && c.witnesses_count == 1);
}

static void after_a_registrar_was_lost(void **state)
{
	(void)state;
	struct prooffile_claims c = claims_of(TOY_ANCHORED);
	assert_true(c.member.n == TOY_MEMBER && c.witnesses_count == 2);
	assert_true(c.witnesses[0].superseded && !c.witnesses[1].superseded);
	assert_true(c.witnesses[1].time_s == TOY_SEEN_S + 86400);
	c = claims_of(TOY_LOST);
	assert_true(c.member.n == 0 && c.seq == 100);
	c = claims_of(TOY_SUCCEEDED);
	assert_true(c.member.n == TOY_MEMBER && c.witnesses_count == 2);
}

static void written_again_as_it_was(void **state)
{
	(void)state;
	static uint8_t again[PROOFFILE_BYTES_MAX];
	for (unsigned which = 0; which < TOY_FILES; which++) {
		struct prooffile f, read;
		toy_file(&toy, (enum toy_file)which, &f);
		struct bytes text = text_of(&f);
		assert_int_equal(prooffile_parse(text, &room, &read), ERR_OK);
		struct bytes_out o = bytes_out(again, sizeof again);
		prooffile_put(&o, &read);
		assert_true(bytes_equal(bytes_written(&o), text));
	}
}

/* --- files that prove nothing: one thing changed in one that does --- */

static void other_network(struct prooffile *f)
{
	f->network.bytes[0] ^= 1;
}
static void found_changed(struct prooffile *f)
{
	f->found.time_ms++;
}
static void found_payload_changed(struct prooffile *f)
{
	f->found_payload = f->entry.payload;
}
static void feed_missing(struct prooffile *f)
{
	f->has_feed = false;
}
static void feed_is_another_kind(struct prooffile *f)
{
	struct toy_note n = {.feed = &toy.registrar, .size = 299};
	f->feed.header = toy.registrar.headers[1]; /* member.admit, with its own good proof */
	f->feed.payload = BYTES(toy.registrar.payloads[1], f->feed.header.payload_bytes);
	f->feed.proof.index = 1;
	f->feed.proof.path.hashes[0] = toy.registrar.ids[0];
	f->feed.proof.checkpoint = toy_note(&toy, 1, &n);
}
static void feed_of_the_author_itself(struct prooffile *f)
{
	f->feed.header.feed = toy.member.keys.public.feed;
}
static void feed_payload_changed(struct prooffile *f)
{
	f->feed.payload = BYTES(f->feed.payload.data, f->feed.payload.len - 1);
}
static void feed_proof_of_another_place(struct prooffile *f)
{
	f->feed.proof.index++;
}
static void feed_checkpoint_of_the_author(struct prooffile *f)
{
	f->feed.proof.checkpoint = f->entry.proof.checkpoint;
}
static void feed_stands_without_an_anchor(struct prooffile *f)
{
	f->feed.has_standing = true;
}
static void entry_stands_without_an_anchor(struct prooffile *f)
{
	f->entry.has_standing = true;
}
static void time_changed(struct prooffile *f)
{
	f->entry.header.time_ms++;
}
static void payload_changed(struct prooffile *f)
{
	f->entry.payload = BYTES("\x81\x00\x01", 3);
}
static void entry_of_another_feed(struct prooffile *f)
{
	f->entry.header.feed = toy.successor.keys.public.feed;
}
static void path_changed(struct prooffile *f)
{
	f->entry.proof.path.hashes[3].bytes[9] ^= 4;
}
static void path_shortened(struct prooffile *f)
{
	f->entry.proof.path.count--;
}
static void place_changed(struct prooffile *f)
{
	f->entry.proof.index ^= 1;
}
static void checkpoint_too_old(struct prooffile *f)
{
	struct toy_note n = {.feed = &toy.member, .size = TOY_OPEN_SEQ};
	f->entry.proof.checkpoint = toy_note(&toy, 0, &n);
}
static void checkpoint_by_the_registrar_alone(struct prooffile *f)
{
	struct toy_note n = {.feed = &toy.registrar, .size = 299};
	f->entry.proof.checkpoint = toy_note(&toy, 0, &n);
}
static void key_for_an_open_entry(struct prooffile *f)
{
	f->has_key = true;
}
static void cosignature_changed(struct prooffile *f)
{
	/* in the time: 8 bytes after the key id, in the last line's base64 */
	size_t last = f->entry.proof.checkpoint.len - 1 - 104;
	must(f->entry.proof.checkpoint.data == toy.notes[0]);
	toy.notes[0][last + 10] = toy.notes[0][last + 10] == 'A' ? 'B' : 'A';
}
static void wrong_key(struct prooffile *f)
{
	f->key.bytes[31] ^= 1;
}
static void standing_missing(struct prooffile *f)
{
	f->feed.has_standing = false;
	f->feed.standing.count = 0;
}
static void standing_changed(struct prooffile *f)
{
	f->feed.standing.hashes[0].bytes[0] ^= 1;
}
static void anchor_changed(struct prooffile *f)
{
	toy.anchor[f->anchor.len - 1] ^= 1;
}
static void anchor_cut_short(struct prooffile *f)
{
	f->anchor.len--;
}
static void anchor_of_another_registrar(struct prooffile *f)
{
	struct anchor a;
	must(anchor_unpack(f->anchor, &a) == ERR_OK);
	a.feeds[0].keys = registrar_keys(9, 9).public;
	anchor_sign(&a, registrar_keys(255, 255).feed);
	struct mp_out m = mp_out(toy.anchor, sizeof toy.anchor);
	anchor_pack(&m, &a);
	f->anchor = mp_written(&m);
}
static void anchor_forged(struct prooffile *f)
{
	struct anchor a;
	must(anchor_unpack(f->anchor, &a) == ERR_OK);
	anchor_sign(&a, toy.registrar.keys.feed);
	struct mp_out m = mp_out(toy.anchor, sizeof toy.anchor);
	anchor_pack(&m, &a);
	f->anchor = mp_written(&m);
}
static void anchor_left_out(struct prooffile *f)
{
	f->anchor = BYTES(NULL, 0);
}
static void feed_needless(struct prooffile *f)
{
	f->has_feed = true;
	f->feed = f->entry;
	f->feed.has_standing = false;
	f->feed.standing.count = 0;
}

static void one_thing_changed(void **state)
{
	(void)state;
	static const struct {
		enum toy_file which;
		void (*damage)(struct prooffile *f);
		enum err want;
	} cases[] = {
	        {TOY_OPEN, other_network, ERR_WRONG_NETWORK},
	        {TOY_OPEN, found_changed, ERR_WRONG_NETWORK},
	        {TOY_OPEN, found_payload_changed, ERR_BAD_PROOF},
	        {TOY_OPEN, feed_missing, ERR_MISSING_FIELD},
	        {TOY_OPEN, feed_is_another_kind, ERR_BAD_PROOF},
	        {TOY_OPEN, feed_of_the_author_itself, ERR_BAD_PROOF},
	        {TOY_OPEN, feed_payload_changed, ERR_BAD_PROOF},
	        {TOY_OPEN, feed_proof_of_another_place, ERR_BAD_PROOF},
	        {TOY_OPEN, feed_checkpoint_of_the_author, ERR_BAD_SIGNATURE},
	        {TOY_OPEN, feed_stands_without_an_anchor, ERR_TRAILING},
	        {TOY_OPEN, entry_stands_without_an_anchor, ERR_TRAILING},
	        {TOY_OPEN, time_changed, ERR_BAD_PROOF},
	        {TOY_OPEN, payload_changed, ERR_BAD_PROOF},
	        {TOY_OPEN, entry_of_another_feed, ERR_BAD_PROOF},
	        {TOY_OPEN, path_changed, ERR_BAD_PROOF},
	        {TOY_OPEN, path_shortened, ERR_BAD_PROOF},
	        {TOY_OPEN, place_changed, ERR_BAD_PROOF},
	        {TOY_OPEN, checkpoint_too_old, ERR_BAD_PROOF},
	        {TOY_OPEN, checkpoint_by_the_registrar_alone, ERR_BAD_SIGNATURE},
	        {TOY_OPEN, key_for_an_open_entry, ERR_TRAILING},
	        {TOY_OPEN, cosignature_changed, ERR_BAD_SIGNATURE},
	        {TOY_OPENED, wrong_key, ERR_NOT_DECRYPTED},
	        {TOY_ANCHORED, standing_missing, ERR_MISSING_FIELD},
	        {TOY_ANCHORED, standing_changed, ERR_BAD_PROOF},
	        {TOY_ANCHORED, anchor_changed, ERR_BAD_SIGNATURE},
	        {TOY_ANCHORED, anchor_cut_short, ERR_TRUNCATED},
	        {TOY_ANCHORED, anchor_of_another_registrar, ERR_BAD_PROOF},
	        {TOY_ANCHORED, anchor_forged, ERR_BAD_SIGNATURE},
	        {TOY_ANCHORED, anchor_left_out, ERR_TRAILING},
	        {TOY_SUCCEEDED, feed_stands_without_an_anchor, ERR_TRAILING},
	        {TOY_SUCCEEDED, anchor_left_out, ERR_BAD_PROOF},
	        {TOY_REGISTRAR, feed_needless, ERR_TRAILING},
	        {TOY_LOST, feed_needless, ERR_TRAILING},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct prooffile f;
		static struct prooffile_claims c, before;
		toy_file(&toy, cases[i].which, &f);
		cases[i].damage(&f);
		memset(&c, 0x5a, sizeof c);
		memset(&before, 0x5a, sizeof before);
		enum err e = prove(&f, &c);
		if (e != cases[i].want)
			fail_msg("case %zu: %s, not %s", i, err_code(e), err_code(cases[i].want));
		assert_memory_equal(&c, &before, sizeof c);
	}
}

/* The lost registrar's entries after the head that stands prove nothing, though its key signed them. */
static void beyond_what_stands(void **state)
{
	(void)state;
	struct prooffile f;
	struct prooffile_claims c;
	toy_file(&toy, TOY_LOST, &f);
	f.entry.header = toy.registrar.headers[220];
	f.entry.payload = BYTES(toy.registrar.payloads[220], f.entry.header.payload_bytes);
	f.entry.proof.index = 220;
	assert_int_equal(prove(&f, &c), ERR_BAD_PROOF);
}

/* --- forms --- */

static void forms(void **state)
{
	(void)state;
	struct prooffile f;
	toy_file(&toy, TOY_ANCHORED, &f);
	struct bytes text = text_of(&f);
	for (size_t len = 0; len < text.len; len++)
		assert_int_not_equal(prooffile_parse(BYTES(text.data, len), &room, &f), ERR_OK);
	text_room[text.len] = '\n';
	assert_int_equal(prooffile_parse(BYTES(text.data, text.len + 1), &room, &f), ERR_TRAILING);
	text_room[strlen("lontar-proof/v")] = '2';
	assert_int_equal(prooffile_parse(text, &room, &f), ERR_BAD_VERSION);
	assert_int_equal(prooffile_parse(BYTES(text_room, PROOFFILE_BYTES_MAX + 1), &room, &f), ERR_TOO_LONG);
}

static void the_longest_payload_fits(void **state)
{
	(void)state;
	static uint8_t longest[ENTRY_PAYLOAD_BYTES_MAX];
	struct prooffile f, read;
	toy_file(&toy, TOY_OPENED, &f);
	f.entry.payload = f.feed.payload = f.found_payload = BYTES_OF(longest);
	f.anchor = BYTES(longest, ANCHOR_BYTES_MAX);
	assert_int_equal(prooffile_parse(text_of(&f), &room, &read), ERR_OK);
	assert_int_equal(read.found_payload.len, ENTRY_PAYLOAD_BYTES_MAX);
	f.anchor.len = ANCHOR_BYTES_MAX + 1;
	assert_int_equal(prooffile_parse(text_of(&f), &room, &read), ERR_TOO_LONG);
}

/* --- every bit --- */

static bool same_but_for_witnesses(const struct prooffile_claims *a, const struct prooffile_claims *b)
{
	return memcmp(&a->feed, &b->feed, sizeof a->feed) == 0 && a->member.n == b->member.n &&
	       a->roles == b->roles && a->seq == b->seq && a->time_ms == b->time_ms &&
	       hash_equal(&a->id, &b->id) && a->kind == b->kind && bytes_equal(a->body, b->body) &&
	       hash_equal(&a->head.root, &b->head.root);
}

/* A changed cosigner's name or id makes its line a stranger's: then the claims are the same, less a witness. In the
 * proof about the feed nobody's cosignature is looked for, so there it changes nothing at all. */
static void flip(enum toy_file which, size_t step)
{
	struct prooffile f, read;
	struct prooffile_claims whole = claims_of(which), c;
	uint8_t body[TOY_PAYLOAD_BYTES_MAX];
	unsigned refused = 0, weaker = 0, strange = 0;
	if (whole.body.len > 0)
		memcpy(body, whole.body.data, whole.body.len);
	whole.body.data = body;
	toy_file(&toy, which, &f);
	struct bytes text = text_of(&f);
	for (size_t bit = 0; bit < text.len * 8; bit += step) {
		text_room[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (prooffile_parse(text, &room, &read) != ERR_OK ||
		        prooffile_verify(&read, &toy.network, &room, &c) != ERR_OK) {
			refused++;
		} else {
			assert_true(same_but_for_witnesses(&c, &whole) &&
			            c.witnesses_count <= whole.witnesses_count);
			*(c.witnesses_count < whole.witnesses_count ? &weaker : &strange) += 1;
		}
		text_room[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	printf("file %d: %u bits refused, %u cost a witness, %u in a line of nobody's\n", (int)which, refused,
	        weaker, strange);
	assert_true(refused > 7 * (weaker + strange));
}

static size_t step_bits = 19;

static void every_bit_matters(void **state)
{
	(void)state;
	for (unsigned which = 0; which < TOY_FILES; which++)
		flip((enum toy_file)which, step_bits);
}

/* With an argument: each so many bits; 1 is really every bit, which takes a minute. */
int main(int argc, char **argv)
{
	step_bits = argc > 1 ? strtoul(argv[1], NULL, 10) : step_bits;
	if (step_bits == 0)
		return 2;
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(an_open_entry),
	        cmocka_unit_test(a_sealed_entry),
	        cmocka_unit_test(nobody_saw_it_yet),
	        cmocka_unit_test(of_the_registrar_itself),
	        cmocka_unit_test(after_a_registrar_was_lost),
	        cmocka_unit_test(written_again_as_it_was),
	        cmocka_unit_test(one_thing_changed),
	        cmocka_unit_test(beyond_what_stands),
	        cmocka_unit_test(forms),
	        cmocka_unit_test(the_longest_payload_fits),
	        cmocka_unit_test(every_bit_matters),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
