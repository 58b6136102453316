/* SPDX-License-Identifier: Apache-2.0
 * rat.c: the bodies of rat.attest and rat.record: written, read strictly, and refused for the few reasons that
 * docs/LEDGER.md 8 names. Counts are read as signed numbers, so that a negative one is told apart from garbage. */
#include "ledger/rat.h"
#include "object_int.h"

enum attest_key {
	ATTEST_YEAR,
	ATTEST_CLOSING,
	ATTEST_HELD,
	ATTEST_NUMBER,
	ATTEST_PLACE,
	ATTEST_MODE,
	ATTEST_TOTAL,
	ATTEST_MEN,
	ATTEST_WOMEN,
	ATTEST_PRESENT,
	ATTEST_ONLINE,
	ATTEST_REPRESENTED,
	ATTEST_QUORUM,
	ATTEST_CLAUSE,
	ATTEST_OFFICERS,
	ATTEST_SUPERVISORS,
	ATTEST_OWN_CAPITAL,
	ATTEST_OUTSIDE_CAPITAL,
	ATTEST_ASSETS,
	ATTEST_TURNOVER,
	ATTEST_SURPLUS,
	ATTEST_EMPLOYEES,
	ATTEST_MANAGERS,
	ATTEST_DECISIONS,
	ATTEST_DOCUMENTS,
	ATTEST_REPLACES,
	ATTEST_NOTE,
	ATTEST_MEMBER
};
#define DOCUMENT_VALUES 4u

static void put_count(struct mp_out *m, uint32_t key, uint32_t count)
{
	if (count != 0) {
		body_put_uint(m, key, count);
	}
}

static void documents_pack(struct mp_out *m, const struct rat_attest *a)
{
	if (a->documents_count == 0) {
		return;
	}
	mp_put_uint(m, ATTEST_DOCUMENTS);
	mp_put_array(m, a->documents_count);
	for (uint32_t i = 0; i < a->documents_count; i++) {
		const struct rat_document *d = &a->documents[i];
		mp_put_array(m, DOCUMENT_VALUES);
		mp_put_uint(m, d->kind);
		mp_put_bin(m, BYTES_OF(d->sha256.bytes));
		mp_put_uint(m, d->size_bytes);
		mp_put_uint(m, d->pages);
	}
}

static void replaces_pack(struct mp_out *m, const struct rat_attest *a)
{
	if (a->replaces_count == 0) {
		return;
	}
	mp_put_uint(m, ATTEST_REPLACES);
	mp_put_array(m, a->replaces_count);
	for (uint32_t i = 0; i < a->replaces_count; i++) {
		reference_pack(m, &a->replaces[i]);
	}
}

static uint32_t attest_pairs(const struct rat_attest *a)
{
	uint32_t meeting = body_one(a->number != 0) + body_has(a->place) + (a->has_split ? 2u : 0u) +
	                   body_one(a->online != 0) + body_one(a->represented != 0) +
	                   body_one(a->quorum != 0) + body_has(a->clause) +
	                   body_one(a->officers_present != 0) + body_one(a->supervisors_present != 0);
	uint32_t figures = body_one(a->own_capital.n != 0) + body_one(a->outside_capital.n != 0) +
	                   body_one(a->assets.n != 0) + body_one(a->turnover.n != 0) +
	                   body_one(a->surplus.n != 0) + body_one(a->employees != 0) +
	                   body_one(a->managers != 0);
	uint32_t rest = body_one(a->decisions != 0) + body_one(a->documents_count != 0) +
	                body_one(a->replaces_count != 0) + body_has(a->note) + body_one(a->has_member);
	return 6u + meeting + figures + rest;
}

static void meeting_pack(struct mp_out *m, const struct rat_attest *a)
{
	body_put_int(m, ATTEST_YEAR, a->year);
	body_put_int(m, ATTEST_CLOSING, a->closing.n);
	body_put_int(m, ATTEST_HELD, a->held.n);
	put_count(m, ATTEST_NUMBER, a->number);
	body_put_text(m, ATTEST_PLACE, a->place);
	body_put_uint(m, ATTEST_MODE, a->mode);
	body_put_uint(m, ATTEST_TOTAL, a->members_total);
	if (a->has_split) {
		body_put_uint(m, ATTEST_MEN, a->members_men);
		body_put_uint(m, ATTEST_WOMEN, a->members_women);
	}
	body_put_uint(m, ATTEST_PRESENT, a->present);
	put_count(m, ATTEST_ONLINE, a->online);
	put_count(m, ATTEST_REPRESENTED, a->represented);
	put_count(m, ATTEST_QUORUM, a->quorum);
	body_put_text(m, ATTEST_CLAUSE, a->clause);
	put_count(m, ATTEST_OFFICERS, a->officers_present);
	put_count(m, ATTEST_SUPERVISORS, a->supervisors_present);
}

