/* SPDX-License-Identifier: Apache-2.0
 * base_text.c: UTF-8, hexadecimal, base64 (RFC 4648, 10), numbers, splitting, and the words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "support/hex.h"
#include "support/random.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void utf8(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		bool good;
	} cases[] = {
	        {"", true}, {"61", true}, {"01", true}, {"7f", true}, {"c280", true}, {"dfbf", true},
	        {"e0a080", true}, {"ed9fbf", true}, {"ee8080", true}, {"efbfbf", true}, {"f0908080", true},
	        {"f48fbfbf", true}, {"f09f8da3 e29da4 61", true}, {"00", false}, /* NUL */
	        {"6100", false},                                                 /* NUL */
	        {"80", false},                                                   /* a continuation alone */
	        {"bf", false},                                                   /* a continuation alone */
	        {"c0af", false},                                                 /* overlong */
	        {"c080", false},                                                 /* overlong NUL */
	        {"c1bf", false},                                                 /* overlong */
	        {"e09fbf", false},                                               /* overlong */
	        {"f08fbfbf", false},                                             /* overlong */
	        {"eda080", false},                                               /* surrogate */
	        {"edbfbf", false},                                               /* surrogate */
	        {"f4908080", false},                                             /* over U+10FFFF */
	        {"f5808080", false},                                             /* over U+10FFFF */
	        {"f8888080 80", false},                                          /* five bytes */
	        {"ff", false}, {"fe", false}, {"c2", false},                     /* cut */
	        {"e0a0", false},                                                 /* cut */
	        {"f09080", false},                                               /* cut */
	        {"c261", false},                                                 /* no continuation */
	        {"e0a061", false},                                               /* no continuation */
	        {"f0908061", false},                                             /* no continuation */
	        {"e28261 61", false},                                            /* no continuation */
	        {"c28080", false},                                               /* one too many */
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hex h = hex_of(cases[i].hex);
		if (text_is_utf8(BYTES(h.data, h.len)) != cases[i].good)
			fail_msg("%s", cases[i].hex);
	}
	assert_true(text_is_utf8(BYTES(NULL, 0)));
}

/* Every scalar value is accepted in its one form, and the surrogates are not. */
static void utf8_of_every_scalar(void **state)
{
	(void)state;
	for (uint32_t c = 1; c <= 0x10ffff; c++) {
		uint8_t three[] = {(uint8_t)(0xe0 | c >> 12), (uint8_t)(0x80 | (c >> 6 & 63)),
		        (uint8_t)(0x80 | (c & 63))};
		uint8_t four[] = {
		        (uint8_t)(0xf0 | c >> 18), (uint8_t)(0x80 | (c >> 12 & 63)), three[1], three[2]};
		bool surrogate = c >= 0xd800 && c <= 0xdfff;
		if (c <= 0xffff)
			assert_int_equal(text_is_utf8(BYTES_OF(three)), c >= 0x800 && !surrogate);
		assert_int_equal(text_is_utf8(BYTES_OF(four)), c >= 0x10000);
	}
}

static void hexadecimal(void **state)
{
	(void)state;
	static const uint8_t data[4] = {0x00, 0x9f, 0xa0, 0xff};
	uint8_t back[4] = {1, 2, 3, 4}, kept[4] = {1, 2, 3, 4};
	char room[8];
	struct bytes_out o = bytes_out(room, sizeof room);
	text_put_hex(&o, BYTES_OF(data));
	assert_int_equal(bytes_out_end(&o), ERR_OK);
	assert_true(bytes_equal(bytes_written(&o), bytes_text("009fa0ff")));
	static const char *const bad[] = {"", "009fa0f", "009fa0", "009fa0ff00", "009fa0fF", "009fa0fg",
	        "009fa0f ", "0x9fa0ff", " 09fa0ff"};
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(text_hex(bytes_text(bad[i]), back, sizeof back), ERR_BAD_TEXT);
		assert_memory_equal(back, kept, sizeof back);
	}
	assert_int_equal(text_hex(BYTES("009fa0f\0", 8), back, sizeof back), ERR_BAD_TEXT);
	assert_int_equal(text_hex(bytes_text("009fa0ff"), back, sizeof back), ERR_OK);
	assert_memory_equal(back, data, sizeof back);
	assert_int_equal(text_hex(BYTES(NULL, 0), back, 0), ERR_OK);
}

typedef enum err decoder(struct bytes text, void *out, size_t cap, size_t *len);
typedef void encoder(struct bytes_out *o, struct bytes b);

