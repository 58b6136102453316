/* SPDX-License-Identifier: Apache-2.0
 * cmd_audit_forks.c: conflicting records side by side: feeds with two histories or a cutoff, where their branches part,
 * who proved it, and what each branch says beyond that. Both branches' entries are here only where this node held one
 * before the other counted; the heads of both always are. Words are "conflicting records": most are accidents. */
#include <stdio.h>
#include <string.h>

#include "cmd_audit_int.h"
#include "cmd_int.h"
#include "log/kinds.h"
#include "storage/aside.h"
#include "storage/query.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/table.h"

#define ENTRIES_SHOWN_MAX 200u /* of each branch: the first, since the parting is what people look for */

struct desk {
	struct ctx *ctx;
	struct aside *aside;
	struct feed_no no;
	struct feed_info info;
	bool has_fork, was_cut;
	struct fork fork;
	uint64_t void_from; /* the first entry set aside; UINT64_MAX: none is */
	size_t first, end;  /* its items in aside */
};

/* Does the registrar's history have a cutoff of it that was lifted since? */
static bool was_resolved(const struct roster *r, struct feed_no no)
{
	uint32_t at = r->feeds[no.n].newest_change;

	while (at != ROSTER_NONE && r->changes[at].what != CHANGE_RESOLVED)
		at = r->changes[at].before;
	return at != ROSTER_NONE;
}

static void find_aside(struct desk *d)
{
	const struct aside *a = d->aside;

	d->void_from = UINT64_MAX;
	d->first = 0;
	while (d->first < a->count && a->items[d->first].statement.ref.place.feed.n < d->no.n)
		d->first++;
	d->end = d->first;
	while (d->end < a->count && a->items[d->end].statement.ref.place.feed.n == d->no.n)
		d->end++;
	if (d->end > d->first)
		d->void_from = a->items[d->first].statement.ref.place.seq;
}

static bool look_at(struct desk *d, struct feed_no no)
{
	d->no = no;
	d->has_fork = feed_fork(d->ctx->txn, no, &d->fork);
	d->was_cut = was_resolved(d->ctx->roster, no);
	if (!feed_info(d->ctx->txn, no, &d->info))
		return false;
	find_aside(d);
	/* where a lost registrar's feed ends, an anchor says, and that is nobody's conflict */
	bool cut = d->info.state == FEED_CUT && d->ctx->roster->feeds[no.n].is_cut &&
	           !roster_is_registrar(d->ctx->roster, no);
	return d->has_fork || cut || d->was_cut || d->end > d->first;
}

/* The branches part at an entry from FROM on and below BELOW, as closely as is known here. */
struct parting {
	bool known;
	uint64_t from, below;
};

static struct parting parting_of(const struct desk *d)
{
	struct parting p = {.known = d->has_fork, .from = 0, .below = d->fork.older.head.size};
	struct tree tree;

	if (d->void_from < d->info.head.size) /* another entry of that seq is held */
		return (struct parting){true, d->void_from, d->void_from + 1};
	if (d->has_fork && feed_tree_at(d->ctx->txn, d->no, d->fork.older.head.size, &tree))
		p.from = fork_common(&d->fork, &tree);
	return p;
}

/* Which of the two heads is on the branch that counts here. */
static const char *branch_of(const struct desk *d)
{
	const struct head *heads[] = {&d->fork.older.head, &d->fork.newer.head};
	const char *found = NULL;

	for (size_t i = 0; i < 2; i++)
		if (feed_has_head(d->ctx->txn, d->no, heads[i]))
			found = i == 0 ? "older" : "newer";
	return found;
}

static json_t *proofs_json(const struct desk *d)
{
	json_t *list = json_array();
	struct view_at at = {0};
	struct entry_ref entry;

	while (view_fork_next(d->ctx->txn, d->no, &at, &entry)) {
		struct reference ref = feed_reference(&entry);
		json_t *row = row_new();
		row_reference(row, "entry", d->ctx, &ref);
		row_member(row, "by", d->ctx, roster_feed(d->ctx->roster, entry.place.feed)->member);
		row_string(row, "time", names_instant(d->ctx, entry.time_ms));
		row_add(list, row);
	}
	return list;
}

static json_t *objects_json(struct ctx *ctx, const struct reference *objects, uint32_t count)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < count; i++)
		must(json_array_append_new(list, json_string(names_reference(ctx, &objects[i]))) == 0);
	return list;
}

