/* SPDX-License-Identifier: Apache-2.0 */
/* log_roster_body.c: the bodies of the roster's kinds: whole or refused, and the ranges of their fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support/registrar.h"

static struct registrar R;

/* A roster of two members, and one feed of member 1. */
static int setup(void **state)
{
	(void)state;
	struct feed_keys one = registrar_keys(1, 0).public;
	registrar_found(&R);
	assert_int_equal(registrar_admit(&R, "Koperasi Satu", "satu"), ERR_OK);
	assert_int_equal(registrar_add(&R, 1, &one, ROLE_OFFICER), ERR_OK);
	return 0;
}

static void update(void)
{
	struct roster_update u = {
	        .member = {1}, .from_year = 2019, .profile = registrar_profile("Koperasi Lain", "lain")};
	roster_body_update_pack(registrar_begin(&R), &u);
	assert_int_equal(registrar_apply(&R, KIND_MEMBER_UPDATE), ERR_OK);
}

static void label(void)
{
	struct roster_label l = {.member = {1}, .reason = bytes_text("atas permintaan sendiri")};
	roster_body_label_pack(registrar_begin(&R), &l);
	assert_int_equal(registrar_apply(&R, KIND_MEMBER_SUSPEND), ERR_OK);
}

/* Every body: what is packed is read back, and no shorter or longer body is read. */
static void check_lengths(enum log_kind kind)
{
	uint8_t body[sizeof R.body];
	struct bytes b = mp_written(&R.out);
	memcpy(body, b.data, b.len);
	for (size_t len = 0; len <= b.len + 1; len++) {
		if (len == b.len)
			continue;
		body[b.len] = 0;
		assert_int_not_equal(registrar_apply_body(&R, (uint16_t)kind, BYTES(body, len)), ERR_OK);
	}
}

static void lengths(void **state)
{
	(void)state;
	struct feed_keys keys = registrar_keys(3, 0).public;
	assert_int_equal(registrar_admit(&R, "Koperasi Tiga", "tiga"), ERR_OK);
	check_lengths(KIND_MEMBER_ADMIT);
	update();
	check_lengths(KIND_MEMBER_UPDATE);
	label();
	check_lengths(KIND_MEMBER_SUSPEND);
	assert_int_equal(registrar_add(&R, 1, &keys, 0), ERR_OK);
	check_lengths(KIND_FEED_ADD);
	assert_int_equal(registrar_regrant(&R, 1, 0, 5), ERR_OK);
	check_lengths(KIND_FEED_ROLES);
	assert_int_equal(registrar_cut(&R, 1, 5), ERR_OK);
	check_lengths(KIND_FEED_CUT);
	assert_int_equal(registrar_resolve(&R, 1), ERR_OK);
	check_lengths(KIND_FEED_RESOLVE);
	assert_int_equal(registrar_seen(&R, 1, 5), ERR_OK);
	check_lengths(KIND_WITNESS_SEEN);
}

static void profile_round_trip(void **state)
{
	(void)state;
	struct profile p = registrar_profile("Koperasi Tiga", "tiga"), back;
	p.legal_no = registrar_text("1");
	p.nik = registrar_text("9900000000001");
	p.type = registrar_text("produsen");
	p.kecamatan = registrar_text("Burau");
	p.desa = registrar_text("Lauwo");
	p.form = FORM_SEKUNDER;
	p.has_founded = true;
	p.founded.n = -3000;
	p.closing_month = 6;
	p.closing_day = 30;
	roster_body_admit_pack(registrar_begin(&R), &p);
	assert_int_equal(roster_body_admit_unpack(mp_written(&R.out), &back), ERR_OK);
	uint8_t bytes[ENTRY_PAYLOAD_BYTES_MAX];
	struct mp_out again = mp_out(bytes, sizeof bytes);
	roster_body_admit_pack(&again, &back);
	assert_true(bytes_equal(mp_written(&R.out), mp_written(&again)));
}

static void profile_ranges(void **state)
{
	(void)state;
	static const struct {
		uint8_t month, day;
		int32_t founded;
		enum err want;
	} CASES[] = {
	        {12, 31, 0, ERR_OK},
	        {2, 28, DAY_MIN, ERR_OK},
	        {2, 29, 0, ERR_DATE_RANGE},
	        {6, 31, 0, ERR_DATE_RANGE},
	        {13, 1, 0, ERR_DATE_RANGE},
	        {0, 1, 0, ERR_DATE_RANGE},
	        {1, 0, 0, ERR_DATE_RANGE},
	        {12, 31, DAY_MIN - 1, ERR_DATE_RANGE},
	        {12, 31, DAY_MAX + 1, ERR_DATE_RANGE},
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		struct profile p = registrar_profile("Koperasi Tiga", "tiga"), back;
		p.closing_month = CASES[i].month;
		p.closing_day = CASES[i].day;
		p.has_founded = true;
		p.founded.n = CASES[i].founded;
		roster_body_admit_pack(registrar_begin(&R), &p);
		assert_int_equal(roster_body_admit_unpack(mp_written(&R.out), &back), CASES[i].want);
	}
}

static void texts(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t max;
		enum err want;
	} CASES[] = {
	        {"", 8, ERR_OK}, {"Soroako", 7, ERR_OK}, {"Soroako", 6, ERR_TOO_LONG},
	        {"caf\xc3\xa9", 8, ERR_OK}, {"nbsp\xc2\xa0", 8, ERR_OK}, {"\xff", 8, ERR_NOT_UTF8},
	        {"a\nb", 8, ERR_BAD_TEXT}, {"\x7f", 8, ERR_BAD_TEXT},
	        {"\xc2\x9b", 8, ERR_BAD_TEXT}, /* CSI, as one byte on old terminals */
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		struct short_text t;
		assert_int_equal(short_text_of(bytes_text(CASES[i].text), CASES[i].max, &t), CASES[i].want);
	}
}

/* What may be absent is not there empty, and unknown keys are passed over. */
static void absent_and_unknown(void **state)
{
	(void)state;
	static const struct {
		const char *body;
		size_t len;
		enum err want;
	} CASES[] = {
	        {"\x81\x00\x01", 3, ERR_OK},
	        {"\x82\x00\x01\x01\xa0", 5, ERR_MALFORMED},
	        {"\x82\x00\x01\x01\xa1r", 6, ERR_OK},
	        {"\x82\x00\x01\x7f\xc0", 5, ERR_OK},
	        {"\x82\x00\x01\x00\x01", 5, ERR_KEY_ORDER},
	        {"\x81\x01\xa1r", 4, ERR_MISSING_FIELD},
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		struct roster_label l;
		struct bytes body = BYTES(CASES[i].body, CASES[i].len);
		assert_int_equal(roster_body_label_unpack(body, &l), CASES[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup(lengths, setup),
	        cmocka_unit_test_setup(profile_round_trip, setup),
	        cmocka_unit_test_setup(profile_ranges, setup),
	        cmocka_unit_test(texts),
	        cmocka_unit_test(absent_and_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
