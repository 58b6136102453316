/* SPDX-License-Identifier: Apache-2.0
 * rebase.c: see rebase_int.h. What others hold of the own feed beyond the mark comes first; entries made here since, which
 * never left, follow it: sealed anew, with new references, in which they name each other by their new names. What came
 * back is not appended twice.
 * Its twist: a rule may refuse one now, because its object was answered meanwhile, or its key taken. It is kept, with the
 * reason, where a person finds it: nothing that was acknowledged is lost without a word. docs/PROTOCOL.md 8. */
#include "rebase_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "log/key_share.h"
#include "log/kinds.h"
#include "storage/view.h"

#define ROOM_BYTES (2u * ENTRY_PAYLOAD_BYTES_MAX)

struct rebase_draft {
	struct rebase_draft *next;
	struct reference was;
	uint16_t kind; /* KIND_SEALED: it does not open */
	enum err unopened;
	uint64_t time_ms; /* when it was made */
	uint32_t number;  /* that it gave to a member or a feed, or NUMBER_GONE */
	size_t body_bytes;
	uint8_t body[];
};
struct rebase_refusal {
	struct rebase_refusal *next;
	struct reference was;
	enum err why;
};

static struct bytes body_of(const struct rebase_draft *d)
{
	return BYTES(d->body, d->body_bytes);
}

/* The node makes these by itself when they are needed: for other readers, of another moment. */
static bool is_by_itself(uint16_t kind)
{
	return kind == KIND_CHANNEL_OPEN || kind == KIND_WITNESS_SEEN || kind == KIND_WITNESS_HEARD;
}

#define TIME_KEY_BYTES 8u

static void time_key(uint64_t seq, uint8_t out[TIME_KEY_BYTES])
{
	struct bytes_out o = bytes_out(out, TIME_KEY_BYTES);
	bytes_put_u64(&o, seq);
	must(bytes_out_end(&o) == ERR_OK);
}

/* When it was made: its header says later where it was appended again behind later ones. */
static uint64_t made_ms(struct txn *txn, const struct entry_ref *entry)
{
	uint8_t key[TIME_KEY_BYTES];
	struct bytes value;
	time_key(entry->place.seq, key);
	if (!own_get(txn, OWN_TIMES, BYTES_OF(key), &value))
		return entry->time_ms;
	struct bytes_in in = bytes_in(value);
	return bytes_get_u64(&in);
}

static void keep_time(struct txn *txn, const struct entry_ref *entry, uint64_t made)
{
	uint8_t key[TIME_KEY_BYTES], value[8];
	struct bytes_out o = bytes_out(value, sizeof value);
	time_key(entry->place.seq, key);
	bytes_put_u64(&o, made);
	if (entry->time_ms != made)
		own_put(txn, OWN_TIMES, BYTES_OF(key), bytes_written(&o));
}

/* The number that the registrar's entry gave to a member or a feed. */
static uint32_t number_of(const struct roster *r, struct place place, uint16_t kind)
{
	if (!r->founded || roster_registrar(r).n != place.feed.n)
		return NUMBER_GONE;
	uint64_t at = r->registrars[r->registrars_count - 1].start + place.seq;
	for (uint32_t i = 0; kind == KIND_MEMBER_ADMIT && i < r->members_count; i++)
		if (r->members[i].admitted_at == at)
			return i;
	for (uint32_t i = 0; kind == KIND_FEED_ADD && i < r->feeds_count; i++)
		if (r->feeds[i].added_at == at)
			return i;
	return NUMBER_GONE;
}

static enum err collect_one(struct rebase *b, struct txn *txn, struct place place, uint8_t *memory)
{
	struct bytes_out scratch = bytes_out(memory, ENTRY_PAYLOAD_BYTES_MAX);
	struct statement s;
	struct entry_ref entry;
	enum err opened = view_statement(txn, place, &scratch, &s);
	if (!feed_entry(txn, place, &entry))
		return txn_error(txn) ? txn_error(txn) : ERR_STORE_DAMAGED;
	const struct bytes body = opened || entry.audience == AUDIENCE_NETWORK ? entry.payload : s.body;
	struct rebase_draft *d = malloc(sizeof *d + body.len);
	if (!d)
		return ERR_NO_MEMORY;
	*d = (struct rebase_draft){.was = feed_reference(&entry),
	        .kind = opened ? entry.kind : s.kind,
	        .unopened = opened,
	        .time_ms = made_ms(txn, &entry),
	        .number = number_of(txn_roster(txn), place, entry.kind),
	        .body_bytes = body.len};
	if (body.len)
		memcpy(d->body, body.data, body.len);
	*b->drafts_end = d;
	b->drafts_end = &d->next;
	b->withdrawn += !is_by_itself(d->kind);
	return ERR_OK;
}

