/* SPDX-License-Identifier: Apache-2.0
 * msgpack.c: kawanet/msgpack-test-suite against the strict profile. Of the forms that the suite has for a value, the
 * one that the packer writes is accepted and reads as that value; all others are refused. Floats, timestamps, ext
 * and maps with text keys are refused in every form. */
#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mp.h"

#define FILE_NAME "msgpack/msgpack-test-suite.json"
#define ROOM_BYTES 256

static unsigned accepted, refused;

/* The bytes of "c4-01-ff". */
static size_t dashed(const char *text, uint8_t room[ROOM_BYTES])
{
	size_t len = 0;
	for (; *text != 0; text += text[2] == '-' ? 3 : 2) {
		char pair[3] = {text[0], text[1], 0};
		assert_true(len < ROOM_BYTES && text[1] != 0);
		len += vectors_hex(pair, room + len, 1);
	}
	return len;
}

/* Packs a value of JSON. False when the profile cannot express it. */
static bool pack(const json_t *value, struct mp_out *m)
{
	bool good = true;
	switch (json_typeof(value)) {
	case JSON_NULL:
		mp_put_nil(m);
		return true;
	case JSON_TRUE:
	case JSON_FALSE:
		mp_put_bool(m, json_is_true(value));
		return true;
	case JSON_INTEGER:
		mp_put_int(m, json_integer_value(value));
		return true;
	case JSON_STRING:
		mp_put_text(m, BYTES(json_string_value(value), json_string_length(value)));
		return true;
	case JSON_ARRAY:
		mp_put_array(m, (uint32_t)json_array_size(value));
		for (size_t i = 0; i < json_array_size(value); i++)
			good = pack(json_array_get(value, i), m) && good;
		return good;
	case JSON_OBJECT:
		mp_put_map(m, (uint32_t)json_object_size(value));
		return json_object_size(value) == 0; /* keys are texts */
	case JSON_REAL:
		return false;
	}
	return false;
}

/* Does the reader find the value of JSON? */
static void expect(const json_t *value, struct mp_in *m)
{
	struct mp_map map;
	switch (json_typeof(value)) {
	case JSON_NULL:
		assert_int_equal(mp_peek(m), MP_NIL);
		mp_skip(m);
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		assert_int_equal(mp_bool(m), json_is_true(value));
		break;
	case JSON_INTEGER:
		assert_true(mp_int(m, INT64_MIN, INT64_MAX) == json_integer_value(value));
		break;
	case JSON_STRING:
		assert_true(bytes_equal(
		        mp_text(m, ROOM_BYTES), BYTES(json_string_value(value), json_string_length(value))));
		break;
	case JSON_ARRAY:
		assert_int_equal(mp_array(m, UINT32_MAX), json_array_size(value));
		for (size_t i = 0; i < json_array_size(value); i++)
			expect(json_array_get(value, i), m);
		mp_array_end(m);
		break;
	case JSON_OBJECT:
		map = mp_map(m);
		assert_int_equal(map.left, json_object_size(value));
		mp_map_end(m, &map);
		break;
	case JSON_REAL:
		fail();
	}
}

/* A test of the suite names its value by its type. "bignum" and "binary" have no JSON of their own. */
static bool pack_test(const json_t *test, struct mp_out *m)
{
	static const char *const types[] = {"nil", "bool", "number", "string", "array", "map"};
	uint8_t binary[ROOM_BYTES];
	if (json_object_get(test, "binary")) {
		mp_put_bin(m, BYTES(binary, dashed(vectors_text(test, "binary"), binary)));
		return true;
	}
	if (json_object_get(test, "bignum")) {
		const char *text = vectors_text(test, "bignum");
		if (text[0] == '-')
			mp_put_int(m, strtoll(text, NULL, 10));
		else
			mp_put_uint(m, strtoull(text, NULL, 10));
		return true;
	}
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (json_object_get(test, types[i]))
			return pack(json_object_get(test, types[i]), m);
	assert_true(json_object_get(test, "timestamp") || json_object_get(test, "ext"));
	return false;
}

static void expect_test(const json_t *test, struct mp_in *m)
{
	static const char *const types[] = {"nil", "bool", "number", "string", "array", "map"};
	uint8_t binary[ROOM_BYTES];
	const char *text = json_object_get(test, "bignum") ? vectors_text(test, "bignum") : NULL;
	if (json_object_get(test, "binary")) {
		size_t len = dashed(vectors_text(test, "binary"), binary);
		assert_true(bytes_equal(mp_bin(m, ROOM_BYTES), BYTES(binary, len)));
	} else if (text && text[0] == '-') {
		assert_true(mp_int(m, INT64_MIN, INT64_MAX) == strtoll(text, NULL, 10));
	} else if (text) {
		assert_true(mp_uint(m, UINT64_MAX) == strtoull(text, NULL, 10));
	} else {
		for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
			if (json_object_get(test, types[i]))
				expect(json_object_get(test, types[i]), m);
	}
	assert_int_equal(mp_end(m), ERR_OK);
}

/* One test: how many of its forms are accepted? */
static unsigned forms_accepted(const json_t *test, struct bytes shortest, bool in_profile)
{
	unsigned count = 0;
	size_t i = 0;
	json_t *form = NULL;
	json_array_foreach(vectors_array(test, "msgpack"), i, form)
	{
		uint8_t room[ROOM_BYTES];
		struct bytes b = BYTES(room, dashed(json_string_value(form), room));
		bool is_shortest = in_profile && bytes_equal(b, shortest);
		enum err e = mp_check(b);
		if ((e == ERR_OK) != is_shortest)
			fail_msg("%s: %s", json_string_value(form), err_code(e));
		refused += e != ERR_OK;
		if (e != ERR_OK)
			continue;
		struct mp_in m = mp_in(b);
		expect_test(test, &m);
		count++;
	}
	return count;
}

static void one_form_of_each_value(void **state)
{
	(void)state;
	json_t *suite = vectors_load(FILE_NAME), *tests = NULL, *test = NULL;
	const char *name = NULL;
	size_t i = 0;
	json_object_foreach(suite, name, tests)
	{
		json_array_foreach(tests, i, test)
		{
			uint8_t room[ROOM_BYTES];
			struct mp_out m = mp_out(room, sizeof room);
			bool in_profile = pack_test(test, &m);
			assert_int_equal(mp_out_end(&m), ERR_OK);
			unsigned count = forms_accepted(test, mp_written(&m), in_profile);
			if (count != in_profile)
				fail_msg("%s, test %zu: %u forms accepted", name, i, count);
			accepted += count;
		}
	}
	json_decref(suite);
	print_message("%u forms accepted, %u refused\n", accepted, refused);
	assert_true(accepted > 0 && refused > accepted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(one_form_of_each_value),
	};
	if (!vectors_there(FILE_NAME))
		return vectors_skip(FILE_NAME);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
