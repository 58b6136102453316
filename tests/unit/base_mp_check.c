/* SPDX-License-Identifier: Apache-2.0
 * base_mp_check.c: the strict profile of msgpack: what is accepted, and what is refused and why. Each case is also
 * read call by call and written again (support/again.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mp.h"
#include "support/again.h"
#include "support/hex.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define ROOM_BYTES 65536u

static uint8_t room[ROOM_BYTES], again[ROOM_BYTES];

static const struct {
	const char *hex;
	enum err err;
} CHECKED[] = {
        /* one of each, at both ends of each form */
        {"c0", ERR_OK},
        {"c2", ERR_OK},
        {"c3", ERR_OK},
        {"00", ERR_OK},
        {"7f", ERR_OK},
        {"cc80", ERR_OK},
        {"ccff", ERR_OK},
        {"cd0100", ERR_OK},
        {"cdffff", ERR_OK},
        {"ce00010000", ERR_OK},
        {"ceffffffff", ERR_OK},
        {"cf0000000100000000", ERR_OK},
        {"cfffffffffffffffff", ERR_OK},
        {"ff", ERR_OK},
        {"e0", ERR_OK},
        {"d0df", ERR_OK},
        {"d080", ERR_OK},
        {"d1ff7f", ERR_OK},
        {"d18000", ERR_OK},
        {"d2ffff7fff", ERR_OK},
        {"d280000000", ERR_OK},
        {"d3ffffffff7fffffff", ERR_OK},
        {"d38000000000000000", ERR_OK},
        {"a0", ERR_OK},
        {"a161", ERR_OK},
        {"c400", ERR_OK},
        {"c40100", ERR_OK},
        {"90", ERR_OK},
        {"9100", ERR_OK},
        {"80", ERR_OK},
        {"8100c0", ERR_OK},
        {"817fc0", ERR_OK},
        {"83 00c0 01c0 7fc0", ERR_OK},
        {"9191919191919191 00", ERR_OK},
        {"91919191919191 90", ERR_OK},
        {"81008100810081008100810081008100 c0", ERR_OK},
        {"92 9191919191919190 9191919191919190", ERR_TOO_DEEP},
        {"92 91919191919190 91919191919190", ERR_OK},
        /* nothing, or not all of it */
        {"", ERR_TRUNCATED},
        {"cc", ERR_TRUNCATED},
        {"cd01", ERR_TRUNCATED},
        {"ce000100", ERR_TRUNCATED},
        {"cf00000001000000", ERR_TRUNCATED},
        {"d0", ERR_TRUNCATED},
        {"d1ff", ERR_TRUNCATED},
        {"d2", ERR_TRUNCATED},
        {"d3ffffffff7fffff", ERR_TRUNCATED},
        {"a1", ERR_TRUNCATED},
        {"a36161", ERR_TRUNCATED},
        {"d9", ERR_TRUNCATED},
        {"d920", ERR_TRUNCATED},
        {"daffff", ERR_TRUNCATED},
        {"dbffffffff", ERR_TRUNCATED},
        {"c4", ERR_TRUNCATED},
        {"c401", ERR_TRUNCATED},
        {"c5ffff", ERR_TRUNCATED},
        {"c6ffffffff", ERR_TRUNCATED},
        {"c6ffffffff 00", ERR_TRUNCATED},
        {"91", ERR_TRUNCATED},
        {"9200", ERR_TRUNCATED},
        {"81", ERR_TRUNCATED},
        {"8100", ERR_TRUNCATED},
        {"8200c0", ERR_TRUNCATED},
        {"8200c001", ERR_TRUNCATED},
        {"dc", ERR_TRUNCATED},
        {"dc0010 00", ERR_TRUNCATED},
        {"dd10000000", ERR_TRUNCATED},
        {"ddffffffff 00", ERR_TRUNCATED},
        {"df10000000", ERR_TRUNCATED},
        {"dfffffffff 00c0", ERR_TRUNCATED},
        {"df80000000 00c0", ERR_TRUNCATED},
        {"9f 9f 9f 9f", ERR_TRUNCATED},
        /* something after it */
        {"0000", ERR_TRAILING},
        {"c0c0", ERR_TRAILING},
        {"a000", ERR_TRAILING},
        {"9000", ERR_TRAILING},
        {"910000", ERR_TRAILING},
        {"8000", ERR_TRAILING},
        {"8100c000", ERR_TRAILING},
        {"c0c1", ERR_TRAILING},
        /* a shorter form exists */
        {"cc00", ERR_NOT_SHORTEST},
        {"cc7f", ERR_NOT_SHORTEST},
        {"cd00ff", ERR_NOT_SHORTEST},
        {"ce0000ffff", ERR_NOT_SHORTEST},
        {"cf00000000ffffffff", ERR_NOT_SHORTEST},
        {"d000", ERR_NOT_SHORTEST},
        {"d07f", ERR_NOT_SHORTEST},
        {"d0e0", ERR_NOT_SHORTEST},
        {"d0ff", ERR_NOT_SHORTEST},
        {"d10080", ERR_NOT_SHORTEST},
        {"d17fff", ERR_NOT_SHORTEST},
        {"d1ff80", ERR_NOT_SHORTEST},
        {"d27fffffff", ERR_NOT_SHORTEST},
        {"d2ffff8000", ERR_NOT_SHORTEST},
        {"d3ffffffff80000000", ERR_NOT_SHORTEST},
        {"d900", ERR_NOT_SHORTEST},
        {"d90161", ERR_NOT_SHORTEST},
        {"da00ff", ERR_NOT_SHORTEST},
        {"db0000ffff", ERR_NOT_SHORTEST},
        {"c50000", ERR_NOT_SHORTEST},
        {"c500ff", ERR_NOT_SHORTEST},
        {"c60000ffff", ERR_NOT_SHORTEST},
        {"dc0000", ERR_NOT_SHORTEST},
        {"dc000f", ERR_NOT_SHORTEST},
        {"dd00000000", ERR_NOT_SHORTEST},
        {"dd0000ffff", ERR_NOT_SHORTEST},
        {"de0000", ERR_NOT_SHORTEST},
        {"de000f", ERR_NOT_SHORTEST},
        {"df0000ffff", ERR_NOT_SHORTEST},
        {"91cc00", ERR_NOT_SHORTEST},
        {"8100cc00", ERR_NOT_SHORTEST},
        /* as short, but a non-negative number has its unsigned form */
        {"d30000000100000000", ERR_NOT_SHORTEST},
        {"d37fffffffffffffff", ERR_NOT_SHORTEST},
        /* not of the profile */
        {"c1", ERR_MALFORMED},
        {"ca3f800000", ERR_MALFORMED},
        {"cb3ff0000000000000", ERR_MALFORMED},
        {"c70000", ERR_MALFORMED},
        {"c8000100", ERR_MALFORMED},
        {"c90000000100", ERR_MALFORMED},
        {"d40000", ERR_MALFORMED},
        {"d5000000", ERR_MALFORMED},
        {"d6ff00000000", ERR_MALFORMED},
        {"d7ff0000000000000000", ERR_MALFORMED},
        {"d80000000000000000000000000000000000", ERR_MALFORMED},
        {"91c1", ERR_MALFORMED},
        {"8100c1", ERR_MALFORMED},
        /* keys */
        {"82 01c0 00c0", ERR_KEY_ORDER},
        {"82 01c0 01c0", ERR_KEY_ORDER},
        {"82 00c0 00c0", ERR_KEY_ORDER},
        {"83 00c0 02c0 01c0", ERR_KEY_ORDER},
        {"81 a161 c0", ERR_KEY_ORDER},
        {"81 ff c0", ERR_KEY_ORDER},
        {"81 cc80 c0", ERR_KEY_ORDER},
        {"81 80 c0", ERR_KEY_ORDER},
        {"81 c0 c0", ERR_KEY_ORDER},
        {"91 81 c0 c0", ERR_KEY_ORDER},
        {"82 00 81 05 c0 00 c0", ERR_KEY_ORDER},
        {"82 00 81 05 c0 01 c0", ERR_OK},
        /* depth */
        {"919191919191919191 00", ERR_TOO_DEEP},
        {"9191919191919191 90", ERR_TOO_DEEP},
        {"9191919191919191 80", ERR_TOO_DEEP},
        {"810081008100810081008100810081008100c0", ERR_TOO_DEEP},
        /* text */
        {"a180", ERR_NOT_UTF8},
        {"a100", ERR_NOT_UTF8},
        {"a2c0af", ERR_NOT_UTF8},
        {"a3eda080", ERR_NOT_UTF8},
        {"91a1ff", ERR_NOT_UTF8},
};