/* What their headers said is theirs no more. */
static void clear_times(const struct rebase *b, struct txn *txn, uint64_t end)
{
	uint8_t key[TIME_KEY_BYTES];
	for (uint64_t seq = b->from.size; seq < end; seq++) {
		time_key(seq, key);
		own_remove(txn, OWN_TIMES, BYTES_OF(key));
	}
}

static enum err collect(struct rebase *b, struct txn *txn, uint64_t end)
{
	uint8_t *memory = malloc(ENTRY_PAYLOAD_BYTES_MAX);
	struct place place = {.feed = b->own, .seq = b->from.size};
	enum err e = memory ? ERR_OK : ERR_NO_MEMORY;
	for (; place.seq < end && !e; place.seq++)
		e = collect_one(b, txn, place, memory);
	free(memory);
	clear_times(b, txn, end);
	return e ? e : txn_error(txn);
}

static enum err numbers_init(struct numbers *n, uint32_t from, uint32_t to)
{
	*n = (struct numbers){.from = from, .count = to - from};
	n->now = malloc((n->count + 1) * sizeof *n->now);
	for (uint32_t i = 0; n->now && i < n->count; i++)
		n->now[i] = NUMBER_GONE;
	return n->now ? ERR_OK : ERR_NO_MEMORY;
}

static enum err withdraw(struct rebase *b, struct txn *txn, uint64_t end)
{
	uint32_t members = txn_roster(txn)->members_count, feeds = txn_roster(txn)->feeds_count;
	enum err e = collect(b, txn, end);
	if (!e)
		e = feed_withdraw(txn, b->own, b->from.size);
	if (!e)
		e = numbers_init(&b->numbers.members, txn_roster(txn)->members_count, members);
	if (!e)
		e = numbers_init(&b->numbers.feeds, txn_roster(txn)->feeds_count, feeds);
	return e;
}

enum err rebase_make_way(struct rebase *b, struct txn *txn, const struct run *run)
{
	struct feed_info info;
	struct feed_no own;
	if (b->begun || !own_feed(txn, &own) || !feed_info(txn, own, &info) || info.state != FEED_OPEN)
		return txn_error(txn);
	own_mark(txn, &b->from);
	if (run->from != b->from.size || info.head.size <= b->from.size)
		return txn_error(txn);
	b->begun = true;
	b->own = own;
	b->drafts_end = &b->drafts;
	return withdraw(b, txn, info.head.size);
}

void rebase_came_back(struct txn *txn, struct feed_no own, const struct run *run)
{
	struct entry_ref entry;
	for (uint32_t i = 0; i < run->count; i++) {
		const struct place place = {.feed = own, .seq = run->from + i};
		if (!feed_entry(txn, place, &entry))
			return;
		const struct reference live = feed_reference(&entry);
		rewrites_forget(txn, &live);
	}
}

/* What is done with the drafts, one by one in their order. */
struct ending {
	struct rebase *b;
	const struct append *append;
	struct txn *txn;
	struct came_back {
		uint64_t time_ms;
		bool is_taken; /* it is the same as a draft that went before */
	} * back;
	uint64_t back_count;   /* those from the mark on came back */
	uint8_t *room, *plain; /* scratch: a renamed body, an opened entry */
};

static struct place place_back(const struct ending *s, uint64_t i)
{
	return (struct place){.feed = s->b->own, .seq = s->b->from.size + i};
}

/* Itself, to the byte? */
static bool is_there(const struct ending *s, const struct rebase_draft *d, uint64_t i)
{
	struct entry_ref entry;
	if (place_back(s, i).seq != d->was.place.seq || !feed_entry(s->txn, place_back(s, i), &entry))
		return false;
	const struct reference there = feed_reference(&entry);
	return reference_equal(&there, &d->was);
}

