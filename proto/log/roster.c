/* SPDX-License-Identifier: Apache-2.0
 * roster.c: the fold: what each entry of the registrar's history makes of the roster. docs/PROTOCOL.md 4.
 * What is asked of a roster stands in roster_roles.c and roster_find.c, the bodies in roster_body.c.
 * Its twist: an entry is judged first and changes things after, so a void one leaves nothing but its position, and,
 * of a feed.add, its number. What a feed went through is kept as a chain of changes, newest first, through `before`. */
#include <string.h>

#include "log/fork.h"
#include "log/kinds.h"
#include "log/roster_body.h"
#include "log/witness.h"
#include "roster_int.h"

#define REGISTRAR_ROLES (ROLE_REGISTRAR | ROLE_AUDITOR | ROLE_OFFICER | ROLE_WITNESS)

void roster_init(struct roster *r)
{
	*r = (struct roster){
	        .members = r->members,
	        .feeds = r->feeds,
	        .profiles = r->profiles,
	        .changes = r->changes,
	        .members_cap = r->members_cap,
	        .feeds_cap = r->feeds_cap,
	        .profiles_cap = r->profiles_cap,
	        .changes_cap = r->changes_cap,
	};
}

struct feed_no roster_registrar(const struct roster *r)
{
	must(r->founded);
	return r->registrars[r->registrars_count - 1].feed;
}

/* No entry takes more than one of each. */
static bool has_room(const struct roster *r)
{
	return r->members_count < r->members_cap && r->feeds_count < r->feeds_cap &&
	       r->profiles_count < r->profiles_cap && r->changes_count < r->changes_cap;
}

bool roster_is_registrar(const struct roster *r, struct feed_no feed)
{
	for (uint32_t i = 0; i < r->registrars_count; i++)
		if (r->registrars[i].feed.n == feed.n)
			return true;
	return false;
}

static void push_change(struct roster *r, struct role_change c)
{
	must(r->changes_count < r->changes_cap);
	struct roster_feed *f = &r->feeds[c.feed.n];
	c.at = r->size;
	c.before = f->newest_change;
	f->newest_change = r->changes_count;
	if (c.what != CHANGE_CUT)
		f->changes_count++;
	r->changes[r->changes_count++] = c;
}

static void push_profile(struct roster *r, struct member_no no, int32_t from_year, const struct profile *p)
{
	must(r->profiles_count < r->profiles_cap);
	struct roster_member *m = &r->members[no.n];
	r->profiles[r->profiles_count] = (struct roster_profile){.member = no,
	        .before = m->newest_profile,
	        .from_year = from_year,
	        .at = r->size,
	        .profile = *p};
	m->newest_profile = r->profiles_count++;
}

static void push_member(struct roster *r, const struct profile *p)
{
	must(r->members_count < r->members_cap);
	struct member_no no = {r->members_count++};
	r->members[no.n] = (struct roster_member){
	        .state = MEMBER_ACTIVE, .admitted_at = r->size, .newest_profile = ROSTER_NONE};
	push_profile(r, no, INT32_MIN, p);
}

static struct feed_no push_feed(struct roster *r)
{
	must(r->feeds_count < r->feeds_cap);
	struct feed_no no = {r->feeds_count++};
	r->feeds[no.n] = (struct roster_feed){.member = {ROSTER_NONE},
	        .is_void = true,
	        .added_at = r->size,
	        .seen.root = hash_of(BYTES(NULL, 0)),
	        .newest_change = ROSTER_NONE};
	return no;
}

static void fill_feed(struct roster *r, struct feed_no no, const struct roster_add *add)
{
	struct roster_feed *f = &r->feeds[no.n];
	f->is_void = false;
	f->member = add->member;
	f->keys = add->keys;
	push_change(
	        r, (struct role_change){
	                   .what = CHANGE_ROLES, .feed = no, .roles = add->roles & ROLE_ALL, .from_size = 0});
}