void rat_attest_pack(struct mp_out *m, const struct rat_attest *a)
{
	mp_put_map(m, attest_pairs(a));
	meeting_pack(m, a);
	body_put_amount(m, ATTEST_OWN_CAPITAL, a->own_capital);
	body_put_amount(m, ATTEST_OUTSIDE_CAPITAL, a->outside_capital);
	body_put_amount(m, ATTEST_ASSETS, a->assets);
	body_put_amount(m, ATTEST_TURNOVER, a->turnover);
	body_put_amount(m, ATTEST_SURPLUS, a->surplus);
	put_count(m, ATTEST_EMPLOYEES, a->employees);
	put_count(m, ATTEST_MANAGERS, a->managers);
	put_count(m, ATTEST_DECISIONS, a->decisions);
	documents_pack(m, a);
	replaces_pack(m, a);
	body_put_text(m, ATTEST_NOTE, a->note);
	if (a->has_member) {
		body_put_uint(m, ATTEST_MEMBER, a->member.n);
	}
}

static uint32_t count_of(struct mp_in *m)
{
	int64_t n = mp_int(m, INT64_MIN, RAT_COUNT_MAX);
	if (n < 0) {
		mp_fail(m, ERR_RAT_NEGATIVE);
		n = 0;
	}
	return (uint32_t)n;
}

static uint32_t need_count(struct mp_in *m, struct mp_map *map, uint32_t key)
{
	return mp_need(m, map, key) ? count_of(m) : 0;
}

static uint32_t optional_count(struct mp_in *m, struct mp_map *map, uint32_t key)
{
	return mp_key(m, map, key) ? count_of(m) : 0;
}

static void days_unpack(struct mp_in *m, struct mp_map *map, struct rat_attest *a)
{
	if (mp_need(m, map, ATTEST_YEAR)) {
		a->year = body_year(m);
	}
	if (mp_need(m, map, ATTEST_CLOSING)) {
		a->closing = body_day(m);
	}
	if (mp_need(m, map, ATTEST_HELD)) {
		a->held = body_day(m);
	}
	a->number = optional_count(m, map, ATTEST_NUMBER);
	a->place = body_text(m, map, ATTEST_PLACE, NAME_BYTES_MAX);
	if (mp_need(m, map, ATTEST_MODE)) {
		a->mode = (enum rat_mode)body_u32(m, RAT_MODES - 1);
	}
}

static void people_unpack(struct mp_in *m, struct mp_map *map, struct rat_attest *a)
{
	a->members_total = need_count(m, map, ATTEST_TOTAL);
	if (mp_key(m, map, ATTEST_MEN)) {
		a->has_split = true;
		a->members_men = count_of(m);
		a->members_women = need_count(m, map, ATTEST_WOMEN);
	}
	a->present = need_count(m, map, ATTEST_PRESENT);
	a->online = optional_count(m, map, ATTEST_ONLINE);
	a->represented = optional_count(m, map, ATTEST_REPRESENTED);
	a->quorum = optional_count(m, map, ATTEST_QUORUM);
	a->clause = body_text(m, map, ATTEST_CLAUSE, NAME_BYTES_MAX);
	a->officers_present = optional_count(m, map, ATTEST_OFFICERS);
	a->supervisors_present = optional_count(m, map, ATTEST_SUPERVISORS);
}

static void figures_unpack(struct mp_in *m, struct mp_map *map, struct rat_attest *a)
{
	a->own_capital = body_amount(m, map, ATTEST_OWN_CAPITAL, RAT_MONEY_MAX);
	a->outside_capital = body_amount(m, map, ATTEST_OUTSIDE_CAPITAL, RAT_MONEY_MAX);
	a->assets = body_amount(m, map, ATTEST_ASSETS, RAT_MONEY_MAX);
	a->turnover = body_amount(m, map, ATTEST_TURNOVER, RAT_MONEY_MAX);
	a->surplus = body_amount(m, map, ATTEST_SURPLUS, RAT_MONEY_MAX);
	a->employees = optional_count(m, map, ATTEST_EMPLOYEES);
	a->managers = optional_count(m, map, ATTEST_MANAGERS);
	if (mp_key(m, map, ATTEST_DECISIONS)) {
		a->decisions = body_u32(m, RAT_DECISIONS_ALL);
	}
}

