/* SPDX-License-Identifier: Apache-2.0 */
/* log_invite.c: lines of text, invites and join requests: written, read, and everything that can be wrong with one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "log/join.h"
#include "log/line.h"
#include "support/registrar.h"

static uint8_t memory[JOIN_LINE_BYTES_MAX], second[JOIN_LINE_BYTES_MAX];

static void lines(void **state)
{
	(void)state;
	uint8_t data[64], back[64];
	for (size_t n = 0; n <= sizeof data; n++) {
		struct bytes_out o = bytes_out(memory, sizeof memory);
		size_t len = 99;
		for (size_t i = 0; i < n; i++)
			data[i] = (uint8_t)(i * 83 + n);
		line_put(&o, "lontar", BYTES(data, n));
		assert_int_equal(o.len, 7 + (8 * n + 4) / 5 + 6);
		assert_int_equal(line_parse(bytes_written(&o), "lontar", back, sizeof back, &len), ERR_OK);
		assert_int_equal(len, n);
		assert_memory_equal(back, data, n);
		if (n > 0)
			assert_int_equal(
			        line_parse(bytes_written(&o), "lontar", back, n - 1, &len), ERR_TOO_LONG);
		assert_int_equal(
		        line_parse(bytes_written(&o), "lonta", back, sizeof back, &len), ERR_BAD_PREFIX);
	}
}

/* BIP 173's own algorithm, over prefix "a" and letters by value. */
static uint32_t checksum(const uint8_t *letters, size_t count)
{
	static const uint32_t GENERATOR[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint8_t values[32] = {'a' >> 5, 0, 'a' & 31};
	uint32_t sum = 1;
	memcpy(values + 3, letters, count);
	for (size_t i = 0; i < 3 + count + 6; i++) {
		uint32_t top = sum >> 25;
		sum = (sum & 0x1ffffff) << 5 ^ values[i];
		for (unsigned g = 0; g < 5; g++)
			sum ^= top >> g & 1 ? GENERATOR[g] : 0;
	}
	return sum ^ 0x2bc830a3;
}

/* Bits that are part of no byte are zero and fewer than a letter, or the same bytes had a second line. */
static void lines_have_one_form(void **state)
{
	(void)state;
	static const char LETTERS[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	static const struct {
		uint8_t letters[8];
		size_t count, bytes;
		enum err want;
	} CASES[] = {
	        {{0}, 0, 0, ERR_OK},
	        {{31}, 1, 0, ERR_MALFORMED},
	        {{0}, 1, 0, ERR_MALFORMED}, /* a letter too many */
	        {{31, 28}, 2, 1, ERR_OK},
	        {{31, 29}, 2, 1, ERR_MALFORMED},
	        {{31, 30}, 2, 1, ERR_MALFORMED},
	        {{31, 28, 0}, 3, 1, ERR_MALFORMED},
	        {{31, 31, 31, 16}, 4, 2, ERR_OK},
	        {{31, 31, 31, 17}, 4, 2, ERR_MALFORMED},
	        {{31, 31, 31, 24}, 4, 2, ERR_MALFORMED},
	        {{31, 31, 31, 31, 30}, 5, 3, ERR_OK},
	        {{31, 31, 31, 31, 31}, 5, 3, ERR_MALFORMED},
	        {{31, 31, 31, 31, 30, 0}, 6, 3, ERR_MALFORMED},
	        {{31, 31, 31, 31, 31, 31, 31, 31}, 8, 5, ERR_OK},
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		struct bytes_out o = bytes_out(memory, sizeof memory);
		uint32_t sum = checksum(CASES[i].letters, CASES[i].count);
		uint8_t back[8];
		size_t len = 99;
		bytes_put_text(&o, "a1");
		for (size_t j = 0; j < CASES[i].count; j++)
			bytes_put_u8(&o, (uint8_t)LETTERS[CASES[i].letters[j]]);
		for (unsigned j = 0; j < 6; j++)
			bytes_put_u8(&o, (uint8_t)LETTERS[sum >> 5 * (5 - j) & 31]);
		assert_int_equal(line_parse(bytes_written(&o), "a", back, sizeof back, &len), CASES[i].want);
		assert_int_equal(len, CASES[i].want == ERR_OK ? CASES[i].bytes : 99);
	}
}

static struct invite some_invite(void)
{
	struct invite i = {.expiry_s = 1800000000};
	memset(i.network.bytes, 0xab, 32);
	memcpy(i.link, registrar_keys(7, 7).public.link, 32);
	for (uint8_t b = 0; b < INVITE_SECRET_BYTES; b++)
		i.secret[b] = b;
	assert_int_equal(invite_add_address(&i, bytes_text("dinas.example:7421")), ERR_OK);
	assert_int_equal(invite_add_address(&i, bytes_text("[2001:db8::1]:7421")), ERR_OK);
	return i;
}

static struct bytes put_invite(const struct invite *i)
{
	struct bytes_out o = bytes_out(memory, sizeof memory);
	assert_int_equal(invite_put(&o, i), ERR_OK);
	assert_true(o.len <= INVITE_BYTES_MAX);
	return bytes_written(&o);
}

static void invites(void **state)
{
	(void)state;
	struct invite i = some_invite(), back;
	struct bytes line = put_invite(&i);
	assert_memory_equal(line.data, "lontar1", 7);
	assert_int_equal(invite_parse(line, &back), ERR_OK);
	assert_memory_equal(&i, &back, sizeof i);
	i.addresses_count = 0;
	memset(i.addresses, 0, sizeof i.addresses);
	assert_int_equal(invite_parse(put_invite(&i), &back), ERR_OK);
	assert_memory_equal(&i, &back, sizeof i);
}

/* As it comes out of a message: broken into lines, indented, or typed in capitals. */
static void invites_as_pasted(void **state)
{
	(void)state;
	struct invite i = some_invite(), back;
	struct bytes line = put_invite(&i);
	uint8_t text[2048];
	struct bytes_out o = bytes_out(text, sizeof text);
	for (size_t at = 0; at < line.len; at++) {
		if (at % 40 == 0)
			bytes_put_text(&o, "\r\n \t");
		uint8_t c = line.data[at];
		bytes_put_u8(&o, c >= 'a' && c <= 'z' ? (uint8_t)(c - 32) : c);
	}
	bytes_put_text(&o, "\n");
	assert_int_equal(invite_parse(bytes_written(&o), &back), ERR_OK);
	assert_memory_equal(&i, &back, sizeof i);
	text[8] = 'x'; /* one small letter among capitals */
	assert_int_not_equal(invite_parse(bytes_written(&o), &back), ERR_OK);
}

/* No character can be another, be missing, be doubled or change places with its neighbour. */
static void every_slip_is_found(void **state)
{
	(void)state;
	struct invite i = some_invite(), back;
	struct bytes line = put_invite(&i);
	uint8_t text[600];
	for (size_t at = 7; at < line.len; at++) {
		for (const char *c = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"; *c; c++) {
			memcpy(text, line.data, line.len);
			text[at] = (uint8_t)*c;
			enum err want = text[at] == line.data[at] ? ERR_OK : ERR_BAD_CHECKSUM;
			assert_int_equal(invite_parse(BYTES(text, line.len), &back), want);
		}
		text[at] = 'b';
		assert_int_equal(invite_parse(BYTES(text, line.len), &back), ERR_BAD_TEXT);
		text[at] = 0;
		assert_int_equal(invite_parse(BYTES(text, line.len), &back), ERR_BAD_TEXT);
		memcpy(text, line.data, line.len);
		memmove(text + at, text + at + 1, line.len - at - 1);
		assert_int_equal(invite_parse(BYTES(text, line.len - 1), &back), ERR_BAD_CHECKSUM);
		memcpy(text, line.data, at + 1);
		memcpy(text + at + 1, line.data + at, line.len - at);
		assert_int_equal(invite_parse(BYTES(text, line.len + 1), &back), ERR_BAD_CHECKSUM);
		memcpy(text, line.data, line.len);
		if (at + 1 < line.len && text[at] != text[at + 1]) {
			text[at] = line.data[at + 1];
			text[at + 1] = line.data[at];
			assert_int_equal(invite_parse(BYTES(text, line.len), &back), ERR_BAD_CHECKSUM);
		}
	}
	for (size_t len = 0; len < 7; len++)
		assert_int_equal(invite_parse(BYTES(line.data, len), &back), ERR_BAD_PREFIX);
	for (size_t len = 7; len < line.len; len++)
		assert_int_equal(invite_parse(BYTES(line.data, len), &back), ERR_BAD_CHECKSUM);
	assert_int_equal(invite_parse(bytes_text("https://example.org"), &back), ERR_BAD_PREFIX);
	assert_int_equal(invite_parse(bytes_text(""), &back), ERR_BAD_PREFIX);
}

/* Lines that are right and whose contents are not. */
static void contents(void **state)
{
	(void)state;
	uint8_t data[600] = {1};
	struct invite back;
	struct feed_keys keys = registrar_keys(7, 7).public;
	memcpy(data + 33, keys.link, 32);
	struct {
		size_t at;
		const char *bytes;
		size_t count, len;
		enum err want;
	} const CASES[] = {
	        {0, "\x01", 1, 86, ERR_OK},
	        {0, "\x02", 1, 86, ERR_BAD_VERSION},
	        {0, "", 0, 0, ERR_TRUNCATED},
	        {0, "\x01", 1, 85, ERR_TRUNCATED},
	        {0, "\x01", 1, 87, ERR_TRAILING},
	        {85, "\x01", 1, 86, ERR_TRUNCATED},
	        {85, "\x01\x06h:7421", 8, 93, ERR_OK},
	        {85, "\x01\x07h:7421", 8, 93, ERR_TRUNCATED},
	        {85, "\x01\x06h 7421", 8, 93, ERR_BAD_ADDRESS},
	        {85, "\x05\x03h:1\x03h:1\x03h:1\x03h:1\x03h:1", 21, 106, ERR_TOO_MANY},
	        {33, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32, 86, ERR_BAD_KEY},
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		uint8_t text[sizeof data];
		struct bytes_out o = bytes_out(memory, sizeof memory);
		memcpy(text, data, sizeof data);
		memcpy(text + CASES[i].at, CASES[i].bytes, CASES[i].count);
		line_put(&o, "lontar", BYTES(text, CASES[i].len));
		assert_int_equal(invite_parse(bytes_written(&o), &back), CASES[i].want);
	}
}

static void addresses(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum err want;
	} CASES[] = {
	        {"h:1", ERR_OK},
	        {"10.0.0.1:65535", ERR_OK},
	        {"10.0.0.1:65536", ERR_BAD_ADDRESS},
	        {"h:0", ERR_BAD_ADDRESS},
	        {"h:", ERR_BAD_ADDRESS},
	        {":7421", ERR_BAD_ADDRESS},
	        {"h", ERR_BAD_ADDRESS},
	        {"", ERR_BAD_ADDRESS},
	        {"h h:1", ERR_BAD_ADDRESS},
	        {"h:1 ", ERR_BAD_ADDRESS},
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		struct invite invite = {0};
		assert_int_equal(invite_add_address(&invite, bytes_text(CASES[i].text)), CASES[i].want);
		assert_int_equal(invite.addresses_count, CASES[i].want == ERR_OK ? 1 : 0);
	}
	/* four long ones are too long for a line that people handle */
	struct invite invite = some_invite();
	uint8_t address[ADDRESS_BYTES_MAX + 1];
	memset(address, 'h', sizeof address);
	memcpy(address + ADDRESS_BYTES_MAX - 5, ":7421", 6);
	assert_int_equal(invite_add_address(&invite, BYTES(address, ADDRESS_BYTES_MAX)), ERR_OK);
	assert_int_equal(invite_add_address(&invite, BYTES(address, ADDRESS_BYTES_MAX)), ERR_OK);
	assert_int_equal(invite_add_address(&invite, BYTES(address, ADDRESS_BYTES_MAX)), ERR_TOO_MANY);
	struct bytes_out o = bytes_out(memory, sizeof memory);
	assert_int_equal(invite_put(&o, &invite), ERR_TOO_LONG);
	assert_int_equal(o.len, 0);
}

static const struct join_binding PASTED, LINKED = {{1, 2, 3}};
static const uint8_t SECRET[INVITE_SECRET_BYTES] = {9, 8, 7}, OTHER[INVITE_SECRET_BYTES] = {9, 8, 6};

static struct join some_join(const struct join_binding *binding)
{
	struct secret_keys keys = registrar_keys(8, 8);
	struct join j = {.name = registrar_text("KP Lada Seberang (contoh)"), .has_profile = true};
	j.profile = registrar_profile("KP Lada Seberang (contoh)", "lada-seberang");
	j.profile.kecamatan = registrar_text("Towuti");
	join_sign(&j, &keys, SECRET, binding);
	return j;
}

static void joins(void **state)
{
	(void)state;
	struct join j = some_join(&LINKED), back;
	assert_int_equal(join_verify(&j, &LINKED), ERR_OK);
	assert_int_equal(join_verify(&j, &PASTED), ERR_BAD_SIGNATURE);
	assert_true(join_has_secret(&j, SECRET, &LINKED));
	assert_false(join_has_secret(&j, SECRET, &PASTED));
	assert_false(join_has_secret(&j, OTHER, &LINKED));
	for (int profile = 0; profile < 2; profile++) {
		struct secret_keys keys = registrar_keys(8, 8);
		struct bytes_out o = bytes_out(memory, sizeof memory);
		j.has_profile = profile != 0;
		if (!j.has_profile)
			memset(&j.profile, 0, sizeof j.profile);
		else
			j.profile = registrar_profile("KP Lada Seberang (contoh)", "lada-seberang");
		join_sign(&j, &keys, SECRET, &PASTED);
		join_put(&o, &j);
		assert_int_equal(bytes_out_end(&o), ERR_OK);
		assert_memory_equal(o.data, "lontarjoin1", 11);
		assert_int_equal(join_parse(bytes_written(&o), &back), ERR_OK);
		struct bytes_out again = bytes_out(second, sizeof second);
		join_put(&again, &back);
		assert_true(bytes_equal(bytes_written(&o), bytes_written(&again)));
		assert_int_equal(join_verify(&back, &PASTED), ERR_OK);
		assert_true(join_has_secret(&back, SECRET, &PASTED));
	}
}

/* The largest: every text at its limit. */
static void largest_join(void **state)
{
	(void)state;
	struct secret_keys keys = registrar_keys(8, 8);
	struct join j = {.has_profile = true}, back;
	struct short_text *texts[] = {&j.name, &j.profile.name, &j.profile.alias, &j.profile.legal_no,
	        &j.profile.nik, &j.profile.type, &j.profile.kecamatan, &j.profile.desa};
	static const uint8_t LENS[] = {NAME_BYTES_MAX, NAME_BYTES_MAX, ALIAS_BYTES_MAX, LEGAL_NO_BYTES_MAX,
	        NIK_BYTES_MAX, NAME_BYTES_MAX, NAME_BYTES_MAX, NAME_BYTES_MAX};
	for (size_t i = 0; i < 8; i++) {
		texts[i]->len = LENS[i];
		memset(texts[i]->text, 'a', LENS[i]);
	}
	j.profile.has_founded = true;
	j.profile.founded.n = DAY_MIN;
	j.profile.closing_month = j.profile.closing_day = 12;
	join_sign(&j, &keys, SECRET, &PASTED);
	struct bytes_out o = bytes_out(memory, sizeof memory);
	join_put(&o, &j);
	assert_int_equal(bytes_out_end(&o), ERR_OK);
	assert_int_equal(join_parse(bytes_written(&o), &back), ERR_OK);
	assert_memory_equal(&j, &back, sizeof j);
}

/* Every bit of what is sent: it has not the form, or signature or secret show it. */
static void every_bit_of_a_join(void **state)
{
	(void)state;
	struct join j = some_join(&LINKED), back;
	uint8_t packed[JOIN_BYTES_MAX];
	struct mp_out m = mp_out(packed, sizeof packed);
	mp_put_array(&m, JOIN_FIELDS);
	join_pack_fields(&m, &j);
	for (size_t bit = 0; bit < m.out.len * 8; bit++) {
		packed[bit / 8] ^= (uint8_t)(1u << bit % 8);
		struct mp_in in = mp_in(mp_written(&m));
		mp_array_fixed(&in, JOIN_FIELDS);
		join_unpack_fields(&in, &back);
		mp_array_end(&in);
		assert_false(mp_end(&in) == ERR_OK && join_verify(&back, &LINKED) == ERR_OK &&
		             join_has_secret(&back, SECRET, &LINKED));
		packed[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void keys_that_may_not_enter(void **state)
{
	(void)state;
	struct secret_keys keys = registrar_keys(8, 8);
	struct join j = some_join(&LINKED);
	memset(keys.public.link, 0, 32);
	join_sign(&j, &keys, SECRET, &LINKED);
	assert_int_equal(join_verify(&j, &LINKED), ERR_BAD_KEY);
	keys = registrar_keys(8, 8);
	memcpy(keys.public.link, keys.public.seal, 32);
	join_sign(&j, &keys, SECRET, &LINKED);
	assert_int_equal(join_verify(&j, &LINKED), ERR_BAD_KEY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(lines),
	        cmocka_unit_test(lines_have_one_form),
	        cmocka_unit_test(invites),
	        cmocka_unit_test(invites_as_pasted),
	        cmocka_unit_test(every_slip_is_found),
	        cmocka_unit_test(contents),
	        cmocka_unit_test(addresses),
	        cmocka_unit_test(joins),
	        cmocka_unit_test(largest_join),
	        cmocka_unit_test(every_bit_of_a_join),
	        cmocka_unit_test(keys_that_may_not_enter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
