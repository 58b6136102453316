/* SPDX-License-Identifier: Apache-2.0
 * tools_paper.c: the seed on paper: what is written is read back, and every digit that is misread is found in its row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tools/paper.h"

#define SEED "lontar-seed-1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct paper sample(void)
{
	struct paper p = {.has_network = true, .peers_count = 2};

	memcpy(p.seed_line, SEED, sizeof SEED);
	memset(p.network.bytes, 0xab, sizeof p.network.bytes);
	memcpy(p.peers[0].address, "10.0.0.5:7300", 14);
	memset(p.peers[0].link_key, 1, 32);
	memcpy(p.peers[1].address, "dinas.example:7300", 19);
	memset(p.peers[1].link_key, 2, 32);
	return p;
}

static size_t put(char text[4096])
{
	struct paper p = sample();
	struct bytes_out o = bytes_out(text, 4095);

	paper_put(&o, &p);
	assert_int_equal(bytes_out_end(&o), ERR_OK);
	text[bytes_written(&o).len] = '\0';
	return bytes_written(&o).len;
}

static void it_is_read_back(void **state)
{
	struct paper want = sample(), got = {0};
	struct trouble t = {0};
	char text[4096];
	size_t len = put(text);

	(void)state;
	assert_int_equal(paper_read(BYTES(text, len), &t, &got), ERR_OK);
	assert_string_equal(got.seed_line, want.seed_line);
	assert_true(got.has_network);
	assert_memory_equal(&got.network, &want.network, sizeof got.network);
	assert_int_equal(got.peers_count, 2);
	for (int i = 0; i < 2; i++) {
		assert_string_equal(got.peers[i].address, want.peers[i].address);
		assert_memory_equal(got.peers[i].link_key, want.peers[i].link_key, 32);
	}
}

static bool is_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Every digit of every row of digits, one at a time. */
static void a_misread_digit_is_found(void **state)
{
	char text[4096], bad[4096];
	size_t len = put(text);
	unsigned tried = 0;
	bool digits = false;

	(void)state;
	for (size_t i = 0; i < len; i++) {
		struct trouble t = {0};
		struct paper got;
		if (text[i] == '\n')
			digits = false;
		if (text[i] == ':' && text[i + 1] == ' ' && text[i + 6] == ' ')
			digits = true;
		if (!digits || !is_digit(text[i]))
			continue;
		memcpy(bad, text, len + 1);
		bad[i] = bad[i] == '7' ? '1' : '7';
		assert_int_not_equal(paper_read(BYTES(bad, len), &t, &got), ERR_OK);
		tried++;
	}
	assert_true(tried > 200);
}

static void hands_may_write_it_otherwise(void **state)
{
	struct trouble t = {0};
	struct paper got;
	char text[4096], again[8192];
	size_t len = put(text), n = 0;

	(void)state;
	for (size_t i = 0; i < len; i++) { /* CRLF, capitals, and a note at the top */
		if (text[i] == '\n')
			again[n++] = '\r';
		again[n++] = i > 30 && text[i] >= 'a' && text[i] <= 'f' && text[i - 1] == ' '
		                     ? (char)(text[i] - 32)
		                     : text[i];
	}
	assert_int_equal(paper_read(BYTES(again, n), &t, &got), ERR_OK);
	assert_string_equal(got.seed_line, SEED);
	assert_int_not_equal(paper_read(bytes_text("only a note\n"), &t, &got), ERR_OK);
}

static const uint8_t RECOVERY[32] = {1, 2, 3, 0xab, 0xcd, 250};

static void the_recovery_key(void **state)
{
	char text[1024], bad[1024];
	struct bytes_out o = bytes_out(text, sizeof text);
	struct trouble t = {0};
	uint8_t got[32];
	unsigned tried = 0;

	(void)state;
	bytes_put_text(&o, "LONTAR\nkeep it: in the safe\n");
	paper_put_recovery(&o, RECOVERY);
	assert_int_equal(bytes_out_end(&o), ERR_OK);
	assert_int_equal(paper_read_recovery(bytes_written(&o), &t, got), ERR_OK);
	assert_memory_equal(got, RECOVERY, sizeof got);
	for (size_t i = 40; i < o.len; i++) {
		memcpy(bad, text, o.len);
		if (!is_digit(text[i]))
			continue;
		bad[i] = bad[i] == '7' ? '1' : '7';
		memset(&t, 0, sizeof t);
		if (paper_read_recovery(BYTES(bad, o.len), &t, got) != ERR_OK)
			tried++;
	}
	assert_true(tried >= 64 + 8); /* each digit and each check; letters of the word itself count too */
}

/* As `lontar init` said it: one row of digits, in groups or not, also in capitals. */
static void the_recovery_key_in_one_row(void **state)
{
	static const char GOOD[] = "0102 03AB cdfa0000 0000000000000000 00000000000000000000000000000000\r\n";
	struct trouble t = {0};
	uint8_t got[32];

	(void)state;
	assert_int_equal(paper_read_recovery(bytes_text(GOOD), &t, got), ERR_OK);
	assert_memory_equal(got, RECOVERY, sizeof got);
	assert_int_equal(paper_read_recovery(BYTES(GOOD, 40), &t, got), ERR_BAD_TEXT);
	memset(&t, 0, sizeof t);
	assert_int_equal(paper_read_recovery(bytes_text(""), &t, got), ERR_BAD_TEXT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(it_is_read_back),
	        cmocka_unit_test(a_misread_digit_is_found),
	        cmocka_unit_test(hands_may_write_it_otherwise),
	        cmocka_unit_test(the_recovery_key),
	        cmocka_unit_test(the_recovery_key_in_one_row),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