static void base64_case(encoder *put, decoder *get, const char *plain, const char *coded)
{
	char room[32];
	size_t len = 99;
	struct bytes_out o = bytes_out(room, sizeof room);
	put(&o, bytes_text(plain));
	assert_int_equal(bytes_out_end(&o), ERR_OK);
	assert_true(bytes_equal(bytes_written(&o), bytes_text(coded)));
	assert_int_equal(get(bytes_text(coded), room, strlen(plain), &len), ERR_OK);
	assert_true(bytes_equal(BYTES(room, len), bytes_text(plain)));
	if (plain[0] != 0)
		assert_int_equal(get(bytes_text(coded), room, strlen(plain) - 1, &len), ERR_TOO_LONG);
}

static void rfc_4648(void **state)
{
	(void)state;
	static const char *const cases[][3] = {
	        {"", "", ""},
	        {"f", "Zg==", "Zg"},
	        {"fo", "Zm8=", "Zm8"},
	        {"foo", "Zm9v", "Zm9v"},
	        {"foob", "Zm9vYg==", "Zm9vYg"},
	        {"fooba", "Zm9vYmE=", "Zm9vYmE"},
	        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
	        {"\xfb\xff\xfe", "+//+", "-__-"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		base64_case(text_put_base64, text_base64, cases[i][0], cases[i][1]);
		base64_case(text_put_base64url, text_base64url, cases[i][0], cases[i][2]);
	}
}

static void refuses(decoder *get, const char *text)
{
	uint8_t out[16], kept[16];
	size_t len = 99;
	memset(out, 7, sizeof out);
	memset(kept, 7, sizeof kept);
	if (get(bytes_text(text), out, sizeof out, &len) != ERR_BAD_TEXT)
		fail_msg("%s", text);
	assert_memory_equal(out, kept, sizeof out);
	assert_int_equal(len, 99);
}

static void not_base64(void **state)
{
	(void)state;
	static const char *const bad[] = {"Z", "Zg", "Zg=", "Zm8", "Zm9v=", "Zm9v==", "Zm9v====", "=",
	        "====", "Z===", "Zg=a", "Z=g=", "Zh==", "Zm9=", "Zm9vYh==", "Zm9v\n", "Zm9 ", " Zm9", "Zm-_",
	        "Zm*v", "Zm9vZ", "Zm9vZ==="};
	static const char *const bad_url[] = {
	        "Z", "Zg==", "Zm8=", "Zh", "Zm9", "Zm+/", "Zm9vZ", "Zg=", "Zm9v ", "Zm9vYh"};
	for (size_t i = 0; i < COUNT(bad); i++)
		refuses(text_base64, bad[i]);
	for (size_t i = 0; i < COUNT(bad_url); i++)
		refuses(text_base64url, bad_url[i]);
}

/* What a decoder accepts, its encoder writes: tried on texts of the alphabet with a mistake now and then. */
static void base64_is_canonical(void **state)
{
	(void)state;
	static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_";
	uint64_t random = 1;
	unsigned accepted = 0;
	for (unsigned i = 0; i < 200000; i++) {
		char text[12], room[12], again[12];
		size_t len = random_below(&random, sizeof text + 1), size = 0;
		for (size_t j = 0; j < len; j++)
			text[j] = chars[random_below(&random, j + 2 < len ? 64 : sizeof chars - 1)];
		if (text_base64(BYTES(text, len), room, sizeof room, &size) != ERR_OK)
			continue;
		struct bytes_out o = bytes_out(again, sizeof again);
		text_put_base64(&o, BYTES(room, size));
		assert_true(bytes_equal(bytes_written(&o), BYTES(text, len)));
		accepted++;
	}
	assert_true(accepted > 1000);
}

static void numbers(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint64_t max, n;
	} good[] = {
	        {"0", 0, 0},
	        {"7", 7, 7},
	        {"65535", 65535, 65535},
	        {"18446744073709551615", UINT64_MAX, UINT64_MAX},
	};
	static const struct {
		const char *text;
		uint64_t max;
	} bad[] = {
	        {"", 9},
	        {"8", 7},
	        {"00", 9},
	        {"01", 9},
	        {"+1", 9},
	        {"-1", 9},
	        {" 1", 9},
	        {"1 ", 9},
	        {"1a", 99},
	        {"0x1", 99},
	        {"1.0", 99},
	        {"18446744073709551616", UINT64_MAX},
	        {"99999999999999999999", UINT64_MAX},
	        {"184467440737095516150", UINT64_MAX},
	};
	uint64_t n = 99;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(text_u64(bytes_text(bad[i].text), bad[i].max, &n), ERR_BAD_NUMBER);
	assert_int_equal(text_u64(BYTES("1\0", 2), 99, &n), ERR_BAD_NUMBER);
	assert_int_equal(n, 99);
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(text_u64(bytes_text(good[i].text), good[i].max, &n), ERR_OK);
		assert_true(n == good[i].n);
	}
}

