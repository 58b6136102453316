/* SPDX-License-Identifier: Apache-2.0
 * work_registry.c: what the registrar does: policies, members, feeds, their roles, cutoffs and what lifts them. */
#include <string.h>

#include "ledger/policy.h"
#include "log/roster_body.h"
#include "work_int.h"

static bool set_policy(const struct seat *s, struct act *act)
{
	struct policy p;
	policy_default(&p);
	p.from_year = date_parts(s->today).year - (int32_t)work_below(s, 4);
	p.offer_days = 5 + (uint32_t)work_below(s, 20);
	p.due_months_primer = (uint8_t)(1 + work_below(s, 6));
	p.exceptions_count = (uint32_t)work_below(s, 2);
	p.exceptions[0] =
	        (struct policy_exception){.member = {(uint32_t)work_below(s, s->roster->members_count)},
	                .year = p.from_year,
	                .has_due = true,
	                .due = work_day(s, 100),
	                .reason = bytes_text("banjir")};
	act->kind = KIND_POLICY_SET;
	policy_pack(&act->m, &p);
	return true;
}

static void text(struct short_text *out, const char *prefix, uint64_t n)
{
	char memory[32];
	struct bytes_out o = bytes_out(memory, sizeof memory);
	bytes_put_text(&o, prefix);
	bytes_put_decimal(&o, n);
	must(bytes_out_end(&o) == ERR_OK);
	must(short_text_of(bytes_written(&o), ALIAS_BYTES_MAX, out) == ERR_OK);
}

static void fill_profile(const struct seat *s, struct profile *p, uint64_t n)
{
	memset(p, 0, sizeof *p);
	text(&p->name, "Koperasi ", n);
	text(&p->alias, "kop-", n);
	p->form = work_chance(s, 4) ? FORM_SEKUNDER : FORM_PRIMER;
	p->has_founded = work_chance(s, 2);
	p->founded = work_day(s, 3000);
	p->closing_month = work_chance(s, 4) ? 6 : 12;
	p->closing_day = 30;
}

/* A member for whom nobody has a node: a RAT of it comes on paper. */
static bool admit(const struct seat *s, struct act *act)
{
	struct profile p;
	fill_profile(s, &p, 1000 + s->roster->members_count);
	act->kind = KIND_MEMBER_ADMIT;
	roster_body_admit_pack(&act->m, &p);
	return true;
}

/* Any but the office. */
static bool some_member(const struct seat *s, struct member_no *out)
{
	if (s->roster->members_count < 2)
		return false;
	*out = (struct member_no){1 + (uint32_t)work_below(s, s->roster->members_count - 1)};
	return true;
}

static bool update(const struct seat *s, struct act *act)
{
	struct roster_update u;
	if (!some_member(s, &u.member))
		return false;
	fill_profile(s, &u.profile, 5000 + s->roster->size);
	u.profile.alias = roster_shown(s->roster, u.member)->alias;
	u.from_year = date_parts(s->today).year - (int32_t)work_below(s, 3);
	act->kind = KIND_MEMBER_UPDATE;
	roster_body_update_pack(&act->m, &u);
	return true;
}

/* A label takes nothing from a member that works, but that it leaves. */
static bool label(const struct seat *s, struct act *act)
{
	struct roster_label l = {.reason = bytes_text("tidak aktif")};
	if (!some_member(s, &l.member))
		return false;
	act->kind = s->roster->members[l.member.n].state == MEMBER_ACTIVE ? KIND_MEMBER_SUSPEND
	                                                                  : KIND_MEMBER_REINSTATE;
	roster_body_label_pack(&act->m, &l);
	return true;
}

static bool leave(const struct seat *s, struct act *act)
{
	struct roster_label l = {.reason = bytes_text("bubar")};
	if (!some_member(s, &l.member))
		return false;
	act->kind = KIND_MEMBER_LEAVE;
	roster_body_label_pack(&act->m, &l);
	return true;
}

/* A node of ours that no entry has named. */
static bool find_stranger(const struct seat *s, const struct feed_keys **out)
{
	const struct net *net = s->sim->net;
	struct feed_no ignored;
	for (uint32_t i = 0; i < net->count && i < SIM_NODES_MAX; i++) {
		const struct sim_node *n = &s->sim->nodes[i];
		const struct feed_keys *keys = &net->nodes[i].keys.public;
		if (!n->used || n->clone || n->liar || roster_find_feed(s->roster, &keys->feed, &ignored))
			continue;
		*out = keys;
		return true;
	}
	return false;
}

