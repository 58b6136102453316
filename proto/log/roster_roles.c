/* SPDX-License-Identifier: Apache-2.0
 * roster_roles.c: what a feed may do and up to where it counts, at a seq of its own (rights) or at a position of the
 * registrar's history (readers of channels). The fold that decides it is roster.c's. */
#include "roster_int.h"

#include "base/bug.h"

struct roster_feed *roster_living(const struct roster *r, struct feed_no no)
{
	return no.n < r->feeds_count && !r->feeds[no.n].is_void ? &r->feeds[no.n] : NULL;
}

/* A feed's changes, newest first, NULL at the end. */
static const struct role_change *newest(const struct roster *r, const struct roster_feed *f)
{
	return f->newest_change == ROSTER_NONE ? NULL : &r->changes[f->newest_change];
}

static const struct role_change *before(const struct roster *r, const struct role_change *c)
{
	return c->before == ROSTER_NONE ? NULL : &r->changes[c->before];
}

uint64_t roster_limit(const struct roster *r, struct feed_no feed)
{
	const struct roster_feed *f = roster_living(r, feed);
	if (!f)
		return 0;
	return f->is_cut ? f->cutoff.size : UINT64_MAX;
}

uint32_t roster_roles(const struct roster *r, struct place place)
{
	if (place.seq >= roster_limit(r, place.feed))
		return 0;
	const struct role_change *c = newest(r, &r->feeds[place.feed.n]);
	for (; c; c = before(r, c))
		if (c->what == CHANGE_ROLES && c->from_size <= place.seq)
			return c->roles;
	return 0;
}

static bool was_cut(const struct roster *r, const struct roster_feed *f, uint64_t at)
{
	for (const struct role_change *c = newest(r, f); c; c = before(r, c))
		if (c->at < at && c->what != CHANGE_ROLES)
			return c->what == CHANGE_CUT;
	return false;
}

uint32_t roster_roles_at(const struct roster *r, struct feed_no feed, uint64_t at)
{
	const struct roster_feed *f = roster_living(r, feed);
	if (!f || was_cut(r, f, at))
		return 0;
	for (const struct role_change *c = newest(r, f); c; c = before(r, c))
		if (c->at < at && c->what == CHANGE_ROLES)
			return c->roles;
	return 0;
}

uint32_t roster_roles_since(const struct roster *r, struct feed_no feed, uint64_t at)
{
	const struct roster_feed *f = roster_living(r, feed);
	uint32_t roles = roster_roles_at(r, feed, at);
	for (const struct role_change *c = f ? newest(r, f) : NULL; c; c = before(r, c))
		if (c->at >= at && c->what == CHANGE_ROLES)
			roles |= c->roles;
	return roles;
}

static bool is_party(const struct roster_readers *ask, struct member_no author, struct member_no member)
{
	if (member.n == author.n)
		return true;
	for (uint32_t i = 0; i < ask->parties_count; i++)
		if (ask->parties[i].n == member.n)
			return true;
	return false;
}

static bool is_due(const struct roster *r, const struct roster_readers *ask, struct feed_no no)
{
	const struct roster_feed *f = &r->feeds[no.n];
	if (f->is_void)
		return false;
	if (no.n == ask->author.n)
		return true;
	uint32_t roles = roster_roles_at(r, no, ask->at);
	if ((roles & ROLE_AUDITOR) != 0 && !BUG(WRAP_OMITTED))
		return true;
	return (roles & ROLE_OFFICER) != 0 && is_party(ask, r->feeds[ask->author.n].member, f->member);
}

uint32_t roster_readers(
        const struct roster *r, const struct roster_readers *ask, struct feed_no *out, uint32_t cap)
{
	must(ask->author.n < r->feeds_count);
	uint32_t due = 0;
	for (struct feed_no no = {0}; no.n < r->feeds_count; no.n++) {
		if (!is_due(r, ask, no))
			continue;
		if (due < cap)
			out[due] = no;
		due++;
	}
	return due;
}
