/* SPDX-License-Identifier: Apache-2.0 */
/* log_key_share.c: a key.share's body: what was packed is read, as many rows as fit into an entry, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "log/key_share.h"

static uint8_t room[ENTRY_PAYLOAD_BYTES_MAX];
static struct key_share_row rows[KEY_SHARE_ROWS_MAX];

static void make_rows(void)
{
	for (uint32_t i = 0; i < KEY_SHARE_ROWS_MAX; i++) {
		rows[i].channel = (struct place){
		        .feed = {UINT32_MAX - 1 - KEY_SHARE_ROWS_MAX + i / 2}, .seq = UINT64_MAX - 2 + i % 2};
		memset(rows[i].secret.bytes, (int)i, sizeof rows[i].secret.bytes);
	}
}

static struct bytes pack(uint32_t count)
{
	struct mp_out m = mp_out(room, sizeof room);
	key_share_pack(&m, (struct member_no){7}, rows, count);
	assert_int_equal(mp_out_end(&m), ERR_OK);
	return mp_written(&m);
}

static void test_round(void **state)
{
	(void)state;
	static const uint32_t counts[] = {1, 2, 17, KEY_SHARE_ROWS_MAX};
	make_rows();
	for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
		struct key_share share;
		struct key_share_row row;
		uint32_t n = 0;
		assert_int_equal(key_share_unpack(pack(counts[c]), &share), ERR_OK);
		assert_int_equal(share.count, counts[c]);
		assert_int_equal(share.member.n, 7);
		for (; key_share_next(&share, &row); n++)
			assert_true(place_compare(row.channel, rows[n].channel) == 0 &&
			            memcmp(&row.secret, &rows[n].secret, sizeof row.secret) == 0);
		assert_int_equal(n, counts[c]);
	}
}

/* The largest body leaves room for what sealing adds. */
static void test_fits(void **state)
{
	uint8_t salt[SEAL_SALT_BYTES] = {0};
	static uint8_t payload[ENTRY_PAYLOAD_BYTES_MAX];
	struct feed_id feed = {{1}};
	struct channel_secret secret = {{2}};
	struct seal_context ctx = {.feed = &feed, .seq = UINT64_MAX - 1, .secret = &secret};
	struct mp_out m = mp_out(payload, sizeof payload);
	(void)state;
	make_rows();
	struct seal_plain plain = {.kind = 13, .body = pack(KEY_SHARE_ROWS_MAX)};
	assert_int_equal(seal_payload_pack(&m, &ctx, UINT64_MAX - 2, salt, &plain), ERR_OK);
}

static void test_refused(void **state)
{
	(void)state;
	struct key_share share;
	make_rows();
	struct bytes body = pack(3);
	uint8_t copy[256];
	for (size_t len = 0; len < body.len; len++)
		assert_int_not_equal(key_share_unpack(BYTES(body.data, len), &share), ERR_OK);
	assert_int_equal(key_share_unpack(bytes_text("\x92\x07\x90"), &share), ERR_MALFORMED); /* no row */
	memcpy(copy, body.data, body.len);
	const size_t before = 3, row = (body.len - before) / 3;
	memcpy(copy + before + row, body.data + before, row); /* the first row twice */
	assert_int_equal(key_share_unpack(BYTES(copy, body.len), &share), ERR_MALFORMED);
	memcpy(copy + before, body.data + before + row, row); /* the second before the first */
	assert_int_equal(key_share_unpack(BYTES(copy, body.len), &share), ERR_MALFORMED);
	const uint8_t too_many[KEY_SHARE_ROWS_MAX + 8] = {
	        0x92, 7, 0xdc, (KEY_SHARE_ROWS_MAX + 1) >> 8, (KEY_SHARE_ROWS_MAX + 1) & 0xff};
	assert_int_equal(key_share_unpack(BYTES_OF(too_many), &share), ERR_TOO_MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_round),
	        cmocka_unit_test(test_fits),
	        cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