static void documents_unpack(struct mp_in *m, struct rat_parts *parts, struct rat_attest *a)
{
	struct rat_document one;
	a->documents_count = mp_array(m, RAT_DOCUMENTS_MAX);
	for (uint32_t i = 0; i < a->documents_count && mp_error(m) == ERR_OK; i++) {
		struct rat_document *d = parts != NULL ? &parts->documents[i] : &one;
		mp_array_fixed(m, DOCUMENT_VALUES);
		d->kind = (enum rat_document_kind)body_u32(m, RAT_DOCUMENT_KINDS - 1);
		mp_bin_fixed(m, d->sha256.bytes, sizeof d->sha256.bytes);
		d->size_bytes = mp_uint(m, INT64_MAX);
		d->pages = body_u32(m, UINT16_MAX);
		mp_array_end(m);
		a->documents_kinds |= 1u << d->kind;
	}
	mp_array_end(m);
	a->documents = parts != NULL ? parts->documents : NULL;
}

static void replaces_unpack(struct mp_in *m, struct rat_parts *parts, struct rat_attest *a)
{
	a->replaces_count = mp_array(m, RAT_REPLACES_MAX);
	for (uint32_t i = 0; i < a->replaces_count && mp_error(m) == ERR_OK; i++) {
		struct reference r = body_reference(m);
		if (parts != NULL) {
			parts->replaces[i] = r;
		}
	}
	mp_array_end(m);
	a->replaces = parts != NULL ? parts->replaces : NULL;
}

static void rest_unpack(struct mp_in *m, struct mp_map *map, struct rat_parts *parts, struct rat_attest *a)
{
	if (mp_key(m, map, ATTEST_DOCUMENTS)) {
		documents_unpack(m, parts, a);
	}
	if (mp_key(m, map, ATTEST_REPLACES)) {
		replaces_unpack(m, parts, a);
	}
	a->note = body_text(m, map, ATTEST_NOTE, TEXT_BYTES_MAX);
}

uint32_t rat_attendance(const struct rat_attest *a)
{
	return a->present + a->online + a->represented;
}

/* The rules that refuse an attestation; all else only warns (status.c). */
static enum err refusal(const struct rat_attest *a)
{
	if (date_parts(a->closing).year != a->year) {
		return ERR_RAT_CLOSING;
	}
	if (a->held.n <= a->closing.n) {
		return ERR_RAT_HELD;
	}
	if (a->has_split && a->members_total != a->members_men + a->members_women) {
		return ERR_RAT_MEMBERS;
	}
	if (rat_attendance(a) > a->members_total) {
		return ERR_RAT_PRESENT;
	}
	return a->assets.n < 0 ? ERR_RAT_NEGATIVE : ERR_OK;
}

enum err rat_attest_unpack(uint16_t kind, struct bytes body, struct rat_parts *parts, struct rat_attest *out)
{
	struct rat_attest a = {0};
	struct mp_in m = mp_in(body);
	struct mp_map map = mp_map(&m);
	days_unpack(&m, &map, &a);
	people_unpack(&m, &map, &a);
	figures_unpack(&m, &map, &a);
	rest_unpack(&m, &map, parts, &a);
	if (kind == KIND_RAT_RECORD && mp_need(&m, &map, ATTEST_MEMBER)) {
		a.has_member = true;
		a.member = body_member(&m);
	}
	mp_map_end(&m, &map);
	enum err e = mp_end(&m);
	e = e != ERR_OK ? e : refusal(&a);
	if (e == ERR_OK) {
		*out = a;
	}
	return e;
}

enum err rat_attest_check(
        const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)ctx;
	(void)about;
	struct rat_attest a;
	enum err e = rat_attest_unpack(s->kind, s->body, NULL, &a);
	return e != ERR_OK ? e : object_check_officer(s);
}

enum err rat_record_check(
        const struct ledger_context *ctx, const struct statement *s, struct reference *about)
{
	(void)about;
	struct rat_attest a;
	enum err e = rat_attest_unpack(s->kind, s->body, NULL, &a);
	if (e != ERR_OK) {
		return e;
	}
	if ((s->roles & ROLE_REGISTRAR) == 0) {
		return ERR_NO_RIGHT;
	}
	return roster_member(ctx->roster, a.member) == NULL ? ERR_NO_SUCH_MEMBER : ERR_OK;
}

uint32_t rat_also(const struct statement *s, struct reference *out, uint32_t cap)
{
	struct rat_parts parts;
	struct rat_attest a;
	if (rat_attest_unpack(s->kind, s->body, &parts, &a) != ERR_OK) {
		return 0;
	}
	for (uint32_t i = 0; i < a.replaces_count && i < cap; i++) {
		out[i] = a.replaces[i];
	}
	return a.replaces_count < cap ? a.replaces_count : cap;
}

const char *rat_mode_code(enum rat_mode m)
{
	static const char *const codes[RAT_MODES] = {"in_person", "online", "hybrid", "written", "by_group"};
	must(m < RAT_MODES);
	return codes[m];
}

const char *rat_ruling_code(enum rat_ruling r)
{
	static const char *const codes[RAT_RULINGS] = {"verified", "returned", "rejected"};
	must(r < RAT_RULINGS);
	return codes[r];
}