static bool is_same(const struct ending *s, const struct rebase_draft *d, struct bytes renamed, uint64_t i)
{
	struct bytes_out scratch = bytes_out(s->plain, ENTRY_PAYLOAD_BYTES_MAX);
	struct statement t;
	if (s->back[i].time_ms != d->time_ms || view_statement(s->txn, place_back(s, i), &scratch, &t))
		return false;
	return t.kind == d->kind && bytes_equal(t.body, renamed);
}

/* One that came back and is the same; each counts for one draft. */
static bool find_back(
        struct ending *s, const struct rebase_draft *d, struct bytes renamed, struct reference *out)
{
	struct entry_ref entry;
	for (uint64_t i = 0; i < s->back_count; i++) {
		if (s->back[i].is_taken || (!is_there(s, d, i) && !is_same(s, d, renamed, i)))
			continue;
		s->back[i].is_taken = true;
		if (!feed_entry(s->txn, place_back(s, i), &entry))
			return false;
		*out = feed_reference(&entry);
		return true;
	}
	return false;
}

static void record(
        struct ending *s, const struct rebase_draft *d, enum rewrite_what what, const struct reference *now)
{
	struct rewrite r = {.was = d->was, .what = what, .wall_ms = s->append->time_ms};
	if (now)
		r.now = *now;
	if (!now || !reference_equal(now, &d->was))
		rewrites_put(s->txn, &r);
}

static void refuse(struct ending *s, const struct rebase_draft *d, enum err why)
{
	const struct rewrite_refused refused = {.was = d->was,
	        .time_ms = d->time_ms,
	        .wall_ms = s->append->time_ms,
	        .why = why,
	        .kind = d->kind,
	        .body = body_of(d)};
	rewrites_refuse(s->txn, &refused);
	record(s, d, REWRITE_REFUSED, NULL);
	s->b->refused++;
}

/* It goes on as this one, whose number is the one that it gives now. */
static void become(
        struct ending *s, const struct rebase_draft *d, enum rewrite_what what, const struct reference *now)
{
	struct numbers *n = d->kind == KIND_MEMBER_ADMIT ? &s->b->numbers.members : &s->b->numbers.feeds;
	if (d->number != NUMBER_GONE && d->number >= n->from && d->number - n->from < n->count)
		n->now[d->number - n->from] = number_of(txn_roster(s->txn), now->place, d->kind);
	record(s, d, what, now);
}

static enum err add_refusal(struct rebase *b, const struct rebase_draft *d, enum err why)
{
	struct rebase_refusal *r = malloc(sizeof *r);
	if (!r)
		return ERR_NO_MEMORY;
	*r = (struct rebase_refusal){.next = b->refusals, .was = d->was, .why = why};
	b->refusals = r;
	b->poisoned = true;
	return why;
}

/* Is it the entry that is wrong, and not this machine? */
static bool is_refusal(const struct ending *s, enum err e)
{
	return !txn_error(s->txn) && err_blame(e) != BLAME_LOCAL && err_blame(e) != BLAME_BUG;
}

static enum err append_again(struct ending *s, const struct rebase_draft *d, struct bytes body)
{
	struct append a = *s->append;
	const struct draft draft = {.kind = d->kind, .body = body};
	struct reference now;
	struct entry_ref entry;
	a.time_ms = d->time_ms;
	enum err e = append_drafts(&a, &draft, 1, &now, NULL);
	if (e)
		return is_refusal(s, e) ? add_refusal(s->b, d, e) : e;
	become(s, d, REWRITE_AGAIN, &now);
	if (feed_entry(s->txn, now.place, &entry))
		keep_time(s->txn, &entry, d->time_ms);
	s->b->again++;
	return txn_error(s->txn);
}