static json_t *entry_row(struct ctx *ctx, const struct statement *s, enum err opened)
{
	const struct kind_info *info = kind_info(s->kind);
	json_t *row = row_new();

	row_reference(row, "entry", ctx, &s->ref);
	row_string(row, "kind", opened == ERR_OK && info ? info->name : "sealed");
	row_string(row, "time", names_instant(ctx, s->time_ms));
	return row;
}

/* What counts here, from the parting on. */
static json_t *held_json(const struct desk *d, uint64_t from)
{
	struct ctx *ctx = d->ctx;
	struct ledger_context context = {.roster = ctx->roster};
	uint8_t *memory = arena_take(&ctx->arena, ENTRY_PAYLOAD_BYTES_MAX);
	json_t *list = json_array();

	for (uint64_t seq = from; seq < d->info.head.size && seq - from < ENTRIES_SHOWN_MAX; seq++) {
		struct bytes_out scratch = bytes_out(memory, ENTRY_PAYLOAD_BYTES_MAX);
		struct reference about = {.id = {0}};
		struct entry_ref entry;
		if (!feed_entry(ctx->txn, (struct place){d->no, seq}, &entry))
			break;
		struct statement s = {.ref = feed_reference(&entry), .time_ms = entry.time_ms};
		enum err e = view_statement(ctx->txn, entry.place, &scratch, &s);
		const struct kind_info *info = kind_info(s.kind);
		json_t *row = entry_row(ctx, &s, e);
		bool is_about = e == ERR_OK && info && info->part == PART_ABOUT &&
		                object_check(&context, &s, &about) == ERR_OK;
		row_json(row, "objects", objects_json(ctx, &about, is_about));
		row_add(list, row);
	}
	return list;
}

static json_t *aside_json(const struct desk *d)
{
	json_t *list = json_array();

	for (size_t i = d->first; i < d->end && i - d->first < ENTRIES_SHOWN_MAX; i++) {
		const struct aside_item *item = &d->aside->items[i];
		json_t *row = entry_row(d->ctx, &item->statement, item->opened);
		row_json(row, "objects", objects_json(d->ctx, item->objects, item->objects_count));
		row_add(list, row);
	}
	return list;
}

static void put_head(
        const struct desk *d, json_t *row, const char *size, const char *root, const struct head *head)
{
	if (head) {
		row_count(row, size, head->size);
		row_hex(row, root, d->ctx, BYTES_OF(head->root.bytes));
	} else {
		row_null(row, size);
		row_null(row, root);
	}
}

static json_t *fork_row(const struct desk *d)
{
	json_t *row = cmd_audit_feed_row(d->ctx, d->no);
	struct parting p = parting_of(d);
	bool cut = d->info.state == FEED_CUT;

	row_yes(row, "proven", d->has_fork);
	row_yes(row, "resolved", d->was_cut && d->info.state == FEED_OPEN);
	put_head(d, row, "older_size", "older_root", d->has_fork ? &d->fork.older.head : NULL);
	put_head(d, row, "newer_size", "newer_root", d->has_fork ? &d->fork.newer.head : NULL);
	row_string(row, "branch", d->has_fork ? branch_of(d) : NULL);
	put_head(d, row, "cut_size", "cut_root", cut ? &d->info.cutoff : NULL);
	if (p.known) {
		row_count(row, "parts_from", p.from);
		row_count(row, "parts_below", p.below);
	} else {
		row_null(row, "parts_from");
		row_null(row, "parts_below");
	}
	row_json(row, "proofs", proofs_json(d));
	row_json(row, "entries", p.known ? held_json(d, p.from) : json_array());
	row_json(row, "set_aside", aside_json(d));
	row_count(row, "set_aside_count", d->end - d->first);
	return row;
}

static const struct column entry_columns[] = {
        {"entry", N_("Entry"), CELL_TEXT},
        {"time", N_("Time"), CELL_TEXT},
        {"kind", N_("Kind"), CELL_TEXT},
        {"about", N_("About"), CELL_TEXT},
};

static const struct column proof_columns[] = {
        {"entry", N_("Entry"), CELL_TEXT},
        {"by", N_("By"), CELL_TEXT},
        {"time", N_("Time"), CELL_TEXT},
};

