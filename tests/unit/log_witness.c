/* SPDX-License-Identifier: Apache-2.0 */
/* log_witness.c: the statements of witnesses: full ones fit into an entry, and what is out of form is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "log/witness.h"

#define TIME_S 1700000000u

static struct witness_row rows[WITNESS_ROWS_MAX];
static struct feed_no feeds[FEEDS_MAX];
static uint8_t body[ENTRY_PAYLOAD_BYTES_MAX];

static int setup(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < WITNESS_ROWS_MAX; i++) {
		rows[i].feed.n = UINT32_MAX - WITNESS_ROWS_MAX + i; /* the longest forms */
		rows[i].checkpoint.head.size = UINT64_MAX - i;
		memset(rows[i].checkpoint.head.root.bytes, (int)i, 32);
		memset(rows[i].checkpoint.signature, (int)(i + 1), 64);
		memset(rows[i].cosignature, (int)(i + 2), 64);
	}
	for (uint32_t i = 0; i < FEEDS_MAX; i++)
		feeds[i].n = i;
	return 0;
}

static struct bytes pack_seen(uint32_t count)
{
	struct mp_out m = mp_out(body, sizeof body);
	witness_seen_pack(&m, TIME_S, rows, count);
	assert_int_equal(mp_out_end(&m), ERR_OK);
	return mp_written(&m);
}

static struct bytes pack_heard(uint32_t count)
{
	struct mp_out m = mp_out(body, sizeof body);
	witness_heard_pack(&m, TIME_S, feeds, count);
	assert_int_equal(mp_out_end(&m), ERR_OK);
	return mp_written(&m);
}

static void assert_row(const struct witness_row *a, const struct witness_row *b)
{
	assert_int_equal(a->feed.n, b->feed.n);
	assert_int_equal(a->checkpoint.head.size, b->checkpoint.head.size);
	assert_memory_equal(
	        &a->checkpoint.head.root, &b->checkpoint.head.root, sizeof a->checkpoint.head.root);
	assert_memory_equal(a->checkpoint.signature, b->checkpoint.signature, sizeof a->checkpoint.signature);
	assert_memory_equal(a->cosignature, b->cosignature, sizeof a->cosignature);
}

static void seen(void **state)
{
	(void)state;
	static const uint32_t COUNTS[] = {1, 2, 15, 16, WITNESS_ROWS_MAX};
	for (size_t c = 0; c < sizeof COUNTS / sizeof COUNTS[0]; c++) {
		struct witness_seen s;
		struct witness_row row;
		uint32_t i = 0;
		assert_int_equal(witness_seen_unpack(pack_seen(COUNTS[c]), &s), ERR_OK);
		assert_int_equal(s.time_s, TIME_S);
		assert_int_equal(s.count, COUNTS[c]);
		for (; witness_seen_next(&s, &row); i++)
			assert_row(&row, &rows[i]);
		assert_int_equal(i, COUNTS[c]);
		assert_int_equal(s.count, 0);
	}
}

static void heard(void **state)
{
	(void)state;
	static const uint32_t COUNTS[] = {0, 1, 157, FEEDS_MAX};
	for (size_t c = 0; c < sizeof COUNTS / sizeof COUNTS[0]; c++) {
		struct witness_heard h;
		struct feed_no no;
		uint32_t i = 0;
		assert_int_equal(witness_heard_unpack(pack_heard(COUNTS[c]), &h), ERR_OK);
		assert_int_equal(h.time_s, TIME_S);
		for (; witness_heard_next(&h, &no); i++)
			assert_int_equal(no.n, i);
		assert_int_equal(i, COUNTS[c]);
	}
}

static void lengths(void **state)
{
	(void)state;
	uint8_t copy[ENTRY_PAYLOAD_BYTES_MAX];
	struct witness_seen s;
	struct witness_heard h;
	struct bytes b = pack_seen(2);
	memcpy(copy, b.data, b.len);
	copy[b.len] = 0;
	for (size_t len = 0; len < b.len; len++)
		assert_int_not_equal(witness_seen_unpack(BYTES(copy, len), &s), ERR_OK);
	assert_int_equal(witness_seen_unpack(BYTES(copy, b.len + 1), &s), ERR_TRAILING);
	b = pack_heard(200);
	memcpy(copy, b.data, b.len);
	copy[b.len] = 0;
	for (size_t len = 0; len < b.len; len++)
		assert_int_not_equal(witness_heard_unpack(BYTES(copy, len), &h), ERR_OK);
	assert_int_equal(witness_heard_unpack(BYTES(copy, b.len + 1), &h), ERR_TRAILING);
}

/* heard bodies, by hand; the same walk serves seen. */
static void form(void **state)
{
	(void)state;
	static const struct {
		const char *body;
		size_t len;
		enum err want;
	} CASES[] = {
	        {"\x82\x00\x01\x01\x92\x03\x05", 7, ERR_OK},
	        {"\x82\x00\x01\x01\x92\x05\x05", 7, ERR_MALFORMED}, /* twice */
	        {"\x82\x00\x01\x01\x92\x05\x03", 7, ERR_MALFORMED}, /* descending */
	        {"\x81\x00\x01", 3, ERR_MISSING_FIELD},
	        {"\x81\x01\x90", 3, ERR_MISSING_FIELD},
	        {"\x82\x00\xcf\x00\x00\x01\x00\x00\x00\x00\x00\x01\x90", 13, ERR_OK}, /* 2^40 s */
	        {"\x82\x00\xcf\x00\x00\x01\x00\x00\x00\x00\x01\x01\x90", 13, ERR_OUT_OF_RANGE},
	        {"\x83\x00\x01\x01\x90\x05\xc0", 7, ERR_OK}, /* a key of a later version */
	        {"\x82\x00\x01\x01\x91\xc0", 6, ERR_MALFORMED},
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		struct witness_heard h;
		struct witness_seen s;
		assert_int_equal(witness_heard_unpack(BYTES(CASES[i].body, CASES[i].len), &h), CASES[i].want);
		assert_int_not_equal(witness_seen_unpack(BYTES(CASES[i].body, CASES[i].len), &s), ERR_OK);
	}
	/* no row, and one too many */
	struct witness_seen s;
	assert_int_equal(witness_seen_unpack(BYTES("\x82\x00\x01\x01\x90", 5), &s), ERR_MALFORMED);
	struct bytes b = pack_seen(WITNESS_ROWS_MAX);
	assert_int_equal(b.data[8], 0xdc); /* the count is in the next two bytes */
	body[10]++;
	assert_int_equal(witness_seen_unpack(b, &s), ERR_TOO_MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup(seen, setup),
	        cmocka_unit_test_setup(heard, setup),
	        cmocka_unit_test_setup(lengths, setup),
	        cmocka_unit_test_setup(form, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