static bool add_feed(const struct seat *s, struct act *act)
{
	const struct feed_keys *keys;
	struct roster_add add = {.roles = work_chance(s, 5) ? ROLE_OFFICER | ROLE_RELAY : ROLE_OFFICER};
	if (!find_stranger(s, &keys) || !some_member(s, &add.member))
		return false;
	add.keys = *keys;
	act->kind = KIND_FEED_ADD;
	roster_body_add_pack(&act->m, &add);
	return true;
}

/* Not a registrar's, and not void. */
static bool some_feed(const struct seat *s, struct feed_no *out)
{
	if (s->roster->feeds_count < 2)
		return false;
	*out = (struct feed_no){1 + (uint32_t)work_below(s, s->roster->feeds_count - 1)};
	for (uint32_t i = 0; i < s->roster->registrars_count; i++)
		if (s->roster->registrars[i].feed.n == out->n)
			return false;
	return !s->roster->feeds[out->n].is_void;
}

static bool set_roles(const struct seat *s, struct act *act)
{
	static const uint32_t changes[] = {
	        ROLE_RELAY, ROLE_RELAY, ROLE_WITNESS, ROLE_SUPERVISOR, ROLE_AUDITOR};
	struct roster_regrant g;
	struct feed_info info;
	if (!some_feed(s, &g.feed) || !feed_info(s->txn, g.feed, &info))
		return false;
	uint32_t had = roster_roles_at(s->roster, g.feed, s->roster->size);
	g.roles = had ^ changes[work_below(s, sizeof changes / sizeof changes[0])];
	g.from_size = info.head.size - (work_chance(s, 5) ? work_below(s, info.head.size + 1) : 0);
	if (had == 0)
		return false;
	act->kind = KIND_FEED_ROLES;
	roster_body_regrant_pack(&act->m, &g);
	return true;
}

/* At what is held of it, or a little before. */
static bool cut_feed(const struct seat *s, struct act *act)
{
	struct roster_cut c = {.reason = bytes_text("kunci hilang")};
	struct feed_no no;
	struct feed_info info;
	struct tree tree;
	if (!some_feed(s, &no) || s->roster->feeds[no.n].is_cut || !feed_info(s->txn, no, &info))
		return false;
	uint64_t back = work_below(s, 4);
	c.feed = no;
	c.head.size = info.head.size > back ? info.head.size - back : info.head.size;
	if (info.state != FEED_OPEN || !feed_tree_at(s->txn, no, c.head.size, &tree))
		return false;
	c.head.root = tree_root(&tree);
	act->kind = KIND_FEED_CUT;
	roster_body_cut_pack(&act->m, &c);
	return true;
}

static bool resolve_feed(const struct seat *s, struct act *act)
{
	const struct roster *r = s->roster;
	struct roster_resolve resolve = {.reason = bytes_text("kunci ditemukan")};
	for (uint32_t n = 1, at = (uint32_t)work_below(s, r->feeds_count); n < r->feeds_count; n++) {
		resolve.feed.n = (at + n) % r->feeds_count;
		if (!r->feeds[resolve.feed.n].is_cut || r->feeds[resolve.feed.n].has_fork)
			continue;
		for (uint32_t i = 0; i < r->registrars_count; i++)
			if (r->registrars[i].feed.n == resolve.feed.n)
				return false;
		act->kind = KIND_FEED_RESOLVE;
		roster_body_resolve_pack(&act->m, &resolve);
		return true;
	}
	return false;
}

const struct work_choice work_registry[] = {
        {30, ROLE_REGISTRAR, set_policy},
        {10, ROLE_REGISTRAR, admit},
        {30, ROLE_REGISTRAR, update},
        {40, ROLE_REGISTRAR, label},
        {4, ROLE_REGISTRAR, leave},
        {400, ROLE_REGISTRAR, add_feed},
        {40, ROLE_REGISTRAR, set_roles},
        {15, ROLE_REGISTRAR, cut_feed},
        {30, ROLE_REGISTRAR, resolve_feed},
        {0, 0, NULL},
};