static void cut(struct roster *r, struct feed_no no, const struct head *cutoff)
{
	struct roster_feed *f = &r->feeds[no.n];
	f->cutoff = *cutoff;
	f->cutoff_at = r->size;
	if (f->is_cut)
		return;
	f->is_cut = true;
	f->cut_at = r->size;
	push_change(r, (struct role_change){.what = CHANGE_CUT, .feed = no});
}

/* The recovery key is no feed's, and no key is there twice. */
static bool is_taken(const struct roster *r, const struct feed_keys *keys)
{
	if (!keys_distinct(keys) || keys_include(keys, r->network.recovery))
		return true;
	for (uint32_t i = 0; i < r->feeds_count; i++)
		if (!r->feeds[i].is_void && keys_clash(keys, &r->feeds[i].keys))
			return true;
	return false;
}

static enum err judge_keys(const struct roster *r, const struct feed_keys *keys)
{
	if (is_taken(r, keys))
		return ERR_KEY_TAKEN;
	return keys_check(keys);
}

static enum err judge_found(const struct roster *r, const struct roster_entry *e, struct roster_found *found)
{
	(void)r;
	if (e->kind != KIND_NETWORK_FOUND || e->place.feed.n != 0 || e->place.seq != 0)
		return ERR_WRONG_NETWORK;
	enum err err = roster_body_found_unpack(e->body, found);
	if (err != ERR_OK)
		return err;
	struct roster alone = {.network = found->network};
	err = judge_keys(&alone, &found->keys);
	return err != ERR_OK ? err : keys_check_signing(found->network.recovery);
}

static enum err found(struct roster *r, const struct roster_entry *e)
{
	struct roster_found f;
	enum err err = judge_found(r, e, &f);
	if (err != ERR_OK)
		return err;
	r->founded = true;
	r->network = f.network;
	memcpy(r->network.id.bytes, e->id.bytes, sizeof r->network.id.bytes);
	r->registrars[r->registrars_count++] = (struct roster_registrar){{0}, 0};
	struct profile dinas = {.name = f.network.dinas,
	        .alias = f.alias,
	        .form = FORM_OTHER,
	        .closing_month = 12,
	        .closing_day = 31};
	push_member(r, &dinas);
	fill_feed(r, push_feed(r), &(struct roster_add){.keys = f.keys, .roles = REGISTRAR_ROLES});
	r->size = 1;
	return ERR_OK;
}

static enum err found_again(struct roster *r, const struct roster_entry *e)
{
	(void)r;
	(void)e;
	return ERR_NO_RIGHT;
}

static enum err member_admit(struct roster *r, const struct roster_entry *e)
{
	struct profile p;
	enum err err = roster_body_admit_unpack(e->body, &p);
	if (err != ERR_OK)
		return err;
	if (r->members_count >= MEMBERS_MAX || r->profiles_count >= PROFILES_MAX)
		return ERR_TOO_MANY;
	push_member(r, &p);
	return ERR_OK;
}

static enum err member_update(struct roster *r, const struct roster_entry *e)
{
	struct roster_update u;
	enum err err = roster_body_update_unpack(e->body, &u);
	if (err != ERR_OK)
		return err;
	if (u.member.n >= r->members_count)
		return ERR_NO_SUCH_MEMBER;
	if (r->profiles_count >= PROFILES_MAX)
		return ERR_TOO_MANY;
	push_profile(r, u.member, u.from_year, &u.profile);
	return ERR_OK;
}

/* Labels. The registrar's own member has none: links of a departed member are refused, and nobody else could take
 * the label off again. */
static enum err label(struct roster *r, const struct roster_entry *e, enum member_state state)
{
	struct roster_label l;
	enum err err = roster_body_label_unpack(e->body, &l);
	if (err != ERR_OK)
		return err;
	if (l.member.n >= r->members_count)
		return ERR_NO_SUCH_MEMBER;
	if (l.member.n == 0)
		return ERR_NO_RIGHT;
	r->members[l.member.n].state = state;
	return ERR_OK;
}

