/* SPDX-License-Identifier: Apache-2.0
 * ledger_district_rat.c: the attestations of a whole district, from CSV through the real bodies, checks, folds and
 * status rules, without a store, must give every row of expected/rat-status.csv. Skipped when there is no district. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/status.h"
#include "support/district.h"

static struct district d;
static struct rat_record *rat_rows;
static size_t rat_rows_count;
static uint8_t memory[65536];

static const char *alias_of(struct member_no member)
{
	for (size_t i = 0; i < d.aliases.count; i++)
		if (d.aliases.all[i].index + 1 == member.n)
			return d.aliases.all[i].name;
	return "?";
}

/* --- the year's RAT */
struct version {
	struct member_no member;
	int32_t year;
	int64_t version;
	struct reference ref;
	struct day received;
};
static struct version *versions;
static size_t versions_count;
static uint8_t policy_bodies[16][1024];
static struct policy policies[16];
static struct policy_entry policy_entries[16];
static size_t policies_count;

static struct policy_day after(struct day day, int32_t year)
{
	struct day_parts p = date_parts(day);
	return (struct policy_day){
	        .years_after = (uint8_t)(p.year - year), .month = (uint8_t)p.month, .day = (uint8_t)p.day};
}

static void load_policies(void)
{
	struct district_csv c;
	assert_true(district_open(&c, "policy.csv"));
	while (district_next(&c)) {
		struct policy p;
		policy_default(&p);
		p.from_year = (int32_t)district_number(&c, "tahun_buku", 0);
		p.due_months_primer = (uint8_t)district_number(&c, "batas_rat_primer_bulan", 0);
		p.due_months_sekunder = (uint8_t)district_number(&c, "batas_rat_sekunder_bulan", 0);
		p.legal_months = (uint8_t)district_number(&c, "batas_hukum_bulan", 0);
		p.has_report = true;
		p.report_primer = after(district_day(&c, "batas_lapor_primer"), p.from_year);
		p.report_sekunder = after(district_day(&c, "batas_lapor_sekunder"), p.from_year);
		p.offer_days = (uint32_t)district_number(&c, "kedaluwarsa_hari", 0);
		size_t i = policies_count++;
		assert_true(i < 16);
		struct mp_out m = mp_out(policy_bodies[i], sizeof policy_bodies[i]);
		policy_pack(&m, &p);
		struct reference ref = statements_say(
		        &d.set, 0, KIND_POLICY_SET, &m, district_day(&c, "batas_lapor_primer"));
		assert_int_equal(policy_unpack(mp_written(&m), &policies[i]), ERR_OK);
		policy_entries[i] = (struct policy_entry){.place = ref.place, .from_year = p.from_year};
	}
}

static const struct version *version_find(struct member_no member, int32_t year, int64_t version)
{
	for (size_t i = 0; i < versions_count; i++)
		if (versions[i].member.n == member.n && versions[i].year == year &&
		        versions[i].version == version)
			return &versions[i];
	fail_msg("no version %lld of %u in %d", (long long)version, member.n, year);
	return NULL;
}

static void load_attestation(const struct district_csv *c)
{
	static const char *const modes[] = {"luring", "daring", "hibrida", "tertulis", "kelompok", NULL};
	struct member_no member = district_member(&d, district_get(c, "koperasi"));
	struct reference replaces;
	struct rat_attest a = {
	        .year = (int32_t)district_number(c, "tahun_buku", 0),
	        .closing = district_day(c, "tutup_buku"),
	        .held = district_day(c, "tanggal_rat"),
	        .place = district_get(c, "tempat"),
	        .mode = (enum rat_mode)district_choice(c, "cara", modes),
	        .members_total = (uint32_t)district_number(c, "anggota_total", 0),
	        .has_split = true,
	        .members_men = (uint32_t)district_number(c, "anggota_pria", 0),
	        .members_women = (uint32_t)district_number(c, "anggota_wanita", 0),
	        .present = (uint32_t)district_number(c, "hadir", 0),
	        .quorum = (uint32_t)district_number(c, "kuorum", 0),
	        .clause = district_get(c, "dasar_kuorum"),
	        .own_capital = {district_number(c, "modal_sendiri", 0)},
	        .outside_capital = {district_number(c, "modal_luar", 0)},
	        .assets = {district_number(c, "total_aset", 0)},
	        .turnover = {district_number(c, "volume_usaha", 0)},
	        .surplus = {district_number(c, "shu", 0)},
	        .employees = (uint32_t)district_number(c, "karyawan", 0),
	        .managers = (uint32_t)district_number(c, "manajer", 0),
	};
	if (district_get(c, "menggantikan").len != 0) {
		replaces = version_find(member, a.year, district_number(c, "menggantikan", 0))->ref;
		a.replaces = &replaces;
		a.replaces_count = 1;
	}
	struct mp_out m = mp_out(memory, sizeof memory);
	rat_attest_pack(&m, &a);
	struct day received = district_day(c, "diterima");
	struct reference ref = statements_say(&d.set, district_feed(member), KIND_RAT_ATTEST, &m, received);
	assert_int_equal(statements_check(&d.set, d.set.count - 1), ERR_OK);
	versions = realloc(versions, (versions_count + 1) * sizeof *versions);
	versions[versions_count++] = (struct version){.member = member,
	        .year = a.year,
	        .version = district_number(c, "versi", 0),
	        .ref = ref,
	        .received = received};
}