static void splitting(void **state)
{
	(void)state;
	struct bytes rest = bytes_text("a,,bc,");
	assert_true(bytes_equal(text_split(&rest, ','), bytes_text("a")));
	assert_true(bytes_equal(text_split(&rest, ','), bytes_text("")));
	assert_true(bytes_equal(text_split(&rest, ','), bytes_text("bc")));
	assert_int_equal(rest.len, 0);
	assert_true(bytes_equal(text_split(&rest, ','), bytes_text("")));
	rest = bytes_text("abc");
	assert_true(bytes_equal(text_split(&rest, ','), bytes_text("abc")));
	assert_int_equal(rest.len, 0);
	rest = BYTES(NULL, 0);
	assert_int_equal(text_split(&rest, ',').len, 0);
}

static void lines_and_prefixes(void **state)
{
	(void)state;
	struct bytes rest = bytes_text("a\n\nb"), line = bytes_text("before");
	assert_true(text_line(&rest, &line) && bytes_equal(line, bytes_text("a")));
	assert_true(text_line(&rest, &line) && line.len == 0);
	assert_false(text_line(&rest, &line)); /* it does not end */
	assert_true(bytes_equal(rest, bytes_text("b")));
	assert_true(text_prefix(&rest, "") && bytes_equal(rest, bytes_text("b")));
	assert_false(text_prefix(&rest, "bc"));
	assert_false(text_prefix(&rest, "a"));
	assert_true(text_prefix(&rest, "b") && rest.len == 0);
	assert_false(text_line(&rest, &line));
	rest = BYTES(NULL, 0);
	assert_false(text_line(&rest, &line));
	assert_true(text_prefix(&rest, ""));
	assert_false(text_prefix(&rest, "a"));
}

static void trimming(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	        {"", ""}, {" ", ""}, {" \t ", ""}, {"a", "a"}, {" a b\t", "a b"}, {"\na ", "\na"}};
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_true(bytes_equal(text_trim(bytes_text(cases[i][0])), bytes_text(cases[i][1])));
	assert_int_equal(text_trim(BYTES(NULL, 0)).len, 0);
}

static void words(void **state)
{
	(void)state;
	char room[39];
	struct bytes_out o = bytes_out(room, sizeof room);
	text_put_words(&o, bytes_text("")); /* SHA-256 e3b0c44298fc1c14... */
	assert_int_equal(bytes_out_end(&o), ERR_OK);
	assert_true(bytes_equal(bytes_written(&o), bytes_text("wigu rabo sohi hado nimo yasu cisu cihi")));
}

static bool is_word(const char *w)
{
	static const char consonants[] = "bcdghjklmnprstwy", vowels[] = "aiou";
	return strchr(consonants, w[0]) && strchr(vowels, w[1]) && strchr(consonants, w[2]) &&
	       strchr(vowels, w[3]);
}

/* Over many inputs all words come up: 256, each of the form, all distinct. */
static void words_are_256(void **state)
{
	(void)state;
	static char seen[257][5];
	size_t count = 0;
	for (uint16_t i = 0; i < 1000; i++) {
		char room[40] = {0};
		struct bytes_out o = bytes_out(room, sizeof room);
		text_put_words(&o, BYTES(&i, sizeof i));
		struct bytes rest = bytes_written(&o);
		while (rest.len > 0) {
			struct bytes word = text_split(&rest, ' ');
			assert_int_equal(word.len, 4);
			size_t at = 0;
			while (at < count && memcmp(seen[at], word.data, 4) != 0)
				at++;
			assert_true(at < 256);
			memcpy(seen[at], word.data, 4);
			count += at == count;
			assert_true(is_word(seen[at]));
		}
	}
	assert_int_equal(count, 256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(utf8),
	        cmocka_unit_test(utf8_of_every_scalar),
	        cmocka_unit_test(hexadecimal),
	        cmocka_unit_test(rfc_4648),
	        cmocka_unit_test(not_base64),
	        cmocka_unit_test(base64_is_canonical),
	        cmocka_unit_test(numbers),
	        cmocka_unit_test(splitting),
	        cmocka_unit_test(lines_and_prefixes),
	        cmocka_unit_test(trimming),
	        cmocka_unit_test(words),
	        cmocka_unit_test(words_are_256),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
