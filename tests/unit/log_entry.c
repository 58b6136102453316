/* SPDX-License-Identifier: Apache-2.0 */
/* log_entry.c: the header's bytes, what is refused of them, and the forms of a reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "log/entry.h"

static struct entry_header example(void)
{
	struct entry_header h = {.audience = AUDIENCE_NETWORK,
	        .kind = 0x0203,
	        .seq = 0x0405060708090a0b,
	        .time_ms = 0x0c0d0e0f10111213,
	        .payload_bytes = 0x1415};
	memset(h.feed.bytes, 0xfe, sizeof h.feed.bytes);
	memset(h.payload.bytes, 0xab, sizeof h.payload.bytes);
	return h;
}

static void header_has_the_bytes_of_the_specification(void **state)
{
	(void)state;
	uint8_t got[ENTRY_HEADER_BYTES], want[ENTRY_HEADER_BYTES];
	static const uint8_t start[] = {
	        1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 0, 0, 20, 21};
	struct entry_header h = example();
	memcpy(want, start, sizeof start);
	memset(want + 24, 0xfe, 32);
	memset(want + 56, 0xab, 32);
	entry_encode(&h, got);
	assert_memory_equal(got, want, sizeof want);
}

static void id_is_the_leaf_hash_of_the_header(void **state)
{
	(void)state;
	uint8_t leaf[1 + ENTRY_HEADER_BYTES] = {0};
	struct entry_header h = example();
	entry_encode(&h, leaf + 1);
	struct hash id = entry_id(&h), want = hash_of(BYTES_OF(leaf));
	assert_true(hash_equal(&id, &want));
}

static void every_header_that_decodes_encodes_to_itself(void **state)
{
	(void)state;
	uint8_t good[ENTRY_HEADER_BYTES], again[ENTRY_HEADER_BYTES];
	struct entry_header h = example(), out;
	entry_encode(&h, good);
	unsigned refused = 0;
	for (unsigned bit = 0; bit < 8 * ENTRY_HEADER_BYTES; bit++) {
		uint8_t b[ENTRY_HEADER_BYTES];
		memcpy(b, good, sizeof b);
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (entry_decode(b, &out) != ERR_OK) {
			refused++;
			continue;
		}
		entry_encode(&out, again);
		assert_memory_equal(again, b, sizeof b);
	}
	/* 8 bits of version, 8 of audience, and the 17 bits that make the length too long */
	assert_int_equal(refused, 8 + 8 + 17);
}

static void refusals(void **state)
{
	(void)state;
	static const struct {
		unsigned at;
		uint8_t value;
		enum err want;
	} cases[] = {
	        {0, 0, ERR_BAD_VERSION}, {0, 2, ERR_BAD_VERSION},
	        {1, 1, ERR_MALFORMED}, /* sealed, with a kind of its own */
	        {1, 2, ERR_MALFORMED}, {1, 255, ERR_MALFORMED}, {20, 1, ERR_TOO_LONG},
	        {22, 0x80, ERR_TOO_LONG}, /* 32,768 + 0x15 */
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint8_t b[ENTRY_HEADER_BYTES];
		struct entry_header h = example(), out = {.seq = 7};
		entry_encode(&h, b);
		b[cases[i].at] = cases[i].value;
		assert_int_equal(entry_decode(b, &out), cases[i].want);
		assert_int_equal(out.seq, 7);
	}
}

static void the_sealed_kind_is_one_and_only_the_sealed_ones(void **state)
{
	(void)state;
	assert_true(entry_form_ok(AUDIENCE_SEALED, KIND_SEALED));
	assert_true(entry_form_ok(AUDIENCE_NETWORK, 0));
	assert_true(entry_form_ok(AUDIENCE_NETWORK, UINT16_MAX));
	assert_false(entry_form_ok(AUDIENCE_NETWORK, KIND_SEALED));
	assert_false(entry_form_ok(AUDIENCE_SEALED, 2));
}

static void longest_payload_is_32768(void **state)
{
	(void)state;
	uint8_t b[ENTRY_HEADER_BYTES];
	struct entry_header h = example(), out;
	h.payload_bytes = 32768;
	entry_encode(&h, b);
	assert_int_equal(entry_decode(b, &out), ERR_OK);
	b[23] = 1;
	assert_int_equal(entry_decode(b, &out), ERR_TOO_LONG);
}

static struct reference a_reference(void)
{
	struct hash id = {
	        {0x9f, 0x3a, 0x2b, 0x1c, 0x5d, 0x6e, 0x7f, 0x80, 9, 10, 11, 12, 13, 14, 15, 16, 17}};
	return reference_of((struct place){.feed = {12}, .seq = 345}, &id);
}