static void load_rats(void)
{
	static const char *const rulings[] = {"verifikasi", "kembalikan", "tolak", NULL};
	struct district_csv c;
	assert_true(district_open(&c, "rat.csv"));
	while (district_next(&c))
		load_attestation(&c);
	assert_true(district_open(&c, "verdicts.csv"));
	while (district_next(&c)) {
		const struct version *of = version_find(district_member(&d, district_get(&c, "koperasi")),
		        (int32_t)district_number(&c, "tahun_buku", 0), district_number(&c, "versi", 0));
		struct rat_verdict v = {.about = of->ref,
		        .ruling = (enum rat_ruling)district_choice(&c, "putusan", rulings),
		        .reason = district_get(&c, "alasan")};
		struct mp_out m = mp_out(memory, sizeof memory);
		rat_verdict_pack(&m, &v);
		statements_say(&d.set, 0, KIND_RAT_VERDICT, &m, district_day(&c, "tanggal"));
	}
}

struct hearing {
	struct member_no member;
	struct day day;
};
static struct hearing *hearings;
static size_t hearings_count;

static void load_hearings(void)
{
	struct district_csv c;
	assert_true(district_open(&c, "heard.csv"));
	while (district_next(&c)) {
		hearings = realloc(hearings, (hearings_count + 1) * sizeof *hearings);
		hearings[hearings_count++] = (struct hearing){
		        district_member(&d, district_get(&c, "koperasi")), district_day(&c, "tanggal")};
	}
}

static size_t items_of(struct member_no member, int32_t year, struct rat_item *out, size_t cap)
{
	size_t n = 0;
	for (size_t i = 0; i < rat_rows_count; i++) {
		if (rat_rows[i].member.n != member.n || rat_rows[i].year != year)
			continue;
		assert_true(n < cap);
		out[n] = (struct rat_item){.record = &rat_rows[i], .has_received = true};
		for (size_t k = 0; k < versions_count; k++)
			if (reference_equal(&versions[k].ref, &rat_rows[i].ref))
				out[n].received = versions[k].received;
		n++;
	}
	return n;
}

static void hear(struct rat_question *q)
{
	for (size_t i = 0; i < hearings_count; i++) {
		bool counts = hearings[i].member.n == q->member.n && hearings[i].day.n <= q->as_of.n;
		if (counts && (!q->has_heard || hearings[i].day.n > q->heard.n)) {
			q->has_heard = true;
			q->heard = hearings[i].day;
		}
	}
}

static void statuses(void **state)
{
	(void)state;
	struct district_csv c;
	size_t rows = 0;
	assert_true(district_open(&c, "expected/rat-status.csv"));
	while (district_next(&c)) {
		struct rat_item items[32];
		struct rat_question q = {.member = district_member(&d, district_get(&c, "koperasi")),
		        .year = (int32_t)district_number(&c, "tahun_buku", 0),
		        .as_of = district_day(&c, "pada"),
		        .items = items};
		ptrdiff_t p = policy_for(policy_entries, policies_count, q.year);
		assert_true(p >= 0);
		q.policy = &policies[p];
		q.profile = &d.profiles[q.member.n];
		q.items_count = items_of(q.member, q.year, items, 32);
		hear(&q);
		struct rat_answer a;
		status_of(&q, &a);
		if (!district_is(&c, "status", status_code(a.status)))
			fail_msg("%s %d: %s", alias_of(q.member), q.year, status_code(a.status));
		rows++;
	}
	assert_true(rows > 0);
	print_message("rat-status.csv: %zu rows\n", rows);
}

static void fold_all(void)
{
	struct object_view view;
	rat_rows = calloc(d.set.count + 1, sizeof *rat_rows);
	for (size_t i = 0; i < d.set.count; i++) {
		if (!statements_fold(&d.set, i, &view))
			continue;
		struct bytes record = BYTES(view.record, view.record_bytes);
		assert_int_equal(rat_record_read(record, &rat_rows[rat_rows_count++]), ERR_OK);
	}
	for (size_t i = 0; i < d.set.count; i++)
		if (d.set.why[i] != ERR_OK)
			fail_msg(
			        "statement %zu of kind %u: %s", i, d.set.all[i].kind, err_code(d.set.why[i]));
}

static int load(void **state)
{
	(void)state;
	district_members(&d);
	load_policies();
	load_rats();
	load_hearings();
	fold_all();
	print_message("%zu statements, %zu attestations\n", d.set.count, rat_rows_count);
	return 0;
}

int main(void)
{
	if (!district_find(DISTRICT_DIR)) {
		puts("skipped: no district in " DISTRICT_DIR);
		return 77;
	}
	const struct CMUnitTest tests[] = {cmocka_unit_test(statuses)};
	return cmocka_run_group_tests(tests, load, NULL);
}