static void checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(CHECKED); i++) {
		struct hex h = hex_of(CHECKED[i].hex);
		if (again_property(BYTES(h.data, h.len), again) != CHECKED[i].err)
			fail_msg("%s: not %s", CHECKED[i].hex, err_code(CHECKED[i].err));
	}
	assert_int_equal(mp_check(BYTES(NULL, 0)), ERR_TRUNCATED);
}

/* The long forms of strings and containers at the sizes where they begin. */
static void sizes(void **state)
{
	(void)state;
	static const struct {
		size_t size;
		const char *bin, *text, *array;
	} cases[] = {
	        {15, "c40f", "af", "9f"},
	        {16, "c410", "b0", "dc0010"},
	        {31, "c41f", "bf", "dc001f"},
	        {32, "c420", "d920", "dc0020"},
	        {255, "c4ff", "d9ff", "dc00ff"},
	        {256, "c50100", "da0100", "dc0100"},
	        {65530, "c5fffa", "dafffa", "dcfffa"},
	};
	static uint8_t content[65536];
	memset(content, 'a', sizeof content);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *heads[] = {cases[i].bin, cases[i].text, cases[i].array};
		for (size_t j = 0; j < COUNT(heads); j++) {
			struct hex head = hex_of(heads[j]);
			struct mp_out m = mp_out(room, sizeof room);
			if (j == 0)
				mp_put_bin(&m, BYTES(content, cases[i].size));
			else if (j == 1)
				mp_put_text(&m, BYTES(content, cases[i].size));
			else
				mp_put_array(&m, (uint32_t)cases[i].size);
			for (size_t k = 0; j == 2 && k < cases[i].size; k++)
				mp_put_nil(&m);
			assert_int_equal(mp_out_end(&m), ERR_OK);
			struct bytes b = mp_written(&m);
			assert_int_equal(b.len, head.len + cases[i].size);
			assert_memory_equal(b.data, head.data, head.len);
			assert_int_equal(again_property(b, again), ERR_OK);
			assert_int_equal(again_property(BYTES(b.data, b.len - 1), again), ERR_TRUNCATED);
		}
	}
}

static void sizes_over_16_bits(void **state)
{
	(void)state;
	static uint8_t big[5 + 65536 + 1], copy[sizeof big];
	static const char *const heads[] = {"c600010000", "db00010000", "dd00010000"};
	memset(big, 'a', sizeof big);
	for (size_t i = 0; i < COUNT(heads); i++) {
		memcpy(big, hex_of(heads[i]).data, 5);
		assert_int_equal(again_property(BYTES(big, 5 + 65536), copy), ERR_OK);
		assert_int_equal(again_property(BYTES(big, 5 + 65535), copy), ERR_TRUNCATED);
		assert_int_equal(again_property(BYTES(big, 5 + 65537), copy), ERR_TRAILING);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(checked),
	        cmocka_unit_test(sizes),
	        cmocka_unit_test(sizes_over_16_bits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
