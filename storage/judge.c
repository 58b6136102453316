/* SPDX-License-Identifier: Apache-2.0 */
/* judge.c: each entry is opened, checked by itself, and leaves its rows: about which objects it is, what it opens, what
 * it says. Undoing must find the rows of a judgement made under an older roster. It judges as if the feed had every
 * role: rosters only grow and a role never makes a statement name fewer objects, so every row that can be there is
 * found, and removing one that is not there does nothing. */
#include "judge_int.h"

#include "channel_int.h"
#include "db_int.h"
#include "ledger/kinds.h"
#include "ledger/policy.h"
#include "log/kinds.h"
#include "refold_int.h"
#include "rejected_int.h"
#include "share_int.h"
#include "sums_int.h"
#include "txn_int.h"
#include "unseal_int.h"
#include "witnessed_int.h"

enum change { ROWS_ADD, ROWS_REMOVE };

static void mark(struct txn *t, enum table table, const struct key *key, enum change change)
{
	if (change == ROWS_ADD)
		db_put(t, table, key, BYTES(NULL, 0));
	else
		db_remove(t, table, key);
}

static void change_about(
        struct txn *t, const struct statement *s, const struct reference *named, enum change change)
{
	if (change == ROWS_ADD)
		refold_about_put(t, named, s);
	else
		refold_about_remove(t, named->place, s->ref.place);
	refold_touch(t, named->place, OPENING_AS_BEFORE);
}

static void change_policy(struct txn *t, const struct statement *s, enum change change)
{
	struct policy policy;
	if (policy_unpack(s->body, &policy) != ERR_OK)
		return;
	struct key key = keys_policy(policy.from_year, s->ref.place);
	mark(t, TABLE_POLICY, &key, change);
}

static void change_said(struct txn *t, const struct statement *s, enum change change)
{
	struct key key = keys_said(s->author, s->kind, s->time_ms, s->ref.place);
	mark(t, TABLE_SAID, &key, change);
	if (s->kind == KIND_POLICY_SET)
		change_policy(t, s, change);
}

/* The rows of a statement that passed its check. */
static void change_rows(
        struct txn *t, const struct statement *s, const struct reference *about, enum change change)
{
	switch (kind_info(s->kind)->part) {
	case PART_NONE:
		if (s->kind >= KIND_LOG_END)
			change_said(t, s, change);
		break;
	case PART_OPENS:
		refold_touch(t, s->ref.place, change == ROWS_ADD ? OPENING_COUNTS : OPENING_GONE);
		break;
	case PART_ABOUT:
		change_about(t, s, about, change);
		break;
	}
	struct reference also[RAT_REPLACES_MAX + 1];
	uint32_t count = object_also(s, also, RAT_REPLACES_MAX + 1);
	for (uint32_t i = 0; i < count; i++)
		change_about(t, s, &also[i], change);
}

static void reject(struct txn *t, struct place place, enum err e)
{
	rejected_put(t, place, PLACE_NONE, e);
	if (e != ERR_NO_SUCH_MEMBER && e != ERR_NO_SUCH_FEED)
		return;
	struct key key = keys_place(place);
	db_put(t, TABLE_UNKNOWN, &key, BYTES(NULL, 0));
}

static void unreject(struct txn *t, struct place place)
{
	struct key key = keys_place(place);
	rejected_clear(t, place);
	db_remove_under(t, TABLE_WAITING, &key);
	db_remove(t, TABLE_UNKNOWN, &key);
}

static bool is_of_log(uint16_t kind)
{
	return kind < KIND_LOG_END && kind_info(kind) != NULL;
}

/* Kinds of the log. Those that make the roster are the roster's own to judge; see judge_roster(). */
static enum err change_log(struct txn *t, const struct statement *s, enum change change)
{
	switch (s->kind) {
	case KIND_CHANNEL_OPEN:
		if (change == ROWS_ADD)
			return channel_learn(t, s->ref.place, s->body);
		channel_forget(t, s->ref.place);
		return ERR_OK;
	case KIND_FORK_PROOF:
		return witnessed_fork(
		        t, s->ref.place, s->body, change == ROWS_ADD ? WITNESSED_ADD : WITNESSED_REMOVE);
	case KIND_WITNESS_SEEN:
	case KIND_WITNESS_HEARD:
		return witnessed_check(s);
	case KIND_KEY_SHARE:
		if (change == ROWS_ADD)
			return share_learn(t, s);
		share_forget(t, s);
		return ERR_OK;
	default:
		return ERR_NO_RIGHT; /* the roster is the registrar's */
	}
}

