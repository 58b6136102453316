/* SPDX-License-Identifier: Apache-2.0
 * check_seals.c: I8: what is sealed stands in no store of somebody to whom it is not sealed, not even in its free pages;
 * and who must be able to read it can: every officer of the parties and every auditor, as the registrar's history has them
 * at the size that the author knew; who became one later was given the secret. Who that is, is read here from that history
 * once more, plainly. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_int.h"
#include "log/fork.h"
#include "log/roster_body.h"

struct marked {
	uint8_t marker[MARKER_BYTES];
	uint32_t asked; /* index */
};
static int marked_compare(const void *a, const void *b)
{
	return memcmp(a, b, MARKER_BYTES);
}

static int digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_marker(const uint8_t *text, uint8_t out[MARKER_BYTES])
{
	for (size_t i = 0; i < MARKER_BYTES; i++) {
		int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* Members whose node this ever was, and whether it ever was an auditor's. */
struct reader {
	bool is_auditor;
	struct member_no member;
};

static struct reader reader_of(const struct sim *sim, uint32_t index)
{
	struct txn *txn = check_read(sim, index);
	const struct roster *r = txn_roster(txn);
	struct reader reader = {.is_auditor = sim->check->nodes[index].was_auditor, .member = {ROSTER_NONE}};
	struct feed_no own;
	if (own_feed(txn, &own)) {
		reader.member = roster_feed(r, own)->member;
		for (uint32_t i = r->feeds[own.n].newest_change; i != ROSTER_NONE; i = r->changes[i].before)
			reader.is_auditor |= r->changes[i].what == CHANGE_ROLES &&
			                     (r->changes[i].roles & ROLE_AUDITOR) != 0;
		for (uint32_t i = 0; i < r->registrars_count; i++)
			reader.is_auditor |= r->registrars[i].feed.n == own.n;
	}
	txn_abort(txn);
	return reader;
}

static void found(struct sim *sim, uint32_t index, const struct reader *reader, const struct asked *a)
{
	bool of_party = reader->member.n == a->author.n || reader->member.n == a->partner.n ||
	                check_was_of(sim, index, a->author) || check_was_of(sim, index, a->partner);
	sim->check->looked++;
	/* What its own person typed and the rules refused may stand in a free page. */
	if (of_party || reader->is_auditor || a->node == index)
		return;
	sim_fail(sim, "I8", "the store of node %u has words that are sealed to members %u and %u, kind %u",
	        index, a->author.n, a->partner.n, a->kind);
}

static const uint8_t *find_bytes(const uint8_t *from, const uint8_t *end, const char *what, size_t len)
{
	while ((size_t)(end - from) >= len) {
		const uint8_t *p = memchr(from, what[0], (size_t)(end - from) - len + 1);
		if (!p || !memcmp(p, what, len))
			return p;
		from = p + 1;
	}
	return NULL;
}

static void scan(struct sim *sim, uint32_t index, struct bytes file, const struct marked *all, size_t count)
{
	const struct reader reader = reader_of(sim, index);
	const uint8_t *at = file.data, *end = file.data + file.len;
	size_t prefix = strlen(MARKER_PREFIX);
	while ((at = find_bytes(at, end, MARKER_PREFIX, prefix))) {
		struct marked key;
		at += prefix;
		if ((size_t)(end - at) < 2 * MARKER_BYTES || !read_marker(at, key.marker))
			continue;
		const struct marked *m = bsearch(&key, all, count, sizeof *all, marked_compare);
		if (m)
			found(sim, index, &reader, &sim->work->asked[m->asked]);
	}
}

static void scan_store(struct sim *sim, uint32_t index, const struct marked *all, size_t count)
{
	char path[sizeof sim->net->nodes[0].home + 32];
	must(snprintf(path, sizeof path, "%s/store/data.mdb", sim->net->nodes[index].home) > 0);
	FILE *f = fopen(path, "rb");
	must(f && fseek(f, 0, SEEK_END) == 0);
	long len = ftell(f);
	must(len > 0);
	uint8_t *bytes = malloc((size_t)len);
	rewind(f);
	must(bytes && fread(bytes, 1, (size_t)len, f) == (size_t)len);
	(void)fclose(f);
	scan(sim, index, BYTES(bytes, (size_t)len), all, count);
	free(bytes);
}

/* What somebody typed, in a store of nobody who may have it. */
static void leak(struct sim *sim, const struct asked *a)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t text[MARKER_TEXT_BYTES];
	struct bytes_out o = bytes_out(text, sizeof text);
	bytes_put_text(&o, MARKER_PREFIX);
	for (size_t i = 0; i < MARKER_BYTES; i++) {
		bytes_put_u8(&o, (uint8_t)digits[a->marker[i] >> 4]);
		bytes_put_u8(&o, (uint8_t)digits[a->marker[i] & 15]);
	}
	for (uint32_t n = 1; n < sim->net->count; n++) {
		struct txn *txn;
		if (!sim_runs(sim, n) || reader_of(sim, n).member.n == a->author.n)
			continue;
		must(txn_write(sim->net->nodes[n].store, &txn) == ERR_OK);
		own_put(txn, OWN_NOTES, bytes_text("leak"), bytes_written(&o));
		must(txn_commit(txn) == ERR_OK);
	}
}

static void check_secrets(struct sim *sim)
{
	const struct work *w = sim->work;
	struct marked *all = calloc(w->count + 1, sizeof *all);
	size_t count = 0;
	must(all);
	for (uint32_t i = 0; i < w->count; i++) {
		if (!w->asked[i].is_marked)
			continue;
		memcpy(all[count].marker, w->asked[i].marker, MARKER_BYTES);
		if (check_spoils(sim, "I8"))
			leak(sim, &w->asked[i]);
		all[count++].asked = i;
	}
	qsort(all, count, sizeof *all, marked_compare);
	for (uint32_t n = 0; n < sim->net->count; n++)
		if (sim_runs(sim, n))
			scan_store(sim, n, all, count);
	free(all);
}

/* Who had which roles after the first AT entries of the registrar's history, read plainly. */
struct history {
	uint32_t feeds, cap;
	struct rights {
		struct member_no member;
		uint32_t roles;
		bool is_cut;
	} * rights;
};

static void grant(struct history *h, uint32_t feed, struct member_no member, uint32_t roles)
{
	while (feed >= h->cap) {
		h->cap = h->cap ? 2 * h->cap : 64;
		h->rights = realloc(h->rights, h->cap * sizeof *h->rights);
		must(h->rights);
	}
	while (h->feeds <= feed)
		h->rights[h->feeds++] = (struct rights){.member = {ROSTER_NONE}};
	h->rights[feed] = (struct rights){.member = member, .roles = roles};
}

static void read_cut(struct history *h, const struct roster *r, const struct entry_ref *e)
{
	struct roster_cut cut;
	struct roster_resolve resolve;
	struct fork fork;
	struct feed_no no = {ROSTER_NONE};
	if (e->kind == KIND_FEED_CUT && !roster_body_cut_unpack(e->payload, &cut))
		no = cut.feed;
	else if (e->kind == KIND_FEED_RESOLVE && !roster_body_resolve_unpack(e->payload, &resolve))
		no = resolve.feed;
	else if (e->kind == KIND_FORK_PROOF && !fork_unpack(e->payload, &fork))
		(void)roster_find_feed(r, &fork.feed, &no);
	if (no.n < h->feeds)
		h->rights[no.n].is_cut = e->kind != KIND_FEED_RESOLVE;
}

static void read_entry(struct history *h, const struct roster *r, const struct entry_ref *e)
{
	struct roster_add add;
	struct roster_regrant regrant;
	if (e->kind == KIND_FEED_ADD && !roster_body_add_unpack(e->payload, &add)) {
		bool is_void = h->feeds < r->feeds_count && r->feeds[h->feeds].is_void;
		grant(h, h->feeds, add.member, is_void ? 0 : add.roles);
	} else if (e->kind == KIND_FEED_ROLES && !roster_body_regrant_unpack(e->payload, &regrant)) {
		if (regrant.feed.n < h->feeds)
			h->rights[regrant.feed.n].roles = regrant.roles;
	} else {
		read_cut(h, r, e);
	}
}

/* Where the history goes on with another registrar's entries. */
static uint64_t end_of(const struct roster *r, uint32_t registrar)
{
	return registrar + 1 < r->registrars_count ? r->registrars[registrar + 1].start : UINT64_MAX;
}

static bool history_at(struct history *h, struct txn *txn, const struct roster *r, uint64_t at)
{
	struct entry_ref entry;
	uint64_t position = 0;
	h->feeds = 0;
	for (uint32_t i = 0; i < r->registrars_count && (i == 0 || position < at); i++) {
		struct place place = {.feed = r->registrars[i].feed};
		if (i > 0)
			h->rights[r->registrars[i - 1].feed.n].is_cut = true;
		grant(h, place.feed.n, (struct member_no){0},
		        ROLE_REGISTRAR | ROLE_AUDITOR | ROLE_OFFICER | ROLE_WITNESS);
		for (; position < at && position < end_of(r, i) && feed_entry(txn, place, &entry);
		        place.seq++, position++)
			read_entry(h, r, &entry);
	}
	return position == at;
}

/* Did its author know a part of what is the history now? */
static bool knew(const struct roster *r, const struct asked *a)
{
	for (uint32_t i = 0; i < r->registrars_count; i++)
		if (!memcmp(&r->feeds[r->registrars[i].feed.n].keys.feed, &a->registrar, sizeof a->registrar))
			return r->registrars[i].start == a->registrar_start && a->roster_size <= end_of(r, i);
	return false;
}

static bool is_due(const struct history *h, struct feed_no feed, const struct asked *a)
{
	if (feed.n >= h->feeds || h->rights[feed.n].is_cut)
		return false;
	const struct rights *x = &h->rights[feed.n];
	bool of_party = x->member.n == a->author.n || x->member.n == a->partner.n;
	return (x->roles & ROLE_AUDITOR) != 0 || (of_party && (x->roles & ROLE_OFFICER) != 0);
}

/* It came sealed by a channel that its node can open, so it has its words. */
static void check_reader(struct sim *sim, uint32_t index, struct txn *txn, const struct asked *a)
{
	static uint8_t memory[ENTRY_PAYLOAD_BYTES_MAX];
	struct bytes_out scratch = bytes_out(memory, sizeof memory);
	struct entry_ref entry;
	struct statement s;
	if (!feed_entry(txn, a->ref.place, &entry) || memcmp(entry.id, a->ref.id, sizeof entry.id) != 0)
		return;
	sim->check->looked++;
	if (view_statement(txn, a->ref.place, &scratch, &s) || check_spoils(sim, "readers"))
		sim_fail(sim, "readers", "node %u must be able to read entry %u.%llu, kind %u, and cannot",
		        index, a->ref.place.feed.n, (unsigned long long)a->ref.place.seq, a->kind);
}

/* Due by what its author knew, and still now: what changed while it was being appended excuses it. */
static void check_readers(struct sim *sim, struct history *then, const struct history *now, struct txn *txn,
        const struct asked *a)
{
	if (a->state != ASKED_SAID || !a->is_marked || !knew(txn_roster(txn), a) ||
	        !history_at(then, txn, txn_roster(txn), a->roster_size))
		return;
	for (uint32_t n = 0; n < sim->net->count; n++) {
		struct feed_no own;
		if (!sim->check->nodes[n].is_full)
			continue;
		struct txn *there = check_read(sim, n);
		if (own_feed(there, &own) && is_due(then, own, a) && is_due(now, own, a))
			check_reader(sim, n, there, a);
		txn_abort(there);
	}
}

/* Whose node reads it there? */
static bool holds(struct sim *sim, uint32_t index, const struct asked *a)
{
	struct entry_ref entry;
	struct txn *txn = check_read(sim, index);
	bool found =
	        feed_entry(txn, a->ref.place, &entry) && memcmp(entry.id, a->ref.id, sizeof entry.id) == 0;
	txn_abort(txn);
	return found;
}

static bool reads(struct sim *sim, uint32_t index, const struct asked *a)
{
	static uint8_t memory[ENTRY_PAYLOAD_BYTES_MAX];
	struct bytes_out scratch = bytes_out(memory, sizeof memory);
	struct entry_ref entry;
	struct statement s;
	struct txn *txn = check_read(sim, index);
	bool found = feed_entry(txn, a->ref.place, &entry) && !memcmp(entry.id, a->ref.id, sizeof entry.id) &&
	             !view_statement(txn, a->ref.place, &scratch, &s);
	txn_abort(txn);
	return found;
}

/* The full node of that feed; NET_STRANGER: none. */
static uint32_t full_node(struct sim *sim, uint32_t feed)
{
	for (uint32_t n = 0; n < sim->net->count && n < SIM_NODES_MAX; n++) {
		struct feed_no own;
		if (!sim->check->nodes[n].is_full)
			continue;
		struct txn *txn = check_read(sim, n);
		bool found = own_feed(txn, &own) && own.n == feed;
		txn_abort(txn);
		if (found)
			return n;
	}
	return NET_STRANGER;
}

/* The first of the member's feeds that has any role gives its fellows what they lack; an auditor is given it by the
 * registrar. */
static uint32_t giver_of(struct sim *sim, const struct history *now, uint32_t reader)
{
	if (now->rights[reader].roles & ROLE_AUDITOR)
		return check_registrar(sim);
	for (uint32_t n = 0; n < now->feeds; n++)
		if (now->rights[n].member.n == now->rights[reader].member.n && now->rights[n].roles &&
		        !now->rights[n].is_cut)
			return n == reader ? NET_STRANGER : full_node(sim, n);
	return NET_STRANGER;
}

static bool position_of(struct txn *txn, const struct asked *a, uint64_t *out)
{
	struct entry_ref entry;
	struct sealed sealed;
	struct channel_open open;
	struct place channel = {.feed = a->ref.place.feed};
	if (!feed_entry(txn, a->ref.place, &entry) || memcmp(entry.id, a->ref.id, sizeof entry.id) != 0 ||
	        entry.audience != AUDIENCE_SEALED || seal_payload_unpack(entry.payload, &sealed))
		return false;
	channel.seq = sealed.channel_seq;
	if (!feed_entry(txn, channel, &entry) || seal_channel_unpack(entry.payload, &open))
		return false;
	*out = open.registrar_size;
	return true;
}

/* Who became a reader after its channel was opened, and was to be given the secret by who has it and publishes. */
static void check_later(struct sim *sim, struct history *then, const struct history *now, struct txn *txn,
        const struct asked *a)
{
	uint64_t at;
	if (a->state != ASKED_SAID || !a->is_marked || !position_of(txn, a, &at) ||
	        !history_at(then, txn, txn_roster(txn), at))
		return;
	for (uint32_t n = 0; n < now->feeds; n++) {
		const struct feed_no no = {n};
		if (!is_due(now, no, a) || is_due(then, no, a))
			continue;
		uint32_t reader = full_node(sim, n), giver = giver_of(sim, now, n);
		if (reader == NET_STRANGER || giver == NET_STRANGER || !reads(sim, giver, a) ||
		        !holds(sim, reader, a) || !node_publishing(sim->net->nodes[giver].node))
			continue;
		sim->check->looked++;
		if (!reads(sim, reader, a) || check_spoils(sim, "later"))
			sim_fail(sim, "later",
			        "node %u became a reader of entry %u.%llu, kind %u, and node %u did not open "
			        "it to it",
			        reader, a->ref.place.feed.n, (unsigned long long)a->ref.place.seq, a->kind,
			        giver);
	}
}

static void check_due(struct sim *sim)
{
	uint32_t registrar = check_registrar(sim);
	struct history then = {.feeds = 0}, now = {.feeds = 0};
	if (registrar == NET_STRANGER)
		return;
	struct txn *txn = check_read(sim, registrar);
	bool known = history_at(&now, txn, txn_roster(txn), txn_roster(txn)->size);
	for (uint32_t tries = 0; known && tries < 60 && sim->work->count > 0; tries++)
		check_readers(sim, &then, &now, txn,
		        &sim->work->asked[sim_draw(sim, SIM_CHECKS, sim->work->count)]);
	for (uint32_t i = 0; known && i < sim->work->count; i++)
		check_later(sim, &then, &now, txn, &sim->work->asked[i]);
	txn_abort(txn);
	free(then.rights);
	free(now.rights);
}

void check_seals_last(struct sim *sim)
{
	if (!sim->work)
		return;
	check_secrets(sim);
	check_due(sim);
}
