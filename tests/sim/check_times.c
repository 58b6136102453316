/* SPDX-License-Identifier: Apache-2.0
 * check_times.c: when entries were received: at the time of the first statement of a registrar that covers them, and by
 * no other clock. The statements are read again here, plainly, and every node's answers held against them. */
#include <stdlib.h>
#include <string.h>

#include "check_int.h"
#include "log/witness.h"

/* What the registrars stated, in the order of their feeds. */
struct statement_row {
	struct feed_no feed;
	struct head head;
	uint64_t time_s;
};
struct statements {
	struct statement_row *rows;
	size_t count, cap;
	uint64_t newest_s;
};

static void add(struct statements *s, const struct statement_row *row)
{
	if (s->count == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 256;
		s->rows = realloc(s->rows, s->cap * sizeof *s->rows);
		must(s->rows);
	}
	s->rows[s->count++] = *row;
}

static void read_statement(struct statements *s, struct bytes body)
{
	struct witness_seen seen;
	struct witness_row row;
	if (witness_seen_unpack(body, &seen))
		return;
	if (s->newest_s < seen.time_s)
		s->newest_s = seen.time_s;
	while (witness_seen_next(&seen, &row))
		add(s, &(struct statement_row){row.feed, row.checkpoint.head, s->newest_s});
}

static void read_all(struct statements *s, struct txn *txn, const struct roster *r)
{
	for (uint32_t i = 0; i < r->registrars_count; i++) {
		struct place place = {.feed = r->registrars[i].feed};
		struct entry_ref entry;
		for (; feed_entry(txn, place, &entry); place.seq++)
			if (entry.kind == KIND_WITNESS_SEEN)
				read_statement(s, entry.payload);
	}
}

/* Is it of the history that is held? What cannot be seen is believed, but where two are known. */
static bool is_held(struct txn *txn, struct feed_no no, const struct head *head)
{
	struct feed_info info;
	if (!feed_info(txn, no, &info) || info.state == FEED_OPEN)
		return true;
	if (head->size > info.head.size)
		return info.state == FEED_CUT && !roster_feed(txn_roster(txn), no)->has_fork;
	return feed_has_head(txn, no, head);
}

/* The entry that cut the feed says up to where it counts. */
static bool received_by_cut(struct txn *txn, struct place place, uint64_t *time_ms)
{
	const struct roster_feed *f = roster_feed(txn_roster(txn), place.feed);
	const struct roster *r = txn_roster(txn);
	struct entry_ref cut;
	for (uint32_t i = 0; f->is_cut && place.seq < f->cutoff.size && i < r->registrars_count; i++) {
		uint64_t start = r->registrars[i].start;
		bool last = i + 1 == r->registrars_count;
		const struct place at = {.feed = r->registrars[i].feed, .seq = f->cutoff_at - start};
		if (f->cutoff_at < start || (!last && f->cutoff_at >= r->registrars[i + 1].start))
			continue;
		must(feed_entry(txn, at, &cut));
		*time_ms = cut.time_ms;
		return true;
	}
	return false;
}

static bool received(struct txn *txn, const struct statements *s, struct place place, uint64_t *time_ms)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct statement_row *row = &s->rows[i];
		if (row->feed.n != place.feed.n || row->head.size <= place.seq ||
		        !is_held(txn, place.feed, &row->head))
			continue;
		*time_ms = row->time_s * 1000;
		return true;
	}
	return received_by_cut(txn, place, time_ms);
}

static void check_entry(
        struct sim *sim, uint32_t index, struct txn *txn, const struct statements *s, struct place place)
{
	uint64_t want = 0, got = 0;
	bool due = received(txn, s, place, &want), said = query_received(txn, place, &got);
	sim->check->looked++;
	if (due == said && (!due || want == got) && !check_spoils(sim, "received"))
		return;
	sim_fail(sim, "received",
	        "node %u says that entry %u.%llu was received at %llu; by the registrar's statements %llu",
	        index, place.feed.n, (unsigned long long)place.seq, (unsigned long long)got,
	        (unsigned long long)want);
}

static void check_node(struct sim *sim, uint32_t index)
{
	struct statements s = {.count = 0};
	struct txn *txn = check_read(sim, index);
	const struct roster *r = txn_roster(txn);
	struct feed_info info;
	read_all(&s, txn, r);
	for (struct feed_no no = {0}; feed_info(txn, no, &info); no.n++)
		for (uint64_t n = 0; n < 6 && info.head.size > 0 && !roster_is_registrar(r, no); n++) {
			const struct place place = {
			        .feed = no, .seq = sim_draw(sim, SIM_CHECKS, info.head.size)};
			check_entry(sim, index, txn, &s, place);
		}
	txn_abort(txn);
	free(s.rows);
}

void check_times_last(struct sim *sim)
{
	for (uint32_t i = 0; i < sim->net->count; i++)
		if (sim_runs(sim, i) && sim_draw(sim, SIM_CHECKS, 4) == 0)
			check_node(sim, i);
	if (check_registrar(sim) != NET_STRANGER)
		check_node(sim, check_registrar(sim));
}