static enum err check(struct txn *t, const struct statement *s, struct reference *about)
{
	struct ledger_context context = {.roster = &t->muster->roster};
	return object_check(&context, s, about);
}

static void judge_statement(struct txn *t, const struct statement *s)
{
	struct reference about = {.id = {0}};
	enum err e = check(t, s, &about);
	if (e == ERR_OK && is_of_log(s->kind))
		e = change_log(t, s, ROWS_ADD);
	else if (e == ERR_OK)
		change_rows(t, s, &about, ROWS_ADD);
	if (e != ERR_OK)
		reject(t, s->ref.place, e);
}

/* Does the roster, and not this file, say what the entry does? */
static bool is_roster_work(const struct txn *t, struct feed_no feed, enum audience audience, uint16_t kind)
{
	return audience == AUDIENCE_NETWORK && is_of_log(kind) && kind != KIND_CHANNEL_OPEN &&
	       muster_is_registrar(t->muster, feed);
}

static void judge_opened(struct txn *t, const struct statement *s, enum err opened)
{
	if (s->audience == AUDIENCE_SEALED)
		sums_sealed(t, s->ref.place.feed, opened, 1);
	if (opened == ERR_OK)
		judge_statement(t, s);
	else if (opened != ERR_NOT_FOR_US)
		reject(t, s->ref.place, opened);
}

void judge_entry(struct txn *t, const struct entry_ref *entry)
{
	struct bytes_out scratch = bytes_out(t->work->judged, sizeof t->work->judged);
	struct statement s;
	if (!is_roster_work(t, entry->place.feed, entry->audience, entry->kind))
		judge_opened(t, &s, unseal_entry(t, entry, &scratch, &s));
}

void judge_stored(struct txn *t, struct place place)
{
	struct bytes_out scratch = bytes_out(t->work->judged, sizeof t->work->judged);
	struct statement s = {.kind = 0};
	enum err e = unseal_at(t, place, &scratch, &s);
	if (e != ERR_NOT_FOUND && t->err == ERR_OK && !is_roster_work(t, place.feed, s.audience, s.kind))
		judge_opened(t, &s, e);
}

void judge_roster(struct txn *t, const struct entry_ref *entry, enum err verdict)
{
	if (!is_roster_work(t, entry->place.feed, entry->audience, entry->kind))
		return;
	if (verdict == ERR_OK)
		verdict = witnessed_registrar(t, entry);
	if (verdict != ERR_OK)
		rejected_put(t, entry->place, PLACE_NONE, verdict);
}

static void undo_rows(struct txn *t, const struct statement *judged)
{
	struct statement s = *judged;
	struct reference about = {.id = {0}};
	s.roles = ROLE_ALL;
	if (check(t, &s, &about) != ERR_OK)
		return;
	if (!is_of_log(s.kind)) {
		change_rows(t, &s, &about, ROWS_REMOVE);
		return;
	}
	enum err unimportant = change_log(t, &s, ROWS_REMOVE);
	(void)unimportant;
}

void judge_again(struct txn *t, struct place place)
{
	struct bytes_out scratch = bytes_out(t->work->judged, sizeof t->work->judged);
	struct statement s;
	if (unseal_at(t, place, &scratch, &s) != ERR_OK)
		return; /* as before: the roster has no part in it */
	if (is_roster_work(t, place.feed, s.audience, s.kind) || s.kind == KIND_CHANNEL_OPEN)
		return;
	undo_rows(t, &s);
	unreject(t, place);
	judge_statement(t, &s);
}

void judge_undo(struct txn *t, struct place place)
{
	struct bytes_out scratch = bytes_out(t->work->judged, sizeof t->work->judged);
	struct statement s = {.kind = 0};
	enum err e = unseal_at(t, place, &scratch, &s);
	if (e == ERR_NOT_FOUND || is_roster_work(t, place.feed, s.audience, s.kind))
		return;
	if (s.audience == AUDIENCE_SEALED)
		sums_sealed(t, place.feed, e, -1);
	if (e == ERR_OK)
		undo_rows(t, &s);
	unreject(t, place);
}