/* With the first object of each: nearly all have one. */
static void print_entries(const char *title, const json_t *entries)
{
	if (json_array_size(entries) == 0)
		return;
	for (size_t i = 0; i < json_array_size(entries); i++) {
		json_t *row = json_array_get(entries, i);
		json_t *first = json_array_get(json_object_get(row, "objects"), 0);
		if (first)
			must(json_object_set(row, "about", first) == 0);
	}
	(void)printf("  %s\n", title);
	table_rows(entries, COLUMNS(entry_columns), "");
}

static void print_state(const struct desk *d)
{
	switch (d->info.state) {
	case FEED_HELD:
		(void)printf("  %s\n", _("It is held: nothing more of it is taken, and all that is here "
		                         "counts on, until the "
		                         "registrar decides with `lontar feed cut`."));
		break;
	case FEED_CUT:
		(void)printf(_("  It is cut: %llu entries count, and what lies behind them is void.\n"),
		        (unsigned long long)d->info.cutoff.size);
		if (d->info.is_staged)
			(void)printf(_("  They are not all here yet: %llu so far.\n"),
			        (unsigned long long)d->info.next);
		break;
	case FEED_OPEN:
		(void)printf("  %s\n", _("A cutoff was lifted: all of it counts."));
		break;
	case FEED_VOID:
		break;
	}
}

static void print_branches(const struct desk *d, const json_t *row)
{
	const char *branch = json_string_value(json_object_get(row, "branch"));
	long long from = (long long)json_integer_value(json_object_get(row, "parts_from"));
	long long below = (long long)json_integer_value(json_object_get(row, "parts_below"));

	if (d->has_fork)
		(void)printf(_("  Two signed histories: one of %llu entries, one of %llu.\n"),
		        (unsigned long long)d->fork.older.head.size,
		        (unsigned long long)d->fork.newer.head.size);
	if (branch)
		(void)printf("  %s\n", strcmp(branch, "older") == 0
		                               ? _("This node holds the first of them.")
		                               : _("This node holds the second of them."));
	if (json_is_integer(json_object_get(row, "parts_from")) && below == from + 1)
		(void)printf(_("  They part at entry %lld.\n"), from);
	else if (json_is_integer(json_object_get(row, "parts_from")))
		(void)printf(_("  They part at one of the entries %lld to %lld.\n"), from, below - 1);
}

static void print_fork(const struct desk *d, const json_t *row)
{
	(void)printf(_("Feed %u of %s: conflicting records\n"), (unsigned)d->no.n,
	        json_string_value(json_object_get(row, "member")));
	print_branches(d, row);
	print_state(d);
	print_entries(_("What counts here:"), json_object_get(row, "entries"));
	print_entries(_("Set aside, void:"), json_object_get(row, "set_aside"));
	if (json_array_size(json_object_get(row, "set_aside")) > 0)
		(void)printf(
		        "  %s\n", _("What of it still holds is written again by who wrote it: `lontar why` "
		                    "with its reference says how."));
	if (json_array_size(json_object_get(row, "proofs")) > 0) {
		(void)printf("  %s\n", _("Proven by:"));
		table_rows(json_object_get(row, "proofs"), COLUMNS(proof_columns), "");
	}
	(void)putchar('\n');
}

enum exit_code cmd_audit_forks(struct ctx *ctx)
{
	struct desk d = {.ctx = ctx};
	json_t *rows = json_array();
	bool any = false;

	if (!ctx_ok(ctx, aside_open(ctx->txn, &d.aside), "aside"))
		return ctx_end(ctx);
	for (uint32_t i = 0; i < ctx->roster->feeds_count; i++) {
		json_t *row;
		if (!look_at(&d, (struct feed_no){i}))
			continue;
		any |= d.has_fork;
		row = fork_row(&d);
		if (ctx->form == SAY_WORDS)
			print_fork(&d, row);
		row_add(rows, row);
	}
	aside_close(d.aside);
	if (ctx->form == SAY_WORDS && json_array_size(rows) == 0)
		(void)printf("%s\n", _("No conflicting records are known."));
	if (ctx->form == SAY_JSON)
		(void)ctx_print_json(ctx, json_pack("{s:O}", "forks", rows));
	json_decref(rows);
	return trouble_is(&ctx->trouble) ? ctx_end(ctx) : any ? EXIT_NO : EXIT_DONE;
}
