/* SPDX-License-Identifier: Apache-2.0 */
/* bech32.c: the checksums of BIP 350's own test cases. Their data parts are no whole bytes, mostly, so what is held
 * is that a good checksum is never called a bad one, and that everything else is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "log/line.h"
#include "vectors.h"

struct text {
	char bytes[128], prefix[128];
	size_t len;
};

static struct text text_of(const json_t *hex)
{
	struct text t = {.len = 0};
	t.len = vectors_hex(json_string_value(hex), t.bytes, sizeof t.bytes - 1);
	const char *one = strrchr(t.bytes, '1');
	size_t prefix = one ? (size_t)(one - t.bytes) : 0;
	for (size_t i = 0; i < prefix; i++)
		t.prefix[i] = (char)(t.bytes[i] >= 'A' && t.bytes[i] <= 'Z' ? t.bytes[i] + 32 : t.bytes[i]);
	return t;
}

static enum err parse(const struct text *t)
{
	uint8_t out[128];
	size_t len;
	return line_parse(BYTES(t->bytes, t->len), t->prefix, out, sizeof out, &len);
}

/* Prefixes of ours are letters; and no line is too long to be checked. */
static bool is_bad_by_prefix(const struct text *t)
{
	return t->prefix[0] <= ' ' || t->prefix[0] >= 0x7f || strlen(t->prefix) > 83;
}

static void checksums(void **state)
{
	(void)state;
	json_t *all = vectors_load("bech32/bech32-checksums.json"), *hex;
	size_t i, count = 0;
	json_array_foreach(vectors_array(all, "valid_checksum_bech32m"), i, hex)
	{
		struct text t = text_of(hex);
		enum err e = parse(&t);
		assert_true(e == ERR_OK || e == ERR_MALFORMED);
		count++;
		for (size_t at = 0; at < t.len; at++) { /* one letter of it changed to its neighbour */
			char was = t.bytes[at];
			t.bytes[at] = was == 'q' ? 'p' : 'q';
			assert_true(
			        t.bytes[at] == was || (parse(&t) != ERR_OK && parse(&t) != ERR_MALFORMED));
			t.bytes[at] = was;
		}
	}
	static const char *BAD[] = {
	        "valid_checksum_bech32", "invalid_checksum_bech32", "invalid_checksum_bech32m"};
	for (size_t b = 0; b < 3; b++)
		json_array_foreach(vectors_array(all, BAD[b]), i, hex)
		{
			struct text t = text_of(hex);
			enum err e = parse(&t);
			count++;
			assert_true(e != ERR_OK || is_bad_by_prefix(&t));
		}
	assert_int_equal(count, 7 + 7 + 12 + 14);
	json_decref(all);
}

int main(void)
{
	if (!vectors_there("bech32/bech32-checksums.json"))
		return vectors_skip("bech32/bech32-checksums.json");
	const struct CMUnitTest tests[] = {cmocka_unit_test(checksums)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