static void reference_text(void **state)
{
	(void)state;
	uint8_t buffer[64];
	struct bytes_out o = bytes_out(buffer, sizeof buffer);
	struct reference r = a_reference();
	reference_put(&o, &r);
	assert_true(bytes_equal(bytes_written(&o), bytes_text("12.345-9f3a2b1c5d6e7f80")));
}

static void reference_prefixes(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum err want;
		uint64_t seq;
		unsigned digits;
		uint8_t second;
	} cases[] = {
	        {"12.345-9f3a2b1c5d6e7f80", ERR_OK, 345, 16, 0x3a},
	        {"12.345-9f3a2b1c5d6e7f80090a0b0c0d0e0f10", ERR_OK, 345, 32, 0x3a},
	        {"12.345-9f3", ERR_OK, 345, 3, 0x30},
	        {"12.345-", ERR_OK, 345, 0, 0},
	        {"12.345", ERR_OK, 345, 0, 0},
	        {"12.0", ERR_OK, 0, 0, 0},
	        {"12.18446744073709551615", ERR_OK, UINT64_MAX, 0, 0},
	        {"", ERR_BAD_TEXT, 0, 0, 0},
	        {"12", ERR_BAD_TEXT, 0, 0, 0},
	        {"12.", ERR_BAD_TEXT, 0, 0, 0},
	        {".345", ERR_BAD_TEXT, 0, 0, 0},
	        {"012.345", ERR_BAD_TEXT, 0, 0, 0},
	        {"12.0345", ERR_BAD_TEXT, 0, 0, 0},
	        {"+12.345", ERR_BAD_TEXT, 0, 0, 0},
	        {"4294967296.1", ERR_BAD_TEXT, 0, 0, 0},
	        {"12.18446744073709551616", ERR_BAD_TEXT, 0, 0, 0},
	        {"12.345-9F", ERR_BAD_TEXT, 0, 0, 0},
	        {"12.345-9g", ERR_BAD_TEXT, 0, 0, 0},
	        {"12.345-9f-", ERR_BAD_TEXT, 0, 0, 0},
	        {"12.345 ", ERR_BAD_TEXT, 0, 0, 0},
	        {"12.345-9f3a2b1c5d6e7f80090a0b0c0d0e0f101", ERR_BAD_TEXT, 0, 0, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct reference r;
		unsigned digits;
		assert_int_equal(reference_parse(bytes_text(cases[i].text), &r, &digits), cases[i].want);
		if (cases[i].want != ERR_OK)
			continue;
		assert_int_equal(r.place.feed.n, 12);
		assert_true(r.place.seq == cases[i].seq);
		assert_int_equal(digits, cases[i].digits);
		assert_int_equal(r.id[1], cases[i].second);
	}
}

static void reference_msgpack(void **state)
{
	(void)state;
	uint8_t buffer[64];
	struct mp_out out = mp_out(buffer, sizeof buffer);
	struct reference r = a_reference(), back;
	reference_pack(&out, &r);
	assert_int_equal(mp_out_end(&out), ERR_OK);
	struct mp_in in = mp_in(mp_written(&out));
	reference_unpack(&in, &back);
	assert_int_equal(mp_end(&in), ERR_OK);
	assert_true(reference_equal(&r, &back));
	back.id[15] ^= 1;
	assert_false(reference_equal(&r, &back));
}

static void places_are_ordered_by_feed_then_seq(void **state)
{
	(void)state;
	struct place a = {{1}, 9}, b = {{2}, 0}, c = {{2}, 1};
	assert_true(place_compare(a, b) < 0 && place_compare(b, c) < 0 && place_compare(c, a) > 0);
	assert_int_equal(place_compare(b, b), 0);
}

static void reference_names_by_16_bytes(void **state)
{
	(void)state;
	struct hash id = {{0}};
	struct reference r = reference_of((struct place){{0}, 0}, &id);
	id.bytes[16] = 1;
	assert_true(reference_names(&r, &id));
	id.bytes[15] = 1;
	assert_false(reference_names(&r, &id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(header_has_the_bytes_of_the_specification),
	        cmocka_unit_test(id_is_the_leaf_hash_of_the_header),
	        cmocka_unit_test(every_header_that_decodes_encodes_to_itself),
	        cmocka_unit_test(refusals),
	        cmocka_unit_test(the_sealed_kind_is_one_and_only_the_sealed_ones),
	        cmocka_unit_test(longest_payload_is_32768),
	        cmocka_unit_test(reference_text),
	        cmocka_unit_test(reference_prefixes),
	        cmocka_unit_test(reference_msgpack),
	        cmocka_unit_test(places_are_ordered_by_feed_then_seq),
	        cmocka_unit_test(reference_names_by_16_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
