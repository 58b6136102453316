/* SPDX-License-Identifier: Apache-2.0
 * work_report.c: what members say to everybody: the annual meeting and all about it, profiles, addresses, documents. */
#include <string.h>

#include "ledger/address.h"
#include "ledger/document.h"
#include "ledger/profile.h"
#include "ledger/rat.h"
#include "work_int.h"

static int32_t some_year(const struct seat *s)
{
	return date_parts(s->today).year - 1 - (int32_t)work_below(s, 2);
}

/* A meeting of the member about that year: mostly in order, now and then what only warns. */
static bool attest(const struct seat *s, struct act *act, struct member_no of, const struct picked *replaces)
{
	int32_t year = some_year(s);
	const struct profile *profile = roster_profile(s->roster, of, year);
	struct day closing;
	if (!profile ||
	        date_of((struct day_parts){year, profile->closing_month, profile->closing_day}, &closing))
		return false;
	const struct rat_attest a = {.has_member = of.n != s->self.n,
	        .member = of,
	        .year = year,
	        .closing = closing,
	        .held = {.n = closing.n + 1 + (int32_t)work_below(s, 200)},
	        .number = (uint32_t)work_below(s, 9),
	        .place = bytes_text("Belopa"),
	        .mode = (enum rat_mode)work_below(s, RAT_MODES),
	        .members_total = 40,
	        .present = 10 + (uint32_t)work_below(s, 31),
	        .quorum = 21,
	        .officers_present = 3,
	        .assets = {.n = (int64_t)work_below(s, 90000000)},
	        .decisions = (uint32_t)work_below(s, RAT_DECISIONS_ALL + 1),
	        .replaces = &replaces->ref,
	        .replaces_count = replaces->date.n == year};
	act->kind = a.has_member ? KIND_RAT_RECORD : KIND_RAT_ATTEST;
	rat_attest_pack(&act->m, &a);
	return true;
}

static bool attest_own(const struct seat *s, struct act *act)
{
	struct picked earlier = {.date = {0}};
	if (s->self.n == 0)
		return false;
	(void)work_attestation(s, s->self, &earlier);
	return attest(s, act, s->self, &earlier);
}

static bool some_member(const struct seat *s, struct member_no *out)
{
	if (s->roster->members_count < 2)
		return false;
	*out = (struct member_no){1 + (uint32_t)work_below(s, s->roster->members_count - 1)};
	return true;
}

static bool record_on_paper(const struct seat *s, struct act *act)
{
	const struct picked nothing = {.date = {0}};
	struct member_no member;
	return some_member(s, &member) && attest(s, act, member, &nothing);
}

static bool withdraw_attestation(const struct seat *s, struct act *act)
{
	struct picked p;
	if (!work_attestation(s, s->self, &p))
		return false;
	const struct answer a = {.about = p.ref, .reason = bytes_text("salah ketik")};
	act->kind = KIND_RAT_WITHDRAW;
	answer_pack(&act->m, &a);
	return true;
}

static bool endorse(const struct seat *s, struct act *act)
{
	struct picked p;
	struct member_no member;
	if (!some_member(s, &member) || !work_attestation(s, member, &p))
		return false;
	struct rat_endorse e = {
	        .about = p.ref, .capacity = RAT_AS_MEMBER_PRESENT, .name = bytes_text("Andi")};
	if (member.n == s->self.n)
		e.capacity = s->roles & ROLE_SUPERVISOR ? RAT_AS_SUPERVISOR : RAT_AS_OFFICER;
	else if (s->roles & (ROLE_REGISTRAR | ROLE_AUDITOR))
		e.capacity = RAT_AS_DINAS;
	act->kind = KIND_RAT_ENDORSE;
	rat_endorse_pack(&act->m, &e);
	return true;
}

/* One about the attestation that stands already. */
static bool find_verdict(const struct seat *s, struct place object, struct reference *out)
{
	struct view_at at = {0};
	struct view_about about;
	bool found = false;
	while (view_about_next(s->txn, object, &at, &about)) {
		if (about.err || about.kind != KIND_RAT_VERDICT)
			continue;
		*out = about.statement;
		found = true;
	}
	return found;
}

static bool verdict(const struct seat *s, struct act *act)
{
	struct picked p;
	struct member_no member;
	if (!some_member(s, &member) || !work_attestation(s, member, &p))
		return false;
	struct rat_verdict v = {.about = p.ref,
	        .ruling = (enum rat_ruling)work_below(s, RAT_RULINGS),
	        .reason = bytes_text("diperiksa"),
	        .has_received = work_chance(s, 4),
	        .received_on = work_day(s, 30)};
	v.replaces_count = work_chance(s, 2) && find_verdict(s, p.ref.place, &v.replaces[0]);
	act->kind = KIND_RAT_VERDICT;
	rat_verdict_pack(&act->m, &v);
	return true;
}

static bool notice(const struct seat *s, struct act *act)
{
	struct member_no member;
	if (!some_member(s, &member))
		return false;
	const struct rat_notice n = {.member = member,
	        .year = some_year(s),
	        .level = 1 + (uint32_t)work_below(s, 3),
	        .number = bytes_text("SP/4"),
	        .date = s->today};
	act->kind = KIND_RAT_NOTICE;
	rat_notice_pack(&act->m, &n);
	return true;
}

static bool profile(const struct seat *s, struct act *act)
{
	char text[24];
	struct bytes_out o = bytes_out(text, sizeof text);
	bytes_put_text(&o, "kakao ");
	bytes_put_decimal(&o, work_below(s, 1000000));
	const struct profile_set p = {.contact = bytes_text("Bu Siti"), .goods = bytes_written(&o)};
	act->kind = KIND_PROFILE_SET;
	profile_set_pack(&act->m, &p);
	return true;
}

/* Where its node is dialled, anew. */
static bool address(const struct seat *s, struct act *act)
{
	const struct dial dial = net_dial(s->sim->net, s->index);
	const struct address_list a = {.count = 1, .items = {bytes_text(dial.address)}};
	act->kind = KIND_NODE_ADDRESS;
	address_pack(&act->m, &a);
	return true;
}

static bool document(const struct seat *s, struct act *act)
{
	struct document_note d = {.size_bytes = 1 + work_below(s, 90000),
	        .type = bytes_text("application/pdf"),
	        .title = bytes_text("Berita acara")};
	for (size_t i = 0; i < sizeof d.sha256.bytes; i++)
		d.sha256.bytes[i] = (uint8_t)work_below(s, 256);
	act->kind = KIND_DOCUMENT_NOTE;
	document_note_pack(&act->m, &d);
	return true;
}

const struct work_choice work_reporting[] = {
        {60, ROLE_OFFICER, attest_own},
        {10, ROLE_OFFICER, withdraw_attestation},
        {50, ROLE_OFFICER | ROLE_SUPERVISOR | ROLE_REGISTRAR, endorse},
        {150, ROLE_REGISTRAR | ROLE_AUDITOR, verdict},
        {50, ROLE_REGISTRAR | ROLE_AUDITOR, notice},
        {30, ROLE_REGISTRAR, record_on_paper},
        {40, ROLE_OFFICER, profile},
        {15, 0, address},
        {30, ROLE_OFFICER, document},
        {0, 0, NULL},
};