static enum err member_suspend(struct roster *r, const struct roster_entry *e)
{
	return label(r, e, MEMBER_SUSPENDED);
}

static enum err member_reinstate(struct roster *r, const struct roster_entry *e)
{
	return label(r, e, MEMBER_ACTIVE);
}

static enum err member_leave(struct roster *r, const struct roster_entry *e)
{
	return label(r, e, MEMBER_LEFT);
}

static enum err judge_add(const struct roster *r, const struct roster_entry *e, struct roster_add *a)
{
	enum err err = roster_body_add_unpack(e->body, a);
	if (err != ERR_OK)
		return err;
	if (a->member.n >= r->members_count)
		return ERR_NO_SUCH_MEMBER;
	if ((a->roles & ROLE_REGISTRAR) != 0)
		return ERR_NO_RIGHT;
	if (e->keys_good && !is_taken(r, &a->keys))
		return ERR_OK;
	return judge_keys(r, &a->keys);
}

static enum err feed_add(struct roster *r, const struct roster_entry *e)
{
	struct roster_add a;
	if (r->feeds_count >= FEEDS_MAX)
		return ERR_TOO_MANY;
	enum err err = judge_add(r, e, &a);
	struct feed_no no = push_feed(r);
	if (err == ERR_OK)
		fill_feed(r, no, &a);
	return err;
}

static enum err feed_roles(struct roster *r, const struct roster_entry *e)
{
	struct roster_regrant g;
	enum err err = roster_body_regrant_unpack(e->body, &g);
	if (err != ERR_OK)
		return err;
	const struct roster_feed *f = roster_living(r, g.feed);
	if (!f)
		return ERR_NO_SUCH_FEED;
	if (roster_is_registrar(r, g.feed) != ((g.roles & ROLE_REGISTRAR) != 0))
		return ERR_NO_RIGHT;
	if (f->changes_count >= ROLES_CHANGES_MAX)
		return ERR_TOO_MANY;
	push_change(r, (struct role_change){.what = CHANGE_ROLES,
	                       .feed = g.feed,
	                       .roles = g.roles & ROLE_ALL,
	                       .from_size = g.from_size});
	return ERR_OK;
}

static enum err feed_cut(struct roster *r, const struct roster_entry *e)
{
	struct roster_cut c;
	enum err err = roster_body_cut_unpack(e->body, &c);
	if (err != ERR_OK)
		return err;
	if (!roster_living(r, c.feed))
		return ERR_NO_SUCH_FEED;
	if (roster_is_registrar(r, c.feed))
		return ERR_NO_RIGHT;
	cut(r, c.feed, &c.head);
	return ERR_OK;
}

static enum err feed_resolve(struct roster *r, const struct roster_entry *e)
{
	struct roster_resolve c;
	enum err err = roster_body_resolve_unpack(e->body, &c);
	if (err != ERR_OK)
		return err;
	struct roster_feed *f = roster_living(r, c.feed);
	if (!f)
		return ERR_NO_SUCH_FEED;
	if (roster_is_registrar(r, c.feed))
		return ERR_NO_RIGHT;
	if (!f->is_cut)
		return ERR_NO_SUCH_OBJECT;
	if (f->has_fork)
		return ERR_FORKED;
	if (f->changes_count >= ROLES_CHANGES_MAX)
		return ERR_TOO_MANY;
	f->is_cut = false;
	push_change(r, (struct role_change){.what = CHANGE_RESOLVED, .feed = c.feed});
	return ERR_OK;
}

/* Entries of the registrar's history that say what it saw; an unknown or void feed is nobody's. */
static enum err witness_seen(struct roster *r, const struct roster_entry *e)
{
	struct witness_seen s;
	struct witness_row row;
	enum err err = witness_seen_unpack(e->body, &s);
	if (err != ERR_OK)
		return err;
	while (witness_seen_next(&s, &row)) {
		struct roster_feed *f = roster_living(r, row.feed);
		if (f && row.checkpoint.head.size > f->seen.size)
			f->seen = row.checkpoint.head;
	}
	return ERR_OK;
}