/* A key.share without the channels that were withdrawn: what was sealed by them is sealed for later readers now. */
static struct bytes without_withdrawn(struct ending *s, const struct rebase_draft *d, struct mp_out *room)
{
	struct key_share_row *rows = calloc(KEY_SHARE_ROWS_MAX + 1, sizeof *rows);
	struct key_share share;
	uint32_t count = 0;
	enum err e = rows ? key_share_unpack(body_of(d), &share) : ERR_NO_MEMORY;
	while (!e && key_share_next(&share, &rows[count]))
		count += rows[count].channel.feed.n != s->b->own.n ||
		         rows[count].channel.seq < s->b->from.size;
	/* a member that was admitted in what was withdrawn may be another now */
	bool moved = !e && share.member.n >= s->b->numbers.members.from &&
	             share.member.n - s->b->numbers.members.from < s->b->numbers.members.count;
	count = moved ? 0 : count;
	if (!e && count)
		key_share_pack(room, share.member, rows, count);
	if (rows)
		bytes_wipe(rows, KEY_SHARE_ROWS_MAX * sizeof *rows);
	free(rows);
	return !e && count && mp_out_end(room) == ERR_OK ? mp_written(room) : BYTES(NULL, 0);
}

static enum err rename_draft(
        struct ending *s, const struct rebase_draft *d, struct mp_out *room, struct bytes *out)
{
	const struct rename rename = {.txn = s->txn,
	        .own = s->b->own,
	        .numbers = &s->b->numbers,
	        .kind = d->kind,
	        .body = body_of(d)};
	if (d->unopened)
		return d->unopened;
	if (BUG(STALE_REFERENCE))
		*out = body_of(d);
	else if (d->kind != KIND_KEY_SHARE)
		return rename_body(&rename, room, out);
	else
		*out = without_withdrawn(s, d, room);
	return ERR_OK;
}

static enum err end_one(struct ending *s, const struct rebase_draft *d)
{
	struct mp_out room = mp_out(s->room, ROOM_BYTES);
	struct reference back;
	struct bytes body = {0};
	const struct rebase_refusal *refusal = s->b->refusals;
	while (refusal && !reference_equal(&refusal->was, &d->was))
		refusal = refusal->next;
	enum err e = rename_draft(s, d, &room, &body);
	if (find_back(s, d, body, &back)) {
		become(s, d, REWRITE_BACK, &back);
		s->b->back += !is_by_itself(d->kind);
	} else if (is_by_itself(d->kind) || (!e && body.len == 0)) {
		record(s, d, REWRITE_DROPPED, NULL);
	} else if (e || refusal) {
		refuse(s, d, e ? e : refusal->why);
	} else {
		return append_again(s, d, body);
	}
	return txn_error(s->txn);
}

static void list_back(struct ending *s)
{
	struct entry_ref entry;
	for (uint64_t i = 0; i < s->back_count && feed_entry(s->txn, place_back(s, i), &entry); i++)
		s->back[i].time_ms = entry.time_ms;
}

static enum err end_all(struct ending *s)
{
	struct feed_info info;
	if (!feed_info(s->txn, s->b->own, &info))
		return txn_error(s->txn) ? txn_error(s->txn) : ERR_BUG;
	s->back_count = info.head.size - s->b->from.size;
	s->back = calloc(s->back_count + 1, sizeof *s->back);
	s->room = malloc(ROOM_BYTES);
	s->plain = malloc(ENTRY_PAYLOAD_BYTES_MAX);
	enum err e = s->back && s->room && s->plain ? ERR_OK : ERR_NO_MEMORY;
	if (!e)
		list_back(s);
	for (const struct rebase_draft *d = s->b->drafts; d && !e; d = d->next)
		e = end_one(s, d);
	free(s->back);
	free(s->room);
	free(s->plain);
	return e;
}

enum err rebase_end(struct rebase *b, const struct append *a)
{
	struct ending s = {.b = b, .append = a, .txn = a->txn};
	return b->begun ? end_all(&s) : txn_error(a->txn);
}

static void free_drafts(struct rebase *b)
{
	for (struct rebase_draft *d = b->drafts, *next; d; d = next) {
		next = d->next;
		bytes_wipe(d->body, d->body_bytes);
		free(d);
	}
	free(b->numbers.members.now);
	free(b->numbers.feeds.now);
}

void rebase_again(struct rebase *b)
{
	free_drafts(b);
	*b = (struct rebase){.refusals = b->refusals};
}

void rebase_free(struct rebase *b)
{
	free_drafts(b);
	for (struct rebase_refusal *r = b->refusals, *next; r; r = next) {
		next = r->next;
		free(r);
	}
	*b = (struct rebase){.begun = false};
}