/* A cutoff that the registrar set itself stays where it is: the proof only takes away that it can be lifted. */
static enum err fork_proof(struct roster *r, const struct roster_entry *e)
{
	struct fork fork;
	struct feed_no no;
	enum err err = fork_unpack(e->body, &fork);
	if (err != ERR_OK)
		return err;
	if (!roster_find_feed(r, &fork.feed, &no))
		return ERR_NO_SUCH_FEED;
	if (roster_is_registrar(r, no))
		return ERR_NO_RIGHT;
	err = fork_verify(&r->network.id, &fork);
	if (err != ERR_OK)
		return err;
	r->feeds[no.n].has_fork = true;
	if (!r->feeds[no.n].is_cut)
		cut(r, no, &r->feeds[no.n].seen);
	return ERR_OK;
}

typedef enum err apply_kind(struct roster *r, const struct roster_entry *e);
static apply_kind *const APPLY[KIND_LOG_END] = {
        [KIND_NETWORK_FOUND] = found_again,
        [KIND_MEMBER_ADMIT] = member_admit,
        [KIND_MEMBER_UPDATE] = member_update,
        [KIND_MEMBER_SUSPEND] = member_suspend,
        [KIND_MEMBER_REINSTATE] = member_reinstate,
        [KIND_MEMBER_LEAVE] = member_leave,
        [KIND_FEED_ADD] = feed_add,
        [KIND_FEED_ROLES] = feed_roles,
        [KIND_FEED_CUT] = feed_cut,
        [KIND_FEED_RESOLVE] = feed_resolve,
        [KIND_WITNESS_SEEN] = witness_seen,
        [KIND_FORK_PROOF] = fork_proof,
};

enum err roster_apply(struct roster *r, const struct roster_entry *e)
{
	if (!has_room(r))
		return ERR_NO_SPACE;
	if (!r->founded)
		return found(r, e);
	const struct roster_registrar *registrar = &r->registrars[r->registrars_count - 1];
	must(e->place.feed.n == registrar->feed.n && e->place.seq == r->size - registrar->start);
	apply_kind *apply = e->kind < KIND_LOG_END ? APPLY[e->kind] : NULL;
	enum err err = apply ? apply(r, e) : ERR_OK;
	r->size++;
	return err;
}

/* Is what was applied so far the prefix that the anchor names for the registrar in force? */
static bool is_prefix(const struct roster *r, const struct anchor *anchor)
{
	if (!r->founded || r->registrars_count > anchor->feeds_count)
		return false;
	const struct roster_registrar *in_force = &r->registrars[r->registrars_count - 1];
	const struct anchor_feed *named = &anchor->feeds[r->registrars_count - 1];
	return memcmp(&r->feeds[in_force->feed.n].keys, &named->keys, sizeof named->keys) == 0 &&
	       r->size - in_force->start == named->head.size;
}

enum err roster_succeed(struct roster *r, const struct anchor *anchor)
{
	if (!is_prefix(r, anchor))
		return ERR_NOT_NEXT;
	if (!has_room(r) || r->changes_count + 2 > r->changes_cap)
		return ERR_NO_SPACE;
	uint32_t n = r->registrars_count;
	const struct feed_keys *next = n < anchor->feeds_count ? &anchor->feeds[n].keys : &anchor->successor;
	enum err e = r->feeds_count < FEEDS_MAX ? judge_keys(r, next) : ERR_TOO_MANY;
	if (e != ERR_OK)
		return e;
	cut(r, r->registrars[n - 1].feed, &anchor->feeds[n - 1].head);
	struct feed_no no = push_feed(r);
	fill_feed(r, no, &(struct roster_add){.keys = *next, .roles = REGISTRAR_ROLES});
	must(n < REGISTRAR_FEEDS_MAX + 1);
	r->registrars[r->registrars_count++] = (struct roster_registrar){no, r->size};
	if (n == anchor->feeds_count)
		r->anchor_number = anchor->number;
	return ERR_OK;
}
